"""What is changed in calls, indices and slices: the function, its arguments, bounds off by one, copies."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.kinds.function.mutation.source_text import Edit, SourceChange, SourceText

CONFUSED_FUNCTIONS: dict[str, tuple[str, ...]] = {
    "sum": ("mean",),
    "mean": ("sum", "median"),
    "median": ("mean",),
    "nansum": ("sum",),
    "nanmean": ("mean",),
    "max": ("min",),
    "min": ("max",),
    "amax": ("amin",),
    "amin": ("amax",),
    "maximum": ("minimum",),
    "minimum": ("maximum",),
    "argmax": ("argmin",),
    "argmin": ("argmax",),
    "dot": ("multiply", "outer"),
    "inner": ("multiply",),
    "matmul": ("multiply",),
    "multiply": ("dot",),
    "outer": ("multiply",),
    "prod": ("sum",),
    "cumsum": ("cumprod",),
    "cumprod": ("cumsum",),
    "any": ("all",),
    "all": ("any",),
    "floor": ("ceil",),
    "ceil": ("floor",),
    "round": ("floor",),
    "sin": ("cos",),
    "cos": ("sin",),
    "exp": ("expm1",),
    "expm1": ("exp",),
    "log": ("log1p", "log2"),
    "log1p": ("log",),
    "log2": ("log",),
    "std": ("var",),
    "var": ("std",),
    "zeros": ("ones",),
    "ones": ("zeros",),
    "zeros_like": ("ones_like",),
    "ones_like": ("zeros_like",),
    "hstack": ("vstack",),
    "vstack": ("hstack",),
    "sorted": ("list",),
    "logaddexp": ("maximum",),
    "greater": ("greater_equal",),
    "less": ("less_equal",),
    "greater_equal": ("greater",),
    "less_equal": ("less",),
}
"""What is taken for a function, or a method, by mistake."""

NO_BUILTINS = frozenset({"mean", "median", "floor"})
"""Of those no function without a module is called so."""

APPLIED = frozenset(
    (
        "abs",
        "fabs",
        "absolute",
        "sqrt",
        "exp",
        "log",
        "square",
        "tanh",
        "sin",
        "cos",
        "floor",
        "ceil",
        "round",
        "reversed",
        "sorted",
        "set",
        "transpose",
        "norm",
    )
)
"""Functions that are forgotten: their argument stands alone."""

COPIES = frozenset(("copy", "deepcopy", "clone", "list", "dict"))
"""What gives a copy of its only argument, or (`copy`, `clone`) of what it is a method of."""

SYMMETRIC = frozenset(
    (
        "min",
        "max",
        "minimum",
        "maximum",
        "hypot",
        "add",
        "multiply",
        "gcd",
        "lcm",
        "logaddexp",
        "isclose",
        "allclose",
        "zip",
        "dot",
        "inner",
    )
)
"""Functions whose arguments may come in any order (or, as with `zip` and `dot`, mostly make no other sense)."""

WRITES_INTO = frozenset(
    (
        "clip",
        "minimum",
        "maximum",
        "add",
        "subtract",
        "multiply",
        "divide",
        "abs",
        "absolute",
        "exp",
        "log",
        "sqrt",
        "square",
        "tanh",
        "negative",
    )
)
"""Functions of NumPy with an `out` argument, which a student may give an argument to."""

ENDLESS = frozenset({"count", "cycle", "repeat", "iter"})


def called_name(node: ast.expr) -> str:
    """The last part of what is called: `sum` of `np.sum(x)`, of `x.sum()` and of `sum(x)`."""
    if isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def call(source: SourceText, node: ast.Call, parameters: tuple[str, ...]) -> Iterator[SourceChange]:
    """Everything that is changed in a call."""
    yield from _function(source, node)
    yield from _copy(source, node)
    yield from _arguments(source, node)
    yield from _axis(source, node)
    if called_name(node) == "range":
        yield from _range(source, node)
    first = node.args[0] if node.args else None
    module = isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)
    if module and called_name(node) in WRITES_INTO and isinstance(first, ast.Name) and first.id in parameters:
        place = source.end(node) - 1
        yield SourceChange("in place instead of new", (Edit(place, place, f", out={first.id}"),))


def _function(source: SourceText, node: ast.Call) -> Iterator[SourceChange]:
    name, end = called_name(node), source.end(node.func)
    for other in CONFUSED_FUNCTIONS.get(name, ()):
        if not isinstance(node.func, ast.Name) or other not in NO_BUILTINS:
            yield SourceChange("function replacement", (Edit(end - len(name), end, other),))
    if name == "append" and isinstance(node.func, ast.Attribute) and len(node.args) == 1:
        start = source.text.find("(", end)
        yield SourceChange("function replacement", (Edit(end - len(name), start + 1, "insert(0, "),))
    if name in APPLIED and len(node.args) == 1 and not node.keywords:
        yield SourceChange("function call deletion", source.replaced(node, _alone(source, node.args[0])))


def _alone(source: SourceText, argument: ast.expr) -> str:
    return source.segment(argument) if isinstance(argument, ast.GeneratorExp) else source.operand(argument)


def _copy(source: SourceText, node: ast.Call) -> Iterator[SourceChange]:
    name = called_name(node)
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    if name in COPIES and len(node.args) == 1 and not node.keywords:
        yield SourceChange("missing copy", source.replaced(node, _alone(source, node.args[0])))
    if name in ("copy", "clone") and owner is not None and not node.args and not node.keywords:
        yield SourceChange("missing copy", source.replaced(node, source.segment(owner)))
    if name == "array" and owner is not None and len(node.args) == 1:
        end = source.end(node.func)
        yield SourceChange("missing copy", (Edit(end - len(name), end, "asarray"),))


def _arguments(source: SourceText, node: ast.Call) -> Iterator[SourceChange]:
    """Two neighbouring arguments exchanged."""
    if called_name(node) in SYMMETRIC or any(isinstance(one, ast.Starred) for one in node.args):
        return
    for one, other in zip(node.args, node.args[1:], strict=False):
        edits = (*source.replaced(one, source.segment(other)), *source.replaced(other, source.segment(one)))
        yield SourceChange("arguments exchanged", edits)


def _axis(source: SourceText, node: ast.Call) -> Iterator[SourceChange]:
    for keyword in node.keywords:
        if keyword.arg not in ("axis", "dim"):
            continue
        written = source.segment(keyword.value)
        others = {"0": ("1", "None"), "1": ("0", "None"), "-1": ("0", "None"), "None": ("0",)}.get(written, ("0",))
        for other in others:
            yield SourceChange("axis replacement", source.replaced(keyword.value, other))
        if "keepdims" not in [one.arg for one in node.keywords] and called_name(node) in CONFUSED_FUNCTIONS:
            yield SourceChange("axis replacement", source.replaced(keyword.value, f"{written}, keepdims=True"))


def _range(source: SourceText, node: ast.Call) -> Iterator[SourceChange]:
    """The bounds of a range, off by one; constants among them are changed as constants."""
    for bound in node.args:
        yield from _off_by_one(source, bound)
    if len(node.args) == 1:
        yield SourceChange("bound off by one", source.replaced(node.args[0], f"1, {source.segment(node.args[0])}"))


def _off_by_one(source: SourceText, node: ast.expr) -> Iterator[SourceChange]:
    if isinstance(node, ast.Constant | ast.Starred):
        return
    plain = node.operand if isinstance(node, ast.UnaryOp) else node
    if isinstance(plain, ast.Constant):
        return
    for sign in ("+", "-"):
        yield SourceChange("bound off by one", source.replaced(node, f"{source.operand(node)} {sign} 1"))


def subscript(source: SourceText, node: ast.Subscript) -> Iterator[SourceChange]:
    """An index off by one; a slice without one of its bounds, or with one that is off by one."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    for part in parts:
        if not isinstance(part, ast.Slice):
            if isinstance(part, ast.Name | ast.BinOp):
                for change in _off_by_one(source, part):
                    yield SourceChange("index off by one", change.edits)
            continue
        bounds = [bound for bound in (part.lower, part.upper) if bound is not None]
        for bound in bounds:
            yield SourceChange("slice without a bound", source.replaced(bound, ""))
            yield from _off_by_one(source, bound)
        if part.step is not None:
            yield SourceChange("slice without a bound", source.replaced(part.step, ""))
        if not bounds and part.step is None and part is node.slice and isinstance(node.ctx, ast.Load):
            yield SourceChange("missing copy", source.replaced(node, source.segment(node.value)))


def iteration(source: SourceText, iterated: ast.expr, *, loop: bool) -> Iterator[SourceChange]:
    """What is gone through backwards, without its first or its last, or (of a `loop`) once."""
    name = called_name(iterated) if isinstance(iterated, ast.Call) else ""
    if name in ENDLESS:
        return
    text = source.segment(iterated)
    if name == "range":
        yield SourceChange("loop reversed", source.replaced(iterated, f"reversed({text})"))
    else:
        for operator, cut in (("loop reversed", "[::-1]"), ("loop too short", "[1:]"), ("loop too short", "[:-1]")):
            yield SourceChange(operator, source.replaced(iterated, f"list({text}){cut}"))
    if loop:
        yield SourceChange("loop runs once", source.replaced(iterated, f"list({text})[:1]"))
        yield SourceChange("loop never runs", source.replaced(iterated, "()"))
    if name == "enumerate" and isinstance(iterated, ast.Call) and len(iterated.args) == 1 and not iterated.keywords:
        place = source.end(iterated.args[0])
        yield SourceChange("bound off by one", (Edit(place, place, ", 1"),))
