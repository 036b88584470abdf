"""One operand of a student's formula: a number, a name, a bracket, with the indices and signs right after it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from grader.language.build import ONE
from grader.language.numbers import read_number
from grader.language.parse import ExpressionError
from grader.language.printing import Precedence, binding, to_text
from grader.language.tree import Binary, Index, ListExpr, Name, Number, Transpose, Tree
from grader.notation.accents import outside_brackets
from grader.notation.applications import Applications
from grader.notation.characters import PRODUCT_SIGNS
from grader.notation.tokens import Token

_WORDS = frozenset(["if", "else", "and", "or", "not", "for", "in", "lambda", "import", "from", "is"])


def is_word(token: Token) -> bool:
    """Whether a token is a word of the language, such as `if`."""
    return token.kind == "name" and token.text in _WORDS


class Operands(Applications):
    """Reads what stands between two signs."""

    def unexpected(self) -> ExpressionError:
        """The error for a token at which a formula can neither go on nor end."""
        token = self.token
        if token.kind == "close":
            return self.error(f"{token.text!r} closes nothing: leave it out, or open it before")
        if token.is_op("="):
            return self.error("a single = cannot stand here: write == to compare")
        if token.kind == "number" and "/" in token.text:
            before = self.text[self.tokens[self.i - 1].at : token.end]
            return self.error(f"{before} could be a sum or a product: write the sign")
        if token.kind == "number":
            return self.error(f"a sign is missing before {token.text}: write * to multiply")
        if self.is_word("lambda", "import", "is", "from"):
            return self.error(f"{token.text!r} is not part of a formula")
        if token.is_op(","):
            return self.error("a comma cannot stand here: write a decimal point, or [a, b] for a vector")
        return self.error(f"{self.shown()} cannot stand here")

    def starts_operand(self) -> bool:
        """Whether another factor begins here, its sign left out."""
        token = self.token
        if token.kind == "name":
            return not is_word(token) or self.is_value(self.spelled(token.text))
        if token.kind == "open":
            return True
        if token.kind == "number":  # an indicator, `c 1_{z>0}`
            return token.text == "1" and (self.peek().is_op("_") or self.peek().text == "[")
        if token.is_op("|", "‖", "||"):
            return not self.bars
        return token.is_op("√", "∏", "∑", "∂", "∇", "⟨")

    def postfix(self) -> Tree:
        """A value with its indices: `h[t+1]`, `W.T`."""
        tree = self.atom()
        while True:
            token = self.token
            if token.kind == "open" and token.text == "[" and self.takes_index(tree):
                self.take()
                index = self.expression()
                if self.token.is_op(",", ":"):
                    raise self.error("an index is one number or one step, like h[t-1]; an entry of a matrix is W[0][1]")
                self.expect("close", "]", token)
                tree = self.built(Index(tree, index, tree.at))
            elif token.is_op("_") and tree == ONE:
                tree = self.indicator(replace(token, text="1"))
            elif token.is_op("."):
                tree = self.attribute(tree)
            elif token.is_op("'") and self.rank(tree) > 0:
                self.take()
                self.note(
                    f"{to_text(tree, Precedence.ATOM)}' is read as the transpose {to_text(tree, Precedence.ATOM)}.T"
                )
                tree = self.built(Transpose(tree, token.at))
            elif token.is_op("⊤"):  # `x⊤`, whose place above the line is lost where it is copied from a PDF
                self.take()
                tree = self.built(Transpose(tree, token.at))
            elif token.is_op("%") and self.is_percent(tree):
                tree = self.percent(tree, token)
            elif token.is_op("'"):
                raise self.error("a prime stands after a function, as in sigmoid'(z); a transpose is written W.T")
            elif token.is_op("!"):
                raise self.error("a factorial is not part of a formula")
            else:
                return tree

    def is_percent(self, tree: Tree) -> bool:
        """Whether `%` stands right after a number and is no modulo, which has a number on its right as well."""
        sign, after = self.token, self.peek()
        if not isinstance(tree, Number) or sign.spaced or self.tokens[self.i - 1].kind != "number":
            return False
        if not sign.command and (after.kind in ("number", "open") or (after.kind == "name" and not is_word(after))):
            shown = to_text(tree)
            ways = f"{shown}/100 times what follows, or {shown} modulo what follows"
            raise self.error(f"{shown}% could be {ways}: write {shown}/100, or spaces around the %")
        return True

    def percent(self, tree: Tree, token: Token) -> Tree:
        """`50%` as 0.5."""
        assert isinstance(tree, Number)
        self.take()
        part = self.built(Number(tree.value / 100, tree.at))
        self.note(f"{to_text(tree)}% is read as {to_text(part)}")
        return part

    def takes_index(self, tree: Tree) -> bool:
        """Whether a square bracket after a value is an index; after a plain number it groups a factor."""
        if isinstance(tree, Name) and tree.id in self.symbols.sequences:
            return True
        return self.rank(tree) > 0

    def atom(self) -> Tree:
        token = self.token
        if token.kind == "number":
            self.take()
            top, _, bottom = token.text.partition("/")  # `½` is a number of two
            tree: Tree = self.built(Number(read_number(top), token.at))
            return self.built(Binary("/", tree, Number(read_number(bottom), token.at), token.at)) if bottom else tree
        if token.kind == "name":
            if is_word(token) and not self.is_value(self.spelled(token.text)):
                raise self.unexpected()
            return self.named()
        if token.kind == "open":
            if token.text == "{":
                return self.braces()
            return self.items() if token.text == "[" and not token.command else self.group()
        if token.is_op("|", "‖", "||"):
            return self.between_bars()
        if token.is_op("√"):
            self.take()
            root = self.called("sqrt", (self.postfix(),), token.at)
            if self.token.joined or (self.token.is_op("**") and self.tokens[self.i - 1].kind != "close"):
                raise self.error("how far the root goes is not clear: write √(...) with its brackets", token.at)
            return root
        if token.is_op("∏", "∑"):
            return self.big_operator(token.text)
        if token.is_op("⟨"):
            return self.in_angles()
        if token.is_op("∂", "∇"):
            return self.gradient()
        if token.is_op("'"):
            raise self.error("a formula holds no text, and a prime stands after a function: sigmoid'(z)")
        if token.kind == "end":
            raise self.error("the formula stops too early: a value is wanted here")
        if token.kind == "close":
            raise self.error(f"a value is wanted before {token.text!r}")
        if token.is_op("*", "/", "·", "**", "@"):
            raise self.error(f"a value is wanted before {self.shown()}")
        raise self.unexpected()

    def braces(self) -> Tree:
        """`{a}{b}`: braces, which LaTeX does not show; what they hold has to be one factor wherever that matters."""
        opened, before = self.token, self.tokens[self.i - 1] if self.i else self.token
        inner = self.group()
        level, shown = binding(inner), self.text[opened.at : self.tokens[self.i - 1].end]
        many = level < Precedence.POWER or (
            isinstance(inner, Binary) and inner.op == "/" and not shown.startswith("{\\")
        )
        if many and (self.token.is_op("**", "'", "!") or (self.token.is_op(".") and not self.token.spaced)):
            raise self.error(
                f"{shown} with a power could be ({shown[1:-1]}), or its last factor alone: write ( )", opened.at
            )
        multiplied = self.starts_operand() or self.token.is_op(*PRODUCT_SIGNS) or before.is_op(*PRODUCT_SIGNS, "-")
        if level < Precedence.PRODUCT and (multiplied or (self.i and before.kind in ("name", "number", "close"))):
            raise self.error(
                f"{shown} in a product could be ({shown[1:-1]}), or without brackets: write ( )", opened.at
            )
        return inner

    def items(self) -> Tree:
        """`[a, b]` is a vector; `[a]` groups, where brackets are of two kinds."""
        opened = self.take()
        items = [self.expression()]
        while self.take_op(","):
            items.append(self.expression())
        self.expect("close", "]", opened)
        if len(items) == 1:
            self.note("square brackets around one value are read as round ones")
            return items[0]
        return self.built(ListExpr(tuple(items), opened.at))

    def between_bars(self) -> Tree:
        """`|x|` and `‖v‖`."""
        if self.token.text == "||" and self.closes_one_bar():
            self.split_bars()
        opened = self.take()
        self.bars.append(opened.text)
        inner = self.expression()
        if opened.text == "|" and self.token.is_op("||"):
            self.split_bars()
        if not self.token.is_op(opened.text):
            raise self.error(f"{opened.text!r} is never closed", opened.at)
        self.take()
        self.bars.pop()
        return self.absolute(inner, opened) if opened.text == "|" else self.norm(inner, opened)

    def closes_one_bar(self) -> bool:
        """Whether a single bar closes before any other is met, as in `||a| - |b||`: the sign looked at is two bars."""
        for token, after in pairwise(outside_brackets(self.tokens[self.i + 1 :])):
            if token.is_op("|", "‖", "||"):
                return (
                    token.text == "|"
                    and after.kind in ("op", "close", "end")
                    and not after.is_op("√", "∏", "∑", "∂", "∇")
                )
        return False

    def split_bars(self) -> None:
        """`|a||b|`: two bars that were taken for one sign."""
        token = self.token
        halves = [replace(token, text="|", end=token.at + 1), replace(token, text="|", at=token.at + 1)]
        self.tokens[self.i : self.i + 1] = halves
