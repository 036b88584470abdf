"""An autograder.zip for Gradescope: the scripts that the platform calls, the spec, its reference, and the grader.

Source: Gradescope autograder documentation, "Autograder Specifications" and "Code Autograder Best Practices"
(gradescope-autograders.readthedocs.io/en/latest/specs, .../best_practices): `setup.sh` and an executable
`run_autograder` lie in the root of the archive, which is unpacked as /autograder/source; `run_autograder` is copied to
/autograder, reads /autograder/submission and leaves /autograder/results/results.json, whatever happens.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from grader.console import write_output
from grader.export.archives import zipped
from grader.export.contents import graded_course, grader_files, merged, script
from grader.export.platform_export import Exported, PlatformExport, output_option
from grader.reports.gradescope import not_marked
from grader.shared_options import SANDBOX_OPTION, SHOW_EXPECTED_OPTION
from grader.spec.assignment import Assignment

if TYPE_CHECKING:
    from grader.sandbox import Requirement


def write_autograder(
    assignment: Assignment, path: Path, require_sandbox: Requirement = "strict", *, show_expected: bool = False
) -> None:
    """Writes the archive.

    Raises:
        SpecError: if a file of the course cannot be read.
        ClickException: if the archive cannot be written.
    """
    write_output(path, zipped(autograder_files(assignment, require_sandbox, show_expected=show_expected)))


def _export(assignment: Assignment, *, output: Path, require_sandbox: Requirement, show_expected: bool) -> Exported:
    write_autograder(assignment, output, require_sandbox, show_expected=show_expected)
    return Exported(f"{output} is ready to be uploaded (Configure Autograder, zip file upload)")


PLATFORM_EXPORT = PlatformExport(
    summary="Write the autograder.zip of a SPEC for Gradescope.",
    write=_export,
    options=(output_option("autograder.zip"), SHOW_EXPECTED_OPTION, SANDBOX_OPTION),
    knows_students=True,
)


def autograder_files(
    assignment: Assignment, require_sandbox: Requirement, *, show_expected: bool
) -> Mapping[str, bytes]:
    """The content of the archive by name."""
    around = {"run_autograder": script("run_autograder"), "not_marked.json": not_marked().encode()}
    course = graded_course(assignment, require_sandbox, show_expected=show_expected)
    return merged(course, grader_files(assignment), around)
