"""A gradebook that an earlier grader has written is used as it is read: nothing in it is lost, and damage is found."""

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from grader.classroom.gradebook import Gradebook, opened_gradebook
from grader.classroom.gradebook_file import DamagedGradebookError
from grader.classroom.result_names import GRADEBOOK_FILE
from grader.classroom.squeezed import squeezed

from .test_gradebook import COPIES_X, asked, edit, grade, own_course, views, whole_course

__all__ = ["asked", "grade", "own_course", "whole_course"]

FIRST_SCHEMA = """
CREATE TABLE runs (run INTEGER PRIMARY KEY, complete INTEGER NOT NULL) STRICT;
CREATE TABLE rows (
    submission TEXT NOT NULL, run INTEGER NOT NULL, data TEXT, report BLOB, digest TEXT,
    PRIMARY KEY (submission, run)) STRICT;
CREATE TABLE places (
    submission TEXT PRIMARY KEY, source TEXT NOT NULL, position INTEGER NOT NULL, entry TEXT NOT NULL) STRICT;
PRAGMA user_version = 1;
"""


def as_first_schema(row, *, with_pages):
    """The row as the first schema had it: one text with the verdicts, the report and pages behind it, one digest."""
    said = [[k.question, k.spec, k.key, k.whole_key, len(k.texts.text), k.texts.facts] for k in row.verdicts]
    if with_pages:
        said = [
            [*of, k.page.digest, len(k.page.data), k.page.is_whole] for of, k in zip(said, row.verdicts, strict=True)
        ]
    report = squeezed(row.report.encode()) + b"".join(k.page.data for k in row.verdicts if with_pages)
    points = {name: None if mark is None else str(mark) for name, mark in row.marks.items()}
    data = json.dumps(
        {
            "name": row.name, "assignment": row.assignment, "marks": list(points.items()),
            "total": None if row.total is None else str(row.total), "max_points": str(row.max_points),
            "status": row.status, "messages": row.messages, "pending_points": str(row.pending_points),
            "students": row.students, "students_fault": row.students_fault, "evidence": row.evidence,
            "unproved": sorted(row.unproved), "wrong": [], "content": row.content.hex(), "key": row.key.hex(),
            "spec_name": row.spec_name, "report": hashlib.sha256(row.report.encode()).hexdigest(), "verdicts": said,
        }
    )  # fmt: skip
    return data, report, hashlib.sha256(data.encode() + b"\0" + report).hexdigest()


def written_as_first_schema(results, *, with_pages=True):
    """Writes the gradebook of a folder anew, as the first schema had it."""
    file = results / GRADEBOOK_FILE
    with closing(sqlite3.connect(file)) as old:
        places, runs = list(old.execute("SELECT * FROM places")), list(old.execute("SELECT * FROM runs"))
        keys = list(old.execute("SELECT submission, run, brief IS NULL FROM rows"))
    with opened_gradebook(results, read_only=True) as book:
        kept = [
            (name, run, *((None,) * 3 if gone else as_first_schema(book.row_at(name, run), with_pages=with_pages)))
            for name, run, gone in keys
        ]
    file.unlink()
    with closing(sqlite3.connect(file, isolation_level=None)) as new:
        new.executescript(FIRST_SCHEMA)
        new.executemany("INSERT INTO runs VALUES (?, ?)", runs)
        new.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?)", kept)
        new.executemany("INSERT INTO places VALUES (?, ?, ?, ?)", places)
    return file


def written_as_second_schema(results):
    """Has the texts of its rows as the second schema had them: compressed together, and pages behind that."""
    file = results / GRADEBOOK_FILE
    with opened_gradebook(results, read_only=True) as book, closing(sqlite3.connect(file)) as kept:
        briefs = list(kept.execute("SELECT submission, run, brief FROM rows WHERE brief IS NOT NULL"))
        found = [(json.loads(brief), (name, run), book.row_at(name, run)) for name, run, brief in briefs]
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for said, key, row in found:
            verdicts = [
                [
                    k.question,
                    k.spec,
                    k.key,
                    k.whole_key,
                    len(k.texts.text),
                    k.texts.facts,
                    p.digest,
                    len(p.data),
                    p.is_whole,
                ]
                for k in row.verdicts
                for p in [k.page]
            ]
            texts = squeezed(row.report.encode() + b"\0" + json.dumps(verdicts).encode())
            texts += b"".join(k.page.data for k in row.verdicts)
            brief = json.dumps(said | {"texts": hashlib.sha256(texts).hexdigest()})
            digest = hashlib.sha256(brief.encode() + b"\0").hexdigest()
            update = "UPDATE rows SET brief = ?, digest = ?, texts = ? WHERE submission = ? AND run = ?"
            connection.execute(update, (brief, digest, texts, *key))
        connection.execute("PRAGMA user_version = 2")
    return file


