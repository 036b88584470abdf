"""Tree to MathML, for pages: presentation elements of MathML Core alone, and every text in them escaped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from flint import fmpq

from grader.language.functions.table import FUNCTIONS
from grader.language.functions.typeset import GREEK_LETTERS, mathml_template
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

_MATHML_COMPARISONS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "=", "!=": "≠", "~": "≈"}
_MATHML_SIGNS = {"not": "¬", "-": "−", "+": "+"}
_MATHML_BIG_OPERATORS = {"sum": "∑", "prod": "∏", "all": "⋀", "any": "⋁", "min": "min", "max": "max"}
_APPLIED = "<mo>&#x2061;</mo>"
"""Stands between a function and its arguments; nothing is seen of it."""


def to_mathml(tree: Tree, names: Mapping[str, str] | None = None) -> str:
    """The tree as one `math` element; `names` are those that are written in a way of their own, with their MathML."""
    return f'<math display="block">{presentation(tree, names)}</math>'


def presentation(tree: Tree, names: Mapping[str, str] | None = None) -> str:
    """What stands in such an element."""
    return _Writer(names or {}).shown(tree)


def operator(text: str, form: str = "") -> str:
    """An operator, a bracket or a comma."""
    named = f' form="{form}"' if form else ""
    return f"<mo{named}>{escape(text)}</mo>"


def row(*parts: str) -> str:
    """Parts next to one another, as one."""
    return parts[0] if len(parts) == 1 else f"<mrow>{''.join(parts)}</mrow>"


def fraction(above: str, below: str) -> str:
    """One part over another."""
    return f"<mfrac>{above}{below}</mfrac>"


def _fenced(inner: str, left: str = "(", right: str = ")") -> str:
    return row(operator(left, "prefix"), inner, operator(right, "postfix"))


class _Writer:
    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def shown(self, tree: Tree, at_least: int = Precedence.CHOICE) -> str:
        """The tree, in brackets where it binds less tightly than `at_least`."""
        inner = self.plain(tree)
        return _fenced(inner) if _level(tree) < at_least else inner

    def plain(self, tree: Tree) -> str:
        match tree:
            case Number(value=value):
                return _number(value)
            case Name(id=name):
                return self.name(name)
            case Text(value=text):
                return f"<mtext>{escape(text)}</mtext>"
            case Index():
                return self.indexed(tree)
            case Unary(op=sign, operand=operand):
                return row(operator(_MATHML_SIGNS[sign], "prefix"), self.shown(operand, Precedence.SIGN))
            case Binary():
                return self.binary(tree)
            case Compare(ops=ops, operands=operands):
                parts = [self.shown(operands[0], Precedence.SUM)]
                for op, operand in zip(ops, operands[1:], strict=True):
                    parts += [operator(_MATHML_COMPARISONS[op]), self.shown(operand, Precedence.SUM)]
                return row(*parts)
            case Logic(op=op, operands=operands):
                parts = [self.shown(operand, binding(tree) + 1) for operand in operands]
                return row(*_between(parts, operator("∧" if op == "and" else "∨")))
            case IfExp():
                return self.choice(tree)
            case Call():
                return self.call(tree)
            case Comprehension():
                return self.fold(tree)
            case ListExpr(items=items):
                return self.items(items)
            case Transpose(operand=operand):
                return self.raised(operand, operator("⊤"))

    def name(self, name: str) -> str:
        """`W1` as W with an index, `theta` as θ."""
        if name in self.names:
            return self.names[name]
        stem, tail = _parts_of(name)
        return f"<msub>{_letter(stem)}{_index(tail)}</msub>" if tail else _letter(stem)

    def atom(self, tree: Tree) -> str:
        """What may take an index or an exponent: a fraction or a sign would seem to have it in part alone."""
        is_open = isinstance(tree, Number) and (tree.value < 0 or tree.value.q != 1)
        is_open = is_open or (isinstance(tree, Binary) and tree.op in ("/", "//"))
        is_open = is_open or (isinstance(tree, Name) and tree.id in self.names)
        inner = self.shown(tree, Precedence.ATOM)
        return _fenced(inner) if is_open else inner

    def indexed(self, tree: Index) -> str:
        """Indices of indices, and one in the name, stand next to one another: `h` with `1, t`."""
        base: Tree = tree
        indices: list[str] = []
        while isinstance(base, Index):
            indices.insert(0, self.shown(base.index))
            base = base.base
        core = self.atom(base)
        if isinstance(base, Name) and base.id not in self.names:
            stem, tail = _parts_of(base.id)
            core = _letter(stem)
            indices[:0] = [_index(tail)] if tail else []
        return f"<msub>{core}{row(*_between(indices, operator(',')))}</msub>"

    def raised(self, base: Tree, exponent: str) -> str:
        core = base
        while isinstance(core, Index):
            core = core.base
        below = _fenced(self.shown(base)) if isinstance(core, Transpose) else self.atom(base)
        return f"<msup>{below}{exponent}</msup>"

    def binary(self, tree: Binary) -> str:
        left, right = tree.left, tree.right
        match tree.op:
            case "/":
                return fraction(self.shown(left), self.shown(right))
            case "//":
                return _fenced(fraction(self.shown(left), self.shown(right)), "⌊", "⌋")
            case "**":
                return self.raised(left, self.shown(right))
            case "%":
                modulus = self.shown(right, Precedence.POWER)
                return row(self.shown(left, before_factor(left)), operator("mod"), modulus)
            case "*" | "@":
                dot = operator("·") if isinstance(right, Number) or tree.op == "*" else operator("\u2062")
                return row(self.shown(left, before_factor(left)), dot, self.shown(right, Precedence.SIGN))
        sign = operator("−" if tree.op == "-" else tree.op)
        return row(self.shown(left, Precedence.SUM), sign, self.shown(right, Precedence.PRODUCT))

    def choice(self, tree: IfExp) -> str:
        """Two rows behind a brace: a value with its condition, and the other value."""
        cells = (
            (self.shown(tree.then), row("<mtext>if&#xA0;</mtext>", self.shown(tree.condition))),
            (self.shown(tree.otherwise), "<mtext>else</mtext>"),
        )
        rows = "".join(f"<mtr><mtd>{value}</mtd><mtd>{condition}</mtd></mtr>" for value, condition in cells)
        return row(operator("{", "prefix"), f"<mtable>{rows}</mtable>")

    def call(self, tree: Call) -> str:
        arguments = row(*_between([self.shown(one) for one in tree.arguments], operator(","))) if tree.arguments else ""
        record = FUNCTIONS.get(tree.function)
        template = mathml_template(record.latex, record.name) if record else self.name(tree.function)
        if "#1" in template:
            return template.replace("#1", arguments)
        return row(template, _APPLIED, _fenced(arguments)) if tree.arguments else template

    def fold(self, tree: Comprehension) -> str:
        last = tree.stop
        if isinstance(last, Binary) and last.op == "+" and last.right == Number(fmpq(1)):
            upper = self.shown(last.left)
        elif isinstance(last, Number):
            upper = _number(last.value - 1)
        else:
            upper = row(self.shown(last, Precedence.SUM), operator("−"), "<mn>1</mn>")
        lower = [self.name(tree.variable), operator("="), self.shown(tree.start)]
        if tree.step != Number(fmpq(1)):
            lower += [operator(","), "<mtext>step&#xA0;</mtext>", self.shown(tree.step)]
        sign = operator(_MATHML_BIG_OPERATORS[tree.kind])
        big = f"<munderover>{sign}{row(*lower)}{upper}</munderover>"
        return row(big, self.shown(tree.body, Precedence.PRODUCT))

    def items(self, items: tuple[Tree, ...]) -> str:
        rows = [row.items if isinstance(row, ListExpr) else (row,) for row in items]
        cells = ("".join(f"<mtd>{self.shown(cell)}</mtd>" for cell in one) for one in rows)
        return _fenced(f"<mtable>{''.join(f'<mtr>{row}</mtr>' for row in cells)}</mtable>")


def _level(tree: Tree) -> int:
    if isinstance(tree, Binary) and tree.op in ("/", "//"):
        return Precedence.ATOM
    return Precedence.PRODUCT if isinstance(tree, Comprehension) else binding(tree)


def _between(parts: list[str], sign: str) -> list[str]:
    """The parts with a sign between them."""
    return [piece for part in parts for piece in (sign, part)][1:]


def _number(value: fmpq) -> str:
    size = f"<mn>{abs(value.p)}</mn>" if value.q == 1 else fraction(f"<mn>{abs(value.p)}</mn>", f"<mn>{value.q}</mn>")
    return row(operator("−", "prefix"), size) if value < 0 else size


def _parts_of(name: str) -> tuple[str, str]:
    """`W1` is W and 1, `rate_max` is rate and max."""
    found = re.fullmatch(r"([^\W\d_]+)_?(\w*)", name)
    return (found[1], found[2]) if found else (name, "")


def _letter(stem: str) -> str:
    return f"<mi>{escape(GREEK_LETTERS.get(stem, stem))}</mi>"


def _index(tail: str) -> str:
    return f"<mn>{escape(tail)}</mn>" if tail.isdecimal() else f"<mi>{escape(tail)}</mi>"
