"""The rows of a class, as `grades.csv` has them."""

from __future__ import annotations

from fractions import Fraction

from grader.classroom.decisions import NO_FACTS, RowFacts
from grader.classroom.graded import Graded
from grader.classroom.people import Person
from grader.classroom.result_names import REPORTS
from grader.deferred import dataclass
from grader.verdict import Lateness

NOBODY = Person()


@dataclass(frozen=True, slots=True)  # a class has many
class ClassRow:
    """A line of `grades.csv`; `submission` is the one whose report it rests on ("": there is none).

    `facts` are what is known beside the marks, and `decided` says what people decided of it; `lateness` is None where
    its assignment has no deadline, and `late_points` are what was taken for that. `report_stem` is what the file of the
    report is called without its ending ("": there is none, or it is not written yet). `is_no_student`: the
    submission has the name of a group, whose members have rows of their own, or is that of Canvas's Test Student.
    """

    graded: Graded
    submission: str = ""
    person: Person = NOBODY
    section: str = ""
    facts: RowFacts = NO_FACTS
    decided: tuple[str, ...] = ()
    lateness: Lateness | None = None
    late_points: Fraction = Fraction(0)
    report_stem: str = ""
    is_no_student: bool = False

    @property
    def report_file(self) -> str:
        """The address of the report in the folder of results, `reports/alice.json`; "" where there is none."""
        return f"{REPORTS}/{self.report_stem}.json" if self.report_stem else ""


@dataclass(frozen=True)
class ClassRows:
    """The rows of a class in order, and what is to be said of them; `has_people`: rows say who they are about.

    `faults`: what the grader failed at, so that the rows are those of submissions alone.
    """

    rows: tuple[ClassRow, ...]
    said: tuple[str, ...] = ()
    has_people: bool = False
    faults: tuple[str, ...] = ()
