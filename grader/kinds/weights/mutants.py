"""Networks that are nearly right: the right answers that a spec knows, with one small change or with two of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from random import Random
from typing import Any, NamedTuple

from grader.documents import MappingNode, Node, ScalarNode, SequenceNode
from grader.errors import SourceLocation
from grader.kinds.mutants import NOTHING_IS_CHANGED, WRONG_AS_IT_STANDS, Mutant
from grader.kinds.weights.answer import AnswerInForm, weights_of
from grader.kinds.weights.changes import WeightsChange, WeightsInForm, constant_networks, single_changes
from grader.kinds.weights.exact_texts import exact_text
from grader.kinds.weights.handed_in import form_of_answer
from grader.kinds.weights.question import WeightsQuestion
from grader.kinds.weights.score import judged_weights
from grader.language.arrays import Array, Value, entries
from grader.language.reals import REALS
from grader.machines.alphabet import FiniteAlphabet

MAX_MUTANTS = 20_000
"""Of one question; of more than these, single changes come before pairs, and pairs are drawn."""

MAX_SLOW_MUTANTS = 500
"""The same where networks are no finite machines, so that to decide one may take a second."""

MAX_MUTANT_ENTRIES = 2_000_000
"""Numbers in all mutants of one question."""

DRAWN_CHANGES_SEED = 20_260_901


class RightNetwork(NamedTuple):
    """An answer of the spec's own that is right, and what it is called."""

    name: str
    given: WeightsInForm


def right_answers(question: WeightsQuestion) -> list[RightNetwork]:
    """The known answers on which no line breaks, and the weights of the reference where it has any that are right.

    What no answer of a student could be is left out: values that the question forbids.
    """
    found = [
        RightNetwork(known.name, WeightsInForm(known.form, known.values))
        for known in question.known
        if known.earns == question.points
    ]
    if question.reference and (given := _of_reference(question)) is not None:
        found.append(RightNetwork("the reference", given))
    return [answer for answer in found if _is_right(question, answer.given)]


def _of_reference(question: WeightsQuestion) -> WeightsInForm | None:
    from grader.kinds.weights.spec_reference import in_its_form, reference_values
    from grader.spec.course import load_reference

    try:
        module = load_reference(question.reference, question.path)
        formed = in_its_form(module, question)
        return WeightsInForm(formed.form, reference_values(module, formed))
    except Exception:  # the course's own code: a spec check says what is wrong with it
        return None


def _is_right(question: WeightsQuestion, given: WeightsInForm) -> bool:
    formed = question.in_form(given.form)
    for name, parameter in formed.parameters.items():
        if parameter.allowed is not None and not set(entries(given.values[name])) <= set(parameter.allowed):
            return False
    findings = judged_weights(formed, given.values).findings
    return not findings.broken and not findings.undecided


def weights_mutants(question: WeightsQuestion) -> Iterator[Mutant]:
    """Each network that one change makes of a right answer, then those that two changes of different numbers make.

    No two have the same weights, and none those of a right answer. What the spec takes for right although it is wrong
    comes first, unchanged, and nothing is made of it.
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
    from grader.kinds.weights.mutant_verdicts import NO_LINE_AT_STEP, MutantJudge

    judge, texts = MutantJudge(question), dict[Any, str]()
    for answer in right_answers(question):
        plain = _plain(answer.given, texts)
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
        yield Mutant(operator, "; ".join(change.words for change in changes), answer.name, _plain(given, texts))


def _key(given: WeightsInForm) -> Any:
    numbers = (n for value in given.values.values() for n in entries(value))
    return given.form, tuple([(int(n.p), int(n.q)) for n in numbers])


def _plain(given: WeightsInForm, texts: dict[Any, str]) -> dict[str, Any]:
    """What a student would write for this answer: functions by their menus, numbers exactly."""

    def text(value: Value) -> Any:
        if isinstance(value, Array):
            return [text(value.item(i)) for i in range(value.shape[0])]
        key = value.p, value.q
        return texts.get(key) or texts.setdefault(key, exact_text(value))

    return {**dict(given.form.choices), **{name: text(value) for name, value in given.values.items()}}


def answer_of(question: WeightsQuestion, plain: Mapping[str, Any]) -> AnswerInForm:
    """The answer of a mutant, read as a student's is.

    Raises:
        SubmissionError: if it cannot be handed in.
    """
    content = _node(plain)
    chosen = form_of_answer(question.forms, question.parameters, content, [])
    formed = question.in_form(chosen.form)
    return AnswerInForm(formed, weights_of(chosen.content, formed.parameters), {})


_NOWHERE = SourceLocation("")


def _node(plain: Any) -> Node:
    if isinstance(plain, Mapping):
        node = MappingNode(_NOWHERE)
        node.update({ScalarNode(name, _NOWHERE): _node(value) for name, value in plain.items()})
        return node
    if isinstance(plain, str):
        return ScalarNode(plain, _NOWHERE)
    items = SequenceNode(_NOWHERE)
    items.extend(map(_node, plain))
    return items
