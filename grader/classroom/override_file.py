"""Adding a decision to `overrides.yaml`: everything that stands in the file keeps its bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import yaml

from grader.atomic import write_file
from grader.classroom.overrides import faulty_decisions, first_problems, read_overrides
from grader.classroom.staff_decision import StaffDecision, both_decide
from grader.errors import Problem, SourceLocation, SpecError
from grader.spec.assignment import Assignment
from grader.spec.schema_comment import schema_comment
from grader.verdict import points_in_full

_FIRST_ENTRY = re.compile(r"^(?P<indent> *)-(?: |$)")


@dataclass(frozen=True)
class PointsDecision:
    """Points that a person gives for a question, or for a `line` of it ("": as a whole).

    It is about a submission, or about the one `student` ("": all) who handed it in.
    """

    submission: str
    question: str
    points: Fraction
    reason: str
    by: str
    line: str = ""
    student: str = ""

    @property
    def entry(self) -> str:
        """The entry of the file, in lines."""
        about = {"student": self.student} if self.student else {"submission": self.submission}
        line = {"line": self.line} if self.line else {}
        exact = points_in_yaml(self.points)
        said = {**about, "question": self.question, **line, "points": exact, "reason": self.reason, "by": self.by}
        written = yaml.dump(said, Dumper=_DecisionDumper, sort_keys=False, allow_unicode=True, width=1 << 20)
        return "- " + written.strip("\n").replace("\n", "\n  ")


def add_decision(path: Path, decision: PointsDecision, assignment: Assignment) -> SourceLocation:
    """Adds an entry at the end of the file, which is made where it is not there; says where the entry stands.

    The file is written whole or not at all.

    Raises:
        SpecError: if the file or the decision cannot be used, the same was decided before, or the file changed
            meanwhile; then it stays as it is.
    """
    before = _bytes_of(path)
    data, place = _with_entry(before or schema_comment(path, "overrides").encode(), decision, path.name)
    earlier, added = read_overrides(before, path.name), read_overrides(data, path.name)
    if [_facts(one) for one in added[:-1]] != [_facts(one) for one in earlier] or len(added) != len(earlier) + 1:
        raise _by_hand(decision, path.name)
    _refuse_repeated(earlier, added[-1], decision)
    problems = list(faulty_decisions(added[-1:], {assignment.id: assignment}, [assignment.id]))
    if problems:
        raise SpecError(*first_problems([Problem(problem.message) for problem in problems]))
    if _bytes_of(path) != before:
        raise SpecError(Problem("was changed just now: look at it, and decide again", SourceLocation(path.name)))
    try:
        write_file(path, data)
    except OSError as error:
        raise SpecError(Problem(f"cannot be written: {error.strerror}", SourceLocation(path.name))) from None
    return SourceLocation(path.name, place, 1)


def _bytes_of(path: Path) -> bytes:
    """What stands in the file; nothing where it is not there."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise SpecError(Problem(f"cannot be read: {error.strerror}", SourceLocation(path.name))) from None


def _with_entry(data: bytes, decision: PointsDecision, file: str) -> tuple[bytes, int]:
    """The bytes with the entry behind them, as far in as the others stand, and its line."""
    text = data.decode("utf-8", "surrogateescape")
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip("\ufeff \t").startswith("#")]
    entries = [line for line in lines if line.rstrip() not in ("---", "\ufeff---")]
    first = _FIRST_ENTRY.match(entries[0].lstrip("\ufeff")) if entries else None
    if entries and (first is None or entries[-1].rstrip() == "..."):
        raise _by_hand(decision, file)
    indent = first["indent"] if first else ""
    entry = newline.join(f"{indent}{line}" for line in decision.entry.split("\n")) + newline
    gap = "" if not text or text.endswith("\n") else newline
    place = (text + gap).count("\n") + 1
    return (text + gap + entry).encode("utf-8", "surrogateescape"), place


def _by_hand(decision: PointsDecision, file: str) -> SpecError:
    wanted = "wanted is a list, each entry on lines of its own"
    message = f"cannot be added to as it is written ({wanted}): add this to it by hand:\n{decision.entry}"
    return SpecError(Problem(message, SourceLocation(file)))


def _refuse_repeated(earlier: Sequence[StaffDecision], new: StaffDecision, decision: PointsDecision) -> None:
    """Raises `SpecError` where the file already decides the same of the same submission: two would contradict."""
    for other in earlier:
        names = {*map(str, other.submissions), *map(str, other.students)}
        if names & {decision.submission, decision.student} - {""} and (what := both_decide(new, other)):
            message = f"{what} was decided before {other.decided_by}: change it there"
            raise SpecError(Problem(message, other.place))


def _facts(decision: StaffDecision) -> tuple[object, ...]:
    return (decision, decision.place)


class _ExactPoints(str):
    """Points that are no whole number, which need no quotes."""


def points_in_yaml(points: Fraction) -> int | str:
    """Points for a `PointsDumper`."""
    return int(points) if points.denominator == 1 else _ExactPoints(points_in_full(points))


class PointsDumper(yaml.SafeDumper):
    """Writes points (`points_in_yaml`) without quotes."""


def _unquoted(dumper: yaml.SafeDumper, value: _ExactPoints) -> yaml.ScalarNode:
    kind = "str" if "/" in value else "float"
    return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", str(value))


PointsDumper.add_representer(_ExactPoints, _unquoted)


class _DecisionDumper(PointsDumper):
    """Writes values that lie on one line each."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    """A text of several lines, or with signs that cannot be seen, in double quotes."""
    style = '"' if "\n" in value or not value.isprintable() else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_DecisionDumper.add_representer(str, _text)
