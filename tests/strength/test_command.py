"""`grader spec strength`: what it shows, how it ends, and that no process changes a byte."""

import json
import re
from fractions import Fraction

import click
import pytest

from grader.classroom import pool
from grader.cli_strength import _judged, share_of_all
from grader.kinds.open_submission import Resources
from grader.kinds.table import load_assignment
from grader.strength import chunks
from grader.strength.chunks import MutantChunk, chunk_settings, judge_chunk

from ..forked import forked_workers
from .fakes import killed

__all__ = ["forked_workers"]

AREA = """question: area
title: Area
points: 4
answer: formula
symbols: {a: scalar, b: scalar}
right: a * b
up to: {sign: 2}
known: {the other way round: {formula: b * a, earns: 4}}
"""

HOLED = """question: holed
title: Half the marks for anything negative
points: 4
answer: formula
symbols: {a: scalar, b: scalar}
right: a - b
up to: {sign: 4}
"""

ESSAY = """question: essay
title: Why?
points: 2
answer: written
rubric: [{name: says why, points: 2}]
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Writes an assignment of these questions, where it is the present folder."""
    monkeypatch.setenv("GRADER_CACHE", "off")
    monkeypatch.chdir(tmp_path)

    def course(*texts):
        folder = tmp_path / "specs" / "hw"
        folder.mkdir(parents=True)
        names = [text.partition("\n")[0].removeprefix("question: ") for text in texts]
        for name, text in zip(names, texts, strict=True):
            (folder / f"{name}.yaml").write_text(text)
        (folder / "assignment.yaml").write_text(f"assignment: hw\ntitle: H\nquestions: [{', '.join(names)}]\n")
        return folder

    return course


def test_a_strong_spec(course, run):
    course(AREA, ESSAY)
    done = run("spec", "strength", "--at-least", "100%", "-j", 1)
    assert done.code == 0
    assert re.search(r"^area +formula +(\d+) +\1 +0 +0 +0 +100 %$", done.out, re.MULTILINE)
    assert re.search(r"^essay +written +none", done.out, re.MULTILINE)
    assert "essay: no wrong answers can be made: a reader decides." in " ".join(done.out.split())
    assert all(len(line) <= 80 for line in done.out.splitlines())


@pytest.mark.long
def test_a_spec_with_a_hole_ends_with_1_and_shows_it(course, run):
    course(AREA, HOLED)
    done = run("spec", "strength", "--at-least", "100%", "-j", 1)
    assert done.code == 1
    text = " ".join(done.out.split())
    assert "wrong, and earns all points: 2 of" in text
    assert "up to 'sign' earns all points, though the formula is wrong" in text
    assert re.search(r"Below 100 %: holed \([\d.]+ %\)", text)
    assert run("spec", "strength", "--at-least", "50%", "-j", 1).code == 0
    assert run("spec", "strength", "-q", "area", "--at-least", "1", "-j", 1).code == 0


def test_survivors_beyond_a_number_are_counted(course, run):
    course(HOLED)
    assert "and 2 more: --survivors 2" in run("spec", "strength", "--survivors", 0, "-j", 1).out


def test_nothing_but_questions_for_a_reader_says_so_and_ends_with_2(course, run):
    course(ESSAY)
    done = run("spec", "strength", "--at-least", "90%")
    assert done.code == 2
    assert "nothing is known of their strength" in done.err


def test_a_spec_with_errors_ends_with_2_and_its_problems(course, run):
    course(AREA.replace("a * b", "a *"))
    done = run("spec", "strength")
    assert done.code == 2
    assert "area.yaml:6:" in done.err


def test_something_held_ends_with_3(course, run, monkeypatch):
    course(AREA)
    monkeypatch.setattr("grader.kinds.formula.mutants._behaviour", lambda *_: 1 / 0)
    done = run("spec", "strength", "--at-least", "1", "-j", 1)
    assert done.code == 3
    assert "held: of area not every mutant could be judged" in done.err
    assert "could not be judged" in done.out


def test_ctrl_c_ends_with_130(course, run, monkeypatch):
    course(AREA)

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("grader.kinds.formula.mutants._verdict", interrupted)
    assert run("spec", "strength", "-j", 1).code == 130


