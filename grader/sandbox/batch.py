"""Calls in the form in which they are sent, and the replies that have come to them: once for the whole class."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property

from .answers import reply_of
from .codec import Encoded, encode
from .record import Record, Rows, supplied_to
from .replies import Reply, Returned
from .values import FunctionCall, TableFunction

MAX_REMEMBERED_BYTES = 1 << 20
"""Bytes of frames whose replies a batch remembers; read, they may take ten times as much."""

MAX_REMEMBERED_FRAME_BYTES = 2 << 10
"""Bytes of a frame whose reply is remembered: a few long ones would leave no room for what a class answers."""

REMEMBERED_OVERHEAD_BYTES = 200
"""What a remembered reply takes besides its frame."""

_dumps = json.JSONEncoder(separators=(",", ":")).encode


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
        self._texts = [self._text(call) for call in self.calls]
        self._known: list[dict[bytes, Reply]] = [{} for _ in self.calls]
        self._room = MAX_REMEMBERED_BYTES

    def __len__(self) -> int:
        return len(self.calls)

    # ------------------------------------------------------------- requests
    def request(self, indices: Sequence[int] | None = None) -> bytes:
        """The frame's body that asks for the calls with these numbers, ascending; None: for all."""
        if indices is None or len(indices) == len(self):
            return self._whole
        return self._joined([self._texts[index] for index in indices])

    @cached_property
    def _whole(self) -> bytes:
        return self._joined(self._texts)

    def _joined(self, texts: Sequence[str]) -> bytes:
        return f'{{"tables":{self._table_text},"calls":[{",".join(texts)}]}}'.encode("ascii")

    @cached_property
    def _table_text(self) -> str:
        return _dumps([[rows.name, rows.arity, rows.parameters] for rows in self._rows])

    def _text(self, call: FunctionCall) -> str:
        encoded = [encode(argument, self._tables) for argument in call.args]
        self._named.append(self._numbers(call, encoded))
        arguments = [argument.sent for argument in encoded]
        tagged = any(argument.tagged for argument in encoded)
        if not call.watch_arguments:
            return _dumps([call.function, arguments, tagged])
        return _dumps([call.function, arguments, tagged, call.watch_arguments])

    def _numbers(self, call: FunctionCall, encoded: Sequence[Encoded]) -> frozenset[int]:
        """The numbers of the table functions that a call is given."""
        if not any(argument.supplied for argument in encoded):
            return frozenset()
        given = set(map(id, supplied_to(call)))
        return frozenset(number for number, table in enumerate(self._tables) if id(table) in given)

    # ------------------------------------------------------------ questions
    @cached_property
    def _rows(self) -> list[Rows]:
        return [Rows(table) for table in self._tables]

    def record(self) -> Record:
        """Answers what a child asks of supplied functions while it is at calls of this batch."""
        return Record(self._rows, self._named)

    # -------------------------------------------------------------- replies
    def reply(self, index: int, frame: bytes, number: int, record: Record | None = None) -> Reply:
        """The reply to call `index` in a frame of a child that counts it as its call `number`.

        UndecodableError: the frame is not what an honest child sends.
        """
        asked = record if record is not None and record.applies_to(index) else None
        known, came = self._known[index], b"".join([*asked.questions, frame]) if asked else frame
        if number == index and (reply := known.get(came)) is not None:
            return reply
        reply = reply_of(frame, number, self.calls[index].function)
        if asked is not None and isinstance(reply, Returned):
            reply.observed = tuple(asked.calls)
        if (
            number == index
            and len(came) <= MAX_REMEMBERED_FRAME_BYTES
            and len(came) + REMEMBERED_OVERHEAD_BYTES <= self._room
        ):
            self._room -= len(came) + REMEMBERED_OVERHEAD_BYTES
            known[came] = reply
            if isinstance(reply, Returned):
                reply.shared = True
        return reply
