"""A system of equations as it was written: inputs, parameters, functions, initial values, equations, an output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from fractions import Fraction
from typing import Literal

from flint import fmpq

from grader.deferred import dataclass
from grader.language.arrays import Array, Value
from grader.language.irrational import is_rational
from grader.language.rewriting import substituted
from grader.language.scope import Function
from grader.language.tree import Number, Tree
from grader.machines.alphabet import Alphabet

Path = tuple[str, ...]
"""Where in a system something stands: `("equations", "h")`."""


@dataclass(frozen=True)
class SystemFault:
    """Something wrong with a system: where, what, and at which character of the expression that stands there.

    `at` None: what is wrong is the name that the expression stands under.
    """

    path: Path
    message: str
    at: int | None = 0


class DefinitionError(Exception):
    """A system that cannot be run; carries every fault found."""

    def __init__(self, faults: list[SystemFault]) -> None:
        super().__init__("; ".join(f"{'.'.join(f.path)}: {f.message}" for f in faults))
        self.faults = faults


@dataclass(frozen=True)
class Otherwise:
    """What an answer with a value that is not allowed earns, as a share of what it would earn, and what is said of it.

    Without one, such an answer is rejected.
    """

    earns: Fraction
    say: str = ""


Filling = fmpq | Literal["identity"]
"""What fills an array of any shape: one number in every entry, or the identity matrix."""


@dataclass(frozen=True)
class Parameter:
    """What a student chooses: its shape, and the values allowed (None: every number).

    `default` is its value where a student leaves it out; None: it has to be given. `otherwise` says what other values
    than those allowed earn. `pattern` is the shape with the names of sizes that students choose, empty where there are
    none; `shape` and `default` (made of `filling`) are those at some of these sizes.
    """

    shape: tuple[int, ...] = ()
    allowed: tuple[fmpq, ...] | None = None
    default: Value | None = None
    otherwise: Otherwise | None = None
    pattern: tuple[int | str, ...] = ()
    filling: Filling | None = None

    @property
    def size_names(self) -> list[str]:
        """The sizes in its shape that students choose."""
        return [length for length in dict.fromkeys(self.pattern) if isinstance(length, str)]

    def at(self, sizes: Mapping[str, int]) -> Parameter:
        """The parameter at these sizes."""
        if not self.pattern:
            return self
        shape = tuple(sizes[length] if isinstance(length, str) else length for length in self.pattern)
        return replace(self, shape=shape, default=None if self.filling is None else filled(shape, self.filling))


def filled(shape: tuple[int, ...], filling: Filling) -> Value:
    """An array of a shape; one that is filled with the identity is a square matrix."""
    if isinstance(filling, fmpq):
        size = 1
        for length in shape:
            size *= length
        return Array(shape, [filling] * size) if shape else filling
    rows, columns = shape
    return Array(shape, [fmpq(int(i == j)) for i in range(rows) for j in range(columns)])


@dataclass(frozen=True)
class System:
    """`initial` holds values before the first step: `("h", 0)` is h at time 0, `("h", None)` h at all such times."""

    alphabet: Alphabet
    equations: Mapping[str, Tree]
    output: Tree
    initial: Mapping[tuple[str, int | None], Tree] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    substitutions: Mapping[str, Tree] = field(default_factory=dict)

    def changed(
        self,
        initial: Mapping[tuple[str, int | None], Tree],
        functions: Mapping[str, Function],
        equations: Mapping[str, Tree],
        substitutions: Mapping[str, Tree],
        output: Tree | None,
    ) -> System:
        """The system under another reading: some parts replaced, parameters read as expressions of themselves."""
        fresh = {name for name, _ in initial}
        kept = {key: tree for key, tree in self.initial.items() if key[0] not in fresh}
        return replace(
            self,
            initial={**kept, **initial},
            functions={**self.functions, **functions},
            equations={**self.equations, **equations},
            substitutions={**self.substitutions, **substitutions},
            output=output or self.output,
        )

    def at(self, sizes: Mapping[str, int]) -> System:
        """The system in which these names are whole numbers."""
        numbers: dict[str, Tree] = {name: Number(fmpq(size)) for name, size in sizes.items()}
        if not numbers:
            return self

        def put(tree: Tree) -> Tree:
            return substituted(tree, numbers)

        def body(function: Function) -> Tree:
            own = {name: number for name, number in numbers.items() if name not in function.parameters}
            return substituted(function.body, own)

        return replace(
            self,
            equations={name: put(tree) for name, tree in self.equations.items()},
            output=put(self.output),
            initial={key: put(tree) for key, tree in self.initial.items()},
            functions={name: replace(function, body=body(function)) for name, function in self.functions.items()},
            substitutions={name: put(tree) for name, tree in self.substitutions.items()},
        )

    def trees(self) -> Iterator[tuple[Path, Tree]]:
        """Every expression that is evaluated step by step, with its place."""
        for name, function in self.functions.items():
            yield ("functions", name), function.body
        for name, tree in self.equations.items():
            yield ("equations", name), tree
        yield ("output",), self.output

    @property
    def is_rational(self) -> bool:
        """True if rational inputs and parameters give rational values: no sigmoid, no exponential, no root."""
        trees = (tree for _, tree in self.trees())
        return all(map(is_rational, (*trees, *self.initial.values(), *self.substitutions.values())))
