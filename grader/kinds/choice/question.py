"""Questions that are answered by choosing: one of several, or some of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from grader.kinds.choice import KIND
from grader.spec.question import OneLineQuestion

CHOICE_LINE = "the choice is right"


@dataclass(frozen=True, eq=False)
class ChoiceQuestion(OneLineQuestion):
    """A question whose answer is one or more of its options; `say` explains single wrong choices."""

    kind: ClassVar = KIND
    line_name: ClassVar = CHOICE_LINE

    options: dict[str, str]
    right: frozenset[str]
    each: bool
    say: dict[str, str]
