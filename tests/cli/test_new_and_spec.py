"""`grader new submission` writes what `grader check` reads; `grader spec` looks after specs."""

import json

import pytest

from grader.documents import read_yaml

from ..answers.helpers import Q5, Q6, write


def test_a_new_submission_is_valid_and_blank_and_can_be_checked_at_once(course, run, tmp_path):
    folder = tmp_path / "a b" / "alice"
    result = run("new", "submission", folder)
    assert (result.code, result.err) == (0, "")
    file = folder / "answers.yaml"
    assert result.out == f"{file} has a blank for each of 2 answers; then: grader check '{folder}'\n"
    root = read_yaml(file.read_bytes(), "answers.yaml")
    assert list(root) == ["assignment", "q5", "q6"]
    assert list(root["q5"]) == ["W1", "W2", "b2", "W3", "b3"]
    assert set(root["q5"].values()) | set(root["q6"].values()) == {""}
    checked = run("check", folder, "--format", "json")
    assert (checked.code, checked.err) == (1, "")
    questions = json.loads(checked.out)["questions"]
    assert [(q["status"], q["points"], q["messages"]) for q in questions] == [
        ("missing", 0, ["no answer was handed in"])
    ] * 2


def test_the_blanks_say_what_belongs_in_them_and_are_filled_in_place(course, run, tmp_path):
    run("new", "submission", tmp_path)
    file = tmp_path / "answers.yaml"
    text = file.read_text()
    assert text.startswith("# Recurrent networks (140 points)\n")
    assert "# q5 (70 points): A latch that remembers the first zero\n" in text
    assert "#   Hint: one hidden unit can fire when both bits are 0, the other when both are 1.\n" in text
    assert "  W:   # a 2 x 2 matrix: [[., .], [., .]]\n" in text
    values = {"W1": "1", "W2": "1", "b2": "-3/2", "W3": "1", "b3": "0"}
    values |= {"W": "[[-1, -1], [1, 1]]", "b": "[0.5, -1.5]", "v": "[1, 1]", "r": "1", "c": "-1.5", "c0": "-0.5"}
    for name, value in values.items():
        assert text.count(f"\n  {name}:") == 1
        text = text.replace(f"\n  {name}:", f"\n  {name}: {value}")
    file.write_text(text)
    assert run("check", tmp_path).code == 0


@pytest.mark.parametrize("name", ["answers.yaml", "answers.yml", "answers.json"])
def test_what_is_there_is_not_written_over(course, run, tmp_path, name):
    file = write(tmp_path, {name: "mine"}) / name
    result = run("new", "submission", tmp_path)
    assert (result.code, result.out) == (2, "")
    assert result.err == f"Error: {file} is already there: nothing was written\n"
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {name: "mine"}


def test_a_link_is_not_written_through(course, run, tmp_path):
    (tmp_path / "alice").mkdir()
    (tmp_path / "alice" / "answers.yaml").symlink_to(tmp_path / "elsewhere")
    result = run("new", "submission", tmp_path / "alice")
    assert result.code == 2
    assert "is already there: nothing was written" in result.err
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_where_the_folder_should_be_is_said(course, run, tmp_path):
    file = write(tmp_path, {"alice": ""}) / "alice"
    result = run("new", "submission", file)
    assert (result.code, result.err) == (2, f"Error: {file} is already there: nothing was written\n")
    below = run("new", "submission", file / "deeper")
    assert (below.code, below.err) == (
        2,
        f"Error: {file / 'deeper' / 'answers.yaml'}: cannot be written: Not a directory\n",
    )


def test_a_blank_for_one_question_can_be_checked_with_the_command_it_names(course, run, tmp_path):
    spec = course / "specs" / "assignment3" / "q6.yaml"
    result = run("new", "submission", tmp_path / "alice", "--spec", spec)
    command = result.out.rstrip().partition("then: grader ")[2].split()
    assert command == ["check", str(tmp_path / "alice"), "--spec", str(spec)]
    assert run(*command).code == 1


