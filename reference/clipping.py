"""Clipping a gradient (Pascanu, Mikolov and Bengio 2013, "On the difficulty of training recurrent neural networks")."""

import numpy as np


def clip_by_value(g, c):
    """Every entry of `g` (any shape) brought into [-c, c]."""
    return np.minimum(np.maximum(g, -c), c)


def clip_by_norm(g, c):
    """`g * min(1, c / ||g||)` with the Euclidean norm; a zero gradient stays zero."""
    norm = np.sqrt(np.sum(np.square(g)))
    return g * (c / norm) if norm > c else np.array(g)
