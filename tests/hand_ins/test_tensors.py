"""Tensors as arguments and results: `array: torch`. What runs code with torch is marked `torch`."""

import numpy as np
import pytest

from grader.answers.code import Code
from grader.errors import SpecError
from grader.hypothesis_corpus import corpus
from grader.inputs.argument_types import TorchTensor
from grader.inputs.array_types import ArrayType, of_type
from grader.inputs.arrays import TypedSet
from grader.inputs.cases import cases
from grader.inputs.tolerances import tolerances_of
from grader.kinds.function.code_runner import runner_pool
from grader.kinds.function.plan import plan_of
from grader.kinds.function.references import reference_of
from grader.kinds.function.score import score_function
from grader.kinds.function.values import as_value, for_reference, show
from grader.kinds.table import load_assignment
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import Array
from grader.sandbox import FunctionCall
from grader.sandbox.batch import Batch
from grader.sandbox.child.frames import CallRequest
from grader.sandbox.codec import UndecodableError, decode, encode
from grader.sandbox.observation import digest_of
from grader.sandbox.record import key_of

from ..conftest import RUN
from ..functions.conftest import Judged

LAYER = """
question: layer
answer: function
signature: layer(x, W, b)
inputs:
  array: torch
  x: matrix(1..3, 3, real(-2..2))
  W: matrix(3, 2, real(-2..2))
  b: {set: "vector(2, real(-2..2))", requires_grad: true}
cases: 30
checks:
  - {name: right, points: 1, equals: reference.mod.layer}
  - {name: pure, points: 1, pure: true}
"""
LOOKUP = """
question: lookup
answer: function
signature: lookup(p, ids)
inputs:
  array: torch.float64
  p: {E: "matrix(4, 2, real(-1..1))", n: bit}
  ids: array(1..2, 3, integer(0..3))
cases: 30
checks:
  - {name: right, points: 1, equals: reference.mod.lookup}
  - {name: in the grid, points: 1, holds: 'out["rows"][0][0] ~ p["E"][ids[0][0]]'}
"""
CELL = """
question: cell
answer: function
class:
  name: Cell
  init: [n, m]
  set: {linear.weight: W, linear.bias: b}
  calls: ["y = self(x)", "loss = loss(y)", g = self.linear.weight.grad]
inputs:
  array: torch
  n: integer(1..3)
  m: integer(1..2)
  x: array(1..2, 2, n, real(-2..2))
  W: matrix(m, n, real(-2..2))
  b: vector(m, real(-2..2))
cases: 30
checks:
  - {name: forward, points: 1, equals: reference.mod.cell, of: 'out["y"]'}
  - {name: gradient, points: 1, equals: reference.mod.cell, of: 'out["g"]'}
  - {name: all, points: 1, equals: reference.mod.cell}
"""
REFERENCE = """
import numpy as np

def layer(x, W, b):
    assert {type(x), type(W), type(b)} == {np.ndarray} and x.dtype == float
    return np.array([[sum(x[i, k] * W[k, j] for k in range(3)) + b[j] for j in range(2)] for i in range(len(x))])

def lookup(p, ids):
    assert ids.dtype == np.int64
    return {"rows": p["E"][ids]}

def cell(n, m, W, b, x):
    y = np.einsum("btn,mn->btm", x, W) + b
    return {"y": y, "loss": (y * y).sum(), "g": 2 * np.einsum("btm,btn->mn", y, x)}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Loads a question of an assignment that allows these packages."""

    def load(text, packages="[torch]"):
        course = tmp_path_factory.mktemp("course")
        folder = course / "specs" / "lab"
        folder.mkdir(parents=True)
        (course / "reference").mkdir()
        (course / "reference" / "mod.py").write_text(REFERENCE)
        name = text.split()[1]
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        (folder / "assignment.yaml").write_text(f"assignment: lab\npackages: {packages}\nquestions: [{name}]\n")
        (question,) = load_assignment(folder).questions
        return question

    return load


