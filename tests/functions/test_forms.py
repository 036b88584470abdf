"""The form of an output is looked at before anything is compared: what is empty, stretched or of another kind fails."""

import pytest

from grader.errors import SpecError
from grader.kinds.function.spec_check import check_function_question
from grader.kinds.table import load_assignment

from .conftest import POOL, question_text

TEN = "holds: out == n*10\nholds: abs(out - 10*n) < 1e-6\nholds: out ~ 10 * n\nholds: not out > 10 * n"
EVASIONS = [
    "[]", "()", "np.array([])", "np.zeros((0, 3))", "[[], []]", "{}", "np.zeros((0, 3, 2))", "np.zeros((2, 0))",
]  # fmt: skip
STRETCHED = ["[n * 10] * 3", "np.full((2, 2), n * 10)", "np.full((1, 1), n * 10)", "[n * 10]", "(n * 10,)"]


@pytest.mark.parametrize("given", [*EVASIONS, *STRETCHED, "str(n * 10)", "None", "{'out': n * 10}"])
@pytest.mark.parametrize("more", ["returns: real\n", "returns: integer\n"])
@pytest.mark.sampled(2)
def test_nothing_but_a_number_passes_where_a_number_is_wanted(judge, given, more):
    source = f"import numpy as np\ndef f(n):\n    return {given}"
    judged = judge(source, "f(n)", "{n: integer(1..9)}", TEN, more)
    assert set(judged.earned.values()) == {0}
    assert judged.result.status == "graded"
    assert all("is wanted" in check.message for check in judged.result.checks)


@pytest.mark.parametrize("given", EVASIONS)
def test_nothing_that_is_empty_passes_where_no_form_is_stated(judge, given):
    lines = (
        f"{TEN}\nholds: sum(out) == 0\nholds: norm(out) <= n\nholds: all(out)\nholds: all(out > 0)\nholds: out != n\n"
        'holds: "all(out[i] > 0 for i in range(len(out)))"\nsomewhere: out == n\nwhen: out >= 0, holds: out == n*10'
    )
    source = f"import numpy as np\ndef f(n):\n    return {given}"
    assert set(judge(source, "f(n)", "{n: integer(1..9)}", lines).earned.values()) == {0}


@pytest.mark.parametrize(
    "given",
    ["n * 10", "n * 10.0", "np.int64(n * 10)", "np.float32(n * 10)", "np.array(n * 10)", "np.array([n]).sum() * 10"],
)
def test_a_number_is_a_number_however_numpy_makes_it(judge, given):
    source = f"import numpy as np\ndef f(n):\n    return {given}"
    for more in ("returns: real\n", "returns: integer\n", ""):
        assert set(judge(source, "f(n)", "{n: integer(1..9)}", TEN, more).earned.values()) == {1}


@pytest.mark.parametrize(
    ("returns", "given", "points"),
    [
        ("vector(len(g))", "2 * g", 1),
        ("vector(len(g))", "list(2 * g)", 1),
        ("vector(len(g))", "tuple(2 * g)", 1),
        ("vector(len(g))", "(2 * g).reshape(-1, 1)", 0),
        ("vector(len(g))", "[2 * g]", 0),
        ("vector(len(g))", "2 * g[:-1]", 0),
        ("vector(len(g))", "0", 0),
        ("vector(len(g))", "[]", 0),
        ("vector(1..4)", "2 * g", 1),
        ("vector(3..)", "2 * g", 0),
        ("vector(any)", "2 * g", 1),
        ("vector(any)", "[]", 0),
        ("sequence(len(g), real)", "2 * g", 1),
        ("sequence(any, real)", "list(2 * g)", 1),
        ("matrix(len(g), 1)", "(2 * g).reshape(-1, 1)", 0),
        ("vector(len(g)) or none", "2 * g", 1),
        ("vector(len(g), integer)", "2 * g", 1),
        ("vector(len(g), bit)", "2 * g", 0),
    ],
)
def test_a_vector_has_the_length_that_its_arguments_say(judge, returns, given, points):
    source = f"import numpy as np\ndef f(g):\n    return {given}"
    inputs = '{g: "vector(2..4, integer(1..5))"}'
    assert judge(source, "f(g)", inputs, "holds: out == 2 * g", f"returns: {returns}\n").only.points == points


@pytest.mark.parametrize(
    ("given", "points"),
    [
        ("(sum(x), [2 * e for e in x])", 1),
        ("[sum(x), tuple(2 * e for e in x)]", 1),
        ("(sum(x),)", 0),
        ("(sum(x), [])", 0),
        ("([sum(x)], [2 * e for e in x])", 0),
        ("(sum(x), [2 * e for e in x], 0)", 0),
    ],
)
def test_parts_have_forms_of_their_own(judge, given, points):
    inputs = '{x: "sequence(1..4, integer(-5..5))"}'
    lines = 'holds: "out[0] == sum(x) and out[1] == 2 * x"'
    more = 'returns: [integer, "sequence(len(x), integer)"]\n'
    assert judge(f"def f(x):\n    return {given}", "f(x)", inputs, lines, more).only.points == points


