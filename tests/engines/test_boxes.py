"""Proofs by boxes: what is proved is right in independent floats, and no certificate shows what is not so."""

import copy
import math
from fractions import Fraction
from functools import cache
from itertools import product

import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.engines import closing, cover, drift
from grader.engines.box_proof import BOXES_KIND, check_boxes
from grader.engines.checkers import proof_of
from grader.engines.claim import Claim, UnreadableCertificate
from grader.engines.engine import Budget, Findings, OpenLines, Unknown
from grader.engines.smooth import BoxEngine, CoverEngine
from grader.evidence import Certificate, Exhausted, Proved
from grader.language.doubles import DOUBLES
from grader.language.parse import parse
from grader.language.reals import Reals
from grader.machines.alphabet import Alphabet, Channel, NumberDomain
from grader.machines.enclosed import EnclosedMachine
from grader.machines.explore import Bounds
from grader.machines.machine import AnswerMachine
from grader.machines.program import Program
from grader.machines.specification import LineCondition, Specification
from grader.machines.system import System
from grader.reports.json import as_data
from grader.reports.sentences import in_words
from grader.verdict import CheckResult, QuestionResult, Report

from .smooth_networks import network, seeded, specification, system

LATCH_OFF = specification("latch off")
PARITY = specification("parity")
ALL = OpenLines(frozenset({0}))


@pytest.fixture(autouse=True)
def few_steps(request, monkeypatch):
    """What is looked for is found in few steps; where nothing is, a test need not wait for it."""
    if "many" not in request.node.name:
        monkeypatch.setattr(closing, "MAX_CLOSING_STEPS", 2_000)
        monkeypatch.setattr(cover, "MAX_COVER_STEPS", 800)
        monkeypatch.setattr(drift, "MAX_DRIFT_STEPS", 600)


def budget(length=None):
    return Budget(Bounds(length=length), 100, 1, lambda: pytest.fail("nothing is to be drawn"))


def by_boxes(machine, specification=LATCH_OFF, length=None):
    return BoxEngine().decide(machine, specification, ALL, budget(length))


def by_cover(machine, specification=LATCH_OFF, length=None):
    return CoverEngine().decide(machine, specification, ALL, budget(length))


def latch(k, b="3/2"):
    """Stays 1 as long as inputs are 1 if k > 4 and b is 3/2: below, the two states become one."""
    return network({"h": f"sigmoid({k}*(h[t-1] + x[t] - {b}))", "y": "h[t]"}, "y", {"h": "1"})


def elman_parity(k):
    rows = {name: f"tanh({k}*((a[t-1] - b[t-1])/2 + x[t] - {c}))" for name, c in (("a", "1/2"), ("b", "3/2"))}
    return network({**rows, "y": "(a[t] - b[t])/2"}, "y", {"a": "-1", "b": "-1"})


def lstm_parity(k, gate):
    """Two cells that take a new value at every step, each for another sum of the parity and the input."""
    equations = {
        "i": f"sigmoid({gate} + [0, 0]*x[t])",
        "f": f"sigmoid(-({gate}) + [0, 0]*x[t])",
        "g": f"tanh({k}*([[1/2, -1/2], [1/2, -1/2]] @ h[t-1] / 0.76 + x[t] - [1/2, 3/2]))",
        "c": "f[t]*c[t-1] + i[t]*g[t]",
        "h": "i[t]*tanh(c[t])",
        "y": "(h[t][0] - h[t][1])/1.52",
    }
    return network(equations, "y", {"c": "[-1, -1]", "h": "[-0.76, -0.76]"})


def gru_parity(k, gate):
    equations = {
        "z": f"sigmoid(-({gate}))",
        "n": f"tanh({k}*([[1/2, -1/2], [1/2, -1/2]] @ (sigmoid({gate})*h[t-1]) + x[t] - [1/2, 3/2]))",
        "h": "(1 - z[t])*n[t] + z[t]*h[t-1]",
        "y": "(h[t][0] - h[t][1])/2",
    }
    return network(equations, "y", {"h": "[-1, -1]"})


