"""Subscripts and superscripts of names: `h^2_{t+1}`, `h^{(t)}`, `W^{(1)}`, `h_tW`."""

from __future__ import annotations

from dataclasses import replace

from grader.language.printing import Precedence, to_text
from grader.language.tree import Index, Name, Tree
from grader.notation.accents import closing
from grader.notation.cursor import Cursor
from grader.notation.tokens import Token

STEP_BRACKETS = {"(": ")", "[": "]", "<": ">", "⟨": "⟩"}
"""The brackets around a step that stands above a name: `h^{(t)}`."""

MAX_CUT_LETTERS = 8
"""Letters of a subscript that is read as a step and a product of names."""


class Scripts(Cursor):
    """Puts what stands above and below a name in the order in which it is read: the step first, then the power."""

    def joined_names(self, name: str) -> list[str]:
        """The names that a subscript could be part of; see `Names`."""
        raise NotImplementedError

    def ways(self, word: str, after: Token | None = None) -> list[list[str]]:
        """All ways to cut a word into names; see `Names`."""
        raise NotImplementedError

    def cut(self, parts: list[str]) -> None:
        """Cuts the token that is looked at into the parts of its word; see `Names`."""
        raise NotImplementedError

    def script_end(self, i: int) -> int:
        """Where the tokens go on after the script that begins at `i`: one token, or a group."""
        token = self.tokens[i]
        if token.kind == "open":
            return closing(self.tokens, i) + 1
        return min(i + 1, len(self.tokens) - 1)

    def subscript_first(self, name: str) -> None:
        """`h^2_{t+1}` in the order of `h_{t+1}^2`: a subscript after a power belongs to the name below the power."""
        if not self.token.is_op("**"):
            return
        middle = self.script_end(self.i + 1)
        power = self.peek()
        if not self.tokens[middle].is_op("_") or power.kind == "end":
            return
        end = self.script_end(middle + 1)
        if not self.takes_subscript(name, middle):
            return
        if power.kind == "name" and self.takes_subscript(self.spelled(power.text), middle):
            below = self.text[self.tokens[middle + 1].at : self.tokens[end - 1].end]
            ways = f"({name}_{below})^{power.text} or {name}^({power.text}_{below})"
            raise self.error(f"{name}^{power.text}_{below} could be {ways}: write the brackets", power.at)
        step, sign = self.tokens[middle + 1], self.tokens[end]
        if not self.latex and step.kind != "open" and sign.is_op("+", "-") and not sign.spaced:
            ways = f"a step {step.text}{sign.text}..., or a sum"
            raise self.error(f"_{step.text}{sign.text} could be {ways}: write {{ }} around the step", step.at)
        self.tokens[self.i : end] = self.tokens[middle:end] + self.tokens[self.i : middle]

    def takes_subscript(self, name: str, at: int) -> bool:
        """Whether the subscript whose sign stands at `at` can belong to a name."""
        if name in self.symbols.sequences:
            return True
        here, self.i = self.i, at + 1
        found = any(map(self.is_value, self.joined_names(name)))
        self.i = here
        return found

    def bracketed_script(self) -> tuple[int, int] | None:
        """Where the inside of a superscript in brackets begins and ends: `^{(t)}`, `^{\\langle t \\rangle}`, `^(t)`."""
        if not self.token.is_op("**"):
            return None
        i, end = self.i + 1, self.script_end(self.i + 1)
        if self.tokens[i].text == "{" and self.tokens[i].kind == "open":
            i, end = i + 1, end - 1
        opening, closed = self.tokens[i].text, self.tokens[end - 1].text
        if self.tokens[i].is_op("<", "⟨") and self.tokens[i - 1].text != "{":
            end = next((j + 1 for j in range(i, len(self.tokens)) if self.tokens[j].is_op(">", "⟩")), i)
            closed = self.tokens[end - 1].text
        whole = self.tokens[i].kind != "open" or closing(self.tokens, i) == end - 1
        return (i + 1, end - 1) if end - i > 2 and STEP_BRACKETS.get(opening) == closed and whole else None

    def raises_step(self) -> bool:
        """Whether a superscript in brackets follows, which of a sequence is its step."""
        self.raise_the_rest()
        return self.bracketed_script() is not None

    def raise_the_rest(self) -> None:
        """`h^{(t)\\top}` as `h^{(t)}^\\top`: a transpose that stands behind the step."""
        i = self.i + 1
        if not (self.token.is_op("**") and self.tokens[i].text == "{" and self.peek(2).text == "("):
            return
        end, step_end = self.script_end(i) - 1, closing(self.tokens, i + 1)
        rest = self.tokens[step_end + 1 : end]
        letter = len(rest) == 1 and rest[0].text == "T" and not self.is_value("T")
        if letter or (len(rest) == 1 and rest[0].is_op("⊤", "'")):
            power = replace(self.token, at=rest[0].at, end=rest[0].at)
            self.tokens[step_end + 1 : end + 1] = [self.tokens[end], power, *rest]

    def raised_step(self, name: str, token: Token) -> Tree:
        """`h^{(t+1)}` as `h[t+1]`."""
        inside = self.bracketed_script()
        assert inside is not None
        end = self.script_end(self.i + 1) if self.peek().kind == "open" else inside[1] + 1
        self.i = inside[0]
        index = self.expression(Precedence.SUM)
        if self.i != inside[1]:
            raise self.error(f"the step of {name} is one expression, as in {name}^{{(t+1)}}")
        self.i = end
        self.note(f"{name}^({to_text(index)}) is read as {name}[{to_text(index)}]")
        return self.built(Index(Name(name, token.at), index, token.at))

    def raised_name(self, name: str, token: Token) -> str:
        """`W^{(1)}` as the name `W1` or `W_1`, where there is one; else the name itself."""
        inside = self.bracketed_script()
        if inside is None or inside[1] - inside[0] != 1 or name in self.symbols.sequences:
            return name
        text = self.tokens[inside[0]].text
        found = next(filter(self.is_value, (f"{name}_{text}", f"{name}{text}")), None)
        if found is None:
            return name
        if self.is_value(name):
            raise self.error(
                f"{name}^({text}) could be {found} or {name}**{text}: write the one that is meant", token.at
            )
        self.i = self.script_end(self.i + 1) if self.peek().kind == "open" else inside[1] + 1
        self.note(f"{name}^({text}) is read as {found}")
        return found

    def cut_subscript(self, name: str) -> None:
        """`h_tW` as `h_t W`: a subscript without braces that is a step, or part of a name, and then other names."""
        token = self.token
        if token.kind != "name" or self.is_value(token.text) or len(token.text) > MAX_CUT_LETTERS:
            return
        steps = (*self.symbols.whole, *self.loops) if name in self.symbols.sequences else ()
        found = []
        for length in range(1, len(token.text)):
            below, rest = token.text[:length], token.text[length:]
            if below in steps or self.is_value(f"{name}_{below}") or self.is_value(f"{name}{below}"):
                found += [(below, way) for way in self.ways(rest, self.peek())]
        if len(found) > 1:
            ways = " or ".join(f"{name}_{{{below}}}*{'*'.join(way)}" for below, way in found)
            raise self.error(f"{name}_{token.text} could be {ways}: write the *", token.at)
        if found:
            below, way = found[0]
            self.note(f"{name}_{token.text} is read as {name}_{{{below}}}*{'*'.join(way)}")
            self.cut([below, *way])
