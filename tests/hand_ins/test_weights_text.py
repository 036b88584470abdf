"""A matrix of numbers as text, in a file of its own: what is read of it, exactly, and where it is refused."""

import pytest

from ..counting import peak_bytes_of
from .weights_course import earned, graded, matrix_question, rejected_for, weights_question

OWN = weights_question()


TEXTS = {
    "commas": "1,2\n3,4\n",
    "commas and blanks": "1, 2\n3, 4",
    "semicolons": "1;2\n3;4\n",
    "tabs": "1\t2\n3\t4\n",
    "blanks": " 1  2\n 3  4\n",
    "NumPy's print of a file": "1.000000000000000000e+00 2.000000000000000000e+00\n3.0e+00 4.0e+00\n",
    "a comment": "# W\n1,2\n\n3,4\n",
    "Windows": "1,2\r\n3,4\r\n",
    "an old Mac": "1,2\r3,4\r",
    "a byte order mark": "\ufeff1,2\n3,4\n",
    "commas at the ends": "1,2,\n3,4,\n",
    "quotes": '"1","2"\n"3","4"\n',
    "fractions": "2/2,4/2\n3,16/4\n",
    "a heading": "w_1,w_2\n1,2\n3,4\n",
    "a heading in quotes": '"left";"right"\n1;2\n3;4\n',
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("name", ["q.csv", "q.tsv", "Q.CSV"])
def test_a_matrix_in_text_is_read_row_by_row(text, name):
    right = matrix_question(right="W[0][1] == 2 and W[1][0] == 3 and W[0][0] == 1 and W[1][1] == 4")
    wrong = matrix_question(right="W[0][1] == 3 and W[1][0] == 2")
    assert earned({name: text}, right)[:2] == ("graded", 3)
    assert earned({name: text}, wrong)[:2] == ("graded", 0)


@pytest.mark.parametrize(
    "text", [TEXTS["blanks"], TEXTS["NumPy's print of a file"], TEXTS["a comment"], "[[1, 2], [3, 4]]", "[1 2; 3 4]"]
)
def test_so_is_one_in_a_text_file(text):
    right = matrix_question(right="W[0][1] == 2 and W[1][0] == 3")
    assert earned({"q.txt": text}, right)[:2] == ("graded", 3)
    assert earned({"q.txt": text.replace("2", "7")}, right)[:2] == ("graded", 0)


def test_a_text_file_may_be_as_the_answers_file():
    assert earned({"q.txt": "W: [[1, 2], [-3, 0.5]]\nb: [2, 1]\ns: 1\n"}, OWN)[:2] == ("graded", 7)
    assert "write a colon and a space after each name" in rejected_for({"q.txt": "W = 1\nb = 2\n"}, OWN)


def test_numbers_in_text_are_exact():
    for number, wanted in (("0.1", "1/10"), ("1e-3", "1/1000"), ("-2/3", "-2/3")):
        question = matrix_question("scalar", f"W == {wanted}")
        assert earned({"q.csv": number}, question)[:2] == ("graded", 3)


@pytest.mark.parametrize(
    ("text", "shape"), [("1\n2\n", "[2]"), ("1,2\n", "[2]"), ("1;2", "[1, 2]"), ("1\n2", "[2, 1]"), ("5", "[1]")]
)
def test_a_row_and_a_column_are_vectors(text, shape):
    assert earned({"q.csv": text}, matrix_question(shape, "1 == 1"))[:2] == ("graded", 3)


def test_a_heading_is_named():
    messages = earned({"q.csv": "a,b\n1,2\n3,4\n"}, matrix_question())[2]
    assert messages == "the first row (a and b) is taken for a heading and left aside"


BAD_TEXTS = {
    "nothing": ("", "q.csv: holds no numbers"),
    "blank lines": (" \n#1\n\n", "q.csv: holds no numbers"),
    "rows of different lengths": ("1,2\n3\n", "q.csv:2:1: this row has 1 entries, but the first one has 2"),
    "decimal commas, semicolons": ("1,5;2\n3;4", "q.csv:1:1: W[0][0]: '1,5' is not a number: write a decimal point, not a decimal comma (1.5)"),
    "decimal commas, blanks": ("1,5 2,5\n3 4", "q.csv:1:1: '1,5' is not a number: write a decimal point, not a decimal comma"),
    "a word": ("1,2\n3,four", "q.csv:2:3: W[1][1]: 'four' is not a number"),
    "an empty entry": ("1,\n3,4", "q.csv:2:1: this row has 2 entries, but the first one has 1"),
    "an empty entry between": ("1,,2\n3,4,5", "must be a 2 x 2 matrix, written [[., .], [., .]]; this has 3 entries, not 2"),
    "NaN": ("1,nan\n3,4", "q.csv:1:3: W[0][1]: 'nan' is not a number: write a finite number"),
    "infinity": ("1,2\n-inf,4", "q.csv:2:1: W[1][0]: '-inf' is not a number: write a finite number"),
    "NaN as the first row": ("nan,nan\n1,2\n3,4", "W must be a 2 x 2 matrix"),
    "complex": ("1,2j\n3,4", "q.csv:1:3: W[0][1]: '2j' is not a number"),
    "pandas": (",0,1\n0,1,2\n1,3,4\n", "q.csv:1:1: numbers columns and rows, as pandas does: save it with index=False, header=False"),
    "another shape": ("1,2,3\n4,5,6", "must be a 2 x 2 matrix, written [[., .], [., .]]; this has 3 entries, not 2"),
    "a letter for a digit": ("1,O\n3,4", "q.csv:1:3: W[0][1]: 'O' is not a number"),
    "a workbook": ("PK\x03\x04", "is no .csv file by its contents"),
    "zero bytes": ("1,2\n\x00,4", "holds zero bytes"),
    "a quotation without end": ('1,"' + "2" * 200_000, "q.csv:1:1: holds an entry without end"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), BAD_TEXTS.values(), ids=BAD_TEXTS)
def test_text_that_is_no_matrix_is_refused_with_its_place(text, said):
    assert said in rejected_for({"q.csv": text}, matrix_question())


def test_many_numbers_in_text_are_refused_in_little_memory():
    data = b"1,2\n" * 20_000
    message, held = peak_bytes_of(lambda: rejected_for({"q.csv": data}, matrix_question()))
    assert message == "q.csv: holds more than 4096 numbers"
    assert held < 16 << 20
    assert "is too large: 2000000 bytes (at most 1048576)" in rejected_for(
        {"q.csv": b"1 " * 1_000_000}, matrix_question()
    )


def test_one_matrix_is_not_three_parameters():
    message = rejected_for({"q.csv": "1,2\n3,4"}, OWN)
    assert message == "q.csv:1:1: holds one matrix, but s, b and W are wanted: hand in an .npz file, or answers.yaml"


def test_a_list_in_a_document_is_the_one_parameter():
    assert graded({"q.yaml": "[[1, 2], [3, 4]]\n"}, matrix_question()).points == 3
    assert graded({"q.json": "[[2, 2], [3, 4]]\n"}, matrix_question()).points == 0
