"""A plugin of Otter-Grader and what its tests call: the grader reads the notebook, and nothing of it is executed.

Source: Otter-Grader documentation, "Creating Plugins" and "Python Format" (otter-grader.readthedocs.io). Otter
executes a notebook and its tests in one process, in a folder with all that was handed in, so that students' code could
change what the tests say. The plugin has the notebook graded before that, takes what was handed in out of the folder,
and gives Otter an empty notebook: the tests find the marks in a file. Where there is no mark it raises, and Otter
leaves no results.
"""

from __future__ import annotations

import json
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.export.notebook_grading import graded_question, question_in_words, report_of
from grader.verdict import Report, as_number

OTTER_RESULTS = "proofgrade_results.json"
"""Where the tests find the marks; written when nothing that was handed in is left beside it."""

OTTER_COURSE = Path("source/files/proofgrade")
"""Where the course lies below the folder of the autograder."""


def line_passed(question: str, number: int) -> None:
    """One test: whether a line of a question has all of its points.

    Raises:
        AssertionError: with the reason, if it has not.
    """
    lines = json.loads(Path(OTTER_RESULTS).read_text(encoding="utf-8"))[question]["lines"]
    name, passed, why = lines[number]
    assert passed, f"{name}: {why}"


class ProofgradePlugin:
    """Has the submission graded by the grader alone."""

    def __init__(self, submission_path: str, submission_metadata: Any, plugin_config: Any) -> None:
        self._submission = Path(submission_path or ".")  # without one while the zip is made
        self._report: Report | None = None

    def before_grading(self, config: Any) -> None:
        """Grades what was handed in, and leaves nothing of it for Otter to execute or import."""
        folder = self._submission.parent
        self._report = report_of(self._submission, folder.parent / OTTER_COURSE)
        results = {question.id: _for_tests(self._report, question.id) for question in self._report.questions}
        for path in folder.iterdir():
            if path == self._submission or (path.name == "tests" and not path.is_symlink()):
                continue
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        (folder / OTTER_RESULTS).write_text(json.dumps(results), encoding="utf-8")

    def before_execution(self, submission: Any) -> Any:
        """An empty notebook in place of what was handed in."""
        import nbformat

        return nbformat.v4.new_notebook()  # type: ignore[no-untyped-call]  # has no types

    def after_grading(self, results: Any) -> None:
        """Gives every question the points that the grader gave, parts of a line's points among them."""
        if self._report is None or results.has_catastrophic_failure():
            raise RuntimeError("the tests have not run: there is no mark")
        for question in self._report.questions:
            if question.id in results.test_files:
                results.update_score(question.id, as_number(question.points))


def _for_tests(report: Report, question: str) -> dict[str, Any]:
    """The points of a question, and of each line its name, whether it has all of its points, and why not."""
    from grader.reports.lines import lines_of
    from grader.reports.waiting import reason_in_words

    found = graded_question(report, question)
    lines = lines_of(Report("", "", (found,)))
    return {
        "points": as_number(found.points),
        "lines": [
            (line.name, line.points >= max(line.max_points, Fraction(0)), reason_in_words(line)) for line in lines
        ],
        "said": question_in_words(found),
    }
