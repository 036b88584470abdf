"""Which input is shown matters: the exact shortest counterexample, marks and words of every mistake that is known."""

import pytest

from grader.evidence import Counterexample
from grader.machines.machine import EquationMachine

RIGHT = "right for every input if "
FORGETS = "Your hidden unit forgets: it only copies the input. W2 must carry the past."
NEVER_RISES = "Your output is 0 from the start. With h = 1 and x = 1 the hidden unit must reach its threshold."
NEVER_FALLS = "Your output stays 1 whatever comes in: a 0 at the input must push the hidden unit below its threshold."
BOTH_FIRE = (
    "Your output stays 1 whatever comes in: for the bits 0 and 1 neither hidden unit may fire (is b too large?)."
)
NO_MEMORY = "Your output looks at the present bits alone: r must carry y from the step before."
NO_START = "Your first output is always 0: c0 has to let y_1 rise, when there is no y_0 yet."

STAYS_0_ON_1 = ("1", "1", "0")
STAYS_1_ON_0 = ("0", "0", "1")
STAYS_1_ON_00 = ("00", "00", "11")
PAIR_UNEQUAL = ("(0,1)", "0", "1")
LATER_UNEQUAL = ("(0,1) (0,0)", "00", "11")
FIRST_EQUAL = ("(0,0)", "1", "0")
LATER_EQUAL = ("(0,0) (0,0)", "11", "00")

KNOWN = {
    ("q5", "the solved sheet"): (70, [], {}),
    ("q5", "room to spare"): (70, [], {}),
    ("q5", "copies x"): (40, [FORGETS], {2: ("01", "00", "01")}),
    ("q5", "never rises"): (0, [NEVER_RISES], {0: STAYS_0_ON_1}),
    ("q5", "never falls"): (
        20,
        [NEVER_FALLS, RIGHT + "the bias b2 is subtracted"],
        {1: STAYS_1_ON_0, 2: STAYS_1_ON_00},
    ),
    ("q5", "the threshold off by one"): (
        20,
        [NEVER_FALLS, RIGHT + "the step is at z > 0.5"],
        {1: STAYS_1_ON_0, 2: STAYS_1_ON_00},
    ),
    ("q5", "right when h_0 = 0 and the output steps"): (
        0,
        [RIGHT + "h_0 = 0, and the hidden unit and the output both step at z > 0"],
        {0: ("1", "1", "-0.5"), 1: ("0", "0", "-0.5"), 2: ("00", "00", "-0.5 -0.5")},
    ),
    ("q5", "right for a step at z > 0"): (0, [NEVER_RISES, RIGHT + "the step is at z > 0"], {0: STAYS_0_ON_1}),
    ("q6", "the solved sheet"): (70, [], {}),
    ("q6", "room to spare"): (70, [], {}),
    ("q6", "fires on (0,1) as well"): (25, [BOTH_FIRE], {2: PAIR_UNEQUAL, 3: LATER_UNEQUAL}),
    ("q6", "forgets the past"): (45, [NO_MEMORY], {3: ("(0,1) (0,0)", "00", "01")}),
    ("q6", "right from the second step on"): (0, [NO_START], {0: FIRST_EQUAL, 1: LATER_EQUAL}),
    ("q6", "right with W transposed"): (
        25,
        [RIGHT + "W is transposed (x W instead of W x)"],
        {2: PAIR_UNEQUAL, 3: LATER_UNEQUAL},
    ),
    ("q6", "right with the biases subtracted"): (
        25,
        [BOTH_FIRE, RIGHT + "the biases are subtracted"],
        {2: PAIR_UNEQUAL, 3: LATER_UNEQUAL},
    ),
    ("q6", "right for a step at z >= 0"): (
        0,
        [NO_START, RIGHT + "the step is at z >= 0"],
        {0: FIRST_EQUAL, 1: LATER_EQUAL},
    ),
}


def without_trace(found):
    return Counterexample(found.input, expected=found.expected, got=found.got)


def test_a_copying_network_first_goes_wrong_on_01(specification):
    """Copying x answers 0, 1 on the input 01; nothing shorter goes wrong."""
    assert without_trace(specification("q5", "copies x").broken[2]) == Counterexample("01", expected="00", got="01")


@pytest.mark.parametrize(("name", "answer"), KNOWN)
def test_each_known_answer_earns_its_marks_with_its_words_and_its_shortest_inputs(specification, name, answer):
    points, messages, broken = KNOWN[name, answer]
    judged = specification(name, answer)
    assert judged.result.points == points
    assert list(judged.result.messages) == messages
    assert {line: without_trace(found) for line, found in judged.broken.items()} == {
        line: Counterexample(word, expected=expected, got=got) for line, (word, expected, got) in broken.items()
    }


def test_every_known_answer_of_the_specs_is_in_this_table(question):
    assert [answer for name, answer in KNOWN if name == question.id] == [known.name for known in question.known]
    assert [points for (name, _), (points, *_) in KNOWN.items() if name == question.id] == [
        known.earns for known in question.known
    ]


