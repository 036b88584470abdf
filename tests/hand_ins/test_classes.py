"""A class as an answer: objects made anew for each input, given attributes, and called step by step."""

import pytest

from grader.answers_template import blank_answers
from grader.errors import SpecError, SubmissionError
from grader.kinds.function.copy import copied_function
from grader.kinds.function.plan import plan_of
from grader.kinds.function.spec_check import check_function_question
from grader.kinds.table import load_assignment

from ..functions.conftest import POOL, judged

LAYER = """
question: affine
answer: function
class:
  name: Affine
  init: [n, m]
  set: {W: "params['W']", b: "params['b']"}
  calls:
    - y = forward(x)
    - dx = backward(dout)
    - dW = self.dW
    - z = forward(x2)
    - backward(dout)
    - dW2 = self.dW
inputs:
  n: integer(1..3)
  m: integer(1..3)
  x: matrix(1..3, n, real(-2..2))
  x2: matrix(len(x), n, real(-2..2))
  params: {W: "matrix(n, m, real(-2..2))", b: "vector(m, real(-2..2))"}
  dout: matrix(len(x), m, real(-2..2))
cases: 30
checks:
  - {name: forward, points: 1, equals: reference.mod.Affine, of: 'out["y"]'}
  - {name: backward, points: 1, equals: reference.mod.Affine, of: 'out["dx"]'}
  - {name: gradient, points: 1, equals: reference.mod.Affine, of: 'out["dW"]'}
  - {name: all of it, points: 1, equals: reference.mod.Affine}
  - {name: leaves its arguments, points: 1, pure: true}
known:
  the key: {earns: 5, code: "class Affine:\\n  def __init__(self, n, m): pass\\n  def forward(self, x):\\n    self.x = x\\n    return x @ self.W + self.b\\n  def backward(self, dout):\\n    self.dW = self.x.T @ dout\\n    return dout @ self.W.T\\n"}
"""
REFERENCE = """
class Affine:
    def __init__(self, n, m):
        self.W = self.b = None

    def forward(self, x):
        self.x = [list(row) for row in x]
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = [[sum(row[i] * d[k] for row, d in zip(self.x, dout)) for k in range(len(self.b))]
                   for i in range(len(self.W))]
        return dout @ self.W.T


def gated(n, m, x, h, W, U, b):
    import numpy as np
    return {"h": 1 / (1 + np.exp(-(np.array([sum(W[i, j] * x[j] for j in range(n)) for i in range(m)]) + U @ h + b)))}


def cell(n, x):
    return [v * n for v in x], sum(x)


def descent(lr, w, g):
    return {"after": [{"w": [a - 2 * lr * b for a, b in zip(w["w"], g["w"])]}][0], "steps": 2}
"""
ALL, NONE = [1, 1, 1, 1, 1], [0, 0, 0, 0, 0]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Loads a question with the reference module of these tests."""

    def load(text, name="q"):
        folder = tmp_path_factory.mktemp("course")
        (folder / "reference").mkdir()
        (folder / "reference" / "mod.py").write_text(REFERENCE)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        (loaded,) = load_assignment(folder / f"{name}.yaml").questions
        return loaded

    return load


@pytest.fixture(scope="module")
def layer(made):
    return made(LAYER)


INIT, FORWARD, BACKWARD = (
    "def __init__(self, n, m): self.W = self.b = None",
    "def forward(self, x):\n        self.x = x\n        return x @ self.W + self.b",
    "def backward(self, dout):\n        self.dW = self.x.T @ dout\n        return dout @ self.W.T",
)


def affine(*methods, base="", before=""):
    body = "\n    ".join(methods)
    return f"import numpy as np\n{before}\nclass Affine{base}:\n    {body}\n"


RIGHT = {
    "as the course has it": affine(INIT, FORWARD, BACKWARD),
    "no attributes in the constructor": affine("def __init__(self, *sizes): pass", FORWARD, BACKWARD),
    "lists": affine(INIT, FORWARD, "def backward(self, dout):\n        self.dW = (self.x.T @ dout).tolist()\n        return [list(r) for r in dout @ self.W.T]"),
    "inherited": affine("pass", base="(Base)", before=f"class Base:\n    {INIT}\n    {FORWARD}\n    {BACKWARD}\n"),
    "a dataclass": affine("n: int\n    m: int", FORWARD, BACKWARD, before="from dataclasses import dataclass\n@dataclass"),
    "made by a function": affine(INIT, FORWARD, BACKWARD).replace("Affine", "Hidden") + "def Affine(n, m): return Hidden(n, m)\n",
    "a property that is set": affine(INIT, FORWARD.replace("self.W", "self._W"), BACKWARD.replace("self.W", "self._W"),
        "W = property(lambda self: self._W, lambda self, value: setattr(self, '_W', value))"),
    "random weights of its own": affine("def __init__(self, n, m): self.W, self.b = np.random.randn(n, m), np.zeros(m)", FORWARD, BACKWARD),
    "slots": affine("__slots__ = ('W', 'b', 'x', 'dW')", INIT, FORWARD, BACKWARD),
    "with a cache": affine(INIT, "def forward(self, x):\n        self.cache = {'x': x, 'f': lambda: 0}\n        return x @ self.W + self.b",
        "def backward(self, dout):\n        self.dW = self.cache['x'].T @ dout\n        return dout @ self.W.T"),
}  # fmt: skip
WRONG = {
    "backward raises": (affine(INIT, FORWARD, "def backward(self, dout):\n        raise NotImplementedError('later')"),
        [1, 0, 0, 0, 0], "raised NotImplementedError: later (solution.py, line 9, in backward: raise NotImplementedError"),
    "no backward": (affine(INIT, FORWARD), [1, 0, 0, 0, 0],
        "Affine has no method 'backward' (it has forward, W, b, x) (solution.py, line 3, in Affine: class Affine:)"),
    "backward is a value": (affine(INIT, FORWARD, "backward = 3"), [1, 0, 0, 0, 0], "'backward' of Affine is a value and no method"),
    "the gradient is not kept": (affine(INIT, FORWARD, "def backward(self, dout): return dout @ self.W.T"),
        [1, 1, 0, 0, 0], "Affine has no attribute 'dW' (it has forward, backward, W, b, x)"),
    "other arguments": (affine("def __init__(self, n): self.W = self.b = None", FORWARD, BACKWARD), NONE,
        "raised TypeError: Affine.__init__() takes 2 positional arguments but 3 were given (solution.py, line 4, in Affine: def __init__(self, n)"),
    "other arguments of a method": (affine(INIT, FORWARD, "def backward(self): return 0"), [1, 0, 0, 0, 0],
        "raised TypeError: Affine.backward() takes 1 positional argument but 2 were given (solution.py, line 8, in Affine: def backward(self): return 0"),
    "a constructor that raises": (affine("def __init__(self, n, m):\n        raise ValueError('no')", FORWARD, BACKWARD), NONE,
        "raised ValueError: no (solution.py, line 5, in __init__: raise ValueError('no'))"),
    "weights that cannot be set": (affine("W = property(lambda self: 1)", INIT.replace("self.W = ", ""), FORWARD, BACKWARD), NONE, "raised AttributeError"),
    "state of the class": (affine("seen = []", INIT,
        "def forward(self, x):\n        self.seen.append(0)\n        self.x = x\n        return x @ self.W + self.b * (len(self.seen) < 6)", BACKWARD),
        None, "when it was called again with the same arguments"),
    "bias once": (affine(INIT, "def forward(self, x):\n        self.x, y = x, x @ self.W + self.b\n        self.b = 0 * self.b\n        return y", BACKWARD),
        [1, 1, 1, 0, 1], "as out['z']; wanted: "),
    "gradients add up": (affine("def __init__(self, n, m): self.dW = 0", FORWARD,
        "def backward(self, dout):\n        self.dW = self.dW + self.x.T @ dout\n        return dout @ self.W.T"), [1, 1, 1, 0, 1], "as out['dW2']"),
    "the gradient is written into": (affine(INIT, FORWARD,
        "def backward(self, dout):\n        self.dW = getattr(self, 'dW', np.zeros(self.W.shape))\n        self.dW[:] = self.x.T @ dout\n        return dout @ self.W.T"),
        ALL, ""),
    "transposed": (affine(INIT, FORWARD, BACKWARD.replace("self.x.T @ dout", "dout.T @ self.x")), [1, 1, 0, 0, 1], "out['dW']"),
    "writes into its weights": (affine(INIT, "def forward(self, x):\n        self.W *= 1.5\n        self.x = x\n        return x @ self.W + self.b", BACKWARD), [0, 0, 1, 0, 0], ""),
    "a name that failed": (affine(INIT, FORWARD, "def backward(self, dout): return torch.ones(1)", before="import torch, math"),
        [1, 0, 0, 0, 0], "raised NameError: name 'torch' is not defined (solution.py, line 2, which would define it, stopped: ModuleNotFoundError"),
    "one number": (affine(INIT, "def forward(self, x): return 0", "def backward(self, dout): self.dW = 0"), NONE, "where a "),
    "the object itself": (affine(INIT, "def forward(self, x): return self", "def backward(self, dout): self.dW = self"), NONE, "not plain data"),
    "an exit": (affine(INIT, "def forward(self, x): raise SystemExit", BACKWARD), NONE, "raised SystemExit"),
    "a hostile object": (affine(INIT, "def __getattribute__(self, name): raise KeyError(name)"), NONE, "raised KeyError"),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("name", RIGHT)
def test_a_right_class_earns_its_marks(layer, name):
    assert list(judged(layer, RIGHT[name], shrink=False).earned.values()) == ALL


@pytest.mark.long
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_class_earns_what_its_right_steps_are_worth(layer, name):
    source, earned, message = WRONG[name]
    result = judged(layer, source, shrink=False)
    if earned is not None:
        assert list(result.earned.values()) == earned
    assert any(message in check.message for check in result.result.checks)
    assert result.result.status == "graded"


@pytest.mark.long
def test_a_counterexample_of_a_class_shows_the_steps_up_to_what_is_wrong(made):
    layer = made(LAYER.replace("1..3", "1..1").replace("cases: 30", "cases: 10"))
    source = affine(INIT, FORWARD.replace("+ self.b", "+ 2 * self.b"), BACKWARD)
    check = judged(layer, source).checks["forward"]
    assert check.evidence.input == (
        "Affine(n, m); self.W = params['W']; self.b = params['b']; y = forward(x)"
        " with n=1, m=1, params={'W': [[0.0]], 'b': [1.0]}, x=[[0.0]]"
    )
    assert 'gave [[2.0]] as out["y"]; wanted: [[1.0]]' in check.message


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("class affine: pass", "there is no class 'Affine' (did you mean 'affine'?); it defines affine"),
        ("def f(): pass", "there is no class 'Affine'; it defines no class"),
        (
            "Affine = 3",
            "there is no class 'Affine' (the code gives this name to a value of type int); it defines no class",
        ),
    ],
)
def test_a_class_that_is_not_there_is_told_by_name(layer, source, message):
    with pytest.raises(SubmissionError) as error:
        judged(layer, source)
    assert message in str(error.value)


GATE = """
question: cell
answer: function
signature: %s
inputs: {n: integer(1..2), m: integer(1..2), k: integer(1..3), x: "vector(n, real(-2..2))"}
cases: 20
checks:
  - {name: right, points: 1, equals: reference.mod.cell}
  - {name: the sum alone, points: 1, holds: 'out[1] ~ sum(x)'}
