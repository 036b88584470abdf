"""What of a question travels in a student's copy: the keys that are listed here and no others.

Left out are what is right (references, `right`, `derivative`, `value`, rubrics of prose), what is only said of a wrong
answer (`say`, near misses, known answers, readings), and lines that are hidden or have the answer written into them.
What the copy cannot check then is *withheld*: only the course checks it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from grader.deferred import dataclass

PlainDocument = dict[str, Any]
"""A mapping of a spec as plain dictionaries, lists and texts."""


@dataclass(frozen=True)
class CopiedQuestion:
    """A question's mapping in a student's copy, and what the TA should know of it."""

    document: PlainDocument
    notes: tuple[str, ...] = ()


ASSIGNMENT_KEYS = ("assignment", "title", "points", "packages", "deadline", "timezone", "late", "questions")
COMMON_KEYS = ("question", "title", "points", "prompt", "answer")
SHARED_KEYS = ("symbols", "sequences", "aliases", "network")


def kept(root: PlainDocument, keys: tuple[str, ...]) -> PlainDocument:
    """The part of a mapping that travels."""
    return {key: root[key] for key in keys if key in root}


KEYS_WITHOUT_TEXT = frozenset(
    {
        *("question", "points", "prompt", "answer", "credit", "cases", "seed", "call_seconds", "budget", "asks"),
        *("waits", "pure", "rtol", "atol", "nan", "exhaustive", "equals", "symbols", "sequences", "parameters"),
        *("everywhere", "from", "transpose", "gates", "judge", "prefixes", "unproved", "arithmetic"),
    }
)
"""Keys of a copy below which nobody writes a text of his own (or, for the prompt, where students read it)."""


def texts(copied: PlainDocument, prompt: str = "") -> Iterator[str]:
    """Every text of a question of a copy that students find beside its prompt, each once, in order."""
    said = " ".join(f"{prompt} {copied.get('prompt', '')}".split())
    seen: set[str] = set()
    for text in _leaves(copied):
        short = " ".join(text.split())
        if short not in said and short not in seen and any(char.isalpha() for char in short):
            seen.add(short)
            yield short


def _leaves(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in KEYS_WITHOUT_TEXT:
                yield from _leaves(value)
    elif isinstance(node, list):
        for item in node:
            yield from _leaves(item)
    else:
        yield str(node)
