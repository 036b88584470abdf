"""Which rubric lines a machine breaks: every reachable state where they end, long samples where they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

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
    corpus = question.corpus
    for word, wanted in zip(corpus.words, corpus.wanted, strict=True):
        for line, length in _breaks(question.judge, machine, word, wanted).items():
            if line not in findings.broken:
                findings.broken[line] = _shrunk(question, machine, word[:length], line)
    sampled = Sampled(len(corpus.words), question.budget.seed)
    if findings.walk is None or findings.walk.length == 0:
        return sampled
    length = findings.walk.length
    return Exhausted(length, words_up_to(question, length), sampled)


def words_up_to(question: WeightsQuestion, length: int) -> int:
    """How many inputs of 1 to `length` steps the question allows."""
    judge = question.judge
    return count_words(judge.machine(question.symbols or ()), judge.allows, length)


def _breaks(judge: Judge, machine: Machine, word: Word, wanted: Sequence[Step]) -> dict[int, int]:
    """The rubric lines that a run breaks, each with the length of the word up to its first wrong step."""
    broken: dict[int, int] = {}
    answered = machine.run(word)
    for t, (answer, want) in enumerate(zip(answered, wanted, strict=False)):
        if not judge.allows(want):
            break
        if not judge.accepts(answer.output, want):
            for line in judge.concerned(want):
                broken.setdefault(line, t + 1)
    return broken


def _shrunk(question: WeightsQuestion, machine: Machine, found: Word, line: int) -> Broken:
    """The smallest word on which the same line breaks that Hypothesis comes to from its seed."""
    behaviour = question.judge.machine(question.symbols or ())

    def first_break(word: Word) -> int | None:
        return _breaks(question.judge, machine, word, behaviour.run(word)).get(line)

    return Broken(question.corpus.shrink(found, first_break), shortest=False)