@pytest.mark.parametrize(
    ("machine", "specification", "margin"),
    [
        (latch(5), LATCH_OFF, 0.34),
        (latch("4.1"), LATCH_OFF, 0.12),
        (latch("4.001"), LATCH_OFF, 0.01),
        (elman_parity(10), PARITY, 0.48),
        (elman_parity(3), PARITY, 0.36),
        (lstm_parity(12, 8), PARITY, 0.4),
        (lstm_parity(6, 3), PARITY, 0.26),
        (gru_parity(10, 6), PARITY, 0.4),
        (gru_parity(6, 3), PARITY, 0.2),
    ],
)
def test_gated_and_plain_networks_are_proved_for_every_length(machine, specification, margin):
    found = by_boxes(machine, specification)
    assert isinstance(found, Findings)
    assert isinstance(found.holds, Proved)
    assert (found.holds.length, found.met) == (None, {0})
    assert float(found.holds.invariant.margin) >= margin


def test_the_invariant_is_told_in_the_names_of_the_spec():
    """What is shown is what was checked: the ends are decimals."""
    invariant = by_boxes(latch(5)).holds.invariant
    assert invariant.formulas == ("h = 1 or h in [0.85, 0.93] where q = 1; h in [0, 0.15] where q = 0",)
    assert invariant.margin == "0.35"


def test_the_margin_is_in_every_report():
    """In words beside the invariant, and in the JSON report."""
    proof = by_boxes(latch(5)).holds
    assert in_words(proof).endswith("h in [0, 0.15] where q = 0; at least 0.35 from a threshold)")
    check = CheckResult("all", Fraction(1), Fraction(1), "passed", proof)
    report = Report("a", "s", (QuestionResult("q", "T", "graded", Fraction(1), (check,)),))
    (question,) = as_data(report)["questions"]
    evidence = question["checks"][0]["evidence"]
    assert (evidence["margin"], len(evidence["invariant"])) == ("0.35", 1)


def test_a_length_of_many_digits_is_said_in_words():
    evidence = Exhausted(850_000_000_000, 10**18, None, more=True)
    assert "all inputs of up to 8.5*10^11 in length (more than 10^18)" in in_words(evidence)


@pytest.mark.parametrize("k", ["4", "3.9"])
def test_states_that_come_closer_and_closer_to_the_threshold_are_not_proved(k):
    """Exactly for k > 4 the latch keeps a distance; below, boxes show a length, and no doubt costs anything."""
    assert isinstance(by_boxes(latch(k)), Unknown)
    outcome = by_cover(latch(k))
    assert isinstance(outcome, Unknown)
    assert outcome.findings.covered >= 10
    assert not outcome.findings.broken


@pytest.mark.parametrize(("b", "length"), [("8/5", 5), ("1.52", None)])
def test_a_cover_ends_before_the_first_wrong_length(b, length):
    """With k = 5 and b = 8/5 the input 111111 is wrong first; with b = 1.52 the latch holds."""
    machine = latch(5, b)
    if length is None:
        assert isinstance(by_boxes(machine), Findings)
    else:
        assert isinstance(by_boxes(machine), Unknown)
        assert by_cover(machine).findings.covered == length


def brute_force(drawn, longest=8):
    """Whether all short words are right in floats, and what boxes and covers say, which must not say more."""
    wrong = drawn.first_wrong(longest)
    machine, wanted = drawn.machine, specification(drawn.behaviour)
    found = by_boxes(machine, wanted)
    if isinstance(found, Unknown):
        found = by_cover(machine, wanted)
    if isinstance(found, Findings):
        assert wrong is None, (drawn, wrong)
        return True
    assert wrong is None or found.findings.covered < len(wrong), (drawn, wrong)
    return False


