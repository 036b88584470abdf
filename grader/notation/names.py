"""Names in a student's text: subscripts, steps, letters that stand side by side, and gradients as they are written."""

from __future__ import annotations

from grader.errors import listed
from grader.language.parse import ExpressionError
from grader.language.printing import to_text
from grader.language.tree import Index, Name, Tree, subtrees
from grader.notation.cursor import Cursor
from grader.notation.tokens import Token

MAX_SPLIT_LETTERS = 8
"""Letters of a word that is read as a product of names."""


class Names(Cursor):
    """Reads what a name with its subscripts stands for."""

    def value(self, token: Token) -> Tree:
        """The value that a name (already taken) stands for, with its subscript."""
        name = self.spelled(token.text)
        if self.token.is_op("_") and (self.is_value(name) or not self.ways(token.text)):
            return self.subscripted(name, token)
        if name in self.symbols.sequences and self.token.kind == "open" and self.token.text == "(":
            return self.step_in_brackets(name, token)
        if self.is_value(name) or name == "e":
            return self.built(Name(name, token.at))
        return self.split(token)

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
            raise self.error("a derivative that is asked cannot be part of the answer: write it out", token.at)
        where = self.token
        index = self.group() if where.kind == "open" else self.postfix_free()
        if name not in self.symbols.sequences:
            self.refuse_subscript(name, token)
        self.check_plain_step(name, where, index)
        return self.built(Index(Name(name, token.at), index, token.at))

    def with_subscript(self, name: str, token: Token) -> Tree:
        if name in self.symbols.sequences and self.token.is_op("_"):
            return self.subscripted(name, token)
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
        """In plain text `h_t+1` may mean either of two things."""
        sign, number = self.token, self.peek()
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

    def split(self, token: Token) -> Tree:
        """`Wh` as `W*h`: a word that no name, but one product of names, explains."""
        ways = self.ways(token.text) if len(token.text) <= MAX_SPLIT_LETTERS else []
        if not ways and token.text[0] == "d" and token.text[1:] in (*self.symbols.sequences, self.notation.loss):
            raise self.error("a derivative that is asked cannot be part of the answer: write it out", token.at)
        if not ways:
            raise self.error(self.symbols.unknown(token.text, self.loops), token.at)
        if len(ways) > 1:
            shown = listed(["*".join(way) for way in ways], "or")
            raise self.error(f"{token.text!r} could be {shown}: write the *", token.at)
        at = token.at
        tree: Tree | None = None
        for part in ways[0]:
            last = at + len(part) == token.at + len(token.text)
            piece = Token("name", part, at, at + len(part))
            factor = self.bracketed(self.value(piece)) if last else self.built(Name(part, at))
            tree = factor if tree is None else self.multiplied(tree, factor, "", at)
            at += len(part)
        assert tree is not None
        self.note(f"{token.text} is read as {'*'.join(ways[0])}")
        return tree

    def bracketed(self, tree: Tree) -> Tree:
        """A sequence with the step in square brackets that follows it."""
        if not (isinstance(tree, Name) and tree.id in self.symbols.sequences and self.token.text == "["):
            return tree
        opened = self.take()
        tree = self.built(Index(tree, self.expression(), tree.at))
        self.expect("close", "]", opened)
        return tree

    def multiplied(self, left: Tree, right: Tree, sign: str, at: int) -> Tree:
        """A product; see `Reader`."""
        raise NotImplementedError

    def ways(self, word: str) -> list[list[str]]:
        """All ways to cut a word into names; a sequence only stands last, where its step can follow."""
        if not word:
            return [[]]
        step_follows = self.token.is_op("_") or (self.token.kind == "open" and self.token.text == "[")
        found = []
        for length in range(1, len(word) + 1):
            part, rest = word[:length], word[length:]
            timed = part in self.symbols.sequences
            if self.is_value(part) and (not timed or (not rest and step_follows)):
                found += [[part, *way] for way in self.ways(rest)]
        return found

    def gradient(self) -> Tree:
        """`∂L/∂h_{t+1}`, `dL/dh[t+1]`: the sequence of gradients that the question names."""
        start = self.token
        end = self.differential(self.i, self.notation.loss)
        if end is None or not self.tokens[end].is_op("/"):
            raise self.error("a derivative that is asked cannot be part of the answer: write it out", start.at)
        self.i = end + 1
        return self.gradient_of(start)

    def gradient_of(self, start: Token) -> Tree:
        """The gradient whose denominator is looked at."""
        for state, sequence in self.notation.gradients.items():
            after = self.differential(self.i, state)
            if after is not None:
                self.i = after
                tree = self.bracketed(self.value(Token("name", sequence, start.at, start.end)))
                self.note(f"d{self.notation.loss}/d{state} is read as {to_text(tree)}")
                return tree
        known = [f"d{self.notation.loss}/d{state}" for state in self.notation.gradients]
        has = f"{listed(known)} can be used" if known else "no gradient is given in this question"
        raise ExpressionError(f"this gradient is not given here: {has}", start.at)

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
        end = self.differential(self.i, self.notation.loss)
        if end is None or not self.tokens[end].is_op("/"):
            return False
        return any(self.differential(end + 1, state) is not None for state in self.notation.gradients)
