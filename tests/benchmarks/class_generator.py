"""A realistic class of any size, drawn from a seed: the same seed gives the same bytes, and a larger class begins alike.

What is right or wrong is taken from the specs of the course themselves: answers of `known` with the marks that they must
earn, near misses, the code of known functions. Answers are written in several ways, so that few submissions are alike.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]

ASSIGNMENT3 = ("q1", "q2", "q3", "q4", "q5", "q6")
WEIGHTS_AND_FORMULAS = ("q3.1", "q3.3", "q5", "q6")
"""A gradient, a number and two networks. A product over all gaps (q3.2) costs twenty times as much as all of these."""

MIX: Mapping[str, float] = {
    "right": 30,
    "known mistakes": 20,
    "near misses": 20,
    "random weights": 8,
    "unfinished": 8,
    "broken files": 5,
    "notebook": 5,
    "hostile code": 2,
    "empty": 2,
}
"""How common each kind of submission is; any numbers, of which only the shares matter."""

DATA_MIX: Mapping[str, float] = {kind: MIX[kind] for kind in MIX if kind not in ("notebook", "hostile code")}
"""The same without code."""

SENTENCES = (
    "The vectors are as long as the vocabulary, and nearly all entries are zero.",
    "Two different words are always at the same distance, so nothing says that two of them are alike.",
    "A new word needs a new dimension, and the network has to be trained again.",
    "In free running the model is fed its own last output, so that one error leads to the next.",
    "With teacher forcing the true token is fed in training, whatever the model has said.",
    "In training it sees true prefixes alone, in testing its own ones.",
    "The true token is fed with a probability that falls from one to zero in the course of training.",
    "Clipping by the norm keeps the direction of the gradient, clipping by value does not.",
    "I think that it depends on the data.",
)

BROKEN = (
    b"q5: {W1: 1, W2: 1, b2: -1.5\n",
    b"q5: {W9: 1}\nq6: [[1, 2], [3]]\n",
    b"\x00\xff\xfe\x00 not text",
    b"q5:\n\tW1: 1\n",
    b"q3.1: (dL[t+1] * W\nq5: seven\n",
    b"- a list\n- of things\n",
    b"q5: &a [*a]\n",
    b"{}\n",
)

HOSTILE = (
    "while True:\n    pass\n",
    "import os\nos.kill(os.getppid(), 9)\n",
    "import sys\ndef q1(x):\n    sys.setrecursionlimit(10**9)\n    return q1(x)\n",
    "def q1(x):\n    return 'a' * 10**10\n",
    "import os\ndef q1(x):\n    return open('/etc/passwd').read()\n",
    "class Yes(float):\n    def __eq__(self, other):\n        return True\ndef q1(x):\n    return Yes(0)\n",
    "import subprocess\nsubprocess.run(['touch', 'graded'])\n",
    "import socket\ndef q1(x):\n    socket.create_connection(('127.0.0.1', 9), 1)\n",
)


OUTPUT_PARAMETERS = frozenset({"W3", "b3"})
"""Those of a linear output: it is another one where they are a little larger."""


@dataclass(frozen=True)
class DrawnSubmission:
    """The files of a submission by name, and which kind it is of."""

    name: str
    kind: str
    files: Mapping[str, bytes]


@dataclass
class QuestionAnswers:
    """Answers to a question as the spec has them: those that earn everything, known mistakes and near misses."""

    kind: str
    right: list[Any] = field(default_factory=list)
    mistakes: list[Any] = field(default_factory=list)
    near: list[Any] = field(default_factory=list)
    code: list[str] = field(default_factory=list)


class ClassGenerator:
    """Draws submissions to questions of an assignment of this repository."""

    def __init__(
        self,
        seed: int = 0,
        questions: Iterable[str] = ASSIGNMENT3,
        mix: Mapping[str, float] = MIX,
        specs: Path = ROOT / "specs" / "assignment3",
    ) -> None:
        self._seed = seed
        self._mix = mix
        self._assignment = yaml.safe_load((specs / "assignment.yaml").read_text("utf-8"))["assignment"]
        whole = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(specs.glob("q*.yaml"))]
        wanted, parts = tuple(questions), [part for spec in whole for part in spec.get("parts", [spec])]
        self._answers = {
            part["question"]: answers_of(part)
            for part in parts
            if part["question"] in wanted or part["question"].partition(".")[0] in wanted
        }

    def submission(self, number: int) -> DrawnSubmission:
        """The submission of that number: the same in a class of any size."""
        rng = random.Random(f"{self._seed} {number}")
        (kind,) = rng.choices(list(self._mix), list(self._mix.values()))
        name = f"student{number:06}"
        return DrawnSubmission(name, kind, dict(sorted(self._files(kind, rng).items())))

    def write(self, folder: Path, size: int) -> list[DrawnSubmission]:
        """A folder for each of so many submissions."""
        drawn = [self.submission(number) for number in range(size)]
        for one in drawn:
            (folder / one.name).mkdir(parents=True)
            for name, content in one.files.items():
                (folder / one.name / name).write_bytes(content)
        return drawn

    def _files(self, kind: str, rng: random.Random) -> dict[str, bytes]:
        if kind == "empty":
            return {"readme.txt": b"I was ill.\n"}
        if kind == "broken files":
            return {"answers.yaml": f"assignment: {self._assignment}\n".encode() + rng.choice(BROKEN)}
        answers = {name: self._answer(of, kind, rng) for name, of in self._answers.items()}
        if kind == "unfinished":
            there = rng.sample(list(answers), rng.randrange(len(answers)))
            answers = {name: text for name, text in answers.items() if name in there}
        files = {"answers.yaml": self._document(answers)}
        code = [code for of in self._answers.values() for code in of.code]
        if code and kind in ("right", "known mistakes", "notebook") and rng.random() < 0.7:
            source = rng.choice(code)
            files |= {"work.ipynb": notebook(source, rng)} if kind == "notebook" else {"solution.py": source.encode()}
        elif kind == "hostile code":
            files["solution.py"] = rng.choice(HOSTILE).encode()
        return files

    def _document(self, answers: Mapping[str, str | None]) -> bytes:
        lines = [f"assignment: {self._assignment}", *(f"{name}: {text}" for name, text in answers.items() if text)]
        return "".join(f"{line}\n" for line in lines).encode()

    def _answer(self, of: QuestionAnswers, kind: str, rng: random.Random) -> str | None:
        """The text of an answer behind its name; mistakes stand among right answers, as they do in a class."""
        if of.kind == "written":
            return "|\n  " + "\n  ".join(rng.sample(SENTENCES, rng.randrange(1, 5)))
        if kind == "random weights" and of.kind == "weights":
            return weights_text(random_values(of.right[0], rng), rng)
        wanted = {"known mistakes": of.mistakes, "near misses": of.near or of.mistakes}.get(kind, of.right)
        answers = wanted if wanted and rng.random() < 0.6 else of.right
        if not answers:
            return None
        answer = rng.choice(answers)
        return weights_text(answer, rng) if of.kind == "weights" else formula_text(str(answer), rng)


def answers_of(spec: Mapping[str, Any]) -> QuestionAnswers:
    """What a question's spec says of answers; of a question that can be answered in several ways, of them all."""
    found = QuestionAnswers(spec["answer"])
    for way in spec.get("ways", ()):
        of = answers_of({"points": spec["points"], **way})
        found.right += of.right
        found.mistakes += of.mistakes
        found.near += of.near
        found.code += of.code
    for known in spec.get("known", {}).values():
        values = {key: value for key, value in known.items() if key not in ("earns", "say", "reading")}
        if "code" in values:
            found.code.append(values["code"])
            continue
        answer = values.get("formula", values.get("text", values))
        (found.right if known["earns"] == spec["points"] else found.mistakes).append(answer)
    for near in spec.get("near", ()):
        found.near += [near[key] for key in ("formula", "value") if key in near] + near.get("writes", [])
    return found


