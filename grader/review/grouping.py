"""Answers that say the same: identical ones as one group, similar ones side by side, with what differs in words.

Identical are texts that differ in space alone, and in prose without a sign of a formula also in the case of words of
several letters: `It forgets.` and `it  forgets.`, but neither `it does not forget`, nor `W` and `w`, nor `Wx` and `wx`.
How similar others are is a matter of words and letters and not of meaning, so that nothing but looking at them follows
from it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal, NamedTuple

from grader.review.likeness import likenesses

LEAST_LIKENESS = 0.45
"""From which on two answers are called similar; `tests/review/test_grouping.py` has what that finds."""

MAX_SIMILAR_GROUPS = 5
"""Answers that are named as similar to one."""

_FORMULA_SIGNS = re.compile(
    r"[=+*/^_\\$<>|{}\[\]`~#&@%0-9\u00b1-\u00b3\u00b7\u00b9\u00bc-\u00be\u00d7\u00f7\u0370-\u03ff\u2070-\u209f"
    r"\u2100-\u22ff\U0001d400-\U0001d7ff]|(?<=\w)\("
)
"""What stands in formulas and code, where `W` and `w` are two things; a hyphen, brackets and quotes stand in prose."""

_LETTERS_OF_WORD = re.compile(r"[^\W\d_]{2,}")
_LETTERS_WITHOUT_VOWEL = re.compile(r"[b-df-hj-np-tv-xzB-DF-HJ-NP-TV-XZ]{2,3}")
"""Letters without a vowel, which are no word: `Wx` is another product than `wx`."""

_WORD_WITH_SPACE = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True)
class AnswerGroup:
    """Answers that are identical, by their places among those that were given.

    A reader may mark these at once. An answer whose text is not all of it is alone.
    """

    members: tuple[int, ...]


class SimilarGroup(NamedTuple):
    """A group that is like another one, from 0 (nothing in common) to 1."""

    group: int
    likeness: float


@dataclass(frozen=True)
class GroupedAnswers:
    """Groups in an order in which similar ones lie side by side.

    `similar` has by group those like it, nearest first.
    """

    groups: tuple[AnswerGroup, ...]
    similar: tuple[tuple[SimilarGroup, ...], ...]


@dataclass(frozen=True)
class WordDifference:
    """A run of words of two answers: the same in both, or what the one has in the place of what the other has."""

    kind: Literal["same", "different"]
    one: str
    other: str


def grouped(texts: Sequence[str | None], asked: Sequence[str] = ()) -> GroupedAnswers:
    """The answers (None: no text, or more than its text to look at) in groups, the first of each in their order.

    `asked`: what the student of each was asked; answers to different questions are never one group.
    """
    found = _identical(texts, asked)
    likeness = likenesses([texts[group[0]] or "" for group in found], LEAST_LIKENESS, MAX_SIMILAR_GROUPS)
    order = _side_by_side(likeness)
    place_of = {group: place for place, group in enumerate(order)}
    similar = []
    for group in order:
        nearest = sorted(likeness[group].items(), key=lambda one: (-one[1], place_of[one[0]]))
        similar.append(tuple(SimilarGroup(place_of[other], value) for other, value in nearest))
    return GroupedAnswers(tuple(AnswerGroup(tuple(found[group])) for group in order), tuple(similar))


def identical(texts: Sequence[str | None], asked: Sequence[str] = ()) -> GroupedAnswers:
    """The same groups in the order of their first answers, without looking for what is similar, which takes longer."""
    found = _identical(texts, asked)
    return GroupedAnswers(tuple(AnswerGroup(tuple(members)) for members in found), ((),) * len(found))


def _identical(texts: Sequence[str | None], asked: Sequence[str]) -> list[list[int]]:
    members: dict[object, list[int]] = {}
    for place, (text, of) in enumerate(zip(texts, asked or [""] * len(texts), strict=True)):
        members.setdefault(place if text is None else (of, same_answer(text)), []).append(place)
    return list(members.values())


def same_answer(text: str) -> str:
    """What two texts have in common exactly if they are identical answers."""
    words = " ".join(unicodedata.normalize("NFC", text).split())
    return words if _FORMULA_SIGNS.search(words) else _LETTERS_OF_WORD.sub(_without_case, words)


def _without_case(found: re.Match[str]) -> str:
    """A word in small letters; `Wx`, and `dW` with a capital behind a small letter, stay as they are."""
    word = found[0]
    is_symbol = _LETTERS_WITHOUT_VOWEL.fullmatch(word) or any(a.islower() and b.isupper() for a, b in pairwise(word))
    return word if is_symbol else word.lower()


def _side_by_side(likeness: Sequence[dict[int, float]]) -> list[int]:
    """An order in which each group is followed by the one most like it that is left, else by the first that is left."""
    left = dict.fromkeys(range(len(likeness)))
    order: list[int] = []
    while left:
        near = [(value, -other) for other, value in likeness[order[-1]].items() if other in left] if order else []
        chosen = -max(near)[1] if near else next(iter(left))
        del left[chosen]
        order.append(chosen)
    return order


def word_differences(one: str, other: str) -> tuple[WordDifference, ...]:
    """How two answers differ, word by word: the texts of the runs, one after the other, are the answers as they are."""
    first, second = _WORD_WITH_SPACE.findall(one), _WORD_WITH_SPACE.findall(other)
    matcher = SequenceMatcher(None, [token.strip() for token in first], [token.strip() for token in second])
    return tuple(
        WordDifference("same" if tag == "equal" else "different", "".join(first[i:j]), "".join(second[k:m]))
        for tag, i, j, k, m in matcher.get_opcodes()
    )
