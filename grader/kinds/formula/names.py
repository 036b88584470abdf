"""The names of a formula question, from its YAML: quantities, sequences, whole numbers, short names."""

from __future__ import annotations

from collections.abc import Mapping

from flint import fmpq

from grader import formulas
from grader.documents import FieldError, ScalarNode
from grader.errors import SourceLocation, did_you_mean, listed
from grader.formulas.whole_numbers import whole_number
from grader.kinds.formula.models import FormulaModel, FormulaNetworkModel, QuantityModel
from grader.language.arithmetic import EvaluationError
from grader.language.build import ZERO
from grader.language.parse import ExpressionError
from grader.language.scope import Function
from grader.language.tree import Binary, Name, Number, Tree, names_in
from grader.notation.characters import word_of
from grader.spec.fields import TIMED_NAME


def read_symbols(model: FormulaModel, functions: Mapping[str, Function]) -> formulas.Symbols:
    """The names of a question.

    Raises:
        FieldError: for a name that is declared twice or that no formula can be written with, for a range that names
            what is no whole number, and for short names that go round in a circle.
    """
    _check_names(model)
    quantities = {str(name): quantity for name, quantity in model.symbols.items() if not quantity.whole}
    sequences = {str(name): quantity for name, quantity in model.sequences.items()}
    whole = {str(name): quantity for name, quantity in model.symbols.items() if quantity.whole}
    for timed, quantity in model.sequences.items():
        if quantity.between or quantity.columns or quantity.hot:
            raise FieldError(f"sequences.{timed}: {_never_timed(quantity)}", timed.place)
    ranges: dict[str, tuple[Tree, Tree]] = {n: q.between for n, q in whole.items() if q.between is not None}
    hidden: dict[str, tuple[Tree, Tree]] = {}
    for name, quantity in {**quantities, **sequences}.items():
        if quantity.hot is None:
            continue
        if quantity.hot and quantity.hot not in whole:
            known = did_you_mean(quantity.hot, whole) or ' (write {o: "integer(0..V-1)"} for an index)'
            raise FieldError(f"{name}: {quantity.hot!r} is not an integer of `symbols`{known}", quantity.place)
        if not quantity.hot:
            hidden[index_name(name)] = (ZERO, _last_index(quantity.shape[0]))
    symbols = formulas.Symbols(
        quantities={n: formulas.Quantity(q.shape, q.domain, _hot(n, q), q.columns) for n, q in quantities.items()},
        sequences={n: formulas.SequenceSymbol(q.shape, q.domain, hot=_hot(n, q)) for n, q in sequences.items()},
        integers=tuple(whole),
        aliases={str(n): alias.tree for n, alias in model.aliases.items()},
        functions=functions,
        ranges={**ranges, **hidden},
        hidden=tuple(hidden),
    )
    _check_ranges(symbols, whole)
    _check_aliases(model)
    return symbols


def _check_names(model: FormulaModel) -> None:
    """Whether each name is declared once, in one spelling, and is read as itself where it is written in a formula."""
    declared: dict[str, str] = {}
    for block in ("symbols", "sequences", "aliases"):
        for name in getattr(model, block):
            if not _is_read_as_itself(str(name)):
                advice = "take letters, digits and _, as W, w_hh or yhat"
                raise FieldError(f"{block}.{name}: no formula can be written with this name: {advice}", name.place)
            if (first := declared.setdefault(word_of(name), f"{block}.{name}")) != f"{block}.{name}":
                raise FieldError(f"{block}.{name}: is the same name as {first}: leave one out", name.place)


def _is_read_as_itself(name: str) -> bool:
    alone = formulas.Symbols({name: formulas.Quantity(())})
    try:
        return formulas.read_formula(ScalarNode(name, SourceLocation("")), alone).tree == Name(name)
    except ExpressionError:
        return False


