"""Every message about a question's text, and the character it points at (marked « in each case)."""

import pytest

IRRATIONAL = (
    " has irrational values, but what is wanted is worked out exactly; only the network and `accept` may have them: "
    "use step, relu, sign, or a condition"
)

KEYS = [
    ("title: A title\n", "", "needs a 'title'"),
    ("question: q\n", "question:« \n", "question: is blank"),
    ("title: A title", "title: «~", "title: is blank"),
    ("title: A title", 'title: «" "', "title: is blank"),
    ("title: A title", "«titel: A title\ntitle: B", "'titel' is not a key of a question (did you mean 'title'?)"),
    ("title: A title", "title: «[a]", "title: must be text, not a list"),
    ("title: A title", "title: «{a: b}", "title: must be text, not a mapping"),
    ("prompt: Do it.", "prompt: «[x]", "prompt: must be text, not a list"),
    ("points: 3\n", "points: «three\n", "points: 'three' is not a number"),
    ("points: 3\n", "points: «-3\n", "points: points cannot be negative, and this is -3"),
    ("points: 3\n", "points: «1_000\n", "points: '1_000' is not a number: write it in plain decimal digits"),
    ("points: 3\n", "points: «0o17\n", "points: '0o17' is not a number: write it in plain decimal digits"),
    ("points: 3\n", "points: «2026-09-01\n", "points: '2026-09-01' is not a number"),
    ("points: 3\n", "points: «~\n", "points: '~' is not a number"),
    ("points: 3\n", "points: «yes\n", "points: 'yes' is not a number: write 1"),
    ("points: 3\n", "points: «.nan\n", "points: '.nan' is not a number: write a finite number"),
    (
        "points: 3\n",
        "points: «1,5\n",
        "points: '1,5' is not a number: write a decimal point, not a decimal comma (1.5)",
    ),
    ("points: 3\n", "points: «1/0\n", "points: 1/0 divides by zero"),
    ("points: 3\n", "points: «1e400\n", "points: 1e400 is too large (numbers lie between 1e-400 and 1e309 in size)"),
    ("points: 3\n", "points: «{}\n", "points: must be text, not a mapping"),
    ("points: 3\n", "points: «4\n", "points: the checks add up to 3, but the question is worth 4"),
    ("points: 3\n", "points: «10/3\n", "points: the checks add up to 3, but the question is worth 3.333333"),
    ("answer: weights", "answer: «weigths", "answer: 'weigths' is not a kind of answer (did you mean 'weights'?)"),
    ("length: 9", "length: «0", "length: must be a whole number from 1 on, not '0'"),
    ("length: 9", "length: «2.5", "length: must be a whole number from 1 on, not '2.5'"),
    ("length: 9", "length: «1e3", "length: must be a whole number from 1 on, not '1e3'"),
    ("credit: ladder", "credit: «laddder", "credit: must be each or ladder, not 'laddder'"),
    ("states: 100", "states: «many", "budget.states: must be a whole number from 1 on, not 'many'"),
    (
        "samples: 10",
        "«sample: 10",
        "'sample' is not a key of budget (did you mean 'samples'?)",
    ),
    ("budget: {states: 100, samples: 10, seed: 1}", "budget: «no", "budget: must be a mapping, not 'no'"),
    ("examples: {110: 110}", "examples: «[110]", "examples: must be a mapping, not a list"),
    ("examples: {110: 110}", "examples: {110: «[1]}", "examples.110: must be text, not a list"),
    ("examples: {110: 110}", "examples: {«110: 11}", "examples: '11' gives 2 outputs for 3 steps"),
    ("examples: {110: 110}", "examples: {«110: 1 1 x}", "examples: 'x' is not a number"),
    ("examples: {110: 110}", "examples: {«120: 110}", "examples: 120 is not a value of the input 'x'"),
    ("examples: {110: 110}", "examples: {«1a0: 110}", "examples: '1a0' is not a number"),
]

