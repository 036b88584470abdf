"""Folders of questions, and how specs and references are found; each refusal says what there is instead."""

import copy
import re
from fractions import Fraction

import pytest

from grader.classroom.spec_findings import findings_beside
from grader.errors import SpecError, SubmissionError
from grader.kinds import table
from grader.kinds.table import load_assignment
from grader.spec.course import assignments_in, courses_above, find_named_spec, find_spec, load_reference


@pytest.fixture
def write(folder, sound):
    """A folder with an assignment.yaml and the named questions, each sound unless given."""

    def files(assignment, **questions):
        (folder / "assignment.yaml").write_text(assignment, encoding="utf-8")
        for name, text in questions.items():
            written = text or sound.replace("question: q\n", f"question: {name}\n")
            (folder / f"{name}.yaml").write_text(written, encoding="utf-8")
        return folder

    return files


def refused(folder):
    with pytest.raises(SpecError) as caught:
        load_assignment(folder)
    return [str(problem) for problem in caught.value.problems]


def test_a_folder_of_questions(write):
    assignment = load_assignment(write("assignment: a\ntitle: All\npoints: 6\nquestions: [p, q]\n", q=None, p=None))
    assert [question.id for question in assignment.questions] == ["p", "q"]
    assert (assignment.id, assignment.title, assignment.points) == ("a", "All", Fraction(6))
    assert assignment.listed == ("p", "q")


def test_a_question_file_alone_knows_its_neighbours(write):
    assignment = load_assignment(write("assignment: a\nquestions: [p, q]\n", q=None, p=None) / "q.yaml")
    assert [question.id for question in assignment.questions] == ["q"]
    assert assignment.listed == ("p", "q")


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            "assignment: a\nquestions: []\n",
            ["assignment.yaml:2:12: questions: needs one entry or more, and has none"],
        ),
        ("questions: [q]\n", ["assignment.yaml:1:1: needs a 'assignment'"]),
        ("assignment: a\n", ["assignment.yaml:1:1: needs a 'questions'"]),
        ("assignment: ~\nquestions: [q]\n", ["assignment.yaml:1:13: assignment: is blank"]),
        ("assignment: a\nquestions: q\n", ["assignment.yaml:2:12: questions: must be a list, not 'q'"]),
        ("assignment: a\nquestions: [[q]]\n", ["assignment.yaml:2:13: questions[1]: must be text, not a list"]),
        (
            "assignment: a\nqestions: [q]\nquestions: [q]\n",
            ["assignment.yaml:2:1: 'qestions' is not a key of assignment.yaml (did you mean 'questions'?)"],
        ),
        ("assignment: a\nquestions: [q, p, q]\n", ["assignment.yaml:2:19: question 'q' is listed twice"]),
        (
            "assignment: a\nquestions: [q, pp]\n",
            ["assignment.yaml:2:16: there is no pp.yaml for question 'pp' (did you mean 'p'?)"],
        ),
        ("assignment: a\nquestions: [q, ../q]\n", ["assignment.yaml:2:16: there is no ../q.yaml for question '../q'"]),
        (
            f"assignment: a\nquestions: [{'x' * 300}]\n",
            [f"assignment.yaml:2:13: there is no {'x' * 300}.yaml for question '{'x' * 300}'"],
        ),
        (
            "assignment: a\npoints: 7\nquestions: [q, p]\n",
            ["assignment.yaml:2:1: the questions add up to 6 points, not 7"],
        ),
        ("assignment: a\npoints: lots\nquestions: [q]\n", ["assignment.yaml:2:9: points: 'lots' is not a number"]),
        ("- q\n", ["assignment.yaml:1:1: a spec is a mapping, not a list"]),
        ("", ["assignment.yaml: the file is empty"]),
    ],
)
def test_what_is_wrong_with_assignment_yaml(write, text, messages):
    found = refused(write(text, q=None, p=None))
    assert [re.sub(r" \(did you mean '(q|p)'\?\)$", "", m) if "../q" in m else m for m in found] == messages


