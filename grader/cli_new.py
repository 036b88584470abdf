"""`grader new`: a course that works, one more question, a blank submission.

Names that may be chosen are asked for where somebody is at a terminal and no option gives them; elsewhere the defaults
are taken, so that nothing waits for an answer that never comes.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import click

from grader.atomic import write_new_file
from grader.cli_commands import CommandGroup
from grader.cli_options import (
    COURSE_OPTION,
    STUDENT_OPTION,
    STUDENTS_ROSTER_OPTION,
    assignment_asked_for,
    assignment_of_student,
)
from grader.console import on_terminal, say, show
from grader.errors import GraderError, listed
from grader.visible import one_line


@click.group(cls=CommandGroup)
def new() -> None:
    """Begin a course, a question, or a submission with a blank for every answer."""


@new.command("submission")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--spec", metavar="SPEC", help="A folder, a question file, or the name of an assignment in specs/.")
@STUDENT_OPTION
@STUDENTS_ROSTER_OPTION
@COURSE_OPTION
def new_submission(
    folder: Path, spec: str | None, student: str | None, roster: Path | None, course: Path | None
) -> None:
    """Write FOLDER/answers.yaml, with a blank for every answer."""
    from grader.answers.answer_files import DOCUMENT_READERS
    from grader.answers.names import ANSWERS_STEM
    from grader.answers_template import blank_answers

    assignment = assignment_of_student(assignment_asked_for(spec, course), student, roster)
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
    if assignment.variants:
        named = (*named, "--student", student or "", *(["--roster", str(roster)] if roster else []))
    then = shlex.join(["grader", "check", str(folder), *named])
    number = len(assignment.questions)
    blanks = f"a blank for each of {number} answers" if number > 1 else "a blank for the answer"
    show(one_line(f"{path} has {blanks}; then: {then}") + "\n")


@new.command("course")
@click.argument("named", metavar="DIR")
@click.option("--title", help="What the course is called (default: the folder's name).")
@click.option("--assignment", metavar="NAME", help="The first assignment, a folder in specs/ (default: hw1).")
@click.option("--assignment-title", metavar="TITLE", help="What students read above it (default: Homework 1).")
def new_course(named: str, title: str | None, assignment: str | None, assignment_title: str | None) -> None:
    """Begin a course in DIR: an assignment with a question of each kind, all working and explained."""
    from grader.authoring.file_names import checked_name, checked_title
    from grader.authoring.new_course import NewCourse, refuse_place, write_course
    from grader.spec.course import courses_above

    if not named.strip():
        raise click.UsageError("DIR is blank: name a folder, or . for this one")
    folder = Path(named)
    refuse_place(folder, NewCourse(assignment=assignment or NewCourse.assignment))
    name = one_line(folder.resolve().name) or NewCourse.title
    course = NewCourse(
        title=_given_or_asked(title, "Title of the course", name, checked_title),
        assignment=_given_or_asked(
            assignment,
            "Name of the first assignment",
            NewCourse.assignment,
            lambda name: checked_name(name, "the assignment"),
        ),
        assignment_title=_given_or_asked(
            assignment_title, "Title of the first assignment", NewCourse.assignment_title, checked_title
        ),
    )
    files = write_course(folder, course)
    if above := next(courses_above(folder.resolve().parent), None):
        say(f"{folder} lies in another course, {above}: where both could be meant, say --course {folder}")
    there = [] if folder.resolve() == Path.cwd() else [f"cd {shlex.quote(_no_option(folder))}"]
    then = " && ".join([*there, "grader spec check", "grader check submissions_example/right"])
    show(one_line(f"{folder} is a course now ({len(files)} files, explained in its README.md); then: {then}") + "\n")


@new.command("question")
@click.argument("kind")
@click.argument("name", required=False)
@click.option("--in", "folder", metavar="DIR", help="specs/NAME, or NAME (default: the only assignment of the course).")
@click.option("--id", "option_name", metavar="NAME", help="Its name (default: q7 after q6).")
@click.option("--title", help="What students read above it (default: that of the example).")
def new_question(kind: str, name: str | None, folder: str | None, option_name: str | None, title: str | None) -> None:
    """Add a question that works, to be changed.

    KIND is weights, function, formula, number, choice, written, either or parts.
    """
    from grader.authoring.file_names import checked_title
    from grader.authoring.new_question import find_assignment_folder, free_name, name_for_question, write_question
    from grader.authoring.templates import DEFAULT_TITLES, checked_kind

    if name is not None and option_name not in (None, name):
        raise click.UsageError(f"two names for one question: {name} and {option_name}")
    checked_kind(kind)
    assignment = find_assignment_folder(folder, Path.cwd())
    named = _given_or_asked(
        name if name is not None else option_name,
        "Name of the question",
        free_name(assignment),
        lambda text: name_for_question(assignment, text),
    )
    titled = _given_or_asked(title, "Title", DEFAULT_TITLES[kind], checked_title)
    written = write_question(kind, assignment, named, titled)
    are = "is" if len(written.files) == 1 else "are"
    here = written.question.is_relative_to(Path.cwd())
    path = written.question.relative_to(Path.cwd()) if here else written.question
    then = shlex.join(["grader", "spec", "check", str(path)])
    show(one_line(f"{listed(written.files)} {are} there now{written.listed_in}; then: {then}") + "\n")


def _no_option(folder: Path) -> str:
    """A path that no command takes for an option."""
    return f"./{folder}" if str(folder).startswith("-") else str(folder)


def _given_or_asked(given: str | None, what: str, default: str, checked: Callable[[str], str]) -> str:
    """What an option gives, else what somebody at the terminal says, else the default.

    Raises:
        SpecError: if the option gives what cannot be used; at the terminal it is asked for again.
    """
    if given is not None:
        return checked(given)
    if not (on_terminal(sys.stdin) and on_terminal(sys.stdout)):
        return checked(default)

    def read(text: str) -> str:
        try:
            return checked(text)
        except GraderError as error:
            raise click.UsageError(str(error)) from None

    answer: str = click.prompt(what, default=default, value_proc=read)
    return answer
