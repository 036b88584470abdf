"""Texts that are kept of a submission as bytes, and compressed: a short one fast, in the format of zlib in any case."""

from __future__ import annotations

import zlib

SHORT_TEXT_BYTES = 16 << 10
"""What is at most so long needs no larger window."""

SHORT_WINDOW_BITS, SHORT_MEMORY_LEVEL = 13, 6
"""By default zlib gets 256 KiB each time, which may take longer than what it does with a report."""


def report_bytes(report: str) -> bytes:
    """A report as its file has it."""
    return report.encode("utf-8", "backslashreplace")


def squeezed(data: bytes) -> bytes:
    """The bytes, compressed; `zlib.decompress` gives them back."""
    if len(data) > SHORT_TEXT_BYTES:
        return zlib.compress(data, 1)
    squeezing = zlib.compressobj(1, zlib.DEFLATED, SHORT_WINDOW_BITS, SHORT_MEMORY_LEVEL)
    return squeezing.compress(data) + squeezing.flush()
