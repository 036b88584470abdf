"""A reader's marks that nobody could get are the reader's slip: said with their place, exit 2, before anything is graded."""

import pytest

import grader
from grader.errors import SpecError

from ..answers.helpers import write

SPECS = {
    "specs/hw/assignment.yaml": "assignment: hw\nquestions: [essay, sizes, both]\n",
    "specs/hw/essay.yaml": (
        "question: essay\ntitle: An essay\npoints: 10\nanswer: written\n"
        "rubric: [{name: says why, points: 6}, {name: gives an example, points: 4}]\n"
    ),
    "specs/hw/sizes.yaml": (
        "question: sizes\ntitle: Sizes\npoints: 3\nparts:\n"
        "  - {question: sizes.1, title: A number, points: 1, answer: number, value: 4}\n"
        "  - {question: sizes.2, title: In words, points: 2, answer: written, rubric: [{name: a word, points: 2}]}\n"
    ),
    "specs/hw/both.yaml": (
        "question: both\ntitle: Two ways\npoints: 2\nanswer: either\nways:\n"
        "  - {answer: number, value: 1/3}\n"
        "  - {answer: written, rubric: [{name: one third, points: 2}]}\n"
    ),
    "specs/other/assignment.yaml": "assignment: other\nquestions: [prose]\n",
    "specs/other/prose.yaml": (
        "question: prose\ntitle: Prose\npoints: 1\nanswer: written\nrubric: [{name: a verb, points: 1}]\n"
    ),
}

GOOD = (
    "- {submission: alice, question: essay, met: [says why], reader: first reader}\n"
    "- {submission: alice, question: sizes.2, met: [a word]}\n"
    "- {submission: alice, question: both, met: [one third]}\n"
    "- {submission: bob, question: essay, met: []}\n"
)

FAULTS = {
    "question: esay, met: [says why]": "1:31: 'esay' is not a question (did you mean 'essay'?)",
    "question: essay.1, met: []": "1:31: 'essay.1' is not a question (did you mean 'essay'?)",
    "question: xyz, met: []": "1:31: 'xyz' is not a question (the questions are both, essay, sizes.1 and sizes.2)",
    "question: Essay, met: []": "1:31: 'Essay' is not a question (did you mean 'essay'?)",
    "question: sizes, met: [a word]": "1:31: 'sizes' is not a question (did you mean 'sizes.2'?)",
    "question: sizes.1, met: []": (
        "1:31: 'sizes.1' is not a written question: its answer is graded as number, and takes no reader's marks"
    ),
    "question: essay, met: [says wy]": "1:44: 'says wy' is not in the rubric of essay (did you mean 'says why'?)",
    "question: essay, met: [says why, a word]": (
        "1:54: 'a word' is not in the rubric of essay ('says why' and 'gives an example' are)"
    ),
    "question: essay, met: [gives an exmaple, says why]": (
        "1:44: 'gives an exmaple' is not in the rubric of essay (did you mean 'gives an example'?)"
    ),
    "question: both, met: [one thrid]": "1:43: 'one thrid' is not in the rubric of both (did you mean 'one third'?)",
    "question: sizes.2, met: [A word]": "1:46: 'A word' is not in the rubric of sizes.2 (did you mean 'a word'?)",
}
"""What is wrong with a mark, and what is said of it."""


@pytest.fixture
def here(tmp_path, monkeypatch):
    for name, text in SPECS.items():
        write((tmp_path / name).parent, {name.rpartition("/")[2]: text})
    answers = "assignment: hw\nessay: because\nsizes.1: 4\nsizes.2: a word\nboth: one third of it\n"
    for name in ("alice", "bob"):
        write(tmp_path / "subs" / name, {"answers.yaml": answers})
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("fault", FAULTS)
def test_a_slip_in_the_courses_marks_is_refused_with_its_place(here, run, fault):
    said = f"grader: marks.yaml:{FAULTS[fault]}\n"
    write(here / "specs" / "hw", {"marks.yaml": f"- {{submission: bob, {fault}}}\n"})
    for command in (("check", "subs/alice"), ("check", "subs/bob"), ("grade", "subs", "--out", here / "out")):
        assert run(*command)[:] == (2, "", said)
    assert not (here / "out").exists()
    with pytest.raises(SpecError) as refused:
        grader.load("hw").grade("subs/alice")
    assert f"grader: {refused.value}\n" == said


