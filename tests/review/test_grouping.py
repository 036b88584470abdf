"""Which answers are identical, which lie side by side, and how often these make the same point: measured, and told."""

import re
from itertools import combinations
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from grader.help_pages.pages import written_pages
from grader.review.grouping import LEAST_LIKENESS, MAX_SIMILAR_GROUPS, grouped, same_answer, word_differences

ROOT = Path(__file__).parents[2]
LABELLED = yaml.safe_load(Path(__file__).with_name("labelled_answers.yaml").read_text(encoding="utf-8"))
LEAST_PRECISION, LEAST_RECALL, LEAST_NEAREST = 0.50, 0.12, 0.70
"""Of pairs that are called similar, of pairs that make the same points, and of the one that lies nearest."""

IDENTICAL = [
    ("It forgets.", "it  forgets."),
    ("It forgets.", " It\nforgets.\n\n"),
    ("NOT SO", "not so"),
    ("Übergänge gehen verloren", "übergänge  gehen VERLOREN"),
    ("caf\u00e9 au lait", "cafe\u0301 au lait"),
    ("because (as said) it's so", "Because (as said)\tit's so"),
    ("W @ h[t-1] + b", "W  @ h[t-1] + b"),
    ("", " \n"),
    ("a\u00a0b", "a b"),
]

NEVER_IDENTICAL = [
    ("it forgets", "it does not forget"),
    ("it forgets", "it never forgets"),
    ("It is right.", "It isn't right."),
    ("can not", "cannot"),
    ("W = 1", "w = 1"),
    ("dL/dh", "dl/dh"),
    ("The matrix W is large.", "The matrix w is large."),
    ("H(x)", "h(x)"),
    ("$X^T$", "$x^T$"),
    ("`True`", "`true`"),
    ("x2", "X2"),
    ("x\u00b2", "x2"),
    ("a <= b", "a < b"),
    ("1.5", "15"),
    ("3 units", "2 units"),
    ("\u2211 X", "\u2211 x"),
    ("\u0394W", "\u03b4W"),
    ("in Massen", "in Maßen"),
    ("Die Richtung bleibt", "The direction stays"),
    ("it forgets", "it forgets!"),
    ("ab", "a b"),
    ("a, b", "b, a"),
    ("so", "so\u200b"),
    ("Use Wx minus b", "Use wx minus b"),
    ("it depends on dW", "it depends on dw"),
    ("it depends on dW", "it depends on Dw"),
    ("x\u00b2 is small", "X\u00b2 is small"),
    ("all of \u211dn", "all of \u211dN"),
    ("W\u1d40 X W\u00b7Xa", "W\u1d40 X W\u00b7xa"),
]


@pytest.mark.parametrize(("one", "other"), IDENTICAL)
def test_space_and_the_case_of_words_make_no_other_answer(one, other):
    assert [group.members for group in grouped([one, other]).groups] == [(0, 1)]


@pytest.mark.parametrize(("one", "other"), NEVER_IDENTICAL)
def test_whatever_may_mean_something_else_is_another_answer(one, other):
    """A negation, a formula's letters, a sign, another language."""
    assert [group.members for group in grouped([one, other]).groups] == [(0,), (1,)]
    assert same_answer(one) != same_answer(other)


def test_an_answer_whose_text_is_not_all_of_it_is_alone():
    assert [group.members for group in grouped([None, "x y", None, "X Y".lower(), None]).groups] == [
        (0,),
        (1, 3),
        (2,),
        (4,),
    ]


@pytest.mark.long
@given(st.lists(st.none() | st.text(max_size=30), max_size=12))
def test_each_answer_is_in_one_group_and_likeness_goes_both_ways(texts):
    found = grouped(texts)
    assert sorted(place for group in found.groups for place in group.members) == list(range(len(texts)))
    assert found == grouped(texts)
    for place, others in enumerate(found.similar):
        assert len(others) <= MAX_SIMILAR_GROUPS
        assert all(other.group != place and LEAST_LIKENESS <= other.likeness <= 1 for other in others)
        assert [o.likeness for o in others] == sorted((o.likeness for o in others), reverse=True)


