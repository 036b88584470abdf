"""The mutants of a function question: every change of a right answer that is another program, each once."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator, Sequence

from grader.answers.code import SOLUTION_FILE
from grader.kinds.function.mutation.changes import changes_in
from grader.kinds.function.mutation.reachable import reached_from
from grader.kinds.function.mutation.right_answers import RightCode, source_of
from grader.kinds.function.mutation.source_text import ChangedLine, SourceChange, SourceText, compiles, parsed
from grader.kinds.mutants import Mutant

MAX_CHANGES_OF_ANSWER = 3_000
"""Changes of one right answer that are tried; of more, as many at even distances."""


def mutants_of(rights: Iterable[RightCode]) -> Iterator[Mutant]:
    """The mutants of some right answers, in the order of these and of their texts; no program comes twice."""
    seen: set[str] = set()
    for right in rights:
        for path in sorted(right.wanted, key=lambda path: path != SOLUTION_FILE):
            source = source_of(right, path)
            if source is not None:
                yield from _of_file(right, path, source, seen)


def _of_file(right: RightCode, path: str, source: SourceText, seen: set[str]) -> Iterator[Mutant]:
    program = ProgramPieces(source)
    seen.add(program.digest())
    reached = reached_from(source.tree, right.wanted[path]).statements
    for change in spread(list(changes_in(source, reached)), MAX_CHANGES_OF_ANSWER):
        line = source.changed_line(change.edits)
        digest = program.changed(change) if line is not None else None
        if line is None or digest is None or digest in seen:
            continue
        seen.add(digest)
        answer = right.answer.with_text(path, source.edited(change.edits))
        yield Mutant(change.operator, diff(path, line), right.name, answer)


def diff(path: str, line: ChangedLine) -> str:
    """A change as a diff of one line."""
    return f"{path}:{line.line}\n- {line.before}\n+ {line.after}"


def spread(changes: Sequence[SourceChange], limit: int) -> Sequence[SourceChange]:
    """All of them, or as many as the limit, at even distances."""
    if len(changes) <= limit:
        return changes
    return [changes[number * len(changes) // limit] for number in range(limit)]


class ProgramPieces:
    """A program in pieces that are read on their own, so that a change is read again in the one that it lies in."""

    def __init__(self, source: SourceText) -> None:
        self._text = source.text
        starts = sorted({self._start(source, statement) for statement in source.tree.body} | {0})
        self._pieces = list(zip(starts, [*starts[1:], len(source.text)], strict=True))
        self._digests = [_digest(source.text[start:end]) for start, end in self._pieces]

    def _start(self, source: SourceText, statement: ast.stmt) -> int:
        decorators = getattr(statement, "decorator_list", [])
        return source.offset(min(node.lineno for node in (statement, *decorators)), 0)

    def digest(self) -> str:
        """Of the tree of the program, whatever its text."""
        return _joined(self._digests)

    def changed(self, change: SourceChange) -> str | None:
        """The digest of the changed program; None where it is none, or the same one."""
        place = change.edits[0].start
        number = max(i for i, (start, _) in enumerate(self._pieces) if start <= place)
        start, end = self._pieces[number]
        text = self._text[start:end]
        for edit in sorted(change.edits, reverse=True):
            text = text[: edit.start - start] + edit.text + text[edit.end - start :]
        if not compiles(text):
            return None
        digest = _digest(text)
        if digest == self._digests[number]:
            return None
        return _joined([*self._digests[:number], digest, *self._digests[number + 1 :]])


def _digest(text: str) -> str:
    """Of the tree of a piece of a program."""
    return _sha256(ast.dump(parsed(text.removeprefix("\ufeff"))))


def _joined(digests: Sequence[str]) -> str:
    return _sha256(" ".join(digest for digest in digests if digest != EMPTY_PIECE))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


EMPTY_PIECE = _digest("")
"""Of a piece without a statement."""
