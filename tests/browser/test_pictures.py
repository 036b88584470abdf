"""All kinds of pictures on one page, in a real browser: accessible, silent, and never wider than a narrow screen."""

from fractions import Fraction

from grader.evidence import Counterexample, TraceStep
from grader.network_details import MachineStep, MachineTable, MinimalMachines
from grader.page_details import DrawnEdge, DrawnNetwork, DrawnUnit, MachinePath, ShownArray, ShownCall
from grader.pages.environment import style_sheet
from grader.pages.pictures import (
    attempts_plot,
    call_picture,
    evidence_bars,
    network_diagram,
    points_histogram,
    rubric_heat_map,
    state_diagrams,
    trace_plot,
)

LONG_NAME = "a_name_that_is_much_too_long_for_a_picture_<script>" * 3


def machine(states):
    steps = [(MachineStep((i + 1) % states, "1"), MachineStep(0, ""), None) for i in range(states)]
    return MachineTable(("0", "1", LONG_NAME), ("", *map(str, range(1, states))), tuple(steps), True)


def array(rows, columns):
    cells = tuple(tuple(f"{(i - j) / 3:.4f}" for j in range(columns)) for i in range(rows))
    return ShownArray(
        LONG_NAME, "", (("nan", *cells[0][1:]), *cells[1:]), "float64", (rows, columns), wrong=((0, 0), (2, 1))
    )


def figures():
    """A narrow and a wide one of each kind."""
    for length in (2, 30):
        steps = (
            TraceStep(t, {"x": "1"}, {"h": str(t / 3), "y": "inf"}, {"m": "1"}, "1", str(t % 2), t % 2 == 1)
            for t in range(1, 1 + length)
        )
        yield trace_plot(Counterexample("1" * length, "0", "1", tuple(steps)))
    for size in (1, 6):
        inputs = [DrawnUnit(f"x[{i}]", 0, is_input=True) for i in range(size)]
        hidden = [DrawnUnit(f"{LONG_NAME}[{j}]", 1 + j, "-1.5", "≥ 0.5", is_output=j == 5) for j in range(size)]
        edges = [
            DrawnEdge(x.name, h.name, str(i - j), i - j) for i, x in enumerate(inputs) for j, h in enumerate(hidden)
        ]
        past = [DrawnEdge(hidden[0].name, hidden[-1].name, "1/3", 1 / 3, 1)]
        yield network_diagram(DrawnNetwork((*inputs, *hidden), (*edges, *past), ("drawn as at a late step",)))
    for states in (1, 7, 40):
        yield state_diagrams(MinimalMachines(machine(states), machine(2)), MachinePath(LONG_NAME, (0, 0, 1, 0)))
    for size in (3, 24):
        yield call_picture(
            ShownCall(
                LONG_NAME, (ShownArray("x", LONG_NAME * 3),), (array(size, size),), (array(size, size),), "out >= x"
            )
        )
    yield points_histogram([Fraction(n) for n in (0, 3, 3, 7, 10)], Fraction(10), "Points")
    yield evidence_bars(
        {"q1": {"proved": 5, "exhausted": 3, "sampled": 2, "examples": 1, "none": 1}, LONG_NAME: {"none": 1}}
    )
    yield attempts_plot([[Fraction(1), Fraction(2)]] * 12, Fraction(3))
    yield rubric_heat_map(
        [f"q{i}: {LONG_NAME}" for i in range(50)], [[1.0, 0.0, 0.5, None, 0.9] * 10] * 12, [LONG_NAME] * 12
    )


def test_pictures_are_accessible_and_fit_every_screen(tmp_path, page_faults):
    path = tmp_path / "pictures.html"
    path.write_text(
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Pictures</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<style>{style_sheet()}</style></head><body class="grader page"><main><h1>Pictures</h1>{"".join(figures())}'
        "</main></body></html>",
        encoding="utf-8",
    )
    assert page_faults(path) == []
