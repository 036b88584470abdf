"""The classes that benchmarks grade: drawn the same from the same seed, of every kind, and with the marks that they claim."""

from collections import Counter

import pytest

from grader.answers.submission import Submission
from grader.grading import grade
from grader.kinds.table import load_assignment

from ..conftest import RUN
from .class_generator import DATA_MIX, MIX, WEIGHTS_AND_FORMULAS, ClassGenerator, write_course


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_seed_gives_the_same_bytes_and_a_larger_class_begins_alike(tmp_path):
    for name, seed, size in (("one", 3, 40), ("same", 3, 40), ("larger", 3, 60), ("other", 4, 40)):
        ClassGenerator(seed).write(tmp_path / name, size)
    one = contents(tmp_path / "one")
    assert contents(tmp_path / "same") == one
    assert contents(tmp_path / "larger").items() >= one.items()
    assert contents(tmp_path / "other") != one


def test_every_kind_comes_about_as_often_as_the_mix_says():
    generator = ClassGenerator(1)
    kinds = Counter(generator.submission(i).kind for i in range(1000))
    for kind, share in MIX.items():
        assert 0.4 < kinds[kind] / (10 * share) < 2.5
    only = ClassGenerator(1, mix={"empty": 1})
    assert {only.submission(i).kind for i in range(20)} == {"empty"}
    assert "hostile code" not in DATA_MIX


def test_few_submissions_are_alike():
    generator = ClassGenerator(2, WEIGHTS_AND_FORMULAS, {"right": 1, "near misses": 1})
    drawn = [str(generator.submission(i).files) for i in range(500)]
    assert len(set(drawn)) > 400


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class without code, graded: its submissions by kind, with their reports."""
    root = tmp_path_factory.mktemp("generated")
    course = write_course(root / "course", WEIGHTS_AND_FORMULAS)
    assignment = load_assignment(course / "specs" / "assignment3")
    drawn = ClassGenerator(5, WEIGHTS_AND_FORMULAS, DATA_MIX).write(root / "class", 80)
    found = {}
    for one in drawn:
        report = grade(Submission(root / "class" / one.name), assignment, run=RUN)
        found.setdefault(one.kind, []).append(report)
    return found


@pytest.mark.long
def test_right_ones_earn_everything_and_nothing_is_held(graded):
    assert {report.points for report in graded["right"]} == {190}
    assert "held" not in {question.status for reports in graded.values() for r in reports for question in r.questions}


@pytest.mark.parametrize(
    "kind", ["known mistakes", "near misses", "random weights", "unfinished", "broken files", "empty"]
)
def test_the_others_lose_points(graded, kind):
    reports = graded[kind]
    assert sum(report.points for report in reports) < 190 * len(reports)
    assert all(report.points < 190 for report in reports) or kind in ("known mistakes", "near misses")


def test_mistakes_are_those_that_the_spec_names(graded):
    sources = {m.source for r in graded["known mistakes"] for q in r.questions for m in q.named_mistakes}
    assert {"known answer", "reading"} <= sources
    named = Counter(
        bool(q.named_mistakes) for r in graded["near misses"] for q in r.questions if q.points < q.max_points
    )
    assert named[True] > named[False]
