"""Every other choice of options, what each earns, and what that says of the question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, combinations

from grader.documents import ScalarNode
from grader.errors import SourceLocation, listed
from grader.kinds.choice.question import ChoiceQuestion
from grader.kinds.choice.reading import options_meant
from grader.kinds.choice.score import score_choice
from grader.kinds.mutants import Mutant, MutantVerdict, StrengthRemark
from grader.verdict import points_in_words

MAX_CHOICE_MUTANTS = 4_096
"""Choices that are tried: all of up to 12 options; of more options, those nearest to the right choice."""

THE_RIGHT_CHOICE = "the right choice"


def choice_mutants(question: ChoiceQuestion) -> Iterator[Mutant]:
    """Every choice but the right one, those first that differ from it in the fewest options."""
    names = list(question.options)
    for count, changed in enumerate(_changes(names)):
        if count >= MAX_CHOICE_MUTANTS:
            return
        chosen = [name for name in names if (name in question.right) != (name in changed)]
        if chosen:
            left_out, added = set(changed) & question.right, set(changed) - question.right
            yield Mutant(_operator(len(left_out), len(added)), f"chosen: {listed(chosen)}", THE_RIGHT_CHOICE, chosen)


def _changes(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The options that are chosen otherwise than they should be: one, two, ... of them."""
    return chain.from_iterable(combinations(names, count) for count in range(1, len(names) + 1))


def _operator(left_out: int, added: int) -> str:
    if not added:
        return "option left out" if left_out == 1 else "options left out"
    if not left_out:
        return "option added" if added == 1 else "options added"
    return "option exchanged" if left_out == added == 1 else "other options"


def judged_choices(question: ChoiceQuestion, mutants: Sequence[Mutant]) -> Iterator[MutantVerdict]:
    """The verdict on each choice, in their order; all are wrong, whatever they earn."""
    for mutant in mutants:
        nodes = [ScalarNode(name, SourceLocation("")) for name in mutant.answer]
        result = score_choice(question, options_meant(nodes, question.options, []))
        if result.points < question.points:
            yield MutantVerdict(mutant, "killed", result.points, (0,), behaviour=listed(mutant.answer))
        else:
            reason = "it earns all points, though another choice is right"
            yield MutantVerdict(mutant, "survived", result.points, behaviour=listed(mutant.answer), reason=reason)


def choice_remarks(question: ChoiceQuestion, verdicts: Sequence[MutantVerdict]) -> Iterator[StrengthRemark]:
    """What whoever chooses everything earns, and wrong options to which nothing is said."""
    everything = next((v for v in verdicts if len(v.mutant.answer) == len(question.options)), None)
    if everything is not None and everything.points:
        earned = f"{points_in_words(everything.points)} of {points_in_words(question.points)} points"
        text = f"whoever chooses all {len(question.options)} options earns {earned}"
        yield StrengthRemark(f"{text}: add options that are wrong, or leave `credit: each` out")
    unsaid = [name for name in question.options if name not in question.right and name not in question.say]
    if unsaid:
        verb, them = ("is", "it") if len(unsaid) == 1 else ("are", "them")
        text = f"{listed(unsaid)} {verb} wrong and nothing is said to whoever chooses {them}"
        yield StrengthRemark(f"{text}: give `say` a sentence for each")
