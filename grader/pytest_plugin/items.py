"""Tests that fail with a message of the grader alone, never with a Python traceback."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any, NoReturn

import pytest


class ReportedError(Exception):
    """A failure that its message explains; the first line stands alone in summaries."""


class ReportedItem(pytest.Item):
    """A test that fails by raising `ReportedError`; `headline` is its name in reports."""

    headline: str

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The message alone; a fault of any other kind keeps its traceback."""
        if not isinstance(excinfo.value, ReportedError):
            return super().repr_failure(excinfo, style)
        shown = excinfo.getrepr(style="value")
        crash = shown.reprcrash
        if crash is not None:  # what summaries and JUnit files show: the first line, and whose it is
            crash.path, crash.lineno = os.fspath(self.path), 1
            crash.message = str(excinfo.value).partition("\n")[0]
        return shown

    def reportinfo(self) -> tuple[os.PathLike[str], int, str]:
        """The file of the spec; a headline that is no end of the node's id, in which pytest would change the dots."""
        return self.path, 0, self.headline

    def skip(self, reason: str) -> NoReturn:
        """Skips this test, said to be where its spec is."""
        raise pytest.skip.Exception(reason, _use_item_location=True)


class ReportingPlugin:
    """What the plugins with such tests share: words also where a test ends before its call (pytest asks only then)."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Puts the message alone in the place of a traceback."""
        report = yield
        if (
            isinstance(item, ReportedItem)
            and call.excinfo is not None
            and isinstance(call.excinfo.value, ReportedError)
        ):
            report.longrepr = item.repr_failure(call.excinfo)
        return report
