"""Functions of a running Python, written down with what they reach: they give what they give here."""

import linecache
import sys
import textwrap
from types import ModuleType

import pytest

import grader
from grader.answers.live import source_of

SETUP = """
from __future__ import annotations
import functools
import math
import os.path
import numpy as np
from fractions import Fraction
from math import exp as e_to
from numpy import dot
import helper_of_this_test as helper

SCALE = 3
TABLE = {"a": [1, (2, float("inf"))], "b": {4, 5}}
WEIGHTS = np.arange(4.0).reshape(2, 2)
HALF = Fraction(1, 2)
STREAM = open(os.devnull)
def tripled(z): return [SCALE * x for x in z]
STAGES = {"first": tripled, "then": [math.fsum, (functools.partial(pow, 2),)]}
ONE_STAGE = functools.partial(tripled)

class Layer:
    def __init__(self, scale=SCALE): self.scale = scale
    def __call__(self, z): return [self.scale * x for x in z]

def shifted(z): return [x - max(z) for x in z]
def unused(z): return STREAM
def even(n): return n == 0 or odd(n - 1)
def odd(n): return n != 0 and even(n - 1)

def twice(function):
    @functools.wraps(function)
    def both(z): return function(function(z))
    return both

def uses_imports(z): return math.exp(e_to(0)) + dot(np.array(z), np.ones(len(z)))
def uses_helpers(z): return shifted(shifted(z))
def uses_constants(z): return [SCALE * x + TABLE["a"][0] + len(TABLE["b"]) for x in z]
def uses_arrays(z): return (WEIGHTS @ np.array(z[:2])).tolist()
def uses_objects(z): return [float(HALF * x) for x in z]
def uses_classes(z): return Layer()(z)
def uses_defaults(z, scale=SCALE, *, layer=Layer): return layer(scale)(z)
def calls_itself(z): return calls_itself(z[1:]) + z[0] if z else 0
def calls_in_turn(z): return even(len(z))
def uses_functions_in_containers(z): return STAGES["then"][0](STAGES["first"](z)) + STAGES["then"][1][0](3)
def uses_partial_functions(z): return ONE_STAGE(z)
def uses_own_modules(z): return helper.total(z)
def uses_inner_functions(z):
    def inner(x): return SCALE * x
    return [inner(x) for x in z]
def names_of_its_own(z):
    STREAM = 1
    return STREAM
def annotated(z: list[Unknown]) -> Undefined: return z
@twice
def decorated(z): return [SCALE * x for x in z]
@functools.lru_cache(maxsize=None)
def cached(z): return sum(z)
in_a_line = lambda z: [SCALE * x for x in z]
another_name = uses_helpers
def maker(k):
    def made(z): return [k * x for x in z]
    return made
closed = maker(5)
library = math.fsum
array_function = np.cumsum
ufunc = np.exp
"""
NAMES = [
    line.split("(")[0].removeprefix("def ")
    for line in SETUP.partition("both(z)")[2].splitlines()
    if line.startswith("def ") and "maker" not in line
] + ["in_a_line", "another_name", "closed", "library", "array_function", "ufunc"]
HELPER = "import math\nBASE = 1\ndef total(z): return math.fsum(z) + BASE\n"


def module(name, text):
    """As a cell of a notebook has it: the source is where Python looks for it, and in no file."""
    made = ModuleType(name)
    file = f"<{name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    made.__file__ = file
    sys.modules[name] = made
    exec(compile(text, file, "exec"), made.__dict__)
    return made


@pytest.fixture(scope="module")
def notebook():
    before = dict(sys.modules)
    module("helper_of_this_test", HELPER)
    made = module("notebook_of_this_test", SETUP)
    yield vars(made)
    made.STREAM.close()
    for name in sys.modules.keys() - before.keys():
        if name.endswith("of_this_test"):
            del sys.modules[name]


@pytest.mark.parametrize("name", NAMES)
def test_a_function_takes_with_it_what_it_reaches(notebook, monkeypatch, name):
    text = source_of(notebook[name], "answer")
    for loaded in ("helper_of_this_test", "notebook_of_this_test"):
        monkeypatch.setitem(sys.modules, loaded, None)  # as where it runs
    scope = {}
    exec(text, scope)
    for z in ((1.0, -2.0, 0.5), (3.0, 4.0)):
        assert repr(scope["answer"](z)) == repr(notebook[name](z))


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("def f(z): return unused(z)", "f reaches STREAM, an object of type TextIOWrapper that cannot go with it"),
        ("def f(z): return made(z)\nmade = Layer()", "f reaches made, an object of type Layer"),
        ("def f(z): return made[0]\nmade = [Layer()]", "f reaches made, an object of type list"),
        ("def f(z): return made(z)\nmade = Layer().__call__", "f reaches made, an object of type method"),
        ("f = Layer().__call__", "f reaches f, an object of type method"),
        ("def f(z): return made[0]\nmade = np.array([Layer()], dtype=object)", "f reaches made, an object of type nd"),
        ("def f(z): return made\nmade = []\nmade.append(made)", "f reaches made, an object of type list"),
        ("def f(z): return made[0] and f\nmade = [f]", "f: made and f need each other"),
        (
            "def f(z): return made[0](z) + tripled(z)\nmade = [tripled]\ndef tripled(z): return z",
            "f reaches two different things called 'tripled'",
        ),
        ("def f(z): return made[0]\nmade = [0.5] * 300_000", "f reaches made, which takes 1,[0-9]*,[0-9]* bytes"),
        ("f, g = lambda z: z, lambda z: 2", "f is a lambda beside others on its line"),
        ("exec('def f(z): return z')", "the source of f cannot be found: write it into a solution.py"),
    ],
)
def test_what_cannot_go_with_it_is_named(notebook, code, message):
    made = module("cell_of_this_test", SETUP + textwrap.dedent(code))
    try:
        with pytest.raises(TypeError, match=message):
            source_of(made.f, "f")
    finally:
        made.STREAM.close()


def test_it_is_judged_by_all_lines_under_the_name_that_is_asked_for(notebook, tmp_path):
    spec = tmp_path / "shift.yaml"
    spec.write_text(
        "question: shift\nanswer: function\nsignature: shift(z)\nreturns: vector(len(z))\n"
        'inputs: {z: "sequence(1..4, integer(-5..5))"}\ncases: 20\n'
        "checks: [{name: the largest is 0, points: 1, holds: max(out) == 0}, {name: pure, points: 1, pure: true}]\n"
    )
    assert grader.check("shift", notebook["uses_helpers"], spec=spec).points == 2
    assert grader.check("shift", notebook["uses_classes"], spec=spec).points == 0
