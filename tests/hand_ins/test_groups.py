"""Each member of a group gets the mark; whoever is named twice gets none by guess, and it is said who named whom."""

import json

import pytest

from grader.answers.students import MAX_STUDENTS_OF_SUBMISSION, students_in
from grader.classroom.groups import read_groups
from grader.documents import read_yaml
from grader.errors import SpecError, SubmissionError

from ..forked import forked
from .helpers import Q5, Q6, grade_class_in, lay_out, totals

ROSTER = (
    "id,name,email,section\n1001,Ada Lovelace,ada@example.edu,A\n1002,Bob Burns,bob@example.edu,B\n"
    "1003,Grace Hopper,grace@example.edu,B\n1004,Dan Dare,dan@example.edu,B\n"
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[ada, bob]", ("ada", "bob")),
        ("[0001, 1002]", ("0001", "1002")),
        ("ada", ("ada",)),
        ("1001", ("1001",)),
        ("Ada Lovelace, Bob Burns", ("Ada Lovelace", "Bob Burns")),
        ("ada@x.edu; bob@x.edu", ("ada@x.edu", "bob@x.edu")),
        ("Ada and Bob & Carl und Dan", ("Ada", "Bob", "Carl", "Dan")),
        ("Anderson, Sandy", ("Anderson", "Sandy")),
        ('["Lovelace, Ada", Bob]', ("Lovelace, Ada", "Bob")),
        ("[ada, ada, '  bob  ', ~]", ("ada", "bob")),
        ("[{name: Ada, id: 1001}, {name: Bob}]", ("1001", "Bob")),
        ("|\n  Ada\n  Bob\n", ("Ada", "Bob")),
        ("~", ()),
        ("[]", ()),
        ("''", ()),
    ],
)
def test_students_are_read_as_they_write_themselves(text, wanted):
    assert students_in(read_yaml(f"students: {text}\n".encode(), "answers.yaml").lookup("students")) == wanted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{a: 1}", "students: write a list of ids, names or e-mails: `students: [1001, 1002]`, not a mapping"),
        ("[[a, b]]", "not a list"),
        (str([f"s{i}" for i in range(MAX_STUDENTS_OF_SUBMISSION + 1)]), "names 21 (at most 20 hand in together)"),
        (f"[{'x' * 101}]", "is no name"),
    ],
)
def test_what_names_no_students_is_said_and_costs_nothing(course, run, tmp_path, text, said):
    rows, lines = grade_class_in(run, tmp_path, {"ada/answers.yaml": f"{Q5}{Q6}students: {text}\n"})
    assert totals(rows) == {"ada": "140"}
    (line,) = lines
    assert line.startswith("ada: answers.yaml:3:")
    assert said in line
    with pytest.raises(SubmissionError, match=r"students:"):
        students_in(read_yaml(f"students: {text}\n".encode(), "answers.yaml").lookup("students"))


@pytest.mark.long
@pytest.mark.parametrize(
    ("text", "wanted", "said"),
    [
        ("Students: [ada, bob]\n", {"ada": "140", "bob": "140"}, "ada: its answers name bob as handing in together"),
        ("STUDENTS: bob\nstudents: carl\n", {"ada": "140"}, "ada: answers.yaml:4:1: 'STUDENTS' and 'students' both stand here: keep one"),
        ("students: [ada, bob\n", {"ada": "140"}, "ada: answers.yaml:"),
        ("q7: |\nstudents: [bob]\n", {"ada": "140", "bob": "140"}, "ada: its answers name bob as handing in together"),
    ],
)  # fmt: skip
def test_students_in_other_capitals_and_broken_ones_cost_no_marks(course, run, tmp_path, text, wanted, said):
    rows, lines = grade_class_in(run, tmp_path, {"ada/answers.yaml": f"{Q5}{Q6}{text}"})
    assert totals(rows) == wanted
    assert any(line.startswith(said) for line in lines), lines


