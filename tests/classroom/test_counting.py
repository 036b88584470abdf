"""A class is counted by what is kept with its rows, without their reports: with the same result as by the reports."""

import json
import random
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from fractions import Fraction

import pytest

from grader.classroom import counting, facts
from grader.classroom.class_row import ClassRow
from grader.classroom.counting import CountedAsGraded, class_statistics
from grader.classroom.facts import question_facts, reported_questions
from grader.classroom.graded import TextsInMemory
from grader.classroom.kept_row import PackedTexts, _digest, facts_in_brief, packed
from grader.classroom.question_texts import question_texts
from grader.classroom.result_names import GRADEBOOK_FILE
from grader.classroom.statistics_json import render
from grader.classroom.statistics_text import class_text
from grader.classroom.verdicts import KeptVerdict
from grader.errors import HarnessError

from ..answers.helpers import Q5, Q6, write
from ..forked import forked
from .statistics_rows import held_whole, line, nothing, question, row
from .test_same_results import CLASS, PEOPLE, course

__all__ = ["course"]

VARIANTS = ({}, {"h0": "0"}, {"h0": "1"})


def by_reports(rows):
    """The same rows, of which nothing is kept but the reports."""
    return [replace(row, graded=replace(row.graded, texts=TextsInMemory(row.graded.report))) for row in rows]


def by_facts(rows):
    """The same rows as they are packed, with no report that could be read."""
    found = []
    for one in rows:
        verdicts = [
            KeptVerdict(asked["id"], "", "", "", question_texts(json.dumps(asked), ""))
            for asked in questions_in(one.graded.report)
        ]
        kept = packed(replace(one.graded, texts=TextsInMemory(one.graded.report, tuple(verdicts))))
        texts = PackedTexts(kept, b"no", facts_in_brief(kept.brief, kept.digest))
        found.append(replace(one, graded=replace(one.graded, texts=texts)))
    return found


def questions_in(report):
    return json.loads(report)["questions"] if report else []


def said(statistics):
    """All that is said of a class."""
    return render(statistics), class_text(statistics, 120, full=True), class_text(statistics, 80, full=False)


# ------------------------------------------------------------------ rows written by hand
def drawn_line(rng, number):
    earned, outcome = rng.choice(
        [(6, None), (0, None), (0, "blocked"), (2, None), (0, "pending"), (0, "held"), (Fraction(1, 3), None)]
    )
    found = line(f"line {number}", earned, 6, outcome, rng.choice([None, "01", "0"]) if earned == 0 else None)
    if Fraction(earned).denominator > 1:
        found["exact"] = {"points": str(earned)}
    return found


def drawn_question(rng, name):
    status = rng.choice(["graded"] * 8 + ["pending", "held", "missing", "rejected", "excused"])
    more = {"fingerprint": rng.choice("fgh") * 64} if rng.random() < 0.4 else {}
    if rng.random() < 0.5:
        more["weights_fingerprint"] = f"{rng.randrange(8):032x}"
    if variant := rng.choice(VARIANTS):
        more |= {"variant": variant, "right_for": rng.sample(["h0 = 0", "h0 = 1", "h0 = 2"], rng.randrange(3))}
    if rng.random() < 0.1:
        more["override"] = {"points": 1, "graded": {"points": 0, "as": rng.choice(["graded", "held", "missing"])}}
    mistakes = rng.sample([("near miss", "1/4"), ("known answer", "copies \ud800x")], rng.choice([0, 0, 1, 2]))
    lines = [drawn_line(rng, number) for number in range(rng.randrange(1, 4))]
    return question(name, *lines, status=status, title=f"About {name}", mistakes=mistakes, **more)


def drawn_rows(rng, size=60):
    """Rows of a class: alone and in groups, of two assignments, held as a whole, missing, without an assignment."""
    rows = []
    for number in range(size):
        questions = [drawn_question(rng, name) for name in ("q1", "q2", "q3") if rng.random() < 0.9]
        team = f"s{rng.randrange(number + 1)}" if rng.random() < 0.2 else None
        rows.append(row(f"s{number}", *questions, assignment=rng.choice("aab"), submission=team))
    rows += [held_whole("h1", ("q1", "q2")), held_whole("h2"), nothing("n1"), nothing("n2", ())]
    excused = replace(rows[0].graded, name="e", status="excused")
    rows.append(replace(rows[0], graded=excused))
    rng.shuffle(rows)
    return rows


@pytest.mark.parametrize("seed", range(30))
def test_kept_facts_say_what_the_reports_say(seed):
    rows = drawn_rows(random.Random(seed))
    assert said(class_statistics(by_facts(rows))) == said(class_statistics(by_reports(rows)))


