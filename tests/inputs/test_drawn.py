"""Every kind of set: what is drawn lies inside it, boundary values come up, and the same seed draws the same."""

import importlib
import itertools
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import HarnessError
from grader.hypothesis_corpus import INTERNALS, corpus, smallest
from grader.inputs.alternatives import Either
from grader.inputs.cases import cases
from grader.inputs.drawn_values import Seed, Table
from grader.inputs.read import read_input_set
from grader.inputs.supplied import TableOf
from grader.language.arrays import Array
from grader.language.parse import parse

SEED = 20_260_901
RANDOM = Random(5)


def fraction(low, high):
    """A number whose float is rounded, more often than not."""
    return Fraction(RANDOM.randint(low, high), 30)


def sets(**texts):
    return {name: read_input_set(text) if isinstance(text, str) else text for name, text in texts.items()}


def drawn(examples=200, **texts):
    return corpus(cases(sets(**texts)), examples, SEED)


def values(text, examples=200):
    return [case["x"] for case in drawn(examples, x=text)]


STEP = TableOf(
    {"state": read_input_set("integer(0..2)"), "token": read_input_set("bit")}, (read_input_set("integer(0..2)"),)
)


@pytest.mark.parametrize(("low", "width"), [(RANDOM.randint(-50, 50), RANDOM.randint(0, 60)) for _ in range(30)])
@pytest.mark.sampled(3)
def test_integers_stay_between_their_bounds(low, width):
    found = values(f"integer({low}..{low + width})", 20)
    assert {type(value) for value in found} == {int}
    assert all(low <= value <= low + width for value in found)


@pytest.mark.long
@pytest.mark.parametrize(("low", "width"), [(fraction(-270, 270), fraction(0, 150)) for _ in range(60)])
@pytest.mark.sampled(3)
def test_reals_stay_between_their_bounds_as_floats_have_them(low, width):
    high = low + width
    found = values(f"real({low}..{high})", 40)
    assert {type(value) for value in found} == {float}
    assert all(float(low) <= value <= float(high) for value in found)


def test_a_range_of_integers_with_bounds_that_are_none_holds_those_between():
    assert set(values("integer(-3/2..5/2)")) == {-1, 0, 1, 2}


@pytest.mark.parametrize("low", [0, 1, 4])
@pytest.mark.parametrize("width", [0, 1, 8])
@pytest.mark.parametrize("step", [1, 2, 3])
@pytest.mark.sampled(3)
def test_lengths_stay_between_their_bounds_and_on_their_steps(low, width, step):
    allowed = set(range(low, low + width + 1, step))
    for kind in ("sequence", "vector", "word"):
        element = "ab" if kind == "word" else "bit"
        found = values(f"{kind}({low}..{low + width} step {step}, {element})", 15)
        assert {len(x.entries) if isinstance(x, Array) else len(x) for x in found} <= allowed


def test_each_form_is_the_python_kind_that_it_says():
    case = drawn(
        1, v="vector(2, bit)", s="sequence(2, bit)", b="bits(3)", w="word(3, ab)", m="matrix(2, 3, bit)", g="generator"
    )[0]
    assert isinstance(case["v"], Array)
    assert case["v"].shape == (2,)
    assert case["m"].shape == (2, 3)
    assert type(case["s"]) is type(case["b"]) is list
    assert len(case["b"]) == 3
    assert set(case["w"]) <= {"a", "b"}
    assert isinstance(case["g"], Seed)


def test_choices_keep_their_kinds():
    assert set(values("one of 0.5, 1, up, -2")) == {0.5, 1, "up", -2}
    assert {type(value) for value in values("one of 0.5, 1, up")} == {float, int, str}


def test_any_of_several_sets_is_drawn_from():
    found = values(Either((read_input_set("integer(0..3)"), read_input_set("word(1..2, z)"))))
    assert {0, 3, "z", "zz"} <= set(found)


def test_sizes_and_bounds_may_speak_of_the_values_before():
    for case in drawn(
        n="integer(1..6)", v="vector(n, real(-n..n))", w="sequence(n - 1, integer(0..n))", i="integer(0..n - 1)"
    ):
        n = case["n"]
        assert case["v"].shape == (n,)
        assert all(-n <= value <= n for value in case["v"].entries)
        assert len(case["w"]) == n - 1
        assert 0 <= case["i"] < n


@pytest.mark.long
def test_sizes_may_be_those_of_a_sequence_before():
    for case in drawn(x="sequence(0..4, bit)", m="matrix(len(x) + 1, 2, bit)", s="integer(0..sum(x))"):
        assert case["m"].shape == (len(case["x"]) + 1, 2)
        assert 0 <= case["s"] <= sum(case["x"])


