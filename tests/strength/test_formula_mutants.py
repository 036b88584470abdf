"""Mutants of formulas: which are made, that what becomes of each is so when it is worked out in plain Python, holes."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import numpy as np
import pytest

from grader.documents import read_yaml
from grader.kinds.formula.mutants import formula_mutants, judge_formula_mutants, right_answers
from grader.kinds.formula.near_proposals import formula_remarks
from grader.kinds.kind import kind_of
from grader.kinds.open_submission import Resources
from grader.kinds.table import KINDS

HEAD = "question: f\ntitle: F\npoints: 4\nanswer: formula\n"
RUN = Resources()


def question(text):
    loaded, problems = KINDS.load_question(read_yaml((HEAD + text).encode(), "f.yaml"), None)
    assert not problems, problems
    return loaded


def judged(given, mutants):
    return list(judge_formula_mutants(given, mutants, RUN))


def operators(text):
    found = {}
    for one in formula_mutants(question(text)):
        found.setdefault(one.operator, []).append(one.answer)
    return found


# ------------------------------------------------------------- which mutants are made
SCALARS = "symbols: {a: scalar, b: scalar, n: integer, v: [n], w: [n], A: [n, n], B: [n, n]}\n"
STEPS = "symbols: {t: integer, T: integer, W: scalar}\nsequences: {h: scalar, x: scalar}\n"


@pytest.mark.long
@pytest.mark.parametrize(
    ("text", "operator", "wanted"),
    [
        (SCALARS + "right: a - b", "sign", {"a + b"}),
        (SCALARS + "right: a - b", "sign of the whole", {"-(a - b)"}),
        (SCALARS + "right: a - b", "operands swapped", {"b - a"}),
        (SCALARS + "right: a - b", "term lost", {"a", "-b"}),
        (SCALARS + "right: a*b", "factor lost", {"a", "b"}),
        (SCALARS + "right: a*b", "operation", {"a + b", "a/b"}),
        (SCALARS + "right: a/b", "operands swapped", {"b/a"}),
        (SCALARS + "right: a/b", "factor lost", {"a", "1/b"}),
        (SCALARS + "right: a*b", "another symbol", {"b*b", "a*a"}),
        (SCALARS + "right: a**3", "exponent", {"a", "a**2", "a**4"}),
        (SCALARS + "right: 2*a", "constant", {"3*a", "1*a", "4*a"}),
        (SCALARS + "right: A @ v", "transposed", {"A.T @ v"}),
        (SCALARS + "right: A.T @ v", "transposed", {"A @ v", "A.T.T @ v"}),
        (SCALARS + "right: A @ B", "operands swapped", {"B @ A"}),
        (SCALARS + "right: outer(v, w)", "operands swapped", {"outer(w, v)"}),
        (SCALARS + "right: sigmoid(a)", "function", {"tanh(a)", "sigmoid(sigmoid(a))", "a"}),
        (SCALARS + "right: a if a >= b else b", "condition", {"a if a > b else b", "a if a <= b else b", "b if a >= b else a", "a", "b"}),
        (STEPS + "right: h[t+1]*W", "index off by one", {"h[t]*W", "h[t + 2]*W"}),
        (STEPS + "right: h[t+1]*W", "another step", {"h[t - 1]*W", "h[t]*W"}),
        (STEPS + "right: h[t]*(1 - h[t])", "index off by one", {"h[t - 1]*(1 - h[t - 1])", "h[t + 1]*(1 - h[t + 1])", "h[t - 1]*(1 - h[t])", "h[t]*(1 - h[t - 1])", "h[t + 1]*(1 - h[t])", "h[t]*(1 - h[t + 1])"}),
        (STEPS + "right: W*tanh(h[t] + x[t])", "every step off by one", {"W*tanh(h[t - 1] + x[t - 1])", "W*tanh(h[t + 1] + x[t + 1])"}),
        (STEPS + "right: sum(x[k] for k in range(t, T))", "bound off by one", {f"sum(x[k] for k in range({a}, {b}))" for a, b in (("t - 1", "T"), ("t + 1", "T"), ("t", "T - 1"), ("t", "T + 1"))}),
        (STEPS + "right: prod(W*x[k] for k in range(t, T))", "factor outside of the loop", {"W*prod(x[k] for k in range(t, T))"}),
        (STEPS + "right: prod(x[k] for k in range(t, T))", "sum for product", {"sum(x[k] for k in range(t, T))", "prod(x[k] for k in range(t, t + 1))"}),
    ],
)  # fmt: skip
def test_each_operator_makes_its_mistakes(text, operator, wanted):
    found = set(operators(text + "\n").get(operator, ()))
    assert found - {"-a"} >= wanted if operator == "sign" else found == wanted


def test_the_slope_at_another_step_is_among_them():
    """sigma'(z) is h*(1 - h), or sigmoid(z)*(1 - sigmoid(z)): in both, the step is wrong in both places."""
    text = STEPS + "right: h[t]*(1 - h[t])\nknown: {k: {formula: h_t - h_t**2, earns: 4}}\n"
    found = operators(text)
    assert "h[t + 1]*(1 - h[t + 1])" in found["index off by one"]
    assert "h[t + 1] - h[t + 1]**2" in found["index off by one"]


