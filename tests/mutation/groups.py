"""Which tests are run for a mutant: of each part of the verdict path, its files and the tests that put it to the test."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

WITHOUT_VERDICTS = (
    "*mutant*", "mutation*", "proposals.py", "near_proposals.py", "proposed_changes.py", "rubric_remarks.py",
    "described.py", "copy.py", "copies.py", "copy_texts.py", "spec_table.py", "page.py", "question_schema.py",
    "killing_inputs.py", "telling_inputs.py", "box_text.py", "smt_text.py", "term_text.py", "typeset_formulas.py",
)  # fmt: skip
"""Files beside those that decide what an answer gets: what is shown of a question, and how strong its rubric is."""


@dataclass(frozen=True)
class Group:
    """Files whose functions are changed, and the tests of which one should then fail."""

    sources: tuple[str, ...]
    tests: tuple[str, ...]

    def files(self, root: Path) -> list[str]:
        """The files, relative to the root, in their order."""
        found = sorted({path for pattern in self.sources for path in root.glob(pattern)})
        judging = [path for path in found if not any(fnmatch(path.name, name) for name in WITHOUT_VERDICTS)]
        return [path.relative_to(root).as_posix() for path in judging]


def _files(folder: str, *names: str) -> tuple[str, ...]:
    return tuple(f"tests/{folder}/test_{name}.py" for name in names)


EVIDENCE = _files("checks", "evidence", "random_systems", "lines_about")
FORMS = (*_files("kinds", "forms_of_answers", "named_mistakes"), *_files("spec", "faults"))

GROUPS = {
    "choice": Group(("grader/kinds/choice/*.py",), (*_files("kinds", "choice"), *FORMS)),
    "number": Group(
        ("grader/kinds/number/*.py",), (*_files("kinds", "number"), *FORMS, *_files("checks", "answer_limits"))
    ),
    "written": Group(
        ("grader/kinds/written/*.py",),
        (
            *_files("kinds", "written"),
            *FORMS,
            *_files("cli", "course", "marks"),
            *_files("hand_ins", "prose"),
            *_files("review", "standing"),
        ),
    ),
    "formula": Group(
        ("grader/kinds/formula/*.py",),
        (
            *_files("kinds", "formula"),
            *FORMS,
            *_files("checks", "formula_evidence", "formula_domains", "formula_statements", "answer_limits"),
            *_files("checks", "derived_specs", "references"),
        ),
    ),
    "formulas": Group(
        ("grader/formulas/*.py",), ("tests/formulas", *_files("checks", "formula_evidence", "formula_domains"))
    ),
    "machines": Group(
        ("grader/machines/*.py",),
        (
            "tests/machines",
            *EVIDENCE,
            *_files("checks", "float64", "input_languages", "shares"),
            *_files("spec", "word_messages"),
        ),
    ),
    "engines": Group(
        ("grader/engines/*.py",),
        ("tests/engines", *EVIDENCE, *_files("checks", "large_numbers", "smooth_questions", "feasible")),
    ),
    "weights": Group(
        ("grader/kinds/weights/*.py",),
        (
            "tests/quality",
            *EVIDENCE,
            *_files("checks", "selfcheck", "choices", "shares", "feasible", "students_notations", "smooth_questions"),
            *_files("kinds", "weight_symmetries"),
            *_files("spec", "faults"),
            *_files("machines", "remembered_behaviour"),
            *_files("answers", "readings_of_shapes", "arrays", "bad_values"),
            *_files("hand_ins", "weights_maps", "weights_text", "matrices"),
        ),
    ),
    "function": Group(
        ("grader/kinds/function/*.py", "grader/kinds/function/aims/*.py"),
        (
            *_files("functions", "verdicts_by_hand", "counterexamples", "credit", "forms", "parts_of_outputs"),
            *_files("functions", "kept_arguments", "rounds", "rounding", "pure", "alike_mistakes", "handed_in"),
            *_files("functions", "hidden", "sizes", "zeros", "texts_and_lists", "records"),
            *_files("inputs", "messages"),
            *_files("hand_ins", "classes"),
            *_files("spec", "faults"),
        ),
    ),
    "decisions": Group(
        ("grader/classroom/decisions.py", "grader/classroom/lateness.py", "grader/spec/deadlines.py"),
        _files("classroom", "lateness", "overrides", "override_file", "decided_reports"),
    ),
    "grading": Group(
        ("grader/verdict.py", "grader/grading.py", "grader/kinds/*.py"),
        (
            "tests/test_kind_table.py",
            "tests/kinds",
            *_files("checks", "selfcheck", "either", "oracle"),
            *_files("api", "check"),
            *_files("reports", "json", "counts"),
        ),
    ),
}
