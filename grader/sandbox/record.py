"""What a student's code asks of the functions that the grader supplies: answered here, and recorded here."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Collection, Sequence
from typing import Any

from grader.inputs.argument_types import TorchTensor

from .codec import UndecodableError, decode, encode, parse
from .replies import ObservedCall
from .values import FunctionCall, PlainValue, TableFunction

QUESTION_START = b'["asks"'
"""What a frame begins with that asks for a value of a supplied function; no other frame does."""

MAX_SUPPLIED_CALLS = 10_000
"""Of supplied functions during one call of a student's."""

MAX_QUESTION_BYTES = 256 * 1024
"""Of all questions during one call of a student's."""

NOT_A_QUESTION = "it sent something that is not a question"


class Rows:
    """The values of one table function, by what its arguments are looked up by."""

    def __init__(self, table: TableFunction) -> None:
        """TypeError: a result is not a `PlainValue`."""
        self.name = table.name
        self.arity = table.arity
        self.parameters = table.parameters
        self._results = {key_of(arguments): result for arguments, result in table.rows.items()}
        for arguments in table.rows:
            encode(arguments)  # what cannot be sent is no argument that a student's code could give
        self._sent = {key: encode(result).sent for key, result in self._results.items()}

    def look_up(self, arguments: tuple[PlainValue, ...]) -> tuple[list[Any], list[PlainValue]]:
        """The result in the form that is sent and as it is, each in a list; two empty lists where there is none."""
        key = key_of(arguments)
        return ([self._sent[key]], [self._results[key]]) if key in self._sent else ([], [])


class Record:
    """The calls of supplied functions during the call that a child is at; no word of the child's is taken for it."""

    def __init__(self, rows: Sequence[Rows], named: Sequence[Collection[int]]) -> None:
        """`named`: for each call of a batch, the numbers of the functions that it was given."""
        self._rows = rows
        self._named = named
        self.clear()

    def clear(self) -> None:
        """Forget it: the call is asked for again, or another one is."""
        self._index = -1
        self.calls: list[ObservedCall] = []
        self.questions: list[bytes] = []
        self._bytes = 0

    def applies_to(self, index: int) -> bool:
        """Whether anything was asked during this call."""
        return self._index == index

    def answer(self, index: int, question: bytes) -> bytes:
        """The body of the frame that answers a question during the call with this number.

        Raises:
            UndecodableError: for a question that no child of ours asks.
        """
        if index != self._index:
            self.clear()
            self._index = index
        match parse(question):
            case [_, int() as number, list() as sent] if type(number) is int:
                pass
            case _:
                raise UndecodableError(NOT_A_QUESTION)
        if number not in self._named[index]:
            return _dumps("was supplied for another call")
        rows = self._rows[number]
        if len(sent) != rows.arity:
            raise UndecodableError(NOT_A_QUESTION)
        self._bytes += len(question)
        if len(self.calls) >= MAX_SUPPLIED_CALLS:
            return _dumps(f"was called more than {MAX_SUPPLIED_CALLS} times")
        if self._bytes > MAX_QUESTION_BYTES:
            return _dumps(f"was called with more than {MAX_QUESTION_BYTES // 1024} KiB of arguments")
        arguments = tuple(map(decode, sent))
        answer, found = rows.look_up(arguments)
        if found:
            self.calls.append(ObservedCall(rows.name, arguments, found[0]))
            self.questions.append(question)
        return _dumps(answer)

    def after(self, frames: Sequence[bytes]) -> Callable[[bytes], bytes | None]:
        """Answers questions during the call after as many frames as have come; the first of them reports loading."""

        def asked(question: bytes) -> bytes | None:
            try:
                return self.answer(len(frames) - 1, question) if frames else None
            except UndecodableError:
                return None

        return asked


def _dumps(answer: Any) -> bytes:
    return json.dumps(answer).encode("ascii")


def key_of(value: PlainValue) -> Any:
    """What a table is looked up by: sequences and arrays as tuples; `1`, `1.0` and `True` are one argument."""
    kind = type(value)
    if kind is tuple or kind is list:
        return tuple(map(key_of, value))
    if kind is dict:
        return tuple(sorted((key, key_of(entry)) for key, entry in value.items()))
    if kind is TorchTensor:
        return key_of(value.tolist())
    numpy = sys.modules.get("numpy")  # a NumPy value exists only where NumPy has been imported
    if numpy is not None and isinstance(value, numpy.ndarray | numpy.generic):
        return key_of(value.tolist())
    return value


def supplied_to(call: FunctionCall) -> list[TableFunction]:
    """The functions that a call is given, wherever they stand in its arguments."""
    found: list[TableFunction] = []
    waiting: list[PlainValue] = [*call.args]
    while waiting:
        value = waiting.pop()
        if type(value) is TableFunction:
            found.append(value)
        elif type(value) is list or type(value) is tuple:
            waiting += value
        elif type(value) is dict:
            waiting += value.values()
    return found
