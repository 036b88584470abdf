"""Every notation that students use, and what it is read as."""

import pytest

from grader.formulas import Notation, Quantity, SequenceSymbol, Symbols, read_formula, typeset, usual_notation
from grader.language.parse import ExpressionError, parse
from grader.language.scope import Function

NUMBER, TIMED = Quantity(), SequenceSymbol()
SCALARS = Symbols(
    dict.fromkeys(("W", "U", "M", "z", "W1", "W_hh", "a", "b", "y_hat", "alpha"), NUMBER),
    {"h": TIMED, "x": TIMED, "dL": TIMED},
    ("t", "T"),
    {"g": parse("h[t+1]")},
    {"phi": Function(("z",), parse("z**2"))},
)
VECTORS = Symbols(
    {"W": Quantity(("n", "m")), "V": Quantity(("n", "n")), "b": Quantity(("n",)), "g": Quantity(("n",)), "c": NUMBER},
    {"h": SequenceSymbol(("n",)), "x": SequenceSymbol(("m",))},
    ("t",),
)


def read(text: str, symbols: Symbols = SCALARS):
    reading = read_formula(text, symbols, usual_notation(symbols, ("h",)))
    assert parse(reading.read_as) == reading.tree
    return reading


PLAIN = [
    ("dL[t+1] * W * g * (1 - g)", "dL[t + 1]*W*g*(1 - g)"),
    ("2W", "2*W"),
    ("2.5 W", "2.5*W"),
    ("W z", "W*z"),
    ("W(1-z)", "W*(1 - z)"),
    ("(1-z)(1+z)", "(1 - z)*(1 + z)"),
    ("(1-z)W", "(1 - z)*W"),
    ("2(z)", "2*z"),
    ("Wz", "W*z"),
    ("WUz", "W*U*z"),
    ("Wh_t + Ux_{t+1}", "W*h[t] + U*x[t + 1]"),
    ("Wh[t]", "W*h[t]"),
    ("z^2", "z**2"),
    ("z²", "z**2"),
    ("z¹⁰", "z**10"),
    ("z⁻¹", "z**-1"),
    ("-z^2", "-z**2"),
    ("2^-z", "2**-z"),
    ("z^2W", "z**2*W"),
    ("a·b × W ⋅ z ∗ a", "a*b*W*z*a"),
    ("a − b – W — z", "a - b - W - z"),
    ("a÷b", "a/b"),
    ("𝑊·z", "W*z"),
    ("α z", "alpha*z"),
    ("\\alpha z", "alpha*z"),
    ("\\hat{y} - z", "y_hat - z"),
    ("W_1", "W1"),
    ("W₁", "W1"),
    ("W_{hh} z", "W_hh*z"),
    ("W_hh z", "W_hh*z"),
    ("h_t", "h[t]"),
    ("h_T", "h[T]"),
    ("h_0", "h[0]"),
    ("h₁ + hₜ₊₁ + hₜ₋₁", "h[1] + h[t + 1] + h[t - 1]"),
    ("h_{t+1}(1-h_{t+1})", "h[t + 1]*(1 - h[t + 1])"),
    ("h(t+1)", "h[t + 1]"),
    ("h_t + 1", "h[t] + 1"),
    ("|W|", "abs(W)"),
    ("|W||z|", "abs(W)*abs(z)"),
    ("|W|^{T-t}", "abs(W)**(T - t)"),
    ("3|z - 1|", "3*abs(z - 1)"),
    ("√z + √(1+z)", "sqrt(z) + sqrt(1 + z)"),
    ("e^{-z} + e^z + e", "exp(-z) + exp(z) + exp(1)"),
    ("1/(1+e^(-z))", "1/(1 + exp(-z))"),
    ("W^T", "W**T"),
    ("W^{T-t}", "W**(T - t)"),
    ("ln(z) + ReLU(z) + Tanh(z) + sgn(z)", "log(z) + relu(z) + tanh(z) + sign(z)"),
    ("σ(z) + sigma(z) + logistic(z)", "sigmoid(z) + sigmoid(z) + sigmoid(z)"),
    ("tanh z + 1", "tanh(z) + 1"),
    ("tanh²(z)", "tanh(z)**2"),
    ("sech(z)^2", "(1/cosh(z))**2"),
    ("tan(z)", "sin(z)/cos(z)"),
    ("z if z > 0 else 0", "z if z > 0 else 0"),
    ("not z > 0 and W <= 1 or 0 ≤ U < 2", "not z > 0 and W <= 1 or 0 <= U < 2"),
    ("a/b/W", "a/b/W"),
    ("2**3**z", "2**3**z"),
    ("[a, b] @ [1, 2]", "[a, b] @ [1, 2]"),
    ("[a + b]W", "(a + b)*W"),
    ("phi(z) phi'(z)", "phi(z)*(2*z)"),
    ("max(0, z)", "max(0, z)"),
    ("3.5e-2 z", "0.035*z"),
    ("z.", "z"),
    ("z\n+ 1", "z + 1"),
]

