"""A formula question as tables: its names, what is right and nearly right, and where formulas are compared."""

from __future__ import annotations

from collections.abc import Iterator

from grader.formulas import ProvedEqual, ProvedInCases, SampledEqual, WantedFormula, against_itself, first_points
from grader.kinds.formula.question import FormulaQuestion
from grader.kinds.spec_table import SHOWN_INPUTS, SpecTable, key_rows, written_rows
from grader.language.printing import to_text
from grader.verdict import points_in_words


def described_formula(question: FormulaQuestion) -> Iterator[SpecTable]:
    """Every table of a formula question."""
    root = question.source
    for title, key in (
        ("symbols", "symbols"),
        ("sequences, with a value at each step", "sequences"),
        ("short names", "aliases"),
    ):
        if rows := (*written_rows(root, key),):
            yield SpecTable(title, rows)
    network = [
        *((f"before the first step: {name}", value) for name, value in written_rows(root, "network", "initial")),
        *written_rows(root, "network", "functions"),
        *written_rows(root, "network", "equations"),
    ]
    if network:
        yield SpecTable("the network", (*network,))
    yield _right(question)
    if question.near:
        near = tuple(
            (miss.name, to_text(miss.tree), points_in_words(miss.points), " ".join(miss.say.split()))
            for miss in question.near
        )
        head = ("name", "formula", "points", "says")
        yield SpecTable("near misses, in the order in which they are looked for", near, head)
    if isinstance(question.engine, WantedFormula):
        points = first_points(question.engine, SHOWN_INPUTS)
        rows = tuple((place or "(nothing to choose)", value) for place, value in points)
        yield SpecTable(f"the first {len(rows)} points of comparison", rows, ("where", "what is right there"))
    yield SpecTable("which engine decides", ((_decided(question),),))


def _right(question: FormulaQuestion) -> SpecTable:
    """What is right, as it is written, and what is derived from it."""
    rows = [*key_rows(question.source, "right"), *written_rows(question.source, "derivative")]
    answer = question.engine.answer
    if answer is not None and isinstance(question.engine, WantedFormula) and question.engine.backward is not None:
        rows.append(("as one formula", to_text(answer)))
    rows += key_rows(question.source, "without", "cases", "everywhere", "up to", "reveal")
    notes = ("only digests of what is right are here",) if not isinstance(question.engine, WantedFormula) else ()
    return SpecTable("what is right", (*rows,), notes=notes)


def _decided(question: FormulaQuestion) -> str:
    """How a right answer is known, by the example of what is right itself."""
    if not isinstance(question.engine, WantedFormula):
        return "digests of an answer's values at sealed points"
    match against_itself(question.engine):
        case ProvedEqual():
            return "normal forms: what is right is proved equal to itself, for all values; balls prove a difference"
        case ProvedInCases(cases=cases):
            return f"normal forms in {len(cases)} cases of whole numbers, points in others; balls prove a difference"
        case SampledEqual(points=points):
            return f"balls at {points} points, which prove a difference and no equality"
    return "what is right is not equal to itself: see `grader spec check`"
