"""A fault of each type, in each stage of grading a class, is one submission's: it is held, and every other row is written."""

import contextlib
import csv
import errno
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

import grader.classroom.class_list
import grader.classroom.content
import grader.classroom.display
import grader.classroom.entries
import grader.classroom.results_files
import grader.classroom.statistics_text
import grader.classroom.work
import grader.grading
import grader.kinds.weights
import grader.reports.json
from grader.errors import HarnessError

from ..answers.helpers import Q5, Q6, copy_course, write
from .test_grade import posix

FULL = ["70", "70", "140", "140", "graded"]

FAULTS: Mapping[str, tuple[Callable[[], BaseException], str]] = {
    "Exception": (lambda: ValueError("planted"), "ValueError: planted"),
    "MemoryError": (MemoryError, "the grader ran out of memory: grade it again with more memory, or with fewer --jobs"),
    "RecursionError": (lambda: RecursionError("planted"), "RecursionError: planted"),
    "a full disk": (lambda: OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
    "no right": (lambda: OSError(errno.EACCES, "Permission denied"), "Permission denied"),
    "UnicodeError": (lambda: UnicodeDecodeError("utf-8", b"\xff", 0, 1, "planted"), "UnicodeDecodeError: "),
}


class Stage(NamedTuple):
    """Something that is called for each submission: whose call it is, and whether one question is held, or all of it."""

    path: str
    whose: Callable[..., str]
    question: bool = False


def name_of_path(path: object, *_: object, **__: object) -> str:
    return "bob" if Path(os.fsdecode(path) if isinstance(path, (str, bytes)) else str(path)).name == "bob" else ""


def in_folder(path: object, *_: object, **__: object) -> str:
    return "bob" if isinstance(path, (str, os.PathLike)) and "class/bob/" in os.fspath(path) else ""


LOOKS = ("is_symlink", "is_dir", "is_file")
"""What the listing of a class asks of each path. It only sorts names: an entry that it fails for is looked at anyway."""


class UnlookedAt:
    """A `DirEntry` of which one thing cannot be told."""

    def __init__(self, entry, look, error):
        self.name = entry.name
        self.asked = []
        for name in LOOKS:
            setattr(self, name, self.failing(error) if name == look else getattr(entry, name))

    def failing(self, error):
        def fail(**_):
            self.asked.append(self.name)
            raise error()

        return fail


STAGES = {
    "looking at it": Stage("grader.classroom.content.refusals", lambda entry: entry.name),
    "listing its files": Stage("os.scandir", name_of_path),
    "opening a file of it": Stage("os.open", in_folder),
    "reading its answers": Stage("grader.classroom.work.Submission", lambda path, name, *_: name),
    "grading": Stage("grader.classroom.work.grade", lambda submission, *_, **__: submission.name),
    "a question": Stage(
        "grader.kinds.weights.WeightsKind.score",
        lambda kind, question, opened: opened.submission.name if question.id == "q5" else "",
        question=True,
    ),
    "what is left unread": Stage("grader.grading.WithoutAnswer", lambda submission, _: submission.name),
    "the assignment that it names": Stage(
        "grader.classroom.work._assignment", lambda task, submission: submission.name
    ),
    "putting the report together": Stage("grader.grading.Report", lambda _, name, *rest, **more: name),
    "the row": Stage("grader.classroom.reported_row.complaints", lambda report: report.submission),
    "the JSON of a report": Stage(
        "grader.reports.json.as_data", lambda report, **_: report.submission if report.questions else ""
    ),
    "the cells of the row": Stage(
        "grader.classroom.grades_table._cells", lambda row, *_: row.name if row.total is not None else ""
    ),
    "writing the report": Stage(
        "grader.classroom.results_files.write_below",
        lambda _, folder, name, *data, **_options: name.removesuffix(".json"),
    ),
}


def rows(out):
    with (out / "grades.csv").open(newline="") as file:
        return {row[0]: row[1:6] for row in csv.reader(file)}


def plant(monkeypatch, stage, error):
    """Makes the calls of a stage that are about bob fail."""
    monkeypatch.setattr("grader.classroom.shared_verdicts.SharedVerdicts.get", lambda *_: None)  # bob's are judged
    found = STAGES[stage]
    module, _, name = found.path.rpartition(".")
    owner = resolved(module)
    real = getattr(owner, name)

    def failing(*arguments, **options):
        if found.whose(*arguments, **options) == "bob":
            raise error()
        return real(*arguments, **options)

    monkeypatch.setattr(owner, name, failing)


def resolved(path):
    parts = path.split(".")
    for i in range(len(parts), 0, -1):
        try:
            owner = __import__(".".join(parts[:i]), fromlist=["_"])
        except ImportError:
            continue
        for part in parts[i:]:
            owner = getattr(owner, part)
        return owner
    raise AssertionError(path)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("look", "name"), [*((look, "bob.yaml") for look in LOOKS), ("is_dir", "bob")])
