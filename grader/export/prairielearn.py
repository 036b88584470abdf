"""A question of PrairieLearn with an external grader, and the folder of which its image is built.

Source: PrairieLearn documentation, "External Grading", "Question info.json", "Question HTML", `pl-file-editor` and
`pl-file-upload` (prairielearn.readthedocs.io/en/latest). What follows from it:

- The folder `questions/NAME` of a course holds info.json, question.html and `tests/`, which is laid into /grade/tests
  of the container and never shown to students; the entry point may lie there.
- Files of students are in /grade/student; `results.json` is described in `grader.reports.prairielearn`.
- question.html is a template: curly brackets of a prompt are written as entities.
"""

from __future__ import annotations

import json
import re
import uuid
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.answers_template import blank_answers
from grader.export.archives import below, write_folder
from grader.export.contents import bundle, for_readers, image_files, image_option, merged, script
from grader.export.platform_export import Exported, PlatformExport, output_option
from grader.pages.prose import prose_html
from grader.reports.prairielearn import not_marked
from grader.shared_options import FILLED_TEXT, SANDBOX_OPTION, SHOW_EXPECTED_OPTION
from grader.spec.assignment import Assignment
from grader.verdict import points_in_words
from grader.visible import one_line

if TYPE_CHECKING:
    from grader.sandbox import Requirement

QUESTION_NAMESPACE = uuid.UUID("8c0e7f5e-3a57-4d3e-9f5c-2b9a7a1d6c40")
"""Of this the name of a question is made: the same assignment is the same question."""

PRAIRIELEARN_SECONDS = 300
"""Seconds after which the platform ends a container; it allows up to 600."""

UPLOADED_FILES = "*.py,*.ipynb,*.npz,*.npy,*.safetensors,*.pt,*.h5,*.csv,*.json,*.md,*.pdf"
"""Beside answers.yaml, which is written in the page."""


def _export(
    assignment: Assignment,
    *,
    output: Path,
    image: str,
    topic: str,
    require_sandbox: Requirement,
    show_expected: bool,
) -> Exported:
    files = prairielearn_files(assignment, image, topic, require_sandbox, show_expected=show_expected)
    write_folder(output, files)
    notes = []
    if by_hand := for_readers(assignment):
        points = sum((one.points for one in assignment.questions if one.id in by_hand), Fraction(0))
        notes.append(
            f"a reader marks {', '.join(by_hand)}: give the question max_manual_points: {points_in_words(points)}"
            f" and max_auto_points: {points_in_words(assignment.points - points)}"
        )
    return Exported(
        f"{output}/questions goes into the course of PrairieLearn, and {output}/image is built:"
        f" docker build -t {image} {output}/image",
        notes,
    )


PLATFORM_EXPORT = PlatformExport(
    summary="Write a question with an external grader for PrairieLearn, and its image.",
    write=_export,
    options=(
        output_option(None, "A new folder.", "DIR"),
        image_option("course/grader"),
        click.option(
            "--topic",
            default="Autograded",
            show_default=True,
            type=FILLED_TEXT,
            help="The topic of the question there.",
        ),
        SHOW_EXPECTED_OPTION,
        SANDBOX_OPTION,
    ),
)


def prairielearn_files(
    assignment: Assignment, image: str, topic: str, require_sandbox: Requirement, *, show_expected: bool
) -> dict[str, bytes]:
    """The question below `questions/`, and `image/`, by name."""
    tests = bundle(assignment, "prairielearn", not_marked(), require_sandbox, show_expected=show_expected)
    tests["run.sh"] = script("prairielearn/run.sh")
    question = {
        "info.json": (json.dumps(_info(assignment, image, topic), indent=2) + "\n").encode(),
        "question.html": question_page(assignment).encode(),
        "answers.yaml": blank_answers(assignment).encode(),
        **below("tests", tests),
    }
    folder = re.sub(r"[^\w.-]", "-", assignment.id)
    return merged(below(f"questions/{folder}", question), below("image", image_files(assignment)))


def _info(assignment: Assignment, image: str, topic: str) -> dict[str, Any]:
    return {
        "uuid": str(uuid.uuid5(QUESTION_NAMESPACE, assignment.id)),
        "title": one_line(assignment.title or assignment.id),
        "topic": topic,
        "tags": ["autograded"],
        "type": "v3",
        "singleVariant": True,
        "gradingMethod": "External",
        "externalGradingOptions": {
            "image": image,
            "entrypoint": "/grade/tests/run.sh",
            "timeout": PRAIRIELEARN_SECONDS,
            "enableNetworking": False,
        },
    }


def question_page(assignment: Assignment) -> str:
    """question.html: the prompts, a place for the answers, and the results."""
    prompts = []
    said = None
    for question in assignment.questions:
        shared = assignment.headings.get(question.id)
        for heading in ([shared] if shared is not None and shared != said else []) + [question]:
            points = f"{points_in_words(heading.points)} points"
            prompts.append(
                f"  <h3>{_text(f'{heading.id}: {heading.title} ({points})')}</h3>\n  {_prose(heading.prompt)}"
            )
        said = shared
    return (
        "<pl-question-panel>\n" + "\n".join(prompts) + "\n</pl-question-panel>\n"
        '<pl-file-editor file-name="answers.yaml" source-file-name="answers.yaml" ace-mode="ace/mode/yaml"'
        ' auto-resize="true"></pl-file-editor>\n'
        f'<pl-file-upload optional-file-patterns="{UPLOADED_FILES}"></pl-file-upload>\n'
        "<pl-submission-panel>\n  <pl-external-grader-results></pl-external-grader-results>\n"
        "  <pl-file-preview></pl-file-preview>\n</pl-submission-panel>\n"
    )


def _text(text: str) -> str:
    from markupsafe import escape

    return _without_template(str(escape(one_line(text))))


def _prose(text: str) -> str:
    return _without_template(str(prose_html(text)))


def _without_template(html: str) -> str:
    """HTML in which no curly bracket begins a tag of the template, and no dollar sign a formula."""
    return html.replace("{", "&#123;").replace("}", "&#125;")
