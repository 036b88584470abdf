"""Answers that are taken word for word: what two writings of one have in common."""

from __future__ import annotations

import re

_ASKED = re.compile(r"\s*(?:\\?(?:max|min)\b)?\s*([|‖]?)\s*[^\W\d]\w*\s*\1\s*")
"""The side of an equation that names what is asked: `|w|`, `max |w|`. A product (`w*2`, `w w`) does not."""

_TYPESETTING = re.compile(r"\$|\\(?:left|right|lvert|rvert|[,;!])")
"""What LaTeX sets around a name, and is no part of it."""


def plain_writing(text: str) -> str:
    """Two writings are the same that differ in spaces, signs of products and a few letters of notation alone.

    Capital letters count as small ones, but for one that stands alone beside its small letter: `T - t` is not `t - T`.
    Brackets are left out where nothing depends on them: `1/(2σ)` is not `1/2σ`, `log(ab)c` not `log(abc)`, and `1*2`
    and `(1)(2)` are not twelve.
    """
    formulas = [side for side in text.split("=") if not _ASKED.fullmatch(_TYPESETTING.sub("", side.lower()))]
    plain = formulas[0] if len(formulas) == 1 else text
    letters = set(_SINGLE_LETTER.findall(plain))
    plain = _SINGLE_LETTER.sub(lambda one: f"{one[0]}↑" if one[0].lower() in letters - {one[0]} else one[0], plain)
    plain = plain.lower()
    plain = plain.replace("**", "^").replace("′", "'").replace("’", "'").replace("{", "(").replace("}", ")")
    plain = re.sub(r"(?<=\d)(?:\s|[*·]|\\cdot)+(?=\d)", "×", plain)
    plain = re.sub(r"(?<=\d)(?=\(+\d)|(?<=\d\))(?=\(*\d)", "×", plain)
    plain = re.sub(r"[\s$\\*·]|cdot|left|right", "", plain)
    for sign in ("sigmoid", "sigma", "σ"):
        plain = plain.replace(sign, "σ")
    left_out = -1
    while left_out:
        plain, left_out = _IDLE_BRACKETS.subn(_inside, plain)
    return plain


_SINGLE_LETTER = re.compile(r"(?<![^\W\d])[^\W\d_](?![^\W\d])")
"""A letter that no other letter stands beside."""

_IDLE_BRACKETS = re.compile(
    r"\(((?:max|min|abs|exp|log|ln|sqrt|σ'+)*(?:[\d.]+|[^\W\d]'*))\)"  # round one number or letter
    r"|(?<![/^σ'])(?<!max)(?<!min)(?<!abs)(?<!exp)(?<!log)(?<!ln)(?<!sqrt)(?<!sin)(?<!cos)(?<!tanh)"
    r"\(([^-()+/^×]*)\)(?!\^)"  # round a product that is no argument, divisor, power or base
)


def _inside(found: re.Match[str]) -> str:
    return found[1] or found[2] or ""
