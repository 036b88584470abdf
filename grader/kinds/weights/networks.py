"""The network of a question in all its forms, compiled from the spec, with every problem on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import prod
from typing import NamedTuple

from grader.documents import FieldError, MappingNode
from grader.errors import Problem, SourceLocation, SpecError
from grader.kinds.weights.forms import (
    MAX_FORMS,
    Convention,
    FormBuilder,
    FormCompiler,
    FormedNetwork,
    Forms,
    MenuChoices,
    NetworkForm,
)
from grader.kinds.weights.models import WeightsModel
from grader.language.arithmetic import Arithmetic
from grader.language.doubles import DOUBLES
from grader.language.exact import Exact
from grader.language.functions.table import FUNCTIONS
from grader.language.irrational import is_rational
from grader.language.limits import MAX_ENTRIES, MAX_NETWORK_BITS
from grader.language.reals import REALS
from grader.machines.layout import RESERVED_NAMES
from grader.machines.program import Program
from grader.machines.system import DefinitionError, Parameter, System
from grader.spec.menus import Menu, menus_of
from grader.spec.problems import definition_problems, find, read_model
from grader.spec.readings import MAX_READINGS, ReadingModel
from grader.spec.systems import network_system, read_under

MAX_FORMS_WHEN_LOADED = 8
"""Forms that are compiled when a spec is loaded; a spec check compiles all."""


class NumberedReading(NamedTuple):
    """A reading with a name, and which of the readings in the spec it comes from."""

    number: int
    model: ReadingModel


def form_compiler(root: MappingNode) -> FormCompiler:
    """The compiler of the forms of a network, of a question that could be loaded; `root` is its YAML mapping."""
    model, problems = read_model(WeightsModel, root)
    if model is None:
        raise SpecError(*problems)
    return NetworkCompiler(model, root)._compiled


class NetworkCompiler:
    """Compiles the network of a question and its readings, form by form; `problems` are those of the spec."""

    def __init__(self, model: WeightsModel, root: MappingNode) -> None:
        self.model = model
        self.root = root
        self.problems: list[Problem] = []
        self.readings = list(self._readings())

    def forms(self) -> Forms | None:
        """All forms of the network; None where the spec has problems."""
        network = self.model.network
        if not network.parameters:
            place = self.root.place
            self.problems.append(Problem("network.parameters: a weights question needs at least one", place))
            return None
        self._check_names()
        self._check_sizes()
        try:
            menus = {
                name: MenuChoices(tuple(menu.entries), menu.default)
                for name, menu in menus_of(network.functions).items()
            }
        except FieldError as error:
            self.problems.append(Problem(f"network: {error}", error.place))
            return None
        sizes = {str(name): values for name, values in network.sizes.items()}
        forms = Forms(sizes, menus, FormBuilder(self.root, self._compiled))
        if forms.count > MAX_FORMS:
            message = f"network: its sizes and menus make {forms.count} networks, and at most {MAX_FORMS} are allowed"
            self.problems.append(Problem(message, self._place("network")))
        if not self.problems and self._check_first(forms.first()):
            self._check_others(forms)
        return None if self.problems else forms

    @property
    def has_choices(self) -> bool:
        """Whether students choose sizes (declared or not) or functions."""
        network = self.model.network
        has_sizes = bool(network.sizes) or any(parameter.size_names for parameter in network.parameters.values())
        return has_sizes or any(isinstance(value, Menu) for value in network.functions.values())

    def _place(self, *keys: str | int) -> SourceLocation:
        return find(self.root, keys)[0]

    def _readings(self) -> Iterator[NumberedReading]:
        """Every reading, those of axes one by one."""
        models = self.model.readings
        count = sum(model.combinations for model in models)
        if count > MAX_READINGS:
            message = f"readings: these are {count}, and at most {MAX_READINGS} are tried"
            self.problems.append(Problem(message, self._place("readings")))
            return
        taken = {str(name) for name in (*self.model.network.inputs, *self.model.network.parameters)}
        taken |= {str(name) for name in (*self.model.network.equations, *self.model.network.sizes)} | RESERVED_NAMES
        names: set[str] = set()
        for i, model in enumerate(models):
            for axis in model.axes:
                if axis in taken or not axis.isidentifier():
                    why = "already has a meaning in the network" if axis in taken else "is not a name"
                    message = f"readings[{i + 1}].axes: {str(axis)!r} {why}: choose another name"
                    self.problems.append(Problem(message, axis.place))
            for reading in model.expanded():
                if reading.label in names and reading.name is not None:
                    message = f"readings[{i + 1}].name: {reading.label!r} is used twice"
                    self.problems.append(Problem(message, reading.name.place))
                names.add(reading.label)
                yield NumberedReading(i, reading)

    def _check_names(self) -> None:
        network = self.model.network
        taken = {str(name) for name in (*network.inputs, *network.parameters, *network.equations)}
        taken |= {head.partition("(")[0].strip() for head in network.functions} | RESERVED_NAMES | set(FUNCTIONS)
        for name in network.sizes:
            if name in taken or not name.isidentifier():
                why = "already has a meaning" if name in taken else "is not a name"
                message = f"network.sizes.{name}: {str(name)!r} {why}: choose another name"
                self.problems.append(Problem(message, name.place))

    def _check_sizes(self) -> None:
        """That sizes in shapes are declared, and that every size can be told from an answer."""
        network = self.model.network
        largest = {str(name): values[-1] for name, values in network.sizes.items()}
        for name, parameter in network.parameters.items():
            unknown = next((size for size in parameter.size_names if size not in largest), None)
            if unknown is not None:
                message = f"network.parameters.{name}: {unknown!r} is no size: declare it, sizes: {{{unknown}: 1..8}}"
                self.problems.append(Problem(message, name.place))
            elif parameter.pattern and prod(parameter.at(largest).shape) > MAX_ENTRIES:
                message = f"network.parameters.{name}: has more than {MAX_ENTRIES} entries at its largest"
                self.problems.append(Problem(message, name.place))
        for size in network.sizes:
            owners = [p for p in network.parameters.values() if size in p.size_names]
            if not owners or all(p.default is not None for p in owners):
                why = "every parameter with this size has a default" if owners else "no parameter has this size"
                message = f"network.sizes.{size}: {why}, so that no answer says what it is"
                self.problems.append(Problem(message, size.place))

    def parameters(self, form: NetworkForm) -> dict[str, Parameter]:
        """The parameters at the sizes of a form."""
        sizes = dict(form.sizes)
        return {str(name): parameter.at(sizes) for name, parameter in self.model.network.parameters.items()}

    def _system(self, form: NetworkForm) -> System:
        system = network_system(self.model.network, dict(form.choices))
        return replace(system, parameters=self.parameters(form))

    def _program(self, system: System) -> Program:
        """A system whose sizes are numbers, compiled; with an output before the first step where one is asked for."""
        in_doubles = self.model.arithmetic == "float64"
        program = Program(system, arithmetic=DOUBLES if in_doubles else self._exact_arithmetic(system))
        if self.model.judge.empty:
            program.check_empty_input()
        return program

    def _exact_programs(self, system: System) -> tuple[Program, ...]:
        """A network in float64 in exact arithmetic, in fractions where it has them and in balls."""
        if self.model.arithmetic != "float64":
            return ()
        first = self._exact_arithmetic(system)
        return tuple(Program(system, arithmetic=each) for each in dict.fromkeys((first, REALS)))

    def _exact_arithmetic(self, system: System) -> Arithmetic:
        accept = self.model.accept
        in_reals = not system.is_rational or (accept is not None and not is_rational(accept.tree))
        return REALS if in_reals else Exact(MAX_NETWORK_BITS)

    def _convention(self, reading: NumberedReading, system: System, form: NetworkForm) -> Convention:
        earns = reading.model.earns or Fraction(0)
        read = read_under(system, reading.model).at(dict(form.sizes))
        return Convention(reading.model.label, self._program(read), earns, reading.number, self._exact_programs(read))

    def _compiled(self, form: NetworkForm) -> FormedNetwork:
        """The network in a form.

        Raises:
            DefinitionError: if it cannot be run in this form.
        """
        system = self._system(form)
        sized = system.at(dict(form.sizes))
        readings = tuple(self._convention(reading, system, form) for reading in self.readings)
        return FormedNetwork(system.parameters, self._program(sized), self._exact_programs(sized), readings)

    def _check_first(self, form: NetworkForm) -> bool:
        """Finds every problem of the network and of its readings in one form; True if there are none."""
        try:
            system = self._system(form)
        except FieldError as error:
            self.problems.append(Problem(f"network: {error}", error.place))
            return False
        except DefinitionError as error:
            self.problems += definition_problems(error, self.root, ("network",))
            return False
        try:
            self._program(system.at(dict(form.sizes)))
        except DefinitionError as error:
            self.problems += definition_problems(error, self.root, ("network",))
            return False
        checked: set[int] = set()
        for reading in self.readings:
            if reading.number in checked:
                continue
            try:
                self._convention(reading, system, form)
            except FieldError as error:
                self.problems.append(Problem(f"readings[{reading.number + 1}]: {error}", error.place))
                checked.add(reading.number)
            except DefinitionError as error:
                self.problems += definition_problems(error, self.root, ("readings", reading.number))
                checked.add(reading.number)
        return not self.problems

    def _check_others(self, forms: Forms) -> None:
        """Tries the smallest and largest sizes with each function, as far as few make these."""
        first = forms.first()
        shape = forms.network(first).program.output_shape
        corners = [form for form in forms.corners() if form != first][:MAX_FORMS_WHEN_LOADED]
        for form in corners:
            try:
                output = self._program(self._system(form).at(dict(form.sizes))).output_shape
            except DefinitionError as error:
                problems = definition_problems(error, self.root, ("network",))
                self.problems += [Problem(f"for {form}: {p.message}", p.place) for p in problems]
                return
            if output != shape:
                message = "network.output: its size must not depend on what students choose"
                self.problems.append(Problem(message, self._place("network", "output")))
                return
