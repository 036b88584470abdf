"""What judging the first answers of a run loads and builds, ahead of time: processes that are forked then have it.

The rule: only answers that the spec itself gives are judged here, since what a student hands in may end the process,
and none that is Python, whose sandbox starts threads. Questions are judged with little work, and only so many answers
that the run does not wait for it. What comes of them is thrown away: no verdict on them is used again.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import islice, zip_longest

from grader.answers.content import FileContent, FilesContent
from grader.classroom.course_content import course_resource, open_course
from grader.classroom.work import RunSettings, Work, packed_work
from grader.deferred import replace
from grader.documents import yaml_key
from grader.kinds.kind import kind_of
from grader.kinds.open_submission import Resources
from grader.kinds.table import ways_of
from grader.kinds.variants.question import has_variants
from grader.spec.assignment import Assignment
from grader.spec.question import Question

MAX_WARM_UP_S = 0.1
"""Processor time after which no further answers are judged; most that a run needs was built by then."""

SUBMISSIONS_PER_PRACTICE = 8
"""How many submissions of a run make up for judging one that is made of the spec."""

PRACTICE_NAME, PRACTICE_FILE = "practice", "answers.yaml"


def warm_up(settings: RunSettings, resources: Resources, count: int) -> None:
    """Loads the questions of a run of so many submissions, and judges answers to them; it never raises.

    `resources` are those of the run, in which its course is open.
    """
    course = open_course(settings.course, resources)
    course.load_questions()
    with suppress(Exception):  # whoever grades is told
        (spec,) = course.specs
        assignment = course.outlined(spec)
        easy = tuple(map(_with_little_work, assignment.questions))
        practice = Resources()  # never closed: the files are those of the course
        practice.resource(
            course_resource(settings.course), lambda: course.for_practice(replace(assignment, questions=easy))
        )
        _judge(islice(practice_answers(assignment), count // SUBMISSIONS_PER_PRACTICE), settings, practice)


def practice_answers(assignment: Assignment) -> Iterator[str]:
    """Texts of `answers.yaml`, each with another one of the answers that the spec gives to each question."""
    asked = list(filter(_is_practised, assignment.questions))
    for texts in zip_longest(*[kind_of(question).known_texts(question) for question in asked]):
        answers = [f"{yaml_key(question.id)}: {text}" for question, text in zip(asked, texts, strict=True) if text]
        yield "\n".join([f"assignment: {yaml_key(assignment.id)}", *answers, ""])


def _judge(texts: Iterator[str], settings: RunSettings, opened: Resources) -> None:
    """Judges submissions with these answers; the first of them twice, as it is known the second time."""
    until = time.thread_time() + MAX_WARM_UP_S
    with closing(Resources(opened)) as run:
        for number, text in enumerate(texts):
            for _ in range(1 if number else 2):
                packed_work(_work(text, settings), run)
            if time.thread_time() > until:
                return


def _work(text: str, settings: RunSettings) -> Work:
    data = text.encode()
    digest = hashlib.sha256(data)
    file = FileContent(PRACTICE_FILE, "file", len(data), digest.hexdigest(), data=data)
    files = FilesContent(is_folder=True, files=(file,), unread={}, may_be_linked=False, left_aside=())
    return Work(PRACTICE_NAME, PRACTICE_NAME, False, (), files, (), (), settings, digest.digest())


def _is_practised(question: Question) -> bool:
    return not has_variants(question) and not any(kind_of(way).takes_code for way in ways_of(question))


def _with_little_work(question: Question) -> Question:
    return kind_of(question).with_little_work(question) if _is_practised(question) else question
