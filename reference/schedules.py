"""How the probability of the true token falls during training: the three schedules of Bengio, Vinyals, Jaitly and
Shazeer 2015, section 2.4 (arXiv 1506.03099). `i` counts the training steps from 0.
"""

import numpy as np


def linear(i, k, c, e):
    """`max(e, k - c i)`: falls by `c` a step from `k` to the least share of truth `e`, 0 <= e < 1."""
    return float(np.clip(k - c * i, e, None))


def exponential(i, k):
    """`k^i = exp(i log k)` with 0 < k < 1."""
    return float(np.exp(i * np.log(k)))


def inverse_sigmoid(i, k):
    """`k / (k + exp(i / k))` with k >= 1, written as `1 / (1 + exp(i / k - log k))` through its logarithm.

    `log f = -log(1 + exp(i / k - log k))`, and `np.logaddexp` knows `log(1 + exp(z))` without overflow.
    """
    return float(np.exp(-np.logaddexp(0.0, i / k - np.log(k))))
