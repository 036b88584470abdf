"""What networks do as minimal machines: against running them on all short inputs, and against telling states apart."""

import itertools
import json
import random

import pytest
from flint import fmpq

from grader.kinds.open_submission import Details
from grader.kinds.weights.behaviours import network_behaviour
from grader.kinds.weights.recognise import same_behaviour
from grader.kinds.weights.score import score_weights
from grader.language.arrays import Array
from grader.machines.machine import AnswerMachine
from grader.machines.minimal import FiniteMachine, LabelledStep, minimal_machine

from .threshold_networks import load, number, random_network

SHOWN = Details(machines=True)
LENGTH = 8

UNITS = """
question: q
title: Three units
points: 1
answer: weights
network:
  inputs: {x: bit}
  parameters: {W: [3, 3], u: [3], b: [3], v: [3], c: scalar}
  functions: {phi(z): 1 if z > 0 else 0}
  initial: {h: "[0, 0, 0]"}
  equations: {h: "phi(W @ h[t-1] + u*x[t] + b)", y: "phi(v @ h[t] + c)"}
  output: y
behaviour:
  initial: {odd: 0}
  equations: {odd: "odd[t-1] != x[t]"}
  output: odd
checks: [{name: says whether the ones are odd, points: 1}]
"""


@pytest.fixture(scope="module")
def units(tmp_path_factory):
    return load(UNITS, tmp_path_factory.mktemp("units") / "q.yaml")


def three_units(rng):
    """Weights of a network whose units fire often enough to do something."""
    return {
        "W": [[rng.randint(-2, 2) for _ in range(3)] for _ in range(3)],
        "u": [rng.randint(-2, 2) for _ in range(3)],
        "b": [rng.randint(-1, 1) for _ in range(3)],
        "v": [rng.randint(-2, 2) for _ in range(3)],
        "c": rng.randint(-1, 1),
    }


def renamed_and_scaled(weights, rng):
    """The same network with its units in another order, each of them times a positive number."""
    order, factors = rng.sample(range(3), 3), [fmpq(rng.randint(1, 5), rng.randint(1, 5)) for _ in range(4)]
    return {
        "W": [[factors[i] * weights["W"][order[i]][order[j]] for j in range(3)] for i in range(3)],
        "u": [factors[i] * weights["u"][order[i]] for i in range(3)],
        "b": [factors[i] * weights["b"][order[i]] for i in range(3)],
        "v": [factors[3] * weights["v"][order[i]] for i in range(3)],
        "c": factors[3] * weights["c"],
    }


def values_of(weights):
    def value(given):
        if isinstance(given, list):
            rows = [row if isinstance(row, list) else [row] for row in given]
            shape = (len(given), len(rows[0])) if isinstance(given[0], list) else (len(given),)
            return Array(shape, (fmpq(entry) for row in rows for entry in row))
        return fmpq(given)

    return {name: value(given) for name, given in weights.items()}


def machine_of(question, values):
    return network_behaviour(question, AnswerMachine(question.program, values))


def fingerprint(question, values):
    return machine_of(question, values).fingerprint(question.symbols_in_words)


def is_allowed(question, word):
    behaviour = question.specification.machine()
    return all(question.specification.allows(step) for step in behaviour.run(word))


def check_against_runs(question, values, length):
    """Every input that is allowed has its way through the table, with outputs of the same class; no other has."""
    found, network = machine_of(question, values), AnswerMachine(question.program, values)
    symbols = question.alphabet.symbol_set.symbols
    shown = {}
    for word in itertools.product(range(len(symbols)), repeat=length):
        state, taken = 0, 0
        outputs = [step.output for step in network.run([symbols[i] for i in word])]
        for i, output in zip(word, outputs, strict=True):
            step = found.machine.rows[state][i]
            if step is None:
                break
            shown.setdefault(step.label, set()).add(output)
            state, taken = step.target, taken + 1
        assert taken == length or not is_allowed(question, [symbols[i] for i in word[: taken + 1]])
        assert is_allowed(question, [symbols[i] for i in word[:taken]])
    if question.specification.compares_outputs:
        assert all(len(outputs) == 1 for outputs in shown.values())
    for one, other in itertools.combinations(shown.values(), 2):
        assert not one & other


def tells_apart(rows, one, other):
    """True if some input of any length has other labels, or is allowed from one state alone; by trying all inputs."""
    seen, todo = set(), [(one, other)]
    for pair in todo:
        for left, right in zip(*(rows[state] for state in pair), strict=True):
            if (left and left.label) != (right and right.label):
                return True
            if left and (left.target, right.target) not in seen:
                seen.add((left.target, right.target))
                todo.append((left.target, right.target))
    return False