def test_a_fault_in_sorting_names_costs_nothing(course, run, three, tmp_path, monkeypatch, look, name, fault):
    real, listed = os.scandir, []
    if name == "bob.yaml":  # of a folder nothing else is asked
        shutil.rmtree(three / "bob")
        write(three, {name: Q5 + Q6})

    @contextlib.contextmanager
    def scandir(path):
        with real(path) as entries:
            there = {entry.name: entry for entry in entries}
        there[name] = UnlookedAt(there[name], look, FAULTS[fault][0])
        listed.append(there[name])
        yield there.values()

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", lambda path: scandir(path) if path in (three, str(three)) else real(path))
        assert run("grade", three, "--out", tmp_path / "out").code == 0
    assert {asked for entry in listed for asked in entry.asked} == {name}
    assert set(map(tuple, list(rows(tmp_path / "out").values())[1:])) == {tuple(FULL)}


@pytest.mark.parametrize("fault", ["Exception", "no right"])
def test_a_fault_in_naming_a_file_costs_nothing(course, run, tmp_path, monkeypatch, fault):
    files = write(tmp_path / "class", {f"{name}.yaml": Q5 + Q6 for name in ("alice", "bob", "carol")})
    real, asked = Path.is_dir, []

    def is_dir(path):
        if path.name == "bob.yaml":
            asked.append(path)
            raise FAULTS[fault][0]()
        return real(path)

    monkeypatch.setattr(Path, "is_dir", is_dir)
    assert run("grade", files, "--out", tmp_path / "out").code == 0
    assert asked != []
    assert rows(tmp_path / "out")["bob"] == FULL


OTHER_FAULTS = [pytest.param(name, marks=pytest.mark.sampled(3)) for name in FAULTS if name != "Exception"]


@pytest.mark.long
@pytest.mark.parametrize("fault", ["Exception", *OTHER_FAULTS])
@pytest.mark.parametrize("stage", STAGES)
def test_a_fault_is_one_submissions(course, run, three, tmp_path, monkeypatch, stage, fault):
    error, said = FAULTS[fault]
    with monkeypatch.context() as patch:
        plant(patch, stage, error)
        result = run("grade", three, "--out", tmp_path / "out")
    assert result.code == 3
    found = rows(tmp_path / "out")
    assert found["alice"] == found["carol"] == FULL
    if STAGES[stage].question:
        assert found["bob"] == ["", "70", "", "140", "held"]
    else:
        assert (set(found["bob"][:3]), found["bob"][-1]) == ({""}, "held")
    assert "grader: bob: " in result.err
    assert "held, because the grader failed: " in result.err
    assert said in result.err
    assert str(tmp_path / "class") not in (tmp_path / "out" / "grades.csv").read_text()
    assert "grader: 1 row held, with no marks and no loss of any: do as is said above, and grade again" in result.err


WHOLES = {
    "the table": "grader.classroom.display._table",
    "the statistics": "grader.classroom.shown_class.class_text",
}


@pytest.mark.parametrize("fault", ["Exception", "MemoryError", "a full disk"])
@pytest.mark.parametrize("what", WHOLES)
def test_what_is_shown_at_the_end_costs_nothing_that_was_graded(course, run, three, tmp_path, monkeypatch, what, fault):
    error, said = FAULTS[fault]

    def failing(*_, **__):
        raise error()

    monkeypatch.setattr(WHOLES[what], failing)
    result = run("grade", three, "--out", tmp_path / "out")
    assert result.code == 3
    assert f"grader: {what} cannot be shown: " in result.err
    assert said in result.err
    assert "3 submissions graded" in result.out
    assert list(rows(tmp_path / "out").values())[1:] == [FULL] * 3


