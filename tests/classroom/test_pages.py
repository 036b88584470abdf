"""A page a student beside the reports: made once, the same whoever makes it, never of what does not hold any more."""

import json
import os
import shutil
import zipfile
from pathlib import Path

import pytest

import grader.classroom.pages_folder
import grader.classroom.results_files
import grader.classroom.student_page
from grader.classroom.gradebook import opened_gradebook
from grader.classroom.pages_folder import PagesFolder
from grader.classroom.student_page import digest_in, page_digest, student_page

from ..answers.helpers import Q5, Q6, copy_course, write

COPIES_X = "q5: {W1: 1, W2: 0, b2: 0, W3: 1, b3: 0}\n"
DECIDED = "- {{student: {}, question: q5, points: 10, reason: an appeal, by: N. Neumann}}\n"


@pytest.fixture(scope="module")
def graded_course(tmp_path_factory):
    """A course whose class of three is graded, for tests that go on from there in a copy."""
    folder = copy_course(tmp_path_factory.mktemp("pages"))
    write(folder / "class" / "alice", {"answers.yaml": f"{Q5}{Q6}"})
    write(folder / "class" / "bob", {"answers.yaml": COPIES_X + Q6})
    write(folder / "class", {"carol.yaml": "q5: {W9: 1}\n"})
    return folder


@pytest.fixture
def grade(graded_course, tmp_path, monkeypatch, run):
    """Grades the class of a course of its own."""
    shutil.copytree(graded_course, tmp_path / "course")
    monkeypatch.chdir(tmp_path / "course")

    def grade(*options, code=0, out="out"):
        result = run("grade", "class", "--out", out, "--jobs", 1, *options)
        assert result.code == code, result.err
        return result

    return grade


@pytest.fixture
def made(monkeypatch):
    """Whose pages are made, in that order."""
    real, names = grader.classroom.student_page.student_page, []

    def recorded(report, verdicts):
        names.append(json.loads(report)["submission"])
        return real(report, verdicts)

    for module in ("work", "pages_folder"):
        monkeypatch.setattr(f"grader.classroom.{module}.student_page", recorded)
    return names


@pytest.mark.parametrize("between", [(), ("--no-pages",)], ids=["with pages", "once without pages"])
def test_a_page_shows_what_is_handed_in_now_where_a_comment_alone_has_changed(grade, between):
    """No mark rests on it, so that the key of the verdict is the same: the page showed the comment of before."""
    block = "q5:\n  W1: 1\n  # {}\n  W2: 0\n  b2: 0\n  W3: 1\n  b3: 0\n"
    write(Path("class/bob"), {"answers.yaml": block.format("a first try") + Q6})
    grade()
    assert "a first try" in Path("out/pages/bob.html").read_text("utf-8")
    write(Path("class/bob"), {"answers.yaml": block.format("a new word") + Q6})
    grade(*between)
    grade()
    grade("--fresh", out="fresh")
    assert "a new word" in Path("out/pages/bob.html").read_text("utf-8")
    assert Path("out/pages/bob.html").read_bytes() == Path("fresh/pages/bob.html").read_bytes()


@pytest.fixture
def written(monkeypatch):
    """The files of results that are written."""
    real, names = grader.classroom.results_files.write_below, []

    def recorded(opened, folder, name, data, **options):
        names.append(name)
        return real(opened, folder, name, data, **options)

    monkeypatch.setattr("grader.classroom.results_files.write_below", recorded)
    return names


def pages(out="out"):
    return {path.name: path.read_bytes() for path in sorted(Path(out, "pages").iterdir())}


def reports(out="out"):
    return {path.stem: json.loads(path.read_text()) for path in Path(out, "reports").iterdir()}


def test_every_submission_has_a_page_with_its_marks(grade):
    grade()
    found = {name: data.decode() for name, data in pages().items()}
    assert list(found) == ["alice.html", "bob.html", "carol.html"]
    for name, data in reports().items():
        page = found[f"{name}.html"]
        assert page.startswith("<!DOCTYPE html>")
        assert f"<b>{data['points']}</b> / 140" in page
        assert "<script" not in page
    assert "drops to 0 at the first 0" in found["bob.html"]
    assert "W9" in found["carol.html"]


def test_what_stands_is_neither_made_nor_written_again(grade, made, written):
    grade()
    first = pages()
    assert sorted(made) == ["alice", "bob", "carol"]
    made.clear()
    written.clear()
    grade()
    assert (made, written) == ([], [])
    write(Path("class/bob"), {"answers.yaml": Q5 + Q6})
    grade()
    assert made == ["bob"]
    assert sorted(written) == ["bob.html", "bob.json", "grades.csv"]
    assert {name for name in first if first[name] != pages()[name]} == {"bob.html"}
    grade("--fresh")
    assert written[3:] == []


