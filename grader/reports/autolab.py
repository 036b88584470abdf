"""A report as what an autograder of Autolab prints: text for the student, feedback as JSON, scores on the last line.

Sources: Autolab documentation, "Guide for Lab Authors" (docs.autolabproject.com/lab) and "Formatted Feedback"
(docs.autolabproject.com/features/formatted-feedback); `parseAutoresult` and `saveAutograde` of
`app/helpers/assessment_autograde_core.rb`. What follows from them:

- The last line is a JSON object with `scores`, and the line before it one with `_presentation`.
- Before it is read, each `word:` of the last line becomes `"word":`, also in the middle of a text. So no name of a
  problem has a colon behind a letter or a digit: `problem_name` is how a question is called there.
- Names must be those that the assessment has: a name that it lacks, a line that is no JSON and one without scores are a
  zero in every problem. A problem that is left out has no score yet, and so is what is held or waits for a reader.
  Where nothing else is left, these are `null`, which is no score either.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from grader.reports import terminal
from grader.reports.lines import ReportLine, clipped, lines_of, unique_names
from grader.reports.waiting import FAULT_NOTE, NO_REPORT_NOTE, held_note, reason_in_words
from grader.verdict import Report, as_number
from grader.visible import one_line

MAX_HINT_CHARACTERS = 500
"""Characters of a line's reason in the table of feedback; the text above has all of it."""

MAX_AUTOLAB_TEXT_CHARACTERS = 100_000
MAX_FEEDBACK_BYTES = 300_000
"""Of what is printed before the scores: Tango, which runs autograders, cuts outputs of more than 1000 KiB
(`MAX_OUTPUT_FILE_SIZE`), and a last line that is cut is a zero in every problem."""

NO_STAGES: Mapping[str, Any] = {"_presentation": "semantic", "stages": []}
"""Feedback without tables."""

MANGLED = re.compile(r"(?<=\S):")
"""A colon that the platform may take for the end of a key; other letters are written as `\\u00e9` there."""


def problem_name(question: str) -> str:
    """What a question is called as a problem of an assessment: its id, with nothing that the platform would change."""
    return MANGLED.sub(" :", one_line(question)).strip(" ").lstrip("_") or "problem"


def problem_names(questions: Iterable[str]) -> Mapping[str, str]:
    """The problems of several questions by their ids; no two have one name."""
    ids = list(questions)
    return dict(zip(ids, unique_names(map(problem_name, ids), same=str.lower), strict=True))


def render(report: Report) -> str:
    """The text and the two lines; the same report gives the same bytes."""
    lines = lines_of(report)
    note = held_note(lines) or (FAULT_NOTE if report.status == "held" else "")
    text = clipped(terminal.render(report), MAX_AUTOLAB_TEXT_CHARACTERS) + (f"\n{note}\n" if note else "")
    feedback = _line(_feedback(lines))
    if len(feedback) > MAX_FEEDBACK_BYTES:
        feedback = _line(NO_STAGES)
    return f"{text}\n{feedback}\n{_line({'scores': scores(report)})}\n"


def scores(report: Report) -> dict[str, int | float | None]:
    """The score of each problem that has one; where none has, of each problem that it has none."""
    names = problem_names(question.id for question in report.questions)
    waiting = [question for question in report.counted if question.status == "held" or question.pending_points]
    marked: dict[str, int | float | None] = {
        names[q.id]: as_number(q.points) for q in report.counted if q not in waiting
    }
    return marked or dict.fromkeys((names[question.id] for question in report.questions), None)


def not_marked(questions: Iterable[str]) -> str:
    """What is printed where there is no report: no problem has a score, and nobody has a zero."""
    names = problem_names(questions)
    return f"{NO_REPORT_NOTE}\n\n{_line(NO_STAGES)}\n{_line({'scores': dict.fromkeys(names.values(), None)})}\n"


def _line(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=True)


def _feedback(lines: list[ReportLine]) -> dict[str, Any]:
    """A table for each question: its lines, which passed, and why others did not."""
    stages: dict[str, dict[str, Any]] = {}
    for line in lines:
        tests = stages.setdefault(f"Problem {one_line(line.question.id)}", {})
        passed = line.status == "passed"
        hint = {} if passed else {"hint": clipped(reason_in_words(line), MAX_HINT_CHARACTERS)}
        tests[f"- {one_line(line.name)}"] = {"passed": passed, **hint}
    return {"_presentation": "semantic", "stages": list(stages), **stages}