@pytest.mark.long
def test_what_boxes_say_of_random_networks_is_so_in_floats(monkeypatch):
    """60 networks; with few steps to look for boxes and to cover words."""
    monkeypatch.setattr(closing, "MAX_CLOSING_STEPS", 200)
    monkeypatch.setattr(cover, "MAX_COVER_STEPS", 60)
    monkeypatch.setattr(drift, "MAX_DRIFT_STEPS", 30)
    proved = sum(brute_force(seeded(seed)) for seed in range(60))
    assert proved >= 24


@pytest.mark.slow
def test_what_boxes_say_of_many_random_networks_is_so_in_floats():
    proved = sum(brute_force(seeded(seed), 10) for seed in range(1_000, 4_000))
    assert proved >= 1_300


def claim(machine, wanted=LATCH_OFF, length=None):
    return Claim(machine, wanted, frozenset({0}), Bounds(length=length))


ELMAN, LSTM = elman_parity(10), lstm_parity(12, 8)
CERTIFIED = {"latch": (latch(5), LATCH_OFF), "Elman": (ELMAN, PARITY), "LSTM": (LSTM, PARITY)}
"""None of the boxes of their proofs can be done without."""


@cache
def certified(name):
    """The proof of such a network, worked out once."""
    return by_boxes(*CERTIFIED[name]).holds


def certificate_of(name):
    return certified(name).certificate.content


@pytest.mark.parametrize("name", CERTIFIED)
def test_a_certificate_is_checked_anew(name):
    """The proof that a report has is the one that its certificate gives."""
    proof, (machine, wanted) = certified(name), CERTIFIED[name]
    certificate = Certificate(BOXES_KIND, proof.certificate.content)
    assert proof_of(claim(machine, wanted), certificate) == proof
    assert check_boxes(claim(machine, wanted, 7), certificate) == Proved(None, 7, proof.invariant)


def test_a_certificate_of_another_network_is_refused():
    assert check_boxes(claim(latch("3.9")), Certificate(BOXES_KIND, certificate_of("latch"))) is None
    assert check_boxes(claim(latch(5), PARITY), Certificate(BOXES_KIND, certificate_of("latch"))) is None


def moved(number, by):
    return [str(fmpq(*map(int, end.split("/"))) + by) if "/" in end else str(fmpq(int(end)) + by) for end in number]


@settings(max_examples=60)
@given(st.data())
def test_a_changed_certificate_is_refused(data):
    """A box is left out, moved away from the states that it holds, narrowed to one end, or said of another state."""
    name = data.draw(st.sampled_from(list(CERTIFIED)))
    machine, wanted = CERTIFIED[name]
    content = copy.deepcopy(certificate_of(name))
    (layer,) = content["layers"]
    place = data.draw(st.integers(0, len(layer) - 1))
    box = layer[place]
    intervals = [i for i, number in enumerate(box["network"]) if isinstance(number, list)]
    change = data.draw(st.sampled_from(["leave out", "move", "narrow", "behaviour", "layer"]))
    if change == "leave out" or (change in ("move", "narrow") and not intervals):
        del layer[place]
    elif change == "layer":
        content["layers"].append([])
    elif change == "behaviour":
        box["behaviour"][1] = str(1 - int(box["behaviour"][1]))
    else:
        i = data.draw(st.sampled_from(intervals))
        low, high = box["network"][i]
        ends = moved([low, high], fmpq(data.draw(st.sampled_from([-1, 1])))) if change == "move" else [high, high]
        box["network"][i] = ends
    assert check_boxes(claim(machine, wanted), Certificate(BOXES_KIND, content)) is None


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"layers": []},
        {"layers": "boxes"},
        {"layers": [[{"network": [1, "1"]}]]},
        {"layers": [[{"network": [1, "1", "1"], "behaviour": [1, "1"]}]]},
        {"layers": [[{"network": [1], "behaviour": [1, "1"]}]]},
        {"layers": [[{"network": ["1", "1"], "behaviour": [1, "1"]}]]},
        {"layers": [[{"network": [1, "1/0"], "behaviour": [1, "1"]}]]},
        {"layers": [[{"network": [1, "0.5"], "behaviour": [1, "1"]}]]},
        {"layers": [[{"network": [1, ["2", "1"]], "behaviour": [1, "1"]}]]},
        {"layers": [[{"network": [1, "9" * 2_000], "behaviour": [1, "1"]}]]},
        {"layers": [[{"network": [1, "1"], "behaviour": [1, "1"]}]], "stride": 100},
        {"layers": [[{"network": [1, "1"], "behaviour": [1, "1"]}]], "cuts": True},
        {"layers": [[{"network": [1, "1"], "behaviour": [1, "1"]}] * 5_000]},
    ],
)
def test_what_is_no_certificate_is_said_to_be_none(content):
    with pytest.raises(UnreadableCertificate):
        check_boxes(claim(latch(5)), Certificate(BOXES_KIND, content))


