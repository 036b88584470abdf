"""Functions, fractions, sums and products over a range in a student's text."""

from __future__ import annotations

from dataclasses import replace

from flint import fmpq

from grader.language.build import ONE
from grader.language.numbers import read_number
from grader.language.printing import Precedence, to_text
from grader.language.rewriting import substituted
from grader.language.tree import COMPREHENSIONS, Binary, Call, Comprehension, ComprehensionKind, Name, Number, Tree
from grader.notation.accents import closing
from grader.notation.calls import NAMED_ARGUMENTS
from grader.notation.folds import behind_bracket, fixed_step_behind, next_fold, runs_downwards
from grader.notation.subscripts import Subscripts
from grader.notation.tokens import Token

_INDICES = (*"kijlmnpqrsuvw", *(f"k{number}" for number in range(1, 100)))
"""Letters for an index that the question has as a name."""

_BIG_OPERATORS: dict[str, ComprehensionKind] = {"∏": "prod", "∑": "sum"}


class Applications(Subscripts):
    """Reads what begins with a name."""

    def named(self) -> Tree:
        """A value, a gradient, or a function with its arguments."""
        token = self.token
        if self.is_library():
            return self.of_library()
        if self.is_gradient():
            return self.gradient()
        if token.command and token.text in ("frac", "dfrac", "tfrac", "cfrac"):
            return self.fraction()
        if token.command and token.text == "sqrt":
            return self.root()
        self.take()
        if self.indicates(token):
            return self.indicator(token)
        if token.text == "1":
            return self.vector_of_ones(token)
        called = self.token.text == "(" and self.peek().text == ")"  # `pi()` as it is shown, `PI()` of spreadsheets
        if token.text in (("pi", "π", "PI") if called else ("pi", "π")) and not self.is_value(self.spelled(token.text)):
            self.i += 2 * called
            return self.built(Call("pi", (), token.at))
        if token.text == "einsum" and not self.is_value("einsum"):
            return self.einsum(token)
        name = self.spelled(token.text)
        if self.is_value(name) and not (self.token.is_op("'") and name in self.notation.functions):
            return self.value(token)
        if name == "max" and (largest := self.largest_slope(token)) is not None:
            return largest
        if name in COMPREHENSIONS and self.token.is_op("_"):
            self.i -= 1
            return self.big_operator(name)
        function = self.notation.functions[name] if self.is_value(name) else self.function_called(token)
        if function is None or (token.text == "s" and not self.token.is_op("'", "_") and not self.opens()):
            return self.not_a_function(token)
        return self.applied(function, token)

    def not_a_function(self, token: Token) -> Tree:
        """A value, or the error for a call of something unknown."""
        known = self.spelled(token.text) in self.symbols.names
        opened = self.token.kind == "open" and self.token.text == "(" and not self.token.spaced
        if (
            opened
            and not known
            and not token.accent
            and token.text != "e"
            and not self.ways(token.text)
            and len(token.text) > 1
        ):
            raise self.error(self.unknown_function(token.text), token.at)
        return self.value(token)

    def of_library(self) -> Tree:
        """`np.tanh(z)` as `tanh(z)`: what follows the names of libraries is a function or a constant."""
        token = self.past_libraries()
        if token.text in ("einsum", "e", "pi") and not self.is_value(token.text):
            return self.named()
        function = self.function_called(token, qualified=True)
        if function is not None:
            return self.applied(function, self.take())
        raise self.error(self.unknown_function(token.text), token.at)

    def applied(self, function: str, token: Token) -> Tree:
        """A function with primes and a power before its arguments: `σ'(z)`, `tanh²(z)`."""
        if function == "log" and self.token.is_op("_"):
            return self.logarithm(token)
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

    def fraction(self) -> Tree:
        """`\\frac{a}{b}`, which may be a gradient."""
        token = self.take()
        if self.token.kind == "open" and self.token.text == "{":
            end = self.differential(self.i + 1, self.notation.loss)
            if end is not None and self.tokens[end].text == "}" and self.tokens[end].kind == "close":
                self.i = end + 1
                self.expect("open", "{")
                tree = self.gradient_of(token)
                self.expect("close", "}", token)
                return tree
        top, bottom = self.short_group(), self.short_group()
        return self.built(Binary("/", top, bottom, token.at))

    def short_group(self) -> Tree:
        """`{a}`, or one digit or letter, as LaTeX has it: `\\frac12`, `\\frac a{bc}`."""
        token = self.token
        if token.kind == "open" and token.text == "{":
            return self.group()
        if token.kind not in ("number", "name") or (token.kind == "number" and not token.text.isdigit()):
            raise self.error("a fraction is written \\frac{a}{b}")
        if len(token.text) > 1 and not token.command:
            self.cut([token.text[0], token.text[1:]])
        token = self.take()
        if token.kind == "number":
            return self.built(Number(read_number(token.text), token.at))
        return self.value(token)

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
        if self.holds_a_loop():
            tree = self.of_list(name, token)
        elif self.token.kind == "name" and self.peek().is_op("="):
            variable, start, stop = self.counted()
            self.expect("op", ",")
            tree = self.comprehension_up_to(name, self.expression(), variable, start, stop, token)
        else:
            found = [self.expression()]
            if self.token.kind == "name" and self.token.text == "for":
                tree = self.comprehension(name, found[0], token)
            else:
                ranged = None
                while self.take_op(",") and ranged is None:
                    if self.token.text in NAMED_ARGUMENTS and self.peek().is_op("="):
                        self.named_argument(found, token)
                    elif self.token.kind == "name" and self.peek().is_op("="):
                        ranged = self.comprehension_up_to(name, found[0], *self.counted(), token)
                    else:
                        found.append(self.expression())
                tree = ranged or self.called(name, tuple(found), token.at)
        self.expect("close", {"(": ")", "{": "}"}[opened.text], opened)
        self.bars = bars
        return tree

    def holds_a_loop(self) -> bool:
        """Whether a list with a `for` of its own begins here."""
        depth = 0
        for token in self.tokens[self.i :] if self.token.text == "[" else []:
            depth += (token.kind == "open") - (token.kind == "close")
            if depth == 0:
                break
            if depth == 1 and token.kind == "name" and token.text == "for":
                return True
        return False

    def of_list(self, name: str, token: Token) -> Tree:
        """`[W*h[k] for k in range(t, T)]` as the only argument."""
        opened = self.take()
        tree = self.comprehension(name, self.expression(), token)
        self.expect("close", "]", opened)
        return tree

    def comprehension(self, name: str, body: Tree, token: Token) -> Tree:
        """`for k in range(t, T)`, where the end is left out, or `for k = t..T-1`, where it is not."""
        if not self.is_word("for"):
            raise self.error("a loop is written `for i in range(first, last + 1)`")
        self.check_order(name, body, token)
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
        if not 1 <= len(bounds) <= 3:
            raise self.error(f"range takes one to three numbers, not {len(bounds)}", at)
        start: Tree = bounds[0] if len(bounds) > 1 else Number(fmpq(0), at)
        step: Tree = bounds[2] if len(bounds) == 3 else Number(fmpq(1), at)
        stop = bounds[min(1, len(bounds) - 1)]
        return self.loop(name, body, variable.text, (start, stop, step), token)

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
        """A fold up to and including `last`."""
        self.check_order(name, body, token)
        if runs_downwards(start, last, self.symbols.whole):
            upwards = f"from {to_text(last)} to {to_text(start)}"
            raise self.error(
                f"{variable} runs downwards, from {to_text(start)} to {to_text(last)}, which holds nothing: "
                f"write it {upwards}",
                token.at,
            )
        self.note(f"{variable} runs from {to_text(start)} to {to_text(last)}, both included")
        stop = self.built(after(last))
        return self.loop(name, body, variable, (start, stop, Number(fmpq(1), token.at)), token)

    def loop(self, name: str, body: Tree, variable: str, bounds: tuple[Tree, Tree, Tree], token: Token) -> Tree:
        """A fold whose index is its own: one that the question declares as well gets another letter."""
        if variable in self.symbols.names:
            taken = {*self.symbols.names, *self.loops, *self.renamed, *self.symbols.functions}
            other = next(letter for letter in _INDICES if letter not in taken)
            self.renamed[other] = variable
            self.note(f"{variable} in the {name} is its index, and not the {variable} of the question: read as {other}")
            body = self.grown(substituted(body, {variable: Name(other)}), token.at)
            variable = other
        return self.built(Comprehension(name, body, variable, *bounds, token.at))  # type: ignore[arg-type]  # a fold

    def check_order(self, name: str, body: Tree, token: Token) -> None:
        """Refuses a product of matrices over a range, which does not say in which order they stand."""
        if name == "prod" and self.rank(body) == 2:
            raise self.error(
                "a product of matrices over a range does not say their order: write it out with @", token.at
            )

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
        first, body, ended = self.i, *self.factors_before_next_fold(variable)
        if name == "prod" and not ended:
            self.check_reach(body, variable, first)
        return self.comprehension_up_to(name, body, variable, start, last, token)

    def factors_before_next_fold(self, index: str) -> tuple[Tree, bool]:
        """The factors up to the next product or sum that counts with this index, and whether there is one."""
        end = next_fold(self.tokens, self.i, index)
        if end is None:
            return self.expression(Precedence.PRODUCT), False
        stop = replace(self.tokens[end], kind="close", text="")
        self.tokens.insert(end, stop)
        body = self.expression(Precedence.PRODUCT)
        ended = self.token is stop
        self.tokens[:] = [token for token in self.tokens if token is not stop]
        return body, ended

    def check_reach(self, body: Tree, index: str, first: int) -> None:
        """Refuses a product over `index`, read from the token at `first` on, that could end before it does."""
        opened = self.tokens[first]
        if opened.kind == "open" and opened.text in "([" and closing(self.tokens, first) == self.i - 1:
            return
        if behind := behind_bracket(self.tokens, first, self.i, index):
            signed = len(behind) > 1 and behind[0].kind == "op" and not behind[0].is_op(*_BIG_OPERATORS)
            factor = behind[1] if signed else behind[0]
            shown, at = self.text[factor.at : behind[-1].end], factor.at
        elif fixed := fixed_step_behind(
            body, self.text, index, self.symbols.sequences, {*self.symbols.whole, *self.symbols.aliases}
        ):
            shown, at = to_text(fixed, Precedence.POWER), fixed.at
        else:
            return
        ways = f"write (\\prod ...) {shown}, or \\prod [... {shown}]"
        raise self.error(f"the product over {index} could end before {shown}, which has no {index}: {ways}", at)


def after(last: Tree) -> Tree:
    """`last + 1`: T of `T - 1`, 4 of 3."""
    match last:
        case Number(value=value, at=at):
            return Number(value + 1, at)
        case Binary(op="-", left=left, right=Number(value=value)) if value == 1:
            return left
    return Binary("+", last, ONE, last.at)
