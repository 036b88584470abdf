"""`grader try Q`: answers typed at a prompt or piped, each judged as the submission that it would be."""

from __future__ import annotations

import io
import os
import sys
from contextlib import closing

import pytest

from grader.cli_try import TrySession, TypedAnswerGrader, asked_in_way
from grader.errors import SpecError, SubmissionError
from grader.kinds.asked import AskedAnswer, AskedValue
from grader.kinds.open_submission import Details, Resources
from grader.kinds.table import load_assignment
from grader.typed_answer import defines, files_of_all, files_of_line, files_of_text, typed_values

from ..answers.helpers import Q5, write

NUMBER = "question: size\ntitle: The size\npoints: 3\nprompt: How many?\nanswer: number\nvalue: 4*5\nnear: [{value: 25, points: 1, say: No biases.}]\n"
CHOICE = "question: pick\ntitle: Pick\npoints: 2\nanswer: choice\noptions: {a: An LSTM, b: A GRU, c: A perceptron}\nright: [a, b]\ncredit: each\n"
FORMULA = "question: slope\ntitle: A slope\npoints: 2\nanswer: formula\nsymbols: {a: scalar, W: [2, 2], b: [2]}\nright: a*(W @ b)[0]\n"
WRITTEN = "question: why\ntitle: Why\npoints: 2\nanswer: written\nrubric: [{name: it forgets, points: 2}]\n"
FUNCTION = (
    "question: twice\nanswer: function\nsignature: twice(x)\ninputs: {x: integer(-5..5)}\nreturns: integer\ncases: 10\n"
    "checks: [{name: doubles, points: 2, holds: out == 2 * x}]\n"
)
EITHER = "question: any\ntitle: Any\npoints: 2\nanswer: either\nways: [{answer: number, value: 7}, {answer: choice, options: {a: A, b: B}, right: [a]}]\n"
PARTS = "question: two\ntitle: Two\npoints: 2\nparts: [{question: two.1, title: A, points: 1, answer: number, value: 1}, {question: two.2, title: B, points: 1, answer: number, value: 2}]\n"
NETWORK = """\
question: net
title: A network
points: 4
answer: weights
network:
  inputs: {x: bit}
  parameters: {W: [2, 2], b: {shape: [2], default: zeros}, r: scalar}
  equations: {h: "W @ [x[t], 1] + b", y: "h[t][0] + r*h[t][1]"}
  output: y
behaviour: {equations: {e: "x[t]"}, output: e}
checks: [{name: copies, points: 4}]
length: 1
budget: {samples: 5}
"""
SPECS = {"size": NUMBER, "pick": CHOICE, "slope": FORMULA, "why": WRITTEN, "twice": FUNCTION, "any": EITHER, "two": PARTS, "net": NETWORK}  # fmt: skip


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    """A course with a question of each kind."""
    folder = tmp_path_factory.mktemp("course")
    files = {f"{name}.yaml": text for name, text in SPECS.items()}
    write(folder / "specs" / "hw", {"assignment.yaml": f"assignment: hw\nquestions: [{', '.join(SPECS)}]\n", **files})
    return folder


@pytest.fixture(scope="module")
def resources():
    with closing(Resources()) as run:
        yield run


@pytest.fixture
def session(there, resources, capsys):
    """Types lines one by one, and gives the exit code, what was shown, what was said, and the prompts."""

    def typed(question, lines, way=None):
        assignment = load_assignment(there / "specs" / "hw", asked=[question])
        prompts, waiting = [], list(lines)

        def ask(prompt):
            prompts.append(prompt)
            return waiting.pop(0) if waiting else None

        judge = TypedAnswerGrader(assignment, resources, None, Details())
        code = TrySession(judge, assignment.questions[0], ask, way).run()
        assert waiting == []
        shown = capsys.readouterr()
        return code, shown.out, shown.err, prompts

    return typed


@pytest.fixture
def piped(there, run, monkeypatch):
    """Runs the command with a text on its standard input."""

    def pipe(text, *arguments):
        monkeypatch.chdir(there)
        data = text if isinstance(text, bytes) else text.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        return run("try", *arguments)

    return pipe


def marks(out):
    """The marks in the head lines of the reports that were shown."""
    return [line.split("your answer - hw", 1)[1].strip() for line in out.splitlines() if line.startswith("your answer")]


