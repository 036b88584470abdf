"""One broken question in a file of answers loses that question alone, and is told what to write instead."""

import json
import re

import pytest

from grader.answers.submission import Submission
from grader.grading import grade
from grader.kinds.table import load_assignment

from ..answers.helpers import write
from .small_course import POINTS, RIGHT, answers, keep_their_marks, refused, report_on, results_of

MATRICES = "b: [2, 1]\n  W: [[1, 2], [-3, 0.5]]"
BROKEN = {
    ("q5", "\n  s: 1\n  W: [[1. 2.]\n      [-3. 0.5]]\n  b: [2 1]"): "numbers and rows in brackets are parted by commas",
    ("q5", "\n  s: 1\n  W: [[1, 2], [-3, 0.5]]\n  b: [2. 1.\n  c"): "numbers and rows in brackets are parted by commas",
    # a colon, quotes and line ends in prose
    ("q2", "the gate: it forgets"): "goes in quotes, q2: 'the gate: it forgets'; or write `q2: |`",
    ("q2", "the gate\n  forgets: always"): "goes in quotes",
    ("q2", "\n  The gate: it forgets"): "wanted text, got a mapping: put the text in quotes",
    ("q2", "\n  - the gate\n  - forgets"): "wanted text, got a list: put the text in quotes",
    ("q2", "| the gate forgets"): "after `q2: |` the text begins on the next line",
    ("q2", "|\nThe gate forgets\nalways"): "'The gate forgets' stands at the left margin: indent every line",
    ("q2", "|\nThe gate is: open"): "stands at the left margin, and q2 above it is blank: indent",
    ("q2", "|\nThe gate is: open\nand more"): "stands at the left margin: indent every line",
    ("q2", "The gate\nforgets."): "'forgets.' stands at the left margin",
    ("q2", "“the gate: open”"): "“ is a typographic quote, which YAML does not know: q2: 'the gate: open'",
    ("q2", "'the gate doesn't forget'"): "an apostrophe is written twice ('')",
    ("q2", '"the gate'): 'the quote " that opens here is not closed',
    ("q2", '"the gate" forgets'): "text follows the closing quote",
    ("q2", "the gate\n  # since\n  forgets"): "write `q2: |`",
    ("q2", "- a: b\n- c"): "stands at the left margin",
    ("q2", "|\n  The gate\n---\nforgets"): "'forgets' stands at the left margin",
    ("q2", '"a\\sigma b"'): "in double quotes a backslash begins an escape: use single quotes",
    # formulas that mean something to YAML
    ("q3.1", r'"w*\tanh(x)"'): r"\tanh in double quotes is the escape \t: write the answer in single quotes",
    ("q3.1", r'"\frac{w}{1}*x"'): r"\frac in double quotes is the escape \f",
    ("q3.1", r'"\beta"'): r"\beta in double quotes is the escape \b",
    ("q3.1", r'"x + \nu"'): r"\nu in double quotes is the escape \n",
    ("q3.1", r'"\rho*w"'): r"\rho in double quotes is the escape \r",
    ("q3.1", r'"\alpha"'): r"\alpha in double quotes is the escape \a",
    ("q3.1", r'"\varphi(x)"'): r"\varphi in double quotes is the escape \v",
    ("q3.1", r'"\eta*x"'): r"\eta in double quotes is the escape \e",
    ("q3.1", r'"w\_x"'): r"\_x in double quotes is the escape \_",
    ("q3.1", r'"\Lambda*x"'): r"\Lambda in double quotes is the escape \L",
    ("q3.1", r'"\sigma(x)"'): "in double quotes a backslash begins an escape: use single quotes",
    ("q3.1", r'"w \cdot \tanh(x)"'): "in double quotes a backslash begins an escape: use single quotes",
    ("q3.1", "*h"): "'*h' is an alias or anchor, which is not used here: write it out, or put it in quotes",
    ("q3.1", "*x*"): "a value that begins with * goes in quotes: q3.1: '*x*'",
    ("q3.1", "&x"): "or put it in quotes",
    ("q3.1", "!x"): "the tag '!x' is not used here: leave it out, or put it in quotes",
    ("q3.1", "%d"): "a value that begins with % goes in quotes: q3.1: '%d'",
    ("q3.1", "@"): "'@' cannot start a value: a value that begins with @ goes in quotes",
    ("q3.1", "`w*tanh(x)`"): "a value that begins with ` goes in quotes: q3.1: '`w*tanh(x)`'",
    ("q3.1", "| w*tanh(x)"): "after `q3.1: |` the text begins on the next line",
    ("q3.1", "> w*tanh(x)"): "after `q3.1: >` the text begins on the next line",
    ("q3.1", "- x"): "a value that begins with - goes in quotes: q3.1: '- x'",
    ("q3.1", "? x"): "a value that begins with ? goes in quotes",
    ("q3.1", "[w*tanh(x)"): "1 bracket is opened and 0 closed",
    ("q3.1", "{w}*tanh(x)"): "begins with a bracket goes in quotes: q3.1: '{w}*tanh(x)'",
    ("q3.1", "'w*tanh(x)"): "the quote ' that opens here is not closed",
    ("q3.1", "w*tanh(x): 3"): "goes in quotes, q3.1: 'w*tanh(x): 3'",
    ("q3.1", "“w*tanh(x)”"): "“ and ” are typographic quotes: write 'w*tanh(x)', or leave them out",
    ("q3.1", "w*tanh(x)\nq3.1: w"): "'q3.1' stands here a second time",
    ("q3.1", "w*tanh(x)\x07"): "a character that YAML does not allow stands here (U+0007)",
    # weights
    ("q5", "{s: 1, b: [2, 1], W: [[1 2]\n [-3 0.5]]}"): "numbers and rows in brackets are parted by commas",
    ("q5", "{s: 1, b: [2, 1], W: [[1 2]\n ...\n [-3 0.5]]}"): "numbers are left out here (...)",
    ("q5", "{s:1, b:[2, 1], W:[[1, 2], [-3, 0.5]]}"): "YAML wants a space after each colon",
    ("q5", "{s:1, b:2, W:3}"): "'s:1' is not a parameter: write a space after the colon, s: 1",
    ("q5", "\n  s:1\n  b:2"): "write a colon and a space after each name, `s: ...`",
    ("q5", "\n  s = 1\n  b = [2, 1]"): "write a colon and a space after each name, `s: ...`",
    ("q5", "{s: 1\n  b: [2, 1], W: [[1, 2], [-3, 0.5]]}"): "what stands in braces is parted by commas: {a: 1, b: 2}",
    ("q5", "|\n  s: 1\n  b: [2, 1]\n  W: [[1, 2], [-3, 0.5]]"): "leave out the | before the lines, `s: ...`",
    ("q5", "\n  - s: 1\n  - b: [2, 1]\n  - W: [[1, 2], [-3, 0.5]]"): "leave out the - before each name, `s: ...`",
    ("q5", "{s: - 1, b: [2, 1], W: [[1, 2], [-3, 0.5]]}"): "a minus sign stands right before its number: -1.5",
    ("q5", "{'s ': 1, b: [2, 1], W: [[1, 2], [-3, 0.5]]}"): "'s ' is not a parameter: leave out the blanks, s",
    ("q5", f"\n  s: 1\n {MATRICES}"): "indent all lines of the answer to q5 alike",
    ("q5", "{s: 1, b: [2, 1], W: [[1, 2], [-3, 0.5]}"): "5 brackets are opened and 4 closed",
    ("q5", "{s: 1, b: [2, 1], W: [[1, 2], [-3, 0.5]]}}"): "6 brackets are closed and 5 opened",
    ("q5", f"\n<<<<<<< HEAD\n  s: 1\n=======\n  s: 2\n>>>>>>> b\n  {MATRICES}"): "a merge conflict is left open here",
    ("q5", f"\n\ts: 1\n  {MATRICES}"): "a tab indents this line: YAML wants spaces",
    ("q5", "{s: 1, s: 1, b: [2, 1], W: [[1, 2], [-3, 0.5]]}"): "'s' stands here a second time",
    ("q5", "{s: 1, b: [2,5, 1,0], W: [[1, 2], [-3, 0.5]]}"): "a decimal comma? write 2.5, not 2,5",
    # choices and numbers
    ("q1", "{a, b}"): "got a mapping: write [a, b]",
    ("q1", "a: b"): "goes in quotes",
    ("q1", "[a, b"): "1 bracket is opened and 0 closed",
    ("q1", "ä"): "'ä' is not one of the options",
    ("q4", "1,5"): "1,5 has a decimal comma: write 1.5",
    ("q4", "{1.5}"): "wanted text, got a mapping",
    ("q4", "[1.5"): "1 bracket is opened and 0 closed",
}  # fmt: skip


