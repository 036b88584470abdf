"""The commands of `grader` for the results of a class that was graded."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli_options import EXIT_EARNED
from grader.console import show, terminal_width

RESULTS_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("class")
@click.argument("results", type=RESULTS_FOLDER)
@click.option("--json", "as_json", is_flag=True, help="All of it as JSON, for other programs.")
def show_class(results: Path, as_json: bool) -> int:
    """Show what a class that was graded into RESULTS has earned, and where it loses points."""
    from grader.classroom.kept_rows import class_rows
    from grader.classroom.statistics import class_statistics
    from grader.classroom.statistics_json import render
    from grader.classroom.statistics_text import class_text

    statistics = class_statistics(class_rows(results))
    show(render(statistics) if as_json else class_text(statistics, terminal_width(), full=True))
    return EXIT_EARNED
