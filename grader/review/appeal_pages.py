"""The pages of appeals: a submission is looked for, a question opened, points decided with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from grader.classroom.override_file import PointsDecision
from grader.errors import GraderError, SubmissionError, listed
from grader.reports.html import question_view
from grader.review.appeals import AppealedWork, Appeals, most_points
from grader.review.desk import Desk, StaleMarkError
from grader.review.forms import SentForm, note_in, points_in
from grader.review.responses import CONFLICT, UNPROCESSABLE, MissingPageError, PageWriter, redirect
from grader.verdict import QuestionResult, points_in_words

if TYPE_CHECKING:
    from starlette.requests import Request

FIELDS = ("line", "points", "reason", "by", "who")


class AppealPages(PageWriter):
    """The pages of appeals."""

    def __init__(self, desk: Desk, appeals: Appeals) -> None:
        super().__init__(desk)
        self._appeals = appeals

    def search(self, request: Request) -> Response:
        """The page on which a submission is looked for; who is looked for stands in no address."""
        shown = self._appeals.rows() if self.desk.names else ()
        rows = [(self.desk.key_of(row.graded.name), row.graded.name) for row in shown]
        return self.page(request, "appeals.html", rows=rows, said="", student="")

    def found(self, request: Request, form: SentForm) -> Response:
        """Leads to the submission that a form names."""
        student = note_in(form, "student")
        try:
            row = self._appeals.found(student)
        except SubmissionError as error:
            hidden = "nobody, or more than one, is meant: write the submission as grades.csv has it"
            said = str(error) if self.desk.names else hidden
            return self.page(request, "appeals.html", UNPROCESSABLE, rows=[], said=said, student=student)
        return redirect(request, f"/appeals/{self.desk.key_of(row.graded.name)}")

    def submission(self, request: Request) -> Response:
        """The questions of a submission."""
        work = self._work(request)
        views = [question_view(question) for question in work.questions]
        return self.page(
            request, "appealed.html", key=request.path_params["key"], title=self._title(work), questions=views
        )

    def question(self, request: Request) -> Response:
        """A question with its evidence, and the form in which points are decided."""
        work, question = self._question(request)
        return self._shown(request, work, question)

    def _shown(
        self, request: Request, work: AppealedWork, question: QuestionResult, status: int = 200, **data: Any
    ) -> Response:
        fields = {"line": "", "points": "", "reason": "", "by": self.desk.reader, "who": "all"}
        checks = question.checks if len(question.checks) > 1 else ()
        return self.page(
            request,
            "appeal.html",
            status,
            key=request.path_params["key"],
            number=request.path_params["number"],
            title=self._title(work),
            question=question_view(question),
            lines=[(str(i), check.name, points_in_words(check.max_points)) for i, check in enumerate(checks)],
            version=work.version(question),
            earlier=self._appeals.earlier(work, question.id),
            others=work.others,
            file=self._appeals.file.name,
            **{"said": "", "refused": (), "fields": fields, **data},
        )

    def decide(self, request: Request, form: SentForm) -> Response:
        """Keeps points that a person gives, with the reason."""
        work, question = self._question(request)
        try:
            if form.text("seen") != work.version(question):
                message = "the marks of this question were changed since this page was opened: look at them again"
                raise StaleMarkError(message)
            said = self._appeals.decide(work, self._decision(work, question, form))
        except GraderError as error:
            fields = {name: form.text(name) for name in FIELDS}
            status = CONFLICT if isinstance(error, StaleMarkError) else UNPROCESSABLE
            problems = [str(problem) for problem in error.problems]
            return self._shown(request, work, question, status, refused=problems, fields=fields)
        return self._shown(request, work, question, said=said)

    def _decision(self, work: AppealedWork, question: QuestionResult, form: SentForm) -> PointsDecision:
        lines = {str(i): check.name for i, check in enumerate(question.checks)}
        line = lines.get(form.text("line"), "")
        points = points_in(form, most_points(question, line))
        reason, by = (" ".join(note_in(form, name).split()) for name in ("reason", "by"))
        given = {"points": points is not None, "a reason": reason, "who decides it": by}
        wanted = [what for what, is_there in given.items() if not is_there]
        if points is None or wanted:
            raise SubmissionError(f"nothing was kept: say {listed(wanted)}")
        is_one = not work.row.submission or (form.text("who") == "one" and work.others)
        student = work.student if is_one else ""
        return PointsDecision(work.row.submission, question.id, points, reason, by, line, student)

    def _work(self, request: Request) -> AppealedWork:
        names = [row.graded.name for row in self._appeals.rows()]
        return self._appeals.opened(self.desk.submission_of(request.path_params["key"], names))

    def _question(self, request: Request) -> tuple[AppealedWork, QuestionResult]:
        work = self._work(request)
        number = request.path_params["number"]
        if number >= len(work.questions):
            raise MissingPageError("there is no such question in this submission any more: go back to it")
        return work, work.questions[number]

    def _title(self, work: AppealedWork) -> str:
        return work.row.graded.name if self.desk.names else "A submission"
