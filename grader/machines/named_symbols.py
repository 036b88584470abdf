"""`x[t] == "a"`: an input compared with one of its symbols, written out as a comparison of its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from grader.errors import did_you_mean
from grader.language.parse import ExpressionError
from grader.language.rewriting import replaced
from grader.language.scope import time_lag
from grader.language.tree import Compare, Index, Logic, Name, Number, Text, Tree, Unary, subtrees
from grader.machines.alphabet import Alphabet, Channel
from grader.machines.system import DefinitionError, Path, System, SystemFault
from grader.machines.word_expression import symbol_list
from grader.machines.word_language import entries_of


def with_named_symbols(system: System) -> System:
    """The system without names of symbols.

    Raises:
        DefinitionError: for names of no symbol, and text that is compared with no input.
    """
    channels, faults = system.alphabet.channels, list[SystemFault]()

    def changed(path: Path, tree: Tree) -> Tree:
        try:
            return without_names(tree, channels)
        except ExpressionError as error:
            faults.append(SystemFault(path, error.message, error.at))
            return tree

    fresh = replace(
        system,
        equations={name: changed(("equations", name), tree) for name, tree in system.equations.items()},
        output=changed(("output",), system.output),
        initial={key: changed(("initial", *map(str, key)), tree) for key, tree in system.initial.items()},
        functions={
            name: replace(function, body=changed(("functions", name), function.body))
            for name, function in system.functions.items()
        },
        substitutions={name: changed(("replace", name), tree) for name, tree in system.substitutions.items()},
    )
    if faults:
        raise DefinitionError(faults)
    return fresh


def named_condition(path: Path, tree: Tree | None, alphabet: Alphabet) -> Tree | None:
    """The same for one expression about steps; raises `DefinitionError` at its path."""
    try:
        return None if tree is None else without_names(tree, alphabet.channels)
    except ExpressionError as error:
        raise DefinitionError([SystemFault(path, error.message, error.at)]) from None


def without_names(tree: Tree, channels: Mapping[str, Channel]) -> Tree:
    """The expression with each comparison of an input with a symbol written out.

    Raises:
        ExpressionError: for names of no symbol, and text that is compared with no input.
    """

    def change(node: Tree) -> Tree | None:
        if not isinstance(node, Compare) or not any(isinstance(operand, Text) for operand in node.operands):
            return None
        return _written_out(node, channels)

    found = replaced(tree, change)
    left = next((part for part in subtrees(found) if isinstance(part, Text)), None)
    if left is not None:
        raise ExpressionError(_advice(channels), left.at)
    return found


def _advice(channels: Mapping[str, Channel]) -> str:
    named = {name: channel for name, channel in channels.items() if channel.names}
    if not named:
        return "an expression holds no text, as no input has symbols"
    name, channel = next(iter(named.items()))
    return f'text is the name of a symbol that an input is compared with: {name}[t] == "{channel.names[0].name}"'


def _written_out(node: Compare, channels: Mapping[str, Channel]) -> Tree:
    text = next(operand for operand in node.operands if isinstance(operand, Text))
    owner = None
    if len(node.operands) == 2 and node.ops[0] in ("==", "!="):
        other = node.operands[1] if node.operands[0] is text else node.operands[0]
        owner = _input_of(other, channels)
    if owner is None or not (named := channels[owner].names):
        raise ExpressionError(_advice(channels), text.at)
    numbers = next((symbol.numbers for symbol in named if symbol.name == text.value), None)
    if numbers is None:
        known = [symbol.name for symbol in named]
        advice = did_you_mean(text.value, known) or f" ({symbol_list(known)})"
        raise ExpressionError(f"{text.value!r} is not a symbol of {owner}{advice}", text.at)
    value = Index(other, Name("t", other.at), other.at) if isinstance(other, Name) else other
    entries = entries_of(value, channels[owner].shape)
    tests = [Compare(("==",), (entry, Number(n)), node.at) for entry, n in zip(entries, numbers, strict=True)]
    same = tests[0] if len(tests) == 1 else Logic("and", tuple(tests), node.at)
    return same if node.ops[0] == "==" else Unary("not", same, node.at)


def _input_of(tree: Tree, channels: Mapping[str, Channel]) -> str | None:
    """The input that `x`, `x[t]` or `x[t-1]` speaks of."""
    match tree:
        case Name(id=name) if name in channels:
            return name
        case Index(base=Name(id=name), index=index) if name in channels and time_lag(index) is not None:
            return name
    return None
