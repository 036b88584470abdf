"""`grader grades`: from a class that was graded to the files of platforms, on the command line."""

import csv
import json
import zipfile

import pytest

from grader.classroom.platforms.table import PLATFORM_FORMATS, platform_format
from grader.classroom.recorded_rows import class_rows
from grader.cli_results import GRADES_OPTIONS, grades

from ..answers.helpers import Q5, Q6, write

ROSTER = "id,name,email,section\n1001,Ada Lovelace,ada@example.org,Lab 1\n1002,Robert Boyle,rob@example.org,Lab 2\n1003,Cy Young,cy@example.org,\n"
GRADEBOOK = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Homework 3 (55)\r\n    Points Possible,,,,,140\r\n"
    '"Boyle, Robert",2,1002,rob,Lab 2,{rob}\r\n"Lovelace, Ada",1,1001,ada,Lab 1,{ada}\r\n"Young, Cy",3,1003,cy,,{cy}\r\n'
)


@pytest.fixture(scope="module")
def graded(shared_course, tmp_path_factory):
    """The results of a class of two with full and half marks, and one who handed in nothing."""
    from click.testing import CliRunner

    from grader.cli import cli

    base = tmp_path_factory.mktemp("class")
    write(base / "class" / "1001", {"answers.yaml": Q5 + Q6})
    write(base / "class" / "1002", {"answers.yaml": Q5})
    write(base / "class", {"roster.csv": ROSTER})
    arguments = ["grade", base / "class", "--course", shared_course, "--spec", "assignment3", "--out", base / "results"]
    assert CliRunner().invoke(cli, list(map(str, arguments)), standalone_mode=False).return_value == 0
    return base / "results"


def test_canvas_from_the_command(graded, run, tmp_path):
    exported = write(tmp_path, {"exported.csv": GRADEBOOK.format(rob="", ada="", cy="")}) / "exported.csv"
    arguments = ["grades", graded, "--format", "canvas", "--from", exported, "--output", tmp_path / "filled.csv"]
    result = run(*arguments, "--column", "Homework 3")
    assert (result.code, result.out) == (0, f"{tmp_path / 'filled.csv'} is ready\n")
    assert (tmp_path / "filled.csv").read_bytes() == GRADEBOOK.format(rob="70", ada="140", cy="").encode()
    assert exported.read_bytes() == GRADEBOOK.format(rob="", ada="", cy="").encode()
    assert "grader: 2 marks in 'Homework 3 (55)'" in result.err
    assert "grader: no mark to fill in (missing): Cy Young" in result.err


