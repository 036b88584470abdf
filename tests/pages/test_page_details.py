"""What a page shows beside the marks: the question, the lines that a finding is about, formulas; it costs no marks."""

import re

import pytest

import grader.kinds.base
import grader.kinds.function.shown_code as shown_code_module
from grader.answers.code import Code
from grader.answers.excerpts import MAX_EXCERPT_LINES, MAX_HANDED_IN_CHARACTERS, excerpt, lines_named, text_of_file
from grader.kinds.function.shown_code import defining_line, shown_code
from grader.kinds.function.submitted import SubmittedCode
from grader.kinds.unjudged import held
from grader.reports.html import render
from grader.verdict import AnswerLocation, CheckResult, QuestionResult, Report

from ..reports.page_reader import Page
from .course import loaded, pages, without_page

CODE = """\
import math


def helper(x):
    return math.sqrt(-1 - x * x)


@staticmethod
def double(x):
    values = [
        x,
    ]
    return helper(values[0])


unused = 1
"""
WRONG = {
    "answers.yaml": """\
w: {a: 1,
  b: 1}
f: a^2 + b^2
n: 1/3

# the choice
c: left
p: |
  Because of *this*,
  and <b>that</b>.
e: 3
parts:
  1: a
  2: a
""",
    "solution.py": CODE.replace("@staticmethod\n", ""),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return loaded(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def wrong(course, tmp_path_factory):
    return pages(course, tmp_path_factory.mktemp("hand_ins") / "wrong", WRONG)


def shown(result):
    """The texts of a question, each with its file, the number of its first line and the marked ones."""
    return [(text.file, text.first_line, text.marked_lines, text.text) for text in result.page.handed_in]


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        ("w", [("answers.yaml", 1, (1,), "w: {a: 1,\n  b: 1}")]),
        ("f", [("answers.yaml", 3, (3,), "f: a^2 + b^2")]),
        ("n", [("answers.yaml", 4, (4,), "n: 1/3")]),
        ("c", [("answers.yaml", 7, (7,), "c: left")]),
        ("p", [("answers.yaml", 1, (), "Because of *this*,\nand <b>that</b>.")]),
        ("e", [("answers.yaml", 11, (11,), "e: 3")]),
        ("parts.1", [("answers.yaml", 13, (), "  1: a")]),  # it is right
        ("parts.2", [("answers.yaml", 14, (14,), "  2: a")]),
        ("code", [
            ("solution.py", 8, (), "def double(x):\n    values = [\n        x,\n    ]\n    return helper(values[0])"),
            ("solution.py", 4, (5,), "def helper(x):\n    return math.sqrt(-1 - x * x)"),
        ]),
    ],
)  # fmt: skip
def test_the_lines_of_an_answer_are_shown_and_those_to_blame_marked(wrong, question, texts):
    assert shown(wrong[question]) == texts


def test_the_question_is_asked_in_full(wrong):
    prompts = {name: result.page.prompt for name, result in wrong.items()}
    assert prompts["parts.2"] == "For both parts.\n\nThe second."
    assert prompts["c"] == "Which?\n\n- **left**: the *left* one\n- **right**: the right one"
    assert prompts["w"] == "Copy the input.\n\n  y_t = phi(a x_t + b)"


def test_a_way_that_counted_brings_its_own_words(course, tmp_path):
    result = pages(course, tmp_path / "alice", {"answers.yaml": "e: a\n"}, ["e"])["e"]
    assert (result.points, result.page.prompt) == (1, "A formula or a number.\n\nWith an a.")
    assert [formula.text for formula in result.page.formulas] == ["a"]


def test_formulas_are_typeset_and_the_right_one_where_the_spec_reveals_it(wrong):
    formulas = [(formula.text, formula.is_wanted) for formula in wrong["f"].page.formulas]
    assert formulas == [("a**2 + b**2", False), ("(a + b)**2", True)]
    assert [formula.text for formula in wrong["parts.2"].page.formulas] == ["a"]


def test_no_right_formula_beside_a_right_answer_or_one_that_cannot_be_read(course, tmp_path):
    for text, count in (("(a+b)^2", 1), ("b^2 + 2*a*b + a**2", 1), ("a + + ", 0), ("a*q", 0)):
        result = pages(course, tmp_path / "alice", {"answers.yaml": f"f: {text}\n"}, ["f"])["f"]
        assert [formula.is_wanted for formula in result.page.formulas] == [False] * count, text
        assert result.page.handed_in[0].marked_lines == (() if count else (1,)), text


def test_a_formula_that_nobody_would_read_is_not_typeset(course, tmp_path):
    long = " + ".join(["(a*b*(a+1)*(b+a*b))"] * 80)
    result = pages(course, tmp_path / "alice", {"answers.yaml": f"f: {long}\n"}, ["f"])["f"]
    assert [formula.is_wanted for formula in result.page.formulas] == [True]


