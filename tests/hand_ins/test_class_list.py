"""Who gets whose marks, worked out from rows that were graded before; and code that a platform has scattered."""

from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from random import Random

import pytest

from grader.classroom.class_list import ClassList
from grader.classroom.course_content import read_course
from grader.classroom.course_decisions import NO_DECISIONS
from grader.classroom.entries import Entry, entries_in
from grader.classroom.graded import Graded, TextsInMemory
from grader.classroom.groups import StudentGroup
from grader.classroom.membership import Membership
from grader.classroom.overrides import read_overrides
from grader.classroom.people import Person, as_written
from grader.classroom.result_names import report_files
from grader.classroom.roster import Listed, Roster
from grader.classroom.work import RunSettings, Task, grade_work
from grader.spec.course import CourseSearch

from ..answers.helpers import DOUBLE
from ..conftest import RUN
from ..counting import calls_of
from .helpers import lay_out

ROSTER = Roster(
    "roster.csv",
    tuple(Listed(Person(name, (("id", str(i)),)), "", i) for i, name in enumerate(("ada", "bob", "carl", "dan"), 1)),
)


def row(name, total, students=(), *, pending=0):
    status = "held" if total is None else "pending" if pending else "graded"
    points = None if total is None else Fraction(total)
    return Graded(
        name,
        "a",
        {"q": points},
        points,
        Fraction(10),
        status,
        (),
        TextsInMemory("{}"),
        Fraction(pending),
        tuple(students),
    )


def book(rows, groups=(), roster=None, submitters=None):
    """The totals by row, and what is said."""
    entries = [Entry.at(r.name, Path(r.name), students=(submitters or {}).get(r.name, ())) for r in rows]
    teams = [StudentGroup(name, tuple(map(as_written, members))) for name, members in dict(groups).items()]
    made = ClassList(entries, roster, teams).rows(rows)
    totals = {line.graded.name: (line.graded.total, line.submission) for line in made.rows}
    assert len(totals) == len(made.rows)
    return {name: (None if total is None else int(total), where) for name, (total, where) in totals.items()}, made.said


@pytest.mark.parametrize(
    ("rows", "groups", "wanted"),
    [
        ([row("ada", 7)], {}, {"ada": (7, "ada")}),
        ([row("ada", 7, ["bob"])], {}, {"ada": (7, "ada"), "bob": (7, "ada")}),
        ([row("ada", 7, ["ADA", "bob"])], {}, {"ada": (7, "ada"), "bob": (7, "ada")}),
        ([row("ada", 7, ["bob"]), row("bob", 3)], {}, {"ada": (7, "ada"), "bob": (3, "bob")}),
        ([row("ada", 7, ["bob"]), row("bob", 0)], {}, {"ada": (7, "ada"), "bob": (7, "ada")}),
        ([row("ada", 7, ["bob"]), row("bob", 0, pending=4)], {}, {"ada": (7, "ada"), "bob": (0, "bob")}),
        ([row("ada", 7, ["bob"]), row("bob", None)], {}, {"ada": (7, "ada"), "bob": (None, "bob")}),
        ([row("ada", None, ["bob"])], {}, {"ada": (None, "ada"), "bob": (None, "ada")}),
        ([row("ada", 7, ["bob"]), row("bob", 7, ["ada"])], {}, {"ada": (7, "ada"), "bob": (7, "bob")}),
        ([row("ada", 7, ["carl"]), row("bob", 7, ["carl"])], {}, {"ada": (7, "ada"), "bob": (7, "bob"), "carl": (None, "")}),
        (
            [row("ada", 7, ["carl"]), row("bob", 5, ["carl"])],
            {"g": ["bob", "carl"]},
            {"ada": (7, "ada"), "bob": (5, "bob"), "carl": (5, "bob")},
        ),
        ([row("g", 7)], {"g": ["ada", "bob"]}, {"g": (7, "g"), "ada": (7, "g"), "bob": (7, "g")}),
        ([row("g", 7), row("ada", 4)], {"g": ["ada", "bob"]}, {"g": (7, "g"), "ada": (4, "ada"), "bob": (None, "")}),
        ([row("g", 7), row("h", 4)], {"g": ["ada"], "h": ["ada"]}, {"g": (7, "g"), "h": (4, "h"), "ada": (None, "")}),
        ([row("ada", 7)], {"g": ["bob", "carl"]}, {"ada": (7, "ada")}),
        (
            [row("ada", 0), row("bob", 7), row("carl", 0)],
            {"g": ["ada", "bob", "carl", "dan"]},
            {"ada": (7, "bob"), "bob": (7, "bob"), "carl": (7, "bob"), "dan": (7, "bob")},
        ),
        (
            [row("ada", 0, pending=3), row("bob", 7), row("carl", None)],
            {"g": ["ada", "bob", "carl", "dan"]},
            {"ada": (0, "ada"), "bob": (7, "bob"), "carl": (None, "carl"), "dan": (None, "")},
        ),
        ([row("ada", 0), row("bob", 0)], {"g": ["ada", "bob", "dan"]}, {"ada": (0, "bob"), "bob": (0, "ada"), "dan": (None, "")}),
        ([row("g", 7), row("h", 0)], {"g": ["ada"], "h": ["ada"]}, {"g": (7, "g"), "h": (0, "h"), "ada": (None, "")}),
    ],
)  # fmt: skip
def test_marks_go_to_whom_they_belong(rows, groups, wanted):
    assert book(rows, groups)[0] == wanted


