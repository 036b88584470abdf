"""The command `grader`: how it ends, and its commands for submissions; those for a course are in `cli_course`.

Exit codes: 0 every gradable point earned, 1 points lost, 2 the command, the spec or the submission cannot be used,
3 a fault of the grader (something is held), 130 interrupted, 143 ended by SIGTERM.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from grader.cli_commands import COMMAND_PLACES, CommandGroup, CommandTable
from grader.cli_options import (
    COURSE_OPTION,
    EXIT_HELD,
    EXIT_INTERRUPTED,
    EXIT_TERMINATED,
    EXIT_UNUSABLE,
    MARKS_OPTION,
    OVERRIDES_OPTION,
    OWN_CODE_SANDBOX_OPTION,
    STUDENT_OPTION,
    STUDENTS_ROSTER_OPTION,
    assignment_asked_for,
    ended,
    verdict_code,
    warns_alone_if_asked,
)
from grader.console import say, show, terminal_width, wants_colour, write_output
from grader.errors import GraderError, HarnessError, SubmissionError
from grader.reports.formats import FORMATS, GithubFormat, GradescopeFormat, TerminalFormat, with_expected_values
from grader.shared_options import SHOW_EXPECTED_OPTION
from grader.startup import calculate_in_one_thread, leave_current_folder, look_for_cycles_less_often
from grader.termination import TerminatedError, termination_as_interrupt

if TYPE_CHECKING:
    from grader.answers.submission import Submission
    from grader.kinds.written.marks import Marks
    from grader.sandbox import Requirement
    from grader.spec.assignment import Assignment


@click.group(
    cls=CommandGroup,
    commands=CommandTable(COMMAND_PLACES),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="proofgrade", prog_name="grader")
def cli() -> None:
    """Grades neural-network homework, with a proof or a shortest counterexample for every mark."""


def main() -> NoReturn:
    """The entry point: runs the command and turns every outcome into its exit code."""
    look_for_cycles_less_often()
    calculate_in_one_thread()
    _open_standard_descriptors()
    leave_current_folder()
    try:
        os.getcwd()
    except FileNotFoundError:
        say("the folder in which this was started is not there any more: change to another one")
        sys.exit(EXIT_UNUSABLE)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a letter that the terminal lacks is shown by its code
            stream.reconfigure(errors="backslashreplace")
    try:
        with termination_as_interrupt():
            code = ended(lambda: cli.main(standalone_mode=False))
    except (click.Abort, KeyboardInterrupt) as error:
        say("stopped")
        code = EXIT_TERMINATED if isinstance(error.__cause__ or error, TerminatedError) else EXIT_INTERRUPTED
    sys.exit(code)


def _open_standard_descriptors() -> None:
    """Opens the null device where stdin, stdout or stderr are closed, so that no pipe to a child takes their place."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free, which is this one


