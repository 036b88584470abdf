"""Certificates: what the engines prove is accepted anew from its text alone, and once it is changed it is refused."""

import json
from fractions import Fraction

import pytest
import z3
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from grader.engines.affine import affine_guesses
from grader.engines.certificate import MAX_UNROLLED_STEPS, holds, none_breaks, steps_taken
from grader.engines.checkers import CHECKERS, proof_of
from grader.engines.claim import Claim, UnreadableCertificate
from grader.engines.short_runs import short_runs
from grader.engines.smt_text import MAX_SMT_CHARACTERS, read_smt, smt_text
from grader.engines.spacer import InvariantFound, solve
from grader.engines.table import decide
from grader.engines.transition_builder import transition
from grader.evidence import Certificate, Proved
from grader.machines.explore import Bounds

from .test_horn import DECIDED, LATCH, LINEAR, SORTED, load, machine_of, question_text

__all__ = ["load"]


def with_length(texts, length):
    *parts, rest = texts if len(texts) == 5 else (*texts, 'checks: [{name: "all", points: 1}]')
    return (*parts, f"length: {length}\n{rest}" if "length" not in rest else rest)


def proved(question, values):
    """The claim that nothing breaks the answer, and its proof."""
    machine = machine_of(question, values)
    found = decide(machine, question.specification, question.budget)
    assert not found.broken
    assert isinstance(found.holds, Proved)
    lines = frozenset(range(len(question.specification.lines)))
    return Claim(machine, question.specification, lines, question.budget.bounds), found.holds


RIGHT = [name for name, (_, _, steps) in DECIDED.items() if steps is None]


@pytest.mark.parametrize("name", RIGHT)
def test_every_proof_carries_a_certificate_that_is_accepted_from_its_text(load, name):
    texts, values, _ = DECIDED[name]
    claim, proof = proved(load(question_text(*texts)), values)
    assert proof.certificate.kind in CHECKERS
    again = Certificate(proof.certificate.kind, json.loads(json.dumps(proof.certificate.content)))
    assert proof_of(claim, again) == proof


@pytest.mark.parametrize("length", [1, 2, 5, 10, 11, 30])
@pytest.mark.parametrize("texts", [LINEAR, LATCH], ids=["linear", "latch"])
def test_proofs_for_short_inputs_carry_one_too(load, texts, length):
    values = {"W": "-1", "U": "3"} if texts is LINEAR else {"a": "2", "c": "0.5"}
    claim, proof = proved(load(question_text(*with_length(texts, length))), values)
    assert proof.length == length
    assert proof_of(claim, proof.certificate) == proof


LEAKING = (LATCH, {"a": "0.9", "c": "0.28"})
"""Right for 13 steps: `relu(0.9*h + 1 - x)` falls below 0.28 after 12 ones."""


@pytest.mark.parametrize("length", [9, 10, 11, 13])
def test_what_is_right_only_up_to_the_length_asked_for_is_proved_up_to_there(load, length):
    """No invariant of all lengths exists: the certificate counts steps, or says that all were put to z3."""
    claim, proof = proved(load(question_text(*with_length(LEAKING[0], length))), LEAKING[1])
    kind = "walk" if proof.states else "unrolled" if length <= 10 else "invariant"
    assert proof.certificate.kind == kind
    assert proof_of(claim, proof.certificate) == proof


def horn_claim(load, length, values):
    """A claim about the latch that leaks, which no walk decides."""
    text = question_text(*with_length(LATCH, length)).replace("budget: {", "budget: {states: 2, ")
    return proved(load(text), values)


def test_a_certificate_of_short_inputs_counts_steps_and_is_none_for_longer_ones(load):
    claim, proof = horn_claim(load, 13, LEAKING[1])
    assert proof.certificate.content["steps"] == 13
    longer = Claim(claim.network, claim.specification, claim.lines, Bounds(2, 14))
    with pytest.raises(UnreadableCertificate, match="steps"):
        proof_of(longer, proof.certificate)
    stretched = Certificate("invariant", {**proof.certificate.content, "steps": 14})
    assert proof_of(longer, stretched) is None


