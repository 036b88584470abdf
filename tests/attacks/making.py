"""Files that no text can be, made in a submission's folder by name.

| maker | what it makes |
| --- | --- |
| `link: {path, to}` | a symbolic link |
| `hard: {path, to}` | a hard link |
| `pipe: {path}` | a FIFO |
| `folder: {path}` | an empty folder |
| `repeat: {path, text, times, before, after}` | a text many times over, between two others |
| `sparse: {path, size}` | a file of so many zero bytes that takes no room |
| `hex: {path, bytes}` | these bytes |
| `npy: {path, header}` | a NumPy file with this header and no data |
| `npz: {path, arrays}` | arrays by name, as lists |
| `zip: {path, member, size}` | a zip file with one member of so many zero bytes |
| `torch: {path, pickle}` | a file of PyTorch's form whose pickle is this text, in the characters of Latin-1 |
| `joblib: {path, pickle}` | the same pickle alone |
| `many: {path, times}` | empty files; `{}` in the path is their number |
| `course: {path, mark}` | a course in which the number 1 is right, and whose reference writes the mark |
| `assignment: {path, mark}` | the assignment of that course alone |
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

CHUNK = 1 << 20


def _link(path: Path, to: str) -> None:
    path.symlink_to(to)


def _hard(path: Path, to: str) -> None:
    os.link(path.parent / to, path)


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.mkdir(parents=True)


def _repeat(path: Path, text: str, times: int, before: str = "", after: str = "") -> None:
    path.write_text(before + text * times + after, encoding="utf-8")


def _sparse(path: Path, size: int) -> None:
    path.touch()
    os.truncate(path, size)


def _hex(path: Path, bytes: str) -> None:
    path.write_bytes(bytearray.fromhex(bytes))


def _npy(path: Path, header: str) -> None:
    text = header.encode("latin-1") + b"\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text)


def _npz(path: Path, arrays: Mapping[str, Any]) -> None:
    np.savez(path, **{name: np.array(value) for name, value in arrays.items()})


def _zip(path: Path, member: str, size: int) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(member, "w") as out:
        for start in range(0, size, CHUNK):
            out.write(bytes(min(CHUNK, size - start)))


def _torch(path: Path, pickle: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.encode("latin-1"))
        archive.writestr("archive/data/0", bytes(8))


def _joblib(path: Path, pickle: str) -> None:
    path.write_bytes(pickle.encode("latin-1"))


def _many(path: Path, times: int) -> None:
    for number in range(times):
        Path(str(path).format(number)).touch()


def _assignment(path: Path, mark: str) -> None:
    """An assignment called `sheet` whose right number is 1, and whose function question runs its own reference."""
    texts = {
        "assignment": "assignment: sheet\nquestions: [n, f]\n",
        "n": "question: n\ntitle: Mine\npoints: 10\nanswer: number\nvalue: 1\n",
        "f": "question: f\nanswer: function\nsignature: f(x)\ninputs: {x: bit}\n"
        "checks: [{name: mine, points: 90, equals: reference.evil.f}]\n",
    }
    path.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (path / f"{name}.yaml").write_text(text, encoding="utf-8")
    (path / "reference").mkdir(exist_ok=True)
    _evil(path / "reference" / "evil.py", mark)


def _course(path: Path, mark: str) -> None:
    _assignment(path / "specs" / "sheet", mark)
    (path / "reference").mkdir(exist_ok=True)
    _evil(path / "reference" / "evil.py", mark)


def _evil(path: Path, mark: str) -> None:
    source = f"open({mark!r}, 'w').close()\n\n\ndef f(x):\n    return x\n"
    path.write_text(source, encoding="utf-8")


MAKERS: Mapping[str, Callable[..., None]] = {
    "link": _link,
    "hard": _hard,
    "pipe": _pipe,
    "folder": _folder,
    "repeat": _repeat,
    "sparse": _sparse,
    "hex": _hex,
    "npy": _npy,
    "npz": _npz,
    "zip": _zip,
    "torch": _torch,
    "joblib": _joblib,
    "many": _many,
    "course": _course,
    "assignment": _assignment,
}


def make(folder: Path, wanted: Mapping[str, Any], fill: Callable[[str], str]) -> None:
    """Makes one file; `fill` puts the places of this run into its texts."""
    ((maker, settings),) = wanted.items()
    filled = {key: fill(value) if isinstance(value, str) else value for key, value in settings.items()}
    path = folder / filled.pop("path")
    path.parent.mkdir(parents=True, exist_ok=True)
    MAKERS[maker](path, **filled)
