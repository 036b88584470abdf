"""Numbers in answers are exact: decimals from their text, floats at the value they have."""

from fractions import Fraction
from itertools import count

import numpy as np
import pytest

from grader.answers.submission import Submission
from grader.kinds.weights.answer import content_of, weights_of
from grader.machines.system import Parameter

from .helpers import Q5_JSON, Q6_JSON, full_marks, question, write
from .test_arrays import npy, npz, tensors


@pytest.fixture
def value_of(tmp_path):
    """The exact value of the one parameter `w` that a file holds."""
    number = count()

    def value_of(name, content, shape=()):
        answer = Submission(write(tmp_path / f"alice{next(number)}", {name: content})).answer("q")
        value = weights_of(content_of(answer), {"w": Parameter(shape)})["w"]
        if shape:
            return [Fraction(int(x.p), int(x.q)) for x in value.entries]
        return Fraction(int(value.p), int(value.q))

    return value_of


NUMBERS = {
    "2": 2,
    "-2": -2,
    "+2": 2,
    "007": 7,
    "1111010000": 1111010000,
    "0.1": Fraction(1, 10),
    "-1.5": Fraction(-3, 2),
    ".5": Fraction(1, 2),
    "5.": 5,
    "1e-3": Fraction(1, 1000),
    "1E+3": 1000,
    "-2.5e-2": Fraction(-1, 40),
    "1e-9": Fraction(1, 10**9),
    "1e308": 10**308,
    "1e-400": Fraction(1, 10**400),
    "0e999999999": 0,
    "-0": 0,
    "-0.0": 0,
    "9" * 300: 10**300 - 1,
    "0." + "0" * 300 + "1": Fraction(1, 10**301),
    "-3/2": Fraction(-3, 2),
    "+3/2": Fraction(3, 2),
    "6/4": Fraction(3, 2),
    "1 / 3": Fraction(1, 3),
    "0/5": 0,
    "−1.5": Fraction(-3, 2),
    "−3/2": Fraction(-3, 2),
    "–1.5": Fraction(-3, 2),
    "—3/2": Fraction(-3, 2),
}


@pytest.mark.parametrize(("text", "value"), NUMBERS.items(), ids=[text[:20] for text in NUMBERS])
def test_numbers_in_yaml_are_exactly_what_is_written(value_of, text, value):
    assert value_of("q.yaml", f"w: {text}\n") == value
    assert value_of("q.yml", f"w: [{text}, 1]\n", (2,)) == [value, 1]


JSON_NUMBERS = {
    "2": 2,
    "-2": -2,
    "0.1": Fraction(1, 10),
    "1e-3": Fraction(1, 1000),
    "1E+3": 1000,
    "-2.5e-2": Fraction(-1, 40),
    "1e-400": Fraction(1, 10**400),
    "9" * 300: 10**300 - 1,
    '"-3/2"': Fraction(-3, 2),
    '"1/3"': Fraction(1, 3),
}


@pytest.mark.parametrize(("text", "value"), JSON_NUMBERS.items(), ids=[text[:20] for text in JSON_NUMBERS])
def test_numbers_in_json_are_exactly_what_is_written(value_of, text, value):
    assert value_of("q.json", f'{{"w": {text}}}') == value
    assert value_of("q.json", f'{{"w": [{text}, 1]}}', (2,)) == [value, 1]


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", ">f8"])
@pytest.mark.parametrize("number", [0.1, -1.5, 1 / 3, 1e-5, 2.0**-24])
def test_floats_in_binary_files_have_exactly_their_own_value(value_of, dtype, number):
    stored = Fraction(float(np.asarray(number, dtype)))
    assert value_of("q.npz", npz({"w": number}, dtype)) == stored
    assert value_of("q.npy", npy(np.asarray(number, dtype))) == stored


def test_a_tenth_is_a_tenth_in_text_and_a_little_more_in_a_float(value_of):
    assert value_of("q.yaml", "w: 0.1") == Fraction(1, 10)
    assert value_of("q.npz", npz({"w": 0.1})) == Fraction(3602879701896397, 2**55) > Fraction(1, 10)
    assert value_of("q.safetensors", tensors({"w": 0.1})) == Fraction(3602879701896397, 2**55)


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63)])
def test_large_integers_do_not_pass_through_floats(value_of, number):
    assert value_of("q.npz", npz({"w": number}, "i8")) == number


def test_the_largest_unsigned_integer(value_of):
    assert value_of("q.npz", npz({"w": 2**64 - 1}, "u8")) == 2**64 - 1


def test_the_smallest_and_largest_floats(value_of):
    for number in (5e-324, 1.7976931348623157e308):
        assert value_of("q.npz", npz({"w": number})) == Fraction(number)


