"""What every export has in common: the course as it is graded elsewhere, and the grader itself with what it needs.

Two parts, which may lie in one place (Gradescope) or in two: the *bundle* is an assignment with its reference, how it
is graded, and the script `grade`; the *image* is the grader's source, pinned requirements, and how an image of a
container is made of them, in which `setup.sh` installs them once.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from typing import TYPE_CHECKING

import click

from grader.export.files import course_files, package_files, read, spec_path
from grader.export.pinned import pinned_requirements, python_version
from grader.export.platform_export import CommandOption
from grader.kinds.kind import kind_of
from grader.shared_options import FILLED_TEXT
from grader.spec.assignment import Assignment

if TYPE_CHECKING:
    from grader.sandbox import Requirement

PYTHON_IMAGE = "python:{version}-slim"
"""An image with the Python whose versions are pinned, and little else."""


def image_option(default: str) -> CommandOption:
    """`--image`, where the platform grades in a container of the course's own."""
    return click.option(
        "--image",
        default=default,
        show_default=True,
        metavar="NAME",
        type=FILLED_TEXT,
        help="The image that image/ is built into.",
    )


def script(name: str) -> bytes:
    """A script that is written into exports as it is."""
    return (resources.files("grader.export") / "scripts" / name).read_bytes()


def bundle(
    assignment: Assignment, format: str, not_marked: str, require_sandbox: Requirement, *, show_expected: bool
) -> dict[str, bytes]:
    """The course and how it is graded, by name; `not_marked` is the text of results where there is no report.

    Raises:
        SpecError: if a file of the course cannot be read.
    """
    files = graded_course(assignment, require_sandbox, show_expected=show_expected)
    files["options"] += f"--format\n{format}\n".encode()
    return {**files, "not_marked": not_marked.encode(), "grade": script("grade")}


def graded_course(assignment: Assignment, require_sandbox: Requirement, *, show_expected: bool) -> dict[str, bytes]:
    """The course's files for an assignment, `spec` with its place among them, and `options` of how it is graded.

    Raises:
        SpecError: if a file of the course cannot be read.
    """
    options = ["--require-sandbox", require_sandbox, *(["--show-expected"] if show_expected else [])]
    files = {name: read(file) for name, file in course_files(assignment).items()}
    files["spec"] = f"{spec_path(assignment)}\n".encode()
    files["options"] = "".join(f"{option}\n" for option in options).encode()
    return files


def grader_files(assignment: Assignment) -> dict[str, bytes]:
    """The grader's source, what it needs from the package index, and the script that installs both.

    Raises:
        SpecError, HarnessError: if a file cannot be read, or what the grader needs is not known.
    """
    files = {name: read(file) for name, file in package_files().items()}
    return {
        **files,
        "requirements.txt": pinned_requirements(assignment.packages).encode(),
        "setup.sh": script("setup.sh"),
    }


def image_files(assignment: Assignment, base: str = "") -> dict[str, bytes]:
    """The folder of which an image with the grader is built, on top of `base` (default: one with Python alone)."""
    dockerfile = (
        script("Dockerfile").decode().replace("BASE_IMAGE", base or PYTHON_IMAGE.format(version=python_version()))
    )
    return {**grader_files(assignment), "Dockerfile": dockerfile.encode()}


def for_readers(assignment: Assignment) -> list[str]:
    """The questions that a reader marks, for a note on their points."""
    return [question.id for question in assignment.questions if kind_of(question).marked_by_reader]


def merged(*parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Files of several parts; none has a name of another's."""
    files: dict[str, bytes] = {}
    for part in parts:
        assert not files.keys() & part.keys()
        files.update(part)
    return files