def test_a_mutant_says_what_was_changed_and_of_which_right_answer():
    text = SCALARS + "right: a*b\nknown: {in words: {formula: b*a, earns: 4}, less: {formula: a, earns: 1}}\n"
    found = [one for one in formula_mutants(question(text)) if one.operator == "factor lost"]
    assert [(one.source, one.change) for one in found] == [
        ("the right formula", "a"),
        ("the right formula", "b"),
        ("known 'in words'", "b"),
        ("known 'in words'", "a"),
    ]


def test_known_answers_stand_in_where_the_right_formula_has_names_that_answers_must_not_use():
    text = "symbols: {W: scalar}\nsequences: {h: scalar, x: scalar}\nwithout: [h]\nnetwork: {initial: {h: 0}, equations: {h: 'W*h[t-1] + x[t]'}}\nright: h[1]\n"
    assert list(formula_mutants(question(text))) == []
    (remark,) = formula_remarks(question(text), [])
    assert "add a `known` one that earns all points" in remark.text
    with_known = question(text + "known: {written out: {formula: 'x[1]', earns: 4}}\n")
    assert [one.source for one in right_answers(with_known)] == ["known 'written out'"]
    assert list(formula_mutants(with_known))


def test_a_known_answer_that_only_earns_all_points_is_no_right_one():
    text = SCALARS + "right: a - b\nup to: {sign: 4}\nknown: {negative: {formula: b - a, earns: 4}}\n"
    assert [one.source for one in right_answers(question(text))] == ["the right formula"]


@pytest.mark.long
def test_a_students_copy_has_none():
    from grader.kinds.formula.seal import seal

    given = question(SCALARS + "right: a*b\nknown: {k: {formula: b*a, earns: 4}}\n")
    document, _ = seal(given, {})
    copy, problems = KINDS.load_question(
        read_yaml((HEAD + SCALARS + f"sealed: {document['sealed']}\n").encode(), "f.yaml"), None
    )
    assert not problems
    assert list(kind_of(copy).mutants(copy, RUN)) == []
    assert "knows no right formula" in next(kind_of(copy).strength_remarks(copy, [], RUN)).text


# ------------------------------------------------------------- against plain Python
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


FUNCTIONS = {"sigmoid": sigmoid, "tanh": np.tanh, "exp": np.exp, "log": np.log, "sin": np.sin, "cos": np.cos, "abs": abs, "relu": lambda z: max(z, 0.0), "sum": lambda v: sum(v), "prod": math.prod, "range": range, "max": max, "min": min, "outer": np.outer, "sqrt": np.sqrt}  # fmt: skip


class Steps(dict):
    """A sequence by its steps."""


def scalars(draw):
    return {name: draw.uniform(-2, 2) for name in "abcx"} | {"n": draw.randint(1, 5)}


