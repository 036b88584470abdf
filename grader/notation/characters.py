"""The signs that students type: operators in their many shapes, Greek letters, LaTeX commands, look-alikes."""

from __future__ import annotations

OPERATORS = {
    "·": "·", "⋅": "·", "∙": "·", "•": "·", "×": "*", "∗": "*", "✕": "*", "⊙": "⊙", "⊗": "⊗", "∘": "⊙",
    "÷": "/", "∕": "/",
    "⁄": "/", "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "‒": "-", "―": "-", "﹣": "-", "－": "-", "➖": "-",
    "⩽": "<=", "⩾": ">=", "≦": "<=", "≧": ">=",
    "≤": "<=", "≥": ">=", "≡": "=", "≔": "=", "≜": "=", "⟨": "⟨", "⟩": "⟩", "≠": "!=", "^": "**", "…": "..",
    "∂": "∂", "∇": "∇", "‖": "‖", "∥": "‖", "√": "√", "⊤": "⊤", "′": "'", "’": "'", "‘": "'", "∏": "∏", "Π": "∏",
    "∑": "∑", "Σ": "∑",
}  # fmt: skip
"""One character that stands for an operator; capital pi and sigma are read as product and sum unless they are names."""

LONG_OPERATORS = ("**", "//", "<=", ">=", "==", "!=", ":=", "...", "..", "||", ".*", "./", ".^")
"""Operators of several plain characters, longest first where one begins another."""

SHORT_OPERATORS = "+-*/%@<>=|,'_!:;~"
PRODUCT_SIGNS = {"*": "*", "·": "·", "⊙": "⊙", "⊗": "⊗", "/": "/", "//": "//", "%": "%", "mod": "%", "@": "@"}
"""Signs between factors, and the operators of the language that they stand for (`·` and its kin by the shapes)."""

OPENING = {"(": ")", "[": "]", "{": "}"}

SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+-=()aehijklmnoprstuvx", strict=True))
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱᵀᵗᵏʲᵐ", "0123456789+-()niTtkjm", strict=True))

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ϵ": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma",
    "ς": "sigma", "τ": "tau", "φ": "phi", "ϕ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Δ": "Delta",
    "Γ": "Gamma", "Θ": "Theta", "Λ": "Lambda", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip

LONG_NAMES = {"lam": "lambda", "lambd": "lambda", "lmbda": "lambda", "lambda_": "lambda", "eps": "epsilon"}
"""Names of Greek letters where the word itself cannot stand, or is long."""


def spellings_of(word: str) -> list[str]:
    """The other ways to write a Greek letter: of `lambda`, `λ` and `lam`."""
    return [other for table in (GREEK, LONG_NAMES) for other, meant in table.items() if meant == word]


_SPACES = frozenset({"quad", "qquad", "thinspace", "space", *",;:!> \n\t"})
_SIZES = frozenset(f"{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m"))
SKIPPED = (
    _SPACES
    | _SIZES
    | {
        *("left", "right", "displaystyle", "textstyle", "scriptstyle", "limits", "nolimits", "nonumber", "notag"),
        *("medspace", "thickspace", "enspace", "negthinspace", "hfill", "allowbreak", "break", *"()[]"),
    }
)
"""LaTeX commands without a meaning of their own."""

COMMANDS = {
    "cdot": "·", "times": "*", "ast": "*", "star": "*", "odot": "⊙", "otimes": "⊗", "circ": "⊙",
    "div": "/", "le": "<=", "leq": "<=",
    "ge": ">=", "geq": ">=", "leqslant": "<=", "geqslant": ">=", "leqq": "<=", "geqq": ">=",
    "ne": "!=", "neq": "!=", "lt": "<", "gt": ">", "partial": "∂", "nabla": "∇", "lvert": "|",
    "rvert": "|", "vert": "|", "mid": "|", "lVert": "‖", "rVert": "‖", "Vert": "‖", "|": "‖", "top": "⊤",
    "intercal": "⊤", "prime": "'", "langle": "⟨", "rangle": "⟩", "coloneqq": "=", "equiv": "=", "triangleq": "=",
    "bmod": "mod", "prod": "∏", "sum": "∑", "ldots": "..", "dots": "..", "cdots": "..", "lbrace": "(", "rbrace": ")",
    "{": "(", "}": ")", "lbrack": "(", "rbrack": ")", "%": "%", "_": "_", "lparen": "(", "rparen": ")",
}  # fmt: skip
"""LaTeX commands that are an operator."""

_FONTS = ("rm", "bf", "it", "sf", "bb", "cal", "scr", "frak", "tt", "normal")
TEXTS = frozenset(f"math{font}" for font in _FONTS) | {
    *("operatorname", "text", "textrm", "textbf", "textit", "textsf", "texttt", "textnormal", "mbox", "hbox"),
    *("boldsymbol", "bm", "pmb", "symbf", "symbfit", "symit", "mathds", "mathbbm"),
}
"""LaTeX commands whose argument is a name or a word, set in another type."""

SWITCHES = frozenset(_FONTS[:4]) | {"boldmath", "bfseries", "itshape", "cal"}
"""LaTeX commands that set what follows in their braces in another type: `{\\bf W}`."""

ACCENTS = {
    "hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde", "widetilde": "tilde",
    "dot": "dot", "ddot": "ddot", "check": "check", "widecheck": "check", "breve": "breve", "acute": "acute",
    "grave": "grave", "mathring": "ring", "vec": "vec", "overrightarrow": "vec", "underline": "underline",
}  # fmt: skip
"""LaTeX commands that set an accent over a name, and what the accent is called in names: `yhat`, `y_hat`."""

MARKS = {
    "\u0302": "hat", "\u0304": "bar", "\u0305": "bar", "\u0303": "tilde", "\u0307": "dot", "\u0308": "ddot",
    "\u030c": "check", "\u0306": "breve", "\u0301": "acute", "\u0300": "grave", "\u030a": "ring", "\u20d7": "vec",
    "\u0331": "underline", "\u0332": "underline",
}  # fmt: skip
"""Accents as combining characters, which follow their letter."""

SPACING_ACCENTS = {"ˆ": "\u0302", "˜": "\u0303", "¯": "\u0304", "ˉ": "\u0304", "‾": "\u0305"}
"""Accents as characters of their own, as they are copied from PDF files, with the combining ones."""

INVISIBLE_OPERATORS = {"\u2061": " ", "\u2062": " ", "\u2063": ",", "\u2064": "+"}
"""Operators without a shape: function application and times (which are seen as nothing), separator, plus."""

SEPARATORS_OF_NUMBERS = {"٫": ".", "٪": "%", "،": ",", "؛": ";"}
"""Signs that belong to Persian and Arabic digits."""

WORD_SIGNS = {"▒": " ", "〖": "(", "〗": ")"}
"""Signs of Word's linear format: what follows is the operand of a sum or product, and brackets that are not shown."""

ENVIRONMENTS = frozenset(
    {"aligned", "align", "alignedat", "equation", "gather", "gathered", "split", "multline", "math"}
)
ENVIRONMENTS |= frozenset({"displaymath", "eqnarray", "flalign", "dmath"})
"""LaTeX environments that only lay formulas out; `&` stands in them for a column, `\\\\` for a new line."""

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
