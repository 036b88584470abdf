"""Dictionaries, arrays of three axes and lists of vectors and matrices: as arguments and as what is returned."""

import numpy as np
import pytest

from grader.errors import SpecError
from grader.hypothesis_corpus import corpus
from grader.inputs.cases import cases, every_case
from grader.inputs.drawn_values import Seed
from grader.inputs.parts import DictionarySet, PartsSet
from grader.inputs.read import read_input_set
from grader.inputs.store import value_from, written
from grader.kinds.function.copy import copied_function
from grader.kinds.function.differences import first_difference
from grader.kinds.function.plan import plan_of
from grader.kinds.function.spec_check import check_function_question
from grader.kinds.function.values import as_value, for_reference
from grader.language.arrays import Array
from grader.language.parse import ExpressionError, parse
from grader.language.printing import to_text
from grader.sandbox.codec import UndecodableError, decode

from ..functions.conftest import POOL, judge, judged, loaded, question

__all__ = ["judge", "loaded", "question"]


def marked(question, source):
    """A code judged as it is met first: most tests here look at no counterexample, and making them small takes long."""
    return judged(question, source, shrink=False)


LAYER = (
    "backward(x, params, dout)",
    '{x: "matrix(1..3, 3, real(-2..2))", params: {W: "matrix(3, 2, real(-2..2))", b: "vector(2, real(-2..2))"},'
    ' dout: "matrix(len(x), 2, real(-2..2))"}',
)
GRADIENTS = """
import numpy as np

def backward(x, params, dout):
    assert set(params) == {"W", "b"}
    return {"dW": x.T @ dout, "db": dout.sum(axis=0), "dx": dout @ params["W"].T}
"""
ALL_OF_IT = "equals: reference.mod.backward"
ENTRIES = """equals: reference.mod.backward, of: 'out["dW"]'
holds: 'out["db"] ~ [sum(dout[i][0] for i in range(len(x))), sum(dout[i][1] for i in range(len(x)))]'
equals: reference.mod.backward, of: 'out["dx"][0]'"""

