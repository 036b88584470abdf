"""Engines are tried in order: what one leaves open the next decides, and what it found before is kept."""

import re
from dataclasses import dataclass, field
from functools import partial

import pytest

from grader.engines.engine import Broken, Findings, OpenLines, Unknown
from grader.engines.horn import HornEngine
from grader.engines.smooth import CoverEngine
from grader.engines.spacer import solve
from grader.engines.table import ENGINES, decide, undecidable
from grader.engines.walk import WalkEngine
from grader.errors import HarnessError, SpecError
from grader.evidence import Exhausted, Proved, Sampled
from grader.kinds.table import load_assignment
from grader.kinds.weights import loader
from grader.language.parse import parse
from grader.machines.machine import AnswerMachine


@dataclass
class DummyEngine:
    """Gives one answer, and remembers which lines it was asked about."""

    outcome: Findings | Unknown
    asked: list[OpenLines] = field(default_factory=list)
    name: str = "dummy"
    refused: str = ""

    def undecidable(self, tree):
        return [(tree, self.refused)] if self.refused else []

    def decide(self, network, specification, lines, budget):
        self.asked.append(lines)
        return self.outcome


def network(question, name):
    return AnswerMachine(question.program, next(known.values for known in question.known if known.name == name))


def test_what_proves_is_tried_before_sampling():
    names = [engine.name for engine in ENGINES]
    assert names == ["walk", "Horn clauses", "short inputs", "boxes", "listing", "grid", "cover", "sample"]


def test_what_an_engine_decides_no_later_one_is_asked(q5):
    proof = Findings(holds=Proved(7), met=frozenset({0, 1, 2}))
    later = DummyEngine(Unknown("never asked"))
    found = decide(network(q5, "copies x"), q5.specification, q5.budget, (DummyEngine(proof), later))
    assert found == proof
    assert later.asked == []


def test_an_engine_that_gives_up_leaves_the_lines_to_those_after_it(q5):
    """A third engine is one more entry of the table: the course's engines decide as if it were not there."""
    first = DummyEngine(Unknown("not of its kind"))
    found = decide(network(q5, "copies x"), q5.specification, q5.budget, (first, *ENGINES))
    alone = decide(network(q5, "copies x"), q5.specification, q5.budget)
    assert first.asked == [OpenLines(frozenset({0, 1, 2}))]
    assert (found.broken, found.holds, found.met) == (alone.broken, alone.holds, alone.met)
    assert sorted(found.broken) == [2]


def test_what_was_found_before_an_engine_gave_up_is_kept_and_not_asked_again(q5):
    """A line that is broken stays broken, whatever a later engine says of the others."""
    word = q5.alphabet.read_word("01")
    early = DummyEngine(Unknown("half done", Findings({2: Broken(word)}, met=frozenset({2}))))
    late = DummyEngine(Findings(holds=Exhausted(4, 30), met=frozenset({0, 1})))
    found = decide(network(q5, "copies x"), q5.specification, q5.budget, (early, late))
    assert late.asked == [OpenLines(frozenset({0, 1}))]
    assert found.broken == {2: Broken(word)}
    assert (found.holds_for(0), found.met) == (Exhausted(4, 30), {0, 1, 2})


def test_later_engines_are_told_how_far_a_walk_came(counting):
    late = DummyEngine(Findings(holds=Sampled(9, 1)))
    found = decide(network(counting, "far"), counting.specification, counting.budget, (WalkEngine(), late))
    (asked,) = late.asked
    assert asked == OpenLines(frozenset({0}), found.walk.length)
    assert asked.length >= 3


def test_lines_that_no_engine_decides_are_the_graders_own_fault(q5):
    """Never a mark: all engines give their reasons."""
    engines = (DummyEngine(Unknown("too large")), DummyEngine(Unknown("not rational"), name="other"))
    message = "no engine decides every line (dummy: too large; other: not rational)"
    with pytest.raises(HarnessError, match=f"^{re.escape(message)}$"):
        decide(network(q5, "copies x"), q5.specification, q5.budget, engines)


def test_a_walk_says_why_it_gives_up(counting, endless):
    every = OpenLines(frozenset({0}))
    outcome = WalkEngine().decide(network(counting, "far"), counting.specification, every, counting.budget)
    assert outcome.reason == "the walk ended after 10 joint states, before all were seen"
    assert (dict(outcome.findings.broken), outcome.findings.met) == ({}, {0})
    outcome = WalkEngine().decide(network(endless, "far"), endless.specification, every, endless.budget)
    assert outcome == Unknown("the inputs cannot be listed")


@pytest.mark.long
def test_inputs_that_cannot_be_listed_are_sampled(endless, monkeypatch):
    """By sampling alone; a cover shows that the counter is right for most of the million steps that it lasts."""
    monkeypatch.setattr("grader.engines.closing.MAX_CLOSING_STEPS", 200)
    monkeypatch.setattr("grader.engines.cover.MAX_COVER_STEPS", 60)
    monkeypatch.setattr("grader.engines.horn_decision.solve", lambda *asked, **_: solve(*asked, resources=300_000))
    without = tuple(engine for engine in ENGINES if not isinstance(engine, CoverEngine))
    found = decide(network(endless, "far"), endless.specification, endless.budget, without)
    assert found.walk is None
    assert isinstance(found.holds, Exhausted | Sampled)
    assert not found.proved_right
    found = decide(network(endless, "far"), endless.specification, endless.budget)
    assert (found.holds.length, found.holds.more, found.proved_right) == (900_000, True, False)


EXPRESSIONS = [parse("x + 1"), parse("2 * sigmoid(x)"), parse("x ** 0.5 + tanh(exp(x))")]


def test_engines_say_which_parts_they_cannot_decide():
    found = undecidable(EXPRESSIONS, (WalkEngine(), HornEngine()))
    assert [(part.expression, part.part.at, part.reason.split(" has ")[0]) for part in found] == [
        (1, 4, "sigmoid"),
        (2, 0, "a power that is no whole number"),
        (2, 11, "tanh"),
        (2, 16, "exp"),
    ]
    assert undecidable(EXPRESSIONS[:1], (WalkEngine(),)) == []


def test_what_one_engine_can_decide_is_refused_by_none():
    """A coming engine needs its row alone; the first one speaks where all refuse."""
    able, unable = DummyEngine(Unknown("")), DummyEngine(Unknown(""), refused="too hard")
    assert undecidable(EXPRESSIONS, (WalkEngine(), able)) == []
    assert {part.reason for part in undecidable(EXPRESSIONS, (unable, WalkEngine()))} == {"too hard"}


def test_a_question_is_refused_as_long_as_no_engine_can_decide_it(counting, monkeypatch):
    text = counting.path.read_text().replace("c[t-1] + x[t]", "sigmoid(c[t-1]) + x[t]")
    counting.path.write_text(text)
    assert load_assignment(counting.path).questions[0].id == "q"
    monkeypatch.setattr(loader, "undecidable", partial(undecidable, engines=(WalkEngine(), HornEngine())))
    with pytest.raises(SpecError, match=r"q\.yaml:10:19: sigmoid has irrational values"):
        load_assignment(counting.path)
