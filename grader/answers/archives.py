"""Files in a zip or a tar archive, read in memory: nothing is written, no name is followed, every read is bounded."""

from __future__ import annotations

import bz2
import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from grader.answers.names import MAX_ARCHIVE_BYTES, PACKING_ADVICE, is_left_aside
from grader.answers.zipped import BROKEN_ZIP_ERRORS
from grader.deferred import dataclass
from grader.documents import shortened
from grader.errors import Problem, SourceLocation, SubmissionError

MAX_ARCHIVE_ENTRIES = 50_000
"""Files in an archive, with those that are left aside."""

MAX_ARCHIVE_DEPTH = 12
"""Folders in folders of an archive."""

MAX_NAME_CHARACTERS = 1_000
"""Characters of a name with its folders."""

MAX_DIRECTORY_BYTES = 8 << 20
"""Largest table of contents of a zip; a hundred thousand short names take 5 MiB."""

MAX_LZMA_BYTES = 128 << 20
"""Memory that unpacking an `.xz` may take."""

_OTHER_FORMATS = {
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"\x28\xb5\x2f\xfd": "packed with Zstandard",
    b"\x1f\x9d": "packed with compress",
    b"\x1f\xa0": "packed with compress",
    b"MSCF": "a cabinet archive",
}
_BROKEN_ARCHIVE_ERRORS = (*BROKEN_ZIP_ERRORS, IndexError, OverflowError, lzma.LZMAError)
"""What the standard library raises over an archive that is damaged, locked or lies about itself."""


class Member(NamedTuple):
    """One file of an archive; `refusal` says why it is not read, and is empty where it is."""

    size: int
    content: Callable[[int], bytes]
    refusal: str = ""


class Archive(NamedTuple):
    """The files of an archive by name, and what is not read whatever its name, with the reason."""

    members: dict[str, Member]
    unread: dict[str, str]


def open_archive(data: bytes, file: str) -> Archive:
    """The files of an archive, told by its content and not by its name.

    Raises:
        SubmissionError: if it is of another format, damaged or too large.
    """
    for magic, what in _OTHER_FORMATS.items():
        if data.startswith(magic):
            raise _refused(file, f"is {what}, which is not read: {PACKING_ADVICE}")
    try:
        if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")) or zipfile.is_zipfile(io.BytesIO(data)):
            return _collected(_zip_members(data, file), file)
        return _collected(_tar_members(_unpacked(data, file), file), file)
    except (*_BROKEN_ARCHIVE_ERRORS, tarfile.TarError, RecursionError, MemoryError) as error:
        if isinstance(error, SubmissionError):
            raise
        raise _refused(
            file, f"is damaged or no archive ({_first_line(error)}): pack it again ({PACKING_ADVICE})"
        ) from None


def _collected(members: Iterator[tuple[str, Member]], file: str) -> Archive:
    """The members by safe names; a name that stands twice is read only where both are the same."""
    whole: dict[str, Member] = {}
    unread: dict[str, str] = {}
    for number, (name, member) in enumerate(members):
        if number >= MAX_ARCHIVE_ENTRIES:
            raise _refused(file, f"holds more than {MAX_ARCHIVE_ENTRIES} files: hand in only what answers")
        if name.endswith(("/", "\\")):
            continue  # a folder, which is there anyway where it holds something
        parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
        if ".." in parts or name.startswith(("/", "\\")) or name[1:2] == ":" or "\0" in name or not parts:
            unread[shortened(name)] = "its name leads out of the archive"
        elif len(name) > MAX_NAME_CHARACTERS or len(parts) > MAX_ARCHIVE_DEPTH:
            unread[shortened(name)] = f"it lies more than {MAX_ARCHIVE_DEPTH} folders deep, or its name has no end"
        elif not any(map(is_left_aside, parts)):
            safe = "/".join(parts)
            whole[safe] = _one_of(whole[safe], member) if safe in whole else member
    return Archive(whole, unread)


def _one_of(first: Member, second: Member) -> Member:
    """Two entries of one name as one, which is refused unless they are the same."""

    def content(most: int) -> bytes:
        data = first.content(most)
        if second.content(most) != data:
            raise SubmissionError("stands twice in the archive, with different contents: pack it again")
        return data

    return Member(max(first.size, second.size), content, first.refusal or second.refusal)


def _zip_members(data: bytes, file: str) -> Iterator[tuple[str, Member]]:
    _check_directory(data, file)
    archive = zipfile.ZipFile(io.BytesIO(data))
    for info in archive.infolist():
        yield name_in_zip(info), Member(info.file_size, _ZipContent(archive, info), file_refusal(info))


