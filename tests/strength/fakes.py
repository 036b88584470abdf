"""A question of a kind that is made for tests: its mutants are numbers, and what becomes of each is written in a table."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from grader.documents import MappingNode, ScalarNode
from grader.errors import SourceLocation
from grader.kinds.base import BaseKind
from grader.kinds.mutants import Mutant, MutantVerdict, StrengthRemark
from grader.spec.assignment import Assignment
from grader.spec.question import BaseQuestion, RubricLine

LINES = (RubricLine("first", Fraction(4)), RubricLine("second", Fraction(6)))
TOP = Fraction(10)


class TableKind(BaseKind):
    """Judges as its question says."""

    name = "table"
    model = blank = score = answer = None
    build = None

    def mutants(self, question, run):
        if question.raises:
            raise ValueError("planted")
        return iter(question.made)

    def judge_mutants(self, question, mutants, run):
        for mutant in mutants:
            question.asked.append(mutant.answer)
            if mutant.answer == "raises":
                raise ValueError("planted")
            if mutant.answer == "deadly":
                os.kill(os.getpid(), signal.SIGKILL)
            yield question.table.get(mutant.answer, killed)(mutant)

    def strength_remarks(self, question, verdicts, run):
        yield StrengthRemark(f"{len(verdicts)} verdicts", "examples: {}\n")


KIND = TableKind()


@dataclass(frozen=True, eq=False)
class TableQuestion(BaseQuestion):
    made: tuple
    table: dict
    asked: list
    raises: bool = False
    kind = KIND
    rubric = LINES


def question(answers, table=None, name="q1", **more):
    """A question with a mutant for each answer; `table` says what becomes of them, and the others are killed."""
    source = MappingNode(SourceLocation(""))
    source[ScalarNode("question", SourceLocation(""))] = ScalarNode(name, SourceLocation(""))
    made = tuple(one if isinstance(one, Mutant) else mutant(one) for one in answers)
    return TableQuestion(name, name, TOP, "", made=made, table=table or {}, asked=[], source=source, **more)


def assignment(*questions):
    return Assignment("fake", "Fake", questions, Path(__file__).parent, tuple(one.id for one in questions))


def mutant(answer, operator="sign"):
    return Mutant(operator, f"0 -> {answer}", "the reference", answer)


def killed(one, *, inputs=("0",), lines=(0,), points=Fraction(0)):
    return MutantVerdict(one, "killed", points, lines, tuple(inputs), f"behaviour {one.answer}")


def survived(one, *, inputs=()):
    return MutantVerdict(one, "survived", TOP, (), tuple(inputs), reason="nothing looks at it")


def equivalent(one):
    return MutantVerdict(one, "equivalent", TOP)
