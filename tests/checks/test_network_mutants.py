"""Networks that are nearly right, against an oracle in plain Python: floats, all weights halves, every short input."""

import itertools
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from grader.kinds.kind import kind_of
from grader.kinds.open_submission import Resources
from grader.kinds.table import load_assignment
from grader.kinds.weights.mutants import MAX_MUTANTS, weights_mutants
from grader.kinds.weights.right_networks import answer_of
from grader.language.arrays import entries

SPECS = Path(__file__).parents[2] / "specs" / "assignment3"


def number(text):
    return float(Fraction(text))


def latch(weights):
    """The network of q5 as a step function, and its initial state."""
    w1, w2, b2, w3, b3 = (number(weights[name]) for name in ("W1", "W2", "b2", "W3", "b3"))

    def step(state, x, t):
        h = 1.0 if w2 * state + w1 * x + b2 >= 0.5 else 0.0
        return h, w3 * h + b3

    return step, 1.0


def equality(weights):
    """The network of q6."""
    (a, b), (c, d) = (map(number, row) for row in weights["W"])
    b0, b1 = map(number, weights["b"])
    v0, v1 = map(number, weights["v"])
    r, bias, first = (number(weights[name]) for name in ("r", "c", "c0"))

    def step(y, x, t):
        h0, h1 = float(a * x[0] + b * x[1] + b0 > 0), float(c * x[0] + d * x[1] + b1 > 0)
        y = float(v0 * h0 + v1 * h1 + (r * y + bias if t > 1 else first) > 0)
        return y, y

    return step, 0.0


def latch_lines(before, now, t):
    return [now, before and not now, not before]


def equality_lines(before, now, t):
    return [t == 1 and now, t > 1 and now, before and not now, not before]


QUESTIONS = {
    "q5": (latch, latch_lines, (0, 1), lambda x: x == 1, 9),
    "q6": (equality, equality_lines, tuple(itertools.product((0, 1), repeat=2)), lambda x: x[0] == x[1], 4),
}
LONGER = {"q5": 12, "q6": 6}
"""Steps of the inputs that are tried one by one."""


def wrong_steps(question, weights, length):
    """The rubric lines, by number, that are about a wrong step of some input of so many steps, and whether any is."""
    network, lines_of, symbols, goes_on, _ = QUESTIONS[question]
    step, start = network(weights)
    broken, wrong = set(), False
    for word in itertools.product(symbols, repeat=length):
        state, alive = start, True
        for t, x in enumerate(word, 1):
            state, output = step(state, x, t)
            before, alive = alive, alive and goes_on(x)
            if output != float(alive):
                wrong = True
                broken |= {line for line, is_about in enumerate(lines_of(before, alive, t)) if is_about}
    return broken, wrong


def is_wrong_on(question, weights, text):
    network, _, _, goes_on, _ = QUESTIONS[question]
    step, state = network(weights)
    found = re.findall(r"\((\d),(\d)\)", text)
    word = [tuple(map(int, pair)) for pair in found] or list(map(int, text))
    alive = True
    for t, x in enumerate(word, 1):
        state, output = step(state, x, t)
        alive = alive and goes_on(x)
        if output != float(alive):
            return True
    return False


def judged(question, mutants):
    run = Resources()
    return list(kind_of(question).judge_mutants(question, mutants, run))


@pytest.fixture(scope="module", params=QUESTIONS)
def shipped(request):
    return load_assignment(SPECS / f"{request.param}.yaml").questions[0]


@pytest.fixture(scope="module")
def made(shipped):
    """All mutants of a shipped question."""
    return list(weights_mutants(shipped))


def against_the_oracle(question, mutants, length):
    """Every verdict against all inputs of so many steps: statuses, points and the inputs that tell."""
    points = [line.points for line in question.rubric]
    for verdict in judged(question, mutants):
        weights = verdict.mutant.answer
        broken, wrong = wrong_steps(question.id, weights, length)
        if wrong:
            assert verdict.status == "killed", verdict
        assert verdict.status == ("killed" if verdict.killing_inputs else "equivalent"), verdict
        for text in verdict.killing_inputs:
            assert is_wrong_on(question.id, weights, text), (verdict.mutant, text)
        lost = min((line for line in broken), default=len(points))  # both ladders: whatever follows is lost, too
        assert verdict.points == sum(points[:lost]), verdict
        assert verdict.lost_lines == tuple(range(lost, len(points))), verdict


