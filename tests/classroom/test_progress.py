"""A run as it is watched: a bar on a terminal, a line a minute elsewhere; and how it goes on after an interruption."""

import queue
import shlex
from fractions import Fraction

import click
import pytest

from grader.classroom import progress
from grader.classroom.graded import NO_TEXTS, Graded
from grader.classroom.progress import ProgressBar, ProgressLines, RunCounts, a_second, duration
from grader.cli import cli
from grader.cli_options import command_again

from ..answers.helpers import Q5, write


def row(name="alice", points=2, status="graded", pending=0, unproved=()):
    total = None if status == "held" else Fraction(points)
    return Graded(
        name, "a", {}, total, Fraction(2), status, (), NO_TEXTS, Fraction(pending), unproved=frozenset(unproved)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row()], ""),
        ([row(points=1)], "1 lost points"),
        ([row(points=1, pending=1, status="pending")], ""),
        ([row(points=0, pending=1, status="pending")], "1 lost points"),
        ([row(points=0, status="missing")], "1 lost points"),
        ([row(points=0, status="rejected")], "1 rejected"),
        ([row(status="held")], "1 held"),
        ([row(unproved=["q1", "q2"])], "1 unproved"),
        ([row(points=1, unproved=["q1"])], "1 lost points, 1 unproved"),
        (
            [row("a", 1), row("b", status="held"), row("c", 0), row("d", unproved="q")],
            "2 lost points, 1 held, 1 unproved",
        ),
        ([row("a", 1), row("a", status="held"), row("b")], "1 held"),
    ],
)
def test_what_is_counted(rows, words):
    counts = RunCounts()
    for one in rows:
        counts.add(one)
    assert (counts.in_words(), counts.done) == (words, len({one.name for one in rows}))


def test_the_bar_counts_submissions_and_what_went_wrong():
    bar = ProgressBar()
    bar.start(["a", "b", "c"])
    for one in (row("a"), row("b", 1), row("c", 0, "rejected"), row("c", 0, "held")):
        bar.record(one)
    (task,) = bar._bar.tasks
    assert (task.completed, task.total, task.fields["note"]) == (3, 3, "1 lost points, 1 held")
    bar.finish([])
    assert bar._bar.finished


@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_bar_cuts_nothing_off_on_a_narrow_terminal(width, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    bar = ProgressBar()
    bar.start([str(number) for number in range(10_000)])
    said = "1200 lost points, 30 rejected, 2 held, 600 unproved"
    bar._bar.update(bar._task, completed=5000, rate="83.4/s", note=said)
    bar.finish([])
    with bar._bar.console.capture() as shown:
        bar._bar.console.print(bar._bar.get_renderable())
    words = shown.get().split()
    assert [word for word in words if "━" not in word and "-" not in word] == ["5000/10000", "83.4/s", *said.split()]
    assert max(map(len, shown.get().splitlines())) <= width


def test_a_line_has_the_rate_since_the_line_before_and_the_time_that_is_left():
    now = iter([100.0, 160.0, 220.0, 220.0, 280.0])
    lines = ProgressLines(print, lambda: next(now))
    lines.start([str(i) for i in range(1000)])
    for i in range(600):
        lines.record(row(str(i)))
    assert lines.line() == "600 of 1000 done, 10/s, 40 s left"
    for i in range(600, 630):
        lines.record(row(str(i), 1))
    assert lines.line() == "630 of 1000 done, 0.5/s, 13 min left: 30 lost points"
    assert lines.line() == "630 of 1000 done, 0/s: 30 lost points"  # no time has passed
    for i in range(630, 1000):
        lines.record(row(str(i), status="held"))
    assert lines.line() == "1000 of 1000 done, 6.17/s: 30 lost points, 370 held"
    lines.finish([])


def test_a_rate_of_thousands_is_a_whole_number():
    assert [a_second(rate) for rate in (0.123456, 999.4, 9830.2)] == ["0.123/s", "999/s", "9830/s"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (90, "90 s"), (90.1, "2 min"), (3600, "60 min"), (6000, "1 h 40 min"), (86_400, "24 h 0 min")],
)
def test_durations_are_rounded_up(seconds, words):
    assert duration(seconds) == words


def test_lines_come_also_while_nothing_is_done_and_end_with_the_run(monkeypatch):
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0.001)
    told = queue.Queue()
    lines = ProgressLines(told.put)
    lines.start(["a"])
    first, second = told.get(timeout=60), told.get(timeout=60)
    assert first == second == "0 of 1 done, 0/s"
    lines.finish(None)
    assert not lines._thread.is_alive()


