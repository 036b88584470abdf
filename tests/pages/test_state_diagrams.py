"""State diagrams against the tables that they are drawn from, and against the steps that a counterexample takes."""

import math
import random
import re

import pytest

from grader.network_details import MachineStep, MachineTable, MinimalMachines
from grader.page_details import MachinePath
from grader.pages.pictures import boxes, graphviz_layout, layered_layout, machines, state_diagrams
from grader.pages.pictures.machine_graph import Arrow, ArrowLine, MachineGraph

from .figures import HOSTILE, having, read, rows, texts

LAYOUTS = ["graphviz", "own"]


@pytest.fixture(autouse=True)
def _nothing_is_kept():
    """Diagrams are kept by what they show, whatever laid them out."""
    machines._machine.cache_clear()
    yield
    machines._machine.cache_clear()


@pytest.fixture(params=LAYOUTS)
def layout(request, monkeypatch):
    """Both ways to lay a machine out; Graphviz where it is installed."""
    if request.param == "own":
        monkeypatch.setattr(machines, "graphviz_layout", lambda graph: None)
    elif not graphviz_layout.graphviz():
        pytest.skip("Graphviz is not installed")
    return request.param


def table(inputs, steps, names=None, empty=""):
    names = names or ["", *(f"{i:b}" for i in range(1, len(steps)))]
    made = (tuple(None if step is None else MachineStep(*step) for step in row) for row in steps)
    return MachineTable(tuple(inputs), tuple(names), tuple(made), True, empty)


def counter(states):
    return table("01", [[((i + 1) % states, "1"), (i, "0")] for i in range(states)])


def random_machine(rng, states, inputs):
    """A machine all of whose states are reached, with missing steps and outputs that do not count."""
    steps = [
        [None if rng.random() < 0.2 else (rng.randrange(states), rng.choice(["0", "1", ""])) for _ in inputs]
        for _ in range(states)
    ]
    for state in range(1, states):
        steps[rng.randrange(state)][rng.randrange(len(inputs))] = (state, "1")
    return table(inputs, steps)


def drawn_steps(root):
    """Every input / output that is written at an arrow, as often as it is written there."""
    found = []
    for text in texts(root, "step-text"):
        inputs, _, output = re.sub(r" \[steps? .*\]$", "", text).rpartition(" / ")
        found += [(name, output) for name in inputs.split(", ")]
    return sorted(found)


def steps_of(machine):
    return sorted(
        (machine.inputs[i], step.output or "any")
        for row in machine.steps
        for i, step in enumerate(row)
        if step is not None
    )


def taken(machine, path):
    """The steps of a path, by state and input, and those between which pairs of states they lead."""
    state, steps, pairs = 0, [], set()
    for symbol in path:
        step = machine.steps[state][symbol]
        if step is None:
            break
        steps.append((state, symbol))
        pairs.add((state, step.target))
        state = step.target
    return steps, pairs


@pytest.mark.parametrize("seed", range(8))
def test_each_step_stands_once_at_an_arrow_and_in_the_table(layout, seed):
    rng = random.Random(seed)
    states = (1, 2, 3, 4, 6, 9, 11, 12)[seed]
    machine = random_machine(rng, states, ["a", "b", "c"][: 1 + seed % 3])
    root = read(state_diagrams(MinimalMachines(machine)))
    assert drawn_steps(root) == steps_of(machine)
    arrows = {(i, step.target) for i, row in enumerate(machine.steps) for step in row if step is not None}
    assert len(having(root, "path", "step")) == len(arrows) + 1, "and one to where the machine starts"
    assert len(having(root, "rect", "state")) == len(machine.states)
    names = [f"after {name}" if name else "start" for name in machine.states]
    cells = [
        ["-" if step is None else f"{step.output or 'any'}, {names[step.target]}" for step in row]
        for row in machine.steps
    ]
    assert rows(root) == [[name, *row] for name, row in zip(names, cells, strict=True)]


