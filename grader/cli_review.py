"""The command `grader review`: people mark written answers and look at appeals, in a browser or without one."""

from __future__ import annotations

import secrets
from contextlib import suppress
from functools import partial
from pathlib import Path

import click

from grader.cli_options import COURSE_OPTION, EXIT_EARNED
from grader.console import say, show


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
@click.option("--reader", metavar="NAME", default="", help="Who marks; it is kept with each mark.")
@click.option("--names", is_flag=True, help="Show whose answers they are; by default they have numbers.")
@click.option("--second-reader", is_flag=True, help="Mark a sample again, without seeing the first marks.")
@click.option("--sample", metavar="N", type=click.IntRange(1), help="How many answers a second reader marks.")
@click.option(
    "--seed", metavar="S", default="0", show_default=True, help="Which ones: the same seed, the same answers."
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="A port of this machine (default: a free one).")
@click.option("--no-open", is_flag=True, help="Print the address, and open no browser.")
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
    from grader.review.appeals import Appeals
    from grader.review.desk import Desk, SecondReading
    from grader.review.serve import refuse_without_libraries, serve

    refuse_without_libraries()
    second = SecondReading(reader, sample, seed) if second_reader else None
    desk = Desk(opened, secrets.token_bytes(32), reader, second, names=names)
    appeals = Appeals(results, desk.review.assignment, overrides) if second is None else None
    for message in desk.review.said:
        say(message)

    def ready(address: str) -> None:
        show(f"the reader's desk is at {address}\nmarks are kept in {desk.review.store.path}; Ctrl-C ends it\n")
        if not no_open:
            import webbrowser

            webbrowser.open(address)

    with suppress(KeyboardInterrupt):  # which is how it ends
        serve(desk, appeals, port, ready)
    show(f"the desk is closed; all marks are in {desk.review.store.path}\n")
    return EXIT_EARNED
