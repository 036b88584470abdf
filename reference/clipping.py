"""Clipping a gradient (Pascanu, Mikolov and Bengio 2013, "On the difficulty of training recurrent neural networks")."""

import numpy as np


def clip_by_value(g, c):
    """Every entry of `g` (any shape) brought into [-c, c]."""
    return np.minimum(np.maximum(g, -c), c)


def clip_by_norm(g, c):
    """`g * min(1, c / ||g||)` with the Euclidean norm; a zero gradient stays zero."""
    norm = np.sqrt(np.sum(np.square(g)))
    return g * (c / norm) if norm > c else np.array(g)


def clip_average(grads, c):
    """The gradient of a batch, one row of `grads` an example: the mean of the rows, then clipped by norm."""
    return clip_by_norm(np.sum(grads, axis=0) / len(grads), c)


def average_clipped(grads, c):
    """Another gradient: every row clipped first, then the mean. Long rows lose their weight: it turns."""
    return np.sum([clip_by_norm(row, c) for row in grads], axis=0) / len(grads)


def clip_sum(grads, c):
    """Another gradient: the sum of the rows in place of their mean, clipped by norm."""
    return clip_by_norm(np.sum(grads, axis=0), c)
