"""Counts in words: as they are up to a million, beyond it as a power of two or of ten."""

import pytest

from grader.evidence import Exhausted, Proved, Sampled
from grader.reports.sentences import count_in_words, counted, in_words

COUNTS = {
    0: "0", 1: "1", 8190: "8190", 999_999: "999999", 1_000_000: "1000000",
    2**20: "2^20", 2**21 - 2: "2^21 - 2", 2**63 - 1: "2^63 - 1", 2**20_001 - 2: "2^20001 - 2", 2**100: "2^100",
    10**7: "10^7", 3 * 10**9: "3*10^9", 10**400: "10^400", 1_234_567: "about 1.23*10^6", 3**13 + 2: "about 1.59*10^6",
    9_999_999: "about 10^7", 10**5_000 - 1: "about 10^5000", 1_500_000: "1.5*10^6", 7**9_000: "about 7.63*10^7605",
}  # fmt: skip


@pytest.mark.parametrize(("number", "words"), COUNTS.items(), ids=COUNTS.values())
def test_a_count_in_words(number, words):
    assert count_in_words(number) == words
    assert counted(number, "input") == f"{words} input{'' if number == 1 else 's'}"


@pytest.mark.parametrize("number", [2**20_000, 2**20_001 - 2, 10**5000, 3**12_345], ids=["2^n", "bits", "10^n", "3^n"])
def test_no_evidence_has_a_count_that_cannot_be_written(number):
    for evidence in (
        Exhausted(5, number), Exhausted(5, number, Sampled(number, 1)), Exhausted(5, number, more=True),
        Proved(number), Sampled(number, 1),
    ):  # fmt: skip
        assert len(in_words(evidence)) < 160
