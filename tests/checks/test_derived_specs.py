"""What a formula question says is right: derived as it says, or refused with the place and what to do."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from grader.documents import ScalarNode, read_yaml
from grader.errors import SourceLocation
from grader.formulas import is_equal
from grader.kinds.copy_texts import check_copy
from grader.kinds.formula import seal as sealing
from grader.kinds.formula.reference import check_reference
from grader.kinds.formula.score import score_formula
from grader.kinds.formula.spec_check import check_formula_question
from grader.kinds.kind import kind_of
from grader.kinds.table import KINDS, load_assignment

from ..formulas.test_total_derivatives import ROWS
from ..formulas.test_total_derivatives import question_of as row_question
from ..sealing import cheap_seals

HEAD = "question: q\ntitle: A formula\npoints: 10\nanswer: formula\n"
NETWORK = """symbols: {W: scalar, U: scalar, v: [n], t: integer}
sequences: {h: scalar, x: scalar, p: scalar, q: scalar, s: [n]}
network: {equations: {h: "sigmoid(W*h[t-1] + U*x[t])"}}
"""
CHAIN = NETWORK.replace("t: integer", "t: integer, T: integer")
STARTED = CHAIN.replace("network: {", "network: {initial: {h: 1/2}, ")


@pytest.fixture(autouse=True, scope="module")
def _cheap_copies():
    with cheap_seals():
        yield


def load(spec):
    return KINDS.load_question(read_yaml((HEAD + spec).encode(), "q.yaml"), Path("q.yaml"))


def question_of(spec):
    question, problems = load(spec)
    assert problems == []
    return question


REFUSED = {
    "an operation without a derivative": (
        NETWORK.replace("sigmoid(W*h[t-1] + U*x[t])", "W*h[t-1] % 2")
        + 'derivative: {of: "h[t+1]", by: "h[t]", given: "p[t+1]"}',
        "q.yaml:7:27: network.equations.h: the derivative through % is not known here: write what is right as `right`",
    ),
    "a loop without a derivative": (
        NETWORK.replace("sigmoid(W*h[t-1] + U*x[t])", "prod(h[t-1] for i in range(2))")
        + 'derivative: {of: "h[t+1]", by: "h[t]", given: "p[t+1]"}',
        "q.yaml:7:27: network.equations.h: the derivative through a loop is not known here",
    ),
    "a state that is read ahead": (
        NETWORK.replace("h[t-1]", "h[t+1]") + 'derivative: {of: "h[t+1]", by: "h[t]", given: "p[t+1]"}',
        "q.yaml:7:37: network.equations.h: an equation reads h at t, t-1, t-2",
    ),
    "an input that is read at a step of its own": (
        NETWORK.replace("x[t]", "x[2*t]") + 'derivative: {of: "h[t+1]", by: "x[t]", given: "p[t+1]"}',
        "q.yaml:7:48: network.equations.h: an equation reads x at t, t-1, t+1",
    ),
    "a weight in every step of a chain": (
        CHAIN + 'derivative: {from: "h[T]", to: W, given: "p[T]"}',
        "q.yaml:8:32: derivative: W is in every step: say `since: t+1` (the states up to t are given) or `since: 1`, "
        "or give the network an `initial`",
    ),
    "a weight before anything is given": (
        NETWORK + 'derivative: {of: "h[t]", by: W, given: "p[t]"}',
        "q.yaml:8:30: derivative: nothing that is given depends on W, so its gradient is 0; W counts from step t + 1 on: "
        "say `since` for another first step",
    ),
    "what comes later": (
        NETWORK + 'derivative: {of: "h[t+1]", by: "x[t+2]", given: "p[t+1]"}',
        "q.yaml:8:32: derivative: nothing that is given depends on x[t + 2], so its gradient is 0",
    ),
    "a gradient behind another": (
        NETWORK + 'derivative: {by: "h[t]", given: {"h[t+1]": "p[t+1]", "h[t+2]": "q[t+2]"}}',
        "q.yaml:8:54: derivative: the gradient at h[t + 2] counts for nothing: every path from h[t] there, if there is "
        "one, meets another given step first (what is given at a step is its whole gradient: leave it out, or write the "
        "loss itself as `of`)",
    ),
    "another weight's gradient": (
        NETWORK + 'derivative: {by: W, given: {U: 1, "h[t+1]": "p[t+1]"}}',
        "q.yaml:8:29: derivative: a gradient is given at a step of the network, like h[t+1], or at `by` itself",
    ),
    "a given input": (
        NETWORK + 'derivative: {by: "h[t]", given: {"x[t+1]": "p[t+1]"}}',
        "q.yaml:8:34: derivative: 'x' has no equation: a gradient goes through h",
    ),
    "a vector where a number is given": (
        NETWORK + 'derivative: {of: "h[t+1]", by: "h[t]", given: "s[t+1]"}',
        "q.yaml:8:47: derivative: h[t + 1] is a number, so the gradient given there is one too, not a vector",
    ),
    "a number where a vector is given": (
        NETWORK.replace('h: "sigmoid', 's: "v*s[t-1]", h: "sigmoid') + 'derivative: {of: "s[t+1]", by: v, given: 1}',
        "q.yaml:8:42: derivative: s[t + 1] is a vector, so the gradient given there is one too, not a number",
    ),
    "a whole number": (
        NETWORK + 'derivative: {of: "h[t+1]", by: t, given: 1}',
        "q.yaml:8:32: derivative: t is a whole number: there is no gradient by it",
    ),
    "one entry": (
        NETWORK + 'derivative: {of: "dot(v, v)", by: "v[0]"}',
        "q.yaml:8:35: derivative: a gradient is by the whole of v, not by a part: write v",
    ),
    "a loss that is a vector": (
        NETWORK + 'derivative: {of: "2*v", by: v}',
        "q.yaml:8:18: derivative: a loss is a number, and this is a vector",
    ),
    "a loss that is a product over steps": (
        STARTED + 'derivative: {of: "prod(h[k] for k in range(1, T+1))", by: W}',
        "q.yaml:8:1: derivative: the derivative through prod over steps is not known here: write what is right as `right`",
    ),
    "two loops of a loss with one letter": (
        STARTED + 'derivative: {of: "sum(h[k]*sum(h[k] for k in range(1, T+1)) for k in range(1, T+1))", by: W}',
        "q.yaml:8:1: derivative: loops within each other count with different letters",
    ),
    "a vector at a loss": (
        STARTED + 'derivative: {of: "sum(h[k] for k in range(1, T+1))", by: W, given: v}',
        "q.yaml:8:68: derivative: the gradient at a loss is a number",
    ),
    "a name that does not exist": (
        NETWORK + 'derivative: {of: "h[t+1]", by: "h[t]", given: "c*r[t+1]"}',
        "q.yaml:8:47: derivative: 'c' is not a name in this question",
    ),
    "`given` beside `of`": (
        NETWORK + 'derivative: {of: "h[t+1]", by: "h[t]", given: {"h[t+1]": "p[t+1]"}}',
        "q.yaml:8:18: derivative: where 'given' names the steps itself, beside 'by', 'of' (or 'from') is left out",
    ),
    "`of` and `from`": (
        NETWORK + 'derivative: {of: "h[t+1]", from: "h[t+1]", by: "h[t]", given: 1}',
        "q.yaml:8:34: derivative: 'from' says what another key says: leave one of them out",
    ),
    "no `by`": (NETWORK + 'derivative: {of: "h[t+1]", given: 1}', "q.yaml:8:1: derivative: needs 'by' (or 'to')"),
    "no `of`": (NETWORK + 'derivative: {by: "h[t]", given: 1}', "q.yaml:8:1: derivative: needs 'of' (or 'from')"),
    "a short name for itself": (
        NETWORK + 'aliases: {z: "W*y", y: "z + 1"}\nright: z',
        "q.yaml:8:11: aliases.z: it stands for itself: write out what it means",
    ),
    "a range of what is no whole number": (
        'symbols: {u: [n], o: "integer(0..m-1)"}\nright: u[o]',
        "q.yaml:5:22: symbols.o: 'm' is no size or whole number",
    ),
    "an empty range": (
        'symbols: {u: [n], o: "integer(5..2)"}\nright: u[0]*o',
        "q.yaml:5:22: symbols: the range of an integer is empty: write the smaller number first",
    ),
    "a one-hot vector of an unknown index": (
        "symbols: {y: {shape: [n], in: onehot(i)}}\nright: y",
        "q.yaml:5:31: y: 'i' is not an integer of `symbols` (write {o: \"integer(0..V-1)\"} for an index)",
    ),
    "a one-hot matrix": (
        "symbols: {y: {shape: [n, m], in: onehot}}\nright: y",
        "q.yaml:5:34: symbols.y: in: onehot is for a vector: {shape: [V], in: onehot}",
    ),
    "columns of a vector": (
        "symbols: {y: {shape: [n], layout: columns}}\nright: y",
        "q.yaml:5:35: symbols.y: layout: says what the components of a matrix are, and this is none",
    ),
    "an initial value before step 0": (
        NETWORK.replace("network: {", 'network: {initial: {"h[-1]": 0}, ') + "right: 'h[t]'",
        "q.yaml:7:21: network.initial.h[-1]: a network begins at step 0: write h[0], and no step before it",
    ),
    "an initial value of an input": (
        NETWORK.replace("network: {", "network: {initial: {x: 0}, ") + "right: 'h[t]'",
        "q.yaml:7:21: network.initial.x: 'x' has no equation, so no initial value",
    ),
    "an initial value twice": (
        NETWORK.replace("network: {", 'network: {initial: {h: 0, "h[0]": 1}, ') + "right: 'h[t]'",
        "q.yaml:7:27: network.initial.h[0]: h has its value at step 0 already",
    ),
    "a case outside of a range": (
        'symbols: {u: [n], o: "integer(0..n-1)"}\ncases: [{o: 2, n: 2}]\nright: u[o]',
        "q.yaml:6:10: cases: o is from 0 to 1 here, not 2",
    ),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_cannot_be_derived_is_refused_with_its_place(name):
    spec, message = REFUSED[name]
    _, problems = load(spec)
    assert str(problems[0]).startswith(message), str(problems[0])


FAULTY = {
    "sizes that do not fit": (
        "symbols: {u: [n], v: [m]}\nright: u + v",
        "q.yaml:6:10: right: a vector of n does not fit a vector of m",
    ),
    "a missing transpose": (
        "symbols: {A: [n, m], v: [n]}\nright: A @ v",
        "q.yaml:6:10: right: an n x m matrix @ a vector of n: the inner sizes differ",
    ),
    "a division by zero": (
        "symbols: {a: scalar}\nright: 1/(a - a)",
        "no value at any point that was tried (a division by",
    ),
    "a root of what is negative": (
        "symbols: {a: scalar}\nright: sqrt(-1 - a**2)",
        "q.yaml:6:8: right: it has no value at",
    ),
    "a step as an index": (
        "symbols: {u: [n], o: integer}\nright: u[o]",
        'index 3 is outside a vector of 1 (0 to 0): say which whole numbers it is about: `cases`, or `{o: "integer(0..n-1)"}`',
    ),
    "an index that counts from 1": (
        "symbols: {u: [n], o: 'integer(1..n)'}\nright: u[o]",
        "right: it has no value where",
    ),
    "a step that does not exist": (
        "symbols: {t: integer}\nsequences: {h: scalar}\nnetwork: {initial: {h: 1}, equations: {h: 'h[t-1]/2'}}\n"
        "right: h[t-2]",
        "h[-1] does not exist: h starts at step 0",
    ),
    "a loss whose sizes do not fit": (
        "symbols: {U: [n, m], v: [n], y: [m]}\nderivative: {of: 'dot(y, U @ v)', by: v}",
        "q.yaml:6:1: derivative: it has no value",
    ),
}


def fails(question):
    return [found.text for found in check_formula_question(question) if found.level == "fail"]


@pytest.mark.parametrize("name", list(FAULTY))
def test_a_right_answer_that_nobody_can_earn_is_a_fault(name):
    spec, message = FAULTY[name]
    question, problems = load(spec)
    found = fails(question) if question else [str(problem) for problem in problems]
    assert len(found) == 1
    assert message in found[0], found[0]
    assert found[0].startswith("q.yaml:")


SOUND = {
    "an index from 0": (
        'symbols: {u: [n], o: "integer(0..n-1)"}\nright: u[o]',
        ("u[o]", "sum(u[i]*(i == o) for i in range(n))"),
        ("u[0]", "u[n-1]", "u[n-1-o]"),
    ),
    "an index in a range with gaps at both ends": (
        'symbols: {u: [n], o: "integer(1..n)"}\nright: u[o-1]*o',
        ("o*u[o-1]",),
        ("u[o-1]", "o*u[0]"),
    ),
    "a one-hot target": (
        "symbols: {z: [V], y: {shape: [V], in: onehot}}\nderivative: {of: '-sum(y*log(softmax(z)))', by: z}",
        ("softmax(z) - y", "softmax(z)*sum(y) - y", "softmax(z) - y*y"),
        ("y - softmax(z)", "softmax(z)", "softmax(z) - 1", "softmax(z) - z"),
    ),
    "a one-hot target of a fixed size": (
        "symbols: {z: [3], y: {shape: [3], in: onehot}}\nderivative: {of: '-sum(y*log(softmax(z)))', by: z}",
        ("softmax(z) - y",),
        ("softmax(z) - [1, 0, 0]", "softmax(z) - [0, 1, 0]", "softmax(z) - [0, 0, 1]"),
    ),
    "columns and their index": (
        """symbols:
  U: {shape: [d, V], layout: columns}
  v: [d]
  o: integer(0..V-1)
  y: {shape: [V], in: onehot(o)}
