"""A written answer: pending until a reader's mark, then the points that the reader found, whatever its words are."""

from itertools import chain, combinations

import pytest

from grader.answers.submission import Submission
from grader.errors import SpecError
from grader.evidence import NoEvidence
from grader.grading import grade
from grader.kinds.table import load_assignment, schema_of_questions
from grader.kinds.written.marks import Mark

from ..answers.helpers import write

SPEC = """\
question: q
title: Why clip gradients?
points: 5
answer: written
each: 2
at most: 5
least words: 3
most words: 5
rubric: [{name: too large, points: 3}, {name: direction}, {name: steps}]
"""
POINTS = {"too large": 3, "direction": 2, "steps": 2}


def mark(*met, note="", reader=""):
    return {("kim", "q"): Mark(met, note, reader, (None,) * len(met))}


def test_an_answer_that_nobody_has_read_is_pending_whatever_it_says(graded):
    result = graded(SPEC, "too large direction steps")
    (check,) = result.checks
    assert (result.status, result.points, result.pending_points) == ("pending", 0, 5)
    assert (check.outcome, check.evidence, check.message) == ("pending", NoEvidence(), "waits for a reader")


@pytest.mark.parametrize("blank", ['""', "'  '", "|2-\n\n  ", "['']"])
def test_blank_text_is_no_answer_and_waits_for_no_reader(graded, blank):
    result = graded(SPEC, blank)
    assert (result.status, result.messages, result.pending_points) == ("missing", ("no answer was handed in",), 0)


def test_an_empty_file_is_no_answer_and_no_second_one(load, tmp_path):
    empty = grade(Submission(write(tmp_path / "a", {"q.md": " \n\n"})), load(SPEC))
    assert [(result.status, result.pending_points) for result in empty.questions] == [("missing", 0)]
    beside = grade(Submission(write(tmp_path / "b", {"answers.yaml": "q: a b c\n", "q.md": "\n"})), load(SPEC))
    assert [(result.status, result.messages) for result in beside.questions] == [("pending", ())]


@pytest.mark.parametrize("met", list(chain.from_iterable(combinations(POINTS, n) for n in range(4))), ids=", ".join)
def test_a_reader_s_points_are_added_up_to_the_most_there_are(graded, met):
    result = graded(SPEC, "a b c", mark(*met))
    (check,) = result.checks
    assert (result.status, result.points) == ("graded", min(5, sum(POINTS[name] for name in met)))
    assert check.outcome == ("passed" if result.points == 5 else "failed")


def test_what_the_reader_found_and_says_is_told(graded):
    found = graded(SPEC, "a b c", mark("direction", "steps", note="Clear", reader="Reader 1")).checks[0]
    assert found.message == "found: direction and steps (Reader 1). Clear"
    nothing = graded(SPEC, "a b c", mark(note="Off the point.")).checks[0]
    assert nothing.message == "found none of the points that are looked for. Off the point."


def test_a_mark_for_another_question_or_another_student_is_not_this_one(graded):
    others = {("kim", "q2"): Mark(("steps",), "", ""), ("lee", "q"): Mark(("steps",), "", "")}
    assert graded(SPEC, "a b c", others).status == "pending"


def test_a_point_that_the_rubric_does_not_have_gives_no_marks(graded):
    result = graded(SPEC, "a b c", mark("step"))
    assert result.status == "held"
    assert "'step' is not in the rubric of q (did you mean 'steps'?)" in result.messages[0]


FEWER, MORE = "words are fewer than the 3 that are asked for", "words are more than the 5 that are asked for"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("one", "1 word is fewer than the 3 that are asked for"), ("one two", f"2 {FEWER}"), ("one two three", None), ("a b c d e", None),
        ("a b c d e f", f"6 {MORE}"), ("'...'", f"0 {FEWER}"), ("one - two, - three", None), ("ein überaus kurzes", None),
        ("|\n  one\n  two\n", f"2 {FEWER}"), ("|\n  one\n  two\n  three\n", None),
    ],
)  # fmt: skip
def test_words_are_counted_at_the_very_limits_and_cost_nothing(graded, text, told):
    for marks, points in ((None, 0), (mark(*POINTS), 5)):
        result = graded(SPEC, text, marks)
        assert result.messages == (() if told is None else (told,))
        assert result.points == points


def test_without_limits_nothing_is_said_of_the_length(graded):
    spec = SPEC.replace("least words: 3\nmost words: 5\n", "")
    assert [graded(spec, text).messages for text in ("one", "a b c d e f g")] == [(), ()]
    assert graded(SPEC.replace("most words: 5\n", ""), "a b c d e f").messages == ()
    assert graded(SPEC.replace("least words: 3\n", ""), "a").messages == ()


def test_limits_that_no_answer_can_keep_are_refused(load):
    with pytest.raises(SpecError, match="least words: no answer can have 6 words or more, and 5 or fewer"):
        load(SPEC.replace("least words: 3", "least words: 6"))


KEYWORDS = SPEC.replace(
    "{name: too large, points: 3}", "{name: too large, points: 3, keywords: [explode, 'too large']}"
)
FAULTY_KEYWORDS = {
    "keywords: ['...']": "q.yaml:9:50: rubric[1].keywords: '...' has neither a letter nor a digit",
    "keywords: [large, Too, ' too ']": "q.yaml:9:62: rubric[1].keywords: ' too ' stands here twice",
    "keywords: ['']": "q.yaml:9:50: rubric[1].keywords[1]: is blank",
    "keywords: large": "q.yaml:9:49: rubric[1].keywords: must be a list, not 'large'",
    "keyword: [large]": "q.yaml:9:39: 'keyword' is not a key of rubric[1] (did you mean 'keywords'?)",
}


@pytest.mark.parametrize("text", ["explode, explode, too large", "they EXPLODE", "nothing of it"])
def test_keywords_highlight_and_never_score(graded, text):
    """Not one more or less point, nor a word of them to the student."""
    for spec in (KEYWORDS, SPEC):
        result = graded(spec, text)
        assert (result.status, result.points, result.pending_points) == ("pending", 0, 5)
        assert graded(spec, text, mark("steps")).points == 2
    assert graded(KEYWORDS, text).messages == graded(SPEC, text).messages


@pytest.mark.parametrize("name", ["direction", "'too  large'", '" too large "'])
def test_points_whose_names_cannot_be_told_apart_are_refused(tmp_path, name):
    path = tmp_path / "q.yaml"
    path.write_text(SPEC.replace("{name: steps}", f"{{name: {name}}}"))
    with pytest.raises(SpecError, match=r"q\.yaml:9:\d+: rubric\[3\]\.name: .* is used twice"):
        load_assignment(path)


@pytest.mark.parametrize("keywords", FAULTY_KEYWORDS)
def test_keywords_that_say_nothing_are_faults_of_the_spec(tmp_path, keywords):
    path = tmp_path / "q.yaml"
    path.write_text(SPEC.replace("{name: too large, points: 3}", f"{{name: too large, points: 3, {keywords}}}"))
    with pytest.raises(SpecError) as refused:
        load_assignment(path)
    assert FAULTY_KEYWORDS[keywords] in str(refused.value).splitlines()


def test_keywords_are_in_the_schema():
    """Which editors complete by."""
    assert '"keywords"' in schema_of_questions()
