"""Gradients of a spec against central differences of a loss that plain Python works out, step by step.

Each row is a question as a TA writes it, the network once more in plain Python, and the loss whose gradient is asked.
Nothing of the grader is used on that side: floats, `math`, and lists for vectors.
"""

import math
import random
from dataclasses import dataclass
from itertools import product

import pytest
from flint import arb, ctx, fmpq

from grader.documents import read_yaml
from grader.formulas import Different, ShapeDifference, is_equal
from grader.formulas.comparison import Comparison
from grader.formulas.evaluation import Evaluation, entry_names
from grader.kinds.table import KINDS
from grader.language.arrays import Array, entries
from grader.language.printing import to_text

MOVE = 1e-6
SEEDS = range(4)


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def matvec(m, v):
    return [sum(a * b for a, b in zip(row, v, strict=True)) for row in m]


def add(*vectors):
    return [sum(parts) for parts in zip(*vectors, strict=True)]


@dataclass
class Row:
    """A question, and the loss in plain Python: `loss(v)` of a dictionary of numbers, lists and lists of lists.

    `steps` are the steps of sequences that are drawn; states are overwritten by the loss where they follow.
    `by` is the way to what is asked in that dictionary.
    """

    spec: str
    loss: object
    by: tuple = ()
    cases: tuple = ({"t": 1}, {"t": 2})
    right: tuple = ()
    wrong: tuple = ()
    held: object = None
    """States that the loss holds where they are while what is asked moves: `held(v)` at the numbers of a point."""

    steps = range(-2, 9)


RNN = """
symbols: {W: scalar, U: scalar, b: scalar, h0: scalar, c: scalar, t: integer}
sequences: {h: scalar, x: scalar, p: scalar, q: scalar, r: scalar}
network: {equations: {h: "sigmoid(W*h[t-1] + U*x[t] + b)"}}
"""
RNN_T = RNN.replace("t: integer", "T: integer")
RNN_START = RNN_T.replace("network: {", "network: {initial: {h: h0}, ")
RNN_START_T = RNN_START.replace("T: integer", "t: integer, T: integer")
LINEAR = RNN.replace('"sigmoid(W*h[t-1] + U*x[t] + b)"', '"W*h[t-1] + x[t]"')


def follow(v, first, last):
    """The scalar network from a step on."""
    for s in range(first, last + 1):
        v["h"][s] = sigmoid(v["W"] * v["h"][s - 1] + v["U"] * v["x"][s] + v["b"])
    return v["h"]


def linear(v, first, last):
    for s in range(first, last + 1):
        v["h"][s] = v["W"] * v["h"][s - 1] + v["x"][s]
    return v["h"]


def started(v, last):
    v["h"][0] = v["h0"]
    return follow(v, 1, last)


SKIP = """
symbols: {W: scalar, M: scalar, U: scalar, t: integer}
sequences: {h: scalar, x: scalar, p: scalar, q: scalar, r: scalar}
network: {equations: {h: "sigmoid(W*h[t-1] + M*h[t-2] + U*x[t])"}}
"""


def skip(v, first, last):
    for s in range(first, last + 1):
        h = v["h"]
        h[s] = sigmoid(v["W"] * h[s - 1] + v["M"] * h[s - 2] + v["U"] * v["x"][s])
    return v["h"]


TWO = """
symbols: {A: scalar, B: scalar, C: scalar, c0: scalar, T: integer}
sequences: {c: scalar, h: scalar, x: scalar, p: scalar, q: scalar}
network: {initial: {c: c0, h: 0.5}, equations: {c: "A*h[t-1]*c[t-1] + x[t]", h: "tanh(B*c[t] + C*h[t-1])"}}
"""


def two(v, last):
    c, h = v["c"], v["h"]
    c[0], h[0] = v["c0"], 0.5
    for s in range(1, last + 1):
        c[s] = v["A"] * h[s - 1] * c[s - 1] + v["x"][s]
        h[s] = math.tanh(v["B"] * c[s] + v["C"] * h[s - 1])
    return c, h


