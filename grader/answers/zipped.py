"""The members of a zip archive in memory: never more than stated, nothing written, nothing of their names believed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from grader.errors import Problem, SourceLocation, SubmissionError

_MEMBER_MARK = b"PK\x01\x02"
"""What stands before each member's entry in the list at the end of an archive."""

MAX_CHANCE_MARKS = 100
"""Such bytes that may stand in the contents by chance."""

BROKEN_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError)
"""What the standard library raises over an archive that is damaged or encrypted."""


def unzipped(data: bytes, file: str, kind: str, max_bytes: int, max_members: int) -> dict[str, bytes]:
    """The contents of a zip archive by the names of its members; `kind` is what it should be (".npz archive").

    Raises:
        SubmissionError: for a broken archive, too many members or bytes, two of one name, passwords, and ways to
            compress that no library for arrays uses.
    """
    if (marks := data.count(_MEMBER_MARK)) > max_members + MAX_CHANCE_MARKS:  # before an object is made of each
        raise _refused(file, f"holds about {marks} files (at most {max_members})")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _contents(archive, file, max_bytes, max_members)
    except BROKEN_ZIP_ERRORS as error:
        raise _refused(file, f"is not a readable {kind} ({_first_line(error)})") from None


def _contents(archive: zipfile.ZipFile, file: str, max_bytes: int, max_members: int) -> dict[str, bytes]:
    members = archive.infolist()
    if len(members) > max_members:
        raise _refused(file, f"holds {len(members)} files (at most {max_members})")
    if sum(member.file_size for member in members) > max_bytes:
        raise _refused(file, f"unpacks to more than {max_bytes} bytes")
    contents: dict[str, bytes] = {}
    left = max_bytes
    for member in members:
        name = member.filename
        shown = name.removesuffix(".npy")
        if name in contents:
            raise _refused(file, f"holds {shown!r} twice")
        if member.flag_bits & 1:
            raise _refused(file, f"{shown} is locked with a password: save it without one")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _refused(file, f"{shown} is compressed in a way that NumPy does not use: save it with NumPy")
        with archive.open(member) as stream:
            contents[name] = stream.read(left + 1)
        left -= len(contents[name])
        if left < 0:
            raise _refused(file, f"unpacks to more than {max_bytes} bytes")
    return contents


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:80]


def _refused(file: str, message: str) -> SubmissionError:
    return SubmissionError(Problem(message, SourceLocation(file)))
