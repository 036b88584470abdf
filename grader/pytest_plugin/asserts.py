"""What tests by hand can assert: a network behaves as wanted on every input, two formulas are equal everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from grader import formulas
from grader.answers.python_values import node_of
from grader.documents import FieldError, MappingNode
from grader.engines.joint import compare
from grader.engines.table import proved_or_broken
from grader.errors import SourceLocation, SpecError
from grader.evidence import Counterexample, TraceStep
from grader.kinds.formula.answer import FormulaAnswer
from grader.kinds.formula.models import read_quantity
from grader.kinds.weights.counterexample import shown_inputs, shown_values
from grader.kinds.weights.network import Network
from grader.kinds.weights.question import WeightsQuestion
from grader.kinds.weights.spec_reference import exact_value
from grader.language.arrays import Value
from grader.language.parse import ExpressionError, parse
from grader.language.tree import Comprehension, Index, Name, Tree, subtrees
from grader.machines.alphabet import FiniteAlphabet, Symbol, SymbolSet, Word
from grader.machines.display import short_outputs, short_word, shown
from grader.machines.enclosed import EnclosedMachine, judged_run, shown_precision
from grader.machines.explore import DEFAULT_MAX_STATES, Bounds
from grader.machines.machine import Edge, EquationMachine, FunctionMachine, Machine, Step
from grader.machines.specification import LineCondition, Specification
from grader.machines.system import DefinitionError
from grader.reports.lines import trace_in_text
from grader.reports.sentences import in_words
from grader.spec.problems import read_model
from grader.spec.systems import EquationsModel, behaviour_system
from grader.verdict import CheckResult


class _Wanted(NamedTuple):
    """A machine that says what is right, and which outputs it accepts at a step of its own."""

    machine: Callable[[], Machine]
    accepts: Callable[[Value, Step], bool]

    def agrees(self, edges: Sequence[Edge]) -> bool:
        """True if the output of the first edge is right beside the second, an edge of this machine."""
        return self.accepts(edges[0].step.output, edges[1].step)


def assert_proved(answer: Network, behaviour: Any = None, *, states: int = DEFAULT_MAX_STATES) -> None:
    """Asserts that a network is right for every input of every length; shows the shortest input where it is not.

    `behaviour` is written as in a spec (`{"initial": {"alive": 1}, "equations": {"alive": "alive[t-1] and x[t]"},
    "output": "alive"}`), or it is anything with `initial()` and `step(state, *inputs) -> (state, output)`, such as a
    reference module; without it, the question's own is used. What the question assumes of its inputs holds here too.

    Raises:
        AssertionError: if it is wrong on some input, or nothing is proved because its states do not end.
        SpecError: for a behaviour that cannot be used.
    """
    __tracebackhide__ = True
    question = answer.question
    if isinstance(answer.machine(), EnclosedMachine):
        _assert_decided(answer, behaviour)
        return
    wanted = _wanted(question, behaviour)
    alphabet = question.alphabet.symbol_set
    if not isinstance(alphabet, FiniteAlphabet):
        raise AssertionError(f"not proved: the inputs of {question.id} cannot be listed")
    machines, bounds = [answer.machine(), wanted.machine()], Bounds(states, question.budget.bounds.length)
    compared = compare(question.specification, machines, alphabet, bounds, wanted.agrees)
    if compared.difference is not None:
        raise AssertionError(_difference(answer, wanted, compared.difference))
    if not compared.proved_alike:
        length = f"every input of up to {compared.walk.length} steps is right"
        raise AssertionError(f"not proved: {length}, but its states do not end within {states}")


def _assert_decided(answer: Network, behaviour: Any) -> None:
    """The same of a network in balls, which `accept` of its question judges, as the engines decide it."""
    __tracebackhide__ = True
    question = answer.question
    if behaviour is None:
        specification = question.specification
    elif isinstance(behaviour, Mapping):
        specification = _specification_of(question, behaviour, keep_accept=True)
    else:
        raise SpecError(f"{question.id} has irrational outputs: write its behaviour as a mapping, as in a spec")
    found = proved_or_broken(answer.machine(), specification, question.budget)
    if found.broken:
        wanted = _Wanted(lambda: EquationMachine(specification.program, {}, keep_frames=True), specification.accepts)
        word = min((broken.word for broken in found.broken.values()), key=len)
        run = judged_run(answer.machine(), specification, word, wanted.machine().run(word))
        with shown_precision(run.bits):
            raise AssertionError(_difference(answer, wanted, word))
    if not found.proved_right:
        raise AssertionError(
            f"not proved: every input of up to {found.visited} steps is right, and longer ones are left"
        )


def _wanted(question: WeightsQuestion, behaviour: Any) -> _Wanted:
    if behaviour is None:
        specification = question.specification
    elif isinstance(behaviour, Mapping):
        specification = _specification_of(question, behaviour)
    else:
        symbol_set = question.alphabet.symbol_set
        return _Wanted(lambda: _python_machine(behaviour, symbol_set), lambda output, step: bool(output == step.output))
    keeps = not specification.compares_outputs
    return _Wanted(lambda: EquationMachine(specification.program, {}, keep_frames=keeps), specification.accepts)


def _specification_of(
    question: WeightsQuestion, behaviour: Mapping[str, Any], *, keep_accept: bool = False
) -> Specification:
    node = node_of(behaviour, SourceLocation("behaviour"))
    assert isinstance(node, MappingNode)
    model, problems = read_model(EquationsModel, node)
    if model is None:
        raise SpecError(*problems)
    try:
        system = behaviour_system(model, question.alphabet)
        shape = question.program.output_shape
        lines, judged = [LineCondition("every step")], question.specification.judged
        predicate = question.specification.program.predicate
        accept = predicate.tree if predicate and keep_accept else None
        name = question.output_name
        return Specification(system, lines, answer=name, answer_shape=shape, accept=accept, judged=judged)
    except (FieldError, DefinitionError) as error:
        raise SpecError(f"behaviour: {error}") from None


def _python_machine(behaviour: Any, symbol_set: SymbolSet) -> Machine:
    if not all(callable(getattr(behaviour, name, None)) for name in ("initial", "step")):
        raise SpecError("a behaviour is a mapping as in a spec, or has initial() and step(state, *inputs)")

    def step(state: Any, symbol: Symbol) -> tuple[Any, Value]:
        following, output = behaviour.step(state, *map(_plain, symbol))
        return following, exact_value(output)

    return FunctionMachine(behaviour.initial(), step, symbol_set)


def _plain(value: Value) -> Any:
    """An input as Python's numbers, in lists where it is a vector or a matrix."""
    if hasattr(value, "item"):
        return [_plain(value.item(i)) for i in range(value.shape[0])]
    return int(value.p) if value.q == 1 else int(value.p) / int(value.q)


