"""Whose marks a regrade has changed: from what, to what, and by which rubric lines."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from grader.classroom.gradebook import Gradebook
from grader.classroom.graded import Graded
from grader.errors import SubmissionError
from grader.reports.recorded import report_in
from grader.reports.sentences import counted
from grader.verdict import CheckResult, QuestionResult, points_in_words
from grader.visible import one_line


def changed_marks(book: Gradebook, since: int | None = None) -> Iterator[str]:
    """A line for each submission whose marks are others than after the run `since`, and one for each changed line.

    `since` None: the last whole run before the one that has changed something last; a run that was ended early and the
    ones that went on with it are one regrade. Submissions of equal marks are counted at the end.

    Raises:
        SubmissionError: if there is no such run.
    """
    run = _baseline(book, since)
    same, changed = 0, 0
    for name in book.changed_since(run):
        before, after = book.row_at(name, run), book.latest(name)
        if before is not None and after is not None and _marks(before) == _marks(after):
            same += 1
            continue
        if before is not None or after is not None:
            changed += 1
            yield from _lines(one_line(name), before, after)
    graded = f"; {same} more graded anew with the same marks" if same else ""
    what = f"the marks of {counted(changed, 'submission')} have" if changed else "no marks have"
    yield f"{what} changed since run {run}{graded} (marks of the grader, before what overrides.yaml decides)"


def _baseline(book: Gradebook, since: int | None) -> int:
    runs = [0, *book.complete_runs()]
    if since is not None:
        if not 0 <= since <= book.last_run:
            raise SubmissionError(f"there is no run {since}: the runs are 1 to {book.last_run}, and 0 before them")
        return since
    earlier = [run for run in runs if run < book.last_run]
    return earlier[-1] if earlier else 0


def _marks(row: Graded) -> tuple[object, ...]:
    return row.total, row.max_points, row.status, dict(row.marks), row.pending_points


def _lines(name: str, before: Graded | None, after: Graded | None) -> Iterator[str]:
    if before is None and after is not None:
        yield f"{name}: new, {total_in_words(after)}"
    elif after is None and before is not None:
        yield f"{name}: went away, had {total_in_words(before)}"
    elif before is not None and after is not None:
        yield f"{name}: {total_in_words(before)} -> {total_in_words(after)}"
        earlier = {question.id: question for question in report_in(before.report).questions}
        later = {question.id: question for question in report_in(after.report).questions}
        for question in dict.fromkeys([*earlier, *later]):
            yield from _question_lines(question, earlier.get(question), later.get(question))


def total_in_words(row: Graded) -> str:
    """`70 of 150 (missing)`."""
    of = f" of {points_in_words(row.max_points)}"
    state = "" if row.status == "graded" else f" ({row.status})"
    return f"held{of}" if row.total is None else f"{points_in_words(row.total)}{of}{state}"


def _question_lines(name: str, before: QuestionResult | None, after: QuestionResult | None) -> Iterator[str]:
    """The lines of a rubric with other points or outcomes, by their names; those that are new or gone."""
    old = {check.name: check for check in before.checks} if before else {}
    new = {check.name: check for check in after.checks} if after else {}
    found = [line for line in dict.fromkeys([*old, *new]) if _worth(old.get(line)) != _worth(new.get(line))]
    for line in found:
        yield f"  {one_line(name)}, {one_line(line)}: {_said(old.get(line))} -> {_said(new.get(line))}"
    if not found and before is not None and after is not None and before.status != after.status:
        yield f"  {one_line(name)}: {before.status} -> {after.status}"


def _worth(check: CheckResult | None) -> tuple[Fraction, Fraction, str] | None:
    return None if check is None else (check.points, check.max_points, check.outcome)


def _said(check: CheckResult | None) -> str:
    if check is None:
        return "no such line"
    return f"{check.outcome} {points_in_words(check.points)} of {points_in_words(check.max_points)}"
