"""What was fed to supplied functions: a record that is empty is right only where a right one is."""

import pytest

STEP = "{arguments: {state: integer(0..1), token: integer(0..2)}, gives: [integer(0..1), integer(0..2)]}"
SIGNATURE = "feed(step, state, tokens)"
INPUTS = f"{{step: {STEP}, state: integer(0..1), tokens: 'sequence(0..4, integer(0..2))'}}"
KEY = """
def feed(step, state, tokens):
    out = []
    for token in tokens:
        state, output = step(state, token)
        out.append(output)
    return out
"""
NEVER = "def feed(step, state, tokens):\n    return [0] * len(tokens)"
ONCE = (
    "def feed(step, state, tokens):\n    return [step(state, token)[1] for token in tokens[:1]] + [0] * len(tokens[1:])"
)
OFTEN = KEY.replace("for token in tokens:", "for token in tokens:\n        step(0, 0)")
LINES = """
holds: step_token == tokens
holds: step_token < 3
holds: len(step_token) == len(tokens)
feeds: reference.mod.feed
"""
MODEL = "equals: reference.mod.feed"


@pytest.mark.long
@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        (KEY, [1, 1, 1, 1, 1]),
        (NEVER, [0, 0, 0, 0, 0]),
        (ONCE, [0, 1, 0, 0, 0]),
        (OFTEN, [0, 1, 0, 0, 1]),
    ],
    ids=["the key", "never called", "called once", "called in secret"],
)
@pytest.mark.sampled(2)
def test_lines_about_what_was_fed(judge, source, wanted):
    """A line that asks for small tokens is no gift to who feeds none; who feeds one gives that line what it asks."""
    result = judge(source, SIGNATURE, INPUTS, LINES.strip() + "\n" + MODEL, reference=KEY)
    assert [*result.earned.values()] == wanted


@pytest.mark.long
@pytest.mark.parametrize("returns", ["", "returns: sequence(len(tokens), integer)\n"], ids=["no form", "a form"])
@pytest.mark.parametrize(("source", "wanted"), [(KEY, [1, 0]), (NEVER, [0, 0]), (OFTEN, [0, 0])])
def test_without_a_reference_the_inputs_say_that_a_record_is_empty(judge, returns, source, wanted):
    """No token at all is wanted where there are no tokens; that all are small then says nothing of a right answer."""
    result = judge(source, SIGNATURE, INPUTS, "holds: step_token == tokens\nholds: step_token < 3", returns)
    assert [*result.earned.values()] == wanted


def test_a_right_answer_keeps_its_marks_where_inputs_are_not_empty(judge):
    inputs = INPUTS.replace("0..4", "1..4")
    result = judge(KEY, SIGNATURE, inputs, "holds: step_token == tokens\nholds: step_token < 3")
    assert [*result.earned.values()] == [1, 1]