# ------------------------------------------------------------- from a pipe
PIPED = [
    ("size", "20", 0, "3 / 3"),
    ("size", "4 * 5\n", 0, "3 / 3"),
    ("size", "25", 1, "1 / 3"),
    ("size", "size: 21\n", 1, "0 / 3"),
    ("size", "'it' is # twenty", 2, "0 / 3"),
    ("size", "|W|", 2, "0 / 3"),
    ("pick", "a, b", 0, "2 / 2"),
    ("pick", "[a, c]", 1, "0 / 2"),
    ("pick", "a", 1, "1 / 2"),
    ("pick", "d", 2, "0 / 2"),
    ("slope", "a*(W @ b)[0]", 0, "2 / 2"),
    ("slope", "a*b[0]", 1, "0 / 2"),
    ("slope", r"a \cdot (W b)[0]", 0, "2 / 2"),
    ("slope", "a*(W @ b", 2, "0 / 2"),
    ("why", "It forgets.\n\n  Always: 100 %.\n", 0, "0 / 2 (2 pending)"),
    ("net", "{W: [[1, 0], [0, 0]], r: 0}", 0, "4 / 4"),
    ("net", "W = [[1, 0], [0, 0]]\nr: 1/2\n", 0, "4 / 4"),
    ("net", "{W: [[1, 1], [0, 0]], r: 0}", 1, "0 / 4"),
    ("net", "net: {W: [[1, 0], [0, 0]], b: [0, 0], r: 0}\n", 0, "4 / 4"),
    ("net", "{W: [[1, 0], [0, 0], r: 0}", 2, "0 / 4"),
    ("net", "{W: [[1, 0], [0, 0]], r: 0, V: 1}", 2, "0 / 4"),
    ("net", "7", 2, "0 / 4"),
    ("any --way 1", "7", 0, "2 / 2"),
    ("any --way 2", "b", 1, "0 / 2"),
]


@pytest.mark.parametrize(("question", "text", "code", "earned"), PIPED)
def test_one_answer_from_a_pipe_is_judged_as_a_submission(piped, question, text, code, earned):
    result = piped(text, *question.split())
    assert marks(result.out) == [earned]
    assert result.code == code
    assert "Traceback" not in result.out + result.err


def test_a_function_is_run_in_the_sandbox_and_its_failure_is_shown(piped):
    result = piped("def twice(x):\n    return x + x\n", "twice")
    assert (result.code, marks(result.out)) == (0, ["2 / 2"])
    assert "code ran in a sandbox" in result.out
    result = piped("def twice(x):\n\n    return x * x\n", "twice")
    assert (result.code, marks(result.out)) == (1, ["0 / 2"])
    assert "twice(" in result.out


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        ("", ["size"], "no answer came: it is read from the pipe, or typed at a terminal"),
        (" \n", ["twice"], "no answer came"),
        ("7", ["any"], "any has 2 ways to answer it: say --way 1 (number) or 2 (choice)"),
        ("7", ["any", "--way", "3"], "any has 2 ways to answer it"),
        ("1", ["two"], "one question is tried at a time: name one of its parts, two.1 or two.2"),
        ("1", ["sise"], "'sise' is not a question (did you mean 'size'?)"),
        ("nowhere.py", ["twice"], "nowhere.py: cannot be read: No such file or directory"),
        (b"\x00\xff", ["size"], "holds zero bytes"),
    ],
)
def test_what_cannot_be_judged_is_told(piped, text, arguments, said):
    result = piped(text, *arguments)
    assert result.code == 2
    assert said in result.err


def test_a_part_is_tried_by_its_name(piped):
    assert marks(piped("2", "two.2").out) == ["1 / 1"]


# ------------------------------------------------------------- at a prompt
def test_the_question_is_shown_and_answers_are_judged_until_an_empty_line(session):
    code, out, err, prompts = session("size", ["25", "20", ""])
    assert (code, err) == (0, "")
    assert out.startswith("size  The size (3 points)\n  How many?\nwanted: a number\n")
    assert marks(out) == ["1 / 3", "3 / 3"]
    assert "No biases." in out
    assert prompts == ["size: "] * 3


@pytest.mark.parametrize("last", [[], ["quit"], ["exit"], ["  "]])
def test_the_exit_code_is_that_of_the_last_answer(session, last):
    assert session("size", ["20", "25", *last])[0] == 1
    assert session("size", last)[0] == 0


def test_nonsense_is_told_and_asked_again(session):
    code, out, _err, _prompts = session("slope", ["a*(W", "\x1b[2J\x07", "a*(W @ b)[0]", ""])
    assert (code, marks(out)) == (0, ["0 / 2", "0 / 2", "2 / 2"])
    assert "\x1b" not in out


