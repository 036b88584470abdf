"""Names, functions and loops in compile: what is in sight where, what is worked out when, and what is refused."""

import re
from typing import Any

import pytest
from flint import fmpq

from grader.language import limits
from grader.language.arithmetic import STEP_BUDGET, Frame, MissingValue
from grader.language.compile import compile_tree
from grader.language.exact import Exact
from grader.language.parse import ExpressionError, parse
from grader.language.scope import Scope, time_lag

from .evaluation import Definitions, exact, functions, rational

PHI: Definitions = {"phi": ("z", "1 if z >= 1/2 else 0")}


def sequence_scope(slots: dict[int, int] | None = None, defined: Definitions | None = None) -> Scope:
    """`t`, and a sequence `h` whose lags have slots."""
    scope = Scope(functions=functions(defined or {}))
    scope.names["t"] = scope.new_slot()
    scope.sequences["h"] = {0: scope.new_slot(), 1: scope.new_slot()} if slots is None else slots
    return scope


def at_step(text: str, t: int, now: Any, before: Any, defined: Definitions | None = None, **options: bool) -> Any:
    """The value where `h[t]` and `h[t-1]` are the values given."""
    scope = sequence_scope(defined=defined)
    closure = compile_tree(parse(text), scope, Exact(), **options)
    frame: Frame = [None] * scope.new_slot()
    frame[STEP_BUDGET] = limits.MAX_ITERATIONS
    frame[scope.names["t"]] = rational(t)
    for lag, value in enumerate((now, before)):
        frame[scope.sequences["h"][lag]] = value if isinstance(value, MissingValue) else rational(value)
    return closure(frame)


def refused(text: str, defined: Definitions | None = None, scope: Scope | None = None) -> ExpressionError:
    """The error of compiling."""
    scope = scope or sequence_scope(defined=defined)
    with pytest.raises(ExpressionError) as caught:
        compile_tree(parse(text), scope, Exact())
    return caught.value


# what is in sight


def test_nested_calls_of_one_function_do_not_share_a_slot() -> None:
    """With one slot for z, the inner calls would overwrite the outer argument."""
    defined = {"f": ("z", "10*z + 1")}
    assert exact("f(f(x) + f(y))", defined, x=1, y=2) == 10 * (11 + 21) + 1
    assert exact("phi(phi(x) + phi(y))", PHI, x=0, y=1) == 1


def test_arguments_are_worked_out_before_any_of_them_is_bound() -> None:
    defined = {"f": ("a b", "100*a + b")}
    assert exact("f(f(1, 2), f(3, 4))", defined) == 100 * 102 + 304


def test_a_functions_parameter_hides_a_name_of_the_spec() -> None:
    assert exact("f(1) + x", {"f": ("x", "x + y")}, x=10, y=100) == 111


def test_a_functions_body_sees_the_names_of_the_spec() -> None:
    assert exact("f(1)", {"f": ("z", "z + x")}, x=5) == 6


def test_a_functions_body_does_not_see_its_callers_parameters() -> None:
    """`a` in g is the spec's, whoever calls g."""
    defined = {"f": ("a", "g(2)"), "g": ("b", "a + b")}
    assert exact("f(1)", defined, a=10) == 12
    assert refused("f(1)", defined).message == "in g: 'a' is not defined here (b, t and h can be used)"


def test_a_functions_body_does_not_see_its_callers_loop_variables() -> None:
    defined = {"f": ("z", "z + i")}
    assert exact("sum(f(0) for i in range(3))", defined, i=7) == 21
    assert refused("sum(f(0) for i in range(3))", defined).at == 4


def test_a_loop_variable_hides_a_name_inside_the_loop_alone() -> None:
    assert exact("sum(x for x in range(4)) + x", x=10) == 16


def test_the_bounds_of_a_loop_are_outside_it() -> None:
    assert exact("sum(1 for x in range(x))", x=3) == 3


