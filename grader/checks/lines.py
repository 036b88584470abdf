"""Which rubric lines a machine breaks: every reachable state where they end, long samples where they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from grader.errors import HarnessError
from grader.language.arithmetic import TooLarge
from grader.language.arrays import Value
from grader.machines.alphabet import Word
from grader.machines.explore import Stop, Walk, count_words
from grader.machines.judge import Judge
from grader.machines.machine import Edge, EquationMachine, Machine, Step
from grader.machines.program import Program
from grader.spec.weights import WeightsQuestion
from grader.verdict import Evidence, Exhausted, NoEvidence, Proved, Sampled


@dataclass(frozen=True)
class Broken:
    """A word whose last step breaks a rubric line; `shortest` where no shorter word does."""

    word: Word
    shortest: bool = True


@dataclass
class Findings:
    """What a machine breaks, by number of the rubric line, and how strong the evidence for the rest is."""

    broken: dict[int, Broken] = field(default_factory=dict)
    holds: Evidence = field(default_factory=NoEvidence)
    walk: Walk | None = None

    @property
    def proved_right(self) -> bool:
        """Nothing is broken, for every input of every length asked for."""
        return not self.broken and isinstance(self.holds, Proved)


def answer_machine(
    question: WeightsQuestion, values: dict[str, Value], program: Program | None = None
) -> EquationMachine:
    """The network (or another reading of it) with an answer's weights."""
    return EquationMachine(program or question.program, values, question.symbols or ())


def examine(question: WeightsQuestion, machine: Machine) -> Findings:
    """Every rubric line, decided by one walk beside the behaviour; sampled where the walk cannot end."""
    findings = Findings()
    if question.symbols is not None:
        findings.walk = walk_lines(question, machine, findings.broken)
        if findings.walk.complete:
            findings.holds = Proved(len(findings.walk.nodes), question.bounds.length)
            return findings
        if len(findings.broken) == len(question.rubric):
            return findings
    findings.holds = sample_lines(question, machine, findings)
    return findings


def walk_lines(question: WeightsQuestion, machine: Machine, broken: dict[int, Broken]) -> Walk:
    """Walks machine and behaviour side by side and notes the first, and so a shortest, word that breaks each line."""
    judge, symbols = question.judge, question.symbols or ()
    every = len(question.rubric)

    def visit(walk: Walk, node: int, symbol: int, edges: list[Edge]) -> bool:
        answered, wanted = edges
        if not judge.allows(wanted.step):
            return False
        if not judge.accepts(answered.step.output, wanted.step):
            for line in judge.concerned(wanted.step):
                if line not in broken:
                    broken[line] = Broken(tuple(symbols[i] for i in walk.word(node, symbol)))
                    if len(broken) == every:
                        raise Stop
        return True

    walk = Walk([machine, judge.machine(symbols)])
    walk.run(visit, question.bounds)
    return walk


def sample_lines(question: WeightsQuestion, machine: Machine, findings: Findings) -> Evidence:
    """Runs the question's corpus of long words; a failure is shrunk. The evidence for the lines that hold."""
    corpus, finished, stuck = question.corpus, 0, False
    for word, wanted in zip(corpus.words, corpus.wanted, strict=True):
        run = _compared(question.judge, machine, word, wanted)
        finished += run.finished
        stuck = stuck or run.stuck
        for line, length in run.broken.items():
            if line not in findings.broken:
                findings.broken[line] = _shrunk(question, machine, word[:length], line)
    sampled = Sampled(finished, question.budget.seed) if finished else None
    length = findings.walk.length if findings.walk else 0
    if len(findings.broken) == len(question.rubric):
        return NoEvidence()
    if stuck:
        raise HarnessError(
            f"{question.id}: the first step of an input takes numbers beyond the limits of exact arithmetic"
        )
    if sampled is None and not length:
        raise HarnessError(f"{question.id}: none of the inputs drawn is one that the question allows")
    return Exhausted(length, words_up_to(question, length), sampled) if length else sampled or NoEvidence()


def words_up_to(question: WeightsQuestion, length: int) -> int:
    """How many inputs of 1 to `length` steps the question allows."""
    judge = question.judge
    return count_words(judge.machine(question.symbols or ()), judge.allows, length)


@dataclass(frozen=True)
class _Run:
    """The rubric lines that a run breaks, each with the length of the word up to its first wrong step.

    `finished`: at least one step was compared, and all as far as the question allows the word; `stuck`: none could be,
    because a number grew beyond the limits.
    """

    broken: dict[int, int]
    finished: bool = False
    stuck: bool = False


def _compared(judge: Judge, machine: Machine, word: Word, wanted: Sequence[Step]) -> _Run:
    broken: dict[int, int] = {}
    answered = machine.run(word)
    for t, (answer, want) in enumerate(zip(answered, wanted, strict=False)):
        if not judge.allows(want):
            return _Run(broken, finished=t > 0)
        try:
            right = judge.accepts(answer.output, want)
        except TooLarge:
            return _Run(broken, stuck=t == 0)
        if not right:
            for line in judge.concerned(want):
                broken.setdefault(line, t + 1)
    return _Run(broken, finished=len(answered) >= len(wanted) > 0, stuck=not answered)


def _shrunk(question: WeightsQuestion, machine: Machine, found: Word, line: int) -> Broken:
    """The smallest word on which the same line breaks that Hypothesis comes to from its seed."""
    behaviour = question.judge.machine(question.symbols or ())

    def first_break(word: Word) -> int | None:
        return _compared(question.judge, machine, word, behaviour.run(word)).broken.get(line)

    return Broken(question.corpus.shrink(found, first_break), shortest=False)
