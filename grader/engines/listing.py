"""Tries every input where they can be listed: one step of too many symbols for a walk, or few steps."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import field
from typing import Any, NamedTuple

from flint import fmpq

from grader.deferred import dataclass
from grader.engines.ball_steps import judge_step
from grader.engines.claim import Claim
from grader.engines.engine import Broken, Budget, Findings, OpenLines, Unknown
from grader.engines.long_runs import MAX_SAMPLED_LENGTH
from grader.engines.rationals import nothing_undecidable
from grader.evidence import Certificate, NoEvidence, Proved
from grader.language.arithmetic import TooLarge
from grader.language.precision import Refinement, decided
from grader.machines.alphabet import Alphabet, FiniteAlphabet, NumberDomain, Symbol, Word
from grader.machines.enclosed import left_open
from grader.machines.explore import count_words
from grader.machines.machine import EquationMachine, Machine, OutputBeyondLimits
from grader.machines.specification import Specification

MAX_LISTED_INPUTS = 1_000_000
"""Inputs of all lengths that are tried one by one."""

LISTING_KIND = "listing"
"""The kind of a certificate that says how many inputs were tried: `inputs`."""


class ListingEngine:
    """Decides questions with a `length` by running each of the inputs."""

    name = "listing"
    only_runs = True
    undecidable = staticmethod(nothing_undecidable)

    def decide(
        self, network: Machine, specification: Specification, lines: OpenLines, budget: Budget
    ) -> Findings | Unknown:
        """A proof for the lines that hold and the first of the shortest inputs for each that breaks."""
        if budget.bounds.length is None or not isinstance(network, EquationMachine):
            return Unknown("the question is not about equations over inputs of bounded length", applies=False)
        if not _is_listed(specification, network.program.system.alphabet, budget.bounds.length):
            return Unknown(f"there are more than {MAX_LISTED_INPUTS} inputs", remedy="a smaller range of inputs")
        tried = _try_all(network, specification, budget.bounds.length, lines.numbers)
        if tried is None:
            return Unknown("the numbers of the behaviour grow beyond the limits")
        broken = {line: Broken(word) for line, word in tried.broken.items()}
        undecided = {line: why for line, why in tried.undecided.items() if line not in broken}
        if tried.grows_late and len(broken) < len(lines.numbers):
            findings = Findings(broken, NoEvidence(), met=frozenset(tried.met), undecided=undecided)
            return Unknown("the numbers of the network grow beyond the limits", findings)
        certificate = Certificate(LISTING_KIND, {"inputs": tried.inputs})
        holds = Proved(None, budget.bounds.length, certificate=certificate)
        return Findings(broken, holds, met=frozenset(tried.met), undecided=undecided)


def check_listing(claim: Claim, certificate: Certificate) -> Proved | None:
    """The proof that none of as many inputs as the certificate says breaks a line; None where there are others."""
    alphabet, length = claim.network.program.system.alphabet, claim.length
    if length is None or not _is_listed(claim.specification, alphabet, length):
        return None
    tried = _try_all(claim.network, claim.specification, length, claim.lines)
    if tried is None or tried.grows_late or tried.broken or tried.undecided:
        return None
    if tried.inputs != certificate.content.get("inputs"):
        return None
    return Proved(None, length, certificate=certificate)


@dataclass
class _Tried:
    """A shortest word for each line that breaks, the lines that some step is about, and how many inputs were run.

    `undecided`: what balls left open, by line. `grows_late`: numbers were beyond the limits after as many steps as
    drawn inputs have, which costs nothing, as in a walk; no longer inputs were tried from there.
    """

    broken: dict[int, Word] = field(default_factory=dict)
    undecided: dict[int, str] = field(default_factory=dict)
    met: set[int] = field(default_factory=set)
    inputs: int = 0
    grows_late: bool = False

    def take(self, wrong: _Prefix, lines: Set[int]) -> None:
        """Remembers a wrong word for each of the lines of which no word as short or shorter is known to break it."""
        for line in lines:
            if line not in self.broken or wrong.length < len(self.broken[line]):
                self.broken[line] = wrong.word()

    def still_open(self, lines: Set[int], length: int) -> int:
        """The steps of the longest words that may still change what is found."""
        if len(self.broken) < len(lines):
            return length
        return max(map(len, self.broken.values())) - 1


class _Prefix(NamedTuple):
    """A word, as the word before its last step and that step's symbol, and the states that it leads to."""

    before: _Prefix | None
    symbol: Symbol
    length: int
    answered: Any
    wanted: Any

    def word(self) -> Word:
        symbols, prefix = list[Symbol](), self
        while prefix.before is not None:
            symbols.append(prefix.symbol)
            prefix = prefix.before
        return tuple(symbols[::-1])


