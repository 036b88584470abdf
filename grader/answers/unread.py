"""What nothing has read of a submission: each file and key with what to do, and which questions it may be meant for.

The rule: a question without an answer is rejected, not missing, where something unread may be its answer. What is named
like a question may be that one's alone, or that of each of its parts; anything else may be the answer to every question
that its ending suits: arrays to weights, code to functions, documents, archives and unknown endings to all of them;
pictures only where nothing else was handed in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Literal

from grader.answers.formats import ARRAY_READERS, REFUSED_FORMATS
from grader.answers.names import (
    CODE_SUFFIXES,
    MAX_KEPT_NAMES,
    PACKING_ADVICE,
    SOLUTION_FILE,
    archive_suffix,
    meant_by,
    one_form,
    parts_meant_by,
    stem_of,
    suffix_of,
)
from grader.deferred import dataclass
from grader.documents import ScalarNode, shortened
from grader.errors import Problem, SourceLocation, closest, listed

FileForm = Literal["arrays", "code", "any", "picture", "nothing"]

MAX_UNREAD_LISTED = 20
"""Files and keys that are listed one by one."""

COURSE_FOLDERS = ("specs", "reference")
"""Folders of a student's copy of the assignment, which may be handed in along with the answers."""

ARRAY_ENDINGS = frozenset({*ARRAY_READERS, *REFUSED_FORMATS, ".model", ".weights"})
WORKBOOK_ENDINGS = (".xlsx", ".xls", ".ods", ".numbers")
"""Of files that may hold anything."""
ENDINGS_OF_ANSWERS = (".yaml", ".yml", ".json")
CODE_ENDINGS = frozenset(
    {
        *(".py", ".ipynb", ".m", ".jl", ".r", ".rmd", ".c", ".cc", ".cpp", ".h", ".java", ".js", ".ts", ".rs"),
        *(".go", ".scala"),
    }
)
PICTURE_ENDINGS = frozenset(
    {
        *(".png", ".jpg", ".jpeg", ".gif", ".bmp", ".svg", ".webp", ".tif", ".tiff", ".heic", ".heif", ".ico", ".eps"),
        *(".mp4", ".mov", ".avi", ".mkv", ".mp3", ".wav", ".m4a"),
    }
)
ENDINGS_WITHOUT_ANSWERS = frozenset(
    {
        *(".log", ".out", ".err", ".toml", ".cfg", ".ini", ".sh", ".bat", ".ps1", ".lock", ".css", ".bib", ".aux"),
        *(".sty", ".cls", ".iml", ".so", ".dll", ".dylib", ".o", ".exe"),
    }
)
NAMES_WITHOUT_ANSWERS = re.compile(
    r"read.?me|licen[cs]e|copying|changelog|requirements[\w-]*|environment|makefile|dockerfile|pipfile|setup|conftest"
)
KEYS_WITHOUT_ANSWERS = re.compile(
    r"(full|first|last|user|group|team|family|given|student)?[_ -]?(name|id|number)s?|students?|authors?|group|team|"
    r"members|e?-?mail|date|course|class|term|section|collaborat(ors|ion)|partners?|notes?|comments?|version|time|hours|"
    r"honou?r[_ -]?code|late[_ -]?days|sources|acknowledg\w+|signature|title"
)
"""Keys of an answers file that say who wrote it and how."""


@dataclass(frozen=True)
class WantedFile:
    """How one question is handed in: what holds answers of its kind beside documents, and the place in words."""

    forms: frozenset[FileForm] = frozenset()
    place: str = "in answers.yaml"


@dataclass(frozen=True)
class Unread:
    """A file or a key that nothing read; `meant` is the question that its name was taken for, if any.

    `parts`: those of the question that it is named after, where that is answered part by part.
    `more`: how many others it stands for, which were not looked at. `quiet`: it is said
    only where an answer is missing.
    """

    problem: Problem
    meant: str | None = None
    form: FileForm = "any"
    more: int = 0
    quiet: bool = False
    parts: tuple[str, ...] = ()

    def may_answer(self, question: str, wanted: WantedFile, alone: bool) -> bool:
        """Whether it may be the answer to a question; `alone`: nothing was handed in that is read."""
        if self.meant is not None or self.parts:
            return question == self.meant or question in self.parts
        return self.form == "any" or self.form in wanted.forms or (alone and self.form == "picture")

    @property
    def file(self) -> str:
        """The file that it is, or stands in."""
        return self.problem.place.file if self.problem.place else ""

    @property
    def in_passing(self) -> bool:
        """Whether it is a file that holds no answer, as far as can be told from its name."""
        named = self.meant is not None or self.parts
        return not named and self.form in ("picture", "nothing") and not self.is_key

    @property
    def is_key(self) -> bool:
        """Whether it is a key of an answers file, and not a file."""
        return bool(self.problem.place and self.problem.place.line)

    def __str__(self) -> str:
        return str(self.problem)


def unread_key(node: ScalarNode, wanted: Mapping[str, WantedFile]) -> Unread:
    """A key of an answers file under which nothing was read."""
    key, place = shortened(node), node.place
    if node in wanted:
        return Unread(Problem(f"{key!r} is not read here: hand it in {wanted[node].place}", place), str(node))
    form: FileForm = "nothing" if KEYS_WITHOUT_ANSWERS.fullmatch(one_form(key)) else "any"
    first, *more = node.split(maxsplit=1)[:2] or [""]
    if more and first in wanted:  # `q5 {W1: 1}` is a key of YAML
        message = f"{key!r} is not a question: a colon stands right behind its name, {first}:"
        return Unread(Problem(message, place), first)
    meant = closest(key, wanted)
    return Unread(Problem(f"{key!r} is not a question ({_advice(meant, wanted)})", place), meant, form)