VECTORS = """
symbols: {W: [n, n], U: [n, m], b: [n], s: scalar, t: integer}
sequences: {h: [n], x: [m], p: [n], q: [n]}
network: {equations: {h: "tanh(W @ h[t-1] + U @ x[t] + s*b)"}}
"""
VECTORS_START = VECTORS.replace("network: {", 'network: {initial: {h: "0*b + s"}, ').replace("t: integer", "T: integer")
SIZES = ({"t": 1, "n": 2, "m": 3}, {"t": 2, "n": 3, "m": 1})
SIZES_T = ({"T": 1, "n": 2, "m": 3}, {"T": 3, "n": 3, "m": 2})


def vectors(v, first, last):
    for s in range(first, last + 1):
        z = add(matvec(v["W"], v["h"][s - 1]), matvec(v["U"], v["x"][s]), [v["s"] * b for b in v["b"]])
        v["h"][s] = [math.tanh(a) for a in z]
    return v["h"]


def vectors_start(v, last):
    v["h"][0] = [v["s"] for _ in v["b"]]
    return vectors(v, 1, last)


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def softmax(z):
    powers = [math.exp(a) for a in z]
    return [a / sum(powers) for a in powers]


T = tuple({"T": gap} for gap in (1, 2, 3, 5))
ROWS = {
    # the asked state itself occurs in the loss: the direct term plus the paths
    "direct and one step": Row(
        LINEAR + 'derivative: {by: "h[t]", given: {"h[t]": "p[t]", "h[t+1]": "q[t+1]"}}',
        lambda v, t: v["p"][t] * v["h"][t] + v["q"][t + 1] * linear(v, t + 1, t + 1)[t + 1],
        ("h", "t"),
        right=("p[t] + W*q[t+1]", "q[t+1]*W + p[t]"),
        wrong=("p[t]", "W*q[t+1]", "p[t] - W*q[t+1]", "W*(p[t] + q[t+1])"),
    ),
    "direct and two steps": Row(
        RNN + 'derivative: {by: "h[t]", given: {"h[t]": "p[t]", "h[t+2]": "q[t+2]"}}',
        lambda v, t: v["p"][t] * v["h"][t] + v["q"][t + 2] * follow(v, t + 1, t + 2)[t + 2],
        ("h", "t"),
        right=("p[t] + q[t+2]*W^2*h[t+1]*(1-h[t+1])*h[t+2]*(1-h[t+2])",),
        wrong=("p[t]", "q[t+2]*W^2*h[t+1]*(1-h[t+1])*h[t+2]*(1-h[t+2])"),
    ),
    "direct and three steps": Row(
        LINEAR + 'derivative: {by: "h[t]", given: {"h[t]": "c*p[t]", "h[t+3]": "2*q[t+3]"}}',
        lambda v, t: v["c"] * v["p"][t] * v["h"][t] + 2 * v["q"][t + 3] * linear(v, t + 1, t + 3)[t + 3],
        ("h", "t"),
        right=("c*p[t] + 2*W^3*q[t+3]",),
        wrong=("c*p[t] + 2*W^2*q[t+3]", "c*p[t] + 6*W*q[t+3]"),
    ),
    "direct, skipping": Row(
        SKIP + 'derivative: {by: "h[t]", given: {"h[t]": "p[t]", "h[t+1]": "q[t+1]", "h[t+2]": "r[t+2]"}}',
        lambda v, t: (
            v["p"][t] * v["h"][t]
            + v["q"][t + 1] * sigmoid(v["W"] * v["h"][t] + v["M"] * v["h"][t - 1] + v["U"] * v["x"][t + 1])
            + v["r"][t + 2] * sigmoid(v["W"] * v["held"] + v["M"] * v["h"][t] + v["U"] * v["x"][t + 2])
        ),
        ("h", "t"),
        held=lambda v, t: skip(v, t + 1, t + 1)[t + 1],
    ),
    "a loss of several states": Row(
        LINEAR + 'derivative: {of: "p[t]*h[t] + q[t+1]*h[t+1] + r[t+2]*h[t+2]", by: "h[t]"}',
        lambda v, t: (
            v["p"][t] * v["h"][t]
            + v["q"][t + 1] * linear(v, t + 1, t + 2)[t + 1]
            + v["r"][t + 2] * linear(v, t + 1, t + 2)[t + 2]
        ),
        ("h", "t"),
        right=("p[t] + W*q[t+1] + W^2*r[t+2]",),
        wrong=("p[t] + W*q[t+1]", "p[t] + q[t+1] + r[t+2]"),
    ),
    "a loss that is no sum": Row(
        RNN + 'derivative: {of: "h[t]*h[t+1]**2/(1 + c**2)", by: "h[t]", given: "p[t]"}',
        lambda v, t: v["p"][t] * v["h"][t] * follow(v, t + 1, t + 1)[t + 1] ** 2 / (1 + v["c"] ** 2),
        ("h", "t"),
    ),
    # by a weight that all steps share
    "a weight in one step": Row(
        RNN + 'derivative: {of: "h[t+1]", by: W, given: "p[t+1]"}',
        lambda v, t: v["p"][t + 1] * follow(v, t + 1, t + 1)[t + 1],
        ("W",),
        right=("p[t+1]*h[t+1]*(1 - h[t+1])*h[t]", "p_{t+1} σ'(W h_t + U x_{t+1} + b) h_t"),
        wrong=("p[t+1]*h[t+1]*(1 - h[t+1])*W", "p[t+1]*h[t+1]*(1 - h[t+1])", "p[t+1]*h[t]*(1 - h[t])*h[t]"),
    ),
    "a bias in one step": Row(
        RNN + 'derivative: {of: "h[t+1]", by: b, given: 1}',
        lambda v, t: follow(v, t + 1, t + 1)[t + 1],
        ("b",),
        right=("h[t+1]*(1 - h[t+1])",),
        wrong=("1", "h[t+1]"),
    ),
    "a weight in two steps": Row(
        RNN + 'derivative: {of: "h[t+2]", by: W, given: "p[t+2]"}',
        lambda v, t: v["p"][t + 2] * follow(v, t + 1, t + 2)[t + 2],
        ("W",),
        right=("p[t+2]*h[t+2]*(1 - h[t+2])*(h[t+1] + W*h[t+1]*(1 - h[t+1])*h[t])",),
        wrong=("p[t+2]*h[t+2]*(1 - h[t+2])*h[t+1]",),
    ),
    "a weight in one step of two, with direct": Row(
        RNN + 'derivative: {of: "h[t+2]", by: W, given: "p[t+2]", direct: true}',
        lambda v, t: v["p"][t + 2] * sigmoid(v["W"] * v["held"] + v["U"] * v["x"][t + 2] + v["b"]),
        ("W",),
        held=lambda v, t: follow(v, t + 1, t + 1)[t + 1],
        right=("p[t+2]*h[t+2]*(1 - h[t+2])*h[t+1]",),
    ),
    "a weight from the first step on": Row(
        RNN_START + 'derivative: {of: "h[T]", by: W, given: "p[T]"}',
        lambda v, T: v["p"][T] * started(v, T)[T],
        ("W",),
        T,
        right=("p[T]*sum(h[k-1]*h[k]*(1-h[k])*prod(W*h[j]*(1-h[j]) for j in range(k+1, T+1)) for k in range(1, T+1))",),
        wrong=(
            "p[T]*h[T]*(1 - h[T])*h[T-1]",
            "p[T]*sum(h[k-1]*h[k]*(1-h[k])*prod(W*h[j]*(1-h[j]) for j in range(k+1, T+1)) for k in range(2, T+1))",
        ),
    ),
    "a weight, the state at 0 free": Row(
        RNN_T + 'derivative: {of: "h[T]", by: U, given: 1}', lambda v, T: follow(v, 1, T)[T], ("U",), T
    ),
    "a weight since a step": Row(
        RNN_T.replace("T: integer", "t: integer, T: integer")
        + 'derivative: {from: "h[T]", to: W, given: "p[T]", since: t+1}',
        lambda v, t, T: v["p"][T] * follow(v, t + 1, T)[T],
        ("W",),
        ({"t": 1, "T": 2}, {"t": 2, "T": 4}, {"t": 1, "T": 6}),
    ),
    "a weight of three fixed steps": Row(
        RNN_START.replace(", T: integer", "") + 'derivative: {of: "h[3]", by: W, given: 1}',
        lambda v: started(v, 3)[3],
        ("W",),
        ({},),
        right=(
            "h[3]*(1-h[3])*(h[2] + W*h[2]*(1-h[2])*(h[1] + W*h[1]*(1-h[1])*h0))",
            "h[3]*(1-h[3])*(h[2] + W*h[2]*(1-h[2])*(h[1] + W*h[1]*(1-h[1])*h[0]))",
        ),
        wrong=("h[3]*(1-h[3])*h[2]",),
    ),
    "a weight in a loss of all steps": Row(
        RNN_START + 'derivative: {of: "sum((h[k] - x[k])**2 for k in range(1, T+1))/2", by: W}',
        lambda v, T: sum((started(v, T)[k] - v["x"][k]) ** 2 for k in range(1, T + 1)) / 2,
        ("W",),
        T,
    ),
    "a weight in the network and in the loss": Row(
        RNN_START + 'derivative: {of: "p[T]*(W*h[T] - x[T])**2 + W**2", by: W, given: c}',
        lambda v, T: v["c"] * (v["p"][T] * (v["W"] * started(v, T)[T] - v["x"][T]) ** 2 + v["W"] ** 2),
        ("W",),
        T,
    ),
    "a weight with its own term given": Row(
        RNN + 'derivative: {by: W, given: {W: "2*c*W", "h[t+1]": "p[t+1]"}}',
        lambda v, t: v["c"] * v["W"] ** 2 + v["p"][t + 1] * follow(v, t + 1, t + 1)[t + 1],
        ("W",),
        right=("2*c*W + p[t+1]*h[t+1]*(1-h[t+1])*h[t]",),
        wrong=("2*c*W", "p[t+1]*h[t+1]*(1-h[t+1])*h[t]"),
    ),
    "a weight with two given states": Row(
        TWO + 'derivative: {by: C, given: {"c[T]": "p[T]", "h[T]": "q[T]"}}',
        # dL/dc[T] and dL/dh[T] are whole ones: what h[T] is worth through c[T] is in neither of them twice
        lambda v, T: (
            v["p"][T] * two(v, T)[0][T] + v["q"][T] * math.tanh(v["B"] * v["held"] + v["C"] * two(v, T)[1][T - 1])
        ),
        ("C",),
        T,
        held=lambda v, T: two(v, T)[0][T],
    ),
    # by an input, by an initial state
    "an input at step 0": Row(
        RNN_T + 'derivative: {of: "h[T]", by: "x[0]", given: "p[T]"}',
        lambda v, T: v["p"][T] * follow(v, 0, T)[T],
        ("x", 0),
        T,
    ),
    "an input some steps ago": Row(
        RNN.replace("t: integer", "t: integer, T: integer") + 'derivative: {from: "h[T]", to: "x[t]", given: "p[T]"}',
        lambda v, t, T: v["p"][T] * follow(v, t, T)[T],
        ("x", "t"),
        ({"t": 1, "T": 2}, {"t": 2, "T": 5}),
        right=("p[T]*U*h[t]*(1-h[t])*prod(W*h[k]*(1-h[k]) for k in range(t+1, T+1))",),
        wrong=("p[T]*U*prod(W*h[k]*(1-h[k]) for k in range(t+1, T+1))",),
    ),
    "an input that is read twice": Row(
        RNN.replace("U*x[t] + b", "U*x[t] + b*x[t-1]") + 'derivative: {of: "h[t+1]", by: "x[t]", given: "p[t+1]"}',
        lambda v, t: (
            v["p"][t + 1]
            * sigmoid(
                v["W"] * sigmoid(v["W"] * v["h"][t - 1] + v["U"] * v["x"][t] + v["b"] * v["x"][t - 1])
                + v["U"] * v["x"][t + 1]
                + v["b"] * v["x"][t]
            )
        ),
        ("x", "t"),
    ),
    "the initial state": Row(
        RNN_START + 'derivative: {of: "h[T]", by: h0, given: 1}', lambda v, T: started(v, T)[T], ("h0",), T
    ),
    "the state at step 0": Row(
        RNN_START + 'derivative: {of: "h[T]", by: "h[0]", given: "p[T]"}',
        lambda v, T: v["p"][T] * started(v, T)[T],
        ("h0",),
        T,
        right=(
            "p[T]*prod(W*h[k]*(1-h[k]) for k in range(1, T+1))",
            "p[T]*W^T*prod(h[k]-h[k]^2 for k in range(1, T+1))",
        ),
        wrong=("p[T]*prod(W*h[k]*(1-h[k]) for k in range(1, T))",),
    ),
    "a weight that is the initial state too": Row(
        RNN_START.replace("{h: h0}", '{h: "W*h0"}') + 'derivative: {of: "h[T]", by: W, given: "p[T]"}',
        lambda v, T: (v["h"].update({0: v["W"] * v["h0"]}), v["p"][T] * follow(v, 1, T)[T])[1],
        ("W",),
        T,
    ),
    "an initial value that is worked out, by an input": Row(
        RNN_START.replace("{h: h0}", '{"h[0]": "tanh(W*x[t] + h0)"}')
        + 'derivative: {of: "h[T]", by: "x[0]", given: 1}',
        lambda v, T: (v["h"].update({0: math.tanh(v["W"] * v["x"][0] + v["h0"])}), follow(v, 1, T)[T])[1],
        ("x", 0),
        T,
    ),
    # two hidden states
    "two states, by a weight": Row(
        TWO + 'derivative: {of: "h[T]", by: A, given: "q[T]"}', lambda v, T: v["q"][T] * two(v, T)[1][T], ("A",), T
    ),
    "two states, by the other's weight": Row(
        TWO + 'derivative: {of: "h[T]", by: B, given: "q[T]"}', lambda v, T: v["q"][T] * two(v, T)[1][T], ("B",), T
    ),
    "two states, by the initial one": Row(
        TWO + 'derivative: {of: "c[T] * h[T]", by: c0}', lambda v, T: two(v, T)[0][T] * two(v, T)[1][T], ("c0",), T
    ),
    "two states, by an input": Row(
        TWO + 'derivative: {of: "h[T]", by: "x[1]", given: "q[T]"}',
        lambda v, T: v["q"][T] * two(v, T)[1][T],
        ("x", 1),
        T,
    ),
    # vectors and matrices
    "a matrix in one step": Row(
        VECTORS + 'derivative: {of: "h[t+1]", by: W, given: "p[t+1]"}',
        lambda v, t, **_: dot(v["p"][t + 1], vectors(v, t + 1, t + 1)[t + 1]),
        ("W",),
        SIZES,
        right=("outer(p[t+1]*(1 - h[t+1]**2), h[t])",),
        wrong=("outer(h[t], p[t+1]*(1 - h[t+1]**2))", "outer(p[t+1], h[t])"),
    ),
    "a bias vector in one step": Row(
        VECTORS + 'derivative: {of: "h[t+1]", by: b, given: "p[t+1]"}',
        lambda v, t, **_: dot(v["p"][t + 1], vectors(v, t + 1, t + 1)[t + 1]),
        ("b",),
        SIZES,
        right=("s*p[t+1]*(1 - h[t+1]**2)",),
        wrong=("p[t+1]*(1 - h[t+1]**2)",),
    ),
    "a number among vectors": Row(
        VECTORS + 'derivative: {of: "h[t+1]", by: s, given: "p[t+1]"}',
        lambda v, t, **_: dot(v["p"][t + 1], vectors(v, t + 1, t + 1)[t + 1]),
        ("s",),
        SIZES,
        right=("dot(p[t+1]*(1 - h[t+1]**2), b)",),
    ),
    "a matrix from the first step on": Row(
        VECTORS_START + 'derivative: {of: "h[T]", by: W, given: "p[T]"}',
        lambda v, T, **_: dot(v["p"][T], vectors_start(v, T)[T]),
        ("W",),
        SIZES_T,
    ),
    "a wide matrix, in a loss of all steps": Row(
        VECTORS_START + 'derivative: {of: "sum(dot(p[k], h[k]) for k in range(1, T+1))", by: U}',
        lambda v, T, **_: sum(dot(v["p"][k], vectors_start(v, T)[k]) for k in range(1, T + 1)),
        ("U",),
        SIZES_T,
    ),
    "a number that fills the initial vector": Row(
        VECTORS_START + 'derivative: {of: "h[T]", by: s, given: "p[T]"}',
        lambda v, T, **_: dot(v["p"][T], vectors_start(v, T)[T]),
        ("s",),
        SIZES_T,
    ),
    "an input vector": Row(
        VECTORS + 'derivative: {of: "h[t+1]", by: "x[t]", given: "p[t+1]"}',
        lambda v, t, **_: dot(v["p"][t + 1], vectors(v, t, t + 1)[t + 1]),
        ("x", "t"),
        SIZES,
    ),
    "a state vector with its own term": Row(
        VECTORS + 'derivative: {by: "h[t]", given: {"h[t]": "q[t]", "h[t+1]": "p[t+1]"}}',
        lambda v, t, **_: dot(v["q"][t], v["h"][t]) + dot(v["p"][t + 1], vectors(v, t + 1, t + 1)[t + 1]),
        ("h", "t"),
        SIZES,
        right=("q[t] + W.T @ (p[t+1]*(1 - h[t+1]**2))",),
        wrong=("q[t]", "q[t] + W @ (p[t+1]*(1 - h[t+1]**2))"),
    ),
    # without a network
    "a loss of weights alone": Row(
        'symbols: {w: [n], a: [n], y: scalar}\nderivative: {of: "(w @ a - y)**2/2", by: w}',
        lambda v, n: (dot(v["w"], v["a"]) - v["y"]) ** 2 / 2,
        ("w",),
        ({"n": 2}, {"n": 3}),
        right=("(w @ a - y)*a", "a*(dot(a, w) - y)"),
        wrong=("w @ a - y", "(w @ a - y)*w", "2*(w @ a - y)*a"),
    ),
    "cross entropy of a softmax": Row(
        'symbols: {U: [n, m], v: [n], y: [m]}\nderivative: {of: "-sum(y*log(softmax(U.T @ v)))", by: v}',
        lambda v, n, m: (
            -sum(
                y * math.log(p)
                for y, p in zip(
                    v["y"], softmax([dot(column, v["v"]) for column in zip(*v["U"], strict=True)]), strict=True
                )
            )
        ),
        ("v",),
        ({"n": 2, "m": 3}, {"n": 3, "m": 2}),
        right=("U @ (sum(y)*softmax(U.T @ v) - y)",),
        wrong=("U @ (softmax(U.T @ v) - y)", "U @ (y - sum(y)*softmax(U.T @ v))"),
    ),
    "cross entropy of one class": Row(
        'symbols: {U: [n, m], v: [n], o: "integer(0..m-1)"}\nderivative: {of: "-log(softmax(U.T @ v)[o])", by: v}',
        lambda v, n, m, o: -math.log(softmax([dot(c, v["v"]) for c in zip(*v["U"], strict=True)])[o]),
        ("v",),
        ({"n": 2, "m": 3, "o": 0}, {"n": 2, "m": 3, "o": 2}, {"n": 3, "m": 2, "o": 1}),
        right=("U @ (softmax(U.T @ v) - onehot(o, m))", "U @ softmax(U.T @ v) - U @ onehot(o, m)"),
        wrong=("U @ softmax(U.T @ v)", "U @ (softmax(U.T @ v) - onehot(0, m))"),
    ),
    "a matrix of which one column counts": Row(
        'symbols: {U: {shape: [n, m], layout: columns}, v: [n], o: "integer(0..m-1)"}\n'
        'derivative: {of: "log(softmax(U.T @ v)[o]) + dot(U[o], v)**2", by: U}',
        lambda v, n, m, o: (
            math.log(softmax([dot(c, v["v"]) for c in zip(*v["U"], strict=True)])[o])
            + dot([row[o] for row in v["U"]], v["v"]) ** 2
        ),
        ("U",),
        ({"n": 2, "m": 3, "o": 1}, {"n": 3, "m": 2, "o": 0}),
        right=("outer(v, onehot(o, m) - softmax(U.T @ v) + 2*dot(U[o], v)*onehot(o, m))",),
        wrong=("outer(v, onehot(o, m) - softmax(U.T @ v))",),
    ),
    "a row, an entry of it, outer products and diagonals": Row(
        'symbols: {A: [3, 3], v: [3]}\nderivative: {of: "sum(outer(A[1], v)*A) + A[0][2]**2 + sum(diag(A[2]) @ A)", by: A}',
        lambda v: (
            sum(v["A"][1][i] * v["v"][j] * v["A"][i][j] for i in range(3) for j in range(3))
            + v["A"][0][2] ** 2
            + sum(v["A"][2][i] * v["A"][i][j] for i in range(3) for j in range(3))
        ),
        ("A",),
        ({},),
    ),
    "a vector that is chosen by a condition": Row(
        'symbols: {a: [2], b: scalar, x: scalar}\nderivative: {of: "sum((a*b if x > 0 else b + 0*a)**2)", by: b}',
        lambda v: sum((a * v["b"] if v["x"] > 0 else v["b"]) ** 2 for a in v["a"]),
        ("b",),
        ({},),
    ),
    # functions and short names of the spec, indices in other words
    "functions, aliases and indices in other words": Row(
        """
symbols: {W: scalar, U: scalar, t: integer}
sequences: {h: scalar, x: scalar, p: scalar}
aliases: {z: "W*h[t-1] + U*x[t]", now: "h[t+1]", grad: "p[t+1]"}
network: {functions: {phi(u): "u/(1 + u**2)"}, equations: {h: "phi(W*h[-1+t] + U*x[t]) + h[t-2+1]/3"}}
derivative: {of: now, by: "h[1+t-1]", given: grad}
""",
        lambda v, t: v["p"][t + 1] * ((z := v["W"] * v["h"][t] + v["U"] * v["x"][t + 1]) / (1 + z * z) + v["h"][t] / 3),
        ("h", "t"),
    ),
}