SLOPES = [
    ("σ'(z)", "sigmoid(z)*(1 - sigmoid(z))"),
    ("σ′(z)", "sigmoid(z)*(1 - sigmoid(z))"),
    ("sigmoid'(z)", "sigmoid(z)*(1 - sigmoid(z))"),
    ("s'(z)", "sigmoid(z)*(1 - sigmoid(z))"),
    ("\\sigma^{\\prime}(z)", "sigmoid(z)*(1 - sigmoid(z))"),
    ("\\sigma^\\prime(z)", "sigmoid(z)*(1 - sigmoid(z))"),
    ("tanh'(z)", "1 - tanh(z)**2"),
    ("relu'(z)", "relu(z)/z"),
    ("σ'(z)²", "(sigmoid(z)*(1 - sigmoid(z)))**2"),
]

FOLDED = [
    ("prod(W*h[k] for k in range(t, T))", "prod(W*h[k] for k in range(t, T))"),
    ("∏_{k=t}^{T−1} W h_k", "prod(W*h[k] for k in range(t, T))"),
    ("prod_{k=t}^{T-1} W h_k", "prod(W*h[k] for k in range(t, T))"),
    ("prod_{k=t..T-1} W h_k * z", "prod(W*h[k]*z for k in range(t, T))"),
    ("\\prod_{k=t}^{T-1} (W h_k) + z", "prod(W*h[k] for k in range(t, T)) + z"),
    ("\\left(\\prod_{k=t}^{T-1} h_k\\right) W", "prod(h[k] for k in range(t, T))*W"),
    ("\\prod\\limits_{k=t+1}^{T} h_{k-1}", "prod(h[k - 1] for k in range(t + 1, T + 1))"),
    ("Σ_{i=1}^{T} (-1)^{T-i} x_i", "sum((-1)**(T - i)*x[i] for i in range(1, T + 1))"),
    ("\\sum_{i=1}^T x_i", "sum(x[i] for i in range(1, T + 1))"),
    ("\\sum^{3}_{i=1} x_i", "sum(x[i] for i in range(1, 4))"),
    ("\\sum_{i=1,\\ldots,T} x_i", "sum(x[i] for i in range(1, T + 1))"),
    ("sum(i=1..T, x_i)", "sum(x[i] for i in range(1, T + 1))"),
    ("sum(x_i, i=1..T)", "sum(x[i] for i in range(1, T + 1))"),
    ("sum(x_i for i = 1..T)", "sum(x[i] for i in range(1, T + 1))"),
    ("2 sum(x[2*i] for i in range(1, T, 2))", "2*sum(x[2*i] for i in range(1, T, 2))"),
]

LATEX = [
    ("\\frac{1}{1+e^{-z}}", "1/(1 + exp(-z))"),
    ("$\\dfrac{e^{z}}{(1+e^{z})^2}$", "exp(z)/(1 + exp(z))**2"),
    ("\\[ \\sigma\\left(W h_{t-1} + U x_t\\right) \\]", "sigmoid(W*h[t - 1] + U*x[t])"),
    ("\\( \\sigma\\bigl(z\\bigr) \\)", "sigmoid(z)"),
    ("a \\cdot b \\times W \\, z", "a*b*W*z"),
    ("\\sqrt{z}", "sqrt(z)"),
    ("\\tanh x_t", "tanh(x[t])"),
    ("\\tanh^2 z", "tanh(z)**2"),
    ("\\tanh^{2}\\!\\left(z\\right)", "tanh(z)**2"),
    ("\\mathrm{sigmoid}(z) \\text{W}", "sigmoid(z)*W"),
    ("\\operatorname{sech}^2(z)", "(1/cosh(z))**2"),
    ("\\lvert W \\rvert \\left| z \\right|", "abs(W)*abs(z)"),
    ("\\max\\{0, z\\}", "max(0, z)"),
    ("\\left[ a + b \\right] z", "(a + b)*z"),
    ("z^{1/2}", "z**(1/2)"),
    ("\\exp\\left(-\\frac{z^2}{2}\\right)", "exp(-(z**2/2))"),
    ("{W}{z}", "W*z"),
    ("\\mathbf{W} z", "W*z"),
]

