"""The desk as a web application: what each address answers. Who may ask is decided in `guard` before anything here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from grader.errors import GraderError
from grader.pages.environment import style_source
from grader.review.answer_pages import AnswerPages
from grader.review.appeal_pages import AppealPages
from grader.review.forms import SentForm, read_form
from grader.review.guard import Guard
from grader.review.pages import ASSETS, asset
from grader.review.responses import MissingPageError, PageWriter

if TYPE_CHECKING:
    from starlette.requests import Request

    from grader.review.appeals import Appeals
    from grader.review.desk import Desk

ANSWER = "/questions/{number:int}/answers/{key:str}"
APPEAL = "/appeals/{key:str}"


def desk_application(desk: Desk, appeals: Appeals | None, token: str, port: int, once: str = "") -> Guard:
    """The application that answers at `http://127.0.0.1:port/token/`; `appeals` None: there are none at this desk.

    `http://127.0.0.1:port/once` leads there, one time.
    """
    return Guard(_Router(desk, has_appeals=appeals is not None).application(appeals), token, port, style_source(), once)


class _Router(PageWriter):
    """The addresses of a desk."""

    def application(self, appeals: Appeals | None) -> Starlette:
        pages = AnswerPages(self.desk, has_appeals=appeals is not None)
        routes = [
            self._shown("/", pages.overview),
            self._shown("/desk.{ending:str}", self._asset),
            self._shown("/questions/{number:int}", pages.answers),
            self._shown("/questions/{number:int}/agreement", pages.agreement),
            self._shown(ANSWER, pages.answer),
            self._sent(ANSWER, pages.mark),
            self._shown(ANSWER + "/{step:str}/go", pages.neighbour),
            self._shown(ANSWER + "/text", pages.whole_text),
            self._shown(ANSWER + "/files/{file:int}", pages.file),
            self._shown(ANSWER + "/pictures/{file:int}", pages.picture),
            self._sent(ANSWER + "/like/{other:str}", pages.mark_alike),
            self._sent("/undo", pages.undo),
        ]
        if appeals is not None:
            opened = AppealPages(self.desk, appeals)
            routes += [
                self._shown("/appeals", opened.search),
                self._sent("/appeals", opened.found),
                self._shown(APPEAL, opened.submission),
                self._shown(APPEAL + "/{number:int}", opened.question),
                self._sent(APPEAL + "/{number:int}", opened.decide),
            ]
        return Starlette(routes=routes, exception_handlers={404: self._not_found})

    def _shown(self, path: str, page: Callable[[Request], Response]) -> Route:
        async def endpoint(request: Request) -> Response:
            return await run_in_threadpool(self.answered, request, page)

        return Route(path, endpoint, methods=["GET"], name=f"get {path}")

    def _sent(self, path: str, page: Callable[[Request, SentForm], Response]) -> Route:
        async def endpoint(request: Request) -> Response:
            try:
                form = await read_form(request)
            except GraderError as error:
                return self.error(request, error)
            return await run_in_threadpool(self.answered, request, lambda asked: page(asked, form))

        return Route(path, endpoint, methods=["POST"], name=f"post {path}")

    async def _not_found(self, request: Request, _error: Exception) -> Response:
        return self.error(request, MissingPageError("there is no such page at the desk"))

    def _asset(self, request: Request) -> Response:
        """The style sheet, or the script."""
        name = f"desk.{request.path_params['ending']}"
        if name not in ASSETS:
            raise MissingPageError("there is no such page at the desk")
        return Response(asset(name), headers={"Content-Type": ASSETS[name]})