def test_where_nothing_can_be_shown_the_page_of_an_earlier_class_goes_too(course, run, three, tmp_path, monkeypatch):
    assert run("grade", three, "--out", tmp_path / "out").code == 0
    write(three / "dora", {"answers.yaml": Q5})

    def full(text):
        raise HarnessError("the output cannot be written: No space left on device")

    monkeypatch.setattr("grader.cli_grade.show", full)
    result = run("grade", three, "--out", tmp_path / "out")
    assert result.code == 3
    assert "; this goes on: grader grade " in result.err
    assert list(rows(tmp_path / "out"))[-1] == "dora"
    assert not (tmp_path / "out" / "class.html").exists()


def test_who_is_who_costs_nothing_that_was_graded(course, run, three, tmp_path, monkeypatch):
    def failing(*_):
        raise KeyError("planted")

    monkeypatch.setattr("grader.classroom.class_list.Membership", failing)
    result = run("grade", three, "--out", tmp_path / "out")
    assert result.code == 3
    assert "so each has its own row: the grader failed: KeyError: 'planted'" in result.err
    assert list(rows(tmp_path / "out").values())[1:] == [FULL] * 3


DECIDED = "- {{student: {}, question: q5, points: 10, reason: the sheet was wrong, by: N. Neumann}}\n"


def test_who_is_who_holds_all_where_people_have_decided(course, run, three, tmp_path, monkeypatch):
    """Marks without what was decided could be wrong, and nobody knows whose."""

    def failing(*_):
        raise KeyError("planted")

    monkeypatch.setattr("grader.classroom.class_list.Membership", failing)
    overrides = write(tmp_path, {"overrides.yaml": DECIDED.format("bob")}) / "overrides.yaml"
    result = run("grade", three, "--out", tmp_path / "out", "--overrides", overrides)
    assert result.code == 3
    assert list(rows(tmp_path / "out").values())[1:] == [["", "", "", "140", "held"]] * 3


def test_a_decided_report_that_cannot_be_written_holds_its_row_alone(course, run, three, tmp_path, monkeypatch):
    real = grader.classroom.results_files.write_below

    def failing(opened, folder, name, data, **options):
        if name == "bob.json" and b"N. Neumann" in data:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(opened, folder, name, data, **options)

    monkeypatch.setattr("grader.classroom.results_files.write_below", failing)
    overrides = write(tmp_path, {"overrides.yaml": DECIDED.format("bob") + DECIDED.format("carol")}) / "overrides.yaml"
    result = run("grade", three, "--out", tmp_path / "out", "--overrides", overrides)
    assert result.code == 3
    held, decided = ["", "", "", "140", "held"], ["10", "70", "80", "140", "graded"]
    assert list(rows(tmp_path / "out").values())[1:] == [FULL, held, decided]
    report = tmp_path / "out" / "reports" / "bob.json"
    said = f"{report}: cannot be written: No space left on device: free some and grade it again"
    assert f"grader: bob: held, because the grader failed: {said}" in result.err


def test_one_platform_whose_names_the_grader_fails_at_is_passed_over(course, run, three, tmp_path, monkeypatch):
    def failing(*_):
        raise KeyError("planted")

    monkeypatch.setattr("grader.classroom.layouts.canvas.CanvasLayout.read", failing)
    result = run("grade", three, "--out", tmp_path / "out")
    assert result.code == 0
    assert (
        "this may be a Canvas download, but the grader failed: KeyError: 'planted'; it is read as it is" in result.err
    )
    assert list(rows(tmp_path / "out").values())[1:] == [FULL] * 3


@pytest.mark.parametrize("stage", ["a question", "looking at it", "writing the report"])
def test_an_interruption_is_no_fault(course, run, three, tmp_path, monkeypatch, stage):
    plant(monkeypatch, stage, KeyboardInterrupt)
    result = run("grade", three, "--out", tmp_path / "out")
    assert result.code == 130
    assert "held" not in result.err


