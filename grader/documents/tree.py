"""The tree that a document is read into: text, mappings and lists that know their places; what is wrong with it."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Container, Iterable, Mapping
from typing import Any

from grader.deferred import dataclass
from grader.errors import GraderError, Problem, SourceLocation

PLAIN_KEY = re.compile(r"\w[\w.-]*(?: [\w.-]+)*")
"""Names that YAML takes for a key as they are."""

BLANK_TEXTS = ("", "~", "null")
"""What YAML takes for nothing, not in quotes."""

MAX_DOCUMENT_DEPTH = 40
MAX_DOCUMENT_NODES = 100_000
MAX_PROBLEMS = 20
"""Problems that are named in one file."""


class DocumentError(GraderError):
    """A file that is no usable YAML or JSON; whose fault it is depends on whose file it was.

    `rest` is what can still be used of it, where the trouble lies under some of its top keys alone; `whole`: it lies
    with the file as a whole, and no part of it is to be read.
    """

    def __init__(self, *problems: Problem, rest: PartialDocument | None = None, whole: bool = False) -> None:
        super().__init__(*problems)
        self.rest = rest
        self.whole = whole


class ScalarNode(str):
    """A scalar as it was written, with its place; `quoted`: it was in quotes; `offset`: where its text starts.

    `escapes`: it was written in a way in which a backslash begins an escape.
    """

    __slots__ = ("escapes", "offset", "place", "quoted")

    place: SourceLocation
    quoted: bool
    offset: int | None
    escapes: bool

    def __new__(
        cls, value: str, place: SourceLocation, quoted: bool = False, offset: int | None = 0, escapes: bool = False
    ) -> ScalarNode:
        self = str.__new__(cls, value)
        self.place, self.quoted, self.offset, self.escapes = place, quoted, offset, escapes
        return self

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return ScalarNode, (str(self), self.place, self.quoted, self.offset, self.escapes)

    @property
    def blank(self) -> bool:
        """Nothing, `~` or `null`, not in quotes."""
        return not self.quoted and self in BLANK_TEXTS

    def at(self, character: int) -> SourceLocation:
        """The place of a character of the text (of the whole scalar where it is folded over lines)."""
        return self.place if self.offset is None else self.place.shifted(self.offset + character)


class MappingNode(dict[ScalarNode, Any]):
    """A mapping with its place; `without_colon` are the keys in braces that have neither a colon nor a value."""

    def __init__(
        self, place: SourceLocation, entries: Mapping[ScalarNode, Any] | Iterable[tuple[ScalarNode, Any]] = ()
    ) -> None:
        super().__init__(entries)
        self.place = place
        self.without_colon: list[ScalarNode] = []

    def lookup(self, key: str) -> Any:
        """What stands under a key, None where nothing does."""
        return self.get(key)  # type: ignore[call-overload]  # a ScalarNode equals the plain string

    def only(self, keys: Container[str]) -> MappingNode:
        """What of it stands under these keys."""
        return MappingNode(self.place, ((key, value) for key, value in self.items() if key in keys))


class SequenceNode(list[Any]):
    """A sequence with its place."""

    def __init__(self, place: SourceLocation, items: Iterable[Any] = ()) -> None:
        super().__init__(items)
        self.place = place


Node = ScalarNode | MappingNode | SequenceNode


@dataclass(frozen=True)
class PartialDocument:
    """The tree of a file with problems, and the problems by the top key that they stand under."""

    root: MappingNode
    problems_by_question: Mapping[str, tuple[Problem, ...]]


def describe_node(node: object) -> str:
    """`a list`, `quoted text '1'`: what came, in an error message."""
    if isinstance(node, MappingNode):
        return "a mapping"
    if isinstance(node, list):
        return "a list"
    if isinstance(node, ScalarNode) and node.blank:
        return "nothing"
    if isinstance(node, ScalarNode) and node.quoted:
        return f"the quoted text {shortened(node)!r}"
    return repr(shortened(str(node)))


def plain(node: Node) -> Any:
    """The node as dictionaries, lists and texts, without places."""
    if isinstance(node, MappingNode):
        return {str(key): plain(value) for key, value in node.items()}
    return [plain(item) for item in node] if isinstance(node, SequenceNode) else str(node)


def split_number(whole: object, part: object) -> str:
    """`1,5` of two scalars that a decimal comma has made of one number; empty for any others.

    Both are digits, and stand on one line with one character between them.
    """
    if not isinstance(whole, ScalarNode) or not isinstance(part, ScalarNode) or whole.quoted or part.quoted:
        return ""
    digits = whole.removeprefix("-").removeprefix("+").isdecimal() and part.isdecimal()
    after = (whole.place.line, whole.place.column + len(whole) + 1)
    return f"{whole},{part}" if digits and after == (part.place.line, part.place.column) and after[0] else ""


def yaml_key(name: str) -> str:
    """A name as a key of a YAML file: in quotes where it needs them."""
    return name if PLAIN_KEY.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def shortened(text: str, most: int = 60) -> str:
    """At most `most` characters."""
    return str(text) if len(text) <= most else f"{text[: most - 1]}…"


def decoded(data: bytes, file: str) -> str:
    """UTF-8 (with or without a byte order mark) or UTF-16 with one.

    Raises:
        DocumentError: with the line of the first byte that is neither.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding, data = "utf-16", data
    else:
        encoding = "utf-8"
        data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"byte {data[error.start]:#04x} is not {encoding.upper()}: save the file as UTF-8"
        before = data[: error.start].decode(encoding, "ignore")
        raise DocumentError(Problem(message, end_of(before, file))) from None
    if "\0" in text:
        raise DocumentError(Problem("holds zero bytes: save the file as UTF-8 text", SourceLocation(file)))
    return text


def end_of(before: str, file: str) -> SourceLocation:
    """The place of the character that follows a text."""
    return SourceLocation(file, before.count("\n") + 1, len(before) - before.rfind("\n"))


class Faults:
    """What is wrong in a file that can be read as a whole, by the top key that it stands under."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.problems_by_question: dict[str, list[Problem]] = {}
        self.everywhere = False

    def note(self, problem: Problem, key: str | None) -> None:
        """Adds a problem; with one under no key nothing of the file is used, nor with too many."""
        self.problems.append(problem)
        if len(self.problems) >= MAX_PROBLEMS:
            raise DocumentError(*self.problems)
        if key is None:
            self.everywhere = True
        else:
            self.problems_by_question.setdefault(str(key), []).append(problem)

    def settle(self, root: Node) -> None:
        """Raises `DocumentError` if anything was noted."""
        if self.problems:
            by_key = {key: tuple(problems) for key, problems in self.problems_by_question.items()}
            rest = PartialDocument(root, by_key) if isinstance(root, MappingNode) and not self.everywhere else None
            raise DocumentError(*self.problems, rest=rest, whole=self.everywhere)
