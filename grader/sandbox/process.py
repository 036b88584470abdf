"""One child seen from the grader: frames to it and from it, what it prints, how it ended. No byte is trusted."""

from __future__ import annotations

import json
import selectors
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .connection import Connection
from .endings import ALIVE, ENDING_STRUCT, Ending
from .framing import LENGTH_STRUCT, IncomingFrames, KnownReplies
from .limits import Limits
from .timing import ChildClock, Stopwatch

READ_CHUNK_BYTES = 1 << 18
CLOSE_TIMEOUT_S = 0.5  # seconds for a child that closed its channel to end, before it is called alive
ENDING_TIMEOUT_S = 10.0  # seconds for the end of a child that does not run any more to be reported
COALESCE_S = 0.0005  # seconds in which answers gather while many are still to come: one waking instead of hundreds
COALESCE_MIN_FRAMES = 32  # answers still to come, of which no more are not waited for
MAX_WRITING_S = 0.1  # seconds for a child to write an answer down and send it: not the call's, whose time it measures
SENT_BYTES_PER_S = 20 << 20  # that a child reads at least

Asked = Callable[[bytes], bytes | None]
"""Answers a question of a child; None: it should not have asked."""

_Selector: type[selectors.BaseSelector] = getattr(selectors, "PollSelector", selectors.SelectSelector)


@dataclass(frozen=True)
class Stopped:
    """Why a conversation ended before its last answer.

    `lost`: the child and the process above it are gone; `starved`: other work keeps them from getting anywhere.
    `in_all`: the time of all answers is up, not that of one.
    """

    kind: Literal["time", "starved", "ended", "channel", "printed", "answers", "lost"]
    ending: Ending = ALIVE
    in_all: bool = False


class Log:
    """The last bytes that were printed, over all children of a session."""

    def __init__(self, keep: int) -> None:
        self.keep = keep
        self.total = 0
        self._kept = bytearray()

    def add(self, data: bytes) -> None:
        self.total += len(data)
        self._kept += data
        if len(self._kept) > 2 * self.keep:
            del self._kept[: -self.keep or None]

    def tail(self) -> bytes:
        return bytes(self._kept[-self.keep :]) if self.keep else b""


