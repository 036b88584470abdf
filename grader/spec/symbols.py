"""An input with named symbols: `{symbols: {a: [1, 1], b: [-1, -1]}, words: "[ab]*", prefixes: true}`."""

from __future__ import annotations

import math
from typing import Annotated, Any

from flint import fmpq
from pydantic import WithJsonSchema

from grader.documents import (
    FieldError,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    describe_node,
    read_flag,
    shortened,
    text_of,
)
from grader.documents.scalar_schemas import FLAG_SCHEMA
from grader.errors import did_you_mean, listed
from grader.language.arrays import describe, entries
from grader.machines.alphabet import Channel, NamedSymbol, NumberDomain
from grader.machines.automaton import Automaton, AutomatonError, automaton_of
from grader.machines.system import Parameter
from grader.machines.word_expression import WordExpressionError, read_word_expression
from grader.spec import field_schemas as schemas
from grader.spec.fields import ReadBy, read_channel
from grader.spec.values import ValueMismatchError, read_value

SYMBOL_KEYS = ("symbols", "words", "prefixes")

EMPTY_INPUT_SIGN = "ε"
"""Stands for the empty input in reports, so it names no symbol."""

MAX_NAMED_SYMBOLS = 500
MAX_SYMBOL_NUMBERS = 12_000
"""Numbers of all embeddings of an input together: 109 one-hot vectors."""

MAX_SYMBOL_NAME_CHARACTERS = 30


def read_input(node: Node) -> Channel:
    """`bit`, `[-1, 0, 1]`, `integer(-5..5)`, ..., or `{symbols: {a: [1, 0], b: [0, 1]}, words: "(ab)*"}`."""
    if not isinstance(node, MappingNode) or not set(SYMBOL_KEYS) & set(node):
        return read_channel(node)
    for key in node:
        if key not in SYMBOL_KEYS:
            advice = did_you_mean(key, SYMBOL_KEYS) or f" ({listed(SYMBOL_KEYS)} can stand here)"
            raise FieldError(f"{str(key)!r} is not a key of an input with symbols{advice}", key.place)
    if "symbols" not in node:
        raise FieldError("`words` are words of `symbols`: name them, {symbols: {a: [1, 0], b: [0, 1]}}", node.place)
    shape, named = _read_symbols(node.lookup("symbols"))
    values = dict.fromkeys(number for symbol in named for number in symbol.numbers)
    return Channel(NumberDomain(tuple(sorted(values))), shape, named, _read_words(node, named))


def _read_symbols(node: Node) -> tuple[tuple[int, ...], tuple[NamedSymbol, ...]]:
    """The shape of all embeddings, and each symbol with its own."""
    if not isinstance(node, MappingNode):
        raise FieldError(f"symbols are written {{a: [1, 0], b: [0, 1]}}, not {describe_node(node)}", node.place)
    if not node:
        raise FieldError("an input needs at least one symbol", node.place)
    if len(node) > MAX_NAMED_SYMBOLS:
        raise FieldError(f"an input has at most {MAX_NAMED_SYMBOLS} symbols, and these are {len(node)}", node.place)
    first, *_ = node
    shape = _shape_of_embedding(first, node[first])
    if (total := len(node) * math.prod(shape)) > MAX_SYMBOL_NUMBERS:
        text = f"the embeddings have {total} numbers in all, which is more than {MAX_SYMBOL_NUMBERS}"
        raise FieldError(f"symbols: {text}: take shorter vectors, or fewer symbols", node.place)
    named, owners = list[NamedSymbol](), dict[tuple[fmpq, ...], ScalarNode]()
    for name, embedding in node.items():
        _check_name(name, list(node))
        numbers = _embedding(name, embedding, shape, first)
        if numbers in owners:
            other = owners[numbers]
            text = f"{str(name)!r} has the same embedding as {str(other)!r} ({other.place})"
            raise FieldError(f"symbols.{name}: {text}: no network could tell them apart", name.place)
        owners[numbers] = name
        named.append(NamedSymbol(str(name), numbers))
    return shape, tuple(named)


def _shape_of_embedding(name: ScalarNode, node: Node) -> tuple[int, ...]:
    """`()` of a number, `(2,)` of `[1, 0]`, `(2, 2)` of a matrix."""
    shape, inner = list[int](), node
    while isinstance(inner, SequenceNode) and inner:
        shape.append(len(inner))
        inner = inner[0]
    if not isinstance(inner, ScalarNode) or len(shape) > 2:
        message = f"symbols.{name}: an embedding is a number, a vector [1, 0] or a matrix, not {describe_node(node)}"
        raise FieldError(message, node.place)
    return tuple(shape)


