"""An assignment for Otter-Grader: tests that call the grader, the students' notebook, and what `otter generate` needs.

Source: Otter-Grader documentation, "Generating Configuration Files", "Python Format" (exception-based) and "Creating
Plugins" (otter-grader.readthedocs.io). What follows from it:

- A test file is a question, with a test case for each line of its rubric, which passes or raises. The points of the
  question, of which a line may have earned a part, are set by the plugin (`grader.export.otter_plugin`).
- `otter generate` puts the course into `files/` beside the tests; plugin and tests import the grader, a requirement.
- Results show all tests to students, since none of them tells what was wanted.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import HarnessError, listed
from grader.export.archives import below, write_folder
from grader.export.contents import for_readers, graded_course, merged
from grader.export.notebook_answers import NotebookCell, cell_name, introduction, notebook, question_cells
from grader.export.pinned import pinned_requirements
from grader.export.platform_export import Exported, PlatformExport, output_option
from grader.fingerprint import DISTRIBUTION
from grader.shared_options import SANDBOX_OPTION, SHOW_EXPECTED_OPTION
from grader.spec.assignment import Assignment
from grader.spec.question import Question
from grader.verdict import as_number

if TYPE_CHECKING:
    from grader.sandbox import Requirement

OTTER_PLUGIN = "grader.export.otter_plugin.ProofgradePlugin"


def _export(assignment: Assignment, *, output: Path, require_sandbox: Requirement, show_expected: bool) -> Exported:
    write_folder(output, otter_files(assignment, require_sandbox, show_expected=show_expected))
    by_hand = for_readers(assignment)
    notes = [f"{listed(by_hand)}: marked by a reader, and no test of Otter"] if by_hand else []
    return Exported(
        f"{output} is ready; in it: otter generate -t tests -c otter_config.json -r requirements.txt proofgrade",
        notes,
    )


PLATFORM_EXPORT = PlatformExport(
    summary="Write tests for Otter-Grader that call the grader, and the students' notebook.",
    write=_export,
    options=(output_option(None, "A new folder.", "DIR"), SHOW_EXPECTED_OPTION, SANDBOX_OPTION),
)


def otter_files(assignment: Assignment, require_sandbox: Requirement, *, show_expected: bool) -> dict[str, bytes]:
    """The tests, the configuration, the notebook and the course, by name."""
    graded = [question for question in assignment.questions if question.id not in for_readers(assignment)]
    config = {"plugins": [{OTTER_PLUGIN: {}}], "show_all_public": True, "show_stdout": False}
    around = {
        "otter_config.json": (json.dumps(config, indent=2) + "\n").encode(),
        "requirements.txt": f"{pinned_requirements(assignment.packages)}{_grader_itself()}\n".encode(),
        f"student/{cell_name(assignment.id)}.ipynb": notebook([introduction(assignment), *_cells(assignment)]),
    }
    tests: dict[str, bytes] = {}
    for question in graded:
        tests[_test_name(question, tests)] = _test_file(question).encode()
    course = graded_course(assignment, require_sandbox, show_expected=show_expected)
    return merged(around, tests, below("proofgrade", course))


def _cells(assignment: Assignment) -> list[NotebookCell]:
    numbered = enumerate(assignment.questions, 1)
    return [cell for i, question in numbered for cell in question_cells(question, f"{i}-{cell_name(question.id)}")]


def _test_name(question: Question, used: Collection[str]) -> str:
    """Where the test file of a question lies: q3.1 and q3-1 are two files, also where case does not count."""
    name, turn = cell_name(question.id), 1
    while f"tests/{name}.py".lower() in {other.lower() for other in used}:
        turn += 1
        name = f"{cell_name(question.id)}_{turn}"
    return f"tests/{name}.py"


def _grader_itself() -> str:
    try:
        return f"{DISTRIBUTION}=={metadata.version(DISTRIBUTION)}"
    except metadata.PackageNotFoundError:
        raise HarnessError(f"{DISTRIBUTION} is not installed, so its version is not known: pip install it") from None


def _test_file(question: Question) -> str:
    """A test file with one test case a line; names are written as Python writes them."""
    cases = [
        f"\n\n@test_case(name={line.name!r}, points={as_number(line.points)!r})\n"
        f"def test_{number}():\n    line_passed({question.id!r}, {number})\n"
        for number, line in enumerate(question.rubric)
    ]
    return (
        "from grader.export.otter_plugin import line_passed\nfrom otter.test_files import test_case\n\n"
        f"OK_FORMAT = False\n\nname = {question.id!r}\npoints = {as_number(question.points)!r}\n" + "".join(cases)
    )
