"""What a page shows of a question comes back from the gradebook as it was, also what a later grader knows no more."""

import hashlib
import json
import zlib
from dataclasses import replace

import pytest

from grader.classroom.graded import TextsInMemory
from grader.classroom.kept_page import NO_PAGE, KeptPage, kept_page
from grader.classroom.kept_row import packed, unpacked
from grader.classroom.question_texts import question_texts
from grader.classroom.verdicts import KeptVerdict
from grader.network_details import MachineStep, MachineTable, MinimalMachines
from grader.page_details import (
    DrawnEdge,
    DrawnNetwork,
    DrawnUnit,
    HandedInText,
    PageDetails,
    ShownArray,
    ShownCall,
    TypesetFormula,
)

from .class_rows import question, row

WHOLE = PageDetails(
    "Say **why** \ud800.",
    (HandedInText("answers.yaml", "\x00 é\n", "yaml", 3, (3, 4), cut=True),),
    (TypesetFormula("yours", "x + 1", "<math/>"), TypesetFormula("right", "x", "<math/>", is_wanted=True)),
    DrawnNetwork((DrawnUnit("x", 0), DrawnUnit("h", 1, "-1/2")), (DrawnEdge("x", "h", "1/3", 1 / 3, lag=1),)),
    MinimalMachines(
        MachineTable(
            ("0", "1"),
            ("", "1"),
            ((MachineStep(0, "1"), None), (MachineStep(1, ""), MachineStep(0, "0"))),
            remembers=True,
        )
    ),
    calls=(ShownCall("twice", (ShownArray("n", "[1]", (("1",),)),), (ShownArray("", "3"),), (ShownArray("", "2"),)),),
)


@pytest.mark.parametrize("details", [WHOLE, PageDetails(), PageDetails(prompt="?"), replace(WHOLE, machines=None)])
def test_details_come_back_as_they_were(details):
    kept = kept_page(details, is_whole=True)
    assert (kept.details or PageDetails()) == details
    assert kept == kept_page(details, is_whole=True)
    assert kept.is_whole


def test_another_page_has_another_digest():
    digests = {kept_page(d, is_whole=True).digest for d in (WHOLE, replace(WHOLE, prompt="?"), PageDetails())}
    assert len(digests) == 3
    assert kept_page(None, is_whole=False) == NO_PAGE


def test_the_pages_of_a_row_come_back_with_their_questions():
    pages = [kept_page(WHOLE, is_whole=True), NO_PAGE, kept_page(PageDetails(prompt="?"), is_whole=False)]
    graded = row("alice", *(question(f"q{i}", i) for i in range(3))).graded
    texts = [json.dumps(part) for part in json.loads(graded.report)["questions"]]
    kept = [KeptVerdict(f"q{i}", "s", "k", "w", question_texts(texts[i], "{}"), pages[i]) for i in range(3)]
    graded = replace(graded, texts=TextsInMemory(graded.report, tuple(kept)))
    found = unpacked(packed(graded), "alice")
    assert replace(found, report_digest=b"") == graded
    assert found.report_digest == hashlib.sha256(graded.report.encode()).digest()


@pytest.mark.parametrize(
    "data",
    [b"", b"no zlib", zlib.compress(b"no JSON"), zlib.compress(b"[]"), zlib.compress(b'{"prompt": 3}'), zlib.compress(b'{"handed_in": [{}]}')],
)  # fmt: skip
def test_what_cannot_be_read_is_as_if_it_were_not_kept(data):
    assert KeptPage("digest", data).details is None


def test_fields_that_are_not_known_are_left_out():
    data = zlib.compress(
        b'{"prompt": "Why?", "hologram": 3, "handed_in": [{"file": "a", "text": "b", "smell": "good"}]}'
    )
    assert KeptPage("digest", data).details == PageDetails("Why?", (HandedInText("a", "b"),))
