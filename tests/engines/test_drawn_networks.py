"""Networks as they are drawn: a drawing of weights is run by its units and edges alone, and does what the network does."""

import math
import random
from fractions import Fraction

import pytest
from flint import fmpq

from grader.documents import read_yaml
from grader.kinds.open_submission import Details
from grader.kinds.table import KINDS
from grader.kinds.weights.drawn_network import MAX_DRAWN_EDGES, MAX_DRAWN_UNITS, drawn_network
from grader.kinds.weights.score import score_weights
from grader.language.arrays import Array, entries
from grader.machines.display import short_word
from grader.machines.machine import EquationMachine

from .threshold_networks import load

TEMPLATE = """
question: q
title: T
points: 1
answer: weights
network:
  inputs: {inputs}
  parameters: {parameters}
  functions: {functions}
  initial: {initial}
  equations: {equations}
  output: {output}
accept: expected == expected
behaviour: {{equations: {{}}, output: 1}}
checks: [{{name: anything, points: 1}}]
"""

NETWORKS = {
    "a latch": ("{x: bit}", "{W1: scalar, W2: scalar, b: scalar, v: scalar}", '{phi(z): "1 if z >= 0.5 else 0"}',
                "{h: 1}", '{h: "phi(W2*h[t-1] + W1*x[t] + b)", y: "v*h[t] + b"}', "y"),
    "vectors": ("{x: [bit, bit]}", "{W: [2, 2], U: [2, 2], b: [2], v: [2], c: scalar}", '{phi(z): "1 if z > 0 else 0"}',
                '{h: "[0, 1]"}', '{h: "phi(W @ x[t] + U @ h[t-1] + b)", y: "v @ h[t] - c"}', "y"),
    "signs and leaks": ("{x: [-1, 0, 1]}", "{a: scalar, b: scalar, c: scalar}",
                        '{sgn(s): "1 if s > 0 else -1", leak(u): "u if u > 0 else 0.1*u"}', "{}",
                        '{h: "leak(a*x[t] + b)", k: "sgn(c - h[t])", y: "k[t] - 2*h[t]"}', "y"),
    "units inside of an equation": ("{x: bit, z: bit}", "{a: scalar, b: scalar, v: [2]}",
                                    '{phi(z): "1 if z >= 1 else 0"}', "{}",
                                    '{y: "v @ [phi(a*x[t]), phi(x[t] + z[t] + b)] + relu(x[t] - z[t])"}', "y"),
    "gates": ("{x: bit}", "{f: scalar, i: scalar, o: scalar}", '{g(z): "1 if z > 0 else 0"}', "{c: 1, h: 0}",
              '{k: "g(f*x[t] + h[t-1])", c: "k[t]*c[t-1] + (1 - k[t])*g(i*x[t])", h: "g(o)*max(c[t], x[t] - o)"}', "h"),
    "loops and lists": ("{x: [bit, bit, bit]}", "{w: [3], b: scalar}", '{phi(z): "1 if z > 0 else 0"}', "{}",
                        '{y: "phi(sum(w[i]*x[t][2-i] for i in range(3)) - b/2)"}', "1 - y"),
    "two steps back": ("{x: bit}", "{a: scalar, b: scalar}", "{}", "{x: 0}", '{y: "a*x[t-2] - b*x[t-1] + x[t]"}', "y"),
    "and, or, not": ("{x: bit, z: bit}", "{a: scalar}", "{}", "{}",
                     '{y: "(x[t] and z[t]) + a*(x[t] or not z[t]) + (x[t] == z[t])"}', "y"),
    "an output that is no quantity": ("{x: bit}", "{a: scalar, b: scalar}", "{}", "{}", '{h: "a*x[t]"}', '"h[t] >= b"'),
    "a shared weight": ("{x: bit}", "{a: scalar}", "{}", "{h: 0}", '{h: "a*x[t] + a*(h[t-1] - a*x[t])"}', "h"),
    "a weight that divides": ("{x: bit}", "{a: scalar}", "{}", "{}", '{y: "x[t]/(1 + a*a) - (-a)"}', "y"),
    "squares and choices": ("{x: [-1, 0, 2], z: bit}", "{a: scalar}", "{}", "{}",
                            '{y: "x[t]*x[t] + (x[t] if z[t] else a*x[t] - 1) + (x[t] if x[t] + z[t] > 0 else 0)*a"}', "y"),
    "truth of numbers": ("{x: [-1, 0, 2], z: bit}", "{a: scalar}", "{}", "{}",
                         '{y: "(1 if relu(x[t]) else 0) + (3 if x[t] else 5) + (x[t] and 1) + all([x[t] != 0, 1 < 2, z[t] == 1] [i] for i in range(3))"}', "y"),
    "a matrix and its transpose": ("{x: [bit, bit]}", "{W: [2, 2]}", "{}", "{}",
                                   '{h: "W.T @ x[t]", y: "h[t] @ W[0]"}', "y"),
}  # fmt: skip


