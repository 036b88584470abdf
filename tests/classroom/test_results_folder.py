"""Where results are written: in no submission, through no link; which file each submission gets; what cannot be."""

import csv
import hashlib
import io
import os
import subprocess
import sys
import unicodedata

import pytest

from grader.atomic import write_file
from grader.classroom.result_names import report_files
from grader.visible import shown_name
from grader.windows_names import is_device_name, without_refused_signs

from ..answers.helpers import Q5, Q6, copy_course, write
from .test_grade import posix, reports, rows

FULL = ["70", "70", "140", "140", "graded"]
ANSWERS = {"answers.yaml": Q5 + Q6}


@pytest.fixture
def inside(tmp_path, monkeypatch):
    """The current folder is that of the submissions, which lies in a course of its own."""
    folder = write(copy_course(tmp_path / "course") / "class" / "alice", ANSWERS).parent
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def semester(inside):
    """The course around it."""
    return inside.parent


# ------------------------------------------------------------------ a submission called results
def test_a_submission_called_results_is_refused_where_results_would_go_there(inside, run):
    write(inside / "results", ANSWERS)
    result = run("grade", ".")
    assert (result.code, result.out) == (2, "")
    assert result.err == "grader: --out results: results is a submission itself: name another folder with --out\n"
    assert sorted(os.listdir(inside / "results")) == ["answers.yaml"]


def test_a_submission_called_results_is_graded_where_they_go_elsewhere(inside, run, tmp_path):
    write(inside / "results", ANSWERS)
    assert run("grade", ".", "--out", tmp_path / "out").code == 0
    assert rows(tmp_path / "out")[1] == {"alice": FULL, "results": FULL}


def test_results_of_an_earlier_run_are_used_again_and_said_to_be_passed_over(inside, run):
    assert run("grade", ".").code == 0
    result = run("grade", ".")
    assert (result.code, result.err) == (0, "grader: results: passed over, it is no submission\n")
    assert rows(inside / "results")[1] == {"alice": FULL}


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"solution.py": ""},
        {"grades.csv": "", "answers.yaml": Q5},
        {"reports/x.json": "", "answers.json": "{}"},
        {"reports/x.yaml": Q5},
    ],
)
def test_what_is_not_of_an_earlier_run_is_a_submission(inside, run, content):
    (inside / "results" / "reports").mkdir(parents=True)
    for name, text in content.items():
        (inside / "results" / name).write_text(text)
    if not any(name.startswith("reports/") for name in content):
        (inside / "results" / "reports").rmdir()
    assert run("grade", ".").code == 2


# ------------------------------------------------------------------ among the submissions
@pytest.mark.parametrize(
    "out", [".", "alice", "alice/out", "new/out", "./alice/../alice", "../class", "alice/results", "out/deeper/still"]
)
def test_results_among_the_submissions_are_refused(inside, run, out):
    before = sorted(os.listdir(inside))
    result = run("grade", ".", "--out", out)
    assert (result.code, result.out) == (2, "")
    assert "lies among the submissions in .: name another folder" in result.err or "is a submission" in result.err
    assert sorted(os.listdir(inside)) == before


def test_a_folder_of_submissions_that_is_called_reports_gets_no_reports(run, tmp_path, monkeypatch):
    course = copy_course(tmp_path / "course")
    write(course / "reports" / "alice", ANSWERS)
    monkeypatch.chdir(course)
    result = run("grade", "reports", "--out", ".")
    assert (result.code, os.listdir("reports")) == (2, ["alice"])


# ------------------------------------------------------------------ links
@posix
def test_a_link_in_the_place_of_the_results_is_refused(inside, run, tmp_path):
    elsewhere = write(tmp_path / "elsewhere", {"kept": "mine"})
    (inside / "results").symlink_to(elsewhere)
    result = run("grade", ".")
    assert result.code == 2
    assert "results: is a symbolic link, and results go through none" in result.err
    assert os.listdir(elsewhere) == ["kept"]


@posix
def test_a_link_in_the_place_of_the_reports_is_refused(course, run, tmp_path):
    write(tmp_path / "class" / "alice", ANSWERS)
    elsewhere = write(tmp_path / "elsewhere", {"alice.json": "mine"})
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "reports").symlink_to(elsewhere)
    assert run("grade", tmp_path / "class", "--out", tmp_path / "out").code == 2
    assert (elsewhere / "alice.json").read_text() == "mine"


