"""What a report says of statements that stopped while code was loaded."""

from __future__ import annotations

from grader.documents import shortened
from grader.errors import listed
from grader.sandbox import Load, LoadedProgram, LoadLoss

MAX_NOTED_LOSSES = 5
"""Statements that stopped for a reason of their own and are noted one by one."""
MAX_NOTED_PLACES = 6
"""Places that stopped for want of one name and are listed."""


def load_notes(file: str, load: Load) -> list[str]:
    """Sentences, one for each statement that stopped for a reason of its own; none where everything was run."""
    if not isinstance(load, LoadedProgram) or not load.losses:
        return []
    name = shortened(file)
    alike: dict[tuple[str, str], list[int]] = {}
    for number, loss in enumerate(load.losses):
        if loss.root == number:
            alike.setdefault((loss.kind, loss.message), []).append(number)
    groups = list(alike.values())
    notes = [_note(name, numbers, load.losses) for numbers in groups[:MAX_NOTED_LOSSES]]
    more = load.lost - len(load.losses) + sum(map(len, groups[MAX_NOTED_LOSSES:]))
    if more > 0:
        notes.append(f"{name}: {more} more {'statement' if more == 1 else 'statements'} stopped")
    notes[-1] += f"; what everything else in {name} defines is used"
    return notes


def _note(name: str, numbers: list[int], losses: tuple[LoadLoss, ...]) -> str:
    """Of statements that stopped for the same reason: the first, and how many more."""
    loss, others = losses[numbers[0]], len(numbers) - 1
    needy = [other for i, other in enumerate(losses) if other.root in numbers and other.root != i]
    file = f"{name}, " if loss.place.startswith("cell ") else ""  # a module's own name is its place
    same = f" (and {others} more {'statements' if others > 1 else 'statement'} in the same way)" if others else ""
    return f"{file}{loss.place}, {loss}{same}{_needy(loss, needy)}"


def _needy(loss: LoadLoss, needy: list[LoadLoss]) -> str:
    """What stopped for want of what a statement would have defined: lines of its own cell or file, and others."""
    if not needy:
        return ""
    lines = [str(other.line) for other in needy if other.place == loss.place]
    cells = [
        other.place if other.place.startswith("cell ") else f"line {other.line} of {other.place}"
        for other in needy
        if other.place != loss.place
    ]
    places = [f"line {line}" for line in dict.fromkeys(lines)] + list(dict.fromkeys(cells))
    shown, more = places[:MAX_NOTED_PLACES], len(places) - MAX_NOTED_PLACES
    where = listed([*shown, f"{more} more"] if more > 0 else shown)
    many = len(places) > 1
    return f"; {where} {'need' if many else 'needs'} what it defines, and {'stop' if many else 'stops'} too"
