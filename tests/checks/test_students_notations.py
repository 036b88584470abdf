"""Formulas as students type them, on whole questions: right ones keep their marks, unclear ones are refused."""

import math
import random

import pytest

from grader.documents import ScalarNode
from grader.errors import SourceLocation, SubmissionError
from grader.kinds.formula.score import read, score_formula
from grader.kinds.number.score import score_number
from grader.kinds.table import load_assignment

CELL = """
symbols: {W: [n, n], U: [n, m], t: integer}
sequences: {h: [n], x: [m], g: [n], z: [n]}
network: {equations: {z: "W @ h[t-1] + U @ x[t]", h: "tanh(z[t])"}}
"""
SPECS = {
    "chain": """
symbols: {W: scalar, U: scalar, t: integer, T: integer}
sequences: {h: scalar, x: scalar, dL: scalar}
network: {equations: {h: "sigmoid(W*h[t-1] + U*x[t])"}}
derivative: {from: "h[T]", to: "h[t]", given: "dL[T]"}
""",
    "step": """
symbols: {W: scalar, U: scalar, t: integer}
sequences: {h: scalar, x: scalar, z: scalar, dL: scalar}
network: {equations: {z: "W*h[t-1] + U*x[t]", h: "sigmoid(z[t])"}}
derivative: {of: "h[t+1]", by: "h[t]", given: "dL[t+1]"}
""",
    "density": """
symbols: {x: scalar, s: positive}
right: exp(-x**2/(2*s**2))/(s*sqrt(2*pi))
""",
    "divergence": """
symbols: {p: positive, q: positive}
right: p*log(p/q)
""",
    "by W": CELL + 'derivative: {of: "h[t+1]", by: "W", given: "g[t+1]", since: t+1}',
    "by U": CELL + 'derivative: {of: "h[t+1]", by: "U", given: "g[t+1]"}',
    "outer": """
symbols: {V: [k, n], t: integer}
sequences: {y: [k], yhat: [k], h: [n]}
right: outer(yhat[t] - y[t], h[t])
""",
    "squares": """
symbols: {c: scalar, w: [n], W: [n, m]}
right: c*dot(w, w)*norm(W)**2
""",
    "attention": """
symbols: {Q: [n, d], K: [m, d], d: integer}
right: Q @ K.T/sqrt(d)
""",
    "number": """
value: 4
""",
}


@pytest.fixture(scope="module")
def questions(tmp_path_factory):
    folder = tmp_path_factory.mktemp("specs") / "students"
    folder.mkdir()
    names = [name.replace(" ", "_") for name in SPECS]
    (folder / "assignment.yaml").write_text(f"assignment: students\nquestions: [{', '.join(names)}]\n")
    for name, spec in zip(names, SPECS.values(), strict=True):
        kind = "number" if name == "number" else "formula"
        head = f"question: {name}\ntitle: {name}\npoints: 10\nanswer: {kind}\n"
        (folder / f"{name}.yaml").write_text(head + spec, encoding="utf-8")
    found = {question.id: question for question in load_assignment(folder).questions}
    return {name: found[name.replace(" ", "_")] for name in SPECS}


def scored(question, text):
    score = score_number if question.id == "number" else score_formula
    return score(question, ScalarNode(text, SourceLocation("answers.yaml")))


