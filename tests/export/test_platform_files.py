"""What is exported, against the platforms' own rules of their files; how it runs there is in test_grading_platforms."""

import json
import re
import subprocess
import sys
import tarfile
from io import BytesIO
from uuid import UUID

import pytest
import yaml

from grader.errors import SpecError
from grader.export.archives import mode_of, write_folder
from grader.export.artemis import artemis_files
from grader.export.autolab import autolab_files, lab_name
from grader.export.container import container_files
from grader.export.prairielearn import prairielearn_files
from grader.export.submitty import submitty_files
from grader.kinds.table import load_assignment

from ..answers.helpers import Q5, ROOT, copy_course, write
from .grading_platforms import ENVIRONMENT, PLATFORMS

FORMULA = """
question: {id}
title: "{title}"
points: {points}
prompt: "{prompt}"
answer: formula
symbols: {{x: scalar}}
right: "2*x"
"""


@pytest.fixture(scope="module")
def whole():
    return load_assignment(ROOT / "specs" / "assignment3")


@pytest.fixture
def odd(tmp_path):
    """An assignment of one formula whose names and prompt are hard on a platform."""

    def made(id="f", title="Twice", points="3", prompt="Double x.", folder="odd"):
        spec = copy_course(tmp_path / folder) / "specs" / "assignment3"
        write(spec, {"f.yaml": FORMULA.format(id=id, title=title, points=points, prompt=prompt)})
        write(spec, {"assignment.yaml": "assignment: assignment3\nquestions: [f]\n"})
        return load_assignment(spec)

    return made


def prairielearn(assignment):
    return prairielearn_files(assignment, "course/grader", "Networks", "strict", show_expected=False)


def submitty(assignment):
    return submitty_files(assignment, "course/grader", "strict", show_expected=False)


def autolab(assignment):
    return autolab_files(assignment, "grader_image", "handin.zip", "strict", show_expected=False)


