"""What a student is given: the own variants and nothing of others'; and the commands that name whose they are."""

import json

import pytest
import yaml

from grader.answers.submission import Submission
from grader.answers_template import blank_answers
from grader.errors import SpecError
from grader.export.student import students_copy, write_bundle
from grader.grading import grade
from grader.kinds.table import load_assignment
from grader.kinds.variants.own import students_assignment
from grader.pytest_plugin.options import RunOptions
from grader.review.grouping import grouped, identical
from grader.review.pending import open_review

from ..answers.helpers import run, write
from ..conftest import RUN
from ..sealing import cheap_seals
from .courses import LISTS, constants_of, right_answers, write_course

__all__ = ["run"]

STUDENTS = ("alice", "bob", "carol")
ROSTER = "id,name,email\n1001,Ada King,ada@x.edu\n1002,Bob Ross,bob@x.edu\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_course(tmp_path_factory.mktemp("copies"))


@pytest.fixture(scope="module")
def copies(folder, tmp_path_factory):
    """The folder of each student's copy."""
    assignment, made = load_assignment(folder / "specs" / "hw"), {}
    with cheap_seals():
        for name in STUDENTS:
            made[name] = tmp_path_factory.mktemp(name) / "copy"
            write_bundle(assignment, made[name], student=name)
    return made


def texts(copy):
    return "\n".join(path.read_text() for path in sorted(copy.rglob("*")) if path.is_file())


@pytest.mark.long
@pytest.mark.parametrize("student", STUDENTS)
def test_a_copy_has_the_own_constants_and_no_other(copies, student):
    text = texts(copies[student])
    assert "variants" not in text
    assert "draw" not in text
    assert "autumn" not in text
    assert "${" not in text.replace("$${x}$", "")
    own = {name: constants_of(student, name) for name in LISTS}
    assert f"until the first {1 - int(own['latch']['one'])}" in text
    for theta in LISTS["latch"]["theta"]:
        assert (f">= {theta}" in text) is (theta == own["latch"]["theta"])
    for n in LISTS["chain"]["n"]:
        assert (f"about n = {n}." in text) is (n == own["chain"]["n"])
    for a in LISTS["total"]["a"]:
        assert (f"What is {a} +" in text) is (a == own["total"]["a"])
    # neither which option is right nor what is computed travels
    gate = yaml.safe_load((copies[student] / "specs" / "hw" / "gate.yaml").read_text())
    assert set(gate) == {"question", "title", "points", "prompt", "answer", "asks"}


@pytest.mark.parametrize("student", STUDENTS)
def test_a_copy_takes_the_right_answers_of_its_student(copies, student, tmp_path):
    with cheap_seals():
        copy = load_assignment(copies[student] / "specs" / "hw")
        assert copy.students_copy
        report = grade(Submission(write(tmp_path / student, right_answers(student))), copy, run=RUN)
    status = {q.id: (q.status, q.points) for q in report.questions}
    assert status["latch"] == ("graded", 10)
    assert status["slope"] == ("graded", 3)
    assert report.variants_of == ""


def test_a_blank_shows_what_its_student_is_asked(folder, copies):
    assignment = load_assignment(folder / "specs" / "hw")
    for student in STUDENTS:
        blank = blank_answers(students_assignment(assignment, student))
        total = constants_of(student, "total")
        assert f"What is {total['a']} + {total['b']}?" in blank
        assert f"#   All parts are about n = {constants_of(student, 'chain')['n']}." in blank
        assert "variants" not in blank
        assert (copies[student] / "submission" / "answers.yaml").read_text().count("#   What is") == 1
    with pytest.raises(SpecError, match="latch has variants: say whose blank is wanted with --student ID"):
        blank_answers(assignment)


def test_the_same_student_gets_the_same_bytes_and_nobody_none(folder, copies):
    assignment = load_assignment(folder / "specs" / "hw")
    with cheap_seals():
        files = students_copy(assignment, " ALICE").files
    assert files == {path.name: path.read_text() for path in (copies["alice"] / "specs" / "hw").iterdir()}
    with pytest.raises(SpecError, match="latch has variants, so it matters whose they are"):
        students_copy(assignment)


# ------------------------------------------------------------- commands
@pytest.fixture
def course(tmp_path, monkeypatch):
    """A small course as the present folder, with its students."""
    write_course(tmp_path, ["total", "chain"])
    (tmp_path / "roster.csv").write_text(ROSTER)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def total_of(student):
    return sum(map(int, constants_of(student, "total").values()))


def test_each_student_of_a_roster_gets_a_folder(course, run):
    done = run("export", "student", "hw", "-o", "copies", "--students", "roster.csv")
    assert (done.code, done.out) == (
        0,
        "copies has a folder for each of 2 students; they run: grader check submission\n",
    )
    assert sorted(path.name for path in (course / "copies").iterdir()) == ["ada@x.edu", "bob@x.edu"]
    for name in ("ada@x.edu", "bob@x.edu"):
        assert f"n = {constants_of(name, 'chain')['n']}." in texts(course / "copies" / name)
    again = run("export", "student", "hw", "-o", "copies", "--students", "roster.csv")
    assert (again.code, again.err) == (2, "grader: copies is not empty: nothing was written\n")
    run("export", "student", "hw", "-o", "one", "--students", "roster.csv", "--student", "Bob Ross")
    assert texts(course / "one") == texts(course / "copies" / "bob@x.edu")