@pytest.mark.parametrize(("name", "text", "advice"), [(*where, advice) for where, advice in BROKEN.items()])
def test_a_broken_question_is_told_what_to_write_and_costs_no_other_one(name, text, advice):
    results = results_of({"answers.yaml": answers(**{name.replace(".", "_"): text})})
    assert advice in refused(results, name)
    keep_their_marks(results, but=name)


@pytest.mark.parametrize(("old", "new"), [
    ("q4: 1.5", "q4:1.5"), ("q4: 1.5", "q4 = 1.5"), ("q4: 1.5", "q4：1.5"), ("q4: 1.5", "“q4”: 1.5"),
    ("q4: 1.5", "q4 1.5"), ("q4: 1.5", "q4) 1.5"), ("q4: 1.5", "q4. 1.5"), ("q4: 1.5", "* q4: 1.5"),
    ("q4: 1.5", "<<<<<<< HEAD\nq4: 1.5\n=======\nq4: 2\n>>>>>>> theirs"), ("q4: 1.5", "q4: 1.5\n======="),
    ("q4: 1.5", "q4: 1.5\nq4: 2"), ("q4: 1.5", "q4: 1.5\nq2: again\n" + "q4: 1.5"),
])  # fmt: skip
def test_a_broken_name_of_a_question_costs_that_question_alone(old, new):
    results = results_of({"answers.yaml": answers(q2=None).replace(old, new)})
    refused(results, "q4")
    keep_their_marks({name: result for name, result in results.items() if name != "q2"}, but="q4")


