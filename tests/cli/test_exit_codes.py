"""What a command ends with: 0 everything earned, 1 points lost, 2 cannot be used, 3 held; and what it says of it."""

import errno
import os
import re
import subprocess
import sys

import pytest

import grader.cli
import grader.kinds.weights.score
from grader.errors import HarnessError

from ..answers.helpers import Q5, Q6, command, write

DOUBLES = """\
question: f
title: Doubling
points: 2
answer: function
signature: f(x)
inputs: {x: integer}
checks: [{name: doubles, points: 2, holds: out == 2*x}]
"""
PYTHON = sys.executable
FORGETFUL = "q5: {W1: 1, W2: 0, b2: 0, W3: 1, b3: 0}\n"
ENDS = {
    "all right": (Q5 + Q6, 0, ""),
    "points lost": (FORGETFUL + Q6, 1, ""),
    "one missing": (Q5, 1, ""),
    "all missing": ("q5:\nq6:\n", 1, ""),
    "one misspelt": ("q5: {w1: 1, W2: 1, b2: 0, W3: 1, b3: 0}\n" + Q6, 2, (
        "grader: q5: answers.yaml:1:6: 'w1' is not a parameter (did you mean 'W1'?)\n"
        "grader: q5: answers.yaml:1:5: W1 is missing\n"
    )),
    "broken": ("q5: {W1\n", 2, (
        "grader: q5: answers.yaml:2:1: this is not YAML: did not find expected ',' or '}' (while parsing a flow "
        "mapping): 1 bracket is opened and 0 closed\n"
    )),
    "empty": ("", 2, "grader: answers.yaml: the file is empty\n"),
    "an unknown key": (Q5 + Q6 + "q7: 1\n", 0, (
        "grader: answers.yaml:3:1: 'q7' is not a question (the questions are q5 and q6)\n"
    )),
    "a misspelt question": (Q6 + Q5.replace("q5", "q_5"), 2, (
        "grader: answers.yaml:2:1: 'q_5' is not a question (did you mean 'q5'?)\n"
    )),
    "escapes": ('q5: {"\\e[2J\\u202e": 1}\n' + Q6, 2, (
        "grader: q5: answers.yaml:1:6: '\\x1b[2J\\u202e' is not a parameter (W1, W2, b2, W3 and b3 are)\n"
        "grader: q5: answers.yaml:1:5: W1, W2, b2, W3 and b3 are missing\n"
    )),
}  # fmt: skip


@pytest.mark.parametrize(("text", "code", "said"), ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("format_name", ["terminal", "json"])
@pytest.mark.sampled(2)
def test_check_ends_as_the_submission_deserves(course, run, tmp_path, text, code, said, format_name):
    folder = write(tmp_path / "alice", {"answers.yaml": text})
    result = run("check", folder, "--format", format_name)
    assert (result.code, result.err) == (code, said)
    assert "alice" in result.out


NEITHER, THERE = "neither a path nor an assignment", "(specs/ holds assignment3)"
MEANT = "(did you mean 'assignment3'?)"
HAS = "(assignment3 has q5 and q6)"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "nobody"], "grader: there is no submission 'nobody'\n"),
        (["check", "n" * 300], f"grader: the submission '{'n' * 59}…' cannot be read: File name too long\n"),
        (["check", "../alice", "--spec", "nothing"], f"grader: no spec 'nothing': {NEITHER} {THERE}\n"),
        (["check", "../alice", "--spec", "asignment3"], f"grader: no spec 'asignment3': {NEITHER} {MEANT} {THERE}\n"),
        (["check", "../alice", "--spec", "s" * 300], f"grader: no spec '{'s' * 300}': {NEITHER} {THERE}\n"),
        (["check", "../alice", "--spec", "./reference"], "grader: reference/ holds no assignment.yaml, so"),
        (["check", "../alice", "-q", "q55"], f"grader: 'q55' is not a question (did you mean 'q5'?) {HAS}\n"),
        (["check", "../alice", "--question", "q5", "--question", "other"], f"grader: 'other' is not a question {HAS}\n"),
        (["check", ".", "--output", "a", "--output", "b"], "more --output than --format: give each --output its"),
        (["check", ".", "--format", "jsn"], "Invalid value for '--format': 'jsn' is not one of"),
        (["check"], "Missing argument 'SUBMISSION'"),
        (["chek", "."], "No such command 'chek'"),
        (["grade", "nowhere"], "Directory 'nowhere' does not exist"),
        (["grade", "specs/assignment3/q5.yaml"], "is a file"),
        (["grade", ".", "--jobs", "0"], "0 is not in the range 1<=x<=256"),
        (["spec", "check", "nothing"], "grader: no spec 'nothing'"),
    ],
)  # fmt: skip
def test_a_command_that_cannot_be_used_says_why(course, run, arguments, said):
    write(course.parent / "alice", {"answers.yaml": Q5})
    result = run(*arguments)
    assert result.code == 2
    assert said in result.err
    assert result.out == ""


