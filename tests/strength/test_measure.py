"""What is made of mutants and their verdicts: counts, shares, what is held, what is kept for the next run."""

from fractions import Fraction

import pytest

from grader.kinds.mutants import MutantVerdict
from grader.strength import chunks
from grader.strength.measure import StrengthOptions, measure

from .fakes import assignment, equivalent, killed, mutant, question, survived

TABLE = {
    "both": lambda one: killed(one, lines=(0, 1)),
    "second": lambda one: killed(one, lines=(1,), points=Fraction(4)),
    "misses": lambda one: survived(one, inputs=["0101"]),
    "same": equivalent,
}


@pytest.fixture(autouse=True)
def no_cache(monkeypatch):
    monkeypatch.setenv("GRADER_CACHE", "off")


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "cache"))


def test_what_is_counted():
    way = measure(assignment(question(["first", "both", "second", "misses", "same", "other"], TABLE))).ways[0]
    assert dict(way.counts) == {"killed": 4, "survived": 1, "equivalent": 1}
    assert way.share == Fraction(4, 5)
    assert [(one.line.name, one.kills, one.kills_alone) for one in way.lines()] == [("first", 3, 2), ("second", 2, 1)]
    assert way.totals() == ((Fraction(0), 3), (Fraction(4), 1), (Fraction(10), 1))
    assert [one.mutant.answer for one in way.of("survived")] == ["misses"]
    assert [one.input for one in way.killing_inputs().inputs] == ["0", "0101"]
    assert [remark.text for remark in way.remarks] == ["6 verdicts"]


def test_the_threshold_holds_for_each_question_on_its_own_and_exactly():
    """19 of 20 reach 95 %, and a question with many killed mutants hides none of another."""
    strong = question([str(number) for number in range(1000)], name="strong")
    edge = question([*map(str, range(19)), "misses"], TABLE, name="edge")
    weak = question([*map(str, range(18)), "misses"], TABLE, name="weak")
    none = question(["misses"], TABLE, name="none")
    found = measure(assignment(strong, edge, weak, none), StrengthOptions(2000, at_least=Fraction(95, 100)))
    assert [way.question for way in found.below] == ["weak", "none"]
    assert [way.share for way in found.ways] == [1, Fraction(19, 20), Fraction(18, 19), 0]


def test_equivalent_and_held_mutants_are_no_part_of_the_share():
    way = measure(assignment(question(["a", "same", "raises"], TABLE))).ways[0]
    assert (way.share, way.is_held) == (1, True)
    nothing = measure(assignment(question(["same"], TABLE))).ways[0]
    assert (nothing.share, nothing.is_held) == (None, False)


def test_a_fault_holds_one_mutant_and_the_others_of_its_chunk_are_judged():
    found = measure(assignment(question(["a", "raises", "b"], TABLE))).ways[0]
    assert [one.status for one in found.verdicts] == ["killed", "held", "killed"]
    assert "planted" in found.verdicts[1].reason


def test_a_fault_in_making_mutants_holds_one_question():
    found = measure(assignment(question([], name="broken", raises=True), question(["a"], name="whole")))
    assert [way.is_held for way in found.ways] == [True, False]
    assert "planted" in found.ways[0].fault
    assert found.is_held


@pytest.mark.parametrize(
    "verdict",
    [
        lambda one: MutantVerdict(one, "killed", Fraction(10)),
        lambda one: MutantVerdict(one, "survived", Fraction(9)),
        lambda one: killed(mutant("another")),
    ],
)
def test_a_verdict_that_contradicts_itself_is_held(verdict):
    found = measure(assignment(question(["odd", "a"], {"odd": verdict}))).ways[0]
    assert [one.status for one in found.verdicts] == ["held", "killed"]


def test_mutants_are_judged_in_chunks_of_one_question_in_their_order():
    first, second = question([str(n) for n in range(20)]), question(["z"], name="q2")
    seen = []

    def judge(given):
        for chunk in given:
            seen.append((chunk.question, len(chunk.mutants)))
            yield tuple(killed(one) for one in chunk.mutants)

    found = measure(assignment(first, second), judge=judge)
    assert seen == [("q1", chunks.MAX_CHUNK_MUTANTS), ("q1", 20 - chunks.MAX_CHUNK_MUTANTS), ("q2", 1)]
    assert [one.mutant.answer for one in found.ways[0].verdicts] == [str(n) for n in range(20)]


def test_what_was_judged_is_kept_and_not_judged_again(cache):
    given = question(["a", "misses", "same"], TABLE)
    first = measure(assignment(given))
    assert given.asked == ["a", "misses", "same"]
    again = question(["a", "misses", "same", "new"], TABLE)
    second = measure(assignment(again))
    assert again.asked == ["new"]
    assert second.ways[0].verdicts[:3] == first.ways[0].verdicts


def test_what_is_held_is_judged_again(cache):
    given = question(["a", "raises"], TABLE)
    measure(assignment(given))
    again = question(["a", "raises"], TABLE)
    found = measure(assignment(again))
    assert set(again.asked) == {"raises"}
    assert [one.status for one in found.ways[0].verdicts] == ["killed", "held"]


def test_another_question_takes_nothing_from_the_cache(cache):
    measure(assignment(question(["a"])))
    other = question(["a"], name="q2")
    measure(assignment(other))
    assert other.asked == ["a"]


def test_what_an_interrupted_run_has_judged_is_kept(cache):
    given = [str(n) for n in range(20)]

    def judge(parts):
        yield tuple(killed(one) for one in parts[0].mutants)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure(assignment(question(given)), judge=judge)
    again = question(given)
    measure(assignment(again))
    assert again.asked == given[chunks.MAX_CHUNK_MUTANTS :]


def test_with_and_without_the_cache_all_is_the_same(cache, monkeypatch):
    given = ["a", "both", "second", "misses", "same"]
    cold, warm = (measure(assignment(question(given, TABLE))) for _ in range(2))
    monkeypatch.setenv("GRADER_CACHE", "off")
    assert cold == warm == measure(assignment(question(given, TABLE)))


def test_a_sample_says_out_of_how_many():
    way = measure(assignment(question([str(n) for n in range(50)])), StrengthOptions(10)).ways[0]
    assert (len(way.verdicts), way.made) == (10, 50)
