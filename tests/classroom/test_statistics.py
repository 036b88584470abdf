"""What a class shows: every number is worked out here in another way than there, and what has no mark counts as none."""

import json
import random
import re
import statistics as standard
from collections import Counter
from fractions import Fraction

import pytest
from rich.cells import cell_len

from grader.classroom import statistics_text
from grader.classroom.alike import unusual_answers
from grader.classroom.class_row import ClassRow
from grader.classroom.counting import class_statistics
from grader.classroom.graded import Graded
from grader.classroom.histogram import histogram_lines, in_percent
from grader.classroom.statistics import MAX_NAMES_KEPT, GivenMarks
from grader.classroom.statistics_json import render
from grader.classroom.statistics_text import class_text, rounded
from grader.verdict import NamedMistake

from .statistics_rows import held_whole, line, nothing, one, question, row


def only(rows):
    """The statistics of the only assignment."""
    (of,) = class_statistics(rows).assignments.values()
    return of


def text(rows, width=80, full=True):
    return class_text(class_statistics(rows), width, full=full)


@pytest.mark.parametrize("size", [1, 2, 3, 10, 101])
def test_mean_and_median_are_exact(size):
    rng = random.Random(size)
    marks = [Fraction(rng.randrange(40), rng.choice([1, 2, 3, 7])) for _ in range(size)]
    given = GivenMarks()
    for mark in marks:
        given.counts[mark] += 1
    assert (given.number, given.mean(), given.median()) == (size, standard.mean(marks), standard.median(marks))
    assert given.mean(3) == standard.mean([*marks, 0, 0, 0])


def test_of_nothing_there_is_no_mean():
    assert (GivenMarks().mean(), GivenMarks().median(), GivenMarks().mean(2)) == (None, None, 0)


def test_marks_come_from_the_row_not_from_the_rounded_report():
    rows = [one(name, Fraction(1, 3), 1) for name in "abc"]
    exact = [row(r.graded.name, *json.loads(r.graded.report)["questions"], marks={"q1": Fraction(1, 3)}) for r in rows]
    assert only(exact).questions["q1"].marks.mean() == Fraction(1, 3)


def test_who_has_no_mark_yet_is_in_no_mean():
    """Held, pending and missing are none; rejected and unanswered are zeros of those who handed in."""
    rows = [
        one("a", 4), one("b", 2), one("c", 0, status="missing"), one("d", 0, status="rejected"),
        row("e", question("q1", line("all", 0, 4, "pending"), status="pending")),
        row("f", question("q1", line("all", 0, 4, "held"), status="held")),
        held_whole("g", ["q1"]), nothing("h"), nothing("i"),
    ]  # fmt: skip
    found = only(rows)
    q1 = found.questions["q1"]
    assert sorted(q1.marks.counts.elements()) == [0, 0, 2, 4]
    assert (q1.unanswered, q1.rejected, q1.pending, q1.held, q1.answers) == (1, 1, 1, 2, 4)
    assert (found.students, found.submissions, found.pending.first, found.held.first) == (7, 7, ["e"], ["f", "g"])
    assert sorted(found.totals.counts.elements()) == [0, 0, 2, 4]
    missing = class_statistics(rows).missing
    assert (missing.count, missing.first) == (2, ["h", "i"])
    shown = text(rows).splitlines()
    assert shown[1].split() == ["question", "max", "marked", "mean", "median", "full", "none", "with", "missing"]
    assert shown[2].split() == ["q1", "4", "4", "1.5", "1", "25%", "50%", "1"]
    assert "students who handed in nothing: 2: h and i" in shown


def test_what_is_excused_is_neither_a_zero_nor_held():
    excused = question("q1", line("all", 0, 4), status="excused")
    everything = ClassRow(Graded("e", "a", {"q1": None}, Fraction(0), Fraction(0), "excused", ()), "")
    rows = [
        one("a", 4),
        row("b", excused, question("q2", line("all", 1, 1)), marks={"q1": None}),
        nothing("m"),
        everything,
    ]
    found = class_statistics(rows)
    q1 = found.assignments["a"].questions["q1"]
    assert (q1.marks.counts, q1.excused, q1.held, q1.answers) == ({4: 1}, 1, 0, 1)
    assert not q1.lines
    assert (found.missing.first, found.excused.first, found.assignments["a"].held.first) == (["m"], ["e"], [])
    shown = text(rows)
    assert "q1, A question (4 points): 1 marked; 1 excused" in shown
    assert "students who are excused from everything: 1: e" in shown


