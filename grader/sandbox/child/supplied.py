"""Functions that the grader supplies. Their values and the record of their calls are the grader's: each call asks it.

Nothing that the student's code could read or change is kept here. A question is a frame `["asks", number of the
function, [arguments]]`; what comes back is `[value]`, `[]` where the function has none, or why there is none.
"""

from __future__ import annotations

import _thread
import time
from collections.abc import Callable, Sequence
from typing import Any

from . import frames
from .codec import Codec
from .plain import NotPlainError

MAX_SHOWN_ARGUMENT_CHARACTERS = 120  # characters of the arguments in a message
MAX_QUESTION_FRAME_BYTES = 126 * 1024  # bytes of JSON; a frame may have 128 KiB
QUESTION_LOCK = _thread.allocate_lock()  # for threads of the student's
_wall = time.perf_counter


class Waited:
    """Seconds that the call at hand has waited for the grader, which are none of its own."""

    __slots__ = ("seconds",)

    def __init__(self) -> None:
        self.seconds = 0.0


def supplied(
    number: int, name: str, arity: int, parameters: Sequence[str], codec: Codec, waited: Waited
) -> Callable[..., Any]:
    """A plain function that asks the grader for its values; it raises what a student should read."""

    def function(*arguments: Any, **named: Any) -> Any:
        left = parameters[len(arguments) :]
        if named and sorted(named) == sorted(left):
            arguments = (*arguments, *(named.pop(key) for key in left))
        if named:
            takes = f"the arguments {', '.join(parameters)}" if parameters else "no arguments by name"
            came = ", ".join([*map(_shown, arguments), *(f"{key}={_shown(named[key])}" for key in named)])
            raise TypeError(f"{name}() takes {takes}, and was called as {name}({came})")
        if len(arguments) != arity:
            takes = f"{arity} argument{'s' * (arity != 1)}" + (f" ({', '.join(parameters)})" if parameters else "")
            raise TypeError(f"{name}() takes {takes} but {len(arguments)} {_were(len(arguments))} given")
        try:
            text = codec.text_of(["asks", number, [codec.plain(argument, 0) for argument in arguments]])
        except NotPlainError:  # no function of the grader's has values for such things
            text = ""
        asked_at = _wall()
        answer = _asked(text) if 0 < len(text) <= MAX_QUESTION_FRAME_BYTES else []
        waited.seconds += _wall() - asked_at
        if answer == []:
            raise ValueError(
                f"{name}() is not defined for the arguments {repr(arguments)[:MAX_SHOWN_ARGUMENT_CHARACTERS]}"
            )
        if type(answer) is str:
            raise ValueError(f"{name}() {answer}")
        return codec.value(answer[0], ())

    function.__name__ = function.__qualname__ = name
    return function


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _shown(argument: Any) -> str:
    return repr(argument)[:MAX_SHOWN_ARGUMENT_CHARACTERS]


def _asked(text: str) -> Any:
    with QUESTION_LOCK:
        frames.send(text)
        return frames.receive()
