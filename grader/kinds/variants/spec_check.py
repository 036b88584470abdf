"""A question with variants put to the test: every variant, or a sample of them that has each value of each constant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from grader.documents import MappingNode, Node, ScalarNode, SequenceNode
from grader.errors import GraderError, HarnessError, SpecError
from grader.kinds.finding import Finding
from grader.kinds.kind import kind_of
from grader.kinds.variants.question import VariantsQuestion
from grader.machines.system import DefinitionError
from grader.spec.question import VARIANTS_KEY
from grader.spec.substitution import CONSTANT_REFERENCE
from grader.spec.variants import MAX_CONSTANT_DRAWS, MAX_LISTED_COMBINATIONS, Combination, VariantDraws
from grader.spec.variants_reader import unused_names

if TYPE_CHECKING:
    from grader.kinds.open_submission import Resources

MAX_CHECKED_VARIANTS = 50
"""Variants of a question that are put to the test where the spec does not say how many (`check`)."""

MAX_COMBINATIONS_PER_ADMITTED = 40
"""Combinations for each that `where` admits: (39/40)^1000 is one student in 10^11 for whom none is drawn."""

PROSE_KEYS = frozenset({VARIANTS_KEY, "prompt", "title", "say", "name", "text", "asks", "options"})
"""Keys whose values are no expressions, or are read by nobody but people."""

_PLAIN_NUMBER = re.compile(r"\d+(\.\d+)?")
_FRACTION_VALUE = re.compile(r"-?\d+/\d+")
_NEGATIVE_NUMBER = re.compile(r"-\d+(\.\d+)?")
_BINDS_BEFORE = re.compile(r"([*/@%^-])\s*$")
_BINDS_AFTER = re.compile(r"^\s*(\*\*|[*/@%^])")


def check_variants(question: VariantsQuestion, run: Resources) -> Iterator[Finding]:
    """What is found of the variants: of each finding, in which of them, unless it is in all."""
    draws = question.draws
    chosen = draws.sample(draws.checked or MAX_CHECKED_VARIANTS)
    yield Finding(question.id, "ok", _said_of_count(len(chosen), draws))
    if draws.listed_all and len(draws.listed) * MAX_COMBINATIONS_PER_ADMITTED < draws.count:
        few = f"leaves {len(draws.listed)} of {draws.count} combinations"
        few += f", so that {MAX_CONSTANT_DRAWS} draws find none for some"
        advice = "students: draw those that go together as one constant, {pair: [[1, 2], [2, 3]]}, or leave values out"
        place = draws.condition.place if draws.condition else draws.source.place
        yield Finding(question.id, "fail", f"variants.where: {few} {advice}", place=place)
    whole = question.written.heading or question.written.root
    for name in unused_names(draws, whole):
        text = f"nothing uses the constant {name!r}: leave it out"
        yield Finding(question.id, "warn", text, place=draws.place_of(name))
    yield from _without_brackets(question)
    found: dict[Finding, list[Combination]] = {}
    for combination in chosen:
        for finding in _findings(question, combination, run):
            found.setdefault(finding, []).append(combination)
    left_out = 0
    for finding, variants in found.items():
        if len(variants) == len(chosen):
            yield finding
        elif finding.level == "ok":
            left_out += 1
        else:
            more = f" and {len(variants) - 1} more" if len(variants) > 1 else ""
            yield replace(finding, text=f"variant {draws.constants(variants[0])}{more}: {finding.text}")
    if left_out:
        yield Finding(question.id, "ok", f"{left_out} more that are ok, each of some variants alone")


def _said_of_count(tried: int, draws: VariantDraws) -> str:
    """`all 12 variants tried`, `50 of 240 variants tried`."""
    count = len(draws.listed)
    if tried == count and draws.listed_all:
        return f"all {count} variants tried" if count > 1 else "its only variant tried"
    there = str(count) if draws.listed_all else f"more than {MAX_LISTED_COMBINATIONS}"
    return f"{tried} of {there} variants tried (`check:` in the spec gives another number)"


def _findings(question: VariantsQuestion, combination: Combination, run: Resources) -> list[Finding]:
    """What one variant says of itself."""
    try:
        own = question.own(combination)
        return list(kind_of(own).check_spec(own, run))
    except (DefinitionError, HarnessError, SpecError) as error:
        problems = error.problems if isinstance(error, GraderError) else ()
        texts = [(problem.message, problem.place) for problem in problems] or [(str(error), None)]
        prefix = f"variant {question.draws.constants(combination)}: " if not isinstance(error, DefinitionError) else ""
        return [Finding(question.id, "fail", text.removeprefix(prefix), place=place) for text, place in texts]


def _without_brackets(question: VariantsQuestion) -> Iterator[Finding]:
    """Expressions in which a value would bind otherwise than its name does: `${a}**2` where a is -1."""
    texts = _texts_of(question.draws)
    seen = set[str]()
    for node in _expressions(question.written.root):
        for found in CONSTANT_REFERENCE.finditer(node):
            name = found["name"] or ""
            around = (node[: found.start()], node[found.end() :])
            value = next((text for text in texts.get(name, []) if _binds_otherwise(text, *around)), None)
            if value is not None and str(node) not in seen:
                seen.add(str(node))
                text = f"{str(node)!r}: {name} may be {value}, so write (${{{name}}}) with brackets"
                yield Finding(question.id, "warn", text, place=node.place)


def _texts_of(draws: VariantDraws) -> Mapping[str, list[str]]:
    """The texts that stand for each constant in the variants that are tried."""
    texts: dict[str, list[str]] = {}
    for combination in draws.sample(MAX_CHECKED_VARIANTS):
        with suppress(SpecError):  # which is a finding of its own
            for name, value in draws.constants(combination).values.items():
                texts.setdefault(name, []).extend([str(value)] if isinstance(value, ScalarNode) else [])
    return texts


def _expressions(node: Node) -> Iterator[ScalarNode]:
    """Every text with a constant in it that may be an expression."""
    if isinstance(node, MappingNode):
        for name, value in node.items():
            if name not in PROSE_KEYS:
                yield from _expressions(value)
    elif isinstance(node, SequenceNode):
        for item in node:
            yield from _expressions(item)
    elif "${" in node:
        yield node


def _binds_otherwise(text: str, before: str, after: str) -> bool:
    """Whether a text in place of a name is read together with what stands around it."""
    if _PLAIN_NUMBER.fullmatch(text) or not re.search(r"[-+*/%@ ]", text):
        return False
    left, right = _BINDS_BEFORE.search(before), _BINDS_AFTER.match(after)
    power = bool(right and right[1] in ("**", "^"))
    if _NEGATIVE_NUMBER.fullmatch(text):
        return power
    if _FRACTION_VALUE.fullmatch(text):
        return power or bool(left and (left[1] in ("/", "^", "%") or before.rstrip().endswith("**")))
    return bool(left or right)
