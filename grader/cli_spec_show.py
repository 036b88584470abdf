"""The command `grader spec show`: a question as students see it, and what grading makes of it."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli_options import (
    COURSE_OPTION,
    STUDENT_OPTION,
    STUDENTS_ROSTER_OPTION,
    assignment_asked_for,
    assignment_of_student,
)
from grader.console import say, show, terminal_width, wants_colour


@click.command("show")
@click.argument("question", metavar="Q")
@click.option("--spec", metavar="SPEC", help="A folder, a question file, or the name of an assignment in specs/.")
@click.option("--format", "form", type=click.Choice(("terminal", "json")), default="terminal", show_default=True)
@STUDENT_OPTION
@STUDENTS_ROSTER_OPTION
@COURSE_OPTION
def spec_show(
    question: str, spec: str | None, form: str, student: str | None, roster: Path | None, course: Path | None
) -> None:
    """Show question Q (or a question file): prompt, rubric, machine, inputs, and which engine decides."""
    from grader.kinds.variants.own import first_variants, own_assignment
    from grader.spec_view import question_views, view_as_json

    if spec is None and question.endswith(".yaml"):
        assignment = assignment_asked_for(question, course)
    else:
        assignment = assignment_asked_for(spec, course, questions=(question,))
    if student is not None:
        assignment = assignment_of_student(assignment, student, roster)
    elif drawn := first_variants(assignment):
        say("each student has an own variant; this is the first (--student ID shows whose it is)")
        assignment = own_assignment(assignment, drawn)
    if form == "json":
        import json

        shown = [view_as_json(view) for view in question_views(assignment)]
        show(json.dumps(shown, indent=2, ensure_ascii=False) + "\n")
        return
    from grader.reports.spec_text import render_view

    for number, view in enumerate(question_views(assignment)):
        text = render_view(view, colour=wants_colour(), width=terminal_width())
        show(f"\n{text}" if number else text)
