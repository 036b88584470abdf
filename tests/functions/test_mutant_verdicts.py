"""Mutants judged: what is killed truly differs, what is equivalent does not, and a survivor comes with an input."""

from __future__ import annotations

import pickle
import textwrap
from contextlib import closing
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest

from grader.answers.code import SOLUTION_FILE
from grader.errors import HarnessError
from grader.kinds.function import KIND, code_runner
from grader.kinds.function.mutation import larger_corpus
from grader.kinds.function.mutation.judge import CodeMutantJudge
from grader.kinds.function.mutation.made import mutants_of
from grader.kinds.function.mutation.right_answers import PythonAnswer, candidates
from grader.kinds.function.plan import plan_of
from grader.kinds.function.score import score_function
from grader.kinds.mutants import Mutant
from grader.kinds.table import load_assignment, ways_of_all
from grader.sandbox import Limits

from ..conftest import RUN
from .conftest import POOL


@pytest.fixture(autouse=True, scope="module")
def _smaller_corpora():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(larger_corpus, "PARTS", 2)
        patch.setattr(larger_corpus, "MIN_PART_CASES", 60)
        yield


def known(*codes: str) -> str:
    """Known answers that earn everything, of a question of one point."""
    rows = (
        f"  right {i}:\n    code: |\n{textwrap.indent(textwrap.dedent(code), ' ' * 6)}    earns: 1\n"
        for i, code in enumerate(codes)
    )
    return "known:\n" + "".join(rows)


def verdicts(question, take=slice(None)):
    """What becomes of its mutants, or some of them."""
    return list(KIND.judge_mutants(question, list(KIND.mutants(question, RUN))[take], RUN))


def verdict_on(question, code, source="known 'right 0'"):
    """What becomes of a program."""
    (found,) = KIND.judge_mutants(question, [Mutant("by hand", "", source, PythonAnswer(textwrap.dedent(code)))], RUN)
    return found


def function_in(answer, name):
    """A mutant as a function of this process: those below neither loop nor do harm."""
    names = {}
    exec(compile(answer.source, SOLUTION_FILE, "exec"), names)
    return names[name]


def result_of(function, arguments):
    try:
        return function(*arguments)
    except Exception as error:
        return type(error)


def judge_answer(question, answer):
    """The marks of an answer with its modules; the reference itself is not loaded, so the plan is made before."""
    with closing(POOL.open(answer.code, 20)) as runner:
        return score_function(question, runner, shrink=False)


CLAMP = "def clamp(x, lo, hi):\n    if x < lo:\n        return lo\n    return hi if x > hi else x\n"
CLAMP_SETS = "{x: integer(-3..3), lo: integer(-2..0), hi: integer(0..2)}"
CLAMP_INPUTS = list(product(range(-3, 4), range(-2, 1), range(3)))


@pytest.mark.long
@pytest.mark.parametrize("drawn", [False, True], ids=["every input listed", "three inputs drawn"])
def test_verdicts_are_those_of_plain_python_on_every_input(question, drawn):
    line = "equals: reference.mod.clamp" + (", cases: 3" if drawn else ", exhaustive: {length: 1}")
    asked = question("clamp(x, lo, hi)", CLAMP_SETS, line, known(CLAMP), CLAMP)
    found = verdicts(asked, slice(None, None, 2 if drawn else 1))
    assert len(found) >= 8
    right = function_in(PythonAnswer(CLAMP), "clamp")
    for verdict in found:
        source = verdict.mutant.answer.source
        answer = (
            PythonAnswer(verdict.mutant.answer.text("reference/mod.py"))
            if "import" in source
            else verdict.mutant.answer
        )
        mutant = function_in(answer, "clamp")
        differing = {inputs for inputs in CLAMP_INPUTS if result_of(mutant, inputs) != right(*inputs)}
        assert verdict.status == ("equivalent" if not differing else verdict.status)
        assert bool(differing) == (verdict.status in ("killed", "survived")), verdict
        assert drawn or verdict.status != "survived"
        for text in verdict.killing_inputs:
            assert eval(text.replace("clamp", "tuple_of"), {"tuple_of": lambda x, lo, hi: (x, lo, hi)}) in differing  # noqa: S307  # our own text
    assert {verdict.status for verdict in found} == (
        {"killed", "survived", "equivalent"} if drawn else {"killed", "equivalent"}
    )


