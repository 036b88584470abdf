"""A mark and what has changed since it was given: it is never dropped, never cut, and counts only for what was read."""

import json
from fractions import Fraction

import pytest

from grader.classroom.gradebook import opened_gradebook

from ..answers.helpers import write
from .small_class import give, read_now

ANSWER_CHANGED = "the answer has changed since a reader marked it: it waits for a reader again"
COUNTS = "the rubric has changed since a reader marked this; the mark counts, and should be looked at again"
WAITS = "its mark was given for another answer or rubric and waits for a reader again"


def essay_of(marked_class, name="alice"):
    report = json.loads((marked_class.results / "reports" / f"{name}.json").read_text())
    (essay,) = (question for question in report["questions"] if question["id"] == "essay")
    return essay


def marked(small_class, *met, **said):
    review = small_class.review()
    give(review, "alice", "essay", read_now(review, "alice", "essay", *met, **said))
    graded = small_class.grade()
    assert graded.code == 0
    return graded


def test_a_mark_counts_and_survives_a_regrade(small_class):
    """`grade` takes it from the file; the gradebook has it, too."""
    marked(small_class, "says why", note="Well said.", reader="first reader")
    for options in ((), ("--fresh",)):
        assert small_class.grade(*options).err.count("essay") == 0
        assert small_class.grades()["alice"][0] == "6"
        assert essay_of(small_class)["checks"][0]["message"] == "found: says why (first reader). Well said."
    with opened_gradebook(small_class.results, read_only=True) as book:
        (kept,) = (verdict for verdict in book.latest("alice").verdicts if verdict.question == "essay")
    assert (kept.mark.met, kept.mark.note, kept.mark.reader) == (("says why",), "Well said.", "first reader")
    assert kept.written.text == "Because it forgets."


def test_a_reader_adjusts_points(small_class):
    """Within the range of the rubric, and the report says both."""
    review = small_class.review()
    given = {"alice": (["says why"], "7/2"), "bob": ([], "10"), "carol": (["says why"], "0")}
    for name, (met, points) in given.items():
        give(review, name, "essay", read_now(review, name, "essay", *met, points=Fraction(points)))
    small_class.grade()
    for name, earned, worth in (("alice", "3.5", 6), ("bob", "10", 0), ("carol", "0", 6)):
        assert small_class.grades()[name][0] == earned
        said = essay_of(small_class, name)["checks"][0]["message"]
        assert f"{earned} points are given for it, not {worth}" in said


def test_an_answer_that_was_handed_in_anew_waits_again(small_class):
    """It may be better or worse than what was marked: neither the old points nor a zero is right."""
    marked(small_class, "says why")
    small_class.hand_in("alice", "essay: I do not know.\n")
    assert f"grader: essay of alice: {WAITS}" in small_class.grade().err.splitlines()
    assert small_class.grades()["alice"][0] == "0"
    essay = essay_of(small_class)
    assert (essay["status"], essay["checks"][0]["outcome"], essay["checks"][0]["message"]) == (
        "pending",
        "pending",
        ANSWER_CHANGED,
    )
    answer = small_class.review().answer("alice", "essay")
    assert (answer.state, answer.mark.met, answer.flags) == ("changed", ("says why",), (ANSWER_CHANGED,))
    small_class.hand_in("alice", "essay: |\n  Because it forgets.   \n\n")  # the same words
    assert "essay" not in small_class.grade().err
    assert small_class.grades()["alice"][0] == "6"


SAME_RUBRIC = {
    "a title": ("title: An essay", "title: Another title"),
    "words that highlight": ("keywords: [because, since]", "keywords: [why]"),
    "the prompt": ("prompt: Say why.", "prompt: Say what."),
}
RUBRIC_THAT_STILL_COUNTS = {
    "a point more": ("points: 10\n", "points: 12\n", "rubric:\n", "rubric:\n- {name: new, points: 2}\n", "6"),
    "another worth": ("says why, points: 6", "says why, points: 5", "example, points: 4", "example, points: 5", "5"),
}
RUBRIC_THAT_WAITS = {
    "a point gone": ("{name: says why", "{name: says what", "", ""),
}


