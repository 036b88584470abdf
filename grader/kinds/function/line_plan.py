"""A line of a question with everything compiled: what it is about, what it compares with, and what it remembers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, NamedTuple

from grader.errors import SpecError
from grader.inputs.drawn_values import Case
from grader.inputs.outputs import Output, is_exact, output_of
from grader.kinds.finding import Finding
from grader.kinds.function.case_answers import MAX_KNOWN_ANSWERS, CaseAnswer
from grader.kinds.function.groups import Group, formula_of
from grader.kinds.function.mismatch import LineVerdict, Mismatch, SearchTrace
from grader.kinds.function.parts import OutputPaths, has_parts, spoken_of
from grader.kinds.function.properties import (
    OUTPUT_NAME,
    Property,
    Records,
    compile_property,
    names_answers,
    weighs_length,
)
from grader.kinds.function.question import Aim, FunctionCheck, Partly
from grader.kinds.function.references import Reference, Wanted
from grader.kinds.function.values import as_value, has_nan, same, show
from grader.kinds.memo import BoundedMemo
from grader.language.arithmetic import EvaluationError
from grader.language.formula import Formula
from grader.language.parse import ExpressionError
from grader.language.tree import Tree, names_in
from grader.sandbox import FunctionCall, Observation, Reply, Returned

MAX_TRACES, MAX_TRACED_CALLS = 64, 2_000
"""Searches for a smallest failure that a line remembers, and the calls that were made in them all."""


class OutputPart(NamedTuple):
    """What of two outputs is compared: an expression in `out` and the inputs, as it is written."""

    name: str
    of: Formula


class RightOutput(NamedTuple):
    """What is right for a case of a line, by its number."""

    case: int
    value: Any


class JudgedCase(NamedTuple):
    """The answer to a call, and what a line needs to judge it.

    - `values`: what the line's expressions may name; nothing where it has none
    - `wanted`: what the line's reference gives, where it has one; `right`: what the line compares of it
    """

    call: FunctionCall
    answer: CaseAnswer
    values: Mapping[str, Any]
    wanted: Wanted | None
    right: Any

    @property
    def returned(self) -> Returned:
        """The reply, to an aim that wants a value."""
        assert isinstance(self.answer.reply, Returned)
        return self.answer.reply


@dataclass
class LinePlan:
    """A line, or a part of one, with everything compiled; each aim has a subclass, which judges answers by it.

    - `names`: what its expressions may name besides `out`
    - `depends_on_output`: whether the line is about a case depends on the answer, not on the inputs alone
    - `returns`: the form that the question states for every output
    - `model`: the reference (with its name) that gives right outputs, whichever line names it
    - `reference`: what the line compares with; `part`: what of two outputs is compared (None: all of them)
    - `property`: an expression that is worked out for each answer, once the calls inside of it are answered
    - `names_output`: whether the line speaks of the output at all
    - `weighs_length`: whether the line says itself how long an output may be
    - `right`, `wrong`: the shared replies, each to its own case, that were found so before
    - `verdicts`: what the line is on all of its cases, by the shared answers to them
    - `searches`: what searches for a smallest failure came to before
    """

    check: FunctionCheck
    aim: Aim
    rtol: float
    atol: float
    group: Group
    names: Sequence[str]
    when: Formula | None
    depends_on_output: bool
    names_output: bool
    returns: Output | None
    model: tuple[str, Reference] | None
    reference: Reference | None
    part: OutputPart | None = None
    property: Property | None = None
    weighs_length: bool = False
    partly: list[tuple[Partly, LinePlan]] = field(default_factory=list)
    right: set[tuple[Reply, Reply | None]] = field(default_factory=set)
    wrong: dict[tuple[Reply, Reply | None], Mismatch] = field(default_factory=dict)
    verdicts: BoundedMemo[LineVerdict] = field(
        default_factory=lambda: BoundedMemo(MAX_KNOWN_ANSWERS, MAX_KNOWN_ANSWERS)
    )
    searches: BoundedMemo[SearchTrace] = field(default_factory=lambda: BoundedMemo(MAX_TRACES, MAX_TRACED_CALLS))
    _wanted: dict[int, Wanted | None] = field(default_factory=dict)

    def prepare(self) -> None:
        """Compiles what the aim needs to judge an answer: a `part`, a `property`, or what its class has besides.

        Raises:
            SpecError: for expressions that cannot work.
        """

    def mismatch(self, case: JudgedCase) -> Mismatch | None:
        """What is wrong with an answer, which gave a value of the right form if the aim wants one; None: nothing."""
        raise NotImplementedError(f"answers cannot be judged: {self.aim}")

    def mismatch_watched(self, call: FunctionCall, answer: CaseAnswer, seen: Observation | None) -> Mismatch | None:
        """What is wrong with an answer that is right so far, by what was seen of the call from outside."""
        return None

    def nowhere(self) -> Mismatch | None:
        """What is said of a line that one right case is enough for, where there is none; None: every case counts."""
        return None

    def accepts(self, output: RightOutput) -> bool:
        """Whether an output is right, as far as that can be told without a call: here, whether a reference gives it."""
        wanted = self.wanted(output.case) if self.part is None else None
        return wanted is not None and same(output.value, wanted.value, self.rtol, self.atol, self.check.nan)

    def check_outputs(
        self, right: Sequence[RightOutput], wrong: Sequence[RightOutput], keys: tuple[str | int, ...]
    ) -> Iterator[Finding]:
        """What is wrong with the aim by what it makes of right and of wrong outputs; `keys`: where the line stands."""
        yield from ()

    def compile_property(self, tree: Tree, text: str) -> None:
        """Makes an expression over the inputs, `out` and calls of the function the line's property.

        Raises:
            SpecError: for names and functions that are not known.
        """
        question, group = self.group.question, self.group
        name, arity = question.signature.name, len(question.signature.parameters)
        records = Records(tree, group.fed, list(group.sets))
        vacuous = self.vacuous or (bool(records) and not names_answers(tree, name))
        compiled = partial(compile_property, tree, name, arity, self.names, self.rtol, self.atol)
        try:
            self.property = compiled(vacuous=vacuous)
            if records:
                self.property = replace(self.property, records=records, strict=compiled())
        except ExpressionError as error:
            raise SpecError(f"{question.id}: {text!r}: {error.message}") from None
        self.weighs_length = weighs_length(tree)
        self.names_output |= OUTPUT_NAME in names_in(tree) or bool(self.property.nested_calls)

    def compile_part(self, tree: Tree, text: str) -> None:
        """Makes an expression over the inputs and `out` what is compared of two outputs."""
        self.part = OutputPart(text, formula_of(self.group.question, tree, [*self.names, OUTPUT_NAME]))

    def remember(self, replies: tuple[Reply, Reply | None], wrong: Mismatch | None) -> None:
        """Remembers what shared replies to a case are for a line that rests on nothing else (None: right)."""
        if wrong is None:
            self.right.add(replies)
        else:
            self.wrong[replies] = wrong

    @cached_property
    def everywhere(self) -> bool:
        """Whether one case that is wrong is enough to lose the line."""
        return self.nowhere() is None

    @cached_property
    def judged_by_output(self) -> bool:
        """Whether an output alone says if it is right: no other call does, and nothing that was fed to functions."""
        rule = self.property
        return self.aim.wants_value and not (rule and (rule.records or rule.nested_calls))

    @cached_property
    def output_paths(self) -> OutputPaths:
        """The parts of the output that the line speaks of: nothing else of an output can cost it.

        None (the whole) also where nothing says that a right output has parts.
        """
        if self.aim.reads_output and self.part is None:
            return None
        trees = [self.check.when, *([] if self.property else self.aim.expressions().values())]
        paths = spoken_of([tree for tree in trees if tree is not None], OUTPUT_NAME)
        if self.property is not None and paths is not None:
            own = self.property.paths[OUTPUT_NAME]
            paths = None if own is None else paths | own
        return paths if not paths or self.has_parts else None

    @cached_property
    def all_output_paths(self) -> OutputPaths:
        """Those of its weaker aims too."""
        found = [self.output_paths, *(weaker.output_paths for _, weaker in self.partly)]
        return None if None in found else frozenset(path for paths in found for path in paths or ())

    @cached_property
    def form_is_known(self) -> bool:
        """Whether the question or a reference says which form a right output has."""
        return self.returns is not None or self.model is not None

    @cached_property
    def has_parts(self) -> bool:
        """Whether a right output is a tuple, list or dictionary of parts, or nothing says what it is."""
        if not self.form_is_known:
            return True
        if self.returns is not None:
            return has_parts(self.returns)
        right = self.modelled(self.group.cases[0])
        return right is not None and right.in_parts

    def slot_paths(self, slot: str) -> OutputPaths:
        """The parts of the answer to a further call that the line speaks of."""
        assert self.property is not None
        paths = self.property.paths[slot]
        return paths if paths and self.has_parts else None

    @cached_property
    def memoizable(self) -> bool:
        """True if the verdict depends only on the case and the reply, so that it may be memoized."""
        return not self.depends_on_output and not (self.property is not None and self.property.nested_calls)

    @cached_property
    def needs_values(self) -> bool:
        """Whether an expression is worked out for each answer."""
        return self.depends_on_output or self.property is not None or self.part is not None

    @cached_property
    def applicable_cases(self) -> list[int]:
        """The cases that the line is about, as far as their inputs say."""
        return [i for i, inputs in enumerate(self.group.inputs) if self.depends_on_output or self.applies_to(inputs)]

    @cached_property
    def cases_without_answer(self) -> list[int]:
        """The cases that the line is about even where no answer comes."""
        nothing = {OUTPUT_NAME: None, **dict.fromkeys(self.group.fed, as_value([]))}
        inputs = self.group.inputs
        return [
            i for i in self.applicable_cases if not self.depends_on_output or self.applies_to({**inputs[i], **nothing})
        ]

    def applies_to(self, values: Mapping[str, Any]) -> bool:
        """Whether the line is about a case; one whose answer is no good to decide it belongs to the line.

        Raises:
            SpecError: where the inputs alone decide, and cannot.
        """
        if self.when is None:
            return True
        try:
            return (
                self.depends_on_output and not self.check.nan and has_nan(values.get(OUTPUT_NAME))
            ) or self.when.holds(values)
        except EvaluationError as error:
            if not self.depends_on_output:
                raise SpecError(f"{self.check.name!r}: `when` cannot be worked out: {error}") from None
            return True

    @cached_property
    def vacuous(self) -> bool:
        """Whether answers are compared only once their sizes are known to be right."""
        return self.model is not None if self.returns is None else is_exact(self.returns)

    def form(self, index: int) -> Output | None:
        """The form of a right output for a case of the group; None: nothing says it."""
        if self.returns is not None or self.model is None:
            return self.returns
        key, forms = (self.model[0], index), self.group.forms
        if key not in forms:
            forms[key] = self.form_for(self.group.cases[index])
        return forms[key]

    def form_for(self, case: Case) -> Output | None:
        """The form of a right output for any case."""
        if self.returns is not None or self.model is None:
            return self.returns
        right = self.modelled(case)
        return None if right is None else output_of(right.value)

    def modelled(self, case: Case) -> Wanted | None:
        """What a reference of the question gives for a case; None where there is none, or it does not take the case."""
        try:
            return None if self.model is None else self.model[1](case)
        except SpecError:  # a line of its own would be judged by it, and fail there
            return None

    def about_right_outputs(self) -> bool | None:
        """Whether the line is about any case once the right outputs are given; None: nothing gives them."""
        if self.model is None or self.when is None:
            return None
        return any(self._about_right_output(i) for i in self.applicable_cases)

    def _about_right_output(self, index: int) -> bool:
        right = self.modelled(self.group.cases[index])
        if right is None or self.when is None:
            return False
        values = {**self.group.inputs[index], OUTPUT_NAME: right.value}
        for name, (function, place) in self.group.fed.items():
            values[name] = as_value([call[place] for call in right.fed.get(function, ())])
        try:
            return self.when.holds(values)
        except EvaluationError:
            return False

    def wanted(self, index: int) -> Wanted | None:
        """What the reference gives for a case of the group, where the line needs it; worked out once."""
        if index not in self._wanted:
            self._wanted[index] = self.wanted_for(self.group.cases[index])
        return self._wanted[index]

    def wanted_for(self, case: Case) -> Wanted | None:
        """What the reference gives for any case; a line about records needs it where there is one."""
        if self.reference is None:
            return self.modelled(case) if self.property and self.property.records else None
        wanted = self.reference(case)
        if not self.check.nan and has_nan(wanted.value):
            raise SpecError(
                f"{self.check.name!r}: the reference gives NaN, which agrees with no answer (`nan: true` lets it)"
            )
        return wanted

    def right_part(self, wanted: Wanted, values: Mapping[str, Any]) -> Any:
        """The reference's output, or what the line compares of it.

        Raises:
            SpecError: where the reference's output has no such part.
        """
        if self.part is None:
            return wanted.value
        try:
            return self.part.of({**values, OUTPUT_NAME: wanted.value})
        except EvaluationError as error:
            text = f"{self.part.name} of the reference's output {show(wanted.value)}"
            raise SpecError(f"{self.check.name!r}: {text}: {error}") from None
