"""A choice against the right one."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from grader.documents import ScalarNode, shortened
from grader.errors import Problem, SubmissionError, did_you_mean, in_sentences, listed
from grader.evidence import Counterexample, Evidence, Examples
from grader.kinds.choice.question import CHOICE_LINE, ChoiceQuestion
from grader.verdict import CheckResult, NamedMistake, QuestionResult

MAX_NAMED_CHOICES = 20
"""Choices that are not options and are listed one by one."""


def score_choice(question: ChoiceQuestion, chosen: Sequence[ScalarNode]) -> QuestionResult:
    """The marks of one or more options.

    Raises:
        SubmissionError: for a choice that is not one of the options.
    """
    unknown = [choice for choice in chosen if choice not in question.options]
    problems = [_unknown_choice(question, choice) for choice in unknown[:MAX_NAMED_CHOICES]]
    if more := len(unknown) - len(problems):
        problems.append(Problem(f"and {more} more are not among the options", unknown[MAX_NAMED_CHOICES].place))
    if problems:
        raise SubmissionError(*problems)
    picked = {str(choice) for choice in chosen}
    right, wrong = picked & question.right, picked - question.right
    points = question.points if picked == question.right else Fraction(0)
    if question.each:
        points = question.points * max(0, len(right) - len(wrong)) / len(question.right)
    message = in_sentences(question.say[name] for name in question.options if name in wrong and name in question.say)
    passed = points == question.points
    evidence: Evidence = Examples(1) if passed else Counterexample("the choice", "another", listed(sorted(picked)))
    check = CheckResult(
        CHOICE_LINE,
        points,
        question.points,
        "passed" if passed else "failed",
        evidence,
        "" if passed else message or f"the right choice is another one than {listed(sorted(picked))}",
        mistakes=tuple(NamedMistake("option", name) for name in question.options if name in wrong),
    )
    return QuestionResult(question.id, question.title, "graded", question.points, (check,))


def _unknown_choice(question: ChoiceQuestion, choice: ScalarNode) -> Problem:
    shown = shortened(choice)
    advice = did_you_mean(shown, question.options)
    return Problem(f"{shown!r} is not one of the options{advice} ({listed(question.options)})", choice.place)
