"""A report checked anew: each question is graded again with what the report says in place of every search.

Words that break a line are run, certificates are checked, and the marks follow from that as they do when an answer is
graded. What the report says has to be what comes out. Lines that it neither proves nor refutes (they were sampled) are
decided as in grading. Answers that are no weights stand in no report: they are graded again from the submission.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from math import fsum
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from grader.answers.in_memory import InMemorySubmission
from grader.answers.submission import Submission
from grader.documents import MappingNode, Node, ScalarNode, SequenceNode
from grader.engines.engine import Broken
from grader.engines.recorded import RecordedEngine
from grader.errors import SourceLocation, SubmissionError
from grader.evidence import Certificate
from grader.grading import grade_question
from grader.kinds.open_submission import OpenSubmission, Resources
from grader.kinds.variants.own import students_assignment
from grader.kinds.weights.exact_texts import read_exact_word
from grader.kinds.weights.question import WeightsQuestion
from grader.report_file import RecordedCheck, RecordedQuestion, RecordedReport
from grader.reports.json import as_data
from grader.spec.assignment import Assignment
from grader.spec.question import Question
from grader.verdict import QuestionResult, Report

if TYPE_CHECKING:
    from grader.kinds.written.marks import Marks
    from grader.sandbox import Requirement

Verdict = Literal["holds", "differs", "unchecked", "decided"]
"""`decided`: a person gave these points, which no report can show; the grader's own marks beside them are checked."""

MAX_WORD_NUMBERS = 1 << 20
"""Numbers of all steps of an input in a report."""

COMPARED_KEYS = ("title", "status", "points", "max_points")
COMPARED_CHECK_KEYS = ("name", "points", "max_points", "outcome", "evidence", "unproved")


@dataclass(frozen=True)
class Verified:
    """What came of a line of a report (with its points there), or of a question or the whole (`line` empty)."""

    question: str
    line: str
    verdict: Verdict
    why: str
    points: float = 0


def verify(
    recorded: RecordedReport,
    assignment: Assignment,
    submission: Submission | None = None,
    require_sandbox: Requirement = "strict",
    marks: Marks | None = None,
) -> Iterator[Verified]:
    """What a report says, line by line, and whether it holds; the totals last.

    Without a `submission` the weights in the report are taken for what was handed in. The variants of questions are
    those of the student whom the report names.
    """
    assignment = students_assignment(assignment, recorded.variants_of)
    open_ = {question.id: question for question in assignment.questions}
    with closing(Resources()) as run:
        for question in recorded.questions:
            if question.id not in open_:
                there = (
                    "stands in it twice" if question.id in assignment.listed else "is no question of this assignment"
                )
                yield Verified(question.id, "", "differs", there, question.points)
                continue
            one = _Verification(as_graded(question), open_.pop(question.id), assignment)
            decided = list(_decided(question))
            of_people = {found.line for found in decided}
            for found in one.lines(submission, OpenedWith(run, require_sandbox, marks or {})):
                counts = not question.is_decided and (not found.line or found.line not in of_people)
                yield found if counts else replace(found, points=0)
            yield from decided
    for left in open_:
        yield Verified(left, "", "unchecked", "is not in this report")
    yield from _totals(recorded)


class OpenedWith(NamedTuple):
    """What a submission is opened with, beside the assignment."""

    run: Resources
    require_sandbox: Requirement
    marks: Marks


def as_graded(recorded: RecordedQuestion) -> RecordedQuestion:
    """The question as it was before people decided of it, as far as that is in the report."""
    checks = [
        check
        if (override := check.override) is None
        else check.model_copy(update={"points": override.graded.points or 0, "outcome": override.graded.as_})
        for check in recorded.checks
    ]
    changed: dict[str, object] = {"checks": checks}
    if any(check.override for check in recorded.checks):
        changed |= {"points": round(fsum(check.points for check in checks), 6)}
    elif (override := recorded.override) is not None:
        changed |= {"points": override.graded.points or 0, "status": override.graded.as_}
    return recorded.model_copy(update=changed)


def _has_status(recorded: RecordedQuestion) -> bool:
    """Whether a report says what status the grader gave a question, of which people may have decided."""
    return not recorded.excused and not any(check.override for check in recorded.checks)


