"""The configuration of a gradeable of Submitty: config.json, the custom validator, and the folder of its image.

Source: Submitty documentation, "Autograding Specification", "Validation" ("Python Custom Validation"), "Phases of
Autograding" and "System Call Filtering" (submitty.org/instructor/autograding), and `grading/default_config.h`. What
follows from it:

- A test case is one question, since its points are whole numbers and a validator gives one score. Its command does
  nothing of note; what was handed in lies in its folder, and the validator in the folder above.
- `custom_validation_code/` is laid where validators run, and nothing that was handed in is: `submission_to_validation`
  is empty.
- The grader starts processes and confines them: both are refused unless the configuration allows system calls, and more
  of processes, files and time than by default.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.errors import SpecError, listed
from grader.export.archives import below, write_folder
from grader.export.contents import bundle, for_readers, image_files, image_option, merged, script
from grader.export.platform_export import Exported, PlatformExport, output_option
from grader.reports.submitty import not_marked
from grader.shared_options import SANDBOX_OPTION, SHOW_EXPECTED_OPTION
from grader.spec.assignment import Assignment
from grader.spec.question import Question
from grader.verdict import points_in_words
from grader.visible import one_line

if TYPE_CHECKING:
    from grader.sandbox import Requirement

SUBMITTY_IMAGE = "submitty/autograding-default:latest"
"""The image that Submitty itself grades in, on which the one with the grader is built."""

SUBMITTY_LIMITS = {
    "RLIMIT_CPU": 300,
    "RLIMIT_DATA": 4_000_000_000,
    "RLIMIT_RSS": 4_000_000_000,
    "RLIMIT_FSIZE": 100_000_000,
    "RLIMIT_NPROC": 1_000,
    "RLIMIT_NOFILE": 1_000,
    "RLIMIT_SIGPENDING": 1_000,
}
"""Seconds, bytes, and numbers of processes, files and signals, for a test case and for its validator."""

MAX_SUBMITTY_BYTES = 100 << 20
"""Bytes of a submission, as the grader reads it."""


def _export(
    assignment: Assignment, *, output: Path, image: str, require_sandbox: Requirement, show_expected: bool
) -> Exported:
    write_folder(output, submitty_files(assignment, image, require_sandbox, show_expected=show_expected))
    by_hand = for_readers(assignment)
    notes = [f"{listed(by_hand)}: marked by a reader, in a component of the rubric"] if by_hand else []
    return Exported(
        f"{output}/config is the configuration of a gradeable (upload it as a zip, or name its path); the image is"
        f" built once: docker build -t {image} {output}/image",
        notes,
    )


PLATFORM_EXPORT = PlatformExport(
    summary="Write the configuration of a gradeable of Submitty, and its image.",
    write=_export,
    options=(
        output_option(None, "A new folder.", "DIR"),
        image_option("course/grader:latest"),
        SHOW_EXPECTED_OPTION,
        SANDBOX_OPTION,
    ),
)


def submitty_files(
    assignment: Assignment, image: str, require_sandbox: Requirement, *, show_expected: bool
) -> dict[str, bytes]:
    """The configuration below `config/`, and `image/`, by name.

    Raises:
        SpecError: if a question is worth a part of a point, or all are marked by readers.
    """
    graded = bundle(assignment, "submitty", not_marked(), require_sandbox, show_expected=show_expected)
    config = {
        "config.json": (json.dumps(_config(assignment, image), indent=2) + "\n").encode(),
        "custom_validation_code/grader.py": script("submitty/grader.py"),
        **below("custom_validation_code/proofgrade", graded),
    }
    return merged(below("config", config), below("image", image_files(assignment, SUBMITTY_IMAGE)))


def _config(assignment: Assignment, image: str) -> dict[str, Any]:
    by_hand = for_readers(assignment)
    graded = [question for question in assignment.questions if question.id not in by_hand]
    if parts := [question for question in graded if question.points.denominator != 1]:
        said = listed(f"{question.id} ({points_in_words(question.points)})" for question in parts)
        raise SpecError(f"Submitty counts whole points, and a part of one is worth {said}: change the points")
    if not graded:
        raise SpecError(f"{assignment.id}: a reader marks every question, so there is nothing to grade on Submitty")
    return {
        "autograding_method": "docker",
        "container_options": {"container_image": image},
        "max_submission_size": MAX_SUBMITTY_BYTES,
        "autograding": {
            "submission_to_compilation": [],
            "submission_to_runner": ["**/*"],
            "submission_to_validation": [],
            "work_to_details": [],
        },
        "resource_limits": SUBMITTY_LIMITS,
        "allow_system_calls": ["ALLOW_ALL_RESTRICTED_SYSTEM_CALLS"],
        "grading_parameters": {"AUTO_POINTS": int(sum(question.points for question in graded))},
        "testcases": [_testcase(question) for question in graded],
    }


def _testcase(question: Question) -> dict[str, Any]:
    validation = {
        "method": "custom_validator",
        "command": "python3 -I grader.py",
        "question": question.id,
        "description": one_line(question.title),
        "actual_file": "STDOUT.txt",
        "show_actual": "never",
        "show_message": "always",
        "resource_limits": SUBMITTY_LIMITS,
    }
    return {
        "title": one_line(f"{question.id}: {question.title}"),
        "command": "pwd",
        "points": int(question.points),
        "resource_limits": SUBMITTY_LIMITS,
        "validation": [validation],
    }