def test_a_survivor_has_the_smallest_input_that_the_sets_could_have_drawn(question):
    asked = question(
        "f(n)",
        "{n: integer(0..60)}",
        "holds: out == (1 if n >= 7 else 0)",
        "cases: 1\n" + known("def f(n):\n    return int(n >= 7)\n"),
    )
    found = verdict_on(asked, "def f(n):\n    return 1\n")
    late = verdict_on(asked, "def f(n):\n    return int(n >= 9)\n")
    statuses = [verdict.status for verdict in (found, late)]
    assert "survived" in statuses
    assert late.killing_inputs[0] == "f(n=7)" if late.status == "survived" else found.killing_inputs[0] == "f(n=0)"


WEAK = "holds: len(out) == len(g)"
HALF = "def half(g):\n    return [x / 2 for x in g]\n"


@pytest.mark.long
@pytest.mark.parametrize(
    ("code", "status", "reason"),
    [
        ("def half(g):\n    return [x * 2 for x in g]\n", "survived", "no line fails, but it gives"),
        (
            "def half(g):\n    for i in range(len(g)): g[i] /= 2\n    return g\n",
            "survived",
            "writes into its arguments",
        ),
        ("def half(g):\n    return [x * 0.5 for x in g]\n", "equivalent", "agrees on"),
        ("def half(g):\n    return tuple(x / 2 + 1e-15 for x in g)\n", "equivalent", "agrees on"),
        ("def half(g):\n    return g[1:]\n", "killed", "line 1"),
        ("def half(g):\n    raise ValueError(g)\n", "killed", "line 1"),
        ("def half(g) return g\n", "killed", "cannot be loaded"),
        ("def other(g):\n    return g\n", "killed", "half"),
    ],
)
def test_what_a_rubric_cannot_see_survives(question, code, status, reason):
    asked = question("half(g)", '{g: "sequence(1..3, integer(1..9))"}', WEAK, "returns: vector(len(g))\n" + known(HALF))
    found = verdict_on(asked, code)
    assert (found.status, reason in found.reason) == (status, True), found
    assert found.points == (0 if status == "killed" else 1)
    assert found.lost_lines == ((0,) if status == "killed" else ())
    assert all(text.startswith("half(g=[") for text in found.killing_inputs)


def test_where_right_answers_differ_nothing_is_settled(question):
    """The spec leaves open which of two solutions is given: another one is not wrong."""
    one, other = "def root(s):\n    return s ** 0.5\n", "def root(s):\n    return -s ** 0.5\n"
    asked = question("root(s)", "{s: integer(1..9)}", "holds: out * out ~ s", "returns: real\n" + known(one, other))
    assert verdict_on(asked, "def root(s):\n    return s ** 0.5 * (1 if s % 2 else -1)\n").status == "equivalent"
    assert verdict_on(asked, "def root(s):\n    return s\n").status == "killed"


@pytest.mark.long
def test_chance_from_a_generator_may_be_drawn_in_any_order_if_right_answers_do(question):
    code = "def coin(p, rng):\n    return int(rng.random() < p)\n"
    other = code.replace("rng.random() < p", "rng.binomial(1, p)").replace(
        "coin(p, rng):", "coin(p, rng):\n    rng.random()"
    )
    inputs, line = "{p: one of 0.5, rng: generator}", "holds: out == 0 or out == 1"
    alone = question("coin(p, rng)", inputs, line, "returns: integer\n" + known(code))
    both = question("coin(p, rng)", inputs, line, "returns: integer\n" + known(code, other))
    exchanged = code.replace("<", ">=")
    assert [verdict_on(asked, exchanged).status for asked in (alone, both)] == ["survived", "equivalent"]
    assert [verdict_on(asked, code.replace("int(", "-int(")).status for asked in (alone, both)] == ["killed", "killed"]