right: U @ softmax(U.T @ v) - U[o]
""",
        ("U @ (softmax(U.T @ v) - y)", "sum(softmax(U.T @ v)[w]*U[w] for w in range(V)) - U @ y"),
        ("U @ softmax(U.T @ v) - U[0]", "U @ softmax(U.T @ v)", "U @ (softmax(U.T @ v) - 1)"),
    ),
    "rows and their index": (
        "symbols: {U: {shape: [V, d], layout: rows}, o: integer(0..V-1), y: {shape: [V], in: one-hot(o)}}\nright: U[o]",
        ("U.T @ y", "y @ U"),
        ("U[0]",),
    ),
    "one-hot vectors in time": (
        """symbols: {W: [V, d], T: integer}
sequences: {y: {shape: [V], in: onehot}, s: [d]}
derivative: {of: "-sum(sum(y[k]*log(softmax(W @ s[k]))) for k in range(1, T+1))", by: "s[1]"}
""",
        ("W.T @ (softmax(W @ s[1]) - y[1])",),
        ("W.T @ (softmax(W @ s[1]) - y[2])", "W.T @ softmax(W @ s[1])"),
    ),
    "short names of short names": (
        "symbols: {W: scalar, t: integer}\nsequences: {h: scalar, p: scalar}\n"
        'aliases: {now: "h[t+1]", bend: "now*(1 - now)", all: "p[t]*bend"}\nright: all*W\n'
        'network: {equations: {h: "sigmoid(W*h[t-1])"}}',
        ("p[t]*bend*W", "W*all", "W*p[t]*h[t+1]*(1 - now)", "W*p[t]*sigmoid(W*h[t])*(1 - h[t+1])"),
        ("p[t]*now*W", "bend*W"),
    ),
    "short names in the network": (
        'symbols: {W: scalar, t: integer}\nsequences: {h: scalar, x: scalar, p: scalar}\naliases: {drive: "W*h[t-1] + x[t]"}\n'
        'network: {equations: {h: "tanh(drive)"}}\nderivative: {of: "h[t+1]", by: "h[t]", given: "p[t+1]"}',
        ("p[t+1]*W*(1 - h[t+1]**2)", "p[t+1]*W*(1 - tanh(W*h[t] + x[t+1])**2)"),
        ("p[t+1]*W*(1 - tanh(drive)**2)", "p[t+1]*W*(1 - h[t]**2)"),
    ),
}


def sealed(text):
    """The question as students have it, from the YAML that the course has."""
    root = yaml.load(text, Loader=yaml.BaseLoader)
    question, _ = KINDS.load_question(read_yaml(text.encode(), "q.yaml"), Path("q.yaml"))
    document = kind_of(question).student_copy(root, question, {}).document
    assert "sealed" in document
    mine, problems = KINDS.load_question(read_yaml(yaml.safe_dump(document).encode(), "q.yaml"), Path("q.yaml"))
    assert problems == []
    return mine


def points(question, text):
    return score_formula(question, ScalarNode(text, SourceLocation("answer"))).points


@pytest.mark.parametrize("name", list(SOUND))
@pytest.mark.sampled(3)
def test_names_of_every_sort_mean_what_they_say(name):
    spec, right, wrong = SOUND[name]
    question = question_of(spec)
    assert fails(question) == []
    assert [text for text in right if points(question, text) != 10] == []
    assert [text for text in wrong if points(question, text) != 0] == []


COPIES = {
    **{name: (spec, right, wrong) for name, (spec, right, wrong) in SOUND.items()},
    **{name: (row.spec, row.right, row.wrong) for name, row in ROWS.items() if row.right},
}
USUAL_COPIES = (
    "a one-hot target",
    "columns and their index",
    "short names of short names",
    "a weight from the first step on",
    "a matrix in one step",
)


def check_copy_of(name):
    spec, right, wrong = COPIES[name]
    mine = sealed(HEAD + spec)
    assert [text for text in right if points(mine, text) != 10] == []
    assert [text for text in wrong[:2] if points(mine, text) != 0] == []


@pytest.mark.long
@pytest.mark.parametrize("name", USUAL_COPIES)
def test_the_copy_takes_the_same_answers_for_right(name):
    check_copy_of(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in COPIES if name not in USUAL_COPIES])
def test_every_copy_takes_the_same_answers_for_right(name):
    check_copy_of(name)


def test_a_weight_that_counts_from_step_1_is_sealed_at_states_that_follow_from_there():
    """The slope of the first step, in other words than the state: no known answer says that it may be written so."""
    spec = """symbols: {W: scalar, U: scalar, T: integer}
