"""Regular expressions over symbols: the automaton takes what Python's `re` takes, and every mistake has its place."""

import itertools
import random
import re

import pytest

from grader.machines.automaton import MAX_COUNTED_WORDS, AutomatonError, automaton_of, side_by_side
from grader.machines.word_expression import WordExpressionError, read_word_expression

LETTERS = "ab()"
WORDS = ["".join(word) for n in range(6) for word in itertools.product(LETTERS, repeat=n)]


def automaton(text, names=LETTERS, **options):
    return automaton_of(read_word_expression(text, names), len(names), **options)


def state_after(machine, word, names=LETTERS):
    state = machine.start
    for symbol in word:
        state = None if state is None else machine.moves[state][names.index(symbol)]
    return state


def takes(machine, word, names=LETTERS):
    state = state_after(machine, word, names)
    return state is not None and not machine.distances[state]


def drawn(rng, depth):
    """An expression that Python's `re` reads alike."""
    kind = rng.randrange(10)
    if depth == 0 or kind < 3:
        return rng.choice(["a", "b", r"\(", "[)]", "[ab]", "[^a]", ".", "[a-b]", "[()]", "[^()]"])
    if kind < 5:
        return drawn(rng, depth - 1) + drawn(rng, depth - 1)
    if kind < 7:
        return f"({drawn(rng, depth - 1)}|{rng.choice(['', drawn(rng, depth - 1)])})"
    brackets = rng.choice(["(", "(?:"])
    times = rng.choice(["*", "+", "?", "{2}", "{1,2}", "{,2}", "{2,}", "{0}"])
    return f"{brackets}{drawn(rng, depth - 1)}){times}"


@pytest.mark.parametrize("seed", range(60))
def test_the_words_are_those_that_python_matches(seed):
    text = drawn(random.Random(seed), 4)
    wanted = {word for word in WORDS if re.fullmatch(text, word)}
    try:
        machine = automaton(text)
    except AutomatonError:
        assert not wanted - {""}
        return
    assert {word for word in WORDS if takes(machine, word)} == wanted
    for word in (word for word in WORDS if len(word) <= 3):
        state = state_after(machine, word)
        longer = [one for one in wanted if one.startswith(word)]
        if state is None:
            assert not longer
        elif len(word) + machine.distances[state] <= 5:
            assert min(map(len, longer)) == len(word) + machine.distances[state]
            completed = word + "".join(LETTERS[i] for i in machine.completion(state))
            assert completed in wanted


@pytest.mark.parametrize(
    ("text", "states"),
    [("(a|b)*", 1), ("([ab]*[(][ab]*[)])*[ab]*", 2), ("(ab|ba)*", 3), ("a{3}", 4), ("(a|b)*a(a|b)", 4), ("a|aa*", 2)],
)
def test_there_are_no_more_states_than_needed(text, states):
    assert len(automaton(text).moves) == states


def test_beginnings_count_where_they_are_asked_for():
    machine = automaton("(ab)*", prefixes=True)
    assert takes(machine, "aba")
    assert takes(machine, "")
    assert not takes(machine, "abb")
    assert not takes(automaton("(ab)*"), "aba")


@pytest.mark.parametrize(
    ("text", "words", "longest"), [("(a|b){2}", 4, 2), ("a?b?", 4, 2), ("ab|", 2, 2), ("(a|b){100}", None, 100)]
)
def test_finite_languages_are_counted(text, words, longest):
    machine = automaton(text)
    assert machine.is_finite
    assert machine.longest == longest
    assert machine.words == (words or MAX_COUNTED_WORDS)


def test_endless_states_lead_to_words_of_every_length():
    machine = automaton("a|b(ab)*")
    assert not machine.is_finite
    assert state_after(machine, "b") in machine.endless
    assert state_after(machine, "a") not in machine.endless


def test_languages_side_by_side_have_words_of_one_length():
    """Even words beside words whose length three divides: the length is a multiple of 6."""
    both = side_by_side([automaton("((a|b)(a|b))*", "ab"), automaton("(aaa)*", "a")])
    lengths, states = [], {both.start}
    for n in range(13):
        lengths += [n] if any(not both.distances[state] for state in states) else []
        states = {target for state in states for target in both.moves[state] if target is not None}
    assert lengths == [0, 6, 12]
    with pytest.raises(AutomatonError, match="no input that has a step belongs to it"):
        side_by_side([automaton("aa", "a"), automaton("aaa", "a")])


NAMED = ["<s>", "one", "on", "e", "a+", "x"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("<s>one", ["<s>", "one"]),
        ("<s> on e", ["<s>", "on", "e"]),
        ("(on)(e)", ["on", "e"]),
        ("one", ["one"]),
        (r"a\+", ["a+"]),
        ("[x<s>][on e]", ["<s>", "e"]),
        (r"<s>a\+{2}", ["<s>", "a+", "a+"]),
        ("one{2}", ["one", "one"]),
    ],
)
def test_the_longest_name_counts_and_spaces_part_names(text, word):
    machine = automaton(text, NAMED)
    assert takes(machine, word, NAMED)
    assert not takes(machine, [*word, "x"], NAMED)


FAULTS = [
    ("[ab«c]*", "'c' is not a symbol (a, b, ( and ))"),
    ("a«c", "'c' is not a symbol"),
    ("«(ab", "'(' is not closed: write \\( or [(] for the symbol"),
    ("ab«)", "')' closes nothing: write \\) or [)] for the symbol"),
    ("a*«*", "'*' stands behind '*': put what it repeats in brackets, (...)*"),
    ("a{2}«?", "'?' stands behind '{2}'"),
    ("«*a", "'*' repeats nothing: write \\* for the symbol"),
    ("a|«+", "'+' repeats nothing"),
    ("a«{3", "how often is written {3}, {2,4}, {2,} or {,4}"),
    ("a«{x}", "how often is written"),
    ("a«{,}", "how often is written"),
    ("a«{3,1}", "{3,1} is no number of times: 3 is more than 1"),
    ("a«{5000}", "{5000} is more than 1000 times"),
    ("«[ab", "'[' is not closed: write \\[ for the symbol"),
    ("«[]", "[] takes no symbol"),
    ("b«[^ab()]", "[^ab()] takes no symbol"),
    ("[«c-z]", "no symbol lies in c-z"),
    ("«^a", "a word is always matched as a whole: leave '^' out, or write \\^ for the symbol"),
    ("a«$", "a word is always matched as a whole"),
    ("a«]", "']' closes nothing"),
    ("a«}", "'}' closes nothing"),
    ("a«\\d", "\\d stands for no symbol: a backslash stands only before a sign such as ("),
    ("a«\\", "\\ stands for no symbol"),
    ("(«?=a)b", "only (...) and (?:...) are read, no other brackets with (?"),
    ("(" * 60 + "«(a", "more than 60 brackets are open here"),
]


@pytest.mark.parametrize(("marked", "message"), FAULTS)
def test_a_mistake_is_named_at_its_character(marked, message):
    with pytest.raises(WordExpressionError) as caught:
        read_word_expression(marked.replace("«", ""), LETTERS)
    assert str(caught.value).startswith(message)
    assert caught.value.at == marked.index("«")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("((a{100}){100}){2}", "it has more than 2000 symbols once {n} is written out"),
        ("(a|b)*a(a|b){12}", "its automaton has more than 2000 states"),
        ("()", "no input that has a step belongs to it"),
        ("", "no input that has a step belongs to it"),
    ],
)
def test_an_expression_that_cannot_be_used_is_refused(text, message):
    with pytest.raises(AutomatonError, match=re.escape(message)):
        automaton(text)
