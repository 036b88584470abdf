"""Inputs that tell wrong networks from right ones: a few for the whole question, so that some of them tell many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from random import Random

from grader.kinds.weights.question import WeightsQuestion
from grader.kinds.weights.spec_words import input_in_words
from grader.language.arithmetic import TooLarge
from grader.machines.alphabet import FiniteAlphabet, Symbol, Word
from grader.machines.display import short_word
from grader.machines.enclosed import EnclosedMachine, judged_run
from grader.machines.machine import Machine, Step, state_key
from grader.machines.specification import Specification

MAX_SHORT_INPUTS, MAX_INPUTS = 40, 72
"""The shortest inputs, and these with longer ones that are drawn."""

MAX_TRIED_BEGINNINGS = 4_000
"""Beginnings of inputs that are looked at for the shortest ones."""

DRAWN_INPUT_STEPS = (6, 8, 10)
"""Lengths of inputs that are drawn."""

MAX_DRAWN_INPUTS = 32
"""Inputs of a question whose inputs cannot be listed: the shortest of those that answers are sampled on."""

MAX_BALL_INPUTS, MAX_TELLING_STEPS, MAX_TELLING_CHARACTERS = 16, 24, 80
"""Inputs on which networks in balls are run; steps and characters of inputs that fit into a prompt."""

DRAWN_INPUTS_SEED = 20_260_901


class TellingInputs:
    """The inputs on which the networks of a question are tried to see which of these tell them from right ones."""

    def __init__(self, question: WeightsQuestion) -> None:
        self._question = question
        self._specification = question.specification.of_every_step()
        behaviour = self._specification.machine()
        self._inputs = [(word, behaviour.answers(word)) for word in tried_inputs(question)]
        listed = getattr(question.alphabet.symbol_set, "symbols", ())
        self._numbers = {state_key(symbol): number for number, symbol in enumerate(listed)}

    def of(self, network: Machine, shortest: Sequence[Word] = ()) -> tuple[str, ...]:
        """Those on which the network is wrong, as reports show them; `shortest` come first."""
        tried = self._inputs[:MAX_BALL_INPUTS] if isinstance(network, EnclosedMachine) else self._inputs
        wrong = [word for word, wanted in tried if self._is_wrong(network, word, wanted)]
        return self.shown([*shortest, *wrong])

    def tells(self, network: Machine, word: Word) -> bool:
        """Whether the network is wrong on an input, run anew."""
        return self._is_wrong(network, word, self._specification.machine().answers(word))

    def shown(self, words: Sequence[Word]) -> tuple[str, ...]:
        """Inputs as reports show them, each once."""
        return tuple(dict.fromkeys(shown_input(self._question, word) for word in words))

    def _is_wrong(self, network: Machine, word: Word, wanted: Sequence[Step]) -> bool:
        """Whether a step that counts is wrong; where the end alone counts, the last step of the input."""
        specification = self._specification
        run = judged_run(network, specification, word, wanted, answered=self._answered(network, word))
        steps = list(zip(run.right, wanted, strict=False))
        if specification.judged.at_end:
            steps = steps[-1:] if len(steps) == max(1, len(word)) else []
        return any(right is False and specification.counts(step) for right, step in steps)

    def _answered(self, network: Machine, word: Word) -> list[Step] | None:
        """The steps of a network whose steps are kept: most were worked out when it was judged; None of others."""
        if not self._numbers or isinstance(network, EnclosedMachine):
            return None
        state, steps = 0, list[Step]()
        for symbol in word:
            edge = network.edge(state, self._numbers[state_key(symbol)])
            steps.append(edge.step)
            state = edge.target
        return steps


def tried_inputs(question: WeightsQuestion) -> list[Word]:
    """Short inputs first, then some longer ones; of inputs that cannot be listed those that answers are sampled on."""
    alphabet = question.alphabet.symbol_set
    if isinstance(alphabet, FiniteAlphabet):
        return _different(question, list(_listed(question, alphabet)))
    return _different(question, question.budget.corpus.words)[:MAX_DRAWN_INPUTS]


def shown_input(question: WeightsQuestion, word: Word) -> str:
    """An input as a report shows it; the empty one by its name."""
    return short_word(question.alphabet, word) if word else input_in_words(question.alphabet, word)


def _different(question: WeightsQuestion, words: Sequence[Word]) -> list[Word]:
    """The inputs, shorter ones first, that fit into a prompt; each once."""
    counted = [word for word in words if word or question.specification.judged.empty]
    shown = {shown_input(question, word): word for word in counted if len(word) <= MAX_TELLING_STEPS}
    fitting = [(len(word), text, word) for text, word in shown.items() if len(text) <= MAX_TELLING_CHARACTERS]
    return [word for _, _, word in sorted(fitting, key=lambda one: one[:2])]


def _listed(question: WeightsQuestion, alphabet: FiniteAlphabet) -> Iterator[Word]:
    """The shortest inputs that count, the examples of the spec, and longer ones that are drawn."""
    specification, found = question.specification, 0
    if specification.judged.empty:
        yield ()
    for word, step in islice(_beginnings(question, alphabet), MAX_TRIED_BEGINNINGS):
        if specification.counts(step):
            found += 1
            yield word
        if found >= MAX_SHORT_INPUTS:
            break
    yield from (example.word for example in question.examples)
    random, longest = Random(DRAWN_INPUTS_SEED), question.budget.bounds.length
    for i in range(MAX_INPUTS - found):
        steps = DRAWN_INPUT_STEPS[i % len(DRAWN_INPUT_STEPS)]
        yield _walked(specification, alphabet, random, min(steps, longest or steps))


def _beginnings(question: WeightsQuestion, alphabet: FiniteAlphabet) -> Iterator[tuple[Word, Step]]:
    """Every allowed input with its last step, shorter ones first and in the order of the symbols.

    Whether or not it counts; it ends where the numbers of the behaviour grow beyond the limits.
    """
    specification, longest = question.specification, question.budget.bounds.length
    behaviour, level = specification.machine(), list[tuple[Word, int]]([((), 0)])
    while level and (longest is None or len(level[0][0]) < longest):
        following = list[tuple[Word, int]]()
        for word, state in level:
            for number, symbol in enumerate(alphabet.symbols):
                try:
                    edge = behaviour.edge(state, number)
                except TooLarge:
                    return
                if specification.allows(edge.step):
                    yield (*word, symbol), edge.step
                    if len(following) < MAX_TRIED_BEGINNINGS:
                        following.append(((*word, symbol), edge.target))
        level = following


def _walked(specification: Specification, alphabet: FiniteAlphabet, random: Random, steps: int) -> Word:
    """An input of at most so many steps, which ends on the last of them that counts."""
    word, end = list[Symbol](), 0
    for symbol, step in islice(random_steps(specification, alphabet, random), steps):
        word.append(symbol)
        end = len(word) if specification.counts(step) else end
    return tuple(word[:end])


def random_steps(
    specification: Specification, alphabet: FiniteAlphabet, random: Random
) -> Iterator[tuple[Symbol, Step]]:
    """A drawn input, symbol by symbol with its step, each allowed after those before it.

    It ends only where none is allowed, or the numbers of the behaviour grow beyond the limits.
    """
    behaviour, state = specification.machine(), 0
    while True:
        numbers = random.sample(range(len(alphabet.symbols)), len(alphabet.symbols))
        try:
            edges = ((number, behaviour.edge(state, number)) for number in numbers)
            number, edge = next((number, edge) for number, edge in edges if specification.allows(edge.step))
        except (StopIteration, TooLarge):
            return
        yield alphabet.symbols[number], edge.step
        state = edge.target