@pytest.mark.parametrize(
    ("given", "came"),
    [
        ("[]", "an empty list"),
        ("()", "an empty tuple"),
        ("{}", "an empty dictionary"),
        ("[1, 2, 3]", "a list of 3 numbers"),
        ("(1,)", "a tuple of 1 number"),
        ("[[], []]", "a list of 2 lists of 0 numbers"),
        ("[[1], [2, 3]]", "a list of 2 lists that differ in length or are not all numbers"),
        ("['a']", "a list of 1 text"),
        ("[None, 1]", "a list of 2 values that are not all numbers"),
        ("np.zeros((0, 3))", "an array of shape (0, 3)"),
        ("'12'", "the text '12'"),
        ("None", "None"),
    ],
)
def test_a_message_says_what_was_wanted_and_what_came(judge, given, came):
    source = f"import numpy as np\ndef f(n):\n    return {given}"
    check = judge(source, "f(n)", "{n: one of 1}", "holds: out == n", "returns: real\n").only
    assert check.message == f"f(n=1) returned {came}, where a number is wanted"


def test_a_reference_fixes_the_form_for_every_line(judge):
    lines = 'holds: norm(out) <= 1e9\nequals: reference.mod.f\nequals: reference.mod.f, of: "out[0]"\npure: true'
    reference = "def f(g):\n    return 2 * g"
    inputs = '{g: "vector(2..4, integer(1..5))"}'
    for given, earned in (
        ("2 * g", [1, 1, 1, 1]),
        ("[]", [0, 0, 0, 0]),
        ("g[:1] * 2", [0, 0, 0, 0]),
        ("[[]]", [0, 0, 0, 0]),
    ):
        judged = judge(f"def f(g):\n    return {given}", "f(g)", inputs, lines, "", reference)
        assert [*judged.earned.values()] == earned


def test_an_output_that_should_be_empty_may_be(judge):
    lines = "holds: out == x\nholds: all(out >= 0)\nequals: reference.mod.f"
    inputs = '{x: "sequence(0..3, integer(0..5))"}'
    reference = "def f(x):\n    return list(x)"
    judged = judge("def f(x):\n    return list(x)", "f(x)", inputs, lines, "", reference)
    assert [*judged.earned.values()] == [1, 1, 1]
    stated = judge(
        "def f(x):\n    return x[:]", "f(x)", inputs, lines.partition("\nequals")[0], "returns: vector(len(x))\n"
    )
    assert [*stated.earned.values()] == [1, 1]


def test_answers_to_further_calls_have_a_form_too(judge):
    source = "seen = []\ndef f(g):\n    seen.append(1)\n    return g / 2 if g[0] > 1 else []"
    line = 'holds: "f(f(g)) ~ f(g) / 2 or f(f(g)) == f(f(g))"'
    inputs = '{g: "vector(1..3, real(2..3))"}'
    judged = judge(source, "f(g)", inputs, line, "returns: vector(len(g))\n").only
    assert judged.outcome == "failed"
    assert "returned an empty list, where a vector of" in judged.message


@pytest.mark.parametrize(
    ("line", "given", "points"),
    [
        ('"out != [1, 2, 3]"', "[1, 2]", 0),
        ('"out != [1, 2, 3]"', "[3, 1, 2]", 1),
        ('"[1, 2, 3] != out"', "np.ones((3, 1))", 0),
        ('"out <= [5, 5, 5]"', "[1]", 0),
        ('"out <= [5, 5, 5]"', "np.ones((3, 1))", 0),
        ('"out <= [5, 5, 5]"', "[1, 1, 1]", 1),
        ('"out ~ [1, 1, 1]"', "np.ones((1, 3))", 0),
        ("out >= 0", "[1, 2]", 1),
        ("0 <= out", "[1, 2]", 1),
        ('"out + [1, 1] == [2, 2]"', "[1]", 0),
        ('"out + [1, 1] == [2, 2]"', "[1, 1]", 1),
    ],
)
def test_comparisons_stretch_a_single_number_and_nothing_else(judge, line, given, points):
    source = f"import numpy as np\ndef f(n):\n    return {given}"
    assert judge(source, "f(n)", "{n: bit}", f"holds: {line}").only.points == points


def test_a_line_about_outputs_is_not_passed_by_never_giving_them(judge):
    line = "when: out > 0.5, holds: out == x"
    never = judge("def f(x):\n    return 0", "f(x)", "{x: bit}", line, "returns: real\n").only
    assert (never.outcome, never.points, never.message) == (
        "failed",
        0,
        "none of the outputs is one that this is about",
    )
    assert judge("def f(x):\n    return x", "f(x)", "{x: bit}", line, "returns: real\n").only.points == 1


def test_where_no_right_output_is_meant_either_the_line_is_held(judge):
    lines = "when: out > 5, holds: out == x\nequals: reference.mod.f"
    held, right = judge(
        "def f(x):\n    return x", "f(x)", "{x: bit}", lines, "", "def f(x):\n    return x"
    ).result.checks
    assert (held.outcome, held.points, right.outcome) == ("held", 0, "passed")


