"""A page on a terminal: its Markdown set by rich, in a pager where it is longer than the screen."""

from __future__ import annotations

import io
import re

from grader.help_pages.pages import HelpPage


def set_page(page: HelpPage, width: int, *, colour: bool) -> str:
    """The page as text in lines of at most `width` columns."""
    from rich.console import Console
    from rich.markdown import Markdown
    from rich.theme import Theme

    out = io.StringIO()
    console = Console(
        theme=Theme({"markdown.code": "bold cyan"}),
        file=out,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        legacy_windows=False,
    )
    console.print(Markdown(page.plain, code_theme="ansi_dark", hyperlinks=False))
    lines = "\n".join(line.rstrip() for line in out.getvalue().splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n") + "\n"
