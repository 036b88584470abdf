"""What a proof costs, against the ways to test the same homework without one. `pytest -m slow -s tests/benchmarks`."""

import random
import shutil
import statistics
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import z3
from flint import fmpq

from grader.engines.table import decide
from grader.engines.transition_builder import transition
from grader.kinds.table import load_assignment
from grader.kinds.weights.score import score_weights
from grader.language.arrays import Array
from grader.language.parse import parse
from grader.machines.alphabet import BIT_DOMAIN, Alphabet, Channel, NumberDomain
from grader.machines.explore import Bounds, Walk
from grader.machines.machine import AnswerMachine, EquationMachine
from grader.machines.program import Program
from grader.machines.specification import LineCondition, Specification
from grader.machines.system import System
from reference import equality, latch

from .measure import cpu_of, processor_seconds, report, seconds

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SHEET = {"W1": fmpq(1), "W2": fmpq(1), "b2": fmpq(-3, 2), "W3": fmpq(1), "b3": fmpq(0)}

PLAIN = """
from hypothesis import given, strategies as st
import numpy as np

def latch(x):
    h, out = 1, []
    for value in x:
        h = 1 if 1 * h + 1 * value - 1.5 >= 0.5 else 0
        out.append(1 * h + 0)
    return out

def equal(pairs):
    W, b, v = np.array([[-1, -1], [1, 1]]), np.array([1, -1]), np.array([1, 1])
    y, out = None, []
    for pair in pairs:
        h = (W @ np.array(pair) + b > 0).astype(int)
        y = int(v @ h + (0 if y is None else y - 1) > 0)
        out.append(y)
    return out

bits = st.lists(st.integers(0, 1), min_size=1, max_size=30)
pairs = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=30)

@given(bits)
def test_latch(x):
    assert latch(x) == list(np.cumprod(x))

@given(st.integers(1, 40))
def test_latch_on_ones(n):
    assert latch([1] * n) == [1] * n

@given(pairs)
def test_equal(x):
    assert equal(x) == list(np.cumprod([a == b for a, b in x]))

@given(bits)
def test_equal_on_equal_pairs(x):
    assert equal([(a, a) for a in x]) == [1] * len(x)
"""


