"""Whether any weights at all are right: against every weight of a small grid, and for networks known to be too small."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.engines.feasible import FEASIBILITY_RESOURCES, Impossible, ShortInputs, degree_of, tried_symbols
from grader.kinds.weights.spec_check import check_weights_question
from grader.machines.alphabet import Alphabet, Channel, read_kind

QUESTION = """\
question: q
title: T
points: 10
answer: weights
network:
  inputs: {{{inputs}}}
  parameters: {{{parameters}}}
{network}
behaviour:
{behaviour}
checks:
{checks}
{rest}
"""
ONE_LINE = "  - {name: right, points: 10}"
XOR = '  equations: {e: "1 if x[t][0] != x[t][1] else 0"}\n  output: e'
PARITY = '  initial: {e: 0}\n  equations: {e: "e[t-1] != x[t]"}\n  output: e'
LATCH = '  equations: {h: "step(w*h[t-1] + u*x[t] + b)"}\n  initial: {h: 0}\n  output: h'
BOTH_LETTERS = (
    '  initial: {a: 0, b: 0}\n  equations: {a: "a[t-1] or x[t][0]", b: "b[t-1] or x[t][1]", e: "a[t] and b[t]"}\n'
    "  output: e"
)
CARRIES = '  initial: {c: 0}\n  equations: {c: "c[t-1] + w @ x[t]", y: "step(c[t] - b)"}\n  output: y'


def text_of(inputs, parameters, network, behaviour, checks=ONE_LINE, rest="length: 1"):
    return QUESTION.format(
        inputs=inputs, parameters=parameters, network=network, behaviour=behaviour, checks=checks, rest=rest
    )


def findings(question):
    """What a spec check says that is no praise, but for the missing reference."""
    found = [(f.level, f.text) for f in check_weights_question(question) if f.level != "ok"]
    return [said for said in found if not said[1].startswith("there is no reference")]


IMPOSSIBLE = {
    "one threshold unit": (
        text_of("x: [bit, bit]", "w: [2], b: scalar", '  equations: {y: "step(w @ x[t] + b)"}\n  output: y', XOR),
        "of up to 1 step cannot all be answered: (0,0) with 0, (0,1) with 1, (1,0) with 1 and (1,1) with 0",
    ),
    "one hidden unit": (
        text_of("x: [bit, bit]", "w: [2], b: scalar, v: scalar, c: scalar", '  equations: {h: "step(w @ x[t] + b)", y: "v*h[t] + c"}\n  output: y', XOR),
        "of up to 1 step cannot all be answered: (0,0) with 0, (0,1) with 1, (1,0) with 1 and (1,1) with 0",
    ),
    "one hidden relu": (
        text_of("x: [bit, bit]", "w: [2], b: scalar, v: scalar, c: scalar", '  equations: {h: "relu(w @ x[t] + b)", y: "v*h[t] + c"}\n  output: y', XOR),
        "of up to 1 step cannot all be answered: (0,0) with 0, (0,1) with 1, (1,0) with 1 and (1,1) with 0",
    ),
    "a sum over letters that may repeat": (
        text_of("x: [bit, bit]", "w: [2], b: scalar", CARRIES, BOTH_LETTERS, rest="assume: x[t][0] + x[t][1] == 1"),
        "of up to 2 steps cannot all be answered: (0,1) (0,1) with 00, (0,1) (1,0) with 01 and (1,0) (1,0) with 00",
    ),
    "one unit for parity": (
        text_of("x: bit", "w: scalar, u: scalar, b: scalar", LATCH, PARITY, rest=""),
        "of up to 2 steps cannot all be answered: 0 with 0, 10 with 11 and 11 with 10",
    ),
    "a line for the absolute value": (
        text_of("x: real", "w: scalar, b: scalar", '  equations: {y: "w*x[t] + b"}\n  output: y', '  equations: {e: "abs(x[t])"}\n  output: e', rest="length: 1\nbudget: {samples: 20}"),
        "of up to 1 step cannot all be answered: 0 with 0, 1 with 1 and -1 with 1",
    ),
    "an output that is never reached": (
        text_of("x: bit", "w: {in: [0, 1]}", '  equations: {y: "w*x[t]"}\n  output: y', '  equations: {e: "2*x[t]"}\n  output: e'),
        "of up to 1 step cannot all be answered: 1 with 2",
    ),
    "a tolerance that is too small": (
        text_of("x: integer(0..2)", "w: scalar", '  equations: {y: "w*x[t]"}\n  output: y', '  equations: {e: "x[t]*x[t]"}\n  output: e', rest="length: 1\naccept: abs(y - expected) < 1/2"),
        "of up to 1 step cannot all be answered: 1 with 1 and 2 with 4",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_a_network_that_is_too_small_is_told_so(load, text, said):
    (fault,) = [text for level, text in findings(load(text)) if level == "fail"]
    assert fault.startswith("no weights can be right: already the inputs ")
    assert fault.endswith(said)


POSSIBLE = {
    "a latch": text_of("x: bit", "w: scalar, u: scalar, b: scalar", LATCH, '  initial: {e: 0}\n  equations: {e: "e[t-1] or x[t]"}\n  output: e', rest=""),
    "two units": text_of("x: [bit, bit]", "w: [2, 2], b: [2], v: [2], c: scalar", '  equations: {h: "step(w @ x[t] + b)", y: "step(v @ h[t] + c)"}\n  output: y', XOR),
    "two units by relu": text_of("x: [bit, bit]", "w: [2, 2], b: [2], v: [2]", '  equations: {h: "relu(w @ x[t] + b)", y: "v @ h[t]"}\n  output: y', XOR),
    "one unit by abs": text_of("x: [bit, bit]", "w: [2]", '  equations: {y: "abs(w @ x[t])"}\n  output: y', XOR),
    "letters that come once": text_of("x: [bit, bit]", "w: [2], b: scalar", CARRIES, BOTH_LETTERS, rest="assume: x[t][0] + x[t][1] == 1 and (t == 1 or x[t][0] != x[t-1][0])\nlength: 2"),
    "a restriction that may be broken": text_of("x: bit", "w: {in: [0, 1], otherwise: {earns: 50%}}", '  equations: {y: "w*x[t]"}\n  output: y', '  equations: {e: "2*x[t]"}\n  output: e'),
    "a tolerance": text_of("x: integer(0..2)", "w: scalar", '  equations: {y: "w*x[t]"}\n  output: y', '  equations: {e: "x[t]*x[t]"}\n  output: e', rest="length: 1\naccept: abs(y - expected) <= 2/3"),
    "a division": text_of("x: bit", "w: scalar", '  equations: {y: "x[t]/w"}\n  output: y', '  equations: {e: "3*x[t]"}\n  output: e'),
    "a size that is enough": text_of("x: [bit, bit]", "w: [n, 2], b: [n], v: [n], c: scalar", '  sizes: {n: 1..2}\n  equations: {h: "step(w @ x[t] + b)", y: "step(v @ h[t] + c)"}\n  output: y', XOR),
    "one function that is right": text_of("x: [bit, bit]", "w: [2]", '  functions: {phi: "one of [relu, step, abs]"}\n  equations: {y: "phi(w @ x[t])"}\n  output: y', XOR),
}  # fmt: skip


@pytest.mark.parametrize("text", POSSIBLE.values(), ids=POSSIBLE)
def test_a_network_that_can_be_right_is_never_said_to_be_impossible(load, text):
    assert [text for level, text in findings(load(text)) if level == "fail"] == []


def test_no_size_and_no_function_is_enough(load):
    text = POSSIBLE["a size that is enough"].replace('y: "step(v @ h[t] + c)"', 'y: "step(h[t][0] + 0*sum(v) + c)"')
    (fault,) = [text for level, text in findings(load(text)) if level == "fail"]
    assert fault.startswith("no weights can be right")
    text = POSSIBLE["one function that is right"].replace("one of [relu, step, abs]", "one of [relu, step]")
    (fault,) = [text for level, text in findings(load(text)) if level == "fail"]
    assert fault.startswith("no weights can be right")


LINES = """\
  - {name: starts with 0, points: 2, when: "t == 1 and not x[t]"}
  - {name: ones, points: 3, when: "x[t]"}
  - {name: later zeros, points: 5, when: "t > 1 and not x[t]"}"""


def test_lines_that_nobody_can_earn_alone_or_together(load):
    rest = "credit: each"
    text = text_of("x: bit", "w: scalar, u: scalar, b: scalar", LATCH, PARITY, LINES, rest)
    faults = [text for level, text in findings(load(text)) if level == "fail"]
    assert [fault.partition(":")[0] for fault in faults] == [
        "no weights can be right",
        "nobody can earn 'ones'",
        "nobody can earn 'later zeros'",
    ]
    pair = '  - {name: above, points: 4, when: "x[t]"}\n  - {name: below, points: 6, when: "not x[t]"}'
    text = text_of(
        "x: bit", "w: scalar", '  equations: {y: "w"}\n  output: y', '  equations: {e: "x[t]"}\n  output: e', pair
    )
    faults = [text for level, text in findings(load(text)) if level == "fail"]
    assert faults == [
        "no weights can be right: already the inputs of up to 1 step cannot all be answered: 0 with 0 and 1 with 1",
        "nobody can earn both 'above' and 'below': already the inputs of up to 1 step cannot all be answered: "
        "0 with 0 and 1 with 1",
    ]
    ladder = text.replace("length: 1", "length: 1\ncredit: ladder")
    faults = [text for level, text in findings(load(ladder)) if level == "fail"]
    assert [fault.partition(":")[0] for fault in faults] == ["no weights can be right", "nobody can earn 'below'"]


AT_TIMES = text_of(
    "x: bit",
    "w: scalar, c: scalar",
    '  equations: {y: "w*x[t] + c"}\n  output: y',
    '  equations: {e: "1 if t == 2 else 3"}\n  output: e',
    rest="length: 2",
)


def test_only_steps_that_count_have_to_be_right(load):
    """The network cannot tell times apart, and need not where only the ends of words of two symbols count."""
    assert [text.partition(":")[0] for level, text in findings(load(AT_TIMES)) if level == "fail"] == [
        "no weights can be right"
    ]
    words = AT_TIMES.replace("x: bit", 'x: {symbols: {a: 0, b: 1}, words: "[ab][ab]"}').replace(
        "length: 2", "judge: {at: end}"
    )
    assert [text for level, text in findings(load(words)) if level == "fail"] == []


def test_nothing_is_said_of_what_rounding_may_do(load):
    rounded = AT_TIMES.replace("length: 2", "length: 2\narithmetic: float64")
    assert [text for level, text in findings(load(rounded)) if level == "fail"] == []


def test_nothing_is_asked_where_an_answer_is_known_to_be_right(load, monkeypatch):
    def never(*arguments):
        raise AssertionError("z3 was asked")

    monkeypatch.setattr("grader.engines.feasible.ShortInputs.__init__", never)
    text = POSSIBLE["one unit by abs"] + "known: {the key: {w: [1, -1], earns: 10}}\n"
    assert findings(load(text)) == []


GRID = [Fraction(n, 2) for n in (-2, -1, 0, 1, 2)]
BITS = st.integers(0, 1)


@pytest.mark.long
@settings(max_examples=15, deadline=None, derandomize=True, database=None)
@given(
    st.lists(BITS, min_size=4, max_size=4),
    st.lists(BITS, min_size=4, max_size=4),
    st.booleans(),
    st.sampled_from(["step(w*h[t-1] + u*x[t] + b)", "w*h[t-1] + u*x[t] + b", "relu(w*x[t] + u) - relu(b*h[t-1])"]),
)
def test_what_some_weights_of_a_grid_do_is_never_impossible_and_sets_are_decided_exactly(
    load, following, outputs, restricted, equation
):
    """A random machine of two states is what is wanted; every weight of the grid is tried on all inputs by hand."""
    allowed = f"in: [{', '.join(map(str, GRID))}]" if restricted else "shape: scalar"
    parameter = f"{{{allowed}}}" if restricted else "scalar"
    table = "[" + ", ".join(map(str, following)) + "]"
    gives = "[" + ", ".join(map(str, outputs)) + "]"
    text = text_of(
        "x: bit",
        f"w: {parameter}, u: {parameter}, b: {parameter}",
        f'  initial: {{h: 0}}\n  equations: {{h: "{equation}"}}\n  output: h',
        f'  initial: {{s: 0}}\n  equations: {{s: "{table}[2*s[t-1] + x[t]]", o: "{gives}[2*s[t-1] + x[t]]"}}\n  output: o',
        rest="length: 3",
    )
    question = load(text)
    words = [word for length in (1, 2, 3) for word in itertools.product((0, 1), repeat=length)]
    wanted = {word: _wanted(word, following, outputs) for word in words}
    right = {
        values: frozenset(word for word in words if _given(word, values, equation)[-1] == wanted[word][-1])
        for values in itertools.product(GRID, repeat=3)
    }
    written = ShortInputs(question.program.system, question.specification, 3)
    found = written.impossible([0])
    possible = any(len(good) == len(words) for good in right.values())
    if possible:
        assert not isinstance(found, Impossible)
    if isinstance(found, Impossible):
        core = {tuple(int(symbol[0].p) for symbol in word) for word in found.words}
        assert not any(core <= good for good in right.values())
    elif restricted and sum(map(len, written.steps)) == len(words):
        assert found is True or possible
    if restricted and isinstance(found, Impossible):  # none of these inputs can be left out
        for word in core:
            assert any(core - {word} <= good for good in right.values()), (core, word)


def _wanted(word, following, outputs):
    state, given = 0, []
    for x in word:
        given.append(outputs[2 * state + x])
        state = following[2 * state + x]
    return given


def _given(word, values, equation):
    """The outputs of the network, in plain Python."""
    (w, u, b), h, given = values, Fraction(0), []
    for x in word:
        if equation.startswith("step"):
            h = Fraction(int(w * h + u * x + b >= 0))
        elif equation.startswith("relu"):
            h = max(Fraction(0), w * x + u) - max(Fraction(0), b * h)
        else:
            h = w * h + u * x + b
        given.append(h)
    return given


def test_symbols_are_few_and_simple():
    def symbols(**channels):
        return tried_symbols(Alphabet({name: Channel(read_kind(kind)) for name, kind in channels.items()}))

    assert [str(number) for (number,) in symbols(x="real")] == ["0", "1", "-1", "2", "1/2", "-2"]
    assert [str(number) for (number,) in symbols(x="real(3..4)")] == ["3", "4"]
    assert [str(number) for (number,) in symbols(x="integer")] == ["0", "1", "-1", "2", "-2"]
    assert len(symbols(x="integer(0..4000)")) == 16
    assert len(symbols(x="real", y="real")) == 16
    assert len(symbols(x="bit", y="bit")) == 4


def test_products_of_weights_are_counted():
    import z3

    a, b, c = z3.Reals("a b c")
    degrees = {a + 3 * b: 1, a * b + c: 2, z3.If(a * b > 1, c, a) * c: 3, z3.And(a > 1, b * b * b < 2): 3}
    assert [degree_of(expression, {}) for expression in degrees] == list(degrees.values())
    assert FEASIBILITY_RESOURCES <= 1_000_000
