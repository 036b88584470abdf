"""The command `grader review`: people mark written answers and look at appeals, in a browser or without one."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from grader.cli_options import COURSE_FILE, COURSE_OPTION, EXIT_EARNED
from grader.console import say, show
from grader.shared_options import FILLED_TEXT
from grader.termination import TerminatedError

if TYPE_CHECKING:
    from grader.review.appeals import Appeals
    from grader.review.desk import Desk
    from grader.review.pending import Review

SIMILAR_ANSWERS_WAIT_S = 0.25
"""How long a page waits for similar answers to be found."""


class ReviewOptions(NamedTuple):
    """The folder of results and the options of `grader review`, by the names that the command has for them."""

    results: Path
    spec: str | None
    marks: Path | None
    overrides: Path | None
    reader: str
    names: bool
    second_reader: bool
    sample: int | None
    seed: str
    port: int
    no_open: bool
    questions: tuple[str, ...]
    template: bool
    output: Path | None
    terminal: bool
    csv_out: Path | None
    csv_in: Path | None
    course: Path | None

    @property
    def ways(self) -> list[str]:
        """The options that say how answers are marked; none: in a browser."""
        ways = {"--template": self.template, "--csv-out": self.csv_out, "--csv-in": self.csv_in}
        return [*(name for name, value in ways.items() if value), *(["--terminal"] if self.terminal else [])]


@click.command()
@click.argument("results", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--spec", metavar="SPEC", help="Whose questions; by default the assignment that RESULTS were graded by.")
@click.option(
    "--marks",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file that keeps the marks (default: marks.yaml beside the spec).",
)
@click.option(
    "--overrides",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file that keeps points given in appeals (default: overrides.yaml beside the spec).",
)
@click.option("--reader", metavar="NAME", default="", type=FILLED_TEXT, help="Who marks; it is kept with each mark.")
@click.option("--names", is_flag=True, help="Show whose answers they are; by default they have numbers.")
@click.option("--second-reader", is_flag=True, help="Mark a sample again, without seeing the first marks.")
@click.option("--sample", metavar="N", type=click.IntRange(1), help="How many answers a second reader marks.")
@click.option(
    "--seed", metavar="S", default="0", show_default=True, help="Which ones: the same seed, the same answers."
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="A port of this machine (default: a free one).")
@click.option("--no-open", is_flag=True, help="Print the address, and open no browser.")
@click.option("--question", "-q", "questions", multiple=True, metavar="Q", help="Without a browser: this one alone.")
@click.option("--template", is_flag=True, help="Write a file of marks for what waits, to be filled in with an editor.")
@click.option("--output", "-o", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Where to.")
@click.option("--terminal", is_flag=True, help="Mark here, in the terminal.")
@click.option(
    "--csv-out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write a table to mark in."
)
@click.option("--csv-in", metavar="FILE", type=COURSE_FILE, help="Save the marks of such a table.")
@COURSE_OPTION
def review(**given: Any) -> int:
    """Mark the written answers in RESULTS, and look at appeals, on a page in the browser of this machine."""
    options = ReviewOptions(**given)
    options = options._replace(reader=options.reader.strip())
    _refuse_mixed(options)
    if options.ways in ([], ["--terminal"]):
        _read_at_desk(options)
    else:
        _read_in_file(options)
    return EXIT_EARNED


def _refuse_mixed(options: ReviewOptions) -> None:
    """UsageError: for options that do not go together."""
    ways = options.ways
    if options.second_reader and not options.reader:
        raise click.UsageError("--second-reader keeps its marks under a name: say --reader NAME")
    if options.sample is not None and not options.second_reader:
        raise click.UsageError("--sample is for --second-reader: the first reader marks every answer")
    if len(ways) > 1:
        raise click.UsageError(f"{ways[0]} and {ways[1]} are two ways to mark: choose one")
    if options.second_reader and ways not in ([], ["--terminal"]):
        what = f"{ways[0]} is about the first marks"
        raise click.UsageError(f"{what}: --second-reader marks in the browser, or with --terminal")
    if options.output is not None and not options.template:
        raise click.UsageError("--output is for --template")
    if options.questions and not ways:
        raise click.UsageError("--question is for --template, --terminal and --csv-out: a browser shows every question")
    if options.questions and options.csv_in is not None:
        raise click.UsageError("--question is for --template, --terminal and --csv-out: a table has its own questions")


def _opened(options: ReviewOptions) -> Review:
    from grader.review.pending import open_review

    return open_review(options.results, options.spec, options.course, options.marks)


def _read_in_file(options: ReviewOptions) -> None:
    """Writes what is to be marked into a file, or saves the marks of one."""
    from grader.review.files import take_table, write_table, write_template

    if options.csv_in is not None:
        take_table(_opened(options), options.csv_in, options.reader)
    elif options.csv_out is not None:
        write_table(_opened(options), options.csv_out, options.questions)
    else:
        write_template(_opened(options), options.output, options.questions)


def _read_at_desk(options: ReviewOptions) -> None:
    """Has answers marked in a browser, or in this terminal."""
    import secrets

    from grader.review.appeals import Appeals
    from grader.review.desk import Desk
    from grader.review.desk_answers import SecondReading
    from grader.review.serve import refuse_without_libraries

    if not options.terminal:
        refuse_without_libraries()
    second = SecondReading(options.reader, options.sample, options.seed) if options.second_reader else None
    desk = Desk(
        partial(_opened, options), secrets.token_bytes(32), options.reader, second,
        names=options.names, patience_seconds=SIMILAR_ANSWERS_WAIT_S,
    )  # fmt: skip
    if options.terminal:
        from grader.review.files import mark_here

        mark_here(desk, options.questions)
        return
    appeals = Appeals(options.results, desk.review.assignment, options.overrides) if second is None else None
    for message in desk.review.said:
        say(message)
    _serve_until_closed(desk, appeals, options.port, opens_browser=not options.no_open)


def _serve_until_closed(desk: Desk, appeals: Appeals | None, port: int, *, opens_browser: bool) -> None:
    """Serves the desk until Ctrl-C, and says where it is and where its marks are."""
    import webbrowser

    from grader.review.serve import serve
    from grader.visible import one_line

    kept = one_line(str(desk.review.store.path))

    def ready(address: str, once: str) -> None:
        show(f"the reader's desk is at {address}\nmarks are kept in {kept}; Ctrl-C ends it\n")
        if opens_browser:
            Thread(target=webbrowser.open, args=(once,), daemon=True).start()  # one in a terminal does not return

    try:
        serve(desk, appeals, port, ready)
    except TerminatedError:
        raise
    except KeyboardInterrupt:  # which is how a reader ends it; the server may also just return then
        pass
    show(f"the desk is closed; all marks are in {kept}\n")
