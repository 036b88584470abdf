"""Texts of rows come back as they were packed."""

import json

import pytest

from grader.classroom.damaged_row import DamagedRowError
from grader.classroom.kept_page import NO_PAGE, KeptPage
from grader.classroom.kept_texts import opened_texts, packed_texts
from grader.classroom.question_texts import MAX_REMEMBERED_CHARACTERS, question_texts
from grader.classroom.verdicts import KeptVerdict

LONG = json.dumps("\N{GREEK SMALL LETTER ALPHA} \ud800 \0" * MAX_REMEMBERED_CHARACTERS)


def verdict(name, text="{}", facts="{}", page=NO_PAGE):
    texts = question_texts(text, facts)
    return KeptVerdict(name, f"spec of {name}", f"key of {name}", f"whole key of {name}", texts, page)


VERDICTS = {
    "no question": (),
    "one": (verdict("q1"),),
    "the same twice": (verdict("q1"), verdict("q1")),
    "a long one": (verdict("q1", LONG, "{}"), verdict("q2", '{"a": 1}', LONG)),
    "pages": (
        verdict("q1", page=KeptPage("d", b"\n\0{", is_whole=True)),
        verdict("q2"),
        verdict("q3", page=KeptPage("e", b"]", is_whole=False)),
    ),
}


@pytest.mark.parametrize("start", ['{"schema": 1, "questions": [', "", "[\n"])
@pytest.mark.parametrize("verdicts", VERDICTS.values(), ids=VERDICTS)
def test_texts_come_back_as_they_were(verdicts, start):
    end = ", ".join(kept.texts.text for kept in verdicts) + "]}\n"
    for report in (start + end, start, f"{end}."):  # the last two are no reports of these questions
        packed = packed_texts(report, verdicts)
        opened = opened_texts(packed)
        assert (opened.report, opened.verdicts) == (report, verdicts)
        assert packed_texts(report, opened.verdicts) == packed


def test_one_question_in_the_place_of_another_leaves_the_rest():
    before = opened_texts(packed_texts("text, text]}\n", [verdict("q1", "text"), verdict("q2", "text", "facts")]))
    changed = before.verdicts[0]._replace(texts=question_texts("new text", "{}")), before.verdicts[1]
    opened = opened_texts(packed_texts("new text, text]}\n", changed))
    assert (opened.report, opened.verdicts) == ("new text, text]}\n", changed)


@pytest.mark.parametrize("data", [b"", b"[]\n", b'[0, true, [["q1"]]]\n', b"no JSON\n", b"[2, true, []]\n\xff\xff"])
def test_what_are_no_texts_is_told(data):
    with pytest.raises((ValueError, TypeError)):
        opened_texts(data)


def test_a_question_that_is_cut_off_is_told():
    with pytest.raises(DamagedRowError):
        assert opened_texts(packed_texts("", [verdict("q1")])[:-1]).verdicts[0].texts.text
