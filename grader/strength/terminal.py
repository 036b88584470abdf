"""The strength of a spec for people at a terminal: a table of all questions, then what each of them misses."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain

from grader.columns import aligned, wrapped
from grader.kinds.mutants import MutantVerdict, StrengthRemark
from grader.reports.terminal import TERMINAL_COLUMNS
from grader.strength.outcome import SpecStrength, WayStrength, percent
from grader.verdict import counted_points, points_in_words
from grader.visible import visible

DEFAULT_SURVIVORS = 10
"""Of a question that are shown."""

MAX_SHOWN_INPUTS = 12
"""Of the inputs that kill all mutants of a question."""

MAX_HELD_SHOWN = 3


def render(strength: SpecStrength, survivors: int = DEFAULT_SURVIVORS, width: int = TERMINAL_COLUMNS) -> str:
    """The strength as text, with at most so many survivors of each question."""
    wide = max(width, 40)
    parts = [_summary(strength, wide), *(_question(way, survivors, wide) for way in strength.ways)]
    text = "\n".join(chain.from_iterable(part for part in map(list, parts) if part))
    return visible("\n".join(line.rstrip() for line in text.splitlines())) + "\n"


def _summary(strength: SpecStrength, width: int) -> Iterator[str]:
    """The table of all questions, and what it comes to."""
    titles = ("question", "kind", "mutants", "killed", "survived", "equivalent", "held", "share")
    rows = [titles, *map(_row, strength.ways)]
    yield from aligned(rows, left=(0, 1))
    yield ""
    yield from _wrapped(_said_of_all(strength), width, hanging=0)


def _row(way: WayStrength) -> tuple[str, ...]:
    if not way.made and not way.fault:
        return (way.name, way.kind, "none", "-", "-", "-", "-", "-")
    counts = way.counts
    share = "-" if way.share is None else percent(way.share)
    made = f"{len(way.verdicts)}/{way.made}" if way.made > len(way.verdicts) else str(way.made)
    numbers = (str(counts[status]) for status in ("killed", "survived", "equivalent", "held"))
    return (way.name, way.kind, made, *numbers, "held" if way.fault else share)


def _said_of_all(strength: SpecStrength) -> str:
    """One paragraph on the whole."""
    parts = list[str]()
    survived, wrong = strength.count("survived"), strength.count("survived") + strength.count("killed")
    of_all = f"all {wrong} wrong answers lose" if wrong > 1 else "the 1 wrong answer loses"
    said = f"{survived} of {wrong} wrong answers lose no points" if survived > 1 else f"{of_all} points"
    if survived == 1:
        said = f"1 of {wrong} wrong answers loses no points" if wrong > 1 else "the 1 wrong answer loses no points"
    if wrong:
        equal = strength.count("equivalent")
        rest = (
            f"{equal} are as good as a right one and do not"
            if equal != 1
            else "1 is as good as a right one and does not"
        )
        parts.append(f"{said}; {rest} count.")
    parts += _without_mutants(strength)
    if strength.at_least is not None:
        wanted = percent(strength.at_least)
        below = ", ".join(f"{way.name} ({percent(way.share or Fraction(0))})" for way in strength.below)
        parts.append(f"Below {wanted}: {below}." if below else f"Every question reaches {wanted}.")
    return " ".join(parts)


def _without_mutants(strength: SpecStrength) -> Iterator[str]:
    """Of which questions no mutants are made, and why: those with one reason together."""
    reasons: dict[str, list[str]] = {}
    for way in strength.ways:
        if not way.made and not way.fault:
            said = "; ".join(remark.text for remark in way.remarks) or "no wrong answers can be made"
            reasons.setdefault(said, []).append(way.name)
    return (f"{', '.join(names)}: {said}." for said, names in reasons.items())


def _question(way: WayStrength, survivors: int, width: int) -> Iterator[str]:
    """All that is said of one question; nothing of one without mutants."""
    if not way.verdicts and not way.fault:
        return
    yield ""
    yield f"{way.name} ({counted_points(way.points)})"
    if way.fault:
        yield from _wrapped(f"held: {way.fault}", width, 2)
    yield from _survivors(way, survivors, width)
    yield from _held(way, width)
    yield from _lines(way, width)
    yield from _counted("wrong answers by points", [(points_in_words(p), n) for p, n in way.totals()], width)
    operators = [
        (one.operator, one.counts["killed"], one.counts["killed"] + one.counts["survived"]) for one in way.operators()
    ]
    missed = [f"{name} {killed} of {wrong}" for name, killed, wrong in operators if killed < wrong]
    whole = [f"{name} {wrong}" for name, killed, wrong in operators if killed == wrong and wrong]
    if missed:
        yield from _wrapped(f"killed in part: {', '.join(missed)}", width, 2)
    if whole:
        yield from _wrapped(f"all killed: {', '.join(whole)}", width, 2)
    yield from _inputs(way, width)
    for remark in way.remarks:
        yield from _remark(remark, width)


def _survivors(way: WayStrength, most: int, width: int) -> Iterator[str]:
    found = way.of("survived")
    if found:
        yield from _wrapped(f"wrong, and earns all points: {len(found)} of {way.wrong}", width, 2)
    for verdict in found[:most]:
        yield from _survivor(verdict, width)
    if len(found) > most:
        yield f"    and {len(found) - most} more: --survivors {len(found)}"


def _survivor(verdict: MutantVerdict, width: int) -> Iterator[str]:
    """A mutant that loses nothing: what was changed, and an input that shows that it is wrong."""
    mutant = verdict.mutant
    yield from _wrapped(f"{mutant.operator}, of {mutant.source}", width, 4)
    for line in mutant.change.splitlines():
        yield from _wrapped(line, width, 6)
    if verdict.killing_inputs:
        yield from _wrapped(f"told apart by {verdict.killing_inputs[0]}", width, 6)
    if verdict.reason:
        yield from _wrapped(verdict.reason, width, 6)


def _held(way: WayStrength, width: int) -> Iterator[str]:
    found = way.of("held")
    if found:
        yield f"  could not be judged: {len(found)}"
    for verdict in found[:MAX_HELD_SHOWN]:
        change = " ".join(verdict.mutant.change.split())
        yield from _wrapped(f"{verdict.mutant.operator}: {change}: {verdict.reason}", width, 4)
    if len(found) > MAX_HELD_SHOWN:
        yield f"    and {len(found) - MAX_HELD_SHOWN} more, which --format json names"


def _lines(way: WayStrength, width: int) -> Iterator[str]:
    """The rubric, where it has several lines."""
    lines = way.lines()
    if len(lines) < 2:
        return
    yield "  kills  alone  rubric line"
    for one in lines:
        name = textwrap.shorten(one.line.name, max(20, width - 28), placeholder="...")
        yield f"  {one.kills:5}  {one.kills_alone:5}  {name} ({points_in_words(one.line.points)})"


def _counted(title: str, counts: Sequence[tuple[str, int]], width: int) -> Iterator[str]:
    if counts:
        yield from _wrapped(f"{title}: {', '.join(f'{name}: {count}' for name, count in counts)}", width, 2)


def _inputs(way: WayStrength, width: int) -> Iterator[str]:
    """A few inputs that tell all mutants from a right answer."""
    found = way.killing_inputs()
    if not found.inputs:
        return
    shown = [one.input for one in found.inputs[:MAX_SHOWN_INPUTS]]
    more = len(found.inputs) - len(shown)
    kill = "1 input kills" if len(found.inputs) == 1 else f"{len(found.inputs)} inputs kill"
    end = f"; and {more} more, which --format json names" if more else ""
    left = way.wrong - found.killed
    end += f"; for the other{'s' if left > 1 else ''} no short input is known" if left else ""
    yield from _wrapped(f"{kill} {found.killed} of {way.wrong}: {'; '.join(shown)}{end}", width, 2)


def _remark(remark: StrengthRemark, width: int) -> Iterator[str]:
    yield from _wrapped(f"- {remark.text}", width, 2, 4)
    yield from (f"      {line}" for line in (remark.yaml + remark.python).splitlines())


def _wrapped(text: str, width: int, indent: int = 0, hanging: int | None = None) -> list[str]:
    first, later = " " * indent, " " * (indent + 2 if hanging is None else hanging)
    return wrapped(text, width, first, later, long_words=True) or [""]
