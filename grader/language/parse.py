"""Text to tree: Python's expression syntax, read with `ast` and let through a whitelist; nothing is ever evaluated."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator
from typing import get_args

from grader.errors import did_you_mean
from grader.language import limits
from grader.language.functions.table import FUNCTIONS
from grader.language.numbers import NumberError, read_number
from grader.language.tree import (
    COMPREHENSIONS,
    Binary,
    Call,
    Compare,
    Comprehension,
    ComprehensionKind,
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


class ExpressionError(Exception):
    """Text that is not an expression of the language; `at` is the character offset of the trouble."""

    def __init__(self, message: str, at: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


_BINARY_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
}
_UNARY: dict[type[ast.unaryop], str] = {ast.USub: "-", ast.UAdd: "+", ast.Not: "not"}
_COMPARISON_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_FOREIGN = re.compile(r"[^\w\s+\-*/%@().,\[\]<>=!]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_KEY = re.compile(r"""\[\s*("[^"'\\]+"|'[^"'\\]+')\s*\]""")
"""`["W"]`: the key of an entry of a dictionary."""
_SYMBOL = re.compile(r"""(?<=[=( ])("[^"'\\]+"|'[^"'\\]+')(?=[=) ]|$)""")
"""`"a"`: the name of a symbol, beside a comparison."""
_QUOTE = re.compile("[\"']")
_NUMBER_LIKE = re.compile(r"(?<![\w.])\.?\d(?:[\w.]|(?<=[eE])[+-](?=\d))*")
_HINTS = {
    "^": "write ** for a power",
    "&": "write and",
    "|": "write or",
    "~": "write not",
    "?": "write `a if condition else b`",
    ";": "write one expression",
    "{": "write [ ] for a vector",
    "'": "an expression holds no text",
    '"': "an expression holds no text",
    "≥": "write >=",
    "≤": "write <=",
    "≠": "write !=",
    "·": "write *",
    "×": "write *",
    "−": "write the plain minus sign -",
}


def parse(text: str, *, closeness: bool = False, keys: bool = False, symbols: bool = False) -> Tree:
    """The tree of `text`; with `closeness`, `a ~ b` compares within the tolerances of the domain.

    With `keys`, `out["W"]` is an entry of a dictionary; with `symbols`, `x[t] == "a"` compares with a named symbol.

    Raises:
        ExpressionError: with the offset of the character at fault, for anything outside the language or its limits.
    """
    if len(text) > limits.MAX_EXPRESSION_CHARACTERS:
        raise ExpressionError(
            f"an expression of {len(text)} characters is too long (at most {limits.MAX_EXPRESSION_CHARACTERS})"
        )
    line = re.sub(r"\s", " ", text)
    lead = len(line) - len(line.lstrip())
    line = line.strip()
    if not line:
        raise ExpressionError("an expression is missing here")
    try:
        bare = _KEY.sub(lambda key: f"[{'_' * (len(key.group()) - 2)}]", line) if keys else line
        if keys and (quote := _QUOTE.search(bare)):
            raise ExpressionError('text is the key of an entry alone, as in out["W"]', quote.start())
        bare = _SYMBOL.sub(lambda name: "_" * len(name.group()), bare) if symbols else bare
        tildes = frozenset(i for i, char in enumerate(bare) if char == "~" and closeness)
        for at in tildes:  # Python has no such comparison: it is read as one it has
            line, bare = (f"{text[:at]}<{text[at + 1 :]}" for text in (line, bare))
        _check_characters(bare)
        _check_brackets(bare)
        _check_numbers(bare)
        return _TreeReader(line, tildes, symbols).read(_syntax(line).body, 1)
    except ExpressionError as error:
        error.at += lead
        raise


def _check_characters(line: str) -> None:
    if found := _FOREIGN.search(line):
        char = found.group()
        hint = _HINTS.get(char)
        shown = repr(char) if char.isprintable() else f"the character U+{ord(char):04X}"
        raise ExpressionError(f"{shown} has no meaning here" + (f": {hint}" if hint else ""), found.start())
    for at, char in enumerate(line):
        if (plain := unicodedata.normalize("NFKC", char)) != char:
            raise ExpressionError(f"{char!r} is a look-alike of {plain!r}: type the plain character", at)


def _check_brackets(line: str) -> None:
    """Balanced and not too deep, so that Python's own parser never overflows."""
    pairs, open_brackets = {")": "(", "]": "["}, list[tuple[str, int]]()
    for at, char in enumerate(line):
        if char in "([":
            open_brackets.append((char, at))
            if len(open_brackets) > limits.MAX_EXPRESSION_DEPTH:
                raise ExpressionError(f"brackets are nested more than {limits.MAX_EXPRESSION_DEPTH} deep", at)
        elif char in ")]" and (not open_brackets or open_brackets.pop()[0] != pairs[char]):
            raise ExpressionError(f"{char!r} closes nothing", at)
    if open_brackets:
        char, at = open_brackets[-1]
        raise ExpressionError(f"{char!r} is never closed", at)


def _check_numbers(line: str) -> None:
    for found in _NUMBER_LIKE.finditer(line):
        try:
            read_number(found.group())
        except NumberError as error:
            raise ExpressionError(str(error), found.start()) from None


def _syntax(line: str) -> ast.Expression:
    try:
        return ast.parse(line, mode="eval")
    except SyntaxError as error:
        at = min((error.offset or len(line) + 1) - 1, len(line))  # Python says 0 where the text stops too early
        if re.search(r"(?<![=<>!])=(?!=)", line):
            equals = re.search(r"(?<![=<>!])=(?!=)", line)
            at = equals.start() if equals else at
            raise ExpressionError("a single = has no meaning here: write == to compare", at) from None
        near = line[at : at + 12].strip()
        message = f"cannot be read from {near!r} on" if near else "the expression stops too early"
        raise ExpressionError(message, at) from None
    except (RecursionError, MemoryError, ValueError):
        raise ExpressionError("the expression is nested too deeply") from None


class _TreeReader:
    """Turns Python's tree into ours; everything not named here is refused."""

    def __init__(self, line: str, tildes: frozenset[int], symbols: bool) -> None:
        self.line = line
        self.tildes = tildes
        self.symbols = symbols
        self.bytes = line.encode()

    def offset(self, node: ast.AST) -> int:
        """Where a node starts, in characters."""
        return self.characters(getattr(node, "col_offset", 0))

    def characters(self, column: int) -> int:
        """Python counts columns in UTF-8 bytes; we count characters."""
        return column if len(self.bytes) == len(self.line) else len(self.bytes[:column].decode())

    def read(self, node: ast.expr, depth: int) -> Tree:
        at = self.offset(node)
        if depth > limits.MAX_EXPRESSION_DEPTH:
            raise ExpressionError(f"the expression is nested more than {limits.MAX_EXPRESSION_DEPTH} deep", at)
        sub = depth + 1
        match node:
            case ast.Constant(value=value) if type(value) in (int, float):
                source = self.bytes[node.col_offset : node.end_col_offset].decode()
                return Number(read_number(source), at)
            case ast.Constant(value=str(name)) if self.symbols:
                return Text(name, at)
            case ast.Name(id=name):
                self.check_name(name, at)
                return Name(name, at)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY_OPERATORS:
                return Binary(_BINARY_OPERATORS[type(op)], self.read(left, sub), self.read(right, sub), at)  # type: ignore[arg-type]  # values of the table
            case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
                return Unary(_UNARY[type(op)], self.read(operand, sub), at)  # type: ignore[arg-type]  # values of the table
            case ast.Compare(left=left, ops=ops, comparators=rest) if all(
                type(op) in _COMPARISON_OPERATORS for op in ops
            ):
                operands = tuple(self.read(part, sub) for part in (left, *rest))
                return Compare(tuple(self.comparisons(node, ops)), operands, at)
            case ast.BoolOp(op=op, values=values):
                return Logic("and" if isinstance(op, ast.And) else "or", tuple(self.read(v, sub) for v in values), at)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return IfExp(self.read(test, sub), self.read(body, sub), self.read(orelse, sub), at)
            case ast.Subscript(value=value, slice=ast.Constant(value=str(key)) as index):
                return Index(self.read(value, sub), Text(key, self.offset(index)), at)
            case ast.Subscript(value=value, slice=index) if not isinstance(index, ast.Slice | ast.Tuple):
                return Index(self.read(value, sub), self.read(index, sub), at)
            case ast.List(elts=items) if items:
                return ListExpr(tuple(self.read(item, sub) for item in items), at)
            case ast.Attribute(value=value, attr="T"):
                return Transpose(self.read(value, sub), at)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self.call(name, arguments, at, sub)
        raise ExpressionError(_refusal(node), at)

    def comparisons(self, node: ast.Compare, ops: list[ast.cmpop]) -> Iterator[str]:
        """The operators of a chain, `~` where one stands between the operands."""
        sides = [node.left, *node.comparators]
        for op, left, right in zip(ops, sides, sides[1:], strict=False):
            between = range(self.characters(left.end_col_offset or 0), self.offset(right))
            if not self.tildes.intersection(between):
                yield _COMPARISON_OPERATORS[type(op)]
            elif isinstance(op, ast.Lt):
                yield "~"
            else:
                at = min(self.tildes.intersection(between))
                raise ExpressionError("closeness is written a ~ b", at)

    def check_name(self, name: str, at: int) -> None:
        if name.startswith("__"):
            raise ExpressionError(f"{name!r} is not a name that an expression may use", at)
        for char in name:
            if ord(char) > 127 and "GREEK" not in unicodedata.name(char, ""):
                kind = unicodedata.name(char, "no name").lower()
                raise ExpressionError(f"{char!r} (U+{ord(char):04X}, {kind}) is not a letter that names may use", at)

    def call(self, name: str, arguments: list[ast.expr], at: int, depth: int) -> Tree:
        self.check_name(name, at)
        if len(arguments) == 1 and isinstance(arguments[0], ast.GeneratorExp):
            if name not in COMPREHENSIONS:
                raise ExpressionError(
                    f"{name!r} cannot take a `for`: only {', '.join(get_args(ComprehensionKind))} can", at
                )
            return self.comprehension(name, arguments[0], at, depth)
        return Call(name, tuple(self.read(a, depth) for a in arguments), at)

    def comprehension(self, kind: str, generator: ast.GeneratorExp, at: int, depth: int) -> Tree:
        loop = generator.generators[0]
        match loop:
            case ast.comprehension(
                target=ast.Name(id=variable),
                iter=ast.Call(func=ast.Name(id="range"), args=bounds, keywords=[]),
                ifs=[],
                is_async=0,
            ) if len(generator.generators) == 1 and 1 <= len(bounds) <= 3:
                self.check_name(variable, at)
                read = [self.read(bound, depth) for bound in bounds]
                start = Number(read_number("0"), at) if len(read) == 1 else read[0]
                step = read[2] if len(read) == 3 else Number(read_number("1"), at)
                body = self.read(generator.elt, depth)
                return Comprehension(kind, body, variable, start, read[min(1, len(read) - 1)], step, at)  # type: ignore[arg-type]  # checked by the caller
        raise ExpressionError("a loop is written `for i in range(first, last + 1)`, one `for` and no `if`", at)


def _refusal(node: ast.expr) -> str:
    match node:
        case ast.Attribute(attr=name):
            return f"'.{name}' has no meaning here (only .T, the transpose, has)"
        case ast.Call(func=ast.Name(), keywords=[_, *_]):
            return "a function takes its arguments without names"
        case ast.Call():
            return "only a function's name can be called"
        case ast.Subscript():
            return "an index is one number or one step, like h[t-1]"
        case ast.List():
            return "a vector needs at least one entry"
        case ast.Tuple():
            return "a vector is written in square brackets: [a, b]"
        case ast.Compare():
            return "only < <= > >= == != compare"
        case ast.Constant(value=value):
            name = repr(value)
            return f"{name} is not a number" + (": write 1 or 0" if isinstance(value, bool) else "")
        case ast.GeneratorExp():
            return "a `for` stands inside sum, prod, all, any, min or max"
    return f"{type(node).__name__} is not part of the language"


def unknown_function(name: str, defined: list[str]) -> str:
    """The message for a call of a function that nothing defines."""
    known = [*defined, *FUNCTIONS]
    return f"{name!r} is not a function here{did_you_mean(name, known)}"