def test_random_networks_are_what_their_minimal_machines_say(tmp_path):
    for seed in range(15):
        rng = random.Random(seed)
        text, values = random_network(rng)
        document = json.loads(text)
        document.pop("length", None)
        question = load(json.dumps(document), tmp_path / "q.yaml")
        moved = {name: value + rng.choice([0, 0, 1, -1]) for name, value in values.items()}
        found = machine_of(question, moved)
        check_against_runs(question, moved, LENGTH if len(question.symbols_in_words) == 2 else LENGTH // 2)
        rows = found.machine.rows
        assert all(tells_apart(rows, *pair) for pair in itertools.combinations(range(len(rows)), 2))
        assert len(set(found.machine.words())) == len(rows)


def test_networks_have_one_fingerprint_where_they_behave_alike_and_nowhere_else(units):
    rng, answers = random.Random(5), []
    for _ in range(24):
        weights = three_units(rng)
        answers.append(values_of(weights))
        other = values_of(renamed_and_scaled(weights, rng))
        assert fingerprint(units, answers[-1]) == fingerprint(units, other)
    alphabet, same = units.alphabet.symbol_set, 0
    for one, other in itertools.combinations(answers, 2):
        machines = (AnswerMachine(units.program, values) for values in (one, other))
        alike = same_behaviour(units, alphabet, *machines)
        assert (fingerprint(units, one) == fingerprint(units, other)) is alike
        same += alike
    assert 0 < same < 24 * 23 // 2


def ask(tmp_path, equations, behaviour, **more):
    names = [name for name in equations if f"{name}[t-1]" in str(equations)]
    document = {
        "question": "q",
        "title": "By hand",
        "points": 1,
        "answer": "weights",
        "network": {
            "inputs": {"x": "bit"},
            "parameters": {"w": "scalar"},
            "initial": dict.fromkeys(names, 0),
            "equations": equations,
            "output": "y",
        },
        "behaviour": behaviour,
        "checks": [{"name": "is right", "points": 1}],
        **more,
    }
    return load(json.dumps(document), tmp_path / "q.yaml")


PARITY = {"initial": {"odd": 0, "x": 0}, "equations": {"odd": "odd[t-1] != x[t]"}, "output": "odd"}


def table(result):
    """States, and the steps of each as `output, state`."""
    return [[step and f"{step.output}, {step.target}" for step in row] for row in result.steps]


def test_a_network_that_copies_has_one_state_beside_the_two_of_the_parity(tmp_path):
    question = ask(tmp_path, {"y": "w*x"}, PARITY)
    machines = score_weights(question, {"w": number(1)}, SHOWN).machines
    assert (machines.answer.inputs, machines.answer.states) == (("0", "1"), ("",))
    assert table(machines.answer) == [["0, 0", "1, 0"]]
    assert not machines.answer.remembers
    assert machines.wanted.states == ("", "1")
    assert table(machines.wanted) == [["0, 0", "1, 1"], ["1, 1", "0, 0"]]
    assert machines.wanted.remembers


def test_outputs_count_as_far_as_accept_tells_them_apart(tmp_path):
    """0.7 and 1 say that it is odd, -3 and 0 that it is not; where nothing is ever accepted, numbers stand there."""
    lenient = ask(tmp_path, {"y": "w*x"}, PARITY, accept="(y > 1/2) == expected")
    prints = {w: score_weights(lenient, {"w": number(w)}).fingerprint for w in ("7/10", 1, 3, "1/2", 0, -3)}
    assert prints["7/10"] == prints[1] == prints[3] != prints["1/2"] == prints[0] == prints[-3]
    machines = score_weights(lenient, {"w": number("7/10")}, SHOWN).machines
    assert machines.joined_outputs
    assert table(machines.answer) == [["0, 0", "1, 0"]]
    close = ask(tmp_path, {"y": "w*x"}, PARITY, accept="abs(y - expected) < 1/10")
    table_of = {w: table(score_weights(close, {"w": number(w)}, SHOWN).machines.answer) for w in ("1/2", "21/20")}
    assert table_of == {"1/2": [["0, 0", "0.5, 0"]], "21/20": [["0, 0", "1, 0"]]}


def test_inputs_count_as_far_as_the_question_allows_them(tmp_path):
    """No two ones in a row: what a network does on 11 is nobody's business."""
    behaviour = {"initial": {"x": 0}, "equations": {}, "output": "0"}
    equations = {"y": "x[t] + w*x[t]*z[t-1]", "z": "x[t]"}
    question = ask(tmp_path, equations, behaviour, assume="not (x[t] and x[t-1])")
    found = {w: machine_of(question, {"w": number(w)}) for w in (0, 5)}
    assert found[0].fingerprint(()) == found[5].fingerprint(())
    assert [[step is None for step in row] for row in found[0].machine.rows] == [[False, False], [False, True]]
    assert not found[0].machine.remembers


def test_where_inputs_are_of_bounded_length_only_these_count(tmp_path):
    equations = {"c": "c[t-1] + x[t]", "y": "1 if c[t] > w else 0"}
    question = ask(tmp_path, equations, {"equations": {}, "output": "0"}, length=3)
    prints = {w: score_weights(question, {"w": number(w)}).fingerprint for w in (0, 2, 3, 9)}
    assert prints[3] == prints[9] == ""  # they are right
    assert "" != prints[0] != prints[2] != ""
    longer = machine_of(question, {"w": number(3)}), machine_of(question, {"w": number(9)})
    assert longer[0] == longer[1]
    assert score_weights(question, {"w": number(0)}, SHOWN).machines.reason


BRACKETS = """
question: brackets
title: Inside of brackets
points: 1
answer: weights
network:
  inputs: {x: {symbols: {a: [1, 1], "(": [1, 0], ")": [0, 1]}, words: "(a*[(]a*[)])*a*"}}
  parameters: {p: [2], p0: scalar, q: [2], q0: scalar, u: scalar, h0: scalar}
  functions: {phi(z): 1 if z >= 0.5 else 0}
  initial: {h: h0}
  equations:
    opens: phi(p @ x[t] + p0)
    closes: phi(q @ x[t] + q0)
    h: phi(u*h[t-1] + opens[t] - closes[t])
  output: h
behaviour:
  initial: {depth: 0}
  equations: {depth: 'depth[t-1] + (x[t] == "(") - (x[t] == ")")'}
  output: depth
judge: {at: end, empty: true}
checks: [{name: outside, points: 1}]
"""


def brackets(**weights):
    right = {"p": [1, -1], "p0": 0, "q": [-1, 1], "q0": 0, "u": 1, "h0": 0}
    return values_of({**right, **weights})


def test_only_whole_words_and_the_empty_one_count_where_the_question_says_so(tmp_path):
    """All whole words end outside, where the output is 0: a network that always says 0 is right, whatever it remembers."""
    question = load(BRACKETS, tmp_path / "q.yaml")
    right, lazy = (score_weights(question, values, SHOWN) for values in (brackets(), brackets(p=[0, 0], u=0)))
    assert (right.points, lazy.points) == (1, 1)
    assert right.machines.answer == lazy.machines.answer == right.machines.wanted
    assert not right.machines.answer.remembers
    assert right.machines.answer.empty == "0"
    assert table(right.machines.answer) == [["0, 0", ", 1", None], [", 1", None, "0, 0"]]
    wrong = {h0: score_weights(question, brackets(h0=h0), SHOWN) for h0 in (1, 2, -1)}
    assert {h0: result.points for h0, result in wrong.items()} == {1: 0, 2: 0, -1: 0}
    assert wrong[1].machines.answer.empty == "1"
    assert len({result.fingerprint for result in wrong.values()}) == 3


def test_a_machine_without_end_is_not_shown_and_has_no_fingerprint(tmp_path):
    question = ask(tmp_path, {"c": "c[t-1] + x[t]", "y": "w*c[t]"}, {"equations": {}, "output": "0"})
    result = score_weights(question, {"w": number(1)}, SHOWN)
    assert result.points == 0
    assert result.fingerprint == ""
    assert "2000 steps" in result.machines.reason


def test_undefined_outputs_are_alike_whatever_the_reason(tmp_path):
    question = ask(tmp_path, {"y": "1/(w*x)"}, PARITY)
    machines = score_weights(question, {"w": number(1)}, SHOWN).machines
    assert table(machines.answer) == [["undefined, 1", "1, 0"], ["undefined, 1", "undefined, 1"]]


def test_a_right_network_has_a_machine_and_no_fingerprint(tmp_path):
    question = ask(tmp_path, {"h": "1 if h[t-1] != x[t] else 0", "y": "w*h[t]"}, PARITY)
    result = score_weights(question, {"w": number(1)}, SHOWN)
    assert (result.points, result.fingerprint) == (1, "")
    assert result.machines.answer == result.machines.wanted
    assert score_weights(question, {"w": number(1)}).machines is None


def test_marks_do_not_depend_on_what_is_said_beside_them(tmp_path, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("planted")

    monkeypatch.setattr("grader.kinds.weights.behaviours.network_behaviour", broken)
    monkeypatch.setattr("grader.kinds.weights.robustness.robustness", broken)
    question = ask(tmp_path, {"y": "w*x"}, {"equations": {}, "output": "x"})
    asked = Details(robustness=True, machines=True)
    right, wrong = (score_weights(question, {"w": number(w)}, asked) for w in (1, 2))
    assert (right.points, right.status, wrong.points, wrong.status) == (1, "graded", 0, "graded")
    assert right.robustness.reason == right.machines.reason == wrong.machines.reason
    assert right.machines.reason == "the grader failed: ZeroDivisionError: planted"


def test_states_that_nothing_tells_apart_are_one():
    """A counter modulo 4 whose label is that of modulo 2."""
    rows = tuple((LabelledStep((state + 1) % 4, state % 2),) for state in range(4))
    assert minimal_machine(rows) == FiniteMachine(((LabelledStep(1, 0),), (LabelledStep(0, 1),)))


def test_an_input_that_is_not_allowed_tells_states_apart():
    rows = ((LabelledStep(1, "a"),), (LabelledStep(2, "a"),), (None,))
    assert minimal_machine(rows).states == 3
    assert not minimal_machine(rows).remembers
