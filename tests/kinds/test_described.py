"""What `grader spec show` says of a question, against what is worked out in plain Python."""

import json
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from grader.errors import SpecError
from grader.kinds.function.plan import plan_of
from grader.kinds.table import load_assignment
from grader.reports.spec_text import render_view
from grader.spec_view import question_views, view_as_json

ROOT = Path(__file__).parents[2]
EVERY_QUESTION = [
    path
    for path in sorted([*(ROOT / "tests" / "spec" / "sound").glob("*.yaml"), *(ROOT / "specs").glob("*/*.yaml")])
    if path.stem not in ("assignment", "marks")
]


@cache
def shown(name, folder="assignment3"):
    """A question and its view, worked out once."""
    assignment = load_assignment(ROOT / "specs" / folder, asked=[name])
    return assignment.questions[0], next(iter(question_views(assignment)))


@pytest.fixture(scope="module")
def views():
    return lambda *names: shown(*names)[1]


def table(view, title):
    (found,) = [table for table in view.tables if title in table.title]
    return found


def written(tmp_path, text, name="q.yaml"):
    (tmp_path / name).write_text(text)
    return next(iter(question_views(load_assignment(tmp_path / name))))


# ------------------------------------------------------------- weights
def outputs_of_latch(word):
    """The output stays 1 as long as the input has been only ones."""
    return "".join("01"["0" not in word[: i + 1]] for i in range(len(word)))


@pytest.mark.long
def test_students_see_title_points_prompt_rubric_and_blank(views):
    view = views("q5")
    assert (view.id, view.title, view.points, view.kind) == (
        "q5",
        "A latch that remembers the first zero",
        "70",
        "weights",
    )
    assert view.prompt.startswith("Set the weights and biases so that")
    assert [points for _, points in view.rubric] == ["20", "20", "30"]
    assert view.blank == ("q5:", *(f"  {name}:  # a number" for name in ("W1", "W2", "b2", "W3", "b3")))


def test_the_machine_of_the_latch(views):
    machine = table(views("q5"), "smallest machine")
    assert machine.head == ("state", "on 0", "on 1")
    assert machine.rows == (("start", "0, after 0", "1, start"), ("after 0", "0, after 0", "0, after 0"))
    assert machine.notes == ("2 states, 2 inputs, 2 outputs",)


def test_the_shortest_inputs_have_the_outputs_that_are_right(views):
    shortest = table(views("q5"), "shortest inputs")
    words = ["".join(word) for n in (1, 2, 3) for word in product("01", repeat=n)][:10]
    assert shortest.rows == tuple((word, outputs_of_latch(word)) for word in words)


def test_drawn_inputs_are_those_of_grading(views):
    question, _ = shown("q5")
    drawn = table(views("q5"), "drawn inputs")
    first = [trial.word for trial in question.budget.corpus.trials[:10]]
    short = {i for i, word in enumerate(first) if len(word) < 10}
    assert len(drawn.rows) == 10
    assert short
    for i in short:
        word = "".join(str(bit) for (bit,) in first[i])
        assert drawn.rows[i] == (word, outputs_of_latch(word))
    assert drawn.notes[0].startswith(f"{question.budget.corpus.drawn} are drawn from seed 20260901")


def test_lines_are_about_as_many_steps_as_there_are(views):
    """States of the latch: has been only ones or not, at the beginning and after; of each two steps."""
    lines = table(views("q5"), "each line")
    assert [row[2:] for row in lines.rows] == [("1 of 4", "1"), ("1 of 4", "0"), ("2 of 4", "00")]
    assert [row[1] for row in lines.rows] == ["alive[t]", "alive[t-1] and not alive[t]", "not alive[t-1]"]


def test_the_engine_is_the_one_that_decides(views):
    ((decided,), (rest,)) = table(views("q5"), "engine").rows
    assert decided.startswith("decided by the walk")
    assert "reference.latch" in decided
    assert "left to Horn clauses" in rest


SMALL = """\
question: q
title: One step
points: 2
answer: weights
network:
  inputs: {x: INPUT}
  parameters: {W: scalar}
  equations: {y: "W*x[t]"}
  output: y
behaviour: {equations: {e: "2*x[t]"}, output: e}
checks: [{name: twice, points: 2, when: "x[t] != 0"}]
budget: {samples: 12, seed: 3}
"""


@pytest.mark.parametrize("symbols", [3, 7])
def test_a_feed_forward_network_has_a_table_of_its_inputs(tmp_path, symbols):
    text = SMALL.replace("INPUT", str(list(range(symbols)))) + "length: 1\n"
    view = written(tmp_path, text)
    cells = [f"{2 * x}, the end" for x in range(symbols)]
    machine = table(view, "smallest machine")
    if symbols <= 4:
        assert machine.rows == (("start", *cells),)
    else:
        assert machine.rows == tuple(("start", str(x), cell) for x, cell in enumerate(cells))
    assert table(view, "each line").rows == (("twice", "x[t] != 0", f"{symbols - 1} of {symbols}", "1"),)
    assert table(view, "shortest").rows == tuple((str(x), str(2 * x)) for x in range(symbols))


@pytest.mark.long
def test_inputs_that_cannot_be_listed_are_drawn(tmp_path):
    view = written(tmp_path, SMALL.replace("INPUT", "real(-2..2)"))
    assert table(view, "smallest machine").notes == ("its inputs cannot be listed",)
    assert not [table for table in view.tables if "shortest" in table.title]
    drawn = table(view, "drawn inputs")
    assert 1 <= len(drawn.rows) <= 10
    about = table(view, "each line").rows[0][2]
    assert about.endswith(table(view, "each line").notes[0].split()[0])


