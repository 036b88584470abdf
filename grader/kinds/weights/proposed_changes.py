"""Changes of a spec that the verdicts on nearly right networks call for, as YAML that was loaded and tried first.

A proposal is made only where the spec with it can be read, every known answer still earns what it claims, and the
proposal does what it says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from flint import fmpq

from grader.documents import MappingNode, yaml_key
from grader.errors import HarnessError, SubmissionError
from grader.kinds.mutants import Mutant, MutantVerdict
from grader.kinds.proposals import loaded_with
from grader.kinds.weights.behaviours import NetworkBehaviour
from grader.kinds.weights.exact_texts import exact_text, values_in_lines
from grader.kinds.weights.question import WeightsQuestion
from grader.kinds.weights.recognise import recognised
from grader.kinds.weights.right_networks import answer_of
from grader.kinds.weights.score import marked_weights
from grader.machines.system import DefinitionError

MAX_TRIED_SURVIVORS = 12
"""Networks that lose nothing, and that have to lose something under a proposal."""


def proposed_known(question: WeightsQuestion, verdict: MutantVerdict, say: str) -> str:
    """A known answer that names the mistake of a mutant; empty where it would not be recognised, or not earn that."""
    name = _free_name(question, verdict.mutant)
    values = ", ".join(values_in_lines(verdict.mutant.answer))
    fields = f"{{{values}, earns: {verdict.points}, say: {json.dumps(say, ensure_ascii=False)}}}"
    text = f"known:\n  {yaml_key(name)}:\n    {fields}\n"

    def names_it(changed: WeightsQuestion) -> bool:
        answer = answer_of(changed, verdict.mutant.answer)
        marked = marked_weights(answer.question, answer.values)
        known = recognised(changed, marked.machine)
        return marked.result.points == verdict.points and known is not None and known.name == name

    return text if _holds(question, text, names_it) else ""


def proposed_line(question: WeightsQuestion, survivors: Sequence[Mutant]) -> str:
    """A rubric line that is also about the steps that none is about, so that all of these networks lose something.

    The line with the most points for which this leaves every known answer its marks; empty where there is none.
    """
    checks = question.source.lookup("checks")
    whens = {number: checks[number].lookup("when") for number, line in enumerate(question.rubric) if line.points}
    if None in whens.values():
        return ""
    for number in sorted(whens, key=lambda number: -question.rubric[number].points):
        others = " or ".join(f"({when})" for other, when in whens.items() if other != number)
        wider = f"({whens[number]}) or not ({others})" if others else ""
        lines = [_line(each, wider if i == number else str(each.lookup("when") or "")) for i, each in enumerate(checks)]
        text = "checks:\n" + "".join(f"  - {{{each}}}\n" for each in lines)
        if _holds(question, text, lambda changed: _all_lose(changed, survivors)):
            return text
    return ""


def proposed_accept(question: WeightsQuestion, survivors: Sequence[Mutant], right: Sequence[Any]) -> str:
    """A narrower `accept` under which all of these networks lose something; `right` are outputs of a right answer."""
    output = question.output_name
    conditions = [f"{output} == expected"]
    numbers = sorted({value for value in right if isinstance(value, fmpq)})
    if gaps := [after - before for before, after in pairwise(numbers)]:
        conditions.insert(0, f"abs({output} - expected) < {exact_text(min(gaps) / 2)}")
    for condition in conditions:
        text = f"accept: {condition}\n"
        if _holds(question, text, lambda changed: _all_lose(changed, survivors)):
            return text
    return ""


def in_words(question: WeightsQuestion, behaviour: NetworkBehaviour) -> str:
    """What a network does, to whoever handed it in; empty where nothing simple is true of it."""
    rows = behaviour.machine.rows
    labels = {step.label for row in rows for step in row if step is not None} - {None}
    if len(labels) == 1:
        return "Your output is always the same, whatever comes in."
    if question.budget.bounds.length == 1:
        return ""
    if all(len({step for step in row if step is not None}) <= 1 for row in rows):
        return "Your output changes with time alone, whatever comes in: see how the input reaches it."
    if not behaviour.machine.remembers:
        return "Your output depends on the present input alone: see how what came before is carried on."
    return ""


def _free_name(question: WeightsQuestion, mutant: Mutant) -> str:
    taken = {known.name for known in question.known}
    names: Iterator[str] = (f"{mutant.change}{f' ({i})' if i else ''}" for i in range(len(taken) + 1))
    return next(name for name in names if name not in taken)


def _line(line: MappingNode, when: str) -> str:
    """A rubric line as it was written, with this condition (empty: none)."""
    fields = {str(key): str(value) for key, value in line.items() if key != "when"}
    fields |= {"when": when} if when else {}
    quoted = {key: value if key == "points" else json.dumps(value, ensure_ascii=False) for key, value in fields.items()}
    return ", ".join(f"{key}: {value}" for key, value in quoted.items())


def _holds(question: WeightsQuestion, text: str, does: Callable[[WeightsQuestion], bool]) -> bool:
    """Whether the question with these keys can be read, its known answers earn what they claim, and it does this."""
    try:
        changed = loaded_with(question, text, question.path)
        return changed is not None and _keeps_known(changed) and does(changed)
    except (SubmissionError, DefinitionError, HarnessError):
        return False


def _keeps_known(question: WeightsQuestion) -> bool:
    marked = ((known, marked_weights(question.in_form(known.form), known.values)) for known in question.known)
    return all(judged.result.points == known.earns for known, judged in marked)


def _all_lose(question: WeightsQuestion, survivors: Sequence[Mutant]) -> bool:
    for mutant in survivors[:MAX_TRIED_SURVIVORS]:
        answer = answer_of(question, mutant.answer)
        result = marked_weights(answer.question, answer.values).result
        if result.points == result.max_points:
            return False
    return True
