"""The page of a class: what it says, whom it names, how large it gets, and when it is made again."""

import os
import re
from dataclasses import replace
from fractions import Fraction
from html import unescape

import pytest

import grader.classroom.class_page_file
from grader.classroom.class_details import MAX_EXAMPLES_KEPT, ClassDetails
from grader.classroom.class_page import STUDENTS_A_PAGE, ClassPageRequest, class_pages, page_files
from grader.classroom.class_page_file import attempts_in
from grader.classroom.class_row import ClassRow
from grader.classroom.counting import class_statistics
from grader.classroom.gradebook import opened_gradebook
from grader.classroom.graded import TextsInMemory
from grader.classroom.hidden_names import KnownNames
from grader.classroom.people import Person
from grader.pages.environment import style_sheet

from ..answers.helpers import Q5, Q6, copy_course, write
from .statistics_rows import held_whole, line, nothing, one, question, row

MAX_PAGE_BYTES = 2_000_000
COPIES_X = "q5: {W1: 1, W2: 0, b2: 0, W3: 1, b3: 0}\n"


def told(found, message):
    return {**found, "message": message}


def pages_of(rows, **options):
    details = ClassDetails()
    statistics = class_statistics(rows, details.add)
    return class_pages(ClassPageRequest(statistics, details, options.pop("attempts", {}), rows, **options))


def page_of(rows, **options):
    (text,) = pages_of(rows, **options).values()
    return text


