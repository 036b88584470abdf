"""What goes into a call: plain values, and functions that the grader supplies; what is done with an object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

# None, bool, int, float, str, list, tuple, dict with string keys, NumPy array of booleans, integers or floats,
# `TorchTensor` and `GeneratorArgument` of `grader.inputs`, `TableFunction`; `grader.sandbox.codec` enforces it.
PlainValue = Any


Parts = tuple[tuple[int | str, "Parts | None"], ...]
"""Indices into a sequence, keys of a dictionary, each with the parts that are wanted of what is there (None: all)."""


class NotSent:
    """In place of a part of a value that nothing asks for."""

    def __repr__(self) -> str:
        return "…"


NOT_SENT = NotSent()


@dataclass(frozen=True)
class UnreadablePart:
    """In place of a part that cannot be written down: its type, what is wrong with it, and where it stands."""

    type_name: str
    message: str
    where: str

    def __repr__(self) -> str:
        return f"<{ascii(self.type_name[:80])[1:-1]}>"


@dataclass(frozen=True, eq=False)
class TableFunction:
    """A function given by its values: `rows` maps a tuple of arguments to a result.

    `parameters`: the names by which arguments may be given, where they have names. Arguments outside the table raise
    ValueError in the student's code; lists and arrays are looked up as tuples.
    """

    name: str
    arity: int
    rows: Mapping[tuple[PlainValue, ...], PlainValue]
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True)
class FailedStep:
    """In place of the value of a step on an object that raised, or that came after one that did."""

    type_name: str
    message: str
    lines: tuple[str, ...]
    ancestors: tuple[str, ...]


@dataclass(frozen=True)
class ScriptArgument:
    """What a constructor or a method is given: an argument by its number, or the value of a step by its name.

    `path`: indices and keys that lead to a part of it; `keyword`: the name by which it is given ("": by its place).
    """

    source: int | str
    path: tuple[int | str, ...] = ()
    keyword: str = ""

    def sent(self) -> list[Any]:
        """As JSON can say it."""
        return [self.keyword, self.source, list(self.path)]


class AttributeStep(NamedTuple):
    """`.W`, or (`is_item`) `[0]` and `["W"]`."""

    is_item: bool
    name: int | str


AttributePath = tuple[AttributeStep, ...]
"""From an object to a value in it: `layers[0].W`."""


@dataclass(frozen=True)
class ScriptStep:
    """A step on an object: the call of a method, the reading of an attribute or the taking of an argument (`kind`).

    `name`: under which its value stands in what comes back ("": it is not looked at).
    """

    name: str
    kind: Literal["call", "read", "take"]
    method: str = ""
    path: AttributePath = ()
    arguments: tuple[ScriptArgument, ...] = ()


@dataclass(frozen=True)
class ObjectScript:
    """What is done with an object of a student's class, which is made anew for each call.

    `attributes`: pairs of an attribute, which the grader sets before the first step, and its value; `single`: what
    comes back is the value of the only step, else a dictionary of the values of all steps that have names.
    """

    init: tuple[ScriptArgument, ...]
    attributes: tuple[tuple[AttributePath, ScriptArgument], ...]
    steps: tuple[ScriptStep, ...]
    single: bool

    @property
    def results(self) -> tuple[str, ...]:
        """The names of what comes back; none where it is the value of the only step."""
        return tuple(step.name for step in self.steps if step.name)

    def up_to(self, names: Sequence[int | str]) -> ObjectScript:
        """The same up to the last step with one of these names; all of it where none has one."""
        last = max((i for i, step in enumerate(self.steps, 1) if step.name in names), default=len(self.steps))
        return replace(self, steps=self.steps[:last])

    def numbers(self) -> list[int]:
        """The numbers of the arguments that it takes, ascending."""
        given = [*self.init, *(argument for _name, argument in self.attributes)]
        given += [argument for step in self.steps for argument in step.arguments]
        return sorted({argument.source for argument in given if isinstance(argument.source, int)})

    def sent(self) -> dict[str, Any]:
        """As JSON can say it."""
        return {
            "init": [argument.sent() for argument in self.init],
            "set": [[list(path), argument.sent()] for path, argument in self.attributes],
            "steps": [
                [step.name, step.kind, step.method or list(step.path), [one.sent() for one in step.arguments]]
                for step in self.steps
            ],
            "single": self.single,
        }


@dataclass(frozen=True)
class FunctionCall:
    """One call of a student's function, or of a class by its `script`.

    `watch_arguments`: report what the arguments hold afterwards.

    `parts`: those of its value that are wanted (None: all of it); `whole`: all of it is, else they.
    """

    function: str
    args: tuple[PlainValue, ...] = ()
    watch_arguments: bool = False
    parts: Parts | None = None
    whole: bool = True
    script: ObjectScript | None = None
