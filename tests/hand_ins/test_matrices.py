"""Matrices as people write and print them in text: read where they are clear, and never computed."""

import numpy as np
import pytest

from .small_course import answers, keep_their_marks, refused, results_of

MATRIX = np.array([[1, 2], [-3, 0.5]])
PRINTED = {
    "NumPy's print": f"{MATRIX}",
    "NumPy's print of its own accord": repr(MATRIX),
    "NumPy's print of 32 bits": repr(MATRIX.astype("float32")),
    "NumPy's print of a list of rows": repr(list(MATRIX)),
    "a list of NumPy's numbers": repr([list(row) for row in MATRIX]),
    "Python's print": f"{MATRIX.tolist()}",
    "Python's tuples": "((1, 2), (-3, 0.5))",
    "PyTorch's print": "tensor([[ 1.0000,  2.0000],\n        [-3.0000,  0.5000]])",
    "PyTorch's print of a parameter": (
        "Parameter containing:\ntensor([[ 1.0000,  2.0000],\n        [-3.0000,  0.5000]], requires_grad=True)"
    ),
    "PyTorch's print of a result": (
        "tensor([[ 1.,  2.],\n        [-3.,  0.5]], device='cuda:0', dtype=torch.float64, grad_fn=<MulBackward0>)"
    ),
    "MATLAB": "[1 2; -3 0.5]",
    "MATLAB with commas": "[1, 2; -3, 0.5];",
    "MATLAB with a name": "W = [1 2\n-3 0.5]",
    "lines": "1 2\n-3 0.5",
    "lines with commas": "1, 2\n-3, 0.5",
    "rows by semicolons alone": "1 2; -3 .5",
    "rows side by side": "[[1 2] [-3 0.5]]",
    "fractions": "[1 4/2; -3 1/2]",
    "fractions with blanks": "[[1, 4 / 2], [-3, 1 / 2]]",
    "exponents and signs": "[[1e0, +2.], [-3.0E0, 5e-1]]",
    "a minus of print": "[1 2; −3 0.5]",
    "a call with a keyword": "np.array([[1, 2], [-3, 0.5]], dtype=np.float64)",
    "a call over lines": "torch.tensor([\n    [1, 2],\n    [-3, 0.5],\n])",
    "Mathematica": "{{1, 2}, {-3, 1/2}}",
    "LaTeX": r"\begin{pmatrix}1 & 2 \\ -3 & 0.5\end{pmatrix}",
    "LaTeX with layout": r"$$\left[ \begin{array}{cc} 1 & 2 \\[2pt] \hline -3 & \frac{1}{2} \\ \end{array} \right]$$",
    "LaTeX with a short fraction": "\\begin{bmatrix}\n1 & 2 \\\\\n-3 & \\tfrac12\n\\end{bmatrix}",
}  # fmt: skip


def below(text):
    """A text as a block of YAML."""
    return "|\n" + "\n".join(f"    {line}" for line in text.splitlines())


def weights(s="1", b="[2, 1]", W="[[1, 2], [-3, 0.5]]"):
    return answers(q5=f"\n  s: {s}\n  b: {b}\n  W: {W}")


@pytest.mark.parametrize("text", PRINTED.values(), ids=PRINTED)
def test_a_matrix_in_text_is_read_and_the_reading_said(text):
    results = results_of({"answers.yaml": weights(W=below(text))})
    keep_their_marks(results, but="")
    assert results["q5"].messages[0].startswith("W was read from text as [")


@pytest.mark.parametrize("text", PRINTED.values(), ids=PRINTED)
def test_another_number_in_it_is_another_answer(text):
    changed = text.replace("-3", "-4").replace("−3", "−4")
    assert changed != text
    result = results_of({"answers.yaml": weights(W=below(changed))})["q5"]
    assert (result.status, result.points) == ("graded", 0), result.messages


@pytest.mark.parametrize("text", [
    "[1 2; -3 0.5]", "[1, 2; -3, 0.5]", "[[1 2], [-3 0.5]]", "np.array([[1, 2], [-3, 0.5]])", "'[1 2; -3 0.5]'",
    "tensor([[ 1.,  2.],\n        [-3.,  0.5]])", '"[[1, 2], [-3, 0.5]]"', r"'\begin{bmatrix}1 & 2 \\ -3 & 0.5\end{bmatrix}'",
    "[[np.float64(1.0), np.float64(2.0)], [np.float64(-3.0), np.float64(0.5)]]", "[[np.int64(1), 2], [-3, np.float32(0.5)]]",
])  # fmt: skip
def test_a_matrix_is_read_without_a_block_of_its_own(text):
    keep_their_marks(results_of({"answers.yaml": weights(W=text)}), but="")


