"""What the cells and tests of an exported notebook call: the marks of the notebook that lies beside them.

The notebook is read as data, and what of it is code runs in the sandbox alone: nothing of it is imported or executed in
the process that asks. Expected values are left out of what is shown, as on every platform.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, cast

from grader.audience import Audience, redacted
from grader.export.notebook_answers import files_beside, submission_files
from grader.kinds.table import load_assignment
from grader.reports.waiting import FAULT_NOTE, held_note
from grader.verdict import QuestionResult, Report, as_number

if TYPE_CHECKING:
    from grader.sandbox import Requirement

NOTEBOOK_COURSE_VARIABLE = "PROOFGRADE_COURSE"
"""Names the folder with the spec, its reference and how it is graded; set by the platform's configuration."""


class NotGradedError(Exception):
    """There is no mark, and no fault of the submission: whoever runs the platform has to look."""


def earned(question: str) -> float:
    """The points of the notebook in this folder for one question, printed with their reasons.

    Raises:
        NotGradedError: if the course is not there, or the grader itself failed.
    """
    found = graded_question(report_here(), question)
    print(question_in_words(found), flush=True)
    return float(as_number(found.points))


def report_here() -> Report:
    """The report of the only notebook in this folder.

    Raises:
        NotGradedError: if there is no such notebook, or no course.
    """
    course = os.environ.get(NOTEBOOK_COURSE_VARIABLE)
    if not course:
        raise NotGradedError(
            f"{NOTEBOOK_COURSE_VARIABLE} names no course: use the configuration that was exported with it"
        )
    notebooks = sorted(Path.cwd().glob("*.ipynb"))
    if len(notebooks) != 1:
        raise NotGradedError(f"there is one notebook in a folder, not {len(notebooks)}")
    return report_of(notebooks[0], Path(course))


@lru_cache(maxsize=1)  # each cell asks for its own question
def report_of(notebook: Path, course: Path) -> Report:
    """What the grader says of a notebook and the files beside it, with what students may see of it.

    Raises:
        NotGradedError: if the course cannot be used.
    """
    from grader.answers.submission import Submission
    from grader.errors import GraderError
    from grader.grading import grade

    try:
        assignment = load_assignment(course / (course / "spec").read_text("utf-8").strip())
        options = (course / "options").read_text("utf-8").split()
        requirement = cast("Requirement", options[options.index("--require-sandbox") + 1])
    except (OSError, ValueError, IndexError, GraderError) as error:
        raise NotGradedError(f"the course in {course.name} cannot be used: {error}") from None
    with TemporaryDirectory() as folder:
        files = files_beside(notebook.parent)
        if notebook.suffix == ".ipynb":
            files |= submission_files(notebook.read_bytes(), assignment)
        for name, data in files.items():
            (Path(folder) / name).write_bytes(data)
        report = grade(Submission(Path(folder), notebook.stem), assignment, requirement, {})
    return redacted(report, Audience.PLATFORM, show_expected="--show-expected" in options)


def graded_question(report: Report, question: str) -> QuestionResult:
    """The result of one question.

    Raises:
        NotGradedError: if it is held, or not there.
    """
    from grader.reports.lines import lines_of

    found = next((one for one in report.questions if one.id == question), None)
    if found is None:
        raise NotGradedError(f"{question} is not among the questions that were graded")
    note = held_note(lines_of(replace(report, questions=(found,))))
    if note or found.status == "held":
        raise NotGradedError(f"{question}: {note or FAULT_NOTE}")
    return found


def question_in_words(found: QuestionResult) -> str:
    """The lines of a question with their points and reasons."""
    from grader.reports.lines import lines_of, notes, trace_in_text
    from grader.reports.waiting import reason_in_words
    from grader.verdict import points_in_words
    from grader.visible import one_line

    report = Report("", "", (found,))
    said = []
    for line in lines_of(report):
        points = f"{points_in_words(line.points)} of {points_in_words(line.max_points)}"
        said += [f"{one_line(line.name)} ({points}): {reason_in_words(line)}", trace_in_text(line.check)]
    said += notes(found, found.checks)
    return "\n".join(part for part in said if part)