@pytest.mark.parametrize("named", ["../x", "/etc", "specs/assignment3", "assignment3/", ".", "..\\x", "a\u202eb"])
def test_a_submission_names_an_assignment_and_never_a_path(course, run, tmp_path, named):
    folder = write(tmp_path / "alice", {"answers.yaml": f"assignment: {named}\n{Q5}{Q6}"})
    result = run("check", folder)
    advice = " (did you mean 'assignment3'?)" if "assignment3" in named else ""
    assert result.err == f"grader: assignment: {named!r} is not an assignment{advice} (specs/ holds assignment3)\n"
    assert (result.code, result.out) == (2, "")


def test_a_broken_file_is_told_even_when_its_assignment_cannot_be_known(tmp_path, monkeypatch, run):
    folder = write(tmp_path / "alice", {"answers.yaml": "q5: {"})
    monkeypatch.chdir(tmp_path)
    result = run("check", folder)
    assert result.code == 2
    assert result.err.splitlines() == [
        "grader: answers.yaml:2:1: this is not YAML: did not find expected node content (while parsing a flow node): "
        "1 bracket is opened and 0 closed",
        "grader: no spec: there is no specs/ folder with an assignment here or above; say --spec SPEC"
        "; a course is not looked for in what is graded: name it with --course DIR",
    ]


def raising(error):
    def judge(*_args, **_named):
        raise error

    return judge


FAULTS = {
    "a bug": (ZeroDivisionError("by us"), "ZeroDivisionError: by us"),
    "a harness error": (HarnessError("a counterexample does not hold"), "HarnessError: a counterexample does not hold"),
    "memory": (MemoryError(), "the grader ran out of memory: grade it again with more memory, or with fewer --jobs"),
    "recursion": (RecursionError("too deep\n\x1b[2J"), "RecursionError: too deep\\n\\x1b[2J"),
}


@pytest.mark.parametrize(("error", "reason"), FAULTS.values(), ids=FAULTS)
def test_a_fault_of_ours_is_held_and_loud(course, run, tmp_path, monkeypatch, error, reason):
    monkeypatch.setattr(grader.kinds.weights.score, "decide", raising(error))
    result = run("check", write(tmp_path / "alice", {"answers.yaml": Q5}))
    assert result.code == 3
    assert result.err == f"grader: q5: held, because the grader failed: {reason}\n"
    assert re.search(r"^q5  A latch that remembers the first zero  \[held\] +0 / 70 \(70 pending\)$", result.out, re.M)
    assert "0 / 140 (70 pending)\n" in result.out


def test_what_is_held_outranks_what_cannot_be_used(course, run, tmp_path, monkeypatch):
    monkeypatch.setattr(grader.kinds.weights.score, "decide", raising(ZeroDivisionError("by us")))
    result = run("check", write(tmp_path / "alice", {"answers.yaml": Q5 + "q6: {W: 1}\n"}))
    assert result.code == 3
    assert "grader: q5: held, because the grader failed: ZeroDivisionError: by us\n" in result.err
    assert "grader: q6: answers.yaml:2:9: W must be a 2 x 2 matrix" in result.err