@posix
@pytest.mark.parametrize("kind", ["symbolic", "hard", "pipe"])
@pytest.mark.parametrize(
    "place",
    ["reports/alice.json", "grades.csv", "reports/.alice.json.part", "reports/.grader-0.part", ".grader-0.part"],
)
@pytest.mark.sampled(2)
def test_nothing_is_written_through_what_is_planted(course, run, tmp_path, place, kind):
    write(tmp_path / "class" / "alice", ANSWERS)
    victim = write(tmp_path, {"victim": "mine"}) / "victim"
    planted = tmp_path / "out" / place
    planted.parent.mkdir(parents=True)
    match kind:
        case "symbolic":
            planted.symlink_to(victim)
        case "hard":
            os.link(victim, planted)
        case "pipe":
            os.mkfifo(planted)
    assert run("grade", tmp_path / "class", "--out", tmp_path / "out").code == 0
    assert victim.read_text() == "mine"
    assert rows(tmp_path / "out")[1] == {"alice": FULL}
    assert (tmp_path / "out" / "grades.csv").is_file()
    assert not (tmp_path / "out" / "reports" / "alice.json").is_symlink()


# ------------------------------------------------------------------ names
NAMES = [
    "a\rb", "a\nb", "a\tb", r"a\rb", r"a\nb", r"a\\nb", "a\x0bb", "a\x85b", "a\u2028b", "a\u202eb", "a\u200bb", "a\x7fb",
    "a\udcffb", r"a\udcffb", "=1", "'=1", "''=1", "a,b", 'a"b', "a;b", "'", "a b", "a  b", "\ufeffa",
    "\U000e0041", "caf\u00e9", "cafe\u0301", "Alice", "alice", "ALICE", "stra\u00dfe", "strasse", "\u212b", "\u00c5",
]  # fmt: skip


def test_different_names_are_shown_differently_and_on_one_line():
    shown = [shown_name(name) for name in NAMES]
    assert len(set(shown)) == len(NAMES)
    assert [name for name in shown if len(name.splitlines()) != 1 or not name.isprintable()] == []
    assert shown_name("Zoë O'Neil-名前") == "Zoë O'Neil-名前"


def test_names_that_a_file_system_holds_for_one_get_different_reports():
    files = report_files([shown_name(name) for name in NAMES])
    folded = {unicodedata.normalize("NFKC", file).casefold() for file in files.values()}
    assert len(folded) == len(NAMES)
    assert all("\\" not in file and "/" not in file for file in files.values())
    assert report_files(["alice", "bob"]) == {"alice": "alice.json", "bob": "bob.json"}


@pytest.mark.parametrize("name", ["con", "NUL", "aux.json", "Com1.x.y", "lpt¹ ", "a:b", 'a"b', "a|b", "what?"])
def test_names_that_windows_has_no_files_for_are_others_in_reports(name):
    """On every machine, as results are opened on others, too."""
    (file,) = report_files([name]).values()
    assert file.endswith(f"-{hashlib.sha256(name.encode()).hexdigest()[:12]}.json")
    assert not is_device_name(file)
    assert without_refused_signs(file) == file
    assert report_files(["console", "Auxiliary.x", "J. Smith Jr."]) == {
        "console": "console.json", "Auxiliary.x": "Auxiliary.x.json", "J. Smith Jr.": "J. Smith Jr..json"
    }  # fmt: skip


def test_the_name_of_a_neighbours_report_cannot_be_taken():
    """Somebody who knows how digests are added calls himself by the name with one."""
    stolen = report_files(["Alice", "alice"])["alice"].removesuffix(".json")
    files = report_files(["Alice", "alice", stolen, stolen.upper()])
    assert len({file.casefold() for file in files.values()}) == 4


@posix
def test_every_reader_of_the_grades_sees_one_row_for_each_submission(course, run, tmp_path):
    names = [name for name in NAMES if name.lower() != "alice"]
    for name in names:
        folder = os.fsencode(tmp_path / "class") + b"/" + name.encode("utf-8", "surrogateescape")
        os.makedirs(folder, exist_ok=True)
        with open(folder + b"/answers.yaml", "w") as file:
            file.write(Q5 + Q6)
    result = run("grade", tmp_path / "class", "--out", tmp_path / "out", "--jobs", 1)
    assert result.code == 0
    data = (tmp_path / "out" / "grades.csv").read_bytes()
    text = data.decode()
    assert len(text.splitlines()) == len(text.split("\n")) - 1 == len(data.split(b"\n")) - 1 == len(names) + 1
    found = list(csv.reader(io.StringIO(text, newline="")))
    assert len({row[0] for row in found[1:]}) == len(names)
    assert [row[0] for row in found if row[0].startswith(("=", "+", "@"))] == []
    assert len(reports(tmp_path / "out")) == len(names)