def test_a_part_that_no_line_looks_at_is_compared_too(question):
    code = "def pair(a):\n    return a, {'twice': 2 * a, 'more': a + 1}\n"
    asked = question(
        "pair(a)",
        "{a: integer(1..9)}",
        'holds: "out[0] == a"',
        "returns: [integer, {twice: integer, more: integer}]\n" + known(code),
    )
    found = verdict_on(asked, code.replace("a + 1", "a - 1"))
    assert (found.status, found.killing_inputs[0]) == ("survived", "pair(a=1)")


def test_what_never_ends_is_killed(question):
    asked = question(
        "f(n)",
        "{n: integer(1..9)}",
        "holds: out == n",
        "returns: integer\n" + known("def f(n):\n    i = 0\n    while i < n: i += 1\n    return i\n"),
    )
    found = verdict_on(asked, "def f(n):\n    i = 0\n    while i < n: i += 0\n    return i\n")
    assert (found.status, found.points) == ("killed", 0)
    assert found.reason.endswith("gave no answer in time")


def test_a_fault_of_the_sandbox_is_held_and_never_survives(question, monkeypatch):
    asked = question(
        "f(n)",
        "{n: integer(1..9)}",
        "holds: out == n + 1",
        "returns: integer\n" + known("def f(n):\n    return n + 1\n"),
    )
    judge = CodeMutantJudge.of(asked, RUN)
    mutants = list(judge.mutants())
    first = judge.verdict(mutants[0])

    def broken(*_):
        raise HarnessError("no sandbox today")

    monkeypatch.setattr(judge._pool, "open", broken)
    held = judge.verdict(mutants[0])
    assert (first.status, held.status, held.points, held.reason) == ("killed", "held", 0, "no sandbox today")


LADDER = "name: first, points: 1, holds: out >= n\nname: whole, points: 1, holds: out == n + 1"


def test_lost_lines_and_points_are_those_of_the_rubric(question):
    asked = question(
        "f(n)",
        "{n: integer(1..9)}",
        LADDER,
        "returns: integer\n" + known("def f(n):\n    return n + 1\n").replace("earns: 1", "earns: 2"),
    )
    found = {verdict.mutant.change.splitlines()[2]: verdict for verdict in verdicts(asked)}
    assert found["+ return n + 2"].lost_lines == (1,)
    assert found["+ return n + 2"].points == Fraction(1)
    assert found["+ return n - 1"].lost_lines == (0, 1)
    assert found["+ return None"].points == 0
    assert found["+ return n + 2"].killing_inputs[0] == "f(n=1)"
    assert found["+ return n + 2"].behaviour != found["+ return n - 1"].behaviour


REFERENCE = {
    "decorated": "import functools\n@functools.lru_cache\ndef g(n):\n    return n + 1\n",
    "a lambda": "g = lambda n: n + 1\n",
    "a helper": "ONE = 1\ndef helper(n): return n + ONE\ndef g(n): return helper(n)\ndef unused(n): return n - 5\n",
    "a nested function": "def g(n):\n    def add(k): return n + k\n    return add(1)\n",
    "a generator inside": "def g(n):\n    def up():\n        yield from range(n + 2)\n    return list(up())[-1]\n",
    "recursive": "def g(n):\n    return 1 if n == 0 else g(n - 1) + 1\n",
}


@pytest.mark.parametrize("name", REFERENCE)
def test_a_reference_is_handed_in_under_the_name_that_students_define(question, name):
    asked = question("f(n)", "{n: integer(0..9)}", "equals: reference.mod.g", "returns: integer\n", REFERENCE[name])
    mutants = list(KIND.mutants(asked, RUN))
    assert mutants
    assert {mutant.source for mutant in mutants} == {"the reference reference.mod.g"}
    assert all("unused" not in mutant.change and "reference/mod.py:" in mutant.change for mutant in mutants)
    found = list(KIND.judge_mutants(asked, mutants[:3], RUN))
    assert {verdict.status for verdict in found} <= {"killed", "equivalent"}
    assert any(verdict.status == "killed" for verdict in found)


