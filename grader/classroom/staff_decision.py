"""What somebody has decided of a student or a submission, as `grader.classroom.overrides` reads it."""

from __future__ import annotations

from fractions import Fraction

from grader.deferred import dataclass
from grader.documents import ScalarNode
from grader.errors import SourceLocation
from grader.spec.late_policy import Duration, WrittenTime


@dataclass(frozen=True)
class StaffDecision:
    """What was decided about the students or submissions that are named, in one assignment ("": in any).

    `points` are of a question (`line` "": as a whole); `excused` are questions, () all of them, None: nothing is.
    """

    students: tuple[ScalarNode, ...]
    submissions: tuple[ScalarNode, ...]
    assignment: str
    by: str
    reason: str
    place: SourceLocation
    question: ScalarNode | None = None
    line: ScalarNode | None = None
    points: Fraction | None = None
    points_place: SourceLocation | None = None
    excused: tuple[ScalarNode, ...] | None = None
    extension: WrittenTime | Duration | None = None
    waived: bool = False
    late_days_used: int | None = None
    group: ScalarNode | None = None

    @property
    def decided_by(self) -> str:
        """`by N. Neumann because ...`, as far as it is said."""
        by = f"by {self.by}" if self.by else "by the course"
        return f"{by} because {self.reason}" if self.reason else by


def both_decide(one: StaffDecision, other: StaffDecision) -> str:
    """What two decisions about one student (or submission) both decide; "" where they go together."""
    if one.assignment and other.assignment and one.assignment != other.assignment:
        return ""
    if one.points is not None and other.points is not None and one.question == other.question:
        whole = one.line is None or other.line is None
        if whole or one.line == other.line:
            return f"{one.question}" if whole else f"the line {str(one.line)!r} of {one.question}"
    for this, that in ((one, other), (other, one)):
        if this.excused is not None:
            if that.points is not None and (this.excused == () or that.question in this.excused):
                return f"{that.question}"
            if that.excused is not None and (this.excused == () or set(this.excused) & set(that.excused)):
                return "what is excused"
    for key in ("extension", "late_days_used", "group"):
        if getattr(one, key) is not None and getattr(other, key) is not None:
            return f"`{key}`"
    return "`late`" if one.waived and other.waived else ""
