"""The command `grader review`: people mark written answers and look at appeals, in a browser or without one."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import click

from grader.cli_options import COURSE_FILE, COURSE_OPTION, EXIT_EARNED
from grader.console import say, show
from grader.shared_options import FILLED_TEXT
from grader.termination import TerminatedError

if TYPE_CHECKING:
    from grader.review.appeals import Appeals
    from grader.review.desk import Desk

SIMILAR_ANSWERS_WAIT_S = 0.25
"""How long a page waits for similar answers to be found."""


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
def review(
    results: Path,
    spec: str | None,
    marks: Path | None,
    overrides: Path | None,
    reader: str,
    names: bool,
    second_reader: bool,
    sample: int | None,
    seed: str,
    port: int,
    no_open: bool,
    questions: tuple[str, ...],
    template: bool,
    output: Path | None,
    terminal: bool,
    csv_out: Path | None,
    csv_in: Path | None,
    course: Path | None,
) -> int:
    """Mark the written answers in RESULTS, and look at appeals, on a page in the browser of this machine."""
    from grader.review.pending import open_review

    reader = reader.strip()
    if second_reader and not reader:
        raise click.UsageError("--second-reader keeps its marks under a name: say --reader NAME")
    if sample is not None and not second_reader:
        raise click.UsageError("--sample is for --second-reader: the first reader marks every answer")
    opened = partial(open_review, results, spec, course, marks)
    chosen = [name for name, value in (("--template", template), ("--csv-out", csv_out), ("--csv-in", csv_in)) if value]
    chosen += ["--terminal"] if terminal else []
    if len(chosen) > 1:
        raise click.UsageError(f"{chosen[0]} and {chosen[1]} are two ways to mark: choose one")
    if second_reader and chosen and not terminal:
        what = f"{chosen[0]} is about the first marks"
        raise click.UsageError(f"{what}: --second-reader marks in the browser, or with --terminal")
    if output is not None and not template:
        raise click.UsageError("--output is for --template")
    if questions and not chosen:
        raise click.UsageError("--question is for --template, --terminal and --csv-out: a browser shows every question")
    if template or csv_out is not None or csv_in is not None:
        from grader.review.files import take_table, write_table, write_template

        if csv_in is not None:
            take_table(opened(), csv_in, reader)
        elif csv_out is not None:
            write_table(opened(), csv_out, questions)
        else:
            write_template(opened(), output, questions)
        return EXIT_EARNED
    import secrets

    from grader.review.appeals import Appeals
    from grader.review.desk import Desk
    from grader.review.desk_answers import SecondReading
    from grader.review.serve import refuse_without_libraries

    if not terminal:
        refuse_without_libraries()
    second = SecondReading(reader, sample, seed) if second_reader else None
    desk = Desk(opened, secrets.token_bytes(32), reader, second, names=names, patience_seconds=SIMILAR_ANSWERS_WAIT_S)
    if terminal:
        from grader.review.files import mark_here

        mark_here(desk, questions)
        return EXIT_EARNED
    appeals = Appeals(results, desk.review.assignment, overrides) if second is None else None
    for message in desk.review.said:
        say(message)
    _serve_until_closed(desk, appeals, port, opens_browser=not no_open)
    return EXIT_EARNED


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
