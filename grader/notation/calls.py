"""Calls of functions: their arguments, their number, libraries' names before them, methods, logarithms to a base.

Every call is one of the table of functions (`language/functions/`) or of the question's own; a wrong number of
arguments is the writer's error, told where the call stands.
"""

from __future__ import annotations

from flint import fmpq

from grader.errors import listed
from grader.language.functions.table import FUNCTIONS, WRITTEN_OUT
from grader.language.functions.written_out import WrittenOutFunction
from grader.language.parse import unknown_function
from grader.language.printing import to_text
from grader.language.tree import Binary, Call, Compare, IfExp, Index, Logic, Name, Number, Transpose, Tree, Unary
from grader.notation.characters import PRODUCT_SIGNS
from grader.notation.products import COLUMN, MATRIX, NUMBER, Products
from grader.notation.tokens import Token
from grader.notation.written_out import expression_of

LIBRARIES = frozenset(
    [
        "np",
        "numpy",
        "torch",
        "math",
        "jnp",
        "jax",
        "tf",
        "tensorflow",
        "scipy",
        "sp",
        "sympy",
        "keras",
        "F",
        "nn",
        "functional",
        "linalg",
        "LA",
        "special",
        "cupy",
    ]
)
"""Names that stand before a function's and a dot, and say only where the function comes from."""

AXES = frozenset({"axis", "dim"})
"""Names of the argument that says along which axis a function works."""

NAMED_ARGUMENTS = AXES | {"keepdims", "keepdim", "dtype", "ord"}
"""Names of arguments in libraries, which are no loop variables."""

FLOATS = frozenset({"float", "float32", "float64"})
"""Names of the types that hold any number."""


