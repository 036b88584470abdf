"""Whatever a student types as a formula is graded or refused with its place: nothing makes a question held."""

import random

import pytest

from grader.documents import ScalarNode
from grader.errors import SourceLocation, SubmissionError
from grader.kinds.formula.score import score_formula
from grader.kinds.number.score import score_number
from grader.kinds.table import load_assignment
from grader.language.functions.table import FUNCTIONS, SPELLINGS, WRITTEN_OUT

NUMBERS = """
question: numbers
title: T
points: 10
answer: formula
symbols: {W: scalar, z: scalar, p: unit, q: positive, t: integer, T: integer}
sequences: {h: scalar, x: scalar}
network: {functions: {"phi(a)": "a**2", "mix(a, b)": "a - 2*b"}, equations: {}}
right: W*z + h[t]
up to: {sign: 5, constant factor: 5}
near: [{name: n, formula: W*z, points: 3, say: h is missing}]
"""
VECTORS = """
question: vectors
title: T
points: 10
answer: formula
symbols: {W: [n, m], A: [n, n], u: [n], v: [m], w: [n], c: scalar, q: [n, 1], t: integer}
sequences: {h: [n], d: [m]}
aliases: {s: "u + w"}
right: W @ v + u
near: [{name: n, formula: W @ v, points: 3, say: u is missing}]
"""
ONE_STEP = """
question: one_step
title: T
points: 20
answer: formula
symbols: {W: scalar, U: scalar, t: integer}
sequences: {h: scalar, x: scalar, dL: scalar}
network: {equations: {h: "sigmoid(W*h[t-1] + U*x[t])"}}
derivative: {of: "h[t+1]", by: "h[t]", given: "dL[t+1]"}
up to: {sign: 14, constant factor: 12}
"""
CHAIN = """
question: chain
title: T
points: 20
answer: formula
symbols: {W: [n, n], U: [n, m], t: integer, T: integer}
sequences: {h: [n], x: [m], dL: [n]}
network: {equations: {h: "tanh(W @ h[t-1] + U @ x[t])"}}
derivative: {from: "h[T]", to: "h[t]", given: "dL[T]"}
"""
NUMBER = "question: number\ntitle: T\npoints: 2\nanswer: number\nvalue: 2/3\ntolerance: 0.01\n"

LEAVES = {
    NUMBERS: [
        "W",
        "z",
        "p",
        "2",
        "-1",
        "0",
        "h[t]",
        "h",
        "x_t",
        "[1,2]",
        "[[1,2],[3,4]]",
        "z>0",
        "1/0",
        "t",
        "10**900",
    ],
    VECTORS: ["u", "v", "W", "c", "2", "0", "h[t]", "s", "u.T", "W.T", "q", "[c,2]", "A", "h_t^T", "u>0", "n", "1/0"],
    ONE_STEP: ["W", "h[t]", "h[t+1]", "dL[t+1]", "x[t]", "t", "2", "h", "U*x[t]", "0", "-1", "h[t-3]"],
    CHAIN: ["W", "h[t]", "dL[T]", "U", "x[t]", "T", "t", "2", "h[t].T", "0", "W.T"],
    NUMBER: ["2", "0", "-1", "1/3", "[1,2]", "1/0", "e", "pi", "10**900", "1e-300", "0.5", "k"],
}
KINDS = ["2", "c", "u", "v.T", "A", "[c,2]", "u>0", "1/0", "d"]
"""One argument of every kind, for the question about vectors."""

SIGNS = [
    "+", "-", "*", "/", "**", "^", "@", "·", "⊗", "⊙", ".*", "./", "'", "!", "%", "_", "=", "==", "<", ">", ",", "(", ")",
    "[", "]", "{", "}", "|", "‖", "^T", ".T", ".dot(", ".sum()", "np.", "F.", "if", "else", "for", "⟨", "⟩", "where",
]  # fmt: skip
OPERATORS = ["+", "-", "*", "/", "@", "·", "", "**", "⊙", "⊗", "%", "//"]
AROUND = [
    "|{}|", "‖{}‖_2", "\\frac{{{}}}{{2}}", "1_{{{}>0}}", "log_2({})", "[{}, 1]", "e^{{{}}}", "({})^T", "({})[0]",
    "σ'({})", "tanh'({})", "({}).T", "({})^2", "({})^{{-1}}", "y = {}", "{} where k = 2", "sum([{} for k in range(2)])",
    "⟨{}, u⟩",
]  # fmt: skip
NAMES = [*FUNCTIONS, *SPELLINGS, *WRITTEN_OUT, "einsum", "foo"]