def test_all_inputs_up_to_a_length_are_put_to_the_solver_anew(load):
    claim, proof = horn_claim(load, 9, LEAKING[1])
    assert proof.certificate == Certificate("unrolled", {"steps": 9})
    system = transition(claim.network, claim.specification)
    assert [none_breaks(system, [0], n) for n in (9, 13, 14, MAX_UNROLLED_STEPS + 1)] == [True, True, False, False]


def test_another_answer_is_not_proved_by_the_certificate_of_a_right_one(load):
    question = load(question_text(*LINEAR))
    claim, proof = proved(question, {"W": "-1", "U": "3"})
    for values in ({"W": "-1", "U": "3.0000001"}, {"W": "-0.999", "U": "3"}, {"W": "1", "U": "3"}):
        other = Claim(machine_of(question, values), claim.specification, claim.lines, claim.bounds)
        assert proof_of(other, proof.certificate) is None


UNREADABLE = {
    "no such kind": ("magic", {}),
    "no phases": ("invariant", {}),
    "phases of another kind": ("invariant", {"phases": 3}),
    "too few phases": ("invariant", {"phases": []}),
    "too many phases": ("invariant", {"phases": [{}, {}]}),
    "another state": ("invariant", {"phases": [{"state": ["h"], "holds": "true"}]}),
    "no formula": ("invariant", {"phases": [{"state": ["h[t-1]", "q[t-1]"]}]}),
    "steps where every length is asked for": ("invariant", {"steps": 3, "phases": []}),
    "steps that are no number": ("unrolled", {"steps": "3"}),
    "states that are no number": ("walk", {"states": "3"}),
    "too many states": ("walk", {"states": 10**9}),
    "no state": ("walk", {"states": 0}),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_certificate_is_unreadable(load, name):
    claim, _ = proved(load(question_text(*LINEAR)), {"W": "-1", "U": "3"})
    with pytest.raises(UnreadableCertificate):
        proof_of(claim, Certificate(*UNREADABLE[name]))


@pytest.mark.parametrize("kind", ["unrolled", "listing", "walk"])
def test_a_certificate_of_another_kind_shows_nothing(load, kind):
    claim, _ = proved(load(question_text(*LINEAR)), {"W": "-1", "U": "3"})
    assert proof_of(claim, Certificate(kind, {"states": 5, "inputs": 5})) is None


BAD_FORMULAS = [
    "", "(", ")", "()", "(and", "and true)", "true true", "h", "|h[t-1]", "(= |h[t-1]|)", "(foo |h[t-1]|)", "|h[t-1]|", "3.0", "(* |h[t-1]| |q[t-1]|)",
    "(= (/ 1.0 |q[t-1]|) 1.0)", "(and 1.0 true)", "(let ((a)) a)", "(let)", "((and) true)", "(= 1e9 |h[t-1]|)", "(= (/ 1.0 0.0) |h[t-1]|)", "(let ((a true)) a)", "(forall ((x Int)) (= x x))",
    '(= |h[t-1]| "3")', "(__import__ |os|)", "(" * 5000, "(not " * 500 + "true" + ")" * 500, "true" + " " * MAX_SMT_CHARACTERS, 7, None, ["and", "true"],
]  # fmt: skip


@pytest.mark.parametrize("text", BAD_FORMULAS, ids=lambda text: repr(text)[:20])
def test_what_is_no_formula_is_refused_by_its_own_reader(text):
    h, q = z3.Reals("h[t-1] q[t-1]")
    with pytest.raises(UnreadableCertificate):
        read_smt(text, [h, q], z3.main_ctx())


numbers = st.fractions(-9, 9, max_denominator=7)


def formulas(h, q):
    """Formulas over two quantities, of every operator that invariants are made of."""
    term = st.builds(lambda a, b, c: z3.Q(a.numerator, a.denominator) * h + z3.Q(b.numerator, b.denominator) * q - z3.Q(c.numerator, c.denominator), numbers, numbers, numbers)  # fmt: skip
    atom = st.builds(
        lambda left, right, op: op(left, right),
        term,
        term,
        st.sampled_from([z3.ArithRef.__le__, z3.ArithRef.__gt__, z3.ArithRef.__eq__]),
    )
    return st.recursive(atom, lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(z3.And), st.lists(inner, min_size=1, max_size=3).map(z3.Or), inner.map(z3.Not),
        st.builds(z3.Implies, inner, inner), st.builds(lambda c, a: z3.If(c, h, q) <= z3.ToReal(z3.ToInt(a)), inner, term)), max_leaves=6)  # fmt: skip


