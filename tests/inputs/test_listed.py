"""Finite sets listed to their end: exactly their members, each once, shortest first."""

from itertools import product

import pytest

from grader.inputs.alternatives import Either
from grader.inputs.cases import every_case
from grader.inputs.input_set import EndlessError
from grader.inputs.read import read_input_set
from grader.inputs.supplied import TableOf
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import Array
from grader.language.parse import parse


def listed(text, longest=9, **env):
    return list(read_input_set(text).members(env, longest))


@pytest.mark.parametrize("length", range(5))
@pytest.mark.parametrize("low", [0, 1, 2])
def test_sequences_are_all_tuples_up_to_the_length(length, low):
    wanted = [list(items) for size in range(low, length + 1) for items in product([0, 1, -1], repeat=size)]
    assert listed(f"sequence({low}..7, integer(-1..1))", length) == wanted
    assert len(wanted) == sum(3**size for size in range(low, length + 1))


def test_steps_leave_sizes_out():
    assert [len(x) for x in listed("bits(2..6 step 2)", 5)] == [2] * 4 + [4] * 16


def test_integers_come_by_size():
    assert listed("integer(-2..3)") == [0, 1, -1, 2, -2, 3]
    assert listed("integer(n..2)", n=5) == []
    assert listed("integer(n - 1..n)", n=3) == [2, 3]


def test_words_are_all_texts_over_their_letters():
    assert listed("word(0..2, ab)") == ["", "a", "b", "aa", "ab", "ba", "bb"]
    assert listed("word(1, aab)") == ["a", "b"]


def test_vectors_and_matrices_are_all_arrays():
    assert listed("vector(2, bit)") == [Array((2,), items) for items in product([0, 1], repeat=2)]
    found = listed("matrix(1..2, 2, bit)")
    assert found == [Array((n, 2), items) for n in (1, 2) for items in product([0, 1], repeat=2 * n)]


def test_choices_come_in_their_order():
    assert listed("one of 2, a, 0.5") == [2, "a", 0.5]


def test_alternatives_come_one_after_the_other():
    either = Either((read_input_set("bit"), read_input_set("one of x, y")))
    assert list(either.members({}, 3)) == [0, 1, "x", "y"]


def test_sequences_of_sequences():
    assert listed("sequence(2, sequence(1, bit))") == [[[0], [0]], [[0], [1]], [[1], [0]], [[1], [1]]]


def test_whole_inputs_are_the_product_of_their_sets():
    sets = {name: read_input_set(text) for name, text in {"a": "bit", "b": "word(1, xy)", "c": "integer(1..3)"}.items()}
    found = [tuple(case.values()) for case in every_case(sets, 5)]
    assert sorted(found) == sorted(product([0, 1], "xy", [1, 2, 3]))
    assert len(set(found)) == len(found)


def test_a_set_that_speaks_of_the_values_before_is_listed_for_each_of_them():
    sets = {
        "n": read_input_set("integer(0..3)"),
        "i": read_input_set("integer(0..n - 1)"),
        "x": read_input_set("bits(n)"),
    }
    found = [(case["n"], case["i"], tuple(case["x"])) for case in every_case(sets, 3)]
    assert sorted(found) == sorted((n, i, x) for n in range(4) for i in range(n) for x in product([0, 1], repeat=n))


@pytest.mark.parametrize(
    "text", ["real(0..1)", "integer", "generator", "vector(2, real(0..1))", "sequence(1, integer)"]
)
def test_what_has_no_end_is_refused(text):
    with pytest.raises(
        EndlessError, match=r"^reals, unbounded integers, generators and drawn tables cannot be listed to their end$"
    ):
        listed(text)


def test_a_supplied_function_that_is_computed_is_the_one_that_there_is():
    one = TableOf({"a": read_input_set("integer(0..n)")}, (parse("a + n"), parse("a % 2")))
    (table,) = one.members({"n": 2}, 3)
    assert (table.parameters, table.rows) == (("a",), {(0,): (2, 0), (1,): (3, 1), (2,): (4, 0)})


def test_a_supplied_function_that_is_written_down_is_the_one_that_there_is():
    sets = {"a": read_input_set("bit"), "w": read_input_set("one of x, y")}
    rows = {(0, "x"): (1,), (0, "y"): (2,), (1, "x"): (3,), (1, "y"): (0.5,)}
    (table,) = TableOf(sets, rows=rows).members({}, 3)
    assert table.rows == {(0, "x"): 1, (1, "x"): 3, (0, "y"): 2, (1, "y"): 0.5}
    with pytest.raises(EvaluationError, match=r"^the table has no row for \(1, x\)$"):
        list(TableOf(sets, rows={(0, "x"): (1,), (0, "y"): (2,)}).members({}, 3))


def test_a_supplied_function_that_is_drawn_is_not_listed():
    with pytest.raises(EndlessError):
        list(TableOf({"a": read_input_set("bit")}, (read_input_set("bit"),)).members({}, 3))
