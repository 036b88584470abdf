"""What is right against the reference of a course, which gives random values and the right number for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any

from flint import arb, ctx

from grader.errors import GraderError, SpecError
from grader.formulas import WantedFormula
from grader.formulas.comparison import Comparison
from grader.formulas.evaluation import Evaluation, entry_names
from grader.kinds.finding import Finding
from grader.kinds.formula.question import FormulaQuestion
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import ShapeError, Value, describe, entries, shape_of
from grader.spec.course import load_reference

if TYPE_CHECKING:
    from grader.notation.symbols import Domain

REFERENCE_SAMPLES = 40
REFERENCE_TOLERANCE = 1e-5
"""How far a formula may be from the central difference of a reference, relatively and absolutely."""

VALUE_BITS = 128
"""Bits at which what is right is worked out at the values of a reference, which are floats."""


class _Unusable(Exception):
    """Values of a reference that do not belong to the question."""


def check_reference(question: FormulaQuestion) -> Finding:
    """Whether what is right agrees with the reference at random values.

    A reference takes a random generator and gives values by name (numbers, arrays; of a sequence a list or an array
    with one row a step, from step 0 on, or a dictionary by step) and the right number, vector or matrix.
    """
    if not isinstance(question.engine, WantedFormula):
        return Finding(question.id, "warn", f"{question.reference} is not compared: what is right is sealed")
    try:
        worst = _worst(question, question.engine)
    except (GraderError, EvaluationError, ShapeError, _Unusable) as error:
        return Finding(question.id, "fail", f"{question.reference} fails: {error}")
    except Exception as error:  # the reference is the course's own code: whatever it raises is a finding
        return Finding(question.id, "fail", f"{question.reference} fails: {type(error).__name__}: {error}")
    if worst > REFERENCE_TOLERANCE:
        return Finding(question.id, "fail", f"{question.reference} differs from what is right, by up to {worst:.2g}")
    return Finding(question.id, "ok", f"{question.reference} agrees at {REFERENCE_SAMPLES} random points")


def _worst(question: FormulaQuestion, engine: WantedFormula) -> float:
    """The largest difference between the formula and the reference, relative to values above 1."""
    import numpy as np

    module, _, name = question.reference.rpartition(".")
    sample = getattr(load_reference(module, question.path), name, None)
    if not callable(sample):
        raise SpecError(f"{module} defines no function {name!r}")
    comparison = Comparison(engine.setting, engine.wanted, engine.wanted, engine.backward)
    worst = 0.0
    for seed in range(REFERENCE_SAMPLES):
        values, wanted = sample(np.random.default_rng(seed))
        if repr(sample(np.random.default_rng(seed))) != repr((values, wanted)):
            raise _Unusable("it gives different values for the same seed; it must draw from its generator alone")
        where = f"at point {seed + 1} of {REFERENCE_SAMPLES}"
        given, right = _Given(engine, values), np.asarray(wanted, dtype=float)
        try:
            found = _value(comparison, given)
        except EvaluationError as error:
            raise _Unusable(f"what is right has no value {where}: {error}") from None
        if shape_of(found) != right.shape:
            gives = f"gives {describe(right.shape)}, and what is right is {describe(shape_of(found))}"
            raise _Unusable(f"it {gives}")
        for ball, other in zip(entries(found), map(float, right.ravel()), strict=True):
            one = float(ball.mid())
            for whose, value in (("it gives", other), ("what is right is", one)):
                if not isfinite(value):  # a comparison with NaN is false, so that it would count as agreeing
                    raise _Unusable(f"{whose} {value} {where}, where a finite number is wanted")
            if float(ball.rad()) > REFERENCE_TOLERANCE * max(1.0, abs(other)):
                raise _Unusable(f"what is right cannot be told exactly enough {where}")
            worst = max(worst, abs(one - other) / max(1.0, abs(other)))
    return worst


class _Given:
    """The values of a reference by the names of their entries: `W[0, 1]`, `h[2]`, `h[2][0]`."""

    def __init__(self, engine: WantedFormula, values: Mapping[str, Any]) -> None:
        import numpy as np

        symbols = engine.setting.symbols
        self.case: dict[str, int] = {name: int(values[name]) for name in symbols.integers}
        self.numbers: dict[str, float] = {}
        for name, value in values.items():
            if name in symbols.sequences:
                shape = symbols.sequences[name].shape
                steps = value.items() if isinstance(value, Mapping) else enumerate(value)
                arrays = {f"{name}[{step}]": np.asarray(row, dtype=float) for step, row in steps}
            elif name in symbols.quantities:
                shape, arrays = symbols.quantities[name].shape, {name: np.asarray(value, dtype=float)}
            else:
                continue
            for label, array in arrays.items():
                self.add(name, shape, label, array)
        for size in symbols.sizes:
            if size not in self.case:
                raise _Unusable(f"its values do not say the size {size}")

    def add(self, name: str, shape: tuple[str | int, ...], label: str, array: Any) -> None:
        """Notes the entries of a value, and the sizes that its shape fixes."""
        if array.ndim != len(shape):
            raise _Unusable(f"{name} is {describe(array.shape)}, and the question wants another shape")
        for size, found in zip(shape, array.shape, strict=True):
            if self.case.setdefault(size, found) != found if isinstance(size, str) else size != found:
                raise _Unusable(f"{name} is {describe(array.shape)}, which does not fit the sizes of the others")
        flat = [float(number) for number in array.ravel()]
        self.numbers.update(zip(entry_names(label, array.shape), flat, strict=True))

    def draw(self, key: str, domain: Domain) -> Value:
        """The value of an entry."""
        if key not in self.numbers:
            raise _Unusable(f"it gives no value of {key}")
        return arb(self.numbers[key])


def _value(comparison: Comparison, given: _Given) -> Value:
    """What is right at the values of a reference; states follow from those that it gives."""
    with ctx.workprec(VALUE_BITS):
        case = {name: given.case[name] for name in comparison.setting.symbols.whole}
        fault: Exception | None = None
        for origin in _origins(comparison, case):
            try:
                return Evaluation(comparison.compiled, case, origin, given.draw).value(comparison.right)
            except _Unusable as error:
                fault = fault or error
        raise fault or _Unusable("it gives no values")


def _origins(comparison: Comparison, case: Mapping[str, int]) -> Iterator[int]:
    """Up to which step states are taken as they are given: as few as can be, all where the first ones are missing."""
    first = comparison.origin(case)
    yield from range(first, max([*case.values(), first]) + 1)
