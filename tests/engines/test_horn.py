"""The engine of Horn clauses: what it proves and refutes is what brute force, exact runs and the walk say."""

import os
import random
import signal
import sys
import time
from fractions import Fraction
from threading import Event, Thread

import pytest
import z3
from flint import fmpq

from grader.engines.certificate import holds
from grader.engines.engine import Findings, OpenLines, Unknown
from grader.engines.horn import HornEngine
from grader.engines.spacer import InvariantFound, solve
from grader.engines.term_domain import Terms
from grader.engines.terms import Term, UnsupportedByTerms
from grader.engines.transition import Transition
from grader.engines.transition_builder import transition
from grader.engines.walk import WalkEngine
from grader.evidence import Invariant, Proved
from grader.kinds.table import load_assignment
from grader.language.arrays import Array
from grader.language.compile import compile_tree
from grader.language.parse import parse
from grader.language.scope import Scope
from grader.machines.machine import AnswerMachine
from tests.checks.test_random_systems import puzzle, spec


@pytest.fixture(scope="module")
def load(tmp_path_factory):
    folder = tmp_path_factory.mktemp("questions")

    def question(text):
        path = folder / "q.yaml"
        path.write_text(text)
        return load_assignment(path).questions[0]

    return question


def question_text(inputs, parameters, network, behaviour, rest='checks: [{name: "all", points: 1}]'):
    return f"""
question: q
title: T
points: 1
answer: weights
network:
  inputs: {{{inputs}}}
  parameters: {{{", ".join(f"{name}: scalar" for name in parameters)}}}
  {network}
  output: y
behaviour:
  {behaviour}
  output: o
budget: {{samples: 20}}
{rest}
"""


LINEAR = (
    "x: real",
    "WU",
    'initial: {h: 0}\n  equations: {h: "W*h[t-1] + U*x[t]", y: "h[t]"}',
    'initial: {q: 0}\n  equations: {q: "x[t] - q[t-1]", o: "3*q[t]"}',
)
MAXIMUM = (
    "x: real",
    "ab",
    'initial: {m: 0}\n  equations: {m: "a*m[t-1] + relu(b*x[t] - m[t-1])", y: "m[t]"}',
    'initial: {q: 0}\n  equations: {q: "max(q[t-1], x[t])", o: "q[t]"}',
)
LATCH = (
    "x: bit",
    "ac",
    'initial: {h: 0}\n  equations: {h: "relu(a*h[t-1] + 1 - x[t])", y: "1 if h[t] <= c else 0"}',
    'initial: {alive: 1}\n  equations: {alive: "alive[t-1] and x[t]", o: "alive[t]"}',
)
TWO_SUMS = (
    "x: real, n: integer",
    "uv",
    'initial: {p: 0, q: 0}\n  equations: {p: "p[t-1] + u*x[t]", q: "q[t-1] - v*n[t]", y: "p[t] + q[t] > 1"}',
    'initial: {s: 0}\n  equations: {s: "s[t-1] + x[t] + n[t]", o: "s[t] > 1"}',
)
SORTED = (
    "x: [real, real, real]",
    "e",
    'functions: {"lo(a, b)": "(a + b - abs(a - b))/2", "hi(a, b)": "(a + b + abs(a - b))/2"}\n'
    '  equations: {a: "[lo(x[t][0], x[t][1]), hi(x[t][0], x[t][1]), x[t][2]]", '
    'b: "[a[t][0], lo(a[t][1], a[t][2]), hi(a[t][1], a[t][2])]", y: "[lo(b[t][0], b[t][1]), e*hi(b[t][0], b[t][1]) '
    '+ (1 - e)*b[t][1], b[t][2]]"}',
    'equations: {o: "[min(x[t]), sum(x[t]) - min(x[t]) - max(x[t]), max(x[t])]"}',
    'length: 1\nchecks: [{name: "all", points: 1}]',
)
PRODUCT = (
    "x: [real, real]",
    "a",
    'equations: {y: "(x[t][0] + a*x[t][1])**2"}',
    'equations: {o: "x[t][0]**2 + 2*x[t][0]*x[t][1] + x[t][1]**2"}',
    'length: 1\nchecks: [{name: "all", points: 1}]',
)

