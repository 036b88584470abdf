"""One child seen from the grader: frames to it and from it, what it prints, how it ended. No byte is trusted."""

from __future__ import annotations

import json
import selectors
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from typing import Protocol as Shape

from .endings import ALIVE, ENDING_STRUCT, Ending
from .limits import Limits
from .record import QUESTION_START

LENGTH_STRUCT = struct.Struct("<I")
_length = LENGTH_STRUCT.unpack_from
READ_CHUNK_BYTES = 1 << 18
CLOSE_TIMEOUT_S = 0.5  # seconds for a child that closed its channel to end, before it is called alive
ENDING_TIMEOUT_S = 10.0  # seconds for the end of a child that does not run any more to be reported
COALESCE_S = 0.0005  # seconds in which answers gather: one waking instead of hundreds
COALESCE_MIN_FRAMES = 32  # answers still to come, from which on they are given that time

Asked = Callable[[bytes], bytes | None]
"""Answers a question of a child; None: it should not have asked."""

_Selector: type[selectors.BaseSelector] = getattr(selectors, "PollSelector", selectors.SelectSelector)


class Connection(Shape):
    """The grader's ends of a child's pipes, however the child was made; an end is a descriptor or a socket."""

    @property
    def requests(self) -> Any: ...
    @property
    def answers(self) -> Any: ...
    @property
    def log(self) -> Any: ...
    @property
    def status(self) -> Any:
        """Carries one `ENDING_STRUCT` when the child has ended; closed without it when the zygote is gone."""

    def place_program(self, program: bytes) -> bytes:
        """Put a program where the child finds it, for good; returns the body of the frame that says where."""

    def read(self, end: Any, most: int) -> bytes | None:
        """None: nothing there yet; b"": the other side is closed."""

    def write(self, data: memoryview) -> int:
        """How much of `data` was taken; BrokenPipeError: the other side is closed."""

    def running(self) -> bool:
        """Whether the child has not ended."""

    def kill(self) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Stopped:
    """Why a conversation ended before its last answer; `lost`: the child and the process above it are gone."""

    kind: Literal["time", "ended", "channel", "printed", "answers", "lost"]
    ending: Ending = ALIVE


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
    """A running child; `answered` counts the calls it has answered, `received` the bytes of its answers."""

    def __init__(self, connection: Connection, limits: Limits, log: Log) -> None:
        self.answered = 0
        self.received = 0
        self._connection = connection
        self._limits = limits
        self._log = log
        self._buffer = bytearray()
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
        until: float,
        on_frames: Callable[[list[bytes]], bool],
        asked: Asked | None = None,
    ) -> Stopped | None:
        """Send one frame (or none); hand `wanted` frames to `on_frames`.

        Each comes within `seconds` of the last, and all before `until`.

        Questions that come between them are answered by `asked` and give no more time; without it they are frames like
        others. None: all came, or `on_frames` said by False, `asked` by None that it wants no more. `until` is of
        `time.monotonic`.
        """
        if body is not None:
            self._send(body)
        deadline = min(time.monotonic() + seconds, until)
        expired = questions = False
        while True:
            frames, question = self._frames(wanted, questions=asked is not None)
            if frames and not on_frames(frames):
                return None
            wanted -= len(frames)
            if not wanted:
                return None
            if frames:
                deadline, expired = min(time.monotonic() + seconds, until), False
            if question and asked is not None:
                questions = True
                if (answer := asked(question)) is None:
                    return None
                self._reply(answer)
            if self._stopped is not None:
                return self._stopped
            if expired:
                return Stopped("time")
            expired = time.monotonic() >= deadline  # then one last look: it may be the grader that was held up
            self._wait(deadline - time.monotonic())
            if wanted > COALESCE_MIN_FRAMES and not questions and self._stopped is None:
                time.sleep(COALESCE_S)
                self._read_answers()

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
        self._connection.close()

    # ------------------------------------------------------------ one descriptor each
    def _wait(self, seconds: float) -> None:
        """Wait until something happens and deal with it."""
        for key, _events in self._selector.select(max(seconds, 0)):
            if key.fileobj in self._selector.get_map():  # an earlier one may have settled it
                key.data()

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

    def _frames(self, most: int, *, questions: bool) -> tuple[list[bytes], bytes]:
        """The frames that have come in whole, at most so many, up to a question, and the question.

        A child that has asked waits for its answer, so that nothing of its own comes after a question.
        """
        frames: list[bytes] = []
        question = b""
        data, largest = bytes(self._buffer), self._limits.frame_bytes
        at, there = 0, len(data)
        for _ in range(most):
            start = at + LENGTH_STRUCT.size
            if start > there:
                break
            (size,) = _length(data, at)
            if size > largest:
                self._stopped = Stopped("channel")
                break
            if start + size > there:
                break
            at = start + size
            frame = data[start:at]
            if questions and frame.startswith(QUESTION_START):
                question = frame
                if at != there:
                    self._stopped = Stopped("channel")
                break
            frames.append(frame)
        del self._buffer[:at]
        return frames, question

    def _read_answers(self) -> None:
        data = self._connection.read(self._connection.answers, READ_CHUNK_BYTES)
        if data:
            self._buffer += data
            self.received += len(data)
            if self.received > self._limits.output_bytes:
                self._stopped = Stopped("answers")
        elif data is not None:
            self._selector.unregister(self._connection.answers)
            self._channel_closed()

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
            if self._log.total > self._limits.log_limit:
                self._stopped = self._stopped or Stopped("printed")
                return
        if data is not None and self._connection.log in self._selector.get_map():
            self._selector.unregister(self._connection.log)

    def _read_status(self) -> None:
        """The child has ended; its last answers may still be in the pipe."""
        next_request = self._connection.read(self._connection.status, ENDING_STRUCT.size)
        if next_request is None:
            return
        while data := self._connection.read(self._connection.answers, READ_CHUNK_BYTES):
            self._buffer += data
        self._selector.unregister(self._connection.status)
        whole = len(next_request) == ENDING_STRUCT.size
        self._stopped = Stopped("ended", Ending(*ENDING_STRUCT.unpack(next_request))) if whole else Stopped("lost")
