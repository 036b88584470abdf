"""Every error of a set of inputs and of a function question: its text, and where it points."""

import pytest

from grader.errors import SpecError
from grader.kinds.table import load_assignment

SOUND = """\
question: q
title: A title
points: 3
answer: function
signature: f(x, n)
inputs:
  n: integer(1..3)
  x: vector(n, real(-1..1))
  s: {arguments: {a: integer(0..n)}, gives: [bit, "a + n"]}
assume: n < 3
checks:
  - {name: first, points: 1, when: n > 1, holds: norm(out) <= n}
  - {name: second, points: 2, equals: reference.mod.f, of: "out[0]", partly: [{holds: out == x, points: 1}]}
"""


@pytest.fixture
def problems(tmp_path):
    """What is wrong with the sound question once a part of it is another; `¶` marks where in it a message points."""
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "mod.py").write_text("def f(x, n):\n    return x\n")

    def found(old, new):
        assert SOUND.count(old) == 1
        before, _, after = SOUND.replace(old, new).partition("¶")
        path = tmp_path / "q.yaml"
        path.write_text(before + after, encoding="utf-8")
        with pytest.raises(SpecError) as caught:
            load_assignment(path)
        place = f"q.yaml:{before.count(chr(10)) + 1}:{len(before.rpartition(chr(10))[2]) + 1}: "
        return [str(problem).replace(place, "¶") for problem in caught.value.problems]

    return found


def test_the_sound_question_is_sound(tmp_path, problems):
    path = tmp_path / "q.yaml"
    path.write_text(SOUND)
    assert load_assignment(path).questions[0].signature.parameters == ("x", "n")


KINDS = (
    "there are bit; bits(length); integer(a..b); real(a..b); one of a, b, c; sequence(length, set); "
    "vector(length, set); matrix(rows, columns, set); array(n, m, ..., set); word(length, letters); generator"
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("¶reals(0..1)", f"'reals(0..1)' is not a set of inputs ({KINDS})"),
        ("¶vector(3)", f"'vector(3)' is not a set of inputs ({KINDS})"),
        ('"  sequence(3, ¶bitt)"', f"'bitt' is not a set of inputs ({KINDS})"),
        ("vector(2, matrix(1, 1, ¶reel(0..1)))", f"'reel(0..1)' is not a set of inputs ({KINDS})"),
        ("integer(¶1)", "'1' is not a range: write a..b"),
        ("integer(¶1..2..3)", "'1..2..3' is not a range: write a..b"),
        ("vector(¶1..2..3, bit)", "'1..2..3' is not a range: write a..b"),
        ("sequence(1..8¶ step 0, bit)", "a step is at least 1"),
        ("integer(1..2 +¶)", "the expression stops too early"),
        ("vector(1 ¶$ 2, bit)", "'$' has no meaning here"),
        ("¶one of 1,, 2", "a value is missing after `one of`"),
        ('"word(2,¶ )"', "a word needs letters"),
        ("vector(2,¶ word(1, ab))", "'word(1, ab)' is no set of numbers, as a vector or a matrix holds"),
        ("matrix(2, 2,¶ one of 1, a)", "'one of 1, a' is no set of numbers, as a vector or a matrix holds"),
        ("sequence(1, " * 8 + "sequence(1,¶ bit" + ")" * 9, "sets are nested too deeply"),
    ],
)
def test_a_set_that_is_none(problems, text, message):
    assert problems("integer(1..3)\n", f"{text}\n")[0] == f"¶inputs.n: {message}"


