"""A question of any kind is, for each student, the one with the own constants, as if it had been written so."""

import json
from dataclasses import replace

import pytest

import grader
from grader.answers.in_memory import InMemorySubmission
from grader.answers.python_values import node_of
from grader.answers.submission import Submission
from grader.audience import Audience, redacted
from grader.documents import read_yaml
from grader.errors import SourceLocation, SpecError
from grader.grading import grade
from grader.kinds.kind import kind_of
from grader.kinds.open_submission import Details
from grader.kinds.table import load_assignment
from grader.kinds.variants.own import drawn_variants, own_assignment, students_assignment, variants_of
from grader.reports import html
from grader.reports import json as json_report
from grader.reports.recorded import report_in
from grader.reports.sentences import said_of
from grader.selfcheck import check_question

from ..answers.helpers import write
from ..conftest import RUN
from .courses import LISTS, NUMBER, WEIGHTS, WRITTEN, constants_of, right_answers, write_course

STUDENTS = ["alice", "bob", "carol", "dave", "Ada King", "ève"]


@pytest.fixture(scope="module")
def assignment(tmp_path_factory):
    return load_assignment(write_course(tmp_path_factory.mktemp("questions")) / "specs" / "hw")


@pytest.fixture(scope="module")
def of(assignment, tmp_path_factory):
    """The report of a submission that is right for one student's variants, graded for another."""
    folder = tmp_path_factory.mktemp("submissions")
    made = {}

    def report(solved, graded, **how):
        if solved not in made:
            made[solved] = write(folder / solved, right_answers(solved))
        return grade(Submission(made[solved]), assignment, run=RUN, student=graded, **how)

    return report


@pytest.mark.long
@pytest.mark.parametrize("student", STUDENTS)
def test_who_solves_the_own_variant_earns_everything(of, student):
    report = of(student, student)
    assert {q.id: q.points for q in report.questions if q.points < q.max_points} == {"essay": 0}
    assert report.pending_points == 6
    drawn = {q.id: dict(q.variant) for q in report.questions if q.variant}
    assert drawn["latch"] == constants_of(student, "latch")
    assert drawn["chain.1"] == constants_of(student, "chain")
    assert report.variants_of == student


@pytest.mark.parametrize("graded", STUDENTS[1:])
def test_what_is_right_for_another_variant_alone_is_wrong(of, graded):
    """Of each question: what alice solved is right for another student exactly if what matters was drawn alike."""
    points = {q.id: q.points for q in of("alice", graded).questions}
    own, others = ({name: constants_of(who, name) for name in LISTS} for who in (graded, "alice"))
    matters = {"gate": lambda c: c["right"], "total": lambda c: int(c["a"]) + int(c["b"])}
    for name in ("total", "gate", "slope", "scale", "both"):
        same = matters.get(name, dict.items)
        assert (points[name] > 0) is (same(own[name]) == same(others[name])), name
    assert (points["chain.1"] > 0) is (points["chain.2"] > 0) is (own["chain"] == others["chain"])
    if own["latch"]["one"] != others["latch"]["one"]:
        assert points["latch"] < 10
    assert points["plain"] == 1


def test_every_kind_differs_between_some_two_of_these_students():
    for name in LISTS:
        assert len({tuple(constants_of(student, name).items()) for student in STUDENTS}) > 1, name


def test_constants_stand_wherever_they_are_named(assignment):
    own = {question.id: question for question in students_assignment(assignment, "bob").questions}
    latch = constants_of("bob", "latch")
    zero = 1 - int(latch["one"])
    assert own["latch"].title == f"A latch that remembers the first {zero}"
    assert f"until the first {zero}" in own["latch"].prompt
    assert own["latch"].prompt.endswith(f"phi jumps at {latch['theta']}.")
    assert own["both"].ways[1].prompt == f"Of {constants_of('bob', 'both')['d']}?"
    assert own["plain"].prompt == "Write $${x}$."  # a question without variants knows no names
    heading = students_assignment(assignment, "bob").headings["chain.2"]
    n = constants_of("bob", "chain")["n"]
    assert (heading.title, heading.prompt) == (f"A chain with {n} links", f"All parts are about n = {n}.")
    assert not variants_of(students_assignment(assignment, "bob"))


