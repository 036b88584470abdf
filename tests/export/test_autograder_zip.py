"""The archive: what lies in it, under which mode, and that it is the same on every day."""

import io
import zipfile

import click
import pytest

from grader.export.archives import zipped
from grader.export.gradescope import autograder_files, write_autograder
from grader.kinds.table import load_assignment

from ..answers.helpers import copy_course, write


@pytest.fixture
def packed(assignment, tmp_path):
    write_autograder(assignment, tmp_path / "autograder.zip")
    with zipfile.ZipFile(tmp_path / "autograder.zip") as opened:
        yield opened


def test_what_the_platform_wants_lies_in_the_root_and_can_be_run(packed):
    modes = {entry.filename: entry.external_attr >> 16 for entry in packed.infolist()}
    assert oct(modes["setup.sh"]) == oct(modes["run_autograder"]) == oct(0o100755)
    others = {name for name in modes if name not in ("setup.sh", "run_autograder") and "/scripts/" not in name}
    assert {modes[name] for name in others} == {0o100644}
    assert packed.read("run_autograder").startswith(b"#!/usr/bin/env bash\n")
    assert {entry.create_system for entry in packed.infolist()} == {3}


def test_the_course_and_the_grader_lie_in_it_and_nothing_compiled_or_hidden(packed):
    names = packed.namelist()
    assert {"specs/assignment3/assignment.yaml", "specs/assignment3/q5.yaml", "reference/latch.py"} <= set(names)
    assert {"grader/cli.py", "grader/py.typed", "grader/sandbox/child/start.py"} <= set(names)
    assert packed.read("spec") == b"specs/assignment3\n"
    assert packed.read("options") == b"--require-sandbox\nstrict\n"
    assert not [name for name in names if "__pycache__" in name or "/." in name or name.startswith((".", "/", "tests"))]


def test_the_same_course_gives_the_same_bytes(assignment):
    files = autograder_files(assignment, "strict", show_expected=False)
    assert zipped(files) == zipped(dict(reversed(files.items())))
    with zipfile.ZipFile(io.BytesIO(zipped(files))) as opened:
        assert opened.namelist() == sorted(opened.namelist())
        assert {entry.date_time for entry in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_one_question_takes_its_reference_along(shared_course):
    assignment = load_assignment(shared_course / "specs" / "assignment3" / "q5.yaml")
    files = autograder_files(assignment, "degraded", show_expected=True)
    specs = [name for name in files if name.startswith("specs/")]
    assert specs == ["specs/assignment3/q5.yaml", "specs/assignment3/assignment.yaml"]
    assert files["spec"] == b"specs/assignment3/q5.yaml\n"
    assert files["options"] == b"--require-sandbox\ndegraded\n--show-expected\n"
    assert "reference/latch.py" in files


def test_no_host_of_a_package_registry_stands_in_it(packed):
    scripts = packed.read("setup.sh") + packed.read("run_autograder") + packed.read("requirements.txt")
    assert b"://" not in scripts


def test_the_command_writes_it(run, course, tmp_path):
    found = run("export", "gradescope", "assignment3", "-o", tmp_path / "a.zip")
    assert (found.code, found.err) == (0, "")
    assert found.out.endswith("a.zip is ready to be uploaded (Configure Autograder, zip file upload)\n")
    assert zipfile.is_zipfile(tmp_path / "a.zip")


def test_a_broken_spec_and_a_place_that_cannot_be_written_are_refused(run, course, tmp_path, assignment):
    (tmp_path / "q1.yaml").write_text("question: q1\n")
    assert run("export", "gradescope", tmp_path / "q1.yaml", "-o", tmp_path / "a.zip").code == 2
    assert not (tmp_path / "a.zip").exists()
    with pytest.raises(click.ClickException, match="cannot be written: No such file or directory"):
        write_autograder(assignment, tmp_path / "nowhere" / "a.zip")


@pytest.mark.parametrize(
    ("platform", "output", "said"),
    [
        ("gradescope", "nowhere/a.zip", "nowhere/a.zip: cannot be written: No such file or directory"),
        ("autolab", "nowhere/a.tar", "nowhere/a.tar: cannot be written: No such file or directory"),
        ("student", "file/copy", "file/copy: cannot be written: Not a directory"),
        ("prairielearn", "file/copy", "file/copy/image: cannot be written: Not a directory"),
    ],
)
def test_an_export_that_cannot_be_written_ends_as_a_report_that_cannot(run, course, tmp_path, platform, output, said):
    """The command names a place where nothing can be written: no fault of the grader."""
    (tmp_path / "file").write_text("")
    found = run("export", platform, "assignment3", "-o", tmp_path / output)
    assert (found.code, found.out, found.err) == (2, "", f"Error: {tmp_path}/{said}\n")


def test_readers_marks_stay_at_home(tmp_path):
    """They speak of other students' work, and grading one submission needs none of them."""
    folder = copy_course(tmp_path) / "specs" / "assignment3"
    write(folder, {"marks.yaml": "- {submission: bob, question: q2, met: []}\n"})
    files = autograder_files(load_assignment(folder), "strict", show_expected=False)
    assert not [name for name, data in files.items() if "marks.yaml" in name or b"submission: bob" in data]
    assert "reference/latch.py" in files
