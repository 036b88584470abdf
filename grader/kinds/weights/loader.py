"""A weights question, from YAML to what can be decided, with every problem on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from grader.documents import FieldError, MappingNode, Node, ScalarNode, describe_node
from grader.engines.engine import Budget
from grader.engines.table import undecidable
from grader.errors import Problem, SourceLocation, SubmissionError, did_you_mean, listed
from grader.expressions import Expression
from grader.kinds.weights.drawing import CorpusDrawing
from grader.kinds.weights.forms import Forms, NetworkForm
from grader.kinds.weights.handed_in import form_of_answer
from grader.kinds.weights.layout import ArrayLayout, read_layouts
from grader.kinds.weights.models import WeightsModel
from grader.kinds.weights.networks import NetworkCompiler
from grader.kinds.weights.question import Example, Known, WeightsQuestion, output_name
from grader.language.arrays import Value
from grader.language.irrational import irrational_parts
from grader.language.tree import Tree
from grader.machines.alphabet import Alphabet, read_outputs
from grader.machines.automaton import AutomatonError
from grader.machines.explore import Bounds
from grader.machines.named_symbols import named_condition
from grader.machines.program import Program
from grader.machines.specification import JudgedSteps, LineCondition, Specification
from grader.machines.system import DefinitionError, Parameter
from grader.spec.fields import read_points
from grader.spec.problems import Keys, definition_problems, find
from grader.spec.question import RubricLine, rubric_problems
from grader.spec.systems import behaviour_system, formulas_of
from grader.spec.values import ValueMismatchError, read_value

KNOWN_ANSWER_KEYS = ("earns", "say", "reading")


class _WeightsBuilder:
    """Compiles a validated model, collecting every problem on the way."""

    def __init__(self, model: WeightsModel, root: MappingNode) -> None:
        self.model = model
        self.root = root
        self.problems: list[Problem] = []
        self.networks = NetworkCompiler(model, root)

    def build(self, path: Path) -> WeightsQuestion | None:
        model = self.model
        self.problems += self._undecidable()
        alphabet = Alphabet({str(name): channel for name, channel in model.network.inputs.items()})
        if not self._has_language(alphabet):
            return None
        forms = self.networks.forms()
        self.problems += self.networks.problems
        network = forms.network(forms.first()) if forms else None
        specification = self._specification(network.program) if network else None
        known = [self._known(name, values, forms) for name, values in model.known.items()]
        layouts = self._layouts()
        self.problems += rubric_problems([(c.name, c.points) for c in model.checks], model.points, self.root)
        examples = [self._example(text, outputs) for text, outputs in model.examples.items()] if network else []
        if self.problems or not forms or not network or not specification:
            return None
        return WeightsQuestion(
            **model.question_fields(),
            parameters=network.parameters,
            alphabet=alphabet,
            program=network.program,
            specification=specification,
            rubric=tuple(RubricLine(str(line.name), line.points) for line in model.checks),
            ladder=model.credit == "ladder",
            budget=self._budget(network.program, specification),
            examples=tuple(e for e in examples if e),
            known=tuple(k for k in known if k),
            readings=network.readings,
            reference=str(model.reference or ""),
            path=path,
            layouts=layouts,
            unproved_share=model.unproved,
            exact_programs=network.exact_programs,
            reference_rtol=model.reference_rtol,
            forms=forms,
            form=forms.first(),
        )

    def _budget(self, program: Program, specification: Specification) -> Budget:
        budget = self.model.budget
        bounds = Bounds(budget.states, self.model.length)
        drawing = CorpusDrawing(program, specification, bounds, budget.samples, budget.seed, budget.longest)
        return Budget(bounds, budget.samples, budget.seed, drawing)

    def _network_formulas(self) -> Iterator[tuple[Keys, Expression]]:
        """Every expression of the network and its readings, and what is accepted of its output."""
        model = self.model
        yield from formulas_of(model.network, ("network",))
        for reading in self.networks.readings:
            yield from formulas_of(reading.model, ("readings", reading.number))
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
        obstacles = undecidable([formula.tree for _, formula in formulas])
        yield from dict.fromkeys(self._at(formulas[o.expression][0], o.part, o.reason) for o in obstacles)
        for keys, formula in self._exact_formulas():
            for part, name in irrational_parts(formula.tree):
                reason = f"{name} has irrational values, but what is wanted is worked out exactly"
                advice = "only the network and `accept` may have them: use step, relu, sign, or a condition"
                yield self._at(keys, part, f"{reason}; {advice}")

    def _at(self, keys: Keys, part: Tree, message: str) -> Problem:
        place, node = find(self.root, keys)
        return Problem(message, node.at(part.at) if isinstance(node, ScalarNode) else place)

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

    def _specification(self, program: Program) -> Specification | None:
        model, alphabet = self.model, program.system.alphabet

        def condition(formula: Expression | None, *path: str) -> Tree | None:
            return None if formula is None else named_condition(path, formula.tree, alphabet)

        try:
            behaviour = behaviour_system(model.behaviour, alphabet)
            return Specification(
                behaviour,
                [
                    LineCondition(str(line.name), condition(line.when, "checks", str(i), "when"))
                    for i, line in enumerate(model.checks)
                ],
                answer=output_name(program.system),
                answer_shape=program.output_shape,
                accept=condition(model.accept, "accept"),
                assume=condition(model.assume, "assume"),
                judged=self._judged(),
            )
        except FieldError as error:
            self.problems.append(Problem(f"behaviour: {error}", error.place))
        except DefinitionError as error:
            self.problems += definition_problems(error, self.root, ("behaviour",))
        return None

    def _known(self, name: ScalarNode, fields: Mapping[ScalarNode, Node], forms: Forms | None) -> Known | None:
        before = len(self.problems)
        form = self._known_form(name, fields, forms)
        chosen = {*forms.sizes, *forms.menus} if forms else set()
        if forms is None and self.networks.has_choices:
            return None  # nobody knows its sizes
        wanted = self.networks.parameters(form)
        given = {str(key): node for key, node in fields.items()}
        for key in fields:
            if key not in wanted and key not in KNOWN_ANSWER_KEYS and key not in chosen:
                verb = "is" if len(wanted) == 1 else "are"
                advice = did_you_mean(key, [*wanted, *chosen, *KNOWN_ANSWER_KEYS]) or f" ({listed(wanted)} {verb})"
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
        return Known(str(name), values, earns, say, reading, form)

    def _known_form(self, name: ScalarNode, fields: Mapping[ScalarNode, Node], forms: Forms | None) -> NetworkForm:
        """The form of a known answer, whose sizes and functions are told as those of any other answer."""
        if forms is None:
            return NetworkForm()
        content = MappingNode(name.place, {k: node for k, node in fields.items() if k not in KNOWN_ANSWER_KEYS})
        try:
            return form_of_answer(forms, self.networks.parameters(forms.first()), content, []).form
        except SubmissionError as error:
            for problem in error.problems:
                self._wrong(name, problem.message, problem.place or name.place)
            return forms.first()

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
        readings = [reading.model.label for reading in self.networks.readings]
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
