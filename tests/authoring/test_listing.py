"""A question is added to `assignment.yaml`, and every other byte of it stays."""

from fractions import Fraction

import pytest

from grader.authoring.listing import listed_questions, with_question
from grader.errors import SpecError

POINTS = Fraction(10)
ADDED = {
    "a block": ("questions:\n  - q1\n  - q2\n", "questions:\n  - q1\n  - q2\n  - q9\n"),
    "a block that is not set in": ("questions:\n- q1\ntitle: T\n", "questions:\n- q1\n- q9\ntitle: T\n"),
    "comments behind and below": (
        "questions:  # all\n  - q1  # one\n\n# the end\n", "questions:  # all\n  - q1  # one\n  - q9\n\n# the end\n",
    ),
    "no line end": ("questions:\n  - q1", "questions:\n  - q1\n  - q9"),
    "Windows": ("questions:\r\n  - q1\r\ntitle: T\r\n", "questions:\r\n  - q1\r\n  - q9\r\ntitle: T\r\n"),
    "a byte order mark": ("\ufeffquestions:\n  - q1\n", "\ufeffquestions:\n  - q1\n  - q9\n"),
    "brackets": ("questions: [q1, q2]\ntitle: T\n", "questions: [q1, q2, q9]\ntitle: T\n"),
    "brackets over lines": ("questions: [\n  q1,\n  q2,  # two\n]\n", "questions: [\n  q1,\n  q2, q9,  # two\n]\n"),
    "empty brackets": ("questions: []\n", "questions: [q9]\n"),
    "empty brackets with room": ("questions: [ ]\n", "questions: [q9 ]\n"),
    "quotes": ("questions: ['q1', \"q ] 2\"]\n", "questions: ['q1', \"q ] 2\", q9]\n"),
    "umlauts before it": ("title: Größe 🎓\nquestions: [q1]\n", "title: Größe 🎓\nquestions: [q1, q9]\n"),
    "points behind it": ("questions: [q1]\npoints: 30 # all\n", "questions: [q1, q9]\npoints: 40 # all\n"),
    "points before it": ("points: 2.5\nquestions:\n  - q1\n", "points: 12.5\nquestions:\n  - q1\n  - q9\n"),
    "points in quotes": ("points: '30'\nquestions: [q1]\n", "points: 40\nquestions: [q1, q9]\n"),
    "spaces at the end": ("questions:\n  - q1  \n", "questions:\n  - q1  \n  - q9\n"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), ADDED.values(), ids=ADDED)
def test_the_list_grows_by_one_name_and_nothing_else_changes(before, after):
    assert with_question(before.encode(), "q9", POINTS) == after.encode()
    assert listed_questions(after.encode()) == [*listed_questions(before.encode()), "q9"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: T\n", "has no list `questions`"),
        ("questions: q1\n", "has no list `questions`"),
        ("questions: {q1: 1}\n", "has no list `questions`"),
        ("questions: [[q1]]\n", "has no list `questions`"),
        ("- q1\n", "is no mapping"),
        ("questions: [q1\n", "assignment.yaml:"),
        ("copy: student\nquestions: [q1]\n", "is a student's copy"),
        ("points: many\nquestions: [q1]\n", "put 'q9' into its list `questions` by hand"),
    ],
)
def test_what_cannot_be_added_to_is_said_and_how_to_go_on(text, said):
    with pytest.raises(SpecError, match=r"assignment\.yaml") as error:
        with_question(text.encode(), "q9", POINTS)
    assert said in str(error.value)


def test_a_file_in_another_encoding_is_left_alone():
    with pytest.raises(SpecError, match="by hand"):
        with_question("\ufeffquestions: [q1]\n".encode("utf-16-le"), "q9", POINTS)
