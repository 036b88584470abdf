"""Tries every input of one step where these can be listed, though they are too many symbols for a walk."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from flint import fmpq

from grader.engines.engine import Broken, Budget, Findings, OpenLines, Unknown
from grader.engines.rationals import nothing_undecidable
from grader.machines.alphabet import Alphabet, NumberDomain
from grader.machines.enclosed import Refinement, judged_run, left_open
from grader.machines.machine import EquationMachine, Machine
from grader.machines.specification import Specification
from grader.verdict import Proved

MAX_LISTED_INPUTS = 1_000_000
"""Inputs of one step that are tried one by one."""


class ListingEngine:
    """Decides questions with `length: 1` and finite inputs by running each of them."""

    name = "listing"
    only_runs = True
    undecidable = staticmethod(nothing_undecidable)

    def decide(
        self, network: Machine, specification: Specification, lines: OpenLines, budget: Budget
    ) -> Findings | Unknown:
        """A proof for the lines that hold and the first input for each that breaks."""
        if budget.bounds.length != 1 or not isinstance(network, EquationMachine):
            return Unknown("the question is not about one step of equations", applies=False)
        alphabet = network.program.system.alphabet
        choices = _choices(alphabet)
        if choices is None:
            return Unknown(f"there are more than {MAX_LISTED_INPUTS} inputs", remedy="a smaller range of inputs")
        behaviour, broken, met = specification.machine(), dict[int, Broken](), set[int]()
        undecided, refinement = dict[int, str](), Refinement()
        for numbers in itertools.product(*choices):
            word = (alphabet.symbol(numbers),)
            run = judged_run(network, specification, word, behaviour.run(word), refinement)
            if not run.wanted:
                continue
            about = specification.lines_applying_to(run.wanted[0])
            met.update(about)
            if run.open_question:
                undecided.update(dict.fromkeys(about, left_open(specification, word, run.open_question, run.bits)))
            elif not run.right[0]:
                broken.update({line: Broken(word) for line in about if line in lines.numbers and line not in broken})
                if len(broken) == len(lines.numbers):
                    break
        undecided = {line: why for line, why in undecided.items() if line not in broken}
        return Findings(broken, Proved(None, 1), met=frozenset(met), undecided=undecided)


def _choices(alphabet: Alphabet) -> list[Sequence[fmpq]] | None:
    """The values of each number of a symbol; None where they make too many symbols."""
    choices, total = list[Sequence[fmpq]](), 1
    for domain in alphabet.number_domains:
        size = _size(domain)
        total = MAX_LISTED_INPUTS + 1 if size is None else total * size
        if total > MAX_LISTED_INPUTS:
            return None
        choices.append(domain.values or _integers(domain))
    return choices


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
