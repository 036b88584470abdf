"""What a formula question declares and leaves idle: symbols, cases, marks that are not less than all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from grader.documents import MappingNode, Node, ScalarNode
from grader.formulas import Sealed
from grader.kinds.finding import Finding
from grader.kinds.formula.models import FACTOR_CREDIT, SIGN_CREDIT
from grader.kinds.formula.question import FormulaQuestion
from grader.language.tree import names_in
from grader.verdict import points_in_words

CONSTANTS = {"e": "2.718...", "pi": "3.141...", "π": "3.141..."}


def check_declarations(question: FormulaQuestion) -> Iterator[Finding]:
    """Everything that a question declares and nothing uses, or that hides what students mean."""
    if isinstance(question.engine, Sealed):
        return
    yield from _symbols(question)
    yield from _cases(question)
    for points, name in ((question.sign, SIGN_CREDIT), (question.factor, FACTOR_CREDIT)):
        if points is not None and points >= question.points:
            text = f"up to.{name} earns all {points_in_words(points)} points, though the formula is wrong: say fewer"
            yield Finding(question.id, "fail", text, place=question.place("up to", name))


def _symbols(question: FormulaQuestion) -> Iterator[Finding]:
    used = _used(question)
    texts = [*_texts(question.source, ("derivative", "without")), *(known.text for known in question.known)]
    spoken = " ".join(texts)
    for block in ("symbols", "sequences"):
        for name in question.source.lookup(block) or ():
            place = question.key_place(block, name)
            if str(name) in CONSTANTS:
                text = f"{str(name)!r} hides the constant {CONSTANTS[str(name)]} of that name"
                yield Finding(question.id, "warn", f"{text}: call the symbol otherwise", place=place)
            shared = (place.line, place.column) < (question.source.place.line, question.source.place.column)
            if not shared and str(name) not in used and str(name) not in spoken:
                text = f"nothing uses the symbol {str(name)!r}: leave it out, or use it"
                yield Finding(question.id, "warn", text, place=place)


def _used(question: FormulaQuestion) -> set[str]:
    """The names in what is right, in the network and in near misses, and those of sizes."""
    setting = question.engine.setting
    symbols = setting.symbols
    functions = [function.body for function in symbols.functions.values()]
    trees = [*setting.equations.values(), *setting.initial.values(), *symbols.aliases.values(), *functions]
    trees += [near.tree for near in question.near]
    if not isinstance(question.engine, Sealed):
        trees.append(question.engine.wanted)
    shapes = [one.shape for one in symbols.quantities.values()] + [one.shape for one in symbols.sequences.values()]
    sizes = {str(size) for shape in shapes for size in shape}
    return sizes | {name for tree in trees for name in names_in(tree)}


def _texts(root: MappingNode, keys: Sequence[str]) -> Iterator[str]:
    for key in keys:
        if (node := root.lookup(key)) is not None:
            yield from _leaves(node)


def _leaves(node: Node) -> Iterator[str]:
    if isinstance(node, ScalarNode):
        yield str(node)
        return
    for item in [*node, *node.values()] if isinstance(node, MappingNode) else node:
        yield from _leaves(item)


def _cases(question: FormulaQuestion) -> Iterator[Finding]:
    """One case alone, or cases in which two whole numbers are always equally far apart."""
    setting = question.engine.setting
    cases, place = setting.cases, question.place("cases")
    if len(cases) == 1:
        text = "formulas are compared in one case alone, where many wrong ones agree: add others, or leave `cases` out"
        yield Finding(question.id, "warn", text, place=place)
        return
    for one, other in combinations(setting.symbols.integers if cases else (), 2):
        gaps = {case[other] - case[one] for case in cases}
        if len(gaps) == 1:
            text = f"`{other} - {one}` is {gaps.pop()} in every case: add cases in which it is another number"
            yield Finding(question.id, "warn", text, place=place)
