"""Networks of sigmoid, tanh and softmax as specs, and the same networks in Python's own floats."""

from __future__ import annotations

from itertools import product
from math import exp, tanh

TEMPLATE = """
question: q
title: A smooth network
points: 2
answer: weights
network:
  inputs: {{x: bit}}
{network}
behaviour:
{behaviour}
accept: "{accept}"
checks:
  - {{name: off, points: 1, when: "s == 0"}}
  - {{name: on, points: 1, when: "s == 1"}}
{rest}
"""

PARITY = """\
  initial: {s: 0}
  equations: {s: "1 if s[t-1] != x[t] else 0"}
  output: s"""

LATCH = """\
  initial: {s: 0}
  equations: {s: "1 if s[t-1] == 1 or x[t] == 1 else 0"}
  output: s"""

COPY = """\
  equations: {s: "x[t]"}
  output: s"""

BEHAVIOURS = {"parity": PARITY, "latch": LATCH, "copy": COPY}

LOGISTIC = """\
  parameters: {a: scalar, b: scalar, k: scalar}
  initial: {y: 0}
  equations: {y: "sigmoid(k*y[t-1] + a*x[t] + b)"}
  output: y"""

RNN = """\
  parameters: {W: [2], U: [2, 2], b: [2], v: [2], c: scalar}
  initial: {h: [-1, -1]}
  equations:
    h: "tanh(W*x[t] + U @ h[t-1] + b)"
    y: "sigmoid(v @ h[t] + c)"
  output: y"""

LSTM = """\
  parameters: {W: [8], U: [8, 2], b: [8], v: [2], c0: scalar}
  initial: {h: [0, 0], c: [0, 0]}
  functions:
    part(u, k): "[u[2*k], u[2*k+1]]"
  equations:
    z: "W*x[t] + U @ h[t-1] + b"
    c: "sigmoid(part(z, 1))*c[t-1] + sigmoid(part(z, 0))*tanh(part(z, 2))"
    h: "sigmoid(part(z, 3))*tanh(c[t])"
    y: "sigmoid(v @ h[t] + c0)"
  output: y"""

GRU = """\
  parameters: {w: [3], u: [3], b: [3], v: scalar, c: scalar}
  initial: {h: 0}
  equations:
    z: "sigmoid(w[0]*x[t] + u[0]*h[t-1] + b[0])"
    r: "sigmoid(w[1]*x[t] + u[1]*h[t-1] + b[1])"
    h: "(1 - z)*h[t-1] + z*tanh(w[2]*x[t] + u[2]*r*h[t-1] + b[2])"
    y: "sigmoid(v*h[t] + c)"
  output: y"""

SOFTMAX = """\
  parameters: {W: [2], U: [2, 2], b: [2], V: [2, 2], c: [2]}
  initial: {h: [0, 0]}
  equations:
    h: "tanh(W*x[t] + U @ h[t-1] + b)"
    p: "softmax(V @ h[t] + c)"
  output: p"""

NETWORKS = {"logistic": LOGISTIC, "rnn": RNN, "lstm": LSTM, "gru": GRU, "softmax": SOFTMAX}
ACCEPT = dict.fromkeys(NETWORKS, "(y > 1/2) == (expected == 1)") | {"softmax": "p[expected] == max(p)"}
SIZES = {
    "logistic": {"a": 0, "b": 0, "k": 0},
    "rnn": {"W": 2, "U": (2, 2), "b": 2, "v": 2, "c": 0},
    "lstm": {"W": 8, "U": (8, 2), "b": 8, "v": 2, "c0": 0},
    "gru": {"w": 3, "u": 3, "b": 3, "v": 0, "c": 0},
    "softmax": {"W": 2, "U": (2, 2), "b": 2, "V": (2, 2), "c": 2},
}


def spec(network, behaviour, accept=None, rest=""):
    """A question as YAML."""
    accept = accept or ACCEPT[network]
    return TEMPLATE.format(network=NETWORKS[network], behaviour=BEHAVIOURS[behaviour], accept=accept, rest=rest)


def drawn(random, network, most):
    """Weights in quarters up to `most` by name, as lists of Python floats."""

    def one():
        return random.randint(-4 * most, 4 * most) / 4

    values = {}
    for name, size in SIZES[network].items():
        match size:
            case 0:
                values[name] = one()
            case int():
                values[name] = [one() for _ in range(size)]
            case (rows, columns):
                values[name] = [[one() for _ in range(columns)] for _ in range(rows)]
    return values


def sigmoid(z):
    return 1 / (1 + exp(-z)) if z >= 0 else exp(z) / (1 + exp(z))


def _affine(rows, x, w, h, b):
    return [w[i] * x + sum(row[j] * h[j] for j in range(len(h))) + b[i] for i, row in enumerate(rows)]


def _logistic(p, state, x):
    y = sigmoid(p["k"] * state + p["a"] * x + p["b"])
    return y, y - 0.5


def _rnn(p, h, x):
    h = [tanh(z) for z in _affine(p["U"], x, p["W"], h, p["b"])]
    return h, sigmoid(sum(v * one for v, one in zip(p["v"], h, strict=True)) + p["c"]) - 0.5


def _lstm(p, state, x):
    h, c = state
    z = _affine(p["U"], x, p["W"], h, p["b"])
    c = [sigmoid(z[2 + n]) * c[n] + sigmoid(z[n]) * tanh(z[4 + n]) for n in range(2)]
    h = [sigmoid(z[6 + n]) * tanh(c[n]) for n in range(2)]
    return (h, c), sigmoid(sum(v * one for v, one in zip(p["v"], h, strict=True)) + p["c0"]) - 0.5


def _gru(p, h, x):
    gates = [sigmoid(p["w"][n] * x + p["u"][n] * h + p["b"][n]) for n in range(2)]
    h = (1 - gates[0]) * h + gates[0] * tanh(p["w"][2] * x + p["u"][2] * gates[1] * h + p["b"][2])
    return h, sigmoid(p["v"] * h + p["c"]) - 0.5


def _softmax(p, h, x):
    h = [tanh(z) for z in _affine(p["U"], x, p["W"], h, p["b"])]
    logits = [sum(p["V"][i][j] * h[j] for j in range(2)) + p["c"][i] for i in range(2)]
    return h, logits[1] - logits[0]


STEPS = {
    "logistic": (0.0, _logistic),
    "rnn": ([-1.0, -1.0], _rnn),
    "lstm": (([0.0, 0.0], [0.0, 0.0]), _lstm),
    "gru": (0.0, _gru),
    "softmax": ([0.0, 0.0], _softmax),
}


def outputs(network, values, word):
    """How far above the threshold the network is at each step of a word."""
    state, step = STEPS[network]
    found = []
    for x in word:
        state, above = step(values, state, x)
        found.append(above)
    return found


def wanted(behaviour, word):
    """The behaviour at each step of a word."""
    state, found = 0, []
    for x in word:
        state = {"parity": state ^ x, "latch": state | x, "copy": x}[behaviour]
        found.append(state)
    return found


def first_wrong(network, behaviour, values, longest):
    """By rubric line (0: off, 1: on): the shortest length at which it breaks; and the smallest distance on the way."""
    lengths, closest = {}, 1.0
    for length in range(1, longest + 1):
        for word in product((0, 1), repeat=length):
            above, due = outputs(network, values, word)[-1], wanted(behaviour, word)[-1]
            closest = min(closest, abs(above))
            if (above > 0) != (due == 1):
                lengths.setdefault(due, length)
        if len(lengths) == 2:
            break
    return lengths, closest
