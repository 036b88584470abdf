"""A zip with one file of feedback a student, named so that Moodle and Canvas take it back; else as the submission.

Sources: MoodleDocs, "Assignment grading" (Upload multiple feedback files in a zip), and moodle/moodle,
`mod/assign/feedback/file/importziplib.php`: a folder has the name of the downloaded one, `<name>_<participant>_...`,
and what lies in it goes to that student. Instructure, "How do I upload all student submissions for an assignment?",
and instructure/canvas-lms, `infer_comment_context_from_filename`: a file has the very name of a downloaded one, which
holds the ids of the student and of the file that was handed in; Canvas attaches it to a comment, under the name of
that file.

What a file says is what `grader.audience` lets students see whose submissions a platform grades.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from grader.audience import Audience, redacted
from grader.classroom.class_row import ClassRow
from grader.classroom.entries import Entry, entries_in
from grader.classroom.layouts.canvas import ways_to_read
from grader.classroom.layouts.moodle import MOODLE_NAME
from grader.classroom.platforms.matching import shortened_list
from grader.classroom.platforms.platform import PlatformFile, PlatformRequest, fault_of
from grader.classroom.result_names import other_stems
from grader.classroom.student_page import page_for
from grader.classroom.unpacking import opened_class
from grader.errors import SubmissionError
from grader.new_files import zip_entry
from grader.reports.fence import rendered
from grader.reports.formats import TerminalFormat
from grader.reports.recorded import report_in
from grader.reports.sentences import counted

MARKUPS = {"html": ".html", "markdown": ".md"}
"""What feedback may be written in, and the ending of its files. Markdown is a block of plain text: few show more."""

TEXT_ENDINGS = (".md", ".txt", ".html", ".yaml", ".yml", ".json", ".py")
"""Of files whose names feedback is rather given in Canvas, as it is text."""


class FeedbackFormat:
    """A file a student, or a submission of a group."""

    source_wanted = ""
    options = frozenset({"source", "markup", "show_expected"})

    def write(self, request: PlatformRequest) -> PlatformFile:
        said: list[str] = []
        with_report = [row for row in request.rows if row.graded.report]
        if request.source is None:
            names, ending = [row.graded.name for row in with_report], MARKUPS[request.markup or "html"]
            stems = other_stems(names)
            files = {stems.get(name, name) + ending: row for name, row in zip(names, with_report, strict=True)}
        else:
            with opened_class(request.source) as (folder, said_of_zip):
                said += said_of_zip
                files = _named_as_downloaded(entries_in(folder).submissions, with_report, request, said)
        without = [row.graded.name for row in request.rows if not row.graded.report]
        if without:
            said.append(f"no report and so no feedback, since nothing was handed in: {shortened_list(without)}")
        faults: list[str] = []
        data = _zipped(_texts(files, request, faults))
        said.append(counted(len(files) - len(faults), "file") + " of feedback")
        return PlatformFile(data, tuple(said), tuple(faults))


def _texts(files: Mapping[str, ClassRow], request: PlatformRequest, faults: list[str]) -> Iterator[tuple[str, bytes]]:
    """The name and content of each file; a report that cannot be shown is a fault of its own."""
    for name, row in files.items():
        try:
            name.encode()  # a name that a zip cannot hold would be found too late, in the middle of it
            markup = request.markup or ("html" if name.endswith(".html") else "markdown")
            text = _page(row, request) if markup == "html" else _markdown(row, request)
            yield name, text.encode("utf-8", "backslashreplace")
        except Exception as error:
            faults.append(fault_of(row, error))


def _page(row: ClassRow, request: PlatformRequest) -> str:
    """The student's page, as `grade` writes it, with what the audience may see."""
    kept = request.kept(row)
    return page_for(Audience.PLATFORM, row.graded.report, kept, show_expected=request.show_expected)


def _markdown(row: ClassRow, request: PlatformRequest) -> str:
    report = redacted(report_in(row.graded.report), Audience.PLATFORM, show_expected=request.show_expected)
    return code_block(rendered(report, [TerminalFormat(width=80)]).texts[0])


def code_block(text: str) -> str:
    """Plain text as a block of Markdown, whatever it holds."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text.rstrip()}\n{fence}\n"


def _zipped(files: Iterator[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(zip_entry(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _named_as_downloaded(
    entries: Sequence[Entry], rows: Sequence[ClassRow], request: PlatformRequest, said: list[str]
) -> dict[str, ClassRow]:
    """The name in the zip of each submission's feedback, as its platform wants it.

    Raises:
        SubmissionError: if the folder is of no platform that takes feedback back, or nothing in it is in the results.
    """
    names = {entry.name: name for entry in entries if (name := _name_in_zip(entry, request.markup))}
    if not names:
        advice = "leave --from out for a file a submission under its own name"
        raise SubmissionError(f"--from {request.source}: is no download of Moodle or Canvas: {advice}")
    by_submission = {row.submission: row for row in reversed(rows)}
    by_submission |= {row.submission: row for row in rows if row.submission == row.graded.name}
    if by_submission and not by_submission.keys() & names.keys():
        compared = f"it has {shortened_list(names)}, the results {shortened_list(row.graded.name for row in rows)}"
        advice = "name the download that was graded"
        raise SubmissionError(f"--from {request.source}: nothing in it is in the results: {compared}: {advice}")
    strange = [row.graded.name for row in rows if row.submission not in names]
    if strange:
        said.append(f"no file of theirs in the download, so no place for their feedback: {shortened_list(strange)}")
    own = {row.graded.name: row.submission for row in rows}
    elsewhere = [f"{name} ({own[name]})" for name in names if name in own and name not in by_submission]
    if elsewhere:
        said.append(f"no feedback, as their own hand-in does not count but another: {shortened_list(elsewhere)}")
    unknown = [name for name in names if name not in by_submission and name not in own]
    if unknown:
        said.append(f"in the download and not in the results: {shortened_list(unknown)}")
    return {names[submission]: row for submission, row in by_submission.items() if submission in names}


def _name_in_zip(entry: Entry, markup: str) -> str:
    """The name that leads back to the student; "" where the platform of the entry, or it itself, has none."""
    paths = sorted(entry.paths, key=lambda path: path.name)
    for path in paths:
        if found := MOODLE_NAME.fullmatch(path.name):
            feedback = f"feedback{MARKUPS[markup or 'html']}"
            prefix = path.name if path.is_dir() else path.name[: found.start("original")]
            return f"{prefix}/{feedback}" if path.is_dir() else f"{prefix}{feedback}"
    of_canvas = [path for path in paths if _is_of_canvas(path, entry)]
    return min(of_canvas, key=lambda path: path.suffix.lower() not in TEXT_ENDINGS).name if of_canvas else ""


def _is_of_canvas(path: Path, entry: Entry) -> bool:
    """Whether the name holds the ids of the student and of a file; text that was typed in has none of a file."""
    users = {person.id_of("platform") for person in entry.students}
    return any(name.file and name.user in users for name in ways_to_read(path.name))
