"""Deciding whether two formulas are equal, against SymPy's `simplify(a - b) == 0` on the same pairs in the same run."""

import json
import queue
import statistics
import subprocess
import sys
import threading
import time

import pytest

from grader.formulas import Quantity, Setting, Symbols, Unsettled, decide, is_equal
from grader.language.parse import parse

from .measure import report

pytestmark = pytest.mark.slow

NAMES = "abcdhruwxyz"
SECONDS = 10
"""What SymPy may take for one pair."""

EQUAL = [
    ("(a + b)**2", "a**2 + 2*a*b + b**2"),
    ("sigmoid(z)", "1 - sigmoid(-z)"),
    ("sigmoid(z)", "exp(z)/(1 + exp(z))"),
    ("sigmoid(z)*(1 - sigmoid(z))", "exp(-z)/(1 + exp(-z))**2"),
    ("sigmoid(z)*(1 - sigmoid(z))", "sigmoid(z)*sigmoid(-z)"),
    ("sigmoid(z)*(1 - sigmoid(z))", "1/(2 + 2*cosh(z))"),
    ("tanh(z)", "(exp(2*z) - 1)/(exp(2*z) + 1)"),
    ("tanh(z)", "2*sigmoid(2*z) - 1"),
    ("1 - tanh(z)**2", "4/(exp(z) + exp(-z))**2"),
    ("w/cosh(w*h + u*x)**2", "(1 - tanh(w*h + u*x)**2)*w"),
    ("w*sigmoid(w*h + u*x)*(1 - sigmoid(w*h + u*x))", "w*exp(-w*h - u*x)/(1 + exp(-w*h - u*x))**2"),
    ("(1 - sigmoid(z))*h + sigmoid(z)*tanh(x)", "h + sigmoid(z)*(tanh(x) - h)"),
    ("(1 - z) + z*(1 - tanh(u*r*h)**2)*u*r", "1 - z + r*u*z/cosh(r*u*h)**2"),
    ("d*(1 - tanh(c)**2)*sigmoid(a)*(1 - sigmoid(a))", "d*sigmoid(a)*sigmoid(-a)/cosh(c)**2"),
    ("exp(a)/(exp(a) + exp(b) + exp(c))", "1/(1 + exp(b - a) + exp(c - a))"),
    ("log(1 + exp(z))", "z + log(1 + exp(-z))"),
    ("y*log(1 + exp(-z)) + (1 - y)*log(1 + exp(z))", "log(1 + exp(z)) - y*z"),
    ("relu(z)", "(z + abs(z))/2"),
    ("max(a, b)", "b + relu(a - b)"),
    ("sqrt(z**2)", "abs(z)"),
]
DIFFERENT = [
    ("(a + b)**2", "a**2 + b**2"),
    ("sigmoid(z)", "tanh(z)"),
    ("sigmoid(z)*(1 - sigmoid(z))", "sigmoid(z)"),
    ("sigmoid(z)*(1 - sigmoid(z))", "exp(-z)/(1 + exp(-z))"),
    ("1 - tanh(z)**2", "1 - tanh(z)"),
    ("w/cosh(w*h + u*x)**2", "(1 - tanh(w*h + u*x)**2)*u"),
    ("w*h*(1 - h)", "h*(1 - h)"),
    ("w*sigmoid(w*h + u*x)*(1 - sigmoid(w*h + u*x))", "sigmoid(w*h + u*x)*(1 - sigmoid(w*h + u*x))"),
    ("(1 - z)*h + z*tanh(x)", "z*h + (1 - z)*tanh(x)"),
    ("tanh(w*x + u*r*h)", "tanh(w*x + u*h)"),
    ("sigmoid(a)*c + sigmoid(b)*tanh(d)", "sigmoid(b)*c + sigmoid(a)*tanh(d)"),
    ("exp(a)/(exp(a) + exp(b))", "exp(b)/(exp(a) + exp(b))"),
    ("log(1 + exp(z))", "log(1 + exp(-z))"),
    ("exp(a + b)", "exp(a) + exp(b)"),
    ("relu(x)", "x"),
    ("abs(x)", "relu(x)"),
    ("tanh(5*x)", "1"),
    ("sqrt(a**2 + b**2)", "a + b"),
    ("z + 1e-40", "z"),
    ("sin(2*z)", "2*sin(z)"),
]


