"""The commands of `grader` for who writes assignments: specs put to the test, blanks, exports."""

from __future__ import annotations

import shlex
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.atomic import write_new_file
from grader.cli_commands import CommandTable
from grader.cli_options import (
    COURSE_OPTION,
    EXIT_EARNED,
    EXIT_UNUSABLE,
    SANDBOX_OPTION,
    SHOW_EXPECTED_OPTION,
    assignment_asked_for,
)
from grader.console import say, show

if TYPE_CHECKING:
    from grader.sandbox import Requirement


@click.group("spec", commands=CommandTable({"strength": ("grader.cli_strength", "strength")}))
def spec_group() -> None:
    """Look after specs."""


@spec_group.command("check")
@click.argument("spec", required=False)
@COURSE_OPTION
def spec_check(spec: str | None, course: Path | None) -> int:
    """Put a SPEC to the test: reference, examples, known answers, coverage."""
    from grader.classroom.spec_findings import findings_beside
    from grader.kinds.copy_texts import check_copy
    from grader.reports.sentences import in_words
    from grader.selfcheck import check_assignment

    assignment = assignment_asked_for(spec, course)
    counts = {"ok": 0, "warn": 0, "fail": 0}
    for finding in chain(check_assignment(assignment), check_copy(assignment), findings_beside(assignment)):
        counts[finding.level] += 1
        why = f": {in_words(finding.evidence)}" if finding.evidence else ""
        mark = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}[finding.level]
        show(f"{mark}  {finding.question}: {finding.problem}{why}\n")
    show(f"\n{counts['ok']} ok, {counts['warn']} to look at, {counts['fail']} failed\n")
    return EXIT_UNUSABLE if counts["fail"] else EXIT_EARNED


@spec_group.command("schema")
def spec_schema() -> None:
    """Print the JSON Schema of a question file, assignment.yaml, overrides.yaml and marks.yaml, for editors."""
    from grader.classroom.overrides import DecisionsModel
    from grader.kinds.table import schema_of_questions
    from grader.kinds.written.marks_models import MarksModel
    from grader.spec.assignment_files import AssignmentModel

    show(schema_of_questions(beside=(AssignmentModel, DecisionsModel, MarksModel)))


@click.group()
def new() -> None:
    """Start something new."""


@new.command("submission")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--spec", metavar="SPEC", help="A folder, a question file, or the name of an assignment in specs/.")
@COURSE_OPTION
def new_submission(folder: Path, spec: str | None, course: Path | None) -> None:
    """Write FOLDER/answers.yaml, with a blank for every answer."""
    from grader.answers.answer_files import DOCUMENT_READERS
    from grader.answers.submission import ANSWERS_STEM
    from grader.answers_template import blank_answers
    from grader.visible import one_line

    assignment = assignment_asked_for(spec, course)
    path = folder / "answers.yaml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = next((there for end in DOCUMENT_READERS if (there := folder / f"{ANSWERS_STEM}{end}").is_file()), path)
        write_new_file(path, blank_answers(assignment).encode())
    except FileExistsError:
        taken = path if folder.is_dir() else folder
        raise click.ClickException(f"{taken} is already there: nothing was written") from None
    except OSError as error:
        raise click.ClickException(f"{path}: cannot be written: {error.strerror}") from None
    named = (*(["--spec", spec] if spec else []), *(["--course", str(course)] if course else []))
    then = shlex.join(["grader", "check", str(folder), *named])
    show(one_line(f"{path} has a blank for each of {len(assignment.questions)} answers; then: {then}") + "\n")


@click.group()
def export() -> None:
    """Make what other places need to grade an assignment there."""


@export.command("gradescope")
@click.argument("spec", required=False)
@click.option("--output", "-o", default="autograder.zip", show_default=True, type=click.Path(path_type=Path))
@SHOW_EXPECTED_OPTION
@SANDBOX_OPTION
@COURSE_OPTION
def export_gradescope(
    spec: str | None, output: Path, show_expected: bool, require_sandbox: Requirement, course: Path | None
) -> None:
    """Write the autograder.zip of a SPEC for Gradescope."""
    from grader.export.gradescope import write_autograder
    from grader.visible import one_line

    write_autograder(assignment_asked_for(spec, course), output, require_sandbox, show_expected=show_expected)
    show(f"{one_line(str(output))} is ready to be uploaded (Configure Autograder, zip file upload)\n")


@export.command("student")
@click.argument("spec", required=False)
@click.option("--output", "-o", required=True, metavar="DIR", type=click.Path(path_type=Path), help="A new folder.")
@COURSE_OPTION
def export_student(spec: str | None, output: Path, course: Path | None) -> None:
    """Write a copy of SPEC that students check with alone: questions and blanks, but no answers."""
    from grader.export.student import write_bundle

    written = write_bundle(assignment_asked_for(spec, course), output)
    for note in written.notes:
        say(note)
    show(f"{len(written.paths)} files are in {output}; students run: grader check {output}/submission\n")


@export.command("github")
@click.argument("spec", required=False)
@click.option("--output", "-o", default=".", type=click.Path(path_type=Path), help="The repository to write it into.")
@click.option("--course", metavar="OWNER/NAME", help="The course's repository (default: the variable GRADER_COURSE).")
@click.option("--ref", default="", metavar="REF", help="A branch, tag or commit of it (default: its default branch).")
def export_github(spec: str | None, output: Path, course: str | None, ref: str) -> None:
    """Write a workflow that grades a repository's submission to a SPEC on every push."""
    from grader.export.github import write_workflow
    from grader.visible import one_line

    path = write_workflow(assignment_asked_for(spec, None), output, course, ref)
    show(f"{one_line(str(path))} grades every push; what it needs stands at its top\n")