GRADIENTS = [
    ("dL/dh_{t+1} W", "dL[t + 1]*W"),
    ("dL/dh[t+1] * W", "dL[t + 1]*W"),
    ("dL/dh(t+1) * W", "dL[t + 1]*W"),
    ("∂L/∂h_{t+1} · W", "dL[t + 1]*W"),
    ("\\frac{\\partial L}{\\partial h_{t+1}} W", "dL[t + 1]*W"),
    ("\\frac{dL}{dh_T} W", "dL[T]*W"),
    ("\\frac{d L}{d h_{T}} W", "dL[T]*W"),
    ("\\frac{\\mathrm{d}L}{\\mathrm{d}h_{T}} W", "dL[T]*W"),
    ("\\partial L / \\partial h_{t+1}", "dL[t + 1]"),
    ("\\delta_{t+1} W", "dL[t + 1]*W"),
    ("δ_{t+1}·W", "dL[t + 1]*W"),
    ("dLₜ₊₁ W", "dL[t + 1]*W"),
]


@pytest.mark.parametrize(("text", "wanted"), PLAIN + SLOPES + FOLDED + LATEX + GRADIENTS)
def test_numbers(text, wanted):
    assert read(text).read_as == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("W.T @ (g * h[t] * (1 - h[t]))", "W.T @ (g*h[t]*(1 - h[t]))"),
        ("W^\\top (g \\odot h_t \\odot (1 - h_t))", "W.T @ (g*h[t]*(1 - h[t]))"),
        ("W^{\\top} g", "W.T @ g"),
        ("W^T g", "W.T @ g"),
        ("Wᵀ g", "W.T @ g"),
        ("V h_t + W x_t + b", "V @ h[t] + W @ x[t] + b"),
        ("Wx_t", "W @ x[t]"),
        ("W * x[t]", "W @ x[t]"),
        ("W·x[t]", "W @ x[t]"),
        ("V * V", "V*V"),
        ("V V", "V @ V"),
        ("g ∘ b", "g*b"),
        ("g^T b", "g.T @ b"),
        ("c g + n b", "c*g + n*b"),
        ("diag(h_t) g", "diag(h[t]) @ g"),
        ("\\operatorname{diag}(g) b", "diag(g) @ b"),
        ("||g|| + \\|b\\| + ‖g‖", "norm(g) + norm(b) + norm(g)"),
        ("b[0] + h_t[1] + W[0][1]", "b[0] + h[t][1] + W[0][1]"),
        ("σ'(V h_t) * g", "sigmoid(V @ h[t])*(1 - sigmoid(V @ h[t]))*g"),
    ],
)
def test_vectors_and_matrices(text, wanted):
    assert read(text, VECTORS).read_as == wanted


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("dL/dh_t = 2W", ("an equation: leave out `dL/dh_t =`",)),
        ("$f(z) = W z$", ("an equation: leave out `f(z) =`",)),
        ("y = f(z) = W", ("an equation: leave out `y =`", "an equation: leave out `f(z) =`")),
        ("Wz", ("Wz is read as W*z",)),
        ("h(t+1)", ("h(t + 1) is read as h[t + 1]",)),
        ("dL/dh_{t+1}", ("dL/dh is read as dL[t + 1]",)),
        ("σ'(a+b)", ("sigmoid'(z) is read as sigmoid(z)*(1 - sigmoid(z))",)),
        ("\\prod_{k=t}^{T-1} h_k", ("k runs from t to T - 1, both included",)),
        ("[a] b", ("square brackets around one value are read as round ones",)),
        ("W + z*h[t]", ()),
    ],
)
def test_what_was_decided_on_the_way_is_told(text, notes):
    assert read(text).notes == notes