def test_inputs_that_are_said_to_be_cut_without_need_show_nothing():
    """Cells stand for inputs that cannot be listed; of others there would be none, and so nothing to be wrong."""
    content = {**certificate_of("latch"), "cuts": 1}
    assert check_boxes(claim(latch("3.9")), Certificate(BOXES_KIND, content)) is None
    assert check_boxes(claim(latch(5)), Certificate(BOXES_KIND, content)) is None


def test_inputs_of_bounded_length_are_proved_by_layers():
    """k = 3.9 comes ever closer to the threshold, but not within 10 steps; a layer that is wrong is noticed."""
    found = by_cover(latch("3.9"), length=10)
    assert isinstance(found, Findings)
    proof, certificate = found.holds, found.holds.certificate
    assert (proof.length, len(certificate.content["layers"])) == (10, 10)
    assert check_boxes(claim(latch("3.9"), length=10), certificate) == proof
    assert check_boxes(claim(latch("3.9"), length=11), certificate) is None
    assert check_boxes(claim(latch("3.9")), certificate) is None
    layers = certificate.content["layers"]
    without = {"layers": [*layers[:8], layers[8][1:], *layers[9:]]}
    assert check_boxes(claim(latch("3.9"), length=10), Certificate(BOXES_KIND, without)) is None


def test_a_network_that_needs_several_steps_to_contract_is_proved():
    """Boxes by single steps do not close: what the two units have in common has to be followed."""
    drawn = seeded(78)
    assert isinstance(by_boxes(drawn.machine, specification(drawn.behaviour)), Unknown)
    found = by_cover(drawn.machine, specification(drawn.behaviour))
    assert found.holds.certificate.content["stride"] == 2
    assert check_boxes(claim(drawn.machine, specification(drawn.behaviour)), found.holds.certificate) == found.holds
    changed = {**found.holds.certificate.content, "stride": 1}
    assert check_boxes(claim(drawn.machine, specification(drawn.behaviour)), Certificate(BOXES_KIND, changed)) is None


@pytest.mark.parametrize("weight", ["1e300", "1e-300", "-1e300", "1e12"])
def test_huge_and_tiny_weights_abort_nothing(weight):
    """Numbers such as exp(-1e300) cannot be written down as fractions."""
    equations = {
        "g": f"exp({weight}*x[t] - {weight})",
        "h": f"sigmoid({weight}*(h[t-1] + x[t] - 3/2)) + g[t]",
        "y": "h[t]",
    }
    machine = network(equations, "y", {"h": "1"})
    for outcome in (by_boxes(machine), by_cover(machine)):
        assert isinstance(outcome, Findings | Unknown)


