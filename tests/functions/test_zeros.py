"""`spec check` says where 0 for every input meets all properties of a function question, though each asks for more."""

import pytest

from grader.kinds.function.spec_check import check_function_question
from grader.kinds.table import load_assignment

from .conftest import POOL, question_text

KNOWN = "known:\n  the key: {{earns: {points}, code: 'def f(x): return 2*x'}}\n"
MET = {
    "not too long": ("holds: abs(out) <= 2*x", True),
    "several together": ("holds: out <= 2*x\nholds: out >= -x\npure: true", True),
    "another property": ("holds: abs(out) <= 2*x\nholds: out > 0", False),
    "a line that compares": ("holds: abs(out) <= 2*x\nequals: reference.mod.f", False),
    "an input is enough": ("holds: abs(out) <= 2*x\nsomewhere: out == 4", False),
    "purity alone": ("pure: true", False),
}


@pytest.mark.parametrize("name", MET)
def test_zero_for_every_input_is_tried(tmp_path, name):
    lines, expected = MET[name]
    text = question_text("f(x)", "{x: integer(1..9)}", lines, "returns: integer\n")
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "mod.py").write_text("def f(x):\n    return 2*x\n")
    (tmp_path / "q.yaml").write_text(text + KNOWN.format(points=len(lines.splitlines())))
    (question,) = load_assignment(tmp_path / "q.yaml").questions
    found = [one for one in check_function_question(question, POOL) if one.text.startswith("0 for every input meets")]
    assert bool(found) == expected
    for one in found:
        assert one.level == "warn"
        assert one.text.endswith(": add a line that it does not meet")


def test_zero_is_right_where_nothing_else_is(tmp_path):
    text = question_text("f(x)", "{x: integer(1..9)}", "holds: out == x - x", "returns: integer\n")
    (tmp_path / "q.yaml").write_text(text + KNOWN.format(points=1).replace("2*x", "0"))
    (question,) = load_assignment(tmp_path / "q.yaml").questions
    assert not [one for one in check_function_question(question, POOL) if "0 for every input" in one.text]
