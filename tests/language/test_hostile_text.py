"""No text makes the language crash, hang or eat memory: it is a tree with a value, or one of three kinds of error."""

import re
import sys
from collections.abc import Iterator

import pytest
from flint import arb, fmpq
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.language import limits
from grader.language.arithmetic import Arithmetic, EvaluationError, TooLarge
from grader.language.arrays import Array, ShapeError, Value
from grader.language.ball_numbers import Undecided
from grader.language.balls import Balls
from grader.language.exact import Exact
from grader.language.latex import to_latex
from grader.language.parse import ExpressionError, parse
from grader.language.printing import to_text
from grader.language.shapes import Shapes
from grader.language.sizes import Size
from grader.language.tree import Name, Tree, subtrees

from .evaluation import evaluate, exact, functions, no_hang
from .strategies import trees

ERRORS = (ExpressionError, EvaluationError, ShapeError, Undecided)
DOMAINS_AND_VALUES: list[tuple[Arithmetic, list[Value]]] = [
    (Exact(), [fmpq(3, 2), Array((2,), [fmpq(2), fmpq(-1, 3)])]),
    (Balls(), [arb(1.5), Array((2,), [arb(2), arb(-1) / 3])]),
    (Shapes(), [Size(), Size((2,))]),
]


def read(text: str) -> Tree | ExpressionError:
    try:
        return parse(text)
    except ExpressionError as error:
        return error


def survives(text: str) -> None:
    """Parses, prints and evaluates in every domain; only the language's own errors come out."""
    with no_hang():
        tree = read(text)
        if isinstance(tree, ExpressionError):
            assert 0 <= tree.at <= len(text)
            assert tree.message
            return
        printed = to_text(tree)
        assert len(printed) > limits.MAX_EXPRESSION_CHARACTERS or parse(printed) == tree
        assert to_latex(tree)
        evaluated(tree)


def evaluated(tree: Tree) -> list[str]:
    """What came out of each domain, numbers and vectors alike under every name."""
    outcomes = []
    for arithmetic, values in DOMAINS_AND_VALUES:
        for value in values:
            names = dict.fromkeys((n.id for n in subtrees(tree) if isinstance(n, Name)), value)
            try:
                outcomes.append(type(evaluate(tree, arithmetic, names, {})[0]).__name__)
            except ERRORS as error:
                outcomes.append(str(error))
    assert len(outcomes) == 6
    return outcomes


