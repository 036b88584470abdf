"""What an entry holds: a digest over all that can change its report, and bytes that are graded as the files are."""

import errno
import io
import os
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.answers import content as contents
from grader.answers import disk, tree
from grader.answers import plain_files as plain
from grader.answers.disk import MAX_LISTED_FILES
from grader.answers.plain_files import MAX_PLAIN_FILE_BYTES, MAX_PLAIN_NAMES, plain_files
from grader.answers.submission import Submission
from grader.classroom.content import content_of
from grader.classroom.entries import Entry
from grader.classroom.layouts.layout import SubmissionPart
from grader.classroom.people import Person
from grader.errors import HarnessError
from grader.grading import grade
from grader.reports import json

from ..answers.helpers import Q5, Q6, write
from .test_grade import posix


def entry_at(path: Path, **more: object) -> Entry:
    return Entry.at(path.name, path, **more)


def zipped(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return out.getvalue()


def nested(folder: Path) -> Path:
    write(folder / "hw5", {"answers.yaml": Q5 + Q6, "log.png": b"\x89PNG"})
    return folder


SHAPES = {
    "answers": lambda f: write(f, {"answers.yaml": Q5 + Q6}),
    "json": lambda f: write(f, {"answers.json": "{}", "q5.json": '{"W1": 1}'}),
    "broken": lambda f: write(f, {"answers.yaml": Q5 + "q6: [1\n", "q7.yaml": "x: 1\n"}),
    "nested": nested,
    "zip beside prose": lambda f: write(f, {"all.zip": zipped({"answers.yaml": Q5}), "report.pdf": b"%PDF"}),
    "broken zip": lambda f: write(f, {"all.zip": b"PK\x03\x04"}),
    "nothing": lambda f: write(f, {}),
    "code": lambda f: write(f, {"solution.py": "x = 1\n", "helper.py": "", "answers.yaml": Q6}),
    "too large": lambda f: write(f, {"answers.yaml": Q5 + "#" * (1 << 20), "q6.yaml": Q6}),
    "single": lambda f: write(f, {"carol.yaml": Q5 + Q6}) / "carol.yaml",
    "single zip": lambda f: write(f, {"carol.zip": zipped({"answers.yaml": Q6})}) / "carol.zip",
    "single text": lambda f: write(f, {"carol.doc": Q6}) / "carol.doc",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_what_was_read_is_graded_as_the_files_are(assignment, tmp_path, shape):
    entry = entry_at(SHAPES[shape](tmp_path / "alice"))
    found = content_of(entry)
    of_files = grade(Submission(entry.path), assignment)
    of_bytes = grade(Submission(entry.path, source=found.files), assignment)
    assert json.render(of_bytes) == json.render(of_files)


@pytest.mark.parametrize("folder", [".", "..", "class", "/", "/a/class", "a b/ü"])
@pytest.mark.parametrize("name", ["alice", "alice.yaml", ". .", "ü"])
def test_where_an_entry_lies_is_the_same_as_text(folder, name):
    entry = Entry(name, Path(folder), name)
    assert entry.path_as_text == str(entry.path) == str(Path(folder, name))


def test_an_entry_that_is_gone_is_no_fault_of_who_handed_it_in(assignment, tmp_path):
    found = content_of(entry_at(tmp_path / "alice"))
    assert (found.refusal, found.files.names) == ((), ())
    with pytest.raises(HarnessError, match=r"^alice: No such file or directory: grade it again$"):
        Submission(tmp_path / "alice", source=found.files)


@posix
@pytest.mark.parametrize("which", ["answers.yaml", "q5.yaml"])
def test_a_file_that_the_machine_does_not_let_be_read_is_remembered_as_such(assignment, tmp_path, monkeypatch, which):
    alice = write(tmp_path / "alice", {"answers.yaml": Q6, "q5.yaml": "W1: 1\n"})
    before = content_of(entry_at(alice))
    real = os.open

    def failing(path, *rest, **named):
        if str(path).endswith(which):
            raise OSError(errno.EIO, "Input/output error", str(path))
        return real(path, *rest, **named)

    monkeypatch.setattr(os, "open", failing)
    found = content_of(entry_at(alice))
    assert found.digest != before.digest
    with pytest.raises(HarnessError, match=f"^{which}: cannot be read: Input/output error: make it readable and grade"):
        found.files.read(which)


@posix
def test_links_devices_and_folders_in_the_place_of_files_are_graded_as_such_and_nothing_waits(
    assignment, tmp_path, no_hang
):
    alice = write(tmp_path / "alice", {"answers.yaml": Q5, "notes.txt": "x"})
    secret = write(tmp_path / "specs", {"secret.yaml": Q6}) / "secret.yaml"
    (alice / "q6.yaml").symlink_to(secret)
    os.mkfifo(alice / "q7.npz")
    (alice / "q8.yaml").mkdir()
    os.link(secret, alice / "q9.yaml")
    (alice / "loop").symlink_to(alice)
    found = content_of(entry_at(alice))
    assert {file.name: (file.kind, file.refusal) for file in found.files.files} == {
        "answers.yaml": ("file", ""),
        "notes.txt": ("file", ""),
        "loop": ("link", "is a symbolic link: hand in the file itself"),
        "q6.yaml": ("link", "is a symbolic link: hand in the file itself"),
        "q7.npz": ("device", "is not a plain file (a pipe, socket or device)"),
        "q8.yaml": ("folder", "is a folder where a file should be"),
        "q9.yaml": ("file", "is a hard link to another file: hand in a copy"),
    }
    of_bytes = grade(Submission(alice, source=found.files), assignment)
    assert json.render(of_bytes) == json.render(grade(Submission(alice), assignment))


def relink(path: Path, target: str) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def swap_for_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


CHANGES = {
    "a byte": lambda f: (f / "answers.yaml").write_text(Q5 + Q6 + "\n"),
    "an extra file": lambda f: (f / "more.txt").write_text(""),
    "a file gone": lambda f: (f / "q5.npz").unlink(),
    "a name": lambda f: (f / "q5.npz").rename(f / "Q5.npz"),
    "a name in another Unicode form": lambda f: (f / "\u00e4.txt").rename(f / "a\u0308.txt"),
    "a file in a folder": lambda f: (write(f / "in", {"er.txt": ""})),
    "a folder for a file": lambda f: swap_for_folder(f / "notes.txt"),
    "a link for a file": lambda f: relink(f / "notes.txt", "answers.yaml"),
    "a link's target": lambda f: relink(f / "link.txt", "elsewhere"),
    "a pipe for a file": lambda f: ((f / "notes.txt").unlink(), os.mkfifo(f / "notes.txt")),
    "two files exchanged": lambda f: (
        (f / "notes.txt").rename(f / "x"), (f / "q5.npz").rename(f / "notes.txt"), (f / "x").rename(f / "q5.npz")
    ),
    "a hard link of a neighbour": lambda f: os.link(f / "answers.yaml", write(f.parent / "bob", {}) / "a.yaml"),
}  # fmt: skip


@posix
@pytest.mark.parametrize("change", CHANGES)
def test_the_digest_changes_with_whatever_a_report_can_rest_on(tmp_path, change):
    alice = write(tmp_path / "alice", {"answers.yaml": Q5 + Q6, "q5.npz": b"a", "notes.txt": "b", "\u00e4.txt": "c"})
    (alice / "link.txt").symlink_to("somewhere")
    before = content_of(entry_at(alice)).digest
    assert content_of(entry_at(alice), keep=False).digest == before
    CHANGES[change](alice)
    assert content_of(entry_at(alice)).digest != before


def test_the_digest_has_what_the_platform_says_and_where_each_part_stands(tmp_path):
    alice = write(tmp_path / "alice", {"answers.yaml": Q5, "q6.yaml": Q6})
    parts = (SubmissionPart("answers.yaml", alice / "answers.yaml"), SubmissionPart("q6.yaml", alice / "q6.yaml"))
    plain = entry_at(alice)
    entries = [
        plain,
        replace(plain, name="alice-2"),
        replace(plain, notes=("handed in late",)),
        replace(plain, late=True),
        replace(plain, students=(Person("Alice"),)),
        replace(plain, students=(Person("Alice", (("id", "1"),)),)),
        replace(plain, students=(Person("Alice", (("email", "1"),)),)),
        replace(plain, parts=parts),
        replace(plain, parts=parts[::-1]),
        replace(plain, parts=(parts[0], SubmissionPart("q5.yaml", alice / "q6.yaml"))),
    ]
    assert len({content_of(entry).digest for entry in entries}) == len(entries)


def test_where_the_class_lies_and_how_files_are_dated_changes_no_digest(tmp_path):
    digests = set()
    for place in ("monday", "tuesday"):
        alice = write(tmp_path / place / "alice", {"answers.yaml": Q5, ".DS_Store": place})
        os.utime(alice / "answers.yaml", (len(digests), len(digests)))
        digests.add(content_of(entry_at(alice)).digest)
    assert len(digests) == 1


def test_no_more_is_kept_than_fits_and_what_is_left_is_said_to_be_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(plain, "MAX_PLAIN_FILE_BYTES", 10)
    monkeypatch.setattr(contents, "MAX_CONTENT_BYTES", 30)
    monkeypatch.setattr(contents, "MAX_ARCHIVE_BYTES", 25)
    alice = write(tmp_path / "alice", {"a.txt": "a" * 20, "b.txt": "b" * 11, "c.txt": "c" * 10, "huge.bin": "d" * 26})
    found = content_of(entry_at(alice)).files
    kept = {file.name: (file.data, file.size, file.refusal) for file in found.files}
    assert kept == {
        "a.txt": (None, 20, contents.TOO_MUCH_CONTENT),
        "b.txt": (b"b" * 11, 11, ""),
        "c.txt": (b"c" * 10, 10, ""),
        "huge.bin": (None, 26, ""),
    }
    assert not found.has_all
    (alice / "a.txt").unlink()
    assert content_of(entry_at(alice)).files.has_all
    assert all(file.data is None for file in content_of(entry_at(alice), keep=False).files.files)


def test_a_sparse_file_of_a_terabyte_costs_neither_time_nor_memory(tmp_path):
    alice = write(tmp_path / "alice", {"answers.yaml": Q5})
    try:
        os.truncate(alice / "answers.yaml", 1 << 40)
    except OSError:
        os.truncate(alice / "answers.yaml", 1 << 31)
    (file,) = content_of(entry_at(alice)).files.files
    assert file.sha256 == ""
    assert file.size >= 1 << 31


def test_ten_thousand_files_are_listed_and_no_folder_beyond_them(tmp_path, monkeypatch):
    """The bound is looked at between folders; here it is a tenth of what it is."""
    assert MAX_LISTED_FILES == 10_000
    for module in (disk, tree):
        monkeypatch.setattr(module, "MAX_LISTED_FILES", 1000)
    alice = tmp_path / "alice"
    for folder in range(12):
        (alice / str(folder)).mkdir(parents=True)
        for number in range(95):
            (alice / str(folder) / f"{number}.txt").touch()
    found = content_of(entry_at(alice), keep=False).files
    assert 1000 <= len(found.files) < 1000 + 95
    write(alice, {f"{number}.txt": "" for number in range(1001)})
    found = content_of(entry_at(alice), keep=False).files
    assert (found.files, [str(problem) for problem in found.problems]) == ((), ["alice/ holds more than 1000 files"])


PLAIN_NAMES = st.sampled_from(["answers.yaml", "q5.json", "notes.txt", ".DS_Store", "pyvenv.cfg", "~$a.docx", "Ä ö.md"])


@posix
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(files=st.dictionaries(PLAIN_NAMES, st.binary(max_size=20)), single=st.booleans())
def test_plain_files_are_read_as_they_are_one_by_one(tmp_path_factory, files, single):
    """What is told of them, the bytes and the digest are the same, for a folder and for one file."""
    folder = tmp_path_factory.mktemp("plain") / "alice"
    write(folder, files)
    path = folder / min(files) if single and files else folder
    assert plain_files(str(path)).facts_text == contents.read_files(path).facts_text
    assert contents.read_files(path) == replace(contents._read_one_by_one(path, (), keep=True), may_be_linked=False)
    assert (
        contents.read_files(path, keep=False).facts_text == contents._read_one_by_one(path, (), keep=False).facts_text
    )


def has_folder(folder: Path) -> None:
    write(folder / "src", {"q5.yaml": "W1: 1"})


def has_link(folder: Path) -> None:
    (folder / "q5.yaml").symlink_to(folder / "answers.yaml")


def has_hard_link(folder: Path) -> None:
    (folder.parent / "elsewhere").hardlink_to(folder / "answers.yaml")


def has_pipe(folder: Path) -> None:
    os.mkfifo(folder / "q5.yaml")


def has_large_file(folder: Path) -> None:
    (folder / "q5.npz").write_bytes(bytes(MAX_PLAIN_FILE_BYTES + 1))


def has_many_files(folder: Path) -> None:
    write(folder, {f"{i}.txt": "" for i in range(MAX_PLAIN_NAMES)})


def is_link(folder: Path) -> None:
    """A link to a folder is refused before it is read; one to a file is no plain file."""
    (folder / "answers.yaml").rename(folder.parent / "answers.yaml")
    (folder / "answers.yaml").symlink_to(folder.parent / "answers.yaml")


@posix
@pytest.mark.parametrize(
    "make", [has_folder, has_link, has_hard_link, has_pipe, has_large_file, has_many_files, is_link]
)
def test_whatever_is_not_plain_is_read_one_by_one(tmp_path, make):
    """The quick reading leaves it alone, and what is told of the files is what reading them one by one tells."""
    folder = write(tmp_path / "alice", {"answers.yaml": Q5})
    assert plain_files(str(folder)) is not None
    make(folder)
    assert plain_files(str(folder)) is None
    assert contents.read_files(folder) == contents._read_one_by_one(folder, (), keep=True)


@posix
def test_a_file_that_is_written_while_it_is_read_is_not_plain(tmp_path, monkeypatch):
    """What is read has to be as long as the file is said to be."""
    folder = write(tmp_path / "alice", {"answers.yaml": Q5})
    read = os.read
    monkeypatch.setattr(os, "read", lambda descriptor, size: read(descriptor, size - 2))
    assert plain_files(str(folder)) is None
    monkeypatch.setattr(os, "read", lambda descriptor, size: read(descriptor, size) + b"#")
    assert plain_files(str(folder)) is None


KNOWN_DIGESTS = {
    "ann": "dc3fc7eaf92a5e7ce02bfae6a03d9e383a7b00db951e9eca3cafba3208656e7e",
    "deep": "d564ee015686ec38193ff2bb3ead571646b28830992f51ed81e0582cea79510f",
    "link": "a8d3731deda70d1320345568c7ad8e1f649c261e8661a5740f6cc908e92b2b97",
}


@posix
def test_the_digest_of_a_submission_is_that_of_earlier_graders(tmp_path):
    """Another one would say of a whole class that it was handed in anew, and count a second attempt for everybody."""
    write(tmp_path / "ann", {"answers.yaml": "q5: 1\n", "sölution.py": "x = 1\n"})
    write(tmp_path / "deep" / "src", {"a.yaml": "q: 1\n"})
    (tmp_path / "link").symlink_to(tmp_path / "ann")
    assert {name: content_of(Entry.at(name, tmp_path / name)).digest.hex() for name in KNOWN_DIGESTS} == KNOWN_DIGESTS
