"""Reading an assignment: a folder with `assignment.yaml` and a file a question, or one question file alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from fractions import Fraction
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from grader.deferred import dataclass
from grader.documents import DocumentError, MappingNode, Node, ScalarNode, SequenceNode, describe_node, read_yaml
from grader.errors import Problem, SourceLocation, SpecError, did_you_mean
from grader.spec.assignment import Assignment, belongs_to
from grader.spec.copies import python_problems
from grader.spec.course import ASSIGNMENT_FILE, is_students_copy
from grader.spec.deadlines import DeadlineModel, late_policy
from grader.spec.fields import Label, Points, Strict, Words
from grader.spec.late_policy import LatePolicy
from grader.spec.package_names import PackageName, repeated
from grader.spec.packages import DEFAULT_PACKAGES, with_default
from grader.spec.places import find
from grader.spec.problems import read_model, unknown_keys
from grader.spec.question import LoadedFile, PartsHeading, Question
from grader.spec.question_names import names_in, problems_of_names
from grader.verdict import points_in_words

MAX_SPEC_BYTES = 1 << 20


class AssignmentModel(DeadlineModel):
    """`assignment.yaml`: the questions in their order; each lies in `<question>.yaml` beside it.

    `copy: student` marks what `grader export student` has made: such a spec names no Python and none is run for it.
    `salt` is any text that students do not know: the points at which formulas are compared are drawn from it.
    `packages` are what code may import beside the standard library (NumPy is always among them). `deadline`,
    `timezone` and `late` say when it is due.
    """

    called: ClassVar[str] = ASSIGNMENT_FILE

    assignment: Label = Field(description="The name of the assignment, which is that of its folder.")
    title: Words | None = Field(default=None, description="What the assignment is called.")
    points: Points | None = Field(default=None, description="What the questions add up to.")
    copy_: Literal["student"] | None = Field(
        default=None, alias="copy", description="What marks a student's copy, of which no Python is run."
    )
    salt: Words | None = Field(
        default=None,
        description="Any text that students do not know: the points at which formulas are compared are drawn from it.",
    )
    packages: list[PackageName] | None = Field(
        default=None, description="Packages that students' code may import; NumPy is always among them."
    )
    questions: list[Label] = Field(
        min_length=1, description="The questions in their order; each lies in a file of its name beside this one."
    )


FileLoader = Callable[[MappingNode, Path], LoadedFile]
"""Reads the questions of a file's mapping."""


def load_assignment(path: Path, load_file: FileLoader, asked: Iterable[str] = ()) -> Assignment:
    """The assignment at a path, whose question files are read by `load_file`; where some are `asked` for, these alone.

    Raises:
        SpecError: with every problem of every file that is read, or for a question that there is not.
    """
    if path.is_dir():
        return _load_folder(path, load_file, [*asked])
    root, problems = read_spec(path)
    if root is None:
        raise SpecError(*problems)
    loaded = load_file(root, path)
    if problems := [*loaded.problems, *problems_of_names(names_in(root))]:
        raise SpecError(*problems)
    folder = path.resolve().parent
    copied = is_students_copy(folder)
    if copied and (python := [problem for question in loaded.questions for problem in python_problems(question)]):
        raise SpecError(*python)
    names = _all_names(folder) or tuple(question.id for question in loaded.questions)
    belongs = (folder / ASSIGNMENT_FILE).is_file()
    salt, packages, late = _salt_beside(folder), packages_beside(folder), late_policy_beside(folder)
    questions = tuple(in_assignment(question, salt, packages) for question in loaded.questions)
    title = loaded.questions[0].title
    headings = _headings(loaded)
    return Assignment(
        folder.name if belongs else loaded.name, title, questions, path, names, copied, headings, packages, salt, late
    ).only(asked)


def in_assignment(question: Question, salt: str, packages: tuple[str, ...]) -> Question:
    """A question with what its assignment says for all."""
    salted = question.kind.salted(question, salt)
    return salted.kind.with_packages(salted, packages)


def _headings(loaded: LoadedFile) -> dict[str, PartsHeading]:
    return {} if loaded.heading is None else {question.id: loaded.heading for question in loaded.questions}


