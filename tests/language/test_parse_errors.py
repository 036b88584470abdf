"""What parse refuses: each message, and the character it points at."""

import contextlib
import re
import warnings

import pytest

from grader.language import limits
from grader.language.parse import ExpressionError, parse, unknown_function
from grader.language.tree import Comprehension, Index, Name, Number, Tree, subtrees

LOOP = "a loop is written `for i in range(first, last + 1)`, one `for` and no `if`"


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        ("", "an expression is missing here", 0),
        (" \t\n ", "an expression is missing here", 0),
        ("1" * 4001, "an expression of 4001 characters is too long (at most 4000)", 0),
        # characters
        ("x ^ 2", "'^' has no meaning here: write ** for a power", 2),
        ("a & b", "'&' has no meaning here: write and", 2),
        ("a | b", "'|' has no meaning here: write or", 2),
        ("~a", "'~' has no meaning here: write not", 0),
        ("a ? b", "'?' has no meaning here: write `a if condition else b`", 2),
        ("a; b", "';' has no meaning here: write one expression", 1),
        ("{1, 2}", "'{' has no meaning here: write [ ] for a vector", 0),
        ("f('a')", '"\'" has no meaning here: an expression holds no text', 2),
        ('f("a")', "'\"' has no meaning here: an expression holds no text", 2),
        ("a ≥ b", "'≥' has no meaning here: write >=", 2),
        ("a ≤ b", "'≤' has no meaning here: write <=", 2),
        ("a ≠ b", "'≠' has no meaning here: write !=", 2),
        ("a · b", "'·' has no meaning here: write *", 2),
        ("a × b", "'×' has no meaning here: write *", 2),
        ("a − b", "'−' has no meaning here: write the plain minus sign -", 2),
        ("a # b", "'#' has no meaning here", 2),
        ("lambda: 1", "':' has no meaning here", 6),
        ("a\\b", "'\\\\' has no meaning here", 1),
        ("a\x00", "the character U+0000 has no meaning here", 1),
        ("a\x7f", "the character U+007F has no meaning here", 1),
        ("a\u200db", "the character U+200D has no meaning here", 1),
        ("\u202eab", "the character U+202E has no meaning here", 0),
        ("a\ud800", "the character U+D800 has no meaning here", 1),
        # look-alikes
        ("a + ª", "'ª' is a look-alike of 'a': type the plain character", 4),
        ("ｍax(a, b)", "'ｍ' is a look-alike of 'm': type the plain character", 0),
        ("W.Ｔ", "'Ｔ' is a look-alike of 'T': type the plain character", 2),
        ("１ + 1", "'１' is a look-alike of '1': type the plain character", 0),
        ("ﬁ", "'ﬁ' is a look-alike of 'fi': type the plain character", 0),
        ("x²", "'²' is a look-alike of '2': type the plain character", 1),
        ("𝜑", "'𝜑' is a look-alike of 'φ': type the plain character", 0),
        # names
        ("a + é", "'é' (U+00E9, latin small letter e with acute) is not a letter that names may use", 4),
        ("а", "'а' (U+0430, cyrillic small letter a) is not a letter that names may use", 0),
        ("1 + é(1)", "'é' (U+00E9, latin small letter e with acute) is not a letter that names may use", 4),
        ("sum(1 for é in range(2))", "'é' (U+00E9, latin small letter e with acute) is not a letter that names", 0),
        ("__class__", "'__class__' is not a name that an expression may use", 0),
        ("1 + __import__(2)", "'__import__' is not a name that an expression may use", 4),
        # brackets
        ("(a", "'(' is never closed", 0),
        ("(a + [b)", "')' closes nothing", 7),
        ("a)", "')' closes nothing", 1),
        ("a]", "']' closes nothing", 1),
        ("a + [b", "'[' is never closed", 4),
        ("(" * 101, "brackets are nested more than 100 deep", 100),
        # numbers
        ("a + 1_000", "'1_000' is not a number: write it in plain decimal digits", 4),
        ("0x10", "'0x10' is not a number: write it in plain decimal digits", 0),
        ("3a", "'3a' is not a number", 0),
        ("1if a else 2", "'1if' is not a number", 0),
        ("1.2.3", "'1.2.3' is not a number", 0),
        ("2j", "'2j' is not a number", 0),
        ("a*1e400", "1e400 is too large (numbers lie between 1e-400 and 1e309 in size)", 2),
        ("1e-500", "1e-500 is too small (numbers lie between 1e-400 and 1e309 in size)", 0),
        ("9" * 401, "a number of 401 digits is too long (at most 400)", 0),
        # syntax
        ("a = b", "a single = has no meaning here: write == to compare", 2),
        ("f(x=1)", "a function takes its arguments without names", 0),
        ("a <= b = c", "a single = has no meaning here: write == to compare", 7),
        ("a b", "cannot be read from 'b' on", 2),
        ("φφ b", "cannot be read from 'b' on", 3),
        ("a +", "the expression stops too early", 3),
        ("a ++* b", "cannot be read from '* b' on", 4),
        ("01", "cannot be read from '01' on", 0),
        ("a if", "the expression stops too early", 4),
        ("  not ", "the expression stops too early", 5),
        # nesting of our own
        ("-" * 150 + "1", "the expression is nested more than 100 deep", 100),
        ("+".join(["a"] * 150), "the expression is nested more than 100 deep", 0),
        # what Python has and the language has not
        ("a.b", "'.b' has no meaning here (only .T, the transpose, has)", 0),
        ("x + a.T.shape", "'.shape' has no meaning here (only .T, the transpose, has)", 4),
        ("f(x)(y)", "only a function's name can be called", 0),
        ("a.f(x)", "only a function's name can be called", 0),
        ("a[1, 2]", "an index is one number or one step, like h[t-1]", 0),
        ("a[()]", "an index is one number or one step, like h[t-1]", 0),
        ("1 + []", "a vector needs at least one entry", 4),
        ("1, 2", "a vector is written in square brackets: [a, b]", 0),
        ("()", "a vector is written in square brackets: [a, b]", 0),
        ("a is b", "only < <= > >= == != compare", 0),
        ("a in b", "only < <= > >= == != compare", 0),
        ("a < b not in c", "only < <= > >= == != compare", 0),
        ("1 + True", "True is not a number: write 1 or 0", 4),
        ("False", "False is not a number: write 1 or 0", 0),
        ("None", "None is not a number", 0),
        ("...", "Ellipsis is not a number", 0),
        ("(i for i in range(3))", "a `for` stands inside sum, prod, all, any, min or max", 0),
        ("[i for i in range(3)]", "ListComp is not part of the language", 0),
        ("f(*a)", "Starred is not part of the language", 2),
        ("f(**a)", "a function takes its arguments without names", 0),
        ("await a", "Await is not part of the language", 0),
        ("(yield)", "Yield is not part of the language", 1),
        # loops
        ("abs(i for i in range(3))", "'abs' cannot take a `for`: only sum, prod, all, any, min, max can", 0),
        ("1 + sum(i for i in v)", LOOP, 4),
        ("sum(i for i in range())", LOOP, 0),
        ("sum(i for i in range(1, 2, 3, 4))", LOOP, 0),
        ("sum(i for i in range(3) if i)", LOOP, 0),
        ("sum(i for i in range(3) for j in range(3))", LOOP, 0),
        ("sum(i for i, j in range(3))", LOOP, 0),
        ("sum(i for i[0] in range(3))", LOOP, 0),
        ("sum(i async for i in range(3))", LOOP, 0),
        ("sum(i for i in range(stop=3))", LOOP, 0),
    ],
)
def test_refusals(text: str, message: str, at: int) -> None:
    with pytest.raises(ExpressionError, match=f"^{re.escape(message)}") as caught:
        parse(text)
    assert caught.value.at == at
    assert caught.value.message == str(caught.value)


