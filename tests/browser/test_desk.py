"""The reader's desk in a real browser: keys, marks that outlive the end of the command that serves it, hostile texts."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.kinds.written.marks import load_marks
from tests.review.desk_class import (
    HOSTILE_NAME,
    SCRIPT,
    Class,
    ServedDesk,
    ServedHere,
    copied,
    grade,
    write_answers,
    write_course,
)

MORE = {f"more-{i}": f"A one-hot vector of word {i} is sparse{'.' * i} $x_{i} = 1$." for i in range(8)}
SAVED = "#status:not(.waits):not(.fails):not(.kept)"


@pytest.fixture(scope="module")
def browsed_class(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of sixteen answers, graded once."""
    folder = tmp_path_factory.mktemp("browsed")
    answers = write_answers(folder / "answers")
    for name, text in MORE.items():
        (answers / name).mkdir()
        (answers / name / "q2.md").write_text(text)
    grade(write_course(folder / "course"), answers, folder / "results")
    return folder


@pytest.fixture
def desk_class(browsed_class: Path, tmp_path: Path) -> Class:
    return copied(browsed_class, tmp_path / "class")


@pytest.fixture
def desk(desk_class: Class) -> Iterator[ServedHere]:
    served = ServedHere(desk_class, SCRIPT)
    yield served
    served.end()


@pytest.fixture
def desk_process(desk_class: Class) -> Iterator[ServedDesk]:
    """The command itself."""
    served = ServedDesk(desk_class, "--reader", SCRIPT)
    yield served
    if served.process.poll() is None:
        served.end(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)


def marked(desk_class: Class) -> dict[str, tuple[str, ...]]:
    return {name: mark.met for (name, _), mark in load_marks(desk_class.marks).items()}


@pytest.mark.long
def test_ten_answers_are_marked_by_keyboard_and_outlive_a_kill(page, desk_process, desk_class):
    """Each key is saved before the next page, also where the server is killed right after; a new one finds all."""
    page.goto(desk_process.address)
    page.get_by_role("link", name="q2").first.click()
    page.wait_for_selector(".has-script ul.answers")
    page.keyboard.press("Enter")
    seen = []
    for i in range(10):
        page.wait_for_selector(".has-script #marking")
        seen.append(page.locator("h1").inner_text())
        page.keyboard.press("1")
        if i % 2:
            page.keyboard.press("3")
        if i == 2:
            page.keyboard.press("n")
            page.keyboard.type("1 note <b>\n")
            page.keyboard.press("Escape")
        if i == 3:
            page.keyboard.press("0")
        page.wait_for_selector(SAVED)
        address = page.url
        page.keyboard.press("ArrowRight" if i < 9 else "2")
        page.wait_for_url(lambda url, before=address: url != before) if i < 9 else page.wait_for_selector(SAVED)
    desk_process.end(signal.SIGKILL)
    assert len(set(seen)) == 10
    before = marked(desk_class)
    assert len(before) == 12  # one of them is a group of three
    assert sum(met == () for met in before.values()) in (1, 3)
    assert sum(met == ("sparsity", "no similarity", "new words") for met in before.values()) in (1, 3)
    again = ServedDesk(desk_class)
    try:
        page.goto(f"{again.address}questions/0?show=marked")
        assert page.locator("ul.answers li").count() == 10
        assert "12 of 16 answers marked" in page.inner_text("main")
        page.goto(f"{again.address}questions/0?show=all")
        page.locator("ul.answers a >> nth=0").click()
        assert page.locator("[name=met] >> nth=0").is_checked()
    finally:
        assert "all marks are in" in again.end()
    assert again.process.returncode == 0
    assert marked(desk_class) == before


@pytest.mark.long
def test_a_group_is_marked_at_once_undone_and_marked_one_by_one(page, desk, desk_class):
    page.goto(f"{desk.address}questions/0?show=all")
    page.get_by_role("link", name="3 identical answers").click()
    page.wait_for_selector(".has-script #marking")
    page.keyboard.press("2")
    page.wait_for_selector(SAVED)
    assert marked(desk_class) == dict.fromkeys(["anna", "berta", "clara"], ("no similarity",))
    page.keyboard.press("u")
    page.wait_for_selector("#status.waits")
    assert marked(desk_class) == {}
    page.get_by_label("this one alone").check()
    page.keyboard.press("1")
    page.wait_for_selector(SAVED)
    assert list(marked(desk_class).values()) == [("sparsity",)]
    page.keyboard.press("1")  # unticked: it waits again, and is no zero
    page.wait_for_selector("#status.kept")
    page.keyboard.press("n")
    page.keyboard.type("a note alone")
    page.keyboard.press("Escape")
    address = page.url
    page.keyboard.press("ArrowRight")
    page.wait_for_url(lambda url: url != address)
    page.goto(address)
    assert page.input_value("[name=note]") == "a note alone"
    assert marked(desk_class) == {}


