"""Hypothesis strategies: any tree of the language, and trees that make sense over a small fixed environment."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from flint import fmpq
from hypothesis import strategies as st

from grader.language.numbers import read_number
from grader.language.tree import (
    COMPREHENSIONS,
    Binary,
    Call,
    Compare,
    Comprehension,
    IfExp,
    Index,
    ListExpr,
    Logic,
    Name,
    Number,
    Transpose,
    Tree,
    Unary,
)

from .evaluation import functions

COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
ARITHMETIC = ("+", "-", "*", "/", "//", "%", "**", "@")
IDENTIFIERS = ("a", "h", "t", "W1", "theta", "rate_max", "_", "_x", "e", "T", "φ", "Δh", "sum", "relu", "phi", "x__y_")


def literal(text: str) -> Number:
    return Number(read_number(text))


literals = st.one_of(
    st.integers(0, 12).map(str),
    st.from_regex(r"[0-9]{1,20}\.[0-9]{0,20}|\.[0-9]{1,40}", fullmatch=True),
    st.from_regex(r"[1-9]{1,3}[eE][+-]?[0-9]{1,2}", fullmatch=True),
    st.sampled_from(["1e308", "9" * 300, "1e-400", "123e-399", "1" + "0" * 40, "0.1", "0e9999"]),
).map(literal)
names = st.sampled_from(IDENTIFIERS)


def _larger(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    two = st.lists(inner, min_size=2, max_size=4).map(tuple)
    return st.one_of(
        st.builds(Index, inner, inner),
        st.builds(Unary, st.sampled_from(["-", "+", "not"]), inner),
        st.builds(Binary, st.sampled_from(ARITHMETIC), inner, inner),
        two.flatmap(
            lambda o: st.tuples(*[st.sampled_from(COMPARISONS)] * (len(o) - 1)).map(lambda ops: Compare(ops, o))
        ),
        st.builds(Logic, st.sampled_from(["and", "or"]), two),
        st.builds(IfExp, inner, inner, inner),
        st.builds(Call, names, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Comprehension, st.sampled_from(COMPREHENSIONS), inner, names, inner, inner, inner),
        st.builds(ListExpr, several),
        st.builds(Transpose, inner),
    )


trees = st.recursive(literals | names.map(Name), _larger, max_leaves=25)
"""Every construct of the language, whether or not it makes sense."""


Shape = tuple[int, ...]
ENVIRONMENT: dict[str, Shape] = {
    "a": (),
    "b": (),
    "c": (),
    "u": (2,),
    "v": (2,),
    "w": (3,),
    "M": (2, 2),
    "N": (2, 3),
}
DEFINED = {
    "phi": ("z", "1 if z >= 1/2 else 0"),
    "mix": ("p a", "p*2 - a"),
    "energy": ("x", "x @ x"),
    "affine": ("W x b", "W @ x + b"),
    "nested": ("a", "phi(phi(a) + mix(a, b))"),
}
"""The parameters shadow names of the environment on purpose."""
FUNCTIONS = functions(DEFINED)
SHAPES: list[Shape] = [(), (2,), (3,), (2, 2), (2, 3), (3, 2)]


def environments(numbers: st.SearchStrategy[Fraction]) -> st.SearchStrategy[dict[str, Any]]:
    """A value for each name: nested tuples of numbers."""

    def value(shape: Shape) -> st.SearchStrategy[Any]:
        return st.tuples(*[value(shape[1:])] * shape[0]) if shape else numbers

    return st.fixed_dictionaries({name: value(shape) for name, shape in ENVIRONMENT.items()})


rationals = st.builds(Fraction, st.integers(-9, 9), st.sampled_from([1, 1, 1, 2, 3, 4, 7]))
dyadics = st.builds(Fraction, st.integers(-40, 40), st.sampled_from([1, 2, 8]))


@st.composite
def sensible(draw: Any, shape: Shape = (), depth: int = 4, loops: tuple[str, ...] = ()) -> Tree:
    """A tree over `ENVIRONMENT` and `FUNCTIONS` whose value has the shape."""

    def some(of: Shape = shape, inside: tuple[str, ...] = loops) -> Tree:
        return draw(sensible(of, depth - 1, inside))

    def choice(*options: Any) -> Any:
        return draw(st.sampled_from(options))

    def partner() -> Shape:
        """The shape of something that may stand beside a value of this shape."""
        return choice(shape, ())

    if depth == 0:
        return draw(_leaf(shape, loops))
    kinds: list[Callable[[], Tree]] = [
        lambda: draw(_leaf(shape, loops)),
        lambda: Unary(choice("-", "+", "not"), some()),
        lambda: Binary(choice("+", "-", "*", "+", "-", "*", "/", "//", "%"), some(), some(partner())),
        lambda: Binary(choice("+", "-", "*", "/", "//", "%"), some(partner()), some()),
        lambda: Binary("**", some(), choice(literal("2"), literal("3"), Unary("-", literal("1")), literal("0"))),
        lambda: Compare((choice(*COMPARISONS),), (some(), some(partner()))),
        lambda: Compare((choice(*COMPARISONS), choice(*COMPARISONS)), (some(partner()), some(), some(partner()))),
        lambda: Logic(choice("and", "or"), tuple(some() for _ in range(choice(2, 3)))),
        lambda: IfExp(some(()), some(), some()),
        lambda: IfExp(some(), some(partner()), some(partner())),
        lambda: Call(choice("abs", "relu", "step", "sign", "sqrt"), (some(),)),
        lambda: Call(choice("min", "max"), (some(), some(partner()))),
        lambda: Call("phi", (some(),)),
        lambda: Call("mix", (some(), some(partner()))),
        lambda: draw(_loop(shape, depth, loops)),
    ]
    if not shape:
        array: Shape = choice(*SHAPES[1:])
        row: Shape = choice((2,), (3,))
        kinds += [
            lambda: Binary("@", some(row), some(row)),
            lambda: Index(some(row), literal(str(choice(*range(row[0]))))),
            lambda: Call(choice("sum", "prod", "all", "any", "min", "max", "len", "norm"), (some(array),)),
            lambda: Call("dot", (some(row), some(row))),
            lambda: Call("dot", (some(()), some(()))),
            lambda: Call("energy", (some(row),)),
            lambda: Call("nested", (some(),)),
        ]
    if len(shape) == 1:
        inner = choice(2, 3)
        if (*shape, inner) in SHAPES:
            kinds += [
                lambda: Binary("@", some((*shape, inner)), some((inner,))),
                lambda: Call("affine", (some((*shape, inner)), some((inner,)), some(partner()))),
            ]
        if (inner, *shape) in SHAPES:
            kinds += [
                lambda: Binary("@", some((inner,)), some((inner, *shape))),
                lambda: Index(some((inner, *shape)), literal(str(choice(*range(inner))))),
            ]
    if len(shape) == 2:
        kinds += [
            lambda: Transpose(some(shape[::-1])),
            lambda: Binary("@", some((shape[0], 2)), some((2, shape[1]))),
            lambda: Call("dot", (some((shape[0], 2)), some((2, shape[1])))),
            lambda: Call("dot", (some(()), some())),
        ]
    return choice(*kinds)()


@st.composite
def _leaf(draw: Any, shape: Shape, loops: tuple[str, ...]) -> Tree:
    if not shape:
        number = st.sampled_from(["0", "1", "2", "3", "0.5", "1.25"]).map(literal)
        return draw(st.sampled_from(["a", "b", "c", *loops]).map(Name) | number)
    known = [Name(name) for name, its in ENVIRONMENT.items() if its == shape]
    if known and draw(st.booleans()):
        return draw(st.sampled_from(known))
    return ListExpr(tuple(draw(_leaf(shape[1:], loops)) for _ in range(shape[0])))


@st.composite
def _loop(draw: Any, shape: Shape, depth: int, loops: tuple[str, ...]) -> Tree:
    """Loops over arrays are never empty: an empty one is a number, whatever its body."""
    variable = draw(st.sampled_from(["i", "j", "a"]))
    start, step = draw(st.integers(0, 2)), draw(st.sampled_from([1, 2, -1]))
    rounds = draw(st.integers(1 if shape else 0, 3))
    bounds = [_whole(n) for n in (start, start + rounds * step, step)]
    kind = draw(st.sampled_from(COMPREHENSIONS))
    body = draw(sensible(shape, depth - 1, (*loops, variable)))
    return Comprehension(kind, body, variable, *bounds)


def _whole(number: int) -> Tree:
    plain = Number(fmpq(abs(number)))
    return Unary("-", plain) if number < 0 else plain


def _heedless(sub: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    return st.one_of(
        st.builds(Unary, st.sampled_from(["-", "+", "not"]), sub),
        st.builds(Binary, st.sampled_from(["+", "-", "*", "@", "@", "/"]), sub, sub),
        st.builds(lambda op, a, b: Compare((op,), (a, b)), st.sampled_from(COMPARISONS), sub, sub),
        st.builds(Logic, st.sampled_from(["and", "or"]), st.tuples(sub, sub)),
        st.builds(IfExp, sub, sub, sub),
        st.builds(Call, st.sampled_from(["abs", "sum", "norm", "len", "all", "relu", "min"]), st.tuples(sub)),
        st.builds(Call, st.sampled_from(["dot", "min", "max", "mix"]), st.tuples(sub, sub)),
        st.builds(Index, sub, st.sampled_from([literal("0"), literal("1"), literal("2")])),
        st.builds(ListExpr, st.lists(sub, min_size=1, max_size=3).map(tuple)),
        st.builds(Transpose, sub),
        sub.map(lambda body: Comprehension("sum", body, "i", literal("0"), literal("2"), literal("1"))),
    )


careless = st.recursive(
    st.sampled_from([Name(name) for name in ENVIRONMENT] + [literal("1"), literal("2")]), _heedless, max_leaves=8
)
"""Trees over the environment that pay no heed to shapes."""
