"""Inputs that kill mutants, offered as examples of a spec and as asserts: what they say holds."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
import yaml

from grader.kinds.kind import kind_of
from grader.kinds.table import load_assignment
from grader.selfcheck import check_question

from ..answers.helpers import ROOT
from ..conftest import RUN


def of_shipped(assignment, name):
    return load_assignment(ROOT / "specs" / assignment, asked=[name]).questions[0]


def offered(question, inputs):
    return list(kind_of(question).tests_of_inputs(question, inputs, RUN))


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "inputs", "wanted"),
    [
        ("q5", ["101", "1101", "0"], {"101": "100", "1101": "1100", "0": "0"}),
        ("q6", ["(1,1) (0,1)", "(1,0)"], {"(1,1) (0,1)": "10", "(1,0)": "0"}),
        ("q5", ["no input", "2"], None),
        ("q5", ["1111010000"], None),  # an example of the spec as it is
    ],
)
def test_inputs_of_a_network_are_examples_that_hold(tmp_path, name, inputs, wanted):
    found = offered(of_shipped("assignment3", name), inputs)
    if wanted is None:
        assert found == []
        return
    (remark,) = found
    assert yaml.load(remark.yaml, yaml.BaseLoader) == {"examples": wanted}
    spec = (ROOT / "specs" / "assignment3" / f"{name}.yaml").read_text()
    lines = [line for line in spec.splitlines() if not line.startswith(("examples:", "reference:"))]
    (tmp_path / f"{name}.yaml").write_text("\n".join(lines) + "\n" + remark.yaml)
    question = load_assignment(tmp_path / f"{name}.yaml").questions[0]
    said = [finding.text for finding in check_question(question, RUN) if finding.level == "ok"]
    assert {f"the example {text} holds" for text in wanted} <= set(said)


@pytest.mark.long
def test_inputs_of_a_function_are_asserts_that_its_reference_passes():
    question = of_shipped("sequence_lab", "clip_by_norm")
    given = ["clip_by_norm(g=[0.4, 0.4], c=0.5)", "clip_by_norm(g=[0], c=1)", "clip_by_norm(no input)"]
    (remark,) = offered(question, given)
    lines = remark.python.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("assert np.allclose(clip_by_norm(g=np.array([0.4, 0.4]), c=0.5), np.array([0.35355")
    path = ROOT / "reference" / "clipping.py"
    spec = importlib.util.spec_from_file_location("clipping_of_this_test", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for line in lines:
        exec(line, {"np": np, "clip_by_norm": module.clip_by_norm})
    with pytest.raises(AssertionError):
        exec(lines[0], {"np": np, "clip_by_norm": lambda g, c: g})


def test_of_other_kinds_there_are_none():
    assert offered(of_shipped("assignment3", "q3.1"), ["t = 1"]) == []
