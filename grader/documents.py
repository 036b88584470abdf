"""YAML and JSON read so that nothing surprises: scalars stay text, every node knows its place, tricks are errors."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any

import yaml

from grader.errors import GraderError, Place, Problem

MAX_DEPTH = 40
MAX_NODES = 100_000


class DocumentError(GraderError):
    """A file that is no usable YAML or JSON; whose fault it is depends on whose file it was."""


class Text(str):
    """A scalar as it was written, with its place; `quoted` tells `"1"` from `1`, `offset` where its text starts."""

    __slots__ = ("offset", "place", "quoted")

    place: Place
    quoted: bool
    offset: int | None

    def __new__(cls, value: str, place: Place, quoted: bool = False, offset: int | None = 0) -> Text:
        self = super().__new__(cls, value)
        self.place, self.quoted, self.offset = place, quoted, offset
        return self

    @property
    def blank(self) -> bool:
        """Nothing, `~` or `null`, not in quotes."""
        return not self.quoted and self in ("", "~", "null")

    def at(self, character: int) -> Place:
        """The place of a character of the text (of the whole scalar where it is folded over lines)."""
        return self.place if self.offset is None else self.place.shifted(self.offset + character)


class Block(dict[Text, Any]):
    """A mapping with its place."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place

    def lookup(self, key: str) -> Any:
        """What stands under a key, None where nothing does."""
        return self.get(key)  # type: ignore[call-overload]  # a Text equals its plain string


