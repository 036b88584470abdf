"""The questions of the course, and their answers judged by name."""

from pathlib import Path
from typing import NamedTuple

import pytest

from grader.documents import read_yaml
from grader.engines.table import decide
from grader.evidence import Counterexample
from grader.kinds.table import load_assignment
from grader.kinds.weights.counterexample import replayed
from grader.kinds.weights.score import score_weights
from grader.machines.machine import AnswerMachine
from grader.spec.values import read_value
from grader.verdict import QuestionResult

SPECS = Path(__file__).parents[2] / "specs" / "assignment3"


class Judged(NamedTuple):
    """A verdict as a student sees it, and the counterexample of every broken line, also of those the ladder blocks."""

    result: QuestionResult
    broken: dict[int, Counterexample]


@pytest.fixture(scope="session", params=["q5", "q6"])
def question(request):
    return load_assignment(SPECS / f"{request.param}.yaml").questions[0]


@pytest.fixture(scope="session")
def questions():
    return {name: load_assignment(SPECS / f"{name}.yaml").questions[0] for name in ("q5", "q6")}


@pytest.fixture(scope="session")
def specification(questions):
    """Judges weights written as in an answers file, or the known answer of that name."""

    def judged(name, answer):
        question = questions[name]
        known = [one.values for one in question.known if one.name == answer]
        if known:
            values = known[0]
        else:
            nodes = read_yaml(answer.encode(), "answers.yaml")
            values = {k: read_value(node, k, question.parameters[k]) for k, node in nodes.items()}
        findings = decide(AnswerMachine(question.program, values), question.specification, question.budget)
        broken = {line: replayed(question, values, line, found) for line, found in sorted(findings.broken.items())}
        return Judged(score_weights(question, values), broken)

    return judged
