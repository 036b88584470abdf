"""A choice: all or nothing, or a share for each right option less one for each wrong one."""

from fractions import Fraction
from itertools import chain, combinations

import pytest

from grader.errors import SpecError
from grader.evidence import Counterexample, Examples
from grader.selfcheck import check_assignment

ONE = """\
question: q
title: Why gradients vanish
points: 6
answer: choice
options: {a: slopes below 1, b: too many layers, c: a large batch}
right: [a]
say: {c: The batch has no part in it., b: Look at the slopes.}
"""
SOME = ONE.replace("right: [a]", "right: [a, b]").replace(
    "b: too many layers, c: a large batch", "b: layers, c: batch, d: data"
)
EACH = f"{SOME}credit: each\n"


def subsets(options):
    return chain.from_iterable(combinations(options, size) for size in range(len(options) + 1))


@pytest.mark.parametrize(
    ("answer", "points", "outcome"),
    [("a", 6, "passed"), ("[a]", 6, "passed"), ("[a, a]", 6, "passed"), ("b", 0, "failed"), ("[a, b]", 0, "failed"),
     ("[b, c]", 0, "failed"), ("[a, b, c]", 0, "failed"), ('"a"', 6, "passed")],
)  # fmt: skip
def test_one_right_option_earns_all_and_every_other_choice_nothing(graded, answer, points, outcome):
    result = graded(ONE, answer)
    (check,) = result.checks
    assert (result.status, result.points, check.points, check.outcome) == ("graded", points, points, outcome)


@pytest.mark.parametrize("picked", list(subsets("abcd")), ids="".join)
def test_every_set_of_options_earns_what_a_count_by_hand_says(graded, picked):
    """Two of four are right: with `credit: each`, a wrong one takes back what a right one gives, never more."""
    answer = f"[{', '.join(reversed(picked))}]"
    right, wrong = sum(name in "ab" for name in picked), sum(name in "cd" for name in picked)
    assert graded(SOME, answer).points == (6 if (right, wrong) == (2, 0) else 0)
    earned = graded(EACH, answer)
    assert earned.points == max(0, 3 * right - 3 * wrong)
    assert earned.checks[0].outcome == ("passed" if (right, wrong) == (2, 0) else "failed")


@pytest.mark.parametrize("answer", ["slopes below 1", "[Slopes  below 1]", "'slopes below 1'"])
def test_the_text_of_an_option_is_that_option(graded, answer):
    result = graded(ONE, answer)
    assert (result.points, [note.endswith("was read as a") for note in result.messages]) == (6, [True])


@pytest.mark.parametrize("answer", ["slopes", "twice", "[a, twice]", "slopes below 1 or a large batch"])
def test_text_that_is_that_of_no_option_or_of_two_is_refused(graded, answer):
    spec = ONE.replace("c: a large batch", "c: twice, d: twice")
    assert graded(spec, answer).status == "rejected"


def test_the_name_of_an_option_goes_before_the_text_of_another(graded):
    assert graded(ONE.replace("b: too many layers", "b: a"), "a").points == 6


def test_a_share_of_points_is_an_exact_fraction(graded):
    spec = EACH.replace("right: [a, b]", "right: [a, b, c]").replace("points: 6", "points: 10")
    assert graded(spec, "[b, c]").points == Fraction(20, 3)
    assert graded(spec, "[a, b, c, d]").points == Fraction(20, 3)
    assert graded(spec, "[c, b, a]").points == 10


def test_a_wrong_choice_is_told_what_the_spec_says_of_it_in_the_order_of_the_options(graded):
    (check,) = graded(ONE, "[c, a, b]").checks
    assert check.message == "Look at the slopes. The batch has no part in it."
    assert check.evidence == Counterexample("the choice", "another", "a, b and c")
    (check,) = graded(ONE.replace("Look at the slopes.", "Look at the slopes"), "[c, b]").checks
    assert check.message == "Look at the slopes. The batch has no part in it."
    (check,) = graded(SOME.replace("b: Look at the slopes.", "b: no"), "b").checks
    assert check.message == "the right choice is another one than b", "b is right, but not all"
    (check,) = graded(ONE, "a").checks
    assert (check.message, check.evidence) == ("", Examples(1))


@pytest.mark.parametrize("answer", ["[]", ""])
def test_no_option_at_all_is_no_answer(graded, answer):
    result = graded(ONE, answer)
    assert (result.status, result.points, result.messages) == ("missing", 0, ("no answer was handed in",))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("e", "answers.yaml:1:4: 'e' is not one of the options (a, b and c)"),
        ("[a, f]", "answers.yaml:1:8: 'f' is not one of the options (a, b and c)"),
        ("{a: b}", "answers.yaml:1:4: wanted one choice or a list of them, got a mapping"),
        ("[[a]]", "answers.yaml:1:5: wanted one choice or a list of them, got a list"),
    ],
)
def test_what_is_no_option_is_rejected_at_its_place(graded, answer, message):
    result = graded(ONE, answer)
    assert (result.status, result.points) == ("rejected", 0)
    assert result.messages == (message,)


