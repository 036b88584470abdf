"""The assignment of one student: what is drawn for the questions with variants, and the questions with that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from grader.deferred import dataclass
from grader.documents import MappingNode, ScalarNode, SequenceNode
from grader.errors import Problem, SpecError
from grader.kinds.variants.question import VariantsQuestion, has_variants
from grader.spec.assignment import Assignment
from grader.spec.question import VARIANTS_KEY, Question

if TYPE_CHECKING:
    from grader.spec.variants import Combination, VariantDraws


@dataclass(frozen=True)
class DrawnVariant:
    """What was drawn for a student; `refusal` says why nothing could be."""

    combination: Combination
    refusal: tuple[Problem, ...] = ()


DrawnVariants = tuple[tuple[str, DrawnVariant], ...]
"""By the name of each question with variants."""


def variants_of(assignment: Assignment) -> tuple[VariantsQuestion, ...]:
    """The questions of an assignment of which each student has an own variant."""
    return tuple(question for question in assignment.questions if has_variants(question))


def drawn_variants(assignment: Assignment, student: str) -> DrawnVariants:
    """What is drawn for a student, without loading it; empty for an assignment without variants."""
    return tuple((question.id, _drawn(question.draws, student)) for question in variants_of(assignment))


def variants_of_named(assignment: Assignment, student: str) -> DrawnVariants:
    """The same for a student whom somebody has named.

    Raises:
        SpecError: if there are variants, and nobody is named.
    """
    if (questions := variants_of(assignment)) and not student.strip():
        whose = "so it matters whose they are: name the student (--student ID)"
        raise SpecError(f"{questions[0].id} has variants, {whose}")
    return drawn_variants(assignment, student)


def _drawn(draws: VariantDraws, student: str) -> DrawnVariant:
    try:
        return DrawnVariant(draws.of_student(student))
    except SpecError as error:
        return DrawnVariant((), error.problems)


def own_assignment(assignment: Assignment, drawn: DrawnVariants) -> Assignment:
    """The assignment with the variants that were drawn, in which no question has variants any more.

    One whose variant cannot be had stays as it is, and is held when it is graded.
    """
    if not drawn:
        return assignment
    combinations, headings = dict(drawn), dict(assignment.headings)
    questions: list[Question] = []
    shown: dict[str, Mapping[str, str]] = {}
    for question in assignment.questions:
        if has_variants(question):
            variant = combinations[question.id]
            try:
                if variant.refusal:
                    raise SpecError(*variant.refusal)
                own = question.own(variant.combination)
            except SpecError as error:
                questions.append(replace(question, refusal=error.problems))
                continue
            constants = question.draws.constants(variant.combination)
            shown[question.id] = constants.shown
            if question.id in headings:
                headings[question.id] = question.heading_of(constants, headings[question.id])
            questions.append(own)
        else:
            questions.append(question)
    return replace(assignment, questions=tuple(questions), headings=headings, variants=shown)


def students_assignment(assignment: Assignment, student: str) -> Assignment:
    """The assignment of a student.

    Raises:
        SpecError: if it has variants, and nobody is named.
    """
    return own_assignment(assignment, variants_of_named(assignment, student))


def own_file(root: MappingNode, assignment: Assignment, drawn: DrawnVariants) -> MappingNode:
    """A question file as it would be written for one student; `assignment` is the one with the variants of all.

    Raises:
        SpecError: for a variant that cannot be had.
    """
    variants = dict(drawn)
    questions = {question.id: question for question in variants_of(assignment) if question.id in variants}

    def own(node: MappingNode, question: VariantsQuestion) -> MappingNode:
        variant = variants[question.id]
        if variant.refusal:
            raise SpecError(*variant.refusal)
        return question.draws.own(node, question.draws.constants(variant.combination))

    parts = root.lookup("parts")
    inside = [part for part in parts if isinstance(part, MappingNode)] if isinstance(parts, list) else [root]
    by_name = {str(part.lookup("question")): part for part in inside}
    found = [(by_name[name], question) for name, question in questions.items() if name in by_name]
    if found and root.lookup(VARIANTS_KEY) is not None:
        return own(root, found[0][1])
    whole = MappingNode(root.place, root)
    if isinstance(parts, SequenceNode):
        of_part = {id(part): question for part, question in found if part.lookup(VARIANTS_KEY) is not None}
        written = (own(part, of_part[id(part)]) if id(part) in of_part else part for part in parts)
        whole[ScalarNode("parts", root.place)] = SequenceNode(parts.place, written)
    return whole


def first_variants(assignment: Assignment) -> DrawnVariants:
    """Those that stand for all where no student is named."""
    return tuple((question.id, DrawnVariant(question.draws.first)) for question in variants_of(assignment))
