"""A system of equations as it was written: inputs, parameters, functions, initial values, equations, an output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from flint import fmpq

from grader.language.arrays import Value
from grader.language.irrational import is_rational
from grader.language.scope import Function
from grader.language.tree import Tree
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
class Parameter:
    """What a student chooses: its shape, and the values allowed (None: every number).

    `default` is its value where a student leaves it out; None: it has to be given.
    """

    shape: tuple[int, ...] = ()
    allowed: tuple[fmpq, ...] | None = None
    default: Value | None = None


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
