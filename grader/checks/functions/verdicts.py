"""One case against one line: right, wrong and why, or not what the line is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from grader.checks.functions.plan import LinePlan, fed_names
from grader.checks.functions.properties import OUT
from grader.checks.functions.references import Wanted, as_plain
from grader.checks.functions.values import as_value, has_nan, identical, same, show
from grader.errors import SpecError
from grader.inputs.sets import Case
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import Array
from grader.sandbox import BadValue, Call, Raised, Reply, Returned, Skipped, TimedOut
from grader.spec.functions import Aim, Equals, Feeds, Holds, Pure, Raises


@dataclass(frozen=True)
class Wrong:
    """What was wanted and what came, in words; `rank` puts failures that say more before those that say less."""

    wanted: str
    got: str
    sentence: str
    rank: int = 0


def gave(wanted: str, answer: Answer, more: str = "") -> Wrong:
    """An answer that is not what was wanted."""
    return Wrong(wanted, answer.text(), f"gave {answer.text()}{more}; wanted: {wanted}")


class Answer:
    """A reply with its value for expressions; `again` is the reply to the same call asked a second time."""

    def __init__(self, reply: Reply, again: Reply | None = None) -> None:
        self.reply = reply
        self.again = again

    @cached_property
    def value(self) -> Any:
        """The returned value, for expressions."""
        return as_value(self.reply.value) if isinstance(self.reply, Returned) else None

    def text(self) -> str:
        """What came back, in words."""
        if isinstance(self.reply, Returned):
            return show(self.value if not isinstance(self.reply.value, list | tuple) else self.reply.value)
        if isinstance(self.reply, Raised):
            where = f" ({self.reply.traceback_lines[-1].strip()})" if self.reply.traceback_lines else ""
            return f"{self.reply}{where}"
        return str(self.reply)

    @property
    def wavers(self) -> bool:
        """Whether the second answer to the same call differs from the first."""
        if self.again is None or not isinstance(self.reply, Returned):
            return False
        return not isinstance(self.again, Returned) or not identical(self.reply.value, self.again.value)


def values_for(inputs: Mapping[str, Any], line: LinePlan, answer: Answer, further: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that the line's expressions may name."""
    values = {**inputs, OUT: answer.value, **further}
    if isinstance(answer.reply, Returned) and answer.reply.observed:
        for name, function, place in fed_names(line.check.sets):
            fed = [as_plain(o.args[place]) for o in answer.reply.observed if o.name == function]
            values[name] = as_value(fed)
    for name, _, _ in fed_names(line.check.sets):
        values.setdefault(name, Array((0,), ()))
    return values


def concerns(line: LinePlan, values: Mapping[str, Any]) -> bool:
    """Whether the line is about this case."""
    if line.when is None:
        return True
    try:
        return line.when.holds(values)
    except EvaluationError:
        return True


def judge_case(
    line: LinePlan,
    aim: Aim,
    answer: Answer,
    values: Mapping[str, Any],
    call: Call,
    wanted: Wanted | None,
    tolerances: tuple[float, float],
) -> Wrong | None:
    """None where the case is right."""
    if isinstance(aim, Raises):
        return _raises(aim, answer)
    if not isinstance(answer.reply, Returned):
        return _no_answer(answer)
    if answer.wavers and answer.again is not None:
        then = Answer(answer.again).text()
        sentence = f"gave {answer.text()}, and {then} when it was called again with the same arguments"
        return Wrong("the same answer to the same call", then, sentence)
    if isinstance(aim, Pure):
        return _pure(answer.reply, call)
    if isinstance(aim, Feeds):
        return _feeds(answer.reply, wanted)
    if isinstance(aim, Equals):
        assert wanted is not None
        return _equals(line, aim, answer, values, wanted.value, tolerances)
    return _holds(line, aim, answer, values)


def _no_answer(answer: Answer) -> Wrong:
    reply, text = answer.reply, answer.text()
    verb = "raised " if isinstance(reply, Raised) else "gave no answer: "
    rank = 0 if isinstance(reply, Raised | BadValue) else 1
    if isinstance(reply, Skipped) or (isinstance(reply, TimedOut) and reply.what != "a call"):
        rank = 2
    return Wrong("an answer", text, f"{verb}{text}", rank)


def _raises(aim: Raises, answer: Answer) -> Wrong | None:
    reply = answer.reply
    if isinstance(reply, Raised) and reply.type_name == aim.type_name:
        if reply.message.strip():
            return None
        return Wrong(f"{aim.type_name} with a message", answer.text(), f"raised {aim.type_name} without saying why")
    if isinstance(reply, Returned):
        return gave(f"{aim.type_name} raised", answer)
    wrong = _no_answer(answer)
    return Wrong(f"{aim.type_name} raised", wrong.got, f"{wrong.sentence}; wanted: {aim.type_name} raised", wrong.rank)


def _pure(reply: Returned, call: Call) -> Wrong | None:
    for before, after in zip(call.args, reply.arguments_after or (), strict=False):
        was, now = show(as_value(before)), show(as_value(after))
        if after is not None and not identical(as_value(before), as_value(after)):
            return Wrong(f"the argument left as {was}", now, f"changed its argument from {was} to {now}")
    return None


def _equals(
    line: LinePlan, aim: Equals, answer: Answer, values: Mapping[str, Any], wanted: Any, tolerances: tuple[float, float]
) -> Wrong | None:
    """The whole output against the reference's, or the part of both that the line names."""
    if line.part is None:
        return None if same(answer.value, wanted, *tolerances) else gave(show(wanted), answer)
    try:
        right = line.part({**values, OUT: wanted})
    except EvaluationError as error:
        raise SpecError(f"{line.check.name!r}: {aim.text} of the reference's output {show(wanted)}: {error}") from None
    text = f"{aim.text} == {show(right)}"
    try:
        got = line.part(values)
    except EvaluationError as error:
        return gave(text, answer, f" ({error})")
    return None if same(got, right, *tolerances) else gave(text, answer)


def _feeds(reply: Returned, wanted: Wanted | None) -> Wrong | None:
    for name, calls in (wanted.fed if wanted else {}).items():
        fed = tuple(tuple(as_plain(a) for a in o.args) for o in reply.observed if o.name == name)
        if fed != calls:
            was, now = show(_bare(calls)), show(_bare(fed))
            return Wrong(was, now, f"called {name} with {now}; wanted: {was}")
    return None


def _bare(calls: Sequence[tuple[Any, ...]]) -> list[Any]:
    return [call[0] if len(call) == 1 else call for call in calls]


def _holds(line: LinePlan, aim: Holds, answer: Answer, values: Mapping[str, Any]) -> Wrong | None:
    assert line.property is not None
    wrong = gave(aim.text.strip(), answer)
    if has_nan(answer.value):
        return wrong
    try:
        if line.property.truth.holds(values):
            return None
    except EvaluationError as error:
        return gave(aim.text.strip(), answer, f" ({error})")
    return None if line.property.exactly(values) else wrong


def call_text(function: str, parameters: Sequence[str], case: Case) -> str:
    """The call as the student would write it."""
    return f"{function}({', '.join(f'{name}={show(case[name])}' for name in parameters)})"
