"""Archives that lie, burst, lead out or lead nowhere: a sentence each, nothing written, what is good of them counts."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.answers import archives, disk, tree
from grader.answers.names import meant_by
from grader.answers.tree import SubmissionFiles
from grader.errors import SubmissionError
from grader.spec.assignment import Assignment

from .course import Q5, graded, make_course, outcomes, said, tarred, written, zipped

Row = tuple[str, bytes | Callable[[], bytes], str]
"""A large archive is made where it is needed, not wherever tests are only listed."""


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    return make_course(tmp_path_factory.mktemp("course"))


def typed(kind: bytes, link: str = "") -> bytes:
    """A tar whose answers.yaml is of a type of its own."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        info = tarfile.TarInfo("answers.yaml")
        info.type, info.linkname = kind, link
        archive.addfile(info)
    return stream.getvalue()


def with_mode(mode: int) -> bytes:
    """A zip whose answers.yaml has a file type of Unix."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        info = zipfile.ZipInfo("answers.yaml")
        info.create_system, info.external_attr = 3, mode << 16
        archive.writestr(info, "/etc/passwd")
    return stream.getvalue()


def doubled(*contents: str) -> bytes:
    """A zip in which one name stands several times."""
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w") as archive:
        warnings.simplefilter("ignore")  # of the duplicates that are wanted here
        for content in contents:
            archive.writestr("answers.yaml", content)
    return stream.getvalue()


def changed(data: bytes, header: bytes, offset: int, field: bytes) -> bytes:
    """A zip in which a field of its last header of a kind says something else."""
    at = data.rfind(header) + offset
    return data[:at] + field + data[at + len(field) :]


def overlapping(count: int) -> bytes:
    """A zip in which many names share the same bytes: a table of contents with one local header for all."""
    one = zipped({"answers.yaml": Q5})
    start, end = one.find(b"PK\1\2"), one.find(b"PK\5\6")
    entries = b"".join(one[start:end].replace(b"answers.yaml", f"{i:07}.yaml".encode()) for i in range(count))
    tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(entries), start, 0)
    return one[:start] + entries + tail


def raw_name(name: bytes) -> bytes:
    """A zip that holds right answers under a name in no known encoding."""
    return zipped({"Q" * len(name): Q5}).replace(b"Q" * len(name), name)


GOOD = zipped({"answers.yaml": Q5})
TAR = tarred({"answers.yaml": Q5, "q2.md": "some words"}, "w")
LEADS_OUT = "is not read: its name leads out of the archive"
CUT = "pack or send it again (hand in a folder, a .zip or a .tar.gz)"


def hostile() -> Iterator[Row]:
    """Archives of which no answer can be read: the file's name, its bytes, a piece of what is said."""
    for name in ("/answers.yaml", "../answers.yaml", "a/../../answers.yaml", "C:\\answers.yaml", "c:answers.yaml",
                 "\\\\host\\share\\answers.yaml", "..\\answers.yaml"):  # fmt: skip
        yield "alice.zip", zipped({name: Q5}), f"{name}: {LEADS_OUT}"
        yield "alice.tar", tarred({name: Q5}, "w"), f"{name}: {LEADS_OUT}"
    yield "alice.zip", raw_name(b"answers.yaml\0.txt"), LEADS_OUT
    yield "alice.zip", zipped({"d/" * 13 + "answers.yaml": Q5}), "lies more than 12 folders deep"
    yield "alice.zip", zipped({"n" * 2000 + "/answers.yaml": Q5}), "or its name has no end"
    for mode in (0o010644, 0o020644, 0o060644, 0o140755):
        yield "alice.zip", with_mode(mode), "answers.yaml: is not a plain file (a pipe, socket or device)"
    yield "alice.zip", with_mode(0o120777), "answers.yaml: is a symbolic link: hand in the file itself"
    for kind in (tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, b"Z"):
        yield "alice.tar", typed(kind), "answers.yaml: is not a plain file (a pipe, socket or device)"
    yield (
        "alice.tar",
        typed(tarfile.SYMTYPE, "/etc/passwd"),
        "answers.yaml: is a symbolic link: hand in the file itself",
    )
    yield (
        "alice.tar",
        typed(tarfile.LNKTYPE, "/etc/passwd"),
        "answers.yaml: is a hard link to another file: hand in a copy",
    )
    locked = changed(changed(GOOD, b"PK\1\2", 8, b"\1"), b"PK\3\4", 6, b"\1")
    yield "alice.zip", locked, "answers.yaml: is locked with a password: pack it without one"
    yield "alice.zip", doubled(Q5, f"{Q5} "), "answers.yaml: stands twice in the archive, with different contents"
    yield "alice.tar", TAR[:1024], f"alice.tar: is damaged or cut off: {CUT}"
    yield "alice.tar", TAR[:700], "alice.tar: is damaged or no archive (unexpected end of data)"
    yield "alice.tar", TAR[:1024] + b"x" * 2048, f"alice.tar: is damaged or cut off: {CUT}"
    for size in (1, 30, len(GOOD) // 2, len(GOOD) - 1):
        yield "alice.zip", GOOD[:size], "alice.zip: is damaged"
        yield "alice.tgz", gzip.compress(TAR)[: size + 2], "alice.tgz: is cut off"
    yield "alice.zip", b"", "alice.zip: is damaged or no archive (empty file)"
    yield "alice.zip", b"no archive" * 100, "alice.zip: is damaged or no archive"
    yield "alice.tar.zst", b"\x28\xb5\x2f\xfd\0\0", "alice.tar.zst: is packed with Zstandard, which is not read"
    yield "alice.gz", gzip.compress(Q5.encode()), "alice.gz: is damaged or no archive"
    yield "alice.zip", changed(GOOD, b"PK\1\2", 24, struct.pack("<L", 5)), "answers.yaml: is damaged in the archive"
    yield "alice.zip", changed(GOOD, b"PK\1\2", 24, b"\xfe\xff\xff\xff"), "answers.yaml: is too large: 4294967294 bytes"
    yield "alice.zip", changed(GOOD, b"PK\1\2", 42, b"\0\0\0\x70"), "answers.yaml: is damaged in the archive"
    yield "alice.zip", changed(GOOD, b"PK\5\6", 12, b"\0\0\0\x70"), "alice.zip: holds more than 50000 files"
    yield (
        "alice.zip",
        zipped({"answers.yaml": Q5}, zipfile.ZIP_LZMA),
        "answers.yaml: is packed in a way that is not read",
    )
    yield (
        "alice.zip",
        lambda: zipped({"answers.yaml": b"#" * (30 << 20)}),
        "answers.yaml: is too large: 31457280 bytes (at most 1048576)",
    )
    deep = zipped({"answers.yaml": Q5})
    for i in range(4):
        deep = zipped({f"{i}.zip": deep})
    yield "alice.zip", deep, "1.zip: is an archive inside of 3 others: hand in a folder, a .zip or a .tar.gz"
    yield "alice.zip", zipped({"a.zip": zipped({"answers.yaml": Q5})[:50]}), "a.zip: is damaged"
    yield "alice.tar.gz", gzip.compress(b"\0" * 700), "alice.tar.gz: holds no files"


def numbered(rows):
    """The rows with names that are the same in each process: contents hold the time at which they were packed."""
    return [pytest.param(*row, id=f"{number} {row[0]}") for number, row in enumerate(rows)]


@pytest.mark.parametrize(("name", "content", "piece"), numbered(hostile()))
def test_what_cannot_be_read_is_said_and_no_question_is_missing(sheet, tmp_path, name, content, piece):
    written(tmp_path, {name: content() if callable(content) else content})
    report = graded(tmp_path / name, sheet)
    assert outcomes(report)["q5"] == "rejected", said(report)
    assert piece in said(report)
    assert os.listdir(tmp_path) == [name]  # nothing is extracted


def spoiled() -> Iterator[Row]:
    """Archives in which something is wrong beside answers that are right."""
    yield "alice.zip", zipped({"answers.yaml": Q5, "../solution.py": "x"}), "../solution.py: " + LEADS_OUT
    yield (
        "alice.zip",
        lambda: zipped({"answers.yaml": Q5, "q2.txt": b"x" * (30 << 20)}),
        "q2.txt: is too large: 31457280 bytes",
    )
    yield "alice.zip", doubled(Q5, Q5), ""
    yield "alice.zip", b"#!/bin/sh\n" + GOOD, ""
    yield "alice.zip", GOOD[:-2] + b"\x05\0hello", ""
    yield "alice.tar", tarred({"/etc/passwd": "x", "./hw5/answers.yaml": Q5}, "w"), "/etc/passwd: " + LEADS_OUT
    yield "alice.tar", tarred({"answers.yaml": Q5, "d": ""}, "w"), "d: belongs to no question"
    yield "alice.tar.gz", gzip.compress(TAR[:1000]) + gzip.compress(TAR[1000:]), ""
    yield "alice.zip", zipped({"answers.yaml": Q5}, zipfile.ZIP_BZIP2), ""
    yield (
        "alice.zip",
        zipped({"hw5/": "", "hw5/answers.yaml": Q5, "empty/": ""}),
        "hw5/answers.yaml: read as answers.yaml",
    )
    for name in (
        "宿題".encode("shift_jis"),
        "表".encode("shift_jis"),
        "é".encode("cp437"),
        "作业".encode("gbk"),
        b"\xff",
    ):
        yield "alice.zip", raw_name(name + b"/answers.yaml"), "/answers.yaml: read as answers.yaml"
    yield "alice.zip", raw_name("é/answers.yaml".encode()), "é/answers.yaml: read as answers.yaml"


@pytest.mark.parametrize(("name", "content", "piece"), numbered(spoiled()))
def test_what_is_right_beside_it_counts(sheet, tmp_path, name, content, piece):
    written(tmp_path, {name: content() if callable(content) else content})
    report = graded(tmp_path / name, sheet)
    assert outcomes(report)["q5"] == "70", said(report)
    assert piece in said(report)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress], ids=["gz", "bz2", "xz"])