SIMPLIFY = """
import json, sys, time
import sympy

symbols = {name: sympy.Symbol(name, real=True) for name in "abcdhruwxyz"}
functions = {
    "sigmoid": lambda z: 1 / (1 + sympy.exp(-z)),
    "relu": lambda z: sympy.Max(z, 0),
    "abs": sympy.Abs,
    "max": sympy.Max,
}
for left, right in json.loads(sys.argv[1]):
    a, b = (sympy.sympify(text, locals={**symbols, **functions}, rational=True) for text in (left, right))
    print("begin", flush=True)
    start = time.perf_counter()
    zero = sympy.simplify(a - b) == 0
    print(json.dumps([bool(zero), time.perf_counter() - start]), flush=True)
"""


def by_sympy(pairs):
    """For each pair SymPy's verdict and time; None where it did not come to an end."""
    found = []
    while len(found) < len(pairs):
        command = [sys.executable, "-c", SIMPLIFY, json.dumps(pairs[len(found) :])]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        answers = queue.SimpleQueue()
        reader = threading.Thread(target=forward, args=(child.stdout, answers), daemon=True)
        reader.start()
        while len(found) < len(pairs):
            assert answers.get(timeout=60) == "begin"
            try:
                found.append(json.loads(answers.get(timeout=SECONDS)))
            except queue.Empty:
                found.append([None, float(SECONDS)])
                break
        child.kill()
        child.wait()
        reader.join()
        child.stdout.close()
    return found


def forward(lines, answers) -> None:
    """Each line as it comes."""
    for line in lines:
        answers.put(line.strip())


def test_decisions_are_faster_than_simplifying_and_none_is_left_open():
    pytest.importorskip("sympy", reason="the comparison needs SymPy: pip install sympy")
    setting = Setting(Symbols({name: Quantity() for name in NAMES}))
    pairs = EQUAL + DIFFERENT
    trees = [(parse(left), parse(right)) for left, right in pairs]
    ours = []
    for left, right in trees:
        times = []
        for _ in range(5):
            start = time.perf_counter()
            verdict = decide(left, right, setting)
            times.append(time.perf_counter() - start)
        ours.append((verdict, statistics.median(times)))
    theirs = by_sympy(pairs)
    ratios = [slow / fast for (_, slow), (_, fast) in zip(theirs, ours, strict=True)]
    right = [zero is not None and zero == (i < len(EQUAL)) for i, (zero, _) in enumerate(theirs)]
    report(
        f"{len(pairs)} pairs of formulas, equal and different",
        {
            "decisions a second": len(ours) / sum(seconds for _, seconds in ours),
            "median milliseconds a decision": 1000 * statistics.median(seconds for _, seconds in ours),
            "longest, milliseconds": 1000 * max(seconds for _, seconds in ours),
            "SymPy: simplifications a second": len(theirs) / sum(seconds for _, seconds in theirs),
            "SymPy: decided as they are": f"{sum(right)} of {len(pairs)}",
            "SymPy: of the equal ones": f"{sum(right[: len(EQUAL)])} of {len(EQUAL)}",
            "times faster, median": statistics.median(ratios),
            "times faster, least": min(ratios),
        },
    )
    assert [is_equal(verdict) for verdict, _ in ours] == [True] * len(EQUAL) + [False] * len(DIFFERENT)
    assert not any(isinstance(verdict, Unsettled) for verdict, _ in ours)
    assert statistics.median(ratios) >= 50
