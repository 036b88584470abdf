"""The pages that are made of the package's own tables, so that they can say nothing else than what holds.

A new one is a module with `page_text()`, which gives Markdown with a title, and a row here. They are named by strings,
and imported when they are shown: the commands, which one of them lists, lie on a floor above this one.
"""

from __future__ import annotations

from collections.abc import Mapping

GENERATED_PAGES: Mapping[str, str] = {
    "commands": "grader.help_pages.commands",
    "expressions": "grader.help_pages.expressions",
    "keys": "grader.help_pages.keys",
}
"""The module of each page by its topic."""
