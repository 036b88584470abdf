"""A run of `grader grade`, step by step: a class is read, graded into a folder of results, and shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from functools import partial
from itertools import chain
from pathlib import Path

from grader.classroom.class_list import class_list
from grader.classroom.class_page_file import ClassPageFile
from grader.classroom.counting import CountedAsGraded
from grader.classroom.course_content import open_course, read_course
from grader.classroom.course_decisions import course_decisions
from grader.classroom.entries import entries_in
from grader.classroom.executors import executor_for
from grader.classroom.grade_options import GradeOptions
from grader.classroom.gradebook import gradebook_for_run
from grader.classroom.gradebook_recorder import GradebookRecorder
from grader.classroom.graded import Graded
from grader.classroom.last_run import RunRecord, Speaker
from grader.classroom.other_folders import said_of_gone, said_of_others, said_of_replaced, split_by_name
from grader.classroom.pages_folder import PagesFolder
from grader.classroom.readers_marks import said_of_marks
from grader.classroom.recorded_rows import has_decisions
from grader.classroom.regrading import Regrading, RegradingPlan
from grader.classroom.result_names import CLASS_PAGE, PAGES
from grader.classroom.results import ResultsFolder
from grader.classroom.results_files import folders_to_make, nothing_if_refused
from grader.classroom.results_place import prepare, refuse_overlap
from grader.classroom.run import Recorder, grade_class, said_of_wrong_course, unknown_names
from grader.classroom.shown_class import show_class
from grader.classroom.work import RunSettings
from grader.kinds.open_submission import Resources
from grader.reports.sentences import counted
from grader.spec.course import CourseSearch
from grader.startup import look_for_cycles_less_often
from grader.verdict import HELD_BECAUSE
from grader.visible import shown_name


class ClassRun:
    """The steps are `open_results`, `grade` and `show`, then `say_faults` and `keep`, each once and in this order.

    What `stack` has opened is closed before the last two: a gradebook that is open is no file to be looked at.
    """

    def __init__(
        self, options: GradeOptions, speaker: Speaker, where: Path, said: Sequence[str], stack: ExitStack
    ) -> None:
        """Reads the class in the folder `where`, and its course; `said` is what is to be said of the folder.

        Raises:
            GraderError: if the folder, the course or a file that the options name cannot be used.
        """
        refuse_overlap(options.out, where)
        self._options, self._say, self._stack = options, speaker.say, stack
        self._record = RunRecord(options._asdict(), speaker, where)
        self._output = self._record.output
        self._entries = entries_in(where, options.out, options.named_files, options.layout)
        search = CourseSearch(Path.cwd(), where.resolve(), options.course, whole_class=True)
        content = read_course(search, options.spec, options.marks)
        self._settings = RunSettings(content, options.spec, options.require_sandbox, options.pages)
        self._record.begin(content)
        self._resources = stack.enter_context(closing(Resources()))
        self._course = open_course(content, self._resources)
        self._read_students(said)

    def _read_students(self, said: Sequence[str]) -> None:
        """Reads who the students are and what people decided, and says what there is to say of all that was read."""
        options, submissions = self._options, self._entries.submissions
        decisions = course_decisions(submissions, self._course, options.overrides, options.metadata)
        self._students = class_list(self._entries, options.roster, options.groups, decisions)
        if not decisions.decisions and has_decisions(options.out):
            gone = "and no file says so now: name it with --overrides, or these decisions are gone"
            self._say(f"people decided of rows in {options.out}, {gone}")
        unknown = unknown_names(submissions, self._course, options.marks)
        for message in chain(said, self._entries.said, self._students.said, unknown):
            self._output.say(message)

    def open_results(self, rebuild: str) -> None:
        """Opens the folder of results and the gradebook in it; `rebuild` is the command that grades all anew.

        Raises:
            SubmissionError: if results cannot be written there.
            HarnessError: if the gradebook is damaged, or another run writes to it.
        """
        out = self._options.out
        made = folders_to_make(out, PAGES if self._options.pages else "")
        prepare(out, pages=self._options.pages)
        opened = gradebook_for_run(out, rebuild, fresh=self._options.fresh, say=self._say)
        self._gradebook = self._stack.enter_context(opened)
        self._stack.enter_context(nothing_if_refused(out, self._gradebook, made))

    def grade(self, progress: Recorder) -> None:
        """Grades what has changed and writes reports, pages and `grades.csv`; `progress` shows how far it is.

        Raises:
            GraderError: if the spec that was asked for cannot be used, or nothing can be written.
        """
        options = self._options
        regrading = Regrading(
            self._gradebook, self._settings, self._resources, self._record.files,
            fresh=options.fresh, only=options.questions,
        )  # fmt: skip
        self._plan = plan = regrading.plan(self._students.submissions())
        here = dict.fromkeys(self._students.names)
        recorders = (*self._recorders(here, shown_name(str(options.folder.resolve()))), progress)
        look_for_cycles_less_often(at_work=True)
        self._counted = CountedAsGraded()
        todo = len(here) - len(plan.reused)
        executor = executor_for(
            options.jobs, todo, self._resources, options.cluster, self._say, self._course.load_questions
        )
        together = self._keeper.keep_together
        self._graded = grade_class(tuple(here), plan.tasks, executor, recorders, plan.reused, self._kept, together)

    def _recorders(self, here: Mapping[str, None], source: str) -> tuple[Recorder, Recorder]:
        """What keeps the rows: the gradebook, and the folder of results, which has rows of other folders too.

        `here` are the names of the submissions in this folder, which is called `source`.
        """
        others, replaced = split_by_name(self._gradebook.placed(source), here)
        for message in said_of_others(others):
            self._output.say(message)
        went_away = [submission for submission in self._gradebook.names_from(source) if submission not in here]
        for message in chain(said_of_replaced(replaced), said_of_gone(went_away)):
            self._say(message)
        self._students = students = self._students.with_others([other.entry for other in others])
        students.refuse_unknown()
        out, rows = self._options.out, [other.row for other in others]
        self._pages = PagesFolder(out, writes=self._options.pages)
        self._results = ResultsFolder(out, students, rows, students.names, self._pages)
        self._keeper = GradebookRecorder(self._gradebook, source, self._entries.submissions, self._plan.reused)
        return self._keeper, self._results

    def _kept(self, row: Graded) -> Graded:
        """The row as it is held from now on."""
        if not self._options.pages:  # else all reports are read for the page of the class
            self._counted.add(row)
        return self._gradebook.with_kept_texts(row)

    def show(self) -> None:
        """Shows the table and the statistics, and writes the page of the class."""
        graded, plan, book = self._graded, self._plan, self._results.book
        for message in said_of_marks(graded, plan.before):
            self._say(message)
        said_of_plan = plan.said(graded)
        unchanged = {row.name: row for row in graded}
        for message in said_of_marks(graded, unchanged):
            self._output.say_next_time(message)
        said_of_next = RegradingPlan((), unchanged, unchanged).said(graded)
        count = counted(len(graded), "submission")
        what = [f"{count}{f': {found}' if found else ' graded'}" for found in (said_of_plan, said_of_next)]
        out = self._options.out
        page = ClassPageFile(out / CLASS_PAGE, out, book.rows, self._options.names, self._gradebook)
        statistics = partial(self._counted.statistics, book.rows, graded)
        self._is_shown = show_class(book, what, page, self._output, statistics, pages=self._options.pages)

    def say_faults(self) -> bool:
        """Says what went wrong in the grader or the course; whether anything did."""
        for message in self._pages.faults:
            self._say(message)
        book = self._results.book
        held = [row.graded for row in book.rows if row.graded.status == "held"]
        if failed := sum(any(HELD_BECAUSE in message for message in row.messages) for row in held):
            rows = counted(failed, "row")
            self._say(f"{rows} held, with no marks and no loss of any: do as is said above, and grade again")
        if wrong_course := said_of_wrong_course(self._graded, self._course):
            self._say(wrong_course)
        return bool(held or book.faults or self._pages.faults or not self._is_shown or wrong_course)

    def keep(self) -> None:
        """Keeps what the run rested on and what it showed, so that the same command need not do it again."""
        written = chain(self._results.written(), self._pages.written())
        self._record.keep(self._entries.submissions, self._graded, written)
