"""How close a right answer comes to its thresholds, worked out by hand over every reachable step."""

import pytest

from grader.verdict import Margin


def margins(specification, name, answer):
    result = specification(name, answer).result
    assert result.points == 70
    return result.margins


def test_the_solved_sheet_of_q5_sits_exactly_on_its_threshold(specification):
    """z - 1/2 is 1 + 1 - 1.5 - 0.5 = 0 at h = 1, x = 1; else -1, -1 and -2."""
    assert margins(specification, "q5", "the solved sheet") == (Margin("h", "0", "x = 1 and h[t-1] = 1", zero=True),)


def test_the_reference_of_q5_has_room_to_spare(specification):
    """z - 1/2 is 1 at h = 1, x = 1, and -1 at (1, 0), -1 at (0, 1), -3 at (0, 0): (1, 0) is met first."""
    assert margins(specification, "q5", "room to spare") == (Margin("h", "1", "x = 0 and h[t-1] = 1", zero=False),)


@pytest.mark.parametrize(
    ("answer", "distance", "where"),
    [
        # z - 1/2 at (h, x): (1, 0) a + b - 1/2, (1, 1) both weights, (0, 1), (0, 0)
        ("{W1: 1, W2: 1, b2: -1.25, W3: 1, b3: 0}", "0.25", "x = 1 and h[t-1] = 1"),  # -0.75, 0.25, -0.75, -1.75
        ("{W1: 1, W2: 2, b2: -1.75, W3: 1, b3: 0}", "0.25", "x = 0 and h[t-1] = 1"),  # -0.25, 0.75, -1.25, -2.25
        ("{W1: 2, W2: 1, b2: -1.8, W3: 1, b3: 0}", "0.3", "x = 1 and h[t-1] = 0"),  # -1.3, 0.7, -0.3, -2.3
        ("{W1: 1/3, W2: 1/3, b2: 0, W3: 1, b3: 0}", "0.166667 (1/6)", "x = 0 and h[t-1] = 1"),  # -1/6, 1/6, -1/6, -1/2
    ],
)
def test_other_right_answers_to_q5(specification, answer, distance, where):
    assert margins(specification, "q5", answer) == (Margin("h", distance, where, zero=False),)


def test_an_inverted_latch_keeps_its_distance_too(specification):
    """h starts at 1 and must stay there while x is 1, so an inverted unit cannot be right; b3 has no threshold at all.

    With W3 = 1 and b3 = 0 forced, the only quantity with a threshold is h.
    """
    found = margins(specification, "q5", "{W1: 10, W2: 10, b2: -14.5, W3: 1, b3: 0}")
    assert found == (Margin("h", "5", "x = 0 and h[t-1] = 1", zero=False),)


def test_the_solved_sheet_of_q6_sits_on_every_threshold(specification):
    """On (0,1): W x + b is (-1 + 1, 1 - 1) = (0, 0), and v.h + c0 = 0: three distances of 0 at the first step."""
    assert margins(specification, "q6", "the solved sheet") == tuple(
        Margin(quantity, "0", "x = [0, 1]", zero=True) for quantity in ("h[0]", "h[1]", "y")
    )


def test_the_reference_of_q6_has_half_a_unit_everywhere(specification):
    """h[0] is 0.5 on (0,0), -0.5 on unequal bits, -1.5 on (1,1); h[1] is -1.5, -0.5, 0.5.

    v.h + c0 is 1 - 0.5 or -0.5 at first; then v.h + y - 1.5 is 0.5, -0.5, -0.5 or -1.5.
    """
    assert margins(specification, "q6", "room to spare") == (
        Margin("h[0]", "0.5", "x = [0, 0]", zero=False),
        Margin("h[1]", "0.5", "x = [0, 1]", zero=False),
        Margin("y", "0.5", "x = [0, 0]", zero=False),
    )


def test_the_closest_quantity_comes_first(specification):
    """Units fire with 0.5 and 0.25 to spare; y has 0.1 at the step after an equal one: 1 + 1 - 1.9."""
    answer = "{W: [[-1, -1], [1, 1]], b: [0.5, -1.75], v: [1, 1], r: 1, c: -1.9, c0: -0.5}"
    assert margins(specification, "q6", answer) == (
        Margin("y", "0.1", "x = [0, 0] and y[t-1] = 1", zero=False),
        Margin("h[1]", "0.25", "x = [1, 1]", zero=False),
        Margin("h[0]", "0.5", "x = [0, 0]", zero=False),
    )


def test_a_wrong_answer_has_no_margin(specification):
    assert specification("q5", "copies x").result.margins == ()
