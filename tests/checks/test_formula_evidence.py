"""What a report says of an equality: a proof for all, proofs in some cases, points; and the salt, which it never says."""

import json

import pytest

from grader.answers.submission import Submission
from grader.documents import ScalarNode
from grader.errors import SourceLocation
from grader.evidence import AtPoints, Identity, IdentityInCases
from grader.export.student import students_copy
from grader.formulas import Different, ProvedEqual, ProvedInCases, SampledEqual, constant_factor
from grader.grading import grade
from grader.kinds.formula.score import equality_evidence, score_formula
from grader.kinds.table import load_assignment
from grader.language.parse import parse
from grader.reports.json import render
from grader.reports.sentences import in_words

from ..sealing import cheap_seals

SALT = "a secret that no student knows"


def question_text(name, right, extra=""):
    return (
        f"question: {name}\ntitle: A size\npoints: 4\nprompt: Write it.\nanswer: formula\n"
        f"symbols: {{n: integer, k: integer, s: integer, x: scalar, t: integer, T: integer}}\n"
        f"sequences: {{a: scalar}}\nright: {right!r}\n{extra}"
    )


@pytest.fixture
def folder(tmp_path):
    specs = tmp_path / "specs" / "sizes"
    specs.mkdir(parents=True)
    (specs / "assignment.yaml").write_text(f"assignment: sizes\nsalt: {SALT}\nquestions: [q1, q2, q3]\n")
    (specs / "q1.yaml").write_text(question_text("q1", "(n - k)//s + 1"))
    (specs / "q2.yaml").write_text(question_text("q2", "prod(a[j] for j in range(t, T))"))
    (specs / "q3.yaml").write_text(question_text("q3", "sin(2*x)*n", "cases: [{n: 1, k: 1, s: 1, t: 1, T: 2}]\n"))
    return specs


def question(folder, name):
    return next(q for q in load_assignment(folder).questions if q.id == name)


def judged(folder, name, text):
    [check] = score_formula(question(folder, name), ScalarNode(text, SourceLocation("answers.yaml"))).checks
    return check


def test_a_proof_for_all_whole_numbers(folder):
    check = judged(folder, "q1", "(n - k + s)//s")
    assert check.outcome == "passed"
    assert check.evidence == Identity()
    assert in_words(check.evidence) == "proved equal for all values of all variables"


def test_proofs_at_gaps_are_never_said_like_a_proof_for_all(folder):
    check = judged(folder, "q2", "a[t]*prod(a[j] for j in range(t + 1, T))")
    assert check.outcome == "passed"
    assert isinstance(check.evidence, IdentityInCases)
    words = in_words(check.evidence)
    assert words.startswith("equal for all values of all variables at every gap from t to T up to 6, and at ")
    assert words.endswith("; not proved for other whole numbers")
    assert "proved equal" not in words


def test_the_cases_of_the_spec_are_named_as_all_there_is(folder):
    check = judged(folder, "q3", "2*n*sin(x)*cos(x)")
    assert isinstance(check.evidence, AtPoints)
    assert "(at the one case of the spec)" in in_words(check.evidence)
    assert "not proved" in in_words(check.evidence)


def test_what_was_not_reached_is_said():
    evidence = equality_evidence(SampledEqual(40, 96, ({"n": 1}, {"n": 2}), False, ("max(x*x, -1)",)))
    assert in_words(evidence) == (
        "equal at 40 sample points (in 2 cases of n), to at least 96 bits; not proved"
        "; not both sides were reached of max(x*x, -1)"
    )


@pytest.mark.parametrize(
    ("cases", "given", "words"),
    [
        (({"n": 1, "k": 1}, {"n": 2, "k": 1}), False, "in 2 cases of n and k"),
        (({"n": 1, "k": 1}, {"n": 2, "k": 1}), True, "at the 2 cases of the spec"),
        (tuple({"t": 2, "T": 2 + gap} for gap in (1, 2, 3, 5)), False, "at every gap from t to T up to 3"),
        (tuple({"t": 2, "T": 2 + gap} for gap in (2, 3)), False, "in 2 cases of t and T"),
    ],
)
def test_which_cases_in_words(cases, given, words):
    assert equality_evidence(ProvedInCases(cases, 9, given)) == IdentityInCases(len(cases), words, 9)


def test_wrong_answers_that_hold_near_the_small_numbers_earn_nothing(folder):
    for wrong in ("n - k + 1", "0", "(n - k)//s + 1 + (n == 999)", "(n - k)/s + 1"):
        check = judged(folder, "q1", wrong)
        assert (check.outcome, check.points) == ("failed", 0)
    assert judged(folder, "q2", "prod(a[j] for j in range(t, min(T, t + 7)))").points == 0


def test_reports_in_json_keep_to_the_kinds_of_evidence(folder, tmp_path):
    answers = tmp_path / "alice"
    answers.mkdir()
    rows = {"q1": "(n-k+s)//s", "q2": "a[t]*prod(a[j] for j in range(t+1, T))", "q3": "2*n*sin(x)*cos(x)"}
    (answers / "answers.yaml").write_text("".join(f"{name}: '{text}'\n" for name, text in rows.items()))
    report = grade(Submission(answers), load_assignment(folder))
    data = json.loads(render(report))
    kinds = [check["evidence"]["kind"] for q in data["questions"] for check in q["checks"]]
    assert kinds == ["proved", "sampled", "sampled"]
    assert data["questions"][1]["checks"][0]["evidence"]["where"] == "at every gap from t to T up to 6"
    assert SALT not in render(report)


def test_the_salt_is_in_no_file_of_the_copy(folder):
    with cheap_seals():
        files = students_copy(load_assignment(folder)).files
    assert all(SALT not in text for text in files.values())
    assert all("\nsalt:" not in f"\n{text}" for text in files.values())


def test_the_salt_reaches_every_formula_of_the_folder_and_of_one_file(folder):
    for path in (folder, folder / "q1.yaml"):
        assert {q.engine.setting.salt for q in load_assignment(path).questions} == {SALT}


def test_another_salt_means_other_points_and_the_same_one_the_same(folder):
    def point():
        verdict = question(folder, "q3").engine.decide(parse("n*sin(2*x) + (x > 1000)"))
        assert isinstance(verdict, Different)
        return verdict.point.entries

    first = point()
    assert point() == first
    listing = folder / "assignment.yaml"
    listing.write_text(listing.read_text().replace(SALT, "another secret"))
    assert point() != first


def test_a_multiple_of_the_right_answer_is_recognised_for_all_whole_numbers(folder):
    found = constant_factor(parse("2*((n - k)//s) + 2"), question(folder, "q1").engine)
    assert found.factor == 2
    assert isinstance(found.evidence, ProvedEqual)
    assert constant_factor(parse("2*((n - k)//s) + 2 + (n == 999)"), question(folder, "q1").engine) is None
