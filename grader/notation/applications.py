"""Functions, fractions, sums and products over a range in a student's text."""

from __future__ import annotations

from flint import fmpq

from grader.language.build import ONE
from grader.language.parse import unknown_function
from grader.language.printing import to_text
from grader.language.tree import COMPREHENSIONS, Binary, Call, Comprehension, ComprehensionKind, Number, Tree
from grader.notation.slopes import Slopes
from grader.notation.tokens import Token

_RECIPROCALS = {"sech": "cosh", "csch": "sinh", "sec": "cos", "csc": "sin"}
_QUOTIENTS = {"tan": ("sin", "cos"), "coth": ("cosh", "sinh"), "cot": ("cos", "sin")}
_BIG_OPERATORS: dict[str, ComprehensionKind] = {"∏": "prod", "∑": "sum"}


class Applications(Slopes):
    """Reads what begins with a name."""

    def named(self) -> Tree:
        """A value, a gradient, or a function with its arguments."""
        token = self.token
        if self.is_gradient():
            return self.gradient()
        if token.command and token.text in ("frac", "dfrac", "tfrac", "cfrac"):
            return self.fraction()
        if token.command and token.text == "sqrt":
            return self.root()
        self.take()
        name = self.spelled(token.text)
        if self.is_value(name) and not (self.token.is_op("'") and name in self.notation.functions):
            return self.value(token)
        if name == "max" and (largest := self.largest_slope(token)) is not None:
            return largest
        if name in COMPREHENSIONS and self.token.is_op("_"):
            self.i -= 1
            return self.big_operator(name)
        if token.text in _RECIPROCALS or token.text in _QUOTIENTS:
            return self.trigonometric(token)
        function = self.notation.functions[name] if self.is_value(name) else self.function(token.text)
        if function is None or (token.text == "s" and not self.token.is_op("'", "_") and not self.opens()):
            return self.not_a_function(token)
        return self.applied(function, token)

    def opens(self) -> bool:
        """Whether a bracket opens here."""
        return self.token.kind == "open" and self.token.text in "({["

    def not_a_function(self, token: Token) -> Tree:
        """A value, or the error for a call of something unknown."""
        known = self.spelled(token.text) in self.symbols.names
        opened = self.token.kind == "open" and self.token.text == "(" and not self.token.spaced
        if opened and not known and token.text != "e" and not self.ways(token.text) and len(token.text) > 1:
            raise self.error(unknown_function(token.text, [*self.symbols.functions]), token.at)
        return self.value(token)

    def applied(self, function: str, token: Token) -> Tree:
        """A function with primes and a power before its arguments: `σ'(z)`, `tanh²(z)`."""
        primes, exponent = self.primes(), None
        if self.token.is_op("**") and not primes:
            exponent = self.function_power(token)
            primes = self.primes()
        if function in COMPREHENSIONS and not primes:
            tree = self.comprehension_or_call(function, token)
        else:
            arguments = self.arguments(token)
            if token.text != function and token.text == "s":
                self.note(f"s is read as {function}")
            tree = self.called(function, arguments, token.at) if not primes else self.slope(function, arguments, token)
            if primes > 1:
                raise self.error("only the first derivative of a function is read", token.at)
        return tree if exponent is None else self.built(Binary("**", tree, exponent, token.at))

    def arguments(self, token: Token) -> tuple[Tree, ...]:
        """`(a, b)`, `{a}`, or one factor without brackets: `\\tanh x`."""
        if self.opens():
            opened, bars = self.take(), self.bars
            self.bars = []
            found = [self.expression()]
            while self.take_op(","):
                found.append(self.expression())
            self.expect("close", {"(": ")", "{": "}", "[": "]"}[opened.text], opened)
            self.bars = bars
            if len(found) == 1 and opened.text == "{" and self.opens() and self.token.text == "(":
                raise self.error("write the * between the two brackets")
            return tuple(found)
        if self.token.kind not in ("name", "number") and not self.token.is_op("√", "∂", "|"):
            raise self.error(f"{token.text!r} is a function: write {token.text}(...)", token.at)
        self.deeper(1)
        argument = self.power()
        self.deeper(-1)
        if self.token.kind in ("name", "number", "open") and self.token.text not in ("if", "else", "for", "and", "or"):
            raise self.error(f"how far {token.text} goes is not clear: write {token.text}(...)", token.at)
        return (argument,)

    def called(self, function: str, arguments: tuple[Tree, ...], at: int) -> Tree:
        return self.built(Call(function, arguments, at))

    def trigonometric(self, token: Token) -> Tree:
        """`sech(z)` as `1/cosh(z)`, `tan(z)` as `sin(z)/cos(z)`."""
        exponent = self.function_power(token) if self.token.is_op("**") else None
        arguments = self.arguments(token)
        if token.text in _RECIPROCALS:
            top: Tree = Number(fmpq(1), token.at)
            bottom = self.called(_RECIPROCALS[token.text], arguments, token.at)
        else:
            over, under = _QUOTIENTS[token.text]
            top, bottom = self.called(over, arguments, token.at), self.called(under, arguments, token.at)
        tree = self.built(Binary("/", top, bottom, token.at))
        return tree if exponent is None else self.built(Binary("**", tree, exponent, token.at))

    def fraction(self) -> Tree:
        """`\\frac{a}{b}`, which may be a gradient."""
        token = self.take()
        if self.token.kind == "open" and self.token.text == "{":
            end = self.differential(self.i + 1, self.notation.loss)
            if end is not None and self.tokens[end].text == "}" and self.tokens[end].kind == "close":
                self.i = end + 2
                tree = self.gradient_of(token)
                self.expect("close", "}", token)
                return tree
        top, bottom = self.short_group(), self.short_group()
        return self.built(Binary("/", top, bottom, token.at))

    def short_group(self) -> Tree:
        """`{a}`, or one digit or letter, as LaTeX has it."""
        if self.token.kind == "open" and self.token.text == "{":
            return self.group()
        if self.token.kind == "number" and self.token.text.isdigit():
            raise self.error("write \\frac{a}{b} with both braces")
        raise self.error("a fraction is written \\frac{a}{b}")

    def root(self) -> Tree:
        token = self.take()
        if self.token.kind == "open" and self.token.text == "[":
            raise self.error("only square roots are read: write x**(1/3)")
        return self.called("sqrt", (self.group() if self.opens() else self.postfix(),), token.at)

    def comprehension_or_call(self, name: str, token: Token) -> Tree:
        """`sum(v)`, `max(a, b)`, `prod(a for k in range(t, T))`, `prod(k=t..T-1, a)`, `sum(a, k=1..T)`."""
        if not (self.token.kind == "open" and self.token.text in "({"):
            return self.called(name, self.arguments(token), token.at)
        opened = self.take()
        bars, self.bars = self.bars, []
        if self.token.kind == "name" and self.peek().is_op("="):
            variable, start, stop = self.counted()
            self.expect("op", ",")
            tree: Tree = self.comprehension_up_to(name, self.expression(), variable, start, stop, token)
        else:
            found = [self.expression()]
            if self.token.kind == "name" and self.token.text == "for":
                tree = self.comprehension(name, found[0], token)
            else:
                ranged = None
                while self.take_op(",") and ranged is None:
                    if self.token.kind == "name" and self.peek().is_op("="):
                        ranged = self.comprehension_up_to(name, found[0], *self.counted(), token)
                    else:
                        found.append(self.expression())
                tree = ranged or self.called(name, tuple(found), token.at)
        self.expect("close", {"(": ")", "{": "}"}[opened.text], opened)
        self.bars = bars
        return tree

    def comprehension(self, name: str, body: Tree, token: Token) -> Tree:
        """`for k in range(t, T)`, where the end is left out, or `for k = t..T-1`, where it is not."""
        self.take()
        if self.peek().is_op("="):
            return self.comprehension_up_to(name, body, *self.counted(), token)
        variable = self.take()
        if variable.kind != "name" or not (self.token.kind == "name" and self.token.text == "in"):
            raise self.error("a loop is written `for i in range(first, last + 1)`")
        self.take()
        if not (self.token.kind == "name" and self.token.text == "range"):
            raise self.error("a loop is written `for i in range(first, last + 1)`")
        at = self.take().at
        bounds = self.arguments(Token("name", "range", at, at))
        if len(bounds) > 3:
            raise self.error("range takes at most three numbers", at)
        start: Tree = bounds[0] if len(bounds) > 1 else Number(fmpq(0), at)
        step: Tree = bounds[2] if len(bounds) == 3 else Number(fmpq(1), at)
        stop = bounds[min(1, len(bounds) - 1)]
        return self.built(Comprehension(name, body, variable.text, start, stop, step, token.at))  # type: ignore[arg-type]  # a kind of comprehension

    def counted(self) -> tuple[str, Tree, Tree]:
        """`k=t..T-1`: the name, the first and the last value."""
        variable = self.take()
        self.expect("op", "=")
        start = self.expression()
        self.take_op(",")
        if not self.take_op(".."):
            raise self.error("a range is written k=t..T-1")
        self.take_op(",")
        return variable.text, start, self.expression()

    def comprehension_up_to(self, name: str, body: Tree, variable: str, start: Tree, last: Tree, token: Token) -> Tree:
        """A comprehension up to and including `last`."""
        self.note(f"{variable} runs from {to_text(start)} to {to_text(last)}, both included")
        stop = self.built(after(last))
        return self.built(Comprehension(name, body, variable, start, stop, Number(fmpq(1), token.at), token.at))  # type: ignore[arg-type]  # a kind of comprehension

    def big_operator(self, sign: str) -> Tree:
        """`\\prod_{k=t}^{T-1} a b`: the product reaches over every factor that follows, up to a plus or minus."""
        token = self.take()
        name = _BIG_OPERATORS.get(sign, sign)
        variable, start, last = "", None, None
        for _ in range(2):
            if self.take_op("_"):
                if not (self.token.kind == "open" and self.peek().kind == "name" and self.peek(2).is_op("=")):
                    raise self.error(f"where {name} begins is not clear: write {name}_{{k=t}}^{{T-1}}")
                opened = self.take()
                variable = self.take().text
                self.take()
                start = self.expression()
                if self.take_op(","):
                    self.expect("op", "..")
                    self.expect("op", ",")
                    last = self.expression()
                elif self.take_op(".."):
                    last = self.expression()
                self.expect("close", "}" if opened.text == "{" else ")", opened)
            elif self.token.is_op("**"):
                self.take()
                last = self.group() if self.token.kind == "open" else self.postfix()
        if start is None or last is None:
            raise self.error(
                f"{name} needs its range: write {name}_{{k=t}}^{{T-1}}, or {name}(... for k in range(t, T))", token.at
            )
        body = self.expression(6)
        return self.comprehension_up_to(name, body, variable, start, last, token)


def after(last: Tree) -> Tree:
    """`last + 1`: T of `T - 1`, 4 of 3."""
    match last:
        case Number(value=value, at=at):
            return Number(value + 1, at)
        case Binary(op="-", left=left, right=Number(value=value)) if value == 1:
            return left
    return Binary("+", last, ONE, last.at)