def _try_all(network: EquationMachine, specification: Specification, length: int, lines: Set[int]) -> _Tried | None:
    """Runs every allowed word, each from where the word before its last step came to; None: a number is too large.

    Once all lines are broken, only shorter words are looked at.
    """
    behaviour, found, symbols = specification.machine(), _Tried(), _symbols(network.program.system.alphabet)
    refinement = Refinement()
    todo, deepest = [_Prefix(None, (), 0, decided(lambda: network.initial), behaviour.initial)], length
    while todo:
        prefix = todo.pop()
        following = list[_Prefix]()
        for symbol in symbols() if prefix.length < deepest else ():
            try:
                after, wanted = behaviour.step(prefix.wanted, symbol)
            except TooLarge:
                return None
            if not specification.allows(wanted):
                continue
            word = _Prefix(prefix, symbol, prefix.length + 1, None, after).word
            outcome = judge_step(network, specification, refinement, prefix.answered, symbol, wanted, word)
            if isinstance(outcome.output, OutputBeyondLimits) and prefix.length >= MAX_SAMPLED_LENGTH:
                found.grows_late = True
                continue
            longer = _Prefix(prefix, symbol, prefix.length + 1, outcome.state, after)
            about = specification.lines_applying_to(wanted)
            found.inputs += 1
            found.met.update(about)
            if outcome.right is None:
                found.undecided.update(
                    dict.fromkeys(about, left_open(specification, word(), outcome.reason, outcome.bits))
                )
            elif not outcome.right:
                found.take(longer, lines & set(about))
                deepest = min(deepest, found.still_open(lines, length))
            if longer.length < deepest and outcome.state is not None:
                following.append(longer)
        todo += reversed(following)
    return found


def _is_listed(specification: Specification, alphabet: Alphabet, length: int) -> bool:
    """Whether there are at most MAX_LISTED_INPUTS words; where not all are allowed, those that are count."""
    symbols, total = _symbol_count(alphabet), 0
    if symbols > MAX_LISTED_INPUTS:
        return False
    for steps in range(1, length + 1):
        total += symbols**steps
        if total > MAX_LISTED_INPUTS:
            break
    else:
        return True
    if not (specification.assumed() or alphabet.language) or not isinstance(alphabet.symbol_set, FiniteAlphabet):
        return False
    try:
        counted = count_words(
            specification.machine(), alphabet.symbol_set, specification.allows, length, MAX_LISTED_INPUTS
        )
    except TooLarge:
        return False
    return not counted.more


def _symbol_count(alphabet: Alphabet) -> int:
    """How many symbols there are; more than MAX_LISTED_INPUTS where they are not counted."""
    if isinstance(alphabet.symbol_set, FiniteAlphabet):
        return len(alphabet.symbol_set.symbols)
    symbols = 1
    for domain in alphabet.number_domains:
        size = _size(domain)
        symbols = MAX_LISTED_INPUTS + 1 if size is None else symbols * size
        if symbols > MAX_LISTED_INPUTS:
            break
    return symbols


def _symbols(alphabet: Alphabet) -> Callable[[], Iterable[Symbol]]:
    """Gives all symbols in their order each time that it is called."""
    known = alphabet.symbol_set
    if isinstance(known, FiniteAlphabet):
        return lambda: known.symbols
    choices = [domain.values or _integers(domain) for domain in alphabet.number_domains]
    return lambda: map(alphabet.symbol, itertools.product(*choices))


def _size(domain: NumberDomain) -> int | None:
    """How many values a number has; None: endlessly many."""
    if domain.values is not None:
        return len(domain.values)
    if not domain.whole or domain.low is None or domain.high is None:
        return None
    return int((domain.high - domain.low).p) + 1


def _integers(domain: NumberDomain) -> Sequence[fmpq]:
    if domain.low is None or domain.high is None:
        return ()
    return [fmpq(n) for n in range(int(domain.low.p), int(domain.high.p) + 1)]