MAPPING_FORMS = (
    "a mapping is a dictionary {W: set, b: set} (or {dictionary: {...}}), {list: [set, ...]}, {tuple: [set, ...]}, "
    "arrays of a type {set: ..., array: torch.float32}, or a supplied function {arguments: {...}, gives: [...]}"
)
ARRAY_TYPES = (
    "write torch, or torch.float64 or numpy.int64 (bool, uint8, int8, int16, int32, int64, float16, float32, float64)"
)
FUNCTION_FORM = "a supplied function is written {arguments: {state: set, ...}, gives: [set, ...]}, or with `table:`"
AIMS = "needs exactly one of holds, somewhere, equals, feeds, raises and pure"
KNOWN = "(n, x, s, s_a and out are known)"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("integer(1..3)\n", "¶[]\n", "inputs.n: a list of sets needs at least one"),
        ("integer(1..3)\n", "[bit, ¶bot]\n", f"inputs.n: 'bot' is not a set of inputs ({KINDS})"),
        ("integer(1..3)\n", "{a: ¶b}\n", f"inputs.n: 'b' is not a set of inputs ({KINDS})"),
        ("integer(1..3)\n", "¶{}\n", f"inputs.n: {MAPPING_FORMS}"),
        ("integer(1..3)\n", "{list: [¶generator]}\n",
         "inputs.n: a supplied function or a generator is an argument of its own, and no part of one"),
        ("integer(1..3)\n", "{dictionary: ¶bit}\n", f"inputs.n: {MAPPING_FORMS}"),
        ("integer(1..3)\n", "{list: ¶[]}\n", "inputs.n: a list of parts is written {list: [set, set, ...]}"),
        ("integer(1..3)\n", "{tuple: ¶bit}\n", "inputs.n: a tuple of parts is written {tuple: [set, set, ...]}"),
        ("integer(1..3)\n", '{W: "array(2, 2, 2, ¶reel)"}\n', f"inputs.n: 'reel' is not a set of inputs ({KINDS})"),
        ("integer(1..3)\n", '{set: "vector(2, real)", array: ¶tensorflow}\n',
         f"inputs.n: 'tensorflow' is no type of arrays: {ARRAY_TYPES}"),
        ("integer(1..3)\n", '{set: "vector(2, real)", array: ¶torch.complex64}\n',
         f"inputs.n: 'torch.complex64' is no type of arrays: {ARRAY_TYPES}"),
        ("integer(1..3)\n", '{set: "vector(2, real)", requires_grad: ¶true}\n',
         "inputs.n: requires_grad is of tensors: say array: torch"),
        ("integer(1..3)\n", '{set: "vector(2, real)", array: torch.int64, requires_grad: ¶true}\n',
         "inputs.n: requires_grad is of tensors of floats, not of int64"),
        ("integer(1..3)\n", "¶{set: bit, array: torch}\n",
         "inputs.n: `set` beside `array` is a vector, a matrix or an array of numbers"),
        ("integer(1..3)\n", '¶["vector(2, real)", {set: "vector(2, real)", array: torch}]\n',
         "inputs.n: the arrays of a list of sets are of different types (numpy.float64 and torch.float32): "
         "say `{set: ..., array: torch.float32}` of each"),
        ("{arguments: {a: integer(0..n)},", "¶{arguments: {a: real(0..1)},",
         "inputs.s: the argument 'a' of a supplied function takes a finite set"),
        ("{arguments: {a: integer(0..n)},", "¶{arguments: {a: integer},",
         "inputs.s: the argument 'a' of a supplied function takes a finite set"),
        ('[bit, "a + n"]', "¶[]", "inputs.s: a supplied function gives at least one value"),
        ('{arguments: {a: integer(0..n)}, gives: [bit, "a + n"]}', "¶{arguments: {a: integer(0..n)}, gives: [a + k]}",
         "inputs.s: 'k' is no input that stands before it"),
        ('gives: [bit, "a + n"]', 'table: ¶{}', "inputs.s: a table needs rows"),
        ('gives: [bit, "a + n"]', 'table: {¶"0, 1": 1}', "inputs.s: a row begins with 1 arguments, not '0, 1'"),
        ('gives: [bit, "a + n"]', 'table: {0: [1, 2], 1: ¶[1]}',
         "inputs.s: every row gives equally many values, at least one"),
        ('gives: [bit, "a + n"]', 'table: {0: 1, ¶"0 ": 1}', "inputs.s: there are two rows for '0 '"),
        ("{arguments: {a: integer(0..n)}, gives", "¶{arguments: {a: integer(0..n)}, table: {0: 1}, gives",
         f"inputs.s: {FUNCTION_FORM}"),
        ("vector(n, real(-1..1))", "¶vector(m, real(-1..1))", "inputs.x: 'm' is no input that stands before it"),
        ("integer(1..3)", "¶integer(1..x)", "inputs.n: 'x' is no input that stands before it"),
        ("f(x, n)\ninputs:\n  n:", "¶f(x, n)\ninputs:\n  m:", "inputs: n of f(x, n) needs a set of inputs"),
        ("f(x, n)", "¶f x", "signature: a function is written clip(g, c), not 'f x'"),
        ("f(x, n)", "¶f(x, x)", "signature: a function is written clip(g, c), not 'f(x, x)'"),
        ("n < 3", "¶m < 3", "assume: 'm' is no input (n, x and s are known)"),
        ("when: n > 1", "when: out > ¶nn", "checks[1].when: 'nn' is no input (did you mean 'n'?)"),
        ("when: n > 1", 'when: "¶f(x, n) > 1"', "checks[1].when: 'f' is not a function here"),
        ("norm(out) <= n}", "¶nrom(out) <= n}", "checks[1].holds: 'nrom' is not a function here (did you mean 'norm'?)"),
        ("holds: norm(out) <= n}", "somewhere: norm(x) <= ¶limit}", f"checks[1].somewhere: 'limit' is no input {KNOWN}"),
        ('"out[0]"', '"¶ouy[0]"', "checks[2].of: 'ouy' is no input (did you mean 'out'?)"),
        ("holds: out == x,", "holds: out == ¶y,", f"checks[2].partly[1].holds: 'y' is no input {KNOWN}"),
        ("name: first, points: 1, when: n > 1, holds: norm(out) <= n", "name: ¶first, points: 1",
         f"checks[1]: {AIMS}, and has none"),
        ("name: first, points: 1, when: n > 1, holds", "name: ¶first, points: 1, pure: true, raises: ValueError, holds",
         f"checks[1]: {AIMS}, and has holds, raises and pure"),
        ("name: first, points: 1,", "name: ¶first, points: 1, of: out,",
         "checks[1].of: says which part of the output an `equals` compares"),
        ("holds: norm(out) <= n", "pure: true, inputs: {¶m: bit}", "checks[1].inputs: 'm' is no input"),
        ("holds: norm(out) <= n", "pure: true, inputs: {n: ¶bits}",
         f"checks[1].inputs.n: 'bits' is not a set of inputs ({KINDS})"),
        ("holds: norm(out) <= n", "pure: true, inputs: {n: ¶integer(0..x)}",
         "checks[1].inputs.n: 'x' is no input that stands before it"),
        ("reference.mod.f", "¶network", "checks[2]: 'network': the question has no network"),
        ("reference.mod.f", "¶mod.f", "checks[2]: 'mod.f': a reference is reference.module.function"),
        ("reference.mod.f", "¶reference.mod", "checks[2]: 'reference.mod': a reference is reference.module.function"),
        ("reference.mod.f", "¶reference.nod.f", "checks[2]: there is no reference/nod.py in the course"),
        ("{holds: out == x, points: 1}", "¶{points: 1}", "checks[2].partly[1]: needs exactly one of holds and equals"),
        ("{holds: out == x, points: 1}", "¶{holds: out == x, points: 5/2}",
         "checks[2].partly[1]: 2.5 points are more than the line's 2"),
        ("{holds: out == x, points: 1}", "{equals: ¶reference.nod.g, points: 1}",
         "checks[2]: there is no reference/nod.py in the course"),
        ("points: 3\n", "points: ¶4\n", "points: the checks add up to 3, but the question is worth 4"),
        ("name: second", "name: ¶first", "checks[2].name: 'first' is used twice"),
        ("holds: norm(out) <= n", "holds: norm¶(out <= n", "checks[1].holds: '(' is never closed"),
        ("when: n > 1", "¶wen: n > 1", "'wen' is not a key of checks[1] (did you mean 'when'?)"),
        ("answer: function", "answer: function\ncases: ¶0", "cases: must be a whole number from 1 on, not '0'"),
        ("answer: function", "answer: function\n¶cases: 10001",
         "checks[1]: 10,001 cases are too many: at most 10,000 can be drawn (cases: 10000)"),
        ("holds: norm(out) <= n", "pure: true, ¶cases: 20000",
         "checks[1]: 20,000 cases are too many: at most 10,000 can be drawn (cases: 10000)"),
        ("answer: function", "answer: function\ncall_seconds: ¶-1",
         "call_seconds: must not be negative, and this is -1"),
        ("integer(1..3)", "integer(¶3..1)", "inputs.n: '3..1' holds nothing: the smaller bound comes first"),
        ("vector(n, real(-1..1))", "vector(¶3..1 + 1, bit)", "inputs.x: '3..1 + 1' holds nothing: the smaller bound comes first"),
        ("holds: norm(out) <= n", "pure: ¶yes", "checks[1].pure: must be true or false, not 'yes'"),
        ("holds: norm(out) <= n", "pure: true, exhaustive: {length: ¶many}",
         "checks[1].exhaustive.length: must be a whole number from 1 on, not 'many'"),
        ("answer: function", "answer: function\nnetwork: {inputs: {z: bit}, equations: {y: \"¶w + z[t]\"}, output: y}",
         "network.equations.y: 'w' is not defined here (t, y and z can be used)"),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_place(problems, old, new, message):
    assert f"¶{message}" in problems(old, new)