RIGHT_GRADIENTS = [
    'return {"dW": x.T @ dout, "db": dout.sum(0), "dx": dout @ params["W"].T}',
    'return {"dx": dout @ params["W"].T, "db": list(dout.sum(0)), "dW": (x.T @ dout).tolist()}',
    'return dict(dW=np.einsum("ni,nj->ij", x, dout), db=tuple(dout.sum(0)), dx=np.einsum("nj,ij->ni", dout, params["W"]))',
    'grads = OrderedDict(); grads["dW"] = x.T @ dout; grads["db"] = dout.sum(0); grads["dx"] = dout @ params["W"].T; return grads',
    "class Hostile(dict):\n"
    "        def __getitem__(self, key): raise SystemExit\n"
    '        def items(self): return [("dW", 0)]\n'
    "        def keys(self): return []\n"
    "        def __iter__(self): return iter(())\n"
    "        def __len__(self): return 0\n"
    '    return Hostile(dW=x.T @ dout, db=dout.sum(0), dx=dout @ params["W"].T)',
]
WRONG_GRADIENTS = [
    ('return {"dW": x.T @ dout, "db": dout.sum(0)}',
     "returned a dictionary with the keys ['dW', 'db'] (dx is missing), where a dictionary with the keys dW, db and dx"
     " is wanted"),
    ('return {"dW": x.T @ dout, "dB": dout.sum(0), "dx": dout @ params["W"].T}',
     "(db is missing; it has 'dB' instead), where a dictionary with the keys dW, db and dx is wanted"),
    ('return {}', "returned an empty dictionary (dW, db and dx are missing)"),
    ('return {"dW": x.T @ dout, "db": dout.sum(0), "dx": dout @ params["W"].T, "loss": 0.0}', "('loss' is not wanted)"),
    ('return {"dW": x.T @ dout, "db": dout.sum(), "dx": dout @ params["W"].T}',
     "as out['db'], where a vector of 2 is wanted"),
    ('return {"dW": dout.T @ x, "db": dout.sum(0), "dx": dout @ params["W"].T}',
     "returned an array of shape (2, 3) as out['dW'], where a 3 x 2 matrix is wanted"),
    ('return {"dW": x.T @ dout, "db": dout.mean(0), "dx": dout @ params["W"].T}', "as out['db']; wanted: "),
    ('return {"dW": x.T @ dout, "db": dout.sum(0), "dx": 1.0001 * dout @ params["W"].T}', "as out['dx']; wanted: "),
    ('return [x.T @ dout, dout.sum(0), dout @ params["W"].T]', "returned a list of 3 lists that differ in length"),
    ('return (("dW", x.T @ dout), ("db", dout.sum(0)), ("dx", dout @ params["W"].T))', "where a dictionary with"),
    ('return {0: x.T @ dout, 1: dout.sum(0), 2: dout @ params["W"].T}',
     "returned dict: a dictionary with a key of type int; keys must be strings"),
    ('return {"dW": x.T @ dout, "db": dout.sum(0), "dx": None}', "returned None as out['dx']"),
    ('g = {"dW": x.T @ dout, "db": dout.sum(0)}; g["dx"] = g; return g', "nested more than 32 deep (or it contains itself)"),
    ('return {"dW": x.T @ dout, "db": dout.sum(0), "dx": lambda: 0}', "in out['dx']: not plain data"),
    ('P = namedtuple("P", "dW db dx"); return P(x.T @ dout, dout.sum(0), dout @ params["W"].T)', "where a dictionary"),
    ('class G: pass\n    g = G(); g.dW = 1; return g', "not plain data: return numbers"),
    ('class H(dict):\n'
     '        def __getitem__(self, key): return dict.get(self, "right")\n'
     '    return H(dW=0 * (x.T @ dout), db=dout.sum(0), dx=dout @ params["W"].T)', "as out['dW']"),
    ('return {"dW": {"value": x.T @ dout}, "db": dout.sum(0), "dx": dout @ params["W"].T}',
     "returned a dictionary with the keys ['value'] as out['dW'], where a 3 x 2 matrix is wanted"),
]  # fmt: skip
HEAD = "import numpy as np\nfrom collections import OrderedDict, namedtuple\ndef backward(x, params, dout):\n    "


@pytest.fixture(scope="module")
def layer(loaded):
    """The question of a layer's gradients: one line about all of the output, three about parts of it."""
    make = question.__wrapped__(loaded)
    return make(*LAYER, f"{ALL_OF_IT}\n{ENTRIES}", "cases: 25\n", GRADIENTS)


@pytest.mark.parametrize("body", RIGHT_GRADIENTS)
def test_a_right_dictionary_earns_its_marks_however_it_is_made(layer, body):
    assert set(marked(layer, f"{HEAD}{body}").earned.values()) == {1}


@pytest.mark.long
@pytest.mark.parametrize(("body", "message"), WRONG_GRADIENTS)
def test_a_wrong_dictionary_earns_none_and_is_told_by_its_key(layer, body, message):
    result = marked(layer, f"{HEAD}{body}")
    assert result.earned["line 1"] == 0
    assert message in result.checks["line 1"].message
    assert result.result.status == "graded"


def test_a_line_about_one_entry_looks_at_no_other(layer):
    """What stands beside an entry may be wrong, of another kind, or no data at all."""
    result = marked(layer, f'{HEAD}return {{"dW": x.T @ dout, "cache": lambda: 0, 7: "seven", "db": object}}')
    assert result.earned == {"line 1": 0, "line 2": 1, "line 3": 0, "line 4": 0}
    assert "returned type in out['db']: not plain data" in result.checks["line 3"].message
    assert "(dx is missing" in result.checks["line 4"].message


