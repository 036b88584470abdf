"""A new check of a function is one file, an aim and what judges answers by it, and one row of the table of aims."""

from __future__ import annotations

import ast
import importlib
import json
import sys
from pathlib import Path

import pytest

from grader.answers.submission import Submission
from grader.answers_template import blank_answers
from grader.errors import SpecError
from grader.export.student import students_copy
from grader.grading import grade
from grader.kinds.function import models
from grader.kinds.function.aims.table import AIMS
from grader.kinds.table import load_assignment, schema_of_questions
from grader.selfcheck import check_assignment
from grader.spec_view import question_views

from ..answers.helpers import write
from ..conftest import RUN

FILES = {
    "at_most": '''
"""`at_most: 9`: one call and its answer; the text behind the key is read by the aim."""

from dataclasses import dataclass

from grader.documents import FieldError
from grader.kinds.function.line_plan import LinePlan
from grader.kinds.function.question import Aim, AimKey
from grader.kinds.function.verdicts import mismatch


@dataclass(frozen=True)
class NewAim(Aim):
    bound: int
    keys = {"at_most": AimKey("words", "The largest output.")}

    @classmethod
    def read(cls, given):
        text = given["at_most"]
        if not text.isdigit():
            raise FieldError(f"must be a whole number, not {str(text)!r}", text.place)
        return cls(int(text))

    def __str__(self):
        return f"at most {self.bound}"


class NewLine(LinePlan):
    def mismatch(self, case):
        return None if case.answer.value <= self.aim.bound else mismatch(f"at most {self.aim.bound}", case.answer)
''',
    "not_below": '''
"""`not_below: reference.module.function`: what a reference gives is asked for beforehand, and bounds the output."""

from dataclasses import dataclass

from grader.kinds.function.line_plan import LinePlan
from grader.kinds.function.question import Aim, AimKey
from grader.kinds.function.verdicts import mismatch


@dataclass(frozen=True)
class NewAim(Aim):
    reference: str
    keys = {"not_below": AimKey("reference", "The reference that gives the least output.")}

    @classmethod
    def read(cls, given):
        return cls(given["not_below"])

    def __str__(self):
        return f"not below {self.reference}"


class NewLine(LinePlan):
    def mismatch(self, case):
        return None if case.answer.value >= case.right else mismatch(f"{case.right} or more", case.answer)
''',
    "odd": '''
"""`odd: true`: the function is called once more, with the argument of the other sign."""

from dataclasses import dataclass

from grader.kinds.function.line_plan import LinePlan
from grader.kinds.function.question import Aim, AimKey
from grader.kinds.function.verdicts import mismatch
from grader.language.parse import parse


@dataclass(frozen=True)
class NewAim(Aim):
    keys = {"odd": AimKey("flag", "Whether the function changes its sign with its argument.")}
    reads_output = False

    @classmethod
    def read(cls, given):
        return cls()

    def __str__(self):
        return "odd"


class NewLine(LinePlan):
    def prepare(self):
        signature = self.group.question.signature
        text = f"{signature.name}(-{signature.parameters[0]}) == -out"
        self.compile_property(parse(text), text)

    def mismatch(self, case):
        return None if self.property.met(case.values)[0] else mismatch("an odd function", case.answer)
''',
}
SPEC = """question: double
answer: function
signature: double(n)
returns: integer
inputs: {n: "integer(-5..5)"}
cases: 20
checks:
  - {name: stays small, points: 3, at_most: "10"}
  - {name: is large enough, points: 2, not_below: reference.bounds.least}
  - {name: keeps its symmetry, points: 1, odd: true}
known: {twice: {code: "def double(n): return 2 * n", earns: 6}}
"""
LEAST = "def least(n): return 2 * n - 1\n"


@pytest.fixture
def new_aims(tmp_path, monkeypatch):
    """The rows of the table, whose files lie in a temporary folder."""
    monkeypatch.syspath_prepend(tmp_path)
    for name, source in FILES.items():
        (tmp_path / f"new_aim_{name}.py").write_text(source)
        module = importlib.import_module(f"new_aim_{name}")
        monkeypatch.setitem(AIMS, module.NewAim, module.NewLine)
    importlib.reload(models)
    yield
    monkeypatch.undo()
    importlib.reload(models)
    for name in FILES:
        del sys.modules[f"new_aim_{name}"]


def course(folder, spec=SPEC):
    files = {"double.yaml": spec, "assignment.yaml": "assignment: a\nquestions: [double]\n"}
    write(folder / "reference", {"bounds.py": LEAST})
    return load_assignment(write(folder / "specs" / "a", files))


