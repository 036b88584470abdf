"""A formula question as it is written in YAML."""

from __future__ import annotations

import re
from typing import Annotated, Any, cast, get_args

from pydantic import Field, WithJsonSchema

from grader.deferred import dataclass
from grader.documents import FieldError, MappingNode, Node, ScalarNode, SequenceNode, describe_node, text_of
from grader.documents.scalar_schemas import DEFINED_SCHEMA, FILLED_SCALAR
from grader.errors import SourceLocation, did_you_mean, listed
from grader.language.parse import ExpressionError, parse
from grader.language.tree import Tree
from grader.notation.symbols import Domain
from grader.spec import field_schemas as schemas
from grader.spec.fields import Count, Flag, FormulaText, Label, NaturalNumber, Points, Rational, ReadBy, Strict, Words
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


_SIZES_SCHEMA: dict[str, Any] = {
    "type": ["array", "string"],
    "pattern": "^scalar$",
    "minItems": 1,
    "maxItems": 2,
    "items": {"type": ["string", "integer"], "pattern": r"^\w+$", "minimum": 0},
}
_QUANTITY_SCHEMA: dict[str, Any] = {
    **_SIZES_SCHEMA,
    "type": ["string", "array", "object"],
    "pattern": rf"^(scalar|{'|'.join(DOMAINS)}|integer\s*\(\s*\S.*\.\..*\S\s*\))$",
    "patternErrorMessage": f"must be scalar, integer, integer(0..n-1), [n], [n, m], {listed(DOMAINS, 'or')}",
    "properties": {
        "shape": {**_SIZES_SCHEMA, "description": "Its shape: scalar, [n], [n, m]."},
        "in": {
            "type": "string",
            "pattern": rf"^({'|'.join(DOMAINS)}|one-?hot(\s*\(\s*\w+\s*\))?)$",
            "description": f"Where its values lie: {listed(DOMAINS)}, or onehot of a vector.",
        },
        "layout": {"enum": ["rows", "columns"], "description": "What the components U[o] of a matrix are."},
    },
    "required": ["shape"],
    "minProperties": 2,
    "additionalProperties": False,
}
QuantityField = Annotated[QuantityModel, ReadBy(read_quantity), WithJsonSchema(_QUANTITY_SCHEMA)]
_GIVEN_SCHEMA: dict[str, Any] = {
    **schemas.EXPRESSION_SCHEMA,
    "type": [*FILLED_SCALAR, "null", "array", "object"],
    "additionalProperties": {DEFINED_SCHEMA: "Expression"},
}


class FormulaNetworkModel(Strict):
    """The equations that link the sequences of a formula."""

    functions: dict[Words, FormulaText] = Field(
        default_factory=dict, description="Functions that the equations use: f(z): tanh(z)."
    )
    initial: dict[Words, FormulaText] = Field(default_factory=dict, description="Values before the first step.")
    equations: dict[Words, FormulaText] = Field(description="One equation for each sequence that the network computes.")


class DerivativeModel(Strict):
    """The gradient at `by`, from the one at `of` (given as `given`), or from several: `given: {h[t+1]: dL[t+1], ...}`.

    `from` and `to` are other words for `of` and `by`, for chains over many steps. `of` may be a loss: an expression.
    `since` is the first step whose equation counts, where `by` is a quantity that all steps share.
    """

    of: FormulaText | None = Field(default=None, description="The step or the loss whose gradient is given.")
    by: FormulaText | None = Field(default=None, description="The step or weight whose gradient is asked.")
    from_: FormulaText | None = Field(
        default=None, alias="from", description="The same as `of`, for chains over many steps."
    )
    to: FormulaText | None = Field(default=None, description="The same as `by`, for chains over many steps.")
    given: Annotated[Any, WithJsonSchema(_GIVEN_SCHEMA)] = Field(
        default=None,
        description="The gradient that is given at `of` (1 where it is left out), "
        "or gradients at several steps, by these.",
    )
    direct: Flag = Field(default=False, description="Whether only the way without other steps counts.")
    since: FormulaText | None = Field(
        default=None, description="The first step whose equation counts, where `by` is a quantity that all steps share."
    )


