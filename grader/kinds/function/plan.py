"""The plan of a question, made once for the whole class: its lines with their groups of cases, and what is right."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from grader.errors import SpecError
from grader.inputs.drawn_values import Case
from grader.inputs.input_set import fed_names
from grader.inputs.outputs import Output, is_exact, output_of
from grader.kinds.function.groups import Group, formula_of
from grader.kinds.function.mismatch import Mismatch, SearchTrace
from grader.kinds.function.parts import OutputPaths, has_parts, spoken_of
from grader.kinds.function.properties import OUTPUT_NAME, Property, compile_property, names_answers, weighs_length
from grader.kinds.function.question import Aim, Equals, Feeds, FunctionCheck, FunctionQuestion, Holds, Partly, Pure
from grader.kinds.function.records import Records
from grader.kinds.function.references import Reference, Wanted, reference_of
from grader.kinds.function.values import as_value, has_nan
from grader.kinds.memo import BoundedMemo
from grader.language.arithmetic import EvaluationError
from grader.language.formula import Formula
from grader.language.parse import ExpressionError
from grader.language.tree import names_in
from grader.sandbox import Batch, Reply

MAX_TRACES, MAX_TRACED_CALLS = 64, 2_000
"""Searches for a smallest failure that a line remembers, and the calls that were made in them all."""

MAX_PREFETCH_BYTES = 2 << 20
"""Bytes of the calls of several questions that are made in one round."""


@dataclass
class LinePlan:
    """A line with everything compiled: its group, what it waits for, its expressions and references.

    - `depends_on_output`: whether the line is about a case depends on the answer, not on the inputs alone
    - `part`: what of two outputs is compared (None: all of them)
    - `right`, `wrong`: the shared replies, each to its own case, that were found so before
    - `searches`: what searches for a smallest failure came to before
    - `returns`: the form that the question states for every output
    - `model`: the reference (with its name) that gives right outputs, whichever line names it
    - `names_output`: whether the line speaks of the output at all
    - `weighs_length`: whether the line says itself how long an output may be
    - `aim`: that of a part of a line (None: the line's own)
    - `strict`: the property where no comparison of nothing is true, for records (what was fed to supplied functions)
      that are not as long as right ones
    """

    check: FunctionCheck
    group: Group
    when: Formula | None
    depends_on_output: bool = False
    property: Property | None = None
    strict: Property | None = None
    records: Records | None = None
    reference: Reference | None = None
    part: Formula | None = None
    returns: Output | None = None
    model: tuple[str, Reference] | None = None
    aim: Aim | None = None
    names_output: bool = False
    weighs_length: bool = False
    partly: list[tuple[Partly, LinePlan]] = field(default_factory=list)
    right: set[tuple[Reply, Reply | None]] = field(default_factory=set)
    wrong: dict[tuple[Reply, Reply | None], Mismatch] = field(default_factory=dict)
    searches: BoundedMemo[SearchTrace] = field(default_factory=lambda: BoundedMemo(MAX_TRACES, MAX_TRACED_CALLS))
    _wanted: dict[int, Wanted | None] = field(default_factory=dict)

    def remember(self, replies: tuple[Reply, Reply | None], wrong: Mismatch | None) -> None:
        """Remembers what shared replies to a case are for a line that rests on nothing else (None: right)."""
        if wrong is None:
            self.right.add(replies)
        else:
            self.wrong[replies] = wrong

    @cached_property
    def everywhere(self) -> bool:
        """Whether one case that is wrong is enough to lose the line."""
        return not isinstance(self.check.aim, Holds) or self.check.aim.everywhere

    @cached_property
    def output_paths(self) -> OutputPaths:
        """The parts of the output that the line speaks of: nothing else of an output can cost it.

        None (the whole) also where nothing says that a right output has parts.
        """
        aim, when = self.check.aim if self.aim is None else self.aim, self.check.when
        trees = [when] if when is not None else []
        if isinstance(aim, Equals):
            if aim.of is None:
                return None
            trees.append(aim.of)
        paths = spoken_of(trees, OUTPUT_NAME)
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
        key = (self.model[0], index)
        if key not in self.group.forms:
            self.group.forms[key] = self.form_for(self.group.cases[index])
        return self.group.forms[key]

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
            return self.modelled(case) if self.records else None
        wanted = self.reference(case)
        if not self.check.nan and has_nan(wanted.value):
            raise SpecError(
                f"{self.check.name!r}: the reference gives NaN, which agrees with no answer (`nan: true` lets it)"
            )
        return wanted


@dataclass
class Plan:
    """A question with everything drawn and compiled."""

    question: FunctionQuestion
    lines: list[LinePlan]
    groups: list[Group]


@lru_cache(maxsize=256)
def plan_of(question: FunctionQuestion) -> Plan:
    """The plan, made once a question.

    Raises:
        SpecError: for expressions and references that cannot work.
    """
    groups: dict[str, Group] = {}
    lines = []
    for check in question.checks:
        key = repr((sorted(check.sets.items(), key=lambda item: item[0]), check.longest, check.cases))
        group = groups.setdefault(key, Group(question, check.sets, check.longest, check.cases or question.cases))
        group.watched |= isinstance(check.aim, Pure)
        group.hidden &= check.hidden
        lines.append(_line(question, check, group))
        group.lines.append(lines[-1])
    return Plan(question, lines, list(groups.values()))


@dataclass(frozen=True)
class Prefetch:
    """Groups of several questions, and all their calls as one batch."""

    groups: tuple[Group, ...]
    whole: Batch


@lru_cache(maxsize=64)
def prefetch_plan(questions: tuple[FunctionQuestion, ...]) -> Prefetch | None:
    """The groups, but for hidden ones, whose calls fit into one round; None if they are one or do not fit."""
    groups: list[Group] = []
    for question in questions:
        with suppress(SpecError):
            shown = [group for group in plan_of(question).groups if not group.hidden]
            groups += [group for group in shown if group.batch]
    whole = Batch([call for group in groups for call in group.batch.calls])
    return Prefetch(tuple(groups), whole) if len(groups) > 1 and len(whole.request()) <= MAX_PREFETCH_BYTES else None


def _line(question: FunctionQuestion, check: FunctionCheck, group: Group) -> LinePlan:
    names = [*check.sets, *fed_names(check.sets)]
    line = LinePlan(check, group, formula_of(question, check.when, [*names, OUTPUT_NAME]) if check.when else None)
    line.depends_on_output = check.when is not None and any(name not in check.sets for name in names_in(check.when))
    line.returns, line.model = question.returns, _model(question, check.aim, check)
    _aim(question, line, check.aim, names, check.rtol, check.atol)
    for part in sorted(check.partly, key=lambda part: -part.points):
        weaker = LinePlan(check, group, line.when, line.depends_on_output, returns=line.returns)
        weaker.model, weaker.aim = _model(question, part.aim, check), part.aim
        _aim(question, weaker, part.aim, names, part.rtol, part.atol)
        line.partly.append((part, weaker))
    return line


def _model(question: FunctionQuestion, aim: object, line: FunctionCheck) -> tuple[str, Reference] | None:
    """What gives right outputs: the reference that an aim names, else the first that any line is equal to."""
    equal = [check.aim for check in question.checks if isinstance(check.aim, Equals)]
    name = aim.reference if isinstance(aim, Equals) else equal[0].reference if equal else None
    return None if name is None else (name, reference_of(question, name, line.sets))


def _aim(question: FunctionQuestion, line: LinePlan, aim: object, names: list[str], rtol: float, atol: float) -> None:
    names_when = names_in(line.check.when) if line.check.when is not None else []
    line.names_output = isinstance(aim, Equals) or OUTPUT_NAME in names_when
    if isinstance(aim, Holds):
        try:
            signature = question.signature
            arity = len(signature.parameters)
            line.records = Records(aim.tree, line.group.fed, list(line.group.sets))
            vacuous = line.vacuous or (bool(line.records) and not names_answers(aim.tree, signature.name))
            line.property = compile_property(aim.tree, signature.name, arity, names, rtol, atol, vacuous=vacuous)
            if line.records:
                line.strict = compile_property(aim.tree, signature.name, arity, names, rtol, atol)
            line.weighs_length = weighs_length(aim.tree)
            line.names_output |= OUTPUT_NAME in names_in(aim.tree) or bool(line.property.nested_calls)
        except ExpressionError as error:
            raise SpecError(f"{question.id}: {aim.text!r}: {error.message}") from None
    elif isinstance(aim, Equals | Feeds):
        line.reference = reference_of(question, aim.reference, line.group.sets)
        if isinstance(aim, Equals) and aim.of is not None:
            line.part = formula_of(question, aim.of, [*names, OUTPUT_NAME])
