"""What `Annotated[..., ReadBy(...)]` makes of a field: its reader, and nothing about the type that comes out."""

from __future__ import annotations

import json
import re

from grader.kinds.table import KINDS, schema_of_questions
from grader.spec.fields import FormulaText, Strict


class _FormulaHolder(Strict):
    formula: FormulaText


def test_no_schema_is_built_of_the_classes_of_a_tree():
    """Building one for each field takes a third of the time in which a command starts."""
    _FormulaHolder.model_rebuild()
    assert set(re.findall(r"'cls': <class '([\w.]+)'>", str(_FormulaHolder.__pydantic_core_schema__))) == {
        f"{__name__}._FormulaHolder"
    }


def test_the_json_schema_defines_only_what_it_refers_to():
    text = schema_of_questions()
    defined = set(json.loads(text)["$defs"])
    assert defined == set(re.findall(r'"\$ref": "#/\$defs/(\w+)"', text))
    assert {kind.model.__name__ for kind in KINDS.values()} < defined
