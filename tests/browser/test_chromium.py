"""The checks of pages find what they look for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

GOOD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>A page</title>
<style>body { color: #222; background: #fff } %s</style></head>
<body><main><h1>A page</h1>%s</main></body></html>
"""

Faults = Callable[[str | Path], list[str]]


def page(folder: Path, style: str = "", body: str = "<p>Text.</p>") -> Path:
    """A page in a file."""
    file = folder / "page.html"
    file.write_text(GOOD % (style, body), encoding="utf-8")
    return file


def test_a_good_page_has_no_faults(page_faults: Faults, tmp_path: Path) -> None:
    assert page_faults(page(tmp_path)) == []


@pytest.mark.parametrize(
    ("style", "body", "said"),
    [
        ("", '<p style="width: 900px">wide</p>', "scrolls sideways at 360 px"),
        ("p { color: #ccc }", "<p>faint</p>", "light: color-contrast"),
        (
            "@media (prefers-color-scheme: dark) { p { color: #ddd } }",
            "<p>faint in the dark</p>",
            "dark: color-contrast",
        ),
        ("", '<input type="text">', "light: label"),
        ("", "<script>nothing.here()</script>", "console: "),
        ("", '<script src="http://127.0.0.2:9/x.js"></script>', "loads http://127.0.0.2:9/x.js"),
    ],
)
def test_each_kind_of_fault_is_found(page_faults: Faults, tmp_path: Path, style: str, body: str, said: str) -> None:
    assert any(fault.startswith(said) for fault in page_faults(page(tmp_path, style, body)))
