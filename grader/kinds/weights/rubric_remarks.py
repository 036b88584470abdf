"""What nearly right networks say of a rubric: how fine it is, which mistakes nothing names, where nobody loses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from grader.engines.joint import compare
from grader.errors import listed
from grader.kinds.mutants import WRONG_AS_IT_STANDS, MutantVerdict, StrengthRemark
from grader.kinds.weights.behaviours import network_behaviour
from grader.kinds.weights.mutant_verdicts import COUNTS_AS_RIGHT, NO_LINE_AT_STEP, NOT_PROVED
from grader.kinds.weights.proposed_changes import in_words, proposed_accept, proposed_known, proposed_line
from grader.kinds.weights.question import WeightsQuestion
from grader.kinds.weights.right_networks import answer_of, right_answers
from grader.kinds.weights.spec_accept import constant_outputs, reached_steps
from grader.kinds.weights.telling_inputs import shown_input
from grader.machines.alphabet import FiniteAlphabet, Word
from grader.machines.display import read_runs, short_outputs
from grader.machines.explore import Bounds
from grader.machines.machine import AnswerMachine, Edge

MAX_NAMED_GROUPS, MAX_PROPOSED_KNOWN, MAX_TRIED_BEHAVIOURS = 3, 3, 12
"""Sets of lost lines that are named, known answers that are proposed, and behaviours that are looked at for these."""

MAX_STATES_OF_TWO = 2_000
"""Joint states of two networks up to which an input is looked for that tells them apart."""


def rubric_remarks(question: WeightsQuestion, verdicts: Sequence[MutantVerdict]) -> Iterator[StrengthRemark]:
    """Everything that is to be said, in an order that is always the same."""
    if not verdicts:
        yield from _without_mutants(question)
        return
    wrong = [verdict for verdict in verdicts if verdict.status in ("killed", "survived")]
    yield from _survivors(question, [verdict for verdict in wrong if verdict.status == "survived"])
    yield from _free_steps(question)
    mistakes = [verdict for verdict in wrong if verdict.mutant.operator != WRONG_AS_IT_STANDS]
    yield from _fineness(question, mistakes)
    yield from _unnamed(question, mistakes)
    yield from _undecided(verdicts)


def _without_mutants(question: WeightsQuestion) -> Iterator[StrengthRemark]:
    if not right_answers(question):
        text = "no mutants: there is no right answer to make them of"
        yield StrengthRemark(f"{text}; add a known answer that earns {question.points}, or a reference")


def _survivors(question: WeightsQuestion, survivors: Sequence[MutantVerdict]) -> Iterator[StrengthRemark]:
    """Why wrong networks lose nothing, and what would change that."""
    for claimed in (verdict for verdict in survivors if verdict.mutant.operator == WRONG_AS_IT_STANDS):
        word = claimed.killing_inputs[0]
        text = (
            f"{claimed.mutant.source!r} earns all points, as the spec says, and is wrong on {word}: say what it earns"
        )
        yield StrengthRemark(text)
    uncovered = [v for v in survivors if v.reason == NO_LINE_AT_STEP]
    if uncovered:
        word = uncovered[0].killing_inputs[0]
        text = f"{_all_points(uncovered)}: no line with points is about the last step of {word}"
        yield StrengthRemark(text, proposed_line(question, [verdict.mutant for verdict in uncovered]))
    if read := [v for v in survivors if v.reason == COUNTS_AS_RIGHT]:
        yield StrengthRemark(f"{_all_points(read)}: {COUNTS_AS_RIGHT}, on {read[0].killing_inputs[0]} first")
    if loose := [v for v in survivors if v.reason.startswith("`accept` takes")]:
        right = [reached.step.output for reached in reached_steps(question)]
        text = f"{_all_points(loose)}, since `accept` takes too much: {loose[0].reason}"
        yield StrengthRemark(text, proposed_accept(question, [verdict.mutant for verdict in loose], right))


def _all_points(survivors: Sequence[MutantVerdict]) -> str:
    return f"{_networks(len(survivors))} {'earn' if len(survivors) > 1 else 'earns'} all points"


def _free_steps(question: WeightsQuestion) -> Iterator[StrengthRemark]:
    """Steps at which a condition takes whatever comes."""
    specification = question.specification
    if specification.compares_outputs:
        return
    steps = reached_steps(question)
    tried = constant_outputs(question, [reached.step for reached in steps])
    free = [reached for reached in steps if all(specification.accepts(output, reached.step) for output in tried)]
    if free:
        where = (
            f"{len(free)} of the {len(steps)} steps that were looked at, first after {_shown(question, free[0].word())}"
        )
        text = f"`accept` takes whatever comes at {where}: nobody loses anything there"
        yield StrengthRemark(f"{text}; see whether that is meant")


def _shown(question: WeightsQuestion, word: Word) -> str:
    return f"input {shown_input(question, word)}" if word else shown_input(question, word)


class _Behaviours(NamedTuple):
    """Wrong networks that lose the same lines, by what they do; the first network of each, and how many there are."""

    lost: tuple[int, ...]
    first: Mapping[str, MutantVerdict]
    counts: Counter[str]


def _fineness(question: WeightsQuestion, wrong: Sequence[MutantVerdict]) -> Iterator[StrengthRemark]:
    """How many different mistakes lose the same lines, so that nothing in the marks tells them apart."""
    worked_out = [verdict for verdict in wrong if verdict.behaviour]
    if not worked_out:
        text = "what these networks do is no small finite machine, so that nothing is said of mistakes that look alike"
        yield from [StrengthRemark(text)] if wrong else []
        return
    groups: dict[tuple[int, ...], dict[str, MutantVerdict]] = {}
    for verdict in worked_out:
        groups.setdefault(verdict.lost_lines, {}).setdefault(verdict.behaviour, verdict)
    counts = Counter(verdict.behaviour for verdict in worked_out)
    others = (
        f" (of {len(wrong)}: what the others do is no small finite machine)" if len(worked_out) < len(wrong) else ""
    )
    sets = f"{len(groups)} different sets of rubric lines" if len(groups) > 1 else "the same rubric lines"
    make, lose = ("make", "lose") if len(worked_out) > 1 else ("makes", "loses")
    yield StrengthRemark(f"{_networks(len(worked_out))}{others} {make} {_mistakes(len(counts))}, and {lose} {sets}")
    largest = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    for lost, first in largest[:MAX_NAMED_GROUPS]:
        if len(first) > 1:
            yield StrengthRemark(_alike(question, _Behaviours(lost, first, counts)))


def _networks(count: int) -> str:
    return f"{count} wrong networks" if count != 1 else "1 wrong network"


def _mistakes(count: int) -> str:
    return f"{count} different mistakes" if count != 1 else "1 mistake"


def _alike(question: WeightsQuestion, group: _Behaviours) -> str:
    names = [repr(question.rubric[line].name) for line in group.lost]
    lost = f"lose {listed(names)}" if names else "lose no line"
    text = f"{len(group.first)} different mistakes {lost} and are told apart by no line"
    one, other = sorted(group.first.values(), key=lambda verdict: -group.counts[verdict.behaviour])[:2]
    machines = [_machine(question, verdict) for verdict in (one, other)]
    word = _difference(question, machines)
    if word is None:
        return text
    gives = [short_outputs([step.output for step in machine.answers(word)]) for machine in machines]
    first, second = (f"{verdict.mutant.change!r} (of {verdict.mutant.source})" for verdict in (one, other))
    return f"{text}; on {_shown(question, word)} {first} gives {gives[0]}, and {second} gives {gives[1]}"


def _machine(question: WeightsQuestion, verdict: MutantVerdict) -> AnswerMachine:
    answer = answer_of(question, verdict.mutant.answer)
    return answer.question.network(answer.values)


def _difference(question: WeightsQuestion, machines: Sequence[AnswerMachine]) -> Word | None:
    """A shortest input on which one of two networks is right at its last step and the other is wrong, or differs."""
    alphabet, specification = question.alphabet.symbol_set, question.specification
    if not isinstance(alphabet, FiniteAlphabet):
        return None

    def agree(edges: Sequence[Edge]) -> bool:
        one, other, wanted = (edge.step for edge in edges)
        if specification.compares_outputs:
            return bool(one.output == other.output)
        return specification.accepts(one.output, wanted) is specification.accepts(other.output, wanted)

    bounds = Bounds(MAX_STATES_OF_TWO, question.budget.bounds.length)
    return compare(specification, machines, alphabet, bounds, agree).difference


def _unnamed(question: WeightsQuestion, wrong: Sequence[MutantVerdict]) -> Iterator[StrengthRemark]:
    """The commonest mistakes to which no known answer has anything to say, each with one that would."""
    behaviours = (network_behaviour(question, question.known_network(known)) for known in question.known if known.say)
    named = {behaviour.fingerprint(question.symbols_in_words) for behaviour in behaviours if behaviour}
    counts = Counter(verdict.behaviour for verdict in wrong if verdict.behaviour and verdict.behaviour not in named)
    first: dict[str, MutantVerdict] = {}
    for verdict in wrong:
        first.setdefault(verdict.behaviour, verdict)
    proposed = 0
    for key, count in sorted(counts.items(), key=lambda item: -item[1])[:MAX_TRIED_BEHAVIOURS]:
        verdict = first[key]
        behaviour = network_behaviour(question, _machine(question, verdict))
        if count == 1 or behaviour is None or verdict.points == question.points or proposed == MAX_PROPOSED_KNOWN:
            continue
        say = in_words(question, behaviour) or _counterexample(question, verdict)
        yaml = proposed_known(question, verdict, say)
        if yaml:
            proposed += 1
            share = f"of the {_networks(len(wrong))}, {count} {'have' if count > 1 else 'has'} one mistake"
            text = f"{share} to which no known answer has anything to say: {verdict.mutant.change}"
            yield StrengthRemark(text, yaml)


def _counterexample(question: WeightsQuestion, verdict: MutantVerdict) -> str:
    """What a network gives on the shortest input on which it is wrong."""
    machine = _machine(question, verdict)
    text = verdict.killing_inputs[0] if verdict.killing_inputs else ""
    word = () if text == shown_input(question, ()) else read_runs(question.alphabet, text)
    given = short_outputs([step.output for step in machine.answers(word)])
    wanted = short_outputs([step.output for step in question.specification.machine().answers(word)])
    return f"Your network first goes wrong on {_shown(question, word)}: it gives {given}, where {wanted} is wanted."


def _undecided(verdicts: Sequence[MutantVerdict]) -> Iterator[StrengthRemark]:
    """Networks of which no engine knows whether they are right."""
    open_ones = [verdict for verdict in verdicts if verdict.reason == NOT_PROVED]
    if open_ones:
        are, they = ("are", "they were") if len(open_ones) > 1 else ("is", "it was")
        text = (
            f"{len(open_ones)} of the networks that lose nothing {are} right wherever {they} looked at, but not proved"
        )
        first, count = open_ones[0].mutant.change, "they count" if len(open_ones) > 1 else "it counts"
        yield StrengthRemark(f"{text}: {first} is the first; {count} neither way")
