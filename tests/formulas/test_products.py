"""Answers with vectors and matrices: right in every notation, wrong where they are, refused where sizes do not fit."""

import pytest

from grader.documents import ScalarNode
from grader.errors import SourceLocation, SubmissionError
from grader.formulas import Quantity, Setting, Symbols, read_formula
from grader.kinds.formula.score import score_formula
from grader.kinds.open_submission import Resources
from grader.kinds.table import load_assignment
from grader.language.parse import ExpressionError
from grader.notation.declared_shapes import DeclaredShapes

SYMBOLS = "symbols: {W: [n, m], U: [n, m], A: [n, n], u: [n], w: [n], x: [n], v: [m], y: [m], yhat: [m], c: scalar}"

QUESTIONS = {
    "u^T W v": {
        "right": ["u.T @ W @ v", "u^TWv", "dot(u, W @ v)", "v^T W^T u", "(W^T u)^T v", "np.dot(u.T, np.dot(W, v))",
                  "sum(outer(u, v) * W)", "u @ W @ v", "np.einsum('i,i->', u, W @ v)", "u·(W v)", "u.T.dot(W).dot(v)",
                  "W v · u", "\\mathbf{u}^{\\top} \\mathbf{W} \\mathbf{v}"],
        "wrong": ["u^T U v", "2 u^T W v", "norm(u) norm(W v)", "u^T W (2v)", "w^T W v"],
        "refused": ["u^T v", "u v^T W", "u W v^T", "v^T W u", "u^T W^T v", "W u", "u^T W", "u v^T", "u * (W v)"],
    },
    "(yhat - y) x^T": {
        "right": ["outer(yhat - y, x)", "(\\hat y - y) x^T", "(\\hat{y} - y) \\otimes x", "-(y - yhat) @ x.T",
                  "np.outer(yhat - y, x)", "np.dot(yhat - y, x.T)", "yhat x^T - y x^T", "(x (yhat - y)^T)^T",
                  "(yhat - y) * x.T", "np.einsum('i,j->ij', yhat - y, x)"],
        "wrong": ["(y - yhat) x^T", "yhat x^T", "(yhat - y) (2x)^T", "(yhat + y) ⊗ x"],
        "refused": ["x (yhat - y)^T", "(yhat - y) * x", "(yhat - y)^T x", "(yhat - y) @ x", "yhat - y x^T"],
    },
    "c w^T w": {
        "right": ["cw^Tw", "c*norm(w)**2", "c \\|w\\|^2", "c ‖w‖_2^2", "c * w.T @ w", "c*sum(w**2)", "c*np.dot(w, w)",
                  "(w^T w) c", "c (w·w)", "w^T (c w)", "c*np.sum(np.square(w))", "c w.dot(w)"],
        "wrong": ["w^T w", "c norm(w)", "c^2 w^T w", "c \\|w\\|_1", "c*sum(w)**2"],
        "refused": ["c w w^T", "c*w*w", "c w", "c*w^2", "w^T w w^T"],
    },
    "W^T x": {
        "right": ["dot(W.T, x)", "np.dot(W.T, x)", "W.T @ x", "x @ W", "x^T W", "W.transpose().dot(x)", "W' x",
                  "(x^T W)^T", "np.matmul(W.T, x)", "W^{\\top} x", "np.einsum('ij,i->j', W, x)", "W.T.dot(x)"],
        "wrong": ["U^T x", "W^T u", "2 W^T x", "-x @ W"],
        "refused": ["W x", "dot(W, x)", "W.T * x.T", "W^T x^T", "W.T @ v", "outer(W, x)", "c", "x^T v"],
    },
    "W @ y + u": {
        "right": ["W y + u", "u + np.dot(W, y)", "W.dot(y) + u", "(y^T W^T)^T + u", "u - W (-y)"],
        "wrong": ["W v + u", "W y - u", "W y + w", "U y + u"],
        "refused": ["W y + u^T", "W y^T + u", "y W + u", "diag(c) u", "W + u", "y + u", "W @ y + softmax(c)"],
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def earned(tmp_path_factory):
    path, questions = tmp_path_factory.mktemp("products") / "q.yaml", {}
    for right in QUESTIONS:
        path.write_text(
            f'question: q\ntitle: T\npoints: 10\nanswer: formula\n{SYMBOLS}\nright: "{right}"\n', encoding="utf-8"
        )
        questions[right] = load_assignment(path).questions[0]

    def of(right, answer):
        """The points and the status of an answer, with what is said."""
        try:
            result = score_formula(questions[right], ScalarNode(answer, SourceLocation("answers.yaml")))
        except SubmissionError as error:
            return 0, "rejected", str(error)
        return result.points, result.status, " ".join(result.messages)

    return of


def rows(kind):
    return [(right, answer) for right, answers in QUESTIONS.items() for answer in answers[kind]]


@pytest.mark.long
@pytest.mark.parametrize(("right", "answer"), rows("right"))
@pytest.mark.sampled(6)
def test_right_answers_earn_everything(earned, right, answer):
    points, status, said = earned(right, answer)
    assert (points, status) == (10, "graded"), said


@pytest.mark.parametrize(("right", "answer"), rows("wrong"))
def test_wrong_answers_of_the_right_shape_earn_nothing(earned, right, answer):
    assert earned(right, answer)[:2] == (0, "graded")


@pytest.mark.parametrize(("right", "answer"), rows("refused"))
def test_answers_whose_sizes_do_not_fit_are_refused(earned, right, answer):
    points, status, said = earned(right, answer)
    assert (points, status) == (0, "rejected")
    assert any(word in said for word in ("vector of", "matrix", "row of", "column of", "a number", "two vectors")), said


def test_the_shape_of_the_answer_is_told_by_the_names_of_sizes(earned):
    assert "a row of m where a number is wanted\n  u^T W\n      ^" in earned("u^T W v", "u^T W")[2]
    assert "a number where a vector of m is wanted" in earned("W^T x", "c")[2]
    assert "an n x n matrix where a number is wanted" in earned("c w^T w", "c w w^T")[2]


def test_a_near_miss_of_another_shape_keeps_its_points(tmp_path):
    (tmp_path / "q.yaml").write_text(
        f"question: q\ntitle: T\npoints: 10\nanswer: formula\n{SYMBOLS}\nright: W @ v\n"
        "near: [{name: outer, formula: 'u v^T', points: 4, say: That is the gradient.}]\n",
        encoding="utf-8",
    )
    question = load_assignment(tmp_path / "q.yaml").questions[0]
    result = score_formula(question, ScalarNode("outer(u, v)", SourceLocation("a")))
    assert (result.points, result.status) == (4, "graded")


def test_a_wrong_answer_of_another_shape_is_a_known_answer(tmp_path):
    """`spec check` takes it as it is: it earns nothing."""
    (tmp_path / "q.yaml").write_text(
        "question: q\ntitle: T\npoints: 10\nanswer: formula\nsymbols: {W: [n, m], v: [m], u: [n]}\nright: W @ v\n"
        "near: [{name: outer, formula: 'outer(u, v)', points: 0, say: That is a matrix.}]\n"
        "known: {right: {formula: W v, earns: 10}, other: {formula: 'u v^T', earns: 0}}\n",
        encoding="utf-8",
    )
    question = load_assignment(tmp_path / "q.yaml").questions[0]
    assert {finding.level for finding in question.kind.check_spec(question, Resources())} == {"ok"}


SIZED = Symbols({"A": Quantity(("n", "m")), "u": Quantity(("n",)), "v": Quantity(("m",)), "p": Quantity((2,))})


@pytest.mark.parametrize(
    ("text", "cases", "size"),
    [
        ("u + v", ({"n": 2, "m": 2}, {"n": 3, "m": 3}), "a vector of n"),
        ("u + p", ({"n": 2, "m": 3},), "a vector of 2"),
        ("A @ u", ({"n": 3, "m": 3},), "a vector of 3"),
        ("u v^T", ({"n": 3, "m": 3}, {"n": 2, "m": 2}), "an n x n matrix"),
        ("u^T A", (), "a row of m"),
        ("A^T", (), "an m x n matrix"),
        ("[u, u]", (), "a 2 x n matrix"),
        ("u[0]", (), "a number"),
    ],
)
def test_sizes_that_the_cases_make_equal_fit(text, cases, size):
    setting = Setting(SIZED, cases=cases)
    assert str(setting.shapes.size_of(read_formula(text, SIZED, shapes=setting.shapes).tree)) == size


@pytest.mark.parametrize(
    ("text", "cases"), [("u + v", ()), ("u + v", ({"n": 2, "m": 3},)), ("u + p", ({"n": 3, "m": 2},))]
)
def test_sizes_that_differ_in_a_case_do_not_fit(text, cases):
    with pytest.raises(ExpressionError, match="does not fit"):
        read_formula(text, SIZED, shapes=DeclaredShapes(SIZED, cases))
