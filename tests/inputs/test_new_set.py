"""A new set of inputs is one file and one row: it is read, drawn, listed, shrunk, graded with, described and exported."""

from __future__ import annotations

import json
import sys
from itertools import permutations

import pytest
from hypothesis import find
from jsonschema import Draft7Validator

from grader import strategies
from grader.answers.submission import Submission
from grader.errors import SpecError
from grader.export.student import students_copy
from grader.grading import grade
from grader.inputs import table
from grader.kinds.function.plan import plan_of
from grader.kinds.table import load_assignment, schema_of_questions
from grader.selfcheck import check_assignment

from ..answers.helpers import write
from ..conftest import RUN

PERMUTATIONS = '''
import itertools
from dataclasses import dataclass

from grader.inputs.input_set import InputSet
from grader.inputs.ranges import Length
from grader.inputs.set_forms import MappingForm, TextForm
from grader.inputs.text_parts import read_length


@dataclass(frozen=True)
class PermutationSet(InputSet):
    """Lists of the numbers from 1 to a length, in any order."""

    length: Length

    def drawn(self, chooser, env):
        left = list(range(1, chooser.whole(self.length.sizes(env)) + 1))
        return [left.pop(chooser.whole(range(len(left)))) for _ in list(left)]

    def members(self, env, longest):
        for size in self.length.sizes_up_to(longest, env):
            yield from map(list, itertools.permutations(range(1, size + 1)))

    def names_used(self):
        return self.length.names_used()

    def most_entries(self):
        return self.length.most()


def _read(node, arrays, reader):
    return PermutationSet(read_length((node[next(iter(node))], 0)))


TEXT = TextForm("permutation(length)", (1,), lambda parts, inner: PermutationSet(read_length(parts[0])))
MAPPING = MappingForm("{permutation: length}", lambda keys: keys == {"permutation"}, _read)
'''
SPEC = """question: largest
answer: function
signature: largest(order)
inputs: {order: permutation(1..5)}
returns: integer
cases: 40
checks:
  - {name: drawn, points: 2, holds: out == len(order)}
  - {name: listed, points: 1, holds: out == len(order), exhaustive: {length: 3}}
known: {first: {code: "def largest(order): return order[0]", earns: 0}}
"""


@pytest.fixture
def new_set(tmp_path, monkeypatch):
    """Its rows, whose file lies in a temporary folder."""
    (tmp_path / "permutation_set.py").write_text(PERMUTATIONS)
    monkeypatch.syspath_prepend(tmp_path)
    import permutation_set

    monkeypatch.setattr(table, "INPUT_SETS", (permutation_set.TEXT, permutation_set.MAPPING, *table.INPUT_SETS))
    yield
    sys.modules.pop("permutation_set", None)


def course(folder, spec=SPEC):
    files = {"largest.yaml": spec, "assignment.yaml": "assignment: a\nquestions: [largest]\n"}
    return load_assignment(write(folder / "specs" / "a", files))


def test_a_new_set_grades_and_a_failure_shrinks(new_set, tmp_path):
    assignment = course(tmp_path)
    for body, points in (("max(order)", 3), ("order[0]", 0), ("max(order) if len(order) < 4 else 9", 1)):
        path = write(tmp_path / "hand_in", {"solution.py": f"def largest(order): return {body}\n"})
        (result,) = grade(Submission(path), assignment, run=RUN).questions
        assert (result.status, result.points) == ("graded", points), body
        if body == "order[0]":
            assert [check.evidence.input for check in result.checks] == ["largest(order=[1, 2])"] * 2
        if points == 3:
            assert result.checks[1].evidence.inputs == 1 + 2 + 6


def test_a_new_set_is_drawn_and_listed_beside_others(new_set, tmp_path):
    spec = SPEC.replace("largest(order)", "largest(n, order)").replace(
        "{order: permutation(1..5)}", '{n: integer(2..3), order: {permutation: "n"}}'
    )
    (question,) = course(
        tmp_path, spec.replace("largest(order): return order[0]", "largest(n, order): return 1")
    ).questions
    drawn, listed = (group.cases for group in plan_of(question).groups)
    assert {tuple(case["order"]) for case in listed} == {*permutations((1, 2)), *permutations((1, 2, 3))}
    assert all(sorted(case["order"]) == list(range(1, case["n"] + 1)) for case in drawn)


def test_a_new_set_stands_in_others_and_in_strategies(new_set):
    for written, wanted in (
        ("sequence(2, permutation(2))", [[1, 2], [1, 2]]),
        ({"tuple": ["bit", {"permutation": "3"}]}, (0, [1, 2, 3])),
    ):
        assert find(strategies.arguments(x=written), lambda case: True) == {"x": wanted}
    assert sorted(find(strategies.values("permutation(4)"), lambda x: x[0] == 3)) == [1, 2, 3, 4]


def test_a_new_set_is_put_to_the_test_and_copied(new_set, tmp_path):
    assignment = course(tmp_path)
    assert [f.text for f in check_assignment(assignment) if f.level == "fail"] == []
    assert "permutation(1..5)" in students_copy(assignment).files["largest.yaml"]


def test_a_new_set_is_known_to_messages_and_editors(new_set, tmp_path):
    with pytest.raises(
        SpecError, match=r"'permute\(3\)' is not a set of inputs \(there are permutation\(length\); bit; "
    ):
        course(tmp_path, SPEC.replace("permutation(1..5)", "permute(3)"))
    question = {"question": "q", "title": "T", "points": 1, "prompt": "P", "answer": "function", "signature": "f(x)"}
    check = {"name": "n", "points": 1, "holds": "out == x"}
    validator = Draft7Validator(json.loads(schema_of_questions()))
    for written, sound in (("permutation(3)", True), ("permute(3)", False), ("bit", True)):
        errors = list(validator.iter_errors({**question, "inputs": {"x": written}, "checks": [check]}))
        assert (not errors) is sound, written


def test_without_the_row_there_is_no_such_set(tmp_path):
    with pytest.raises(SpecError, match=r"'permutation\(1..5\)' is not a set of inputs"):
        course(tmp_path)
