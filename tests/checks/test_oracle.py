"""Every rubric line of q5 and q6 against brute force: all inputs up to a length that provably suffices, in fractions.

The oracle is written from the text of the assignment and shares no code with the grader. Why a length suffices: the
joint machine of network and wanted behaviour has at most n states; a shortest path to the state from which a wrong step
leaves takes at most n - 1 steps, and the wrong step is one more. Nothing longer can break a line first.
"""

import itertools
import random
from fractions import Fraction

import pytest
from flint import fmpq

from grader.engines.table import decide
from grader.evidence import Proved
from grader.kinds.weights.counterexample import replayed
from grader.kinds.weights.score import score_weights
from grader.language.arrays import Array
from grader.machines.machine import AnswerMachine

HALF = Fraction(1, 2)
SETTINGS = 250

Q5_NAMES = ("W1", "W2", "b2", "W3", "b3")
Q5_RIGHT = [(1, 1, "-1.5", 1, 0), (2, 2, "-2.5", 1, 0), (3, 1, "-2.5", 1, 0), (1, 4, "-4.1", 1, 0)]
Q5_LENGTH = 4
"""h is 0 or 1 and so is `only ones so far`: 4 joint states."""

Q6_NAMES = ("W", "b", "v", "r", "c", "c0")
Q6_SIZES = (4, 2, 2, 1, 1, 1)
Q6_RIGHT = [
    (-1, -1, 1, 1, 1, -1, 1, 1, 1, -1, 0),
    (-1, -1, 1, 1, "0.5", "-1.5", 1, 1, 1, "-1.5", "-0.5"),
    (1, 1, -1, -1, "-1.5", "0.5", 2, 2, 2, -3, -1),
]
Q6_LENGTH = 5
"""The start, and then y and `equal so far`, each 0 or 1: 5 joint states."""


def random_weight(rng):
    kind = rng.randrange(3)
    if kind == 0:
        return Fraction(rng.randint(-3, 3))
    if kind == 1:
        return Fraction(rng.randint(-6, 6), 2)
    return Fraction(rng.randint(-25, 25), 10)


def mutant(rng, right):
    """A right answer with one or two weights moved a little, two weights swapped, or one sign turned."""
    weights = [Fraction(w) for w in right]
    for _ in range(rng.randint(1, 2)):
        i, j = rng.randrange(len(weights)), rng.randrange(len(weights))
        change = rng.randrange(4)
        if change < 2:
            weights[i] += rng.choice([Fraction(1, 10), HALF, Fraction(1)]) * rng.choice([-1, 1])
        elif change == 2:
            weights[i], weights[j] = weights[j], weights[i]
        else:
            weights[i] = -weights[i]
    return tuple(weights)


def settings_for(rng, right, count):
    """Right answers first, then mutants of them and random weights in turn."""
    yield from (tuple(map(Fraction, one)) for one in right)
    for i in range(count - len(right)):
        if i % 2:
            yield mutant(rng, rng.choice(right))
        else:
            yield tuple(random_weight(rng) for _ in right[0])


def exact(fraction):
    return fmpq(fraction.numerator, fraction.denominator)


def q5_step(weights, h, x):
    """`h_t = phi(W2 h_(t-1) + W1 x_t + b2)`, `y_t = W3 h_t + b3`, `phi(z) = 1 if z >= 0.5 else 0`."""
    W1, W2, b2, W3, b3 = weights
    h = 1 if W2 * h + W1 * x + b2 >= HALF else 0
    return h, W3 * h + b3


def q5_run(weights):
    table = {(h, x): q5_step(weights, h, x) for h in (0, 1) for x in (0, 1)}

    def run(word):
        h, outputs = 1, []
        for x in word:
            h, y = table[h, x]
            outputs.append(y)
        return outputs

    return run


def q5_wanted(word):
    """1 as long as the input has been only ones, 0 from the first 0 on."""
    return [1 if all(word[: t + 1]) else 0 for t in range(len(word))]


def q5_line(word):
    """Stays 1; drops to 0 at the first 0; stays 0 ever after."""
    if all(word):
        return 0
    return 1 if all(word[:-1]) else 2


