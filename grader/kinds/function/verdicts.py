"""One case against one line: right, wrong and why, or not what the line is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.errors import SpecError
from grader.inputs.drawn_values import Case
from grader.inputs.outputs import Output
from grader.kinds.function.call_check import CallCheck
from grader.kinds.function.case_answers import CaseAnswer, unasked
from grader.kinds.function.differences import Difference, first_difference
from grader.kinds.function.forms import Misfit, misfit
from grader.kinds.function.mismatch import Mismatch as Mismatch
from grader.kinds.function.objects import script_text
from grader.kinds.function.parts import OutputPath, OutputPaths, in_order, part_with_form
from grader.kinds.function.plan import LinePlan
from grader.kinds.function.properties import OUTPUT_NAME
from grader.kinds.function.question import Aim, Equals, Feeds, Holds, Pure, Signature
from grader.kinds.function.references import Wanted, as_plain
from grader.kinds.function.values import as_value, has_nan, identical, same, show
from grader.language.arithmetic import EvaluationError
from grader.sandbox import (
    BadValue,
    FunctionCall,
    Observation,
    Raised,
    Returned,
)

UNASKED_RANK = 2
"""The rank of a call that was never made, or cut short by the end of a round."""


OBSERVED_RANK = 1
"""The rank of a failure that only a watched run shows: there is nothing to shrink it by."""


OBSERVED_TOLERANCES = 1e-9, 1e-12
"""Relative and absolute: how far answers to one call may lie apart that were rounded in two processes."""


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
    aim: Aim,
    answer: CaseAnswer,
    values: Mapping[str, Any],
    call: FunctionCall,
    wanted: Wanted | None,
    tolerances: tuple[float, float],
    mismatch: Mismatch | None = None,
) -> Mismatch | None:
    """None where the case is right; `mismatch`: what is wrong with the output's form, or with a nested call."""
    reply = answer.reply
    if isinstance(aim, CallCheck) and not aim.wants_value:
        return aim.mismatch(call, answer)
    if not isinstance(reply, Returned):
        return no_answer(answer)
    if answer.again is not None and (other := answer.other()) is not None:
        return nondeterministic("gave", answer, other)
    right = _right_part(line, aim, values, wanted) if isinstance(aim, Equals) and wanted is not None else None
    if mismatch is not None:
        return mismatch
    if isinstance(aim, Holds):
        return _holds(line, aim, answer, values, wanted)
    if isinstance(aim, Pure):
        return _pure(reply, call)
    if isinstance(aim, CallCheck):
        return aim.mismatch(call, answer)
    assert wanted is not None
    if isinstance(aim, Feeds):
        return _feeds(reply, wanted)
    assert isinstance(aim, Equals)
    return _equals(line, aim, answer, values, right, tolerances)


def nondeterministic(verb: str, answer: CaseAnswer, other: CaseAnswer) -> Mismatch:
    """Two answers to the same call that differ."""
    sentence = f"{verb} {answer.text()}, and {other.text()} when it was called again with the same arguments"
    return Mismatch("the same answer to the same call", other.text(), sentence)


def no_answer(answer: CaseAnswer) -> Mismatch:
    """A call that came to nothing."""
    reply, text = answer.reply, answer.text()
    verb = "raised " if isinstance(reply, Raised) else "gave no answer: "
    rank = UNASKED_RANK if unasked(reply) else 0 if isinstance(reply, Raised | BadValue) else 1
    return Mismatch("an answer", text, f"{verb}{text}", rank)


def nested_call_failed(answer: CaseAnswer, call: FunctionCall) -> Mismatch:
    """A call inside a property that came to nothing."""
    return against(call, no_answer(answer))


def against(call: FunctionCall, wrong: Mismatch) -> Mismatch:
    """What is wrong with the answer to a call inside a property, for the case that asked for it."""
    text = f"{call.function}({', '.join(map(show, call.args))})"
    return Mismatch(wrong.wanted, wrong.got, f"is held against {text}, which {wrong.sentence}", wrong.rank)


def _pure(reply: Returned, call: FunctionCall) -> Mismatch | None:
    for before, after in zip(call.args, reply.arguments_after or (), strict=False):
        if after is not None and not identical(as_value(before), as_value(after)):
            was, now = show(before), show(after)
            return Mismatch(f"the argument left as {was}", now, f"changed its argument from {was} to {now}")
    return None


