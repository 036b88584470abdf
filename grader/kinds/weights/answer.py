"""An answer as a value for each parameter of the question's network."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from flint import fmpq

from grader.answers.answer import DocumentFile
from grader.answers.arrays import Numbers
from grader.answers.csv_matrix import TextRows, rows_of
from grader.answers.formats import ARRAY_READERS, ArrayFile, read_arrays
from grader.answers.names import suffix_of
from grader.answers.prose import not_a_document
from grader.answers.submission import Answer, is_blank
from grader.documents import (
    DocumentError,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    describe_node,
    read_yaml,
    shortened,
)
from grader.errors import Problem, SourceLocation, SubmissionError, listed
from grader.kinds.weights.forms import MenuChoices
from grader.kinds.weights.handed_in import Content, form_of_answer, with_initial_names
from grader.kinds.weights.layout import ArrayLayout, StoredArray
from grader.kinds.weights.question import WeightsQuestion
from grader.kinds.weights.shares import ValuePlaces, in_percent
from grader.kinds.weights.stored import Remarks, read_stored
from grader.kinds.weights.stored_names import unknown_names
from grader.language.arrays import Value, describe
from grader.language.numbers import show_number
from grader.machines.alphabet import show_value
from grader.machines.system import Parameter
from grader.spec.values import ValueMismatchError, leaves_of, read_value

_ROW = re.compile(r"\s*|\s*#.*|\s*[-+−]?[.\d][^:=\[({]*")
"""A line of numbers without brackets or names."""
_ASSIGNED = re.compile(r"([A-Za-z_]\w*)\s*(?:=|:\S)")
"""A name with its value as Python has it, or without a space after the colon."""


_NAME_WITH_COLON = re.compile(r"\s*[A-Za-z_]\w*[ \t]*:\s")
"""The first of lines that would be names with their values, were they not text."""


class AnswerInForm(NamedTuple):
    """An answer: the question in the form that it chooses, a value for each parameter, and where these stand."""

    question: WeightsQuestion
    values: dict[str, Value]
    places: ValuePlaces


def read_answer(question: WeightsQuestion, answer: Answer, remarks: Remarks | None = None) -> AnswerInForm:
    """What an answer chooses, and the exact value of every parameter.

    `remarks` get sentences on what was left out or came in another form.

    Raises:
        SubmissionError: with every problem: names missing or misspelt, wrong shapes, values that are no numbers.
    """
    remarks = remarks if remarks is not None else Remarks([], [])
    content = with_initial_names(content_of(answer, question.packages), question, remarks.notes)
    chosen = form_of_answer(
        question.forms, question.parameters, content, remarks.notes, question.layouts, answer.beside
    )
    question = question.in_form(chosen.form)
    values = weights_of(chosen.content, question.parameters, question.layouts, remarks)
    return AnswerInForm(question, values, _places(chosen.content, question.parameters))


def weights_of(
    content: Content,
    parameters: Mapping[str, Parameter],
    layouts: Sequence[ArrayLayout] = (),
    remarks: Remarks | None = None,
) -> dict[str, Value]:
    """The exact value of every parameter; `remarks` get sentences on what was left out or came in another form.

    A list or a text alone, as in a `.csv` file, is the value of the one parameter of a question that has one.

    Raises:
        SubmissionError: with every problem: names missing or misspelt, wrong shapes, values that are no numbers.
    """
    remarks = remarks if remarks is not None else Remarks([], [])
    if isinstance(content, Numbers):
        return _with_defaults(read_stored(content, parameters, layouts, remarks), parameters, remarks)
    if isinstance(content, TextRows):
        if len(parameters) > 1:
            message = f"holds one matrix, but {listed(parameters)} are wanted: hand in an .npz file, or answers.yaml"
            raise SubmissionError(Problem(message, content.rows.place))
        remarks.notes += content.notes
        content = content.rows
    if len(parameters) == 1 and is_value(content):
        ((name, parameter),) = parameters.items()
        try:
            return {name: read_value(content, name, parameter, remarks.notes)}
        except ValueMismatchError as error:
            raise SubmissionError(error.problem) from None
    return _with_defaults(_from_mapping(content, parameters, remarks), parameters, remarks)


def _places(content: Content, parameters: Mapping[str, Parameter]) -> dict[str, tuple[SourceLocation, ...]]:
    """Where the numbers of each parameter stand."""
    if isinstance(content, Numbers):
        return dict.fromkeys(parameters, (SourceLocation(content.file),))
    node = content.rows if isinstance(content, TextRows) else content
    found: dict[str, tuple[SourceLocation, ...]] = {}
    for name, parameter in parameters.items():
        value = node.lookup(name) if isinstance(node, MappingNode) else node
        if value is not None:
            leaves = tuple(leaf.place for leaf in leaves_of(value))
            size = 1
            for length in parameter.shape:
                size *= length
            found[name] = leaves if len(leaves) == size else (value.place,)
    return found


def _from_mapping(content: Node, parameters: Mapping[str, Parameter], remarks: Remarks) -> dict[str, Value]:
    """The values by name; a default that is left blank is left out."""
    if not isinstance(content, MappingNode):
        raise SubmissionError(Problem(_without_names(content, parameters), content.place))
    problems = unknown_names(content, parameters, content.place, {str(key): key.place for key in content})
    missing = [name for name, parameter in parameters.items() if parameter.default is None and name not in content]
    if missing:
        problems.append(Problem(f"{listed(missing)} {'is' if len(missing) == 1 else 'are'} missing", content.place))
    values = {}
    for key, node in content.items():
        if key in parameters and not (parameters[key].default is not None and is_blank(node)):
            try:
                values[str(key)] = read_value(node, str(key), parameters[key], remarks.notes)
            except ValueMismatchError as error:
                problems.append(error.problem)
    if problems:
        raise SubmissionError(*problems)
    return values


def _without_names(content: ScalarNode | SequenceNode, parameters: Mapping[str, Parameter]) -> str:
    """What is said of a text or a list where values by name are wanted."""
    wanted = ", ".join(f"{name}: ..." for name in parameters)
    message = f"wanted a value for each parameter ({{{wanted}}}), got {describe_node(content)}"
    if isinstance(content, SequenceNode):
        is_named = bool(content) and all(isinstance(item, MappingNode) for item in content)
        return f"{message}: leave out the - before each name, `{next(iter(parameters))}: ...`" if is_named else message
    if found := _ASSIGNED.search(content):
        return f"{message}: write a colon and a space after each name, `{found[1]}: ...`, on a line of its own"
    if suffix_of(content.strip()) in ARRAY_READERS:
        return f"there is no file {shortened(content.strip())!r} in what was handed in"
    is_text = not content.quoted and _NAME_WITH_COLON.match(content)
    return f"{message}: leave out the | before the lines, `{next(iter(parameters))}: ...`" if is_text else message


def is_value(content: Node) -> bool:
    """Whether a node is a value without a name."""
    return isinstance(content, SequenceNode) or (isinstance(content, ScalarNode) and not _ASSIGNED.search(content))


def content_of(answer: Answer, packages: Collection[str] = ()) -> Content:
    """What an answer holds; a text file is a mapping as in answers.yaml, or rows as `numpy.savetxt` writes them.

    `packages` are those that the course allows: some files are only read with them.
    """
    content = answer.content
    if isinstance(content, ArrayFile):
        return read_arrays(content, packages)
    if isinstance(content, ScalarNode) and answer.file.lower().endswith(".txt"):
        if all(_ROW.fullmatch(line) for line in content.splitlines()):
            return rows_of(content, answer.file)
        with suppress(DocumentError):
            document = read_yaml(content.encode(), answer.file)
            return document if isinstance(document, MappingNode) else content
    if isinstance(content, DocumentFile):
        raise not_a_document(answer)
    return content


def _with_defaults(values: dict[str, Value], parameters: Mapping[str, Parameter], remarks: Remarks) -> dict[str, Value]:
    """The values, and the default of every parameter that was left out or left blank."""
    for name, parameter in parameters.items():
        if name not in values and parameter.default is not None:
            values[name] = parameter.default
            remarks.notes.append(f"{name} was left out: read as {show_value(parameter.default)}")
    return values


def blank_of(parameter: Parameter) -> str:
    """What a blank asks for: `2 x 2 matrix: [[., .], [., .]]`."""
    row = f"[{', '.join('.' * parameter.shape[-1])}]" if parameter.shape else ""
    pattern = f"[{', '.join([row] * parameter.shape[0])}]" if len(parameter.shape) == 2 else row
    shape = parameter.pattern or parameter.shape
    text = describe(shape) + (f": {pattern}" if pattern and not parameter.pattern else "")
    if parameter.allowed is not None:
        text += f", from {', '.join(map(show_number, parameter.allowed))}"
    if parameter.otherwise is not None:
        text += f" (other numbers earn {in_percent(parameter.otherwise.earns)})"
    if parameter.default is not None:
        text += f"; {_default_in_words(parameter)} where it stays blank"
    return text


def _default_in_words(parameter: Parameter) -> str:
    """The default; of an array whose size students choose, what fills it."""
    if not parameter.pattern:
        assert parameter.default is not None
        return show_value(parameter.default)
    filling = parameter.filling
    return f"all {show_number(filling)}" if isinstance(filling, fmpq) else "the identity"


def blank_of_menu(menu: MenuChoices) -> str:
    """What the blank of a menu asks for: `relu, abs or step`."""
    text = f"one of {listed(menu.names, 'or')}"
    return text if menu.default is None else f"{text}; {menu.default} where it stays blank"


def file_in_words(question: str, layouts: Sequence[ArrayLayout]) -> Iterator[str]:
    """What a blank says of a file of weights: under which names it is read, as far as the question says so."""
    for i, layout in enumerate(layouts):
        yield f"or in {question}.pt, .npz, .safetensors or .h5, with these arrays:" if not i else "or with these:"
        for name, stored in layout.items():
            yield f"  {name} = {' + '.join(map(_in_words, stored))}"


def _in_words(stored: StoredArray) -> str:
    text = str(stored)
    return text if text == stored.name else f"({text})"
