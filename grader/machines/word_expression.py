"""A regular expression over named symbols as a tree: `([ab]*[(][ab]*[)])*[ab]*`; every mistake has its character.

It is written as in Python's `re`, for whole words. What stands for itself is the longest name of a symbol at its place
(`<start>`, `one`), spaces keep names apart, and a character with a meaning of its own is written `\\(` or `[(]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from grader.deferred import dataclass
from grader.errors import did_you_mean, listed

MAX_NESTED_BRACKETS = 60
MAX_REPETITIONS = 1_000
"""The largest number in `{n}`, `{n,m}`."""

SPECIAL_CHARACTERS = frozenset(r"()[]{}|*+?.\^$")
"""Characters that have a meaning in an expression."""

_COUNT = re.compile(r"\{(\d*)(,?)(\d*)\}")


class WordExpressionError(ValueError):
    """What is wrong with an expression, and at which of its characters."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


@dataclass(frozen=True)
class OneOf:
    """One symbol, any of these (by number)."""

    symbols: frozenset[int]


@dataclass(frozen=True)
class InOrder:
    """One part after the other; without parts, the empty word."""

    parts: tuple[WordExpression, ...]


@dataclass(frozen=True)
class EitherOf:
    """One of the parts."""

    parts: tuple[WordExpression, ...]


@dataclass(frozen=True)
class Repeated:
    """A part `low` to `high` times (None: any number of times)."""

    part: WordExpression
    low: int
    high: int | None


WordExpression = OneOf | InOrder | EitherOf | Repeated


def read_word_expression(text: str, names: Sequence[str]) -> WordExpression:
    """The tree of an expression over symbols with these names.

    Raises:
        WordExpressionError: for what is no expression, and for symbols that are unknown.
    """
    return _Reader(text, names).read()