# ------------------------------------------------------------- functions
def test_a_functions_lines_are_about_the_drawn_inputs_that_meet_their_condition(views):
    view = views("clip_by_norm", "sequence_lab")
    (group,) = plan_of(shown("clip_by_norm", "sequence_lab")[0]).groups
    norms = [(np.linalg.norm(np.array(case["g"].entries, dtype=float)), float(case["c"])) for case in group.cases]
    every = len(norms)
    about = {row[0]: row[3] for row in table(view, "each line").rows}
    assert about["short gradients untouched"] == f"{sum(norm <= c for norm, c in norms)} of {every}"
    assert about["a zero gradient stays zero"] == f"{sum(norm == 0 for norm, _ in norms)} of {every}"
    assert about["never longer than c"] == f"{every} of {every}"


def test_a_function_shows_the_first_inputs_and_how_many_there_are(views):
    view = views("clip_by_norm", "sequence_lab")
    inputs = table(view, "first 10 inputs")
    (group,) = plan_of(shown("clip_by_norm", "sequence_lab")[0]).groups
    assert inputs.head == ("g", "c")
    assert [float(row[1]) for row in inputs.rows] == [float(case["c"]) for case in group.cases[:10]]
    assert [np.array(json.loads(row[0])).shape for row in inputs.rows] == [case["g"].shape for case in group.cases[:10]]
    assert inputs.notes[0] == f"{len(group.cases)} inputs, drawn from seed 20260901"
    assert table(view, "what is called").rows[0] == ("signature", "clip_by_norm(g, c)")


# ------------------------------------------------------------- formulas
def test_a_formula_shows_what_is_right_at_the_points_where_it_is_compared(tmp_path):
    text = (
        "question: q\ntitle: T\npoints: 1\nanswer: formula\nsymbols: {a: scalar, b: scalar}\n"
        "right: a*b + 1\nnear: [{name: without 1, formula: a*b, points: 1/2, say: Add 1.}]\n"
    )
    view = written(tmp_path, text)
    points = table(view, "points of comparison")
    assert len(points.rows) == 10
    for place, value in points.rows:
        a, b = (float(part.split(" = ")[1]) for part in place.split(", "))
        assert float(value) == pytest.approx(a * b + 1, rel=1e-5)
    assert table(view, "near misses").rows == (("without 1", "a*b", "0.5", "Add 1."),)
    assert table(view, "engine").rows[0][0].startswith("normal forms: what is right is proved")


def test_a_derived_formula_is_shown_as_one(views):
    right = dict(table(views("q3.1"), "what is right").rows)
    assert right["of"] == "h[t+1]"
    assert right["as one formula"] == "dL[t + 1]*h[t + 1]*(1 - h[t + 1])*W"


def test_parts_are_shown_below_what_they_share_and_once(tmp_path):
    part = "{question: q.NUMBER, title: T, points: 1, answer: number, value: 3}"
    parts = ", ".join(part.replace("NUMBER", number) for number in "12")
    (tmp_path / "q.yaml").write_text(f"question: q\ntitle: Both\npoints: 2\nprompt: Look.\nparts: [{parts}]\n")
    one, two = question_views(load_assignment(tmp_path / "q.yaml"))
    assert (one.heading.title, two.heading) == ("Both", None)
    assert render_view(one).startswith("q  Both")
    assert "  Look.\n" in render_view(one)
    assert render_view(two).startswith("q.2  T")


# ------------------------------------------------------------- all kinds
def test_ways_are_shown_one_after_the_other(tmp_path):
    ways = "[{answer: number, value: 3, near: [{value: 4, points: 1, say: One less.}]}, {answer: choice, options: {a: A, b: B}, right: [a], say: {b: No.}}]"
    view = written(tmp_path, f"question: q\ntitle: T\npoints: 2\nanswer: either\nways: {ways}\n")
    tables = {table.title: table.rows for table in view.tables}
    assert tables == {
        "way 1 of 2 (number): what is right": (("value", "3"),),
        "way 1 of 2 (number): wrong answers that are known": (("4", "", "1", "One less."),),
        "way 2 of 2 (choice): the options": (("a", "right", "A", ""), ("b", "", "B", "No.")),
    }


def test_a_reference_that_is_not_there_is_told(tmp_path):
    line = "{name: a, points: 1, equals: reference.nowhere.f}"
    text = f"question: q\nanswer: function\nsignature: f(x)\ninputs: {{x: bit}}\nchecks: [{line}]\n"
    with pytest.raises(SpecError, match=r"no reference/nowhere\.py"):
        written(tmp_path, text)


def assert_fits(view):
    """No line is wider than the terminal, and no table is left out."""
    assert json.loads(json.dumps(view_as_json(view)))["title"] == view.title
    for width in (20, 80, 200):
        lines = render_view(view, width=width).splitlines()
        assert max(map(len, lines)) <= max(width, 40)
        written = "".join("".join(lines).split())
        assert [table.title for table in view.tables if "".join(table.title.split()) not in written] == []


@pytest.mark.parametrize("name", [("q5",), ("q3.1",), ("clip_by_norm", "sequence_lab")], ids=lambda name: name[0])
def test_a_question_can_be_shown_at_any_width(views, name):
    assert_fits(views(*name))


@pytest.mark.slow
@pytest.mark.parametrize("path", EVERY_QUESTION, ids=lambda path: path.stem)
def test_every_question_can_be_shown(path):
    for view in question_views(load_assignment(path)):
        assert_fits(view)
