"""Two formulas at one place: both values in balls, or why there is none; and how a place is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from functools import cached_property

from flint import arb, ctx, fmpq

from grader.deferred import dataclass
from grader.formulas.backward import Backward
from grader.formulas.cases import IntegerCase
from grader.formulas.draws import Draws
from grader.formulas.evaluation import MAX_LOOP_STEPS, MAX_NETWORK_STEPS, CompiledSetting, Evaluation, entry_names
from grader.formulas.kinks import Kinks, bends
from grader.formulas.regions import RegionWork
from grader.formulas.samples import Sample, samples
from grader.formulas.setting import Setting, tidied
from grader.formulas.timeline import BallsInTime, OutOfTime
from grader.formulas.traced import in_balls
from grader.formulas.verdicts import Point, bracketed, show_entry, show_value
from grader.language.arithmetic import STEP_BUDGET, Closure, EvaluationError, TooLarge
from grader.language.arrays import ShapeError, Value, entries
from grader.language.ball_numbers import Undecided
from grader.language.functions.table import NOT_SMOOTH
from grader.language.printing import to_text
from grader.language.tree import (
    Call,
    Compare,
    Comprehension,
    IfExp,
    Index,
    Logic,
    Name,
    Number,
    Tree,
    Unary,
    subtrees,
)
from grader.notation.symbols import Domain

FIRST_BITS = 64
EFFORT_BY_BITS = {64: 1.0, 256: 1.5, 1024: 6.0, 4096: 40.0}
"""What an evaluation costs, relative to one at 64 bits."""

MAX_STEPS_BACK = MAX_NETWORK_STEPS - 4
"""Steps before the last one of the wanted formula from which on an answer may ask a network to be followed."""

MAX_COMPARISON_EFFORT = 300_000.0
"""Operations of one comparison, so that it ends in well under a second."""


@dataclass(frozen=True)
class PointFault:
    """Why a formula has no value at a point; `domain`: for mathematical reasons, known for sure; `limit`: it takes too
    many steps, or too large a number; `step`: it asks for a step that a sequence does not have."""

    message: str
    domain: bool = False
    shape: bool = False
    limit: bool = False
    step: bool = False


@dataclass(frozen=True)
class GridPoint:
    """A case with the step up to which sequences are free, and a sample of it."""

    case: IntegerCase
    origin: int
    sample: Sample


@dataclass(frozen=True)
class PointComparison:
    """Both sides at a place; `edge`: the condition whose argument is 0 there, at a number that a ball encloses."""

    place: GridPoint
    student: Value | PointFault
    wanted: Value | PointFault
    bits: int
    edge: str = ""

    @property
    def undefined(self) -> tuple[bool, bool]:
        """Which sides surely have no value."""
        return tuple(isinstance(side, PointFault) and side.domain for side in (self.student, self.wanted))  # type: ignore[return-value]  # two sides

    @property
    def defined(self) -> bool:
        """Whether both sides have a value."""
        return not isinstance(self.student, PointFault) and not isinstance(self.wanted, PointFault)


@dataclass
class Comparison:
    """Two formulas in one setting, compiled once.

    `lenient`: on the kinks of the network any answer is right. `everywhere`: both have a value at the same points, or
    else they differ.
    """

    setting: Setting
    student: Tree
    wanted: Tree
    backward: Backward | None = None
    lenient: bool = False
    everywhere: bool = False
    effort: float = 0.0
    work: RegionWork = field(default_factory=RegionWork)
    origins: dict[tuple[int, ...], int] = field(default_factory=dict)
    bases: list[GridPoint] = field(default_factory=list)
    """Points with a value, where they had to be searched for."""

    def __post_init__(self) -> None:
        self.compiled = CompiledSetting(self.setting, BallsInTime(), self.backward)
        self.left, self.right = self.compiled.compile(self.student), self.compiled.compile(self.wanted)
        self.cost = sum(1 for tree in (self.student, self.wanted) for _ in subtrees(tree))

    @cached_property
    def matters(self) -> frozenset[str]:
        """The whole numbers and sizes that any part of the comparison names."""
        symbols, used = self.setting.symbols, self.compiled.used
        timed = [sequence for name, sequence in symbols.sequences.items() if name in used]
        shapes = [quantity.shape for name, quantity in symbols.quantities.items() if name in used]
        shapes += [sequence.shape for sequence in timed]
        bounds = [tree for s in timed for tree in (s.first, s.last, *s.only) if tree is not None]
        if self.backward:
            bounds += [*self.backward.steps, *self.backward.bounds]
        hot = {quantity.hot for name, quantity in symbols.quantities.items() if name in used and quantity.hot}
        hot |= {sequence.hot for sequence in timed if sequence.hot}
        bounds += [bound for name in (used | hot) & set(symbols.ranges) for bound in symbols.ranges[name]]
        named = {node.id for tree in bounds for node in subtrees(tree) if isinstance(node, Name)}
        return frozenset(used | named | hot | {size for shape in shapes for size in shape if isinstance(size, str)})

    @cached_property
    def draws(self) -> Draws:
        """What is drawn depends on the texts of both sides, and on the course's salt."""
        trees = [self.student, self.wanted, *self.setting.equations.values()]
        return Draws.of(self.setting.salt, *map(to_text, trees))

    @property
    def trees(self) -> list[Tree]:
        """Both formulas, the network and the functions of the question."""
        setting = self.setting
        bodies = [function.body for function in setting.symbols.functions.values()]
        given = self.backward.values if self.backward else []
        return [self.student, self.wanted, *given, *setting.steps.values(), *setting.starts.values(), *bodies]

    @cached_property
    def comprehensions(self) -> list[Comprehension]:
        """The loops of all trees."""
        return [node for tree in self.trees for node in subtrees(tree) if isinstance(node, Comprehension)]

    @cached_property
    def constant_steps(self) -> list[int]:
        """The steps that formulas name by their number (`h[0]`), from which a network is followed up to the others."""
        sequences = self.setting.symbols.sequences
        return [
            int(node.index.value.p)
            for tree in self.trees
            for node in subtrees(tidied(tree))
            if isinstance(node, Index) and isinstance(node.index, Number) and isinstance(node.base, Name)
            if node.base.id in sequences and node.index.value.q == 1
        ]

    @cached_property
    def bent(self) -> bool:
        """Whether anything bends or jumps."""
        return any(
            isinstance(node, Compare | Logic | IfExp)
            or (isinstance(node, Call) and node.function in NOT_SMOOTH)
            or (isinstance(node, Comprehension) and node.kind not in ("sum", "prod"))
            or (isinstance(node, Unary) and node.op == "not")
            for tree in self.trees
            for node in subtrees(tree)
        )

    @cached_property
    def cases(self) -> tuple[IntegerCase, ...]:
        """The cases that differ in a whole number or size which matters here."""
        kept: dict[tuple[tuple[str, int], ...], IntegerCase] = {}
        for case in self.setting.all_cases:
            kept.setdefault(tuple(self.relevant(case).items()), case)
        return tuple(kept.values())

    def relevant(self, case: IntegerCase) -> IntegerCase:
        """The part of a case that matters."""
        return {name: value for name, value in case.items() if name in self.matters}

    def evaluation(self, place: GridPoint, drawn: dict[str, fmpq], loop_steps: int = MAX_LOOP_STEPS) -> Evaluation:
        """Everything at a place; what is drawn is noted."""

        def draw(key: str, domain: Domain) -> arb:
            value = drawn[key] = place.sample.value(key, domain)
            ball: arb = in_balls(value)
            return ball

        return Evaluation(self.compiled, place.case, place.origin, draw, loop_steps)

    def look(self, place: GridPoint, bits: int, loop_steps: int = MAX_LOOP_STEPS) -> PointComparison:
        """Both sides at a place, in balls of this precision; each may take so many steps of loops."""
        with ctx.workprec(bits):
            evaluation = self.evaluation(place, {}, loop_steps)
            finding = PointComparison(place, self.side(evaluation, self.left), self.side(evaluation, self.right), bits)
        self.effort += EFFORT_BY_BITS[min(bits, 4096)] * self.cost
        return finding

    def side(self, evaluation: Evaluation, closure: Closure) -> Value | PointFault:
        """The value of one side, or why there is none."""
        try:
            value = in_balls(evaluation.value(closure))
        except TooLarge as error:
            steps = f"its loops take more than {evaluation.loop_steps} steps"
            return PointFault(steps if evaluation.frame[STEP_BUDGET] < 0 else str(error), limit=True)
        except Undecided as error:
            return PointFault(f"no precision tells {error}")
        except EvaluationError as error:
            return PointFault(str(error), domain=True, step=isinstance(error, OutOfTime))
        except ShapeError as error:
            return PointFault(str(error), shape=True)
        except (RecursionError, MemoryError):
            return PointFault("it is nested too deeply, or its values are too large", limit=True)
        finally:
            self.effort += EFFORT_BY_BITS[min(max(ctx.prec, 64), 4096)] * (
                evaluation.loop_steps - max(evaluation.frame[STEP_BUDGET], 0)
            )
        if not all(entry.is_finite() for entry in entries(value)):
            return PointFault("a number is too large to enclose", limit=True)
        return value

    def places(self) -> Iterator[GridPoint]:
        """All points of all cases, in the order in which they are looked at."""
        literals, bent = dyadic_literals(self.student, self.wanted), bends(self.student, self.wanted)
        for number, case in enumerate(self.cases):
            origin = self.origin(case)
            keys = self.used_keys(GridPoint(case, origin, Sample((fmpq(1),))))
            for sample in samples(keys, literals, first=number == 0):
                yield GridPoint(case, origin, sample)
            if number == 0 and bent:
                for sample in Kinks(self.setting, bent).samples(case, origin, keys):
                    yield GridPoint(case, origin, sample)

    def origin(self, case: IntegerCase) -> int:
        """Up to which step linked sequences are free, from the steps that the formulas ask for."""
        key = tuple(case.values())
        if key not in self.origins:
            self.origins[key] = self.found_origin(case) if self.setting.steps else 0
        return self.origins[key]

    def found_origin(self, case: IntegerCase) -> int:
        """The earliest step that a formula asks for; not so early that the wanted one could no longer be followed."""
        lowest = min(case.values(), default=0)
        wanted = set(self.compiled.gradients.states_needed(self.compiled, case)) if self.compiled.gradients else set()
        reached = set(wanted)
        for seed in range(2):
            evaluation = self.evaluation(GridPoint(case, lowest - 12, Sample((fmpq(1), fmpq(1, 2), fmpq(2)), seed)), {})
            with ctx.workprec(FIRST_BITS):
                self.side(evaluation, self.right)
                wanted |= self.linked_steps(evaluation)
                self.side(evaluation, self.left)
                reached |= self.linked_steps(evaluation)
        earliest = min(min(wanted, default=lowest), max(wanted, default=lowest) - MAX_STEPS_BACK)
        return max(min(reached, default=lowest), earliest) - (len(self.setting.steps) > 1)

    def linked_steps(self, evaluation: Evaluation) -> set[int]:
        """The steps of the network that have been asked for."""
        steps = self.setting.steps
        found: set[int] = set()
        for name, reached in evaluation.reached.items():
            if name in steps:
                found |= reached
            elif name in self.names_in_steps:
                found |= {step - 1 for step in reached}
        return found

    @cached_property
    def names_in_steps(self) -> frozenset[str]:
        return frozenset(_names(self.setting.steps.values()))

    @cached_property
    def names_in_formulas(self) -> frozenset[str]:
        return frozenset(_names([self.student, self.wanted, *(self.backward.values if self.backward else ())]))

    @cached_property
    def names_in_network(self) -> frozenset[str]:
        return frozenset(_names([*self.setting.steps.values(), *self.setting.starts.values()]))

    def both(self, place: GridPoint, drawn: dict[str, fmpq]) -> Evaluation:
        """An evaluation in which both sides have been evaluated."""
        with ctx.workprec(FIRST_BITS):
            evaluation = self.evaluation(place, drawn)
            for closure in (self.right, self.left):
                self.side(evaluation, closure)
        return evaluation

    def used_keys(self, place: GridPoint) -> list[str]:
        """The entries that are drawn at a place and named by a formula or the network."""
        evaluation = self.both(place, {})
        return [key for label in self.used_labels(evaluation) for key in entry_names(label, evaluation.shapes[label])]

    def used_labels(self, evaluation: Evaluation) -> list[str]:
        """The values that were chosen and matter."""
        names = self.names_in_formulas
        if self.backward or any(name in self.setting.steps for name, steps in evaluation.reached.items() if steps):
            names |= self.names_in_network
        plain = self.setting.symbols.quantities
        return [label for label in evaluation.shapes if label not in plain or label in names]

    def point(self, place: GridPoint) -> Point:
        """A place as it is shown."""
        drawn: dict[str, fmpq] = {}
        evaluation = self.both(place, drawn)
        derived = {
            f"{name}[{step}]": show_value(evaluation.timelines[name].known[step], 4)
            for name in self.setting.steps
            for step in sorted(evaluation.reached[name])
            if f"{name}[{step}]" not in evaluation.shapes and step in evaluation.timelines[name].known
        }
        labels = self.used_labels(evaluation)
        names = {label: entry_names(label, evaluation.shapes[label]) for label in labels}
        values = {
            label: bracketed([show_entry(drawn[key]) for key in keys], evaluation.shapes[label])
            for label, keys in names.items()
        }
        entries = {key: drawn[key] for keys in names.values() for key in keys}
        return Point(self.relevant(place.case), values, entries, derived)


def _names(trees: Iterable[Tree]) -> Iterator[str]:
    return (node.id for tree in trees for node in subtrees(tree) if isinstance(node, Name))


def dyadic_literals(*trees: Tree) -> list[fmpq]:
    """Numbers in the formulas (and their negatives) that balls hold exactly: where kinks and steps are likely."""
    found: dict[fmpq, None] = {}
    for tree in trees:
        for node in subtrees(tree):
            if isinstance(node, Number) and abs(node.value) <= 100 and node.value.q & (node.value.q - 1) == 0:
                found.update({node.value: None, -node.value: None})
    return [value for value in found if abs(value) not in (0, 1, 2)][:4]