def test_a_failure_shows_one_entry_and_not_everything(layer):
    body = 'return {"dW": x.T @ dout + (len(x) > 1), "db": dout.sum(0), "dx": dout @ params["W"].T}'
    check = marked(layer, HEAD + body).checks["line 1"]
    assert check.evidence.expected.startswith("out['dW'] == [[")
    assert "db" not in check.evidence.got
    assert len(check.message) < 900


NETWORK = (
    "forward(x, layers)",
    '{n: integer(1..3), h: integer(1..3), x: "array(1..2, 1..3, n, real(-2..2))",'
    ' layers: {list: ["matrix(n, h, real(-2..2))", "vector(h, real(-2..2))", "matrix(h, 2, real(-2..2))"]}}',
)
FORWARD = """
import numpy as np

def forward(x, layers):
    B, T, D = x.shape
    W, b, V = layers
    hidden = np.zeros((B, T, len(b)))
    for i in range(B):
        for t in range(T):
            hidden[i, t] = [sum(x[i, t, d] * W[d, k] for d in range(D)) + b[k] for k in range(len(b))]
    return [hidden, hidden @ V, hidden.sum(axis=(0, 1))]
"""
RIGHT_ACTIVATIONS = [
    "h = x @ layers[0] + layers[1]; return [h, h @ layers[2], h.sum((0, 1))]",
    "h = x @ layers[0] + layers[1]; return h.tolist(), tuple((h @ layers[2]).tolist()), list(h.sum((0, 1)))",
    'h = np.einsum("btd,dh->bth", x, layers[0]) + layers[1]; return (h, h @ layers[2], h.reshape(-1, h.shape[-1]).sum(0))',
]
WRONG_ACTIVATIONS = [
    ("h = x @ layers[0] + layers[1]; return [h.reshape(-1, h.shape[2]), h @ layers[2], h.sum((0, 1))]",
     "where a tuple of an array of shape ("),
    ("h = x @ layers[0] + layers[1]; return [h.transpose(1, 0, 2), h @ layers[2], h.sum((0, 1))]", "where a tuple of"),
    ("h = x @ layers[0] + layers[1]; return [h, h @ layers[2]]", "where a tuple of"),
    ("h = x @ layers[0]; return [h, h @ layers[2], h.sum((0, 1))]", "wanted: "),
    ("h = x @ layers[0] + layers[1]; return [h, h @ layers[2], h.sum((0, 1)) / x.shape[1]]", "wanted: "),
    ("h = x @ layers[0] + layers[1]; return {'h': h}", "returned a dictionary with the keys ['h']"),
    ("return layers", "where a tuple of"),
    ("return np.zeros(0)", "where a tuple of"),
    ("h = x @ layers[0] + layers[1]; h = h[:, ::-1]; return [h, h @ layers[2], h.sum((0, 1))]", "wanted: "),
    ("return 1 / 0", "ZeroDivisionError"),
]  # fmt: skip


@pytest.fixture(scope="module")
def network(loaded):
    make = question.__wrapped__(loaded)
    lines = "equals: reference.mod.forward\nholds: 'len(out[0][0]) == len(x[0]) and len(out[0][0][0]) == h'"
    return make(*NETWORK, lines, "cases: 25\n", FORWARD)


@pytest.mark.parametrize("body", RIGHT_ACTIVATIONS)
def test_right_batches_earn_their_marks(network, body):
    source = f"import numpy as np\ndef forward(x, layers):\n    assert type(layers) is list\n    {body}"
    assert set(marked(network, source).earned.values()) == {1}


@pytest.mark.parametrize(("body", "message"), WRONG_ACTIVATIONS)
def test_wrong_batches_earn_none(network, body, message):
    check = marked(network, f"import numpy as np\ndef forward(x, layers):\n    {body}").checks["line 1"]
    assert (check.points, check.outcome) == (0, "failed")
    assert message in check.message


