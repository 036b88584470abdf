"""What is changed in expressions: operators, operands and constants."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.kinds.function.mutation.source_text import Edit, SourceChange, SourceText

ARITHMETIC: dict[type[ast.operator], tuple[str, tuple[str, ...]]] = {
    ast.Add: ("+", ("-", "*")),
    ast.Sub: ("-", ("+", "*")),
    ast.Mult: ("*", ("/", "+")),
    ast.Div: ("/", ("*", "//", "-")),
    ast.FloorDiv: ("//", ("/", "*")),
    ast.Mod: ("%", ("*", "//")),
    ast.Pow: ("**", ("*", "/")),
    ast.MatMult: ("@", ("*",)),
    ast.BitAnd: ("&", ("|", "^")),
    ast.BitOr: ("|", ("&", "^")),
    ast.BitXor: ("^", ("&", "|")),
    ast.LShift: ("<<", (">>",)),
    ast.RShift: (">>", ("<<",)),
}
"""How an operator is written, and what stands in its place."""

RELATIONAL: dict[type[ast.cmpop], tuple[str, tuple[str, ...]]] = {
    ast.Lt: ("<", ("<=", "!=")),
    ast.Gt: (">", (">=", "!=")),
    ast.LtE: ("<=", ("<", "==")),
    ast.GtE: (">=", (">", "==")),
    ast.Eq: ("==", ("<=", ">=")),
    ast.NotEq: ("!=", ("<", ">")),
    ast.Is: ("is", ("is not",)),
    ast.IsNot: ("is not", ("is",)),
    ast.In: ("in", ("not in",)),
    ast.NotIn: ("not in", ("in",)),
}
"""The same of relations; with the constant of `CONSTANT_RELATIONS` these are the ones that subsume all others."""

CONSTANT_RELATIONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "False",
    ast.Gt: "False",
    ast.Eq: "False",
    ast.LtE: "True",
    ast.GtE: "True",
    ast.NotEq: "True",
}
COMMUTATIVE = (ast.Add, ast.Mult, ast.BitAnd, ast.BitOr, ast.BitXor)


def binary(source: SourceText, node: ast.BinOp) -> Iterator[SourceChange]:
    """Another operator; the operands exchanged; one of them alone, or with the other sign."""
    written, others = ARITHMETIC[type(node.op)]
    place = source.between(node.left, node.right, written)
    if place is not None:
        for other in others:
            yield SourceChange("arithmetic operator replacement (AOR)", (Edit(*place, other),))
    if not isinstance(node.op, COMMUTATIVE):
        left, right = source.operand(node.left), source.operand(node.right)
        edits = (*source.replaced(node.left, right), *source.replaced(node.right, left))
        yield SourceChange("operands exchanged", edits)
    for operand in (node.left, node.right):
        yield SourceChange("operand deletion (ODL)", source.replaced(node, source.operand(operand)))
        if isinstance(operand, ast.Name | ast.Attribute):
            text = f"-{source.segment(operand)}"
            tight = isinstance(node.op, ast.Pow) and operand is node.left
            yield SourceChange(
                "unary operator insertion (UOI)", source.replaced(operand, f"({text})" if tight else text)
            )


def relation(source: SourceText, node: ast.Compare) -> Iterator[SourceChange]:
    """Another relation in each place, and the constant that a single one is nearest to."""
    operands = [node.left, *node.comparators]
    for left, right, op in zip(operands, operands[1:], node.ops, strict=False):
        written, others = RELATIONAL[type(op)]
        place = source.between(left, right, written)
        for other in others if place is not None else ():
            assert place is not None
            yield SourceChange("relational operator replacement (ROR)", (Edit(*place, other),))
    if len(node.ops) == 1 and (constant := CONSTANT_RELATIONS.get(type(node.ops[0]))):
        yield SourceChange("relational operator replacement (ROR)", source.replaced(node, constant))


def connective(source: SourceText, node: ast.BoolOp) -> Iterator[SourceChange]:
    """`or` for `and`, and the other way round, in each place."""
    written, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    for left, right in zip(node.values, node.values[1:], strict=False):
        place = source.between(left, right, written)
        if place is not None:
            yield SourceChange("logical connector replacement (LCR)", (Edit(*place, other),))


def unary(source: SourceText, node: ast.UnaryOp) -> Iterator[SourceChange]:
    """Without the operator."""
    start, end = source.start(node), source.start(node) + (3 if isinstance(node.op, ast.Not) else 1)
    while end < len(source.text) and source.text[end] in " \t":
        end += 1
    yield SourceChange("unary operator deletion (UOD)", (Edit(start, end, ""),))


def constant(source: SourceText, node: ast.Constant) -> Iterator[SourceChange]:
    """Another constant: for numbers one more, one less, 0, 1, the other sign, half; for text none."""
    value, parent = node.value, source.parents.get(node)
    if isinstance(parent, ast.keyword) and parent.arg in ("axis", "dim"):
        return
    texts: list[str] = []
    if isinstance(value, bool):
        texts = [str(not value)]
    elif isinstance(value, int):
        texts = [str(other) for other in dict.fromkeys((value + 1, value - 1, 0, 1, -value)) if other != value]
    elif isinstance(value, float):
        numbers = dict.fromkeys((value + 1.0, value / 2, 0.0, 1.0, -value))
        texts = [repr(other) for other in numbers if other != value and abs(other) < float("inf")]
    elif isinstance(value, str):
        texts = ['""' if value else '"x"']
    if isinstance(parent, ast.UnaryOp):
        texts = [text for text in texts if not text.startswith("-")]
    for text in texts:
        tight = text.startswith("-") and isinstance(parent, ast.BinOp | ast.Attribute)
        yield SourceChange("constant replacement (CRP)", source.replaced(node, f"({text})" if tight else text))


def variable(source: SourceText, node: ast.Name, parameters: tuple[str, ...]) -> Iterator[SourceChange]:
    """Another argument of the function: the next one."""
    if node.id in parameters and len(parameters) > 1:
        other = parameters[(parameters.index(node.id) + 1) % len(parameters)]
        yield SourceChange("scalar variable replacement (SVR)", source.replaced(node, other))


def condition(source: SourceText, test: ast.expr, *, always: bool = True) -> Iterator[SourceChange]:
    """A condition that is never met, or always (`always` False: that is left out), or negated."""
    for text in ("False", "True") if always else ("False",):
        yield SourceChange(f"condition always {text.lower()}", source.replaced(test, text))
    if not isinstance(test, ast.Compare):
        yield SourceChange("condition negation (COI)", source.replaced(test, f"not {source.operand(test)}"))