def test_a_tar_is_unpacked_no_further_than_it_may_be(tmp_path, monkeypatch, pack):
    monkeypatch.setattr(archives, "MAX_ARCHIVE_BYTES", 1 << 20)
    written(tmp_path, {"alice.tar.gz": pack(tarred({"answers.yaml": Q5, "data": bytes(3 << 20)}, "w"))})
    files = SubmissionFiles(tmp_path / "alice.tar.gz")
    assert [str(problem) for problem in files.problems] == [
        "alice.tar.gz: unpacks to more than 1048576 bytes: hand in only what answers"
    ]


def test_unpacking_asks_for_no_more_memory_than_stated(tmp_path, monkeypatch):
    """The dictionary of an .xz may be as large as its author pleases."""
    monkeypatch.setattr(archives, "MAX_LZMA_BYTES", 1 << 20)
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 64 << 20}]
    written(tmp_path, {"alice.tar.xz": lzma.compress(TAR, filters=filters)})
    (problem,) = SubmissionFiles(tmp_path / "alice.tar.xz").problems
    assert "Memory usage limit exceeded" in str(problem)


@pytest.mark.parametrize(
    ("limit", "content", "message"),
    [
        ("archives.MAX_ARCHIVE_ENTRIES", zipped, "holds more than 50 files: hand in only what answers"),
        ("archives.MAX_ARCHIVE_ENTRIES", tarred, "holds more than 50 files: hand in only what answers"),
        ("archives.MAX_DIRECTORY_BYTES", zipped, "holds more than 50000 files: hand in only what answers"),
        ("tree.MAX_ARCHIVE_BYTES", zipped, "is too large: "),
    ],
)
def test_files_are_counted_before_they_are_looked_at(
    tmp_path, monkeypatch, limit: str, content: Callable[[Any], bytes], message: str
) -> None:
    monkeypatch.setattr(f"grader.answers.{limit}", 50)
    written(tmp_path, {"alice.zip": content({f"{i}.txt": "" for i in range(60)})})
    (problem,) = SubmissionFiles(tmp_path / "alice.zip").problems
    assert message in str(problem)


