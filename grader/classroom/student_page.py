"""A student's page in HTML, made of the report in JSON and of what is kept beside it, and of nothing else.

So it is the same bytes whoever makes it, when a submission is graded or later from the gradebook. Its head has a digest
of what it was made from, by which a page that stands is told to be as it should be without making it again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from grader.audience import Audience, redacted
from grader.classroom.verdicts import KeptVerdict
from grader.errors import reason_of
from grader.fingerprint import fingerprint, grader_fingerprint
from grader.reports.formats import HtmlFormat
from grader.reports.recorded import report_in
from grader.verdict import Report

WITHOUT_DETAILS = "what was handed in and its pictures cannot be shown here"

_MADE_FROM = re.compile(rb'<meta name="grader-made-from" content="(\w+)">')


def page_digest(report: str, verdicts: Sequence[KeptVerdict]) -> str:
    """The digest of what a page is made from: a report, what is kept beside its questions, and the grader itself."""
    return fingerprint([grader_fingerprint(), report, [[kept.question, kept.page.digest] for kept in verdicts]])


def digest_in(head: bytes) -> str:
    """The digest of a page, of which this is the beginning; "" where it is no page of the grader."""
    found = _MADE_FROM.search(head)
    return found[1].decode() if found else ""


def student_page(report_text: str, verdicts: Sequence[KeptVerdict]) -> str:
    """The page of a report, with what a student may see; where what is kept cannot be shown, the report alone.

    Raises:
        Exception: if the report cannot be shown either, whatever it is: that is a fault of the grader.
    """
    return page_for(Audience.STUDENT, report_text, verdicts, made_from=page_digest(report_text, verdicts))


def page_for(
    audience: Audience,
    report_text: str,
    verdicts: Sequence[KeptVerdict],
    *,
    show_expected: bool = False,
    made_from: str = "",
) -> str:
    """The same page with what an audience may see; `show_expected` is as in `redacted`.

    Raises:
        Exception: as `student_page` raises it.
    """
    report = report_in(report_text)

    def shown(report: Report) -> str:
        return HtmlFormat(made_from).render(redacted(report, audience, show_expected=show_expected))

    try:
        return shown(with_details(report, verdicts))
    except Exception as error:  # it is a view: what cannot be drawn costs neither marks nor the rest of the page
        said = f"{WITHOUT_DETAILS}: {reason_of(error)}"
    return shown(replace(report, messages=(*report.messages, said)))


def with_details(report: Report, verdicts: Sequence[KeptVerdict]) -> Report:
    """The report with what is kept beside each of its questions."""
    kept = {verdict.question: verdict.page.details for verdict in verdicts}
    return replace(report, questions=tuple(replace(q, page=kept.get(q.id)) for q in report.questions))
