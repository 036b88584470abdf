"""A number: exactly right, right within a tolerance to its very border, a near miss, or wrong; with or without its unit.

What is right is worked out by hand or with `fractions`; the grader's own arithmetic is no oracle here.
"""

from fractions import Fraction

import pytest

from grader.evidence import CheckFault, Counterexample, Examples, Identity
from grader.selfcheck import check_assignment

EXACT = """\
question: q
title: Steps
points: 4
answer: number
value: 2/3
"""
WITHIN = EXACT.replace("2/3", "2.5") + "tolerance: 0.01\n"
LENGTH = EXACT.replace("2/3", "12") + "unit: cm\n"
UNKNOWN = "sin(exp(exp(8.2)))"
"""A number of which no digit is known with the most bits that are used."""
NEAR = (
    EXACT
    + """\
near:
  - {value: 1/3, points: 2, say: Both terms count.}
  - {value: -2/3, points: 1}
  - {writes: [two thirds, "2 of 3"], points: 3, say: Write a number.}
"""
)


@pytest.mark.parametrize(
    "answer",
    ["2/3", "4/6", "1 - 1/3", "0.5 + 1/6", "x = 2/3", r"\frac{2}{3}", "2 * 3^-1", "exp(0)*2/3", "(2)/(3)"],
)
def test_the_right_number_is_right_however_it_is_written(graded, answer):
    result = graded(EXACT, f"'{answer}'")
    (check,) = result.checks
    assert (result.status, check.points, check.outcome) == ("graded", 4, "passed")
    assert isinstance(check.evidence, Identity)


@pytest.mark.parametrize("answer", ["0.6667", "0.66666666666666666667", "-2/3", "3/2", "0", "2/3 + 10^-40", "2", "23"])
def test_without_a_tolerance_the_closest_number_is_wrong(graded, answer):
    (check,) = graded(EXACT, f"'{answer}'").checks
    assert (check.points, check.outcome) == (0, "failed")
    assert isinstance(check.evidence, Counterexample)


@pytest.mark.parametrize(
    "answer",
    ["2.5", "2.49", "2.51", "2.505", "2.490", "2.4900000000000001", "249/100", "2.51 - 10^-30", "2.49 + 10^-30", "5/2",
     "2.48", "2.52", "2.489", "2.511", "2.4899999999999999", "2.5100000000000001", "251/100 + 1/10^30", "0", "-2.5",
     "2.49 - 10^-30", "1e9"],
)  # fmt: skip
def test_a_tolerance_holds_to_its_border_and_not_beyond(graded, answer):
    value = sum((Fraction(-1 if "- " in part else 1) * number(part) for part in parts(answer)), Fraction(0))
    right = abs(value - Fraction(5, 2)) <= Fraction(1, 100)
    (check,) = graded(WITHIN, f"'{answer}'").checks
    assert (check.points, check.outcome) == ((4, "passed") if right else (0, "failed"))
    assert right is not isinstance(check.evidence, Counterexample)


def parts(text):
    """`a + b` and `a - b` as signed parts."""
    left, sign, rest = text.partition(" ")
    return [left, f"{rest[:2]}{rest[2:]}"] if sign else [left]


def number(text):
    text = text.removeprefix("- ").removeprefix("+ ")
    base, power, exponent = text.partition("^")
    if power:
        return Fraction(int(base.removeprefix("1/"))) ** (-int(exponent) if base.startswith("1/") else int(exponent))
    return Fraction(text)


@pytest.mark.parametrize(
    ("answer", "points"), [("3", 4), ("2", 4), ("3 + 2^-40", 0), ("2 - 2^-40", 0), ("3 - 2^-40", 4), ("2.5", 4)]
)
def test_a_border_that_binary_numbers_reach_exactly_is_within_the_tolerance(graded, answer, points):
    assert graded(WITHIN.replace("0.01", "0.5"), f"'{answer}'").points == points


def test_a_tolerance_that_is_no_rational_number_holds_on_its_border_too(graded):
    spec = EXACT.replace("2/3", "sqrt(2)") + "tolerance: sqrt(3)/100\n"
    border = "sqrt(2) + sqrt(3)/100"
    assert graded(spec, f"'{border}'").points == 4
    assert graded(spec, f"'{border} - 10^-20'").points == 4
    assert graded(spec, f"'{border} + 10^-20'").points == 0
    assert graded(spec, "'sqrt(2) - sqrt(3)/100'").points == 4
    assert graded(spec, "'sqrt(2) - sqrt(3)/100 - 10^-20'").points == 0


