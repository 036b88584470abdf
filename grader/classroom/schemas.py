"""The JSON Schemas of the YAML files of a course, for editors: question files and what lies beside them."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from grader.classroom.overrides import DecisionsModel
from grader.kinds.question_schema import QUESTION_FILE, question_definitions
from grader.kinds.table import KINDS, schema_of_questions
from grader.kinds.written.marks_models import MarksModel
from grader.spec.assignment_files import AssignmentModel
from grader.spec.schema import JsonSchema, definitions_of, reference, schema_text

SCHEMA_SORTS = ("question", "assignment", "marks", "overrides")
"""Sorts of files of which each has a schema."""

_BESIDE: Mapping[str, type[BaseModel]] = {
    "assignment": AssignmentModel,
    "marks": MarksModel,
    "overrides": DecisionsModel,
}


def schema_of_file(sort: str) -> str:
    """The JSON Schema of one sort of files: a question file, `assignment.yaml`, `marks.yaml` or `overrides.yaml`."""
    if sort == "question":
        return schema_of_questions()
    model = _BESIDE[sort]
    return schema_text(f"{sort}.yaml of grader", reference(model.__name__), definitions_of([model]))


def schema_of_course() -> str:
    """One JSON Schema for all YAML files of a course, which tells them apart by what stands in them.

    A list is of marks where an entry has `met` or `second`, else of decisions; a mapping with `assignment` and
    without `question` is `assignment.yaml`, any other is a question.
    """
    is_assignment = {"required": ["assignment"], "not": {"required": ["question"]}}
    is_marks = {"contains": {"type": "object", "anyOf": [{"required": ["met"]}, {"required": ["second"]}]}}
    root: JsonSchema = {
        "type": ["object", "array"],
        "if": {"type": "object"},
        "then": {
            "if": is_assignment,
            "then": reference(AssignmentModel.__name__),
            "else": reference(QUESTION_FILE),
        },
        "else": {
            "if": is_marks,
            "then": reference(MarksModel.__name__),
            "else": reference(DecisionsModel.__name__),
        },
    }
    definitions = {**question_definitions(KINDS), **definitions_of([*_BESIDE.values()])}
    return schema_text("A YAML file of a course of grader", root, definitions)