def does(unit, total, parts):
    """What a unit puts out, by what is written in it."""
    named = {
        "×": math.prod,
        "and": lambda p: int(all(p)),
        "or": lambda p: int(any(p)),
        "=": lambda p: int(p[0] == p[1]),
        "max": max,
        "a if c, else b": lambda p: p[1] if p[0] else p[2],
        "a if c, else 0": lambda p: p[1] if p[0] else 0,
    }
    if unit.does in named:
        return named[unit.does](parts)
    if not unit.does:
        return total
    for start, limit in (("max(z, ", max), ("min(z, ", min)):
        if unit.does.startswith(start):
            return limit(total, Fraction(unit.does.removeprefix(start).removesuffix(")")))
    if unit.does == "relu":
        return max(total, 0)
    then, _, otherwise = unit.does.partition(", else ")
    value, _, condition = then.rpartition(" if ") if otherwise else ("1", "", unit.does)
    sign, place = condition.split()
    compared = {">": total > Fraction(place), "≥": total >= Fraction(place), "<": total < Fraction(place),
                "≤": total <= Fraction(place), "=": total == Fraction(place), "≠": total != Fraction(place)}  # fmt: skip
    branch = value if compared[sign] else otherwise or "0"
    if not branch.endswith("z"):
        return Fraction(branch)
    factor = branch.removesuffix("z").removesuffix("·")
    return total * (Fraction(factor) if factor else 1)


def run(drawn, inputs, before):
    """The outputs of all units at each step, from the drawing alone; `before` are values before the first step."""
    history = []
    for values in inputs:
        now = dict(values)
        history.append(now)
        for unit in drawn.units:
            if unit.is_input:
                continue
            total, parts = Fraction(unit.bias or 0), []
            for edge in drawn.edges:
                if edge.target == unit.name:
                    then = history[-1 - edge.lag] if edge.lag < len(history) else before
                    parts.append(then[edge.source])
                    total += Fraction(edge.weight or 0) * then[edge.source]
            now[unit.name] = does(unit, total, parts)
    return history


def value_of(shape, rng):
    size = math.prod(shape)
    numbers = [fmpq(rng.randint(-4, 4), rng.choice([1, 1, 2, 3])) for _ in range(size)]
    return Array(shape, numbers) if shape else numbers[0]


def named(name, value):
    """Entries by the names that their units have."""
    if not isinstance(value, Array):
        return {name: Fraction(int(value.p), int(value.q))}
    found = {}
    for i in range(value.shape[0]):
        found |= named(f"{name}[{i}]", value.item(i))
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("drawn")


def question_of(folder, parts, name="q"):
    keys = ("inputs", "parameters", "functions", "initial", "equations", "output")
    return load(TEMPLATE.format(**dict(zip(keys, parts, strict=True))), folder / f"{name}.yaml")


