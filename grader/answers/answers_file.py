"""A file of answers: what stands in it for each question, and what stands there that could be an answer and is none."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import NamedTuple

from grader.answers.answer import Answer, PlacedComment, is_blank
from grader.answers.comments import comments_at_blanks, comments_beside
from grader.answers.names import is_part_of, one_form
from grader.answers.students import students_in
from grader.documents import DocumentError, MappingNode, Node, ScalarNode, describe_node, shortened
from grader.documents.blocks import leading_key
from grader.documents.encodings import decoded_leniently
from grader.documents.recovery import (
    ASSIGNMENT_KEY_OF_ANSWERS,
    KEYS_OF_NO_QUESTION,
    STUDENTS_KEY_OF_ANSWERS,
    AnswersTree,
    read_answers_yaml,
    yaml_in_blocks,
)
from grader.errors import Problem, SourceLocation, SubmissionError, closest, listed

JSON_SUFFIX = ".json"
_PART = re.compile(r"[().\s]+")


class _Part(NamedTuple):
    """An answer that stands one level down, under another key."""

    parent: ScalarNode
    key: ScalarNode
    value: Node


_FoundEntry = tuple[ScalarNode, Node, tuple[str, ...]]
"""A key under which something stands for a question, what stands there, and notes on how it was found."""


class AnswerLines(NamedTuple):
    """Lines of a file of answers; the first has the number `first_line`."""

    file: str
    first_line: int
    lines: list[str]
    language: str


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
        try:
            if "\0" in self._found.text:
                problem = Problem("holds zero bytes: save the file as UTF-8 text", SourceLocation(name))
                raise DocumentError(problem, whole=True)
            self._take(self._read_whole())
        except DocumentError as error:
            self._broken = error
            self._take_apart(error, ())

    def _read_whole(self) -> AnswersTree:
        if not self._is_json:
            return read_answers_yaml(self._found, self.name)
        from grader.documents.json_recovery import read_answers_json

        return read_answers_json(self._found, self.name)

    def expect(self, questions: Collection[str], others: Collection[str] = ()) -> None:
        """Says what the questions are called, and other names that may stand there, once the assignment is known."""
        self._questions = tuple(questions)
        self._forget()
        if self._broken is not None:
            self._take_apart(self._broken, (*questions, *others, *KEYS_OF_NO_QUESTION))

    def _forget(self) -> None:
        """What follows from the tree and the questions is to be found anew."""
        for found in ("_keys", "_parts", "_parts_called", "_assignment_key"):
            self.__dict__.pop(found, None)
        self._answers: dict[str, Answer] = {}
        """By question: what `answer` has found."""
        self._entries_of: dict[str, list[_FoundEntry]] = {}
        """By question: the places that were found where something stands for it."""

    def _take_apart(self, error: DocumentError, known: Collection[str]) -> None:
        """Takes what can be read of a file that cannot be read as a whole."""
        try:
            self._take(self._read_in_parts(error, known))
        except DocumentError as reason:
            self._take(AnswersTree(MappingNode(SourceLocation(self.name)), {}, reason.problems))

    def _read_in_parts(self, error: DocumentError, known: Collection[str]) -> AnswersTree:
        if not self._is_json:
            return yaml_in_blocks(self._found, self.name, known, error)
        from grader.documents.json_recovery import json_in_members

        return json_in_members(self._found, self.name, known, error)

    def _take(self, tree: AnswersTree) -> None:
        if problems := tree.problems_by_question.get(ASSIGNMENT_KEY_OF_ANSWERS):
            tree = AnswersTree(MappingNode(SourceLocation(self.name)), {}, problems)
        self._forget()
        self.root = tree.root
        self.problems = tree.problems
        self.problems_by_question = tree.problems_by_question

    @cached_property
    def _assignment_key(self) -> str:
        """The key `assignment`, in capitals where it stands there in no other way."""
        keys = [key for key in self.root if key.lower() == ASSIGNMENT_KEY_OF_ANSWERS]
        return keys[0] if len(keys) == 1 else ASSIGNMENT_KEY_OF_ANSWERS

    @property
    def assignment(self) -> str | None:
        """The assignment that the answers name, if they name one."""
        node = self.root.lookup(self._assignment_key)
        return str(node) if isinstance(node, ScalarNode) and node.strip() else None

    @property
    def students(self) -> tuple[str, ...]:
        """Whom the answers name as handing in together, under `students` in any capitals.

        Raises:
            SubmissionError: if that stands there twice or is no list of students.
        """
        keys = [key for key in self.root if key.lower() == STUDENTS_KEY_OF_ANSWERS]
        unusable = [key for key in self.problems_by_question if key.lower() == STUDENTS_KEY_OF_ANSWERS]
        if unusable:
            raise SubmissionError(*self.problems_by_question[unusable[0]])
        if len(keys) > 1:
            raise SubmissionError(
                Problem(f"{listed(map(repr, map(str, keys)))} both stand here: keep one", keys[1].place)
            )
        return students_in(self.root[keys[0]]) if keys else ()

    def holds(self, question: str) -> bool:
        """Whether something stands for a question, be it readable or not."""
        return bool(self._problems_of(question) or self._entries(question))

    @cached_property
    def _keys(self) -> dict[str, list[ScalarNode]]:
        """The keys at the top by their form: the name of a question may be in any capitals."""
        found: dict[str, list[ScalarNode]] = {}
        for key in self.root:
            found.setdefault(one_form(key), []).append(key)
        return found

    def _problems_of(self, question: str) -> list[Problem]:
        """Why what stands for a question cannot be used."""
        if not self.problems_by_question:
            return []
        form = one_form(question)
        return [p for key, problems in self.problems_by_question.items() if one_form(key) == form for p in problems]

    def answer(self, question: str) -> Answer | None:
        """What stands for a question; None where nothing does.

        Raises:
            SubmissionError: if it cannot be used, stands twice, or something that may be meant by it is no answer.
        """
        if (known := self._answers.get(question)) is not None:
            return known
        if problems := self._problems_of(question):
            raise SubmissionError(*problems)
        entries = self._entries(question)
        if len(entries) > 1:
            lines = listed(str(key.place.line) for key, _, _ in entries)
            message = f"{question} is answered twice, on the lines {lines}: keep one"
            raise SubmissionError(Problem(message, entries[1][0].place))
        if entries:
            key, value, notes = entries[0]
            beside = comments_beside(key, value, self.root, self._lines) if key in self.root else None
            comments, uncut = beside if beside is not None else (self._comments_at_blanks(key, value), None)
            found = self._answers[question] = Answer(self.name, value, comments, uncut, notes)
            return found
        if problems := [*self._meant_by_it(question), *self.problems]:
            raise SubmissionError(*dict.fromkeys(problems))
        return None

    def _comments_at_blanks(self, key: ScalarNode, value: Node) -> tuple[PlacedComment, ...]:
        if self._is_json or "#" not in self._found.text:
            return ()
        return tuple(comments_at_blanks(key, value, self._lines))

    def commented_out(self, question: str) -> Iterator[PlacedComment]:
        """The comments where a question, or the whole that it is a part of, is named and left blank."""
        named = [(key, self.root[key]) for key in (*self._keys.get(one_form(question), []), *self._wholes(question))]
        named += [(part.key, part.value) for part in self._parts_called.get(one_form(question), [])]
        for key, value in named:
            if is_blank(value):
                yield from self._comments_at_blanks(key, value)

    def _wholes(self, question: str) -> Iterator[ScalarNode]:
        """The keys that are no question, and of which a question is a part by its name."""
        for parent in self.root:
            if parent not in self._questions and is_part_of(one_form(question), one_form(parent)):
                yield parent

    def _entries(self, question: str) -> list[_FoundEntry]:
        """The places where something stands for a question: under its name, or one level down."""
        if (known := self._entries_of.get(question)) is not None:
            return known
        found = self._entries_of[question] = list[_FoundEntry]()
        for key in self._keys.get(one_form(question), []):
            if not is_blank(value := self.root[key]):
                notes = () if key == question else (f"{question} was read from {shortened(key)!r}",)
                found.append((key, value, notes))
        for part in self._parts_called.get(one_form(question), []):
            if not is_blank(part.value):
                note = f"{question} was read from {str(part.key)!r} under {str(part.parent)!r}"
                found.append((part.key, part.value, (note,)))
        return found

    @cached_property
    def _parts(self) -> list[_Part]:
        whole = {one_form(question) for question in self._questions}
        return [
            _Part(parent, key, value)
            for parent, values in self.root.items()
            if whole and one_form(parent) not in whole and isinstance(values, MappingNode)
            for key, value in values.items()
        ]

    @cached_property
    def _parts_called(self) -> dict[str, list[_Part]]:
        """The keys one level down by the question that each is of: behind the key above it, or as it stands there.

        Of several questions that are called so it is the first, as `1` under `q1` is of `q1.1` and not of `q11`.
        """
        questions = set(map(one_form, self._questions)) if self._parts else set()
        found: dict[str, list[_Part]] = {}
        for part in self._parts:
            rest = _PART.sub("", part.key)
            marked = [f"{part.parent}{mark}{rest}" for mark in (".", "_", "-") if rest]
            names = [*marked, part.key, f"{part.parent}{rest}"]
            if form := next((form for form in map(one_form, names) if form in questions), None):
                found.setdefault(form, []).append(part)
        return found

    def _meant_by_it(self, question: str) -> Iterator[Problem]:
        """What stands there that may be meant as the answer, and was not read as one."""
        for parent in self._wholes(question):
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

    def blocks_of(self, question: str) -> list[AnswerLines]:
        """The lines that stand for a question, as they were written, each time that it stands there."""
        form = one_form(question)
        starts = [key.place.line for key, _, _ in self._entries(question)]
        starts = starts or [line for name, line in self._leading.items() if one_form(name) == form][:1]
        questions = set(map(one_form, self._questions))
        others = {key.place.line for key in self.root} | {part.key.place.line for part in self._parts}
        others |= {line for name, line in self._leading.items() if one_form(name) in questions}
        language = "json" if self._is_json else "yaml"
        found = []
        for start in sorted(set(starts)):
            end = min((line for line in others if line > start), default=len(self._lines) + 1) - 1
            lines = self._lines[start - 1 : end]
            while len(lines) > 1 and (not lines[-1].strip() or lines[-1].startswith("#")):
                lines.pop()
            if lines:
                found.append(AnswerLines(self.name, start, lines, language))
        return found

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
        found: list[ScalarNode] = []
        called = [part for question in self._questions for part in self._parts_called.get(one_form(question), [])]
        used = {id(part.key) for part in called}
        parents = {id(part.parent) for part in called}
        parts: dict[int, list[ScalarNode]] = {}
        for part in self._parts:
            parts.setdefault(id(part.parent), []).append(part.key)
        questions = {one_form(question) for question in known}
        for key, value in self.root.items():
            is_students = key.lower() == STUDENTS_KEY_OF_ANSWERS
            is_known = key in known or key == self._assignment_key or one_form(key) in questions
            if not is_known and id(key) not in parents and not is_students:
                if not is_blank(value) or not any(is_part_of(one_form(question), one_form(key)) for question in known):
                    found.append(key)
            elif not is_students:
                found += [part for part in parts.get(id(key), []) if id(part) not in used]
        return found
