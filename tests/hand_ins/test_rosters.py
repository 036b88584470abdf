"""A roster joins what was handed in to a course's students, and says who is missing; two of one name are never guessed."""

import pytest

from grader.classroom.people import Person, as_written, name_keys, named_by_folder
from grader.classroom.roster import read_roster
from grader.errors import SpecError

from .helpers import Q5, Q6, grade_class_in, lay_out, totals, zipped

ROSTER = (
    "id,name,email,section\n1001,Ada Lovelace,ada@example.edu,A\n1002,Bob Burns,bob@example.edu,B\n"
    "1003,Grace Hopper,grace@example.edu,B\n0004,Jürgen Müller,jm@example.edu,A\n"
)

SPELLINGS = {
    "plain": (ROSTER, {"1001", "1002", "1003", "0004"}),
    "Excel in German": (
        "\ufeffsep=;\r\nMatrikelnummer;Nachname;Vorname;E-Mail;Tutorium\r\n1001;Lovelace;Ada;ada@example.edu;A\r\n".encode(),
        {"1001"},
    ),
    "Windows-1252": ("Name;Student ID\r\nMüller, Jürgen;0004\r\n".encode("cp1252"), {"0004"}),
    "UTF-16 with tabs": ("Full Name\tStudent Number\r\nJürgen Müller\t0004\r\n".encode("utf-16"), {"0004"}),
    "Canvas": (
        'Student,ID,SIS User ID,SIS Login ID,Section,hw5 (33)\n    Points Possible,,,,,140\n"Lovelace, Ada",12345,1001,ada,"A and B",\n"Student, Test",9,,,,\n',
        {"1001"},
    ),
    "Gradescope": ("First Name,Last Name,SID,Email,Role,Section\nAda,Lovelace,1001,ada@example.edu,Student,\n", {"1001"}),
    "Moodle": ("First name,Last name (Surname),ID number,Email address\nAda,Lovelace,1001,ada@example.edu\n", {"1001"}),
    "Moodle's grading worksheet": ("Identifier,Full name,Email address\nParticipant 123,Ada Lovelace,ada@example.edu\n", {"123"}),
    "Moodle's grading worksheet in German": ("ID,Vollständiger Name,E-Mail-Adresse\nTeilnehmer/in123,Ada Lovelace,ada@example.edu\n", {"123"}),
    "Moodle in German": ("Vorname;Nachname;ID-Nummer;E-Mail-Adresse\nAda;Lovelace;1001;ada@example.edu\n", {"1001"}),
    "Blackboard": ('"Last Name","First Name","Username","Student ID"\n"Lovelace","Ada","alovelace","1001"\n', {"1001"}),
    "GitHub Classroom": ('"identifier","github_username","github_id","name"\n"1001","ada-l","77",""\n', {"ada-l"}),
    "a quote mark for a spreadsheet": ("id,name\n'0004,Jürgen Müller\n", {"0004"}),
    "e-mails alone": ("E-Mail\nada@example.edu\n", {""}),
}  # fmt: skip


@pytest.mark.parametrize("name", SPELLINGS)
def test_rosters_are_read_as_they_are_exported(tmp_path, name):
    content, ids = SPELLINGS[name]
    roster = read_roster(next(iter(lay_out(tmp_path, {"roster.csv": content}).iterdir())))
    assert {student.person.best_id for student in roster.students} == ids
    assert all(str(student) for student in roster.students)


FAULTS = {
    "": "roster.csv: is empty: wanted is a first line that names columns: `id`, `name`, `email`, `section`",
    "1001,Ada\n1002,Bob\n": "roster.csv:1:1: no column names students: wanted is a first line that names columns",
    "id,name\n": "roster.csv: holds no students",
    "id,name\n1001,Ada Lovelace\n1001,Bob Burns\n": "roster.csv:3:1: Bob Burns (1001) has an id of Ada Lovelace (1001) in line 2: one id, one student",
    "name,email\nAda Lovelace,x@y\nBob Burns,X@y\n": "roster.csv:3:1: Bob Burns (X@y) has an id of Ada Lovelace (x@y) in line 2",
    "PK\x03\x04": "roster.csv: is a spreadsheet: save it as CSV",
    "id,\0name\n": "roster.csv: is no text in UTF-8, UTF-16 nor Windows-1252: save it as CSV in UTF-8",
    'id,name\n"' + "x" * 200_000: "roster.csv:2:1: is no CSV: field larger than field limit (131072)",
}  # fmt: skip


