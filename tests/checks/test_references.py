"""The references of the course: their two ways to say the same agree, and neither leans on the grader."""

import ast
import importlib.util
import itertools
from pathlib import Path

import numpy as np
import pytest

REFERENCE = Path(__file__).parents[2] / "reference"
PAIRS = list(itertools.product((0, 1), repeat=2))


def load(name):
    spec = importlib.util.spec_from_file_location(f"course_{name}", REFERENCE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def latch():
    return load("latch")


@pytest.fixture(scope="module")
def equality():
    return load("equality")


def stepped(module, word):
    state, outputs = module.initial(), []
    for x in word:
        state, y = module.step(state, x)
        outputs.append(y)
    return outputs


def test_the_latch_runs_as_it_steps_on_every_short_input(latch):
    for n in range(1, 11):
        for word in itertools.product((0, 1), repeat=n):
            assert stepped(latch, word) == latch.run(word).tolist() == [int(all(word[: t + 1])) for t in range(n)]


def test_the_latch_gives_the_example_of_the_sheet(latch):
    assert "".join(map(str, latch.run([int(c) for c in "1111010000"]))) == "1111000000"


def test_equality_runs_as_it_steps_on_every_short_input(equality):
    for n in range(1, 6):
        for word in itertools.product(PAIRS, repeat=n):
            wanted = [int(all(a == b for a, b in word[: t + 1])) for t in range(n)]
            assert stepped(equality, word) == equality.run(word).tolist() == wanted


def test_the_latch_has_room_to_spare(latch):
    """z is 1.5, or at most -0.5, around a threshold of 0.5."""
    p = latch.PARAMETERS
    z = {(h, x): p["W2"] * h + p["W1"] * x + p["b2"] for h in (0, 1) for x in (0, 1)}
    assert z.pop((1, 1)) == 1.5
    assert max(z.values()) == -0.5


def test_equality_has_half_a_unit_to_spare(equality):
    p = equality.PARAMETERS
    units = [p["W"] @ np.array(x) + p["b"] for x in PAIRS]
    sums = [p["v"] @ (z > 0) for z in units]
    distances = [abs(d) for z in units for d in z]
    distances += [abs(s + p["c0"]) for s in sums] + [abs(s + p["r"] * y + p["c"]) for s in sums for y in (0, 1)]
    assert min(distances) == 0.5


@pytest.mark.parametrize("path", sorted(REFERENCE.glob("*.py")), ids=lambda path: path.stem)
def test_references_import_numpy_and_the_standard_library_alone(path):
    imported = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert "grader" not in imported
    assert imported <= {
        "numpy",
        "math",
        "__future__",
        "collections",
        "itertools",
        "functools",
        "fractions",
        "reference",
    }
