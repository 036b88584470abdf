"""A pipeline for projects of submissions in GitLab: every push is graded by the released grader.

Sources: GitLab documentation, "CI/CD YAML syntax reference", "Choose when jobs run", "Unit test reports", "CI/CD job
token" and "Predefined CI/CD variables reference" (docs.gitlab.com/ci). The submission is data, and no part of it, of a
branch's name or of a message is ever put into a script: all that scripts read are variables. What a job prints is no
command to anybody.
"""

from __future__ import annotations

from typing import Any

from grader.export.on_push import (
    COURSE_REPOSITORY_VARIABLE,
    PUSHED_COURSE_FOLDER,
    GradingOnPush,
    PushPlatform,
    as_yaml,
    script_of,
)
from grader.export.platform_export import PlatformExport, output_option

PIPELINE_FILE = ".gitlab-ci.yml"
REPORT_FOLDER = ".grader-report"
"""Where the job leaves what is kept: a hidden name, so that it is no part of the submission."""

PIPELINE_HEADER = """\
# Grades the submission in this project on every push: a report in HTML, and JUnit XML, which merge requests show.
"""
NEEDS_PROJECT = f"""\
# What it needs, once for the group or the project (Settings, CI/CD):
# - the variable {COURSE_REPOSITORY_VARIABLE}: GROUP/NAME of the course's project, which holds specs/ and reference/
#   (not needed where the name stands below);
# - for a private course, that project's "Job token permissions" allow this group, or the masked variable
#   {COURSE_REPOSITORY_VARIABLE}_TOKEN is a token that may read its repository.
# Whoever can push here can change this file and read what it checks out: name a course without answers in it, and take
# what comes out for feedback; marks come from `grader grade` on the course's own machine. A pipeline that students
# cannot change lies in another project: Settings, CI/CD, General pipelines, "CI/CD configuration file".
"""
NEEDS_NO_PROJECT = f"""\
# It needs nothing else: {PUSHED_COURSE_FOLDER}/ has the questions without the answers (`grader export student`).
# Whoever can push here can change this file and the questions: take what comes out for feedback; marks come from
# `grader grade` on the course's own machine.
"""


def pipeline(grading: GradingOnPush) -> str:
    """The pipeline's text; the same assignment gives the same text."""
    course = grading.course
    named = {} if course is None or course.repository is None else {COURSE_REPOSITORY_VARIABLE: course.repository}
    at = {} if course is None or not course.ref else {f"{COURSE_REPOSITORY_VARIABLE}_REF": course.ref}
    scripts = [*(["course"] if course is not None else []), "install", "grade"]
    job: dict[str, Any] = {
        "image": "python:3.12",
        "timeout": "20 minutes",
        "interruptible": True,
        "rules": [
            {"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'},
            {"if": "$CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS", "when": "never"},  # else two for one push
            {"if": "$CI_COMMIT_BRANCH"},
        ],
        "variables": {"GIT_DEPTH": "1", **named, **at, **grading.installed, **grading.variables},
        "script": [script_of(f"gitlab/{name}.sh") for name in scripts],
        "artifacts": {
            "when": "always",
            "paths": [f"{REPORT_FOLDER}/"],
            "reports": {"junit": f"{REPORT_FOLDER}/junit.xml"},
        },
    }
    return PIPELINE_HEADER + (NEEDS_PROJECT if course is not None else NEEDS_NO_PROJECT) + as_yaml({"grade": job})


GITLAB = PushPlatform(
    PIPELINE_FILE,
    pipeline,
    "GROUP/NAME",
    r"[\w.-]+(/[\w.-]+)+",
    "project",
    refs="A branch or tag",
    ref_pattern=r"(?!-)[\w./+-]*",
)

PLATFORM_EXPORT = PlatformExport(
    summary="Write a pipeline that grades a project's submission to a SPEC on every push.",
    write=GITLAB.export,
    options=(output_option(".", "The project's repository to write it into."), *GITLAB.options),
    in_course_folder=False,
)
