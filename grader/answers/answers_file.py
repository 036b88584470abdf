"""A file of answers: what stands in it for each question, and what stands there that could be an answer and is none."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import NamedTuple

from grader.answers.answer import Answer, is_blank
from grader.answers.comments import comments_beside
from grader.answers.names import is_part_of
from grader.answers.students import STUDENTS_KEY_OF_ANSWERS, students_in
from grader.documents import DocumentError, MappingNode, Node, ScalarNode, describe_node, shortened
from grader.documents.blocks import leading_key
from grader.documents.encodings import decoded_leniently
from grader.documents.json_recovery import json_in_members, read_answers_json
from grader.documents.recovery import AnswersTree, read_answers_yaml, yaml_in_blocks
from grader.errors import Problem, SourceLocation, SubmissionError, closest, listed

ASSIGNMENT_KEY_OF_ANSWERS = "assignment"
KEYS_OF_NO_QUESTION = (ASSIGNMENT_KEY_OF_ANSWERS, STUDENTS_KEY_OF_ANSWERS)
JSON_SUFFIX = ".json"
_PART = re.compile(r"[().\s]+")


class _Part(NamedTuple):
    """An answer that stands one level down, under another key."""

    parent: ScalarNode
    key: ScalarNode
    value: Node


class AnswersFile:
    """The answers of one file, by question.

    `problems` says why it cannot be used, or what of it belongs to no question; a question that is not found may have
    been meant by that. `problems_by_question` cost no other question its marks. `notes` say how it was read.
    """

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        self._found = decoded_leniently(data, name)
        self._questions: tuple[str, ...] = ()
        self._broken: DocumentError | None = None
        self.notes = self._found.notes
        self._is_json = name.lower().endswith(JSON_SUFFIX)
        read = read_answers_json if self._is_json else read_answers_yaml
        try:
            if "\0" in self._found.text:
                problem = Problem("holds zero bytes: save the file as UTF-8 text", SourceLocation(name))
                raise DocumentError(problem, whole=True)
            self._take(read(self._found, name))
        except DocumentError as error:
            self._broken = error
            self._take_apart(error, ())

    def expect(self, questions: Collection[str], others: Collection[str] = ()) -> None:
        """Says what the questions are called, and other names that may stand there, once the assignment is known."""
        self._questions = tuple(questions)
        self.__dict__.pop("_parts", None)
        if self._broken is not None:
            self._take_apart(self._broken, (*questions, *others, *KEYS_OF_NO_QUESTION))

    def _take_apart(self, error: DocumentError, known: Collection[str]) -> None:
        """Takes what can be read of a file that cannot be read as a whole."""
        take_apart = json_in_members if self._is_json else yaml_in_blocks
        try:
            self._take(take_apart(self._found, self.name, known, error))
        except DocumentError as reason:
            self._take(AnswersTree(MappingNode(SourceLocation(self.name)), {}, reason.problems))

    def _take(self, tree: AnswersTree) -> None:
        if spoiled := tree.problems_by_question.get(ASSIGNMENT_KEY_OF_ANSWERS):
            tree = AnswersTree(MappingNode(SourceLocation(self.name)), {}, spoiled)
        self.root = tree.root
        self.problems = tree.problems
        self.problems_by_question = tree.problems_by_question

    @property
    def assignment(self) -> str | None:
        """The assignment that the answers name, if they name one."""
        node = self.root.lookup(ASSIGNMENT_KEY_OF_ANSWERS)
        return str(node) if isinstance(node, ScalarNode) and node.strip() else None

    @property
    def students(self) -> tuple[str, ...]:
        """Whom the answers name as handing in together, under `students` in any capitals.

        Raises:
            SubmissionError: if that stands there twice or is no list of students.
        """
        keys = [key for key in self.root if key.lower() == STUDENTS_KEY_OF_ANSWERS and key not in self._questions]
        spoiled = [key for key in self.problems_by_question if key.lower() == STUDENTS_KEY_OF_ANSWERS]
        if spoiled:
            raise SubmissionError(*self.problems_by_question[spoiled[0]])
        if len(keys) > 1:
            raise SubmissionError(
                Problem(f"{listed(map(repr, map(str, keys)))} both stand here: keep one", keys[1].place)
            )
        return students_in(self.root[keys[0]]) if keys else ()

    def holds(self, question: str) -> bool:
        """Whether something stands for a question, be it readable or not."""
        return question in self.problems_by_question or bool(self._entries(question))

    def answer(self, question: str) -> Answer | None:
        """What stands for a question; None where nothing does.

        Raises:
            SubmissionError: if it cannot be used, stands twice, or something that may be meant by it is no answer.
        """
        if question in self.problems_by_question:
            raise SubmissionError(*self.problems_by_question[question])
        entries = self._entries(question)
        if len(entries) > 1:
            lines = listed(str(key.place.line) for key, _, _ in entries)
            message = f"{question} is answered twice, on the lines {lines}: keep one"
            raise SubmissionError(Problem(message, entries[1][0].place))
        if entries:
            key, value, notes = entries[0]
            beside = comments_beside(key, value, self.root, self._lines) if key in self.root else None
            if beside is None:
                return Answer(self.name, value, notes=notes)
            return Answer(self.name, value, beside.comments, beside.uncut, notes)
        if problems := [*self._meant_by_it(question), *self.problems]:
            raise SubmissionError(*dict.fromkeys(problems))
        return None

    def _entries(self, question: str) -> list[tuple[ScalarNode, Node, tuple[str, ...]]]:
        """The places where something stands for a question: under its name, or one level down."""
        found: list[tuple[ScalarNode, Node, tuple[str, ...]]] = []
        if (value := self.root.lookup(question)) is not None and not is_blank(value):
            found.append((next(key for key in self.root if key == question), value, ()))
        for part in self._parts:
            if self._is_called(part, question) and not is_blank(part.value):
                note = f"{question} was read from {str(part.key)!r} under {str(part.parent)!r}"
                found.append((part.key, part.value, (note,)))
        return found

    @cached_property
    def _parts(self) -> list[_Part]:
        return [
            _Part(parent, key, value)
            for parent, values in self.root.items()
            if self._questions and parent not in self._questions and isinstance(values, MappingNode)
            for key, value in values.items()
        ]

    def _is_called(self, part: _Part, question: str) -> bool:
        """Whether a key under another one is a question's name, or what its name has beyond that other one's."""
        if part.key == question:
            return True
        rest = _PART.sub("", part.key)
        return bool(rest) and question in {f"{part.parent}{between}{rest}" for between in ("", ".", "_", "-")}

    def _meant_by_it(self, question: str) -> Iterator[Problem]:
        """What stands there that may be meant as the answer, and was not read as one."""
        for parent in self.root:
            if parent in self._questions or not is_part_of(question, parent):
                continue
            yield from self.problems_by_question.get(parent, ())
            if not isinstance(value := self.root[parent], MappingNode) and not is_blank(value):
                message = (
                    f"{str(parent)!r} is answered as a whole ({describe_node(value)}): write {question!r} by itself"
                )
                yield Problem(message, parent.place)
        if self.root and question in self._leading:
            line = self._leading[question]
            if question in self.root:
                yield from self._beneath(question)
            else:
                message = (
                    f"{question!r} stands here and was not read as an answer: write `{question}: ...` at the left "
                )
                message += "margin, and close the quotes and brackets above it"
                yield Problem(message, SourceLocation(self.name, line, 1))

    def _beneath(self, question: str) -> Iterator[Problem]:
        """The text that stands at the left margin beneath a question that says that its text follows."""
        names = list(self.root)
        at = names.index(question)  # type: ignore[arg-type]  # a ScalarNode equals the plain string
        after = names[at + 1] if at + 1 < len(names) else None
        announced = re.search(r"[:：]\s*[|>][-+0-9]*\s*(?:#.*)?$", self._lines[names[at].place.line - 1])
        if after is None or after in self._questions or after.lower() in KEYS_OF_NO_QUESTION:
            return
        if closest(after, self._questions) is None and (announced or " " in after):
            message = f"{shortened(after)!r} stands at the left margin, and {question} above it is blank: "
            yield Problem(f"{message}indent the text of {question} by two spaces", after.place)

    @cached_property
    def _lines(self) -> list[str]:
        return self._found.text.split("\n")

    @cached_property
    def _leading(self) -> dict[str, int]:
        """The first line that begins with each name, of those that a colon or an equals sign follows."""
        found: dict[str, int] = {}
        for number, line in enumerate(self._lines, 1):
            if key := leading_key(line.lstrip(" \t{-*>")):
                found.setdefault(key.name, number)
        return found

    def unknown_keys(self, known: Collection[str]) -> list[ScalarNode]:
        """The keys that belong to no question: at the top, and under a key that holds the parts of a question."""
        found = []
        for key, value in self.root.items():
            parts = [part for part in self._parts if part.parent is key]
            used = {part.key for part in parts if any(self._is_called(part, question) for question in self._questions)}
            is_students = key.lower() == STUDENTS_KEY_OF_ANSWERS and key not in self._questions
            if key not in (*known, ASSIGNMENT_KEY_OF_ANSWERS) and not used and not is_students:
                if not is_blank(value) or not any(is_part_of(question, key) for question in known):
                    found.append(key)
            elif isinstance(value, MappingNode) and key not in self._questions and not is_students:
                found += [part.key for part in parts if part.key not in used]
        return found
