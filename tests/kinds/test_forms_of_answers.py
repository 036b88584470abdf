"""Which kind of question an entry looks like an answer to, and what tests by hand get of it."""

import pytest

from grader.answers.submission import Submission
from grader.kinds.kind import kind_of
from grader.kinds.open_submission import OpenSubmission

from ..conftest import RUN
from .test_choice import ONE
from .test_number import EXACT

WRITTEN = "question: q\ntitle: Why\npoints: 4\nanswer: written\nrubric: [{name: reason, points: 4}]\n"


@pytest.fixture
def opened(load, tmp_path):
    """The question of a spec, and a submission with this text behind `q:`."""

    def opened(spec, answer):
        (tmp_path / "answers.yaml").write_text(f"q: {answer}\n", encoding="utf-8")
        (question,) = load(spec).questions
        return question, OpenSubmission(Submission(tmp_path, "kim"), load(spec), RUN, "strict", {})

    return opened


@pytest.mark.parametrize(
    ("spec", "answer", "resembles", "read"),
    [
        (ONE, "a", True, ["a"]),
        (ONE, "[b, a, a]", True, ["b", "a", "a"]),
        (ONE, "a and b", False, None),
        (ONE, "{a: 1}", False, None),
        (EXACT, "2/3", True, "2/3"),
        (EXACT, "[2/3]", True, "2/3"),
        (EXACT, "two thirds", True, "two thirds"),
        (EXACT, "{a: 2}", False, None),
        (WRITTEN, "The slopes.", True, "The slopes."),
        (WRITTEN, "{W: [1, 2]}", False, None),
    ],
)
def test_an_entry_is_read_by_the_kind_that_it_looks_like(opened, spec, answer, resembles, read):
    question, submission = opened(spec, answer)
    kind = kind_of(question)
    assert kind.resembles(question, submission) is resembles
    if read is not None:
        assert kind.answer(question, submission) == read
