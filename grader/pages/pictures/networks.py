"""A network with an answer's weights as a diagram."""

from __future__ import annotations

from markupsafe import Markup

from grader.page_details import DrawnNetwork


def network_diagram(network: DrawnNetwork) -> Markup:
    """The units in layers, an edge a weight by sign and size; the weights as a table below."""
    return Markup()