def test_what_is_no_part_of_the_rubric_changes_nothing(small_class):
    marked(small_class, "says why")
    for edit in SAME_RUBRIC.values():
        small_class.edit("essay.yaml", *edit)
    assert "looked at again" not in small_class.grade().err
    assert essay_of(small_class)["messages"] == []
    assert small_class.grades()["alice"][0] == "6"


@pytest.mark.long
@pytest.mark.parametrize("what", RUBRIC_THAT_STILL_COUNTS)
def test_a_rubric_that_still_has_the_points_counts_and_is_flagged(small_class, what):
    *edits, earned = RUBRIC_THAT_STILL_COUNTS[what]
    marked(small_class, "says why")
    small_class.edit("essay.yaml", *edits[:2])
    small_class.edit("essay.yaml", *edits[2:])
    said = "grader: essay of alice: marked by another rubric; the marks count, and should be looked at again"
    assert said in small_class.grade().err.splitlines()
    assert small_class.grades()["alice"][0] == earned
    assert essay_of(small_class)["messages"] == [COUNTS]
    review = small_class.review()
    answer = review.answer("alice", "essay")
    assert (answer.state, answer.flags, answer.answer.notes) == ("flagged", (COUNTS,), ())
    give(review, "alice", "essay", read_now(review, "alice", "essay", "says why"))  # looked at again
    assert review.answer("alice", "essay").state == "marked"
    assert "looked at again" not in small_class.grade().err


def test_a_rubric_without_the_point_waits_again(small_class):
    marked(small_class, "says why")
    small_class.edit("essay.yaml", "{name: says why", "{name: says what")
    graded = small_class.grade()
    assert graded.code == 0
    assert f"grader: essay of alice: {WAITS}" in graded.err.splitlines()
    essay = essay_of(small_class)
    assert essay["status"] == "pending"
    assert "'says why' is not in it any more" in essay["checks"][0]["message"]
    assert small_class.review().answer("alice", "essay").state == "changed"


def test_points_that_the_rubric_has_no_more_wait_and_are_not_cut(small_class):
    marked(small_class, "gives an example", points=Fraction(9))
    small_class.edit("essay.yaml", "points: 10\n", "points: 8\n")
    small_class.edit("essay.yaml", "says why, points: 6", "says why, points: 4")
    small_class.grade()
    essay = essay_of(small_class)
    assert (essay["status"], essay["points"]) == ("pending", 0)
    assert "9 points are more than essay is worth: 8" in essay["checks"][0]["message"]


def test_marks_by_hand_without_fingerprints_stay_valid(small_class):
    """As files were before: they count for whatever was handed in, by whatever rubric has their points."""
    write(small_class.specs, {"marks.yaml": "- {submission: alice, question: essay, met: [says why]}\n"})
    small_class.grade()
    small_class.hand_in("alice", "essay: Another text.\n")
    small_class.edit("essay.yaml", "says why, points: 6", "says why, points: 5")
    small_class.edit("essay.yaml", "points: 4", "points: 5")
    assert "reader" not in small_class.grade().err
    assert small_class.grades()["alice"][0] == "5"
    assert essay_of(small_class)["messages"] == []


SLIPS = {
    "met: [says wy]": "marks.yaml:1:46: 'says wy' is not in the rubric of essay (did you mean 'says why'?)",
    "met: [], points: 11": "marks.yaml:1:57: 11 points are more than essay is worth: 10",
    "met: [], points: 1e9": "marks.yaml:1:57: 1000000000 points are more",
    "met: [], points: ten": "marks.yaml:1:57: [1].points: 'ten' is not a number",
    "met: says why": "marks.yaml:1:45: [1].met: must be a list",
    "met: [says why], rubic: ab": "marks.yaml:1:57: 'rubic' is not a key of",
}


