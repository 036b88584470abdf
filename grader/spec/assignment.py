"""An assignment: a folder with `assignment.yaml` and a file a question, or one question file alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from pydantic import Field, ValidationError

from grader.documents import Block, DocumentError, Node, Text, describe_node, read_yaml
from grader.errors import Place, Problem, SpecError, did_you_mean, listed
from grader.spec.course import ASSIGNMENT_FILE
from grader.spec.fields import Label, Points, Strict, Words
from grader.spec.kinds import KINDS, loader_of
from grader.spec.problems import find, validation_problems
from grader.spec.question import Question

MAX_SPEC_BYTES = 1 << 20


class AssignmentModel(Strict):
    """`assignment.yaml`: the questions in their order; each lies in `<question>.yaml` beside it."""

    assignment: Label
    title: Words | None = None
    points: Points | None = None
    questions: list[Label] = Field(min_length=1)


@dataclass(frozen=True)
class Assignment:
    """Questions in order, read from `path`; `listed` also names those that were left out of this run."""

    id: str
    title: str
    questions: tuple[Question, ...]
    path: Path
    listed: tuple[str, ...]

    @property
    def points(self) -> Fraction:
        return sum((question.points for question in self.questions), Fraction(0))

    def only(self, ids: Iterable[str]) -> Assignment:
        """The assignment with the named questions alone.

        Raises:
            SpecError: for a question that it does not have.
        """
        wanted = list(ids)
        known = [question.id for question in self.questions]
        for name in wanted:
            if name not in known:
                there = f"{self.id} has {listed(known)}"
                raise SpecError(f"{name!r} is not a question{did_you_mean(name, known)} ({there})")
        chosen = tuple(q for q in self.questions if q.id in wanted) if wanted else self.questions
        return replace(self, questions=chosen)


def load_assignment(path: Path) -> Assignment:
    """The assignment at a path.

    Raises:
        SpecError: with every problem of every file.
    """
    if path.is_dir():
        return _load_folder(path)
    question, problems = _load_question(path)
    if problems or question is None:
        raise SpecError(*problems)
    folder = path.resolve().parent
    belongs = (folder / ASSIGNMENT_FILE).is_file()
    siblings = sorted(p.stem for p in folder.glob("*.yaml") if p.name != ASSIGNMENT_FILE) if belongs else [question.id]
    return Assignment(folder.name if belongs else question.id, question.title, (question,), path, tuple(siblings))


def _load_folder(folder: Path) -> Assignment:
    file = folder / ASSIGNMENT_FILE
    if not file.is_file():
        raise SpecError(f"{folder.name}/ holds no {ASSIGNMENT_FILE}, so it is no assignment")
    root, problems = _read(file)
    if root is None:
        raise SpecError(*problems)
    try:
        model = AssignmentModel.model_validate(root)
    except ValidationError as error:
        raise SpecError(*validation_problems(error, root, {"": AssignmentModel})) from None
    questions: list[Question] = []
    for i, name in enumerate(model.questions):
        if name in model.questions[:i]:
            problems.append(Problem(f"question {str(name)!r} is listed twice", name.place))
            continue
        path = folder / f"{name}.yaml"
        if "/" in name or not _is_file(path):
            there = sorted(p.stem for p in folder.glob("*.yaml") if p.name != ASSIGNMENT_FILE)
            message = f"there is no {name}.yaml for question {str(name)!r}{did_you_mean(name, there)}"
            problems.append(Problem(message, name.place))
            continue
        question, found = _load_question(path)
        problems += found
        if question is not None:
            questions.append(question)
            if question.id != name:
                problems.append(
                    Problem(f"the file is for question {str(name)!r}, but says {question.id!r}", Place(path.name))
                )
    total = sum((question.points for question in questions), Fraction(0))
    if not problems and model.points is not None and total != model.points:
        place, _ = find(root, ("points",))
        problems.append(Problem(f"the questions add up to {float(total):g} points, not {float(model.points):g}", place))
    if problems:
        raise SpecError(*problems)
    names = tuple(question.id for question in questions)
    return Assignment(str(model.assignment), str(model.title or ""), tuple(questions), folder, names)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that no file can have
        return False


def _read(path: Path) -> tuple[Block | None, list[Problem]]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_SPEC_BYTES + 1)
    except OSError as error:
        return None, [Problem(f"cannot be read: {error.strerror}", Place(path.name))]
    if len(data) > MAX_SPEC_BYTES:
        return None, [Problem(f"is larger than {MAX_SPEC_BYTES} bytes", Place(path.name))]
    try:
        root: Node = read_yaml(data, path.name)
    except DocumentError as error:
        return None, list(error.problems)
    if not isinstance(root, Block):
        return None, [Problem(f"a spec is a mapping, not {describe_node(root)}", root.place)]
    return root, []


def _load_question(path: Path) -> tuple[Question | None, list[Problem]]:
    root, problems = _read(path)
    if root is None:
        return None, problems
    kind = root.lookup("answer")
    if not isinstance(kind, Text):
        kind = Text("weights", root.place)  # its own model says what is missing
    loader = loader_of(kind)
    if loader is None:
        advice = did_you_mean(kind, KINDS) or f" ({listed(KINDS)} can be)"
        return None, [Problem(f"answer: {str(kind)!r} is not a kind of answer{advice}", kind.place)]
    return loader(root, path)