def test_shipped_networks_are_judged_as_brute_force_judges_them(shipped, made):
    """Some mutants of all operators, on every input of a few steps."""
    against_the_oracle(shipped, made[:: len(made) // 40], QUESTIONS[shipped.id][-1])


@pytest.mark.slow
def test_many_shipped_networks_are_judged_as_brute_force_judges_them(shipped, made):
    against_the_oracle(shipped, made[:: len(made) // 800], LONGER[shipped.id])


@pytest.mark.slow
def test_no_wrong_mutant_of_the_shipped_networks_earns_everything(shipped, made):
    verdicts = judged(shipped, made)
    assert {verdict.status for verdict in verdicts} == {"killed", "equivalent"}


def test_no_network_of_the_shipped_questions_with_one_change_earns_everything_if_it_is_wrong(shipped, made):
    verdicts = judged(shipped, [mutant for mutant in made if mutant.operator != "pair"])
    assert {verdict.status for verdict in verdicts} == {"killed", "equivalent"}
    assert all(verdict.behaviour for verdict in verdicts)


def test_mutants_are_different_and_none_is_a_right_answer_of_the_spec(shipped, made):
    mutants = made
    assert len({repr(mutant.answer) for mutant in mutants}) == len(mutants) <= MAX_MUTANTS
    known = [{name: entries(value) for name, value in known.values.items()} for known in shipped.known]
    right = [values for values, one in zip(known, shipped.known, strict=True) if one.earns == shipped.points]
    for mutant in mutants[::17]:
        values = answer_of(shipped, mutant.answer).values
        assert {name: entries(value) for name, value in values.items()} not in right
    operators = {mutant.operator for mutant in mutants}
    assert operators >= {"sign", "zero", "value +1", "value -1/2", "parameters swapped", "all zero", "pair"}
    if shipped.id == "q6":
        assert operators >= {"transposed", "entries swapped", "parameter dropped", "all signs"}


def test_the_same_behaviour_has_the_same_verdict(shipped, made):
    """What is kept of one network holds for all that behave alike, and a verdict rests on its own mutant alone."""
    mutants = made[::11][:30]
    alone = [judged(shipped, [mutant])[0] for mutant in mutants[:8]]
    together = judged(shipped, mutants[::-1])[::-1]
    assert together[:8] == alone
    by_behaviour = {}
    for verdict in together:
        said = verdict.status, verdict.points, verdict.lost_lines, verdict.killing_inputs
        assert by_behaviour.setdefault(verdict.behaviour, said) == said


RESTRICTED = """
question: q
title: T
points: 2
answer: weights
network:
  inputs: {x: [bit, bit]}
  sizes: {n: 1..2}
  parameters: {W: {shape: [n, 2], in: [-1, 0, 1]}, b: {shape: [n], in: [0, -1, -3, 4]}, v: [n], c: scalar}
  functions: {phi: "one of [relu, step]"}
  equations: {h: "phi(W @ x[t] + b)", y: "v @ h[t] + c"}
  output: y
behaviour: {equations: {e: "x[t][0] and x[t][1]"}, output: e}
length: 1
checks: [{name: right, points: 2}]
known:
  one unit: {W: [[1, 1]], b: [-1], v: [1], c: 0, phi: relu, earns: 2}
  two units: {W: [[1, 1], [0, 0]], b: [-1, 0], v: [1, 3], c: 0, phi: relu, earns: 2}
"""


def test_the_same_mutants_are_made_each_time(load):
    assert list(weights_mutants(load(RESTRICTED))) == list(weights_mutants(load(RESTRICTED)))


def test_mutants_stay_within_what_may_be_handed_in(load):
    question = load(RESTRICTED)
    mutants = list(weights_mutants(question))
    for mutant in mutants:
        for row in mutant.answer["W"]:
            assert set(row) <= {"-1", "0", "1"}
            assert len(row) == 2
        assert set(mutant.answer["b"]) <= {"0", "-1", "-3", "4"}
        assert 1 <= len(mutant.answer["W"]) == len(mutant.answer["b"]) == len(mutant.answer["v"]) <= 2
    verdicts = judged(question, mutants[::5])
    assert not [verdict.reason for verdict in verdicts if "handed in" in verdict.reason]
    operators = {mutant.operator for mutant in mutants}
    assert operators >= {"function", "unit dropped", "rows swapped", "next allowed value", "previous allowed value"}
    assert {verdict.status for verdict in verdicts} == {"killed", "equivalent"}


def test_networks_of_steps_are_judged_as_brute_force_judges_them(load):
    """Sizes, menus and restrictions: the oracle reads the answer itself."""
    question = load(RESTRICTED)
    mutants = list(weights_mutants(question))
    for verdict in judged(question, mutants[::3]):
        given = verdict.mutant.answer
        phi = {"relu": lambda z: max(z, 0.0), "step": lambda z: float(z >= 0)}[given["phi"]]
        wrong = []
        for x in itertools.product((0, 1), repeat=2):
            units = zip(given["W"], given["b"], given["v"], strict=True)
            y = number(given["c"])
            y += sum(number(v) * phi(number(w[0]) * x[0] + number(w[1]) * x[1] + number(b)) for w, b, v in units)
            if y != (x[0] and x[1]):
                wrong.append(f"({x[0]},{x[1]})")
        assert verdict.status == ("killed" if wrong else "equivalent"), (verdict, wrong)
        assert set(verdict.killing_inputs) == set(wrong)


def test_an_answer_that_cannot_be_handed_in_loses_everything(load):
    question = load(RESTRICTED)
    mutant = next(weights_mutants(question))
    (verdict,) = judged(question, [replace(mutant, answer={**mutant.answer, "W": [["7", "7"]]})])
    assert (verdict.status, verdict.points) == ("killed", 0)
    assert "cannot be handed in" in verdict.reason


def test_without_a_right_answer_nothing_is_made_and_the_reason_is_said(load):
    question = load(re.sub(r"known:.*", "", RESTRICTED, flags=re.DOTALL))
    assert list(weights_mutants(question)) == []
    (remark,) = kind_of(question).strength_remarks(question, [], Resources())
    assert "no right answer" in remark.text


RUBRICS = """
question: q
title: T
points: 4
answer: weights
network:
  inputs: {{x: bit}}
  parameters: {{a: scalar, u: scalar, b: scalar, v: scalar, c: scalar}}
  functions: {{phi(z): 1 if z >= 0.5 else 0}}
  initial: {{h: 1}}
  equations: {{h: "phi(u*h[t-1] + a*x[t] + b)", y: "v*h[t] + c"}}
  output: y
behaviour: {{initial: {{alive: 1}}, equations: {{alive: "alive[t-1] and x[t]"}}, output: alive}}
checks:
  - {{name: one, points: 1, when: "{}"}}
  - {{name: two, points: 3, when: "{}"}}
known:
  right: {{a: 1, u: 1, b: -1.25, v: 1, c: 0, earns: 4}}
"""
CONDITIONS = {
    "t == 1": lambda before, now, x, t: t == 1,
    "t > 2": lambda before, now, x, t: t > 2,
    "x[t] == 1": lambda before, now, x, t: x,
    "x[t] == 0": lambda before, now, x, t: not x,
    "alive[t]": lambda before, now, x, t: now,
    "alive[t-1]": lambda before, now, x, t: before,
    "not alive[t-1]": lambda before, now, x, t: not before,
    "alive[t-1] and not alive[t]": lambda before, now, x, t: before and not now,
}


def brute_force(weights, conditions):
    """Whether a network is wrong at any step of any input of 7 steps, and at one that a condition is about, by each."""
    a, u, b, v, c = (number(weights[name]) for name in "aubvc")
    wrong, lost = False, set()
    for word in itertools.product((0, 1), repeat=7):
        h, alive = 1.0, True
        for t, x in enumerate(word, 1):
            h = float(u * h + a * x + b >= 0.5)
            before, alive = alive, alive and x == 1
            if v * h + c != float(alive):
                wrong = True
                lost |= {i for i, condition in enumerate(conditions) if CONDITIONS[condition](before, alive, x, t)}
    return wrong, lost


@pytest.mark.sampled(14)
@pytest.mark.parametrize(("one", "two"), list(itertools.permutations(CONDITIONS, 2)))
def test_survivors_are_the_wrong_networks_that_no_line_sees(load, one, two):
    """Of rubrics that see some steps or others, with all holes that two conditions leave."""
    question = load(RUBRICS.format(one, two))
    mutants = list(weights_mutants(question))
    seen = set()
    for verdict in judged(question, mutants[::6]):
        wrong, lost = brute_force(verdict.mutant.answer, (one, two))
        status = "killed" if lost else "survived" if wrong else "equivalent"
        assert (verdict.status, set(verdict.lost_lines)) == (status, lost), verdict
        assert verdict.points == (0 in lost) * -1 + (1 in lost) * -3 + 4
        assert bool(verdict.killing_inputs) == wrong
        seen.add(status)
    assert "killed" in seen


def test_of_a_large_network_some_mutants_of_every_operator_are_made(load, monkeypatch):
    """Within a bound on the numbers of all mutants together."""
    size, most = 12, 30_000
    monkeypatch.setattr("grader.kinds.weights.mutants.MAX_MUTANT_ENTRIES", most)
    unit = [[int(i == j) for j in range(size)] for i in range(size)]
    zeros = [0] * size
    question = load(f"""
question: q
title: T
points: 4
answer: weights
network:
  inputs: {{x: bit}}
  parameters: {{W: [{size}, {size}], b: [{size}], u: [{size}], h0: [{size}]}}
  functions: {{phi(z): 1 if z >= 0.5 else 0}}
  initial: {{h: h0}}
  equations: {{h: "phi(W @ h[t-1] + u*x[t] + b)", y: "h[t][0]"}}
  output: y
behaviour: {{initial: {{q: 0}}, equations: {{q: "q[t-1] or x[t]"}}, output: q}}
checks: [{{name: right, points: 4}}]
known: {{right: {{W: {unit}, b: {zeros}, u: {[1] * size}, h0: {zeros}, earns: 4}}}}
""")
    mutants = list(weights_mutants(question))
    assert len(mutants) * (size * size + 3 * size) <= most
    operators = {mutant.operator for mutant in mutants}
    assert operators >= {"value +1", "sign", "all zero", "parameters swapped", "parameter dropped", "all signs"}
    assert operators >= {"rows swapped", "columns swapped"}
    words = next(mutant.change for mutant in mutants if mutant.operator == "value +1")
    assert re.fullmatch(r"\w+(\[\d+\])+: [01] -> [12]", words)
