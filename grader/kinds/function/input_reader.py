"""The inputs of a function question, from YAML to sets: those of the question, and those of its lines."""

from __future__ import annotations

from collections.abc import Mapping

from grader.documents import FieldError, Node, ScalarNode
from grader.errors import Problem, did_you_mean
from grader.inputs.array_types import NUMPY_ARRAYS, ArrayDefault
from grader.inputs.input_set import InputSet
from grader.inputs.read import read_array_default, read_set


class InputReader:
    """Reads sets of inputs, and notes every problem of them; `parameters` are the arguments of what is called."""

    def __init__(self, parameters: tuple[str, ...], problems: list[Problem]) -> None:
        self._named = "array" in parameters
        self._problems = problems
        self._arrays = NUMPY_ARRAYS

    def of_question(self, nodes: Mapping[ScalarNode, Node]) -> dict[str, InputSet]:
        """The sets of a question, whose `array:` holds for its lines as well."""
        self._arrays = self._array_default(nodes, NUMPY_ARRAYS)
        sets = self._sets(nodes, "inputs", self._arrays)
        self._order(self.names(nodes), sets, "inputs")
        return sets

    def of_line(
        self, nodes: Mapping[ScalarNode, Node], sets: Mapping[str, InputSet], where: str
    ) -> dict[str, InputSet]:
        """All sets of a line: those of the question, and its own in place of some of them."""
        for name in self.names(nodes):
            if name not in sets:
                self._problems.append(
                    Problem(f"{where}: {str(name)!r} is no input{did_you_mean(name, sets)}", name.place)
                )
        own = {**sets, **self._sets(nodes, where, self._array_default(nodes, self._arrays))}
        self._order(self.names(nodes), own, where)
        return own

    def names(self, nodes: Mapping[ScalarNode, Node]) -> dict[ScalarNode, Node]:
        """The inputs among the keys: `array: torch` is none, but where an argument has that name."""
        return {name: node for name, node in nodes.items() if name != "array" or self._named}

    def _array_default(self, nodes: Mapping[ScalarNode, Node], default: ArrayDefault) -> ArrayDefault:
        """The type of arrays that `array: torch` beside the inputs states, else the default."""
        node = next((node for name, node in nodes.items() if name == "array"), None)
        if node is None or self._named:
            return default
        try:
            return read_array_default(node)
        except FieldError as error:
            self._problems.append(Problem(f"inputs.array: {error}", error.place))
            return default

    def _sets(self, nodes: Mapping[ScalarNode, Node], where: str, arrays: ArrayDefault) -> dict[str, InputSet]:
        sets = {}
        for name, node in self.names(nodes).items():
            try:
                sets[str(name)] = read_set(node, arrays)
            except FieldError as error:
                self._problems.append(Problem(f"{where}.{name}: {error}", error.place))
        return sets

    def _order(self, nodes: Mapping[ScalarNode, Node], sets: Mapping[str, InputSet], where: str) -> None:
        """A set may speak of the values that are drawn before it, in the order of `inputs`."""
        names = list(sets)
        for name, node in nodes.items():
            before = names[: names.index(name)] if name in sets else names
            for used in dict.fromkeys(sets[name].names_used() if name in sets else ()):
                if used not in before:
                    message = f"{where}.{name}: {used!r} is no input that stands before it"
                    self._problems.append(Problem(message + did_you_mean(used, before), node.place))
