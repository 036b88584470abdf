"""A script: the grader that it imports knows `softsign` in every domain, in formulas and in networks."""

from pathlib import Path

from flint import arb, fmpq

from grader.formulas import ProvedEqual, Quantity, Setting, Symbols, decide, read_formula, usual_notation
from grader.kinds.table import load_assignment
from grader.language.arithmetic import STEP_BUDGET
from grader.language.arrays import Array
from grader.language.balls import Balls
from grader.language.compile import compile_tree
from grader.language.derivative import derivative
from grader.language.exact import Exact
from grader.language.floats import Floats
from grader.language.latex import to_latex
from grader.language.parse import parse
from grader.language.printing import to_text
from grader.language.ranks import Ranks
from grader.language.scope import Scope
from grader.language.shapes import Shapes
from grader.language.sizes import Size
from grader.language.tree import Name
from grader.selfcheck import check_assignment


def value(domain, x):
    scope = Scope()
    scope.names["x"] = scope.new_slot()
    frame = [None] * 9
    frame[STEP_BUDGET], frame[scope.names["x"]] = 1000, x
    return compile_tree(parse("softsign(x)"), scope, domain)(frame)


assert value(Exact(), fmpq(-3)) == fmpq(-3, 4)
assert value(Exact(), Array((2,), (fmpq(1), fmpq(0)))) == Array((2,), (fmpq(1, 2), fmpq(0)))
assert value(Floats(), -3) == -0.75
assert value(Balls(), arb(-3)).contains(fmpq(-3, 4))
assert value(Shapes(), Size((3,))) == Size((3,))
assert Ranks({"v": 1}).of(parse("softsign(v)")) == 1
assert to_text(derivative(parse("softsign(x)"), Name("x"))) == "1/(1 + abs(x))**2"
x = Symbols({"x": Quantity()})
for text, wanted in {"ssgn(x)": "softsign(x)", "Softsign(x)": "softsign(x)", "max softsign'": "1"}.items():
    assert read_formula(text, x, usual_notation(x, ())).tree == parse(wanted)
for other in ("x/(1 + abs(x))", "sign(x) - sign(x)/(1 + abs(x))"):
    assert isinstance(decide(parse(other), parse("softsign(x)"), Setting(x)), ProvedEqual)
assert to_latex(parse("softsign(x)")) == r"\operatorname{ss}\left(x\right)"

for name in ("latch", "slope"):
    findings = list(check_assignment(load_assignment(Path(__file__).with_name(f"{name}.yaml"))))
    assert findings
    assert [finding.text for finding in findings if finding.level == "fail"] == []
