"""One case against one line: right, wrong and why, or not what the line is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.errors import SpecError
from grader.inputs.drawn_values import Case
from grader.inputs.outputs import Output
from grader.kinds.function.case_answers import CaseAnswer, unasked
from grader.kinds.function.forms import Misfit, misfit
from grader.kinds.function.line_plan import JudgedCase, LinePlan
from grader.kinds.function.mismatch import Mismatch
from grader.kinds.function.objects import script_text
from grader.kinds.function.parts import OutputPath, OutputPaths, in_order, part_with_form
from grader.kinds.function.properties import OUTPUT_NAME
from grader.kinds.function.question import Signature
from grader.kinds.function.references import Wanted, as_plain
from grader.kinds.function.values import as_value, show
from grader.language.arithmetic import EvaluationError
from grader.sandbox import BadValue, FunctionCall, Raised, Reply, Returned

UNASKED_RANK = 2
"""The rank of a call that was never made, or cut short by the end of a round."""

OBSERVED_RANK = 1
"""The rank of a failure that only a watched run shows: there is nothing to shrink it by."""


def mismatch(wanted: str, answer: CaseAnswer, more: str = "") -> Mismatch:
    """An answer that is not what was wanted."""
    return Mismatch(wanted, answer.text(), f"gave {answer.text()}{more}; wanted: {wanted}")


@dataclass
class NestedAnswers:
    """The answers to the calls inside a property, by slot; `mismatch`: what is wrong where one of them gave none."""

    values: dict[str, Any] = field(default_factory=dict)
    mismatch: Mismatch | None = None


def values_for(
    inputs: Mapping[str, Any], line: LinePlan, answer: CaseAnswer, nested: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything that the line's expressions may name."""
    values = {**inputs, OUTPUT_NAME: answer.value, **nested}
    for name, (function, place) in line.group.fed.items():
        observed = answer.reply.observed if isinstance(answer.reply, Returned) else ()
        values[name] = as_value([as_plain(o.args[place]) for o in observed if o.name == function])
    return values


def misformed(
    line: LinePlan, answer: CaseAnswer, arguments: Mapping[str, Any], form: Output | None, paths: OutputPaths
) -> Mismatch | None:
    """What is wrong with the form of an output, where the line speaks of it; None: nothing, or no output came.

    `paths`: the parts of it that the line speaks of.

    Raises:
        SpecError: for sizes that cannot be worked out from the arguments.
    """
    if not line.names_output or not isinstance(answer.reply, Returned) or (form is None and line.weighs_length):
        return None
    try:
        if form is not None and paths:
            return _misformed_part(answer.reply.value, form, arguments, paths, stated=line.returns is not None)
        found = misfit(answer.reply.value, answer.value, form, arguments)
    except EvaluationError as error:
        raise SpecError(f"{line.check.name!r}: `returns` cannot be worked out: {error}") from None
    return None if found is None else _misfitting(found, OUTPUT_NAME)


def _misfitting(found: Misfit, part: str) -> Mismatch:
    """A part of an output (`out[1]`) that has another form than a right one."""
    name = f"{part}{found.place}"
    place = "" if name == OUTPUT_NAME else f" as {name}"
    return Mismatch(found.wanted, found.came, f"returned {found.came}{place}, where {found.wanted} is wanted")


def _misformed_part(
    given: Any, form: Output, arguments: Mapping[str, Any], paths: frozenset[OutputPath], *, stated: bool
) -> Mismatch | None:
    """What is wrong with the form of the parts that a line speaks of, and with the number of parts there are."""
    for path in in_order(paths):
        part = part_with_form(given, form, path, arguments, stated=stated)
        found = misfit(part.value, as_value(part.value), part.form, arguments)
        if found is not None:
            return _misfitting(found, part.name)
    return None


def mismatch_of_case(
    line: LinePlan,
    answer: CaseAnswer,
    values: Mapping[str, Any],
    call: FunctionCall,
    wanted: Wanted | None,
    misfit: Mismatch | None = None,
) -> Mismatch | None:
    """None where the case is right; `misfit`: what is wrong with the output's form, or with a nested call."""
    right = None
    if line.aim.wants_value:
        if not isinstance(answer.reply, Returned):
            return no_answer(answer, call)
        if answer.again is not None and (other := answer.other()) is not None:
            return nondeterministic("gave", answer, other)
        right = None if wanted is None else line.right_part(wanted, values)
        if misfit is not None:
            return misfit
    return line.mismatch(JudgedCase(call, answer, values, wanted, right))


def nondeterministic(verb: str, answer: CaseAnswer, other: CaseAnswer) -> Mismatch:
    """Two answers to the same call that differ."""
    sentence = f"{verb} {answer.text()}, and {other.text()} when it was called again with the same arguments"
    return Mismatch("the same answer to the same call", other.text(), sentence)


def no_answer(answer: CaseAnswer, call: FunctionCall) -> Mismatch:
    """A call that came to nothing."""
    reply, text = answer.reply, f"{answer.text()}{_how_called(answer.reply, call)}"
    verb = "raised " if isinstance(reply, Raised) else "gave no answer: "
    rank = UNASKED_RANK if unasked(reply) else 0 if isinstance(reply, Raised | BadValue) else 1
    return Mismatch("an answer", text, f"{verb}{text}", rank)


def _how_called(reply: Reply, call: FunctionCall) -> str:
    """How arguments are given, where a function does not take them so: the exception is of no line of its own."""
    if not isinstance(reply, Raised) or reply.type_name != "TypeError" or reply.traceback_lines or call.script:
        return ""
    count = len(call.args)
    return f" (it is called with {count} argument{'s' * (count != 1)}, by place and not by name)"


def nested_call_failed(answer: CaseAnswer, call: FunctionCall) -> Mismatch:
    """A call inside a property that came to nothing."""
    return against(call, no_answer(answer, call))


def against(call: FunctionCall, wrong: Mismatch) -> Mismatch:
    """What is wrong with the answer to a call inside a property, for the case that asked for it."""
    text = f"{call.function}({', '.join(map(show, call.args))})"
    return Mismatch(wrong.wanted, wrong.got, f"is held against {text}, which {wrong.sentence}", wrong.rank)


def call_text(signature: Signature, case: Case, paths: OutputPaths = None) -> str:
    """The call as the student would write it, and the inputs that the line has besides.

    Of the steps on an object, those up to the last that a line speaks of (None: all), and the inputs that they take.
    """
    parameters = signature.parameters
    if signature.script is not None:
        script = signature.script.up_to([path[0] for path in paths or ()])
        taken = [parameters[number] for number in script.numbers()]
        taken += [name for name in case if name not in parameters]
        shown = ", ".join(f"{name}={show(case[name])}" for name in taken)
        return f"{script_text(signature.name, script, parameters)} with {shown}"
    arguments = ", ".join(f"{name}={show(case[name])}" for name in parameters)
    besides = ", ".join(f"{name}={show(value)}" for name, value in case.items() if name not in parameters)
    return f"{signature.name}({arguments})" + (f" with {besides}" if besides else "")
