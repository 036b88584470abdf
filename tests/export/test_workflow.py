"""The workflow and the pipeline for repositories of submissions: what is written, and what runs of it when one is pushed."""

import json
import os
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
import yaml

from grader.authoring.new_course import NewCourse, write_course
from grader.errors import SpecError
from grader.export.github import WORKFLOW_FILE, workflow
from grader.export.gitlab import PIPELINE_FILE, pipeline
from grader.export.on_push import PUSHED_COURSE_FOLDER, CourseCheckout, grading_on_push, write_into_repository
from grader.fingerprint import released_version
from grader.kinds.table import load_assignment

from ..answers.helpers import write
from .runners import GithubRunner, GitlabRunner
from .test_action import commands_in

POSIX = pytest.mark.skipif(os.name != "posix", reason="the shell of a runner")
RELEASED = f"proofgrade=={released_version()}"


@pytest.fixture(scope="session")
def begun(tmp_path_factory):
    """A course as `grader new course` writes it; only questions that need neither a sandbox nor a seal are listed."""
    folder = tmp_path_factory.mktemp("pushed") / "course"
    write_course(folder, NewCourse("A course"))
    listing = folder / "specs" / "hw1" / "assignment.yaml"
    listing.write_text(re.sub(r"  - q[236].*\n", "", listing.read_text()))
    return folder


@pytest.fixture(scope="session")
def hw1(begun):
    return load_assignment(begun / "specs" / "hw1")


@pytest.fixture(scope="session")
def copied(hw1):
    """With a student's copy beside the submission; sealing its formula takes long."""
    return grading_on_push(hw1, copy=True)


def repository(folder, begun, example, files):
    """What a student pushes: answers, and the files that the course put there."""
    shutil.copytree(begun / "submissions_example" / example, folder)
    write_into_repository(folder, files)
    return folder


def written(grading):
    """The files of both platforms."""
    files = {WORKFLOW_FILE: workflow(grading), PIPELINE_FILE: pipeline(grading)}
    return {name: text.encode() for name, text in files.items()} | grading.files


def wheel(folder, name="proofgrade-9.9-py3-none-any.whl", holds="grader/__init__.py"):
    with zipfile.ZipFile(folder / name, "w") as packed:
        packed.writestr(holds, "")
    return folder / name


@pytest.mark.long
@POSIX
@pytest.mark.parametrize("example", ["right", "mistaken"])
@pytest.mark.parametrize("copy", [False, True])
@pytest.mark.sampled(3)
def test_the_steps_of_the_workflow_grade_what_is_pushed(begun, hw1, copied, tmp_path, example, copy):
    pushed = repository(tmp_path / "alice", begun, example, written(copied if copy else grading_on_push(hw1)))
    runner = GithubRunner(tmp_path / "runner", pushed)
    done = dict(runner.job(WORKFLOW_FILE, None if copy else begun))
    assert list(done) == ["Install the grader", "Grade"]
    assert runner.pip.read_text().splitlines()[-2:] == ["--", RELEASED]
    graded, code = done["Grade"], 0 if example == "right" else 1
    assert graded.returncode == code
    assert runner.outputs()["exit-code"] == str(code)
    suite = ET.parse(runner.outputs()["junit"]).getroot()
    commands = commands_in(graded.stdout)
    lost = {command.properties["file"] for command in commands if command.kind == "error"}
    assert (suite.get("failures") == "0") == (lost == set()) == (code == 0)
    assert lost <= {"answers.yaml"}
    assert ({"waits for the course"} <= {command.properties["title"][4:] for command in commands}) == copy
    assert runner.summary.read_text().startswith("## work space - hw1: ")


@POSIX
@pytest.mark.parametrize("shell", [["bash", "-eo", "pipefail"], ["sh", "-e"]])
@pytest.mark.parametrize("example", ["right", "mistaken"])
@pytest.mark.sampled(3)
def test_the_script_of_the_pipeline_grades_what_is_pushed(begun, hw1, tmp_path, example, shell):
    pushed = repository(
        tmp_path / "alice", begun, example, written(grading_on_push(hw1, course=CourseCheckout("group/nn", "v1")))
    )
    pushed.joinpath(PUSHED_COURSE_FOLDER).symlink_to(tmp_path / "elsewhere")  # whatever students push in its place
    bare = tmp_path / "group" / "nn.git"
    made = [
        ["init", "-q"],
        ["add", "."],
        ["commit", "-qm", "course"],
        ["tag", "v1"],
        ["clone", "-q", "--bare", ".", bare],
    ]
    course = shutil.copytree(begun, tmp_path / "course")
    for words in made:
        identity = ["-c", "user.name=course", "-c", "user.email=course@example.org"]
        subprocess.run(["git", *identity, *map(str, words)], cwd=course, check=True)
    runner = GitlabRunner(tmp_path / "runner", pushed)
    done = runner.job(shell, {"CI_SERVER_URL": f"file://{tmp_path}"})
    assert done.returncode == (0 if example == "right" else 1)
    assert "work space - hw1" in done.stdout
    assert runner.pip.read_text().splitlines()[-2:] == ["--", RELEASED]
    report = runner.workspace / ".grader-report"
    assert (ET.parse(report / "junit.xml").getroot().get("failures") == "0") == (example == "right")
    assert "<html" in (report / "report.html").read_text(encoding="utf-8")
    token = "job-token"
    kept = [
        path for path in runner.workspace.rglob("*") if path.is_file() and token in path.read_text(errors="replace")
    ]
    assert (kept, token in done.stdout) == ([], False)