def _difference(answer: Network, wanted: _Wanted, word: Word) -> str:
    question, machine = answer.question, answer.machine(keep_frames=True)
    answered, expected = machine.answers(word), wanted.machine().answers(word)
    trace = tuple(
        TraceStep(
            t=t,
            inputs=shown_inputs(question.alphabet, word[t - 1]) if t else {},
            student=shown_values(machine.quantities(got)),
            wanted={},
            output=shown(got.output, want.output),
            expected=shown(want.output, got.output),
            right=wanted.accepts(got.output, want),
        )
        for t, (got, want) in enumerate(zip(answered, expected, strict=True), start=min(len(word), 1))
    )
    found = Counterexample(
        short_word(question.alphabet, word),
        short_outputs([step.output for step in expected], [step.output for step in answered]),
        short_outputs([step.output for step in answered], [step.output for step in expected]),
        trace,
    )
    sentence = f"{in_words(found)} (the shortest such input)"
    nothing = question.points * 0
    return f"{sentence}\n{trace_in_text(CheckResult('', nothing, nothing, 'failed', found))}"


def assert_equal_formula(one: str | FormulaAnswer, other: str | FormulaAnswer, **symbols: object) -> None:
    """Asserts that two formulas are equal for all values of their variables; shows a simple point where they differ.

    Where one is a student's answer, the names and the network of its question hold for both. Else names are numbers,
    indexed names (`h[t]`) sequences, names in an index whole numbers; `symbols` says what is different, as in a spec:
    `W=["n", "m"]`, `x="positive"`, `k="integer"`.

    Raises:
        AssertionError: if they differ, or nothing could be decided.
        ValueError: for a formula that cannot be read.
    """
    __tracebackhide__ = True
    answers = [formula.question for formula in (one, other) if isinstance(formula, FormulaAnswer)]
    if answers:
        question = answers[0]
        setting, names, notation = question.engine.setting, question.symbols, question.notation
    else:
        names = _symbols([str(one), str(other)], symbols)
        setting, notation = formulas.Setting(names), formulas.usual_notation(names)
    left, right = (_tree(formula, names, notation, setting) for formula in (one, other))
    verdict = formulas.decide(left, setting.read(right), setting)
    if not formulas.is_equal(verdict):
        raise AssertionError(_formulas_differ(str(one), str(other), verdict))


