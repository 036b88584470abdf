"""Marks that are given at the desk: what is saved, for whom, and what is never overwritten."""

from __future__ import annotations

import json
import re
import threading

import pytest

from grader.review.desk_answers import SecondReading
from grader.review.grouping import grouped

from .desk_class import ANSWERS, HOSTILE_NAME, SAME, TOKEN, form_fields, marks, status

NEXT = ("do", "next")


def test_the_first_page_counts_what_waits_and_groups_nothing(desk_class, monkeypatch):
    monkeypatch.setattr("grader.review.desk.GroupingJob", lambda *_: pytest.fail("answers were grouped"))
    page = desk_class.desk().get("/").text
    assert f"0 of {len(ANSWERS) + 1} marked" in page
    assert f"{len(ANSWERS) + 1} waiting" in page


def test_a_page_does_not_wait_for_similar_answers_to_be_found(desk_class, monkeypatch):
    """Grouping waits until the page is there; identical answers are together from the beginning."""
    is_shown = threading.Event()
    monkeypatch.setattr("grader.review.grouping_job.grouped", lambda texts, asked: is_shown.wait(60) and grouped(texts))
    desk = desk_class.desk(patience_seconds=0)
    page = desk.get(desk.address("doris")).text
    assert "still being looked for" in page
    assert "Similar answers</h2>" not in page
    assert any(name.startswith("3 identical answers") for name in desk.list())
    is_shown.set()
    desk.desk._patience_seconds = None
    page = desk.get(desk.address("doris")).text
    assert "still being looked for" not in page
    assert "Similar answers</h2>" in page


def test_marking_goes_on_where_similar_answers_cannot_be_found(desk_class, monkeypatch, capsys):
    monkeypatch.setattr("grader.review.grouping_job.grouped", lambda texts, asked: 1 / 0)
    desk = desk_class.desk()
    assert desk.mark("doris", ("met", "0")).status_code == 303
    assert "similar answers cannot be shown: ZeroDivisionError" in capsys.readouterr().err


def test_a_mark_is_in_the_file_and_on_the_page(desk_class):
    desk = desk_class.desk()
    answer = desk.mark("doris", ("met", "0"), ("met", "2"), ("note", " Good.\r\nMore? "))
    assert (answer.status_code, answer.headers["location"]) == (303, f"{desk.address('doris')}?show=pending")
    assert marks(desk_class) == {"doris": (("sparsity", "new words"), None, "Good.\nMore?", "N. Neumann")}
    page = desk.get(desk.address("doris"))
    assert status(page) == "marked by N. Neumann: 25 of 40"
    assert re.findall(r'name="met" value="(\d)" checked', page.text) == ["0", "2"]
    assert "Good.\nMore?</textarea>" in page.text
    assert "1 of 8 marked" in desk.get("/").text


@pytest.mark.parametrize("fields", [[], [("note", "a note alone")], [("met", "7")], [("met", "sparsity")]])
def test_a_form_without_points_is_no_zero(desk_class, fields):
    desk = desk_class.desk()
    answer = desk.mark("doris", *fields)
    assert answer.status_code == 422
    assert "nothing was saved: tick a point" in answer.text
    assert marks(desk_class) == {}


def test_a_note_alone_is_kept_until_the_answer_is_marked(desk_class):
    desk = desk_class.desk()
    desk.mark("doris", ("note", "a note alone"))
    kept = desk.mark("emma", ("note", "another"), ("do", "note"), Accept="application/json")
    assert (kept.status_code, kept.json()["said"]) == (200, "saved; not marked yet")
    assert marks(desk_class) == {}
    assert "a note alone</textarea>" in desk.get(desk.address("doris")).text
    assert (
        "another</textarea>" in desk_class.desk().get(desk.address("emma")).text
    )  # also at a desk that is opened anew
    assert "another" not in desk_class.desk("somebody else").get(desk.address("emma")).text
    desk.mark("doris", ("met", "0"), ("note", "the note"))
    desk.post("/undo", [])
    assert "a note alone" not in desk.get(desk.address("doris")).text
    desk.mark("emma", ("note", ""), ("do", "note"))
    assert "another" not in desk.get(desk.address("emma")).text


def test_none_of_the_points_is_said_and_can_be_taken_back(desk_class):
    desk = desk_class.desk()
    desk.mark("doris", ("none", "1"))
    assert marks(desk_class) == {"doris": ((), None, "", "N. Neumann")}
    assert status(desk.get(desk.address("doris"))) == "marked by N. Neumann: 0 of 40"
    desk.mark("doris", ("do", "clear"))
    assert marks(desk_class) == {}
    assert status(desk.get(desk.address("doris"))) == "not marked yet"


