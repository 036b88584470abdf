r"""Backslashes that were meant as they are written: `"\tanh"` in double quotes is a tab and `anh`.

In a formula no escape is meant that makes a character without a shape before a letter. In prose `\n` and `\t` may be
meant as such, unless what follows makes a LaTeX command of them.
"""

from __future__ import annotations

import re

from grader.documents import ScalarNode, shortened
from grader.errors import Problem

_ESCAPES = {
    "\t": "t", "\n": "n", "\r": "r", "\f": "f", "\b": "b", "\v": "v", "\a": "a", "\x1b": "e", "\0": "0",
    "\x85": "N", "\u2028": "L", "\u2029": "P", "\xa0": "_",
}  # fmt: skip
"""Characters without a shape, and the letter that makes them behind a backslash."""

_LATEX = frozenset(
    {
        *(
            "tan",
            "tanh",
            "tau",
            "text",
            "textbf",
            "textit",
            "textrm",
            "texttt",
            "tfrac",
            "theta",
            "tilde",
            "times",
            "to",
        ),
        *(
            "top",
            "triangle",
            "nabla",
            "ne",
            "neg",
            "neq",
            "ni",
            "nonumber",
            "not",
            "notin",
            "nu",
            "newline",
            "newcommand",
        ),
        *("rangle", "rceil", "rfloor", "rho", "right", "rightarrow", "rm", "rVert", "rvert", "rbrace", "rbrack"),
    }
)
_CANDIDATE = re.compile(f"[{''.join(map(re.escape, _ESCAPES))}]")
_LETTERS = re.compile(r"[A-Za-z]*")


def misread_escape(text: ScalarNode, *, prose: bool) -> Problem | None:
    """The first escape of a text in double quotes that was hardly meant as one."""
    if not text.escapes:
        return None
    for found in _CANDIDATE.finditer(text):
        letter = _ESCAPES[found[0]]
        rest = _LETTERS.match(text, found.end())
        word = rest[0] if rest else ""
        may_be_meant = found[0] in "\t\n\r" and (f"{letter}{word}" not in _LATEX if prose else not word)
        if not may_be_meant:
            return _problem(text, f"\\{letter}{shortened(word, 20)}", letter)
    return None


def _problem(text: ScalarNode, written: str, letter: str) -> Problem:
    if not text.place.line:  # JSON
        return Problem(rf"{written} is the escape \{letter} in JSON: write two backslashes, \{written}", text.place)
    advice = "write the answer in single quotes, '...', where a backslash is a backslash"
    return Problem(rf"{written} in double quotes is the escape \{letter}: {advice}", text.place)