@pytest.mark.parametrize("damage", ["gone", "cut", "another", "a link", "of an earlier grader"])
def test_a_page_that_does_not_stand_as_it_should_is_made_from_the_gradebook(grade, made, damage, tmp_path):
    grade()
    first, path = pages(), Path("out/pages/bob.html")
    made.clear()
    text = path.read_text("utf-8")
    path.unlink()
    if damage == "a link":
        (tmp_path / "elsewhere.html").write_text(text, "utf-8")
        path.symlink_to(tmp_path / "elsewhere.html")
    elif damage != "gone":
        other = {
            "cut": text[:50],
            "another": "<p>",
            "of an earlier grader": text.replace(digest_in(text.encode()), "0"),
        }
        path.write_text(other[damage], "utf-8")
    grade()
    assert made == ["bob"]
    assert pages() == first
    assert not path.is_symlink()


def test_a_page_is_the_same_when_it_is_made_with_the_marks_or_from_the_gradebook(grade):
    grade()
    with opened_gradebook(Path("out"), read_only=True) as book:
        rows = [book.latest(name) for name in ("alice", "bob", "carol")]
    assert [student_page(row.report, row.verdicts).encode() for row in rows] == list(pages().values())
    assert all(
        digest_in(page) == page_digest(row.report, row.verdicts)
        for page, row in zip(pages().values(), rows, strict=True)
    )


def test_what_people_decided_stands_in_the_page_and_a_page_of_ones_own(grade, made):
    write(Path("class/alice"), {"answers.yaml": f"students: [alice, dora]\n{Q5}{Q6}"})
    Path("overrides.yaml").write_text(DECIDED.format("bob") + DECIDED.format("dora"))
    grade("--overrides", "overrides.yaml")
    found = pages()
    assert list(found) == ["alice, dora.html", "alice.html", "bob.html", "carol.html"]
    assert b"overridden by N. Neumann" in found["bob.html"]
    assert b"overridden by N. Neumann" in found["alice, dora.html"]
    assert b"overridden" not in found["alice.html"]
    made.clear()
    grade("--overrides", "overrides.yaml")
    assert (made, pages()) == ([], found)
    Path("overrides.yaml").write_text(DECIDED.format("bob").replace("10", "20"))
    grade("--overrides", "overrides.yaml")
    assert made == ["bob"]
    assert list(pages()) == ["alice.html", "bob.html", "carol.html"]
    assert b"20 of 70 because an appeal" in pages()["bob.html"]


def test_questions_that_are_not_asked_for_keep_their_part(grade):
    grade(out="whole")
    grade()
    edit = Path("class/bob/answers.yaml")
    edit.write_text(edit.read_text().replace("W2: 0", "W2: 1"))
    grade("-q", "q6")
    assert pages()["bob.html"] == pages("whole")["bob.html"]
    grade("-q", "q5")
    grade()
    grade(out="anew")
    assert pages() == pages("anew")


def test_pages_of_nobody_go_and_files_of_others_stay(grade):
    grade()
    notes = {"notes.html": "<p>my notes</p>", "readme.txt": "for me"}
    write(Path("out/pages"), notes)
    Path("out/pages/.grader-123.part").write_text("of a run that was killed")
    shutil.rmtree("class/bob")
    grade()
    assert list(pages()) == ["alice.html", "carol.html", *notes]


def test_without_pages_nothing_of_them_is_paid_and_none_says_what_does_not_hold(grade, made, monkeypatch):
    asked = []
    real = grader.classroom.work.grade
    monkeypatch.setattr("grader.classroom.work.grade", lambda *a: (asked.append(a[5].page), real(*a))[1])
    grade("--no-pages")
    assert (made, asked) == ([], [False] * 3)
    assert sorted(os.listdir("out")) == ["gradebook.sqlite", "grades.csv", "reports"]
    assert "3 without pages before" in grade().out
    assert asked[3:] == [True] * 3
    first = pages()
    made.clear()
    write(Path("class/bob"), {"answers.yaml": Q5 + Q6})
    grade("--no-pages")
    assert made == []
    assert list(pages()) == ["alice.html", "carol.html"]
    grade()
    assert made == ["bob"]
    assert pages() | {"bob.html": b""} == first | {"bob.html": b""}


@pytest.mark.parametrize("where", ["making", "writing"])
def test_a_page_that_cannot_be_had_is_said_and_costs_nobody_a_mark(grade, monkeypatch, where):
    grade()
    table = Path("out/grades.csv").read_bytes()
    write(Path("class/bob"), {"answers.yaml": Q5 + Q6})

    def failing(*arguments, **options):
        if "bob" in str(arguments[0 if where == "making" else 2]) and ".json" not in str(arguments):
            raise ValueError("planted")
        return real(*arguments, **options)

    owner, name = {
        "making": (grader.classroom.student_page, "report_in"),
        "writing": (grader.classroom.results_files, "write_below"),
    }[where]
    real = getattr(owner, name)
    monkeypatch.setattr(owner, name, failing)
    said = "made" if where == "making" else "is missing"
    result = grade(code=3)
    assert f"grader: bob: its page {'cannot be ' if where == 'making' else ''}{said}: ValueError: planted" in result.err
    assert list(pages()) == ["alice.html", "carol.html"]  # not one that says what does not hold any more
    assert Path("out/grades.csv").read_bytes() != table
    assert reports()["bob"]["points"] == 140