def test_every_conflict_and_every_naming_is_said():
    _, said = book([row("ada", 7, ["bob", "eve"]), row("bob", 3)], roster=ROSTER)
    assert said == (
        "ada: 'eve' is nobody in roster.csv: write the id",
        "ada: its answers name bob (2) as handing in together",
        "bob: the own submission counts (3 of 10), not that of ada (7 of 10), to which bob (2) is counted in its answers",
        "2 of 4 in roster.csv handed in nothing: carl (3) and dan (4)",
    )


def test_a_group_of_the_platform_has_a_row_a_member_and_none_of_its_own():
    ada, bob, zoe = (Person(name, (("id", number),)) for name, number in (("ada", "1"), ("bob", "2"), ("zoe", "9")))
    both = {"submission_1": (ada, zoe), "submission_2": (zoe, bob), "carl": (Person("carl"),)}
    rows = [row("submission_1", 7), row("submission_2", 5), row("carl", 2)]
    found, _ = book(rows, submitters=both)
    assert found == {"ada": (7, "submission_1"), "zoe": (None, ""), "bob": (5, "submission_2"), "carl": (2, "carl")}
    found, said = book(rows, {"submission_2": ["zoe"]}, ROSTER, both)
    assert found["zoe"] == (5, "submission_2")
    assert found["dan"] == (0, "")
    unknown = [f"submission_{i}: zoe (9) is nobody in roster.csv" for i in (1, 2)]
    assert [message for message in said if "zoe" in message and "nobody" in message] == unknown


@pytest.mark.parametrize("seed", range(20))
def test_whom_a_platform_names_in_several_groups_is_one_student_in_all_of_them(seed):
    """Worked out person by person: the marks of the only group, and none where there are several."""
    random = Random(seed)
    people = [Person(f"p{i}", (("login", f"p{i}"),)) for i in range(6)]
    groups = {f"s{i}": tuple(random.sample(people, random.choice((2, 2, 3)))) for i in range(random.randint(1, 4))}
    found, _ = book([row(name, i + 1) for i, name in enumerate(groups)], submitters=groups)
    wanted = {}
    for person in people:
        own = [name for name, members in groups.items() if person in members]
        if own:
            wanted[person.name] = (list(groups).index(own[0]) + 1, own[0]) if len(own) == 1 else (None, "")
    assert found == wanted


@pytest.mark.parametrize("seed", range(60))
def test_who_hands_in_alone_and_in_groups_is_one_student_in_any_order(seed):
    """Worked out person by person: an own submission that earned anything counts, else the only group's marks do."""
    random = Random(seed)
    names = random.choices(("Ada King", "Bob", "ada", "Emmy Noether"), k=4)  # some of one name, whom ids tell apart
    people = [Person(name, (("id", f"10{i}"), ("email", f"p{i}@x.edu"))) for i, name in enumerate(names)]
    submitters = {f"submission_{i}": tuple(random.sample(people, random.choice((1, 1, 2, 3)))) for i in range(5)}
    totals = {name: random.choice((0, 3, 7)) for name in submitters}
    order = random.sample(sorted(submitters), len(submitters))
    entries = [Entry.at(name, Path(name), students=submitters[name]) for name in order]
    found = ClassList(entries).rows([row(name, totals[name]) for name in order])
    for person in people:
        alone = [name for name, members in submitters.items() if members == (person,)]
        groups = [name for name, members in submitters.items() if person in members and len(members) > 1]
        wanted = [(totals[name], name) for name in alone]
        if groups:
            of_groups = (totals[groups[0]], groups[0]) if len(groups) == 1 else (None, "")
            wanted = wanted if any(total for total, _ in wanted) else [of_groups]
        of_person = [line for line in found.rows if line.person == person]
        assert {(line.graded.total, line.submission) for line in of_person} == set(wanted), person
        assert len(of_person) == len(wanted)
        if len(of_person) > 1:
            first = min(alone, key=order.index)
            assert any(message.startswith(f"{first}: handed in more than once") for message in found.said)


