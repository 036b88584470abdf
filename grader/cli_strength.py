"""The command `grader spec strength`: wrong answers made on purpose, and which of them a spec misses."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli_options import (
    COURSE_OPTION,
    EXIT_EARNED,
    EXIT_HELD,
    EXIT_LOST,
    EXIT_UNUSABLE,
    assignment_asked_for,
)
from grader.console import on_terminal, say, show, terminal_width, write_output

if TYPE_CHECKING:
    from grader.strength.chunks import ChunkVerdicts, MutantChunk
    from grader.strength.measure import Watcher
    from grader.strength.outcome import SpecStrength


def share_of_all(context: click.Context, parameter: click.Parameter, value: str | None) -> Fraction | None:
    """A share that is compared exactly: `95%`, `0.95` and `19/20` are the same; it is more than 0, and at most all.

    The rule: a percentage has its sign, so that `95` is not taken for 95 times all, nor `1` for one per cent.

    Raises:
        BadParameter: for anything else.
    """
    if value is None:
        return None
    text = value.strip()
    number, is_percentage = (text[:-1].strip(), True) if text.endswith("%") else (text, False)
    try:
        share = Fraction(number) / (100 if is_percentage else 1)
    except (ValueError, ZeroDivisionError):
        raise click.BadParameter(f"{text!r} is no share: write it as 95% or 0.95", context, parameter) from None
    if 1 < share <= 100 and not is_percentage:
        raise click.BadParameter(f"{text} is more than all: write {text}% if that is meant", context, parameter)
    if not 0 < share <= 1:
        raise click.BadParameter(f"{text} is not more than 0% and at most 100%", context, parameter)
    return share


@click.command()
@click.argument("spec", required=False)
@click.option("--question", "-q", "questions", multiple=True, metavar="Q", help="Only this question (may be repeated).")
@click.option(
    "--at-least",
    callback=share_of_all,
    metavar="95%",
    help="Exit 1 if a question kills a smaller share of its mutants.",
)
@click.option("--mutants", type=click.IntRange(min=1), metavar="N", help="Judge at most so many of each question.")
@click.option("--seed", type=int, default=0, show_default=True, help="What they are drawn from where there are more.")
@click.option("--jobs", "-j", type=click.IntRange(min=1), help="How many processes to use.")
@click.option("--format", "form", type=click.Choice(("terminal", "json")), default="terminal", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="Write it to a file instead.")
@click.option("--survivors", type=click.IntRange(min=0), metavar="N", help="Show at most so many of each question.")
@COURSE_OPTION
def strength(
    spec: str | None,
    questions: tuple[str, ...],
    at_least: Fraction | None,
    mutants: int | None,
    seed: int,
    jobs: int | None,
    form: str,
    output: Path | None,
    survivors: int | None,
    course: Path | None,
) -> int:
    """Make wrong answers to a SPEC on purpose, and count those that lose no points."""
    from grader.reports.terminal import TERMINAL_COLUMNS
    from grader.strength import json, terminal
    from grader.strength.measure import DEFAULT_MUTANTS, StrengthOptions, measure

    assignment = assignment_asked_for(spec, course, questions=questions)
    options = StrengthOptions(mutants or DEFAULT_MUTANTS, seed, at_least)
    judge = partial(_judged, jobs=jobs) if jobs != 1 else None
    with _watcher() as watcher:
        found = measure(assignment, options, asked=questions, judge=judge, watcher=watcher)
    shown = terminal.DEFAULT_SURVIVORS if survivors is None else survivors
    width = TERMINAL_COLUMNS if output else terminal_width()
    text = json.render(found) if form == "json" else terminal.render(found, shown, width)
    show(text) if output is None else write_output(output, text.encode())
    return _exit_code(found)


def _exit_code(found: SpecStrength) -> int:
    """3 where something is held, 2 where nothing can be said, 1 below the share that is asked for."""
    if found.is_held:
        say(f"held: of {', '.join(way.name for way in found.ways if way.is_held)} not every mutant could be judged")
        return EXIT_HELD
    if not found.measured:
        say("no wrong answer can be made of any of these questions, so that nothing is known of their strength")
        return EXIT_UNUSABLE
    return EXIT_LOST if found.below else EXIT_EARNED


def _judged(chunks: Sequence[MutantChunk], jobs: int | None) -> Generator[ChunkVerdicts, None, None]:
    """The verdicts on chunks, in as many processes as are worth their start.

    A process that ends by itself takes one mutant with it: those of its chunk are tried one by one.
    """
    from grader.classroom.executors import MIN_TASKS_PER_PROCESS, InProcess, Processes, usable_cores
    from grader.classroom.pool import WORKER_ENDED_TWICE
    from grader.strength.chunks import held_chunk, judge_chunk, single_chunks

    wanted = min(usable_cores(), len(chunks) // MIN_TASKS_PER_PROCESS) if jobs is None else min(jobs, len(chunks))
    executor = Processes(wanted, judge_chunk, held_chunk) if wanted > 1 else InProcess(None, judge_chunk, held_chunk)
    with closing(executor.run(chunks)) as results:
        for chunk, verdicts in zip(chunks, results, strict=True):
            if len(verdicts) > 1 and all(verdict.reason == WORKER_ENDED_TWICE for verdict in verdicts):
                singles = Processes(1, judge_chunk, held_chunk).run(single_chunks(chunk))
                yield tuple(verdict for single in singles for verdict in single)
            else:
                yield verdicts


@contextmanager
def _watcher() -> Iterator[Watcher | None]:
    """A bar on a terminal at stderr; nothing elsewhere."""
    if not on_terminal(sys.stderr):
        yield None
        return
    bar = _ProgressBar()
    try:
        yield bar
    finally:
        bar.stop()


class _ProgressBar:
    """Shows how many mutants are judged."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("mutants"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
        )
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)

    def total(self, mutants: int) -> None:
        """Begins to show."""
        self._task = self._bar.add_task("mutants", total=mutants)
        self._bar.start()

    def done(self, mutants: int) -> None:
        """So many more."""
        self._bar.advance(self._task, mutants)

    def stop(self) -> None:
        """Takes the bar away."""
        self._bar.stop()
