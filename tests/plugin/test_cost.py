"""What a run that has nothing to do with the grader pays: one small module, and nothing behind it."""

import pytest

SEEN = """
import sys

def test_nothing_of_the_grader_is_loaded():
    ours = {name for name in sys.modules if name.partition(".")[0] == "grader"}
    assert ours == {"grader", "grader.pytest_plugin"}

def test_nothing_that_the_grader_needs_is_loaded():
    assert not {"numpy", "flint", "pydantic", "yaml", "rich", "click"} & set(sys.modules)
"""


@pytest.mark.long
def test_an_unrelated_run_loads_one_module(pytester):
    pytester.makepyfile(SEEN)
    pytester.runpytest_subprocess("-p", "no:hypothesispytest", "-p", "no:xdist").assert_outcomes(passed=2)


@pytest.mark.long
def test_the_plugin_can_be_left_out(pytester):
    pytester.makepyfile('import sys\ndef test_it(): assert "grader" not in sys.modules\n')
    pytester.runpytest_subprocess("-p", "no:grader").assert_outcomes(passed=1)
