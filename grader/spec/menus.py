"""Menus of functions, of which students choose one: `phi: one of [relu, abs, step]`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import WithJsonSchema

from grader.deferred import dataclass
from grader.documents import FieldError, MappingNode, Node, ScalarNode, SequenceNode, describe_node, text_of
from grader.documents.scalar_schemas import DEFINED_SCHEMA, FILLED_SCALAR, FILLED_SCHEMA
from grader.errors import SourceLocation, did_you_mean, listed
from grader.expressions import Expression, read_step_expression
from grader.language.functions.table import FUNCTIONS
from grader.language.scope import Function
from grader.language.tree import Call, ListExpr, Name
from grader.spec import field_schemas as schemas
from grader.spec.fields import FUNCTION_HEAD, ReadBy, read_function_head

MAX_MENU_ENTRIES = 16
MENU_KEYS = ("one of", "default")
_ONE_OF = re.compile(r"\s*one\s+of\b\s*[:\[]?\s*(.*?)\s*\]?\s*", re.DOTALL)


@dataclass(frozen=True)
class Menu:
    """Functions by name, one of which a student chooses; `default` counts where a student names none.

    An entry is None where it is a function that is defined elsewhere: by the language, or beside the menu.
    """

    entries: Mapping[str, tuple[tuple[str, ...], Expression] | None]
    place: SourceLocation
    default: str | None = None

    def function(self, choice: str) -> Function:
        """The function that is chosen."""
        own = self.entries[choice]
        return Function(("z",), Call(choice, (Name("z"),))) if own is None else Function(own[0], own[1].tree)


def read_function_or_menu(node: Node) -> Expression | Menu:
    """The body of a function, or a menu: text that begins with `one of`, a list with definitions, a mapping."""
    if isinstance(node, MappingNode):
        for key in node:
            if key not in MENU_KEYS:
                advice = did_you_mean(key, MENU_KEYS) or f" ({listed(MENU_KEYS)} can stand here)"
                raise FieldError(f"{str(key)!r} says nothing of a menu of functions{advice}", key.place)
        entries = node.lookup("one of")
        if not isinstance(entries, SequenceNode):
            raise FieldError("a menu of functions is written {one of: [relu, abs, step], default: relu}", node.place)
        return _menu(list(entries), node.place, node.lookup("default"))
    if isinstance(node, SequenceNode) and any(isinstance(item, MappingNode) for item in node):
        return _menu(list(node), node.place)
    if isinstance(node, ScalarNode) and (found := _ONE_OF.fullmatch(node)):
        return _menu([ScalarNode(name.strip(), node.place) for name in found[1].split(",")], node.place)
    return read_step_expression(node)


def _menu(items: list[Node], place: SourceLocation, default: Node | None = None) -> Menu:
    entries: dict[str, tuple[tuple[str, ...], Expression] | None] = {}
    for item in items:
        for name, own in _entries(item):
            if name in entries:
                raise FieldError(f"the function {name!r} is already in this menu", place)
            entries[name] = own
    if not 2 <= len(entries) <= MAX_MENU_ENTRIES:
        raise FieldError(f"a menu has 2 to {MAX_MENU_ENTRIES} functions, and this has {len(entries)}", place)
    if default is not None and str(text_of(default)) not in entries:
        advice = did_you_mean(text_of(default), entries) or f" ({listed(entries)} are)"
        raise FieldError(f"{str(default)!r} is not in this menu{advice}", default.place)
    return Menu(entries, place, None if default is None else str(default))


def _entries(item: Node) -> Iterator[tuple[str, tuple[tuple[str, ...], Expression] | None]]:
    """A name, or definitions `clipped(z): min(1, max(0, z))`."""
    if isinstance(item, MappingNode):
        for head, body in item.items():
            name, arguments = read_function_head(head)
            yield name, (arguments, read_step_expression(body))
    elif isinstance(item, ScalarNode) and item.isidentifier():
        yield str(item), None
    else:
        place = item.place
        message = f"a menu holds names of functions and definitions such as hinge(z): ..., not {describe_node(item)}"
        raise FieldError(message, place)


def menus_of(functions: Mapping[ScalarNode, Expression | Menu]) -> dict[str, Menu]:
    """The menus among the functions of a network, by the name under which equations call what is chosen.

    A list of names alone, `phi: [relu, abs]`, is a menu where the name has no argument.

    Raises:
        FieldError: for entries that are no functions of one argument, and for names that cannot be called.
    """
    heads = [found for head in functions if (found := FUNCTION_HEAD.fullmatch(head))]
    defined = {found[1]: found[2].count(",") + 1 for found in heads}
    menus: dict[str, Menu] = {}
    for head, value in functions.items():
        found = FUNCTION_HEAD.fullmatch(head)
        if isinstance(value, Expression) and not found and isinstance(value.tree, ListExpr):
            names = [item.id for item in value.tree.items if isinstance(item, Name)]
            if len(names) == len(value.tree.items):
                value = _menu([ScalarNode(name, value.place) for name in names], value.place)
        if isinstance(value, Menu):
            name = found[1] if found else str(head)
            _check_menu(ScalarNode(name, head.place), value, defined)
            menus[name] = value
    return menus


def _check_menu(name: ScalarNode, menu: Menu, defined: Mapping[str, int]) -> None:
    if not name.isidentifier():
        raise FieldError(f"a menu of functions is written phi: one of [...], not {describe_node(name)}", name.place)
    counts = dict[str, int]()
    for entry, own in menu.entries.items():
        if own is not None:
            counts[entry] = len(own[0])
        elif entry not in FUNCTIONS and entry not in defined:
            advice = did_you_mean(entry, [*FUNCTIONS, *defined])
            raise FieldError(f"{entry!r} is not a function{advice}: define it, such as {entry}(z): ...", menu.place)
        elif defined.get(entry, 1) != 1 or (entry not in defined and not FUNCTIONS[entry].takes(1)):
            raise FieldError(f"{entry} is no function of one argument: define one, such as f(z): ...", menu.place)
        else:
            counts[entry] = 1
    if len(set(counts.values())) > 1:
        raise FieldError("the functions of a menu must take the same number of arguments", menu.place)


_MENU_ITEMS = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": [*FILLED_SCALAR, "array", "object"],
        "additionalProperties": {DEFINED_SCHEMA: "Expression"},
        "description": "An expression (of a vector), or in a menu the name or the definition of a function.",
    },
}
_FUNCTION_SCHEMA = {
    **schemas.EXPRESSION_SCHEMA,
    **_MENU_ITEMS,
    "type": [*FILLED_SCALAR, "array", "object"],
    "properties": {
        "one of": {
            **_MENU_ITEMS,
            "minItems": 2,
            "maxItems": MAX_MENU_ENTRIES,
            "description": "The functions of a menu: names, or definitions hinge(z): ...",
        },
        "default": {
            **FILLED_SCHEMA,
            "description": "The function that counts where a student names none.",
        },
    },
    "required": ["one of"],
    "additionalProperties": False,
}

FunctionText = Annotated[
    Any,
    ReadBy(read_function_or_menu),
    WithJsonSchema(_FUNCTION_SCHEMA),
]
