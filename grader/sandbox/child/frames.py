"""Frames on the child's side: a little-endian u32 length, then that many bytes of ASCII JSON."""

from __future__ import annotations

import json
import os
import struct
from typing import Any

REQUESTS_DESCRIPTOR, ANSWERS_DESCRIPTOR, PROGRAM_DESCRIPTOR = (
    3,
    4,
    5,
)  # the descriptors that a child speaks on, and that of the sealed program
SEALED_FRAME_MARK = "sealed"  # what stands in a frame in place of the program

FRAME_LENGTH = struct.Struct("<I")
_read, _write, _loads = os.read, os.write, json.loads
_pack, _unpack = FRAME_LENGTH.pack, FRAME_LENGTH.unpack


class ClosedError(Exception):
    """The grader has closed its end."""


def receive(descriptor: int = REQUESTS_DESCRIPTOR) -> Any:
    (length,) = _unpack(_exactly(descriptor, FRAME_LENGTH.size))
    return _loads(_exactly(descriptor, length))


def receive_program() -> Any:
    """The program, from sealed memory where there is such a thing, else from the frame itself."""
    frame = receive()
    if frame != SEALED_FRAME_MARK:
        return frame
    with open(PROGRAM_DESCRIPTOR, "rb") as memory:
        memory.seek(0)  # it is where the grader has left it
        return _loads(memory.read())


def _exactly(descriptor: int, size: int) -> bytes:
    parts = []
    while size:
        part = _read(descriptor, size)
        if not part:
            raise ClosedError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def send(text: str, descriptor: int = ANSWERS_DESCRIPTOR) -> None:
    """Send one frame whose body is `text`, which is JSON and ASCII."""
    frame = _pack(len(text)) + text.encode("ascii")
    written = _write(descriptor, frame)
    while written < len(frame):  # a signal of the student's own came in between
        written += _write(descriptor, frame[written:])