def vectors(draw):
    n, m = draw.sample((1, 2, 3, 4), 2)
    noise = np.random.default_rng(draw.randrange(1 << 30))
    return {"n": n, "m": m, "v": noise.normal(size=n), "u": noise.normal(size=m), "A": noise.normal(size=(m, n))}


def steps(draw):
    """A network h = sigmoid(W h[t-1] + U x[t]) that runs from long before, and the gradient of one step."""
    values = {"W": draw.uniform(-2, 2), "U": draw.uniform(-2, 2), "t": 7}
    h, x, z = Steps({0: draw.uniform(-1, 1)}), Steps(), Steps()
    for step in range(1, 15):
        x[step] = draw.uniform(-2, 2)
        z[step] = values["W"] * h[step - 1] + values["U"] * x[step]
        h[step] = sigmoid(z[step])
    return values | {"h": h, "x": x, "z": z, "dL": Steps({8: draw.uniform(-2, 2)})}


def summed(draw):
    n = draw.randint(1, 6)
    return {"n": n, "x": Steps({step: draw.uniform(-2, 2) for step in range(-3, 14)}), "a": draw.uniform(-2, 2)}


NETWORK = "symbols: {W: scalar, U: scalar, t: integer}\nsequences: {h: scalar, x: scalar, z: scalar, dL: scalar}\nnetwork: {equations: {z: 'W*h[t-1] + U*x[t]', h: 'sigmoid(z[t])'}}\n"
AGAINST_PYTHON = {
    "a fraction": ("symbols: {a: scalar, b: scalar, c: scalar, x: scalar}\nright: a*x/(b + c**2)\n", "a*x/(b + c**2)", scalars),
    "an exponential": ("symbols: {a: scalar, b: scalar, x: scalar}\nright: a*exp(-b*x) - x\n", "a*exp(-b*x) - x", scalars),
    "powers": ("symbols: {a: scalar, n: integer}\nright: (a**n - 1)/2\nknown: {k: {formula: 'a^n/2 - 1/2', earns: 4}}\n", "(a**n - 1)/2", scalars),
    "a condition": ("symbols: {a: scalar, b: scalar}\nright: 2*a if a > b else a + b\n", "2*a if a > b else a + b", scalars),
    "a kink": ("symbols: {a: scalar, b: scalar}\nright: max(a, b) - abs(a)\n", "max(a, b) - abs(a)", scalars),
    "vectors": ("symbols: {v: [n], u: [m], A: [m, n]}\nright: A.T @ (u - A @ v)\nknown: {k: {formula: 'u @ A - A.T @ (A @ v)', earns: 4}}\n", "A.T @ (u - A @ v)", vectors),
    "a sum": ("symbols: {a: scalar, n: integer}\nsequences: {x: scalar}\nright: sum(a*x[i] for i in range(1, n + 1))\n", "sum(a*x[i] for i in range(1, n + 1))", summed),
    "a gradient": (NETWORK + "derivative: {of: 'h[t+1]', by: 'h[t]', given: 'dL[t+1]'}\nknown: {k: {formula: \"dL[t+1]*W*sigma'(W*h[t] + U*x[t+1])\", earns: 4}}\n", "dL[t+1]*W*h[t+1]*(1 - h[t+1])", steps),
}  # fmt: skip


def value(text, values):
    """In plain Python; None where there is none."""
    try:
        with np.errstate(all="ignore"):
            found = np.asarray(eval(text, {**FUNCTIONS, "__builtins__": {}, **values}))  # noqa: S307  # our own texts
    except (ArithmeticError, ValueError, LookupError, TypeError):
        return None
    return None if found.dtype == complex or not np.all(np.isfinite(found)) else found


def differ(text, right, draw, points=60):
    """Whether two formulas differ: clearly at a point, by shape, or because the first has no value at most points."""
    lacking = 0
    for seed in range(points):
        values = draw(random.Random(seed))
        got, wanted = value(text, values), value(right, values)
        if wanted is None:
            continue
        if got is None:
            lacking += 1
        elif got.shape != wanted.shape or not np.allclose(got, wanted, rtol=1e-6, atol=1e-9):
            return True
    return lacking > points / 8