def test_json_says_all_of_it(course, run, tmp_path):
    course(AREA, HOLED, ESSAY)
    done = run("spec", "strength", "--format", "json", "--at-least", "95%", "--output", tmp_path / "s.json", "-j", 1)
    assert (done.code, done.out) == (1, "")
    data = json.loads((tmp_path / "s.json").read_bytes())
    assert (data["schema"], data["assignment"], data["at_least"], data["reached"]) == (1, "hw", "19/20", False)
    area, holed, essay = data["questions"]
    assert (area["share"], area["reached"], essay["share"], essay["reached"]) == ("1", True, None, None)
    assert holed["counts"]["survived"] == 2 == len(holed["survived"])
    assert [one["change"] for one in holed["survived"]] == ["-(a - b)", "b - a"]
    assert data["counts"] == {key: sum(one["counts"][key] for one in data["questions"]) for key in data["counts"]}
    assert sum(one["mutants"] for one in area["totals"]) == area["counts"]["killed"]
    assert [line["name"] for line in area["lines"]] == ["the formula is right"]
    assert sum(one["killed"] for one in area["operators"]) == area["counts"]["killed"]
    assert Fraction(holed["share"]) == Fraction(holed["counts"]["killed"], holed["counts"]["killed"] + 2)


@pytest.mark.long
def test_two_processes_give_the_same_bytes_as_one_and_so_does_the_cache(course, run, tmp_path, monkeypatch):
    course(AREA, HOLED)
    monkeypatch.setattr(chunks, "MAX_CHUNK_MUTANTS", 4)
    monkeypatch.setattr("grader.strength.measure.MAX_CHUNK_MUTANTS", 4)
    alone = run("spec", "strength", "--format", "json", "-j", 1)
    assert run("spec", "strength", "--format", "json", "-j", 2) == alone
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "cache"))
    assert run("spec", "strength", "--format", "json", "-j", 1) == alone
    assert list((tmp_path / "cache").rglob("strength-*"))
    monkeypatch.setattr("grader.kinds.formula.mutants._verdict", lambda *_: 1 / 0)  # nothing is judged again
    assert run("spec", "strength", "--format", "json", "-j", 1) == alone


@pytest.mark.parametrize(
    ("text", "share"),
    [("95%", Fraction(19, 20)), ("0.95", Fraction(19, 20)), ("19/20", Fraction(19, 20)), (" 95 % ", Fraction(19, 20)), ("1", Fraction(1)), ("100%", Fraction(1)), ("1%", Fraction(1, 100)), ("99.9%", Fraction(999, 1000)), (".5", Fraction(1, 2))],
)  # fmt: skip
def test_a_share_is_read_exactly(text, share):
    assert share_of_all(None, None, text) == share


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("95", "95 is more than all: write 95% if that is meant"),
        ("101%", "101% is not more than 0% and at most 100%"),
        ("0", "0 is not more than 0%"),
        ("0%", "not more than 0%"),
        ("-5%", "not more than 0%"),
        ("many", "'many' is no share: write it as 95% or 0.95"),
        ("", "'' is no share"),
        ("%", "'%' is no share"),
        ("nan", "'nan' is no share"),
        ("inf", "'inf' is no share"),
        ("1/0", "'1/0' is no share"),
        ("95,5%", "'95,5%' is no share"),
        ("1e9", "not more than 0% and at most 100%"),
    ],
)
def test_what_is_no_share_is_refused(text, said):
    with pytest.raises(click.BadParameter) as error:
        share_of_all(None, None, text)
    assert said in str(error.value)


def ends_at_deadly(chunk, run):
    """Judges as a worker does, until a mutant ends its process."""
    import os
    import signal

    if any(one.answer == "a/b" for one in chunk.mutants):
        os.kill(os.getpid(), signal.SIGKILL)
    return tuple(killed(one) for one in chunk.mutants)


@pytest.mark.long
def test_a_process_that_ends_takes_one_mutant_with_it(course, monkeypatch):
    """Those that were judged with it are tried one by one; the one that ends its process is held."""
    assignment = load_assignment(course(AREA))
    mutants = tuple(assignment.questions[0].kind.mutants(assignment.questions[0], Resources()))
    monkeypatch.setattr(chunks, "judge_chunk", ends_at_deadly)
    monkeypatch.setattr(pool, "MAX_WORKER_ENDS", 1)
    settings = chunk_settings(assignment)
    given = [MutantChunk(settings, "area", 0, part) for part in (mutants[:2], mutants[2:])]
    found = [verdict for verdicts in _judged(given, 2) for verdict in verdicts]
    assert [one.mutant for one in found] == list(mutants)
    assert {one.mutant.answer: one.reason for one in found if one.status == "held"} == {"a/b": pool.WORKER_ENDED_TWICE}


def test_a_spec_that_has_changed_meanwhile_is_held(course):
    folder = course(AREA)
    assignment = load_assignment(folder)
    mutants = tuple(assignment.questions[0].kind.mutants(assignment.questions[0], Resources()))
    (folder / "area.yaml").write_text(AREA.replace("a * b", "a + b"))
    (verdict,) = judge_chunk(MutantChunk(chunk_settings(assignment), "area", 0, mutants[:1]), Resources())
    assert (verdict.status, "has changed" in verdict.reason) == ("held", True)
