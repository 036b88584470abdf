"""Formula answers: read in any notation, compared rigorously, gradients derived, near misses recognised by equality.

| file | owns |
| --- | --- |
| `setting`, `cases` | the names of a question and the network that links them; whole numbers that are tried |
| `timeline`, `evaluation`, `whole_numbers` | sequences in time, one evaluation; steps and bounds in it |
| `backward`, `gradient_values`, `closed_gradients` | which equation reads what; gradients at a point; as one formula |
| `fractions`, `atoms`, `normal`, `proof` | equality by normal form |
| `pieces`, `regions`, `exploring` | the pieces of a formula by its conditions; equality in each piece |
| `draws`, `samples`, `comparison`, `places` | numbers that nobody can aim at, two formulas at a point, which points |
| `degenerate` | whole numbers at the end of their range: 0, and T = t |
| `precision`, `counterexample` | how surely two values agree or differ, and with how many bits; the simplest point |
| `traced`, `kinks`, `conditions`, `extremes` | where formulas bend and jump; points on both sides |
| `edges`, `turns` | edges that are not linear; exact multiples of pi |
| `ranges`, `domains`, `defined` | where formulas have a value: by their form, at points and around them |
| `unresolved` | points at which a student's value stays unknown though the right one is known |
| `equality`, `verdicts` | the decision, and what it finds |
| `sealed`, `sealing`, `sealer`, `sides`, `borders` | a right formula known by digests; at which points; making it |
| `questions`, `claims` | a formula or a gradient that is asked; factors, signs, near misses; what else an answer says |
| `gradient_questions` | what a spec says of a gradient, checked |
| `own_value` | a right formula, graded against itself |
"""

from grader.formulas.backward import Backward, GradientNode
from grader.formulas.cases import IntegerCase, gap_cases, usual_cases, with_sizes
from grader.formulas.claims import read_answer
from grader.formulas.equality import decide
from grader.formulas.gradient_questions import GradientError, GradientRequest, asked_gradient, gradient_question
from grader.formulas.own_value import against_itself, first_points, is_zero, where_defined
from grader.formulas.questions import (
    Multiple,
    WantedFormula,
    constant_factor,
    formula_question,
    opposite_sign,
    pairwise_different,
    recognise,
)
from grader.formulas.sealed import SCRYPT, Seal, Sealed, SealedPoint, Stage, Unseen
from grader.formulas.sealer import seal_of
from grader.formulas.setting import Setting
from grader.formulas.verdicts import (
    BeyondLimits,
    Different,
    DomainDifference,
    Equal,
    EqualityVerdict,
    Gap,
    NeverDefined,
    Point,
    ProvedEqual,
    ProvedInCases,
    SampledEqual,
    SealedDifference,
    ShapeDifference,
    Unsettled,
    is_equal,
)
from grader.notation.cursor import Notation
from grader.notation.parsed import ParsedFormula, point_at, read_formula, usual_notation
from grader.notation.symbols import Quantity, SequenceSymbol, Symbols
from grader.notation.typeset import typeset, typeset_mathml

__all__ = [
    "SCRYPT",
    "Backward",
    "BeyondLimits",
    "Different",
    "DomainDifference",
    "Equal",
    "EqualityVerdict",
    "Gap",
    "GradientError",
    "GradientNode",
    "GradientRequest",
    "IntegerCase",
    "Multiple",
    "NeverDefined",
    "Notation",
    "ParsedFormula",
    "Point",
    "ProvedEqual",
    "ProvedInCases",
    "Quantity",
    "SampledEqual",
    "Seal",
    "Sealed",
    "SealedDifference",
    "SealedPoint",
    "SequenceSymbol",
    "Setting",
    "ShapeDifference",
    "Stage",
    "Symbols",
    "Unseen",
    "Unsettled",
    "WantedFormula",
    "against_itself",
    "asked_gradient",
    "constant_factor",
    "decide",
    "first_points",
    "formula_question",
    "gap_cases",
    "gradient_question",
    "is_equal",
    "is_zero",
    "opposite_sign",
    "pairwise_different",
    "point_at",
    "read_answer",
    "read_formula",
    "recognise",
    "seal_of",
    "typeset",
    "typeset_mathml",
    "usual_cases",
    "usual_notation",
    "where_defined",
    "with_sizes",
]
