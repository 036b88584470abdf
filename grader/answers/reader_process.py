"""Asking a process of its own to read one hostile file with a library that is not ours."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

READER_TIMEOUT_S = 600
"""When a reader that gets no processor is given up; its processor time has a limit of its own."""

_START = Path(__file__).parents[1] / "sandbox" / "child" / "start.py"
_INTERPRETER_FLAGS = ("-I", "-B")
_KEPT_ENVIRONMENT = ("SYSTEMROOT", "LANG")


class ReaderProcessError(Exception):
    """The process could not be started, or got too little of the processor."""


def answer_of_reader(entry: str, data: bytes, environment: Mapping[str, str]) -> bytes:
    """What the process says; nothing where it came to an end of its own over the file.

    `entry` is the module of the child that reads, `data` all that it is given.
    """
    import subprocess  # which few submissions need

    kept = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, *_INTERPRETER_FLAGS, str(_START), entry],
            input=data,
            capture_output=True,
            env=kept | dict(environment),
            cwd=os.path.abspath(os.sep),
            timeout=READER_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ReaderProcessError("it got too little of the processor") from None
    except OSError as error:
        raise ReaderProcessError(f"no process can be started: {error.strerror}") from None
    return done.stdout if done.returncode == 0 else b""