NETWORK = [
    ("network:\n  inputs: {x: bit}\n", "«network:\n", "network: needs a 'inputs'"),
    ("  output: y\n", "  «ouput: y\n  output: y\n", "'ouput' is not a key of network (did you mean 'output'?)"),
    (
        "  output: y\n",
        "  «colour: y\n  output: y\n",
        "'colour' is not a key of network"
        " (initial, functions, equations, output, inputs, sizes and parameters can stand here)",
    ),
    (
        "inputs: {x: bit}",
        "inputs: {x: «bits}",
        "network.inputs.x: 'bits' is not a kind of input: write bit, [-1, 0, 1], integer(-5..5) or real(-3..3)",
    ),
    (
        "inputs: {x: bit}",
        "inputs: {x: «integer(5..1)}",
        "network.inputs.x: 'integer(5..1)' is empty: 5 is larger than 1",
    ),
    ("inputs: {x: bit}", "inputs: {x: [0, «a1]}", "network.inputs.x: 'a1' is not a number"),
    ("inputs: {x: bit}", "inputs: {x: «[]}", "network.inputs.x: a set of inputs needs at least one value"),
    (
        "inputs: {x: bit}",
        "inputs: {x: «[bit, real]}",
        "network.inputs.x: the components of one input are all of one kind: give them names of their own",
    ),
    (
        "inputs: {x: bit}",
        "inputs: {x: «{shape: [2]}}",
        "network.inputs.x: an input with a shape is written {shape: [2], in: bit}",
    ),
    (
        "inputs: {x: bit}",
        "inputs: {x: {shape: «[0], in: bit}}",
        "network.inputs.x: a shape is scalar, [2] or [2, 3], not a list",
    ),
    ("W1: scalar", "W1: «scaler", "network.parameters.W1: a shape is scalar, [2] or [2, 3], not 'scaler'"),
    ("W1: scalar", "W1: «[2, 2, 2]", "network.parameters.W1: a shape is scalar, [2] or [2, 3], not a list"),
    ("W1: scalar", "W1: «[100, 100]", "network.parameters.W1: a shape is scalar, [2] or [2, 3], not a list"),
    (
        "W1: scalar",
        "W1: «{shape: scalar}",
        "network.parameters.W1: a restricted parameter is written {shape: [2, 2], in: [-1, 0, 1]}, one that may be left "
        "out {shape: [2], default: [0, 0]}",
    ),
    ("b: [2]}", "«b: [n]}", "network.parameters.b: 'n' is no size: declare it, sizes: {n: 1..8}"),
    ("W1: scalar", "W1: {default: «[0, 1]}", "network.parameters.W1: default must be a number, not a list"),
    ("W1: scalar", "W1: {default: «x}", "network.parameters.W1: default: 'x' is not a number"),
    (
        "W1: scalar",
        "W1: {in: [-1, 1], default: «0}",
        "network.parameters.W1: default must be -1 or 1, not 0",
    ),
    (
        "W1: scalar",
        "W1: «{in: real}",
        "network.parameters.W1: a restricted parameter takes a finite set of values",
    ),
    (
        "    y: h[t]",
        "    «W-1: h[t]\n    y: h[t]",
        "network.equations.W-1: 'W-1' is not a name: use letters, digits and _",
    ),
    ("    y: h[t]", "    «1: h[t]\n    y: h[t]", "network.equations.1: '1' is not a name: use letters, digits and _"),
    (
        "    y: h[t]",
        "    «sum: h[t]\n    y: h[t]",
        "network.equations.sum: 'sum' already has a meaning in the language: choose another name",
    ),
    (
        "    y: h[t]",
        "    «t: h[t]\n    y: h[t]",
        "network.equations.t: 't' already has a meaning in the language: choose another name",
    ),
    (
        "    y: h[t]",
        "    «phi: h[t]\n    y: h[t]",
        "network.equations.phi: 'phi' already has a meaning in the language: choose another name",
    ),
    ("    y: h[t]", "    «x: h[t]\n    y: h[t]", "network.equations.x: 'x' is already the name of one of the inputs"),
    (
        "    y: h[t]",
        "    «b: h[t]\n    y: h[t]",
        "network.equations.b: 'b' is already the name of one of the parameters",
    ),
    ("functions: {phi(z)", "functions: {«phi: 1, phi(z)", "network: a function is written phi(z): ..., not 'phi'"),
    (
        "functions: {phi(z)",
        'functions: {«"psi(z, z)": 1, phi(z)',
        "network: a function is written phi(z): ..., not the quoted text 'psi(z, z)'",
    ),
    (
        "functions: {phi(z)",
        "functions: {«step(z): 1, phi(z)",
        "network: the function 'step' is already in the language: choose another name",
    ),
    (
        "else 0}\n",
        "else 0, «phi(y): y}\n",
        "network: the function 'phi' is already in this list: choose another name",
    ),
    ("initial: {h: 1}", "initial: {«g: 1}", "network.initial.g: 'g' has an initial value but no equation"),
    (
        "initial: {h: 1}",
        "initial: {«hh: 1, h: 1}",
        "network.initial.hh: 'hh' has an initial value but no equation (did you mean 'h'?)",
    ),
    (
        "initial: {h: 1}",
        'initial: {h: 1, «"k[0]": 1}',
        "network.initial.k[0]: 'k' has an initial value but no equation",
    ),
    ("initial: {h: 1}", 'initial: {"h[0]": 1, «"h[ 0 ]": 1}', "network: 'h[ 0 ]' is given twice"),
    ("initial: {h: 1}", "initial: {h: 1, y: «[1, 2]}", "network.initial.y: is a vector of 2, but y is a number"),
    (
        "initial: {h: 1}",
        'initial: {"h[-1]": «[1, 2], "h[0]": 1}',
        "network.initial.h[-1]: is a vector of 2, but h is a number",
    ),
    ("initial: {h: 1}", "initial: {h: 1 + «t}", "network.initial.h: 't' is not defined here (W1 and b can be used)"),
    ("initial: {h: 1}", "initial: {h: «y}", "network.initial.h: 'y' is not defined here (W1 and b can be used)"),
    ("initial: {h: 1}", 'initial: {h: "«x[t]"}', "network.initial.h: 'x' is not defined here (W1 and b can be used)"),
    ("initial: {h: 1}", "initial: {h: 2*«w1}", "network.initial.h: 'w1' is not defined here (did you mean 'W1'?)"),
]