WITHOUT_A_SHORT_FORMULA = {
    "a weight in a loss of all steps",
    "a weight in the network and in the loss",
    "a weight with two given states",
    "two states, by a weight",
    "two states, by the other's weight",
    "two states, by the initial one",
    "two states, by an input",
    "a matrix from the first step on",
    "a wide matrix, in a loss of all steps",
    "a number that fills the initial vector",
    "an initial value that is worked out, by an input",
}


def question_of(spec):
    text = f"question: q\ntitle: A gradient\npoints: 10\nanswer: formula\n{spec}"
    question, problems = KINDS.load_question(read_yaml(text.encode(), "q.yaml"), __file__)
    assert problems == []
    return question


@pytest.fixture(scope="module")
def questions():
    return {name: question_of(row.spec) for name, row in ROWS.items()}


def drawn(question, case, steps, seed):
    """A number for everything that has a name, by name: numbers, lists, and sequences by step."""
    numbers = random.Random(seed)  # no secret

    def value(shape):
        sizes = [case[size] if isinstance(size, str) else size for size in shape]
        if not sizes:
            return numbers.randint(1, 12) / 8 * numbers.choice((-1, 1))
        return [value(shape[1:]) for _ in range(sizes[0])]

    symbols = question.engine.setting.symbols
    found = {name: value(quantity.shape) for name, quantity in symbols.quantities.items()}
    return found | {name: {s: value(q.shape) for s in steps} for name, q in symbols.sequences.items()}