def test_a_plain_brace_is_written_with_two_dollars(tmp_path):
    text = NUMBER.replace("What is ${a} + ${b}?", "'$${x}$, ${\\bf x}$, $${a} is ${ a }, $$ {a}'")
    course = write_course(tmp_path, ["total"], total=text)
    (question,) = students_assignment(load_assignment(course / "specs" / "hw"), "bob").questions
    assert question.prompt == "${{x}}$, ${{\\bf x}}$, ${{a}} is {}, $$ {{a}}".format(constants_of("bob", "total")["a"])


def test_whole_values_are_lists_and_mappings_and_texts_are_read_as_if_written_without_quotes(tmp_path):
    text = WEIGHTS.replace(
        "theta: [1/4, 1/2, 3/4]}", 'theta: [1/2], shape: [scalar, [1]], gate: [{f: "x[t]"}]}'
    ).replace("parameters: {U: scalar,", 'parameters: {U: "${shape}",')
    course = write_course(tmp_path, ["latch"], latch=text)
    latch = load_assignment(course / "specs" / "hw").questions[0]
    with pytest.raises(SpecError, match=r"shape = no\. 2"):  # U is a vector there, and h becomes one
        latch.own((0, 0, 1, 0))
    assert latch.own((1, 0, 0, 0)).parameters["U"].shape == ()


def test_the_places_of_problems_are_those_of_the_file(tmp_path):
    text = WEIGHTS.replace("theta: [1/4, 1/2, 3/4]", 'theta: [1/2, "1/2 +"]')
    latch = load_assignment(write_course(tmp_path, ["latch"], latch=text) / "specs" / "hw").questions[0]
    with pytest.raises(SpecError) as refusal:
        latch.own((0, 1))
    (problem,) = refusal.value.problems
    assert (problem.place.line, text.split("\n")[problem.place.line - 1].strip()[:9]) == (13, "functions")
    assert "variant one = 0, theta = 1/2 +: network.functions" in problem.message


def test_a_variant_that_cannot_be_had_holds_the_question_and_costs_nothing(tmp_path):
    text = NUMBER.replace("let: {sum: a + b}", "let: {sum: a + 1/(b - 20)}")
    course = write_course(tmp_path, ["total", "plain"], total=text)
    assignment = load_assignment(course / "specs" / "hw")
    bad = next(s for s in STUDENTS if constants_of(s, "total")["b"] == "20")
    good = next(s for s in STUDENTS if constants_of(s, "total")["b"] == "10")
    answers = InMemorySubmission(
        "x", {"total": node_of("1", SourceLocation("x")), "plain": node_of("7", SourceLocation("x"))}
    )
    report = grade(answers, assignment, run=RUN, student=bad)
    assert [(q.id, q.status, q.points) for q in report.questions] == [("total", "held", 0), ("plain", "graded", 1)]
    assert "1 is divided by zero" in report.questions[0].messages[0]
    assert grade(answers, assignment, run=RUN, student=good).questions[0].status == "graded"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("checks:\n", "checks: ${lines}\nold:\n", "tables of marks have one column for all variants"),
        ("rubric: [{name: it forgets, points: 6}]", "rubric: ${lines}", "what readers look for is not the same in all variants"),
    ],
)  # fmt: skip
def test_points_and_readers_rubrics_are_the_same_in_all_variants(tmp_path, old, new, message):
    text, lists = (WEIGHTS, "[[{name: a, points: 10}], [{name: a, points: 4}, {name: b, points: 6}]]")
    if "rubric" in old:
        text, lists = WRITTEN, "[[{name: a, points: 6}], [{name: b, points: 6}]]"
    text = text.partition("checks:\n")[0] + ("checks: ${lines}\n" if "checks" in old else "")
    text = text.replace(old, new).replace("draw: {", f"draw: {{lines: {lists}, ")
    name = "essay" if "rubric" in old else "latch"
    question = load_assignment(write_course(tmp_path, [name], **{name: text}) / "specs" / "hw").questions[0]
    others = [c for c in question.draws.listed if c[0] == 1]
    with pytest.raises(SpecError, match=message):
        question.own(others[0])


