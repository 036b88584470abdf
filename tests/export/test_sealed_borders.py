"""A copy whose formulas are sealed on their borders: written, read again, and decided as the course does."""

import pytest

from grader.export.student import write_bundle
from grader.formulas import SealedDifference, is_equal
from grader.kinds.table import load_assignment
from grader.language.parse import parse

from ..sealing import cheap_seals

FORMULAS = {
    "border": ("{x: real}", "x > 0.3", "not (x <= 0.3)", "x >= 0.3"),
    "window": ("{x: real, W: real}", "x + relu(1e-6 - abs(x*W - 777.77))", "x + max(0, 1e-6 - abs(W*x - 777.77))", "x"),
    "wholes": ("{n: integer}", "n if n > 7001 else 3*n", "3*n if n <= 7001 else n", "3*n"),
    "clip": ("{x: real}", "max(x, -1e6)", "x if x > -1e6 else -1e6", "x"),
}

QUESTION = """
question: {name}
title: A formula
points: 4
prompt: Which formula?
answer: formula
symbols: {symbols}
right: {right}
known:
  it: {{formula: '{right}', earns: 4}}
"""


@pytest.fixture(autouse=True, scope="module")
def _cheap_copies():
    with cheap_seals():
        yield


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    root = tmp_path_factory.mktemp("course")
    specs = root / "specs" / "borders"
    specs.mkdir(parents=True)
    (specs / "assignment.yaml").write_text(f"assignment: borders\nquestions: [{', '.join(FORMULAS)}]\n")
    for name, (symbols, right, _, _) in FORMULAS.items():
        (specs / f"{name}.yaml").write_text(QUESTION.format(name=name, symbols=symbols, right=right))
    write_bundle(load_assignment(specs), root / "copy")
    (folder,) = [path for path in (root / "copy").rglob("borders") if path.is_dir()]
    return {question.id: question.engine for question in load_assignment(folder).questions}


@pytest.mark.parametrize("name", FORMULAS)
def test_a_copy_tells_right_from_wrong_on_the_borders(copied, name):
    _, right, also_right, wrong = FORMULAS[name]
    assert is_equal(copied[name].decide(parse(right)))
    assert is_equal(copied[name].decide(parse(also_right)))
    assert isinstance(copied[name].decide(parse(wrong)), SealedDifference)


@pytest.mark.parametrize("name", FORMULAS)
def test_chosen_points_stand_among_others(copied, name):
    """Of the points with values that are chosen, at most every third is one of the search."""
    chosen = [point.fixed for stage in copied[name].seal.stages for point in stage.points if point.fixed]
    searched = [point.case for stage in copied[name].seal.stages for point in stage.points if point.case]
    assert len(chosen) >= 3 or searched
    assert len({str(sorted(values.items())) for values in chosen}) >= len(chosen) * 2 // 3