def _tree(
    formula: str | FormulaAnswer, names: formulas.Symbols, notation: formulas.Notation, setting: formulas.Setting
) -> Tree:
    if isinstance(formula, FormulaAnswer):
        return formula.tree
    try:
        return formulas.read_answer(formula, names, notation, setting).tree
    except ExpressionError as error:
        raise ValueError(formulas.point_at(formula, error)) from None


def _formulas_differ(one: str, other: str, verdict: formulas.EqualityVerdict) -> str:
    match verdict:
        case formulas.Different(point=point, student=left, wanted=right):
            return f"at {point}\n  {one}\nis {left}, but\n  {other}\nis {right}"
        case formulas.DomainDifference(point=point, undefined=side, message=message):
            without = one if side == "student" else other
            return f"at {point}\n  {without}\nhas no value ({message}), but the other formula has one"
        case formulas.BeyondLimits(point=point, message=message):
            return f"at {point}\n  {one}\ncannot be worked out: {message}"
        case formulas.NeverDefined() | formulas.ShapeDifference() | formulas.Unsettled():
            return f"{one} and {other} are not shown to be equal: {verdict.message}"
    raise TypeError(verdict)


def _symbols(texts: Iterable[str], given: Mapping[str, object]) -> formulas.Symbols:
    """The names of formulas: by how they are used, and as `given` says."""
    names, indexed, whole, loops = dict[str, None](), set[str](), set[str](), set[str]()
    for text in texts:
        for sub in _parts(text):
            match sub:
                case Name(id=name):
                    names[name] = None
                case Index(base=Name(id=name), index=index):
                    indexed.add(name)
                    whole |= _names(index)
                case Comprehension(variable=variable, start=start, stop=stop, step=step):
                    loops.add(variable)
                    whole |= _names(start) | _names(stop) | _names(step)
    try:
        kinds = {name: read_quantity(node_of(kind, SourceLocation(name))) for name, kind in given.items()}
    except FieldError as error:
        raise ValueError(str(error)) from None
    whole = {name for name in whole - loops if name not in kinds} | {n for n, kind in kinds.items() if kind.whole}
    rest = [name for name in {**names, **dict.fromkeys(given)} if name not in whole | loops | indexed]
    plain = read_quantity(node_of("scalar", SourceLocation("")))
    return formulas.Symbols(
        quantities={n: formulas.Quantity(kinds.get(n, plain).shape, kinds.get(n, plain).domain) for n in rest},
        sequences={
            n: formulas.SequenceSymbol(kinds.get(n, plain).shape, kinds.get(n, plain).domain) for n in sorted(indexed)
        },
        integers=tuple(sorted(whole)),
    )


def _parts(text: str) -> Iterable[Tree]:
    """Every part of a formula in plain notation; none of others, whose names must then be given."""
    try:
        return list(subtrees(parse(text)))
    except ExpressionError:
        return ()


def _names(tree: Tree) -> set[str]:
    return {sub.id for sub in subtrees(tree) if isinstance(sub, Name)}
