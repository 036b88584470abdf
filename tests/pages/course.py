"""A small course with a question of each kind, and what students hand in for it."""

from dataclasses import replace

from grader.answers.submission import Submission
from grader.grading import grade
from grader.kinds.open_submission import Details
from grader.kinds.table import load_assignment

from ..answers.helpers import write
from ..conftest import RUN

SPECS = {
    "assignment.yaml": "assignment: all\ntitle: All kinds\nquestions: [w, f, n, c, p, e, code, parts]\n",
    "w.yaml": """\
question: w
title: A copy
points: 2
prompt: |
  Copy the input.

    y_t = phi(a x_t + b)
answer: weights
network:
  inputs: {x: bit}
  parameters: {a: scalar, b: scalar}
  functions: {phi(z): 1 if z >= 0.5 else 0}
  equations: {y: "phi(a*x[t] + b)"}
  output: y
behaviour: {equations: {y: "x[t]"}, output: y}
checks:
  - {name: ones, points: 1, when: "x[t] == 1"}
  - {name: zeros, points: 1, when: "x[t] == 0"}
""",
    "f.yaml": """\
question: f
title: A square
points: 2
prompt: Expand *(a + b)* squared, not a*b*a.
answer: formula
symbols: {a: scalar, b: scalar}
right: (a + b)**2
reveal: true
""",
    "n.yaml": "question: n\ntitle: A number\npoints: 1\nprompt: How much?\nanswer: number\nvalue: 1/4\n",
    "c.yaml": """\
question: c
title: A choice
points: 1
prompt: Which?
answer: choice
options: {left: the *left* one, right: the right one}
right: [right]
""",
    "p.yaml": "question: p\ntitle: Prose\npoints: 3\nprompt: Why?\nanswer: written\nrubric: [{name: because, points: 3}]\n",
    "e.yaml": """\
question: e
title: Two ways
points: 1
prompt: A formula or a number.
answer: either
ways:
  - {answer: number, value: 2}
  - {answer: formula, symbols: {a: scalar}, right: a, prompt: With an a.}
""",
    "code.yaml": """\
question: code
title: A function
points: 2
prompt: Write double(x).
answer: function
signature: double(x)
inputs: {x: integer(-5..5)}
checks:
  - {name: doubles, points: 2, holds: out == 2*x}
""",
    "parts.yaml": """\
question: parts
title: In parts
points: 2
prompt: For both parts.
symbols: {a: scalar}
parts:
  - {question: parts.1, title: One, points: 1, prompt: The first., answer: formula, right: a}
  - {question: parts.2, title: Two, points: 1, prompt: The second., answer: formula, right: 2*a}
""",
}


def loaded(folder):
    return load_assignment(write(folder / "specs" / "all", SPECS))


def pages(assignment, folder, files, names=()):
    """What pages show of a submission, by question; each result with its page."""
    asked = assignment.only(names) if names else assignment
    report = grade(Submission(write(folder, files)), asked, "degraded", run=RUN, details=Details(page=True))
    return {question.id: question for question in report.questions}


def without_page(result):
    return replace(result, page=None)
