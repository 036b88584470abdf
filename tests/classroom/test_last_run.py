"""The same command again: nothing is done where all is byte for byte as it was, and else what grading all would give."""

import os
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from grader import cli_grade
from grader.classroom.class_files import read_class
from grader.classroom.content import content_of
from grader.classroom.course_content import read_course
from grader.classroom.entries import Entry, entries_in
from grader.classroom.gradebook import opened_gradebook
from grader.classroom.graded import Graded
from grader.classroom.regrading import Regrading
from grader.classroom.result_names import GRADEBOOK_FILE
from grader.classroom.work import RunSettings
from grader.kinds.open_submission import Resources
from grader.spec.course import CourseSearch
from grader.user_cache import CACHE_VARIABLE

from ..answers.helpers import Q5, Q6, copy_course, write
from .test_grade import posix

pytestmark = posix

COPIES_X = "q5: {W1: 1, W2: 0, b2: 0, W3: 1, b3: 0}\n"
ROSTER = "id,name,email,section\n1,alice,alice@x.org,A\n2,bob,bob@x.org,B\n3,carol,carol@x.org,A\n"
DECIDED = "- {student: bob, question: q5, points: 50, reason: an oral exam, by: Prof. Ada}\n"


@pytest.fixture(scope="module")
def whole_course(tmp_path_factory):
    return copy_course(tmp_path_factory.mktemp("whole"))


@pytest.fixture
def here(whole_course, tmp_path, monkeypatch):
    """A course as the present folder, with a class of three beside it and a roster among them."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    shutil.copytree(whole_course, tmp_path / "course")
    monkeypatch.chdir(tmp_path / "course")
    write(tmp_path / "class" / "alice", {"answers.yaml": Q5 + Q6})
    write(tmp_path / "class" / "bob", {"answers.yaml": COPIES_X + Q6, "notes.txt": "x"})
    write(tmp_path / "class" / "carol", {"answers.yaml": "q5: seven\n"})
    write(tmp_path / "class", {"roster.csv": ROSTER})
    return tmp_path


@pytest.fixture
def grade(run, here):
    def grade(*options, out="out", code=0):
        result = run("grade", here / "class", "--out", here / out, "--jobs", 1, *options)
        assert result.code == code, result.err
        return result

    return grade


@pytest.fixture
def done(monkeypatch):
    """Which runs looked for submissions, as each does that does anything at all."""
    import grader.classroom.class_run as class_run

    real, found = class_run.entries_in, []

    def entries_in(*arguments):
        found.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(class_run, "entries_in", entries_in)
    return found


def views(folder: Path) -> dict[str, bytes]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != GRADEBOOK_FILE)
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


@pytest.mark.parametrize("options", [(), ("--no-pages",), ("--names",), ("-q", "q5", "-q", "q6")])
def test_the_same_command_again_does_nothing_and_says_what_it_would_say(here, grade, done, monkeypatch, options):
    """Against the same command without the user's cache, which looks at every submission and every row."""
    assert "3 submissions graded" in grade(*options).out
    first = views(here / "out")
    done.clear()
    again = grade(*options)
    assert done == []
    assert "3 submissions: 3 unchanged" in again.out
    assert "carol: q5: answers.yaml:1:5: wanted a value for each parameter" in again.err
    assert views(here / "out") == first
    monkeypatch.setenv(CACHE_VARIABLE, "off")
    whole = grade(*options)
    assert done != []
    assert (again.out, again.err) == (whole.out, whole.err)
    assert views(here / "out") == first


