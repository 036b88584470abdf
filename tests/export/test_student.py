"""The copy for students: it grades what it can, says what waits, and holds no answer in any form."""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from grader.answers.submission import Submission
from grader.documents import ScalarNode
from grader.errors import SourceLocation, SpecError
from grader.export.student import students_copy, write_bundle
from grader.formulas import is_equal
from grader.grading import grade
from grader.kinds.copy_texts import check_copy
from grader.kinds.formula.score import score_formula
from grader.kinds.function.code_runner import runner_pool
from grader.kinds.function.spec_check import score_code
from grader.kinds.table import load_assignment
from grader.kinds.weights.score import score_weights
from grader.spec.course import load_reference
from grader.verdict import as_number

from ..conftest import RUN
from ..sealing import cheap_seals

ROOT = Path(__file__).parents[2]
ASSIGNMENTS = ("assignment3", "sequence_lab")


@pytest.fixture(autouse=True, scope="module")
def _cheap_copies():
    with cheap_seals():
        yield


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
        for check in getattr(way, "checks", ()):
            yield check.say
            yield from (part.say for part in check.partly)
        for point in getattr(way, "accepted", ()):
            yield point.name
        yield getattr(way, "reference", "")


@pytest.mark.long
@pytest.mark.sampled(2)
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
        assert not found & {"say", "readings", "reading", "hidden", "reference", "reveal", "value"}


@pytest.mark.parametrize("course", ["assignment3"], indirect=True)
def test_the_copy_grades_like_the_course_what_it_can(course, copy):
    """Full marks stay full marks, a wrong formula is refused, and what waits is pending."""
    mine = load_assignment(copy / "specs" / course.id)
    for name, wanted in {"plain_words": {"q3.1": 20, "q3.2": 20, "q3.4": 30}, "near_misses": {"q3.1": 0}}.items():
        report = grade(Submission(ROOT / "submissions_example" / name), mine, run=RUN)
        points = {q.id: as_number(q.points) for q in report.questions}
        assert {key: points[key] for key in wanted} == wanted
        assert {q.id for q in report.questions if q.status == "pending"} >= {"q2", "q3.3", "q4.1"}
        assert all(q.points <= q.max_points for q in report.questions)


def test_every_question_of_the_course_is_in_the_copy(course, copy):
    mine = load_assignment(copy / "specs" / course.id)
    assert [(q.id, q.points) for q in mine.questions] == [(q.id, q.points) for q in course.questions]


