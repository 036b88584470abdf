"""Networks that are nearly right: the right answers that a spec knows, with one small change or with two of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from random import Random
from typing import Any

from grader.kinds.mutants import NOTHING_IS_CHANGED, WRONG_AS_IT_STANDS, Mutant
from grader.kinds.weights.changes import WeightsChange, WeightsInForm, constant_networks, single_changes
from grader.kinds.weights.mutant_verdicts import NO_LINE_AT_STEP, MutantJudge
from grader.kinds.weights.question import WeightsQuestion
from grader.kinds.weights.right_networks import RightNetwork, as_handed_in, right_answers
from grader.language.arrays import entries
from grader.language.reals import REALS
from grader.machines.alphabet import FiniteAlphabet

MAX_MUTANTS = 20_000
"""Of one question; of more than these, single changes come before pairs, and pairs are drawn."""

MAX_SLOW_MUTANTS = 500
"""The same where networks are no finite machines, so that to decide one may take a second."""

MAX_MUTANT_ENTRIES = 2_000_000
"""Numbers in all mutants of one question."""

DRAWN_CHANGES_SEED = 20_260_901


def weights_mutants(question: WeightsQuestion) -> Iterator[Mutant]:
    """Each network that one change makes of a right answer, then those that two changes of different numbers make.

    No two have the same weights, and none has those of a right answer. An answer of the spec that is wrong and loses
    nothing comes first, as it stands, and is not changed further.
    """
    wrong = list(_wrong_answers(question))
    yield from wrong
    named = {mutant.source for mutant in wrong}
    answers = [answer for answer in right_answers(question) if answer.name not in named]
    made = [list(single_changes(question, answer.given)) for answer in answers]
    size = max((sum(len(entries(v)) for v in answer.given.values.values()) for answer in answers), default=1)
    most = min(MAX_MUTANTS if _is_fast(question) else MAX_SLOW_MUTANTS, MAX_MUTANT_ENTRIES // size)
    met, texts = {_key(answer.given) for answer in right_answers(question)}, dict[Any, str]()
    for answer, changes in zip(answers, made, strict=True):
        for change in _some(changes, most // len(answers)):
            yield from _mutant(question, answer, [change], change.operator, met, texts)
    for answer in answers[:1]:
        for change in constant_networks(question, answer.given):
            yield from _mutant(question, answer, [change], change.operator, met, texts)
    left = max(0, most - sum(map(len, made)))
    for answer, changes in zip(answers, made, strict=True):
        for pair in _pairs(changes, left // len(answers)):
            yield from _mutant(question, answer, pair, "pair", met, texts)


def _wrong_answers(question: WeightsQuestion) -> Iterator[Mutant]:
    """The answers that should be right, break no line, and are wrong."""
    judge, texts = MutantJudge(question), dict[Any, str]()
    for answer in right_answers(question):
        plain = as_handed_in(answer.given, texts)
        mutant = Mutant(WRONG_AS_IT_STANDS, NOTHING_IS_CHANGED, answer.name, plain)
        verdict = judge.verdict(mutant)
        if verdict.status == "survived" and verdict.reason == NO_LINE_AT_STEP:  # else `accept` or a reading takes it
            yield mutant


def _some(changes: Sequence[WeightsChange], most: int) -> Sequence[WeightsChange]:
    """All changes, or at most so many, in their order: of each operator as many at most, drawn."""
    if len(changes) <= most:
        return changes
    random, by_operator = Random(DRAWN_CHANGES_SEED), dict[str, list[int]]()
    for number, change in enumerate(changes):
        by_operator.setdefault(change.operator, []).append(number)
    share = max(1, most // len(by_operator))
    chosen = (random.sample(numbers, min(share, len(numbers))) for numbers in by_operator.values())
    return [changes[number] for number in sorted(chain.from_iterable(chosen))]


def _pairs(changes: Sequence[WeightsChange], most: int) -> Iterator[tuple[WeightsChange, WeightsChange]]:
    """Two changes in their order, which are not about the same entry; so many of them that are drawn, if not all."""
    count = len(changes) * (len(changes) - 1) // 2
    chosen = range(count) if count <= most else sorted(Random(DRAWN_CHANGES_SEED).sample(range(count), most))
    first, start = 0, 0
    for number in chosen:
        while number >= start + len(changes) - 1 - first:
            start += len(changes) - 1 - first
            first += 1
        one, other = changes[first], changes[first + 1 + number - start]
        if one.entry is None or one.entry != other.entry:
            yield one, other


def _is_fast(question: WeightsQuestion) -> bool:
    """Whether networks are walked from state to state."""
    return isinstance(question.alphabet.symbol_set, FiniteAlphabet) and question.program.arithmetic is not REALS


def _mutant(
    question: WeightsQuestion,
    answer: RightNetwork,
    changes: Sequence[WeightsChange],
    operator: str,
    met: set[Any],
    texts: dict[Any, str],
) -> Iterator[Mutant]:
    """The network with these changes, unless it was met before or is too small; `texts` are those of numbers."""
    given = answer.given
    for change in changes:
        given = change.apply(given)
    is_allowed = all(question.forms is None or n in question.forms.sizes[size] for size, n in given.form.sizes)
    if is_allowed and (key := _key(given)) not in met:
        met.add(key)
        yield Mutant(operator, "; ".join(change.words for change in changes), answer.name, as_handed_in(given, texts))


def _key(given: WeightsInForm) -> Any:
    numbers = (n for value in given.values.values() for n in entries(value))
    return given.form, tuple([(int(n.p), int(n.q)) for n in numbers])
