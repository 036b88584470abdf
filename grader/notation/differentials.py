"""Derivatives as they are written: `dL/dh_t`, `\\frac{\\partial L}{\\partial h_t}`, `\\nabla_{h_t} L`."""

from __future__ import annotations

from dataclasses import replace

from grader.errors import listed
from grader.language.parse import ExpressionError
from grader.language.printing import to_text
from grader.language.tree import Index, Name, Tree
from grader.notation.names import NOT_GIVEN, Names
from grader.notation.tokens import Token


class Differentials(Names):
    """Reads derivatives: those that the question gives as sequences, and the one that it asks for."""

    def gradient(self) -> Tree:
        """`∂L/∂h_{t+1}`, `dL/dh[t+1]`: the sequence of gradients that the question names."""
        start = self.token
        if (found := self.operator_form()) is not None:
            return self.given(*found, start)
        end = self.differential(self.i, self.notation.loss)
        if end is None or not self.tokens[end].is_op("/"):
            raise self.error(NOT_GIVEN, start.at)
        self.i = end + 1
        tree = self.gradient_of(start)
        if self.token.is_op("**", "'"):
            shown = self.text[start.at : self.token.at].strip()
            raise self.error(
                f"{shown} with a power could be ({shown})^..., or that of its last factor: write ( )", start.at
            )
        return tree

    def gradient_of(self, start: Token) -> Tree:
        """The gradient whose denominator is looked at."""
        for state, sequence in self.notation.gradients.items():
            after = self.differential(self.i, state)
            if after is not None:
                self.i = after
                tree = self.bracketed(self.value(Token("name", sequence, start.at, start.end)))
                self.note(f"d{self.notation.loss}/d{state} is read as {to_text(tree)}")
                return tree
        raise self.not_given(start)

    def given(self, of: str, by: Tree, start: Token) -> Tree:
        """The gradient that the question gives of the loss by a state at a step."""
        if of != self.notation.loss or not (isinstance(by, Index) and isinstance(by.base, Name)):
            raise self.error(NOT_GIVEN, start.at)
        if by.base.id not in self.notation.gradients:
            raise self.not_given(start)
        tree = self.built(Index(Name(self.notation.gradients[by.base.id], start.at), by.index, start.at))
        self.note(f"d{of}/d{by.base.id} is read as {to_text(tree)}")
        return tree

    def not_given(self, start: Token) -> ExpressionError:
        """The error for a gradient that the question does not give."""
        known = [f"d{self.notation.loss}/d{state}" for state in self.notation.gradients]
        has = f"{listed(known)} can be used" if known else "no gradient is given in this question"
        return ExpressionError(f"this gradient is not given here: {has}", start.at)

    def operator_form(self) -> tuple[str, Tree] | None:
        """Of what and by what: `\\nabla_{h_t} L`, `\\partial_{h_t} L`, `\\frac{\\partial}{\\partial h_t} L`."""
        if self.token.is_op("∇", "∂") and self.peek().is_op("_"):
            self.i += 2
            opened = self.take() if self.token.kind == "open" else None
            by = self.bracketed(self.value(self.take()))
            if opened:
                self.expect("close", "}" if opened.text == "{" else ")", opened)
        elif self.is_operator_fraction():
            self.i += 5
            below = self.differential_name()
            if below is None:
                raise self.error(NOT_GIVEN)
            by = self.bracketed(self.value(below))
            self.expect("close", "}")
        else:
            return None
        token = self.take()
        if token.kind != "name":
            raise self.error(
                f"what is differentiated is wanted here, as in \\nabla_{{h_t}} {self.notation.loss}", token.at
            )
        return token.text, by

    def is_operator_fraction(self) -> bool:
        """Whether `\\frac{\\partial}{\\partial ...}` begins here."""
        texts = [self.peek(ahead).text for ahead in range(5)]
        return (
            self.token.command
            and texts[0].endswith("frac")
            and texts[1::2] == ["{", "}"]
            and texts[2] in ("∂", "d")
            and texts[4] == "{"
        )

    def differential(self, i: int, name: str) -> int | None:
        """Where the tokens go on after `dL`, `d L` or `∂L`; None if they are something else."""
        tokens = self.tokens
        first, second = tokens[i], tokens[min(i + 1, len(tokens) - 1)]
        if first.kind == "name" and first.text == f"d{name}":
            return i + 1
        sign = first.is_op("∂") or (first.kind == "name" and first.text in ("d", "mathrm"))
        if sign and second.kind == "name" and self.spelled(second.text) == name:
            return i + 2
        return None

    def is_gradient(self) -> bool:
        """Whether `dL/dh` begins here."""
        if self.is_operator_fraction():
            return True
        end = self.differential(self.i, self.notation.loss)
        if end is None or not self.tokens[end].is_op("/"):
            return False
        return any(self.differential(end + 1, state) is not None for state in self.notation.gradients)

    def derivative(self) -> tuple[str, Tree] | None:
        """What a text that is one derivative (`dL/dh_t`, `∇_{h_t} L`) is the derivative of, and by; else None."""
        start = self.i
        for form in (self.quotient_of_differentials, self.operator_form, self.named_gradient):
            self.i = start
            try:
                found = form()
            except ExpressionError:
                continue
            if found and self.token.kind == "end":
                self.i = start
                return found
        self.i = start
        return None

    def quotient_of_differentials(self) -> tuple[str, Tree] | None:
        """`dL/dh_t`, `\\frac{\\partial L}{\\partial h_t}`."""
        braced = self.token.command and self.token.kind == "name" and self.token.text.endswith("frac")
        if braced:
            self.take()
            self.expect("open", "{")
        above = self.differential_name()
        if above is None:
            return None
        of = above.text if not self.is_value(self.spelled(above.text)) else to_text(self.bracketed(self.value(above)))
        self.expect("close", "}") if braced else self.expect("op", "/")
        if braced:
            self.expect("open", "{")
        if (below := self.differential_name()) is None:
            return None
        by = self.bracketed(self.value(below))
        if braced:
            self.expect("close", "}")
        return of, by

    def differential_name(self) -> Token | None:
        """The name after a `d` or `∂`, which is taken."""
        token = self.token
        if token.is_op("∂") or (token.kind == "name" and token.text == "d"):
            self.take()
            return self.take() if self.token.kind == "name" else None
        if token.kind == "name" and token.text[0] == "d" and len(token.text) > 1:
            self.take()
            return replace(token, text=token.text[1:], at=token.at + 1)
        return None

    def named_gradient(self) -> tuple[str, Tree] | None:
        """`dL[t]`, `\\delta_t`: a sequence of gradients at a step."""
        if self.token.kind != "name":
            return None
        tree = self.bracketed(self.value(self.take()))
        states = {sequence: state for state, sequence in self.notation.gradients.items()}
        if isinstance(tree, Index) and isinstance(tree.base, Name) and tree.base.id in states:
            return self.notation.loss, Index(Name(states[tree.base.id]), tree.index, tree.at)
        return None
