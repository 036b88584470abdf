"""What nothing has read of a submission, and files that were read though they are called like something else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from grader.answers.answer import is_blank
from grader.answers.answers_file import AnswersFile
from grader.answers.document_text import DOCUMENT_ENDINGS
from grader.answers.names import (
    ANSWERS_STEM,
    CODE_SUFFIXES,
    SOLUTION_FILE,
    meant_by,
    parts_meant_by,
    stem_of,
    suffix_of,
)
from grader.answers.read_record import ReadRecord
from grader.answers.tree import SubmissionFiles
from grader.answers.unread import (
    Unread,
    WantedFile,
    code_read_for_prose,
    form_of,
    is_for_others,
    is_like,
    read_as_code,
    read_for_a_part,
    read_for_prose,
    unread_file,
    unread_key,
)
from grader.documents import ScalarNode
from grader.errors import Problem

MAX_UNREAD = 200
"""Files, and keys, that are looked at one by one where nothing reads them."""


def unread_parts(
    files: SubmissionFiles,
    answers: AnswersFile | None,
    record: ReadRecord,
    wanted: Mapping[str, WantedFile],
    left_out: Collection[str],
) -> list[Unread]:
    """Keys, then files, that the record does not have, but for those of the questions that are `left_out`.

    `answers` is the file of answers; `wanted` has every question. The last may stand for all that are left.
    """
    keys = [] if answers is None else _unread_keys(answers, record, wanted, left_out)
    names = {name: record.passed_over.get(name, "") for name in _unread_names(files, record)} | dict(files.unread)
    names = {
        name: names[name]
        for name in sorted(names, key=lambda name: name.count("/"))
        if not left_out or not is_for_others(name, wanted, (*wanted, ANSWERS_STEM), left_out)
    }
    unread = [unread_key(key, wanted) for key in keys[:MAX_UNREAD]]
    unread += [unread_file(name, why, wanted, ANSWERS_STEM) for name, why in list(names.items())[:MAX_UNREAD]]
    unread += _read_otherwise(sorted(record.files), wanted)
    if more := len(keys[MAX_UNREAD:]) + len(names) - len(list(names)[:MAX_UNREAD]):
        unread.append(Unread(Problem(f"and {more} more keys or files belong to no question"), more=more))
    return unread


def _unread_keys(
    answers: AnswersFile, record: ReadRecord, wanted: Collection[str], left_out: Collection[str]
) -> list[ScalarNode]:
    """Keys of no question, and of questions that are answered with something else."""
    done = {*record.keys, *answers.problems_by_question, *left_out}
    root = answers.root
    others = [key for key in root if key in wanted and key not in done and not is_blank(root[key])]
    return [*answers.unknown_keys(wanted), *others]


def _unread_names(files: SubmissionFiles, record: ReadRecord) -> list[str]:
    """Files that nothing read; modules beside code that was read may have been imported by it."""
    has_code = any(suffix_of(name) in CODE_SUFFIXES for name in record.files)
    return [name for name in files.names if name not in record.files and not (has_code and suffix_of(name) == ".py")]


def _read_otherwise(read: Sequence[str], wanted: Mapping[str, WantedFile]) -> Iterator[Unread]:
    """Files that were read, but are called like something else: of these names, in this order."""
    yield from (read_as_code(name, others, wanted) for name, others in _code_for_others(read, wanted))
    yield from (read_for_a_part(name, parts, wanted) for name, parts in _prose_for_parts(read, wanted))
    yield from (read_for_prose(name, ANSWERS_STEM) for name in _prose_called(read, ANSWERS_STEM))
    yield from (code_read_for_prose(name) for name in _prose_called(read, stem_of(SOLUTION_FILE)))


def _code_for_others(read: Iterable[str], wanted: Mapping[str, WantedFile]) -> Iterator[tuple[str, list[str]]]:
    """Files that were read as code, but are called like a question that takes none, or one with such parts."""
    for name in read:
        if suffix_of(name) in CODE_SUFFIXES:
            meant = meant_by(name, wanted)
            named = parts_meant_by(name, wanted) if meant is None else (meant,)
            if others := [question for question in named if "code" not in wanted[question].forms]:
                yield name, others


def _prose_for_parts(read: Iterable[str], wanted: Mapping[str, WantedFile]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What was read for the prose of one part, but is called like the question with all of them."""
    for name in read:
        if (suffix_of(name) in DOCUMENT_ENDINGS or form_of(name) == "picture") and (
            parts := parts_meant_by(name, wanted)
        ):
            yield name, parts


def _prose_called(read: Iterable[str], stem: str) -> Iterator[str]:
    """Documents that were read for prose, but are called like the file of the answers, or of the code."""
    return (name for name in read if suffix_of(name) in DOCUMENT_ENDINGS and is_like(stem_of(name), stem))
