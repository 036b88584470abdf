"""Gradients through networks: against central differences in high precision, and the formulas worked out by hand."""

import pytest
from flint import arb, ctx, fmpq

from grader.formulas import (
    Different,
    DomainDifference,
    GradientError,
    ProvedEqual,
    ProvedInCases,
    Quantity,
    SampledEqual,
    SequenceSymbol,
    Setting,
    ShapeDifference,
    Symbols,
    WantedFormula,
    constant_factor,
    formula_question,
    gradient_question,
    is_equal,
    opposite_sign,
    pairwise_different,
    recognise,
)
from grader.formulas.comparison import Comparison
from grader.formulas.evaluation import CompiledSetting, Evaluation, entry_names
from grader.formulas.samples import QUARTERS, Sample
from grader.formulas.timeline import BallsInTime
from grader.language.arrays import Array, entries
from grader.language.derivative import DerivativeError
from grader.language.parse import parse
from grader.language.printing import to_text
from grader.language.tree import Index, Name, subtrees

NUMBER, TIMED = Quantity(), SequenceSymbol()
ZERO = fmpq(0)


def setting(equations: dict[str, str], integers=("t",), shapes=None, **more) -> Setting:
    """A setting whose names are those of the equations; capital letters, b and v are parameters."""
    shapes = shapes or {}
    trees = {name: parse(text) for name, text in equations.items()}
    names = {n.id for tree in trees.values() for n in _names(tree)} - {"t"}
    timed = [*equations, *sorted(name for name in names if name not in equations and name in more.get("inputs", "xu"))]
    gradients = more.get("gradients", ["dL"])
    sequences = {name: SequenceSymbol(shapes.get(name, ())) for name in (*timed, *gradients)}
    quantities = {name: Quantity(shapes.get(name, ())) for name in sorted(names - set(timed))}
    return Setting(Symbols(quantities, sequences, integers), trees)


def _names(tree):
    return [node for node in subtrees(tree) if isinstance(node, Name)]


def gradient(within: Setting, by: str, *direct_only: bool, **given: str) -> WantedFormula:
    ends = {parse(end): parse(tree) for end, tree in (pair.split(":") for pair in given.values())}
    return gradient_question(within, parse(by), ends, direct=bool(direct_only))


RNN = setting({"h": "sigmoid(W*h[t-1] + U*x[t])"})
RNN_T = setting({"h": "sigmoid(W*h[t-1] + U*x[t])"}, ("t", "T"))
SKIP = setting({"h": "sigmoid(W*h[t-1] + M*h[t-2] + U*x[t])"})
SKIP_T = setting({"h": "sigmoid(W*h[t-1] + M*h[t-2] + U*x[t])"}, ("t", "T"))
VECTOR = {"W": ("n", "n"), "U": ("n", "m"), "b": ("n",), "h": ("n",), "x": ("m",), "dL": ("n",)}
VECTORS = setting({"h": "tanh(W @ h[t-1] + U @ x[t] + b)"}, shapes=VECTOR)
VECTORS_T = setting({"h": "tanh(W @ h[t-1] + U @ x[t] + b)"}, ("t", "T"), VECTOR)
LSTM = {
    "i": "sigmoid(Wi*h[t-1] + Ui*x[t])",
    "f": "sigmoid(Wf*h[t-1] + Uf*x[t])",
    "o": "sigmoid(Wo*h[t-1] + Uo*x[t])",
    "g": "tanh(Wg*h[t-1] + Ug*x[t])",
    "c": "f*c[t-1] + i*g",
    "h": "o*tanh(c[t])",
}
GRU = {
    "z": "sigmoid(Wz*h[t-1] + Uz*x[t])",
    "r": "sigmoid(Wr*h[t-1] + Ur*x[t])",
    "n": "tanh(Wn*(r*h[t-1]) + Un*x[t])",
    "h": "(1 - z)*n + z*h[t-1]",
}