def test_a_file_for_another_question(write, sound):
    found = refused(write("assignment: a\nquestions: [p]\n", p=sound))
    assert found == ["p.yaml:1:11: the file is for question 'p', but says 'q': correct one of them"]


def test_the_problems_of_all_files_are_told_together(write, sound):
    broken = sound.replace("title: A title", "titel: A title")
    found = refused(
        write("assignment: a\nquestions: [p, q, r, r]\n", p=broken, q=broken.replace("points: 3", "points: x"))
    )
    assert [problem.split(":")[0] for problem in found] == ["p.yaml"] * 2 + ["q.yaml"] * 3 + ["assignment.yaml"] * 2


def test_a_folder_without_an_assignment(folder):
    assert refused(folder) == [f"{folder.name}/ holds no assignment.yaml, so it is no assignment"]


def test_a_file_that_is_not_there(folder):
    assert refused(folder / "q9.yaml") == ["q9.yaml: cannot be read: No such file or directory"]


def test_only_some_questions(write):
    assignment = load_assignment(write("assignment: a\nquestions: [p, q]\n", q=None, p=None))
    assert [question.id for question in assignment.only(["q"]).questions] == ["q"]
    assert [question.id for question in assignment.only([]).questions] == ["p", "q"]
    with pytest.raises(SpecError, match=re.escape("'Q' is not a question (did you mean 'q'?) (a has p and q)")):
        assignment.only(["Q"])


def test_questions_that_are_not_asked_for_are_not_loaded(write, sound, monkeypatch):
    """They are known by name, and what is wrong with them is not told."""
    loaded, load_file = [], table.load_file

    def counted(root, path, kinds):
        loaded.append(path.name)
        return load_file(root, path, kinds)

    monkeypatch.setattr(table, "load_file", counted)
    parts = "question: p\ntitle: Parts\npoints: 1\nparts: [{question: p.1}, {question: p.2}]\n"
    spec = write(
        "assignment: a\npoints: 99\nquestions: [p, q, r]\n", p=parts, q=None, r=sound.replace("title", "titel")
    )
    assignment = load_assignment(spec, asked=["q"])
    assert [question.id for question in assignment.questions] == ["q"]
    assert assignment.listed == assignment.names_of_answers == ("p.1", "p.2", "q", "r")
    assert loaded == ["q.yaml"]
    for asked, problem in {"p": "p.yaml", "p.2": "p.yaml", "r": "r.yaml"}.items():
        with pytest.raises(SpecError) as caught:
            load_assignment(spec, asked=[asked, "q"])
        assert {found.place.file for found in caught.value.problems} == {problem}


def test_a_question_that_is_asked_for_and_that_there_is_not(write):
    folder = write("assignment: a\nquestions: [p, q]\n", q=None, p=None)
    for path, name, there in ((folder, "a", "p and q"), (folder / "q.yaml", folder.name, "q")):
        with pytest.raises(
            SpecError, match=re.escape(f"'Q' is not a question (did you mean 'q'?) ({name} has {there})")
        ):
            load_assignment(path, asked=["q", "Q"])
    assert [question.id for question in load_assignment(folder, asked=["q", "p"]).questions] == ["p", "q"]


@pytest.fixture
def make_course(folder):
    def build(*names):
        (folder / "specs").mkdir()
        for name in names:
            (folder / "specs" / name).mkdir()
            (folder / "specs" / name / "assignment.yaml").write_text(f"assignment: {name}\nquestions: [q]\n")
        inside = folder / "deep" / "inside"
        inside.mkdir(parents=True)
        return inside

    return build


def test_the_only_assignment_of_a_course_is_found_from_below(make_course, folder):
    inside = make_course("one")
    assert find_spec(None, inside) == folder / "specs" / "one"
    assert find_spec("one", inside) == find_named_spec("one", inside) == folder / "specs" / "one"
    assert next(courses_above(inside)) == folder
    assert assignments_in(folder) == ["one"]