class Process:
    """A running child.

    `answered` counts the calls it has answered, `received` the bytes of its answers; `spent` is its own time in the
    last exchange, in seconds.
    """

    def __init__(self, connection: Connection, limits: Limits, log: Log) -> None:
        self.answered = 0
        self.received = 0
        self._answered_bytes = 0
        self.spent = 0.0
        self._clock = ChildClock(connection.pid())
        self._stopwatch: Stopwatch | None = None
        self._connection = connection
        self._limits = limits
        self._log = log
        self._incoming = IncomingFrames(limits.frame_bytes)
        self._unsent = memoryview(b"")
        self._stopped: Stopped | None = None
        self._selector = _Selector()
        self._selector.register(connection.answers, selectors.EVENT_READ, self._read_answers)
        self._selector.register(connection.log, selectors.EVENT_READ, self._read_log)
        self._selector.register(connection.status, selectors.EVENT_READ, self._read_status)

    def exchange(
        self,
        body: bytes | None,
        wanted: int,
        seconds: float,
        left: float,
        on_frames: Callable[[list[bytes]], bool],
        asked: Asked | None = None,
        known: KnownReplies | None = None,
        coalesce_from: int = COALESCE_MIN_FRAMES,
    ) -> Stopped | None:
        """Send one frame (or none); hand `wanted` frames to `on_frames`, but for those that `known` takes.

        For each a child may take `seconds` of its own time (see `timing`), for all of them `left`; the time in which it
        makes values of what was sent, and writes an answer down, is not counted. While more
        than `coalesce_from` are still to come, they may gather.

        Questions that come between them are answered by `asked` and give no more time; without it they are frames like
        others. None: all came, or `on_frames` said by False, `asked` by None that it wants no more.
        """
        writing = MAX_WRITING_S + len(body or b"") / SENT_BYTES_PER_S
        self._stopwatch = stopwatch = Stopwatch(self._clock, seconds + writing, left)
        try:
            if body is not None:
                stopwatch.begin()
                self._send(body)
            return self._conversation(wanted, stopwatch, on_frames, asked, known, coalesce_from)
        finally:
            self.spent = stopwatch.stop()

    def _conversation(
        self,
        wanted: int,
        stopwatch: Stopwatch,
        on_frames: Callable[[list[bytes]], bool],
        asked: Asked | None,
        known: KnownReplies | None,
        coalesce_from: int,
    ) -> Stopped | None:
        questions = looked_at_unsent = False
        while True:
            handed = self._incoming.hand_over(wanted, on_frames, known, questions=asked is not None)
            wanted -= handed.frames
            if not wanted or not handed.wanted:
                return None
            if handed.frames:
                stopwatch.answered()
            else:
                stopwatch.look_now_and_then()
            if handed.question and asked is not None:
                questions = True
                if (answer := asked(handed.question)) is None:
                    return None
                self._reply(answer)
            if self._incoming.malformed:
                self._stopped = Stopped("channel")
            if stopwatch.over is not None:
                self._stopped = self._stopped or Stopped(stopwatch.over, in_all=stopwatch.over_in_all)
            if self._stopped is not None:
                if looked_at_unsent or not self._take_unsent():
                    return self._stopped
                looked_at_unsent = True
                continue
            self._wait_for_child(stopwatch)
            if wanted > coalesce_from and not questions and self._stopped is None:
                time.sleep(COALESCE_S)
                self._read_answers()

    def _wait_for_child(self, stopwatch: Stopwatch) -> None:
        """Until something happens, or the time is up; then one last look at what came while it was looked at."""
        began = time.monotonic()
        happened = self._wait(stopwatch.wait_seconds())
        stopwatch.waited(began)
        if not happened:
            stopwatch.look()
            if stopwatch.over is not None:
                self._wait(0)

    @property
    def may_be_forged(self) -> bool:
        """Whether the program may have written to the channel itself, or closed it: a frame has not come in whole."""
        cut_by_us = self._stopped is not None and self._stopped.kind == "answers"
        return self._is_closed or (self._incoming.begun and not cut_by_us)

    @property
    def _is_closed(self) -> bool:
        stopped = self._stopped
        return stopped is not None and (stopped.kind == "channel" or stopped.ending.could_not_send)

    def too_slow(self, wall: float, processor: float) -> bool:
        """Whether a call that took so long, as the child says, took longer than a call may.

        What it stood in the queue for a processor does not count; where that is not told, the processor time decides.
        """
        limit = self._limits.call_seconds
        if processor > limit:
            return True
        queued = self._stopwatch.queued_seconds() if self._stopwatch is not None else None
        return queued is not None and wall - queued > limit

    def program(self, body: bytes) -> bytes:
        """Hand a program over; the first frame, which says so."""
        return self._connection.place_program(body)

    def send_settings(self, settings: Mapping[str, Any]) -> None:
        """Send a frame that is not answered, ahead of the first conversation."""
        body = json.dumps(settings).encode("ascii")
        self._connection.write(memoryview(LENGTH_STRUCT.pack(len(body)) + body))

    def end(self) -> None:
        """Kill the child, if it has not ended, and let go of it.

        A killed process runs no further instruction of its own; the zygote collects it.
        """
        if self._stopped is None or self._stopped.kind != "ended":
            self._connection.kill()
        self._read_log()
        self._selector.close()
        self._clock.close()
        self._connection.close()

    # ------------------------------------------------------------ one descriptor each
    def _wait(self, seconds: float) -> bool:
        """Wait until something happens and deal with it; whether anything did."""
        happened = self._selector.select(max(seconds, 0))
        for key, _events in happened:
            if key.fileobj in self._selector.get_map():  # an earlier one may have settled it
                key.data()
        return bool(happened)

    def _send(self, body: bytes) -> None:
        self._unsent = memoryview(LENGTH_STRUCT.pack(len(body)) + body)
        self._write()
        if self._unsent:
            self._selector.register(self._connection.requests, selectors.EVENT_WRITE, self._write_more)

    def _write(self) -> None:
        try:
            self._unsent = self._unsent[self._connection.write(self._unsent) :]
        except BrokenPipeError:  # it reads no more; how it ends is in its status
            self._unsent = memoryview(b"")

    def _write_more(self) -> None:
        self._write()
        if not self._unsent:
            self._selector.unregister(self._connection.requests)

    def _reply(self, body: bytes) -> None:
        """Answer a question; a child that asks before it has taken what it was sent is none of ours."""
        if self._unsent:
            self._stopped = self._stopped or Stopped("channel")
        else:
            self._send(body)

    def _read_answers(self) -> None:
        data = self._connection.read(self._connection.answers, READ_CHUNK_BYTES)
        if data:
            self._take(data)
        elif data is not None:
            self._selector.unregister(self._connection.answers)
            self._channel_closed()

    def _take_unsent(self) -> bool:
        """Take the answers that the child had made and not sent when it was stopped; whether there are any.

        Not of one that could not send them: at which call it closed its channel is not seen there.
        """
        unsent = None if self._is_closed else self._connection.unsent()
        if unsent is None:
            return False
        before = self.received
        while self.received < unsent.left and (
            data := self._connection.read(self._connection.answers, READ_CHUNK_BYTES)
        ):
            self._add(data)  # it has left since
        if self.received >= unsent.left:
            self._add(unsent.data[self.received - unsent.left :])
        return self.received > before

    def _add(self, data: bytes) -> None:
        self._incoming.add(data)
        self.received += len(data)

    def _take(self, data: bytes) -> None:
        self._add(data)
        if self.received > self._limits.output_bytes:
            self._stopped = Stopped("answers")

    def _channel_closed(self) -> None:
        """Because the child has ended? Then its status comes at once; otherwise it lives and has closed it itself."""
        with _Selector() as selector:
            selector.register(self._connection.status, selectors.EVENT_READ)
            if self._stopped is None and (
                selector.select(CLOSE_TIMEOUT_S)
                or (not self._connection.running() and selector.select(ENDING_TIMEOUT_S))
            ):
                self._read_status()
        self._stopped = self._stopped or Stopped("channel")

    def _read_log(self) -> None:
        while data := self._connection.read(self._connection.log, READ_CHUNK_BYTES):
            self._log.add(data)
            if self._has_answered():
                self._log.total = len(data)
            if self._log.total > self._limits.log_limit:
                self._stopped = self._stopped or Stopped("printed")
                return
        if data is not None and self._connection.log in self._selector.get_map():
            self._selector.unregister(self._connection.log)

    def _has_answered(self) -> bool:
        """Whether an answer has come since this was asked last; then what is printed is counted anew.

        A function may print in each of thousands of calls: one call, or one statement, must not print without end.
        """
        if self._connection.answers in self._selector.get_map():
            self._take(self._connection.read(self._connection.answers, READ_CHUNK_BYTES) or b"")
        unsent = self._connection.unsent()
        before = self._answered_bytes
        self._answered_bytes = max(self.received, 0 if unsent is None else unsent.left + len(unsent.data))
        return self._answered_bytes != before

    def _read_status(self) -> None:
        """The child has ended; its last answers may still be in the pipe."""
        next_request = self._connection.read(self._connection.status, ENDING_STRUCT.size)
        if next_request is None:
            return
        while data := self._connection.read(self._connection.answers, READ_CHUNK_BYTES):
            self._add(data)
        self._selector.unregister(self._connection.status)
        whole = len(next_request) == ENDING_STRUCT.size
        self._stopped = Stopped("ended", Ending(*ENDING_STRUCT.unpack(next_request))) if whole else Stopped("lost")


def frames_into(frames: list[bytes]) -> Callable[[list[bytes]], bool]:
    """What adds the frames of a conversation to a list, and wants all of them."""

    def on_frames(came: list[bytes]) -> bool:
        frames.extend(came)
        return True

    return on_frames
