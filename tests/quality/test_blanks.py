"""The blank of every spec in the repository loads without a complaint, is missing everywhere, and can be filled in."""

import json
import re

import pytest

from grader.answers.submission import Submission
from grader.answers_template import blank_answers
from grader.errors import SpecError
from grader.grading import grade
from grader.kinds.choice.question import ChoiceQuestion
from grader.kinds.function.question import FunctionQuestion
from grader.kinds.table import load_assignment, ways_of
from grader.kinds.variants.own import students_assignment
from grader.kinds.weights.question import WeightsQuestion
from grader.kinds.withheld import WithheldQuestion
from grader.kinds.written.question import WrittenQuestion
from grader.language.arrays import Array
from grader.reports.sentences import complaints

from ..answers.helpers import ROOT, write
from ..conftest import RUN
from ..help.examples import blocks_of

SPECS_OF_PAGES = [
    block.text
    for page in ("weights", "functions", "formulas", "questions")
    for block in blocks_of(page, "yaml")
    if block.text.startswith("question:")
]
"""Whole questions, one of each kind and more."""
FOLDERS = sorted({path.parent for place in ("specs", "tests") for path in (ROOT / place).rglob("assignment.yaml")})

EITHER = """
question: "any: #1"
title: "Any way,\\nin two lines"
points: 6
prompt: Choose.
answer: either
ways:
  - answer: function
    signature: f(x)
    inputs: {x: "integer(0..9)"}
    checks: [{name: doubles, points: 6, holds: out == 2*x}]
    known: {key: {code: "def f(x):\\n    return 2*x\\n", earns: 6}}
  - answer: weights
    network: {inputs: {x: bit}, parameters: {w: scalar, b: [2]}, equations: {y: "w*x[t] + b[0] - b[1]"}, output: y}
    behaviour: {equations: {e: "2*x[t]"}, output: e}
    checks: [{name: right, points: 6}]
    known: {key: {w: 2, b: [1, 1], earns: 6}}
  - answer: formula
    symbols: {x: scalar}
    right: 2*x
    known: {key: {formula: x + x, earns: 6}}
  - answer: choice
    options: {a: "yes\\nor no", b: neither}
    right: [a]
"""
ALL_FUNCTIONS = """
question: code
title: Code alone
points: 1
answer: either
ways:
  - {answer: function, signature: f(x), inputs: {x: bit}, checks: [{name: same, points: 1, holds: out == x}]}
  - {answer: function, signature: g(x), inputs: {x: bit}, checks: [{name: same, points: 1, holds: out == x}]}
"""


@pytest.fixture(scope="module")
def assignments(tmp_path_factory):
    folder = tmp_path_factory.mktemp("specs")
    texts = {"either": EITHER, "code": ALL_FUNCTIONS} | {f"page{i}": text for i, text in enumerate(SPECS_OF_PAGES)}
    write(folder, {f"{name}.yaml": text for name, text in texts.items()})
    found = {f"{name}.yaml": students_assignment(load_assignment(folder / f"{name}.yaml"), "ada") for name in texts}
    for path in FOLDERS:
        try:
            found[path.relative_to(ROOT).as_posix()] = load_assignment(path)
        except SpecError:  # one that is broken on purpose
            assert path.is_relative_to(ROOT / "tests")
    assert len(found) >= 10
    return found


@pytest.mark.long
def test_every_blank_loads_and_is_missing_everywhere(assignments, tmp_path):
    for i, (name, assignment) in enumerate(assignments.items()):
        folder = write(tmp_path / str(i), {"answers.yaml": blank_answers(assignment)})
        report = grade(Submission(folder), assignment)
        assert (report.messages, complaints(report)) == ((), []), name
        waits = {q.id for q in assignment.questions if isinstance(q, WithheldQuestion)}
        assert {q.status for q in report.questions if q.id not in waits} <= {"missing"}, name


def shown(value):
    if not isinstance(value, Array):
        return str(value)
    return f"[{', '.join(shown(value.item(i)) for i in range(value.shape[0]))}]"


