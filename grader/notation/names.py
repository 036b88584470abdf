"""Names in a student's text: subscripts, steps, letters that stand side by side, and gradients as they are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.errors import listed
from grader.language.printing import to_text
from grader.language.tree import Index, Name, Tree, subtrees
from grader.notation.accents import names_with_accents
from grader.notation.scripts import Scripts
from grader.notation.tokens import Token

MAX_SPLIT_LETTERS = 8
"""Letters of a word that is read as a product of names."""

NOT_GIVEN = "a derivative that the question does not give cannot be part of the answer: write it out"


class Names(Scripts):
    """Reads what a name with its subscripts stands for."""

    def value(self, token: Token) -> Tree:
        """The value that a name (already taken) stands for, with its subscript."""
        if token.kind != "name":
            raise self.error("a name is wanted here", token.at)
        name = self.spelled(token.text)
        if token.accent and not self.is_value(name):
            raise self.error(self.not_carried(token), token.at)
        name = self.raised_name(name, token)
        self.subscript_first(name)
        if self.token.is_op("_") and (self.is_value(name) or not self.ways(token.text)):
            return self.subscripted(name, token)
        if name in self.symbols.sequences:
            if self.token.kind == "open" and self.token.text == "(":
                return self.step_in_brackets(name, token)
            if self.raises_step():
                return self.raised_step(name, token)
            if self.token.is_op("**") and not self.peek().is_op("_"):
                power = self.text[self.peek().at : self.tokens[self.script_end(self.i + 1) - 1].end]
                ways = f"{name} at step {power}, or a power of {name} whose step is missing"
                raise self.error(f"{name}^{power} could be {ways}: write {name}_{{t}}^{{2}}, {name}^{{(t)}}", token.at)
        if self.is_value(name) or name == "e":
            return self.built(Name(name, token.at))
        self.split(token)
        return self.value(self.take())

    def not_carried(self, token: Token) -> str:
        """The message for a name with an accent that no declared name carries."""
        base = token.text.removesuffix(token.accent)
        near = dict.fromkeys((*names_with_accents(base, self.symbols.names), self.spelled(base)))
        found = [name for name in near if self.is_value(name)]
        advice = f" (did you mean {listed(map(repr, found), 'or')}?)" if found else f" ({self.symbols.known()})"
        article = "an" if token.accent[0] in "aeiou" else "a"
        return f"{base!r} with {article} {token.accent} is not a name in this question{advice}"

    def step_in_brackets(self, name: str, token: Token) -> Tree:
        """`h(t+1)` for `h[t+1]`."""
        index = self.group()
        steps = (*self.symbols.whole, *self.loops)
        if any(isinstance(part, Name) and part.id not in steps for part in subtrees(index)):
            raise self.error(f"{name!r} needs its step: write {name}[t], {name}[t+1], ...", token.at)
        self.note(f"{name}({to_text(index)}) is read as {name}[{to_text(index)}]")
        return self.built(Index(Name(name, token.at), index, token.at))

    def subscripted(self, name: str, token: Token) -> Tree:
        """`W_1`, `W_{hh}` where such a name exists; `h_{t+1}`, `x_t` of a sequence."""
        self.take()
        for joined in self.joined_names(name):
            if self.is_value(joined):
                self.skip_subscript()
                return self.with_subscript(joined, token)
        if token.text[0] == "d" and token.text[1:] in self.symbols.sequences and not self.is_value(name):
            raise self.error(NOT_GIVEN, token.at)
        self.cut_subscript(name)
        for joined in self.joined_names(name):
            if self.is_value(joined):
                self.skip_subscript()
                return self.with_subscript(joined, token)
        where = self.token
        index = self.group() if where.kind == "open" else self.postfix_free()
        if name not in self.symbols.sequences:
            self.refuse_subscript(name, token)
        self.check_plain_step(name, where, index)
        return self.built(Index(Name(name, token.at), index, token.at))

    def with_subscript(self, name: str, token: Token) -> Tree:
        self.subscript_first(name)
        if name in self.symbols.sequences and self.token.is_op("_"):
            return self.subscripted(name, token)
        if name in self.symbols.sequences and self.raises_step():
            return self.raised_step(name, token)
        return self.built(Name(name, token.at))

    def joined_names(self, name: str) -> list[str]:
        """The names that a subscript could be part of: `W_hh`, `Whh`."""
        inner = self.peek() if self.token.kind == "open" else self.token
        if inner.kind not in ("name", "number") or (inner is not self.token and self.peek(2).kind != "close"):
            return []
        return [f"{name}_{inner.text}", f"{name}{inner.text}"]

    def skip_subscript(self) -> None:
        self.i += 3 if self.token.kind == "open" else 1

    def postfix_free(self) -> Tree:
        """A subscript without brackets: one name or number."""
        if self.token.kind not in ("name", "number"):
            raise self.error("a subscript is a step, as in h_t or h_{t+1}")
        token = self.take()
        if token.kind == "name":
            if not self.is_value(token.text):
                raise self.error(self.symbols.unknown(token.text, self.loops), token.at)
            return self.built(Name(token.text, token.at))
        self.i -= 1
        return self.postfix()

    def check_plain_step(self, name: str, where: Token, index: Tree) -> None:
        """`h_2k` may mean either of two things, and so may `h_t+1` in plain text."""
        sign, number = self.token, self.peek()
        counted = sign.kind == "name" and sign.text in (*self.symbols.whole, *self.loops)
        if where.kind == "number" and counted and not sign.spaced:
            step, count = to_text(index), sign.text
            ways = f"{name}[{step}*{count}] or {name}[{step}] * {count}"
            raise self.error(f"{name}_{step}{count} could be {ways}: write the one that is meant", where.at)
        if self.latex or where.kind == "open" or where.end != where.at + len(where.text) or where.spaced:
            return
        if sign.is_op("+", "-") and not sign.spaced and number.kind == "number" and not number.spaced:
            step, rest = to_text(index), f"{sign.text}{number.text}"
            ways = f"{name}[{step}{rest}] or {name}[{step}] {sign.text} {number.text}"
            raise self.error(f"{name}_{step}{rest} could be {ways}: write the one that is meant", where.at)

    def refuse_subscript(self, name: str, token: Token) -> None:
        if self.rank(Name(name)) > 0:
            raise self.error(f"entries of {name} are written {name}[0], {name}[1], ... and counted from 0", token.at)
        if name in self.symbols.plain:
            raise self.error(f"{name!r} is one number and has no subscript", token.at)
        raise self.error(self.symbols.unknown(name, self.loops), token.at)

    def split(self, token: Token) -> None:
        """Cuts a word that no name, but one product of names, explains: `Wh` (taken) as `W` and `h` (to be taken).

        What follows the word, a subscript or a power, then belongs to its last factor alone.
        """
        ways = self.ways(token.text) if len(token.text) <= MAX_SPLIT_LETTERS and not token.accent else []
        if not ways and token.text[0] == "d" and token.text[1:] in (*self.symbols.sequences, self.notation.loss):
            raise self.error(NOT_GIVEN, token.at)
        if not ways:
            raise self.error(self.symbols.unknown(token.text, self.loops), token.at)
        if len(ways) > 1:
            shown = listed(["*".join(way) for way in ways], "or")
            raise self.error(f"{token.text!r} could be {shown}: write the *", token.at)
        if token.command and self.token.is_op("**", "'"):
            way = "*".join(ways[0])
            raise self.error(
                f"{token.text} with a power could be ({way}), or its last factor alone: write ( )", token.at
            )
        self.note(f"{token.text} is read as {'*'.join(ways[0])}")
        self.i -= 1
        self.cut(ways[0])

    def cut(self, parts: Sequence[str]) -> None:
        """Cuts the token that is looked at into the parts of its word."""
        token, at = self.token, self.token.at
        pieces = []
        for part in parts:
            pieces.append(replace(token, text=part, at=at, end=at + len(part)))
            at += len(part)
        after = [replace(piece, spaced=False, line="", joined=True) for piece in pieces[1:]]
        self.tokens[self.i : self.i + 1] = [pieces[0], *after]

    def bracketed(self, tree: Tree) -> Tree:
        """A sequence with the step in square brackets that follows it."""
        if not (isinstance(tree, Name) and tree.id in self.symbols.sequences and self.token.text == "["):
            return tree
        opened = self.take()
        tree = self.built(Index(tree, self.expression(), tree.at))
        self.expect("close", "]", opened)
        return tree

    def ways(self, word: str, after: Token | None = None) -> list[list[str]]:
        """All ways to cut a word into names; a sequence only stands last, where its step can follow."""
        if not word:
            return [[]]
        after = after or self.token
        step_follows = after.is_op("_", "**") or (after.kind == "open" and after.text in "[(")
        found = []
        for length in range(1, len(word) + 1):
            part, rest = word[:length], word[length:]
            timed = part in self.symbols.sequences
            e_to_a_power = part == "e" and not rest and after.is_op("**")
            if (self.is_value(part) or e_to_a_power) and (not timed or (not rest and step_follows)):
                found += [[part, *way] for way in self.ways(rest, after)]
        return found

    def declares(self, token: Token) -> bool:
        """Whether a name, with its subscript or as a product of letters, is something of the question."""
        name = self.spelled(token.text)
        if self.is_value(name) or (self.ways(token.text, self.peek()) and not token.accent):
            return True
        start, self.i = self.i, self.i + 2
        joined = self.peek(-1).is_op("_") and any(map(self.is_value, self.joined_names(name)))
        self.i = start
        return joined
