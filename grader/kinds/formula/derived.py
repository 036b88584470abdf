"""What `derivative` says, from YAML to a gradient that is derived; or why it cannot be, with its place."""

from __future__ import annotations

from grader import formulas
from grader.documents import FieldError, MappingNode, ScalarNode
from grader.errors import SourceLocation
from grader.expressions import Expression, read_expression
from grader.kinds.formula.models import DerivativeModel
from grader.language.build import ONE
from grader.language.derivative import DerivativeError
from grader.language.parse import ExpressionError
from grader.language.tree import Index, Name, Tree
from grader.spec.places import find

REMEDY = "write what is right as `right`, or the equation in other words"


def derived(setting: formulas.Setting, model: DerivativeModel, root: MappingNode) -> formulas.WantedFormula:
    """The question whose right answer is the gradient that a spec describes.

    Raises:
        FieldError: with the place of what cannot be derived, and what to do.
    """
    return _Derivation(setting, model, root).question()


class _Derivation:
    def __init__(self, setting: formulas.Setting, model: DerivativeModel, root: MappingNode) -> None:
        self.setting, self.model, self.root = setting, model, root
        self.place, _ = find(root, ("derivative",))
        self.expressions: dict[int, Expression] = {}

    def question(self) -> formulas.WantedFormula:
        asked = self.asked()
        try:
            return formulas.asked_gradient(self.setting, asked)
        except formulas.GradientError as error:
            place = self.expressions[id(error.subject)].place if id(error.subject) in self.expressions else self.place
            raise FieldError(f"derivative: {error}", place) from None
        except DerivativeError as error:
            raise FieldError(f"{self.words_of(error)}: {error.message}: {REMEDY}", self.place_of(error)) from None
        except ExpressionError as error:
            raise FieldError(f"derivative: {error.message}", self.place) from None

    def asked(self) -> formulas.GradientRequest:
        model = self.model
        of, by = self.one_of(model.of, model.from_, "from"), self.one_of(model.by, model.to, "to")
        if by is None:
            raise FieldError("derivative: needs 'by' (or 'to'): the step or weight whose gradient is asked", self.place)
        since = self.known(model.since) if model.since is not None else None
        if isinstance(model.given, MappingNode):
            if of is not None:
                message = "derivative: where 'given' names the steps itself, beside 'by', 'of' (or 'from') is left out"
                raise FieldError(message, of.place)
            given = {
                self.known(self.read_key(key)): self.known(read_expression(value)) for key, value in model.given.items()
            }
            return formulas.GradientRequest(self.known(by), given, direct=model.direct, since=since)
        if of is None:
            raise FieldError("derivative: needs 'of' (or 'from'): the step whose gradient is given", self.place)
        seed = ONE if model.given is None else self.known(read_expression(model.given))
        end = self.known(of)
        if self.is_step(end):
            return formulas.GradientRequest(self.known(by), {end: seed}, direct=model.direct, since=since)
        return formulas.GradientRequest(self.known(by), {}, end, seed, model.direct, since)

    def one_of(self, first: Expression | None, second: Expression | None, name: str) -> Expression | None:
        """What stands under one of two keys that mean the same; both together are refused."""
        if first is not None and second is not None:
            raise FieldError(f"derivative: {name!r} says what another key says: leave one of them out", second.place)
        return first or second

    def read_key(self, key: ScalarNode) -> Expression:
        return read_expression(ScalarNode(str(key), key.place))

    def known(self, expression: Expression) -> Tree:
        """The tree of an expression whose names the question has.

        Raises:
            FieldError: at the first name that it does not have.
        """
        try:
            self.setting.symbols.check(expression.tree)
        except ExpressionError as error:
            raise FieldError(f"derivative: {error.message}", expression.place.shifted(error.at)) from None
        self.expressions[id(expression.tree)] = expression
        return expression.tree

    def is_step(self, tree: Tree) -> bool:
        """Whether a tree is a step of a sequence; another is a loss."""
        written = self.setting.symbols.written_out(tree)
        return (
            isinstance(written, Index)
            and isinstance(written.base, Name)
            and written.base.id in self.setting.symbols.sequences
        )

    def words_of(self, error: DerivativeError) -> str:
        return f"network.{'.'.join(error.where)}" if error.where else "derivative"

    def place_of(self, error: DerivativeError) -> SourceLocation:
        """The character of an equation that cannot be differentiated."""
        if error.where is None:
            return self.place
        place, node = find(self.root, ("network", *error.where))
        inside = isinstance(node, ScalarNode) and not self.setting.symbols.functions
        return node.at(error.at) if inside and isinstance(node, ScalarNode) else place


def named_gradients(backward: formulas.Backward) -> dict[str, str]:
    """Which sequence `dL/dh` is, where the given gradients of a state are all of one sequence."""
    found: dict[str, set[str]] = {}
    for node, tree in backward.given.items():
        if isinstance(tree, Index) and isinstance(tree.base, Name):
            found.setdefault(node.name, set()).add(tree.base.id)
    return {state: names.pop() for state, names in found.items() if len(names) == 1}
