"""Walks of networks in balls over inputs that can be listed: short words first, then those through unlike states.

Balls are never equal, so a walk that tells all states apart sees every word by itself: it covers the short ones, and
what it finds there is shortest. A walk that takes states in one cell of a grid for one comes further; each of its
states is what one word leads to, so that a wrong output is a fact, but a shorter word may be hidden behind another.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Collection, Hashable
from contextlib import suppress
from dataclasses import replace
from itertools import product
from typing import Any

from flint import ctx

from grader.engines.ball_steps import BallNode, BallSteps, WorkBudget, cell_of, is_exact
from grader.engines.boxes import BOX_PRECISION_BITS, BoxedSystem, UnboxedStep
from grader.engines.cover import covered_layers
from grader.engines.engine import Broken, Budget, Findings, OpenLines, Unknown
from grader.engines.rationals import nothing_undecidable
from grader.evidence import NoEvidence, Proved
from grader.language.ball_numbers import Undecided
from grader.language.precision import PRECISION_BITS
from grader.machines.alphabet import FiniteAlphabet, UnlistedAlphabet
from grader.machines.enclosed import EnclosedMachine, judged_empty_input
from grader.machines.machine import Machine, state_key
from grader.machines.specification import Specification

MAX_SHORT_WORK = 30_000
"""Multiplications, about, of the walk through all short words."""

MAX_GRID_WORK = 200_000
"""The same of the walk over one grid."""

MAX_PERIODIC_WORK = 300_000
"""The same of all periodic words together."""

MIN_WALKED_STEPS = 300
"""Steps of a walk, however much work they are."""

GRID_PLACES = (2, 4, 6, 9)
"""Decimal places to which states are alike, one grid after the other."""

MAX_PERIODIC_STEPS = 2_000
"""Steps of the longest periodic word."""

MAX_SHORT_WORDS = 100
MAX_PREFIXES, MAX_PERIODS = 8, 6
"""Short words after which, and short words of which, periodic words are made; they are taken from so many."""

SETTLED_PLACES = 14
"""Decimal places to which a state comes back where a periodic word is not followed any further."""


ALIKE_PLACES = 5
"""Decimal places to which states of two networks are alike where their behaviour is compared."""


class ShortWordsEngine:
    """Decides lines that some short word breaks; proves only where the words end, or the states are rational."""

    name = "short inputs"
    only_runs = False
    undecidable = staticmethod(nothing_undecidable)

    def decide(
        self, network: Machine, specification: Specification, lines: OpenLines, budget: Budget
    ) -> Findings | Unknown:
        """A shortest word for each line that breaks; Unknown, with how far all words were taken, where some hold."""
        steps = _steps(network, specification, lines.numbers)
        if isinstance(steps, str):
            return Unknown(steps, applies=False)
        walk = BallWalk(steps, None, budget.bounds.length)
        walk.run(WorkBudget(max(MAX_SHORT_WORK, MIN_WALKED_STEPS * steps.step_work)))
        if walk.complete and steps.first_open == math.inf:
            return steps.findings(walk.covered, Proved(walk.states, budget.bounds.length))
        findings = steps.findings(walk.covered, NoEvidence())
        if not steps.open:
            return findings
        return Unknown(f"not all inputs of more than {findings.covered} steps could be tried", findings, applies=False)


class GridWalkEngine:
    """Looks for words that break a line among those that lead to unlike states, and among periodic ones."""

    name = "grid"
    only_runs = False
    undecidable = staticmethod(nothing_undecidable)

    def decide(
        self, network: Machine, specification: Specification, lines: OpenLines, budget: Budget
    ) -> Findings | Unknown:
        """A word for each line that breaks, which is shortest where all shorter ones were covered before."""
        steps = _steps(network, specification, lines.numbers)
        if isinstance(steps, str):
            return Unknown(steps, applies=False)
        longest = budget.bounds.length
        _follow_periodic(steps, longest)
        for places in GRID_PLACES:
            found = max(map(len, steps.broken.values()), default=0)
            if not steps.open and found <= lines.length + 1:
                break
            finer = BallSteps(steps.network, specification, steps.alphabet, set(lines.numbers), steps.refinement)
            walk = BallWalk(finer, places, longest if steps.open else found - 1)
            walk.run(WorkBudget(max(MAX_GRID_WORK, MIN_WALKED_STEPS * steps.step_work)))
            steps.take_shorter(finer)
            if not walk.complete:
                break
        findings = steps.findings(lines.length, NoEvidence())
        findings = replace(findings, broken={line: _shortest(steps, line, b) for line, b in findings.broken.items()})
        if not steps.open:
            return findings
        return Unknown("no input that was tried breaks the other lines", findings, applies=False)


def _shortest(steps: BallSteps, line: int, broken: Broken) -> Broken:
    """The same, known to be shortest where boxes cover all shorter words and none of these breaks the line."""
    shorter = len(broken.word) - 1
    if broken.shortest:
        return broken
    with ctx.workprec(BOX_PRECISION_BITS), suppress(UnboxedStep):
        system = BoxedSystem(steps.network, steps.specification)
        cover = covered_layers(system, steps.alphabet.symbols, [line], shorter)
        return replace(broken, shortest=len(cover.layers) == shorter)
    return broken


def _steps(network: Machine, specification: Specification, lines: Collection[int]) -> BallSteps | str:
    """The joint steps of a network in balls; why there are none for any other, or for inputs that cannot be listed."""
    if not isinstance(network, EnclosedMachine):
        return "the network has rational values"
    alphabet = network.symbol_set
    if isinstance(alphabet, UnlistedAlphabet):
        return "the inputs cannot be listed"
    return BallSteps(network, specification, alphabet, set(lines))


class BallWalk:
    """Words of growing length, breadth first and in the order of the symbols, each through a state that was not met.

    Without `places`, only exactly equal states are met again; with them, those that are alike to so many.
    """

    def __init__(self, steps: BallSteps, places: int | None, longest: int | None) -> None:
        self.steps = steps
        self.places = places
        self.longest = longest
        self.covered = 0
        """Every word of up to so many steps was taken, but for those through states that were met before."""
        self.states: int | None = 1
        """How many states were met; None where some word of the longest length leads to a new one."""
        self.complete = False
        """Every word was taken, but for those through states that were met before."""

    def run(self, work: WorkBudget) -> None:
        """Walks until every open line is broken, no new state is met, or the work is used up."""
        start = self.steps.start()
        if start is None:
            return
        seen, nodes, states = {self._key(start, 0)}, deque([start]), 1
        while nodes:
            node = nodes.popleft()
            self.covered = node.length
            if node.length == self.longest:
                self.states = None
                break
            for symbol in range(len(self.steps.alphabet.symbols)):
                if work.left <= 0 or not self.steps.open:
                    return
                following = self.steps.step(node, symbol, work)
                if following is None:
                    continue
                key = self._key(following, states)
                if key not in seen:
                    seen.add(key)
                    states += 1
                    nodes.append(following)
        else:
            self.states = states
        self.complete = True

    def _key(self, node: BallNode, number: int) -> Hashable:
        if self.places is not None:
            return node.wanted, cell_of(node.state, self.places)
        return (node.wanted, state_key(node.state)) if is_exact(node.state) else number


def _follow_periodic(steps: BallSteps, longest: int | None) -> None:
    """Takes short words that are followed by many repetitions of one: what leaks or drifts slowly shows there.

    All are followed side by side, so that what is found first is short; one ends where its state comes back.
    """
    symbols = range(len(steps.alphabet.symbols))
    short = [word for length in range(4) for word in product(symbols, repeat=length)][:MAX_SHORT_WORDS]
    periods = [word for word in short if word and not _is_repeated(word)][:MAX_PERIODS]
    start, work = steps.start(), WorkBudget(MAX_PERIODIC_WORK)
    if start is None:
        return
    follows = [_Followed(steps, start, prefix, period) for prefix in short[:MAX_PREFIXES] for period in periods]
    for length in range(1, min(longest or MAX_PERIODIC_STEPS, MAX_PERIODIC_STEPS) + 1):
        follows = [followed for followed in follows if followed.advance(length, work)]
        if not follows or not steps.open or work.left <= 0:
            return


def _is_repeated(word: tuple[int, ...]) -> bool:
    return len(word) > 1 and len(set(word)) == 1


class _Followed:
    """One word that is followed: a prefix, and then a period again and again."""

    def __init__(self, steps: BallSteps, start: BallNode, prefix: tuple[int, ...], period: tuple[int, ...]) -> None:
        self._steps = steps
        self._node = start
        self._prefix = prefix
        self._period = period
        self._met = dict[Hashable, None]()

    def advance(self, length: int, work: WorkBudget) -> bool:
        """Takes the step that makes the word so long; False where the word ends, or only repeats what it has shown."""
        position = length - 1 - len(self._prefix)
        symbol = self._prefix[length - 1] if position < 0 else self._period[position % len(self._period)]
        following = self._steps.step(self._node, symbol, work)
        if following is None:
            return False
        self._node = following
        if position >= 0 and (position + 1) % len(self._period) == 0:
            key = (following.wanted, cell_of(following.state, SETTLED_PLACES))
            if key in self._met:
                return False
            self._met[key] = None
        return True


def judged_alike(
    specification: Specification, one: EnclosedMachine, other: EnclosedMachine, longest: int | None, states: int
) -> bool:
    """True if two networks in balls are right and wrong at the same steps, on all words that lead to unlike states.

    That is no proof, as states in one cell of a grid are taken for one. False where so many states are not all.
    """
    alphabet, behaviour = one.symbol_set, specification.machine()
    if not isinstance(alphabet, FiniteAlphabet):
        return False
    if specification.judged.empty:
        before = [judged_empty_input(network, specification) for network in (one, other)]
        if before[0] is None or before[1] is None or before[0].right != before[1].right:
            return False
    pairs = deque([(one.initial, other.initial, 0, 0)])
    seen = {_pair_cell(*pairs[0][:3])}
    try:
        while pairs:
            first, second, wanted, length = pairs.popleft()
            for number, symbol in enumerate(alphabet.symbols if length != longest else ()):
                target, want = behaviour.edge(wanted, number)
                if not specification.allows(want):
                    continue
                with ctx.workprec(PRECISION_BITS[1]):
                    (next_first, left), (next_second, right) = one.step(first, symbol), other.step(second, symbol)
                    judged = [specification.accepts(step.output, want) for step in (left, right)]
                    if specification.counts(want) and judged[0] is not judged[1]:
                        return False
                cell = _pair_cell(next_first, next_second, target)
                if cell not in seen:
                    if len(seen) >= states:
                        return False
                    seen.add(cell)
                    pairs.append((next_first, next_second, target, length + 1))
    except Undecided:
        return False
    return True


def _pair_cell(first: Any, second: Any, wanted: int) -> Hashable:
    return cell_of(first, ALIKE_PLACES), cell_of(second, ALIKE_PLACES), wanted
