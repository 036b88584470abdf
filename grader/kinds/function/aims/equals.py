"""`equals: reference.module.function` (or `network`): the same output for each input, or the same part of it (`of`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from grader.kinds.finding import Finding
from grader.kinds.function.differences import Difference, first_difference
from grader.kinds.function.line_plan import JudgedCase, LinePlan, RightOutput
from grader.kinds.function.mismatch import Mismatch
from grader.kinds.function.properties import OUTPUT_NAME
from grader.kinds.function.question import Aim, AimKey
from grader.kinds.function.values import same, show
from grader.kinds.function.verdicts import mismatch
from grader.language.arithmetic import EvaluationError
from grader.language.tree import Tree


@dataclass(frozen=True)
class Equals(Aim):
    """The function agrees with a reference (or with the last output of the question's `network`).

    `of`, an expression in `out` and the inputs, says which part of the two values is compared; None: all of it.
    """

    reference: str
    of: Tree | None = None
    text: str = field(default="", compare=False)
    keys: ClassVar = {
        "equals": AimKey(
            "reference",
            "What the function agrees with: reference.module.function, or network.",
            partly="A reference that the function agrees with where these points are earned.",
        ),
        "of": AimKey(
            "part",
            "The part of the output that `equals` compares: out[0].",
            alone="says which part of the output an `equals` compares",
        ),
    }
    gives_outputs: ClassVar = True

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Equals:
        of = given.get("of")
        return cls(given["equals"], of.tree, of.text.strip()) if of else cls(given["equals"])

    def __str__(self) -> str:
        return f"{f'{self.text} ' if self.text else ''}equals {self.reference}"

    def expressions(self) -> Mapping[str, Tree]:
        return {} if self.of is None else {"of": self.of}


class EqualsLine(LinePlan):
    """The whole output against the reference's, or the part of both that the line names."""

    aim: Equals

    def prepare(self) -> None:
        if self.aim.of is not None:
            self.compile_part(self.aim.of, self.aim.text)

    def mismatch(self, case: JudgedCase) -> Mismatch | None:
        answer, right, nan = case.answer, case.right, self.check.nan
        if self.part is None:
            if same(answer.value, right, self.rtol, self.atol, nan):
                return None
            difference = first_difference(answer.value, right, self.rtol, self.atol, nan)
            return _differing(difference, OUTPUT_NAME) if difference else mismatch(show(right), answer)
        text = f"{self.part.name} == {show(right)}"
        try:
            got = self.part.of(case.values)
        except EvaluationError as error:
            return mismatch(text, answer, f" ({error})")
        if same(got, right, self.rtol, self.atol, nan):
            return None
        if isinstance(answer.value, dict):
            whole = Difference("", got, right)
            return _differing(first_difference(got, right, self.rtol, self.atol, nan) or whole, self.part.name)
        return mismatch(text, answer)

    def check_outputs(
        self, right: Sequence[RightOutput], wrong: Sequence[RightOutput], keys: tuple[str | int, ...]
    ) -> Iterator[Finding]:
        if self.part is None and wrong and self.rtol < 1 and all(map(self.accepts, wrong)):
            text = f"{self.check.name!r}: its tolerances take every output that was tried for a right one: narrow them"
            question = self.group.question
            yield Finding(question.id, "fail", text, place=question.key_place(*keys, "atol"))


def _differing(difference: Difference, part: str) -> Mismatch:
    """An output that is wrong in one place, which is all that is shown of it."""
    name = f"{part}{difference.place}"
    wanted, got = show(difference.wanted), show(difference.got)
    return Mismatch(f"{name} == {wanted}", f"{name} == {got}", f"gave {got} as {name}; wanted: {wanted}")
