"""The templates and the style sheet of all pages, and the one way in which a page is written."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from grader.visible import visible

if TYPE_CHECKING:
    from jinja2 import Environment

NO_TEX = "tex2jax_ignore mathjax_ignore"
"""The classes under which MathJax leaves dollars and backslashes alone (its versions 2, and 3 and later)."""


@cache
def environment() -> Environment:
    """The templates in `grader/pages/templates`; a value is text, never markup, unless its type is `Markup`.

    Pages forbid scripts and everything that lies elsewhere. They allow the one style sheet and no `style` attribute,
    so that pictures have presentation attributes or classes of the sheet.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    found = Environment(
        loader=PackageLoader("grader.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    own = {"style_sheet": style_sheet(), "style_source": style_source(), "no_tex": NO_TEX}
    found.globals |= {name: Markup(text) for name, text in own.items()}
    return found


def rendered(template: str, **data: object) -> str:
    """A page, or a part of one, with the values of `data`: markup in them is escaped, hidden characters written out."""
    return visible(environment().get_template(template).render(data))


@cache
def style_sheet() -> str:
    """The style sheet of all pages and their pictures. Each of its rules is for what is below the class `grader`."""
    sheets = ("style.css", "pictures/pictures.css")
    return "".join(files("grader.pages").joinpath(sheet).read_text(encoding="utf-8") for sheet in sheets)


@cache
def style_source() -> str:
    """What a content security policy calls the style sheet: `'sha256-...'`."""
    return f"'sha256-{b64encode(sha256(style_sheet().encode()).digest()).decode()}'"