def test_a_similar_answer_gets_the_mark_that_was_just_saved(page, desk, desk_class):
    page.goto(f"{desk.address}questions/0?show=all")
    page.get_by_role("link", name="sparse").first.click()
    page.wait_for_selector(".has-script #marking")
    give = page.get_by_role("button", name="Give it the same mark").first
    assert give.is_disabled()
    for key in ("1", "3"):
        page.keyboard.press(key)
        page.wait_for_selector(SAVED)
    give.click()
    page.wait_for_load_state()
    assert list(marked(desk_class).values()) == [("sparsity", "new words")] * 2


def test_two_tabs_show_what_the_other_has_saved(page, desk, desk_class):
    page.goto(f"{desk.address}questions/0?show=all")
    page.get_by_role("link", name="more-").first.or_(page.locator("ul.answers a >> nth=0")).first.click()
    page.wait_for_selector(".has-script #marking")
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector(".has-script #marking")
    page.keyboard.press("1")
    page.wait_for_selector(SAVED)
    other.keyboard.press("2")
    other.wait_for_selector("text=Nothing was saved")
    assert "sparsity" in other.locator("#marking label:has(:checked)").first.inner_text()
    assert set(marked(desk_class).values()) == {("sparsity",)}
    other.get_by_role("button", name="Save mine in its place").click()
    other.wait_for_selector("#status:has-text('marked')")
    assert set(marked(desk_class).values()) == {("no similarity",)}


def test_what_cannot_be_saved_is_said_and_stays(page, desk):
    page.goto(f"{desk.address}questions/0?show=all")
    page.locator("ul.answers a >> nth=0").click()
    page.wait_for_selector(".has-script #marking")
    desk.end()
    page.keyboard.press("1")
    page.wait_for_selector("#status.fails:has-text('NOT SAVED')")
    assert page.locator("[name=met] >> nth=0").is_checked()


def test_it_works_without_a_script(browser, desk, desk_class):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{desk.address}questions/0?show=pending")
    page.locator("ul.answers a >> nth=0").click()
    page.get_by_role("button", name="Save and go on").click()
    assert "nothing was saved" in page.inner_text("main")
    page.locator("[name=met] >> nth=1").check()
    page.fill("[name=points]", "12,5")
    page.fill("[name=note]", "A note")
    page.get_by_role("button", name="Save", exact=True).click()
    assert "12.5 of 40" in page.inner_text("#status")
    page.get_by_role("button", name="Undo").click()
    assert "not marked yet" in page.inner_text("#status")
    assert marked(desk_class) == {}
    context.close()


@pytest.mark.long
def test_hostile_texts_do_nothing_and_pages_have_no_faults(page, page_faults, desk_class):
    desk = ServedHere(desk_class, SCRIPT, names=True)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    try:
        assert page_faults(desk.address) == []
        assert page_faults(f"{desk.address}questions/0?show=all") == []
        page.get_by_role("link", name=HOSTILE_NAME).click()
        page.wait_for_selector(".has-script #marking")
        page.keyboard.press("1")
        page.keyboard.press("n")
        page.keyboard.type(f"{SCRIPT}</textarea><img src=x onerror=alert(9)>")
        page.wait_for_selector(SAVED)
        assert page_faults(page.url) == []
        for name in ("frieda", "gerda"):
            page.goto(f"{desk.address}questions/0?show=all")
            page.locator("ul.answers a", has_text=name).first.click()
            assert page_faults(page.url) == []
        page.goto(f"{desk.address}appeals")
        page.fill("[name=student]", HOSTILE_NAME)
        page.get_by_role("button", name="Open").click()
        page.get_by_role("link", name="q1").click()
        assert page_faults(page.url) == []
        assert page_faults(f"{desk.address}questions/0/agreement") == []
    finally:
        desk.end()
    assert dialogs == []


def test_who_has_no_token_or_comes_from_elsewhere_is_refused(page, desk, desk_class, tmp_path):
    assert page.request.get(f"{desk.origin}/").status == 403
    assert page.request.get(desk.address, headers={"Host": "evil.example"}).status == 403
    assert page.request.get(desk.address, headers={"Origin": "http://evil.example"}).status == 403
    page.goto(f"{desk.address}questions/0?show=all")
    answer = page.locator("ul.answers a >> nth=0").get_attribute("href") or ""
    foreign = tmp_path / "foreign.html"
    foreign.write_text(
        f'<form method="post" action="{desk.origin}{answer}"><input name="none" value="1"></form>'
        "<script>document.forms[0].submit()</script>"
    )
    with page.expect_response(lambda response: response.request.method == "POST") as sent:
        page.goto(foreign.as_uri(), wait_until="commit")
    assert sent.value.status == 403
    assert not desk_class.marks.exists()