def test_a_question_with_tensors_needs_a_course_that_allows_torch(made):
    message = "inputs: `array: torch` needs torch, which the assignment does not allow: add `packages: [torch]`"
    for text, place in [(LAYER, "layer.yaml:6:10"), (LOOKUP, "lookup.yaml:6:10")]:
        with pytest.raises(SpecError) as error:
            made(text, "[numpy]")
        assert f"{place}: {message}" in str(error.value)
    alone = LAYER.replace("  array: torch\n", "").replace("requires_grad: true", "array: torch")
    with pytest.raises(SpecError, match=r"layer.yaml:8:6: inputs: `array: torch` needs torch"):
        made(alone, "[numpy]")
    assert made(LAYER.replace("array: torch", "array: numpy.float32").replace(", requires_grad: true", ""), "[numpy]")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("array: torch", "array: ¶tensorflow", "inputs.array: 'tensorflow' is no type of arrays"),
        ("array: torch", "array: ¶torch.float128", "inputs.array: 'torch.float128' is no type of arrays"),
        ("array: torch", "array: ¶[torch]", "inputs.array: must be text"),
        ("requires_grad: true", "requires_grad: ¶maybe", "inputs.b: must be true or false"),
        ("real(-2..2))\", requires_grad", "real(-2..2))\", array: ¶torch.int, requires_grad", "inputs.b: 'torch.int' is no type"),
    ],
)  # fmt: skip
def test_a_fault_in_the_type_of_arrays_is_told_at_its_place(made, old, new, message):
    text = LAYER.replace(old, new, 1)
    at = text.index("¶")
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    with pytest.raises(SpecError) as error:
        made(text.replace("¶", ""))
    assert f"layer.yaml:{line}:{column}: {message}" in str(error.value)


def test_an_argument_may_be_called_array(made):
    text = LAYER.replace("layer(x, W, b)", "layer(x, W, b, array)").replace("  array: torch\n", "  array: real(0..1)\n")
    question = made(text.replace(", requires_grad: true", ""), "[numpy]")
    assert question.place_of_tensors() is None
    assert question.checks[0].rtol == 1e-9


def test_tensors_are_float32_unless_they_hold_whole_numbers(made):
    sets = made(LAYER).checks[0].sets
    assert [one.type for one in sets.values()] == [
        ArrayType("torch", "float32"), ArrayType("torch", "float32"), ArrayType("torch", "float32", True),
    ]  # fmt: skip
    sets = made(LOOKUP).checks[0].sets
    assert sets["p"].entries["E"].type == ArrayType("torch", "float64")
    assert sets["ids"].type == ArrayType("torch", "int64")


def test_what_is_drawn_is_what_the_type_can_hold(made):
    """The reference and the expressions see the very numbers that a student's code is given."""
    question = made(LAYER)
    for case in corpus(cases(question.checks[0].sets), 30, 1):
        assert all(float(np.float32(entry)) == entry for value in case.values() for entry in value.entries)
    for dtype, entry, kept in [
        ("float32", 0.1, float(np.float32(0.1))), ("float16", 0.1, float(np.float16(0.1))), ("float64", 0.1, 0.1),
        ("int8", -128, -128), ("bool", 1, 1), ("uint8", 255, 255), ("float32", 1e-50, 0.0),
    ]:  # fmt: skip
        assert of_type(Array((1,), (entry,)), dtype).entries == (kept,)
    for dtype, entry in [
        ("int8", 128),
        ("bool", 2),
        ("uint8", -1),
        ("int64", 0.5),
        ("float32", 1e39),
        ("float16", 70000),
    ]:
        with pytest.raises(EvaluationError, match=f"{dtype}"):
            of_type(Array((1,), (entry,)), dtype)


def test_inputs_of_fewer_digits_have_wider_tolerances(made):
    assert (made(LAYER).checks[0].rtol, made(LAYER).checks[0].atol) == (1e-4, 1e-5)
    assert (made(LOOKUP).checks[0].rtol, made(LOOKUP).checks[0].atol) == (1e-9, 1e-12)
    stated = made(LAYER.replace("equals: reference.mod.layer", "equals: reference.mod.layer, rtol: 1e-6"))
    assert (stated.checks[0].rtol, stated.checks[0].atol) == (1e-6, 1e-5)
    assert tolerances_of([]) == (1e-9, 1e-12)


def test_a_reference_is_given_arrays_of_numpy(made):
    question = made(LOOKUP)
    case = {"p": {"E": Array((4, 2), range(8)), "n": 1}, "ids": Array((1, 3), (0, 3, 1))}
    wanted = reference_of(question, "reference.mod.lookup", question.checks[0].sets)(case)
    assert wanted.value == {"rows": Array((1, 3, 2), (0.0, 1.0, 6.0, 7.0, 2.0, 3.0))}
    plan = plan_of(question)
    assert {type(argument) for call in plan.groups[0].calls for argument in call.args} == {dict, TorchTensor}


def tensor(entries, dtype="float32", requires_grad=False):
    return TorchTensor(np.asarray(entries, dtype), dtype, requires_grad)


def test_a_tensor_comes_back_as_it_was_sent():
    for one in [tensor([[1.5, 2]]), tensor(7, "int64"), tensor([True, False], "bool"), tensor([], "float64", True)]:
        ((_name, (argument,), _tagged),) = CallRequest.read(Batch([FunctionCall("f", (one,))]).request()).calls()
        back = decode(argument)
        assert (back.dtype, back.requires_grad, back.array.shape) == (one.dtype, one.requires_grad, one.array.shape)
        assert (back.array == one.array).all()
    wide = TorchTensor(np.ones(2, "float32"), "bfloat16")
    assert decode(encode(wide).sent).dtype == "bfloat16"
    assert as_value(wide) == Array((2,), (1.0, 1.0))
    assert show(tensor([1.5])) == "[1.5]"
    assert for_reference([tensor([1.5], "float16")])[0].dtype == float
    assert (wide.shape, wide.tolist(), key_of([wide])) == ((2,), [1.0, 1.0], ((1.0, 1.0),))


