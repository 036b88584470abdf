"""The JSON report: its keys, kinds and numbers are a contract, and the same report is the same bytes."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.answers.submission import Submission
from grader.evidence import CheckFault, Counterexample, Examples, Exhausted, NoEvidence, Proved, Sampled
from grader.grading import grade, held
from grader.kinds.table import load_assignment
from grader.reports.json import as_data, render
from grader.verdict import CheckResult, QuestionResult, Report, added_up

from ..answers.helpers import Q5, Q6, ROOT, write
from .format_samples import HOSTILE, hostile

FORGETFUL = "q5: {W1: 1, W2: 0, b2: 0, W3: 1, b3: 0}\n"
TOP = {"schema", "assignment", "submission", "points", "max_points", "pending_points", "messages", "questions"}
QUESTION = {"id", "title", "points", "max_points", "status", "messages", "checks"}
CHECK = {"name", "points", "max_points", "outcome", "evidence", "message"}


def test_a_report_of_a_known_mistake_in_full(graded):
    data = as_data(graded({"answers.yaml": FORGETFUL}))
    assert set(data) == TOP
    assert {key: data[key] for key in TOP - {"questions"}} == {
        "schema": 1, "assignment": "assignment3", "submission": "alice", "points": 40, "max_points": 140,
        "pending_points": 0, "messages": [],
    }  # fmt: skip
    q5, q6 = data["questions"]
    assert set(q5) == QUESTION | {"weights", "fingerprint", "mistakes"}
    assert q5["mistakes"] == [{"source": "known answer", "name": "copies x"}]
    assert q5["weights"] == {"W1": "1", "W2": "0", "b2": "0", "W3": "1", "b3": "0"}
    assert set(q6) == QUESTION
    assert {key: q5[key] for key in QUESTION - {"checks"}} == {
        "id": "q5", "title": "A latch that remembers the first zero", "points": 40, "max_points": 70,
        "status": "graded", "messages": ["Your hidden unit forgets: it only copies the input. W2 must carry the past."],
    }  # fmt: skip
    proved = {"kind": "proved", "states": 3}
    assert [check | {"message": ""} for check in q5["checks"][:2]] == [
        {"name": name, "points": 20, "max_points": 20, "outcome": "passed", "evidence": proved, "message": ""}
        for name in ("stays 1 while every input is 1", "drops to 0 at the first 0")
    ]
    failed = q5["checks"][2]
    assert set(failed) == CHECK
    assert (failed["points"], failed["max_points"], failed["outcome"]) == (0, 30, "failed")
    evidence = failed["evidence"]
    trace = evidence.pop("trace")
    assert evidence == {"kind": "counterexample", "input": "01", "expected": "00", "got": "01", "shortest": True}
    assert [(step["t"], step["output"], step["expected"], step["right"]) for step in trace] == [
        (1, "0", "0", True),
        (2, "1", "0", False),
    ]
    assert set(trace[0]) == {"t", "input", "student", "wanted", "output", "expected", "right"}
    assert trace[1]["input"] == {"x": "1"}
    assert trace[1]["student"]["h"] == "1"
    assert trace[1]["wanted"] == {"alive": "0"}
    assert (q6["status"], q6["points"], q6["messages"]) == ("missing", 0, ["no answer was handed in"])
    assert {(check["outcome"], check["evidence"]["kind"]) for check in q6["checks"]} == {("failed", "none")}


def test_a_line_below_a_failed_rung_is_blocked_and_has_no_evidence(graded):
    data = as_data(graded({"answers.yaml": "q5: {W1: 1, W2: 1, b2: -3, W3: 1, b3: 0}"}))
    checks = data["questions"][0]["checks"]
    assert [check["outcome"] for check in checks] == ["failed", "blocked", "blocked"]
    assert [check["points"] for check in checks] == [0, 0, 0]
    assert checks[1]["evidence"] == checks[2]["evidence"] == {"kind": "none"}
    assert checks[1]["message"] == "counts once 'stays 1 while every input is 1' holds"


def test_a_proof_carries_its_margins(graded):
    q5 = as_data(graded({"answers.yaml": Q5}))["questions"][0]
    assert q5["margins"] == [{"quantity": "h", "distance": "0", "where": "x = 1 and h[t-1] = 1"}]


def test_an_answer_that_cannot_be_used_is_an_error_with_its_reason(graded):
    q5 = as_data(graded({"answers.yaml": "q5: {W1: x, W2: 1, b2: 1, W3: 1, b3: 0}"}))["questions"][0]
    message = "answers.yaml:1:10: W1: 'x' is not a number"
    assert (q5["status"], q5["points"], q5["messages"]) == ("rejected", 0, [message])
    assert [check["evidence"] for check in q5["checks"]] == [{"kind": "error", "reason": message}] * 3
    assert {check["outcome"] for check in q5["checks"]} == {"failed"}


def test_what_is_held_is_pending_and_no_zero(assignment):
    q5 = held(assignment.questions[0], "the disk is gone")
    data = as_data(Report("assignment3", "alice", (q5,)))
    assert (data["points"], data["max_points"], data["pending_points"]) == (0, 70, 70)
    assert data["questions"][0]["status"] == "held"
    reason = "held, because the grader failed: the disk is gone"
    assert data["questions"][0]["messages"] == [reason]
    for check in data["questions"][0]["checks"]:
        assert (check["outcome"], check["evidence"]) == ("held", {"kind": "error", "reason": reason})


KINDS = {
    "proved": (Proved(3), {"states": 3}),
    "proved up to a length": (Proved(3, 7), {"states": 3, "length": 7}),
    "exhausted": (Exhausted(12, 8190), {"length": 12, "inputs": 8190}),
    "exhausted and sampled": (
        Exhausted(12, 8190, Sampled(400, 7)),
        {"length": 12, "inputs": 8190, "sampled": {"examples": 400, "seed": 7}},
    ),
    "sampled": (Sampled(400, 7), {"examples": 400, "seed": 7}),
    "examples": (Examples(2), {"examples": 2}),
    "counterexample": (
        Counterexample("01", "00", "01", shortest=False),
        {"input": "01", "expected": "00", "got": "01", "shortest": False, "trace": []},
    ),
    "error": (CheckFault("why"), {"reason": "why"}),
    "none": (NoEvidence(), {}),
}


def one_check(evidence=NoEvidence(), points=0, max_points=1, outcome="passed"):  # noqa: B008  # a frozen value
    check = CheckResult("line", points, max_points, outcome, evidence)
    return Report("a", "alice", (QuestionResult("q", "title", "graded", max_points, (check,)),))


@pytest.mark.parametrize(("name", "evidence", "data"), [(name, *pair) for name, pair in KINDS.items()])
def test_each_kind_of_evidence_has_its_keys(name, evidence, data):
    shown = as_data(one_check(evidence))["questions"][0]["checks"][0]["evidence"]
    assert shown == {"kind": name.split()[0], **data}


THIRDS = """
question: q5
title: Copy
prompt: Copy the input.
points: 7/2
answer: weights
network:
  inputs: {x: bit}
  parameters: {W1: scalar}
  equations: {y: "W1 * x[t]"}
  output: y