def copied(node):
    if isinstance(node, dict):
        return {key: copied(value) for key, value in node.items()}
    return [copied(value) for value in node] if isinstance(node, list) else node


def places(node):
    return [()] if not isinstance(node, list) else [(i, *p) for i, part in enumerate(node) for p in places(part)]


def at(node, place):
    for i in place:
        node = node[i]
    return node


def moved(values, path, by):
    """The values with one number moved."""
    values = copied(values)
    *outer, last = path
    at(values, outer)[last] += by
    return values


def differences(row, values, case, key):
    """The central difference of the loss in every entry of what is asked."""
    path = tuple(case.get(part, part) if isinstance(part, str) and part in case else part for part in key)
    sides = []
    for place in places(at(values, path)):
        up, down = (row.loss(moved(values, (*path, *place), move), **case) for move in (MOVE, -MOVE))
        sides.append((up - down) / (2 * MOVE))
    return sides


def derived(question, values, case):
    """The entries of the gradient that the engine derives, at the same numbers."""
    engine = question.engine
    comparison = Comparison(engine.setting, engine.wanted, engine.wanted, engine.backward)
    flat = {}
    for name, value in values.items():
        if name == "held":
            continue
        labels = {name: value} if not isinstance(value, dict) else {f"{name}[{s}]": one for s, one in value.items()}
        for label, one in labels.items():
            sizes = ()
            part = one
            while isinstance(part, list):
                sizes, part = (*sizes, len(part)), part[0]
            keys = entry_names(label, sizes)
            flat |= {key: at(one, place) for key, place in zip(keys, places(one), strict=True)}
    with ctx.workprec(120):
        world = Evaluation(
            comparison.compiled, case, comparison.origin(case), lambda key, _: arb(fmpq(int(flat[key] * 8), 8))
        )
        value = world.value(comparison.right)
    return value.shape if isinstance(value, Array) else (), [float(entry.mid()) for entry in entries(value)]


