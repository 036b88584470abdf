"""Names of arrays in a file of weights against those that a layout wants: meant, missing, unknown, not used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from grader.answers.arrays import Numbers
from grader.documents import shortened
from grader.errors import Problem, SourceLocation, did_you_mean, listed
from grader.kinds.weights.layout import ArrayLayout
from grader.machines.system import Parameter

MAX_NAMED_PARAMETERS = 20
"""Names that are not parameters and are listed one by one."""

MAX_NAMED_UNUSED = 8
"""Arrays that no parameter is read from and that are named one by one."""

_WRAPPERS = {
    "module.": "a DataParallel wrapper: save model.module.state_dict()",
    "_orig_mod.": "torch.compile: save model._orig_mod.state_dict()",
}
"""What libraries put before every name of a wrapped model, and what to do about it."""


def chosen_layout(numbers: Numbers, layouts: Sequence[ArrayLayout]) -> ArrayLayout:
    """The layout that the most arrays of the file have a place in; the first of several."""
    there = set(numbers.names)

    def placed(layout: ArrayLayout) -> int:
        return len({numbers.inner_name(array.name) for stored in layout.values() for array in stored} & there)

    return max(layouts, key=placed)


def _needed(layout: ArrayLayout, parameters: Mapping[str, Parameter], numbers: Numbers) -> list[str]:
    """The arrays without which a parameter has no value; one with a default needs all of its sum, or none."""
    there = set(numbers.names)
    needed: dict[str, None] = {}
    for name, stored in layout.items():
        if parameters[name].default is None or any(numbers.inner_name(array.name) in there for array in stored):
            needed |= dict.fromkeys(array.name for array in stored)
    return list(needed)


def missing_arrays(
    numbers: Numbers, parameters: Mapping[str, Parameter], layout: ArrayLayout, own: bool, place: SourceLocation
) -> list[Problem]:
    """A problem with all arrays that the file does not have, and what comes closest; `own`: they are parameters."""
    there = numbers.names
    needed = _needed(layout, parameters, numbers)
    missing = [name for name in needed if numbers.inner_name(name) not in there]
    several = [f"{name} is there as {listed(map(_shown, found))}" for name in missing if (found := numbers.meant(name))]
    if several:
        return [Problem(f"{'; '.join(several)}: hand in one of them", place)]
    if not missing:
        return []
    verb = "is" if len(missing) == 1 else "are"
    if wrapped := _prefix(missing, there):
        advice = _WRAPPERS.get(wrapped, f"save the state dict of {_shown(wrapped[:-1])} alone")
        message = f"{listed(missing)} {verb} missing: the names begin with {shortened(wrapped)!r} ({advice})"
        return [Problem(message, place)]
    if own:
        return [Problem(f"{listed(missing)} {verb} missing", place)]
    free = [name for name in there if name not in needed]
    wanted = [f"{name}{_similar(name, free)}" for name in missing]
    return [Problem(f"{listed(wanted)} {verb} missing; the file holds {_first_of(there) or 'nothing'}", place)]


def _first_of(names: Sequence[str]) -> str:
    """Some of the names in a file, in words."""
    more = [f"{len(names) - MAX_NAMED_UNUSED} more"] if len(names) > MAX_NAMED_UNUSED else []
    return listed([*map(_shown, names[:MAX_NAMED_UNUSED]), *more])


def _shown(name: str) -> str:
    """A name as it can be shown, whatever stands in it."""
    return shortened(name) if name.isprintable() else ascii(shortened(name))


def _similar(name: str, free: Sequence[str]) -> str:
    """Advice: a name that ends in the same part (`weight_ih_l0`), else the closest one."""
    last = re.split(r"[./]", name)[-1]
    alike = [other for other in free if re.split(r"[./]", other)[-1] == last]
    return did_you_mean(name, map(shortened, alike)) or did_you_mean(name, map(shortened, free))


def _prefix(missing: Sequence[str], there: Iterable[str]) -> str:
    """What stands before every missing name in the file; empty where it is not the same for all."""
    names = set(there)
    starts = [name.removesuffix(missing[0]) for name in there if name.endswith(f".{missing[0]}")]
    return next((start for start in starts if names.issuperset(f"{start}{name}" for name in missing)), "")


def unknown_arrays(numbers: Numbers, parameters: Mapping[str, Parameter], place: SourceLocation) -> list[Problem]:
    """Arrays that are not parameters, beside those that are; what is no array is left aside."""
    used = {numbers.inner_name(name) for name in parameters}
    beside = {numbers.holder_of(name) for name in used} if used & set(numbers.names) else set(numbers.holders)
    names = [
        name
        for name in numbers.names
        if name not in used
        and name not in numbers.extras
        and (not numbers.holders or numbers.holder_of(name) in beside)
    ]
    missing = [name for name in parameters if numbers.inner_name(name) not in numbers.names]
    if missing and _prefix(missing, numbers.names):  # said once, of all of them
        return []
    problems = unknown_names(names, parameters, place, {}, missing)
    reasons = [f"; {_shown(name)} {numbers.unusable[name]}" if name in numbers.unusable else "" for name in names]
    told = [Problem(f"{p.message}{reason}", p.place) for p, reason in zip(problems, reasons, strict=False)]
    return [*told, *problems[len(told) :]]


def unknown_names(
    given: Iterable[str],
    parameters: Mapping[str, Parameter],
    whole: SourceLocation,
    places: Mapping[str, SourceLocation],
    missing: Sequence[str] | None = None,
) -> list[Problem]:
    """A problem for each name that is not a parameter, with advice; `missing` are the parameters that are not given."""
    names = [str(name) for name in given]
    missing = [name for name in parameters if name not in names] if missing is None else missing
    problems = []
    for name in names:
        if name not in parameters:
            verb = "is" if len(parameters) == 1 else "are"
            advice = did_you_mean(shortened(name), missing) or f" ({listed(parameters)} {verb})"
            before, colon, value = map(str.strip, name.partition(":"))
            if before in parameters and not colon:
                advice = f": leave out the blanks, {before}"
            elif before in parameters:
                advice = f": write a space after the colon, {before}: {shortened(value)}"
            problems.append(Problem(f"{shortened(name)!r} is not a parameter{advice}", places.get(name, whole)))
    if more := problems[MAX_NAMED_PARAMETERS:]:
        problems = [*problems[:MAX_NAMED_PARAMETERS], Problem(f"and {len(more)} more names are no parameters", whole)]
    return problems


def unused_arrays(numbers: Numbers, layout: ArrayLayout) -> list[str]:
    """A note on the arrays that no parameter is read from."""
    used = {numbers.inner_name(array.name) for stored in layout.values() for array in stored}
    unused = [name for name in numbers.names if name not in used]
    return [f"not used: {_first_of(unused)}"] if unused else []
