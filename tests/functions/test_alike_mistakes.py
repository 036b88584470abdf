"""A class makes the same mistakes over and over: what is looked for once is not looked for again, and nobody sees it."""

import pytest

import grader.kinds.function.smallest as search
from grader.kinds.function.plan import plan_of
from grader.kinds.function.score import FunctionScorer

from .conftest import judged

REFERENCE = "def f(x):\n    return sum(x)\n"
CHECKS = "name: sums, equals: reference.mod.f\nname: no less than the largest, holds: out >= max(x)"
INPUTS = '{x: "sequence(1..6, integer(0..50))"}'

WRONG = {
    "leaves out the last": "def f(x): return sum(x[:-1])",
    "the same in other words": "def f(x):\n    total = 0\n    for v in x[:-1]:\n        total += v\n    return total",
    "the same but for a pair": "def f(x): return sum(x[:-1]) if len(x) != 2 or x[0] else 7",
    "the same but for one zero": "def f(x): return sum(x[:-1]) if x != [0] else -1",
    "the same but for one one": "def f(x): return sum(x[:-1]) if x != [1] else 1",
    "raises at one": "def f(x): return sum(x[:-1]) if x != [1] else 1 / 0",
    "remembers": "n = 0\ndef f(x):\n    global n\n    n += 1\n    return sum(x[:-1]) if n < 50 else sum(x[:-1]) - 1",
    "by chance": "import random\ndef f(x): return sum(x[:-1]) + random.choice([0, 0, 0, -1])",
    "ends at one": "import os\ndef f(x): return sum(x[:-1]) if x != [1] else os._exit(0)",
    "one too many": "def f(x): return sum(x) + 1",
    "of another form": "def f(x): return [sum(x)]",
    "right": "def f(x): return sum(x)",
}


@pytest.fixture
def searches(monkeypatch):
    """How often Hypothesis looked for something smaller, and each call on the way."""
    seen, real = [], search.smallest

    def looked(*arguments):
        seen.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(search, "smallest", looked)
    return seen


@pytest.fixture
def asked(question):
    """The question as if nobody had answered it."""

    def fresh():
        found = question("f(x)", INPUTS, CHECKS, "cases: 60\n", REFERENCE)
        plan_of.cache_clear()
        return found

    return fresh


def test_a_search_is_not_made_again_where_every_call_gives_the_same(asked, searches):
    first = judged(asked(), WRONG["leaves out the last"]).result
    assert [check.outcome for check in first.checks] == ["failed", "failed"]
    made = len(searches)
    assert made == 2
    question = judged(asked(), WRONG["leaves out the last"]).question
    searches.clear()
    assert judged(question, WRONG["the same in other words"]).result == first
    assert not searches


@pytest.mark.parametrize("name", ["right", "leaves out the last", "one too many"])
def test_a_line_is_not_judged_again_on_the_answers_of_somebody_before(asked, monkeypatch, name):
    """Neither right nor wrong ones; of one answer that differs, all that the line is about is judged."""
    judgements, real = [], FunctionScorer.looked_at

    def counted(self, line):
        judgements.append(line.check.name)
        return real(self, line)

    monkeypatch.setattr(FunctionScorer, "looked_at", counted)
    question = asked()
    first = judged(question, WRONG[name]).result
    assert judgements == ["sums", "no less than the largest"]
    assert judged(question, WRONG[name].replace("def f(x):", "def f(x, more=0):")).result == first
    assert len(judgements) == 2
    other = WRONG[name] + "\nf = lambda x, f=f: f(x) if len(x) != 4 else -1"
    changed = judged(question, other).result
    assert len(judgements) == 4
    assert changed == judged(asked(), other).result


@pytest.mark.long
def test_what_is_said_of_a_mistake_hangs_on_nobody_else(asked):
    """Whoever was judged before, right or wrong in the same way or nearly so: the same marks in the same words."""
    alone = {name: judged(asked(), source).result for name, source in WRONG.items()}
    for order in (list(WRONG), list(reversed(WRONG))):
        question = asked()
        together = {name: judged(question, WRONG[name]).result for name in order}
        assert {name: together[name] for name in WRONG} == alone


def test_the_calls_are_made_all_the_same(asked, searches, monkeypatch):
    """Code that answers something else at one of the calls of a search is searched for by itself, from there on."""
    question = asked()
    judged(question, WRONG["leaves out the last"])
    known = [trace.calls for line in plan_of(question).lines for trace, _ in line.searches._kept.values()]
    case, _ = next(calls for calls in known if calls)[0]
    searches.clear()
    other = f"def f(x): return sum(x[:-1]) if list(x) != {list(case['x'])!r} else sum(x)"
    judgement = judged(question, other)
    assert len(searches) >= 1
    assert judgement.result == judged(asked(), other).result


def test_wrong_answers_of_one_line_are_judged_once(asked, monkeypatch):
    import grader.kinds.function.score as score

    seen, real = [], score.mismatch_of_case

    def counted(*arguments):
        seen.append(arguments[1])
        return real(*arguments)

    monkeypatch.setattr(score, "mismatch_of_case", counted)
    question = asked()
    first = judged(question, WRONG["one too many"])
    assert seen
    seen.clear()
    assert judged(question, WRONG["one too many"]).result == first.result
    assert not seen
