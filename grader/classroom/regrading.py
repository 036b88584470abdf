"""Which submissions of a class have to be graded: what has not changed comes from the gradebook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from functools import partial

from grader.classroom.class_files import NOTHING_READ, ClassFiles
from grader.classroom.course_content import OpenCourse, open_course
from grader.classroom.earlier_rows import EarlierRows
from grader.classroom.entries import Entry
from grader.classroom.gradebook import Gradebook
from grader.classroom.graded import Graded
from grader.classroom.row_before import RowBefore
from grader.classroom.work import RunSettings, Task, row_key
from grader.deferred import dataclass
from grader.errors import SpecError, did_you_mean, listed
from grader.fingerprint import grader_fingerprint
from grader.kinds.fingerprint import SpecFingerprints, spec_fingerprints
from grader.kinds.open_submission import Resources
from grader.kinds.variants.own import drawn_variants
from grader.spec.assignment import Assignment


@dataclass(frozen=True)
class RegradingPlan:
    """What is to be done, in order; by name the rows of submissions that need not be graded, and all that were there.

    `tasks` may be gone through once: each is made when its turn comes, as a class has many.

    `fresh`: what was graded before is graded again, whether or not anything has changed. `names_some`: some questions
    alone are graded, and the others keep the verdicts of the run before, whatever has changed in them.
    """

    tasks: Iterable[Task]
    reused: Mapping[str, Graded] = field(default_factory=dict)
    before: Mapping[str, Graded | RowBefore] = field(default_factory=dict)
    fresh: bool = False
    names_some: bool = False

    def said(self, rows: Sequence[Graded]) -> str:
        """`612 unchanged, 3 new, q5 changed for 640`; "" where the gradebook had none of them."""
        if not self.before:
            return ""
        counts: Counter[str] = Counter()
        questions: Counter[str] = Counter()
        for row in rows:
            before = self.before.get(row.name)
            if row.name in self.reused:
                counts["unchanged"] += 1
            elif before is None:
                counts["new"] += 1
            elif before.content and before.content != row.content:  # "": held before it was read
                counts["handed in anew"] += 1
            elif before.status == "held":
                counts["held before"] += 1
            elif before.grader != grader_fingerprint():
                counts["of another version of the grader"] += 1
            elif not before.has_page_details and row.has_page_details:
                counts["without pages before"] += 1
            elif row.graded_now:
                questions.update(row.graded_now)
            elif not self._has_left(row):  # the list of questions or what the course says around them
                counts["with the same verdicts in a new report"] += 1
        if left := sum(map(self._has_left, rows)):
            counts["with changes in other questions, which keep their marks"] = left
        parts = [f"{count} {what}" for what, count in sorted(counts.items(), key=lambda item: item[0] != "unchanged")]
        what = "graded again" if self.fresh else "changed"
        parts += [f"{question} {what} for {count}" for question, count in questions.items()]
        return ", ".join(parts)

    def _has_left(self, row: Graded) -> bool:
        """Whether questions of a row that were not named have changed: it has no key where it is not what all gives."""
        return self.names_some and row.name in self.before and not row.key


class Regrading:
    """Plans a run. `files` are those of the class.

    `fresh`: nothing is used again; `only`: the names of the questions that are graded (none: all).
    """

    def __init__(
        self,
        book: Gradebook,
        settings: RunSettings,
        resources: Resources,
        files: ClassFiles = NOTHING_READ,
        *,
        fresh: bool = False,
        only: Sequence[str] = (),
    ) -> None:
        self._book = book
        self._files = files
        self._settings = settings
        self._resources = resources
        self._course: OpenCourse = open_course(settings.course, resources)
        self._fresh = fresh
        self._only = frozenset(only) if only else None
        self._assignments: dict[str, Assignment | None] = {}
        self._refuse_unknown()

    def plan(self, entries: Sequence[Entry]) -> RegradingPlan:
        """What is to be done.

        Raises:
            DamagedGradebookError: if anything in the gradebook is not as it was written: none of it is used then.
        """
        by_name, reused, before = {entry.name: entry for entry in entries}, dict[str, Graded](), dict[str, RowBefore]()
        specs: dict[str, SpecFingerprints | None] = {}
        for row in self._book.checked_rows():
            name = row.before.name
            if (entry := by_name.get(name)) is None:
                continue
            before[name], specs[name] = row.before, self._specs_of(row.before, entry)
            if not self._fresh and self._is_current(row.before, entry, specs[name]):
                reused[name] = self._book.graded(row)
        earlier = EarlierRows(self._book, fresh=self._fresh, only=self._only)
        for name in by_name:
            if name not in reused and (name in before or self._only is not None):
                earlier.add(name, specs.get(name), is_kept=name in before)
        tasks = (
            Task(entry, self._settings, partial(earlier.of, entry.name), self._files)
            for entry in entries
            if entry.name not in reused
        )
        return RegradingPlan(tasks, reused, before, self._fresh, self._only is not None)

    def _is_current(self, row: RowBefore, entry: Entry, specs: SpecFingerprints | None) -> bool:
        """Whether grading the entry now would come to the row that is kept; a held one is tried again."""
        if not row.key or row.status == "held" or (self._settings.pages and not row.has_page_details):
            return False
        if not row.content or (specs is None and row.spec_name):
            return False
        key = row_key(self._settings, self._course, row.content, entry.name, specs, entry.student)
        return row.key == key and row.content == self._files.content(entry)  # read last, as it takes longest

    def _specs_of(self, row: RowBefore, entry: Entry) -> SpecFingerprints | None:
        """The fingerprints of the assignment of a row, as its student meets it now; None where it is not there."""
        if row.spec_name not in self._assignments:
            self._assignments[row.spec_name] = self._loaded(row.spec_name) if row.spec_name else None
        assignment = self._assignments[row.spec_name]
        if assignment is None:
            return None
        drawn = drawn_variants(assignment, entry.student or entry.name)
        return spec_fingerprints(assignment, self._resources, drawn)

    def _loaded(self, name: str) -> Assignment | None:
        for path in self._course.specs:
            if path.name == name:
                try:
                    return self._course.outlined(path)
                except SpecError:  # whoever grades against it says why
                    return None
        return None

    def _refuse_unknown(self) -> None:
        """Raises `SpecError` for a question that no assignment has."""
        if self._only is None:
            return
        assignments: list[Assignment] = [self._course.outlined(path) for path in self._course.specs]
        known = [question.id for assignment in assignments for question in assignment.questions]
        for name in sorted(self._only):
            if not any(assignment.named([name]) for assignment in assignments):
                there = f"{listed(assignment.id for assignment in assignments)} has {listed(dict.fromkeys(known))}"
                raise SpecError(f"{name!r} is not a question{did_you_mean(name, known)} ({there})")
