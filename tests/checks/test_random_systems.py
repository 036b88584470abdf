"""Random small networks against random behaviours: verdicts and shortest lengths equal those of brute force.

The generator writes an expression twice: as text for the grader, and as a value worked out here in fractions from whole
histories, with no states, no clock and no order of equations. All state is clipped to -1, 0 and 1, so the grader must
always come to an end: where it says `proved` with at most as many joint states as brute force looked at steps, brute
force is complete too; elsewhere random long words are tried as well.
"""

import json
import random
from dataclasses import dataclass, field, replace
from fractions import Fraction

import pytest
from flint import fmpq

from grader.engines.table import decide
from grader.evidence import Proved
from grader.kinds.weights.counterexample import replayed
from grader.kinds.weights.score import score_weights
from grader.machines.machine import AnswerMachine

COMPARE = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}
CALLS = {
    "abs": abs,
    "relu": lambda z: max(z, Fraction(0)),
    "step": lambda z: Fraction(z >= 0),
    "sign": lambda z: Fraction((z > 0) - (z < 0)),
}


def text(node):
    """The expression as a TA would write it."""
    match node:
        case Fraction():
            shown = str(node) if node.denominator == 1 else f"({node})"
            return f"({shown})" if node < 0 else shown
        case ("t",):
            return "t"
        case ("param", name):
            return name
        case ("seq", name, lag):
            return f"{name}[t-{lag}]" if lag else f"{name}[t]"
        case ("not", a):
            return f"(not {text(a)})"
        case ("if", c, a, b):
            return f"({text(a)} if {text(c)} else {text(b)})"
        case ("call", name, a):
            return f"{name}({text(a)})"
        case (op, a, b):
            return f"({text(a)} {op} {text(b)})"
    raise AssertionError(node)


