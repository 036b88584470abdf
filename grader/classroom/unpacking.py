"""A download that is still zipped: unpacked into a folder of its own, bounded, through no link and out of no folder."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from grader.answers.archives import file_refusal, name_in_zip
from grader.answers.names import archive_suffix, is_left_aside, stem_of
from grader.classroom.layouts.gradescope import METADATA_FILES
from grader.documents import shortened
from grader.errors import SubmissionError
from grader.windows_names import is_device_name, without_refused_signs

MAX_CLASS_FILES = 200_000
"""Files in the zip of a class."""

MAX_CLASS_BYTES = 16 << 30
"""What a class may unpack to (16 GiB)."""

MAX_PACKING_RATIO = 100
"""How many bytes a byte of a zip may unpack to, over all of it; text comes to 20 at most."""

MIN_CLASS_BYTES = 256 << 20
"""What any zip may unpack to, however small it is (256 MiB)."""

MAX_UNPACKED_FILE_BYTES = 256 << 20
"""Of one file; nothing larger is read anyway."""

CHUNK_BYTES = 1 << 20

ON_WINDOWS = os.name == "nt"

ONE_SUBMISSION = ("answers", "solution")
"""Names without their endings at the top of a zip that is one submission, not a class's."""


@contextmanager
def opened_class(path: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """The folder of a class's submissions, or what a zip of it was unpacked into, and what is to be said of it.

    Raises:
        SubmissionError: if it is another file, or a zip that cannot be used.
    """
    if path.is_dir():
        yield path, ()
    elif not archive_suffix(path.name):
        raise SubmissionError(f"{path}: is a file: name the folder of the submissions, or the zip of a download")
    else:
        with unpacked(path) as opened:
            yield opened


@contextmanager
def unpacked(archive: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """The folder that a zip was unpacked into, which is gone afterwards, and what is to be said of it.

    A folder in which all of it lies is gone into; what cannot be unpacked is named and the rest is there.

    Raises:
        SubmissionError: if it is no zip, is damaged, too large, or one student's submission.
    """
    with TemporaryDirectory(prefix="grader-class-") as top:
        folder = Path(top).resolve() / "submissions"
        folder.mkdir()
        said = tuple(_unpack(archive, folder))
        while (
            len(inside := [path for path in folder.iterdir() if not is_left_aside(path.name)]) == 1
            and inside[0].is_dir()
        ):
            folder = inside[0]
        if any(stem_of(path.name) in ONE_SUBMISSION for path in folder.iterdir() if path.is_file()):
            raise SubmissionError(f"{archive}: looks like one submission, not those of a class: run grader check on it")
        yield folder, said


def _unpack(archive: Path, folder: Path) -> Iterator[str]:
    """Writes the files of a zip below a folder; a sentence for each that is not written."""
    try:
        with zipfile.ZipFile(archive) as whole:
            members = [info for info in whole.infolist() if not info.is_dir()]
            if len(members) > MAX_CLASS_FILES:
                raise SubmissionError(f"{archive}: holds more than {MAX_CLASS_FILES} files")
            most = min(MAX_CLASS_BYTES, max(MIN_CLASS_BYTES, MAX_PACKING_RATIO * archive.stat().st_size))
            left = most
            for info in members:
                name = name_in_zip(info)
                refusal = file_refusal(info) or _bad_name(name)
                if not refusal and not any(map(_is_nobodys, PurePosixPath(name).parts)):
                    written, refusal = _write(whole, info, folder / name, left)
                    left -= written
                if left < 0:
                    raise SubmissionError(f"{archive}: unpacks to more than {most} bytes: look at what is in it")
                if refusal:
                    yield f"{shortened(name)}: {refusal}: it is not read"
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise SubmissionError(f"{archive}: cannot be unpacked: {error}; unpack it and name the folder") from None


def _is_nobodys(part: str) -> bool:
    return is_left_aside(part) and part not in METADATA_FILES


def _bad_name(name: str) -> str:
    parts = name.replace("\\", "/").split("/") if ON_WINDOWS else name.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\0" in name or ":" in parts[0][1:2]:
        return "its name leads out of the archive"
    if ON_WINDOWS and any(is_device_name(part) or without_refused_signs(part) != part for part in parts):
        return "Windows has no file of this name"
    return ""


def _write(whole: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, most: int) -> tuple[int, str]:
    """How many bytes were written (more than `most`: too many), and why none of them are there."""
    count, here = 0, min(most, MAX_UNPACKED_FILE_BYTES)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole.open(info) as source, path.open("xb") as target:
            while count <= here and (chunk := source.read(CHUNK_BYTES)):
                count += target.write(chunk)
        if MAX_UNPACKED_FILE_BYTES < count <= most:
            path.unlink()
            return count, f"is too large (at most {MAX_UNPACKED_FILE_BYTES} bytes)"
    except FileExistsError:
        return 0, "another file has the same name"
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, EOFError) as error:
        path.unlink(missing_ok=True)
        return 0, f"cannot be unpacked ({str(error) or type(error).__name__})"
    return count, ""
