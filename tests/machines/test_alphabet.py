"""Kinds of inputs and words of inputs, as they are read and shown."""

import re

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from grader.language.arrays import Array
from grader.language.parse import parse
from grader.machines.alphabet import (
    BIT_DOMAIN,
    MAX_SYMBOLS,
    Alphabet,
    Channel,
    NumberDomain,
    UnlistedAlphabet,
    read_kind,
    read_outputs,
    show_outputs,
    show_value,
)
from grader.machines.machine import EquationMachine
from grader.machines.program import Program
from grader.machines.system import System
from grader.machines.word_language import SymbolInput

BITS = Alphabet({"x": Channel(BIT_DOMAIN)})
PAIRS = Alphabet({"x": Channel(BIT_DOMAIN, (2,))})
SIGNS = Alphabet({"x": Channel(NumberDomain((fmpq(-1), fmpq(0), fmpq(1))))})
TWO = Alphabet({"a": Channel(BIT_DOMAIN), "b": Channel(NumberDomain((fmpq(1, 2), fmpq(-3))))})


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("bit", BIT_DOMAIN),
        ("integer", NumberDomain(None, whole=True)),
        ("real", NumberDomain(None)),
        ("real(-3..3)", NumberDomain(None, fmpq(-3), fmpq(3))),
        ("real( -1/2 .. 0.5 )", NumberDomain(None, fmpq(-1, 2), fmpq(1, 2))),
        ("integer(-1..1)", NumberDomain((fmpq(-1), fmpq(0), fmpq(1)), fmpq(-1), fmpq(1), whole=True)),
        ("integer(7..7)", NumberDomain((fmpq(7),), fmpq(7), fmpq(7), whole=True)),
    ],
)
def test_kinds(text, kind):
    assert read_kind(text) == kind


