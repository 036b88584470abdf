"""The verdict on one question as it is kept: plain data, under a key that has in it all that the verdict rests on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from grader.answers.code import MAX_NOTEBOOK_BYTES
from grader.answers.digest import answer_facts, answer_text
from grader.answers.excerpts import handed_in_texts
from grader.classroom.kept_facts import facts_text, written_facts
from grader.classroom.kept_page import NO_PAGE, KeptPage, kept_page
from grader.classroom.question_texts import QuestionTexts, question_texts
from grader.deferred import replace
from grader.documents import shortened
from grader.errors import SubmissionError
from grader.fingerprint import HEX_DIGITS_KEPT, fingerprint, grader_fingerprint
from grader.grading import KnownVerdict
from grader.kinds.effects import Effects, effects_data
from grader.kinds.fingerprint import (
    QuestionTraits,
    SpecFingerprints,
    fingerprint_of,
    takes_code,
)
from grader.kinds.open_submission import OpenSubmission
from grader.kinds.written.marks import Mark, Marks, mark_facts, mark_from
from grader.page_details import HandedInText, PageDetails
from grader.spec.question import Question
from grader.verdict import QuestionResult
from grader.written_answer import WrittenAnswer

if TYPE_CHECKING:
    from grader.sandbox import Requirement

MAX_SHOWN_ANSWER_CHARACTERS = 20_000
"""Of an answer that is kept with its verdict for people to read."""


class KeptVerdict(NamedTuple):
    """A question as it stands in a report, with what the rest of a row needs of it (`texts`).

    `spec` is the fingerprint of the question's spec. A verdict with the `key` "" is not used again; `whole_key` has all
    of the submission in it, in the place of the answer, and all else of the key but for the spec, so that, together
    with the spec, it can be told without looking for the answer. `page` is what
    a page shows beside, and nothing rests on it. `is_new`: it was graded in this run.
    """

    question: str
    spec: str
    key: str
    whole_key: str
    texts: QuestionTexts
    page: KeptPage = NO_PAGE
    is_new: bool = False

    @property
    def written(self) -> WrittenAnswer | None:
        """The answer to a written question, for its reader; None of others, and where nothing was handed in."""
        found = json.loads(self.texts.facts).get("written")
        if found is None:
            return None
        return WrittenAnswer(
            found["text"],
            found["fingerprint"],
            tuple(found["files"]),
            tuple(found["notes"]),
            found["cut"],
            found.get("asked", ""),
        )

    @property
    def mark(self) -> Mark | None:
        """The reader's mark that the verdict rests on, or that was known and did not count."""
        return mark_from(json.loads(self.texts.facts).get("mark"))