def test_a_group_counts_for_each_member_in_the_marks_and_once_in_its_answers():
    wrong = question("q1", line("all", 1, 4), mistakes=[("near miss", "n")], fingerprint="f")
    rows = [row(name, wrong, submission="team") for name in ("a", "b", "c")] + [row("d", wrong)]
    found = only(rows)
    q1 = found.questions["q1"]
    assert (found.students, found.submissions, q1.marks.number, q1.answers) == (4, 2, 4, 2)
    assert (q1.lines["all"].submissions, q1.lines["all"].points) == (2, 6)
    assert q1.mistakes == {NamedMistake("near miss", "n"): 2}
    assert q1.behaviours["f"].names.first == ["team", "d"]


def test_lines_are_ranked_by_the_points_that_they_cost():
    rows = [
        row("a", question("q1", line("one", 0, 1), line("two", 0, 3, "blocked")), question("q2", line("x", 4, 6))),
        row("b", question("q1", line("one", 0, 1), line("two", 3, 3)), question("q2", line("x", 6, 6))),
        row("c", question("q1", line("one", 1, 1), line("two", 3, 3)), question("q2", line("x", 0, 6), status="missing")),
        row("d", question("q1", line("one", 0, 1, "pending"), line("two", 0, 3), status="pending"), question("q2", line("x", 0, 6, "held"), status="held")),
    ]  # fmt: skip
    shown = text(rows)
    assert [ln for ln in shown.splitlines() if " answers (" in ln] == [
        "  q1: two: 2 of 4 answers (50%), 6 points; 1 of them for a line above it",
        "  q1: one: 2 of 4 answers (50%), 2 points",
        "  q2: x: 1 of 3 answers (33%), 2 points",
    ]


def test_mistakes_are_counted_by_the_name_that_the_spec_has_for_them():
    rows = [one(str(i), 1, mistakes=[("near miss", "forgot W")]) for i in range(3)]
    rows += [one("x", 1, mistakes=[("known answer", "copies x"), ("reading", "h_0 = 0")]), one("y", 4)]
    shown = text(rows)
    assert [ln.strip() for ln in shown.splitlines() if " of 5 answers" in ln and "(" not in ln] == [
        "q1: near miss 'forgot W': 3 of 5 answers",
        "q1: known mistake 'copies x': 1 of 5 answers",
        "q1: reading 'h_0 = 0': 1 of 5 answers",
    ]


@pytest.mark.parametrize(
    ("rows", "first"),
    [
        ([], "nothing was handed in"),
        ([nothing("a"), nothing("b")], "students who handed in nothing: 2: a and b"),
        ([one("a", 4)], "a: 1 submission of 1 student"),
        ([held_whole("a", ["q1"]), held_whole("b")], "a: 2 submissions of 2 students"),
    ],
)
def test_small_and_empty_classes(rows, first):
    for full in (True, False):
        shown = text(rows, full=full)
        assert shown.splitlines()[0] == first
        assert "%%" not in shown
    assert json.loads(render(class_statistics(rows)))["schema"] == 1


def test_where_all_is_held_there_are_no_marks_and_it_is_said_who():
    shown = text([held_whole("a", ["q1"]), held_whole("b", ["q1"])]).splitlines()
    assert shown[2].split() == ["q1", "-", "0", "-", "-", "-", "-"]
    assert shown[-1] == "students who are held, without marks given or taken: 2 (q1 2): a and b"


