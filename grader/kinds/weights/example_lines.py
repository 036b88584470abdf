"""Inputs as `examples` of a spec: each with the outputs of the behaviour, as the prompt may promise them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.documents import yaml_key
from grader.kinds.weights.question import WeightsQuestion
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import ShapeError
from grader.machines.alphabet import read_outputs, show_outputs


def example_lines(question: WeightsQuestion, inputs: Sequence[str]) -> list[str]:
    """A line of `examples` for each of these inputs that can be read as one, and is none yet."""
    return [line for text in inputs for line in _line(question, text)]


def _line(question: WeightsQuestion, text: str) -> Iterator[str]:
    machine, specification = question.specification.machine(), question.specification
    try:
        word = question.alphabet.read_word(text)
        if any(example.word == word for example in question.examples):
            return
        steps = machine.answers(word)
        outputs = [step.output for step in steps]
        shown = show_outputs(outputs)
        is_read = word and read_outputs(shown, len(word)) == tuple(outputs)
        if is_read and all(map(specification.allows, machine.run(word))) and specification.counts(steps[-1]):
            yield f"{yaml_key(text)}: {yaml_key(shown)}"
    except (ValueError, EvaluationError, ShapeError):
        return
