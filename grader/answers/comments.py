"""What YAML takes for a comment beside the text of an answer: of `use f # not g` it keeps the first two words."""

from __future__ import annotations

import re
from typing import NamedTuple

from grader.documents import MappingNode, Node, ScalarNode, shortened

_COMMENT = re.compile(r"(?:^|\s)(#.*)$")
_QUOTED_TEXTS = {'"': re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL), "'": re.compile(r"'(?:[^']|'')*'", re.DOTALL)}


class BesideText(NamedTuple):
    """The comments beside a text, each with its line, and the text with what they hold."""

    comments: tuple[str, ...]
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
    return BesideText(
        tuple(f"{shortened(comment)!r} on line {n}" for n, comment in found), ScalarNode(uncut, value.place)
    )