@pytest.mark.parametrize("seed", range(6))
def test_the_marked_arrows_are_those_that_the_counterexample_takes(layout, seed):
    rng = random.Random(100 + seed)
    both = [random_machine(rng, 2 + seed, ["0", "1"]) for _ in range(2)]
    path = MachinePath("a line", tuple(rng.randrange(2) for _ in range(1 + 2 * seed)))
    for machine, shown in zip(both, read(state_diagrams(MinimalMachines(*both), path)).iter("svg"), strict=True):
        steps, pairs = taken(machine, path.inputs)
        assert len(having(shown, "path", "step", "on-path")) == len(pairs)
        times = {}
        for t, step in enumerate(steps, 1):
            times.setdefault(step, []).append(t)
        expected = sorted(
            f"{machine.inputs[i]} / {machine.steps[state][i].output or 'any'} "
            f"[step{'s' * (len(at) > 1)} {', '.join([*map(str, at[:3]), *(['…'] * (len(at) > 3))])}]"
            for (state, i), at in times.items()
        )
        assert sorted(texts(shown, "step-text", "on-path")) == expected
        ends = {state for pair in pairs for state in pair}
        assert len(having(shown, "rect", "state", "on-path")) == len(ends)


def test_a_path_ends_where_a_machine_has_no_such_step(layout):
    machine = table("01", [[(1, "1"), None], [None, None]])
    root = read(state_diagrams(MinimalMachines(machine), MachinePath("a line", (0, 1, 0))))
    assert texts(root, "step-text") == ["0 / 1 [step 1]"]


def test_the_wanted_machine_is_drawn_where_it_is_there_alone(layout):
    yours, wanted = counter(2), counter(3)
    both, one = (read(state_diagrams(MinimalMachines(yours, other))) for other in (wanted, None))
    assert [len(having(image, "rect", "state")) for image in both.iter("svg")] == [2, 3]
    assert [len(having(image, "rect", "state")) for image in one.iter("svg")] == [2]
    assert "anted" not in "".join(one.itertext())


def test_self_loops_and_parallel_steps_share_an_arrow_and_not_a_line(layout):
    machine = table(["0", "1", "2", "3"], [[(0, "1"), (0, "0"), (1, "1"), (1, "1")], [(1, "0")] * 4])
    root = read(state_diagrams(MinimalMachines(machine)))
    assert len(having(root, "path", "step")) == 3 + 1
    assert texts(root, "step-text") == ["0 / 1", "1 / 0", "2, 3 / 1", "0, 1, 2, 3 / 0"]


def test_many_inputs_at_one_arrow_are_counted(layout):
    names = [f"symbol{i}" for i in range(40)]
    root = read(state_diagrams(MinimalMachines(table(names, [[(0, "1")] * 40]))))
    lines = texts(root, "step-text")
    assert len(lines) == 5
    assert re.fullmatch(r"and \d+ more lines", lines[-1])
    assert "left out: 28 more inputs" in "".join(root.itertext())


@pytest.mark.parametrize(
    ("states", "own", "with_graphviz"), [(12, True, True), (13, False, True), (30, False, True), (31, False, False)]
)
def test_large_machines_are_tables_with_words_that_say_so(layout, states, own, with_graphviz):
    root = read(state_diagrams(MinimalMachines(counter(states))))
    is_drawn = own if layout == "own" else with_graphviz
    assert bool(list(root.iter("svg"))) == is_drawn
    assert (f"This machine has {states} states, too many for a diagram" in "".join(root.itertext())) != is_drawn
    assert len(rows(root)) == min(states, 24)
    assert ("left out" in "".join(root.itertext())) == (states > 24)


def test_nothing_overlaps_a_state(layout):
    """States lie apart, and inside of the picture."""
    for states in (2, 5, 12):
        (image,) = read(state_diagrams(MinimalMachines(random_machine(random.Random(states), states, "01")))).iter(
            "svg"
        )
        boxes = [
            [float(box.get(key)) for key in ("x", "y", "width", "height")] for box in having(image, "rect", "state")
        ]
        for i, (x, y, width, height) in enumerate(boxes):
            for other_x, other_y, other_width, other_height in boxes[:i]:
                apart_x = x + width < other_x or other_x + other_width < x
                assert apart_x or y + height < other_y or other_y + other_height < y
            assert x >= 0
            assert y >= 0
            assert x + width + 32 <= float(image.get("width")) + 0.2
            assert y + height <= float(image.get("height")) + 0.2


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_stay_text(layout, text):
    machine = table([text, "1"], [[(0, text), (1, text)], [(1, "0"), None]], ["", text], empty=text)
    figure = state_diagrams(MinimalMachines(machine, machine), MachinePath(text, (1,)))
    assert len(figure) < 30_000
    read(figure)


