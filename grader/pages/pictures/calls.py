"""A function's smallest wrong call as tables and heat maps."""

from __future__ import annotations

from markupsafe import Markup

from grader.page_details import ShownCall


def call_picture(call: ShownCall) -> Markup:
    """The arguments, what came and what was wanted; arrays as small tables, or as heat maps where they are large."""
    return Markup()
