"""A network, a behaviour or a reading in YAML, as a `System` of equations."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import Field

from grader.documents import Block, Text
from grader.errors import Problem
from grader.language.compile import Function
from grader.language.functions import BUILTINS
from grader.language.tree import Call, Tree, subtrees
from grader.machines.alphabet import Alphabet
from grader.machines.system import System
from grader.spec.fields import Expression, FieldError, Formula, Input, Strict, Weight, Words, read_function_head
from grader.spec.problems import find


class EquationsModel(Strict):
    """A behaviour: equations over the network's inputs."""

    initial: dict[Words, Formula] = Field(default_factory=dict)
    functions: dict[Words, Formula] = Field(default_factory=dict)
    equations: dict[Words, Formula]
    output: Formula


class NetworkModel(EquationsModel):
    """A network: what goes in, what the student chooses, how it computes."""

    inputs: dict[Words, Input]
    parameters: dict[Words, Weight]


class ReadingModel(Strict):
    """Another convention: what changes in the network when it is read that way."""

    name: Words
    initial: dict[Words, Formula] = Field(default_factory=dict)
    functions: dict[Words, Formula] = Field(default_factory=dict)
    equations: dict[Words, Formula] = Field(default_factory=dict)
    replace: dict[Words, Formula] = Field(default_factory=dict)
    output: Formula | None = None


def trees(formulas: Mapping[Text, Expression]) -> dict[str, Tree]:
    """The trees alone, by plain name."""
    return {str(name): formula.tree for name, formula in formulas.items()}


def read_functions(formulas: Mapping[Text, Expression]) -> dict[str, Function]:
    """`{phi(z): ...}` as functions by name.

    Raises:
        FieldError: for a head that is not `name(parameters)`, or a name that the language already has.
    """
    functions: dict[str, Function] = {}
    for head, formula in formulas.items():
        name, parameters = read_function_head(head)
        if name in BUILTINS or name in functions:
            whose = "the language" if name in BUILTINS else "this list"
            raise FieldError(f"the function {name!r} is already in {whose}: choose another name", head.place)
        functions[name] = Function(parameters, formula.tree)
    return functions


_TIMED = re.compile(r"(\w+)\s*\[\s*(0|-\d{1,3})\s*\]")


def read_initial(formulas: Mapping[Text, Expression]) -> dict[tuple[str, int | None], Tree]:
    """`h: 1` holds at every time before the first step, `h[0]: 1` and `h[-1]: 0` at one."""
    initial: dict[tuple[str, int | None], Tree] = {}
    for name, formula in formulas.items():
        timed = _TIMED.fullmatch(name)
        initial[(timed[1], int(timed[2])) if timed else (str(name), None)] = formula.tree
    return initial


def network_system(model: NetworkModel) -> System:
    """The network as a system with parameters."""
    return System(
        alphabet=Alphabet({str(name): channel for name, channel in model.inputs.items()}),
        equations=trees(model.equations),
        output=model.output.tree,
        initial=read_initial(model.initial),
        functions=read_functions(model.functions),
        parameters={str(name): parameter for name, parameter in model.parameters.items()},
    )


def behaviour_system(model: EquationsModel, alphabet: Alphabet) -> System:
    """The behaviour over the network's inputs."""
    return System(
        alphabet=alphabet,
        equations=trees(model.equations),
        output=model.output.tree,
        initial=read_initial(model.initial),
        functions=read_functions(model.functions),
    )


def read_under(network: System, model: ReadingModel) -> System:
    """The network under another reading."""
    return network.changed(
        initial=read_initial(model.initial),
        functions=read_functions(model.functions),
        equations=trees(model.equations),
        substitutions=trees(model.replace),
        output=model.output.tree if model.output else None,
    )


def irrational(model: EquationsModel, where: str, root: Block) -> list[Problem]:
    """A problem for each function whose values exact arithmetic cannot have."""
    problems = []
    output = {Text("", root.place): model.output}
    groups = (("functions", model.functions), ("equations", model.equations), ("output", output))
    for group, formulas in groups:
        for name, formula in formulas.items():
            for call in subtrees(formula.tree):
                if isinstance(call, Call) and (b := BUILTINS.get(call.function)) and b.transcendental:
                    keys = (where, group, str(name)) if name else (where, group)
                    place, node = find(root, keys)
                    place = node.at(call.at) if isinstance(node, Text) else place
                    problems.append(Problem(_irrational_message(call.function), place))
    return problems


def _irrational_message(name: str) -> str:
    return (
        f"{name} has irrational values, so nothing about this machine could be decided exactly: "
        "use step, relu, sign, or a function of your own such as phi(z): 1 if z > 0 else 0"
    )
