"""What an answer of several statements says: which side is the formula, what letters stand for, what is claimed.

- An equation is accepted if one side names what is asked; the other sides are the formula, all equal to each other.
- `where x = ...`, or a line of its own, defines `x` if the formula uses it and the question does not declare it;
  `x_t = ...` and `x_k = ...` define it at every step.
- An equation of formulas alone is a claim, which whoever decides equality has to check.
- Everything else is refused with what was understood: no side and no statement is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field, replace
from itertools import islice, pairwise

from grader.deferred import dataclass
from grader.errors import listed
from grader.language import limits
from grader.language.build import ONE
from grader.language.parse import ExpressionError
from grader.language.printing import to_text
from grader.language.rewriting import replaced, substituted
from grader.language.tree import (
    Binary,
    Call,
    Compare,
    Comprehension,
    IfExp,
    Index,
    Logic,
    Name,
    Number,
    Tree,
    Unary,
    names_in,
    subtrees,
)
from grader.notation.cursor import Notation
from grader.notation.labels import labelled, without_outer_brackets
from grader.notation.reader import Reader
from grader.notation.statements import Statement
from grader.notation.symbols import SequenceSymbol, Symbols
from grader.notation.tokens import Token

MAX_EQUATION_SIDES = 12
"""Sides of all equations of an answer."""

MAX_WRITTEN_OUT_NODES = 20_000
"""Parts of a formula after its definitions are written out."""

_LEFT = "\\left"
"""What LaTeX sets before a bracket, and is no token of its own."""

_LOSSES = frozenset({"L", "J", "E", "C", "ell", "l", "loss", "Loss", "cost"})
"""What a loss is called, where the question does not have the name."""


@dataclass(frozen=True)
class Understood:
    """The formula of an answer, the pairs that it claims to be equal, and how it was read."""

    tree: Tree
    claims: tuple[tuple[Tree, Tree], ...]
    notes: tuple[str, ...]


@dataclass
class _Definition:
    """A letter that the answer defines: at one step (`z_{t+1}`), or as such."""

    name: str
    statement: Statement
    steps: dict[str, Tree] = field(default_factory=dict)
    tree: Tree | None = None


class StatedAnswer:
    """Reads the statements of one answer."""

    def __init__(self, text: str, statements: list[Statement], symbols: Symbols, notation: Notation) -> None:
        self.text, self.statements, self.declared, self.notation = text, statements, symbols, notation
        self.symbols = symbols
        self.notes: dict[str, None] = {}
        self.claims: list[tuple[Tree, Tree]] = []
        self.steps: dict[str, dict[str, Tree]] = {}
        self.at_any_step: dict[str, tuple[str, Tree]] = {}
        self.used: set[str] = set()

    def understood(self) -> Understood:
        """The formula and what goes with it.

        Raises:
            ExpressionError: where there is not one answer, or a part of it cannot be read.
        """
        if (count := sum(len(statement.sides) for statement in self.statements)) > MAX_EQUATION_SIDES:
            raise ExpressionError(f"{count} sides of equations are too many (at most {MAX_EQUATION_SIDES})")
        definitions = self.definitions()
        answer = self.answer([s for s in self.statements if s not in [d.statement for d in definitions]])
        for definition in self.ordered(definitions):
            self.define(definition)
        tree = self.formula(answer)
        for definition in definitions:
            if definition.name not in self.used:
                said = definition.statement.text(self.text)
                raise ExpressionError(
                    f"{definition.name} is not in the formula: leave out `{said}`", definition.statement.at
                )
        return Understood(tree, tuple(self.claims), tuple(self.notes))

    def definitions(self) -> list[_Definition]:
        """The equations whose left side is a name of their own that another statement uses."""
        found: list[_Definition] = []
        for statement in self.statements:
            name = self.label(statement.sides[0]) if statement.is_equation else ""
            others = [s for s in self.statements if s is not statement]
            sides = [side for s in others for side in s.sides[s.is_equation and self.label(s.sides[0]) == name :]]
            if name and any(self.mentions(side, name) for side in sides):
                found.append(_Definition(name, statement))
        return found

    def mentions(self, side: Iterable[Token], name: str) -> bool:
        """Whether tokens have a name, or a word that it could be part of."""
        texts = [token.text for token in side if token.kind == "name"]
        return any(text == name or (name in text and not self.is_declared(text)) for text in texts)

    def is_declared(self, name: str) -> bool:
        reader = self.reader((), self.statements[0].end)
        return reader.is_value(reader.spelled(name)) or reader.function(name) is not None

    def ordered(self, definitions: list[_Definition]) -> list[_Definition]:
        """The definitions, each after those that it uses."""
        waiting, done = list(definitions), list[_Definition]()
        while waiting:
            names = {definition.name for definition in waiting}
            ready = [d for d in waiting if not any(self.mentions(s, n) for s in d.statement.sides[1:] for n in names)]
            if not ready:
                at = waiting[0].statement.at
                raise ExpressionError(f"{waiting[0].name} is defined by itself", at)
            done += ready
            waiting = [definition for definition in waiting if definition not in ready]
        return done

    def define(self, definition: _Definition) -> None:
        """Makes a letter of the answer a name that formulas may use.

        `s_t = h_t^2` and `s_k = h_k^2` say what it is at every step, `s_{t+1} = ...` and `s_T = ...` at that one alone.
        """
        statement = definition.statement
        letters = [token.text for token in statement.sides[0][1:] if token.kind == "name"]
        index = letters[0] if len(letters) == 1 and not self.is_declared(letters[0]) else ""
        trees = [self.read(side, statement, index) for side in statement.sides[1:]]
        if index and len(trees) > 1:
            raise ExpressionError(f"{statement.text(self.text)} says twice what {definition.name} is", statement.at)
        self.claims += pairwise(trees)
        tree, name = trees[0], definition.name
        rank = ("?",) * self.symbols.ranks.of(tree)
        local = replace(self.symbols, sequences={**self.symbols.sequences, name: SequenceSymbol(rank)})
        label = self.reader(statement.sides[0], statement.end, local, index)
        shown = Name(name) if len(statement.sides[0]) == 1 else label.read()
        at = statement.at
        if isinstance(shown, Index) and shown.base == Name(name):
            if to_text(shown.index) in self.steps.setdefault(name, {}):
                raise ExpressionError(f"{to_text(shown)} is defined twice", at)
            self.steps[name][to_text(shown.index)] = tree
            if shown.index in (Name("t"), Name(index)):
                self.at_any_step[name] = to_text(shown.index), tree
            self.symbols = local
        elif shown != Name(name):
            raise ExpressionError(f"what {statement.text(self.text)} defines is not clear: define a name", at)
        elif name in self.symbols.aliases:
            raise ExpressionError(f"{name} is defined twice", at)
        else:
            self.symbols = replace(self.symbols, aliases={**self.symbols.aliases, name: tree})
        self.notes[f"{to_text(shown)} stands for {to_text(tree)}"] = None

    def answer(self, candidates: list[Statement]) -> Statement:
        """The statement that is the answer: the others are claims."""
        named = [s for s in candidates if not s.is_equation or any(self.names_the_asked(side, s) for side in s.sides)]
        chosen = named or candidates
        if not candidates:
            at = self.statements[0].at
            raise ExpressionError("each letter stands for another one here: a formula is missing", at)
        if len(chosen) != 1:
            said = listed(f"`{s.text(self.text)}`" for s in candidates)
            at = chosen[1].at if len(chosen) > 1 else 0
            raise ExpressionError(
                f"{said}: which of them is the answer is not clear; hand in one formula, and what its letters stand "
                "for as `where x = ...`",
                at,
            )
        for statement in candidates:
            if statement is not chosen[0]:
                self.claims += pairwise([self.read(side, statement) for side in statement.sides])
        return chosen[0]

    def formula(self, statement: Statement) -> Tree:
        """The formula of the answer: the sides that do not name what is asked, which have to be equal."""
        if not statement.is_equation:
            return self.read(statement.sides[0], statement)
        sides = [side for side in statement.sides if not self.names_the_asked(side, statement)]
        if not sides:
            raise ExpressionError("the equation only names what is asked: a formula is missing", statement.end.at)
        asked = [side for side in statement.sides if side not in sides]
        for side in asked:
            at = side[0].at - len(_LEFT) * self.text.endswith(_LEFT, 0, side[0].at)
            shown = " ".join(self.text[at : side[-1].end].split())
            left = side is not statement.sides[-1]
            self.notes[f"an equation: leave out `{shown} =`" if left else f"an equation: leave out `= {shown}`"] = None
        trees = [self.read(side, statement) for side in sides]
        self.claims += pairwise(trees)
        return trees[0]

    def names_the_asked(self, side: tuple[Token, ...], statement: Statement) -> bool:
        """Whether a side is the asked quantity: a derivative by it, or a name that the question does not declare."""
        side = without_outer_brackets(side)
        if self.label(side):
            return True
        if not side:
            return False
        derivative = self.reader(side, statement.end).derivative()
        if derivative is None:
            return False
        of, by = derivative
        if self.notation.by is None:
            return True
        of_a_loss = of == self.notation.loss or (of in _LOSSES and not self.is_declared(of))
        if to_text(by) == to_text(self.notation.by) and (of_a_loss or not self.notation.gradients):
            return True
        if of_a_loss and isinstance(by, Index) and to_text(by.base) in self.notation.gradients:
            return False  # a gradient that is given: a formula like any other
        wanted = f"d{self.notation.loss}/d{to_text(self.notation.by)}"
        raise ExpressionError(f"d{of}/d{to_text(by)} is not what is asked: {wanted} is", side[0].at)

    def label(self, side: tuple[Token, ...]) -> str:
        """The name of a side that is one name which the question does not declare, with what belongs to it; or ""."""
        head = labelled(side)
        if head is None:
            return ""
        reader = self.reader(side, self.statements[0].end)
        called = len(side) > 1 and side[1].kind == "open" and reader.function(head.text) is not None
        joined = reader.declares(head)
        return "" if joined or called or head.text in ("e", "pi", "π") else head.text

    def read(self, side: tuple[Token, ...], statement: Statement, index: str = "") -> Tree:
        """One side as a formula, its definitions written out; `index` is a step that it may speak of."""
        reader = self.reader(side, statement.end, index=index)
        tree = self.written_out(reader.read())
        self.notes |= reader.notes
        if isinstance(tree, Logic) and not all(map(self.may_be_true, tree.operands)):
            several = f" {tree.op} ".join(map(to_text, tree.operands))
            raise ExpressionError(
                f"{several}: these are several answers, and neither true nor false; hand in one", tree.at
            )
        self.declared.check(substituted(tree, {index: ONE}) if index else tree)
        return tree

    def may_be_true(self, tree: Tree) -> bool:
        """Whether a formula can stand beside `or`: a condition, or a name that takes whole numbers such as bits."""
        match tree:
            case Compare() | Logic() | Unary(op="not") | Comprehension(kind="any" | "all"):
                return True
            case Number(value=value):
                return value in (0, 1)
            case Name(id=name) | Index(base=Name(id=name)):
                declared = self.declared.quantities.get(name) or self.declared.sequences.get(name)
                return declared is None or declared.domain in ("bit", "integer")
            case Binary(op="*", left=left, right=right):
                return self.may_be_true(left) and self.may_be_true(right)
            case Call(function=function):
                return function in ("any", "all", "step")
            case IfExp(then=then, otherwise=otherwise):
                return self.may_be_true(then) and self.may_be_true(otherwise)
        return False

    def reader(self, side: tuple[Token, ...], end: Token, symbols: Symbols | None = None, index: str = "") -> Reader:
        at = side[-1].end if side else end.at
        last = Token("end", "", end.at if end.kind == "end" else at, end.at, end.spaced)
        reader = Reader(self.text, [*side, last], symbols or self.symbols, self.notation)
        reader.loops |= {index} - {""}
        return reader

    def written_out(self, tree: Tree) -> Tree:
        """A formula in declared names alone."""
        local = {name: value for name, value in self.symbols.aliases.items() if name not in self.declared.aliases}
        self.used |= set(names_in(tree)) & {*local, *self.steps}

        def change(node: Tree) -> Tree | None:
            if not (isinstance(node, Index) and isinstance(node.base, Name) and node.base.id in self.steps):
                return None
            steps = self.steps[node.base.id]
            if to_text(node.index) not in steps and node.base.id in self.at_any_step:
                step, general = self.at_any_step[node.base.id]
                return substituted(general, {step: node.index})
            if to_text(node.index) not in steps:
                known = listed(f"{node.base.id}[{step}]" for step in steps)
                raise ExpressionError(f"{to_text(node)} is not defined: {known} is", node.at)
            return steps[to_text(node.index)]

        tree = replaced(substituted(tree, local), change) if local or self.steps else tree
        if (
            sum(1 for _ in islice(subtrees(tree), MAX_WRITTEN_OUT_NODES + 1)) > MAX_WRITTEN_OUT_NODES
            or len(to_text(tree)) > limits.MAX_EXPRESSION_CHARACTERS
        ):
            raise ExpressionError("the formula is too long once its definitions are written out")
        return tree
