"""Where a course is found: never in or below what is graded, whichever folder a command is started in."""

import os
import shutil
from pathlib import Path

import pytest

import grader
from grader.errors import GraderError, SpecError
from grader.spec.course import courses_above, find_spec, lies_inside, load_reference, refuse_inside

from ..answers.helpers import Q5, Q6, copy_course, write

EVIL = """\
question: evil
title: A question of the student's own
points: 100
answer: function
signature: f(x)
inputs: {x: integer}
checks: [{name: mine, points: 100, equals: reference.evil.f}]
"""
SOLUTION = "def f(x):\n    return x\n"
posix = pytest.mark.skipif(os.name != "posix", reason="links as POSIX has them")


def bring_course(folder, name="hw"):
    """Puts a course into a folder, whose reference leaves a trace when it is loaded; the path of the trace."""
    trace = folder / "was_run"
    write(folder / "specs" / name, {"assignment.yaml": f"assignment: {name}\nquestions: [evil]\n", "evil.yaml": EVIL})
    code = f"open({str(trace)!r}, 'w').close()\ndef f(x):\n    return x\n"
    write(folder / "reference", {"evil.py": code, "__init__.py": code, "gradients.py": code})
    return trace


@pytest.fixture
def semester(tmp_path):
    """A course with submissions: alice's is right, mallory's brings a course of her own."""
    copy_course(tmp_path / "course")
    write(tmp_path / "course" / "submissions" / "alice", {"answers.yaml": Q5 + Q6})
    write(tmp_path / "course" / "submissions" / "mallory", {"answers.yaml": "q5: {W1: 1}\n", "solution.py": SOLUTION})
    return tmp_path / "course"


@pytest.fixture
def mallory(semester):
    return semester / "submissions" / "mallory"


STARTS = {
    "inside": (".", "."),
    "inside, by name": (".", "../mallory"),
    "deeper": ("specs/hw", "../.."),
    "in its reference": ("reference", ".."),
    "beside": ("..", "mallory"),
    "beside, with a detour": ("..", "alice/../mallory"),
    "above": ("../..", "submissions/mallory"),
    "its answers alone": (".", "answers.yaml"),
}


@pytest.mark.parametrize(("start", "named"), STARTS.values(), ids=STARTS)
@pytest.mark.parametrize("spec", [None, "assignment3"])
def test_a_submission_that_brings_a_course_is_graded_by_the_real_one(run, mallory, monkeypatch, start, named, spec):
    trace = bring_course(mallory)
    monkeypatch.chdir(mallory / start)
    result = run("check", named, *(["--spec", spec] if spec else []), "--format", "json")
    assert '"assignment": "assignment3"' in result.out
    assert '"points": 0,' in result.out
    assert not trace.exists()


@pytest.mark.parametrize("spec", ["hw", "./specs/hw", "specs/hw", "specs/hw/evil.yaml"])
@pytest.mark.parametrize("within", [".", "specs", "specs/hw"])
def test_no_name_and_no_path_of_a_spec_leads_into_the_submission(run, mallory, monkeypatch, spec, within):
    trace = bring_course(mallory)
    shutil.copytree(mallory / "specs" / "hw", mallory / "hw")  # so that the bare name is a folder, too
    monkeypatch.chdir(mallory / within)
    result = run("check", os.path.relpath(mallory), "--spec", spec)
    assert (result.code, result.out) == (2, "")
    assert not trace.exists()


def test_the_path_of_a_spec_in_what_is_graded_is_refused_with_the_reason(run, mallory, monkeypatch, tmp_path):
    bring_course(mallory)
    monkeypatch.chdir(tmp_path)
    for command in (("check", mallory), ("grade", mallory.parent)):
        for named in (("--spec", mallory / "specs" / "hw"), ("--course", mallory)):
            result = run(*command, *named)
            assert (result.code, result.out) == (2, "")
            assert "lies in what is graded, and students may have put it there" in result.err
            assert "--course DIR" in result.err


