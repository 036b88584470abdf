"""What the grader holds of a running child, however that was made."""

from __future__ import annotations

from typing import Any, Protocol

from .framing import UnsentFrames


class Connection(Protocol):
    """The grader's ends of a child's pipes, however the child was made; an end is a descriptor or a socket."""

    @property
    def requests(self) -> Any: ...
    @property
    def answers(self) -> Any: ...
    @property
    def log(self) -> Any: ...
    @property
    def status(self) -> Any:
        """Carries one `ENDING_STRUCT` when the child has ended; closed without it when the zygote is gone."""

    def place_program(self, program: bytes) -> bytes:
        """Put a program where the child finds it, for good; returns the body of the frame that says where."""

    def unsent(self) -> UnsentFrames | None:
        """What the child has answered and not sent; None where it keeps nothing back, or writes there all the time."""

    def read(self, end: Any, most: int) -> bytes | None:
        """None: nothing there yet; b"": the other side is closed."""

    def write(self, data: memoryview) -> int:
        """How much of `data` was taken; BrokenPipeError: the other side is closed."""

    def running(self) -> bool:
        """Whether the child has not ended."""

    def kill(self) -> None: ...
    def close(self) -> None: ...
    def pid(self) -> int | None:
        """By which the system knows the child; None where it cannot be told."""
