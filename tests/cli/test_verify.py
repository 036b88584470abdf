"""`grader verify`: a report of right and wrong answers holds, and whatever is changed in it is found."""

import copy
import json
from fractions import Fraction

import pytest

from grader.grading import grade
from grader.kinds.table import load_assignment
from grader.report_file import RecordedReport
from grader.reports.json import render
from grader.verification import verify
from tests.answers.helpers import Q5, Q6, ROOT, Submission, write

WEIGHTS = """
question: {name}
title: {name}
points: {points}
answer: weights
network:
  inputs: {{{inputs}}}
  parameters: {{{parameters}}}
  {network}
  output: y
behaviour: {{{behaviour}, output: o}}
budget: {{states: 40, samples: 20, longest: 300}}
checks: {checks}
{rest}
"""
QUESTIONS = {
    "sums": {"points": 2, "inputs": "x: real", "parameters": "W: scalar, U: scalar", "network": 'initial: {h: 0}\n  equations: {h: "W*h[t-1] + U*x[t]", y: "h[t]"}', "behaviour": 'initial: {q: 0}, equations: {q: "x[t] - q[t-1]", o: "3*q[t]"}', "checks": '[{name: up, points: 1, when: "x[t] > 0"}, {name: down, points: 1, when: "x[t] < 0"}]', "rest": ""},
    "first": {"points": 1, "inputs": "x: [real, real]", "parameters": "W: [2]", "network": 'equations: {y: "W @ x[t]"}', "behaviour": 'equations: {o: "x[t][0]"}', "checks": "[{name: all, points: 1}]", "rest": "length: 1"},
    "index": {"points": 1, "inputs": "x: integer(0..5000)", "parameters": "a: scalar", "network": 'equations: {y: "[0, a][x[t] % 2]"}', "behaviour": 'equations: {o: "x[t] % 2"}', "checks": "[{name: all, points: 1}]", "rest": "length: 1"},
    "drawn": {"points": 1, "inputs": "x: real", "parameters": "a: scalar", "network": 'equations: {y: "[1, a][1 if x[t] > 0 else 0]"}', "behaviour": 'equations: {o: "1"}', "checks": "[{name: all, points: 1}]", "rest": ""},
    "counts": {"points": 1, "inputs": "x: bit", "parameters": "a: scalar", "network": 'initial: {h: 0}\n  equations: {h: "h[t-1] + [1, a][x[t]]", y: "1 if h[t] > 0 else 0"}', "behaviour": 'equations: {o: "1"}', "checks": "[{name: all, points: 1}]", "rest": ""},
    "tiny": {"points": 1, "inputs": "x: real", "parameters": "a: scalar", "network": 'equations: {y: "x[t] > a"}', "behaviour": 'equations: {o: "x[t] > 0"}', "checks": "[{name: all, points: 1}]", "rest": "length: 1"},
}  # fmt: skip
FORGETFUL = "q5: {W1: 1, W2: 0, b2: 0, W3: 1, b3: 0}\n"
RIGHT = "sums: {W: -1, U: 3}\nfirst: {W: [1, 0]}\nindex: {a: 1}\ndrawn: {a: 1}\ncounts: {a: 1}\ntiny: {a: 0}\n"
WRONG = "sums: {W: -1, U: 1/3333333333333333333333333333}\nfirst: {W: [1, 0.001]}\nindex: {a: 2}\ndrawn: {a: 3}\ncounts: {a: -3}\ntiny: {a: 1e-30}\n"


@pytest.fixture(scope="module")
def hw(tmp_path_factory):
    """A course whose questions are proved by an invariant, by z3 anew, by cuts; two are sampled."""
    folder = tmp_path_factory.mktemp("course") / "specs" / "hw"
    folder.mkdir(parents=True)
    for name, parts in QUESTIONS.items():
        (folder / f"{name}.yaml").write_text(WEIGHTS.format(name=name, **parts))
    (folder / "assignment.yaml").write_text(f"assignment: hw\nquestions: [{', '.join(QUESTIONS)}]\n")
    return folder.parents[1]


@pytest.fixture(scope="module")
def assignment(hw):
    return load_assignment(hw / "specs" / "hw")


@pytest.fixture(scope="module")
def graded(assignment, tmp_path_factory):
    """The report of some answers, as data."""

    def graded(answers):
        folder = write(tmp_path_factory.mktemp("hand-in"), {"answers.yaml": answers})
        return json.loads(render(grade(Submission(folder), assignment)))

    return graded