behaviour:
  equations: {copy: "x[t]"}
  output: copy
checks:
  - {name: a third on 1, points: 1/3, when: "x[t] == 1"}
  - {name: two thirds on 0, points: 2/3, when: "x[t] == 0"}
  - {name: the rest, points: 5/2}
"""


@pytest.mark.parametrize(
    ("weight", "points"), [("1", [0.333333, 0.666667, 2.5, 3.5]), ("2", [0, 0.666667, 0, 0.666667])]
)
def test_halves_and_thirds_add_up_exactly_and_are_rounded_to_six_places(tmp_path, weight, points):
    spec = write(tmp_path, {"q5.yaml": THIRDS}) / "q5.yaml"
    report = grade(
        Submission(write(tmp_path / "alice", {"answers.yaml": f"q5: {{W1: {weight}}}"})), load_assignment(spec)
    )
    data = json.loads(render(report))
    question = data["questions"][0]
    assert [*(check["points"] for check in question["checks"]), question["points"]] == points
    assert [check["max_points"] for check in question["checks"]] == [0.333333, 0.666667, 2.5]
    assert data["points"] == points[-1]
    assert data["max_points"] == question["max_points"] == 3.5


def test_whole_points_are_whole_numbers(graded):
    text = render(graded({"answers.yaml": Q5 + Q6}))
    assert '"points": 140, "max_points": 140, "pending_points": 0,' in text
    assert ".0" not in text


def test_the_report_is_one_line_of_ascii_whatever_a_student_writes(graded):
    report = graded({"answers.json": '{"q5": {"\\u001b[2J\\u202e\\ud800é\\n": 1}, "\\n\\u0000": 2}'})
    text = render(report)
    assert text.isascii()
    assert text.count("\n") == 1
    assert text.endswith("\n")
    data = json.loads(text)
    assert data["questions"][0]["messages"][0].startswith(r"answers.json: '\x1b[2J\u202e\ud800é\n' is not a parameter")
    assert data["messages"] == [r"answers.json: '\n\x00' is not a question (the questions are q5 and q6)"]


def test_the_same_submission_gives_the_same_bytes_from_any_place(assignment, tmp_path):
    texts = set()
    for place in ("here", "there/and/further"):
        folder = write(tmp_path / place / "alice", {"answers.yaml": FORGETFUL + Q6})
        texts.update(render(grade(Submission(folder), assignment)) for _ in range(2))
    assert len(texts) == 1
    assert str(tmp_path) not in texts.pop()


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "submissions_example").iterdir()))
def test_every_example_keeps_the_contract(assignment, name):
    data = json.loads(render(grade(Submission(ROOT / "submissions_example" / name), assignment)))
    assert set(data) - {"sandbox", "code"} == TOP
    assert ("code" in data) is ("sandbox" in data)
    assert data["points"] == sum(question["points"] for question in data["questions"])
    assert data["max_points"] == sum(question["max_points"] for question in data["questions"])
    for question in data["questions"]:
        assert (
            set(question) - {"margins", "weights", "certificate", "fingerprint", "weights_fingerprint", "mistakes"}
            == QUESTION
        )
        assert question["status"] in ("graded", "pending", "held", "missing", "rejected")
        assert question["points"] == sum(check["points"] for check in question["checks"])
        assert question["max_points"] == sum(check["max_points"] for check in question["checks"])
        for check in question["checks"]:
            assert set(check) == CHECK
            assert check["outcome"] in ("passed", "failed", "blocked", "pending", "held")
            assert 0 <= check["points"] <= check["max_points"]
            assert (check["outcome"] == "passed") == (check["points"] == check["max_points"])
            assert check["evidence"]["kind"] in (
                "proved", "exhausted", "sampled", "examples", "counterexample", "error", "none"
            )  # fmt: skip


def test_hostile_text_is_read_back_as_it_was():
    text = render(hostile())
    data = json.loads(text)
    assert text.isascii()
    assert text.count("\n") == 1
    assert data["submission"] == data["messages"][0] == data["questions"][0]["title"] == HOSTILE
    assert data["questions"][0]["checks"][0]["evidence"]["input"] == HOSTILE


@given(st.lists(st.integers(-60, 60).map(lambda sixths: Fraction(sixths, 6)), max_size=5))
def test_whole_points_and_parts_of_points_are_added_exactly(points):
    assert added_up(points) == sum(points, Fraction(0))
    assert type(added_up(points)) is Fraction