def test_each_member_has_a_row_and_the_report_of_the_group(course, run, tmp_path):
    files = {"team7/answers.yaml": f"{Q5}{Q6}students: [ada, Bob Burns]\n", "carl/answers.json": '{"students": "carl"}'}
    rows, lines = grade_class_in(run, tmp_path, files)
    assert totals(rows) == {"carl": "0", "team7": "140", "ada": "140", "Bob Burns": "140"}
    assert rows["ada"]["report"] == rows["Bob Burns"]["report"] == "reports/team7.json"
    assert lines == ["team7: its answers name ada and Bob Burns as handing in together"]
    report = json.loads((tmp_path / "out" / "reports" / "team7.json").read_text())
    assert report["messages"] == ["handed in together, as the answers say: ada and Bob Burns"]
    assert not (tmp_path / "out" / "reports" / "ada.json").exists()
    alone = run("check", tmp_path / "class" / "team7", "--format", "json")
    assert alone.code == 0
    assert json.loads(alone.out) == report


def test_students_of_a_platform_are_recognised_among_those_who_are_named(course, run, tmp_path):
    files = {
        "lovelaceada_12345_67890_answers.yaml": f"{Q5}{Q6}students: [Ada Lovelace, Bob Burns]\n",
        "hoppergrace_12346_67891_answers.yaml": f"{Q5}students: ['Hopper, Grace']\n",
    }
    rows, _ = grade_class_in(run, tmp_path, files)
    assert totals(rows) == {"hoppergrace": "70", "lovelaceada": "140", "Bob Burns": "140"}


def test_a_student_in_two_groups_is_held_until_the_course_decides(course, run, tmp_path):
    files = {
        "team7/answers.yaml": f"{Q5}students: [1001, bob@example.edu, Nobody]\n",
        "grace/answers.yaml": f"{Q5}{Q6}students: Ada Lovelace\n",
        "roster.csv": ROSTER,
    }
    rows, lines = grade_class_in(run, tmp_path, files, code=3)
    assert totals(rows) == {"grace": "140", "team7": "70", "Bob Burns": "70", "Ada Lovelace": "", "Dan Dare": "0"}
    ada = rows["Ada Lovelace"]
    assert (ada["q5"], ada["status"], ada["max"], ada["report"]) == ("", "held", "140", "")
    assert lines[1:] == [
        "grace: its answers name Ada Lovelace (1001) as handing in together",
        "team7: 'Nobody' is nobody in roster.csv: write the id",
        "team7: its answers name Ada Lovelace (1001) and Bob Burns (1002) as handing in together",
        "1 of 4 in roster.csv handed in nothing: Dan Dare (1004)",
        "Ada Lovelace: is in the groups of grace and team7: no marks until the course decides which one counts"
        " (--groups FILE, or `group` in overrides.yaml)",
    ]
    decided = {**files, "groups.csv": "group,id\nteam7,1001\n"}
    rows, _ = grade_class_in(run, tmp_path / "decided", decided)
    assert totals(rows)["Ada Lovelace"] == "70"


def test_an_own_submission_counts_and_the_conflict_is_said(course, run, tmp_path):
    files = {"ada/answers.yaml": f"{Q5}{Q6}students: [ada, bob]\n", "bob/answers.yaml": Q5}
    rows, lines = grade_class_in(run, tmp_path, files)
    assert totals(rows) == {"ada": "140", "bob": "70"}
    assert lines == [
        "ada: its answers name bob as handing in together",
        "bob: the own submission counts (70 of 140), not that of ada (140 of 140), to which bob is counted in its answers",
    ]


