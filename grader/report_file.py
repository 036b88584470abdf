"""A report in JSON, read back: a file that anybody may have changed, so everything in it is looked at first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.errors import SubmissionError
from grader.reports.json import SCHEMA_VERSION

MAX_REPORT_BYTES = 1 << 26
"""Size of a report that is read."""

MAX_REPORT_DEPTH = 50
"""Lists and mappings in one another; no report has so many."""


class _RecordedPart(BaseModel):
    """Keys that are not named here are not looked at."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class RecordedMarks(_RecordedPart):
    """The grader's marks where a person gave others; None: the grader had none."""

    points: float | None
    as_: str = Field(alias="as")


class RecordedOverride(_RecordedPart):
    """What a person decided."""

    by: str
    graded: RecordedMarks


class RecordedLateness(_RecordedPart):
    """What was taken for lateness."""

    taken: float = Field(ge=0, allow_inf_nan=False)


class RecordedCheck(_RecordedPart):
    """A rubric line, with points rounded to 6 places; `evidence` has a `kind`, and other keys that depend on it."""

    name: str
    points: float
    max_points: float
    outcome: str
    evidence: dict[str, Any]
    unproved: bool = False
    override: RecordedOverride | None = None


class RecordedQuestion(_RecordedPart):
    """A question as a report has it; `weights` are empty where its answer is none of these."""

    id: str
    title: str
    points: float
    max_points: float
    status: str
    checks: list[RecordedCheck]
    weights: dict[str, Any] = Field(default_factory=dict)
    certificate: dict[str, Any] | None = None
    override: RecordedOverride | None = None
    excused: str = ""

    @property
    def is_decided(self) -> bool:
        """Whether a person decided of it as a whole, so that none of its lines count."""
        return self.override is not None or self.excused != ""


class RecordedReport(_RecordedPart):
    """A report as it was written."""

    schema_: int = Field(alias="schema")
    assignment: str
    submission: str
    points: float
    max_points: float
    pending_points: float
    questions: list[RecordedQuestion]
    lateness: RecordedLateness | None = None
    variants_of: str = ""

    @property
    def late_points(self) -> float:
        """The points that were taken for lateness."""
        return self.lateness.taken if self.lateness is not None else 0


def read_report(path: Path) -> RecordedReport:
    """The report in a file.

    Raises:
        SubmissionError: if it is none, or larger than any.
    """
    data = _read(path)
    try:
        report = RecordedReport.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise SubmissionError(f"{path.name}: this is no report of `--format json`: {where}: {first['msg']}") from None
    if report.schema_ != SCHEMA_VERSION:
        raise SubmissionError(f"{path.name}: a report of schema {report.schema_}, not of {SCHEMA_VERSION}")
    return report


def _read(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_REPORT_BYTES + 1)
    except OSError as error:
        raise SubmissionError(f"{path.name}: cannot be read: {error.strerror}") from None
    if len(raw) > MAX_REPORT_BYTES:
        raise SubmissionError(f"{path.name}: a report has {MAX_REPORT_BYTES >> 20} MiB at most")
    try:
        data = json.loads(raw, object_pairs_hook=_without_repeats, parse_constant=_refused)
        if _is_too_deep(data):
            raise RecursionError
        return data
    except RecursionError:
        raise SubmissionError(f"{path.name}: this is no report: it is nested too deeply") from None
    except ValueError as error:  # not JSON, not text, a key twice, a number of too many digits
        raise SubmissionError(f"{path.name}: this is no report of `--format json`: {error}") from None


def _is_too_deep(data: Any) -> bool:
    level = [data]
    for _ in range(MAX_REPORT_DEPTH):
        level = [part for one in level if isinstance(one, (dict, list)) for part in _parts(one)]
    return bool(level)


def _parts(one: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return one.values() if isinstance(one, dict) else one


def _without_repeats(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands in it twice")
    return found


def _refused(text: str) -> None:
    raise ValueError(f"{text} is no number")