sequences: {h: scalar, x: scalar, p: scalar}
network: {equations: {h: "sigmoid(W*h[t-1] + U*x[t])"}}
derivative: {of: "h[T]", by: U, given: "p[T]"}
"""
    mine = sealed(HEAD + spec)
    slope = "W*σ'(W*h[j-1] + U*x[j])"
    chain = f"sum(x[k]*σ'(W*h[k-1] + U*x[k])*prod({slope} for j in range(k+1, T+1)) for k in range(1, T+1))"
    assert points(mine, f"p[T]*{chain}") == 10
    assert points(mine, f"p[T]*{chain.replace('range(1, ', 'range(2, ')}") == 0


def test_spec_check_says_in_which_steps_a_weight_counts():
    texts = [found.text for found in check_formula_question(row_question(ROWS["a weight in one step"].spec))]
    assert texts[:2] == [
        "what is right: p[t + 1]*h[t + 1]*(1 - h[t + 1])*h[t]",
        "W counts from step t + 1 on (the states before are given): `since` changes it",
    ]


@pytest.mark.long
@pytest.mark.parametrize("name", list(ROWS))
@pytest.mark.sampled(12)
def test_no_derived_gradient_is_taken_for_a_fault(name):
    assert fails(row_question(ROWS[name].spec)) == []


# ------------------------------------------------------------------------------------------------ parts and copies

PARTS = """question: p
title: In parts
points: 20
symbols: {W: scalar, t: integer}
sequences: {h: scalar, p: scalar}
aliases: {s: "h[t+1]"}
network: {equations: {h: "sigmoid(W*h[t-1])"}}
parts:
  - question: p.1
    title: One
    points: 10
    answer: formula
    symbols: {c: positive}
    aliases: {d: "1 - s"}
    right: "c*p[t+1]*s*d*W"
    known: {k: {formula: "c*p[t+1]*h[t+1]*d*W", earns: 10}, no: {formula: "p[t+1]*s*d*W", earns: 0}}
  - question: p.2
    title: Two
    points: 10
    answer: formula
    symbols: {W: positive}
    sequences: {q: scalar}
    derivative: {of: "h[t+1]", by: "h[t]", given: "q[t+1]"}
    known: {k: {formula: "q[t+1]*s*(1 - s)*W", earns: 10}}
