"""What README.md shows is what happens: its commands, its output, its spec, its tables."""

import atexit
import doctest
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from click.testing import CliRunner

from grader.answers.formats import ARRAY_READERS
from grader.classroom.lateness import lateness
from grader.classroom.overrides import DecisionModel, faulty_decisions, load_overrides
from grader.cli import cli
from grader.documents import read_yaml
from grader.kinds.choice.question import ChoiceModel
from grader.kinds.either import EitherModel
from grader.kinds.formula.models import FormulaModel
from grader.kinds.function.models import ClassModel, FunctionCheckModel, FunctionModel
from grader.kinds.number.question import NumberModel
from grader.kinds.table import load_assignment
from grader.kinds.weights.layout import read_gates, read_layouts
from grader.kinds.weights.models import WeightsModel
from grader.kinds.written.marks import load_marks
from grader.kinds.written.marks_models import MarkModel
from grader.kinds.written.models import PointModel, WrittenModel
from grader.language.functions.table import FUNCTIONS, WRITTEN_OUT
from grader.machines.system import Parameter
from grader.selfcheck import check_assignment
from grader.spec.deadlines import DeadlineModel, LateModel
from grader.spec.late_policy import LatePolicy

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_first_screen_shows_real_output():
    command, _, output = blocks("console")[0].partition("\n")
    arguments = command.removeprefix("$ grader ").split()
    run = subprocess.run(
        [sys.executable, "-m", "grader", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert run.stdout == output
    assert run.returncode == 1


@pytest.mark.parametrize("option", ["--margins", "--machine"])
def test_what_is_said_of_networks_is_real_output(option, monkeypatch):
    shown = next(block for block in blocks("console") if option in block.partition("\n")[0])
    command, _, output = shown.partition("\n")
    monkeypatch.chdir(ROOT)
    run = CliRunner().invoke(cli, command.removeprefix("$ grader ").split(), standalone_mode=False)
    assert run.stdout == output


def test_the_question_in_the_readme_is_a_good_spec(tmp_path):
    spec = next(block for block in blocks("yaml") if block.startswith("question:"))
    (tmp_path / "latch.yaml").write_text(spec, encoding="utf-8")
    findings = list(check_assignment(load_assignment(tmp_path / "latch.yaml")))
    assert [f.text for f in findings if f.level == "fail"] == []
    assert "the rubric covers every reachable step" in [f.text for f in findings]


def test_every_format_of_weights_is_named():
    (section,) = re.findall(r"### What students may hand in\n(.*?)\n## ", README, re.DOTALL)
    assert [
        suffix for suffix in ARRAY_READERS if not re.search(rf"`(q6(\.weights)?)?{re.escape(suffix)}`", section)
    ] == []


def test_the_map_in_the_readme_can_be_read():
    (document,) = [block for block in blocks("yaml") if block.startswith("from:")]
    root = read_yaml(document.encode(), "README.md")
    shapes = {"W": (4, 2), "b": (4,), "v": (4,), "U": (4, 4), "Wf": (1, 2)}
    parameters = {name: Parameter(shape) for name, shape in shapes.items()}
    (layout,) = read_layouts(root.lookup("from"), parameters, False, read_gates(root.lookup("gates")))
    assert [str(array) for arrays in layout.values() for array in arrays] == [
        *("rnn.weight_ih_l0", "rnn.bias_ih_l0", "rnn.bias_hh_l0", "out.weight, rows 0", "dense/kernel, transposed"),
        "lstm.weight_ih_l0, gate f",
    ]


def test_the_answers_in_the_readme_earn_full_marks(tmp_path):
    answers = next(block for block in blocks("yaml") if block.startswith("assignment:"))
    assert yaml.safe_load(answers)["assignment"] == "assignment3"
    (tmp_path / "answers.yaml").write_text(answers, encoding="utf-8")
    arguments = ["check", str(tmp_path), "--question", "q5", "--spec", "assignment3"]
    run = subprocess.run([sys.executable, "-m", "grader", *arguments], cwd=ROOT, capture_output=True, timeout=60)
    assert run.returncode == 0


def test_every_command_is_shown():
    shown = " ".join(blocks("console") + blocks("sh"))
    for name, command in cli.commands.items():
        for part in getattr(command, "commands", {"": None}):
            assert f"grader {name} {part}".strip() in shown


def test_every_key_of_a_question_is_explained():
    for name, field in WeightsModel.model_fields.items():
        key = field.alias or name
        assert f"`{key}`" in README or f"\n{key}:" in README


def test_the_function_question_in_the_readme_is_a_good_spec(tmp_path):
    spec = next(block for block in blocks("yaml") if "answer: function" in block)
    (tmp_path / "clip.yaml").write_text(spec, encoding="utf-8")
    findings = list(check_assignment(load_assignment(tmp_path / "clip.yaml")))
    assert [f.text for f in findings if f.level != "ok"] == []
    assert "known 'divides by the length' earns 6" in [f.text for f in findings]


def test_the_class_question_in_the_readme_is_a_good_spec(tmp_path):
    spec = next(block for block in blocks("yaml") if block.startswith("question: affine"))
    (tmp_path / "affine.yaml").write_text(spec, encoding="utf-8")
    findings = list(check_assignment(load_assignment(tmp_path / "affine.yaml")))
    assert [f.text for f in findings if f.level != "ok"] == []
    assert "known 'no gradient yet' earns 4" in [f.text for f in findings]


@pytest.mark.parametrize("model", [FunctionModel, FunctionCheckModel, ClassModel])
def test_every_key_of_a_function_question_is_explained(model):
    for name, field in model.model_fields.items():
        key = field.alias or name
        assert f"`{key}`" in README or f"`{key}:" in README or f"\n{key}:" in README or f"\n  {key}:" in README


@pytest.mark.parametrize("start", ["question: back", "question: sizes", "question: brackets"])
def test_the_other_questions_in_the_readme_are_good_specs(tmp_path, start):
    spec = next(block for block in blocks("yaml") if block.startswith(start))
    (tmp_path / "spec.yaml").write_text(spec, encoding="utf-8")
    findings = list(check_assignment(load_assignment(tmp_path / "spec.yaml")))
    assert len(findings) > 1
    assert [f.text for f in findings if f.level != "ok"] == []


def test_the_marks_in_the_readme_can_be_read(tmp_path):
    marks = next(block for block in blocks("yaml") if block.startswith("- submission:"))
    (tmp_path / "marks.yaml").write_text(marks, encoding="utf-8")
    ((key, mark),) = load_marks(tmp_path / "marks.yaml").items()
    assert key == ("solved_sheet", "q2")
    assert mark.met == ("high dimension and sparsity", "no notion of similarity")


@pytest.mark.parametrize("key", [*PointModel.model_fields, *MarkModel.model_fields])
def test_every_key_of_a_mark_and_of_a_point_is_explained(key):
    assert f"`{key}`" in README or f"{{{key}:" in README or f", {key}:" in README


OTHER_MODELS = [FormulaModel, NumberModel, ChoiceModel, WrittenModel, EitherModel]


@pytest.mark.parametrize("model", OTHER_MODELS)
def test_every_key_of_the_other_kinds_is_explained(model):
    for name, field in model.model_fields.items():
        key = field.alias or name
        assert f"`{key}`" in README or f"    {key}:" in README or f"`{key}:" in README


def test_the_list_of_functions_is_that_of_the_language():
    rows = [
        f"| `{function.name}` | {', '.join(f'`{spelling}`' for spelling in function.spellings)} | {function.description} |"
        for function in FUNCTIONS.values()
    ]
    assert "\n".join(["", "| --- | --- | --- |", *rows, "", ""]) in README


def test_the_list_of_functions_that_are_written_out_is_that_of_the_reader():
    rows = [
        f"| `{function.name}` | {', '.join(f'`{spelling}`' for spelling in function.spellings)} | {function.description} |"
        for function in dict.fromkeys(WRITTEN_OUT.values())
    ]
    assert "\n".join(["", "| --- | --- | --- |", *rows, "", ""]) in README


@pytest.mark.parametrize("kind", ["proved", "exhausted", "sampled", "counterexample"])
def test_every_kind_of_evidence_is_explained(kind):
    assert f"| `{kind}` |" in README


def test_the_two_commands_are_single_lines_that_set_up_what_they_need():
    commands = blocks("sh")
    assert len(commands) == 2
    for command in commands:
        assert command.count("\n") == 1
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install ")


def test_the_python_in_the_readme_runs(monkeypatch):
    monkeypatch.chdir(ROOT)
    parsed = doctest.DocTestParser().get_doctest(blocks("pycon")[0], {}, "README", "README.md", 0)
    runner = doctest.DocTestRunner()
    runner.run(parsed)
    assert len(parsed.examples) == 4
    assert runner.failures == 0


def test_the_deadline_in_the_readme_is_that_of_a_good_assignment(tmp_path):
    written = next(block for block in blocks("yaml") if "\ndeadline:" in block)
    shutil.copytree(ROOT / "specs" / "assignment3", tmp_path / "specs" / "assignment3")
    shutil.copytree(ROOT / "reference", tmp_path / "reference", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "specs" / "assignment3" / "assignment.yaml").write_text(written, encoding="utf-8")
    policy = load_assignment(tmp_path / "specs" / "assignment3" / "q5.yaml").late
    late = [policy.deadline + timedelta(minutes=15), policy.deadline + timedelta(days=5)]
    found = [lateness(policy, time, Fraction(400), Fraction(300)) for time in late]
    assert [(one.days, one.late_days, one.penalty) for one in found] == [(0, 0, 0), (5, 3, 80)]


def test_the_decisions_in_the_readme_can_be_read_and_are_about_lines_that_there_are(tmp_path):
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
        assert re.search(rf"^\| .*`{key}`.* \|", README, re.MULTILINE) or key == "late"


def test_the_cells_of_the_readme_are_graded(monkeypatch, tmp_path):
    """As a notebook runs them, in one shell."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    monkeypatch.chdir(ROOT)
    config = Config()
    config.HistoryManager.enabled = False
    module = ModuleType("notebook_of_the_readme")
    shell = InteractiveShell(config=config, ipython_dir=str(tmp_path), user_module=module, user_ns=vars(module))
    cells = [block for block in blocks("python") if block.startswith("%")]
    ran = [shell.run_cell(cell, store_history=False) for cell in cells]
    atexit.unregister(shell.atexit_operations)
    assert [one.success for one in ran] == [True, True]
    assert ran[-1].result.points == 70