def test_of_many_that_are_no_options_some_are_named_and_the_rest_counted(graded):
    result = graded(ONE, f"[{', '.join(f'x{i}' for i in range(25))}]")
    assert result.status == "rejected"
    assert len(result.messages) == 21
    assert result.messages[-1].endswith("and 5 more are not among the options")
    assert len(graded(ONE, f"[{', '.join(f'x{i}' for i in range(20))}]").messages) == 20
    too_many = graded(ONE, f"[{', '.join('a' for i in range(1001))}]")
    assert too_many.messages == ("answers.yaml:1:4: 1001 choices are too many (at most 1000)",)
    assert graded(ONE, f"[{', '.join('a' for i in range(1000))}]").points == 6


def test_numbers_are_options_as_they_are_written(graded):
    spec = ONE.replace("{a: slopes below 1, b: too many layers, c: a large batch}", "{1: one, 2: two, yes: three}")
    spec = spec.replace("right: [a]", "right: [1, yes]").replace(
        "say: {c: The batch has no part in it., b: Look at the slopes.}\n", ""
    )
    assert graded(spec, "[yes, 1]").points == 6
    assert graded(spec, "1").points == 0
    assert graded(spec, "1.0").status == "rejected"


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("right: [a]", "right: [a, e]", "'e' is not one of the options"),
        ("say: {c:", "say: {e:", "'e' is not one of the options"),
        ("right: [a]", "right: []", "right"),
        ("{a: slopes below 1, b: too many layers, c: a large batch}", "{a: only}", "options"),
    ],
)
def test_a_spec_names_its_own_options(load, before, after, message):
    with pytest.raises(SpecError, match=message):
        load(ONE.replace(before, after))


def test_the_blank_and_the_question_show_the_options(load):
    from grader.answers_template import blank_answers

    text = blank_answers(load(ONE))
    assert "#   a: slopes below 1\n#   b: too many layers\n#   c: a large batch\nq:" in text


NEVER_SHOWN = "what is said to {!r} is never shown, because it is right: leave it out"
TROUBLES = {
    ONE: [],
    ONE.replace("say: {c:", "say: {a:"): [NEVER_SHOWN.format("a")],
    ONE.replace("right: [a]", "right: [a, b, a]"): ["'a' is listed twice: leave one out", NEVER_SHOWN.format("b")],
    ONE.replace("too many layers", "Slopes  BELOW 1"): ["'b' and 'a' are the same text: change one of them"],
    ONE.replace("too many layers, c: a large batch", "Slopes  BELOW 1, c: SLOPES below 1"): [
        "'b' and 'a' are the same text: change one of them",
        "'c' and 'a' are the same text: change one of them",
    ],
    ONE.replace("right: [a]", "right: [a, b, c]"): [
        "every option is right (a, b and c): add one that is wrong",
        NEVER_SHOWN.format("c"),
        NEVER_SHOWN.format("b"),
    ],
}


@pytest.mark.parametrize(("spec", "wanted"), TROUBLES.items())
def test_a_spec_check_warns_of_options_and_words_that_do_nothing(load, spec, wanted):
    warned = [finding.text for finding in check_assignment(load(spec)) if finding.level == "warn"]
    own = ("is never shown", "is listed twice", "are the same text", "every option is right")
    assert [text for text in warned if any(part in text for part in own)] == wanted


def test_words_around_options_are_read_as_options_only_where_all_of_them_are(graded):
    """An option by its own name is that option, whatever its words are; a word that is no option spoils all of them."""
    spec = ONE.replace("b: too many layers", "a b: both of them").replace("b: Look", "a b: Look")
    assert graded(spec, "a b").checks[0].message == "Look at the slopes."
    assert graded(spec, "(a)").points == graded(spec, "a, a").points == 6
    assert graded(ONE, "(a) and (c)").messages == ("'(a) and (c)' was read as a, c",)
    many = graded(ONE, "a," * 9999).messages[0]
    assert len(many) < 140
    assert many.endswith(" was read as a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a,…")
    some = graded(ONE, "a perhaps")
    assert (some.status, some.messages) == (
        "rejected",
        ("answers.yaml:1:4: 'a perhaps' is not one of the options (a, b and c)",),
    )


def test_an_option_is_known_in_any_capitals_where_only_one_can_be_meant(graded):
    assert (graded(ONE, "A").points, graded(ONE, "A").messages) == (6, ("'A' was read as a",))
    assert (graded(SOME, "[B, A]").points, graded(SOME, "A, b").points) == (6, 6)
    assert graded(ONE, "B").points == 0
    two = ONE.replace("b: too many layers", "É: too many layers, é: depth").replace(", b: Look at the slopes.", "")
    assert graded(two, "É").checks[0].evidence.got == "É"
    both = ONE.replace("b: too many layers", "bb: too many layers, Bb: depth").replace(", b: Look at the slopes.", "")
    assert graded(both, "BB").status == "rejected"
    assert graded(both, "bb").checks[0].evidence.got == "bb"


def test_two_options_are_enough(graded):
    assert (
        graded(ONE.replace(", c: a large batch", "").replace("{c: The batch has no part in it., ", "{"), "a").points
        == 6
    )
