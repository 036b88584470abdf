"""A student's text to a tree: operator precedence, with the liberties that people take in formulas."""

from __future__ import annotations

from grader.language.build import ONE
from grader.language.numbers import read_number
from grader.language.printing import Precedence, to_text
from grader.language.tree import Binary, Compare, IfExp, Logic, Name, Number, Transpose, Tree, Unary
from grader.notation.characters import PRODUCT_SIGNS
from grader.notation.names import MAX_SPLIT_LETTERS
from grader.notation.operands import Operands, is_word
from grader.notation.tokens import Token

COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")


class Reader(Operands):
    """Reads one formula from its tokens."""

    def read(self) -> Tree:
        """The whole text as one expression."""
        if self.token.kind == "end":
            raise self.error("a formula is missing here")
        tree = self.expression(Precedence.CHOICE)
        if self.token.kind != "end":
            raise self.unexpected()
        return tree

    def expression(self, level: int = Precedence.CHOICE) -> Tree:
        """An expression that binds at least as tightly as `level`."""
        self.deeper(1)
        tree = self.unary(level)
        while (longer := self.longer(tree, level)) is not None:
            tree = longer
        self.deeper(-1)
        return tree

    def longer(self, left: Tree, level: int) -> Tree | None:
        """The tree with the next operator and operand, if that binds tightly enough."""
        token = self.token
        if token.kind == "op" and token.text in PRODUCT_SIGNS and level <= Precedence.PRODUCT:
            return self.product(left, token)
        if token.is_op("+", "-") and level <= Precedence.SUM:
            self.take()
            right = self.expression(Precedence.PRODUCT)
            return self.built(Binary(token.text, left, right, token.at))  # type: ignore[arg-type]  # one of two signs
        if token.is_op(*COMPARISONS) and level <= Precedence.COMPARE:
            return self.comparison(left)
        if self.is_word("and", "or") and level <= (Precedence.AND if token.text == "and" else Precedence.OR):
            return self.logic(left, token.text)
        if self.is_word("if") and level == Precedence.CHOICE:
            return self.choice(left)
        if level <= Precedence.PRODUCT and self.starts_operand():
            return self.juxtaposed(left, level)
        return None

    def unary(self, level: int) -> Tree:
        signs = []
        while self.token.is_op("-", "+"):
            signs.append(self.take())
        if signs:
            operand = self.power()
            for sign in reversed(signs):
                operand = self.built(Unary(sign.text, operand, sign.at))  # type: ignore[arg-type]  # one of two signs
            return operand
        token = self.token
        if self.is_word("not") and level <= Precedence.NOT:
            self.take()
            return self.built(Unary("not", self.expression(Precedence.NOT), token.at))
        return self.power()

    def choice(self, then: Tree) -> Tree:
        at = self.take().at
        condition = self.expression(Precedence.OR)
        if not self.is_word("else"):
            raise self.error("`a if condition` needs its `else b`")
        self.take()
        return self.built(IfExp(condition, then, self.expression(Precedence.CHOICE), at))

    def logic(self, left: Tree, word: str) -> Tree:
        operands, at = [left], self.token.at
        while self.is_word(word):
            self.take()
            operands.append(self.expression(Precedence.NOT if word == "and" else Precedence.AND))
        return self.built(Logic(word, tuple(operands), at))  # type: ignore[arg-type]  # one of two words

    def comparison(self, left: Tree) -> Tree:
        ops, operands, at = [], [left], self.token.at
        while self.token.is_op(*COMPARISONS):
            ops.append(self.take().text)
            operands.append(self.expression(Precedence.SUM))
        return self.built(Compare(tuple(ops), tuple(operands), at))

    def product(self, left: Tree, token: Token) -> Tree:
        self.take()
        if self.token.is_op("*", "·", "⊙", "⊗", "/", "@", "%", "//"):
            raise self.error(f"two signs follow each other: leave out {self.shown()}")
        right = self.expression(Precedence.PRODUCT + 1)
        if token.text in ("*", "·", "⊙", "⊗", "@"):
            right = self.second_factor(left, right, token.text)
            return self.multiplied(left, right, token.text, token.at)
        if token.text == "/" and self.starts_operand():
            raise self.error("a/b c could be a/(b*c) or (a/b)*c: write the brackets and the *")
        return self.built(Binary(PRODUCT_SIGNS[token.text], left, right, token.at))  # type: ignore[arg-type]  # one of the table

    def juxtaposed(self, left: Tree, level: int) -> Tree:
        """A product whose sign is left out."""
        at = self.token.at
        return self.multiplied(left, self.power(), "", at)

    def power(self) -> Tree:
        """A value with its exponent."""
        base = self.postfix()
        raised = False
        while self.token.is_op("**", ".^"):
            token = self.take()
            if raised:
                raise self.error("two powers follow each other: write brackets, or one exponent", token.at)
            if self.transposes_ones(base):
                base = self.vector_of_ones(token, row=True)
                continue
            if self.is_transpose(base):
                base = self.built(Transpose(base, token.at))
                continue
            if self.rank(base) == 2 and token.text == "**":
                raise self.error("a matrix has no powers here: write W @ W, or W.^p entry by entry", token.at)
            exponent, raised = self.exponent(), True
            self.check_exponent(base, exponent, caret=self.text[token.at] != "*")
            if isinstance(base, Name) and base.id == "e" and not self.is_value("e"):
                base = self.called("exp", (exponent,), base.at)
            else:
                base = self.built(Binary("**", base, exponent, token.at))
        if isinstance(base, Name) and base.id == "e" and not self.is_value("e"):
            return self.called("exp", (Number(read_number("1"), base.at),), base.at)
        return base

    def check_exponent(self, base: Tree, exponent: Tree, *, caret: bool) -> None:
        """`x^2y` is x² y, as it is typeset; of `e^2z`, `2^2n` and `x^1/2` the other reading is as likely.

        `caret`: the sign was ^, and not that of code, in which x**1/2 has one meaning.
        """
        last, after, next_one = self.tokens[self.i - 1], self.token, self.peek()
        if (
            caret
            and last.text == "1"
            and after.is_op("/")
            and next_one.kind == "number"
            and not (after.spaced or next_one.spaced)
            and (exponent == ONE or (isinstance(exponent, Unary) and exponent.operand == ONE))
        ):
            shown, power = to_text(base, Precedence.POWER), to_text(exponent)
            ways = f"{shown}^({power}/{next_one.text}) or {shown}^({power}) / {next_one.text}"
            raise self.error(f"how far the exponent goes is not clear: {ways}", last.at)
        constant = isinstance(base, Number) or (isinstance(base, Name) and base.id == "e" and not self.is_value("e"))
        plain = isinstance(exponent, Number) or (isinstance(exponent, Unary) and isinstance(exponent.operand, Number))
        if (
            constant
            and plain
            and last.kind == "number"
            and after.kind == "name"
            and not after.spaced
            and not is_word(after)
        ):
            shown = "e" if isinstance(base, Name) else to_text(base)
            power = to_text(exponent)
            ways = f"{shown}^({power}*{after.text}...) or {shown}^({power}) * {after.text}..."
            raise self.error(f"how far the exponent goes is not clear: {ways}", last.at)

    def is_transpose(self, base: Tree) -> bool:
        """Takes `\\top`, or the T or the prime of a matrix."""
        word = self.token
        if word.kind == "name" and word.text[0] == "T" and len(word.text) > 1 and self.rank(base) > 0:
            ways = (
                []
                if self.is_value(word.text) or len(word.text) > MAX_SPLIT_LETTERS
                else self.ways(word.text[1:], self.peek())
            )
            if ways:  # `x^TWy`
                self.cut(["T", *ways[0]])
        braced = self.token.kind == "open" and self.token.text == "{"
        inner, after = (self.peek(), self.peek(2)) if braced else (self.token, self.peek())
        sign = inner.is_op("⊤") or (inner.is_op("'") and self.rank(base) > 0)
        sign = sign or (inner.kind == "name" and inner.text == "T" and (self.rank(base) > 0 or not self.is_value("T")))
        if not sign or (braced and after.kind != "close"):
            return False
        self.i += 3 if braced else 1
        return True

    def exponent(self) -> Tree:
        self.deeper(1)
        tree = self.exponent_here()
        self.deeper(-1)
        return tree

    def exponent_here(self) -> Tree:
        token = self.token
        if token.kind == "open" and token.text == "{":
            return self.group()
        if token.is_op("-", "+"):
            self.take()
            return self.built(Unary(token.text, self.exponent(), token.at))  # type: ignore[arg-type]  # one of two signs
        value = self.postfix()
        if self.token.joined:
            raise self.error("how far the exponent goes is not clear: write x**(a*b) or x**a * b", token.at)
        if self.token.is_op("**"):
            at = self.take().at
            return self.built(Binary("**", value, self.exponent(), at))
        return value
