"""A course with variants of every kind of question, and what is right in each of them, worked out in plain Python."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from fractions import Fraction

from ..answers.helpers import write

WEIGHTS = """\
question: latch
title: A latch that remembers the first ${zero}
points: 10
prompt: The output stays ${one} until the first ${zero}, and is ${zero} ever after; phi jumps at ${theta}.
answer: weights
variants:
  seed: autumn
  draw: {one: [0, 1], theta: [1/4, 1/2, 3/4]}
  let: {zero: 1 - one}
network:
  inputs: {x: bit}
  parameters: {U: scalar, W: scalar, b: scalar}
  functions: {phi(z): "1 if z >= ${theta} else 0"}
  initial: {h: "${one}"}
  equations: {h: "phi(W*h[t-1] + U*x[t] + b)"}
  output: h
behaviour:
  initial: {alive: 1}
  equations: {alive: "alive[t-1] and x[t] == ${one}"}
  output: "${one} if alive[t] else ${zero}"
checks:
  - {name: before, points: 4, when: "alive[t]"}
  - {name: after, points: 6, when: "not alive[t]"}
"""
NUMBER = """\
question: total
title: A sum
points: 5
prompt: What is ${a} + ${b}?
answer: number
variants:
  draw: {a: [1, 2, 3], b: [10, 20]}
  let: {sum: a + b}
value: ${sum}
known: {right: {text: "${sum}", earns: 5}}
"""
CHOICE = """\
question: gate
title: A gate
points: 2
prompt: Which gate forgets? The rows are in the order ${order}.
answer: choice
variants:
  draw:
    order: [abc, bca]
    right: [a, b, c]
options: {a: the first, b: the second, c: the third}
right: ["${right}"]
"""
FORMULA = """\
question: slope
title: A slope
points: 3
prompt: Differentiate x**${n} + ${c}*x.
answer: formula
symbols: {x: real}
variants:
  draw: {n: [2, 3], c: [4, 5, -6]}
  let: {m: n - 1}
right: ${n}*x**${m} + (${c})
"""
FUNCTION = """\
question: scale
title: A scaling
points: 4
prompt: Write scale(n), which multiplies by ${k}.
answer: function
signature: scale(n)
variants:
  draw: {k: [2, 3]}
inputs: {n: integer(0..20)}
checks: [{name: scaled, points: 4, holds: "out == ${k} * n"}]
cases: 5
"""
WRITTEN = """\
question: essay
title: An essay
points: 6
prompt: Say what happens for h_0 = ${h0}.
answer: written
variants:
  draw: {h0: [0, 1]}
rubric: [{name: it forgets, points: 6}]
"""
PARTS = """\
question: chain
title: A chain with ${n} links
points: 3
prompt: All parts are about n = ${n}.
variants:
  draw: {n: [2, 3, 4]}
  let: {twice: 2*n}
parts:
  - {question: chain.1, title: Twice, points: 1, answer: number, value: "${twice}", prompt: Double it.}
  - {question: chain.2, title: Itself, points: 2, answer: number, value: "${n}", prompt: Say it.}
"""
EITHER = """\
question: both
title: A number or a choice
points: 2
answer: either
prompt: Half of ${d}, or whether that is odd.
variants:
  draw: {d: [2, 4, 6]}
  let: {half: d/2}
ways:
  - {answer: number, value: "${half}"}
  - {question: both.odd, answer: choice, options: {odd: odd, even: even}, right: [even], prompt: "Of ${d}?"}
"""
PLAIN = "question: plain\ntitle: The same for all\npoints: 1\nprompt: Write $${x}$.\nanswer: number\nvalue: 7\n"

QUESTIONS = {
    "latch": WEIGHTS,
    "total": NUMBER,
    "gate": CHOICE,
    "slope": FORMULA,
    "scale": FUNCTION,
    "essay": WRITTEN,
    "chain": PARTS,
    "both": EITHER,
    "plain": PLAIN,
}

LISTS = {
    "latch": {"one": ["0", "1"], "theta": ["1/4", "1/2", "3/4"]},
    "total": {"a": ["1", "2", "3"], "b": ["10", "20"]},
    "gate": {"order": ["abc", "bca"], "right": ["a", "b", "c"]},
    "slope": {"n": ["2", "3"], "c": ["4", "5", "-6"]},
    "scale": {"k": ["2", "3"]},
    "essay": {"h0": ["0", "1"]},
    "chain": {"n": ["2", "3", "4"]},
    "both": {"d": ["2", "4", "6"]},
}
SEEDS = {"latch": "autumn"}


def write_course(folder, names=tuple(QUESTIONS), **changed):
    """Writes a course with some of the questions; `changed` are other texts of theirs."""
    listing = f"assignment: hw\ntitle: Variants\nquestions: [{', '.join(names)}]\n"
    texts = {**QUESTIONS, **changed}
    write(folder / "specs" / "hw", {"assignment.yaml": listing, **{f"{name}.yaml": texts[name] for name in names}})
    return folder


def constants_of(student, question, lists=None, seed=None):
    """What the documentation says is drawn, written down once more."""
    key = unicodedata.normalize("NFKC", student).casefold().strip()
    found = {}
    for name, values in (lists or LISTS[question]).items():
        said = json.dumps(
            ["grader variants", SEEDS.get(question, "") if seed is None else seed, "hw", question, key, name, 0]
        )
        found[name] = values[int(hashlib.sha256(said.encode()).hexdigest(), 16) % len(values)]
    return found


def right_answers(student):
    """The file of answers of a student who solves the own variants, and the code beside."""
    own = {name: constants_of(student, name) for name in LISTS}
    one, theta = int(own["latch"]["one"]), Fraction(own["latch"]["theta"])
    # h is 1 exactly if the sum reaches theta: both (and) of h and x for a 1 that lasts, else one of them (or)
    bias = theta - (2 if one else 1)
    slope = own["slope"]
    lines = [
        "assignment: hw",
        f"latch: {{U: 1, W: 1, b: {bias}}}",
        f"total: {int(own['total']['a']) + int(own['total']['b'])}",
        f"gate: {own['gate']['right']}",
        f"slope: {slope['n']}*x^{int(slope['n']) - 1} + {slope['c']}",
        f"essay: It forgets, {student}.",
        f"chain.1: {2 * int(own['chain']['n'])}",
        f"chain.2: {own['chain']['n']}",
        f"both: {int(own['both']['d']) // 2}",
        "plain: 7",
    ]
    return {
        "answers.yaml": "\n".join(lines) + "\n",
        "solution.py": f"def scale(n):\n    return {own['scale']['k']} * n\n",
    }
