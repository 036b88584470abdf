"""What is said beside the marks, in lines of text: how far weights may move, and machines."""

from dataclasses import replace
from html import unescape

import pytest

from grader.audience import Audience, redacted
from grader.evidence import Counterexample
from grader.network_details import MachineStep, MachineTable, MinimalMachines, Robustness, SharedRadius, WeightRange
from grader.reports.formats import FORMATS
from grader.reports.json import as_data
from grader.reports.machines import MAX_SHOWN_STATES, MAX_TABLE_COLUMNS, machine_lines
from grader.reports.robustness import MAX_SHOWN_RANGES, robustness_lines
from grader.verdict import Report

from .format_samples import check, question

WRONG = check("line", 0, 1, "failed", Counterexample("0", "0", "1"))
RIGHT = check("line", 1, 1, "passed")


def with_robustness(**parts):
    result = question("q", "graded", RIGHT)
    return list(robustness_lines(type(result)(**{**vars(result), "robustness": Robustness(**parts)})))


def with_machines(*lines, **parts):
    result = question("q", "graded", *lines)
    return list(machine_lines(type(result)(**{**vars(result), "machines": MinimalMachines(**parts)})))


def machine(*rows, states=None, remembers=True, inputs=("0", "1")):
    """Rows of `1>0`: the output, and the state behind the step."""
    steps = tuple(
        tuple(step and MachineStep(int(step.split(">")[1]), step.split(">")[0]) for step in row.split()) for row in rows
    )
    return MachineTable(inputs, states or ("", *map(str, range(1, len(rows)))), steps, remembers)


COPY = machine("0>0 1>0", remembers=False)
LATCH = machine("0>1 1>0", "0>1 0>1", states=("", "0"))


@pytest.mark.parametrize(
    ("radii", "line"),
    [
        ((SharedRadius("1/4"),), "radius: 1/4 (right while all weights move by less than that)"),
        ((SharedRadius("1/4", exact=False),), "radius: at least 1/4 (right while all weights move by less than that)"),
        ((SharedRadius("0"),), "radius: 0 (wrong after some move of all weights, however small)"),
        ((SharedRadius("0", exact=False),), "radius: not found within the steps that are taken for it"),
        ((SharedRadius("infinity"),), "radius: infinity (right whatever all weights are)"),
        ((), "radius: not worked out: weights are multiplied by each other"),
    ],
)
def test_what_is_said_of_a_radius(radii, line):
    assert with_robustness(radii=radii, reason="" if radii else "weights are multiplied by each other") == [line]


def test_intervals_and_the_radius_of_the_weights_that_may_move():
    fixed = WeightRange("c", "0", "0", "0", low_included=True, high_included=True)
    ranges = (
        WeightRange("w", "1", "1/2", "", low_included=False, high_included=False),
        fixed,
        WeightRange("v[0]", "1", "1/2", "3", low_included=True, high_included=False, high_exact=False),
    )
    radii = SharedRadius("0"), SharedRadius("1/6", weights=("w", "v[0]"))
    assert with_robustness(radii=radii, ranges=ranges, left_out=("u",)) == [
        "radius: 0 (wrong after some move of all weights, however small)",
        "radius without c: 1/6 (right while w and v[0] move by less than that; c has to stay)",
        "right for these values of one weight, the others as they are:",
        "  w in (1/2, infinity)",
        "  c in [0, 0]",
        "  v[0] in [1/2, 3), or more",
        "not worked out for u",
    ]


def test_of_many_weights_it_is_said_how_many_are_left_out():
    one = WeightRange("w", "1", "0", "2", low_included=True, high_included=True)
    lines = with_robustness(radii=(SharedRadius("1"),), ranges=(one,) * (MAX_SHOWN_RANGES + 7))
    assert lines[-1] == "  and 7 more weights, in the JSON report"
    assert len(lines) == MAX_SHOWN_RANGES + 3


def test_a_wrong_network_without_memory_forgets():
    assert with_machines(WRONG, answer=COPY, wanted=LATCH) == [
        "yours has 1 state: it forgets (no output depends on an earlier input); the wanted machine has 2 states",
        "yours:  on 0      on 1",
        "start   0, start  1, start",
        "wanted:  on 0        on 1",
        "start    0, after 0  1, start",
        "after 0  0, after 0  0, after 0",
    ]


