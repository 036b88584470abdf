"""Every example submission to the lab earns the marks that its mistake deserves, and is told why in simple terms."""

from dataclasses import replace
from functools import cache

import pytest

from grader.answers.submission import Submission
from grader.evidence import Counterexample
from grader.grading import grade
from grader.reports.json import render
from grader.verdict import as_number

from ..conftest import RUN
from .conftest import ROOT
from .test_specs import QUESTIONS

EXAMPLES = ROOT / "submissions_example"

LOST = {
    "lab_clips_before_averaging": {"clip_average": 4},
    "lab_endless_loop": {"clip_by_value": 6},
    "lab_global_random": {"scheduled_sampling": 5},
    "lab_last_step_only": {"bptt_gradient": 9},
    "lab_misspelt_function": {"teacher_forcing": 8},
    "lab_notebook": {},
    "lab_one_step_late": {"free_run": 6, "scheduled_sampling": 7},
    "lab_right": {},
    "lab_right_in_plain_python": {},
    "lab_schedule_grows": {"linear_decay": 4, "exponential_decay": 4, "inverse_sigmoid_decay": 3.5},
    "lab_schedule_off_by_one": {"linear_decay": 3, "exponential_decay": 3, "inverse_sigmoid_decay": 2},
    "lab_syntax_error": QUESTIONS,
    "lab_writes_into_its_argument": {"clip_by_value": 1, "clip_by_norm": 2, "teacher_forcing": 1},
    "lab_wrong_norm": {"clip_by_norm": 8, "clip_average": 6},
}
"""What each example loses by question; everything else is right."""

ASKED = {
    "lab_notebook": [name for name in list(QUESTIONS)[::2] if name != "scheduled_sampling"],
    "lab_right_in_plain_python": list(QUESTIONS)[1::2],
    "lab_right": QUESTIONS,
    "lab_syntax_error": QUESTIONS,
}
"""The questions that the usual tests grade of an example; of any other, those that it loses.

`scheduled_sampling` takes as long as all others together, and is graded where it is lost and in `lab_right`.
"""

STATUSES = {"lab_syntax_error": "rejected", "lab_misspelt_function": "rejected"}

MESSAGES = {
    ("lab_clips_before_averaging", "clip_average", "averages first and clips then"): [
        "You clip every gradient and average then, so that long gradients lose their weight: average first. (",
    ],
    ("lab_endless_loop", "clip_by_value", "no entry beyond c"): [
        "gave no answer: took longer than the 0.2 s that a call may take",
    ],
    ("lab_global_random", "scheduled_sampling", "the same generator gives the same run"): [
        "Draw every random number from rng, and from nothing else. (scheduled_sampling(",
    ],
    ("lab_last_step_only", "bptt_gradient", "dL/dW as a sum over all steps"): [
        "W is used at every step: dL/dW adds up what each of them contributes. (bptt_gradient(",
        "wanted: out[0] == ",
    ],
    ("lab_misspelt_function", "teacher_forcing", "feeds the true tokens"): [
        "there is no function 'teacher_forcing' (did you mean 'teacher_forced'?); it defines one_hot, clip_by_value,",
    ],
    ("lab_one_step_late", "free_run", "feeds back each output"): ["called step with [(", "; wanted: [("],
    ("lab_one_step_late", "free_run", "returns the outputs"): [
        "Each output comes back one step late: feed what the call just before has put out. (",
    ],
    ("lab_one_step_late", "scheduled_sampling", "feeds the truth or its last output"): [
        "At every step, feed the true token of that step or what the call just before has put out. (",
    ],
    ("lab_schedule_grows", "exponential_decay", "falls and stays a probability"): [
        "The probability of the true token falls during training. (exponential_decay(i=",
    ],
    ("lab_syntax_error", "one_hot", "a 1 at the index"): [
        "the code could not be loaded: SyntaxError: expected ':'",
        "solution.py, line 39",
    ],
    ("lab_writes_into_its_argument", "teacher_forcing", "leaves tokens as it is"): [
        "changed its argument from [0] to []",
    ],
    ("lab_wrong_norm", "clip_by_norm", "short gradients untouched"): ["gave [", "wanted: out ~ g"],
}
"""Parts of what a student reads at a line that is lost."""

