"""What is changed in statements: left out, ended early, written into what was given."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.kinds.function.mutation.call_operators import iteration
from grader.kinds.function.mutation.expression_operators import ARITHMETIC, condition
from grader.kinds.function.mutation.source_text import Edit, SourceChange, SourceText, is_docstring

SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Raise, ast.Assert, ast.Delete, ast.Return)
DELETION = "statement deletion (SDL)"


def statement(source: SourceText, node: ast.stmt, parameters: tuple[str, ...]) -> Iterator[SourceChange]:
    """Everything that is changed in a statement itself, not in its expressions."""
    if isinstance(node, SIMPLE) and not is_docstring(node):
        yield from _deleted(source, node)
    match node:
        case ast.Return(value=ast.expr() as value):
            yield from _returned(source, node, value, parameters)
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp(left=ast.Name(id=left)) as value):
            yield from _in_place(source, node, value, left, name, parameters)
        case ast.AugAssign():
            yield from _augmented(source, node)
        case ast.Raise(exc=ast.Call(func=ast.Name() as name) | (ast.Name() as name)):
            other = "TypeError" if name.id != "TypeError" else "ValueError"
            yield SourceChange("exception replacement", source.replaced(name, other))
        case ast.Break():
            yield SourceChange("continue for break", source.replaced(node, "continue"))
            yield SourceChange(DELETION, source.replaced(node, "pass"))
        case ast.Continue():
            yield SourceChange("break for continue", source.replaced(node, "break"))
            yield SourceChange(DELETION, source.replaced(node, "pass"))
        case ast.If(test=test):
            yield from condition(source, test)
        case ast.While(test=test):
            yield from condition(source, test, always=False)
        case ast.For(iter=iterated):
            yield from iteration(source, iterated, loop=True)
        case ast.FunctionDef(decorator_list=decorators) | ast.ClassDef(decorator_list=decorators):
            for decorator in decorators:
                start = source.text.rfind("@", 0, source.start(decorator))
                yield SourceChange("decorator deletion", (Edit(start, source.end(decorator), ""),))


def _deleted(source: SourceText, node: ast.stmt) -> Iterator[SourceChange]:
    """A statement of several lines is put behind a condition that is never met."""
    if source.in_one_line(node):
        yield SourceChange(DELETION, source.replaced(node, "pass"))
    else:
        yield SourceChange(DELETION, (Edit(source.start(node), source.start(node), "if False: "),))


def _returned(
    source: SourceText, node: ast.Return, value: ast.expr, parameters: tuple[str, ...]
) -> Iterator[SourceChange]:
    start = source.start(node)
    if isinstance(value, ast.Constant) and value.value is None:
        return
    if source.in_one_line(node):
        yield SourceChange("return value replacement", source.replaced(value, "None"))
    else:
        yield SourceChange("return value replacement", (Edit(start, start, "return None; "),))
    if isinstance(value, ast.Name | ast.Call | ast.BinOp | ast.Attribute | ast.Subscript):
        yield SourceChange("unary operator insertion (UOI)", source.replaced(value, f"-{source.operand(value)}"))
    if isinstance(value, ast.BinOp) and isinstance(value.left, ast.Name) and value.left.id in parameters:
        name, written = value.left.id, ARITHMETIC[type(value.op)][0]
        place = source.between(value.left, value.right, written)
        if place is not None:
            end = source.end(node)
            edits = (Edit(start, place[1], f"{name} {written}="), Edit(end, end, f"; return {name}"))
            yield SourceChange("in place instead of new", edits)


def _in_place(
    source: SourceText, node: ast.Assign, value: ast.BinOp, left: str, name: str, parameters: tuple[str, ...]
) -> Iterator[SourceChange]:
    """`a = a + b` as `a += b`, and `y = a + b` as `a += b; y = a` for an argument a."""
    written = ARITHMETIC[type(value.op)][0]
    place = source.between(value.left, value.right, written)
    if place is None or (left != name and left not in parameters):
        return
    edits = [Edit(source.start(node), place[1], f"{left} {written}=")]
    if left != name:
        edits.append(Edit(source.end(node), source.end(node), f"; {name} = {left}"))
    yield SourceChange("in place instead of new", tuple(edits))


def _augmented(source: SourceText, node: ast.AugAssign) -> Iterator[SourceChange]:
    """Another operator, and the value alone."""
    written, others = ARITHMETIC[type(node.op)]
    place = source.between(node.target, node.value, f"{written}=")
    if place is not None:
        for other in others:
            yield SourceChange("arithmetic operator replacement (AOR)", (Edit(*place, f"{other}="),))
        yield SourceChange("assignment instead of update", (Edit(*place, "="),))
