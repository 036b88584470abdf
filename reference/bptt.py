"""Back-propagation through time of a scalar network (Werbos 1990, "Backpropagation through time: what it does and how
to do it").

    h_t = sigmoid(z_t),  z_t = W h_(t-1) + U x_t,  t = 1..T,  and the loss is the last hidden value: L = h_T.

With `d_t = dL/dz_t`: `d_T = s'(z_T)` and `d_t = W s'(z_t) d_(t+1)`, where `s'(z_t) = h_t (1 - h_t)`. The weights are
shared by all steps, so their gradients are sums over the steps: `dL/dW = sum_t d_t h_(t-1)`, `dL/dU = sum_t d_t x_t`;
and `dL/dh_0 = W d_1`.
"""

import numpy as np


def hidden(W, U, h0, x):
    """`h_0, h_1, ..., h_T`, shape (T + 1,)."""
    h = [h0]
    for x_t in x:
        z = W * h[-1] + U * x_t
        h.append(1 / (1 + np.exp(-z)))
    return np.array(h)


def gradient(W, U, h0, x):
    """`(dL/dW, dL/dU, dL/dh_0)` of `L = h_T`, back through every step."""
    h = hidden(W, U, h0, x)
    slopes = h[1:] * (1 - h[1:])
    d = np.empty(len(x))
    passed = 1.0  # dL/dh_t
    for t in reversed(range(len(x))):
        d[t] = passed * slopes[t]
        passed = d[t] * W
    return float(d @ h[:-1]), float(d @ np.asarray(x, dtype=float)), float(passed)