@cli.command()
@click.argument("submission", type=click.Path(path_type=Path))
@click.option("--spec", metavar="SPEC", help="A folder, a question file, or the name of an assignment in specs/.")
@click.option("--question", "-q", "questions", multiple=True, metavar="Q", help="Only this question (may be repeated).")
@click.option("--format", "formats", type=click.Choice(tuple(FORMATS)), multiple=True, help="How to show the report.")
@click.option(
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Write it to a file instead; the first --output is for the first --format.",
)
@click.option(
    "--metadata",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Gradescope's submission_metadata.json, where it is not in its usual place.",
)
@click.option("--margins", is_flag=True, help="Say how far the weights of right networks may move.")
@click.option("--machine", is_flag=True, help="Show networks as machines with as few states as can be.")
@STUDENT_OPTION
@STUDENTS_ROSTER_OPTION
@SHOW_EXPECTED_OPTION
@OWN_CODE_SANDBOX_OPTION
@MARKS_OPTION
@OVERRIDES_OPTION
@COURSE_OPTION
@warns_alone_if_asked
def check(
    submission: Path,
    spec: str | None,
    questions: tuple[str, ...],
    formats: tuple[str, ...],
    outputs: tuple[Path, ...],
    metadata: Path | None,
    margins: bool,
    machine: bool,
    student: str | None,
    roster: Path | None,
    show_expected: bool,
    require_sandbox: Requirement | None,
    marks: Path | None,
    overrides: Path | None,
    course: Path | None,
) -> int:
    """Grade one SUBMISSION (a folder, or a file of answers) with full feedback."""
    from grader.answers.submission import Submission
    from grader.classroom.course_files import course_files_beside
    from grader.classroom.single import decided_alone, decisions_for
    from grader.grading import grade
    from grader.kinds.open_submission import Details
    from grader.kinds.variants.own import drawn_variants
    from grader.own_code import requirement_for_own_code, said_of_own_code
    from grader.reports.fence import rendered_each
    from grader.visible import shown_name

    formats = formats or ("terminal",)
    if len(outputs) > len(formats):
        raise click.UsageError("more --output than --format: give each --output its --format")
    handed_in = Submission(submission)
    if marks is not None:
        from grader.kinds.written.marks import refuse_marks

        refuse_marks(marks, [submission])
    handed_in.name = shown_name(handed_in.name)
    try:
        assignment = assignment_asked_for(
            spec, course, submission, handed_in.assignment, questions, from_cache=handed_in.holds_entries_alone
        )
    except GraderError as error:
        raise SubmissionError(*handed_in.every_problem, *error.problems) from None
    decisions = decisions_for(submission, assignment, overrides)
    for message in course_files_beside(submission, (marks, overrides)):
        say(message)
    drawn_for = _student(assignment, handed_in, student, roster, metadata)
    report = grade(
        handed_in,
        assignment,
        requirement_for_own_code(require_sandbox),
        _marks(assignment, marks),
        details=Details(robustness=margins, machines=machine, page="html" in formats),
        student=drawn_for,
    )
    if "json" in formats:
        from grader.kinds.fingerprint import stamped

        report = stamped(report, assignment, drawn_variants(assignment, drawn_for))
    report = decided_alone(report, assignment, decisions, metadata)
    if weaker := said_of_own_code(require_sandbox, report.sandbox):
        say(weaker)
    of_files = {
        **with_expected_values(FORMATS, show_expected=show_expected),
        "gradescope": GradescopeFormat(metadata, show_expected),
        "github": GithubFormat(_folder(submission)),
    }
    of_stdout = of_files | {"terminal": TerminalFormat(wants_colour(), terminal_width())}
    wanted = list(zip_longest(formats, outputs))
    report, texts = rendered_each(report, [(of_files if output else of_stdout)[name] for name, output in wanted])
    are_written = _write_each(texts, wanted)
    code = verdict_code(report)
    return code if are_written else EXIT_HELD


def _student(
    assignment: Assignment, submission: Submission, named: str | None, roster: Path | None, metadata: Path | None
) -> str:
    """Whose variants are met; the name of the submission where no question has variants."""
    from grader.kinds.variants.own import variants_of

    if not variants_of(assignment):
        return submission.name
    from grader.classroom.variant_students import student_of_submission

    return student_of_submission(submission.name, named, roster, metadata, submission.path.resolve().parent)


def _marks(assignment: Assignment, named: Path | None) -> Marks:
    """A reader's marks, where a file of them is named or lies beside the assignment."""
    if named is None and assignment.marks_file is None:
        return {}
    from grader.kinds.kept_assignment import CheckedAssignment

    if named is None and isinstance(assignment, CheckedAssignment) and assignment.marks_beside is not None:
        return assignment.marks_beside
    from grader.kinds.written.checked_marks import marks_for

    return marks_for(assignment, named)


def _write_each(texts: Sequence[str | HarnessError], wanted: Sequence[tuple[str, Path | None]]) -> bool:
    """Writes each text to its file or to stdout; whether there was a text in every format.

    Raises:
        ClickException, HarnessError: the first that could not be written, when all others are.
    """
    failed: list[click.ClickException | HarnessError] = []
    for text, (name, output) in zip(texts, wanted, strict=True):
        if isinstance(text, HarnessError):
            say(f"--format {name}: {text}")
            continue
        try:
            show(text) if output is None else write_output(output, text.encode())
        except (HarnessError, click.ClickException) as error:
            failed.append(error)
    for other in failed[1:]:
        say(str(other))
    if failed:
        raise failed[0]
    return all(isinstance(text, str) for text in texts)


def _folder(submission: Path) -> str:
    """Where the files of a submission lie, seen from here; empty where that is not below this folder."""
    folder = submission if submission.is_dir() else submission.parent
    try:
        return folder.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return ""


@cli.command()
def doctor() -> None:
    """Show what this machine offers to keep students' code in its place, and how to have what is missing."""
    from grader.doctor import report
    from grader.spec.course import find_course

    show(report(find_course(Path.cwd())))
