"""A programming exercise of Artemis: the tests repository, the build script, and the folder of its image.

Source: Artemis documentation, "Programming Exercise", sections "Adapt the build script" and "Configure Grading"
(docs.artemis.cit.tum.de), and the build agent's `TestResultXmlParser`. What follows from it:

- The tests repository is checked out where the build runs, the student's into `assignment/` below it. Students do not
  see it, so it may hold the spec and the reference.
- The results are `test-reports/results.xml` (the paths of the results are a setting of the exercise); a test is one
  line of the rubric, and its weight is a setting, too. It passes or fails: part of its points is told in its text.
- Without results a build has failed, which is no mark of the tests: so it is where the grader itself failed. What a
  failed build prints may be read by students.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from grader.export.archives import below, write_folder
from grader.export.contents import bundle, image_files, image_option, merged, script
from grader.export.platform_export import Exported, PlatformExport, output_option
from grader.reports.waiting import NO_REPORT_NOTE
from grader.shared_options import SANDBOX_OPTION, SHOW_EXPECTED_OPTION
from grader.spec.assignment import Assignment
from grader.verdict import points_in_words
from grader.visible import one_line

if TYPE_CHECKING:
    from grader.sandbox import Requirement


def _export(
    assignment: Assignment, *, output: Path, image: str, require_sandbox: Requirement, show_expected: bool
) -> Exported:
    write_folder(output, artemis_files(assignment, require_sandbox, show_expected=show_expected))
    return Exported(
        f"{output}/tests is the tests repository, {output}/weights.csv has the weights of the tests; the image is"
        f" built once: docker build -t {image} {output}/image",
    )


PLATFORM_EXPORT = PlatformExport(
    summary="Write the tests repository, the build script and the image of an exercise of Artemis.",
    write=_export,
    options=(
        output_option(None, "A new folder.", "DIR"),
        image_option("course/grader"),
        SHOW_EXPECTED_OPTION,
        SANDBOX_OPTION,
    ),
)


def artemis_files(assignment: Assignment, require_sandbox: Requirement, *, show_expected: bool) -> dict[str, bytes]:
    """The exercise by name."""
    tests = bundle(assignment, "artemis", f"{NO_REPORT_NOTE}\n", require_sandbox, show_expected=show_expected)
    tests["run_tests.sh"] = script("artemis/run_tests.sh")
    around = {"build_script.sh": script("artemis/build_script.sh"), "weights.csv": weights(assignment).encode()}
    return merged(around, below("tests", tests), below("image", image_files(assignment)))


def weights(assignment: Assignment) -> str:
    """The weight of each test: the points of its line, for whoever enters them; the names are those of the results."""
    suite = len(assignment.questions) > 1  # the name of the only one is no part of a test's
    rows = [
        (
            f"{f'{assignment.id}.{question.id}.' if suite else ''}{question.id}::{line.name}",
            points_in_words(line.points),
        )
        for question in assignment.questions
        for line in question.rubric
    ]
    return "test,weight\n" + "".join(f"{_cell(one_line(name))},{points}\n" for name, points in rows)


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
