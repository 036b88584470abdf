"""`pytest -p tests.processor_time tests/engines`: what takes processor time, by file and by test, on however busy a machine.

Counted are this process and those of its children that have ended; a sandbox that serves many tests counts where it is
closed. It is for runs without `-n`.
"""

from __future__ import annotations

import resource
from collections import Counter
from collections.abc import Generator
from typing import Any

import pytest

SHOWN_FILES, SHOWN_TESTS = 15, 30
_SECONDS: Counter[str] = Counter()


def used_seconds() -> float:
    """Of this process and its children, in it and in the kernel."""
    found = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in found)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    before = used_seconds()
    try:
        return (yield)
    finally:
        _SECONDS[item.nodeid] += used_seconds() - before


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The files and the tests (all cases of a table together) that take most."""
    terminalreporter.section(f"{sum(_SECONDS.values()):.1f} s of processor time")
    for separator, most in (("::", SHOWN_FILES), ("[", SHOWN_TESTS)):
        together: Counter[str] = Counter()
        for name, seconds in _SECONDS.items():
            together[name.partition(separator)[0]] += seconds
        for name, seconds in together.most_common(most):
            terminalreporter.write_line(f"{seconds:8.2f}  {name}")
