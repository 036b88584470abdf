"""Differentials in brackets of their own: `\\partial{L}`, and the fraction `(∂L)/(∂h_(t+1))` as Word writes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.language.parse import ExpressionError
from grader.notation.accents import closing
from grader.notation.tokens import Token


def without_brackets(tokens: Sequence[Token], known: Callable[[str], bool]) -> list[Token]:
    """The tokens with such differentials as `∂L` and `∂L/∂h_(t+1)`, whose brackets hold nothing else.

    `(dL)/(dh_t)` stays where `dh` is a `known` name: it is a quotient of two values there.
    Where a bracket is never closed, all stay as they are: the reader says which it is.
    """
    try:
        return _fractions(_names(tokens, known), known)
    except ExpressionError:
        return list(tokens)


def _names(tokens: Sequence[Token], known: Callable[[str], bool]) -> list[Token]:
    """`\\partial{L}` and `d(h_t)` as `∂L` and `dh_t`."""
    found: list[Token] = []
    i = 0
    while i < len(tokens):
        found.append(tokens[i])
        i += 1
        if _is_sign(found[-1], known) and tokens[i].kind == "open":
            end = closing(tokens, i)
            inside = tokens[i + 1 : end]
            if _is_name(inside):
                found += inside
                i = end + 1
    return found


def _fractions(tokens: list[Token], known: Callable[[str], bool]) -> list[Token]:
    found: list[Token] = []
    i = 0
    while i < len(tokens):
        if (parts := _fraction(tokens, i, known)) is not None:
            above, sign, below = parts
            found += [*above, sign, *below]
            i += len(above) + len(below) + 5
        else:
            found.append(tokens[i])
            i += 1
    return found


def _fraction(
    tokens: list[Token], i: int, known: Callable[[str], bool]
) -> tuple[list[Token], Token, list[Token]] | None:
    """The two differentials of `(∂L)/(∂h_t)` at a place, and the sign between them."""
    if tokens[i].kind != "open":
        return None
    middle = closing(tokens, i) + 1
    if not tokens[middle].is_op("/") or tokens[middle + 1].kind != "open":
        return None
    above, below = tokens[i + 1 : middle - 1], tokens[middle + 2 : closing(tokens, middle + 1)]
    if not (_is_differential(above, known) and _is_differential(below, known)):
        return None
    return None if below[0].kind == "name" and known(below[0].text) else (above, tokens[middle], below)


def _is_sign(token: Token, known: Callable[[str], bool]) -> bool:
    return token.is_op("∂") or (token.kind == "name" and token.text == "d" and not known("d"))


def _is_differential(tokens: Sequence[Token], known: Callable[[str], bool]) -> bool:
    """Whether tokens are `∂h_t`, `d h_t` or `dh_t`."""
    if not tokens:
        return False
    if _is_sign(tokens[0], known):
        return _is_name(tokens[1:])
    return tokens[0].text[:1] == "d" and len(tokens[0].text) > 1 and _is_name(tokens)


def _is_name(tokens: Sequence[Token]) -> bool:
    """Whether tokens are one name with what stands below and above it, or its step in brackets."""
    if not tokens or tokens[0].kind != "name":
        return False
    i = 1
    while i < len(tokens):
        i += tokens[i].is_op("_", "**")
        if i >= len(tokens) or tokens[i].kind == "op" or (tokens[i - 1].kind != "op" and tokens[i].kind != "open"):
            return False
        i = (closing(tokens, i) if tokens[i].kind == "open" else i) + 1
    return True
