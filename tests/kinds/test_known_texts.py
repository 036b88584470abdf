"""Answers that a spec gives, as texts to be handed in: each earns what the spec says that it earns."""

from fractions import Fraction

import pytest

from grader.answers.submission import Submission
from grader.documents import yaml_key
from grader.grading import grade
from grader.kinds.kind import kind_of
from grader.kinds.table import load_assignment

from ..answers.helpers import ROOT, write

SOUND = ROOT / "tests" / "spec" / "sound"
EITHER = """\
question: q
title: A third
points: 3
prompt: Write it or choose it.
answer: either
ways:
  - answer: number
    value: 1/3
    known: {exact: {text: 1/3, earns: 3}, to three places: {text: 0.333, earns: 0}}
  - answer: choice
    options: {a: a third, "no": a half}
    right: ["no"]
"""
SIZES = """\
question: q
title: The last bit
points: 1
prompt: Give out what comes in, with as many units as you like.
answer: weights
network:
  inputs: {x: bit}
  sizes: {n: [1, 2]}
  parameters: {W: [n], v: [n], b: scalar}
  functions: {phi: [relu, abs]}
  equations: {y: "v @ phi(W*x[t]) + b"}
  output: y
behaviour: {equations: {y: "x[t]"}, output: y}
checks: [{name: right, points: 1}]
known:
  one unit: {phi: relu, W: [1/3], v: [3], b: 0, earns: 1}
  two units: {phi: abs, W: [-1, 0], v: [1, 0], b: 1/7, earns: 0}
"""


def earned(assignment, question, folder):
    """What each of the texts earns as an answer to the question."""
    for number, text in enumerate(kind_of(question).known_texts(question)):
        handed_in = write(folder / str(number), {"answers.yaml": f"{yaml_key(question.id)}: {text}\n"})
        report = grade(Submission(handed_in), assignment.only([question.id]))
        yield from (result.points for result in report.questions)


@pytest.mark.parametrize(
    "spec", [ROOT / "specs" / "assignment3", *sorted(SOUND.glob("*.yaml"))], ids=lambda path: path.stem
)
def test_each_known_answer_is_a_text_that_earns_what_it_should(spec, tmp_path):
    assignment = load_assignment(spec)
    for question in assignment.questions:
        if not kind_of(question).takes_code and (known := getattr(question, "known", ())):
            assert list(earned(assignment, question, tmp_path / question.id)) == [answer.earns for answer in known]


@pytest.mark.parametrize(("spec", "points"), [(EITHER, [3, 0, 3]), (SIZES, [1, 0])])
def test_ways_and_sizes_and_menus(spec, points, tmp_path):
    (tmp_path / "q.yaml").write_text(spec)
    assignment = load_assignment(tmp_path / "q.yaml")
    assert list(earned(assignment, assignment.questions[0], tmp_path)) == list(map(Fraction, points))


def test_code_and_prose_have_none():
    for name in ("assignment3", "sequence_lab"):
        for question in load_assignment(ROOT / "specs" / name).questions:
            if kind_of(question).name in ("function", "written"):
                assert list(kind_of(question).known_texts(question)) == []