def test_from_elsewhere_no_course_is_found_and_the_error_says_how_to_name_one(run, semester, monkeypatch, tmp_path):
    mallory = semester / "submissions" / "mallory"
    trace = bring_course(mallory)
    monkeypatch.chdir(write(tmp_path / "elsewhere", {}))
    result = run("check", mallory)
    assert (result.code, result.out) == (2, "")
    assert "a course is not looked for in what is graded: name it with --course DIR" in result.err
    assert run("check", mallory, "--course", semester, "--format", "json").code == 2  # q5 cannot be used
    assert run("check", semester / "submissions" / "alice", "--course", semester).code == 0
    assert run("check", semester / "submissions" / "alice", "--course", "../course", "--spec", "assignment3").code == 0
    assert not trace.exists()


def test_a_folder_that_is_no_course_cannot_be_named_as_one(run, semester, tmp_path):
    result = run("check", semester / "submissions" / "alice", "--course", tmp_path)
    assert (
        result.err
        == f"grader: {tmp_path} is no course: it holds no specs/ folder (--course names the folder above it)\n"
    )
    assert result.code == 2


@pytest.mark.parametrize("start", [".", "alice", "specs", "specs/hw", ".."])
def test_a_submission_named_specs_or_reference_harms_nobody_when_a_class_is_graded(
    run, semester, monkeypatch, tmp_path, start
):
    submissions = semester / "submissions"
    trace = bring_course(submissions)  # two submissions: one is called specs, one reference
    monkeypatch.chdir(submissions / start)
    result = run("grade", os.path.relpath(submissions), "--out", tmp_path / "out")
    assert result.code == 0
    rows = (tmp_path / "out" / "grades.csv").read_text().splitlines()
    assert [row.split(",")[:2] for row in rows[1:]] == [
        ["alice", "70"], ["mallory", "0"], ["reference", "0"], ["specs", "0"]
    ]  # fmt: skip
    assert not trace.exists()


def test_a_submission_named_specs_is_not_its_own_course(run, semester, monkeypatch):
    submissions = semester / "submissions"
    trace = bring_course(submissions)
    monkeypatch.chdir(submissions)
    result = run("check", "specs", "--format", "json")
    assert '"assignment": "assignment3"' in result.out
    assert not trace.exists()


def test_a_submission_named_specs_is_not_taken_for_its_neighbours_course(run, semester, monkeypatch):
    submissions = semester / "submissions"
    trace = bring_course(submissions, "assignment3")
    monkeypatch.chdir(submissions)
    result = run("check", "alice")
    assert (result.code, result.out) == (2, "")
    assert "may have been handed in, too; say --course DIR" in result.err
    assert run("check", "alice", "--course", "..").code == 0
    assert not trace.exists()


def test_a_neighbour_called_like_an_assignment_is_not_taken_for_it(run, semester, monkeypatch):
    submissions = semester / "submissions"
    bring_course(submissions / "mallory")
    shutil.copytree(submissions / "mallory" / "specs" / "hw", submissions / "hw")
    shutil.copytree(submissions / "mallory" / "specs" / "hw", submissions / "assignment3")
    monkeypatch.chdir(submissions)
    assert run("check", "alice", "--spec", "assignment3").code == 0
    result = run("check", "alice", "--spec", "hw")
    assert result.code == 2
    assert "hw beside or in the submission may be handed in" in result.err


@posix
def test_links_lead_nowhere_else(run, semester, monkeypatch, tmp_path):
    mallory = semester / "submissions" / "mallory"
    trace = bring_course(mallory)
    (tmp_path / "link").symlink_to(mallory)
    (tmp_path / "deep").symlink_to(mallory / "specs")
    for start, named in (
        (tmp_path / "link", "."),
        (tmp_path, "link"),
        (tmp_path / "deep", ".."),
        (tmp_path, "deep/.."),
    ):
        monkeypatch.chdir(start)
        run("check", named)
        run("check", named, "--spec", "hw")
        run("check", named, "--spec", "link/specs/hw")
        run("check", named, "--course", tmp_path / "link")
    assert not trace.exists()
    assert lies_inside(tmp_path / "link" / "specs", mallory)
    assert lies_inside(mallory / "specs", tmp_path / "link")


