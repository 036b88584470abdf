"""The command `grader`: thin faces over grading, the classroom and the spec's own tests.

Exit codes: 0 every gradable point earned, 1 points lost, 2 the command, the spec or the submission cannot be used,
3 a fault of the grader (something is held), 130 interrupted, 143 ended by SIGTERM.
"""

from __future__ import annotations

import io
import os
import shlex
import sys
from itertools import chain, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from grader.atomic import write_file, write_new_file
from grader.console import complain, on_terminal, say, show, terminal_width, wants_colour
from grader.errors import GraderError, HarnessError, SubmissionError
from grader.reports.formats import FORMATS, GithubFormat, GradescopeFormat, TerminalFormat, render
from grader.startup import leave_current_folder
from grader.termination import TerminatedError, termination_as_interrupt

if TYPE_CHECKING:
    from grader.classroom.run import Recorder
    from grader.sandbox import Requirement
    from grader.spec.assignment import Assignment
    from grader.verdict import Report

EXIT_EARNED, EXIT_LOST, EXIT_UNUSABLE, EXIT_HELD, EXIT_INTERRUPTED, EXIT_TERMINATED = 0, 1, 2, 3, 130, 143


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="proofgrade", prog_name="grader")
def cli() -> None:
    """Grades neural-network homework, with a proof or a shortest counterexample for every mark."""


def main() -> NoReturn:
    """The entry point: runs the command and turns every outcome into its exit code."""
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
            code = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = EXIT_UNUSABLE
    except (click.Abort, KeyboardInterrupt) as error:
        say("stopped")
        code = EXIT_TERMINATED if isinstance(error.__cause__ or error, TerminatedError) else EXIT_INTERRUPTED
    except HarnessError as error:
        complain(error)
        code = EXIT_HELD
    except GraderError as error:
        complain(error)
        code = EXIT_UNUSABLE
    except Exception as error:
        say(f"a fault of the grader itself: {type(error).__name__}: {error}")
        code = EXIT_HELD
    sys.exit(code or EXIT_EARNED)


def _open_standard_descriptors() -> None:
    """Opens the null device where stdin, stdout or stderr are closed, so that no pipe to a child takes their place."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free, which is this one


def _assignment(
    spec: str | None, course: Path | None, graded: Path | None = None, named: str | None = None
) -> Assignment:
    """The assignment that is asked for; without a `spec`, the one that the submission `named`, if it names one."""
    from grader.kinds.table import load_assignment
    from grader.spec.course import CourseSearch

    search = CourseSearch(Path.cwd(), graded, course)
    return load_assignment(search.spec(spec, named))


SANDBOX_OPTION = click.option(
    "--require-sandbox",
    type=click.Choice(("strict", "degraded", "off")),
    default="strict",
    show_default=True,
    help="What must hold students' code; anything less than strict is stamped on the report.",
)


SHOW_EXPECTED_OPTION = click.option(
    "--show-expected", is_flag=True, help="Gradescope: let students see expected values, too."
)


MARKS_OPTION = click.option(
    "--marks",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A reader's marks for written answers.",
)


COURSE_OPTION = click.option(
    "--course",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder that holds specs/ and reference/ (default: this one or the nearest above it, outside of what is"
    " graded).",
)


@cli.command()
@click.argument("submission", type=click.Path(path_type=Path))
@click.option("--spec", metavar="SPEC", help="A folder, a question file, or the name of an assignment in specs/.")
@click.option("--question", "-q", "questions", multiple=True, metavar="Q", help="Only this question (may be repeated).")
@click.option("--format", "formats", type=click.Choice(tuple(FORMATS)), multiple=True, help="How to show the report.")
@click.option("--output", "outputs", multiple=True, type=click.Path(path_type=Path), help="Write it to a file instead.")
@click.option(
    "--metadata",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Gradescope's submission_metadata.json, where it is not in its usual place.",
)
@SHOW_EXPECTED_OPTION
@SANDBOX_OPTION
@MARKS_OPTION
@COURSE_OPTION
def check(
    submission: Path,
    spec: str | None,
    questions: tuple[str, ...],
    formats: tuple[str, ...],
    outputs: tuple[Path, ...],
    metadata: Path | None,
    show_expected: bool,
    require_sandbox: Requirement,
    marks: Path | None,
    course: Path | None,
) -> int:
    """Grade one SUBMISSION (a folder, or a file of answers) with full feedback."""
    from grader.answers.submission import Submission
    from grader.grading import grade
    from grader.kinds.written.marks import load_marks, refuse_marks
    from grader.reports.visible import shown_name

    formats = formats or ("terminal",)
    if len(outputs) > len(formats):
        raise click.UsageError("more --output than --format: give each --output its --format")
    handed_in = Submission(submission)
    refuse_marks(marks, [submission])
    handed_in.name = shown_name(handed_in.name)
    try:
        assignment = _assignment(spec, course, submission, handed_in.assignment).only(questions)
    except GraderError as error:
        raise SubmissionError(*handed_in.problems, *error.problems) from None
    marks = marks or assignment.marks_file
    report = grade(handed_in, assignment, require_sandbox, load_marks(marks) if marks else None)
    of_files = {
        **FORMATS,
        "gradescope": GradescopeFormat(metadata, show_expected),
        "github": GithubFormat(_folder(submission)),
    }
    of_stdout = of_files | {"terminal": TerminalFormat(wants_colour(), terminal_width())}
    for name, output in zip_longest(formats, outputs):
        if output is None:
            show(render(report, of_stdout[name]))
        else:
            _write(output, render(report, of_files[name]))
    return verdict_code(report)


def _folder(submission: Path) -> str:
    """Where the files of a submission lie, seen from here; empty where that is not below this folder."""
    folder = submission if submission.is_dir() else submission.parent
    try:
        return folder.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return ""


def _write(output: Path, text: str) -> None:
    """Writes a report to a file."""
    try:
        write_file(output, text.encode())
    except OSError as error:
        raise click.ClickException(f"{output}: cannot be written: {error.strerror}") from None


def verdict_code(report: Report) -> int:
    """The exit code of a report; what cannot be used and what is held is said on stderr too."""
    from grader.reports.sentences import complaints

    statuses = {question.status for question in report.questions}
    for message in complaints(report):
        say(message)
    if "held" in statuses:
        return EXIT_HELD
    if "rejected" in statuses or not report.questions:
        return EXIT_UNUSABLE
    return EXIT_EARNED if report.points + report.pending_points == report.max_points else EXIT_LOST


@cli.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--spec", metavar="SPEC", help="One spec for all; without it each submission names its own.")
@click.option("--out", default="results", show_default=True, type=click.Path(path_type=Path), help="Where results go.")
@click.option("--jobs", "-j", default=1, show_default=True, type=click.IntRange(1, 256), help="How many processes.")
@SANDBOX_OPTION
@MARKS_OPTION
@COURSE_OPTION
def grade(
    folder: Path,
    spec: str | None,
    out: Path,
    jobs: int,
    require_sandbox: Requirement,
    marks: Path | None,
    course: Path | None,
) -> int:
    """Grade every submission in FOLDER: a table, grades.csv, and a report each."""
    from grader.classroom.display import ProgressBar, render_table
    from grader.classroom.entries import entries_in
    from grader.classroom.executors import executor_for
    from grader.classroom.results import ResultsFolder, refuse_overlap
    from grader.classroom.run import grade_class, unknown_names
    from grader.classroom.work import Task
    from grader.reports.sentences import counted
    from grader.reports.visible import one_line
    from grader.spec.course import CourseSearch

    refuse_overlap(out, folder)
    entries = entries_in(folder, out, marks)
    search = CourseSearch(Path.cwd(), folder.resolve(), course, whole_class=True)
    for message in chain(entries.passed_over, unknown_names(entries.submissions, spec, search, marks)):
        say(message)
    tasks = [Task(entry, spec, search, require_sandbox, marks) for entry in entries.submissions]
    recorders: list[Recorder] = [ResultsFolder(out), *([ProgressBar()] if on_terminal(sys.stderr) else [])]
    graded = grade_class(tasks, executor_for(jobs), recorders)
    show(render_table(graded, colour=wants_colour(), width=terminal_width()))
    show(f"\n{counted(len(graded), 'submission')} graded; grades.csv and reports/ are in {one_line(str(out))}/\n")
    for row in graded:
        for message in row.messages if row.status in ("held", "rejected") else ():
            say(f"{row.name}: {message}")
    return EXIT_HELD if any(row.status == "held" for row in graded) else EXIT_EARNED


@cli.command()
def doctor() -> None:
    """Show what this machine offers to keep students' code in its place, and how to have what is missing."""
    from grader.doctor import report

    show(report())