# ------------------------------------------------------------- the machine
@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOSPC, errno.EDQUOT])
def test_results_that_cannot_be_written_are_said_before_anything_is_graded(
    course, run, three, tmp_path, monkeypatch, number
):
    real, graded = os.open, []

    def failing(path, flags, *rest, **named):
        if flags & os.O_CREAT:
            raise OSError(number, os.strerror(number))
        return real(path, flags, *rest, **named)

    monkeypatch.setattr("grader.classroom.work.grade", lambda *_: graded.append(1))
    monkeypatch.setattr(os, "open", failing)
    result = run("grade", three, "--out", tmp_path / "out")
    assert (result.code, graded) == (2, [])
    assert f"cannot be written to: {os.strerror(number)}; name another folder with --out" in result.err
    assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()] == []


def test_a_disk_that_fills_up_in_the_middle_holds_what_cannot_be_kept(course, run, three, tmp_path, monkeypatch):
    real, written = os.replace, []

    def failing(*paths, **named):
        written.append(paths[1])
        if "bob.json" in str(paths[1]):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*paths, **named)

    monkeypatch.setattr(os, "replace", failing)
    result = run("grade", three, "--out", tmp_path / "out")
    assert result.code == 3
    assert rows(tmp_path / "out")["bob"][-1] == "held"
    assert "cannot be written: No space left on device" in result.err
    assert [path.name for path in (tmp_path / "out").rglob("*.part")] == []


@pytest.fixture
def as_nobody():
    """Without the rights of root, in a folder that others may walk through."""
    top = Path(tempfile.mkdtemp(dir="/tmp"))
    top.chmod(0o755)
    is_root = os.geteuid() == 0
    yield top
    if is_root:
        os.seteuid(0)
    for path in [*top.rglob("*"), top]:
        path.chmod(0o700)
    shutil.rmtree(top)


@posix
@pytest.mark.parametrize(
    ("locked", "said"),
    [
        ("bob", "bob/ cannot be listed: Permission denied: make it readable and grade it again"),
        ("bob/notes", "notes/ cannot be listed: Permission denied: make it readable and grade it again"),
        ("bob/answers.yaml", "answers.yaml: cannot be read: Permission denied: make it readable and grade it again"),
    ],
)
def test_what_may_not_be_read_is_held_alone(run, as_nobody, locked, said):
    for name in ("alice", "bob", "carol"):
        write(as_nobody / "class" / name, {"answers.yaml": Q5 + Q6})
    copy_course(as_nobody / "course")
    write(as_nobody / "class" / "bob" / "notes", {"q5.yaml": "W1: 1\n"})
    out = as_nobody / "out"
    out.mkdir()
    out.chmod(0o777)
    (as_nobody / "class" / locked).chmod(0)
    if os.geteuid() == 0:
        os.seteuid(65534)
    with contextlib.chdir(as_nobody / "course"):
        result = run("grade", as_nobody / "class", "--out", out)
    if os.getuid() == 0:
        os.seteuid(0)
    assert result.code == 3
    assert list(rows(out).values())[1:] == [FULL, ["", "", "", "0", "held"], FULL]
    assert said in result.err


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_a_clock_that_jumps_changes_nothing(course, run, three, tmp_path, monkeypatch):
    assert run("grade", three, "--out", tmp_path / "out").code == 0
    ticks = iter(range(10**9, 0, -1000))
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: float(next(ticks)))
        patch.setattr(time, "time_ns", lambda: next(ticks) * 10**9)
        assert run("grade", three, "--out", tmp_path / "again").code == 0
    assert contents(tmp_path / "again") == contents(tmp_path / "out")


@pytest.mark.parametrize("folders", [2, pytest.param(11, marks=pytest.mark.slow)])
def test_very_many_files_are_one_submissions_trouble(course, run, three, tmp_path, folders):
    """With 11 folders more than 10,000 files, of which the first are listed."""
    for i in range(folders):
        folder = three / "bob" / f"more{i:02}"
        folder.mkdir()
        for j in range(950):
            (folder / f"{j}.yaml").touch()
    result = run("grade", three, "--out", tmp_path / "out")
    assert result.code == 0
    assert list(rows(tmp_path / "out").values())[1:] == [FULL] * 3
    report = (tmp_path / "out" / "reports" / "bob.json").read_text()
    assert "more keys or files belong to no question" in report
    assert len(report) < 50_000


