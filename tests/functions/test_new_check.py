"""A new check of calls is one file and one row, a field of the model of lines: nothing else has to know of it."""

from __future__ import annotations

import sys
from typing import Annotated

import pytest
from pydantic import Field

from grader.answers.submission import Submission
from grader.errors import SpecError
from grader.export.student import students_copy
from grader.grading import grade
from grader.kinds.function import models

from grader.kinds.function.described import in_words
from grader.kinds.table import load_assignment
from grader.selfcheck import check_assignment
from grader.spec.fields import Words

from ..answers.helpers import write
from ..conftest import RUN

AT_MOST = '''
from dataclasses import dataclass

from grader.kinds.function.call_check import CallCheck
from grader.kinds.function.verdicts import mismatch
from grader.spec.fields import FieldError


@dataclass(frozen=True)
class AtMost(CallCheck):
    """No output is larger than a number."""

    bound: int

    @classmethod
    def read(cls, text):
        if not text.isdigit():
            raise FieldError(f"must be a whole number, not {str(text)!r}", text.place)
        return cls(int(text))

    def mismatch(self, call, answer):
        return None if answer.value <= self.bound else mismatch(f"at most {self.bound}", answer)

    def __str__(self):
        return f"at most {self.bound}"


CALL_CHECK = AtMost
'''
SPEC = """question: double
answer: function
signature: double(n)
inputs: {n: "integer(-5..5)"}
cases: 20
checks: [{name: stays small, points: 3, at_most: "9"}]
known: {cut off: {code: "def double(n): return min(2 * n, 9)", earns: 3}}
"""


class LineWithOneMoreKey(models.FunctionCheckModel):
    at_most: Annotated[Words | None, CallCheckIn("at_most_check")] = Field(
        default=None, description="The largest output."
    )


class QuestionWithOneMoreKey(models.FunctionModel):
    checks: list[LineWithOneMoreKey] = Field(min_length=1)


@pytest.fixture
def at_most(tmp_path, monkeypatch):
    """The row, whose file lies in a temporary folder."""
    (tmp_path / "at_most_check.py").write_text(AT_MOST)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(models, "FunctionModel", QuestionWithOneMoreKey)
    monkeypatch.setitem(models.CALL_CHECKS, "at_most", CallCheckIn("at_most_check"))
    yield
    sys.modules.pop("at_most_check", None)


def course(folder, spec=SPEC):
    files = {"double.yaml": spec, "assignment.yaml": "assignment: a\nquestions: [double]\n"}
    return load_assignment(write(folder / "specs" / "a", files))


def test_a_new_check_grades(at_most, tmp_path):
    assignment = course(tmp_path)
    for body, points in (("2 * n", 0), ("min(2 * n, 9)", 3), ("1 // 0", 0)):
        path = write(tmp_path / "hand_in", {"solution.py": f"def double(n): return {body}\n"})
        (result,) = grade(Submission(path), assignment, run=RUN).questions
        assert (result.status, result.points) == ("graded", points), body
        if body == "2 * n":
            assert "gave 10; wanted: at most 9" in result.checks[0].message


def test_a_new_check_is_put_to_the_test_described_and_copied(at_most, tmp_path):
    assignment = course(tmp_path)
    assert [f.text for f in check_assignment(assignment) if f.level == "fail"] == []
    assert in_words(assignment.questions[0].checks[0].aim) == "at most 9"
    assert "at_most: 9" in students_copy(assignment).files["double.yaml"]


def test_what_stands_behind_its_key_is_read_by_it(at_most, tmp_path):
    with pytest.raises(SpecError, match=r"at_most: must be a whole number, not 'many'"):
        course(tmp_path, SPEC.replace('"9"', "many"))


def test_without_the_row_there_is_no_such_key(tmp_path):
    with pytest.raises(SpecError, match="at_most"):
        course(tmp_path)
