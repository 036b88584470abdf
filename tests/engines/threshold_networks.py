"""Random networks of threshold units with a behaviour that is theirs, so that they are right whatever they do."""

from __future__ import annotations

import json
from fractions import Fraction

from flint import fmpq

from grader.documents import read_yaml
from grader.kinds.table import KINDS

ACTIVATIONS = (
    "1 if z >= 0 else 0",
    "1 if z > 0 else 0",
    "1 if z >= 0.5 else 0",
    "1 if z > 0 else -1",
    "sign(z)",
    "step(z)",
)


def number(value):
    value = Fraction(value)
    return fmpq(value.numerator, value.denominator)


def load(text, path):
    """The question of a text."""
    path.write_text(text)
    question, problems = KINDS.load_question(read_yaml(text.encode(), path.name), path)
    assert problems == []
    return question


def _sum(terms):
    return " + ".join(terms)


def random_network(rng):
    """The text of a question about a network of one to three units, and its weights."""
    units = ["h", "k", "m"][: rng.randint(1, 3)]
    weights, student, wanted = {}, {}, {}

    def term(source):
        name, value = f"w{len(weights)}", Fraction(rng.randint(-4, 4), 2)
        weights[name] = value
        return f"{name}*{source}", f"({value})*{source}"

    for i, unit in enumerate(units):
        past = [f"{other}[t-1]" for other in units if rng.random() < 0.8]
        present = [f"{other}[t]" for other in units[:i] if rng.random() < 0.4]
        terms = [term(source) for source in ("x[t]", *past, *present, "1")]
        student[unit], wanted[unit] = (f"phi({_sum(side)})" for side in zip(*terms, strict=True))
    mode = rng.choice(["a unit", "a threshold", "accept", "accept"])
    if mode == "a unit":
        student["y"] = wanted["right"] = units[-1]
    else:
        ours, theirs = map(_sum, zip(*[term(source) for source in (*(f"{u}[t]" for u in units), "1")], strict=True))
        student["y"], wanted["right"] = f"phi({ours})", f"phi({theirs})"
        if mode == "accept":
            student["y"], wanted["right"] = ours, f"1 if ({theirs}) > 1/2 else 0"
    phi, initial = rng.choice(ACTIVATIONS), {**{unit: rng.randint(0, 1) for unit in units}, "x": 0}
    system = {"functions": {"phi(z)": phi}, "initial": initial}
    question = {
        "question": "q",
        "title": "Random",
        "points": 1,
        "answer": "weights",
        "network": {
            "inputs": {"x": rng.choice(["bit", "bit", [-1, 0, 1]])},
            "parameters": dict.fromkeys(weights, "scalar"),
            **system,
            "equations": student,
            "output": "y",
        },
        "behaviour": {**system, "equations": wanted, "output": "right"},
        "checks": [{"name": "is right", "points": 1, **({"when": "x[t] == 1"} if rng.random() < 0.15 else {})}],
    }
    if mode == "accept":
        question["accept"] = "(y > 1/2) == expected"
    elif rng.random() < 0.3:
        question["accept"] = "y == expected or x[t] == 1"
    if rng.random() < 0.25:
        question["assume"] = "not (x[t] == 1 and x[t-1] == 1)"
    if rng.random() < 0.2:
        question["length"] = rng.randint(1, 4)
    return json.dumps(question), {name: number(value) for name, value in weights.items()}