def test_where_right_outputs_are_meant_it_fails(judge):
    lines = "when: out > 0, holds: out == x\nequals: reference.mod.f"
    never, _ = judge("def f(x):\n    return 0", "f(x)", "{x: bit}", lines, "", "def f(x):\n    return x").result.checks
    assert (never.outcome, never.points) == ("failed", 0)


def test_a_line_about_none_of_the_inputs_is_held(judge):
    judged = judge("def f(x):\n    return x", "f(x)", "{x: bit}", "when: x > 5, holds: out == x", "returns: real\n")
    assert (judged.only.outcome, judged.only.points, judged.result.status) == ("held", 0, "held")


@pytest.mark.parametrize("kind", ["Exception", "KeyError", "BaseException"])
def test_an_exception_that_only_bears_the_name_is_another(judge, kind):
    source = f"class ValueError({kind}):\n    pass\ndef f(x):\n    raise ValueError('no')"
    check = judge(source, "f(x)", "{x: bit}", "raises: ValueError").only
    assert check.outcome == "failed"
    assert "raised ValueError (not Python's own): " in check.message
    assert judge("def f(x):\n    raise ValueError('no')", "f(x)", "{x: bit}", "raises: ValueError").only.points == 1


# ---------------------------------------------------------------------------------------------------- spec check
KNOWN = """
    known:
      the key:
        earns: 1
        code: |
          import numpy as np
          def f(x, n):
              return {given}
"""


@pytest.mark.parametrize(
    ("given", "form"),
    [
        ("n / 2", "real"),
        ("n", "integer"),
        ("'a' * n", "text"),
        ("None", "none"),
        ("np.array(x)", "vector(len(x))"),
        ("x + [1]", "vector(len(x) + 1)"),
        ("np.zeros(n)", "vector(n)"),
        ("[1, 2, 3]", "vector(3)"),
        ("np.zeros((n, len(x)))", "matrix(n, len(x))"),
        ("['a'] * n", "sequence(n, text)"),
        ("(n, np.array(x))", "[integer, vector(len(x))]"),
        ("{'mean': 0.5, 'all': x}", '{"mean": real, "all": vector(len(x))}'),
    ],
)
@pytest.mark.sampled(3)
def test_spec_check_demands_a_form_and_proposes_it(tmp_path, given, form):
    checks = "holds: out == n" if given == "n" else "holds: out == out or len(out) >= 0"
    inputs = '{x: "sequence(1..5, integer(0..3))", n: integer(1..4)}'
    path = tmp_path / "q.yaml"
    text = question_text("f(x, n)", inputs, checks) + KNOWN.replace("    known", "known", 1).format(given=given)
    path.write_text(text.replace("\nknown", "known").replace("\n      the", "\n  the"))
    (question,) = load_assignment(path).questions
    failed = [found.text for found in check_function_question(question, POOL) if "returns:" in found.text]
    assert len(failed) == 1
    assert failed[0].endswith(f"add `returns: {form}`")
    path.write_text(path.read_text().replace("checks:", f"returns: {form}\nchecks:", 1))
    (stated,) = load_assignment(path).questions
    assert not [found.text for found in check_function_question(stated, POOL) if "returns:" in found.text]


def test_a_reference_is_form_enough_where_it_takes_every_input(question):
    lines = "equals: reference.mod.f\nholds: out >= 0, inputs: {x: integer(-3..-1)}"
    reference = "def f(x):\n    if x < 0:\n        raise ValueError(x)\n    return x"
    found = [
        f
        for f in check_function_question(question("f(x)", "{x: integer(0..9)}", lines, "", reference), POOL)
        if f.level == "fail"
    ]
    assert "'line 2': the reference does not take its inputs" in found[0].text
    lines = "equals: reference.mod.f\nholds: out >= 0"
    sound = question("f(x)", "{x: integer(0..9)}", lines, "", reference)
    assert not [f for f in check_function_question(sound, POOL) if f.level == "fail"]


@pytest.mark.parametrize(
    ("returns", "expected"),
    [
        ("vector(m)", "returns: 'm' is no argument (g and n can be spoken of)"),
        ("vectr(n)", "'vectr(n)' is nothing that a function returns"),
        ("vector()", "a length is missing"),
        ("vector(1..2..3)", "is not a length"),
        ("vector(n, text)", "'text' is no number, as a vector or a matrix holds"),
        ("matrix(n)", "'matrix(n)' is nothing that a function returns"),
        ("[]", "a list of parts needs at least one"),
        ("sequence(n)", "is nothing that a function returns"),
        ("vector(+)", "returns"),
    ],
)
def test_a_form_that_is_not_understood_is_reported_with_its_place(question, returns, expected):
    with pytest.raises(SpecError, match=r"q\.yaml:\d+:\d+") as caught:
        question("f(g, n)", '{g: "vector(1..3, real)", n: bit}', "holds: out == n", f"returns: {returns}\n")
    assert expected in str(caught.value)