@pytest.mark.parametrize("text", [
    "[2 1]", "'[2; 1]'", "2 1", "2, 1", below("2\n1"), "tensor([2., 1.])", "np.array([2, 1])", "(2, 1)", "[[2 1]]",
    below("[2.\n 1.]"), below(repr(np.array([2, 1]))), r"'\begin{pmatrix}2 \\ 1\end{pmatrix}'", "'[[2], [1]]'",
    "array([2., 1.], dtype=float32)", "[2,1]", "[np.float64(2.0), np.float64(1.0)]", "[tensor(2.), tensor(1., requires_grad=True)]",
    "\n    - np.float32(2.0)\n    - np.float32(1.0)",
])  # fmt: skip
def test_a_vector_in_text_is_read(text):
    keep_their_marks(results_of({"answers.yaml": weights(b=text)}), but="")


@pytest.mark.parametrize(
    "text", ["np.float64(1)", "tensor(1.)", "'[1]'", "array(1.)", "tensor([1.], requires_grad=True)"]
)
def test_a_number_as_it_is_printed_is_read(text):
    keep_their_marks(results_of({"answers.yaml": weights(s=text)}), but="")


REFUSED = {
    "[1 2; -3]": "W: row 2 has 1 entries, and row 1 has 2",
    "[[1, 2, 3], [-3, 0.5]]": "W: row 2 has 2 entries, and row 1 has 3",
    "1 2\n-3": "W: row 2 has 1 entries, and row 1 has 2",
    "[[1, 2], -3, 0.5]": "W: numbers and rows stand side by side",
    "[1,5 2; -3 0,5]": "W: 1,5 has a decimal comma: write 1.5",
    "1,5 2\n-3 0,5": "W: 1,5 has a decimal comma: write 1.5",
    "[[1 ... 2]\n [-3 ... 0.5]]": "W: numbers are left out (...)",
    "tensor([[1., 2.],\n        ...,\n        [-3., 0.5]])": "W: numbers are left out (...)",
    "[[1, 2], [-3, 0.5]].T": "W: '.T' is no number: write the numbers themselves, since nothing is computed",
    "[1 2; -3 0.5]'": "is no number",
    "[1 2; -3 0.5]^T": "W: '^T' is no number",
    "2*[1 2; -3 0.5]": "is no number",
    "[[1, 2], [-3, 0.5]] @ x": "W: '@ x' is no number",
    "[1-2; -3 0.5]": "is no number",
    "[1 - 2; -3 0.5]": "is no number",
    "[1 2; x 0.5]": "is no number",
    "[1 2; -3 2*0.25]": "is no number",
    "[1 2; -3 0.5": "W: a bracket is not closed: ] is missing",
    "[1 2; -3 0.5)": "is no number",
    "[[1,,2], [-3, 0.5]]": "W: a number is missing before a comma",
    "[1 2 -3 0.5]": "this has 4 rows, not 2",
    "[1 2; -3 nan]": "'nan' is not a number: write a finite number",
    "[1 2; -3 0.5j]": "is no number",
    "[1 2; -3 0x1]": "is no number",
    "[1 2; -3 1/0]": "1/0 divides by zero",
    r"\begin{vmatrix}1 & 2 \\ -3 & 0.5\end{vmatrix}": "W: vmatrix is a determinant or a norm",
    "np.array([[1, 2], [-3, 0.5]], dtype=int)": "W: dtype=int would change numbers that are not whole",
    "[[1, 2], [-3, np.int32(0.5)]]": "W: np.int32 would change numbers that are not whole",
    "[[1, 2], [-3, float(0.5)]]": "is no number",
    "[[1, 2], [-3, sqrt(4)]]": "is no number",
    "np.array([[1, 2], [-3, 0.5]], order='F')": "is no number",
    "np.eye(2)": "W must be a 2 x 2 matrix",
    "__import__('os').system('id')": "W must be a 2 x 2 matrix",
    "np.array(__import__('os').system('id'))": "is no number",
    "[" * 500 + "1" + "]" * 500: "W: brackets stand more than 8 deep",
    "[" * 5000: "W: brackets stand more than 8 deep",
    "[1 " * 5: "W: a bracket is not closed",
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSED.items(), ids=[text[:30] for text in REFUSED])
def test_what_is_no_matrix_is_refused_and_costs_no_other_answer(text, message):
    results = results_of({"answers.yaml": weights(W=below(text))})
    assert message in refused(results, "q5")
    keep_their_marks(results, but="q5")


@pytest.mark.parametrize("text", ["2,1", "'2,1'", "'[2,5; 1,0]'", below("2,0\n1,0")])
def test_a_decimal_comma_in_a_vector_is_told(text):
    assert "has a decimal comma: write" in refused(results_of({"answers.yaml": weights(b=text)}), "q5")
