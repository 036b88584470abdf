"""What others do meanwhile: nothing that a reader has not seen is overwritten, and nothing is lost."""

from __future__ import annotations

import re
import shutil

import pytest

from .desk_class import marks, status


def test_what_a_reader_did_not_see_is_never_overwritten(desk_class):
    one, two = desk_class.desk("first"), desk_class.desk("second")
    seen = two.get(two.address("doris")).text
    one.mark("doris", ("met", "0"), ("note", "of the first"))
    answer = two.mark("doris", ("met", "1"), ("note", "of the second"), page=seen)
    assert answer.status_code == 409
    assert "Nothing was saved" in answer.text
    assert "of the first" in answer.text
    assert "You wanted: <b>15 of 40</b>, no similarity; note: <q>of the second</q>" in answer.text
    assert marks(desk_class)["doris"] == (("sparsity",), None, "of the first", "first")
    form = answer.text[answer.text.index('role="alert"') : answer.text.index("Save mine")]
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
    assert two.post(two.address("doris"), [*fields, ("do", "save")]).status_code == 303
    assert marks(desk_class)["doris"] == (("no similarity",), None, "of the second", "second")


def test_two_tabs_of_one_reader_are_two_readers(desk_class):
    desk = desk_class.desk()
    tab = desk.get(desk.address("anna")).text
    desk.mark("berta", ("met", "0"), ("scope", "one"))
    assert desk.mark("anna", ("met", "1"), ("scope", "group"), page=tab).status_code == 409
    assert desk.mark("anna", ("met", "1"), ("scope", "one"), page=tab).status_code == 303
    assert {name: mark[0] for name, mark in marks(desk_class).items()} == {
        "anna": ("no similarity",),
        "berta": ("sparsity",),
    }


def test_undo_goes_back_change_by_change_and_never_over_anothers(desk_class):
    desk = desk_class.desk()
    assert "nothing to undo" in desk.post("/undo", []).text
    desk.mark("doris", ("met", "0"))
    desk.mark("doris", ("met", "1"))
    desk.mark("emma", ("none", "1"))
    led = [desk.post("/undo", []).headers["location"] for _ in range(2)]
    assert led == [f"{desk.address('emma')}?show=all", f"{desk.address('doris')}?show=all"]
    assert marks(desk_class) == {"doris": (("sparsity",), None, "", "N. Neumann")}
    desk_class.desk("another").mark("doris", ("met", "2"))
    answer = desk.post("/undo", [])
    assert answer.status_code == 409
    assert "this mark was changed since (by another), so that nothing was saved" in answer.text
    assert "doris" not in answer.text
    assert marks(desk_class)["doris"] == (("new words",), None, "", "another")


def test_a_slip_in_the_file_of_marks_is_shown_and_nothing_is_overwritten(desk_class):
    desk = desk_class.desk()
    page = desk.get(desk.address("doris")).text
    slip = b"# mine\n- submission: doris\n  question: q2\n  mett: [sparsity]\n"
    desk_class.marks.write_bytes(slip)
    for answer in (desk.get("/"), desk.get("/questions/0"), desk.mark("doris", ("met", "0"), page=page)):
        assert answer.status_code == 422
        assert "marks.yaml:4:3" in answer.text
        assert "stays as it is" in answer.text
    assert desk_class.marks.read_bytes() == slip
    desk_class.marks.write_bytes(slip.replace(b"mett", b"met"))
    assert status(desk.get(desk.address("doris"))) == "marked: 15 of 40"


def test_a_file_of_marks_that_is_edited_meanwhile_keeps_what_was_written(desk_class):
    desk = desk_class.desk()
    page = desk.get(desk.address("doris")).text
    desk_class.marks.write_text("# by hand\n- {submission: emma, question: q2, met: [new words], note: mine}  # tail\n")
    assert status(desk.get(desk.address("emma"))) == "marked: 10 of 40"
    desk.mark("doris", ("met", "0"), page=page)
    written = desk_class.marks.read_text()
    assert written.startswith("# by hand\n")
    assert "\n- {submission: emma, question: q2, met: [new words], note: mine}  # tail\n" in written
    assert set(marks(desk_class)) == {"doris", "emma"}


@pytest.mark.long
def test_an_answer_that_is_graded_again_meanwhile_is_read_again(desk_class):
    shutil.rmtree(desk_class.results)
    desk_class.grade()
    desk = desk_class.desk()
    page = desk.get(desk.address("doris")).text
    desk.mark("emma", ("met", "0"))
    (desk_class.answers / "doris" / "q2.md").write_text("Another answer.")
    desk_class.grade()
    answer = desk.mark("doris", ("met", "0"), ("note", "of the first"), page=page)
    assert answer.status_code == 409
    assert "the answer was handed in anew since this page was opened" in answer.text
    assert "You wrote: <q>of the first</q>" in answer.text
    assert "Save mine" not in answer.text
    assert "Another answer." in desk.get(desk.address("doris")).text
    assert desk.mark("doris", ("met", "0")).status_code == 303
    (desk_class.answers / "doris" / "q2.md").write_text("A third answer.")
    desk_class.grade()
    assert len(desk.list("flagged")) == 1
    page = desk.get(desk.address("doris"))
    assert status(page) == "waits again; it was marked by N. Neumann: 15 of 40"
    assert "The mark still holds" in page.text
    before = desk_class.marks.read_text()
    assert desk.mark("doris", ("met", "0")).status_code == 303
    assert desk_class.marks.read_text() != before
    assert status(desk.get(desk.address("doris"))) == "marked by N. Neumann: 15 of 40"
    assert desk.list("flagged") == {}


def test_a_rubric_that_is_changed_meanwhile_takes_no_mark_by_the_old_one(desk_class):
    desk = desk_class.desk()
    page = desk.get(desk.address("doris")).text
    spec = desk_class.course / "specs" / "hw" / "q2.yaml"
    spec.write_text(spec.read_text().replace("sparsity", "no density"))
    assert desk.mark("doris", ("met", "0"), page=page).status_code == 409
    assert "no density" in desk.get(desk.address("doris")).text
    spec.write_text(spec.read_text().replace("points: 40", "points: 41"))
    answer = desk.get("/")
    assert answer.status_code == 422
    assert "q2.yaml:1:11: points: the rubric gives at most 40" in answer.text