@cli.group("spec")
def spec_group() -> None:
    """Look after specs."""


@spec_group.command("check")
@click.argument("spec", required=False)
@COURSE_OPTION
def spec_check(spec: str | None, course: Path | None) -> int:
    """Put a SPEC to the test: reference, examples, known answers, coverage."""
    from grader.kinds.copy_texts import check_copy
    from grader.reports.sentences import in_words
    from grader.selfcheck import check_assignment

    assignment = _assignment(spec, course)
    counts = {"ok": 0, "warn": 0, "fail": 0}
    for finding in chain(check_assignment(assignment), check_copy(assignment)):
        counts[finding.level] += 1
        why = f": {in_words(finding.evidence)}" if finding.evidence else ""
        mark = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}[finding.level]
        show(f"{mark}  {finding.question}: {finding.text}{why}\n")
    show(f"\n{counts['ok']} ok, {counts['warn']} to look at, {counts['fail']} failed\n")
    return EXIT_UNUSABLE if counts["fail"] else EXIT_EARNED


@spec_group.command("schema")
def spec_schema() -> None:
    """Print the JSON Schema of a question file, for editors."""
    from grader.kinds.table import schema_of_questions

    show(schema_of_questions())


@cli.group()
def new() -> None:
    """Start something new."""


@new.command("submission")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--spec", metavar="SPEC", help="A folder, a question file, or the name of an assignment in specs/.")
@COURSE_OPTION
def new_submission(folder: Path, spec: str | None, course: Path | None) -> None:
    """Write FOLDER/answers.yaml, with a blank for every answer."""
    from grader.answers.submission import ANSWERS_STEM, DOCUMENT_READERS
    from grader.answers_template import blank_answers
    from grader.reports.visible import one_line

    assignment = _assignment(spec, course)
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


@cli.group()
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
    from grader.reports.visible import one_line

    write_autograder(_assignment(spec, course), output, require_sandbox, show_expected=show_expected)
    show(f"{one_line(str(output))} is ready to be uploaded (Configure Autograder, zip file upload)\n")


@export.command("student")
@click.argument("spec", required=False)
@click.option("--output", "-o", required=True, metavar="DIR", type=click.Path(path_type=Path), help="A new folder.")
@COURSE_OPTION
def export_student(spec: str | None, output: Path, course: Path | None) -> None:
    """Write a copy of SPEC that students check with alone: questions and blanks, but no answers."""
    from grader.export.student import write_bundle

    written = write_bundle(_assignment(spec, course), output)
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
    from grader.reports.visible import one_line

    path = write_workflow(_assignment(spec, None), output, course, ref)
    show(f"{one_line(str(path))} grades every push; what it needs stands at its top\n")
