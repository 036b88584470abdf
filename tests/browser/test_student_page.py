"""A student's page in a real browser: no faults, everything that is wide scrolls inside of its own part, nothing runs."""

import pytest

from grader.reports.html import render, report_html
from grader.verdict import Report

from ..pages.course import loaded, pages
from ..pages.test_page_details import WRONG
from ..reports.format_samples import hostile, with_held

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
