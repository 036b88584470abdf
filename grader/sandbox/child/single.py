"""One program in a process of its own, where nothing can be forked from a zygote: limits only, where there are any."""

from __future__ import annotations

import contextlib
import os
import sys

from . import frames
from .codec import Codec
from .frames import ClosedError
from .own_process import OwnProcess, limit_where_possible
from .packages import preload
from .program import Seeds
from .serve import serve
from .streams import open_standard_streams


def main() -> None:
    """Requests come on standard input, answers leave on what was standard output; prints go to standard error.

    The first frame holds the settings: memory, cpu_seconds, and those of `preload`.
    """
    os.dup2(0, frames.REQUESTS_DESCRIPTOR)
    os.dup2(1, frames.ANSWERS_DESCRIPTOR)
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    open_standard_streams()
    settings = frames.receive()
    loaded = preload(settings, OwnProcess())
    limit_where_possible(settings["memory"] + loaded.extra_bytes, settings["cpu_seconds"])
    code = 99
    with contextlib.suppress(ClosedError):
        serve(Codec(loaded.numpy, sys.modules.get("torch")), Seeds(loaded.numpy))
        code = 0
    os._exit(code)
