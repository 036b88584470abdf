"""A lint rule or a type error is ignored only with a reason beside it."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

COURSE = Path(__file__).parents[1]
MARK = re.compile(r"#\s*(noqa|type:\s*ignore)\b[^#]*")
REASONED = re.compile(r"#\s*(noqa: [A-Z0-9, ]+|type: ignore\[[a-z, -]+\])\s+# \S.*")


def without_reason(source: str) -> Iterator[str]:
    """The comments that ignore a rule, and do not say which one and why.

    A text without such a mark anywhere is not taken apart.
    """
    if not MARK.search(source):
        return
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and MARK.match(token.string) and not REASONED.fullmatch(token.string):
            yield f"line {token.start[0]}: {token.string}"


@pytest.mark.parametrize("folder", ["grader", "reference", "tests"])
def test_what_is_ignored_has_a_reason(folder):
    files = sorted((COURSE / folder).rglob("*.py"))
    assert len(files) > 5
    found = {str(file): marks for file in files if (marks := list(without_reason(file.read_text(encoding="utf-8"))))}
    assert found == {}


@pytest.mark.parametrize(
    ("comment", "bare"),
    [
        ("# noqa: E402  # it must come later", False),
        ("# type: ignore[arg-type, return-value]  # stands in for a child", False),
        ("# noqa: E402", True),
        ("# noqa  # whatever it is", True),
        ("# type: ignore", True),
        ("# type: ignore[index]  #", True),
        ("# noqa: S102  (this is what it is for)", True),
        ("# a sentence about noqa", False),
    ],
)
def test_a_bare_mark_is_found(comment, bare):
    assert bool(list(without_reason(f"x = 1  {comment}\n"))) is bare
