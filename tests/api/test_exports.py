"""What `grader` exports, that importing it is nearly free, and that every example in a docstring runs."""

import doctest
import subprocess
import sys

import pytest

import grader
from grader import api, strategies


def test_exactly_these_names_are_exported():
    assert grader.__all__ == ["check", "load"]
    assert set(grader.__all__) <= set(dir(grader))
    assert (grader.check, grader.load) == (api.check, api.load)


def test_other_names_are_unknown():
    with pytest.raises(AttributeError, match="module 'grader' has no attribute 'lode'"):
        _ = grader.lode


def examples(module):
    tests = doctest.DocTestFinder().find(module, module.__name__)
    return [pytest.param(test, id=test.name) for test in tests if test.examples]


@pytest.mark.parametrize("example", [*examples(grader), *examples(api), *examples(strategies)])
def test_examples_run(example):
    result = doctest.DocTestRunner().run(example)
    assert (result.failed, result.attempted > 0) == (0, True)


def test_every_name_has_an_example():
    named = {parameter.id for parameter in examples(api)}
    assert {"grader.api.load", "grader.api.check", "grader.api.GradableAssignment.grade"} <= named
    assert {parameter.id for parameter in examples(strategies)} == {
        f"grader.strategies.{name}" for name in ("values", "arguments", "words")
    }


def test_importing_it_loads_nothing_else():
    code = "import sys; before = set(sys.modules); import grader; print(*set(sys.modules) - before)"
    run = subprocess.run([sys.executable, "-c", f"import typing; {code}"], capture_output=True, text=True, check=True)
    assert {name for name in run.stdout.split() if not name.startswith(("_", "importlib"))} == {"grader"}
