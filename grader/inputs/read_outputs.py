"""What a function returns as a line of text: `real`, `vector(len(g))`, `sequence(1..8, bit)`, `integer or none`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import cast, get_args

from flint import fmpq

from grader.inputs.outputs import (
    ArrayOutput,
    EitherOutput,
    Output,
    OutputSize,
    ScalarKind,
    ScalarOutput,
    SequenceOutput,
)
from grader.inputs.text_parts import MAX_AXES, MAX_SET_DEPTH, SET_HEAD, InputSetError, Part, read_part, split_parts
from grader.language.tree import Number

OUTPUT_FORMS = (
    *get_args(ScalarKind),
    "vector(length)",
    "vector(length, integer)",
    "matrix(rows, columns)",
    "array(n, m, ...)",
    "sequence(length, form)",
    "form or form",
)
LENGTH_FORMS = "a length is a number, an expression in the arguments, a..b, a.. or any"


def read_output(text: str, at: int = 0, depth: int = 0) -> Output:
    """The form that a line of text describes.

    Raises:
        InputSetError: with the offset of the part that is not understood.
    """
    if depth > MAX_SET_DEPTH:
        raise InputSetError("forms are nested too deeply", at)
    forms = split_parts(text, " or ", at)
    if len(forms) > 1:
        return EitherOutput(tuple(read_output(*form, depth + 1) for form in forms))
    lead = len(text) - len(text.lstrip())
    at, text = at + lead, text.strip()
    found = SET_HEAD.fullmatch(text)
    name, inside = (found[1], found[2]) if found else ("", None)
    parts = split_parts(inside, ",", at + text.index("(") + 1) if inside is not None else []
    if name in get_args(ScalarKind) and inside is None:
        return ScalarOutput(cast(ScalarKind, name))
    reader = _OUTPUT_READERS.get((name, len(parts)))
    if name == "array" and 1 <= len(parts) <= 1 + MAX_AXES:
        kinds = len(parts) > 1 and parts[-1][0].strip() in get_args(ScalarKind)
        reader = _array(len(parts) - kinds)
    if reader is None:
        raise InputSetError(f"{text!r} is nothing that a function returns (there are {'; '.join(OUTPUT_FORMS)})", at)
    return reader(parts, depth)


def _length(part: Part) -> OutputSize:
    text, at = part
    step, zero = 1, Number(fmpq(0))
    if text.strip() == "any":
        return OutputSize(zero, None)
    if not text.strip():
        raise InputSetError(f"a length is missing ({LENGTH_FORMS})", at)
    if found := re.search(r"\s+step\s+([1-9]\d*)\s*$", text):
        step, text = int(found[1]), text[: found.start()]
    if ".." not in text:
        exact = read_part((text, at))
        return OutputSize(exact, exact, step)
    low, high, *more = split_parts(text, "..", at)
    if more:
        raise InputSetError(f"{text.strip()!r} is not a length: {LENGTH_FORMS}", at)
    return OutputSize(read_part(low), read_part(high) if high[0].strip() else None, step)


def _array(sizes: int) -> Callable[[list[Part], int], Output]:
    def read(parts: list[Part], depth: int) -> Output:
        entries = read_output(*parts[sizes], depth + 1) if len(parts) > sizes else ScalarOutput("real")
        if not isinstance(entries, ScalarOutput) or entries.kind in ("text", "none"):
            text, at = parts[sizes]
            raise InputSetError(f"{text.strip()!r} is no number, as a vector or a matrix holds", at)
        return ArrayOutput(tuple(map(_length, parts[:sizes])), entries)

    return read


def _sequence(parts: list[Part], depth: int) -> Output:
    return SequenceOutput(_length(parts[0]), read_output(*parts[1], depth + 1))


_OUTPUT_READERS: dict[tuple[str, int], Callable[[list[Part], int], Output]] = {
    ("vector", 1): _array(1),
    ("vector", 2): _array(1),
    ("matrix", 2): _array(2),
    ("matrix", 3): _array(2),
    ("sequence", 2): _sequence,
}
