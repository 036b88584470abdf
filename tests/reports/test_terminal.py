"""The report for people: 80 columns, nothing cut off, nothing hidden, and no letter that moves a terminal."""

import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from grader.evidence import CheckFault, Counterexample, Examples, Exhausted, NoEvidence, Proved, Sampled, TraceStep
from grader.grading import held
from grader.reports.lines import MAX_TRACE_STEPS
from grader.reports.sentences import complaints, counted, in_words
from grader.reports.terminal import TERMINAL_COLUMNS, render
from grader.verdict import CheckResult, QuestionResult, Report
from grader.visible import one_line, visible

from ..answers.helpers import Q6
from .format_samples import HOSTILE, hostile


def widths(text):
    return [cell_len(line) for line in text.splitlines()]


def report_of(question="title", line="line", message="", evidence=NoEvidence(), name="alice"):  # noqa: B008  # frozen
    outcome = "failed" if isinstance(evidence, Counterexample) else "passed"
    check = CheckResult(line, Fraction(0), Fraction(10), outcome, evidence, message)
    return Report("a", name, (QuestionResult("q", question, "graded", Fraction(10), (check,), (message,)),), (message,))


def test_the_first_wrong_step_stands_out_in_the_trace(graded):
    text = render(graded({"answers.yaml": "q5: {W1: 1, W2: 0, b2: 0, W3: 1, b3: 0}\n" + Q6}))
    lines = [line.split() for line in text.splitlines()]
    at = lines.index(["t", "x", "your", "h", "output", "wanted"])
    assert lines[at + 1] == ["1", "0", "0", "0", "0"]
    assert lines[at + 2] == ["2", "1", "1", "1", "0", "<--", "first", "wrong", "step"]
    assert "on input 01 the output is 01, but 00 is wanted" in " ".join(text.split())
    assert "  note: Your hidden unit forgets: it only copies the input." in text


def test_a_question_of_which_one_line_is_held_shows_the_others():
    one = Fraction(1)
    checks = (
        CheckResult("first", one, one, "passed", Proved(3)),
        CheckResult("second", Fraction(0), one, "failed", message="wrong here"),
        CheckResult("third", Fraction(0), one, "held", CheckFault("nothing is about it"), "nothing is about it"),
    )
    question = QuestionResult("q", "title", "held", Fraction(3), checks, ("held: 'third': nothing is about it",))
    text = render(Report("a", "alice", (question,)))
    for wanted in ("first", "second", "wrong here", "third", "proved for every input of every length (3 states)"):
        assert wanted in text
    assert text.count("held: 'third': nothing is about it") == 1


LONG_NUMBERS = ["1/3", "1e300", "-1e-300", "123456789.123456789", "-98765432101234567890123456789/7", "1e-9", "7/13"]


@pytest.mark.parametrize("first", LONG_NUMBERS)
@pytest.mark.parametrize("second", LONG_NUMBERS)
def test_no_number_is_too_long_for_80_columns(graded, first, second):
    q5 = f"q5: {{W1: {first}, W2: {second}, b2: {second}, W3: {first}, b3: {second}}}\n"
    q6 = (
        f"q6: {{W: [[{first}, {second}], [{second}, {first}]], b: [{first}, {second}], v: [{second}, {first}], "
        f"r: {first}, c: {second}, c0: {first}}}\n"
    )
    text = render(graded({"answers.yaml": q5 + q6}))
    assert max(widths(text)) <= TERMINAL_COLUMNS
    assert "…" not in text
    assert "[held]" not in text


WORDS = st.text(st.characters(exclude_characters="…", exclude_categories=["Cs"]), max_size=120)


@pytest.mark.long
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(title=WORDS, line=WORDS, message=WORDS, name=WORDS, width=st.sampled_from([40, 60, 80, 120]))
def test_no_words_leave_the_columns_or_reach_the_terminal_unescaped(title, line, message, name, width):
    text = render(report_of(title, line, message, Proved(3), name), width=width)
    assert max(widths(text)) <= width
    assert visible(text) == text
    assert "…" not in text


