"""Small changes of the project's own files, one at a time: those that `grader spec strength` makes of students' programs."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from grader.kinds.function.mutation.changes import changes_in
from grader.kinds.function.mutation.made import ProgramPieces
from grader.kinds.function.mutation.source_text import SourceChange, SourceText
from tests.mutation.runs import Mutant


def sampled_mutants(root: Path, files: Sequence[str], number: int, seed: int) -> Iterator[Mutant]:
    """As many mutants of some files (all, where there are fewer) in an order that the seed decides."""
    sources = {file: SourceText((root / file).read_text("utf-8")) for file in sorted(files)}
    changes = [(file, change) for file, source in sources.items() for change in _changes(source)]
    random.Random(seed).shuffle(changes)
    seen = set[tuple[str, str]]()
    distinct = (mutant for file, change in changes if (mutant := _mutant(file, sources[file], change, seen)))
    yield from islice(distinct, number)


def _mutant(file: str, source: SourceText, change: SourceChange, seen: set[tuple[str, str]]) -> Mutant | None:
    """The mutant of a change, which is noted; None for a program that is none, or the same as the file's or another."""
    line, digest = source.changed_line(change.edits), ProgramPieces(source).changed(change)
    if line is None or digest is None or (file, digest) in seen:
        return None
    seen.add((file, digest))
    statement = _statement_of(source.tree, line.line)
    return Mutant(file, line.line, line.before, line.after, source.edited(change.edits), statement)


def _changes(source: SourceText) -> Iterator[SourceChange]:
    """All changes but those of sentences, which say a verdict and are none, and of what is there for types alone."""
    for statement in source.tree.body:
        if isinstance(statement, ast.If) and "TYPE_CHECKING" in source.segment(statement.test):
            continue
        said = [
            (source.start(node), source.end(node))
            for node in ast.walk(statement)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip()
        ]
        for change in changes_in(source, [statement]):
            if not any(start <= edit.start and edit.end <= end for edit in change.edits for start, end in said):
                yield change


def _statement_of(tree: ast.Module, line: int) -> range:
    """The lines of the innermost statement that a line belongs to, without those of the statements in it."""
    inner = [
        node for node in ast.walk(tree) if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    if not inner:
        return range(line, line + 1)
    node = inner[-1]  # the walk goes from the outside inwards
    body = getattr(node, "body", None)
    return range(node.lineno, max(body[0].lineno if body else (node.end_lineno or 0) + 1, line + 1))
