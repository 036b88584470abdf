"""Slopes of functions in a student's text: primes, powers of a function's name, and the largest slope there is."""

from __future__ import annotations

from flint import fmpq

from grader.language.derivative import DerivativeError, slope
from grader.language.functions.table import LARGEST_SLOPES
from grader.language.printing import to_text
from grader.language.tree import Binary, Name, Number, Tree
from grader.notation.characters import OPENING
from grader.notation.differentials import Differentials
from grader.notation.tokens import Token
from grader.notation.written_out import functions_of_a_number


class Slopes(Differentials):
    """Reads what stands between a function's name and its arguments."""

    def primes(self) -> int:
        """How many primes follow: `'`, `^\\prime`, `^{\\prime}`."""
        count = 0
        while True:
            if self.take_op("'"):
                count += 1
            elif self.token.is_op("**") and self.peek().is_op("'"):
                self.i += 2
                count += 1
            elif self.token.is_op("**") and self.peek(2).is_op("'") and self.peek(3).kind == "close":
                self.i += 4
                count += 1
            else:
                return count

    def function_power(self, token: Token) -> Tree:
        at = self.take().at
        if self.token.is_op("-"):
            raise self.error(f"a power right after {token.text} is not clear: write {token.text}(z)**p", at)
        exponent = self.group() if self.token.kind == "open" else self.postfix()
        if not (isinstance(exponent, Number) and exponent.value.q == 1 and exponent.value > 0):
            raise self.error(
                f"a power between {token.text} and its argument is not clear: write ({token.text}(z))**...", at
            )
        return exponent

    def slope(self, function: str, arguments: tuple[Tree, ...], token: Token) -> Tree:
        if len(arguments) != 1:
            raise self.error(f"the slope of {function} takes one argument", token.at)
        functions = {**functions_of_a_number(), **self.symbols.functions}
        try:
            tree = slope(function, arguments[0], functions)
        except DerivativeError as error:
            raise self.error(str(error), token.at) from None
        self.note(f"{function}'(z) is read as {to_text(slope(function, Name('z'), functions))}")
        return self.grown(tree, token.at)

    def largest_slope(self, token: Token) -> Tree | None:
        """`max(σ')`, `max σ'(z)`, `\\max_z \\sigma'(z)`: a number, where `z` is no value of the question."""
        start, opened = self.i, ""
        if self.take_op("_"):
            self.i = min(self.i + (3 if self.token.kind == "open" else 1), len(self.tokens) - 1)
        if self.token.kind == "open" and self.token.text in "({":
            opened = self.take().text
        name = self.function(self.token.text) if self.token.kind == "name" else None
        self.take()
        value = LARGEST_SLOPES.get(name or "")
        if value is not None and self.primes() == 1 and self.skip_argument() and self.closed(opened):
            self.note(f"the largest slope of {name} is {value}")
            top, bottom = Number(fmpq(value.p), token.at), Number(fmpq(value.q), token.at)
            return self.built(top if value.q == 1 else Binary("/", top, bottom, token.at))
        self.i = start
        return None

    def skip_argument(self) -> bool:
        """Passes over `(z)`, where z is any number; false if it is a value of the question."""
        if not (self.token.kind == "open" and self.token.text == "("):
            return True
        inner = self.peek()
        if inner.kind != "name" or self.is_value(inner.text) or self.peek(2).text != ")":
            return False
        self.i += 3
        return True

    def closed(self, opened: str) -> bool:
        """Passes over the end of the bracket that was opened, if one was."""
        if opened and self.token.kind == "close" and self.token.text == OPENING[opened]:
            self.i += 1
            return True
        return not opened
