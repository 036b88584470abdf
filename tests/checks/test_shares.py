"""Answers that earn a share: right under a reading that earns, or with values that the question does not allow."""

import itertools
import json
from fractions import Fraction

import pytest

from grader.answers.submission import Submission
from grader.errors import SpecError
from grader.export.student import students_copy
from grader.grading import grade
from grader.kinds.table import load_assignment
from grader.kinds.weights.score import score_weights
from grader.kinds.weights.spec_check import check_weights_question
from grader.report_file import RecordedReport
from grader.reports import json as json_report
from grader.reports import junit, terminal
from grader.verification import verify

from ..answers.helpers import write
from .test_evidence import numbers

QUESTION = """\
question: q
title: A latch
points: 50
answer: weights
network:
  inputs: {x: bit}
  parameters: {W1: scalar, W2: scalar, b: scalar}
  functions: {phi(z): 1 if z >= 0.5 else 0}
  initial: {h: 1}
  equations: {h: "phi(W2*h[t-1] + W1*x[t] + b)"}
  output: h
behaviour:
  initial: {alive: 1}
  equations: {alive: "alive[t-1] and x[t]"}
  output: alive
checks:
  - {name: ones, points: 20, when: "alive[t]"}
  - {name: zeros, points: 30, when: "not alive[t]"}
known:
  the key: {W1: 2, W2: 2, b: -2.5, earns: 50}
"""
RESTRICTED = ("W1: scalar", "W1: {in: [-2, 0, 2], otherwise: {earns: 60%, say: Only -2 and 0 and 2 were allowed.}}")


def changed(*changes, extra=""):
    text = QUESTION
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text + extra


def reading(name, change, earns=""):
    return f"  - name: {name}\n    {change}\n" + (f"    earns: {earns}\n" if earns else "")


SUBTRACTED = "replace: {b: -b}"
LADDER = ("known:", "credit: ladder\nknown:")


def points(question, **values):
    return [check.points for check in score_weights(question, numbers(**values)).checks]


def test_a_broken_restriction_earns_its_share_of_what_the_answer_would_earn(load):
    question = load(changed(RESTRICTED))
    assert points(question, W1=2, W2=2, b="-2.5") == [20, 30]
    assert points(question, W1=3, W2=3, b=-4) == [12, 18]
    assert points(question, W1=3, W2=0, b="-2.5") == [12, 0]  # only what it would earn is shared
    assert points(question, W1=3, W2=0, b=-4) == [0, 18]
    result = score_weights(question, numbers(W1=3, W2=3, b=-4))
    assert [check.outcome for check in result.checks] == ["failed", "failed"]
    assert result.checks[0].message == "holds; W1 is 3, not -2, 0 or 2, which earns 60%"
    assert (
        result.messages[0]
        == "W1 is 3, not -2, 0 or 2: the answer earns 60% of its points. Only -2 and 0 and 2 were allowed."
    )


def test_without_otherwise_a_broken_restriction_is_rejected(load, tmp_path):
    load(changed(("W1: scalar", "W1: {in: [-2, 0, 2]}")))
    path = tmp_path / "q.yaml"
    path.write_text(changed(("W1: scalar", "W1: {in: [-2, 0, 2]}")))
    report = grade(
        Submission(write(tmp_path / "s", {"answers.yaml": "q: {W1: 3, W2: 3, b: -4}"})), load_assignment(path)
    )
    assert report.questions[0].status == "rejected"
    assert report.questions[0].messages == ("answers.yaml:1:9: W1 must be -2, 0 or 2, not 3",)


def test_the_place_of_the_value_is_said_in_every_format(tmp_path):
    text = changed(
        ("W1: scalar, W2: scalar, b: scalar", "W: {shape: [1, 2], in: [0, 2], otherwise: {earns: 62.5%}}, b: scalar"),
        ("W2*h[t-1] + W1*x[t] + b", "W[0][0]*h[t-1] + W[0][1]*x[t] + b"),
        ("{W1: 2, W2: 2, b: -2.5, earns: 50}", "{W: [[2, 2]], b: -2.5, earns: 50}"),
    )
    path = tmp_path / "q.yaml"
    path.write_text(text)
    answers = "q:\n  b: -4\n  W: [[2, 3]]\n"
    report = grade(Submission(write(tmp_path / "s", {"answers.yaml": answers})), load_assignment(path))
    said = "answers.yaml:3:11: W[0][1] is 3, not 0 or 2: the answer earns 62.5% of its points"
    assert report.questions[0].messages[0] == said
    assert report.points == Fraction(50) * 5 / 8
    data = json.loads(json_report.render(report))
    assert data["points"] == 31.25
    assert [(c["points"], c["outcome"], c["evidence"]["kind"]) for c in data["questions"][0]["checks"]] == [
        (12.5, "failed", "proved"),
        (18.75, "failed", "proved"),
    ]
    shown = " ".join(terminal.render(report).split())
    assert [part for part in ("12.5/20", "31.25 / 50", "answers.yaml:3:11") if part not in shown] == []
    assert junit.render(report).count("W[0][1] is 3, not 0 or 2, which earns 62.5% (12.5 of 20 points)") >= 1


