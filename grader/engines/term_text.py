"""Formulas of z3 as text in the names of a spec: `h[t-1] == 3*q[t-1]`."""

from __future__ import annotations

import z3
from flint import fmpq

from grader.language.numbers import show_number

MAX_FORMULA_CHARACTERS = 400

_COMPARISON_SIGNS = {z3.Z3_OP_LE: "<=", z3.Z3_OP_GE: ">=", z3.Z3_OP_LT: "<", z3.Z3_OP_GT: ">", z3.Z3_OP_EQ: "=="}
_SWAPPED = {"<=": ">=", ">=": "<=", "<": ">", ">": "<", "==": "=="}
_NEGATED = {"<=": ">", ">=": "<", "<": ">=", ">": "<="}


def text_of(formula: z3.BoolRef) -> str:
    """The formula, simplified and in one order; cut where it is long."""
    goal = z3.Goal(ctx=formula.ctx)
    goal.add(formula)
    tactic = z3.Then("simplify", "propagate-ineqs", ctx=formula.ctx)
    parts = sorted({_text(z3.simplify(part), 2) for part in tactic(goal)[0]})
    text = " and ".join(parts) or "true"
    return text if len(text) <= MAX_FORMULA_CHARACTERS else text[: MAX_FORMULA_CHARACTERS - 3] + "..."


def _coefficients(e: z3.ExprRef) -> dict[str, fmpq] | None:
    """A sum of quantities by their names, and under "" what is added; None of anything else."""
    kind, parts = e.decl().kind(), e.children()
    if z3.is_rational_value(e):
        return {"": fmpq(e.numerator_as_long(), e.denominator_as_long())}
    if kind == z3.Z3_OP_UNINTERPRETED and not parts:
        return {e.decl().name(): fmpq(1)}
    if kind == z3.Z3_OP_MUL and len(parts) == 2 and z3.is_rational_value(parts[0]):
        factor, rest = fmpq(parts[0].numerator_as_long(), parts[0].denominator_as_long()), _coefficients(parts[1])
        return None if rest is None else {name: factor * value for name, value in rest.items()}
    if kind != z3.Z3_OP_ADD:
        return None
    total: dict[str, fmpq] = {}
    for part in map(_coefficients, parts):
        if part is None:
            return None
        for name, value in part.items():
            total[name] = total.get(name, fmpq(0)) + value
    return total


def _solved(op: str, left: z3.ExprRef, right: z3.ExprRef) -> str | None:
    """A linear comparison with its first quantity alone on the left: `h[t-1] == 3*q[t-1] + 1`."""
    ours, theirs = _coefficients(left), _coefficients(right)
    if ours is None or theirs is None:
        return None
    total = {name: ours.get(name, fmpq(0)) - theirs.get(name, fmpq(0)) for name in sorted({*ours, *theirs})}
    names = [name for name, value in total.items() if name and value]
    if not names:
        return None
    scale = total[names[0]]
    if scale < 0:
        op = _SWAPPED[op]
    terms = [(name, -total[name] / scale) for name in names[1:]]
    rest = -total.get("", fmpq(0)) / scale
    texts = [_times(value, name) for name, value in terms] + ([show_number(rest)] if rest or not terms else [])
    return f"{names[0]} {op} {' + '.join(texts).replace('+ -', '- ')}"


def _times(value: fmpq, name: str) -> str:
    return name if value == 1 else f"-{name}" if value == -1 else f"{show_number(value)}*{name}"


def _text(e: z3.ExprRef, outer: int) -> str:
    """`outer` is how tightly what surrounds it binds: 1 or, 2 and, 3 comparison, 4 sum, 5 product."""
    kind, parts = e.decl().kind(), e.children()
    if z3.is_true(e) or z3.is_false(e):
        return str(e).lower()
    if z3.is_rational_value(e) or z3.is_int_value(e):
        number = fmpq(e.numerator_as_long(), e.denominator_as_long()) if z3.is_rational_value(e) else fmpq(e.as_long())
        text = show_number(number)
        return f"({text})" if outer >= 4 and number < 0 else text
    if kind == z3.Z3_OP_AND:
        return _in_brackets(" and ".join(sorted(_text(part, 2) for part in parts)), 2, outer)
    if kind == z3.Z3_OP_OR:
        return _in_brackets(" or ".join(sorted(_text(part, 1) for part in parts)), 1, outer)
    if kind in _COMPARISON_SIGNS:
        return _comparison_text(_COMPARISON_SIGNS[kind], *parts)
    if kind == z3.Z3_OP_NOT:
        inner = parts[0].decl().kind()
        if inner in _COMPARISON_SIGNS and inner != z3.Z3_OP_EQ:
            return _comparison_text(_NEGATED[_COMPARISON_SIGNS[inner]], *parts[0].children())
        return f"not ({_text(parts[0], 0)})"
    if kind == z3.Z3_OP_ADD:
        return _joined(" + ", parts, 4, outer).replace("+ -", "- ")
    if kind == z3.Z3_OP_SUB:
        return _joined(" - ", parts, 4, outer)
    if kind == z3.Z3_OP_UMINUS:
        return f"-{_text(parts[0], 5)}"
    if kind == z3.Z3_OP_MUL:
        if z3.is_rational_value(parts[0]) and parts[0].as_fraction() == -1:
            return f"-{_joined('*', parts[1:], 5, 5)}"
        return _joined("*", parts, 5, outer)
    if kind == z3.Z3_OP_ITE:
        condition, then, otherwise = parts
        return f"({_text(then, 1)} if {_text(condition, 1)} else {_text(otherwise, 1)})"
    if kind in (z3.Z3_OP_TO_REAL, z3.Z3_OP_TO_INT):
        inner = _text(parts[0], 0)
        return inner if kind == z3.Z3_OP_TO_REAL else f"floor({inner})"
    return e.decl().name() if not parts else f"{e.decl().name()}({', '.join(_text(p, 0) for p in parts)})"


def _comparison_text(op: str, left: z3.ExprRef, right: z3.ExprRef) -> str:
    return _solved(op, left, right) or f"{_text(left, 3)} {op} {_text(right, 3)}"


def _joined(sign: str, parts: list[z3.ExprRef], binding: int, outer: int) -> str:
    return _in_brackets(sign.join(_text(part, binding) for part in parts), binding, outer)


def _in_brackets(text: str, binding: int, outer: int) -> str:
    return f"({text})" if outer > binding else text