def test_a_reference_with_modules_of_its_own_is_a_package(loaded, question):
    """Another module of the course is changed as well, and a file in an old encoding stays in it."""
    asked = question(
        "f(n)",
        "{n: integer(0..9)}",
        "equals: reference.mod.g",
        known("def f(n):\n    return n + 1\n"),
        "def g(n):\n    return n + 1\n",
    )
    plan_of(asked)
    folder = asked.path.parent / "reference"
    (folder / "mod.py").write_text(
        "from reference.steps import more as m\nfrom . import sizes\ndef g(n):\n    return m(n) * sizes.ONE\n"
    )
    (folder / "steps.py").write_bytes(
        "# -*- coding: latin-1 -*-\n# größer\ndef more(n):\n    return n + 1\ndef other(n):\n    return n\n".encode(
            "latin-1"
        )
    )
    (folder / "sizes.py").write_text("ONE = 1\nTWO = 2\n")
    (reference, right) = candidates(asked)
    assert (reference.problem, right.problem) == ("", "")
    mutants = list(mutants_of([reference.right]))
    assert {mutant.change.partition(":")[0] for mutant in mutants} == {
        "reference/mod.py",
        "reference/steps.py",
        "reference/sizes.py",
    }
    assert not any("TWO" in mutant.change or "return n\n" in mutant.change for mutant in mutants)
    steps = next(mutant for mutant in mutants if "steps" in mutant.change)
    code = steps.answer.code
    assert any("größer".encode("latin-1") in module.source for module in code.modules.files)
    handed_in = [judge_answer(asked, answer) for answer in (reference.right.answer, steps.answer)]
    assert [result.points for result in handed_in] == [1, 0]


def test_a_class_is_changed_like_a_function(loaded):
    text = """\
        question: q
        title: A counter
        points: 2
        answer: function
        class: {name: Counter, init: [start], calls: ["y = add(x)", "total = self.total"]}
        inputs: {start: integer(0..3), x: integer(0..3)}
        checks:
          - {name: adds, points: 1, holds: "out['y'] == start + x"}
          - {name: keeps, points: 1, holds: "out['total'] == start + x"}
        cases: 20
        known:
          right:
            earns: 2
            code: |
              class Counter:
                  def __init__(self, start):
                      self.total = start
                  def add(self, x):
                      self.total += x
                      return self.total
        """
    found = verdicts(loaded(textwrap.dedent(text), ""))
    assert {verdict.status for verdict in found} <= {"killed", "equivalent"}
    changed = {verdict.mutant.change.splitlines()[2]: verdict for verdict in found}
    assert changed["+ self.total = x"].lost_lines == (0, 1)
    assert changed["+ return None"].lost_lines == (0,)


def remarks(question, found=()):
    return list(KIND.strength_remarks(question, list(found), RUN))


def test_why_nothing_is_made_of_an_answer_is_said(question):
    asked = question(
        "f(n)",
        "{n: integer(1..9)}",
        "equals: reference.mod.g\nholds: out < 5",
        "returns: integer\n",
        "import os\ndef g(n):\n    return n\n",
    )
    assert list(KIND.mutants(asked, RUN)) == []
    texts = [remark.text for remark in remarks(asked)]
    assert texts[0].startswith(
        "no wrong answers are made of the reference reference.mod.g: handed in, it earns 1 of 2 points: line 2: f(n="
    )
    assert "no wrong answers can be made" in texts[1]


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("%matplotlib inline\ndef f(n):\n    return n\n", "it is no Python that can be changed"),
        ("def g(n):\n    return n\n", "handed in, it cannot be judged"),
        ("def f(n):\n    return n + 1\n", "handed in, it earns 0 of 1 points: line 1: f(n="),
    ],
)
def test_why_a_known_answer_is_not_changed_is_said(question, code, why):
    right = "def f(n):\n    return n\n"
    asked = question("f(n)", "{n: integer(1..9)}", "holds: out == n", "returns: integer\n" + known(code, right))
    assert {mutant.source for mutant in KIND.mutants(asked, RUN)} == {"known 'right 1'"}
    (remark,) = remarks(asked)
    assert remark.text.startswith(f"no wrong answers are made of known 'right 0': {why}")


