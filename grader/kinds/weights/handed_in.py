"""What is handed in for a weights question, before its numbers are read: initial values by name, sizes, choices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from grader.answers.answer import is_blank
from grader.answers.array_files import FILE_KEY
from grader.answers.arrays import Numbers
from grader.answers.csv_matrix import TextRows
from grader.documents import MappingNode, Node, ScalarNode, SequenceNode, shortened
from grader.errors import Problem, SourceLocation, SubmissionError, listed
from grader.kinds.weights.chosen import HandedInShape, form_of, missing_choice, read_choice, read_size, sizes_of
from grader.kinds.weights.forms import ONLY_FORM, Forms, NetworkForm
from grader.kinds.weights.layout import ArrayLayout
from grader.kinds.weights.question import WeightsQuestion
from grader.kinds.weights.stored import stored_shapes
from grader.language.arrays import describe
from grader.language.tree import Name
from grader.machines.system import Parameter
from grader.spec.values import shape_of_value

Content = Numbers | TextRows | Node
"""What an answer holds: arrays, rows of text, or a node of a document."""


class ChosenForm(NamedTuple):
    """The form that an answer chooses, and its content without these choices."""

    form: NetworkForm
    content: Content


def initial_names(question: WeightsQuestion) -> dict[str, str]:
    """Other names of parameters that are initial values: `h[0]`, `h_0` and `h(0)` for `initial: {h: h0}`."""
    found: dict[str, str] = {}
    for (quantity, time), tree in question.program.system.initial.items():
        if isinstance(tree, Name) and tree.id in question.parameters:
            for name in (
                f"{quantity}[{time or 0}]",
                f"{quantity}({time or 0})",
                f"{quantity}_{time or 0}",
                f"{quantity}{time or 0}",
            ):
                found.setdefault(name, tree.id)
    taken = {*question.parameters, *(question.forms.sizes if question.forms else ())}
    return {name: parameter for name, parameter in found.items() if name not in taken}


def with_initial_names(content: Content, question: WeightsQuestion, notes: list[str]) -> Content:
    """The content with the parameters' own names where initial values were given as `h[0]`.

    Raises:
        SubmissionError: if one is given under two names.
    """
    others = initial_names(question)
    if not others:
        return content
    if isinstance(content, Numbers):
        given = {str(name): re.sub(r"\s", "", name) for name in content.names}
    elif isinstance(content, MappingNode):
        given = {str(key): re.sub(r"\s", "", key) for key, value in content.items() if not is_blank(value)}
    else:
        return content
    renamed = {
        name: others[plain] for name, plain in given.items() if plain in others and name not in question.parameters
    }
    twice = [name for name, own in renamed.items() if own in given or list(renamed.values()).count(own) > 1]
    if twice:
        both = listed([*dict.fromkeys([*twice, *(renamed[name] for name in twice if renamed[name] in given)])])
        place = content.place if isinstance(content, MappingNode) else SourceLocation(content.file)
        raise SubmissionError(Problem(f"{both} are the same value: keep one", place))
    notes += [f"{name} was read as {own}" for name, own in renamed.items()]
    if not renamed:
        return content
    if isinstance(content, Numbers):
        return replace(
            content,
            arrays={renamed.get(name, name): array for name, array in content.arrays.items()},
            unusable={renamed.get(name, name): reason for name, reason in content.unusable.items()},
        )
    left = {str(key) for key, value in content.items() if is_blank(value) and key in renamed.values()}
    return _mapping(content, ((_renamed(key, renamed), value) for key, value in content.items() if key not in left))


def _renamed(key: ScalarNode, names: Mapping[str, str]) -> ScalarNode:
    return ScalarNode(names[key], key.place) if key in names else key


def _mapping(like: MappingNode, items: Iterator[tuple[ScalarNode, Node]]) -> MappingNode:
    made = MappingNode(like.place, items)
    made.without_colon = like.without_colon
    return made


def form_of_answer(
    forms: Forms | None,
    parameters: Mapping[str, Parameter],
    content: Content,
    notes: list[str],
    layouts: Sequence[ArrayLayout] = (),
    beside: MappingNode | None = None,
) -> ChosenForm:
    """The form of an answer: the functions that it names, and the sizes that its arrays have.

    `beside` is what stands in answers.yaml beside the name of a file of weights.

    Raises:
        SubmissionError: with every problem: functions that are not named, sizes that do not agree or are not allowed.
    """
    if forms is None or (not forms.sizes and not forms.menus):
        if beside is not None:
            raise SubmissionError(*(_not_beside(key, ()) for key in beside if key != FILE_KEY))
        return ChosenForm(ONLY_FORM, content)
    if isinstance(content, TextRows) or (len(parameters) == 1 and not isinstance(content, Numbers | MappingNode)):
        node = content.rows if isinstance(content, TextRows) else content
        if isinstance(content, TextRows):
            notes += content.notes
        content = MappingNode(node.place, {ScalarNode(next(iter(parameters)), node.place): node})
    words = _words(content, forms, parameters)
    problems: list[Problem] = []
    if beside is not None:
        for key, node in beside.items():
            if key in forms.menus or key in forms.sizes:
                words[str(key)] = node
            elif key != FILE_KEY:
                problems.append(_not_beside(key, (*forms.menus, *forms.sizes)))
    rest = _without(content, forms, parameters)
    choices = _choices(forms, words, _place_of(content), isinstance(content, Numbers), notes, problems)
    stated: dict[str, int] = {}
    for name, values in forms.sizes.items():
        if name in words and not is_blank(words[name]):
            size = read_size(name, values, words[name])
            if isinstance(size, Problem):
                problems.append(size)
            else:
                stated[name] = size
    sizes, more = sizes_of(parameters, _shapes(parameters, layouts, rest, problems), forms, stated)
    problems += more
    if problems:
        raise SubmissionError(*problems)
    return ChosenForm(form_of(forms, sizes, choices), rest)


def _choices(
    forms: Forms,
    words: Mapping[str, Node],
    place: SourceLocation,
    in_file: bool,
    notes: list[str],
    problems: list[Problem],
) -> dict[str, str]:
    found: dict[str, str] = {}
    for menu, choices in forms.menus.items():
        node = words.get(menu)
        if node is not None and not is_blank(node):
            choice = read_choice(menu, choices, node, notes)
        elif choices.default is not None:
            choice = choices.default
            notes.append(f"{menu} was left out: read as {choice}")
        else:
            first = choices.names[0]
            advice = (
                f" beside the file in answers.yaml, {{{FILE_KEY}: {place.file}, {menu}: {first}}}" if in_file else ""
            )
            choice = missing_choice(menu, choices, place, advice)
        if isinstance(choice, Problem):
            problems.append(choice)
        else:
            found[menu] = choice
    return found


def _not_beside(key: ScalarNode, allowed: tuple[str, ...]) -> Problem:
    """What is said of a key that a file of weights has to hold itself."""
    beside = f" ({listed(allowed)} can stand beside it)" if allowed else ""
    return Problem(f"{shortened(key)!r} belongs into the file of weights{beside}", key.place)


def _place_of(content: Content) -> SourceLocation:
    return content.place if isinstance(content, Node) else SourceLocation(content.file)


def _own_key(name: str, forms: Forms, parameters: Mapping[str, Parameter]) -> str | None:
    """The menu or size that a key names, a menu in any capitals; None for parameters and everything else."""
    if name in parameters:
        return None
    if name in forms.menus or name in forms.sizes:
        return name
    alike = [menu for menu in forms.menus if menu.lower() == name.lower()]
    return alike[0] if len(alike) == 1 else None


def _words(content: Content, forms: Forms, parameters: Mapping[str, Parameter]) -> dict[str, Node]:
    """What an answer says for menus and sizes, by their names."""
    found: dict[str, Node] = {}
    if isinstance(content, MappingNode):
        for key, node in content.items():
            if (own := _own_key(key, forms, parameters)) is not None and (own not in found or key == own):
                found[own] = node
    elif isinstance(content, Numbers):
        place = SourceLocation(content.file)
        for name, text in content.words.items():
            if (own := _own_key(name, forms, parameters)) is not None:
                found[own] = ScalarNode(text, place)
        for name, array in content.arrays.items():
            if name in forms.sizes and name not in parameters and array.size == 1:
                found[name] = ScalarNode(f"{array.ravel()[0]:g}", place)
    return found


def _without(content: Content, forms: Forms, parameters: Mapping[str, Parameter]) -> Content:
    """The content without menus and sizes."""
    if isinstance(content, MappingNode):
        return _mapping(
            content, ((key, node) for key, node in content.items() if _own_key(key, forms, parameters) is None)
        )
    if isinstance(content, Numbers):
        return replace(
            content,
            arrays={k: v for k, v in content.arrays.items() if _own_key(k, forms, parameters) is None},
            unusable={k: v for k, v in content.unusable.items() if _own_key(k, forms, parameters) is None},
        )
    return content


def _shapes(
    parameters: Mapping[str, Parameter], layouts: Sequence[ArrayLayout], content: Content, problems: list[Problem]
) -> dict[str, HandedInShape]:
    """The shapes in which parameters were handed in, as far as they have any."""
    if isinstance(content, Numbers):
        place = SourceLocation(content.file)
        shapes = stored_shapes(content, parameters, layouts)
        return {name: HandedInShape(shape, place) for name, shape in shapes.items()}
    found: dict[str, HandedInShape] = {}
    for name, parameter in parameters.items():
        node = content.lookup(name) if isinstance(content, MappingNode) else None
        if node is None or is_blank(node) or not parameter.pattern:
            continue
        shape = shape_of_value(node, name, parameter)
        if shape is not None:
            found[name] = HandedInShape(shape, node.place)
        elif isinstance(node, SequenceNode):
            message = f"{name} must be {describe(parameter.pattern)}, and its rows have different lengths"
            problems.append(Problem(message, node.place))
    return found