class FunctionCalls(Products):
    """Reads what stands between a function's name and the end of its arguments."""

    def is_library(self) -> bool:
        """Whether a library's name stands here, before a dot."""
        token = self.token
        return token.text in LIBRARIES and self.peek().is_op(".") and not self.is_value(token.text)

    def past_libraries(self) -> Token:
        """The token after `np.`, `torch.nn.functional.`, ..., which is a name."""
        while self.is_library():
            self.i += 2
        if self.token.kind != "name":
            raise self.error("a function's name is wanted here")
        return self.token

    def function_called(self, token: Token, *, qualified: bool = False) -> str | None:
        """The function that a name stands for; `qualified`: a library's name stands before it."""
        found, record = self.function(token.text), self.written_out(token.text)
        name = found or (record.name if record else None)
        if name is None:
            return None
        if token.text == "LOG" and not qualified:
            raise self.error(
                "LOG could be log10, as in spreadsheets, or the natural logarithm: write log10 or ln", token.at
            )
        sure = qualified or found == token.text or (found is None and record is not None and record.usual)
        ways = [] if sure else self.ways(token.text)  # `ch_t` of a c and an h is no hyperbolic cosine
        if self.token.text == "(" and self.peek().text not in (*self.symbols.whole, *self.loops):
            ways = [way for way in ways if way[-1] not in self.symbols.sequences]  # `h(z)` is no step
        if ways and self.opens():
            ways_in_words = listed([f"{name}(...)", *("*".join(way) for way in ways)], "or")
            raise self.error(f"{token.text!r} could be {ways_in_words}: write the *", token.at)
        return name if sure or self.opens() or (found and not ways) else None

    def unknown_function(self, name: str) -> str:
        """The message for a call of something that is no function."""
        if name[0] in "dD" and (function := self.function(name[1:].lstrip("_"))):
            return f"{name!r} is not a function here: the derivative of {function} is written {function}'(...)"
        return unknown_function(name, [*self.symbols.functions, *WRITTEN_OUT])

    def attribute(self, tree: Tree) -> Tree:
        """`W.T`, `W.transpose()`, `a.dot(b)`: what stands after a value and a dot (at which the reader is)."""
        dot, token = self.take(), self.take()
        if token.text in ("T", "mT", "t", "transpose") and token.kind == "name":
            if self.token.kind == "open" and self.token.text == "(" and self.peek().kind == "close":
                self.i += 2
            return self.built(Transpose(tree, dot.at))
        if token.text == "astype" and self.token.text == "(" and self.peek(2).text == ")":
            whole = isinstance(tree, Compare | Logic) and self.peek().text in ("int", "bool")
            if whole or self.peek().text in FLOATS:
                self.i += 3
                return tree
        function = self.function_called(token, qualified=True) if token.kind == "name" else None
        if function is None or not (self.token.kind == "open" and self.token.text == "("):
            raise self.error(f"'.{token.text}' has no meaning here (.T and functions like .dot(...) have)", dot.at)
        arguments = [tree]
        self.in_brackets(token, arguments)
        return self.called(function, tuple(arguments), token.at)

    def opens(self) -> bool:
        """Whether a bracket opens here."""
        return self.token.kind == "open" and self.token.text in "({["

    def arguments(self, token: Token) -> tuple[Tree, ...]:
        """`(a, b)`, `{a}`, or one factor without brackets: `\\tanh x`."""
        if self.opens():
            found: list[Tree] = []
            self.in_brackets(token, found)
            return tuple(found)
        if self.token.is_op("_"):
            whole = f"{token.text}_{self.peek().text}"
            raise self.error(
                f"{whole!r} is not a function here: write {token.text}(...), or {token.text}'(...) for its derivative",
                token.at,
            )
        if self.token.kind not in ("name", "number") and not self.token.is_op("√", "∂", "|", "‖"):
            raise self.error(f"{token.text!r} is a function: write {token.text}(...)", token.at)
        self.deeper(1)
        argument = self.power()
        while self.token.joined:  # `tanh Wz`: a word is one argument
            argument = self.multiplied(argument, self.power(), "", argument.at)
        self.deeper(-1)
        more = self.token.is_op(*PRODUCT_SIGNS) and self.token.text != "/" and isinstance(argument, Number)  # `sin 2*a`
        if more or self.token.kind == "number" or self.starts_operand():
            raise self.error(f"how far {token.text} goes is not clear: write {token.text}(...)", token.at)
        if self.token.is_op("/"):  # `ln p/q` is typed for both
            shown = to_text(argument)
            ways = f"{token.text}({shown})/... or {token.text}({shown}/...)"
            raise self.error(f"{token.text} {shown}/... could be {ways}: write the brackets", token.at)
        return (argument,)

    def in_brackets(self, token: Token, found: list[Tree]) -> None:
        """Adds the arguments between the brackets that open here, of which there may be none."""
        opened, bars = self.take(), self.bars
        self.bars = []
        before, more = len(found), self.token.kind != "close"
        while more:
            if found and self.token.kind == "name" and self.peek().is_op("="):
                self.named_argument(found, token)
            else:
                found.append(self.expression())
            more = self.take_op(",") is not None
        self.expect("close", {"(": ")", "{": "}", "[": "]"}[opened.text], opened)
        self.bars = bars
        if len(found) == before + 1 and opened.text == "{" and self.opens() and self.token.text == "(":
            raise self.error("write the * between the two brackets")

    def named_argument(self, found: list[Tree], token: Token) -> None:
        """`axis=0`, `dim=-1` of a vector, which has one axis; nothing else has a name."""
        name = self.take()
        if name.text not in AXES:
            raise self.error(f"{name.text}= cannot be read: {token.text} takes its arguments without names", name.at)
        self.take()
        value = None if self.is_word("None") else self.expression()
        if value is None:
            self.take()
        last = Unary("-", Number(fmpq(1)))
        if self.rank(found[0]) != 1 or value not in (None, last, Number(fmpq(0))):
            raise self.error(f"{name.text}= is read for vectors alone, which have one axis (0)", name.at)
        self.note(f"{name.text}= is left out: a vector has one axis")

    def written_out(self, name: str) -> WrittenOutFunction | None:
        """The function that is read as an expression in others, if the name is one and nothing in the question is."""
        if self.is_value(name) or name in self.symbols.functions:
            return None
        return WRITTEN_OUT.get(name) or (WRITTEN_OUT.get(name.lower()) if len(name) > 2 else None)

    def called(self, function: str, arguments: tuple[Tree, ...], at: int) -> Tree:
        """A call, with as many arguments as the function takes; `dot` is NumPy's."""
        own = function in self.symbols.functions
        if not own and (record := WRITTEN_OUT.get(function)):
            return self.expanded(record, arguments, at)
        if not own and function not in FUNCTIONS:
            raise self.error(self.unknown_function(function), at)
        if problem := self.symbols.wrong_count(function, len(arguments)):
            raise self.error(problem, at)
        if function == "dot" and not own:
            return self.dot(arguments, at)
        return self.built(Call(function, arguments, at))

    def dot(self, arguments: tuple[Tree, ...], at: int) -> Tree:
        """`np.dot`: of two vectors their dot product, with a number a multiple, else the matrix product."""
        left, right = arguments
        kinds = self.kind(left), self.kind(right)
        if kinds == (COLUMN, COLUMN):
            return self.built(Call("dot", (left, right), at))
        return self.multiplied(left, right, "*" if NUMBER in kinds else "@", at)

    def expanded(self, record: WrittenOutFunction, arguments: tuple[Tree, ...], at: int) -> Tree:
        """The expression that a call is read as, built as if it had been typed."""
        if problem := record.wrong_count(len(arguments)):
            raise self.error(problem, at)
        of_matrix = all(self.kind(argument) == MATRIX for argument in arguments)
        values = dict(zip(record.parameters, arguments, strict=True))
        return self.rebuilt(expression_of(record, of_matrix=of_matrix), values, at)

    def rebuilt(self, tree: Tree, values: dict[str, Tree], at: int) -> Tree:
        """An expression with trees for its names."""
        match tree:
            case Name(id=name):
                return values[name]
            case Number(value=value):
                return self.built(Number(value, at))
            case Binary(op="@", left=left, right=right):
                return self.multiplied(self.rebuilt(left, values, at), self.rebuilt(right, values, at), "@", at)
            case Binary(op=op, left=left, right=right):
                return self.built(Binary(op, self.rebuilt(left, values, at), self.rebuilt(right, values, at), at))
            case Unary(op=op, operand=operand):
                return self.built(Unary(op, self.rebuilt(operand, values, at), at))
            case Transpose(operand=operand):
                return self.built(Transpose(self.rebuilt(operand, values, at), at))
            case Index(base=base, index=index):
                return self.built(Index(self.rebuilt(base, values, at), self.rebuilt(index, values, at), at))
            case Call(function=function, arguments=arguments):
                return self.called(function, tuple(self.rebuilt(a, values, at) for a in arguments), at)
            case IfExp(condition=condition, then=then, otherwise=otherwise):
                test, one, other = (self.rebuilt(part, values, at) for part in (condition, then, otherwise))
                return self.built(IfExp(test, one, other, at))
        raise TypeError(tree)