def _salt_beside(folder: Path) -> str:
    """The salt of the assignment that a question file belongs to; "" without one."""
    root, _ = read_spec(folder / ASSIGNMENT_FILE) if (folder / ASSIGNMENT_FILE).is_file() else (None, [])
    salt = root.lookup("salt") if root is not None else None
    return str(salt) if isinstance(salt, ScalarNode) else ""


class _PackagesModel(Strict):
    packages: list[PackageName] | None = Field(
        default=None, description="Packages that students' code may import; NumPy is always among them."
    )


def packages_beside(folder: Path) -> tuple[str, ...]:
    """What the assignment of a folder allows; NumPy where the folder has none.

    Raises:
        SpecError: if what stands there are no packages.
    """
    root, _ = read_spec(folder / ASSIGNMENT_FILE) if (folder / ASSIGNMENT_FILE).is_file() else (None, [])
    if root is None:
        return DEFAULT_PACKAGES
    model, problems = read_model(_PackagesModel, root.only(["packages"]))
    if model is None or (problems := repeated(model.packages or ())):
        raise SpecError(*problems)
    return with_default(model.packages)


def assignment_name(spec: Path) -> str:
    """The name that reports on a spec have, without reading its questions; "" where it has none."""
    file = spec / ASSIGNMENT_FILE if spec.is_dir() else spec
    if not spec.is_dir() and (spec.resolve().parent / ASSIGNMENT_FILE).is_file():
        return spec.resolve().parent.name
    root, _ = read_spec(file)
    name = root.lookup("assignment" if spec.is_dir() else "question") if root is not None else None
    return str(name) if isinstance(name, ScalarNode) else ""


def declared_assignment(folder: Path) -> str:
    """How the assignment of a folder calls itself, wherever the folder lies; "" without one."""
    root, _ = read_spec(folder / ASSIGNMENT_FILE) if (folder / ASSIGNMENT_FILE).is_file() else (None, [])
    name = root.lookup("assignment") if root is not None else None
    return str(name) if isinstance(name, ScalarNode) else ""


def late_policy_beside(spec: Path) -> LatePolicy | None:
    """What the assignment of a folder or of a question file says of lateness, without reading its questions.

    Raises:
        SpecError: if what stands there cannot be used.
    """
    file = (spec if spec.is_dir() else spec.parent) / ASSIGNMENT_FILE
    root, _ = read_spec(file) if file.is_file() else (None, [])
    if root is None:
        return None
    strange = unknown_keys(root, AssignmentModel, AssignmentModel.called)  # one of them may be meant as `deadline`
    model, problems = read_model(DeadlineModel, root.only(DeadlineModel.model_fields))
    policy, more = late_policy(model, root) if model is not None else (None, [])
    if strange or problems or more:
        raise SpecError(*strange, *problems, *more)
    return policy


def _all_names(folder: Path) -> tuple[str, ...]:
    """Every question of the folder's assignment, whether it can be used or not."""
    root, _ = read_spec(folder / ASSIGNMENT_FILE) if (folder / ASSIGNMENT_FILE).is_file() else (None, [])
    names = root.lookup("questions") if root is not None else None
    if not isinstance(names, list):
        return ()
    found: list[str] = []
    for name in names:
        file, _ = read_spec(folder / f"{name}.yaml")
        found += [str(name)] if file is None else map(str, names_in(file, name))
    return tuple(found)


def unlisted_questions(folder: Path) -> Iterator[Problem]:
    """The files of questions beside an `assignment.yaml` that does not list them."""
    root, _ = read_spec(folder / ASSIGNMENT_FILE)
    names = root.lookup("questions") if root is not None else None
    listed = {f"{name}.yaml" for name in names} if isinstance(names, SequenceNode) else set()
    for path in sorted(folder.iterdir()):
        if path.suffix in (".yaml", ".yml") and path.name not in listed and path.is_file():
            file, _ = read_spec(path)
            if file is not None and file.lookup("question") is not None:
                message = f"is a question that {ASSIGNMENT_FILE} does not list, so nobody is graded on it: list it"
                yield Problem(f"{message}, or move the file elsewhere", SourceLocation(path.name, 1, 1))


