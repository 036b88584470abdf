"""What a page shows of a question beside its marks: its words, what was handed in, and what pictures are drawn from.

All of it is plain text and numbers, without markup but for MathML, so that it can be kept with a verdict and any page
be made of it later. Nothing here changes a mark.
"""

from __future__ import annotations

from grader.deferred import dataclass
from grader.network_details import MinimalMachines


@dataclass(frozen=True)
class HandedInText:
    """What was handed in for a question, or a part of it, as text.

    `language` is how it is shown: `python`, `yaml`, `markdown` or `text`. `first_line` is the number of its first line
    in the file. `marked_lines` are the numbers, in the file, of those that a finding is about. `cut`: there was more.
    """

    file: str
    text: str
    language: str = "text"
    first_line: int = 1
    marked_lines: tuple[int, ...] = ()
    cut: bool = False


@dataclass(frozen=True)
class TypesetFormula:
    """A formula, typeset: `caption` says whose it is, `mathml` is one `math` element that the grader wrote itself.

    `is_wanted`: it is the right one, which is shown where the spec reveals it.
    """

    caption: str
    text: str
    mathml: str
    is_wanted: bool = False


@dataclass(frozen=True)
class DrawnUnit:
    """A unit of a network as it is drawn: an input, a hidden unit or an output, in a layer that counts from 0.

    `bias` is what it adds to the weighted sum, `does` what it does with that: `≥ 0.5` (1 if so, else 0), `sigmoid`; ""
    where it puts out the sum itself. `is_input`, `is_output`: what goes in, and what is judged.
    """

    name: str
    layer: int
    bias: str = ""
    does: str = ""
    is_input: bool = False
    is_output: bool = False


@dataclass(frozen=True)
class DrawnEdge:
    """A weight between two units; `weight` is its text, exact where it is short, and `size` its value as a float.

    A source goes in as it was `lag` steps before. Without a `weight` it goes in otherwise than times a number. An edge
    may stand for `count` weights between the units of two quantities; its size then is that of the largest.
    """

    source: str
    target: str
    weight: str = ""
    size: float = 0.0
    lag: int = 0
    count: int = 1


@dataclass(frozen=True)
class DrawnNetwork:
    """A network with the weights of an answer; `notes` say what is left out of it, and where it is otherwise."""

    units: tuple[DrawnUnit, ...]
    edges: tuple[DrawnEdge, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class MachinePath:
    """The way of a counterexample through the machines of a question, in the rubric line of that name.

    `inputs` are its steps, by number in `MachineTable.inputs`; `cut`: there were more.
    """

    check: str
    inputs: tuple[int, ...]
    cut: bool = False


@dataclass(frozen=True)
class ShownArray:
    """A value of a function's call: its text, and where it is an array of at most two axes, its cells row by row.

    `dtype` and `shape` are its own, where it has any. A vector is one row of cells. Of a large array some rows and
    columns are kept, from row and column `origin` on. `wrong` are the kept cells, by row and column of the array, that
    are not what was wanted there; (0, 0) of a value without cells that is not.
    """

    name: str
    text: str
    cells: tuple[tuple[str, ...], ...] = ()
    dtype: str = ""
    shape: tuple[int, ...] = ()
    origin: tuple[int, int] = (0, 0)
    wrong: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class ShownCall:
    """The call on which a function goes wrong, in the rubric line of that name; `wanted` is empty where it is unknown.

    `got` and `wanted` have one array for each part of the output. `rule` is what is wanted where that is no value.
    """

    check: str
    arguments: tuple[ShownArray, ...]
    got: tuple[ShownArray, ...]
    wanted: tuple[ShownArray, ...] = ()
    rule: str = ""


@dataclass(frozen=True)
class PageDetails:
    """What a page shows of one question; what is not known is empty."""

    prompt: str = ""
    handed_in: tuple[HandedInText, ...] = ()
    formulas: tuple[TypesetFormula, ...] = ()
    network: DrawnNetwork | None = None
    machines: MinimalMachines | None = None
    machine_path: MachinePath | None = None
    calls: tuple[ShownCall, ...] = ()
