"""A submission while it is graded: its answers, a reader's marks, and what has to be opened once and closed again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from grader.answers.submission import Submission
from grader.deferred import dataclass
from grader.spec.assignment import Assignment
from grader.verdict import CodeDigest

if TYPE_CHECKING:
    from grader.kinds.written.marks import Marks
    from grader.sandbox import Requirement


class Closable(Protocol):
    """Something that holds processes or files until it is closed."""

    def close(self) -> None: ...


Resource = TypeVar("Resource", bound=Closable)


class Resources:
    """What is opened when it is first asked for, and closed together: by whoever made this.

    A run of the grader has one for all that it grades; sandboxes, which take long to start, are in there.
    """

    def __init__(self, opened: Resources | None = None) -> None:
        """`opened`: what is there already, and is closed by whoever made that."""
        self._opened: dict[str, Closable] = {**opened._opened, **opened._resources} if opened is not None else {}
        self._resources: dict[str, Closable] = {}

    def resource(self, name: str, make: Callable[[], Resource]) -> Resource:
        """What was made under this name when it was first asked for."""
        if name in self._opened:
            return cast(Resource, self._opened[name])
        if name not in self._resources:
            self._resources[name] = make()
        return cast(Resource, self._resources[name])

    def close(self) -> None:
        """Closes every resource."""
        with ExitStack() as stack:
            for resource in self._resources.values():
                stack.enter_context(closing(resource))
        self._resources.clear()


@dataclass(frozen=True)
class Details:
    """What a report says of answers beside their marks, where it is asked for; nothing of it changes a mark.

    `robustness`: how far the weights of a right network may move; `machines`: networks as minimal machines;
    `page`: what a page shows of each question (`QuestionResult.page`); `other_variants`: for which variants of others a
    wrong answer is right (`QuestionResult.right_for`).
    """

    robustness: bool = False
    machines: bool = False
    page: bool = False
    other_variants: bool = False


NO_DETAILS = Details()


class OpenSubmission(Resources):
    """A submission as it is graded against an assignment; `close` ends whatever was opened for it alone.

    `details` are what the report says beside the marks, `run` has what is shared with other submissions. `tier` is the
    sandbox that its code ran in, `ran` the file that was run: empty and None where no code ran. `notes` are sentences
    for the report on how the code was found and loaded.
    """

    def __init__(
        self,
        submission: Submission,
        assignment: Assignment,
        run: Resources,
        require_sandbox: Requirement,
        marks: Marks,
        details: Details = NO_DETAILS,
    ) -> None:
        super().__init__()
        submission.expect(assignment.names_of_answers, assignment.listed)
        self.submission = submission
        self.assignment = assignment
        self.run = run
        self.require_sandbox: Requirement = require_sandbox
        self.marks = marks
        self.details = details
        self.tier = ""
        self.ran: CodeDigest | None = None
        self.notes: list[str] = []
