"""Subscripts that are no names: the base of a logarithm, the kind of a norm, the condition of an indicator."""

from __future__ import annotations

from flint import fmpq

from grader.language.tree import Binary, Compare, Logic, Name, Number, Tree, Unary
from grader.notation.einsum import Einsum
from grader.notation.products import MATRIX
from grader.notation.tokens import Token

INDICATORS = frozenset({"1", "𝟙", "I", "𝕀"})
"""Signs of the function that is 1 where a condition holds."""


class Subscripts(Einsum):
    """Reads what a subscript says of a function."""

    def base(self) -> Tree:
        """The base of a logarithm, from its subscript."""
        self.take()
        if self.token.kind == "open":
            base = self.group()
        elif self.token.kind == "number":
            base = self.built(
                Number(fmpq(int(self.token.text)) if self.token.text.isdecimal() else fmpq(0), self.take().at)
            )
        else:
            base = self.value(self.take())
        if self.rank(base) or (isinstance(base, Number) and base.value in (0, 1)):
            raise self.error("the base of a logarithm is a number other than 0 and 1", base.at)
        return base

    def logarithm(self, token: Token) -> Tree:
        """`log_2(z)`, `\\log_{10} z`: a logarithm to a base, as a quotient."""
        base = self.base()
        exponent = self.function_power(token) if self.token.is_op("**") else None
        top = self.called("log", self.arguments(token), token.at)
        if not (isinstance(base, Name) and base.id == "e" and not self.is_value("e")):
            top = self.built(Binary("/", top, self.called("log", (base,), token.at), token.at))
        return top if exponent is None else self.built(Binary("**", top, exponent, token.at))

    def norm(self, inner: Tree, opened: Token) -> Tree:
        """`‖v‖`, `‖v‖_2`, `‖v‖_1`, `‖W‖_F`; the bars are closed."""
        if not self.token.is_op("_"):
            return self.called("norm", (inner,), opened.at)
        self.take()
        braced = self.token.kind == "open" and self.token.text == "{"
        kind = self.peek() if braced else self.token
        if kind.kind not in ("name", "number") or (braced and self.peek(2).kind != "close"):
            raise self.error("the norms ‖v‖, ‖v‖_1, ‖v‖_2 and ‖W‖_F are read", kind.at)
        self.i += 3 if braced else 1
        matrix = self.kind(inner) == MATRIX
        if kind.text == "F" or (kind.text == "2" and not matrix):
            return self.called("norm", (inner,), opened.at)
        if kind.text == "1" and not matrix:
            return self.called("sum", (self.called("abs", (inner,), opened.at),), opened.at)
        more = ": the norm ‖W‖_F of a matrix is" if matrix else ": ‖v‖, ‖v‖_1, ‖v‖_2 and ‖W‖_F are"
        raise self.error(f"‖...‖_{kind.text} is not read{more}", kind.at)

    def absolute(self, inner: Tree, opened: Token) -> Tree:
        """`|z|` of a number; of a vector the bars could be either of two things."""
        if self.token.is_op("_"):
            return self.norm(inner, opened)
        if self.rank(inner) == 1:
            raise self.error("|v| of a vector could be its norm ‖v‖ or abs(v), entry by entry: write one", opened.at)
        if self.rank(inner):
            raise self.error(
                "|W| of a matrix could be abs(W), entry by entry, or a determinant: write abs(W)", opened.at
            )
        return self.called("abs", (inner,), opened.at)

    def indicates(self, token: Token) -> bool:
        """Whether the sign that is passed begins an indicator such as `1_{z>0}`, `𝟙[z>0]`, `I(z>0)`."""
        if token.text not in INDICATORS or self.is_value(token.text):
            return False
        return self.token.is_op("_") or self.opens()

    def indicator(self, token: Token) -> Tree:
        """The condition in brackets, which is 1 where it holds and 0 elsewhere."""
        self.take_op("_")
        if not self.opens():
            raise self.error("the condition of an indicator stands in brackets: 1_{z > 0}")
        condition = self.group()
        if not isinstance(condition, Compare | Logic | Unary) or (
            isinstance(condition, Unary) and condition.op != "not"
        ):
            raise self.error("an indicator holds a condition, such as 1[z > 0]", token.at)
        self.note(f"{token.text}[...] is read as 1 where the condition holds, and 0 elsewhere")
        return condition
