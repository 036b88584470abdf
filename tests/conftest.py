"""What holds for every test: nothing is kept in the folders of the user who runs them, and one sandbox serves many."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator, Iterator
from typing import Any
from zlib import crc32

import pytest
from hypothesis import settings
from hypothesis.strategies import just

from grader.hypothesis_corpus import corpus
from grader.kinds.open_submission import Resources
from tests.browser.chromium import NO_BROWSER
from tests.on_linux_alone import (
    HAS_SANDBOX,
    NO_SANDBOX,
    NOT_READ_ON_WINDOWS,
    confined_or_skipped,
    skip_where_nothing_is_confined,
)

LONGEST_FILES = (
    "tests/browser/test_desk.py",
    "tests/test_readme.py",
    "tests/lab/test_examples.py",
    "tests/export/test_autograder_runs.py",
    "tests/checks/test_evidence.py",
    "tests/attacks/test_hand_in_runs.py",
    "tests/formulas/test_sealed.py",
    "tests/plugin/test_settings_handed_in.py",
    "tests/attacks/test_hand_in_class.py",
    "tests/browser/test_pages.py",
    "tests/classroom/test_cluster.py",
    "tests/classroom/test_executors.py",
    "tests/sandbox/test_killed.py",
    "tests/hand_ins/test_notebooks.py",
    "tests/functions/test_rounds.py",
    "tests/functions/test_mutant_verdicts.py",
    "tests/classroom/test_grade.py",
    "tests/checks/test_input_languages.py",
    "tests/plugin/test_rubric.py",
    "tests/classroom/test_determinism.py",
    "tests/export/test_student.py",
    "tests/classroom/test_gradebook.py",
    "tests/api/test_notebook.py",
    "tests/cli/test_current_folder.py",
    "tests/spec/test_faults.py",
    "tests/variants/test_classes.py",
)
"""Files that take 6 s or more, and long ones whose turn would come last: they are begun first, so that none of them is
what all the others wait for at the end."""

collect_ignore = NOT_READ_ON_WINDOWS

RUN = Resources()
"""What tests share that grade in this process, above all the sandbox, which takes long to start."""


def pytest_configure(config: pytest.Config) -> None:
    """Processes that a test starts may keep what they compile, as this one may (`tests/__init__.py`).

    Files are handed to workers in their order: by the number of their tests, the few long ones (`LONGEST_FILES`) would
    come last.
    No property of Hypothesis has a deadline: how long it takes says more of the machine than of what is tested.
    """
    settings.register_profile("without deadline", deadline=None)
    settings.load_profile("without deadline")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files come first. Of a table marked `sampled(n)`, the usual tests try the first case and about one in n, `pytest -m slow` the rest.

    Which ones is decided by their names, so that it is the same in each run and no column of the table is left out.
    """
    place = {name: number for number, name in enumerate(LONGEST_FILES)}
    items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(place)))
    skip_where_nothing_is_confined(items)
    begun = set()
    for item in items:
        if mark := item.get_closest_marker("sampled"):
            function = item.nodeid.partition("[")[0]
            if function in begun and crc32(item.nodeid.encode()) % mark.args[0]:
                item.add_marker(pytest.mark.slow)
            begun.add(function)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported and collected stays to the end: the collector of cycles goes through it neither now nor later.

    Then it looks less often than usual: exact numbers and long words are many objects and make no cycles.
    Hypothesis draws once before: it searches all that there is for what refers to its random numbers, does not see what is
    frozen, and from Python 3.14 on warns that they are about to go.
    """
    corpus(just(None), 1, 0)
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(50_000, 50, 100)
        gc.enable()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Tests that were left out, since there is no browser or no sandbox, are not left out in silence."""
    reasons = [str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", ())]
    if unconfined := sum(NO_SANDBOX in reason for reason in reasons):
        terminalreporter.write_line(f"{unconfined} tests were skipped: {NO_SANDBOX}", yellow=True)
    if missing := sorted({reason for reason in reasons if NO_BROWSER in reason}):
        left_out = sum(NO_BROWSER in reason for reason in reasons)
        terminalreporter.write_line(f"{left_out} tests of pages were skipped: {'; '.join(missing)}", yellow=True)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """What `-n auto` means: two workers more than there are processors, as many tests wait for processes of theirs."""
    return (os.cpu_count() or 1) + 2


@pytest.fixture(scope="session", autouse=True)
def _close_run() -> Iterator[None]:
    yield
    RUN.close()


@pytest.fixture(scope="session", autouse=True)
def _confined_or_skipped() -> Iterator[None]:
    """Where nothing is confined, a test that comes to start the sandbox is skipped."""
    with pytest.MonkeyPatch.context() as patch:
        if not HAS_SANDBOX:
            patch.setattr("grader.sandbox.box.Sandbox._start", confined_or_skipped)
        yield


@pytest.fixture(scope="session", autouse=True)
def _short_writing_time() -> Iterator[None]:
    """A call that never ends costs its limit and this: the answers of tests are written down in a few milliseconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("grader.sandbox.process.MAX_WRITING_S", 0.04)
        yield


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The cache of this run, which its workers share: inputs that one has drawn the others read."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "cache"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        yield
