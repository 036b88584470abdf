"""New files of a course name the schema that the course keeps for editors; where it keeps none, nothing."""

import json
from fractions import Fraction

import pytest
from jsonschema import Draft7Validator

from grader.classroom.override_file import PointsDecision, add_decision
from grader.classroom.overrides import load_overrides
from grader.classroom.schemas import schema_of_file
from grader.kinds.table import load_assignment
from grader.kinds.written.marks import Mark, load_marks
from grader.review.marks_store import MarkChange, MarksStore, mark_version

from ..answers.helpers import write
from .core_schema import as_an_editor_reads

WRITTEN = "question: q\ntitle: T\npoints: 2\nanswer: written\nrubric: [{name: it forgets, points: 2}]\n"


@pytest.fixture
def spec(tmp_path):
    return write(tmp_path / "specs" / "hw", {"assignment.yaml": "assignment: hw\nquestions: [q]\n", "q.yaml": WRITTEN})


def written_files(spec):
    """A file of marks and one of decisions, as the reader's desk makes them."""
    store = MarksStore(spec / "marks.yaml")
    store.save([MarkChange("kim", "q", Mark(("it forgets",), "", "me"), mark_version(None))])
    add_decision(
        spec / "overrides.yaml", PointsDecision("kim", "q", Fraction(1), "why", "N. Neumann"), load_assignment(spec)
    )
    return {sort: (spec / f"{sort}.yaml") for sort in ("marks", "overrides")}


def test_new_files_name_the_schema_of_the_course(spec, tmp_path):
    for sort in ("marks", "overrides"):
        (tmp_path / ".schema").mkdir(exist_ok=True)
        (tmp_path / ".schema" / f"{sort}.json").write_text(schema_of_file(sort))
    for sort, file in written_files(spec).items():
        text = file.read_text()
        first = text.splitlines()[0]
        assert first == f"# yaml-language-server: $schema=../../.schema/{sort}.json"
        schema = json.loads((spec / first.partition("=")[2]).read_text())
        assert [error.message for error in Draft7Validator(schema).iter_errors(as_an_editor_reads(text))] == []
    assert len(load_marks(spec / "marks.yaml")) == len(load_overrides(spec / "overrides.yaml")) == 1


def test_without_such_a_schema_nothing_is_named(spec):
    assert [file.read_text().count("yaml-language-server") for file in written_files(spec).values()] == [0, 0]


def test_a_file_that_is_there_keeps_its_beginning(spec, tmp_path):
    (tmp_path / ".schema").mkdir()
    (tmp_path / ".schema" / "overrides.json").write_text("{}")
    (spec / "overrides.yaml").write_text("# ours\n")
    assert written_files(spec)["overrides"].read_text().startswith("# ours\n- submission: kim\n")
