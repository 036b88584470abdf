"""One-hot vectors: the words of a vocabulary as unit vectors (and why that is not enough: Bengio, Ducharme, Vincent and
Jauvin 2003, "A neural probabilistic language model").

Two different words have dot product 0 and distance sqrt(2): no pair is more alike than another.
"""

import numpy as np


def one_hot(index, size):
    """The vector of `size` entries with a 1 at `index` (from 0) and 0 elsewhere; ValueError outside the vocabulary."""
    if not 0 <= index < size:
        raise ValueError(f"the vocabulary has the words 0 to {size - 1}, and {index} is none of them")
    return (np.arange(size) == index).astype(float)