REFUSED = [
    ("w", "n: 2\nw: {a: 1, q: 2}\n", (2, (2,))),  # a name that is not asked for
    ("w", "n: 2\nw:\n  a: 1\n  b: x y\n", (2, (4,))),  # the line of the number that is none
    ("w", "w: {a: 1, b: 2\n", (1, ())),  # a bracket that does not close
    ("n", "n: [1, 2]\n", (1, (1,))),
    ("c", "c: middle\n", (1, (1,))),
    ("f", "n: 1\nf: |\n  a +\n  ) b\n", (2, (2,))),  # the text of a block has one place
]


@pytest.mark.parametrize(("question", "answers", "wanted"), REFUSED)
def test_an_answer_that_cannot_be_used_is_shown_with_the_line_of_the_problem(
    course, tmp_path, question, answers, wanted
):
    result = pages(course, tmp_path / "alice", {"answers.yaml": answers}, [question])[question]
    assert result.status == "rejected"
    assert [(text.first_line, text.marked_lines) for text in result.page.handed_in] == [wanted]
    assert result.page.prompt


def test_a_question_without_an_answer_shows_what_was_asked(course, tmp_path):
    result = pages(course, tmp_path / "alice", {"answers.yaml": "n: 1/4\n"})["w"]
    assert (result.status, result.page.prompt[:5], result.page.handed_in) == ("missing", "Copy ", ())


def test_files_of_their_own(course, tmp_path):
    files = {"w.yaml": "# mine\na: 1\nb: 0\n\n", "p.md": "# Why\n\nSo.\n", "n.txt": "\n\n0.3\n"}
    found = pages(course, tmp_path / "alice", files)
    assert shown(found["w"]) == [("w.yaml", 1, (), "# mine\na: 1\nb: 0")]
    assert shown(found["p"]) == [("p.md", 1, (), "# Why\n\nSo.")]
    assert shown(found["n"]) == [("n.txt", 3, (), "0.3")]


def test_arrays_are_shown_as_they_were_read(course, tmp_path):
    import numpy as np

    np.savez(tmp_path / "w.npz", a=np.array(1.5), b=np.float32(-1))
    found = pages(course, tmp_path / "alice", {"w.npz": (tmp_path / "w.npz").read_bytes()}, ["w"])
    assert shown(found["w"]) == [("w.npz", 1, (), "a: 3/2\nb: -1")]


def test_code_that_cannot_be_loaded(course, tmp_path):
    code = "import math\n\n\ndef double(x):\n    return 2*x\n\n\nif True\n    pass\n"
    result = pages(course, tmp_path / "alice", {"solution.py": code}, ["code"])["code"]
    assert result.status == "rejected"
    assert [(first, marked) for _, first, marked, _ in shown(result)] == [(4, ()), (8, (8,))]


@pytest.mark.parametrize("broken", [b"\0", b"\xff"])
def test_code_that_is_no_text_is_marked_where_it_is_none(course, tmp_path, broken):
    code = b"def double(x):\n    # " + broken + b"\n    return 2*x\n"
    result = pages(course, tmp_path / "alice", {"solution.py": code}, ["code"])["code"]
    assert result.status == "rejected"
    assert [(first, marked) for _, first, marked, _ in shown(result)] == [(1, (2,))]


def test_a_wrong_function_without_an_exception_is_marked_where_it_is_defined(course, tmp_path):
    code = "def double(x):\n    return x\n\n\ndef double(x):\n    return 3 * x\n"
    result = pages(course, tmp_path / "alice", {"solution.py": code}, ["code"])["code"]
    assert [(first, marked) for _, first, marked, _ in shown(result)] == [(5, (5,))]
    right = pages(course, tmp_path / "right", {"solution.py": code.replace("3", "2")}, ["code"])["code"]
    assert [(first, marked) for _, first, marked, _ in shown(right)] == [(5, ())]


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("def double(x):\n    return 3 * x\n", 1),
        ("x = 1\r\nasync def double(x): ...\r\n", 2),
        ("def double(x): ...\n\n\ndef double(x): ...\n", 4),  # the last one counts
        ("def double(x): ...\n\n\nclass Net:\n    def double(self): ...\n", 1),
        ("if True:\n    def double(x): ...\nelse:\n    def double(x): ...\n", 4),
        ("import math\ndouble = math.sqrt\n", 2),
        ("double == 1\ndef doubled(x): ...\ndef a_double(x): ...\n", 0),
        ("class double:\n    pass\n", 1),
    ],
)
def test_the_line_that_defines_a_function(code, number):
    assert defining_line(code.replace("\r\n", "\n"), "double") == number


def test_a_function_whose_name_ends_in_no_ascii_letter_is_found():
    for name in ("sigmoïde", "größe", "σ", "données_à"):
        assert defining_line(f"\n\ndef {name}(x):\n    return x\n", name) == 3
    assert defining_line("def σx(x): ...\n", "σ") == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_report_names_the_line_of_a_function_in_any_encoding(encoding, line_end):
    code = "# é\n\ndef größe(x):\n    return x\n\n\ndef größe(x):\n    return 2 * x\n".replace("\n", line_end)
    submitted = SubmittedCode(None, Code("solution.py", code.encode(encoding), "python"), ())
    assert submitted.place_of("größe") == AnswerLocation("solution.py", 7)
    notebook = SubmittedCode(None, Code("work.ipynb", b"{}", "notebook"), ())
    assert notebook.place_of("größe") == AnswerLocation("work.ipynb", 0)


