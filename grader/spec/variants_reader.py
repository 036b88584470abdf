"""Reading `variants:` of a question: the constants that are drawn, and whether the question uses them as it may."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from grader.documents import MappingNode, SequenceNode, describe_node
from grader.errors import Problem, SpecError, did_you_mean, listed
from grader.language.tree import names_in
from grader.spec.fields import Count, FormulaText, Strict, Words
from grader.spec.problems import read_model
from grader.spec.question import VARIANTS_KEY
from grader.spec.substitution import names_used
from grader.spec.variants import VariantDraws, unknown_name

SAME_FOR_ALL = ("question", "answer", "points")
"""Keys of a question whose values every student has alike, so that tables of marks have one column for all."""

SEEN_BY_STUDENTS = ("title", "prompt", "network", "symbols", "sequences", "parameters", "signature", "options", "unit")
"""Keys of a question whose values students see."""


class VariantsModel(Strict):
    """Constants that are drawn for each student; `${name}` stands for one anywhere in the question."""

    seed: Words | None = Field(default=None, description="Any text; another one gives every student other constants.")
    draw: dict[Words, list[Any]] = Field(
        min_length=1, description="The values of each constant, of which each student gets one: {h0: [0, 1]}."
    )
    let: dict[Words, FormulaText] = Field(
        default_factory=dict, description="Constants that are computed from those that are drawn: {h1: 1 - h0}."
    )
    where: FormulaText | None = Field(
        default=None, description="What holds of the constants that are drawn together: a != b."
    )
    check: Count | None = Field(
        default=None, description="How many variants `grader spec check` tries; all of them where they are few."
    )


class _WithVariants(Strict):
    variants: VariantsModel


def read_draws(root: MappingNode, assignment: str) -> tuple[VariantDraws | None, list[Problem]]:
    """What a question (or a question in parts) says under `variants:`, or every problem of it."""
    source = root.lookup(VARIANTS_KEY)
    if not isinstance(source, MappingNode):
        message = f"variants: must be a mapping such as {{draw: {{h0: [0, 1]}}}}, not {describe_node(source)}"
        return None, [Problem(message, getattr(source, "place", root.place))]
    written, problems = read_model(_WithVariants, root.only([VARIANTS_KEY]))
    if written is None:
        return None, problems
    model = written.variants
    draws = VariantDraws(
        assignment,
        str(root.lookup("question")),
        str(model.seed or ""),
        {str(key): values for key, values in source.lookup("draw").items()},
        {str(key): expression for key, expression in model.let.items()},
        model.where,
        model.check,
        source,
    )
    problems = [*_name_problems(draws), *use_problems(draws, source.lookup("draw"))]
    if not problems:
        try:
            draws.constants(draws.first)
        except SpecError as error:
            problems += error.problems
    return (None if problems else draws), problems


def _name_problems(draws: VariantDraws) -> Iterator[Problem]:
    """Names that are no names or stand twice, constants without values, expressions of what there is not."""
    seen: set[str] = set()
    for key, values in draws.written():
        if not key.isidentifier():
            yield Problem(f"variants: {str(key)!r} is no name for a constant", key.place)
        elif key in seen:
            yield Problem(f"variants: {str(key)!r} is drawn and computed: leave out one", key.place)
        elif isinstance(values, SequenceNode) and not values and key in draws.options:
            yield Problem(f"variants.draw.{key}: needs at least one value", values.place)
        seen.add(str(key))
    expressions = [*draws.computed.items(), *([("where", draws.condition)] if draws.condition else [])]
    for where, expression in expressions:
        for name in dict.fromkeys(names_in(expression.tree)):
            if name not in draws.names:
                advice = did_you_mean(name, draws.names) or f" ({listed(draws.names)} are)"
                yield Problem(f"variants: {where} uses {name!r}, which is no constant{advice}", expression.place)


def use_problems(draws: VariantDraws, root: MappingNode) -> Iterator[Problem]:
    """Names in `${ }` that no constant has, and constants where all students have the same."""
    for key, value in root.items():
        for name, node in (*names_used(key), *names_used(value)) if key != VARIANTS_KEY else ():
            if key in SAME_FOR_ALL:
                yield Problem(f"{key}: is the same for all students: leave out ${{{name}}}", node.place)
            elif name not in draws.names:
                yield unknown_name(name, node, draws.names)


def names_seen(root: MappingNode) -> frozenset[str]:
    """The constants that students see in a question."""
    return frozenset(name for key in root if key in SEEN_BY_STUDENTS for name, _ in names_used(root[key]))


def unused_names(draws: VariantDraws, root: MappingNode) -> list[str]:
    """The constants that nothing of the question uses."""
    used = {name for key, value in root.items() for name, _ in names_used(value) if key != VARIANTS_KEY}
    used |= {name for key in root for name, _ in names_used(key)}
    inside = {name: {other for other, _ in names_used(values)} for name, values in draws.options.items()}
    inside |= {name: set(names_in(expression.tree)) for name, expression in draws.computed.items()}
    left = list(used)
    while left:
        for other in inside.get(left.pop(), set()) - used:
            used.add(other)
            left.append(other)
    return [name for name in draws.names if name not in used]
