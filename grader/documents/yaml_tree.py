"""YAML as a tree, made of what its parser meets."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import yaml

from grader.documents.tree import (
    BLANK_TEXTS,
    MAX_DOCUMENT_DEPTH,
    DocumentError,
    Faults,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    describe_node,
    end_of,
    shortened,
    split_number,
)
from grader.errors import Problem, SourceLocation

SCALAR_EVENT = yaml.ScalarEvent
NODE_EVENTS = frozenset((SCALAR_EVENT, yaml.MappingStartEvent, yaml.SequenceStartEvent, yaml.AliasEvent))
END_EVENTS = frozenset((yaml.MappingEndEvent, yaml.SequenceEndEvent))
QUOTES, BLOCKS = ("'", '"'), ("|", ">")
"""Styles of a scalar."""


def yaml_tree(text: str, file: str, first_line: int, most_nodes: int) -> Node:
    """What `read_yaml_text` gives; it raises what that does."""
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _built(text, file, loader, first_line, most_nodes)
    except yaml.MarkedYAMLError as error:
        if "nesting depth" not in (error.problem or "") or loader is yaml.SafeLoader:
            raise _broken(error, text, file, first_line) from None
    # libyaml's own limit (1000; since 0.2.6) is met while it looks ahead, before it says where the 40th is
    try:
        return _built(text, file, yaml.SafeLoader, first_line, most_nodes)
    except (yaml.MarkedYAMLError, RecursionError) as error:
        if isinstance(error, yaml.MarkedYAMLError):
            raise _broken(error, text, file, first_line) from None
        raise DocumentError(Problem(f"nested more than {MAX_DOCUMENT_DEPTH} deep", SourceLocation(file))) from None


def _built(text: str, file: str, loader: Any, first_line: int, most_nodes: int) -> Node:
    try:
        parser = loader(text)
        try:
            return _TreeBuilder(text, file, first_line, most_nodes).build(iter(parser.get_event, None))
        finally:
            parser.dispose()
    except yaml.MarkedYAMLError:
        raise
    except yaml.YAMLError as error:
        raise DocumentError(_forbidden(error, text, file, first_line)) from None


def _broken(error: yaml.MarkedYAMLError, text: str, file: str, first_line: int) -> DocumentError:
    """The problem at which the parser stopped, at its place."""
    mark = error.problem_mark or error.context_mark
    if mark and error.context_mark and "end of stream" in (error.problem or ""):  # what is open began elsewhere
        mark = error.context_mark
    place = SourceLocation(file, mark.line + first_line, mark.column + 1) if mark else SourceLocation(file)
    at = text[mark.index : mark.index + 1] if mark else ""
    return DocumentError(Problem(_yaml_message(error, at), place))


def _forbidden(error: yaml.YAMLError, text: str, file: str, first_line: int) -> Problem:
    """The problem of a character that YAML does not know, such as a terminal's escape."""
    character = getattr(error, "character", None)
    character = chr(character) if isinstance(character, int) else character
    if not isinstance(character, str) or character not in text:
        return Problem("holds a character that YAML does not allow", SourceLocation(file))
    message = f"a character that YAML does not allow stands here (U+{ord(character):04X})"
    place = end_of(text[: text.index(character)], file)
    return Problem(message, SourceLocation(file, place.line + first_line - 1, place.column))


def _yaml_message(error: yaml.MarkedYAMLError, at: str) -> str:
    """What the parser found, in words; `at` is the character that it stopped at."""
    from grader.documents.advice import QUOTING_ADVICE

    problem = error.problem or "broken"
    if at == "\t" or "tab" in problem:
        return "a tab indents this line: YAML wants spaces"
    if at in ("@", "`"):
        return f"this is not YAML: {at!r} cannot start a value"
    context = f" ({error.context})" if error.context else ""
    advice = next((text for part, text in QUOTING_ADVICE.items() if part in f"{problem}{context}"), "")
    return f"this is not YAML: {problem}{context}{advice}"