def check_against_python(name, every):
    text, right, draw = AGAINST_PYTHON[name]
    given = question(text)
    mutants = list(formula_mutants(given))
    assert len(mutants) > 15
    statuses = set()
    for verdict in judged(given, mutants[::every]):
        statuses.add(verdict.status)
        wanted = "killed" if differ(verdict.mutant.answer, right, draw) else "equivalent"
        assert (verdict.mutant.answer, verdict.status) == (verdict.mutant.answer, wanted)
    return statuses


@pytest.mark.long
@pytest.mark.parametrize("name", AGAINST_PYTHON)
def test_what_becomes_of_a_mutant_is_so_in_plain_python(name):
    assert "killed" in check_against_python(name, every=7)


@pytest.mark.slow
@pytest.mark.parametrize("name", AGAINST_PYTHON)
def test_what_becomes_of_every_mutant_is_so_in_plain_python(name):
    assert "killed" in check_against_python(name, every=1)


# ------------------------------------------------------------- specs with holes, and such as have none
HOLES = {
    "a sign that costs nothing": ("symbols: {a: scalar, b: scalar}\nright: a - b\nup to: {sign: 4}\n", "b - a"),
    "a factor that costs nothing": ("symbols: {a: scalar, b: scalar}\nright: a - b\nup to: {constant factor: 4}\n", "2*(a - b)"),
    "one case, at which a factor is 1": ("symbols: {a: scalar, b: scalar, n: integer}\ncases: [{n: 1}]\nright: a*b**(n - 1)\n", "a"),
    "one case, a power": ("symbols: {a: scalar, n: integer}\ncases: [{n: 1}]\nright: a**n\n", "a"),
    "one case, a sum of one step": ("symbols: {n: integer}\nsequences: {x: scalar}\ncases: [{n: 1}]\nright: sum(x[i] for i in range(1, n + 1))\n", "prod(x[i] for i in range(1, n + 1))"),
    "a step that is always one before the last": ("symbols: {t: integer, T: integer}\nsequences: {x: scalar}\ncases: [{t: 1, T: 2}, {t: 2, T: 3}]\nright: prod(x[k] for k in range(t, T))\n", "sum(x[k] for k in range(t, T))"),
    "two counts that are always equal": ("symbols: {a: scalar, n: integer, m: integer}\ncases: [{n: 2, m: 2}, {n: 3, m: 3}]\nright: a*n + m\n", "a*m + m"),
    "a chain of one factor": (NETWORK.replace("t: integer", "t: integer, T: integer") + "cases: [{t: 1, T: 2}]\nderivative: {of: 'h[T]', by: 'h[t]', given: 'dL[T]'}\nknown: {k: {formula: 'dL[T]*prod(W*h[k]*(1-h[k]) for k in range(t+1, T+1))', earns: 4}}\n", "dL[T]*(W*prod(h[k]*(1 - h[k]) for k in range(t + 1, T + 1)))"),
    "a matrix of one entry": ("symbols: {A: [n, n], v: [n]}\ncases: [{n: 1}]\nright: A @ v\n", "A.T @ v"),
    "a step that is always the first": ("symbols: {t: integer}\nsequences: {x: scalar}\ncases: [{t: 1}]\nright: t*x[t]\n", "x[t]"),
}  # fmt: skip

WHOLE = {
    "even steps alone, as the prompt says": "symbols: {T: integer}\nsequences: {x: scalar}\ncases: [{T: 2}, {T: 4}, {T: 6}]\nright: sum((-1)**(T - i)*x[i] for i in range(1, T + 1))\n",
    "several cases": "symbols: {a: scalar, n: integer}\ncases: [{n: 1}, {n: 2}, {n: 4}]\nright: n*a**n\n",
    "what is positive": "symbols: {a: positive, b: scalar}\nright: a*abs(b)\n",
    "credit for a sign": "symbols: {a: scalar, b: scalar}\nright: a - b\nup to: {sign: 2, constant factor: 1}\n",
}  # fmt: skip