def test_an_own_submission_that_says_no_more_than_that_another_counts_costs_nothing(course, run, tmp_path):
    files = {
        "lovelaceada_12345_67890_answers.yaml": f"{Q5}{Q6}students: [Ada Lovelace, Bob Burns]\n",
        "burnsbob_12346_text.html": "<p>Ada has handed in for both of us</p>",
    }
    rows, lines = grade_class_in(run, tmp_path, files)
    assert totals(rows) == {"burnsbob": "140", "lovelaceada": "140"}
    assert rows["burnsbob"]["report"] == "reports/lovelaceada.json"
    said = "burnsbob: the own submission earned nothing; burnsbob is counted in its answers to lovelaceada (140 of 140)"
    assert said in lines
    other = {"hoppergrace_12347_67892_answers.yaml": f"{Q5}students: Bob Burns\n"}
    rows, _ = grade_class_in(run, tmp_path / "twice", files | other, code=3)
    assert totals(rows) == {"burnsbob": "", "hoppergrace": "70", "lovelaceada": "140"}


def test_one_student_with_two_submissions_has_both_rows_and_it_is_said(course, run, tmp_path):
    files = {"ada lovelace/answers.yaml": Q5, "1001/answers.yaml": Q6, "roster.csv": ROSTER}
    rows, lines = grade_class_in(run, tmp_path, files)
    assert [row["total"] for row in rows.values() if row["id"] == "1001"] == ["70", "70"]
    said = (
        "Ada Lovelace (1001): handed in more than once, as 1001 and ada lovelace: each has its row until the course"
        " decides (`group` in overrides.yaml names the one that counts)"
    )
    assert said in lines


def test_one_who_is_only_named_beside_a_namesake_is_not_guessed(course, run, tmp_path):
    roster = "id,name\n1,Emmy Noether\n2,Emmy Noether\n3,Ada Lovelace\n"
    files = {"3/answers.yaml": f"{Q5}students: [Emmy Noether]\n", "roster.csv": roster}
    rows, lines = grade_class_in(run, tmp_path, files, code=3)
    assert totals(rows) == {"3": "70", "Emmy Noether": "", "Emmy Noether (2)": ""}
    assert "3: Emmy Noether may be Emmy Noether (1) or Emmy Noether (2): it is given to none of them" in lines


GROUP_FILES = {
    "groups.csv": ["group,student\nteam7,ada\nteam7,bob\nteam8,carl\nteam8,dan\n,eve\n"],
    "groups.yaml": ["team7: [ada, bob]\nteam8: [carl, dan]\n", "- {group: team7, students: [ada, bob]}\n- {team: team8, members: [carl, dan]}\n"],
    "groups.yml": ["team7: [ada, bob]\nteam8: [carl, dan]\n"],
}  # fmt: skip
CASES = [(name, text) for name, texts in GROUP_FILES.items() for text in texts] + [
    ("groups.csv", "Gruppe;Mitglied 1;Mitglied 2\nteam7;ada;bob\nteam8;carl;dan\n"),
    ("groups.csv", 'team,members\nteam7,"ada, bob"\nteam8,carl;dan\n'),
]


@pytest.mark.parametrize(("name", "text"), CASES)
def test_groups_of_the_course_give_each_member_the_mark(tmp_path, name, text):
    lay_out(tmp_path, {name: text})
    found = {group.name: [str(person) for person in group.members] for group in read_groups(tmp_path / name)}
    assert found == {"team7": ["ada", "bob"], "team8": ["carl", "dan"]}


@pytest.mark.parametrize("named", [False, True], ids=["beside", "named"])
def test_a_group_hands_in_under_its_name_or_that_of_a_member(course, run, tmp_path, named):
    files, options = {"team7/answers.yaml": Q5, "carl/answers.yaml": Q6}, ()
    if named:
        options = (
            "--groups",
            lay_out(tmp_path / "course", {"pairs.yaml": GROUP_FILES["groups.yaml"][0]}) / "pairs.yaml",
        )
    else:
        files["groups.yaml"] = GROUP_FILES["groups.yaml"][0]
    rows, _ = grade_class_in(run, tmp_path, files, *options)
    assert totals(rows) == {"carl": "70", "dan": "70", "team7": "70", "ada": "70", "bob": "70"}
    assert rows["dan"]["report"] == "reports/carl.json"


