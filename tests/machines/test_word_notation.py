"""Words of named symbols, as they are written, shown run by run, read back, and fitted to a language."""

import random
import re

import pytest
from flint import fmpq

from grader.machines.alphabet import Alphabet, Channel, NamedSymbol, NumberDomain, read_kind
from grader.machines.automaton import automaton_of
from grader.machines.display import read_runs, short_word
from grader.machines.word_expression import read_word_expression


def symbols(*names, words=None):
    """An input whose symbols are one-hot vectors."""
    size = len(names)
    named = tuple(NamedSymbol(n, tuple(fmpq(int(i == j)) for j in range(size))) for i, n in enumerate(names))
    machine = automaton_of(read_word_expression(words, names), size) if words is not None else None
    return Channel(NumberDomain((fmpq(0), fmpq(1))), (size,), named, machine)


LETTERS = Alphabet({"x": symbols("a", "b", "(", ")", ",", "x", "7")})
NAMES = Alphabet({"x": symbols("<s>", "(a)", "(", "then", "x", "b")})
PAIRS = Alphabet({"x": symbols("(", ")", ","), "y": symbols("(", "one", ")")})
BESIDE = Alphabet({"x": symbols("a", "b"), "z": Channel(read_kind("real")), "v": Channel(read_kind("bit"), (2,))})


def drawn(rng, alphabet, steps):
    def one():
        numbers = []
        for channel in alphabet.channels.values():
            if channel.names:
                numbers += rng.choice(channel.names).numbers
            else:
                numbers += [fmpq(rng.randint(0, 1)) for _ in range(channel.size)]
        return alphabet.symbol(numbers)

    word = []
    while len(word) < steps:
        word += [one() for _ in range(rng.randint(1, 3))] * rng.choice([1, 1, 5, 20])
    return tuple(word)


@pytest.mark.parametrize("alphabet", [LETTERS, NAMES, PAIRS, BESIDE], ids=["letters", "names", "pairs", "beside"])
@pytest.mark.parametrize("seed", range(12))
def test_what_is_shown_is_read_back(alphabet, seed):
    rng = random.Random(seed)
    short, long = drawn(rng, alphabet, rng.randint(1, 5)), drawn(rng, alphabet, 30)
    assert alphabet.read_word(alphabet.show_word(short)) == short
    assert read_runs(alphabet, alphabet.show_word(long)) == long
    text = short_word(alphabet, long)
    if "more steps" not in text:
        assert read_runs(alphabet, text) == long


@pytest.mark.parametrize(
    ("alphabet", "text", "shown"),
    [
        (LETTERS, "ab(a)b", "ab(a)b"),
        (LETTERS, " a b\n(a) ", "ab(a)"),
        (LETTERS, "40 x (a), then b", "40 x (a), then b"),
        (NAMES, "<s>  b  x", "<s> b x"),
        (NAMES, "30 x (<s> b), then (a)", "30 x (<s> b), then (a)"),
        (NAMES, "30 x (a)", "30 x (a)"),
        (PAIRS, "((,)) (),one) (,, ()", "((,)) (),one) (,,()"),
        (PAIRS, "20 x ((,))", "20 x ((,))"),
        (BESIDE, "(a, 1/2, 0, 1)(b,-3,1,1)", "(a,0.5,0,1) (b,-3,1,1)"),
    ],
)
def test_notations(alphabet, text, shown):
    assert short_word(alphabet, read_runs(alphabet, text)) == shown


@pytest.mark.parametrize(
    ("alphabet", "text", "message"),
    [
        (LETTERS, "abc", "'c' is not a symbol of x (a, b, (, ), ,, x and 7)"),
        (LETTERS, "", "an input has at least one step"),
        (NAMES, "<s>b", "'<s>b' is not a symbol of x"),
        (NAMES, "<s> c", "(symbols with longer names stand apart by spaces)"),
        (
            BESIDE,
            "(c,1,0,0)",
            "'(c,1,0,0)' is not a step of an input: write (x,z,v,v), x is one of a and b; z is a number",
        ),
        (BESIDE, "a", "'a' is not a step of an input"),
        (BESIDE, "(a,1,0,2)", "2 is not a value of the input 'v'"),
        (BESIDE, "(a,one,0,1)", "'one' is not a number"),
    ],
)
def test_what_is_no_word_is_refused(alphabet, text, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        alphabet.read_word(text)


def test_the_alphabet_has_each_symbol_once_and_no_other_vector():
    assert len(LETTERS.symbol_set.symbols) == 7
    assert len(PAIRS.symbol_set.symbols) == 9
    assert LETTERS.show_word(LETTERS.symbol_set.symbols) == "ab(),x7"


@pytest.mark.long
@pytest.mark.parametrize("pattern", ["(ab)*", "([ab]*[(][ab]*[)])*[ab]*", "a|b{5}", "(a|b)*a", "b+(ab){2}"])
@pytest.mark.parametrize("longest", [None, 5, 8])
def test_any_word_is_fitted_to_the_language(pattern, longest):
    alphabet, rng = Alphabet({"x": symbols("a", "b", "(", ")", words=pattern)}), random.Random(1)
    for _ in range(60):
        word = drawn(rng, alphabet, rng.randint(1, 12))
        fitted = alphabet.fitted(word, longest)
        assert fitted
        assert longest is None or len(fitted) <= longest
        assert re.fullmatch(pattern, alphabet.show_word(fitted))
        if re.fullmatch(pattern, alphabet.show_word(word)) and (longest is None or len(word) <= longest):
            assert fitted == word


def test_fitting_leaves_other_inputs_alone():
    alphabet = Alphabet({"z": Channel(read_kind("integer")), "x": symbols("a", "b", words="(ab)*")})
    word = alphabet.read_word("(1,b) (2,b) (3,b)")
    assert alphabet.show_word(alphabet.fitted(word)) == "(1,a) (2,b) (3,a) (3,b)"
