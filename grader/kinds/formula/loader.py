"""A formula question, from YAML to what can be decided, with every problem on the way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

from grader import formulas
from grader.documents import FieldError, MappingNode, ScalarNode, shortened
from grader.errors import Problem, SourceLocation, did_you_mean
from grader.expressions import Expression
from grader.kinds.formula.derived import derived, named_gradients
from grader.kinds.formula.models import (
    FACTOR_CREDIT,
    SIGN_CREDIT,
    DerivativeModel,
    FormulaModel,
    FormulaNetworkModel,
    SealedModel,
    StageModel,
)
from grader.kinds.formula.names import check_case, initial_values, read_symbols
from grader.kinds.formula.question import FormulaQuestion, KnownFormula, Near
from grader.kinds.formula.seal import SALT_DIGITS
from grader.language.parse import ExpressionError
from grader.language.tree import Tree
from grader.spec.places import find
from grader.spec.systems import read_functions
from grader.verdict import points_in_words

DIGEST_DIGITS = 64


class _FormulaBuilder:
    def __init__(self, model: FormulaModel, root: MappingNode, path: Path) -> None:
        self.model = model
        self.root = root
        self.path = path
        self.problems: list[Problem] = []

    def build(self) -> FormulaQuestion | None:
        model = self.model
        if [model.right, model.derivative, model.sealed].count(None) != 2:
            self.problem("needs exactly one of 'right' (a formula), 'derivative' and 'sealed'", self.root.place)
            return None
        question = self._engine()
        if question is None:
            return None
        near = [self._near(i, question) for i in range(len(model.near))]
        for points, name in ((model.up_to.sign, SIGN_CREDIT), (model.up_to.constant_factor, FACTOR_CREDIT)):
            if points is not None and points > model.points:
                self.problem(f"up to.{name}: {points_in_words(points)} points are more than there are", self.root.place)
        if self.problems:
            return None
        return FormulaQuestion(
            **model.question_fields(),
            engine=question,
            symbols=self._visible(question.setting.symbols),
            notation=self._notation(question),
            near=tuple(n for n in near if n),
            sign=model.up_to.sign,
            factor=model.up_to.constant_factor,
            reveal=model.reveal,
            known=tuple(KnownFormula(str(n), str(k.formula), k.earns) for n, k in model.known.items()),
            reference=str(model.reference or ""),
            path=self.path,
            right_at=self._right_at(),
        )

    def _right_at(self) -> SourceLocation:
        """Where the file says what is right."""
        if self.model.right is not None:
            return self.model.right.place
        return find(self.root, ("sealed" if self.model.sealed else "derivative",))[0]

    def problem(self, message: str, place: SourceLocation) -> None:
        self.problems.append(Problem(message, place))

    def _engine(self) -> formulas.WantedFormula | formulas.Sealed | None:
        model = self.model
        try:
            setting = self._setting()
            if model.right is not None:
                return self._right(setting, model.right)
            if model.sealed is not None:
                return formulas.Sealed(setting, self._seal(setting, model.sealed), model.everywhere)
            wanted = derived(setting, cast(DerivativeModel, model.derivative), self.root)
            return replace(wanted, everywhere=model.everywhere)
        except FieldError as error:
            self.problem(str(error), error.place or self.root.place)
        return None

    def _setting(self) -> formulas.Setting:
        model = self.model
        network = model.network or FormulaNetworkModel(equations={})
        symbols = read_symbols(model, read_functions(network.functions))
        for name, equation in network.equations.items():
            if str(name) not in symbols.sequences:
                message = (
                    f"network.equations.{name}: {str(name)!r} is not a sequence{did_you_mean(name, symbols.sequences)}"
                )
                raise FieldError(message, name.place)
            self._checked(symbols, equation, ("network", "equations", str(name)))
        initial = initial_values(network)
        for name, value in network.initial.items():
            self._checked(symbols, value, ("network", "initial", str(name)))
        for alias, tree in model.aliases.items():
            self._checked(symbols, tree, ("aliases", str(alias)))
        return formulas.Setting(
            symbols,
            equations={str(n): e.tree for n, e in network.equations.items()},
            initial=initial,
            cases=tuple(self._case(symbols, case) for case in model.cases),
        )

    def _visible(self, symbols: formulas.Symbols) -> formulas.Symbols:
        """The names that an answer may use."""
        for name in self.model.without:
            if name not in symbols.names:
                self.problem(
                    f"without: {str(name)!r} is not a name here{did_you_mean(name, symbols.names)}", name.place
                )
        hidden = set(map(str, self.model.without))
        return replace(
            symbols,
            quantities={name: q for name, q in symbols.quantities.items() if name not in hidden},
            sequences={name: s for name, s in symbols.sequences.items() if name not in hidden},
            aliases={name: tree for name, tree in symbols.aliases.items() if name not in hidden},
        )

    def _seal(self, setting: formulas.Setting, model: SealedModel) -> formulas.Seal:
        cost = (model.scrypt.n, model.scrypt.r, model.scrypt.p)
        if cost != formulas.SCRYPT:
            n, r, p = formulas.SCRYPT
            message = f"sealed.scrypt: this grader seals with {{n: {n}, r: {r}, p: {p}}}: make the copy again"
            raise FieldError(message, model.salt.place)
        return formulas.Seal(
            _hexadecimal(model.salt, "salt", SALT_DIGITS),
            tuple(self._stage(setting, stage) for stage in model.stages),
        )

    def _stage(self, setting: formulas.Setting, model: StageModel) -> formulas.Stage:
        points = [
            formulas.SealedPoint(
                self._case(setting.symbols, given.case),
                seed,
                tuple(given.shape),
                {str(key): value for key, value in given.fixed.items()},
            )
            for given in model.points
            for seed in given.seeds
        ]
        return formulas.Stage(tuple(points), _hexadecimal(model.digest, "digest", DIGEST_DIGITS))

    def _notation(self, question: formulas.WantedFormula | formulas.Sealed) -> formulas.Notation:
        """Which sequence `dL/dh` and `delta` are: those of the gradients that are given, and no others."""
        gradients = {str(name): str(sequence) for name, sequence in self.model.gradients.items()}
        by: Tree | None = None
        if isinstance(question, formulas.WantedFormula) and question.backward is not None:
            gradients |= named_gradients(question.backward)
            by = question.backward.by.tree
        if not gradients:
            return replace(formulas.usual_notation(question.setting.symbols), by=by)
        used = list(dict.fromkeys(gradients.values()))
        return formulas.Notation(gradients, {"delta": used[0]} if len(used) == 1 else {}, by=by)

    def _case(self, symbols: formulas.Symbols, case: Mapping[ScalarNode, int]) -> formulas.IntegerCase:
        """Values for all of the whole numbers, at which formulas are compared."""
        return check_case(symbols, case, next(iter(case)).place if case else self.root.place)

    def _checked(self, symbols: formulas.Symbols, expression: Expression, keys: tuple[str, ...]) -> None:
        """Raises `FieldError` at the first name of an expression that is not known; `t` counts steps everywhere."""
        whole = symbols if "t" in symbols.integers else _with_step(symbols)
        try:
            whole.check(formulas.setting.at_each_step(expression.tree, symbols))
        except ExpressionError as error:
            place, node = find(self.root, keys)
            at = node.at(error.at) if isinstance(node, ScalarNode) else place
            raise FieldError(f"{'.'.join(keys)}: {error.message}", at) from None

    def _read(self, setting: formulas.Setting, text: ScalarNode, where: str) -> Tree:
        try:
            return formulas.read_answer(text, setting.symbols, None, setting).tree
        except ExpressionError as error:
            raise FieldError(f"{where}: {error.message}", text.at(error.at)) from None

    def _right(self, setting: formulas.Setting, text: ScalarNode) -> formulas.WantedFormula:
        try:
            question = formulas.formula_question(setting, self._read(setting, text, "right"))
            return replace(question, everywhere=self.model.everywhere)
        except ExpressionError as error:
            raise FieldError(f"right: {error.message}", text.at(error.at)) from None

    def _near(self, index: int, question: formulas.WantedFormula | formulas.Sealed) -> Near | None:
        model = self.model.near[index]
        where = f"near[{index + 1}]"
        if model.points >= self.model.points:
            self.problem(
                f"{where}: a near miss earns less than all {points_in_words(self.model.points)}", model.name.place
            )
        try:
            tree = self._read(question.setting, model.formula, where)
        except FieldError as error:
            self.problem(str(error), error.place or model.name.place)
            return None
        return Near(str(model.name), tree, model.points, str(model.say or ""))


def _hexadecimal(text: ScalarNode, name: str, digits: int) -> str:
    if not re.fullmatch(f"[0-9a-f]{{{digits}}}", text, re.ASCII):
        raise FieldError(f"sealed: {name}: {digits} hexadecimal digits are wanted, not {shortened(text)!r}", text.place)
    return str(text)


def _with_step(symbols: formulas.Symbols) -> formulas.Symbols:
    return replace(symbols, integers=(*symbols.integers, "t"))


def build(model: FormulaModel, root: MappingNode, path: Path) -> tuple[FormulaQuestion | None, list[Problem]]:
    """The question of a model, or every problem that keeps it from being one."""
    builder = _FormulaBuilder(model, root, path)
    return builder.build(), builder.problems
