"""Whom the decisions of a course are about: each name in `overrides.yaml`, joined to a student or a submission."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from grader.classroom.class_members import ClassMember, ClassMembers, named_apart
from grader.classroom.groups import StudentGroup
from grader.classroom.people import Person, as_written, name_keys
from grader.classroom.staff_decision import StaffDecision, both_decide
from grader.documents import ScalarNode, shortened
from grader.errors import Problem, SourceLocation, did_you_mean, in_one_form, listed

MAX_ADVICE = 20
"""Unknown names for which the nearest known one is looked for."""


class DecisionsOfClass:
    """Joins decisions to the members and submissions of a class.

    A student is named by an id, an e-mail, a name or, where that is one student's, by a submission. What students write
    of each other counts last: it finds only names that nobody else has. A name of nobody, or of two, is a problem.
    """

    def __init__(self, members: ClassMembers, groups: Sequence[StudentGroup]) -> None:
        self._class = members
        self._groups = groups
        self._problems: list[Problem] = []
        self._decided: dict[object, list[StaffDecision]] = {}
        self._left: list[tuple[StaffDecision, ScalarNode]] = []
        self._advised = 0

    @property
    def problems(self) -> list[Problem]:
        """What is wrong, in the order of the file."""
        return sorted(self._problems, key=lambda problem: problem.place or SourceLocation(""))

    def join(self, decisions: Sequence[StaffDecision]) -> None:
        """Gives each decision to whom it is about; whom nobody has named so far is left for `join_named`."""
        for decision in decisions:
            for name in decision.students:
                self._join_student(decision, name, self._meant(name))
            for name in decision.submissions:
                row = self._row(name)
                if row is None:
                    self._unknown("submission", name, self._rows)
                elif self._is_new(decision, name, row):
                    self._class.of_submissions.setdefault(row, []).append(decision)

    def join_named(self) -> None:
        """Gives the decisions that are left to those whom answers name."""
        left, self._left = self._left, []
        for decision, name in left:
            self._join_student(decision, name, self._meant(name))
        for _, name in self._left:
            self._unknown("student", name, self._known_names)

    def _join_student(self, decision: StaffDecision, name: ScalarNode, found: Sequence[ClassMember]) -> None:
        if not found:
            self._left.append((decision, name))
        elif len(found) > 1:
            many, row = listed(named_apart(found[:MAX_ADVICE]), "or"), self._row(name)
            of_submission = row is not None and all(row in (*member.own, *member.platform) for member in found)
            how = "write `submission:` for all who handed it in" if of_submission else "write the id"
            self._problems.append(Problem(f"{shortened(name)!r} may be {many}: {how}", name.place))
        elif self._is_new(decision, name, found[0]):
            self._give(decision, name, found[0])

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {entry.name: i for i, entry in enumerate(self._class.entries)}

    @cached_property
    def _rows_by_letters(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for name, row in self._rows.items():
            found.setdefault(in_one_form(name), []).append(row)
        return found

    @cached_property
    def _members_by_row(self) -> dict[int, list[ClassMember]]:
        """Who handed in each submission: the platform says so, or its name."""
        found: dict[int, list[ClassMember]] = {}
        for member in self._class.members:
            for row in dict.fromkeys((*member.own, *member.platform)):
                found.setdefault(row, []).append(member)
        return found

    def _row(self, name: str) -> int | None:
        """The submission of exactly that name, else the only one of its letters: systems write accents in two ways."""
        if (row := self._rows.get(name.strip())) is not None or name.isascii():
            return row
        alike = self._rows_by_letters.get(in_one_form(name.strip()), ())
        return alike[0] if len(alike) == 1 else None

    def _meant(self, name: ScalarNode) -> list[ClassMember]:
        """The members who may be meant by a name, or who handed in the submission of that name."""
        found = self._class.meant(as_written(name.strip()))
        row = self._row(name)
        if found or row is None:
            return found
        return self._members_by_row.get(row, [])

    @cached_property
    def _known_names(self) -> list[str]:
        texts = (text for m in self._class.members for text in (m.label, m.person.name, *(v for _, v in m.person.ids)))
        return [text for text in dict.fromkeys((*texts, *self._rows)) if text]

    def _unknown(self, what: str, name: ScalarNode, known: Iterable[str]) -> None:
        self._advised += 1
        is_asked = self._advised <= MAX_ADVICE and not name.strip().isdigit()  # another number is somebody else's
        advice = did_you_mean(name, known) if is_asked else ""
        where = self._class.roster.file if self._class.roster is not None and what == "student" else ""
        there = f"is nobody in {where}" if where else f"is no {what} of this class"
        is_id = any(sign.isdigit() for sign in name)  # one that is like it is somebody else's
        if what == "student" and not where and (is_id or not advice):
            advice = ": name the course's students with --roster FILE, if not all of them handed in here"
        self._problems.append(Problem(f"{shortened(name)!r} {there}{advice}", name.place))

    def _is_new(self, decision: StaffDecision, name: ScalarNode, about: object) -> bool:
        """Whether nothing was decided of the same before; else that is a problem."""
        before = self._decided.setdefault(about, [])
        for earlier in before:
            if what := both_decide(decision, earlier):
                message = f"{shortened(name)!r}: {what} was decided before, on line {earlier.place.line}"
                self._problems.append(Problem(message, name.place))
                return False
        before.append(decision)
        return True

    # ------------------------------------------------------------- groups
    @cached_property
    def _people_by_group(self) -> dict[frozenset[str], list[Person]]:
        """The members of the course's groups by the keys of their names."""
        found: dict[frozenset[str], list[Person]] = {}
        for group in self._groups:
            found.setdefault(name_keys(group.name), []).extend(group.members)
        return found

    @cached_property
    def _rows_by_keys(self) -> dict[frozenset[str], list[int]]:
        found: dict[frozenset[str], list[int]] = {}
        for i, entry in enumerate(self._class.entries):
            found.setdefault(name_keys(entry.name), []).append(i)
        return found

    def _give(self, decision: StaffDecision, name: ScalarNode, member: ClassMember) -> None:
        """Gives a decision to a student, who may belong to another group by it."""
        member.decisions += (decision,)
        if decision.group is None:
            return
        rows = self._rows_of_group(decision.group, member)
        if len(rows) == 1:
            member.decided = dict.fromkeys(rows, decision.decided_by)
            return
        if not rows:
            self._unknown("submission or group", decision.group, [*self._rows, *(group.name for group in self._groups)])
            return
        names = listed(self._class.entries[i].name for i in sorted(rows))
        message = f"{shortened(decision.group)!r} has handed in {names}: name the submission that counts"
        self._problems.append(Problem(message, decision.group.place))

    def _rows_of_group(self, name: ScalarNode, member: ClassMember) -> set[int]:
        """The submission of that name, else those of the members of the group that has it in the course's file."""
        row = self._row(name)
        if row is not None:
            return {row}
        keys = name_keys(name)
        members = self._people_by_group.get(keys, ())
        found = {other for person in members if len(meant := self._class.meant(person)) == 1 for other in meant}
        return {*self._rows_by_keys.get(keys, ())} | {
            i for other in found if other is not member for i in (*other.own, *other.platform)
        }
