"""Questions that are answered with the weights of a given network.

| file | owns |
| --- | --- |
| `question`, `models`, `loader` | the question, its YAML models, and how it is made of them |
| `forms`, `networks` | a network at each of the sizes and with each of the functions that students choose; compiled |
| `drawing` | the inputs on which answers are sampled |
| `answer`, `handed_in`, `chosen` | weights as they are handed in; which sizes and functions an answer chooses |
| `layout`, `stored`, `stored_names` | where parameters lie in a file of weights; their values, its names |
| `score` | the marks of an answer, from what the engines find about each rubric line |
| `judged` | weights that were judged before, however they were written |
| `shares` | answers that earn a share of that: right under a reading, or with values that are not allowed |
| `counterexample`, `margins`, `robustness`, `recognise` | what is said of a wrong answer, and of a right one |
| `beside_marks` | what is said of an answer where it is asked for |
| `drawn_network` | an answer as a network of units and edges, to be drawn |
| `signal_reader`, `signal_sums` | its equations read as sums of signals times weights |
| `behaviours`, `machine_tables` | what an answer does, as a minimal machine |
| `symmetries` | weights up to the order of hidden units and their scale |
| `unit_axes`, `step_units`, `relu_units`, `linear_sums` | which units may change places, and which have a scale |
| `exact_texts` | weights and inputs as reports carry them, to be read again exactly |
| `both_arithmetics` | where an answer does something else in exact arithmetic than in float64 |
| `network` | an answer as a network that tests by hand can run |
| `copy` | what of a question students have in their copy |
| `spec_check`, `spec_reference`, `spec_accept`, `spec_words` | the question put to the test, part by part |
| `spec_networks`, `spec_feasible` | the same: what its network leaves undone; whether anybody can answer it |
| `described` | what the spec says, as tables |
| `spec_engines` | which engine decides the question, and what none does |
| `right_networks`, `changes`, `mutants` | networks that are nearly right, made of right ones, to try the rubric |
| `mutant_verdicts`, `loose_accept`, `telling_inputs` | what marking makes of them, which are wrong, on which inputs |
| `example_lines` | inputs that kill mutants, as examples for the prompt |
| `rubric_remarks`, `proposed_changes` | what that says of the rubric; changes of the spec that would help |
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from grader.answers.formats import ArrayFile
from grader.answers.unread import WantedFile
from grader.deferred import replace
from grader.documents import MappingNode, yaml_key
from grader.errors import Problem
from grader.kinds.base import EntryKind
from grader.kinds.copies import PlainDocument
from grader.kinds.finding import Finding
from grader.page_details import PageDetails
from grader.verdict import QuestionResult

if TYPE_CHECKING:
    from grader.answers.submission import Answer
    from grader.kinds.asked import AskedAnswer
    from grader.kinds.kind import KindTable
    from grader.kinds.mutants import Mutant, MutantVerdict, StrengthRemark
    from grader.kinds.open_submission import OpenSubmission, Resources
    from grader.kinds.spec_table import SpecTable
    from grader.kinds.weights.forms import FormCompiler
    from grader.kinds.weights.models import WeightsModel
    from grader.kinds.weights.network import Network
    from grader.kinds.weights.question import WeightsQuestion


class WeightsKind(EntryKind):
    """Decided for every input of every length, where network and behaviour have finitely many states."""

    name = "weights"
    rests_on_answer_alone = True
    judging_modules = (
        *("grader.kinds.weights.answer", "grader.kinds.weights.judged", "grader.kinds.weights.counterexample"),
        *("grader.kinds.weights.recognise", "grader.kinds.weights.behaviours", "grader.engines.walk"),
    )
    is_kept_whole = True

    @property
    def model(self) -> type[WeightsModel]:
        from grader.kinds.weights.models import WeightsModel

        return WeightsModel

    def build(
        self, model: WeightsModel, root: MappingNode, path: Path, kinds: KindTable
    ) -> tuple[WeightsQuestion | None, list[Problem]]:
        from grader.kinds.weights.loader import build

        return build(model, root, path)

    def with_little_work(self, question: WeightsQuestion) -> WeightsQuestion:
        from grader.kinds.weights.drawing import small_budget

        return replace(question, budget=small_budget(question))

    def score_entry(self, question: WeightsQuestion, entry: Answer, opened: OpenSubmission) -> QuestionResult:
        from grader.kinds.weights.answer import read_answer
        from grader.kinds.weights.judged import JudgedAnswers
        from grader.kinds.weights.stored import Remarks

        remarks = Remarks([], [])
        handed_in = read_answer(question, entry, remarks)
        result = opened.run.resource("judged weights", JudgedAnswers).score(question, handed_in, opened.details)
        rounding = remarks.rounding if result.points < result.max_points else []
        return replace(result, messages=(*remarks.notes, *result.messages, *rounding))

    def with_page_details(
        self, page: PageDetails, question: WeightsQuestion, opened: OpenSubmission, result: QuestionResult
    ) -> PageDetails:
        """The base's, and the numbers that were read where the answer is a file of weights."""
        from grader.answers.excerpts import text_of_file
        from grader.kinds.weights.exact_texts import values_in_lines

        page = super().with_page_details(page, question, opened, result)
        answer = opened.submission.answered(question.id)
        if answer is None or not isinstance(answer.content, ArrayFile) or not result.weights:
            return page
        read = text_of_file(answer.content.file, "\n".join(values_in_lines(result.weights)), language="yaml")
        return replace(page, handed_in=(*page.handed_in, read))

    def wanted(self, question: WeightsQuestion) -> WantedFile:
        return WantedFile(frozenset(("arrays",)), f"as {question.id}.npz or under `{question.id}:` in answers.yaml")

    def has_form(self, entry: Answer) -> bool:
        """Whether an entry has values by name, or arrays."""
        return isinstance(entry.content, MappingNode | ArrayFile)

    def read_entry(self, question: WeightsQuestion, entry: Answer) -> Network:
        from grader.kinds.weights.answer import read_answer
        from grader.kinds.weights.network import Network

        handed_in = read_answer(question, entry)
        return Network(handed_in.question, handed_in.values)

    def with_packages(self, question: WeightsQuestion, packages: tuple[str, ...]) -> WeightsQuestion:
        return replace(question, packages=packages)

    def asked(self, question: WeightsQuestion) -> AskedAnswer:
        from grader.kinds.asked import AskedAnswer, AskedValue
        from grader.kinds.weights.answer import blank_of, blank_of_menu

        menus = question.forms.menus if question.forms else {}
        values = [AskedValue(name, blank_of(p), p.default is not None) for name, p in question.parameters.items()]
        values += [AskedValue(name, blank_of_menu(menu), menu.default is not None) for name, menu in menus.items()]
        return AskedAnswer("values", "a value for each name", (*values,))

    def described(self, question: WeightsQuestion) -> Iterator[SpecTable]:
        from grader.kinds.weights.described import described_weights

        yield from described_weights(question)

    def check_spec(self, question: WeightsQuestion, run: Resources) -> Iterator[Finding]:
        from grader.kinds.weights.spec_check import check_weights_question

        yield from check_weights_question(question)

    def mutants(self, question: WeightsQuestion, run: Resources) -> Iterator[Mutant]:
        from grader.kinds.weights.mutants import weights_mutants

        yield from weights_mutants(question)

    def judge_mutants(
        self, question: WeightsQuestion, mutants: Sequence[Mutant], run: Resources
    ) -> Iterator[MutantVerdict]:
        from grader.kinds.weights.mutant_verdicts import MutantJudges

        yield from run.resource("mutants of networks", MutantJudges).judged(question, mutants)

    def strength_remarks(
        self, question: WeightsQuestion, verdicts: Sequence[MutantVerdict], run: Resources
    ) -> Iterator[StrengthRemark]:
        from grader.kinds.weights.rubric_remarks import rubric_remarks

        yield from rubric_remarks(question, verdicts)

    def tests_of_inputs(
        self, question: WeightsQuestion, inputs: Sequence[str], run: Resources
    ) -> Iterator[StrengthRemark]:
        from grader.kinds.mutants import StrengthRemark
        from grader.kinds.weights.example_lines import example_lines

        if lines := example_lines(question, inputs):
            yaml = "".join(f"  {line}\n" for line in lines)
            yield StrengthRemark("these inputs with their outputs, as examples of the prompt", f"examples:\n{yaml}")

    def blank(self, question: WeightsQuestion) -> Iterator[str]:
        from grader.kinds.weights.answer import blank_of, blank_of_menu, file_in_words
        from grader.kinds.weights.chosen import size_in_words

        yield from (f"# {line}" for line in file_in_words(question.id, question.layouts))
        for name, sizes in (question.forms.sizes if question.forms else {}).items():
            yield f"# {name} is yours to choose, {size_in_words(sizes)}: all shapes with {name} must agree"
        yield f"{yaml_key(question.id)}:"
        menus = question.forms.menus if question.forms else {}
        asked = {name: blank_of(parameter) for name, parameter in question.parameters.items()}
        asked |= {name: blank_of_menu(menu) for name, menu in menus.items()}
        width = max(map(len, asked)) + 1
        for name, text in asked.items():
            yield f"  {f'{name}:':{width}}  # {text}"

    def copied(self, root: PlainDocument, question: WeightsQuestion, prompt: str) -> PlainDocument:
        from grader.kinds.weights.copy import copied_weights

        return copied_weights(root, prompt)


def form_compiler(root: MappingNode) -> FormCompiler:
    """The compiler of the forms of a network, of a question that could be loaded; `root` is its YAML mapping."""
    from grader.kinds.weights import networks

    return networks.form_compiler(root)


KIND = WeightsKind()
