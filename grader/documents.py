"""YAML and JSON read so that nothing surprises: scalars stay text, every node knows its place, tricks are errors."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from grader.errors import GraderError, Place, Problem

MAX_DEPTH = 40
MAX_NODES = 100_000
MAX_PROBLEMS = 20
"""Problems that are named in one file."""


class DocumentError(GraderError):
    """A file that is no usable YAML or JSON; whose fault it is depends on whose file it was.

    `rest` is what can still be used of it, where the trouble lies under some of its top keys alone.
    """

    def __init__(self, *problems: Problem, rest: Rest | None = None) -> None:
        super().__init__(*problems)
        self.rest = rest


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


@dataclass(frozen=True)
class Rest:
    """The tree of a file with problems, and the problems by the top key that they stand under."""

    root: Block
    spoiled: Mapping[str, tuple[Problem, ...]]


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
        message = f"byte {data[error.start]:#04x} is not {encoding.upper()}: save the file as UTF-8"
        before = data[: error.start].decode(encoding, "ignore")
        raise DocumentError(Problem(message, _end_of(before, file))) from None
    if "\0" in text:
        raise DocumentError(Problem("holds zero bytes: save the file as UTF-8 text", Place(file)))
    return text


def _end_of(before: str, file: str) -> Place:
    """The place of the character that follows a text."""
    return Place(file, before.count("\n") + 1, len(before) - before.rfind("\n"))


def read_yaml(data: bytes, file: str) -> Node:
    """One YAML document as a tree of `Text`, `Block` and `Series`.

    Raises:
        DocumentError: for broken YAML, duplicate keys, tags, anchors and aliases, several documents, nothing at all,
            nesting or size beyond the limits.
    """
    text = decoded(data, file)
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Builder(file).build(yaml.parse(text, Loader=loader))
    except yaml.MarkedYAMLError as error:
        if "nesting depth" in (error.problem or "") and loader is not yaml.SafeLoader:
            # libyaml's own limit (1000; since 0.2.6) is met while it looks ahead, before it tells where the 40th is
            return _Builder(file).build(yaml.parse(text, Loader=yaml.SafeLoader))
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        at = text[mark.index : mark.index + 1] if mark else ""
        raise DocumentError(Problem(_yaml_message(error, at), place)) from None
    except yaml.YAMLError as error:
        raise DocumentError(_forbidden(error, text, file)) from None


def _forbidden(error: yaml.YAMLError, text: str, file: str) -> Problem:
    """The problem of a character that YAML does not know, such as a terminal's escape."""
    character = getattr(error, "character", None)
    character = chr(character) if isinstance(character, int) else character
    if not isinstance(character, str) or character not in text:
        return Problem("holds a character that YAML does not allow", Place(file))
    message = f"a character that YAML does not allow stands here (U+{ord(character):04X})"
    return Problem(message, _end_of(text[: text.index(character)], file))


def _yaml_message(error: yaml.MarkedYAMLError, at: str) -> str:
    """What the parser found, in words; `at` is the character that it stopped at."""
    problem = error.problem or "broken"
    if at == "\t" or "tab" in problem:
        return "a tab indents this line: YAML wants spaces"
    if at in ("@", "`"):
        return f"this is not YAML: {at!r} cannot start a value"
    context = f" ({error.context})" if error.context else ""
    advice = ": a value that begins with | or > goes in quotes" if "block scalar" in context else ""
    return f"this is not YAML: {problem}{context}{advice}"


