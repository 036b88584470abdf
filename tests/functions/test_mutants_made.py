"""Mutants of right answers: each is another program that differs in one line and in no other byte."""

from __future__ import annotations

import ast
import pickle
import sys
from collections import Counter
from itertools import pairwise

import pytest

from grader.kinds.function.mutation import made
from grader.kinds.function.mutation.made import mutants_of, spread
from grader.kinds.function.mutation.reachable import reached_from
from grader.kinds.function.mutation.right_answers import PythonAnswer, RightCode
from grader.kinds.function.mutation.source_text import LINE_ENDS, parsed

HARD_SOURCES = {
    "arithmetic": "def f(a, b):\n    return (a + b) * 2 - a ** -1 // b % 3\n",
    "windows line ends": "def f(a, b):\r\n    if a < b:\r\n        return a - b\r\n    return [a,\r\n            b + 1][0]\r\n",
    "old line ends": "def f(a, b):\r    c = a * b\r    return c + 1\r",
    "tabs": "def f(a, b):\n\tif a:\n\t\treturn a + b\n\treturn\ta - b\n",
    "names in other scripts": "def f(größe, ширина):\n    длина = größe * ширина + 1  # ä + ö\n    return длина - größe, 'ß' + 'ö'\n",
    "wide characters before an operator": "def f(a, b):\n    return '😀😀' * (a + b), a - b\n",
    "expressions of several lines": (
        "def f(a, b):\n    total = (a +  # a + b\n             b\n             - (a\n                * b))\n"
        "    return max(a,\n               b) if (a\n                      < b\n                      and a) else (\n        total)\n"
    ),
    "line continued": "def f(a, b):\n    c = a + \\\n        b - 1\n    return c \\\n        * 2\n",
    "f-strings": "def f(a, b):\n    s = f'{a + b:>{b}} {a!r} {{x}} {\"+\" * a}'\n    return s + f'{a}' 'x + y' f'{b - 1}'\n",
    "strings that look like code": "def f(a, b):\n    '''a + b'''\n    x = 'a + b'; y = \"\"\"a\n- b\"\"\" + x; return x * a, y\n",
    "decorators": "import functools\n@functools.lru_cache(maxsize=3 + 1)\ndef f(a, b):\n    return g(a) + b\n@functools.cache\ndef g(a): return a - 1\n",
    "nested functions and lambdas": "def f(a, b):\n    def inner(x, y=2):\n        return x * y + a\n    return (lambda p, *q, r=1: p + r)(inner(b), 3)\n",
    "comprehensions": "def f(a, b):\n    return [x + 1 for x in range(a) if x % 2 if not x == b], {i: -i for i in a}, sum(x for x in b), {*a}\n",
    "generators": "def f(a, b):\n    def up(n):\n        for i in range(n):\n            yield i * 2\n            if i > b: break\n    return list(up(a))\n",
    "recursion": "def f(a, b):\n    return a if b <= 0 else f(a - 1, b - 1) + 1\n",
    "a class": "class f:\n    scale = 2\n    def __init__(self, a):\n        self.a = a * self.scale\n    @property\n    def twice(self): return 2 * self.a\n    def call(self, b):\n        self.a += b\n        return self.a\n",
    "loops": "def f(a, b):\n    while a > 0 and not b:\n        a -= 1\n        if a == 3: continue\n        if a != 4 or b is None: break\n    else:\n        raise ValueError(f'{a}')\n    for i, x in enumerate(b): a += x[i:]\n    return a\n",
    "matches and walrus": "def f(a, b):\n    match a:\n        case [1, x] if x > b:\n            return (n := x + 1) + n\n        case {'k': -1}:\n            return 2\n    return None\n",
    "exceptions": "def f(a, b):\n    try:\n        assert a >= 0, 'no'\n        return a / b\n    except ZeroDivisionError as error:\n        raise TypeError('b is 0') from error\n    finally:\n        del b\n",
    "several statements in a line": "x = 1; y = 2\ndef f(a, b): c = a + x; b = b * y; return c - b\n",
    "a byte order mark": "\ufeffdef f(a, b):\n    return a - b\n",
    "form feeds and odd separators": "def f(a, b):\n\f    c = a + b  # \u2028 - \x1c\n    return c - 1\n",
    "annotations": "def f(a: int = 3 + 1, b: 'x' = -1) -> list[1 + 2]:\n    c: float = a + 1\n    return c - b\n",
    "starred and keywords": "import numpy as np\ndef f(a, b):\n    x = np.sum(a, axis=0, keepdims=True) @ np.mean(b, axis=-1)\n    return max(*a, 1), np.clip(a, -b, b, out=None), x.copy()[1:-1, ::2][..., b]\n",
    "async": "async def f(a, b):\n    async with a as c:\n        return await c(b - 1)\n",
}