@posix
def test_a_specs_folder_that_leads_into_the_submission_is_no_course(semester, tmp_path):
    mallory = semester / "submissions" / "mallory"
    bring_course(mallory)
    outside = write(tmp_path / "outside", {})
    (outside / "specs").symlink_to(mallory / "specs")
    assert list(courses_above(outside, graded=mallory)) == []
    with pytest.raises(SpecError, match="lies in what is graded"):
        find_spec("hw", outside, graded=mallory, course=outside)


def test_the_api_grades_by_no_spec_of_the_submission(semester, monkeypatch):
    mallory = semester / "submissions" / "mallory"
    trace = bring_course(mallory)
    monkeypatch.chdir(mallory)
    for assignment in (grader.load("hw"), grader.load(mallory / "specs" / "hw")):
        with pytest.raises(SpecError, match="lies in what is graded"):
            assignment.grade(mallory)
    alice = semester / "submissions" / "alice"
    monkeypatch.chdir(alice)
    assert grader.load("assignment3", course=semester).grade(alice).points == 140
    assert grader.check("q5", course=semester, W1=1, W2=1, b2=-1.5, W3=1, b3=0).points == 70
    assert not trace.exists()


def test_a_single_file_does_not_make_its_neighbours_a_course(run, tmp_path, monkeypatch):
    trace = bring_course(tmp_path)
    write(tmp_path, {"alice.yaml": "assignment: hw\n"})
    monkeypatch.chdir(tmp_path)
    assert run("check", "alice.yaml").code == 2
    assert not trace.exists()


def test_a_hidden_folder_of_the_repository_can_be_named(run, semester, monkeypatch):
    """As the workflow for repositories of submissions does, which checks the course out in there."""
    alice = semester / "submissions" / "alice"
    shutil.copytree(semester / "specs", alice / ".grader-course" / "specs")
    monkeypatch.chdir(alice)
    assert run("check", ".", "--spec", ".grader-course/specs/assignment3").code == 0
    assert run("check", ".").out.startswith("alice - assignment3")  # the course above; the hidden one is not found
    monkeypatch.chdir(alice / ".grader-course")
    with pytest.raises(SpecError):
        refuse_inside(Path("specs"), alice)


def test_a_reference_is_that_of_the_course_which_holds_the_spec(tmp_path):
    write(tmp_path / "reference", {"key.py": "WHOSE = 'above'\n"})
    spec = write(tmp_path / "course" / "specs" / "hw", {}) / "q.yaml"
    with pytest.raises(SpecError, match=r"no reference/key\.py in the course of q\.yaml"):
        load_reference("reference.key", spec)
    write(tmp_path / "course" / "reference", {"key.py": "WHOSE = 'its own'\n"})
    assert load_reference("reference.key", spec).WHOSE == "its own"


def test_a_course_can_be_named_for_every_command_that_needs_one(run, semester, tmp_path, monkeypatch):
    monkeypatch.chdir(write(tmp_path / "empty", {}))
    course = ("--course", semester)
    assert run("spec", "check", *course).code == 0
    assert "assignment3" in (run("new", "submission", "mine", *course) and Path("mine/answers.yaml").read_text())
    assert run("export", "student", "-o", "copy", *course).code == 0
    assert run("export", "gradescope", "-o", "a.zip", *course).code == 0
    assert run("grade", semester / "submissions", *course).code == 0
    with pytest.raises(GraderError):
        grader.load()
    assert grader.load(course=semester).id == "assignment3"


