"""Whatever happens to the text of a spec: it loads, or it is refused with reasons, and soon."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from grader.errors import SpecError
from grader.kinds.table import load_assignment

SNIPPETS = st.sampled_from(
    [
        "",
        " ",
        "\n",
        "\t",
        ":",
        ": ",
        "-",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "'",
        '"',
        "#",
        "|",
        ">",
        "&a",
        "*a",
        "!!x",
        "---",
        "~",
        "0",
        "1e999",
        "t",
        "h[t-1]",
        "h[t+1]",
        "x[t]",
        "**",
        " and ",
        "not ",
        "((((",
        "))",
        "if",
        "else",
        "\0",
        "\u202e",
        "é",
        "W1",
        "phi(",
        "for i in range(10**9)",
        "9" * 500,
        "[" * 50,
        "(" * 99,
        "(1<",
        "2**2**2**2",
        "\ud83d\ude00"[:0],
        "in: real",
        "shape: [4096]",
        "integer(0..9999999999)",
        "real(1..0)",
        "points: 1",
        "sqrt(2)",
        "sum(x)",
        ".T",
        "@",
    ]
)


@st.composite
def mutated(draw, text):
    """The text with lines left out, doubled or moved, characters swapped, and snippets put in."""
    lines = text.split("\n")
    for _ in range(draw(st.integers(0, 2))):
        i, j = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        change = draw(st.sampled_from(["drop", "double", "swap", "indent"]))
        if change == "drop" and len(lines) > 1:
            del lines[i]
        elif change == "double":
            lines.insert(j, lines[i])
        elif change == "swap":
            lines[i], lines[j] = lines[j], lines[i]
        else:
            lines[i] = "  " + lines[i]
    text = "\n".join(lines)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        if draw(st.booleans()):
            text = text[:at] + draw(SNIPPETS) + text[at:]
        else:
            other = draw(st.integers(0, max(len(text) - 1, 0)))
            text = text[:at] + text[other : other + 1] + text[at + 1 :]
    return text


def load_or_refuse(folder, text):
    path = folder / "q.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return attempted(path)


def attempted(path):
    """`loaded`, or `refused` for reasons; any other exception is a failure of the test."""
    try:
        questions = load_assignment(path).questions
    except SpecError as error:
        return "refused" if error.problems and all(p.message for p in error.problems) else "refused without a reason"
    return "loaded" if all(question.rubric for question in questions) else "loaded without a rubric"


SLOW_FOLDER = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(scope="session")
def one_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("mutated")


@pytest.mark.long
@SLOW_FOLDER
@given(data=st.data())
def test_a_mutated_question_loads_or_is_refused(one_folder, sound, data):
    assert load_or_refuse(one_folder, data.draw(mutated(sound))) in ("loaded", "refused")


@pytest.mark.long
@pytest.mark.parametrize("name", ["q5", "q6"])
@settings(SLOW_FOLDER, max_examples=30)
@given(data=st.data())
def test_a_mutated_question_of_the_course_loads_or_is_refused(one_folder, course, name, data):
    text = (course / "specs" / "assignment3" / f"{name}.yaml").read_text()
    assert load_or_refuse(one_folder, data.draw(mutated(text))) in ("loaded", "refused")


@settings(SLOW_FOLDER, max_examples=30)
@given(data=st.data())
def test_a_mutated_assignment_loads_or_is_refused(one_folder, sound, data):
    text = "assignment: a\ntitle: Some words\npoints: 3\nquestions: [q]\n"
    (one_folder / "q.yaml").write_text(sound)
    (one_folder / "assignment.yaml").write_text(data.draw(mutated(text)), encoding="utf-8")
    outcome = attempted(one_folder)
    (one_folder / "assignment.yaml").unlink()
    assert outcome in ("loaded", "refused")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(garbage=st.one_of(st.binary(max_size=200), st.text(max_size=100).map(lambda s: s.encode("utf-8", "ignore"))))
@example(b"\xef\xbb\xbf")
@example(b"a: !!python/object/apply:os.system [ls]")
@example(b"? {}\n")
@example(b"{[]: 1}")
def test_garbage_is_refused(one_folder, garbage):
    path = one_folder / "garbage.yaml"
    path.write_bytes(garbage)
    with pytest.raises(SpecError):
        load_assignment(path)


@pytest.mark.long
@pytest.mark.parametrize(
    "expression",
    [
        "(" * 90 + "x[t]" + " < 1)" * 90,
        " + ".join(["phi(x[t])"] * 300),
        "phi(" * 60 + "x[t]" + ")" * 60,
        "sum(sum(sum(i*j*k for i in range(999)) for j in range(999)) for k in range(999))",
        "9 ** 9 ** 9 ** 9",
        "(" * 40 + "2" + ") ** 400" * 40,
        " if x[t] else ".join(["1"] * 90),
        "x[t]" + "-1" * 1900,
        "not " * 95 + "x[t]",
    ],
)
def test_heavy_expressions_load_or_are_refused(one_folder, sound, expression):
    outcome = load_or_refuse(one_folder, sound.replace("y: h[t] + b[0]", f'y: "{expression}"'))
    assert outcome in ("loaded", "refused")


@pytest.mark.long
def test_functions_that_double_are_refused_once_they_are_too_large(one_folder, sound):
    doubling = ", ".join(f"f{i}(z): f{i - 1}(z) + f{i - 1}(z)" for i in range(1, 30))
    text = sound.replace("{phi(z): 1 if z >= 0.5 else 0}", f"{{phi(z): z, f0(z): z, {doubling}}}")
    text = text.replace("y: h[t] + b[0]", "y: f29(h)")
    assert load_or_refuse(one_folder, text) == "refused"


@pytest.mark.slow
@settings(SLOW_FOLDER, max_examples=10_000)
@given(data=st.data())
def test_many_more_mutated_questions(one_folder, sound, data):
    assert load_or_refuse(one_folder, data.draw(mutated(sound))) in ("loaded", "refused")
