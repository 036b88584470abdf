"""What an answer chooses beside numbers: the sizes of its arrays, and functions from menus."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import product

from grader.deferred import dataclass
from grader.documents import Node, ScalarNode, describe_node, shortened
from grader.errors import Problem, SourceLocation, did_you_mean, listed
from grader.kinds.weights.forms import Forms, MenuChoices, NetworkForm
from grader.language.arrays import describe
from grader.language.functions.table import FUNCTIONS
from grader.machines.system import Parameter

MENU_SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "relu": ("rectifier", "rectifiedlinear", "rectifiedlinearunit"),
    "abs": ("absolute", "absolutevalue", "fabs", "|z|", "|x|"),
    "step": ("heavisidestep", "unitstep", "binarystep", "threshold"),
    "sign": ("sgn", "signum"),
}
"""What people write for a function of a menu, beside the spellings that formulas may have."""

_CALL = re.compile(r"(?<=\w)\s*\([^()]*\)$")


@dataclass(frozen=True)
class HandedInShape:
    """The shape in which a parameter was handed in, and where."""

    shape: tuple[int, ...]
    place: SourceLocation


def missing_choice(menu: str, choices: MenuChoices, place: SourceLocation, advice: str = "") -> Problem:
    """What is said where no function of a menu is named."""
    message = f"{menu} is not chosen: write one of {listed(choices.names, 'or')}, such as {menu}: {choices.names[0]}"
    return Problem(f"{message}{advice}", place)


def read_choice(menu: str, choices: MenuChoices, node: Node, notes: list[str]) -> str | Problem:
    """The function of a menu that an answer names, in any capitals, as `nn.ReLU()` or by another common name."""
    wanted = f"must be one of {listed(choices.names, 'or')}"
    if not isinstance(node, ScalarNode):
        return Problem(f"{menu} {wanted}, not {describe_node(node)}", node.place)
    text = str(node).strip()
    if text in choices.names:
        return text
    found = [name for name in choices.names if _plain(text) in _spellings(name)]
    if len(found) == 1:
        notes.append(f"{menu}: {shortened(text)!r} was read as {found[0]}")
        return found[0]
    advice = did_you_mean(_plain(text), choices.names)
    return Problem(f"{menu} {wanted}, not {shortened(text)!r}{advice}", node.place)


def _plain(name: str) -> str:
    """`relu` of `torch.nn.ReLU()`, `F.relu(z)`, `re-lu`."""
    bare = _CALL.sub("", name.strip()).rpartition(".")[2]
    return re.sub(r"[\s_-]+", "", bare).lower()


def _spellings(name: str) -> set[str]:
    spellings = FUNCTIONS[name].spellings if name in FUNCTIONS else ()
    return {_plain(name), *map(_plain, spellings), *MENU_SPELLINGS.get(name, ())}


def read_size(name: str, sizes: Sequence[int], node: Node) -> int | Problem:
    """A size that an answer states beside its arrays, which say it anyway."""
    if isinstance(node, ScalarNode) and re.fullmatch(r"\s*\d{1,9}\s*", node):
        if int(node) in sizes:
            return int(node)
        return Problem(f"{name} must be {size_in_words(sizes)}, not {node.strip()}", node.place)
    return Problem(f"{name} must be a whole number ({size_in_words(sizes)}), not {describe_node(node)}", node.place)


def size_in_words(sizes: Sequence[int]) -> str:
    """`1 to 8`, `2, 4 or 8`."""
    if len(sizes) > 2 and sizes[-1] - sizes[0] == len(sizes) - 1:
        return f"{sizes[0]} to {sizes[-1]}"
    return listed(map(str, sizes), "or")


def fitting_sizes(pattern: Sequence[int | str], shape: Sequence[int]) -> list[dict[str, int]]:
    """The sizes at which an array of a shape fits a pattern; lengths of 1 may be left out."""
    if len(pattern) == len(shape):
        exact = _matched(list(pattern), list(shape))
        return [exact] if exact is not None else []
    names = list(dict.fromkeys(length for length in pattern if isinstance(length, str)))
    found: list[dict[str, int]] = []
    for ones in product((False, True), repeat=len(names)):
        at_one = {name: 1 for name, is_one in zip(names, ones, strict=True) if is_one}
        left = [length for length in pattern if length != 1 and length not in at_one]
        rest = _matched(left, [length for length in shape if length != 1])
        if rest is not None and 1 not in rest.values():
            found.append({**at_one, **rest})
    return found


def _matched(pattern: Sequence[int | str], shape: Sequence[int]) -> dict[str, int] | None:
    if len(pattern) != len(shape):
        return None
    found: dict[str, int] = {}
    for wanted, length in zip(pattern, shape, strict=True):
        if wanted != length if isinstance(wanted, int) else found.setdefault(wanted, length) != length:
            return None
    return found


class _SizesOfAnswer:
    """The sizes of one answer, as its arrays give them one after the other."""

    def __init__(self, forms: Forms, stated: Mapping[str, int]) -> None:
        self.forms = forms
        self.sizes: dict[str, int] = dict(stated)
        self.sources: dict[str, str] = {name: f"`{name}: {size}`" for name, size in stated.items()}
        self.problems: list[Problem] = []

    def take(self, name: str, pattern: Sequence[int | str], given: HandedInShape) -> bool:
        """Takes the sizes that an array says; False: there are several that it may have."""
        came = f"{name}, {describe(given.shape)}"
        options = fitting_sizes(pattern, given.shape)
        if not options:
            wanted = describe(tuple(pattern))
            advice = (
                ": hand in its transpose" if len(pattern) == 2 and fitting_sizes(pattern[::-1], given.shape) else ""
            )
            came = describe(given.shape) if len(given.shape) < 3 else f"an array of shape {given.shape}"
            self.problems.append(Problem(f"{name} must be {wanted}, not {came}{advice}", given.place))
            return True
        if len(options) > 1:
            fitting = [option for option in options if self._agrees(option)]
            if len(fitting) > 1:
                return False
            options = fitting or options[:1]
        for size, length in options[0].items():
            if size in self.sizes and self.sizes[size] != length:
                message = (
                    f"{size} is {length} by {came}, but {self.sizes[size]} by {self.sources[size]}: they must agree"
                )
                self.problems.append(Problem(message, given.place))
            elif length not in self.forms.sizes[size]:
                message = f"{size} is {length} by {came}, but it must be {size_in_words(self.forms.sizes[size])}"
                self.problems.append(Problem(message, given.place))
            else:
                self.sizes[size] = length
                self.sources.setdefault(size, came)
        return True

    def _agrees(self, option: Mapping[str, int]) -> bool:
        return all(
            length in self.forms.sizes[size] and self.sizes.get(size, length) == length
            for size, length in option.items()
        )


def sizes_of(
    parameters: Mapping[str, Parameter],
    shapes: Mapping[str, HandedInShape],
    forms: Forms,
    stated: Mapping[str, int],
) -> tuple[dict[str, int], list[Problem]]:
    """The sizes that the arrays of an answer have, which must agree; what no array says is the smallest size.

    `stated` are sizes that the answer states itself.
    """
    found = _SizesOfAnswer(forms, stated)
    given = {name: shapes[name] for name, parameter in parameters.items() if parameter.pattern and name in shapes}
    open_names = [name for name, shape in given.items() if not found.take(name, parameters[name].pattern, shape)]
    for name in open_names:
        if not found.take(name, parameters[name].pattern, given[name]):
            pattern, came = describe(parameters[name].pattern), describe(given[name].shape)
            message = f"{name} must be {pattern}, and this is {came}: put brackets around each row"
            found.problems.append(Problem(message, given[name].place))
    smallest = {name: sizes[0] for name, sizes in forms.sizes.items()}
    return {name: found.sizes.get(name, smallest[name]) for name in smallest}, found.problems


def form_of(forms: Forms, sizes: Mapping[str, int], choices: Mapping[str, str]) -> NetworkForm:
    """The form with these sizes and functions."""
    return NetworkForm(
        tuple((name, sizes[name]) for name in forms.sizes), tuple((menu, choices[menu]) for menu in forms.menus)
    )