def test_a_fault_before_any_grading_is_held_too(course, run, monkeypatch):
    monkeypatch.setattr("grader.cli.assignment_asked_for", raising(KeyError("x")))
    result = run("check", ".")
    assert (result.code, result.out) == (3, "")
    assert result.err == "grader: a fault of the grader itself: KeyError: 'x'\n"


def test_ctrl_c_ends_with_130_and_one_word(course, run, tmp_path, monkeypatch):
    monkeypatch.setattr(grader.kinds.weights.score, "decide", raising(KeyboardInterrupt()))
    result = run("check", write(tmp_path / "alice", {"answers.yaml": Q5}))
    assert (result.code, result.out) == (130, "")
    assert result.err.strip() == "grader: stopped"


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["check", "--help"], ["grade", "-h"], ["--version"]])
def test_asking_for_help_is_no_mistake(run, arguments):
    result = run(*arguments)
    assert (result.code, result.err) == (0, "")
    assert ("Usage: " in result.out) or result.out.startswith("grader, version ")


@pytest.mark.parametrize(("text", "code"), [(Q5 + Q6, 0), (FORGETFUL + Q6, 1), ("q5: [", 2)])
@pytest.mark.sampled(3)
def test_a_real_process_ends_with_the_same_codes(shared_course, tmp_path, text, code):
    folder = write(tmp_path / "alice", {"answers.yaml": text})
    done = command("check", folder, cwd=shared_course)
    assert done.returncode == code
    assert done.stdout.startswith("alice - assignment3")
    assert (done.stderr == "") == (code != 2)


@pytest.mark.skipif(os.name != "posix", reason="file names of bytes")
def test_what_a_terminal_has_no_letters_for_is_shown_escaped(shared_course, tmp_path):
    name = os.fsdecode(b"al\xff\x1b[31mice\xe2\x80\xae")
    folder = write(tmp_path / name, {"answers.yaml": "q5: {λ: 1}\n" + Q6})
    done = command("check", folder, cwd=shared_course, env={"PYTHONIOENCODING": "latin-1"})
    assert done.returncode == 2
    assert done.stdout.startswith("al\\udcff\\x1b[31mice\\u202e - assignment3")
    assert "'\\u03bb' is not a parameter" in done.stdout
    assert "'\\u03bb' is not a parameter" in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_a_full_disk_is_our_fault_and_no_mark(shared_course, tmp_path):
    folder = write(tmp_path / "alice", {"answers.yaml": Q5 + Q6})
    with open("/dev/full", "w") as full:
        done = command_to(full, "check", folder, cwd=shared_course)
    assert (done.returncode, done.stderr) == (3, "grader: the output cannot be written: No space left on device\n")


@pytest.mark.skipif(os.name != "posix", reason="pipes")
@pytest.mark.parametrize(("text", "code"), [(Q5 + Q6, 0), (FORGETFUL + Q6, 1)])
def test_a_reader_that_goes_away_changes_nothing(shared_course, tmp_path, text, code):
    folder = write(tmp_path / "alice", {"answers.yaml": text})
    read, written = os.pipe()
    os.close(read)
    try:
        done = command_to(written, "check", folder, cwd=shared_course)
    finally:
        os.close(written)
    assert (done.returncode, done.stderr) == (code, "")


def command_to(stdout, *arguments, cwd, stderr=subprocess.PIPE):
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        cwd=cwd, stdout=stdout, stderr=stderr, text=True, timeout=300, check=False,
    )  # fmt: skip


@pytest.mark.skipif(os.name != "posix", reason="pipes")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--help"], 0), (["grade", "--help"], 0), (["--version"], 0), (["grade", "nowhere"], 2), (["diff", "."], 2)],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_reader_of_both_streams_that_goes_away_changes_no_exit_code(shared_course, arguments, code):
    """`grader ... 2>&1 | true`: click ends with 1 there, which is the code for points that were lost."""
    read, written = os.pipe()
    os.close(read)
    try:
        done = command_to(written, *arguments, cwd=shared_course, stderr=written)
    finally:
        os.close(written)
    assert done.returncode == code


