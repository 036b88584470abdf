"""A formula's credit beside the full mark, and the reference that shows that what is right is right."""

import pytest

from grader.errors import SpecError
from grader.evidence import CheckFault
from grader.kinds.table import load_assignment
from grader.selfcheck import check_assignment

SPEC = """\
question: q
title: A product
points: 10
answer: formula
symbols: {x: scalar, y: scalar}
right: x*y + 1
"""
SIGN, FACTOR, NEAR = "sign: 4", "constant factor: 3", "near: [{name: forgets 1, formula: x*y, points: 6}]\n"


def offers(*credits, near=False):
    return SPEC + (f"up to: {{{', '.join(credits)}}}\n" if credits else "") + (NEAR if near else "")


@pytest.mark.long
@pytest.mark.parametrize(
    ("spec", "points"),
    [
        # one for each of: right, opposite sign, twice, minus twice, near miss, opposite of the near miss, wrong
        (offers(), (10, 0, 0, 0, 0, 0, 0)),
        (offers(SIGN), (10, 4, 0, 0, 0, 0, 0)),
        (offers(FACTOR), (10, 3, 3, 3, 0, 0, 0)),
        (offers(SIGN, FACTOR), (10, 4, 3, 3, 0, 0, 0)),
        (offers(near=True), (10, 0, 0, 0, 6, 0, 0)),
        (offers(SIGN, near=True), (10, 4, 0, 0, 6, 0, 0)),
        (offers(FACTOR, near=True), (10, 3, 3, 3, 6, 0, 0)),
        (offers("sign: 0", FACTOR), (10, 0, 3, 3, 0, 0, 0)),
    ],
    ids=["nothing", "sign", "factor", "both", "near", "sign and near", "factor and near", "sign for nothing"],
)
def test_only_credit_that_is_offered_is_given(graded, spec, points):
    answers = ("1 + y x", "-x*y - 1", "2*x*y + 2", "-2(x y + 1)", "y*x", "-x*y", "x + y + 1")
    results = [graded(spec, f"'{answer}'") for answer in answers]
    assert tuple(result.points for result in results) == points
    assert tuple(result.checks[0].points for result in results) == points
    assert [result.checks[0].outcome for result in results] == ["passed"] + ["failed"] * 6


def test_the_credit_says_what_it_is_for(graded):
    messages = [
        graded(offers(SIGN, FACTOR, near=True), f"'{a}'").checks[0].message for a in ("-x*y - 1", "3x*y + 3", "x y")
    ]
    for message, start in zip(
        messages,
        (
            "right but for its sign (",
            "right but for a constant factor: it is 3 times that (",
            "this is the near miss 'forgets 1' (",
        ),
        strict=True,
    ):
        assert message.startswith(start)
    assert graded(SPEC, "'-x*y - 1'").checks[0].message.startswith("at ")


REFERENCE = """\
import math
import numpy as np

def given(rng):
    x, y = rng.normal(size=2)
    return {"x": float(x), "y": float(y)}, SOURCE
"""


@pytest.mark.parametrize("last", ["n", "m", "2*m - n", "l"])
def test_a_range_goes_up_to_any_whole_number_of_the_question(graded, last):
    """With a range of its own or without; wherever it stands among them."""
    symbols = f'{{n: integer, k: "integer(0..{last})", m: integer, l: "integer(0..m)", x: scalar}}'
    symbols = symbols if last != "l" else '{m: integer, l: "integer(0..m)", k: "integer(0..l)", n: integer, x: scalar}'
    spec = SPEC.replace("{x: scalar, y: scalar}", symbols).replace("x*y + 1", "x**k + n")
    assert [graded(spec, f"'{answer}'").points for answer in ("n + x^k", "n + x^n", "x^k + n + 1")] == [10, 0, 0]


