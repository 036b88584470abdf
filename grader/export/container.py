"""A folder of which an image of a container is built that grades one assignment, with what the sandbox's tiers need.

Sources: Containerfile(5), podman-run(1), Docker documentation, "Seccomp security profiles" and "Dockerfile reference".
What follows from them:

- The image has the grader, its pinned requirements, the course's files, bubblewrap, and a user who is not root and
  alone may read the course. A submission is mounted at /submission, read-only; nothing else has to be.
- Tier B needs nothing of who runs it: system calls for seccomp and Landlock are among those that are allowed. Tier A
  needs user namespaces in the container, which podman's profile allows and docker's refuses unless it is told.
- A file system that is read-only needs a /tmp that can be written.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.export.archives import below, write_folder
from grader.export.contents import PYTHON_IMAGE, graded_course, grader_files, image_option, merged, script
from grader.export.pinned import python_version
from grader.export.platform_export import Exported, PlatformExport, output_option
from grader.shared_options import FILLED_TEXT, SANDBOX_OPTION
from grader.spec.assignment import Assignment

if TYPE_CHECKING:
    from grader.sandbox import Requirement

CONTAINER_OPTIONS = "--rm --network none --read-only --tmpfs /tmp --cap-drop all"
"""How a container runs, with as little as grading needs; podman and docker read it alike."""


def _export(
    assignment: Assignment,
    *,
    output: Path,
    base: str | None,
    image: str,
    require_sandbox: Requirement,
) -> Exported:
    files = container_files(assignment, base, require_sandbox)
    write_folder(output, files)
    return Exported(
        f"{output} is ready: podman build -t {image} {output}; then"
        f" podman run {CONTAINER_OPTIONS} -v ./alice:/submission:ro {image}",
    )


PLATFORM_EXPORT = PlatformExport(
    summary="Write the folder of a container that grades a SPEC anywhere.",
    write=_export,
    options=(
        output_option(None, "A new folder.", "DIR"),
        image_option("grader"),
        click.option(
            "--base", metavar="IMAGE", type=FILLED_TEXT, help="The image to build on (default: Python, as here)."
        ),
        SANDBOX_OPTION,
    ),
)


def container_files(assignment: Assignment, base: str | None, require_sandbox: Requirement) -> dict[str, bytes]:
    """The folder by name."""
    containerfile = script("container/Containerfile").decode()
    containerfile = containerfile.replace("BASE_IMAGE", base or PYTHON_IMAGE.format(version=python_version()))
    course = graded_course(assignment, require_sandbox, show_expected=False)
    course["grade-submission"] = script("container/grade-submission")
    around = {"Containerfile": containerfile.encode()}
    return merged(around, grader_files(assignment), below("course", course))