class _TreeBuilder:
    """Builds the tree from the parser's events, without recursion; these are of the parser's own classes alone."""

    def __init__(self, text: str, file: str, first_line: int, most_nodes: int) -> None:
        self.text = text
        self.most_nodes = most_nodes
        self.file = file
        self.first_line = first_line
        self.key_end = 0
        self.stack: list[tuple[MappingNode | SequenceNode, ScalarNode | None]] = []
        self.root: Node | None = None
        self.has_blanks = False
        self.faults = Faults()

    def place(self, event: Any) -> SourceLocation:
        return SourceLocation(self.file, event.start_mark.line + self.first_line, event.start_mark.column + 1)

    def build(self, events: Iterator[Any]) -> Node:
        documents = nodes = 0
        for event in events:
            kind = type(event)
            if kind in NODE_EVENTS:
                start = event.start_mark
                place = SourceLocation(self.file, start.line + self.first_line, start.column + 1)
                nodes += 1
                if nodes > self.most_nodes:
                    raise DocumentError(Problem(f"the file holds more than {self.most_nodes} values", place))
                if kind is SCALAR_EVENT and event.anchor is None and event.tag is None:
                    self.scalar(event, place, start.line)
                else:
                    self.node(event, kind, place)
            elif kind in END_EVENTS:
                self.close()
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise DocumentError(Problem("a second document starts here: keep one a file", self.place(event)))
        if self.root is None or (isinstance(self.root, ScalarNode) and self.root.blank):
            raise DocumentError(Problem("the file is empty", SourceLocation(self.file)))
        self.faults.settle(self.root)
        return self.root

    def fault(self, message: str, place: SourceLocation, key: ScalarNode | None = None) -> None:
        """Notes what is wrong under the present top key (or under `key`, at the top)."""
        top = self.stack[0][1] if self.stack else None
        self.faults.note(Problem(message, place), top or (key if len(self.stack) == 1 else None))

    def node(self, event: Any, kind: type, place: SourceLocation) -> None:
        is_alias = kind is yaml.AliasEvent
        if is_alias or event.anchor is not None:
            name = f"{'*' if is_alias else '&'}{shortened(event.anchor)}"
            self.fault(
                f"{name!r} is an alias or anchor, which is not used here: write it out{self.or_in_quotes()}", place
            )
        if is_alias:
            self.has_blanks = True
            self.add(ScalarNode("", place))
            return
        if event.tag is not None and event.tag != "!":
            self.fault(f"the tag {shortened(event.tag)!r} is not used here: leave it out{self.or_in_quotes()}", place)
        if kind is SCALAR_EVENT:
            self.scalar(event, place, event.start_mark.line)
            return
        if len(self.stack) >= MAX_DOCUMENT_DEPTH:
            raise DocumentError(Problem(f"nested more than {MAX_DOCUMENT_DEPTH} deep", place))
        self.stack.append((MappingNode(place) if kind is yaml.MappingStartEvent else SequenceNode(place), None))

    def or_in_quotes(self) -> str:
        """Advice for a formula or a text that happens to begin with a sign of YAML's."""
        return ", or put it in quotes" if len(self.stack) == 1 else ""

    def scalar(self, event: Any, place: SourceLocation, line: int) -> None:
        """Takes a text, which begins on a line of the parser's."""
        value, style, end = event.value, event.style, event.end_mark
        is_single = end.line == line
        if not style:
            if value in BLANK_TEXTS:
                self.has_blanks = True
                if not value:
                    self.without_colon(event)
            self.key_end = end.index
            self.add(ScalarNode(value, place, False, 0 if is_single else None))
            return
        self.key_end = end.index
        is_quoted = style in QUOTES
        offset = (1 if is_quoted else 0) if is_single and style not in BLOCKS else None
        self.add(ScalarNode(value, place, is_quoted, offset, style == '"'))

    def without_colon(self, event: Any) -> None:
        """Notes the key whose value was left out together with its colon, as in `{a, b}` and `{W1:1}`."""
        parent, key = self.stack[-1] if self.stack else (None, None)
        between = self.text[self.key_end : event.start_mark.index]
        if isinstance(parent, MappingNode) and key is not None and ":" not in between:
            parent.without_colon.append(key)

    def close(self) -> None:
        node, _ = self.stack[-1]
        if self.has_blanks and isinstance(node, MappingNode):  # a decimal comma leaves one behind it
            for (key, value), (rest, nothing) in pairwise(list(node.items())):
                if isinstance(nothing, ScalarNode) and nothing.blank and (number := split_number(value, rest)):
                    self.decimal_comma(key, number, value.place)
        self.stack.pop()
        self.add(node)

    def decimal_comma(self, key: ScalarNode, number: str, place: SourceLocation) -> None:
        """Notes that a number has a decimal comma, which makes a value and another key of it: `{a: 1,5}`."""
        self.fault(f"{number} has a decimal comma: write {number.replace(',', '.')}", place, key)

    def add(self, node: Node) -> None:
        """Puts a finished node where it belongs: the root, the next item, a key or a key's value."""
        if not self.stack:
            self.root = node
            return
        parent, key = self.stack[-1]
        if isinstance(parent, SequenceNode):
            parent.append(node)
        elif key is None:
            if not isinstance(node, ScalarNode):
                self.fault(f"a key is a word, not {describe_node(node)}", node.place)
                node = ScalarNode("", node.place)
            elif node in parent and (number := split_number(last := next(reversed(parent.values())), node)):
                self.decimal_comma(next(reversed(parent)), number, last.place)
            elif node in parent:
                first = next(k.place.line for k in parent if k == node)
                message = f"{shortened(node)!r} stands here a second time (first on line {first})"
                self.fault(message, node.place, node)
            self.stack[-1] = (parent, node)
        else:
            if ")" in key and isinstance(node, ScalarNode) and node.blank and key.count(")") > key.count("("):
                message = f"a comma cuts {shortened(key)!r} off from what stands before it"
                self.fault(f"{message}: inside {{ }} a value that holds a comma goes in quotes", key.place)
            parent[key] = node
            self.stack[-1] = (parent, None)
