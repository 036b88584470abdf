"""Readers' marks for written answers: `marks.yaml`, a list with an entry for each answer that somebody has read.

```yaml
- submission: kim
  question: q2
  met:
  - no notion of similarity
  points: 15
  note: The second half is missing.
  reader: first reader
  rubric: 2f1c0e5b9d
  answer: 7a90b1c3d4
```

`met` names points of the rubric, `[]` for none; with nothing behind it the answer was not read yet, and waits. `points`
adjusts what they give together. `rubric` and `answer` are fingerprints of what was read, by which a later run sees what
has changed since. `second` has what other readers found, which changes no mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.deferred import dataclass
from grader.documents import DocumentError, MappingNode, Node, ScalarNode, SequenceNode, describe_node, read_yaml
from grader.errors import Problem, SourceLocation, SpecError, did_you_mean, listed
from grader.spec.course import lies_inside
from grader.verdict import points_in_words

if TYPE_CHECKING:
    from grader.kinds.written.marks_models import FindingModel, MarkModel

MAX_MARKS_BYTES = 16 << 20
MAX_MARKS_NODES = 1_000_000
"""Keys, values and lists in a file of marks: more than a class of 5,000 with ten written questions has."""


@dataclass(frozen=True)
class Mark:
    """The points of the rubric that an answer meets, as one reader has found.

    `points` are what the reader gives in the place of what these are worth (None: as the rubric says). `rubric` and
    `answer` are fingerprints of what was read; "" in an entry that was written by hand.
    """

    met: tuple[str, ...]
    note: str
    reader: str
    places: tuple[SourceLocation, ...] = field(compare=False, default=())
    place: SourceLocation | None = field(compare=False, default=None)
    """Where its question is named."""
    submission: SourceLocation | None = field(compare=False, default=None)
    """Where its submission is named."""
    points: Fraction | None = None
    rubric: str = ""
    answer: str = ""
    points_place: SourceLocation | None = field(compare=False, default=None)


Marks = Mapping[tuple[str, str], Mark]
"""By submission and question."""


class MarksOfFile(dict[tuple[str, str], Mark]):
    """The marks of a file, which also finds those of a submission without looking at all of them."""

    @cached_property
    def by_submission(self) -> Mapping[str, list[tuple[str, Mark]]]:
        found: dict[str, list[tuple[str, Mark]]] = {}
        for (submission, question), mark in self.items():
            found.setdefault(submission, []).append((question, mark))
        return found


def marks_of(marks: Marks, submission: str) -> Sequence[tuple[str, Mark]]:
    """The marks of a submission by question, in their order."""
    if isinstance(marks, MarksOfFile):
        return marks.by_submission.get(submission, [])
    return [(question, mark) for (name, question), mark in marks.items() if name == submission]


@dataclass(frozen=True)
class MarksEntry:
    """An entry of the file: the mark that counts (None: nobody has given one yet), and what other readers found."""

    submission: str
    question: str
    mark: Mark | None
    second: tuple[Mark, ...] = ()
    place: SourceLocation | None = field(compare=False, default=None)
    """Where its submission is named."""

    @property
    def key(self) -> tuple[str, str]:
        """The submission and the question."""
        return self.submission, self.question


def mark_facts(mark: Mark | None) -> Any:
    """What a reader's mark says, as JSON has it."""
    if mark is None:
        return None
    points = None if mark.points is None else str(mark.points)
    said = [str(mark.note), str(mark.reader), points, str(mark.rubric), str(mark.answer)]
    return [list(map(str, mark.met)), *said]


def mark_from(facts: Any) -> Mark | None:
    """The mark of what `mark_facts` has made."""
    if facts is None:
        return None
    met, note, reader, points, rubric, answer = facts
    return Mark(
        tuple(met), note, reader, points=None if points is None else Fraction(points), rubric=rubric, answer=answer
    )


def refuse_marks(path: Path | None, submissions: Iterable[Path]) -> None:
    """Raises `SpecError` for a file of marks in a submission that is graded: a student may have written it."""
    if path is None:
        return
    for submission in submissions:
        if lies_inside(path, submission):
            raise SpecError(
                f"--marks {path}: lies in the submission {submission.name}, and a student may have put it there; "
                "name a reader's file that lies outside of it"
            )


def load_marks(path: Path) -> MarksOfFile:
    """The marks of a file that count.

    Raises:
        SpecError: with every problem, each at its place.
    """
    entries = entries_in(marks_document(read_marks_file(path), path.name))
    return MarksOfFile({entry.key: entry.mark for entry in entries if entry.mark is not None})


