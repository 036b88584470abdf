"""`grader grade`: every submission gets its row and its report, whatever the others are like."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import grader.classroom.work
import grader.kinds.weights.score
from grader.errors import HarnessError

from ..answers.helpers import Q5, Q5_JSON, Q6, Q6_JSON, command, copy_course, write
from ..processes import children

HANGS_AFTER_SECONDS = 50
"""Less than a call of ENDLESS may take."""

THERE = "(specs/ holds equality and latch)"
BRACKETS = "1 bracket is opened and 0 closed"
UNCLOSED = f"this is not YAML: did not find expected ',' or '}}' (while parsing a flow mapping): {BRACKETS}"
CUT = f"this is not YAML: did not find expected node content (while parsing a flow node): {BRACKETS}"
FORGETFUL = "q5: {W1: 1, W2: 0, b2: 0, W3: 1, b3: 0}\n"
posix = pytest.mark.skipif(os.name != "posix", reason="links, pipes, signals and names of bytes as POSIX has them")


def rows(out):
    """`grades.csv` as its header and its rows by submission, without the evidence that they rest on."""
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        header, *rest = csv.reader(file)
    assert header[-1] == "evidence"
    return header[:-1], {row[0]: row[1:-1] for row in rest}


def reports(out):
    return {path.name: json.loads(path.read_text()) for path in sorted((out / "reports").iterdir())}


@pytest.fixture
def classroom(tmp_path):
    """A class whose submissions are whole, partly wrong, missing, and broken in several ways."""
    folder = tmp_path / "class"
    write(folder / "alice", {"answers.yaml": Q5 + Q6})
    write(folder / "bob", {"answers.json": f"{{{Q5_JSON}, {Q6_JSON}}}"})
    write(folder / "carol", {"answers.yaml": FORGETFUL})
    write(folder / "dave", {"answers.yaml": "q5: {W1"})
    write(folder / "eve", {"answers.yaml": "q5: {W9: 1}\n" + Q6})
    write(folder / "frank", {})
    write(folder, {"gwen.yaml": Q5, "notes.txt": "", "results.npz": "", ".hidden.yaml": "", "photo.png": ""})
    write(folder / ".git", {"answers.yaml": Q5})
    return folder


WANTED = {
    "alice": ["70", "70", "140", "140", "graded"],
    "bob": ["70", "70", "140", "140", "graded"],
    "carol": ["40", "0", "40", "140", "missing"],
    "dave": ["0", "0", "0", "140", "rejected"],
    "eve": ["0", "70", "70", "140", "rejected"],
    "frank": ["0", "0", "0", "140", "missing"],
    "gwen": ["70", "0", "70", "140", "missing"],
}


def test_every_submission_has_its_row_and_its_report(course, run, classroom, tmp_path):
    out = tmp_path / "out"
    result = run("grade", classroom, "--out", out)
    assert result.code == 0
    header, found = rows(out)
    assert header == ["submission", "q5", "q6", "total", "max", "status"]
    assert found == WANTED
    assert list(found) == sorted(found)
    assert list(reports(out)) == [f"{name}.json" for name in WANTED]
    assert sorted(path.name for path in out.iterdir()) == [
        "class.html", "gradebook.sqlite", "grades.csv", "pages", "reports"
    ]  # fmt: skip


def test_a_report_is_what_check_says(course, run, classroom, tmp_path):
    run("grade", classroom, "--out", tmp_path / "out")
    for name in ("alice", "carol", "dave", "eve"):
        report = (tmp_path / "out" / "reports" / f"{name}.json").read_text()
        assert report == run("check", classroom / name, "--format", "json").out


def test_what_went_wrong_is_said_on_stderr_under_the_name(course, run, classroom, tmp_path):
    result = run("grade", classroom, "--out", tmp_path / "out")
    assert result.err.splitlines() == [
        "grader: notes.txt: passed over, it is no submission",
        "grader: photo.png: passed over, it is no submission",
        "grader: results.npz: passed over, it is no submission",
        f"grader: dave: q5: answers.yaml:2:1: {UNCLOSED}",
        "grader: eve: q5: answers.yaml:1:6: 'W9' is not a parameter (W1, W2, b2, W3 and b3 are)",
        "grader: eve: q5: answers.yaml:1:5: W1, W2, b2, W3 and b3 are missing",
    ]  # fmt: skip


def test_the_table_shows_the_rows(course, run, classroom, tmp_path):
    lines = run("grade", classroom, "--out", tmp_path / "out").out.splitlines()
    assert [line.split() for line in lines[1:8]] == [[name, *cells] for name, cells in WANTED.items()]
    assert lines[0].split() == ["submission", "q5", "q6", "total", "max", "status"]
    assert lines[8:10] == ["", f"7 submissions graded; grades.csv and reports/ are in {tmp_path / 'out'}/"]


def test_the_bytes_are_the_same_every_time_and_on_any_number_of_processes(
    shared_course, classroom, tmp_path, run, monkeypatch
):
    """Here, and by a command in a process of its own with two more."""
    for i in range(12):
        write(classroom, {f"s{i:02}.yaml": f"q5: {{W1: {i}, W2: 1, b2: -1.5, W3: 1, b3: 0}}\n"})
    outs = [tmp_path / name / "out" for name in ("one", "two")]
    options = ("grade", classroom, "--out", "out", "--spec", shared_course / "specs" / "assignment3", "--jobs")
    for out in outs:
        out.parent.mkdir()
    monkeypatch.chdir(outs[0].parent)
    here, there = run(*options, 1), command(*options, 2, cwd=outs[1].parent)
    assert (here.code, there.returncode) == (0, 0)
    assert (here.out, here.err) == (there.stdout, there.stderr)
    files = [{path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()} for out in outs]
    assert files[0] == files[1]
    assert len(files[0]) == 3 + 2 * 19  # gradebook, table and page of the class; a report and a page each


def test_a_second_run_does_not_take_the_results_for_a_submission(course, run, classroom):
    out = classroom / "results"
    assert run("grade", classroom, "--out", out).code == 0
    first = (out / "grades.csv").read_bytes()
    assert run("grade", classroom, "--out", out).code == 0
    assert (out / "grades.csv").read_bytes() == first


@posix
def test_no_kind_of_broken_submission_stops_the_others(course, run, classroom, tmp_path):
    (classroom / "a_link").symlink_to(classroom / "alice")
    (classroom / "a_dangling_link.yaml").symlink_to("nowhere")
    os.mkfifo(classroom / "a_pipe")
    os.mkfifo(classroom / "a_pipe.yaml")
    write(classroom / "a_crowd", {f"{i}.txt": "" for i in range(1001)})
    write(classroom / "a_bomb", {"answers.yaml": "a: " + "[" * 100_000})
    write(classroom / "a_stranger", {"answers.yaml": f"assignment: ../../etc\n{Q5}{Q6}"})
    with (classroom / "a_giant.json").open("wb") as file:
        file.truncate(10 << 30)
    os.mkfifo(write(classroom / "a_pipe_within", {"q6.yaml": Q6.removeprefix("q6: ")}) / "answers.yaml")
    result = run("grade", classroom, "--out", tmp_path / "out", "--jobs", 1)
    assert result.code == 0
    _, found = rows(tmp_path / "out")
    assert {name: found[name] for name in WANTED} == WANTED
    unknown = ["", "", "0", "0", "rejected"]
    zero = ["0", "0", "0", "140", "rejected"]
    assert {name: row for name, row in found.items() if name not in WANTED} == {
        "a_bomb": zero, "a_crowd": zero, "a_dangling_link": zero, "a_giant": zero, "a_link": zero,
        "a_pipe": zero, "a_pipe.yaml": zero, "a_stranger": unknown,
        "a_pipe_within": ["0", "70", "70", "140", "rejected"],
    }  # fmt: skip
    said = [line for line in result.err.splitlines() if line.startswith("grader: a_")]
    assert [line for line in said if "a_pipe_within" not in line] == [
        "grader: a_bomb: answers.yaml:1:43: nested more than 40 deep",
        "grader: a_bomb: answers.yaml:1:1: 'a' is not a question (the questions are q5 and q6)",
        "grader: a_crowd: a_crowd/ holds more than 1000 files",
        "grader: a_dangling_link: is a symbolic link: hand in the folder or file itself",
        "grader: a_giant: a_giant.json: is too large: 10737418240 bytes (at most 1048576)",
        "grader: a_link: is a symbolic link: hand in the folder or file itself",
        "grader: a_pipe: is neither a folder nor a plain file",
        "grader: a_pipe.yaml: is neither a folder nor a plain file",
        "grader: a_stranger: assignment: '../../etc' is not an assignment (specs/ holds assignment3)",
    ]


@posix
def test_names_that_would_trick_a_terminal_a_spreadsheet_or_a_file_system(course, run, tmp_path):
    folder = tmp_path / "class"
    raw = [
        b"al\xffice",
        "\u202ecilа".encode(),
        b"a\nzoe  70  70  140",
        b"\x1b[2J",
        "名前".encode(),
        b"l" * 250,
        b"l" * 249 + b"m",
    ]
    raw += [b"=1+1", b"+1", b"-2+3", b"@SUM(1)", b"\tx", "＝1".encode(), b'a"b,c', b"-5"]
    for name in raw:
        path = Path(os.fsdecode(os.fsencode(folder) + b"/" + name))
        write(path, {"answers.yaml": Q5 + Q6})
    result = run("grade", folder, "--out", tmp_path / "out")
    assert (result.code, result.err) == (0, "")
    assert "\x1b" not in result.out
    assert "\u202e" not in result.out
    lines = result.out.splitlines()
    assert lines.index("") == len(raw) + 1  # behind a header: no name takes two lines
    for shown in (r"al\udcffice", r"\u202ecilа", r"a\nzoe  70  70  140", r"\x1b[2J", "名前"):
        assert any(line.startswith(f"{shown} ") for line in lines)
    _, found = rows(tmp_path / "out")
    assert len(found) == len(raw)
    assert {tuple(row) for row in found.values()} == {("70", "70", "140", "140", "graded")}
    for name in ("'=1+1", "'+1", "'-2+3", "'@SUM(1)", r"\x09x", "'＝1", 'a"b,c', "-5", r"al\udcffice", "l" * 250):
        assert name in found
    names = os.listdir(tmp_path / "out" / "reports")
    assert len(names) == len(raw)
    assert sum(name.startswith("l" * 200 + "-") for name in names) == 2
    assert max(len(os.fsencode(name)) for name in names) < 230


def test_two_of_one_name_are_told_apart(course, run, tmp_path):
    folder = tmp_path / "class"
    write(folder / "alice", {"answers.yaml": Q5 + Q6})
    write(folder, {"alice.yaml": Q5, "alice.json": "", "alice.yaml.yaml": Q6, "bob.yml": Q6})
    run("grade", folder, "--out", tmp_path / "out")
    _, found = rows(tmp_path / "out")
    assert {name: row[2] for name, row in found.items()} == {
        "alice": "140", "alice.json": "0", "alice.yaml": "70", "alice.yaml.yaml": "70", "bob": "70",
    }  # fmt: skip
    assert list(reports(tmp_path / "out")) == [f"{name}.json" for name in found]
    assert [report["submission"] for report in reports(tmp_path / "out").values()] == list(found)


def test_a_folder_without_submissions_is_said(course, run, tmp_path):
    folder = write(tmp_path / "class", {"notes.txt": "", ".hidden.yaml": ""})
    result = run("grade", folder, "--out", tmp_path / "out")
    assert (result.code, result.out) == (2, "")
    assert result.err == f"grader: {folder}: holds no submission (a folder or an answers file each)\n"
    assert not (tmp_path / "out").exists()


@pytest.fixture
def two_assignments(tmp_path, monkeypatch):
    """A course with two assignments: `latch` of q5, and `equality` of q6."""
    folder = copy_course(tmp_path / "course")
    for name, question in (("latch", "q5"), ("equality", "q6")):
        spec = folder / "specs" / name
        spec.mkdir()
        shutil.move(folder / "specs" / "assignment3" / f"{question}.yaml", spec / f"{question}.yaml")
        (spec / "assignment.yaml").write_text(f"assignment: {name}\nquestions: [{question}]\n")
    shutil.rmtree(folder / "specs" / "assignment3")
    monkeypatch.chdir(folder)
    return folder


MIXED = {
    "alice": f"assignment: latch\n{Q5}",
    "bob": f"assignment: equality\n{Q6}",
    "carol": Q5,
    "dave": "q5: {",
    "eve": f"assignment: lach\n{Q5}",
    "frank": f"assignment: ../specs/latch\n{Q5}",
    "gwen": f"assignment: [latch]\n{Q5}",
    "hugo": f"assignment: latch\nassignment: equality\n{Q5}",
}


def test_a_folder_may_mix_assignments_and_each_submission_meets_its_own(two_assignments, run, tmp_path):
    for name, text in MIXED.items():
        write(tmp_path / "class" / name, {"answers.yaml": text})
    result = run("grade", tmp_path / "class", "--out", tmp_path / "out")
    assert result.code == 0
    header, found = rows(tmp_path / "out")
    assert header == ["submission", "q5", "q6", "total", "max", "status"]
    refused = ["", "", "0", "0", "rejected"]
    assert found == {
        "alice": ["70", "", "70", "70", "graded"],
        "bob": ["", "70", "70", "70", "graded"],
        **dict.fromkeys(["carol", "dave", "eve", "frank", "gwen", "hugo"], refused),
    }
    unnamed = "names no assignment: write `assignment: equality` in its answers.yaml (equality or latch)"
    assert result.err.splitlines() == [
        f"grader: carol: {unnamed}",
        f"grader: dave: answers.yaml:2:1: {CUT}",
        f"grader: dave: {unnamed}",
        f"grader: eve: assignment: 'lach' is not an assignment (did you mean 'latch'?) {THERE}",
        "grader: frank: assignment: '../specs/latch' is not an assignment (specs/ holds equality and latch)",
        f"grader: gwen: {unnamed}",
        "grader: hugo: answers.yaml:2:1: 'assignment' stands here a second time (first on line 1)",
        f"grader: hugo: {unnamed}",
    ]  # fmt: skip
    assert {name: report["assignment"] for name, report in reports(tmp_path / "out").items()} == {
        "alice.json": "latch", "bob.json": "equality", **dict.fromkeys(
            ["carol.json", "dave.json", "eve.json", "frank.json", "gwen.json", "hugo.json"], ""
        ),
    }  # fmt: skip


def test_the_spec_that_is_asked_for_outranks_the_one_that_is_named(two_assignments, run, tmp_path):
    for name in ("alice", "bob", "carol"):
        write(tmp_path / "class" / name, {"answers.yaml": MIXED[name]})
    run("grade", tmp_path / "class", "--out", tmp_path / "out", "--spec", "latch")
    _, found = rows(tmp_path / "out")
    assert {name: row[1] for name, row in found.items()} == {"alice": "70", "bob": "0", "carol": "70"}


def test_check_asks_which_assignment_is_meant(two_assignments, run, tmp_path):
    result = run("check", write(tmp_path / "carol", {"answers.yaml": Q5}))
    assert (result.code, result.out) == (2, "")
    assert result.err == "grader: which assignment? specs/ holds equality and latch; say --spec NAME\n"
    named = run("check", write(tmp_path / "alice", {"answers.yaml": MIXED["alice"]}))
    assert named.code == 0


def test_what_is_held_has_no_mark_no_sum_and_no_zero(course, run, tmp_path, monkeypatch):
    real = grader.kinds.weights.score.score_weights

    def judge(question, values, *details):
        if question.id == "q5" and values["W1"] == 13:
            raise HarnessError("the thirteenth")
        return real(question, values, *details)

    monkeypatch.setattr(grader.kinds.weights.score, "score_weights", judge)
    write(tmp_path / "class" / "alice", {"answers.yaml": Q5 + Q6})
    write(tmp_path / "class" / "bob", {"answers.yaml": Q5.replace("W1: 1", "W1: 13") + Q6})
    result = run("grade", tmp_path / "class", "--out", tmp_path / "out")
    assert result.code == 3
    assert result.err.splitlines() == [
        "grader: bob: q5: held, because the grader failed: HarnessError: the thirteenth",
        "grader: 1 row held, with no marks and no loss of any: do as is said above, and grade again",
    ]
    _, found = rows(tmp_path / "out")
    assert found == {"alice": ["70", "70", "140", "140", "graded"], "bob": ["", "70", "", "140", "held"]}
    bob = reports(tmp_path / "out")["bob.json"]
    assert (bob["points"], bob["max_points"], bob["pending_points"]) == (70, 140, 70)
    q5 = bob["questions"][0]
    assert (q5["status"], {check["outcome"] for check in q5["checks"]}) == ("held", {"held"})


def test_a_fault_outside_any_question_holds_that_submission_alone(course, run, classroom, tmp_path, monkeypatch):
    real = grader.classroom.work.Submission

    def read(path, name, *content):
        if name == "bob":
            raise OSError("the disk is gone")
        return real(path, name, *content)

    monkeypatch.setattr(grader.classroom.work, "Submission", read)
    result = run("grade", classroom, "--out", tmp_path / "out")
    assert result.code == 3
    assert "grader: bob: held, because the grader failed: OSError: the disk is gone\n" in result.err
    _, found = rows(tmp_path / "out")
    assert found == {**WANTED, "bob": ["", "", "", "0", "held"]}


@pytest.mark.parametrize("kind", ["a file", "a file above", "grades.csv"])
def test_results_that_cannot_be_written_end_with_a_word(course, run, classroom, tmp_path, kind):
    """With 2 where the command names a file as the folder of results, else with 3."""
    out = tmp_path / "out"
    match kind:
        case "a file":
            out.write_text("mine")
            said = f"{out}: cannot be made: "
        case "a file above":
            out.write_text("mine")
            out = out / "deeper"
            said = f"{out}: cannot be made: Not a directory"
        case "grades.csv":
            (out / "grades.csv").mkdir(parents=True)
            said = f"{out / 'grades.csv'}: cannot be written: Is a directory"
    result = run("grade", classroom, "--out", out)
    assert (result.code, result.out) == (3 if kind == "grades.csv" else 2, "")
    assert f"grader: {said}" in result.err
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("there", ["nothing", "the folder", "a folder above"])
@pytest.mark.parametrize("refused", ["overrides", "a question"])
def test_a_run_that_is_refused_leaves_nothing_behind(course, run, classroom, tmp_path, there, refused):
    """Neither a gradebook that holds nothing nor folders that were made for it."""
    out = tmp_path / "graded" / "out"
    if there != "nothing":
        (out if there == "the folder" else out.parent).mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    slip = tmp_path.parent / f"{tmp_path.name}.yaml"
    slip.write_text("nobody: {excused: ill, by: a reader}\n")
    options = {"overrides": ("--overrides", slip), "a question": ("-q", "q77")}[refused]
    result = run("grade", classroom, "--out", out, *options)
    assert (result.code, result.out) == (2, "")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_run_that_is_refused_leaves_earlier_grades(course, run, classroom, tmp_path):
    out = tmp_path / "out"
    assert run("grade", classroom, "--out", out).code in (0, 3)
    kept = sorted(out.rglob("*"))
    assert run("grade", classroom, "--out", out, "-q", "q77").code == 2
    assert sorted(out.rglob("*")) == kept


def test_a_report_that_cannot_be_written_holds_its_row_alone(course, run, classroom, tmp_path):
    out = tmp_path / "out"
    (out / "reports" / "alice.json").mkdir(parents=True)
    result = run("grade", classroom, "--out", out)
    assert result.code == 3
    said = f"{out / 'reports' / 'alice.json'}: cannot be written: Is a directory"
    assert f"grader: alice: held, because the grader failed: {said}\n" in result.err
    _, found = rows(out)
    assert found == {**WANTED, "alice": ["", "", "", "140", "held"]}
    assert not list(tmp_path.rglob("*.part"))


def test_an_interrupted_run_leaves_the_grades_of_the_last_one_whole(course, run, classroom, tmp_path, monkeypatch):
    out = tmp_path / "out"
    run("grade", classroom, "--out", out)
    before = (out / "grades.csv").read_bytes()
    write(classroom / "alice", {"answers.yaml": ""})

    def interrupted(self, graded):
        raise KeyboardInterrupt

    monkeypatch.setattr("grader.classroom.results.ResultsFolder.record", interrupted)
    assert run("grade", classroom, "--out", out).code == 130
    assert (out / "grades.csv").read_bytes() == before
    assert not list(tmp_path.rglob("*.part"))


@pytest.fixture
def large_class(tmp_path):
    """More submissions than can be graded before they are interrupted: no two networks are the same."""
    folder = tmp_path / "class"
    return write(
        folder, {f"s{i:04}.yaml": f"q5: {{W1: {i}, W2: 1, b2: -1.5, W3: 1, b3: 0}}\n{Q6}" for i in range(2000)}
    )


def heed_interrupts():
    """A shell lets what it starts in the background ignore Ctrl-C, and all that this starts in turn."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@posix
