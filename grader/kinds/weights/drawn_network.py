"""A network with an answer's weights as it is drawn, from the equations of the question and the exact values.

Small networks are drawn weight by weight. A larger one, or one whose equations have no exact value entry by entry, is
drawn by quantity: an edge stands for all the weights between two quantities.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod

from flint import fmpq

from grader.kinds.weights.question import WeightsQuestion
from grader.kinds.weights.signal_reader import SignalReader
from grader.kinds.weights.signal_sums import InnerUnit, Signal, SignalSum, Source, TooManyTerms
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import Array, Scalar, ShapeError, Value, entries
from grader.language.numbers import show_number
from grader.language.scope import time_lag
from grader.language.tree import Binary, Index, Name, Tree, children, names_in
from grader.page_details import DrawnEdge, DrawnNetwork, DrawnUnit

MAX_DRAWN_UNITS, MAX_DRAWN_EDGES = 36, 160
"""Units and edges of a network that is drawn weight by weight."""


def drawn_network(question: WeightsQuestion, values: Mapping[str, Value]) -> DrawnNetwork:
    """The network of a question with these values for its parameters."""
    try:
        return _UnitByUnit(question, values).network()
    except TooManyTerms:
        return _by_quantity(question, values, "it is too large to be drawn weight by weight")
    except (EvaluationError, ShapeError, ValueError, OverflowError):
        return _by_quantity(question, values, "its equations have no exact weight entry by entry")


class _UnitByUnit:
    """Units by name with what goes into them, in the order of computation."""

    def __init__(self, question: WeightsQuestion, values: Mapping[str, Value]) -> None:
        program = question.program
        self.system, self.order = program.system, program.layout.order
        channels = {name: channel.shape for name, channel in self.system.alphabet.channels.items()}
        self.shapes = {**channels, **program.shapes}
        weights = sum(len(entries(value)) for value in values.values())
        if sum(map(prod, self.shapes.values())) > MAX_DRAWN_UNITS or weights > 2 * MAX_DRAWN_EDGES:
            raise TooManyTerms
        numbers = _exact(values)
        replaced = {
            name: SignalReader({}, numbers, self.system.functions).read(tree, {})
            for name, tree in self.system.substitutions.items()
        }
        self.reader = SignalReader(self.shapes, {**numbers, **replaced}, self.system.functions)
        self.output = question.output_name
        self.units: list[DrawnUnit] = []
        self.layers: dict[str, int] = {}
        self.edges: list[DrawnEdge] = []
        self.inner: dict[InnerUnit, str] = {}

    def network(self) -> DrawnNetwork:
        for name in self.system.alphabet.channels:
            for signal in self._signals(name):
                self._add(DrawnUnit(str(signal), 0, is_input=True))
        for name in self.order:
            value = self.reader.read(self.system.equations[name], {})
            for signal, entry in zip(self._signals(name), entries(value), strict=True):
                self._unit(str(signal), entry, is_output=name == self.output)
        if not isinstance(self.system.output, Name):
            value = self.reader.read(self.system.output, {})
            for i, entry in enumerate(entries(value)):
                self._unit(f"output[{i}]" if isinstance(value, Array) else "output", entry, is_output=True)
        return DrawnNetwork(tuple(self.units), tuple(self.edges), tuple(self.reader.notes))

    def _signals(self, name: str) -> Iterator[Signal]:
        return (Signal(name, place) for place in product(*map(range, self.shapes[name])))

    def _unit(self, name: str, entry: Scalar, *, is_output: bool = False) -> None:
        """A unit for an entry of a quantity: an activation that it ends with is its own."""
        unit = entry.unit if isinstance(entry, SignalSum) else None
        if unit is None:
            self._summed(name, entry, "", is_output)
        elif unit.summed is not None:
            self._summed(name, unit.summed, unit.does, is_output)
        else:
            self._mixed(name, unit, is_output)

    def _summed(self, name: str, entry: Scalar, does: str, is_output: bool = False) -> None:
        """A unit that adds up signals times weights, and does something with the sum."""
        weights = entry.weights if isinstance(entry, SignalSum) else {}
        number = entry.number if isinstance(entry, SignalSum) else entry
        sources = [(self._named(source), source, weight) for source, weight in weights.items()]
        self._add(DrawnUnit(name, self._layer(sources), show_number(number) if number else "", does, False, is_output))
        for source_name, source, weight in sources:
            self._edge(DrawnEdge(source_name, name, show_number(weight), _size_of(weight), _lag(source)))

    def _mixed(self, name: str, unit: InnerUnit, is_output: bool = False) -> None:
        """A unit that signals go into otherwise than times weights."""
        sources = [(self._named(source), source, fmpq(0)) for source in unit.signals]
        self._add(DrawnUnit(name, self._layer(sources), "", unit.does, False, is_output))
        for source_name, source, _ in sources:
            self._edge(DrawnEdge(source_name, name, lag=_lag(source)))

    def _named(self, source: Source) -> str:
        """The name of a source; a unit inside of an expression is drawn when it is first met."""
        if isinstance(source, Signal):
            return str(source)
        if source not in self.inner:
            name = self.inner[source] = f"({len(self.inner) + 1})"
            if source.summed is not None:
                self._summed(name, source.summed, source.does)
            else:
                self._mixed(name, source)
        return self.inner[source]

    def _layer(self, sources: list[tuple[str, Source, fmpq]]) -> int:
        """One more than that of everything that goes in at the same step."""
        return 1 + max((self.layers.get(name, 0) for name, source, _ in sources if not _lag(source)), default=0)

    def _add(self, unit: DrawnUnit) -> None:
        if len(self.units) == MAX_DRAWN_UNITS:
            raise TooManyTerms
        self.units.append(unit)
        self.layers[unit.name] = unit.layer

    def _edge(self, edge: DrawnEdge) -> None:
        if len(self.edges) == MAX_DRAWN_EDGES:
            raise TooManyTerms
        self.edges.append(edge)


def _lag(source: Source) -> int:
    return source.lag if isinstance(source, Signal) else 0


def _exact(values: Mapping[str, Value]) -> dict[str, Value]:
    """The values as exact numbers; ValueError or OverflowError for NaN and infinities."""
    return {
        name: value.map(_exact_number) if isinstance(value, Array) else _exact_number(value)
        for name, value in values.items()
    }


def _exact_number(value: Scalar) -> fmpq:
    return value if isinstance(value, fmpq) else fmpq(*float(value).as_integer_ratio())


def _size_of(weight: fmpq) -> float:
    """A weight as a float; the largest one where it is beyond all of them."""
    try:
        return int(weight.p) / int(weight.q)
    except OverflowError:
        return 1.7e308 if weight > 0 else -1.7e308


def _by_quantity(question: WeightsQuestion, values: Mapping[str, Value], why: str) -> DrawnNetwork:
    """An edge from each quantity that an equation names, with the parameter that multiplies it."""
    program = question.program
    system, channels = program.system, program.system.alphabet.channels
    shapes = {**{name: channel.shape for name, channel in channels.items()}, **program.shapes}
    equations = {name: system.equations[name] for name in program.layout.order}
    if not isinstance(system.output, Name):
        equations["output"], shapes["output"] = system.output, program.output_shape
    layers = dict.fromkeys(channels, 0)
    edges = []
    for name, tree in equations.items():
        found = _references(tree, shapes, values)
        layers[name] = 1 + max((layers.get(source, 0) for source, lag in found if not lag), default=0)
        for (source, lag), parameter in found.items():
            weight, size = _weights_in_words(parameter, values.get(parameter))
            count = len(entries(values[parameter])) if parameter else 1
            edges.append(DrawnEdge(source, name, weight, size, lag, count))
    units = tuple(
        DrawnUnit(
            name,
            layer,
            does=_units_in_words(shapes[name]),
            is_input=name in channels,
            is_output=name == question.output_name,
        )
        for name, layer in layers.items()
    )
    return DrawnNetwork(units, tuple(edges), (f"drawn by quantity: {why}",))


def _references(
    tree: Tree, shapes: Mapping[str, tuple[int, ...]], values: Mapping[str, Value]
) -> dict[tuple[str, int], str]:
    """The quantities that an expression names, with their lag and the parameter that multiplies them ("": none)."""
    found: dict[tuple[str, int], str] = {}
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if (reference := _reference(part, shapes)) is not None:
            found.setdefault(reference, "")
            continue
        waiting += reversed(list(children(part)))
        if isinstance(part, Binary) and part.op in ("*", "@"):
            for weight, signal in ((part.left, part.right), (part.right, part.left)):
                reference = _reference(signal, shapes)
                named = names_in(weight)
                if reference is not None and len(named) == 1 and named[0] in values:
                    found[reference] = found.get(reference) or named[0]
    return found


def _reference(tree: Tree, shapes: Mapping[str, tuple[int, ...]]) -> tuple[str, int] | None:
    """The quantity, and how many steps ago, that an expression is, or is an entry of."""
    match tree:
        case Index(base=Name(id=name), index=index) if name in shapes and (lag := time_lag(index)) is not None:
            return name, lag
        case Name(id=name) if name in shapes:
            return name, 0
        case Index(base=base):
            return _reference(base, shapes)
    return None


def _weights_in_words(name: str, value: Value | None) -> tuple[str, float]:
    """`W (64 × 64), -1.5 to 2`, and the size of the largest."""
    if value is None:
        return "", 0.0
    sizes = [_float(entry) for entry in entries(value)]
    largest = max(sizes, key=abs, default=0.0)
    if not isinstance(value, Array):
        return f"{name} = {largest:.4g}", largest
    shape = " × ".join(map(str, value.shape))
    return f"{name} ({shape}), {min(sizes, default=0):.4g} to {max(sizes, default=0):.4g}", largest


def _float(value: Scalar) -> float:
    return _size_of(value) if isinstance(value, fmpq) else float(value)


def _units_in_words(shape: tuple[int, ...]) -> str:
    return f"{' × '.join(map(str, shape))} units" if shape else ""