"""


@pytest.fixture
def assignment(tmp_path):
    (tmp_path / "assignment.yaml").write_text("assignment: a\ntitle: A\nquestions: [p]\n", encoding="utf-8")
    (tmp_path / "p.yaml").write_text(PARTS, encoding="utf-8")
    return load_assignment(tmp_path)


def test_a_parts_names_extend_the_shared_ones(assignment):
    one, two = assignment.questions
    assert set(one.symbols.names) == {"W", "t", "h", "p", "s", "c", "d"}
    assert set(two.symbols.names) == {"W", "t", "h", "p", "s", "q"}
    assert (one.symbols.quantities["W"].domain, two.symbols.quantities["W"].domain) == ("real", "positive")
    assert [fails(question) for question in assignment.questions] == [[], []]


def test_spec_check_tries_the_copy(assignment):
    found = [(f.question, f.level, f.text) for f in check_copy(assignment) if "right" in f.text]
    text = "a student's copy takes the known right answer for right"
    assert found == [("p.1", "ok", text), ("p.2", "ok", text)]


def test_spec_check_tries_the_copy_of_each_way_of_several(tmp_path):
    (tmp_path / "assignment.yaml").write_text("assignment: a\ntitle: A\nquestions: [e]\n", encoding="utf-8")
    (tmp_path / "e.yaml").write_text(
        """question: e
