"""What README.md and the pages of help say of keys, formats and tables is true; their examples run in `tests/test_readme.py`."""

import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import get_args

import pytest
import yaml

from grader.answers.formats import ARRAY_READERS
from grader.answers.submission import Submission
from grader.classroom.lateness import lateness
from grader.classroom.overrides import DecisionModel, faulty_decisions, load_overrides
from grader.cli_options import EXIT_EARNED, EXIT_HELD, EXIT_INTERRUPTED, EXIT_LOST, EXIT_TERMINATED, EXIT_UNUSABLE
from grader.documents import read_yaml
from grader.grading import grade
from grader.help_pages.pages import written_pages
from grader.kinds.choice.models import ChoiceModel
from grader.kinds.either import EitherModel
from grader.kinds.formula.models import FormulaModel
from grader.kinds.function.models import ClassModel, FunctionCheckModel, FunctionModel
from grader.kinds.number.models import NumberModel
from grader.kinds.table import load_assignment
from grader.kinds.weights.layout import read_gates, read_layouts
from grader.kinds.weights.models import WeightsModel
from grader.kinds.written.marks import load_marks
from grader.kinds.written.marks_models import MarkModel
from grader.kinds.written.models import PointModel, WrittenModel
from grader.machines.system import Parameter
from grader.reports.terminal import TERMINAL_OUTCOMES
from grader.spec.deadlines import DeadlineModel, LateModel
from grader.spec.late_policy import LatePolicy
from grader.verdict import MistakeSource, QuestionStatus

from ..answers.helpers import ROOT
from .examples import ALL_PAGES, all_blocks

HAND_INS = written_pages()["hand-ins"]


def blocks(language):
    """The examples in one language, those of the ALL_PAGES first."""
    return [block.text for block in all_blocks(language)]


def test_every_format_of_weights_is_named():
    assert [
        suffix for suffix in ARRAY_READERS if not re.search(rf"`(q6(\.weights)?)?{re.escape(suffix)}`", HAND_INS)
    ] == []


def test_the_map_in_the_pages_can_be_read():
    (document,) = [block for block in blocks("yaml") if block.startswith("from:")]
    root = read_yaml(document.encode(), "README.md")
    shapes = {"W": (4, 2), "b": (4,), "v": (4,), "U": (4, 4), "Wf": (1, 2)}
    parameters = {name: Parameter(shape) for name, shape in shapes.items()}
    (layout,) = read_layouts(root.lookup("from"), parameters, False, read_gates(root.lookup("gates")))
    assert [str(array) for arrays in layout.values() for array in arrays] == [
        *("rnn.weight_ih_l0", "rnn.bias_ih_l0", "rnn.bias_hh_l0", "out.weight, rows 0", "dense/kernel, transposed"),
        "lstm.weight_ih_l0, gate f",
    ]


def test_the_answers_in_the_pages_earn_full_marks(tmp_path):
    answers = next(block for block in blocks("yaml") if block.startswith("assignment:"))
    assert yaml.safe_load(answers)["assignment"] == "assignment3"
    (tmp_path / "answers.yaml").write_text(answers, encoding="utf-8")
    assignment = load_assignment(ROOT / "specs" / "assignment3" / "q5.yaml")
    report = grade(Submission(tmp_path), assignment)
    assert report.points == report.max_points == 70


def test_every_key_of_a_question_is_explained():
    for name, field in WeightsModel.model_fields.items():
        key = field.alias or name
        assert f"`{key}`" in ALL_PAGES or f"\n{key}:" in ALL_PAGES


@pytest.mark.parametrize("model", [FunctionModel, FunctionCheckModel, ClassModel])
def test_every_key_of_a_function_question_is_explained(model):
    for name, field in model.model_fields.items():
        key = field.alias or name
        assert (
            f"`{key}`" in ALL_PAGES or f"`{key}:" in ALL_PAGES or f"\n{key}:" in ALL_PAGES or f"\n  {key}:" in ALL_PAGES
        )