def weights_text(values: Mapping[str, Any], rng: random.Random) -> str:
    """Weights, each number written in one of several ways; what units of half the answers sum up is a little larger."""
    nudge = Fraction(rng.randrange(100), 10_000) if rng.random() < 0.5 else Fraction(0)
    nudges = {name: Fraction(0) if name in OUTPUT_PARAMETERS else nudge for name in values}
    return "{" + ", ".join(f"{name}: {number_text(value, nudges[name], rng)}" for name, value in values.items()) + "}"


def number_text(value: Any, nudge: Fraction, rng: random.Random) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(number_text(part, nudge, rng) for part in value) + "]"
    number = Fraction(str(value)) * (1 + nudge)
    ways = [f"{float(number):g}", f"{float(number):.6f}", str(number)]
    return rng.choice([text for text in ways if Fraction(text) == number] or [str(number)])


def random_values(like: Mapping[str, Any], rng: random.Random) -> dict[str, Any]:
    """Weights of the same shapes, drawn from small numbers."""

    def drawn(value: Any) -> Any:
        return [drawn(part) for part in value] if isinstance(value, list) else rng.randrange(-8, 9) / 4

    return {name: drawn(value) for name, value in like.items()}


def formula_text(text: str, rng: random.Random) -> str:
    """A formula in quotes: as it is, with a factor of one, with brackets, or without spaces."""
    ways = [text, text, f"({text})", text.replace(" * ", "*"), f"{text} + 0", f"1 * ({text})"]
    is_plain = not set("\\|'=") & set(text)
    return json.dumps(rng.choice(ways) if is_plain else text, ensure_ascii=False)


def notebook(source: str, rng: random.Random) -> bytes:
    """A notebook with the code in one cell, and others around it."""
    sources = ["import numpy as np\nimport math", source, rng.choice(["q1([1, 2])", "1 / 0", "print('done')"])]
    cells = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": text}
        for text in sources
    ]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document).encode()


def write_course(folder: Path, questions: Iterable[str] = ASSIGNMENT3) -> Path:
    """A course with these questions of `assignment3`; of a question in parts, with the parts that are named."""
    specs = folder / "specs" / "assignment3"
    specs.mkdir(parents=True)
    wanted = list(questions)
    files = list(dict.fromkeys(name.partition(".")[0] for name in wanted))
    for name in files:
        source = ROOT / "specs" / "assignment3" / f"{name}.yaml"
        spec = yaml.safe_load(source.read_text("utf-8"))
        parts = [part for part in spec.get("parts", ()) if part["question"] in wanted or name in wanted]
        if len(parts) == len(spec.get("parts", ())):
            shutil.copy(source, specs)
            continue
        spec |= {"parts": parts, "points": sum(part["points"] for part in parts)}
        (specs / f"{name}.yaml").write_text(yaml.safe_dump(spec, sort_keys=False, allow_unicode=True), "utf-8")
    (specs / "assignment.yaml").write_text(
        f"assignment: assignment3\ntitle: A class\nquestions: [{', '.join(files)}]\n"
    )
    shutil.copytree(ROOT / "reference", folder / "reference", ignore=shutil.ignore_patterns("__pycache__"))
    return folder
