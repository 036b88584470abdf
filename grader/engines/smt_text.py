"""Formulas about a joint state as SMT-LIB text, and back: `(= |h[t-1]| (* 3.0 |q[t-1]|))`.

Text comes from a report that anybody may have changed, so it is read here and not by z3: a few operators over the
numbers of one state, of bounded size, and products of a number with one quantity alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import z3

from grader.engines.claim import UnreadableCertificate

MAX_SMT_CHARACTERS = 200_000
"""Characters of one formula."""

MAX_SMT_DEPTH = 80
"""Nesting of one formula, `let` aside."""

_TOKEN = re.compile(r"\s*(\||[()]|[^\s()|]+)")
_NUMERAL = re.compile(r"\d+(\.0)?")


def smt_text(formula: z3.BoolRef) -> str:
    """The formula on one line."""
    return " ".join(formula.sexpr().split())


def read_smt(text: object, quantities: Iterable[z3.ArithRef], context: z3.Context) -> z3.BoolRef:
    """The formula that `smt_text` wrote, over the given quantities.

    Raises:
        UnreadableCertificate: for any other text.
    """
    if not isinstance(text, str) or len(text) > MAX_SMT_CHARACTERS:
        raise UnreadableCertificate(f"a formula is a text of up to {MAX_SMT_CHARACTERS} characters")
    names = {quantity.decl().name(): quantity for quantity in quantities}
    try:
        formula = _Reader(context).value(_nested(text), names)
    except (z3.Z3Exception, TypeError, IndexError, KeyError, AttributeError) as error:
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
        if token == "|":
            close = text.index("|", position) if "|" in text[position:] else end
            stack[-1].append(text[position:close])
            position = close + 1
        elif token == "(":
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


class _Reader:
    """Makes expressions of z3 from lists of atoms."""

    def __init__(self, context: z3.Context) -> None:
        self.context = context

    def value(self, part: Any, names: Mapping[str, z3.ExprRef], depth: int = 0) -> z3.ExprRef:
        if depth > MAX_SMT_DEPTH:
            raise UnreadableCertificate(f"a formula is nested deeper than {MAX_SMT_DEPTH}")
        while isinstance(part, list) and part and part[0] == "let":
            _, bindings, part = part
            names = {**names, **{name: self.value(bound, names, depth + 1) for name, bound in bindings}}
        if isinstance(part, str):
            return self._atom(part, names)
        operator, *operands = part
        return self._applied(operator, [self.value(operand, names, depth + 1) for operand in operands])

    def _atom(self, text: str, names: Mapping[str, z3.ExprRef]) -> z3.ExprRef:
        if text in names:
            return names[text]
        if text in ("true", "false"):
            return z3.BoolVal(text == "true", self.context)
        if _NUMERAL.fullmatch(text):
            return (z3.RealVal if "." in text else z3.IntVal)(text, self.context)
        raise UnreadableCertificate(f"{text[:40]!r} is no quantity of the joint state")

    def _applied(self, operator: Any, values: list[z3.ExprRef]) -> z3.ExprRef:
        if operator == "*" and sum(not _is_constant(value) for value in values) > 1:
            raise UnreadableCertificate("a formula multiplies two quantities")
        if operator == "/" and not all(map(_is_constant, values)):
            raise UnreadableCertificate("a formula divides by a quantity")
        wanted = _OPERATORS.get(operator) if isinstance(operator, str) else None
        if wanted is None:
            raise UnreadableCertificate(f"{str(operator)[:40]!r} is no operator of a formula")
        return wanted(*values)


def _is_constant(value: z3.ExprRef) -> bool:
    return bool(value.sort().kind() != z3.Z3_BOOL_SORT) and isinstance(z3.simplify(value), z3.RatNumRef | z3.IntNumRef)


def _minus(first: z3.ArithRef, *others: z3.ArithRef) -> z3.ArithRef:
    for other in others:
        first = first - other
    return first if others else -first


def _times(*factors: z3.ArithRef) -> z3.ArithRef:
    return z3.Product(*factors)


_OPERATORS: Mapping[str, Callable[..., z3.ExprRef]] = {
    "and": z3.And,
    "or": z3.Or,
    "not": z3.Not,
    "=>": z3.Implies,
    "ite": z3.If,
    "=": lambda a, b: a == b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "+": lambda *parts: z3.Sum(*parts),
    "-": _minus,
    "*": _times,
    "/": lambda a, b: z3.simplify(a / b),
    "to_real": z3.ToReal,
    "to_int": z3.ToInt,
}
