"""Small changes of Python source, one at a time: comparisons, operations, conditions, constants, slices, returns."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

OPPOSITES: dict[type, type] = {}
for one, other in (
    (ast.Lt, ast.LtE), (ast.Gt, ast.GtE), (ast.Eq, ast.NotEq), (ast.In, ast.NotIn), (ast.Is, ast.IsNot),
    (ast.And, ast.Or), (ast.Add, ast.Sub), (ast.Mult, ast.Div), (ast.BitAnd, ast.BitOr), (ast.Break, ast.Continue),
):  # fmt: skip
    OPPOSITES |= {one: other, other: one}

OTHER_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Mutant:
    """One change: the line it is on, and the text before and after it.

    Of `source`, it is the change with the number `change` of the node with the number `node`.
    """

    line: int
    before: str
    after: str
    source: str = field(repr=False)
    node: int
    change: int

    @property
    def module(self) -> ast.Module:
        """The whole module with it."""
        module = ast.parse(self.source)
        target = next(islice(ast.walk(module), self.node, None))
        changed = next(islice(_changes(target), self.change, None))
        place = ast.copy_location(changed, target).__dict__
        target.__class__ = changed.__class__  # in place: whatever holds the node holds the changed one
        target.__dict__.clear()
        target.__dict__.update(place)
        return ast.fix_missing_locations(module)


def mutants_of(source: str) -> list[Mutant]:
    """Every change of a module that there is, in the order of its lines; annotations and text stay as they are."""
    found = [
        Mutant(node.lineno, ast.unparse(node), ast.unparse(changed), source, number, n)
        for number, node in enumerate(ast.walk(ast.parse(source)))
        for n, changed in enumerate(_changes(node))
    ]
    return sorted(found, key=lambda mutant: (mutant.line, mutant.before, mutant.after))


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """Other nodes that may stand in the place of one."""
    match node:
        case ast.Compare(left, [op, *ops], comparators) if type(op) in OPPOSITES:
            yield ast.Compare(left, [OPPOSITES[type(op)](), *ops], comparators)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(OPPOSITES[type(op)](), values)
        case ast.BinOp(left, op, right) if type(op) in OPPOSITES and not _is_text(left, right):
            yield ast.BinOp(left, OPPOSITES[type(op)](), right)
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.Constant(bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(int(value)):
            yield ast.Constant(value + 1)
        case ast.IfExp(_, body, orelse):
            yield from (body, orelse)
        case ast.If(ast.Name("TYPE_CHECKING")):
            pass
        case ast.If(test, body, orelse) | ast.While(test, body, orelse):
            yield type(node)(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.Return(ast.Constant(None)):
            pass
        case ast.Return(ast.expr()):
            yield ast.Return(ast.Constant(None))
        case ast.Break() | ast.Continue():
            yield OPPOSITES[type(node)]()
        case ast.Slice(lower, ast.expr(), step):
            yield ast.Slice(lower, None, step)
        case ast.Name(name, ast.Load()) if name in OTHER_NAMES:
            yield ast.Name(OTHER_NAMES[name], ast.Load())
        case ast.Call(ast.Attribute(value, "setdefault"), [key, item]):
            yield ast.Call(ast.Attribute(value, "__setitem__", ast.Load()), [key, item], [])


def _is_text(*nodes: ast.expr) -> bool:
    """True for the parts of `a | b` in annotations, and of text that is put together."""
    kinds = (ast.JoinedStr, ast.List, ast.Tuple, ast.Subscript, ast.Name)
    return any(isinstance(n, ast.Constant) and isinstance(n.value, str | None) for n in nodes) or all(
        isinstance(n, kinds) and ast.unparse(n)[:1].isupper() for n in nodes
    )
