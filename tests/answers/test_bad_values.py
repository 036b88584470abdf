"""A number, a name or a shape that is wrong: what is said, where, and that only its own question pays for it."""

import pytest

from .helpers import Q5, Q6, Q6_JSON, full_marks, rejected

TOO_LARGE = "is too large (numbers lie between 1e-400 and 1e309 in size)"
FORMS = ": write it as 2, -1.5, 1e-3 or -3/2"
TOO_SMALL = "is too small (numbers lie between 1e-400 and 1e309 in size)"
BAD_NUMBERS = {
    ".nan": "W1: '.nan' is not a number: write a finite number",
    "NaN": "W1: 'NaN' is not a number: write a finite number",
    "-.inf": "W1: '-.inf' is not a number: write a finite number",
    "Infinity": "W1: 'Infinity' is not a number: write a finite number",
    "1e309": f"W1: 1e309 {TOO_LARGE}",
    "1e400": f"W1: 1e400 {TOO_LARGE}",
    "1e999999999": f"W1: 1e999999999 {TOO_LARGE}",
    "-1e999999999": f"W1: -1e999999999 {TOO_LARGE}",
    "1e-999999999": f"W1: 1e-999999999 {TOO_SMALL}",
    "1" * 401: "W1: a number of 401 digits is too long (at most 400)",
    "1/" + "9" * 5000: "W1: a number of 5000 digits is too long (at most 400)",
    "true": "W1: 'true' is not a number: write 1",
    "yes": "W1: 'yes' is not a number: write 1",
    "False": "W1: 'False' is not a number: write 0",
    "off": "W1: 'off' is not a number: write 0",
    '"1"': "W1 must be a number, not the quoted text '1': leave out the quotes",
    "'-3/2'": "W1 must be a number, not the quoted text '-3/2': leave out the quotes",
    "0,5": "W1: '0,5' is not a number: write a decimal point, not a decimal comma (0.5)",
    "1_000": "W1: '1_000' is not a number: write it in plain decimal digits",
    "0x10": "W1: '0x10' is not a number: write it in plain decimal digits",
    "0o17": "W1: '0o17' is not a number: write it in plain decimal digits",
    "1/0": "W1: 1/0 divides by zero",
    "1.5/2": f"W1: '1.5/2' is not a number{FORMS}",
    "1/-2": f"W1: '1/-2' is not a number{FORMS}",
    "1/2/3": f"W1: '1/2/3' is not a number{FORMS}",
    "1 2": f"W1: '1 2' is not a number{FORMS}",
    "--1": f"W1: '--1' is not a number{FORMS}",
    "1e": f"W1: '1e' is not a number{FORMS}",
    ".": "W1: '.' is not a number",
    "NULL": "W1: 'NULL' is not a number",
    "2*3": f"W1: '2*3' is not a number{FORMS}",
    "=1+1": f"W1: '=1+1' is not a number{FORMS}",
    "٣": f"W1: '٣' is not a number{FORMS}",
    "１": f"W1: '１' is not a number{FORMS}",
    "½": f"W1: '½' is not a number{FORMS}",
    "x" * 90: f"W1: '{'x' * 39}…' is not a number",
    "a\u202eb": r"W1: 'a\u202eb' is not a number",
    r'"\e[31m1"': r"W1 must be a number, not the quoted text '\x1b[31m1': leave out the quotes",
    "~": "W1 is blank: write a number",
    "null": "W1 is blank: write a number",
    "[]": "W1 must be a number, not a list",
    "[1, 2]": "W1 must be a number, not a list",
    "[1,5]": "W1 must be a number, not a list: a decimal comma? write 1.5, not 1,5",
    "[[1, 2]]": "W1 must be a number, not a list",
    "[[]]": "W1 must be a number, not a list",
    '"0,5"': "W1: '0,5' is not a number: write a decimal point, not a decimal comma (0.5)",
    "1,2,3": "W1: '1,2,3' is not a number: write a decimal point, not a comma",
    "{}": "W1 must be a number, not a mapping",
    "{value: 1}": "W1 must be a number, not a mapping",
}


@pytest.mark.parametrize(("text", "message"), BAD_NUMBERS.items(), ids=[text[:20] for text in BAD_NUMBERS])
def test_what_is_no_number_is_refused_where_it_stands(graded, text, message):
    report = graded({"answers.yaml": f"q5:\n  W1: {text}\n  W2: 1\n  b2: -1.5\n  W3: 1\n  b3: 0\n{Q6}"})
    assert rejected(report) == (f"answers.yaml:2:7: {message}",)
    full_marks(report, "q6")