def q6_units(weights, x):
    """`h_t = phi(W x_t + b)`, `phi(z) = 1 if z > 0 else 0`."""
    w00, w01, w10, w11, b0, b1, *_ = weights
    return (1 if w00 * x[0] + w01 * x[1] + b0 > 0 else 0, 1 if w10 * x[0] + w11 * x[1] + b1 > 0 else 0)


PAIRS = ((0, 0), (0, 1), (1, 0), (1, 1))


def q6_run(weights):
    """`y_t = phi(v.h_t + r y_(t-1) + c)` for t > 1, `y_1 = phi(v.h_1 + c0)`."""
    v0, v1, r, c, c0 = weights[6:]
    units = {x: q6_units(weights, x) for x in PAIRS}
    sums = {x: v0 * h[0] + v1 * h[1] for x, h in units.items()}
    first = {x: 1 if sums[x] + c0 > 0 else 0 for x in PAIRS}
    later = {(y, x): 1 if sums[x] + r * y + c > 0 else 0 for x in PAIRS for y in (0, 1)}

    def run(word):
        outputs = [first[word[0]]]
        for x in word[1:]:
            outputs.append(later[outputs[-1], x])
        return outputs

    return run


def q6_wanted(word):
    """1 as long as the two sequences have been equal, 0 from the first difference on."""
    return [1 if all(a == b for a, b in word[: t + 1]) else 0 for t in range(len(word))]


def q6_line(word):
    """1 on equal first bits; stays 1 while equal; drops to 0 at the first difference; stays 0 ever after."""
    if all(a == b for a, b in word):
        return 0 if len(word) == 1 else 1
    return 2 if all(a == b for a, b in word[:-1]) else 3


Q5_WORDS = [(w, q5_wanted(w)[-1], q5_line(w)) for n in range(1, 5) for w in itertools.product((0, 1), repeat=n)]
Q6_WORDS = [(w, q6_wanted(w)[-1], q6_line(w)) for n in range(1, 6) for w in itertools.product(PAIRS, repeat=n)]


def shortest_failures(words, run):
    """For each rubric line the length of a shortest input whose last step is wrong there."""
    shortest = {}
    for word, right, line in words:
        if shortest.get(line, len(word)) == len(word) and run(word)[-1] != right:
            shortest[line] = len(word)
    return shortest


def shown(number):
    """How a fraction is written: whole numbers plainly, the halves and tenths of this file as decimals."""
    return str(number) if Fraction(number).denominator == 1 else str(float(number))


def written(outputs):
    texts = [shown(y) for y in outputs]
    return ("" if set(texts) <= {"0", "1"} else " ").join(texts)


def assert_same_verdicts(question, values, expected, read_word, run, wanted, line_of, quantities):
    """The verdict on every line, before any ladder blocks one, is the oracle's; the evidence is checked in full."""
    findings = decide(AnswerMachine(question.program, values), question.specification, question.budget)
    assert {line: len(broken.word) for line, broken in findings.broken.items()} == expected
    if len(expected) < len(question.rubric):
        assert isinstance(findings.holds, Proved)
        assert findings.holds.length is None
    for line, broken in findings.broken.items():
        assert broken.shortest
        found = replayed(question, values, line, broken)
        word = read_word(found.input)
        got, right = run(word), wanted(word)
        assert line_of(word) == line
        assert (found.got, found.expected) == (written(got), written(right))
        assert got[-1] != right[-1]
        assert [step.t for step in found.trace] == list(range(1, len(word) + 1))
        assert [step.output for step in found.trace] == [shown(y) for y in got]
        assert [step.expected for step in found.trace] == [shown(y) for y in right]
        assert [step.right for step in found.trace] == [a == b for a, b in zip(got, right, strict=True)]
        assert [dict(step.student) for step in found.trace] == quantities(word)


def q5_values(weights):
    return {name: exact(w) for name, w in zip(Q5_NAMES, weights, strict=True)}