@POSIX
def test_a_course_that_nothing_names_is_said(begun, hw1, tmp_path):
    """The checkout of GitHub would take the submission for the course."""
    pushed = repository(tmp_path / "alice", begun, "right", written(grading_on_push(hw1)))
    ((name, done),) = GithubRunner(tmp_path / "github", pushed).job(WORKFLOW_FILE)
    assert (name, done.returncode) == ("No course is named", 2)
    assert [command.properties["title"] for command in commands_in(done.stdout)] == ["No course"]
    done = GitlabRunner(tmp_path / "gitlab", pushed).job()
    assert done.returncode == 2
    assert "GRADER_COURSE says nothing" in done.stdout


@POSIX
@pytest.mark.parametrize("made", [GithubRunner, GitlabRunner])
def test_a_wheel_beside_it_and_the_packages_of_the_course_are_installed(begun, copied, tmp_path, made):
    source = ".grader/proofgrade-9.9-py3-none-any.whl"
    grading = replace(copied, source=source, packages="scipy torch", spec="nowhere")
    pushed = repository(tmp_path / "alice", begun, "right", written(grading))
    runner = made(tmp_path / "runner", pushed)
    runner.job(*([WORKFLOW_FILE] if made is GithubRunner else []))
    assert runner.pip.read_text().splitlines()[-4:] == ["--", source, "scipy", "torch"]


def test_a_wheel_is_copied_and_packages_are_named_as_they_are_installed(hw1, tmp_path):
    file = wheel(tmp_path)
    grading = grading_on_push(replace(hw1, packages=("numpy", "sklearn", "torch")), wheel=file)
    assert grading.files == {f".grader/{file.name}": file.read_bytes()}
    assert grading.installed == {"GRADER_SOURCE": f".grader/{file.name}", "GRADER_PACKAGES": "scikit-learn torch"}


def test_the_workflow_may_read_and_puts_nothing_into_a_script(hw1):
    for course in (None, CourseCheckout("uni/nn", "v1")):
        data = yaml.safe_load(workflow(grading_on_push(hw1, course=course)))
        assert set(data["on"]) == {"push", "pull_request", "workflow_dispatch"}
        assert data["permissions"] == {"contents": "read"}
        steps = data["jobs"]["grade"]["steps"]
        used = [step["uses"] for step in steps if "uses" in step]
        assert used == ["actions/checkout@v4"] * 2 + ["actions/setup-python@v5", "actions/upload-artifact@v4"]
        assert all(step["with"]["persist-credentials"] is False for step in steps if "checkout" in step.get("uses", ""))
        scripts = [step for step in steps if "run" in step]
        assert not [
            step for step in scripts if "${{" in json.dumps({key: step[key] for key in ("run", "env") if key in step})
        ]
        assert {step["shell"] for step in scripts} == {"bash"}
        read = re.findall(r"steps\.grade\.outputs\.([a-z-]+)", json.dumps(steps))
        assert read == ["junit"]


@pytest.mark.parametrize(
    ("course", "repository", "ref"),
    [(None, "${{ vars.GRADER_COURSE }}", ""), (CourseCheckout("uni/nn-2026", "v1"), "uni/nn-2026", "v1")],
)
def test_which_course(hw1, course, repository, ref):
    steps = yaml.safe_load(workflow(grading_on_push(hw1, course=course)))["jobs"]["grade"]["steps"]
    (checkout,) = [step["with"] for step in steps if step["name"] == "The course"]
    assert (checkout["repository"], checkout.get("ref", ""), checkout["path"]) == (
        repository,
        ref,
        PUSHED_COURSE_FOLDER,
    )
    assert ("No course is named" in [step["name"] for step in steps]) == (course is None)
    variables = yaml.safe_load(pipeline(grading_on_push(hw1, course=course)))["grade"]["variables"]
    named = {key: value for key, value in variables.items() if key.startswith("GRADER_COURSE")}
    assert named == ({} if course is None else {"GRADER_COURSE": repository, "GRADER_COURSE_REF": ref})


def test_a_copy_has_no_answers_in_it_and_needs_no_course(copied):
    grading = copied
    assert {name.rpartition("/")[2] for name in grading.files} == {
        "assignment.yaml",
        "q1.yaml",
        "q4.yaml",
        "q5.yaml",
    }
    text = b"\n".join(grading.files.values()).decode()
    assert "copy: student" in text
    assert not [word for word in ("known:", "near:", "reference.", "right: [a, b]") if word in text]
    assert "GRADER_COURSE" not in workflow(grading) + pipeline(grading)


