"""Reports for the writers of platform formats: one with every status in it, one whose every string is hostile."""

import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from grader.evidence import CheckFault, Counterexample, Proved, TraceStep
from grader.language.mathml import to_mathml
from grader.language.tree import Text
from grader.network_details import MachineStep, MachineTable, MinimalMachines
from grader.page_details import (
    DrawnEdge,
    DrawnNetwork,
    DrawnUnit,
    HandedInText,
    MachinePath,
    PageDetails,
    ShownArray,
    ShownCall,
    TypesetFormula,
)
from grader.verdict import AnswerLocation, CheckResult, Margin, QuestionResult, Report

GOLDEN = Path(__file__).parent / "golden"

HOSTILE = (
    "\x00\x0b\x1b[31mred\ufffe\ud800 ::error file=x,line=1::pwned\n::error::pwned\r\n::stop-commands::x\r##[error]x "
    '</pre></failure>]]><script>alert(1)</script>&amp;&#64; \u202egnp.exe\u2028 =HYPERLINK("http://evil.example") '
    "@everyone #1 $x^2$ | a | `code` *b* __u__ ~~s~~ [l](http://evil.example) ![i](x) www.evil.example %0A%25 , : "
    "\n# heading\n- item\n1) one\n    code\n```\n+1 'q' \"q\"\t€ é\U0001f600"
)


def check(name, points, worth, outcome, evidence=Proved(3), message=""):  # noqa: B008  # a frozen value
    return CheckResult(name, Fraction(points), Fraction(worth), outcome, evidence, message)


def question(name, status, *checks, messages=(), place=None, margins=(), title="A latch"):
    worth = sum((c.max_points for c in checks), Fraction(0))
    return QuestionResult(name, title, status, worth, checks, messages, margins, place)


def step(t, value, output, expected, text=""):
    inputs, student, wanted = {f"x{text}": value}, {f"h{text}": output}, {"alive": expected}
    return TraceStep(t, inputs, student | {"k": f"1/3{text}"}, wanted, output, expected, output == expected)


WRONG = Counterexample("01", "00", "01", (step(1, "0", "0", "0"), step(2, "1", "1", "0")))
SAID = "on input 01 the output is 01, but 00 is wanted: step 2 gives 1 instead of 0 (the shortest such input)"
HIDDEN = Counterexample("(hidden)", "(hidden)", "(hidden)", shortest=False)
CALL = Counterexample("clip([3, 4], 1)", "[0.6, 0.8]", "[1, 1]")
REASON = "held, because the grader failed: SpecError: reference.secret gives 7/13"


def everything():
    """Every status of a line, and every kind of place."""
    return Report(
        "assignment3",
        "alice",
        (
            question(
                "q5",
                "graded",
                check("stays 1", 20, 20, "passed"),
                check("drops to 0", "15/2", 20, "failed", WRONG, SAID),
                check("stays 0", 0, 30, "blocked", CheckFault(""), "counts once 'drops to 0' holds"),
                messages=("Your hidden unit forgets.",),
                place=AnswerLocation("answers.yaml", 2),
                margins=(Margin("h", "0", "x = 1", True),),
            ),
            question(
                "q6.1",
                "graded",
                check("clips", 0, 4, "failed", CALL, "Divide by the norm (clip([3, 4], 1) is [1, 1], not [0.6, 0.8])"),
                check("is right elsewhere", 0, 2, "failed", HIDDEN, "fails on an input that is not shown"),
                place=AnswerLocation("solution.py"),
            ),
            question("q7", "pending", check("a reader", 0, 10, "pending", CheckFault(""), "waits for a reader")),
            question("q8", "missing", check("line", 0, 5, "failed", CheckFault(""), "no answer was handed in")),
            question(
                "q9",
                "rejected",
                check("line", 0, 6, "failed", CheckFault("answers.yaml:9:1: broken"), "answers.yaml:9:1: broken"),
                messages=("answers.yaml:9:1: broken",),
                place=AnswerLocation("answers.yaml", 9),
            ),
        ),
        ("answers.yaml:12:1: 'q55' is not a question",),
        "B: reads only the interpreter's files",
    )


def with_held():
    """The same, and a question that the grader failed on."""
    report = everything()
    held = question("q10", "held", check("line", 0, 7, "held", CheckFault(REASON), REASON), messages=(REASON,))
    return Report(report.assignment, report.submission, (*report.questions, held), report.messages, report.sandbox)


def page_of(text):
    """Everything that a page shows beside the marks; formulas come from the grader's own writer of MathML."""
    array = ShownArray(text, text, ((text, "1"), (text, text)), text, (2, 2), wrong=((0, 1),))
    table = MachineTable(
        (text, f"{text}1"), ("", text), ((MachineStep(0, text), MachineStep(1, text)),) * 2, True, text
    )
    return PageDetails(
        handed_in=(HandedInText(f"{text}.py", f"def f():\n{text}", "python", 3, (4,), cut=True),),
        formulas=(TypesetFormula(f"caption {text}", text, to_mathml(Text(text))),),
        network=DrawnNetwork((DrawnUnit(text, 0, text), DrawnUnit(f"{text}2", 1, text)), (DrawnEdge(text, f"{text}2", text, 1.5),)),
        machines=MinimalMachines(table, table),
        machine_path=MachinePath(f"line {text}", (0, 1)),
        calls=(ShownCall(f"line {text}", (array,), (array,), (array,)),),
    )  # fmt: skip


def hostile(text=HOSTILE):
    """Every string that a student can have a hand in, and those of the spec as well."""
    trace = (step(1, text, "0", "0", text), step(2, text, text, "0", text))
    wrong = Counterexample(text, f"wanted {text}", f"got {text}", trace)
    said = f"on input {text} the output is {text}"
    return Report(
        f"a{text}",
        text,
        (
            replace(question(
                "q1", "graded",
                check(f"line {text}", 0, 2, "failed", wrong, said),
                check(f"line {text}", 2, 2, "passed", CheckFault(text)),
                messages=(text, text), place=AnswerLocation(f"{text}.yaml", 3), title=text,
                margins=(Margin(text, text, text, False),),
            ), page=page_of(text)),
            question("q2", "rejected", check("line", 0, 2, "failed", CheckFault(text), text), messages=(text, f"and {text}")),
            question("q3", "held", check("line", 0, 2, "held", CheckFault(text), text), messages=(text,)),
            question("q4", "pending", check("line", 0, 2, "pending", CheckFault(text), text), messages=(f"note {text}",)),
        ),
        (text,),
        text,
    )  # fmt: skip


def is_golden(name, text):
    """Whether a text is the one that is kept; `WRITE_GOLDEN=1 pytest` keeps the new one."""
    path = GOLDEN / name
    if os.environ.get("WRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8", newline="\n")
    return path.read_text(encoding="utf-8") == text