"""


def test_one_call_on_a_new_object_is_a_signature(made):
    question = made(GATE % "Cell(n).forward(x)")
    assert str(question.signature) == "Cell(n).forward(x)"
    right = "class Cell:\n    def __init__(self, n): self.n, self.calls = n, 0\n    def forward(self, x):\n        self.calls += 1\n        return x * self.n * self.calls, sum(x)"
    assert list(judged(question, right, shrink=False).earned.values()) == [1, 1]
    wrong = right.replace("self.n * self.calls", "self.calls")
    result = judged(question, wrong)
    assert list(result.earned.values()) == [0, 1]
    assert result.checks["right"].evidence.input.startswith("Cell(n).forward(x) with n=2, x=[0.0, 1.0]")


OPTIMIZER = """
question: sgd
answer: function
class:
  name: SGD
  init: [lr=lr]
  calls: ["step(params, grads)", "step(params, grads)", "after = params", "steps = self.steps"]
inputs:
  lr: one of 0.5, 1
  params: {w: "vector(2, integer(-3..3))"}
  grads: {w: "vector(2, integer(-3..3))"}
cases: 20
checks:
  - {name: in place, points: 1, equals: reference.mod.descent, of: 'out["after"]'}
  - {name: all, points: 1, equals: reference.mod.descent}