H, Q = z3.Reals("h[t-1] q[t-1]")


@settings(max_examples=40, deadline=None, derandomize=True)
@given(formulas(H, Q))
def test_a_formula_is_read_as_it_was_written(formula):
    again = read_smt(smt_text(formula), [H, Q], z3.main_ctx())
    solver = z3.Solver()
    solver.set("rlimit", 3_000_000)
    solver.add(again != formula)
    assert solver.check() == z3.unsat


def mutated(draw, node):
    """The same data with one leaf changed."""
    if isinstance(node, dict):
        key = draw(st.sampled_from(sorted(node)))
        return {**node, key: mutated(draw, node[key])}
    if isinstance(node, list) and node:
        i = draw(st.integers(0, len(node) - 1))
        return [*node[:i], mutated(draw, node[i]), *node[i + 1 :]]
    if isinstance(node, str):
        return changed_text(draw, node)
    return draw(st.one_of(st.integers(-3, 40), st.none(), st.text(max_size=3)).filter(lambda other: other != node))


def changed_text(draw, text):
    """A text with one of its numbers or operators exchanged for another, or a piece left out."""
    tokens = text.replace("(", " ( ").replace(")", " ) ").split()
    i = draw(st.integers(0, len(tokens) - 1))
    new = draw(
        st.sampled_from(
            [
                "0.0",
                "1.0",
                "2.0",
                "7.0",
                "<=",
                ">=",
                "<",
                "=",
                "+",
                "*",
                "or",
                "not",
                "|h[t-1]|",
                "|q[t-1]|",
                "true",
                "false",
                "",
            ]
        )
    )
    return " ".join([*tokens[:i], new, *tokens[i + 1 :]])


def equivalent(claim, one, other):
    """Whether two certificates say the same of the states, however it is written; the states need not be reachable."""
    if one == other:
        return True
    system = transition(claim.network, claim.specification)
    phase = system.phases[0]
    try:
        pair = [read_smt(c.content["phases"][0]["holds"], phase.variables, system.context) for c in (one, other)]
    except (UnreadableCertificate, TypeError):
        return False
    solver = z3.Solver(ctx=system.context)
    solver.add(pair[0] != pair[1])
    return solver.check() == z3.unsat


@pytest.fixture(scope="module")
def tripled(load):
    """The claim about h = 3q, and its proof."""
    return proved(load(question_text(*LINEAR)), {"W": "-1", "U": "3"})


@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_mutated_certificate_is_refused(tripled, data):
    """h = 3q is the one invariant that proves it: whatever says something else is no proof."""
    claim, proof = tripled
    other = Certificate("invariant", mutated(data.draw, proof.certificate.content))
    assume(not equivalent(claim, proof.certificate, other))
    try:
        accepted = proof_of(claim, other)
    except UnreadableCertificate:
        return
    assert accepted is None


