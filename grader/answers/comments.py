"""What YAML takes for a comment in an answer: of `use f # not g` it keeps the first two words, of `q4: #4` nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from grader.answers.answer import PlacedComment, is_blank
from grader.documents import MappingNode, Node, ScalarNode
from grader.errors import SourceLocation

_COMMENT = re.compile(r"(?:^|\s)(#.*)$")
_QUOTED_TEXTS = {'"': re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL), "'": re.compile(r"'(?:[^']|'')*'", re.DOTALL)}
_AT_BLANK = re.compile(r"""["']?\s*[:：]?\s*(?:''|""|~|null|[|>][-+0-9]*)?\s*[,}\]]*\s*(?<=\s)(#.*)$""")
"""What follows a key, or stands in the place of an item, that has no value: a comment alone."""


class BesideText(NamedTuple):
    """The comments beside a text, and the text with what they hold."""

    comments: tuple[PlacedComment, ...]
    uncut: ScalarNode


def comments_beside(key: ScalarNode, value: Node, root: MappingNode, lines: list[str]) -> BesideText | None:
    """The comments that stand within the lines of a text, or behind its end; None where there are none.

    A comment on the line of the key, where the text follows below, and one at the left margin are no part of the answer
    to anybody who sees them.
    """
    if not isinstance(value, ScalarNode) or not value.place.line or not key.place.line:
        return None
    after = [other.place.line for other in root if other.place.line > key.place.line]
    end = min(after, default=len(lines) + 1)
    first, column = value.place.line, value.place.column
    above = lines[key.place.line : first - 1]
    text = [lines[first - 1][column - 1 :], *lines[first : end - 1]]
    if text[0][:1] in ("|", ">") and not value.quoted:
        return None
    numbers = range(key.place.line + 1, first)
    found = [(n, line.strip()) for n, line in zip(numbers, above, strict=True) if line.strip().startswith("#")]
    found = [(n, comment) for n, comment in found if lines[n - 1][0] != "#"]
    joined = "\n".join(text)
    closing = _QUOTED_TEXTS[joined[0]].match(joined) if value.quoted and joined[:1] in _QUOTED_TEXTS else None
    if value.quoted and closing is None:
        return None
    start = closing.end() if closing else 0
    skipped = joined[:start].count("\n")
    for n, line in enumerate(joined[start:].split("\n"), first + skipped):
        if (comment := _COMMENT.search(line)) and not (n > first and line.startswith("#")):
            found.append((n, comment[1]))
    if not found:
        return None
    kept = [line.strip() for line in (*above, *text) if not line.startswith("#")]
    uncut = "\n".join(kept).strip()
    if closing:
        uncut = "\n".join([str(value), *(comment for _, comment in found)])
    return BesideText(tuple(_placed(comment, n, value, lines) for n, comment in found), ScalarNode(uncut, value.place))


def comments_at_blanks(key: ScalarNode, value: Node, lines: list[str]) -> Iterator[PlacedComment]:
    """The comments behind and beneath each blank of an answer: what was to stand there may be one of them.

    One at the left margin is a line that was left out on purpose.
    """
    if isinstance(value, ScalarNode):
        if not is_blank(value) or not key.place.line:
            return
        first, column = key.place.line, key.place.column
        written = len(key) if key is not value else 0
        if behind := _AT_BLANK.match(lines[first - 1], column - 1 + written):
            yield _placed(behind[1], first, key, lines)
        for n in range(first + 1, len(lines) + 1):
            if lines[n - 1][:1] == "#" or not lines[n - 1].lstrip().startswith("#"):
                break
            yield _placed(lines[n - 1].strip(), n, key, lines)
    elif isinstance(value, MappingNode):
        for name, part in value.items():
            yield from comments_at_blanks(name, part, lines)
    else:
        for item in value:
            yield from comments_at_blanks(item if isinstance(item, ScalarNode) else key, item, lines)


def _placed(comment: str, line: int, beside: ScalarNode, lines: list[str]) -> PlacedComment:
    return PlacedComment(comment, SourceLocation(beside.place.file, line, lines[line - 1].index(comment) + 1))
