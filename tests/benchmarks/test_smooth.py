"""Proofs of LSTMs for every length, against the test that a course has: all strings of one length.

`pytest -m slow -s tests/benchmarks/test_smooth.py`.
"""

import math
from dataclasses import dataclass, replace
from itertools import product

import pytest

from grader.engines.engine import Budget, Findings, OpenLines
from grader.engines.smooth import BoxEngine
from grader.machines.explore import Bounds
from tests.engines.smooth_networks import BEHAVIOURS, START, network, sigmoid, specification

from .measure import report, seconds

pytestmark = pytest.mark.slow

TESTED_LENGTH = 14
"""Bits of the 16,384 strings of the course's own test."""


@dataclass(frozen=True)
class Setting:
    """An LSTM with one row of weights for each gate (input, forget, output, new value): of h, of x, and what is added.

    `shown` are the weights of h in the output, and what is added there.
    """

    behaviour: str
    gates: tuple
    shown: tuple
    start: float

    @property
    def units(self):
        return len(self.shown) - 1

    def machine(self):
        """The same as equations of matrices."""
        equations = {}
        for name, rows in zip("ifog", self.gates, strict=True):
            h, x, b = ([list(row[: self.units]) for row in rows], [row[-2] for row in rows], [row[-1] for row in rows])
            equations[name] = f"{'tanh' if name == 'g' else 'sigmoid'}({h} @ h[t-1] + {x}*x[t] + {b})"
        equations["c"] = "f[t]*c[t-1] + i[t]*g[t]"
        equations["h"] = "o[t]*tanh(c[t])"
        equations["y"] = f"dot({list(self.shown[:-1])}, h[t]) + {self.shown[-1]}"
        start = str([self.start] * self.units)
        return network(equations, "y", {"h": start, "c": start})

    def is_right_on(self, word):
        """A string in floats, as a student's own code runs it."""
        step, q = BEHAVIOURS[self.behaviour][2], START[self.behaviour]
        h = c = [self.start] * self.units
        for x in word:
            i, f, o, g = (
                [
                    (math.tanh if gate == 3 else sigmoid)(
                        sum(w * v for w, v in zip(row, h, strict=False)) + row[-2] * x + row[-1]
                    )
                    for row in rows
                ]
                for gate, rows in enumerate(self.gates)
            )
            c = [f[j] * c[j] + i[j] * g[j] for j in range(self.units)]
            h = [o[j] * math.tanh(c[j]) for j in range(self.units)]
            q = step(q, x)
            if (sum(w * v for w, v in zip(self.shown, h, strict=False)) + self.shown[-1] > 0.5) != bool(q):
                return False
        return True


def gate(units, bias):
    return ((0,) * units + (0, bias),) * units


def parity(k, open_by):
    """Both cells take a new value at every step, each for another sum of the parity and the input."""
    values = tuple((k / 1.52, -k / 1.52, k, -k * c) for c in (0.5, 1.5))
    gates = (gate(2, open_by), gate(2, -open_by), gate(2, open_by), values)
    return Setting("parity", gates, (1 / 1.52, -1 / 1.52, 0), 0)


def shaken(setting, by):
    """Every weight moved a little, as training leaves them."""
    wave = iter(range(1, 10_000))
    rows = tuple(
        tuple(tuple(round(w + by * math.sin(7 * next(wave)), 4) for w in row) for row in gate) for gate in setting.gates
    )
    return replace(setting, gates=rows)


SETTINGS = {
    "parity, gates open": parity(12, 8),
    "parity, gates half open": parity(6, 2.5),
    "parity, weights as trained (1)": shaken(parity(8, 4), 0.25),
    "parity, weights as trained (2)": shaken(parity(10, 5), 0.6),
    "stays off": Setting("latch off", (((1, 2, 3),), ((0.5, -1, -4),), ((0, 0, 6),), ((4, 6, -7),)), (1, 0.1), 1),
    "copies": Setting("copy", (gate(1, 5), gate(1, -5), gate(1, 5), ((0.3, 9, -4.5),)), (1, 0.3), 0),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_proof_for_every_length_against_all_strings_of_length_14(name):
    """Under a second on a quiet machine; here as a share of what the strings cost in plain Python."""
    setting = SETTINGS[name]
    machine, wanted = setting.machine(), specification(setting.behaviour)
    budget = Budget(Bounds(), 100, 1, lambda: pytest.fail("nothing is to be drawn"))
    found = BoxEngine().decide(machine, wanted, OpenLines(frozenset({0})), budget)
    assert isinstance(found, Findings), found
    words = list(product((0, 1), repeat=TESTED_LENGTH))
    assert len(words) == 16_384
    proof = seconds(lambda: BoxEngine().decide(machine, wanted, OpenLines(frozenset({0})), budget), 3)
    strings = seconds(lambda: all(map(setting.is_right_on, words)), 1)
    assert all(map(setting.is_right_on, words[::7]))
    report(
        f"LSTM: {name}, margin {found.holds.invariant.margin}",
        {
            "all 16,384 strings of length 14 in plain Python (ms)": strings * 1e3,
            "proof for every length (ms)": proof * 1e3,
            "times faster": strings / proof,
        },
    )
    assert strings / proof > 2
