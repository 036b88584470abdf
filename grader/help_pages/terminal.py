"""A page on a terminal: its Markdown set by rich, in a pager where it is longer than the screen."""

from __future__ import annotations

import io
import re
from typing import ClassVar

from grader.help_pages.pages import HelpPage


def set_page(page: HelpPage, width: int, *, colour: bool) -> str:
    """The page as text in lines of at most `width` columns."""
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.markdown import CodeBlock, Markdown
    from rich.syntax import Syntax
    from rich.theme import Theme

    class FlushBlock(CodeBlock):
        """An example from the first column to the last, so that lines as wide as the screen stay in one piece."""

        def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
            code = str(self.text).rstrip()
            yield Syntax(code, self.lexer_name, theme=self.theme, word_wrap=True, padding=(1, 0))

    class Page(Markdown):
        elements: ClassVar = {**Markdown.elements, "fence": FlushBlock, "code_block": FlushBlock}

    out = io.StringIO()
    console = Console(
        theme=Theme({"markdown.code": "bold cyan"}),
        file=out,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        legacy_windows=False,
    )
    console.print(Page(page.plain, code_theme="ansi_dark", hyperlinks=False))
    lines = "\n".join(line.rstrip() for line in out.getvalue().splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n") + "\n"
