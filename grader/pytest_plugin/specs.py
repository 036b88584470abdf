"""Specs as tests: that they load, and whatever they say of themselves (reference, examples, known answers)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import cast

import pytest

from grader.errors import SpecError
from grader.kinds.finding import Finding
from grader.kinds.table import load_assignment, ways_of
from grader.pytest_plugin import SpecWarning
from grader.pytest_plugin.items import ReportedError, ReportedItem, ReportingPlugin
from grader.pytest_plugin.options import resources_of
from grader.reports.sentences import in_words
from grader.selfcheck import check_question
from grader.spec.assignment import Assignment
from grader.spec.assignment_files import MAX_SPEC_BYTES
from grader.spec.course import ASSIGNMENT_FILE
from grader.spec.question import Question
from grader.visible import one_line

LOADS_ITEM = "loads"
CONSISTENT_ITEM = "holds together"
"""The item of whatever else is found: points that add up, a rubric that covers every step, ..."""

QUESTION_KEY = re.compile(rb"^question:", re.MULTILINE)
ANSWER_KEY = re.compile(rb"^(answer|parts):", re.MULTILINE)
ASSIGNMENT_KEY = re.compile(rb"^assignment:", re.MULTILINE)
QUESTIONS_KEY = re.compile(rb"^questions:", re.MULTILINE)


class SpecPlugin(ReportingPlugin):
    """Collects the specs among the files that are asked for; registered only where specs are to be tested."""

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """An `assignment.yaml` with questions, or a question file; any other YAML is left alone."""
        if file_path.suffix != ".yaml":
            return None
        wanted = (ASSIGNMENT_KEY, QUESTIONS_KEY) if file_path.name == ASSIGNMENT_FILE else (QUESTION_KEY, ANSWER_KEY)
        with file_path.open("rb") as file:
            text = file.read(MAX_SPEC_BYTES)
        if not all(pattern.search(text) for pattern in wanted):
            return None
        node: SpecFile = SpecFile.from_parent(parent, path=file_path)
        return node


class SpecFile(pytest.File):
    """One file of a spec."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        yield LoadItem.from_parent(self, name=LOADS_ITEM)
        if self.path.name == ASSIGNMENT_FILE:
            return
        try:
            assignment = self.assignment
        except SpecError:
            return  # the first item says why
        for question in assignment.questions:
            node: QuestionSpec = QuestionSpec.from_parent(self, name=question.id)
            node.assignment, node.question = assignment, question
            yield node

    @cached_property
    def assignment(self) -> Assignment:
        """What the file holds: the whole assignment, or one question.

        Raises:
            SpecError: with every problem.
        """
        return load_assignment(self.path.parent if self.path.name == ASSIGNMENT_FILE else self.path)


class LoadItem(ReportedItem):
    """That a file can be used at all."""

    @property
    def headline(self) -> str:  # type: ignore[override]  # worked out, not set
        return f"{self.path.name}: {self.name}"

    def runtest(self) -> None:
        try:
            _ = cast(SpecFile, self.parent).assignment
        except SpecError as error:
            raise ReportedError(str(error)) from None


class QuestionSpec(pytest.Collector):
    """One question, put to the test when its first item runs."""

    assignment: Assignment
    question: Question

    def collect(self) -> Iterator[SpecItem]:
        for name in item_names(self.question):
            yield SpecItem.from_parent(self, name=name)

    @cached_property
    def findings(self) -> list[Finding]:
        """Everything that the question says of itself."""
        return list(check_question(self.question, resources_of(self.config)))


class SpecItem(ReportedItem):
    """The findings about one part of a question; what is only to be looked at becomes a warning."""

    @property
    def headline(self) -> str:  # type: ignore[override]  # worked out, not set
        return f"{cast(QuestionSpec, self.parent).question.id}: {self.name}"

    def runtest(self) -> None:
        node = cast(QuestionSpec, self.parent)
        every = node.findings
        own = [finding for finding in every if item_of(finding, node.question) == self.name]
        for finding in own:
            if finding.level == "warn":
                self._warn(f"{finding.question}: {finding.problem}")
        failed = [str(finding.problem) for finding in own if finding.level == "fail"]
        if failed:
            raise ReportedError("\n".join(failed))
        if not own and self.name != CONSISTENT_ITEM:
            earlier = [finding.text for finding in every if finding.level == "fail"]
            if not earlier:
                raise LookupError(f"{self.nodeid}: nothing was found out about it")
            self.skip(f"was not looked at, because {earlier[0]}")
        self.user_properties += [("evidence", in_words(found.evidence)) for found in own if found.evidence]

    def _warn(self, text: str) -> None:
        """A warning; a failure where warnings are errors."""
        try:
            self.warn(SpecWarning(text))
        except SpecWarning:
            raise ReportedError(text) from None


def item_names(question: Question) -> list[str]:
    """The names of a question's items, known before anything is put to the test."""
    names = [CONSISTENT_ITEM]
    for way in ways_of(question):
        names += [f"example {one_line(example.text)}" for example in getattr(way, "examples", ())]
        names += ["reference"] if getattr(way, "reference", "") else []
        names += [f"known {one_line(known.name)}" for known in getattr(way, "known", ())]
    return list(dict.fromkeys(names))


def item_of(finding: Finding, question: Question) -> str:
    """The name of the item that a finding belongs to."""
    for way in ways_of(question):
        for example in getattr(way, "examples", ()):
            if finding.text.startswith(f"the example {example.text} "):
                return f"example {one_line(example.text)}"
        reference = getattr(way, "reference", "")
        if reference and re.match(rf"(the parameters of )?{re.escape(reference)}\b", finding.text):
            return "reference"
        for known in getattr(way, "known", ()):
            if finding.text.startswith(f"known {known.name!r}"):
                return f"known {one_line(known.name)}"
    return CONSISTENT_ITEM
