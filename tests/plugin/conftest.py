"""A small course with a question of each status, and pytest run inside pytest."""

import importlib
import textwrap

import pytest

# What the runs inside this one import is kept, so that nothing (NumPy least of all) is loaded again for each of them;
# loaded again, the parser of YAML would give events of classes that nobody knows any more.
KEPT = (
    "documents.yaml_tree hypothesis_corpus kinds.choice.score kinds.either kinds.formula.loader kinds.formula.score kinds.formula.spec_check "
    "kinds.function.loader kinds.function.score kinds.function.spec_check kinds.number.score kinds.number.spec_check "
    "kinds.weights.loader kinds.weights.score kinds.weights.spec_check kinds.written.score engines.corpus "
    "pytest_plugin.asserts pytest_plugin.rubric pytest_plugin.specs reports.html strategies"
)
OTHERS = ("hypothesis.strategies", "hypothesis.internal.observability", "numpy")
for name in (*OTHERS, *(f"grader.{name}" for name in KEPT.split())):
    importlib.import_module(name)

LATCH = """\
question: latch
title: A latch
points: 50
answer: weights
network:
  inputs:     {x: bit}
  parameters: {W1: scalar, W2: scalar, b: scalar}
  functions:  {phi(z): 1 if z >= 0.5 else 0}
  initial:    {h: 1}
  equations:  {h: "phi(W2*h[t-1] + W1*x[t] + b)"}
  output: h
behaviour:
  initial:   {alive: 1}
  equations: {alive: "alive[t-1] and x[t]"}
  output: alive
reference: reference.latch
examples: {1101: 1100}
checks:
  - {name: stays 1 on ones, points: 20, when: "alive[t]"}
  - {name: is 0 from a 0 on, points: 20, when: "not alive[t]"}
  - {name: "both, on the whole", points: 10}
credit: ladder
known:
  the key:  {W1: 2, W2: 2, b: -2.5, earns: 50}
  copies x: {W1: 1, W2: 0, b: 0, earns: 20, say: Your hidden unit forgets.}
"""

ESSAY = """\
question: essay
title: An essay
points: 10
answer: written
rubric: [{name: says why, points: 10}]
"""

SQUARE = """\
question: p.1
title: A square
points: 20
answer: formula
symbols: {a: scalar, b: scalar}
right: (a + b)**2
known:
  written out: {formula: "a^2 + 2ab + b^2", earns: 20}
"""

ALSO = """\
question: two
title: One of two ways
points: 20
answer: either
ways:
  - answer: number
    value: 4
    known: {four: {text: "4", earns: 20}}
  - answer: formula
    symbols: {x: scalar}
    right: 2*x
    known: {twice: {formula: x + x, earns: 20}}
"""

REFERENCE = """\
PARAMETERS = {"W1": 2, "W2": 2, "b": -2.5}


def initial():
    return 1


def step(alive, x):
    following = int(alive and x)
    return following, following
"""

RIGHT = """\
assignment: small
latch: {W1: 2, W2: 2, b: -2.5}
essay: Because it is so.
p.1: "a^2 + 2 a b + b^2"
two: 4
"""

FORGETS = """\
assignment: small
latch: {W1: 1, W2: 0, b: 0}
essay: Because it is so.
p.1: "a^2 + b^2"
"""


def pytest_configure(config):
    """`pytest_plugins` may stand in a top conftest.py alone."""
    if not config.pluginmanager.has_plugin("pytester"):
        config.pluginmanager.import_plugin("pytester")


@pytest.fixture
def course(pytester, monkeypatch):
    """A course in the folder that pytest runs in."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    specs = pytester.mkdir("specs") / "small"
    specs.mkdir()
    files = {"latch": LATCH, "essay": ESSAY, "p.1": SQUARE, "two": ALSO}
    for name, text in files.items():
        (specs / f"{name}.yaml").write_text(text)
    (specs / "assignment.yaml").write_text(f"assignment: small\nquestions: [{', '.join(files)}]\n")
    (pytester.mkdir("reference") / "latch.py").write_text(REFERENCE)
    return pytester


@pytest.fixture
def hand_in(course):
    """Writes a submission of the course; its path."""

    def hand_in(answers, name="alice", **files):
        folder = course.path / name
        folder.mkdir(exist_ok=True)
        (folder / "answers.yaml").write_text(answers, encoding="utf-8")
        for file, text in files.items():
            (folder / f"{file}.py").write_text(textwrap.dedent(text))
        return folder

    return hand_in


@pytest.fixture
def run(course):
    """Runs pytest on a submission, in this process."""

    def run(*arguments, submission="alice"):
        return course.runpytest_inprocess("--submission", submission, *arguments)

    return run


@pytest.fixture
def right():
    return RIGHT


@pytest.fixture
def forgets():
    return FORGETS


@pytest.fixture
def latch():
    """The text of the latch's question."""
    return LATCH
