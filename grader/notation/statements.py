"""A text as statements: the formula, equations around it, and definitions of the letters that it uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from grader.deferred import dataclass
from grader.language.parse import ExpressionError
from grader.notation.accents import closing
from grader.notation.tokens import Token

INTRODUCING = frozenset({"where", "with", "let"})
"""Words before a definition."""

_JOINING_WORDS = frozenset({"if", "else", "and", "or", "not", "for", "in"})
_ENDING_OPERATORS = frozenset({"'", "!", "%", "|", "‖", "||", "⊤"})
"""Operators that may end a formula."""


@dataclass(frozen=True)
class Statement:
    """One formula, or an equation of several sides; `end` is the token after it, for messages."""

    sides: tuple[tuple[Token, ...], ...]
    end: Token

    @property
    def is_equation(self) -> bool:
        """Whether it has two sides or more."""
        return len(self.sides) > 1

    @property
    def at(self) -> int:
        """Where it begins."""
        return next((side[0] for side in self.sides if side), self.end).at

    def text(self, written: str) -> str:
        """The statement as it was typed, on one line."""
        typed = written[self.at : self.end.at].removesuffix("\\]").strip(" \n\t$,;").rstrip("\\ \n\t$,;")
        return " ".join(typed.split())


def statements(tokens: list[Token], known: Callable[[str], bool], *, latex: bool) -> list[Statement]:
    """The statements of a text: split at line breaks, semicolons, `where`, and commas before an equation.

    Raises:
        ExpressionError: for an equals sign inside a condition.
    """
    found = []
    for part, end in _Splitter(tokens, known, latex).parts():
        if part:
            found.append(Statement(tuple(map(tuple, _sides(part))), end))
    return found or [Statement(((),), tokens[-1])]


class _Splitter:
    def __init__(self, tokens: list[Token], known: Callable[[str], bool], latex: bool) -> None:
        self.tokens, self.known, self.latex = tokens, known, latex

    def parts(self) -> Iterator[tuple[list[Token], Token]]:
        part: list[Token] = []
        closed = -1
        depth = i = 0
        while self.tokens[i].kind != "end":
            token = self.tokens[i]
            opens_remark = depth == 0 and token.kind == "open" and self.introduces(i + 1)
            if opens_remark:
                closed = closing(self.tokens, i)
            if depth == 0 and (opens_remark or i == closed or self.separates(i, part)):
                yield part, token
                part = []
                left_out = token.is_op(";", ",") or (token.kind == "name" and token.text in ("and", "or"))
                if opens_remark or i == closed or left_out or self.introduces(i):
                    i += 1
                    continue
            depth += (token.kind == "open") - (token.kind == "close")
            part.append(token)
            i += 1
        yield part, self.tokens[i]

    def introduces(self, i: int) -> bool:
        """Whether a word before a definition stands here; `where(z > 0, z, 0)` is a function."""
        token, after = self.tokens[i], self.tokens[min(i + 1, len(self.tokens) - 1)]
        called = (after.kind == "open" and not after.spaced) or (i > 0 and self.tokens[i - 1].is_op("."))
        return token.kind == "name" and token.text in INTRODUCING and not self.known(token.text) and not called

    def separates(self, i: int, part: list[Token]) -> bool:
        """Whether a statement ends before the token: at a sign that is left out, or at a line break."""
        token = self.tokens[i]
        if self.introduces(i) and self.tokens[i + 1].kind == "end":
            raise ExpressionError(f"what follows {token.text} is missing", token.at)
        if token.is_op(";") or self.introduces(i):
            return True
        if token.is_op(",") or (token.kind == "name" and token.text in ("and", "or")):
            if token.is_op(",") and self.introduces(i + 1):
                return True
            after = self.is_equation(i + 1)
            if token.text == "or" and after and any(t.is_op("=", ":=") for t in part):
                raise ExpressionError("two answers are given: hand in one", token.at)
            return after and (token.is_op(",") or any(t.is_op("=", ":=") for t in part))
        return bool(token.line) and self.breaks(i, part)

    def breaks(self, i: int, part: list[Token]) -> bool:
        """Whether a line break ends a statement: no operator before or after it asks for more.

        In LaTeX a line break in the source is a space, unless an equation begins after it or the formula has it too.
        """
        token = self.tokens[i]
        if not part or token.kind == "close" or (token.kind == "name" and token.text in _JOINING_WORDS):
            return False
        if token.kind == "op" and token.text not in ("√", "∏", "∑", "∂", "∇"):
            return False
        before = part[-1]
        if before.kind == "op" and before.text not in _ENDING_OPERATORS:
            return False
        if before.kind == "name" and before.text in _JOINING_WORDS:
            return False
        return self.is_equation(i) or not self.latex or token.line == "\\"

    def is_equation(self, i: int) -> bool:
        """Whether an equals sign follows before the statement that begins at `i` ends."""
        depth, first = 0, i
        for j in range(i, len(self.tokens)):
            token = self.tokens[j]
            depth += (token.kind == "open") - (token.kind == "close")
            if depth < 0 or (depth == 0 and (token.is_op(";", ",") or self.introduces(j))):
                return False
            if depth == 0 and token.is_op("=", ":="):
                return j > first
            if depth == 0 and token.line and j > first and token.kind != "op":
                return False
        return False


def _sides(part: list[Token]) -> list[list[Token]]:
    """The tokens between the equals signs; a sign at the very beginning is left out."""
    sides: list[list[Token]] = [[]]
    depth, condition = 0, False
    for i, token in enumerate(part):
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and token.kind == "name" and token.text in ("if", "else"):
            condition = token.text == "if"
        if depth == 0 and token.is_op("=", ":="):
            if condition and any(t.kind == "name" and t.text == "else" for t in part[i:]):
                raise ExpressionError("a single = cannot stand here: write == to compare", token.at)
            condition = False
            sides.append([])
        else:
            sides[-1].append(token)
    return sides[1:] if len(sides) > 1 and not sides[0] else sides
