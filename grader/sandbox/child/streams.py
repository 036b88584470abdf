"""Standard input, output and error of a child."""

from __future__ import annotations

import io
import sys
from typing import BinaryIO, cast


class PrintedFile(io.FileIO):
    """Where a child prints: a pipe, whatever the zygote has there when it makes this; a file looks only once."""

    def seekable(self) -> bool:
        """False: else whatever wraps it (`io.TextIOWrapper(sys.stdout.buffer)`) asks for its place, and fails."""
        return False


def open_standard_streams() -> None:
    """What is printed must be in the pipe when the child is killed: nothing is buffered.

    The second names keep the streams open where the code puts others in their place, as in every interpreter.
    """
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  # open as long as the process
    sys.__stdin__ = sys.stdin  # type: ignore[misc]  # it is the interpreter's own as well
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        raw = cast(BinaryIO, PrintedFile(descriptor, "w", closefd=False))  # as `python -u` does
        stream = io.TextIOWrapper(raw, "utf-8", "backslashreplace", write_through=True)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