@pytest.mark.parametrize("fault", list(FAULTS)[::4])
def test_a_slip_in_a_file_that_is_named_is_refused_too(here, run, fault):
    write(here / "elsewhere", {"mine.yaml": f"- {{submission: bob, {fault}}}\n"})
    for command in (("check", "subs/bob"), ("grade", "subs", "--out", here / "out", "--spec", "hw")):
        refused = run(*command, "--marks", here / "elsewhere" / "mine.yaml")
        assert (refused.code, refused.out) == (2, "")
        assert f"grader: mine.yaml:{FAULTS[fault].partition(' (')[0]}" in refused.err


def test_every_slip_is_said_at_once(here, run):
    write(
        here / "specs" / "hw", {"marks.yaml": "".join(f"- {{submission: b{i}, {f}}}\n" for i, f in enumerate(FAULTS))}
    )
    assert len(run("check", "subs/alice").err.splitlines()) == len(FAULTS)


def test_good_marks_count(here, run):
    write(here / "specs" / "hw", {"marks.yaml": GOOD})
    assert " 11 / 15\n" in run("check", "subs/alice").out
    assert run("grade", "subs", "--out", here / "out").code == 0
    grades = (here / "out" / "grades.csv").read_text().splitlines()
    assert grades[1:] == ["alice,6,1,2,2,11,15,graded,proved", "bob,0,1,0,0,1,15,pending,proved"]


def test_a_run_on_one_question_does_not_refuse_the_marks_of_the_others(here, run):
    write(here / "specs" / "hw", {"marks.yaml": GOOD})
    assert run("check", "subs/alice", "-q", "sizes").code == 0
    assert run("check", "subs/alice", "--spec", "specs/hw/sizes.yaml").code == 0


def test_a_file_that_is_named_may_speak_of_all_assignments_of_a_course(here, run):
    write(here / "subs" / "carol", {"answers.yaml": "assignment: other\nprose: run\n"})
    write(here / "elsewhere", {"mine.yaml": GOOD + "- {submission: carol, question: prose, met: [a verb]}\n"})
    for name, points in (("alice", " 11 / 15\n"), ("carol", " 1 / 1\n")):
        assert points in run("check", f"subs/{name}", "--marks", here / "elsewhere" / "mine.yaml").out
    assert grader.load("hw").grade("subs/alice", marks="elsewhere/mine.yaml").points == 11
    assert run("grade", "subs", "--out", here / "out", "--marks", here / "elsewhere" / "mine.yaml").code == 0


def test_marks_among_submissions_are_treated_alike_by_both_commands(here, run):
    """A student may have put them there: passed over and said, until the TA names them."""
    write(here / "subs", {"marks.yaml": GOOD})
    said = (
        "grader: marks.yaml: passed over, a student may have handed it in: a reader's marks are named with --marks FILE"
    )
    checked, graded = run("check", "subs/alice"), run("grade", "subs", "--out", here / "out")
    for result in (checked, graded):
        (line,) = (line for line in result.err.splitlines() if "marks.yaml" in line)
        assert line.startswith(said)
    assert " 1 / 15 (14 pending)\n" in checked.out
    assert "alice,0,1,0,0,1,15,pending" in (here / "out" / "grades.csv").read_text()
    named = ("--marks", here / "subs" / "marks.yaml")
    checked, graded = run("check", "subs/alice", *named), run("grade", "subs", "--out", here / "out", *named)
    assert "marks.yaml" not in checked.err + graded.err
    assert " 11 / 15\n" in checked.out
    assert "alice,6,1,2,2,11,15,graded" in (here / "out" / "grades.csv").read_text()