def answer_of(text: str) -> RightCode:
    return RightCode("known 'x'", PythonAnswer(text), {"solution.py": frozenset(["f"])})


def split(text: str) -> list[str]:
    starts = [0, *(match.end() for match in LINE_ENDS.finditer(text)), len(text)]
    return [text[start:end] for start, end in pairwise(starts)]


@pytest.mark.parametrize("name", HARD_SOURCES)
def test_a_mutant_differs_in_one_line_and_in_no_other_byte(name):
    text = HARD_SOURCES[name]
    found = list(mutants_of([answer_of(text)]))
    assert len(found) >= 2
    programs = {ast.dump(parsed(text.removeprefix("\ufeff")))}
    for mutant in found:
        before, after = split(text), split(mutant.answer.source)
        assert len(before) == len(after)
        (number,) = [i for i, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
        assert (
            mutant.change
            == f"solution.py:{number + 1}\n- {before[number].lstrip(chr(0xFEFF)).strip()}\n+ {after[number].lstrip(chr(0xFEFF)).strip()}"
        )
        compile(mutant.answer.source.removeprefix("\ufeff"), "solution.py", "exec")
        program = ast.dump(parsed(mutant.answer.source.removeprefix("\ufeff")))
        assert program not in programs
        programs.add(program)


CLASSIC = [
    ("return a + b", "arithmetic operator replacement (AOR)", {"return a - b", "return a * b"}),
    ("return a / b", "arithmetic operator replacement (AOR)", {"return a * b", "return a // b", "return a - b"}),
    ("a -= b", "arithmetic operator replacement (AOR)", {"a += b", "a *= b"}),
    ("a += b", "assignment instead of update", {"a = b"}),
    ("return a - b", "operands exchanged", {"return b - a"}),
    ("return (a + 1) - b", "operands exchanged", {"return (b) - (a + 1)"}),
    ("return a * b", "operand deletion (ODL)", {"return a", "return b"}),
    ("return a ** 2", "unary operator insertion (UOI)", {"return (-a) ** 2", "return -(a ** 2)"}),
    ("return -a", "unary operator deletion (UOD)", {"return a"}),
    ("return not  a", "unary operator deletion (UOD)", {"return a"}),
    ("return a < b", "relational operator replacement (ROR)", {"return a <= b", "return a != b", "return False"}),
    ("return a >= b", "relational operator replacement (ROR)", {"return a > b", "return a == b", "return True"}),
    ("return a == b", "relational operator replacement (ROR)", {"return a <= b", "return a >= b", "return False"}),
    (
        "return 0 < a < 9",
        "relational operator replacement (ROR)",
        {"return 0 <= a < 9", "return 0 != a < 9", "return 0 < a <= 9", "return 0 < a != 9"},
    ),
    ("return a not   in b", "relational operator replacement (ROR)", {"return a in b"}),
    ("return a is b", "relational operator replacement (ROR)", {"return a is not b"}),
    ("return a and b or 1", "logical connector replacement (LCR)", {"return a or b or 1", "return a and b and 1"}),
    ("return 5", "constant replacement (CRP)", {f"return {n}" for n in (6, 4, 0, 1, -5)}),
    ("return 0.5", "constant replacement (CRP)", {f"return {n}" for n in (1.5, 0.25, 0.0, 1.0, -0.5)}),
    ("return True", "constant replacement (CRP)", {"return False"}),
    ("return a[-1]", "constant replacement (CRP)", {"return a[-2]", "return a[-0]"}),
    ("return a['x']", "constant replacement (CRP)", {'return a[""]'}),
    ("return a", "scalar variable replacement (SVR)", {"return b"}),
    ("x = a; return 1", "statement deletion (SDL)", {"pass; return 1", "x = a; pass"}),
    ("print(a)", "statement deletion (SDL)", {"pass"}),
    ("return a", "return value replacement", {"return None"}),
    ("if a: return 1", "condition always false", {"if False: return 1"}),
    ("if a or b: return 1", "condition negation (COI)", {"if not (a or b): return 1"}),
    ("return 1 if a else 2", "condition always true", {"return 1 if True else 2"}),
    ("while a: a = b", "condition always false", {"while False: a = b"}),
    ("while a: break", "continue for break", {"while a: continue"}),
    ("while a: continue", "break for continue", {"while a: break"}),
    ("raise ValueError(a)", "exception replacement", {"raise TypeError(a)"}),
    ("return sorted(a)", "function replacement", {"return list(a)"}),
    ("return a.sum(axis=0)", "function replacement", {"return a.mean(axis=0)"}),
    ("return np.dot(a, b)", "function replacement", {"return np.multiply(a, b)", "return np.outer(a, b)"}),
    ("return max(a)", "function replacement", {"return min(a)"}),
    ("return sum(a)", "function replacement", set()),
    ("return np.argmax(a)", "function replacement", {"return np.argmin(a)"}),
    ("a.append(b)", "function replacement", {"a.insert(0, b)"}),
    ("return np.sqrt(a + b)", "function call deletion", {"return (a + b)"}),
    ("return abs(a)", "function call deletion", {"return a"}),
    ("return f(a, b)", "arguments exchanged", {"return f(b, a)"}),
    ("return min(a, b)", "arguments exchanged", set()),
    (
        "return np.sum(a, axis=0)",
        "axis replacement",
        {"return np.sum(a, axis=1)", "return np.sum(a, axis=None)", "return np.sum(a, axis=0, keepdims=True)"},
    ),
    ("return a.copy()", "missing copy", {"return a"}),
    ("return np.array(a)", "missing copy", {"return np.asarray(a)"}),
    ("return list(a)", "missing copy", {"return a"}),
    ("return a[:]", "missing copy", {"return a"}),
    ("a = a + b", "in place instead of new", {"a += b"}),
    ("x = a * b", "in place instead of new", {"a *= b; x = a"}),
    ("return a / b", "in place instead of new", {"a /= b; return a"}),
    ("return np.clip(a, 0, b)", "in place instead of new", {"return np.clip(a, 0, b, out=a)"}),
    (
        "for i in range(b): print(a)",
        "bound off by one",
        {"for i in range(b + 1): print(a)", "for i in range(b - 1): print(a)", "for i in range(1, b): print(a)"},
    ),
    ("for x in a: print(x)", "loop too short", {"for x in list(a)[1:]: print(x)", "for x in list(a)[:-1]: print(x)"}),
    ("for x in a: print(x)", "loop reversed", {"for x in list(a)[::-1]: print(x)"}),
    ("for x in a: print(x)", "loop runs once", {"for x in list(a)[:1]: print(x)"}),
    ("for i, x in enumerate(a): print(x)", "bound off by one", {"for i, x in enumerate(a, 1): print(x)"}),
    ("for x in itertools.count(): print(x)", "loop reversed", set()),
    ("return a[b]", "index off by one", {"return a[b + 1]", "return a[b - 1]"}),
    ("return a[1:]", "slice without a bound", {"return a[:]"}),
    ("return a[:b]", "bound off by one", {"return a[:b + 1]", "return a[:b - 1]"}),
]


@pytest.mark.parametrize(("line", "operator", "wanted"), CLASSIC)
def test_each_operator_changes_what_its_name_says(line, operator, wanted):
    found = mutants_of([answer_of(f"def f(a, b):\n    {line}\n")])
    after = {mutant.change.splitlines()[2].removeprefix("+ ") for mutant in found if mutant.operator == operator}
    assert after == wanted


def test_what_computes_nothing_is_left_as_it_is():
    text = 'def f(a: 1 + 2, b):\n    "1 + 2"\n    import math as m\n    global G\n    f"{a + 1}"\n    return a\n'
    changed = {mutant.change.splitlines()[1] for mutant in mutants_of([answer_of(text)])}
    assert changed <= {"- return a", '- f"{a + 1}"'}


@pytest.mark.skipif(sys.version_info < (3, 14), reason="there are no template strings yet")
def test_template_strings_are_left_as_they_are_as_f_strings_are():
    template = 't"size {a + 1} of 2"'
    changes = [
        mutant.change.splitlines()[2] for mutant in mutants_of([answer_of(f"def f(a):\n    return {template}\n")])
    ]
    assert changes
    assert [change for change in changes if 't"' in change and template not in change] == []


def test_only_what_the_function_rests_on_is_changed():
    text = (
        "LIMIT = 3\nOTHER = 4\nTABLE = {}\nfor i in range(5):\n    TABLE[i] = i * i\n"
        "def helper(x):\n    return TABLE[x] + LIMIT\ndef unused(x):\n    return x + OTHER\n"
        "class Box:\n    def get(self): return helper(1)\ndef f(a, b):\n    return Box().get()\n"
        "if __name__ == '__main__':\n    print(f(1, 2) + 1)\nprint(f(3, 4))\n"
    )
    lines = {int(mutant.change.partition("\n")[0].split(":")[1]) for mutant in mutants_of([answer_of(text)])}
    assert lines == {1, 3, 4, 5, 7, 11, 13}
    assert len(reached_from(parsed(text), ["unused"]).statements) == 2


def test_mutants_come_in_one_order_and_none_twice():
    one, other = answer_of("def f(a, b):\n    return a + b\n"), answer_of("def f(a,  b):\n  return (a+b)  # the same\n")
    found = list(mutants_of([one, other]))
    assert found == list(mutants_of([one, other]))
    assert found == list(mutants_of([one]))
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301  # our own


@pytest.mark.long
def test_a_very_long_answer_gives_a_bounded_number_of_mutants(monkeypatch):
    monkeypatch.setattr(made, "MAX_CHANGES_OF_ANSWER", 40)
    text = "def f(a, b):\n" + "".join(f"    a = a + {n}\n" for n in range(500)) + "    return a\n"
    found = list(mutants_of([answer_of(text)]))
    lines = [int(mutant.change.partition("\n")[0].split(":")[1]) for mutant in found]
    assert 30 < len(found) <= 40
    assert lines == sorted(lines)
    assert lines[0] < 20 < 480 < lines[-1]
    assert spread([1, 2, 3], 3) == [1, 2, 3]


@pytest.mark.parametrize("text", ["def f(a, b:\n", "f = \x00", "x = 1\n", "", "def f(a, b): pass\n"])
def test_what_is_no_program_or_says_nothing_has_no_mutants(text):
    assert list(mutants_of([answer_of(text)])) == []


def test_operators_have_one_spelling_each():
    text = "\n".join(HARD_SOURCES[name] for name in ("arithmetic", "loops"))
    operators = Counter(mutant.operator for mutant in mutants_of([answer_of(text)]))
    assert len(operators) == len({name.casefold() for name in operators})
    assert operators["statement deletion (SDL)"] >= 5
