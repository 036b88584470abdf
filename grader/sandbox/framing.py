"""The bytes that a child has sent and nobody has taken yet, as frames: a length, then as many bytes."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import NamedTuple, Protocol

from .record import QUESTION_START

LENGTH_STRUCT = struct.Struct("<I")
_length = LENGTH_STRUCT.unpack_from


UNSENT_BYTES = 1 << 14
"""Of the memory in which a child keeps frames that have not left, as in `child/frames.py`."""

UNSENT_NUMBERS = struct.Struct("=QQ")
"""With which it begins: the bytes of all frames that have left, and those of the frames behind these numbers."""


class UnsentFrames(NamedTuple):
    """What a child has made and not sent, and how many bytes have left before it."""

    left: int
    data: bytes

    @classmethod
    def read(cls, memory: bytes) -> UnsentFrames:
        """Whatever a child has written there: no more than there can be."""
        left, size = UNSENT_NUMBERS.unpack_from(memory)
        return cls(left, memory[UNSENT_NUMBERS.size :][:size])


class KnownReplies(Protocol):
    """Takes answers that are known to the byte from what a child has sent, many at once."""

    def take_known(self, data: bytes, at: int, most: int) -> tuple[int, int]:
        """How many bytes it took from `at` on, and how many frames, at most so many; 0 where they are not known."""

    def frames_until_known(self) -> int:
        """After how many frames it is to be asked again, having taken what it knows."""


class Handed(NamedTuple):
    """So many frames were handed over, up to a question, if any; whether more are `wanted`."""

    frames: int
    question: bytes
    wanted: bool


class IncomingFrames:
    """`malformed`: a frame is larger than `largest` bytes, or comes after a question that is not answered yet."""

    def __init__(self, largest: int) -> None:
        self.malformed = False
        self._largest = largest
        self._buffer = bytearray()

    def add(self, data: bytes) -> None:
        self._buffer += data

    @property
    def begun(self) -> bool:
        """Whether bytes are there that nobody has taken."""
        return bool(self._buffer)

    def hand_over(
        self, most: int, on_frames: Callable[[list[bytes]], bool], known: KnownReplies | None, *, questions: bool
    ) -> Handed:
        """Give the frames that have come in whole, at most so many, to `on_frames`, or to what takes known answers.

        That ends with a question (where there are `questions`), or when `on_frames` says that it wants no more.
        """
        data, at, handed = bytes(self._buffer), 0, Handed(0, b"", True)
        while handed.frames < most and handed.wanted and not handed.question:
            asked_for = most - handed.frames
            if known is not None:
                size, count = known.take_known(data, at, asked_for)
                at, handed = at + size, Handed(handed.frames + count, b"", True)
                asked_for = min(asked_for - count, known.frames_until_known())
            frames, question, at = self._split(data, at, asked_for, questions=questions)
            handed = Handed(handed.frames + len(frames), question, not frames or on_frames(frames))
            if len(frames) < asked_for:
                break
        del self._buffer[:at]
        return handed

    def _split(self, data: bytes, at: int, most: int, *, questions: bool) -> tuple[list[bytes], bytes, int]:
        """The frames from `at` on that are there in whole, at most so many, up to a question; where the rest begins.

        A child that has asked waits for its answer, so that nothing of its own comes after a question.
        """
        frames: list[bytes] = []
        largest, there = self._largest, len(data)
        for _ in range(most):
            start = at + LENGTH_STRUCT.size
            if start > there:
                break
            (size,) = _length(data, at)
            if size > largest:
                self.malformed = True
                break
            if start + size > there:
                break
            at = start + size
            frame = data[start:at]
            if questions and frame.startswith(QUESTION_START):
                self.malformed = at != there
                return frames, frame, at
            frames.append(frame)
        return frames, b"", at