def test_a_new_submission_to_no_assignment_writes_nothing(course, run, tmp_path):
    result = run("new", "submission", tmp_path / "alice", "--spec", "assignment4")
    assert result.code == 2
    assert "no spec 'assignment4'" in result.err
    assert not (tmp_path / "alice").exists()


def test_the_schema_is_json_and_names_the_fields(run):
    result = run("spec", "schema")
    assert (result.code, result.err) == (0, "")
    text = json.dumps(json.loads(result.out))
    for field in ("question", "points", "network", "behaviour", "checks", "known", "readings"):
        assert f'"{field}"' in text


def test_a_good_spec_passes_its_own_tests(course, run):
    result = run("spec", "check", "specs/assignment3/q5.yaml")
    assert (result.code, result.err) == (0, "")
    assert "ok    q5: known 'the solved sheet' earns 70\n" in result.out
    assert result.out.endswith(" 0 failed\n")
    assert "FAIL" not in result.out


SIZES = {
    "assignment.yaml": "assignment: hw\nquestions: [one, two]\n",
    "one.yaml": "question: one\ntitle: One\npoints: 1\nanswer: number\nvalue: 1\nknown: {it: {text: 2, earns: 1}}\n",
    "two.yaml": "question: two\ntitle: Two\npoints: 1\nanswer: number\nvalue: 2\nknown: {it: {text: 2, earns: 1}}\n",
}


def test_one_question_alone_is_checked_and_what_is_well_is_left_out(run, tmp_path):
    decision = "- {student: kim, question: one, points: 1, reason: why, by: N. Neumann}\n"
    spec = write(tmp_path / "hw", {**SIZES, "overrides.yaml": decision})
    whole, quiet = run("spec", "check", spec), run("spec", "check", spec, "--quiet")
    assert (whole.code, quiet.code) == (2, 2)
    assert quiet.out.splitlines() == [line for line in whole.out.splitlines() if not line.startswith("ok ")]
    assert "FAIL  one: one.yaml:6:30: known 'it' earns 0, not 1" in quiet.out
    one = run("spec", "check", spec, "-q", "two", "--quiet")
    assert (one.code, one.out) == (0, "\n2 ok, 0 to look at, 0 failed\n")
    unknown = run("spec", "check", spec, "-q", "three")
    assert (unknown.code, unknown.out) == (2, "")
    assert "'three' is not a question" in unknown.err


def test_a_spec_whose_known_answer_earns_otherwise_fails(course, run, tmp_path):
    text = (course / "specs" / "assignment3" / "q5.yaml").read_text()
    text = text.replace("reference: reference.latch\n", "").replace("b3: 0, earns: 70}", "b3: 0, earns: 69}")
    result = run("spec", "check", write(tmp_path, {"q5.yaml": text}) / "q5.yaml")
    assert result.code == 2
    assert ": known 'the solved sheet' earns 70, not 69\n" in result.out


def test_a_broken_spec_is_refused_with_its_place(course, run, tmp_path):
    text = (course / "specs" / "assignment3" / "q5.yaml").read_text().replace("credit: ladder", "credti: ladder")
    spec = write(tmp_path / "mine", {"q5.yaml": text}) / "q5.yaml"
    submissions = write(tmp_path / "submissions", {"alice.yaml": "q5: {W1: 1}\n"})
    line = text.splitlines().index("credti: ladder") + 1
    for arguments in (
        ["spec", "check", spec],
        ["check", submissions / "alice.yaml", "--spec", spec],
        ["grade", submissions, "--spec", spec],
    ):
        result = run(*arguments)
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith(f"grader: q5.yaml:{line}:1: 'credti' ")
        assert "did you mean 'credit'" in result.err
    assert not (course / "results").exists()


def test_answers_that_are_right_still_are_when_written_by_hand(course, run, tmp_path):
    assert run("check", write(tmp_path / "alice", {"answers.yaml": f"assignment: assignment3\n{Q5}{Q6}"})).code == 0
