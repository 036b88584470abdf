"""`grader new course`: what it writes works as it is, and never takes the place of anything."""

import json
import os
import re
import shlex
import shutil
from functools import cache
from itertools import pairwise
from pathlib import PurePosixPath
from types import MappingProxyType

import click
import pytest
import yaml
from jsonschema import Draft7Validator

from grader import new_files
from grader.answers.submission import Submission
from grader.authoring.new_course import NewCourse, course_files_of, write_course
from grader.authoring.new_question import find_assignment_folder, write_question
from grader.authoring.templates import DEFAULT_TITLES, SAMPLE_KINDS
from grader.cli import cli
from grader.errors import SpecError
from grader.grading import grade
from grader.help_pages.commands import command_at
from grader.kinds.copy_texts import check_copy
from grader.kinds.table import KINDS, load_assignment
from grader.selfcheck import check_question

from ..conftest import RUN
from ..spec.core_schema import as_an_editor_reads

POSIX = pytest.mark.skipif(os.name != "posix", reason="links and permissions as POSIX has them")
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


@cache
def files_of_course():
    """The text of each file that a course begins with, by its path: made once, and by the worker alone that runs these tests."""
    return MappingProxyType(course_files_of(NewCourse("A course")))


def files_in(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def with_all_kinds(begun, tmp_path_factory):
    """The course with one more question of each kind."""
    course = shutil.copytree(begun, tmp_path_factory.mktemp("all") / "course")
    for kind in DEFAULT_TITLES:
        write_question(kind, find_assignment_folder(str(course / "specs" / "hw1"), course))
    return course


def test_a_question_can_be_begun_of_every_kind_that_is_written_by_hand():
    assert set(DEFAULT_TITLES) == {*KINDS, "parts"} - {"waits"}
    assert set(SAMPLE_KINDS) == set(DEFAULT_TITLES) - {"either", "parts"}


@pytest.mark.long
def test_everything_that_is_written_passes_its_own_tests_without_a_remark(with_all_kinds):
    """The questions that a course begins with are made of the same files as those of their kinds that come later."""
    questions = load_assignment(with_all_kinds / "specs" / "hw1").questions[len(SAMPLE_KINDS) :]
    findings = [finding for question in questions for finding in check_question(question, RUN)]
    assert [finding.text for finding in findings if finding.level != "ok"] == []
    assert {finding.question for finding in findings} == {question.id for question in questions}
    assert len(questions) == len(DEFAULT_TITLES) + 1  # `parts` are two


@pytest.mark.parametrize(("number", "kind"), list(enumerate(SAMPLE_KINDS, 1)))
def test_a_course_begins_with_the_questions_that_can_be_added(with_all_kinds, number, kind):
    specs = with_all_kinds / "specs" / "hw1"
    added = (specs / f"q{number + len(SAMPLE_KINDS)}.yaml").read_text(encoding="utf-8")
    begun = (specs / f"q{number}.yaml").read_text(encoding="utf-8")
    assert re.sub(r"\bq\d+|_q\d+", "q", added) == re.sub(r"\bq\d+|_q\d+", "q", begun)
    assert list(DEFAULT_TITLES)[number - 1] == kind


@pytest.mark.slow
def test_a_students_copy_can_be_made_of_all_of_it_without_a_remark(with_all_kinds):
    """Formulas are sealed, and right answers tried against the seal: that is meant to take long."""
    assert [f.text for f in check_copy(load_assignment(with_all_kinds / "specs" / "hw1")) if f.level != "ok"] == []


@pytest.mark.slow
def test_wrong_answers_to_all_of_it_lose_points(run, with_all_kinds, monkeypatch):
    """Every question that a TA begins with is as strong as it can be: no mutant earns everything."""
    monkeypatch.chdir(with_all_kinds)
    done = run("spec", "strength", "hw1", "--at-least", "100%", "--jobs", "1")
    assert (done.code, "Every question reaches 100 %" in " ".join(done.out.split())) == (0, True)


def test_the_example_that_is_right_earns_everything_and_the_other_does_not(begun):
    assignment = load_assignment(begun / "specs" / "hw1")
    right, mistaken = (
        grade(Submission(begun / "submissions_example" / name), assignment, run=RUN) for name in ("right", "mistaken")
    )
    assert right.points + right.pending_points == right.max_points == 60
    assert [question.status for question in right.questions] == ["graded"] * 5 + ["pending"]
    assert [int(question.points) for question in mistaken.questions] == [6, 4, 5, 0, 0, 0]
    assert [question.status for question in mistaken.questions] == ["graded"] * 5 + ["missing"]


def test_every_key_of_a_question_stands_in_a_line_of_comment(with_all_kinds):
    """A TA learns from the file itself: each of its own keys has words behind it."""
    for file in sorted((with_all_kinds / "specs" / "hw1").glob("*.yaml")):
        lines = file.read_text(encoding="utf-8").splitlines()
        assert lines[1].startswith("# "), file.name
        keys = [
            (line.partition(":")[0], line + below) for line, below in pairwise([*lines, ""]) if re.match("[a-z]", line)
        ]
        assert {key for key, words in keys if "  # " not in words} == set(), file.name


def test_editors_are_told_of_a_schema_that_is_there_and_that_each_file_meets(with_all_kinds):
    """The schemas are read as an editor does, and the files as YAML 1.2."""
    validators = {}
    for file in sorted((with_all_kinds / "specs" / "hw1").glob("*.yaml")):
        named = file.read_text(encoding="utf-8").splitlines()[0].removeprefix("# yaml-language-server: $schema=")
        schema = (file.parent / named).resolve()
        assert schema.name == ("assignment.json" if file.name == "assignment.yaml" else "question.json")
        if schema not in validators:
            validators[schema] = Draft7Validator(json.loads(schema.read_text(encoding="utf-8")))
        document = as_an_editor_reads(file.read_text(encoding="utf-8"))
        assert [error.message for error in validators[schema].iter_errors(document)] == [], file.name
    ((schema, files),) = json.loads(files_of_course()[".vscode/settings.json"])["yaml.schemas"].items()
    assert schema in files_of_course()
    assert all(PurePosixPath(name).match(files) for name in files_of_course() if name.startswith("specs/"))


def test_nothing_of_a_template_is_left_to_fill_in():
    assert {name for name, text in files_of_course().items() if re.search(r"@[a-z]+@", text)} == set()
    for name, text in files_of_course().items():
        if name.endswith(".py"):
            compile(text, name, "exec")
        elif name.endswith((".yaml", ".yml")):
            yaml.safe_load(text)
        elif name.endswith(".json"):
            json.loads(text)
        assert text.endswith("\n")
        assert max(map(len, text.splitlines())) <= 120 or name.startswith(".schema/")


def test_the_course_says_in_few_lines_where_everything_is():
    lines = files_of_course()["README.md"].splitlines()
    assert len(lines) <= 25
    named = re.findall(r"^\| `([\w./]+)`", files_of_course()["README.md"], re.MULTILINE)
    assert {name for name in named if not any(file.startswith(name) for file in files_of_course())} == set()
    assert "/submissions/\n" in files_of_course()[".gitignore"]


def test_the_course_shows_commands_that_there_are():
    """With their options; the last word of each is what it is about."""
    (shown,) = re.findall(r"```sh\n(.*?)```", files_of_course()["README.md"], re.DOTALL)
    for line in shown.splitlines():
        program, *words = shlex.split(line, comments=True)
        path = next(tuple(words[:length]) for length in (2, 1) if command_at(cli, tuple(words[:length])))
        command = command_at(cli, path)
        assert program == "grader"
        command.make_parser(click.Context(command, **cli.context_settings)).parse_args(words[len(path) :])


def test_the_workflow_reads_only_and_installs_this_release():
    data = yaml.safe_load(files_of_course()[".github/workflows/specs.yml"])
    assert data["permissions"] == {"contents": "read"}
    steps = data["jobs"]["specs"]["steps"]
    assert [step["uses"] for step in steps if "uses" in step] == ["actions/checkout@v4", "actions/setup-python@v5"]
    assert not [step for step in steps if "${{" in step.get("run", "")]


def test_the_command_writes_all_of_it_and_says_how_to_go_on(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run("new", "course", "my course")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        f"my course is a course now ({len(files_of_course())} files, explained in its README.md); "
        "then: cd 'my course' && grader spec check && grader check submissions_example/right\n"
    )
    assert files_in(tmp_path / "my course") == sorted(files_of_course())
    assert (tmp_path / "my course" / "README.md").read_text(encoding="utf-8").startswith("# my course\n")


def test_options_give_the_names(run, tmp_path):
    folder = tmp_path / "nn"
    title = 'Größe: "x" # <b> \\ {}'
    done = run(
        "new", "course", folder, "--title", title, "--assignment", "week-1", "--assignment-title", title
    )  # fmt: skip
    assert done.code == 0
    assert (folder / "README.md").read_text(encoding="utf-8").startswith(f"# {title}\n")
    assignment = load_assignment(folder / "specs" / "week-1")
    assert (assignment.id, assignment.title) == ("week-1", title)
    assert (folder / "reference" / "week_1_q1.py").is_file()


@pytest.mark.parametrize(
    "name",
    [
        "Ünïcode mit Leerzeichen",
        pytest.param("quo'te\"s", marks=POSIX),
        "-dash",
        pytest.param("a#b: c", marks=POSIX),
        "100%",
        "{curly} [x]",
    ],
)
def test_a_folder_may_be_called_anything(run, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    assert run("new", "course", "--", name).code == 0
    assert files_in(tmp_path / name) == sorted(files_of_course())
    assert load_assignment(tmp_path / name / "specs" / "hw1").points == 60


@pytest.mark.parametrize("existing", [{}, {".git/HEAD": "ref", "LICENSE": "MIT", "docs/notes.md": "mine"}])
def test_a_folder_that_is_there_is_filled_and_keeps_what_it_has(tmp_path, existing):
    for name, text in existing.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    write_course(tmp_path, NewCourse("A course"))
    assert files_in(tmp_path) == sorted([*files_of_course(), *existing])
    assert all((tmp_path / name).read_text() == text for name, text in existing.items())


def test_a_course_in_a_course_is_told_how_to_be_named(run, course):
    done = run("new", "course", "inner")
    assert done.code == 0
    assert (
        done.err == f"grader: inner lies in another course, {course}: where both could be meant, say --course inner\n"
    )


def test_the_present_folder_needs_no_change_of_folder(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "; then: grader spec check && " in run("new", "course", ".").out


@pytest.mark.parametrize(
    ("there", "said"),
    [
        (["README.md"], "README.md is already in "),
        (["README.md", ".gitignore"], "README.md and .gitignore are already in "),
        (["specs"], ".yaml"),  # a file where a folder should be
        (["tests/test_by_hand.py"], "tests/test_by_hand.py is already in "),
    ],
)
def test_nothing_is_written_over(run, tmp_path, there, said):
    for name in there:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("mine")
    done = run("new", "course", tmp_path)
    assert (done.code, done.out) == (2, "")
    assert said in done.err.replace(" and README.md", "")
    assert done.err.endswith(": nothing was written\n")
    assert files_in(tmp_path) == sorted(there)
    assert {(tmp_path / name).read_text() for name in there} == {"mine"}


def test_a_second_course_in_one_folder_is_refused(run, begun):
    before = {name: (begun / name).read_bytes() for name in files_in(begun)}
    done = run("new", "course", begun)
    assert done.code == 2
    assert re.search(r"and \d+ more are already in ", done.err)
    assert {name: (begun / name).read_bytes() for name in files_in(begun)} == before


@POSIX
@pytest.mark.parametrize("link", ["specs", ".github", "README.md", ""])
def test_no_link_is_written_through(tmp_path, link):
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = tmp_path / "course"
    if link:
        folder.mkdir()
    target = tmp_path / "nowhere" if link in ("README.md", "") else outside
    (folder / link).symlink_to(target)
    with pytest.raises(SpecError, match="nothing was written"):
        write_course(folder, NewCourse())
    assert not list(outside.iterdir())
    assert not (tmp_path / "nowhere").exists()


def test_a_file_is_no_folder(run, tmp_path):
    (tmp_path / "course").write_text("mine")
    for name in ("course", "course/deeper"):
        done = run("new", "course", tmp_path / name)
        assert done.code == 2
        assert "nothing was written" in done.err
    assert (tmp_path / "course").read_text() == "mine"


@pytest.mark.parametrize("name", ["", " ", "a\0b", "x" * 300, "aux", "NUL", "Com1.course", "lpt³"])
def test_a_folder_that_cannot_be_made_everywhere_is_refused(run, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    done = run("new", "course", name)
    assert (done.code, done.out) == (2, "")
    assert done.err
    assert not list(tmp_path.iterdir())


@POSIX
@pytest.mark.skipif(IS_ROOT, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written_to(run, tmp_path):
    tmp_path.chmod(0o500)
    done = run("new", "course", tmp_path)
    tmp_path.chmod(0o700)
    assert done.code == 2
    assert "cannot be written: Permission denied; nothing was written" in done.err


@pytest.mark.parametrize("stop", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("after", [0, 1, 9])
def test_what_stops_it_leaves_nothing_behind(tmp_path, monkeypatch, stop, after):
    """Neither files nor folders, also where the folder and others in it were there before."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "mine.txt").write_text("mine")
    written = []

    def stops(path, data, write=new_files.write_new_file):
        if len(written) == after:
            raise stop
        write(path, data)
        written.append(path)

    monkeypatch.setattr(new_files, "write_new_file", stops)
    with pytest.raises((SpecError, KeyboardInterrupt)) as error:
        write_course(tmp_path, NewCourse())
    assert isinstance(stop, KeyboardInterrupt) or "No space left on device; nothing was written" in str(error.value)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["mine.txt", "specs"]


def test_a_file_of_somebody_who_was_faster_stays(tmp_path, monkeypatch):
    def theirs(path, data, write=new_files.write_new_file):
        path.write_text("theirs")
        write(path, data)

    monkeypatch.setattr(new_files, "write_new_file", theirs)
    with pytest.raises(SpecError, match="File exists; nothing was written"):
        write_course(tmp_path, NewCourse())
    assert [path.read_text() for path in tmp_path.rglob("*") if path.is_file()] == ["theirs"]