def test_a_slip_of_the_hand_is_refused_with_its_place(small_class):
    for slip, said in SLIPS.items():
        write(small_class.specs, {"marks.yaml": f"- {{submission: alice, question: essay, {slip}}}\n"})
        graded = small_class.grade()
        assert (graded.code, graded.err[: len(said) + 8]) == (2, f"grader: {said}")
    assert small_class.grades()["alice"][0] == "0"  # what stands there is the last run's


def test_a_slip_in_the_rubric_that_the_mark_was_given_for_is_refused(small_class):
    marked(small_class, "says why")
    text = small_class.marks_file.read_text().replace("says why", "says wy")
    small_class.marks_file.write_text(text)
    assert (
        "marks.yaml:5:5: 'says wy' is not in the rubric of essay (did you mean 'says why'?)" in small_class.grade().err
    )


def test_an_entry_that_nobody_has_filled_in_waits(small_class):
    write(small_class.specs, {"marks.yaml": "- submission: alice\n  question: essay\n  met:\n"})
    assert small_class.grade().code == 0
    assert essay_of(small_class)["status"] == "pending"


def test_a_mark_that_no_file_has_any_more_is_told(small_class):
    marked(small_class, "says why", reader="first reader")
    small_class.marks_file.unlink()
    said = small_class.grade().err
    assert (
        "grader: essay of alice: marked in the last run, and no file of marks says so now: name it with --marks;"
        " `grader review RESULTS --template` shows these marks\n"
    ) in said
    assert essay_of(small_class)["status"] == "pending"
    review = small_class.review()
    assert review.earlier_mark(review.answer("alice", "essay")).reader == "first reader"


def test_a_mark_whose_answer_is_gone_or_another_one_is_told(small_class):
    write(
        small_class.specs,
        {
            "marks.yaml": "- {submission: alice, question: essay, met: [says why]}\n"
            "- {submission: bob, question: essay, met: [says why]}\n"
        },
    )
    assert small_class.grade().code == 0
    small_class.hand_in("alice", "sizes: 4\n")
    small_class.hand_in("bob", "essay: Another one.\n")
    said = small_class.grade().err
    assert (
        "grader: essay of alice: marked in the last run, and nothing that a reader could mark is handed in now\n"
        in said
    )
    assert "grader: essay of bob: another answer than in the last run; the mark does not say for which one it" in said
    assert "grader: essay" not in small_class.grade().err


def test_marks_of_submissions_that_there_are_not_are_told_by_both_commands(small_class):
    write(small_class.specs, {"marks.yaml": "- {submission: alcie, question: essay, met: []}\n"})
    said = "marks.yaml:1:16: there is no submission 'alcie' (did you mean 'alice'?)"
    assert f"grader: {said}\n" in small_class.grade().err
    assert said in small_class.review().said


def test_a_mark_by_the_rubric_of_one_of_two_written_ways_is_of_that_way(small_class):
    """The other way neither waits nor is held for it."""
    write(
        small_class.specs,
        {
            "essay.yaml": (
                "question: essay\ntitle: One of two\npoints: 10\nanswer: either\nways:\n"
                "- {answer: written, rubric: [{name: of gates, points: 10}]}\n"
                "- {answer: written, rubric: [{name: of states, points: 4}, {name: of time, points: 6}]}\n"
            )
        },
    )
    marks = {"alice": "[of time]", "bob": "[of gates]", "carol": "[]"}
    lines = (f"- {{submission: {name}, question: essay, met: {met}}}\n" for name, met in marks.items())
    write(small_class.specs, {"marks.yaml": "".join(lines)})
    assert small_class.grade().code == 0
    assert [small_class.grades()[name][0] for name in marks] == ["6", "10", "0"]
    assert [essay_of(small_class, name)["status"] for name in marks] == ["graded"] * 3
    review = small_class.review()
    assert [review.answer(name, "essay").state for name in marks] == ["marked"] * 3
    give(review, "dan", "essay", read_now(review, "dan", "essay", "of gates"))
    small_class.grade()
    assert (essay_of(small_class, "dan")["status"], small_class.grades()["dan"][0]) == ("graded", "10")
