"""All changes of some statements, in the order of the text."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from grader.kinds.function.mutation import call_operators as calls
from grader.kinds.function.mutation import expression_operators as expressions
from grader.kinds.function.mutation import statement_operators as statements
from grader.kinds.function.mutation.source_text import SourceChange, SourceText, is_docstring

UNCHANGED_FIELDS = frozenset({"annotation", "returns", "decorator_list", "type_params", "type_comment", "simple"})
"""What of a node says nothing of what is computed."""

UNCHANGED_NODES = (
    *(ast.JoinedStr, getattr(ast, "TemplateStr", ast.JoinedStr)),  # the latter since Python 3.14
    *(ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.pattern),
)
"""What is left as it is: before Python 3.12 nobody knows where the parts of an f-string stand."""


def changes_in(source: SourceText, nodes: Iterable[ast.stmt]) -> Iterator[SourceChange]:
    """The changes of some statements; those that lie in more than one line are among them."""
    for node in nodes:
        yield from _changes(source, node, ())


def _changes(source: SourceText, node: ast.AST, parameters: tuple[str, ...]) -> Iterator[SourceChange]:
    """Those of a node and of what is in it; `parameters` are the arguments of the function around it."""
    if isinstance(node, UNCHANGED_NODES) or (isinstance(node, ast.stmt) and is_docstring(node)):
        return
    if isinstance(node, ast.stmt):
        yield from statements.statement(source, node, parameters)
    elif isinstance(node, ast.expr):
        yield from _of_expression(source, node, parameters)
    elif isinstance(node, ast.comprehension):
        yield from calls.iteration(source, node.iter, loop=False)
        for test in node.ifs:
            yield from expressions.condition(source, test)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        arguments = node.args
        named = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
        parameters = tuple(one.arg for one in named if one.arg not in ("self", "cls"))
    for name, field in ast.iter_fields(node):
        if name in UNCHANGED_FIELDS:
            continue
        for child in field if isinstance(field, list) else [field]:
            if isinstance(child, ast.AST):
                yield from _changes(source, child, parameters)


def _of_expression(source: SourceText, node: ast.expr, parameters: tuple[str, ...]) -> Iterator[SourceChange]:
    match node:
        case ast.BinOp():
            yield from expressions.binary(source, node)
        case ast.Compare():
            yield from expressions.relation(source, node)
        case ast.BoolOp():
            yield from expressions.connective(source, node)
        case ast.UnaryOp():
            yield from expressions.unary(source, node)
        case ast.Constant():
            yield from expressions.constant(source, node)
        case ast.Name(ctx=ast.Load()):
            yield from expressions.variable(source, node, parameters)
        case ast.IfExp():
            yield from expressions.condition(source, node.test)
        case ast.Call():
            yield from calls.call(source, node, parameters)
        case ast.Subscript():
            yield from calls.subscript(source, node)
