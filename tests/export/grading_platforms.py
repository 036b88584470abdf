"""The platforms' sides: each lays out its own folders, calls what an export says it calls, and reads what is left there.

A platform's `run` gives the points by question (None where the platform has no mark) and all that a student sees.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

import yaml

from grader.export.archives import write_folder
from grader.export.artemis import artemis_files
from grader.export.autolab import autolab_files
from grader.export.prairielearn import prairielearn_files
from grader.export.submitty import submitty_files

from ..answers.helpers import write
from .gradescope_platform import SECRET, lab_course

ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/", "GRADER_PYTHON": sys.executable}
MARKS = {"q5": 70, "q7": 3}


class Outcome(NamedTuple):
    points: dict | None
    seen: str
    folder: Path


class Exported(NamedTuple):
    """What a platform was given, and the same for a course whose reference is broken."""

    sound: Path
    broken: Path


def lab(folder, secret=SECRET):
    """The assignment of a course with q5 and q7."""
    return lab_course(folder, "q5, q7", secret) / "specs" / "assignment3"


def bash(folder, *command, environment=ENVIRONMENT):
    return subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120
    )


class PrairieLearn:
    """/grade, with the folders of `buildDirectory`; results are read only from a container that ended with 0."""

    name = "prairielearn"

    def files(self, assignment):
        return prairielearn_files(assignment, "course/grader", "Autograded", "strict", show_expected=False)

    def run(self, exported, folder, files, environment):
        question = exported / "questions" / "assignment3"
        info = json.loads((question / "info.json").read_text())
        root = folder / "grade"
        for name in ("serverFilesCourse", "data"):
            (root / name).mkdir(parents=True)
        shutil.copytree(question / "tests", root / "tests")
        write(root / "student", files)
        (root / "data" / "data.json").write_text("{}")
        entry = root / Path(info["externalGradingOptions"]["entrypoint"]).relative_to("/grade")
        entry.chmod(0o755)
        done = bash("/", entry, environment={**environment, "GRADE_ROOT": str(root)})
        assert done.returncode == 0, done.stdout
        assert [path.name for path in (root / "results").iterdir()] == ["results.json"]
        text = (root / "results" / "results.json").read_text()
        assert len(text) <= 1024 * 1024
        results = json.loads(text)
        if not results.get("gradable", True):
            return Outcome(None, text, root)
        points = {}
        for test in results["tests"]:
            question = test["name"].partition(":")[0]
            points[question] = points.get(question, 0) + test["points"]
        assert results["score"] == round(sum(points.values()) / sum(MARKS.values()), 9)
        return Outcome(points, text, root)


class Autolab:
    """An empty folder with the two files and the one that was handed in; the last line of what `make` prints counts."""

    name = "autolab"

    def files(self, assignment):
        return autolab_files(assignment, "grader_image", "handin.tar", "strict", show_expected=False)

    def run(self, exported, folder, files, environment):
        lab = yaml.safe_load((exported / "assignment3.yml").read_text())
        place = write(folder / "autolab", {})
        shutil.copy(exported / "autograde-Makefile", place / "Makefile")
        shutil.copy(exported / "autograde.tar", place)
        write(folder / "handed_in", files)
        with tarfile.open(place / lab["general"]["handin_filename"], "w") as packed:
            packed.add(folder / "handed_in", ".")
        done = bash(place, "make", environment=environment)
        scores = json.loads(re.sub("([a-zA-Z0-9]+):", r'"\1":', done.stdout.rstrip().split("\n")[-1]))["scores"]
        problems = {problem["name"]: problem["max_score"] for problem in lab["problems"]}
        assert problems == MARKS
        assert scores
        assert set(scores) <= set(problems), "a name that the lab does not have is a zero in every problem"
        scores = {name: score for name, score in scores.items() if score is not None}
        return Outcome(scores or None, done.stdout, place)


class Artemis:
    """The tests repository with the student's below it; no report is a build that failed."""

    name = "artemis"

    def files(self, assignment):
        return artemis_files(assignment, "strict", show_expected=False)

    def run(self, exported, folder, files, environment):
        shutil.copytree(exported / "tests", folder / "build")
        write(folder / "build" / "assignment", files)
        shutil.copy(exported / "build_script.sh", folder / "script.sh")
        done = bash(folder / "build", "bash", folder / "script.sh", environment=environment)
        report = folder / "build" / "test-reports" / "results.xml"
        if not report.is_file():
            assert done.returncode != 0
            return Outcome(None, done.stdout, folder / "build")
        weights = dict(re.findall('^"(.*)",([0-9.]+)$', (exported / "weights.csv").read_text(), re.MULTILINE))
        text = report.read_text()
        points = dict.fromkeys(MARKS, 0)
        for suite in ET.fromstring(text).findall("testsuite"):
            for test in suite.findall("testcase"):
                weight = weights.pop(f"{suite.get('name')}.{test.get('name')}")
                if not {child.tag for child in test} & {"failure", "error", "skipped"}:
                    points[suite.get("name").rpartition(".")[2]] += float(weight)
        assert not weights, "every test of the results has a weight"
        return Outcome(points, text + done.stdout, folder / "build")


class Submitty:
    """TMP_WORK: a folder of each test case with what was handed in, and the validators in the one above."""

    name = "submitty"

    def files(self, assignment):
        return submitty_files(assignment, "course/grader:latest", "strict", show_expected=False)

    def run(self, exported, folder, files, environment):
        config = json.loads((exported / "config" / "config.json").read_text())
        assert sum(case["points"] for case in config["testcases"]) == config["grading_parameters"]["AUTO_POINTS"]
        work = folder / "TMP_WORK"
        shutil.copytree(exported / "config" / "custom_validation_code", work)
        points, seen = {}, ""
        for number, case in enumerate(config["testcases"], 1):
            prefix = f"test{number:02}/"
            write(work / prefix, {**files, "STDOUT.txt": "/work\n", "STDERR.txt": "", "execute_logfile.txt": "ran"})
            (validation,) = case["validation"]
            given = {**validation, "testcase_prefix": prefix, "username": "student"}
            (work / "custom_validator_input.json").write_text(json.dumps(given))
            out, results = work / "validation_stdout.json", work / "validation_results.json"
            done = bash(
                work, *validation["command"].replace("python3", sys.executable).split(), environment=environment
            )
            out.write_text(done.stdout)
            found = json.loads(results.read_text())
            results.unlink()
            seen += json.dumps(found)
            if found["status"] == "success":
                points[validation["question"]] = int((found["data"]["score"] + 0.00001) * case["points"])
        return Outcome(points or None, seen, work)


PLATFORMS = {platform.name: platform for platform in (PrairieLearn(), Autolab(), Artemis(), Submitty())}


def exported_to(platform, assignment, folder):
    """What the export writes, without the grader's own source, which is installed here."""
    files = {name: data for name, data in platform.files(assignment).items() if not name.startswith("image/grader/")}
    write_folder(folder, files)
    return folder


def tree(folder):
    """Every file below a folder with its bytes; a link is its target."""
    return {
        path.relative_to(folder).as_posix(): os.readlink(path).encode() if path.is_symlink() else path.read_bytes()
        for path in sorted(Path(folder).rglob("*"))
        if path.is_symlink() or path.is_file()
    }