def test_questions_of_two_assignments_are_told_apart():
    rows = [one("a", 4), row("b", question("q1", line("all", 1, 2), title="Another"), assignment="b")]
    found = class_statistics(rows).assignments
    assert {name: of.questions["q1"].max_points for name, of in found.items()} == {"a": 4, "b": 2}
    assert [ln for ln in text(rows).splitlines() if ln.endswith("student")] == [
        "a: 1 submission of 1 student",
        "b: 1 submission of 1 student",
    ]


SHARED = question("q1", line("all", 0, 4, input="01"), fingerprint="f" * 32)


def networks(groups, others=0, **more):
    """Rows of a class: of each group as many as it says with a behaviour of their own, and some that are right."""
    rows = []
    for number, size in enumerate(groups):
        wrong = question("q1", line("all", 0, 4, input="01"), fingerprint=f"{number:032x}", **more)
        rows += [row(f"g{number}_{i}", wrong) for i in range(size)]
    return rows + [one(f"r{i}", 4) for i in range(others)]


@pytest.mark.parametrize(
    ("groups", "others", "more", "told"),
    [
        ([3], 10, {}, [3]),  # few share it
        ([2], 2, {}, [2]),  # half of the class may
        ([2], 1, {}, []),  # more than half: what most do is not unusual
        ([1, 1, 1], 9, {}, []),  # nobody shares it
        ([4], 50, {}, []),  # too many for a small class
        ([4], 196, {}, [4]),  # 2 % of 200
        ([5], 195, {}, []),  # more than 2 % of 200
        ([3, 2, 2], 5, {}, [3, 2, 2]),
        ([3], 10, {"mistakes": [("known answer", "copies x")]}, []),  # the spec foresees it
        ([3], 10, {"mistakes": [("reading", "h_0 = 0")]}, []),
        ([0], 10, {}, []),
    ],
)
def test_which_shared_networks_are_unusual(groups, others, more, told):
    found = list(unusual_answers(class_statistics(networks(groups, others, **more))))
    assert [one.answers.names.count for one in found] == told
    assert all(one.by == "behaviour" and one.answers.wrong for one in found)


def test_what_one_group_handed_in_is_one_answer():
    rows = [row(name, SHARED, submission="team") for name in "abc"] + [one(str(i), 4) for i in range(9)]
    assert list(unusual_answers(class_statistics(rows))) == []
    assert [u.answers.names.first for u in unusual_answers(class_statistics([*rows, row("d", SHARED)]))] == [
        ["team", "d"]
    ]


def weighted(name, weights, earned=4, **more):
    return one(name, earned, weights_fingerprint=weights, **more)


def test_right_networks_are_compared_by_their_weights():
    rows = [weighted("a", "w"), weighted("b", "w"), *(weighted(f"c{i}", "common") for i in range(20))]
    (found,) = unusual_answers(class_statistics(rows))
    assert (found.by, found.answers.wrong, found.answers.names.first) == ("weights", False, ["a", "b"])
    assert "  q1: 2 submissions share the weights of an unusual right network" in text(rows)


def test_networks_that_do_the_same_with_the_same_weights_are_told_once():
    rows = [weighted(name, "w", 0, fingerprint="f") for name in "ab"] + [one(str(i), 4) for i in range(9)]
    (found,) = unusual_answers(class_statistics(rows))
    assert (found.by, found.answers.weights) == ("behaviour", {"w"})
    assert "2 submissions share an unusual wrong network with the same weights" in text(rows)


def test_of_a_common_behaviour_those_with_the_same_rare_weights_are_told():
    rows = [weighted(f"c{i}", f"w{i}", 0, fingerprint="f") for i in range(20)]
    rows += [weighted(name, "copied", 0, fingerprint="f") for name in ("x", "y", "z")]
    (found,) = unusual_answers(class_statistics(rows))
    assert (found.by, found.answers.names.first) == ("weights", ["x", "y", "z"])


def test_names_stand_where_a_ta_looks_and_not_at_the_end_of_a_run():
    rows = networks([3], 10)
    full, short = text(rows), text(rows, full=False)
    said = "  q1: 3 submissions share an unusual wrong network (wrong on input 01;\n    fingerprint 00000000)"
    assert f"{said}: g0_0, g0_1 and g0_2" in full
    assert f"{said}\n" in short
    assert "g0_1" not in short
    for told in (full, short):
        assert "not about how they came to be" in told