def test_where_a_long_array_differs_is_shown_and_nothing_else(judge):
    """3-D arrays are shown by the place where they differ first."""
    source = "import numpy as np\ndef f(x):\n    y = 2 * x\n    y[3, 2, 1] += 1\n    return y"
    check = judge(
        source, "f(x)", '{x: "array(4, 5, 6, integer(1..9))"}', "equals: reference.mod.f", "cases: 10\n",
        "def f(x):\n    return 2 * x",
    ).only  # fmt: skip
    assert "as out[3][2][1]; wanted: 2.0" in check.message
    assert check.evidence.got == "out[3][2][1] == 3.0"


@pytest.mark.parametrize(
    ("returns", "given", "points"),
    [
        ("array(len(x), len(x[0]), 2)", "2 * x", 1),
        ("array(any, 1..3, 2)", "(2 * x).tolist()", 1),
        ("array(any, any, any, integer)", "2 * x", 1),
        ("array(any, any, any, bit)", "2 * x", 0),
        ("array(len(x), len(x[0]), 3)", "2 * x", 0),
        ("array(len(x), len(x[0]))", "2 * x", 0),
        ("array(any, any, any)", "2 * x[0]", 0),
        ("array(any, any, any)", "(2 * x)[None]", 0),
        ("sequence(len(x), matrix(len(x[0]), 2))", "list(2 * x)", 1),
        ('{y: "array(any, any, 2)"}', "{'y': 2 * x}", 0),
    ],
)
def test_the_form_of_an_array_of_three_axes(judge, returns, given, points):
    source = f"import numpy as np\ndef f(x):\n    return {given}"
    inputs = '{x: "array(1..2, 1..3, 2, integer(1..5))"}'
    assert (
        judge(source, "f(x)", inputs, "holds: out == 2 * x", f"returns: {returns}\ncases: 10\n").only.points == points
    )


CHANGES = [
    ("q = {**p, 'W': p['W'] + 1}; q['new'] = x.copy()", 1),
    ("p['W'][0, 0] += 1", 0),
    ("p['W'] = p['W'] + 1", 0),
    ("p['v'][0][1] = 7", 0),
    ("p['v'].append(1)", 0),
    ("p['W'].shape = (4,)", 0),
    ("p['new'] = 0", 0),
    ("del p['v']", 0),
    ("x[0, 1, 2] = 7", 0),
    ("x.shape = (6,)", 0),
    ("p.clear()", 0),
    ("p['W'] = object()", 0),
    ("p['v'].append(p)", 0),
]


@pytest.fixture(scope="module")
def leaves(loaded):
    make = question.__wrapped__(loaded)
    inputs = (
        '{p: {W: "matrix(2, 2, real(1..2))", v: {list: ["vector(2, real(1..2))"]}}, x: "array(1, 2, 3, real(1..2))"}'
    )
    return make("f(p, x)", inputs, "holds: out == 1\npure: true", "cases: 8\n")


@pytest.mark.parametrize(("body", "points"), CHANGES)
def test_a_pure_function_leaves_what_is_inside_its_arguments(leaves, body, points):
    assert marked(leaves, f"def f(p, x):\n    {body}\n    return 1").earned == {"line 1": 1, "line 2": points}


def test_entries_in_expressions(judge):
    inputs = '{p: {W: "vector(1..3, real(0..2))", k: "integer(1..3)"}, n: "integer(1..len(p[\\"W\\"]))"}'
    lines = """holds: 'out["W"] ~ p["W"] * p["k"]'
        holds: 'out["all"]["W"] == out["W"] and out["all"]["k"] == n'
        when: 'p["k"] > 1', holds: 'sum(out["W"]) >= 2 * sum(p["W"]) * (1 - 1e-9)'
        holds: 'out["nothing"] == 1'"""
    source = "def f(p, n):\n    W = p['W'] * p['k']\n    return {'W': W, 'all': {'W': W, 'k': n}}"
    more = 'returns: {W: "vector(len(p[\\"W\\"]))", all: {W: "vector(any)", k: integer}}\n'.replace('\\"', '\\"')
    result = judge(source, "f(p, n)", inputs, lines, more)
    assert result.earned == {"line 1": 1, "line 2": 1, "line 3": 1, "line 4": 0}
    assert "the key 'nothing' is not in the dictionary" in result.checks["line 4"].message