@pytest.mark.parametrize(
    ("large", "message"),
    [
        ("vector(5000, real(-1..1))", "of up to 5,002 numbers are too many: at most 59 can be drawn (cases: 59)"),
        ("sequence(1..90, vector(n, bit))", None),
        (
            "sequence(1..900, matrix(2, 2, bit))",
            "of up to 3,602 numbers are too many: at most 83 can be drawn (cases: 83)",
        ),
        ("matrix(1000, 1000, real(-1..1))", "of up to 1,000,002 numbers are too many: at most 300,000 numbers"),
    ],
)
def test_inputs_that_are_large_are_drawn_as_often_as_a_limit_lets(problems, tmp_path, large, message):
    if message is None:
        (tmp_path / "q.yaml").write_text(SOUND.replace("vector(n, real(-1..1))", large))
        assert load_assignment(tmp_path / "q.yaml").questions
    else:
        found = problems("vector(n, real(-1..1))", large)
        assert found[0] == f"q.yaml:12:5: checks[1]: 200 cases {message}"


def test_several_faults_are_told_together(problems):
    found = problems('equals: reference.mod.f, of: "out[0]", partly: [{holds: out == x, points: 1}]', "holds: a < b")
    assert [line.split(": ", 1)[1].split(" (")[0] for line in found] == [
        "checks[2].holds: 'a' is no input",
        "checks[2].holds: 'b' is no input",
    ]


def test_title_and_points_may_be_left_out_and_a_reference_may_be_written_with_a_colon(tmp_path):
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "mod.py").write_text("def f(x, n):\n    return x\n")
    shorter = SOUND.replace("title: A title\npoints: 3\n", "").replace("reference.mod.f", "reference.mod:f")
    (tmp_path / "q.yaml").write_text(shorter)
    (question,) = load_assignment(tmp_path / "q.yaml").questions
    assert (question.title, question.points) == ("q", 3)
    assert question.checks[1].aim.reference == "reference.mod.f"
