"""Which rubric lines a machine breaks: every reachable state where they end, long samples where they do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.kinds.weights.question import WeightsQuestion
from grader.language.arrays import Value
from grader.machines.alphabet import Word
from grader.machines.explore import Stop, Walk, WordCount, count_words
from grader.machines.machine import AnswerMachine, Edge, EquationMachine, Machine, OutputBeyondLimits, Step
from grader.machines.program import Program
from grader.machines.sample import MAX_LENGTH, Corpus
from grader.machines.specification import Specification
from grader.verdict import Evidence, Exhausted, NoEvidence, Proved, Sampled

MAX_STORED_BITS = 1 << 28
"""Bits of all the numbers that the states of one walk remember (32 MiB); more end the walk as too many states do."""


@dataclass(frozen=True)
class Broken:
    """A word whose last step breaks a rubric line; `shortest` where no shorter word does."""

    word: Word
    shortest: bool = True


@dataclass
class Findings:
    """What a machine breaks, by number of the rubric line, and how strong the evidence for the rest is.

    `met` are the lines that some step was about at which the machine's output was compared with the wanted one;
    `about` counts, by line, the drawn inputs that were about it and were run to their end.
    """

    broken: dict[int, Broken] = field(default_factory=dict)
    holds: Evidence = field(default_factory=NoEvidence)
    walk: Walk | None = None
    met: set[int] = field(default_factory=set)
    about: Counter[int] = field(default_factory=Counter)

    @property
    def proved_right(self) -> bool:
        """Nothing is broken, for every input of every length asked for."""
        return not self.broken and isinstance(self.holds, Proved)

    def holds_for(self, line: int) -> Evidence:
        """The evidence for one line: of the inputs that were drawn, only those count that are about it."""
        match self.holds:
            case Exhausted(sampled=Sampled(seed=seed)):
                drawn = Sampled(self.about[line], seed) if self.about[line] else None
                return replace(self.holds, sampled=drawn)
            case Sampled(seed=seed):
                return Sampled(self.about[line], seed)
        return self.holds


def answer_machine(
    question: WeightsQuestion, values: Mapping[str, Value], program: Program | None = None
) -> EquationMachine:
    """The network (or another reading of it) with an answer's weights."""
    return AnswerMachine(program or question.program, values, question.symbols or ())


def examine(question: WeightsQuestion, machine: Machine, corpus: Corpus | None = None) -> Findings:
    """Every rubric line, decided by one walk beside the behaviour; sampled where the walk cannot end.

    `corpus`: other words than the question's.
    """
    findings = Findings()
    if question.symbols is not None:
        findings.walk = walk_lines(question, machine, findings)
        if findings.walk.complete:
            findings.holds = Proved(len(findings.walk.nodes), question.bounds.length)
            return findings
    if len(findings.broken) < len(question.rubric):
        findings.holds = sample_lines(question, machine, findings, corpus or question.corpus)
    return findings


def walk_lines(question: WeightsQuestion, machine: Machine, findings: Findings) -> Walk:
    """Walks machine and behaviour side by side and notes the first, and so a shortest, word that breaks each line.

    An answer must stay within the limits of exact arithmetic for as many steps as the longest drawn inputs have:
    numbers that grow beyond them earlier are wrong there, and later they end the walk.
    """
    specification, symbols = question.specification, question.symbols or ()
    broken, met, every = findings.broken, findings.met, len(question.rubric)

    def visit(walk: Walk, node: int, symbol: int, edges: list[Edge]) -> bool:
        answered, wanted = edges
        if not specification.allows(wanted.step):
            return False
        if isinstance(answered.step.output, OutputBeyondLimits) and walk.depth(node) >= MAX_LENGTH:
            raise Stop
        if isinstance(machine, AnswerMachine) and machine.stored_bits > MAX_STORED_BITS:
            raise Stop
        if len(met) < every:
            met.update(specification.lines_applying_to(wanted.step))
        if not specification.accepts(answered.step.output, wanted.step):
            for line in specification.lines_applying_to(wanted.step):
                if line not in broken:
                    broken[line] = Broken(tuple(symbols[i] for i in walk.word(node, symbol)))
                    if len(broken) == every:
                        raise Stop
        return True

    walk = Walk([machine, specification.machine(symbols)])
    walk.run(visit, question.bounds)
    return walk


def sample_lines(question: WeightsQuestion, machine: Machine, findings: Findings, corpus: Corpus) -> Evidence:
    """Runs a corpus of long words; a failure is shrunk. The evidence for the lines that hold.

    Only words that are longer than every word of the walk, and that were run to their end, count as drawn.
    """
    length, finished = findings.walk.length if findings.walk else 0, 0
    for i, trial in enumerate(corpus.trials):
        run = _compared(question.specification, machine, trial.word, trial.wanted)
        findings.met |= run.met
        for line, steps in run.broken.items():
            if line not in findings.broken:
                findings.broken[line] = _shrunk(question, machine, trial.word[:steps], line, i < corpus.drawn)
        if trial.whole and run.length == len(trial.word) > length:
            finished += 1
            findings.about.update(trial.lines)
    if len(findings.broken) == len(question.rubric):
        return NoEvidence()
    sampled = Sampled(finished, question.budget.seed) if finished else None
    if not length:
        return sampled or NoEvidence()
    counted = words_up_to(question, length)
    return Exhausted(length, counted.number, sampled, counted.more)


def words_up_to(question: WeightsQuestion, length: int) -> WordCount:
    """How many inputs of 1 to `length` steps the question allows."""
    specification = question.specification
    return count_words(specification.machine(question.symbols or ()), specification.allows, length)


@dataclass(frozen=True)
class _Run:
    """The rubric lines that a run breaks, each with the length of the word up to its first wrong step.

    `met`: the lines that a compared step is about; `length`: how many steps were compared.
    """

    broken: dict[int, int]
    met: set[int]
    length: int


def _compared(specification: Specification, machine: Machine, word: Word, wanted: Sequence[Step]) -> _Run:
    broken, met = dict[int, int](), set[int]()
    answered, t = machine.run(word), 0
    for answer, want in zip(answered, wanted, strict=False):
        if not specification.allows(want):
            break
        t += 1
        lines = specification.lines_applying_to(want)
        met.update(lines)
        if not specification.accepts(answer.output, want):
            for line in lines:
                broken.setdefault(line, t)
    return _Run(broken, met, t)


def _shrunk(question: WeightsQuestion, machine: Machine, found: Word, line: int, drawn: bool) -> Broken:
    """A small word on which the same line breaks; of drawn words, the smallest that Hypothesis comes to."""
    behaviour = question.specification.machine(question.symbols or ())

    def first_break(word: Word) -> int | None:
        return _compared(question.specification, machine, word, behaviour.run(word)).broken.get(line)

    return Broken(question.corpus.shrink(found, first_break, drawn=drawn), shortest=False)