def test_values_for_which_a_later_set_is_empty_are_not_drawn():
    """`integer(0..n - 1)` has no member for n = 0, `sequence(n - 1, bit)` none either."""
    assert {case["n"] for case in drawn(n="integer(0..3)", i="integer(0..n - 1)")} == {1, 2, 3}
    assert {case["n"] for case in drawn(n="integer(0..3)", x="sequence(n - 1, bit)")} == {1, 2, 3}
    assert {case["n"] for case in drawn(n="integer(0..3)", r="real(1..n)")} == {1, 2, 3}


def test_a_supplied_function_has_a_row_for_each_tuple_of_arguments():
    for case in drawn(step=STEP):
        table = case["step"]
        assert isinstance(table, Table)
        assert set(table.rows) == set(itertools.product(range(3), range(2)))
        assert set(table.rows.values()) <= {0, 1, 2}


def test_a_supplied_function_may_be_worked_out_from_its_arguments():
    given_by = TableOf({"a": read_input_set("integer(0..n)")}, (parse("a * n"), read_input_set("bit")))
    for case in drawn(50, n="integer(1..3)", f=given_by):
        assert {key: row[0] for key, row in case["f"].rows.items()} == {
            (a,): a * case["n"] for a in range(case["n"] + 1)
        }


@pytest.mark.long
@pytest.mark.parametrize(
    ("text", "boundaries"),
    [
        ("integer(-7..12)", {-7, 12, 0}),
        ("real(-1..1)", {-1.0, 1.0, 0.0}),
        ("real(0.5..2.5)", {0.5, 2.5}),
        ("bit", {0, 1}),
        ("integer", {0}),
    ],
)
def test_boundary_values_come_up(text, boundaries):
    assert boundaries <= set(values(text))


def test_the_shortest_and_the_longest_sequences_come_up():
    assert {0, 1, 5} <= {len(x) for x in values("sequence(0..5, integer(-9..9))")}


def test_numbers_that_are_no_simple_ones_come_up():
    found = values("real(-10..10)")
    assert any(value != round(value, 3) for value in found)
    assert all(value == 0 or abs(value) >= 1e-6 for value in found)


@pytest.mark.long
def test_the_same_seed_draws_the_same():
    one, other = (repr(drawn(n="integer(1..4)", v="vector(n, real(-1..1))", g="generator")) for _ in range(2))
    assert one == other
    assert repr(corpus(cases(sets(x="integer")), 50, 1)) != repr(corpus(cases(sets(x="integer")), 50, 2))


@pytest.mark.long
def test_what_is_drawn_does_not_hang_on_the_modules_that_are_loaded(tmp_path):
    """Hypothesis draws numbers that stand in the modules of a project: here one that holds many of the range."""
    (tmp_path / "neighbour.py").write_text(
        f"NUMBERS = {[n + 0.125 for n in range(-300, 300)] + list(range(101, 900, 7))}\n"
    )
    script = """if True:
        import sys
        from grader.hypothesis_corpus import corpus
        from grader.inputs.cases import cases
        from grader.inputs.read import read_input_set
        if len(sys.argv) > 2:
            sys.path.insert(0, sys.argv[2])
            import neighbour, json, decimal, grader.cli
        sets = {"n": read_input_set("integer(-1000..1000)"), "r": read_input_set("real(-500..500)")}
        print(corpus(cases(sets), 300, int(sys.argv[1])))
    """
    runs = [
        subprocess.run(
            [sys.executable, "-c", script, "7", *more], capture_output=True, text=True, check=True, cwd=tmp_path
        )
        for more in ([], [str(tmp_path)])
    ]
    assert runs[0].stdout == runs[1].stdout
    assert len(runs[0].stdout) > 1000


@pytest.mark.parametrize(("module", "name"), [(module, name) for module in INTERNALS for name in INTERNALS[module]])
def test_hypothesis_has_the_internals_that_drawing_rests_on(module, name, monkeypatch):
    """And where a version has renamed one, nothing is drawn: an error says what is missing."""
    assert hasattr(importlib.import_module(module), name), f"Hypothesis has no {module}.{name} any more"
    monkeypatch.delattr(f"{module}.{name}")
    with pytest.raises(HarnessError, match=rf"has no {module}\.{name}, without which it draws other inputs"):
        corpus(st.integers(), 3, 1)


@pytest.mark.long
def test_what_is_drawn_does_not_hang_on_what_was_drawn_before():
    first = repr(drawn(x="real(-500..500)"))

    @given(st.floats(-500, 500))
    def other_draws(_value):
        pass

    other_draws()
    assert repr(drawn(x="real(-500..500)")) == first