def spelt(text):
    """Text without what wrapping changes."""
    return re.sub(r"\s+", "", text)


@pytest.mark.long
@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=300))
def test_nothing_of_a_message_is_lost(message):
    """It stands there three times: over the questions, at its line, and as a note below."""
    message = f"<<{message}>>"
    assert spelt(render(report_of(message=message))).count(spelt(visible(message))) == 3


def test_hostile_text_moves_no_terminal():
    text = render(hostile())
    assert visible(text) == text
    assert max(widths(text)) <= TERMINAL_COLUMNS
    assert spelt(text).count(spelt(visible(HOSTILE))) >= 8


def test_a_long_name_and_a_long_title_are_wrapped_and_whole():
    text = render(report_of(question="t" * 200, line="l" * 200, name="n" * 200))
    assert max(widths(text)) <= TERMINAL_COLUMNS
    for letter in "tln":
        assert sum(len(run) for run in re.findall(f"{letter}{{5,}}", text)) == 200


def test_a_trace_that_is_too_wide_is_folded_and_whole():
    names = [f"q{i}" for i in range(10)]
    steps = tuple(
        TraceStep(t, {"x": "1"}, dict.fromkeys(names, "#" * 15), {}, "1", "1" if t < 3 else "0", t < 3)
        for t in (1, 2, 3)
    )
    text = render(report_of(evidence=Counterexample("111", "110", "111", steps)))
    assert max(widths(text)) <= TERMINAL_COLUMNS
    assert text.count("#") == 10 * 15 * 3
    assert "<-- first wrong step" in text


def long_trace(steps, value="1"):
    trace = tuple(
        TraceStep(t, {"x": "1"}, {"h": value}, {"alive": "1"}, "1", "1" if t < steps else "0", t < steps)
        for t in range(1, steps + 1)
    )
    return Counterexample("1" * steps, "1" * (steps - 1) + "0", "1" * steps, trace)


def test_of_a_very_long_trace_the_last_steps_are_shown_and_that_is_said():
    text = render(report_of(evidence=long_trace(100)))
    assert f"(the last {MAX_TRACE_STEPS} of 100 steps)" in text
    numbers = [int(found[1]) for found in re.finditer(r"^ +(\d+) +1 +1 +[01]", text, re.MULTILINE)]
    assert numbers == list(range(61, 101))
    assert max(widths(text)) <= TERMINAL_COLUMNS


@pytest.mark.parametrize("steps", [1, 30, 70, 500])
def test_a_long_input_is_wrapped_and_whole(steps):
    text = render(report_of(message=in_words(long_trace(steps)), evidence=long_trace(steps)))
    assert spelt(text).count(f"oninput{'1' * steps}theoutputis{'1' * steps},but") == 3
    assert max(widths(text)) <= TERMINAL_COLUMNS


def test_there_is_colour_only_where_it_is_asked_for(graded):
    report = graded({"answers.yaml": "q5: {W1: 1, W2: 0, b2: 0, W3: 1, b3: 0}\nq6: {W: 1}"})
    plain, coloured = render(report), render(report, colour=True)
    assert "\x1b" not in plain
    assert "\x1b[" in coloured
    stripped = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in stripped.splitlines()] == plain.splitlines()


def test_no_line_ends_in_spaces(graded):
    text = render(graded({"answers.yaml": "q5: {W1: 1, W2: 0, b2: 0, W3: 1, b3: 0}"}))
    assert [line for line in text.splitlines() if line != line.rstrip()] == []