def words(page):
    return " ".join(unescape(re.sub("<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL)).split())


def some(name, earned, said="the output is 1, but 0 is wanted", mistakes=()):
    lines = [told(line("starts right", earned, 4), said), line("stays right", 0, 2, "blocked" if earned < 4 else None)]
    return row(name, question("q1", *lines, mistakes=mistakes), question("q2", line("all", 1, 1)))


CLASS = [
    some("ada", 0, mistakes=[("known answer", "copies x")]),
    some("bob", 4),
    some("cyd", 1, "the output is 0, but 1 is wanted", mistakes=[("known answer", "copies x")]),
    nothing("dan", ("q1", "q2")),
    held_whole("eve"),
]
SECRET = re.compile(r"\b(ada|bob|cyd|dan|eve)\b")


# ------------------------------------------------------------- what it says
def test_it_says_what_the_class_has_earned_and_where_it_loses_points():
    said = words(page_of(CLASS))
    assert "1 student handed in nothing." in said
    assert "4 submissions of 4 students." in said
    assert "q1 known answer" not in said
    assert "q1 known mistake 'copies x' 2 of 3 answers For example: the output is 0, but 1 is wanted" in said
    assert "q1 starts right 2 of 3 answers (67%), 7 points For example: the output is 0, but 1 is wanted" in said
    assert "q1 stays right 3 of 3 answers (100%), 6 points; 2 of them for a line above it" in said
    assert "students who are held, without marks given or taken: 1" in said


def test_answers_that_few_share_are_said_with_who_they_are_of_where_names_are_shown():
    shared = question("q1", line("all", 0, 4, input="01"), fingerprint="f" * 32)
    rows = [*(row(name, shared) for name in ("ada", "bob")), *(one(f"c{i}", 4) for i in range(9))]
    said = "q1: 2 submissions share an unusual wrong network (wrong on input 01; fingerprint ffffffff)"
    hidden, named = words(page_of(rows)), words(page_of(rows, names=True))
    assert f"Answers that few share (a fact about answers, not about how they came to be) {said}" in hidden
    assert not SECRET.search(hidden)
    assert f"{said}: ada and bob" in named
    assert "Answers that few share" not in words(page_of(rows[1:], names=True))


def test_answers_that_few_share_stand_with_their_assignment():
    shared = question("q1", line("all", 0, 4), fingerprint="f" * 32)
    first = [*(row(name, shared) for name in ("ada", "bob")), *(one(f"c{i}", 4) for i in range(9))]
    second = [row(f"d{i}", question("q1", line("all", 4, 4)), assignment="hw2") for i in range(9)]
    assert words(page_of([*first, *second])).count("2 submissions share") == 1


def test_how_often_a_line_loses_points_is_a_sentence_that_may_be_broken():
    assert ".marks { font-variant-numeric: tabular-nums; white-space: nowrap; }" in style_sheet()
    page = page_of([some(f"s{i}", 0) for i in range(3)])
    assert "3 of 3 answers" in words(page)
    assert 'class="marks"' not in page


def test_a_class_of_nobody_has_a_page():
    assert "Nothing was handed in." in words(page_of([]))


def test_assignments_have_a_part_each_in_the_order_of_their_names():
    rows = [row("ada", question("q1", line("all", 1, 1)), assignment=name) for name in ("b", "a")]
    assert re.findall(r'<h2 id="[^"]*">(\w+)</h2>', page_of(rows)) == ["a", "b"]


# ------------------------------------------------------------- names
def test_names_are_hidden_unless_they_are_asked_for():
    assert not SECRET.search(words(page_of(CLASS)))
    assert "href=" not in page_of(CLASS, link=lambda row: f"pages/{row.graded.name}.html")
    named = page_of(CLASS, names=True, link=lambda row: f"pages/{row.graded.name}.html" if row.graded.marks else "")
    assert set(SECRET.findall(words(named))) == {"ada", "bob", "cyd", "dan", "eve"}
    assert set(re.findall('href="(pages/[^"]*)"', named)) == {"pages/ada.html", "pages/bob.html", "pages/cyd.html"}


def test_who_is_who_changes_no_byte_of_a_page_that_hides_names():
    """Neither order nor names nor which of two students an example is of: another order of the same marks is the same."""
    names = ["ada", "bob", "cyd"]
    wanted = page_of(CLASS[:3])
    for order in ([2, 0, 1], [1, 2, 0], [2, 1, 0]):
        renamed = [named(CLASS[i], f"{names[place]} new") for place, i in enumerate(order)]
        assert page_of(renamed) == wanted
    assert page_of([named(found, name) for found, name in zip(CLASS, names, strict=False)], names=True) != wanted


def named(found, name):
    report = found.graded.report.replace(f'"submission": "{found.graded.name}"', f'"submission": "{name}"')
    return ClassRow(replace(found.graded, name=name, texts=TextsInMemory(report)), name)


def test_an_example_that_mentions_somebody_is_left_out_where_names_are_hidden():
    says = "'{}' is no parameter"
    rows = [some("ada lovelace", 0, says.format("Lovelace_1")), some("kim", 0, says.format("W44444444444444"))]
    for named in (False, True):
        said = words(page_of(rows, names=named))
        assert (says.format("Lovelace_1") in said) == named
        assert (says.format("W44444444444444") in said) != named
    everywhere = [some(f"kim{i}", 0, f"by kim{i}") for i in range(2 * MAX_EXAMPLES_KEPT)]
    assert "For example" not in words(page_of(everywhere))


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("Lovelace", True), ("my_lovelace.py", True), ("ADA", True), ("adapts", False), ("x1815x", True), ("42", False),
        ("a@b.org", True), ("it is 18", False), ("", False), ("Ada's", True), ("LI", True), ("list", False),
        ("ÉMILIE", True), ("partner1", True),
    ],
)  # fmt: skip
def test_what_mentions_a_student(text, mentions):
    person = Person("Ada Lovelace", (("id", "1815"), ("email", "contact@b.org")))
    rows = [replace(CLASS[0], person=person), replace(CLASS[1], person=Person("Émilie Li", (("id", "42"),)))]
    rows[0] = replace(rows[0], graded=replace(rows[0].graded, students=("partner1",)))
    assert KnownNames(rows).are_in(text) == mentions


@pytest.mark.parametrize(
    ("name", "text", "mentions"),
    [
        ("José", "by Jose\u0301", True), ("Jose\u0301", "by José", True), ("José", "Jose's", True), ("Zoë", "zoe", True),
        ("王伟", "我是王伟的同学", True), ("王伟", "我是王的伟同学", False), ("김민수", "김민수는", True), ("이민수", "나이는", False),
        ("adaadams", "# by Ada Adams", True), ("adaadams", "Ada, not Adam", False), ("Straße", "strasse 3", True),
    ],
)  # fmt: skip
def test_a_name_is_found_however_it_is_typed(name, text, mentions):
    assert KnownNames([replace(CLASS[1], person=Person(name, ()))]).are_in(text) == mentions


def test_names_and_messages_are_text_and_never_markup():
    evil = "<script>alert(1)</script>"
    shown = page_of([named(some("x", 0, evil), evil)], names=True, link=lambda row: 'a"><b>')
    assert "<script" not in shown
    assert "<b>" not in shown.replace("<b>0</b>", "")
    assert evil in words(shown)


# ------------------------------------------------------------- size
def test_a_large_class_is_split_into_pages_that_lead_to_each_other():
    names = [f"student number {i:04}" for i in range(5_000)]
    lines = [f"a rubric line with a name of some length, number {i}" for i in range(8)]
    report = row("x", question("q1", *(line(name, 1, 1) for name in lines)), question("q2", line("all", 0, 1)))
    rows = [named(report, name) for name in names]
    found = pages_of(rows, names=True, link=lambda row: f"pages/{row.graded.name}.html")
    files = page_files("class.html", 1 + 5_000 // STUDENTS_A_PAGE)
    assert list(found) == files
    assert max(len(text.encode()) for text in found.values()) < MAX_PAGE_BYTES
    for file, text in found.items():
        links = [link for link in re.findall('href="([^"]*)"', text) if not link.startswith("pages/")]
        assert sorted({file, *links}) == sorted(files)
    students = [name for text in found.values() for name in re.findall(">(student number [0-9]{4})</a></th>", text)]
    assert students == names
    assert len(page_of(rows).encode()) < MAX_PAGE_BYTES


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("class.html", ["class.html", "class-2.html"]),
        ("a.b.htm", ["a.b.htm", "a.b-2.htm"]),
        ("page", ["page", "page-2"]),
    ],
)
def test_further_pages_are_called_after_the_first(file, wanted):
    assert page_files(file, 2) == wanted


