"""A reader's marks for written answers: `marks.yaml`, a list of submission, question, points met, note and reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from pathlib import Path

from grader.deferred import dataclass
from grader.documents import DocumentError, describe_node, read_yaml
from grader.errors import Problem, SourceLocation, SpecError, did_you_mean, listed
from grader.spec.course import lies_inside

MAX_MARKS_BYTES = 16 << 20


@dataclass(frozen=True)
class Mark:
    """The points of the rubric that an answer meets."""

    met: tuple[str, ...]
    note: str
    reader: str
    places: tuple[SourceLocation, ...] = field(compare=False, default=())
    place: SourceLocation | None = field(compare=False, default=None)
    """Where its question is named."""
    submission: SourceLocation | None = field(compare=False, default=None)
    """Where its submission is named."""


Marks = Mapping[tuple[str, str], Mark]
"""By submission and question."""


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


def load_marks(path: Path) -> dict[tuple[str, str], Mark]:
    """The marks of a file.

    Raises:
        SpecError: with every problem, each at its place.
    """
    from grader.kinds.written.marks_models import MarksModel
    from grader.spec.problems import read_model

    try:
        with path.open("rb") as file:
            data = file.read(MAX_MARKS_BYTES + 1)
        if len(data) > MAX_MARKS_BYTES:
            raise SpecError(Problem(f"is larger than {MAX_MARKS_BYTES} bytes", SourceLocation(path.name)))
        root = read_yaml(data, path.name)
    except OSError as error:
        raise SpecError(Problem(f"cannot be read: {error.strerror}", SourceLocation(path.name))) from None
    except DocumentError as error:
        raise SpecError(*error.problems) from None
    if not isinstance(root, list):
        raise SpecError(Problem(f"marks are a list, one entry an answer, not {describe_node(root)}", root.place))
    model, problems = read_model(MarksModel, root)
    if model is None:
        raise SpecError(*problems)
    marks: dict[tuple[str, str], Mark] = {}
    for entry in model.root:
        key = str(entry.submission), str(entry.question)
        if key in marks:
            problems.append(Problem(f"{key[0]}, {key[1]}: marked a second time", entry.submission.place))
        met = tuple(dict.fromkeys(map(str, entry.met)))
        places = tuple(name.place for name in dict.fromkeys(entry.met))
        note, reader = str(entry.note or ""), str(entry.reader or "")
        marks[key] = Mark(met, note, reader, places, entry.question.place, entry.submission.place)
    if problems:
        raise SpecError(*problems)
    return marks


def not_in_rubric(point: str, question: str, points: Sequence[str]) -> str:
    """What is said of a point that a reader names and the rubric does not have."""
    advice = did_you_mean(point, points) or f" ({listed(map(repr, points))} are)"
    return f"{point!r} is not in the rubric of {question}{advice}"
