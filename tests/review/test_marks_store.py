"""The file of marks as several readers write it: nothing of it is lost, and what nobody changes keeps its bytes."""

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import grader.review.marks_store as marks_store
from grader.errors import HarnessError, SpecError, SubmissionError
from grader.kinds.written.marks import Mark, MarksEntry, entries_in, load_marks, marks_document
from grader.review.marks_store import MarkChange, MarkConflictError, MarksStore, mark_version
from grader.review.marks_text import marks_text

from ..classroom.test_grade import posix

ONE = Mark(("the gate",), "", "first reader", rubric="ab", answer="cd")
OTHER = Mark(("the gate", "the state"), "Both: well explained.", "second reader", points=Fraction(7, 2))


def change(submission="kim", question="q2", mark=ONE, seen=None, second=""):
    return MarkChange(submission, question, mark, mark_version(seen), second)


@pytest.fixture
def store(tmp_path):
    return MarksStore(tmp_path / "marks.yaml")


def test_the_first_mark_makes_the_file_an_entry_a_block(store):
    store.save([change(mark=replace(OTHER, note="Two lines:\n\n# of it"))])
    assert store.path.read_text() == (
        "# Readers' marks: the points of the rubric that each answer makes.\n"
        "- submission: kim\n  question: q2\n  met:\n  - the gate\n  - the state\n  points: 3.5\n"
        "  note: |-\n    Two lines:\n\n    # of it\n  reader: second reader\n"
    )
    assert load_marks(store.path)["kim", "q2"] == replace(OTHER, note="Two lines:\n\n# of it")


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.builds(
            Mark,
            met=st.lists(st.text(min_size=1).filter(str.strip), unique=True, max_size=3).map(tuple),
            note=st.text(),
            reader=st.text(),
            points=st.none() | st.fractions(0, 100, max_denominator=12),
        ),
        max_size=4,
    )
)
def test_any_text_comes_back_as_it_was_given(marks):
    """Also control characters, what YAML takes for something else, and white space."""
    entries = [MarksEntry(f"s{i}", f"q{i}: #", mark) for i, mark in enumerate(marks)]
    data = marks_text(b"", "marks.yaml").with_entries(entries).data
    assert entries_in(marks_document(data, "marks.yaml")) == entries


