"""The right answers of a weights question, and answers as plain data that can be handed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from grader.answers.python_values import node_of
from grader.errors import SourceLocation
from grader.kinds.weights.answer import AnswerInForm, weights_of
from grader.kinds.weights.changes import WeightsInForm
from grader.kinds.weights.exact_texts import exact_text
from grader.kinds.weights.handed_in import form_of_answer
from grader.kinds.weights.question import WeightsQuestion
from grader.kinds.weights.score import judged_weights
from grader.language.arrays import Array, Value, entries


class RightNetwork(NamedTuple):
    """An answer of the spec's own that is right, and what it is called."""

    name: str
    given: WeightsInForm


def right_answers(question: WeightsQuestion) -> list[RightNetwork]:
    """The known answers on which no line breaks, and the weights of the reference where it has any that are right.

    What no answer of a student could be is left out: values that the question forbids.
    """
    found = [
        RightNetwork(known.name, WeightsInForm(known.form, known.values))
        for known in question.known
        if known.earns == question.points
    ]
    if question.reference and (given := _of_reference(question)) is not None:
        found.append(RightNetwork("the reference", given))
    return [answer for answer in found if _is_right(question, answer.given)]


def _of_reference(question: WeightsQuestion) -> WeightsInForm | None:
    from grader.kinds.weights.spec_reference import in_its_form, reference_values
    from grader.spec.course import load_reference

    try:
        module = load_reference(question.reference, question.path)
        formed = in_its_form(module, question)
        return WeightsInForm(formed.form, reference_values(module, formed))
    except Exception:  # the course's own code: a spec check says what is wrong with it
        return None


def _is_right(question: WeightsQuestion, given: WeightsInForm) -> bool:
    formed = question.in_form(given.form)
    for name, parameter in formed.parameters.items():
        if parameter.allowed is not None and not set(entries(given.values[name])) <= set(parameter.allowed):
            return False
    findings = judged_weights(formed, given.values).findings
    return not findings.broken and not findings.undecided


def as_handed_in(given: WeightsInForm, texts: dict[Any, str]) -> dict[str, Any]:
    """What a student would write for this answer: functions by their menus, numbers exactly."""

    def text(value: Value) -> Any:
        if isinstance(value, Array):
            return [text(value.item(i)) for i in range(value.shape[0])]
        key = value.p, value.q
        return texts.get(key) or texts.setdefault(key, exact_text(value))

    return {**dict(given.form.choices), **{name: text(value) for name, value in given.values.items()}}


def answer_of(question: WeightsQuestion, plain: Mapping[str, Any]) -> AnswerInForm:
    """The answer of a mutant, read as a student's is.

    Raises:
        SubmissionError: if it cannot be handed in.
    """
    content = node_of(plain, SourceLocation(""))
    chosen = form_of_answer(question.forms, question.parameters, content, [])
    formed = question.in_form(chosen.form)
    return AnswerInForm(formed, weights_of(chosen.content, formed.parameters), {})
