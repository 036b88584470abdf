"""Objects of a student's class: made anew for each call of the grader's, given attributes, and called step by step.

The rule: each step stands for itself. What one step gives is written down before the next is made; a step that raises
fails itself and the steps after it, and what came before it still counts.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from .codec import Codec, StepResults
from .failures import described
from .plain import ancestors_of, name_of

MAX_NAMED_METHODS = 12  # of an object, in a message

ValuePath = Sequence[Any]  # steps from an object to a value in it: pairs of whether it is an item, and its name
ToldFailure = list[Any]  # type, names of its ancestors, message, lines: of an exception


class ObjectError(Exception):
    """An exception of the student's on the way to what is wanted, as it is told."""

    def __init__(self, failure: ToldFailure) -> None:
        super().__init__()
        self.failure = failure


class MissingPartError(AttributeError):
    """A method or an attribute that is not there."""


def classes_in(names: Mapping[str, Any], module: str) -> list[str]:
    """The names of the classes that the student wrote, in the order of their definition."""
    module_of = type.__dict__["__module__"].__get__
    classes = {name: value for name, value in names.items() if type in ancestors_of(type(value))}
    return [name for name, value in classes.items() if type(name) is str and module_of(value) == module]


class ObjectCalls:
    """What makes an object and calls it, as one function of the arguments that the grader sends.

    `script`: `init`, the arguments of the constructor; `set`, pairs of a path and an argument; `steps`, each
    [name, kind, target, arguments], of which the kind is `call` (the target a method), `read` (a path) or `take` (an
    argument); `single`: what is wanted is the value of the only step. An argument is [keyword, source, path], where a
    source is the number of an argument that was sent or the name of an earlier step.
    """

    def __init__(
        self,
        name: str,
        script: Mapping[str, Any],
        program: Any,
        codec: Codec,
        parts: Sequence[Any] | None,
        whole: bool,
    ) -> None:
        self.name = name
        self.script = script
        self.program = program
        self.codec = codec
        self.parts = dict(parts or ())
        self.whole = whole or parts is None

    def __call__(self, *arguments: Any) -> Any:
        made = self._told(partial(self._made, arguments), "__init__")
        results: dict[str, Any] = {}
        if self.script["single"]:
            ((_name, *step),) = self.script["steps"]
            return self._told(partial(self._step, made, step, arguments, results), step[1])
        return self._all(made, arguments, results)

    def _all(self, made: Any, arguments: Sequence[Any], results: dict[str, Any]) -> StepResults:
        sent: list[list[Any]] = []
        failed: ToldFailure | None = None
        for name, *step in self.script["steps"]:
            if failed is None:
                try:
                    results[name] = self._told(partial(self._step, made, step, arguments, results), step[1])
                except ObjectError as error:
                    failed = error.failure
            if name and (self.whole or name in self.parts):
                sent.append([name, {"r": failed} if failed is not None else self._written(name, results[name])])
        looked_at = {name for name, _value in sent}
        others = [name for name, *_step in self.script["steps"] if name and name not in looked_at]
        return StepResults(self.codec.text_of({"k": [sent, others]}))

    def _written(self, name: str, value: Any) -> Any:
        """What is wanted of the value of a step, in the form that is sent: where all of it cannot be, its parts."""
        further, place = self.parts.get(name), f"[{name!r}]"
        if self.whole or further is None:
            found = self.codec.first_part(value, None, place)
            if further is None or type(found) is not dict or "x" not in found:
                return found
        return self.codec.first_part(value, further, place)

    def _made(self, arguments: Sequence[Any]) -> Any:
        constructor = self.program.module.__dict__[self.name]
        positional, named = self._given(self.script["init"], arguments, {})
        made = constructor(*positional, **named)
        for path, argument in self.script["set"]:
            self._set(made, path, self._value(argument, arguments, {}))
        return made

    def _set(self, made: Any, path: ValuePath, value: Any) -> None:
        *way, (is_item, last) = path
        owner = _followed(made, way, self.name)
        if is_item:
            owner[last] = value
        else:
            setattr(owner, last, self.codec.as_parameter(value, getattr(owner, last, None)))

    def _step(self, made: Any, step: Sequence[Any], arguments: Sequence[Any], results: Mapping[str, Any]) -> Any:
        kind, target, given = step
        if kind == "take":
            return self._value(given[0], arguments, results)
        if kind == "read":
            return _followed(made, target, self.name)
        positional, named = self._given(given, arguments, results)
        return _method(made, target, self.name)(*positional, **named)

    def _given(
        self, given: Sequence[Sequence[Any]], arguments: Sequence[Any], results: Mapping[str, Any]
    ) -> tuple[list[Any], dict[str, Any]]:
        positional = [self._value(one, arguments, results) for one in given if not one[0]]
        return positional, {one[0]: self._value(one, arguments, results) for one in given if one[0]}

    def _value(self, argument: Sequence[Any], arguments: Sequence[Any], results: Mapping[str, Any]) -> Any:
        _keyword, source, path = argument
        value = results[source] if type(source) is str else arguments[source]
        for step in path:
            value = value[step]
        return value

    def _told(self, action: Callable[[], Any], target: Any) -> Any:
        """What an action gives; an exception with the lines of the student's file, at least where the method stands."""
        try:
            return action()
        except BaseException as error:
            kind, ancestors, message, lines = described(error, self.program.sources)
            if isinstance(error, MissingPartError):
                kind, ancestors = "AttributeError", ["Exception", "BaseException"]
            message = self.program.losses.explained(error, str(message))
            raise ObjectError([kind, ancestors, message, lines or self._definition(target)]) from None

    def _definition(self, target: Any) -> list[str]:
        """The line where a method is defined, else the class."""
        method = target if type(target) is str else ""
        for name, lines in self.program.sources.items():
            classes = [i for i, line in enumerate(lines) if re.match(rf"\s*class\s+{re.escape(self.name)}\b", line)]
            if not classes:
                continue
            wanted = re.compile(rf"\s+(async\s+)?def\s+{re.escape(method or '!')}\b")
            at = next((i for i in range(classes[-1] + 1, len(lines)) if wanted.match(lines[i])), classes[-1])
            return [f"{name}, line {at + 1}, in {self.name}", f"    {lines[at].strip()[:120]}"]
        return []


