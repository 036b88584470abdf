"""`grader spec show Q`: which question, in which form, and what is said where there is none."""

import json

import pytest

from ..answers.helpers import write

SIZE = "question: size\ntitle: The size of a layer\npoints: 3\nprompt: How many weights?\nanswer: number\nvalue: 4*5\nnear: [{value: 25, points: 1, say: Biases are no weights.}]\n"


@pytest.fixture
def small_course(tmp_path, monkeypatch):
    """A course with one assignment, in which the command is started."""
    parts = "[{question: two.1, title: A, points: 1, answer: number, value: 1}, {question: two.2, title: B, points: 1, answer: number, value: 2}]"
    two = f"question: two\ntitle: Two numbers\npoints: 2\nparts: {parts}\n"
    files = {"assignment.yaml": "assignment: hw\nquestions: [size, two]\n", "size.yaml": SIZE, "two.yaml": two}
    write(tmp_path / "specs" / "hw", files)
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("small_course")
def test_a_question_is_shown_as_students_see_it_and_what_is_right(run):
    result = run("spec", "show", "size")
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "size  The size of a layer                               3 points, answer: number\n"
        "\n"
        "  How many weights?\n"
        "\n"
        "rubric\n"
        "  points  line\n"
        "  3       the number is right\n"
        "\n"
        "what students fill in\n"
        "  size:  # a number, or an expression for it in quotes\n"
        "\n"
        "what is right\n"
        "  value  4*5\n"
        "\n"
        "wrong answers that are known\n"
        "  number  or written  points  says\n"
        "  25                  1       Biases are no weights.\n"
    )


@pytest.mark.usefixtures("small_course")
def test_the_same_as_json(run):
    result = run("spec", "show", "size", "--format", "json", "--spec", "hw")
    assert (result.code, result.err) == (0, "")
    assert json.loads(result.out) == [
        {
            "id": "size",
            "title": "The size of a layer",
            "answer": "number",
            "points": "3",
            "prompt": "How many weights?",
            "rubric": [{"name": "the number is right", "points": "3"}],
            "blank": ["size:  # a number, or an expression for it in quotes"],
            "tables": [
                {"title": "what is right", "columns": [], "rows": [["value", "4*5"]], "notes": []},
                {
                    "title": "wrong answers that are known",
                    "columns": ["number", "or written", "points", "says"],
                    "rows": [["25", "", "1", "Biases are no weights."]],
                    "notes": [],
                },
            ],
        }
    ]


@pytest.mark.usefixtures("small_course")
@pytest.mark.parametrize(
    ("asked", "shown"),
    [("two", ["two.1", "two.2"]), ("two.2", ["two.2"]), ("specs/hw/two.yaml", ["two.1", "two.2"])],
)
def test_all_parts_one_of_them_or_a_file(run, asked, shown):
    result = run("spec", "show", asked, "--format", "json")
    assert [view["id"] for view in json.loads(result.out)] == shown


@pytest.mark.usefixtures("small_course")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sise"], "'sise' is not a question (did you mean 'size'?)"),
        (["size", "--spec", "hw2"], "no spec 'hw2'"),
        (["specs/nowhere.yaml"], "no spec 'specs/nowhere.yaml'"),
        ([], "Missing argument 'Q'"),
    ],
)
def test_what_cannot_be_shown_is_told(run, arguments, said):
    result = run("spec", "show", *arguments)
    assert (result.code, result.out) == (2, "")
    assert said in result.err
