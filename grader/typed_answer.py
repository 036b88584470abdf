"""An answer that is typed, as the files that a student would hand in."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from pathlib import Path

from grader.answers.answer_files import DOCUMENT_READERS
from grader.answers.names import ANSWERS_STEM
from grader.documents import DocumentError, MappingNode, Node, SequenceNode, yaml_key
from grader.documents.yaml import read_yaml_text
from grader.errors import SubmissionError, did_you_mean, listed
from grader.kinds.asked import AskedAnswer

MAX_TYPED_FILE_BYTES = 16 << 20
"""Of a file that is named in the place of code."""

ANSWERS_FILE = f"{ANSWERS_STEM}{next(iter(DOCUMENT_READERS))}"
CODE_FILES = {".py": "solution.py", ".ipynb": "solution.ipynb"}

_TYPED_VALUE = re.compile(r"\s*(?P<name>[^\W\d]\w*(?:\[-?\d+\])?)\s*[=:](?!=)\s*(?P<value>\S.*?)\s*")

_NEXT_TYPED_VALUE = re.compile(r"\s*,(?=\s*[^\W\d]\w*(?:\[-?\d+\])?\s*[=:](?!=))")
"""The comma before the next of several values, each behind its name."""

TypedFiles = Mapping[str, bytes]
"""The files of a submission by name."""


def files_of_line(question: str, text: str) -> TypedFiles:
    """Text on one line, exactly as it is typed: in single quotes nothing has a meaning of its own in YAML."""
    quoted = " ".join(text.split("\n")).strip().replace("'", "''")
    return _answers(f"{yaml_key(question)}: '{quoted}'\n")


def files_of_text(question: str, text: str) -> TypedFiles:
    """Prose in its lines."""
    lines = [f"  {line}".rstrip() for line in text.splitlines()]
    return _answers("\n".join([f"{yaml_key(question)}: |2", *lines]) + "\n")


def files_of_values(question: str, values: Mapping[str, str]) -> TypedFiles:
    """Values as they are typed, each behind its name."""
    lines = [f"  {yaml_key(name)}: {value}" for name, value in values.items()]
    return _answers("\n".join([f"{yaml_key(question)}:", *lines]) + "\n")


def files_of_code(text: str) -> TypedFiles:
    """Python as it is typed; bytes that are no UTF-8 stay what they are."""
    return {CODE_FILES[".py"]: _as_bytes(text)}


def files_of_all(question: str, asked: AskedAnswer, text: str) -> TypedFiles:
    """Everything that was typed, as one answer; a whole file of answers that has the question counts as it is."""
    if asked.form == "code":
        return files_of_code(text)
    if re.search(rf"^(['\"]?){re.escape(question)}\1\s*:", text, re.MULTILINE):
        return _answers(text)
    if asked.form == "text":
        return files_of_text(question, text)
    if asked.form == "line":
        return files_of_line(question, text)
    lines = [row for line in text.strip("\n").splitlines() for row in _with_colons(line)]
    return _answers("\n".join([f"{yaml_key(question)}:", *(f"  {line}" for line in lines)]) + "\n")


def _with_colons(line: str) -> list[str]:
    """`W2: 1/2` of `W2 = 1/2`, and a line each of `W1 = 1, W2 = 1/2`."""
    found = _values_by_name(line) if "=" in line else []
    return [f"{name}: {value}" for name, value in found] or [line]


def _values_by_name(text: str) -> list[tuple[str, str]]:
    """The names and the values of `W1 = 1`, or of several with commas between them; none where it is neither."""
    for parts in (_NEXT_TYPED_VALUE.split(text), [text]):
        found = [_TYPED_VALUE.fullmatch(part) for part in parts]
        values = [(match["name"], match["value"]) for match in found if match]
        if len(values) == len(parts) and (len(parts) == 1 or all(_closed(value) for _, value in values)):
            return values
    return []


def _closed(text: str) -> bool:
    """Whether each bracket that is opened is closed, so that a comma behind it separates values."""
    return all(text.count(opening) == text.count(closing) for opening, closing in ("()", "[]", "{}"))


def _answers(text: str) -> TypedFiles:
    return {ANSWERS_FILE: _as_bytes(text)}


def _as_bytes(text: str) -> bytes:
    """Text in UTF-8; halves of characters become bytes that are none, of which the reader of the file speaks."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def named_code_file(text: str) -> TypedFiles | None:
    """The file whose name is typed in the place of code; None where it is no name of Python or a notebook.

    Raises:
        SubmissionError: if it cannot be read.
    """
    path = Path(text.strip()).expanduser()
    if path.suffix not in CODE_FILES or "\n" in text.strip():
        return None
    try:
        with path.open("rb") as file:
            data = file.read(MAX_TYPED_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no file can have such a name"
        raise SubmissionError(f"{text.strip()}: cannot be read: {reason}") from None
    if len(data) > MAX_TYPED_FILE_BYTES:
        raise SubmissionError(f"{text.strip()}: is larger than {MAX_TYPED_FILE_BYTES} bytes")
    return {CODE_FILES[path.suffix]: data}


def names_values(text: str) -> bool:
    """Whether a line sets values by name, and is no value itself."""
    return text.lstrip().startswith("{") or bool(_values_by_name(text))


def typed_values(text: str, asked: AskedAnswer) -> dict[str, str]:
    """The values of a line by name: `W2 = 1/2`, `W2: 1/2`, `W1 = 1, W2 = 1/2`, or in braces, `{W1: 1, W2: 1/2}`.

    Raises:
        SubmissionError: if it is neither, or names what is not asked for.
    """
    if text.lstrip().startswith("{"):
        try:
            node = read_yaml_text(text, "")
        except DocumentError as error:
            raise SubmissionError(*(problem.message for problem in error.problems)) from None
        if not isinstance(node, MappingNode) or node.without_colon:
            raise SubmissionError("values in braces are written {W1: 1, W2: 1/2}, each behind its name and a colon")
        found = {str(name): flow_text(value) for name, value in node.items()}
    else:
        found = dict(_values_by_name(text))
        if not found:
            names = [value.name for value in asked.values]
            raise SubmissionError(f"write a name and its value, such as {names[0]} = 1 ({listed(names)} are asked for)")
    known = [value.name for value in asked.values]
    for name in found:
        if name.partition("[")[0] not in known and name not in known:
            advice = did_you_mean(name, known) or f" ({listed(known)} are)"
            raise SubmissionError(f"{name!r} is not asked for{advice}")
    return found


def flow_text(node: Node) -> str:
    """A part of YAML on one line, with quotes where it had some."""
    if isinstance(node, MappingNode):
        return f"{{{', '.join(f'{key}: {flow_text(value)}' for key, value in node.items())}}}"
    if isinstance(node, SequenceNode):
        return f"[{', '.join(map(flow_text, node))}]"
    return json.dumps(str(node), ensure_ascii=False) if node.quoted else " ".join(node.split())


def is_one_value(text: str) -> bool:
    """Whether a text is one value of YAML, so that it can stand behind a name."""
    try:
        node = read_yaml_text(f"value: {text}\n", "")
    except DocumentError:
        return False
    return isinstance(node, MappingNode) and len(node) == 1


def defines(code: str, name: str) -> bool:
    """Whether Python is whole and defines a function or a class of that name at its top."""
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return any(isinstance(node, kinds) and node.name == name for node in body)