def marks(assignment, folder, body):
    path = write(folder / "hand_in", {"solution.py": f"def double(n): return {body}\n"})
    (result,) = grade(Submission(path), assignment, run=RUN).questions
    assert result.status == "graded"
    return result


@pytest.mark.parametrize(
    ("body", "points", "said"),
    [
        ("2 * n", [3, 2, 1], ["", "", ""]),
        ("3 * n", [0, 0, 1], ["double(n=4) gave 12; wanted: at most 10", "gave -6; wanted: -5 or more", ""]),
        ("min(2 * n, 9)", [3, 2, 0], ["", "", "gave 9; wanted: an odd function"]),
        ("2 * n - 3", [3, 0, 0], ["", "gave -3; wanted: -1 or more", "gave -3; wanted: an odd function"]),
        ("abs(n)", [3, 0, 0], ["", "gave 2; wanted: 3 or more", "gave 1; wanted: an odd function"]),
        ("1 // 0", [0, 0, 0], ["raised ZeroDivisionError"] * 3),
        ("str(n)", [0, 0, 0], ["where a whole number is wanted"] * 3),
        ("None if n else 0", [0, 0, 0], ["where a whole number is wanted"] * 3),
    ],
)
def test_new_checks_grade(new_aims, tmp_path, body, points, said):
    result = marks(course(tmp_path), tmp_path, body)
    assert [check.points for check in result.checks] == points
    for check, message in zip(result.checks, said, strict=True):
        assert message in check.message, check
        assert (check.outcome == "passed") is not bool(message), check


def test_new_checks_are_put_to_the_test(new_aims, tmp_path):
    def failures(spec):
        return [f.text for f in check_assignment(course(tmp_path, spec)) if f.level == "fail"]

    assert failures(SPEC) == []
    lost = failures(SPEC.replace("return 2 * n", "return 3 * n"))
    starts = ("known 'twice'", "no known answer that should earn everything meets 'stays small'", "no known answer")
    assert len(lost) == len(starts)
    assert all(text.startswith(start) for text, start in zip(lost, starts, strict=True))


def test_a_reference_of_a_new_check_that_is_not_there_is_found(new_aims, tmp_path):
    with pytest.raises(SpecError, match=r"there is no reference/gone\.py in the course"):
        course(tmp_path, SPEC.replace("reference.bounds", "reference.gone"))


def test_new_checks_are_described_blanked_and_in_the_schema(new_aims, tmp_path):
    assignment = course(tmp_path)
    (view,) = question_views(assignment)
    (lines,) = [table for table in view.tables if table.title == "what each line is about"]
    assert [row[2] for row in lines.rows] == ["at most 10", "not below reference.bounds.least", "odd"]
    assert "double(n)" in blank_answers(assignment)
    keys = json.loads(schema_of_questions())["$defs"]["FunctionCheckModel"]["properties"]
    assert [keys[name]["description"] for name in ("at_most", "not_below", "odd")] == [
        *("The largest output.", "The reference that gives the least output."),
        "Whether the function changes its sign with its argument.",
    ]


def test_new_checks_are_copied_for_students_but_for_what_is_right(new_aims, tmp_path):
    files = students_copy(course(tmp_path)).files
    assert [key in files["double.yaml"] for key in ("at_most: 10", "odd: true", "not_below")] == [True, True, False]
    (question,) = load_assignment(write(tmp_path / "copy", files)).questions
    assert [str(check.aim) for check in question.checks] == ["at most 10", "waits for the course", "odd"]


def test_what_stands_behind_a_key_is_read_by_its_aim(new_aims, tmp_path):
    with pytest.raises(SpecError, match=r"at_most: must be a whole number, not 'many'"):
        course(tmp_path, SPEC.replace('"10"', "many"))


def test_a_line_has_one_aim_of_all_that_there_are(new_aims, tmp_path):
    with pytest.raises(SpecError, match=r"needs exactly one of .*, and has at_most and odd"):
        course(tmp_path, SPEC.replace('at_most: "10"', 'at_most: "10", odd: true'))


def test_nothing_but_the_table_knows_which_aims_there_are():
    package = Path(models.__file__).parent
    aims = {name for aim in AIMS for name in (aim.__name__, aim.__module__.rpartition(".")[2])} - {"Holds", "holds"}
    for path in package.rglob("*.py"):
        if path.name != "table.py":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
            named = {alias.name for node in imports for alias in node.names if ".aims" in (node.module or "")}
            assert not named & aims, path


@pytest.mark.parametrize("key", FILES)
def test_without_the_row_there_is_no_such_key(tmp_path, key):
    with pytest.raises(SpecError, match=key):
        course(tmp_path)