EXPRESSIONS = [
    ("b[0]\n", "«q\n", "network.equations.y: 'q' is not defined here (t, W1, b, h, x and y can be used)"),
    ("b[0]\n", "2 * «B[0]\n", "network.equations.y: 'B' is not defined here (did you mean 'b'?)"),
    ("b[0]\n", "«ph(1)\n", "network.equations.y: 'ph' is not a function here (did you mean 'phi'?)"),
    ("b[0]\n", "«phi\n", "network.equations.y: 'phi' is a function: write phi(...)"),
    ("b[0]\n", "«phi(1, 2)\n", "network.equations.y: phi(z) takes 1, not 2"),
    ("b[0]\n", "«dot(b)\n", "network.equations.y: dot takes 2 arguments, not 1: write dot(a, b)"),
    ("b[0]\n", "«h[t+1]\n", "network.equations.y: h[t+1] lies in the future: a step may use t, t-1, t-2, ..."),
    ("b[0]\n", "h[«3]\n", "network.equations.y: h is indexed by the step: h[t], h[t-1], ..."),
    ("b[0]\n", "«h[t-101]\n", "network.equations.y: h[t-101] is not kept here"),
    ("b[0]\n", "«b[2]\n", "network.equations.y: index 2 is outside a vector of 2 (0 to 1)"),
    ("b[0]\n", "«b[0.5]\n", "network.equations.y: 1/2 is not a whole number"),
    ("b[0]\n", "«W1[0]\n", "network.equations.y: a number has no components"),
    (
        "b[0]\n",
        "(b «+ [1, 2, 3])[0]\n".replace("b «+", "«b +"),
        "network.equations.y: a vector of 2 does not fit a vector of 3",
    ),
    ("b[0]\n", "«W1 @ b\n", "network.equations.y: @ needs vectors or matrices: a number @ a vector of 2"),
    (
        "y: h[t] + b[0]\n",
        "y: «1 if W1 > 0 else b\n",
        "network.equations.y: the two branches differ: a number if true, a vector of 2 if not",
    ),
    (
        "b[0]\n",
        "«[b, 1]\n".replace("«[b, 1]", "«[b, 1][0]"),
        "network.equations.y: the entries of a list differ: a vector of 2 and a number",
    ),
    ("b[0]\n", "(1 + 2«]\n".replace("(", "("), "network.equations.y: ']' closes nothing"),
    ("b[0]\n", "«(1 + 2\n", "network.equations.y: '(' is never closed"),
    ("b[0]\n", "1 +«\n", "network.equations.y: the expression stops too early"),
    ("b[0]\n", "2 «^ 3\n", "network.equations.y: '^' has no meaning here: write ** for a power"),
    ("b[0]\n", "W1 «= 3\n", "network.equations.y: a single = has no meaning here: write == to compare"),
    ("b[0]\n", "«True\n", "network.equations.y: True is not a number: write 1 or 0"),
    ("b[0]\n", "«W1.x\n", "network.equations.y: '.x' has no meaning here (only .T, the transpose, has)"),
    ("b[0]\n", "«1_0\n", "network.equations.y: '1_0' is not a number: write it in plain decimal digits"),
    ("b[0]\n", "2 * «0x1f\n", "network.equations.y: '0x1f' is not a number: write it in plain decimal digits"),
    ("b[0]\n", "«1e999\n", "network.equations.y: 1e999 is too large (numbers lie between 1e-400 and 1e309 in size)"),
    (
        "h: phi(W1*h[t-1] + x[t])",
        "h: «phi(W1*h[t-1] + x[t]) + y",
        "network.equations.h: h[t] needs itself (h[t] needs y[t] needs h[t]): write h[t-1] for the past",
    ),
    (
        "h: phi(W1*h[t-1] + x[t])",
        "h: «phi(W1*h[t] + x[t])",
        "network.equations.h: h[t] needs itself (h[t] needs h[t]): write h[t-1] for the past",
    ),
    ("b[0]\n", "«y[t-1]\n", "network.equations.y: y[0] is needed but has no initial value"),
    ("b[0]\n", "x[t] + «x[t-1]\n", "network.equations.y: x[0] is needed but has no initial value"),
    ("b[0]\n", "(«y[t-1] if t > 0 else 0)\n", "network.equations.y: y[0] is needed but has no initial value"),
    (
        "1 if z >= 0.5 else 0}",
        "1 if z >= «Z else 0}",
        "network.functions.phi: 'Z' is not defined here (did you mean 'z'?)",
    ),
    ("else 0}\n", "else 0, unused(a): a + «foo(a)}\n", "network.functions.unused: 'foo' is not a function here"),
    (
        "else 0}\n",
        "else 0, psi(a): 1 + «psi(a)}\n",
        "network.functions.psi: in psi: 'psi' calls itself, which a function may not",
    ),
    ("y: h[t] + b[0]", "y: «~", "network.equations.y: '~' has no meaning here: write not"),
    ("y: h[t] + b[0]", "y:« \n", "network.equations.y: an expression is missing here"),
    ("y: h[t] + b[0]", "y: «[h, k]", "network.equations.y: 'k' is not defined here (t, W1, b, h, x and y can be used)"),
    ("y: h[t] + b[0]", "y: «[]", "network.equations.y: a vector needs at least one entry"),
    ("y: h[t] + b[0]", "y: «{a: 1}", "network.equations.y: must be text, not a mapping"),
    ("  output: y\n", "  output: «yy\n", "network.output: 'yy' is not defined here (did you mean 'y'?)"),
    (
        '"alive[t-1] and x[t]"',
        '"alive[t-1] and «W1"',
        "behaviour.equations.alive: 'W1' is not defined here (t, alive and x can be used)",
    ),
    (
        '"alive[t-1] and x[t]"',
        "'alive[t-1] and «z'",
        "behaviour.equations.alive: 'z' is not defined here (t, alive and x can be used)",
    ),
    (
        "output: alive",
        "output: «[alive, 1]",
        "behaviour.output: is a vector of 2, but the network's output is a number",
    ),
    (
        'when: "alive[t]"',
        'when: "not «alife[t]"',
        "checks[1].when: 'alife' is not defined here (did you mean 'alive'?)",
    ),
    (
        'when: "alive[t]"',
        "when: «[x[t], 1]".replace("[x[t], 1]", "[x, 1]"),
        "checks[1].when: is a vector of 2, not one truth value: write all(...) or any(...)",
    ),
    ('when: "alive[t]"', 'when: "«sqrt(2)"', "sqrt" + IRRATIONAL),
    ('when: "alive[t]"', 'when: "t > 0 and «x[t-1]"', "checks[1].when: x[0] is needed but has no initial value"),
    (
        "accept: y == expected",
        "accept: «z == expected",
        "accept: 'z' is not defined here (t, y, expected, alive and x can be used)",
    ),
    (
        "accept: y == expected",
        "accept: «[y, 1]",
        "accept: is a vector of 2, not one truth value: write all(...) or any(...)",
    ),
    ("accept: y == expected", "accept: «y[0] == expected", "accept: a number has no components"),
    ("assume: x[t] >= 0", "assume: x[t] >= «1e", "assume: '1e' is not a number"),
    ("assume: x[t] >= 0", "assume: «xx[t] >= 0", "assume: 'xx' is not defined here (did you mean 'x'?)"),
    ("assume: x[t] >= 0", "assume: x[t] >= «log(2)", "log" + IRRATIONAL),
]

