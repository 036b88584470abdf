"""What cannot be read: the message, the character it points at, and bounded work."""

import pytest

from grader.formulas import Quantity, SequenceSymbol, Symbols, point_at, read_formula, usual_notation
from grader.language.parse import ExpressionError, parse

from ..counting import calls_of
from .test_notation import SCALARS, VECTORS

MAX_CALLS = 1_000_000
"""Functions that are called to read a text of any length; the longest that is read takes about 140 000."""

DERIVATIVE = "a derivative that the question does not give cannot be part of the answer: write it out"
KNOWN = "h[...], x[...], dL[...], W, U, M, z, W1, W_hh, a, b, y_hat, alpha, g, t and T can be used"

ERRORS = [
    ("", "a formula is missing here", 0),
    ("  \n", "a formula is missing here", 3),
    ("y = ", "a formula is missing here", 4),
    ("W +", "the formula stops too early: a value is wanted here", 3),
    ("W**", "the formula stops too early: a value is wanted here", 3),
    ("* W", "a value is wanted before '*'", 0),
    ("W ** * z", "a value is wanted before '*'", 5),
    ("W * / z", "two signs follow each other: leave out '/'", 4),
    ("(z", "'(' is never closed: add ')'", 0),
    ("(W + (z)", "'(' is never closed: add ')'", 0),
    ("(z]", "']' does not close '(': write ')'", 2),
    ("z)", "')' closes nothing: leave it out, or open it before", 1),
    (")(", "a value is wanted before ')'", 0),
    ("()", "a value is wanted before ')'", 1),
    ("x[t+1", "'[' is never closed: add ']'", 1),
    ("|W", "'|' is never closed", 0),
    ("2 3", "a sign is missing before 3: write * to multiply", 2),
    ("1/2W", "a/b c could be a/(b*c) or (a/b)*c: write the brackets and the *", 3),
    ("a/b(W)", "a/b c could be a/(b*c) or (a/b)*c: write the brackets and the *", 3),
    ("h_t+1", "h_t+1 could be h[t+1] or h[t] + 1: write the one that is meant", 2),
    ("2^Wz", "how far the exponent goes is not clear: write x**(a*b) or x**a * b", 2),
    ("h", "'h' needs its step: write h[t], h[t+1], ...", 0),
    ("h(1-h)", "'h' needs its step: write h[t], h[t+1], ...", 0),
    ("W*h(z)", "'h' needs its step: write h[t], h[t+1], ...", 2),
    ("z_1", "'z' is one number and has no subscript", 0),
    ("W q", f"'q' is not a name in this question ({KNOWN})", 2),
    ("alhpa z", "'alhpa' is not a name in this question (did you mean 'alpha'?)", 0),
    ("Whh", "'Whh' is not a name in this question (did you mean 'W_hh'?)", 0),
    ("foo(z)", "'foo' is not a function here", 0),
    ("sigmod(z)", "'sigmod' is not a function here (did you mean 'sigmoid'?)", 0),
    ("tanh", "'tanh' is a function: write tanh(...)", 0),
    ("tanh * z", "'tanh' is a function: write tanh(...)", 0),
    ("z tanh z W", "how far tanh goes is not clear: write tanh(...)", 2),
    ("tanh^-1(z)", "a power right after tanh is not clear: write tanh(z)**p", 4),
    ("σ''(z)", "only the first derivative of a function is read", 0),
    ("σ'(z, z)", "the slope of sigmoid takes one argument", 0),
    ("norm'(z)", "the derivative of norm is not known here", 0),
    ("W'", "a prime stands after a function, as in sigmoid'(z); a transpose is written W.T", 1),
    ("z!", "a factorial is not part of a formula", 1),
    ("z, W", "a comma cannot stand here: write a decimal point, or [a, b] for a vector", 1),
    ("(a = b) W", "')' is wanted here, not '='", 3),
    ("W if z", "`a if condition` needs its `else b`", 6),
    ("prod", "'prod' is a function: write prod(...)", 0),
    ("\\prod_k h_k", "where prod begins is not clear: write prod_{k=t}^{T-1}", 6),
    ("\\prod h_k", "prod needs its range: write prod_{k=t}^{T-1}, or prod(... for k in range(t, T))", 0),
    ("sum(z for k in h)", "a loop is written `for i in range(first, last + 1)`", 15),
    ("sum(z, k=1)", "a range is written k=t..T-1", 10),
    ("sum(h[k] for k in range(3)) + h[k]", "k has no meaning outside of the sum that it counts: put all that has k in brackets behind the sum", 32),
    ("\\frac{a} + b", "a fraction is written \\frac{a}{b}", 9),
    ("\\sqrt[3]{z}", "only square roots are read: write x**(1/3)", 5),
    ("\\begin{cases} 1", "\\begin cannot be read: write `a if condition else b` for cases, [a, b] for a vector", 0),
    ("a \\pm b", "\\pm cannot be read: write two formulas, or choose one sign", 2),
    ("\\foo z", f"'foo' is not a name in this question ({KNOWN})", 0),
    ("dL/dh_{t+1} * dh_{t+1}/dh_t", DERIVATIVE, 14),
    ("\\frac{\\partial h_{t+1}}{\\partial h_t}", DERIVATIVE, 6),
    ("dL/dx_t", DERIVATIVE, 3),
    ("__import__('os')", "'__import__' is not a name that a formula may use", 0),
    ("W.append(z)", "'.append' has no meaning here (.T and functions like .dot(...) have)", 1),
    ("W.__class__", "'__class__' is not a name that a formula may use", 2),
    ("lambda x: x", "'lambda' is not part of a formula", 0),
    ("'os'", "a formula holds no text, and a prime stands after a function: sigmoid'(z)", 0),
    ('"os"', "'\"' (U+0022, QUOTATION MARK) has no meaning here: a formula holds no text", 0),
    ("W . z", "'.' (U+002E, FULL STOP) has no meaning here: write * for a product", 2),
    ("W ? z", "'?' (U+003F, QUESTION MARK) has no meaning here: write `a if condition else b`", 2),
    ("z + а", "'а' (U+0430, CYRILLIC SMALL LETTER A) has no meaning here: type the plain 'a'", 4),
    ("W ＃ z", "'#' (U+0023, NUMBER SIGN) has no meaning here", 2),
    ("重*z", "'重' (U+91CD, CJK UNIFIED IDEOGRAPH-91CD) has no meaning here", 0),
    ("1e999", "1e999 is too large (numbers lie between 1e-400 and 1e309 in size)", 0),
    ("z \\", "a lone \\ has no meaning here", 2),
]  # fmt: skip