def test_every_status_is_said_and_its_reason(assignment):
    q5 = assignment.questions[0]
    text = render(Report("assignment3", "alice", (held(q5, "the disk is gone"),)))
    assert re.search(r"^alice - assignment3 +0 / 70 \(70 pending\)$", text, re.MULTILINE)
    assert re.search(
        r"^q5  A latch that remembers the first zero  \[held\] +0 / 70 \(70 pending\)$", text, re.MULTILINE
    )
    assert "  held, because the grader failed: the disk is gone\n" in text


def test_a_missing_and_a_rejected_answer_are_told_apart(graded):
    text = render(graded({"answers.yaml": "q6: {W: 1}"}))
    assert re.search(r"^q5 .*  \[missing\] +0 / 70$", text, re.MULTILINE)
    assert "  no answer was handed in\n" in text
    assert re.search(r"^q6 .*  \[rejected\] +0 / 70$", text, re.MULTILINE)
    assert "  answers.yaml:1:9: W must be a 2 x 2 matrix, written [[., .], [., .]]" in text


IN_WORDS = {
    "proved for every input of every length (1 state)": Proved(1),
    "proved for every input of every length (3 states)": Proved(3),
    "proved for every input of up to 1 step (2 states)": Proved(2, 1),
    "holds for all 8190 inputs of up to 12 in length; not proved": Exhausted(12, 8190),
    "held on 400 inputs that were drawn (seed 7); not proved": Sampled(400, 7),
    "held on 1 example": Examples(1),
    "on input 01 the output is 01, but 00 is wanted": Counterexample("01", "00", "01"),
    "the reason": CheckFault("the reason"),
    "": NoEvidence(),
}


@pytest.mark.parametrize(("words", "evidence"), IN_WORDS.items())
def test_evidence_in_words(words, evidence):
    assert in_words(evidence) == words


def test_both_parts_of_evidence_that_has_two():
    assert in_words(Exhausted(12, 8190, Sampled(400, 7))) == (
        "holds for all 8190 inputs of up to 12 in length, and on 400 longer ones that were drawn (seed 7); not proved"
    )


def test_numbers_of_things():
    assert [counted(n, "state") for n in (0, 1, 2)] == ["0 states", "1 state", "2 states"]


ESCAPED = {
    "plain text": "plain text",
    "größer λ 数 🙂": "größer λ 数 🙂",
    "a\x1b[31mb": r"a\x1b[31mb",
    "a\rb\bc\x07": r"a\x0db\x08c\x07",
    "\u202eabc\u202c\u2066\u200f": r"\u202eabc\u202c\u2066\u200f",
    "\ufeffzero\u200bwidth\u00ad": r"\ufeffzero\u200bwidth\xad",
    "\udcff\ud800": r"\udcff\ud800",
    "\u2028\u2029\x85": r"\u2028\u2029\x85",
    "\U000e0041\U0010ffff\ue000": r"\U000e0041\U0010ffff\ue000",
    "\x00\x7f\x9b": r"\x00\x7f\x9b",
    "tab\there": r"tab\x09here",
}


@pytest.mark.parametrize(("text", "shown"), ESCAPED.items())
def test_what_cannot_be_seen_is_escaped(text, shown):
    assert visible(text) == one_line(text) == shown


def test_a_line_break_stays_in_a_text_and_is_escaped_in_a_line():
    assert visible("a\nb") == "a\nb"
    assert one_line("a\nb\x1b") == r"a\nb\x1b"


def test_complaints_are_said_once_each(graded):
    assert complaints(graded({"answers.yaml": "q5: {"})) == [
        "q5: answers.yaml:2:1: this is not YAML: did not find expected node content (while parsing a flow node): "
        "1 bracket is opened and 0 closed"
    ]
    assert complaints(graded({"answers.yaml": f"q5: {{W1: x}}\n{Q6}q9: 1\n"})) == [
        "answers.yaml:3:1: 'q9' is not a question (the questions are q5 and q6)",
        "q5: answers.yaml:1:5: W2, b2, W3 and b3 are missing",
        "q5: answers.yaml:1:10: W1: 'x' is not a number",
    ]
