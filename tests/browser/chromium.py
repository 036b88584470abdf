"""A real browser, headless, and what it finds wrong with a page.

Playwright drives the Chromium of the system (Debian's package `chromium`). The rules of accessibility are those of
axe-core, an npm package; `AXE_CORE` names its `axe.min.js`, else it is looked for where `npm install -g` puts it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ColorScheme, Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NARROW_PIXELS = 360
WIDE_PIXELS = 1280
HEIGHT_PIXELS = 900
AXE_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice")
OWN_ADDRESSES = ("file:", "data:", "blob:", "about:", "http://127.0.0.1:")
"""Where a page may load something from: itself, and a server on this machine."""

PAGE_TIMEOUT_MS = 60_000

SIDEWAYS = """() => {
    const root = document.documentElement, room = root.clientWidth;
    const isOver = one => one.getBoundingClientRect().right > room + 1;
    const over = [...document.body.querySelectorAll('*')].filter(isOver).slice(0, 5);
    return root.scrollWidth > room ? [root.scrollWidth, room, over.map(one => one.outerHTML.slice(0, 120))] : null;
}"""


NO_BROWSER = "no browser"
"""How the reason begins for which these tests are skipped."""


class NoBrowserError(Exception):
    """What is missing for these tests, and how it is installed."""


def axe_core() -> Path:
    """The script of axe-core.

    Raises:
        NoBrowserError: if it is not installed.
    """
    if named := os.environ.get("AXE_CORE"):
        return Path(named)
    if npm := shutil.which("npm"):
        modules = subprocess.run([npm, "root", "-g"], capture_output=True, text=True, check=False, timeout=60).stdout
        script = Path(modules.strip()) / "axe-core" / "axe.min.js"
        if script.is_file():
            return script
    raise NoBrowserError("axe-core is not installed: npm install -g axe-core, or name its axe.min.js in AXE_CORE")


@contextmanager
def opened_browser() -> Iterator[Browser]:
    """A browser with an empty profile; it ends with the context.

    Raises:
        NoBrowserError: if there is none, or nothing that drives it.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise NoBrowserError("Playwright is not installed: pip install -e '.[dev]'") from None
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise NoBrowserError("there is no Chromium: apt install chromium")
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    unsandboxed = ["--no-sandbox"] if is_root else []  # Chromium's own sandbox does not start for root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=unsandboxed)
        try:
            yield browser
        finally:
            browser.close()


def new_page(browser: Browser, width: int = WIDE_PIXELS, scheme: ColorScheme = "light") -> Page:
    """An empty page in a profile of its own; `page.context.close()` ends it."""
    viewport = {"width": width, "height": HEIGHT_PIXELS}
    page = browser.new_context(viewport=viewport, color_scheme=scheme).new_page()
    page.set_default_timeout(PAGE_TIMEOUT_MS)
    return page


def address_of(place: str | Path) -> str:
    """An address as it is; of a file, its path as one."""
    return place.resolve().as_uri() if isinstance(place, Path) else place


def page_faults(page: Page, place: str | Path) -> list[str]:
    """What is wrong with the page at a place, a sentence each: narrow and light, then wide and dark; it stays open."""
    found: list[str] = []

    def on_console(message: Any) -> None:
        if message.type in ("error", "warning"):
            found.append(f"console: {message.text}")

    def on_request(request: Any) -> None:
        if not request.url.startswith(OWN_ADDRESSES):
            found.append(f"loads {request.url}")

    def on_error(error: Any) -> None:
        found.append(f"console: {error}")

    heard: dict[str, Any] = {"console": on_console, "request": on_request, "pageerror": on_error}
    for event, listener in heard.items():
        page.on(event, listener)
    try:
        page.set_viewport_size({"width": NARROW_PIXELS, "height": HEIGHT_PIXELS})
        page.emulate_media(color_scheme="light")
        page.goto(address_of(place))
        if sideways := page.evaluate(SIDEWAYS):
            wide, room, over = sideways
            found.append(f"scrolls sideways at {NARROW_PIXELS} px: {wide} px in {room}: {over}")
        found += _inaccessible(page, "light")
        page.set_viewport_size({"width": WIDE_PIXELS, "height": HEIGHT_PIXELS})
        page.emulate_media(color_scheme="dark")
        found += _inaccessible(page, "dark")
    finally:
        for event, listener in heard.items():
            page.remove_listener(event, listener)
    return found


@cache
def _axe_source(script: Path) -> str:
    return script.read_text(encoding="utf-8")


def _inaccessible(page: Page, scheme: str) -> Iterator[str]:
    """What breaks a rule of axe-core, with the first elements that do."""
    if not page.evaluate("() => typeof window.axe === 'object'"):
        page.evaluate(_axe_source(axe_core()))
    options = {"runOnly": {"type": "tag", "values": AXE_RULES}, "resultTypes": ["violations"]}
    result: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    for violation in result["violations"]:
        places = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
        yield f"{scheme}: {violation['id']}: {violation['help']}: {places}"