STEP = pytest.mark.parametrize(
    ("equation", "shapes"),
    [
        ("sigmoid(W*h[t-1] + U*x[t])", {}),
        ("sigmoid(W*h[t-1] + M*h[t-2] + U*x[t])", {}),
        ("W*h[t-1]*exp(-h[t-1]**2) + x[t]/(2 + cos(h[t-1]))", {}),
        ("softplus(W*h[t-1])*sin(U*h[t-2]) - sinh(h[t-1]/5)*cosh(h[t-2]/7)", {}),
        ("log(3 + h[t-1]**2) + sqrt(2 + sin(h[t-1])) * (2 + h[t-1]**2)**sin(h[t-1]/3)", {}),
        ("relu(h[t-1]) + abs(h[t-2]) + max(h[t-1], U, x[t]) - min(h[t-2], W*h[t-1])", {}),
        ("W*h[t-1] if x[t] > h[t-1] else U*h[t-1]**2", {}),
        ("sum(h[t-1]**k/(k + 1) for k in range(0, 4))", {}),
        ("2**sin(h[t-1]) + (cos(h[t-1]) + 5)**2.5", {}),
        ("tanh(W @ h[t-1] + U @ x[t] + b)", VECTOR),
        ("b*tanh(W @ h[t-1]) + h[t-2]*dot(h[t-1], b) + norm(h[t-1])", VECTOR),
        ("softmax(h[t-1])*b + max(h[t-1], b) + sum(h[t-2])", VECTOR),
        ("h[t-1] @ W + (h[t-1] @ b)*b + h[t-1]/(2 + norm(h[t-1]))", VECTOR),
        ("sigmoid(diag(b) @ h[t-1] + outer(b, b) @ h[t-2])", VECTOR),
        ("tanh(dot(W, h[t-1]) + dot(h[t-2], W.T) + dot(2, h[t-1]))", VECTOR),
        ("(W.T @ h[t-1])/(1 + h[t-1] @ h[t-1]) - 2**(h[t-1] @ b/9)*b", VECTOR),
    ],
)


def by_differences(question: WantedFormula, case, end: str, gradient: str, sample: Sample):
    """The gradient that was derived, and the limit of differences when `e` is added at step t."""
    step = fmpq(1, 2**120)
    compiled = CompiledSetting(question.setting, BallsInTime(), question.backward)
    derived, reached, weights = (compiled.compile(tree) for tree in (question.wanted, parse(end), parse(gradient)))

    def evaluation(key: str = "", move: fmpq = ZERO) -> Evaluation:
        def draw(entry, domain):
            return arb(sample.value(entry, domain) + (move if entry == key else 0))

        return Evaluation(compiled, case, case["t"] - 1, draw)

    def loss(key: str, move: fmpq):
        there = evaluation(key, move)
        pairs = zip(entries(there.value(reached)), entries(there.value(weights)), strict=True)
        return sum((a * b for a, b in pairs), arb(0))

    value = evaluation().value(derived)
    keys = entry_names(f"e[{case['t']}]", value.shape if isinstance(value, Array) else ())
    return [(a, (loss(k, step) - loss(k, -step)) / arb(2 * step)) for k, a in zip(keys, entries(value), strict=True)]


def disturbed(equations: dict[str, str], state: str, shapes=None) -> Setting:
    """The network with `e[t]` added to a state."""
    shapes = {**(shapes or {}), "e": (shapes or {}).get(state, ())}
    return setting({**equations, state: f"({equations[state]}) + e[t]"}, ("t", "T"), shapes, inputs="xe")


@STEP
@pytest.mark.parametrize("gap", [1, 2, 4])
@pytest.mark.sampled(3)
def test_the_gradient_is_the_limit_of_differences(equation, shapes, gap):
    question = gradient(disturbed({"h": equation}, "h", shapes), "h[t]", a="h[T]:dL[T]")
    case = {"t": 2, "T": 2 + gap, "n": 2, "m": 3}
    with ctx.workprec(500):
        for seed in range(3):
            for a, b in by_differences(question, case, "h[T]", "dL[T]", Sample(QUARTERS, seed)):
                assert abs(a - b) < arb(2) ** -100 * (1 + abs(b))


