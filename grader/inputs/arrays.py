"""`vector(n, real)`, `matrix(2, 3, integer)`, `array(2, 3, n, real)`, and `{set: "vector(3, real)", array: torch}`."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grader.documents import FieldError, MappingNode, read_flag, text_of
from grader.documents.scalar_schemas import FLAG_SCHEMA
from grader.inputs.argument_types import TorchTensor
from grader.inputs.arguments import numpy_array, plain_argument
from grader.inputs.array_types import (
    ARRAY_TYPE_SCHEMA,
    FLOAT_FORMATS,
    ArrayDefault,
    ArrayType,
    of_type,
    read_array_type,
)
from grader.inputs.input_set import Chooser, Env, InputSet
from grader.inputs.ranges import Length
from grader.inputs.set_forms import INPUT_SET_REFERENCE, FormSchema, MappingForm, ReadInner, SetReader, TextForm
from grader.inputs.text_parts import MAX_AXES, InputSetError, Part, read_length
from grader.language.arrays import Array

NUMPY_TYPE = ArrayType("numpy", "float64")


@dataclass(frozen=True)
class ArraySet(InputSet):
    """NumPy arrays with so many axes: one of a vector, two of a matrix, three of a batch of sequences of vectors."""

    sizes: tuple[Length, ...]
    element: InputSet

    def drawn(self, chooser: Chooser, env: Env) -> Array:
        shape = tuple(chooser.whole(size.sizes(env)) for size in self.sizes)
        count = math.prod(shape)
        return Array(shape, self.element.several(chooser.in_one_go(count), env, count))

    def members(self, env: Env, longest: int) -> Iterator[Array]:
        elements = list(self.element.members(env, longest))
        for shape in itertools.product(*(size.sizes_up_to(longest, env) for size in self.sizes)):
            yield from (Array(shape, entries) for entries in itertools.product(elements, repeat=math.prod(shape)))

    def inner_sets(self) -> tuple[InputSet, ...]:
        return (self.element,)

    def names_used(self) -> list[str]:
        return [*(name for size in self.sizes for name in size.names_used()), *self.element.names_used()]

    def most_entries(self) -> int:
        return math.prod(size.most() for size in self.sizes)

    @property
    def array_type(self) -> ArrayType:
        return NUMPY_TYPE

    def with_array_default(self, arrays: ArrayDefault) -> InputSet:
        return self.of_type(arrays._replace(dtype=None) if self.element.is_whole else arrays)

    def of_type(self, arrays: ArrayDefault, requires_grad: bool = False) -> InputSet:
        """The same arrays of a type: of whole numbers int64, else float32, as torch has it; NumPy's are float64.

        Raises:
            ValueError: where gradients are to be tracked of what has none.
        """
        library, dtype = arrays
        if requires_grad and library != "torch":
            raise ValueError("requires_grad is of tensors: say array: torch")
        if requires_grad and dtype is not None and dtype not in FLOAT_FORMATS:
            raise ValueError(f"requires_grad is of tensors of floats, not of {dtype}")
        if library == "numpy" and dtype is None:
            return self
        if dtype is None:
            dtype = "int64" if self.element.is_whole and not requires_grad else "float32"
        return TypedSet(self, ArrayType(library, dtype, requires_grad))

    def argument(self, value: Any) -> Any:
        return numpy_array(value, float) if isinstance(value, Array | list | tuple) else plain_argument(value)

    @property
    def sort_of_argument(self) -> object:
        return type(self), len(self.sizes) == 1


@dataclass(frozen=True)
class TypedSet(InputSet):
    """Arrays whose type is stated; their entries are numbers that this type has."""

    arrays: ArraySet
    type: ArrayType

    def drawn(self, chooser: Chooser, env: Env) -> Array:
        return of_type(self.arrays.drawn(chooser, env), self.type.dtype)

    def members(self, env: Env, longest: int) -> Iterator[Array]:
        return (of_type(array, self.type.dtype) for array in self.arrays.members(env, longest))

    def inner_sets(self) -> tuple[InputSet, ...]:
        return (self.arrays,)

    @property
    def array_type(self) -> ArrayType:
        return self.type

    def argument(self, value: Any) -> Any:
        array = numpy_array(value, self.type.dtype)
        if self.type.library == "numpy":
            return array
        return TorchTensor(array, self.type.dtype, self.type.requires_grad)


def _entries(part: Part, inner: ReadInner) -> InputSet:
    element = inner(part)
    if not element.is_numeric:
        raise InputSetError(f"{part[0].strip()!r} is no set of numbers, as a vector or a matrix holds", part[1])
    return element


def _read_vector(parts: list[Part], inner: ReadInner) -> ArraySet:
    element = _entries(parts[1], inner)
    return ArraySet((read_length(parts[0]),), element)


def _read_array(parts: list[Part], inner: ReadInner) -> ArraySet:
    *lengths, element = parts
    return ArraySet(tuple(map(read_length, lengths)), _entries(element, inner))


def _read_typed(node: MappingNode, arrays: ArrayDefault, reader: SetReader) -> InputSet:
    """`{set: "matrix(3, 2, real)", array: torch.float64, requires_grad: true}`."""
    kind, grad = node.lookup("array"), node.lookup("requires_grad")
    tracked = grad is not None and read_flag(grad)
    if kind is not None:
        text = text_of(kind)
        try:
            arrays = read_array_type(text)
        except ValueError as error:
            raise FieldError(str(error), text.place) from None
    members = reader.read(node[next(key for key in node if key == "set")])
    if not isinstance(members, ArraySet):
        raise FieldError("`set` beside `array` is a vector, a matrix or an array of numbers", node.place)
    if kind is None and not tracked:
        return members.with_array_default(arrays)
    try:
        return members.of_type(arrays, tracked)
    except ValueError as error:
        raise FieldError(str(error), (grad or node).place) from None


def _typed_schemas() -> list[FormSchema]:
    keys = {
        "set": {**INPUT_SET_REFERENCE, "description": "A set of arrays."},
        "array": {**ARRAY_TYPE_SCHEMA, "description": "The type of the arrays: torch, torch.float64, numpy.int64."},
        "requires_grad": {**FLAG_SCHEMA, "description": "Whether tensors track gradients."},
    }
    return [({"required": ["set"], "propertyNames": {"enum": [*keys]}}, {"properties": keys})]


VECTOR_FORM = TextForm("vector(length, set)", (2,), _read_vector)
MATRIX_FORM = TextForm("matrix(rows, columns, set)", (3,), _read_array)
ARRAY_FORM = TextForm("array(n, m, ..., set)", range(2, MAX_AXES + 2), _read_array)
TYPED_ARRAYS_FORM = MappingForm(
    "arrays of a type {set: ..., array: torch.float32}",
    lambda keys: "set" in keys and keys <= {"set", "array", "requires_grad"},
    _read_typed,
    _typed_schemas,
)