def test_shares_are_multiplied(load):
    two = changed(RESTRICTED, ("W2: scalar", "W2: {in: [-2, 0, 2], otherwise: {earns: 50%}}"))
    assert points(load(two), W1=3, W2=3, b=-4) == [6, 9]
    both = changed(RESTRICTED, extra="readings:\n" + reading("minus", SUBTRACTED, "80%"))
    question = load(both)
    assert points(question, W1=3, W2=3, b=4) == [Fraction(48, 5), Fraction(72, 5)]
    message = score_weights(question, numbers(W1=3, W2=3, b=4)).checks[0].message
    assert message == "holds; read with 'minus', which earns 80%; W1 is 3, not -2, 0 or 2, which earns 60%"


def test_a_ladder_is_climbed_as_if_there_were_no_restriction(load):
    question = load(changed(RESTRICTED, LADDER))
    assert points(question, W1=3, W2=3, b=-4) == [12, 18]
    assert [c.outcome for c in score_weights(question, numbers(W1=3, W2=0, b=-4)).checks] == ["failed", "blocked"]


@pytest.mark.parametrize(
    ("share", "earned"), [("full", 50), ("100%", 50), ("80%", 40), ("0%", 0), ("62.5 %", Fraction(125, 4))]
)
def test_a_reading_earns_its_share(load, share, earned):
    question = load(changed(extra="readings:\n" + reading("minus", SUBTRACTED, share)))
    result = score_weights(question, numbers(W1=2, W2=2, b="2.5"))
    own = sum(points(load(QUESTION), W1=2, W2=2, b="2.5"))
    assert result.points == max(earned, own)
    assert result.messages[-1] == "right for every input if minus"
    assert ("marked as a whole" in result.messages[0]) == (earned > own)
    assert result.max_points == 50


def test_what_is_lost_and_why_is_said(load):
    question = load(changed(extra="readings:\n" + reading("minus", SUBTRACTED, "80%")))
    result = score_weights(question, numbers(W1=2, W2=2, b="2.5"))
    assert result.messages == (
        "marked as a whole under the reading 'minus', which earns 80% of the points (10 of 50 are lost for it)",
        "right for every input if minus",
    )
    assert [check.outcome for check in result.checks] == ["failed", "failed"]
    full = load(changed(extra="readings:\n" + reading("minus", SUBTRACTED, "full")))
    result = score_weights(full, numbers(W1=2, W2=2, b="2.5"))
    assert [check.outcome for check in result.checks] == ["passed", "passed"]
    assert result.messages[0] == "marked as a whole under the reading 'minus', which earns all points"
    assert result.checks[0].message == "holds; read with 'minus'"


def test_the_reading_that_earns_most_counts(load):
    extra = (
        "readings:\n"
        + reading("half", SUBTRACTED, "50%")
        + reading("most", SUBTRACTED, "90%")
        + reading("none", SUBTRACTED)
    )
    result = score_weights(load(changed(extra=extra)), numbers(W1=2, W2=2, b="2.5"))
    assert (result.points, result.messages[0].split("'")[1]) == (45, "most")


def test_lines_of_several_readings_are_never_mixed(load):
    """Under `up` the first line holds alone, under `down` the second: the better of the two counts, not their sum."""
    extra = "readings:\n" + reading("up", 'output: "1"', "full") + reading("down", 'output: "0*h[t]"', "full")
    text = changed(extra=extra)
    wrong = {"W1": -2, "W2": -2, "b": 1}  # 1 where the input is 0: wrong in both lines
    assert points(load(QUESTION), **wrong) == [0, 0]
    result = score_weights(load(text), numbers(**wrong))
    assert [check.points for check in result.checks] == [0, 30]
    assert result.messages[0].startswith("marked as a whole under the reading 'down'")
    assert result.checks[0].message.endswith("; read with 'down'")
    half = load(text.replace("earns: full", "earns: 50%"))
    assert score_weights(half, numbers(**wrong)).points == 15
    copies = {"W1": 1, "W2": 0, "b": 0}
    assert points(half, **copies) == points(load(QUESTION), **copies) == [20, 0]  # its own reading gives more


