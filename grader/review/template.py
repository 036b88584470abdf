"""Marks without a browser: a file of marks with an entry for each answer that waits, to be filled in with an editor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.errors import listed
from grader.kinds.written.marks import Mark, MarksEntry
from grader.review.marks_text import entry_lines
from grader.review.pending import WAITING, ReadableAnswer, ReadQuestion, Review
from grader.verdict import points_in_words
from grader.visible import one_line, visible

MAX_TEMPLATE_LINES = 60
MAX_TEMPLATE_LINE_CHARACTERS = 2_000

HOW_TO = """\
# Readers' marks. Under each answer, write below `met:` the points of the rubric that it makes, each behind `- `, or
# write `met: []` where it makes none. An entry with nothing behind `met:` is an answer that nobody has read yet.
# `points: 15` gives other points than the rubric, `note:` is for the student. Name the file with --marks, or put it
# beside the questions as marks.yaml.
"""


def marks_template(review: Review, names: Sequence[str] = ()) -> str:
    """A file of marks with an entry without a mark for each answer that waits for a reader, its text in comments.

    Raises:
        SpecError: if there is no written question of one of the names, or the file of marks cannot be used.
    """
    parts = [HOW_TO]
    for question in review.asked(names):
        waiting = [answer for answer in review.answers(question.id) if answer.state in WAITING]
        parts += ["\n", *_heading(question, len(waiting))] if waiting else []
        for answer in waiting:
            parts += ["\n", *(f"{line}\n" for line in _lines(review, question, answer))]
    return "".join(parts)


def _heading(question: ReadQuestion, count: int) -> Iterator[str]:
    waits = "answer waits" if count == 1 else "answers wait"
    yield f"# {one_line(question.id)}, {one_line(question.title)}: {count} {waits}\n"
    for point in question.rubric:
        yield f"#   {one_line(point.name)} ({points_in_words(point.points)})\n"


def _lines(review: Review, question: ReadQuestion, answer: ReadableAnswer) -> Iterator[str]:
    """The entry of an answer behind its text."""
    for flag in answer.flags:
        yield f"# {one_line(flag)}"
    earlier = answer.mark or review.earlier_mark(answer)
    if earlier is not None:
        yield f"# marked before: {one_line(_said(earlier))}"
    if answer.answer.files:
        yield f"# to open: {one_line(listed(answer.answer.files))}"
    lines = visible(answer.answer.text or "").split("\n")
    for line in lines[:MAX_TEMPLATE_LINES]:
        yield f"# > {line[:MAX_TEMPLATE_LINE_CHARACTERS]}".rstrip()
    if len(lines) > MAX_TEMPLATE_LINES or any(len(line) > MAX_TEMPLATE_LINE_CHARACTERS for line in lines):
        yield "# > ... (there is more of it)"
    mark = Mark((), "", "", rubric=question.fingerprint, answer=answer.answer.fingerprint)
    for line in entry_lines(MarksEntry(answer.submission, answer.question, mark)):
        yield "  met:" if line == "  met: []" else line


def _said(mark: Mark) -> str:
    points = f"{points_in_words(mark.points)} points" if mark.points is not None else ""
    found = f"met {listed(map(repr, mark.met))}" if mark.met else "met nothing"
    return ", ".join(part for part in (found, points, f"by {mark.reader}" if mark.reader else "", mark.note) if part)
