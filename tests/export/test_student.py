"""The copy for students: it grades what it can, says what waits, and holds no answer in any form."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from grader.answers.submission import Submission
from grader.errors import SpecError
from grader.export.student import bundle, write_bundle
from grader.grading import grade
from grader.spec.assignment import load_assignment
from grader.verdict import as_number

ROOT = Path(__file__).parents[2]
ASSIGNMENTS = ("assignment3", "sequence_lab")


@pytest.fixture(scope="module", params=ASSIGNMENTS)
def course(request):
    """A whole assignment, as the course has it."""
    return load_assignment(ROOT / "specs" / request.param)


@pytest.fixture(scope="module")
def copy(course, tmp_path_factory):
    """The folder of a student's copy."""
    folder = tmp_path_factory.mktemp("student") / "copy"
    write_bundle(course, folder)
    return folder


def everything(folder):
    return b"\n".join(path.name.encode() + b"\n" + path.read_bytes() for path in folder.rglob("*") if path.is_file())


def answers_of(question):
    """Every text of the course's spec that gives an answer away."""
    for way in getattr(question, "ways", (question,)):
        for known in getattr(way, "known", ()):
            yield getattr(known, "text", "") or getattr(known, "code", "") or known.name
            if hasattr(known, "say"):
                yield known.say
        for near in getattr(way, "near", ()):
            yield near.say
        for point in getattr(way, "accepted", ()):
            yield point.name
        yield getattr(way, "reference", "")


def test_no_answer_is_in_the_copy_by_text(course, copy):
    text = re.sub(r"\s+", " ", everything(copy).decode())
    for question in course.questions:
        for answer in filter(None, answers_of(question)):
            short = re.sub(r"\s+", " ", answer).strip()
            found = re.search(rf"(?<![\w.]){re.escape(short)}(?![\w.])", text)
            assert len(short) < 2 or not found, f"{question.id}: {short!r} can be read in the copy"


def test_no_answer_is_in_the_copy_by_key_or_file(course, copy):
    """No key that holds answers, no Python, and no name of a reference."""
    names = {path.suffix for path in copy.rglob("*") if path.is_file()}
    assert names == {".yaml"}
    assert b"reference." not in everything(copy)

    def keys(node):
        if isinstance(node, dict):
            yield from node
            for value in node.values():
                yield from keys(value)
        elif isinstance(node, list):
            for item in node:
                yield from keys(item)

    for path in (copy / "specs").rglob("*.yaml"):
        found = set(keys(yaml.safe_load(path.read_text(encoding="utf-8"))))
        assert not found & {"known", "near", "right", "derivative", "rubric", "accepts", "feeds", "up to", "options"}


def test_the_copy_grades_like_the_course_what_it_can(tmp_path):
    """Full marks stay full marks, a wrong formula is refused, and what waits is pending."""
    write_bundle(load_assignment(ROOT / "specs" / "assignment3"), tmp_path / "copy")
    mine = load_assignment(tmp_path / "copy" / "specs" / "assignment3")
    for name, wanted in {"plain_words": {"q3.1": 20, "q3.2": 20, "q3.4": 30}, "near_misses": {"q3.1": 0}}.items():
        report = grade(Submission(ROOT / "submissions_example" / name), mine)
        points = {q.id: as_number(q.points) for q in report.questions}
        assert {key: points[key] for key in wanted} == wanted
        assert {q.id for q in report.questions if q.status == "pending"} >= {"q2", "q3.3", "q4.1"}
        assert all(q.points <= q.max_points for q in report.questions)


def test_every_question_of_the_course_is_in_the_copy(course, copy):
    mine = load_assignment(copy / "specs" / course.id)
    assert [(q.id, q.points) for q in mine.questions] == [(q.id, q.points) for q in course.questions]


def test_the_blanks_can_be_checked_at_once_from_anywhere(copy, tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "grader", "check", str(copy / "submission"), "--format", "json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode in (0, 1), run.stderr
    assert json.loads(run.stdout)["points"] == 0


def test_the_copy_is_the_same_every_time(course):
    assert bundle(course) == bundle(course)


def test_a_folder_that_holds_something_is_left_alone(course, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(SpecError, match="is not empty: nothing was written"):
        write_bundle(course, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_one_question_file_is_not_enough(tmp_path):
    with pytest.raises(SpecError, match="a student's copy is made of a whole assignment"):
        write_bundle(load_assignment(ROOT / "specs" / "assignment3" / "q5.yaml"), tmp_path / "copy")
