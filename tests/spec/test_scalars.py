"""Scalars stay what was written until a field reads them: no octal, no date, no truth value, no rounding."""

from fractions import Fraction

import pytest
from flint import fmpq


@pytest.mark.parametrize("name", ["no", "1e3", "0110", "2026-09-01", "yes", "1_000", "0o17", "on", "12:30", "="])
def test_names_are_kept_as_they_are_written(problems_by_question, load_text, name):
    text, _ = problems_by_question(("question: q\n", f"question: {name}\n"), ("title: A title", f"title: {name}"))
    question = load_text(text)
    assert (question.id, question.title) == (name, name)


@pytest.mark.parametrize("word", ["1111010000", "0110", "00000000000000000000000000000001", "1"])
def test_examples_are_words_and_no_numbers(problems_by_question, load_text, word):
    text, _ = problems_by_question(("examples: {110: 110}", f"examples: {{{word}: {word}}}"))
    (example,) = load_text(text).examples
    assert example.text == word
    assert [int(n) for (n,) in example.word] == [int(c) for c in word]
    assert [int(n) for n in example.outputs] == [int(c) for c in word]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0.1", fmpq(1, 10)),
        ("1e-9", fmpq(1, 10**9)),
        ("1e3", fmpq(1000)),
        ("010", fmpq(10)),
        ("-3/2", fmpq(-3, 2)),
        ("+.5", fmpq(1, 2)),
        ("1.10", fmpq(11, 10)),
        ("123456789012345678901234567890", fmpq(123456789012345678901234567890)),
        ("−2", fmpq(-2)),
    ],
)
def test_weights_are_exact(problems_by_question, load_text, written, value):
    text, _ = problems_by_question(("{W1: 1,", f"{{W1: {written},"))
    assert load_text(text).known[0].values["W1"] == value


@pytest.mark.parametrize(
    ("written", "points"),
    [("0", 0), ("12.5", Fraction(25, 2)), ("10/3", Fraction(10, 3)), ("1e1", 10), ("007", 7)],
)
def test_points_are_exact(problems_by_question, load_text, written, points):
    text, _ = problems_by_question(("{name: second, points: 2}", f"{{name: second, points: {written}}}"))
    text = text.replace("points: 3\n", f"points: {1 + Fraction(points)}\n")
    question = load_text(text)
    assert question.rubric[1].points == points
    assert question.points == 1 + Fraction(points)


@pytest.mark.parametrize(
    "written", ["no", "off", "null", "0x10", "1_000", "0o17", "2026-09-01", "1:30", "~", ".inf", "y"]
)
def test_what_yaml_might_take_for_a_value_is_no_weight(problems_by_question, problems_of, written):
    text, places = problems_by_question(("{W1: 1,", f"{{W1: «{written},"))
    (problem,) = problems_of(text)
    assert problem.startswith(f"q.yaml:{places[0]}: known.one: W1")
    assert "is not a number" in problem or "is blank" in problem


def test_sets_of_inputs_are_exact_and_without_doubles(problems_by_question, load_text):
    text, _ = problems_by_question(
        ("inputs: {x: bit}", "inputs: {x: [0, 1, 0.1, 1e-1, 1/10, 1.0]}"),
        ("examples: {110: 110}", "examples: {0.1 1: 00}"),
    )
    assert load_text(text).alphabet.channels["x"].kind.values == (0, 1, fmpq(1, 10))


@pytest.mark.parametrize("written", ["phi(W1*h[t-1] + x[t])", "'phi(W1*h[t-1] + x[t])'", '"phi(W1*h[t-1] + x[t])"'])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_quotes_and_line_ends_make_no_difference(problems_by_question, load_text, written, ending):
    text, _ = problems_by_question(("phi(W1*h[t-1] + x[t])", written))
    plain, _ = problems_by_question()
    one, other = load_text(text.replace("\n", ending)), load_text(plain)
    assert one.program.system.equations == other.program.system.equations


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_files_with_a_byte_order_mark_are_read(sound, load_text, encoding):
    assert load_text(sound.encode(encoding)).id == "q"


def test_an_expression_may_be_a_list_of_expressions(problems_by_question, load_text):
    text, _ = problems_by_question(("y: h[t] + b[0]", "v: [[h, 1], [x, 'b[1]']]\n    y: v[t][0][0]"))
    assert load_text(text).program.shapes["v"] == (2, 2)


def test_defaults(problems_by_question, load_text):
    """What may be left out: everything about credit, length, budget, words and the spec's own tests."""
    text, _ = problems_by_question()
    plain = text[: text.index("accept:")] + "checks:\n  - {name: only, points: 3}\n"
    question = load_text(plain.replace("prompt: Do it.\n", ""))
    assert (question.ladder, question.budget.bounds.length, question.budget.bounds.states) == (False, None, 20_000)
    assert (question.budget.samples, question.budget.seed) == (300, 20_260_901)
    assert (question.known, question.readings, question.examples, question.reference) == ((), (), (), "")
    assert question.prompt == ""


def test_values_as_they_were_written(sound, load_text):
    question = load_text(sound)
    assert (question.ladder, question.budget.bounds.length, question.budget.bounds.states) == (True, 9, 100)
    assert (question.budget.samples, question.budget.seed, question.reference) == (10, 1, "reference.latch")
    assert [(line.name, line.points) for line in question.rubric] == [("first", 1), ("second", 2)]
    known = question.known[0]
    assert (known.name, known.earns, known.say, known.reading) == ("one", 3, "Hello.", "other")
