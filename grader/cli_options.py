"""What the commands share: exit codes, options, and which assignment is asked for."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.console import complain, lost_if_unwritten, say
from grader.errors import GraderError, HarnessError, SpecError, reason_of

if TYPE_CHECKING:
    from grader.spec.assignment import Assignment
    from grader.verdict import Report

EXIT_EARNED, EXIT_LOST, EXIT_UNUSABLE, EXIT_HELD, EXIT_INTERRUPTED, EXIT_TERMINATED = 0, 1, 2, 3, 130, 143

OWN_CODE_SANDBOX_OPTION = click.option(
    "--require-sandbox",
    type=click.Choice(("strict", "degraded", "off")),
    help="What must hold the submission's code: by default strict, and on macOS and Windows degraded, which is all"
    " that they have.",
)

FOLDER_OR_ZIP = click.Path(exists=True, path_type=Path)
"""The submissions of a class; a download may still be zipped."""
FOLDER_OR_ZIP.name = "directory"  # what messages call it where nothing is there

COURSE_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
"""A file of the course that is named by an option."""

LAYOUT_CHOICES = ("auto", "gradescope", "moodle", "blackboard", "canvas", "github", "folders", "files")
"""`LAYOUT_NAMES` of `grader.classroom.layouts.table`, which is not loaded for other commands."""

MARKS_OPTION = click.option(
    "--marks",
    metavar="FILE",
    type=COURSE_FILE,
    help="A reader's marks for written answers.",
)

OVERRIDES_OPTION = click.option(
    "--overrides",
    metavar="FILE",
    type=COURSE_FILE,
    help="What people have decided: points, extensions, who is excused.",
)

COURSE_OPTION = click.option(
    "--course",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder that holds specs/ and reference/ (default: this one or the nearest above it, outside of what is"
    " graded).",
)


STUDENT_OPTION = click.option(
    "--student",
    metavar="ID",
    envvar="GRADER_STUDENT",
    help="Whose variants are meant, where questions have some: an id, an e-mail or a name.",
)

STUDENTS_ROSTER_OPTION = click.option(
    "--roster", metavar="FILE", type=COURSE_FILE, help="The students of the course, among whom --student is one."
)

STARTS_ANEW = frozenset({"fresh"})
"""Options that a command which goes on does not repeat: they would throw away what is done."""


def ended(command: Callable[[], int | None]) -> int:
    """The exit code of a command: what it gives, or that of the error that ended it, which is said.

    An interruption goes on, to whoever knows what it ends.
    """
    try:
        return command() or EXIT_EARNED
    except (click.Abort, KeyboardInterrupt):
        raise
    except click.ClickException as error:
        with lost_if_unwritten():
            error.show()
        return EXIT_UNUSABLE
    except GraderError as error:
        complain(error)
        return EXIT_HELD if isinstance(error, HarnessError) else EXIT_UNUSABLE
    except Exception as error:
        say(f"a fault of the grader itself: {reason_of(error)}")
        return EXIT_HELD


def warns_alone_if_asked(command: Callable[..., int]) -> Callable[..., int]:
    """Gives a command `--exit-zero`, under which it says whatever it finds and ends with 0, whatever that is."""

    @click.option(
        "--exit-zero/--strict",
        default=False,
        help="End with 0 whatever is found, for hooks that warn; --strict, the default, takes it back.",
    )
    @wraps(command)
    def with_option(*arguments: Any, exit_zero: bool, **options: Any) -> int:
        if not exit_zero:
            return command(*arguments, **options)
        ended(lambda: command(*arguments, **options))
        return EXIT_EARNED

    return with_option


@contextmanager
def said_how_to_go_on(results: Path) -> Iterator[None]:
    """In here, an interruption or a fault that ends the run says what is kept, and with which command it goes on.

    A damaged gradebook keeps nothing that can be used, and says itself what makes it anew.
    """
    try:
        yield
    except (KeyboardInterrupt, HarnessError) as error:
        from grader.classroom.gradebook_file import DamagedGradebookError

        if isinstance(error, DamagedGradebookError):
            raise
        say(f"what is done is kept in {results}; this goes on: {command_again(click.get_current_context())}")
        raise


def command_again(context: click.Context) -> str:
    """The command that is running as a shell takes it, with the arguments and options that were given."""
    words, arguments, inner = list[str](), list[str](), context
    while inner.parent is not None:  # the outermost one is how Python was started: `grader`, `python -m grader`
        words, inner = [inner.info_name or "", *words], inner.parent
    words.insert(0, "grader")
    for parameter in context.command.params:
        name = parameter.name or ""
        if name in STARTS_ANEW or context.get_parameter_source(name) is not click.core.ParameterSource.COMMANDLINE:
            continue
        value = context.params[name]
        values = [str(one) for one in (value if isinstance(value, tuple) else (value,))]
        if isinstance(parameter, click.Argument):
            arguments += values
        elif isinstance(parameter, click.Option) and parameter.is_flag:
            words.append((parameter.opts if value else parameter.secondary_opts)[0])
        else:
            words += [word for one in values for word in _option(parameter.opts[0], one)]
    is_option = any(word.startswith("-") for word in arguments)
    words += [*(["--"] if is_option else []), *arguments]
    if os.name != "nt":
        return shlex.join(words)
    import subprocess

    return subprocess.list2cmdline(words)


def _option(name: str, value: str) -> tuple[str, ...]:
    """Two words, but one where the value could be taken for another option."""
    return (f"{name}={value}",) if value.startswith("-") and name.startswith("--") else (name, value)


def assignment_of_student(assignment: Assignment, student: str | None, roster: Path | None) -> Assignment:
    """The assignment with the variants of the student who is named; as it is where it has none.

    Raises:
        SpecError: if it has variants and nobody is named, or nobody has that name.
    """
    from grader.kinds.variants.own import students_assignment, variants_of

    if not variants_of(assignment):
        return assignment
    from grader.classroom.variant_students import student_named

    if student is None:
        name = variants_of(assignment)[0].id
        raise SpecError(f"{name} has variants: say whose are wanted with --student ID")
    return students_assignment(assignment, student_named(student, roster))


def assignment_asked_for(
    spec: str | None,
    course: Path | None,
    graded: Path | None = None,
    named: str | None = None,
    questions: tuple[str, ...] = (),
    *,
    from_cache: bool = False,
) -> Assignment:
    """The assignment that is asked for, or some questions of it alone.

    Without a `spec`, it is the one that the submission `named`, if it names one. `from_cache`: one that is kept in the
    user's cache will do, whose questions are loaded as they are needed.
    """
    from grader.kinds.table import load_assignment
    from grader.spec.course import CourseSearch, WhichAssignmentError

    try:
        path = CourseSearch(Path.cwd(), graded, course).spec(spec, named)
    except WhichAssignmentError as error:
        raise WhichAssignmentError(error.names, _advice_of_command() or error.advice) from None
    if from_cache:
        from grader.kinds.kept_assignment import kept_or_loaded

        return kept_or_loaded(path, questions)
    return load_assignment(path, asked=questions)


def _advice_of_command() -> str | None:
    """How the command that runs takes a spec that is no option of it but its argument; None where it is an option."""
    context = click.get_current_context(silent=True)
    arguments = [part for part in context.command.params if isinstance(part, click.Argument)] if context else []
    if context is None or not any(part.name == "spec" for part in arguments):
        return None
    return f"name one behind the command: {context.command_path} NAME"


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
