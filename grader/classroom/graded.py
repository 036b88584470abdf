"""What grading one submission comes to: a row of the table, and the texts of its report and of its verdicts.

A class has too many of these texts to hold them all. So a row says where they are: in memory as long as it is new, in
the gradebook from then on, and whoever needs one of them reads it there.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from typing import Any, NamedTuple, Protocol

from grader.classroom.facts import AnswerFacts, facts_in_report
from grader.classroom.read_answer import ReadAnswer
from grader.classroom.squeezed import report_bytes
from grader.classroom.verdicts import KeptVerdict
from grader.deferred import dataclass
from grader.verdict import QuestionStatus


class RowTexts(Protocol):
    """The texts of a row, wherever they are."""

    @property
    def has_report(self) -> bool:
        """Whether there is a report; told without reading it."""

    @property
    def report(self) -> str:
        """The report in JSON; "" where there is none.

        Raises:
            GraderError: if it cannot be read where it is kept.
        """

    @property
    def answer_facts(self) -> tuple[AnswerFacts, ...]:
        """By question what the statistics of a class need of the report; raises what `report` raises."""

    @property
    def verdicts(self) -> tuple[KeptVerdict, ...]:
        """By question, for a later run; raises what `report` raises."""


class TextsInMemory(NamedTuple):
    """The texts of a row that was graded just now, or of one that is held as a whole."""

    report: str = ""
    verdicts: tuple[KeptVerdict, ...] = ()

    @property
    def has_report(self) -> bool:
        return bool(self.report)

    @property
    def answer_facts(self) -> tuple[AnswerFacts, ...]:
        if not self.verdicts:
            return facts_in_report(self.report)
        return tuple([verdict.texts.answer_facts for verdict in self.verdicts])


NO_TEXTS = TextsInMemory()


class DecidedTexts(NamedTuple):
    """The texts of a row of which people decided something: its report, compressed, and the verdicts as they were.

    `has_same_questions`: of its questions nothing was decided, as of those that were late.
    """

    squeezed_report: bytes
    before: RowTexts
    has_same_questions: bool = False

    @property
    def has_report(self) -> bool:
        return True

    @property
    def report(self) -> str:
        return zlib.decompress(self.squeezed_report).decode()

    @property
    def answer_facts(self) -> tuple[AnswerFacts, ...]:
        return self.before.answer_facts if self.has_same_questions else facts_in_report(self.report)

    @property
    def verdicts(self) -> tuple[KeptVerdict, ...]:
        return self.before.verdicts


@dataclass(frozen=True, slots=True)  # a class has many
class Graded:
    """What is kept of a graded entry: a row of the table, and its report as JSON with what it was made of (`texts`)."""

    name: str
    assignment: str
    marks: Mapping[str, Fraction | None]
    """Points by question; None where the question is held."""
    total: Fraction | None
    """None where anything is held: a sum without it would be a mark."""
    max_points: Fraction
    status: QuestionStatus
    messages: tuple[str, ...]
    texts: RowTexts = NO_TEXTS
    pending_points: Fraction = Fraction(0)
    """Points that wait for a reader."""
    students: tuple[str, ...] = ()
    """Whom the answers name as handing in together, as they write it."""
    students_fault: str = ""
    """Why nobody is named, where the answers try to."""
    evidence: str = ""
    """The weakest evidence that points rest on; empty where no points rest on any."""
    unproved: frozenset[str] = frozenset()
    """The questions with points that rest on passes that are not proved."""
    content: bytes = b""
    """The digest of what was graded; digests are bytes here, as in hex they take twice as much."""
    key: bytes = b""
    """A digest of all that the row and its report rest on; empty where it is not to be used again."""
    spec_name: str = ""
    """The assignment by the name that a submission gives it: that of its folder."""
    grader: str = ""
    """The fingerprint of the grader that made the report; "" where it could make none."""
    has_variants: bool = False
    """Whether it met questions that each student has a variant of."""
    has_page_details: bool = True
    """Whether all that a page shows is kept with the verdicts."""
    graded_now: tuple[str, ...] = ()
    """The questions that were graded in the run that made the row; verdicts on the others were known before."""
    read_answers: tuple[ReadAnswer, ...] = ()
    """What the next run says of readers' marks rests on these."""
    page_digest: str = ""
    """The digest in the head of its page, where a page was made of it; else "", and it is worked out when asked for."""
    report_digest: bytes = b""
    """The SHA-256 digest of the report as its file has it; empty while the row was not kept yet."""
    page: str = field(default="", repr=False)
    """Its page for the student, where it was made when it was graded; it is kept nowhere but in its file."""

    @property
    def report(self) -> str:
        """Its report in JSON, read from where it is kept; "" where there is none."""
        return self.texts.report

    @property
    def verdicts(self) -> tuple[KeptVerdict, ...]:
        """Its verdicts, read from where they are kept."""
        return self.texts.verdicts

    @property
    def earned_nothing(self) -> bool:
        """Whether it has no points, and none that wait."""
        return self.total == 0 and self.pending_points == 0


def digest_of_report(report: str) -> bytes:
    """The `report_digest` of a row with this report."""
    return hashlib.sha256(report_bytes(report)).digest()


def known_of_verdicts(verdicts: Sequence[KeptVerdict]) -> dict[str, Any]:
    """The fields of a `Graded` that rest on what is kept of its questions."""
    return {
        "has_page_details": all(kept.page.is_whole for kept in verdicts),
        "graded_now": tuple(kept.question for kept in verdicts if kept.is_new),
        "read_answers": tuple([read for kept in verdicts if (read := kept.texts.read_answer) is not None]),
    }
