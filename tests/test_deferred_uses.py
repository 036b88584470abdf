"""Of a deferred class whose annotations are text nothing is written until it is used often, or asked for more.

From Python 3.14 on annotations are text at once only where a module imports them from the future, as all of the grader's
do that define deferred classes: of others the methods are written when the class is first used.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import grader
from grader import deferred


@pytest.fixture
def written(monkeypatch):
    """The classes whose methods have been written, in their order."""
    found, write = [], deferred._write
    monkeypatch.setattr(deferred, "_write", lambda cls, *rest: (found.append(cls), write(cls, *rest)))
    return found


def test_modules_with_deferred_classes_have_annotations_that_are_text():
    package = Path(grader.__file__).parent
    texts = {path: path.read_text(encoding="utf-8") for path in package.rglob("*.py")}
    deferring = [
        path for path, text in texts.items() if re.search(r"^from grader\.deferred import dataclass", text, re.M)
    ]
    assert deferring
    assert [path for path in deferring if "\nfrom __future__ import annotations\n" not in texts[path]] == []


def test_methods_are_written_once_and_when_the_class_is_used(written):
    @deferred.dataclass(frozen=True)
    class Unused:
        """Never asked for anything."""

        a: int

    @deferred.dataclass(frozen=True)
    class Used(Unused):
        """Below the other one, whose fields it needs."""

        b: int

    assert [Used(1, 2), Used(1, 2)] == [Used(1, 2)] * 2
    assert len({Used(1, 2), Used(1, b=2), deferred.replace(Used(1, 3), b=2)}) == 1
    assert written == []
    assert repr(Used(1, 2)).endswith("Used(a=1, b=2)")
    assert written == [Used, Unused]


def test_a_class_that_is_used_often_is_written(written):
    @deferred.dataclass(frozen=True)
    class Used:
        a: int

    made = [Used(number) for number in range(deferred.MAX_UNWRITTEN_USES)]
    assert written == []
    assert [Used(number) for number in range(len(made))] == made
    assert written == [Used]