@pytest.mark.parametrize(("equations", "state"), [(LSTM, "c"), (LSTM, "h"), (LSTM, "o"), (GRU, "h"), (GRU, "r")])
def test_gated_networks_with_several_states(equations, state):
    question = gradient(disturbed(equations, state), f"{state}[t]", a="h[T]:dL[T]")
    with ctx.workprec(500):
        for gap in (1, 3):
            for a, b in by_differences(question, {"t": 1, "T": 1 + gap}, "h[T]", "dL[T]", Sample(QUARTERS, gap)):
                assert abs(a - b) < arb(2) ** -100
                assert not b.contains(0)


def right(question: WantedFormula, *texts: str) -> None:
    for text in texts:
        verdict = question.decide(question.read(text).tree)
        assert is_equal(verdict), (text, verdict)


def wrong(question: WantedFormula, *texts: str) -> None:
    for text in texts:
        verdict = question.decide(question.read(text).tree)
        assert isinstance(verdict, Different), (text, verdict)


ONE_STEP = gradient(RNN, "h[t]", a="h[t+1]:dL[t+1]")
CHAIN = gradient(RNN_T, "h[t]", a="h[T]:dL[T]")
BOTH = gradient(SKIP, "h[t]", a="h[t+1]:dL[t+1]", b="h[t+2]:dL[t+2]")
LAST = gradient(SKIP, "h[t]", a="h[t+2]:dL[t+2]")


def test_one_step_back():
    right(
        ONE_STEP,
        "dL/dh_{t+1} * s'(W h_t + U x_{t+1}) * W",
        "dL[t+1] * W * h[t+1] * (1 - h[t+1])",
        r"\frac{\partial L}{\partial h_{t+1}} \cdot \sigma'(W h_t + U x_{t+1}) \cdot W",
        "dL/dh_t = W δ_{t+1} exp(-(W h_t + U x_{t+1}))/(1 + exp(-(W h_t + U x_{t+1})))^2",
        "W dL[t+1] / (2 + 2 cosh(W h_t + U x_{t+1}))",
        "W dL[t+1] (1 - (2 h_{t+1} - 1)^2)/4",
    )
    wrong(
        ONE_STEP,
        "dL[t+1] * h[t+1] * (1 - h[t+1])",
        "dL[t+1] * W * h[t] * (1 - h[t])",
        "dL[t+1] * W * s'(W h_t + U x_t)",
        "dL[t+1] * W * s'(h_{t+1})",
        "-dL[t+1] * W * h[t+1] * (1 - h[t+1])",
        "dL[t+1] * U * h[t+1] * (1 - h[t+1])",
        "W * h[t+1] * (1 - h[t+1])",
        "dL[t+1]",
        "0",
    )


def test_the_answer_is_worked_out():
    assert to_text(ONE_STEP.answer) == "dL[t + 1]*h[t + 1]*(1 - h[t + 1])*W"
    assert to_text(CHAIN.answer) == "dL[T]*prod(h[k + 1]*(1 - h[k + 1])*W for k in range(t, T))"
    assert to_text(BOTH.answer) == "dL[t + 1]*h[t + 1]*(1 - h[t + 1])*W + dL[t + 2]*h[t + 2]*(1 - h[t + 2])*M"
    slopes = "dL[t + 2]*h[t + 2]*(1 - h[t + 2])"
    assert to_text(LAST.answer) == f"{slopes}*W*h[t + 1]*(1 - h[t + 1])*W + {slopes}*M"
    assert gradient(SKIP_T, "h[t]", a="h[T]:dL[T]").answer is None
    assert to_text(gradient(VECTORS, "h[t]", a="h[t+1]:dL[t+1]").answer) == "W.T @ (dL[t + 1]*(1 - h[t + 1]**2))"
    for question in (ONE_STEP, CHAIN, BOTH, LAST):
        assert is_equal(question.decide(question.answer))


def test_the_counterexample_follows_the_network():
    verdict = ONE_STEP.decide(parse("dL[t+1]*h[t+1]*(1 - h[t+1])"))
    assert isinstance(verdict, Different)
    assert str(verdict.point) == "t = 1, U = 1, W = 2, dL[2] = 1, h[1] = 1, x[2] = 1, so h[2] = 0.9526"
    assert (verdict.student, verdict.wanted) == ("0.04518", "0.09035")