@pytest.mark.parametrize("line", ["q4 1.5", "q4) 1.5", "* q4: 1.5", "- q4: 1.5"])
def test_an_answer_without_a_colon_behind_its_name_is_told_how_it_is_written(line):
    """Also right below the assignment, which the line does not belong to."""
    rest = re.sub("^(assignment: .*|q4: .*)\n", "", answers(), flags=re.MULTILINE)
    results = results_of({"answers.yaml": f"assignment: hw\n{line}\n{rest}"})
    assert refused(results, "q4").endswith(
        "answers.yaml:2:1: an answer begins with the name of its question, a colon and a space: write 'q4: 1.5'"
    )
    keep_their_marks(results, but="q4")


def test_prose_that_begins_a_line_with_the_name_of_a_question_is_no_answer_to_it():
    own_line = answers(q2="|\nq4 is a number\nand more")
    results = results_of({"answers.yaml": own_line})
    assert "'q4 is a number' stands at the left margin" in refused(results, "q2")
    keep_their_marks(results, but="q2")
    without = results_of({"answers.yaml": own_line.replace("q4: 1.5\n", "")})
    assert "'q4 is a number' stands at the left margin" in refused(without, "q2")


@pytest.mark.parametrize(("text", "said"), [
    ("assignment:hw\nq4:1.5\n", "YAML wants a space after the colon: write 'assignment: hw'"),
    ("assignment: hw\nq4:1.5\n", "YAML wants a space after the colon: write 'q4: 1.5'"),
    ("q4:1.5\n", "YAML wants a space after the colon: write 'q4: 1.5'"),
    ("q4 = 1.5\n", "YAML has a colon and a space where Python has =: write 'q4: 1.5'"),
])  # fmt: skip
def test_a_file_of_names_with_tight_colons_alone_is_told_so(text, said):
    assert said in refused(results_of({"answers.yaml": text}), "q4")


