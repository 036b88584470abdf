"""What one worker is sent: never so much that its sender would wait for it.

The rule: a worker reads only while it has no task, and whoever sends it tasks reads its results. One that has answered
all that it was sent is about to read, so that it may be sent any amount; to one that is busy goes only what the buffer
of its connection surely has room for, and the rest waits here. So neither of the two ever waits for the other to read
while that one waits for the same.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

from grader.classroom.work import NO_SETTINGS

MAX_MESSAGE_TASKS = 8
"""Tasks that are sent in one message: what a message costs, on both sides, is then small beside them."""

MAX_QUEUED_TASKS = 2 * MAX_MESSAGE_TASKS
"""Tasks that one worker has been given and has not answered: while it is at one message, the next is there already."""

SOCKET_BUFFER_BYTES = 512 << 10
"""What is asked of the system for a connection; it may give less."""

BUFFER_BYTES_PER_BYTE = 4
"""What a byte may take of a socket's buffer, as the system counts what it needs beside it: sizes are rounded up to
powers of two, and each of at most `MAX_QUEUED_TASKS` messages may add 1.3 KiB."""

PIPE_BUFFER_BYTES = 4 << 10
"""Of a connection on Windows, where `multiprocessing` asks for 8 KiB."""


PackedRequest = tuple[int, bytes]
"""The request to do the work on a task: its number; the digest of its settings and the work, pickled."""


def packed_request(index: int, work: Any, *, with_settings: bool) -> PackedRequest:
    """The request to do the work on a task; the settings of its run are left out where the worker has them already.

    Raises:
        Exception: what pickling the work raises.
    """
    sent = work if with_settings else replace(work, settings=NO_SETTINGS)
    return index, packed((work.settings.digest, sent))


def packed(sent: Any) -> bytes:
    """What one process of a run sends to another.

    Raises:
        Exception: what pickling it raises.
    """
    return pickle.dumps(sent, pickle.HIGHEST_PROTOCOL)


def unpacked(data: bytes) -> Any:
    """What another process of the run has packed."""
    return pickle.loads(data)  # noqa: S301  # all of them are our own, and trust each other


class WorkerRequests:
    """The requests to one worker, which answers them in their order."""

    def __init__(self, connection: Connection) -> None:
        self.buffer_bytes = buffer_bytes(connection)
        """What it may be sent while it is busy."""
        self._connection = connection
        self._unanswered: deque[int] = deque()  # how many bytes each of them has
        self._unsent: deque[PackedRequest] = deque()

    @property
    def has_unsent(self) -> bool:
        """Whether something is kept back until the worker has answered what it was sent before."""
        return bool(self._unsent)

    def add(self, requests: Iterable[PackedRequest]) -> None:
        """Sends requests as soon as they may be sent; that the worker has ended is no error."""
        self._unsent.extend(requests)
        self._send_what_fits()

    def answered(self, count: int) -> None:
        """Called when the worker has answered so many requests."""
        for _ in range(count):
            self._unanswered.popleft()
        self._send_what_fits()

    def _send_what_fits(self) -> None:
        while len(self._unanswered) <= MAX_QUEUED_TASKS - MAX_MESSAGE_TASKS and (message := self._next_message()):
            with suppress(OSError):
                self._connection.send(message)

    def _next_message(self) -> list[PackedRequest]:
        """As many of those that are unsent as may be sent together now; one of any size where none is unanswered."""
        message: list[PackedRequest] = []
        room = self.buffer_bytes - sum(self._unanswered)
        while self._unsent and len(message) < MAX_MESSAGE_TASKS:
            byte_count = len(self._unsent[0][1])
            if byte_count > room and self._unanswered:
                break
            room -= byte_count
            self._unanswered.append(byte_count)
            message.append(self._unsent.popleft())
        return message


def buffer_bytes(connection: Connection) -> int:
    """How much can be sent through a connection for certain while nobody reads at its other end."""
    if sys.platform == "win32":
        return PIPE_BUFFER_BYTES
    import socket

    with socket.socket(fileno=os.dup(connection.fileno())) as end:
        with suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SOCKET_BUFFER_BYTES)
        return end.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) // BUFFER_BYTES_PER_BYTE