def test_each_reading_and_each_saying_of_the_specs_is_shown_to_somebody(question):
    messages = [message for (name, _), (_, messages, _) in KNOWN.items() if name == question.id for message in messages]
    for known in question.known:
        assert not known.say or known.say in messages
        assert not known.reading or RIGHT + known.reading in messages


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("q5", "{W1: 1, W2: -1, b2: 0.5, W3: 1, b3: 0}", None),
        ("q5", "{W1: 7, W2: 0, b2: -3, W3: 1, b3: 0}", FORGETS),
        ("q5", "{W1: 0, W2: 0, b2: 0.4, W3: 1, b3: 0}", NEVER_RISES),
        ("q5", "{W1: 5, W2: 5, b2: 5, W3: 0, b3: 1}", NEVER_FALLS),
        ("q6", "{W: [[0, 0], [0, 0]], b: [1, 1], v: [1, 1], r: 0, c: 0, c0: 0}", BOTH_FIRE),
        ("q6", "{W: [[2, 2], [-3, -3]], b: [-3, 1], v: [2, 2], r: 0, c: -1, c0: -1}", NO_MEMORY),
    ],
)
def test_a_mistake_is_recognised_by_what_it_does_not_by_its_weights(specification, name, answer, message):
    """None of these answers has the weights of a known one; the first does what no known mistake does."""
    assert [m for m in specification(name, answer).result.messages if not m.startswith(RIGHT)] == (
        [message] if message else []
    )


@pytest.mark.parametrize(
    ("answer", "reading", "first"),
    [
        ("{W1: 2, W2: -2, b2: 0.5, W3: -1, b3: 1}", None, ("1", "1", "0")),
        ("{W1: -1, W2: 2, b2: 1.25, W3: -1, b3: 1}", "h_0 = 0", ("1", "1", "0")),
        ("{W1: 1, W2: 1, b2: 1.5, W3: 1, b3: 0}", "the bias b2 is subtracted", ("0", "0", "1")),
        ("{W1: 1, W2: 1, b2: -1.5, W3: 2, b3: 0}", "the output steps at z >= 0.5 as well", ("1", "1", "2")),
        ("{W1: 1, W2: 1, b2: -0.5, W3: 1, b3: 0}", "the step is at z > 0.5", ("0", "0", "1")),
        ("{W1: 1, W2: 1, b2: -1.8, W3: 1, b3: 0}", "the step is at z > 0", ("1", "1", "0")),
    ],
)
def test_a_neighbouring_reading_of_q5_is_told_and_changes_no_marks(specification, answer, reading, first):
    judged = specification("q5", answer)
    readings = [message for message in judged.result.messages if message.startswith(RIGHT)]
    assert readings == ([RIGHT + reading] if reading else [])
    shown = next(iter(judged.broken.values()))
    assert (shown.input, shown.expected, shown.got) == first
    assert judged.result.points < 70


def test_an_answer_may_be_right_under_several_readings(specification):
    """With h_0 = 0 the hidden unit says `a 0 has been seen`, and nothing of it lies between 0 and 0.5."""
    assert list(specification("q5", "{W1: -1, W2: 2, b2: 0.5, W3: -1, b3: 1}").result.messages) == [
        NEVER_RISES,
        RIGHT + "h_0 = 0",
        RIGHT + "h_0 = 0, and the hidden unit and the output both step at z > 0",
    ]


def test_the_sheet_fails_on_0_1_when_the_step_is_at_z_or_more(specification, questions):
    """`z >= 0` in place of `z > 0`: every "off" unit of the sheet sits exactly on the threshold, and so fires."""
    q6 = questions["q6"]
    sheet = next(known for known in q6.known if known.name == "the solved sheet")
    reading = next(reading for reading in q6.readings if reading.name == "the step is at z >= 0")
    machine = EquationMachine(reading.program, sheet.values)
    word = q6.alphabet.read_word("(0,1)")
    assert [step.output for step in machine.run(word)] == [1]
    assert [step.output for step in q6.specification.machine().run(word)] == [0]


def test_the_trace_shows_every_quantity_beside_what_is_wanted(specification):
    first, second = specification("q5", "copies x").broken[2].trace
    assert (first.t, first.inputs, first.student, first.wanted) == (1, {"x": "0"}, {"h": "0", "y": "0"}, {"alive": "0"})
    assert (second.t, second.inputs, second.student, second.wanted) == (
        2,
        {"x": "1"},
        {"h": "1", "y": "1"},
        {"alive": "0"},
    )
    assert [(step.output, step.expected, step.right) for step in (first, second)] == [
        ("0", "0", True),
        ("1", "0", False),
    ]


def test_the_sentence_of_a_failure(specification):
    failed = specification("q6", "forgets the past").result.checks[3]
    assert failed.outcome == "failed"
    assert failed.message == (
        "on input (0,1) (0,0) the output is 01, but 00 is wanted: step 2 gives 1 instead of 0 (the shortest such input)"
    )