def test_several_broken_questions_cost_what_they_are_worth():
    results = results_of({"answers.yaml": answers(q2="a: b", q3_1="*h", q5="{s: 1\n  b: [")})
    for name in ("q2", "q3.1", "q5"):
        refused(results, name)
    kept = {name: results[name] for name in ("q1", "q3.2", "q4", "q6")}
    keep_their_marks(kept, but="")


def test_the_assignment_is_known_whatever_is_broken(tmp_path):
    for text in (answers(q2="a: b: c"), "Answers\n" + answers(), answers().replace("q4: ", "q4: @")):
        assert Submission(write(tmp_path, {"answers.yaml": text})).assignment == "hw"


@pytest.mark.parametrize("beside", ["", "q9: @home\n"], ids=["whole", "with a broken line"])
def test_names_in_any_capitals_are_read_and_it_is_said(beside):
    text = re.sub("^q", "Q", answers(), flags=re.MULTILINE).replace("assignment", "Assignment") + beside
    results = results_of({"answers.yaml": text})
    keep_their_marks(results, but="")
    assert results["q4"].messages[0] == "q4 was read from 'Q4'"
    assert results_of({"answers.yaml": "Q3:\n  Q3.1: w * tanh(x)\n  2: w - x\n"})["q3.2"].points == POINTS["q3.2"]


def test_a_name_in_capitals_beside_itself_is_two_answers_and_in_capitals_a_wrong_answer_is_wrong():
    both = results_of({"answers.yaml": answers() + "Q4: 1.5\n"})
    assert "q4 is answered twice, on the lines" in refused(both, "q4")
    wrong = results_of({"answers.yaml": answers(q4=None) + "Q4: 2.5\n"})["q4"]
    assert (wrong.status, wrong.points) == ("graded", 0)


def test_the_assignment_is_known_in_any_capitals(tmp_path):
    assert Submission(write(tmp_path, {"answers.yaml": "ASSIGNMENT: hw\nq4: 1\n"})).assignment == "hw"
    both = Submission(write(tmp_path, {"answers.yaml": "assignment: hw\nAssignment: other\n"}))
    assert both.assignment == "hw"


HARMLESS = {
    "a line between": ("q4: 1.5", "q4: 1.5\n---"),
    "a comma at the end of brackets": ("[2, 1]", "[2, 1,]"),
    "a bracket at the margin": ("q5: {s: 1,", "q5: {\ns: 1,"),
    "one space before a name": ("q4: 1.5", " q4: 1.5"),
    "quotes around names": ("q4: 1.5", '"q4": 1.5\n'),
    "a formula in single quotes": ("w * tanh(x)", r"'w*\tanh(x)'"),
    "a formula without quotes": ("w * tanh(x)", r"w*\tanh(x)"),
    "a formula with two backslashes": ("w * tanh(x)", r'"w*\\tanh(x)"'),
    "a line break in quotes": ("w * tanh(x)", '"w *\n  tanh(x)"'),
    "an escape that is none in a formula": ("w * tanh(x)", r'"w *\n tanh(x)"'),
    "a stray line behind a whole answer": ("q6: ", "and now the prose\nq6: "),
    "a title": ("assignment: hw\n", "Answers to homework 1\nassignment: hw\n"),
    "choices without brackets": ("[a, b]", "a, b"),
    "choices without a comma": ("[a, b]", "[a b]"),
    "choices as a sentence": ("[a, b]", "(a) and (b)"),
    "choices with brackets": ("[a, b]", "[(a), b.]"),
    "parts as a mapping": ("q3.1: w * tanh(x)\nq3.2: w - x", "q3: {q3.1: w * tanh(x), q3.2: w - x}"),
    "parts by number": ("q3.1: w * tanh(x)\nq3.2: w - x", "q3:\n  1: w * tanh(x)\n  2: w - x"),
    "parts by number in brackets": ("q3.1: w * tanh(x)\nq3.2: w - x", "q3:\n  (1): w * tanh(x)\n  2.: w - x"),
}


@pytest.mark.parametrize(("old", "new"), HARMLESS.values(), ids=HARMLESS)
def test_what_is_clear_is_read(old, new):
    text = answers().replace(old, new)
    assert text != answers()
    keep_their_marks(results_of({"answers.yaml": text}), but="")