@pytest.mark.parametrize("seed", range(10))
def test_answers_of_which_the_same_is_said_count_as_often_as_there_are_submissions(seed):
    """Counted once more in the plainest way, submission by submission."""
    rows = drawn_rows(random.Random(seed), 200)
    lost, points, mistakes, alike, answers = Counter(), Counter(), Counter(), Counter(), Counter()
    seen = set()
    for one in rows:
        if one.graded.status == "excused" or one.submission in seen or not one.submission:
            continue
        for asked in questions_in(one.graded.report):
            is_given = "override" in asked and asked["override"]["graded"]["as"] == "missing"
            if asked["status"] not in ("graded", "pending", "held") or is_given:
                continue
            where = one.graded.assignment, asked["id"]
            answers[where] += 1
            mistakes.update((*where, mistake["name"]) for mistake in asked.get("mistakes", ()))
            alike.update((*where, asked[key]) for key in ("fingerprint", "weights_fingerprint") if key in asked)
            for check in asked["checks"]:
                if check["points"] < check["max_points"] and check["outcome"] not in ("pending", "held"):
                    lost[*where, check["name"]] += 1
                    earned = Fraction(check.get("exact", {}).get("points", check["points"]))
                    points[*where, check["name"]] += check["max_points"] - earned
        seen.add(one.submission)
    of = [
        ((assignment, name), found)
        for assignment, of in class_statistics(by_facts(rows)).assignments.items()
        for name, found in of.questions.items()
    ]
    lines = [((*where, name), losses) for where, found in of for name, losses in found.lines.items()]
    assert {name: losses.submissions for name, losses in lines} == lost
    assert {name: losses.points for name, losses in lines} == points
    assert {where: found.answers for where, found in of if found.answers} == answers
    assert {(*where, m.name): n for where, found in of for m, n in found.mistakes.items()} == mistakes
    groups = [(w, key, a) for w, found in of for key, a in (found.behaviours | found.weights).items()]
    assert {(*where, key): a.names.count for where, key, a in groups} == {k: n for k, n in alike.items() if n > 1}


def test_an_observer_hears_of_rubric_lines_and_counts_the_same():
    rows, heard = drawn_rows(random.Random(1)), []
    statistics = class_statistics(rows, lambda row, questions, *, is_new: heard.append((row, questions, is_new)))
    assert said(statistics) == said(class_statistics(by_facts(rows)))
    assert {row.graded.name for row, _, _ in heard} == {row.graded.name for row in rows} - {"e", "n1", "n2"}
    for row_heard, questions, _ in heard:
        asked = json.loads(row_heard.graded.report)["questions"]
        assert [reported.checks for reported in questions] == [one["checks"] for one in asked]
        assert [reported.facts.question for reported in questions] == [one["id"] for one in asked]


# ------------------------------------------------------------------ counted as they are graded
def as_graded(rows):
    """The rows of submissions alone, as they come when they are graded; none of them was decided about."""
    by_name = {one.submission: one for one in rows if one.submission and one.graded.status != "excused"}
    return [ClassRow(replace(one.graded, name=name), name) for name, one in by_name.items()]


def counted_as_graded(rows):
    counted = CountedAsGraded()
    for one in rows:
        counted.add(one.graded)
    return counted


def refuse(*_):
    raise AssertionError("it is counted anew")


@pytest.mark.parametrize("seed", range(10))
def test_rows_that_stand_as_they_were_graded_are_not_counted_anew(monkeypatch, seed):
    rows = as_graded(drawn_rows(random.Random(seed), 100))
    want, counted = said(class_statistics(rows)), counted_as_graded(by_facts(rows))
    monkeypatch.setattr(counting, "class_statistics", refuse)
    assert said(counted.statistics(rows, [one.graded for one in rows])) == want
    with pytest.raises(AssertionError, match="counted anew"):
        counted.statistics(rows, [one.graded for one in rows], lambda row, questions, *, is_new: None)


def has_other_marks(rows):
    rows[3] = replace(rows[3], graded=replace(rows[3].graded, total=None))


def is_of_another(rows):
    rows[3] = replace(rows[3], graded=rows[3].graded, submission=rows[4].submission)


def is_left_out(rows):
    del rows[-1]


def comes_from_elsewhere(rows):
    rows.append(ClassRow(row("elsewhere", question("q1", line("all", 0, 4))).graded, "elsewhere"))