@pytest.mark.skipif(os.name != "posix", reason="pipes")
def test_a_class_is_graded_though_nobody_reads_what_is_said(shared_course, tmp_path):
    """A submission that cannot be used is said on stderr, and that cost the run its exit code and its last words."""
    write(tmp_path / "class" / "alice", {"answers.yaml": "q5: {W1\n"})
    write(tmp_path / "class" / "bob", {"answers.yaml": Q5 + Q6})
    read, written = os.pipe()
    os.close(read)
    folder, out = tmp_path / "class", tmp_path / "out"
    try:
        codes = [
            command_to(written, "grade", folder, "--out", out, cwd=shared_course, stderr=written).returncode
            for _ in range(2)
        ]
    finally:
        os.close(written)
    assert codes == [0, 0]
    assert (out / "class.html").exists()


def test_a_broken_pipe_of_the_grader_itself_is_held_and_said(monkeypatch, capsys):
    """Only a reader of stdout may go away without a word."""
    monkeypatch.setattr(sys, "argv", ["grader", "doctor"])
    monkeypatch.setattr("grader.doctor.report", breaks_a_pipe)
    with pytest.raises(SystemExit) as ended:
        grader.cli.main()
    assert ended.value.code == 3
    assert "a pipe to a process of the grader itself is broken" in capsys.readouterr().err


def breaks_a_pipe(course):
    raise BrokenPipeError(errno.EPIPE, "Broken pipe")


def test_a_closed_stdout_is_borne(shared_course, tmp_path):
    folder = write(tmp_path / "alice", {"answers.yaml": Q5 + Q6})
    script = "import sys, os; sys.stdout = None; from grader.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script, "check", str(folder)],
        cwd=shared_course, stderr=subprocess.PIPE, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(os.name != "posix", reason="a folder in use cannot be removed")
@pytest.mark.parametrize("started", [["-m", "grader"], ["-c", "from grader.cli import main; main()"]])
def test_a_folder_that_is_not_there_any_more_is_said(tmp_path, started):
    gone = write(tmp_path / "gone", {})
    remove = f"import os; os.rmdir({str(gone)!r}); os.execv({PYTHON!r}, [{PYTHON!r}, *{started!r}, 'check', 'x'])"
    done = subprocess.run([sys.executable, "-c", remove], cwd=gone, capture_output=True, text=True, check=False)
    said = "grader: the folder in which this was started is not there any more: change to another one\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)


@pytest.mark.skipif(os.name != "posix", reason="descriptors as POSIX has them")
@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
@pytest.mark.sampled(4)
def test_closed_standard_streams_hold_nothing(tmp_path, closed):
    """The pipes to the process of a student's code must not take their numbers."""
    spec = write(tmp_path / "spec", {"assignment.yaml": "assignment: hw\nquestions: [f]\n", "f.yaml": DOUBLES})
    alice = write(tmp_path / "alice", {"solution.py": "def f(x):\n    return 2 * x\n"})
    close = f"import os; [os.close(n) for n in {closed}]; os.execv({PYTHON!r}, [{PYTHON!r}, '-m', 'grader',"
    options = f"'check', {str(alice)!r}, '--spec', {str(spec)!r}, '--format', 'json', '--output', 'report.json'])"
    done = subprocess.run([sys.executable, "-c", f"{close} {options}"], cwd=tmp_path, check=False, timeout=120)
    assert done.returncode == 0
    assert '"points": 2' in (tmp_path / "report.json").read_text()


def test_what_a_command_leaves_is_not_looked_through_for_cycles_when_it_ends():
    """Finalizers are called all the same; the memory goes with the process."""
    program = (
        "import weakref\n"
        "from grader.startup import look_for_cycles_less_often\n"
        "look_for_cycles_less_often()\n"
        "class Cycle:\n"
        "    def __init__(self):\n"
        "        self.itself = self\n"
        "    def __del__(self):\n"
        "        print('found')\n"
        "left = Cycle()\n"
        "weakref.finalize(Cycle, print, 'finalized')\n"
    )
    done = subprocess.run([PYTHON, "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "finalized\n", "")