SIMPLEST = {
    ("lab_last_step_only", "bptt_gradient", "dL/dU as a sum over all steps"): (
        "bptt_gradient(W=1.0, U=0.0, h0=0.0, x=[1.0, 0.0])"
    ),
    ("lab_one_step_late", "free_run", "feeds back each output"): (
        "free_run(step=<(state, token) -> (0, 0)>, state=0, token=1, length=2)"
    ),
    ("lab_schedule_grows", "exponential_decay", "starts at 1"): "exponential_decay(i=0, k=0.5)",
    ("lab_schedule_grows", "inverse_sigmoid_decay", "agrees with the reference"): "inverse_sigmoid_decay(i=1, k=5)",
    ("lab_schedule_off_by_one", "linear_decay", "agrees with the reference"): "linear_decay(i=0, k=1, c=0.1, e=0)",
    ("lab_schedule_off_by_one", "exponential_decay", "agrees with the reference"): "exponential_decay(i=0, k=0.5)",
    ("lab_writes_into_its_argument", "clip_by_value", "does not write into g"): "clip_by_value(g=[1.0], c=0.5)",
    ("lab_writes_into_its_argument", "teacher_forcing", "leaves tokens as it is"): (
        "teacher_forcing(step=<(state, token) -> (0, 0)>, state=0, tokens=[0])"
    ),
}
"""The whole input that is shown, where Hypothesis always comes down to the same one."""

LONGEST = {
    ("lab_clips_before_averaging", "clip_average", "averages first and clips then"): 50,
    ("lab_wrong_norm", "clip_by_norm", "agrees with the reference"): 35,
    ("lab_wrong_norm", "clip_average", "one gradient is just clipped"): 45,
    ("lab_global_random", "scheduled_sampling", "the same generator gives the same run"): 200,
}
"""Characters that the input which is shown may have, where several are equally simple."""


@pytest.fixture(scope="module")
def graded(part_of_lab):
    """The report of an example submission about the questions that are asked of it, made once."""
    return cache(lambda name: regraded(part_of_lab, name))


CALL_SECONDS = {"lab_endless_loop": 0.2}
"""Of an example that hangs, in place of the 2 s that it is given by the course."""


def regraded(part_of_lab, name):
    assignment = part_of_lab(ASKED.get(name, LOST[name]))
    if name in CALL_SECONDS:
        assert {question.call_seconds for question in assignment.questions} == {2}
        shorter = (replace(question, call_seconds=CALL_SECONDS[name]) for question in assignment.questions)
        assignment = replace(assignment, questions=tuple(shorter))
    return grade(Submission(EXAMPLES / name), assignment, run=RUN)


def line(graded, example, question, name):
    questions = {q.id: q for q in graded(example).questions}
    return next(check for check in questions[question].checks if check.name == name)


def test_every_example_of_the_lab_is_listed():
    assert sorted(path.name for path in EXAMPLES.glob("lab_*")) == sorted(LOST)


def assert_loses_what_its_mistake_costs(name, report):
    lost = {q.id: as_number(q.max_points - q.points) for q in report.questions}
    assert {question: points for question, points in lost.items() if points} == LOST[name]
    assert report.status == STATUSES.get(name, "graded")


@pytest.mark.long
@pytest.mark.parametrize("name", LOST)
def test_example_loses_what_its_mistake_costs(graded, name):
    assert_loses_what_its_mistake_costs(name, graded(name))


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in LOST if ASKED.get(name) != QUESTIONS])
def test_example_loses_that_and_nothing_else(lab, name):
    assert_loses_what_its_mistake_costs(name, grade(Submission(EXAMPLES / name), lab, run=RUN))


@pytest.mark.parametrize("where", MESSAGES, ids="/".join)
def test_the_main_failure_says_what_to_do(graded, where):
    message = line(graded, *where).message
    assert [part for part in MESSAGES[where] if part not in message] == [], message


@pytest.mark.parametrize("where", SIMPLEST, ids="/".join)
def test_the_counterexample_is_the_simplest(graded, where):
    evidence = line(graded, *where).evidence
    assert isinstance(evidence, Counterexample)
    assert evidence.input == SIMPLEST[where]


@pytest.mark.parametrize("where", LONGEST, ids="/".join)
def test_the_counterexample_is_short(graded, where):
    evidence = line(graded, *where).evidence
    assert isinstance(evidence, Counterexample)
    assert len(evidence.input) <= LONGEST[where], evidence.input


@pytest.mark.parametrize(
    ("example", "question"),
    [("lab_one_step_late", "free_run"), ("lab_last_step_only", "bptt_gradient")],
)
def test_a_hidden_line_shows_neither_input_nor_answer(graded, example, question):
    check = next(q for q in graded(example).questions if q.id == question).checks[-1]
    assert (check.points, check.message) == (0, "fails on an input that is not shown")
    assert check.evidence == Counterexample("(hidden)", "(hidden)", "(hidden)", shortest=False)


@pytest.mark.parametrize(
    "name", ["lab_notebook", "lab_global_random", pytest.param("lab_one_step_late", marks=pytest.mark.slow)]
)
def test_the_same_submission_gets_the_same_report(graded, part_of_lab, name):
    assert render(regraded(part_of_lab, name)) == render(graded(name))


@pytest.mark.slow
def test_a_report_with_a_call_that_never_ends_is_the_same_again(graded, part_of_lab):
    assert render(regraded(part_of_lab, "lab_endless_loop")) == render(graded("lab_endless_loop"))