class _Builder:
    """Builds the tree from the parser's events, without recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.stack: list[tuple[Block | Series, Text | None]] = []
        self.root: Node | None = None
        self.nodes = 0
        self.faults = _Faults()

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
        self.faults.settle(self.root)
        return self.root

    def fault(self, message: str, place: Place, key: Text | None = None) -> None:
        """Notes what is wrong under the present top key (or under `key`, at the top)."""
        top = self.stack[0][1] if self.stack else None
        self.faults.note(Problem(message, place), top or (key if len(self.stack) == 1 else None))

    def node(self, event: Any) -> None:
        place = self.place(event)
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise DocumentError(Problem(f"the file holds more than {MAX_NODES} values", place))
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            name = f"{'*' if isinstance(event, yaml.AliasEvent) else '&'}{shortened(event.anchor)}"
            self.fault(f"{name!r} is an alias or anchor, which is not used here: write it out", place)
        if isinstance(event, yaml.AliasEvent):
            self.add(Text("", place))
            return
        if event.tag is not None and event.tag != "!":
            self.fault(f"the tag {shortened(event.tag)!r} is not used here: leave it out", place)
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
                self.fault(f"a key is a word, not {describe_node(node)}", node.place)
                node = Text("", node.place)
            elif node in parent:
                first = next(k.place.line for k in parent if k == node)
                message = f"{shortened(node)!r} stands here a second time (first on line {first})"
                self.fault(message, node.place, node)
            self.stack[-1] = (parent, node)
        else:
            parent[key] = node
            self.stack[-1] = (parent, None)


class _Faults:
    """What is wrong in a file that can be read as a whole, by the top key that it stands under."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.spoiled: dict[str, list[Problem]] = {}
        self.everywhere = False

    def note(self, problem: Problem, key: str | None) -> None:
        """Adds a problem; one under no key spoils the whole file, and so do too many."""
        self.problems.append(problem)
        if len(self.problems) >= MAX_PROBLEMS:
            raise DocumentError(*self.problems)
        if key is None:
            self.everywhere = True
        else:
            self.spoiled.setdefault(str(key), []).append(problem)

    def settle(self, root: Node) -> None:
        """Raises `DocumentError` if anything was noted."""
        if self.problems:
            by_key = {key: tuple(problems) for key, problems in self.spoiled.items()}
            rest = Rest(root, by_key) if isinstance(root, Block) and not self.everywhere else None
            raise DocumentError(*self.problems, rest=rest)


def read_json(data: bytes, file: str) -> Node:
    """One JSON document as the same kind of tree; numbers keep their text.

    Raises:
        DocumentError: for broken JSON, duplicate keys, nesting or size beyond the limits.
    """
    text = decoded(data, file)
    place = Place(file)

    def block(pairs: list[tuple[str, Any]]) -> _Pairs:
        return _Pairs(pairs)

    def plain(number: str) -> Text:
        return Text(number, place)

    if not text.strip():
        raise DocumentError(Problem("the file is empty", place))
    try:
        raw = json.loads(text, object_pairs_hook=block, parse_int=plain, parse_float=plain, parse_constant=plain)
    except json.JSONDecodeError as error:
        raise DocumentError(Problem(f"this is not JSON: {error.msg}", Place(file, error.lineno, error.colno))) from None
    except RecursionError:
        raise DocumentError(Problem(f"nested more than {MAX_DEPTH} deep", place)) from None
    tree = _JsonTree(place)
    root = tree.node(raw, 0, None)
    tree.faults.settle(root)
    return root


class _Pairs(list[tuple[str, Any]]):
    """The pairs of a JSON object, some keys perhaps twice."""


class _JsonTree:
    """The tree of what the JSON parser gives."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.nodes = 0
        self.faults = _Faults()

    def node(self, raw: Any, depth: int, top: str | None) -> Node:
        """A value `depth` levels down, under the top key `top`."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise DocumentError(Problem(f"the file holds more than {MAX_NODES} values", self.place))
        if depth > MAX_DEPTH:
            raise DocumentError(Problem(f"nested more than {MAX_DEPTH} deep", self.place))
        if isinstance(raw, Text):
            return raw
        if isinstance(raw, str):
            return Text(raw, self.place, quoted=True)
        if isinstance(raw, _Pairs):
            return self.block(raw, depth, top)
        if isinstance(raw, list):
            items = Series(self.place)
            items.extend(self.node(value, depth + 1, top) for value in raw)
            return items
        return Text("null" if raw is None else "true" if raw else "false", self.place)

    def block(self, pairs: _Pairs, depth: int, top: str | None) -> Block:
        result = Block(self.place)
        for key, value in pairs:
            if key in result:
                problem = Problem(f"{shortened(key)!r} stands twice in one object", self.place)
                self.faults.note(problem, top if depth else key)
            result[Text(key, self.place)] = self.node(value, depth + 1, top if depth else key)
        return result
