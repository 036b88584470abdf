"""A new kind of question is one package and one row of the table: nothing else has to know of it."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import pytest

import grader
from grader.answers.submission import Submission
from grader.answers_template import blank_answers
from grader.errors import SpecError
from grader.export.student import write_bundle
from grader.grading import grade
from grader.kinds.copy_texts import check_copy
from grader.kinds.table import KINDS, load_assignment, schema_of_questions
from grader.pytest_plugin.rubric import ids_of
from grader.pytest_plugin.specs import item_names
from grader.reports import json as json_report
from grader.selfcheck import check_assignment

COLOUR_KIND = """
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from grader.answers.prose import read_text
from grader.kinds.base import EntryKind
from grader.kinds.finding import known_answers
from grader.spec.fields import Words
from grader.spec.question import RubricLine
from grader.spec.question_models import AnsweredModel
from grader.evidence import (Examples, NoEvidence)
from grader.verdict import (CheckResult, QuestionResult)


class ColourModel(AnsweredModel):
    right: Words
    symbols: Words | None = None


class ColourKind(EntryKind):
    name = "colour"
    asks = "the name of a colour"
    shared_keys = ("symbols",)
    model = ColourModel

    def build(self, model, root, path, kinds):
        return ColourQuestion(**model.question_fields(), right=str(model.right), symbols=str(model.symbols or "")), []

    def score_entry(self, question, entry, opened):
        passed = read_text(entry) == question.right
        outcome, evidence = ("passed", Examples(1)) if passed else ("failed", NoEvidence())
        points = question.points if passed else Fraction(0)
        check = CheckResult("the colour", points, question.points, outcome, evidence, "" if passed else "look again")
        return QuestionResult(question.id, question.title, "graded", question.points, (check,))

    def read_entry(self, question, entry):
        return str(read_text(entry))

    def blank(self, question):
        yield f"{question.id}:  # a colour"


KIND = ColourKind()


@dataclass(frozen=True, eq=False)
class ColourQuestion:
    kind: ClassVar = KIND
    id: str
    title: str
    points: Fraction
    prompt: str
    right: str
    symbols: str

    @property
    def rubric(self):
        return (RubricLine("the colour", self.points),)