def unread_file(name: str, reason: str, wanted: Mapping[str, WantedFile], answers_stem: str) -> Unread:
    """A file that nothing read; `reason` says why where that is not because of its name and ending."""
    stem, form = stem_of(name), form_of(name)
    of_course = name.partition("/")[0] in COURSE_FOLDERS
    parts = () if of_course else parts_meant_by(name, wanted)
    meant = None
    if not of_course and not parts:
        meant = question_in(stem, wanted, any_like_it=form not in ("picture", "nothing"))
    called = meant is not None and one_form(meant) == stem
    like_answers = meant is None and is_like(stem, answers_stem)
    if like_answers and not of_course:
        form = "any"
    or_all = f", or {answers_stem}.yaml where it answers several" if suffix_of(name) in ENDINGS_OF_ANSWERS else ""
    if reason:
        message = f"is not read: {reason}"
    elif archive_suffix(name):
        message = f"is not read, since it is not all that was handed in: unpack it ({PACKING_ADVICE})"
    elif suffix_of(name) in REFUSED_FORMATS and form != "nothing":
        message = REFUSED_FORMATS[suffix_of(name)]
    elif parts:
        message = f"is not read: hand in {_each(parts, wanted)}"
    elif called and meant is not None:
        message = f"is not read: hand in {meant} {wanted[meant].place}"
    elif like_answers:
        message = f"is not read: answers stand in {answers_stem}.yaml"
    elif suffix_of(name) in CODE_SUFFIXES or (form == "any" and is_like(stem, stem_of(SOLUTION_FILE))):
        message = f"is not read: code stands in {SOLUTION_FILE} or in one notebook"
    else:
        rename = "" if meant is not None else f": name it after the one that it answers{or_all}"
        message = f"belongs to no question ({_advice(meant, wanted)}){rename}"
    return Unread(Problem(message, SourceLocation(name)), meant, form, parts=parts)


def read_as_code(name: str, questions: Sequence[str], wanted: Mapping[str, WantedFile]) -> Unread:
    """A file of code that is called like a question, or the whole of some, that is answered with something else."""
    message = f"is read as code alone: hand in {_each(questions, wanted)}"
    return Unread(Problem(message, SourceLocation(name)), None, "code", quiet=True, parts=tuple(questions))


def read_for_a_part(name: str, parts: tuple[str, ...], wanted: Mapping[str, WantedFile]) -> Unread:
    """A document or picture called like a question with parts, which was taken for the prose of one of them."""
    message = f"is taken for prose alone: hand in {_each(parts, wanted)}"
    return Unread(Problem(message, SourceLocation(name)), quiet=True, parts=parts)


def read_for_prose(name: str, answers_stem: str) -> Unread:
    """A document called like the answers to all questions, of which nothing but prose is read."""
    message = f"is read for prose alone: other answers stand in {answers_stem}.yaml"
    return Unread(Problem(message, SourceLocation(name)))


def code_read_for_prose(name: str) -> Unread:
    """A document called like the file of the code, which was taken for prose: it may hold code that Python refuses."""
    message = f"is read for prose alone: code stands in {SOLUTION_FILE} or in one notebook"
    return Unread(Problem(message, SourceLocation(name)), form="code", quiet=True)


def _each(questions: Sequence[str], wanted: Mapping[str, WantedFile]) -> str:
    """Where some questions are handed in, the first for all of them."""
    first = f"{questions[0]} {wanted[questions[0]].place}"
    return first if len(questions) == 1 else f"each of {listed(questions)} under its own name, {first}"


def is_like(stem: str, other: str) -> bool:
    """Whether a name is close to another one."""
    return closest(stem, [other]) is not None


@lru_cache(maxsize=MAX_KEPT_NAMES)
def form_of(name: str) -> FileForm:
    """What a file may hold, by its name alone."""
    suffix, stem = suffix_of(name), stem_of(name)
    if name.partition("/")[0] in COURSE_FOLDERS:
        return "nothing"
    if suffix in ENDINGS_WITHOUT_ANSWERS or NAMES_WITHOUT_ANSWERS.fullmatch(stem):
        return "nothing"
    if suffix in PICTURE_ENDINGS:
        return "picture"
    if suffix in ARRAY_ENDINGS and suffix not in WORKBOOK_ENDINGS and not archive_suffix(name):
        return "arrays"
    return "code" if suffix in CODE_ENDINGS else "any"


def question_in(stem: str, questions: Iterable[str], *, any_like_it: bool = True) -> str | None:
    """The question that a name speaks of: one whose name is a word of it, else one whose name is like it, if asked."""
    known = list(questions)
    words = [q for q in known if re.search(rf"(?<![^\W_]){re.escape(one_form(q))}(?![^\W_]|\.\d)", stem)]
    if words:
        return max(words, key=len)
    return closest(stem, known) if any_like_it else None


def _advice(meant: str | None, questions: Iterable[str]) -> str:
    return f"did you mean {meant!r}?" if meant is not None else f"the questions are {listed(questions)}"


def is_for_others(
    name: str, wanted: Mapping[str, WantedFile], names: Collection[str], left_out: Collection[str]
) -> bool:
    """Whether a file is named after a question that is left out, or is code, of which none that is graded speaks."""
    meant = meant_by(name, names)
    if meant is None and suffix_of(name) in CODE_SUFFIXES:
        return not any("code" in wanted[question].forms for question in wanted.keys() - left_out)
    return meant in left_out
