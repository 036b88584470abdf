"""Frames on the child's side: a little-endian u32 length, then that many bytes of ASCII JSON.

What asks for calls is JSON in lines, of which each is read when its calls are due: the first ends where the list of
calls begins, each other holds some of them, with a comma where more follow, and the last ends the list.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterator, Sequence
from typing import Any

REQUESTS_DESCRIPTOR, ANSWERS_DESCRIPTOR, PROGRAM_DESCRIPTOR = (
    3,
    4,
    5,
)  # the descriptors that a child speaks on, and that of the sealed program
SEALED_FRAME_MARK = b'"sealed"'  # what stands in a frame in place of the program

FRAME_LENGTH = struct.Struct("<I")
END_OF_CALLS = b"]}"
_read, _write = os.read, os.write
_decode = json.JSONDecoder().raw_decode  # of its own: nothing that a submission changes in `json` reaches it
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


def calls_in(lines: Sequence[bytes]) -> Iterator[Any]:
    """The calls of the lines that hold some: one line is read when those before it have been answered.

    So a few calls at a time take memory: pages that a fork has to make its own cost more than the reading.
    """
    for line in lines:
        yield from parsed(b"[%b]" % line.rstrip(b","))


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


def send(text: str) -> None:
    """Send one frame whose body is `text`."""
    leave(framed(text))


def leave(frame: bytes) -> None:
    """Send a whole frame."""
    written = _write(ANSWERS_DESCRIPTOR, frame)
    while written < len(frame):  # a signal of the student's own came in between
        written += _write(ANSWERS_DESCRIPTOR, frame[written:])