def test_the_pipeline_runs_once_for_a_push_and_keeps_its_report(hw1):
    job = yaml.safe_load(pipeline(grading_on_push(hw1)))["grade"]
    keys = {"image", "timeout", "interruptible", "rules", "variables", "script", "artifacts"}
    assert set(job) == keys  # docs.gitlab.com/ci/yaml
    assert [rule.get("when", "on_success") for rule in job["rules"]] == ["on_success", "never", "on_success"]
    assert job["artifacts"]["reports"]["junit"].startswith(job["artifacts"]["paths"][0])
    assert job["artifacts"]["when"] == "always"
    assert {type(value) for value in job["variables"].values()} == {str}
    assert PUSHED_COURSE_FOLDER.startswith(".")


def test_a_name_that_yaml_would_read_otherwise_stays_a_name(begun, tmp_path):
    folder = shutil.copytree(begun, tmp_path / "course") / "specs" / "no: '#1'"
    shutil.move(folder.parent / "hw1", folder)
    grading = grading_on_push(load_assignment(folder), course=CourseCheckout("uni/nn"), require_sandbox="off")
    wanted = {"GRADER_SPEC": f"{PUSHED_COURSE_FOLDER}/specs/no: '#1'", "GRADER_SANDBOX": "off"}
    steps = yaml.safe_load(workflow(grading))["jobs"]["grade"]["steps"]
    assert next(step for step in steps if step["name"] == "Grade")["env"] == {"GRADER_SUBMISSION": ".", **wanted}
    variables = yaml.safe_load(pipeline(grading))["grade"]["variables"]
    assert {name: variables[name] for name in wanted} == wanted


@pytest.mark.parametrize("name", ["${{ secrets.X }}", "$HOME", "a\u202eb"])
def test_a_name_that_a_platform_would_fill_in_is_refused(begun, tmp_path, name):
    folder = shutil.copytree(begun, tmp_path / "course") / "specs" / name
    shutil.move(folder.parent / "hw1", folder)
    with pytest.raises(SpecError, match="a workflow cannot name a folder"):
        grading_on_push(load_assignment(folder))


@pytest.mark.parametrize(
    ("platform", "file", "course"), [("github", WORKFLOW_FILE, "uni/nn"), ("gitlab", PIPELINE_FILE, "uni/nn/2026")]
)
def test_the_command_writes_it_once(run, begun, tmp_path, monkeypatch, platform, file, course):
    monkeypatch.chdir(begun)
    words = ("export", platform, "hw1", "-o", tmp_path / "new" / "template")
    found = run(*words, "--course", course)
    assert (found.code, found.err) == (0, "")
    assert found.out.endswith(f"{file} grades every push; what it needs stands at its top\n")
    path = tmp_path / "new" / "template" / file
    assert course in path.read_text()
    assert run(*words, "--course", course).code == 0
    again = run(*words)
    assert again.code == 2
    assert f"{file} is already in " in again.err
    assert again.err.endswith(": nothing was written\n")
    assert course in path.read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        *[(("github", "--course", name), "OWNER/NAME") for name in ("nn", "uni/nn/x", "uni/nn\nx", "${{ secrets.X }}/y", "")],
        *[(("gitlab", "--course", name), "GROUP/NAME") for name in ("nn", "/nn", "uni//x", "uni/$X", "uni/x y", "")],
        *[(("gitlab", "--ref", ref), "a branch or a tag is wanted") for ref in ("--upload-pack=x", "$X", "a b")],
        (("github", "--copy", "--course", "uni/nn"), "leave one out"),
        (("gitlab", "--copy", "--ref", "v1"), "leave one out"),
        (("github", "--wheel", "grader-1.whl"), "is no wheel of proofgrade"),
        (("github", "--wheel", "proofgrade-1-py3-none-any.whl"), "it does not hold the grader"),
        (("gitlab", "--wheel", "proofgrade-2-py3-none-any.whl"), "it does not hold the grader"),
        (("gitlab", "--wheel", "nowhere.whl"), "nowhere.whl"),
        (("github", "--copy", "--spec-of-one"), "No such option"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_and_nothing_is_written(run, begun, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(write(tmp_path / "here", {"grader-1.whl": "", "proofgrade-1-py3-none-any.whl": "no zip"}))
    wheel(tmp_path / "here", "proofgrade-2-py3-none-any.whl", holds="other/__init__.py")
    platform, *options = words
    found = run("export", platform, begun / "specs" / "hw1", "-o", tmp_path / "out", *options)
    assert (found.code, found.out) == (2, "")
    assert said in found.err
    assert not (tmp_path / "out").exists()


def test_a_copy_of_one_question_is_refused(run, begun, tmp_path):
    found = run("export", "github", begun / "specs" / "hw1" / "q1.yaml", "-o", tmp_path / "out", "--copy")
    assert (found.code, "a student's copy is made of a whole assignment" in found.err) == (2, True)


def test_writing_it_where_it_cannot_be_written(hw1, tmp_path):
    write(tmp_path, {".github": "a file"})
    with pytest.raises(SpecError, match="nothing was written"):
        write_into_repository(tmp_path, written(grading_on_push(hw1)))
    assert [path.name for path in tmp_path.iterdir()] == [".github"]