@pytest.mark.parametrize("name", NETWORKS)
def test_a_drawing_does_what_the_network_does(folder, name):
    question = question_of(folder, NETWORKS[name])
    rng = random.Random(name)
    for _ in range(6):
        values = {key: value_of(parameter.shape, rng) for key, parameter in question.parameters.items()}
        drawn = drawn_network(question, values)
        assert drawn.notes == ()
        machine = EquationMachine(question.program, values, keep_frames=True)
        symbols = question.alphabet.symbol_set.symbols
        word = tuple(rng.choice(symbols) for _ in range(6))
        channels = list(question.alphabet.channels)
        inputs = [
            {k: v for n, x in zip(channels, symbol, strict=True) for k, v in named(n, x).items()} for symbol in word
        ]
        start = {(n, None): v for (n, _), v in question.program._initial_values(question.program.frame(values)).items()}
        before = {k: v for (n, _), x in start.items() for k, v in named(n, x).items()}
        history = run(drawn, inputs, before)
        for step, now in zip(machine.answers(word), history, strict=True):
            wanted = {
                k: v for n, x in machine.quantities(step).items() if n not in channels for k, v in named(n, x).items()
            }
            assert {key: now[key] for key in wanted} == wanted
            (output,) = [unit.name for unit in drawn.units if unit.is_output]
            assert [now[output]] == [Fraction(int(x.p), int(x.q)) for x in entries(step.output)]


def test_layers_rise_along_edges_of_the_same_step(folder):
    for name, parts in NETWORKS.items():
        question = question_of(folder, parts)
        rng = random.Random(name)
        values = {key: value_of(parameter.shape, rng) for key, parameter in question.parameters.items()}
        drawn = drawn_network(question, values)
        layers = {unit.name: unit.layer for unit in drawn.units}
        assert all(layers[e.source] < layers[e.target] for e in drawn.edges if not e.lag)
        assert all((layer == 0) == unit.is_input for unit, layer in zip(drawn.units, layers.values(), strict=True))


LATE = ("{x: bit}", "{a: scalar, b: scalar}", "{}", "{y: 0}", '{y: "a*x[t] + (b*y[t-1] if t > 1 else 7)"}', "y")
SMOOTH = ("{x: bit}", "{w: scalar, u: scalar}", '{s(z): "1/(1 + exp(-z))"}', "{h: 0}",
          '{h: "s(w*x[t] + u*h[t-1])", y: "softmax([h[t], x[t]])[0] + tanh(w)*x[t]"}', "y")  # fmt: skip


def test_a_step_with_equations_of_its_own_is_said_to_be_left_out(folder):
    drawn = drawn_network(question_of(folder, LATE), {"a": fmpq(2), "b": fmpq(3)})
    assert [(e.source, e.weight, e.lag) for e in drawn.edges] == [("x", "2", 0), ("y", "3", 1)]
    assert drawn.notes == ("drawn for steps with t > 1; other steps have 7 there",)


def test_a_weight_that_is_no_fraction_is_drawn_by_quantity(folder):
    drawn = drawn_network(question_of(folder, SMOOTH), {"w": fmpq(1), "u": fmpq(-2)})
    assert {(e.source, e.target, e.lag) for e in drawn.edges} == {
        ("x", "h", 0),
        ("h", "h", 1),
        ("h", "y", 0),
        ("x", "y", 0),
    }
    weights = {(e.source, e.target): e.weight for e in drawn.edges}
    assert weights["h", "h"] == "u = -2"
    assert weights["h", "y"] == ""
    assert drawn.notes == ("drawn by quantity: its equations have no exact weight entry by entry",)


def test_an_activation_of_the_spec_has_its_name_and_its_weights(folder):
    parts = (*SMOOTH[:4], '{h: "s(w*x[t] + u*h[t-1])", y: "1 - h[t]"}', "y")
    drawn = drawn_network(question_of(folder, parts), {"w": fmpq(1, 3), "u": fmpq(0)})
    assert [(u.name, u.bias, u.does) for u in drawn.units] == [("x", "", ""), ("h", "", "s"), ("y", "1", "")]
    assert [(e.source, e.target, e.weight, e.lag) for e in drawn.edges] == [
        ("x", "h", "1/3", 0),
        ("h", "h", "0", 1),
        ("h", "y", "-1", 0),
    ]


