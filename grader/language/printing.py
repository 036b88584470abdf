"""Tree to text, in the syntax that `parse` reads: `parse(to_text(tree)) == tree`."""

from __future__ import annotations

from enum import IntEnum

from flint import fmpq

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


class Precedence(IntEnum):
    """How tightly a construct binds, loosest first."""

    CHOICE, OR, AND, NOT, COMPARE, SUM, PRODUCT, SIGN, POWER, ATOM = range(10)


_BINARY_PRECEDENCE = {
    "+": Precedence.SUM,
    "-": Precedence.SUM,
    "*": Precedence.PRODUCT,
    "/": Precedence.PRODUCT,
    "//": Precedence.PRODUCT,
    "%": Precedence.PRODUCT,
    "@": Precedence.PRODUCT,
    "**": Precedence.POWER,
}


def binding(tree: Tree) -> int:
    """How tightly the outermost construct of the tree binds."""
    match tree:
        case IfExp():
            return Precedence.CHOICE
        case Logic(op=op):
            return Precedence.OR if op == "or" else Precedence.AND
        case Unary(op=op):
            return Precedence.NOT if op == "not" else Precedence.SIGN
        case Compare():
            return Precedence.COMPARE
        case Binary(op=op):
            return _BINARY_PRECEDENCE[op]
    return Precedence.ATOM


def before_factor(tree: Tree) -> int:
    """How tightly a left factor has to bind: a big ∏ would seem to hold what stands behind it."""
    return Precedence.SIGN if isinstance(tree, Comprehension) else Precedence.PRODUCT


def to_text(tree: Tree, at_least: int = Precedence.CHOICE) -> str:
    """The tree as text, in brackets where it binds less tightly than `at_least`."""
    text = _plain(tree)
    return f"({text})" if binding(tree) < at_least else text


def _plain(tree: Tree) -> str:
    match tree:
        case Number(value=value):
            return _number(value)
        case Name(id=name):
            return name
        case Index(base=base, index=index):
            return f"{to_text(base, Precedence.ATOM)}[{to_text(index)}]"
        case Text(value=text):
            return f'"{text}"'
        case Unary(op="not", operand=operand):
            return f"not {to_text(operand, Precedence.NOT)}"
        case Unary(op=sign, operand=operand):
            return f"{sign}{to_text(operand, Precedence.SIGN)}"
        case Binary(op="**", left=left, right=right):
            return f"{to_text(left, Precedence.ATOM)}**{to_text(right, Precedence.SIGN)}"
        case Binary(op=op, left=left, right=right):
            level = _BINARY_PRECEDENCE[op]
            tight = op in ("*", "/")
            gap = "" if tight else " "
            return f"{to_text(left, level)}{gap}{op}{gap}{to_text(right, level + 1)}"
        case Compare(ops=ops, operands=operands):
            pairs = zip(ops, operands[1:], strict=True)
            return to_text(operands[0], Precedence.SUM) + "".join(
                f" {sign} {to_text(x, Precedence.SUM)}" for sign, x in pairs
            )
        case Logic(op=word, operands=operands):
            return f" {word} ".join(to_text(operand, binding(tree) + 1) for operand in operands)
        case IfExp(condition=condition, then=then, otherwise=otherwise):
            return f"{to_text(then, Precedence.OR)} if {to_text(condition, Precedence.OR)} else {to_text(otherwise)}"
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(map(to_text, arguments))})"
        case Comprehension():
            return _fold(tree)
        case ListExpr(items=items):
            return f"[{', '.join(map(to_text, items))}]"
        case Transpose(operand=operand):
            return (
                f"({to_text(operand)}).T" if isinstance(operand, Number) else f"{to_text(operand, Precedence.ATOM)}.T"
            )


def _fold(tree: Comprehension) -> str:
    bounds = [tree.start, tree.stop]
    if tree.step != Number(fmpq(1)):
        bounds.append(tree.step)
    elif tree.start == Number(fmpq(0)):
        bounds = [tree.stop]
    return f"{tree.kind}({to_text(tree.body)} for {tree.variable} in range({', '.join(map(to_text, bounds))}))"


def _number(value: fmpq) -> str:
    """The number as the shortest decimal that reads back exactly, as every literal does; else `(1/3)`."""
    top, bottom = int(value.p), int(value.q)
    if bottom == 1:
        digits = str(top)
        zeros = len(digits) - len(digits.rstrip("0"))
        return digits if zeros < 20 else f"{digits[:-zeros]}e{zeros}"
    places = next((n for n in range(bottom.bit_length()) if 10**n % bottom == 0), 0)
    if not places:
        return f"({top}/{bottom})"
    scaled = str(top * (10**places // bottom))
    if places > 30:
        return f"{scaled}e-{places}"
    scaled = scaled.rjust(places + 1, "0")
    return f"{scaled[:-places]}.{scaled[-places:]}"
