"""Answers to several calls in a row that have come before, recognised as a whole: nothing of them is read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from .framing import LENGTH_STRUCT
from .replies import Reply, Returned

BLOCK_CALLS = 16
"""Calls whose answers are recognised as a whole; fewer at the end of a piece."""

MAX_BLOCK_VARIANTS = 8
"""Different answers to the calls of one block that are remembered."""

MAX_KNOWN_BLOCK_BYTES = 1 << 20
"""Bytes of the answers that are remembered for one batch."""


class Block(NamedTuple):
    """What a child sends for the calls of a block, and the replies that it is."""

    data: bytes
    replies: Sequence[Reply]


class KnownBlocks:
    """Of one batch. Its calls fall into blocks from the first of each piece on in which they are asked for."""

    def __init__(self) -> None:
        self._blocks: dict[tuple[int, int], list[Block]] = {}
        self._ends: dict[tuple[int, ...], Mapping[int, int]] = {}
        self._room = MAX_KNOWN_BLOCK_BYTES

    def ends(self, sizes: Sequence[int]) -> Mapping[int, int]:
        """By the first call of each block, the call that comes after its last; `sizes` are those of the pieces."""
        if (key := tuple(sizes)) not in self._ends:
            ends = list(accumulate(key))
            self._ends[key] = {
                start: min(start + BLOCK_CALLS, end)
                for first, end in pairwise([0, *ends])
                for start in range(first, end, BLOCK_CALLS)
            }
        return self._ends[key]

    def find(self, start: int, end: int, data: bytes, at: int) -> Block | None:
        """The block of answers to the calls from `start` to `end` that stands at a place of the data, if known."""
        for block in self._blocks.get((start, end), ()):
            if data.startswith(block.data, at):
                return block
        return None

    def remember(self, start: int, frames: Sequence[bytes], replies: Sequence[Reply]) -> None:
        """Remember a block of answers, once, where each of them comes again as the same reply.

        One that is known is read again where it came in pieces.
        """
        if not all(isinstance(reply, Returned) and reply.shared for reply in replies):
            return
        data, end = b"".join(LENGTH_STRUCT.pack(len(frame)) + frame for frame in frames), start + len(frames)
        variants = self._blocks.setdefault((start, end), [])
        if len(variants) < MAX_BLOCK_VARIANTS and len(data) <= self._room and not self.find(start, end, data, 0):
            self._room -= len(data)
            variants.append(Block(data, tuple(replies)))
