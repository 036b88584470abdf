"""Python code in a text file is no prose for a reader where code is asked for, and is told; prose stays prose."""

import pytest

from .course import DOUBLE, ESSAY, Q5, graded, make_course, written

NOT_READ = "is not read: it holds Python code, which stands in solution.py or in one notebook"


@pytest.fixture(scope="module")
def sheet(tmp_path_factory):
    return make_course(tmp_path_factory.mktemp("course"))


@pytest.fixture
def results(sheet, tmp_path):
    def results_of(files):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        report = graded(written(folder, files | {"answers.yaml": Q5}), sheet)
        return {question.id: question for question in report.questions}

    return results_of


@pytest.mark.parametrize("name", ["solution.txt", "Solution.txt", "solutions.md", "code.txt", "hw1.md"])
@pytest.mark.parametrize("text", [DOUBLE, f"# Question 2\n{DOUBLE}", DOUBLE.encode("utf-16")])
def test_code_in_a_text_file_is_told_and_read_by_nobody_for_prose(results, name, text):
    found = results({name: text})
    for question in ("q2", "q3"):
        assert (found[question].status, found[question].messages) == ("rejected", (f"{name}: {NOT_READ}",))


def test_a_copy_of_the_code_beside_it_is_no_prose(results):
    found = results({"solution.txt": DOUBLE, "solution.py": DOUBLE})
    assert (found["q2"].status, found["q3"].points) == ("rejected", 5)
    assert found["q2"].messages == (f"solution.txt: {NOT_READ}",)


def test_a_text_with_code_beside_the_code_that_is_asked_for_may_be_the_answer_in_words(results):
    found = results({"pseudocode.txt": DOUBLE, "solution.py": DOUBLE})
    assert (found["q2"].status, found["q3"].points) == ("pending", 5)


@pytest.mark.parametrize(
    "text", [ESSAY, f"We write\n\n{DOUBLE}\nsince twice is a sum.", "one, two", "x = 2", '"""Forgets."""']
)
def test_prose_is_prose_whatever_its_file_is_called_and_no_function_is_missing_without_a_word(results, text):
    found = results({"solution.txt": text})
    assert found["q2"].status == "pending"
    advice = "solution.txt: is read for prose alone: code stands in solution.py or in one notebook"
    assert (found["q3"].status, found["q3"].messages) == ("rejected", (advice,))
    found = results({"essay.txt": text})
    assert (found["q2"].status, found["q3"].status) == ("pending", "missing")