class _Reader:
    """Reads by recursive descent; `at` is the next character."""

    def __init__(self, text: str, names: Sequence[str]) -> None:
        self.text, self.names = text, tuple(names)
        self.longest_name = max(map(len, self.names))
        self.at = 0
        self.depth = 0

    def read(self) -> WordExpression:
        whole = self.choice()
        if self.at < len(self.text):
            raise WordExpressionError("')' closes nothing: write \\) or [)] for the symbol", self.at)
        return whole

    def peek(self) -> str:
        """The next character that is no space; empty at the end."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.text[self.at : self.at + 1]

    def choice(self) -> WordExpression:
        parts = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            parts.append(self.sequence())
        return parts[0] if len(parts) == 1 else EitherOf(tuple(parts))

    def sequence(self) -> WordExpression:
        parts = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.repeated())
        return parts[0] if len(parts) == 1 else InOrder(tuple(parts))

    def repeated(self) -> WordExpression:
        part = self.one()
        sign = self.peek()
        if sign and sign in "*+?{":
            start = self.at
            low, high = self.times(sign)
            part = Repeated(part, low, high)
            if (again := self.peek()) and again in "*+?{":
                what = f"{again!r} stands behind {self.text[start : self.at].strip()!r}"
                raise WordExpressionError(f"{what}: put what it repeats in brackets, (...){again}", self.at)
        return part

    def times(self, sign: str) -> tuple[int, int | None]:
        """How often what stands before is repeated."""
        if sign != "{":
            self.at += 1
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        found = _COUNT.match(self.text, self.at)
        if not found or not (found[1] or found[3]):
            raise WordExpressionError("how often is written {3}, {2,4}, {2,} or {,4}", self.at)
        low = int(found[1] or 0)
        high = (int(found[3]) if found[3] else None) if found[2] else low
        if high is not None and low > high:
            raise WordExpressionError(f"{found[0]} is no number of times: {low} is more than {high}", self.at)
        if max(low, high or 0) > MAX_REPETITIONS:
            raise WordExpressionError(f"{found[0]} is more than {MAX_REPETITIONS} times", self.at)
        self.at = found.end()
        return low, high

    def one(self) -> WordExpression:
        """What a repetition sign would repeat."""
        character, start = self.peek(), self.at
        match character:
            case "(":
                return self.brackets()
            case "[":
                return self.symbol_class()
            case ".":
                self.at += 1
                return OneOf(frozenset(range(len(self.names))))
            case "*" | "+" | "?" | "{":
                message = f"{character!r} repeats nothing: write {_escaped(character)} for the symbol"
                raise WordExpressionError(message, start)
            case "^" | "$":
                advice = f"leave {character!r} out, or write {_escaped(character)} for the symbol"
                raise WordExpressionError(f"a word is always matched as a whole: {advice}", start)
            case "]" | "}":
                message = f"{character!r} closes nothing: write {_escaped(character)} for the symbol"
                raise WordExpressionError(message, start)
        return OneOf(frozenset((self.symbol(SPECIAL_CHARACTERS),)))

    def brackets(self) -> WordExpression:
        start = self.at
        self.at += 1
        self.depth += 1
        if self.depth > MAX_NESTED_BRACKETS:
            raise WordExpressionError(f"more than {MAX_NESTED_BRACKETS} brackets are open here", start)
        if self.peek() == "?":
            if self.text[self.at : self.at + 2] != "?:":
                raise WordExpressionError("only (...) and (?:...) are read, no other brackets with (?", self.at)
            self.at += 2
        inner = self.choice()
        if self.peek() != ")":
            raise WordExpressionError("'(' is not closed: write \\( or [(] for the symbol", start)
        self.at += 1
        self.depth -= 1
        return inner

    def symbol_class(self) -> WordExpression:
        """`[ab]`, `[a-c]`, `[^ab]`, in which only `]`, `^`, `-` and the backslash have a meaning."""
        start = self.at
        self.at += 1
        others = self.peek() == "^"
        self.at += others
        chosen = set[int]()
        special = frozenset("]\\-")
        while (character := self.peek()) != "]" or not (chosen or others):
            if not character:
                raise WordExpressionError("'[' is not closed: write \\[ for the symbol", start)
            if character == "]":
                raise WordExpressionError("[] takes no symbol", start)
            chosen |= self.range_or_symbol(special)
        self.at += 1
        if others:
            chosen = set(range(len(self.names))) - chosen
        if not chosen:
            raise WordExpressionError(f"{self.text[start : self.at]} takes no symbol", start)
        return OneOf(frozenset(chosen))

    def range_or_symbol(self, special: frozenset[str]) -> set[int]:
        start = self.at
        between = re.compile(r"([^\]\\\s])-([^\]\\\s])").match(self.text, start)
        if between:
            low, high = between[1], between[2]
            found = {i for i, name in enumerate(self.names) if len(name) == 1 and low <= name <= high}
            if not found:
                raise WordExpressionError(f"no symbol lies in {low}-{high}{self.known()}", start)
            self.at = between.end()
            return found
        if self.text[start] == "-":
            self.at += 1
            return {self.number("-", start)}
        return {self.symbol(special)}

    def symbol(self, special: frozenset[str]) -> int:
        """The symbol with the longest name that stands here, whose special characters have a backslash before them."""
        start, literal, ends = self.at, "", list[int]()
        while self.at < len(self.text) and len(literal) < self.longest_name:
            character = self.text[self.at]
            if character == "\\":
                character = self.text[self.at + 1 : self.at + 2]
                if not character or character.isspace() or character.isalnum() or character == "_":
                    if literal:
                        break
                    what = f"\\{character} stands for no symbol"
                    raise WordExpressionError(f"{what}: a backslash stands only before a sign such as (", self.at)
                self.at += 1
            elif character in special or character.isspace():
                break
            literal += character
            self.at += 1
            ends.append(self.at)
        for length in range(len(literal), 0, -1):
            if literal[:length] in self.names:
                self.at = ends[length - 1]
                return self.names.index(literal[:length])
        return self.number(literal, start)

    def number(self, name: str, at: int) -> int:
        """The number of a symbol."""
        if name in self.names:
            return self.names.index(name)
        shown = name if any(len(known) > 1 for known in self.names) else name[:1]
        advice = did_you_mean(shown, self.names) if len(shown) > 1 else ""
        raise WordExpressionError(f"{shown!r} is not a symbol{advice or self.known()}", at)

    def known(self) -> str:
        return f" ({symbol_list(self.names)})"


def _escaped(character: str) -> str:
    return f"\\{character}"


def symbol_list(names: Iterable[str]) -> str:
    """The names in words, or the first of many."""
    names = list(names)
    return listed(names) if len(names) <= 12 else f"{', '.join(names[:12])}, ..."
