"""Pages in a real browser, which serves all of these tests: those of students, of a class, with every kind of picture.

No page has a fault at any width or colour; everything that is wide scrolls inside of its own part; nothing runs.
"""

from fractions import Fraction

import pytest

from grader.classroom.class_details import ClassDetails
from grader.classroom.class_page import ClassPageRequest, class_pages
from grader.classroom.counting import class_statistics
from grader.evidence import Counterexample, TraceStep
from grader.network_details import MachineStep, MachineTable, MinimalMachines
from grader.page_details import DrawnEdge, DrawnNetwork, DrawnUnit, MachinePath, ShownArray, ShownCall
from grader.pages.environment import style_sheet
from grader.pages.pictures import (
    attempts_plot,
    call_picture,
    evidence_bars,
    network_diagram,
    points_histogram,
    rubric_heat_map,
    state_diagrams,
    trace_plot,
)
from grader.reports.html import render, report_html
from grader.verdict import Report

from ..classroom.statistics_rows import held_whole, line, nothing, question, row
from ..classroom.test_class_page import told
from ..pages.course import loaded, pages
from ..pages.test_page_details import WRONG
from ..reports.format_samples import hostile, with_held

FAULTLESS = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>A page</title>
<style>body { color: #222; background: #fff } %s</style></head>
<body><main><h1>A page</h1>%s</main></body></html>
"""
FAULTY_STYLE = "#faint { color: #ccc; background: #fff } @media (prefers-color-scheme: dark) { #faint { color: #111 } #dark { color: #ddd } }"
FAULTY_BODY = """<p style="width: 900px">wide</p><p id="faint">faint</p><p id="dark">faint in the dark</p>
<input type="text"><script>nothing.here()</script><script src="http://127.0.0.2:9/x.js"></script>"""


def test_a_good_page_has_no_faults(page_faults, tmp_path):
    (tmp_path / "page.html").write_text(FAULTLESS % ("", "<p>Text.</p>"), encoding="utf-8")
    assert page_faults(tmp_path / "page.html") == []


def test_each_kind_of_fault_is_found(page_faults, tmp_path):
    """Each once, in its place, in the light or the dark in which it is one; no other."""
    (tmp_path / "page.html").write_text(FAULTLESS % (FAULTY_STYLE, FAULTY_BODY), encoding="utf-8")
    found = page_faults(tmp_path / "page.html")
    heard = {fault.partition(": ")[0]: fault for fault in found if not fault.startswith(("light", "dark", "console"))}
    assert heard.pop("loads http://127.0.0.2:9/x.js")
    assert [*heard] == ["scrolls sideways at 360 px"]
    console = sorted(fault for fault in found if fault.startswith("console"))
    assert console[0].startswith("console: Failed to load resource")
    assert console[1:] == ["console: nothing is not defined"]
    rules = [
        (*fault.split(": ")[:2], fault.rpartition(": ")[2]) for fault in found if fault.startswith(("light", "dark"))
    ]
    assert rules == [
        ("light", "color-contrast", '<p id="faint">faint</p>'),
        ("light", "label", '<input type="text">'),
        ("dark", "color-contrast", '<p id="dark">faint in the dark</p>'),
        ("dark", "label", '<input type="text">'),
    ]


LONG = {
    "answers.yaml": f"w: {{a: {'1' * 400}, b: 0}}\nf: {' + '.join(['a*b'] * 60)}\nn: {'9' * 300}\np: |\n  {'long' * 500}\n\n"
    f"  | a | b |\n  |---|---|\n  | {'x' * 300} | 2 |\n",
    "solution.py": "def double(x):\n    return " + "x + " * 200 + "x\n" + "    # a line\n" * 400,
}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Pages in files: of wrong answers of every kind, of long ones, of hostile text with every status."""
    folder = tmp_path_factory.mktemp("pages")
    course = loaded(folder)
    reports = {"hostile": hostile()}
    for name, files in (("wrong", WRONG), ("long", LONG)):
        reports[name] = Report("all", name, tuple(pages(course, folder / name, files).values()))
    for name, report in reports.items():
        (folder / f"{name}.html").write_text(render(report), encoding="utf-8")
    notebook = (
        f"<!DOCTYPE html><html lang='en'><title>A notebook</title><main><h1>A</h1>{report_html(with_held())}</main>"
    )
    (folder / "notebook.html").write_text(notebook, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", ["wrong", "long", "hostile"])
def test_a_page_has_no_faults(page_faults, written, name):
    assert page_faults(written / f"{name}.html") == []


def test_the_marked_line_and_the_formulas_are_seen(page, written):
    page.goto((written / "wrong.html").as_uri())
    marked = page.locator("section#code mark")
    assert "math.sqrt(-1 - x * x)" in marked.inner_text()
    assert page.locator("section#f math").count() == 2
    fraction = page.locator("section#f math msup").first.bounding_box()
    assert fraction["height"] > 5
    colours = marked.evaluate(
        "one => [getComputedStyle(one).backgroundColor, getComputedStyle(one.parentNode).backgroundColor]"
    )
    assert colours[0] != colours[1]


def test_everything_that_scrolls_is_reached_by_the_keyboard(page, written):
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto((written / "long.html").as_uri())
    wide = "[...document.querySelectorAll('*')].filter(one => one.scrollWidth > one.clientWidth + 1 && "
    wide += "getComputedStyle(one).overflowX === 'auto')"
    assert page.evaluate(f"() => {wide}.length") > 0
    hidden = page.evaluate(f"() => {wide}.filter(one => one.tabIndex !== 0).map(one => one.outerHTML.slice(0, 100))")
    assert hidden == []


def test_hostile_text_runs_nothing(page, written):
    said = []
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.goto((written / "hostile.html").as_uri())
    assert (
        page.evaluate("() => document.querySelectorAll('script, img, iframe, object, embed, link, form').length") == 0
    )
    assert said == []


def test_a_part_of_a_page_brings_its_own_style(page, written):
    page.goto((written / "notebook.html").as_uri())
    style = page.locator(".grader .badge.failed").first.evaluate("one => getComputedStyle(one).borderTopStyle")
    outside = page.locator("h1").evaluate("one => getComputedStyle(one).fontSize")
    assert (style, outside) == ("solid", "32px")


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


@pytest.mark.long
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


LONG_NAME = "a_name_that_is_much_too_long_for_a_picture_<script>" * 3


def machine(states):
    steps = [(MachineStep((i + 1) % states, "1"), MachineStep(0, ""), None) for i in range(states)]
    return MachineTable(("0", "1", LONG_NAME), ("", *map(str, range(1, states))), tuple(steps), True)


def array(rows, columns):
    cells = tuple(tuple(f"{(i - j) / 3:.4f}" for j in range(columns)) for i in range(rows))
    return ShownArray(
        LONG_NAME, "", (("nan", *cells[0][1:]), *cells[1:]), "float64", (rows, columns), wrong=((0, 0), (2, 1))
    )


def figures():
    """A narrow and a wide one of each kind."""
    for length in (2, 30):
        steps = (
            TraceStep(t, {"x": "1"}, {"h": str(t / 3), "y": "inf"}, {"m": "1"}, "1", str(t % 2), t % 2 == 1)
            for t in range(1, 1 + length)
        )
        yield trace_plot(Counterexample("1" * length, "0", "1", tuple(steps)))
    for size in (1, 6):
        inputs = [DrawnUnit(f"x[{i}]", 0, is_input=True) for i in range(size)]
        hidden = [DrawnUnit(f"{LONG_NAME}[{j}]", 1 + j, "-1.5", "≥ 0.5", is_output=j == 5) for j in range(size)]
        edges = [
            DrawnEdge(x.name, h.name, str(i - j), i - j) for i, x in enumerate(inputs) for j, h in enumerate(hidden)
        ]
        past = [DrawnEdge(hidden[0].name, hidden[-1].name, "1/3", 1 / 3, 1)]
        yield network_diagram(DrawnNetwork((*inputs, *hidden), (*edges, *past), ("drawn as at a late step",)))
    for states in (1, 7, 40):
        yield state_diagrams(MinimalMachines(machine(states), machine(2)), MachinePath(LONG_NAME, (0, 0, 1, 0)))
    for size in (3, 24):
        yield call_picture(
            ShownCall(
                LONG_NAME, (ShownArray("x", LONG_NAME * 3),), (array(size, size),), (array(size, size),), "out >= x"
            )
        )
    yield points_histogram([Fraction(n) for n in (0, 3, 3, 7, 10)], Fraction(10), "Points")
    yield evidence_bars(
        {"q1": {"proved": 5, "exhausted": 3, "sampled": 2, "examples": 1, "none": 1}, LONG_NAME: {"none": 1}}
    )
    yield attempts_plot([[Fraction(1), Fraction(2)]] * 12, Fraction(3))
    yield rubric_heat_map(
        [f"q{i}: {LONG_NAME}" for i in range(50)], [[1.0, 0.0, 0.5, None, 0.9] * 10] * 12, [LONG_NAME] * 12
    )


def test_pictures_are_accessible_and_fit_every_screen(tmp_path, page_faults):
    path = tmp_path / "pictures.html"
    path.write_text(
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Pictures</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<style>{style_sheet()}</style></head><body class="grader page"><main><h1>Pictures</h1>{"".join(figures())}'
        "</main></body></html>",
        encoding="utf-8",
    )
    assert page_faults(path) == []