@pytest.mark.long
def test_a_chain_is_judged_at_every_gap_from_1_to_6():
    right(
        CHAIN,
        "dL/dh_T * prod_{k=t..T-1} s'(W h_k + U x_{k+1}) * W",
        r"\frac{dL}{dh_T} W^{T-t} \prod_{k=t+1}^{T} h_k (1 - h_k)",
        "dL[T] * prod(W*h[T+t-k]*(1 - h[T+t-k]) for k in range(t, T))",
    )
    verdict = CHAIN.decide(CHAIN.answer)
    assert isinstance(verdict, ProvedInCases)
    assert [case["T"] - case["t"] for case in verdict.cases][:6] == [1, 2, 3, 4, 5, 6]
    wrong(
        CHAIN,
        "dL[T] * W * prod(h[k]*(1 - h[k]) for k in range(t+1, T+1))",
        "dL[T] * prod(W*h[k]*(1 - h[k]) for k in range(t, T))",
        "dL[T] * (W * h[T] * (1 - h[T]))**(T - t)",
        "dL[T] * W * h[t+1] * (1 - h[t+1])",
        "dL[T] * prod(s'(W*h[k] + U*x[k]) * W for k in range(t, T))",
    )


def test_only_the_gradient_that_is_given_may_be_used():
    verdict = CHAIN.decide(parse("dL[t+1]*W*h[t+1]*(1 - h[t+1])"))
    assert isinstance(verdict, DomainDifference)
    assert verdict.message == "dL[3] is not given here: only dL[T] is"


def test_a_skip_connection_needs_both_later_gradients():
    right(BOTH, "dL[t+1] W s'(W h_t + M h_{t-1} + U x_{t+1}) + dL[t+2] M s'(W h_{t+1} + M h_t + U x_{t+2})")
    right(LAST, "dL[t+2] h_{t+2} (1 - h_{t+2}) (W h_{t+1} (1 - h_{t+1}) W + M)")
    wrong(
        BOTH,
        "dL[t+1] W h_{t+1} (1 - h_{t+1})",
        "dL[t+2] (h_{t+2} (1 - h_{t+2}) W)^2",
        "dL[t+2] h_{t+2} (1 - h_{t+2}) (W h_{t+1} (1 - h_{t+1}) W + M)",
        "dL[t+1] W h_{t+1} (1 - h_{t+1}) + dL[t+2] h_{t+2} (1 - h_{t+2}) (W h_{t+1} (1 - h_{t+1}) W + M)",
    )


def test_a_direct_effect_passes_through_no_step_in_between():
    direct = gradient(SKIP, "h[t]", True, a="h[t+2]:dL[t+2]")
    right(direct, "dL[t+2] M h_{t+2} (1 - h_{t+2})")
    wrong(direct, "dL[t+2] h_{t+2} (1 - h_{t+2}) (W h_{t+1} (1 - h_{t+1}) W + M)")


def test_a_lost_skip_path_shows_at_the_gap_where_it_counts():
    chain = gradient(SKIP_T, "h[t]", a="h[T]:dL[T]")
    lost = parse("dL[T]*prod(W*h[k]*(1 - h[k]) for k in range(t+1, T+1))")
    verdict = chain.decide(lost)
    assert isinstance(verdict, Different)
    assert verdict.point.case["T"] - verdict.point.case["t"] == 2
    far = setting({"h": "sigmoid(W*h[t-1] + M*h[t-3] + U*x[t])"}, ("t", "T"))
    verdict = gradient(far, "h[t]", a="h[T]:dL[T]").decide(
        parse("dL[T]*prod(W*h[k]*(1 - h[k]) for k in range(t+1, T+1))")
    )
    assert isinstance(verdict, Different)
    assert verdict.point.case["T"] - verdict.point.case["t"] == 3


