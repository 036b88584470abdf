"""Names that become files: what goes on every system, in YAML and in Python."""

import pytest

from grader.authoring.file_names import MAX_NAME_LENGTH, checked_name, checked_title
from grader.errors import SpecError

GOOD = [
    "q1",
    "hw1",
    "Week-1",
    "clip_by_norm",
    "x",
    "auxiliary",
    "nulls",
    "com",
    "console",
    "yesno",
    "a" * MAX_NAME_LENGTH,
]
BAD = {
    "a device on Windows": ["aux", "AUX", "nul", "Con", "com1", "LPT9"],
    "a word that YAML does not read as text": ["null", "true", "No", "off", "y"],
    "a name with a meaning of its own": ["assignment", "Marks", "overrides", "answers", "solution", "students"],
    "wanted is a letter, then letters, digits, _ and -": [
        "", " ", "1", "q 1", "q1 ", "../q1", "a/b", "a\\b", "q'1", 'q"1', "größe", "q1\n", "q:1", "~", "-q", "_q", "q\0",
    ],
    "(a dot names a part)": ["q3.1", ".", "..", "q1.yaml"],
    "is longer than": ["a" * (MAX_NAME_LENGTH + 1)],
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_names_that_go_everywhere(name):
    assert checked_name(name, "the question") == name


@pytest.mark.parametrize(("why", "names"), BAD.items())
def test_names_that_do_not_are_refused_with_the_reason(why, names):
    for name in names:
        with pytest.raises(SpecError) as error:
            checked_name(name, "the question")
        assert why in str(error.value)
        assert f"the question {name!r}" in str(error.value)


@pytest.mark.parametrize(
    ("name", "close"),
    [("week 1", "week_1"), ("größe", "groe"), ("Übung: 3", "Ubung_3"), ("q3.1", "q3_1"), ("../q1", "q1"), ("1", ""), ("á.aux", "a_aux")],
)  # fmt: skip
def test_a_name_that_can_be_used_is_proposed(name, close):
    with pytest.raises(SpecError) as error:
        checked_name(name, "the question")
    assert str(error.value).endswith(f", such as {close!r}") if close else "such as" not in str(error.value)
    assert not close or checked_name(close, "the question") == close


@pytest.mark.parametrize("title", ["Größe: 'x' # \"y\"", " spaces ", "1", "null", "漢字 🎓", "-"])
def test_a_title_is_any_line_of_text(title):
    assert checked_title(title) == title.strip()


@pytest.mark.parametrize("title", ["", "  ", "two\nlines", "\x1b[31mred", "right\u202eto left", "a\0b", "\udc80"])
def test_a_title_that_cannot_be_seen_is_refused(title):
    with pytest.raises(SpecError, match="a title is"):
        checked_title(title)
