"""A weights question, from YAML to what can be decided, with every problem on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import partial
from pathlib import Path

from grader.documents import MappingNode, Node, ScalarNode, describe_node
from grader.engines.constants import constants_in
from grader.engines.corpus import Corpus, draw_corpus, in_floats
from grader.engines.engine import Budget
from grader.engines.table import undecidable
from grader.errors import Problem, SourceLocation, did_you_mean, listed
from grader.kinds.weights.layout import ArrayLayout, read_layouts
from grader.kinds.weights.models import WeightsModel
from grader.kinds.weights.question import Convention, Example, Known, WeightsQuestion, output_name
from grader.language.arithmetic import Arithmetic
from grader.language.arrays import Value
from grader.language.doubles import DOUBLES
from grader.language.exact import Exact
from grader.language.irrational import irrational_parts, is_rational
from grader.language.limits import MAX_NETWORK_BITS
from grader.language.reals import REALS
from grader.language.tree import Tree
from grader.machines.alphabet import Alphabet, FiniteAlphabet, read_outputs
from grader.machines.automaton import AutomatonError
from grader.machines.explore import Bounds
from grader.machines.named_symbols import named_condition
from grader.machines.program import Program
from grader.machines.specification import JudgedSteps, LineCondition, Specification
from grader.machines.system import DefinitionError, Parameter, System
from grader.spec.fields import Expression, FieldError, read_points
from grader.spec.problems import Keys, definition_problems, find
from grader.spec.question import RubricLine, rubric_problems
from grader.spec.systems import (
    behaviour_system,
    formulas_of,
    network_system,
    read_under,
)
from grader.spec.values import ValueMismatchError, read_value

KNOWN_ANSWER_KEYS = ("earns", "say", "reading")


def _drawn(program: Program, specification: Specification, bounds: Bounds, samples: int, seed: int) -> Corpus:
    """The inputs of a question on which answers are sampled, around the constants of its expressions."""
    alphabet = program.system.alphabet
    constants = constants_in([*specification.trees(), *(tree for _, tree in program.system.trees())])
    corpus = draw_corpus(alphabet, specification, bounds, samples, seed, constants)
    if not program.in_doubles or isinstance(alphabet.symbol_set, FiniteAlphabet):
        return corpus
    return in_floats(corpus, alphabet, specification, long_words=True)


class _WeightsBuilder:
    """Compiles a validated model, collecting every problem on the way."""

    def __init__(self, model: WeightsModel, root: MappingNode) -> None:
        self.model = model
        self.root = root
        self.problems: list[Problem] = []

    def build(self, path: Path) -> WeightsQuestion | None:
        model = self.model
        self.problems += self._undecidable()
        network = self._system()
        if network and not self._has_language(network.alphabet):
            return None
        program = self._program(network, ("network",)) if network else None
        specification = self._specification(network, program) if network and program else None
        readings = [self._reading(i, network) for i in range(len(model.readings))] if program and network else []
        known = [self._known(name, values) for name, values in model.known.items()]
        layouts = self._layouts()
        self.problems += rubric_problems([(c.name, c.points) for c in model.checks], model.points, self.root)
        examples = [self._example(text, outputs) for text, outputs in model.examples.items()] if network else []
        if self.problems or not network or not program or not specification:
            return None
        return WeightsQuestion(
            **model.question_fields(),
            parameters=network.parameters,
            alphabet=network.alphabet,
            program=program,
            specification=specification,
            rubric=tuple(RubricLine(str(line.name), line.points) for line in model.checks),
            ladder=model.credit == "ladder",
            budget=self._budget(program, specification),
            examples=tuple(e for e in examples if e),
            known=tuple(k for k in known if k),
            readings=tuple(r for r in readings if r),
            reference=str(model.reference or ""),
            path=path,
            layouts=layouts,
            unproved_share=model.unproved,
            exact_programs=self._exact_programs(network) if program.in_doubles else (),
            reference_rtol=model.reference_rtol,
        )

    def _budget(self, program: Program, specification: Specification) -> Budget:
        budget = self.model.budget
        bounds = Bounds(budget.states, self.model.length)
        draw = partial(_drawn, program, specification, bounds, budget.samples, budget.seed)
        return Budget(bounds, budget.samples, budget.seed, draw)

    def _network_formulas(self) -> Iterator[tuple[Keys, Expression]]:
        """Every expression of the network and its readings, and what is accepted of its output."""
        model = self.model
        yield from formulas_of(model.network, ("network",))
        for i, reading in enumerate(model.readings):
            yield from formulas_of(reading, ("readings", i))
        if model.accept is not None:
            yield ("accept",), model.accept

    def _exact_formulas(self) -> Iterator[tuple[Keys, Expression]]:
        """Every expression of what is wanted, which is known exactly at every step."""
        model = self.model
        yield from formulas_of(model.behaviour, ("behaviour",))
        conditions = [(("checks", i, "when"), line.when) for i, line in enumerate(model.checks)]
        for keys, formula in (*conditions, (("assume",), model.assume)):
            if formula is not None:
                yield keys, formula

    def _undecidable(self) -> Iterator[Problem]:
        """A problem for each part of an expression that keeps every engine from deciding the question."""
        formulas = list(self._network_formulas())
        for obstacle in undecidable([formula.tree for _, formula in formulas]):
            yield self._at(formulas[obstacle.expression][0], obstacle.part, obstacle.reason)
        for keys, formula in self._exact_formulas():
            for part, name in irrational_parts(formula.tree):
                reason = f"{name} has irrational values, but what is wanted is worked out exactly"
                advice = "only the network and `accept` may have them: use step, relu, sign, or a condition"
                yield self._at(keys, part, f"{reason}; {advice}")

    def _at(self, keys: Keys, part: Tree, message: str) -> Problem:
        place, node = find(self.root, keys)
        return Problem(message, node.at(part.at) if isinstance(node, ScalarNode) else place)

    def _system(self) -> System | None:
        if not self.model.network.parameters:
            place = self.root.place
            self.problems.append(Problem("network.parameters: a weights question needs at least one", place))
            return None
        try:
            return network_system(self.model.network)
        except FieldError as error:
            self.problems.append(Problem(f"network: {error}", error.place))
        except DefinitionError as error:
            self.problems += definition_problems(error, self.root, ("network",))
        return None

    def _has_language(self, alphabet: Alphabet) -> bool:
        """Whether some input belongs to the language that is given, if one is; else a problem is noted."""
        longest, place = self.model.length, find(self.root, ("network", "inputs"))[0]
        try:
            language = alphabet.language
        except AutomatonError as error:
            self.problems.append(Problem(f"network.inputs: the words of all inputs together: {error}", place))
            return False
        if language is not None and longest is not None and language.shortest > longest:
            text = f"the shortest input of the language has {language.shortest} steps"
            place = find(self.root, ("length",))[0]
            self.problems.append(Problem(f"length: {text}, so none of up to {longest} belongs to it", place))
            return False
        return True

    def _judged(self) -> JudgedSteps:
        judge = self.model.judge
        return JudgedSteps(judge.at == "end", judge.empty, self.model.length)

    def _layouts(self) -> tuple[ArrayLayout, ...]:
        model = self.model
        parameters = {str(name): parameter for name, parameter in model.network.parameters.items()}
        if model.from_ is None and (model.gates or model.transpose):
            key = "gates" if model.gates else "transpose"
            place, _ = find(self.root, (key,))
            self.problems.append(
                Problem(f"{key} says how arrays lie in a file, of which `from` gives the names", place)
            )
        try:
            return read_layouts(model.from_, parameters, model.transpose, model.gates)
        except FieldError as error:
            self.problems.append(Problem(f"from: {error}", error.place))
            return ()

    def _program(self, system: System, prefix: tuple[str | int, ...]) -> Program | None:
        arithmetic = DOUBLES if self.model.arithmetic == "float64" else self._exact_arithmetic(system)
        try:
            return Program(system, arithmetic=arithmetic)
        except DefinitionError as error:
            self.problems += definition_problems(error, self.root, prefix)
            return None

    def _exact_programs(self, system: System) -> tuple[Program, ...]:
        first = self._exact_arithmetic(system)
        return tuple(Program(system, arithmetic=each) for each in dict.fromkeys((first, REALS)))

    def _exact_arithmetic(self, system: System) -> Arithmetic:
        accept = self.model.accept
        in_reals = not system.is_rational or (accept is not None and not is_rational(accept.tree))
        return REALS if in_reals else Exact(MAX_NETWORK_BITS)

    def _specification(self, network: System, program: Program) -> Specification | None:
        model, alphabet = self.model, network.alphabet

        def condition(formula: Expression | None, *path: str) -> Tree | None:
            return None if formula is None else named_condition(path, formula.tree, alphabet)

        try:
            behaviour = behaviour_system(model.behaviour, network.alphabet)
            specification = Specification(
                behaviour,
                [
                    LineCondition(str(line.name), condition(line.when, "checks", str(i), "when"))
                    for i, line in enumerate(model.checks)
                ],
                answer=output_name(network),
                answer_shape=program.output_shape,
                accept=condition(model.accept, "accept"),
                assume=condition(model.assume, "assume"),
                judged=self._judged(),
            )
        except FieldError as error:
            self.problems.append(Problem(f"behaviour: {error}", error.place))
        except DefinitionError as error:
            self.problems += definition_problems(error, self.root, ("behaviour",))
        else:
            return specification if self._answers_empty_input(program, ("network",)) else None
        return None

    def _answers_empty_input(self, program: Program, prefix: tuple[str | int, ...]) -> bool:
        """Whether a network has an output before the first step where one is asked for; else a problem is noted."""
        try:
            if self.model.judge.empty:
                program.check_empty_input()
        except DefinitionError as error:
            self.problems += definition_problems(error, self.root, prefix)
            return False
        return True

    def _reading(self, index: int, network: System) -> Convention | None:
        model = self.model.readings[index]
        if model.name in [earlier.name for earlier in self.model.readings[:index]]:
            message = f"readings[{index + 1}].name: {str(model.name)!r} is used twice"
            self.problems.append(Problem(message, model.name.place))
        try:
            program = self._program(read_under(network, model), ("readings", index))
        except DefinitionError as error:
            self.problems += definition_problems(error, self.root, ("readings", index))
            return None
        except FieldError as error:
            self.problems.append(Problem(f"readings[{index + 1}]: {error}", error.place))
            return None
        if program is None or not self._answers_empty_input(program, ("readings", index)):
            return None
        return Convention(str(model.name), program)

    def _known(self, name: ScalarNode, fields: Mapping[ScalarNode, Node]) -> Known | None:
        before = len(self.problems)
        wanted = {str(key): parameter for key, parameter in self.model.network.parameters.items()}
        given = {str(key): node for key, node in fields.items()}
        for key in fields:
            if key not in wanted and key not in KNOWN_ANSWER_KEYS:
                verb = "is" if len(wanted) == 1 else "are"
                advice = did_you_mean(key, [*wanted, *KNOWN_ANSWER_KEYS]) or f" ({listed(wanted)} {verb})"
                self._wrong(name, f"{str(key)!r} is not a parameter{advice}", key.place)
        needed = [key for key, parameter in wanted.items() if parameter.default is None]
        missing = [label for label in (*needed, "earns") if label not in given]
        if missing:
            self._wrong(name, f"{listed(missing)} must be given", name.place)
        values = self._known_values(name, given, wanted)
        say, reading = self._known_words(name, given)
        earns = self._earns(name, given["earns"]) if "earns" in given else None
        if len(self.problems) > before or earns is None:
            return None
        return Known(str(name), values, earns, say, reading)

    def _wrong(self, name: ScalarNode, message: str, place: SourceLocation) -> None:
        self.problems.append(Problem(f"known.{name}: {message}", place))

    def _known_values(
        self, name: ScalarNode, given: Mapping[str, Node], wanted: Mapping[str, Parameter]
    ) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for key, parameter in wanted.items():
            try:
                if key in given:
                    values[key] = read_value(given[key], key, parameter)
                elif parameter.default is not None:
                    values[key] = parameter.default
            except ValueMismatchError as error:
                self._wrong(name, error.problem.message, error.place)
        return values

    def _known_words(self, name: ScalarNode, given: Mapping[str, Node]) -> tuple[str, str]:
        """What a known answer says, and the reading under which it is right."""
        words = {"say": "", "reading": ""}
        for key in words:
            node = given.get(key)
            if node is not None and not isinstance(node, ScalarNode):
                self._wrong(name, f"{key} must be text, not {describe_node(node)}", node.place)
            elif node is not None:
                words[key] = str(node)
        readings = [str(reading.name) for reading in self.model.readings]
        if words["reading"] and words["reading"] not in readings:
            advice = did_you_mean(words["reading"], readings)
            self._wrong(name, f"{words['reading']!r} is not one of the readings{advice}", given["reading"].place)
        return words["say"], words["reading"]

    def _earns(self, name: ScalarNode, node: Node) -> Fraction | None:
        try:
            return read_points(node)
        except FieldError as error:
            self.problems.append(Problem(f"known.{name}.earns: {error}", error.place))
            return None

    def _example(self, text: ScalarNode, outputs: ScalarNode) -> Example | None:
        alphabet = Alphabet({str(name): channel for name, channel in self.model.network.inputs.items()})
        empty = self.model.judge.empty and not text.strip()
        try:
            word = () if empty else alphabet.read_word(text)
            return Example(str(text), word, self._promised(outputs, len(word) or 1))
        except ValueError as error:
            self.problems.append(Problem(f"examples: {error}", text.place))
            return None

    def _promised(self, outputs: ScalarNode, steps: int) -> tuple[Value, ...]:
        """One output a step, or the last alone where only the end of an input counts."""
        several_bits = len(outputs) > 1 and not outputs.strip("01")
        try:
            return read_outputs(outputs, steps)
        except ValueError:
            if self.model.judge.at != "end" or several_bits:
                raise
        return read_outputs(outputs, 1)


def build(model: WeightsModel, root: MappingNode, path: Path) -> tuple[WeightsQuestion | None, list[Problem]]:
    """The question of a model, or every problem that keeps it from being one."""
    builder = _WeightsBuilder(model, root)
    return builder.build(path), builder.problems
