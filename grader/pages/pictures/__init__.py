"""Pictures for pages: each function takes plain data and returns one `figure` element with an inline SVG.

| module | what it draws |
| --- | --- |
| `traces` | a counterexample's trace: units and output over time, the answer's beside what was wanted |
| `networks` | a network with an answer's weights |
| `machines` | minimal machines as state diagrams, the counterexample's path in one colour |
| `calls` | a function's smallest wrong call: arguments, what came and what was wanted |
| `classes` | a class: points, strength of evidence, points over attempts |
| `rubric_heat_map` | a class: submissions by rubric lines |
| `quantities` | a trace's texts as numbers |
| `machine_graph` | a machine's states and arrows, with the text at each |
| `graphviz_layout`, `layered_layout` | where states and arrows lie |
| `network_edges`, `boxes` | the edges of a network and the room for their weights |
| `axis`, `svg` | numbers to pixels; elements and texts, escaped and bounded |

Every figure is wrapped so that a wide picture scrolls inside of it, has a text alternative (`title` and `desc`), and
says the same as text or as a table, unless the page has that beside it. Where there is nothing to draw it is empty.
The colours are classes of `pictures.css`, a part of the style sheet of every page; no element has a style of its own.
The same data gives the same bytes, in every process. Who may see the data is decided before (`grader/audience.py`).
"""

from __future__ import annotations

from grader.pages.pictures.calls import call_picture
from grader.pages.pictures.classes import attempts_plot, evidence_bars, points_histogram
from grader.pages.pictures.machines import state_diagrams
from grader.pages.pictures.networks import network_diagram
from grader.pages.pictures.rubric_heat_map import rubric_heat_map
from grader.pages.pictures.traces import trace_plot

__all__ = [
    "attempts_plot",
    "call_picture",
    "evidence_bars",
    "network_diagram",
    "points_histogram",
    "rubric_heat_map",
    "state_diagrams",
    "trace_plot",
]