@pytest.fixture
def plain(tmp_path):
    """A plain pytest and Hypothesis file for both questions, and the command that runs it."""
    (tmp_path / "test_plain.py").write_text(PLAIN)
    return [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_plain.py"], tmp_path


@pytest.fixture
def course(tmp_path):
    """A course with the two questions about weights alone."""
    folder = tmp_path / "course"
    specs = folder / "specs" / "weights"
    specs.mkdir(parents=True)
    for name in ("q5.yaml", "q6.yaml"):
        shutil.copy(ROOT / "specs" / "assignment3" / name, specs)
    (specs / "assignment.yaml").write_text("assignment: weights\nquestions: [q5, q6]\n")
    shutil.copytree(ROOT / "reference", folder / "reference")
    return folder


def all_inputs_in_numpy(length=20):
    """Every input of one length, the latch and its network in float64."""
    x = (np.arange(2**length)[:, None] >> np.arange(length)[::-1]) & 1
    h, wanted, right = np.ones(2**length), np.ones(2**length), np.ones(2**length, dtype=bool)
    for t in range(length):
        h = np.where(h + x[:, t] - 1.5 >= 0.5, 1.0, 0.0)
        wanted = wanted * x[:, t]
        right &= h == wanted
    return right.all()


def test_a_proof_against_all_inputs_of_length_20():
    """Every length proved, in a thousandth of the time that NumPy takes for length 20 alone."""
    question = load_assignment(ROOT / "specs" / "assignment3" / "q5.yaml").questions[0]

    def proof():
        machine = EquationMachine(question.program, SHEET)
        assert decide(machine, question.specification, question.budget).proved_right

    numpy_time, proof_time = seconds(all_inputs_in_numpy, 3), seconds(proof, 200)
    report(
        "Q5 right for every length",
        {
            "NumPy, all 2^20 inputs of length 20 (ms)": numpy_time * 1e3,
            "proof (ms)": proof_time * 1e3,
            "times faster": numpy_time / proof_time,
        },
    )
    assert numpy_time / proof_time > 1000


def write_class(folder, size):
    """Submissions with right, nearly right and wrong weights, all different from each other."""
    rng = random.Random(5)
    for n in range(size):
        student = folder / f"student{n:04}"
        student.mkdir()
        nudge = rng.choice([0, 0, 0, 1, -1]) + rng.randrange(100) / 1000
        q5 = f"{{W1: 1, W2: 1, b2: {-1.5 + nudge:.3f}, W3: 1, b3: 0}}"
        q6 = (
            f"{{W: [[-1, -1], [1, 1]], b: [{0.5 + nudge:.3f}, -1.5], v: [1, 1], r: 1, c: -1.5, c0: {-0.5 + nudge:.3f}}}"
        )
        (student / "answers.yaml").write_text(f"assignment: weights\nq5: {q5}\nq6: {q6}\n")


def test_a_class_against_one_plain_pytest_run(tmp_path, plain, course):
    """A submission in a class costs a five-hundredth of one plain pytest run of the same questions."""
    size = 1000
    (tmp_path / "class").mkdir()
    write_class(tmp_path / "class", size)
    grade = [sys.executable, "-m", "grader", "grade", str(tmp_path / "class")]
    grade.append("--no-pages")  # which pytest writes none of; what they cost is measured apart
    results = [tmp_path / f"out {number}" for number in range(3)]  # new each time, or nothing would be graded again
    whole = statistics.median(cpu_of([*grade, "--out", str(out)], course, 1) for out in results)
    pytest_run = cpu_of(*plain)
    report(
        f"{size} submissions to both questions, reports written",
        {
            "grader grade, CPU a submission (ms)": whole / size * 1e3,
            "one plain pytest + Hypothesis run, CPU (ms)": pytest_run * 1e3,
            "times cheaper": pytest_run / (whole / size),
        },
    )
    assert all(len(list((out / "reports").iterdir())) == size for out in results)
    assert pytest_run / (whole / size) > 500


def test_one_check_against_one_plain_pytest_run(plain, course, tmp_path):
    """`grader check`, as a whole process, costs at most a quarter of that pytest process, also of the 400 points.

    The assignment was checked before, so that it is in the user's cache; without, the first check is shown as well.
    """
    (tmp_path / "class").mkdir()
    write_class(tmp_path / "class", 1)
    answers = tmp_path / "class" / "student0000" / "answers.yaml"
    whole = tmp_path / "whole"
    whole.mkdir()
    (whole / "answers.yaml").write_text(answers.read_text().replace("assignment: weights", "assignment: assignment3"))
    check = [sys.executable, "-m", "grader", "check"]
    commands = {
        "two questions (ms)": ([*check, str(answers.parent)], course),
        "the assignment of 400 points (ms)": ([*check, str(whole)], ROOT),
        "one question of it (ms)": ([*check, "-q", "q5", str(whole)], ROOT),
        "plain pytest (ms)": plain,
    }
    for command in commands.values():
        cpu_of(*command, 1)
    times = {name: [] for name in commands}
    for _ in range(7):  # in turn, so that what others do on the machine falls on all of them
        for name, command in commands.items():
            times[name].append(cpu_of(*command, 1))
    costs = {name: statistics.median(found) for name, found in times.items()}
    theirs = costs["plain pytest (ms)"]
    shares = {name.replace("(ms)", "as a share"): cost / theirs for name, cost in costs.items()}
    report("one submission as a whole process, CPU", {name: cost * 1e3 for name, cost in costs.items()} | shares)
    assert max(cost for cost in costs.values() if cost != theirs) / theirs <= 1 / 4


@pytest.mark.parametrize(("name", "reference", "most"), [("q5", latch, 500), ("q6", equality, 300)])
def test_an_answer_against_steps_of_the_reference(name, reference, most):
    """A known answer is proved or refuted, and its mistake named, for a few hundred steps of the course's reference."""
    question = load_assignment(ROOT / "specs" / "assignment3" / f"{name}.yaml").questions[0]
    inputs = [0, 1] if name == "q5" else [np.array([0, 1]), np.array([1, 1])]

    def graded():
        for known in question.known:
            assert score_weights(question, known.values).points == known.earns

    def steps():
        state = reference.initial()
        for t in range(1000):
            state, _ = reference.step(state, inputs[t % 2])

    ours, theirs = processor_seconds(graded, 40), processor_seconds(steps, 40)
    answer, step = ours / len(question.known), theirs / 1000
    report(f"{name}, a known answer", {"ms": answer * 1e3, "as many steps of the reference": answer / step})
    assert answer < most * step


def ring(states, symbols):
    """A behaviour that counts its inputs modulo `states`, and the network that does the same."""
    alphabet = Alphabet({"x": Channel(NumberDomain(tuple(fmpq(i) for i in range(symbols))))})
    equations = {"s": parse(f"(s[t-1] + x[t]) % {states}")}
    return System(alphabet, equations, parse("s"), {("s", None): parse("0")})


def shift_register(bits):
    """A network of `bits` units that remembers its last inputs: 2^(bits - 1) states, as the oldest need not be kept."""
    equations = {"h1": parse("x[t]")} | {f"h{i}": parse(f"h{i - 1}[t-1]") for i in range(2, bits + 1)}
    initial = {(f"h{i}", None): parse("0") for i in range(1, bits + 1)}
    return System(Alphabet({"x": Channel(BIT_DOMAIN)}), equations, parse(f"h{bits}[t]"), initial)


def proof_time(system):
    """The joint states of a system beside itself, and the time to see them all."""
    specification = Specification(system, [LineCondition("all")], answer="y")
    program = Program(system)

    def prove():
        walk = Walk(
            [EquationMachine(program, {}), EquationMachine(specification.program, {})], system.alphabet.symbol_set
        )
        walk.run(lambda *_: True, Bounds(states=100_000))
        assert walk.complete
        return walk

    return len(prove().nodes), seconds(prove, 3)


def test_the_proof_grows_linearly_with_states_and_symbols():
    """Time for each joint state and symbol stays the same from ten states to thousands."""
    rows, costs = {}, []
    for label, system, symbols in [
        ("10 states, 4 symbols", ring(10, 4), 4),
        ("100 states, 4 symbols", ring(100, 4), 4),
        ("1000 states, 4 symbols", ring(1000, 4), 4),
        ("2^8 states, 2 symbols", shift_register(9), 2),
        ("2^10 states, 2 symbols", shift_register(11), 2),
        ("2^12 states, 2 symbols", shift_register(13), 2),
    ]:
        states, time = proof_time(system)
        rows[f"{label}: {states} joint states, us a state and symbol"] = time / states / symbols * 1e6
        costs.append(time / states / symbols)
    report("growth of the proof", rows)
    assert costs[2] < 4 * costs[0]
    assert costs[5] < 4 * costs[3]


UNBOUNDED = """
question: q
title: An alternating sum
points: 1
answer: weights
network:
  inputs: {x: real}
  parameters: {W: scalar, U: scalar}
  initial: {h: 0}
  equations: {h: "W*h[t-1] + U*x[t]", y: "h[t]"}
  output: y
behaviour:
  initial: {q: 0}
  equations: {q: "x[t] - q[t-1]", o: "3*q[t]"}
  output: o
checks: [{name: all, points: 1}]
"""


def breaks_at(system, length):
    """Whether z3 finds an input of one length whose last step is wrong."""
    solver, phase = z3.Solver(ctx=system.context), system.phases[0]
    state = list(phase.variables)
    solver.add(*system.start())
    for step in range(length):
        inputs = [z3.Const(f"in {step} {i}", number.sort()) for i, number in enumerate(system.inputs)]
        names = [*zip(phase.variables, state, strict=True), *zip(system.inputs, inputs, strict=True)]
        solver.add(z3.substitute(phase.allowed, *names))
        if step + 1 == length:
            solver.add(z3.substitute(phase.broken[0], *names))
        after = [z3.substitute(number, *names) for number in phase.after]
        state = [z3.Real(f"s {step} {i}", system.context) for i in range(len(after))]
        solver.add([a == b for a, b in zip(state, after, strict=True)])
    return solver.check() == z3.sat


def bounded_model_checking(question, values, longest=20):
    """Plain bounded model checking: z3 is asked for a wrong input of each length by itself, and nothing is proved."""
    system = transition(AnswerMachine(question.program, values), question.specification)
    return next((length for length in range(1, longest + 1) if breaks_at(system, length)), None)


def test_an_unbounded_question_against_bounded_model_checking(tmp_path):
    """Every length proved for a fifth of what plain bounded model checking costs up to length 20, a length at a time.

    The answers are decided in groups, in turn by the one and by the other, so that what others do on the machine falls
    on both.
    """
    path = tmp_path / "q.yaml"
    path.write_text(UNBOUNDED)
    question, size = load_assignment(path).questions[0], 1000
    rng = random.Random(3)
    answers = [
        {"W": fmpq(-1), "U": fmpq(3) + (fmpq(rng.randrange(1, 99), 100) if n % 5 == 4 else 0)} for n in range(size)
    ]

    found, wrong, mine, theirs = [], [], 0.0, 0.0

    def ours(group):
        machines = [AnswerMachine(question.program, answer) for answer in group]
        found.extend(decide(machine, question.specification, question.budget) for machine in machines)

    def plain(group):
        wrong.extend(bounded_model_checking(question, answer) for answer in group)

    for start in range(0, size, 50):
        group = answers[start : start + 50]
        mine += processor_seconds(partial(ours, group), 1)
        theirs += processor_seconds(partial(plain, group), 1)
    lengths = [len(f.broken[0].word) if f.broken else None for f in found]
    assert lengths == wrong
    report(
        f"{size} submissions of a linear question over all real sequences, CPU",
        {
            "every length, with a certificate (ms each)": mine / size * 1e3,
            "bounded model checking to length 20 (ms each)": theirs / size * 1e3,
            "times cheaper": theirs / mine,
        },
    )
    assert theirs / mine > 5


UNITS = """
question: q
title: Sums of {n} units
points: 1
answer: weights
network:
  inputs: {{x: real}}
  parameters: {{W: [{n}, {n}], u: [{n}], v: [{n}]}}
  initial: {{h: "[{zeros}]"}}
  equations: {{h: "W @ h[t-1] + u*x[t]", y: "v @ h[t]"}}
  output: y
behaviour:
  initial: {{q: 0}}
  equations: {{q: "x[t] - q[t-1]", o: "3*q[t]"}}
  output: o
checks: [{{name: all, points: 1}}]
"""


def test_growth_of_invariants_with_hidden_units(tmp_path):
    """Eight linear units are proved for all real sequences for at most forty times what one costs."""
    costs = {}
    for n in (1, 2, 4, 8):
        path = tmp_path / f"q{n}.yaml"
        path.write_text(UNITS.format(n=n, zeros=", ".join("0" * n)))
        question = load_assignment(path).questions[0]
        diagonal = [fmpq(-(i == j)) for i in range(n) for j in range(n)]
        ones, thirds = [fmpq(1)] * n, [fmpq(3, n)] * n
        values = {"W": Array((n, n), diagonal), "u": Array((n,), ones), "v": Array((n,), thirds)}

        def proof(question=question, values=values):
            assert decide(AnswerMachine(question.program, values), question.specification, question.budget).proved_right

        costs[n] = seconds(proof, 3)
    report("all real sequences, by hidden units (ms)", {f"{n} units": cost * 1e3 for n, cost in costs.items()})
    assert costs[8] < 40 * costs[1]


COUNTING = """
question: q
title: A sum that is shown at every step of number 0 modulo {n}
points: 1
answer: weights
network:
  inputs: {{x: bit, z: real}}
  parameters: {{W: scalar}}
  initial: {{c: 0, g: 0}}
  equations: {{c: "0 if c[t-1] + x[t] >= {n} else c[t-1] + x[t]", g: "W*g[t-1] + z[t]", y: "g[t] if c[t] == 0 else 0"}}
  output: y
behaviour:
  initial: {{q: 0, s: 0}}
  equations: {{q: "0 if q[t-1] + x[t] == {n} else q[t-1] + x[t]", s: "z[t] - s[t-1]", o: "s[t] if q[t] == 0 else 0"}}
  output: o
checks: [{{name: all, points: 1}}]
"""


CYCLE = """
question: q
title: A sum modulo {n}
points: 1
answer: weights
network:
  inputs: {{x: bit}}
  parameters: {{W: scalar}}
  initial: {{c: 0}}
  equations: {{c: "0 if W*c[t-1] + x[t] >= {n} else W*c[t-1] + x[t]"}}
  output: c
behaviour: {{initial: {{q: 0}}, equations: {{q: "(q[t-1] + x[t]) % {n}"}}, output: q}}
checks: [{{name: all, points: 1}}]
"""


@pytest.mark.parametrize(
    ("text", "weight", "sizes"),
    [(CYCLE, 1, (2, 4, 8, 16, 32, 64)), (COUNTING, -1, (2, 4, 8, 16))],
    ids=["a walk", "an invariant beside a sum that never ends"],
)
def test_growth_with_states_of_the_behaviour(tmp_path, text, weight, sizes):
    """The largest is proved for at most a hundred times what two states cost; invariants are found for up to 16."""
    costs = {}
    for n in sizes:
        path = tmp_path / f"q{n}.yaml"
        path.write_text(text.format(n=n))
        question = load_assignment(path).questions[0]

        def proof(question=question):
            machine = AnswerMachine(question.program, {"W": fmpq(weight)})
            assert decide(machine, question.specification, question.budget).proved_right

        costs[n] = seconds(proof, 1)
    report("by states of the behaviour (ms)", {f"{n} states": cost * 1e3 for n, cost in costs.items()})
    assert costs[max(sizes)] < 100 * costs[2]


SORTING = """
question: q
title: Sort two numbers
points: 1
answer: weights
network:
  inputs: {x: [real, real]}
  parameters: {e: scalar}
  equations: {y: "[(x[t][0] + x[t][1] - abs(x[t][0] - x[t][1]))/2, (x[t][0] + x[t][1] + e*abs(x[t][0] - x[t][1]))/2]"}
  output: y
behaviour:
  equations: {o: "[min(x[t]), max(x[t])]"}
  output: o
length: 1
checks: [{name: all, points: 1}]
"""


def test_sorting_of_all_reals_against_a_grid(tmp_path):
    """All pairs of reals, ties included, for less than 10,000 points of a grid cost in the same exact arithmetic."""
    path = tmp_path / "q.yaml"
    path.write_text(SORTING)
    question = load_assignment(path).questions[0]
    machine, wanted = AnswerMachine(question.program, {"e": fmpq(1)}), question.specification.machine()

    def proof():
        assert decide(machine, question.specification, question.budget).proved_right

    def grid():
        for i in range(10_000):
            word = (question.alphabet.symbol([fmpq(i % 100, 7), fmpq(i // 100, 7)]),)
            assert machine.run(word)[0].output == wanted.run(word)[0].output

    ours, points = seconds(proof, 5), seconds(grid, 2)
    report("sorting two reals", {"a proof (ms)": ours * 1e3, "10,000 points of a grid (ms)": points * 1e3})
    assert ours < points