def test_what_is_known_too_little_to_be_within_the_tolerance_is_not_on_its_border(graded):
    """`sin(exp(exp(8.2)))` has no digit that is known with the most bits that are used."""
    assert graded(WITHIN, "'2.51 + sin(exp(exp(8.2)))/1000'").points == 0
    assert graded(WITHIN, "'2.5 + sin(exp(exp(8.2)))/1000'").points == 4


def test_what_is_right_within_a_tolerance_alone_is_called_no_identity(graded):
    assert graded(WITHIN, "2.49").checks[0].evidence == Examples(1)
    assert isinstance(graded(WITHIN, "2.5").checks[0].evidence, Identity)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("1/0", "it has no value (a division by zero)"),
        ("2/3 + 0*log(0)", "it has no value (log(0) does not exist)"),
        ("[2/3, 0]", "it has no value (a vector of 2 where a number is wanted)"),
        ("2/3 + 0*exp(exp(exp(9)))", "it cannot be worked out: a number is too large to enclose"),
        ("2/3*sign(sqrt(2)*sqrt(3) - sqrt(6))", "it cannot be worked out: no precision tells which of two numbers is smaller"),
        ("2/3 if sqrt(2)*sqrt(3) == sqrt(6) else 2", "it cannot be worked out: no precision tells whether two numbers are equal"),
        ("sin(e^(10^4))", "it cannot be worked out: its value is not known to 32 bits when it is worked out with 4096"),
    ],
)  # fmt: skip
def test_a_number_that_cannot_be_compared_fails_with_the_reason_and_holds_nothing(graded, answer, message):
    """It is the answer's doing, whatever the number would be: no counterexample is claimed, and nothing is held."""
    result = graded(EXACT, f"'{answer}'")
    (check,) = result.checks
    assert (result.status, check.points, check.outcome, check.message) == ("graded", 0, "failed", message)
    assert check.evidence == CheckFault(message)


def test_a_right_number_that_cannot_be_worked_out_holds_answers_and_costs_nobody_marks(graded):
    spec = EXACT.replace("2/3", UNKNOWN)
    result = graded(spec, "1/2")
    assert (result.status, result.pending_points) == ("held", 4)
    assert "the right number cannot be worked out" in str((result.messages, result.checks))
    assert graded(spec, f"'{UNKNOWN}'").points == 4


def test_a_decimal_comma_is_no_list_of_digits(graded):
    result = graded(WITHIN, "'2,5'")
    assert (result.status, result.points) == ("rejected", 0)
    assert result.messages == ("answers.yaml:1:4: 2,5 has a decimal comma: write 2.5",)


@pytest.mark.parametrize("answer", ["1/0", "log(0)", "[2.5, 2.5]", "sqrt(-1)", "sin(10^10^10)"])
def test_what_has_no_value_is_within_no_tolerance(graded, answer):
    for spec in (WITHIN, WITHIN.replace("0.01", "10^9")):
        result = graded(spec, f"'{answer}'")
        assert (result.status, result.points) == ("graded", 0)


@pytest.mark.parametrize("answer", ["12 cm", "12cm", "12", "24/2 cm", "12  cm ", "(10 + 2) cm", "3 * 4cm"])
def test_a_number_may_have_its_unit(graded, answer):
    assert graded(LENGTH, f"'{answer}'").points == 4


@pytest.mark.parametrize(
    ("answer", "status"),
    [("13 cm", "graded"), ("1 cm", "graded"), ("2 cm", "graded"), ("-12 cm", "graded"), ("12 m", "rejected"),
     ("12 mm", "rejected"), ("cm", "rejected"), ("12 cm cm", "rejected"), ("cm 12", "rejected"), ("12 c", "rejected"),
     ("12 CM", "rejected"), ("12 m cm", "rejected")],
)  # fmt: skip
def test_a_wrong_number_or_another_unit_earns_nothing(graded, answer, status):
    result = graded(LENGTH, f"'{answer}'")
    assert (result.status, result.points) == (status, 0)


def test_a_question_without_a_unit_takes_none(graded):
    assert graded(LENGTH.replace("unit: cm\n", ""), "12 cm").status == "rejected"


@pytest.mark.parametrize(("unit", "right", "wrong"), [("%", "12 %", "12"), ("s", "12 s", "12 ms"), ("e", "12 e", "e")])
def test_a_unit_may_be_any_sign(graded, unit, right, wrong):
    spec = LENGTH.replace("cm", f"'{unit}'")
    assert graded(spec, f"'{right}'").points == 4
    assert graded(spec, f"'{wrong}'").points == (4 if wrong == "12" else 0)


