"""Pictures of pages as a browser shows them, for whoever changes a page to look at.

    python -m tests.browser.screenshots FOLDER [PAGE ...]

A PAGE is a file or an address. Without any, the pages of some example submissions are made and taken. Each page is
taken at three widths, in light and in dark, as FOLDER/<page>-<width>-<scheme>.png.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from click.testing import CliRunner

from grader.cli import cli
from tests.browser.chromium import NARROW_PIXELS, WIDE_PIXELS, address_of, new_page, opened_browser

if TYPE_CHECKING:
    from playwright.sync_api import ColorScheme

WIDTHS_PIXELS = (NARROW_PIXELS, 800, WIDE_PIXELS)
SCHEMES: tuple[ColorScheme, ...] = ("light", "dark")
EXAMPLES = ("solved_sheet", "forgets_the_past", "near_misses", "broken_file", "lab_wrong_norm", "lab_syntax_error")


def example_pages(folder: Path) -> list[Path]:
    """The pages of the examples, written into a folder."""
    pages = []
    for name in EXAMPLES:
        page = folder / f"{name}.html"
        arguments = ["check", f"submissions_example/{name}", "--format", "html", "--output", str(page)]
        CliRunner().invoke(cli, arguments, catch_exceptions=False)
        pages.append(page)
    return pages


def take(folder: Path, places: Sequence[str | Path]) -> None:
    """Takes the pages at some places, whole, from top to bottom."""
    folder.mkdir(parents=True, exist_ok=True)
    with opened_browser() as browser:
        for place in places:
            name = Path(str(place)).stem
            for width in WIDTHS_PIXELS:
                for scheme in SCHEMES:
                    page = new_page(browser, width, scheme)
                    page.goto(address_of(place))
                    page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
                    page.context.close()


def main(arguments: Sequence[str]) -> None:
    if not arguments:
        raise SystemExit(__doc__)
    folder, *named = arguments
    with TemporaryDirectory() as made:
        places = [Path(one) if Path(one).exists() else one for one in named] or example_pages(Path(made))
        take(Path(folder), places)


if __name__ == "__main__":
    main(sys.argv[1:])