def test_points_are_adjusted_exactly_or_refused(desk_class):
    desk = desk_class.desk()
    for written, points in (("12,5", "25/2"), ("1/3", "1/3"), ("0", "0")):
        desk.mark("doris", ("met", "0"), ("points", written))
        assert str(marks(desk_class)["doris"][1]) == points
        shown = re.search(r'name="points" value="([^"]*)"', desk.get(desk.address("doris")).text)
        desk.mark("doris", ("met", "0"), ("points", shown[1]))
        assert str(marks(desk_class)["doris"][1]) == points
    answer = desk.mark("doris", ("met", "0"), ("points", "40.5"))
    assert answer.status_code == 422
    assert "wanted are points from 0 to 40, not 40.5" in answer.text
    assert str(marks(desk_class)["doris"][1]) == "0"


def test_a_note_that_is_too_long_is_refused_and_not_cut(desk_class):
    answer = desk_class.desk().mark("doris", ("met", "0"), ("note", "x" * 20_001))
    assert answer.status_code == 422
    assert "20001 characters" in answer.text
    assert marks(desk_class) == {}


def test_identical_answers_are_marked_at_once(desk_class):
    desk = desk_class.desk()
    names = [name for name in desk.list() if "identical" in name]
    assert [name.partition(":")[0] for name in names] == ["3 identical answers"]
    desk.mark("berta", ("met", "1"), ("scope", "group"))
    assert {name: mark[0] for name, mark in marks(desk_class).items()} == dict.fromkeys(
        ["anna", "berta", "clara"], ("no similarity",)
    )
    desk.post("/undo", [])
    assert marks(desk_class) == {}


def test_one_of_a_group_can_be_marked_alone(desk_class):
    desk = desk_class.desk()
    desk.mark("anna", ("met", "1"), ("scope", "group"))
    desk.mark("berta", ("met", "0"), ("scope", "one"))
    assert [marks(desk_class)[name][0] for name in ("anna", "berta", "clara")] == [
        ("no similarity",),
        ("sparsity",),
        ("no similarity",),
    ]
    assert "though identical, has another mark: 15 of 40, no similarity" in desk.get(desk.address("berta")).text


def test_a_similar_answer_is_marked_alike_on_the_readers_word_alone(desk_class):
    desk = desk_class.desk()
    page = desk.get(desk.address("doris")).text
    like = f"{desk.address('doris')}/like/{desk.desk.key_of('emma')}"
    assert like in page
    assert '<mark class="differs">' in page
    seen = re.search(re.escape(like) + r'[^>]*><input type="hidden" name="seen" value="([^"]*)"', page)[1]
    assert desk.post(like, [("seen", seen)]).status_code == 422  # not marked yet
    desk.mark("doris", ("met", "0"), ("note", "Yes."))
    assert list(marks(desk_class)) == ["doris"]
    given = re.search(r'name="given" value="([^"]*)"', desk.get(desk.address("doris")).text)[1]
    assert desk.post(like, [("seen", "stale"), ("given", given)]).status_code == 409
    assert desk.post(like, [("seen", seen), ("given", "stale")]).status_code == 409
    assert list(marks(desk_class)) == ["doris"]
    assert desk.post(like, [("seen", seen), ("given", given)]).status_code == 303
    assert marks(desk_class)["emma"] == marks(desk_class)["doris"] == (("sparsity",), None, "Yes.", "N. Neumann")


def test_notes_can_be_used_again(desk_class):
    desk = desk_class.desk()
    desk.mark("doris", ("met", "0"), ("note", "Say why."))
    assert (
        '<button class="plain note" type="submit" name="use" value="Say why.">' in desk.get(desk.address("emma")).text
    )
    desk.mark("emma", ("met", "0"), ("note", "Yes."), ("use", "Say why."))
    assert marks(desk_class)["emma"][2] == "Yes.\nSay why."
    desk.mark("emma", ("met", "0"), ("note", "Yes.\nSay why."), ("use", "Say why."))
    assert marks(desk_class)["emma"][2] == "Yes.\nSay why."