def test_weights_are_asked_for_one_by_one_and_kept(session):
    code, out, err, prompts = session("net", ["[[1, 0], [0, 0]]", "", "1/2", "W = [[1, 1], [0, 0]]", "b: [-1, 0]", ""])
    assert (code, err) == (0, "")
    assert [prompt.split(" (")[0].strip() for prompt in prompts[:3]] == ["W", "b", "r"]
    assert prompts[3:] == ["change (W = ...): "] * 3
    assert marks(out) == ["4 / 4", "0 / 4", "4 / 4"]


def test_braces_set_several_weights_at_once(session):
    _, out, err, prompts = session("net", ["{W: [[1, 0], [0, 0]], r: 0}", "{W: 1 1; 0 0, r: 0}", "r = 5", ""])
    assert err == ""
    assert len(prompts) == 4  # they are a whole answer: b is left out
    assert marks(out) == ["4 / 4", "0 / 4", "0 / 4"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[[1, 0", "'[[1, 0' is no value"),
        ("V = 1", "'V' is not asked for (W, b and r are)"),
        ("{W: 1", "close it with }"),
        ("{W}", "values in braces are written"),
        ("w = 1", "'w' is not asked for (did you mean 'W'?)"),
        ("W = [1", "'[1' is no value: close its brackets and quotes"),
        ("{W: [1, 2], W: 3}", "stands here a second time"),
    ],
)
def test_a_weight_that_is_none_is_asked_for_again(session, line, said):
    code, out, err, prompts = session("net", [line, "[[1, 0], [0, 0]]", "", "0", ""])
    assert said in err
    assert (code, marks(out)) == (0, ["4 / 4"])
    assert prompts[0] == prompts[1]


def test_a_change_that_is_none_keeps_the_values(session):
    code, out, err, _ = session("net", ["[[1, 0], [0, 0]]", "", "0", "5", "q = 1", "r = [", "r = 0", ""])
    assert err.count("\n") == 3
    assert "write a name and its value, such as W = 1 (W, b and r are asked for)" in err
    assert (code, marks(out)) == (0, ["4 / 4"] * 2)


def test_leaving_in_the_middle_judges_nothing(session):
    code, out, _, _ = session("net", ["[[1, 0], [0, 0]]", "quit"])
    assert (code, marks(out)) == (0, [])


def test_code_ends_at_an_empty_line_behind_the_function(session, tmp_path):
    lines = ["import math", "", "def twice(x):", "    return 2 * x", ""]
    code, out, _, prompts = session("twice", [*lines, ""])
    assert (code, marks(out)) == (0, ["2 / 2"])
    assert prompts == ["twice: ", *["... "] * 4, "twice: "]
    (tmp_path / "mine.py").write_text("def twice(x):\n    return x\n")
    code, out, err, _ = session("twice", [str(tmp_path / "mine.py"), str(tmp_path / "gone.py"), ""])
    assert (code, marks(out)) == (1, ["0 / 2"])
    assert "gone.py: cannot be read" in err


def test_the_end_of_the_input_ends_code_too(session):
    code, out, _, _ = session("twice", ["def twice(x): return 2 * x"])
    assert (code, marks(out)) == (0, ["2 / 2"])


def test_options_and_points_of_a_rubric_are_shown(session):
    assert "  a: An LSTM\n" in session("pick", [""])[1]
    _, out, _, _ = session("why", ["It forgets,", "always.", "", ""])
    assert "  it forgets (2)\n" in out
    assert marks(out) == ["0 / 2 (2 pending)"]


def test_a_way_is_chosen_first(session):
    code, out, err, prompts = session("any", ["3", "x", "2", "a", ""])
    assert prompts[:3] == ["which way? "] * 3
    assert err.count("write a number from 1 to 2") == 2
    assert (code, marks(out)) == (0, ["2 / 2"])
    assert marks(session("any", ["7", ""], way=1)[1]) == ["2 / 2"]
    with pytest.raises(SpecError, match="say --way"):
        session("any", [], way=3)


# ------------------------------------------------------------- what is typed as what is handed in
ASKED = AskedAnswer("values", "values", (AskedValue("W1", "a number"), AskedValue("W2", "a number")))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("W2 = 1/2", {"W2": "1/2"}),
        ("W2: -1.5", {"W2": "-1.5"}),
        ("  W1=[1, 2] ", {"W1": "[1, 2]"}),
        ('{W1: 1, W2: "1/2"}', {"W1": "1", "W2": '"1/2"'}),
        ("{W1: [[1, 0], [0, 1]]}", {"W1": "[[1, 0], [0, 1]]"}),
        ("W1[0] = 3", {"W1[0]": "3"}),
        ("W1 = 1, W2=-5/4", {"W1": "1", "W2": "-5/4"}),
        ("W1 = [[1, 2], [3, 4]],W2: 0", {"W1": "[[1, 2], [3, 4]]", "W2": "0"}),
        ("W1: {a: 1, b: 2}", {"W1": "{a: 1, b: 2}"}),
    ],
)
def test_values_by_name(text, values):
    assert typed_values(text, ASKED) == values