RUBRIC = [
    ("{name: second, points: 2}", "«{points: 2}", "checks[2]: needs a 'name'"),
    (
        "{name: second, points: 2}",
        "{name: second, points: 2, «wen: x}",
        "'wen' is not a key of checks[2] (did you mean 'when'?)",
    ),
    ("{name: second, points: 2}", "{name: «first, points: 2}", "checks[2].name: 'first' is used twice"),
    ("{name: second, points: 2}", "{name: second, points: «two}", "checks[2].points: 'two' is not a number"),
    ("{name: second, points: 2}", "«second", "checks[2]: must be a mapping, not 'second'"),
    (
        "  one: {W1: 1, b: [0, 0],",
        "  one: {«W2: 1, W1: 1, b: [0, 0],",
        "known.one: 'W2' is not a parameter (W1 and b are)",
    ),
    ("  one: {W1: 1, b: [0, 0],", "  «one: {b: [0, 0],", "known.one: W1 must be given"),
    ("  one: {W1: 1, b: [0, 0], earns: 3,", "  «one: {", "known.one: W1, b and earns must be given"),
    ("  one: {W1: 1,", "  one: {W1: «one,", "known.one: W1: 'one' is not a number"),
    ("  one: {W1: 1,", "  one: {W1: «,", "known.one: W1 is blank: write a number"),
    (
        "  one: {W1: 1,",
        '  one: {W1: «"1",',
        "known.one: W1 must be a number, not the quoted text '1': leave out the quotes",
    ),
    ("  one: {W1: 1,", "  one: {W1: «[1, 2],", "known.one: W1 must be a number, not a list"),
    ("b: [0, 0]", "b: «[0]", "known.one: b must be a vector of 2, written [., .]; this has 1 entries, not 2"),
    ("b: [0, 0]", "b: «0", "known.one: b must be a vector of 2, written [., .]; this is '0'"),
    ("b: [0, 0]", "b: [0, «x]", "known.one: b[1]: 'x' is not a number"),
    ("earns: 3", "earns: «all", "known.one.earns: 'all' is not a number"),
    ("earns: 3", "earns: «-1", "known.one.earns: points cannot be negative, and this is -1"),
    ("say: Hello.", "say: «[Hello]", "known.one: say must be text, not a list"),
    ("reading: other", "reading: «othr", "known.one: 'othr' is not one of the readings (did you mean 'other'?)"),
    (
        "  one: {W1: 1, b: [0, 0], earns: 3, say: Hello., reading: other}",
        "  one: «5",
        "known.one: must be a mapping, not '5'",
    ),
    (
        "  - name: other\n",
        "  - «nam: other\n    name: other\n",
        "'nam' is not a key of readings[1] (did you mean 'name'?)",
    ),
    (
        "    initial: {h: 0}\n",
        "    initial: {«g: 0}\n",
        "readings[1].initial.g: 'g' has an initial value but no equation",
    ),
    (
        "    initial: {h: 0}\n",
        "    equations: {y: «q}\n",
        "readings[1].equations.y: 'q' is not defined here (t, W1, b, h, x and y can be used)",
    ),
    (
        "    initial: {h: 0}\n",
        "    replace: {«W: 1}\n",
        "readings[1].replace.W: 'W' is not a parameter (did you mean 'W1'?)",
    ),
    ("    initial: {h: 0}\n", "    replace: {W1: «b}\n", "readings[1].replace.W1: makes a vector of 2 of a number"),
    (
        "    initial: {h: 0}\n",
        "    replace: {W1: «h}\n",
        "readings[1].replace.W1: 'h' is not defined here (W1 and b can be used)",
    ),
    (
        "    initial: {h: 0}\n",
        "    functions: {«phi: 0}\n",
        "readings[1]: a function is written phi(z): ..., not 'phi'",
    ),
]


