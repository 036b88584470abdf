"""A network, a behaviour or a reading in YAML, as a `System` of equations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import Field

from grader.documents import FieldError, ScalarNode
from grader.expressions import Expression
from grader.language.functions.table import FUNCTIONS
from grader.language.scope import Function
from grader.language.tree import Tree
from grader.machines.alphabet import Alphabet
from grader.machines.named_symbols import with_named_symbols
from grader.machines.system import System
from grader.spec.fields import TIMED_NAME, StepFormula, Strict, Words, read_function_head
from grader.spec.menus import FunctionText, Menu, menus_of
from grader.spec.parameters import SizeRange, Weight
from grader.spec.problems import Keys
from grader.spec.readings import ReadingModel
from grader.spec.symbols import NetworkInput


class EquationsModel(Strict):
    """A behaviour: equations over the network's inputs."""

    initial: dict[Words, StepFormula] = Field(
        default_factory=dict, description="Values before the first step: h: 1, or at single steps h[0]: 1 and h[-1]: 0."
    )
    functions: dict[Words, FunctionText] = Field(
        default_factory=dict,
        description="Functions that the equations use: phi(z): 1 if z > 0 else 0; in a "
        "network also menus, phi: one of [relu, abs].",
    )
    equations: dict[Words, StepFormula] = Field(
        description="One equation for each quantity, in any order, from h[t-1], x[t] and t."
    )
    output: StepFormula = Field(description="What comes out at each step: a quantity or an expression.")


class NetworkModel(EquationsModel):
    """A network: what goes in, what the student chooses, how it computes."""

    inputs: dict[Words, NetworkInput] = Field(
        description="What one step takes, by name: bit, [-1, 0, 1], real(-3..3), a vector [bit, bit], or named symbols."
    )
    sizes: dict[Words, SizeRange] = Field(
        default_factory=dict, description="Sizes that students choose: n: 1..8, told from the shapes of an answer."
    )
    parameters: dict[Words, Weight] = Field(
        description="What students hand in, by name, with its shape: scalar, [2], [2, 3]."
    )


def trees(formulas: Mapping[ScalarNode, Expression]) -> dict[str, Tree]:
    """The trees alone, by plain name."""
    return {str(name): formula.tree for name, formula in formulas.items()}


def read_functions(
    functions: Mapping[ScalarNode, Expression | Menu], choices: Mapping[str, str] | None = None
) -> dict[str, Function]:
    """`{phi(z): ...}` as functions by name; of a menu, the one that is chosen.

    Raises:
        FieldError: for a head that is not `name(parameters)`, a name that the language already has, and a menu where
            nothing is chosen (None).
    """
    found: dict[str, Function] = {}
    menus = menus_of(functions)
    for head, value in functions.items():
        name = str(head).partition("(")[0].strip()
        if name in menus and choices is None:
            message = f"{name} is a menu of functions: only the network of a weights question can have one"
            raise FieldError(message, head.place)
        if choices is not None and name in menus:
            function = menus[name].function(choices[name])
        else:
            name, parameters = read_function_head(head)
            assert isinstance(value, Expression)  # as only menus are none
            function = Function(parameters, value.tree)
        if name in FUNCTIONS or name in found:
            whose = "the language" if name in FUNCTIONS else "this list"
            raise FieldError(f"the function {name!r} is already in {whose}: choose another name", head.place)
        found[name] = function
    return found


def read_initial(formulas: Mapping[ScalarNode, Expression]) -> dict[tuple[str, int | None], Tree]:
    """`h: 1` holds at every time before the first step, `h[0]: 1` and `h[-1]: 0` at one.

    Raises:
        FieldError: for a time that is given twice.
    """
    initial: dict[tuple[str, int | None], Tree] = {}
    for name, formula in formulas.items():
        timed = TIMED_NAME.fullmatch(name)
        key = (timed[1], int(timed[2])) if timed else (str(name), None)
        if key in initial:
            raise FieldError(f"{str(name)!r} is given twice", name.place)
        initial[key] = formula.tree
    return initial


def network_system(model: NetworkModel, choices: Mapping[str, str]) -> System:
    """The network as a system with parameters, of each menu the function that is chosen; sizes are still names.

    Raises:
        FieldError, DefinitionError: for what is no system; for names of symbols that are none.
    """
    return with_named_symbols(
        System(
            alphabet=Alphabet({str(name): channel for name, channel in model.inputs.items()}),
            equations=trees(model.equations),
            output=model.output.tree,
            initial=read_initial(model.initial),
            functions=read_functions(model.functions, choices),
            parameters={str(name): parameter for name, parameter in model.parameters.items()},
        )
    )


def behaviour_system(model: EquationsModel, alphabet: Alphabet) -> System:
    """The behaviour over the network's inputs; raises as `network_system` does."""
    return with_named_symbols(
        System(
            alphabet=alphabet,
            equations=trees(model.equations),
            output=model.output.tree,
            initial=read_initial(model.initial),
            functions=read_functions(model.functions),
        )
    )


def read_under(network: System, model: ReadingModel) -> System:
    """The network under another reading; raises as `network_system` does."""
    return with_named_symbols(
        network.changed(
            initial=read_initial(model.initial),
            functions=read_functions(model.functions),
            equations=trees(model.equations),
            substitutions=trees(model.replace),
            output=model.output.tree if model.output else None,
        )
    )


def formulas_of(model: EquationsModel | ReadingModel, where: Keys) -> Iterator[tuple[Keys, Expression]]:
    """Every expression of a network, a behaviour or a reading, with the keys that lead to it."""
    for group in ("initial", "functions", "equations", "replace"):
        for name, formula in getattr(model, group, {}).items():
            for expression in _in_menu(formula) if isinstance(formula, Menu) else [formula]:
                yield (*where, group, str(name)), expression
    if model.output:
        yield (*where, "output"), model.output


def _in_menu(menu: Menu) -> Iterator[Expression]:
    """What each function of a menu does."""
    for name in menu.entries:
        yield Expression(menu.function(name).body, menu.place)