@pytest.mark.parametrize(
    ("answer", "points", "message"),
    [
        ("1/3", 2, "Both terms count. (0.3333 is not the number that is asked for)"),
        ("0.5 - 1/6", 2, "Both terms count. (0.3333 is not the number that is asked for)"),
        ("-2/3", 1, "-0.6667 is not the number that is asked for"),
        ("two thirds", 3, "Write a number."),
        ("2 of 3", 3, "Write a number."),
        ("1", 0, "1 is not the number that is asked for"),
    ],
)
def test_a_near_miss_earns_what_it_says_and_fails_all_the_same(graded, answer, points, message):
    (check,) = graded(NEAR, f"'{answer}'").checks
    assert (check.points, check.outcome, check.message) == (points, "failed", message)


ACCEPTS = EXACT + "accepts: ['1/(2 sigma)', 'max(sigma)']\nnear: [{writes: ['W (1/4)^(T-t)'], points: 1}]\n"


@pytest.mark.parametrize(
    ("answer", "points"),
    [("1/(2 sigma)", 4), ("1/(2*sigma)", 4), ("c = 1/(2σ)", 4), ("$1/(2 \\cdot \\sigma)$", 4), ("max sigma", 4), ("max(σ)", 4), ("max{((σ))}", 4), ("(1)/(2σ)", 4), ("(1)/((2)(σ))", 4),
     ("1/2 sigma", 0), ("1/2*σ", 0), ("(1/2) sigma", 0), ("W*(1/4)^(T - t)", 1), ("W 1/4^(T-t)", 0), ("(W/4)^(T-t)", 0)],
)  # fmt: skip
def test_accepted_writings_differ_in_notation_alone_not_in_what_brackets_hold_together(graded, answer, points):
    (check,) = graded(ACCEPTS, f"'{answer}'").checks
    assert (check.points, check.max_points, check.outcome) == (points, 4, "passed" if points == 4 else "failed")


@pytest.mark.parametrize(
    ("answer", "status"),
    [("max(sigmoid'(z))", "graded"), ("max{sigmoid'(z)}", "graded"), ("max σ'", "graded"), ("max(sigmoid'(z]", "rejected"),
     ("max(sigmoid'(z})", "rejected"), ("max(sigmoid']", "rejected"), ("max(sigmoid'}", "rejected"), ("max{sigmoid')", "rejected")],
)  # fmt: skip
def test_the_largest_slope_of_a_function_ends_with_the_bracket_that_was_opened(graded, answer, status):
    result = graded(EXACT.replace("2/3", "1/4"), f'"{answer}"')
    assert (result.status, result.points) == (status, 4 if status == "graded" else 0)


POWERS = EXACT + "accepts: ['(W/4)^(T-t)', 'log(a b) c']\n"


@pytest.mark.parametrize(
    ("answer", "points"),
    [("(W/4)^(T-t)", 4), ("(w/4)^(T - t)", 4), ("T = (W/4)^{T-t}", 4), ("LOG(A B) C", 4), ("log(a*b) c", 4), ("log((a) b)(c)", 4),
     ("(W/4)^(t-T)", 0), ("(W/4)^(T-T)", 0), ("(W/4)^(t-t)", 0), ("log(a b c)", 0), ("log a b c", 0), ("log(a)(b c)", 0),
     ("(W/4)^T-t", 0), ("-(W/4)^(T-t)", 0)],
)  # fmt: skip
def test_letters_in_both_cases_and_arguments_of_functions_are_told_apart(graded, answer, points):
    assert graded(POWERS, f"'{answer}'").points == points


@pytest.mark.parametrize(
    "side", ["c", "C", "|c|", r"\max |c|", "max c", r"$c$", r"\left| c \right|", r"\lvert c \rvert", "c_1"]
)
def test_an_accepted_writing_may_stand_in_an_equation_with_what_is_asked(graded, side):
    (check,) = graded(ACCEPTS, f"'{side} = max(sigma)'").checks
    assert (check.points, check.evidence) == (4, Examples(1))


@pytest.mark.parametrize(
    "side", ["c*2", "c d", "c c", r"c \cdot d", "2 c", "c^2", "c/2", "-c", "|c d|", "|c|(2)", "|c|(1/4)",
             r"\max |c|[2]", "‖c‖_1(2)", r"\left|c\right|\left(\frac12\right)", "||c||(1/2)", "|c(x)|(2)", "c(x)(2)"]
)  # fmt: skip
def test_a_product_or_a_power_of_what_is_asked_is_not_what_is_asked(graded, side):
    assert graded(ACCEPTS, f"'{side} = max(sigma)'").points == 0
    assert graded(ACCEPTS, f"'{side} = W (1/4)^(T-t)'").points == 0
    assert graded(EXACT, f"'{side} = 2/3'").status == "rejected"


