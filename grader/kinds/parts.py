"""A question in parts: one file, several questions with marks of their own, and what they share."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from grader.documents import MappingNode, describe_node
from grader.errors import Problem
from grader.spec.problems import find, read_model
from grader.spec.question import VARIANTS_KEY, LoadedFile, PartsHeading, Question
from grader.spec.question_models import QuestionModel
from grader.verdict import points_in_words

if TYPE_CHECKING:
    from grader.kinds.kind import KindTable

EXTENDED_KEYS = ("symbols", "sequences", "aliases")
"""Shared keys to whose names a part may add its own."""


class PartsModel(QuestionModel):
    """A question in parts as it is written."""

    parts: list[Any] = Field(
        min_length=1, description="The parts, each a question with marks of its own; their points add up."
    )
    symbols: Any = Field(
        default=None, description="Symbols of all parts that are formulas, to which a part may add its own."
    )
    sequences: Any = Field(
        default=None, description="Sequences of all parts that are formulas, to which a part may add its own."
    )
    aliases: Any = Field(
        default=None, description="Short names of all parts that are formulas, to which a part may add its own."
    )
    network: Any = Field(
        default=None, description="The network of all parts that are formulas and have none of their own."
    )
    variants: Any = Field(
        default=None, description="Constants that are drawn for each student, the same ones for all parts."
    )


def load(root: MappingNode, path: Path, kinds: KindTable) -> LoadedFile:
    """The parts of a question, each a question of its own; their points add up."""
    model, problems = read_model(PartsModel, root)
    if model is None:
        return LoadedFile("", (), tuple(problems))
    questions: list[Question] = []
    for i, part in enumerate(model.parts):
        if not isinstance(part, MappingNode):
            place = getattr(part, "place", root.place)
            problems.append(Problem(f"parts[{i + 1}]: must be a mapping, not {describe_node(part)}", place))
            continue
        question, found = _loaded(part, root, path, kinds)
        problems += found
        if question is not None:
            questions.append(question)
    total = sum((question.points for question in questions), Fraction(0))
    if not problems and total != model.points:
        place, _ = find(root, ("points",))
        text = f"points: the parts add up to {points_in_words(total)}, but the question is worth"
        problems.append(Problem(f"{text} {points_in_words(model.points)}", place))
    heading = PartsHeading(**model.question_fields())
    return LoadedFile(str(model.question), tuple(questions), tuple(problems), heading)


def _loaded(
    part: MappingNode, root: MappingNode, path: Path, kinds: KindTable
) -> tuple[Question | None, list[Problem]]:
    """One part; where the question has variants, all parts of a student have the same constants."""
    whole = with_shared(part, root, kinds)
    if root.lookup(VARIANTS_KEY) is None:
        return kinds.load_question(whole, path)
    if (own := part.lookup(VARIANTS_KEY)) is not None:
        return None, [Problem("variants: stand in the question or in its parts, not in both", own.place)]
    from grader.kinds.variants.question import load as load_variants

    return load_variants(whole, path, kinds, heading=root)


def with_shared(part: MappingNode, root: MappingNode, kinds: KindTable) -> MappingNode:
    """The part with what the question says once for all parts of its kind, where the part does not say it itself.

    Names that the part gives a meaning (`symbols`, `sequences`, `aliases`) are added to the shared ones, and count
    before them; a `network` of the part stands in place of the shared one.
    """
    whole = MappingNode(part.place, part)
    kind = kinds.get(str(part.lookup("answer")))
    shared = kind.shared_keys if kind is not None else ()
    for key, value in root.items():
        if key not in shared:
            continue
        own = part.lookup(key)
        if own is None:
            whole[key] = value
        elif key in EXTENDED_KEYS and isinstance(own, MappingNode) and isinstance(value, MappingNode):
            whole[key] = _extended(value, own)
    return whole


def _extended(shared: MappingNode, own: MappingNode) -> MappingNode:
    """Shared names and a part's own, which count before them; each with its own place."""
    return MappingNode(own.place, {name: value for name, value in shared.items() if name not in own} | own)