def test_nested_loops_over_one_variable() -> None:
    assert exact("sum(sum(i for i in range(3)) + i for i in range(2))") == 3 + 4


def test_a_loop_variable_is_passed_to_a_function_that_loops_over_the_same_name() -> None:
    assert exact("sum(f(i) for i in range(4))", {"f": ("n", "sum(i for i in range(n))")}) == 0 + 0 + 1 + 3


def test_functions_take_vectors_and_matrices() -> None:
    defined = {"affine": ("W x b", "W @ x + b"), "swap": ("v", "[v[1], v[0]]")}
    assert exact("affine([[1, 2], [3, 4]], swap(v), 1)", defined, v=[1, 2]) == [5, 11]


def test_a_function_without_parameters() -> None:
    assert exact("two() + two()", {"two": ("", "2")}) == 4


def test_a_spec_may_redefine_a_built_in() -> None:
    assert exact("step(1)", {"step": ("z", "7")}) == 7


# the step


def test_a_sequence_by_itself_is_the_present_step() -> None:
    assert at_step("10*h + h[t] + h[t-1] + h[t-0] + h[t+0]", 2, 1, 5) == 10 + 1 + 5 + 1 + 1


@pytest.mark.parametrize(
    ("index", "lag"), [("t", 0), ("t-3", 3), ("t+2", -2), ("t - 1.0", 1), ("t-1/2", None), ("1+t", None), ("0", None)]
)
def test_time_lags(index: str, lag: int | None) -> None:
    assert time_lag(parse(index)) == lag


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        ("1 + h[t+1]", "h[t+1] lies in the future: a step may use t, t-1, t-2, ...", 4),
        ("1 + h[t-2]", "h[t-2] is not kept here", 4),
        ("1 + h[0]", "h is indexed by the step: h[t], h[t-1], ...", 6),
        ("h[t*2]", "h is indexed by the step: h[t], h[t-1], ...", 2),
        ("h[t-1/2]", "h is indexed by the step: h[t], h[t-1], ...", 2),
        ("sum(h[t-1] for t in range(3))", "h is indexed by the step: h[t], h[t-1], ...", 6),
    ],
)
def test_steps_that_are_refused(text: str, message: str, at: int) -> None:
    error = refused(text)
    assert (error.message, error.at) == (message, at)


def test_the_present_step_may_not_be_known_yet() -> None:
    error = refused("h + 1", scope=sequence_scope({1: 9}))
    assert (error.message, error.at) == ("h[t] is not known at this point: write h[t-1]", 0)


def test_a_parameter_hides_a_sequence() -> None:
    assert at_step("f([5, 6])", 1, 0, 0, {"f": ("h", "h[1]")}) == 6


# what is worked out when


def test_a_choice_touches_one_branch_alone() -> None:
    missing = MissingValue("h[0]")
    assert at_step("h[t-1] + 1 if t > 1 else 0", 1, 0, missing, locate=True) == 0
    assert exact("1/x if x else 0", x=0) == 0
    assert exact("2 if 1 else 1/0") == 2


def test_and_and_or_stop_early() -> None:
    assert exact("x != 0 and 1/x > 2", x=0) == 0
    assert exact("x == 0 or 1/x > 2", x=0) == 1
    assert exact("0 and 1/0 and 2") == 0
    assert exact("0 or 3 or 1/0") == 1


def test_vectors_are_chosen_entry_by_entry() -> None:
    assert exact("v if v > 0 else -1", v=[3, -3, 0]) == [3, -1, -1]
    assert exact("v if x else w", v=[1, 2], w=[3, 4], x=0) == [3, 4]
    assert exact("phi(v)", PHI, v=[0, "1/2", 1]) == [0, 1, 1]
    assert exact("M if M > 2 else M.T", M=[[1, 2], [3, 4]]) == [[1, 3], [3, 4]]