def test_a_path_is_taken_as_it_is(make_course, folder):
    make_course("one")
    path = folder / "specs" / "one" / "assignment.yaml"
    assert find_spec(str(path)) == path


def test_which_of_several_assignments(make_course):
    inside = make_course("one", "two")
    with pytest.raises(SpecError, match=r"^which assignment\? specs/ holds one and two; say --spec NAME$") as raised:
        find_spec(None, inside)
    assert str(copy.copy(raised.value)) == str(raised.value)


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("onne", "no spec 'onne': neither a path nor an assignment (did you mean 'one'?) (specs/ holds one and two)"),
        ("x" * 5000, f"no spec '{'x' * 5000}': neither a path nor an assignment (specs/ holds one and two)"),
    ],
)
def test_a_spec_that_is_not_there(make_course, named, message):
    inside = make_course("one", "two")
    with pytest.raises(SpecError, match=f"^{re.escape(message)}$"):
        find_spec(named, inside)


def test_an_assignment_that_a_submission_names(make_course):
    inside = make_course("one", "two")
    message = "assignment: '../one' is not an assignment (did you mean 'one'?) (specs/ holds one and two)"
    with pytest.raises(SubmissionError, match=f"^{re.escape(message)}$"):
        find_named_spec("../one", inside)


def test_no_course_at_all(folder):
    """Unless a folder above this test's holds specs, which a temporary folder's does not."""
    with pytest.raises(SpecError, match=r"^no spec: there is no specs/ folder with an assignment here or above"):
        find_spec(None, folder)
    with pytest.raises(SpecError, match=r"\(there is no specs/ folder here or above\)$"):
        find_spec("one", folder)
    with pytest.raises(SubmissionError, match=r"\(there is no specs/ folder here or above\)$"):
        find_named_spec("one", folder)


@pytest.mark.parametrize(
    ("dotted", "message"),
    [
        ("latch", "a reference is written reference.module, not 'latch'"),
        ("os.path", "a reference is written reference.module, not 'os.path'"),
        ("reference.la-tch", "a reference is written reference.module, not 'reference.la-tch'"),
        ("reference.nowhere", "reference.nowhere is not there: no reference/nowhere.py in the course of q.yaml"),
        ("reference.broken", "reference.broken fails when it is loaded: ZeroDivisionError: division by zero"),
        (
            "reference.unread",
            "reference.unread fails when it is loaded: SyntaxError: invalid syntax (unread.py, line 1)",
        ),
        (
            "reference.reads",
            "reference.reads fails when it is loaded: FileNotFoundError: [Errno 2] No such file or directory: "
            "'reference/data.csv'",
        ),
    ],
)
def test_references_that_cannot_be_used(folder, dotted, message):
    (folder / "reference").mkdir()
    (folder / "reference" / "broken.py").write_text("1 / 0\n")
    (folder / "reference" / "unread.py").write_text("1 +\n")
    (folder / "reference" / "reads.py").write_text("open(__file__.replace('reads.py', 'data.csv'))\n")
    with pytest.raises(SpecError, match=f"^{re.escape(message)}$"):
        load_reference(dotted, folder / "specs" / "a" / "q.yaml")


def test_a_reference_is_the_courses_own(folder):
    (folder / "reference").mkdir()
    (folder / "reference" / "latch.py").write_text("HERE = True\n")
    assert load_reference("reference.latch", folder / "specs" / "a" / "q.yaml").HERE


def number_question(name, value=4):
    return f"question: {name}\ntitle: T\npoints: 1\nanswer: number\nvalue: {value}\n"