DECIDED = {
    "a sum that alternates": (LINEAR, {"W": "-1", "U": "3"}, None),
    "a weight that is a little off": (LINEAR, {"W": "-1", "U": "3.0000001"}, 1),
    "a memory that is a little off": (LINEAR, {"W": "-0.999", "U": "3"}, 2),
    "a running maximum": (MAXIMUM, {"a": "1", "b": "1"}, None),
    "a maximum that forgets": (MAXIMUM, {"a": "0.9", "b": "1"}, 2),
    "a latch that counts": (LATCH, {"a": "1", "c": "0.5"}, None),
    "a latch that grows": (LATCH, {"a": "2", "c": "0.5"}, None),
    "a latch that leaks for 4 steps": (LATCH, {"a": "0.8", "c": "0.5"}, 5),
    "a latch that leaks for 13 steps": (LATCH, {"a": "0.9", "c": "0.28"}, 14),
    "two sums": (TWO_SUMS, {"u": "1", "v": "-1"}, None),
    "two sums, one of the other sign": (TWO_SUMS, {"u": "1", "v": "1"}, 1),
    "three reals sorted": (SORTED, {"e": "1"}, None),
    "three reals nearly sorted": (SORTED, {"e": "0.999"}, 1),
    "a square": (PRODUCT, {"a": "1"}, None),
    "another square": (PRODUCT, {"a": "-1"}, 1),
}  # fmt: skip


def machine_of(question, values):
    numbers = {name: fmpq(Fraction(v).numerator, Fraction(v).denominator) for name, v in values.items()}
    return AnswerMachine(question.program, numbers)


def decided(question, machine):
    every = OpenLines(frozenset(range(len(question.specification.lines))))
    return HornEngine().decide(machine, question.specification, every, question.budget)


def first_wrong_step(question, machine, word):
    """The first step of a word whose output is not accepted, by an exact run; None where there is none."""
    wanted = question.specification.machine().run(word)
    for t, (answer, want) in enumerate(zip(machine.run(word), wanted, strict=True), 1):
        if not question.specification.accepts(answer.output, want):
            return t
    return None


@pytest.mark.parametrize("name", DECIDED)
def test_networks_over_reals_and_growing_numbers_are_decided(load, name):
    texts, values, steps = DECIDED[name]
    question = load(question_text(*texts))
    found = decided(question, machine_of(question, values))
    assert isinstance(found, Findings)
    assert isinstance(found.holds, Proved)
    assert found.met == {0}
    if steps is None:
        assert not found.broken
        rng = random.Random(name)
        width = len(question.alphabet.number_domains)
        for _ in range(30):  # an exact run of random inputs finds nothing either
            word = [
                question.alphabet.symbol([fmpq(rng.randint(-9, 9), 1) for _ in range(width)])
                if "bit" not in texts[0]
                else (fmpq(rng.randint(0, 1)),)
                for _ in range(question.budget.bounds.length or 12)
            ]
            assert first_wrong_step(question, machine_of(question, values), word) is None
    else:
        broken = found.broken[0]
        assert broken.shortest
        assert len(broken.word) == steps
        assert first_wrong_step(question, machine_of(question, values), broken.word) == steps


def test_an_invariant_is_told_in_the_names_of_the_spec(load):
    question = load(question_text(*LINEAR))
    found = decided(question, machine_of(question, {"W": "-1", "U": "3"}))
    assert found.holds == Proved(None, None, Invariant(("h[t-1] == 3*q[t-1]",)))