def _decided(question: RecordedQuestion) -> Iterator[Verified]:
    """What people decided of a question."""
    if question.excused:
        yield Verified(question.id, "", "decided", f"does not count: {question.excused}")
        return
    if question.override is not None:
        yield Verified(question.id, "", "decided", f"points given by {question.override.by}", question.points)
        return
    for check in question.checks:
        if check.override is not None:
            given = f"points given by {check.override.by}"
            yield Verified(question.id, check.name, "decided", given, check.points)


def _totals(recorded: RecordedReport) -> Iterator[Verified]:
    """Whether the points of the lines add up to those of the questions, and these to those of the report."""
    counted = [question for question in recorded.questions if not question.excused]
    for question in recorded.questions:
        total = sum(check.points for check in question.checks)
        if question.override is None and not _is_close(total, question.points):
            yield Verified(question.id, "", "differs", f"its lines add up to {total:g} points, not {question.points:g}")
    sums = {
        "points": ("points", sum(question.points for question in counted) - recorded.late_points),
        "max_points": ("points at most", sum(question.max_points for question in counted)),
        "pending_points": ("pending points", sum(map(_pending, counted))),
    }
    for key, (what, total) in sums.items():
        if not _is_close(total, getattr(recorded, key)):
            yield Verified(
                "", "", "differs", f"the questions add up to {total:g} {what}, not {getattr(recorded, key):g}"
            )


def _pending(question: RecordedQuestion) -> float:
    """The points of a question that wait for somebody."""
    if question.is_decided:
        return 0
    if question.status == "held" and not question.checks:
        return question.max_points
    return sum(check.max_points - check.points for check in question.checks if check.outcome in ("pending", "held"))


def _is_close(one: float, other: float) -> bool:
    """Whether two sums are the same but for the places to which their parts were rounded."""
    return abs(one - other) < 1e-4


class _Verification:
    """One question of a report beside the question of the spec."""

    def __init__(self, recorded: RecordedQuestion, question: Question, assignment: Assignment) -> None:
        self.recorded = recorded
        self.question = question
        self.assignment = assignment
        self.engine: RecordedEngine | None = None

    def lines(self, given: Submission | None, with_: OpenedWith) -> Iterator[Verified]:
        """What the report says of the question, line by line."""
        recorded = self.recorded
        submission = given if given is not None else self._submission()
        if submission is None:
            why = "claims no points" if not recorded.points else "rests on an answer that is not in the report"
            verdict: Verdict = "unchecked" if recorded.points else "holds"
            yield Verified(recorded.id, "", verdict, why, recorded.points)
            return
        try:
            question = self._with_record()
        except (ValueError, SubmissionError) as error:
            yield Verified(recorded.id, "", "differs", f"what it shows cannot be read: {error}", recorded.points)
            return
        opened = OpenSubmission(submission, replace(self.assignment, questions=(question,)), *with_)
        with closing(opened):
            result = grade_question(opened, question)
        if result is None:
            verdict = "differs" if recorded.points else "holds"
            yield Verified(recorded.id, "", verdict, "no answer was handed in", recorded.points)
            return
        yield from self._compared(result)

    def _submission(self) -> Submission | None:
        """The answer that stands in the report."""
        if not self.recorded.weights or not isinstance(self.question, WeightsQuestion):
            return None
        node = _node(self.recorded.weights, SourceLocation("weights"))
        return InMemorySubmission("the report", {self.recorded.id: node})

    def _with_record(self) -> Question:
        """The question, which asks the report before any engine."""
        if not isinstance(self.question, WeightsQuestion):
            return self.question
        self.engine = _engine(self.recorded, self.question)
        return replace(self.question, budget=replace(self.question.budget, first=(self.engine,)))

    def _compared(self, result: QuestionResult) -> Iterator[Verified]:
        """What the report says beside what comes out."""
        recorded = self.recorded
        found = json.loads(json.dumps(as_data(Report("", "", (result,)))["questions"][0]))
        for key in COMPARED_KEYS:
            if getattr(recorded, key) != found[key] and (key != "status" or _has_status(recorded)):
                why = f"its {key} is {found[key]!r}, not {getattr(recorded, key)!r}"
                yield Verified(recorded.id, "", "differs", why.replace("_", " "))
        if recorded.weights and recorded.weights != found.get("weights"):
            yield Verified(recorded.id, "", "differs", "another answer was handed in")
        if len(recorded.checks) != len(found["checks"]):
            why = f"it has {len(found['checks'])} lines, not {len(recorded.checks)}"
            yield Verified(recorded.id, "", "differs", why)
        for check, data in zip(recorded.checks, found["checks"], strict=False):
            yield self._line(check, data)

    def _line(self, check: RecordedCheck, data: Mapping[str, Any]) -> Verified:
        compared = [key for key in COMPARED_CHECK_KEYS if key != "unproved" or check.override is None]
        differing = [key for key in compared if getattr(check, key) != data.get(key, False)]
        if differing:
            key = differing[0]
            told = _told(key, data.get(key, False), getattr(check, key))
            return Verified(self.recorded.id, check.name, "differs", told, check.points)
        kind = check.evidence.get("kind")
        if kind == "proved" and self.engine is not None and not self.engine.accepted:
            why = f"its certificate is refused: {self.engine.refused}" if self.engine.refused else "nothing shows it"
            return Verified(self.recorded.id, check.name, "differs", why, check.points)
        return Verified(self.recorded.id, check.name, "holds", _HOLDS.get(str(kind), "graded again"), check.points)


