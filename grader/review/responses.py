"""What answers of the desk have in common: pages, errors as pages, files that are stored and never opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from grader.console import say
from grader.errors import GraderError, SpecError, SubmissionError, reason_of
from grader.review.desk import Desk, StaleMarkError
from grader.review.desk_answers import MissingAnswerError
from grader.review.forms import TooLargeFormError
from grader.review.marks_store import MarkConflictError
from grader.review.pages import desk_page

if TYPE_CHECKING:
    from starlette.requests import Request

JSON_TYPE = "application/json"
SEE_OTHER, UNPROCESSABLE, NOT_FOUND, CONFLICT, TOO_LARGE, FAULT = 303, 422, 404, 409, 413, 500

FILE_HEADERS = {"Content-Type": "application/octet-stream"}
"""Of a file that was handed in: the browser stores it and opens nothing of it itself."""


class MissingPageError(SubmissionError):
    """An address that nothing is at."""


class PageWriter:
    """Writes the pages of one desk."""

    def __init__(self, desk: Desk, *, has_appeals: bool = True) -> None:
        self.desk = desk
        self._has_appeals = has_appeals

    def answered(self, request: Request, page: Callable[[Request], Response]) -> Response:
        """The answer of a page; an error is a page of its own, and ends nothing."""
        try:
            return page(request)
        except GraderError as error:
            return self.error(request, error)
        except Exception as error:
            reason = f"a fault of the desk itself: {reason_of(error)}"
            say(reason)
            return self.error(request, GraderError(reason), FAULT)

    def error(self, request: Request, error: GraderError, status: int | None = None) -> Response:
        """A page that says what is wrong; for the script, the same as JSON."""
        if status is None:
            status = _status_of(error)
        problems = [str(problem) for problem in error.problems]
        if wants_json(request):
            return JSONResponse({"said": "; ".join(problems)}, status)
        is_file = isinstance(error, SpecError)
        return self.page(request, "error.html", status, problems=problems, is_file=is_file)

    def page(self, request: Request, template: str, status: int = 200, **data: Any) -> HTMLResponse:
        """A page with the values of `data`."""
        shared = {
            "root": request.scope["root_path"],
            "names": self.desk.names,
            "reader": self.desk.second.reader if self.desk.second else self.desk.reader,
            "is_second": self.desk.second is not None,
            "undoable": self.desk.undoable,
            "has_appeals": self._has_appeals,
        }
        return HTMLResponse(desk_page(template, **shared, **data), status)


def redirect(request: Request, path: str) -> Response:
    """Leads to another page of the desk."""
    return RedirectResponse(f"{request.scope['root_path']}{path}", SEE_OTHER)


def _status_of(error: GraderError) -> int:
    if isinstance(error, TooLargeFormError):
        return TOO_LARGE
    if isinstance(error, MissingPageError | MissingAnswerError):
        return NOT_FOUND
    if isinstance(error, MarkConflictError | StaleMarkError):
        return CONFLICT
    return UNPROCESSABLE


def wants_json(request: Request) -> bool:
    """Whether the script asks, and not a form by itself."""
    return request.headers.get("accept", "") == JSON_TYPE


def whole_number(text: str) -> int:
    """The number of a page, 1 where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def download(data: bytes, name: str) -> Response:
    """A file under a name of letters, digits and dashes alone, which the browser stores."""
    return Response(data, headers={**FILE_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'})