def tree(rng, leaves, depth):
    """A formula that often makes sense."""
    kind = rng.randrange(8) if depth else 7
    if kind < 3:
        left, right = (tree(rng, leaves, depth - 1) for _ in range(2))
        return f"{left} {rng.choice(OPERATORS)} {right}"
    if kind < 5:
        name = rng.choice(NAMES)
        usual = len(WRITTEN_OUT[name].parameters) if name in WRITTEN_OUT else 1 + (name in ("dot", "outer"))
        count = usual if rng.random() < 0.9 else rng.randrange(5)
        return f"{name}({', '.join(tree(rng, leaves, depth - 1) for _ in range(count))})"
    if kind == 5:
        return rng.choice(AROUND).format(tree(rng, leaves, depth - 1))
    if kind == 6:
        then, left, right, otherwise = (tree(rng, leaves, depth - 1) for _ in range(4))
        return f"({then} if {left} {rng.choice(['>', '<=', '=='])} {right} else {otherwise})"
    return rng.choice(leaves)


def soup(rng, leaves):
    """Signs and names in any order."""
    parts = [rng.choice([*SIGNS, *leaves, rng.choice(NAMES)]) for _ in range(rng.randrange(1, 12))]
    return rng.choice(["", " "]).join(parts)


@pytest.fixture(scope="module")
def questions(tmp_path_factory):
    folder = tmp_path_factory.mktemp("formulas")
    found = {}
    for text in LEAVES:
        (folder / "q.yaml").write_text(text, encoding="utf-8")
        found[text] = load_assignment(folder / "q.yaml").questions[0]
    return found


def status_of(question, text):
    """`graded`, or `rejected` with the place; whatever else is raised is a fault of the grader."""
    score = score_number if question.kind.name == "number" else score_formula
    try:
        result = score(question, ScalarNode(text, SourceLocation("answers.yaml")))
    except SubmissionError as error:
        refusal = str(error)
    else:
        assert result.status in ("graded", "rejected")
        return result.status
    assert refusal.rstrip().endswith("^"), (text, refusal)
    return "rejected"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.sampled(6)
def test_a_function_with_any_arguments_is_never_held(questions, name):
    calls = [f"{name}({', '.join([kind] * count)})" for count in range(5) for kind in (KINDS if count else [""])]
    statuses = [status_of(questions[VECTORS], call) for call in calls]
    assert "rejected" in statuses


def test_every_function_of_a_number_takes_one(questions):
    entrywise = [name for name, record in FUNCTIONS.items() if record.max_arguments == 1 and not record.signature]
    assert [status_of(questions[NUMBERS], f"{name}(z)") for name in entrywise] == ["graded"] * len(entrywise)


@pytest.mark.long
@pytest.mark.parametrize("spec", LEAVES, ids=lambda text: text.split()[1])
@pytest.mark.sampled(3)
def test_random_formulas_are_never_held(questions, spec):
    rng = random.Random(f"formulas {spec}")
    statuses = [status_of(questions[spec], tree(rng, LEAVES[spec], rng.randrange(4))) for _ in range(150)]
    assert statuses.count("graded") > 15
    for _ in range(100):
        status_of(questions[spec], soup(rng, LEAVES[spec]))


@pytest.mark.slow
@pytest.mark.parametrize("spec", LEAVES, ids=lambda text: text.split()[1])
def test_many_random_formulas_are_never_held(questions, spec):
    rng = random.Random(f"many formulas {spec}")
    for _ in range(4000):
        status_of(questions[spec], tree(rng, LEAVES[spec], rng.randrange(6)))
        status_of(questions[spec], soup(rng, LEAVES[spec]))


@pytest.mark.parametrize("opened", ["tan(", "σ'(", "tanh'(", "coth(", "silu(", "logit(", "mean("])
def test_functions_that_name_their_argument_twice_stay_bounded(questions, opened):
    """A nest of them doubles with every level."""
    assert status_of(questions[NUMBERS], f"{opened}z)") == "graded"
    assert status_of(questions[NUMBERS], opened * 40 + "z" + ")" * 40) == "rejected"
