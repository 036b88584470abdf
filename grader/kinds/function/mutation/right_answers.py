"""The answers that mutants are made of, as a student would hand them in: references, and known answers.

The rule: an answer counts as right where it earns all points when it is handed in, and no other is changed: what
another one loses would be no fault of the change.
"""

from __future__ import annotations

import ast
import tokenize
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from grader.answers.code import SOLUTION_FILE, Code
from grader.answers.modules import MAX_MODULES_BYTES, PACKAGE_FILE, ModuleFile, ModuleFiles
from grader.errors import GraderError
from grader.kinds.function.code_runner import CodeRunner, RunnerPool
from grader.kinds.function.mutation.reachable import reached_from
from grader.kinds.function.mutation.source_text import SourceText, parsed
from grader.kinds.function.question import NETWORK_NAME, FunctionQuestion
from grader.kinds.function.score import score_function
from grader.spec.course import REFERENCE_FOLDER, course_of
from grader.verdict import QuestionResult, points_in_words


@dataclass(frozen=True)
class PythonAnswer:
    """Python as it is handed in: `solution.py`, and the modules beside it by their paths."""

    source: str
    modules: tuple[tuple[str, str], ...] = ()

    @property
    def code(self) -> Code:
        """What the sandbox is given."""
        files = tuple(ModuleFile(path, _encoded(text)) for path, text in self.modules)
        return Code(SOLUTION_FILE, self.source.encode("utf-8", "surrogatepass"), "python", ModuleFiles(files))

    def text(self, path: str) -> str:
        """The text of one of its files."""
        return dict(self.modules).get(path, self.source)

    def with_text(self, path: str, text: str) -> PythonAnswer:
        """The answer with another text of one of its files."""
        if path == SOLUTION_FILE:
            return PythonAnswer(text, self.modules)
        return PythonAnswer(self.source, tuple((one, text if one == path else old) for one, old in self.modules))


@dataclass(frozen=True)
class RightCode:
    """An answer that earns everything, or should; `wanted` are the names of each file that it rests on."""

    name: str
    answer: PythonAnswer
    wanted: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class TriedAnswer:
    """An answer that should be right, and what it loses (`problem`; nothing)."""

    right: RightCode
    problem: str = ""


class AnswerLimits(NamedTuple):
    """Seconds of its own that a call of an answer may take, and a round of calls (None: as many as for a class)."""

    call_seconds: float
    round_seconds: float | None = None


def usual_limits(question: FunctionQuestion) -> AnswerLimits:
    """Those of a class."""
    return AnswerLimits(question.call_seconds)


def opened(pool: RunnerPool, answer: PythonAnswer, limits: AnswerLimits) -> closing[CodeRunner]:
    """A runner of an answer, which is closed afterwards."""
    return closing(pool.open(answer.code, limits.call_seconds, limits.round_seconds))


def candidates(question: FunctionQuestion) -> Iterator[TriedAnswer]:
    """Every answer that should earn everything: the references that lines are equal to, then the known answers."""
    name = question.signature.name
    for dotted in dict.fromkeys(check.aim.reference for check in question.checks if check.aim.gives_outputs):
        if dotted == NETWORK_NAME:
            continue
        found = RightCode(f"the reference {dotted}", PythonAnswer(""), {})
        try:
            yield TriedAnswer(_reference(found.name, dotted, name, question.path))
        except (OSError, SyntaxError, UnicodeError, ValueError) as error:
            yield TriedAnswer(found, f"it cannot be read ({error})")
    for known in question.known:
        if known.earns >= question.points:
            answer = PythonAnswer(str(known.code))
            right = RightCode(f"known {known.name!r}", answer, {SOLUTION_FILE: frozenset([name])})
            try:
                SourceText(answer.source)
            except SyntaxError as error:  # commands of a notebook are none
                yield TriedAnswer(right, f"it is no Python that can be changed ({error})")
            else:
                yield TriedAnswer(right)


def tried_answers(question: FunctionQuestion, pool: RunnerPool, limits: AnswerLimits) -> list[TriedAnswer]:
    """Each of them handed in, with what it loses."""
    return [
        one if one.problem else TriedAnswer(one.right, _lost(question, one.right, pool, limits))
        for one in candidates(question)
    ]


def _lost(question: FunctionQuestion, right: RightCode, pool: RunnerPool, limits: AnswerLimits) -> str:
    """What an answer loses, in words; nothing where it earns all points."""
    try:
        with opened(pool, right.answer, limits) as runner:
            result = score_function(question, runner, shrink=False)
    except GraderError as error:
        return f"handed in, it cannot be judged: {error}"
    if result.points == question.points:
        return ""
    earned, points = points_in_words(result.points), points_in_words(question.points)
    return f"handed in, it earns {earned} of {points} points: {_first_loss(result)}"


