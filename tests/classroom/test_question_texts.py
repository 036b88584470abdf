"""Texts of a question come back as they were packed; what many submissions share is compressed, and read, once."""

import json
import pickle

import pytest

import grader.classroom.question_texts as module
from grader.classroom.damaged_row import DamagedRowError
from grader.classroom.facts import facts_in_text
from grader.classroom.kept_facts import known_in
from grader.classroom.question_texts import MAX_REMEMBERED_CHARACTERS, QuestionTexts, packed_question, question_texts
from grader.classroom.read_answer import ReadAnswer

LONG = json.dumps("\N{GREEK SMALL LETTER ALPHA} \ud800 \0" * MAX_REMEMBERED_CHARACTERS)
TEXT = json.dumps({"id": "q1", "title": "One", "status": "missing", "max_points": 3, "checks": []})
FACTS = {"answered": False, "effects": {}, "id": "q1", "status": "missing", "messages": []}


@pytest.fixture
def counted(monkeypatch):
    """What is compressed, and what is decompressed; nothing is remembered of other tests."""
    found, squeezed, unpacked = [], module.squeezed, module._unpacked
    monkeypatch.setattr(module, "squeezed", lambda data: found.append(data) or squeezed(data))
    monkeypatch.setattr(module, "_unpacked", lambda data: found.append("read") or unpacked(data))
    module._remembered.cache_clear()
    module._remembered_packed.cache_clear()
    return found


@pytest.mark.parametrize("texts", [("", ""), ("text", "facts"), ("t", LONG), (LONG, "f")])
def test_texts_come_back_as_they_were(texts):
    packed = question_texts(*texts).packed
    module._remembered_packed.cache_clear()
    read = packed_question(packed)
    assert (read.text, read.facts, read.both, read.packed) == (*texts, texts, packed)
    assert read == question_texts(*texts) != question_texts("another", texts[1])


def test_what_submissions_share_is_compressed_and_read_once(counted):
    packed = [question_texts("text", facts).packed for _ in range(3) for facts in ("facts", "other facts")]
    assert counted == [b"text\0facts", b"text\0other facts"]
    read = [packed_question(bytes(bytearray(one))) for one in packed]
    assert [one.facts for one in read] == ["facts", "other facts"] * 3
    assert counted[2:] == ["read"] * 2
    assert read[0] is read[2] is read[4]


def test_what_was_packed_is_kept_again_without_being_read(counted):
    """As a run does after an edit with the questions that have not changed."""
    packed = question_texts("text", "facts").packed
    counted.clear()
    assert packed_question(packed).packed == packed
    assert counted == []


@pytest.mark.parametrize("texts", [("t", LONG), (LONG, "f")])
def test_long_texts_are_not_remembered(counted, texts):
    """So that the essays of a class are not in memory."""
    one, two = (question_texts(*texts) for _ in range(2))
    assert one is not two
    assert one.packed == two.packed
    assert packed_question(one.packed) is not packed_question(two.packed)


@pytest.mark.parametrize("is_packed", [False, True])
def test_another_process_reads_the_same(counted, is_packed):
    one = question_texts("text", "facts")
    if is_packed:
        assert one.packed
    sent = pickle.dumps(one)
    module._remembered.cache_clear()
    assert pickle.loads(sent) == one == QuestionTexts(("text", "facts"))  # noqa: S301  # made above
    assert counted == [b"text\0facts", "read"] * is_packed


def test_what_is_read_in_texts_is_read_once(monkeypatch):
    one = question_texts(TEXT, json.dumps(FACTS))
    assert one.answer_facts == facts_in_text(TEXT)
    assert one.known == (FACTS, known_in(FACTS))
    assert one.read_answer == ReadAnswer("q1", "missing")
    assert question_texts(TEXT, json.dumps(FACTS | {"status": "graded"})).read_answer is None
    said = facts_in_text(TEXT).said
    monkeypatch.setattr(module.json, "loads", None)
    assert (one.answer_facts.said, one.known[0], one.read_answer) == (said, FACTS, ReadAnswer("q1", "missing"))


@pytest.mark.parametrize("packed", [b"s", b"snothing", b"l", question_texts("text", "facts").packed[:-1]])
def test_what_was_not_packed_here_is_told(packed):
    with pytest.raises(DamagedRowError):
        assert packed_question(packed).text