CASES = [*KEYS, *NETWORK, *EXPRESSIONS, *RUBRIC]


def test_the_sound_text_is_sound(sound, load_text):
    assert load_text(sound).points == 3


@pytest.mark.parametrize(("old", "new", "message"), CASES)
def test_message_and_place(problems_by_question, problems_of, old, new, message):
    """One problem, in these words, at the marked character."""
    text, places = problems_by_question((old, new))
    place = places[0] if places else "1:1"  # what is missing at the top is missing in the whole file
    assert problems_of(text) == [f"q.yaml:{place}: {message}"]


@pytest.mark.parametrize(
    ("gone", "place", "message"),
    [
        ("  output: y\n", "6:1", "network: needs a 'output'"),
        ("  output: alive\n", "15:1", "behaviour: needs a 'output'"),
        ("  - name: other\n    initial: {h: 0}\n", "31:1", None),
        (", earns: 3", "29:3", "known.one: earns must be given"),
        ("answer: weights\n", "1:1", "needs a 'answer'"),
        ("points: 3\n", "1:1", "needs a 'points'"),
    ],
)
def test_what_is_missing(problems_by_question, problems_of, gone, place, message):
    text, _ = problems_by_question((gone, ""))
    if message is None:
        message = "readings: must be a list, not nothing"
        place = "30:10"
    assert problems_of(text)[0] == f"q.yaml:{place}: {message}"


