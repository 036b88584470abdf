"""The signs that students type: operators in their many shapes, Greek letters, LaTeX commands, look-alikes."""

from __future__ import annotations

OPERATORS = {
    "·": "·", "⋅": "·", "∙": "·", "•": "·", "×": "*", "∗": "*", "✕": "*", "⊙": "⊙", "∘": "⊙", "÷": "/", "∕": "/",
    "⁄": "/", "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "﹣": "-", "≤": "<=",
    "≥": ">=", "≠": "!=", "^": "**", "…": "..",
    "∂": "∂", "∇": "∇", "‖": "‖", "∥": "‖", "√": "√", "⊤": "⊤", "′": "'", "’": "'", "‘": "'", "∏": "∏", "Π": "∏",
    "∑": "∑", "Σ": "∑",
}  # fmt: skip
"""One character that stands for an operator; capital pi and sigma are read as product and sum unless they are names."""

LONG_OPERATORS = ("**", "//", "<=", ">=", "==", "!=", ":=", "...", "..", "||")
"""Operators of several plain characters, longest first where one begins another."""

SHORT_OPERATORS = "+-*/%@<>=|,'_!:"
OPENING = {"(": ")", "[": "]", "{": "}"}

SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+-()aehijklmnoprstuvx", strict=True))
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱᵀᵗᵏʲᵐ", "0123456789+-()niTtkjm", strict=True))

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ϵ": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma",
    "ς": "sigma", "τ": "tau", "φ": "phi", "ϕ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Δ": "Delta",
    "Γ": "Gamma", "Θ": "Theta", "Λ": "Lambda", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip

_SPACES = frozenset({"quad", "qquad", "thinspace", "space", *",;:!> \n\t"})
_SIZES = frozenset(f"{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m"))
SKIPPED = _SPACES | _SIZES | {"left", "right", "displaystyle", "textstyle", "limits", "nolimits", "nonumber", *"()[]"}
"""LaTeX commands without a meaning of their own."""

COMMANDS = {
    "cdot": "·", "times": "*", "ast": "*", "star": "*", "odot": "⊙", "circ": "⊙", "div": "/", "le": "<=", "leq": "<=",
    "ge": ">=", "geq": ">=", "ne": "!=", "neq": "!=", "lt": "<", "gt": ">", "partial": "∂", "nabla": "∇", "lvert": "|",
    "rvert": "|", "vert": "|", "mid": "|", "lVert": "‖", "rVert": "‖", "Vert": "‖", "|": "‖", "top": "⊤",
    "intercal": "⊤", "prime": "'", "prod": "∏", "sum": "∑", "ldots": "..", "dots": "..", "cdots": "..", "lbrace": "(",
    "rbrace": ")", "{": "(", "}": ")", "lbrack": "(", "rbrack": ")", "%": "%", "_": "_", "lparen": "(", "rparen": ")",
}  # fmt: skip
"""LaTeX commands that are an operator."""

_FONTS = ("rm", "bf", "it", "sf", "bb", "cal")
TEXTS = frozenset(f"math{font}" for font in _FONTS) | {
    *("operatorname", "text", "textrm", "textbf", "textit", "boldsymbol", "bm", "vec")
}
"""LaTeX commands whose argument is a name, set in another type."""

ACCENTS = frozenset({"hat", "bar", "tilde", "widehat", "overline"})

REFUSED = {
    "begin": "write `a if condition else b` for cases, [a, b] for a vector",
    "pm": "write two formulas, or choose one sign",
    "int": "a formula holds no integral",
    "lim": "a formula holds no limit",
    "infty": "a formula holds finite numbers",
    "lfloor": "write x // 1 to round down",
    "approx": "write the exact formula",
    "binom": "write the fraction out",
}
"""LaTeX commands that formulas cannot have, with what to do."""

LOOK_ALIKES = dict(zip("аеорсухіјԁһԝАВЕКМНОРСТХ", "aeopcyxijdhwABEKMHOPCTX", strict=True))
"""Cyrillic letters that look like Latin ones."""
