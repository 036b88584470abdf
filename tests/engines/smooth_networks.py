"""Random recurrent networks as systems of equations, and the same in plain Python, with a behaviour that they may have."""

import math
import random
from dataclasses import dataclass, field

from grader.language.parse import parse
from grader.language.reals import Reals
from grader.machines.alphabet import BIT_DOMAIN, Alphabet, Channel
from grader.machines.enclosed import EnclosedMachine
from grader.machines.program import Program
from grader.machines.specification import LineCondition, Specification
from grader.machines.system import System

BITS = Alphabet({"x": Channel(BIT_DOMAIN)})

BEHAVIOURS = {
    "latch off": ({"q": "q[t-1]*x[t]"}, {"q": "1"}, lambda q, x: q * x),
    "latch on": ({"q": "q[t-1] or x[t]"}, {"q": "0"}, lambda q, x: q | x),
    "parity": ({"q": "(q[t-1] + x[t]) % 2"}, {"q": "0"}, lambda q, x: (q + x) % 2),
    "copy": ({"q": "x[t]"}, {}, lambda q, x: x),
    "always 1": ({"q": "1"}, {}, lambda q, x: 1),
}
START = {"latch off": 1, "latch on": 0, "parity": 0, "copy": 0, "always 1": 0}


def sigmoid(z):
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


def system(equations, output, initial):
    """A system over one bit a step."""
    return System(
        BITS,
        {name: parse(text) for name, text in equations.items()},
        parse(output),
        {(name, None): parse(text) for name, text in initial.items()},
    )


def network(equations, output, initial):
    """A network without parameters, over the reals."""
    return EnclosedMachine(Program(system(equations, output, initial), arithmetic=Reals()), {})


def specification(name, accept="(y > 1/2) == expected"):
    """A behaviour that an output is compared with at 1/2."""
    equations, initial, _ = BEHAVIOURS[name]
    return Specification(system(equations, "q", initial), [LineCondition("all")], accept=parse(accept))


@dataclass
class Drawn:
    """A network as equations, and a function that gives its outputs in floats."""

    kind: str
    behaviour: str
    equations: dict
    initial: dict
    run: object = field(repr=False)

    @property
    def machine(self):
        return network(self.equations, "y", self.initial)

    def first_wrong(self, longest):
        """The shortest word on which the floats are wrong, or come closer than 1e-7 to 1/2; None up to a length."""
        step = BEHAVIOURS[self.behaviour][2]
        level = [((), START[self.behaviour], self.run(None, None)[0])]
        for _ in range(longest):
            following = []
            for word, q, state in level:
                for x in (0, 1):
                    after, y = self.run(state, x)
                    wanted = step(q, x)
                    if (y > 0.5) != bool(wanted) or abs(y - 0.5) < 1e-7:
                        return (*word, x)
                    following.append(((*word, x), wanted, after))
            level = following
        return None


def text(number):
    """The number exactly as a decimal of the language; weights have three decimals."""
    return f"({number})"


def draw(rng):
    """A network of one of several kinds around a behaviour that its kind can have."""
    return rng.choice([logistic, elman, gru, lstm])(rng)


def weights(rng, usual, spread):
    return [round(value + rng.gauss(0, spread), 3) for value in usual]


def logistic(rng):
    """One sigmoid unit."""
    name = rng.choice(["latch off", "latch on", "copy", "always 1"])
    k = rng.choice([3, 4.2, 5, 8, 15])
    usual = {
        "latch off": [k, k, -1.5 * k, 1],
        "latch on": [k, k, -0.5 * k, 0],
        "copy": [0, k, -0.5 * k, 0],
        "always 1": [k, 0, 0.3 * k, 1],
    }[name]
    a, b, c, _ = weights(rng, usual, rng.choice([0.02, 0.3, 1.5]))
    start = usual[3]

    def run(state, x):
        if x is None:
            return start, None
        h = sigmoid(a * state + b * x + c)
        return h, h

    equation = f"sigmoid({text(a)}*h[t-1] + {text(b)}*x[t] + {text(c)})"
    return Drawn("logistic", name, {"h": equation, "y": "h[t]"}, {"h": str(start)}, run)


