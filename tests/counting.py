"""What work costs in counts that are the same on every machine and however busy it is."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from typing import Any


def calls_of(work: Callable[[], Any]) -> tuple[Any, int]:
    """What `work` gives, and how many functions written in Python or C were called for it in this thread."""
    count = 0

    def seen(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        result = work()
    finally:
        sys.setprofile(before)
    return result, count


def peak_bytes_of(work: Callable[[], Any]) -> tuple[Any, int]:
    """What `work` gives, and the most memory that was held for it at any one time."""
    tracemalloc.start()
    try:
        result = work()
        return result, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
