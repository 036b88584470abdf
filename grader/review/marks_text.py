"""The text of a file of marks in pieces, one an entry: the entry that changes is written anew, all else stays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from grader.classroom.override_file import PointsDumper, points_in_yaml
from grader.documents import SequenceNode
from grader.errors import HarnessError, Problem, SourceLocation, SpecError
from grader.kinds.written.marks import Mark, MarksEntry, entries_in, marks_document
from grader.spec.schema_comment import schema_comment

HEADER = "# Readers' marks: the points of the rubric that each answer makes."
"""What a new file begins with."""

BYTE_ORDER_MARK = "\ufeff"
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")

_LINES = re.compile(r"[^\n\r\x85\u2028\u2029]*(?:\r\n|[\n\r\x85\u2028\u2029]|\Z)")
"""Lines as YAML counts them."""

_DASH = re.compile(r"( *)-(?= |\r?\n|\Z)")
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True)
class EntryText:
    """An entry as it stands in the file, and what stands between it and the next one."""

    entry: MarksEntry
    text: str
    gap: str = ""


@dataclass(frozen=True)
class MarksText:
    """A file of marks: what stands before the first entry, and the entries in their order."""

    file: str
    head: str
    entries: tuple[EntryText, ...]
    indent: str = ""
    newline: str = "\n"

    @property
    def data(self) -> bytes:
        """The bytes of the file."""
        parts = [self.head, *(part for entry in self.entries for part in (entry.text, entry.gap))]
        return "".join(parts).encode("utf-8", "surrogatepass")

    def with_entries(self, entries: Iterable[MarksEntry]) -> MarksText:
        """The file with entries, each in the place of the one of that answer; without those that say nothing.

        A new one stands behind those of submissions and questions before it, so that the same marks make the same file
        whoever gave them first.
        """
        pieces, changes = list(self.entries), {entry.key: entry for entry in entries}
        head = self.head
        for at in reversed(range(len(pieces))):
            new, gap = changes.pop(pieces[at].entry.key, None), pieces[at].gap
            if new is None:
                continue
            if new.mark is not None or new.second:
                pieces[at] = EntryText(new, self._written(new), gap)
                continue
            del pieces[at]
            if at:
                pieces[at - 1] = replace(pieces[at - 1], gap=pieces[at - 1].gap + gap)
            else:
                head += gap
        new_entries = [entry for entry in changes.values() if entry.mark is not None or entry.second]
        head = head if pieces else _comments(head)
        return replace(self, head=head, entries=tuple(pieces))._with_new(new_entries)

    def _with_new(self, entries: Sequence[MarksEntry]) -> MarksText:
        """The file with entries of answers that it has none of."""
        if not entries:
            return self
        pieces, head = list(self.entries), self.head
        orders = [_order(piece.entry) for piece in pieces]
        for entry in entries:
            order = _order(entry)
            at = next((i for i in reversed(range(len(orders))) if orders[i] <= order), -1) + 1
            gap = ""
            if at:
                last = pieces[at - 1]
                pieces[at - 1], gap = replace(last, text=_ended(last.text, self.newline), gap=""), last.gap
            pieces.insert(at, EntryText(entry, self._written(entry), gap))
            orders.insert(at, order)
        head = head if head.strip(BYTE_ORDER_MARK) else f"{head}{HEADER}{self.newline}"
        return replace(self, head=_ended(head, self.newline), entries=tuple(pieces))

    def _written(self, entry: MarksEntry) -> str:
        """An entry in lines, which are read back to see that they say what they should."""
        lines = entry_lines(entry)
        text = "".join(f"{self.indent}{line}{self.newline}" for line in lines)
        try:
            read = entries_in(marks_document(text.encode("utf-8", "surrogatepass"), self.file))
        except SpecError:
            read = []
        if read != [entry]:
            raise HarnessError(f"{self.file}: the mark of {entry.submission} cannot be written: {lines}")
        return text


def new_head(path: Path) -> bytes:
    """What a new file begins with; nothing where the usual header alone will do."""
    comment = schema_comment(path, "marks")
    return f"{comment}{HEADER}\n".encode() if comment else b""


def marks_text(data: bytes, file: str) -> MarksText:
    """The bytes of a file of marks in pieces.

    Raises:
        SpecError: if it cannot be used, or is written so that no entry can be told from the next by its lines.
    """
    root = marks_document(data, file)
    entries = entries_in(root)
    if data.startswith(UTF_16_MARKS):
        raise SpecError(Problem("is UTF-16, which is read but not written: save it as UTF-8", SourceLocation(file)))
    whole = data.decode("utf-8")
    text = whole.removeprefix(BYTE_ORDER_MARK)
    lines = _whole_lines(text)
    newline = "\r\n" if "\r\n" in text else "\n"
    if not entries:
        return MarksText(file, _comments(whole), (), newline=newline)
    spans = list(_spans(text, lines, root, file))
    ends = [*(start for start, _ in spans[1:]), len(lines)]
    pieces = tuple(
        EntryText(entry, "".join(lines[start:end]), "".join(lines[end:until]))
        for entry, (start, end), until in zip(entries, spans, ends, strict=True)
    )
    found = _DASH.match(lines[spans[0][0]])
    head = whole[: len(whole) - len(text)] + "".join(lines[: spans[0][0]])
    return MarksText(file, head, pieces, found[1] if found else "", newline)


def _ended(text: str, newline: str) -> str:
    """The text with an end of its last line."""
    return text if text[-1:] in ("", "\n", "\r") else f"{text}{newline}"


def _whole_lines(text: str) -> list[str]:
    return [found[0] for found in _LINES.finditer(text)]


def _comments(text: str) -> str:
    """What is kept of a text without entries: comments, and not the beginning or end of a document or `[]`."""
    lines = _whole_lines(text.removeprefix(BYTE_ORDER_MARK))
    before = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""
    return before + "".join(line for line in lines if not line.strip() or line.lstrip().startswith("#"))


def _spans(text: str, lines: list[str], root: SequenceNode, file: str) -> Iterator[tuple[int, int]]:
    """The first line of each entry, and the one behind its last; lines count from 0."""
    before = 0
    for node, last in zip(root, _last_lines(text), strict=True):
        start = node.place.line - 1
        while start > before and not _DASH.match(lines[start]):  # a dash alone stands on a line above
            start -= 1
        found = _DASH.match(lines[start])
        if found is None or (start < before and before):
            wanted = "wanted is a list without brackets, each entry on lines of its own that begin with `- `"
            raise SpecError(Problem(f"cannot be added to as it is written: {wanted}", node.place))
        while last > start and not lines[last].strip():
            last -= 1
        before = last + 1
        yield start, before


def _last_lines(text: str) -> Iterator[int]:
    """By entry the line, counted from 0, in which the last of its values ends."""
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    depth, last = 0, 0
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
            assert event.start_mark is not None
            assert event.end_mark is not None
            if event.end_mark.index > event.start_mark.index:  # a bracket; a block ends where the next thing starts
                last = event.end_mark.line
            if depth == 1:
                yield last
        elif isinstance(event, yaml.ScalarEvent):
            assert event.end_mark is not None
            is_block = event.style in ("|", ">")
            last = event.end_mark.line - 1 if is_block and event.end_mark.column == 0 else event.end_mark.line


def _order(entry: MarksEntry) -> tuple[Any, ...]:
    return (*map(_natural, entry.key), entry.key)


def _natural(name: str) -> list[tuple[int, str]]:
    """A name with its numbers as numbers: `q2` before `q10`."""
    parts = _DIGITS.split(name.lower())
    return [(int(part[:18]), "") if i % 2 else (0, part) for i, part in enumerate(parts)]


# ------------------------------------------------------------- an entry in lines
def entry_lines(entry: MarksEntry) -> list[str]:
    """The lines of an entry, without the ends of lines."""
    second = [{"reader": mark.reader, **_finding(mark)} for mark in entry.second]
    mark = entry.mark
    said: dict[str, Any] = {"submission": entry.submission, "question": entry.question}
    if mark is not None:
        said |= _finding(mark)
    said |= {"second": second} if second else {}
    written = yaml.dump(said, Dumper=_MarksDumper, sort_keys=False, allow_unicode=True, width=1 << 20)
    first, *others = written.strip("\n").split("\n")
    return [f"- {first}", *(f"  {line}" if line else "" for line in others)]


def _finding(mark: Mark) -> Mapping[str, Any]:
    """What is said of a mark, without what says nothing."""
    said = {
        "met": list(mark.met),
        "points": None if mark.points is None else points_in_yaml(mark.points),
        "note": mark.note,
        "reader": mark.reader,
        "rubric": mark.rubric,
        "answer": mark.answer,
    }
    return {key: value for key, value in said.items() if key == "met" or value not in (None, "")}


class _MarksDumper(PointsDumper):
    """Writes an entry so that each line of a comparison of two versions is about one thing."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    """A text of several plain lines as a block of them; one with signs that cannot be seen in double quotes."""
    lines = value.split("\n")
    is_plain = all(line.isprintable() and line == line.rstrip() for line in lines) and not value.startswith((" ", "\n"))
    style = None if value.isprintable() else "|" if is_plain and lines[-1] else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_MarksDumper.add_representer(str, _text)