def error_of(text: str, symbols: Symbols = SCALARS) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        read_formula(text, symbols, usual_notation(symbols, ("h",)))
    return caught.value


@pytest.mark.parametrize(("text", "message", "at"), ERRORS)
def test_the_message_and_its_place(text, message, at):
    error = error_of(text)
    assert (error.message, error.at) == (message, at)


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        ("g b", "two vectors: write a*b for entry by entry, or a@b for the dot product", 2),
        ("W^T (g·b)", "the dot between two vectors could be a@b (a number) or a*b (entry by entry): write one", 4),
        ("V**2", "a matrix has no powers here: write W @ W, or W.^p entry by entry", 1),
        ("b_1", "entries of b are written b[0], b[1], ... and counted from 0", 0),
        ("W[0, 1]", "an index is one number or one step, like h[t-1]; an entry of a matrix is W[0][1]", 3),
    ],
)
def test_vectors_and_matrices(text, message, at):
    error = error_of(text, VECTORS)
    assert (error.message, error.at) == (message, at)


def test_an_error_is_shown_under_its_line():
    text = "W +\n  z * q"
    symbols = Symbols({"W": Quantity(), "z": Quantity()})
    assert point_at(text, error_of(text, symbols)) == (
        "'q' is not a name in this question (W and z can be used)\n    z * q\n        ^"
    )
    assert point_at("z" * 5000, ExpressionError("too long")).count("z") == 72


@pytest.mark.long
@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000, "(" * 3999, "[" * 3999, "{" * 3999, "|" * 3999, "-" * 3999, "'" * 3999, "_" * 3999,
        "W*" * 1999 + "W", "1+" * 1999 + "1", "W^" * 1999 + "W", "W" * 3999, "Wz" * 1999, "x" * 10_000_000,
        "\\frac{" * 600, "sum(" * 900, "σ'(" * 900, "1 if 1 else " * 300 + "1", "not " * 900 + "z", "W_" * 1999,
        "h[t+1" * 600, "tanh " * 700 + "z", "\\" * 3999, "9" * 3999, "1e9999", "²" * 3999, "∂" * 3999, "h_" * 1999,
        "a=" * 1999 + "a", "for " * 900, "sum_{k=1}^{" * 300, "dL/" * 1300, "e^" * 1999, "\x00" * 100, "a,b" * 1300,
    ],
    ids=lambda text: f"{text[:8]!r}x{len(text)}",
)  # fmt: skip
@pytest.mark.sampled(6)
def test_hostile_text_is_refused_in_a_bounded_number_of_steps(text):
    def read():
        try:
            reading = read_formula(text, SCALARS)
        except ExpressionError as error:
            return error
        assert parse(reading.read_as) == reading.tree
        return None

    error, calls = calls_of(read)
    assert calls < MAX_CALLS
    assert error is None or (len(error.message) < 400 and 0 <= error.at <= len(text))


def test_no_step_is_missed_in_a_short_name():
    with pytest.raises(ExpressionError, match="'x' needs its step"):
        read_formula("x + 1", Symbols({}, {"x": SequenceSymbol()}, ("t",)))