def elman(rng):
    """Two tanh units that can count modulo two."""
    name = rng.choice(["parity", "parity", "copy", "latch on"])
    k = rng.choice([1.5, 2.5, 4, 8])
    usual = {
        "parity": [k / 2, -k / 2, k, -0.5 * k, k / 2, -k / 2, k, -1.5 * k],
        "copy": [0, 0, 2 * k, -k, 0, 0, 0, -k],
        "latch on": [k, 0, 2 * k, 0, 0, 0, 0, -k],
    }[name]
    w = weights(rng, usual, rng.choice([0.01, 0.1, 0.5]))

    def run(state, x):
        if x is None:
            return (-1.0, -1.0), None
        a, b = state
        a, b = math.tanh(w[0] * a + w[1] * b + w[2] * x + w[3]), math.tanh(w[4] * a + w[5] * b + w[6] * x + w[7])
        return (a, b), (a - b) / 2

    rows = [
        f"tanh({text(r[0])}*a[t-1] + {text(r[1])}*b[t-1] + {text(r[2])}*x[t] + {text(r[3])})" for r in (w[:4], w[4:])
    ]
    return Drawn("elman", name, {"a": rows[0], "b": rows[1], "y": "(a[t] - b[t])/2"}, {"a": "-1", "b": "-1"}, run)


def gru(rng):
    """One gated unit that keeps its state or takes a new one."""
    name = rng.choice(["latch off", "latch on", "copy"])
    k = rng.choice([3, 6, 12])
    usual = {
        "latch off": [0, -2 * k, k, 0, 0, -k],
        "latch on": [0, 2 * k, -k, 0, 0, k],
        "copy": [0, 0, k, 0, 2 * k, -k],
    }[name]
    w = weights(rng, usual, rng.choice([0.05, 0.5, 2]))
    start = 1 if name == "latch off" else -1

    def run(state, x):
        if x is None:
            return float(start), None
        z = sigmoid(w[0] * state + w[1] * x + w[2])
        n = math.tanh(w[3] * state + w[4] * x + w[5])
        h = (1 - z) * state + z * n
        return h, (h + 1) / 2

    equations = {
        "z": f"sigmoid({text(w[0])}*h[t-1] + {text(w[1])}*x[t] + {text(w[2])})",
        "n": f"tanh({text(w[3])}*h[t-1] + {text(w[4])}*x[t] + {text(w[5])})",
        "h": "(1 - z[t])*h[t-1] + z[t]*n[t]",
        "y": "(h[t] + 1)/2",
    }
    return Drawn("gru", name, equations, {"h": str(start)}, run)


def lstm(rng):
    """One cell whose gates see the input and what the cell shows."""
    name = rng.choice(["latch off", "latch on", "copy"])
    k = rng.choice([2, 4, 8])
    usual = {
        "latch off": [0, 0, k, 0, 2 * k, -k, 0, 0, k, 2 * k, 0, 0],
        "latch on": [0, 0, k, 0, 2 * k, -k, 0, 0, k, 0, 0, k],
        "copy": [0, 0, -k, 0, 0, k, 0, 0, k, 0, 2 * k, -k],
    }[name]
    w = weights(rng, usual, rng.choice([0.05, 0.5, 2]))
    start = 1 if name == "latch off" else 0

    def run(state, x):
        if x is None:
            return (float(start), float(start)), None
        c, h = state
        f, i, o = (sigmoid(w[j] * h + w[j + 1] * x + w[j + 2]) for j in (0, 3, 6))
        g = math.tanh(w[9] * h + w[10] * x + w[11])
        c = f * c + i * g
        h = o * math.tanh(c)
        return (c, h), h + 0.1

    gate = "{}({}*h[t-1] + {}*x[t] + {})"
    equations = {
        "f": gate.format("sigmoid", *map(text, w[0:3])),
        "i": gate.format("sigmoid", *map(text, w[3:6])),
        "o": gate.format("sigmoid", *map(text, w[6:9])),
        "g": gate.format("tanh", *map(text, w[9:12])),
        "c": "f[t]*c[t-1] + i[t]*g[t]",
        "h": "o[t]*tanh(c[t])",
        "y": "h[t] + 1/10",
    }
    return Drawn("lstm", name, equations, {"c": str(start), "h": str(start)}, run)


def seeded(seed):
    """The network of a seed."""
    return draw(random.Random(seed))
