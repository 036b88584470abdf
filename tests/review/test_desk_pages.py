"""What pages of the desk show, and what they keep back: nothing that was handed in acts, and names are hidden."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from grader.errors import SubmissionError
from grader.review.desk_answers import SecondReading
from grader.review.views import without_names

from .desk_class import ANSWERS, HOSTILE_FILE, HOSTILE_NAME, SCRIPT, TOKEN, Class, copied, status

ACTIVE = frozenset(
    {"script", "iframe", "object", "embed", "svg", "img", "base", "meta", "link", "style", "audio", "video"}
)
NAMES = [*ANSWERS, "gerda"]
NOTE = f'"><script>alert(6)</script>{SCRIPT}</textarea><img src=x onerror=alert(7)>'


class Elements(HTMLParser):
    """What acts in a page: elements that load or run something, attributes that do, and where links lead."""

    def __init__(self, page):
        super().__init__()
        self.active, self.attributes, self.links = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag in ACTIVE and ("class", "bar") not in attrs:  # the grader's own picture of marks
            self.active.append((tag, sorted(dict(attrs))))
        self.attributes += [name for name, _ in attrs if name.startswith("on") or name in ("style", "srcdoc")]
        self.links += [value for name, value in attrs if name in ("href", "action", "src", "formaction")]


OWN = [
    ("meta", ["charset"]),
    ("meta", ["content", "name"]),
    ("meta", ["content", "name"]),
    ("meta", ["content", "name"]),
    ("style", []),
    ("link", ["href", "rel"]),
    ("link", ["href", "rel"]),
    ("script", ["defer", "src"]),
]
"""What acts in each page, and nothing else does."""


def every_page(desk):
    """The pages of a desk at which everybody's answer is looked at."""
    paths = ["/", "/questions/0?show=all", "/questions/0/agreement", "/appeals", "/nowhere"]
    for name in NAMES:
        key = desk.desk.key_of(name)
        paths += [f"/questions/0/answers/{key}", f"/appeals/{key}", f"/appeals/{key}/0", f"/appeals/{key}/1"]
    return {path: desk.get(path) for path in paths}


@pytest.fixture(scope="module")
def marked(graded_class, tmp_path_factory):
    """A desk at which a hostile note was given."""
    desk_class = copied(graded_class, tmp_path_factory.mktemp("marked"))
    for name in ("doris", HOSTILE_NAME, "frieda"):
        assert desk_class.desk(SCRIPT).mark(name, ("met", "0"), ("note", NOTE), ("scope", "one")).status_code == 303
    return desk_class


@pytest.mark.long
@pytest.mark.parametrize("names", [False, True])
def test_nothing_that_anybody_wrote_acts(marked, names):
    pages = every_page(marked.desk(SCRIPT, names=names))
    other = pages[f"/questions/0/answers/{marked.desk().desk.key_of('emma')}"].text
    pages["conflict"] = marked.desk().mark("doris", ("met", "1"), ("note", NOTE), page=other)
    assert pages["conflict"].status_code == 409
    for path, page in pages.items():
        found = Elements(page.text)
        assert (path, found.active) == (path, OWN)
        assert (path, found.attributes) == (path, [])
        assert all(link.startswith((f"/{TOKEN}", "?", "#", "data:,")) for link in found.links), path
        assert SCRIPT not in page.text
        assert not re.search("[\x07\x1b\u202e]", page.text)
    opened = pages[f"/questions/0/answers/{marked.desk().desk.key_of('gerda')}"].text
    assert ("&lt;svg onload=alert(3)&gt;" in opened) is names
    answer = pages[f"/questions/0/answers/{marked.desk().desk.key_of('frieda')}"].text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer
    assert "\\x07\\x1b[31m\\u202e" in answer
    assert "[a](javascript:alert(4))" in answer


def test_names_are_hidden_in_pages_addresses_titles_and_order(marked, caplog):
    desk = marked.desk()
    for path, page in every_page(desk).items():
        text = re.sub(r"<style>.*?</style>", "", page.text, flags=re.DOTALL)
        hidden = [name for name in NAMES if re.search(rf"\b{re.escape(name)}\b", text)]
        assert (path, hidden) == (path, [])
        assert not any(name in str(page.headers) for name in NAMES)
    order = [answer.read.submission for answer in desk.desk.question("q2").answers]
    assert order not in (sorted(order), sorted(order, reverse=True))
    assert order == [answer.read.submission for answer in Class(marked.folder).desk().desk.question("q2").answers]
    assert desk.desk.key_of("anna") not in ("anna", "616e6e61")


@pytest.mark.long
def test_disputes_are_listed_by_number_and_not_by_name(marked, tmp_path):
    desk_class = copied(marked.folder, tmp_path / "disputes")
    for reader, point in (("first", "0"), ("second", "1")):
        desk = desk_class.desk(reader, SecondReading(reader, None, "0") if reader == "second" else None)
        for name in NAMES:
            assert desk.mark(name, ("met", point), ("scope", "one")).status_code == 303
    page = desk_class.desk().get("/questions/0/agreement").text
    numbers = [int(number) for number in re.findall(r'<span class="name">answer (\d+)<', page)]
    assert numbers == list(range(1, len(NAMES) + 1))


