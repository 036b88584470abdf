"""Questions whose networks and specifications the engines are asked about."""

from pathlib import Path

import pytest

from grader.kinds.table import load_assignment

SPECS = Path(__file__).parents[2] / "specs" / "assignment3"

COUNTING = """
question: q
title: A counter that never comes back
points: 1
answer: weights
network:
  inputs: {x: bit}
  parameters: {n: scalar}
  initial: {c: 0}
  equations: {c: "c[t-1] + x[t]", y: "1 if c < n else 0"}
  output: y
behaviour:
  equations: {}
  output: 1
checks: [{name: is 1, points: 1}]
budget: {states: 10, samples: 20}
known: {far: {n: 1000000, earns: 1}}
"""


@pytest.fixture(scope="session")
def q5():
    return load_assignment(SPECS / "q5.yaml").questions[0]


@pytest.fixture(scope="session")
def questions(q5):
    return {"q5": q5, "q6": load_assignment(SPECS / "q6.yaml").questions[0]}


@pytest.fixture
def counting(tmp_path):
    """Joint states that do not end."""
    path = tmp_path / "q.yaml"
    path.write_text(COUNTING)
    return load_assignment(path).questions[0]


@pytest.fixture
def endless(tmp_path):
    """Inputs that cannot be listed."""
    path = tmp_path / "q.yaml"
    path.write_text(COUNTING.replace("x: bit", "x: real(0..1)"))
    return load_assignment(path).questions[0]