@pytest.mark.parametrize("content", FAULTS)
def test_a_roster_that_cannot_be_used_says_why(tmp_path, content):
    lay_out(tmp_path, {"roster.csv": content})
    with pytest.raises(SpecError) as error:
        read_roster(tmp_path / "roster.csv")
    assert str(error.value).startswith(FAULTS[content])


def test_a_student_in_two_sections_is_one_student(tmp_path):
    lay_out(
        tmp_path, {"roster.csv": "name,id,section\nAda Lovelace,1001,A\n\nLovelace Ada,1001,B\nAda Lovelace,1009,B\n"}
    )
    first, second = read_roster(tmp_path / "roster.csv").students
    assert (first.section, second.person.best_id) == ("A, B", "1009")


KNOWN = (
    "ID,SIS User ID,SIS Login ID,Student,Email,Section\n"
    '12345,1001,alove,"Lovelace, Ada King",ada@x.edu,A\n'
    '12346,12345,bob,"Burns, Bob",bob@x.edu,A\n'
    '12347,1003,ada3,"Noether, Emmy",emmy@x.edu,A\n'
    '12348,1004,en2,"Noether, Emmy",e.noether@x.edu,B\n'
    '12349,1005,jm,"Müller, Jürgen",jm@x.edu,B\n'
    '12350,1006,anna,"O\'Neil, Anna-Lena",anna@x.edu,B\n'
)


@pytest.mark.parametrize(
    ("person", "wanted"),
    [
        (Person("lovelaceadaking", (("platform", "12345"),)), {"1001"}),
        (Person("adakinglovelace"), {"1001"}),
        (Person("Ada King Lovelace"), {"1001"}),
        (Person("burnsbob", (("platform", "12345"),)), {"1001", "12345"}),  # the number says one, the name another
        (Person("burnsbob", (("platform", "99"),)), {"12345"}),
        (Person("zoe", (("platform", "1003"),)), set()),  # Canvas's number is by chance another's id
        (Person("zoe", (("id", "1003"),)), {"1003"}),
        (Person("emmy", (("platform", "1003"),)), {"1003"}),
        (Person("", (("platform", "1003"),)), {"1003"}),
        (Person("Emmy N.", (("id", "01003"),)), {"1003"}),
        (Person("Zoe", (("id", "01003"),)), set()),
        (as_written("01003"), {"1003"}),
        (Person("Emmy Noether"), {"1003", "1004"}),
        (Person("Emmy Noether", (("platform", "12348"),)), {"1004"}),
        (Person("Emmy Noether", (("email", "E.Noether@X.edu"),)), {"1004"}),
        (Person("mullerjurgen"), {"1005"}),
        (Person("mu\u0308llerju\u0308rgen"), {"1005"}),
        (Person("oneilannalena"), {"1006"}),
        (Person("", (("login", "ada3"),)), {"1003"}),
        (Person("", (("login", "ANNA"),)), {"1006"}),
        (as_written("1001"), {"1001"}),
        (as_written("bob@x.edu"), {"12345"}),
        (as_written("Bob Burns"), {"12345"}),
        (as_written("emmy"), {"1003"}),
        (as_written("e.noether"), {"1004"}),
        (as_written("Noether"), {"1003", "1004"}),
        (as_written("burns"), {"12345"}),
        (as_written("Ad"), set()),
        (as_written("Lovelac"), set()),
        (Person("Burns"), {"12345"}),
        (Person("burns", (("platform", "7"),)), set()),
        (Person("", (("login", "burns"),)), set()),
        (named_by_folder("hw5_burns"), {"12345"}),
        (as_written("12345"), {"1001", "12345"}),
        (named_by_folder("noether_emmy_1004"), {"1004"}),
        (named_by_folder("1005"), {"1005"}),
        (named_by_folder("hw5_1005"), {"1005"}),
        (named_by_folder("bob_burns_1003"), {"12345", "1003"}),
        (named_by_folder("team_7"), set()),
    ],
)  # fmt: skip
def test_who_is_meant(tmp_path, person, wanted):
    lay_out(tmp_path, {"roster.csv": KNOWN})
    found = read_roster(tmp_path / "roster.csv").meant(person)
    assert {student.person.best_id for student in found} == wanted