@pytest.mark.parametrize(("index", "fits"), [(0, True), (1, True), (2, True), (3, False)])
def test_a_case_lies_in_the_range_of_its_whole_number(load, index, fits):
    ranged = SPEC.replace("{x: scalar, y: scalar}", '{n: integer, k: "integer(0..n-1)", x: scalar}')
    spec = ranged.replace("x*y + 1", "x**k + n") + f"cases: [{{n: 3, k: {index}}}]\n"
    if fits:
        assert load(spec).questions[0].engine.setting.cases == ({"n": 3, "k": index},)
    else:
        with pytest.raises(SpecError, match=f"cases: k is from 0 to 2 here, not {index}"):
            load(spec)


@pytest.mark.parametrize("silent", [(), (0,), (2,), (0, 1, 2)])
def test_a_near_miss_that_says_nothing_is_named(load, silent):
    says = ["" if i in silent else ", say: Look again" for i in range(3)]
    misses = [f"{{name: no {i}, formula: x*y + {i + 2}, points: 1{say}}}" for i, say in enumerate(says)]
    found = check_assignment(load(f"{SPEC}near: [{', '.join(misses)}]\n"))
    said = [(one.level, one.text) for one in found if "says nothing" in one.text]
    assert said == [("warn", f"the near miss 'no {i}' says nothing to the student: add a `say`") for i in silent]


SHAPES = SPEC.replace("{x: scalar, y: scalar}", "{W: [m, n], v: [n], x: scalar}").replace("x*y + 1", "W @ v")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("v", "a vector of n where a vector of m is wanted"),
        ("W", "an m x n matrix where a vector of m is wanted"),
        ("x*v @ v", "a number where a vector of m is wanted"),
    ],
)
def test_a_formula_of_another_shape_fails_and_names_both_shapes(graded, answer, message):
    result = graded(SHAPES, f"'{answer}'")
    (check,) = result.checks
    assert (result.status, result.points, check.outcome, check.message) == ("rejected", 0, "failed", message)
    assert check.evidence == CheckFault(message)


@pytest.mark.parametrize("answer", ["1/0*(W @ v)", "log(-1)*(W @ v)"])
def test_a_formula_without_a_value_fails_with_the_reason(graded, answer):
    (check,) = graded(SHAPES, f"'{answer}'").checks
    assert (check.points, check.outcome) == (0, "failed")
    assert check.message.startswith("it has no value at any point that was tried, as at m = 2, n = 3, W = ")


@pytest.mark.parametrize(
    ("source", "level", "text"),
    [
        ("x * y + 1", "ok", "reference.product.given agrees at 40 random points"),
        ("x * y + 1 + 1e-7", "ok", "reference.product.given agrees at 40 random points"),
        ("x * y + 1.1", "fail", "differs from what is right, by up to 0.1"),
        ("math.nan", "fail", "it gives nan at point 1 of 40, where a finite number is wanted"),
        ("np.float64('nan')", "fail", "it gives nan at point 1 of 40, where a finite number is wanted"),
        ("x * y + 1 if x < 1.5 else math.nan", "fail", "it gives nan at point"),
        ("math.inf", "fail", "it gives inf at point 1 of 40, where a finite number is wanted"),
        ("-math.inf if y > 1 else x * y + 1", "fail", "it gives -inf at point"),
        ("[x]", "fail", "it gives a vector of 1, and what is right is a number"),
        ("1 / 0", "fail", "fails: ZeroDivisionError: division by zero"),
        ("None", "fail", "it gives nan at point 1 of 40"),
    ],
)  # fmt: skip
def test_a_reference_agrees_only_where_both_have_a_finite_value(tmp_path, source, level, text):
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "product.py").write_text(REFERENCE.replace("SOURCE", source))
    findings = check(tmp_path, SPEC)
    assert [(finding.level, text in finding.text) for finding in findings] == [(level, True)]


def check(folder, spec):
    """What `spec check` says of the reference."""
    (folder / "q.yaml").write_text(f"{spec}reference: reference.product.given\n")
    found = check_assignment(load_assignment(folder / "q.yaml"))
    return [finding for finding in found if "reference.product" in finding.text]


