"""A browser for the tests of a file; where there is none, they are skipped, and the summary says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium; axe-core is at hand.

    It lives as long as the tests of one file: while Playwright runs, nothing else can run an event loop in this thread.
    """
    try:
        chromium.axe_core()
        with chromium.opened_browser() as opened:
            yield opened
    except chromium.NoBrowserError as error:
        pytest.skip(f"{chromium.NO_BROWSER}: {error}")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page, without cookies or anything else of tests before."""
    opened = chromium.new_page(browser)
    yield opened
    opened.context.close()


@pytest.fixture
def page_faults(page: Page) -> Callable[[str | Path], list[str]]:
    """What is wrong with the page at an address or in a file, which stays open in `page`; [] is what tests want."""
    return lambda place: chromium.page_faults(page, place)