def test_csv_and_gradescope_from_the_command(graded, run, tmp_path):
    for format in ("csv", "gradescope"):
        assert run("grades", graded, "--format", format, "-o", tmp_path / f"{format}.csv").code == 0
    with (tmp_path / "csv.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = {line["id"]: line for line in csv.DictReader(file)}
    assert [lines[key]["total"] for key in ("1001", "1002", "1003")] == ["140", "70", "missing"]
    assert (lines["1002"]["q5"], lines["1002"]["q6"]) == ("70", "missing")
    with (tmp_path / "gradescope.csv").open(newline="") as file:
        scores = {line["Email"]: line["Total Score"] for line in csv.DictReader(file)}
    assert scores == {"ada@example.org": "140", "rob@example.org": "70", "cy@example.org": ""}


def test_feedback_from_the_command(graded, run, tmp_path):
    result = run("grades", graded, "--format", "feedback", "-o", tmp_path / "feedback.zip", "--markup", "markdown")
    assert result.code == 0
    with zipfile.ZipFile(tmp_path / "feedback.zip") as archive:
        assert sorted(archive.namelist()) == ["1001.md", "1002.md"]
        assert "140 / 140" in archive.read("1001.md").decode()


def test_a_report_that_is_gone_is_held_alone(graded, run, tmp_path):
    import shutil

    shutil.copytree(graded, tmp_path / "results")
    (tmp_path / "results" / "reports" / "1002.json").unlink()
    exported = write(tmp_path, {"exported.csv": GRADEBOOK.format(rob="0", ada="", cy="")}) / "exported.csv"
    arguments = ["--format", "canvas", "--from", exported, "-o", tmp_path / "filled.csv", "--column", "55"]
    result = run("grades", tmp_path / "results", *arguments)
    assert result.code == 3
    assert (tmp_path / "filled.csv").read_bytes() == GRADEBOOK.format(rob="", ada="140", cy="").encode()
    assert "held, because the grader failed: reports/1002.json cannot be read: No such file or directory" in result.err


USES = {
    "no file to fill": (
        ["--format", "canvas"],
        "--format canvas fills a file: name the gradebook that Canvas exported",
    ),
    "no worksheet": (["--format", "moodle"], "name the grading worksheet that Moodle downloads"),
    "another assignment": (
        ["--format", "csv", "--assignment", "assignment4"],
        "the results have assignment3 (did you mean",
    ),
}


@pytest.mark.parametrize("use", USES)
def test_wrong_uses_are_said(graded, run, tmp_path, use):
    options, message = USES[use]
    result = run("grades", graded, *options, "-o", tmp_path / "out")
    assert result.code == 2
    assert message in result.err
    assert not (tmp_path / "out").exists()


def test_the_exported_file_is_never_overwritten(graded, run, tmp_path):
    exported = write(tmp_path, {"exported.csv": GRADEBOOK.format(rob="", ada="", cy="")}) / "exported.csv"
    result = run("grades", graded, "--format", "canvas", "--from", exported, "-o", exported, "--column", "55")
    assert result.code == 2
    assert "--output is the file of --from" in result.err


def test_a_folder_without_results_is_said(run, tmp_path):
    result = run("grades", tmp_path, "--format", "csv", "-o", tmp_path / "out")
    assert result.code == 2
    assert "grades.csv: cannot be read: No such file or directory: name the folder of results" in result.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "",
            "grades.csv:1:1: is not as `grader grade` wrote it: wanted is a first row with submission, total, max, status",
        ),
        ("a,b\n1,2\n", "grades.csv:1:1: is not as"),
        ("submission,q5,total,max,status\nx,1,two,3,graded\n", "grades.csv:2:1: is not as"),
        ("submission,q5,total,max,status\nx,1\n", "grades.csv:2:1: is not as"),
    ],
)
def test_another_table_is_said_with_its_line(run, tmp_path, text, message):
    write(tmp_path, {"grades.csv": text})
    result = run("grades", tmp_path, "--format", "csv", "-o", tmp_path / "out")
    assert result.code == 2
    assert message in result.err


def test_rows_know_their_people_and_marks(graded):
    rows = {row.person.best_id: row for row in class_rows(graded).rows}
    assert rows["1001"].submission == "1001"
    assert rows["1002"].graded.total == 70
    assert rows["1003"].submission == ""
    assert rows["1001"].person.id_of("email") == "ada@example.org"
    assert {row.graded.assignment for row in rows.values()} == {"assignment3", ""}


def test_a_question_may_be_called_like_a_column(tmp_path):
    lines = ["submission,name,id,total,max,status,evidence,id,name,email,section,report", "x,1,2,3,9,graded,,7,Ada,,,"]
    write(tmp_path, {"grades.csv": "\n".join(lines) + "\n"})
    (row,) = class_rows(tmp_path).rows
    assert (row.graded.marks, row.graded.total, row.person.name) == ({"name": 1, "id": 2}, 3, "Ada")


NAMES_OF_COLUMNS = [
    "report",
    "total",
    "max",
    "status",
    "evidence",
    "late points",
    "decisions",
    "submission",
    "=x",
    "'y",
]


