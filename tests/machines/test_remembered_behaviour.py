"""What is the same for a class is worked out once, up to a bound: the behaviour, and the networks of known answers."""

import json

import pytest
from flint import fmpq

from grader.kinds.table import load_assignment
from grader.kinds.weights.score import score_weights
from grader.machines import specification as module
from grader.machines.machine import AnswerMachine, EquationMachine

TEXT = """\
question: q
title: Counts
points: 2
answer: weights
network:
  inputs: {x: KIND}
  parameters: {w: scalar}
  initial: {h: 0}
  equations: {h: "(h[t-1] + w*x[t]) % 5", y: "h[t]"}
  output: y
behaviour:
  initial: {s: 0}
  equations: {s: "(s[t-1] + x[t]) % 5"}
  output: s
checks: [{name: at odd sums, points: 1, when: "s[t] % 2 == 1"}, {name: at even sums, points: 1, when: "s[t] % 2 == 0"}]
"""
WEIGHTS = (1, 2, 0, 6, -1)


@pytest.fixture(scope="module")
def load(tmp_path_factory):
    def question(kind):
        path = tmp_path_factory.mktemp("q") / "q.yaml"
        path.write_text(TEXT.replace("KIND", kind))
        return load_assignment(path).questions[0]

    return question


@pytest.fixture
def stepped(monkeypatch):
    """The states from which the behaviour (which has no parameters) was stepped."""
    steps = []
    step = EquationMachine.step

    def counted(self, state, symbol):
        if type(self) is EquationMachine:
            steps.append(state)
        return step(self, state, symbol)

    monkeypatch.setattr(EquationMachine, "step", counted)
    return steps


def marks(question, weight):
    return [check.points for check in score_weights(question, {"w": fmpq(weight)}).checks]


def test_the_second_of_a_class_steps_the_behaviour_no_more(load, stepped):
    question = load("bit")
    assert marks(question, 1) == [1, 1]
    first = len(stepped)
    assert first >= 5 * 2, "each of the five sums, with both inputs"
    assert marks(question, 1) == [1, 1]
    assert len(stepped) == first


def test_a_behaviour_with_many_states_is_begun_anew_and_marks_stay_the_same(load, monkeypatch, stepped):
    """One state more than is remembered; with just so many it is kept."""
    expected = [marks(load("bit"), weight) for weight in WEIGHTS]
    question = load("bit")
    machine = question.specification.machine()
    assert marks(question, 1) == [1, 1]
    states = machine.states
    monkeypatch.setattr(module, "MAX_REMEMBERED_STATES", states)
    assert question.specification.machine() is machine
    monkeypatch.setattr(module, "MAX_REMEMBERED_STATES", states - 1)
    assert question.specification.machine() is not machine
    for most in (0, 1, 3, states):
        monkeypatch.setattr(module, "MAX_REMEMBERED_STATES", most)
        assert [marks(question, weight) for weight in WEIGHTS] == expected


@pytest.mark.long
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_questions_with_the_same_equations_keep_their_own_symbols(load, order):
    """What is remembered for the bits 0 and 1 says nothing of -1, 0 and 1, or of the same numbers in another order."""
    kinds = ["bit", "[-1, 0, 1]", "[1, 0]"]
    questions = [load(kind) for kind in kinds]
    by_itself = [[marks(load(kind), weight) for weight in WEIGHTS] for kind in kinds]
    together = {i: [marks(questions[i], weight) for weight in WEIGHTS] for i in order}
    assert [together[i] for i in range(3)] == by_itself
    for kind, earned in zip(kinds, by_itself, strict=True):
        assert earned == [by_hand(json.loads(kind) if kind != "bit" else [0, 1], weight) for weight in WEIGHTS]


def by_hand(symbols, weight):
    """Both lines over every joint state of the two sums, in Python's own numbers."""
    seen, todo, right = {(0, 0)}, [(0, 0)], [1, 1]
    while todo:
        mine, wanted = todo.pop()
        for x in symbols:
            after = (mine + weight * x) % 5, (wanted + x) % 5
            if after[0] != after[1]:
                right[0 if after[1] % 2 == 1 else 1] = 0
            if after not in seen:
                seen.add(after)
                todo.append(after)
    return right


KNOWN = """\
known:
  counts twice: {w: 2, earns: 0, say: twice too many}
  never counts: {w: 0, earns: 0, say: never}
"""


@pytest.fixture
def misled(tmp_path):
    """The question with two known mistakes."""
    path = tmp_path / "q.yaml"
    path.write_text(TEXT.replace("KIND", "bit") + KNOWN)
    return load_assignment(path).questions[0]


def messages(question, weight):
    return score_weights(question, {"w": fmpq(weight)}).messages


def test_the_second_of_a_class_steps_no_known_network_anew(misled, monkeypatch):
    stepped = []
    step = AnswerMachine.step

    def counted(self, state, symbol):
        stepped.append(self)
        return step(self, state, symbol)

    monkeypatch.setattr(AnswerMachine, "step", counted)
    assert messages(misled, 2) == ("twice too many",)
    known = [misled.known_network(known) for known in misled.known]
    assert len(stepped) > len([one for one in stepped if one not in known]) > 0
    stepped.clear()
    assert messages(misled, 2) == ("twice too many",)
    assert stepped
    assert not [one for one in stepped if one in known]


@pytest.mark.parametrize("bound", ["MAX_REMEMBERED_STATES", "MAX_REMEMBERED_BITS"])
def test_a_known_network_that_has_grown_large_is_begun_anew_and_is_recognised_all_the_same(misled, monkeypatch, bound):
    expected = [messages(misled, weight) for weight in WEIGHTS]
    first = misled.known[0]
    kept = misled.known_network(first)
    assert misled.known_network(first) is kept
    monkeypatch.setattr(f"grader.kinds.weights.question.{bound}", 1)
    assert misled.known_network(first) is not kept
    assert [messages(misled, weight) for weight in WEIGHTS] == expected
    assert expected[WEIGHTS.index(0)] == ("never",)
