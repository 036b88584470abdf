"""Classes that are graded once."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..answers.helpers import no_hang, run
from .desk_class import Class, copied, grade, write_answers, write_course
from .small_class import graded_folder, marked_class, one_class, small_class

__all__ = [
    "desk_class", "graded_class", "graded_folder", "marked_class", "no_hang", "one_class", "run", "small_class",
]  # fmt: skip


@pytest.fixture(scope="session")
def graded_class(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a class that no test changes."""
    folder = tmp_path_factory.mktemp("class")
    grade(write_course(folder / "course"), write_answers(folder / "answers"), folder / "results")
    return folder


@pytest.fixture
def desk_class(graded_class: Path, tmp_path: Path) -> Class:
    """A copy of it."""
    return copied(graded_class, tmp_path / "class")
