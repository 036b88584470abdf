"""`{list: [set, ...]}`, `{tuple: [set, ...]}` and `{W: set, b: set}`: values of so many parts."""

from __future__ import annotations

import itertools
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from grader.documents import FieldError, MappingNode, Node, SequenceNode
from grader.inputs.arguments import items, plain_argument
from grader.inputs.array_types import ArrayDefault
from grader.inputs.input_set import Chooser, Env, InputSet, sets_in
from grader.inputs.set_forms import INPUT_SET_REFERENCE, FormSchema, MappingForm, SetReader


class _OfParts(InputSet):
    """What is made of one value of each inner set."""

    @abstractmethod
    def made(self, values: Sequence[Any]) -> Any:
        """The member that has these values."""

    def drawn(self, chooser: Chooser, env: Env) -> Any:
        return self.made([one.drawn(chooser, env) for one in self.inner_sets()])

    def members(self, env: Env, longest: int) -> Iterator[Any]:
        return map(self.made, itertools.product(*(list(one.members(env, longest)) for one in self.inner_sets())))


@dataclass(frozen=True)
class PartsSet(_OfParts):
    """Lists or tuples of so many parts, each from a set of its own: vectors and matrices of several layers."""

    form: Literal["list", "tuple"]
    parts: tuple[InputSet, ...]

    def made(self, values: Sequence[Any]) -> list[Any] | tuple[Any, ...]:
        return tuple(values) if self.form == "tuple" else list(values)

    def inner_sets(self) -> tuple[InputSet, ...]:
        return self.parts

    def argument(self, value: Any) -> Any:
        if (found := items(value)) is None:
            return plain_argument(value)
        known = [one.argument(item) for one, item in zip(self.parts, found, strict=False)]
        return self.made([*known, *map(plain_argument, found[len(known) :])])

    @property
    def sort_of_argument(self) -> object:
        return type(self), self.form

    def may_hold(self, value: Any) -> bool:
        return isinstance(value, list | tuple) and len(value) == len(self.parts)


@dataclass(frozen=True)
class DictionarySet(_OfParts):
    """Dictionaries with these keys, each entry from a set of its own."""

    entries: Mapping[str, InputSet]

    def made(self, values: Sequence[Any]) -> dict[str, Any]:
        return dict(zip(self.entries, values, strict=True))

    def inner_sets(self) -> tuple[InputSet, ...]:
        return tuple(self.entries.values())

    def argument(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return plain_argument(value)
        return {
            key: self.entries[key].argument(item) if key in self.entries else plain_argument(item)
            for key, item in value.items()
        }

    def may_hold(self, value: Any) -> bool:
        return isinstance(value, dict) and value.keys() == self.entries.keys()


def _read_parts(node: MappingNode, arrays: ArrayDefault, reader: SetReader) -> PartsSet:
    ((form, parts),) = node.items()
    if not isinstance(parts, SequenceNode) or not parts:
        raise FieldError(f"a {form} of parts is written {{{form}: [set, set, ...]}}", parts.place)
    return PartsSet("tuple" if form == "tuple" else "list", tuple(_part(part, arrays, reader) for part in parts))


def _read_dictionary(node: MappingNode, arrays: ArrayDefault, reader: SetReader) -> DictionarySet:
    inner = node.lookup("dictionary") if set(node) == {"dictionary"} else node
    if not isinstance(inner, MappingNode) or not inner:
        raise reader.no_form(node if inner is None else inner)
    return DictionarySet({str(key): _part(value, arrays, reader) for key, value in inner.items()})


def _part(node: Node, arrays: ArrayDefault, reader: SetReader) -> InputSet:
    """The set of a part of a list, a tuple or a dictionary, which is no supplied function and no generator."""
    found = reader.read(node, arrays)
    if any(one.stands_alone for one in sets_in(found)):
        raise FieldError("a supplied function or a generator is an argument of its own, and no part of one", node.place)
    return found


def _parts_schemas() -> list[FormSchema]:
    some = {"type": "array", "minItems": 1, "items": INPUT_SET_REFERENCE}
    return [
        (
            {"required": [form], "maxProperties": 1},
            {"properties": {form: {**some, "description": f"The parts of a {form}."}}},
        )
        for form in ("list", "tuple")
    ]


def _dictionary_schemas() -> list[FormSchema]:
    entries = {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": INPUT_SET_REFERENCE,
        "description": "A dictionary, by its keys.",
    }
    return [({"required": ["dictionary"], "maxProperties": 1}, {"properties": {"dictionary": entries}})]


PARTS_FORM = MappingForm(
    "{list: [set, ...]}, {tuple: [set, ...]}",
    lambda keys: keys in ({"list"}, {"tuple"}),
    _read_parts,
    _parts_schemas,
)
DICTIONARY_FORM = MappingForm(
    "a dictionary {W: set, b: set} (or {dictionary: {...}})", lambda keys: True, _read_dictionary, _dictionary_schemas
)
"""Also every mapping that has no other form."""