EARLIER_SCHEMAS = [written_as_first_schema, written_as_second_schema]


@pytest.fixture
def twice_graded(own_course, grade, tmp_path):
    """A class that was graded twice, in between with another answer and one submission less."""
    grade()
    edit(tmp_path / "class" / "bob" / "answers.yaml", COPIES_X, "q5: {W1: 1, W2: 1, b2: -1.5, W3: 1, b3: 0}\n")
    (tmp_path / "class" / "carol.yaml").unlink()
    grade()
    return tmp_path / "out"


@pytest.mark.long
@pytest.mark.parametrize("written", EARLIER_SCHEMAS)
def test_an_earlier_gradebook_is_gone_on_with(twice_graded, grade, asked, run, written):
    first, changes = views(twice_graded, of_class=True), run("diff", twice_graded).out
    assert "carol: went away" in changes
    asked.clear()
    written(twice_graded)
    assert "2 submissions: 2 unchanged" in grade().out
    assert (asked, views(twice_graded, of_class=True)) == ([], first)
    assert run("diff", twice_graded).out == changes
    with closing(sqlite3.connect(twice_graded / GRADEBOOK_FILE)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (3,)


@pytest.mark.long
@pytest.mark.parametrize("written", EARLIER_SCHEMAS)
def test_an_earlier_gradebook_that_is_only_read_stays_as_it_is(twice_graded, run, written):
    asked = (("diff", twice_graded), ("report", twice_graded, "bob"))
    before = [run(*command).out for command in asked]
    file = written(twice_graded)
    data = file.read_bytes()
    assert [run(*command).out for command in asked] == before
    assert file.read_bytes() == data


@pytest.mark.long
def test_what_the_first_graders_kept_without_pages_gets_them(twice_graded, grade):
    first = views(twice_graded, of_class=True)
    written_as_first_schema(twice_graded, with_pages=False)
    assert "2 without pages before" in grade().out
    assert views(twice_graded, of_class=True) == first


@pytest.mark.parametrize(
    ("schema", "damage"),
    [
        (1, """UPDATE rows SET data = replace(data, '["q5", "40"]', '["q5", "70"]')"""),
        (1, "UPDATE rows SET report = substr(report, 2)"),
        (1, "UPDATE rows SET digest = 'x'"),
        (1, "UPDATE rows SET submission = 'dora' WHERE submission = 'carol'"),
        (2, """UPDATE rows SET brief = replace(brief, '["q5", "40"]', '["q5", "70"]') WHERE submission = 'bob'"""),
        (2, "UPDATE rows SET texts = substr(texts, 2) WHERE submission = 'bob'"),
        (2, "UPDATE rows SET texts = NULL WHERE submission = 'bob'"),
    ],
)
def test_damage_in_an_earlier_gradebook_is_found(own_course, grade, run, tmp_path, schema, damage):
    grade()
    first = views(tmp_path / "out")
    written = {1: written_as_first_schema, 2: written_as_second_schema}[schema]
    file = written(tmp_path / "out")
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute(damage)
        kept = connection.execute("SELECT * FROM rows").fetchall()
    assert "is damaged" in run("diff", tmp_path / "out").err
    assert "is damaged" in grade(code=3).err
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT * FROM rows").fetchall() == kept
    grade("--fresh")
    assert views(tmp_path / "out") == first


def test_rows_are_listed_without_their_texts_which_are_read_when_they_are_asked_for(
    own_course, grade, tmp_path, monkeypatch
):
    grade()
    asked, packed = [], Gradebook._packed
    monkeypatch.setattr(Gradebook, "_packed", lambda book, *of: asked.append(of) or packed(book, *of))
    with opened_gradebook(tmp_path / "out", read_only=True) as book:
        rows = book.latest_rows()
        whole = {name: book.latest(name) for name in ("alice", "bob", "carol")}
        assert list(rows) == list(whole)
        for name, row in rows.items():
            assert (row.marks, row.total, row.key, row.report_digest) == (
                whole[name].marks, whole[name].total, whole[name].key, whole[name].report_digest
            )  # fmt: skip
        assert asked == []
        assert rows["bob"].report == whole["bob"].report == (tmp_path / "out" / "reports" / "bob.json").read_text()
        assert rows["bob"].verdicts == whole["bob"].verdicts
        assert asked == [("bob", 1)] * 2


def test_a_text_that_is_damaged_is_found_when_it_is_read(own_course, grade, tmp_path):
    grade()
    with closing(sqlite3.connect(tmp_path / "out" / GRADEBOOK_FILE, isolation_level=None)) as connection:
        connection.execute("UPDATE rows SET texts = substr(texts, 2) WHERE submission = 'bob'")
    with opened_gradebook(tmp_path / "out", read_only=True) as book:
        rows = book.latest_rows()
        assert rows["alice"].report
        with pytest.raises(DamagedGradebookError, match="the report of a row is not as it was written"):
            print(rows["bob"].report)
        with pytest.raises(DamagedGradebookError, match="the report of a row is not as it was written"):
            list(book.checked_rows())


NOT_AS_WRITTEN = {
    "a row is not as it was written": [
        """UPDATE rows SET brief = replace(brief, '["q5", "40"]', '["q5", "70"]') WHERE submission = 'bob'""",
        "UPDATE rows SET digest = '' WHERE submission = 'bob'",
    ],
    "the report of a row is not as it was written": [
        "UPDATE rows SET texts = substr(texts, 2) WHERE submission = 'bob'",
        "UPDATE rows SET texts = NULL WHERE submission = 'bob'",
        "UPDATE rows SET texts = (SELECT texts FROM rows WHERE submission = 'alice') WHERE submission = 'bob'",
    ],
    "a row stands under the name of another submission": [
        "DELETE FROM rows WHERE submission = 'bob'; UPDATE rows SET submission = 'bob' WHERE submission = 'alice'"
    ],
}


@pytest.mark.parametrize(
    ("said", "damage"), [(said, damage) for said, damages in NOT_AS_WRITTEN.items() for damage in damages]
)
def test_whatever_is_damaged_of_a_row_is_found_by_whoever_reads_a_part_of_it(own_course, grade, tmp_path, said, damage):
    grade()
    with closing(sqlite3.connect(tmp_path / "out" / GRADEBOOK_FILE, isolation_level=None)) as connection:
        connection.executescript(damage)
    with opened_gradebook(tmp_path / "out", read_only=True) as book:
        for read in (
            lambda: book.report("bob", 1),
            lambda: book.verdicts("bob", 1),
            lambda: next(book.verdicts_back("bob")),
            lambda: book.latest("bob"),
            lambda: list(book.checked_rows()),
        ):
            with pytest.raises(DamagedGradebookError, match=f"[(]{said}[)]"):
                read()


def test_damage_in_a_text_of_an_earlier_run_is_found_before_anything_is_graded(twice_graded, grade, asked, tmp_path):
    """It may be used again where a spec is changed back."""
    with closing(sqlite3.connect(tmp_path / "out" / GRADEBOOK_FILE, isolation_level=None)) as connection:
        connection.execute("UPDATE rows SET texts = substr(texts, 2) WHERE submission = 'bob' AND run = 1")
    first = views(tmp_path / "out")
    asked.clear()
    edit(Path("specs/assignment3/q6.yaml"), "title: ", "title: New ")
    assert "the report of a row is not as it was written" in grade(code=3).err
    assert (asked, views(tmp_path / "out")) == ([], first)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("UPDATE rows SET brief = replace(brief, 'graded', 'passed')", "a row is not as it was written"),
        ("DELETE FROM rows", "a row is not there any more"),
    ],
)
def test_what_statistics_need_of_a_report_is_found_damaged_as_the_report_is(own_course, grade, tmp_path, damage, said):
    grade()
    with opened_gradebook(tmp_path / "out") as book:
        rows = book.latest_rows()
        assert [facts.said.split(",")[0] for facts in rows["bob"].texts.answer_facts] == ['["q5"', '["q6"', '["q7"']
        book._connection.execute(damage)
        with pytest.raises(DamagedGradebookError, match=said):
            print(rows["bob"].texts.answer_facts)