def test_namesakes_whom_a_platform_tells_apart_are_named_with_their_ids():
    """The name is also that of a submission, which is only one of theirs."""
    ada, other, bob = (
        Person(name, (("id", number),)) for name, number in (("Ada", "1001"), ("Ada", "1002"), ("Bob", "3"))
    )
    submitters = {"Ada": (ada,), "submission_2": (other, bob)}
    entries = [Entry.at(name, Path(name), students=students) for name, students in submitters.items()]
    decisions = read_overrides(b"- {student: Ada, late: waived}\n- {student: submission_2, late: waived}\n", "o.yaml")
    found = Membership(entries, None, (), [row("Ada", 1, ["Ada"]), row("submission_2", 1, ["Ada"])], decisions)
    assert list(map(str, found.problems)) == [
        "o.yaml:1:13: 'Ada' may be Ada (1001) or Ada (1002): write the id",
        "o.yaml:2:13: 'submission_2' may be Ada or Bob: write `submission:` for all who handed it in",
    ]
    both, said = book([row("Ada", 1), row("submission_2", 1), row("x", 1, ["Ada"])], submitters=submitters)
    assert set(both) == {"Ada", "Ada (1002)", "Bob", "x"}
    assert "x: Ada may be Ada (1001) or Ada (1002): it is given to none of them" in said


def test_a_group_that_handed_in_nothing_or_twice_is_said():
    _, said = book([row("ada", 7), row("bob", 3)], {"g": ["ada", "bob", "dan"], "h": ["eve"], "taem7": ["max"]})
    assert "groups h and taem7 of the course: handed in nothing" in said
    held = book([row("ada", 7), row("bob", 3)], {"g": ["ada", "bob", "dan"]})[1]
    assert not any("nothing" in message for message in held)
    entries = [Entry.at(name, Path(name)) for name in ("ada", "bob")]
    group = StudentGroup("g", tuple(map(as_written, ("ada", "bob", "dan"))))
    rows = ClassList(entries, None, [group]).rows([row("ada", 7), row("bob", 3)]).rows
    assert [line.graded.messages for line in rows if line.graded.status == "held"] == [
        (
            "is counted by group g to ada and bob: no marks until the course decides which one counts (--groups FILE, or"
            " `group` in overrides.yaml)",
        )
    ]


def of_assignment(name, one):
    return replace(one, assignment=name)


TWO_ASSIGNMENTS = {
    "alone in one, with a group in the other": (
        [row("ada", 7), of_assignment("b", row("bob", 4, ["ada"]))],
        {},
        {"ada": (7, "ada"), "bob": (4, "bob"), "ada (b)": (4, "bob")},
    ),
    "the course's groups": (
        [row("ada", 7), of_assignment("b", row("team", 4))],
        {"team": ["ada", "bob"]},
        {"ada": (7, "ada"), "bob": (7, "ada"), "team": (4, "team"), "ada (b)": (4, "team"), "bob (b)": (4, "team")},
    ),
    "a group in each": (
        [row("g", 7, ["ada"]), of_assignment("b", row("h", 4, ["ada"]))],
        {},
        {"g": (7, "g"), "h": (4, "h"), "ada": (7, "g"), "ada (b)": (4, "h")},
    ),
    "two groups in one": (
        [row("g", 7, ["ada"]), row("h", 4, ["ada"]), of_assignment("b", row("ada", 5))],
        {},
        {"g": (7, "g"), "h": (4, "h"), "ada": (5, "ada"), "ada (a)": (None, "")},
    ),
    "nobody knows to which": (
        [row("ada", 7), of_assignment("", row("bob", None, ["ada"])), of_assignment("b", row("carl", 5))],
        {},
        {"ada": (7, "ada"), "bob": (None, "bob"), "carl": (5, "carl")},
    ),
}


@pytest.mark.parametrize("case", TWO_ASSIGNMENTS)
def test_whose_submission_counts_is_told_for_each_assignment(case):
    rows, groups, wanted = TWO_ASSIGNMENTS[case]
    found, said = book(rows, groups)
    assert found == wanted
    assert not any("counts" in message for message in said) or case == "nobody knows to which"
    assert sorted(book(rows[::-1], groups)[0].values(), key=str) == sorted(wanted.values(), key=str)


