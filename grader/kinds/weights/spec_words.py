"""Which inputs of a weights question count, put to the test: its language, idle symbols, what `judge` changes."""

from __future__ import annotations

from collections.abc import Iterator

from grader.errors import listed
from grader.kinds.finding import Finding
from grader.kinds.weights.question import WeightsQuestion
from grader.machines.alphabet import Alphabet, Word
from grader.machines.automaton import MAX_COUNTED_WORDS, Automaton
from grader.machines.display import short_word


def input_in_words(alphabet: Alphabet, word: Word) -> str:
    """`input 0110`; the empty input by its name."""
    return f"input {short_word(alphabet, word)}" if word else "the empty input (ε)"


def check_words(question: WeightsQuestion) -> Iterator[Finding]:
    """Languages with so many words, symbols in none of them, and `judge` where it changes nothing."""
    for name, channel in question.alphabet.channels.items():
        if channel.words is not None:
            place = question.key_place("network", "inputs", name, "words")
            yield Finding(question.id, "ok", f"the words of {name}: {_size(channel.words)}")
            unused = [symbol.name for i, symbol in enumerate(channel.names) if _is_unused(channel.words, i)]
            if unused:
                text = f"no word of {name} has the symbol{'s' * (len(unused) > 1)} {listed(unused)}"
                yield Finding(question.id, "warn", f"{text}: leave it out, or let `words` take it", place=place)
    judged, language = question.specification.judged, question.alphabet.language
    if judged.at_end and (language is None or not any(language.automaton.distances)):
        if language is None and judged.length is None:
            text = "every beginning of an input is itself an input here, so that `at: end` is the same as every step"
            advice = "restrict the inputs with `words`, or give their `length`"
            yield Finding(question.id, "warn", f"{text}: {advice}", place=question.place("judge", "at"))
        elif language is not None:
            text = "every beginning of a word is itself a word here, so that `at: end` is the same as every step"
            yield Finding(question.id, "warn", f"{text}: leave it out", place=question.place("judge", "at"))


def _is_unused(words: Automaton, symbol: int) -> bool:
    return all(row[symbol] is None for row in words.moves)


def _size(words: Automaton) -> str:
    """How many words there are, and how long they may be."""
    states = f"an automaton of {len(words.moves)} state{'s' * (len(words.moves) > 1)}"
    if not words.is_finite:
        return f"{states}, of every length"
    number = words.words
    count = "1 word" if number == 1 else f"{number} words"
    if number >= MAX_COUNTED_WORDS:
        count = "more than 10^18 words"
    empty = "" if words.distances[words.start] else ", the empty one among them"
    return f"{states}, {count} of at most {words.longest} step{'s' * (words.longest != 1)}{empty}"