@pytest.mark.parametrize(
    ("value", "earned"),
    [
        ("dict(p)", [1, 1]), ("{'b': p['b'], 'W': p['W']}", [1, 1]), ("{k: v * (1 + 1e-12) for k, v in p.items()}", [1, 0]),
        ("{'W': p['W']}", [0, 0]), ("{**p, 'c': 1}", [0, 0]), ("{'W': p['W'].T, 'b': p['b']}", [0, 0]),
        ("[p['W'], p['b']]", [0, 0]),
    ],
)  # fmt: skip
def test_a_dictionary_is_compared_as_a_whole_in_expressions(question, value, earned):
    inputs = '{p: {W: "matrix(2, 2, real(0..2))", b: "vector(2, real(0..2))"}}'
    more = 'returns: {W: "matrix(2, 2)", b: "vector(2)"}\ncases: 10\n'
    made = question("f(p)", inputs, "holds: out ~ p\nholds: out == p", more)
    assert list(marked(made, f"def f(p):\n    return {value}").earned.values()) == earned


@pytest.mark.parametrize(
    "sent",
    [
        {"k": []}, {"k": [[], [1]]}, {"k": [[["a"]], []]}, {"k": [[["a", 1, 2]], []]}, {"k": [[[1, 2]], []]}, {"k": {}},
        {"k": [[["a", {"r": [1, [], "m", []]}]], []]}, {"r": ["E", [], "m", []]}, {"x": ["E", "m", "w"]}, {"k": [{}, []]},
        {"k": [[["a", {"k": 1}]], []]}, {"k": [[["a", {"x": [1, 2, 3]}]], []]}, {"k": [[], ["a"] * 70_000]},
        {"k": [[["a", {"r": ["E", [1], "m", []]}]], []]}, {"k": [[["a", {"r": ["E", [], "m", ["\ud800"]]}]], []]},
    ],
)  # fmt: skip
def test_entries_that_no_child_of_ours_sends_are_refused(sent):
    with pytest.raises(UndecodableError):
        decode(sent)


def test_a_failing_dictionary_shrinks_to_a_simple_one(judge):
    inputs = '{p: {W: "vector(1..4, real(-9..9))", k: integer(-9..9)}}'
    source = "def f(p):\n    return sum(p['W']) * p['k'] if p['k'] < 3 else 0"
    check = judge(
        source, "f(p)", inputs, "equals: reference.mod.f", "", "def f(p):\n    return sum(p['W']) * p['k']"
    ).only
    assert check.evidence.input == "f(p={'W': [1.0], 'k': 3})"


@pytest.mark.parametrize("text", ['out["W"]', 'out["a b~c"][0] ~ 2', 'p["x"]["y"] + 1', 'out["W"].T @ p["}{"]'])
def test_a_key_is_read_as_it_is_written(text):
    tree = parse(text, closeness=True, keys=True)
    assert parse(to_text(tree), closeness=True, keys=True) == tree
    assert to_text(tree) == text
    with pytest.raises(ExpressionError, match="an expression holds no text"):
        parse(text, closeness=True)


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        ('out["W', "text is the key of an entry alone", 4), ('"W" == out', "text is the key", 0),
        ('out["a" + "b"]', "text is the key", 4), ('out[["W"]]', "str is not part|'W' is not a number", 5),
        ("out['a\"b']", "text is the key", 4), ('out["W" ]  + "', "text is the key", 13), ('out["W"]]', "closes nothing", 8),
    ],
)  # fmt: skip
def test_text_that_is_no_key_is_refused_at_its_place(text, message, at):
    with pytest.raises(ExpressionError, match=message) as error:
        parse(text, closeness=True, keys=True)
    assert error.value.at == at


