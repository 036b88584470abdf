"""Networks that are wrong late, rarely or far out: none of them keeps its marks where only samples can tell.

An index that depends on the input keeps solvers from all of these questions, so that every one is sampled.
"""

import itertools
from fractions import Fraction
from types import SimpleNamespace

import pytest
from flint import fmpq

from grader.engines.constants import edge_numbers
from grader.engines.corpus import draw_corpus
from grader.engines.edge_words import MAX_LONG_STEPS, edge_words, long_words
from grader.engines.engine import OpenLines
from grader.engines.long_runs import MAX_SAMPLED_LENGTH, LongRunBits, steps_within
from grader.engines.sample import SampleEngine
from grader.engines.turning_points import TurningPoints
from grader.errors import SpecError
from grader.kinds.table import load_assignment
from grader.machines.alphabet import Alphabet, Channel, NumberDomain, numbers_of, read_kind
from grader.machines.explore import Bounds
from grader.machines.machine import AnswerMachine

from .test_horn import load, machine_of, question_text

__all__ = ["load"]

ONE = 'length: 1\nchecks: [{name: "all", points: 1}]'
ALL = 'checks: [{name: "all", points: 1}]'
COUNT = 'initial: {{c: 0}}\n  equations: {{c: "c[t-1] + ({by})", y: "1 if {right} else 0"}}'


def one_step(inputs, network, behaviour):
    return inputs, "a", f'equations: {{y: "{network}"}}', f'equations: {{o: "{behaviour}"}}', ONE


def steps(network, behaviour='equations: {o: "1"}'):
    return "x: bit", "a", network, behaviour, ALL


LATCH = ('initial: {h: 1}\n  equations: {h: "min(1, h[t-1] + a*x[t] - 2*(1 - x[t]))", y: "1 if h[t] >= 0.5 else 0"}', 'initial: {q: 1}\n  equations: {q: "q[t-1] and x[t]", o: "q[t]"}')  # fmt: skip
WRONG = {
    "a whole number, at 1 alone": (one_step("x: integer", "x[t] + a*(x[t] == 1)", "x[t]"), "1"),
    "at 17 alone": (one_step("x: integer", "x[t] + (x[t] == a)", "x[t]"), "17"),
    "at 12345 alone": (one_step("x: integer", "x[t] + (x[t] == a)", "x[t]"), "12345"),
    "at -777 alone": (one_step("x: integer", "x[t] + (2*x[t] == a)", "x[t]"), "-1554"),
    "at 2 and 3 alone": (one_step("x: [integer, integer]", "x[t][0] + (1 if x[t][0] == 2 and x[t][1] == a else 0)", "x[t][0]"), "3"),
    "at 20 and 31 alone": (one_step("x: [integer, integer]", "x[t][0] + (1 if x[t][0] == 20 and x[t][1] == a else 0)", "x[t][0]"), "31"),
    "one threshold for another": (one_step("x: real", "x[t] > a", "x[t] > 5"), "6"),
    "a threshold that is a little off": (one_step("x: real", "x[t] > a", "x[t] > 5"), "5.000000001"),
    "a threshold of 0 that is a little off": (one_step("x: real", "x[t] > a", "x[t] > 0"), "1e-9"),
    "equality counted as more": (one_step("x: real", "1 if x[t] >= 5*a else 0", "x[t] > 5"), "1"),
    "a sum of two": (one_step("x: [real, real]", "3*x[t][0] - 7*x[t][1] > a", "3*x[t][0] - 7*x[t][1] > 5"), "5.0001"),
    "a square": (one_step("x: real", "x[t]*x[t] > a", "x[t]*x[t] > 2"), "2.001"),
    "close reals": (one_step("x: [real, real]", "x[t][1] if x[t][1] - x[t][0] > a else x[t][0]", "max(x[t])"), "1/8192"),
    "a tie": (one_step("x: [real, real, real]", "1 if x[t][0] > x[t][1] and x[t][1] > a*x[t][2] else 0", "x[t][0] > x[t][1] and x[t][1] >= x[t][2]"), "1"),
    "nearly a tie": (one_step("x: [real, real]", "1 if abs(x[t][0] - x[t][1]) <= a else 0", "x[t][0] == x[t][1]"), "1e-6"),
    "far out": (one_step("x: real", "x[t] if x[t] < a else a", "x[t]"), "400000"),
    "far out below": (one_step("x: real", "max(x[t], a)", "x[t]"), "-900000"),
    "close to 0": (one_step("x: real", "0 if abs(x[t]) < a else x[t]", "x[t]"), "1e-6"),
    "a narrow window": (one_step("x: real(-10..10)", "1 if x[t] > 3.2 and x[t] < 3.2 + a else 0", "0"), "1e-5"),
    "after 97 ones": (steps(LATCH[0], LATCH[1]), "0.0155"),
    "after 700 ones": (steps(LATCH[0], LATCH[1]), "0.0021"),
    "after 300 zeros": (steps(COUNT.format(by="1 - x[t]", right="c[t] <= a")), "300"),
    "after 1500 ones": (steps(COUNT.format(by="x[t]", right="c[t] < a")), "1500"),
    "after 120 ones and a zero": (steps(COUNT.format(by="x[t]", right="c[t] < a or x[t]")), "120"),
    "after 500 alternations": (steps(COUNT.format(by="1 if x[t] != x[t-1] else 0", right="c[t] < a").replace("c: 0", "c: 0, x: 0")), "500"),
    "as many ones as zeros, 60": (steps('initial: {n: 0}\n  equations: {n: "n[t-1] + (1 if x[t] else -1)", y: "1 if n[t] == 0 or n[t] > a else 0"}', 'initial: {n: 0}\n  equations: {n: "n[t-1] + (1 if x[t] else -1)", o: "n[t] == 0"}'), "60"),
}  # fmt: skip


