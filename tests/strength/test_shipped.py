"""The specs of this repository lose no wrong answer from sight: each survivor stands on the page of the help, with why."""

from __future__ import annotations

import re

import pytest

from grader.help_pages.pages import written_pages
from grader.kinds.table import load_assignment
from grader.strength.measure import StrengthOptions, measure

from ..answers.helpers import ROOT

SECTION = written_pages()["strength"].partition("## The assignments of this repository")[2]
SURVIVORS = set(re.findall(r"^- `([\w.]+)`, (.+?): `(.+?)`", SECTION, re.MULTILINE))
LIMIT = int(re.search(r"`--mutants (\d+)`", SECTION)[1])

QUESTIONS = [
    (assignment, question.id)
    for assignment in ("assignment3", "sequence_lab")
    for question in load_assignment(ROOT / "specs" / assignment).questions
    if question.kind.name != "written"
]


def unnamed(assignment, name, limit):
    """The survivors that the page does not name; nothing is held, and there is something to kill."""
    found = measure(load_assignment(ROOT / "specs" / assignment, asked=[name]), StrengthOptions(limit), asked=[name])
    assert not found.is_held
    assert all(way.counts["killed"] for way in found.ways)
    survivors = [
        (way.question, one.mutant.operator, one.mutant.change) for way in found.ways for one in way.of("survived")
    ]
    return [one for one in survivors if one not in SURVIVORS]


@pytest.mark.long
@pytest.mark.parametrize(("assignment", "name"), [("assignment3", "q3.3"), ("assignment3", "q5")])
def test_a_few_mutants_of_some_questions_lose_points(assignment, name):
    assert unnamed(assignment, name, 6) == []


@pytest.mark.slow
@pytest.mark.parametrize(("assignment", "name"), QUESTIONS)
def test_every_mutant_that_is_wrong_loses_points_or_is_named(assignment, name):
    assert unnamed(assignment, name, LIMIT) == []