def test_answers_below_one_name_or_in_a_list_are_read():
    lines = answers().splitlines()
    keep_their_marks(
        results_of({"answers.yaml": "\n".join([lines[0], "answers:", *(f"  {line}" for line in lines[1:])])}), ""
    )
    keep_their_marks(results_of({"answers.yaml": "\n".join(f"- {line}" for line in lines)}), "")


def test_one_broken_part_of_several_costs_that_part_alone():
    parts = "q3:\n  1: w: tanh(x)\n  2: w - x"
    results = results_of({"answers.yaml": answers().replace("q3.1: w * tanh(x)\nq3.2: w - x", parts)})
    assert "goes in quotes" in refused(results, "q3.1")
    keep_their_marks(results, but="q3.1")


def test_a_part_in_two_places_is_not_chosen_from_and_a_whole_for_parts_is_refused():
    results = results_of({"answers.yaml": answers() + "q3: {1: w}\n"})
    assert "q3.1 is answered twice, on the lines 4 and 9" in refused(results, "q3.1")
    keep_their_marks(results, but="q3.1")
    results = results_of({"answers.yaml": answers(q3_1=None, q3_2=None) + "q3: w - x\n"})
    assert "'q3' is answered as a whole ('w - x'): write 'q3.1' by itself" in refused(results, "q3.1")
    assert "write 'q3.2' by itself" in refused(results, "q3.2")


def test_a_part_that_is_no_question_is_named():
    report = report_on({"answers.yaml": answers(q3_1=None, q3_2=None) + "q3: {1: w * tanh(x), 2: w - x, 5: x}\n"})
    assert [message for message in report.messages if "'5' is not a question" in message]


def test_quotes_that_swallow_other_answers_leave_none_of_them_missing():
    results = results_of({"answers.yaml": answers(q2='"The gate', q4='1.5"')})
    for name in ("q3.1", "q3.2", "q4"):
        assert f"'{name}' stands here and was not read as an answer" in refused(results, name)
    kept = {name: results[name] for name in ("q1", "q2", "q5", "q6")}
    keep_their_marks(kept, but="")


def test_a_hash_in_prose_is_read_and_beside_anything_else_said():
    results = results_of({"answers.yaml": answers(q2="use f # not g", q3_1="w * tanh(x) # by the chain rule")})
    assert results["q2"].messages == (
        "read as part of the text, though # begins a comment in YAML: '# not g' on line 3",
    )
    assert results["q3.1"].points == 3
    (told,) = [message for message in results["q3.1"].messages if "'# by the chain rule' on line 4" in message]
    assert told.startswith("not part of the answer, since # begins a comment in YAML")
    results = results_of({"answers.yaml": answers(q2="  # write | here and your text below\n  The gate.")})
    assert results["q2"].messages == ()


@pytest.mark.parametrize("text", [
    "import numpy as np\nW = np.eye(2)\n", "# Question 1\na and b\n\n## Question 2\n- **The gate** forgets\n",
    "\\documentclass{article}\n\\begin{document}\n",
])  # fmt: skip
def test_a_file_in_another_language_is_refused_for_every_question(text):
    for name, result in results_of({"answers.yaml": text}).items():
        assert (result.status, result.points) == ("rejected", 0), name


def test_python_in_place_of_yaml_is_told_question_by_question():
    text = "".join(f"{name} = {value}\n" for name, value in RIGHT.items())
    results = results_of({"answers.yaml": text})
    for name in RIGHT:
        assert f"YAML has a colon and a space where Python has =: write {f'{name}: {RIGHT[name]}'!r}" in refused(
            results, name
        )


VALUES = {"q1": ["a", "b"], "q2": "The gate.", "q3.1": "w*tanh(x)", "q3.2": "w-x", "q4": 1.5,
          "q5": {"s": 1, "b": [2, 1], "W": [[1, 2], [-3, 0.5]]}, "q6": "The cell."}  # fmt: skip
