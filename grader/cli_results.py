"""The commands of `grader` for what it wrote into a folder of results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from grader.cli_options import EXIT_EARNED, EXIT_HELD
from grader.console import refused_unless_written, say, show, terminal_width, wants_colour, write_output
from grader.errors import GraderError
from grader.shared_options import FILLED_TEXT

if TYPE_CHECKING:
    from grader.classroom.class_row import ClassRow
    from grader.classroom.verdicts import KeptVerdict

RESULTS_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("results", type=RESULTS_FOLDER)
@click.option(
    "--format",
    "format_name",
    required=True,
    type=click.Choice(("canvas", "moodle", "gradescope", "csv", "feedback")),
    help="Who takes the marks.",
)
@click.option(
    "--output", "-o", required=True, metavar="FILE", type=click.Path(path_type=Path), help="The file to write."
)
@click.option(
    "--from",
    "source",
    metavar="PATH",
    type=click.Path(exists=True, path_type=Path),
    help="What the platform handed out: Canvas's gradebook or Moodle's worksheet, which are filled; for feedback the"
    " download of the submissions.",
)
@click.option("--column", default="", metavar="NAME", type=FILLED_TEXT, help="The column to fill, by its title or id.")
@click.option(
    "--assignment", default="", metavar="NAME", type=FILLED_TEXT, help="Whose marks, where the class has several."
)
@click.option("--scale", is_flag=True, help="Convert marks where the platform's maximum is another one.")
@click.option("--decimal-comma", is_flag=True, help="Write 7,5 for 7.5 (csv: with semicolons).")
@click.option("--markup", type=click.Choice(("html", "markdown")), help="What feedback is written in.")
@click.option("--show-expected", is_flag=True, help="Feedback: let students see expected values, too.")
def grades(
    results: Path,
    format_name: str,
    output: Path,
    source: Path | None,
    column: str,
    assignment: str,
    scale: bool,
    decimal_comma: bool,
    markup: str | None,
    show_expected: bool,
) -> int:
    """Write the marks in RESULTS as a file that a platform takes."""
    from grader.classroom.platforms.platform import PlatformRequest
    from grader.classroom.platforms.table import platform_format
    from grader.classroom.recorded_rows import class_rows
    from grader.visible import one_line

    writer = platform_format(format_name)
    _refuse_unused(format_name, writer.options)
    if source is None and writer.source_wanted:
        raise click.UsageError(f"--format {format_name} fills a file: name {writer.source_wanted} with --from")
    if source is not None and output.exists() and output.samefile(source):
        raise click.UsageError("--output is the file of --from, which stays as it is: name another one")
    if _is_of_results(output, results):
        raise click.UsageError(
            f"--output {output}: is what the marks are read from, which stays as it is: name another"
        )
    book = class_rows(results)
    rows = _of_one_assignment(book.rows, assignment)
    with _beside_reports(results) as kept:
        request = PlatformRequest(rows, source, column, scale, decimal_comma, markup or "", show_expected, kept)
        written = writer.write(request)
    write_output(output, written.data)
    held = [row.graded for row in rows if row.graded.status == "held"]
    unread = [f"{graded.name}: {message}" for graded in held for message in graded.messages]
    for message in (*written.said, *unread, *written.faults):
        say(message)
    show(f"{one_line(str(output))} is ready\n")
    return EXIT_HELD if held or written.faults else EXIT_EARNED


@click.command("class")
@click.argument("results", type=RESULTS_FOLDER)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(("terminal", "json", "html")),
    default="terminal",
    show_default=True,
    help="Text, all of it for other programs, or a page.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--names", is_flag=True, help="The page says who is who; without it names are hidden.")
@click.option("--output", "-o", metavar="FILE", type=click.Path(path_type=Path), help="The file to write the page to.")
def show_class(results: Path, format_name: str, as_json: bool, names: bool, output: Path | None) -> int:
    """Show what a class that was graded into RESULTS has earned, and where it loses points."""
    from grader.classroom.counting import class_statistics
    from grader.classroom.recorded_rows import class_rows
    from grader.classroom.statistics_json import render
    from grader.classroom.statistics_text import class_text

    format_name = "json" if as_json else format_name
    if format_name == "html":
        return _write_class_page(results, output, names=names)
    if names or output is not None:
        raise click.UsageError(f"{'--names' if names else '--output'} is for a page: say --format html")
    statistics = class_statistics(class_rows(results).rows)
    show(render(statistics) if format_name == "json" else class_text(statistics, terminal_width(), full=True))
    return EXIT_EARNED


def _write_class_page(results: Path, output: Path | None, *, names: bool) -> int:
    """Writes the page of a class, and further ones beside it where it names many students."""
    from grader.classroom.class_details import ClassDetails
    from grader.classroom.class_page_file import ClassPageFile
    from grader.classroom.counting import class_statistics
    from grader.classroom.recorded_rows import class_rows
    from grader.visible import one_line

    if output is None:
        raise click.UsageError("--format html writes a page: name its file with --output")
    if _is_of_results(output, results):
        raise click.UsageError(f"--output {output}: is what the page is made from, which stays as it is: name another")
    page = ClassPageFile(output, results, class_rows(results).rows, names)
    details = ClassDetails()
    statistics = class_statistics(page.rows, details.add)
    with refused_unless_written(output):
        page.write(statistics, details)
    if names and not page.has_links:
        say("the page does not lead to students' pages: write it into RESULTS, or into a folder that holds it")
    show(f"{one_line(str(output))} is ready\n")
    return EXIT_EARNED


@click.command("diff")
@click.argument("results", type=RESULTS_FOLDER)
@click.option("--since", metavar="RUN", type=click.IntRange(0), help="Against the marks after this run.")
def diff(results: Path, since: int | None) -> int:
    """Show whose marks in RESULTS a regrade has changed, from, to, and by which rubric lines.

    They are the marks that the grader gives; what overrides.yaml decides is applied after them.
    """
    from grader.classroom.changed_marks import changed_marks
    from grader.classroom.gradebook import opened_gradebook

    with opened_gradebook(results, read_only=True) as book:
        show("".join(f"{line}\n" for line in changed_marks(book, since)))
    return EXIT_EARNED


@click.command("report")
@click.argument("results", type=RESULTS_FOLDER)
@click.argument("student")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(("terminal", "html")),
    default="terminal",
    show_default=True,
    help="Text, or the student's page.",
)
@click.option("--output", "-o", metavar="FILE", type=click.Path(path_type=Path), help="The file to write it to.")
def report(results: Path, student: str, format_name: str, output: Path | None) -> int:
    """Show the report of one STUDENT (a submission, a name, an id or an e-mail) with the answers themselves."""
    from grader.classroom.student_report import student_report, student_report_page
    from grader.visible import one_line

    if output is not None and _is_of_results(output, results):
        raise click.UsageError(f"--output {output}: is among what `grade` writes, which stays as it is: name another")
    if format_name == "html":
        text = student_report_page(results, student)
    else:
        is_shown = output is None
        text = student_report(
            results, student, colour=is_shown and wants_colour(), width=terminal_width() if is_shown else 80
        )
    if output is None:
        show(text)
    else:
        write_output(output, text.encode("utf-8", "backslashreplace"))
        show(f"{one_line(str(output))} is ready\n")
    return EXIT_EARNED


GRADES_OPTIONS = ("source", "column", "scale", "decimal_comma", "markup", "show_expected")
"""Of `grades`, by the names of their values: each format takes some of them."""


def _refuse_unused(format_name: str, taken: Collection[str]) -> None:
    """Raises `UsageError` for an option that was given and that the format would pass over."""
    from grader.classroom.platforms.table import PLATFORM_FORMATS, platform_format
    from grader.errors import listed

    context = click.get_current_context()
    given = [name for name in GRADES_OPTIONS if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    flags = {parameter.name: parameter.opts[0] for parameter in context.command.params}
    for name in given:
        if name not in taken:
            others = listed(one for one in PLATFORM_FORMATS if name in platform_format(one).options)
            raise click.UsageError(f"--format {format_name} does not take {flags[name]}: it is of {others}")


@contextmanager
def _beside_reports(results: Path) -> Iterator[Callable[[ClassRow], Sequence[KeptVerdict]]]:
    """What is kept beside a report; nothing, which is said, where the gradebook is damaged: marks stand elsewhere."""
    from grader.classroom.verdicts_of_rows import gradebook_if_any, verdicts_of

    with ExitStack() as stack:
        try:
            book = stack.enter_context(gradebook_if_any(results))
        except GraderError as error:
            book = None
            say(f"pages show the marks alone: {error}")
        yield lambda row: verdicts_of(row, book)


def _of_one_assignment(rows: Sequence[ClassRow], wanted: str) -> Sequence[ClassRow]:
    """The rows of the assignment that is asked for; those of none (nothing was read or handed in) are of each.

    Raises:
        UsageError: if there are several and none is named, or no such one.
    """
    from grader.errors import did_you_mean, listed

    names = Counter(row.graded.assignment for row in rows if row.graded.assignment)
    if wanted and wanted not in names:
        there = f"the results have {listed(names) or 'none'}{did_you_mean(wanted, names)}"
        raise click.UsageError(f"--assignment {wanted}: {there}")
    if len(names) > 1 and not wanted:
        raise click.UsageError(f"the results are of {listed(names)}: name one with --assignment")
    return [row for row in rows if not wanted or row.graded.assignment in ("", wanted)]


def _is_of_results(output: Path, results: Path) -> bool:
    """Whether a file is one that `grade` keeps in its folder of results, or would be among its reports."""
    from grader.classroom.gradebook_file import is_gradebook_file
    from grader.classroom.result_names import GRADES_FILE, PAGES

    folder, own = output.resolve().parent, results.resolve()
    if folder == own and is_gradebook_file(output.name):
        return True
    kept = own / GRADES_FILE
    is_table = output.resolve() == kept or (output.exists() and output.samefile(kept))
    return is_table or folder in (own / "reports", own / PAGES)