@pytest.mark.long
def test_vectors_are_judged_at_unequal_sizes():
    question = gradient(VECTORS, "h[t]", a="h[t+1]:dL[t+1]")
    right(
        question,
        "W.T @ (dL[t+1] * (1 - h[t+1]**2))",
        "(dL[t+1] * (1 - h[t+1]*h[t+1])) @ W",
        r"W^\top \operatorname{diag}(1 - h_{t+1}^2) \frac{dL}{dh_{t+1}}",
        r"W^{\top} \left(\delta_{t+1} \odot \tanh'(W h_t + U x_{t+1} + b)\right)",
    )
    wrong(question, "W @ (dL[t+1] * (1 - h[t+1]**2))", "W.T @ dL[t+1] * (1 - h[t+1]**2)")
    layers = setting({"u": "tanh(u[t-1])", "h": "sigmoid(W @ u[t])"}, shapes={"W": ("n", "m"), "h": ("n",), "u": ("m",),
                     "dL": ("n",)}, inputs="x")  # fmt: skip
    through = gradient(layers, "u[t]", a="h[t]:dL[t]")
    right(through, "W.T @ (dL[t] * h[t] * (1 - h[t]))")
    verdict = through.decide(parse("W @ (dL[t] * h[t] * (1 - h[t]))"))
    assert verdict == ShapeDifference(
        {"t": 1, "n": 2, "m": 3}, "a 2 x 3 matrix @ a vector of 2: the inner sizes differ"
    )


def test_chains_of_vectors_keep_the_order_of_their_factors():
    question = gradient(VECTORS_T, "h[t]", a="h[T]:dL[T]")
    assert isinstance(question.decide(parse("W.T @ (dL[T]*(1 - h[T]**2))")), Different)


@pytest.mark.long
def test_an_lstm_cell():
    within = setting(LSTM, gradients=["dh", "dc"])
    cell = gradient(within, "c[t]", a="h[t]:dh[t]", b="c[t+1]:dc[t+1]")
    right(
        cell,
        "dh[t]*o[t]*(1 - tanh(c[t])**2) + dc[t+1]*f[t+1]",
        "dL/dc_{t+1} f_{t+1} + dL/dh_t o_t tanh'(c_t)",
        "dh[t]*(o[t] - h[t]**2/o[t]) + dc[t+1]*sigmoid(Wf*h[t] + Uf*x[t+1])",
    )
    wrong(
        cell,
        "dc[t+1]*f[t+1]",
        "dh[t]*o[t]*(1 - c[t]**2) + dc[t+1]*f[t+1]",
        "dh[t]*o[t]*(1 - tanh(c[t])**2) + dc[t+1]*f[t]",
    )
    chain = gradient(setting(LSTM, ("t", "T"), gradients=["dc"]), "c[t]", True, a="c[T]:dc[T]")
    assert isinstance(chain.decide(parse("dc[T]*prod(f[k] for k in range(t+1, T+1))")), Different)


@pytest.mark.long
def test_a_linear_network_with_an_initial_value():
    symbols = Symbols({}, {"h": TIMED, "y": TIMED, "x": SequenceSymbol((), "integer", parse("1"), parse("T"))}, ("T",))
    equations = {"h": parse("-h[t-1] + x[t]"), "y": parse("sigmoid(10*h[t])")}
    cases = tuple({"T": T} for T in (2, 4, 6, 8))
    question = formula_question(Setting(symbols, equations, {"h": parse("0")}, cases), parse("y[T]"))
    right(
        question,
        "sigmoid(10*sum((-1)**i * x[i] for i in range(1, T+1)))",
        r"y_T = \sigma\left(10 \sum_{i=1}^{T} (-1)^{T-i} x_i\right)",
        "1/(1 + exp(10 sum(x[2*i-1] - x[2*i] for i in range(1, T/2 + 1))))",
    )
    wrong(question, "sigmoid(sum((-1)**i * x[i] for i in range(1, T+1)))", "sigmoid(10*(x[2] - x[1]))")
    outside = question.decide(parse("sigmoid(10*sum((-1)**i * x[i] for i in range(0, T+1)))"))
    assert outside.message == "x[0] does not exist: it runs from 1 to T"


@pytest.mark.long
def test_at_a_kink_any_answer_is_right():
    relu = gradient(setting({"h": "relu(W*h[t-1] + U*x[t])"}), "h[t]", a="h[t+1]:dL[t+1]")
    right(
        relu,
        "dL[t+1]*W*step(W*h[t] + U*x[t+1])",
        "dL[t+1]*W*(W*h[t] + U*x[t+1] > 0)",
        "dL[t+1]*W if h[t+1] > 0 else 0",
    )
    wrong(relu, "dL[t+1]*W*h[t+1]", "dL[t+1]*W")


