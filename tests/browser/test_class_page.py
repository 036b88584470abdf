"""The page of a class in a browser: no fault at any width or colour, with names and without, hostile or many."""

from fractions import Fraction

from grader.classroom.class_details import ClassDetails
from grader.classroom.class_page import ClassPageRequest, class_pages
from grader.classroom.statistics import class_statistics

from ..classroom.statistics_rows import held_whole, line, nothing, question, row
from ..classroom.test_class_page import told

EVIL = '<img src="https://example.org/x.png" onerror=alert(1)>' + "W" * 200
ATTEMPTS = {"a": [[Fraction(1), Fraction(3), Fraction(4)], [Fraction(4), Fraction(5)]]}


def some_class():
    mistake = [("known answer", "copies x")]
    for i in range(40):
        lines = [told(line(f"line {j}", (i * j) % 3 == 0, 1), f"on input {j} it is {EVIL}") for j in range(9)]
        yield row(
            f"student {i} {EVIL if i == 7 else ''}", question("q1", *lines, mistakes=mistake if i % 2 else ()),
            question("q2", line("read", 0, 3, "pending" if i % 5 == 0 else "failed"), status="pending" if i % 5 == 0 else "graded"),
        )  # fmt: skip
    yield nothing("nobody", ("q1", "q2"))
    yield held_whole("held")


def test_nothing_is_wrong_with_the_page_of_a_class(page, page_faults, tmp_path, monkeypatch):
    monkeypatch.setattr("grader.classroom.class_page.STUDENTS_A_PAGE", 30)
    rows = list(some_class())
    for names in (False, True):
        details = ClassDetails()
        statistics = class_statistics(rows, details.add)
        link = (lambda found: f"pages/{len(found.graded.name)}.html") if names else None
        for file, text in class_pages(ClassPageRequest(statistics, details, ATTEMPTS, rows, link, names)).items():
            (tmp_path / file).write_text(text)
        assert page_faults(tmp_path / "class.html") == []
    assert page.locator("h1").count() == 1
    page.get_by_role("link", name="student 0 to").click()
    assert page.get_by_role("row").filter(has_text="student 39").count() == 0
    assert page_faults(tmp_path / "class-2.html") == []
    assert page.locator("img").count() == 0