def test_a_tower_of_signs_is_refused_by_the_limit_that_is_met_first():
    """Python's own parser gives up on it in some versions (no position), else the limit of the language does."""
    with pytest.raises(ExpressionError, match=r"the expression is nested (too deeply|more than 100 deep)") as caught:
        parse("-" * 3999 + "1")
    assert caught.value.at in (0, 100)


def test_leading_space_counts_in_the_position() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse("   a + #")
    assert caught.value.at == 7


def at_of(text: str, wanted: type[Tree]) -> list[int]:
    return [node.at for node in subtrees(parse(text)) if isinstance(node, wanted)]


def test_positions_count_characters_not_bytes() -> None:
    assert at_of("φ + φ*b", Name) == [0, 4, 6]


def test_positions_of_numbers_and_indices() -> None:
    assert at_of("1 + h[t-1]", Index) == [4]
    assert at_of("1 + h[t-1]", Number) == [0, 8]


def test_line_breaks_are_spaces() -> None:
    assert parse("a\n+\r\tb\u2028") == parse("a + b")


def test_a_loop_has_a_start_and_a_step() -> None:
    loop = parse("sum(i for i in range(5))")
    assert isinstance(loop, Comprehension)
    assert (loop.start, loop.stop, loop.step) == (parse("0"), parse("5"), parse("1"))
    other = parse("sum(i for i in range(5, 1, -2))")
    assert isinstance(other, Comprehension)
    assert (other.start, other.stop, other.step) == (parse("5"), parse("1"), parse("-2"))


@pytest.mark.parametrize("text", ["1 [0]", "[1](2)", "1 is 1", "(1)(2)", "1 and 2 is 3", "1.0.T", "a[1][2](3)"])
def test_what_python_warns_of_stays_inside(text: str) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with contextlib.suppress(ExpressionError):
            parse(text)
    assert caught == []


def test_the_longest_text_is_read() -> None:
    assert parse("a" * limits.MAX_EXPRESSION_CHARACTERS) == Name("a" * limits.MAX_EXPRESSION_CHARACTERS)


def test_the_deepest_brackets_are_read() -> None:
    assert parse("(" * 100 + "a" + ")" * 100) == Name("a")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Relu", "'Relu' is not a function here (did you mean 'relu'?)"),
        ("ph", "'ph' is not a function here (did you mean 'phi'?)"),
        ("qqqq", "'qqqq' is not a function here"),
    ],
)
def test_unknown_functions(name: str, message: str) -> None:
    assert unknown_function(name, ["phi"]) == message