def test_names_are_shown_to_who_asks_for_them(marked):
    desk = marked.desk(names=True)
    listed = desk.list()
    assert "doris" in listed
    assert HOSTILE_NAME in listed
    assert "<title>doris q2 One-hot vectors - reader's desk</title>" in desk.get(listed["doris"]).text
    hidden = marked.desk().get(listed["doris"]).text
    assert re.search(r"<title>Answer \d q2 One-hot vectors - reader's desk</title>", hidden)


def test_keywords_are_marked_and_score_nothing(marked):
    page = marked.desk().get(marked.desk().address("doris"))
    assert "<mark>sparse</mark>" in page.text
    assert "<mark>MANY  zeros</mark>" in page.text
    assert status(marked.desk().get(marked.desk().address("emma"))) == "not marked yet"


def test_a_file_that_could_not_be_read_is_there_to_open(marked):
    desk = marked.desk()
    page = desk.get(desk.address("gerda")).text
    assert "No text of this answer could be read" in page
    opened = desk.get(f"{desk.address('gerda')}/files/0")
    assert opened.content == b"%PDF-1.4\n\x00 gerda's scan"
    assert opened.headers["content-type"] == "application/octet-stream"
    assert re.fullmatch(r'attachment; filename="answer-\d-file-1\.pdf"', opened.headers["content-disposition"])
    assert desk.get(f"{desk.address('gerda')}/files/1").status_code == 404
    text = desk.get(f"{desk.address('doris')}/text")
    assert text.text == ANSWERS["doris"]
    assert text.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("note", "shown"),
    [
        (f"{HOSTILE_FILE} waits for a reader who opens it", "file 1 waits for a reader who opens it"),
        (f"read from {HOSTILE_FILE}, of gerda", "read from file 1, of answer 7"),
        ("gerdas x.pdf", "gerdas x.pdf"),
    ],
)
def test_what_is_said_of_an_answer_names_no_file_and_nobody(marked, note, shown):
    answer = replace(marked.desk().desk.question("q2").found(marked.desk().desk.key_of("gerda"))[1], number=7)
    assert without_names(answer, [note], names=False) == (shown,)
    assert without_names(answer, [note], names=True) == (note,)


def test_a_picture_is_shown_only_where_it_is_one(marked, monkeypatch):
    desk = marked.desk()
    address = f"{desk.address('gerda')}/pictures/0"
    assert desk.get(address).status_code == 404  # a PDF
    for data, kind in (
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
    ):
        monkeypatch.setattr(desk.desk.review, "file_bytes", lambda *_, data=data: data)
        shown = desk.get(address)
        assert (shown.content, shown.headers["content-type"]) == (data, kind)
        assert shown.headers["x-content-type-options"] == "nosniff"
    for data in (b"<svg onload=alert(1)>", b"<html>", b"", b"BM....", b" \x89PNG"):
        monkeypatch.setattr(desk.desk.review, "file_bytes", lambda *_, data=data: data)
        assert desk.get(address).status_code == 404


def test_a_file_that_is_gone_is_said_without_the_name(marked, capsys, tmp_path):
    desk_class = copied(marked.folder, tmp_path / "gone")
    desk = desk_class.desk()
    name = desk.desk.question("q2").found(desk.desk.key_of("gerda"))[1].read.answer.files[0]
    address = f"{desk.address('gerda')}/files/0"
    desk.desk.review.file_bytes = _gone
    answer = desk.get(address)
    assert (answer.status_code, name, "gerda" in answer.text) == (422, HOSTILE_FILE, False)
    assert "gerda has lost it" in capsys.readouterr().err


def _gone(answer, name):
    raise SubmissionError(f"{answer.submission} has lost it")


@pytest.mark.parametrize(
    "path",
    ["/questions/1", "/questions/99999999999999999999", "/questions/-1", "/questions/x", "/questions/0/answers/0000",
     "/questions/0/answers/anna", "/questions/0/answers/..%2f..", "/desk.html", "/desk.css.map", "/appeals/anna",
     "/undo/x", "/questions/0/answers/", "/%00", "/questions/0/agreement/x"],
)  # fmt: skip
def test_an_address_that_nothing_is_at(marked, path):
    answer = marked.desk().get(path)
    assert answer.status_code == 404
    assert "there is no such" in answer.text


def test_a_fault_of_the_desk_is_said_and_ends_nothing(marked, monkeypatch, capsys):
    desk = marked.desk()
    monkeypatch.setattr("grader.review.answer_pages.answer_rows", lambda *_args, **_names: 1 / 0)
    answer = desk.get("/questions/0")
    assert answer.status_code == 500
    assert "a fault of the desk itself: ZeroDivisionError" in answer.text
    assert "a fault of the desk itself" in capsys.readouterr().err
    assert desk.get("/").status_code == 200


def test_long_lists_have_pages(marked, monkeypatch):
    monkeypatch.setattr("grader.review.answer_pages.PAGE_LENGTH", 2)
    desk = marked.desk()
    pages = [desk.get(f"/questions/0?show=all&page={i}").text for i in ("1", "2", "3", "9", "0", "-1", "x", "9" * 40)]
    keys = [re.findall(r"/answers/(\w+)\?show=all\"><span", page) for page in pages]
    assert [len(one) for one in keys] == [2] * 8
    assert len({key for one in keys[:3] for key in one}) == 6
    assert keys[3:] == [keys[2], *[keys[0]] * 4]
