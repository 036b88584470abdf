"""The desk on a port of this machine, which nobody else reaches, until it is ended."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

from grader.errors import GraderError
from grader.review.guard import LOOPBACK

if TYPE_CHECKING:
    from grader.review.appeals import Appeals
    from grader.review.desk import Desk

TOKEN_BYTES = 32
EXTRA = "proofgrade[review]"


def refuse_without_libraries() -> None:
    """Raises `GraderError`, which says what to install, where a library of the desk is missing."""
    try:
        import latex2mathml
        import markdown_it
        import mdit_py_plugins
        import starlette
        import uvicorn
    except ImportError as error:
        advice = f"install it with: pip install '{EXTRA}'; without it there is `grader review RESULTS --terminal`"
        raise GraderError(f"the desk needs {error.name or 'its libraries'}, which is not installed: {advice}") from None
    del latex2mathml, markdown_it, mdit_py_plugins, starlette, uvicorn


def new_token() -> str:
    """What the address of a desk begins with: nobody can guess it."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def bound_socket(port: int) -> socket.socket:
    """A socket of this machine alone; port 0: one that is free.

    Raises:
        GraderError: if the port is taken, or may not be used.
    """
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((LOOPBACK, port))
    except OSError as error:
        bound.close()
        advice = "name another one with --port, or leave it out"
        raise GraderError(f"port {port} of {LOOPBACK} cannot be used: {error.strerror}: {advice}") from None
    return bound


def serve(desk: Desk, appeals: Appeals | None, port: int, ready: Callable[[str, str], None]) -> None:
    """Answers until it is interrupted.

    `ready` is told the address as soon as it answers, and another one that leads there once, for starting a browser.

    Raises:
        KeyboardInterrupt: when it was ended by Ctrl-C; under load the server may return instead.
    """
    import uvicorn

    from grader.review.server import desk_application

    token, once = new_token(), new_token()
    with closing(bound_socket(port)) as bound:
        port = bound.getsockname()[1]
        address = f"http://{LOOPBACK}:{port}"
        config = uvicorn.Config(
            desk_application(desk, appeals, token, port, once),
            log_level="critical",  # what fails is said by the desk itself; the log of addresses would tell the token
            access_log=False,
            lifespan="off",
            server_header=False,
            ws="none",
            proxy_headers=False,
            timeout_graceful_shutdown=3,
            h11_max_incomplete_event_size=64 << 10,
        )
        bound.listen(128)
        ready(f"{address}/{token}/", f"{address}/{once}")
        uvicorn.Server(config).run(sockets=[bound])
