"""Gradients through a scalar recurrent network, by running it again with the hidden state nudged.

Each function draws a random trajectory and gives the values of every name in the formula (sequences as lists, by step)
and the right number: a central difference of the loss in h_t, with nothing differentiated by hand.
"""

import numpy as np

STEP = 1e-5


def sigmoid(z):
    """The logistic function."""
    return 1 / (1 + np.exp(-z))


def run(h, x, first, W, U, M=0.0):
    """The states of `h_t = sigmoid(W h_(t-1) + M h_(t-2) + U x_t)` from step `first` on, given those before."""
    h = list(h[:first])
    for t in range(first, len(x)):
        h.append(sigmoid(W * h[t - 1] + M * (h[t - 2] if t > 1 else 0.0) + U * x[t]))
    return h


def nudged(loss, h, t):
    """The central difference of `loss(h)` in the state at step t, with the later states left to `loss`."""
    up, down = list(h), list(h)
    up[t] += STEP
    down[t] -= STEP
    return (loss(up) - loss(down)) / (2 * STEP)


def draw(rng, steps, skip=False):
    """Weights, inputs and states of a random trajectory."""
    W, U, M = rng.normal(scale=2, size=3)
    M = M if skip else 0.0
    x = list(rng.normal(scale=2, size=steps))
    return W, U, M, x, run([rng.uniform()], x, 1, W, U, M)


def one_step_back(rng):
    """dL/dh_t where the loss is dL[t+1] times h_(t+1)."""
    t, dL = int(rng.integers(1, 4)), list(rng.normal(size=6))
    W, U, _, x, h = draw(rng, 6)
    gradient = nudged(lambda g: dL[t + 1] * run(g, x, t + 1, W, U)[t + 1], h, t)
    return {"W": W, "U": U, "t": t, "h": h, "x": x, "dL": dL}, gradient


def chain(rng):
    """dL/dh_t where the loss is dL[T] times h_T, for a gap of 1 to 6 steps."""
    t, gap = int(rng.integers(1, 3)), int(rng.integers(1, 7))
    T, dL = t + gap, list(rng.normal(size=t + gap + 1))
    W, U, _, x, h = draw(rng, T + 1)
    gradient = nudged(lambda g: dL[T] * run(g, x, t + 1, W, U)[T], h, t)
    return {"W": W, "U": U, "t": t, "T": T, "h": h, "x": x, "dL": dL}, gradient


def skip_connections(rng):
    """dL/dh_t where h_t reaches the loss through h_(t+1) and h_(t+2), whose own gradients are dL[t+1] and dL[t+2]."""
    t, dL = int(rng.integers(1, 4)), list(rng.normal(size=7))
    W, U, M, x, h = draw(rng, 7, skip=True)

    def loss(g):
        first = sigmoid(W * g[t] + M * g[t - 1] + U * x[t + 1])
        second = sigmoid(W * h[t + 1] + M * g[t] + U * x[t + 2])
        return dL[t + 1] * first + dL[t + 2] * second

    return {"W": W, "M": M, "U": U, "t": t, "h": h, "x": x, "dL": dL}, nudged(loss, h, t)
