"""Where a product or sum over a range ends, and in which direction it runs.

The rule: `\\prod_{k=a}^{b}` reaches over every factor that follows. Where its index is met for the last time in a
bracket right behind the sign, or is followed by a step that is always the same (`dL[T]`) or a power that counts steps
itself (`W^{T-t}`), the product could as well end there: both readings are refused, as the two differ. So is one before
a product or sum without its index. One bracket around all that follows says how far it reaches.
But where another one counts with the same letter, the first ends, or the letter would mean two things. A range that
runs downwards holds nothing as it is written, and everything as it is meant: it is refused too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from flint import fmpq

from grader.language.tree import (
    COMPREHENSIONS,
    Binary,
    Call,
    Comprehension,
    Index,
    Name,
    Number,
    Tree,
    Unary,
    children,
    names_in,
)
from grader.notation.accents import closing
from grader.notation.characters import PRODUCT_SIGNS
from grader.notation.tokens import Token

_FAR_APART: tuple[Mapping[str, int], ...] = ({"t": 10**3, "T": 10**6}, {"t": 10**6, "T": 10**6 + 10**3})
"""Steps at which a range from T down to t holds nothing, while one from T - t to t may hold something."""

_ENDS = ("+", "-", "=", ",", ";", ":", "<", ">", "<=", ">=", "==", "!=")
"""Signs at which factors end."""

_LARGE_WHOLE_NUMBER = 10**4
"""A whole number that stands for one without an order, such as n."""


def factors(tree: Tree, text: str) -> Iterator[Tree]:
    """The factors of a product in a text from the left to the right, also those that divide; `\\frac{a}{b}` is one."""
    divides = isinstance(tree, Binary) and tree.op == "/" and "frac" not in text[tree.at : tree.at + 6]
    if isinstance(tree, Binary) and (divides or tree.op in ("*", "@")):
        yield from factors(tree.left, text)
        yield tree.right
    else:
        yield tree


def fixed_step_behind(
    body: Tree, text: str, index: str, sequences: Collection[str], whole: Collection[str]
) -> Tree | None:
    """The first factor with a step or an exponent that is always the same, behind all with the index of a product.

    Where no factor has the index, it is looked for behind the first. `whole` are the names of steps and counts, with
    those that stand for an expression.
    """
    parts = list(factors(body, text))
    last = max((i for i, part in enumerate(parts) if index in names_in(part)), default=0)
    return next((part for part in parts[last + 1 :] if _has_step(part, sequences, whole)), None)


def behind_bracket(tokens: Sequence[Token], start: int, end: int, index: str) -> tuple[Token, ...]:
    """What stands behind the bracket with which a product begins, and its power: tokens from `start` up to `end`.

    There are none if the product begins with no bracket, or its index is met again behind it.
    """
    if not (tokens[start].kind == "open" and tokens[start].text in "(["):
        return ()
    i = closing(tokens, start) + 1
    while i < end and tokens[i].is_op("**"):
        i = (closing(tokens, i + 1) if tokens[i + 1].kind == "open" else i + 1) + 1
    rest = tokens[i:end]
    return () if any(token.text == index for token in rest) else tuple(rest)


def next_fold(tokens: Sequence[Token], start: int, index: str) -> int | None:
    """Where factors that begin at `start` end, since another fold counts with the same index: at the sign before it.

    None if there is no such fold, or one whose range depends on the index (`\\sum_{k=1}^{k}`), which is one inside.
    """
    i = start
    while tokens[i].kind not in ("close", "end") and not tokens[i].is_op(*_ENDS):
        begins = tokens[i].is_op("∏", "∑") or tokens[i].text in COMPREHENSIONS
        if i > start and begins and _counts_with(tokens, i + 1, index):
            return i - 1 if tokens[i - 1].is_op(*PRODUCT_SIGNS) else i
        i = (closing(tokens, i) if tokens[i].kind == "open" else i) + 1
    return None


def _counts_with(tokens: Sequence[Token], i: int, index: str) -> bool:
    """Whether the range from `i` on is one of this index, on which neither of its ends depends."""
    bounds: list[Token] = []
    while tokens[i].is_op("_", "**"):
        end = closing(tokens, i + 1) if tokens[i + 1].kind == "open" else i + 1
        bounds += tokens[i + 1 : end + 1]
        i = end + 1
    named = [j for j, token in enumerate(bounds) if token.text == index]
    return len(named) == 1 and bounds[named[0] + 1].is_op("=")


def _has_step(tree: Tree, sequences: Collection[str], whole: Collection[str]) -> bool:
    """Whether a sequence at a step, a power that counts steps, or a product or sum of its own stands in a formula."""
    match tree:
        case Comprehension():
            return True
        case Index(base=Name(id=name)) if name in sequences:
            return True
        case Binary(op="**", right=power) | Call(function="exp", arguments=(power,)) if {*names_in(power)} & {*whole}:
            return True
    return any(_has_step(child, sequences, whole) for child in children(tree))


def runs_downwards(start: Tree, last: Tree, whole: Collection[str]) -> bool:
    """Whether a range runs down from a later step to an earlier one, such as from T to t + 1, or from n to 1."""
    names = {*names_in(start), *names_in(last)}
    if not names <= set(whole) or (len(names) > 1 and names != {"t", "T"}):
        return False
    gaps = [
        (_number(start, at), _number(last, at))
        for at in ({**dict.fromkeys(names, _LARGE_WHOLE_NUMBER), **p} for p in _FAR_APART)
    ]
    return all(first is not None and end is not None and end - first < -1 for first, end in gaps)


def _number(tree: Tree, values: Mapping[str, int]) -> fmpq | None:
    """The value of a bound; None for one that is more than a sum or product of names and numbers."""
    match tree:
        case Number(value=number):
            return number
        case Name(id=name):
            return fmpq(values[name])
        case Unary(op="-", operand=operand):
            negated = _number(operand, values)
            return None if negated is None else -negated
        case Binary(op="+" | "-" | "*" as op, left=left, right=right):
            one, other = _number(left, values), _number(right, values)
            if one is None or other is None:
                return None
            return one + other if op == "+" else one - other if op == "-" else one * other
    return None