SETS = {
    "d": DictionarySet({"a": read_input_set("integer(0..1)"), "b": read_input_set("vector(1, bit)")}),
    "t": PartsSet("tuple", (read_input_set("bit"), read_input_set("array(1, 1, 1, bit)"))),
}


def test_dictionaries_and_parts_are_listed_to_their_end():
    found = list(every_case(SETS, 1))
    assert len(found) == len({repr(case) for case in found}) == 16
    assert {"d": {"a": 1, "b": Array((1,), (0,))}, "t": (0, Array((1, 1, 1), (1,)))} in found


def test_what_is_drawn_can_be_kept_on_disk():
    drawn = corpus(cases({**SETS, "g": read_input_set("generator")}), 20, 1)
    again = [{name: value_from(written(value)) for name, value in case.items()} for case in drawn]
    assert repr(again) == repr(drawn)
    assert isinstance(again[0]["g"], Seed)


def test_an_argument_is_what_its_set_holds():
    lists = PartsSet("list", (read_input_set("vector(2, real)"), read_input_set("matrix(2, 2, real)")))
    made = lists.argument(as_value([np.ones(2), np.ones((2, 2))]))
    assert type(made) is list
    assert [part.shape for part in made] == [(2,), (2, 2)]
    assert type(PartsSet("tuple", lists.parts).argument(as_value([np.ones((2, 2)), np.ones((2, 2))]))) is tuple
    assert for_reference({"a": [np.ones(2, "float32")]})["a"][0].dtype == float


def test_a_difference_is_named_down_to_the_entry():
    got, wanted = as_value({"a": [1, {"b": 2.0}], "c": 1}), as_value({"a": [1, {"b": 3.0}], "c": 2})
    assert first_difference(got, wanted, 0, 0).place == "['a']"
    long = {"a": np.arange(600).reshape(2, 3, 100)}
    other = {"a": long["a"] + (long["a"] == 431)}
    assert first_difference(as_value(other), as_value(long), 0, 0) == ("['a'][1][1][31]", 432, 431)
    assert first_difference(1, 2, 0, 0) is None


def test_a_spec_with_dictionaries_is_put_to_the_test(layer):
    findings = list(check_function_question(layer, POOL))
    assert [f.text for f in findings if f.level == "fail"] == []


def test_a_copy_keeps_dictionaries_and_withholds_what_says_the_answer():
    copy = copied_function({
        "question": "q", "answer": "function", "signature": "f(p)", "inputs": {"p": {"W": "vector(2, real)"}},
        "checks": [
            {"name": "one", "points": "1", "holds": 'len(out["W"]) == len(p["W"])'},
            {"name": "two", "points": "1", "holds": 'out["W"] ~ p["W"] * 2'},
        ],
    })  # fmt: skip
    assert copy["inputs"] == {"p": {"W": "vector(2, real)"}}
    assert [check.get("waits") for check in copy["checks"]] == [None, "true"]


def test_a_reference_that_lacks_the_entry_is_the_specs_fault(judge):
    lines = "equals: reference.mod.f, of: 'out[\"dV\"]'"
    with pytest.raises(SpecError, match="the key 'dV' is not in the dictionary"):
        judge("def f(n):\n    return {'dV': n}", "f(n)", "{n: bit}", lines, "", "def f(n):\n    return {'dW': n}")


def test_the_inputs_of_a_class_are_as_many_numbers_as_they_hold(question):
    with pytest.raises(SpecError, match="3,000 numbers"):
        question(
            "f(p)",
            '{p: {W: "array(10, 10, 10, real)", v: {list: ["vector(2000, real)"]}}}',
            "pure: true",
            "cases: 200\n",
        )


def test_the_plan_asks_only_for_the_entries_that_lines_speak_of(question):
    made = question("f(n)", "{n: bit}", "holds: 'out[\"b\"][0] == 1'\nholds: 'out[\"a\"] == 1'\nholds: 'out[1] == 1'")
    assert plan_of(made).groups[0].wanted_parts[0] == ((1, None), ("a", None), ("b", ((0, None),)))