def test_a_right_answer_stays_what_it_is_under_every_reading(load):
    question = load(changed(extra="readings:\n" + reading("up", 'output: "1"', "full")))
    result = score_weights(question, numbers(W1=2, W2=2, b="-2.5"))
    assert (result.points, result.messages) == (50, ())


AXES = """\
readings:
  - axes: {h_0: [0, 1], step: [z > 0, z >= 0, z > 0.5]}
    initial: {h: h_0}
    functions: {phi(z): 1 if step else 0}
    earns: 80%
"""
STEPS = {"z > 0": lambda z: z > 0, "z >= 0": lambda z: z >= 0, "z > 0.5": lambda z: z > Fraction(1, 2)}


def right_by_hand(w1, w2, b, start, step, longest=6):
    """Whether the latch is right on all inputs up to a length, in plain Python."""
    for length in range(1, longest + 1):
        for word in itertools.product((0, 1), repeat=length):
            h, alive = start, 1
            for x in word:
                h, alive = int(step(w2 * h + w1 * x + b)), alive and x
            if h != alive:
                return False
    return True


def test_every_combination_of_axes_is_tried_as_plain_python_does(load):
    question = load(changed(extra=AXES))
    names = [f"h_0 = {start}, step: {step}" for start in (0, 1) for step in STEPS]
    assert [reading.name for reading in question.readings] == names
    seen = set()
    for w1, w2, b in itertools.product((-1, 1, 2), (1, 2), ("-2", "-1.5", "-1", "0", "0.5")):
        exact = Fraction(b)
        right = [
            f"h_0 = {start}, step: {name}"
            for start in (0, 1)
            for name, step in STEPS.items()
            if right_by_hand(w1, w2, exact, start, step)
        ]
        own = right_by_hand(w1, w2, exact, 1, lambda z: z >= Fraction(1, 2))
        result = score_weights(question, numbers(W1=w1, W2=w2, b=b))
        assert (result.points == 50) == own
        if not own:
            assert [m for m in result.messages if m.startswith("right")] == [
                f"right for every input if {n}" for n in right
            ]
            assert (result.points >= 40) == bool(right)
            seen |= set(right)
    assert len(seen) >= 2


def test_axes_with_names_and_vectors_and_changes_of_parameters(load):
    extra = """\
readings:
  - name: the bias is left out
    replace: {b: 0*b}
  - axes:
      sign: {plus: b, minus: -b}
      start: [0, 1]
    replace: {b: sign}
    initial: {h: start}
"""
    question = load(changed(extra=extra))
    assert [reading.name for reading in question.readings] == [
        "the bias is left out",
        "sign: plus, start = 0",
        "sign: plus, start = 1",
        "sign: minus, start = 0",
        "sign: minus, start = 1",
    ]
    result = score_weights(question, numbers(W1=2, W2=2, b="2.5"))
    assert result.messages == ("right for every input if sign: minus, start = 1",)
    assert [f.text for f in check_weights_question(question) if f.level != "ok"] == []


FAULTS = {
    "too many": (
        AXES.replace("[0, 1]", f"[{', '.join(map(str, range(30)))}]"),
        "readings[1]: these axes make 90 readings, and at most 64 are tried: leave out values",
    ),
    "too many together": (AXES + AXES.partition("\n")[2].replace("[0, 1]", f"[{', '.join(map(str, range(2, 22)))}]"), "readings: these are 66"),
    "unused": (AXES.replace("initial: {h: h_0}", "initial: {h: 1}"), "readings[1]: nothing uses the axis 'h_0'"),
    "no name": (AXES.replace("axes: {h_0: [0, 1], step: [z > 0, z >= 0, z > 0.5]}", "output: h"), "readings[1]: needs a 'name', or 'axes'"),
    "both": (AXES.replace("  - axes", "  - name: some\n    axes"), "readings[1]: has both a 'name' and 'axes'"),
    "twice": (AXES.replace("[0, 1]", "[0, 0]"), "the value 0 stands twice in this axis"),
    "a scalar": (AXES.replace("[0, 1]", "0"), "an axis is a list of values, such as [0, 1], not '0'"),
    "taken": (AXES.replace("h_0", "W1"), "readings[1].axes: 'W1' already has a meaning in the network"),
    "share above": (AXES.replace("80%", "120%"), "readings[1].earns: must be full, or a percentage from 0% to 100%, not '120%'"),
    "points": (AXES.replace("80%", "40"), "readings[1].earns: must be full, or a percentage from 0% to 100%, not '40'"),
    "negative": (AXES.replace("80%", "-5%"), "must be full, or a percentage from 0% to 100%, not '-5%'"),
    "unknown": (AXES + "known2: 1\n", "'known2' is not a key"),
}  # fmt: skip


