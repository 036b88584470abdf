"""Random formulas: equal to their own rewritings, different where an independent evaluation in floats says so."""

import math

import pytest
from flint import fmpq
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from grader.formulas import (
    Different,
    DomainDifference,
    Quantity,
    SequenceSymbol,
    Setting,
    Symbols,
    decide,
    is_equal,
    read_formula,
)
from grader.language.parse import ExpressionError, parse
from grader.language.printing import to_text
from grader.language.tree import Binary, Call, Index, Name, Number, Tree, Unary

NAMES = "abxyz"
SETTING = Setting(Symbols({name: Quantity() for name in NAMES}, {"h": SequenceSymbol()}, ("t",)))
SMOOTH = ("sigmoid", "tanh", "exp", "cosh", "softplus", "sin", "relu", "abs")

numbers = st.sampled_from([fmpq(0), fmpq(1), fmpq(2), fmpq(3), fmpq(1, 2), fmpq(1, 10)]).map(Number)
ONE, TWO, THIRD = Number(fmpq(1)), Number(fmpq(2)), Number(fmpq(1, 3))
leaves = st.one_of(numbers, st.sampled_from(NAMES).map(Name), st.just(Index(Name("h"), Name("t"))))


def grown(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    return st.one_of(
        st.builds(Binary, st.sampled_from(["+", "-", "*"]), inner, inner),
        st.builds(
            lambda a, b: Binary("/", a, Binary("+", Number(fmpq(1)), Binary("**", b, Number(fmpq(2))))), inner, inner
        ),
        st.builds(lambda name, a: Call(name, (a,)), st.sampled_from(SMOOTH), inner),
        st.builds(Unary, st.just("-"), inner),
        st.builds(lambda a, n: Binary("**", a, Number(fmpq(n))), inner, st.integers(0, 3)),
    )


trees = st.recursive(leaves, grown, max_leaves=7)

REWRITINGS = [
    lambda t, u: Binary("-", Binary("+", t, u), u),
    lambda t, u: Binary(
        "+", Binary("*", Number(fmpq(1, 3)), t), Binary("/", Binary("*", Number(fmpq(2)), t), Number(fmpq(3)))
    ),
    lambda t, u: Unary("-", Unary("-", t)),
    lambda t, u: Binary("*", t, Binary("/", Call("exp", (Name("x"),)), Call("exp", (Name("x"),)))),
    lambda t, u: Binary("-", Binary("*", t, Binary("+", Name("a"), Number(fmpq(1)))), Binary("*", Name("a"), t)),
    lambda t, u: Binary("-", Call("relu", (t,)), Call("relu", (Unary("-", t),))),
    lambda t, u: Binary("*", t, Binary("+", Call("sigmoid", (Name("y"),)), Call("sigmoid", (Unary("-", Name("y")),)))),
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees, trees, st.sampled_from(REWRITINGS))
def test_a_formula_equals_its_rewritings(tree, other, rewriting):
    verdict = decide(rewriting(tree, other), tree, SETTING)
    assert is_equal(verdict) or _too_large(verdict), verdict


def _too_large(verdict) -> bool:
    return getattr(verdict, "message", "") == "a number is too large to enclose"


def in_floats(tree: Tree, point: dict[str, float]) -> float:
    """An independent evaluation, in Python's own arithmetic."""
    match tree:
        case Number(value=value):
            return int(value.p) / int(value.q)
        case Name(id=name):
            return point[name]
        case Index():
            return point["h"]
        case Unary(operand=inner):
            return -in_floats(inner, point)
        case Call(function=name, arguments=(inner,)):
            z = in_floats(inner, point)
            functions = {
                "sigmoid": lambda: 1 / (1 + math.exp(-z)) if z > -700 else 0.0,
                "softplus": lambda: max(z, 0) + math.log1p(math.exp(-abs(z))),
                "relu": lambda: max(z, 0.0),
                "abs": lambda: abs(z),
            }
            return functions.get(name, lambda: getattr(math, name)(z))()
        case Binary(op=op, left=left, right=right):
            a, b = in_floats(left, point), in_floats(right, point)
            return {"+": a + b, "-": a - b, "*": a * b}[op] if op in "+-*" else a / b if op == "/" else a ** int(b)
    raise AssertionError(tree)


POINTS = [dict(zip([*NAMES, "h"], values, strict=True)) for values in (
    (0.7, -1.3, 0.4, 1.9, -0.6, 0.3), (-1.1, 0.2, 2.3, -0.8, 1.7, -2.1), (3.0, 1.0, -2.0, 0.5, 0.25, 2.0))]  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees, trees)
def test_decisions_agree_with_an_independent_evaluation(left, right):
    verdict = decide(left, right, SETTING)
    try:
        pairs = [(in_floats(left, point), in_floats(right, point)) for point in POINTS]
    except OverflowError:
        return
    assume(all(math.isfinite(a) and math.isfinite(b) for a, b in pairs))
    far = any(abs(a - b) > 1e-6 * (1 + abs(a) + abs(b)) for a, b in pairs)
    if far:
        assert isinstance(verdict, Different | DomainDifference), verdict
    if is_equal(verdict):
        assert all(abs(a - b) <= 1e-6 * (1 + abs(a) + abs(b)) for a, b in pairs)


@settings(max_examples=50, deadline=None)
@given(trees, st.sampled_from([fmpq(1, 10**6), fmpq(-1), fmpq(7)]), st.sampled_from(NAMES))
def test_a_disturbed_formula_is_different(tree, by, name):
    disturbed = Binary("+", tree, Binary("*", Number(by), Binary("-", Name(name), Number(fmpq(1, 2)))))
    verdict = decide(disturbed, tree, SETTING)
    assert isinstance(verdict, Different) or _too_large(verdict), verdict


@settings(max_examples=60, deadline=None)
@given(trees)
def test_canonical_text_is_read_as_itself(tree):
    text = to_text(tree)
    assert read_formula(text, SETTING.symbols).tree == parse(text)


PIECES = [*"abhtx_{}^()[]+-*/='|., 1230σ·²₁∂∑", "\\frac", "\\sigma", "\\prod", "dL", "for ", " if ", "\\left", "sum"]


@settings(max_examples=120, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_any_text_is_a_formula_or_an_error_in_it(text):
    try:
        reading = read_formula(text, SETTING.symbols)
    except ExpressionError as error:
        place = error.at
    else:
        assert parse(reading.read_as) == reading.tree
        place = 0
    assert 0 <= place <= len(text)


@pytest.mark.slow
@settings(max_examples=5_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(trees, trees, st.sampled_from(REWRITINGS))
def test_many_formulas_equal_their_rewritings(tree, other, rewriting):
    verdict = decide(rewriting(tree, other), tree, SETTING)
    assert is_equal(verdict) or _too_large(verdict), verdict
