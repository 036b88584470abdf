"""The ways in which sets of inputs are written: a line of text, or a mapping. Each is a row of `table`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from grader.documents import FieldError, MappingNode, Node
from grader.documents.scalar_schemas import DEFINED_SCHEMA
from grader.inputs.array_types import NUMPY_ARRAYS, ArrayDefault
from grader.inputs.input_set import InputSet
from grader.inputs.text_parts import SET_HEAD, Part, split_parts

ReadInner = Callable[[Part], InputSet]
"""Reads the set that stands in a part of another."""

FormSchema = tuple[dict[str, Any], dict[str, Any]]
"""JSON Schemas: of mappings that are meant to have a form, and of those that have it."""

INPUT_SET_REFERENCE = {DEFINED_SCHEMA: "InputSet"}
"""The schema of a set that stands in another."""


@dataclass(frozen=True)
class TextForm:
    """A line of text: a name, and so many parts in brackets after it. `written` tells whoever wrote something else.

    `read` makes a set of the parts, or raises an `InputSetError` with the offset of the part that is not understood.
    """

    written: str
    arities: Sequence[int]
    read: Callable[[list[Part], ReadInner], InputSet]

    @property
    def name(self) -> str:
        """What stands before the brackets."""
        return self.written.partition("(")[0]

    def parts(self, text: str, at: int) -> list[Part] | None:
        """The parts of a text that begins at an offset; None where it is of another form."""
        found = SET_HEAD.fullmatch(text)
        if found is None or found[1] != self.name:
            return None
        fixed = self.arities[0] if len(self.arities) == 1 and self.arities[0] > 1 else None  # the last may have commas
        parts = split_parts(found[2], ",", at + found.start(2), fixed) if found[2] is not None else []
        return parts if len(parts) in self.arities else None


@dataclass(frozen=True)
class PrefixForm:
    """A line of text: words, and parts after them without brackets."""

    written: str
    prefix: str
    read: Callable[[list[Part], ReadInner], InputSet]

    def parts(self, text: str, at: int) -> list[Part] | None:
        """The parts of a text that begins at an offset; None where it is of another form."""
        if not text.startswith(self.prefix):
            return None
        return split_parts(text[len(self.prefix) :], ",", at + len(self.prefix))


class SetReader(Protocol):
    """Reads sets that stand in others."""

    def read(self, node: Node, arrays: ArrayDefault = NUMPY_ARRAYS) -> InputSet:
        """The set that a node describes; `arrays`: the type of arrays in it that state none."""

    def no_form(self, node: Node) -> FieldError:
        """The error that says which mappings are sets."""


@dataclass(frozen=True)
class MappingForm:
    """A mapping, known by its keys. `written` tells whoever wrote something else.

    `read` makes a set of it, or raises a `FieldError` at what is not understood; `schemas` are for editors.
    """

    written: str
    has_keys: Callable[[set[str]], bool]
    read: Callable[[MappingNode, ArrayDefault, SetReader], InputSet]
    schemas: Callable[[], list[FormSchema]] = list


SetForm = TextForm | PrefixForm | MappingForm
