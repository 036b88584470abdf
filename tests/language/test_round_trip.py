"""Tree to text and back, and tree to LaTeX."""

import pytest
from flint import fmpq
from hypothesis import given, settings

from grader.language.exact import Exact
from grader.language.formula import Formula
from grader.language.latex import to_latex
from grader.language.parse import parse
from grader.language.printing import to_text
from grader.language.tree import Binary, Name, Number, Tree, children, subtrees

from .strategies import sensible, trees


@pytest.mark.long
@given(trees)
@settings(max_examples=150, deadline=None)
def test_what_is_printed_reads_back_as_the_same_tree(tree: Tree) -> None:
    assert parse(to_text(tree)) == tree


@pytest.mark.long
@given(sensible())
@settings(max_examples=60, deadline=None)
def test_sensible_trees_read_back_too(tree: Tree) -> None:
    assert parse(to_text(tree)) == tree


@pytest.mark.long
@given(trees)
@settings(max_examples=80, deadline=None)
def test_every_node_points_at_its_own_text(tree: Tree) -> None:
    """The offset of a node is where an expression begins or an operator's left side does: never outside the text."""
    text = to_text(tree)
    for node in subtrees(parse(text)):
        assert 0 <= node.at < len(text)
        assert all(child.at >= 0 for child in children(node))


@pytest.mark.long
@given(trees)
@settings(max_examples=150, deadline=None)
def test_latex_is_balanced(tree: Tree) -> None:
    assert_balanced(tree)


def assert_balanced(tree: Tree) -> None:
    latex = to_latex(tree)
    depth = 0
    for at, char in enumerate(latex):
        if char in "{}" and latex[at - 1 : at] != "\\":
            depth += 1 if char == "{" else -1
        assert depth >= 0
    assert depth == 0
    assert latex.count(r"\left") - latex.count(r"\leftarrow") == latex.count(r"\right")
    assert latex.count(r"\begin{") == latex.count(r"\end{")


@pytest.mark.long
@given(trees)
@settings(max_examples=80, deadline=None)
def test_latex_has_no_double_exponents_or_subscripts(tree: Tree) -> None:
    """TeX refuses `a^{b}^{c}` and `a_{b}_{c}`."""
    latex = to_latex(tree)
    for mark in "^_":
        for at in range(len(latex)):
            if latex.startswith(f"{mark}{{", at) and latex[at - 1 : at] != "\\":
                end = closing(latex, at + 1)
                assert not latex.startswith(f"{mark}{{", end + 1), latex[at:]


@pytest.mark.slow
@given(trees)
@settings(max_examples=5_000, deadline=None)
def test_trees_are_printed_right_at_length(tree: Tree) -> None:
    assert parse(to_text(tree)) == tree
    assert_balanced(tree)


def closing(latex: str, opening: int) -> int:
    """Where the brace that opens there is closed."""
    depth = 0
    for at in range(opening, len(latex)):
        depth += {"{": 1, "}": -1}.get(latex[at], 0) if latex[at - 1] != "\\" else 0
        if not depth:
            return at
    raise AssertionError("never closed")


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a+b * c", "a + b*c"),
        ("(a+b)*c", "(a + b)*c"),
        ("a-(b-c)", "a - (b - c)"),
        ("(a**b)**c", "(a**b)**c"),
        ("a**b**c", "a**b**c"),
        ("-a**2", "-a**2"),
        ("(-a)**2", "(-a)**2"),
        ("a**-b", "a**-b"),
        ("not (a and b) or c", "not (a and b) or c"),
        ("a if b else (c if d else e)", "a if b else c if d else e"),
        ("(a if b else c) if d else e", "(a if b else c) if d else e"),
        ("(1).T", "(1).T"),
        ("sum(i for i in range(0, n, 1))", "sum(i for i in range(n))"),
        ("sum(i for i in range(1,n))", "sum(i for i in range(1, n))"),
        ("[[1,2],[3,4]].T[0]", "[[1, 2], [3, 4]].T[0]"),
        (".50", "0.5"),
        ("5.", "5"),
        ("1E3", "1000"),
    ],
)
def test_printing(text: str, printed: str) -> None:
    assert to_text(parse(text)) == printed


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("W1*h[t-1] + b", r"W_{1} \cdot h_{t - 1} + b"),
        ("theta_max / 2", r"\frac{\theta_{max}}{2}"),
        ("(a/b)**2", r"\left(\frac{a}{b}\right)^{2}"),
        ("0.5**2", r"\left(\frac{1}{2}\right)^{2}"),
        ("W.T**2", r"\left(W^{\top}\right)^{2}"),
        ("W.T.T", r"\left(W^{\top}\right)^{\top}"),
        ("M @ x", r"M \, x"),
        ("a // 2", r"\left\lfloor \frac{a}{2} \right\rfloor"),
        ("sigmoid(z) <= 1", r"\sigma\left(z\right) \le 1"),
        ("not (a and b)", r"\neg \left(a \wedge b\right)"),
        ("1 if z >= 0 else 0", r"\begin{cases} 1 & \text{if } z \ge 0 \\ 0 & \text{else} \end{cases}"),
        ("[[1, 2], [3, 4]]", r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}"),
        ("sum(v[i] for i in range(1, n + 1))", r"\sum_{i=1}^{n} v_{i}"),
        ("prod(i for i in range(3))", r"\prod_{i=0}^{2} i"),
        ("max(i for i in range(0, n, 2))", r"\max_{i=0,\ \text{step } 2}^{n - 1} i"),
        ("abs(x) + norm(x) + sqrt(x)", r"\left|x\right| + \left\lVert x \right\rVert + \sqrt{x}"),
        ("my_fun(_)", r"\operatorname{my\_fun}\left(\_\right)"),
    ],
)
def test_latex(text: str, latex: str) -> None:
    assert to_latex(parse(text)) == latex


@pytest.mark.parametrize("bottom", [1, 2, 3, 5, 6, 7, 8, 40, 125, 1 << 70, 5**40, 3 * 10**25, 10**60 + 1])
@pytest.mark.parametrize("top", [1, 7, 10**25])
def test_any_number_is_printed_as_what_it_is(top, bottom):
    """No literal is 1/3, but rewriting may make one."""
    value = fmpq(top, bottom)
    text = to_text(Binary("*", Number(value), Name("x")))
    assert Formula(parse(text), ["x"], Exact())({"x": fmpq(1)}) == value