@pytest.mark.parametrize(
    ("right", "text"),
    [
        ("log(x)/log(x)", "what is right has no value at point 5 of 40: log(about -0."),
        ("sqrt(x)**2/x", "what is right has no value at point 5 of 40: sqrt(about -0."),
        ("exp(1000 + 0*x) - exp(1000 + 0*x) + 1", "what is right cannot be told exactly enough at point 1 of 40"),
        ("exp(1000 + 0*x)", "what is right is inf at point 1 of 40, where a finite number is wanted"),
    ],
)
def test_what_is_right_does_not_agree_where_it_has_no_value(tmp_path, right, text):
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "product.py").write_text(REFERENCE.replace("SOURCE", "1.0"))
    (finding,) = check(tmp_path, SPEC.replace("x*y + 1", right))
    assert finding.level == "fail"
    assert text in finding.text


@pytest.mark.parametrize(
    ("right", "level", "text"),
    [
        ("x - x", "warn", "right: it is 0 at every point that was tried"),
        ("log(-1)*x", "fail", "right: it has no value at any point that was tried (log(-1) does not exist): correct it, or "),
        ("x/(y - y)", "fail", "right: it has no value at any point that was tried (a division by zero): correct it, or "),
    ],
)  # fmt: skip
def test_a_spec_check_names_what_is_right_and_has_no_value_or_is_nothing(load, right, level, text):
    found = [(one.level, one.text) for one in check_assignment(load(SPEC.replace("x*y + 1", right)))]
    assert [level for level, said in found if text in said] == [level]
    sound = [one.text for one in check_assignment(load(SPEC))]
    assert not [said for said in sound if "at every point" in said or "no value" in said]


UNWRITABLE = [
    "1",
    "W U",
    "W-1",
    "W'",
    "",
    "dL/dh",
    r"\W",
    "x.y",
    "W²",
    "not",
    "T.T",
    "∂",
    "W ",
    "f(z)",
    "ŷ",
    "2W",
    "W^T",
    "x y",
]


@pytest.mark.parametrize("name", UNWRITABLE)
@pytest.mark.parametrize("block", ["symbols", "sequences", "aliases"])
def test_a_name_that_is_read_otherwise_in_formulas_is_refused(load, name, block):
    """Nobody could write it, so what is right could be said in no way that needs it."""
    written = f'"{name}"'.replace("\\", "\\\\")
    meaning = "x" if block == "aliases" else "scalar"
    spec = SPEC + f"{block}: {{{written}: {meaning}}}\n"
    if block == "symbols":
        spec = SPEC.replace("symbols: {", f"symbols: {{{written}: scalar, ")
    with pytest.raises(SpecError) as refused:
        load(spec)
    (problem,) = refused.value.problems
    assert problem.message == (
        f"{block}.{name}: no formula can be written with this name: take letters, digits and _, as W, w_hh or yhat"
    )
    assert problem.place.line in (5, 7)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("sequences: {x: scalar}\n", "q.yaml:7:13: sequences.x: is the same name as symbols.x: leave one out"),
        ("aliases: {x: y + 1}\n", "q.yaml:7:11: aliases.x: is the same name as symbols.x: leave one out"),
        ("sequences: {alpha: scalar, α: scalar}\n",
         "q.yaml:7:28: sequences.α: is the same name as sequences.alpha: leave one out"),
        ("sequences: {lambda: scalar}\naliases: {lam: y + 1}\n",
         "q.yaml:8:11: aliases.lam: is the same name as sequences.lambda: leave one out"),
    ],
)  # fmt: skip
def test_a_name_that_is_declared_twice_is_refused(load, lines, message):
    with pytest.raises(SpecError) as refused:
        load(SPEC + lines)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    "name", ["yhat", "w_hh", "W1", "W_1", "α", "lambda", "λ", "dL", "x_t", "Delta", "_", "L", "theta_1"]
)
def test_a_name_that_formulas_can_be_written_with_is_kept(graded, name):
    spec = SPEC.replace("symbols: {x: scalar", f"symbols: {{{name}: scalar").replace(
        "right: x*y + 1", f"right: {name}*y + 1"
    )
    assert graded(spec, f"1 + y*{name}").points == 10
