"""A class after its specs were edited: what is used again is what grading all of it anew would give, whatever came between."""

from pathlib import Path

import pytest

import grader.classroom.gradebook as gradebook
import grader.classroom.regrading as regrading

from .test_gradebook import ALL, StopError, asked, edit, grade, own_course, views, whole_course

__all__ = ["asked", "grade", "own_course", "whole_course"]

EVERYBODY = ("alice", "bob", "carol")

UNANSWERED_BY_BOB = ("bob", "q7")
"""Prose may stand in any file, so that there is none rests on all that he handed in."""


@pytest.fixture
def graded_before(own_course, grade, asked, tmp_path):
    """The folder of the class, which was graded once."""
    grade()
    asked.clear()
    return tmp_path / "class"


def edit_spec(question="q5", old="title: ", new="title: New "):
    edit(Path(f"specs/assignment3/{question}.yaml"), old, new)


def edit_back(question="q5"):
    edit_spec(question, "title: New ", "title: ")


def answer_of_bob(folder, *, is_right):
    edit(folder / "bob" / "answers.yaml", *(("W2: 0", "W2: 1") if is_right else ("W2: 1", "W2: 0")))


def are_as_graded_anew(grade, folder):
    """Whether the results are those of a run that knows nothing of earlier ones."""
    grade(out="anew")
    return views(folder.parent / "out") == views(folder.parent / "anew")


def test_a_spec_is_edited_and_an_answer_changes_before_the_next_run(graded_before, grade, asked):
    edit_spec()
    answer_of_bob(graded_before, is_right=True)
    grade()
    assert set(asked) == {(name, "q5") for name in EVERYBODY} | {UNANSWERED_BY_BOB}
    assert are_as_graded_anew(grade, graded_before)


def test_a_verdict_of_the_spec_before_is_not_used_for_an_answer_that_changed_since(graded_before, grade, asked):
    edit_spec()
    grade()
    answer_of_bob(graded_before, is_right=True)
    edit_back()
    asked.clear()
    grade()
    assert set(asked) == {("bob", "q5"), UNANSWERED_BY_BOB}
    assert are_as_graded_anew(grade, graded_before)


def test_a_spec_and_an_answer_that_are_both_changed_back_need_not_be_judged_again(graded_before, grade, asked):
    first = views(graded_before.parent / "out")
    edit_spec()
    answer_of_bob(graded_before, is_right=True)
    grade()
    edit_back()
    answer_of_bob(graded_before, is_right=False)
    asked.clear()
    grade()
    assert (asked, views(graded_before.parent / "out")) == ([UNANSWERED_BY_BOB], first)


@pytest.mark.parametrize("changed_back", [False, True])
def test_a_run_after_an_edit_that_ends_half_way_is_gone_on_with(graded_before, grade, asked, monkeypatch, changed_back):
    """What it has kept counts for the spec that it was graded against, and for no other."""
    edit_spec()
    monkeypatch.setattr("grader.classroom.run.MAX_UNKEPT_S", 0.0)
    kept, keep = [], gradebook.Gradebook.keep

    def keep_one(book, *rows):
        if kept:
            raise StopError
        kept.extend(row.name for row in rows)
        keep(book, *rows)

    with monkeypatch.context() as patch:
        patch.setattr(gradebook.Gradebook, "keep", keep_one)
        with pytest.raises(StopError):
            grade()
    assert kept == ["alice"]
    if changed_back:
        edit_back()
    asked.clear()
    grade()
    assert set(asked) == (set() if changed_back else {("bob", "q5"), ("carol", "q5")})
    assert are_as_graded_anew(grade, graded_before)


def test_fresh_after_an_edit_uses_nothing_again_and_the_next_run_all_of_it(graded_before, grade, asked):
    edit_spec()
    grade("--fresh")
    assert asked == ALL
    asked.clear()
    grade()
    assert asked == []
    assert are_as_graded_anew(grade, graded_before)


def test_one_question_after_an_edit_of_another_leaves_that_one_for_the_next_run(graded_before, grade, asked):
    edit_spec("q5")
    grade("-q", "q6")
    assert asked == []
    grade()
    assert set(asked) == {(name, "q5") for name in EVERYBODY}
    assert are_as_graded_anew(grade, graded_before)


def test_fingerprints_of_specs_are_asked_for_once_a_submission(graded_before, grade, monkeypatch):
    """The plan and what reads earlier verdicts go by the same ones."""
    real, students = regrading.drawn_variants, []
    monkeypatch.setattr(regrading, "drawn_variants", lambda of, student: students.append(student) or real(of, student))
    edit_spec()
    grade()
    assert students == list(EVERYBODY)


def test_a_question_without_an_answer_is_told_what_may_be_one_now(graded_before, grade, tmp_path):
    """Its verdict is kept, and what is said of it rests on keys and files that belong to no question."""
    answers = graded_before / "bob" / "answers.yaml"
    rest = answers.read_text().replace("q6:", "q66:")
    said, without = set(), answers.read_text().partition("q6:")[0]
    for text in (without, f"{without}q66: 4\n", f"{without}\nq66: 4\n", rest, without, f"# {without}"):
        answers.write_text(text)
        grade()
        assert are_as_graded_anew(grade, graded_before)
        said.add((tmp_path / "out" / "reports" / "bob.json").read_text().partition('"id": "q6"')[2])
    assert len(said) == 4