def sampled(question, a):
    machine = machine_of(question, {"a": a})
    return SampleEngine().decide(machine, question.specification, OpenLines(frozenset((0,))), question.budget)


@pytest.mark.long
@pytest.mark.parametrize("name", WRONG)
@pytest.mark.sampled(4)
def test_what_is_wrong_late_rarely_or_far_out_is_found_by_samples_alone(load, name):
    texts, a = WRONG[name]
    question = load(question_text(*texts))
    broken = sampled(question, a).broken[0]
    wanted = question.specification.machine().run(broken.word)
    answered = machine_of(question, {"a": a}).run(broken.word)
    right = [question.specification.accepts(b.output, w) for b, w in zip(answered, wanted, strict=True)]
    assert right == [True] * (len(right) - 1) + [False]


def test_right_answers_keep_their_marks(load):
    for name, a in [("at 17 alone", "1/2"), ("a threshold that is a little off", "5"), ("close reals", "0"), ("after 97 ones", "0"), ("a sum of two", "5")]:  # fmt: skip
        assert not sampled(load(question_text(*WRONG[name][0])), a).broken


def test_small_whole_numbers_constants_and_scales_are_among_the_edges():
    numbers = edge_numbers(read_kind("real"), [fmpq(7, 2)])
    assert numbers[:4] == (0, 1, -1, 2)
    assert {*map(fmpq, range(-20, 21))} <= {*numbers}
    assert {fmpq(10) ** k for k in range(-6, 7)} <= {*numbers}
    assert {fmpq(7, 2) + sign * fmpq(1, 2**k) for k in (0, 4, 10, 20, 30, 40) for sign in (1, -1)} <= {*numbers}
    whole = edge_numbers(read_kind("integer(-3..5000)"), [fmpq(7, 2)])
    assert all(n.q == 1 and -3 <= n <= 5000 for n in whole)
    assert {3, 4, 5000, -3, 1000} <= {int(n) for n in whole}


@pytest.mark.parametrize(
    "kinds",
    [["real"], ["real", "real"], ["integer", "real(0..1)"], ["real"] * 4, ["integer(5..100000)"], ["real(2..3)"] * 2],
)
def test_edge_words_stay_within_their_kinds_and_their_number(kinds):
    alphabet = Alphabet({f"x{i}": Channel(read_kind(kind)) for i, kind in enumerate(kinds)})
    words = list(edge_words(alphabet, None, [fmpq(5)], 100))
    ones = [word for word in words if len(word) == 1]
    assert 20 < len(ones) <= 400
    assert len(set(ones)) == len(ones)
    assert all(
        kind.holds(n)
        for word in words
        for symbol in word
        for kind, n in zip(alphabet.number_domains, numbers_of(symbol), strict=True)
    )
    assert {len(word) for word in edge_words(alphabet, 1, [], 100)} == {1}


def test_ties_and_near_ties_of_each_pair_are_among_them():
    alphabet = Alphabet({"x": Channel(NumberDomain(None), (3,))})
    rows = [tuple(numbers_of(word[0])) for word in edge_words(alphabet, 1, [], 300)]
    assert (0, 0, 0) in rows
    for i, j in itertools.permutations(range(3), 2):
        near = {abs(row[i] - row[j]) for row in rows if 0 < abs(row[i] - row[j]) < fmpq(1, 1000)}
        assert fmpq(1, 2**30) in near


