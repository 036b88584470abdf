"""The keys of a course's files, as the models have them that read these files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from grader.classroom.overrides import DecisionModel
from grader.kinds.parts import PartsModel
from grader.kinds.table import KINDS
from grader.kinds.written.marks_models import MarkModel
from grader.spec.assignment_files import AssignmentModel
from grader.spec.question_models import AnsweredModel, QuestionModel
from grader.spec.variants_reader import VariantsModel

KEYS_INTRODUCTION = """\
# The keys of a course's files

`grader help keys weights` shows one section. Editors know the same keys from the JSON Schema that `grader spec schema`
prints. A key that a file does not know is refused, with its place and the key that may be meant.
"""

ROW_HEAD = "| key | if it is left out | what it says |\n| --- | --- | --- |\n"
NEEDED = "it is needed"


def page_text() -> str:
    """The page: a section for each sort of file and each kind of question."""
    return KEYS_INTRODUCTION + "".join(_section(title, model) for title, model in sections().items())


def sections() -> Mapping[str, type[BaseModel]]:
    """The model of each section by its title."""
    of_kinds = {f"A question with `answer: {name}`": kind.model for name, kind in KINDS.items()}
    return {
        "Every question": AnsweredModel,
        **of_kinds,
        "A question in `parts`": PartsModel,
        "`variants` of a question": VariantsModel,
        "`assignment.yaml`": AssignmentModel,
        "`overrides.yaml`, a list of decisions": DecisionModel,
        "`marks.yaml`, a list of marks": MarkModel,
    }


def _section(title: str, model: type[BaseModel]) -> str:
    """The keys of a model, then those of each mapping in it; what all questions share is not said again."""
    is_kind = issubclass(model, QuestionModel) and model is not AnsweredModel
    shown = set(_described(AnsweredModel)) if is_kind else set()
    parts = [f"\n## {title}\n"]
    for path, inside in [("", model), *_inside(model, "", (model,))]:
        described = list(_described(inside))
        rows = [_row(inside, name) for name, text in described if (name, text) not in shown]
        again = [f"`{key_of(inside, name)}`" for name, text in described if (name, text) in shown]
        shown |= {*described}
        if path:
            parts.append(f"\nIn {path}:\n")
        if rows:
            parts.append("\n" + ROW_HEAD + "".join(rows))
        if path and again:
            parts.append(f"\n{', '.join(again)}: as above.\n")
    return "".join(parts)


def _described(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """The fields of a model with what they say."""
    for name, field in model.model_fields.items():
        yield name, field.description or ""


def key_of(model: type[BaseModel], name: str) -> str:
    """A field's name as it is written in the file."""
    return model.model_fields[name].alias or name


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models in a type: `list[LineModel]`, `BudgetModel | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)


def _inside(model: type[BaseModel], path: str, around: tuple[type[BaseModel], ...]) -> Iterator[Any]:
    """The mappings in a model by where they stand: `budget`, each of `checks`."""
    for name, field in model.model_fields.items():
        for inner in models_in(field.annotation):
            if inner not in around:
                key = f"`{path}{key_of(model, name)}`"
                yield (f"each of {key}" if _is_many(field.annotation) else key), inner
                yield from _inside(inner, f"{path}{key_of(model, name)}.", (*around, inner))


def _is_many(annotation: Any) -> bool:
    return get_origin(annotation) in (list, dict) or any(
        get_origin(part) in (list, dict) for part in getattr(annotation, "__args__", ())
    )


def _row(model: type[BaseModel], name: str) -> str:
    field = model.model_fields[name]
    in_cell = re.sub(r"([|*<])", r"\\\1", field.description or "")
    return f"| `{key_of(model, name)}` | {_left_out(field)} | {in_cell} |\n"


def _left_out(field: FieldInfo) -> str:
    """What counts where a key is left out; empty where that is nothing."""
    default = field.default
    if default is PydanticUndefined:
        return "" if field.default_factory is not None else NEEDED
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, Fraction):
        return "`full`" if default == 1 else f"`{default}`"
    return f"`{default}`" if isinstance(default, int | float | str) else ""