"""

SPEC = {
    "assignment.yaml": "assignment: art\nquestions: [sky, any, two]\n",
    "sky.yaml": "question: sky\ntitle: The sky\npoints: 3\nprompt: Which?\nanswer: colour\nright: blue\n",
    "any.yaml": "question: any\ntitle: A number or a colour\npoints: 2\nanswer: either\n"
    "ways: [{answer: colour, right: red}, {answer: number, value: 7}]\n",
    "two.yaml": "question: two\ntitle: Two\npoints: 2\nsymbols: inks\nparts:\n"
    "  - {question: two.1, title: One, points: 1, answer: colour, right: green}\n"
    "  - {question: two.2, title: Other, points: 1, answer: number, value: 3}\n",
}
ANSWERS = "assignment: art\nsky: blue\nany: red\ntwo.1: grey\n"


@pytest.fixture
def kinds(tmp_path, monkeypatch):
    """The table with one more row, whose package lies in a temporary folder."""
    (tmp_path / "packages" / "colour_kind").mkdir(parents=True)
    (tmp_path / "packages" / "colour_kind" / "__init__.py").write_text(COLOUR_KIND)
    monkeypatch.syspath_prepend(tmp_path / "packages")
    yield KINDS.with_rows({"colour": "colour_kind"})
    sys.modules.pop("colour_kind", None)


@pytest.fixture
def art(kinds, tmp_path):
    """An assignment with a question of that kind alone, as one of two ways, and as a part."""
    folder = tmp_path / "specs" / "art"
    folder.mkdir(parents=True)
    for name, text in SPEC.items():
        (folder / name).write_text(text)
    return load_assignment(folder, kinds)


def handed_in(folder, answers):
    folder.mkdir(exist_ok=True)
    (folder / "answers.yaml").write_text(answers)
    return Submission(folder)


def test_without_the_row_there_is_no_such_kind(art):
    with pytest.raises(SpecError, match="'colour' is not a kind of answer"):
        load_assignment(art.path)


def test_a_new_kind_is_graded(art, tmp_path):
    report = grade(handed_in(tmp_path / "alice", ANSWERS), art)
    assert {question.id: (question.status, question.points) for question in report.questions} == {
        "sky": ("graded", 3),
        "any": ("graded", 2),
        "two.1": ("graded", 0),
        "two.2": ("missing", 0),
    }
    data = json.loads(json_report.render(report))
    assert [check["message"] for q in data["questions"] for check in q["checks"] if q["id"] == "two.1"] == [
        "look again"
    ]
    assert data["points"] == 5


def test_a_part_of_a_new_kind_has_what_its_file_says_once(art):
    assert [question.symbols for question in art.questions if question.id == "two.1"] == ["inks"]


def test_a_new_kind_has_blanks(art, tmp_path):
    text = blank_answers(art)
    for line in ("sky:  # a colour", "any:  # a colour", "# any:  # a number, or an expression for it in quotes"):
        assert f"\n{line}\n" in text
    assert {q.status for q in grade(handed_in(tmp_path / "nobody", text), art).questions} == {"missing"}


def test_a_students_copy_waits_for_the_course_where_a_new_kind_does_not_say_what_travels(art, kinds, tmp_path):
    write_bundle(art, tmp_path / "copy", kinds)
    text = (tmp_path / "copy" / "specs" / "art" / "sky.yaml").read_text()
    assert text == (
        "question: sky\ntitle: The sky\npoints: 3\nprompt: Which?\nanswer: waits\nasks: the name of a colour\n"
    )
    assert "sky:  # the name of a colour" in (tmp_path / "copy" / "submission" / "answers.yaml").read_text()
    copy = load_assignment(tmp_path / "copy" / "specs" / "art", kinds)
    report = grade(handed_in(tmp_path / "alice", ANSWERS), copy)
    assert [question.status for question in report.questions if question.id in ("sky", "two.1")] == ["pending"] * 2


def test_a_new_kind_is_spec_checked(art):
    found = [(finding.question, finding.level, finding.text) for finding in check_assignment(art)]
    assert ("sky", "ok", "a colour question of 3 points") in found
    assert ("any", "ok", "a colour question of 2 points") in found
    assert "sky" in {finding.question for finding in check_copy(art)}


def test_a_misspelt_key_of_a_new_kind_is_told_with_its_keys(art, kinds):
    (art.path / "sky.yaml").write_text(SPEC["sky.yaml"].replace("right:", "rigth:"))
    with pytest.raises(SpecError) as refused:
        load_assignment(art.path, kinds)
    assert [str(problem) for problem in refused.value.problems] == [
        "sky.yaml:1:1: needs a 'right'",
        "sky.yaml:6:1: 'rigth' is not a key of a question (did you mean 'right'?)",
    ]


def test_a_new_kind_is_in_the_schema(kinds):
    schema = json.loads(schema_of_questions(kinds))
    model = schema["$defs"]["ColourModel"]
    by_answer = schema["$defs"]["QuestionOfAKind"]
    assert "colour" in by_answer["properties"]["answer"]["enum"]
    assert {"$ref": "#/$defs/ColourModel"} in [branch["then"] for branch in by_answer["allOf"]]
    assert model["required"] == ["question", "title", "points", "answer", "right"]
    assert list(model["properties"]) == ["question", "title", "points", "prompt", "answer", "right", "symbols"]
    assert model["additionalProperties"] is False


def test_a_new_kind_is_collected_by_the_pytest_plugin(art):
    sky = art.questions[0]
    assert ids_of(sky) == {"the colour": "sky::the colour"}
    assert item_names(sky) == ["holds together"]


def asks_for_a_kind(source):
    """Lines that match on a question's kind, or compare it, or compare any `.kind` with the name of one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Match):
            found = is_kind_of_question(node.subject)
        elif isinstance(node, ast.Compare):
            sides = (node.left, *node.comparators)
            names = {leaf.value for side in sides for leaf in ast.walk(side) if isinstance(leaf, ast.Constant)}
            found = any(map(is_kind_of_question, sides)) or (any(map(is_kind, sides)) and not names.isdisjoint(KINDS))
        else:
            continue
        if found:
            yield node.lineno


def is_kind(node):
    return isinstance(node, ast.Attribute) and node.attr == "kind"


def is_kind_of_question(node):
    """`question.kind`, `way.kind`, `question.kind.name`, `kind_of(question).name`."""
    if isinstance(node, ast.Attribute) and node.attr == "name":
        node = node.value
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "kind_of":
            return True
    return is_kind(node) and isinstance(node.value, ast.Name) and node.value.id in ("question", "way", "asked", "q")


@pytest.mark.parametrize(
    "source",
    [
        'match question.kind:\n    case "weights":\n        pass',
        'question.kind == "weights"',
        '"formula" == part.kind',
        'way.kind in ("choice", "number")',
        "question.kind is KIND",
        'question.kind.name == "colour"',
        'kind_of(question).name == "colour"',
    ],
)
def test_a_question_that_is_asked_for_its_kind_is_found(source):
    assert list(asks_for_a_kind(source)) == [1]


def test_no_file_outside_of_the_kinds_asks_a_question_for_its_kind():
    """`notation/` looks at tokens, some of which are numbers; no kind of question reaches down there."""
    root = Path(grader.__file__).parent
    files = [file for file in root.rglob("*.py") if file.relative_to(root).parts[0] not in ("kinds", "notation")]
    texts = {str(file.relative_to(root)): file.read_text() for file in files}
    named = {file: text for file, text in texts.items() if "kind" in text}
    assert {file: lines for file, text in named.items() if (lines := list(asks_for_a_kind(text)))} == {}
    assert len(files) > 150
    assert len(named) > 20