@pytest.mark.parametrize(
    ("files", "roster", "students"),
    [
        ({"team7/answers.yaml": Q5, "groups.csv": "group,id\nteam7,1\nteam7,2\n"}, "", 2),
        ({"team7/answers.yaml": Q5, "groups.csv": "group,id\nteam7,1\nteam7,2\n"}, "id\n1\n2\n3\n", 2),
        ({"team7/answers.yaml": Q5 + "students: ['1', '2']\n"}, "id\n1\n2\n3\n", 2),
        ({"team7/answers.yaml": Q5 + "students: ['1', '2']\n"}, "", 3),  # team7 may be a student
        ({"team7/answers.yaml": Q5 + "students: ['1', '4']\n"}, "id\n1\n2\n3\n", 2),  # or 4, whom the roster lacks
        ({"1/answers.yaml": Q5, "groups.csv": "group,id\n1,1\n1,2\n"}, "", 2),
        ({"1/answers.yaml": Q5 + "students: ['2']\n"}, "id\n1\n2\n3\n", 2),
        ({"9/answers.yaml": Q5, "1/answers.yaml": Q6, "groups.csv": "group,id\n9,1\n"}, "id\n1\n", 2),
    ],
)
def test_a_row_of_a_group_is_no_student_in_what_is_said_of_the_class(course, run, tmp_path, files, roster, students):
    files |= {"roster.csv": roster} if roster else {}
    rows, _ = grade_class_in(run, tmp_path, files)
    assert all(f"{name.partition('/')[0]}" in rows for name in files if name.endswith("/answers.yaml"))
    found = json.loads(run("class", tmp_path / "out", "--json").out)["assignments"][0]
    assert found["students"] == students
    assert found["questions"][0]["marked"] == students
    assert found["submissions"] == sum(name.endswith("/answers.yaml") for name in files)


def test_a_groups_file_among_single_files_may_be_a_students(course, run, tmp_path):
    files = {"ada.yaml": Q5, "groups.yaml": "g: [ada, mallory]\n"}
    rows, lines = grade_class_in(run, tmp_path, files)
    assert totals(rows) == {"ada": "70"}
    said = "groups.yaml: passed over, a student may have handed it in: groups are named with --groups FILE"
    assert lines == [said]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("groups.csv", "name,id\na,1\n", "groups.csv:1:1: no column names groups"),
        ("groups.csv", "group,id\ng,\n", "groups.csv:2:1: group 'g' has a line without a student"),
        ("groups.csv", "group,id\n", "groups.csv: holds no groups"),
        ("groups.yaml", "just text\n", "groups.yaml:1:1: wanted are groups with their students, not 'just text'"),
        ("groups.yaml", "- {group: a}\n", "groups.yaml:1:3: wanted is a group with `group:` and `students:`"),
        ("groups.yaml", "g: [{a: b}]\n", "groups.yaml:1:5: wanted is a student's id, name or e-mail, not a mapping"),
        ("groups.yaml", "g: [\n", "groups.yaml:2:1: this is not YAML"),
    ],
)
def test_a_groups_file_that_cannot_be_used_says_why(tmp_path, name, text, said):
    lay_out(tmp_path, {name: text})
    with pytest.raises(SpecError) as error:
        read_groups(tmp_path / name)
    assert str(error.value).startswith(said)


@pytest.mark.long
def test_several_processes_write_the_same_grades(course, run, tmp_path):
    files = {f"s{i}/answers.yaml": f"{Q5}students: [s{i}, partner of {i}]\n" for i in range(4)}
    grade_class_in(run, tmp_path, files)
    with forked():
        assert run("grade", tmp_path / "class", "--out", tmp_path / "two", "--jobs", "2").code == 0
    assert (tmp_path / "two" / "grades.csv").read_bytes() == (tmp_path / "out" / "grades.csv").read_bytes()
