"""A class graded again: only what has changed is graded, and what comes out is what grading all anew would give."""

import csv
import json
import os
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import grader.classroom.gradebook as gradebook
import grader.classroom.kept_facts as kept_facts
import grader.classroom.question_texts as question_texts
import grader.classroom.results_files
import grader.grading
from grader.answers.submission import Submission
from grader.classroom.gradebook import opened_gradebook
from grader.classroom.result_names import GRADEBOOK_FILE
from grader.classroom.shared_verdicts import SharedVerdicts
from grader.errors import SubmissionError

from ..answers.helpers import Q5, Q6, copy_course, write
from .test_grade import posix

COPIES_X = "q5: {W1: 1, W2: 0, b2: 0, W3: 1, b3: 0}\n"
PROSE = """\
question: q7
title: An essay
points: 10
prompt: Say why.
answer: written
rubric: [{name: gradients, points: 6}, {name: memory, points: 4}]
"""


@pytest.fixture(scope="module")
def whole_course(tmp_path_factory):
    """A course with weights, prose and a reference; without what only `spec check` and wrong answers ask for."""
    folder = copy_course(tmp_path_factory.mktemp("whole"))
    specs = folder / "specs" / "assignment3"
    for name in ("q5", "q6"):
        whole = (specs / f"{name}.yaml").read_text()
        (specs / f"{name}.yaml").write_text(re.sub(r"^(known|readings):\n(?: .*\n|\n)*", "", whole, flags=re.MULTILINE))
    (specs / "q7.yaml").write_text(PROSE)
    (specs / "assignment.yaml").write_text("assignment: assignment3\ntitle: Networks\nquestions: [q5, q6, q7]\n")
    return folder


@pytest.fixture
def own_course(whole_course, tmp_path, monkeypatch):
    """A course that the test may change, as the present folder, with a class of three."""
    shutil.copytree(whole_course, tmp_path / "course")
    monkeypatch.chdir(tmp_path / "course")
    write(tmp_path / "class" / "alice", {"answers.yaml": f"{Q5}{Q6}q7: Because gradients vanish.\n"})
    write(tmp_path / "class" / "bob", {"answers.yaml": COPIES_X + Q6, "notes.txt": "x"})
    write(tmp_path / "class", {"carol.yaml": Q6})
    return tmp_path / "course"


@pytest.fixture
def asked(monkeypatch):
    """The questions that are graded, each with its submission, in the order that it happens."""
    real, found = grader.grading.grade_question, []

    def graded(opened, question):
        found.append((opened.submission.name, question.id))
        return real(opened, question)

    monkeypatch.setattr(SharedVerdicts, "get", lambda *_: None)  # each is judged, whatever others have handed in
    monkeypatch.setattr(grader.grading, "grade_question", graded)
    return found


@pytest.fixture
def grade(run, tmp_path):
    """Grades the class into a folder of results."""

    def grade(*options, out="out", folder="class", code=0):
        result = run("grade", tmp_path / folder, "--out", tmp_path / out, "--jobs", 1, *options)
        assert result.code == code, result.err
        return result

    return grade


