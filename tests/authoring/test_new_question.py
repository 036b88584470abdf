"""`grader new question`: one more question that works, in the folder that is meant, under a name that is free."""

import os
import re

import pytest
import yaml

from grader.authoring.new_question import find_assignment_folder, free_name, write_question
from grader.authoring.templates import DEFAULT_TITLES
from grader.errors import SpecError
from grader.kinds.table import load_assignment

POSIX = pytest.mark.skipif(os.name != "posix", reason="names that Windows has not")
WITH_REFERENCE = {"weights", "function"}


def names(course, assignment="hw1"):
    return yaml.safe_load((course / "specs" / assignment / "assignment.yaml").read_text())["questions"]


def snapshot(course):
    return {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}


@pytest.mark.parametrize("kind", DEFAULT_TITLES)
def test_each_kind_is_written_listed_and_loaded(run, course, kind):
    before = (course / "specs" / "hw1" / "assignment.yaml").read_bytes()
    done = run("new", "question", kind, "--in", "specs/hw1")
    files = "specs/hw1/q7.yaml" + (" and reference/hw1_q7.py are" if kind in WITH_REFERENCE else " is")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"{files} there now, and assignment.yaml lists it; then: grader spec check specs/hw1/q7.yaml\n"
    assert (course / "specs" / "hw1" / "assignment.yaml").read_bytes() == before + b"  - q7\n"
    last = load_assignment(course / "specs" / "hw1").questions[-1]
    assert (last.id, last.kind.name) == (("q7.2", "number") if kind == "parts" else ("q7", kind))


def test_the_name_and_the_title_are_given_by_options(run, course):
    title = "Größe: \"x\" # 'y'"
    assert run("new", "question", "number", "--in", "hw1", "--id", "largest_weight", "--title", title).code == 0
    assert run("new", "question", "choice", "kinds").code == 0
    assert run("new", "question", "choice", "again", "--id", "again").code == 0
    assert names(course)[-3:] == ["largest_weight", "kinds", "again"]
    assert load_assignment(course / "specs" / "hw1" / "largest_weight.yaml").title == title
    assert run("new", "question", "choice", "one", "--id", "other").code == 2


@pytest.mark.parametrize(
    "folder", [None, "hw1", "specs/hw1", "specs/hw1/", "./specs/../specs/hw1", "{course}/specs/hw1"]
)
def test_the_folder_is_a_path_a_name_or_the_only_one(run, course, folder):
    named = [] if folder is None else ["--in", folder.format(course=course)]
    assert run("new", "question", "written", *named).code == 0
    assert names(course)[-1] == "q7"


