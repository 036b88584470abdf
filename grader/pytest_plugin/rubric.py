"""A submission as tests: a node a question, an item a rubric line; a question is graded when its first line runs."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Any, cast

import pytest

from grader.errors import did_you_mean
from grader.grading import grade
from grader.kinds.table import ways_of
from grader.pytest_plugin.items import ReportedError, ReportedItem, ReportingPlugin
from grader.pytest_plugin.options import RUN_OPTIONS, requirement_of, resources_of, run_options
from grader.reports.lines import ReportLine, lines_of, notes, trace_in_text
from grader.reports.sentences import in_words
from grader.spec.question import Question
from grader.verdict import as_number, points_in_words
from grader.visible import one_line, visible

POINTS_PROPERTY, MAX_POINTS_PROPERTY, EVIDENCE_PROPERTY = "points", "max_points", "evidence"
"""Names of the properties that each test carries, also into JUnit files."""

OWN_CODE_REMARK = pytest.StashKey[str]()
"""What is said at the end of a run in which code ran in less than is asked for elsewhere."""

LINES_OPTION = "submission_lines"
"""The option in which workers find the lines that were asked for."""


class RubricPlugin(ReportingPlugin):
    """Collects the submission beside whatever tests are asked for; alone, where none are."""

    def __init__(self, config: pytest.Config) -> None:
        self.options = run_options(config)
        submission = self.options.handed_in()
        config.option.submission = str(submission.path.absolute())  # for workers, wherever they run
        if config.args_source is not config.ArgsSource.ARGS:
            config.args, config.args_source = [], config.ArgsSource.ARGS
        self.asked_for = self._lines_among_arguments(config)

    def _lines_among_arguments(self, config: pytest.Config) -> list[str]:
        """Takes the ids of questions and lines (`q5::stays 0 ever after`) from the arguments, which are else files.

        Raises:
            pytest.UsageError: for an argument that is neither.
        """
        if config.option.pyargs:
            return []
        start = config.invocation_params.dir
        lines = [arg for arg in config.args if not (start / arg.partition("::")[0]).exists()]
        known = [line for q in self.options.assignment.questions for line in (q.id, *ids_of(q).values())]
        for line in lines:
            if not any(within(other, line) for other in known):
                raise pytest.UsageError(f"{line!r} is neither a file nor a rubric line{did_you_mean(line, known)}")
        config.args = [arg for arg in config.args if arg not in lines]
        lines += getattr(config.option, LINES_OPTION, ())  # what a worker is given
        setattr(config.option, LINES_OPTION, lines)
        return lines

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Puts the questions first among what a session holds."""
        report = yield
        if isinstance(collector, pytest.Session) and report.passed:
            nodes = [QuestionOf.of(collector, question) for question in self.options.assignment.questions]
            for node in nodes:
                node.names = [name for name, line in ids_of(node.question).items() if self._wanted(line)]
            report.result = [*(node for node in nodes if node.names), *(report.result or ())]
        return report

    def _wanted(self, line: str) -> bool:
        return not self.asked_for or any(within(line, asked) for asked in self.asked_for)

    def pytest_report_header(self) -> str:
        """Who is graded, and for what."""
        assignment = self.options.assignment
        return f"submission: {one_line(self.options.handed_in().name)} ({assignment.id})"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The points of the lines that ran, also where other processes ran them."""
        outcomes = (reports for category, reports in terminalreporter.stats.items() if category)
        tests = (report for reports in outcomes for report in reports if isinstance(report, pytest.TestReport))
        own: list[dict[str, Any]] = [dict(report.user_properties) for report in tests]
        lines = [
            (Fraction(line[POINTS_PROPERTY]), Fraction(line[MAX_POINTS_PROPERTY]))
            for line in own
            if MAX_POINTS_PROPERTY in line
        ]
        if remark := terminalreporter.config.stash.get(OWN_CODE_REMARK, ""):
            terminalreporter.write_line(remark)
        if lines:
            earned, most = (points_in_words(sum(column, Fraction(0))) for column in zip(*lines, strict=True))
            terminalreporter.write_line(f"{one_line(self.options.handed_in().name)}: {earned} of {most} points")


class QuestionOf(pytest.Collector):
    """One question of the submission; its id is the question's name."""

    question: Question
    names: list[str]

    @classmethod
    def of(cls, session: pytest.Session, question: Question) -> QuestionOf:
        """The node of a question, at the file that it is written in."""
        assignment = session.config.stash[RUN_OPTIONS].assignment
        path = getattr(question, "path", assignment.path)
        node: QuestionOf = cls.from_parent(session, name=question.id, nodeid=question.id, path=path)
        node.question = question
        return node

    def collect(self) -> Iterator[RubricItem]:
        for name in self.names:
            yield RubricItem.from_parent(self, name=name)

    @cached_property
    def lines(self) -> Mapping[str, ReportLine]:
        """What each rubric line came to."""
        found = self.config.stash[RUN_OPTIONS]
        alone = replace(found.assignment, questions=(self.question,))
        report = grade(found.handed_in(), alone, requirement_of(self.config), run=resources_of(self.config))
        from grader.own_code import said_of_own_code

        if weaker := said_of_own_code(self.config.option.require_sandbox, report.sandbox):
            self.config.stash[OWN_CODE_REMARK] = weaker
        return {line.name: line for line in lines_of(report)}


class RubricItem(ReportedItem):
    """One rubric line.

    A line that is blocked by a lower rung of a ladder is skipped: the rung below has failed already, and nothing was
    found out about this one. What is pending is skipped too; what is held is an error, since no mark was given.
    """

    @property
    def headline(self) -> str:  # type: ignore[override]  # worked out, not set
        return f"{_question(self).id}: {self.name}"

    def setup(self) -> None:
        line = self.line = self._line()
        self.user_properties += [
            (POINTS_PROPERTY, as_number(line.points)),
            (MAX_POINTS_PROPERTY, as_number(line.max_points)),
        ]
        if evidence := in_words(line.check.evidence):
            self.user_properties.append((EVIDENCE_PROPERTY, visible(evidence)))
        if line.status == "held":
            raise ReportedError(line.text)
        if line.status in ("pending", "blocked"):
            self.skip(line.text or line.status)

    def runtest(self) -> None:
        if self.line.status != "passed":
            raise ReportedError(failure_text(self.line))

    def _line(self) -> ReportLine:
        node = cast(QuestionOf, self.parent)
        line = node.lines.get(self.name)
        if line is None and len(ways_of(node.question)) > 1:
            self.skip("belongs to another way to answer the question")
        if line is None:
            raise LookupError(f"{self.nodeid}: the report has no such line")
        return line


def _question(item: RubricItem) -> Question:
    return cast(QuestionOf, item.parent).question


def ids_of(question: Question) -> dict[str, str]:
    """The lines of a question and their ids; of one with several ways to answer, those of all ways."""
    return {line.name: f"{question.id}::{line.name}" for way in ways_of(question) for line in way.rubric}


def within(line: str, asked: str) -> bool:
    """Whether a line is the one asked for, or belongs to the question asked for; `q3` means all of its parts."""
    return line == asked or line.startswith((f"{asked}::", f"{asked}."))


def failure_text(line: ReportLine) -> str:
    """Why a line lost points: the sentence, the trace of the counterexample, and what is known of the mistake."""
    points = f"({points_in_words(line.points)} of {points_in_words(line.max_points)} points)"
    said = [f"note: {visible(message)}" for message in notes(line.question, [line.check])]
    return "\n".join(
        part for part in (f"{line.text or line.status} {points}", trace_in_text(line.check), *said) if part
    )
