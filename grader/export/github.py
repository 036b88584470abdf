"""A workflow for repositories of submissions: every push is graded by the released grader.

Sources: GitHub, "Workflow syntax for GitHub Actions", "Workflow commands for GitHub Actions" and "Secure use reference"
(docs.github.com/actions/reference). The workflow may read and nothing else; the submission is data, and no part of it,
of a branch's name or of a message is ever put into a script.
"""

from __future__ import annotations

from typing import Any

from grader.export.on_push import (
    COURSE_REPOSITORY_VARIABLE,
    PUSHED_COURSE_FOLDER,
    CourseCheckout,
    GradingOnPush,
    PushPlatform,
    as_yaml,
    script_of,
)
from grader.export.platform_export import PlatformExport, output_option

WORKFLOW_FILE = ".github/workflows/grade.yml"

WORKFLOW_HEADER = """\
# Grades the submission in this repository on every push: annotations on its answers, a summary, and JUnit XML.
"""
NEEDS_COURSE = f"""\
# What it needs, once for the organisation or the repository:
# - the variable {COURSE_REPOSITORY_VARIABLE}: OWNER/NAME of the course's repository, which holds specs/ and reference/
#   (not needed where the name stands below);
# - for a private course, the secret {COURSE_REPOSITORY_VARIABLE}_TOKEN: a token that may read it.
# Whoever can push here can change this file and read what it checks out: name a course without answers in it, and take
# what comes out for feedback; marks come from `grader grade` on the course's own machine.
"""
NEEDS_NOTHING = f"""\
# It needs nothing else: {PUSHED_COURSE_FOLDER}/ has the questions without the answers (`grader export student`).
# Whoever can push here can change this file and the questions: take what comes out for feedback; marks come from
# `grader grade` on the course's own machine.
"""


def workflow(grading: GradingOnPush) -> str:
    """The workflow's text; the same assignment gives the same text."""
    data = {
        "name": "Grade",
        "on": {"push": None, "pull_request": None, "workflow_dispatch": None},
        "permissions": {"contents": "read"},
        "concurrency": {"group": "grade-${{ github.ref }}", "cancel-in-progress": True},
        "jobs": {"grade": {"runs-on": "ubuntu-24.04", "timeout-minutes": 20, "steps": _steps(grading)}},
    }
    return WORKFLOW_HEADER + (NEEDS_COURSE if grading.course is not None else NEEDS_NOTHING) + as_yaml(data)


def _steps(grading: GradingOnPush) -> list[dict[str, Any]]:
    kept = {"name": "grade", "path": "${{ steps.grade.outputs.junit }}", "if-no-files-found": "ignore"}
    graded = {"GRADER_SUBMISSION": ".", **grading.variables}
    return [
        {"name": "The submission", "uses": "actions/checkout@v4", "with": {"persist-credentials": False}},
        *(_course_steps(grading.course) if grading.course is not None else ()),
        {"name": "Python", "uses": "actions/setup-python@v5", "with": {"python-version": "3.12"}},
        _script("Install the grader", "install", grading.installed),
        {**_script("Grade", "grade", graded), "id": "grade"},
        {"name": "Keep the report", "if": "always()", "uses": "actions/upload-artifact@v4", "with": kept},
    ]


def _course_steps(course: CourseCheckout) -> list[dict[str, Any]]:
    """The course is checked out beside the submission; a variable without a value would check out the submission."""
    named = f"vars.{COURSE_REPOSITORY_VARIABLE}"
    checked_out = {
        "repository": course.repository or f"${{{{ {named} }}}}",
        **({"ref": course.ref} if course.ref else {}),
        "path": PUSHED_COURSE_FOLDER,
        "token": f"${{{{ secrets.{COURSE_REPOSITORY_VARIABLE}_TOKEN || github.token }}}}",
        "persist-credentials": False,
    }
    unnamed = {**_script("No course is named", "no_course", {}), "if": f"{named} == ''"}
    return [
        *([] if course.repository else [unnamed]),
        {"name": "The course", "uses": "actions/checkout@v4", "with": checked_out},
    ]


def _script(name: str, script: str, variables: dict[str, str]) -> dict[str, Any]:
    """A step that runs a script, which reads nothing but variables."""
    env = {"env": variables} if variables else {}
    return {"name": name, "shell": "bash", **env, "run": script_of(f"github/{script}.sh")}


GITHUB = PushPlatform(
    WORKFLOW_FILE, workflow, "OWNER/NAME", r"[\w.-]+/[\w.-]+", "repository", refs="A branch, tag or commit"
)

PLATFORM_EXPORT = PlatformExport(
    summary="Write a workflow that grades a repository's submission to a SPEC on every push.",
    write=GITHUB.export,
    options=(output_option(".", "The repository to write it into."), *GITHUB.options),
    in_course_folder=False,
)
