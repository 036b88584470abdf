"""Equations that rest on the inputs of a step alone are worked out once for each input, and come to the same."""

import random

import pytest
from flint import fmpq

from grader.engines.weight_forms import AFFINE_ARITHMETIC
from grader.language import limits
from grader.language.doubles import DOUBLES
from grader.language.parse import parse
from grader.language.scope import Function
from grader.machines.alphabet import BIT_DOMAIN, Alphabet, Channel
from grader.machines.machine import EquationMachine, Undefined
from grader.machines.program import EXACT_ARITHMETIC, Program
from grader.machines.system import Parameter, System

TWO_BITS = Alphabet({"x": Channel(BIT_DOMAIN, (2,))})
PHI = Function(("z",), parse("1 if z > 0 else 0"))


def system_of(equations, functions=None, initial=None):
    """A system over two bits with the weights `W` and `b`."""
    return System(
        TWO_BITS,
        {name: parse(text) for name, text in equations.items()},
        parse("y"),
        {(name, None): parse(text) for name, text in (initial or {}).items()},
        functions or {},
        {name: Parameter(()) for name in ("W", "b")},
    )


@pytest.mark.parametrize(
    ("equations", "functions", "count"),
    [
        ({"h": "phi(W*x[t][0] + b)", "y": "h[t] + y[t-1]"}, {"phi": PHI}, 1),
        ({"a": "x[t]", "h": "W*a[t][1] + sum(x[t][i] for i in range(2))", "y": "h"}, {}, 3),
        ({"y": "W*x[t-1][0]"}, {}, 0),
        ({"y": "x[t][0] if t > 1 else b"}, {}, 0),
        ({"h": "b + y[t-1]", "y": "phi(x[t][0])"}, {"phi": PHI}, 0),
        ({"y": "f(x[t][0])"}, {"f": Function(("z",), parse("z + t"))}, 0),
        ({"y": "f(x[t][0])"}, {"f": Function(("z",), parse("z + x[t-1][0]"))}, 0),
        ({"y": "f(x[t][0])"}, {"f": Function(("z",), parse("g(z)")), "g": Function(("t",), parse("t + b"))}, 1),
        ({"h": "h[t-1] + 1", "y": "sum(h for h in range(2)) + h + x[t][0]"}, {}, 0),
    ],
)
def test_what_rests_on_inputs_alone(equations, functions, count):
    """A function may hide the past or the time; the name of a loop hides an equation only inside of the loop."""
    initial = {"h": "0", "y": "0", "x": "[0, 0]"}
    known = {name: text for name, text in initial.items() if name in equations or name == "x"}
    assert Program(system_of(equations, functions, known)).layout.of_inputs == count


def random_system(rng):
    """Some equations over inputs, then some that look back."""
    part = ["x[t][0]", "x[t][1]", "W", "b", "2", "a[t]"]
    of_inputs = {"a": f"phi({rng.choice(part[:5])}*x[t][0] - {rng.choice(part[:5])}) + x[t][1]"}
    of_inputs["c"] = f"phi({rng.choice(part)} + {rng.choice(part)} - 1) / {rng.choice(['2', 'a[t]', 'x[t][0]'])}"
    late = {"y": f"phi(W*y[t-1] + {rng.choice(['c[t]', 'a[t] - c[t]'])} - b) if c[t] > 0 else {rng.choice(part)}"}
    return system_of(of_inputs | late, {"phi": PHI}, {"y": "0"})


def assert_edges_are_as_steps(program, weights):
    """Compares every edge with a step of a machine of its own; gives how many states there are."""
    machine = EquationMachine(program, weights, keep_frames=True)
    state = 0
    while state < machine.states:
        for number, symbol in enumerate(machine.symbol_set.symbols):
            alone = EquationMachine(program, weights, keep_frames=True)
            following, wanted = alone.step(machine._states[state], symbol)
            target, step = machine.edge(state, number)
            assert str(machine._states[target]) == str(following)
            assert str(step.output) == str(wanted.output)
            assert str(machine.quantities(step)) == str(alone.quantities(wanted))
            if not isinstance(step.output, Undefined):
                alone = EquationMachine(program, weights)
                alone._number(machine._states[state])
                assert str(machine.thresholds(state, number)) == str(alone.thresholds(alone.states - 1, number))
        state += 1
    return machine.states


@pytest.mark.parametrize("arithmetic", [EXACT_ARITHMETIC, DOUBLES], ids=["exact", "float64"])
def test_every_edge_is_as_if_each_step_was_worked_out_by_itself(arithmetic):
    """Outputs, states, quantities and thresholds, also where a step has no value."""
    rng, states = random.Random(3), 0
    for _ in range(60):
        program = Program(random_system(rng), arithmetic=arithmetic)
        assert program.layout.of_inputs == 2
        weights = {name: fmpq(rng.randrange(-4, 5), rng.choice([1, 2])) for name in ("W", "b")}
        states += assert_edges_are_as_steps(program, weights)
    assert states > 90


def counted(program, monkeypatch):
    """How often each equation of a program is worked out from now on."""
    counts = dict.fromkeys(program.system.equations, 0)

    def counting(name, closure):
        def worked_out(frame):
            counts[name] += 1
            return closure(frame)

        return worked_out

    equations = [(name, slot, counting(name, closure)) for name, slot, closure in program._equations]
    monkeypatch.setattr(program, "_equations", equations)
    return counts


def test_they_are_worked_out_once_for_each_input(monkeypatch):
    """Three states meet four inputs each."""
    program = Program(system_of({"h": "W*x[t][0]", "y": "h[t] if y[t-1] < b else b"}, initial={"y": "0"}))
    counts = counted(program, monkeypatch)
    machine = EquationMachine(program, {"W": fmpq(1), "b": fmpq(2)})
    for state in (0, 1):
        for symbol in range(4):
            machine.edge(state, symbol)
    assert counts == {"h": 4, "y": 8}


def test_an_arithmetic_that_notes_what_it_is_asked_is_asked_each_time(monkeypatch):
    program = Program(system_of({"h": "W*x[t][0]", "y": "h[t] + y[t-1]"}, initial={"y": "0"})).over(AFFINE_ARITHMETIC)
    counts = counted(program, monkeypatch)
    machine = EquationMachine(program, {"W": fmpq(1), "b": fmpq(2)})
    for _ in range(3):
        machine.step(machine.initial, machine.symbol_set.symbols[0])
    assert counts == {"h": 3, "y": 3}


def test_loops_of_a_step_share_one_budget_each_time(monkeypatch):
    """What the kept equations have spent counts at every step."""
    monkeypatch.setattr(limits, "MAX_ITERATIONS", 150)
    loop = "sum(i for i in range(20))"
    program = Program(system_of({"h": f"{loop} + x[t][0]", "y": f"{loop} + h[t] + 0*y[t-1]"}, initial={"y": "0"}))
    alone = EquationMachine(program, {"W": fmpq(0), "b": fmpq(0)})
    spent = []
    for _ in range(3):
        alone.step(alone.initial, alone.symbol_set.symbols[0])
        spent.append(alone._frame[0])
    assert spent == [150 - 2 * 20] * 3