@pytest.mark.parametrize(
    "answer",
    ["1 < 2", "1 == 1", "3 != 4", "not 0", "0 <= 1 < 2", "1 < 2 and 2 < 3", "x = (1 < 2)", "2 ≥ 1", r"2 \neq 3"],
)
def test_a_condition_is_not_the_number_1_that_its_truth_counts_for(graded, answer):
    one = EXACT.replace("2/3", "1")
    result = graded(one, f"'{answer}'")
    assert (result.status, result.points) == ("rejected", 0)
    assert " is not a number: write the number alone" in result.messages[0]
    assert graded(one, "'1*(1 < 2)'").points == graded(one, "'1 if 1 < 2 else 0'").points == 4


def test_an_accepted_writing_is_no_identity(graded):
    assert graded(ACCEPTS, "'max sigma'").checks[0].evidence == Examples(1)


def test_a_product_of_digits_is_not_the_number_that_they_make(graded):
    spec = EXACT + "accepts: ['12 steps']\n"
    assert graded(spec, "12 steps").points == 4
    assert graded(spec, "1*2 steps").points == 0
    assert graded(spec, "1 2 steps").points == 0
    assert graded(spec, r"1\cdot2 steps").points == 0
    assert graded(spec, "(12) steps").points == graded(spec, "'{(12)} * steps'").points == 4
    assert graded(spec, "(1)(2) steps").points == graded(spec, "1(2) steps").points == 0


RIGHT_NEAR = "near[1] is the right number{}, and earns everything: give another one"
TROUBLES = {
    EXACT: [],
    f"{EXACT}near: [{{value: 4/6, points: 1}}]\n": [RIGHT_NEAR.format("")],
    f"{WITHIN}near: [{{value: 2.505, points: 1}}]\n": [RIGHT_NEAR.format(", within the tolerance")],
    f"{WITHIN}near: [{{value: 2.52, points: 1}}]\n": [],
    f"{EXACT}near: [{{value: 1/3, points: 1}}, {{value: 1/2, points: 2}}, {{value: 2/6, points: 1}}]\n": [
        "near[3] is the same number as near[1], which is found first: leave one out"
    ],
    f"{EXACT}near: [{{writes: [a b], points: 1}}, {{writes: [c, ab], points: 1}}]\n": [
        "near[2]: 'ab' is written in near[1] already: leave one out"
    ],
    f"{EXACT}accepts: [two thirds, 4/6]\n": [],
    f"{EXACT}accepts: [a, b]\nnear: [{{writes: [c, A], points: 1}}]\n": [
        "near[1]: 'A' is one of the accepted answers: leave one out"
    ],
    f"{EXACT}accepts: [1/3]\n": ["'1/3', which is accepted, is another number than the value: correct one of them"],
    f"{WITHIN}accepts: ['2.505']\n": [],
    f"{EXACT}tolerance: -1\n": ["`tolerance` is below 0 or has no value: say 0 or more"],
    f"{EXACT}tolerance: 1\n": ["the answer 0 is right within the tolerance: narrow it"],
    f"{EXACT.replace('2/3', '0')}tolerance: 1\n": [],
    EXACT.replace("2/3", "log(0)"): ["the right answer has no value, so that nobody can give it: correct it"],
    EXACT.replace("2/3", UNKNOWN): [
        "the right answer cannot be worked out, so that no other way of writing it is known as right: correct it"
    ],
    EXACT.replace("2/3", "sqrt(2)*sqrt(3) - sqrt(6)"): [],
}


@pytest.mark.parametrize(("text", "earned"), [("2/3", 4), ("1/3", 2), ("-2/3", 1), ("two thirds", 3), ("0", 0)])
@pytest.mark.parametrize("promised", [0, 1, 2, 3, 4])
def test_a_known_answer_that_earns_something_else_fails_the_spec(load, text, earned, promised):
    spec = NEAR + f"known: {{an answer: {{text: '{text}', earns: {promised}}}}}\n"
    failed = [finding.text for finding in check_assignment(load(spec)) if finding.level == "fail"]
    assert bool(failed) is (promised != earned)
    assert all("an answer" in text for text in failed)


@pytest.mark.parametrize(("spec", "wanted"), TROUBLES.items())
def test_a_spec_check_names_what_is_right_by_mistake_or_never_found(load, spec, wanted):
    found = [finding for finding in check_assignment(load(spec)) if finding.level != "ok"]
    found = [finding for finding in found if not finding.text.startswith("there is no known answer")]
    assert [finding.text for finding in found] == wanted
    for finding in found:
        assert (finding.question, finding.level) == ("q", "warn" if "the answer 0 is right" in finding.text else "fail")
        assert finding.place.line == (5 if finding.text.startswith("the right answer") else spec.count("\n"))
