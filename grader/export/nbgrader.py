"""An assignment of nbgrader: a notebook whose cells call the grader, the course beside it, and nbgrader's settings.

Source: nbgrader documentation, "JSON Metadata Format", "Autograding resources" and "Creating and grading assignments"
(nbgrader.readthedocs.io), and `determine_grade` of `nbgrader/utils.py`. What follows from it:

- A cell that grades has `grade`, `locked` and its points; it is written anew from the course's version before it runs.
  It earns the number that its last line shows, all points where it shows none, and none where it raises.
- What stands between BEGIN and END HIDDEN TESTS is taken out of the students' version and put back for grading.
- A cell in text that is graded by hand is a solution, too. Other cells have no metadata and stay as they are.
- nbgrader runs the whole notebook in one kernel, in which students' code could change what the grading cells do. So the
  settings that are exported run these cells alone, and the grader reads the notebook as a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.export.archives import below, write_folder
from grader.export.contents import graded_course, merged, script
from grader.export.notebook_answers import (
    GRADING_MARK,
    NotebookCell,
    cell_name,
    code_cell,
    introduction,
    markdown_cell,
    notebook,
    question_cells,
)
from grader.export.pinned import pinned_requirements
from grader.export.platform_export import Exported, PlatformExport, output_option
from grader.kinds.kind import kind_of
from grader.shared_options import SANDBOX_OPTION, SHOW_EXPECTED_OPTION
from grader.spec.assignment import Assignment
from grader.spec.question import Question
from grader.verdict import as_number

if TYPE_CHECKING:
    from grader.sandbox import Requirement

NBGRADER_SCHEMA = 3
"""The version of the metadata of cells."""

GRADING_CELL = """\
# The course grades {question} here when the notebook has been handed in.
### BEGIN HIDDEN TESTS
from grader.export.notebook_grading import earned

earned({question!r})
### END HIDDEN TESTS"""


def _export(assignment: Assignment, *, output: Path, require_sandbox: Requirement, show_expected: bool) -> Exported:
    write_folder(output, nbgrader_files(assignment, require_sandbox, show_expected=show_expected))
    name = cell_name(assignment.id)
    return Exported(
        f"{output} goes into the folder of a course; where nbgrader runs: pip install proofgrade, then"
        f" nbgrader generate_assignment {name}",
    )


PLATFORM_EXPORT = PlatformExport(
    summary="Write an assignment for nbgrader: a notebook whose cells call the grader.",
    write=_export,
    options=(output_option(None, "A new folder.", "DIR"), SHOW_EXPECTED_OPTION, SANDBOX_OPTION),
)


def nbgrader_files(assignment: Assignment, require_sandbox: Requirement, *, show_expected: bool) -> dict[str, bytes]:
    """What goes into the folder of a course, by name."""
    name = cell_name(assignment.id)
    course = graded_course(assignment, require_sandbox, show_expected=show_expected)
    around = {
        "nbgrader_config.py": script("nbgrader/nbgrader_config.py"),
        "requirements.txt": pinned_requirements(assignment.packages).encode(),
        f"source/{name}/{name}.ipynb": notebook([introduction(assignment), *_cells(assignment)]),
    }
    return merged(around, below(f"proofgrade/{name}", course))


def _cells(assignment: Assignment) -> Iterator[NotebookCell]:
    for number, question in enumerate(assignment.questions, 1):
        name = f"{number}-{cell_name(question.id)}"
        yield from question_cells(question, name)
        if kind_of(question).marked_by_reader:
            metadata = _metadata(f"answer-{name}", question, solution=True)
            yield markdown_cell(f"answer-{name}", "YOUR ANSWER HERE", metadata)
        else:
            metadata = {**_metadata(f"grade-{name}", question, solution=False), GRADING_MARK: {"grades": question.id}}
            yield code_cell(f"grade-{name}", GRADING_CELL.format(question=question.id), metadata)


def _metadata(name: str, question: Question, *, solution: bool) -> dict[str, Any]:
    return {
        "nbgrader": {
            "grade": True,
            "grade_id": name,
            "locked": not solution,
            "points": as_number(question.points),
            "schema_version": NBGRADER_SCHEMA,
            "solution": solution,
            "task": False,
        }
    }