def test_the_script_is_answered_in_json(desk_class):
    desk = desk_class.desk()
    answer = desk.mark("doris", ("met", "0"), Accept="application/json")
    said = answer.json()
    assert (answer.status_code, said["said"]) == (200, "saved; marked by N. Neumann: 15 of 40")
    assert (said["rubric_points"], said["done"], said["of"], said["undoable"]) == ("15", 1, 8, 1)
    page = f'id="marking"<input type="hidden" name="rubric" value="{_rubric(desk)}">'
    page += f'<input type="hidden" name="seen" value="{said["seen"]}"></form>'
    assert desk.mark("doris", ("met", "1"), page=page, Accept="application/json").status_code == 200
    refused = desk.mark("doris", ("met", "2"), page=page, Accept="application/json")
    assert (refused.status_code, refused.json()["conflict"]) == (409, True)
    assert desk.mark("doris", Accept="application/json").status_code == 422
    assert marks(desk_class)["doris"][0] == ("no similarity",)


def _rubric(desk):
    return desk.desk.review.question("q2").fingerprint


def test_the_next_answer_is_one_that_the_filter_lists(desk_class):
    desk = desk_class.desk()
    order = list(desk.list("pending").values())
    assert len(order) == len(ANSWERS) + 1 - 2
    address = order[0]
    for expected in [*order[1:], order[0]]:  # the first follows the last
        address = desk.get(address.replace("?", "/next/go?")).headers["location"]
        assert address == expected
    assert desk.get(order[-1].replace("?", "/previous/go?")).headers["location"] == order[-2]
    desk.post(order[1], [*_fields(desk, order[1]), ("met", "0")])
    assert desk.get(order[0].replace("?", "/next/go?")).headers["location"] == order[2]
    led = desk.post(order[0], [*_fields(desk, order[0]), ("met", "0"), NEXT]).headers["location"]
    assert desk.get(led).headers["location"] == order[2]
    marked = list(desk.list("marked").values())
    assert len(marked) == 2
    assert desk.get(marked[1].replace("?", "/next/go?")).headers["location"] == f"/{TOKEN}/questions/0?show=marked"
    for address in order[2:]:
        desk.post(address, [*_fields(desk, address), ("none", "1")])
    assert desk.get(order[2].replace("?", "/next/go?")).headers["location"] == f"/{TOKEN}/questions/0?show=pending"
    assert "No answer is waiting" in desk.get("/questions/0?show=pending").text


def _fields(desk, address):
    return list(form_fields(desk.get(address).text).items())


@pytest.mark.long
def test_a_second_reader_sees_a_sample_without_the_first_marks(desk_class):
    first = desk_class.desk("first")
    for name in ("anna", "berta", "clara", "doris", "emma", "frieda", "gerda", HOSTILE_NAME):
        first.mark(name, ("met", "0"), ("note", "a note of the first"), ("scope", "one"))
    second = desk_class.desk("second", SecondReading("second", 5, "7"))
    sample = second.desk.question("q2").answers
    assert len(sample) == 5
    assert [a.key for a in sample] == [
        a.key for a in desk_class.desk("x", SecondReading("x", 5, "7")).desk.question("q2").answers
    ]
    assert "first marks stay hidden" in second.get("/questions/0/agreement").text
    for answer in sample:
        page = second.get(f"/questions/0/answers/{answer.key}").text
        assert status(second.get(f"/questions/0/answers/{answer.key}")) == "not marked yet"
        assert "a note of the first" not in page
        assert "checked" not in page.replace('value="group" checked', "")
    for i, answer in enumerate(sample):
        second.mark(answer.read.submission, ("met", "0" if i else "1"), ("scope", "one"))
    assert all(mark[3] == "first" for mark in marks(desk_class).values())
    agreed = second.get("/questions/0/agreement").text
    assert "5 answers read twice" in agreed
    assert "15 and 15 of 40" in agreed
    assert len(first.list("disputed")) == 1
    disputed = next(iter(first.list("disputed").values()))
    assert "<b>second</b> (second reading): 15 of 40, no similarity" in first.get(disputed).text
    page = first.get(disputed).text
    taken = page[: page.index("Take this mark")].rpartition("<form")[2]
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', taken)
    assert first.post(disputed, [*fields, ("do", "save")]).status_code == 303
    assert marks(desk_class)[sample[0].read.submission] == (("no similarity",), None, "a note of the first", "first")
    assert first.list("disputed") == {}


def test_a_mark_that_was_given_is_what_grade_counts(desk_class):
    desk = desk_class.desk()
    desk.mark("doris", ("met", "0"), ("met", "1"))
    desk.mark("emma", ("met", "0"), ("points", "12.5"))
    desk_class.grade()
    report = json.loads((desk_class.results / "reports" / "doris.json").read_text())
    assert [question["points"] for question in report["questions"]] == [0, 30]
    report = json.loads((desk_class.results / "reports" / "emma.json").read_text())
    assert [question["points"] for question in report["questions"]] == [0, 12.5]
    assert SAME in str(ANSWERS["anna"])