def test_long_words_are_repetitive_and_bounded(load):
    question = load(question_text(*WRONG["after 97 ones"][0]))
    behaviour = question.specification.machine()
    short = [(word, behaviour.run(word)) for word in itertools.product(question.alphabet.symbol_set.symbols, repeat=2)]
    words = ["".join(str(int(x)) for (x,) in word) for word in long_words(question.specification, 300, short)]
    assert {len(word) for word in words} == {300}
    for pattern in ("1" * 250, "0" * 250, "10" * 150, "110" * 100, "0" * 150 + "1" * 150):
        assert any(pattern in word for word in words)
    assert sum(map(len, long_words(question.specification, 5000, short))) <= MAX_LONG_STEPS


@pytest.mark.long
def test_a_budget_says_how_long_words_may_be(load, tmp_path):
    texts, a = WRONG["after 700 ones"]
    text = question_text(*texts)
    assert sampled(load(text), a).broken
    shorter = load(text.replace("budget: {", "budget: {longest: 500, "))
    assert not sampled(shorter, a).broken
    assert max(map(len, shorter.budget.corpus.words)) == 500
    least = load(text.replace("budget: {", "budget: {longest: 9, "))
    assert max(map(len, least.budget.corpus.words)) == 9
    for wrong in ("0", "10001", "x"):
        path = tmp_path / "q.yaml"
        path.write_text(text.replace("budget: {", f"budget: {{longest: {wrong}, "))
        with pytest.raises(SpecError, match="longest"):
            load_assignment(path)


def test_no_long_word_is_longer_than_the_questions_inputs(load):
    question = load(question_text(*WRONG["after 97 ones"][0]).replace("checks:", "length: 90\nchecks:"))
    assert max(map(len, question.budget.corpus.words)) == 90


def test_the_same_words_are_drawn_on_every_run(load):
    question = load(question_text(*WRONG["close reals"][0]))
    constants = [fmpq(1, 3)]
    first, second = (
        draw_corpus(question.alphabet, question.specification, Bounds(length=1), 20, 5, constants) for _ in range(2)
    )
    assert first.words == second.words


def test_turning_points_lie_between_what_is_wanted_and_what_the_network_says(load):
    question = load(question_text(*WRONG["a threshold that is a little off"][0]))
    machine = machine_of(question, {"a": "5.000000001"})
    numbers = [numbers_of(word[0])[0] for word in TurningPoints(machine, question.specification).words([()])]
    assert any(5 < n <= fmpq(5000000001, 10**9) for n in numbers)
    assert {fmpq(5), fmpq(5000000001, 10**9)} <= {*numbers}


@pytest.mark.parametrize(
    "network", ["1/x[t]*a > 2", "x[t]**3 > a", "[0, a][1 if x[t] > 2 else 0]", "a", "1 if 1/(x[t] - x[t]) > a else 0"]
)
def test_turning_points_of_what_may_be_undefined_or_constant_do_no_harm(load, network):
    question = load(question_text(*one_step("x: real", network, "x[t] > 0")))
    words = list(TurningPoints(machine_of(question, {"a": "3"}), question.specification).words([()]))
    assert len(words) < 2_000
    assert all(len(word) == 1 for word in words)


class Growing:
    """A machine whose numbers take twice as many bits with every step."""

    def __init__(self):
        self.steps = 0

    def trace(self, word):
        for i, _ in enumerate(word):
            self.steps += 1
            yield (fmpq(1, 2 ** (i * 1000)),), SimpleNamespace(output=i)


def test_long_words_are_cut_where_their_numbers_take_too_many_bits():
    machine, bits = Growing(), LongRunBits(5_000_000)
    assert len(steps_within(machine, ((),) * 60, bits)) == 60
    assert bits.left == 5_000_000
    steps_taken = len(steps_within(machine, ((),) * 2_000, bits))
    assert MAX_SAMPLED_LENGTH < steps_taken < 150
    assert len(steps_within(machine, ((),) * 2_000, bits)) == MAX_SAMPLED_LENGTH + 1


def test_an_exact_answer_is_found_wrong_whatever_the_fraction(load):
    question = load(question_text(*one_step("x: real", "x[t] > a", "x[t] > 5")))
    for off in ("1/7", "1e-6", "-1e-8", "1e3"):
        a = str(5 + Fraction(off))
        assert sampled(question, a).broken[0].word
    assert isinstance(machine_of(question, {"a": "5"}), AnswerMachine)