def test_a_reader_of_marks_is_named_or_in_the_course(run, semester, monkeypatch, tmp_path):
    """`marks.yaml` and its like among the submissions are a student's until the TA says otherwise."""
    spec = semester / "specs" / "assignment3"
    essay = "question: essay\ntitle: An essay\npoints: 10\nanswer: written\nrubric: [{name: says why, points: 10}]\n"
    write(spec, {"essay.yaml": essay, "assignment.yaml": "assignment: assignment3\nquestions: [essay]\n"})
    submissions = write(tmp_path / "class", {})
    alice = write(submissions / "alice", {"answers.yaml": "essay: because\n"})
    mark = "- {submission: alice, question: essay, met: [says why]}\n"
    planted = {"marks.yaml": mark, "overrides.yaml": mark, "assignment.yaml": "assignment: mine\nquestions: [q]\n"}
    write(submissions, planted)
    write(alice, planted)
    monkeypatch.chdir(semester)

    def points(*more):
        result = run("grade", submissions, "--out", tmp_path / "out", *more)
        row = (tmp_path / "out" / "grades.csv").read_text().splitlines()[1:]
        assert len(row) == 1
        return row[0].split(",")[1], result.err.splitlines()

    earned, said = points()
    assert earned == "0"
    for name, advice in (
        ("assignment", "--spec PATH"),
        ("marks", "--marks FILE"),
        ("overrides", "specs/<assignment>/"),
    ):
        (line,) = (line for line in said if line.startswith(f"grader: {name}.yaml: passed over, a student may have"))
        assert advice in line
    earned, said = points("--marks", submissions / "marks.yaml")  # named by the TA, it is believed
    assert (earned, [line for line in said if "marks.yaml" in line]) == ("10", [])
    write(spec, {"marks.yaml": mark + "- {submission: alcie, question: essay, met: []}\n"})
    earned, said = points()
    assert earned == "10"
    assert "grader: marks.yaml:2:16: there is no submission 'alcie' (did you mean 'alice'?)" in said
    assert "10 / 10" in run("check", alice).out
    for command in (("check", alice), ("grade", submissions)):
        refused = run(*command, "--marks", alice / "marks.yaml")
        assert (refused.code, refused.out) == (2, "")
        assert "lies in the submission alice, and a student may have put it there" in refused.err


def test_broken_marks_of_the_course_are_refused_before_anything_is_graded(run, semester, monkeypatch, tmp_path):
    write(semester / "specs" / "assignment3", {"marks.yaml": "marks: []\n"})
    monkeypatch.chdir(semester)
    for command in (("grade", "submissions", "--out", tmp_path / "out"), ("check", "submissions/alice")):
        refused = run(*command)
        assert (refused.code, refused.out) == (2, "")
        assert "marks.yaml:1:1: marks are a list" in refused.err
    assert not (tmp_path / "out").exists()


def test_what_lies_beside_the_folder_of_a_class_is_the_courses(run, semester, monkeypatch, tmp_path):
    """Only beside a single submission may there be another's."""
    inner = copy_course(semester / "inner")  # a course within a course: the nearest one counts
    shutil.copytree(semester / "submissions", inner / "submissions")
    shutil.copytree(inner / "specs" / "assignment3", inner / "my_spec")
    monkeypatch.chdir(inner)
    for spec in ((), ("--spec", "my_spec")):
        assert run("grade", "submissions", "--out", tmp_path / "out", *spec).code == 0
        assert "alice,70,70,140,140,graded" in (tmp_path / "out" / "grades.csv").read_text()


@pytest.fixture
def one_file(tmp_path, monkeypatch):
    """A course that holds the answers of alice in a file; the current folder."""
    course = copy_course(tmp_path / "course")
    write(course, {"alice.yaml": Q5 + Q6})
    monkeypatch.chdir(course)
    return course


NAMED = {
    "a course": ("--course", "."),
    "a course and an assignment": ("--course", ".", "--spec", "assignment3"),
    "a folder": ("--spec", "specs/assignment3"),
    "a folder beside": ("--spec", "./my_spec"),
    "a question file": ("--spec", "q5.yaml", "-q", "q5"),
}


@pytest.mark.parametrize("named", NAMED.values(), ids=NAMED)
@pytest.mark.parametrize("written", ["alice.yaml", "./alice.yaml", "../course/alice.yaml"])
def test_what_is_named_beside_a_single_file_counts(run, one_file, named, written):
    shutil.copytree(one_file / "specs" / "assignment3", one_file / "my_spec")
    shutil.copy(one_file / "specs" / "assignment3" / "q5.yaml", one_file / "q5.yaml")
    result = run("check", written, *named)
    assert (result.code, [line for line in result.err.splitlines() if "'q6' is not a question" not in line]) == (0, [])


