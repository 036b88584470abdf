"""Where the states and arrows of a machine lie, worked out by Graphviz where it is installed.

Graphviz is given numbers alone (how large states and texts are, and what is joined with what) and its answer is read
as numbers, so that no text of a student reaches it and none of its own reaches a page.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from grader.pages.pictures.boxes import PicturePoint
from grader.pages.pictures.layered_layout import GraphLayout, PlacedArrow
from grader.pages.pictures.machine_graph import STATE_HEIGHT, MachineGraph

MAX_GRAPHVIZ_STATES, MAX_GRAPHVIZ_ARROWS = 30, 150
"""States and arrows of a machine that is drawn with Graphviz; a larger one is a table."""

GRAPHVIZ_TIMEOUT_S = 20

MAX_KEPT_LAYOUTS = 256

KEPT_VARIABLES = ("PATH", "HOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMP")
"""Variables of the environment that Graphviz may need to find its parts."""


def graphviz_layout(graph: MachineGraph) -> GraphLayout | None:
    """Where everything lies; None where there is no Graphviz, or it fails, or the graph is too large for a picture."""
    if len(graph.states) > MAX_GRAPHVIZ_STATES or len(graph.arrows) > MAX_GRAPHVIZ_ARROWS:
        return None
    program = graphviz()
    return _by_graphviz(program, _in_dot(graph)) if program else None


@cache
def graphviz() -> str:
    """The path of Graphviz's `dot`; "" where there is none, or only one in the folder that the grader runs in."""
    found = shutil.which("dot")
    if found is None or Path(found).resolve().is_relative_to(Path.cwd().resolve()):
        return ""
    return found


def _in_dot(graph: MachineGraph) -> str:
    """A graph for `dot`: states and texts are boxes of a size."""
    lines = ["digraph {", "rankdir=LR; nodesep=0.35; ranksep=0.3;", 'node [shape=box, fixedsize=true, label=""];']
    size = f"height={STATE_HEIGHT / 72:.3f}"
    lines += [f"n{i} [width={graph.width(i) / 72:.3f}, {size}];" for i in range(len(graph.states))]
    for arrow in graph.arrows:
        width, height = map(round, arrow.size)
        box = f'<<TABLE BORDER="0" CELLBORDER="0" CELLPADDING="0" CELLSPACING="0" FIXEDSIZE="TRUE" WIDTH="{width}"'
        lines.append(f'n{arrow.source} -> n{arrow.target} [label={box} HEIGHT="{height}"><TR><TD></TD></TR></TABLE>>];')
    return "\n".join([*lines, "}"])


@lru_cache(maxsize=MAX_KEPT_LAYOUTS)
def _by_graphviz(program: str, text: str) -> GraphLayout | None:
    """What `dot` makes of a graph; None where it fails, or gives something else than a layout."""
    environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    try:
        done = subprocess.run(
            [program, "-Tjson"],
            input=text.encode(),
            capture_output=True,
            timeout=GRAPHVIZ_TIMEOUT_S,
            env=environment,
            check=True,
        )
        return _read_layout(json.loads(done.stdout))
    except (OSError, subprocess.SubprocessError, ValueError, TypeError, LookupError):
        return None


def _read_layout(found: Any) -> GraphLayout:
    """The numbers of a layout; LookupError, TypeError or ValueError where they are not there."""
    _, _, width, height = _numbers(found["bb"])
    numbers = {int(node["_gvid"]): int(node["name"][1:]) for node in found["objects"]}
    states = {numbers[int(node["_gvid"])]: _flipped(node["pos"], height) for node in found["objects"]}
    arrows = {
        (numbers[int(edge["tail"])], numbers[int(edge["head"])]): _read_arrow(edge, height)
        for edge in found.get("edges", ())
    }
    return GraphLayout(width, height, tuple(states[i] for i in range(len(states))), arrows)


def _read_arrow(edge: Any, height: float) -> PlacedArrow:
    """`pos` is `e,TIP START POINT POINT POINT ...`, three points for each part of a curve."""
    tip, *curve = [_flipped(part.removeprefix("e,"), height) for part in edge["pos"].split()]
    if len(curve) % 3 != 1:
        raise ValueError("no curve")
    return PlacedArrow(tuple(curve), tip, _flipped(edge["lp"], height))


def _flipped(text: str, height: float) -> PicturePoint:
    """A point, measured from the top."""
    x, y = _numbers(text)
    return x, height - y


def _numbers(text: str) -> Sequence[float]:
    return [float(part) for part in text.split(",")]