RIGHT = [
    ("chain", r"\left(\prod\limits_{k=t+1}^{T} W h_k (1-h_k)\right) \cdot dL_T"),
    ("chain", r"\left\{ \prod_{k=t+1}^{T} \left[ W h_k (1-h_k) \right] \right\} dL_T"),
    ("chain", r"dL_T \prod_{k=t+1}^{T} h_k (1-h_k) W"),
    ("chain", r"dL_T \prod_{k=t+1}^{T} (1-h_k) h_k W"),
    ("chain", r"dL_T \prod_{k=t+1}^{T} [(h_k - h_k^2) W]"),
    ("chain", r"dL_T \prod_{k=t+1}^{T} W (h_k - h_k^2)"),
    ("chain", r"dL_T h_T^{t-T} \prod_{k=t+1}^{T} \left[ W h_k (1-h_k) h_T \right]"),
    ("chain", r"dL_T W^{T-t} \prod_{k=t+1}^{T} h_k (1-h_k)"),
    ("chain", r"dL_T \prod_{j=0}^{T-t-1} W h_{T-j} (1 - h_{T-j})"),
    ("chain", r"dL_T \prod_{k=t+1}^{T} W \prod_{k=t+1}^{T} h_k \prod_{k=t+1}^{T} (1-h_k)"),
    ("chain", r"dL_T \prod_{k=t+1}^{T} (W h_k) \cdot \prod_{k=t+1}^{T} (1-h_k)"),
    ("chain", r"dL_T \prod_{k=t+1}^{T} (W h_k^2 - W h_k) / \prod_{k=t+1}^{T} (-h_k) \cdot \prod_{k=t+1}^{T} h_k"),
    ("step", "{W} {h}_{t+1} (1-{h}_{t+1}) {dL}_{t+1}"),
    ("step", "{W}{h}_{t+1}{dL}_{t+1}(1-h_{t+1})"),
    ("step", "W {h}^{(t+1)} (1-{h^{(t+1)}}) dL_{t+1}"),
    ("density", r"\frac{1}{\sqrt{2\pi s^2}} \exp\left(-\frac{x^2}{2s^2}\right)"),
    ("density", "exp(-(x/s)**2/2)/sqrt(2*pi*s**2)"),
    ("density", r"\frac{e^{-x^2/(2s^2)}}{\sqrt{2\pi} \cdot \sqrt{s^2}}"),
    ("divergence", "p ln(p/q)"),
    ("divergence", r"p \ln \frac pq"),
    ("divergence", "p ln p - p ln q"),
    ("by W", r"(g_{t+1} \odot (1 - h_{t+1}^2)) h_t^\top"),
    ("by W", r"(g^{(t+1)} \odot (1 - (h^{(t+1)})^2)) h^{(t)\top}"),
    ("by U", r"(g_{t+1} \odot (1 - h_{t+1}^2)) x_{t+1}⊤"),
    ("outer", r"(\hat{y}^{(t)} - y^{(t)}) h^{(t)T}"),
    ("outer", r"(\hat{\boldsymbol{y}}^{(t)} - \boldsymbol{y}^{(t)}) \boldsymbol{h}^{(t)\top}"),
    ("outer", "(ŷ_t − y_t)h_t⊤"),
    ("outer", "(h_t(ŷ_t − y_t)⊤)⊤"),
    ("squares", r"c \langle w, w \rangle \operatorname{Tr}(W^\top W)"),
    ("squares", "c w⊤w sum(W.^2)"),
    ("attention", r"\frac{QK^\top}{\sqrt{d}}"),
    ("attention", "torch.matmul(Q, K.t()) * d**-0.5"),
]

WRONG = [
    ("chain", r"dL_T (\prod_{k=t+1}^{T} h_k (1-h_k)) W"),
    ("chain", r"dL_T \prod_{k=t}^{T} W h_k (1-h_k)"),
    ("chain", r"dL_T \prod_{k=t+1}^{T} [h_k (1-h_k) W^{T-t}]"),
    ("chain", r"dL_T \prod_{k=t+1}^{T} h_k \prod_{k=t+1}^{T} (1-h_k)"),
    ("chain", r"dL_T \prod_{k=t+1}^{T} W^2 \prod_{k=t+1}^{T} h_k \prod_{k=t+1}^{T} (1-h_k)"),
    ("step", "W {dL}_{t+1} {h}_t (1-{h}_{t+1})"),
    ("density", r"\frac{1}{\sqrt{2\pi s}} \exp\left(-\frac{x^2}{2s^2}\right)"),
    ("density", r"\frac{1}{\sqrt{2\pi^2 s^2}} \exp\left(-\frac{x^2}{2s^2}\right)"),
    ("divergence", "p ln(p)/q"),
    ("squares", r"c \langle w, w \rangle \operatorname{Tr}(W^\top W)^2"),
    ("attention", r"\frac{QK^\top}{d}"),
    ("attention", r"\frac{QK^\top}{\sqrt{n}}"),
]

SHAPES = [
    ("by W", r"(g_{t+1} \odot (1 - h_{t+1}^2)) x_{t+1}^T", "an n x m matrix where an n x n matrix is wanted"),
    ("by W", r"(g_{t+1} \odot (1 - h_{t+1}^2)) \odot h_t", "a vector of n where an n x n matrix is wanted"),
    ("by U", r"(g_{t+1} \odot (1 - h_{t+1}^2)) h_t^T", "an n x n matrix where an n x m matrix is wanted"),
    ("by U", r"x_{t+1}(g_{t+1} \odot (1 - h_{t+1}^2))^T", "an m x n matrix where an n x m matrix is wanted"),
]

