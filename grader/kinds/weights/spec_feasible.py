"""Weights questions that nobody can answer: no weights are right, or earn a line, or two lines together."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator

from grader.engines.feasible import Impossible, ShortInputs
from grader.errors import listed
from grader.kinds.finding import Finding
from grader.kinds.weights.question import WeightsQuestion
from grader.kinds.weights.spec_accept import line_place
from grader.machines.alphabet import Word
from grader.machines.display import short_outputs, short_word

MAX_TRIED_FORMS = 12
"""Forms of a network in each of which a question must be impossible; of more, nothing is said."""

MAX_TRIED_PAIRS = 15
"""Pairs of rubric lines of which it is asked whether both can be earned."""

MAX_SHOWN_WORDS = 8
"""Inputs that are named one by one."""


def check_feasible(question: WeightsQuestion) -> Iterator[Finding]:
    """Whether z3 can show that nobody earns everything, some line, or two lines together, by short inputs alone."""
    if question.program.in_doubles:
        return  # what no real weights do, rounding may
    tried = _Feasibility(question)
    with_points = [i for i, line in enumerate(question.rubric) if line.points]
    whole = tried.impossible(with_points)
    if whole is False or not with_points:
        return
    if isinstance(whole, Impossible):
        text = f"no weights can be right: already {_in_words(question, whole)}"
        yield Finding(question.id, "fail", text, place=question.key_place("network"))
    if len(with_points) == 1:
        return
    possible = []
    for i in with_points:
        lines = [line for line in with_points if line <= i] if question.ladder else [i]
        found = tried.impossible(lines)
        if isinstance(found, Impossible):
            text = f"nobody can earn {question.rubric[i].name!r}: already {_in_words(question, found)}"
            yield Finding(question.id, "fail", text, place=line_place(question, i))
            if question.ladder:
                return
        else:
            possible.append(i)
    pairs = itertools.combinations(possible, 2) if not question.ladder and len(possible) > 1 else ()
    for i, j in itertools.islice(pairs, MAX_TRIED_PAIRS):
        found = tried.impossible((i, j))
        if isinstance(found, Impossible):
            both = f"{question.rubric[i].name!r} and {question.rubric[j].name!r}"
            text = f"nobody can earn both {both}: already {_in_words(question, found)}"
            yield Finding(question.id, "fail", text, place=line_place(question, j))


class _Feasibility:
    """The short inputs of a question in each of its forms, written out when they are first needed."""

    def __init__(self, question: WeightsQuestion) -> None:
        self.question = question
        forms = [question.form]
        if question.forms is not None:
            forms = list(itertools.islice(question.forms.all(), MAX_TRIED_FORMS + 1))
        self.forms = [] if len(forms) > MAX_TRIED_FORMS else forms[::-1]
        self.written: dict[int, ShortInputs] = {}

    def impossible(self, lines: Collection[int]) -> Impossible | bool:
        """What is impossible in every form, shown in the first; else whether z3 could not say in some form.

        The forms of the largest sizes come first, as what they cannot do smaller ones mostly cannot either.
        """
        first: Impossible | None = None
        for i in range(len(self.forms)):
            found = self._inputs(i).impossible(lines)
            if not isinstance(found, Impossible):
                return found
            first = first or found
        return first or False

    def _inputs(self, number: int) -> ShortInputs:
        if number not in self.written:
            question = self.question.in_form(self.forms[number])
            length = question.budget.bounds.length
            self.written[number] = ShortInputs(question.program.system, question.specification, length)
        return self.written[number]


def _in_words(question: WeightsQuestion, found: Impossible) -> str:
    """`the inputs of up to 2 steps cannot all be answered: 00 with 00, 01 with 01 and 11 with 10`."""
    longest = max(map(len, found.words), default=0)
    whole = [word for word in found.words if not any(_continues(other, word) for other in found.words)]
    shown = [_answered(question, word) for word in whole[:MAX_SHOWN_WORDS]]
    more = [f"{len(whole) - len(shown)} more"] if len(whole) > len(shown) else []
    up_to = _counted(longest)
    return f"the inputs of up to {up_to} cannot all be answered: {listed([*shown, *more])}"


def _counted(steps: int) -> str:
    """`1 step`, `2 steps`."""
    return f"{steps} step{'' if steps == 1 else 's'}"


def _continues(longer: Word, word: Word) -> bool:
    return len(longer) > len(word) and longer[: len(word)] == word


def _answered(question: WeightsQuestion, word: Word) -> str:
    """An input, and the outputs of the behaviour."""
    outputs = [step.output for step in question.specification.machine().run(word)]
    return f"{short_word(question.alphabet, word)} with {short_outputs(outputs)}"
