"""The command `grader grade`: a class, from its folder to its results."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli_options import (
    COURSE_FILE,
    COURSE_OPTION,
    EXIT_EARNED,
    EXIT_HELD,
    FOLDER_OR_ZIP,
    LAYOUT_CHOICES,
    MARKS_OPTION,
    OVERRIDES_OPTION,
    said_how_to_go_on,
)
from grader.console import on_terminal, say, show, terminal_width, wants_colour
from grader.errors import HarnessError, reason_of
from grader.shared_options import SANDBOX_OPTION
from grader.startup import look_for_cycles_less_often

if TYPE_CHECKING:
    from grader.classroom.class_page_file import ClassPageFile
    from grader.classroom.class_row import ClassRows
    from grader.classroom.counting import RowObserver
    from grader.classroom.graded import Graded
    from grader.classroom.last_run import RunOutput
    from grader.classroom.run import Recorder
    from grader.classroom.statistics import ClassStatistics
    from grader.sandbox import Requirement


@click.command()
@click.argument("folder", type=FOLDER_OR_ZIP)
@click.option("--spec", metavar="SPEC", help="One spec for all; without it each submission names its own.")
@click.option("--out", default="results", show_default=True, type=click.Path(path_type=Path), help="Where results go.")
@click.option(
    "--layout",
    type=click.Choice(LAYOUT_CHOICES),
    default="auto",
    show_default=True,
    help="Which platform the submissions are downloaded from; folders or files: none.",
)
@click.option("--roster", metavar="FILE", type=COURSE_FILE, help="The students: a CSV with id, name, email, section.")
@click.option("--groups", metavar="FILE", type=COURSE_FILE, help="Who hands in together: a CSV or YAML file.")
@click.option("--jobs", "-j", type=click.IntRange(1, 256), help="How many processes (as many as there are cores).")
@click.option(
    "--cluster", metavar="ADDRESS", help="Grade on a cluster of Dask: its scheduler's tcp://HOST:PORT, or local."
)
@click.option(
    "--metadata", metavar="FILE", type=COURSE_FILE, help="When students handed in: a table that the platform made."
)
@click.option("--fresh", is_flag=True, help="Grade all again, also what has not changed since the last run.")
@click.option("--question", "-q", "questions", multiple=True, metavar="Q", help="Grade this one, leave other marks.")
@click.option(
    "--pages/--no-pages", default=True, show_default=True, help="Write a page for each student, and one for the class."
)
@click.option("--names", is_flag=True, help="The page of the class says who is who, and leads to students' pages.")
@SANDBOX_OPTION
@MARKS_OPTION
@OVERRIDES_OPTION
@COURSE_OPTION
def grade(
    folder: Path,
    spec: str | None,
    out: Path,
    layout: str,
    roster: Path | None,
    groups: Path | None,
    jobs: int | None,
    cluster: str | None,
    metadata: Path | None,
    fresh: bool,
    questions: tuple[str, ...],
    pages: bool,
    names: bool,
    require_sandbox: Requirement,
    marks: Path | None,
    overrides: Path | None,
    course: Path | None,
) -> int:
    """Grade every submission in FOLDER (or in the zip of a download): a table, grades.csv, a report and a page each."""
    from grader.classroom.last_run import RunRecord, Speaker, shown_again

    if cluster is not None:
        from grader.classroom.cluster_address import refuse_no_cluster

        refuse_no_cluster(cluster, jobs)
    options, speaker = click.get_current_context().params, Speaker(say, show, terminal_width(), wants_colour())
    if shown_again(options, speaker):
        return EXIT_EARNED
    from grader.classroom.class_list import class_list
    from grader.classroom.class_page_file import ClassPageFile
    from grader.classroom.counting import CountedAsGraded
    from grader.classroom.course_content import open_course, read_course
    from grader.classroom.course_decisions import course_decisions
    from grader.classroom.entries import entries_in
    from grader.classroom.executors import executor_for
    from grader.classroom.gradebook import gradebook_for_run
    from grader.classroom.gradebook_recorder import GradebookRecorder
    from grader.classroom.other_folders import said_of_gone, said_of_others, said_of_replaced, split_by_name
    from grader.classroom.pages_folder import PagesFolder
    from grader.classroom.progress import ProgressBar, ProgressLines
    from grader.classroom.readers_marks import said_of_marks
    from grader.classroom.recorded_rows import has_decisions
    from grader.classroom.regrading import Regrading, RegradingPlan
    from grader.classroom.result_names import CLASS_PAGE, PAGES
    from grader.classroom.results import ResultsFolder, prepare, refuse_overlap
    from grader.classroom.results_files import folders_to_make, nothing_if_refused
    from grader.classroom.run import grade_class, said_of_wrong_course, unknown_names
    from grader.classroom.unpacking import opened_class
    from grader.classroom.work import RunSettings
    from grader.kinds.open_submission import Resources
    from grader.reports.sentences import counted
    from grader.spec.course import CourseSearch
    from grader.verdict import HELD_BECAUSE
    from grader.visible import shown_name

    with opened_class(folder) as (where, said), ExitStack() as stack:
        refuse_overlap(out, where)
        record = RunRecord(options, speaker, where)
        entries = entries_in(where, out, (marks, roster, groups, overrides, metadata), layout)
        search = CourseSearch(Path.cwd(), where.resolve(), course, whole_class=True)
        settings = RunSettings(read_course(search, spec, marks), spec, require_sandbox, pages)
        record.begin(settings.course)
        resources = stack.enter_context(closing(Resources()))
        opened = open_course(settings.course, resources)
        decisions = course_decisions(entries.submissions, opened, overrides, metadata)
        students = class_list(entries, roster, groups, decisions)
        if not decisions.decisions and has_decisions(out):
            gone = "and no file says so now: name it with --overrides, or these decisions are gone"
            say(f"people decided of rows in {out}, {gone}")
        unknown = unknown_names(entries.submissions, opened, marks)
        for message in chain(said, entries.said, students.said, unknown):
            record.output.say(message)
        made = folders_to_make(out, PAGES if pages else "")
        prepare(out, pages=pages)
        source = shown_name(str(folder.resolve()))
        rebuild = shlex.join(["grader", *sys.argv[1:], *([] if fresh else ["--fresh"])])
        gradebook = stack.enter_context(gradebook_for_run(out, rebuild, fresh=fresh, say=say))
        stack.enter_context(nothing_if_refused(out, gradebook, made))
        stack.enter_context(said_how_to_go_on(out))
        regrading = Regrading(gradebook, settings, resources, record.files, fresh=fresh, only=questions)
        plan = regrading.plan(students.submissions())
        here = dict.fromkeys(students.names)
        others, replaced = split_by_name(gradebook.placed(source), here)
        for message in said_of_others(others):
            record.output.say(message)
        went_away = [submission for submission in gradebook.names_from(source) if submission not in here]
        for message in chain(said_of_replaced(replaced), said_of_gone(went_away)):
            say(message)
        students = students.with_others([other.entry for other in others])
        students.refuse_unknown()
        student_pages = PagesFolder(out, writes=pages)
        results = ResultsFolder(out, students, [other.row for other in others], students.names, student_pages)
        keeper = GradebookRecorder(gradebook, source, entries.submissions, plan.reused)
        recorders: list[Recorder] = [
            keeper,
            results,
            ProgressBar() if on_terminal(sys.stderr) else ProgressLines(say),
        ]
        look_for_cycles_less_often(at_work=True)
        counted_rows = CountedAsGraded()

        def kept(row: Graded) -> Graded:
            """The row as it is held from now on."""
            if not pages:  # else all reports are read for the page of the class
                counted_rows.add(row)
            return gradebook.with_kept_texts(row)

        todo = len(here) - len(plan.reused)
        executor = executor_for(jobs, todo, resources, cluster, say, opened.load_questions)
        graded = grade_class(tuple(here), plan.tasks, executor, recorders, plan.reused, kept, keeper.keep_together)
        book = results.book
        for message in said_of_marks(graded, plan.before):
            say(message)
        said_of_plan = plan.said(graded)
        unchanged = {row.name: row for row in graded}
        for message in said_of_marks(graded, unchanged):
            record.output.say_next_time(message)
        said_of_next = RegradingPlan((), unchanged, unchanged).said(graded)
        count = counted(len(graded), "submission")
        what = [f"{count}{f': {found}' if found else ' graded'}" for found in (said_of_plan, said_of_next)]
        page = ClassPageFile(out / CLASS_PAGE, out, book.rows, names, gradebook)
        statistics = partial(counted_rows.statistics, book.rows, graded)
        is_shown = _show_class(book, what, page, record.output, statistics, pages=pages)
    for message in student_pages.faults:
        say(message)
    held = [row.graded for row in book.rows if row.graded.status == "held"]
    if failed := sum(any(HELD_BECAUSE in message for message in row.messages) for row in held):
        say(f"{counted(failed, 'row')} held, with no marks and no loss of any: do as is said above, and grade again")
    if wrong_course := said_of_wrong_course(graded, opened):
        say(wrong_course)
    if held or book.faults or student_pages.faults or not is_shown or wrong_course:
        return EXIT_HELD
    record.keep(entries.submissions, graded, chain(results.written(), student_pages.written()))
    return EXIT_EARNED


def _show_class(
    book: ClassRows,
    graded: Sequence[str],
    page: ClassPageFile,
    output: RunOutput,
    counted: Callable[[RowObserver | None], ClassStatistics],
    *,
    pages: bool,
) -> bool:
    """Shows the rows of a class, and says what is wrong with them; whether all of it could be shown.

    `graded` says what was graded, now and the next time if nothing changes. `counted` gives the statistics, and shows
    an observer each row.
    """
    from grader.classroom.class_details import ClassDetails
    from grader.classroom.display import render_table
    from grader.classroom.statistics_text import class_text
    from grader.visible import one_line

    rows, width = [row.graded for row in book.rows], output.speaker.width
    table = partial(render_table, rows, colour=output.speaker.colour, width=width)
    stands = page.stands  # one that says what does not hold any more goes, whatever becomes of the new one
    is_shown = stands or _done("the page of an earlier class cannot be removed", page.remove)
    is_shown &= _done("the table cannot be shown", lambda: output.show(table()))
    there = one_line(str(page.results))
    where = f"grades.csv and reports/ are in {there}/"
    output.show(f"\n{graded[0]}; {where}\n", again=f"\n{graded[1]}; {where}\n")
    if pages:
        output.show(f"pages to look at: {there}/class.html, and {there}/pages/ for each submission\n")
    details = ClassDetails() if pages and not stands else None
    statistics = cache(lambda: counted(details.add if details is not None else None))
    is_shown &= _done(
        "the statistics cannot be shown", lambda: output.show(class_text(statistics(), width, full=False))
    )
    if details is not None:
        is_shown &= _done("the page of the class cannot be made", lambda: page.write(statistics(), details))
    for message in (*book.said, *book.faults):
        output.say(message)
    for line in book.rows:
        row, is_own = line.graded, line.submission in (line.graded.name, "")
        for message in row.messages if is_own and row.status in ("held", "rejected") else ():  # of a group once
            output.say(f"{row.name}: {message}")
    return is_shown


def _done(otherwise: str, work: Callable[[], None]) -> bool:
    """Whether a view of a class could be made and shown; what was graded is kept all the same, in grades.csv."""
    try:
        work()
    except HarnessError:
        raise
    except Exception as error:
        say(f"{otherwise}: {reason_of(error)}")
        return False
    return True
