"""Files of an export by name, as a zip, a tar or a folder: the same files give the same bytes on every day."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from grader.console import refused_unless_written, write_output
from grader.errors import SpecError
from grader.new_files import zip_entry


def mode_of(data: bytes) -> int:
    """A script is executable, told by its first two bytes."""
    return 0o755 if data.startswith(b"#!") else 0o644


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip with fixed times and order; stored, since no two versions of a compressor need to agree."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for name, data in sorted(files.items()):
            packed.writestr(zip_entry(name, mode_of(data)), data)
    return out.getvalue()


def tarred(files: Mapping[str, bytes]) -> bytes:
    """A tar with fixed times, order and owner; not compressed."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as packed:
        for name, data in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), mode_of(data)
            packed.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes files into a new or empty folder.

    Raises:
        SpecError: if the folder holds something.
        ClickException: if it cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SpecError(f"{folder} is not empty: nothing was written")
    for name, data in sorted(files.items()):
        path = folder / name
        with refused_unless_written(path.parent):
            path.parent.mkdir(parents=True, exist_ok=True)
        write_output(path, data)
        path.chmod(mode_of(data))


def below(folder: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same files in a folder."""
    return {f"{folder}/{name}": data for name, data in files.items()}
