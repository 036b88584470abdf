"""The side of an equation that is a name with what belongs to it: `y`, `f(z)`, `z_{t+1}`, `h^{(2)}`, `W^*`, `|W|`."""

from __future__ import annotations

from collections.abc import Sequence

from grader.notation.accents import closing, outside_brackets
from grader.notation.scripts import STEP_BRACKETS
from grader.notation.tokens import Token

_MEASURES = frozenset({"max", "min", "argmax", "argmin", "abs", "norm"})
"""Functions that may stand around the name of what is asked: `max |W| = 4`, `abs(W) = 4`."""

_BARS = ("|", "‖", "||")
"""Signs of a size around a name: `|W|`, `‖W‖`."""


def without_outer_brackets(side: tuple[Token, ...]) -> tuple[Token, ...]:
    """The tokens inside of brackets that stand around all of them: `dL/dh_t` of `(dL/dh_t)`."""
    while side and side[0].kind == "open" and closing(side, 0) == len(side) - 1:
        side = side[1:-1]
    return side


def labelled(side: Sequence[Token]) -> Token | None:
    """The name that tokens are, with scripts, steps, arguments or bars; None where they are anything else.

    A power is never part of a name: `|W|^{2} = 4` says what the square is. A bracket behind a bar, and
    one behind the arguments, is a factor: `|W|(1/4) = 1` says what a quarter is.

    Raises:
        ExpressionError: for a bracket that is never closed.
    """
    bars = [token.text for token in outside_brackets(side) if token.is_op(*_BARS)]
    if any(bars.count(bar) % 2 for bar in bars) or not side or side[0].is_op("_", "**"):
        return None
    if side[0].text in _MEASURES and len(side) > 1 and side[1].kind == "open" and closing(side, 1) == len(side) - 1:
        return labelled(side[2:-1])
    names: list[Token] = []
    called, i, met_bars = False, 0, 0
    while i < len(side):
        token = side[i]
        met_bars += token.is_op(*_BARS)
        if token.kind == "name":
            names.append(token)
        elif token.is_op("_", "**"):
            i += 1
            if i >= len(side) or (token.text == "**" and not _belongs_to_a_name(side, i)):
                return None
        elif token.kind == "open" and token.text in "([":
            if not names or called or 2 * met_bars > len(bars):
                return None
            called = token.text == "("
        elif not token.is_op(*_BARS):
            return None
        i = (closing(side, i) if side[i].kind == "open" else i) + 1
    heads = [token for token in names if token.text not in _MEASURES]
    return heads[0] if len(heads) == 1 else None


def _belongs_to_a_name(side: Sequence[Token], i: int) -> bool:
    """Whether the superscript that begins at `i` is part of the name below it, and no power.

    A star and a word are (`W^*`, `W^{\\max}`), and in brackets the number of a layer or a step (`W^{(1)}`, `y^{(t+1)}`,
    `h^(T)`), unless they stand behind a bar. `W^{2}`, `W^(2)` and `W^{(T-t)}` are powers, `y^{T}` could be one.
    """
    braced = side[i].kind == "open" and side[i].text == "{"
    inside = (
        side[i + 1 : closing(side, i)]
        if braced
        else side[i : closing(side, i) + 1 if side[i].kind == "open" else i + 1]
    )
    if len(inside) == 1 and (inside[0].is_op("*") or (inside[0].kind == "name" and len(inside[0].text) > 1)):
        return True
    if len(inside) < 3 or STEP_BRACKETS.get(inside[0].text) != inside[-1].text or side[i - 2].is_op(*_BARS):
        return False
    step = inside[1:-1]
    if len(step) == 1:
        return step[0].kind == "name" or (braced and step[0].kind == "number")
    return [token.kind for token in step] == ["name", "op", "number"] and step[1].is_op("+", "-")
