"""A JSON file of answers of which only a part can be read: every member that can be, and why the others cannot."""

from __future__ import annotations

import json
import re
from collections.abc import Collection

from grader.documents.encodings import DecodedText
from grader.documents.json import JsonParts, comma_advice, read_json_text
from grader.documents.recovery import MAX_RECOVERED_BLOCKS, AnswersTree, whole_tree
from grader.documents.tree import (
    MAX_DOCUMENT_DEPTH,
    MAX_PROBLEMS,
    DocumentError,
    MappingNode,
    ScalarNode,
    end_of,
    shortened,
)
from grader.errors import Problem, SourceLocation

_MEMBER = re.compile(r'"((?:[^"\\\n]|\\.){1,100})"\s*:')
_FIRST = re.compile(r'\s*\{\s*(?="(?:[^"\\\n]|\\.){1,100}"\s*:)')
_BEFORE_VALUE, _BETWEEN_MEMBERS = re.compile(r"\s*"), re.compile(r"(?:[\s,]|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
"""What stands before a value, and between two members: also comments, which JSON does not have."""


def read_answers_json(found: DecodedText, file: str) -> AnswersTree:
    """The answers of a JSON text that can be read as a whole.

    Raises:
        DocumentError: where it cannot; `json_in_members` may then read a part of it.
    """
    if problem := found.problem(file, 1, found.text.split("\n")):
        raise DocumentError(problem)
    return whole_tree(lambda: read_json_text(found.text, file))


def json_in_members(found: DecodedText, file: str, known: Collection[str], error: DocumentError) -> AnswersTree:
    """The answers of a JSON text that cannot be read as a whole, member by member; as `yaml_in_blocks`."""
    start = _FIRST.match(found.text)
    if start is None or error.whole:
        raise error
    return _Members(found, file, known, error).read(start.end())


class _Members:
    """Reads the members of the outermost object one after the other."""

    def __init__(self, found: DecodedText, file: str, known: Collection[str], error: DocumentError) -> None:
        self.found = found
        self.text = found.text
        self.file = file
        self.known = known
        self.error = error
        self.parts = JsonParts(SourceLocation(file))
        self.tree = AnswersTree(MappingNode(SourceLocation(file)))

    def read(self, at: int) -> AnswersTree:
        line_start = self.text.rfind("\n", 0, at) + 1
        indentation = self.text[line_start:at]
        names = "|".join(map(re.escape, self.known)) or r"(?!)"
        on_its_line = rf"(?<=\n){re.escape(indentation)}{_MEMBER.pattern}" if not indentation.strip() else r"(?!)"
        fence = re.compile(rf'{on_its_line}|"(?:{names})"\s*:')
        for _ in range(MAX_RECOVERED_BLOCKS):
            member = _MEMBER.match(self.text, at)
            if member is None:
                if self.text[at:].strip() not in ("", "}"):
                    self.tree.problems = (*self.tree.problems, *self.error.problems)[:MAX_PROBLEMS]
                return self.tree
            at = self.member(member, fence)
        raise self.error

    def member(self, member: re.Match[str], fence: re.Pattern[str]) -> int:
        """Reads one member; where the next one begins (the end of the text where none does)."""
        key = ScalarNode(_plain(member[1]), SourceLocation(self.file))
        following = fence.search(self.text, member.end())
        next_start = following.start() if following else len(self.text)
        value, problem, after = None, None, next_start
        try:
            value, end = self.parts.decoder.raw_decode(self.text, _after_spaces(self.text, member.end()))
        except json.JSONDecodeError as error:
            problem = self.broken(error)
        except RecursionError:
            problem = Problem(f"nested more than {MAX_DOCUMENT_DEPTH} deep", key.place)
        else:
            after = _after_spaces(self.text, end, _BETWEEN_MEMBERS)
            problem = self.behind(key, after) or self.lost(member.start(), end)
            after = max(after, next_start) if self.behind(key, after) else after
        self.add(key, None if problem else value, problem)
        if problem and following is None:  # what stands below it has no fence, and may be an answer
            self.tree.problems = (*self.tree.problems, problem)[:MAX_PROBLEMS]
        return _after_spaces(self.text, after)

    def behind(self, key: str, at: int) -> Problem | None:
        """The problem of what stands behind a value and is no other member."""
        if _MEMBER.match(self.text, at) or self.text[at : at + 1] in ("}", ""):
            return None
        there = shortened(self.text[at:].split("\n")[0], 20)
        advice = comma_advice(self.text, at) or ": a comma in a number, or a quote in a text?"
        message = f"{there!r} follows the answer to {key}{advice}"
        return Problem(message, end_of(self.text[:at], self.file))

    def broken(self, error: json.JSONDecodeError) -> Problem:
        """What the parser found, with what to write instead."""
        advice = comma_advice(self.text, error.pos)
        if "escape" in error.msg:
            advice = r": in JSON a backslash is written twice, \\sigma"
        elif "control character" in error.msg or "Unterminated" in error.msg:
            advice = ": close the quote on its line, and write \\n for a new line"
        return Problem(f"this is not JSON: {error.msg}{advice}", SourceLocation(self.file, error.lineno, error.colno))

    def lost(self, start: int, end: int) -> Problem | None:
        line_start = self.text.rfind("\n", 0, start) + 1
        before = " " * (start - line_start)
        lines = f"{before}{self.text[start:end]}".split("\n")
        return self.found.problem(self.file, self.text.count("\n", 0, start) + 1, lines)

    def add(self, key: ScalarNode, value: object, problem: Problem | None) -> None:
        by_question = self.tree.problems_by_question
        if key in self.tree.root:
            twice = Problem(f"{shortened(key)!r} stands twice in one object", key.place)
            by_question[str(key)] = (*by_question.get(key, ()), twice)
            return
        try:
            self.tree.root[key] = ScalarNode("", key.place) if problem else self.parts.node(value, 1, key)
        except DocumentError as error:
            problem = error.problems[0]
            self.tree.root[key] = ScalarNode("", key.place)
        noted = tuple(self.parts.faults.problems_by_question.get(key, ()))
        if problem or noted:
            by_question[str(key)] = (*([problem] if problem else []), *noted)
            if self.known and key not in self.known:
                self.tree.problems = (*self.tree.problems, *by_question[str(key)])[:MAX_PROBLEMS]


def _after_spaces(text: str, at: int, spaces: re.Pattern[str] = _BEFORE_VALUE) -> int:
    found = spaces.match(text, at)
    return found.end() if found else at


def _plain(name: str) -> str:
    try:
        return str(json.loads(f'"{name}"'))
    except ValueError:
        return name