def test_words_of_a_name_may_begin_anywhere():
    assert name_keys("Ada King") & name_keys("King, Ada") & name_keys("kingada")
    assert not name_keys("Ada King") & name_keys("Ada Kong")
    assert name_keys("...") == frozenset()


@pytest.mark.parametrize("named", [False, True], ids=["beside", "named"])
def test_a_roster_names_the_rows_and_who_handed_in_nothing(course, run, tmp_path, named):
    files = {
        "ada_lovelace/answers.yaml": Q5 + Q6,
        "1002/answers.yaml": Q5,
        "Müller Jürgen.zip": zipped({"answers.yaml": Q6}),
        "stranger/answers.yaml": Q5,
    }
    options = ()
    if named:
        options = ("--roster", lay_out(tmp_path / "course", {"students.csv": ROSTER}) / "students.csv")
    else:
        files["roster.csv"] = ROSTER
    rows, lines = grade_class_in(run, tmp_path, files, *options)
    assert totals(rows) == {
        "1002": "70",
        "Müller Jürgen": "70",
        "ada_lovelace": "140",
        "stranger": "70",
        "Grace Hopper": "0",
    }
    assert {name: row["id"] for name, row in rows.items()} == {
        "1002": "1002", "Müller Jürgen": "0004", "ada_lovelace": "1001", "stranger": "", "Grace Hopper": "1003",
    }  # fmt: skip
    grace = rows["Grace Hopper"]
    assert [grace[c] for c in ("q5", "q6", "max", "status", "email", "section", "report")] == [
        "0", "0", "140", "missing", "grace@example.edu", "B", "",
    ]  # fmt: skip
    file = "students.csv" if named else "roster.csv"
    assert f"stranger: is nobody in {file}" in lines
    assert f"1 of 4 in {file} handed in nothing: Grace Hopper (1003)" in lines
    beside = "the students are those of roster.csv beside the submissions (--roster FILE names another file)"
    assert (beside in lines) is not named


def test_two_of_one_name_are_given_to_neither(course, run, tmp_path):
    roster = "id,name,canvas id\n1,Emmy Noether,501\n2,Emmy Noether,502\n3,Bob Burns,503\n"
    files = {"noetheremmy_777_67890_answers.yaml": Q5 + Q6, "burnsbob_503_67891_answers.yaml": Q5, "roster.csv": roster}
    rows, lines = grade_class_in(run, tmp_path, files, code=3)
    assert totals(rows) == {"burnsbob": "70", "noetheremmy": "140", "Emmy Noether": "", "Emmy Noether (2)": ""}
    assert rows["noetheremmy"]["status"] == "graded"
    assert (
        "noetheremmy: noetheremmy (777) may be Emmy Noether (1) or Emmy Noether (2): it is given to none of them"
        in lines
    )
    sure, _ = grade_class_in(run, tmp_path / "sure", {
        "noetheremmy_501_67890_answers.yaml": Q5 + Q6, "noetheremmy_502_67891_answers.yaml": Q6,
        "burnsbob_503_67892_answers.yaml": Q5, "roster.csv": roster,
    })  # fmt: skip
    assert {row["id"]: row["total"] for row in sure.values()} == {"1": "140", "2": "70", "3": "70"}


def test_formulas_in_a_roster_are_text_in_the_grades(course, run, tmp_path):
    roster = 'id,name,email,section\n1,"=HYPERLINK(""x"")",+a@x,@SUM(A1)\n'
    rows, _ = grade_class_in(run, tmp_path, {"ada/answers.yaml": Q5, "roster.csv": roster})
    (missing,) = [row for row in rows.values() if row["id"] == "1"]
    assert [missing[c] for c in ("submission", "name", "email", "section")] == [
        "'=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")", "'+a@x", "'@SUM(A1)",
    ]  # fmt: skip
