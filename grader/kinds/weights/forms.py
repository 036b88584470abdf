"""The forms of a network: the sizes that an answer has, and the functions that it chooses from menus.

Everything else about a question is the same in all its forms. A form is compiled when the first answer has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from itertools import product
from math import prod

from grader.deferred import dataclass
from grader.documents import MappingNode
from grader.machines.program import Program
from grader.machines.system import Parameter

MAX_FORMS = 1_024
"""Forms of one network."""

MAX_KEPT_FORMS = 64
"""Forms that stay compiled."""


@dataclass(frozen=True)
class NetworkForm:
    """Sizes by name, and by menu the function that is chosen."""

    sizes: tuple[tuple[str, int], ...] = ()
    choices: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """`n = 3 and phi: relu`."""
        sizes = [f"{name} = {size}" for name, size in self.sizes]
        return " and ".join([*sizes, *(f"{menu}: {choice}" for menu, choice in self.choices)])


ONLY_FORM = NetworkForm()
"""That of a network without sizes and menus."""


@dataclass(frozen=True)
class Convention:
    """The network under another convention; answers that are right under it earn a share of the points.

    `index` is the reading in the spec that it comes from, `exact_programs` as of the question.
    """

    name: str
    program: Program
    earns: Fraction = Fraction(0)
    index: int = 0
    exact_programs: tuple[Program, ...] = ()


@dataclass(frozen=True)
class FormedNetwork:
    """What of a question depends on the form of its network."""

    parameters: Mapping[str, Parameter]
    program: Program
    exact_programs: tuple[Program, ...]
    readings: tuple[Convention, ...]


@dataclass(frozen=True)
class MenuChoices:
    """The names of the functions of a menu, and which of them counts where a student names none (None: it must)."""

    names: tuple[str, ...]
    default: str | None = None


FormCompiler = Callable[[NetworkForm], FormedNetwork]
"""Raises `DefinitionError` where the network cannot be run in that form."""


class FormBuilder:
    """Compiles a network in its forms with the compiler that read the spec, else with one that reads it again."""

    def __init__(self, root: MappingNode, compiled: FormCompiler | None = None) -> None:
        """`root` is the question as it is written."""
        self._root = root
        self._compiled = compiled

    def __call__(self, form: NetworkForm) -> FormedNetwork:
        if self._compiled is None:
            from grader.kinds.weights import form_compiler

            self._compiled = form_compiler(self._root)
        return self._compiled(form)

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return FormBuilder, (self._root,)


@dataclass(frozen=True, eq=False)
class Forms:
    """All forms of the network of a question; `build` compiles one."""

    sizes: Mapping[str, tuple[int, ...]]
    menus: Mapping[str, MenuChoices]
    build: FormCompiler
    _kept: dict[NetworkForm, FormedNetwork] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many forms there are."""
        return prod(map(len, [*self.sizes.values(), *(menu.names for menu in self.menus.values())]))

    def network(self, form: NetworkForm) -> FormedNetwork:
        """The network in a form."""
        found = self._kept.get(form)
        if found is None:
            if len(self._kept) >= MAX_KEPT_FORMS:
                self._kept.pop(next(iter(self._kept)))
            found = self._kept[form] = self.build(form)
        return found

    def first(self) -> NetworkForm:
        """The form with the smallest sizes and the first (or default) function of each menu."""
        choices = [(name, menu.default or menu.names[0]) for name, menu in self.menus.items()]
        return NetworkForm(tuple((name, sizes[0]) for name, sizes in self.sizes.items()), tuple(choices))

    def all(self) -> Iterator[NetworkForm]:
        """Every form, that of the smallest sizes and the first functions first."""
        return self._product([*self.sizes.values()])

    def corners(self) -> Iterator[NetworkForm]:
        """Every form of the smallest and largest sizes."""
        return self._product([tuple(dict.fromkeys((sizes[0], sizes[-1]))) for sizes in self.sizes.values()])

    def _product(self, sizes: Sequence[tuple[int, ...]]) -> Iterator[NetworkForm]:
        for choices in product(*(menu.names for menu in self.menus.values())):
            for values in product(*sizes):
                chosen = tuple(zip(self.menus, choices, strict=True))
                yield NetworkForm(tuple(zip(self.sizes, values, strict=True)), chosen)