def test_a_question_without_parameters_has_nothing_to_answer(problems_by_question, problems_of):
    text, _ = problems_by_question(("parameters: {W1: scalar, b: [2]}", "parameters: {}"))
    assert "q.yaml:1:1: network.parameters: a weights question needs at least one" in problems_of(text)


def test_checks_may_not_be_empty(problems_by_question, problems_of):
    lines = '  - {name: first, points: 1, when: "alive[t]"}\n  - {name: second, points: 2}\n'
    text, places = problems_by_question(("checks:\n" + lines, "checks: «[]\n"))
    assert problems_of(text) == [f"q.yaml:{places[0]}: checks: needs one entry or more, and has none"]


def test_the_networks_output_and_the_behaviour_may_not_share_a_name_in_accept(problems_by_question, problems_of):
    text, places = problems_by_question(
        ('{alive: "alive[t-1] and x[t]"}', '{alive: "alive[t-1] and x[t]", y: 1}'),
        ("accept: y == expected", "accept: «y >= expected"),
    )
    assert problems_of(text) == [
        f"q.yaml:{places[0]}: accept: 'y' is the network's output and also a name of the behaviour: rename one of them"
    ]


def test_a_column_counts_inside_quotes_and_after_letters_of_any_alphabet(problems_by_question, problems_of):
    text, places = problems_by_question(
        ("y: h[t] + b[0]", 'y: "h[t] + φ*0 + «q"'), ("{W1: scalar, b: [2]}", "{W1: scalar, b: [2], φ: scalar}")
    )
    found = problems_of(text)
    assert found[0].startswith(f"q.yaml:{places[0]}: network.equations.y: 'q' is not defined here")