@pytest.mark.parametrize("text", ["W1", "W1 ==2", "W1 =", "= 3", "{W1: 1, V: 2}", "[1, 2]", "{[1]: 2}", "{W1: &a 1}"])
def test_what_sets_no_value_is_refused(text):
    with pytest.raises(SubmissionError):
        typed_values(text, ASKED)


@pytest.mark.parametrize("text", ["it's", "- x", "#1", "| x", "a: b", "'", '"', "*x", "\\tanh", "@", "é", "{", "%"])
def test_a_line_arrives_as_it_was_typed(text, tmp_path):
    from grader.answers.submission import Submission

    for files, wanted in (
        (files_of_line("q.1", text), text),
        (files_of_text("q.1", f"{text}\n  {text}\n"), f"{text}\n  {text}\n"),
    ):
        (name,) = files
        (tmp_path / name).write_bytes(files[name])
        assert Submission(tmp_path).answer("q.1").content == wanted


def test_a_whole_file_of_answers_counts_as_it_is():
    assert files_of_all("q5", ASKED, Q5)["answers.yaml"] == Q5.encode()
    assert files_of_all("q5", ASKED, "W1 = 1\n")["answers.yaml"] == b"q5:\n  W1: 1\n"
    assert files_of_all("q5", ASKED, "W1 = 1, W2 = 2\n")["answers.yaml"] == b"q5:\n  W1: 1\n  W2: 2\n"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("def f(x): pass", True),
        ("class f: pass", True),
        ("f = 1", False),
        ("def f(x):", False),
        ("def g(): pass", False),
        ("(" * 500, False),
    ],
)
def test_whether_code_defines_what_is_asked(code, found):
    assert defines(code, "f") is found


def test_every_kind_says_how_it_is_typed(there):
    asked = {q.id: asked_in_way(q, 1).form for q in load_assignment(there / "specs" / "hw").questions}
    assert asked == {
        "size": "line", "pick": "line", "slope": "line", "why": "text", "twice": "code", "any": "line",
        "two.1": "line", "two.2": "line", "net": "values",
    }  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_at_a_real_terminal(there):
    """Once through the command itself: prompts are shown, lines are read, Ctrl-D ends it."""
    import pty
    import subprocess

    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "grader", "try", "size", "--spec", str(there / "specs" / "hw")]
    process = subprocess.Popen(
        command, stdin=follower, stdout=follower, stderr=follower, env={**os.environ, "TERM": "dumb"}
    )
    os.close(follower)
    shown, typed = b"", [b"25\n", b"\x04"]
    while chunk := _read(leader):
        shown += chunk
        if typed and shown.count(b"size: ") > 2 - len(typed):
            os.write(leader, typed.pop(0))
    assert process.wait() == 1
    os.close(leader)
    assert b"size: " in shown
    assert b"No biases." in shown


def _read(descriptor):
    try:
        return os.read(descriptor, 1 << 16)
    except OSError:  # the other side is closed
        return b""


@pytest.mark.parametrize(
    ("data", "told"), [(b"def twice(x):\n    return '\xff'\n", "not UTF-8"), (b"\x00\xff\xfe", "not UTF-8")]
)
def test_bytes_that_are_no_text_are_the_answers_fault(there, resources, data, told):
    files = files_of_all("twice", AskedAnswer("code", "twice"), data.decode("utf-8-sig", "surrogateescape"))
    assert files == {"solution.py": data}
    judge = TypedAnswerGrader(load_assignment(there / "specs" / "hw", asked=("twice",)), resources, None, Details())
    question = judge.report(files).questions[0]
    assert question.status == "rejected"
    assert told in " ".join(question.messages)


def test_half_of_a_character_is_no_fault_of_the_grader():
    assert files_of_all("q", AskedAnswer("line", "q"), "\ud83d")["answers.yaml"] == b"q: '\xed\xa0\xbd'\n"