def test_the_blanks_can_be_checked_at_once_from_anywhere(copy, run, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    found = run("check", copy / "submission", "--format", "json")
    assert found.code in (0, 1), found
    assert json.loads(found.out)["points"] == 0


@pytest.mark.long
@pytest.mark.parametrize("course", ["sequence_lab", pytest.param("assignment3", marks=pytest.mark.slow)], indirect=True)
def test_the_copy_is_the_same_every_time(course, copy):
    written = {path.name: path.read_text("utf-8") for path in (copy / "specs" / course.id).iterdir()}
    assert students_copy(course).files == written


def test_a_folder_that_holds_something_is_left_alone(course, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(SpecError, match="is not empty: nothing was written"):
        write_bundle(course, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_one_question_file_is_not_enough(tmp_path):
    with pytest.raises(SpecError, match="a student's copy is made of a whole assignment"):
        write_bundle(load_assignment(ROOT / "specs" / "assignment3" / "q5.yaml"), tmp_path / "copy")


SECRET = "xyzzy"
"""Stands in every text that must not travel."""

WHOLE = {
    "w": f"""
question: w
title: Weights
points: 2
prompt: Copy the input, so that 01 gives 01.
answer: weights
network: {{inputs: {{x: bit}}, parameters: {{a: scalar}}, equations: {{y: "a*x[t]"}}, output: y}}
behaviour: {{initial: {{s: 0}}, equations: {{s: "x[t]"}}, output: s}}
reference: reference.{SECRET}
examples: {{"01": "01", "10": "10"}}
checks: [{{name: copies, points: 2}}]
known: {{"{SECRET}1": {{a: 1, earns: 2}}, two: {{a: 2, earns: 0, say: {SECRET}2}}}}
readings: [{{name: {SECRET}3, equations: {{y: "-a*x[t]"}}}}]
""",
    "f": f"""
question: f
title: A function
points: 9
prompt: Add up.
answer: function
signature: f(x, y)
inputs: {{x: "integer(-9..9)", y: "integer(-9..9)"}}
checks:
  - {{name: {SECRET}1, points: 1, equals: reference.sums.f}}
  - {{name: {SECRET}2, points: 1, holds: out ~ x + y}}
  - {{name: {SECRET}3, points: 1, holds: abs(out - (x + y)) < 1e-9}}
  - {{name: {SECRET}4, points: 1, holds: "f(x, y) == sum([x, y])"}}
  - {{name: {SECRET}5, points: 1, holds: 2*out == 2*x + 2*y}}
  - {{name: {SECRET}6, points: 1, hidden: true, holds: "out == f(y, x)"}}
  - {{name: both ways, points: 1, holds: "out == f(y, x)", say: {SECRET}7}}
  - {{name: with nothing, points: 1, when: y == 0, holds: out == x,
     partly: [{{holds: out == x - y, points: 0, say: {SECRET}8}}]}}
  - {{name: is a number, points: 1, holds: out <= 18, say: {SECRET}9}}
known: {{{SECRET}: {{code: "def f(x, y):\\n    return x + y", earns: 9}}}}
""",
    "g": f"""
question: g
title: A formula
points: 4
prompt: The area.
answer: formula
symbols: {{a: scalar, b: scalar}}
right: a*b
reveal: true
near: [{{name: {SECRET}1, formula: a + b, points: 1, say: {SECRET}2}}]
up to: {{sign: 2}}
known: {{{SECRET}3: {{formula: b*a, earns: 4}}}}
""",
    "four": "question: four\ntitle: Four\npoints: 1\nanswer: formula\nsymbols: {a: scalar}\nright: 4\n",
    "n": f"""
question: n
title: A number
points: 1
answer: number
value: 41
accepts: ["{SECRET}"]
near: [{{value: 42, points: 0, say: {SECRET}}}]
known: {{{SECRET}: {{text: "41", earns: 1}}}}
""",
    "c": f"""
question: c
title: A choice
points: 1
answer: choice
options: {{a: one thing, b: another}}
right: [a]
say: {{b: {SECRET}}}
""",
    "p": f"""
question: p
title: Prose
points: 1
answer: written
rubric: [{{name: {SECRET}, points: 1, keywords: ["{SECRET}", "word {SECRET}"]}}]
""",
}


@pytest.fixture(scope="module")
def secretive(tmp_path_factory):
    """A course that has a secret in every text that must not travel, and its copy."""
    folder = tmp_path_factory.mktemp("secretive")
    specs = folder / "specs" / "hw"
    specs.mkdir(parents=True)
    (folder / "reference").mkdir()
    (folder / "reference" / "sums.py").write_text("def f(x, y):\n    return x + y\n")
    for name, text in WHOLE.items():
        (specs / f"{name}.yaml").write_text(text)
    (specs / "assignment.yaml").write_text(f"assignment: hw\ntitle: All kinds\nquestions: [{', '.join(WHOLE)}]\n")
    (specs / "marks.yaml").write_text(f"- {{submission: bob, question: p, met: [{SECRET}]}}\n")
    written = write_bundle(load_assignment(specs), folder / "copy")
    return folder, written


def test_no_secret_of_any_kind_of_question_travels(secretive):
    folder, written = secretive
    assert SECRET.encode() not in everything(folder / "copy")
    assert {path.name for path in written.paths} == {"assignment.yaml", "answers.yaml", *(f"{n}.yaml" for n in WHOLE)}
    assert written.notes == (
        "four: waits for the course: the right answer is the same at every point, and a number is soon guessed",
    )


def test_the_copy_of_every_kind_of_question_is_the_same_every_time(secretive):
    folder, _ = secretive
    written = {path.name: path.read_text("utf-8") for path in (folder / "copy" / "specs" / "hw").iterdir()}
    assert "seal" in written["g.yaml"]
    assert students_copy(load_assignment(folder / "specs" / "hw")).files == written


def test_lines_that_state_the_answer_wait_and_others_stay(secretive):
    folder, _ = secretive
    root = yaml.safe_load((folder / "copy" / "specs" / "hw" / "f.yaml").read_text())
    waiting = [check["name"] for check in root["checks"] if check.get("waits")]
    assert waiting == [f"line {number}, which waits for the course" for number in range(1, 7)]
    assert [check["name"] for check in root["checks"] if not check.get("waits")] == [
        "both ways", "with nothing", "is a number",
    ]  # fmt: skip


def test_only_examples_that_the_prompt_promises_travel(secretive):
    folder, _ = secretive
    text = (folder / "copy" / "specs" / "hw" / "w.yaml").read_text()
    assert "'01': '01'" in text or "01: 01" in text
    assert "10: 10" not in text.replace("'", "")


def test_only_known_keys_of_an_assignment_travel(secretive, tmp_path):
    folder, _ = secretive
    listing = (folder / "copy" / "specs" / "hw" / "assignment.yaml").read_text()
    assert set(yaml.safe_load(listing)) == {"assignment", "title", "questions", "copy"}
    assert load_assignment(folder / "copy" / "specs" / "hw").students_copy
    assert not load_assignment(folder / "specs" / "hw").students_copy


@pytest.mark.long
def test_known_formulas_and_weights_earn_in_the_copy_what_it_can_check(course, copy):
    """Right ones everything, wrong ones nothing; weights what they earn in the course."""
    mine = {question.id: question for question in load_assignment(copy / "specs" / course.id).questions}
    tried = 0
    for question in course.questions:
        ways, others = (getattr(q, "ways", (q,)) for q in (question, mine[question.id]))
        for way, other in zip(ways, others, strict=True):
            if way.kind.name == "weights":
                for known in way.known:
                    tried += 1
                    assert score_weights(other, known.values).points == known.earns
            if way.kind.name == "formula":
                for known in way.known:
                    tried += 1
                    earned = score_formula(other, ScalarNode(known.text, SourceLocation(known.name))).points
                    assert earned == (way.points if known.earns == way.points else 0), known.name
                for near in way.near:
                    tried += 1
                    assert not is_equal(other.engine.decide(near.tree)), near.name
    assert tried == {"assignment3": 54, "sequence_lab": 0}[course.id]


LONG_CHECKED = ("free_run", "teacher_forcing", "scheduled_sampling", "one_hot")
"""Questions with thousands of calls: in copies their right functions are tried with `pytest -m slow`."""


@pytest.mark.long
def test_right_functions_lose_nothing_in_the_copy(course, copy):
    assert_right_functions_lose_nothing(course, copy, lambda name: name not in LONG_CHECKED)


@pytest.mark.slow
def test_right_functions_of_long_questions_lose_nothing_either(course, copy):
    assert_right_functions_lose_nothing(course, copy, lambda name: name in LONG_CHECKED)


def assert_right_functions_lose_nothing(course, copy, tried):
    mine = {question.id: question for question in load_assignment(copy / "specs" / course.id).questions}
    for question in course.questions:
        if question.kind.name == "function" and tried(question.id):
            right = next(known for known in question.known if known.earns == question.points)
            result = score_code(mine[question.id], right.code, runner_pool(RUN, "strict"))
            assert {check.outcome for check in result.checks} <= {"passed", "pending"}, question.id


def test_reports_say_that_a_copy_was_checked_against(copy, course):
    report = grade(Submission(copy / "submission"), load_assignment(copy / "specs" / course.id))
    assert report.messages == (
        "checked against a student's copy of the assignment: marks come from the course, which checks more",
    )
    own = grade(Submission(copy / "submission"), course)
    assert own.messages == ()


@pytest.mark.parametrize("course", ["assignment3"], indirect=True)
def test_an_answer_that_only_the_course_can_check_is_no_stray_key(copy, course, tmp_path):
    mine = load_assignment(copy / "specs" / course.id)
    waiting = [question.id for question in mine.questions if question.kind.name == "waits"]
    (tmp_path / "answers.yaml").write_text("".join(f"{name}: some words\n" for name in waiting))
    report = grade(Submission(tmp_path), mine)
    assert [message for message in report.messages if "not read" in message] == []
    assert {question.status for question in report.questions if question.id in waiting} == {"pending"}


PYTHON = {
    "a reference of weights": ("w", "reference: reference.sums\n", "w: reference.sums is Python"),
    "a reference of a formula": ("g", "reference: reference.sums.f\n", "g: reference.sums.f is Python"),
}
LINES = {
    "equals": "{name: q, points: 0, equals: reference.sums.f}",
    "equals, with a colon": "{name: q, points: 0, equals: 'reference.sums:f'}",
    "in part": "{name: q, points: 0, holds: out <= 1, partly: [{points: 0, equals: reference.sums.f}]}",
}


@pytest.mark.parametrize(("name", "line", "message"), PYTHON.values(), ids=PYTHON)
def test_a_copy_that_names_python_is_refused(secretive, tmp_path, name, line, message):
    folder, _ = secretive
    shutil.copytree(folder / "copy", tmp_path / "copy")
    file = tmp_path / "copy" / "specs" / "hw" / f"{name}.yaml"
    file.write_text(file.read_text() + line)
    for spec in (file, file.parent):
        with pytest.raises(
            SpecError, match=re.escape(f"{message}, which a student's copy (copy: student) may not name")
        ):
            load_assignment(spec)


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_no_line_of_a_copy_names_python_either(secretive, tmp_path, line):
    folder, _ = secretive
    shutil.copytree(folder / "copy", tmp_path / "copy")
    shutil.copytree(folder / "reference", tmp_path / "copy" / "reference")
    file = tmp_path / "copy" / "specs" / "hw" / "f.yaml"
    file.write_text(file.read_text().replace("checks:\n", f"checks:\n- {line}\n"))
    with pytest.raises(SpecError, match=r"f: reference\.sums.f is Python"):
        load_assignment(file.parent)


def test_no_reference_is_loaded_for_a_copy(secretive, tmp_path):
    folder, _ = secretive
    shutil.copytree(folder / "copy", tmp_path / "copy")
    shutil.copytree(folder / "reference", tmp_path / "copy" / "reference")
    with pytest.raises(SpecError, match="a student's copy of an assignment runs no Python of a course"):
        load_reference("reference.sums", tmp_path / "copy" / "specs" / "hw" / "f.yaml")


def test_a_copy_is_checked_with_from_wherever_one_stands(copy, course, run, monkeypatch, tmp_path):
    starts = {copy: "submission", copy / "submission": ".", copy / "specs": "../submission", tmp_path: "submission"}
    for start, named in starts.items():
        monkeypatch.chdir(start)
        found = run("check", copy / "submission" if start == tmp_path else named, "--format", "json")
        assert found.code in (0, 1), found.err
        assert json.loads(found.out)["assignment"] == course.id
    elsewhere = tmp_path / "mine"
    shutil.copytree(copy / "submission", elsewhere)
    assert run("check", elsewhere).code == 2
    assert run("check", elsewhere, "--course", copy).code in (0, 1)


def test_spec_check_lists_what_students_read_beside_the_prompt(secretive):
    folder, _ = secretive
    found = list(check_copy(load_assignment(folder / "specs" / "hw")))
    said = {f.question: f.text for f in found if "beside the prompt" in f.text or "the prompt alone" in f.text}
    assert set(said) == set(WHOLE)
    assert [f.text for f in found if f.text not in said.values()] == [
        "a student's copy takes the known right answer for right"
    ]
    assert said["w"] == "a student's copy has beside the prompt: Weights; bit; a*x[t]; x[t]; copies"
    assert said["g"] == "a student's copy has beside the prompt: A formula"
    assert "out == f(y, x); with nothing; y == 0; out == x" in said["f"]
    assert not any(SECRET in f.text for f in found)
    copied = load_assignment(folder / "copy" / "specs" / "hw")
    assert list(check_copy(copied)) == []


@pytest.mark.long
def test_the_command_shows_the_list(secretive, run, monkeypatch):
    folder, _ = secretive
    monkeypatch.chdir(folder)
    assert (
        "ok    w: a student's copy has beside the prompt: Weights; bit; a*x[t]; x[t]; copies\n"
        in run("spec", "check").out
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("n: 2\n", "n: 16384\n", "sealed.scrypt: this grader seals with {n: 2, r: 1, p: 1}"),
        ("salt: ", "salt: x", "sealed: salt: 32 hexadecimal digits are wanted, not 'x"),
        ("digest: ", "digest: 0", "sealed: digest: 64 hexadecimal digits are wanted, not '0"),
        ("stages:", "stage:", "'stage' is not a key"),
    ],
)
def test_a_seal_that_was_tampered_with_is_refused(secretive, tmp_path, old, new, message):
    folder, _ = secretive
    shutil.copytree(folder / "copy", tmp_path / "copy")
    file = tmp_path / "copy" / "specs" / "hw" / "g.yaml"
    file.write_text(file.read_text().replace(old, new, 1))
    with pytest.raises(SpecError, match=re.escape(message)):
        load_assignment(file.parent)
