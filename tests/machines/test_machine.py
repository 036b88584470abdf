"""Single machines: what they remember, what has no value, what the order of writing may not change."""

from itertools import accumulate

import pytest
from flint import fmpq

from grader.language.arithmetic import EvaluationError, Inexact, TooLarge
from grader.language.arrays import Array
from grader.language.doubles import DOUBLES
from grader.language.parse import parse
from grader.machines.alphabet import BIT_DOMAIN, Alphabet, Channel, FiniteAlphabet
from grader.machines.layout import OutputPredicate, StepExpression
from grader.machines.machine import EquationMachine, FunctionMachine, Undefined, state_key
from grader.machines.program import Program

ONE, ZERO = (fmpq(1),), (fmpq(0),)


def outputs(machine, bits):
    return [step.output for step in machine.run([(fmpq(int(b)),) for b in bits])]


def test_a_latch(machine):
    latch = machine({"h": "1 if h[t-1] + x[t] - 1.5 >= 0.5 else 0"}, "h", initial={"h": "1"})
    assert outputs(latch, "1111010000") == list(map(int, "1111000000"))


def test_equations_may_be_written_in_any_order(machine):
    chain = {"c": "b + 1", "a": "x[t]", "b": "2 * a[t]"}
    assert outputs(machine(chain, "c"), "10") == [3, 1]


@pytest.mark.parametrize(
    ("initial", "wanted"),
    [
        ({"h": "1"}, [2, 3, 5, 8]),
        ({"h[0]": "1", "h[-1]": "0"}, [1, 2, 3, 5]),
        ({"h[0]": "0", "h": "1"}, [1, 1, 2, 3]),
        ({"h[-1]": "0", "h": "3"}, [3, 6, 9, 15]),
    ],
)
def test_two_steps_back(machine, initial, wanted):
    """Fibonacci: the first step adds h at times 0 and -1; a plain `h` holds wherever no time is given."""
    assert outputs(machine({"h": "h[t-1] + h[t-2]"}, "h", initial=initial), "0000") == wanted


def test_a_past_that_does_not_exist_yet_is_not_asked_for(machine):
    """`y[t-2]` has no value at the first two steps, and the state carries that without a fault."""
    late = machine({"y": "y[t-2] if t > 2 else x[t]"}, "y")
    assert outputs(late, "100000") == [1, 0, 1, 0, 1, 0]
    shy = machine({"y": "t > 1 and y[t-1] or x[t]"}, "y")
    assert outputs(shy, "0100") == [0, 1, 1, 1]


def test_the_past_of_an_input(machine):
    assert outputs(machine({"y": "x[t-1] + 2 * x[t-2]"}, "y", initial={"x": "0"}), "1010") == [0, 1, 2, 1]


def test_several_inputs_and_vectors(machine):
    alphabet = Alphabet({"a": Channel(BIT_DOMAIN), "b": Channel(BIT_DOMAIN, (2,))})
    sums = machine({"h": "a[t] * b[t] + h[t-1]"}, "h[t][0] - 10*h[t][1]", initial={"h": "[0, 0]"}, alphabet=alphabet)
    word = alphabet.read_word("(1,0,1) (0,1,1) (1,1,1)")
    assert [step.output for step in sums.run(word)] == [-10, -10, 1 - 20]


def test_what_has_no_value_is_undefined_from_there_on(machine):
    inverse = machine({"h": "h[t-1] + x[t]", "y": "1 / (h - 1)"}, "y", initial={"h": "0"})
    first, second, third = outputs(inverse, "011")
    assert first == -1
    assert second == third == Undefined("1 is divided by zero")
    assert str(second) == "undefined"


def test_a_start_that_has_no_value_is_undefined_too(machine):
    start = machine({"h": "h[t-1]"}, "h", initial={"h": "1 / a"}, parameters={"a": ()}, values={"a": fmpq(0)})
    assert outputs(start, "01") == [Undefined("1 is divided by zero")] * 2


def test_a_substitution_that_has_no_value_is_undefined_too(machine):
    start = machine({"y": "a"}, "y", parameters={"a": ()}, values={"a": fmpq(0)}, replaced={"a": "1 / a"})
    assert outputs(start, "01") == [Undefined("1 is divided by zero")] * 2


def test_substitutions_all_read_the_weights_as_they_were_handed_in(machine):
    swapped = machine(
        {"y": "a - 10*b"},
        "y",
        parameters={"a": (), "b": ()},
        values={"a": fmpq(1), "b": fmpq(2)},
        replaced={"a": "b", "b": "a"},
    )
    assert outputs(swapped, "0") == [2 - 10 * 1]


