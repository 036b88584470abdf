"""A submission: which file answers which question, and what stands there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.answers.arrays import Numbers, read_npy, read_npz, read_safetensors
from grader.answers.files import names_in, read_file
from grader.documents import Block, DocumentError, Node, Text, describe_node, read_json, read_yaml
from grader.errors import Place, Problem, SubmissionError, did_you_mean, listed

DOCUMENTS: Mapping[str, Callable[[bytes, str], Node]] = {".yaml": read_yaml, ".yml": read_yaml, ".json": read_json}
ARRAYS: Mapping[str, Callable[[bytes, str], Numbers]] = {
    ".npz": read_npz,
    ".npy": read_npy,
    ".safetensors": read_safetensors,
}
ANSWERS = "answers"


@dataclass(frozen=True)
class Answer:
    """What a student hands in for one question: a node of a document, or arrays from a binary file."""

    file: str
    content: Node | Numbers


class Submission:
    """A folder (or one answers file), read as far as it is asked for.

    `problems` says why the answers file cannot be used; files of single questions may still be good.
    """

    def __init__(self, path: Path, name: str | None = None) -> None:
        self.path = path
        self.problems: tuple[Problem, ...] = ()
        self._root: Block | None = None
        if path.is_symlink() and not path.exists():
            raise SubmissionError(f"{path.name} is a link that leads nowhere")
        if not path.exists():
            raise SubmissionError(f"there is no submission {path.name!r}")
        self.is_folder = path.is_dir()
        self.name = name or (path.name if self.is_folder else path.stem) or path.resolve().name
        try:
            self._names = names_in(path) if self.is_folder else []
            self._read_answers()
        except SubmissionError as error:
            self.problems = error.problems
        except DocumentError as error:
            self.problems = error.problems

    def _read_answers(self) -> None:
        if self.is_folder:
            present = [name for name in self._names if Path(name).stem == ANSWERS and Path(name).suffix in DOCUMENTS]
            if len(present) > 1:
                raise SubmissionError(f"{listed(present)} both hold answers: keep one")
            if not present:
                self._names = [name for name in self._names if not name.startswith(".")]
                return
            self._file = self.path / present[0]
        elif self.path.suffix in DOCUMENTS:
            self._file = self.path
        else:
            kinds = listed(DOCUMENTS, "or")
            raise SubmissionError(Problem(f"is no file of answers (one ends in {kinds})", Place(self.path.name)))
        root = DOCUMENTS[self._file.suffix](read_file(self._file), self._file.name)
        if not isinstance(root, Block):
            message = f"holds {describe_node(root)}, not answers by question (`q5:` and what belongs to it)"
            raise SubmissionError(Problem(message, root.place))
        self._root = root

    @property
    def assignment(self) -> str | None:
        """The assignment that the answers name, if they name one."""
        node = self._root.lookup("assignment") if self._root is not None else None
        return str(node) if isinstance(node, Text) and node.strip() else None

    def answer(self, question: str) -> Answer | None:
        """What stands for a question; None where nothing does.

        Raises:
            SubmissionError: if its file cannot be used, or there are two.
        """
        written = self._written(question)
        files = self._files(question)
        places = ([self._file.name] if written is not None else []) + files
        if len(places) > 1:
            raise SubmissionError(f"{question} is answered twice, in {listed(places)}: keep one")
        if written is not None:
            return Answer(self._file.name, written)
        if files:
            return self._from_file(files[0])
        if self.problems:
            raise SubmissionError(*self.problems)
        return None

    def _written(self, question: str) -> Node | None:
        if self._root is None:
            return None
        node: Node | None = self._root.lookup(question)
        return None if node is None or is_blank(node) else node

    def _files(self, question: str) -> list[str]:
        suffixes = {*DOCUMENTS, *ARRAYS}
        return [name for name in self._names if Path(name).suffix in suffixes and Path(name).stem == question]

    def _from_file(self, name: str) -> Answer | None:
        suffix = Path(name).suffix
        data = read_file(self.path / name)
        if suffix in ARRAYS:
            return Answer(name, ARRAYS[suffix](data, name))
        try:
            node = DOCUMENTS[suffix](data, name)
        except DocumentError as error:
            raise SubmissionError(*error.problems) from None
        return None if is_blank(node) else Answer(name, node)

    def strangers(self, questions: Iterable[str]) -> list[Problem]:
        """Keys and files that look like answers but belong to no question."""
        known = list(questions)
        problems = []
        for key in self._root or ():
            if key not in known and key != "assignment":
                advice = did_you_mean(key, known) or f" (the questions are {listed(known)})"
                problems.append(Problem(f"{str(key)!r} is not a question{advice}", key.place))
        for name in self._names:
            stem, suffix = Path(name).stem, Path(name).suffix
            if suffix in {*DOCUMENTS, *ARRAYS} and stem != ANSWERS and stem not in known:
                advice = did_you_mean(stem, known) or f" (the questions are {listed(known)})"
                problems.append(Problem(f"belongs to no question{advice}", Place(name)))
        return problems


def is_blank(node: Node) -> bool:
    """Nothing filled in: blank text, or a mapping or list of blanks."""
    if isinstance(node, Text):
        return not node.quoted and node.blank
    values = node.values() if isinstance(node, Block) else node
    return all(is_blank(value) for value in values)