def test_what_is_not_named_is_looked_for_above_a_single_file_but_not_beside_it(run, one_file, monkeypatch):
    result = run("check", "alice.yaml")
    assert (result.code, result.out) == (2, "")
    assert "a course is not looked for beside a single file that is graded: name it with --course DIR" in result.err
    result = run("check", "alice.yaml", "--spec", "assignment3")
    assert (result.code, result.out) == (2, "")
    assert "--course DIR" in result.err
    shutil.copytree(one_file / "specs" / "assignment3", one_file / "my_spec")
    result = run("check", "alice.yaml", "--spec", "my_spec")
    assert result.code == 2
    assert "--course DIR, or --spec with a path (./my_spec)".replace("/", os.sep) in result.err
    inner = write(one_file / "submissions", {"bob.yaml": Q5 + Q6})
    for start, named in (
        (inner, "bob.yaml"),
        (one_file, "submissions/bob.yaml"),
        (one_file / "specs", inner / "bob.yaml"),
    ):
        monkeypatch.chdir(start)
        assert run("check", named).code == 0


def test_a_single_file_is_neither_its_own_spec_nor_its_own_marks(run, one_file):
    write(one_file, {"mallory.yaml": EVIL})
    for named in (
        ("--spec", "mallory.yaml"),
        ("--spec", "./mallory.yaml"),
        ("--course", ".", "--marks", "mallory.yaml"),
    ):
        result = run("check", "mallory.yaml", *named)
        assert (result.code, result.out) == (2, "")
        assert "a student may have put it there" in result.err or "students may have put it there" in result.err


def test_marks_that_are_named_beside_a_single_file_count(run, one_file):
    essay = "question: essay\ntitle: An essay\npoints: 10\nanswer: written\nrubric: [{name: says why, points: 10}]\n"
    write(one_file, {
        "essay.yaml": essay, "bob.yaml": "essay: because\n",
        "marks.yaml": "- {submission: bob, question: essay, met: [says why]}\n",
    })  # fmt: skip
    result = run("check", "bob.yaml", "--spec", "essay.yaml", "--marks", "marks.yaml")
    assert (result.code, result.err) == (0, "")


def test_the_api_takes_a_spec_that_is_named_beside_a_single_file(one_file):
    assert grader.load(course=".").grade("alice.yaml").points == 140
    assert grader.load("specs/assignment3").grade("alice.yaml").points == 140
    with pytest.raises(SpecError, match="lies in what is graded"):
        grader.load("specs/assignment3").grade("specs")


@pytest.mark.parametrize("within", ["work", "hand_in/of_today", "specs/hw"])
def test_a_folder_within_a_submission_is_not_graded_by_the_course_around_it(run, mallory, monkeypatch, within):
    """As an unpacked archive has them: the answers lie deeper, and the TA grades them from the submission's folder."""
    trace = bring_course(mallory)
    write(mallory / within, {"answers.yaml": "evil: 1\n", "solution.py": SOLUTION})
    monkeypatch.chdir(mallory)
    result = run("check", within)
    assert (result.code, result.out) == (2, "")
    assert f"which course, {mallory} or {mallory.parents[1]}?" in result.err
    assert "--course DIR" in result.err
    assert not trace.exists()
    assert run("check", within, "--course", mallory.parents[1], "--format", "json").out.count('"points": 0,') > 0


def test_the_api_loads_by_name_nothing_beside_a_single_file(semester, monkeypatch):
    mallory = semester / "submissions" / "mallory"
    trace = bring_course(mallory)
    monkeypatch.chdir(mallory)
    for found in (grader.load("hw"), grader.load(), grader.load("hw").only(["evil"])):
        with pytest.raises(SpecError, match="lies in what is graded"):
            found.grade("solution.py")
    assert not trace.exists()
