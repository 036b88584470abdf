"""A file of marks to fill in: nothing in it is a mark before somebody has written one."""

from fractions import Fraction

import pytest

from grader.errors import SpecError
from grader.kinds.written.marks import load_marks
from grader.review.template import marks_template

from ..answers.helpers import write
from .small_class import give, read_now


@pytest.fixture
def review(one_class):
    review = one_class.review()
    give(review, "dan", "essay", read_now(review, "dan", "essay", "gives an example"))
    return review


def test_each_answer_that_waits_has_an_entry_behind_its_text(review):
    text = marks_template(review, ["essay"])
    blocks = text.split("\n\n")
    assert blocks[1] == (
        "# essay, An essay: 3 answers wait\n#   says why (6)\n#   gives an example (4)"
    )  # fmt: skip
    answer = review.answer("alice", "essay")
    assert blocks[2] == (
        "# > Because it forgets.\n- submission: alice\n  question: essay\n  met:\n"
        f"  rubric: {review.question('essay').fingerprint}\n  answer: {answer.answer.fingerprint}"
    )
    assert "dan" not in text
    assert "cell" in marks_template(review)
    with pytest.raises(SpecError, match="'esay' is no written question"):
        marks_template(review, ["esay"])


def test_as_it_is_written_it_marks_nothing(small_class, review, run):
    """An empty list in it would be a zero for everybody."""
    path = small_class.folder / "week1.yaml"
    assert run("review", small_class.results, "--template", "-o", path).code == 0
    assert load_marks(path) == {}
    assert small_class.grade("--marks", path).code == 0
    assert small_class.grades()["alice"][-1] == "pending"
    text = path.read_text()
    alice = "- submission: alice\n  question: essay\n  met:\n"
    path.write_text(text.replace(alice, alice.replace("met:", "met: [says why]\n  points: 7\n  note: Good.")))
    assert small_class.grade("--marks", path).code == 0
    assert small_class.grades()["alice"][0] == "7"
    assert load_marks(path)["alice", "essay"].points == Fraction(7)


def test_a_file_that_is_there_stays_as_it_is(marked_class, run):
    path = marked_class.folder / "week1.yaml"
    path.write_text("mine")
    refused = run("review", marked_class.results, "--template", "-o", path)
    assert (refused.code, path.read_text()) == (2, "mine")
    assert "is there, and marks may be in it: name another file" in refused.err


def test_what_was_marked_before_stands_beside_it(small_class, review):
    give(
        review,
        "alice",
        "essay",
        read_now(review, "alice", "essay", "says why", reader="zoe", note="Yes.", points=Fraction(5)),
    )
    small_class.grade()
    small_class.hand_in("alice", "essay: Another text.\n")
    small_class.grade()
    text = marks_template(small_class.review(), ["essay"])
    assert "# the answer has changed since a reader marked it: it waits for a reader again\n" in text
    assert "# marked before: met 'says why', 5 points, by zoe, Yes.\n# > Another text.\n- submission: alice\n" in text


HOSTILE = "\x1b[31mred\u202e\r\n- submission: mallory\n  question: essay\n  met: [says why]\n\x85# x\u2028--- \n...\n"


def test_an_answer_cannot_write_an_entry_of_its_own(small_class):
    write(small_class.submissions / "mallory", {"essay.txt": HOSTILE.replace("\r", "\u000b").encode()})
    small_class.grade()
    path = small_class.folder / "t.yaml"
    path.write_text(marks_template(small_class.review()))
    assert load_marks(path) == {}
    assert "\x1b" not in path.read_text()
    assert path.read_text().count("- submission: mallory") >= 1