def test_what_is_special_is_said():
    machine = table("0", [[(0, "")]], empty="1")
    said = (
        read(state_diagrams(MinimalMachines(machine, None, joined_outputs=True), MachinePath("is so", (0,), cut=True)))
        .find("figcaption")
        .text
    )
    for part in (
        "“any”: the output does not count there",
        "Your output for the empty input: 1",
        "does not tell apart are shown as one",
        "counterexample to “is so”, as far as its first 1 steps",
    ):
        assert part in said


def test_an_answer_without_a_machine_has_no_diagram():
    assert state_diagrams(MinimalMachines(reason="too large")) == ""


FAULTS = {
    "fails": "exit 3",
    "gives nothing": "true",
    "gives no layout": "echo '{}'",
    "gives markup": "echo '{\"bb\": \"0,0,9,9\", \"objects\": [{\"_gvid\": 0, \"name\": \"n0\", \"pos\": \"<script>\"}]}'",
    "gives half a curve": "echo '{\"bb\": \"0,0,9,9\", \"objects\": [{\"_gvid\": 0, \"name\": \"n0\", \"pos\": \"1,1\"}],"
    ' "edges": [{"tail": 0, "head": 0, "pos": "e,1,1 2,2 3,3", "lp": "1,1"}]}\'',
}  # fmt: skip


@pytest.mark.skipif("sys.platform == 'win32'")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_graphviz_that_goes_wrong_is_done_without(fault, tmp_path, monkeypatch):
    program = tmp_path / "dot"
    program.write_text(f"#!/bin/sh\ncat > /dev/null\n{FAULTS[fault]}\n")
    program.chmod(0o755)
    monkeypatch.setattr(graphviz_layout, "graphviz", lambda: str(program))
    shown = state_diagrams(MinimalMachines(counter(1)))
    machines._machine.cache_clear()
    monkeypatch.setattr(machines, "graphviz_layout", lambda graph: None)
    assert shown == state_diagrams(MinimalMachines(counter(1)))


def test_graphviz_is_given_numbers_alone_and_asked_once(monkeypatch):
    if not graphviz_layout.graphviz():
        pytest.skip("Graphviz is not installed")
    asked = []
    run = graphviz_layout.subprocess.run

    def counted(command, **options):
        asked.append(options["input"].decode())
        return run(command, **options)

    monkeypatch.setattr(graphviz_layout.subprocess, "run", counted)
    graphviz_layout._by_graphviz.cache_clear()
    machine = table(["secret"], [[(1, "hidden")], [(0, "hidden")]], ["", "secret"])
    first = state_diagrams(MinimalMachines(machine))
    machines._machine.cache_clear()
    second = state_diagrams(MinimalMachines(machine))
    assert first == second
    assert len(asked) == 1
    assert not re.search("secret|hidden|start|after", "".join(asked))


def test_a_program_in_the_folder_of_a_submission_is_no_graphviz(tmp_path, monkeypatch):
    (tmp_path / "dot").write_text("#!/bin/sh\ntouch ran\n")
    (tmp_path / "dot").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    graphviz_layout.graphviz.cache_clear()
    try:
        assert graphviz_layout.graphviz() == ""
    finally:
        graphviz_layout.graphviz.cache_clear()


def test_the_same_layout_is_made_by_every_version_of_python(monkeypatch):
    """From Python 3.12 on `sum` rounds floats once: here the last digit of a text's place would be another one."""
    arrows = (Arrow(0, 1, (ArrowLine("0,1 / 0"),)), Arrow(1, 0, (ArrowLine("0"),)))
    graph = MachineGraph(("start", "1"), arrows)
    before = layered_layout.layered_layout(graph)
    for module in (boxes, layered_layout):
        monkeypatch.setattr(module, "sum", math.fsum, raising=False)
    assert layered_layout.layered_layout(graph) == before
    assert boxes.mean_point([(0.1, 0.0)] * 10, [1.0] * 10) == (0.9999999999999999, 0.0)
