"""`one of 0.5, 1, 5`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grader.inputs.input_set import Chooser, Env, InputSet
from grader.inputs.set_forms import PrefixForm, ReadInner
from grader.inputs.text_parts import InputSetError, Part, read_value

PREFIX = "one of "


@dataclass(frozen=True)
class Choice(InputSet):
    """Python numbers or words."""

    values: tuple[int | float | str, ...]

    def drawn(self, chooser: Chooser, env: Env) -> int | float | str:
        found: int | float | str = chooser.one_of(self.values)
        return found

    def members(self, env: Env, longest: int) -> Iterator[int | float | str]:
        return iter(self.values)

    @property
    def is_finite(self) -> bool:
        return True

    @property
    def is_numeric(self) -> bool:
        return not any(isinstance(value, str) for value in self.values)

    @property
    def is_whole(self) -> bool:
        return all(isinstance(value, int) for value in self.values)


def _read(parts: list[Part], _inner: ReadInner) -> Choice:
    for part, place in parts:
        if part.strip()[:1] in ("[", "("):
            advice = "write a YAML list of sets, such as vector(3, bit)"
            raise InputSetError(f"`one of` takes numbers and words, not lists like {part.strip()}: {advice}", place)
    values = [read_value(part) for part, _ in parts]
    if not all(value != "" for value in values):
        raise InputSetError("a value is missing after `one of`", parts[0][1] - len(PREFIX))
    return Choice(tuple(values))


ONE_OF_FORM = PrefixForm("one of a, b, c", PREFIX, _read)
