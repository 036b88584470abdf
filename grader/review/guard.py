"""Who may ask the desk: nobody without its token, under another host's name, or from a page of another origin.

The token is the first part of every address, so that a cookie of another server on this machine can neither be taken
for it nor read. A page of another origin does not know it, and what it could guess is refused by its `Origin`.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = "127.0.0.1"


HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self' {style}; script-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""Of every answer; nothing is kept in the browser's cache, and nothing is asked for elsewhere."""


class Guard:
    """Lets requests through to the pages that come with the token, and takes the token out of their address."""

    def __init__(self, app: ASGIApp, token: str, port: int, style: str, once: str = "") -> None:
        """`style` is what the policy calls the style sheet that stands in each page.

        `once` leads to the token, one time: a browser is started with it, and what it is started with others can read
        in the list of processes.
        """
        self._app = app
        self._token = token
        self._once = once
        self._hosts = frozenset(f"{name}:{port}" for name in (LOOPBACK, "localhost"))
        self._headers = [(name.lower().encode(), value.format(style=style).encode()) for name, value in HEADERS.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # the desk has no other: a websocket is closed before it opens
            await send({"type": "websocket.close", "code": 1008})
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in self._headers}
                kept = [(name, value) for name, value in message.get("headers", ()) if name.lower() not in own]
                message = {**message, "headers": [*kept, *self._headers]}
            await send(message)

        headers = _headers(scope)
        refusal = self._refusal_of_page(headers)
        if not refusal and self._is_opened(scope):
            await _lead(guarded, f"/{self._token}/")
            return
        if refusal := refusal or self._refusal_of_address(scope):
            await _refuse(guarded, refusal)
            return
        _, _, rest = scope["path"].removeprefix("/").partition("/")
        inner = {**scope, "root_path": f"/{self._token}", "path": f"/{self._token}/{rest}"}
        await self._app(inner, receive, guarded)

    def _is_opened(self, scope: Scope) -> bool:
        """Whether this is the address that leads to the token; it does so once."""
        once = self._once
        if not once or not _is_same(scope["path"].removeprefix("/"), once):
            return False
        self._once = ""
        return True

    def _refusal_of_page(self, headers: Mapping[str, list[str]]) -> str:
        """Why a request of another site or under another name is refused; "" where it is not."""
        if not _are(headers.get("host", []), self._hosts):
            return "The desk answers at its own address alone."
        if not self._is_own_origin(headers):
            return "The desk answers its own pages alone."
        return ""

    def _refusal_of_address(self, scope: Scope) -> str:
        """Why a request is refused by its address; "" where it is not."""
        if not _is_same(scope["path"].removeprefix("/").partition("/")[0], self._token):
            return "The address is without the token that `grader review` printed: open the address that it printed."
        return ""

    def _is_own_origin(self, headers: Mapping[str, list[str]]) -> bool:
        """Whether nothing says that the request comes from a page of another origin.

        A form of a page without referrers has the origin `null`, as a foreign one in a sandbox has; the browser's own
        `Sec-Fetch-Site`, which no page can set, tells them apart.
        """
        sites = headers.get("sec-fetch-site", [])
        if not _are(sites, frozenset({"same-origin", "none"})) and sites:
            return False
        origins = headers.get("origin", [])
        if origins == ["null"]:
            return sites == ["same-origin"]
        return not origins or _are(origins, frozenset(f"http://{host}" for host in self._hosts))


def _headers(scope: Scope) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


def _are(values: list[str], wanted: frozenset[str]) -> bool:
    """Whether there is one value, and it is among those that are wanted."""
    return len(values) == 1 and values[0].lower() in wanted


def _is_same(given: str, secret: str) -> bool:
    """Compared in a time that tells nothing of where they differ."""
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), secret.encode())


async def _lead(send: Send, path: str) -> None:
    await send({"type": "http.response.start", "status": 303, "headers": [(b"location", path.encode())]})
    await send({"type": "http.response.body", "body": b""})


async def _refuse(send: Send, why: str) -> None:
    body = f"{why}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