@pytest.mark.parametrize("name", list(ROWS))
@pytest.mark.sampled(2)
def test_the_gradient_is_that_of_plain_differences(name, questions):
    row, question = ROWS[name], questions[name]
    for case, seed in product(row.cases, SEEDS):
        values = drawn(question, case, row.steps, seed)
        if row.held:
            values["held"] = row.held(copied(values), **case)
        shape, entries_ = derived(question, values, case)
        wanted = differences(row, values, case, row.by)
        assert len(entries_) == len(wanted), (case, shape)
        for one, other in zip(entries_, wanted, strict=True):
            assert one == pytest.approx(other, rel=2e-6, abs=2e-7), (case, seed, one, other)


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.right or row.wrong])
@pytest.mark.sampled(4)
def test_answers_are_decided_by_it(name, questions):
    row, engine = ROWS[name], questions[name].engine
    for text in row.right:
        verdict = engine.decide(questions[name].engine.read(text).tree)
        assert is_equal(verdict), (text, verdict)
    for text in row.wrong:
        verdict = engine.decide(questions[name].engine.read(text).tree)
        assert isinstance(verdict, Different | ShapeDifference), (text, verdict)


@pytest.mark.long
@pytest.mark.parametrize("name", list(ROWS))
@pytest.mark.sampled(6)
def test_what_is_shown_as_right_is_right(name, questions):
    """The formula that is shown, where there is a short one, is a right answer itself."""
    engine = questions[name].engine
    if name not in WITHOUT_A_SHORT_FORMULA:
        assert is_equal(engine.decide(engine.answer)), to_text(engine.answer)
    else:
        assert engine.answer is None
