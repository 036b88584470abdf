"""The command `grader verify`: what a report says is checked again without the search that found it."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli_options import (
    COURSE_OPTION,
    EXIT_EARNED,
    EXIT_LOST,
    EXIT_UNUSABLE,
    MARKS_OPTION,
    assignment_asked_for,
)
from grader.console import say, show


@click.command()
@click.argument("report", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("submission", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--spec", metavar="SPEC", help="A folder, a question file, or the name of an assignment in specs/.")
@MARKS_OPTION
@COURSE_OPTION
def verify(report: Path, submission: Path | None, spec: str | None, marks: Path | None, course: Path | None) -> int:
    """Check a REPORT (of --format json) again: certificates, inputs and points, without any search.

    With the SUBMISSION also that the report is about its answers, and answers that are no weights.
    """
    from grader.answers.submission import Submission
    from grader.kinds.written.checked_marks import marks_for
    from grader.own_code import requirement_for_own_code
    from grader.report_file import read_report
    from grader.verification import points_of
    from grader.verification import verify as verified
    from grader.visible import one_line

    recorded = read_report(report)
    handed_in = Submission(submission) if submission else None
    assignment = assignment_asked_for(spec, course, submission, recorded.assignment)
    sandbox, given = requirement_for_own_code(None), marks_for(assignment, marks)
    found = list(verified(recorded, assignment, handed_in, sandbox, given))
    if recorded.variants_of:
        say(f"the variants are those of {one_line(recorded.variants_of)}, as the report says")
    signs = {"holds": "ok  ", "differs": "FAIL", "unchecked": "----", "decided": "----"}
    for one in found:
        where = ": ".join(part for part in (one.question, one.line) if part)
        points = f" ({one.points:g})" if one.points else ""
        show(one_line(f"{signs[one.verdict]}  {where}{points}: {one.why}") + "\n")
    held, wrong, open_ = (points_of(found, verdict) for verdict in ("holds", "differs", "unchecked"))
    by_people, late = points_of(found, "decided"), recorded.late_points
    people = [f"{by_people:g} were given by people"] if by_people else []
    people += [f"{late:g} are taken for lateness"] if late else []
    show(f"\n{held:g} of {recorded.points + late:g} points hold{''.join(f'; {said}' for said in people)}\n")
    if any(one.verdict == "differs" for one in found):
        say(f"the report does not hold{f': {wrong:g} points are not as it says' if wrong else ''}")
        return EXIT_LOST
    if open_:
        say(f"{open_:g} points rest on answers that a report does not carry: grader verify {report} SUBMISSION")
        return EXIT_UNUSABLE
    if late or any(one.verdict == "decided" for one in found):
        say("what people decided, and when it was handed in, no report can show")
        return EXIT_UNUSABLE
    return EXIT_EARNED
