"""Writing a report is inside the fence of grading: what cannot be written holds one question, not the whole report."""

from __future__ import annotations

from collections.abc import Sequence

from grader.deferred import dataclass, replace
from grader.errors import HarnessError, reason_of
from grader.reports import json
from grader.reports.formats import Format, render
from grader.verdict import QuestionResult, Report, held_instead


@dataclass(frozen=True)
class Rendered:
    """A report in several formats; `report` is what they show, with the questions held that one cannot show."""

    report: Report
    texts: tuple[str, ...]


def rendered(report: Report, formats: Sequence[Format]) -> Rendered:
    """The report in every format. A question that some format cannot show is held in all of them.

    Raises:
        HarnessError: if a format cannot show the report even so.
    """
    try:
        return Rendered(report, tuple(render(report, format) for format in formats))
    except Exception as error:  # whatever it is, it is our fault, and costs no other question its marks
        reason = reason_of(error)
    fenced = replace(report, questions=tuple(_shown_or_held(report, i, formats) for i in range(len(report.questions))))
    try:
        return Rendered(fenced, tuple(render(fenced, format) for format in formats))
    except Exception:
        raise HarnessError(f"the report cannot be written: {reason}") from None


def rendered_each(report: Report, formats: Sequence[Format]) -> tuple[Report, list[str | HarnessError]]:
    """The report that is shown, and its text in each format, or the error of a format that cannot show it at all."""
    errors: dict[int, HarnessError] = {}
    try:
        written = rendered(report, formats)
    except HarnessError:
        for i, format in enumerate(formats):
            try:
                rendered(report, [format])
            except HarnessError as error:
                errors[i] = error
        written = rendered(report, [format for i, format in enumerate(formats) if i not in errors])
    texts = iter(written.texts)
    return written.report, [errors[i] if i in errors else next(texts) for i in range(len(formats))]


def question_or_held(question: QuestionResult) -> tuple[QuestionResult, str]:
    """A question and how it stands in a JSON report; one that cannot be written is held."""
    try:
        return question, json.render_question(question)
    except Exception as error:  # whatever it is, it is our fault, and costs no other question its marks
        reason = reason_of(error)
    held = held_instead(question, f"its report cannot be written: {reason}")
    try:
        return held, json.render_question(held)
    except Exception:
        raise HarnessError(f"the report cannot be written: {reason}") from None


def of_questions(report: Report, texts: Sequence[str]) -> str:
    """The report in JSON, with its questions as they were written one by one.

    Raises:
        HarnessError: if it cannot be written.
    """
    try:
        return json.with_questions(report, texts)
    except Exception as error:
        raise HarnessError(f"the report cannot be written: {reason_of(error)}") from None


def _shown_or_held(report: Report, index: int, formats: Sequence[Format]) -> QuestionResult:
    """One question of the report as it is, where every format can show it alone; else held."""
    question = report.questions[index]
    alone = replace(report, questions=(question,))
    try:
        for format in formats:
            render(alone, format)
    except Exception as error:
        return held_instead(question, f"its report cannot be written: {reason_of(error)}")
    return question
