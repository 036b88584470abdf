"""Boxes around texts and units: where they lie, and whether they overlap."""

from __future__ import annotations

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
