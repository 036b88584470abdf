"""What is no usable YAML is refused as a whole, in words, at its place."""

import re

import pytest

from grader.errors import SpecError
from grader.kinds.table import load_assignment

DEEP = "a: " + "[" * 60 + "]" * 60


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("points: 3\n", "points: 3\n«points: 5\n"), "'points' stands here a second time (first on line 3)"),
        (("inputs: {x: bit}", "inputs: {x: bit, «x: bit}"), "'x' stands here a second time (first on line 7)"),
        (
            ("title: A title", "title: «!!str A"),
            "the tag 'tag:yaml.org,2002:str' is not used here: leave it out, or put it in quotes",
        ),
        (
            ("title: A title", "title: «&a A"),
            "'&a' is an alias or anchor, which is not used here: write it out, or put it in quotes",
        ),
        (
            ("title: A title", "title: «*a"),
            "'*a' is an alias or anchor, which is not used here: write it out, or put it in quotes",
        ),
        (("title: A title", "title: «@x"), "this is not YAML: '@' cannot start a value"),
        (("network:\n", "network:\n«\tx: 1\n"), "a tab indents this line: YAML wants spaces"),
        (("credit: ladder\n", "credit: ladder\n«---\na: 1\n"), "a second document starts here: keep one a file"),
        (
            ("title: A title", f"title: {{{DEEP[: DEEP.index('[') + 38]}«{DEEP[DEEP.index('[') + 38 :]}}}"),
            "nested more than 40 deep",
        ),
    ],
)
def test_tricks_are_refused(problems_by_question, problems_of, change, message):
    text, places = problems_by_question(change)
    found = problems_of(text)
    assert found == [f"q.yaml:{places[0]}: {message}"]


def test_a_key_is_a_word(problems_by_question, problems_of):
    text, places = problems_by_question(("title: A title", "? «[a, b]\n: c"))
    assert problems_of(text)[0] == f"q.yaml:{places[0]}: a key is a word, not a list"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "q.yaml: the file is empty"),
        (b"   \n# only a remark\n", "q.yaml: the file is empty"),
        (b"~\n", "q.yaml: the file is empty"),
        (b"- a\n", "q.yaml:1:1: a spec is a mapping, not a list"),
        (b"just words\n", "q.yaml:1:1: a spec is a mapping, not 'just words'"),
        (b"a: \xff\n", "q.yaml:1:4: byte 0xff is not UTF-8: save the file as UTF-8"),
        (b"ok: 1\na: b\0c\n", "q.yaml: holds zero bytes: save the file as UTF-8 text"),
        (b"a: 1\nb: \x1b[31m\n", "q.yaml:2:4: a character that YAML does not allow stands here (U+001B)"),
        (b"a: " + b"x" * (1 << 20), "q.yaml: is larger than 1048576 bytes"),
    ],
)
def test_what_is_no_text_or_no_mapping_is_refused(problems_of, data, message):
    assert problems_of(data) == [message]


@pytest.mark.parametrize("text", ["a: [1, 2\nb: 3\n", "a: 'open\n", "a: {b: 1\n", "a: b: c\n", "a\nb: 1\n", "%x\n"])
def test_broken_yaml_says_where(problems_of, text):
    (problem,) = problems_of(text)
    assert re.match(r"q\.yaml:\d+:\d+: this is not YAML: ", problem)


@pytest.mark.parametrize(
    ("text", "place", "advice"),
    [
        ("a: 1\nb: 'open\nc: 2\n", "2:4", "the quote that begins here is never closed"),
        ("a: 1\n  b: 2\nc: 3\n", "2:4", ""),
        ("a: 'x'\n  b: 2\n", "2:3", "keys that belong together begin in one column"),
        (
            "a:\n  - 1\n  b: 2\n",
            "3:3",
            "the lines of a list begin with - in one column, and no key stands between them",
        ),
    ],
)
def test_what_to_do_about_broken_yaml(problems_of, text, place, advice):
    (problem,) = problems_of(text)
    assert problem.startswith(f"q.yaml:{place}: this is not YAML: ")
    assert problem.endswith(advice)


@pytest.mark.long
def test_too_many_values(problems_of):
    (problem,) = problems_of("a: [" + "1," * 100_001 + "]")
    assert problem.endswith("the file holds more than 100000 values")


def test_duplicate_keys_and_tags_are_told_together(problems_by_question, problems_of):
    text, places = problems_by_question(("title: A title", "title: «!x A\n«title: B"))
    assert {problem.split(": ")[0] for problem in problems_of(text)} == {f"q.yaml:{place}" for place in places}


def test_a_folder_where_a_question_should_be(folder):
    (folder / "assignment.yaml").write_text("assignment: a\nquestions: [q]\n")
    (folder / "q.yaml").mkdir()
    with pytest.raises(SpecError, match=r"assignment\.yaml:2:13: there is no q\.yaml for question 'q'"):
        load_assignment(folder)