def _check_directory(data: bytes, file: str) -> None:
    """Refuses a table of contents without bounds before it is read.

    The end record is 22 bytes and a comment of up to 65535; one of zip64 says -1 here and stands before it.
    """
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 22 - 0xFFFF))
    if at < 0 or at > len(data) - 22:
        raise _refused(file, f"is damaged: the end of the zip is missing; pack or send it again ({PACKING_ADVICE})")
    (size,) = struct.unpack_from("<L", data, at + 12)
    if size == 0xFFFFFFFF and (big := data.rfind(b"PK\x06\x06", 0, at)) >= 0:
        (size,) = struct.unpack_from("<Q", data, big + 40)
    if size > MAX_DIRECTORY_BYTES:
        raise _refused(file, f"holds more than {MAX_ARCHIVE_ENTRIES} files: hand in only what answers")


def name_in_zip(info: zipfile.ZipInfo) -> str:
    """The name as its author sees it: a Mac writes UTF-8 without saying so."""
    if info.flag_bits & 0x800:
        return info.orig_filename
    try:
        return info.orig_filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.orig_filename


def file_refusal(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & 1:
        return "is locked with a password: pack it without one"
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "is a symbolic link: hand in the file itself"
    if kind not in (0, stat.S_IFREG):
        return "is not a plain file (a pipe, socket or device)"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2):
        return "is packed in a way that is not read: pack it again as an ordinary zip"
    return ""


@dataclass(frozen=True)
class _ZipContent:
    """Reads one member of a zip."""

    archive: zipfile.ZipFile
    info: zipfile.ZipInfo

    def __call__(self, most: int) -> bytes:
        try:
            with self.archive.open(self.info) as stream:
                return stream.read(most)
        except _BROKEN_ARCHIVE_ERRORS as error:
            raise SubmissionError(f"is damaged in the archive ({_first_line(error)}): pack it again") from None


def _unpacked(data: bytes, file: str) -> bytes:
    """A tar without its compression, one compressed stream after the other."""
    makers: dict[bytes, Callable[[], Any]] = {
        b"\x1f\x8b": lambda: zlib.decompressobj(wbits=31),
        b"BZh": bz2.BZ2Decompressor,
        b"\xfd7zXZ\x00": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MAX_LZMA_BYTES),
    }
    make = next((maker for magic, maker in makers.items() if data.startswith(magic)), None)
    if make is None:
        return data
    whole, rest, left = [], data, MAX_ARCHIVE_BYTES
    magic = next(magic for magic in makers if data.startswith(magic))
    while rest.startswith(magic):
        stream = make()
        part = stream.decompress(rest, left + 1)
        left -= len(part)
        if left < 0:
            raise _refused(file, f"unpacks to more than {MAX_ARCHIVE_BYTES} bytes: hand in only what answers")
        whole.append(part)
        if not stream.eof:
            raise _refused(file, f"is cut off: pack or send it again ({PACKING_ADVICE})")
        rest = stream.unused_data
    return b"".join(whole)


def _tar_members(data: bytes, file: str) -> Iterator[tuple[str, Member]]:
    archive = tarfile.open(fileobj=io.BytesIO(data), mode="r:", errorlevel=2)  # noqa: SIM115  # read as long as the submission is graded
    while (info := archive.next()) is not None:
        name = f"{info.name}/" if info.isdir() else info.name
        yield name, Member(info.size, _TarContent(archive, info), _tar_refusal(info))
    end = data[archive.offset :]
    if not end.startswith(bytes(tarfile.BLOCKSIZE)):  # tarfile takes a broken header for the end
        raise _refused(file, f"is damaged or cut off: pack or send it again ({PACKING_ADVICE})")


def _tar_refusal(info: tarfile.TarInfo) -> str:
    if info.issym():
        return "is a symbolic link: hand in the file itself"
    if info.islnk():
        return "is a hard link to another file: hand in a copy"
    return "" if info.isreg() else "is not a plain file (a pipe, socket or device)"


@dataclass(frozen=True)
class _TarContent:
    """Reads one member of a tar."""

    archive: tarfile.TarFile
    info: tarfile.TarInfo

    def __call__(self, most: int) -> bytes:
        try:
            stream = self.archive.extractfile(self.info)
            data = stream.read(most) if stream is not None else b""
        except (tarfile.TarError, *_BROKEN_ARCHIVE_ERRORS) as error:
            raise SubmissionError(f"is damaged in the archive ({_first_line(error)}): pack it again") from None
        if len(data) < min(most, self.info.size):
            raise SubmissionError("is cut off in the archive: pack or send it again")
        return data


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:80]


def _refused(file: str, message: str) -> SubmissionError:
    return SubmissionError(Problem(message, SourceLocation(file)))