def test_integers_are_listed_up_to_the_largest_alphabet():
    assert len(read_kind(f"integer(1..{MAX_SYMBOLS})").values) == MAX_SYMBOLS
    assert read_kind(f"integer(0..{MAX_SYMBOLS})").values is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("bits", "'bits' is not a kind of input: write bit, [-1, 0, 1], integer(-5..5) or real(-3..3)"),
        ("integer(1,2)", "'integer(1,2)' is not a kind of input"),
        ("Integer", "'Integer' is not a kind of input"),
        ("real(a..3)", "'real(a..3)': 'a' is not a number"),
        ("integer(5..-5)", "'integer(5..-5)' is empty: 5 is larger than -5"),
        ("integer(0..1.5)", "'integer(0..1.5)': the bounds of integers are whole numbers"),
        ("real(nan..3)", "'real(nan..3)': 'nan' is not a number: write a finite number"),
    ],
)
def test_what_is_no_kind_is_refused(text, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        read_kind(text)


@pytest.mark.parametrize(
    ("kind", "inside", "outside"),
    [
        ("bit", ["0", "1"], ["2", "1/2"]),
        ("integer", ["-1000000"], ["1/2"]),
        ("integer(0..9999)", ["0", "9999"], ["-1", "10000", "1/2"]),
        ("real(-1..1)", ["-1", "1/3", "1"], ["1.01", "-2"]),
        ("real", ["1/3"], []),
    ],
)
def test_what_belongs_to_a_kind(kind, inside, outside):
    read = read_kind(kind)
    assert all(read.holds(fmpq(*map(int, n.split("/"))) if "." not in n else fmpq(101, 100)) for n in inside)
    assert not any(read.holds(fmpq(*map(int, n.split("/"))) if "." not in n else fmpq(101, 100)) for n in outside)


def test_symbols_are_in_order_the_last_number_fastest():
    assert [PAIRS.show_word([s]) for s in PAIRS.symbol_set.symbols] == ["(0,0)", "(0,1)", "(1,0)", "(1,1)"]
    assert [TWO.show_word([s]) for s in TWO.symbol_set.symbols] == ["(0,0.5)", "(0,-3)", "(1,0.5)", "(1,-3)"]


def test_endless_and_far_too_large_alphabets_have_no_list_of_symbols():
    assert Alphabet({"x": Channel(read_kind("integer"))}).symbol_set == UnlistedAlphabet()
    assert Alphabet({"x": Channel(BIT_DOMAIN, (13,))}).symbol_set == UnlistedAlphabet()
    assert len(Alphabet({"x": Channel(BIT_DOMAIN, (12,))}).symbol_set.symbols) == MAX_SYMBOLS


def test_a_machine_over_inputs_that_cannot_be_listed_has_no_edges():
    """It can be run, but a walk that took its symbols for none would prove anything."""
    system = System(Alphabet({"x": Channel(read_kind("real"))}), {"h": parse("x[t]")}, parse("h"))
    machine = EquationMachine(Program(system), {})
    assert [step.output for step in machine.run([(fmpq(1, 2),)])] == [fmpq(1, 2)]
    with pytest.raises(IndexError):
        machine.edge(0, 0)


def test_no_input_is_one_symbol():
    assert Alphabet({}).symbol_set.symbols == ((),)


@pytest.mark.long
@pytest.mark.parametrize("alphabet", [BITS, PAIRS, SIGNS, TWO], ids=["bits", "pairs", "signs", "two inputs"])
@given(data=st.data())
def test_words_are_read_as_they_are_shown(alphabet, data):
    word = tuple(data.draw(st.lists(st.sampled_from(alphabet.symbol_set.symbols), min_size=1, max_size=12)))
    assert alphabet.read_word(alphabet.show_word(word)) == word


def test_words_may_be_written_with_commas_and_spaces():
    assert SIGNS.read_word(" -1, 0 1") == ((fmpq(-1),), (fmpq(0),), (fmpq(1),))
    assert BITS.read_word("0 1 1") == BITS.read_word("011")
    assert PAIRS.read_word("(0,1),( 1 0 )") == ((Array((2,), (0, 1)),), (Array((2,), (1, 0)),))


@pytest.mark.parametrize(
    ("alphabet", "text", "message"),
    [
        (BITS, "012", "12 is not a value of the input 'x'"),
        (BITS, "0a", "'0a' is not a number"),
        (BITS, "", "'' is not a number"),
        (SIGNS, "0 2", "2 is not a value of the input 'x'"),
        (PAIRS, "(0,1) 1", "'(0,1) 1' is not an input: write one group a step, like (0,1) (1,1)"),
        (PAIRS, "(0,1,1)", "one step takes 2 numbers, not 3"),
        (PAIRS, "0 1", "one step takes 2 numbers, not 1"),
        (SIGNS, "(0,1)", "one step takes 1 number, not 2"),
        (TWO, "(0,1)", "1 is not a value of the input 'b'"),
    ],
)
def test_what_is_no_word_is_refused(alphabet, text, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        alphabet.read_word(text)


def test_values_as_text():
    matrix = Array((2, 2), map(fmpq, (1, 0, 0, -2)))
    assert show_value(matrix) == "[[1, 0], [0, -2]]"
    assert show_value(Array((2,), (fmpq(1, 2), fmpq(1, 3)))) == "[0.5, 1/3]"


def test_outputs_are_packed_where_all_are_bits():
    assert show_outputs([fmpq(1), fmpq(0)]) == "10"
    assert show_outputs([fmpq(1), fmpq(1, 2)]) == "1 0.5"
    assert read_outputs("1 0.5", 2) == (1, fmpq(1, 2))
    assert read_outputs("10", 2) == (1, 0)
    assert read_outputs("10", 1) == (10,)


@pytest.mark.parametrize(
    ("text", "steps", "message"),
    [
        ("111", 4, "'111' gives 3 outputs for 4 steps"),
        ("1 2", 1, "'1 2' gives 2 outputs for 1 step"),
        ("5", 2, "'5' gives 1 output for 2 steps"),
        ("1 x", 2, "'x' is not a number"),
    ],
)
def test_outputs_that_do_not_fit_are_refused(text, steps, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        read_outputs(text, steps)


@pytest.mark.parametrize("shape", [(8,), (2, 4), (4, 2), (2, 2, 2), (1, 2, 4)])
def test_a_symbol_of_many_numbers_is_written_out_in_its_shape(monkeypatch, shape):
    """And is the only one that the expression is true of."""
    monkeypatch.setattr("grader.machines.word_language.MAX_SINGLE_COMPARISONS", 0)
    symbol, other = tuple(map(fmpq, range(8))), tuple(map(fmpq, range(1, 9)))
    written = nested(list(map(int, symbol)), shape)
    is_symbol = SymbolInput("x", shape, (symbol,), None).is_symbol
    assert is_symbol == parse(f"all(x[t] == {written})")
    both = SymbolInput("x", shape, (symbol, other), None).is_symbol
    assert both == parse(f"all(x[t] == {written}) or all(x[t] == {nested(list(range(1, 9)), shape)})")


def nested(numbers, shape):
    """Numbers as lists of lists."""
    if len(shape) == 1:
        return numbers
    size = len(numbers) // shape[0]
    return [nested(numbers[i : i + size], shape[1:]) for i in range(0, len(numbers), size)]