BAD_JSON = {
    "NaN": "W1: 'NaN' is not a number: write a finite number",
    "Infinity": "W1: 'Infinity' is not a number: write a finite number",
    "-Infinity": "W1: '-Infinity' is not a number: write a finite number",
    "true": "W1: 'true' is not a number: write 1",
    "false": "W1: 'false' is not a number: write 0",
    "null": "W1 is blank: write a number",
    "1e400": f"W1: 1e400 {TOO_LARGE}",
    "1e999999999": f"W1: 1e999999999 {TOO_LARGE}",
    "9" * 5000: "W1: a number of 5000 digits is too long (at most 400)",
    '"1"': "W1 must be a number, not the quoted text '1': leave out the quotes",
    '"1/0"': "W1: 1/0 divides by zero",
    '"a/b"': "W1: 'a/b' is not a number",
    '"\\u001b[2J\\ud800"': r"W1 must be a number, not the quoted text '\x1b[2J\ud800': leave out the quotes",
    "[1,5]": "W1 must be a number, not a list",
    '"1,5"': "W1: '1,5' is not a number: write a decimal point, not a decimal comma (1.5)",
    "{}": "W1 must be a number, not a mapping",
}


@pytest.mark.parametrize(("text", "message"), BAD_JSON.items(), ids=[text[:20] for text in BAD_JSON])
def test_what_is_no_number_in_json_is_refused(graded, text, message):
    report = graded({"answers.json": f'{{"q5": {{"W1": {text}, "W2": 1, "b2": -1.5, "W3": 1, "b3": 0}}, {Q6_JSON}}}'})
    assert rejected(report) == (f"answers.json: {message}",)
    full_marks(report, "q6")


ALL = "(W1, W2, b2, W3 and b3 are)"
WANTED = "wanted a value for each parameter ({W1: ..., W2: ..., b2: ..., W3: ..., b3: ...}), got"
BAD_ANSWERS = {
    "{W1: 1, W2: 1, b2: -1.5, W3: 1}": ["1:5: b3 is missing"],
    "{W1: 1}": ["1:5: W2, b2, W3 and b3 are missing"],
    "{w1: 1, W2: 1, b2: -1.5, W3: 1, b3: 0}": [
        "1:6: 'w1' is not a parameter (did you mean 'W1'?)",
        "1:5: W1 is missing",
    ],
    "{W1: 1, W2: 1, b2: -1.5, W3: 1, b3: 0, W4: 1}": [f"1:44: 'W4' is not a parameter {ALL}"],
    "{1: 1, W1: 1, W2: 1, b2: -1.5, W3: 1, b3: 0}": [f"1:6: '1' is not a parameter {ALL}"],
    '{"a\\e\\u202e": 1, W1: 1, W2: 1, b2: -1.5, W3: 1, b3: 0}': [rf"1:6: 'a\x1b\u202e' is not a parameter {ALL}"],
    "{<<: {W1: 1}, W2: 1, b2: -1.5, W3: 1, b3: 0}": [f"1:6: '<<' is not a parameter {ALL}", "1:5: W1 is missing"],
    "{W1: x, W2: 1, b2: .nan, W3: true}": [
        "1:5: b3 is missing",
        "1:10: W1: 'x' is not a number",
        "1:24: b2: '.nan' is not a number: write a finite number",
        "1:34: W3: 'true' is not a number: write 1",
    ],
    "[1, 1, -1.5, 1, 0]": [f"1:5: {WANTED} a list"],
    "3": [f"1:5: {WANTED} '3'"],
    "'all right'": [f"1:5: {WANTED} the quoted text 'all right'"],
    "NULL": [f"1:5: {WANTED} 'NULL'"],
}


@pytest.mark.parametrize(("answer", "messages"), BAD_ANSWERS.items())
def test_names_that_are_missing_misspelt_or_unknown_are_all_told(graded, answer, messages):
    report = graded({"answers.yaml": f"q5: {answer}\n{Q6}"})
    assert list(rejected(report)) == [f"answers.yaml:{message}" for message in messages]
    full_marks(report, "q6")


PAIR = "a vector of 2, written [., .]"
SQUARE = "a 2 x 2 matrix, written [[., .], [., .]]"
BAD_SHAPES = {
    "b: 1": f"3:6: b must be {PAIR}; this is '1'",
    "b:": f"3:5: b must be {PAIR}; this is nothing",
    "b: []": f"3:6: b must be {PAIR}; this has 0 entries, not 2",
    "b: [1]": f"3:6: b must be {PAIR}; this has 1 entries, not 2",
    "b: [1, 2, 3]": f"3:6: b must be {PAIR}; this has 3 entries, not 2",
    "b: [[1, 2, 3]]": f"3:6: b must be {PAIR}; this has 1 entries, not 2",
    "b: [[1], 2]": "3:7: b[0] must be a number, not a list",
    "b: {0: 1, 1: 2}": f"3:6: b must be {PAIR}; this is a mapping",
    "b: [1, 0,5]": f"3:6: b must be {PAIR}; this has 3 entries, not 2",
    "b: [1, x]": "3:10: b[1]: 'x' is not a number",
    "b: [1, ]": f"3:6: b must be {PAIR}; this has 1 entries, not 2",
    "b: [1, ~]": "3:10: b[1] is blank: write a number",
    "W: [1, 2]": f"3:7: W[0] must be {SQUARE}; this is '1'",
    "W: [[1, 2]]": f"3:6: W must be {SQUARE}; this has 1 rows, not 2",
    "W: [[1, 2], [3]]": f"3:15: W[1] must be {SQUARE}; this has 1 entries, not 2",
    "W: [[1, 2], [3, [4]]]": "3:19: W[1][1] must be a number, not a list",
    "W: [1, 2, 3, 4]": f"3:6: W must be {SQUARE}; this has 4 rows, not 2",
}
RIGHT_PAIRS = {"W": "[[-1, -1], [1, 1]]", "b": "[0.5, -1.5]", "v": "[1, 1]", "r": "1", "c": "-1.5", "c0": "-0.5"}