@pytest.mark.parametrize("size", [2, 8, 20, 60])
def test_large_networks_are_drawn_by_quantity(folder, size):
    zeros = f'"[{", ".join("0" * size)}]"'
    parts = ("{x: bit}", f"{{W: [{size}, {size}], u: [{size}], v: [{size}]}}", "{}", f"{{h: {zeros}}}",
             '{h: "relu(W @ h[t-1] + u*x[t])", y: "v @ h[t]"}', "y")  # fmt: skip
    question = question_of(folder, parts)
    rng = random.Random(size)
    values = {key: value_of(parameter.shape, rng) for key, parameter in question.parameters.items()}
    drawn = drawn_network(question, values)
    assert len(drawn.units) <= MAX_DRAWN_UNITS
    assert len(drawn.edges) <= MAX_DRAWN_EDGES
    assert bool(drawn.notes) == (size > 8)
    if drawn.notes:
        assert [(e.source, e.target, e.weight.partition(",")[0], e.lag) for e in drawn.edges] == [
            ("h", "h", f"W ({size} × {size})", 1),
            ("x", "h", f"u ({size})", 0),
            ("h", "y", f"v ({size})", 0),
        ]
        assert [u.does for u in drawn.units] == ["", f"{size} units", ""]


@pytest.mark.parametrize("weight", [fmpq(10) ** 400, -(fmpq(10) ** 400), fmpq(1) / fmpq(10) ** 400, fmpq(0)])
def test_huge_tiny_and_zero_weights_have_a_size(folder, weight):
    drawn = drawn_network(question_of(folder, LATE), {"a": weight, "b": fmpq(1)})
    edge = drawn.edges[0]
    assert math.isfinite(edge.size)
    assert (edge.size > 0) - (edge.size < 0) == (0 if abs(weight) < 1 else 1 if weight > 0 else -1)
    assert len(edge.weight) < 60


@pytest.mark.parametrize("weight", [math.nan, math.inf])
def test_weights_that_are_no_numbers_are_drawn_by_quantity(folder, weight):
    drawn = drawn_network(question_of(folder, LATE), {"a": weight, "b": 1.0})
    assert drawn.notes[0].startswith("drawn by quantity")
    assert [e.weight for e in drawn.edges] == [f"a = {weight}", "b = 1"]


def test_a_page_has_the_network_its_machines_and_the_path_of_the_counterexample(q5):
    weights = {"W1": fmpq(1), "W2": fmpq(0), "b2": fmpq(0), "W3": fmpq(1), "b3": fmpq(0)}
    plain, result = (score_weights(q5, weights, details) for details in (Details(), Details(page=True)))
    assert plain.page is None
    assert result.page.machines == score_weights(q5, weights, Details(machines=True)).machines
    assert result.machines is None
    assert result.checks == plain.checks
    path = result.page.machine_path
    symbols = q5.alphabet.symbol_set.symbols
    (failed,) = [check for check in result.checks if check.outcome == "failed"]
    assert path.check == failed.name
    assert short_word(q5.alphabet, tuple(symbols[i] for i in path.inputs)) == failed.evidence.input == "01"


def test_no_line_about_weights_can_be_hidden(folder):
    """A wanted machine would show what the line keeps back."""
    keys = ("inputs", "parameters", "functions", "initial", "equations", "output")
    text = TEMPLATE.format(**dict(zip(keys, LATE, strict=True))).replace("points: 1}", "points: 1, hidden: true}")
    question, problems = KINDS.load_question(read_yaml(text.encode(), "q.yaml"), folder / "q.yaml")
    assert question is None
    assert any("hidden" in str(problem) for problem in problems)


def test_a_fault_while_drawing_costs_no_marks(q5, monkeypatch):
    import grader.kinds.weights.drawn_network as module

    def broken(*_):
        raise RuntimeError

    monkeypatch.setattr(module, "drawn_network", broken)
    monkeypatch.setattr("grader.kinds.weights.beside_marks.short_word", broken)
    weights = {"W1": fmpq(1), "W2": fmpq(0), "b2": fmpq(0), "W3": fmpq(1), "b3": fmpq(0)}
    result = score_weights(q5, weights, Details(page=True))
    assert (result.points, result.page.network, result.page.machine_path) == (40, None, None)
    assert result.page.machines.answer is not None