@pytest.mark.parametrize(
    "sent",
    [
        {"T": []}, {"T": [["float32", [1], "AADAPw=="], "float64", False]}, {"T": [["float32", [1], "AADAPw=="], "complex64", False]},
        {"T": [["float32", [1], "AADAPw=="], "float32", 0]}, {"T": [["float32", [1], "AADAPw=="], "float32"]},
        {"T": [{"a": 1}, "float32", False]}, {"T": [["float32", [2], "AADAPw=="], "float32", False]}, {"T": {}},
        {"T": [["float64", [1], "AAAAAAAA+D8="], "bfloat16", False]}, {"T": [["float32", [1], "AADAPw=="], ["float32"], False]},
    ],
)  # fmt: skip
def test_a_tensor_that_no_child_of_ours_sends_is_refused(sent):
    with pytest.raises(UndecodableError):
        decode(sent)


def test_the_state_of_an_argument_is_told_with_its_tensors():
    same = digest_of([{"a": tensor([1, 2])}]) == digest_of([{"a": tensor([1, 2])}])
    assert same
    for other in [
        tensor([1, 3]),
        tensor([[1, 2]]),
        tensor([1, 2], "float64"),
        tensor([1, 2], requires_grad=True),
        np.array([1, 2], "float32"),
    ]:
        assert digest_of([{"a": other}]) != digest_of([{"a": tensor([1, 2])}])


# ------------------------------------------------------------------ with torch
RIGHT_LAYERS = [
    "return x @ W + b",
    "return (x @ W + b).detach()",
    "return (x @ W + b).detach().numpy()",
    "return (x @ W + b).tolist()",
    "return torch.nn.functional.linear(x, W.T, b)",
    "return torch.stack([row @ W for row in x]) + b",
    "return (x.double() @ W.double() + b.double())",
    "return torch.nn.Parameter((x @ W + b).detach())",
    "return torch.einsum('ik,kj->ij', x, W).add(b)",
    "assert (x.dtype, b.requires_grad, x.requires_grad, b.is_leaf) == (torch.float32, True, False, True); return x @ W + b",
    "assert type(x) is torch.Tensor and x.device.type == 'cpu'; return list(x @ W + b)",
    "out = x @ W + b; out.sum().backward(); assert b.grad is not None; b.grad = None; return out",
]  # fmt: skip
WRONG_LAYERS = [
    ("return x @ W", "wanted: "),
    ("return (x @ W + b).T", "where a "),
    ("return (x @ W + b).sum()", "where a "),
    ("return (x @ W + b).to(torch.complex64)", "a tensor of complex64; tensors of booleans, integers and floats are taken"),
    ("return (x @ W + b).to_sparse()", "a sparse_coo tensor; return a dense one (.to_dense())"),
    ("return (x @ W + b).to('meta')", "a tensor on the device 'meta', which holds no numbers"),
    ("return torch.zeros(1).expand(10**6, 10**6)", "at most 65536 entries are taken"),
    ("return torch.nn.Linear(3, 2)", "returned Linear: not plain data"),
    ("return (x @ W + b).to(torch.int64)", "wanted: "),
    ("return (x @ W + b) > 0", "wanted: "),
    ("return torch.quantize_per_tensor(x @ W + b, 0.1, 0, torch.qint8)", "a tensor of qint8"),
    ("return torch.nested.nested_tensor([x, x])", "a nested tensor"),
    ("return (x @ W + b) * float('nan')", "wanted: "),
    ("return (x @ W + b).as_subclass(Evil)", "a subclass of torch.Tensor; return a plain tensor"),
    ("Everything().__enter__(); return x @ W", ""),
    ("torch.Tensor.detach = torch.Tensor.numpy = None; return x @ W", "wanted: "),
    ("return (x @ W + b) * 1.001 + 0.01", "wanted: "),
]  # fmt: skip
TORCH_HEAD = """
import torch
from torch.overrides import TorchFunctionMode

class Evil(torch.Tensor):
    @classmethod
    def __torch_function__(cls, *given, **named):
        raise SystemExit

class Everything(TorchFunctionMode):
    def __torch_function__(self, function, types, arguments=(), named=None):
        raise SystemExit

def layer(x, W, b):
    """


def torch_judged(question, source, *, shrink=False):
    pytest.importorskip("torch")
    runner = runner_pool(RUN, "strict", question.packages).open(Code("solution.py", source.encode(), "python"), 20.0)
    try:
        return Judged(question, score_function(question, runner, shrink=shrink))
    finally:
        runner.close()