JSON = json.dumps(VALUES, indent=1)
BROKEN_JSON = {
    ("q3.1", "w*tanh", r"w*\sigma"): r"in JSON a backslash is written twice, \\sigma",
    ("q3.1", "w*tanh", r"w*\tanh"): r"\tanh is the escape \t in JSON: write two backslashes, \\tanh",
    ("q3.2", '"w-x"', "w-x"): "this is not JSON",
    ("q3.2", '"w-x"', "'w-x'"): "this is not JSON",
    ("q2", "The gate.", "The\ngate."): r"close the quote on its line, and write \n for a new line",
    ("q2", "The gate.", 'The "gate".'): "a quote in a text?",
    ("q4", "1.5", "1,5"): "a decimal comma? write 1.5",
    ("q5", '"s": 1', '"s": 1, "s": 1'): "'s' stands twice in one object",
    ("q4", "1.5", "[" * 60 + "]" * 60): "nested more than 40 deep",
}  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "advice"), [(*where, advice) for where, advice in BROKEN_JSON.items()])
@pytest.mark.parametrize("indent", [1, None])
def test_a_broken_member_of_json_costs_no_other_one(name, old, new, advice, indent):
    text = json.dumps(VALUES, indent=indent)
    assert text.count(old) == 1
    results = results_of({"answers.json": text.replace(old, new)})
    assert advice in refused(results, name)
    keep_their_marks(results, but=name)


@pytest.mark.parametrize("text", [
    f"{JSON[:-2]},\n}}", JSON.replace('"w-x",', '"w-x"'), JSON.replace(' "q4"', ' // a number\n "q4"'), JSON[:-2],
], ids=["comma at the end", "comma left out", "comment", "bracket left out"])  # fmt: skip
def test_json_that_is_clear_is_read(text):
    keep_their_marks(results_of({"answers.json": text}), but="")


def test_of_json_that_is_cut_what_was_cut_is_not_called_missing():
    results = results_of({"answers.json": JSON[: JSON.index('"q6"') - 20]})
    refused(results, "q5")
    refused(results, "q6")
    assert sum(result.points for result in results.values()) == sum(POINTS.values()) - POINTS["q5"]


@pytest.mark.parametrize("name", ["q4.yaml", "q4.json", "Q4.yml"])
def test_a_file_of_one_question_may_say_its_name_once_more(name):
    body = '{"q4": "3/2"}' if name.endswith("json") else "Q4: 3/2\n"
    found = results_of({name: body})["q4"]
    assert found.points == POINTS["q4"]
    assert found.messages[0].startswith(f"read from {name}, below ")
    wrong = results_of({name: body.replace("3/2", "2")})["q4"]
    assert (wrong.status, wrong.points) == ("graded", 0)
    assert results_of({"q5.yaml": f"q5: {RIGHT['q5']}\n"})["q5"].points == POINTS["q5"]
    assert "'q4' is not a parameter" in refused(results_of({"q5.yaml": f"q4: {RIGHT['q5']}\n"}), "q5")
    assert "wanted text, got a mapping" in refused(results_of({"q4.yaml": "q4: 1.5\nq5: 1\n"}), "q4")


def test_a_part_by_its_number_is_no_answer_to_a_question_whose_number_is_longer(tmp_path):
    """`1` under `q1` is q1.1; that it is q11 as well cost a right answer to q11 its marks."""
    files = {"q1.yaml": "question: q1\ntitle: T\npoints: 2\nparts:\n"}
    for part, value in (("q1.1", 4), ("q1.2", 5)):
        files["q1.yaml"] += f"  - {{question: {part}, title: T, points: 1, answer: number, value: {value}}}\n"
    files["q11.yaml"] = "question: q11\ntitle: T\npoints: 1\nanswer: number\nvalue: 6\n"
    files["assignment.yaml"] = "assignment: hw\nquestions: [q1, q11]\n"
    spec = load_assignment(write(tmp_path / "hw", files))

    def marks(text):
        report = grade(Submission(write(tmp_path / "kim", {"answers.yaml": text})), spec)
        return [(question.status, question.points) for question in report.questions]

    assert marks("q1: {1: 4, 2: 5}\nq11: 6\n") == [("graded", 1)] * 3
    assert marks("q1: {(1): 4, q1.2: 5}\nq11: 6\n") == [("graded", 1)] * 3
    assert marks("q1: {1: 6, 2: 5}\n") == [("graded", 0), ("graded", 1), ("missing", 0)]