def test_cells_of_notebooks_and_modules_by_their_own_names():
    said = (
        "double(1) raised ValueError: x (cell 12, line 2, in double: x); (tools.py, line 1: y), (my_tools.py, line 2)"
    )
    result = QuestionResult("code", "T", "graded", 1, (CheckResult("l", 0, 1, "failed", message=said),))
    texts = {"cell 1": "a\nb", "cell 12": "def double(x):\n    oops(\n    )\n", "tools.py": "boom()\nbang()"}
    found = shown_code(texts, "double", result)
    assert [(text.file, text.first_line, text.marked_lines) for text in found] == [
        ("cell 12", 1, (2,)), ("tools.py", 1, (1,)),
    ]  # fmt: skip


def test_what_goes_wrong_beside_the_marks_costs_none(course, tmp_path, monkeypatch):
    right = {"answers.yaml": "n: 1/4\n", "solution.py": "def double(x):\n    return 2*x\n"}
    plain = pages(course, tmp_path / "alice", right)

    def failing(*_):
        raise RuntimeError("boom")

    monkeypatch.setattr(shown_code_module, "shown_code", failing)
    monkeypatch.setattr(grader.kinds.base.EntryKind, "with_page_details", failing)
    broken = pages(course, tmp_path / "alice", right)
    for name, result in broken.items():
        assert without_page(result) == without_page(plain[name])
        assert result.page.handed_in == ()
        assert plain[name].page.prompt.startswith(result.page.prompt)
        assert result.page.prompt


def test_excerpts_are_bounded_and_hold_the_marked_lines():
    lines = [f"line {number}" for number in range(1, 2001)]
    far = excerpt("f", lines, marked={1500, 5000})
    assert (far.first_line, far.text.split("\n")[0], far.marked_lines, far.cut) == (1480, "line 1480", (1500,), True)
    assert far.text.count("\n") == MAX_EXCERPT_LINES - 1
    end = excerpt("f", lines, marked={2000}, first_line=1)
    assert (end.first_line, end.text.split("\n")[-1], end.marked_lines) == (1701, "line 2000", (2000,))
    wide = excerpt("f", ["x" * 1_000_000, "y"], marked={2})
    assert (len(wide.text), wide.marked_lines, wide.cut) == (MAX_HANDED_IN_CHARACTERS, (), True)
    assert not excerpt("f", ["a"] * MAX_EXCERPT_LINES).cut
    assert text_of_file("f", "\n\n").text == ""


def test_lines_that_messages_name():
    said = ["a.py, line 3, in f", "a.py:4:1: x", "aa.py, line 5", "b/a.py:6:1", "xa.py:7", "a.py:8", "aapy, line 9"]
    assert sorted(lines_named(said, "a.py")) == [3, 4, 8]


NASTY = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "</pre></style>", "&lt;b&gt;",
    "<math><mtext><script>alert(1)</script></mtext></math>", "\u202e\u2066\ufeff", "$\\href{javascript:alert(1)}{x}$",
    "[x](javascript:alert(1))", "![x](http://evil.example/x.png)", "<!-- -->", "]]>", "{{ 7*7 }}{% raw %}", "x" * 5_000,
]  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("text", NASTY)
def test_markup_that_is_handed_in_stays_text(course, tmp_path, text):
    quoted = "'" + text.replace("'", "''") + "'"
    answers = "".join(f"{name}: {quoted}\n" for name in ("w", "f", "n", "c", "p", "e"))
    code = f"def double(x):\n    raise ValueError({text!r})  # {text}\n"
    found = pages(course, tmp_path / "alice", {"answers.yaml": answers, "solution.py": code})
    page = Page(render(Report("all", text, tuple(found.values()))))
    assert page.text.count(text[:40].split("{")[0].strip("\u202e\u2066\ufeff")) > 4


def test_what_no_editor_writes_is_refused_and_shown_as_it_can_be(course, tmp_path):
    big = "word " * 210_000
    for number, text in enumerate(
        (big, "a\0b", "\x1b[31m red", "\r\r\n" * 50, "\t" * 500 + "x", "- " * 3_000 + "x", "> " * 500)
    ):
        found = pages(
            course, tmp_path / f"s{number}", {"p.md": text, "answers.yaml": f"n: '{text[:50]}'\n"}, ["p", "n"]
        )
        page = Page(rendered := render(Report("all", "alice", tuple(found.values()))))
        assert len(rendered) < 100_000
        assert not re.search("[\0\x1b\t\r]", page.text)


def test_held_questions_have_a_page(course):
    question = course.questions[0]
    assert "held" in Page(render(Report("all", "alice", (held(question, "boom"),)))).text
