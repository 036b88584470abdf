"""What is kept of entries is read for several of them at once, and of each as if it were read alone."""

import pytest

import grader.classroom.earlier_rows as earlier_rows
from grader.classroom.earlier_rows import EarlierRows
from grader.classroom.gradebook import Gradebook, opened_gradebook
from grader.classroom.question_texts import question_texts
from grader.classroom.verdicts import KeptVerdict
from grader.classroom.work import EarlierRow
from grader.errors import HarnessError

from .test_edited_specs import EVERYBODY, are_as_graded_anew, edit_spec, graded_before
from .test_gradebook import asked, grade, own_course, rows, whole_course

__all__ = ["asked", "grade", "graded_before", "own_course", "whole_course"]


class Book:
    """A gradebook that notes what is read; of those in `lost` nothing can be read."""

    def __init__(self, *lost):
        self.lost, self.read = set(lost), []

    def rows_back(self, names, most):
        return {name: [f"row of {name}"] for name in names}

    def verdicts_back(self, name, rows=None):
        assert rows in (None, [f"row of {name}"])
        self.read.append(name)
        if name in self.lost:
            raise HarnessError(f"{name} is lost")
        yield (verdict_of(name),)


def verdict_of(name):
    return KeptVerdict("q5", "spec", "key", "whole key", question_texts(name, "{}"))


def earlier_of(book, *names):
    found = EarlierRows(book, fresh=False, only=None)
    for name in names:
        found.add(name, None, is_kept=True)
    return found


def test_the_next_entries_are_read_together_and_each_once(monkeypatch):
    monkeypatch.setattr(earlier_rows, "ENTRIES_READ_TOGETHER", 2)
    book = Book()
    earlier, read = earlier_of(book, "a", "b", "c"), []
    for name in "abc":
        assert earlier.of(name) == EarlierRow((verdict_of(name),))
        read.append("".join(book.read))
    assert read == ["ab", "ab", "abc"]


def test_an_entry_that_is_asked_for_again_or_out_of_turn_is_read_alone(monkeypatch):
    monkeypatch.setattr(earlier_rows, "ENTRIES_READ_TOGETHER", 2)
    book = Book()
    earlier = earlier_of(book, "a", "b", "c", "d")
    asked_for = [earlier.of(name).verdicts[0].texts.text for name in "aadbc"]
    assert (asked_for, "".join(book.read)) == (list("aadbc"), "abadcd")


def test_an_entry_that_was_not_added_has_nothing_earlier():
    assert earlier_of(book := Book(), "a").of("new") == EarlierRow()
    assert book.read == []


def test_what_cannot_be_read_is_told_to_its_own_entry_alone():
    earlier = earlier_of(Book("b"), "a", "b", "c")
    assert earlier.of("a").verdicts == (verdict_of("a"),)
    with pytest.raises(HarnessError, match="b is lost"):
        earlier.of("b")
    assert earlier.of("c").verdicts == (verdict_of("c"),)


def test_a_row_that_is_lost_while_a_class_is_graded_again_holds_that_one(graded_before, grade, tmp_path, monkeypatch):
    real = Gradebook.verdicts_back

    def lost(book, name, rows=None):
        if name == "bob":
            raise HarnessError("bob is lost")
        return real(book, name, rows)

    edit_spec()
    with monkeypatch.context() as patch:
        patch.setattr(Gradebook, "verdicts_back", lost)
        grade(code=3)
    assert [name for name in EVERYBODY if "held" in rows(tmp_path / "out")[name]] == ["bob"]
    grade()
    assert are_as_graded_anew(grade, graded_before)


def test_a_run_without_pages_looks_for_no_second_attempts(graded_before, grade, monkeypatch):
    """They are shown by the page of the class alone, and all rows of the gradebook would be read for them."""
    asked_for = []
    monkeypatch.setattr(Gradebook, "may_have_attempts", property(lambda _: asked_for.append(1)))
    edit_spec()
    grade("--no-pages", out="new")
    grade("--no-pages", out="new")
    assert asked_for == []
    grade(out="new")
    assert asked_for == [1]


def test_rows_that_are_read_together_are_those_that_are_read_one_by_one(graded_before, grade, tmp_path):
    """So are those of who went away for a while: what was before does not count."""
    for number in range(3):
        edit_spec()
        if number == 1:
            (tmp_path / "class" / "bob").rename(tmp_path / "bob")
        grade()
        if number == 1:
            (tmp_path / "bob").rename(tmp_path / "class" / "bob")
    names = [*EVERYBODY, "nobody"]
    with opened_gradebook(tmp_path / "out", read_only=True) as book:
        alone = {name: [*book.verdicts_back(name)] for name in names}
        for most in (1, 2, 8):
            together = book.rows_back(names, most)
            found = {name: [*book.verdicts_back(name, together[name])] for name in names}
            assert found == {name: verdicts[:most] for name, verdicts in alone.items()}
    assert {name: len(verdicts) for name, verdicts in alone.items()} == {"bob": 1, "nobody": 0} | dict.fromkeys(
        set(EVERYBODY) - {"bob"}, 4
    )
