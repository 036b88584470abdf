"""Marks that have to be looked at again, and forms that say two things: neither becomes a mark that nobody gave."""

from __future__ import annotations

import re

from grader.review.desk_answers import SecondReading

from .desk_class import Client, form_fields, marks, status


def _edit(desk_class, old: str, new: str) -> None:
    spec = desk_class.course / "specs" / "hw" / "q2.yaml"
    text = spec.read_text()
    assert old in text
    spec.write_text(text.replace(old, new))


def _give(desk: Client, name: str, other: str):
    """The form that gives an answer the mark of another one, as its page has it."""
    page = desk.get(desk.address(name)).text
    like = f"{desk.address(name)}/like/{desk.desk.key_of(other)}"
    form = page[page.index(like) :]
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form[: form.index("</form>")])
    return form[: form.index("</form>")], desk.post(like, fields)


def test_a_mark_that_waits_again_is_given_to_no_other_answer(desk_class):
    desk = desk_class.desk()
    desk.mark("doris", ("met", "0"))
    _edit(desk_class, "sparsity", "no density")
    form, answer = _give(desk, "doris", "emma")
    assert "disabled" in form
    assert answer.status_code == 422
    assert "has to be looked at again" in answer.text
    assert list(marks(desk_class)) == ["doris"]
    desk.mark("doris", ("met", "0"))
    form, answer = _give(desk, "doris", "emma")
    assert "disabled" not in form
    assert answer.status_code == 303
    assert marks(desk_class)["emma"][0] == ("no density",)


def test_a_finding_of_an_earlier_answer_is_neither_in_dispute_nor_taken(desk_class):
    first, second = desk_class.desk("first"), desk_class.desk("second", SecondReading("second", None, "0"))
    first.mark("doris", ("met", "0"))
    second.mark("doris", ("met", "1"))
    assert "15 and 15 of 40" in first.get("/questions/0/agreement").text
    text = desk_class.marks.read_text()
    finding = text.index("second:")
    desk_class.marks.write_text(text[:finding] + re.sub("answer: .*", "answer: another", text[finding:]))
    page = first.get(first.address("doris")).text
    assert "(second reading, of an earlier answer or rubric): 15 of 40, no similarity" in page
    assert "Take this mark" not in page
    assert first.list("disputed") == {}
    assert "15 and 15 of 40" not in first.get("/questions/0/agreement").text
    assert len(second.list("pending")) == len(second.list("all"))
    page = second.get(second.address("doris"))
    assert status(page) == "waits again; it was marked by second: 15 of 40"
    assert "the answer has changed since a reader marked it" in page.text
    second.mark("doris", ("met", "1"))
    assert status(second.get(second.address("doris"))) == "marked by second: 15 of 40"
    assert len(first.list("disputed")) == 1


def test_a_second_reader_is_not_told_that_the_first_mark_waits_again(desk_class):
    desk_class.desk("first").mark("doris", ("met", "0"))
    text = desk_class.marks.read_text()
    desk_class.marks.write_text(re.sub("answer: .*", "answer: another", text))
    second = desk_class.desk("second", SecondReading("second", None, "0"))
    assert "has changed since" not in second.get(second.address("doris")).text


def test_points_and_none_of_them_is_no_mark(desk_class):
    desk = desk_class.desk()
    desk.mark("doris", ("met", "0"))
    answer = desk.mark("doris", ("met", "0"), ("none", "1"))
    assert answer.status_code == 422
    assert "points are ticked, and `none of these` is, too" in answer.text
    assert marks(desk_class)["doris"][0] == ("sparsity",)


def test_what_was_ticked_in_a_rubric_that_is_no_more_cannot_be_saved_over_it(desk_class):
    desk = desk_class.desk()
    page = desk.get(desk.address("doris")).text
    _edit(desk_class, "sparsity", "no density")
    for ticked in (("none", "1"), ("points", "12")):
        answer = desk.mark("doris", ticked, ("note", "what I wrote"), page=page)
        assert answer.status_code == 409
        assert "You wrote: <q>what I wrote</q>" in answer.text
        assert "Save mine" not in answer.text


def test_the_mark_of_one_of_identical_answers_is_not_changed_with_the_others_by_default(desk_class):
    desk = desk_class.desk()
    desk.mark("anna", ("met", "1"), ("scope", "group"))
    page = desk.get(desk.address("anna")).text
    assert 'value="group" checked' in page
    assert "another mark" not in page
    desk.mark("berta", ("met", "0"), ("scope", "one"))
    for name in ("anna", "berta"):
        page = desk.get(desk.address(name)).text
        assert 'value="one" checked' in page
        assert 'value="group" checked' not in page


def test_a_list_of_what_waits_leads_to_the_one_that_waits(desk_class):
    desk = desk_class.desk()
    names = ["anna", "berta", "clara"]
    desk.mark("anna", ("met", "1"), ("scope", "group"))
    for waits in names:
        seen = form_fields(desk.get(desk.address(waits)).text)
        desk.post(desk.address(waits), [*seen.items(), ("scope", "one"), ("do", "clear")])
        (address,) = (address for name, address in desk.list("pending").items() if "identical" in name)
        assert address.startswith(desk.address(waits))
        desk.post("/undo", [])
