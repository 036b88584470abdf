"""Pictures of pages as a browser shows them, for whoever changes a page to look at.

    python tests/browser/screenshots.py FOLDER [PAGE ...]

A PAGE is a file or an address. Without any, some example submissions are graded, and taken are their pages, the page of
the class and the reader's desk. Each is taken at three widths, in light and in dark, as
FOLDER/<page>-<width>-<scheme>.png.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [] if __package__ else [str(ROOT)]  # as a script, where Python looks beside it alone

from tests.browser.chromium import (  # noqa: E402  # only once the tests can be found
    NARROW_PIXELS,
    WIDE_PIXELS,
    address_of,
    new_page,
    opened_browser,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ColorScheme

WIDTHS_PIXELS = (NARROW_PIXELS, 800, WIDE_PIXELS)
SCHEMES: tuple[ColorScheme, ...] = ("light", "dark")
EXAMPLES = ("solved_sheet", "forgets_the_past", "near_misses", "broken_file", "lab_wrong_norm", "lab_syntax_error")
GRADER = (sys.executable, "-m", "grader")


def graded_examples(folder: Path) -> Path:
    """The results of the examples, without the marks of readers, so that answers wait for one."""
    for name in EXAMPLES:
        shutil.copytree(ROOT / "submissions_example" / name, folder / "class" / name)
    (folder / "marks.yaml").write_text("[]\n", encoding="utf-8")
    named = ["--out", folder / "results", "--course", ROOT, "--marks", folder / "marks.yaml"]
    subprocess.run([*GRADER, "grade", folder / "class", *named], check=True, capture_output=True)
    return folder / "results"


@contextmanager
def open_desk(folder: Path) -> Iterator[str]:
    """The address of a desk for results in a folder, which is closed at the end."""
    named = ["--no-open", "--course", ROOT, "--spec", "assignment3", "--marks", folder / "marks.yaml"]
    command = [*GRADER, "review", folder / "results", *named]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as desk:
        assert desk.stdout is not None
        yield desk.stdout.readline().split()[-1]
        desk.send_signal(signal.SIGINT)


def desk_pages(browser: Browser, address: str) -> dict[str, str]:
    """The first page, that of a question, and that of an answer."""
    found = {"desk": address, "desk-question": f"{address}questions/0?show=all"}
    page = new_page(browser)
    page.goto(found["desk-question"])
    page.locator("ul.answers a >> nth=0").click()
    found["desk-answer"] = page.url
    page.context.close()
    return found


def take(browser: Browser, folder: Path, places: Mapping[str, str | Path]) -> None:
    """Takes the pages at some places, by their names, whole, from top to bottom."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, place in places.items():
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
    with ExitStack() as stack:
        browser = stack.enter_context(opened_browser())
        if named:
            places = {Path(one).stem: Path(one) if Path(one).exists() else one for one in named}
        else:
            made = Path(stack.enter_context(TemporaryDirectory()))
            results = graded_examples(made)
            places = {page.stem: page for page in sorted((results / "pages").iterdir())}
            places |= {"class": results / "class.html"}
            places |= desk_pages(browser, stack.enter_context(open_desk(made)))
        take(browser, Path(folder), places)


if __name__ == "__main__":
    main(sys.argv[1:])