def _right_part(line: LinePlan, aim: Equals, values: Mapping[str, Any], wanted: Wanted) -> Any:
    """The reference's output, or the part of it that the line names.

    Raises:
        SpecError: where the reference's output has no such part.
    """
    if line.part is None:
        return wanted.value
    try:
        return line.part({**values, OUTPUT_NAME: wanted.value})
    except EvaluationError as error:
        text = f"{aim.text} of the reference's output {show(wanted.value)}"
        raise SpecError(f"{line.check.name!r}: {text}: {error}") from None


def impure(
    answer: CaseAnswer, call: FunctionCall, seen: Observation | None, tolerances: tuple[float, float]
) -> Mismatch | None:
    """What is wrong with a call that claims to leave its arguments as they were, by an observation of its child.

    `tolerances`: those of the line, of which wider ones than those of all observations hold.

    Raises:
        AssertionError: where the call returned nothing, which is wrong already.
    """
    assert isinstance(answer.reply, Returned)
    kept = f"the arguments left as {show(list(call.args))}"
    if seen is None or not seen.returned:
        sentence = "could not be seen to leave its arguments as they were: it did not come back while it was watched"
        return Mismatch(kept, "no answer", sentence, OBSERVED_RANK)
    if not seen.unchanged:
        return Mismatch(kept, "other arguments", "changed its arguments, whatever it says of them", OBSERVED_RANK)
    rtol, atol = map(max, OBSERVED_TOLERANCES, tolerances)
    if not same(as_value(seen.value), answer.value, rtol, atol, nan=True):
        text = show(as_value(seen.value))
        sentence = f"gave {answer.text()}, and {text} while its arguments were watched"
        return Mismatch("the same answer to the same call", text, sentence, OBSERVED_RANK)
    return None


def _equals(
    line: LinePlan,
    aim: Equals,
    answer: CaseAnswer,
    values: Mapping[str, Any],
    right: Any,
    tolerances: tuple[float, float],
) -> Mismatch | None:
    """The whole output against the reference's, or the part of both that the line names."""
    if line.part is None:
        if same(answer.value, right, *tolerances, line.check.nan):
            return None
        difference = first_difference(answer.value, right, *tolerances, line.check.nan)
        return _differing(difference, OUTPUT_NAME) if difference else mismatch(show(right), answer)
    text = f"{aim.text} == {show(right)}"
    try:
        got = line.part(values)
    except EvaluationError as error:
        return mismatch(text, answer, f" ({error})")
    if same(got, right, *tolerances, line.check.nan):
        return None
    if isinstance(answer.value, dict):
        whole = Difference("", got, right)
        return _differing(first_difference(got, right, *tolerances, line.check.nan) or whole, aim.text)
    return mismatch(text, answer)


def _differing(difference: Difference, part: str) -> Mismatch:
    """An output that is wrong in one place, which is all that is shown of it."""
    name = f"{part}{difference.place}"
    wanted, got = show(difference.wanted), show(difference.got)
    return Mismatch(f"{name} == {wanted}", f"{name} == {got}", f"gave {got} as {name}; wanted: {wanted}")


def _feeds(reply: Returned, wanted: Wanted) -> Mismatch | None:
    for name, calls in wanted.fed.items():
        fed = tuple(tuple(as_plain(a) for a in o.args) for o in reply.observed if o.name == name)
        if fed != calls:
            was, now = show(_bare(calls)), show(_bare(fed))
            return Mismatch(was, now, f"called {name} with {now}; wanted: {was}")
    return None


def _bare(calls: Sequence[tuple[Any, ...]]) -> list[Any]:
    return [call[0] if len(call) == 1 else call for call in calls]


def _holds(
    line: LinePlan, aim: Holds, answer: CaseAnswer, values: Mapping[str, Any], wanted: Wanted | None
) -> Mismatch | None:
    rule = line.property
    if line.records and not line.records.as_long_as_right_ones(values, wanted):
        rule = line.strict
    assert rule is not None
    for name in rule.answers:
        if not line.check.nan and has_nan(values.get(name)):
            return mismatch(aim.text.strip(), answer)
    try:
        if rule.truth.holds(values):
            return None
    except EvaluationError as error:
        return mismatch(aim.text.strip(), answer, f" ({error})")
    return None if rule.exactly(values) else mismatch(aim.text.strip(), answer)


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