def test_beyond_many_files_the_outer_ones_are_read_and_the_others_named(sheet, tmp_path, monkeypatch):
    for module in (disk, tree):
        monkeypatch.setattr(module, "MAX_LISTED_FILES", 7)
    many = {f"data/{i}/{j}.dat": "" for i in range(3) for j in range(3)}
    written(tmp_path, {"alice.zip": zipped({**many, "hw5/answers.yaml": Q5})})
    for path in (tmp_path / "alice.zip", written(tmp_path / "alice", {**many, "hw5/answers.yaml": Q5})):
        report = graded(path, sheet)
        assert outcomes(report) == {"q2": "rejected", "q3": "rejected", "q5": "70"}
        assert "is not read: lies beyond the first 10000 files" in said(report)


def test_a_zip_of_a_hundred_thousand_files_is_refused_by_the_size_of_its_table_of_contents(tmp_path, monkeypatch):
    monkeypatch.setattr(zipfile, "ZipFile", None)  # it would be read in full
    written(
        tmp_path,
        {"alice.zip": b"PK\3\4" + bytes(60) + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65535, 65535, 9 << 20, 0, 0)},
    )
    (problem,) = SubmissionFiles(tmp_path / "alice.zip").problems
    assert str(problem) == "alice.zip: holds more than 50000 files: hand in only what answers"