@pytest.mark.parametrize(("extra", "message"), FAULTS.values(), ids=FAULTS)
def test_faulty_axes_are_told_at_their_place(tmp_path, extra, message):
    path = tmp_path / "q.yaml"
    path.write_text(changed(extra=extra))
    with pytest.raises(SpecError) as error:
        load_assignment(path)
    assert any(message in str(problem) and problem.place for problem in error.value.problems), error.value.problems


OTHERWISE_FAULTS = {
    "{in: [0, 1], otherwise: 60%}": "what a broken restriction earns is written {earns: 60%, say: ...}",
    "{in: [0, 1], otherwise: {say: no}}": "what a broken restriction earns is written",
    "{in: [0, 1], otherwise: {earns: 150%}}": "must be full, or a percentage from 0% to 100%",
    "{shape: scalar, default: 1, otherwise: {earns: 50%}}": "`otherwise` needs a restriction",
    "{in: [0, 1], other: {earns: 50%}}": "'other' says nothing of a parameter (did you mean 'otherwise'?)",
    "{in: [0, 1], otherwise: {earns: 50%}, default: 3}": "default must be 0 or 1, not 3",
}


@pytest.mark.parametrize(("parameter", "message"), OTHERWISE_FAULTS.items())
def test_faulty_restrictions_are_told(tmp_path, parameter, message):
    path = tmp_path / "q.yaml"
    path.write_text(changed(("W1: scalar", f"W1: {parameter}")))
    with pytest.raises(SpecError) as error:
        load_assignment(path)
    assert any(message in str(problem) for problem in error.value.problems), error.value.problems


def test_a_reading_that_earns_and_takes_everything_is_a_fault(load):
    extra = "readings:\n" + reading("the answer", 'equations: {h: "h[t-1] and x[t]"}', "80%")
    found = [(f.level, f.text) for f in check_weights_question(load(changed(extra=extra))) if f.level != "ok"]
    assert found[0][0] == "fail"
    assert found[0][1].startswith("the reading 'the answer' earns 80% of the points, and under it none of the")
    narrow = "readings:\n" + reading("minus", SUBTRACTED, "80%")
    assert [f for f in check_weights_question(load(changed(extra=narrow))) if f.level != "ok"] == []


def test_a_restriction_that_costs_nothing_is_told(load):
    text = changed((RESTRICTED[0], RESTRICTED[1].replace("60%", "full")))
    found = [f.text for f in check_weights_question(load(text)) if f.level == "warn"]
    assert found == ["W1: whoever breaks this restriction earns everything all the same: leave it out"]


def test_known_answers_are_tests_of_shares(load):
    known = "  forbidden: {W1: 3, W2: 3, b: -4, earns: 30}\n  read: {W1: 2, W2: 2, b: 2.5, earns: 40, reading: minus}\n"
    text = changed(RESTRICTED, extra=known + "readings:\n" + reading("minus", SUBTRACTED, "80%"))
    assert [f.text for f in check_weights_question(load(text)) if f.level != "ok"] == []
    wrong = text.replace("earns: 30", "earns: 50")
    assert [f.text for f in check_weights_question(load(wrong)) if f.level != "ok"] == [
        "known 'forbidden' earns 30, not 50"
    ]


def test_a_students_copy_gives_the_same_marks_and_keeps_what_is_said_of_wrong_answers(tmp_path):
    extra = "readings:\n" + reading("minus", SUBTRACTED, "80%") + reading("quiet", SUBTRACTED)
    course = tmp_path / "specs" / "a"
    course.mkdir(parents=True)
    (course / "assignment.yaml").write_text("assignment: a\ntitle: A\nquestions: [q]\n")
    (course / "q.yaml").write_text(changed(RESTRICTED, extra=extra))
    copy = students_copy(load_assignment(course)).files["q.yaml"]
    assert [text for text in ("Only -2", "quiet", "the key") if text in copy] == []
    (tmp_path / "copy.yaml").write_text(copy)
    question = load_assignment(tmp_path / "copy.yaml").questions[0]
    assert points(question, W1=3, W2=3, b=4) == [Fraction(48, 5), Fraction(72, 5)]


