"""Calls in the form in which they are sent, and the replies that have come to them: once for the whole class."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

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

LINE_CALLS = 16
"""Calls in one line of a request, which a child reads when they are due (see `child/frames.py`)."""

SENT_ONCE_BYTES = 64
"""Bytes of an argument from which on it is sent once, where several calls are given it."""


class SentArgument(NamedTuple):
    """An argument as it is sent; whether a tag is in it, and whether it is or holds what the grader supplies."""

    text: str
    tagged: bool
    supplied: bool


def needs_more(call: FunctionCall) -> bool:
    """Whether more is said of a call than its function and its arguments."""
    return call.watch_arguments or call.parts is not None or call.script is not None


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
        arguments = [self._arguments(call) for call in self.calls]
        self._common = self._given_often(arguments)
        self._texts = [self._text(call, given) for call, given in zip(self.calls, arguments, strict=True)]
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
        return self._joined(self._texts if whole or indices is None else [self._texts[i] for i in indices], one_by_one)

    @cached_property
    def _whole(self) -> bytes:
        return self._joined(self._texts)

    def _joined(self, texts: Sequence[str], one_by_one: bool = False) -> bytes:
        values = ",".join(self._common)
        lines = [",".join(texts[at : at + LINE_CALLS]) for at in range(0, len(texts), LINE_CALLS)]
        calls = ",\n".join(lines) + "\n" * bool(lines)
        together = "false" if one_by_one else "true"
        start = f'{{"tables":{self._table_text},"values":[{values}],"together":{together},"calls":['
        return f"{start}\n{calls}]}}".encode("ascii")

    @cached_property
    def _table_text(self) -> str:
        return _dumps([[rows.name, rows.arity, rows.parameters] for rows in self._rows])

    def _arguments(self, call: FunctionCall) -> list[SentArgument]:
        encoded = [encode(argument, self._tables) for argument in call.args]
        self._named.append(self._numbers(call, encoded))
        return [SentArgument(_dumps(argument.sent), argument.tagged, argument.supplied) for argument in encoded]

    @staticmethod
    def _given_often(calls: Sequence[Sequence[SentArgument]]) -> dict[str, int]:
        """What is long and given to several calls, which is sent once for all of them; each with its number."""
        counts = Counter(
            argument.text
            for call in calls
            for argument in call
            if len(argument.text) >= SENT_ONCE_BYTES and not argument.supplied
        )
        return {text: number for number, text in enumerate(text for text, count in counts.items() if count > 1)}

    def _text(self, call: FunctionCall, given: Sequence[SentArgument]) -> str:
        numbers = [self._common.get(argument.text) for argument in given]
        texts = [
            argument.text if number is None else f'{{"v":{number}}}'
            for argument, number in zip(given, numbers, strict=True)
        ]
        tagged = any(argument.tagged for argument in given) or any(number is not None for number in numbers)
        said = [call.watch_arguments, call.parts, call.whole, *([call.script.sent()] if call.script else [])]
        more = f",{_dumps(said)[1:-1]}" if needs_more(call) else ""
        return f"[{_dumps(call.function)},[{','.join(texts)}],{_dumps(tagged)}{more}]"

    def _numbers(self, call: FunctionCall, encoded: Sequence[Encoded]) -> frozenset[int]:
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