@pytest.mark.torch
@pytest.mark.parametrize("body", RIGHT_LAYERS)
def test_right_tensors_earn_their_marks(made, body):
    assert list(torch_judged(made(LAYER), TORCH_HEAD + body).earned.values()) == [1, 1]


@pytest.mark.torch
@pytest.mark.parametrize(("body", "message"), WRONG_LAYERS)
def test_wrong_tensors_earn_none(made, body, message):
    result = torch_judged(made(LAYER), TORCH_HEAD + body)
    assert result.earned["right"] == 0
    assert result.result.status == "graded"
    assert message in result.checks["right"].message


@pytest.mark.torch
@pytest.mark.parametrize(
    "body",
    [
        "x += 1; return x @ W",
        "x.zero_()",
        "W.T[0, 0] = 7",
        "x.t_()",
        "x.unsqueeze_(0)",
        "x.requires_grad_()",
        "b.requires_grad_(False)",
        "x.data = x.data.clone() + 1",
        "x.numpy()[0, 0] = 9",
        "x.set_(torch.zeros(3, 3))",
    ],
)
def test_a_tensor_that_is_written_into_is_seen(made, body):
    if ";" not in body:
        body = f"y = x @ W + b; {body}; return y"
    assert torch_judged(made(LAYER), TORCH_HEAD + body).earned["pure"] == 0


@pytest.mark.torch
def test_the_failing_tensors_shrink_to_simple_ones(made):
    check = torch_judged(made(LAYER), TORCH_HEAD + "return x @ W + b.abs()", shrink=True).checks["right"]
    assert check.evidence.input.startswith("layer(x=[[0.0, 0.0, 0.0]], W=[[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]], b=[")


@pytest.mark.torch
def test_dictionaries_of_tensors_and_whole_numbers(made):
    question = made(LOOKUP)
    assert isinstance(question.checks[0].sets["ids"], TypedSet)
    right = "def lookup(p, ids):\n    assert p['E'].dtype == __import__('torch').float64 and not ids.is_floating_point()\n    return {'rows': p['E'][ids]}"
    assert list(torch_judged(question, right).earned.values()) == [1, 1]
    wrong = "def lookup(p, ids):\n    return {'rows': p['E'][ids.flip(-1)]}"
    assert torch_judged(question, wrong).earned["right"] == 0
    told = torch_judged(question, "def lookup(p, ids):\n    return {'row': p['E'][ids]}").checks["right"].message
    assert "(rows is missing; it has 'row' instead)" in told


@pytest.mark.torch
def test_a_supplied_function_takes_tensors(made):
    question = made("""
question: walk
answer: function
signature: walk(step, start)
inputs: {array: torch, step: {arguments: {token: integer(0..2)}, gives: [integer(0..2)]}, start: "vector(1, integer(0..2))"}
returns: integer
cases: 20
checks:
  - {name: fed, points: 1, holds: "step_token[0] == start[0] and len(step_token) == 2"}
  - {name: fed back, points: 1, holds: "out >= 0"}
""")
    source = "import torch\ndef walk(step, start):\n    return step(torch.tensor(step(start[0])))"
    assert list(torch_judged(question, source).earned.values()) == [1, 1]


MODULE = """
import torch
class Cell(torch.nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.linear = torch.nn.Linear(n, m)
    def forward(self, x):
        return self.linear(x)
    def loss(self, y):
        total = (y * y).sum()
        total.backward()
        return total
"""


@pytest.mark.torch
@pytest.mark.parametrize(
    ("old", "new", "earned"),
    [
        ("", "", [1, 1, 1]),
        ("self.linear(x)", "x @ self.linear.weight.T + self.linear.bias", [1, 1, 1]),
        ("        total.backward()\n", "", [1, 0, 0]),
        ("self.linear(x)", "self.linear(x) * 2", [0, 0, 0]),
        ("(y * y).sum()", "(y * y).mean()", [1, None, 0]),
        ("super().__init__()", "pass", [0, 0, 0]),
        ("torch.nn.Linear(n, m)", "torch.nn.Linear(n, m, bias=False)", [None, None, None]),
        ("def forward", "def backward", [0, 0, 0]),
        ("self.linear =", "self.layer =", [0, 0, 0]),
        ("return self.linear(x)", "return self", [0, 0, 0]),
    ],
)
def test_a_module_is_a_class_whose_parameters_are_set(made, old, new, earned):
    result = torch_judged(made(CELL), MODULE.replace(old, new, 1) if old else MODULE)
    assert [a for a, b in zip(result.earned.values(), earned, strict=True) if b is not None] == [
        b for b in earned if b is not None
    ]
    assert result.result.status == "graded"