_HOLDS = {
    "proved": "its certificate is accepted",
    "counterexample": "the input was run again",
    "exhausted": "decided again",
    "sampled": "decided again",
    "none": "counts only with lines above it",
}
"""What was done to see that a line holds, by its evidence."""


def _told(key: str, found: Any, recorded: Any) -> str:
    """What comes out instead of what the report says."""
    if key != "evidence":
        return f"its {key.replace('_', ' ')} {'are' if key.endswith('points') else 'is'} {found!r}, not {recorded!r}"
    if found.get("kind") != recorded.get("kind"):
        return f"what it rests on is {found.get('kind')!r}, not {recorded.get('kind')!r}"
    parts = [part for part in sorted({*found, *recorded}) if found.get(part) != recorded.get(part)]
    return f"the evidence differs in {', '.join(parts)[:200]}"


def _engine(recorded: RecordedQuestion, question: WeightsQuestion) -> RecordedEngine:
    """What a question of a report shows.

    Raises:
        ValueError: if an input in it is none.
    """
    words: dict[int, Broken] = {}
    proved, left = set[int](), set[int]()
    for i, check in enumerate(recorded.checks[: len(question.rubric)]):
        match check.evidence:
            case {"kind": "counterexample"}:
                words[i] = _word(question, check.evidence)
            case {"kind": "proved"}:
                proved.add(i)
            case {"kind": "none"} if check.outcome == "blocked":
                left.add(i)
    return RecordedEngine(words, frozenset(proved), frozenset(left), _certificate(recorded))


def _word(question: WeightsQuestion, evidence: Mapping[str, Any]) -> Broken:
    steps, shown = evidence.get("steps", []), evidence.get("input")
    is_list = isinstance(steps, list) and all(isinstance(step, list) for step in steps)
    if not is_list or sum(map(len, steps)) > MAX_WORD_NUMBERS or not isinstance(shown, str):
        raise ValueError("an input is a text, and its steps are lists of numbers")
    exact = tuple(tuple(map(str, step)) for step in steps)
    return Broken(read_exact_word(question.alphabet, shown, exact), evidence.get("shortest") is True)


def _certificate(recorded: RecordedQuestion) -> Certificate | None:
    if recorded.certificate is not None:
        content = {key: value for key, value in recorded.certificate.items() if key != "kind"}
        return Certificate(str(recorded.certificate.get("kind")), content)
    states = [check.evidence.get("states") for check in recorded.checks if check.evidence.get("kind") == "proved"]
    return Certificate("walk", {"states": states[0]}) if states else None


def _node(value: Any, place: SourceLocation) -> Node:
    """Weights of a report as they would stand in a file of answers."""
    if isinstance(value, dict):
        return MappingNode(place, {ScalarNode(str(k), place): _node(item, place) for k, item in value.items()})
    if isinstance(value, list):
        return SequenceNode(place, (_node(item, place) for item in value))
    return ScalarNode(str(value), place)


def points_of(found: Iterable[Verified], verdict: Verdict) -> float:
    """The points of the lines with a verdict, rounded as a report rounds them."""
    return round(fsum(one.points for one in found if one.verdict == verdict), 6)