TOKENS = [
    *re.findall(
        r"\S+",
        """
        ( ) [ ] , . + - * / % @ < > = ** // <= >= == != 0 1 2 .5 1e3 1e999 01 0x1 1_0 9**9 a b t h[t-1] v[0] .T
        not and or if else for in range sum( prod( max( abs( lambda is None True async await yield import __a
        1if ... \\ := é φ ª １ # \u202e
        """,
    ),
    *["\n", "\t", " ", "\x00", "\ud800", " for i in range("],
]
printable = trees.map(to_text)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A valid expression with one place cut out, doubled or overwritten."""
    text = draw(printable)
    start = draw(st.integers(0, len(text)))
    stop = draw(st.integers(start, min(len(text), start + 6)))
    return text[:start] + draw(st.sampled_from([*TOKENS, "", "", text[start:stop] * 2])) + text[stop:]


@given(st.text(st.characters(exclude_categories=[])))
@settings(max_examples=150, deadline=None)
@example("\ud800")
@example("a\x00b")
@example("\u202ea + b")
@example("a\u200db")
@example("x\u0301")
@example("１ + ２")
@example("ﬁ(1)")
@example("𝐚 + a")
@example("\u2028a\u2029")
@example("\ufeffa")
def test_any_text_at_all(text: str) -> None:
    survives(text)


@pytest.mark.long
@given(st.lists(st.sampled_from(TOKENS), max_size=25), st.sampled_from(["", " "]))
@settings(max_examples=200, deadline=None)
def test_soup_of_tokens(tokens: list[str], gap: str) -> None:
    survives(gap.join(tokens))


@pytest.mark.long
@given(damaged())
@settings(max_examples=120, deadline=None)
def test_damaged_expressions(text: str) -> None:
    survives(text)


@pytest.mark.long
@given(trees)
@settings(max_examples=60, deadline=None)
def test_any_tree_has_a_value_or_an_error_in_every_domain(tree: Tree) -> None:
    with no_hang():
        assert evaluated(tree)


@pytest.mark.slow
@given(st.one_of(damaged(), st.lists(st.sampled_from(TOKENS), max_size=60).map("".join), st.text()))
@settings(max_examples=20_000, deadline=None)
def test_hostile_text_at_length(text: str) -> None:
    survives(text)


def filled(pattern: str, core: str = "1", end: str = "") -> str:
    """The pattern over and over, then the core, to the last character that is let in."""
    times = (limits.MAX_EXPRESSION_CHARACTERS - len(core)) // (len(pattern) + len(end))
    return pattern * times + core + end * times


def balanced(operator: str, leaves: int, leaf: str = "a") -> str:
    """A tree of depth log2(leaves)."""
    if leaves == 1:
        return leaf
    half = leaves // 2
    return f"({balanced(operator, half, leaf)}{operator}{balanced(operator, leaves - half, leaf)})"


LONG = {
    "minus": filled("-"),
    "plus": filled("+"),
    "mixed signs": filled("-+"),
    "not": filled("not "),
    "sum": filled("a+", "a"),
    "difference": filled("a-", "a"),
    "power": filled("2**"),
    "product of nines": filled("9e300*", "9e300"),
    "quotient": filled("7/"),
    "brackets": filled("(", "1", ")"),
    "square brackets": filled("[", "1", "]"),
    "open brackets": filled("("),
    "open square brackets": filled("[", ""),
    "closing brackets": filled(")"),
    "calls": filled("abs(", "1", ")"),
    "indices": filled("v[", "0", "]"),
    "indices of indices": "v" + "[0]" * 1300,
    "transposes": "v" + ".T" * 1900,
    "attributes": "a" + ".b" * 1900,
    "choices": filled("1 if 1 else "),
    "choices without spaces": filled("1if 1else "),
    "nested conditions": filled("(1 if ", "1", " else 1)"),
    "and": filled("a and ", "a"),
    "or": filled("0 or ", "0"),
    "chain": filled("1<", "1"),
    "list": f"[{filled('1,', '1')[:3990]}1]",
    "maximum": f"max({filled('a,', 'a')[:3990]}a)",
    "products in brackets": balanced("*", 900),
    "fractions in brackets": balanced("/", 900, "a"),
    "sums in brackets": balanced("+", 900),
    "digits": filled("9"),
    "digits after a point": "." + filled("9")[1:],
    "zeros": filled("0"),
    "exponent": "1e" + "9" * 3000,
    "zero exponent": "1e" + "0" * 3000,
    "long name": filled("a"),
    "greek": filled("φ"),
    "spaces": " " * limits.MAX_EXPRESSION_CHARACTERS,
    "loops": filled("sum(", "1", " for i in range(2))"),
    "commas": filled(","),
    "points": filled("."),
    "stars": filled("*"),
    "equals": filled("="),
    "lambda": filled("lambda "),
    "backslashes": filled("\\\n"),
    "await": filled("await "),
    "too long": "1" * (limits.MAX_EXPRESSION_CHARACTERS + 1),
}


@pytest.mark.long
@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
@pytest.mark.sampled(2)
def test_long_text(text: str) -> None:
    survives(text)


MATRIX = "[" + ",".join("[" + ",".join("12345678901234567890") + "]" for _ in range(20)) + "]"
HEAVY = {
    "power of a power": "(9**999)**999",
    "tower": "9**9**9**9",
    "largest power": "2**1000",
    "power of a long number": f"({'9' * 300})**1000",
    "power of a small number": "(1e-400)**1000",
    "negative power": "9**-1000**9",
    "powers side by side": "*".join(["2**1000"] * 90),
    "powers in brackets": balanced("*", 400, "2**999"),
    "sum of fractions": "+".join(f"1/(3**{500 + k})" for k in range(90)),
    "loop of loops": "sum(sum(sum(1 for i in range(300)) for j in range(300)) for k in range(300))",
    "long loop": "sum(i for i in range(10**9))",
    "longer loop": "sum(i for i in range(10**19))",
    "longest loop": "sum(i for i in range(1e300))",
    "backward loop": "sum(i for i in range(10**19, 0, -1))",
    "loop by huge steps": "sum(i for i in range(0, 10**300, 10**299))",
    "loop over a large body": f"sum({balanced('*', 700, '1')} for i in range(10**5))",
    "loop over a long chain": f"sum({'1<' * 1500}1 for i in range(10**5))",
    "loop over a long list": f"sum([{'1,' * 1500}1] for i in range(10**5))",
    "loop that doubles": "prod(2 for i in range(10**5))",
    "loop that squares": "prod(2**(2**i) for i in range(99))",
    "loop over large powers": "max((2**999+i)*(3**600+i)/(5**400+i) for i in range(10**5))",
    "loop over products of powers": f"max({balanced('*', 200, '2**999')} for i in range(10**5))",
    "loop with a large power within": "any(2**1000*2**1000*2**1000*2**1000 < i for i in range(10**5))",
    "loop over matrix products": f"sum({MATRIX}@{MATRIX} for i in range(10**5))",
    "loop over a matrix": f"sum(abs({MATRIX}) for i in range(10**5))",
    "matrix to the last": "@".join([MATRIX] * 4),
    "matrix of powers": f"({MATRIX})**300",
    "product of a matrix": f"prod({MATRIX}*9e99)",
    "index": "[1,2][10**300]",
    "negative index": "[1,2][-10**300]",
    "index of a product": f"[1,2][{balanced('*', 200, '9e300')}]",
    "root of a product": f"sqrt({balanced('*', 200, '9e300')}+2)",
    "division of a product": f"({balanced('*', 200, '9e300')})/0",
    "modulo": f"({balanced('*', 200, '9e300')})%(7e-399)",
    "floor": "9e308//1e-400",
    "exp": "exp(9e308)",
    "sigmoid": "sigmoid(-9e308)",
    "infinite index": "[1][9e308*9e308]",
    "infinite loop bound": "sum(1 for i in range(9e308*9e308))",
    "not a number as a bound": "sum(1 for i in range(9e308*9e308-9e308*9e308))",
}


@pytest.mark.long
@pytest.mark.parametrize("text", HEAVY.values(), ids=HEAVY)
@pytest.mark.sampled(3)
def test_heavy_expressions(text: str) -> None:
    survives(text)


@pytest.fixture
def memory() -> Iterator[None]:
    """Lets the process have one more GB of address space."""
    import resource  # here, for this file is read on Windows too

    before = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm") as statm:
        now = int(statm.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + 2**30, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and address space limits")
@pytest.mark.usefixtures("memory")
@pytest.mark.parametrize(
    "name", ["power of a power", "powers in brackets", "loop that squares", "loop over matrix products"]
)
def test_heavy_expressions_stay_within_a_gigabyte(name: str) -> None:
    survives(HEAVY[name])


@pytest.mark.parametrize(
    "text",
    [HEAVY[name] for name in HEAVY if name.startswith("loop over") and "by huge" not in name],
    ids=[name for name in HEAVY if name.startswith("loop over") and "by huge" not in name],
)
def test_loops_pay_for_what_their_bodies_work_out(text: str) -> None:
    """100,000 rounds are let through for a small body alone."""
    with no_hang(), pytest.raises(TooLarge):
        exact(text)


def test_a_hundred_thousand_rounds_of_a_small_body() -> None:
    assert exact("sum(i for i in range(100000))") == 4999950000


@pytest.mark.long
def test_loops_side_by_side_share_the_steps() -> None:
    loop = "sum(1 for i in range(40000))"
    assert exact(f"{loop} + {loop}") == 80000
    with pytest.raises(TooLarge, match="loops take more than 100000 steps"):
        exact(f"{loop} + {loop} + {loop}")


def test_matrix_products_are_paid_for_outside_loops() -> None:
    """Six products of 64 x 64 matrices are let through, a seventh is not."""
    large = [[1] * 64] * 64
    assert exact("sum(M[0]@M@M)", M=large) == 64**3
    with no_hang(), pytest.raises(TooLarge, match="steps"):
        exact("@".join(["M"] * 8), M=large)


def doubling(levels: int) -> dict[str, tuple[str, str]]:
    """Functions that each call the one before twice."""
    return {"f0": ("z", "z+1"), **{f"f{n}": ("z", f"f{n - 1}(z) + f{n - 1}(z)") for n in range(1, levels)}}


def test_functions_that_double_grow_only_so_far() -> None:
    assert exact("f8(0)", doubling(9)) == 256
    with no_hang(), pytest.raises(ExpressionError, match="too large once its functions are written out"):
        exact("f50(0)", doubling(51))


def test_functions_that_square_grow_only_so_far() -> None:
    squares = {"f0": ("z", "z*z"), **{f"f{n}": ("z", f"f{n - 1}(z)*f{n - 1}(z)") for n in range(1, 9)}}
    with no_hang(), pytest.raises(TooLarge, match="a number grew beyond 8192 bits"):
        exact("f8(7**30)", squares)


@pytest.mark.long
@pytest.mark.parametrize("body", ["{}", "-" * 90 + "{}", "[{}][0]", "sum({} for i in range(1))", "(1 if {} else 2)"])
def test_functions_nested_in_functions_never_overflow_the_stack(body: str) -> None:
    chain = {"f0": ("z", "z"), **{f"f{n}": ("z", body.format(f"f{n - 1}(z)")) for n in range(1, 400)}}
    with pytest.raises(ExpressionError, match="nested too deeply once its functions are written out"):
        exact("f399(1)", chain)


@pytest.mark.long
@pytest.mark.parametrize(
    "shape", ["-{}", "not {}", "({} + 1)", "[{}][0]", "min({}, 9)", "(0 or {})", "(1 if {} else 2)", "{}.T"]
)
def test_the_deepest_expression_that_is_let_in_can_be_used(shape: str) -> None:
    """Nesting is refused by us, with a message, before Python's own stack gives out."""
    text = "1.5"
    while len(text) < limits.MAX_EXPRESSION_CHARACTERS - 10:
        deeper = shape.format(f"({text})" if shape == "{}.T" else text)
        outcome = read(deeper)
        if isinstance(outcome, ExpressionError):
            assert "100 deep" in outcome.message
            break
        text = deeper
    else:
        raise AssertionError("never refused")
    survives(text)
    assert evaluate(text, Exact(), {}, {}, locate=True)[0] == evaluate(text, Exact(), {}, {})[0]


def test_deep_trees_survive_inside_functions() -> None:
    """A body of depth 90 called at depth 50 is still worked out, with places noted and steps counted."""
    defined = functions({"f": ("z", "-" * 90 + "z")})
    text = "sum(" + "-" * 50 + "f(i) for i in range(3))"
    assert evaluate(text, Exact(), {}, defined, locate=True)[0] == 3
