"""A formula question as it is written in YAML."""

from __future__ import annotations

import re
from typing import Annotated, Any, cast, get_args

from pydantic import Field, WithJsonSchema

from grader.deferred import dataclass
from grader.documents import MappingNode, Node, ScalarNode, SequenceNode, describe_node
from grader.errors import SourceLocation, did_you_mean, listed
from grader.language.parse import ExpressionError, parse
from grader.language.tree import Tree
from grader.notation.symbols import Domain
from grader.spec.fields import (
    Count,
    FieldError,
    Flag,
    FormulaText,
    Label,
    NaturalNumber,
    Points,
    Rational,
    ReadBy,
    Strict,
    Words,
    text_of,
)
from grader.spec.question_models import AnsweredModel

FACTOR_CREDIT, SIGN_CREDIT = "constant factor", "sign"
DOMAINS: tuple[str, ...] = get_args(Domain)
BETWEEN = re.compile(r"integer\s*\(\s*(.+?)\s*\.\.\s*(.+?)\s*\)")
ONE_HOT = re.compile(r"one-?hot(?:\s*\(\s*(\w+)\s*\))?")


NOWHERE = SourceLocation("")


@dataclass(frozen=True)
class QuantityModel:
    """What stands after a name in `symbols` and `sequences`: a shape and a domain; or a whole number, in a range.

    `hot`: a one-hot vector; of an index with a name, or ("") of any. `columns`: a matrix whose components are columns.
    """

    shape: tuple[str | int, ...] = ()
    domain: Domain = "real"
    whole: bool = False
    between: tuple[Tree, Tree] | None = None
    hot: str | None = None
    columns: bool = False
    place: SourceLocation = NOWHERE


def read_quantity(node: Node) -> QuantityModel:
    """`scalar`, `integer`, `integer(0..V-1)`, `[n]`, `[n, m]`, `positive`, `{shape: [n], in: positive}`,
    `{shape: [V], in: onehot}`, `{shape: [d, V], layout: columns}`.

    Raises:
        FieldError: for anything else.
    """
    if isinstance(node, MappingNode):
        return _described(node)
    if isinstance(node, ScalarNode) and (found := BETWEEN.fullmatch(node)):
        first, last = (_bound(node, found, part) for part in (1, 2))
        return QuantityModel(whole=True, between=(first, last), place=node.place)
    if isinstance(node, ScalarNode) and node == "integer":
        return QuantityModel(whole=True)
    if isinstance(node, ScalarNode) and node in DOMAINS:
        return QuantityModel(domain=_domain(node))
    return QuantityModel(_shape(node))


def _described(node: MappingNode) -> QuantityModel:
    if not {"shape"} < set(node) <= {"shape", "in", "layout"}:
        ways = "{shape: [n], in: positive}, {shape: [V], in: onehot} or {shape: [d, V], layout: columns}"
        raise FieldError(f"a quantity with a domain or a layout is written {ways}", node.place)
    shape, inside, layout = _shape(node.lookup("shape")), node.lookup("in"), node.lookup("layout")
    if layout is not None and text_of(layout) not in ("rows", "columns"):
        raise FieldError(f"layout: rows or columns, not {describe_node(layout)}", layout.place)
    if layout is not None and len(shape) != 2:
        raise FieldError("layout: says what the components of a matrix are, and this is none", layout.place)
    columns = layout == "columns"
    if isinstance(inside, ScalarNode) and (found := ONE_HOT.fullmatch(inside)):
        if len(shape) != 1:
            raise FieldError("in: onehot is for a vector: {shape: [V], in: onehot}", inside.place)
        return QuantityModel(shape, hot=found[1] or "", place=inside.place)
    domain = "real" if inside is None else _domain(text_of(inside))
    return QuantityModel(shape, domain, columns=columns, place=node.place)


def _bound(node: ScalarNode, found: re.Match[str], part: int) -> Tree:
    try:
        return parse(found[part])
    except ExpressionError as error:
        raise FieldError(error.message, node.at(found.start(part) + error.at)) from None