def test_a_line_that_cannot_be_written_ends_nothing(monkeypatch):
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0.001)
    tried = queue.Queue()

    def closed(text):
        tried.put(text)
        raise OSError("closed")

    lines = ProgressLines(closed)
    lines.start(["a"])
    assert [tried.get(timeout=60) for _ in range(2)]
    lines.finish([])


def test_a_short_run_that_nobody_watches_says_nothing_of_its_progress(course, run, tmp_path):
    write(tmp_path / "class" / "alice", {"answers.yaml": Q5})
    assert run("grade", tmp_path / "class", "--out", tmp_path / "out").err == ""


GIVEN = [
    ["class"],
    ["class", "--jobs", "2"],
    ["-j", "4", "class", "--out", "my results"],
    ["it's a class", "--spec", "$HOME; rm *", "--out", 'a"b'],
    ["--spec=-odd", "--", "-class"],
    ["class", "--layout", "moodle", "--require-sandbox", "off", "--out=--out"],
]


@pytest.mark.parametrize("given", GIVEN)
def test_the_command_that_goes_on_means_the_same(given, tmp_path, monkeypatch):
    """What a shell makes of it are the same arguments; so for names with spaces, quotes, signs of the shell and dashes."""
    monkeypatch.chdir(tmp_path)
    for name in ("class", "it's a class", "-class"):
        write(tmp_path / name, {})
    command = cli.commands["grade"]

    def context(arguments):
        group = click.Context(cli, info_name="python -m grader", **cli.context_settings)
        return command.make_context("grade", list(arguments), parent=group)

    first = context(given)
    program, name, *words = shlex.split(command_again(first))
    assert (program, name) == ("grader", "grade")
    again = context(words)
    assert again.params == first.params
    assert {p: again.get_parameter_source(p) for p in again.params} == {
        p: first.get_parameter_source(p) for p in first.params
    }


def test_options_that_repeat_and_flags_and_what_starts_anew(monkeypatch):
    @click.command()
    @click.argument("folder")
    @click.option("--question", "-q", "questions", multiple=True)
    @click.option("--fresh", is_flag=True)
    @click.option("--bold/--plain", default=True)
    def grade(**_):
        pass

    given = ["x y", "-q", "q1", "-q", "-2", "--fresh", "--plain"]
    context = grade.make_context("grade", given, parent=click.Context(cli, info_name="grader"))
    assert command_again(context) == "grader grade --question q1 --question=-2 --plain 'x y'"


@pytest.mark.parametrize(
    "stage", ["grader.classroom.regrading.Regrading.plan", "grader.classroom.shown_class.class_text"]
)
def test_an_interruption_before_and_after_the_grading_says_how_it_goes_on(course, run, tmp_path, monkeypatch, stage):
    write(tmp_path / "class" / "alice", {"answers.yaml": Q5})

    def interrupted(*_, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(stage, interrupted)
    result = run("grade", tmp_path / "class", "--out", tmp_path / "out", "--spec", "assignment3")
    said = f"grader: what is done is kept in {tmp_path / 'out'}; this goes on: grader grade "
    assert (result.code, result.err.count(said)) == (130, 1)


def test_an_interruption_says_what_is_kept_and_how_it_goes_on(course, run, tmp_path, monkeypatch):
    folder, out = tmp_path / "my class", tmp_path / "out"
    for name in ("alice", "bob", "carol"):
        write(folder / name, {"answers.yaml": Q5})
    kept = []

    def record(self, graded):
        if kept:
            raise KeyboardInterrupt
        kept.append(graded.name)

    monkeypatch.setattr("grader.classroom.progress.ProgressLines.record", record)
    given = ["grade", folder, "--out", out, "--spec", "assignment3", "--jobs", 1]
    result = run(*given)
    assert (result.code, result.out) == (130, "")
    first, last = filter(None, result.err.splitlines())
    assert last == "grader: stopped"
    before, command = first.split("; this goes on: ")
    assert before == f"grader: what is done is kept in {out}"
    assert (out / "reports" / "alice.json").exists()
    monkeypatch.undo()
    monkeypatch.chdir(course)
    result = run(*shlex.split(command)[1:])
    assert (result.code, len(list((out / "reports").iterdir()))) == (0, 3)
