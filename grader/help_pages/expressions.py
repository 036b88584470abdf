"""How expressions are written, and the functions of the language as its table has them."""

from __future__ import annotations

from grader.language.functions.table import FUNCTIONS, WRITTEN_OUT

EXPRESSIONS_INTRODUCTION = """\
# Expressions, and the functions in them

```yaml
equations: {h: "phi(W2*h[t-1] + W1*x[t] + b)"}
accept: "abs(y - expected) < 0.1"
holds: "norm(out) ~ min(norm(g), c)"
```

Expressions are written in Python's syntax: `+ - * / // % ** @`, `.T`, comparisons, `and or not`, `a if c else b`,
`sum(i * 2 for i in range(3))`, lists, the functions below, and those that the spec defines. Truth is 1 or 0.

For weights everything is exact, nothing is rounded: values that are not rational (`sigmoid`, `exp`, roots) are enclosed
in balls of up to 4,096 bits. Nothing is ever `eval`ed.

## Functions

They are there in every expression of a spec and in formulas of students, of a number `z` and entry by entry on vectors
and matrices, or of a whole vector or matrix. Networks are decided exactly with those of them that keep rational numbers
rational. How students' formulas are read: [`grader help formulas`](formulas.md).
"""

IN_FORMULAS_ALONE = """\
## In formulas of students

Formulas of students may call these as well, where the question has no such name itself; they are read as expressions
in the others, and so are `\\log_2`, `\\log_{10}`, `‖v‖_2`, `‖v‖_1`, `‖W‖_F`, `1_{z > 0}`, `\\mathbb{1}[z > 0]` and
`einsum` of two. `np.`, `torch.`, `F.` before a name are left out, and `a.dot(b)` is `dot(a, b)`. A call with a wrong
number of arguments is refused, with the place.
"""


def page_text() -> str:
    """The page: a table of the functions, and one of those that are written out in these."""
    own = [_row(function.name, function.spellings, function.description) for function in FUNCTIONS.values()]
    others = [
        _row(function.name, function.spellings, function.description)
        for function in dict.fromkeys(WRITTEN_OUT.values())
    ]
    tables = [
        "\n".join(["| function | also read as | value |", "| --- | --- | --- |", *own, ""]),
        "\n".join(["| function | also read as | what it is read as |", "| --- | --- | --- |", *others, ""]),
    ]
    return "\n".join([EXPRESSIONS_INTRODUCTION, tables[0], IN_FORMULAS_ALONE, tables[1]])


def _row(name: str, spellings: tuple[str, ...], description: str) -> str:
    return f"| `{name}` | {', '.join(f'`{spelling}`' for spelling in spellings)} | {description} |"
