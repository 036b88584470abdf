"""Hypothesis strategies for the sets of inputs that specs are written in, for tests by hand.

from hypothesis import given
from grader import strategies

@given(strategies.arguments(g="vector(1..8, real(-10..10))", c="one of 0.5, 1, 5"))
def test_a_clipped_gradient_is_short(case):
    assert np.linalg.norm(clip(**case)) <= case["c"] * (1 + 1e-9)
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from grader.answers.python_values import node_of
from grader.documents import FieldError
from grader.engines.corpus import symbol_strategy
from grader.engines.corpus import words as words_for
from grader.errors import SourceLocation, SpecError
from grader.inputs.argument_types import TorchTensor
from grader.inputs.cases import cases
from grader.inputs.drawn_values import Seed, Table
from grader.inputs.input_set import InputSet
from grader.inputs.read import read_set
from grader.machines.alphabet import Alphabet, Channel
from grader.spec.symbols import read_input

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from grader.spec.question import Question

DEFAULT_MAX_STEPS = 20
"""Steps of an input of `words` for inputs that no question bounds."""


def values(one: str) -> SearchStrategy[Any]:
    """Members of one set, as a function would get them: numbers, text, lists, NumPy arrays, generators.

    >>> from hypothesis import find
    >>> find(values("sequence(2..4, integer(3..9))"), lambda x: True)
    [3, 3]

    Raises:
        SpecError: if the text is no set of inputs.
    """
    return arguments(value=one).map(lambda case: case["value"])


def arguments(**sets: object) -> SearchStrategy[dict[str, Any]]:
    """Arguments by name; a set may speak of those before it, and is written as in a spec.

    >>> from hypothesis import find
    >>> find(arguments(n="integer(2..4)", x="vector(n, bit)"), lambda case: True)
    {'n': 2, 'x': array([0., 0.])}

    Raises:
        SpecError: if one of them is no set of inputs.
    """
    read = {name: _read(name, text) for name, text in sets.items()}
    return cases(read).map(lambda case: {name: _made(name, value, read[name]) for name, value in case.items()})


def words(inputs: Question | Mapping[str, object], longest: int | None = None) -> SearchStrategy[str]:
    """Inputs of a network, as text: those of a weights question, or `{"x": "bit"}`.

    Those of a question are drawn as the grader draws them: also in runs, and steered by what is wanted.

    >>> from hypothesis import find
    >>> find(words({"x": "bit"}), lambda word: word.count("1") == 2)
    '11'

    Raises:
        SpecError: for a question of another kind, or inputs that are not understood.
    """
    from hypothesis import strategies as st

    if isinstance(inputs, Mapping):
        alphabet = _alphabet(inputs)
        drawn = st.lists(symbol_strategy(alphabet), min_size=1, max_size=longest or DEFAULT_MAX_STEPS)
        return drawn.map(lambda word: alphabet.show_word(alphabet.fitted(word, longest)))
    from grader.kinds.weights.question import WeightsQuestion

    if not isinstance(inputs, WeightsQuestion):
        raise SpecError(f"{inputs.id} is no weights question: its inputs are no words")
    question = inputs
    behaviour = question.specification.machine()
    most = min(filter(None, (longest, question.budget.bounds.length)), default=None)
    allowed = words_for(question.alphabet, question.specification, most).filter(
        lambda word: all(question.specification.allows(step) for step in behaviour.run(word))
    )
    return allowed.map(question.alphabet.show_word)


def _read(name: str, text: object) -> InputSet:
    try:
        return read_set(node_of(text, SourceLocation(name)))
    except FieldError as error:
        raise SpecError(f"{name}: {error}") from None


def _made(name: str, value: Any, one: InputSet) -> Any:
    """A drawn value as a function in this process would get it."""
    if isinstance(value, Table):
        return Supplied(name, value)
    if isinstance(value, Seed):
        import numpy as np

        return np.random.default_rng(value.seed)
    return _in_process(name, one.argument(value))


def _in_process(name: str, value: Any) -> Any:
    """A value for a function in this process, with real tensors."""
    if isinstance(value, TorchTensor):
        try:
            torch = importlib.import_module("torch")
        except ImportError:
            raise SpecError(f"{name}: tensors need torch: run pip install torch") from None
        tensor = torch.from_numpy(value.array.copy())
        return tensor.requires_grad_() if value.requires_grad else tensor
    if isinstance(value, list | tuple):
        return type(value)(_in_process(name, item) for item in value)
    return {key: _in_process(name, item) for key, item in value.items()} if isinstance(value, dict) else value


class Supplied:
    """A drawn function, known by its table."""

    def __init__(self, name: str, table: Table) -> None:
        self._name = name
        self._table = table

    def __call__(self, *given: Any) -> Any:
        return self._table.rows[given]

    def __repr__(self) -> str:
        return f"<{self._name}({', '.join(self._table.parameters)}): {dict(self._table.rows)}>"


def _alphabet(inputs: Mapping[str, object]) -> Alphabet:
    channels: dict[str, Channel] = {}
    for name, one in inputs.items():
        try:
            channels[name] = read_input(node_of(one, SourceLocation(name)))
        except FieldError as error:
            raise SpecError(f"{name}: {error}") from None
    return Alphabet(channels)
