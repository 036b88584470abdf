"""The marks of formulas as people write them: right ones keep them, wrong ones and unclear ones do not get them."""

import math
import random

import pytest

from grader.documents import ScalarNode
from grader.errors import SourceLocation, SubmissionError
from grader.kinds.formula.score import read, score_formula
from grader.kinds.number.score import score_number
from grader.kinds.table import load_assignment

SPECS = {
    "back": """
answer: formula
symbols: {W: scalar, U: scalar, t: integer}
sequences: {h: scalar, x: scalar, dL: scalar}
network: {equations: {h: "sigmoid(W*h[t-1] + U*x[t])"}}
derivative: {of: "h[t+1]", by: "h[t]", given: "dL[t+1]"}
""",
    "accents": """
answer: formula
symbols: {t: integer}
sequences: {y: scalar, yhat: scalar, c: scalar, cbar: scalar}
right: "(yhat[t] - y[t])*c[t]"
""",
    "squares": """
answer: formula
symbols: {a: scalar, b: scalar, lam: positive}
right: "lam*a**2*b**2"
""",
    "number": """
answer: number
value: 4
accepts: ["1/max(sigmoid')"]
""",
    "mean": """
answer: formula
symbols: {T: integer, t: integer}
sequences: {x: scalar}
right: "sum(x[k] for k in range(1, T + 1))/T - x[t]"
""",
}


@pytest.fixture(scope="module")
def questions(tmp_path_factory):
    folder = tmp_path_factory.mktemp("specs") / "statements"
    folder.mkdir()
    (folder / "assignment.yaml").write_text(f"assignment: statements\nquestions: [{', '.join(SPECS)}]\n")
    for name, spec in SPECS.items():
        (folder / f"{name}.yaml").write_text(f"question: {name}\ntitle: {name}\npoints: 10\n{spec}", encoding="utf-8")
    return {question.id: question for question in load_assignment(folder).questions}


def marks(question, text):
    score = score_number if question.id == "number" else score_formula
    return score(question, ScalarNode(text, SourceLocation("answers.yaml"))).points


RIGHT = [
    ("back", "dL_{t+1}(Wh_{t+1} - Wh_{t+1}^2)"),
    ("back", "dL_{t+1}Wh_{t+1} - dL_{t+1}Wh_{t+1}²"),
    ("back", r"\delta_{t+1} W h^{(t+1)} - \delta_{t+1} W (h^{(t+1)})^2"),
    ("back", "dL[t+1]*W*s*(1-s) where s = h[t+1]"),
    ("back", "dL[t+1]*W*s*(1-s)\ns = h[t+1]"),
    ("back", "s = σ(Wh_t + Ux_{t+1}); dL/dh_t = dL_{t+1}Ws(1-s)"),
    ("back", "dL_{t+1}Wh_{t+1}(1-h_{t+1}) = dL/dh_t"),
    ("back", "dL/dh_t = dL_{t+1}Wh_{t+1}(1-h_{t+1}) = dL_{t+1}W(h_{t+1} - h_{t+1}^2)"),
    ("back", "dL_{t+1}Wh_{t+1}(1-h_{t+1}) = dL_{t+1}σ'(Wh_t + Ux_{t+1})W"),
    ("back", "dL_{t+1}Wh_{t+1}(1-h_{t+1}) where h_{t+1} = σ(Wh_t + Ux_{t+1})"),
    (
        "back",
        r"\frac{\partial L}{\partial \mathbf{h}_t} = \nabla_{h_{t+1}} L \cdot W h^{\langle t+1 \rangle} (1 - h_{t+1})",
    ),
    ("accents", r"(\hat{y_t} - y_t) c_t"),
    ("accents", r"(\widehat{y}_t - y_t) c_t"),
    ("accents", "(ŷ_t − y_t)·c_t"),
    ("accents", r"c_t\hat y_t - c_ty_t"),
    ("squares", r"\lambda (ab)^2"),
    ("squares", "λa²b²"),
    ("squares", "(lam) a^2 b^2"),
    ("squares", "L = λ(ab)^2"),
    ("number", "4"),
    ("number", "|W| = 4"),
    ("number", "4 = |W|"),
    ("number", "W = 1/(1/4) = 4"),
    ("number", "۴"),
    ("number", "400%"),
    ("number", "|W| = 1/max(sigmoid')"),
    ("mean", r"\frac1T\sum_{t=1}^{T} x_t - x_t"),
]

