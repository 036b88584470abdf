"""Which submission and which assignment a run is about, worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.answers.submission import Submission
from grader.api import GradableAssignment, assignment_for
from grader.errors import GraderError
from grader.kinds.open_submission import Resources
from grader.spec.course import CourseSearch

if TYPE_CHECKING:
    from grader.sandbox import Requirement


@dataclass(frozen=True)
class RunOptions:
    """What the options say; without `--submission` there is an assignment alone."""

    assignment: GradableAssignment
    submission: Submission | None

    def handed_in(self) -> Submission:
        """The submission.

        Raises:
            pytest.UsageError: if none was given.
        """
        if self.submission is None:
            raise pytest.UsageError("this test is about a submission: say --submission DIR")
        return self.submission


RUN_OPTIONS = pytest.StashKey[RunOptions]()
RESOURCES = pytest.StashKey[Resources]()


def run_options(config: pytest.Config) -> RunOptions:
    """What the options say.

    Raises:
        pytest.UsageError: if the submission or the spec cannot be found or used.
    """
    if RUN_OPTIONS not in config.stash:
        config.stash[RUN_OPTIONS] = _read(config)
    return config.stash[RUN_OPTIONS]


def _read(config: pytest.Config) -> RunOptions:
    course, path = config.option.course, submission_path(config)
    search = CourseSearch(config.invocation_params.dir, path, Path(course) if course is not None else None)
    submission = None
    try:
        submission = Submission(path) if path is not None else None
        assignment = assignment_for(submission, config.option.spec or None, search)
        if submission is not None:
            assignment = assignment.of_student(config.option.student or submission.name)
        return RunOptions(assignment, submission)
    except GraderError as error:
        broken = submission.every_problem if submission is not None else ()
        raise pytest.UsageError("\n".join(map(str, (*broken, *error.problems)))) from None


def resources_of(config: pytest.Config) -> Resources:
    """What the tests of a run of pytest share, above all the sandbox; closed at its end."""
    if RESOURCES not in config.stash:
        config.stash[RESOURCES] = Resources()
        config.add_cleanup(config.stash[RESOURCES].close)
    return config.stash[RESOURCES]


def requirement_of(config: pytest.Config) -> Requirement:
    """What must hold the submission's code."""
    from grader.own_code import requirement_for_own_code

    return requirement_for_own_code(config.option.require_sandbox)


def submission_path(config: pytest.Config) -> Path | None:
    """The path of `--submission`, from where pytest was started."""
    given = config.option.submission
    return config.invocation_params.dir / given if given is not None else None