def test_a_reading_earns_where_inputs_cannot_be_listed(load):
    """Under a reading everything is decided by the same engines as without one: here by an invariant."""
    text = """\
question: q
title: A sum
points: 4
answer: weights
network:
  inputs: {x: real}
  parameters: {w: scalar}
  initial: {s: 0}
  equations: {s: "s[t-1] + w*x[t]"}
  output: s
behaviour:
  initial: {e: 0}
  equations: {e: "e[t-1] - 3*x[t]"}
  output: e
checks: [{name: right, points: 4}]
readings:
  - {name: the inputs are subtracted, replace: {w: -w}, earns: 75%}
"""
    question = load(text)
    assert [points(question, w=w) for w in (-3, 3, 2)] == [[4], [3], [0]]


@pytest.mark.parametrize(
    "answer", ["{W1: 3, W2: 3, b: 4}", "{W1: 3, W2: 3, b: -4}", "{W1: 2, W2: 2, b: 2.5}", "{W1: 1, W2: 0, b: 0}"]
)
def test_a_report_with_shares_is_verified_and_a_changed_one_is_not(tmp_path, answer):
    path = tmp_path / "q.yaml"
    path.write_text(changed(RESTRICTED, extra="readings:\n" + reading("minus", SUBTRACTED, "80%")))
    assignment = load_assignment(path)
    report = grade(Submission(write(tmp_path / "s", {"answers.yaml": f"q: {answer}"})), assignment)
    data = json.loads(json_report.render(report))
    assert {one.verdict for one in verify(RecordedReport.model_validate(data), assignment)} == {"holds"}
    data["questions"][0]["checks"][0]["points"] += 1
    assert "differs" in {one.verdict for one in verify(RecordedReport.model_validate(data), assignment)}


SMOOTH = """\
question: q
title: A smooth latch
points: 4
answer: weights
network:
  inputs: {x: bit}
  sizes: {n: 1..2}
  parameters: {u: [n], b: {shape: [n], default: zeros}, v: {shape: [n], in: [-1, 0, 1], otherwise: {earns: 50%}}}
  functions:
    phi: one of [tanh, sigmoid, relu]
  equations: {y: "v @ phi(u*x[t] + b)"}
  output: y
behaviour: {equations: {e: "x[t]"}, output: e}
accept: (y > 1/2) == (expected == 1)
length: 1
checks: [{name: right, points: 4}]
readings:
  - {name: the output is turned, replace: {v: -v}, earns: 75%}
"""


def test_smooth_functions_may_stand_in_menus_and_earn_shares(load, tmp_path):
    path = tmp_path / "q.yaml"
    path.write_text(SMOOTH)
    assignment = load_assignment(path)
    answers = {
        "{u: [1], v: [1], phi: tanh}": 4,
        "{u: [1], v: [-1], phi: tanh}": 3,
        "{u: [1], v: [-2], phi: tanh}": Fraction(3, 2),
        "{u: [1], v: [1], phi: sigmoid}": 4,
        "{u: [1, 0], v: [1, 0], phi: Sigmoid}": 4,
        "{u: [1, 0], v: [1, 1], phi: sigmoid}": 0,
        "{u: [1, 0], v: [1, 1], phi: ReLU}": 4,
    }
    for i, (answer, earned) in enumerate(answers.items()):
        report = grade(Submission(write(tmp_path / f"s{i}", {"answers.yaml": f"q: {answer}"})), assignment)
        assert report.points == earned, answer
        data = json.loads(json_report.render(report))
        assert {one.verdict for one in verify(RecordedReport.model_validate(data), assignment)} == {"holds"}, answer


@pytest.mark.parametrize(
    ("unproved", "earned", "status"), [("full", 2, "graded"), ("50%", 1, "graded"), ("hold", 0, "held")]
)
def test_what_an_unproved_pass_is_worth_counts_under_a_reading_as_well(load, unproved, earned, status):
    text = """\
question: q
title: An unproved pass
points: 4
answer: weights
network:
  inputs: {x: real}
  parameters: {a: scalar}
  equations: {y: "[1, a][1 if x[t] > 0 else 0]"}
  output: y
behaviour: {equations: {e: "1"}, output: e}
budget: {states: 10, samples: 20, longest: 100}
checks: [{name: right, points: 4}]
readings: [{name: turned, replace: {a: -a}, earns: 50%}]
unproved: UNPROVED
"""
    result = score_weights(load(text.replace("UNPROVED", unproved)), numbers(a=-1))
    assert (result.points, result.status) == (earned, status)
