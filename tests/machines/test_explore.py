"""The joint walk: every edge once, shortest words first, and an honest end where the budget is used up."""

import itertools

import pytest
from flint import fmpq

from grader.machines.alphabet import FiniteAlphabet
from grader.machines.explore import Bounds, Stop, Walk, WordCount, count_words
from grader.machines.machine import FunctionMachine

TWO, FOUR = (FiniteAlphabet(tuple((fmpq(i),) for i in range(size))) for size in (2, 4))


def numbers(word):
    """A word of one number a step, as Python's whole numbers."""
    return tuple(int(number) for (number,) in word)


class Ring(FunctionMachine):
    """`size` states in a ring; symbol i goes i + 1 further. Counts the steps that are worked out."""

    def __init__(self, size, alphabet):
        self.worked_out = 0
        super().__init__(0, self.go, alphabet)
        self.size = size

    def go(self, state, symbol):
        self.worked_out += 1
        following = (state + 1 + int(symbol[0])) % self.size
        return following, following


def walked(machines, bounds=None, visit=None):
    edges = []

    def note(walk, node, symbol, joint):
        edges.append((node, symbol))
        return visit(walk, node, symbol, joint) if visit else True

    walk = Walk(machines, machines[0].symbol_set)
    walk.run(note, bounds or Bounds())
    return walk, edges


@pytest.mark.parametrize("size", [1, 10, 100, 1000])
@pytest.mark.parametrize("alphabet", [TWO, FOUR], ids=["2 symbols", "4 symbols"])
def test_every_joint_edge_is_visited_exactly_once(size, alphabet):
    """The work is states times symbols: linear in the joint machine."""
    first, second = Ring(size, alphabet), Ring(size, alphabet)
    walk, edges = walked([first, second])
    assert walk.complete
    assert len(walk.nodes) == size
    assert len(edges) == len(set(edges)) == size * len(alphabet.symbols)
    assert first.worked_out == second.worked_out == size * len(alphabet.symbols)


@pytest.mark.parametrize(("one", "other"), [(2, 3), (8, 9), (16, 27)])
def test_only_the_reachable_part_of_a_product_is_walked(one, other):
    """Rings of coprime sizes meet everywhere; a ring beside its double meets itself alone."""
    walk, edges = walked([Ring(one, TWO), Ring(other, TWO)])
    assert len(walk.nodes) == one * other
    assert len(edges) == 2 * one * other
    walk, edges = walked([Ring(one, TWO), Ring(2 * one, TWO)])
    assert (len(walk.nodes), len(edges)) == (2 * one, 4 * one)


@pytest.mark.long
@pytest.mark.parametrize("bits", range(1, 11))
def test_a_shift_register_of_n_bits_has_two_to_the_n_states(machine, bits):
    """A network whose state grows with its weights' width: 2 ** n joint states, 2 ** (n + 1) edges, nothing more."""
    equations = {"y": f"x[t-{bits}]"}
    first = machine(equations, "y", initial={"x": "0"})
    second = machine(equations, "y", initial={"x": "0"})
    walk, edges = walked([first, second])
    assert walk.complete
    assert (len(walk.nodes), len(edges)) == (2**bits, 2 ** (bits + 1))


def test_the_first_word_found_is_a_shortest_one_and_the_first_in_the_order_of_the_symbols():
    """To state 7 of a ring of 10 with steps 1 and 2: four steps, of which one is a 1."""
    found = []

    def visit(walk, node, symbol, joint):
        if joint[0].step.output == 7:
            found.append(numbers(walk.word(node, symbol)))
            raise Stop
        return True

    walk, _ = walked([Ring(10, TWO)], visit=visit)
    assert not walk.complete
    lengths = {n for n in range(1, 8) for w in itertools.product((1, 2), repeat=n) if sum(w) == 7}
    assert len(found[0]) == min(lengths) == 4
    candidates = [w for w in itertools.product((0, 1), repeat=4) if sum(w) + 4 == 7]
    assert found[0] == min(candidates)


def test_edges_that_do_not_count_are_not_followed():
    """Only the symbol 1 is allowed: the ring is walked in twos."""
    walk, edges = walked([Ring(10, TWO)], visit=lambda walk, node, symbol, joint: symbol == 1)
    assert walk.complete
    assert (len(walk.nodes), len(edges)) == (5, 10)


@pytest.mark.parametrize("states", [1, 2, 3, 4, 7, 8, 15, 100])
def test_where_the_budget_ends_all_words_up_to_the_stated_length_were_seen(states):
    """In a tree of words (states never meet again) the budget ends in the middle of a level."""
    tree = FunctionMachine((), lambda state, symbol: ((*state, symbol), 0), TWO)
    walk, edges = walked([tree], Bounds(states=states))
    assert not walk.complete
    assert len(walk.nodes) == states
    seen = {numbers(walk.word(*edge)) for edge in edges}
    for n in range(1, walk.length + 1):
        assert set(itertools.product((0, 1), repeat=n)) <= seen
    assert not set(itertools.product((0, 1), repeat=walk.length + 2)) <= seen


@pytest.mark.parametrize("length", [1, 2, 5])
def test_a_bounded_length_is_seen_in_full_and_no_further(length):
    tree = FunctionMachine((), lambda state, symbol: ((*state, symbol), 0), TWO)
    walk, edges = walked([tree], Bounds(length=length))
    assert walk.complete
    assert walk.length == length
    words = {numbers(walk.word(*edge)) for edge in edges}
    assert words == {w for n in range(1, length + 1) for w in itertools.product((0, 1), repeat=n)}
    assert all(walk.depth(node) + 1 == len(walk.word(node, 0)) for node in range(len(walk.nodes)))


@pytest.mark.parametrize("length", range(5))
def test_words_are_counted_as_they_would_be_listed(length):
    """Words over 0, 1 without two 1s in a row."""
    last = FunctionMachine(0, lambda state, symbol: (int(symbol[0]), int(symbol[0]) and state), TWO)
    listed = [w for n in range(1, length + 1) for w in itertools.product("01", repeat=n) if "11" not in "".join(w)]
    assert count_words(last, TWO, lambda step: not step.output, length) == WordCount(len(listed))


def test_numbers_beyond_the_limits_end_the_walk_and_the_run(machine):
    squares = machine({"h": "h[t-1] * h[t-1] * h[t-1] * h[t-1]"}, "h", initial={"h": "2"})
    walk, _ = walked([squares])
    assert not walk.complete
    assert walk.length == 6  # 2 ** (4 ** 7) is the first number of more than 8192 bits
    assert len(squares.run([TWO.symbols[0]] * 20)) == 6
