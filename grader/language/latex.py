"""Tree to LaTeX, for people to read."""

from __future__ import annotations

import re

from flint import fmpq

from grader.language.functions.table import FUNCTIONS
from grader.language.functions.typeset import GREEK_LETTERS
from grader.language.printing import Precedence, before_factor, binding
from grader.language.tree import (
    Binary,
    Call,
    Compare,
    Comprehension,
    IfExp,
    Index,
    ListExpr,
    Logic,
    Name,
    Number,
    Text,
    Transpose,
    Tree,
    Unary,
)

_LATEX_COMPARISONS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "==": "=", "!=": r"\ne", "~": r"\approx"}
_LATEX_BIG_OPERATORS = {
    "sum": r"\sum",
    "prod": r"\prod",
    "all": r"\bigwedge",
    "any": r"\bigvee",
    "min": r"\min",
    "max": r"\max",
}


def to_latex(tree: Tree, at_least: int = Precedence.CHOICE) -> str:
    """The tree as LaTeX (math mode), in brackets where it binds less tightly than `at_least`."""
    text = _plain(tree)
    return rf"\left({text}\right)" if _level(tree) < at_least else text


def _level(tree: Tree) -> int:
    if isinstance(tree, Binary) and tree.op in ("/", "//"):
        return Precedence.ATOM
    return Precedence.PRODUCT if isinstance(tree, Comprehension) else binding(tree)


def _plain(tree: Tree) -> str:
    match tree:
        case Number(value=value):
            return _number(value)
        case Name(id=name):
            return _name(name)
        case Text(value=text):
            escaped = text.replace("_", r"\_")
            return rf"\text{{{escaped}}}"
        case Index(base=base, index=index):
            return _subscripted(_atom(base), to_latex(index))
        case Unary(op=op, operand=operand):
            return (r"\neg " if op == "not" else op) + to_latex(operand, Precedence.SIGN)
        case Binary():
            return _binary(tree)
        case Compare(ops=ops, operands=operands):
            pairs = zip(ops, operands[1:], strict=True)
            return to_latex(operands[0], Precedence.SUM) + "".join(
                f" {_LATEX_COMPARISONS[op]} {to_latex(x, Precedence.SUM)}" for op, x in pairs
            )
        case Logic(op=op, operands=operands):
            word = r" \wedge " if op == "and" else r" \vee "
            return word.join(to_latex(x, binding(tree) + 1) for x in operands)
        case IfExp(condition=condition, then=then, otherwise=otherwise):
            rows = rf"{to_latex(then)} & \text{{if }} {to_latex(condition)} \\ {to_latex(otherwise)} & \text{{else}}"
            return rf"\begin{{cases}} {rows} \end{{cases}}"
        case Call():
            return _call(tree)
        case Comprehension():
            return _fold(tree)
        case ListExpr(items=items):
            return _items(items)
        case Transpose(operand=operand):
            return _raised(operand, r"\top")


def _number(value: fmpq) -> str:
    return str(value.p) if value.q == 1 else rf"\frac{{{value.p}}}{{{value.q}}}"


def _atom(tree: Tree) -> str:
    """What may take a subscript or an exponent: a fraction's would seem to belong to its numerator."""
    text = to_latex(tree, Precedence.ATOM)
    return rf"\left({text}\right)" if text.startswith((r"\frac", "-")) else text


def _raised(base: Tree, exponent: str) -> str:
    """The base in brackets if it carries an exponent already, which TeX refuses."""
    core = base
    while isinstance(core, Index):
        core = core.base
    text = rf"\left({to_latex(base)}\right)" if isinstance(core, Transpose) else _atom(base)
    return f"{text}^{{{exponent}}}"


def _name(name: str) -> str:
    """`W1` as `W_{1}`, `theta` as `\\theta`, `rate_max` as `rate_{max}`."""
    found = re.fullmatch(r"([^\W\d_]+)_?(\w*)", name)
    stem, tail = (found[1], found[2]) if found else (name.replace("_", r"\_"), "")
    shown = rf"\{stem}" if stem in GREEK_LETTERS else stem if stem in (name[:1], r"\_") else rf"\mathrm{{{stem}}}"
    return _subscripted(shown, tail.replace("_", r"\_")) if tail else shown


def _subscripted(base: str, index: str) -> str:
    """A second index joins the first, as TeX refuses two subscripts: `h_{1, t}`."""
    if base.endswith("}"):
        opening, depth = len(base) - 1, 1
        while depth:
            opening -= 1
            depth += {"}": 1, "{": -1}.get(base[opening], 0)
        if base[opening - 1 : opening] == "_":
            return f"{base[:-1]}, {index}}}"
    return f"{base}_{{{index}}}"


def _binary(tree: Binary) -> str:
    left, right = tree.left, tree.right
    match tree.op:
        case "/":
            return rf"\frac{{{to_latex(left)}}}{{{to_latex(right)}}}"
        case "//":
            return rf"\left\lfloor \frac{{{to_latex(left)}}}{{{to_latex(right)}}} \right\rfloor"
        case "**":
            return _raised(left, to_latex(right))
        case "%":
            return rf"{to_latex(left, before_factor(left))} \bmod {to_latex(right, Precedence.POWER)}"
        case "*" | "@":
            dot = r" \cdot " if isinstance(right, Number) or tree.op == "*" else r" \, "
            return f"{to_latex(left, before_factor(left))}{dot}{to_latex(right, Precedence.SIGN)}"
    return f"{to_latex(left, Precedence.SUM)} {tree.op} {to_latex(right, Precedence.PRODUCT)}"


def _call(tree: Call) -> str:
    arguments = ", ".join(map(to_latex, tree.arguments))
    record = FUNCTIONS.get(tree.function)
    shown = (record and record.latex) or rf"\operatorname{{{tree.function}}}".replace("_", r"\_")
    template = shown if "#1" in shown or not tree.arguments else rf"{shown}\left(#1\right)"
    return template.replace("#1", arguments)


def _fold(tree: Comprehension) -> str:
    last = tree.stop
    if isinstance(last, Binary) and last.op == "+" and last.right == Number(fmpq(1)):
        upper = to_latex(last.left)
    elif isinstance(last, Number):
        upper = _number(last.value - 1)
    else:
        upper = f"{to_latex(last, Precedence.SUM)} - 1"
    step = "" if tree.step == Number(fmpq(1)) else rf",\ \text{{step }} {to_latex(tree.step)}"
    lower = f"{_name(tree.variable)}={to_latex(tree.start)}{step}"
    return rf"{_LATEX_BIG_OPERATORS[tree.kind]}_{{{lower}}}^{{{upper}}} {to_latex(tree.body, Precedence.PRODUCT)}"


def _items(items: tuple[Tree, ...]) -> str:
    rows = [[to_latex(x) for x in row.items] if isinstance(row, ListExpr) else [to_latex(row)] for row in items]
    body = r" \\ ".join(" & ".join(row) for row in rows)
    return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"