WRONG = [
    ("back", "dL_{t+1}(Wh_{t+1})^2"),
    ("back", "dL_{t+1}(Wh_{t+1} - (Wh_{t+1})^2)"),
    ("back", "dL[t+1]*W*s*(1-s) where s = h[t]"),
    ("back", "dL/dh_t = dL_{t+1}Wh_{t+1} = dL_{t+1}h_{t+1}W"),
    ("back", "W*h[t+1] = dL/dh_t"),
    ("accents", r"(\hat{y}_t - y_t) \bar c_t"),
    ("accents", r"(\hat{y}_t - \hat{y}_t) c_t"),
    ("accents", "(y_t - ŷ_t) c_t"),
    ("squares", "λab^2"),
    ("squares", "λa^2b"),
    ("squares", "λ(ab^2)"),
    ("number", "1/4"),
    ("number", "|W| = 1/4"),
    ("number", "4%"),
    ("mean", r"\sum_{t=1}^{T} x_t - x_t"),
    ("mean", r"\frac1T\sum_{t=1}^{T} (x_t - x_t)"),
]

REFUSED = [
    ("back", "dL[t+1]*W*h[t+1]*(1-h[t+1]) where W = 2", "sides are not equal"),
    ("back", "dL/dh_t = W = dL_{t+1}Wh_{t+1}(1-h_{t+1})", "sides are not equal"),
    ("back", "W = dL_{t+1}Wh_{t+1}(1-h_{t+1})", "sides are not equal"),
    ("back", "dL_{t+1}W = dL_{t+1}Wh_{t+1}(1-h_{t+1})", "sides are not equal"),
    ("back", "dL/dW = dL_{t+1}Wh_{t+1}(1-h_{t+1})", "is not what is asked: dL/dh[t] is"),
    ("back", "dL[t+1]*W*s*(1-s) where q = h[t+1]", "which of them is the answer is not clear"),
    ("back", "dL_{t+1}W or dL_{t+1}Wh_{t+1}(1-h_{t+1})", "neither true nor false"),
    (
        "accents",
        r"(\bar{y}_t - y_t) c_t",
        "'y' with a bar is not a name in this question (did you mean 'yhat' or 'y'?)",
    ),
    ("accents", r"(\hat{y}_t - y_t) \hat{c}_t", "'c' with a hat is not a name in this question"),
    ("accents", r"(\hat{y}_t - \tilde{y}_t) c_t", "'y' with a tilde is not a name in this question"),
    ("squares", "{λab}^2", "could be (λab)"),
    ("squares", "λa^2b^2\nλab", "which of them is the answer is not clear"),
    ("number", "W = 4 or W = -4", "two answers are given"),
    ("number", "W = -4 or W = 4", "two answers are given"),
    ("number", "1/4 = 4", "sides are not equal"),
    ("number", "4 = 1/4", "sides are not equal"),
    ("number", "5 = 1/max(sigmoid')", "sides are not equal"),
    ("number", "2W = 4", "'W' is not a name"),
    ("number", "4, -4", "a comma cannot stand here"),
    ("number", "4 or -4", "these are several answers"),
]


@pytest.mark.parametrize(("name", "text"), RIGHT)
def test_right_answers_keep_their_marks(questions, name, text):
    assert marks(questions[name], text) == 10


@pytest.mark.parametrize(("name", "text"), WRONG)
def test_wrong_answers_earn_nothing(questions, name, text):
    assert marks(questions[name], text) == 0


@pytest.mark.parametrize(("name", "text", "message"), REFUSED)
def test_what_has_no_single_meaning_is_refused_with_what_was_understood(questions, name, text, message):
    with pytest.raises(SubmissionError) as caught:
        marks(questions[name], text)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "right"), [(t, True) for n, t in RIGHT if n == "back"] + [(t, False) for n, t in WRONG if n == "back"]
)
def test_right_and_wrong_are_so_in_plain_python(questions, text, right):
    """The derivative of h[t+1] by h[t], times dL[t+1], as a difference quotient in floats."""
    tree = read(questions["back"], ScalarNode(text, SourceLocation("answers.yaml"))).read_as
    rng = random.Random(3)
    W, U, h0, x1, dL1 = (rng.uniform(-1, 1) for _ in range(5))

    def sigmoid(z):
        return 1 / (1 + math.exp(-z))

    def after(h):
        return sigmoid(W * h + U * x1)

    names = {"W": W, "U": U, "h": [h0, after(h0)], "x": [0, x1], "dL": [0, dL1], "t": 0, "sigmoid": sigmoid}
    value = eval(tree, names)  # noqa: S307  # what the reader printed
    slope = dL1 * (after(h0 + 1e-6) - after(h0 - 1e-6)) / 2e-6
    assert math.isclose(value, slope, rel_tol=1e-6) is right