# ------------------------------------------------------------- in the folder of results
@pytest.fixture(scope="module")
def course_of_three(tmp_path_factory):
    folder = copy_course(tmp_path_factory.mktemp("class page"))
    write(folder / "class" / "alice", {"answers.yaml": Q5 + Q6})
    write(folder / "class" / "bob", {"answers.yaml": COPIES_X + Q6})
    write(folder / "class" / "caro <i>", {"answers.yaml": COPIES_X})
    return folder


@pytest.fixture
def grade(course_of_three, tmp_path, monkeypatch, run):
    monkeypatch.chdir(course_of_three)

    def grade(*options, code=0):
        result = run("grade", "class", "--out", tmp_path / "out", "--jobs", 1, *options)
        assert result.code == code, result.err
        return result

    return grade


@pytest.fixture
def made(monkeypatch):
    real, found = grader.classroom.class_page_file.class_pages, []

    def recorded(request):
        found.append(request.names)
        return real(request)

    monkeypatch.setattr("grader.classroom.class_page_file.class_pages", recorded)
    return found


def test_it_is_made_again_only_where_it_would_say_something_else(grade, made, tmp_path):
    page = tmp_path / "out" / "class.html"
    grade()
    first = page.read_bytes()
    grade()
    assert (made, page.read_bytes()) == ([False], first)
    assert b"alice" not in first
    grade("--names")
    assert made == [False, True]
    assert b'href="pages/caro%20_i_-13a4da2f4fd8.html"' in page.read_bytes()
    grade("--names")
    assert made == [False, True]
    grade("--no-pages")
    assert not page.exists()
    grade()
    assert page.read_bytes() == first
    page.write_text("mine")
    grade("--no-pages")
    assert page.read_text() == "mine"