def initial_values(network: FormulaNetworkModel) -> dict[str, Tree]:
    """The values of states at step 0, written `h: 1` or `h[0]: 1`.

    Raises:
        FieldError: for another step, for what has no equation, and for a state that is given twice.
    """
    found: dict[str, Tree] = {}
    states = list(map(str, network.equations))
    for name, value in network.initial.items():
        timed = TIMED_NAME.fullmatch(name)
        state = timed[1] if timed else str(name)
        if timed and timed[2] != "0":
            message = f"network.initial.{name}: a network begins at step 0: write {state}[0], and no step before it"
            raise FieldError(message, name.place)
        if state not in states:
            has = did_you_mean(state, states) or f" ({listed(states)} can have one)"
            raise FieldError(f"network.initial.{name}: {state!r} has no equation, so no initial value{has}", name.place)
        if state in found:
            raise FieldError(f"network.initial.{name}: {state} has its value at step 0 already", name.place)
        found[state] = value.tree
    return found


def index_name(vector: str) -> str:
    """The whole number that says which entry of a one-hot vector is 1; no formula can write it."""
    return f"index of {vector}"


def _hot(name: str, quantity: QuantityModel) -> str:
    return "" if quantity.hot is None else quantity.hot or index_name(name)


def _last_index(size: str | int) -> Tree:
    return Number(fmpq(size - 1)) if isinstance(size, int) else Binary("-", Name(size), Number(fmpq(1)))


def _never_timed(quantity: QuantityModel) -> str:
    if quantity.between:
        return "a range is for an integer of `symbols`; a sequence of whole numbers is {shape: scalar, in: integer}"
    if quantity.columns:
        return "layout: is for matrices of `symbols`"
    return "a sequence of one-hot vectors is written {shape: [V], in: onehot}"


def _check_ranges(symbols: formulas.Symbols, whole: Mapping[str, QuantityModel]) -> None:
    """Whether every range speaks of sizes and of whole numbers before it, and is not empty for all of them."""
    known = {*symbols.sizes, *(name for name in symbols.integers if name not in symbols.ranges)}
    for name, quantity in whole.items():
        if quantity.between is None:
            continue
        for other in (part for bound in quantity.between for part in names_in(bound)):
            if other not in known:
                advice = did_you_mean(other, known) or f" ({listed(sorted(known)) or 'numbers'} can stand here)"
                raise FieldError(f"symbols.{name}: {other!r} is no size or whole number{advice}", quantity.place)
        known.add(name)
    try:
        found = formulas.usual_cases(symbols)
    except EvaluationError as error:
        place = next((q.place for q in whole.values() if q.between), SourceLocation(""))
        raise FieldError(f"symbols: a range of an integer is between whole numbers: {error}", place) from None
    if not found and symbols.ranges:
        place = next((q.place for q in whole.values() if q.between), SourceLocation(""))
        raise FieldError("symbols: the range of an integer is empty: write the smaller number first", place)


def _check_aliases(model: FormulaModel) -> None:
    """Whether no short name stands for itself, by way of others or at once."""
    meanings = {str(name): set(names_in(alias.tree)) for name, alias in model.aliases.items()}
    for name in model.aliases:
        reached, waiting = set[str](), [str(name)]
        while waiting:
            new = (meanings[waiting.pop()] & meanings.keys()) - reached
            reached |= new
            waiting += new
        if str(name) in reached:
            raise FieldError(f"aliases.{name}: it stands for itself: write out what it means", name.place)


def check_case(
    symbols: formulas.Symbols, case: Mapping[ScalarNode, int], place: SourceLocation
) -> formulas.IntegerCase:
    """Values for all of the whole numbers, each in its range.

    Raises:
        FieldError: where one is missing, unknown, or out of its range.
    """
    given = set(map(str, case))
    wanted = [name for name in symbols.whole if name not in symbols.hidden or name in given]
    if set(map(str, case)) != set(wanted):
        raise FieldError(f"cases: each gives {listed(wanted) or 'nothing'}, not {listed(case) or 'nothing'}", place)
    found = {**dict.fromkeys(symbols.hidden, 0), **{str(name): value for name, value in case.items()}}
    for name, value in case.items():
        low, high = 1, None
        if str(name) in symbols.ranges:
            low, high = (whole_number(bound, found) for bound in symbols.ranges[str(name)])
        if value < low or (high is not None and value > high):
            between = f"from {low} on" if high is None else f"from {low} to {high}"
            raise FieldError(f"cases: {name} is {between} here, not {value}", name.place)
    return found
