"""How calls of a function look in MathML, from how its record writes them in LaTeX."""

from __future__ import annotations

import re

GREEK_NAMES = """alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu xi pi rho sigma tau phi chi psi omega
Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"""
GREEK_LETTERS = dict(zip(GREEK_NAMES.split(), "αβγδεζηθκλμνξπρστφχψωΓΔΘΛΞΠΣΦΨΩ", strict=True))
"""The letters that LaTeX has a command for, by its name."""

_FENCES = {"|": "|", r"\lVert": "‖", r"\rVert": "‖", r"\lfloor": "⌊", r"\rfloor": "⌋", r"\lceil": "⌈", r"\rceil": "⌉"}
_ROOT = re.compile(r"\\sqrt\{#1\}")
_FENCED = re.compile(r"\\left(\||\\\w+)\s*#1\s*\\right(\||\\\w+)")
_NAMED = re.compile(r"\\operatorname\{(\w+)\}|\\(\w+)")


def mathml_template(latex: str, name: str) -> str:
    """A function in MathML, with `#1` where its arguments stand if they do not follow in brackets.

    `latex` is that of its record: a command, `\\operatorname{...}`, a root, or brackets around `#1`; "": its name.

    Raises:
        ValueError: for LaTeX of another form.
    """
    if not latex:
        return f"<mi>{name}</mi>"
    if _ROOT.fullmatch(latex):
        return "<msqrt>#1</msqrt>"
    if (fenced := _FENCED.fullmatch(latex)) and fenced[1] in _FENCES and fenced[2] in _FENCES:
        left, right = _FENCES[fenced[1]], _FENCES[fenced[2]]
        return f'<mrow><mo form="prefix">{left}</mo>#1<mo form="postfix">{right}</mo></mrow>'
    if named := _NAMED.fullmatch(latex):
        word = named[1] or named[2]
        return f"<mi>{word if named[1] else GREEK_LETTERS.get(word, word)}</mi>"
    raise ValueError(f"has LaTeX that is not known in MathML: {latex}")