def edited(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def edited_unseen(path, old, new):
    """The size and the times that can be set are what they were."""
    before = path.stat()
    assert len(old) == len(new)
    edited(path, old, new)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def linked(path):
    path.rename(path.with_suffix(".moved"))
    path.symlink_to(path.with_suffix(".moved"))


CHANGES = {
    "an answer": lambda here: edited_unseen(here / "class/bob/answers.yaml", "W2: 0", "W2: 1"),
    "a name": lambda here: (here / "class/bob").rename(here / "class/bo"),
    "a submission more": lambda here: write(here / "class/dora", {"answers.yaml": Q5}),
    "a submission less": lambda here: shutil.rmtree(here / "class/carol"),
    "a file more": lambda here: write(here / "class/alice", {"q5.yaml": "W1: 1\n"}),
    "a link": lambda here: linked(here / "class/alice/answers.yaml"),
    "another name of a file": lambda here: (here / "elsewhere").hardlink_to(here / "class/alice/answers.yaml"),
    "the roster": lambda here: edited_unseen(here / "class/roster.csv", "2,bob", "7,bob"),
    "a spec": lambda here: edited(here / "course/specs/assignment3/q5.yaml", "title: ", "title: New "),
    "a reference": lambda here: edited(here / "course/reference/latch.py", "import numpy", "# a word\nimport numpy"),
    "a decision": lambda here: write(here / "course/specs/assignment3", {"overrides.yaml": DECIDED}),
    "a report": lambda here: edited_unseen(here / "out/reports/bob.json", '"points": 70', '"points": 71'),
    "a report that is gone": lambda here: (here / "out/reports/bob.json").unlink(),
    "a report that is a link": lambda here: linked(here / "out/reports/bob.json"),
    "a report of nobody": lambda here: shutil.copy(here / "out/reports/bob.json", here / "out/reports/zoe.json"),
    "a report half written": lambda here: write(here / "out/reports", {".grader-00.part": "{"}),
    "a page": lambda here: edited(here / "out/pages/bob.html", 'grader-made-from" content="', 'grader-made-from" content="0'),
    "a page that is gone": lambda here: (here / "out/pages/bob.html").unlink(),
    "a page of nobody": lambda here: shutil.copy(here / "out/pages/bob.html", here / "out/pages/zoe.html"),
    "all pages": lambda here: shutil.rmtree(here / "out/pages"),
    "the table": lambda here: edited_unseen(here / "out/grades.csv", "alice,70", "alice,71"),
    "the table that is gone": lambda here: (here / "out/grades.csv").unlink(),
    "the page of the class": lambda here: edited(here / "out/class.html", "<title>", "<title >"),
    "the page of the class that is gone": lambda here: (here / "out/class.html").unlink(),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change_all_is_as_if_no_run_had_been_remembered(here, grade, done, monkeypatch, change):
    """Against the same command without the user's cache on a copy of it all, and the one after it is short again."""
    grade()
    CHANGES[change](here)
    shutil.copytree(here / "out", here / "other", symlinks=True)
    done.clear()
    again = grade()
    assert done != []
    done.clear()
    assert grade().code == 0
    assert done == []
    monkeypatch.setenv(CACHE_VARIABLE, "off")
    whole = grade(out="other")
    assert (again.out, again.err) == (whole.out.replace("other", "out"), whole.err)
    assert views(here / "out") == views(here / "other")


def test_other_options_another_width_and_another_folder_are_other_runs(here, grade, done, monkeypatch):
    grade()
    for options in (("--no-pages",), ("--names",), ("--fresh",), ("--roster", here / "class/roster.csv")):
        done.clear()
        grade(*options)
        assert done != [], options
    grade()
    done.clear()
    monkeypatch.setattr(cli_grade, "terminal_width", lambda: 100)
    grade()
    assert len(done) == 1
    monkeypatch.chdir(here / "course" / "specs")
    grade()
    assert len(done) == 2


def test_how_many_processes_grade_makes_no_other_run(here, grade, run, done):
    grade()
    done.clear()
    assert run("grade", here / "class", "--out", here / "out", "--jobs", 2).code == 0
    assert done == []


def test_a_file_that_is_named_counts_by_its_bytes(here, grade, done):
    write(here, {"decided.yaml": DECIDED})
    grade("--overrides", here / "decided.yaml")
    grade("--overrides", here / "decided.yaml")
    assert len(done) == 1
    edited_unseen(here / "decided.yaml", "points: 50", "points: 55")
    assert "55" in grade("--overrides", here / "decided.yaml").out
    assert len(done) == 2


def test_a_gradebook_with_another_byte_is_looked_into(here, grade, run, done):
    grade()
    gradebook = here / "out" / GRADEBOOK_FILE
    data = bytearray(gradebook.read_bytes())
    data[5000] ^= 1
    gradebook.write_bytes(data)
    done.clear()
    assert run("grade", here / "class", "--out", here / "out", "--jobs", 1).code in (0, 3)
    assert done != []


def test_a_run_that_is_not_over_is_not_the_last_one(here, grade, done):
    """What SQLite keeps beside the file of a run that was killed, or that is running now."""
    grade()
    write(here / "out", {f"{GRADEBOOK_FILE}-wal": ""})
    done.clear()
    grade()
    assert done != []


def test_another_class_in_the_same_results_makes_the_next_run_look_again(here, grade, run, done):
    grade()
    write(here / "more" / "dora", {"answers.yaml": Q5 + Q6})
    assert run("grade", here / "more", "--out", here / "out", "--jobs", 1).code == 0
    done.clear()
    assert "dora" in grade().out
    assert done != []


def test_what_changes_while_it_is_graded_is_not_taken_for_graded(here, grade, done, monkeypatch):
    """An answer is another one only for as long as it is graded: the next run grades what is there."""
    import grader.classroom.work as work

    real = work.content_of
    answers = here / "class" / "bob" / "answers.yaml"
    before = answers.read_text()

    def content_of(entry, **options):
        if entry.name == "bob":
            answers.write_text(before.replace("W2: 0", "W2: 1"))
        found = real(entry, **options)
        answers.write_text(before)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(work, "content_of", content_of)
        first = grade()
    again = grade()
    assert len(done) == 2
    assert first.out.splitlines()[2] != again.out.splitlines()[2]
    assert "1 handed in anew" in again.out


def test_a_roster_that_changes_while_the_class_is_graded_is_read_again(here, grade, done, monkeypatch):
    import grader.classroom.class_run as class_run

    real = class_run.grade_class

    def grade_class(*arguments):
        edited_unseen(here / "class" / "roster.csv", "2,bob", "7,bob")
        return real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(class_run, "grade_class", grade_class)
        grade()
    grade()
    assert len(done) == 2
    assert ",7,bob," in (here / "out" / "grades.csv").read_text()


def test_nothing_is_remembered_of_a_run_with_something_held(here, grade, done, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("grader.kinds.weights.WeightsKind.score", lambda *_: 1 / 0)
        grade(code=3)
    grade()
    assert len(done) == 2


def test_results_among_the_submissions_are_passed_over_with_a_word_from_the_second_run_on(here, run, done, monkeypatch):
    monkeypatch.chdir(here / "class")
    command = ("grade", ".", "--course", here / "course")
    assert "passed over" not in run(*command).err
    second, third = run(*command), run(*command)
    assert len(done) == 2
    assert "results: passed over, it is no submission" in second.err
    assert (third.code, third.out, third.err) == (second.code, second.out, second.err)


def test_a_table_that_cannot_be_shown_is_said_again(here, grade, monkeypatch):
    """What is kept is shown as it is first shown: to a stream that takes it."""
    grade()
    monkeypatch.setattr(
        cli_grade, "show", lambda text: (_ for _ in ()).throw(UnicodeEncodeError("ascii", "", 0, 1, ""))
    )
    grade(code=3)


def test_a_class_may_lie_in_a_folder_of_its_own(here, grade, done):
    """As a download that was unpacked into one: a change in there is seen."""
    inner = here / "class" / "submissions"
    inner.mkdir()
    for name in ("alice", "bob", "carol"):
        (here / "class" / name).rename(inner / name)
    grade()
    grade()
    assert len(done) == 1
    edited_unseen(inner / "bob" / "answers.yaml", "W2: 0", "W2: 1")
    assert "1 handed in anew" in grade().out


def test_what_is_read_of_a_class(here):
    """A folder of plain files by them, anything else one by one, what is hidden not at all, and no results."""
    folder = here / "class"
    write(folder / "dora" / "src", {"solution.py": ""})
    write(folder, {".DS_Store": "x"})
    (folder / "erin").symlink_to(folder / "alice")
    write(folder / "results" / "reports", {"alice.json": "{}"})
    found = read_class(folder, folder / "results")
    assert [Path(path).name for path in found.paths] == ["alice", "bob", "carol", "dora", "erin", "roster.csv"]
    for path in found.paths:
        entry = Entry.at(Path(path).name, Path(path))
        assert found.content(entry) == content_of(entry).digest
    assert found.digest() == ""  # where the link leads to was not looked at
    (folder / "erin").unlink()
    assert (before := read_class(folder, folder / "results").digest()) != ""
    write(folder / "dora" / "src", {"solution.py": "x"})
    assert read_class(folder, folder / "results").digest() != before
    write(folder / "dora" / "src", {"solution.py": ""})
    write(folder, {".DS_Store": "y"})
    write(folder / "results" / "reports", {"alice.json": "{ }"})
    assert read_class(folder, folder / "results").digest() == before


def test_a_submission_that_was_read_to_be_graded_is_known_by_that(here, monkeypatch):
    """In a folder of plain files with what editors leave there, and in any other; both digests are those of reading."""
    folder = here / "class"
    write(folder / "alice", {"answers.yaml.pyc": "x"})
    write(folder / "dora" / "src", {"solution.py": ""})
    found, other = read_class(folder, here / "out"), read_class(folder, here / "out")
    for path in found.paths:
        found.note(content_of(Entry.at(Path(path).name, Path(path))))
    assert found.digest() == other.digest() != ""
    (folder / "alice" / "answers.yaml").write_text(Q6)
    alice = Entry.at("alice", folder / "alice")
    assert found.content(alice) != content_of(alice).digest == other.content(alice)
    found.note(content_of(alice))
    assert found.content(alice) == content_of(alice).digest


LINKS = {
    "to the results, then not": ("res", "out", "course"),
    "to a file, then to a folder": ("zoe.yaml", "zoe.yaml", "course"),
}


@pytest.mark.parametrize("link", LINKS)
def test_where_a_link_among_the_submissions_leads_is_looked_at_again(here, grade, monkeypatch, link):
    """One that leads to the results is passed over, any other is a submission that is refused, named by what it is."""
    name, first, then = LINKS[link]
    (here / "out").mkdir()
    write(here, {"zoe.yaml": Q5})
    path = here / "class" / name
    path.symlink_to(here / first)
    grade()
    path.unlink()
    path.symlink_to(here / then)
    again = grade()
    monkeypatch.setenv(CACHE_VARIABLE, "off")
    whole = grade()
    assert f"{name}: is a symbolic link" in again.err
    said_once = [line for line in again.err.splitlines() if "from this folder before, and not in it any more" in line]
    assert len(said_once) == (name == "zoe.yaml")  # it was `zoe` as long as it led to a file
    assert [line for line in again.err.splitlines() if line not in said_once] == whole.err.splitlines()
    assert f"{name}," in (here / "out" / "grades.csv").read_text()


def test_of_a_folder_that_is_not_there_nothing_is_known(here):
    assert read_class(here / "nowhere", here / "out").digest() == ""


def test_what_was_kept_is_read_when_the_turn_of_a_submission_comes(here, grade):
    """A class has too many reports to hold them all: the plan has rows without them."""
    grade()
    edited(here / "course/specs/assignment3/q5.yaml", "title: ", "title: New ")
    settings = RunSettings(read_course(CourseSearch(here / "course", here / "class", whole_class=True), None))
    with closing(Resources()) as resources, opened_gradebook(here / "out") as book:
        plan = Regrading(book, settings, resources).plan(entries_in(here / "class").submissions)
        assert sorted(plan.before) == ["alice", "bob", "carol"]
        assert not any(isinstance(row, Graded) for row in plan.before.values())
        kept = [[verdict.question for verdict in task.read().earlier.verdicts] for task in plan.tasks]
    assert kept == [["q5", "q6"]] * 3
