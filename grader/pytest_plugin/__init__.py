"""The pytest plugin: `pytest --submission DIR [--spec SPEC]` runs each rubric line of a submission as a test.

Nothing of the grader is imported before one of its options, fixtures or helpers is used, so that a run which has
nothing to do with it pays nothing; `-p no:grader` leaves even this module out.

For tests by hand there are the fixtures `assignment`, `submission` and `answer`, the helpers `assert_proved` and
`assert_equal_formula` (import them from here), and `grader.strategies`. A fixture of the same name in a conftest.py or
in a test module takes the place of the one here, as pytest has it.

Students' code runs in the grader's sandbox, and pytest obeys no settings and imports no `conftest.py` that was handed
in: `grader.startup` sees to that before this plugin is loaded, and without it the plugin refuses to run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from grader.answers.submission import Submission
    from grader.api import GradableAssignment
    from grader.pytest_plugin.answers import GetAnswer
    from grader.pytest_plugin.asserts import assert_equal_formula, assert_proved

__all__ = ["SpecWarning", "assert_equal_formula", "assert_proved"]


class SpecWarning(UserWarning):
    """Something in a spec that its author should look at."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("grader", "grading homework")
    group.addoption("--submission", metavar="DIR", help="grade this submission: each rubric line becomes a test")
    group.addoption("--spec", metavar="SPEC", help="its assignment: a folder, a question file, or a name in specs/")
    group.addoption("--course", metavar="DIR", help="the folder that holds specs/ (default: here or the nearest above)")
    group.addoption("--student", metavar="ID", help="whose variants it meets (default: of whom its name is)")
    group.addoption(
        "--require-sandbox",
        choices=("strict", "degraded", "off"),
        help="what must hold the submission's code (default: strict; on macOS and Windows degraded, all they have)",
    )
    group.addoption(
        "--spec-tests", action="store_true", help="test the specs that are collected (or set grader_specs = true)"
    )
    parser.addini("grader_specs", "collect specs (assignment.yaml and question files) as tests", "bool", default=False)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    submission = early_config.known_args_namespace.submission
    if submission is not None:
        from grader.pytest_plugin.settings import handed_in_for

        handed_in_for(early_config).add(submission)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    if config.option.submission is None:
        return None
    from grader.pytest_plugin.settings import handed_in_for

    return handed_in_for(config).holds(collection_path) or None


def pytest_configure(config: pytest.Config) -> None:
    if config.option.submission is not None:
        from grader.pytest_plugin.rubric import RubricPlugin

        config.pluginmanager.register(RubricPlugin(config), "grader-rubric")
    if config.option.spec_tests or config.getini("grader_specs"):
        from grader.pytest_plugin.specs import SpecPlugin

        config.pluginmanager.register(SpecPlugin(), "grader-specs")


@pytest.fixture(scope="session")
def assignment(pytestconfig: pytest.Config) -> GradableAssignment:
    """The assignment of `--spec`, else the one that the submission names, else the only one in `specs/`."""
    from grader.pytest_plugin.options import run_options

    return run_options(pytestconfig).assignment


@pytest.fixture(scope="session")
def submission(pytestconfig: pytest.Config) -> Submission:
    """The submission of `--submission`."""
    from grader.pytest_plugin.options import run_options

    return run_options(pytestconfig).handed_in()


@pytest.fixture(scope="session")
def answer(assignment: GradableAssignment, submission: Submission, pytestconfig: pytest.Config) -> GetAnswer:
    """`answer("q5")` is what was handed in for a question: a network, a formula, a function, or text."""
    from grader.pytest_plugin.answers import GetAnswer
    from grader.pytest_plugin.options import requirement_of, resources_of

    return GetAnswer(assignment, submission, requirement_of(pytestconfig), resources_of(pytestconfig))


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from grader.pytest_plugin import asserts

    return getattr(asserts, name)