def _embedding(name: ScalarNode, node: Node, shape: tuple[int, ...], first: ScalarNode) -> tuple[fmpq, ...]:
    own = _shape_of_embedding(name, node)
    if own != shape:
        text = f"has the embedding of {str(first)!r}: {describe(shape)}, not {describe(own)}"
        raise FieldError(f"symbols.{name}: must be like {text.removeprefix('has ')}", node.place)
    try:
        return tuple(entries(read_value(node, f"symbols.{name}", Parameter(shape))))
    except ValueMismatchError as error:
        raise FieldError(error.problem.message, error.place) from None


def _check_name(name: ScalarNode, names: list[ScalarNode]) -> None:
    """Refuses names with which words could not be written, or not be read again."""
    if not name or not name.isprintable() or any(character.isspace() for character in name):
        raise FieldError(
            f"symbols: {str(name)!r} is no name: a symbol is named by characters without spaces", name.place
        )
    if len(name) > MAX_SYMBOL_NAME_CHARACTERS:
        text = f"{shortened(name)!r} is longer than {MAX_SYMBOL_NAME_CHARACTERS} characters"
        raise FieldError(f"symbols: {text}", name.place)
    if name == EMPTY_INPUT_SIGN:
        raise FieldError(
            f"symbols: {EMPTY_INPUT_SIGN} is how the empty input is shown: choose another name", name.place
        )
    if all(len(other) == 1 for other in names):
        return
    if name.isdecimal() and "x" in names:
        text = f"{str(name)!r} beside 'x' makes `{name} x a` say two things, as long inputs are shown run by run"
        raise FieldError(f"symbols: {text}: choose another name", name.place)
    if name == "then" and any(other.endswith(",") for other in names):
        text = "'then' beside a name that ends in a comma reads like `, then `, which parts the runs of long inputs"
        raise FieldError(f"symbols: {text}: choose another name", name.place)


def _read_words(node: MappingNode, named: tuple[NamedSymbol, ...]) -> Automaton | None:
    prefixes = "prefixes" in node and read_flag(node.lookup("prefixes"))
    if "words" not in node:
        if "prefixes" in node:
            key = next(key for key in node if key == "prefixes")
            raise FieldError("`prefixes` are those of `words`: say which words count, or leave it out", key.place)
        return None
    text = text_of(node.lookup("words"))
    if text.blank:
        raise FieldError("words: is blank: write a regular expression over the symbols", text.place)
    try:
        expression = read_word_expression(text, [symbol.name for symbol in named])
        return automaton_of(expression, len(named), prefixes=prefixes)
    except WordExpressionError as error:
        raise FieldError(f"words: {error}", text.at(error.at)) from None
    except AutomatonError as error:
        raise FieldError(f"words: {error}", text.place) from None


_SYMBOL_PROPERTIES: dict[str, Any] = {
    "symbols": {
        "type": "object",
        "minProperties": 1,
        "maxProperties": MAX_NAMED_SYMBOLS,
        "propertyNames": {"pattern": rf"^\S{{1,{MAX_SYMBOL_NAME_CHARACTERS}}}$"},
        "additionalProperties": {"type": ["number", "string", "array"]},
        "description": "The symbols by name, each with its number, vector or matrix.",
    },
    "words": {
        "type": ["string", "number", "boolean"],
        "description": "A regular expression over the symbols: of the words that count.",
    },
    "prefixes": {**FLAG_SCHEMA, "description": "Whether the beginnings of words are words too."},
}
_INPUT_SCHEMA: dict[str, Any] = {
    **{key: value for key, value in schemas.CHANNEL_SCHEMA.items() if key not in ("properties", "required")},
    "properties": {**schemas.CHANNEL_SCHEMA["properties"], **_SYMBOL_PROPERTIES},
    "if": {"type": "object", "anyOf": [{"required": [key]} for key in SYMBOL_KEYS]},
    "then": {
        "required": ["symbols"],
        "dependencies": {"prefixes": ["words"]},
        "not": {"anyOf": [{"required": ["shape"]}, {"required": ["in"]}]},
    },
    "else": {"required": ["shape", "in"]},
}

NetworkInput = Annotated[Channel, ReadBy(read_input), WithJsonSchema(_INPUT_SCHEMA)]