class Series(list[Any]):
    """A sequence with its place."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place


Node = Text | Block | Series


def describe_node(node: object) -> str:
    """`a list`, `quoted text '1'`: what came, in an error message."""
    if isinstance(node, Block):
        return "a mapping"
    if isinstance(node, list):
        return "a list"
    if isinstance(node, Text) and node.blank:
        return "nothing"
    if isinstance(node, Text) and node.quoted:
        return f"the quoted text {shortened(node)!r}"
    return repr(shortened(str(node)))


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
        line = data[: error.start].count(b"\n") + 1
        message = f"byte {data[error.start]:#04x} is not {encoding.upper()}: save the file as UTF-8"
        raise DocumentError(Problem(message, Place(file, line, 1))) from None
    if "\0" in text:
        raise DocumentError(Problem("holds zero bytes: save the file as UTF-8 text", Place(file)))
    return text


def read_yaml(data: bytes, file: str) -> Node:
    """One YAML document as a tree of `Text`, `Block` and `Series`.

    Raises:
        DocumentError: for broken YAML, duplicate keys, tags, anchors and aliases, several documents, nothing at all,
            nesting or size beyond the limits.
    """
    text = decoded(data, file)
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Builder(file, text).build(yaml.parse(text, Loader=loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        raise DocumentError(Problem(_yaml_message(error), place)) from None
    except yaml.YAMLError as error:
        raise DocumentError(
            Problem(f"holds a character that YAML does not allow ({_reason(error)})", Place(file))
        ) from None


def _reason(error: yaml.YAMLError) -> str:
    character = getattr(error, "character", None)
    if isinstance(character, int):
        return f"U+{character:04X}"
    return f"U+{ord(character):04X}" if isinstance(character, str) and len(character) == 1 else "unreadable text"


def _yaml_message(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or "broken"
    if "\\t" in problem or "tab" in problem:
        return "a tab indents this line: YAML wants spaces"
    context = f" ({error.context})" if error.context else ""
    return f"this is not YAML: {problem}{context}"


class _Builder:
    """Builds the tree from the parser's events, without recursion."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.stack: list[tuple[Block | Series, Text | None]] = []
        self.root: Node | None = None
        self.nodes = 0
        self.problems: list[Problem] = []

    def place(self, event: Any) -> Place:
        return Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def build(self, events: Iterator[Any]) -> Node:
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise DocumentError(Problem("a second document starts here: keep one a file", self.place(event)))
            elif isinstance(event, yaml.NodeEvent):
                self.node(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self.close()
        if self.root is None or (isinstance(self.root, Text) and self.root.blank):
            raise DocumentError(Problem("the file is empty", Place(self.file)))
        if self.problems:
            raise DocumentError(*self.problems)
        return self.root

    def node(self, event: Any) -> None:
        place = self.place(event)
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise DocumentError(Problem(f"the file holds more than {MAX_NODES} values", place))
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            name = f"{'*' if isinstance(event, yaml.AliasEvent) else '&'}{shortened(event.anchor)}"
            raise DocumentError(Problem(f"{name!r} is an alias or anchor, which is not used here: write it out", place))
        if event.tag is not None and event.tag != "!":
            self.problems.append(Problem(f"the tag {shortened(event.tag)!r} is not used here: leave it out", place))
        if isinstance(event, yaml.ScalarEvent):
            self.add(self.scalar(event, place))
            return
        if len(self.stack) >= MAX_DEPTH:
            raise DocumentError(Problem(f"nested more than {MAX_DEPTH} deep", place))
        node: Block | Series = Block(place) if isinstance(event, yaml.MappingStartEvent) else Series(place)
        self.stack.append((node, None))

    def scalar(self, event: Any, place: Place) -> Text:
        single = event.end_mark.line == event.start_mark.line
        quoted = event.style in ("'", '"')
        offset = (1 if quoted else 0) if single and event.style not in ("|", ">") else None
        return Text(event.value, place, quoted, offset)

    def close(self) -> None:
        node, _ = self.stack.pop()
        self.add(node)

    def add(self, node: Node) -> None:
        """Puts a finished node where it belongs: the root, the next item, a key or a key's value."""
        if not self.stack:
            self.root = node
            return
        parent, key = self.stack[-1]
        if isinstance(parent, Series):
            parent.append(node)
        elif key is None:
            if not isinstance(node, Text):
                message = f"a key is a word, not {describe_node(node)}"
                raise DocumentError(Problem(message, node.place))
            if node in parent:
                first = next(k.place.line for k in parent if k == node)
                message = f"{shortened(node)!r} stands here a second time (first on line {first})"
                self.problems.append(Problem(message, node.place))
            self.stack[-1] = (parent, node)
        else:
            parent[key] = node
            self.stack[-1] = (parent, None)


def read_json(data: bytes, file: str) -> Node:
    """One JSON document as the same kind of tree; numbers keep their text.

    Raises:
        DocumentError: for broken JSON, duplicate keys, nesting or size beyond the limits.
    """
    text = decoded(data, file)
    place = Place(file)

    def block(pairs: list[tuple[str, Any]]) -> Block:
        result = Block(place)
        for key, value in pairs:
            if key in result:
                raise DocumentError(Problem(f"{shortened(key)!r} stands twice in one object", place))
            result[Text(key, place)] = value
        return result

    def plain(number: str) -> Text:
        return Text(number, place)

    if not text.strip():
        raise DocumentError(Problem("the file is empty", place))
    try:
        raw = json.loads(text, object_pairs_hook=block, parse_int=plain, parse_float=plain, parse_constant=plain)
        return _from_json(raw, place, 0)
    except json.JSONDecodeError as error:
        raise DocumentError(Problem(f"this is not JSON: {error.msg}", Place(file, error.lineno, error.colno))) from None
    except RecursionError:
        raise DocumentError(Problem(f"nested more than {MAX_DEPTH} deep", place)) from None


def _from_json(raw: Any, place: Place, depth: int) -> Node:
    if depth > MAX_DEPTH:
        raise DocumentError(Problem(f"nested more than {MAX_DEPTH} deep", place))
    if isinstance(raw, Text):
        return raw
    if isinstance(raw, str):
        return Text(raw, place, quoted=True)
    if isinstance(raw, Block):
        for key, value in raw.items():
            raw[key] = _from_json(value, place, depth + 1)
        return raw
    if isinstance(raw, list):
        items = Series(place)
        items.extend(_from_json(value, place, depth + 1) for value in raw)
        return items
    return Text("null" if raw is None else "true" if raw else "false", place)