# ------------------------------------------------------------- what is shown
def test_a_report_says_which_variants_were_met(of):
    report = of("alice", "bob", details=Details(page=True))
    latch = constants_of("bob", "latch")
    said = f"the variants of bob: latch has one = {latch['one']}, theta = {latch['theta']}; total has"
    data = json.loads(json_report.render(report))
    assert data["variants_of"] == "bob"
    assert data["questions"][0]["variant"] == latch
    assert said in html.render(report)
    assert said in html.render(report_in(json_report.render(report)))
    own = f"until the first {1 - int(latch['one'])}"
    assert own in html.render(report)
    assert "${" not in html.render(report).replace("$${x}", "")


def test_a_constant_that_the_question_does_not_show_is_said_by_its_number(of, assignment):
    """Which option is right is drawn, too: a report must not give it away."""
    right = constants_of("bob", "gate")["right"]
    gate = next(q for q in of("alice", "bob").questions if q.id == "gate")
    assert gate.variant == {"order": constants_of("bob", "gate")["order"], "right": f"no. {'abc'.index(right) + 1}"}


@pytest.mark.parametrize("audience", Audience)
def test_only_staff_is_told_of_other_variants(of, audience):
    found = replace(of("alice", "bob"), questions=())
    question = replace(of("alice", "bob").questions[0], right_for=("one = 0, theta = 1/2",))
    text = repr(redacted(replace(found, questions=(question,)), audience))
    assert ("one = 0, theta = 1/2" in text) is (audience is Audience.STAFF)


@pytest.mark.parametrize("audience", Audience)
def test_students_are_told_nothing_of_a_constant_that_they_do_not_see(of, audience):
    """Where options are drawn in the order in which they stand, `no. 2` says which of them is right."""
    right, order = of("alice", "bob"), constants_of("bob", "gate")["order"]
    shown = redacted(right, audience)
    gate = next(q for q in shown.questions if q.id == "gate")
    assert gate.variant["order"] == order
    assert ("right" in gate.variant) is (audience is Audience.STAFF)
    assert any("gate has order = " in text for text in said_of(shown))
    nothing_seen = replace(right, questions=(replace(gate, variant={"right": "no. 2"}),))
    said = " ".join(said_of(redacted(nothing_seen, audience)))
    assert said.startswith(
        "the variants of bob: gate has" if audience is Audience.STAFF else "the variants of bob were met"
    )


def test_the_api_asks_whose_variant_is_meant(assignment, tmp_path, monkeypatch):
    monkeypatch.chdir(write_course(tmp_path, ["total"]))
    total = constants_of("bob", "total")
    answer = str(int(total["a"]) + int(total["b"]))
    assert grader.check("total", answer, student=" BOB").points == 5
    with pytest.raises(SpecError, match="total has variants: say whose are meant, student="):
        grader.check("total", answer)
    folder = write(tmp_path / "bob", {"answers.yaml": f"total: {answer}\n"})
    assert grader.load("hw").grade(folder).points == 5
    other = next(s for s in STUDENTS if sum(map(int, constants_of(s, "total").values())) != int(answer))
    assert grader.load("hw").grade(folder, student=other).points == 0


# ------------------------------------------------------------- spec check
def findings(tmp_path, name, text):
    course = write_course(tmp_path, [name], **{name: text})
    (question,) = load_assignment(course / "specs" / "hw").questions
    return [(f.level, f.text) for f in check_question(question, RUN)]


def test_every_variant_is_put_to_the_test(tmp_path):
    found = findings(tmp_path, "total", NUMBER)
    assert found == [("ok", "all 6 variants tried"), ("ok", "known 'right' earns 5")]


