"""What one worker is sent: pickled once, and never so much that its sender would wait for it.

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


class WorkerRequests:
    """The requests to one worker: a task's number, the digest of its settings, and the work on it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._buffer_bytes = buffer_bytes(connection)
        self._unanswered: dict[int, int] = {}  # how many bytes it was sent, by the number of the task
        self._unsent: deque[tuple[int, bytes]] = deque()
        self._settings: set[str] = set()

    @property
    def has_unsent(self) -> bool:
        """Whether something is kept back until the worker has answered what it was sent before."""
        return bool(self._unsent)

    def add(self, index: int, work: Any) -> None:
        """Sends the work on a task, and the settings of its run with the first; that the worker has ended is no error.

        Raises:
            Exception: what pickling it raises; nothing is sent then.
        """
        digest = work.settings.digest
        bare = replace(work, settings=NO_SETTINGS) if digest in self._settings else work
        self._unsent.append((index, bytes(ForkingPickler.dumps((index, digest, bare)))))
        self._settings.add(digest)
        self._send_what_fits()

    def answered(self, index: int) -> None:
        """Called when the worker has answered a task."""
        self._unanswered.pop(index, None)
        self._send_what_fits()

    def _send_what_fits(self) -> None:
        while self._unsent:
            index, message = self._unsent[0]
            if self._unanswered and sum(self._unanswered.values()) + len(message) > self._buffer_bytes:
                return
            self._unsent.popleft()
            self._unanswered[index] = len(message)
            with suppress(OSError):
                self._connection.send_bytes(message)


def buffer_bytes(connection: Connection) -> int:
    """How much can be sent through a connection for certain while nobody reads at its other end."""
    if sys.platform == "win32":
        return PIPE_BUFFER_BYTES
    import socket

    with socket.socket(fileno=os.dup(connection.fileno())) as end:
        with suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SOCKET_BUFFER_BYTES)
        return end.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) // BUFFER_BYTES_PER_BYTE
