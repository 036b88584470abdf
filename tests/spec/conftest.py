"""A sound question, ways to spoil it, and where the message must point."""

from pathlib import Path

import pytest

from grader.errors import SpecError
from grader.kinds.table import load_assignment

SOUND = """\
question: q
title: A title
points: 3
prompt: Do it.
answer: weights
network:
  inputs: {x: bit}
  parameters: {W1: scalar, b: [2]}
  functions: {phi(z): 1 if z >= 0.5 else 0}
  initial: {h: 1}
  equations:
    h: phi(W1*h[t-1] + x[t])
    y: h[t] + b[0]
  output: y
behaviour:
  initial: {alive: 1}
  equations: {alive: "alive[t-1] and x[t]"}
  output: alive
accept: y == expected
assume: x[t] >= 0
length: 9
reference: reference.latch
examples: {110: 110}
checks:
  - {name: first, points: 1, when: "alive[t]"}
  - {name: second, points: 2}
credit: ladder
known:
  one: {W1: 1, b: [0, 0], earns: 3, say: Hello., reading: other}
readings:
  - name: other
    initial: {h: 0}
budget: {states: 100, samples: 10, seed: 1}
"""

MARK = "«"
"""Stands before the character that a message must point at."""


@pytest.fixture(scope="session")
def sound():
    return SOUND


@pytest.fixture
def folder(tmp_path):
    return tmp_path


@pytest.fixture
def load_text(folder):
    """The question in a text; raises what loading it raises."""

    def load(text, name="q.yaml"):
        path = folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_assignment(path).questions[0]

    return load


@pytest.fixture
def problems_of(load_text):
    """The lines of the error that a text is refused with."""

    def problems(text):
        with pytest.raises(SpecError) as caught:
            load_text(text)
        assert str(caught.value) == "\n".join(map(str, caught.value.problems))
        return [str(problem) for problem in caught.value.problems]

    return problems


@pytest.fixture
def problems_by_question():
    """The sound text with one part replaced, and the `line:column` of each mark in it."""

    def spoil(*changes):
        text = SOUND
        for old, new in changes:
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the sound text"
            text = text.replace(old, new)
        places = []
        while (at := text.find(MARK)) >= 0:
            text = text.replace(MARK, "", 1)
            before = text[:at]
            places.append(f"{before.count(chr(10)) + 1}:{at - before.rfind(chr(10))}")
        return text, places

    return spoil


@pytest.fixture(scope="session")
def course():
    return Path(__file__).parents[2]
