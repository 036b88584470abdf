"""The workflow for repositories of submissions, and the hook for pre-commit."""

import re
import shlex

import pytest
import yaml

from grader.export.github import COURSE_FOLDER, workflow, write_workflow
from grader.kinds.table import load_assignment

from ..answers.helpers import Q5, Q6, ROOT, command, write
from .test_action import ACTION

HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
KEYS = {
    "id", "name", "entry", "language", "files", "exclude", "types", "types_or", "exclude_types", "always_run",
    "fail_fast", "verbose", "pass_filenames", "require_serial", "description", "language_version",
    "minimum_pre_commit_version", "args", "stages",
}  # fmt: skip
"""pre-commit.com, "Creating new hooks"."""


def test_the_workflow_parses_and_grades_with_the_courses_own_action(assignment):
    data = yaml.safe_load(workflow(assignment))
    assert set(data["on"]) == {"push", "pull_request", "workflow_dispatch"}
    assert data["permissions"] == {"contents": "read"}
    steps = data["jobs"]["grade"]["steps"]
    graded = next(step for step in steps if step.get("id") == "grade")
    assert graded["uses"] == f"./{COURSE_FOLDER}/.github/actions/grade"
    assert graded["with"] == {"submission": ".", "spec": f"{COURSE_FOLDER}/specs/assignment3"}
    assert set(graded["with"]) <= set(ACTION["inputs"])
    assert COURSE_FOLDER.startswith(".")
    assert [step["uses"] for step in steps if "checkout" in step["uses"]] == ["actions/checkout@v4"] * 2
    assert all(step["with"]["persist-credentials"] is False for step in steps if "checkout" in step["uses"])
    assert not [step for step in steps if "run" in step]


def test_outputs_that_the_workflow_reads_are_given(assignment):
    read = re.findall(r"steps\.grade\.outputs\.([a-z-]+)", workflow(assignment))
    assert read == ["junit"]
    assert set(read) <= set(ACTION["outputs"])


@pytest.mark.parametrize(
    ("course", "ref", "repository"),
    [(None, "", "${{ vars.GRADER_COURSE }}"), ("uni/nn-2025", "v1", "uni/nn-2025")],
)
def test_which_course(assignment, course, ref, repository):
    steps = yaml.safe_load(workflow(assignment, course, ref))["jobs"]["grade"]["steps"]
    assert steps[1]["with"]["repository"] == repository
    assert steps[1]["with"].get("ref", "") == ref


def test_a_name_that_yaml_would_read_otherwise_stays_a_name(shared_course, tmp_path):
    folder = tmp_path / "specs" / "no: '#1'"
    folder.mkdir(parents=True)
    text = (shared_course / "specs" / "assignment3" / "q5.yaml").read_text().replace("reference: reference.latch\n", "")
    write(folder, {"q5.yaml": text, "assignment.yaml": "assignment: a\nquestions: [q5]\n"})
    steps = yaml.safe_load(workflow(load_assignment(folder)))["jobs"]["grade"]["steps"]
    assert steps[3]["with"]["spec"] == f"{COURSE_FOLDER}/specs/no: '#1'"


def test_the_command_writes_it_once(run, course, tmp_path):
    found = run("export", "github", "assignment3", "-o", tmp_path, "--course", "uni/nn")
    path = tmp_path / ".github" / "workflows" / "grade.yml"
    assert (found.code, found.err) == (0, "")
    assert found.out.endswith("grade.yml grades every push; what it needs stands at its top\n")
    assert "repository: uni/nn" in path.read_text()
    assert run("export", "github", "assignment3", "-o", tmp_path, "--course", "uni/nn").code == 0
    again = run("export", "github", "assignment3", "-o", tmp_path)
    assert again.code == 2
    assert "is already there, and different: nothing was written" in again.err


@pytest.mark.parametrize("name", ["nn", "uni/nn/x", "uni/nn\nx", "${{ secrets.X }}/y", ""])
def test_a_course_is_owner_and_name(run, course, tmp_path, name):
    found = run("export", "github", "assignment3", "-o", tmp_path, "--course", name)
    assert found.code == 2
    assert "a repository is written OWNER/NAME" in found.err
    assert not list(tmp_path.iterdir())


def test_writing_it_where_it_cannot_be_written(assignment, tmp_path):
    write(tmp_path, {".github": "a file"})
    with pytest.raises(Exception, match="cannot be made: "):
        write_workflow(assignment, tmp_path)


def test_the_hook_has_the_keys_that_pre_commit_knows():
    (hook,) = HOOKS
    assert set(hook) <= KEYS
    assert {"id", "name", "entry", "language"} <= set(hook)
    assert hook["pass_filenames"] is False
    for name in ("answers.yaml", "answers.json", "q6.npz", "q6.npy", "q6.safetensors", "solution.py", "hw.ipynb"):
        assert re.search(hook["files"], name)
    assert not re.search(hook["files"], "Makefile")


@pytest.mark.parametrize(("answers", "code"), [(Q5 + Q6, 0), (Q5, 1)])
def test_the_hook_runs_where_the_answers_lie(shared_course, tmp_path, answers, code):
    (hook,) = HOOKS
    folder = write(tmp_path / "alice", {"answers.yaml": answers})
    program, *arguments = shlex.split(hook["entry"])
    assert program == "grader"
    spec = ("--spec", shared_course / "specs" / "assignment3")
    assert command(*arguments, *hook["args"], *spec, cwd=folder).returncode == code
