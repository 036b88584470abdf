"""How like each other texts are: cosines of TF-IDF vectors of words and of letters, smoothed by their main directions.

scikit-learn has the same, and takes two seconds to be imported; the matrices here are a few lines of NumPy.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

MAX_COMPARED = 2_000
"""Texts that are all compared with each other; of more, each is compared with those around it."""

MAX_LIKENESS_CHARACTERS = 5_000
"""Of the beginning of a text."""

MAX_FEATURES = 8_192
"""Words, pairs of words or parts of words that are counted: those that stand in most texts."""

MAIN_DIRECTIONS = 12
"""Of the space of texts (latent semantic analysis): about as many as there are things that answers say."""

_WORDS_AND_SIGNS = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")
_PART_LENGTHS = (3, 4, 5)


def likenesses(texts: Sequence[str], least: float, most: int) -> list[dict[int, float]]:
    """By text, the others that are like it, at most so many, and how much: from `least` to 1 with two decimals."""
    found: list[dict[int, float]] = [{} for _ in texts]
    for start in range(0, len(texts), MAX_COMPARED):
        part = texts[start : start + MAX_COMPARED]
        if len(part) < 2:
            continue
        matrix = _likeness([text[:MAX_LIKENESS_CHARACTERS].lower() for text in part])
        matrix = matrix.clip(0, 1).round(2)  # so that rounding within decides nothing
        for i, row in enumerate(matrix):
            row[i] = -1
            nearest = (-row).argsort(kind="stable")[:most]
            found[start + i] = {start + int(j): round(float(row[j]), 2) for j in nearest if row[j] >= least}
    return found


def _likeness(texts: Sequence[str]) -> Matrix:
    by_words, by_parts = (_cosines(_vectors([count(text) for text in texts])) for count in (_words, _parts_of_words))
    plain: Any = (by_words + by_parts) / 2
    likeness: Matrix = (plain + _along_main_directions(plain)) / 2
    return likeness


def _words(text: str) -> Counter[str]:
    words = _WORDS_AND_SIGNS.findall(text)
    return Counter([*words, *map(" ".join, pairwise(words))])


def _parts_of_words(text: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for word, number in Counter(re.findall(r"\w+", text)).items():
        for part in _parts_of(word):
            counts[part] += number
    return counts


@lru_cache(maxsize=50_000)
def _parts_of(word: str) -> tuple[str, ...]:
    whole = f" {word} "
    return tuple(whole[i : i + length] for length in _PART_LENGTHS for i in range(max(1, len(whole) - length + 1)))


def _vectors(counts: Sequence[Counter[str]]) -> Matrix:
    """A row of weights for each text, of length 1 (0 where nothing in it stands in another text)."""
    import numpy as np

    known: dict[str, int] = {}
    places = [known.setdefault(feature, len(known)) for count in counts for feature in count]
    columns = np.array(places, np.intp)
    numbers = np.array([number for count in counts for number in count.values()], np.float64)
    rows = np.repeat(np.arange(len(counts)), [len(count) for count in counts])
    texts_with = np.bincount(columns, minlength=len(known))
    weights = (1 + np.log(numbers)) * (np.log((1 + len(counts)) / (1 + texts_with)) + 1)[columns]
    lengths = np.sqrt(np.bincount(rows, weights**2, len(counts)))
    weights /= np.where(lengths == 0, 1, lengths)[rows]
    shared = np.argsort(-texts_with, kind="stable")[: min(MAX_FEATURES, int((texts_with > 1).sum()))]
    place = np.full(len(known), -1)
    place[shared] = np.arange(len(shared))
    is_shared = place[columns] >= 0
    matrix = np.zeros((len(counts), len(shared)), np.float32)
    matrix[rows[is_shared], place[columns[is_shared]]] = weights[is_shared]
    return matrix


def _cosines(vectors: Matrix) -> Matrix:
    found: Matrix = vectors @ vectors.T
    return found


def _along_main_directions(cosines: Matrix) -> Matrix:
    """The cosines of the texts in the directions in which they differ most."""
    import numpy as np

    values, directions = np.linalg.eigh(cosines.astype(np.float64))
    chosen = values.argsort()[::-1][:MAIN_DIRECTIONS]
    places = directions[:, chosen] * np.sqrt(np.maximum(values[chosen], 0))
    lengths = np.sqrt((places**2).sum(axis=1))
    places /= np.where(lengths < 1e-6, np.inf, lengths)[:, None]  # a text that has nothing to do with the others
    return _cosines(places.astype(np.float32))