# what is refused


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        ("1 + q", "'q' is not defined here (t and h can be used)", 4),
        ("1 + H", "'H' is not defined here (did you mean 'h'?)", 4),
        ("1 + phi", "'phi' is a function: write phi(...)", 4),
        ("1 + sigmoid", "'sigmoid' is a function: write sigmoid(...)", 4),
        ("1 + ph(1)", "'ph' is not a function here (did you mean 'phi'?)", 4),
        ("1 + h(t)", "'h' is not a function here", 4),
        ("1 + abs()", "abs takes 1 argument, not 0", 4),
        ("1 + abs(1, 2)", "abs takes 1 argument, not 2", 4),
        ("1 + dot(1)", "dot takes 2 arguments, not 1", 4),
        ("1 + max()", "max takes at least 1 argument, not 0", 4),
        ("1 + phi(1, 2)", "phi(z) takes 1, not 2", 4),
        ("1 + pair(1)", "pair(a, b) takes 2, not 1", 4),
        ("1 + loop(1)", "in loop: 'loop' calls itself, which a function may not", 4),
        ("1 + ping(1)", "in pong: 'ping' calls itself, which a function may not", 4),
        ("1 + wrong(1)", "in wrong: 'zz' is not defined here (did you mean 'z'?)", 4),
        ("1 + outer_wrong(1)", "in wrong: 'zz' is not defined here (did you mean 'z'?)", 4),
    ],
)
def test_names_that_are_refused(text: str, message: str, at: int) -> None:
    defined = {
        **PHI,
        "pair": ("a b", "a + b"),
        "loop": ("z", "loop(z)"),
        "ping": ("z", "pong(z)"),
        "pong": ("z", "ping(z)"),
        "wrong": ("z", "          z + zz"),
        "outer_wrong": ("z", "     wrong(z)"),
    }
    error = refused(text, defined)
    assert error.message.startswith(message)
    assert error.at == at


def test_nothing_can_be_used_where_nothing_is_defined() -> None:
    assert refused("q", scope=Scope()).message == "'q' is not defined here (nothing can be used)"


def test_recursion_is_refused_even_in_a_branch_that_is_never_taken() -> None:
    assert "calls itself" in refused("f(0)", {"f": ("z", "0 if 1 else f(z)")}).message


def test_one_function_twice_in_an_argument_is_no_recursion() -> None:
    assert exact("f(f(f(1)))", {"f": ("z", "z + 1")}) == 4


# errors of evaluation with their place


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        ("1 + 1/(t - 1)", "1 is divided by zero", 4),
        ("1 + [1, 2][t + 1]", "index 2 is outside a vector of 2 (0 to 1)", 4),
        ("t + ([1, 2] + [1, 2, 3])", "a vector of 2 does not fit a vector of 3", 5),
        ("1 + inverse(t - 1)", "1 is divided by zero", 4),
        ("1 + twice(t - 1)", "1 is divided by zero", 4),
        ("1 + h[t-1]", "h[0] is needed but has no initial value", 4),
        ("2*h[t-1] if t == 1 else 0", "h[0] is needed but has no initial value", 2),
    ],
)
def test_errors_point_into_the_text_of_the_expression(text: str, message: str, at: int) -> None:
    """Also those that happen in the body of a function: the call is what the reader sees."""
    defined = {"inverse": ("z", "          1/z"), "twice": ("z", "     inverse(z) + inverse(z)")}
    with pytest.raises(ExpressionError, match=f"^{re.escape(message)}$") as caught:
        at_step(text, 1, 0, MissingValue("h[0]"), defined, locate=True)
    assert caught.value.at == at


def test_values_are_the_same_with_and_without_places() -> None:
    text = "sum(phi(h[t-1]*i) for i in range(t)) + [1, 2][0]"
    assert at_step(text, 3, 0, 1, PHI, locate=True) == at_step(text, 3, 0, 1, PHI) == fmpq(3)