@pytest.mark.parametrize(
    "side",
    ["y", "y_t", "y_{T-1}", "y[t]", "y(t)", "y^{(t)}", "y^{(t+1)}", "y^(T)", "y^{<t>}", r"y^{\langle t \rangle}", "y^{(1)}", "y^*",
     "y^{*}", "y^∗", r"y^\star", r"y^{\max}", "y^{opt}", "y_{max}", r"y_{\text{max}}", "|y|", "|y_t|", r"\|y\|", "|y|_{max}",
     "|y|^*", "max |y|", r"\max y", "abs(y)", "norm(y)", "max(|y|)", "abs(y_t)", r"\bar y_t"],
)  # fmt: skip
def test_one_side_of_an_equation_may_name_what_is_asked(side):
    for equation in (f"{side} = 2W", f"2W = {side}"):
        assert read(equation).read_as == "2*W"


@pytest.mark.parametrize(
    "side",
    ["y^{2}", "y^(2)", "y^2", "y²", "y^{-1}", "y^{1/2}", "y^{T-t}", "y^{(T-t)}", "y^{T}", "y^T", "y_t^{2}", "y^{2}_t", "y[t]^{2}",
     "|y|^{2}", "|y|^{(2)}", "|y|^(t)", "|y^{2}|", "|y|^{T-t}", "abs(y)^{2}", "abs(y^{2})", "2y", "1/y", "-y", "y y", "max(y, 0)"],
)  # fmt: skip
def test_a_power_or_a_multiple_of_what_is_asked_does_not_name_it(side):
    for equation in (f"{side} = 2W", f"2W = {side}"):
        with pytest.raises(ExpressionError, match="'y' is not a name in this question"):
            read(equation)


def test_a_matrix_product_without_its_sign_is_told():
    assert read("V g", VECTORS).notes == ("a product of vectors and matrices is read as the matrix product @",)


def test_offsets_point_into_the_students_text():
    tree = read("  2 W + σ(z)").tree
    assert (tree.at, tree.right.at, tree.left.left.at) == (6, 8, 2)


def test_the_formula_is_typeset():
    assert read("dL/dh_t = \\frac{W}{2} x_t").latex == r"\frac{W}{2} \cdot x_{t}"


def test_gradients_are_typeset_as_such():
    assert read("dL/dh_{t+1} W").latex == r"\frac{\partial L}{\partial h_{t + 1}} \cdot W"
    assert read("dL_t^2").latex == r"\left(\frac{\partial L}{\partial h_{t}}\right)^{2}"
    assert typeset(parse("dL[t]")) == r"\mathrm{dL}_{t}"


@pytest.mark.parametrize("text", ["1/max(σ')", "1/max(σ'(u))", r"\frac{1}{\max \sigma'}", r"1/\max_u \sigma'(u)"])
def test_the_largest_slope_is_a_number(text):
    reading = read(text)
    assert reading.read_as == "1/(1/4)"
    assert reading.notes == ("the largest slope of sigmoid is 1/4",)


def test_the_slope_at_a_value_is_no_largest_slope():
    assert read("max(σ'(z), 0)").read_as == "max(sigmoid(z)*(1 - sigmoid(z)), 0)"
    assert read("max(tanh')").read_as == "1"


def test_a_question_may_have_its_own_names():
    symbols = Symbols(
        {"s": NUMBER, "e": NUMBER, "σ": NUMBER}, {"dc": TIMED, "dh": TIMED, "c": TIMED, "h": TIMED}, ("t",)
    )
    assert read_formula("s e^2 σ", symbols).read_as == "s*e**2*σ"
    notation = Notation({"c": "dc", "h": "dh"}, {"eps": "s"}, {"f": "tanh"}, loss="E")
    assert (
        read_formula("∂E/∂c_{t+1} + dE/dh_t + eps f(s)", symbols, notation).read_as == "dc[t + 1] + dh[t] + s*tanh(s)"
    )


def test_the_usual_notation_finds_the_gradients():
    states = Symbols({}, dict.fromkeys(("h", "c", "dLh", "dL_dc", "x"), TIMED), ("t",))
    assert usual_notation(states, ("h", "c")) == Notation({"h": "dLh", "c": "dL_dc"}, {})
    assert usual_notation(SCALARS, ("h",)) == Notation({"h": "dL"}, {"delta": "dL"})