def _load_folder(folder: Path, load_file: FileLoader, asked: list[str]) -> Assignment:
    file = folder / ASSIGNMENT_FILE
    if not file.is_file():
        raise SpecError(f"{folder.name}/ holds no {ASSIGNMENT_FILE}, so it is no assignment")
    root, problems = read_spec(file)
    if root is None:
        raise SpecError(*problems)
    model, problems = read_model(AssignmentModel, root)
    if model is None:
        raise SpecError(*problems)
    read = _read_questions(folder, model, load_file, asked)
    if not all(any(belongs_to(name, wanted) for name in read.names) for wanted in asked):
        return _load_folder(folder, load_file, []).only(asked)
    late, faults = late_policy(model, root)
    problems = [*read.problems, *repeated(model.packages or ()), *faults]
    total = sum((question.points for question in read.questions), Fraction(0))
    if not (problems or asked) and model.points is not None and total != model.points:
        place, _ = find(root, ("points",))
        message = f"the questions add up to {points_in_words(total)} points, not {points_in_words(model.points)}"
        problems.append(Problem(message, place))
    if model.copy_:
        problems += [problem for question in read.questions for problem in python_problems(question)]
    if problems:
        raise SpecError(*problems)
    salt, packages = str(model.salt or ""), with_default(model.packages)
    inside = tuple(in_assignment(question, salt, packages) for question in read.questions)
    name, title, names, copied = (
        str(model.assignment),
        str(model.title or ""),
        tuple(map(str, read.names)),
        bool(model.copy_),
    )
    whole = Assignment(name, title, inside, folder, names, copied, read.headings, packages, salt, late)
    return whole.only(asked)


@dataclass(frozen=True)
class _ReadQuestions:
    """The questions of a folder that were loaded, the names of all of them, and what is wrong."""

    questions: list[Question] = field(default_factory=list)
    names: list[ScalarNode] = field(default_factory=list)
    headings: dict[str, PartsHeading] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def _read_questions(
    folder: Path, model: AssignmentModel, load_file: FileLoader, asked: Iterable[str]
) -> _ReadQuestions:
    """The questions that an assignment lists.

    Where some are asked for, files that have none of them are read for the names in them and no further: what is wrong
    there is for `grader spec check` to say.
    """
    read = _ReadQuestions()
    for i, name in enumerate(model.questions):
        if name in model.questions[:i]:
            read.problems.append(Problem(f"question {str(name)!r} is listed twice", name.place))
            continue
        path = folder / f"{name}.yaml"
        if "/" in name or not _is_file(path):
            there = sorted(p.stem for p in folder.glob("*.yaml") if p.name != ASSIGNMENT_FILE)
            message = f"there is no {name}.yaml for question {str(name)!r}{did_you_mean(name, there)}"
            read.problems.append(Problem(message, name.place))
            continue
        root, unreadable = read_spec(path)
        written = [name] if root is None else names_in(root, name)
        read.names.extend(written)
        if root is None or (asked and not any(belongs_to(one, wanted) for one in written for wanted in asked)):
            read.problems.extend(unreadable)
            continue
        loaded = load_file(root, path)
        read.problems.extend(loaded.problems)
        read.questions.extend(loaded.questions)
        read.headings.update(_headings(loaded))
        if loaded.questions and loaded.name != name:
            message = f"the file is for question {str(name)!r}, but says {loaded.name!r}: correct one of them"
            place, node = find(root, ("question",))
            read.problems.append(Problem(message, node.place if node is not None else place))
    read.problems.extend(problems_of_names(read.names))
    return read


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that no file can have
        return False


def read_spec(path: Path) -> tuple[MappingNode | None, list[Problem]]:
    """The mapping that a file of a spec holds, or what keeps it from being one."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_SPEC_BYTES + 1)
    except OSError as error:
        return None, [Problem(f"cannot be read: {error.strerror}", SourceLocation(path.name))]
    if len(data) > MAX_SPEC_BYTES:
        return None, [Problem(f"is larger than {MAX_SPEC_BYTES} bytes", SourceLocation(path.name))]
    try:
        root: Node = read_yaml(data, path.name)
    except DocumentError as error:
        return None, list(error.problems)
    if not isinstance(root, MappingNode):
        return None, [Problem(f"a spec is a mapping, not {describe_node(root)}", root.place)]
    return root, []
