"""Which tests are run for a mutant: of each part of the verdict path, its files and the tests that put it to the test."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """Files whose functions are changed, and the tests of which one should then fail."""

    sources: tuple[str, ...]
    tests: tuple[str, ...]


EVIDENCE = ("tests/checks/test_evidence.py", "tests/checks/test_random_systems.py", "tests/checks/test_lines_about.py")

GROUPS = {
    "choice": Group(
        ("grader/kinds/choice/*.py",),
        ("tests/kinds/test_choice.py", "tests/kinds/test_forms_of_answers.py", "tests/kinds/test_named_mistakes.py"),
    ),
    "number": Group(
        ("grader/kinds/number/*.py",), ("tests/kinds/test_number.py", "tests/checks/test_answer_limits.py")
    ),
    "written": Group(
        ("grader/kinds/written/*.py",),
        (
            "tests/kinds/test_written.py",
            "tests/cli/test_course.py",
            "tests/cli/test_marks.py",
            "tests/hand_ins/test_prose.py",
        ),
    ),
    "formula": Group(
        ("grader/kinds/formula/score.py", "grader/kinds/formula/spec_check.py"),
        (
            "tests/kinds/test_formula.py",
            "tests/checks/test_formula_evidence.py",
            "tests/checks/test_formula_domains.py",
            "tests/checks/test_answer_limits.py",
            "tests/checks/test_derived_specs.py",
        ),
    ),
    "machines": Group(
        ("grader/machines/*.py",),
        (
            "tests/machines",
            *EVIDENCE,
            "tests/spec/test_messages.py",
            "tests/spec/test_word_messages.py",
            "tests/checks/test_float64.py",
        ),
    ),
    "engines": Group(("grader/engines/*.py",), ("tests/engines", "tests/checks/test_large_numbers.py", *EVIDENCE)),
    "weights": Group(
        ("grader/kinds/weights/*.py",),
        ("tests/quality", "tests/checks/test_selfcheck.py", "tests/machines/test_remembered_behaviour.py", *EVIDENCE),
    ),
    "function": Group(
        ("grader/kinds/function/*.py", "grader/kinds/function/aims/*.py"),
        (
            "tests/functions/test_verdicts_by_hand.py",
            "tests/functions/test_counterexamples.py",
            "tests/functions/test_credit.py",
            "tests/functions/test_forms.py",
            "tests/functions/test_parts_of_outputs.py",
            "tests/functions/test_kept_arguments.py",
            "tests/functions/test_rounds.py",
            "tests/hand_ins/test_classes.py",
        ),
    ),
    "decisions": Group(
        ("grader/classroom/decisions.py", "grader/spec/deadlines.py"),
        ("tests/classroom/test_lateness.py", "tests/classroom/test_overrides.py"),
    ),
    "either": Group(
        ("grader/kinds/*.py",), ("tests/test_kind_table.py", "tests/kinds", "tests/checks/test_selfcheck.py")
    ),
}
