"""`%%grade q5` on a cell of a notebook, `%grade q5 value` in a line: the marks of an answer where it is written.

The rule: a cell is handed in as it is. Where a function is asked for, or weights that the cell assigns, it is Python:
it runs in the notebook as any cell does, and what it has defined is checked. Otherwise it is text as it would stand in
answers.yaml below the name of the question; a formula and prose stand there without quotes.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from grader.api import GradableAssignment, assignment_with, check_files, check_value, function_asked_for
from grader.errors import GraderError
from grader.kinds.cell_text import file_of_cell
from grader.kinds.kind import kind_of
from grader.kinds.table import ways_of
from grader.shown_reports import ShownResult
from grader.spec.question import Question

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

USAGE = (
    "write `%%grade q5` above an answer, or `%grade q5 value` (--spec and --course say where the question lies,"
    " --student whose variant is meant)"
)


def register(shell: InteractiveShell) -> None:
    """Makes `%%grade` and `%grade` known to a notebook."""

    def grade(line: str, cell: str | None = None) -> ShownResult | None:
        """The marks of the cell below, or of a value: `%%grade q5`, `%grade q5 my_weights`."""
        from IPython.core.error import UsageError

        try:
            return _graded(shell, line, cell)
        except (GraderError, TypeError, ValueError) as error:
            raise UsageError(str(error)) from error

    add: Any = shell.register_magic_function  # its types are those of the function below its decorator
    add(grade, magic_kind="line_cell", magic_name="grade")


class _MagicLine(NamedTuple):
    """What stands in the line of a magic: a question, where it lies, and the value to check."""

    question: str
    options: dict[str, str]
    value: str


def _graded(shell: Any, line: str, cell: str | None) -> ShownResult | None:
    asked = _asked(line)
    if not asked.question or (cell is None) is not bool(asked.value):
        raise ValueError(USAGE)
    assignment = assignment_with(asked.question, asked.options.get("spec"), asked.options.get("course"))
    assignment = assignment.of_student(asked.options.get("student"))
    if cell is None:
        return check_value(assignment, shell.ev(asked.value))
    question = assignment.questions[0]
    if not (names := _names_in_python(question, shell.transform_cell(cell))):
        return check_files(assignment, file_of_cell(question, cell))
    around = shell.displayhook.exec_result
    ran = shell.run_cell(cell, store_history=False)
    shell.displayhook.exec_result = around  # which the cell inside has taken: the marks are the result of both
    if not ran.success:
        return None  # the notebook has shown why
    return _defined(shell.user_ns, assignment, names)


_OPTION = re.compile(r"""--(spec|course|student)(?:=|\s+)("[^"]*"|'[^']*'|\S+)\s*""")


def _asked(line: str) -> _MagicLine:
    question, _, rest = line.strip().partition(" ")
    options = dict[str, str]()
    while found := _OPTION.match(rest := rest.strip()):
        options[found[1]] = found[2].strip("\"'")
        rest = rest[found.end() :]
    return _MagicLine(question, options, rest)


def _names_in_python(question: Question, cell: str) -> Sequence[str]:
    """The names whose values may answer the question, where the cell is Python that gives one of them; else none."""
    function = function_asked_for(question)
    assigned = _assigned(cell)
    if function and function in assigned:
        return (function,)
    if kind_of(question).takes_code:
        raise ValueError(f"the cell defines no {function}, which {question.id} asks for")
    names = [value.name for way in ways_of(question) for value in kind_of(way).asked(way).values]
    return names if assigned.intersection(names) else ()


def _assigned(cell: str) -> set[str]:
    """The names that Python defines or assigns at its top; none where it is no Python."""
    try:
        tree = ast.parse(cell)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    found: set[str] = set()
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(statement.name)
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name for alias in statement.names}
        elif isinstance(statement, ast.Assign):
            targets = (node for target in statement.targets for node in ast.walk(target))
            found |= {node.id for node in targets if isinstance(node, ast.Name)}
    return found


def _defined(values: Mapping[str, Any], assignment: GradableAssignment, names: Sequence[str]) -> ShownResult:
    """The marks of what a cell has defined; weights that were assigned before it count, too."""
    given = {name: values[name] for name in names if name in values}
    is_function = names[0] == function_asked_for(assignment.questions[0])
    return check_value(assignment, given[names[0]] if is_function else given)