def filled(text, question):
    """The blank with a known answer of a question in its place, what it earns, and the code that belongs to it."""
    for way in ways_of(question):
        key = json.dumps(way.id) if ":" in way.id else way.id
        if isinstance(way, WrittenQuestion):
            return re.sub(rf"^(# )?{re.escape(key)}:.*$", f"{key}: words", text, flags=re.M), 0, ""
        if isinstance(way, ChoiceQuestion):
            answer = f"{key}: [{', '.join(way.right)}]"
            return re.sub(rf"^(# )?{re.escape(key)}:.*$", answer, text, flags=re.M), question.points, ""
        best = max(getattr(way, "known", ()), key=lambda known: known.earns, default=None)
        if best is None:
            continue
        if isinstance(way, FunctionQuestion):
            return text, best.earns, str(best.code)
        if isinstance(way, WeightsQuestion):
            given = {name: shown(value) for name, value in best.values.items()} | dict(best.form.choices)
            for name, value in given.items():
                text, count = re.subn(rf"^  {name}:( *)(#.*)$", rf"  {name}: {value}\1\2", text, count=1, flags=re.M)
                assert count == 1
            return text, best.earns, ""
        answer = f"{key}: {json.dumps(str(best.text), ensure_ascii=False)}  # "
        return re.sub(rf"^{re.escape(key)}:  # ", answer.replace("\\", r"\\"), text, flags=re.M), best.earns, ""
    return None


@pytest.mark.long
def test_every_blank_filled_with_known_answers_gets_their_marks(assignments, tmp_path):
    """A file for each question, so that weights of one name are those of that question."""
    tried = 0
    for name, assignment in assignments.items():
        for question in assignment.questions:
            alone = assignment.only([question.id])
            found = filled(blank_answers(alone), question)
            if found is None or (found[2] and not name.endswith(".yaml")):
                continue  # the code of whole assignments is graded by the tests of their specs
            text, earns, code = found
            tried += 1
            folder = write(tmp_path / str(tried), {"answers.yaml": text, **({"solution.py": code} if code else {})})
            report = grade(Submission(folder), alone, run=RUN)
            (result,) = (q for q in report.questions if q.id == question.id)
            assert (result.points, complaints(report)) == (earns, []), (name, question.id)
    assert tried >= 20


def test_either_way_of_a_blank_can_be_chosen(assignments, tmp_path):
    """Taking away the # of one way, and putting one before the others, leaves that way."""
    assignment = assignments["either.yaml"]
    blank = blank_answers(assignment)
    assert '\n"any: #1":\n  w:  # a number\n  b:  # a vector of 2: [., .]\n' in blank
    assert '\n# "any: #1":  # a formula in quotes (x can be used)\n' in blank
    assert '\n#   a: yes\n#   or no\n#   b: neither\n# "any: #1":  # one of them' in blank
    assert [line for line in blank.splitlines() if line.startswith("# way")] == [
        "# way 1 of 4 (function):", "# way 2 of 4 (weights):", "# way 3 of 4 (formula):", "# way 4 of 4 (choice):",
    ]  # fmt: skip
    active, formula = blank.split('"any: #1":\n  w:  # a number\n  b:  # a vector of 2: [., .]\n')
    chosen = active + formula.replace('# "any: #1":  # a formula', '"any: #1": 2x  # a formula')
    report = grade(Submission(write(tmp_path / "a", {"answers.yaml": chosen})), assignment)
    assert report.points == 6
    assert report.questions[0].messages[0] == "way 3 of 4 (formula) counted"


def test_what_the_parts_share_stands_before_them_once():
    assignment = load_assignment(ROOT / "specs" / "assignment3")
    for chosen in (assignment, assignment.only(["q3"]), assignment.only(["q3.4", "q5"])):
        text = blank_answers(chosen)
        assert text.count("#   A network with one hidden unit, all scalars, and a loss L:\n") == 1
        assert "# q3 (110 points): Back-propagation through time\n#\n#   A network" in text
        assert text.index("# q3 (110 points)") < text.index("# q3.4 (30 points)")
    assert "# q3 " not in blank_answers(assignment.only(["q5"]))
