"""What is wrong with `variants:` is said at its place, with what to do."""

import json
import re

import pytest
from jsonschema import Draft7Validator

from grader.errors import SpecError
from grader.kinds.table import load_assignment, schema_of_questions

from ..spec.core_schema import as_an_editor_reads
from .courses import EITHER, NUMBER, PARTS, QUESTIONS, write_course

FAULTS = {
    "no mapping": (("variants:\n  draw: {a: [1, 2, 3], b: [10, 20]}\n  let: {sum: a + b}\n", "variants: 3\n"),
                   "total.yaml:6:11: variants: must be a mapping such as {draw: {h0: [0, 1]}}, not '3'"),
    "nothing drawn": (("draw: {a: [1, 2, 3], b: [10, 20]}", "seed: x"), "total.yaml:6:1: variants: needs a 'draw'"),
    "no values": (("b: [10, 20]", "b: []"), "total.yaml:7:27: variants.draw.b: needs at least one value"),
    "no list": (("b: [10, 20]", "b: 10"), "variants.draw.b: must be a list, not '10'"),
    "no name": (("b: [10, 20]", "b-1: [10, 20]"), "'b-1' is no name for a constant"),
    "a wrong key": (("  let:", "  lets:"), "total.yaml:8:3: 'lets' is not a key of variants (did you mean 'let'?)"),
    "a typo": (("What is ${a}", "What is ${aa}"), "total.yaml:4:9: ${aa}: 'aa' is no constant of the variants (did you mean 'a'?)"),
    "a typo in draw": (("[10, 20]", '["${sun}"]'), "'sun' is no constant of the variants (did you mean 'sum'?)"),
    "a typo in let": (("sum: a + b", "sum: a + c"), "variants: sum uses 'c', which is no constant"),
    "a typo in where": (("let: {sum: a + b}", "let: {sum: a + b}\n  where: a < bb"), "variants: where uses 'bb', which is no constant (did you mean 'b'?)"),
    "drawn and computed": (("sum: a + b", "a: b + 1, sum: a + b"), "'a' is drawn and computed: leave out one"),
    "a circle": (("sum: a + b", "sum: twice/2, twice: 2*sum"), "variants: sum is made of twice is made of sum"),
    "divides by zero": (("sum: a + b", "sum: 1/(a - 1)"), "total.yaml:8:14: variants.let.sum: 1 is divided by zero (a = 1"),
    "no number": (("[10, 20]", "[x, y]"), "variants.let.sum: b is not a number"),
    "too large a number": (("sum: a + b", "sum: a + b, big: 10**500, more: big + 1"), "total.yaml:8:41: variants.let.more: big cannot be used: "),
    "nothing is left": (("let: {sum: a + b}", "let: {sum: a + b}\n  where: a > b"), "variants.where: excludes all of them: no combination of constants is left"),
    "own points": (("points: 5", "points: ${a}"), "total.yaml:3:9: points: is the same for all students: leave out ${a}"),
    "own kind": (("answer: number", "answer: ${a}"), "answer: is the same for all students"),
}  # fmt: skip


def refused(tmp_path, name, text):
    course = write_course(tmp_path, [name], **{name: text})
    with pytest.raises(SpecError) as refusal:
        load_assignment(course / "specs" / "hw")
    return str(refusal.value)


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_at_its_place(tmp_path, fault):
    (old, new), message = FAULTS[fault]
    assert old in NUMBER
    assert message in refused(tmp_path, "total", NUMBER.replace(old, new))


@pytest.mark.parametrize("one", ['"${a%d}${a%d}"', '["${a%d}", "${a%d}"]'])
def test_constants_that_double_with_each_name_are_refused_at_their_place(tmp_path, one):
    """Of texts and of lists: neither the memory nor the time of a machine would do."""
    more = "".join(f", a{number}: [{one % (number - 1, number - 1)}]" for number in range(1, 60))
    text = NUMBER.replace("b: [10, 20]", f"b: [10, 20], a0: [1]{more}").replace("What is ${a}", "What is ${a59}")
    assert re.search(
        r"total.yaml:7:\d+: variants: a1\d is longer than 100000 characters", refused(tmp_path, "total", text)
    )


@pytest.mark.long
def test_a_list_stands_for_a_whole_value_alone(tmp_path):
    text = NUMBER.replace("b: [10, 20]", "b: [10], c: [[1, 2]]").replace("What is ${a}", "What is ${c}")
    message = refused(tmp_path, "total", text)
    assert "total.yaml:4:9: variant a = 1, b = 10, c = no. 1: ${c} is a list, which stands for a whole value" in message


def test_what_a_variant_says_wrongly_is_told_with_its_constants_and_its_line(tmp_path):
    message = refused(tmp_path, "total", NUMBER.replace("value: ${sum}", "value: ${sum} +"))
    assert re.match(r"total.yaml:9:8: variant a = 1, b = 10: value: ", message)


def test_variants_stand_in_one_place_only(tmp_path):
    both = PARTS.replace("prompt: Double it.}", "prompt: Double it., variants: {draw: {k: [1]}}}")
    assert "chain.yaml:9:115: variants: stand in the question or in its parts, not in both" in refused(
        tmp_path / "parts", "chain", both
    )
    inside = EITHER.replace(
        '{answer: number, value: "${half}"}', "{answer: number, value: 1, variants: {draw: {k: [1]}}}"
    )
    assert "ways[1].variants: stand in the question itself, for all of its ways" in refused(
        tmp_path / "e", "both", inside
    )


# ------------------------------------------------------------- editors
@pytest.fixture(scope="module")
def schema():
    return Draft7Validator(json.loads(schema_of_questions()))


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_editor_takes_a_question_with_variants(schema, name):
    assert list(schema.iter_errors(as_an_editor_reads(QUESTIONS[name]))) == []


def test_an_editor_says_what_is_wrong_with_variants_and_with_questions_without(schema):
    def said(text):
        return [error.message for error in schema.iter_errors(as_an_editor_reads(text))]

    assert any("'lets'" in message for message in said(NUMBER.replace("  let:", "  lets:")))
    assert any("'gues'" in message for message in said(NUMBER.replace("answer: number", "answer: gues")))
    assert said("question: q\ntitle: T\npoints: 1\nanswer: number\nvalue: 1\nvalues: 2\n")
