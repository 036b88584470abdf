"""Random classes (groups, decisions, times) against the rules of `grader help deadlines` and `downloads` in plain Python."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random

import pytest

from grader.classroom.class_list import class_list
from grader.classroom.course_content import open_course, read_course
from grader.classroom.course_decisions import course_decisions
from grader.classroom.entries import entries_in
from grader.classroom.executors import InProcess
from grader.classroom.run import grade_class
from grader.classroom.work import RunSettings, Task
from grader.reports.recorded import report_in
from grader.spec.course import CourseSearch

from ..answers.helpers import write
from ..conftest import RUN
from .test_lateness import charged, counted_days, policy
from .test_overrides import LATE, QUESTIONS

SEVENTH = Fraction(7, 3)
WORTH = {"q1": Fraction(4), "q3": Fraction(3), "q4": Fraction(7)}
LINES = {"zero": SEVENTH, "one": 2 * SEVENTH}
"""Of q4, the points of its lines."""

RIGHT = "q1: [a, b]\nq3: 1.5\nq4: {s: 1, b: 0}\n"
HANDED_IN = {
    "1001": (RIGHT, (4, 3, SEVENTH, 2 * SEVENTH)),
    "1002": ("q1: [a, b]\nq3: 2\nq4: {s: 1, b: 1}\n", (4, 0, 0, 0)),
    "1003": ("students: ['1008']\nq4: {s: 2, b: 0}\n", (0, 0, SEVENTH, 0)),
    "1004": ("q3: 2\n", (0, 0, 0, 0)),
    "1005": ("q1: [c]\n", (0, 0, 0, 0)),
    "lions": (f"students: ['1009', '1003', '1005']\n{RIGHT}", (4, 3, SEVENTH, 2 * SEVENTH)),
    "tigers": ("q3: 2\n", (0, 0, 0, 0)),
}
"""The answers, and what they earn: q1, q3, and the two lines of q4. A group has no student of its name."""

NAMED = {"1008": ["1003"], "1009": ["lions"], "1003": ["lions"], "1005": ["lions"]}
"""In whose answers a student is named."""

STUDENTS = [str(number) for number in range(1001, 1013)]
POLICIES = [
    ("2026-03-28 23:59", "Europe/Berlin", "1/3", None, 0, 0),
    ("2026-10-24 02:30", "Europe/Berlin", "2", "3", 1, 900),
    ("2026-04-04 13:00", "Australia/Lord_Howe", "1", "5/2", 3, 86_400),
]
"""Deadline, time zone, points a day, the most that is taken, late days, seconds of grace."""


@pytest.fixture(scope="module")
def hw(tmp_path_factory):
    """The course and the class, which is graded once: entries, the opened course, rows and a folder for files."""
    folder = tmp_path_factory.mktemp("hw")
    head = "assignment: hw\ntitle: Homework\nquestions: [q1, q3, q4]\n"
    questions = {f"{name}.yaml": QUESTIONS[f"{name}.yaml"] for name in WORTH}
    write(folder / "course" / "specs" / "hw", {"assignment.yaml": head + LATE, **questions})
    for name, (answers, _) in HANDED_IN.items():
        write(folder / "class" / name, {"answers.yaml": answers})
    entries = entries_in(folder / "class")
    search = CourseSearch(folder, (folder / "class").resolve(), folder / "course", whole_class=True)
    settings = RunSettings(read_course(search, None))
    tasks = [Task(entry, settings) for entry in entries.submissions]
    graded = grade_class([task.entry.name for task in tasks], tasks, InProcess(RUN), [])
    return entries, open_course(settings.course, RUN), graded, folder


def random_groups(random):
    """The course's groups, whose members are in no other one."""
    students = random.sample(STUDENTS, len(STUDENTS))
    names = random.sample(("lions", "tigers", "bears"), random.randint(0, 3))
    return {name: [students.pop() for _ in range(random.randint(1, 3))] for name in names}


def random_decisions(random):
    """What is decided of some students and submissions: points, what is excused, lateness, whose marks count."""
    decided = {}
    subjects = [*(("student", name) for name in STUDENTS), *(("submission", name) for name in HANDED_IN)]
    for subject in random.sample(subjects, random.randint(0, 8)):
        one = decided[subject] = {}
        for question, worth in WORTH.items():
            kind = random.choice(("", "", "points", "excused", *(LINES if question == "q4" else ())))
            points = random.choice((Fraction(0), Fraction(1, 7), LINES.get(kind, worth)))
            one |= {(kind, question): points} if kind else {}
        one |= {("used", ""): random.randint(0, 4)} if random.random() < 0.2 else {}
        one |= {("waived", ""): 1} if random.random() < 0.2 else {}
        one |= {("days", ""): random.randint(1, 3)} if random.random() < 0.3 else {}
        if subject[0] == "student" and random.random() < 0.2:
            one["group", ""] = random.choice(list(HANDED_IN))
    return decided


def written(subject, decisions):
    """The decisions about a student or a submission as `overrides.yaml` has them."""
    by = "reason: so it is, by: N. Neumann"
    texts = {
        "used": "late_days_used: {}",
        "waived": "late: waived",
        "days": "extension: {} days",
        "group": "group: '{}'",
    }
    excused = [question for kind, question in decisions if kind == "excused"]
    said = [f"excused: [{', '.join(excused)}]"] if excused else []
    for (kind, question), value in decisions.items():
        if kind in ("points", *LINES):
            line = f", line: {kind}" if kind in LINES else ""
            said.append(f"question: {question}{line}, points: {value}, {by}")
        elif kind != "excused":
            said.append(texts[kind].format(value))
    return "".join(f"- {{{subject[0]}: '{subject[1]}', {text}}}\n" for text in said)


