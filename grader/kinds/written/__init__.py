"""Questions that are answered in prose: a reader's marks decide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader.answers.answer import DocumentFile, PlacedComment
from grader.answers.unread import WantedFile
from grader.documents import MappingNode, ScalarNode, yaml_key
from grader.errors import Problem, SubmissionError, listed
from grader.kinds.base import EntryKind
from grader.page_details import PageDetails
from grader.verdict import AnswerLocation, QuestionResult, points_in_words

if TYPE_CHECKING:
    from grader.answers.submission import Answer
    from grader.kinds.asked import AskedAnswer
    from grader.kinds.kind import KindTable
    from grader.kinds.mutants import MutantVerdict, StrengthRemark
    from grader.kinds.open_submission import OpenSubmission, Resources
    from grader.kinds.spec_table import SpecTable
    from grader.kinds.written.documents import Prose
    from grader.kinds.written.models import WrittenModel
    from grader.kinds.written.question import WrittenQuestion


class WrittenKind(EntryKind):
    """Pending until a reader has marked it; words are never scored."""

    name = "written"
    is_text = True
    is_kept_whole = True
    marked_by_reader = True
    looks_in = frozenset({"entry", "files"})
    asks = "text in your own words"

    @property
    def model(self) -> type[WrittenModel]:
        from grader.kinds.written.models import WrittenModel

        return WrittenModel

    def build(
        self, model: WrittenModel, root: MappingNode, path: Path, kinds: KindTable
    ) -> tuple[WrittenQuestion | None, list[Problem]]:
        from grader.kinds.written.models import build

        return build(model)

    def score_entry(self, question: WrittenQuestion, entry: Answer, opened: OpenSubmission) -> QuestionResult:
        return _scored(question, _prose(entry), opened)

    def score(self, question: WrittenQuestion, opened: OpenSubmission) -> QuestionResult | None:
        """Also of an answer that stands in a document that is not named after the question.

        None where a reader has marked it by the rubric of another way to answer the question.
        """
        from grader.kinds.written.documents import prose_in_documents
        from grader.kinds.written.standing import is_for_another_way

        marked = opened.marks.get((opened.submission.name, question.id))
        if marked is not None and is_for_another_way(question, marked, opened.assignment):
            return None
        result = super().score(question, opened)
        prose = prose_in_documents(question, opened) if result is None else None
        if prose is None:
            return result
        return replace(_scored(question, prose, opened), place=AnswerLocation(prose.file, 0))

    def has_form(self, entry: Answer) -> bool:
        """Whether an entry is text, or a document."""
        return isinstance(entry.content, ScalarNode | DocumentFile)

    def said_of_comments(self, comments: Sequence[PlacedComment]) -> Iterator[str]:
        """A comment in prose is none."""
        if comments:
            yield f"read as part of the text, though # begins a comment in YAML: {listed(map(str, comments))}"

    def read_entry(self, question: WrittenQuestion, entry: Answer) -> str:
        prose = _prose(entry)
        if prose.text is None:
            raise SubmissionError(*prose.notes)
        return prose.text

    def wanted(self, question: WrittenQuestion) -> WantedFile:
        return WantedFile(place=f"as {question.id}.md, .docx or .pdf, or under `{question.id}:` in answers.yaml")

    def asked(self, question: WrittenQuestion) -> AskedAnswer:
        from grader.kinds.asked import AskedAnswer

        looked_for = tuple(f"{point.name} ({points_in_words(point.points)})" for point in question.accepted)
        return AskedAnswer("text", self.asks, shown=("a reader looks for:", *looked_for))

    def described(self, question: WrittenQuestion) -> Iterator[SpecTable]:
        from grader.kinds.spec_table import SpecTable, key_rows

        points = tuple(
            (point.name, points_in_words(point.points), ", ".join(point.keywords)) for point in question.accepted
        )
        yield SpecTable("points that a reader looks for", points, ("point", "worth", "highlighted words"))
        if rows := (*key_rows(question.source, "at most", "least words", "most words"),):
            yield SpecTable("limits", rows)

    def strength_remarks(
        self, question: WrittenQuestion, verdicts: Sequence[MutantVerdict], run: Resources
    ) -> Iterator[StrengthRemark]:
        from grader.kinds import mutants

        yield mutants.StrengthRemark("no wrong answers can be made: a reader decides")

    def blank(self, question: WrittenQuestion) -> Iterator[str]:
        yield f"{yaml_key(question.id)}:  # write | here and your text below, indented; or hand in {question.id}.md"


def _scored(question: WrittenQuestion, prose: Prose, opened: OpenSubmission) -> QuestionResult:
    """The result by the reader's mark, if there is one, with the text that was read, where a page shows it."""
    from grader.kinds.written.score import score_written

    prose = _asked(prose, question, opened)
    result = score_written(question, prose, opened.marks.get((opened.submission.name, question.id)))
    if not opened.details.page or prose.text is None:
        return result
    from grader.answers.excerpts import text_of_file

    text = text_of_file(prose.file, prose.text, language="markdown")
    return replace(result, page=PageDetails(handed_in=(text,)))


def _asked(prose: Prose, question: WrittenQuestion, opened: OpenSubmission) -> Prose:
    """The answer with what its student was asked, where each student is asked something else."""
    from grader.kinds.page import prompt_of

    return replace(prose, asked=prompt_of(question, opened)) if question.id in opened.assignment.variants else prose


def _prose(entry: Answer) -> Prose:
    """The text of an answer, with what stands behind a # in it; of a document, what comes out of it.

    Raises:
        SubmissionError: as `read_text` does.
    """
    from grader.answers.prose import read_text
    from grader.kinds.written.documents import Prose, prose_of

    if isinstance(entry.content, DocumentFile):
        return prose_of(entry.content)
    whole = replace(entry, content=entry.uncut) if entry.uncut is not None else entry
    return Prose(entry.file, str(read_text(whole, prose=True)))


KIND = WrittenKind()