def read_marks_file(path: Path) -> bytes:
    """The bytes of a file of marks.

    Raises:
        SpecError: if it cannot be read, or is too large.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_MARKS_BYTES + 1)
    except OSError as error:
        raise SpecError(Problem(f"cannot be read: {error.strerror}", SourceLocation(path.name))) from None
    if len(data) > MAX_MARKS_BYTES:
        raise SpecError(Problem(f"is larger than {MAX_MARKS_BYTES} bytes", SourceLocation(path.name)))
    return data


def marks_document(data: bytes, file: str) -> SequenceNode:
    """The list that a file of marks is; an empty one where nothing but comments stands in it.

    Raises:
        SpecError: if it is no list, or no YAML.
    """
    if all(map(_says_nothing, data.removeprefix(b"\xef\xbb\xbf").splitlines())):
        return SequenceNode(SourceLocation(file, 1, 1))
    try:
        root: Node = read_yaml(data, file, MAX_MARKS_NODES)
    except DocumentError as error:
        raise SpecError(*error.problems) from None
    if not isinstance(root, SequenceNode):
        raise SpecError(Problem(f"marks are a list, one entry an answer, not {describe_node(root)}", root.place))
    return root


def _says_nothing(line: bytes) -> bool:
    """Whether a line is blank, a comment, or the beginning or end of a document, as files without a mark have it."""
    said = line.partition(b" #")[0].strip()
    return said in (b"", b"---", b"...") or said.startswith((b"#", b"%YAML"))


def entries_in(root: SequenceNode) -> list[MarksEntry]:
    """The entries of a file of marks in their order.

    Raises:
        SpecError: with every problem, each at its place.
    """
    from grader.kinds.written.marks_models import MarksModel
    from grader.spec.problems import read_model

    unread = {id(node) for node in root if _is_unread(node)}
    model, problems = read_model(MarksModel, _without_unread(root))
    if model is None:
        raise SpecError(*problems)
    entries: dict[tuple[str, str], MarksEntry] = {}
    for node, entry in zip(root, model.root, strict=True):
        key = str(entry.submission), str(entry.question)
        problems += _faults(entry, node, is_unread=id(node) in unread)
        if key in entries:
            problems.append(Problem(f"{key[0]}, {key[1]}: marked a second time", entry.submission.place))
        mark = _mark(entry, entry, node) if entry.met is not None else None
        nodes = node.lookup("second") or ()
        second = tuple(_mark(found, entry, below) for found, below in zip(entry.second or (), nodes, strict=True))
        entries[key] = MarksEntry(*key, mark, second, entry.submission.place)
    if problems:
        raise SpecError(*problems)
    return list(entries.values())


def _is_unread(node: Node) -> bool:
    """Whether nothing stands behind `met:`, as in an entry that is to be filled in."""
    met = node.lookup("met") if isinstance(node, MappingNode) else None
    return isinstance(met, ScalarNode) and met.blank


def _without_unread(root: SequenceNode) -> SequenceNode:
    """The same entries, without each `met:` that says nothing."""
    found = SequenceNode(root.place)
    for node in root:
        if _is_unread(node):
            node = MappingNode(node.place, {key: value for key, value in node.items() if key != "met"})
        found.append(node)
    return found


def _faults(entry: MarkModel, node: Any, *, is_unread: bool) -> Iterator[Problem]:
    """What is wrong with an entry by itself."""
    if entry.met is None and not entry.second and not is_unread:
        yield Problem("needs a 'met': the points of the rubric that the answer makes, [] for none", node.place)
    elif entry.met is None and (keys := [key for key in ("points", "note") if getattr(entry, key) is not None]):
        yield Problem(f"has {listed(keys)} without a 'met': the points of the rubric that the answer makes", node.place)
    readers: list[str] = []
    for found, below in zip(entry.second or (), node.lookup("second") or (), strict=True):
        if found.met is None:
            yield Problem("second: needs a 'met': the points of the rubric that the answer makes", below.place)
        if found.reader is None or not found.reader.strip():
            yield Problem("second: needs a 'reader': whose finding it is", below.place)
        elif found.reader in readers:
            yield Problem(f"second: {str(found.reader)!r} has two findings", found.reader.place)
        readers.append(str(found.reader))


def _mark(found: FindingModel, entry: MarkModel, node: Any) -> Mark:
    met = dict.fromkeys(found.met or ())
    points = node.lookup("points")
    return Mark(
        tuple(map(str, met)),
        str(found.note or ""),
        str(found.reader or ""),
        tuple(name.place for name in met),
        entry.question.place,
        entry.submission.place,
        found.points,
        str(found.rubric or ""),
        str(found.answer or ""),
        points.place if isinstance(points, ScalarNode) else None,
    )


def not_in_rubric(point: str, question: str, points: Sequence[str]) -> str:
    """What is said of a point that a reader names and the rubric does not have."""
    advice = did_you_mean(point, points) or f" ({listed(map(repr, points))} are)"
    return f"{point!r} is not in the rubric of {question}{advice}"


def more_than_there_are(points: Fraction, question: str, most: Fraction) -> str:
    """What is said of points that a reader gives and the rubric does not have."""
    return f"{points_in_words(points)} points are more than {question} is worth: {points_in_words(most)}"
