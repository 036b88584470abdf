"""Three questions whose inputs are words of a language: brackets, the embedded Reber grammar, a parity at the end.

Each comes with an oracle in plain Python that shares nothing with the grader: which words belong to the language says
`re.fullmatch` (of the grammar its graph), and all weights are halves, so that floats are exact.
"""

import itertools
import random
import re
from dataclasses import dataclass
from functools import cache, cached_property

LONGEST = 7
"""Steps of the longest words that are tried one by one."""

BRACKETS = """
question: brackets
title: Inside of brackets
points: 3
answer: weights
network:
  inputs: {x: {symbols: {a: [1, 1], b: [-1, -1], "(": [1, 0], ")": [0, -1]}, words: "([ab]*[(][ab]*[)])*[ab]*"}}
  parameters: {p: [2], p0: scalar, q: [2], q0: scalar, u: scalar, h0: scalar}
  functions: {phi(z): 1 if z >= 0.5 else 0}
  initial: {h: h0}
  equations:
    opens: phi(p @ x[t] + p0)
    closes: phi(q @ x[t] + q0)
    h: phi(u*h[t-1] + opens[t] - closes[t])
  output: h
behaviour:
  initial: {depth: 0}
  equations: {depth: 'depth[t-1] + (x[t] == "(") - (x[t] == ")")'}
  output: depth
judge: {empty: true}
examples: {"ab(a)b": "001100", "": 0}
checks:
  - {name: inside,  points: 1, when: "depth[t] > 0"}
  - {name: outside, points: 2, when: "depth[t] == 0"}
known:
  the key: {p: [2, -1], p0: -1, q: [1, -2], q0: -1, u: 1, h0: 0, earns: 3}
  forgets: {p: [2, -1], p0: -1, q: [1, -2], q0: -1, u: 0, h0: 0, earns: 2}
  starts inside: {p: [2, -1], p0: -1, q: [1, -2], q0: -1, u: 1, h0: 1, earns: 1}
"""

INNER_END = "((XT*VP)*(S|XT*VV))"
INNER = f"B(TS*X{INNER_END}|PT*V(V|P{INNER_END}))E"
REBER_WORDS = f"B(T{INNER}T|P{INNER}P)E"

REBER = f"""
question: reber
title: Which symbol comes behind the inner word
points: 3
answer: weights
network:
  inputs:
    x:
      symbols:
        B: [1, 0, 0, 0, 0, 0, 0]
        T: [0, 1, 0, 0, 0, 0, 0]
        P: [0, 0, 1, 0, 0, 0, 0]
        S: [0, 0, 0, 1, 0, 0, 0]
        X: [0, 0, 0, 0, 1, 0, 0]
        V: [0, 0, 0, 0, 0, 1, 0]
        E: [0, 0, 0, 0, 0, 0, 1]
      words: {REBER_WORDS}
  parameters: {{w: [7], u: scalar, g: [7], v: scalar}}
  functions: {{phi(z): 1 if z >= 0.5 else 0}}
  initial: {{m: 0, k: 0}}
  equations:
    k: phi(v*k[t-1] + g @ x[t])
    m: phi(u*m[t-1] + w @ x[t] - 3*k[t-1])
  output: m
behaviour:
  initial: {{first: 0, inside: 0}}
  equations:
    first: '(1 if x[t] == "T" else 0) if t == 2 else first[t-1]'
    inside: '1 if t == 2 else 0 if x[t] == "E" else inside[t-1]'
  output: first
checks:
  - {{name: behind the inner word, points: 2, when: 'x[t] == "E" and inside[t-1]'}}
  - {{name: at every other step, points: 1, when: 'not (x[t] == "E" and inside[t-1])'}}
known:
  the key: {{w: [0, 1, -1, 0, 0, 0, 0], u: 5, g: [0, 1, 1, 0, 0, 0, 0], v: 1, earns: 3}}
  takes the last T: {{w: [0, 1, -1, 0, 0, 0, 0], u: 1, g: [0, 0, 0, 0, 0, 0, 0], v: 1, earns: 0}}
"""

PARITY = """
question: parity
title: Whether the number of a is odd, said at the end
points: 1
answer: weights
network:
  inputs: {x: {symbols: {a: 1, b: 0, "#": -1}, words: "([ab]*#)?"}}
  parameters: {u: scalar, o1: scalar, o2: scalar, c: scalar, d: scalar, y0: scalar}
  functions: {phi(z): 1 if z >= 0.5 else 0}
  initial: {h: 0, y: y0}
  equations:
    one: phi(h[t-1] + u*relu(x[t]) + o1)
    two: phi(h[t-1] + u*relu(x[t]) + o2)
    h: phi(one[t] - two[t])
    y: phi(c*h[t] + d*x[t])
  output: y
behaviour:
  initial: {odd: 0}
  equations: {odd: 'odd[t-1] if x[t] != "a" else 1 - odd[t-1]'}
  output: odd
judge: {at: end, empty: true}
examples: {"aab#": 0, "ab#": 1, "": 0}
checks:
  - {name: is right at the end, points: 1}
known:
  the key: {u: 1, o1: 0, o2: -1, c: 2, d: 1, y0: 0, earns: 1}
  is silent before the end: {u: 1, o1: 0, o2: -1, c: 1, d: -1/2, y0: 0, earns: 0}
"""


def phi(z):
    return 1 if z >= 0.5 else 0


def dot(left, right):
    return sum(a * b for a, b in zip(left, right, strict=True))