@pytest.fixture(scope="module")
def right(graded):
    return graded(RIGHT)


@pytest.fixture(scope="module")
def wrong(graded):
    return graded(WRONG)


def findings(data, assignment, submission=None):
    return list(verify(RecordedReport.model_validate(data), assignment, submission))


def report_of(data, only):
    """The report with these questions alone."""
    data = {**data, "questions": [q for q in data["questions"] if q["id"] in only]}
    data |= {key: sum(q[key] for q in data["questions"]) for key in ("points", "max_points")}
    data["pending_points"] = 0
    return data


def differing(data, assignment, only=None, submission=None):
    """What does not hold in a report; of some questions alone."""
    data = report_of(data, only) if only else data
    return [one for one in findings(data, assignment, submission) if one.verdict == "differs"]


@pytest.mark.long
def test_a_report_of_right_answers_holds(right, assignment):
    found = [one for one in findings(right, assignment) if one.line]
    assert {(one.question, one.verdict) for one in found} == {(name, "holds") for name in QUESTIONS}
    kinds = {q["id"]: q.get("certificate", {}).get("kind") for q in right["questions"]}
    assert kinds == {
        "sums": "invariant",
        "first": "unrolled",
        "index": "cuts",
        "drawn": None,
        "counts": None,
        "tiny": "unrolled",
    }
    assert {one.question for one in found if one.why == "decided again"} == {"drawn", "counts"}


def test_a_report_of_wrong_answers_holds(wrong, assignment):
    assert wrong["points"] == 0
    found = [one for one in findings(wrong, assignment) if one.line]
    assert [(one.verdict, one.why) for one in found] == [("holds", "the input was run again")] * 7


def test_weights_and_inputs_stand_in_it_exactly(wrong):
    questions = {q["id"]: q for q in wrong["questions"]}
    assert questions["sums"]["weights"] == {"W": "-1", "U": "1/3333333333333333333333333333"}
    assert questions["first"]["weights"] == {"W": ["1", "1/1000"]}


def tampered(data, change):
    other = copy.deepcopy(data)
    change({q["id"]: q for q in other["questions"]}, other)
    return other


def raised(questions, report):
    line = questions["sums"]["checks"][0]
    line["points"] = questions["sums"]["points"] = report["points"] = 1
    line["outcome"] = "passed"


def weights(questions, report):
    questions["sums"]["weights"]["U"] = "3"


def proof_claimed(questions, report):
    raised(questions, report)
    questions["sums"]["checks"][0]["evidence"] = {
        "kind": "proved",
        "states": 0,
        "method": "invariant",
        "invariant": ["h[t-1] == 3*q[t-1]"],
    }
    questions["sums"]["certificate"] = {
        "kind": "invariant",
        "phases": [{"state": ["h[t-1]", "q[t-1]"], "holds": "true"}],
    }


def walk_claimed(questions, report):
    raised(questions, report)
    questions["sums"]["checks"][0]["evidence"] = {"kind": "proved", "states": 1}


def input_changed(questions, report):
    questions["index"]["checks"][0]["evidence"]["input"] = "2"


def input_no_input(questions, report):
    questions["index"]["checks"][0]["evidence"]["input"] = "9999"


def trace_changed(questions, report):
    questions["index"]["checks"][0]["evidence"]["trace"][0]["expected"] = "2"


def steps_of_another_kind(questions, report):
    questions["index"]["checks"][0]["evidence"]["steps"] = "x"


@pytest.mark.parametrize("change", [raised, weights, proof_claimed, walk_claimed, input_changed, input_no_input, trace_changed, steps_of_another_kind])  # fmt: skip
def test_a_report_of_wrong_answers_that_was_changed_does_not_hold(wrong, assignment, change):
    assert differing(tampered(wrong, change), assignment, {"sums", "index"})