BY_HAND = """\
# Marks of the first week.
- {submission: kim, question: q2, met: [the gate], reader: first reader}   # by hand

# Second sheet
-
  question: q2
  submission: lee   # swapped keys
  note: >
    a folded
    note
  met: [the gate,
        the state]


- submission: "zoe"
  question: q10
  met:
    - the state
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff", "---\n"])
def test_what_was_written_by_hand_keeps_its_bytes(tmp_path, start, newline):
    path = tmp_path / "marks.yaml"
    text = (start + BY_HAND).replace("\n", newline)
    path.write_bytes(text.encode())
    store = MarksStore(path)
    before = store.entries()
    lee = before["lee", "q2"].mark
    assert lee.note == "a folded note\n"
    store.save(
        [change("lee", mark=replace(lee, note="new"), seen=lee), change("mia"), change("abe"), change("zoe", "q9")]
    )
    now = path.read_bytes().decode()
    assert now.startswith(text.partition("- {")[0])
    for kept in (BY_HAND.split("\n")[1] + "\n\n# Second sheet\n", BY_HAND[BY_HAND.index('- submission: "zoe"') :]):
        assert kept.replace("\n", newline) in now
    assert "swapped" not in now  # its entry is written anew
    assert set(now.replace(newline, "")) & {"\r", "\n"} == set()
    assert list(MarksStore(path).entries()) == [
        ("abe", "q2"),
        ("kim", "q2"),
        ("lee", "q2"),
        ("mia", "q2"),
        ("zoe", "q9"),
        ("zoe", "q10"),
    ]
    store.save([change("lee", mark=lee, seen=replace(lee, note="new"))])
    back = [("mia", "q2", ONE), ("abe", "q2", ONE), ("zoe", "q9", ONE)]
    store.save([change(name, question, None, seen) for name, question, seen in back])
    assert {key: entry.mark for key, entry in store.entries().items()} == {k: e.mark for k, e in before.items()}


SHAPES = {
    "indented": "  - submission: kim\n    question: q2\n    met: []\n",
    "no end of line": "- submission: kim\n  question: q2\n  met: []",
    "a comment at the end": "- submission: kim\n  question: q2\n  met: []\n# the end",
    "the end of the document": "- submission: kim\n  question: q2\n  met: []\n...\n",
    "a block scalar with a comment sign": "- submission: kim\n  question: q2\n  met: []\n  note: |\n    x\n    # y\n\n\n# end\n",
    "a list that opens on its own line": "- submission: kim\n  met:\n  - a\n  -\n    b\n  question: q2\n",
    "a value over several lines": "- submission: kim\n  question: q2\n  note: 'one\n\n    two'\n  met: []\n",
    "nothing": "",
    "only comments": "# nothing yet\n\n# really",
    "an empty list": "# none\n[]\n",
    "an entry that nobody has read": "- submission: kim\n  question: q2\n  met:\n",
    "only a second finding": "- submission: kim\n  question: q2\n  second:\n  - {reader: a, met: []}\n",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_marks_are_added_to_files_of_every_shape(store, shape):
    store.path.write_text(SHAPES[shape])
    before = dict(store.entries())
    changes = [change("abe"), change("zoe"), change("kim", "q3")]
    store.save(changes)
    after = MarksStore(store.path).entries()
    assert after == {**before, **{one.key: MarksEntry(*one.key, ONE) for one in changes}}
    for comment in ("# nothing yet", "# really", "# none", "# the end", "# end"):
        assert (comment in store.path.read_text()) == (comment in SHAPES[shape])
    mark = before["kim", "q2"].mark if before else None
    store.save([change("kim", "q2", OTHER, mark)])
    assert MarksStore(store.path).entries()["kim", "q2"].mark == OTHER


def test_the_same_marks_make_the_same_file_whoever_gave_them_first(tmp_path):
    changes = [change(f"student{i}", question) for i in (10, 9, 2) for question in ("q10", "q2")]
    written = []
    for order in (changes, changes[::-1], changes[3:] + changes[:3]):
        store = MarksStore(tmp_path / f"{len(written)}.yaml")
        for one in order:
            store.save([one])
        written.append(store.path.read_bytes())
    assert len(set(written)) == 1
    assert [line.split()[-1] for line in written[0].decode().splitlines() if "submission" in line][::2] == [
        "student2", "student9", "student10",
    ]  # fmt: skip


UNUSABLE = {
    "[{submission: kim, question: q2, met: []}]": "marks.yaml:1:2: cannot be added to as it is written",
    "- submission: kim\n  question: q2\n  met: [a\n": "marks.yaml:4:1: this is not YAML",
    "- submission: kim\n  question: q2\n  mett: []\n": "marks.yaml:3:3: 'mett' is not a key",
    "- submission: kim\n  question: q2\n": "marks.yaml:1:3: needs a 'met'",
    "- submission: kim\n  question: q2\n  points: 3\n  met:\n": "marks.yaml:1:3: has points without a 'met'",
    "- submission: kim\n  question: q2\n  met: [a]\n  points: -1\n": "marks.yaml:4:11: [1].points: points cannot be negative",
    "- submission: kim\n  question: q2\n  met: [a]\n  points: many\n": "marks.yaml:4:11: [1].points: 'many' is not a number",
    "- submission: kim\n  question: q2\n  met: [a]\n  second: [{met: []}]\n": "marks.yaml:4:12: second: needs a 'reader'",
    "- submission: kim\n  question: q2\n  met: [a]\n  second: [{reader: x}]\n": "marks.yaml:4:12: second: needs a 'met'",
    "- submission: kim\n  question: q2\n  met: [a]\n  second: [{reader: x, met: []}, {reader: x, met: []}]\n": (
        "marks.yaml:4:43: second: 'x' has two findings"
    ),
    "marks: []\n": "marks.yaml:1:1: marks are a list, one entry an answer, not a mapping",
}


@pytest.mark.parametrize("text", UNUSABLE)
def test_a_file_with_an_error_is_told_with_its_place_and_stays(store, text):
    store.path.write_text(text)
    with pytest.raises(SpecError) as refused:
        store.save([change("abe")])
    assert str(refused.value).startswith(UNUSABLE[text])
    assert store.path.read_text() == text


def test_utf_16_is_read_and_not_written(store):
    store.path.write_text("- {submission: kim, question: q2, met: []}\n", encoding="utf-16")
    with pytest.raises(SpecError, match=r"marks.yaml: is UTF-16"):
        store.save([change("abe")])
    assert load_marks(store.path)["kim", "q2"].met == ()


def test_two_readers_on_one_answer_are_told_and_nothing_is_overwritten(store):
    store.save([change()])
    for seen in (None, OTHER):
        with pytest.raises(MarkConflictError, match=r"q2 of kim \(by first reader\)") as conflict:
            store.save([change("abe"), change(mark=OTHER, seen=seen)])
        assert conflict.value.now == {("kim", "q2"): ONE}
    assert list(store.entries()) == [("kim", "q2")]  # all or none
    store.save([change(mark=OTHER, seen=ONE)])
    with pytest.raises(MarkConflictError):
        store.save([change(mark=None, seen=ONE)])
    store.save([change(mark=None, seen=OTHER)])
    with pytest.raises(MarkConflictError, match="taken back"):
        store.save([change(mark=ONE, seen=OTHER)])


def test_a_second_reader_changes_no_mark(store):
    store.save([change(), change(mark=OTHER, second="second reader"), change("new", mark=OTHER, second="zoe")])
    assert load_marks(store.path) == {("kim", "q2"): ONE}
    second = store.entries()["kim", "q2"].second
    assert second == (OTHER,)
    store.save([change(mark=replace(ONE, note="!"), seen=ONE)])  # and the first reader no finding of his
    assert store.entries()["kim", "q2"].second == second
    with pytest.raises(MarkConflictError):
        store.save([change(mark=ONE, second="second reader")])
    store.save([change(mark=None, seen=OTHER, second="second reader"), change(mark=ONE, second="a third")])
    assert [mark.reader for mark in store.entries()["kim", "q2"].second] == ["a third"]
    store.save([change(mark=None, seen=replace(ONE, note="!"))])
    assert store.entries()["kim", "q2"] == MarksEntry("kim", "q2", None, (replace(ONE, reader="a third"),))


def test_what_cannot_be_kept_is_said_and_nothing_is_written(store, monkeypatch):
    with pytest.raises(SubmissionError, match=r"U\+D800 is no character"):
        store.save([change(mark=replace(ONE, note="\ud800"))])
    assert not store.path.exists()
    store.save([change()])
    monkeypatch.setattr(
        marks_store, "write_file", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(HarnessError, match="No space left on device: the mark is not saved"):
        store.save([change(mark=OTHER, seen=ONE)])
    assert store.entries()["kim", "q2"].mark == ONE


@posix
def test_a_link_is_written_through_and_rights_stay(store, tmp_path):
    real = tmp_path / "elsewhere" / "all.yaml"
    real.parent.mkdir()
    real.write_text("# here\n")
    real.chmod(0o664)
    store.path.symlink_to(real)
    store.save([change()])
    assert store.path.is_symlink()
    assert load_marks(real) == {("kim", "q2"): ONE}
    assert real.stat().st_mode & 0o777 == 0o664


# ------------------------------------------------------------- several at once
MARKS_OF_EACH = 25


def mark_many(path, reader):
    """Marks answers of its own, and adds itself to one that all of them mark, as a reader who looks again would."""
    store = MarksStore(path)
    for i in range(MARKS_OF_EACH):
        store.save([change(f"{reader}-{i}", mark=Mark(("a",), f"{i}", reader))])
        while True:
            seen = store.entries().get(("all", "q"))
            mark = seen.mark if seen is not None else None
            note = f"{mark.note if mark else ''}{reader}"
            with suppress(MarkConflictError):
                store.save([change("all", "q", Mark((), note, reader), mark)])
                break


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_two_processes_lose_no_mark(tmp_path, monkeypatch):
    monkeypatch.setattr(marks_store, "LOCK_SECONDS", 110)  # on a busy machine the others may come first for long
    path = tmp_path / "marks.yaml"
    context = multiprocessing.get_context("fork" if hasattr(os, "fork") else "spawn")
    others = [context.Process(target=mark_many, args=(path, reader)) for reader in "xy"]
    for other in others:
        other.start()
    threads = [threading.Thread(target=mark_many, args=(path, reader)) for reader in "vw"]
    for thread in threads:
        thread.start()
    for one in (*threads, *others):
        one.join(110)
    assert [other.exitcode for other in others] == [0, 0]
    found = load_marks(path)
    assert len(found) == 4 * MARKS_OF_EACH + 1
    note = found["all", "q"].note
    assert sorted(note) == sorted("vwxy" * MARKS_OF_EACH)  # each saw what the others had written


def killed_while_saving(store, step):
    """Whether a child is killed before a step of saving a mark: opening, writing, moving files, the lock."""
    pid = os.fork()
    if pid == 0:
        count = [0]

        def counted(real):
            def called(*arguments, **options):
                count[0] += 1
                if count[0] == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*arguments, **options)

            return called

        with suppress(BaseException):
            for name in ("open", "replace", "chmod", "fdopen", "close", "unlink"):
                setattr(os, name, counted(getattr(os, name)))
            store.save([change("new", mark=OTHER), change(mark=OTHER, seen=ONE)])
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


@pytest.mark.long
@posix
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_whoever_is_killed_while_saving_leaves_all_marks_or_all_new_ones(tmp_path):
    """At every step that touches a file: whole before, or whole after, and the lock holds nobody up."""
    ends = set()
    for step in range(1, 21):
        folder = tmp_path / str(step)
        store = MarksStore(folder / "marks.yaml")
        store.save([change(), change("lee")])
        was_killed = killed_while_saving(store, step)
        found = load_marks(store.path)
        is_new = found["kim", "q2"] == OTHER
        assert found == {
            ("kim", "q2"): OTHER if is_new else ONE,
            ("lee", "q2"): ONE,
            **({("new", "q2"): OTHER} if is_new else {}),
        }
        ends.add((was_killed, is_new))
        store.save([change("next")])
        assert len(load_marks(store.path)) == len(found) + 1
    assert {(True, False), (True, True)} <= ends  # before it was moved, and after
    assert (False, True) in ends


SAVES_AND_TELLS = """
import sys
from pathlib import Path
from grader.kinds.written.marks import Mark
from grader.review.marks_store import MarkChange, MarksStore
store = MarksStore(Path(sys.argv[1]))
for i in range(100_000):
    store.save([MarkChange(f"s{sys.argv[2]}-{i}", "q", Mark(("a",), "", ""), "")])
    print(i, flush=True)
"""


@pytest.mark.slow
@posix
def test_a_mark_that_was_told_to_be_saved_is_there_after_a_kill(tmp_path):
    """Killed at any time, 40 times in turn on one file: what a reader was shown as saved is never lost."""
    path, random_numbers, saved = tmp_path / "marks.yaml", random.Random(1), {}
    for round_number in range(40):
        arguments = [sys.executable, "-c", SAVES_AND_TELLS, str(path), str(round_number)]
        child = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        for _ in range(random_numbers.randrange(1, 12)):
            saved[round_number] = int(child.stdout.readline())
        child.kill()
        rest = child.communicate()[0].split()
        saved[round_number] = int(rest[-1]) if rest else saved[round_number]
        found = load_marks(path)
        assert all((f"s{r}-{i}", "q") in found for r, last in saved.items() for i in range(last + 1))
    assert len(found) <= sum(last + 2 for last in saved.values())  # and none that nobody gave