def _shape(node: Node) -> tuple[str | int, ...]:
    if node == "scalar":
        return ()
    sizes = list(node) if isinstance(node, SequenceNode) else []
    if not 1 <= len(sizes) <= 2 or not all(
        isinstance(s, ScalarNode) and (s.isidentifier() or s.isdecimal()) for s in sizes
    ):
        kinds = f"scalar, integer, integer(0..n-1), [n], [n, m], {listed(DOMAINS, 'or')}"
        raise FieldError(f"a quantity is {kinds}, not {describe_node(node)}", node.place)
    return tuple(int(size) if size.isdecimal() else str(size) for size in sizes)


def _domain(text: ScalarNode) -> Domain:
    if text not in DOMAINS:
        raise FieldError(
            f"{str(text)!r} is not a domain{did_you_mean(text, DOMAINS)} ({listed(DOMAINS)} are)", text.place
        )
    return cast(Domain, str(text))


QuantityField = Annotated[QuantityModel, ReadBy(read_quantity), WithJsonSchema({"type": ["string", "array", "object"]})]


class FormulaNetworkModel(Strict):
    """The equations that link the sequences of a formula."""

    functions: dict[Words, FormulaText] = Field(default_factory=dict)
    initial: dict[Words, FormulaText] = Field(default_factory=dict)
    equations: dict[Words, FormulaText]


class DerivativeModel(Strict):
    """The gradient at `by`, from the one at `of` (given as `given`), or from several: `given: {h[t+1]: dL[t+1], ...}`.

    `from` and `to` are other words for `of` and `by`, for chains over many steps. `of` may be a loss: an expression.
    `since` is the first step whose equation counts, where `by` is a quantity that all steps share.
    """

    of: FormulaText | None = None
    by: FormulaText | None = None
    from_: FormulaText | None = Field(default=None, alias="from")
    to: FormulaText | None = None
    given: Any = None
    direct: Flag = False
    since: FormulaText | None = None


class NearModel(Strict):
    """A formula that is not right, what it earns all the same, and what to say."""

    name: Label
    formula: Words
    points: Points
    say: Words | None = None


class UpToModel(Strict):
    """What a formula earns that is right up to its sign, or up to a constant factor."""

    sign: Points | None = None
    constant_factor: Points | None = Field(default=None, alias="constant factor")


class ScryptModel(Strict):
    """What one candidate costs (RFC 7914): memory is 128 * n * r bytes."""

    n: Count
    r: Count
    p: Count


class SealedPointsModel(Strict):
    """Points of one case: the whole numbers, values that were chosen, the numbers of the points, the value's shape."""

    case: dict[Words, NaturalNumber]
    fixed: dict[Words, Rational] = Field(default_factory=dict)
    seeds: list[Count]
    shape: list[Count] = Field(default_factory=list)


class StageModel(Strict):
    """Points, and a hexadecimal digest of the values at those of the first stage and at these together."""

    digest: Words
    points: list[SealedPointsModel] = Field(min_length=1)


class SealedModel(Strict):
    """The right formula as digests of its values; `salt` is hexadecimal."""

    scrypt: ScryptModel
    salt: Words
    stages: list[StageModel] = Field(min_length=1)


class KnownFormulaModel(Strict):
    """A formula whose marks are known: a test of the spec."""

    formula: Words
    earns: Points


class FormulaModel(AnsweredModel):
    """A formula question as it is written."""

    symbols: dict[Words, QuantityField] = Field(default_factory=dict)
    sequences: dict[Words, QuantityField] = Field(default_factory=dict)
    aliases: dict[Words, FormulaText] = Field(default_factory=dict)
    network: FormulaNetworkModel | None = None
    without: list[Words] = Field(default_factory=list)
    cases: list[dict[Words, NaturalNumber]] = Field(default_factory=list)
    right: Words | None = None
    derivative: DerivativeModel | None = None
    sealed: SealedModel | None = None
    gradients: dict[Words, Words] = Field(default_factory=dict)
    near: list[NearModel] = Field(default_factory=list)
    up_to: UpToModel = Field(default_factory=UpToModel, alias="up to")
    everywhere: Flag = False
    reference: Words | None = None
    reveal: Flag = False
    known: dict[Words, KnownFormulaModel] = Field(default_factory=dict)
