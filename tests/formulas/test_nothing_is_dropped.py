"""No character of a formula is passed over: one more sign in a text changes its reading, or the text is refused."""

import random

import pytest

from grader.formulas import read_formula
from grader.language.parse import ExpressionError, parse

from .test_notations import DECLARED, ROWS

SIGNS = [
    "\u0302",
    "\u0304",
    "'",
    "#",
    "?",
    "^2",
    "!",
    "7",
    "q",
    "W",
    "%",
    "_q",
    "~",
    "|",
    '"',
    "\\hat ",
    "\\bar ",
    " or ",
]
"""What is put into texts: each means something where it may stand at all."""

PLAIN_ROWS = [row for row in ROWS if "read" in row and not set("=＝\\$") & set(row["text"])]
"""Rows whose every sign is part of the formula: without names of what is asked, and without layout."""

FRAGMENTS = (
    *(
        "a",
        "b",
        "W",
        "h",
        "x",
        "t",
        "T",
        "dL",
        "_",
        "^",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "'",
        "~",
        "|",
        "=",
        "\n",
        "\\\\",
    ),
    *(
        ",",
        ";",
        " where ",
        " or ",
        "\\hat",
        "\\bar ",
        "\\mathbf",
        "\\frac",
        "\\sqrt",
        "\u0302",
        "1",
        "12",
        "½",
        "%",
        "+",
        "-",
    ),
    *("*", "/", "_t", "_{t+1}", "^2", "^{(t)}", "^T", "\\nabla", "\\partial", "σ", "tanh", "\\sum_{t=1}^{T}", "\\prod"),
    *(
        "e^",
        "π",
        "\\text{if}",
        " if ",
        " else ",
        "for",
        "in",
        "range",
        "\\langle",
        "\\rangle",
        "<",
        "!",
        "$",
        "&",
        "@",
        ".T",
    ),
    *(
        "\\begin{aligned}",
        "\\end{aligned}",
        "\\boxed",
        "\\tag{1}",
        "‖",
        "√",
        "np.",
        "log_",
        "max_",
        "sum",
        "{\\bf ",
        "\\left(",
    ),
)


def outcome(text, symbols, notation):
    try:
        return read_formula(text, symbols, notation), None
    except ExpressionError as error:
        return None, error


@pytest.mark.long
@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.sampled(4)
def test_one_more_sign_is_never_passed_over(sign):
    read = 0
    for row in PLAIN_ROWS:
        at = random.Random(f"{sign}{row['text']}").randrange(len(row["text"]) + 1)
        text = row["text"][:at] + sign + row["text"][at:]
        reading, _ = outcome(text, *DECLARED[row["names"]])
        if reading is not None:
            read += 1
            assert reading.read_as != row["read"], text
    assert read < len(PLAIN_ROWS)


@pytest.mark.long
def test_any_text_is_read_or_refused_where_the_trouble_stands():
    rng = random.Random(11)
    groups = list(DECLARED.values())
    read = 0
    for _ in range(4000):
        text = "".join(rng.choice(FRAGMENTS) for _ in range(rng.randint(1, 12)))
        reading, error = outcome(text, *rng.choice(groups))
        if reading is None:
            assert 0 <= error.at <= len(text), text
            assert len(error.message) < 600, text
        else:
            read += 1
            assert parse(reading.read_as) == reading.tree, text
    assert read > 20


@pytest.mark.parametrize(
    "text",
    [
        "\\mathbf{a'b}_t",
        "{\\bf a'b}",
        "max_",
        "\\max_",
        "\\log_",
        "\\nabla_",
        "\\hat{a~}",
        "\\frac{\\partial L}",
        ";=",
        "a~",
    ],
)
def test_texts_that_end_too_early_are_refused(text):
    symbols, notation = DECLARED["letters"]
    with pytest.raises(ExpressionError):
        read_formula(text, symbols, notation)