class EarlierVerdicts:
    """The verdicts of an earlier run on one submission, of which those are used again whose keys are as they were.

    The rule: a key has in it the grader, the spec of the question, a reader's marks and the answer to it as it stands
    in the submission; of a question that may rest on more of the submission, all of that, and the sandbox that its code
    has to run in. Code is run for all of its questions at once, so these are used again together or not at all. A
    verdict with a page goes by the lines that the page shows as well: a student's own comments stand in them.
    """

    def __init__(
        self,
        specs: SpecFingerprints,
        content: str,
        marks: Marks,
        require_sandbox: Requirement,
        earlier: Sequence[KeptVerdict] = (),
        only: frozenset[str] | None = None,
    ) -> None:
        """`content` is the digest of all that was handed in; "": not all of it was read, or not all of it is graded.

        Of questions that are not in `only` everything is used again.
        """
        self._assignment = specs.assignment
        self._content = content
        self._marks = marks
        self._require_sandbox = require_sandbox
        self._earlier = {kept.question: kept for kept in earlier}
        self._only = only
        self._specs = specs
        self._keys: dict[str, str] = {}
        self._whole_keys: dict[str, str] = {}
        self._of_whole: dict[str, str] = {}
        self._used: dict[str, KeptVerdict] = {}
        self._facts: dict[str, Mapping[str, Any]] = {}
        self._pages: dict[str, KeptPage] = {}
        self._shared: dict[str, KeptVerdict] = {}
        self._opened: OpenSubmission | None = None
        self._code_shown = False

    def known_unread(self, question: Question, opened: OpenSubmission) -> KnownVerdict | None:
        """What was kept of the question, where that may be used again since nothing of the submission has changed."""
        self._opened = opened
        traits = self._specs.traits(question)
        self._whole_keys[question.id] = self._whole_key(question, traits, opened)
        kept = self._earlier.get(question.id)
        if kept is None or not self._is_of_same(kept) or not _has_page(kept, opened):
            return None
        if traits.takes_code:  # it is used again with that of other questions, which are read
            return None
        self._keys[question.id] = kept.key
        return self._used_again(kept)

    def known(self, question: Question, opened: OpenSubmission) -> KnownVerdict | None:
        """The same for one that is not known unread: its answer is read, and what is kept of it may still hold."""
        kept = self._earlier.get(question.id)
        is_same = kept is not None and self._is_of_same(kept)
        key = self._keys[question.id] = kept.key if kept is not None and is_same else self._key(question, opened)
        is_kept = self._only is not None and question.id not in self._only
        fits = kept is not None and key and kept.key == key and _has_page(kept, opened)
        if kept is not None and fits and not is_same:
            fits = self._shows_same(question, opened, kept.page)
        if kept is None or not (is_kept or (fits and self._code_is_kept(question, opened))):
            return None
        return self._used_again(kept)

    def _is_of_same(self, kept: KeptVerdict) -> bool:
        """Whether it was kept of the same submission, with all else that it rests on as it is now."""
        if not kept.key or kept.spec != self._specs.questions[kept.question]:
            return False
        return kept.whole_key == self._whole_keys[kept.question] != ""

    def _used_again(self, kept: KeptVerdict) -> KnownVerdict:
        self._used[kept.question] = kept
        self._facts[kept.question], known = kept.texts.known
        return known

    def shared(self, question: Question, kept: KeptVerdict) -> None:
        """Called with the verdict on the same answer in another submission, which was read and handed in alike."""
        self._shared[question.id] = kept

    def graded(self, question: Question, result: QuestionResult | None, effects: Effects) -> None:
        if result is not None and result.status == "held":  # the grader's own fault: it is tried again
            self._keys[question.id] = ""
        facts = {"answered": result is not None, "effects": effects_data(effects)}
        if result is not None and result.written is not None and self._opened is not None:
            mark = self._marks.get((self._opened.submission.name, question.id))
            facts |= {"written": written_facts(result.written), "mark": mark_facts(mark)}
        self._facts[question.id] = facts
        if self._opened is not None:
            self._pages[question.id] = self._page(question, self._opened, result)

    def _page(self, question: Question, opened: OpenSubmission, result: QuestionResult | None) -> KeptPage:
        """What a page shows of the question: what was handed in is kept in any case, for appeals."""
        details = (result.page if result is not None else None) or PageDetails()
        if not details.handed_in:
            details = replace(details, handed_in=tuple(self._handed_in(question, opened)))
        return kept_page(details, is_whole=opened.details.page)

    def _shows_same(self, question: Question, opened: OpenSubmission, page: KeptPage) -> bool:
        """Whether the lines that a page shows of an answer are as they were: there is more in them than the answer."""
        shown = page.details.handed_in if page.is_whole and page.details is not None else ()
        marked = {number for text in shown for number in text.marked_lines}
        names = self._specs.traits(question).way_names if shown else ()
        return all(text in shown for name in names for text in handed_in_texts(opened.submission, name, marked))

    def _handed_in(self, question: Question, opened: OpenSubmission) -> Iterator[HandedInText]:
        """What was handed in, as text; the code is shown once, with the first question that it answers."""
        for name in dict.fromkeys([question.id, *self._specs.traits(question).way_names]):
            if (answer := opened.submission.answered(name)) is not None:
                yield _cut(answer.file, answer_text(answer))
        if self._specs.traits(question).takes_code and opened.ran is not None and not self._code_shown:
            self._code_shown = True
            with suppress(SubmissionError):
                source = opened.submission.files.read(opened.ran.file, MAX_NOTEBOOK_BYTES)
                yield _cut(opened.ran.file, source.decode("utf-8", "replace"), "python")

    def kept(self, result: QuestionResult, text: str) -> KeptVerdict:
        """The verdict of a question that is in the report as `text`, for a later run."""
        if (shared := self._shared.get(result.id)) is not None:
            return shared._replace(whole_key=self._whole_keys[result.id])
        used, facts = self._used.get(result.id), self._facts[result.id]
        if used is not None:  # under its own key, which is not that of what was handed in since
            if not facts["answered"] and text is not used.texts.text:
                used = used._replace(texts=question_texts(text, facts_text(facts, result)))
            is_same = used.whole_key == self._whole_keys[result.id] or not self._is_current(used)
            return used if is_same else used._replace(whole_key=self._whole_keys[result.id])
        key = "" if result.status == "held" else self._keys[result.id]
        whole_key = self._whole_keys[result.id] if key else ""
        page = self._pages.get(result.id, NO_PAGE)
        texts, spec = question_texts(text, facts_text(facts, result)), self._specs.questions[result.id]
        return KeptVerdict(result.id, spec, key, whole_key, texts, page, is_new=True)

    def key_of(self, question: str) -> str:
        """The key of a question that was asked for; "" where it cannot be told what its verdict rests on."""
        return self._keys[question]

    @property
    def are_current(self) -> bool:
        """Whether every question of the assignment stands in the report as it would if all of them were graded now."""
        current = [name for name in self._keys if name not in self._used or self._is_current(self._used[name])]
        return set(self._specs.questions) == set(current) and all(self._keys.values())

    def _is_current(self, used: KeptVerdict) -> bool:
        return used.key == self._keys[used.question]

    @property
    def spec(self) -> str:
        """The fingerprint of what all questions of the report were graded against."""
        of_all = self._specs.questions
        found = {name: self._used[name].spec if name in self._used else of_all[name] for name in self._keys}
        return self._specs.of_report if [*found.items()] == [*of_all.items()] else fingerprint_of(found)

    def text_of(self, result: QuestionResult) -> str | None:
        """How a question stood in an earlier report, where it stands so again.

        One without an answer may be told another reason now, as that rests on other files and questions, too. Where it
        is told the same, all of its text is the same, since nothing else is said of it but what its spec says.
        """
        used = self._used.get(result.id)
        if used is None:
            return None
        facts = self._facts[result.id]
        is_same = facts["answered"] or (
            used.key != ""
            and self._is_current(used)
            and used.spec == self._specs.questions[result.id]
            and facts["status"] == result.status
            and facts["messages"] == [*result.messages]
        )
        return used.texts.text if is_same else None

    def _code_is_kept(self, question: Question, opened: OpenSubmission) -> bool:
        if not self._specs.traits(question).takes_code or self._only is not None:
            return True
        others = [other for other in self._assignment.questions if takes_code(other)]
        return all(
            (kept := self._earlier.get(other.id)) is not None
            and kept.key == self._key(other, opened)
            and _has_page(kept, opened)
            for other in others
        )

    def _key(self, question: Question, opened: OpenSubmission) -> str:
        """ "" where it cannot be told what a verdict rests on."""
        traits = self._specs.traits(question)
        if not traits.rests_on_answer_alone:
            return self._key_with(question, opened, self._content)
        try:
            return self._key_with(question, opened, [_answer_facts(opened, name) for name in traits.way_names])
        except TypeError:  # content of a kind that cannot be told apart
            return ""

    def _whole_key(self, question: Question, traits: QuestionTraits, opened: OpenSubmission) -> str:
        """A key with all of the submission in it, and with the names by which its answers are found.

        The spec of the question stands beside it, so that it is the same for most questions of a submission.
        """
        if not self._content or not traits.can_be_told_apart:
            return ""
        marks = json.dumps(self._marks_of(question, opened)) if self._marks else ""
        sandbox = self._require_sandbox if traits.takes_code else ""
        said = f"{sandbox}\0{marks}"  # the names in marks may be any text, but no NUL is in JSON
        if (found := self._of_whole.get(said)) is None:
            text = f"{grader_fingerprint()}\0{self._content}\0{self._specs.names}\0{said}"
            found = self._of_whole[said] = hashlib.sha256(text.encode()).hexdigest()[:HEX_DIGITS_KEPT]
        return found

    def _key_with(self, question: Question, opened: OpenSubmission, handed_in: Any) -> str:
        traits = self._specs.traits(question)
        if not handed_in or not traits.can_be_told_apart:
            return ""
        sandbox = self._require_sandbox if traits.takes_code else ""
        spec, marks = self._specs.questions[question.id], self._marks_of(question, opened)
        return fingerprint([grader_fingerprint(), question.id, spec, marks, handed_in, sandbox])

    def _marks_of(self, question: Question, opened: OpenSubmission) -> list[Any]:
        """The reader's marks for the question and its ways, as keys have them."""
        names = (question.id, *self._specs.traits(question).way_names) if self._marks else ()
        found = ((name, self._marks.get((opened.submission.name, name))) for name in names)
        return [[name, mark_facts(mark)] for name, mark in found if mark is not None]


def _has_page(kept: KeptVerdict, opened: OpenSubmission) -> bool:
    """Whether all that a page shows of it is kept, where this run writes pages."""
    return kept.page.is_whole or not opened.details.page


def _cut(file: str, text: str, language: str = "text") -> HandedInText:
    """What was handed in, as far as it is kept."""
    is_cut = len(text) > MAX_SHOWN_ANSWER_CHARACTERS
    return HandedInText(file, shortened(text, MAX_SHOWN_ANSWER_CHARACTERS), language, cut=is_cut)


def _answer_facts(opened: OpenSubmission, name: str) -> Any:
    try:
        return [name, answer_facts(opened.submission.answer(name))]
    except SubmissionError as error:
        return [name, "refused", [str(problem) for problem in error.problems]]
