"""The pages on which answers are listed, read and marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.responses import JSONResponse, Response

from grader.console import say
from grader.errors import SubmissionError
from grader.kinds.written.marks import Mark
from grader.reports.sentences import counted
from grader.review.agreement import Agreement
from grader.review.answer_view import answer_page, mark_form, picture_type, said_of_mark, shown_mark
from grader.review.desk import StaleMarkError
from grader.review.desk_answers import FILTERS, AnswerFilter, DeskAnswer, QuestionAtDesk, seen_version
from grader.review.forms import SentForm, note_in, points_in
from grader.review.marks_store import MarkConflictError
from grader.review.responses import (
    CONFLICT,
    UNPROCESSABLE,
    MissingPageError,
    PageWriter,
    download,
    redirect,
    wants_json,
    whole_number,
)
from grader.review.views import (
    PAGE_LENGTH,
    answer_rows,
    filter_tabs,
    name_of,
    question_rows,
    said_of_progress,
    suffix_in,
)
from grader.verdict import points_in_words

if TYPE_CHECKING:
    from starlette.requests import Request


class UnmarkedError(SubmissionError):
    """A form that says nothing about the points."""


class AnswerPages(PageWriter):
    """The pages of written answers."""

    # ------------------------------------------------------------- looking
    def overview(self, request: Request) -> Response:
        """The first page: the questions."""
        said = self.desk.current_review().said
        if said and not self.desk.names:  # they name submissions
            said = (f"{counted(len(said), 'remark')} on the marks or the results: see them with --names",)
        return self.page(request, "overview.html", rows=question_rows(self.desk), said=said)

    def answers(self, request: Request) -> Response:
        """The list of answers to a question."""
        at_desk, number, shown = self._question(request)
        groups = [group for group in at_desk.groups if group.is_in(shown)]
        pages = max(1, -(-len(groups) // PAGE_LENGTH))
        page = min(max(1, whole_number(request.query_params.get("page", "1"))), pages)
        part = groups[(page - 1) * PAGE_LENGTH : page * PAGE_LENGTH]
        done, of, said = said_of_progress(at_desk)
        return self.page(
            request,
            "answers.html",
            number=number,
            question=at_desk.question,
            tabs=filter_tabs(at_desk, shown, second=self.desk.second is not None),
            rows=answer_rows(at_desk, part, shown, names=self.desk.names),
            shown=shown,
            page=page,
            pages=pages,
            done=done,
            of=of,
            progress=said,
        )

    def answer(self, request: Request) -> Response:
        """The page on which an answer is marked."""
        return self._answer(request)

    def _answer(self, request: Request, status: int = 200, **data: Any) -> Response:
        at_desk, number, shown = self._question(request)
        group, answer = at_desk.found(request.path_params["key"])
        done, of, said = said_of_progress(at_desk)
        return self.page(
            request,
            "answer.html",
            status,
            number=number,
            question=at_desk.question,
            page=answer_page(self.desk, at_desk, group, answer),
            shown=shown,
            done=done,
            of=of,
            progress=said,
            **{"conflict": None, "refused": "", **data},
        )

    def neighbour(self, request: Request) -> Response:
        """Leads to the next answer, or the one before, that the filter lists; behind the last one to the list."""
        at_desk, number, shown = self._question(request)
        group, _ = at_desk.found(request.path_params["key"])
        step = request.path_params["step"]
        found = at_desk.next_to(group, shown, -1 if step == "previous" else 1)
        end = f"/questions/{number}"
        return self._redirect(request, end if found is None else f"{end}/answers/{found.first_in(shown).key}", shown)

    def agreement(self, request: Request) -> Response:
        """How far second readers agree with the marks that count."""
        at_desk, number, _ = self._question(request)
        if self.desk.second is not None and any(answer.is_in("pending") for answer in at_desk.answers):
            raise SubmissionError("the first marks stay hidden until all answers of this sample are marked")
        answers = {answer.read.submission: answer for answer in at_desk.answers}
        readers = [
            (reader, found, sorted(_disputes(at_desk, answers, found, names=self.desk.names)))
            for reader, found in self.desk.agreement(at_desk.question.id)
        ]
        return self.page(request, "agreement.html", number=number, question=at_desk.question, readers=readers)

    def whole_text(self, request: Request) -> Response:
        """All of the text of an answer, as a file."""
        at_desk, _, _ = self._question(request)
        _, answer = at_desk.found(request.path_params["key"])
        text = answer.read.answer.text or ""
        return download(text.encode("utf-8", "backslashreplace"), f"answer-{answer.number}.txt")

    def file(self, request: Request) -> Response:
        """A file that was handed in, to be stored."""
        data, name = self._file(request)
        return download(data, name)

    def picture(self, request: Request) -> Response:
        """The same, shown in a page, where it is a picture."""
        data, _ = self._file(request)
        kind = picture_type(data)
        if kind is None:
            raise MissingPageError("this is no picture that a page shows: store it, and open it")
        return Response(data, headers={"Content-Type": kind})

    def _file(self, request: Request) -> tuple[bytes, str]:
        """The bytes of a file that was handed in, and a name for it that tells nobody's."""
        at_desk, _, _ = self._question(request)
        _, answer = at_desk.found(request.path_params["key"])
        files = answer.read.answer.files
        place = request.path_params["file"]
        if place >= len(files):
            raise MissingPageError("there is no such file in this answer")
        try:
            data = self.desk.review.file_bytes(answer.read, files[place])
        except SubmissionError as error:
            if self.desk.names:
                raise
            say(str(error))  # it names the submission
            raise SubmissionError("the file cannot be opened: why is said where the desk was started") from None
        return data, f"answer-{answer.number}-file-{place + 1}{suffix_in(files[place])}"

    # ------------------------------------------------------------- marking
    def mark(self, request: Request, form: SentForm) -> Response:
        """Saves the mark that a form gives, takes one back, or uses a note again."""
        at_desk, number, shown = self._question(request)
        group, answer = at_desk.found(request.path_params["key"])
        alone = form.text("scope") == "one"
        keys = [answer.key] if alone else [one.key for one in group.answers]
        try:
            mark = self._mark_in(at_desk, form)
            self.desk.save(at_desk.question.id, keys, mark, form.text("seen_one" if alone else "seen"))
        except (StaleMarkError, MarkConflictError) as error:
            return self._conflict(request, form, error)
        except UnmarkedError as error:
            if answer.mark is None:
                self.desk.keep_note(at_desk.question.id, answer, note_in(form))
            if wants_json(request):
                is_note = form.text("do") == "note"
                return self._saved(request) if is_note else JSONResponse({"said": str(error)}, UNPROCESSABLE)
            return self._answer(request, UNPROCESSABLE, refused=str(error))
        if wants_json(request):
            return self._saved(request)
        path = f"/questions/{number}/answers/{answer.key}"
        return self._redirect(request, f"{path}/next/go" if form.text("do") == "next" else path, shown)

    def _mark_in(self, at_desk: QuestionAtDesk, form: SentForm) -> Mark | None:
        """The mark that a form gives; None where it takes the mark back.

        Raises:
            UnmarkedError: if it neither ticks a point nor gives points nor says that there are none.
            StaleMarkError: if it is about a rubric that was changed since.
        """
        question = at_desk.question
        if form.text("do") == "clear":
            return None
        if form.text("rubric") != question.fingerprint:
            raise StaleMarkError("the rubric was changed since this page was opened")
        places = {str(i): point.name for i, point in enumerate(question.rubric)}
        met = tuple(name for i, name in places.items() if i in form.texts("met"))
        points, note = points_in(form, question.points), note_in(form)
        if use := form.text("use"):
            note = "\n".join(filter(None, (note, use if use not in note else "")))
        if not met and points is None and not form.text("none"):
            wanted = "tick a point that the answer makes, give points, or choose that it makes none of them"
            raise UnmarkedError(f"nothing was saved: {wanted}")
        if met and form.text("none"):
            raise UnmarkedError(
                "nothing was saved: points are ticked, and `none of these` is, too: take one of them back"
            )
        return Mark(met, note, "", points=points)

    def _saved(self, request: Request) -> JSONResponse:
        """What the script shows when a mark was saved."""
        at_desk, _, _ = self._question(request)
        group, answer = at_desk.found(request.path_params["key"])
        form = mark_form(self.desk, at_desk.question, group, answer)
        done, of, said = said_of_progress(at_desk)
        return JSONResponse(
            {
                "said": f"saved; {said_of_mark(at_desk.question, answer)}",
                "is_marked": answer.mark is not None,
                "seen": form.seen,
                "seen_one": form.seen_one,
                "rubric_points": form.rubric_points,
                "note": form.note,
                "done": done,
                "of": of,
                "progress": said,
                "undoable": self.desk.undoable,
            }
        )

    def _conflict(self, request: Request, form: SentForm, error: SubmissionError) -> Response:
        """The page as it is now, with what this reader wanted to save beside it; nothing was saved."""
        if wants_json(request):
            return JSONResponse({"said": str(error), "conflict": True}, CONFLICT)
        at_desk, _, _ = self._question(request)
        _, answer = at_desk.found(request.path_params["key"])
        is_as_read, said = form.text("answer") == answer.read.answer.fingerprint, str(error)
        try:
            mark = self._mark_in(at_desk, form) if is_as_read else None
        except SubmissionError:
            mark = None
        if not is_as_read:
            said = "the answer was handed in anew since this page was opened: it is below, to be read"
        wanted = shown_mark(at_desk.question, mark, "you") if mark is not None else None
        places = {point.name: i for i, point in enumerate(at_desk.question.rubric)}
        conflict = {
            "said": said,
            "wanted": wanted,
            "takes_back": form.text("do") == "clear",
            "met": [places[name] for name in mark.met] if mark is not None else [],
            "points": form.text("points"),
            "note": mark.note if mark is not None else form.text("note"),
            "none": form.text("none"),
            "scope": form.text("scope"),
        }
        return self._answer(request, CONFLICT, conflict=conflict)

    def mark_alike(self, request: Request, form: SentForm) -> Response:
        """Gives an answer that is like another one the mark that this one has: on the reader's word."""
        at_desk, number, shown = self._question(request)
        _, answer = at_desk.found(request.path_params["key"])
        other, _ = at_desk.found(request.path_params["other"])
        if answer.mark is None:
            raise SubmissionError("this answer is not marked yet: mark it, and then the one that is like it")
        if answer.state != "marked":
            said = (
                "the mark of this answer has to be looked at again: say that it holds, or mark it anew, and then go on"
            )
            raise SubmissionError(said)
        if form.text("given") != seen_version(at_desk.question, [answer]):
            raise StaleMarkError("the mark of this answer was changed since this page was opened: nothing was saved")
        keys = [one.key for one in other.answers]
        self.desk.save(at_desk.question.id, keys, answer.mark, form.text("seen"))
        return self._redirect(request, f"/questions/{number}/answers/{answer.key}", shown)

    def undo(self, request: Request, _form: SentForm) -> Response:
        """Takes the last change back, and leads to the answer that it was of."""
        question, key = self.desk.undo()
        numbers = [one.id for one in self.desk.review.questions]
        return self._redirect(request, f"/questions/{numbers.index(question)}/answers/{key}", "all")

    # ------------------------------------------------------------- what requests have in common
    def _question(self, request: Request) -> tuple[QuestionAtDesk, int, AnswerFilter]:
        """The question, its number and the filter that an address names."""
        questions = self.desk.current_review().questions
        number = request.path_params["number"]
        if number >= len(questions):
            raise MissingPageError("there is no such question here any more: go back to the first page")
        asked = request.query_params.get("show", "")
        shown: AnswerFilter = next((name for name in FILTERS if name == asked), "pending")
        return self.desk.question(questions[number].id), number, shown

    def _redirect(self, request: Request, path: str, shown: AnswerFilter) -> Response:
        return redirect(request, f"{path}?show={shown}")


class ShownDispute(NamedTuple):
    """An answer in dispute; in the order of numbers, which tells nobody's name."""

    number: int
    key: str
    name: str
    points: str
    marks: str


def _disputes(
    at_desk: QuestionAtDesk, answers: Mapping[str, DeskAnswer], found: Agreement, *, names: bool
) -> Iterator[ShownDispute]:
    for dispute in found.disputes:
        answer = answers.get(dispute.read.submission)
        if answer is not None:
            one, two = map(points_in_words, (dispute.first_points, dispute.second_points))
            most = points_in_words(at_desk.question.points)
            marks = f"{one} and {two} of {most}"
            yield ShownDispute(
                answer.number, answer.key, name_of(answer, names=names), "; ".join(dispute.points), marks
            )
