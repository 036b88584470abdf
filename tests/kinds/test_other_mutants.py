"""Wrong numbers and choices that are made on purpose: which lose points, which should, and what is proposed."""

import itertools
from fractions import Fraction

import pytest

from grader.kinds.kind import kind_of

from ..conftest import RUN

NUMBER = """
question: q
title: T
points: 4
answer: number
value: {value}
{more}
"""
CHOICE = """
question: q
title: T
points: 4
answer: choice
options: {{a: One., b: Two., c: Three., d: Four.}}
right: {right}
{more}
"""


@pytest.fixture
def judged(load):
    def judged(spec):
        (question,) = load(spec).questions
        kind = kind_of(question)
        mutants = list(kind.mutants(question, RUN))
        verdicts = list(kind.judge_mutants(question, mutants, RUN))
        assert [verdict.mutant for verdict in verdicts] == mutants
        return verdicts, list(kind.strength_remarks(question, verdicts, RUN))

    return judged


@pytest.mark.long
@pytest.mark.parametrize(
    ("value", "more"),
    [
        ("4", ""),
        ("-3/7", ""),
        ("0.25", "tolerance: 0.01"),
        ("12.5", "tolerance: 0.5"),
        ("sqrt(2)", "tolerance: 0.005"),
        pytest.param("exp(-1)", "", marks=pytest.mark.slow),
        ("1", "tolerance: 1/10"),
        ("0", "tolerance: 0.001"),
        ("1000", "tolerance: 5"),
        pytest.param("pi/4", "accepts: [a quarter of pi]", marks=pytest.mark.slow),
    ],
)
def test_no_wrong_number_survives_where_the_tolerance_is_for_rounding(judged, value, more):
    verdicts, _ = judged(NUMBER.format(value=value, more=more))
    assert {verdict.status for verdict in verdicts} <= {"killed", "equivalent"}
    assert any(verdict.status == "killed" for verdict in verdicts)
    for verdict in verdicts:
        assert (verdict.status == "killed") == (verdict.points < 4), verdict


@pytest.mark.long
@pytest.mark.parametrize(
    ("value", "more", "operators"),
    [
        ("4", "tolerance: 2", {"halved", "plus 1", "minus 1"}),
        ("0.01", "tolerance: 0.5", {"sign", "times 10", "divided by 10", "doubled", "halved"}),
        ("1/4", "tolerance: 1/4", {"doubled", "halved", "divided by 10"}),
        ("sqrt(2)", "tolerance: 0.8", {"reciprocal", "squared"}),
        ("4", 'accepts: ["8"]', {"doubled"}),
    ],
)
def test_what_is_accepted_too_widely_survives(judged, value, more, operators):
    verdicts, remarks = judged(NUMBER.format(value=value, more=more))
    survivors = [verdict for verdict in verdicts if verdict.status == "survived"]
    assert operators <= {verdict.mutant.operator for verdict in survivors}
    assert all(verdict.points == 4 and "off by a quarter" in verdict.reason for verdict in survivors)
    assert any("lose nothing" in remark.text for remark in remarks)


def test_numbers_are_what_their_operators_say(judged):
    """Against plain fractions."""
    verdicts, _ = judged(NUMBER.format(value="12.5", more="tolerance: 0.1"))
    by_operator = {}
    for verdict in verdicts:
        if verdict.mutant.operator != "square root":
            by_operator.setdefault(verdict.mutant.operator, set()).add(Fraction(verdict.mutant.answer))
    value = Fraction("12.5")
    assert by_operator["sign"] == {-value}
    assert by_operator["reciprocal"] == {1 / value}
    assert by_operator["times 10"] == {10 * value}
    assert by_operator["in percent"] == {100 * value}
    assert by_operator["minus 1"] == {value - 1}
    assert by_operator["digits swapped"] == {Fraction("21.5")}
    assert by_operator["rounded to 2 digits"] == {Fraction(12)}
    assert by_operator["within the tolerance"] == {value + Fraction("0.09"), value - Fraction("0.09")}
    status = {verdict.mutant.answer: verdict.status for verdict in verdicts}
    assert status["12.59"] == status["12.41"] == "equivalent"
    assert status["12.61"] == status["12.39"] == "killed"


def test_near_misses_are_proposed_that_the_question_takes(judged, load, graded):
    spec = NUMBER.format(value="3/2", more="near: [{value: 2/3, points: 1, say: Upside down.}]")
    verdicts, remarks = judged(spec)
    reciprocal = next(verdict for verdict in verdicts if verdict.mutant.operator == "reciprocal")
    assert (reciprocal.points, reciprocal.reason) == (1, "the near miss '2/3'")
    (remark,) = remarks
    assert "reciprocal" not in remark.yaml
    lines = remark.yaml.splitlines()[1:]
    whole = f"{spec}\n".replace("near: [{value: 2/3, points: 1, say: Upside down.}]", remark.yaml)
    result = graded(whole, '"-3/2"')
    assert result.points == 0
    assert result.checks[0].message.startswith("The sign is wrong.")
    assert len(lines) == 3


@pytest.mark.parametrize("right", ["[b]", "[a, c]", "[a, b, c]", "[a, b, c, d]"])
@pytest.mark.parametrize("more", ["", "credit: each"])
def test_every_other_choice_loses_points(judged, right, more):
    verdicts, _ = judged(CHOICE.format(right=right, more=more))
    every = [frozenset(chosen) for count in range(1, 5) for chosen in itertools.combinations("abcd", count)]
    wanted = frozenset(right) & set("abcd")
    assert {frozenset(verdict.mutant.answer) for verdict in verdicts} == set(every) - {wanted}
    assert {verdict.status for verdict in verdicts} == {"killed"}
    for verdict in verdicts:
        chosen = set(verdict.mutant.answer)
        share = max(0, len(chosen & wanted) - len(chosen - wanted))
        assert verdict.points == (Fraction(4 * share, len(wanted)) if more else 0)


def test_what_choosing_everything_earns_is_said(judged):
    _, remarks = judged(CHOICE.format(right="[a, b, c]", more="credit: each\nsay: {d: Four is not one.}"))
    (remark,) = remarks
    assert remark.text.startswith("whoever chooses all 4 options earns 2.666667 of 4 points")


def test_wrong_options_to_which_nothing_is_said_are_named(judged):
    _, remarks = judged(CHOICE.format(right="[a, b]", more="say: {d: Four is not one.}"))
    (remark,) = remarks
    assert remark.text.startswith("c is wrong and nothing is said to whoever chooses it")


def test_of_many_options_those_choices_are_made_that_are_nearest_to_the_right_one(judged):
    options = ", ".join(f"o{i}: Option {i}." for i in range(20))
    spec = CHOICE.replace("{{a: One., b: Two., c: Three., d: Four.}}", f"{{{{{options}}}}}")
    verdicts, _ = judged(spec.format(right="[o3]", more=""))
    assert len(verdicts) > 4_000
    assert max(len(set(verdict.mutant.answer) ^ {"o3"}) for verdict in verdicts) == 4
    assert {verdict.status for verdict in verdicts} == {"killed"}
