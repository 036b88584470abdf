"""Questions of a kind with a spec of their own, graded as a class is: from `answers.yaml` to the marks in a report."""

from functools import cache

import pytest

from grader.answers.submission import Submission
from grader.grading import grade
from grader.kinds.table import load_assignment

from ..conftest import RUN


@pytest.fixture(scope="session")
def load(tmp_path_factory):
    """The assignment of one question that a text describes; the same text is loaded once."""

    @cache
    def assignment(text):
        path = tmp_path_factory.mktemp("spec") / "q.yaml"
        path.write_text(text, encoding="utf-8")
        return load_assignment(path)

    return assignment


@pytest.fixture(scope="session")
def graded(load, tmp_path_factory):
    """The result of the question `q` for the text that stands behind `q:` in a file of answers."""
    folder = tmp_path_factory.mktemp("hand_in")

    def result(spec, answer, marks=None):
        path = folder / "answers.yaml"
        path.write_text(f"q: {answer}\n", encoding="utf-8")
        (only,) = grade(Submission(folder, "kim"), load(spec), marks=marks, run=RUN).questions
        return only

    return result
