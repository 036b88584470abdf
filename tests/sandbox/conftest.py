"""A sandbox for the whole session, at the strongest tier that works here, and short limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from grader.sandbox import FunctionCall, Limits, Sandbox, StudentProgram

SHORT = Limits(call_seconds=0.3, load_seconds=1.0, run_seconds=3.0)


@pytest.fixture
def short() -> Limits:
    return SHORT


@pytest.fixture(scope="session")
def box() -> Iterator[Sandbox]:
    with Sandbox() as made:
        yield made


@pytest.fixture
def ask(box: Sandbox) -> Callable[..., Any]:
    """The reply to one call of `f` in a source."""

    def asked(source: str, *arguments: Any, **options: Any) -> Any:
        with box.open(StudentProgram(source.encode()), SHORT) as session:
            return session.call([FunctionCall("f", arguments, **options)])[0]

    return asked
