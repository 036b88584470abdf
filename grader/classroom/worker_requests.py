"""What one worker is sent: never so much that its sender would wait for it.

The rule: a worker reads only while it has no task, and whoever sends it tasks reads its results. One that has answered
all that it was sent is about to read, so that it may be sent any amount; to one that is busy goes only what the buffer
of its connection surely has room for, and the rest waits here. So neither of the two ever waits for the other to read
while that one waits for the same.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from typing import Any

from grader.classroom.work import NO_SETTINGS

MAX_QUEUED_TASKS = 8
"""Tasks that one worker has been given and has not answered."""

SOCKET_BUFFER_BYTES = 512 << 10
"""What is asked of the system for a connection; it may give less."""

BUFFER_BYTES_PER_BYTE = 4
"""What a byte may take of a socket's buffer, as the system counts what it needs beside it: sizes are rounded up to
powers of two, and each of `MAX_QUEUED_TASKS` messages may add 1.3 KiB."""

PIPE_BUFFER_BYTES = 4 << 10
"""Of a connection on Windows, where `multiprocessing` asks for 8 KiB."""


def packed_request(index: int, work: Any, *, with_settings: bool) -> bytes:
    """The request to do the work on a task: its number, the digest of its settings, and the work.

    The settings of its run are left out where the worker has been sent them before.

    Raises:
        Exception: what pickling the work raises.
    """
    sent = work if with_settings else replace(work, settings=NO_SETTINGS)
    return bytes(ForkingPickler.dumps((index, work.settings.digest, sent)))


class WorkerRequests:
    """The requests to one worker, which answers them in their order."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._buffer_bytes = buffer_bytes(connection)
        self._unanswered: deque[int] = deque()  # how many bytes each of them has
        self._unsent: deque[bytes] = deque()

    @property
    def has_unsent(self) -> bool:
        """Whether something is kept back until the worker has answered what it was sent before."""
        return bool(self._unsent)

    def add(self, request: bytes) -> None:
        """Sends a request as soon as it may be sent; that the worker has ended is no error."""
        self._unsent.append(request)
        self._send_what_fits()

    def answered(self) -> None:
        """Called when the worker has answered a request."""
        self._unanswered.popleft()
        self._send_what_fits()

    def _send_what_fits(self) -> None:
        while self._unsent and len(self._unanswered) < MAX_QUEUED_TASKS:
            if self._unanswered and sum(self._unanswered) + len(self._unsent[0]) > self._buffer_bytes:
                return
            request = self._unsent.popleft()
            self._unanswered.append(len(request))
            with suppress(OSError):
                self._connection.send_bytes(request)


def buffer_bytes(connection: Connection) -> int:
    """How much can be sent through a connection for certain while nobody reads at its other end."""
    if sys.platform == "win32":
        return PIPE_BUFFER_BYTES
    import socket

    with socket.socket(fileno=os.dup(connection.fileno())) as end:
        with suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SOCKET_BUFFER_BYTES)
        return end.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) // BUFFER_BYTES_PER_BYTE
