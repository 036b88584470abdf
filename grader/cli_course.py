"""The commands of `grader` for who writes assignments: specs put to the test."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import click

from grader.cli_commands import CommandGroup, CommandTable
from grader.cli_options import (
    COURSE_OPTION,
    EXIT_EARNED,
    EXIT_UNUSABLE,
    assignment_asked_for,
)
from grader.console import show

SPEC_COMMANDS = {"show": ("grader.cli_spec_show", "spec_show"), "strength": ("grader.cli_strength", "strength")}
"""Those with a module of their own."""


@click.group("spec", cls=CommandGroup, commands=CommandTable(SPEC_COMMANDS))
def spec_group() -> None:
    """Check a spec, show it, measure how strong it is, or print the schema of specs."""


@spec_group.command("check")
@click.argument("spec", required=False)
@click.option("--question", "-q", "questions", multiple=True, metavar="Q", help="Only this question (may be repeated).")
@click.option("--quiet", is_flag=True, help="Show only what failed and what is to be looked at.")
@COURSE_OPTION
def spec_check(spec: str | None, questions: tuple[str, ...], quiet: bool, course: Path | None) -> int:
    """Put a SPEC to the test: reference, examples, known answers, coverage."""
    from grader.classroom.spec_findings import findings_beside
    from grader.kinds.copy_texts import check_copy
    from grader.reports.sentences import in_words
    from grader.selfcheck import check_assignment

    assignment = assignment_asked_for(spec, course, questions=questions)
    counts = {"ok": 0, "warn": 0, "fail": 0}
    beside = () if questions else findings_beside(assignment)  # decisions and deadlines are about all questions
    for finding in chain(check_assignment(assignment), check_copy(assignment), beside):
        counts[finding.level] += 1
        if quiet and finding.level == "ok":
            continue
        why = f": {in_words(finding.evidence)}" if finding.evidence else ""
        mark = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}[finding.level]
        show(f"{mark}  {finding.question}: {finding.problem}{why}\n")
    show(f"\n{counts['ok']} ok, {counts['warn']} to look at, {counts['fail']} failed\n")
    return EXIT_UNUSABLE if counts["fail"] else EXIT_EARNED


@spec_group.command("schema")
@click.argument("file", required=False, type=click.Choice(("question", "assignment", "marks", "overrides")))
def spec_schema(file: str | None) -> None:
    """Print the JSON Schema of the YAML files of a course, or of one sort of them, for editors."""
    from grader.classroom.schemas import schema_of_course, schema_of_file

    show(schema_of_file(file) if file else schema_of_course())
