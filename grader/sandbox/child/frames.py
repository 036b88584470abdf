"""Frames on the child's side: a little-endian u32 length, then that many bytes of ASCII JSON.

What asks for calls is not JSON but `marshal`, which is read in less than half of the time: both ends run on the same
interpreter, and what the grader sends can be trusted.
"""

from __future__ import annotations

import json
import marshal
import os
import struct
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from mmap import mmap

REQUESTS_DESCRIPTOR, ANSWERS_DESCRIPTOR = 3, 4  # the descriptors that a child speaks on
PROGRAM_DESCRIPTOR, UNSENT_DESCRIPTOR = 5, 6  # of the sealed program, and of the memory for unsent frames
SEALED_FRAME_MARK = b'"sealed"'  # what stands in a frame in place of the program

FRAME_LENGTH = struct.Struct("<I")
UNSENT_MEMORY_BYTES = 1 << 14  # of the memory for unsent frames
UNSENT_START = 16  # bytes of the two numbers before them
_read, _write = os.read, os.write
_decode = json.JSONDecoder().raw_decode  # of its own: nothing that a submission changes in `json` reaches it
_loads = marshal.loads
_pack, _unpack = FRAME_LENGTH.pack, FRAME_LENGTH.unpack


class ClosedError(Exception):
    """The grader has closed its end."""


def receive() -> Any:
    """The next frame, read."""
    return parsed(receive_body())


def receive_body() -> bytes:
    """The next frame as it came."""
    (length,) = _unpack(_exactly(REQUESTS_DESCRIPTOR, FRAME_LENGTH.size))
    return _exactly(REQUESTS_DESCRIPTOR, length)


def parsed(body: bytes) -> Any:
    """JSON of the grader's."""
    return _decode(body.decode("ascii"))[0]


class CallRequest(NamedTuple):
    """What asks for calls, as `grader.sandbox.batch` makes it: each of `some_calls` is a list of some of them, unread.

    `tables`: the supplied functions, each its name, how many arguments it takes, and their names; `values`: those that
    many calls are given; `together`: whether answers may leave many at a time.
    """

    tables: Sequence[Sequence[Any]]
    values: Sequence[Any]
    together: bool
    some_calls: Sequence[bytes]

    @classmethod
    def read(cls, body: bytes) -> CallRequest:
        """From the body of a frame."""
        return cls(*_loads(body))

    def calls(self) -> Iterator[Any]:
        """The calls in their order: some are read when those before them have been answered.

        So a few calls at a time take memory: pages that a fork has to make its own cost more than the reading.
        """
        for some in self.some_calls:
            yield from _loads(some)


def receive_program() -> Any:
    """The program, from sealed memory where there is such a thing, else from the frame itself."""
    body = receive_body()
    if body == SEALED_FRAME_MARK:
        size = os.lseek(PROGRAM_DESCRIPTOR, 0, os.SEEK_END)
        body = os.pread(PROGRAM_DESCRIPTOR, size, 0)
        os.close(PROGRAM_DESCRIPTOR)
    return parsed(body)


def _exactly(descriptor: int, size: int) -> bytes:
    parts = []
    while size:
        part = _read(descriptor, size)
        if not part:
            raise ClosedError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def framed(text: str) -> bytes:
    """The frame whose body is `text`, which is JSON and ASCII."""
    return _pack(len(text)) + text.encode("ascii")


class OutgoingFrames:
    """Frames on their way to the grader, many of which leave in one call of the system.

    Those that have not left lie in memory that the grader can read: it takes them from there when the process has ended
    or is at a call for too long, so that no answer is lost. The memory begins with two numbers: the bytes that have
    left, and those of the frames behind these numbers, which come next. While they leave they stay there: the grader
    knows how many bytes have come.
    """

    def __init__(self) -> None:
        self._left = 0
        self._memory: mmap | None = None  # without it each frame leaves at once
        self._end = UNSENT_START

    def share(self, memory: mmap) -> None:
        """Keep unsent frames in this memory, which is new, as is the way to the grader: nothing has left so far."""
        self._memory, self._left, self._end = memory, 0, UNSENT_START
        self._numbers = memoryview(memory)[:UNSENT_START].cast("Q")

    def send(self, text: str) -> None:
        """Send one frame whose body is `text`, and those that are unsent before it."""
        self.add(framed(text))
        self.flush()

    def add(self, frame: bytes) -> None:
        """A whole frame that may wait for `flush`; it leaves at once where there is no room for it."""
        if (end := self._end + len(frame)) > UNSENT_MEMORY_BYTES or self._memory is None:
            self.flush()
            if (end := UNSENT_START + len(frame)) > UNSENT_MEMORY_BYTES or self._memory is None:
                self._leave(frame)
                return
        self._memory[self._end : end] = frame
        self._numbers[1] = end - UNSENT_START  # once the frame is there in whole
        self._end = end

    def flush(self) -> None:
        """Send those that are unsent."""
        if self._memory is not None and self._end > UNSENT_START:
            frames, self._end = self._memory[UNSENT_START : self._end], UNSENT_START
            self._leave(frames)

    def _leave(self, frames: bytes) -> None:
        written = _write(ANSWERS_DESCRIPTOR, frames)
        while written < len(frames):  # a signal of the student's own came in between
            written += _write(ANSWERS_DESCRIPTOR, frames[written:])
        self._left += len(frames)
        if self._memory is not None:
            self._numbers[1] = 0
            self._numbers[0] = self._left


OUTGOING = OutgoingFrames()
send = OUTGOING.send