def test_questions_called_like_columns_or_formulas_are_read_back_with_their_reports(run, tmp_path):
    specs = tmp_path / "course" / "specs" / "hw"
    line = "question: {0}\ntitle: T\npoints: 2\nanswer: number\nvalue: 1\n"
    files = {f"{name}.yaml": line.format(json.dumps(name)) for name in NAMES_OF_COLUMNS}
    files["assignment.yaml"] = f"assignment: hw\ntitle: H\nquestions: {json.dumps(NAMES_OF_COLUMNS)}\n"
    write(specs, files)
    answers = "".join(f"{json.dumps(name)}: {i % 2}\n" for i, name in enumerate(NAMES_OF_COLUMNS))
    write(tmp_path / "class" / "ada", {"answers.yaml": answers})
    course = ["--course", tmp_path / "course", "--out", tmp_path / "results"]
    assert run("grade", tmp_path / "class", *course).code == 0
    (row,) = class_rows(tmp_path / "results").rows
    assert row.graded.assignment == "hw"
    assert row.graded.marks == {name: 2 * (i % 2) for i, name in enumerate(NAMES_OF_COLUMNS)}
    assert json.loads(row.graded.report)["submission"] == row.submission == "ada"
    statistics = json.loads(run("class", tmp_path / "results", "--json").out)
    (counted,) = statistics["assignments"]
    assert [question["id"] for question in counted["questions"]] == NAMES_OF_COLUMNS


def test_the_table_is_what_the_command_offers():
    (option,) = (option for option in grades.params if option.name == "format_name")
    assert tuple(option.type.choices) == tuple(PLATFORM_FORMATS)
    for name in PLATFORM_FORMATS:
        assert callable(platform_format(name).write)


@pytest.mark.parametrize("name", ["grades.csv", "gradebook.sqlite", "reports/1001.json", "reports/../grades.csv"])
def test_what_the_marks_are_read_from_is_never_overwritten(graded, run, tmp_path, name):
    before = {path: path.read_bytes() for path in graded.rglob("*") if path.is_file()}
    result = run("grades", graded, "--format", "csv", "-o", graded / name)
    assert result.code == 2
    assert "is what the marks are read from, which stays as it is: name another" in result.err
    assert {path: path.read_bytes() for path in graded.rglob("*") if path.is_file()} == before


def test_a_file_beside_the_marks_is_written(graded, run):
    assert run("grades", graded, "--format", "csv", "-o", graded / "marks.csv").code == 0
    (graded / "marks.csv").unlink()


def test_what_names_no_assignment_is_held_in_no_question(graded, run, tmp_path):
    import shutil

    shutil.copytree(graded, tmp_path / "results")
    lost = {"schema": 1, "assignment": "", "submission": "lost", "messages": ["names no assignment"], "questions": []}
    lost |= {"points": 0, "max_points": 0, "pending_points": 0}
    (tmp_path / "results" / "reports" / "lost.json").write_text(json.dumps(lost))
    with (tmp_path / "results" / "grades.csv").open("a") as file:
        file.write("lost,,,0,0,rejected,,,lost,,,reports/lost.json\n")
    assert run("grades", tmp_path / "results", "--format", "csv", "-o", tmp_path / "marks.csv").code == 0
    with (tmp_path / "marks.csv").open(encoding="utf-8-sig", newline="") as file:
        (line,) = [line for line in csv.DictReader(file) if line["submission"] == "lost"]
    assert (line["q5"], line["q6"], line["total"]) == ("", "", "rejected")


def test_nobody_is_not_the_one_without_an_id(graded, run):
    result = run("report", graded, " ")
    assert (result.code, result.err) == (
        2,
        "grader: no student is named: write a submission, a name, an id or an e-mail\n",
    )


@pytest.mark.parametrize(
    ("format", "option", "others"),
    [
        ("csv", ("--column", "Homework 3"), "canvas and moodle"),
        ("csv", ("--scale",), "canvas and moodle"),
        ("gradescope", ("--markup", "html"), "feedback"),
        ("canvas", ("--show-expected",), "feedback"),
        ("feedback", ("--decimal-comma",), "canvas, moodle, gradescope and csv"),
        ("gradescope", ("--from", "."), "canvas, moodle and feedback"),
    ],
)
def test_an_option_that_a_format_would_pass_over_is_refused(graded, run, tmp_path, format, option, others):
    result = run("grades", graded, "--format", format, "-o", tmp_path / "out", *option)
    assert result.code == 2
    assert f"--format {format} does not take {option[0]}: it is of {others}" in result.err
    assert not (tmp_path / "out").exists()


def test_every_option_of_the_formats_is_one_of_the_command():
    flags = {parameter.name for parameter in grades.params}
    taken = frozenset().union(*(platform_format(name).options for name in PLATFORM_FORMATS))
    assert taken == frozenset(GRADES_OPTIONS) <= flags
