"""Equality so far: 1 as long as two bit sequences have been equal, 0 from their first difference on.

`PARAMETERS` solve the question with room to spare: every unit stays 1/2 away from its threshold.
"""

import numpy as np

PARAMETERS = {
    "W": np.array([[-1.0, -1.0], [1.0, 1.0]]),
    "b": np.array([0.5, -1.5]),
    "v": np.array([1.0, 1.0]),
    "r": 1.0,
    "c": -1.5,
    "c0": -0.5,
}


def initial():
    """The state before the first step: there is no y_0."""
    return None  # noqa: RET501  # the state is "no y yet", which is a value


def step(y, x):
    """One step for a pair of bits `x`, shape (2,); returns the new state and the output."""
    p = PARAMETERS
    h = np.heaviside(p["W"] @ np.asarray(x, dtype=float) + p["b"], 0.0)
    past = p["c0"] if y is None else p["r"] * y + p["c"]
    y = float(np.heaviside(p["v"] @ h + past, 0.0))
    return y, y


def run(x):
    """The outputs for a whole sequence of pairs, `x` of shape (T, 2)."""
    x = np.asarray(x)
    return np.cumprod(x[:, 0] == x[:, 1])