def test_remarks_name_what_the_rubric_lacks(question):
    asked = question("half(g)", '{g: "sequence(1..3, integer(1..9))"}', WEAK, "returns: vector(len(g))\n" + known(HALF))
    wrong = "def half(g):\n    return [x * 2 for x in g]\n"
    writing = "def half(g):\n    for i in range(len(g)): g[i] /= 2\n    return g\n"
    found = remarks(asked, [verdict_on(asked, wrong), verdict_on(asked, writing)])
    assert [remark.yaml for remark in found] == [
        "- {name: leaves its arguments as they are, points: 1, pure: true}",
        "",
    ]
    assert found[0].text.startswith("1 wrong answer writes into its arguments")
    assert found[1].text.endswith("write a function in `reference/` and a line that `equals` it")


def test_no_line_is_proposed_that_a_reference_fails_where_it_refuses(question):
    lines = "name: refuses, raises: ValueError, when: n < 0\nname: right, holds: out == n, when: n > 0"
    code = "def f(n):\n    if n < 0:\n        raise ValueError('negative')\n    return n\n"
    asked = question(
        "f(n)", "{n: integer(-3..3)}", lines, "returns: integer\n" + known(code).replace("earns: 1", "earns: 2")
    )
    (said,) = remarks(asked, [verdict_on(asked, code.replace("n < 0", "n <= 0"))])
    assert said.text.endswith("such as f(n=0)")
    assert not said.yaml


def test_known_answers_that_do_not_agree_are_named(question):
    """Each claims all points and one is wrong: that mutants of both are killed says nothing of this hole."""
    right, wrong = "def f(n):\n    return n * n\n", "def f(n):\n    return n + 2\n"
    asked = question(
        "f(n)", "{n: integer(1..4)}", "holds: out > n or n == 1", "returns: integer\n" + known(right, wrong)
    )
    (said,) = [remark.text for remark in remarks(asked) if "unless both are right" in remark.text]
    assert said.startswith("known 'right 1' earns all points, but at f(n=1) it gives 3, and known 'right 0' 1: ")
    assert "right answers differ, and the lines alone decide" in verdict_on(asked, right).reason


@pytest.mark.long
def test_each_mutant_that_is_killed_has_an_input_that_kills_it(question):
    """The first calls of many that are all as long do not tell it; a later one does."""
    right, late = "def f(n):\n    return n\n", "def f(n):\n    return n + (n > 890)\n"
    asked = question(
        "f(n)", "{n: integer(100..900)}", "holds: out == n", "returns: integer\ncases: 600\n" + known(right)
    )
    found = verdict_on(asked, late)
    assert found.status == "killed"
    (call,) = found.killing_inputs
    assert 890 < int(call.removeprefix("f(n=").removesuffix(")")) <= 900


def test_a_line_that_nothing_loses_is_named(question):
    lines = "name: right, holds: out == n + 1\nname: idle, holds: out < 100"
    asked = question(
        "f(n)",
        "{n: integer(1..9)}",
        lines,
        "returns: integer\n" + known("def f(n):\n    return n + 1\n").replace("earns: 1", "earns: 2"),
    )
    killed = [verdict for verdict in verdicts(asked) if 1 not in verdict.lost_lines]
    assert [remark.text for remark in remarks(asked, killed)] == [
        "no wrong answer that was judged loses 'idle': is there a mistake that would?"
    ]


