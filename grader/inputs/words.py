"""`word(1..5, abc)`: text."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from grader.inputs.choices import Choice
from grader.inputs.input_set import Chooser, Env, InputSet
from grader.inputs.ranges import Length
from grader.inputs.set_forms import ReadInner, TextForm
from grader.inputs.text_parts import InputSetError, Part, read_length


@dataclass(frozen=True)
class WordSet(InputSet):
    """Texts over some letters."""

    length: Length
    letters: str

    def drawn(self, chooser: Chooser, env: Env) -> str:
        size = chooser.whole(self.length.sizes(env))
        return "".join(Choice(tuple(self.letters)).several(chooser.in_one_go(size), env, size))

    def members(self, env: Env, longest: int) -> Iterator[str]:
        for size in self.length.sizes_up_to(longest, env):
            yield from map("".join, itertools.product(self.letters, repeat=size))

    def names_used(self) -> list[str]:
        return self.length.names_used()

    def most_entries(self) -> int:
        return self.length.most()


def _read(parts: list[Part], _inner: ReadInner) -> WordSet:
    letters = parts[1][0].strip()
    if not letters:
        raise InputSetError("a word needs letters", parts[1][1])
    return WordSet(read_length(parts[0]), "".join(dict.fromkeys(letters)))


WORD_FORM = TextForm("word(length, letters)", (2,), _read)
