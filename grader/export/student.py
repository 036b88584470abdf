"""A copy of an assignment that students check with alone: the questions, blanks, and specs without the answers.

What the prompt says anyway stays (networks, behaviours, properties). Formulas that are right become values at points;
references, known answers, near misses, rubrics and hidden checks are left out, and what only they could check waits
for the course.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import yaml

from grader.blank import blank_answers
from grader.documents import Block, Node, Series, read_yaml
from grader.errors import HarnessError, SpecError
from grader.export.files import read, write_whole
from grader.formulas import Question as Right
from grader.formulas import sealed
from grader.spec.assignment import Assignment, load_assignment
from grader.spec.course import ASSIGNMENT_FILE
from grader.spec.either import EitherQuestion
from grader.spec.formulas import FormulaQuestion
from grader.spec.functions import NETWORK
from grader.spec.question import Question

COMMON = ("question", "title", "points", "prompt", "answer")
WEIGHTS = ("network", "behaviour", "accept", "assume", "length", "examples", "checks", "credit", "readings", "budget")
FUNCTION = ("signature", "inputs", "assume", "network", "credit", "cases", "seed", "call_seconds")
FORMULA = ("symbols", "sequences", "aliases", "network", "without", "cases")
ASKS = {"number": "a number", "choice": "one of the options, or a list of them", "written": "text in your own words"}

Plain = dict[str, Any]


def write_bundle(assignment: Assignment, folder: Path) -> list[Path]:
    """Writes the copy into a new or empty folder, and says what it wrote.

    Raises:
        SpecError: if the folder holds something, or the assignment is not a whole one.
        HarnessError: if it cannot be written.
    """
    if not assignment.path.is_dir():
        raise SpecError("a student's copy is made of a whole assignment: name its folder")
    if folder.exists() and any(folder.iterdir()):
        raise SpecError(f"{folder} is not empty: nothing was written")
    files = bundle(assignment)
    specs = folder / "specs" / assignment.id
    try:
        specs.mkdir(parents=True, exist_ok=True)
        (folder / "submission").mkdir(exist_ok=True)
    except OSError as error:
        raise HarnessError(f"{folder}: cannot be made: {error.strerror}") from None
    written = []
    for name, text in files.items():
        write_whole(specs / name, text.encode())
        written.append(specs / name)
    blanks = folder / "submission" / "answers.yaml"
    write_whole(blanks, blank_answers(load_assignment(specs)).encode())
    return [*written, blanks]


def bundle(assignment: Assignment) -> dict[str, str]:
    """The files of the copy's spec, by name."""
    listing = _plain(read_yaml(read(assignment.path / ASSIGNMENT_FILE), ASSIGNMENT_FILE))
    listing.pop("salt", None)  # a secret of the course
    questions = {question.id: question for question in assignment.questions}
    files = {ASSIGNMENT_FILE: _text(listing)}
    for name in listing["questions"]:
        root = _plain(read_yaml(read(assignment.path / f"{name}.yaml"), f"{name}.yaml"))
        files[f"{name}.yaml"] = _text(_file(root, questions))
    return files


def _plain(node: Node) -> Any:
    if isinstance(node, Block):
        return {str(key): _plain(value) for key, value in node.items()}
    return [_plain(item) for item in node] if isinstance(node, Series) else str(node)


class _Dumper(yaml.SafeDumper):
    """Writes every scalar as plain text where that reads back the same: this YAML has no types."""

    yaml_implicit_resolvers = {}  # noqa: RUF012  # as PyYAML declares it


def _scalar(dumper: Any, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _scalar)


def _text(data: Plain) -> str:
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


def _file(root: Plain, questions: dict[str, Question]) -> Plain:
    if "parts" not in root:
        return _question(root, questions[root["question"]])
    kept = {key: value for key, value in root.items() if key in (*COMMON, "symbols", "sequences", "aliases", "network")}
    return {**kept, "parts": [_question(part, questions[part["question"]]) for part in root["parts"]]}


def _question(root: Plain, question: Question) -> Plain:
    common = {key: root[key] for key in COMMON if key in root}
    match question.kind:
        case "weights":
            return {**common, **_kept(root, WEIGHTS)}
        case "function":
            return {**common, **_kept(root, FUNCTION), "checks": [_check(check) for check in root["checks"]]}
        case "formula":
            return {**common, **_kept(root, FORMULA), **_sealed(cast(FormulaQuestion, question))}
        case "either":
            ways = zip(root["ways"], cast(EitherQuestion, question).ways, strict=True)
            return {**common, "ways": [_question(way, other) for way, other in ways]}
    waits = {**common, "answer": "waits", "asks": ASKS.get(question.kind, "an answer")}
    if "options" in root:
        options = "\n".join(f"{name}: {text}" for name, text in root["options"].items())
        waits["prompt"] = f"{root.get('prompt', '').rstrip()}\n\n{options}\n".lstrip()
    return waits


def _kept(root: Plain, keys: tuple[str, ...]) -> Plain:
    return {key: root[key] for key in keys if key in root}


def _check(check: Plain) -> Plain:
    """A line as students may have it; what is hidden, or knows the right answer, waits for the course."""
    knows = check.get("equals", NETWORK) != NETWORK or "feeds" in check
    if check.get("hidden") == "true" or knows:
        return {"name": check["name"], "points": check["points"], "waits": "true"}
    kept = {key: value for key, value in check.items() if key != "partly"}
    partly = [part for part in check.get("partly", []) if part.get("equals", NETWORK) == NETWORK]
    return {**kept, "partly": partly} if partly else kept


def _sealed(question: FormulaQuestion) -> Plain:
    if not isinstance(question.engine, Right):
        raise SpecError(f"{question.id}: is sealed already")
    try:
        points = sealed(question.engine)
    except ValueError as error:
        raise SpecError(f"{question.id}: {error}") from None
    gradients = dict(question.notation.gradients)
    values = [
        {
            "case": {name: str(value) for name, value in point.case.items()},
            "seed": str(point.seed),
            "value": _nested(point.entries, point.shape),
        }
        for point in points
    ]
    return {**({"gradients": gradients} if gradients else {}), "sealed": values}


def _nested(entries: tuple[str, ...], shape: tuple[int, ...]) -> Any:
    if not shape:
        return entries[0]
    if len(shape) == 1:
        return list(entries)
    rows: Iterator[tuple[str, ...]] = (entries[i : i + shape[1]] for i in range(0, len(entries), shape[1]))
    return [list(row) for row in rows]
