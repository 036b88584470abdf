"""Calls in the form in which they are sent, and the replies that have come to them: once for the whole class."""

from __future__ import annotations

import json
import marshal
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

from .answers import reply_of
from .codec import Encoded, encode
from .known import KnownBlocks
from .record import Record, Rows, supplied_to
from .replies import BadValue, MissingFunction, Reply, Returned, SlowReply
from .values import FunctionCall, TableFunction

MAX_REMEMBERED_BYTES = 2 << 20
"""Bytes of frames whose replies a batch remembers; read, they may take ten times as much."""

MAX_REMEMBERED_FRAME_BYTES = 2 << 10
"""Bytes of a frame whose reply is remembered: a few long ones would leave no room for what a class answers."""

REMEMBERED_OVERHEAD_BYTES = 200
"""What a remembered reply takes besides its frame."""

CALLS_READ_TOGETHER = 16
"""Calls that a child reads when the first of them is due (see `child/frames.py`)."""

REQUEST_FORMAT = 2
"""Of marshal: numbers as bytes, and each list anew wherever it stands, as several calls may be given the same one."""

SENT_ONCE_BYTES = 64
"""Bytes of an argument from which on it is sent once, where several calls are given it."""


class SentArgument(NamedTuple):
    """An argument as it is sent, and the same as a text, by which it is told from others."""

    encoded: Encoded
    text: str


def needs_more(call: FunctionCall) -> bool:
    """Whether more is said of a call than its function and its arguments."""
    return call.watch_arguments or call.parts is not None or call.script is not None


_dumps = json.JSONEncoder(separators=(",", ":")).encode


def _listed(value: Any) -> Any:
    """The same with lists for tuples, named ones too, which marshal does not write."""
    return json.loads(_dumps(value))


class Batch:
    """Made once, it serves every submission: what is the same for all of them is worked out once.

    A class gives the same answers to the same calls over and over. An answer that has come before, to the same call
    and to the last byte, is not read again: it is the same `Reply` object, marked as `shared`.
    """

    def __init__(self, calls: Sequence[FunctionCall]) -> None:
        """TypeError: an argument is not a `Value`."""
        self.calls = tuple(calls)
        self._tables: list[TableFunction] = []
        self._named: list[frozenset[int]] = []
        arguments = [self._arguments(call) for call in self.calls]
        self._values = self._given_often(arguments)
        self._numbers = {text: number for number, text in enumerate(self._values)}
        self._sent = [self._call(call, given) for call, given in zip(self.calls, arguments, strict=True)]
        self._known: list[dict[bytes, Reply]] = [{} for _ in self.calls]
        self._room = MAX_REMEMBERED_BYTES
        self.blocks = KnownBlocks()

    def __len__(self) -> int:
        return len(self.calls)

    # ------------------------------------------------------------- requests
    def request(self, indices: Sequence[int] | None = None, *, one_by_one: bool = False) -> bytes:
        """The frame's body that asks for the calls with these numbers, ascending; None: for all.

        `one_by_one`: each answer leaves at once.
        """
        whole = indices is None or len(indices) == len(self)
        if whole and not one_by_one:
            return self._whole
        return self._written(self._sent if whole or indices is None else [self._sent[i] for i in indices], one_by_one)

    @cached_property
    def _whole(self) -> bytes:
        return self._written(self._sent)

    def _written(self, calls: list[Any], one_by_one: bool = False) -> bytes:
        together = [calls[at : at + CALLS_READ_TOGETHER] for at in range(0, len(calls), CALLS_READ_TOGETHER)]
        tables = _listed([[rows.name, rows.arity, rows.parameters] for rows in self._rows])
        values = list(self._values.values())
        some_calls = [marshal.dumps(some, REQUEST_FORMAT) for some in together]
        return marshal.dumps([tables, values, not one_by_one, some_calls], REQUEST_FORMAT)

    def _arguments(self, call: FunctionCall) -> list[SentArgument]:
        encoded = [encode(argument, self._tables) for argument in call.args]
        self._named.append(self._tables_of(call, encoded))
        return [SentArgument(argument, _dumps(argument.sent)) for argument in encoded]

    @staticmethod
    def _given_often(calls: Sequence[Sequence[SentArgument]]) -> dict[str, Any]:
        """What is long and given to several calls, which is sent once for all of them, by its text."""
        long = [
            argument
            for call in calls
            for argument in call
            if len(argument.text) >= SENT_ONCE_BYTES and not argument.encoded.supplied
        ]
        counts = Counter(argument.text for argument in long)
        return {argument.text: argument.encoded.sent for argument in long if counts[argument.text] > 1}

    def _call(self, call: FunctionCall, given: Sequence[SentArgument]) -> list[Any]:
        numbers = [self._numbers.get(argument.text) for argument in given]
        sent = [
            argument.encoded.sent if number is None else {"v": number}
            for argument, number in zip(given, numbers, strict=True)
        ]
        tagged = any(argument.encoded.tagged for argument in given) or any(number is not None for number in numbers)
        said = [call.watch_arguments, call.parts, call.whole, *([call.script.sent()] if call.script else [])]
        return [str(call.function), sent, tagged, *(_listed(said) if needs_more(call) else [])]

    def _tables_of(self, call: FunctionCall, encoded: Sequence[Encoded]) -> frozenset[int]:
        """The numbers of the table functions that a call is given."""
        if not any(argument.supplied for argument in encoded):
            return frozenset()
        given = set(map(id, supplied_to(call)))
        return frozenset(number for number, table in enumerate(self._tables) if id(table) in given)

    # ------------------------------------------------------------ questions
    @property
    def supplies(self) -> bool:
        """Whether a call is given a function that the grader supplies."""
        return bool(self._tables)

    @cached_property
    def _rows(self) -> list[Rows]:
        return [Rows(table) for table in self._tables]

    def record(self) -> Record:
        """Answers what a child asks of supplied functions while it is at calls of this batch."""
        return Record(self._rows, self._named)

    # -------------------------------------------------------------- replies
    def reply(self, index: int, frame: bytes, number: int, record: Record | None = None) -> Reply | SlowReply:
        """The reply to call `index` in a frame of a child that counts it as its call `number`.

        UndecodableError: the frame is not what an honest child sends.
        """
        asked = record if record is not None and record.applies_to(index) else None
        known, came = self._known[index], b"".join([*asked.questions, frame]) if asked else frame
        if number == index and (before := known.get(came)) is not None:
            return before
        reply = reply_of(frame, number, self.calls[index].function)
        if isinstance(reply, MissingFunction) and self.calls[index].script is not None:
            reply = replace(reply, what="class")
        came_back = reply.reply if isinstance(reply, SlowReply) else reply
        returned = came_back.parts if isinstance(came_back, BadValue) else came_back
        if asked is not None and isinstance(returned, Returned):
            returned.observed = tuple(asked.calls)
        if isinstance(reply, SlowReply):  # how long it took is of this run alone
            return reply
        room = len(came) + REMEMBERED_OVERHEAD_BYTES
        if number == index and len(came) <= MAX_REMEMBERED_FRAME_BYTES and room <= self._room:
            self._room -= room
            known[came] = reply
            if isinstance(reply, Returned):
                reply.shared = True
        return reply
