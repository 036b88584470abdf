"""The latch: 1 as long as the input has been only ones, 0 from the first 0 on.

`PARAMETERS` solve the question with room to spare: z is 1.5 or at most -0.5, the threshold 0.5.
"""

import numpy as np

PARAMETERS = {"W1": 2.0, "W2": 2.0, "b2": -2.5, "W3": 1.0, "b3": 0.0}


def initial():
    """The state before the first step: h_0."""
    return 1.0


def step(h, x):
    """One step of `h_t = phi(W2 h_(t-1) + W1 x_t + b2)`, `y_t = W3 h_t + b3`; returns the new state and the output."""
    p = PARAMETERS
    h = float(np.heaviside(p["W2"] * h + p["W1"] * x + p["b2"] - 0.5, 1.0))
    return h, p["W3"] * h + p["b3"]


def run(x):
    """The outputs for a whole sequence of bits, shape (T,)."""
    return np.cumprod(np.asarray(x))