title: Either
points: 10
answer: either
ways:
  - answer: formula
    symbols: {x: scalar}
    aliases: {y: x + 1}
    right: x*y
    known: {k: {formula: x^2 + x, earns: 10}}
  - {answer: number, value: 4}
""",
        encoding="utf-8",
    )
    found = [(f.level, f.text) for f in check_copy(load_assignment(tmp_path)) if "right" in f.text]
    assert found == [("ok", "a student's copy takes the known right answer for right")]


def test_a_copy_that_refuses_a_right_answer_is_a_fault(assignment, monkeypatch):
    """A seal of another formula stands for a fault of the seal."""
    real = sealing.seal_of

    def another(engine, salt, known):
        return real(engine.times(3), salt, ())

    monkeypatch.setattr(sealing, "seal_of", another)
    failed = [(f.question, f.text) for f in check_copy(assignment) if f.level == "fail"]
    assert failed == [(q, "known 'k' earns 0 in the student's copy, not 10") for q in ("p.1", "p.2")]


# -------------------------------------------------------------------------------------------------------- references

REFERENCE = """
import numpy as np

def arrays(rng):
    n, m = 3, 2
    W, g = rng.normal(size=(n, m)), rng.normal(size=n)
    return {"W": W, "g": g, "k": np.float64(2)}, 2*W.T @ g