def test_a_matrix_is_read_row_by_row_in_every_format(value_of):
    rows = [[1, 2, 3], [4, 5, 6]]
    wanted = [1, 2, 3, 4, 5, 6]
    assert value_of("q.yaml", f"w: {rows}", (2, 3)) == wanted
    assert value_of("q.yaml", "w:\n- [1, 2, 3]\n- - 4\n  - 5\n  - 6\n", (2, 3)) == wanted
    assert value_of("q.json", f'{{"w": {rows}}}', (2, 3)) == wanted


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_matrix_is_read_row_by_row_whatever_its_order_in_memory(value_of, order):
    array = np.array([[1.0, 2, 3], [4, 5, 6]], order=order)
    assert value_of("q.npz", npz({"w": array}, None), (2, 3)) == [1, 2, 3, 4, 5, 6]


def test_one_array_is_the_one_parameter(value_of):
    assert value_of("q.npy", npy(np.array([1.5, 2])), (2,)) == [Fraction(3, 2), 2]


def test_a_threshold_that_only_exact_numbers_meet(graded):
    """W1 + W2 + b2 is exactly 0.5 in decimals (right), and a little less in floats (wrong)."""
    exact = "{W1: 0.7, W2: 0.1, b2: -0.3, W3: 1, b3: 0}"
    report = graded({"q5.yaml": exact})
    full_marks(report, "q5")
    assert question(report, "q5").margins[0].distance == "0"


def test_and_in_floats_the_same_numbers_miss_it(graded):
    report = graded({"q5.npz": npz({"W1": 0.7, "W2": 0.1, "b2": -0.3, "W3": 1, "b3": 0})})
    held_sum = sum(map(Fraction, (0.7, 0.1, -0.3)))
    assert held_sum < Fraction(1, 2)
    assert question(report, "q5").points == 0


Q5_LINES, Q6_LINES = Q5_JSON.partition(": ")[2], Q6_JSON.partition(": ")[2]
ONE_FILE_EACH = {
    "yaml and yml": {"q5.yaml": Q5_LINES, "q6.yml": Q6_LINES},
    "json": {"q5.json": Q5_LINES, "q6.json": Q6_LINES},
    "answers and a file": {"answers.yaml": f"q5: {Q5_LINES}", "q6.json": Q6_LINES},
    "answers in JSON and a file": {"answers.json": f"{{{Q6_JSON}}}", "q5.yaml": Q5_LINES},
    "answers.yml": {"answers.yml": f"q5: {Q5_LINES}\nq6: {Q6_LINES}\n"},
    "arrays": {
        "q5.npz": npz({"W1": 1, "W2": 1, "b2": -1.5, "W3": 1, "b3": 0}),
        "q6.safetensors": tensors(
            {"W": [[-1, -1], [1, 1]], "b": [0.5, -1.5], "v": [1, 1], "r": 1, "c": -1.5, "c0": -0.5}
        ),
    },
    "a blank in answers does not count": {"answers.yaml": f"q5: {{W1: , W2: }}\nq6: {Q6_LINES}", "q5.json": Q5_LINES},
}


@pytest.mark.parametrize("files", ONE_FILE_EACH.values(), ids=ONE_FILE_EACH)
def test_answers_may_be_spread_over_files_of_any_kind(graded, files):
    report = graded(files)
    full_marks(report, "q5", "q6")
    assert report.messages == ()


def test_a_file_that_is_not_read_costs_nothing_and_is_named(graded):
    report = graded({"answers.yaml": f"q5: {Q5_LINES}\nq6: {Q6_LINES}\n", "notes.txt": "q5"})
    full_marks(report, "q5", "q6")
    assert report.messages == (
        "notes.txt: belongs to no question (the questions are q5 and q6): name it after the one that it answers",
    )


TWICE = {
    ("q5.npz", "q5.yaml"): "q5 is answered twice, in q5.npz and q5.yaml: keep one",
    ("q5.json", "q5.npy", "q5.yaml"): "q5 is answered twice, in q5.json, q5.npy and q5.yaml: keep one",
}


@pytest.mark.parametrize(("names", "message"), TWICE.items())
def test_a_question_in_two_files_is_not_chosen_from(graded, names, message):
    report = graded({"answers.yaml": f"q6: {Q6_LINES}", **dict.fromkeys(names, "")})
    assert question(report, "q5").messages == (message,)
    full_marks(report, "q6")


def test_a_question_in_answers_and_in_its_own_file_is_not_chosen_from(graded):
    report = graded({"answers.yaml": f"q5: {Q5_LINES}\nq6: {Q6_LINES}", "q5.yaml": Q5_LINES})
    assert question(report, "q5").messages == ("q5 is answered twice, in answers.yaml and q5.yaml: keep one",)
    full_marks(report, "q6")


def test_two_answers_files_are_not_chosen_from_but_a_question_of_its_own_counts(graded):
    report = graded({"answers.yaml": "", "answers.json": "", "q6.yaml": Q6_LINES})
    message = "answers.json and answers.yaml both hold answers: keep one"
    assert report.messages == question(report, "q5").messages == (message,)
    full_marks(report, "q6")
