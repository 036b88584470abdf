"""What comes before the names of students in the names of a download: the name of the assignment, the same for all."""

from __future__ import annotations

from collections.abc import Collection


def common_start(names: Collection[str], separator: str) -> str:
    """The longest text, with a separator at its end, that all names begin with; what is left of each holds a letter.

    `hw5_team_1` and `hw5_team_2` are `team_1` and `team_2` of `hw5_`: a number alone is no name. Empty where there is
    none, or where there is but one name, of which nobody can say where it is divided.
    """
    if len(set(names)) < 2:
        return ""
    first, last = min(names), max(names)
    start = next((first[:i] for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), first)
    while separator in start:
        start = start[: start.rindex(separator) + 1]
        if all(any(letter.isalpha() for letter in name[len(start) :]) for name in names):
            return start
        start = start[:-1]
    return ""