REFUSED = {
    "export student hw -o c": "total has variants, so it matters whose they are: name the student (--student ID)",
    "export student hw -o c --students roster.csv --student Carl": "'Carl' is nobody in roster.csv",
    "export student hw -o c --student ''": "no student is named",
    "export autolab hw": "total has variants, and what is written for autolab does not know whose submission it grades",
    "new submission s --spec hw": "total has variants: say whose are wanted with --student ID",
    "new submission s --spec hw --student Carl --roster roster.csv": "'Carl' is nobody in roster.csv",
}


@pytest.mark.parametrize("line", REFUSED)
def test_whose_variants_are_meant_has_to_be_said(course, run, line):
    done = run(*("" if word == "''" else word for word in line.split()))
    assert done.code == 2
    assert REFUSED[line] in done.err
    assert not (course / "c").exists()
    assert not (course / "s").exists()


def test_a_blank_and_a_check_take_the_student_who_is_named(course, run):
    done = run("new", "submission", "mine", "--spec", "hw", "--student", "1002", "--roster", "roster.csv")
    assert "then: grader check mine --spec hw --student 1002 --roster roster.csv" in done.out
    own = constants_of("bob@x.edu", "total")
    assert f"What is {own['a']} + {own['b']}?" in (course / "mine" / "answers.yaml").read_text()
    write(course / "mine", {"answers.yaml": f"assignment: hw\ntotal: {total_of('bob@x.edu')}\n"})
    done = run("check", "mine", "--student", "1002", "--roster", "roster.csv", "-q", "total")
    assert done.code == 0
    assert f"the variants of bob@x.edu: total has a = {own['a']}, b = {own['b']}" in done.out
    assert done.err == ""


def test_a_check_takes_the_name_of_the_folder_and_what_its_surroundings_say(course, run, monkeypatch):
    write(course / "class" / "s7", {"answers.yaml": f"total: {total_of('s7')}\n"})
    assert run("check", "class/s7", "-q", "total").code == 0
    other = next(name for name in map(str, range(50)) if total_of(name) != total_of("s7"))
    monkeypatch.setenv("GRADER_STUDENT", other)
    done = run("check", "class/s7", "-q", "total", "--format", "json")
    assert (done.code, json.loads(done.out)["variants_of"]) == (1, other)
    assert "right_for" not in done.out
    monkeypatch.delenv("GRADER_STUDENT")
    (course / "metadata.json").write_text(json.dumps({"users": [{"email": "Ada@x.edu", "name": "Ada"}]}))
    done = run("check", "class/s7", "-q", "total", "--format", "json", "--metadata", "metadata.json")
    assert json.loads(done.out)["questions"][0]["variant"] == constants_of("ada@x.edu", "total")


def test_a_question_is_shown_as_its_student_sees_it(course, run):
    own = constants_of("s7", "total")
    done = run("spec", "show", "total", "--spec", "hw", "--student", "s7")
    assert f"What is {own['a']} + {own['b']}?" in done.out
    done = run("spec", "show", "total", "--spec", "hw")
    assert "What is 1 + 10?" in done.out
    assert "each student has an own variant; this is the first" in done.err


def test_verify_takes_the_student_of_the_report(course, run):
    write(course / "class" / "s7", {"answers.yaml": f"total: {total_of('s7')}\nchain.2: 9\n"})
    run("check", "class/s7", "--format", "json", "--output", "r.json")
    done = run("verify", "r.json", "class/s7")
    assert "5 of 5 points hold" in done.out
    assert "the variants are those of s7, as the report says" in done.err
    report = json.loads((course / "r.json").read_text())
    other = next(name for name in map(str, range(50)) if total_of(name) != total_of("s7"))
    (course / "r.json").write_text(json.dumps({**report, "variants_of": other}))
    assert run("verify", "r.json", "class/s7").code == 1


def test_pytest_takes_the_student_who_is_named(course):
    write(course / "s7", {"answers.yaml": "total: 1\n"})
    from grader.api import load

    assert RunOptions(load("hw").of_student("s7"), None).assignment.variants["total"] == constants_of("s7", "total")


# ------------------------------------------------------------- readers
def test_readers_see_what_each_student_was_asked(tmp_path, monkeypatch, run):
    monkeypatch.chdir(write_course(tmp_path, ["essay"]))
    students = [f"s{number}" for number in range(6)]
    for name in students:
        write(tmp_path / "class" / name, {"answers.yaml": "essay: It stays as it is.\n"})
    assert run("grade", "class", "--out", "results", "--jobs", "1", "--no-pages").code == 0
    review = open_review(tmp_path / "results")
    answers = {answer.submission: answer.answer for answer in review.answers("essay")}
    asked = {name: f"Say what happens for h_0 = {constants_of(name, 'essay')['h0']}." for name in students}
    assert {name: answer.asked for name, answer in answers.items()} == asked
    assert len({answer.fingerprint for answer in answers.values()}) == len(set(asked.values())) == 2
    assert "Say what happens for h_0 = ${h0}." in review.question("essay").prompt


@pytest.mark.parametrize("group", [grouped, identical])
def test_answers_to_different_questions_are_never_one_group(group):
    found = group(["same", "same", "same", None], ["0", "1", "0", "0"])
    assert sorted(one.members for one in found.groups) == [(0, 2), (1,), (3,)]
    assert sorted(one.members for one in group(["same", "same"]).groups) == [(0, 1)]