def of_interest(given, mutants):
    """A part of many mutants."""
    return mutants[:: max(1, len(mutants) // 20)]


@pytest.mark.long
@pytest.mark.parametrize("name", HOLES)
def test_a_hole_in_a_spec_lets_a_mutant_survive_and_names_a_point(name):
    text, hole = HOLES[name]
    given = question(text)
    mutants = [one for one in formula_mutants(given) if one.answer == hole]
    assert mutants, sorted({one.answer for one in formula_mutants(given)})
    (verdict,) = judged(given, mutants[:1])
    assert (verdict.status, verdict.points) == ("survived", given.points)
    assert verdict.killing_inputs
    assert verdict.reason


@pytest.mark.long
@pytest.mark.parametrize("name", WHOLE)
def test_a_spec_without_a_hole_lets_none_survive(name):
    given = question(WHOLE[name])
    found = judged(given, of_interest(given, list(formula_mutants(given))))
    assert {verdict.status for verdict in found} <= {"killed", "equivalent"}
    assert any(verdict.status == "killed" for verdict in found)


# ------------------------------------------------------------- what is said of near misses
def remarks(text):
    given = question(text)
    return given, list(formula_remarks(given, judged(given, list(formula_mutants(given)))))


def test_the_commonest_mistakes_without_a_message_are_proposed_and_count_when_they_are_pasted():
    """A product that lost a factor, and a sign: what is proposed is pasted into the spec, which then has a message."""
    text = "symbols: {a: scalar, b: scalar}\nright: a*b\nknown: {k: {formula: b*a, earns: 4}}\n"
    _, said = remarks(text)
    assert said[0].text.startswith("0 of ")
    assert [one.yaml for one in said[1:2]] == ["up to: {sign: 2, constant factor: 2}\n"]
    assert said[2].yaml.startswith('near:\n  - name: "factor lost: ')
    assert said[2].yaml.count("- name:") == 3
    pasted, after = remarks(text + said[1].yaml + said[2].yaml)
    assert [near.points for near in pasted.near] == [Fraction(2)] * 3
    named = [int(one.text.split()[0]) for one in (said[0], after[0])]
    assert named[1] > named[0] == 0
    assert not any("up to:" in one.yaml for one in after)


def test_what_is_named_is_not_proposed():
    text = "symbols: {a: scalar}\nright: 2*a\nup to: {sign: 1, constant factor: 1}\nnear: [{name: no factor, formula: a, points: 1}]\n"
    _, said = remarks(text)
    assert not any('formula: "a"' in one.yaml for one in said)


def test_equal_mutants_are_one_mistake():
    given = question("symbols: {a: scalar, b: scalar}\nright: a*b\nknown: {k: {formula: b*a, earns: 4}}\n")
    found = judged(given, list(formula_mutants(given)))
    by_answer = {verdict.mutant.answer: verdict.behaviour for verdict in found}
    assert by_answer["2*(a*b)"] == by_answer["2*(b*a)"] != by_answer["a*b/2"]
    assert by_answer["a/b"] != by_answer["b/a"]


def test_a_known_answer_that_agrees_in_the_cases_alone_has_survived():
    """a*T*(T + 1)/2 and a*(2*T - 1) are equal at T = 1 and 2, and at no other T."""
    cases = 'symbols: {T: integer, a: scalar}\nright: "a*T*(T+1)/2"\ncases: [{T: 1}, {T: 2}]\n'
    given = question(cases + 'known: {odd: {formula: "a*(2*T - 1)", earns: 4}}\n')
    found = judged(given, list(formula_mutants(given)))
    (named,) = [verdict for verdict in found if verdict.mutant.source == "known 'odd'"]
    assert (named.mutant.operator, named.status) == ("wrong as it stands", "survived")
    assert named.killing_inputs[0].startswith("T = 3")
