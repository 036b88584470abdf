"""The command `grader grade`: a class, from its folder to its results."""

from __future__ import annotations

import shlex
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from grader.cli_options import (
    COURSE_FILE,
    COURSE_OPTION,
    EXIT_EARNED,
    EXIT_HELD,
    FOLDER_OR_ZIP,
    LAYOUT_CHOICES,
    MARKS_OPTION,
    OVERRIDES_OPTION,
    said_how_to_go_on,
)
from grader.console import on_terminal, say, show, terminal_width, wants_colour
from grader.shared_options import SANDBOX_OPTION


@click.command()
@click.argument("folder", type=FOLDER_OR_ZIP)
@click.option("--spec", metavar="SPEC", help="One spec for all; without it each submission names its own.")
@click.option("--out", default="results", show_default=True, type=click.Path(path_type=Path), help="Where results go.")
@click.option(
    "--layout",
    type=click.Choice(LAYOUT_CHOICES),
    default="auto",
    show_default=True,
    help="Which platform the submissions are downloaded from; folders or files: none.",
)
@click.option("--roster", metavar="FILE", type=COURSE_FILE, help="The students: a CSV with id, name, email, section.")
@click.option("--groups", metavar="FILE", type=COURSE_FILE, help="Who hands in together: a CSV or YAML file.")
@click.option("--jobs", "-j", type=click.IntRange(1, 256), help="How many processes (as many as there are cores).")
@click.option(
    "--cluster", metavar="ADDRESS", help="Grade on a cluster of Dask: its scheduler's tcp://HOST:PORT, or local."
)
@click.option(
    "--metadata", metavar="FILE", type=COURSE_FILE, help="When students handed in: a table that the platform made."
)
@click.option("--fresh", is_flag=True, help="Grade all again, also what has not changed since the last run.")
@click.option("--question", "-q", "questions", multiple=True, metavar="Q", help="Grade this one, leave other marks.")
@click.option(
    "--pages/--no-pages", default=True, show_default=True, help="Write a page for each student, and one for the class."
)
@click.option("--names", is_flag=True, help="The page of the class says who is who, and leads to students' pages.")
@SANDBOX_OPTION
@MARKS_OPTION
@OVERRIDES_OPTION
@COURSE_OPTION
def grade(**given: Any) -> int:
    """Grade every submission in FOLDER (or in the zip of a download): a table, grades.csv, a report and a page each."""
    from grader.classroom.grade_options import GradeOptions
    from grader.classroom.last_run import Speaker, shown_again

    options = GradeOptions(**given)
    if options.cluster is not None:
        from grader.classroom.cluster_address import refuse_no_cluster

        refuse_no_cluster(options.cluster, options.jobs)
    speaker = Speaker(say, show, terminal_width(), wants_colour())
    if shown_again(options._asdict(), speaker):
        return EXIT_EARNED
    from grader.classroom.class_run import ClassRun
    from grader.classroom.progress import ProgressBar, ProgressLines
    from grader.classroom.unpacking import opened_class

    with opened_class(options.folder) as (where, said), ExitStack() as stack:
        run = ClassRun(options, speaker, where, said, stack)
        run.open_results(shlex.join(["grader", *sys.argv[1:], *([] if options.fresh else ["--fresh"])]))
        stack.enter_context(said_how_to_go_on(options.out))
        run.grade(ProgressBar() if on_terminal(sys.stderr) else ProgressLines(say))
        run.show()
    if run.say_faults():
        return EXIT_HELD
    run.keep()
    return EXIT_EARNED
