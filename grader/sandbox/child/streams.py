"""Standard input, output and error of a child."""

from __future__ import annotations

import io
import sys
from typing import BinaryIO, cast


def open_standard_streams() -> None:
    """What is printed must be in the pipe when the child is killed: nothing is buffered."""
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  # open as long as the process
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        raw = cast(BinaryIO, io.FileIO(descriptor, "w", closefd=False))  # as `python -u` does
        setattr(sys, name, io.TextIOWrapper(raw, "utf-8", "backslashreplace", write_through=True))