def counting_submission(student, groups, decided):
    """The submission whose marks a student gets; "" for none, None where it is not known which."""
    if ("group", "") in (own := decided.get(("student", student), {})):
        return own["group", ""]
    theirs = [(name, group) for name, group in groups.items() if student in group]
    claims = {row for name, group in theirs for row in HANDED_IN if row in (name, *group) and row != student}
    of_course = bool(claims)
    claims = claims or set(NAMED.get(student, ()))
    if student in HANDED_IN and (any(HANDED_IN[student][1]) or not claims):
        return student
    if of_course:
        claims = {row for row in claims if any(HANDED_IN[row][1])} or claims
    return "" if not claims else claims.pop() if len(claims) == 1 else None


def marks_by_hand(submission, own, of_submission):
    """Points earned and the points that there are, after what was decided of the student and of the submission."""
    q1, q3, *lines = HANDED_IN[submission][1] if submission else (0, 0, 0, 0)
    earned = most = Fraction(0)
    given = {question for kind, question in own if kind in ("points", *LINES)}
    for question, worth in WORTH.items():
        both = [own] if question in given else [own, of_submission]
        if any(("excused", question) in one for one in both):
            continue
        most += worth
        whole = [one["points", question] for one in both if ("points", question) in one]
        by_line = dict(zip(LINES, lines, strict=True))
        by_line |= {line: one[line, "q4"] for one in reversed(both) for line in LINES if (line, "q4") in one}
        usual = {"q1": q1, "q3": q3, "q4": sum(by_line.values())}[question]
        earned += whole[0] if whole else usual
    return earned, most


@pytest.mark.parametrize("seed", range(60))
def test_every_student_gets_the_marks_that_are_worked_out_by_hand(hw, seed):
    entries, course, graded, folder = hw
    random = Random(seed)
    groups, used = random_groups(random), {student: random.choice((0, 0, 2)) for student in STUDENTS}
    decided = random_decisions(random)
    deadline, zone, per_day, cap, budget, grace = random.choice(POLICIES)
    terms = [f"grace: {grace} seconds", f"penalty_per_day: {per_day}", f"cap: {cap}" if cap else ""]
    terms += [f"late_days: {budget}"] if budget else []
    late = policy(f"deadline: {deadline}\ntimezone: {zone}\nlate: {{{', '.join(filter(None, terms))}}}")
    due = late.deadline.astimezone(UTC)
    offsets = (-1, 0, 1, grace, grace + 1, 82_800, 86_400, 86_401, 90_001, 200_000, 900_000)
    times = {who: due + timedelta(seconds=random.choice(offsets)) for who in STUDENTS if random.random() < 0.7}

    files = {
        "roster.csv": "id,late days used\n" + "".join(f"{who},{used[who]}\n" for who in STUDENTS),
        "groups.csv": "group,id\n" + "".join(f"{name},{who}\n" for name, group in groups.items() for who in group),
        "times.csv": "id,submitted_at\n"
        + "".join(f"{who},{time:%Y-%m-%d %H:%M:%S} Z\n" for who, time in times.items()),
        "overrides.yaml": "".join(written(subject, one) for subject, one in decided.items()),
    }
    write(folder, files)
    found = course_decisions(entries.submissions, course, folder / "overrides.yaml", folder / "times.csv")
    found = replace(found, rules=replace(found.rules, policies={"hw": late}))
    students = class_list(entries, folder / "roster.csv", folder / "groups.csv" if groups else None, found)
    students.refuse_unknown()
    rows = {row.person.best_id: row for row in students.rows(graded).rows if row.person.best_id}

    for student in STUDENTS:
        row, submission = rows[student], counting_submission(student, groups, decided)
        own, of_submission = decided.get(("student", student), {}), decided.get(("submission", submission), {})
        if submission is None:  # held, but for what was decided of it
            by_people = {question for kind, question in own if kind in ("points", "excused")}
            assert (row.graded.total is None) is (by_people < WORTH.keys()), student
            continue
        earned, most = marks_by_hand(submission, own, of_submission)
        both = {**of_submission, **own}
        at = handed_in(submission, times, groups) if submission else None
        taken = 0
        if at is not None and most and ("waived", "") not in both:
            days = counted_days(extended(late.deadline, both.get(("days", ""), 0)), at, grace)
            before = both.get(("used", ""), used[student])
            taken = charged(days, budget, before, Fraction(per_day), cap and Fraction(cap), earned)
        assert (row.submission, row.graded.total, row.graded.max_points) == (submission, earned - taken, most), student
        if row.graded.report:
            report = report_in(row.graded.report)
            assert (report.points, report.max_points) == (pytest.approx(earned - taken, abs=1e-6), most)


def handed_in(submission, times, groups) -> datetime | None:
    """Of whoever handed it in, else the last of its members who handed in nothing of their own."""
    if submission in times:
        return times[submission]
    members = [who for who in STUDENTS if who not in HANDED_IN and who in times]
    by_course = {who: rows for who in members if (rows := rows_of_group(who, groups))}
    return max((times[who] for who in members if submission in by_course.get(who, NAMED.get(who, ()))), default=None)


def rows_of_group(student, groups):
    """The submissions that the course's groups of a student have handed in."""
    return [row for name, group in groups.items() if student in group for row in HANDED_IN if row in (name, *group)]


def extended(deadline, days):
    """The same time by the clock so many days later; the later of two where it comes twice."""
    wall = deadline.replace(tzinfo=None) + timedelta(days=days)
    ends = [wall.replace(tzinfo=deadline.tzinfo, fold=fold).astimezone(UTC) for fold in (0, 1)]
    return deadline if not days else max(ends).astimezone(deadline.tzinfo)
