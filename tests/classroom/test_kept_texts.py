"""Texts of rows come back as they were packed; what many submissions share is compressed, and read, once."""

import json
import zlib

import pytest

import grader.classroom.kept_texts as kept_texts
from grader.classroom.kept_page import NO_PAGE, KeptPage
from grader.classroom.kept_texts import opened_texts, packed_texts
from grader.classroom.verdicts import KeptVerdict

LONG = json.dumps("\N{GREEK SMALL LETTER ALPHA} \ud800 \0" * kept_texts.MAX_REMEMBERED_CHARACTERS)


def verdict(name, text="{}", facts="{}", page=NO_PAGE):
    return KeptVerdict(name, f"spec of {name}", f"key of {name}", f"whole key of {name}", text, facts, page)


@pytest.fixture
def counted(monkeypatch):
    """How often something is compressed; nothing is remembered of other tests."""
    found, real = [], kept_texts.squeezed
    monkeypatch.setattr(kept_texts, "squeezed", lambda data: found.append(data) or real(data))
    kept_texts._remembered_packed.cache_clear()
    kept_texts._remembered_read.cache_clear()
    kept_texts._parts_read.close()
    return found


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
    end = ", ".join(kept.text for kept in verdicts) + "]}\n"
    for report in (start + end, start, f"{end}."):  # the last two are no reports of these questions
        opened = opened_texts(packed_texts(report, verdicts))
        assert (opened.report, opened.verdicts) == (report, verdicts)


def test_what_was_read_is_packed_again_without_being_compressed(counted):
    """As a run does after an edit, with the questions that have not changed; each text has its own part."""
    verdicts = verdict("q1", "text", "facts"), verdict("q2", "text", "other facts")
    packed = packed_texts("text, text]}\n", verdicts)
    kept_texts._remembered_packed.cache_clear()
    opened = opened_texts(packed)
    counted.clear()
    assert packed_texts(opened.report, opened.verdicts) == packed
    assert counted == []
    changed = opened.verdicts[0]._replace(text="new text"), opened.verdicts[1]
    assert opened_texts(packed_texts("new text, text]}\n", changed)).verdicts == changed
    assert counted == [b"new text\0facts"]


def test_what_submissions_share_is_compressed_and_read_once(counted):
    alike = [verdict("q1", "text", "facts"), verdict("q2", "text", "other facts")]
    packed = {packed_texts(f"{name}text, text]}}\n", alike) for name in ("alice", "bob", "carol")}
    assert len(packed) == 3
    assert counted == [b"text\0facts", b"text\0other facts"]
    first, *others = map(opened_texts, packed)
    for other in others:
        assert all(mine is theirs for mine, theirs in zip(first.questions, other.questions, strict=True))


@pytest.mark.parametrize("texts", [("t", LONG), (LONG, "f")])
def test_long_texts_are_not_remembered(counted, texts):
    """So that the essays of a class are not in memory."""
    one, two = (packed_texts("", [verdict("q1", *texts)]) for _ in range(2))
    assert one == two
    assert len(counted) == 2
    assert opened_texts(one).questions[0] is not opened_texts(two).questions[0]


@pytest.mark.parametrize("data", [b"", b"[]\n", b'[0, true, [["q1"]]]\n', b"no JSON\n", b"[2, true, []]\n\xff\xff"])
def test_what_are_no_texts_is_told(data):
    with pytest.raises((ValueError, TypeError)):
        opened_texts(data)


def test_a_part_that_is_cut_off_is_told():
    with pytest.raises(zlib.error):
        opened_texts(packed_texts("", [verdict("q1")])[:-1])