REFUSED = [
    ("chain", r"\prod_{k=t+1}^{T} \left( W h_k (1-h_k) \right) \cdot dL_T", r"(\prod ...) dL_T, or \prod [... dL_T]"),
    ("chain", r"\prod_{k=t+1}^{T} W h_k (1-h_k) dL_T", "the product over k could end before dL[T]"),
    ("chain", r"dL_T \prod_{k=t+1}^{T} (h_k (1-h_k)) W", "the product over k could end before W"),
    ("chain", r"\prod_{i=t}^{T-1} (W h_{i+1}(1-h_{i+1})) / (1/dL_T)", "could end before"),
    ("chain", r"dL_T \prod_{k=t+1}^{T} h_k (1-h_k) W^{T-t}", "the product over k could end before W**(T - t), which"),
    ("chain", r"dL_T ∏_{k=t+1}^T h_k (1-h_k) \cdot W^(T-t)", "the product over k could end before W**(T - t), which"),
    ("chain", r"dL_T \prod_{k=t+1}^{T} h_k (1-h_k) e^{(T-t)\ln W}", "could end before exp((T - t)*log(W)), which"),
    ("chain", r"dL_T \prod_{k=t+1}^{T} h_k (1-h_k) / W^{t-T}", "the product over k could end before W**(t - T), which"),
    ("chain", r"dL_T \prod_{k=t+1}^{T} h_k (1-h_k) W \cdot 2^T", "the product over k could end before 2**T, which"),
    ("chain", r"dL_T \prod_{k=t+1}^{T} W h_k \prod_{j=t+1}^{T} (1-h_j)", "could end before prod(1 - h[j]"),
    (
        "chain",
        r"dL_T \prod_{k=t+1}^{T} (W h_k) \prod_{j=t+1}^{T} (1-h_j)",
        r"could end before \prod_{j=t+1}^{T} (1-h_j)",
    ),
    ("chain", r"\prod_{k=t+1}^{T} h_k (1-h_k) \prod_{k=t+1}^{T} W dL_T", "the product over k could end before dL[T]"),
    ("chain", r"dL_T \prod_{k=T}^{t+1} W h_k (1-h_k)", "k runs downwards, from T to t + 1"),
    ("chain", r"dL_T \prod_{k=T-1}^{t} W h_{k+1} (1-h_{k+1})", "write it from t to T - 1"),
    (
        "step",
        "dL[t+1]*W*sigmoid_prime(z[t+1])",
        "'sigmoid_prime' is not a function here: write sigmoid(...), or sigmoid'",
    ),
    ("step", "dL[t+1]*W*dsigmoid(z[t+1])", "the derivative of sigmoid is written sigmoid'(...)"),
    ("step", "W dL_{t+1} (h_{t+1} - h^{(t+1)2})", "could be h at step {(t+1)2}, or a power of h"),
    ("divergence", "p ln p/q", "ln p/... could be ln(p)/... or ln(p/...)"),
    ("divergence", r"p \log p / q", "log p/... could be log(p)/... or log(p/...)"),
    ("squares", "c w⊤w sum(W**2)", "write W @ W, or W.^p entry by entry"),
    ("number", "|W| <= 4", "an inequality (<=) is not a number: write the number alone"),
    ("number", r"|W| \le 4", r"an inequality (\le) is not a number"),
]


def test_a_size_that_is_declared_as_a_whole_number_stays_small(questions):
    """`d` of `Q: [n, d]` is tried at the sizes of matrices, not at the large whole numbers that a step has."""
    symbols = questions["attention"].symbols
    assert "d" in symbols.integers
    assert "d" in symbols.sizes
    assert "d" not in symbols.counted


@pytest.mark.long
@pytest.mark.parametrize(("name", "text"), RIGHT)
@pytest.mark.sampled(4)
def test_right_answers_keep_their_marks(questions, name, text):
    assert scored(questions[name], text).points == 10


@pytest.mark.parametrize(("name", "text"), WRONG)
def test_wrong_answers_earn_nothing(questions, name, text):
    assert scored(questions[name], text).points == 0


@pytest.mark.parametrize(("name", "text", "message"), SHAPES)
def test_an_answer_of_another_shape_is_refused_with_both_shapes(questions, name, text, message):
    result = scored(questions[name], text)
    assert result.status == "rejected"
    assert message in result.messages[0]


@pytest.mark.parametrize(("name", "text", "message"), REFUSED)
def test_two_readings_are_refused_with_both(questions, name, text, message):
    with pytest.raises(SubmissionError) as caught:
        scored(questions[name], text)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "right"), [(t, True) for n, t in RIGHT if n == "chain"] + [(t, False) for n, t in WRONG if n == "chain"]
)
def test_chains_are_right_and_wrong_in_plain_python(questions, text, right):
    """The derivative of h[T] by h[t], times dL[T], as a difference quotient in floats."""
    tree = read(questions["chain"], ScalarNode(text, SourceLocation("answers.yaml"))).read_as
    rng = random.Random(5)
    W, U, start, gradient, *inputs = (rng.uniform(-2, 2) for _ in range(8))

    def states(h):
        found = [0.0, h]
        for x in inputs:
            found.append(1 / (1 + math.exp(-(W * found[-1] + U * x))))
        return found

    h = states(start)
    names = {"W": W, "U": U, "h": h, "t": 1, "T": len(h) - 1, "dL": {len(h) - 1: gradient}, "prod": math.prod}
    slope = gradient * (states(start + 1e-6)[-1] - states(start - 1e-6)[-1]) / 2e-6
    assert math.isclose(eval(tree, names), slope, rel_tol=1e-6) is right  # noqa: S307  # what the reader printed