def test_common_behaviours_without_a_name_are_counted_the_largest_first():
    rows = networks([5, 7, 1], 3)
    assert [ln.strip() for ln in text(rows).splitlines() if "alike (" in ln] == [
        "q1: 7 wrong answers behave alike (wrong on input 01; fingerprint 00000000)",
        "q1: 5 wrong answers behave alike (wrong on input 01; fingerprint 00000000)",
    ]


def test_the_order_of_the_rows_does_not_matter_for_the_numbers():
    rows = [*networks([3, 2], 8), *(one(f"m{i}", i % 5, mistakes=[("near miss", f"n{i % 3}")]) for i in range(30))]
    shuffled = random.Random(4).sample(rows, len(rows))
    assert text(rows, full=False) == text(shuffled, full=False)


@pytest.mark.parametrize("full", [True, False])
def test_the_words_are_bounded_whatever_the_size_of_the_class(full):
    """Every answer with a mark, lines, a mistake and a network of its own, and as many students who are missing."""
    size = MAX_NAMES_KEPT + 100
    rows = [
        row(f"s{i}", question("q1", line(f"line {i}", Fraction(i, size), 2, input=str(i)), fingerprint=f"{i // 2:032x}",
            mistakes=[("near miss", f"n{i}")] if i % 2 else ()))
        for i in range(size)
    ]  # fmt: skip
    rows += [nothing(f"m{i}") for i in range(size)] + [held_whole(f"h{i}", ["q1"]) for i in range(size)]
    found = class_statistics(rows)
    shown = class_text(found, 80, full=full)
    assert len(shown.splitlines()) < (200 if full else 50)
    assert found.missing.count == size
    assert len(found.missing.first) == MAX_NAMES_KEPT
    if full:
        assert f"students who handed in nothing: {size}: m0, m1, " in shown
        assert f"and {size - statistics_text.MAX_NAMES_IN_FULL} more" in " ".join(shown.split())


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal(width):
    rows = networks([3, 2], 8) + [nothing(f"m{i}") for i in range(60)] + [held_whole(f"h{i}") for i in range(60)]
    shown = text(rows, width)
    assert max(map(cell_len, shown.splitlines())) <= width
    for title in ("max", "marked", "mean", "median", "full", "none", "with missing"):
        assert re.search(rf"\b{title}\b", shown)


def test_lines_with_wide_letters_are_no_wider_than_the_terminal():
    who = [held_whole(f"学生{i}的作业") for i in range(9)]
    lines = text(who, 40).splitlines()
    assert max(map(cell_len, lines)) <= 40
    assert "".join(ln.strip() for ln in lines).count("的作业") == 9


@pytest.mark.parametrize("width", [60, 80, 200])
def test_a_long_name_of_a_question_stands_above_its_numbers(width):
    long, wide = "a question whose name is long " * 2 + "indeed", "循环神经网络的反向传播与梯度裁剪问题"
    rows = [
        row(who, *(question(name, line("all", points, 4)) for name in ("q1", long, wide)))
        for who, points in (("a", 4), ("b", 1))
    ]
    table = text(rows, width, full=False).splitlines()[1:]
    numbers = ["4", "2", "2.5", "2.5", "50%", "0%"]
    lines = table[: next(i for i, ln in enumerate(table) if ln.startswith("total")) + 1]
    assert max(map(cell_len, lines)) <= width
    assert [ln.split()[-6:] for ln in lines if "%" in ln] == [*[numbers] * 3, ["12", "2", "7.5", "7.5", "50%", "0%"]]
    said = " ".join(" ".join(lines).split())
    for name in (long, wide):
        assert f"{name} {' '.join(numbers)}" in said


def test_hostile_names_stay_on_their_lines():
    rows = [held_whole("a\x1b[2J\nq1: 400"), nothing("b\u202e")]
    shown = text(rows)
    assert not {"\x1b", "\u202e"} & set(shown)
    assert not any(ln.startswith("q1: 400") for ln in shown.splitlines())