NEAR = [
    "dL[t+1]*h[t+1]*(1 - h[t+1])",
    "dL[t+1]*W*h[t]*(1 - h[t])",
    "dL[t+1]*W*sigmoid(W*h[t] + U*x[t+1])",
]


def test_near_misses_are_recognised_however_they_are_written():
    near = [parse(text) for text in NEAR]
    written = [
        "dL/dh_{t+1} s'(W h_t + U x_{t+1})",
        "W dL[t+1] (h_t - h_t^2)",
        "dL[t+1] W h_{t+1}",
        "dL[t+1] W h_{t+1} (1 - h_{t+1})",
    ]
    found = [recognise(ONE_STEP.read(text).tree, near, ONE_STEP) for text in written]
    assert found == [0, 1, 2, None]
    assert pairwise_different(ONE_STEP, near) == []
    assert pairwise_different(ONE_STEP, [near[0], parse("W*dL[t+1]*(h[t+1] - h[t+1]**2)"), near[0]]) == [(0, 2), (1, 3)]
    assert recognise(parse("dL[t+2]*h[t+2]*(1 - h[t+2])*(W**2*h[t+1]*(1 - h[t+1]) + M)"), [LAST], BOTH) == 0


@pytest.mark.long
def test_a_constant_factor_and_a_sign_are_told():
    tree = ONE_STEP.answer
    assert constant_factor(parse(f"3*{to_text(tree)}/2"), ONE_STEP).factor == fmpq(3, 2)
    assert constant_factor(parse(f"-{to_text(tree)}/10"), ONE_STEP).factor == fmpq(-1, 10)
    assert isinstance(constant_factor(parse(f"2*{to_text(tree)}"), ONE_STEP).evidence, ProvedEqual)
    for text in (to_text(tree), "0", "W", f"{to_text(tree)}*exp(1)", "1/(h[t] - h[t])"):
        assert constant_factor(parse(text), ONE_STEP) is None
    assert isinstance(opposite_sign(parse(f"-{to_text(tree)}"), ONE_STEP), ProvedEqual | SampledEqual)
    assert opposite_sign(tree, ONE_STEP) is None
    vector = gradient(VECTORS, "h[t]", a="h[t+1]:dL[t+1]")
    assert constant_factor(parse("W.T @ (4*dL[t+1]*(1 - h[t+1]**2))"), vector).factor == 4


def test_a_gradient_goes_through_equations_alone():
    with pytest.raises(GradientError, match="'x' has no equation: a gradient goes through h"):
        gradient(RNN, "h[t]", a="x[t+1]:dL[t+1]")
    with pytest.raises(DerivativeError):
        gradient(setting({"h": "h[t-1] % 2"}), "h[t]", a="h[t+1]:dL[t+1]")
    with pytest.raises(DerivativeError, match="an equation reads h at t, t-1"):
        gradient(setting({"h": "h[t+1] + 1"}), "h[t]", a="h[t+1]:dL[t+1]")


def test_decisions_take_few_looks_at_points(monkeypatch):
    """A right answer and a wrong one: what takes long is to work both sides out at a point."""
    looked, look = [], Comparison.look
    monkeypatch.setattr(Comparison, "look", lambda self, place, bits: looked.append(bits) or look(self, place, bits))
    trees = [ONE_STEP.read(text).tree for text in ("dL[t+1] W h_{t+1} (1 - h_{t+1})", "dL[t+1] h_{t+1} (1 - h_{t+1})")]
    counts = []
    for tree in trees:
        looked.clear()
        ONE_STEP.decide(tree)
        counts.append(len(looked))
    assert counts[0] <= 200, "proved, with the points that are looked at beside the proof"
    assert counts[1] <= 20, "it ends at the first difference, and makes it simpler"


def test_an_index_is_a_step_of_a_sequence():
    with pytest.raises(GradientError, match="a gradient is asked by a quantity"):
        gradient_question(RNN, Index(parse("[1, 2]"), parse("0")), {parse("h[t+1]"): parse("dL[t+1]")})