@pytest.mark.parametrize(("network", "behaviour"), [("0", "0"), ("0", "5"), ("5", "5")])
def test_network_and_behaviour_may_call_different_things_alike(load, network, behaviour):
    """Both remember `x` and `s`, each from a start of its own: they agree only if the starts do."""
    text = question_text(
        "x: real",
        "w",
        f'initial: {{s: {network}, x: {network}}}\n  equations: {{s: "w*s[t-1] + x[t-1]", y: "s[t]"}}',
        f'initial: {{s: {behaviour}, x: {behaviour}}}\n  equations: {{s: "s[t-1] + x[t-1]", o: "s[t]"}}',
    )
    question = load(text)
    found = decided(question, machine_of(question, {"w": "1"}))
    assert bool(found.broken) is (network != behaviour)


UNDECIDED = {
    "a rotation": ('initial: {h: 1, k: 0}\n  equations: {h: "0.6*h[t-1] - 0.8*k[t-1]", k: "0.8*h[t-1] + 0.6*k[t-1]", y: "1 if a*h[t] <= 2 else 0"}', "neither"),
    "a product of the past": ('initial: {h: 1}\n  equations: {h: "h[t-1]*x[t]", y: "1 + 0*h[t]*a"}', "multiplied"),
    "a quotient": ('equations: {y: "1 if x[t]/(x[t] + a) > 1 else 1"}', "may be zero"),
    "an index": ('equations: {y: "[1, a][1 if x[t] > 0 else 0]"}', "index"),
    "the time": ('equations: {y: "1 if t > x[t] or a else 1"}', "by its number"),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("name", UNDECIDED)
def test_what_cannot_be_decided_is_unknown_with_the_reason(load, name):
    network, reason = UNDECIDED[name]
    question = load(question_text("x: real", "a", network, 'equations: {o: "1"}'))
    found = decided(question, machine_of(question, {"a": "1"}))
    assert isinstance(found, Unknown)
    assert reason in found.reason
    assert not found.findings.broken


def agreement(load, rng):
    """Whether the engine decides a random small system; it then finds what the walk over all joint states finds."""
    drawn = puzzle(rng)
    question = load(spec(drawn))
    machine = AnswerMachine(question.program, {"a": fmpq(int(drawn.network.parameters["a"]))})
    every = OpenLines(frozenset(range(len(question.specification.lines))))
    walked = WalkEngine().decide(machine, question.specification, every, question.budget)
    found = decided(question, machine)
    findings = found.findings if isinstance(found, Unknown) else found
    lengths = {line: len(broken.word) for line, broken in walked.broken.items()}
    assert all(broken.shortest and len(broken.word) == lengths[line] for line, broken in findings.broken.items())
    if isinstance(found, Unknown):
        return False
    assert findings.broken.keys() == lengths.keys()
    assert findings.met <= walked.met
    return True


@pytest.mark.long
def test_random_systems_are_decided_as_by_the_walk(load):
    rng = random.Random(5)
    assert sum(agreement(load, rng) for _ in range(6)) >= 5


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_many_random_systems_are_decided_as_by_the_walk(load, seed):
    rng = random.Random(500 + seed)
    assert sum(agreement(load, rng) for _ in range(300)) >= 260


def test_a_certificate_is_refused_once_it_is_changed(load):
    """Of the invariant h = 3q: weaker ones are not safe or not kept, stronger ones do not hold at the start."""
    question = load(question_text(*LINEAR))
    system = transition(machine_of(question, {"W": "-1", "U": "3"}), question.specification)
    h, q = system.phases[0].variables
    assert holds(system, [0], [h == 3 * q])
    wrong = [h == h, h >= 3 * q, h == 2 * q, h == -3 * q, h == 3 * q + 1, z3.And(h == 3 * q, q == 1), h != h]
    assert not any(holds(system, [0], [formula]) for formula in wrong)


def test_an_invariant_of_another_network_is_no_certificate(load):
    question = load(question_text(*LINEAR))
    right = transition(machine_of(question, {"W": "-1", "U": "3"}), question.specification)
    wrong = transition(machine_of(question, {"W": "-1", "U": "2"}), question.specification)
    assert isinstance(solve(right, [0]), InvariantFound)
    h, q = wrong.phases[0].variables
    assert not holds(wrong, [0], [h == 3 * q])


def test_what_is_found_does_not_depend_on_what_was_decided_before(load):
    question = load(question_text(*LATCH))
    first = decided(question, machine_of(question, {"a": "1", "c": "0.5"}))
    for a in ("0.8", "2", "3"):
        decided(question, machine_of(question, {"a": a, "c": "0.3"}))
    z3.Solver().add([z3.Real(f"noise {i}") > i for i in range(50)])
    assert decided(question, machine_of(question, {"a": "1", "c": "0.5"})) == first


@pytest.mark.parametrize("text", ["v and x", "v or x", "x and v", "v if x else 1", "1 if x > 0 else v"])
def test_a_size_that_depends_on_a_quantity_is_refused(text):
    """`v and x` is the number 0 where x is 0, else a vector: a term has one shape."""
    scope = Scope()
    scope.names.update({name: scope.new_slot() for name in ("x", "v")})
    closure = compile_tree(parse(text), scope, Terms())
    frame = [None, None, Term(z3.Real("x")), Array((2,), (Term(z3.Real("v0")), fmpq(1)))]
    with pytest.raises(UnsupportedByTerms, match="size"):
        closure(frame)


def test_terms_are_compared_by_no_python_operator():
    """An equality that looks at objects alone would decide what only a solver can."""
    one = Term(z3.Real("one"))
    with pytest.raises(UnsupportedByTerms):
        assert one == Term(z3.Real("one"))
    with pytest.raises(UnsupportedByTerms):
        assert one


@pytest.mark.skipif(sys.platform == "win32", reason="no process sends itself an interrupt there")
def test_an_interrupt_ends_the_search_and_is_no_reason_to_give_up(load, monkeypatch):
    """z3 would take the signal as its own, and the verdict would rest on samples."""
    question = load(question_text("x: real", "a", UNDECIDED["a rotation"][0], 'equations: {o: "1"}'))
    machine = machine_of(question, {"a": "1"})
    ended, query = Event(), z3.Fixedpoint.query

    def interrupt():
        """Once more where Python threw it away, as it does in the middle of a destructor."""
        pause_seconds = 0.05
        while not ended.wait(pause_seconds):
            os.kill(os.getpid(), signal.SIGINT)
            pause_seconds = 3

    def interrupted(solver, *asked):
        monkeypatch.setattr(z3.Fixedpoint, "query", query)
        Thread(target=interrupt, daemon=True).start()
        return query(solver, *asked)

    monkeypatch.setattr(z3.Fixedpoint, "query", interrupted)
    before = signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a shell lets what runs behind it ignore the signal
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012  # it comes while z3 works, or else before the wait ends
        try:
            decided(question, machine)
            time.sleep(60)
        finally:
            ended.set()
            signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(("bits", "expected"), [(0, 1000), (256, 1000), (512, 250), (2560, 10)])
def test_long_weights_leave_solvers_fewer_steps_as_each_takes_longer(bits, expected):
    assert Transition((), (), (), bits).resources(1000) == expected


def test_the_bits_of_all_weights_count(load):
    question = load(question_text(*LINEAR))
    system = transition(machine_of(question, {"W": f"1/{2**100}", "U": f"1/{2**50}"}), question.specification)
    assert system.constant_bits == 154  # those of the two initial zeros too


@pytest.mark.parametrize("digits", [40, 100, 400, 1200])
def test_no_weight_is_too_long_to_be_refuted(load, digits):
    """`x > 1/10**digits` is not `x > 0`, however small the weight is that an answer gives."""
    question = load(question_text("x: real", "a", 'equations: {y: "x[t] > a"}', 'equations: {o: "x[t] > 0"}'))
    machine = machine_of(question, {"a": f"1/{10**digits}"})
    found = decided(question, machine)
    assert first_wrong_step(question, machine, found.broken[0].word) == 1
