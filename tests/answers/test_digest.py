"""What an answer is as plain data: answers that could be judged or reported in two ways are told apart."""

from dataclasses import replace
from itertools import combinations

import pytest

from grader.answers.answer import Answer, DocumentFile
from grader.answers.digest import answer_facts
from grader.answers.formats import ArrayFile
from grader.documents import ScalarNode, read_yaml
from grader.errors import SourceLocation

TEXTS = [
    "a: 1",
    "a: 2",
    "a: '1'",
    'a: "1"',
    "a:  1",
    "\na: 1",
    "a: [1]",
    "a: [[1], [2]]",
    "a: [[1, 2]]",
    "a: [[1], 2]",
    "a: {b: 1}",
    "a: {b: 1, c: }",
    "a: {b: 1, c}",
    "a: {b: [1, 2]}",
    "a: {b: [1], c: 2}",
    "a: {1: b}",
]
BLANK = ScalarNode("", SourceLocation("answers.yaml", 1, 1))


def answer(text):
    return Answer("answers.yaml", read_yaml(text.encode(), "answers.yaml").lookup("a"))


ONE = answer("a: 1")
ANSWERS = [
    *map(answer, TEXTS),
    replace(ONE, file="answers.yml"),
    replace(ONE, comments=("scalar",)),
    replace(ONE, notes=("scalar",)),
    replace(ONE, uncut=BLANK),
    replace(ONE, beside=read_yaml(b"b: 1", "answers.yaml")),
    Answer("a.npy", ArrayFile("a.npy", ".npy", b"1")),
    Answer("a.npy", ArrayFile("a.npy", ".npy", b"2")),
    Answer("a.pdf", DocumentFile("a.pdf", ".pdf", b"1")),
    Answer("a.pdf", DocumentFile("a.pdf", ".pdf", b"1", "is locked")),
    None,
]


def test_answers_that_differ_in_anything_are_told_apart():
    for one, other in combinations(ANSWERS, 2):
        assert answer_facts(one) != answer_facts(other), (one, other)


def test_the_same_answer_is_the_same_however_often_it_is_read():
    for text in TEXTS:
        assert answer_facts(answer(text)) == answer_facts(answer(text))


def test_what_is_not_known_is_not_told_apart():
    with pytest.raises(TypeError, match=r"^complex is no content of an answer that can be told apart$"):
        answer_facts(Answer("answers.yaml", 1j))
