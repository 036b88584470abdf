"""The pages of the desk: its templates beside those of all pages, its style sheet and its script."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from grader.pages.environment import environment
from grader.visible import visible

if TYPE_CHECKING:
    from jinja2 import Environment

ASSETS = {"desk.css": "text/css; charset=utf-8", "desk.js": "text/javascript; charset=utf-8"}
"""The files that pages of the desk load, and what they are."""


@cache
def desk_environment() -> Environment:
    """The templates in `grader/review/templates`, and those of all pages behind them."""
    from jinja2 import ChoiceLoader, PackageLoader

    base = environment()
    loader = ChoiceLoader([PackageLoader("grader.review"), *([base.loader] if base.loader else [])])
    return base.overlay(loader=loader)


def desk_page(template: str, **data: object) -> str:
    """A page with the values of `data`: markup in them is escaped, hidden characters are written out."""
    return visible(desk_environment().get_template(template).render(data))


@cache
def asset(name: str) -> bytes:
    """The bytes of one of `ASSETS`."""
    return files("grader.review").joinpath(name).read_bytes()