def test_what_cannot_be_drawn_leaves_the_report_on_the_page(grade, monkeypatch):
    real = grader.classroom.student_page.with_details

    def failing(report, verdicts):
        if report.submission == "bob":
            raise ValueError("planted")
        return real(report, verdicts)

    monkeypatch.setattr("grader.classroom.student_page.with_details", failing)
    grade()
    page = pages()["bob.html"].decode()
    assert "drops to 0 at the first 0" in page
    assert "what was handed in and its pictures cannot be shown here: ValueError: planted" in page


def test_pages_go_through_no_link(grade, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    Path("out").mkdir()
    Path("out/pages").symlink_to(tmp_path / "elsewhere")
    assert "out/pages: is a symbolic link, and results go through none" in grade(code=2).err
    grade("--no-pages")
    assert os.listdir(tmp_path / "elsewhere") == []
    Path("out/pages").unlink()
    Path("out/pages").write_text("a file")
    assert "out/pages: cannot be made: a file is in its place" in grade(code=2).err


def test_results_with_pages_are_of_an_earlier_run_and_other_things_are_not(grade):
    grade(out="class/results")
    Path("class/results/class-2.html").write_text("of a large class")
    assert "results: passed over, it is no submission" in grade(out="class/results").err
    write(Path("class/results/pages"), {"answers.yaml": Q5})
    assert "results is a submission itself" in grade(out="class/results", code=2).err


def test_a_folder_of_pages_that_is_a_link_is_left_alone_where_none_are_written(tmp_path):
    (tmp_path / "there").mkdir()
    write(tmp_path / "there", {"bob.html": '<meta name="grader-made-from" content="0">'})
    (tmp_path / "pages").symlink_to(tmp_path / "there")
    PagesFolder(tmp_path, writes=False).finish({})
    assert os.listdir(tmp_path / "there") == ["bob.html"]


# ------------------------------------------------------------- later, from what is kept
def test_the_page_of_one_student_is_the_one_that_was_written(grade, run, tmp_path):
    Path("overrides.yaml").write_text(DECIDED.format("bob"))
    grade("--overrides", "overrides.yaml")
    done = run("report", "out", "bob", "--format", "html", "-o", tmp_path / "bob.html")
    assert (done.code, done.out) == (0, f"{tmp_path / 'bob.html'} is ready\n")
    assert (tmp_path / "bob.html").read_bytes() == pages()["bob.html"]
    assert run("report", "out", "bob", "--format", "html").out.encode() == pages()["bob.html"]
    assert run("report", "out", "bob", "-o", tmp_path / "bob.txt").code == 0
    assert "q5, as it was handed in" in (tmp_path / "bob.txt").read_text("utf-8")
    assert "is among what `grade` writes" in run("report", "out", "bob", "-o", "out/pages/bob.html").err


def test_beside_a_report_stands_what_it_is_about_and_nothing_that_was_graded_later(grade, run):
    """As after a run that was killed before it wrote its reports."""
    grade()
    stood = {path: path.read_bytes() for path in Path("out").rglob("*") if path.suffix in (".json", ".csv")}
    first = pages()["bob.html"]
    write(Path("class/bob"), {"answers.yaml": Q5 + Q6})
    grade()
    assert pages()["bob.html"] != first
    for path, data in stood.items():
        path.write_bytes(data)
    assert run("report", "out", "bob", "--format", "html").out.encode() == first
    report = json.loads(Path("out/reports/bob.json").read_text())
    report["questions"][0]["checks"][0]["message"] = "of another answer"
    Path("out/reports/bob.json").write_text(json.dumps(report))
    alone = run("report", "out", "bob", "--format", "html").out
    assert "of another answer" in alone
    assert "W2: 0" not in alone


def test_feedback_is_the_page_without_what_a_platform_keeps_back(grade, run):
    grade()
    for options, shown in (((), False), (("--show-expected",), True)):
        assert run("grades", "out", "--format", "feedback", "--markup", "html", "-o", "f.zip", *options).code == 0
        with zipfile.ZipFile("f.zip") as archive:
            page = archive.read("bob.html").decode()
        assert "W2: 0" in page
        assert ("is wanted" in page) == shown
    Path("out/gradebook.sqlite").write_bytes(b"no database" * 100)
    assert (
        "pages show the marks alone: out/gradebook.sqlite: is damaged"
        in run("grades", "out", "--format", "feedback", "--markup", "html", "-o", "f.zip").err
    )
    with zipfile.ZipFile("f.zip") as archive:
        assert "W2: 0" not in archive.read("bob.html").decode()