def test_boxes_say_nothing_of_float64():
    equations = {"h": "sigmoid(5*(h[t-1] + x[t] - 3/2))", "y": "h[t]"}
    machine = AnswerMachine(Program(system(equations, "y", {"h": "1"}), arithmetic=DOUBLES), {})
    assert isinstance(by_boxes(machine), Unknown)
    assert isinstance(by_cover(machine), Unknown)
    assert check_boxes(claim(machine), Certificate(BOXES_KIND, certificate_of("latch"))) is None


def lasting(forget):
    """An LSTM's cell that remembers a 1 but loses a share of it in every step, about exp(-forget)."""
    equations = {
        "i": "sigmoid(80*x[t] - 40)",
        "f": f"sigmoid({forget})",
        "c": "f[t]*c[t-1] + i[t]*tanh(10)",
        "h": "sigmoid(10)*tanh(c[t])",
        "y": "3*h[t] - 1/2",
    }
    return network(equations, "y", {"c": "0", "h": "0"})


@pytest.mark.parametrize("forget", [6, 8])
def test_a_memory_that_fades_is_right_for_as_long_as_its_loss_allows(forget):
    """Followed step by step in floats it fails later, and not much later."""
    covered = by_cover(lasting(forget), specification("latch on")).findings.covered
    keeps, c, steps = 1 / (1 + math.exp(-forget)), math.tanh(10), 1
    while 3 * math.tanh(c) - 1 / 2 > 1 / 2 and steps < 100_000:
        c, steps = c * keeps, steps + 1
    assert 0.4 * steps < covered < steps


def test_a_long_memory_is_not_walked():
    """`1 0^n` is right for some 10^12 steps, which nobody takes."""
    outcome = by_cover(lasting(28), specification("latch on"))
    assert 5 * 10**11 <= outcome.findings.covered <= 2 * 10**12
    assert not outcome.findings.broken


def one_step(equations, wanted, domains, accept, assume=None):
    """A network of inputs in intervals, and what is right of it."""
    alphabet = Alphabet({name: Channel(domain) for name, domain in domains.items()})
    texts = {name: parse(text) for name, text in equations.items()}
    machine = EnclosedMachine(Program(System(alphabet, texts, parse("y")), arithmetic=Reals()), {})
    behaviour = System(alphabet, {"q": parse(wanted)}, parse("q"))
    judged = Specification(
        behaviour, [LineCondition("all")], accept=parse(accept), assume=parse(assume) if assume else None
    )
    return machine, judged


UNIT = NumberDomain(None, fmpq(0), fmpq(1))
REAL = NumberDomain(None)
BAND = "abs(x + z - 1/2) >= 1/10 and abs(x + z - 3/2) >= 1/10"


def between(w, b):
    equations = {"h": f"sigmoid({w}*(x + z) - {b})", "g": f"sigmoid({w}*(x + z) - 3*{b})", "y": "h[t] - 2*g[t]"}
    wanted = "1 if x + z > 1/2 and x + z < 3/2 else 0"
    return one_step(equations, wanted, {"x": UNIT, "z": UNIT}, "(y > 1/2) == expected", BAND)


def sign_of(w, b, assume=None):
    """Whether x is at least 0, for all reals."""
    wanted = "1 if x >= 0 else 0"
    return one_step({"y": f"tanh({w}*x + {b})"}, wanted, {"x": REAL}, "(y > 0) == expected", assume)


def test_one_step_is_decided_for_all_inputs_of_intervals():
    machine, wanted = between(40, 20)
    found = by_boxes(machine, wanted, 1)
    assert found.holds == Proved(None, 1)
    assert proof_of(claim(machine, wanted, 1), found.holds.certificate) == found.holds
    assert by_boxes(*sign_of(1, 0, "abs(x) >= 1/100"), 1).holds == Proved(None, 1)
    assert by_boxes(*sign_of(1000, 9, "abs(x) >= 1/100"), 1).holds == Proved(None, 1)


