"""The files that new courses and questions are made of: real files in `templates/`, with places to fill in.

A place is written `@name@`. A file whose name ends in `.template` loses that ending: it is Python for a course, and no
module of the grader.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

from grader.deferred import dataclass
from grader.errors import SpecError, did_you_mean, listed

_PLACE = re.compile(r"@([a-z]+)@")
_ENDING = ".template"

DEFAULT_TITLES: Mapping[str, str] = {
    "weights": "A network that remembers the first zero",
    "function": "Clip a gradient by its norm",
    "formula": "One step back in time",
    "number": "When do gradients explode?",
    "choice": "Which of these have a state?",
    "written": "Two issues of one-hot vectors",
    "either": "The slope of tanh",
    "parts": "What a linear unit remembers",
}
"""The kinds of questions that can be begun, and what a new one is called."""

SAMPLE_KINDS = ("weights", "function", "formula", "number", "choice", "written")
"""The questions of a new course, in their order; there is an answer to each in `templates/answers`."""


def checked_kind(kind: str) -> str:
    """The kind of a question that can be begun.

    Raises:
        SpecError: if it is none, with those that there are.
    """
    if kind not in DEFAULT_TITLES:
        there = f"there are {listed(DEFAULT_TITLES)}"
        raise SpecError(f"{kind!r} is no kind of question{did_you_mean(kind, DEFAULT_TITLES)}: {there}")
    return kind


@dataclass(frozen=True)
class QuestionFiles:
    """The files of a new question: itself, its module of `reference/`, and a right answer in YAML or Python."""

    question: str
    reference: str | None
    answer: str | None
    code: str | None


def question_files(kind: str, values: Mapping[str, str]) -> QuestionFiles:
    """The files of a question of a kind, filled in."""
    folder = resources.files("grader.authoring") / "templates"

    def of(name: str) -> str | None:
        file = folder.joinpath(*name.split("/"))
        return filled(file.read_text(encoding="utf-8"), values) if file.is_file() else None

    question = of(f"questions/{kind}.yaml")
    assert question is not None
    return QuestionFiles(
        question, of(f"reference/{kind}.py{_ENDING}"), of(f"answers/{kind}.yaml"), of(f"answers/{kind}.py{_ENDING}")
    )


def course_templates() -> Iterator[tuple[PurePosixPath, str]]:
    """The files of a new course beside its questions: where each lies in `templates/course`, and its text."""
    yield from _below(resources.files("grader.authoring") / "templates" / "course", PurePosixPath())


def assignment_template() -> str:
    """The start of an `assignment.yaml`, up to its list of questions."""
    return (resources.files("grader.authoring") / "templates" / "assignment.yaml").read_text(encoding="utf-8")


def _below(folder: Traversable, path: PurePosixPath) -> Iterator[tuple[PurePosixPath, str]]:
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.is_dir():
            yield from _below(file, path / file.name)
        else:
            yield path / file.name.removesuffix(_ENDING), file.read_text(encoding="utf-8")


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text of a template with a value at each of its places."""
    return _PLACE.sub(lambda place: values[place[1]], text)


def quoted(title: str) -> str:
    """A title as YAML and JSON have it, whatever stands in it."""
    return json.dumps(title, ensure_ascii=False)