RANGES = [*(f"{i} to below {i + 2}" for i in range(0, 18, 2)), "18 to 20"]


@pytest.mark.parametrize(
    ("marks", "most", "width", "lines"),
    [
        ([], 4, 80, []),
        ([0, 0, 4], 4, 12, ["  0  #### 2", "  4  ## 1"]),
        (["1/2", 4], 4, 14, ["  0.5  #### 1", "    4  #### 1"]),
        ([0] * 999 + [4], 4, 1, ["  0  # 999", "  4  # 1"]),
        (
            range(21),
            20,
            25,
            [f"  {label:>14}  {'###' if i < 9 else '####'} {2 + i // 9}" for i, label in enumerate(RANGES)],
        ),
    ],
)
def test_histograms(marks, most, width, lines):
    """A line for each of few marks, else ten ranges; whoever has a mark has a bar, however many others there are."""
    assert list(histogram_lines(Counter(map(Fraction, marks)), Fraction(most), width)) == lines


def test_every_mark_is_in_exactly_one_bar():
    rng = random.Random(9)
    for _ in range(50):
        marks = {Fraction(rng.randrange(-30, 300), rng.choice([1, 2, 3])): rng.randrange(1, 9) for _ in range(40)}
        numbers = [int(ln.split()[-1]) for ln in histogram_lines(marks, Fraction(70), 80)]
        assert sum(numbers) == sum(marks.values())


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(0, 0, "-"), (0, 9, "0%"), (9, 9, "100%"), (1, 20_000, "<1%"), (19_999, 20_000, ">99%"), (1, 3, "33%")],
)
def test_shares_do_not_say_none_or_all_where_it_is_not(part, whole, words):
    assert in_percent(part, whole) == words


@pytest.mark.parametrize(
    ("value", "words"), [(None, "-"), ("70", "70"), ("166/3", "55.33"), ("1/200", "0"), ("-1/2", "-0.5")]
)
def test_means_are_rounded_for_people_alone(value, words):
    assert rounded(None if value is None else Fraction(value)) == words


def test_json_has_everything_exactly():
    rows = [one("a", 4), one("b", 1), one("c", 0), nothing("d"), *networks([2], 1)]
    text = render(class_statistics(rows))
    data = json.loads(text)
    assert text.isascii()
    assert data["missing"] == {"count": 1, "names": ["d"]}
    (of,) = data["assignments"]
    (q1,) = of["questions"]
    assert (q1["mean"], q1["median"]) == ({"points": 1.5, "exact": "3/2"}, {"points": 0.5, "exact": "1/2"})
    assert q1["with_missing"] == {"mean": {"points": 1.285714, "exact": "9/7"}}
    assert q1["marks"] == [{"points": p, "students": n} for p, n in ((0, 3), (1, 1), (4, 2))]
    assert [(u["by"], u["submissions"]["names"], u["input"]) for u in of["unusual"]] == [
        ("behaviour", ["g0_0", "g0_1"], "01")
    ]
    assert of["lines"][0]["submissions"] == 4


def test_what_names_no_assignment_has_no_points_and_nobody_is_missing_in_it():
    lost = Graded("lost", "", {}, None, Fraction(0), "rejected", ("names no assignment",))
    shown = text([one("ada", 4), ClassRow(lost, "lost"), nothing("zoe")])
    part = shown[shown.index("no assignment: 1 submission of 1 student") :]
    assert "total" not in part
    assert "as 0, in the mean" not in part
    assert shown.count("handed in nothing: each counts") == 1


def test_one_point_is_no_plural():
    shown = text([one("a", 0, 1), one("b", 1, 1)])
    assert "q1: all: 1 of 2 answers (50%), 1 point\n" in shown
    assert "q1, A question (1 point): 2 marked" in shown


@pytest.mark.parametrize("full", [True, False])
def test_between_two_parts_is_one_empty_line(full):
    rows = [*networks([3], 10), nothing("n"), row("p", question("q1", line("all", 0, 4, "pending"), status="pending"))]
    assert "answers that few share" in text(rows, full=full)
    assert "\n\n\n" not in text(rows, full=full)
