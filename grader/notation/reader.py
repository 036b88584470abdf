"""A student's text to a tree: operator precedence, with the liberties that people take in formulas."""

from __future__ import annotations

from dataclasses import replace

from grader.language.build import ONE
from grader.language.numbers import read_number
from grader.language.parse import ExpressionError
from grader.language.printing import Precedence, binding, to_text
from grader.language.tree import Binary, Compare, IfExp, Index, ListExpr, Logic, Name, Number, Transpose, Tree, Unary
from grader.notation.applications import Applications
from grader.notation.names import MAX_SPLIT_LETTERS
from grader.notation.tokens import Token

COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
_WORDS = frozenset(["if", "else", "and", "or", "not", "for", "in", "lambda", "import", "from", "is"])
_PRODUCTS = {"*": "*", "·": "·", "⊙": "⊙", "⊗": "⊗", "/": "/", "//": "//", "%": "%", "mod": "%", "@": "@"}


def is_word(token: Token) -> bool:
    """Whether a token is a word of the language, such as `if`."""
    return token.kind == "name" and token.text in _WORDS


def _is_amount(tree: Tree) -> bool:
    """Whether a tree is surely no truth value: a number but 0 and 1, a sum, a product."""
    if isinstance(tree, Number):
        return tree.value not in (0, 1)
    return (isinstance(tree, Unary) and tree.op != "not") or (isinstance(tree, Binary) and tree.op != "*")


class Reader(Applications):
    """Reads one formula from its tokens."""

    def read(self) -> Tree:
        """The whole text as one expression."""
        if self.token.kind == "end":
            raise self.error("a formula is missing here")
        tree = self.expression(Precedence.CHOICE)
        if self.token.kind != "end":
            raise self.unexpected()
        return tree

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
        if token.kind == "op" and token.text in _PRODUCTS and level <= Precedence.PRODUCT:
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
        if any(map(_is_amount, operands)):
            several = " or ".join(map(to_text, operands))
            raise self.error(f"{several}: these are several answers, and neither true nor false; hand in one", at)
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
        return self.built(Binary(_PRODUCTS[token.text], left, right, token.at))  # type: ignore[arg-type]  # one of the table

    def juxtaposed(self, left: Tree, level: int) -> Tree:
        """A product whose sign is left out."""
        at = self.token.at
        return self.multiplied(left, self.power(), "", at)

    def starts_operand(self) -> bool:
        """Whether another factor begins here, its sign left out."""
        token = self.token
        if token.kind == "name":
            return not is_word(token) or self.is_value(self.spelled(token.text))
        if token.kind == "open":
            return True
        if token.is_op("|", "‖", "||"):
            return not self.bars
        return token.is_op("√", "∏", "∑", "∂", "∇")

    def power(self) -> Tree:
        """A value with its exponent."""
        base = self.postfix()
        raised = False
        while self.token.is_op("**", ".^"):
            token = self.take()
            if raised:
                raise self.error("two powers follow each other: write brackets, or one exponent", token.at)
            if self.is_transpose(base):
                base = self.built(Transpose(base, token.at))
                continue
            if self.rank(base) == 2 and token.text == "**":
                raise self.error("a matrix has no powers here: write W @ W, or abs(x)**p entry by entry", token.at)
            exponent, raised = self.exponent(), True
            self.check_exponent(base, exponent)
            if isinstance(base, Name) and base.id == "e" and not self.is_value("e"):
                base = self.called("exp", (exponent,), base.at)
            else:
                base = self.built(Binary("**", base, exponent, token.at))
        if isinstance(base, Name) and base.id == "e" and not self.is_value("e"):
            return self.called("exp", (Number(read_number("1"), base.at),), base.at)
        return base

    def check_exponent(self, base: Tree, exponent: Tree) -> None:
        """`x^2y` is x² y, as it is typeset; of `e^2z` and `2^2n` the other reading is as likely."""
        last, after = self.tokens[self.i - 1], self.token
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
        multiplied = self.starts_operand() or self.token.is_op(*_PRODUCTS) or before.is_op(*_PRODUCTS, "-")
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

    def split_bars(self) -> None:
        """`|a||b|`: two bars that were taken for one sign."""
        token = self.token
        halves = [replace(token, text="|", end=token.at + 1), replace(token, text="|", at=token.at + 1)]
        self.tokens[self.i : self.i + 1] = halves