@dataclass(frozen=True, eq=False)
class Case:
    """A question with its oracle: the state, the output, what is wanted and the lines, at first and after a symbol.

    `whole`: only whole words are judged, and only their last step.
    """

    text: str
    symbols: str
    pattern: str
    start: object
    step: object
    right: dict
    whole: bool = False

    @cached_property
    def words(self):
        """The words of up to LONGEST symbols that are judged, shortest first, in the order of the symbols."""
        if self.pattern == REBER_WORDS:
            inner = reber_words()
            beginnings = {word[:n] for word in inner for n in range(1, LONGEST + 1)}
            return sorted(beginnings, key=lambda word: (len(word), [self.symbols.index(s) for s in word]))
        every = ["".join(w) for n in range(LONGEST + 2) for w in itertools.product(self.symbols, repeat=n)]
        whole = {word for word in every if re.fullmatch(self.pattern, word)}
        counted = whole if self.whole else {word[:n] for word in whole for n in range(len(word) + 1)}
        return [word for word in every if word in counted and len(word) <= LONGEST]

    def shortest(self, weights, line):
        """The shortest judged word whose last step breaks a line; None where none of up to LONGEST steps does."""
        judged = set(self.words)
        level = [("", self.start(weights))]
        for _ in range(LONGEST + 1):
            following = []
            for word, (state, output, wanted, lines) in level:
                if word in judged and line in lines and output != wanted:
                    return word
                steps = ((word + symbol, self.step(weights, state, symbol)) for symbol in self.symbols)
                following += [step for step in steps if step[0] in self.beginnings]
            level = following
        return None

    @cached_property
    def beginnings(self):
        return {word[:n] for word in self.words for n in range(len(word) + 1)}

    def breaks(self, weights, line, word):
        found = self.start(weights)
        for symbol in word:
            found = self.step(weights, found[0], symbol)
        _, output, wanted, lines = found
        return line in lines and output != wanted


def brackets_start(weights):
    return (weights["h0"], 0, 0), weights["h0"], 0, (1,)


def brackets_step(weights, state, symbol):
    h, depth, _ = state
    x = {"a": (1, 1), "b": (-1, -1), "(": (1, 0), ")": (0, -1)}[symbol]
    opens, closes = phi(dot(weights["p"], x) + weights["p0"]), phi(dot(weights["q"], x) + weights["q0"])
    h = phi(weights["u"] * h + opens - closes)
    depth += (symbol == "(") - (symbol == ")")
    return (h, depth, 0), h, depth, (0,) if depth > 0 else (1,)


def reber_start(weights):
    return (0, 0, 0, False, 0), 0, 0, ()


def reber_step(weights, state, symbol):
    m, k, first, inside, t = state
    t, at = t + 1, "BTPSXVE".index(symbol)
    m = phi(weights["u"] * m + weights["w"][at] - 3 * k)
    k = phi(weights["v"] * k + weights["g"][at])
    first = int(symbol == "T") if t == 2 else first
    lines = (0,) if symbol == "E" and inside else (1,)
    return (m, k, first, t == 2 or (inside and symbol != "E"), t), m, first, lines


def parity_start(weights):
    return (0, 0), weights["y0"], 0, (0,)


def parity_step(weights, state, symbol):
    h, odd = state
    x = {"a": 1, "b": 0, "#": -1}[symbol]
    z = h + weights["u"] * max(x, 0)
    h = phi(phi(z + weights["o1"]) - phi(z + weights["o2"]))
    odd = odd ^ (symbol == "a")
    return (h, odd), phi(weights["c"] * h + weights["d"] * x), odd, (0,)


@cache
def reber_words(longest=13):
    """All words of the embedded grammar of up to so many symbols, drawn from its graph."""
    edges = {1: "T2 P3", 2: "S2 X4", 3: "T3 V5", 4: "X3 S6", 5: "P4 V6", 6: "E7"}
    found, todo = [], [("B", 1)]
    while todo:
        word, state = todo.pop()
        if state == 7:
            found += [f"B{around}{word}{around}E" for around in "TP"]
        elif len(word) < longest - 4:
            todo += [(word + edge[0], int(edge[1])) for edge in edges[state].split()]
    return sorted(found)


CASES = {
    "brackets": Case(
        BRACKETS,
        "ab()",
        "([ab]*[(][ab]*[)])*[ab]*",
        brackets_start,
        brackets_step,
        {"p": (2, -1), "p0": -1, "q": (1, -2), "q0": -1, "u": 1, "h0": 0},
    ),
    "reber": Case(
        REBER,
        "BTPSXVE",
        REBER_WORDS,
        reber_start,
        reber_step,
        {"w": (0, 1, -1, 0, 0, 0, 0), "u": 5, "g": (0, 1, 1, 0, 0, 0, 0), "v": 1},
    ),
    "parity": Case(
        PARITY,
        "ab#",
        "([ab]*#)?",
        parity_start,
        parity_step,
        {"u": 1, "o1": 0, "o2": -1, "c": 2, "d": 1, "y0": 0},
        whole=True,
    ),
}


def answers(case, count, seed=5):
    """The right weights first, then others in which one to three numbers are moved."""
    rng = random.Random(seed)
    yield case.right
    for _ in range(count):
        weights = {name: list(value) if isinstance(value, tuple) else [value] for name, value in case.right.items()}
        for _ in range(rng.randint(1, 3)):
            row = weights[rng.choice(list(weights))]
            row[rng.randrange(len(row))] += rng.choice([0.5, 1, 2]) * rng.choice([-1, 1])
        yield {
            name: tuple(weights[name]) if isinstance(value, tuple) else weights[name][0]
            for name, value in case.right.items()
        }