def test_similar_answers_lie_side_by_side():
    texts = [
        "The direction of the gradient is kept.",
        "Every vector is orthogonal to every other one.",
        "The gradient keeps its direction.",
        "All vectors are orthogonal to every other vector.",
        "The direction of the gradient is kept, only its length changes.",
    ]
    found = grouped(texts)
    order = [group.members[0] for group in found.groups]
    assert abs(order.index(0) - order.index(4)) == 1
    assert abs(order.index(1) - order.index(3)) == 1
    assert order[found.similar[order.index(0)][0].group] == 4


def shown_pairs(texts):
    """The pairs of answers that a reader is shown as similar, and by answer the one that is nearest."""
    found = grouped(texts)
    places = [group.members[0] for group in found.groups]
    assert len(places) == len(texts)  # none of these are identical
    pairs = {frozenset((places[i], places[other.group])) for i, others in enumerate(found.similar) for other in others}
    nearest = {places[i]: places[others[0].group] for i, others in enumerate(found.similar) if others}
    return pairs, nearest


def test_pairs_that_are_called_similar_make_the_same_point_as_often_as_the_readme_says(record_property):
    """Words alone tell half of them apart: similar answers are shown together, and never marked together."""
    shown = right = same = nearest_right = nearest_of = 0
    assert sum(map(len, LABELLED.values())) >= 60
    for answers in LABELLED.values():
        points = [tuple(answer["points"]) for answer in answers]
        pairs, nearest = shown_pairs([answer["text"] for answer in answers])
        shown += len(pairs)
        right += sum(points[i] == points[j] for i, j in map(sorted, pairs))
        same += sum(one == other for one, other in combinations(points, 2))
        nearest_of += len(nearest)
        nearest_right += sum(points[i] == points[j] for i, j in nearest.items())
    measured = {"precision": right / shown, "recall": right / same, "nearest": nearest_right / nearest_of}
    for name, value in measured.items():
        record_property(name, f"{value:.2f}")
        print(f"{name} {value:.2f}")
    assert measured["precision"] >= LEAST_PRECISION
    assert measured["recall"] >= LEAST_RECALL
    assert measured["nearest"] >= LEAST_NEAREST
    page = " ".join(written_pages()["marks"].split())
    said = re.search(r"(\d+) % of the pairs that are called similar make the same points, and (\d+) % of those", page)
    assert said is not None
    for told, value in zip(said.groups(), (measured["precision"], measured["recall"]), strict=True):
        assert abs(int(told) - 100 * value) <= 4  # rounding differs a little between machines


def test_no_two_labelled_answers_with_other_points_are_identical():
    for answers in LABELLED.values():
        assert len(grouped([answer["text"] for answer in answers]).groups) == len(answers)


# ------------------------------------------------------------- differences
def test_differences_are_shown_word_by_word():
    found = word_differences("It does  not forget.", "It does forget it.")
    assert [(run.kind, run.one, run.other) for run in found] == [
        ("same", "It does  ", "It does "), ("different", "not forget.", "forget it."),
    ]  # fmt: skip


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_runs_are_the_answers(one, other):
    found = word_differences(one, other)
    assert "".join(run.one for run in found) == one
    assert "".join(run.other for run in found) == other
    assert all(run.one.split() == run.other.split() for run in found if run.kind == "same")


def test_long_texts_of_few_words_are_compared_in_bounded_work(monkeypatch):
    """Words that stand everywhere are no anchors: the work grows with the length, not with its square."""
    import difflib

    calls = []
    real = difflib.SequenceMatcher.find_longest_match
    monkeypatch.setattr(difflib.SequenceMatcher, "find_longest_match", lambda *a: (calls.append(a), real(*a))[1])
    found = word_differences("a b " * 20_000, "b a " * 20_000)
    assert "".join(run.other for run in found) == "b a " * 20_000
    assert len(calls) < 100


@pytest.mark.long
def test_many_answers_are_compared_in_bounded_matrices(monkeypatch):
    """Of very many answers, each is compared with those around it; of a long one, its beginning."""
    import grader.review.likeness as likeness

    sizes = []
    real = likeness._along_main_directions
    monkeypatch.setattr(likeness, "_along_main_directions", lambda matrix: (sizes.append(len(matrix)), real(matrix))[1])
    monkeypatch.setattr(likeness, "MAX_COMPARED", 100)
    texts = [f"answer {i} says {'much ' * (i % 7)}of {i % 11}" for i in range(250)]
    found = grouped([*texts, "x" * 1_000_000])
    assert sizes == [100, 100, 51]
    assert sum(len(group.members) for group in found.groups) == 251
