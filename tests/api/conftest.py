"""The repository as the course, and as the present folder; its specs, which no test changes, are loaded once."""

from functools import cache
from pathlib import Path

import pytest

from grader.kinds.table import load_assignment

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def here(monkeypatch):
    monkeypatch.chdir(ROOT)
    return ROOT


@pytest.fixture(autouse=True, scope="module")
def _loaded_once():
    loaded_once = cache(load_assignment)

    def load(path, *rest):
        return (loaded_once if path.is_relative_to(ROOT / "specs") else load_assignment)(path, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("grader.api.load_assignment", load)
        yield