def test_names_that_a_file_system_could_take_for_one_have_rows_and_reports_of_their_own(course, run, tmp_path):
    names = ["Ada", "ada", "\u00e9va", "e\u0301va", "stra\u00dfe", "strasse"]
    for name in names:
        write(tmp_path / "class" / name, {"answers.yaml": Q5})
    if len(os.listdir(tmp_path / "class")) < len(names):
        pytest.skip("this file system takes some of the names for one")
    assert run("grade", tmp_path / "class", "--out", tmp_path / "out").code == 0
    assert set(rows(tmp_path / "out")) == {"submission", *names}
    files = [path.name for path in (tmp_path / "out" / "reports").iterdir()]
    assert len({name.casefold() for name in files}) == len(names)


def test_a_spec_that_changes_while_grading_changes_no_marks(run, three, tmp_path, monkeypatch):
    folder = copy_course(tmp_path / "course")
    monkeypatch.chdir(folder)
    spec, real = folder / "specs" / "assignment3" / "q5.yaml", grader.classroom.results_files.write_below

    def changing(*arguments, **options):
        spec.write_text("question: q5\nthis is no spec\n")
        return real(*arguments, **options)

    monkeypatch.setattr("grader.classroom.results_files.write_below", changing)
    assert run("grade", three, "--out", tmp_path / "out").code == 0
    assert list(rows(tmp_path / "out").values())[1:] == [FULL] * 3
    assert "no spec" in spec.read_text()


def two_assignments(tmp_path, monkeypatch):
    """A course with a good assignment, and `other`, whose question is no YAML."""
    folder = copy_course(tmp_path / "course")
    write(
        folder / "specs" / "other",
        {"assignment.yaml": "assignment: other\nquestions: [q9]\n", "q9.yaml": "a: b\nbroken\n"},
    )
    monkeypatch.chdir(folder)


def test_an_assignment_that_cannot_be_used_holds_those_who_name_it(run, tmp_path, monkeypatch):
    two_assignments(tmp_path, monkeypatch)
    for name, assignment in (("alice", "assignment3"), ("bob", "other"), ("carol", "assignment3")):
        write(tmp_path / "class" / name, {"answers.yaml": f"assignment: {assignment}\n{Q5}{Q6}"})
    result = run("grade", tmp_path / "class", "--out", tmp_path / "out")
    assert result.code == 3
    assert list(rows(tmp_path / "out").values())[1:] == [FULL, ["", "", "", "0", "held"], FULL]
    assert "grader: bob: held, because the grader failed: q9.yaml:3:1: this is not YAML" in result.err


@pytest.mark.parametrize("named", ["", "assignment: assignment3\n"])
def test_where_no_course_is_found_nobody_loses_what_was_graded(course, run, tmp_path, monkeypatch, named):
    """As when the command is given from another folder: whatever assignment students name is right, or may be."""
    write(tmp_path / "class" / "alice", {"answers.yaml": named + Q5})
    given = ("grade", tmp_path / "class", "--out", tmp_path / "out")
    assert run(*given).code == 0
    graded = rows(tmp_path / "out")
    monkeypatch.chdir(tmp_path)
    result = run(*given)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("grader: no spec: there is no specs/ folder with an assignment here or above; say ")
    assert "--course DIR" in result.err
    assert rows(tmp_path / "out") == graded


@pytest.mark.parametrize(("names", "code"), [(["hw9", "hw9"], 3), (["hw9", "assignment3"], 0), (["hw9"], 0)])
def test_where_nobody_names_an_assignment_of_the_course_it_may_be_the_wrong_one(course, run, tmp_path, names, code):
    """One student may misspell it; where all name another, the run says so each time, and does not end with 0."""
    for number, name in enumerate(names):
        write(tmp_path / "class" / f"student{number}", {"answers.yaml": f"assignment: {name}\n{Q5}{Q6}"})
    said = f"none of {len(names)} submissions is for an assignment of this course, which has assignment3"
    for _ in range(2):
        result = run("grade", tmp_path / "class", "--out", tmp_path / "out", "--jobs", 1)
        assert (result.code, said in result.err, "--course" in result.err) == (code, code == 3, code == 3)


def test_an_assignment_that_was_asked_for_and_cannot_be_used_ends_the_run(run, three, tmp_path, monkeypatch):
    two_assignments(tmp_path, monkeypatch)
    result = run("grade", three, "--out", tmp_path / "out", "--spec", "other")
    assert result.code == 2
    assert result.err.startswith("grader: q9.yaml:3:1: this is not YAML")