@pytest.mark.parametrize(
    ("machine", "wanted"),
    [between(10, 5), sign_of(1, "1/50", "abs(x) >= 1/100"), sign_of(1, 0)],
    ids=["memory", "shifted sign", "sign at 0"],
)
def test_an_input_that_is_wrong_is_found_and_simple(machine, wanted):
    """Also at a tie: tanh(0) is not above 0."""
    found = by_boxes(machine, wanted, 1)
    (((symbol,),)) = (found.broken[0].word,)
    assert all(len(str(number)) <= 8 for number in symbol)
    (step,) = wanted.machine().run(((symbol),))
    assert wanted.allows(step)


def test_a_tie_that_cells_do_not_decide_is_no_proof():
    """Right at each input, but at the tie -1/100 only just."""
    machine, wanted = sign_of(1, "1/100", "abs(x) >= 1/100")
    assert isinstance(by_boxes(machine, wanted, 1), Unknown)
    assert isinstance(by_cover(machine, wanted, 1), Unknown)


def test_changed_cuts_are_refused():
    machine, wanted = between(40, 20)
    cuts = by_boxes(machine, wanted, 1).holds.certificate.content["cuts"]
    for changed in ([], [-1], cuts[:-1], [*cuts, -1], [5, *cuts[1:]], cuts[1:]):
        assert check_boxes(claim(machine, wanted, 1), Certificate("cuts", {"cuts": changed})) is None
    with pytest.raises(UnreadableCertificate):
        check_boxes(claim(machine, wanted, 1), Certificate("cuts", {"cuts": "none"}))
    other, _ = between(10, 5)
    assert check_boxes(claim(other, wanted, 1), Certificate("cuts", {"cuts": cuts})) is None


def test_an_input_in_an_interval_is_one_more_box():
    """A unit that is to stay on until x is below 1/2: proved where x keeps away from 1/2, for every length."""
    alphabet = Alphabet({"x": Channel(UNIT)})
    equations = {"h": parse("sigmoid(20*(h[t-1] + sigmoid(60*x[t] - 30) - 3/2))"), "y": parse("h[t]")}
    initial = {("h", None): parse("1")}
    machine = EnclosedMachine(Program(System(alphabet, equations, parse("y"), initial), arithmetic=Reals()), {})
    behaviour = System(
        alphabet, {"q": parse("1 if q[t-1] > 0 and x[t] > 1/2 else 0")}, parse("q"), {("q", None): parse("1")}
    )
    accept, assume = parse("(y > 1/2) == expected"), parse("abs(x - 1/2) >= 1/8")
    wanted = Specification(behaviour, [LineCondition("all")], accept=accept, assume=assume)
    found = by_boxes(machine, wanted)
    assert found.holds.length is None
    assert found.holds.certificate.content["cuts"] >= 1
    assert proof_of(claim(machine, wanted), found.holds.certificate) == found.holds
    without = Specification(behaviour, [LineCondition("all")], accept=accept)
    assert isinstance(by_boxes(machine, without), Unknown)
    assert check_boxes(claim(machine, without), found.holds.certificate) is None


def test_every_word_of_a_proved_network_is_right():
    """All 2^9 words, by the network's own equations in plain floats: a proof says so of every length."""
    assert isinstance(by_boxes(lstm_parity(6, 3), PARITY), Findings)

    def sigmoid(z):
        return 1 / (1 + math.exp(-z))

    gate = sigmoid(3)
    for word in product((0, 1), repeat=9):
        c, h, q = [-1.0, -1.0], [-0.76, -0.76], 0
        for x in word:
            s = (h[0] - h[1]) / 2 / 0.76
            c = [(1 - gate) * c[j] + gate * math.tanh(6 * (s + x - (0.5, 1.5)[j])) for j in (0, 1)]
            h = [gate * math.tanh(cell) for cell in c]
            q = (q + x) % 2
            assert ((h[0] - h[1]) / 1.52 > 1 / 2) == bool(q)