def in_parts(whole, *parts):
    lines = "".join(
        f"  - question: {part}\n    title: T\n    points: 1\n    answer: number\n    value: 4\n" for part in parts
    )
    return f"question: {whole}\ntitle: T\npoints: {len(parts)}\nparts:\n{lines}"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"q": in_parts("q", "r", "s"), "r": None}, "r.yaml:1:11: question: 'r' is used twice (first in q.yaml:5:15)"),
        (
            {"q": in_parts("q", "r", "s"), "p": in_parts("p", "z", "s")},
            "p.yaml:10:15: question: 's' is used twice (first in q.yaml:10:15)",
        ),
        (
            {"q": in_parts("q", "r", "s"), "p": in_parts("p", "R")},
            "p.yaml:5:15: question: 'R' is 'r' in other capitals (in q.yaml:5:15): choose another name",
        ),
        ({"q": in_parts("q", "r", "r")}, "q.yaml:10:15: question: 'r' is used twice (first in q.yaml:5:15)"),
        (
            {"q": in_parts("q", "Straße", "STRASSE")},
            "q.yaml:10:15: question: 'STRASSE' is 'Straße' in other capitals (in q.yaml:5:15): choose another name",
        ),
        *(
            ({"q": in_parts("q", written)}, f"q.yaml:5:15: question: {name!r} {reason}")
            for written, name, reason in [
                ("assignment", "assignment", "has a meaning of its own in answers.yaml"),
                ("Students", "Students", "has a meaning of its own in answers.yaml"),
                ("'q/1'", "q/1", "holds / or \\"),
                ("'..\\..\\q'", "..\\..\\q", "holds / or \\"),
                ('"q\\n1"', "q\n1", "holds a character that cannot be seen, or a line break"),
                ('"q\\u200b1"', "q\u200b1", "holds a character that cannot be seen, or a line break"),
                ("'q.1 '", "q.1 ", "begins or ends with a blank"),
                ("q.", "q.", "begins or ends with a blank, or ends with a full stop"),
            ]
        ),
    ],
)
def test_names_of_questions_that_answers_could_not_be_told_apart_by_are_refused(write, files, message):
    (found,) = refused(write(f"assignment: a\nquestions: [{', '.join(files)}]\n", **files))
    assert found.startswith(message)


def test_a_question_file_alone_is_refused_for_the_names_of_its_parts(write):
    folder = write("assignment: a\nquestions: [q]\n", q=in_parts("q", "r", "R"))
    assert "'R' is 'r' in other capitals" in refused(folder / "q.yaml")[0]


def test_names_that_are_told_apart_by_more_than_capitals_are_kept(write):
    names = ["q.1", "q.l", "1", "1.0", "1.10", "é", "e", "answers", "solution", "q1", "con"]
    assignment = load_assignment(write("assignment: a\nquestions: [q]\n", q=in_parts("q", *names)))
    assert [question.id for question in assignment.questions] == names


def found_beside(folder):
    return [(finding.level, str(finding.problem)) for finding in findings_beside(load_assignment(folder))]


def test_a_question_that_the_assignment_does_not_list_is_to_be_looked_at(write):
    folder = write("assignment: a\nquestions: [p]\n", p=None, forgotten=number_question("forgotten"))
    for name in ("marks.yaml", "overrides.yaml", "notes.yaml"):
        (folder / name).write_text("[]" if name != "notes.yaml" else "title: none\n")
    (folder / "q.yml").write_text(number_question("q"))
    said = "is a question that assignment.yaml does not list, so nobody is graded on it: list it, or move the file elsewhere"
    assert found_beside(folder)[:2] == [("warn", f"forgotten.yaml:1:1: {said}"), ("warn", f"q.yml:1:1: {said}")]


def test_an_assignment_that_students_cannot_name_fails_the_check(tmp_path):
    """`grader new submission` writes the name that stands in it, and submissions name folders."""
    spec = tmp_path / "specs" / "hw1"
    spec.mkdir(parents=True)
    (spec / "q.yaml").write_text(number_question("q"))
    (spec / "assignment.yaml").write_text("title: T\nassignment: homework1\nquestions: [q]\n")
    said = "it is called 'homework1' here, and its folder 'hw1', so `assignment: homework1` of a submission names none"
    assert found_beside(spec) == [("fail", f"assignment.yaml:2:13: {said}: call both alike")]
    (spec / "assignment.yaml").write_text("title: T\nassignment: hw1\nquestions: [q]\n")
    assert found_beside(spec) == []
