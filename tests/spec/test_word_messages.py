"""Every message about symbols, words and what is judged, and the character it points at (marked « in each case)."""

import pytest

TEXT = """\
question: q
title: T
points: 1
answer: weights
network:
  inputs: {x: INPUT}
  parameters: {w: scalar}
  initial: {h: 0}
  equations: {h: 'NETWORK'}
  output: h
behaviour:
  BEHAVIOUR
checks: [{name: all, points: 1WHEN}]
REST
"""
AB = '{symbols: {a: 0, b: 1}, words: "(ab)*"}'
PLAIN = {"INPUT": AB, "NETWORK": "w*h[t-1]", "BEHAVIOUR": "equations: {}\n  output: 0", "WHEN": "", "REST": ""}

SYMBOLS = [
    ("{symbols: «{}}", "an input needs at least one symbol"),
    ("{symbols: «[a, b]}", "symbols are written {a: [1, 0], b: [0, 1]}, not a list"),
    ("{symbols: «}", "symbols are written {a: [1, 0], b: [0, 1]}, not nothing"),
    ("{symbols: {a: 0, «b: 0}}", "symbols.b: 'b' has the same embedding as 'a' (FILE:6:26): no network could tell"),
    ("{symbols: {a: [1, 2], c: [2, 1], «b: [1, 2]}}", "symbols.b: 'b' has the same embedding as 'a' (FILE:6:26)"),
    ("{symbols: {a: 0.5, «b: 1/2}}", "symbols.b: 'b' has the same embedding as 'a'"),
    ("{symbols: {a: [1, 0], b: «[1, 0, 0]}}", "symbols.b: must be like the embedding of 'a': a vector of 2, not a vec"),
    ("{symbols: {a: [1, 0], b: «1}}", "symbols.b: must be like the embedding of 'a': a vector of 2, not a number"),
    ("{symbols: {a: [1, 0], b: [1, «x]}}", "symbols.b[1]: 'x' is not a number"),
    ("{symbols: {a: [[1, 0], [0, 1]], b: [[1, 0], «[0]]}}", "symbols.b[1] must be a 2 x 2 matrix"),
    ("{symbols: {a: «[[[1]]]}}", "symbols.a: an embedding is a number, a vector [1, 0] or a matrix, not a list"),
    ("{symbols: {a: «{c: 1}}}", "symbols.a: an embedding is a number, a vector [1, 0] or a matrix, not a mapping"),
    ("{symbols: {a: «}}", "symbols.a is blank: write a number"),
    ("{symbols: {«'': 0, b: 1}}", "symbols: '' is no name: a symbol is named by characters without spaces"),
    ("{symbols: {«'a b': 0, b: 1}}", "symbols: 'a b' is no name"),
    ("{symbols: {«ε: 0, b: 1}}", "symbols: ε is how the empty input is shown: choose another name"),
    ("{symbols: {«" + "n" * 31 + ": 0, b: 1}}", "symbols: 'nnn"),
    (f"{{symbols: «{{{', '.join(f's{i}: {[0] * 130}' for i in range(100))}}}}}", "symbols: the embeddings have 13000"),
    ("{symbols: {x: 0, «3: 1, foo: 2}}", "symbols: '3' beside 'x' makes `3 x a` say two things"),
    ("{symbols: {«then: 0, 'a,': 1}}", "symbols: 'then' beside a name that ends in a comma reads like `, then `"),
    ("«{words: a}", "`words` are words of `symbols`: name them"),
    ("{symbols: {a: 0}, «prefixes: true}", "`prefixes` are those of `words`: say which words count, or leave it out"),
    ("{symbols: {a: 0}, words: a, prefixes: «maybe}", "must be true or false, not 'maybe'"),
    ("{symbols: {a: 0}, «word: a}", "'word' is not a key of an input with symbols (did you mean 'words'?)"),
    (
        "{symbols: {a: 0}, words: a, «in: bit}",
        "'in' is not a key of an input with symbols (symbols, words and prefixes",
    ),
    ("{symbols: {a: 1}, words: «{a: 1}}", "must be text, not a mapping"),
    ("{symbols: {a: 1}, words: «}", "words: is blank: write a regular expression over the symbols"),
    ('{symbols: {a: 0, b: 1}, words: "a[ab«c]*"}', "words: 'c' is not a symbol (a and b)"),
    ('{symbols: {a: 0, b: 1}, words: "ab«)"}', "words: ')' closes nothing"),
    ("{symbols: {a: 0, b: 1}, words: «(ab}", "words: '(' is not closed: write \\( or [(] for the symbol"),
    ('{symbols: {a: 0, b: 1}, words: «"()"}', "words: no input that has a step belongs to it"),
    ('{symbols: {a: 0, b: 1}, words: «"(a|b)*a(a|b){12}"}', "words: its automaton has more than 2000 states"),
]


def spoiled(**parts):
    """The text with some parts exchanged, and the `line:column` of the mark in it."""
    text = TEXT
    for name, part in {**PLAIN, **parts}.items():
        text = text.replace(name, part)
    at = text.find("«")
    before = text[:at]
    return text.replace("«", ""), f"{before.count(chr(10)) + 1}:{at - before.rfind(chr(10))}"


@pytest.mark.parametrize(("marked", "message"), SYMBOLS)
def test_symbols_and_words(problems_of, folder, marked, message):
    text, place = spoiled(INPUT=marked)
    (problem,) = problems_of(text)
    file = problem.partition(f":{place}: ")[0]
    assert problem.startswith(f"{file}:{place}: network.inputs.x: {message.replace('FILE', file)}")