def test_the_marks_in_the_pages_can_be_read(tmp_path):
    marks = next(block for block in blocks("yaml") if block.startswith("- submission:"))
    (tmp_path / "marks.yaml").write_text(marks, encoding="utf-8")
    ((key, mark),) = load_marks(tmp_path / "marks.yaml").items()
    assert key == ("solved_sheet", "q2")
    assert mark.met == ("high dimension and sparsity", "no notion of similarity")


@pytest.mark.parametrize("key", [*PointModel.model_fields, *MarkModel.model_fields])
def test_every_key_of_a_mark_and_of_a_point_is_explained(key):
    assert f"`{key}`" in ALL_PAGES or f"{{{key}:" in ALL_PAGES or f", {key}:" in ALL_PAGES


OTHER_MODELS = [FormulaModel, NumberModel, ChoiceModel, WrittenModel, EitherModel]


@pytest.mark.parametrize("model", OTHER_MODELS)
def test_every_key_of_the_other_kinds_is_explained(model):
    for name, field in model.model_fields.items():
        key = field.alias or name
        assert f"`{key}`" in ALL_PAGES or f"    {key}:" in ALL_PAGES or f"`{key}:" in ALL_PAGES


def test_every_outcome_status_and_source_of_a_mistake_is_explained():
    page = written_pages()["results"]
    for outcome, (shown, _) in TERMINAL_OUTCOMES.items():
        assert f"| `{outcome}` | `{shown}`" in page
    assert [status for status in get_args(QuestionStatus) if f"| `{status}` |" not in page] == []
    assert [source for source in get_args(MistakeSource) if f"`{source}`" not in page] == []


@pytest.mark.parametrize("code", [EXIT_EARNED, EXIT_LOST, EXIT_UNUSABLE, EXIT_HELD, EXIT_INTERRUPTED, EXIT_TERMINATED])
def test_every_exit_code_is_explained(code):
    assert re.search(rf"^\| (\d+, )?{code}(, \d+)? \| \S", written_pages()["results"], re.MULTILINE)


@pytest.mark.parametrize("kind", ["proved", "exhausted", "sampled", "counterexample"])
def test_every_kind_of_evidence_is_explained(kind):
    assert f"| `{kind}` |" in ALL_PAGES


def test_the_deadline_in_the_pages_is_that_of_a_good_assignment(tmp_path):
    written = next(block for block in blocks("yaml") if "\ndeadline:" in block)
    shutil.copytree(ROOT / "specs" / "assignment3", tmp_path / "specs" / "assignment3")
    shutil.copytree(ROOT / "reference", tmp_path / "reference", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "specs" / "assignment3" / "assignment.yaml").write_text(written, encoding="utf-8")
    policy = load_assignment(tmp_path / "specs" / "assignment3" / "q5.yaml").late
    late = [policy.deadline + timedelta(minutes=15), policy.deadline + timedelta(days=5)]
    found = [lateness(policy, time, Fraction(400), Fraction(300)) for time in late]
    assert [(one.days, one.late_days, one.penalty) for one in found] == [(0, 0, 0), (5, 3, 80)]


def test_the_decisions_in_the_pages_can_be_read_and_are_about_lines_that_there_are(tmp_path):
    written = next(block for block in blocks("yaml") if block.startswith("- {student:"))
    (tmp_path / "overrides.yaml").write_text(written, encoding="utf-8")
    decisions = load_overrides(tmp_path / "overrides.yaml")
    policy = LatePolicy(datetime(2026, 2, 1, tzinfo=UTC))
    assignment = replace(load_assignment(ROOT / "specs" / "assignment3"), late=policy)
    assert len(decisions) == 6
    assert list(faulty_decisions(decisions, {assignment.id: assignment}, ())) == []


@pytest.mark.parametrize("model", [DeadlineModel, LateModel, DecisionModel])
def test_every_key_of_deadlines_and_decisions_is_explained(model):
    for key in model.model_fields:
        assert re.search(rf"^\| .*`{key}`.* \|", ALL_PAGES, re.MULTILINE) or key == "late"
