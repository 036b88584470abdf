"""A workflow for repositories of submissions: every push is graded with the course's own grader.

Sources: GitHub, "Workflow syntax for GitHub Actions" and "Security hardening for GitHub Actions"
(docs.github.com/actions/reference). The workflow may read and nothing else; the submission is data, and no part of it,
of a branch's name or of a message is ever put into a script.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click
import yaml

from grader.errors import HarnessError, SpecError
from grader.export.files import spec_path, write_whole
from grader.export.platform_export import Exported, PlatformExport, output_option
from grader.spec.assignment import Assignment
from grader.spec.packages import DEFAULT_PACKAGES, distribution_of
from grader.visible import one_line

WORKFLOW_FILE = Path(".github/workflows/grade.yml")
COURSE_FOLDER = ".grader-course"
"""Where the course is checked out: a hidden name, so that it is no part of the submission."""

WORKFLOW_HEADER = """\
# Grades the submission in this repository on every push: annotations on its answers, a summary, and JUnit XML.
# What it needs, once for the organisation or the repository:
# - the variable GRADER_COURSE: OWNER/NAME of the course's repository, with specs/ and .github/actions/grade
#   (not needed where the name stands below);
# - for a private course, the secret GRADER_COURSE_TOKEN: a token that may read it.
# Whoever can push here can change this file and read what it checks out: name a course without answers in it, and take
# what comes out for feedback; marks come from `grader grade` on the course's own machine.
"""


def write_workflow(assignment: Assignment, folder: Path, course: str | None = None, ref: str = "") -> Path:
    """Writes the workflow below a folder, and says where.

    Raises:
        SpecError: if the course's name cannot be one, or another workflow stands there.
        HarnessError: if it cannot be written.
    """
    if course is not None and not re.fullmatch(r"[\w.-]+/[\w.-]+", course, re.ASCII):
        raise SpecError(f"a repository is written OWNER/NAME, not {course!r}")
    path = folder / WORKFLOW_FILE
    data = workflow(assignment, course, ref).encode()
    if path.exists() and path.read_bytes() != data:
        raise SpecError(f"{path} is already there, and different: nothing was written")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HarnessError(f"{path.parent}: cannot be made: {error.strerror}") from None
    write_whole(path, data)
    return path


def _export(assignment: Assignment, *, output: Path, course: str | None, ref: str) -> Exported:
    path = write_workflow(assignment, output, course, ref)
    return Exported(f"{one_line(str(path))} grades every push; what it needs stands at its top")


PLATFORM_EXPORT = PlatformExport(
    summary="Write a workflow that grades a repository's submission to a SPEC on every push.",
    write=_export,
    options=(
        output_option(".", "The repository to write it into."),
        click.option(
            "--course", metavar="OWNER/NAME", help="The course's repository (default: the variable GRADER_COURSE)."
        ),
        click.option(
            "--ref", default="", metavar="REF", help="A branch, tag or commit of it (default: its default branch)."
        ),
    ),
    in_course_folder=False,
)


def workflow(assignment: Assignment, course: str | None = None, ref: str = "") -> str:
    """The workflow's text; the same assignment gives the same text."""
    data = {
        "name": "Grade",
        "on": {"push": None, "pull_request": None, "workflow_dispatch": None},
        "permissions": {"contents": "read"},
        "concurrency": {"group": "grade-${{ github.ref }}", "cancel-in-progress": True},
        "jobs": {"grade": {"runs-on": "ubuntu-24.04", "timeout-minutes": 20, "steps": _steps(assignment, course, ref)}},
    }
    return WORKFLOW_HEADER + yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=120)


def _steps(assignment: Assignment, course: str | None, ref: str) -> list[dict[str, Any]]:
    source = {
        "repository": course or "${{ vars.GRADER_COURSE }}",
        **({"ref": ref} if ref else {}),
        "path": COURSE_FOLDER,
        "token": "${{ secrets.GRADER_COURSE_TOKEN || github.token }}",
        "persist-credentials": False,
    }
    more = [distribution_of(name) for name in assignment.packages if name not in DEFAULT_PACKAGES]
    graded = {"submission": ".", "spec": f"{COURSE_FOLDER}/{spec_path(assignment)}"}
    graded |= {"packages": " ".join(more)} if more else {}
    kept = {"name": "grade", "path": "${{ steps.grade.outputs.junit }}", "if-no-files-found": "ignore"}
    return [
        {"name": "The submission", "uses": "actions/checkout@v4", "with": {"persist-credentials": False}},
        {"name": "The course", "uses": "actions/checkout@v4", "with": source},
        {"name": "Python", "uses": "actions/setup-python@v5", "with": {"python-version": "3.12"}},
        {"name": "Grade", "id": "grade", "uses": f"./{COURSE_FOLDER}/.github/actions/grade", "with": graded},
        {"name": "Keep the report", "if": "always()", "uses": "actions/upload-artifact@v4", "with": kept},
    ]