def test_further_pages_of_a_class_that_was_larger_go(grade, made, monkeypatch, tmp_path):
    out = tmp_path / "out"
    monkeypatch.setattr("grader.classroom.class_page.STUDENTS_A_PAGE", 1)
    grade("--names")
    further = ["class-2.html", "class-3.html", "class-4.html"]
    assert sorted(set(os.listdir(out)) & {"class.html", *further}) == [*further, "class.html"]
    grade("--names")
    assert len(made) == 1
    (out / "class-3.html").unlink()
    grade("--names")
    assert len(made) == 2


def test_one_that_cannot_be_made_is_said_and_no_old_one_stays(grade, monkeypatch, tmp_path):
    grade()

    def failing(_):
        raise ValueError("planted")

    monkeypatch.setattr("grader.classroom.class_page_file.class_pages", failing)
    result = grade("--names", code=3)
    assert "grader: the page of the class cannot be made: ValueError: planted" in result.err
    assert "named mistakes:\n  q5: known mistake 'copies x': 2 of 3 answers\n" in result.out
    assert not (tmp_path / "out" / "class.html").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes as POSIX has them")
def test_a_pipe_or_a_link_in_its_place_keeps_no_run_waiting_and_is_replaced(grade, tmp_path):
    page = tmp_path / "out" / "class.html"
    grade()
    wanted = page.read_bytes()
    page.unlink()
    os.mkfifo(page)
    grade()
    assert page.read_bytes() == wanted
    page.unlink()
    page.symlink_to(tmp_path / "elsewhere")
    grade()
    assert (page.is_symlink(), (tmp_path / "elsewhere").exists(), page.read_bytes()) == (False, False, wanted)


def test_the_command_writes_it_too(grade, run, tmp_path):
    grade()
    out = tmp_path / "out"
    for options in ((), ("--names",)):
        assert run("class", out, "--format", "html", "-o", tmp_path / "page.html", *options).code == 0
        text = (tmp_path / "page.html").read_text()
        assert ("alice" in text, 'href="out/pages/alice.html"' in text) == (bool(options), bool(options))
    (tmp_path / "beside").mkdir()
    told = run("class", out, "--format", "html", "--names", "-o", tmp_path / "beside" / "page.html")
    assert "the page does not lead to students' pages" in told.err
    assert "href" not in (tmp_path / "beside" / "page.html").read_text().replace('href="class', "")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--format", "html"), "--format html writes a page: name its file with --output"),
        (("--names",), "--names is for a page: say --format html"),
        (("-o", "x"), "--output is for a page: say --format html"),
        (("--format", "html", "-o", "{out}/grades.csv"), "is what the page is made from"),
        (("--format", "html", "-o", "{out}/pages/x.html"), "is what the page is made from"),
        (("--format", "html", "-o", "{out}/gone/x.html"), "x.html: cannot be written: No such file or directory"),
    ],
)
def test_what_cannot_be_asked_for_is_told(grade, run, tmp_path, options, said):
    grade()
    out = tmp_path / "out"
    result = run("class", out, *(option.format(out=out) for option in options))
    assert result.code != 0
    assert said in result.err


def test_attempts_are_what_was_handed_in_anew(grade, tmp_path, monkeypatch, course_of_three):
    answers = course_of_three / "class" / "bob" / "answers.yaml"
    first = answers.read_text()
    try:
        grade()
        assert attempts_in(tmp_path / "out") == {}
        grade("--fresh")
        answers.write_text(Q5)
        grade()
        answers.write_text(Q5 + Q6)
        grade()
    finally:
        answers.write_text(first)
    found = attempts_in(tmp_path / "out")
    assert found == {"assignment3": [[140, 110, 40], [70], [140]]}
    with opened_gradebook(tmp_path / "out", read_only=True) as book:
        assert sum(len(points) for _, points in book.attempts()) == 5
    assert attempts_in(tmp_path) == {}


def test_points_over_attempts_are_drawn(monkeypatch):
    asked = []
    monkeypatch.setattr("grader.pages.pictures.attempts_plot", lambda *given: asked.append(given))
    attempts = [[Fraction(1), Fraction(2)], [Fraction(3)]]
    page_of(CLASS, attempts={"a": attempts})
    assert asked == [(attempts, 7)]
