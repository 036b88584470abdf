"""The JSON Schema of a question file: which kind of question it is decides what may stand in it.

So what an editor says of a wrong key is about the kind that `answer` names, and about no other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from grader.kinds.either import SHARED_BY_WAYS, EitherModel
from grader.kinds.kind import KindTable
from grader.kinds.parts import PartsModel
from grader.spec.schema import JsonSchema, definitions_of, reference
from grader.spec.variants_reader import VariantsModel

ANSWER_DESCRIPTION = "How the question is answered, which decides what else can stand here."

QUESTION_FILE, QUESTION_OF_A_KIND, WAY_TO_ANSWER = "QuestionFile", "QuestionOfAKind", "WayToAnswer"
"""Definitions: a file (one question, or one in parts); a question, which may be a part; a way of `answer: either`."""

QUESTION_WITH_VARIANTS = "QuestionWithVariants"
"""A question, or one in parts, in which constants stand that are drawn for each student."""


def question_definitions(kinds: KindTable) -> dict[str, JsonSchema]:
    """The definitions of a question file, `QUESTION_FILE` and all that it refers to."""
    models = {name: kind.model for name, kind in kinds.items()}
    found = definitions_of([*models.values(), PartsModel, VariantsModel])
    branches, ways = dict[str, str](), dict[str, str]()
    for name, model in models.items():
        own = found[model.__name__]
        own["properties"]["answer"] = {"const": name, "description": ANSWER_DESCRIPTION}
        branches[name], ways[name] = model.__name__, f"{model.__name__.removesuffix('Model')}Way"
        found[ways[name]] = {
            **own,
            "properties": {key: reference(f"{model.__name__}/properties/{key}") for key in own["properties"]},
            "required": [key for key in own.get("required", ()) if key not in SHARED_BY_WAYS],
        }
    found[EitherModel.__name__]["properties"]["ways"]["items"] = reference(WAY_TO_ANSWER)
    _share(found, kinds)
    part = _unless_it_has_variants(reference(QUESTION_OF_A_KIND))
    found[PartsModel.__name__]["properties"]["parts"]["items"] = part
    found[QUESTION_WITH_VARIANTS] = _with_variants(found[PartsModel.__name__]["properties"], list(models))
    found[QUESTION_OF_A_KIND] = _by_answer(branches)
    found[WAY_TO_ANSWER] = _by_answer(ways)
    parts = {"if": {"required": ["parts"]}, "then": reference(PartsModel.__name__)}
    found[QUESTION_FILE] = _unless_it_has_variants({**parts, "else": reference(QUESTION_OF_A_KIND)})
    return found


def _with_variants(common: JsonSchema, kinds: list[str]) -> JsonSchema:
    """A question with variants: where `${name}` may stand in place of any value, only the loader knows what fits."""
    own = {name: common[name] for name in ("question", "title", "points", "prompt")}
    answer = {"enum": kinds, "description": ANSWER_DESCRIPTION}
    said = "The constants that are drawn for each student: ${name} stands for one anywhere in the question."
    variants = {"allOf": [reference(VariantsModel.__name__)], "description": said}
    properties = {**own, "answer": answer, "variants": variants}
    return {"type": "object", "properties": properties, "required": ["question", "variants"]}


def _unless_it_has_variants(schema: JsonSchema) -> JsonSchema:
    """A schema of questions, but for those with variants."""
    then = reference(QUESTION_WITH_VARIANTS)
    return {"type": "object", "if": {"required": ["variants"]}, "then": then, "else": schema}


def _by_answer(branches: dict[str, str]) -> JsonSchema:
    """A question whose `answer` says which of these definitions it meets."""
    return {
        "type": "object",
        "properties": {"answer": {"enum": list(branches), "description": ANSWER_DESCRIPTION}},
        "required": ["answer"],
        "allOf": [
            {
                "if": {"properties": {"answer": {"const": name}}, "required": ["answer"]},
                "then": reference(definition),
            }
            for name, definition in branches.items()
        ],
    }


def _share(found: dict[str, JsonSchema], kinds: KindTable) -> None:
    """What a question in parts says once is what its parts of some kind could say, which then need not."""
    properties = found[PartsModel.__name__]["properties"]
    for key, own in properties.items():
        sharing = [kind.model.__name__ for kind in kinds.values() if key in kind.shared_keys]
        wanted = _without_doubles(found[name]["properties"][key] for name in sharing)
        if len(wanted) == 1:
            properties[key] = {**wanted[0], **own}
        elif wanted:
            properties[key] = {"anyOf": wanted, **own}


def _without_doubles(schemas: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for schema in schemas:
        if schema not in found:
            found.append(schema)
    return found
