"""Questions for the tests of judging: those of the course, and small ones written on the spot."""

from functools import cache, partial
from pathlib import Path

import pytest

from grader.engines.sample import SampleEngine
from grader.engines.table import decide
from grader.engines.walk import WalkEngine
from grader.kinds.table import load_assignment

FEW_SAMPLES, SHORT = 60, 400
"""What is drawn where a test says nothing of a budget, and the steps of the longest words."""

SPECS = Path(__file__).parents[2] / "specs" / "assignment3"


@pytest.fixture(scope="session")
def q5():
    return load_assignment(SPECS / "q5.yaml").questions[0]


@pytest.fixture(scope="session")
def q6():
    return load_assignment(SPECS / "q6.yaml").questions[0]


@pytest.fixture(scope="session")
def load(tmp_path_factory):
    """The question that a text describes: one for all tests of a text, since its inputs take long to draw."""
    folder = tmp_path_factory.mktemp("questions")

    @cache
    def question(text):
        if "answer: weights" in text and "budget:" not in text:
            text = f"{text.rstrip()}\nbudget: {{samples: {FEW_SAMPLES}, longest: {SHORT}}}\n"
        path = folder / "q.yaml"
        path.write_text(text, encoding="utf-8")
        return load_assignment(path).questions[0]

    return question


@pytest.fixture
def no_solver(monkeypatch):
    """Answers are judged as where z3 comes to no end: what a walk does not decide is sampled."""
    engines = (WalkEngine(), SampleEngine())
    monkeypatch.setattr("grader.kinds.weights.score.decide", partial(decide, engines=engines))
    return engines
