"""Formulas about a joint state as SMT-LIB text, and back: `(= |h[t-1]| (* 3.0 |q[t-1]|))`.

Text comes from a report that anybody may have changed, so it is read here and not by z3: a few operators over the
numbers of one state, of bounded size, and products of a number with one quantity alone. Nothing is shared (`let`), so
that the text is as large as whatever is made of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import z3

from grader.engines.claim import UnreadableCertificate

MAX_SMT_CHARACTERS = 200_000
"""Characters of one formula."""

MAX_SMT_DEPTH = 80
"""Nesting of one formula."""

_TOKEN = re.compile(r"\s*(\|[^|]*\||[()]|[^\s()|]+)")
_NUMERAL = re.compile(r"\d+(\.0)?")


class _Operator(NamedTuple):
    """An operator of SMT-LIB: what z3 calls it, and the function that applies it."""

    kind: int
    apply: Callable[..., z3.ExprRef]


def _minus(first: z3.ArithRef, *others: z3.ArithRef) -> z3.ArithRef:
    for other in others:
        first = first - other
    return first if others else -first


_OPERATORS: Mapping[str, _Operator] = {
    "and": _Operator(z3.Z3_OP_AND, z3.And),
    "or": _Operator(z3.Z3_OP_OR, z3.Or),
    "not": _Operator(z3.Z3_OP_NOT, z3.Not),
    "=>": _Operator(z3.Z3_OP_IMPLIES, z3.Implies),
    "ite": _Operator(z3.Z3_OP_ITE, z3.If),
    "=": _Operator(z3.Z3_OP_EQ, lambda a, b: a == b),
    "<=": _Operator(z3.Z3_OP_LE, lambda a, b: a <= b),
    ">=": _Operator(z3.Z3_OP_GE, lambda a, b: a >= b),
    "<": _Operator(z3.Z3_OP_LT, lambda a, b: a < b),
    ">": _Operator(z3.Z3_OP_GT, lambda a, b: a > b),
    "+": _Operator(z3.Z3_OP_ADD, z3.Sum),
    "-": _Operator(z3.Z3_OP_SUB, _minus),
    "*": _Operator(z3.Z3_OP_MUL, z3.Product),
    "/": _Operator(z3.Z3_OP_DIV, lambda a, b: z3.simplify(a / b)),
    "to_real": _Operator(z3.Z3_OP_TO_REAL, z3.ToReal),
    "to_int": _Operator(z3.Z3_OP_TO_INT, z3.ToInt),
    "is_int": _Operator(z3.Z3_OP_IS_INT, z3.IsInt),
}
_SMT_NAMES = {operator.kind: name for name, operator in _OPERATORS.items()} | {z3.Z3_OP_UMINUS: "-"}


def smt_text(formula: z3.BoolRef) -> str:
    """The formula on one line.

    Raises:
        UnreadableCertificate: if it is larger than what is read, or of other operators.
    """
    parts, size = [], 0
    for part in _written(formula, 0):
        parts.append(part)
        size += len(part) + 1
        if size > MAX_SMT_CHARACTERS:
            raise UnreadableCertificate(f"a formula has more than {MAX_SMT_CHARACTERS} characters")
    return " ".join(parts).replace("( ", "(").replace(" )", ")")


def _written(e: z3.ExprRef, depth: int) -> Iterator[str]:
    if depth > MAX_SMT_DEPTH:
        raise UnreadableCertificate(f"a formula is nested deeper than {MAX_SMT_DEPTH}")
    if z3.is_rational_value(e) or z3.is_int_value(e):
        yield _number(e)
    elif z3.is_true(e) or z3.is_false(e):
        yield str(e).lower()
    elif z3.is_const(e) and e.decl().kind() == z3.Z3_OP_UNINTERPRETED:
        yield f"|{e.decl().name()}|"
    else:
        name = _SMT_NAMES.get(e.decl().kind())
        if name is None:
            raise UnreadableCertificate(f"{e.decl().name()} is no operator of a formula")
        yield f"({name}"
        for part in e.children():
            yield from _written(part, depth + 1)
        yield ")"


def _number(e: z3.ExprRef) -> str:
    """`3` where it is whole by its sort, else `3.0`, `(- 3.0)` or `(/ 1.0 3.0)`."""
    whole = z3.is_int_value(e)
    top, bottom = (e.as_long(), 1) if whole else (e.numerator_as_long(), e.denominator_as_long())
    end = "" if whole else ".0"
    size = f"(/ {abs(top)}{end} {bottom}{end})" if bottom != 1 else f"{abs(top)}{end}"
    return f"(- {size})" if top < 0 else size


def read_smt(text: object, quantities: Iterable[z3.ArithRef], context: z3.Context) -> z3.BoolRef:
    """The formula that `smt_text` wrote, over the given quantities.

    Raises:
        UnreadableCertificate: for any other text.
    """
    if not isinstance(text, str) or len(text) > MAX_SMT_CHARACTERS:
        raise UnreadableCertificate(f"a formula is a text of up to {MAX_SMT_CHARACTERS} characters")
    names = {f"|{quantity.decl().name()}|": quantity for quantity in quantities}
    try:
        formula = _value(_nested(text), names, context)
    except (z3.Z3Exception, TypeError, AttributeError) as error:
        raise UnreadableCertificate(f"this is no formula over {', '.join(names) or 'nothing'}: {error}") from None
    if not isinstance(formula, z3.BoolRef):
        raise UnreadableCertificate("a formula is true or false, not a number")
    return formula


def _nested(text: str) -> Any:
    """The text as lists of atoms."""
    stack: list[list[Any]] = [[]]
    position, end = 0, len(text.rstrip())
    while position < end:
        found = _TOKEN.match(text, position)
        if found is None:
            raise UnreadableCertificate(f"nothing can be read at character {position} of a formula")
        token, position = found[1], found.end()
        if token == "(":
            stack.append([])
        elif token != ")":
            stack[-1].append(token)
        elif len(stack) > 1:
            done = stack.pop()
            stack[-1].append(done)
        else:
            raise UnreadableCertificate("a formula has a bracket too many")
    if len(stack) > 1 or len(stack[0]) != 1:
        raise UnreadableCertificate("a formula is one expression with as many brackets closed as opened")
    return stack[0][0]


def _value(part: Any, names: Mapping[str, z3.ExprRef], context: z3.Context, depth: int = 0) -> z3.ExprRef:
    if depth > MAX_SMT_DEPTH:
        raise UnreadableCertificate(f"a formula is nested deeper than {MAX_SMT_DEPTH}")
    if isinstance(part, str):
        return _atom(part, names, context)
    operator = _OPERATORS.get(part[0]) if part and isinstance(part[0], str) else None
    if operator is None or len(part) < 2:
        raise UnreadableCertificate(f"{str(part)[:40]} is no operator of a formula with what it is applied to")
    values = [_value(operand, names, context, depth + 1) for operand in part[1:]]
    constant = [_is_constant(value) for value in values]
    if operator.kind == z3.Z3_OP_MUL and constant.count(False) > 1:
        raise UnreadableCertificate("a formula multiplies two quantities")
    result = operator.apply(*values)
    if operator.kind == z3.Z3_OP_DIV and not z3.is_rational_value(result):
        raise UnreadableCertificate("a formula divides something else than two numbers, or by 0")
    return result


def _atom(text: str, names: Mapping[str, z3.ExprRef], context: z3.Context) -> z3.ExprRef:
    if text in names:
        return names[text]
    if text in ("true", "false"):
        return z3.BoolVal(text == "true", context)
    if _NUMERAL.fullmatch(text):
        return (z3.RealVal if "." in text else z3.IntVal)(text, context)
    raise UnreadableCertificate(f"{text[:40]!r} is no quantity of the joint state")


def _is_constant(value: z3.ExprRef) -> bool:
    """Whether it is a number, or the negative of one."""
    if z3.is_app_of(value, z3.Z3_OP_UMINUS):
        value = value.children()[0]
    return bool(z3.is_rational_value(value) or z3.is_int_value(value))