"""


def test_an_optimizer_that_changes_its_parameters_in_place(made):
    question = made(OPTIMIZER.replace("params: {w", "params: {w"))
    head = "class SGD:\n    def __init__(self, lr=0.1): self.lr, self.steps = lr, 0\n    def step(self, params, grads):\n        self.steps += 1\n"
    in_place = head + "        for k in params: params[k] -= self.lr * grads[k]"
    assert list(judged(question, in_place, shrink=False).earned.values()) == [1, 1]
    replaced = head + "        for k in params: params[k] = params[k] - self.lr * grads[k]\n        return params"
    assert list(judged(question, replaced, shrink=False).earned.values()) == [1, 1]
    copied = head + "        return {k: params[k] - self.lr * grads[k] for k in params}"
    assert list(judged(question, copied, shrink=False).earned.values()) == [0, 0]
    counted = in_place.replace("self.steps += 1", "pass")
    assert list(judged(question, counted, shrink=False).earned.values()) == [1, 0]


TOKENIZER = """
question: tokenizer
answer: function
class: {name: Tokenizer, calls: ["fit(words)", "ids = transform(words)", "again = transform(ids)", "size = self.vocabulary[0]", "last = transform(ids[0])"]}
inputs: {words: "sequence(1..4, word(1..2, ab))"}
returns: {ids: "sequence(len(words), integer)", again: "sequence(len(words), text)", size: any_form, last: text}
cases: 20
checks:
  - {name: ids, points: 1, holds: 'all(out["ids"][i] >= 0 for i in range(len(words)))'}
  - {name: back, points: 1, holds: 'out["again"] == words'}
  - {name: first word, points: 1, holds: 'out["last"] == words[0]'}
  - {name: too early, points: 1, raises: LookupError, inputs: {words: "sequence(1, word(3, c))"}}