@pytest.mark.parametrize(
    ("line", "answer", "wanted", "said"),
    [
        (RIGHT, COPY, COPY, "yours has 1 state, as many as the wanted machine"),
        (WRONG, COPY, COPY, "yours has 1 state, as many as the wanted machine"),
        (RIGHT, COPY, LATCH, "yours has 1 state; the wanted machine has 2 states"),
        (WRONG, LATCH, COPY, "yours has 2 states; the wanted machine has 1 state"),
        (WRONG, LATCH, LATCH, "yours has 2 states, as many as the wanted machine"),
        (WRONG, COPY, None, "yours has 1 state: no output depends on an earlier input"),
        (WRONG, LATCH, None, "yours has 2 states"),
    ],
)
def test_forgetting_is_said_of_nobody_else(line, answer, wanted, said):
    assert with_machines(line, answer=answer, wanted=wanted)[0] == said


def test_why_there_is_no_machine_is_said():
    assert with_machines(WRONG, reason="there are too many states") == ["no machine: there are too many states"]


def test_what_states_and_outputs_stand_for_is_said():
    partial = MachineTable(("0",), ("", "0"), ((MachineStep(1, "1"),), (None,)), remembers=False)
    assert with_machines(RIGHT, answer=partial, joined_outputs=True)[1:] == [
        "yours:   on 0",
        "start    1, after 0",
        "after 0  -",
        "(states also tell which inputs may come next)",
        "(outputs that `accept` does not tell apart are shown as one)",
    ]


def test_a_table_that_is_too_wide_is_turned_and_one_that_still_is_stands_step_by_step():
    inputs = tuple(f"({i},{i})" for i in range(9))
    row = " ".join(["0>0"] * 9)
    lines = with_machines(RIGHT, answer=machine(row, inputs=inputs))
    assert lines[1:4] == ["yours:    start", "on (0,0)  0, start", "on (1,1)  0, start"]
    names = ("", *("1" * 9 for _ in range(8)))
    lines = with_machines(RIGHT, answer=machine(*[row] * 9, inputs=inputs, states=names))
    assert lines[1:4] == ["yours:", "  start, on (0,0): 0, start", "  start, on (1,1): 0, start"]
    assert max(map(len, lines[1:])) <= MAX_TABLE_COLUMNS


def test_of_many_states_it_is_said_how_many_are_left_out():
    count = MAX_SHOWN_STATES + 3
    lines = with_machines(RIGHT, answer=machine(*["0>0 1>0"] * count))
    assert lines[-1] == "  and 3 states more, in the JSON report"
    assert len(lines) == MAX_SHOWN_STATES + 3


def full_report():
    ranges = (WeightRange("w", "1", "1/2", "", low_included=False, high_included=False),)
    robustness = Robustness((SharedRadius("0"), SharedRadius("1/6", weights=("w",))), ranges, ("u",))
    machines = MinimalMachines(COPY, LATCH)
    return Report("a", "ada", (replace(question("q", "graded", WRONG), robustness=robustness, machines=machines),))


@pytest.mark.parametrize("name", ["terminal", "html", "markdown"])
def test_formats_for_people_have_all_lines(name):
    text = unescape(FORMATS[name].render(full_report())).replace("<br>", "\n")
    for line in ("w in (1/2, infinity)", "not worked out for u", "start   0, start  1, start", "after 0  0, after 0"):
        assert line in text


def test_the_json_report_has_them_as_data():
    (data,) = as_data(full_report())["questions"]
    assert data["robustness"] == {
        "radius": "0",
        "exact": True,
        "others": {"radius": "1/6", "exact": True, "weights": ["w"]},
        "weights": [
            {
                "weight": "w",
                "value": "1",
                "interval": "(1/2, infinity)",
                "exact": True,
                "low": "1/2",
                "low_included": False,
                "low_exact": True,
                "high": None,
                "high_included": False,
                "high_exact": True,
            }
        ],
        "left_out": ["u"],
    }
    steps = [{"after": "", "on": {"0": {"output": "0", "to": 0}, "1": {"output": "1", "to": 0}}}]
    assert data["machines"]["answer"] == {"states": 1, "remembers": False, "steps": steps}
    assert data["machines"]["wanted"]["steps"][1] == {
        "after": "0",
        "on": {"0": {"output": "0", "to": 1}, "1": {"output": "0", "to": 1}},
    }


def test_the_wanted_machine_is_for_those_who_see_what_is_wanted():
    (seen,) = as_data(redacted(full_report(), Audience.PLATFORM))["questions"]
    assert set(seen["machines"]) == {"answer", "joined_outputs"}
    (opened,) = as_data(redacted(full_report(), Audience.PLATFORM, show_expected=True))["questions"]
    assert "wanted" in opened["machines"]