# ------------------------------------------------------------------ a full disk, and other ends
def small_files():
    """Files of at most 100 bytes, as on a full disk; `python -B` keeps Python from leaving a compiled file cut there."""
    import resource  # here, for this file is read on Windows too

    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))


@posix
@pytest.mark.parametrize("there", [True, False])
def test_a_full_disk_leaves_no_half_file(shared_course, tmp_path, there):
    alice, target = write(tmp_path / "alice", ANSWERS), tmp_path / "out" / "report.json"
    write(target.parent, {"report.json": "old"} if there else {"other": ""})
    done = subprocess.run(
        [sys.executable, "-B", "-m", "grader", "check", str(alice), "--format", "json", "--output", str(target)],
        cwd=shared_course, capture_output=True, text=True, timeout=300, check=False, preexec_fn=small_files,
    )  # fmt: skip
    assert done.returncode == 2
    assert f"{target}: cannot be written: File too large" in done.stderr
    assert {path.name: path.read_text() for path in target.parent.iterdir()} == (
        {"report.json": "old"} if there else {"other": ""}
    )


@posix
def test_on_a_full_disk_new_answers_are_not_left_empty(shared_course, tmp_path):
    done = subprocess.run(
        [sys.executable, "-B", "-m", "grader", "new", "submission", str(tmp_path / "mine")],
        cwd=shared_course, capture_output=True, text=True, timeout=300, check=False, preexec_fn=small_files,
    )  # fmt: skip
    assert done.returncode == 2
    assert f"{tmp_path / 'mine' / 'answers.yaml'}: cannot be written: File too large" in done.stderr
    assert os.listdir(tmp_path / "mine") == []


@posix
@pytest.mark.parametrize("target", ["elsewhere", "nowhere"])
def test_answers_that_are_there_are_not_written_over_not_even_through_a_link(course, run, tmp_path, target):
    write(tmp_path / "elsewhere", {"answers.yaml": "mine"})
    mine = write(tmp_path / "mine", {})
    (mine / "answers.yaml").symlink_to(tmp_path / target / "answers.yaml")
    result = run("new", "submission", mine)
    assert (result.code, result.out) == (2, "")
    assert "is already there: nothing was written" in result.err
    assert (tmp_path / "elsewhere" / "answers.yaml").read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()


def _file(path, tmp_path):
    path.write_text("a student's")


def _link(path, tmp_path):
    path.symlink_to(write(tmp_path / "elsewhere", {}))


def _dangling_link(path, tmp_path):
    path.symlink_to(tmp_path / "nowhere")


@posix
@pytest.mark.parametrize("planted", [_file, _link, _dangling_link])
@pytest.mark.parametrize("place", ["results", "results/reports"])
def test_what_stands_in_the_place_of_the_results_is_named_with_what_to_do(
    semester, run, tmp_path, monkeypatch, planted, place
):
    here = write(tmp_path / "here", {})
    (here / place).parent.mkdir(exist_ok=True)
    planted(here / place, tmp_path)
    monkeypatch.chdir(here)
    result = run("grade", semester / "class", "--course", semester)
    what = "cannot be made: a file is" if planted is _file else "is a symbolic link, and results go"
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"grader: {place}: {what}")
    assert result.err.endswith(": remove it, or name another folder with --out\n")
    assert not (tmp_path / "nowhere").exists()
    assert not (tmp_path / "elsewhere").exists() or os.listdir(tmp_path / "elsewhere") == []


@posix
def test_a_report_goes_to_a_device_or_a_pipe_as_it_is(tmp_path):
    write_file(tmp_path.__class__(os.devnull), b"text")
    assert not os.path.isfile(os.devnull)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="No such device or address"):
        write_file(pipe, b"nobody reads it")
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_file(pipe, b"text")
    assert os.read(reader, 10) == b"text"
    os.close(reader)


@posix
def test_a_link_in_the_place_of_an_output_is_replaced(tmp_path):
    victim = write(tmp_path, {"victim": "mine"}) / "victim"
    (tmp_path / "report").symlink_to(victim)
    write_file(tmp_path / "report", b"text")
    assert victim.read_text() == "mine"
    assert (tmp_path / "report").read_text() == "text"
    assert sorted(os.listdir(tmp_path)) == ["report", "victim"]