CHANGES = {
    "the points of a line": lambda q: q["checks"][0].update(points=2),
    "its most points": lambda q: q["checks"][0].update(max_points=2),
    "its name": lambda q: q["checks"][0].update(name="other"),
    "its outcome": lambda q: q["checks"][0].update(outcome="failed"),
    "another line": lambda q: q["checks"].append(dict(q["checks"][0])),
    "a line less": lambda q: q["checks"].pop(),
    "the status": lambda q: q.update(status="held"),
    "the title": lambda q: q.update(title="other"),
    "the points of the question": lambda q: q.update(points=1),
    "an answer that is wrong": lambda q: q["weights"].update(U="3.1"),
    "an answer that is none": lambda q: q["weights"].update(U="x"),
    "a weight less": lambda q: q["weights"].pop("U"),
    "an invariant that is told otherwise": lambda q: q["checks"][0]["evidence"].update(invariant=["h[t-1] == 2*q[t-1]"]),
    "an invariant that is weaker": lambda q: q["certificate"]["phases"][0].update(holds="true"),
    "an invariant that is wrong": lambda q: q["certificate"]["phases"][0].update(holds="(= |h[t-1]| (* 2.0 |q[t-1]|))"),
    "an invariant that is no formula": lambda q: q["certificate"]["phases"][0].update(holds="(foo"),
    "no certificate": lambda q: q.pop("certificate"),
    "a certificate of another kind": lambda q: q["certificate"].update(kind="unrolled", steps=1),
    "a certificate of no kind": lambda q: q["certificate"].update(kind="magic"),
    "evidence of another kind": lambda q: q["checks"][0].update(evidence={"kind": "sampled", "examples": 9, "seed": 0}),
    "a stronger proof": lambda q: [c["evidence"].update(states=1) for c in q["checks"]],
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_report_of_right_answers_that_was_changed_does_not_hold(right, assignment, name):
    assert not differing(right, assignment, {"sums"})
    assert differing(tampered(right, lambda questions, _: CHANGES[name](questions["sums"])), assignment, {"sums"})


def test_sums_that_do_not_add_up_and_questions_that_stand_in_it_twice_are_found(right, assignment):
    first = right["questions"][1]
    alone = right | {"questions": [first], "points": 1, "max_points": 1}
    for key in ("points", "max_points"):
        assert [one.line for one in differing(alone | {key: 99}, assignment)] == [""]
    twice = right | {"questions": [first, first], "points": 2, "max_points": 2}
    assert [(one.question, one.why) for one in differing(twice, assignment)] == [("first", "stands in it twice")]
    strange = right | {"questions": [first | {"id": "other"}], "points": 1, "max_points": 1}
    assert "no question" in differing(strange, assignment)[0].why


def test_pending_points_that_do_not_add_up_are_found(right, assignment):
    data = {**right, "questions": [], "points": 0, "max_points": 0, "pending_points": 3}
    assert [one.why for one in differing(data, assignment)] == ["the questions add up to 0 pending points, not 3"]


def test_a_held_question_without_lines_waits_with_all_of_its_points(right, assignment):
    held = right["questions"][1] | {"status": "held", "points": 0, "checks": []}
    data = {**right, "questions": [held], "points": 0, "max_points": held["max_points"]}
    for pending, told in ((held["max_points"], 0), (0, 1)):
        found = differing({**data, "pending_points": pending}, assignment)
        assert sum("pending points" in one.why for one in found) == told


def test_a_line_that_is_not_proved_cannot_hide_it(right, assignment):
    def hide(questions, report):
        del questions["drawn"]["checks"][0]["unproved"]

    (found,) = differing(tampered(right, hide), assignment, {"drawn"})
    assert (found.question, found.why) == ("drawn", "its unproved is True, not False")


def test_a_proof_beside_a_line_that_is_held_is_checked(tmp_path):
    parts = {"points": 2, "inputs": "x: bit", "parameters": "a: scalar", "network": 'equations: {y: "sigmoid(a*x[t] - 1)"}', "behaviour": 'equations: {o: "x[t]"}', "checks": '[{name: always, points: 1}, {name: never, points: 1, when: "x[t] == 2"}]', "rest": 'accept: "(y > 1/2) == (expected == 1)"'}  # fmt: skip
    (tmp_path / "soft.yaml").write_text(WEIGHTS.format(name="soft", **parts))
    assignment = load_assignment(tmp_path / "soft.yaml")
    folder = write(tmp_path / "hand-in", {"answers.yaml": "soft: {a: 3}"})
    data = json.loads(render(grade(Submission(folder), assignment)))
    assert [check["outcome"] for check in data["questions"][0]["checks"]] == ["passed", "held"]
    assert not [one for one in findings(data, assignment) if one.verdict == "differs"]
    data["questions"][0]["certificate"] = {"kind": "unrolled"}
    assert [one.line for one in findings(data, assignment) if one.verdict == "differs"] == ["always"]


def test_a_question_that_is_left_out_is_told_and_claims_nothing(right, assignment):
    found = findings({**right, "questions": right["questions"][1:2], "points": 1, "max_points": 1}, assignment)
    left = [one for one in found if one.verdict == "unchecked"]
    assert [one.question for one in left] == ["sums", "index", "drawn", "counts", "tiny"]
    assert not any(one.points for one in left)


@pytest.mark.long
def test_with_the_submission_another_answer_is_found(right, assignment, tmp_path):
    compared = {"first", "counts"}
    same = RIGHT.replace("W: [1, 0]", "W: [2/2, 0.0]")
    folder = write(tmp_path / "alice", {"answers.yaml": same})
    assert not differing(right, assignment, compared, Submission(folder))
    other = write(tmp_path / "bob", {"answers.yaml": RIGHT.replace("counts: {a: 1}", "counts: {a: 2}")})
    wrong = [(one.question, one.why) for one in differing(right, assignment, compared, Submission(other))]
    assert wrong[0] == ("counts", "another answer was handed in")
    assert {name for name, _ in wrong} == {"counts"}


@pytest.fixture
def saved(tmp_path):
    def saved(data):
        path = tmp_path / "report.json"
        path.write_text(data if isinstance(data, str) else json.dumps(data))
        return path

    return saved


def test_the_command_says_line_by_line_what_holds(course, run, tmp_path):
    report = tmp_path / "report.json"
    alice = write(tmp_path / "alice", {"answers.yaml": FORGETFUL + Q6})
    assert run("check", alice, "--format", "json", "--output", report).code == 1
    result = run("verify", report)
    assert (result.code, result.err) == (0, "")
    assert "ok    q5: stays 1 while every input is 1 (20): its certificate is accepted\n" in result.out
    assert "ok    q5: stays 0 ever after: the input was run again\n" in result.out
    assert result.out.endswith("\n110 of 110 points hold\n")
    data = json.loads(report.read_text())
    data["questions"][0]["checks"][2].update(points=30, outcome="passed")
    data["questions"][0]["points"] = 70
    data["points"] = 140
    report.write_text(json.dumps(data))
    result = run("verify", report)
    assert result.code == 1
    assert "FAIL  q5: stays 0 ever after (30): its points are 0, not 30" in result.out
    assert result.err == "grader: the report does not hold: 30 points are not as it says\n"


def test_answers_that_are_no_weights_are_graded_again_from_the_submission(run, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    report, sheet = tmp_path / "report.json", ROOT / "submissions_example" / "solved_sheet"
    run("check", sheet, "-q", "q3.1", "-q", "q5", "--format", "json", "--output", report)
    alone = run("verify", report)
    assert alone.code == 2
    assert "20 points rest on answers that a report does not carry" in alone.err
    assert run("verify", report, sheet).code == 0
    data = json.loads(report.read_text())
    data["questions"][0]["checks"][0]["points"] = 10
    report.write_text(json.dumps(data))
    assert run("verify", report, sheet).code == 1


UNUSABLE = {
    "no JSON": "points: 70", "a list": "[]", "no report": "{}", "another schema": '{"schema": 2}', "a key twice": '{"schema": 1, "schema": 1}',
    "no number": '{"schema": NaN}', "deep": "[" * 100_000, "a long number": f'{{"schema": {"1" * 10_000}}}', "no text": b"\xff\xfe\x00\xd8".decode("latin-1"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_file_that_is_no_report_is_refused(course, run, saved, name):
    result = run("verify", saved(UNUSABLE[name]))
    assert result.code == 2
    assert "report.json: this is no report" in result.err


def test_lists_in_lists_are_refused_before_they_are_read_as_weights(course, run, saved):
    deep: list = []
    for _ in range(400):
        deep = [deep]
    line = {
        "id": "q5",
        "title": "",
        "points": 0,
        "max_points": 0,
        "status": "graded",
        "checks": [],
        "weights": {"W": deep},
    }
    totals = {"points": 0, "max_points": 0, "pending_points": 0}
    report = {"schema": 1, "assignment": "assignment3", "submission": "s", **totals, "questions": [line]}
    result = run("verify", saved(report))
    assert (result.code, result.err) == (2, "grader: report.json: this is no report: it is nested too deeply\n")


def test_another_schema_is_named(course, run, saved, right):
    result = run("verify", saved(right | {"schema": 2}))
    assert (result.code, result.err) == (2, "grader: report.json: a report of schema 2, not of 1\n")


def test_strange_text_in_a_report_is_shown_on_one_line(course, run, saved, right):
    data = right | {
        "assignment": "assignment3",
        "questions": [right["questions"][0] | {"id": "q5\n\x1b[31mok"}],
        "points": 2,
        "max_points": 2,
    }
    result = run("verify", saved(data))
    assert result.code == 1
    assert "\x1b" not in result.out


def test_the_exact_numbers_of_an_input_stand_beside_a_text_that_leaves_them_out(wrong, assignment):
    """`about 1e-30` is no input: the steps are in the report as well, and are run again."""
    (check,) = wrong["questions"][-1]["checks"]
    assert check["evidence"]["input"].startswith("about 1e-30")
    ((number,),) = check["evidence"]["steps"]
    assert 0 < Fraction(number) <= Fraction(1, 10**30)
    assert not differing(wrong, assignment, {"tiny"})

    def larger(questions, _):
        questions["tiny"]["checks"][0]["evidence"]["steps"] = [["2e-30"]]

    assert differing(tampered(wrong, larger), assignment, {"tiny"})


def test_answers_q5_and_q6_hold_in_a_class(course, run, tmp_path):
    write(tmp_path / "class" / "alice", {"answers.yaml": Q5 + Q6})
    assert run("grade", tmp_path / "class", "--out", tmp_path / "results").code == 0
    assert run("verify", tmp_path / "results" / "reports" / "alice.json").code == 0


NUMBER = "question: {name}\ntitle: {name}\npoints: 70\nanswer: number\nvalue: 4\n"
OVERRIDES = """
- {submission: alice, question: q1, points: 60, reason: of the sheet, by: N. N.}
- {submission: bob, question: q1, line: the number is right, points: 10, reason: half right, by: N. N.}
- {submission: carol, excused: [q2], reason: ill, by: N. N.}
"""


@pytest.fixture
def decided(run, tmp_path, monkeypatch):
    """Reports of which people decided, and of which points were taken for lateness."""
    terms = "questions: [q1, q2]\ndeadline: 2026-02-01 12:00 Z\nlate: {penalty_per_day: 10}\n"
    questions = {f"{name}.yaml": NUMBER.format(name=name) for name in ("q1", "q2")}
    write(tmp_path / "specs" / "hw", {"assignment.yaml": f"assignment: hw\n{terms}", **questions})
    for name, q1 in {"alice": 4, "bob": 5, "carol": 4}.items():
        write(tmp_path / "class" / name, {"answers.yaml": f"q1: {q1}\nq2: 4\n"})
    write(tmp_path, {"times.csv": "name,submitted_at\nalice,2026-02-01 13:00 Z\n", "o.yaml": OVERRIDES})
    monkeypatch.chdir(tmp_path)
    files = ("--metadata", "times.csv", "--overrides", "o.yaml")
    assert run("grade", "class", "--out", "results", "-j", 1, *files).code == 0
    return tmp_path / "results" / "reports"


def test_what_people_decided_is_told_and_the_marks_beside_it_hold(run, decided, tmp_path):
    shown = {}
    for name, code in {"alice": 2, "bob": 2, "carol": 2}.items():
        found = run("verify", decided / f"{name}.json", tmp_path / "class" / name)
        shown[name] = found.out
        assert (found.code, "FAIL" in found.out) == (code, False), found.out
    assert "q1 (60): points given by N. N." in shown["alice"]
    assert "70 of 130 points hold; 60 were given by people; 10 are taken for lateness" in shown["alice"]
    assert "q1: the number is right (10): points given by N. N." in shown["bob"]
    assert "70 of 80 points hold; 10 were given by people" in shown["bob"]
    assert "q2: does not count: excused by N. N. because ill" in shown["carol"]
    assert "70 of 70 points hold" in shown["carol"]


@pytest.mark.parametrize("key", ["graded points", "status", "lateness"])
def test_a_decided_report_that_was_changed_does_not_hold(run, decided, tmp_path, key):
    data = json.loads((decided / "alice.json").read_text())
    q1 = next(question for question in data["questions"] if question["id"] == "q1")
    match key:
        case "graded points":
            q1["override"]["graded"]["points"] = 60
        case "status":
            q1["override"]["graded"]["as"] = "missing"
        case _:
            data["lateness"]["taken"] = 0
    write(decided, {"alice.json": json.dumps(data)})
    assert run("verify", decided / "alice.json", tmp_path / "class" / "alice").code == 1
