"""Boxes around texts and units: where they lie, and whether they overlap; points between others."""

from __future__ import annotations

from collections.abc import Sequence

PicturePoint = tuple[float, float]

Corners = tuple[PicturePoint, PicturePoint]
"""The upper left and the lower right corner of a box."""


def corners(middle: PicturePoint, size: tuple[float, float]) -> Corners:
    """The box of a width and a height around a point."""
    (x, y), (width, height) = middle, size
    return (x - width / 2, y - height / 2), (x + width / 2, y + height / 2)


def overlap(one: Corners, other: Corners) -> bool:
    """Whether two boxes have an inner point in common."""
    (left, top), (right, bottom) = one
    (other_left, other_top), (other_right, other_bottom) = other
    return left < other_right and other_left < right and top < other_bottom and other_top < bottom


def mean_point(points: Sequence[PicturePoint], parts: Sequence[float]) -> PicturePoint:
    """The sum of points times their parts, which add up to 1.

    Added one after the other: from Python 3.12 on `sum` rounds in another way, and pages would have other bytes.
    """
    x = y = 0.0
    for point, part in zip(points, parts, strict=True):
        x, y = x + part * point[0], y + part * point[1]
    return x, y
