"""What an answer does (too large a power, too long a loop, text that is slow to read) costs the answer, never `held`."""

import subprocess
import sys

import pytest

from grader.documents import ScalarNode
from grader.errors import SourceLocation, SubmissionError
from grader.kinds.formula.score import score_formula
from grader.kinds.number.score import score_number
from grader.kinds.table import load_assignment

NUMBER = "question: q\ntitle: T\npoints: 1\nanswer: number\nvalue: 4\ntolerance: 0.01\nnear:\n  - {value: 5, points: 0.5, say: one too many}\n"


@pytest.fixture(scope="session")
def gradient():
    """One step back through a recurrent network."""
    from tests.checks.conftest import SPECS

    questions = load_assignment(SPECS).questions
    return next(question for question in questions if question.id == "q3.1")


def written(text):
    return ScalarNode(text, SourceLocation("answers.yaml", 1))


RIGHT = "dL[t+1]*W*h[t+1]*(1-h[t+1])"


@pytest.mark.long
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("9^9^9^9", "a power of 387420489 is too large"),
        ("10**4299", "a power of 4299 is too large"),
        ("W*2**(10**9)", "a power of 1000000000 is too large"),
        ("sum(i for i in range(10**9))", "its loops take more than 100000 steps"),
        ("prod(i for i in range(1, 10**7))", "its loops take more than 100000 steps"),
        ("sum(sum(W for i in range(10^5)) for j in range(10^5))", "its loops take more than 100000 steps"),
        ("h[t + 10**9]", "h[1000000001] lies more than 60 steps after the first one that is chosen freely"),
        ("sum(h[t+i] for i in range(3000))", "lies more than 60 steps after"),
        ("h[10**30]", "is too large a number of steps"),
        (f"{RIGHT} + 0*h[t + 10**9]", "lies more than 60 steps after"),
        (f"{RIGHT} + 10**4299 - 10**4299", "a power of 4299 is too large"),
        (f"{RIGHT} if W < 3 else 9^9^9^9", "a power of 387420489 is too large"),
        (f"{RIGHT} if t < 2 else sum(i for i in range(10**9))", "its loops take more than 100000 steps"),
        (f"{RIGHT} + sin(exp(exp(10)))", "its value is not known to 32 bits"),
        ("exp(exp(exp(exp(1000))))", "a number is too large to enclose"),
        ("h[t - 10**12]", "is wanted"),
        ("x[t - 10**9]", "is wanted"),
    ],
)
@pytest.mark.sampled(2)
def test_a_formula_beyond_the_limits_fails_and_names_the_limit(gradient, answer, said):
    result = score_formula(gradient, written(answer))
    assert (result.status, result.points) == ("graded", 0)
    assert said in result.checks[0].message


@pytest.mark.parametrize(
    "answer", ["1e999999999", "(" * 3000 + "1" + ")" * 3000, "W" + "+W" * 50_000, "-" * 3900 + "1"]
)
def test_a_formula_that_is_too_long_or_too_deep_is_rejected(gradient, answer):
    with pytest.raises(SubmissionError):
        score_formula(gradient, written(answer))


@pytest.mark.long
@pytest.mark.parametrize("more", ["0*x[t - 10**9]", "h[t - 10**9] - h[t - 10**9]", "sum(0 for i in range(3000))"])
@pytest.mark.sampled(3)
def test_a_right_formula_keeps_its_marks_whatever_harmless_term_it_has(gradient, more):
    assert score_formula(gradient, written(f"{RIGHT} + {more}")).points == 20


@pytest.mark.parametrize(
    ("answer", "points"),
    [
        ("4", 1),
        ("4.01", 1),
        ("4 + 1/100", 1),
        ("4 + 0.01*sin(1)**2 + 0.01*cos(1)**2", 1),  # on the border, which no precision tells
        ("4.011", 0),
        ("5", 0.5),
        ("4 + 10**300*sin(exp(exp(10)))", 0),  # between -1e300 and 1e300, as far as 4096 bits tell
        ("4 + sin(exp(exp(10)))", 0),
        ("9^9^9^9", 0),
        ("sum(i for i in range(10**9))", 0),
        ("10**4299", 0),
    ],
)
def test_a_number_within_a_tolerance_has_a_value_that_is_known(load, answer, points):
    assert score_number(load(NUMBER), written(answer)).points == points


def test_several_numbers_are_refused_even_where_they_are_equal(load):
    with pytest.raises(SubmissionError, match="these are several numbers, and one is wanted"):
        score_number(load(NUMBER), written("[4, 4]"))


def test_a_number_beyond_the_limits_names_the_limit(load):
    message = score_number(load(NUMBER), written("10**4299")).checks[0].message
    assert message == "it cannot be worked out: a power of 4299 is too large"


REPEATED = r"""
from grader.formulas import Symbols, read_formula
from grader.language.parse import ExpressionError

texts = [rf"\{name}{{" + " " * 3900 for name in ("mathrm", "text", "operatorname", "hat")]
texts += ["\\mathrm{ a" * 400, "\\text{" + "a " * 1900, "\\hat" + "\t" * 3900]
texts += [char * 3900 for char in "._{\\²"] + ["x^" * 1900, "1e" * 1900, "d/d" * 1300]
for text in texts:
    try:
        read_formula(text, Symbols())
    except ExpressionError:
        print("refused")
"""


def test_reading_a_formula_does_not_hang_whatever_it_repeats():
    """A pattern that goes back and forth in 3,900 blanks takes minutes over these."""
    done = subprocess.run([sys.executable, "-c", REPEATED], timeout=60, check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["refused"] * 15