@pytest.mark.parametrize(("line", "message"), BAD_SHAPES.items())
def test_a_wrong_shape_is_told_with_the_shape_that_is_wanted(graded, line, message):
    rest = "".join(f"  {name}: {value}\n" for name, value in RIGHT_PAIRS.items() if name != line[0])
    report = graded({"answers.yaml": f"{Q5}q6:\n  {line}\n{rest}"})
    assert rejected(report, "q6") == (f"answers.yaml:{message}",)
    full_marks(report, "q5")


def test_of_very_many_unknown_names_the_first_are_told_and_the_rest_counted(graded):
    names = ", ".join(f"zz{i}: 1" for i in range(3000))
    messages = rejected(graded({"answers.yaml": f"q5: {{{names}}}\n{Q6}"}))
    assert len(messages) == 22
    assert messages[0] == f"answers.yaml:1:6: 'zz0' is not a parameter {ALL}"
    assert messages[20:] == (
        "answers.yaml:1:5: and 2980 more names are no parameters",
        "answers.yaml:1:5: W1, W2, b2, W3 and b3 are missing",
    )


def test_a_very_long_name_is_cut(graded):
    report = graded(
        {"answers.json": f'{{"q5": {{"{"N" * 500_000}": 1, "W1": 1, "W2": 1, "b2": 1, "W3": 1, "b3": 0}}}}'}
    )
    assert rejected(report) == (f"answers.json: '{'N' * 59}…' is not a parameter {ALL}",)


@pytest.mark.parametrize("nothing", ["", " ~", " null", " {}", " []", " {W1: , W2: ~}", " {W1: [], W2: {a: }}"])
def test_a_question_left_blank_is_missing_and_nothing_else(graded, nothing):
    report = graded({"answers.yaml": f"q5:{nothing}\n{Q6}"})
    q5 = report.questions[0]
    assert (q5.status, q5.messages, q5.points) == ("missing", ("no answer was handed in",), 0)
    full_marks(report, "q6")


@pytest.mark.parametrize(
    ("key", "advice"),
    [
        ("q_5", "(did you mean 'q5'?)"),
        ("5", "(did you mean 'q5'?)"),
        ("question five", "(the questions are q5 and q6)"),
        ("a\u202e", "(the questions are q5 and q6)"),
        ("did you mean 'q5'", "(the questions are q5 and q6)"),  # says so itself, and is none the less no q5
    ],
)
def test_a_key_of_no_question_is_told(graded, key, advice):
    report = graded({"answers.yaml": f"{Q6}{key}: {{W1: 1}}\n"})
    message = f"answers.yaml:2:1: {key!r} is not a question {advice}"
    assert report.messages == (message,)
    assert rejected(report) == (message,)
    full_marks(report, "q6")


def test_forty_thousand_keys_of_no_question_are_counted(graded):
    report = graded({"answers.yaml": Q5 + Q6 + "".join(f"k{i}: 1\n" for i in range(40_000))})
    assert len(report.messages) == 21
    assert report.messages[0] == "answers.yaml:3:1: 'k0' is not a question (the questions are q5 and q6)"
    assert report.messages[20] == "and 39980 more keys or files belong to no question"
    full_marks(report, "q5", "q6")


@pytest.mark.parametrize("key", ["q6 {W", "q6 weights", '"q6  = W"'])
def test_a_key_that_begins_with_a_question_is_told_where_the_colon_stands_and_costs_it_alone(graded, key):
    report = graded({"answers.yaml": f"{Q5}{key}: 1}}\n"})
    shown = key.strip('"')
    said = f"answers.yaml:{Q5.count(chr(10)) + 1}:1: {shown!r} is not a question: a colon stands right behind its name, q6:"
    assert report.messages == (said,)
    assert rejected(report, "q6") == (said,)
    full_marks(report, "q5")


def test_notes_beside_an_answer_cost_nothing(graded):
    report = graded({"answers.yaml": f"{Q5}{Q6}q5 notes: I tried others first.\n"})
    full_marks(report, "q5", "q6")
