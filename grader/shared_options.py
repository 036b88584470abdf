"""Options of commands that exports have as well, which lie on a floor of their own, and a type of these."""

from __future__ import annotations

import click


class FilledText(click.types.StringParamType):
    """A text that a command refuses where it is given empty, and that may be left out."""


FILLED_TEXT = FilledText()

SANDBOX_OPTION = click.option(
    "--require-sandbox",
    type=click.Choice(("strict", "degraded", "off")),
    default="strict",
    show_default=True,
    help="What must hold students' code; anything less than strict is stamped on the report.",
)

SHOW_EXPECTED_OPTION = click.option(
    "--show-expected", is_flag=True, help="On platforms: let students see expected values, too."
)
