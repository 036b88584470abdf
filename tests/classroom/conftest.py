import pytest

from ..answers.helpers import Q5, Q6, assignment, course, graded, no_hang, run, shared_course, write

__all__ = ["assignment", "course", "graded", "no_hang", "run", "shared_course"]


@pytest.fixture
def three(tmp_path):
    """A class of three with right answers."""
    for name in ("alice", "bob", "carol"):
        write(tmp_path / "class" / name, {"answers.yaml": Q5 + Q6})
    return tmp_path / "class"
