"""Wrong formulas that are made on purpose, as texts that a student could hand in, and what the marking makes of them.

The rule: a mutant is made of every right answer that can be written in the names of an answer (the right formula or the
derived one, and each known answer with all points), printed, and read again as an answer is; one that does not read as
it was made is left out. It is judged as an answer is. One with all points that differs from the right formula somewhere
has survived; the others with all points are equivalent. No killing inputs are named: the points at which a formula is
compared depend on the formula itself, and nobody is asked for its value at one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from grader.documents import ScalarNode
from grader.errors import HarnessError, SourceLocation, SubmissionError
from grader.evidence import Counterexample
from grader.formulas import Sealed, WantedFormula, is_equal
from grader.formulas.comparison import Comparison, GridPoint, PointFault
from grader.formulas.samples import QUARTERS, SMALL_INTEGERS, Sample
from grader.formulas.verdicts import show_value
from grader.kinds.formula.judged import JudgedFormulas
from grader.kinds.formula.mutations import mutations
from grader.kinds.formula.other_points import point_of_difference
from grader.kinds.formula.question import FormulaQuestion
from grader.kinds.formula.score import read
from grader.kinds.mutants import NOTHING_IS_CHANGED, WRONG_AS_IT_STANDS, Mutant, MutantVerdict
from grader.kinds.open_submission import Resources
from grader.language.printing import to_text
from grader.language.tree import Tree
from grader.verdict import QuestionResult

MUTANT_PLACE = SourceLocation("the mutant")
"""Where its text is said to stand."""

BEHAVIOUR_CASES, BEHAVIOUR_BITS, BEHAVIOUR_DIGITS = 3, 256, 12
BEHAVIOUR_SAMPLES = (Sample(QUARTERS, 7), Sample(SMALL_INTEGERS, 5), Sample(QUARTERS, 8))
"""Where a mutant is worked out for its fingerprint, and how precisely."""

STEPS_BEFORE_WANTED = 3
"""Steps of the network before those that the right formula asks for, which a mutant may ask for."""

DERIVED_SOURCE, RIGHT_SOURCE = "the derived formula", "the right formula"
UNNAMED = "no near miss names it"
"""The reason of a mutant that gets no message of its own."""


class RightAnswer(NamedTuple):
    """A right answer that mutants are made of, as a tree in the names of an answer."""

    source: str
    tree: Tree


def right_answers(question: FormulaQuestion) -> Iterator[RightAnswer]:
    """The right formula, if it can be written in the names of an answer, and the known answers that are right.

    A known answer is left out that earns all points without being equal to the right formula.
    """
    engine = question.engine
    if isinstance(engine, WantedFormula) and engine.answer is not None:
        tree = _read(question, to_text(engine.answer))
        if tree is not None:
            yield RightAnswer(RIGHT_SOURCE if engine.backward is None else DERIVED_SOURCE, tree)
    for known in question.known:
        tree = _read(question, known.text) if known.earns == question.points else None
        if tree is not None and is_equal(_engine(question).decide(tree)):
            yield RightAnswer(f"known {known.name!r}", tree)


def formula_mutants(question: FormulaQuestion) -> Iterator[Mutant]:
    """Every mutant of every right answer; none of a question in a student's copy, which knows no right formula.

    A known answer that equals the right formula only in the cases that the spec states is wrong: it is a mutant itself,
    unchanged, and no others are made of it.
    """
    if isinstance(question.engine, Sealed):
        return
    for source, tree in right_answers(question):
        text = to_text(tree)
        if _read(question, text) == tree and point_of_difference(tree, _engine(question)):
            yield Mutant(WRONG_AS_IT_STANDS, f"{NOTHING_IS_CHANGED}\n{text}", source, text)
            continue
        for mutation in mutations(tree, question.symbols):
            text = to_text(mutation.whole)
            again = _read(question, text)
            if again is not None and to_text(again) == text and again != tree:
                change = text if mutation.old == tree else f"{mutation.change}\n{text}"
                yield Mutant(mutation.operator, change, source, text)


def _engine(question: FormulaQuestion) -> WantedFormula:
    """What decides a question of which there are mutants."""
    if not isinstance(question.engine, WantedFormula):
        raise HarnessError(f"{question.id}: nothing is known of what is right")
    return question.engine


def _read(question: FormulaQuestion, text: str) -> Tree | None:
    """A text as an answer is read; None where it cannot be."""
    try:
        return read(question, ScalarNode(text, MUTANT_PLACE)).tree
    except SubmissionError:
        return None


def judge_formula_mutants(
    question: FormulaQuestion, mutants: Sequence[Mutant], run: Resources
) -> Iterator[MutantVerdict]:
    """What the marking makes of each."""
    judged = run.resource("judged formulas", JudgedFormulas)
    for mutant in mutants:
        try:
            result = judged.score(question, ScalarNode(mutant.answer, MUTANT_PLACE))
        except SubmissionError as error:
            yield MutantVerdict(mutant, "killed", Fraction(0), (0,), reason=str(error))
        except HarnessError as error:  # what is right cannot be worked out: no mark would be given either
            yield MutantVerdict(mutant, "held", Fraction(0), reason=str(error))
        else:
            yield _verdict(question, mutant, result)


def _verdict(question: FormulaQuestion, mutant: Mutant, result: QuestionResult) -> MutantVerdict:
    check, tree = result.checks[0], read(question, ScalarNode(mutant.answer, MUTANT_PLACE)).tree
    if check.outcome == "passed":
        if point := point_of_difference(tree, _engine(question)):
            reason = "it was taken for right: no point of the spec's cases tells it apart"
            return MutantVerdict(mutant, "survived", result.points, (), (point,), _behaviour(question, tree), reason)
        return MutantVerdict(mutant, "equivalent", result.points, reason="equal to what is right")
    named = ", ".join(f"{mistake.source} {mistake.name!r}" for mistake in check.mistakes)
    behaviour = _behaviour(question, tree)
    if result.points >= question.points:
        inputs = (check.evidence.input,) if isinstance(check.evidence, Counterexample) else ()
        reason = f"{named} earns all points, though the formula is wrong"
        return MutantVerdict(mutant, "survived", result.points, (), inputs, behaviour, reason)
    return MutantVerdict(mutant, "killed", result.points, (0,), (), behaviour, named or UNNAMED)


def _behaviour(question: FormulaQuestion, tree: Tree) -> str:
    """A fingerprint that equal formulas share: their values, to some digits, at points that are the same for all."""
    engine, wanted = _engine(question), _wanted_alone(question)
    comparison = Comparison(engine.setting, engine.setting.read(tree), engine.wanted, engine.backward)
    seen = list[str]()
    for case in engine.setting.all_cases[:BEHAVIOUR_CASES]:
        origin = wanted.origin(case) - STEPS_BEFORE_WANTED
        for sample in BEHAVIOUR_SAMPLES:
            value = comparison.look(GridPoint(case, origin, sample), BEHAVIOUR_BITS).student
            seen.append("none" if isinstance(value, PointFault) else show_value(value, BEHAVIOUR_DIGITS))
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()[:16]


@lru_cache(maxsize=4)
def _wanted_alone(question: FormulaQuestion) -> Comparison:
    """The right formula beside itself: from it come the steps at which all mutants are worked out."""
    engine = _engine(question)
    return Comparison(engine.setting, engine.wanted, engine.wanted, engine.backward)