@pytest.mark.parametrize(("jobs", "sign"), [(1, "reports/*.json"), (2, "reports/*.json"), (2, "reports")])
@pytest.mark.sampled(3)
def test_ctrl_c_ends_at_once_with_130_and_without_a_traceback(shared_course, large_class, tmp_path, jobs, sign):
    """In the middle of the work, and while other processes are still starting to help with it."""
    out = tmp_path / "out"
    with subprocess.Popen(
        [sys.executable, "-m", "grader", "grade", str(large_class), "--out", str(out), "--jobs", str(jobs)],
        cwd=shared_course, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=heed_interrupts,
    ) as process:  # fmt: skip
        while process.poll() is None and not list(out.glob(sign)):
            time.sleep(0.02)
        assert process.poll() is None, process.stderr.read()
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to this process and to all that it started
        try:
            stdout, stderr = process.communicate(timeout=HANGS_AFTER_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    code = process.returncode
    assert (128 - code if code < 0 else code) == 130  # as a shell has it, which counts an end by a signal from 128 on
    assert stdout == ""
    on, stopped = filter(None, stderr.splitlines())
    assert on.endswith(f"; this goes on: grader grade --out {out} --jobs {jobs} {large_class}")
    assert stopped == "grader: stopped"
    assert not (out / "grades.csv").exists()
    assert not list(out.rglob("*.part"))
    assert all(json.loads(path.read_text())["schema"] == 1 for path in out.glob("reports/*.json"))


ENDLESS = """\
question: endless
answer: function
signature: endless(x)
inputs: {x: bit}
call_seconds: 60
checks: [{name: ends, points: 1, holds: out == x}]
"""


def sandboxes_below(pid):
    """The processes of students' code that a process, or one that it has started, has started."""
    found = children(pid)
    for child in found:
        found += children(child)
    commands = (Path(f"/proc/{child}/cmdline") for child in found)
    return [command for command in commands if command.exists() and b"/start.py\0zygote" in command.read_bytes()]


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_ctrl_c_waits_for_no_function_that_never_returns(tmp_path):
    spec = write(tmp_path / "specs" / "s", {"assignment.yaml": "assignment: s\nquestions: [endless]\n"})
    write(spec, {"endless.yaml": ENDLESS})
    source = "def endless(x):\n    while True: pass\n"
    for number in range(4):
        write(tmp_path / "class" / f"s{number}", {"solution.py": source})
    with subprocess.Popen(
        [sys.executable, "-m", "grader", "grade", "class", "--jobs", "2"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}, preexec_fn=heed_interrupts,
    ) as process:  # fmt: skip
        while process.poll() is None and len(sandboxes_below(process.pid)) < 2:  # until both are at work
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        try:
            _, stderr = process.communicate(timeout=HANGS_AFTER_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    assert process.returncode in (130, -signal.SIGINT)
    assert stderr.endswith("grader grade --jobs 2 class\n\ngrader: stopped\n")


@posix
def test_a_reader_of_the_table_that_goes_away_costs_no_results(shared_course, classroom, tmp_path):
    read, written = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "grader", "grade", str(classroom), "--out", str(tmp_path / "out")],
        cwd=shared_course, stdout=written, stderr=subprocess.PIPE, text=True, timeout=300, check=False,
    )  # fmt: skip
    os.close(written)
    assert done.returncode == 0
    assert "Broken" not in done.stderr
    assert rows(tmp_path / "out")[1] == WANTED