def test_more_inputs_are_proposed_where_they_would_kill(question):
    asked = question(
        "f(n)",
        "{n: integer(0..60)}",
        "holds: out == (1 if n >= 7 else 0)",
        "cases: 2\nreturns: integer\n" + known("def f(n):\n    return int(n >= 7)\n"),
    )
    survivors = [verdict for verdict in verdicts(asked) if verdict.status == "survived"]
    assert survivors
    (remark,) = remarks(asked, survivors)
    factor = int(remark.yaml.removeprefix("cases: ")) // 2 if remark.yaml else 0
    assert factor in (2, 4, 8) or "sets of its own" in remark.text


def test_a_line_that_a_right_answer_fails_on_other_inputs_decides_nothing(question):
    lucky, right = "def f(n):\n    return n if n != 7 else 0\n", "def f(n):\n    return n\n"
    asked = question(
        "f(n)", "{n: integer(0..60)}", "holds: out == n", "cases: 1\nreturns: integer\n" + known(lucky, right)
    )
    found = verdict_on(asked, right, "known 'right 1'")
    assert found.status == "equivalent"
    assert found.reason.endswith("; 'line 1' is left out where known 'right 0' fails it)")


@pytest.mark.long
def test_calls_that_there_was_no_time_for_show_nothing(question, monkeypatch):
    """A function that is slow, and right, is not wrong for what it was never asked.

    Each call has more time than a round, so that none takes too long by itself on a busy machine.
    """
    monkeypatch.setattr(code_runner, "Limits", lambda **limits: Limits(**limits | {"run_seconds": 0.3}))
    monkeypatch.setattr(code_runner, "MAX_MORE_SESSIONS", 0)
    slow = "import time\ndef f(n):\n    time.sleep(0.02)\n    return n\n"
    asked = question(
        "f(n)",
        "{n: integer(0..999)}",
        "holds: out == n",
        "cases: 2\ncall_seconds: 10\nreturns: integer\n" + known(slow),
    )
    assert verdict_on(asked, slow).status == "equivalent"
    assert verdict_on(asked, slow.replace("return n", "return n + (n > 100)")).status in ("killed", "survived")


@pytest.mark.long
def test_the_same_mutants_get_the_same_verdicts_from_another_judge(question):
    code = "def f(a, b):\n    return a - b if a > 0 else abs(a) - b\n"
    asked = question(
        "f(a, b)",
        "{a: integer(-9..9), b: integer(-9..9)}",
        "holds: out >= a - b - 1",
        "cases: 4\nreturns: real\n" + known(code),
    )
    first = verdicts(asked, slice(None, None, 3))
    other = CodeMutantJudge(asked, POOL)
    assert [other.verdict(verdict.mutant) for verdict in first] == first
    assert {verdict.status for verdict in first} == {"killed", "survived"}
    assert pickle.loads(pickle.dumps(first)) == first  # noqa: S301  # our own


LAB = Path(__file__).parents[2] / "specs"


def shipped(assignment, name):
    """A function question of this repository."""
    questions = ways_of_all(load_assignment(LAB / assignment))
    return next(one for one in questions if one.id == name and one.kind is KIND)


def misses(found):
    return [(verdict.mutant.change, verdict.reason) for verdict in found if verdict.status in ("survived", "held")]


@pytest.mark.long
def test_some_mutants_of_a_shipped_question_lose_points():
    assert misses(verdicts(shipped("sequence_lab", "exponential_decay"), slice(None, None, 5))) == []


SHIPPED = [("assignment3", "q1"), *(("sequence_lab", name) for name in (
    "one_hot", "clip_by_value", "clip_by_norm", "clip_average", "free_run", "teacher_forcing", "scheduled_sampling",
    "linear_decay", "exponential_decay", "inverse_sigmoid_decay", "bptt_gradient",
))]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("assignment", "name"), SHIPPED)
def test_no_wrong_mutant_of_a_shipped_question_earns_all_points(assignment, name, monkeypatch):
    monkeypatch.setattr(larger_corpus, "PARTS", 5)
    monkeypatch.setattr(larger_corpus, "MIN_PART_CASES", 200)
    assert misses(verdicts(shipped(assignment, name))) == []