@pytest.mark.parametrize(
    ("texts", "fails", "least"),
    [
        ({"x": "integer(-1000..1000)"}, lambda c: c["x"] > 17, {"x": 18}),
        ({"x": "integer(-1000..1000)"}, lambda c: c["x"] < -3, {"x": -4}),
        ({"x": "real(-1000..1000)"}, lambda c: c["x"] > 2.5, {"x": 3.0}),
        ({"x": "sequence(0..9, integer(-9..9))"}, lambda c: sum(c["x"]) > 4, {"x": [5]}),
        ({"x": "sequence(0..9, integer(-9..9))"}, lambda c: len(set(c["x"])) < len(c["x"]), {"x": [0, 0]}),
        ({"n": "integer(1..6)", "x": "sequence(n, bit)"}, lambda c: sum(c["x"]) > 1, {"n": 2, "x": [1, 1]}),
        ({"x": "word(0..9, ab)"}, lambda c: "ba" in c["x"], {"x": "ba"}),
    ],
)
def test_the_smallest_failing_input_is_found(texts, fails, least):
    assert smallest(cases(sets(**texts)), fails, 200, SEED) == least


@pytest.mark.long
def test_a_failure_of_the_corpus_is_always_found_again():
    strategy = cases(sets(x="integer(0..1000)", y="integer(0..1000)"))
    rare = corpus(strategy, 200, SEED)[137]
    assert smallest(strategy, lambda case: case == rare, 200, SEED) == rare


def test_where_nothing_fails_nothing_is_found():
    assert smallest(cases(sets(x="bit")), lambda case: False, 50, SEED) is None


def test_no_time_or_folder_of_hypothesis_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(values("integer(0..9)", 30)) > 5
    assert list(Path(tmp_path).iterdir()) == []


def counted(monkeypatch, text, examples):
    """How often Hypothesis is asked while cases are drawn, and the cases."""
    from grader.inputs import draw

    asked = []

    class Counted(draw.DrawnSingly):
        def __init__(self, choose):
            super().__init__(lambda strategy: asked.append(strategy) or choose(strategy))

    monkeypatch.setattr(draw, "DrawnSingly", Counted)
    return asked, values(text, examples)


@pytest.mark.long
@pytest.mark.parametrize(
    ("text", "entries", "inside"),
    [
        ("matrix(20, 20, real(-1..1))", 400, lambda x: -1 <= x <= 1),
        ("vector(500, integer(-3..9))", 500, lambda x: x in range(-3, 10)),
        ("sequence(300, one of 1, 2, 5)", 300, lambda x: x in (1, 2, 5)),
        ("sequence(20, vector(20, real(0..1/3)))", 20, None),
        ("sequence(60, vector(3, real(0..1)))", 60, None),
        ("word(100, abc)", 100, lambda x: x in "abc"),
        ("matrix(7, 9, integer)", 63, lambda x: abs(x) <= 10_000),
    ],
)
def test_a_long_array_is_drawn_in_one_go(monkeypatch, text, entries, inside):
    """Hypothesis is asked for its size, a seed and a kind, whatever its length; its entries differ all the same."""
    asked, found = counted(monkeypatch, text, 20)
    assert len(asked) <= 4 * 40  # examples that were given up count too
    for x in found:
        items = x.entries if isinstance(x, Array) else x
        assert len(items) == entries
        assert inside is None or all(map(inside, items))
    several = [x for x in found if len({repr(item) for item in (x.entries if isinstance(x, Array) else x)}) > 2]
    assert len(several) >= len(found) / 3
    assert repr(found) == repr(values(text, 20))


def test_an_input_of_many_short_lists_is_drawn_in_one_go_from_some_point_on(monkeypatch):
    asked, _ = counted(monkeypatch, "sequence(16, sequence(16, integer(0..9)))", 5)
    assert len(asked) <= 10 * (64 + 3 * 16)


def test_bounds_of_entries_may_speak_of_the_values_before():
    for case in drawn(20, n="integer(20..40)", v="vector(n, integer(0..n - 1))", m="matrix(n, 2, real(-n..n))"):
        assert case["v"].shape == (case["n"],)
        assert all(0 <= value < case["n"] for value in case["v"].entries)
        assert all(abs(value) <= case["n"] for value in case["m"].entries)


def test_whole_numbers_without_bounds_are_often_small_and_go_beyond_a_thousand():
    found = values("integer", 200)
    assert sum(abs(value) <= 10 for value in found) >= 20
    assert sum(abs(value) > 1_000 for value in found) >= 20
    assert all(abs(value) <= 10_000 for value in found)