def check_q5(question, weights):
    def quantities(word):
        h, rows = 1, []
        for x in word:
            h, y = q5_step(weights, h, x)
            rows.append({"h": shown(h), "y": shown(y)})
        return rows

    run = q5_run(weights)
    expected = shortest_failures(Q5_WORDS, run)
    values = q5_values(weights)
    assert_same_verdicts(
        question, values, expected, lambda text: tuple(map(int, text)), run, q5_wanted, q5_line, quantities
    )
    return values, expected


def q6_values(weights):
    values, rest = {}, list(weights)
    for name, size in zip(Q6_NAMES, Q6_SIZES, strict=True):
        numbers, rest = [exact(w) for w in rest[:size]], rest[size:]
        values[name] = Array((2, 2), numbers) if size == 4 else Array((2,), numbers) if size == 2 else numbers[0]
    return values


def read_pairs(text):
    return tuple(tuple(map(int, group[1:-1].split(","))) for group in text.split())


def check_q6(question, weights):
    run = q6_run(weights)

    def quantities(word):
        rows = []
        for x, y in zip(word, run(word), strict=True):
            h = q6_units(weights, x)
            rows.append({"h": f"[{h[0]}, {h[1]}]", "y": str(y)})
        return rows

    expected = shortest_failures(Q6_WORDS, run)
    values = q6_values(weights)
    assert_same_verdicts(question, values, expected, read_pairs, run, q6_wanted, q6_line, quantities)
    return values, expected


QUESTIONS = {"q5": (check_q5, Q5_RIGHT), "q6": (check_q6, Q6_RIGHT)}


def sweep(request, name, seed, count):
    """How often each set of broken lines was met."""
    question = request.getfixturevalue(name)
    check, right = QUESTIONS[name]
    met = {}
    for weights in settings_for(random.Random(seed), right, count):
        _, expected = check(question, weights)
        met[frozenset(expected)] = met.get(frozenset(expected), 0) + 1
    return met


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_line_of_many_weight_settings_is_judged_as_brute_force_judges_it(request, name):
    met = sweep(request, name, seed=1, count=SETTINGS)
    assert sum(met.values()) == SETTINGS
    assert met[frozenset()] > 5  # right answers beyond those that were put in
    assert len(met) >= 6  # and many ways to be wrong


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 8))
@pytest.mark.parametrize("name", QUESTIONS)
def test_many_more_weight_settings(request, name, seed):
    assert sum(sweep(request, name, seed, count=10_000).values()) == 10_000


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_ladder_gives_the_points_above_the_first_broken_line(request, name):
    question = request.getfixturevalue(name)
    check, right = QUESTIONS[name]
    points = [line.points for line in question.rubric]
    for weights in settings_for(random.Random(9), right, 100):
        values, expected = check(question, weights)
        result = score_weights(question, values)
        first = min(expected, default=len(points))
        assert result.points == sum(points[:first])
        outcomes = ["passed"] * first + ["failed"] + ["blocked"] * len(points)
        assert [check.outcome for check in result.checks] == outcomes[: len(points)]
        if first + 1 < len(points):
            assert result.checks[first + 1].message == f"counts once {question.rubric[first].name!r} holds"


def test_the_oracle_itself_knows_what_the_assignment_says():
    """The example of the sheet, the key of another course, and the answers that the assignment names as wrong."""
    assert q5_wanted(tuple(map(int, "1111010000"))) == list(map(int, "1111000000"))
    assert shortest_failures(Q5_WORDS, q5_run(tuple(map(Fraction, (1, 1, "-1.5", 1, 0))))) == {}
    other_key = tuple(map(Fraction, (-1, 1, "0.5", -1, "0.5")))
    assert shortest_failures(Q5_WORDS, q5_run(other_key))[0] == 1
    sheet = [-1, -1, 1, 1, 1, -1, 1, 1, 1, -1, 0]
    assert shortest_failures(Q6_WORDS, q6_run(tuple(map(Fraction, sheet)))) == {}
    handed_in = [-1, -1, 1, 1, "1.5", "-1.5", 1, 1, 1, -1, 0]
    run = q6_run(tuple(map(Fraction, handed_in)))
    assert run(((0, 1),)) == [1]
    assert shortest_failures(Q6_WORDS, run)[2] == 1