"""


def test_a_tokenizer_is_fitted_and_then_used_on_what_it_gave(made):
    question = made(TOKENIZER.replace("size: any_form", "size: text"))
    source = (
        "class Tokenizer:\n    def fit(self, words):\n        if 'ccc' in words: raise KeyError('ccc')\n"
        "        self.vocabulary = list(dict.fromkeys(words))\n"
        "    def transform(self, given):\n        if isinstance(given, int): return self.vocabulary[given]\n"
        "        return [self.vocabulary.index(w) if isinstance(w, str) else self.vocabulary[w] for w in given]"
    )
    assert list(judged(question, source, shrink=False).earned.values()) == [1, 1, 1, 1]
    unsorted = source.replace("list(dict.fromkeys(words))", "sorted(set(words))[::-1][:1] * len(words)")
    assert judged(question, unsorted, shrink=False).earned["back"] == 0


def test_a_step_that_differs_each_time_costs_only_the_lines_that_speak_of_it(layer):
    """The message of an exception, and a mask that is drawn, are others when the same call is made again."""
    for backward in [
        "raise ValueError(object())",
        "self.dW = self.x.T @ dout\n        return np.random.rand(*self.x.shape)",
    ]:
        result = judged(layer, affine(INIT, FORWARD, f"def backward(self, dout):\n        {backward}"), shrink=False)
        assert (result.earned["forward"], result.earned["backward"]) == (1, 0)


LAYERS = """
question: deep
answer: function
class:
  name: Net
  set: {"layers[0].W": W, "last.b": x, "params['b']": x}
  calls: [y = forward(x), w = self.last.b, v = layers_of(y=x), "p = self.params['b'][0]"]