def test_many_names_for_the_same_bytes_are_read_no_further_than_stated(tmp_path, monkeypatch):
    written(tmp_path, {"alice.zip": overlapping(20)})
    files = SubmissionFiles(tmp_path / "alice.zip")
    assert len(files.names) == 20
    monkeypatch.setattr(tree, "MAX_UNPACKED_BYTES", 100)
    files = SubmissionFiles(tmp_path / "alice.zip")
    refusals = []
    for name in files.names:
        try:
            files.read(name)
        except SubmissionError as error:
            refusals.append(str(error))
    assert len(refusals) >= 17
    assert all("is damaged in the archive" in r or "more than 100 bytes were read" in r for r in refusals)


@pytest.mark.parametrize("kind", ["link", "folder", "fifo", "hard link"])
def test_files_in_a_folder_are_no_way_around_the_rules_either(sheet, tmp_path, kind):
    hidden = written(tmp_path / ".kept", {"answers.yaml": Q5})
    folder = written(tmp_path / "alice", {"hw5/notes.png": ""}) / "hw5"
    match kind:
        case "link":
            (folder / "answers.yaml").symlink_to(hidden / "answers.yaml")
        case "folder":
            (folder / "inner").symlink_to(hidden)
        case "fifo":
            os.mkfifo(folder / "answers.yaml")
        case "hard link":
            os.link(hidden / "answers.yaml", folder / "answers.yaml")
    report = graded(tmp_path / "alice", sheet)
    assert outcomes(report)["q5"] == "rejected"
    assert ("hw5/inner" if kind == "folder" else "hw5/answers.yaml: is ") in said(report)


@pytest.mark.parametrize("name", ["_" * 1000, "answers " + "copy " * 200, " " * 900 + "(1)", "answers" + "(1)" * 300])
def test_a_long_name_is_looked_at_in_few_steps(name):
    assert meant_by(name + ".yaml", ["answers"]) is None


def test_archives_are_no_way_around_the_rules_for_files(sheet, tmp_path: Path) -> None:
    """An archive that is a link to one outside is not followed, in a folder or by itself."""
    written(tmp_path, {".kept/elsewhere.zip": GOOD})
    folder = written(tmp_path / "alice", {})
    (folder / "hw5.zip").symlink_to(tmp_path / ".kept" / "elsewhere.zip")
    report = graded(folder, sheet)
    assert "hw5.zip: is a symbolic link: hand in the file itself" in said(report)
    assert outcomes(report)["q5"] == "rejected"
    (folder / "hw5.zip").unlink()
    os.link(tmp_path / ".kept" / "elsewhere.zip", folder / "hw5.zip")
    assert "hw5.zip: is a hard link to another file: hand in a copy" in said(graded(folder, sheet))
    (folder / "hw5.zip").unlink()
    os.mkfifo(folder / "hw5.zip")
    assert "hw5.zip: is not a plain file (a pipe, socket or device)" in said(graded(folder, sheet))