OTHERS = [
    ({"INPUT": AB, "REST": "judge: «end"}, "judge: must be a mapping, not 'end'"),
    ({"REST": "judge: {at: «start}"}, "judge.at: must be end or every step, not 'start'"),
    ({"REST": "judge: {empty: «1}"}, "judge.empty: must be true or false, not '1'"),
    ({"REST": "judge: {«empti: true}"}, "'empti' is not a key of judge (did you mean 'empty'?)"),
    (
        {"INPUT": "bit", "REST": "judge: {at: end, empty: «true}\nlength: 5"},
        "judge.empty: at the end are 5 steps here, of which the empty input has none: leave it out",
    ),
    (
        {"INPUT": AB.replace("*", "+"), "REST": "judge: {at: end, empty: «true}"},
        "judge.empty: the empty input is no whole word: leave `empty` out, or let the language take it",
    ),
    (
        {"BEHAVIOUR": 'equations: {y: "x[t]"}\n  output: «y', "REST": "judge: {empty: true}"},
        "behaviour.output: has no value for the empty input, which `judge: {empty: true}` asks for (x[0] is needed but "
        "has no initial value): give what it needs an initial value, such as `initial: {h: 0}`",
    ),
    (
        {"REST": "judge: {empty: true}\naccept: h == «x[t]"},
        "accept: cannot be worked out for the empty input, which `judge: {empty: true}` asks for: x[0] is needed but",
    ),
    (
        {"REST": "judge: {empty: true}\nreadings: [{name: r, output: «h + x}]"},
        "readings[1].output: has no value for the empty input",
    ),
    (
        {"BEHAVIOUR": "equations: {«word_state: 0}\n  output: word_state"},
        "behaviour.equations.word_state: 'word_state' is the state of the inputs' language: choose another name",
    ),
    (
        {"REST": "«length: 1"},
        "length: the shortest input of the language has 2 steps, so none of up to 1 belongs to it",
    ),
    (
        {"INPUT": "{symbols: {a: 0}, words: aa}, z: {symbols: {c: 0}, words: ccc}"},
        "network.inputs: the words of all inputs together: no input that has a step belongs to it",
    ),
    ({"WHEN": ", when: 'x[t] == «\"c\"'"}, "checks[1].when: 'c' is not a symbol of x (a and b)"),
    (
        {"WHEN": ", when: 'x[t] == 1 + «\"a\"'"},
        'checks[1].when: text is the name of a symbol that an input is compared with: x[t] == "a"',
    ),
    (
        {"WHEN": ", when: 'x[t] < «\"a\"'"},
        "checks[1].when: text is the name of a symbol that an input is compared with",
    ),
    ({"WHEN": ", when: '«\"a\"'"}, "checks[1].when: '\"' has no meaning here: an expression holds no text"),
    (
        {"INPUT": "bit", "WHEN": ", when: 'x[t] == «\"a\"'"},
        "checks[1].when: an expression holds no text, as no input has symbols",
    ),
    (
        {"BEHAVIOUR": "equations: {y: '1 if x[t] == «\"q\" else 0'}\n  output: y"},
        "behaviour.equations.y: 'q' is not a symbol of x (a and b)",
    ),
    ({"NETWORK": 'w*(x[t] == «"q")'}, "network.equations.h: 'q' is not a symbol of x (a and b)"),
    ({"REST": "assume: 'x == «\"z\"'"}, "assume: 'z' is not a symbol of x (a and b)"),
    (
        {"REST": "readings: [{name: r, equations: {h: 'w*h[t-1] + (x[t] == «\"zz\")'}}]"},
        "readings[1].equations.h: 'zz' is not a symbol of x (a and b)",
    ),
    ({"REST": "examples: {«abc: 000}"}, "examples: 'c' is not a symbol of x (a and b)"),
    ({"REST": 'examples: {«"": 0}'}, "examples: an input has at least one step"),
    ({"REST": "examples: {«ab: 0}"}, "examples: '0' gives 1 output for 2 steps"),
    ({"REST": "judge: {at: end}\nexamples: {«abab: 00}"}, "examples: '00' gives"),
]


@pytest.mark.parametrize(("parts", "message"), OTHERS)
def test_what_is_judged_and_names_in_expressions(problems_of, parts, message):
    text, place = spoiled(**parts)
    if "«" not in "".join(parts.values()):
        place = "6:3"
    (problem,) = problems_of(text)
    assert f":{place}: {message}" in problem


@pytest.mark.parametrize(
    "parts",
    [
        {"INPUT": "{symbols: {a: 0, b: 1}}"},
        {"INPUT": "{symbols: {a: [[1, 0], [0, 1]], b: [[0, 0], [0, 0]]}, words: a*b}"},
        {"INPUT": "{symbols: {0: 0, 1: 1}, words: '(01)*', prefixes: true}"},
        {"REST": "judge: {empty: true}\nexamples: {'': 0, ab: 00}"},
        {"REST": "judge: {at: end}\nexamples: {ab: 0, abab: 0000}"},
        {"REST": "judge: {at: every step, empty: false}"},
        {"WHEN": ', when: \'x == "a" or x[t] != "b"\''},
        {"INPUT": "bit", "REST": "judge: {at: end}\nlength: 5"},
    ],
)
def test_what_is_right_is_read(load_text, parts):
    assert load_text(spoiled(**parts)[0]).points == 1
