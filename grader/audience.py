"""Who may see what of a report, in one table: what enters a report at all, and what of it each audience is shown.

A field that the table does not list is for everybody who is given the report.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from grader.deferred import dataclass, replace
from grader.evidence import Counterexample, NoEvidence, Proved
from grader.network_details import MinimalMachines
from grader.page_details import PageDetails, ShownCall
from grader.verdict import HELD_BECAUSE, CheckResult, QuestionResult, Report, constants_seen


class Audience(Enum):
    """The people who read a report."""

    STUDENT = "a student who checks alone, and pipelines in their repository"
    PLATFORM = "students whose submissions a platform grades and shows to them"
    STAFF = "course staff"


class ReportField(Enum):
    """What is not for everybody, and what it is a part of."""

    CASE = "the input on which an answer goes wrong, and what it gives there"
    HIDDEN_CASE = "the same of a line that the spec marks `hidden: true`"
    RIGHT_FORMULA = "the right formula, typeset beside the one that was handed in"
    EXPECTED_VALUE = "what is wanted where an answer goes wrong, and which parts of a value are not as wanted"
    INVARIANT = "what a proof rests on: it may speak of the quantities of the behaviour that is wanted"
    WANTED_MACHINE = "the behaviour that is wanted, as a machine beside that of an answer"
    MISTAKE_NAME = "how the spec calls a mistake that it foresees"
    OTHER_VARIANTS = "for which variants of other students a wrong answer is right"
    UNSEEN_CONSTANTS = "which value a variant has of a constant that students do not see: it may number what is right"
    FAULT_REASON = "why the grader itself failed: it may quote the spec or the reference"


@dataclass(frozen=True)
class Disclosure:
    """Who sees a field; `opened_by` is what shows it to everybody else ("": nothing does)."""

    audiences: frozenset[Audience]
    opened_by: str = ""


DISCLOSURES: Mapping[ReportField, Disclosure] = {
    ReportField.CASE: Disclosure(frozenset(Audience)),
    ReportField.HIDDEN_CASE: Disclosure(frozenset()),
    ReportField.RIGHT_FORMULA: Disclosure(frozenset(), opened_by="reveal: true in the spec"),
    ReportField.EXPECTED_VALUE: Disclosure(frozenset({Audience.STUDENT, Audience.STAFF}), opened_by="--show-expected"),
    ReportField.INVARIANT: Disclosure(frozenset({Audience.STUDENT, Audience.STAFF}), opened_by="--show-expected"),
    ReportField.WANTED_MACHINE: Disclosure(frozenset({Audience.STUDENT, Audience.STAFF}), opened_by="--show-expected"),
    ReportField.MISTAKE_NAME: Disclosure(frozenset({Audience.STUDENT, Audience.STAFF})),
    ReportField.OTHER_VARIANTS: Disclosure(frozenset({Audience.STAFF})),
    ReportField.UNSEEN_CONSTANTS: Disclosure(frozenset({Audience.STAFF})),
    ReportField.FAULT_REASON: Disclosure(frozenset({Audience.STUDENT, Audience.STAFF})),
}


def may_see(audience: Audience, field: ReportField, *, opened: bool = False) -> bool:
    """True if an audience is shown a field; `opened`: what the table names as `opened_by` was said."""
    row = DISCLOSURES[field]
    return audience in row.audiences or (opened and row.opened_by != "")


def enters_report(field: ReportField, *, opened: bool = False) -> bool:
    """True if any audience is shown a field; what nobody is shown is never put into a report."""
    return any(may_see(audience, field, opened=opened) for audience in Audience)


def redacted(report: Report, audience: Audience, *, show_expected: bool = False) -> Report:
    """The report with what the audience may see; `show_expected` opens the expected values to all."""
    reasons = may_see(audience, ReportField.FAULT_REASON)
    expected = may_see(audience, ReportField.EXPECTED_VALUE, opened=show_expected)
    wanted = may_see(audience, ReportField.WANTED_MACHINE, opened=show_expected)
    invariants = may_see(audience, ReportField.INVARIANT, opened=show_expected)

    mistakes = may_see(audience, ReportField.MISTAKE_NAME)
    variants = may_see(audience, ReportField.OTHER_VARIANTS)
    unseen = may_see(audience, ReportField.UNSEEN_CONSTANTS)

    def of_question(question: QuestionResult) -> QuestionResult:
        if not mistakes:
            unnamed = tuple(replace(check, mistakes=()) for check in question.checks)
            question = replace(question, checks=unnamed, mistakes=())
        if not variants:
            question = replace(question, right_for=())
        if not unseen and question.variant:
            question = replace(question, variant=constants_seen(question.variant))
        messages = question.messages if reasons or question.status != "held" else ()
        checks = tuple(map(of_check, question.checks))
        machines, page = of_machines(question.machines), of_page(question.page)
        return replace(question, checks=checks, messages=messages, machines=machines, page=page)

    def of_machines(machines: MinimalMachines | None) -> MinimalMachines | None:
        return replace(machines, wanted=None) if machines and not wanted else machines

    def of_page(page: PageDetails | None) -> PageDetails | None:
        if page is None:
            return None
        calls = page.calls if expected else tuple(map(_without_wanted, page.calls))
        return replace(page, machines=of_machines(page.machines), calls=calls)

    def of_check(check: CheckResult) -> CheckResult:
        if not reasons and check.outcome == "held" and not check.unproved:
            return replace(check, message="", evidence=NoEvidence())
        if isinstance(check.evidence, Proved) and not invariants:
            return replace(check, evidence=replace(check.evidence, invariant=None, certificate=None))
        return check if expected else _without_expected(check)

    if reasons and expected and wanted and invariants and mistakes and variants and unseen:
        return report
    said = report.messages if reasons else tuple(map(_without_reason, report.messages))
    return replace(report, questions=tuple(map(of_question, report.questions)), messages=said)


def _without_wanted(call: ShownCall) -> ShownCall:
    """A call with what came, but neither what is wanted nor which parts of it are wrong: of bits that says it all."""
    return replace(call, wanted=(), rule="", got=tuple(replace(value, wrong=()) for value in call.got))


def _without_reason(message: str) -> str:
    """What is said of a whole submission that is held, without why the grader failed."""
    return HELD_BECAUSE if message.startswith(HELD_BECAUSE) else message


def _without_expected(check: CheckResult) -> CheckResult:
    """Where an answer goes wrong and what it gives there, but not what is wanted."""
    evidence = check.evidence
    if not isinstance(evidence, Counterexample):
        return check
    if evidence.input_in_words not in check.message and (not evidence.input or evidence.input not in check.message):
        # a sentence without values: what is said of a choice, a number, a hidden input
        unseen = replace(evidence, expected="", condition="", trace=())
        return replace(check, message=check.message or "not right", evidence=unseen)
    named = evidence.input or evidence.input_in_words
    advice = check.message.partition(named)[0].rpartition("(")[0].strip()
    wrong = evidence.first_wrong_step
    at = f", from step {wrong} on" if wrong else ""
    sentence = f"on {evidence.input_in_words} the output is {evidence.got}, which is not right{at}"
    steps = tuple(replace(step, wanted={}, expected="") for step in evidence.trace)
    return replace(
        check,
        message=f"{advice} ({sentence})" if advice else sentence,
        evidence=replace(evidence, expected="", condition="", trace=steps),
    )