def numbers(rng):
    return {"W": [[1, 2]], "g": np.array([3.0]), "k": 1}, [3, np.int64(6)]

def transposed(rng):
    W, g = rng.normal(size=(2, 2)), rng.normal(size=2)
    return {"W": W, "g": g, "k": 1}, W @ g

def column(rng):
    W, g = rng.normal(size=(3, 2)), rng.normal(size=3)
    return {"W": W, "g": g, "k": 1}, (W.T @ g)[:, None]

def missing(rng):
    return {"W": np.eye(2), "k": 1}, [1, 1]

def misfit(rng):
    return {"W": np.eye(2), "g": np.ones(3), "k": 1}, [1, 1]

def nan(rng):
    return {"W": np.eye(2), "g": np.ones(2), "k": 1}, [1, float("nan")]
"""


@pytest.fixture(scope="module")
def referenced(tmp_path_factory):
    """A question for each function of a reference."""
    course = tmp_path_factory.mktemp("course")
    (course / "specs" / "a").mkdir(parents=True)
    (course / "reference").mkdir()
    (course / "reference" / "of_arrays.py").write_text(REFERENCE, encoding="utf-8")
    path = course / "specs" / "a" / "q.yaml"

    def question(function):
        spec = (
            f"symbols: {{W: [n, m], g: [n], k: scalar}}\nright: k*(W.T @ g)\nreference: reference.of_arrays.{function}"
        )
        loaded, problems = KINDS.load_question(read_yaml((HEAD + spec).encode(), "q.yaml"), path)
        assert problems == []
        return check_reference(loaded)

    return question


@pytest.mark.parametrize(
    ("function", "level", "text"),
    [
        ("arrays", "ok", "agrees at 40 random points"),
        ("numbers", "ok", "agrees at 40 random points"),
        ("transposed", "fail", "differs from what is right, by up to"),
        ("column", "fail", "gives a 2 x 1 matrix, and what is right is a vector of 2"),
        ("missing", "fail", "it gives no value of g[0]"),
        ("misfit", "fail", "g is a vector of 3, which does not fit the sizes of the others"),
        ("nan", "fail", "it gives nan at point 1 of 40, where a finite number is wanted"),
    ],
)
def test_a_reference_may_give_arrays(referenced, function, level, text):
    found = referenced(function)
    assert (found.level, text in found.text) == (level, True), found.text


def test_a_reference_of_a_gradient_by_a_matrix_over_all_steps(tmp_path):
    """Finite differences in NumPy against a gradient that has no short formula."""
    (tmp_path / "specs" / "a").mkdir(parents=True)
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "by_matrix.py").write_text(
        """