EXPORTS = {
    "prairielearn": prairielearn, "submitty": submitty, "autolab": autolab,
    "artemis": lambda assignment: artemis_files(assignment, "strict", show_expected=True),
    "container": lambda assignment: container_files(assignment, None, "strict"),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.sampled(3)
def test_an_export_has_the_course_the_grader_and_no_word_of_other_students(whole, name):
    files = EXPORTS[name](whole)
    graded = files["autograde.tar"] if name == "autolab" else b"".join(files.values())
    assert b"def h" not in files.get("specs", b"")
    assert any(path.endswith("reference/latch.py") for path in files) or b"reference/latch.py" in graded
    assert not [path for path in files if path.endswith(("marks.yaml", "overrides.yaml"))]
    assert any(path.endswith("grader/cli.py") for path in files)
    requirements = next(data for path, data in files.items() if path.endswith("requirements.txt"))
    assert re.search(rb"^numpy==\d", requirements, re.MULTILINE)
    assert files == EXPORTS[name](whole), "the same course gives the same files"
    own = [data for path, data in files.items() if "/grader/" not in path and not path.startswith("grader/")]
    assert not [data for data in own if b"://" in data and b"specs" not in data[:2000]]


def test_prairielearns_question_follows_its_schema(whole):
    files = prairielearn(whole)
    info = json.loads(files["questions/assignment3/info.json"])
    assert {"uuid", "type", "title", "topic"} <= set(info)
    assert str(UUID(info["uuid"])) == info["uuid"]
    assert (info["type"], info["gradingMethod"]) == ("v3", "External")
    options = info["externalGradingOptions"]
    assert set(options) <= {"image", "entrypoint", "serverFilesCourse", "timeout", "enableNetworking", "environment"}
    assert options["timeout"] <= 600
    assert options["enableNetworking"] is False
    assert f"questions/assignment3{options['entrypoint'].removeprefix('/grade')}" in files
    page = files["questions/assignment3/question.html"].decode()
    assert 'source-file-name="answers.yaml"' in page
    assert "questions/assignment3/answers.yaml" in files
    assert page.count("<pl-external-grader-results>") == 1
    assert info["uuid"] == json.loads(prairielearn(whole)["questions/assignment3/info.json"])["uuid"]


@pytest.mark.long
@pytest.mark.parametrize(
    "text", ["{{params.x}}", "{{{x}}}", "{{=<% %>=}}", "<script>alert(1)</script>", "<pl-number-input>", "h_{t+1}"]
)
def test_no_prompt_is_a_template_or_an_element_of_prairielearn(odd, text):
    page = prairielearn(odd(title=text, prompt=text))["questions/assignment3/question.html"].decode()
    assert "{" not in page
    assert set(re.findall(r"<(script|pl-[\w-]+)", page)) == {
        "pl-question-panel", "pl-file-editor", "pl-file-upload", "pl-submission-panel", "pl-external-grader-results",
        "pl-file-preview",
    }  # fmt: skip


@pytest.mark.long
def test_autolabs_tar_is_one_folder_with_its_settings(run, tmp_path):
    found = run(
        "export", "autolab", "assignment3", "--course", ROOT, "-o", tmp_path / "lab.tar", "--handin", "answers.yaml"
    )
    assert found.code == 0
    assert "q2, q3.5, q4.1, q4.2, q4.3: marked by a reader" in found.err
    with tarfile.open(tmp_path / "lab.tar") as packed:
        names = packed.getnames()
        assert {name.partition("/")[0] for name in names} == {"assignment3"}
        settings = yaml.safe_load(packed.extractfile("assignment3/assignment3.yml"))
        makefile = packed.extractfile("assignment3/autograde-Makefile").read().decode()
        inner = BytesIO(packed.extractfile("assignment3/autograde.tar").read())
    with tarfile.open(fileobj=inner) as packed:
        graded = set(packed.getnames())
    assert settings["general"]["handin_filename"] == "answers.yaml"
    assert makefile.endswith("\t@bash autograde-work/driver.sh answers.yaml\n")
    assert [problem["name"] for problem in settings["problems"]][-2:] == ["q5", "q6"]
    assert sum(problem["max_score"] for problem in settings["problems"]) == 400
    assert {"driver.sh", "grade", "not_marked", "spec", "options"} <= graded
    bad = run("export", "autolab", "assignment3", "--course", ROOT, "-o", tmp_path / "b.tar", "--handin", "a b; rm -rf")
    assert (bad.code, (tmp_path / "b.tar").exists()) == (2, False)
    assert "--handin is the name of one file" in bad.err


@pytest.mark.parametrize(
    ("id", "name"), [("hw5", "hw5"), ("5th homework", "lab-5th-homework"), ("_x", "lab-_x"), ("a.b:c", "a-b-c"), ("é", "lab--")]
)  # fmt: skip
def test_the_name_of_a_lab_is_one_that_autolab_takes(odd, id, name):
    from dataclasses import replace

    assert lab_name(replace(odd(), id=id)) == name
    assert re.fullmatch("[A-Za-z][A-Za-z0-9_-]*", name)


def test_submittys_configuration_follows_its_specification(whole):
    config = json.loads(submitty(whole)["config/config.json"])
    assert [case["title"].partition(":")[0] for case in config["testcases"]] == [
        "q1",
        "q3.1",
        "q3.2",
        "q3.3",
        "q3.4",
        "q5",
        "q6",
    ]
    assert config["grading_parameters"]["AUTO_POINTS"] == 280 == sum(case["points"] for case in config["testcases"])
    assert config["autograding"]["submission_to_validation"] == []
    for case in config["testcases"]:
        assert isinstance(case["points"], int)
        (validation,) = case["validation"]
        assert validation["method"] == "custom_validator"
        assert validation["command"] == "python3 -I grader.py"
        assert {validation["show_actual"]} == {"never"}


def test_submitty_is_given_whole_points_alone(odd, tmp_path):
    with pytest.raises(SpecError, match=r"Submitty counts whole points, and a part of one is worth f \(2.5\)"):
        submitty(odd(points="2.5"))


def test_artemis_is_told_the_weights_of_the_tests_by_the_names_that_it_gives_them(whole, odd):
    weights = artemis_files(whole, "strict", show_expected=False)["weights.csv"].decode().splitlines()
    assert weights[0] == "test,weight"
    assert '"assignment3.q5.q5::stays 0 ever after",30' in weights
    assert sum(float(line.rpartition(",")[2]) for line in weights[1:]) == 400
    (only,) = artemis_files(odd(), "strict", show_expected=False)["weights.csv"].decode().splitlines()[1:]
    assert only == '"f::the formula is right",3', "the only suite is no part of a name"


def test_scripts_can_be_run_and_nothing_else(whole, tmp_path):
    files = EXPORTS["container"](whole)
    assert {name for name, data in files.items() if mode_of(data) == 0o755 and "/scripts/" not in name} == {
        "setup.sh", "course/grade-submission",
    }  # fmt: skip
    assert files["Containerfile"].decode().count("FROM") == 1
    assert "USER grader" in files["Containerfile"].decode()


@pytest.mark.slow
def test_what_a_container_runs_grades_with_the_options_of_check(tmp_path):
    course = copy_course(tmp_path / "course") / "specs" / "assignment3"
    files = container_files(load_assignment(course), "scratch", "strict")
    folder = tmp_path / "container"
    write_folder(folder, {name: data for name, data in files.items() if not name.startswith("grader/")})
    hand_in = write(tmp_path / "alice", {"answers.yaml": Q5})
    command = ["bash", folder / "course" / "grade-submission", "--question", "q5", "--format", "json"]
    environment = {**ENVIRONMENT, "GRADE_SUBMISSION": str(hand_in), "GRADER_PYTHON": sys.executable}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["points"] == 70
    assert "FROM scratch" in files["Containerfile"].decode() or "BASE=scratch" in files["Containerfile"].decode()


def test_every_platform_here_is_in_the_table():
    from grader.export.table import PLATFORM_EXPORTS

    assert {*PLATFORMS, *EXPORTS} <= set(PLATFORM_EXPORTS)
