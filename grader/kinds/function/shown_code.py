"""The code of an answer as a page shows it: the function itself, and the lines at which it failed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from grader.answers.code import MAX_NOTEBOOK_BYTES, Code
from grader.answers.excerpts import excerpt, lines_named
from grader.documents.encodings import decoded_leniently
from grader.documents.notebook import NotebookError, code_cells
from grader.page_details import HandedInText
from grader.sandbox import NotRunnableError, python_text
from grader.verdict import QuestionResult

MAX_SHOWN_BLOCKS = 6
"""Parts of the code that are shown: the function, and others in which it failed."""

LINES_AROUND = 4
"""Lines before and after one that cannot be read, or stands in no block."""

_CLOSING = (")", "]", "}")


def texts_of(code: Code) -> Mapping[str, str]:
    """The text of the code by the names that tracebacks have: of its file or its cells, and of its modules."""
    if code.kind == "notebook":
        try:
            cells = code_cells(code.source, MAX_NOTEBOOK_BYTES)
        except NotebookError:
            cells = []
        texts = {f"cell {number}": cell for number, cell in enumerate(cells, 1)}
    else:
        texts = {code.name: _text_shown(code.source, code.name)}
    modules = (module for module in code.modules.files if not module.problem)
    return texts | {module.path: _text_shown(module.source, module.path) for module in modules}


def _text_shown(source: bytes, name: str) -> str:
    """What was run, with the lines that Python counts; of what could not be run, as much as can be read."""
    try:
        return python_text(source, name).replace("\r\n", "\n").replace("\r", "\n")
    except NotRunnableError:
        return decoded_leniently(source, name).text


def shown_code(texts: Mapping[str, str], function: str, result: QuestionResult) -> tuple[HandedInText, ...]:
    """The function, and every other block of the code in which it failed; the lines are marked that are to blame.

    A line is to blame that the message of a failed line of the rubric names; where no line is, and points are lost,
    it is the one that defines the function.
    """
    said = [*(check.message for check in result.checks if check.outcome == "failed")]
    said += result.messages if result.status == "rejected" else ()
    found: dict[tuple[str, int, int], set[int]] = {}
    defined: dict[tuple[str, int, int], int] = {}
    for name, text in texts.items():
        failing, definition = sorted(set(lines_named(said, name))), defining_line(text, function)
        if not failing and not definition:
            continue
        lines = text.split("\n")
        if definition:
            block = (name, *_block(lines, definition))
            found[block], defined[block] = set(), definition
        for number in failing:
            if 0 < number <= len(lines):
                found.setdefault((name, *_block(lines, number)), set()).add(number)
    if result.points < result.max_points and result.status in ("graded", "rejected") and not any(found.values()):
        found |= {block: {number} for block, number in defined.items()}
    return tuple(
        excerpt(name, texts[name].split("\n")[first - 1 : last], language="python", first_line=first, marked=marked)
        for (name, first, last), marked in list(found.items())[:MAX_SHOWN_BLOCKS]
    )


def defining_line(text: str, function: str) -> int:
    """The number of the line that defines a function or class; 0: none does.

    It is the last one at the margin, as that definition counts; where there is none, the last one further in.
    """
    name = re.escape(function)
    definition = re.compile(rf"^([ \t]*)(?:(?:async\s+)?def|class)\s+{name}\b|^{name}[ \t]*=(?!=)", re.MULTILINE)
    last = {bool(found[1]): found.start() for found in definition.finditer(text)}
    start = last.get(False, last.get(True))
    return text.count("\n", 0, start) + 1 if start is not None else 0


def _block(lines: list[str], number: int) -> tuple[int, int]:
    """The first and the last line of the block at the margin around a line; of a line by itself, those next to it.

    Blocks are told by their indentation, as what cannot be parsed is shown, too.
    """
    first = next((n for n in range(number, 0, -1) if _begins(lines[n - 1])), number)
    last = first
    for n in range(first + 1, len(lines) + 1):
        line = lines[n - 1]
        if line.strip() and not line[:1].isspace() and not line.startswith(_CLOSING):
            break
        last = n if line.strip() else last
    if first == last:
        return max(1, number - LINES_AROUND), min(len(lines), number + LINES_AROUND)
    while first > 1 and lines[first - 2].startswith("@"):
        first -= 1
    return first, max(last, number)


def _begins(line: str) -> bool:
    """Whether a line begins a block of its own: a definition, or a statement at the margin."""
    return bool(re.match(r"\S", line)) and not line.startswith((*_CLOSING, "#"))