class NearModel(Strict):
    """A formula that is not right, what it earns all the same, and what to say."""

    name: Label = Field(description="What the mistake is called.")
    formula: Words = Field(description="The wrong formula, recognised in every form that is equal to it.")
    points: Points = Field(description="What it earns all the same.")
    say: Words | None = Field(default=None, description="What the student is told.")


class UpToModel(Strict):
    """What a formula earns that is right up to its sign, or up to a constant factor."""

    sign: Points | None = Field(default=None, description="What a formula earns that is right but for its sign.")
    constant_factor: Points | None = Field(
        default=None,
        alias="constant factor",
        description="What a formula earns that is right but for a constant factor.",
    )


class ScryptModel(Strict):
    """What one candidate costs (RFC 7914): memory is 128 * n * r bytes."""

    n: Count = Field(description="The cost of one candidate, a power of 2.")
    r: Count = Field(description="The size of a block.")
    p: Count = Field(description="How many blocks are worked on side by side.")


class SealedPointsModel(Strict):
    """Points of one case: the whole numbers, values that were chosen, the numbers of the points, the value's shape."""

    case: dict[Words, NaturalNumber] = Field(description="The whole numbers at these points, by name.")
    fixed: dict[Words, Rational] = Field(default_factory=dict, description="Values that were chosen, by name.")
    seeds: list[Count] = Field(description="The numbers from which the points are drawn.")
    shape: list[Count] = Field(default_factory=list, description="The shape of the value.")


class StageModel(Strict):
    """Points, and a hexadecimal digest of the values at those of the first stage and at these together."""

    digest: Words = Field(description="The digest of the values, in hexadecimal digits.")
    points: list[SealedPointsModel] = Field(min_length=1, description="The points at which the values are taken.")


class SealedModel(Strict):
    """The right formula as digests of its values; `salt` is hexadecimal."""

    scrypt: ScryptModel = Field(description="What one candidate costs.")
    salt: Words = Field(description="The salt, in hexadecimal digits.")
    stages: list[StageModel] = Field(min_length=1, description="The digests, each after more points.")


class KnownFormulaModel(Strict):
    """A formula whose marks are known: a test of the spec."""

    formula: Words = Field(description="A formula as a student might write it.")
    earns: Points = Field(description="The marks that it must get.")


class FormulaModel(AnsweredModel):
    """A formula question as it is written."""

    symbols: dict[Words, QuantityField] = Field(
        default_factory=dict,
        description="The quantities of the formula by name: scalar, integer, [n], [n, "
        "m], positive, or a mapping with shape and in.",
    )
    sequences: dict[Words, QuantityField] = Field(
        default_factory=dict, description="Quantities with a value at every step, h[t], written as symbols are."
    )
    aliases: dict[Words, FormulaText] = Field(
        default_factory=dict, description="Short names for expressions: s: h[t+1]."
    )
    network: FormulaNetworkModel | None = Field(default=None, description="The equations that link the sequences.")
    without: list[Words] = Field(default_factory=list, description="Names that the answer must do without.")
    cases: list[dict[Words, NaturalNumber]] = Field(
        default_factory=list, description="The only whole numbers at which formulas are compared: [{T: 2}, {T: 4}]."
    )
    right: Words | None = Field(default=None, description="The right formula.")
    derivative: DerivativeModel | None = Field(
        default=None, description="The gradient that is asked, in place of the right formula."
    )
    sealed: SealedModel | None = Field(
        default=None, description="In a student's copy: digests of the right formula's values."
    )
    gradients: dict[Words, Words] = Field(
        default_factory=dict, description="In a student's copy: how a gradient is written."
    )
    near: list[NearModel] = Field(
        default_factory=list, description="Wrong formulas that are recognised, what they earn and what to say."
    )
    up_to: UpToModel = Field(
        default_factory=UpToModel,
        alias="up to",
        description="What a formula earns that is right up to its sign or a constant factor.",
    )
    everywhere: Flag = Field(
        default=False,
        description="Whether an answer is wrong that has no value at single points where the right formula has one.",
    )
    reference: Words | None = Field(
        default=None,
        description="A Python function of the course with values and the right result, which "
        "`spec check` compares: reference.gradients.one_step_back.",
    )
    reveal: Flag = Field(default=False, description="Whether reports may show what is right.")
    known: dict[Words, KnownFormulaModel] = Field(
        default_factory=dict, description="Formulas by name whose marks are known: tests of the spec."
    )
