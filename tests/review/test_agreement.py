"""Cohen's kappa against published tables and against its definition, counted out; what is undefined is said."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.kinds.written.marks import Mark
from grader.kinds.written.question import WrittenPoint
from grader.review.agreement import TwiceRead, agreement, agreement_lines, point_agreement, sampled
from grader.review.pending import ReadQuestion

QUESTION = ReadQuestion(
    "hw", "q", "Q", "", Fraction(5), (WrittenPoint("a", Fraction(3)), WrittenPoint("b", Fraction(3))), "f"
)

PUBLISHED = {(20, 5, 10, 15): Fraction(2, 5), (45, 15, 25, 15): Fraction(3, 23), (25, 35, 5, 35): Fraction(7, 27)}
"""Both, the first alone, the second alone, none; kappa (0.4, 0.1304 and 0.2593 in the literature)."""


def found(both, first, second, neither):
    return [(True, True)] * both + [(True, False)] * first + [(False, True)] * second + [(False, False)] * neither


@pytest.mark.parametrize("counts", PUBLISHED)
def test_kappa_is_the_published_one(counts):
    point = point_agreement("a", found(*counts))
    assert (point.kappa, point.why_not) == (PUBLISHED[counts], "")
    assert (point.both, point.first_only, point.second_only, point.neither) == counts
    assert point.agreed == Fraction(counts[0] + counts[3], sum(counts))


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=12))
def test_kappa_is_agreement_beyond_chance_counted_out(pairs):
    """Chance: each finding of the first reader with each of the second, whichever answers they are about."""
    point = point_agreement("a", pairs)
    by_chance = [first == second for (first, _), (_, second) in product(pairs, pairs)]
    if not pairs or all(by_chance):
        assert point.kappa is None
        assert point.why_not
        return
    chance = Fraction(sum(by_chance), len(by_chance))
    agreed = Fraction(sum(first == second for first, second in pairs), len(pairs))
    assert point.kappa == (agreed - chance) / (1 - chance)
    assert -1 <= point.kappa <= 1


UNDEFINED = {
    (0, 0, 0, 0): "no answer was read by both",
    (7, 0, 0, 0): "both found it in every answer, and so would agree by chance",
    (0, 0, 0, 7): "both found it in no answer, and so would agree by chance",
}


@pytest.mark.parametrize("counts", UNDEFINED)
def test_a_kappa_that_is_undefined_is_no_number(counts):
    point = point_agreement("a", found(*counts))
    assert (point.kappa, point.why_not) == (None, UNDEFINED[counts])


def test_one_reader_who_always_finds_a_point_agrees_by_chance_alone():
    assert point_agreement("a", found(3, 4, 0, 0)).kappa == 0


def test_disputes_are_answers_with_other_points_of_the_rubric_or_other_points():
    def read(name, first, second, points=(None, None)):
        return TwiceRead(
            name, "q", *(Mark(tuple(met), "", "", points=p) for met, p in zip((first, second), points, strict=True))
        )

    five = Fraction(5)
    all_read = [
        read("same", "ab", "ba"),
        read("one more", "a", "ab"),
        read("other", "a", "b"),
        read("the same points, adjusted", "ab", "ab", (five, None)),
        read("fewer points", "ab", "ab", (Fraction(4), None)),
        read("a point that is gone", ["a", "old"], ["a"]),
    ]
    agreed = agreement(QUESTION, all_read)
    assert [(d.read.submission, d.points, d.first_points, d.second_points) for d in agreed.disputes] == [
        ("one more", ("b",), 3, 5),
        ("other", ("a", "b"), 3, 3),
        ("fewer points", (), 4, 5),
    ]
    assert [(point.point, point.both, point.first_only) for point in agreed.points] == [("a", 5, 1), ("b", 3, 0)]
    assert list(agreement_lines("q", agreed))[:2] == [
        "q: 6 answers read by both, 3 in dispute", "  a: kappa 0.00; the same in 5 of 6",
    ]  # fmt: skip


def test_a_sample_is_the_same_on_every_run_and_grows():
    names = [f"s{i}" for i in range(40)]
    ten = sampled(names, 10, "q2")
    assert ten == sampled(names[::-1], 10, "q2")
    assert sampled(names, 15, "q2")[:10] == ten
    assert set(sampled(names, 10, "q3")) != set(ten)
    assert set(sampled([*names, "new"], 12, "q2")) >= set(sampled(names, 11, "q2")[:10])
    assert len(sampled(names, 100, "q2")) == 40