@pytest.mark.parametrize(
    ("here", "named"), [("specs/hw1", None), ("specs/hw1", "."), ("reference", None), ("specs", "hw1")]
)
def test_it_may_be_started_anywhere_in_the_course(run, course, monkeypatch, here, named):
    monkeypatch.chdir(course / here)
    done = run("new", "question", "written", *(["--in", named] if named else []))
    assert done.code == 0
    assert names(course)[-1] == "q7"
    assert re.search(r"then: grader spec check (q7\.yaml|/.*/specs/hw1/q7\.yaml|hw1/q7\.yaml)\n$", done.out)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["weigths"], "'weigths' is no kind of question (did you mean 'weights'?): there are weights, function, "),
        (["Weights"], "did you mean 'weights'?"),
        (["waits"], "is no kind of question"),
        ([""], "'' is no kind of question"),
        (["number", "--in", "specs/hw"], "no folder 'specs/hw' (did you mean 'specs/hw1'?) (specs/ holds hw1;"),
        (["number", "--in", "Hw1"], "did you mean 'hw1'?"),
        (["number", "--in", ""], "there is no folder ''"),
        (["number", "--in", "x" * 300], "there is no folder "),
        (["number", "--in", "specs"], "specs is no folder of questions; these lie in specs/NAME of a course: it has specs/hw1"),
        (["number", "--in", "."], "is no folder of questions"),
        (["number", "--in", "reference"], "reference is no folder of questions"),
        (["number", "--in", "specs/hw1/q1.yaml"], "is a file: name the folder that it is in, hw1"),
        (["number", "--in", "/"], "is no folder of questions"),
        (["number", "q3"], "hw1 has a question 'q3' already: 'q7' is free"),
        (["number", "--id", "Q3"], "hw1 has a question 'q3' already"),
        (["number", "--id", ""], "the question '' cannot be a file on every system"),
        (["number", "--id", "q3.1"], "(a dot names a part)"),
        (["number", "--id", "../q9"], "cannot be a file on every system"),
        (["number", "--id", "marks"], "is a name with a meaning of its own"),
        (["number", "--id", "aux"], "is a device on Windows"),
        (["number", "--title", "two\nlines"], "a title is one line"),
        (["number", "--title", " "], "a title is blank"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_said_and_nothing_is_written(run, course, arguments, said):
    before = snapshot(course)
    done = run("new", "question", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert snapshot(course) == before


def test_no_course_and_several_assignments_are_said(run, course, tmp_path, monkeypatch):
    (course / "specs" / "hw2").mkdir()
    assert run("new", "question", "choice", "--in", "specs/hw2").code == 0
    several = run("new", "question", "choice")
    assert (several.code, "Say --in specs/NAME (specs/ holds hw1 and hw2)" in several.err) == (2, True)
    monkeypatch.chdir(tmp_path)
    alone = run("new", "question", "choice")
    assert (alone.code, "there is no course here or above: grader new course DIR" in alone.err) == (2, True)


def test_an_empty_folder_becomes_an_assignment(run, course):
    folder = course / "specs" / "hw2"
    folder.mkdir()
    done = run("new", "question", "weights", "--in", "specs/hw2")
    assert done.out.startswith(
        "specs/hw2/q1.yaml, reference/hw2_q1.py and specs/hw2/assignment.yaml are there now; then: "
    )
    assignment = load_assignment(folder)
    assert (assignment.id, [question.id for question in assignment.questions]) == ("hw2", ["q1"])


def test_an_empty_folder_may_be_named_as_its_assignment_will_be(run, course):
    (course / "specs" / "hw2").mkdir()
    assert run("new", "question", "number", "--in", "hw2").code == 0
    assert names(course, "hw2") == ["q1"]


@pytest.mark.parametrize("name", ["no '#1'", "1 übung", "2024", pytest.param('qu"ote: x', marks=POSIX)])
def test_an_assignment_may_be_called_as_a_folder_can(course, name):
    (course / "specs" / name).mkdir()
    folder = find_assignment_folder(f"specs/{name}", course)
    write_question("weights", folder)
    write_question("function", find_assignment_folder(f"specs/{name}", course))
    assignment = load_assignment(course / "specs" / name)
    assert (assignment.id, assignment.title, len(assignment.questions)) == (name, name, 2)


def test_files_that_are_not_listed_keep_their_names_too(course, hw1):
    (course / "specs" / "hw1" / "Q12.yml").write_text("")
    assert free_name(hw1) == "q13"
    with pytest.raises(SpecError, match="'Q12' already"):
        write_question("number", hw1, "q12")


def test_a_module_of_the_course_is_not_written_over(course, hw1):
    (course / "reference" / "hw1_q7.py").write_text("mine")
    before = snapshot(course)
    with pytest.raises(SpecError, match=r"reference/hw1_q7\.py is already in .*: nothing was written"):
        write_question("function", hw1)
    assert snapshot(course) == before


def test_a_list_that_was_changed_meanwhile_stays_and_nothing_is_left(course, hw1):
    with (course / "specs" / "hw1" / "assignment.yaml").open("ab") as file:
        file.write(b"# changed\n")
    before = snapshot(course)
    with pytest.raises(SpecError, match="was changed just now"):
        write_question("weights", hw1)
    assert snapshot(course) == before


def test_points_of_the_assignment_are_added_up(run, course):
    file = course / "specs" / "hw1" / "assignment.yaml"
    text = file.read_text().replace("questions:", "points: 60\nquestions:")
    file.write_text(text)
    assert run("new", "question", "choice").code == 0
    assert file.read_text() == text.replace("60", "70") + "  - q7\n"
    assert load_assignment(course / "specs" / "hw1").points == 70


def test_a_students_copy_is_not_added_to(run, course):
    file = course / "specs" / "hw1" / "assignment.yaml"
    file.write_text("copy: student\n" + file.read_text())
    done = run("new", "question", "choice")
    assert (done.code, "assignment.yaml: is a student's copy" in done.err) == (2, True)


def test_a_course_without_schemas_gets_them(course, hw1):
    schemas = list((course / ".schema").iterdir())
    for schema in schemas:
        schema.unlink()
    (course / ".schema" / "question.json").write_text("{}")
    added = write_question("number", hw1)
    assert added.files == ("specs/hw1/q7.yaml", ".schema/")
    assert sorted((course / ".schema").iterdir()) == sorted(schemas)
    assert (course / ".schema" / "question.json").read_text() == "{}"