import numpy as np

def loss(W, U, h0, x, p):
    h, total = h0, 0.0
    for t in range(1, len(x)):
        h = np.tanh(W @ h + U @ x[t])
        total += p[t] @ h
    return total

def gradient(rng):
    n, m, T = 2, 3, int(rng.integers(1, 4))
    W, U, h0 = rng.normal(size=(n, n)), rng.normal(size=(n, m)), rng.normal(size=n)
    x, p = rng.normal(size=(T + 1, m)), rng.normal(size=(T + 1, n))
    out = np.zeros_like(W)
    for i in np.ndindex(*W.shape):
        d = np.zeros_like(W)
        d[i] = 1e-6
        out[i] = (loss(W + d, U, h0, x, p) - loss(W - d, U, h0, x, p)) / 2e-6
    return {"W": W, "U": U, "h0": h0, "x": x, "p": p, "T": T}, out
""",
        encoding="utf-8",
    )
    spec = """symbols: {W: [n, n], U: [n, m], h0: [n], T: integer}
sequences: {h: [n], x: [m], p: [n]}
network: {initial: {h: h0}, equations: {h: "tanh(W @ h[t-1] + U @ x[t])"}}
derivative: {of: "sum(dot(p[k], h[k]) for k in range(1, T+1))", by: W}
reference: reference.by_matrix.gradient
"""
    question, problems = KINDS.load_question(
        read_yaml((HEAD + spec).encode(), "q.yaml"), tmp_path / "specs" / "a" / "q.yaml"
    )
    assert problems == []
    assert check_reference(question).text == "reference.by_matrix.gradient agrees at 40 random points"
    assert np.ndim(question.engine.answer or 0) == 0


def test_one_state_with_gradients_of_two_names_is_written_by_their_names():
    """dL/dh_{t+1} could be either sequence: it is refused, and no right answer is read as the other one."""
    question = question_of(
        NETWORK.replace("U*x[t]", "U*h[t-2]")
        + 'derivative: {by: "h[t]", given: {"h[t+1]": "p[t+1]", "h[t+2]": "q[t+2]"}}'
    )
    assert question.notation.gradients == {}
    text = "p[t+1]*W*h[t+1]*(1 - h[t+1]) + q[t+2]*U*h[t+2]*(1 - h[t+2])"
    assert is_equal(question.engine.decide(question.engine.read(text).tree))
