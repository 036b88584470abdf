"""Answers that say the same: identical ones as one group, similar ones side by side, with what differs in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class AnswerGroup:
    """Answers that are identical but for space (and, in prose without formulas, for case), by their places.

    A reader may mark these at once. An answer whose text is not all of it is alone.
    """

    members: tuple[int, ...]


@dataclass(frozen=True)
class SimilarGroup:
    """A group that is like another one, from 0 (nothing in common) to 1."""

    group: int
    likeness: float


@dataclass(frozen=True)
class GroupedAnswers:
    """Groups in an order in which similar ones lie side by side; `similar` has by group those like it, nearest first."""

    groups: tuple[AnswerGroup, ...]
    similar: tuple[tuple[SimilarGroup, ...], ...]


@dataclass(frozen=True)
class WordDifference:
    """A run of words of two answers: `same` in both, or what the one has in the place of what the other has."""

    kind: Literal["same", "different"]
    one: str
    other: str


def grouped(texts: Sequence[str | None]) -> GroupedAnswers:
    """The answers (None: no text, or files beside it that have to be opened) in groups."""
    raise NotImplementedError


def word_differences(one: str, other: str) -> tuple[WordDifference, ...]:
    """How two answers differ, word by word: the texts one after the other are the answers as they are."""
    raise NotImplementedError