def value(node, look):
    """The expression's value; `look(name, lag)` gives a quantity, `look("t", 0)` the time, a parameter has lag None."""
    match node:
        case Fraction():
            return node
        case ("t",):
            return look("t", 0)
        case ("param", name):
            return look(name, None)
        case ("seq", name, lag):
            return look(name, lag)
        case ("not", a):
            return Fraction(value(a, look) == 0)
        case ("if", c, a, b):
            return value(a if value(c, look) != 0 else b, look)
        case ("call", name, a):
            return CALLS[name](value(a, look))
        case ("and", a, b):
            return Fraction(value(a, look) != 0 and value(b, look) != 0)
        case ("or", a, b):
            return Fraction(value(a, look) != 0 or value(b, look) != 0)
        case ("+", a, b):
            return value(a, look) + value(b, look)
        case ("-", a, b):
            return value(a, look) - value(b, look)
        case ("*", a, b):
            return value(a, look) * value(b, look)
        case ("/", a, b):
            return value(a, look) / value(b, look)
        case ("%", a, b):
            return value(a, look) % value(b, look)
        case ("//", a, b):
            return Fraction(value(a, look) // value(b, look))
        case (op, a, b):
            return Fraction(COMPARE[op](value(a, look), value(b, look)))
    raise AssertionError(node)


@dataclass(frozen=True)
class Equations:
    """A system as the generator keeps it; `order` lists its equations so that each comes after those it needs."""

    initial: dict
    order: list
    output: tuple
    parameters: dict = field(default_factory=dict)


def lookup(system, word, history):
    """What an expression sees at the last step of a word, given the histories of quantities so far."""
    t = len(word)

    def look(name, lag):
        if name == "t":
            return Fraction(t)
        if lag is None:
            return system.parameters[name]
        if t - lag < 1:
            return system.initial.get((name, t - lag), system.initial.get((name, None)))
        return word[t - lag - 1] if name == "x" else history[name][t - lag - 1]

    return look


def advance(system, word, history):
    """The histories after the last step of a word and the output there; None once something was undefined."""
    if history is None:
        return None, None
    history = {name: list(values) for name, values in history.items()}
    try:
        for name, node in system.order:
            history.setdefault(name, []).append(value(node, lookup(system, word, history)))
        return history, value(system.output, lookup(system, word, history))
    except ZeroDivisionError:
        return None, None


@dataclass(frozen=True)
class Puzzle:
    """A question with an answer to it."""

    symbols: tuple
    network: Equations
    behaviour: Equations
    lines: list
    accept: tuple | None
    assume: tuple | None
    length: int | None


def number(rng):
    return Fraction(rng.choice(["-2", "-1", "-1/2", "0", "1/3", "1/2", "1", "1", "3/2", "2"]))


def condition_on_time(rng):
    time = ("t",)
    return rng.choice(
        [
            (">", time, Fraction(rng.randint(0, 3))),
            ("==", time, Fraction(rng.randint(1, 3))),
            ("==", ("%", time, Fraction(rng.randint(2, 3))), Fraction(rng.randint(0, 1))),
            ("<=", Fraction(2), time),
        ]
    )


def expression(rng, names, depth):
    """A random expression over the past of `names`, the input, the time and numbers."""
    if depth == 0 or rng.random() < 0.15:
        kind = rng.randrange(8)
        if kind < 3:
            return ("seq", "x", rng.choice([0, 0, 0, 1, 2]))
        if kind < 6:
            return ("seq", rng.choice(names), rng.choice([1, 1, 2]))
        return number(rng) if kind == 6 else ("%", ("t",), Fraction(rng.randint(2, 3)))
    sub = lambda: expression(rng, names, depth - 1)  # noqa: E731  # a name for a repeated call
    kind = rng.randrange(10)
    if kind < 5:
        return (rng.choice(["+", "-", "*", "+"]), sub(), sub())
    if kind == 5:
        return ("if", condition_on_time(rng), sub(), sub())
    if kind == 6:
        return (rng.choice(["<", "<=", ">", ">=", "==", "!="]), sub(), sub())
    if kind == 7:
        return (rng.choice(["and", "or"]), sub(), sub())
    if kind == 8:
        return ("call", rng.choice(["abs", "relu"]), sub())
    return (rng.choice(["%", "//"]), sub(), Fraction(rng.randint(2, 3)))


def clipped(rng, node):
    """A unit whose values are few."""
    kind = rng.randrange(3)
    if kind == 0:
        return ("call", "sign", node)
    if kind == 1:
        return ("call", "step", ("-", node, number(rng)))
    return ("if", (rng.choice([">", ">="]), node, number(rng)), Fraction(1), Fraction(0))


def system(rng, names):
    """One or two state units and an output."""
    units = names[: rng.randint(1, 2)]
    order = [(name, clipped(rng, expression(rng, units, rng.randint(1, 3)))) for name in units]
    if len(units) == 2 and rng.random() < 0.5:  # the second unit sees the first one's present
        second = ("+", order[1][1][2] if order[1][1][0] == "call" else order[1][1], ("seq", units[0], 0))
        order[1] = (units[1], clipped(rng, second))
    initial = {("x", None): Fraction(0)}
    for name in units:
        if rng.random() < 0.3:
            initial |= {(name, 0): number(rng), (name, -1): number(rng)}
        else:
            initial[name, None] = Fraction(rng.randint(0, 1))
    output = ("seq", units[-1], 0)
    if rng.random() < 0.4:
        output = ("+", ("*", number(rng), output), ("seq", units[0], rng.randint(0, 1)))
    return Equations(initial, order, output)


def altered(rng, node):
    """The same expression with about one number in five moved."""
    match node:
        case Fraction():
            return node + rng.choice([Fraction(1, 2), Fraction(-1, 2), Fraction(1)]) if rng.random() < 0.2 else node
        case ("%" | "//" as op, a, b):
            return (op, altered(rng, a), b)
        case (">" | "==" | "<=", *_) if ("t",) in node:
            return node
        case tuple():
            return tuple(altered(rng, part) for part in node)
    return node


def renamed(node, names):
    match node:
        case ("seq", name, lag):
            return ("seq", names.get(name, name), lag)
        case tuple():
            return tuple(renamed(part, names) for part in node)
    return node


def copied(rng, wanted):
    """A network that is nearly the behaviour: other names, some other numbers, one of them a parameter."""
    names = {"p": "h", "q": "k"}
    order = [(names[n], renamed(altered(rng, node) if rng.random() < 0.7 else node, names)) for n, node in wanted.order]
    initial = {(names.get(n, n), when): number for (n, when), number in wanted.initial.items()}
    return Equations(initial, order, renamed(wanted.output, names))


def puzzle(rng):
    symbols = rng.choice([(0, 1), (0, 1), (-1, 0, 1)])
    behaviour = system(rng, ["p", "q"])
    network = copied(rng, behaviour) if rng.random() < 0.75 else system(rng, ["h", "k"])
    if rng.random() < 0.1:
        network = replace(network, output=("/", network.output, ("-", ("param", "a"), ("seq", "x", 0))))
    network = replace(
        network,
        output=("+", network.output, ("*", ("param", "a"), Fraction(0))),
        parameters={"a": Fraction(rng.randint(0, 3))},
    )
    names = [name for name, _ in behaviour.order]
    whens = [None, condition_on_time(rng), ("==", ("seq", "x", 0), Fraction(1)), ("seq", names[0], 1)]
    lines = rng.sample(whens, rng.randint(2, 3))
    expected = ("param", "expected")
    accept = rng.choice(
        [
            None,
            None,
            ("<=", ("call", "abs", ("-", ("param", "output"), expected)), Fraction(rng.randint(1, 2), 2)),
            ("==", (">", ("param", "output"), Fraction(1, 2)), (">", expected, Fraction(1, 2))),
        ]
    )
    assume = rng.choice(
        [
            None,
            None,
            ("not", ("and", ("==", ("seq", "x", 0), Fraction(1)), ("==", ("seq", "x", 1), Fraction(1)))),
            ("or", (">", ("seq", "x", 0), Fraction(-1)), ("==", ("%", ("t",), Fraction(2)), Fraction(0))),
        ]
    )
    return Puzzle(symbols, network, behaviour, lines, accept, assume, rng.choice([None, None, None, 1, 2, 4]))


def spec(puzzle):
    """The puzzle as a question file."""

    def part(system):
        yield "  initial:"
        for (name, when), start in system.initial.items():
            yield f"    {json.dumps(name if when is None else f'{name}[{when}]')}: {json.dumps(text(start))}"
        yield "  equations:"
        for name, node in reversed(system.order):  # written in another order than they are worked out
            yield f"    {name}: {json.dumps(text(node))}"
        yield f"  output: {json.dumps(text(system.output))}"

    kind = "bit" if puzzle.symbols == (0, 1) else "[-1, 0, 1]"
    lines = ["question: q", "title: Random", f"points: {len(puzzle.lines)}", "answer: weights", "network:"]
    lines += [f"  inputs: {{x: {kind}}}", "  parameters: {a: scalar}", *part(puzzle.network)]
    lines += ["behaviour:", *part(puzzle.behaviour), "checks:"]
    for i, when in enumerate(puzzle.lines):
        condition = "" if when is None else f", when: {json.dumps(text(when))}"
        lines.append(f"  - {{name: line {i}, points: 1{condition}}}")
    if puzzle.accept:
        lines.append(f"accept: {json.dumps(text(puzzle.accept))}")
    if puzzle.assume:
        lines.append(f"assume: {json.dumps(text(puzzle.assume))}")
    if puzzle.length:
        lines.append(f"length: {puzzle.length}")
    return "\n".join(lines) + "\n"


class Oracle:
    """Brute force over words, shortest first."""

    def __init__(self, puzzle):
        self.puzzle = puzzle

    def after(self, word, student, wanted):
        """(student's history, behaviour's history, wrong, lines that apply) after a word; None where not allowed."""
        puzzle = self.puzzle
        wanted, expected = advance(puzzle.behaviour, word, wanted)
        student, output = advance(puzzle.network, word, student)
        look = lookup(puzzle.behaviour, word, wanted)
        if puzzle.assume and value(puzzle.assume, look) == 0:
            return None
        lines = [i for i, when in enumerate(puzzle.lines) if when is None or value(when, look) != 0]
        return student, wanted, not self.right(output, expected), lines, output, expected

    def right(self, output, expected):
        if output is None:
            return False
        if self.puzzle.accept is None:
            return output == expected
        given = {"output": output, "expected": expected}
        return value(self.puzzle.accept, lambda name, lag: given[name]) != 0

    def shortest(self, length):
        """For each rubric line the length of a shortest word, of at most `length` steps, whose last step breaks it."""
        found, level = {}, [((), {}, {})]
        for n in range(1, length + 1):
            following = []
            for word, student, wanted in level:
                for symbol in self.puzzle.symbols:
                    longer = (*word, Fraction(symbol))
                    step = self.after(longer, student, wanted)
                    if step is None:
                        continue
                    following.append((longer, step[0], step[1]))
                    for line in step[3] if step[2] else ():
                        found.setdefault(line, n)
            level = following
        return found

    def lines_applying_to(self, length):
        """The rubric lines that some step of a word of at most `length` steps is about."""
        found, level = set(), [((), {}, {})]
        for _ in range(length):
            following = []
            for word, student, wanted in level:
                for symbol in self.puzzle.symbols:
                    longer = (*word, Fraction(symbol))
                    step = self.after(longer, student, wanted)
                    if step is not None:
                        following.append((longer, step[0], step[1]))
                        found.update(step[3])
            level = following
        return found

    def run(self, word):
        """The steps of one word, as far as it is allowed."""
        student, wanted, steps = {}, {}, []
        for t in range(1, len(word) + 1):
            step = self.after(word[:t], student, wanted)
            if step is None:
                break
            student, wanted = step[:2]
            steps.append(step)
        return steps


def exact(shown):
    """The fraction that a report shows: itself, or in brackets behind its decimal."""
    return Fraction(shown.rpartition("(")[2].rstrip(")"))


def check_counterexample(question, oracle, values, line, broken):
    found = replayed(question, values, line, broken)
    word = tuple(Fraction(int(n.p), int(n.q)) for (n,) in broken.word)
    steps = oracle.run(word)
    assert len(steps) == len(word)
    assert [i for i, step in enumerate(steps) if step[2] and line in step[3]] == [len(word) - 1]
    shown = [None if step.output.startswith("undefined") else exact(step.output) for step in found.trace]
    assert shown == [step[4] for step in steps]
    assert [exact(step.expected) for step in found.trace] == [step[5] for step in steps]
    assert [step.right for step in found.trace] == [not step[2] for step in steps]
    assert [step.about for step in found.trace] == [line in step[3] for step in steps]


def _outcome(line, broken, about):
    """A line that is broken fails, one that no step is about is held, whatever else is so passes."""
    return "failed" if line in broken else "passed" if line in about else "held"


def check_puzzle(load, rng):
    """Judges one random puzzle; what became of it: `proved`, or the longest of its shortest counterexamples."""
    drawn = puzzle(rng)
    question = load(spec(drawn))
    oracle = Oracle(drawn)
    values = {"a": fmpq(int(drawn.network.parameters["a"]))}
    depth = drawn.length or (7 if len(drawn.symbols) == 2 else 4)
    expected = oracle.shortest(depth)
    findings = decide(AnswerMachine(question.program, values), question.specification, question.budget)
    lengths = {line: len(broken.word) for line, broken in findings.broken.items()}
    assert {line: n for line, n in lengths.items() if n <= depth} == expected
    if len(lengths) < len(drawn.lines):
        assert isinstance(findings.holds, Proved)
        assert findings.holds.length == drawn.length
        about = oracle.lines_applying_to(depth)
        assert about <= findings.met
        assert drawn.length is None or about == findings.met
        outcomes = [check.outcome for check in score_weights(question, values).checks]
        assert outcomes == [_outcome(line, lengths, findings.met) for line in range(len(drawn.lines))]
    for line, broken in findings.broken.items():
        assert broken.shortest
        check_counterexample(question, oracle, values, line, broken)
    if drawn.length is None:
        for _ in range(3):
            word = tuple(Fraction(rng.choice(drawn.symbols)) for _ in range(25))
            for step in oracle.run(word):
                assert not step[2] or set(step[3]) <= set(lengths)
    return max(lengths.values()) if lengths else 0


@pytest.mark.long
def test_verdicts_on_random_systems_are_those_of_brute_force(load):
    rng = random.Random(20)
    longest = [check_puzzle(load, rng) for _ in range(40)]
    assert longest.count(0) > 7  # right answers
    assert sum(n > 2 for n in longest) > 1  # mistakes that do not show at once


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_many_more_random_systems(load, seed):
    rng = random.Random(1000 + seed)
    longest = [check_puzzle(load, rng) for _ in range(400)]
    assert longest.count(0) >= 80
    assert sum(n > 2 for n in longest) >= 20