def test_a_weaker_number_of_steps_is_no_certificate_of_the_longer_ones(load):
    """An invariant that counts steps is about inputs of up to so many, and h = 3q needs no count."""
    question = load(question_text(*LINEAR))
    system = transition(machine_of(question, {"W": "-1", "U": "3"}), question.specification)
    h, q = system.phases[0].variables
    taken = steps_taken(system)
    assert holds(system, [0], [h == 3 * q], 5)
    assert not holds(system, [0], [z3.Or(h == 3 * q, taken > 4)], 5)
    assert holds(system, [0], [z3.Or(h == 3 * q, taken > 4)], 4)
    assert not holds(system, [0], [z3.And(h == 3 * q, taken <= 3)], 5)


@pytest.mark.parametrize("name", [name for name in RIGHT if DECIDED[name][0] in (LINEAR,)])
def test_linear_equations_of_a_few_runs_prove_it_without_a_search(load, name):
    texts, values, _ = DECIDED[name]
    question, machine = load(question_text(*texts)), None
    machine = machine_of(question, values)
    system = transition(machine, question.specification)
    found = short_runs(system, machine, question.specification)
    assert not found.wrong
    assert any(holds(system, [0], guess) for guess in affine_guesses(system, found))


@pytest.mark.parametrize("scale", ["3", "-5", "1/7", "1e-9"])
def test_the_invariant_of_an_answer_is_its_own(load, scale):
    """The scale is fitted from the answer's runs, so that no answer that was graded before bears on the report."""
    text = question_text(*LINEAR).replace("3*q[t]", f"{Fraction(scale).numerator}/{Fraction(scale).denominator}*q[t]")
    question = load(text)
    for values in ({"W": "-1", "U": "2"}, {"W": "-1", "U": scale}):
        found = decide(machine_of(question, values), question.specification, question.budget)
    assert not found.broken
    c = Fraction(scale)
    system = transition(machine_of(question, {"W": "-1", "U": scale}), question.specification)
    h, q = system.phases[0].variables
    said = read_smt(found.holds.certificate.content["phases"][0]["holds"], [h, q], system.context)
    solver = z3.Solver(ctx=system.context)
    solver.add(said != (h == z3.Q(c.numerator, c.denominator, system.context) * q))
    assert solver.check() == z3.unsat


def test_z3_finds_what_linear_equations_do_not_say(load):
    """A latch that grows: no equation, but h >= 1 once a zero came; then z3's own invariant is the certificate."""
    question = load(question_text(*LATCH))
    machine = machine_of(question, {"a": "2", "c": "0.5"})
    system = transition(machine, question.specification)
    guesses = affine_guesses(system, short_runs(system, machine, question.specification))
    assert not any(holds(system, [0], guess) for guess in guesses)
    assert isinstance(solve(system, [0]), InvariantFound)


def test_one_step_of_many_reals_is_put_to_the_solver_a_second_time(load):
    claim, proof = proved(load(question_text(*SORTED)), {"e": "1"})
    assert proof == Proved(None, 1)
    assert proof.certificate == Certificate("unrolled", {"steps": 1})
    wrong = Claim(
        machine_of(load(question_text(*SORTED)), {"e": "0.999"}), claim.specification, claim.lines, claim.bounds
    )
    assert proof_of(wrong, proof.certificate) is None


def test_a_walk_is_checked_by_its_closure(load):
    text = question_text(
        "x: bit",
        "a",
        'initial: {h: 1}\n  equations: {h: "step(h[t-1] + a*x[t] - 1.5)", y: "h[t]"}',
        'initial: {q: 1}\n  equations: {q: "q[t-1] and x[t]", o: "q[t]"}',
    )
    question = load(text)
    claim, proof = proved(question, {"a": "1"})
    assert proof == Proved(2)
    assert proof_of(claim, Certificate("walk", {"states": 2})) == proof
    assert proof_of(claim, Certificate("walk", {"states": 1})) is None
    assert proof_of(claim, Certificate("walk", {"states": 3})) is None
    wrong = Claim(machine_of(question, {"a": "2"}), claim.specification, claim.lines, claim.bounds)
    assert proof_of(wrong, proof.certificate) is None
