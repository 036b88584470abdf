"""One class, graded by the command in every way that there is: all files of its results, and what is made of them, have the same bytes.

It has all that marks rest on: every kind of question, variants, readers' marks, decisions, lateness, a roster and groups.
"""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from grader.classroom.counting import class_statistics
from grader.classroom.gradebook_file import is_gradebook_file
from grader.classroom.platforms.platform import PlatformRequest
from grader.classroom.platforms.table import platform_format
from grader.classroom.recorded_rows import class_rows
from grader.classroom.statistics_text import class_text
from grader.classroom.student_report import student_report

from ..answers.helpers import Q5, Q6, ROOT, command, plain_environment, write
from ..variants.courses import WEIGHTS
from .test_determinism import CODE, PROSE, WRONG_CODE, write_mixed_course
from .test_grade import posix

pytestmark = pytest.mark.long

ASSIGNMENT = """\
assignment: mixed
title: All kinds
questions: [q2, q3, q5, q6, double, drawn, few]
deadline: 2026-02-01 23:59
timezone: Europe/Berlin
late: {grace: 15 minutes, penalty_per_day: 10%, cap: 50%, late_days: 1}
"""
DRAWN = WEIGHTS.replace("question: latch", "question: drawn")
FEW = "question: few\ntitle: Which have a state?\npoints: 4\nprompt: Choose.\nanswer: choice\noptions: {a: RNN, b: LSTM, c: CNN}\nright: [a, b]\n"
OWN = "drawn: {U: 1, W: 1, b: -1.5}\nfew: [a, b]\n"
OTHERS_CODE = "def double(n):\n    return {n: 2 * n for n in range(-5, 5)}[n]\n"
UNUSUAL = "q6: {W: [[2, -3], [1, 5]], b: [1, -2], v: [1, -3], r: 2, c: -1, c0: -0.5}\n"
ALIKE = "q6: {W: [[2, 10], [2, -3]], b: [-4, 1], v: [-3, 1], r: 2, c: -1, c0: -0.5}\n"
CLASS = {
    "1001": {"answers.yaml": Q5 + Q6 + PROSE + OWN, "solution.py": CODE},
    "1002": {"answers.yaml": Q5.replace("W1: 1", "W1: 3") + PROSE + UNUSUAL + OWN, "solution.py": WRONG_CODE},
    "1003": {"answers.yaml": "q5: [", "solution.py": "import os\ndef double(n):\n    os._exit(3)\n"},
    "1004": {"answers.yaml": Q6.replace("c0: -0.5", "c0: 1/3") + OWN.replace("-1.5", "1/2"), "notes.txt": "unread"},
    "1005": {"answers.yaml": "students: [1005, 1006]\n" + Q5 + ALIKE + OWN, "solution.py": OTHERS_CODE},
    "1007": {"solution.py": CODE.replace("n + n", "n * 2 if n else []")},
    "1008": {"answers.yaml": Q5 + "few: [c]\nq2: Because of the norm.\n", "solution.py": WRONG_CODE},
    "ève": {"answers.yaml": OWN},
}
HALF = ("1002", "1003", "ève")
ROSTER = "id,name,email,section,late days used\n" + "".join(
    f"{1000 + i},Student {name},{name}@x.org,{'AB'[i % 2]},{i % 2}\n" for i, name in enumerate("abcdefghij", 1)
)
TIMES = "id,submitted_at\n" + "".join(f"{1000 + i},2026-02-0{1 + i % 5}T22:{50 + i}:00Z\n" for i in range(1, 9))
OVERRIDES = """\
- {student: "1002", question: q5, points: 60, reason: the sheet said h_0 = 0, by: N. Neumann}
- {submission: "1004", question: q6, line: stays 0 ever after, points: 10, reason: half of it is right, by: N. Neumann}
- {student: [a@x.org, "1004"], extension: 2 days, by: N. Neumann}
- {student: "1006", excused: [q2], reason: a certificate, by: N. Neumann}
- {student: "1007", late: waived}
- {student: "1009", excused: true, reason: ill, by: N. Neumann}
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The course as the present folder of commands, with the class beside its specs."""
    folder = tmp_path_factory.mktemp("mixed")
    files = {"assignment.yaml": ASSIGNMENT, "drawn.yaml": DRAWN, "few.yaml": FEW, "overrides.yaml": OVERRIDES}
    files["marks.yaml"] = (
        "- {submission: '1002', question: q2, met: [no notion of similarity], reader: R, note: Fine.}\n"
    )
    write_mixed_course(folder, files)
    write(folder, {"roster.csv": ROSTER, "times.csv": TIMES})
    for name, files in CLASS.items():
        write(folder / "class" / name, files)
    return folder


PEOPLE = ("--roster", "roster.csv", "--metadata", "times.csv")