def test_an_expression_folded_over_lines_is_placed_where_it_starts(problems_by_question, problems_of):
    text, places = problems_by_question(("y: h[t] + b[0]", "y: «h[t]\n      + q"))
    assert problems_of(text)[0].startswith(f"q.yaml:{places[0]}: network.equations.y: 'q' is not defined here")


def test_restricted_parameters_are_checked_in_known_answers(problems_by_question, problems_of):
    text, places = problems_by_question(
        ("W1: scalar, b: [2]", "W1: {in: [-1, 0, 0.5]}, b: {shape: [2], in: bit}"),
        ("{W1: 1, b: [0, 0],", "{W1: «1, b: «[0, 2],"),
    )
    assert problems_of(text) == [
        f"q.yaml:{places[0]}: known.one: W1 must be -1, 0 or 0.5, not 1",
        f"q.yaml:{places[1]}: known.one: b must be 0 or 1, not 2",
    ]


def test_readings_have_names_of_their_own(problems_by_question, problems_of):
    text, places = problems_by_question(
        ("    initial: {h: 0}\n", "    initial: {h: 0}\n  - name: «other\n    initial: {h: 2}\n")
    )
    assert problems_of(text) == [f"q.yaml:{places[0]}: readings[2].name: 'other' is used twice"]


def test_a_fault_of_the_network_is_told_once_and_not_again_for_every_reading(problems_by_question, problems_of):
    text, _ = problems_by_question(
        ("y: h[t] + b[0]", "y: h[t] + «q"),
        ("    initial: {h: 0}\n", "    initial: {h: 0}\n  - name: second\n    initial: {h: 2}\n"),
    )
    assert len(problems_of(text)) == 1


def test_several_problems_are_told_at_once(problems_by_question, problems_of):
    """Fields first: what cannot be read at all; the rest is looked at when everything can be read."""
    text, places = problems_by_question(
        ("points: 3\n", "points: «three\n"),
        ("b: [2]}", "b: «[-2]}"),
        ("    y: h[t] + b[0]", "    y: h[t] «$ b[0]"),
        ("credit: ladder", "«creditt: ladder"),
    )
    assert set(problems_of(text)) == {
        f"q.yaml:{places[0]}: points: 'three' is not a number",
        f"q.yaml:{places[1]}: network.parameters.b: a shape is scalar, [2] or [2, 3], not a list",
        f"q.yaml:{places[2]}: network.equations.y: '$' has no meaning here",
        f"q.yaml:{places[3]}: 'creditt' is not a key of a question (did you mean 'credit'?)",
    }


def test_several_unknown_names_are_told_at_once(problems_by_question, problems_of):
    text, places = problems_by_question(
        ("h: phi(W1*h[t-1] + x[t])", "h: phi(«W*h[t-1] + x[t])"),
        ("    y: h[t] + b[0]", "    y: «hh[t] + b[0]"),
        ('when: "alive[t]"', 'when: "«live[t]"'),
        ("earns: 3", "earns: «-3"),
        ("name: second", "name: «first"),
    )
    found = problems_of(text)
    reported = {place for place in places if any(problem.startswith(f"q.yaml:{place}: ") for problem in found)}
    assert reported == set(places) - {places[2]}  # what `when` may say is known once the network stands
    assert len(found) == 4


def test_the_kinds_of_answers_are_listed_where_none_is_close(problems_by_question, problems_of):
    text, places = problems_by_question(("answer: weights", "answer: «zebra"))
    (found,) = problems_of(text)
    assert found.startswith(f"q.yaml:{places[0]}: answer: 'zebra' is not a kind of answer (weights")


def test_a_key_in_a_mapping_of_names_is_told_with_the_keys_that_can_stand_there(problems_of):
    known = "{a: {txt: 3, text: 3, earns: 1}, b: {colour: red, text: 3, earns: 1}}"
    text = f"question: q\ntitle: A\npoints: 1\nanswer: number\nvalue: 3\nknown: {known}\n"
    assert problems_of(text) == [
        "q.yaml:6:13: 'txt' is not a key of known.a (did you mean 'text'?)",
        "q.yaml:6:45: 'colour' is not a key of known.b (text and earns can stand here)",
    ]
