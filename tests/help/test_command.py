"""`grader help`: plain Markdown in a pipe, set on a terminal, a command beside the pages that show it."""

from __future__ import annotations

import sys

import pytest

from grader.help_pages.pages import help_page, list_of_topics, written_pages
from grader.help_pages.terminal import set_page

from ..answers.helpers import run

__all__ = ["run"]


def test_without_a_topic_it_lists_them(run):
    assert run("help") == (0, list_of_topics().plain, "")


def test_a_topic_is_plain_markdown_where_nobody_watches(run):
    assert run("help", "statistics") == (0, help_page("statistics").plain, "")


def test_a_command_is_shown_with_the_pages_that_have_examples_of_it(run):
    found = run("help", "spec", "check")
    assert found.code == 0
    assert found.out.startswith("# grader spec check\n\n```text\nUsage: grader spec check [OPTIONS] [SPEC]\n")
    assert "Examples of it: " in found.out
    assert "`grader help teaching`" in found.out


def test_a_topic_that_is_a_command_too_is_shown_with_its_options(run):
    text = run("help", "grades").out
    assert text.startswith(help_page("grades").plain)
    assert "## `grader grades`" in text
    assert "--decimal-comma" in text


def test_a_section_is_asked_for_behind_its_topic(run):
    wanted = help_page("weights").section("words of symbols").plain
    assert run("help", "weights", "words") == run("help", "weights words") == (0, wanted, "")
    found = run("help", "weights", "colours")
    assert found.code == 2
    assert "`grader help weights` has no section 'colours'; its sections are " in found.err
    misspelt = run("help", "keys", "wieghts")
    assert "`grader help keys` has no section 'wieghts' (did you mean 'weights'?); its" in misspelt.err


def test_what_each_command_does_is_said_in_whole(run):
    from grader.cli import cli

    said = " ".join(run("--help").out.split())
    for name, command in cli.commands.items():
        assert f"{name} {command.get_short_help_str(400)}" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["spec", "chekc"], "there is no help on 'spec chekc' (did you mean 'spec check'?)"),
        (["dcotor"], "(did you mean 'doctor'?)"),
        (["qqqq"], "`grader help` lists the topics"),
    ],
)
def test_a_misspelt_one_is_told(run, words, said):
    found = run("help", *words)
    assert (found.code, found.out) == (2, "")
    assert said in found.err


@pytest.mark.long
@pytest.mark.parametrize("topic", written_pages())
@pytest.mark.sampled(4)
def test_a_page_fits_a_terminal(topic):
    """Set in its columns, with all of its words; and again the same."""
    text = set_page(help_page(topic), 80, colour=False)
    assert "\x1b" not in text
    assert all(len(line) <= 80 for line in text.splitlines())
    assert help_page(topic).title in text
    assert set_page(help_page(topic), 80, colour=False) == text


class _Watched:
    """A stream that somebody watches."""

    def __init__(self, stream):
        self._stream = stream

    def isatty(self):
        return True

    def __getattr__(self, name):
        return getattr(self._stream, name)


@pytest.mark.parametrize(("topic", "lines", "paged"), [("weights", 24, True), ("speed", 2000, False)])
def test_a_pager_is_for_a_terminal_and_for_what_is_longer_than_it(run, monkeypatch, topic, lines, paged):
    seen = []
    monkeypatch.setattr("click.echo_via_pager", seen.append)
    monkeypatch.setattr("shutil.get_terminal_size", lambda fallback=None: __import__("os").terminal_size((80, lines)))
    monkeypatch.setattr(sys, "stdin", _Watched(sys.stdin))
    monkeypatch.setattr(sys, "stdout", _Watched(sys.stdout))
    monkeypatch.setenv("NO_COLOR", "1")
    found = run("help", topic)
    set_text = set_page(help_page(topic), 80, colour=False)
    assert (seen, found.out) == (([set_text], "") if paged else ([], set_text))


def test_an_example_as_wide_as_the_screen_stays_in_one_piece():
    (line,) = (row for row in help_page("margins").plain.splitlines() if row.startswith("forgets_the_past - "))
    assert len(line) == 80
    assert line in set_page(help_page("margins"), 80, colour=False).splitlines()