def test_two_assignments_of_one_student_are_not_one_handed_in_twice():
    roster = Roster("roster.csv", ROSTER.students[:1])
    found, said = book([row("1_hw1", 7), of_assignment("b", row("1_hw2", 4))], roster=roster, submitters={
        "1_hw1": (Person("ada", (("id", "1"),)),), "1_hw2": (Person("ada", (("id", "1"),)),),
    })  # fmt: skip
    assert found == {"1_hw1": (7, "1_hw1"), "1_hw2": (4, "1_hw2")}
    assert said == ()


def test_a_decision_about_the_group_of_one_assignment_leaves_the_other_as_it_is():
    rows = [row("ada", 7), of_assignment("b", row("bob", 4)), of_assignment("b", row("ada_b", 1))]
    entries = [Entry.at(one.name, Path(one.name), students=who) for one, who in zip(
        rows, [(Person("ada"),), (Person("bob"),), (Person("ada"),)], strict=True
    )]  # fmt: skip
    (decision,) = read_overrides(b"- {student: ada, group: bob, by: N}", "overrides.yaml")
    made = ClassList(entries, course=replace(NO_DECISIONS, decisions=(decision,))).rows(rows).rows
    assert {line.graded.name: line.submission for line in made} == {"ada": "ada", "bob": "bob", "ada_b": "bob"}


def class_of(size, has_roster):
    """A class in which a third hands in with a group of the course, and decisions are about a part of it."""
    people = [Person(f"Ada Berta King{i}", (("id", str(10_000 + i)),)) for i in range(size)]
    entries = [
        Entry.at(f"sub {i}", Path(f"sub {i}"), students=(person,) if i % 2 else ()) for i, person in enumerate(people)
    ]
    groups = [StudentGroup(f"team{i}", tuple(people[i : i + 3])) for i in range(0, size, 9)]
    lines = [f"- {{submission: sub {i}, late: waived}}" for i in range(0, size, 7)]
    lines += [f"- {{student: sub {i}, extension: 1 day}}" for i in range(0, size, 5)]
    lines += [f"- {{student: '{10_000 + i + 1}', group: team{i}, by: N}}" for i in range(0, size, 9)]
    decisions = read_overrides("\n".join(lines).encode(), "overrides.yaml")
    roster = Roster("roster.csv", tuple(Listed(person, "", i) for i, person in enumerate(people, 2)))
    course = replace(NO_DECISIONS, decisions=decisions)
    graded = [row(entry.name, 7, [str(10_000 + i)]) for i, entry in enumerate(entries)]
    return ClassList(entries, roster if has_roster else None, groups, course=course), graded


@pytest.mark.parametrize("has_roster", [True, False])
@pytest.mark.parametrize("what", ["submissions", "rows"])
def test_a_class_of_three_times_the_size_takes_three_times_the_work(what, has_roster):
    """Looking through all groups, entries or members for each student would take nine times as much."""
    counts = []
    for size in (90, 90, 270):  # the first one fills what is kept
        classes, graded = class_of(size, has_roster)
        work = classes.submissions if what == "submissions" else partial(classes.rows, graded)
        counts.append(calls_of(work)[1])
    assert counts[2] < 3.3 * counts[1]


def test_names_that_are_paths_are_no_paths_of_reports():
    files = report_files(["../../etc", "a/b", "a_b", "c\\x0a", "plain"])
    assert files["plain"] == "plain.json"
    assert not any(sign in name for name in files.values() for sign in "/\\")
    assert len(set(files.values())) == 5


USES = "from utils import two\ndef double(n):\n    return two * n\n"


def test_code_in_several_files_of_one_student_is_joined(tmp_path):
    lay_out(tmp_path, {"double.yaml": DOUBLE})
    files = {
        "ada_12345_67890_solution.py": USES, "ada_12345_67891_utils-1.py": "two = 2\n",
        "bob_12346_67892_solution.py": USES, "bob_12346_67893_utils.py": "two = 3\n",
        "carl_12347_67894_solution.py": USES,
    }  # fmt: skip
    settings = RunSettings(read_course(CourseSearch(tmp_path), str(tmp_path / "double.yaml")))
    entries = entries_in(lay_out(tmp_path / "class", files)).submissions
    graded = [grade_work(Task(entry, settings).read(), RUN) for entry in entries]
    assert [(row.name, row.total) for row in graded] == [("ada", 3), ("bob", 0), ("carl", 0)]