inputs: {W: "vector(2, real)", x: "vector(2, real)"}
cases: 5
checks: [{name: one, points: 1, holds: 'out["y"] == W * x and out["w"] == x and out["v"] == x and out["p"] == x[0]'}]
"""


def test_attributes_of_attributes_are_set_and_read(made):
    text = LAYERS
    source = (
        "class Layer: pass\nclass Net:\n    def __init__(self): self.layers, self.last, self.params = [Layer()], Layer(), {}\n"
        "    def forward(self, x): return self.layers[0].W * x\n    def layers_of(self, *, y): return y"
    )
    assert judged(made(text), source, shrink=False).only.points == 1
    check = judged(made(text), source.replace("self.last,", "first,"), shrink=False).only
    assert "raised AttributeError: Net has no attribute 'last'" in check.message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    - y = forward(x)\n", "    - y = forward(¶q x)\n", "class: 'y = forward(q x)' cannot be read: a step is"),
        ("    - y = forward(x)\n", "    - y = forward(¶2)\n", "class: an argument is an input or an earlier result"),
        ("    - y = forward(x)\n", "    - y = ¶3\n", "class: 'y = 3' is no step: a step is"),
        ("    - y = forward(x)\n", "    - y = ¶self.a.forward(x)\n", "class: 'y = self.a.forward(x)' is no step"),
        ("    - z = forward(x2)\n", "    - ¶y = forward(x2)\n", "class: two results are called 'y'"),
        ("    - y = forward(x)\n", "    - y = forward(xx)\n", "inputs: xx of Affine(n, m)"),
        ("name: Affine", "name: ¶my layer", "class: a class is named as in Python, not 'my layer'"),
        ("  name: Affine\n", "", "class: needs a 'name'"),
        ("init: [n, m]", "inti: [n, m]", "'inti' is not a key of class (did you mean 'init'?)"),
        ("answer: function\n", "answer: function\nsignature: f(x)\n", "says what is called by exactly one of"),
        ("  calls:", "  calls: []\n  call:", "class.calls"),
        ('{W: "params', '{"W¶[": "params', "class: 'W[' cannot be read: an attribute is written as in Python"),
        ("of: 'out[\"y\"]'", "of: 'out[\"dy\"]'", "checks[1].of: 'dy' is no result of the class (did you mean 'y'?)"),
        ("cases: 30\n", "cases: 30\nreturns: {y: real, dx: real, dW: real, z: real}\n",
         "returns: a form of the result 'dW2' is missing (the class gives y, dx, dW, z and dW2)"),
        ("cases: 30\n", "cases: 30\nreturns: {y: real, dx: real, dW: real, z: real, dW2: real, db: real}\n",
         "returns: 'db' is no result (the class gives"),
        ("- y = forward(x)", "- x2 = forward(x)", "class: x2 names an input and a result"),
    ],
)  # fmt: skip
def test_a_fault_in_a_class_block_is_told_at_its_place(made, old, new, message):
    text = LAYER.replace(old, new, 1)
    at = text.find("¶")
    with pytest.raises(SpecError) as error:
        made(text.replace("¶", ""))
    assert message in str(error.value)
    if at >= 0:
        line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
        assert f"q.yaml:{line}:{column}: {message}" in str(error.value)


def test_steps_of_which_nothing_is_looked_at_are_refused(made):
    with pytest.raises(SpecError, match="no step has a name"):
        made(OPTIMIZER.replace('"after = params", "steps = self.steps"', '"step(params, grads)"'))


def test_the_calls_of_a_class_are_no_function_of_the_language(made):
    with pytest.raises(SpecError, match="'Affine' is not a function here"):
        made(LAYER.replace("equals: reference.mod.Affine, of: 'out[\"y\"]'", 'holds: "Affine(n, m) == 1"'))


def test_a_spec_with_a_class_is_put_to_the_test(layer):
    findings = list(check_function_question(layer, POOL))
    assert [f.text for f in findings if f.level != "ok"] == []
    assert "known 'the key' earns 5" in [f.text for f in findings]


def test_a_blank_has_a_skeleton_of_the_class(tmp_path, made, layer):
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "mod.py").write_text(REFERENCE)
    (tmp_path / "affine.yaml").write_text(LAYER, encoding="utf-8")
    assert blank_answers(load_assignment(tmp_path / "affine.yaml")).endswith(
        "# define the class Affine in solution.py (or in one notebook) beside this file:\n"
        "#   class Affine:\n#       def __init__(self, n, m):\n#           ...\n#\n"
        "#       def forward(self, x):\n#           ...\n#\n#       def backward(self, dout):\n#           ...\n"
    )


def test_a_copy_has_the_steps_and_not_the_answer(layer):
    root = {
        "question": "q", "answer": "function", "class": {"name": "A", "calls": ["y = f(x)"]}, "inputs": {"x": "real"},
        "checks": [{"name": "a", "points": "1", "equals": "reference.mod.A"}, {"name": "b", "points": "1", "pure": "true"}],
    }  # fmt: skip
    copy = copied_function(root)
    assert copy["class"] == {"name": "A", "calls": ["y = f(x)"]}
    assert [check.get("waits") for check in copy["checks"]] == ["true", None]


def test_only_the_steps_that_lines_speak_of_are_written_down(made):
    text = LAYER.replace("  - {name: all of it, points: 1, equals: reference.mod.Affine}\n", "").replace(
        "earns: 5", "earns: 4"
    )
    question = made(text)
    ((parts, whole),) = [group.wanted_parts for group in plan_of(question).groups]
    assert (parts, whole) == ((("dW", None), ("dx", None), ("y", None)), False)
    later = affine(
        INIT,
        FORWARD.replace("return ", "self.n = getattr(self, 'n', 0) + 1\n        return object() if self.n > 1 else "),
        BACKWARD,
    )
    assert list(judged(question, later, shrink=False).earned.values()) == [1, 1, 1, 1]