def views(folder: Path, *, of_class: bool = False) -> dict[str, bytes]:
    """The files of results; the page of the class only where it is asked for, since it shows earlier attempts, too."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("gradebook") and (of_class or path.name != "class.html")
    }


def rows(folder: Path) -> dict[str, list[str]]:
    with (folder / "grades.csv").open(newline="") as file:
        return {row[0]: row[1:] for row in csv.reader(file)}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


ALL = [(name, question) for name in ("alice", "bob", "carol") for question in ("q5", "q6", "q7")]


def test_what_has_not_changed_is_not_opened_and_the_views_stay_as_they_are(
    own_course, grade, asked, tmp_path, monkeypatch
):
    assert "3 submissions graded" in grade().out
    first, modified = views(tmp_path / "out"), (tmp_path / "out" / "reports" / "alice.json").stat().st_mtime_ns
    assert asked == ALL
    asked.clear()
    monkeypatch.setattr("grader.classroom.work.Submission", None)  # nothing can be opened
    assert "3 submissions: 3 unchanged; grades.csv" in grade().out
    assert asked == []
    assert views(tmp_path / "out") == first
    assert (tmp_path / "out" / "reports" / "alice.json").stat().st_mtime_ns == modified


CLASS = "../class"
EVERYBODY = ("alice", "bob", "carol")
CHANGES = {
    "an answer": (
        lambda: edit(Path(f"{CLASS}/bob/answers.yaml"), "W2: 0", "W2: 1"), {("bob", "q5"), ("bob", "q7")}, "1 handed in anew"
    ),
    "an answer one line further down": (
        lambda: edit(Path(f"{CLASS}/bob/answers.yaml"), "q6:", "\nq6:"), {("bob", "q6"), ("bob", "q7")}, "1 handed in anew"
    ),
    "a key in capitals": (
        lambda: edit(Path(f"{CLASS}/bob/answers.yaml"), "q6:", "Q6:"), {("bob", "q6"), ("bob", "q7")}, "1 handed in anew"
    ),
    "a key of no question": (
        lambda: edit(Path(f"{CLASS}/bob/answers.yaml"), "q6:", "q9:"), {("bob", "q6"), ("bob", "q7")}, "1 handed in anew"
    ),
    "students": (
        lambda: edit(Path(f"{CLASS}/carol.yaml"), "q6:", "students: [dora]\nq6:"),
        {("carol", "q6"), ("carol", "q7")},
        "1 handed in anew",
    ),
    "a file that nothing reads": (
        lambda: write(Path(f"{CLASS}/bob"), {"more.txt": "x"}), {("bob", "q7")}, "1 handed in anew"
    ),
    "a file named like a question": (
        lambda: write(Path(f"{CLASS}/alice"), {"q5.yaml": "W1: 1\n"}), {("alice", "q5"), ("alice", "q7")}, "1 handed in anew"
    ),
    "a spec": (
        lambda: edit(Path("specs/assignment3/q5.yaml"), "title: ", "title: New "), {(n, "q5") for n in EVERYBODY}, "q5 changed for 3"
    ),
    "a rubric": (
        lambda: edit(Path("specs/assignment3/q7.yaml"), "gradients, points: 6", "gradient, points: 6"),
        {(n, "q7") for n in EVERYBODY},
        "q7 changed for 3",
    ),
    "a comment in a spec": (
        lambda: edit(Path("specs/assignment3/q5.yaml"), "question: q5", "# said twice\nquestion: q5"), set(), "3 unchanged"
    ),
    "a reference": (
        lambda: edit(Path("reference/latch.py"), "import numpy", "# as in the sheet\nimport numpy"),
        {(n, "q5") for n in EVERYBODY},
        "q5 changed for 3",
    ),
    "a mark": (
        lambda: Path("specs/assignment3/marks.yaml").write_text("- {submission: alice, question: q7, met: [gradients]}\n"),
        {("alice", "q7")},
        "q7 changed for 1",
    ),
    "a salt": (
        lambda: edit(Path("specs/assignment3/assignment.yaml"), "title:", "salt: pepper\ntitle:"), set(ALL), "q5 changed for 3"
    ),
    "a submission more": (
        lambda: write(Path(f"{CLASS}/dora"), {"answers.yaml": Q5}), {("dora", q) for q in ("q5", "q6", "q7")}, "3 unchanged, 1 new"
    ),
    "a submission less": (lambda: Path(f"{CLASS}/carol.yaml").unlink(), set(), "2 submissions: 2 unchanged"),
    "a submission under another name": (
        lambda: Path(f"{CLASS}/bob").rename(f"{CLASS}/bo"), {("bo", q) for q in ("q5", "q6", "q7")}, "2 unchanged, 1 new"
    ),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change_what_rests_on_it_is_graded_and_the_views_are_those_of_a_fresh_run(
    own_course, grade, asked, tmp_path, change
):
    grade()
    asked.clear()
    make, graded, said = CHANGES[change]
    make()
    assert said in grade().out
    assert set(asked) == graded
    again = views(tmp_path / "out")
    asked.clear()
    grade(out="fresh")
    assert again == views(tmp_path / "fresh")
    assert {name for name, _ in asked} == {Path(name).stem for name in again if name != "grades.csv"}


def test_of_an_unchanged_submission_no_answer_is_read_but_those_that_are_graded_again(own_course, grade, monkeypatch):
    grade()
    real, read = Submission.answer, []
    monkeypatch.setattr(Submission, "answer", lambda whole, name: read.append((whole.name, name)) or real(whole, name))
    edit(Path("specs/assignment3/q5.yaml"), "title: ", "title: New ")
    grade()
    assert {("alice", "q5"), ("bob", "q5"), ("carol", "q5")} == set(read)
    read.clear()
    edit(Path(f"{CLASS}/bob/answers.yaml"), "W2: 0", "W2: 1")
    grade()
    assert {("bob", "q5"), ("bob", "q6")} <= set(read)
    assert {name for name, _ in read} == {"bob"}


def test_another_version_of_the_grader_uses_nothing_again(own_course, grade, asked, tmp_path, monkeypatch):
    grade()
    asked.clear()
    for module in (
        "grader.classroom.verdicts",
        "grader.classroom.work",
        "grader.classroom.regrading",
        "grader.classroom.last_run",
    ):
        monkeypatch.setattr(f"{module}.grader_fingerprint", lambda: "another")
    assert "3 of another version of the grader" in grade().out
    assert asked == ALL
    fingerprints = json.loads(views(tmp_path / "out")["reports/bob.json"])["fingerprints"]
    assert fingerprints["grader"] == "another"


def test_a_spec_that_is_changed_back_needs_no_grading(own_course, grade, asked, tmp_path):
    grade()
    first = views(tmp_path / "out")
    edit(Path("specs/assignment3/q5.yaml"), "title: ", "title: New ")
    grade()
    assert views(tmp_path / "out") != first
    edit(Path("specs/assignment3/q5.yaml"), "title: New ", "title: ")
    asked.clear()
    grade()
    assert (asked, views(tmp_path / "out")) == ([], first)


def test_what_is_kept_alike_of_several_is_read_once_and_long_texts_each_time(own_course, grade, tmp_path, monkeypatch):
    """So that the essays of a class are not in memory."""
    essay = "Gradients vanish. " * (question_texts.MAX_REMEMBERED_CHARACTERS // 10)
    for name in ("alice", "bob", "dora"):
        write(tmp_path / "class" / name, {"answers.yaml": f"{Q5}{Q6}q7: {essay}\n"})
    grade()
    edit(Path("specs/assignment3/q5.yaml"), "title: ", "title: New ")
    real, found = kept_facts._result, []
    monkeypatch.setattr(kept_facts, "_result", lambda facts: found.append(facts["id"]) or real(facts))
    question_texts._remembered_packed.cache_clear()
    assert "q5 changed for 4" in grade().out
    assert sorted(found) == ["q6", "q7", "q7", "q7"]
    again = views(tmp_path / "out")
    grade(out="fresh")
    assert again == views(tmp_path / "fresh")


def test_fresh_grades_all_again(own_course, grade, asked, tmp_path):
    grade()
    first = views(tmp_path / "out")
    asked.clear()
    grade("--fresh")
    assert (asked, views(tmp_path / "out")) == (ALL, first)


def test_one_question_is_graded_and_all_other_marks_stay(own_course, grade, asked, tmp_path):
    grade()
    before = rows(tmp_path / "out")
    for file, title in (("q5", "title: "), ("q6", "title: ")):
        edit(Path(f"specs/assignment3/{file}.yaml"), title, "title: New ")
    edit(Path("specs/assignment3/q6.yaml"), "points: 70", "points: 70 ")
    asked.clear()
    assert "q5 changed for 3" in grade("-q", "q5").out
    assert set(asked) == {(name, "q5") for name in EVERYBODY}
    assert rows(tmp_path / "out") == before
    titles = [q["title"][:4] for q in json.loads(views(tmp_path / "out")["reports/bob.json"])["questions"]]
    assert titles[0] == "New "
    assert titles[1] != "New "
    asked.clear()
    grade()
    assert set(asked) == {(name, "q6") for name in EVERYBODY}
    grade(out="fresh")
    assert views(tmp_path / "out") == views(tmp_path / "fresh")


def test_one_question_of_a_class_that_was_not_graded_before_is_all_there_is(own_course, grade, asked, tmp_path):
    grade("-q", "q5")
    assert rows(tmp_path / "out")["submission"][0] == "q5"
    assert {question for _, question in asked} == {"q5"}
    assert "'q55' is not a question" in grade("-q", "q55", code=2).err
    grade()
    grade(out="fresh")
    assert views(tmp_path / "out") == views(tmp_path / "fresh")


def test_an_answer_that_came_while_another_question_was_graded_counts_in_the_next_run(own_course, grade, tmp_path):
    grade()
    write(tmp_path / "class", {"carol.yaml": Q5 + Q6})
    edit(Path("specs/assignment3/q7.yaml"), "title: ", "title: New ")
    grade("-q", "q6")
    assert rows(tmp_path / "out")["carol"][0] == "0"
    grade()
    assert rows(tmp_path / "out")["carol"][0] == "70"
    grade(out="fresh")
    assert views(tmp_path / "out") == views(tmp_path / "fresh")


def test_what_a_run_says_of_unchanged_questions_is_no_change_of_theirs(own_course, grade):
    grade()
    assert "3 submissions: q5 graded again for 3, q6 graded again for 3, q7 graded again for 3;" in grade("--fresh").out
    edit(Path("specs/assignment3/assignment.yaml"), "[q5, q6, q7]", "[q6, q5, q7]")
    edit(Path("specs/assignment3/assignment.yaml"), ", q7]", "]")
    assert "3 submissions: 3 with the same verdicts in a new report;" in grade().out


def test_changes_in_questions_that_are_not_named_are_said_to_be_left(own_course, grade, tmp_path):
    """The report is written anew, and says of no other verdicts; once all is graded, nothing is said to be left."""
    grade()
    before = rows(tmp_path / "out")
    edit(Path("specs/assignment3/q7.yaml"), "title: ", "title: New ")
    said = "3 submissions: 3 with changes in other questions, which keep their marks;"
    assert said in grade("-q", "q6").out
    assert said in grade("-q", "q6").out
    assert rows(tmp_path / "out") == before
    assert "3 submissions: q7 changed for 3;" in grade().out
    assert "3 submissions: 3 unchanged;" in grade("-q", "q6").out


def test_changes_that_are_left_are_said_beside_those_that_count(own_course, grade, tmp_path):
    """Also of an answer to another question that was handed in anew with the one that is graded."""
    grade()
    alice = tmp_path / "class" / "alice" / "answers.yaml"
    alice.write_text(alice.read_text().replace("W1: 1", "W1: 2").replace("c0: -0.5", "c0: 7"))
    left = "1 with changes in other questions, which keep their marks"
    assert f"3 submissions: 2 unchanged, 1 handed in anew, {left};" in grade("-q", "q6").out
    edit(Path("specs/assignment3/q6.yaml"), "title: ", "title: New ")
    assert f"3 submissions: {left}, q6 changed for 3;" in grade("-q", "q6").out
    assert "3 submissions: 2 unchanged, q5 changed for 1, q7 changed for 1;" in grade().out


def test_a_row_that_was_held_whole_was_not_graded_by_another_grader(own_course, grade, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("grader.classroom.work.grade", lambda *_, **__: 1 / 0)
        grade(code=3)
    assert json.loads((tmp_path / "out" / "reports" / "bob.json").read_text())["fingerprints"]["grader"]
    assert "3 submissions: 3 held before;" in grade().out


def test_another_folder_adds_to_the_class_and_two_halves_are_a_whole(own_course, grade, tmp_path):
    grade(out="whole")
    for half, names in (("one", ["bob"]), ("two", ["alice", "carol.yaml"])):
        (tmp_path / half).mkdir()
        for name in names:
            source = tmp_path / "class" / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / half / name)
        grade(folder=half)
    assert views(tmp_path / "out") == views(tmp_path / "whole")
    shutil.rmtree(tmp_path / "two" / "alice")
    grade(folder="two")
    assert list(rows(tmp_path / "out")) == ["submission", "bob", "carol"]
    assert "reports/alice.json" not in views(tmp_path / "out")
    with opened_gradebook(tmp_path / "out", read_only=True) as book:
        assert book.row_at("alice", 2).name == "alice"
        assert book.latest("alice") is None


def test_what_stays_of_other_folders_and_what_counts_from_now_on_is_said(own_course, grade, tmp_path):
    """Two students of two sections may have handed in under one name."""
    grade()
    for name in ("bob", "dora"):
        write(tmp_path / "late" / name, {"answers.yaml": Q5})
    before = tmp_path / "class"
    stays = (
        f"2 rows graded from another folder before, which stay as they are: alice (of {before}) and carol (of {before})"
    )
    again = (
        "1 row graded from another folder before, and in this folder, too, so that what lies here counts from now on"
    )
    said = grade(folder="late").err
    assert stays in said
    assert f"{again}: bob (of {before})" in said
    assert list(rows(tmp_path / "out")) == ["submission", "alice", "bob", "carol", "dora"]
    assert rows(tmp_path / "out")["bob"][0] == "70"
    said = grade(folder="late").err
    assert stays in said
    assert again not in said


def test_submissions_that_went_away_are_said_once(own_course, grade, tmp_path):
    """A folder that was moved by accident is a row less, which nobody notices in a class of hundreds."""
    gone = "graded from this folder before, and not in it any more: out of the results"
    assert gone not in grade().err
    (tmp_path / "class" / "alice").rename(tmp_path / "class" / "zoe")
    (tmp_path / "class" / "carol.yaml").unlink()
    said = grade().err
    assert f"2 submissions {gone}, and kept in the gradebook's history: alice and carol" in said
    assert gone not in grade().err


def test_files_that_are_no_reports_stay_and_reports_that_were_changed_are_mended(own_course, grade, tmp_path):
    grade()
    first = views(tmp_path / "out")
    reports = tmp_path / "out" / "reports"
    write(reports, {"mine.json": "{}", "old.json": '{"schema": 1}', ".grader-12.part": "half", "bob.json": "spoilt"})
    (reports / "carol.json").unlink()
    grade()
    assert views(tmp_path / "out") == {**first, "reports/mine.json": b"{}"}


def test_what_is_held_is_tried_again(own_course, grade, asked, tmp_path, monkeypatch):
    real = grader.grading.grade_question

    def failing(opened, question):
        if question.id == "q5" and opened.submission.name == "bob":
            raise MemoryError
        return real(opened, question)

    with monkeypatch.context() as patch:
        patch.setattr("grader.kinds.weights.WeightsKind.score_entry", lambda *_: 1 / 0)
        grade(code=3)
    assert rows(tmp_path / "out")["bob"][0] == ""
    asked.clear()
    assert "3 held before" in grade().out
    assert {("alice", "q5"), ("bob", "q6")} <= set(asked)
    assert ("alice", "q7") not in asked
    grade(out="fresh")
    assert views(tmp_path / "out") == views(tmp_path / "fresh")


def test_who_reads_results_of_a_run_that_was_ended_early_is_told(own_course, grade, run, tmp_path, monkeypatch):
    readers = (("class",), ("report", "alice"), ("grades", "--format", "csv", "-o", tmp_path / "marks.csv"))

    def said():
        return [run(name, tmp_path / "out", *options).err for name, *options in readers]

    grade()
    assert said() == [""] * 3
    edit(own_course / "specs" / "assignment3" / "q5.yaml", "title: ", "title: New ")
    newer = "grades.csv is of the run before it, and reports may be newer"
    with monkeypatch.context() as patch:
        patch.setattr("grader.classroom.results.ResultsFolder._write_table", lambda self: 1 / 0)
        grade(code=3)
        assert said() == [f"grader: the last run was ended early: {newer}: give its command again\n"] * 3
    with opened_gradebook(tmp_path / "out"):
        assert said()[0] == f"grader: a run is going on: {newer}: wait for its end\n"
    assert "3 unchanged" in grade().out
    assert said() == [""] * 3


def test_a_second_run_on_the_same_results_is_refused(own_course, grade, tmp_path):
    grade()
    first = views(tmp_path / "out")
    with opened_gradebook(tmp_path / "out"):
        assert "another `grade` is writing there" in grade(code=2).err
    assert views(tmp_path / "out") == first
    grade()


SWAPPED = [("alice", ""), ("bob", "alice"), ("", "bob")]

DAMAGES = {
    "no database": lambda file: file.write_bytes(b"something else" * 100),
    "nothing left": lambda file: os.truncate(file, 0),
    "a byte left": lambda file: os.truncate(file, 1),
    "cut off": lambda file: os.truncate(file, file.stat().st_size // 2),
    "zeros in the middle": lambda file: overwritten(file, file.stat().st_size // 2, bytes(4096)),
    "a bit of a row": lambda file: changed_mark(file),
    "no tables": lambda file: emptied(file),
    "no text": lambda file: changed_mark(file, b"\xff"),
    "a row under another name": lambda file: changed(
        file, *(f"UPDATE rows SET submission = '{new}' WHERE submission = '{old}'" for old, new in SWAPPED)
    ),
    "a row without its texts": lambda file: changed(file, "UPDATE rows SET texts = NULL WHERE submission = 'bob'"),
    "a run behind which there is none": lambda file: changed(file, f"INSERT INTO runs VALUES ({2**63 - 1}, 1)"),
    "a table without a column": lambda file: changed(file, "ALTER TABLE rows RENAME COLUMN brief TO short"),
}


def overwritten(file: Path, at: int, data: bytes) -> None:
    with file.open("r+b") as opened:
        opened.seek(at)
        opened.write(data)


def changed_mark(file: Path, sign: bytes = b"7") -> None:
    data = file.read_bytes()
    at = data.index(b'["q5", "40"]')
    overwritten(file, at + len(b'["q5", "'), sign)


def changed(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def emptied(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE notes (text)")


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_gradebook_is_found_and_the_command_that_rebuilds_it_is_told(own_course, grade, tmp_path, damage):
    grade()
    first = views(tmp_path / "out")
    DAMAGES[damage](tmp_path / "out" / GRADEBOOK_FILE)
    error = grade(code=3).err
    assert "is damaged" in error
    assert f": grader grade {tmp_path / 'class'} --out {tmp_path / 'out'} --jobs 1 --fresh" in error
    grade("--fresh")
    assert views(tmp_path / "out") == first
    assert (tmp_path / "out" / "gradebook.damaged-1.sqlite").exists()
    assert "3 unchanged" in grade().out


READINGS = {
    "checked rows": lambda book: list(book.checked_rows()),
    "latest rows": lambda book: book.latest_rows(),
    "attempts": lambda book: list(book.attempts()),
    "history": lambda book: list(book.history("alice")),
    "verdicts": lambda book: list(book.verdicts_back("alice")),
}


@pytest.mark.parametrize("reading", READINGS)
def test_a_damaged_gradebook_is_free_as_soon_as_it_is_closed(own_course, grade, tmp_path, reading):
    """Whoever keeps the error keeps what was read: a run that grades all anew puts the file aside in the same process."""
    grade()
    changed(tmp_path / "out" / GRADEBOOK_FILE, "UPDATE rows SET digest = NULL, brief = 'x', texts = NULL")
    with pytest.raises(gradebook.DamagedGradebookError) as error, opened_gradebook(tmp_path / "out") as book:
        READINGS[reading](book)
    with opened_gradebook(tmp_path / "out") as book:
        assert book.last_run == 1
    assert "is damaged" in str(error.value)


def test_damage_in_what_is_known_of_another_folder_is_found(own_course, grade, tmp_path):
    write(tmp_path / "one" / "dora", {"answers.yaml": "q7: Because.\n"})
    write(tmp_path / "two" / "emil", {"answers.yaml": "q7: Because.\n"})
    grade(folder="one")
    changed(tmp_path / "out" / GRADEBOOK_FILE, "UPDATE places SET entry = replace(entry, 'false', 'fals3')")
    assert "is damaged" in grade(folder="two", code=3).err
    said = grade("--fresh", folder="two").err
    assert (
        "kept as gradebook.damaged-1.sqlite; what was graded from other folders is in these results again once" in said
    )
    assert (tmp_path / "out" / "gradebook.damaged-1.sqlite").exists()
    assert list(rows(tmp_path / "out")) == ["submission", "emil"]
    grade(folder="one")
    assert list(rows(tmp_path / "out")) == ["submission", "dora", "emil"]


def test_a_row_of_another_folder_that_is_lost_is_held(own_course, grade, tmp_path):
    write(tmp_path / "one" / "dora", {"answers.yaml": Q5})
    grade(folder="one")
    changed(tmp_path / "out" / GRADEBOOK_FILE, "DELETE FROM rows")
    said = grade(code=3).err
    assert (
        "dora: held, because the grader failed: its row is not in the gradebook: grade the folder that it lies" in said
    )
    assert rows(tmp_path / "out")["dora"][-2] == "held"
    grade(folder="one")
    assert rows(tmp_path / "out")["dora"][0] == "70"


def test_a_class_may_lie_in_a_folder_whose_name_is_no_text(own_course, grade, tmp_path):
    folder = os.fsdecode(b"class \xff")
    write(tmp_path / folder / "dora", {"answers.yaml": "q7: Because.\n"})
    grade(folder=folder)
    assert "1 unchanged" in grade(folder=folder).out


def test_what_a_lost_gradebook_knew_of_other_folders_is_said(own_course, grade, tmp_path):
    write(tmp_path / "one" / "dora", {"answers.yaml": "q7: Because.\n"})
    said = (
        "no gradebook stands beside grades.csv, so all is graded anew; what was graded from other folders is in these"
    )
    assert said not in grade(folder="one").err
    assert said not in grade().err
    (tmp_path / "out" / GRADEBOOK_FILE).unlink()
    assert said in grade().err
    assert list(rows(tmp_path / "out")) == ["submission", "alice", "bob", "carol"]
    assert said not in grade().err


@posix
@pytest.mark.parametrize("make", [Path.mkdir, lambda path: os.mkfifo(path)], ids=["a folder", "a pipe"])
def test_what_is_no_file_is_no_gradebook(own_course, grade, tmp_path, make):
    grade()
    (tmp_path / "out" / GRADEBOOK_FILE).unlink()
    make(tmp_path / "out" / GRADEBOOK_FILE)
    for options in ((), ("--fresh",)):
        said = grade(*options, code=2).err
        assert f"{GRADEBOOK_FILE}: is no plain file, as a gradebook is one: remove it, or name another folder" in said


def test_a_gradebook_of_a_later_grader_is_left_alone(own_course, grade, tmp_path):
    grade()
    with closing(sqlite3.connect(tmp_path / "out" / GRADEBOOK_FILE)) as connection:
        connection.execute("PRAGMA user_version = 99")
    assert "was written by a later grader" in grade("--fresh", code=3).err


class StopError(BaseException):
    """As if the process had ended here."""


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("stop", range(1, 9))
def test_wherever_a_run_ends_the_next_one_goes_on_to_the_same_bytes(
    own_course, grade, tmp_path, monkeypatch, together, stop
):
    """The connection is cut without a rollback of ours, before or after a commit; SQLite's own file says what holds.

    `together`: all three rows are kept in one transaction, else each in its own.
    """
    monkeypatch.setattr("grader.classroom.run.MAX_UNKEPT_S", float("inf") if together else 0.0)
    grade(out="whole")
    steps = []

    def ending(real, first):
        def step(*arguments, **options):
            steps.append(real.__name__)
            if len(steps) > stop or (first and len(steps) == stop):
                raise StopError
            result = real(*arguments, **options)
            if not first and len(steps) == stop:
                raise StopError
            return result

        return step

    with monkeypatch.context() as patch:
        patch.setattr(gradebook.Gradebook, "keep", ending(gradebook.Gradebook.keep, stop % 2))
        patch.setattr(gradebook.Gradebook, "end_run", ending(gradebook.Gradebook.end_run, stop % 2))
        patch.setattr(
            "grader.classroom.results_files.write_below", ending(grader.classroom.results_files.write_below, stop % 2)
        )
        with pytest.raises(StopError):
            grade()
    assert len(steps) >= stop
    assert ("keep" in steps[1:stop]) == (not together and stop >= 4)  # behind a report and a page
    grade()
    assert views(tmp_path / "out") == views(tmp_path / "whole")


@pytest.mark.parametrize("together", [False, True])
def test_a_disk_that_is_full_holds_what_cannot_be_kept_and_the_next_run_goes_on(
    own_course, grade, tmp_path, monkeypatch, together
):
    """`together`: all three rows cannot be kept in one transaction; then the first two can, and not the last."""
    monkeypatch.setattr("grader.classroom.run.MAX_UNKEPT_S", float("inf") if together else 0.0)
    grade(out="whole")
    real = gradebook.Gradebook._begin_run
    tried = []

    def full(book):
        real(book)
        tried.append(book)
        if book.pages > 1 or (together and len(tried) == 1):
            raise sqlite3.OperationalError("database or disk is full")
        book.pages += 1

    with monkeypatch.context() as patch:
        patch.setattr(gradebook.Gradebook, "pages", 0, raising=False)
        patch.setattr(gradebook.Gradebook, "_begin_run", full)
        said = "database or disk is full; free some room and grade it again, or name another folder with --out"
        assert said in grade(code=3).err
    assert "2 unchanged, 1 new" in grade().out
    assert views(tmp_path / "out") == views(tmp_path / "whole")


def test_there_is_no_gradebook_to_read_where_nothing_was_graded(tmp_path):
    with pytest.raises(SubmissionError, match="no gradebook is there"), opened_gradebook(tmp_path, read_only=True):
        pass


def test_results_that_cannot_be_written_are_told(own_course, grade, tmp_path, monkeypatch):
    def refused(*_, **__):
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr("grader.classroom.gradebook_file._prepare", refused)
    error = grade(code=3).err
    assert "cannot be written: attempt to write a readonly database; name another folder with --out" in error


def test_a_gradebook_that_cannot_be_read_is_told_to_who_only_reads_it(own_course, grade, run, tmp_path, monkeypatch):
    """As SQLite refuses what an ended run has left, on a full disk or in a read-only folder; `diff` has no `--out`."""

    def refused(*_, **__):
        raise sqlite3.OperationalError("unable to open database file")

    grade()
    monkeypatch.setattr("grader.classroom.gradebook_file._for_reading", refused)
    result = run("diff", tmp_path / "out")
    advice = "free some room there, or copy the whole folder to where files can be written, and read it there"
    assert (result.code, result.err) == (
        3,
        f"grader: {tmp_path / 'out' / GRADEBOOK_FILE}: cannot be read: unable to open database file: {advice}\n",
    )