@pytest.mark.parametrize("change", [has_other_marks, is_of_another, is_left_out, comes_from_elsewhere])
def test_rows_of_a_class_that_are_others_than_were_graded_are_counted_anew(change):
    rows = as_graded(drawn_rows(random.Random(2), 100))
    counted, graded = counted_as_graded(by_facts(rows)), [one.graded for one in rows]
    before = said(class_statistics(rows))
    change(rows)
    assert said(counted.statistics(rows, graded)) == said(class_statistics(rows)) != before


def test_a_row_that_was_added_twice_or_could_not_be_counted_has_all_counted_anew():
    rows = as_graded(drawn_rows(random.Random(3), 20))
    graded, want = [one.graded for one in rows], said(class_statistics(rows))
    twice, unread = counted_as_graded([*rows, rows[-1]]), counted_as_graded(rows[:-1])
    unread.add(replace(graded[-1], texts=UnreadTexts()))
    assert said(twice.statistics(rows, graded)) == said(unread.statistics(rows, graded)) == want


class UnreadTexts:
    """Texts that cannot be read where they are."""

    has_report = True

    @property
    def answer_facts(self):
        raise HarnessError("gone")


def test_what_is_said_of_an_answer_does_not_name_it():
    """So all who lose the same lines share one text, whatever their networks are."""
    lines = line("all", 0, 4, input="01")
    first = question("q1", lines, fingerprint="f", weights_fingerprint="v")
    (one,), (other,) = (
        reported_questions(row("a", of).graded.report) for of in (first, first | {"weights_fingerprint": "w"})
    )
    assert one.answer.said == other.answer.said
    assert question_facts(one.answer.said) is question_facts(other.answer.said)
    assert (one.answer.weights, other.answer.weights) == ("v", "w")


# ------------------------------------------------------------------ a class that is graded
@pytest.fixture
def graded(course, run, monkeypatch, tmp_path):
    """Grades the class of a course that has everything in it, and gives the submissions whose reports had to be read."""
    monkeypatch.chdir(course)
    found, read = [], set()

    def listed(report):
        read.update([json.loads(report)["submission"]] if report else [])
        return reported_questions(report)

    monkeypatch.setattr(facts, "reported_questions", listed)

    def compared(rows, observer=None):
        rows = list(rows)
        statistics = class_statistics(rows, observer)
        read.clear()
        assert said(statistics) == said(class_statistics(rows))
        found.append(set(read))
        assert said(statistics) == said(class_statistics(by_reports(rows)))
        for of in (one.graded for one in rows):
            assert list(of.texts.answer_facts) == [reported.answer for reported in reported_questions(of.report)]
        return statistics

    monkeypatch.setattr(counting, "class_statistics", compared)

    def graded(*options, folder="class", jobs=1):
        done = run("grade", folder, "--out", tmp_path / "out", "--jobs", jobs, *options)
        assert done.code == 0, done.err
        return found.pop()

    return graded


DECIDED = {"1002", "1004", "1005"}
"""The submissions of whose questions people decided something (of 1005 for one of its group); others were late at most."""


@pytest.mark.long
def test_a_class_with_everything_in_it_is_counted_without_its_reports(course, graded, tmp_path):
    assert graded(*PEOPLE, "--no-pages") == DECIDED
    assert graded(*PEOPLE, "--no-pages", "-q", "q5") == DECIDED
    write(tmp_path / "class", {"new.yaml": Q5, "newer.yaml": Q6, "broken.yaml": "q5: ["})
    assert graded(*PEOPLE, "--no-pages", folder=tmp_path / "class") == DECIDED
    assert graded(*PEOPLE, "--pages", "--fresh") == DECIDED
    with forked():
        assert graded(*PEOPLE, "--no-pages", "--fresh", jobs=2) == DECIDED


@pytest.mark.long
def test_a_row_of_which_an_earlier_grader_kept_no_facts_is_counted_by_its_report(course, graded, tmp_path):
    assert graded(*PEOPLE, "--no-pages") == DECIDED
    with closing(sqlite3.connect(tmp_path / "out" / GRADEBOOK_FILE, isolation_level=None)) as connection:
        for name, brief in connection.execute("SELECT submission, brief FROM rows").fetchall():
            data = json.loads(brief)
            del data["answer_facts"]
            kept = json.dumps(data)
            connection.execute(
                "UPDATE rows SET brief = ?, digest = ? WHERE submission = ?", (kept, _digest(kept), name)
            )
    (course / "class" / "late.yaml").write_text(Q5)
    try:
        assert graded(*PEOPLE, "--no-pages") == {*CLASS}
    finally:
        (course / "class" / "late.yaml").unlink()
