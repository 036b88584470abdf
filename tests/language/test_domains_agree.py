"""One tree, several domains: they agree with each other and with an evaluator that is written a second time."""

import contextlib
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from grader.language.arithmetic import EvaluationError, TooLarge
from grader.language.arrays import ShapeError, entries, shape_of, stacked
from grader.language.exact import Exact
from grader.language.floats import Floats
from grader.language.shapes import Shapes
from grader.language.sizes import Size
from grader.language.tree import Compare, Tree, subtrees

from .by_hand import Near, NoValueError, UnclearError, each, exactly, flat, nearly
from .evaluation import evaluate, plain, rational
from .strategies import ENVIRONMENT, FUNCTIONS, SHAPES, careless, dyadics, environments, rationals, sensible

SIZES = {name: Size(shape) for name, shape in ENVIRONMENT.items()}
Environment = Mapping[str, Any]

shaped_trees = st.sampled_from(SHAPES).flatmap(sensible)


def as_lists(value: Any) -> Any:
    return [as_lists(item) for item in value] if isinstance(value, tuple) else value


def exact_value(tree: Tree, environment: Environment) -> Any:
    return evaluate(tree, Exact(), {name: rational(value) for name, value in environment.items()}, FUNCTIONS)[0]


def agrees_with_by_hand(tree: Tree, environment: Environment) -> None:
    try:
        value = exact_value(tree, environment)
    except TooLarge:
        assume(False)
    except (EvaluationError, ShapeError) as error:
        event(f"no value: {type(error).__name__}")
        with pytest.raises(NoValueError):
            exactly(tree, environment, FUNCTIONS)
        return
    assert plain(value) == as_lists(exactly(tree, environment, FUNCTIONS))


def agrees_within_rounding(tree: Tree, environment: Environment) -> None:
    """What has no value, and what a rounded comparison could tip over, is passed over.

    So is equality, which floats do not stretch: a number is not equal to an array of such numbers.
    """
    if any(isinstance(part, Compare) and {"==", "!="} & {*part.ops} for part in subtrees(tree)):
        return
    try:
        wanted = nearly(tree, {name: each(Near, value) for name, value in environment.items()}, FUNCTIONS)
    except (UnclearError, NoValueError):
        return
    event("compared")
    values = {name: in_floats(value) for name, value in environment.items()}
    got = evaluate(tree, Floats(), values, FUNCTIONS)[0]
    for near, entry in zip(flat(wanted), entries(got), strict=True):
        assert abs(Fraction(entry) - near.value) <= near.error


def in_floats(value: Any) -> Any:
    return stacked([in_floats(item) for item in value]) if isinstance(value, tuple) else float(value)


@pytest.mark.long
@given(shaped_trees, environments(rationals))
@settings(max_examples=40, deadline=None)
def test_exact_agrees_with_fractions(tree: Tree, environment: Environment) -> None:
    agrees_with_by_hand(tree, environment)


@pytest.mark.long
@given(shaped_trees, environments(dyadics))
@settings(max_examples=40, deadline=None)
def test_floats_agree_within_rounding(tree: Tree, environment: Environment) -> None:
    """The bound is worked out operation by operation; where no operation rounds, it is zero and ties are decided."""
    agrees_within_rounding(tree, environment)


@pytest.mark.long
@given(st.sampled_from(SHAPES), st.data())
@settings(max_examples=40, deadline=None)
def test_shapes_of_sensible_trees_are_foreseen(shape: tuple[int, ...], data: st.DataObject) -> None:
    shape_is_foreseen(shape, data)


def shape_is_foreseen(shape: tuple[int, ...], data: st.DataObject) -> None:
    tree = data.draw(sensible(shape))
    assert evaluate(tree, Shapes(), SIZES, FUNCTIONS)[0].shape == shape
    with contextlib.suppress(EvaluationError, ShapeError):  # division by zero, or an index that a loop drives too far
        assert shape_of(exact_value(tree, data.draw(environments(rationals)))) == shape


@pytest.mark.long
@given(careless, environments(rationals))
@settings(max_examples=40, deadline=None)
def test_errors_of_shape_are_foreseen(tree: Tree, environment: Environment) -> None:
    errors_are_foreseen(tree, environment)


def errors_are_foreseen(tree: Tree, environment: Environment) -> None:
    """What the dry run lets through has the shape that it says; where exact sizes do not fit, it has said so."""
    try:
        foreseen = evaluate(tree, Shapes(), SIZES, FUNCTIONS)[0].shape
    except ShapeError:
        event("refused")
        return
    with contextlib.suppress(EvaluationError):
        assert shape_of(exact_value(tree, environment)) == foreseen


@pytest.mark.slow
@given(shaped_trees, environments(rationals), environments(dyadics))
@settings(max_examples=5_000, deadline=None)
def test_domains_agree_at_length(tree: Tree, environment: Environment, dyadic: Environment) -> None:
    agrees_with_by_hand(tree, environment)
    agrees_within_rounding(tree, dyadic)


@pytest.mark.slow
@given(st.sampled_from(SHAPES), st.data(), careless, environments(rationals))
@settings(max_examples=2_000, deadline=None)
def test_shapes_are_foreseen_at_length(
    shape: tuple[int, ...], data: st.DataObject, tree: Tree, environment: Environment
) -> None:
    shape_is_foreseen(shape, data)
    errors_are_foreseen(tree, environment)
