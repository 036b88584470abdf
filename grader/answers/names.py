"""Names of files as systems change them: what is left aside, which endings are archives, which name was meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import PurePosixPath

ARCHIVE_SUFFIXES = (
    *(".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz"),
    *(".rar", ".7z", ".gz", ".bz2", ".xz", ".tar.zst", ".zst"),  # not read, but said to be archives
)
"""Endings of files that hold files."""

_LONGEST_SUFFIXES_FIRST = tuple(sorted(ARCHIVE_SUFFIXES, key=len, reverse=True))

MAX_ARCHIVE_BYTES = 100 << 20
"""Largest archive, and the most that a compressed tar may unpack to (100 MiB)."""

PACKING_ADVICE = "hand in a folder, a .zip or a .tar.gz"

ANSWER_SUFFIXES = (".yaml", ".yml", ".json")
ANSWERS_STEM = "answers"
SOLUTION_FILE = "solution.py"
MODULE_SUFFIX, NOTEBOOK_SUFFIX = ".py", ".ipynb"
CODE_SUFFIXES = (MODULE_SUFFIX, NOTEBOOK_SUFFIX)

TORCH_ENDINGS = (".pth.tar", ".pt.tar")
"""Endings that examples of PyTorch give to files of weights, which are no archives of files."""

KERAS_MARK = ".weights"
"""What Keras wants before `.h5`."""

LEFT_ASIDE_FOLDERS = frozenset(
    {
        *("__macosx", "__pycache__", "node_modules", "site-packages", "$recycle.bin", "@eadir", "lost+found"),
        "system volume information",
    }
)
LEFT_ASIDE_FILES = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "pyvenv.cfg"})
LEFT_ASIDE_BEGINNINGS = (".", "~$", "submission_metadata.")
LEFT_ASIDE_ENDINGS = (".pyc", ".pyo", ".egg-info", ".dist-info")
MAX_KEPT_NAMES = 512
"""Names of which something is kept that was told of them: a class hands in files of few names."""
MAX_STEM_CHARACTERS = 255
"""Characters of a file's name, as most file systems allow; longer ones in archives are no copies of anything."""
VIRTUAL_ENVIRONMENT_FILE = "pyvenv.cfg"

_COPY = r"copy|kopie|copie|copia|cópia|kopia|копия|コピー|副本"
_MARKS_OF_COPIES = re.compile(
    rf"\s*\(\d{{1,3}}\)$|\s+\d{{1,3}}$|[-_]\d{{1,3}}$|[\s_–-]+(?:{_COPY})(?:\s*\(?\d{{1,3}}\)?)?$|"
    rf"^(?:copy of|kopie von|copie de|copia de|cópia de)\s+"
)
"""What browsers, platforms and file managers add to a name that is taken: `(1)`, ` 2`, `-1`, ` copy`, ` - Copy (2)`."""

_WHOLE = re.compile(r"(.+)[._-][^._-]+|(.+\d)[a-z]")
"""The name of a question with parts, before what each part's name has beyond it."""


@lru_cache(maxsize=MAX_KEPT_NAMES)
def is_left_aside(name: str) -> bool:
    """Whether a file or folder of this name was left by a system, an editor or a platform, and is nobody's work."""
    lower = name.lower()
    return (
        lower in LEFT_ASIDE_FOLDERS
        or lower in LEFT_ASIDE_FILES
        or lower.startswith(LEFT_ASIDE_BEGINNINGS)
        or lower.endswith(LEFT_ASIDE_ENDINGS)
    )


def archive_suffix(name: str) -> str:
    """The ending of an archive, `.tar.gz` as one; empty where the file is none by its name."""
    lower = name.lower()
    if lower.endswith(TORCH_ENDINGS):
        return ""
    return next((end for end in _LONGEST_SUFFIXES_FIRST if lower.endswith(end)), "")


def one_form(name: str) -> str:
    """The name in small letters and in one Unicode form: names that a file system may take for one are equal.

    Windows does not see blanks and full stops at the end of a name.
    """
    if name.isascii():  # as nearly all are; the same is quicker then
        return name.lower().rstrip(" .")
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).rstrip(" .")


@lru_cache(maxsize=MAX_KEPT_NAMES)
def suffix_of(name: str) -> str:
    """The ending in small letters that says what a file holds; `.yaml` of `answers.yaml.txt` and `ANSWERS.YAML`.

    A `.txt` behind another ending was added by an editor or a browser.
    """
    path = PurePosixPath(one_form(PurePosixPath(name).name))
    if path.name.endswith(TORCH_ENDINGS):
        return path.suffixes[-2]
    inner = PurePosixPath(path.stem).suffix
    return inner if path.suffix == ".txt" and inner in (*ANSWER_SUFFIXES, *CODE_SUFFIXES) else path.suffix


@lru_cache(maxsize=MAX_KEPT_NAMES)
def stem_of(name: str) -> str:
    """The name in one form without folder and ending: `answers` of `hw5/Answers.yaml.txt`.

    An ending that stands twice, as where endings are hidden from whoever names the file, goes twice.
    """
    stem, suffix = one_form(PurePosixPath(name).name), suffix_of(name)
    stem = stem.removesuffix(".txt") if suffix != ".txt" else stem
    stem = stem.removesuffix(".tar") if stem.endswith(TORCH_ENDINGS) else stem
    while suffix and stem.endswith(suffix) and stem != suffix:
        stem = stem.removesuffix(suffix)
    return stem.removesuffix(KERAS_MARK) if suffix == ".h5" else stem


def meant_by(name: str, known: Iterable[str]) -> str | None:
    """The known stem that a file's name stands for: any capitals, and the marks of copies, make no difference."""
    return _meant_by(name, tuple(known))


@lru_cache(maxsize=MAX_KEPT_NAMES)
def _meant_by(name: str, known: tuple[str, ...]) -> str | None:
    by_form = {one_form(stem): stem for stem in known}
    stem = stem_of(name)
    while stem not in by_form:
        if len(stem) > MAX_STEM_CHARACTERS:
            return None
        shorter = _MARKS_OF_COPIES.sub("", stem, count=1).strip()
        if shorter in ("", stem):
            return None
        stem = shorter
    return by_form[stem]


def is_part_of(question: str, whole: str) -> bool:
    """Whether a question is called `q3.1`, `q3_1`, `q3-1` or `q3a` where the whole is `q3`."""
    rest = question.removeprefix(whole)
    return rest != question and (rest[:1] in (".", "_", "-") or (rest.isalpha() and len(rest) == 1))


def parts_meant_by(name: str, known: Collection[str]) -> tuple[str, ...]:
    """The known questions that are parts of the one that a file is named after, as `q3.1` and `q3.2` are of `q3.txt`.

    None where the name is that of a known question itself.
    """
    wholes = {found[1] or found[2] for question in known if (found := _WHOLE.fullmatch(question))}
    whole = meant_by(name, {*known, *wholes})
    if whole is None or whole in known:
        return ()
    return tuple(question for question in known if is_part_of(question, whole))


def submission_stem(name: str) -> str | None:
    """What a file that is a submission by itself is called; None of a file that is none."""
    if "." not in name:  # it has no ending
        return None
    suffix = archive_suffix(name)
    if not suffix and suffix_of(name) not in (*ANSWER_SUFFIXES, *CODE_SUFFIXES):
        return None
    if not suffix:
        suffix = PurePosixPath(name).suffix
    stem = name[: -len(suffix)]
    return stem.removesuffix(suffix_of(name)) if suffix.lower() == ".txt" else stem
