"""A child of its own for each submission, where nothing can be forked and confined (macOS, Windows): tier D."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import threading
from collections.abc import Callable, Mapping
from typing import IO, Any

from .endings import ENDING_STRUCT
from .installation import ENVIRONMENT, Installation

STREAM_CHUNK_BYTES = 1 << 16
LOG_TIMEOUT_S = 1.0  # seconds for the last of what was printed to arrive, once the process has ended


class SpawnedChild:
    """The pipes of a subprocess, carried over sockets by threads: sockets can be waited for on every system."""

    def __init__(self, installation: Installation) -> None:
        environment = {**ENVIRONMENT, **{name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}}
        self._process = subprocess.Popen(
            installation.command("single"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            cwd=os.path.abspath(os.sep),
            bufsize=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self.requests, requests = socket.socketpair()
        self.answers, answers = socket.socketpair()
        self.log, log = socket.socketpair()
        self.status, self._status = socket.socketpair()
        for end in (self.requests, self.answers, self.log, self.status):
            end.setblocking(False)
        _started(_send_on, requests, self._process.stdin)
        _started(_receive, self._process.stdout, answers)
        self._logging = _started(_receive, self._process.stderr, log)
        _started(self._wait)

    def _wait(self) -> None:
        code = self._process.wait()
        self._logging.join(LOG_TIMEOUT_S)
        with contextlib.suppress(OSError):
            self._status.sendall(ENDING_STRUCT.pack(-code if code < 0 else (code & 0xFF) << 8, 0, 0))

    def place_program(self, program: bytes) -> bytes:
        return program

    def unsent(self) -> None:
        return None

    def read(self, end: socket.socket, most: int) -> bytes | None:
        try:
            return end.recv(most)
        except BlockingIOError:
            return None
        except ConnectionError:
            return b""

    def write(self, data: memoryview) -> int:
        try:
            return self.requests.send(data)
        except BlockingIOError:
            return 0

    def running(self) -> bool:
        return self._process.poll() is None

    def pid(self) -> int | None:
        return self._process.pid

    def kill(self) -> None:
        self._process.kill()
        self._logging.join(LOG_TIMEOUT_S)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for end in (self.requests, self.answers, self.log, self.status, self._status):
            end.close()


def _started(target: Callable[..., None], *arguments: object) -> threading.Thread:
    thread = threading.Thread(target=target, args=arguments, daemon=True)
    thread.start()
    return thread


def _send_on(source: socket.socket, target: IO[bytes]) -> None:
    with source, contextlib.suppress(OSError), target:
        while data := source.recv(STREAM_CHUNK_BYTES):
            target.write(data)


def _receive(source: IO[bytes], target: socket.socket) -> None:
    with target, contextlib.suppress(OSError), source:
        while data := source.read(STREAM_CHUNK_BYTES):
            target.sendall(data)


def settings(installation: Installation, policy: Mapping[str, Any]) -> dict[str, Any]:
    """The first frame of such a child."""
    return {
        "folders": installation.folders,
        "packages": installation.packages,
        "places": dict(installation.places),
        "memory": policy["memory"],
        "cpu_seconds": policy["cpu_seconds"],
    }