def test_an_irrational_value_is_no_undefined_output_but_a_refusal(machine):
    root = machine({"y": "sqrt(x[t] + 1)"}, "y")
    assert outputs(root, "0") == [1]
    with pytest.raises(Inexact, match=r"^sqrt\(2\) is not a rational number$"):
        root.run([ONE])


def test_a_start_beyond_the_limits_is_a_refusal(machine):
    with pytest.raises(TooLarge, match="is too large a power"):
        machine({"h": "h[t-1]"}, "h", initial={"h": "a ** 100"}, parameters={"a": ()}, values={"a": fmpq(10) ** 300})
    assert issubclass(TooLarge, EvaluationError)


def test_equal_states_have_equal_keys_whatever_way_they_were_reached(machine):
    third = machine({"h": "h[t-1] + x[t] / 3 - (1 if h[t-1] + x[t] / 3 >= 1 else 0)"}, "h", initial={"h": "0"})
    assert third.states == 1
    states = {third.edge(0, 0).target, third.edge(third.edge(third.edge(0, 1).target, 1).target, 1).target}
    assert states == {0}
    assert state_key((1, fmpq(2, 4))) == state_key((1, fmpq(1, 2)))
    assert state_key((1, fmpq(1, 2))) != state_key((1, fmpq(2)))


def test_each_edge_is_worked_out_once():
    calls = []

    def step(state, symbol):
        calls.append((state, symbol))
        return state, state

    still = FunctionMachine("only", step, FiniteAlphabet((ZERO, ONE)))
    assert still.edge(0, 1) is still.edge(0, 1)
    assert calls == [("only", ONE)]


def test_distances_to_thresholds(machine):
    """Of every order comparison that weights or quantities take part in; not of equalities, nor of inputs alone."""
    unit = machine(
        {"h": "phi(w*x[t] - 0.5)", "y": "step(h - 0.25) + (x[t] < 2) + (h == 1)"},
        "y",
        functions={"phi(z)": "1 if z >= 1 else 0"},
        parameters={"w": ()},
        values={"w": fmpq(2)},
    )
    assert unit.thresholds(0, 1) == [("h", fmpq(1, 2)), ("y", fmpq(3, 4))]
    assert unit.thresholds(0, 0) == [("h", fmpq(-3, 2)), ("y", fmpq(-1, 4))]


def test_an_undefined_state_has_no_thresholds_and_remembers_nothing(machine):
    inverse = machine({"h": "1 / x[t] + 0 * h[t-1]"}, "h", initial={"h": "0"})
    lost = inverse.edge(0, 0).target
    assert inverse.thresholds(lost, 0) == []
    assert inverse.state_values(lost) == {}
    assert inverse.state_values(0) == {"h[t-1]": 0}


@pytest.mark.parametrize(
    "made", [lambda number: number, lambda number: Array((2,), [1.0, number])], ids=["a number", "an array"]
)
def test_states_of_doubles_are_one_where_all_their_doubles_are_equal(made):
    def key(number, **how):
        return state_key((1, made(number)), **how)

    assert key(1.5) == key(1.5) != key(1.5000000000000002)
    assert key(float("inf")) != key(float("-inf"))
    assert key(float("nan")) == key(-float("nan")) != key(0.0)
    assert key(0.0) == key(-0.0)
    assert key(0.0, tells_zeros=True) != key(-0.0, tells_zeros=True)
    assert key(1.5, tells_zeros=True) == key(1.5)


def test_a_program_over_another_arithmetic_is_compiled_once(machine):
    """In float64, ten times 0.1 is not 1; the exact program stays what it was."""
    exact = machine({"s": "s[t-1] + 1/10"}, "s", initial={"s": "0"}).program
    rounded = exact.over(DOUBLES)
    assert rounded is exact.over(DOUBLES)
    assert outputs(EquationMachine(exact, {}), "0" * 10)[-1] == 1
    *_, added = accumulate([0.1] * 10)  # `sum` rounds once, from Python 3.12 on
    assert float(outputs(EquationMachine(rounded, {}), "0" * 10)[-1]) == added != 1


def test_a_program_over_another_arithmetic_keeps_its_expressions_and_predicate(system):
    """What a rubric line and `accept` ask for is worked out in the other arithmetic, too."""
    built = system({"s": "s[t-1] + 1/10"}, "s", initial={"s": "0"})
    when = StepExpression(("checks", 0, "when"), parse("s[t] == 3/10"))
    accept = OutputPredicate(("accept",), parse("y == 3/10"), {"y": ()})
    met = {}
    for program in (exact := Program(built, [when], accept), exact.over(DOUBLES)):
        steps = EquationMachine(program, {}, keep_frames=True).run([ZERO] * 3)
        last = steps[-1]
        met[program.in_doubles] = bool(last.expressions[0]), bool(program.evaluate_accept(last.frame, [last.output]))
    assert met == {False: (True, True), True: (False, False)}