def test_a_finding_says_in_which_variants_it_is(tmp_path):
    found = findings(
        tmp_path, "total", NUMBER.replace('"${sum}", earns', '"11", earns').replace("points: 5", "points: 5")
    )
    assert ("fail", "variant a = 1, b = 20 and 4 more: known 'right' earns 0, not 5") in found
    assert ("ok", "1 more that are ok, each of some variants alone") in found


@pytest.mark.parametrize(("admitted", "is_said"), [(1, True), (2, True), (3, False)])
def test_a_condition_that_leaves_some_students_without_a_draw_fails(tmp_path, admitted, is_said):
    values = f"[{', '.join(map(str, range(1, 101)))}]"
    text = NUMBER.replace("[1, 2, 3]", values).replace("let:", f"check: 1\n  where: a <= {admitted}\n  let:")
    told = [text for level, text in findings(tmp_path, "total", text) if level == "fail" and "variants.where" in text]
    assert bool(told) is is_said
    assert all(f"leaves {2 * admitted} of 200 combinations" in text for text in told)


def test_an_unused_constant_and_a_missing_bracket_are_said(tmp_path):
    text = NUMBER.replace("draw: {a: [1, 2, 3]", "draw: {u: [0, 1], a: [1, -2, 3]").replace(
        "value: ${sum}", "value: ${a}**2 + ${b}"
    )
    found = findings(tmp_path, "total", text)
    assert ("warn", "nothing uses the constant 'u': leave it out") in found
    assert ("warn", "'${a}**2 + ${b}': a may be -2, so write (${a}) with brackets") in found
    assert ("ok", "all 12 variants tried") in found


@pytest.mark.parametrize(
    ("value", "text", "is_said"),
    [
        ("1/2", "${a}**2", True), ("1/2", "x/${a}", True), ("1/2", "2**${a}", True), ("-1", "${a}**2", True),
        ("x + 1", "2*${a}", True), ("x + 1", "y - ${a}", True), ("1/2", "${a}*2", False), ("1/2", "2*${a}", False),
        ("-1", "2*${a}", False), ("-1", "x - ${a}", False), ("7", "${a}**2", False), ("x", "${a}**2", False),
        ("-1", "(${a})**2", False), ("x + 1", "max(${a}, 2)", False), ("x + 1", "${a} + y", False),
    ],
)  # fmt: skip
def test_brackets_are_missed_only_where_they_matter(tmp_path, value, text, is_said):
    spec = "question: q\ntitle: T\npoints: 1\nanswer: formula\nsymbols: {x: positive, y: positive}\n"
    spec += f'variants: {{draw: {{a: ["{value}"]}}}}\nright: "{text}"\n'
    course = write(tmp_path, {"q.yaml": spec})
    (question,) = load_assignment(course / "q.yaml").questions
    said = [finding.text for finding in check_question(question, RUN) if "with brackets" in finding.text]
    assert bool(said) is is_said


@pytest.mark.long
def test_of_many_variants_a_sample_is_tried_and_said(tmp_path):
    text = NUMBER.replace("[1, 2, 3]", str(list(range(40))))
    assert ("ok", "50 of 80 variants tried (`check:` in the spec gives another number)") in findings(
        tmp_path, "total", text
    )
    few = findings(tmp_path / "few", "total", text.replace("  let:", "  check: 3\n  let:"))
    assert ("ok", "3 of 80 variants tried (`check:` in the spec gives another number)") in few


def test_a_question_without_variants_is_loaded_as_ever(assignment):
    plain = next(question for question in assignment.questions if question.id == "plain")
    assert kind_of(plain).name == "number"
    assert own_assignment(
        replace(assignment, questions=(plain,)), drawn_variants(replace(assignment, questions=(plain,)), "")
    ).questions == (plain,)
    assert read_yaml(b"a: ${x}", "a.yaml") == {"a": "${x}"}