def _followed(made: Any, path: ValuePath, kind: str) -> Any:
    value = made
    for is_item, name in path:
        if is_item:
            value = value[name]
            continue
        try:
            value = getattr(value, name)
        except AttributeError:
            raise MissingPartError(f"{_kind_of(value, kind)} has no attribute {name!r}{_there_are(value)}") from None
    return value


def _method(made: Any, name: str, kind: str) -> Any:
    try:
        found = getattr(made, name)
    except AttributeError:
        raise MissingPartError(f"{_kind_of(made, kind)} has no method {name!r}{_there_are(made)}") from None
    if not callable(found):
        raise MissingPartError(f"{name!r} of {_kind_of(made, kind)} is a value and no method")
    return found


def _kind_of(value: Any, kind: str) -> str:
    return name_of(type(value)) or kind


def _there_are(made: Any) -> str:
    """The names that an object has, but for those that begin with an underscore, in brackets."""
    kinds = [one for one in reversed(ancestors_of(type(made))) if one is not object]
    own = [name for one in kinds for name in type.__dict__["__dict__"].__get__(one)]
    with contextlib.suppress(AttributeError):
        own += list(object.__getattribute__(made, "__dict__"))
    shown = [name[:40] for name in dict.fromkeys(own) if type(name) is str and not name.startswith("_")]
    return f" (it has {', '.join(shown[:MAX_NAMED_METHODS])})" if shown else " (it has none)"
