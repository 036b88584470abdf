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
    roots = [number for number, loss in enumerate(load.losses) if loss.root == number]
    notes = [_note(name, number, load.losses) for number in roots[:MAX_NOTED_LOSSES]]
    more = load.lost - len(load.losses) + len(roots[MAX_NOTED_LOSSES:])
    if more > 0:
        notes.append(f"{name}: {more} more {'statement' if more == 1 else 'statements'} stopped")
    notes[-1] += f"; what everything else in {name} defines is used"
    return notes


def _note(name: str, number: int, losses: tuple[LoadLoss, ...]) -> str:
    loss = losses[number]
    needy = [other for i, other in enumerate(losses) if other.root == number != i]
    file = "" if loss.place == name else f"{name}, "
    return f"{file}{loss.place}, {loss}{_needy(loss, needy)}"


def _needy(loss: LoadLoss, needy: list[LoadLoss]) -> str:
    """What stopped for want of what a statement would have defined."""
    if not needy:
        return ""
    if loss.place.startswith("cell "):
        places = list(dict.fromkeys(other.place.removeprefix("cell ") for other in needy))
        noun = "cell"
    else:
        places = list(dict.fromkeys(str(other.line) for other in needy))
        noun = "line"
    shown, more = places[:MAX_NOTED_PLACES], len(places) - MAX_NOTED_PLACES
    where = listed([*shown, f"{more} more"] if more > 0 else shown)
    verbs = ("need", "stop") if len(places) > 1 else ("needs", "stops")
    return f" ({noun}{'s' * (len(places) > 1)} {where} {verbs[0]} what it defines, and {verbs[1]} too)"
