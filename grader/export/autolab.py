"""A lab of Autolab as a tar that can be imported: its settings, how it is graded, and the folder of its image.

Source: Autolab documentation, "Guide for Lab Authors" (docs.autolabproject.com/lab). What follows from it:

- The tar has one folder with the name of the assessment, and NAME.yml in it. The name begins with a letter and has
  letters, digits, `_` and `-`.
- Autolab lays the file that was handed in, under one name, `autograde-Makefile` as Makefile and `autograde.tar` into an
  empty folder and calls `make`. What is printed is shown to students; `grader.reports.autolab` describes its end.
- The problems are those of the settings: one for each question, by the names that the results have.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import yaml

from grader.console import write_output
from grader.errors import SpecError
from grader.export.archives import below, tarred
from grader.export.contents import bundle, for_readers, image_files, image_option, merged, script
from grader.export.platform_export import Exported, PlatformExport, output_option
from grader.reports.autolab import not_marked, problem_names
from grader.shared_options import SANDBOX_OPTION, SHOW_EXPECTED_OPTION
from grader.spec.assignment import Assignment
from grader.verdict import as_number
from grader.visible import one_line

if TYPE_CHECKING:
    from grader.sandbox import Requirement

AUTOLAB_SECONDS = 300
"""Seconds after which the platform ends a run."""

AUTOLAB_IMAGE = "autograding_image"
"""The image that Autolab's own installation has, on which the one with the grader is built."""


def _export(
    assignment: Assignment,
    *,
    output: Path,
    image: str,
    handin: str,
    require_sandbox: Requirement,
    show_expected: bool,
) -> Exported:
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", handin, re.ASCII):
        raise SpecError(f"--handin is the name of one file (letters, digits, '.', '_', '-'), not {handin!r}")
    files = autolab_files(assignment, image, handin, require_sandbox, show_expected=show_expected)
    name = lab_name(assignment)
    write_output(output, tarred(below(name, files)))
    notes = [f"{', '.join(by_hand)}: marked by a reader" for by_hand in [for_readers(assignment)] if by_hand]
    return Exported(
        f"{output} is ready (Install Assessment, import from tarball); its folder {name}/image is built once:"
        f" docker build -t {image} {name}/image",
        notes,
    )


PLATFORM_EXPORT = PlatformExport(
    summary="Write a lab for Autolab as a tar that can be imported, with its image.",
    write=_export,
    options=(
        output_option("autolab.tar"),
        image_option("grader_image"),
        click.option(
            "--handin",
            default="handin.zip",
            show_default=True,
            metavar="FILE",
            help="What the file that is handed in is called: an archive, or answers.yaml.",
        ),
        SHOW_EXPECTED_OPTION,
        SANDBOX_OPTION,
    ),
)


def autolab_files(
    assignment: Assignment, image: str, handin: str, require_sandbox: Requirement, *, show_expected: bool
) -> dict[str, bytes]:
    """The files of the lab by name, without its folder."""
    questions = [question.id for question in assignment.questions]
    graded = bundle(assignment, "autolab", not_marked(questions), require_sandbox, show_expected=show_expected)
    graded["driver.sh"] = script("autolab/driver.sh")
    settings = yaml.safe_dump(_settings(assignment, image, handin), sort_keys=False, allow_unicode=True)
    lab = {
        f"{lab_name(assignment)}.yml": f"---\n{settings}".encode(),
        "autograde-Makefile": script("autolab/autograde-Makefile").replace(b"HANDIN_FILE", handin.encode()),
        "autograde.tar": tarred(graded),
    }
    return merged(lab, below("image", image_files(assignment, AUTOLAB_IMAGE)))


def lab_name(assignment: Assignment) -> str:
    """The name of the assessment: what Autolab allows of the assignment's."""
    name = re.sub(r"[^A-Za-z0-9_-]", "-", assignment.id)
    return name if re.match("[A-Za-z]", name) else f"lab-{name}"


def _settings(assignment: Assignment, image: str, handin: str) -> dict[str, Any]:
    names = problem_names(question.id for question in assignment.questions)
    problems = [
        {
            "name": names[question.id],
            "description": one_line(question.title),
            "max_score": as_number(question.points),
            "optional": False,
        }
        for question in assignment.questions
    ]
    general = {
        "name": lab_name(assignment),
        "description": "",
        "display_name": one_line(assignment.title or assignment.id),
        "handin_filename": handin,
        "handin_directory": "handin",
        "max_grace_days": 0,
        "max_submissions": -1,
        "disable_handins": False,
        "max_size": 100,
        "category_name": "Homework",
    }
    grading = {"autograde_timeout": AUTOLAB_SECONDS, "autograde_image": image, "release_score": True}
    return {"general": general, "problems": problems, "autograder": grading}
