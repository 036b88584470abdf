"""Where the parameters of a question lie in a file of weights: names of arrays, transposed, cut into gates, added up.

`from: {W: rnn.weight_ih_l0, b: [rnn.bias_ih_l0, rnn.bias_hh_l0]}` in a spec is a layout; a list of such mappings has
one for each library. An array is transposed first, then cut, and the arrays of a list are added up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from grader.deferred import dataclass
from grader.documents import FieldError, MappingNode, Node, ScalarNode, SequenceNode, describe_node, read_flag
from grader.errors import did_you_mean, listed
from grader.machines.system import Parameter

MAX_SUMMED_ARRAYS = 8
"""Arrays that are added up for one parameter."""

LAYOUT_SETTINGS = ("transpose", "gates")
"""Keys of a layout that are no parameters and hold for every array that does not say otherwise."""

ARRAY_KEYS = ("name", "transpose", "gate", "gates", "rows", "columns")
_CUT = re.compile(r"(-?\d{1,6})|(-?\d{1,6})?:(-?\d{1,6})?")


Cut = int | tuple[int | None, int | None]
"""One row or column, or those from one end up to the other, as in NumPy."""


@dataclass(frozen=True)
class StoredArray:
    """An array in a file, and what is done with it: transposed, then cut to a gate, to rows and to columns.

    A gate is one of equal parts of the rows, in the order of `gates`; of the columns where `rows` is given.
    """

    name: str
    transpose: bool = False
    gate: str = ""
    gates: tuple[str, ...] = ()
    rows: Cut | None = None
    columns: Cut | None = None

    @property
    def is_cut(self) -> bool:
        """Whether other parts of the same array are left."""
        return bool(self.gate) or self.rows is not None or self.columns is not None

    def __str__(self) -> str:
        """`rnn.weight_ih_l0, transposed, gate f`."""
        parts = [self.name, *(["transposed"] if self.transpose else []), *([f"gate {self.gate}"] if self.gate else [])]
        cuts = [f"{name} {_shown(cut)}" for name in ("rows", "columns") if (cut := getattr(self, name)) is not None]
        return ", ".join([*parts, *cuts])


ArrayLayout = Mapping[str, tuple[StoredArray, ...]]
"""For each parameter the arrays whose sum it is."""


def own_names(parameters: Mapping[str, Parameter]) -> ArrayLayout:
    """The layout of a file whose arrays have the names of the parameters."""
    return {name: (StoredArray(name),) for name in parameters}


def read_layouts(
    node: Node | None, parameters: Mapping[str, Parameter], transpose: bool, gates: tuple[str, ...]
) -> tuple[ArrayLayout, ...]:
    """The layouts of a question, in the order in which they are tried; `transpose` and `gates` hold for all of them.

    Raises:
        FieldError: for whatever cannot be meant, with its place.
    """
    if node is None:
        return ()
    items = node if isinstance(node, SequenceNode) else [node]
    if not items:
        raise FieldError("names no arrays: write {W: rnn.weight_ih_l0, ...}", node.place)
    return tuple(_layout(item, parameters, StoredArray("", transpose, gates=gates)) for item in items)


def _layout(node: Node, parameters: Mapping[str, Parameter], default: StoredArray) -> ArrayLayout:
    if not isinstance(node, MappingNode):
        wanted = "a mapping of parameters to names in the file, {W: rnn.weight_ih_l0, ...}"
        raise FieldError(f"must be {wanted}, not {describe_node(node)}", node.place)
    if (flag := node.lookup("transpose")) is not None and "transpose" not in parameters:
        default = replace(default, transpose=read_flag(flag))
    if (gates := node.lookup("gates")) is not None and "gates" not in parameters:
        default = replace(default, gates=read_gates(gates))
    layout = {}
    for key, value in node.items():
        if key in parameters:
            layout[str(key)] = _arrays(value, str(key), default)
        elif key not in LAYOUT_SETTINGS:
            advice = did_you_mean(key, parameters) or f" ({listed(parameters)} can stand here)"
            raise FieldError(f"{str(key)!r} is not a parameter{advice}", key.place)
    missing = [name for name, parameter in parameters.items() if name not in layout and parameter.default is None]
    if missing:
        raise FieldError(f"does not say where {listed(missing)} {'is' if len(missing) == 1 else 'are'}", node.place)
    return layout


def _arrays(node: Node, parameter: str, default: StoredArray) -> tuple[StoredArray, ...]:
    if isinstance(node, SequenceNode):
        if not 1 <= len(node) <= MAX_SUMMED_ARRAYS:
            raise FieldError(f"{parameter}: a sum is of 1 to {MAX_SUMMED_ARRAYS} arrays, not {len(node)}", node.place)
        return tuple(_array(item, parameter, default) for item in node)
    return (_array(node, parameter, default),)


def _array(node: Node, parameter: str, default: StoredArray) -> StoredArray:
    """One array: its name, or `{name: lstm.weight_ih_l0, gate: f, transpose: true}`."""
    fields = node if isinstance(node, MappingNode) else None
    if fields is not None:
        for key in fields:
            if key not in ARRAY_KEYS:
                advice = did_you_mean(key, ARRAY_KEYS) or f" ({listed(ARRAY_KEYS)} can stand here)"
                raise FieldError(f"{parameter}: {str(key)!r} says nothing of an array{advice}", key.place)
        if "name" not in fields:
            raise FieldError(f"{parameter}: needs a 'name', that of the array in the file", fields.place)
    name = fields.lookup("name") if fields is not None else node
    if not isinstance(name, ScalarNode) or not name.strip():
        place = getattr(name, "place", node.place)
        raise FieldError(f"{parameter}: must be the name of an array, not {describe_node(name)}", place)
    array = replace(default, name=str(name))
    return array if fields is None else _with_fields(array, fields, parameter)


def _with_fields(array: StoredArray, fields: MappingNode, parameter: str) -> StoredArray:
    if (flag := fields.lookup("transpose")) is not None:
        array = replace(array, transpose=read_flag(flag))
    if (gates := fields.lookup("gates")) is not None:
        array = replace(array, gates=read_gates(gates))
    if (cut := fields.lookup("rows")) is not None:
        array = replace(array, rows=_cut(cut, f"{parameter}: rows"))
    if (cut := fields.lookup("columns")) is not None:
        array = replace(array, columns=_cut(cut, f"{parameter}: columns"))
    gate = fields.lookup("gate")
    if gate is None:
        return array
    if not isinstance(gate, ScalarNode):
        raise FieldError(f"{parameter}: gate must be one of the gates, not {describe_node(gate)}", gate.place)
    if gate not in array.gates:
        order = f"the gates are {listed(array.gates)}" if array.gates else "say their order: gates: [i, f, g, o]"
        raise FieldError(f"{parameter}: {str(gate)!r} is not a gate ({order})", gate.place)
    return replace(array, gate=str(gate))


def read_gates(node: Node) -> tuple[str, ...]:
    """The order in which gates lie one below the other: `[i, f, g, o]` in PyTorch, `[i, f, c, o]` in Keras.

    Raises:
        FieldError: for anything but two or more different names.
    """
    names = [str(item) for item in node] if isinstance(node, SequenceNode) else []
    plain = isinstance(node, SequenceNode) and all(isinstance(item, ScalarNode) and item.strip() for item in node)
    if not plain or len(names) < 2 or len(set(names)) < len(names):
        raise FieldError("must list two or more different gates in their order: [i, f, g, o]", node.place)
    return tuple(names)


def _cut(node: Node, label: str) -> Cut:
    """`0` is one row, `0:2` the rows 0 and 1, `2:` all from 2 on."""
    found = _CUT.fullmatch(node.strip()) if isinstance(node, ScalarNode) else None
    if not found or node in ("", ":"):
        raise FieldError(f"{label} must be a number or a range as in NumPy, such as 0:2", node.place)
    if found[1] is not None:
        return int(found[1])
    start, stop = (None if end is None else int(end) for end in found.groups()[1:])
    return start, stop


def _shown(cut: Cut) -> str:
    if isinstance(cut, int):
        return str(cut)
    return ":".join("" if end is None else str(end) for end in cut)
