"""Names are asked for where somebody is at a terminal, and nowhere else."""

import io

import pytest

from grader.authoring.new_course import NewCourse
from grader.kinds.table import load_assignment


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def typed(monkeypatch):
    """Has somebody at a terminal type these lines, each of which is asked for by a prompt."""

    def typed(*lines, stdout_too=True):
        asked, answers = [], iter(lines)

        def prompt(text):
            asked.append(text)
            try:
                return next(answers)
            except StopIteration:
                raise EOFError from None

        monkeypatch.setattr("sys.stdin", Terminal())
        monkeypatch.setattr(
            "grader.cli_new.on_terminal", lambda stream: stream is not None and (stdout_too or stream.isatty())
        )
        monkeypatch.setattr("click.termui.visible_prompt_func", prompt)
        return asked

    return typed


def test_a_course_is_asked_what_it_is_called(run, typed, tmp_path):
    asked = typed("Neural networks", "", "Week one")
    assert run("new", "course", tmp_path / "nn").code == 0
    assert [text.strip() for text in asked] == [
        "Title of the course [nn]:", "Name of the first assignment [hw1]:", "Title of the first assignment [Homework 1]:",
    ]  # fmt: skip
    assert (tmp_path / "nn" / "README.md").read_text().startswith("# Neural networks\n")
    assert load_assignment(tmp_path / "nn" / "specs" / "hw1").title == "Week one"


def test_what_an_option_gives_is_not_asked_for(run, typed, tmp_path):
    asked = typed()
    options = ("--title", "T", "--assignment", "w1", "--assignment-title", "A")
    assert run("new", "course", tmp_path / "nn", *options).code == 0
    assert asked == []


def test_a_name_that_cannot_be_used_is_asked_for_again(run, typed, course):
    asked = typed("q1", "my question", "limit", "The limit")
    done = run("new", "question", "number")
    assert done.code == 0
    assert len(asked) == 4
    assert "hw1 has a question 'q1' already: 'q7' is free" in done.out + done.err
    assert load_assignment(course / "specs" / "hw1" / "limit.yaml").title == "The limit"


def test_what_cannot_be_written_is_said_before_anything_is_asked(run, typed, course):
    asked = typed("A title")
    assert run("new", "course", course).code == 2
    assert run("new", "question", "nubmer").code == 2
    assert run("new", "question", "number", "--in", "specs/hw").code == 2
    assert asked == []


def test_whoever_goes_away_leaves_nothing_written(run, typed, tmp_path):
    typed("A title")
    assert run("new", "course", tmp_path / "nn").code == 130
    assert not (tmp_path / "nn").exists()


def test_without_a_terminal_nothing_is_asked(run, tmp_path, monkeypatch):
    """Neither where the input is a pipe, nor where only the output is one."""
    for number, stdin in enumerate((io.StringIO(""), Terminal(""), None)):
        monkeypatch.setattr("sys.stdin", stdin)
        assert run("new", "course", tmp_path / f"nn{number}").code == 0
        assert load_assignment(tmp_path / f"nn{number}" / "specs" / "hw1").title == NewCourse.assignment_title
