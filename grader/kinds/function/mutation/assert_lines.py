"""Inputs as assert statements, for tests that are written by hand: each call with what a right answer gives for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from grader.kinds.function.code_runner import RunnerPool
from grader.kinds.function.mutation.judge import CodeMutantJudge, SmallInput
from grader.kinds.function.mutation.right_answers import opened, usual_limits
from grader.kinds.function.score import FunctionScorer
from grader.language.arrays import Array
from grader.sandbox import Returned

MAX_ASSERT_CHARACTERS = 200
"""Of one statement."""


def assert_lines(judge: CodeMutantJudge, inputs: Sequence[str], pool: RunnerPool) -> list[str]:
    """An assert for each of these inputs that can be written as a call with plain values, each call once."""
    wanted = {one.text: one for one in judge.small_inputs}
    rights = [one.right for one in judge.tried if not one.problem]
    chosen = [wanted[text] for text in inputs if text in wanted]
    if not rights or not chosen or judge.question.signature.script is not None:
        return []
    with opened(pool, rights[0].answer, usual_limits(judge.question)) as runner:
        scorer = FunctionScorer(judge.question, runner, shrink=False)
        return list(dict.fromkeys(line for one in chosen for line in _line(judge, scorer, one)))


def _line(judge: CodeMutantJudge, scorer: FunctionScorer, one: SmallInput) -> Iterator[str]:
    answer = scorer.function_answers.answers(one.group)[one.case]
    if not isinstance(answer.reply, Returned):
        return
    case, signature = one.group.cases[one.case], judge.question.signature
    arguments = [(name, _python(case[name])) for name in signature.parameters]
    value = _python(answer.value)
    if value is None or any(text is None for _, text in arguments):
        return
    call = f"{signature.name}({', '.join(f'{name}={text}' for name, text in arguments)})"
    exact = isinstance(answer.value, str | bool | int)
    line = f"assert {call} == {value}" if exact else f"assert np.allclose({call}, {value})"
    if len(line) <= MAX_ASSERT_CHARACTERS:
        yield line


def _python(value: Any) -> str | None:
    """A value as it is written in Python; None of what is no number, text, or array or list of numbers."""
    if isinstance(value, Array):
        value = np.array(list(value.entries)).reshape(value.shape)
    if isinstance(value, np.ndarray):
        return f"np.array({value.tolist()!r})" if value.dtype.kind in "bif" and np.isfinite(value).all() else None
    if isinstance(value, np.generic):
        return _python(value.item())
    if isinstance(value, list | tuple):
        parts = [_python(part) for part in value]
        return None if None in parts else repr(value)
    if isinstance(value, float):
        return repr(value) if np.isfinite(value) else None
    return repr(value) if isinstance(value, str | bool | int) else None
