"""A function question, from YAML to what can be judged, with every problem on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.documents import FieldError, MappingNode, ScalarNode
from grader.errors import Problem, did_you_mean, listed
from grader.inputs.input_set import InputSet, fed_names
from grader.inputs.outputs import MappingOutput
from grader.inputs.outputs import names_used as names_of_sizes
from grader.inputs.tolerances import tolerances_of
from grader.kinds.function.aims.table import AIMS, aims_of_parts
from grader.kinds.function.input_reader import InputReader
from grader.kinds.function.models import AIM_KEYS, FunctionCheckModel, FunctionModel
from grader.kinds.function.objects import ScriptReader
from grader.kinds.function.properties import OUTPUT_NAME
from grader.kinds.function.question import (
    NETWORK_NAME,
    Aim,
    AimKey,
    FunctionCheck,
    FunctionQuestion,
    KnownCode,
    Partly,
    Signature,
)
from grader.language.functions.table import FUNCTIONS
from grader.language.parse import unknown_function
from grader.language.tree import Call, Index, Name, Text, Tree, names_in, subtrees
from grader.machines.program import Program
from grader.machines.system import DefinitionError
from grader.spec.course import course_of
from grader.spec.fields import Strict, read_function_head
from grader.spec.problems import definition_problems, find
from grader.spec.question import rubric_problems
from grader.spec.systems import behaviour_system

MAX_CASES = 10_000
"""Inputs that are drawn for a line."""

MAX_DRAWN_ENTRIES = 300_000
"""Numbers in all inputs that are drawn for a line together."""


def _dotted(reference: ScalarNode) -> str:
    """`reference.module.function`, which may be written `reference.module:function` too."""
    return str(reference).replace(":", ".", 1)


def _stated(model: Strict) -> Iterator[tuple[str, AimKey, Any]]:
    """The keys of a line or of a part of one that state what it asks for, with what stands behind each."""
    for aim in AIMS:
        for name, key in aim.keys.items():
            if value := getattr(model, name, None):
                yield name, key, value


class _FunctionBuilder:
    def __init__(self, model: FunctionModel, root: MappingNode, path: Path) -> None:
        self.model = model
        self.root = root
        self.path = path
        self.problems: list[Problem] = []
        self._function = ""
        self._inputs = InputReader((), self.problems)
        self._results: tuple[str, ...] = ()

    def build(self) -> FunctionQuestion | None:
        model = self.model
        points = model.points
        if points is None:
            points = sum((check.points for check in model.checks), Fraction(0))
        self.problems += rubric_problems([(c.name, c.points) for c in model.checks], points, self.root)
        signature = self._signature()
        self._inputs = InputReader(signature.parameters if signature else (), self.problems)
        sets = self._inputs.of_question(model.inputs)
        if signature and len(sets) == len(self._inputs.names(model.inputs)):
            unset = [name for name in signature.parameters if name not in sets]
            if unset:
                place = model.signature.place if model.signature is not None else find(self.root, ("class",))[0]
                self.problems.append(Problem(f"inputs: {listed(unset)} of {signature} needs a set of inputs", place))
        self._returns(signature, sets)
        self._results = signature.script.results if signature and signature.script else ()
        self._names(("assume",), model.assume.tree if model.assume else None, sets, False)
        self._function = signature.name if signature and signature.script is None else ""
        checks = [self._check(i, check, sets) for i, check in enumerate(model.checks)]
        network = self._network()
        if self.problems or signature is None:
            return None
        return FunctionQuestion(
            id=str(model.question),
            title=str(model.title or model.question),
            points=points,
            prompt=str(model.prompt or ""),
            signature=signature,
            checks=tuple(check for check in checks if check),
            assume=model.assume.tree if model.assume else None,
            network=network,
            ladder=model.credit == "ladder",
            cases=model.cases,
            seed=model.seed,
            call_seconds=model.call_seconds,
            known=tuple(KnownCode(str(n), str(k.code), k.earns) for n, k in model.known.items()),
            path=self.path,
            returns=model.returns,
        )

    def _signature(self) -> Signature | None:
        text, block = self.model.signature, self.model.class_
        if (text is None) is (block is None):
            message = "says what is called by exactly one of `signature` and `class`"
            self.problems.append(Problem(message, self.model.question.place))
            return None
        reader = ScriptReader()
        try:
            if block is not None:
                script = reader.block(block, list(map(str, self.model.inputs)))
                return Signature(str(block.name), tuple(reader.inputs), script)
            assert text is not None
            if re.match(r"\s*\w+\s*\([^()]*\)\s*\.", text):
                name, script = reader.signature(text)
                return Signature(name, tuple(reader.inputs), script)
            return Signature(*read_function_head(text, such_as="clip(g, c)"))
        except FieldError as error:
            self.problems.append(Problem(f"{'signature' if block is None else 'class'}: {error}", error.place))
            return None

    def _returns(self, signature: Signature | None, sets: Mapping[str, InputSet]) -> None:
        """The sizes of what the function returns may speak of its arguments."""
        if self.model.returns is None or signature is None:
            return
        results = signature.script.results if signature.script else ()
        if results and isinstance(self.model.returns, MappingOutput):
            for name in dict.fromkeys((*results, *self.model.returns.entries)):
                if name not in results or name not in self.model.returns.entries:
                    what = f"a form of the result {name!r} is missing" if name in results else f"{name!r} is no result"
                    message = f"returns: {what} (the class gives {listed(results)})"
                    self.problems.append(Problem(message, find(self.root, ("returns",))[0]))
        known = [p for p in signature.parameters if p not in sets or not sets[p].stands_alone]
        for name in dict.fromkeys(names_of_sizes(self.model.returns)):
            if name not in known:
                hint = did_you_mean(name, known) or f" ({listed(known) or 'none'} can be spoken of)"
                place, _ = find(self.root, ("returns",))
                self.problems.append(Problem(f"returns: {name!r} is no argument{hint}", place))

    def _names(self, keys: tuple[str | int, ...], tree: Tree | None, known: Mapping[str, object], calls: bool) -> None:
        """What an expression may speak of: the inputs, what is fed, `out` (and with `calls` the function itself)."""
        if tree is None:
            return
        _, node = find(self.root, keys)
        own = [self._function] if calls else []
        where = "".join(f"[{key + 1}]" if isinstance(key, int) else f".{key}" for key in keys).removeprefix(".")
        for part in subtrees(tree):
            message = ""
            if isinstance(part, Name) and part.id in names_in(tree) and part.id not in known:
                message = f"{part.id!r} is no input{did_you_mean(part.id, known) or f' ({listed(known)} are known)'}"
            elif isinstance(part, Call) and part.function not in (*FUNCTIONS, *own):
                message = unknown_function(part.function, own)
            elif (
                isinstance(part, Index)
                and part.base == Name(OUTPUT_NAME)
                and isinstance(part.index, Text)
                and self._results
            ):
                key = part.index.value
                if key not in self._results:
                    hint = did_you_mean(key, self._results) or f" ({listed(self._results)} are)"
                    message = f"{key!r} is no result of the class{hint}"
            if message:
                place = node.at(part.at) if isinstance(node, ScalarNode) else self.root.place
                self.problems.append(Problem(f"{where}: {message}", place))

    def _check(self, index: int, model: FunctionCheckModel, sets: Mapping[str, InputSet]) -> FunctionCheck | None:
        where = f"checks[{index + 1}]"
        place = model.name.place
        aims = [aim for aim in AIMS if getattr(model, aim.key())]
        if len(aims) != 1:
            wanted = f"exactly one of {listed(AIM_KEYS)}"
            has = listed([aim.key() for aim in aims]) or "none"
            self.problems.append(Problem(f"{where}: needs {wanted}, and has {has}", place))
            return None
        for name, key, _ in _stated(model):
            if key.alone and name not in aims[0].keys:
                self.problems.append(Problem(f"{where}.{name}: {key.alone}", place))
        stating: list[Strict] = [model, *model.partly]
        for one in stating:
            for _, key, value in _stated(one):
                if key.sort == "reference":
                    self._reference(where, value)
        own = self._inputs.of_line(model.inputs, sets, f"{where}.inputs")
        if not model.exhaustive:
            self._number_of_cases(where, ("checks", index), model.cases or self.model.cases, own)
        known = dict.fromkeys([*own, *fed_names(own), "out"])
        self._names(("checks", index, "when"), model.when.tree if model.when else None, known, False)
        nested = [("partly", i) for i in range(len(model.partly))]
        for keys, one in zip([(), *nested], stating, strict=True):
            for name, key, value in _stated(one):
                if key.sort in ("property", "part"):
                    self._names(("checks", index, *keys, name), value.tree, known, key.sort == "property")
        tolerances = tolerances_of(own.values())
        aim = self._aim(aims[0], model)
        if aim is None:
            return None
        return FunctionCheck(
            name=str(model.name),
            points=model.points,
            aim=aim,
            when=model.when.tree if model.when else None,
            sets=own,
            longest=model.exhaustive.length if model.exhaustive else None,
            cases=model.cases,
            rtol=tolerances[0] if model.rtol is None else model.rtol,
            atol=tolerances[1] if model.atol is None else model.atol,
            nan=model.nan,
            hidden=model.hidden,
            say=str(model.say or ""),
            partly=tuple(p for p in (self._partly(index, i, model, tolerances) for i in range(len(model.partly))) if p),
        )

    def _number_of_cases(
        self, where: str, keys: tuple[str | int, ...], cases: int, sets: Mapping[str, InputSet]
    ) -> None:
        """Cases are drawn, sent and judged for every submission: there is a limit to how many, and how large."""
        entries = sum(one.most_entries() for one in sets.values())
        most = min(MAX_CASES, MAX_DRAWN_ENTRIES // max(entries, 1))
        if cases <= most:
            return
        _, line = find(self.root, keys)
        places = [find(node, ("cases",)) for node in (line, self.root) if node is not None]
        place = next((place for place, node in places if node is not None), places[0][0])
        reason = f" of up to {entries:,} numbers" if most < MAX_CASES else ""
        wanted = f"at most {most:,} can be drawn (cases: {most})" if most else f"at most {MAX_DRAWN_ENTRIES:,} numbers"
        self.problems.append(Problem(f"{where}: {cases:,} cases{reason} are too many: {wanted}", place))

    def _aim(self, aim: type[Aim], *models: Strict) -> Aim | None:
        """What is asked for by a line; by a part of one, and by its line behind it."""
        given = {
            name: _dotted(value) if key.sort == "reference" else value
            for model in reversed(models)
            for name, key, value in _stated(model)
            if name in aim.keys
        }
        try:
            return aim.read(given)
        except FieldError as error:
            self.problems.append(Problem(f"{aim.key()}: {error}", error.place))
            return None

    def _reference(self, where: str, name: ScalarNode) -> None:
        """A reference is `network`, or `reference.module.function` whose file is there."""
        if name == NETWORK_NAME and self.model.network:
            return
        parts = _dotted(name).split(".")
        if name == NETWORK_NAME or len(parts) < 3 or parts[0] != "reference" or not all(map(str.isidentifier, parts)):
            what = "the question has no network" if name == NETWORK_NAME else "a reference is reference.module.function"
            self.problems.append(Problem(f"{where}: {str(name)!r}: {what}", name.place))
        elif not (course := course_of(self.path)) or not course.joinpath(*parts[:-1]).with_suffix(".py").is_file():
            message = f"{where}: there is no {'/'.join(parts[:-1])}.py in the course"
            self.problems.append(Problem(message, name.place))

    def _partly(
        self, index: int, number: int, line: FunctionCheckModel, tolerances: tuple[float, float]
    ) -> Partly | None:
        model = line.partly[number]
        where = f"checks[{index + 1}].partly[{number + 1}]"
        place, _ = find(self.root, ("checks", index, "partly", number))
        aims = [aim for aim in aims_of_parts() if getattr(model, aim.key())]
        if len(aims) != 1:
            wanted = listed([aim.key() for aim in aims_of_parts()])
            self.problems.append(Problem(f"{where}: needs exactly one of {wanted}", place))
            return None
        if model.points > line.points:
            message = f"{where}: {float(model.points):g} points are more than the line's {float(line.points):g}"
            self.problems.append(Problem(message, place))
        aim = self._aim(aims[0], model, line)
        rtol, atol = (
            default if stated is None else stated
            for default, stated in zip(tolerances, (model.rtol, model.atol), strict=True)
        )
        return None if aim is None else Partly(aim, model.points, str(model.say or ""), rtol, atol)

    def _network(self) -> Program | None:
        model = self.model.network
        if model is None:
            return None
        from grader.language.floats import Floats
        from grader.machines.alphabet import Alphabet

        alphabet = Alphabet({str(name): channel for name, channel in model.inputs.items()})
        try:
            return Program(behaviour_system(model, alphabet), arithmetic=Floats())
        except FieldError as error:
            self.problems.append(Problem(f"network: {error}", error.place))
        except DefinitionError as error:
            self.problems += definition_problems(error, self.root, ("network",))
        return None


def build(model: FunctionModel, root: MappingNode, path: Path) -> tuple[FunctionQuestion | None, list[Problem]]:
    """The question of a model, or every problem that keeps it from being one."""
    builder = _FunctionBuilder(model, root, path)
    return builder.build(), builder.problems