def _first_loss(result: QuestionResult) -> str:
    lost = next(check for check in result.checks if check.points < check.max_points)
    return f"{lost.name}: {lost.message}"


def _reference(name: str, dotted: str, wanted: str, spec_file: Path) -> RightCode:
    """A function of the course, with the modules of `reference/` that it imports, as a package beside `solution.py`.

    Raises:
        OSError, SyntaxError, UnicodeError: if a file cannot be read.
        ValueError: if there is no course, or more than a submission may have.
    """
    course = course_of(spec_file)
    if course is None:
        raise ValueError("there is no course")
    module, _, attribute = dotted.rpartition(".")
    paths = _CourseModules(course)
    paths.read(module)
    if sum(len(text.encode()) for text in paths.texts.values()) > MAX_MODULES_BYTES:
        raise ValueError(f"its modules are larger than {MAX_MODULES_BYTES >> 20} MiB")
    source = f"from {module} import {attribute}" + ("" if attribute == wanted else f" as {wanted}") + "\n"
    return RightCode(name, PythonAnswer(source, tuple(paths.texts.items())), paths.wanted(module, attribute))


class _CourseModules:
    """The modules of a course that one of them imports: their texts by path, as they are read."""

    def __init__(self, course: Path) -> None:
        self._course = course
        self.texts: dict[str, str] = {}
        self._trees: dict[str, ast.Module] = {}

    def read(self, dotted: str) -> None:
        """Reads a module, its packages, and what they import."""
        parts = dotted.split(".")
        for end in range(1, len(parts) + 1):
            package = "/".join([*parts[:end], PACKAGE_FILE])
            if (self._course / package).is_file():
                self._read(package, is_package=True)
        self._read(self._path(dotted), is_package=False)

    def _path(self, dotted: str) -> str:
        return f"{dotted.replace('.', '/')}.py"

    def _read(self, path: str, *, is_package: bool) -> None:
        if path in self.texts:
            return
        data = (self._course / path).read_bytes()
        self.texts[path] = data.decode(_encoding_of(data))
        tree = self._trees[path] = parsed(self.texts[path].removeprefix("\ufeff"))
        for dotted, _, _ in self._imports(path, tree):
            if (self._course / self._path(dotted)).is_file():
                self.read(dotted)

    def _imports(self, path: str, tree: ast.Module) -> Iterator[tuple[str, str, str]]:
        """Modules of `reference/` that a module imports, what is taken from each ("": itself), and its new name."""
        package = path.split("/")[:-1]
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from ((one.name, "", "") for one in node.names if one.name.split(".")[0] == REFERENCE_FOLDER)
            elif isinstance(node, ast.ImportFrom):
                base = package[: len(package) - node.level + 1] if node.level else []
                dotted = ".".join([*base, *(node.module or "").split(".")]).strip(".")
                if dotted.split(".")[0] == REFERENCE_FOLDER:
                    for one in node.names:
                        inside = f"{dotted}.{one.name}"
                        new = one.asname or one.name
                        yield (inside, "", "") if self._is_module(inside) else (dotted, one.name, new)

    def _is_module(self, dotted: str) -> bool:
        return (self._course / self._path(dotted)).is_file()

    def wanted(self, dotted: str, attribute: str) -> dict[str, frozenset[str]]:
        """The names of each file that a function rests on."""
        found: dict[str, set[str]] = {self._path(dotted): {attribute}}
        todo = [self._path(dotted)]
        while todo:
            path = todo.pop()
            names = reached_from(self._trees[path], found[path]).names
            for module, name, new in self._imports(path, self._trees[path]):
                imported = self._path(module)
                more = {name} if name else set(names)
                if imported in self._trees and (not name or new in names) and not more <= found.get(imported, set()):
                    found.setdefault(imported, set()).update(more)
                    todo.append(imported)
        return {path: frozenset(names) for path, names in found.items()}


def _encoded(text: str) -> bytes:
    """The text in the encoding that one of its first two lines names, else in UTF-8."""
    data = text.encode("utf-8", "surrogatepass")
    with suppress(SyntaxError, UnicodeError):
        return text.encode(_encoding_of(data).removesuffix("-sig"))
    return data


def _encoding_of(data: bytes) -> str:
    """SyntaxError: Python knows no encoding of that name."""
    encoding, _ = tokenize.detect_encoding(iter([*data.splitlines(keepends=True)[:2], b""]).__next__)
    return encoding


def source_of(right: RightCode, path: str) -> SourceText | None:
    """A file of an answer, as text and tree; None where it is no Python that this interpreter reads."""
    with suppress(SyntaxError):
        return SourceText(right.answer.text(path))
    return None
