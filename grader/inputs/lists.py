"""`sequence(2..12 step 2, bit)`, `bits(1..8)`: Python lists; `word(1..5, abc)`: text."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from grader.inputs.arguments import items, plain_argument
from grader.inputs.array_types import ArrayDefault
from grader.inputs.choices import Choice
from grader.inputs.input_set import Chooser, Env, InputSet
from grader.inputs.numbers import BIT_SET
from grader.inputs.ranges import Length
from grader.inputs.set_forms import ReadInner, TextForm
from grader.inputs.text_parts import InputSetError, Part, read_length


@dataclass(frozen=True)
class ListSet(InputSet):
    """Lists whose items are all from one set."""

    length: Length
    element: InputSet

    def drawn(self, chooser: Chooser, env: Env) -> Any:
        size = chooser.whole(self.length.sizes(env))
        return self.element.several(chooser.in_one_go(size), env, size)

    def members(self, env: Env, longest: int) -> Iterator[Any]:
        elements = list(self.element.members(env, longest))
        for size in self.length.sizes_up_to(longest, env):
            yield from map(list, itertools.product(elements, repeat=size))

    def inner_sets(self) -> tuple[InputSet, ...]:
        return (self.element,)

    def names_used(self) -> list[str]:
        return [*self.length.names_used(), *self.element.names_used()]

    def most_entries(self) -> int:
        return self.length.most() * self.element.most_entries()

    def with_array_default(self, arrays: ArrayDefault) -> ListSet:
        return replace(self, element=self.element.with_array_default(arrays))

    def argument(self, value: Any) -> Any:
        if (found := items(value)) is None:
            return plain_argument(value)
        made = map(self.element.argument, found)
        return tuple(made) if isinstance(value, tuple) else list(made)


@dataclass(frozen=True)
class WordSet(ListSet):
    """Texts whose letters are all from one set."""

    def drawn(self, chooser: Chooser, env: Env) -> str:
        return "".join(super().drawn(chooser, env))

    def members(self, env: Env, longest: int) -> Iterator[str]:
        return map("".join, super().members(env, longest))

    def argument(self, value: Any) -> Any:
        return plain_argument(value)


def _read_word(parts: list[Part], _inner: ReadInner) -> WordSet:
    letters = parts[1][0].strip()
    if not letters:
        raise InputSetError("a word needs letters", parts[1][1])
    return WordSet(read_length(parts[0]), Choice(tuple(dict.fromkeys(letters))))


def _read(parts: list[Part], inner: ReadInner) -> ListSet:
    element = inner(parts[1])
    return ListSet(read_length(parts[0]), element)


BITS_FORM = TextForm("bits(length)", (1,), lambda parts, inner: ListSet(read_length(parts[0]), BIT_SET))
SEQUENCE_FORM = TextForm("sequence(length, set)", (2,), _read)
WORD_FORM = TextForm("word(length, letters)", (2,), _read_word)
