"""Which wrong formulas get a message of their own, and near misses for the commonest ones that get none.

The rule: mutants that are equal as formulas are one mistake; the commonest is the one that can be made in the most
right answers, then in the most places; what students hardly ever do (`UNLIKELY_OPERATORS`) comes after the rest. What
is proposed is loaded into the question first, and only what then earns what it says, beside known answers that earn
what they did, is shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from grader.deferred import dataclass
from grader.documents import ScalarNode, shortened
from grader.errors import GraderError, SourceLocation
from grader.formulas import Sealed
from grader.kinds.formula.models import FACTOR_CREDIT, SIGN_CREDIT
from grader.kinds.formula.mutants import MUTANT_PLACE, UNNAMED, right_answers
from grader.kinds.formula.mutations import CONSTANT_FACTOR, WHOLE_SIGN
from grader.kinds.formula.question import FormulaQuestion
from grader.kinds.formula.score import score_formula
from grader.kinds.mutants import MutantVerdict, StrengthRemark
from grader.kinds.proposals import loaded_with
from grader.verdict import points_in_words

MAX_PROPOSED_NEAR = 3
MAX_TRIED_NEAR = 12
"""Mistakes that are tried as near misses of a question, and those that are shown."""

MAX_NEAR_NAME_CHARACTERS = 60

SAYINGS: Mapping[str, str] = {
    "sign": "A sign is the other way round",
    "factor lost": "A factor is missing",
    "term lost": "A term is missing",
    "index off by one": "A step is off by one",
    "every step off by one": "The steps are off by one",
    "another step": "A step is not the right one",
    "bound off by one": "There is one step too many, or one too few",
    "sum for product": "Steps are added where they multiply, or multiply where they are added",
    "factor outside of the loop": "Each step has a factor of its own, and it stands there once",
    "transposed": "A matrix has to be transposed, or must not be",
    "exponent": "An exponent is not right",
    "operands swapped": "Two operands stand the other way round",
    "function": "A function is not the right one, or is missing",
    "condition": "A condition is not right",
    "another symbol": "One symbol stands in place of another",
    "constant": "A constant is not right",
    "operation": "An operation is not the right one",
}
"""What is proposed to be said, by operator; likelier mistakes first."""


UNLIKELY_OPERATORS = frozenset({"another symbol", "constant", "operation"})


@dataclass(frozen=True)
class _Mistake:
    """Mutants that are equal as formulas and get no message; `shown` is the one that stands for them."""

    shown: MutantVerdict
    sources: int
    mutants: int


@dataclass(frozen=True)
class _ProposedNear:
    """An entry of `near`."""

    name: str
    formula: str
    points: Fraction
    say: str

    @property
    def yaml(self) -> str:
        """Its lines; text in double quotes is the same in JSON and YAML."""
        quoted = [json.dumps(text, ensure_ascii=False) for text in (self.name, self.formula, self.say)]
        lines = (f"name: {quoted[0]}", f"formula: {quoted[1]}", f"points: {points_in_words(self.points)}")
        return "  - " + "\n    ".join((*lines, f"say: {quoted[2]}")) + "\n"


def formula_remarks(question: FormulaQuestion, verdicts: Sequence[MutantVerdict]) -> Iterator[StrengthRemark]:
    """How many mutants are named, and what could name more of them; or why there are none."""
    if isinstance(question.engine, Sealed):
        yield StrengthRemark("there are no mutants: a student's copy knows no right formula")
        return
    if not verdicts:
        if next(right_answers(question), None) is None:
            text = "there are no mutants: no right formula is written in the names of an answer; add a `known` one"
            yield StrengthRemark(f"{text} that earns all points")
        return
    wrong = [verdict for verdict in verdicts if verdict.status == "killed"]
    unnamed = [verdict for verdict in wrong if verdict.reason == UNNAMED]
    named = len(wrong) - len(unnamed)
    yield StrengthRemark(f"{named} of {len(wrong)} wrong formulas get a message of their own (`near`, `up to`)")
    yield from _whole_factors(question, unnamed)
    if near := _near(question, unnamed):
        text = f"the commonest of {len({one.behaviour for one in unnamed})} mistakes that get no message"
        yield StrengthRemark(f"{text}; the points and words are yours to decide", _yaml_of_near(near))


def _whole_factors(question: FormulaQuestion, unnamed: Sequence[MutantVerdict]) -> Iterator[StrengthRemark]:
    """`up to`, where a wrong sign or factor of the whole gets no message."""
    given = {SIGN_CREDIT: question.sign, FACTOR_CREDIT: question.factor}
    operators = {verdict.mutant.operator for verdict in unnamed}
    wanted = dict(given)
    for name, operator in ((SIGN_CREDIT, WHOLE_SIGN), (FACTOR_CREDIT, CONSTANT_FACTOR)):
        if given[name] is None and operator in operators:
            wanted[name] = _half(question)
    if wanted == given:
        return
    said = ", ".join(f"{name}: {points_in_words(points)}" for name, points in wanted.items() if points is not None)
    yaml = f"up to: {{{said}}}\n"
    if _changed(question, yaml) is not None:
        yield StrengthRemark("a formula that is right but for its sign or a constant factor gets no message", yaml)


def _near(question: FormulaQuestion, unnamed: Sequence[MutantVerdict]) -> list[_ProposedNear]:
    """Near misses that can be added together, each tried with those before it."""
    added: list[_ProposedNear] = []
    for mistake in _mistakes(unnamed)[:MAX_TRIED_NEAR]:
        proposed = _proposed(question, mistake)
        if len(added) < MAX_PROPOSED_NEAR and _counts(question, [*added, proposed]):
            added.append(proposed)
    return added


def _mistakes(unnamed: Sequence[MutantVerdict]) -> list[_Mistake]:
    """The mistakes behind mutants, the commonest first."""
    groups: dict[str, list[MutantVerdict]] = {}
    for verdict in unnamed:
        if verdict.mutant.operator in SAYINGS:
            groups.setdefault(verdict.behaviour, []).append(verdict)
    order = list(SAYINGS)

    def likeliest(verdict: MutantVerdict) -> tuple[int, int, str]:
        mutant = verdict.mutant
        return order.index(mutant.operator), len(mutant.answer), mutant.answer

    def commonest(one: _Mistake) -> tuple[int, bool, int, tuple[int, int, str]]:
        unlikely = one.shown.mutant.operator in UNLIKELY_OPERATORS
        return -one.sources, unlikely, -one.mutants, likeliest(one.shown)

    found = []
    for group in groups.values():
        sources = len({verdict.mutant.source for verdict in group})
        found.append(_Mistake(min(group, key=likeliest), sources, len(group)))
    return sorted(found, key=commonest)


def _proposed(question: FormulaQuestion, mistake: _Mistake) -> _ProposedNear:
    mutant = mistake.shown.mutant
    change = mutant.change.partition("\n")[0]
    name = f"{mutant.operator}: {change}"
    name = (
        name
        if len(name) <= MAX_NEAR_NAME_CHARACTERS
        else f"{mutant.operator}: {shortened(change, MAX_NEAR_NAME_CHARACTERS)}"
    )
    return _ProposedNear(name, mutant.answer, _half(question), f"{SAYINGS[mutant.operator]}.")


def _half(question: FormulaQuestion) -> Fraction:
    """Half of the points, whole ones where there are several."""
    half = question.points / 2
    return Fraction(half // 1) if half >= 1 else half


def _yaml_of_near(near: Sequence[_ProposedNear]) -> str:
    return "near:\n" + "".join(one.yaml for one in near)


def _counts(question: FormulaQuestion, near: Sequence[_ProposedNear]) -> bool:
    """Whether the question can be loaded with these near misses, and each of them is found when it is handed in."""
    changed = _changed(question, _yaml_of_near(near))
    if changed is None:
        return False
    try:
        results = [score_formula(changed, ScalarNode(one.formula, MUTANT_PLACE)) for one in near]
    except GraderError:
        return False
    found = [(result.points, {mistake.name for mistake in result.named_mistakes}) for result in results]
    return all(points == one.points and one.name in names for (points, names), one in zip(found, near, strict=True))


def _changed(question: FormulaQuestion, yaml: str) -> FormulaQuestion | None:
    """The question with what the YAML adds to it, if its known answers earn what they did; else None.

    Those that are right are not looked at: no credit for wrong formulas changes what they earn.
    """
    loaded = loaded_with(question, yaml, question.path)
    if loaded is None:
        return None
    changed = loaded.salted(question.engine.setting.salt)
    for known in (one for one in question.known if one.earns < question.points):
        text = ScalarNode(known.text, SourceLocation(known.name))
        try:
            if score_formula(changed, text).points != score_formula(question, text).points:
                return None
        except GraderError:
            return None
    return changed
