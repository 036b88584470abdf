"""Compressing what is kept of a submission: a short text fast, in the format of zlib whatever its length."""

from __future__ import annotations

import zlib

SHORT_TEXT_BYTES = 16 << 10
"""What is at most so long needs no larger window."""

SHORT_WINDOW_BITS, SHORT_MEMORY_LEVEL = 13, 6
"""By default zlib gets 256 KiB each time, which may take longer than what it does with a report."""


def squeezed(data: bytes) -> bytes:
    """The bytes, compressed; `zlib.decompress` gives them back."""
    if len(data) > SHORT_TEXT_BYTES:
        return zlib.compress(data, 1)
    squeezing = zlib.compressobj(1, zlib.DEFLATED, SHORT_WINDOW_BITS, SHORT_MEMORY_LEVEL)
    return squeezing.compress(data) + squeezing.flush()