def graded(course, folder, *options, out, **environment):
    done = command("grade", folder, "--out", out, *PEOPLE, *options, cwd=course, env=environment)
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture
def graded_here(run, course, monkeypatch):
    """Runs `grader grade` in this process, for ways in which nothing is asked of how it starts."""
    monkeypatch.chdir(course)

    def graded_here(folder, *options, out):
        done = run("grade", folder, "--out", out, "--jobs", 1, *PEOPLE, *options)
        assert done.code == 0, done.err

    return graded_here


def results(out):
    """The files of the results, and what other commands make of them."""
    found = {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and not is_gradebook_file(path.name)
    }
    book = class_rows(out)
    for name in ("csv", "gradescope", "feedback"):
        found[f"--format {name}"] = platform_format(name).write(PlatformRequest(book.rows)).data
    found["grader class"] = class_text(class_statistics(book.rows), 200, full=True).encode()
    found["grader report"] = student_report(out, "f@x.org").encode()
    return found


@pytest.fixture(scope="module")
def wanted(course, tmp_path_factory):
    out = tmp_path_factory.mktemp("wanted") / "out"
    graded(course, "class", "--jobs", 1, out=out)
    return results(out)


def in_two_processes(course, graded_here, tmp_path, out):
    graded(course, "class", "--jobs", 2, out=out)


def on_a_cluster(course, graded_here, tmp_path, out):
    graded(course, "class", "--jobs", 2, "--cluster", "local", out=out)


def in_another_environment(course, graded_here, tmp_path, out):
    graded(course, "class", "--jobs", 1, out=out, PYTHONHASHSEED="77", LC_ALL="C", LANG="C", TZ="Asia/Kolkata")


def in_another_order(course, graded_here, tmp_path, out):
    """The files of the class lie on the disk the other way round, elsewhere."""
    for name in sorted(CLASS, reverse=True):
        write(tmp_path / "class" / name, dict(reversed(CLASS[name].items())))
    graded_here(tmp_path / "class", out=out)


def one_question_after_the_other(course, graded_here, tmp_path, out):
    for question in ("drawn", "q5", "double"):
        graded_here("class", "-q", question, out=out)
    graded_here("class", out=out)


def in_two_halves(course, graded_here, tmp_path, out):
    for name, files in CLASS.items():
        write(tmp_path / ("one" if name in HALF else "two") / name, files)
    overrides = course / "specs" / "mixed" / "overrides.yaml"
    overrides.rename(tmp_path / "overrides.yaml")  # who is not graded yet is nobody whom something is decided of
    try:
        graded_here(tmp_path / "two", out=out)
    finally:
        (tmp_path / "overrides.yaml").rename(overrides)
    graded(course, tmp_path / "one", "--jobs", 2, out=out)


def after_kills(course, graded_here, tmp_path, out):
    """Each run is killed as soon as it has kept some rows more, if it has not come to its end in that moment."""
    ends = []
    for kept in (2, 5):
        arguments = [sys.executable, "-m", "grader", "grade", "class", "--jobs", "2", "--out", str(out), *PEOPLE]
        process = subprocess.Popen(
            arguments, cwd=course, env=plain_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 60
        while process.poll() is None and reports_in(out) < kept and time.monotonic() < until:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        ends.append(process.wait())
    assert -signal.SIGKILL in ends
    assert set(ends) <= {-signal.SIGKILL, 0}
    assert " unchanged" in graded(course, "class", "--jobs", 1, out=out).stdout


def reports_in(out):
    return len(list((out / "reports").glob("*.json"))) if out.exists() else 0


WAYS = {
    way.__name__.replace("_", " "): way
    for way in (
        in_two_processes, on_a_cluster, in_another_environment, in_another_order, one_question_after_the_other,
        in_two_halves,
    )
}  # fmt: skip


@pytest.mark.parametrize("way", [*WAYS, pytest.param("after kills", marks=posix)])
def test_however_a_class_is_graded_all_results_have_the_same_bytes(course, wanted, graded_here, tmp_path, way):
    out = tmp_path / "out"
    (WAYS | {"after kills": after_kills})[way](course, graded_here, tmp_path, out)
    found = results(out)
    assert found.keys() == wanted.keys()
    assert [name for name in wanted if found[name] != wanted[name]] == []


def test_the_class_has_all_that_its_results_rest_on(wanted):
    table = wanted["grades.csv"].decode()
    for part in (
        "days late",
        "overridden by N. Neumann",
        "excused by",
        "extended by",
        "waived by",
        "rejected",
        "missing",
    ):
        assert part in table
    assert "reports/1005, Student f.json" in wanted
    reports = [data for name, data in wanted.items() if name.startswith("reports/")]
    assert len({json.loads(data)["fingerprints"]["grader"] for data in reports}) == 1
    assert b"2 submissions share an unusual wrong network with the same weights" in wanted["grader class"]
    assert b"found: no notion of similarity (R). Fine." in wanted["reports/1002.json"]
    assert all(os.fsencode(str(ROOT.parent)) not in data and b"/tmp" not in data for data in wanted.values())
