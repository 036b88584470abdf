"""Files that PyTorch itself has saved, and the tests' writer beside them: `pytest -m torch`, where PyTorch is installed."""

import io
import os
import pickletools
import zipfile

import numpy as np
import pytest

from grader.answers.arrays import UNNAMED_ARRAY
from grader.answers.torch_file import read_torch

from .test_torch_files import NAMED, OWN
from .test_weights_maps import LSTM_QUESTION
from .torch_writer import Ordered, Tensor, torch_file
from .weights_course import PARAMETERS, earned, matrix_question, rejected_for, weights_question

pytestmark = pytest.mark.torch
torch = None


@pytest.fixture(autouse=True, scope="module")
def _torch():
    """PyTorch is imported only where these tests are asked for: it takes seconds."""
    global torch
    torch = pytest.importorskip("torch")


def saved(tree, **options):
    out = io.BytesIO()
    torch.save(tree, out, **options)
    return out.getvalue()


DTYPES = [
    "float64",
    "float32",
    "float16",
    "bfloat16",
    "int64",
    "int32",
    "int16",
    "int8",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
]


def test_a_view_of_negatives_has_the_values_that_pytorch_says():
    tensor = torch.complex(torch.zeros(2, 2), torch.tensor([[1.0, -2], [3, 0.5]])).conj().imag
    assert tensor.is_neg()
    for view in (tensor, tensor.T, tensor[1]):
        assert read_torch(saved({"t": view}), "q.pt").arrays["t"].tolist() == view.tolist()


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_type_has_the_values_that_pytorch_says(dtype):
    values = torch.tensor([[0.1, 3.7, 100.25], [1, 2, 55]], dtype=torch.float64).to(getattr(torch, dtype))
    for tensor in (values, values.T, values[:, 1:], values[1], values[1, 2], values[:, ::2], values.expand(4, 2, 3)):
        found = read_torch(saved({"t": tensor}), "q.pt").arrays["t"]
        assert found.shape == tuple(tensor.shape)
        assert found.astype("f8").tolist() == tensor.to(torch.float64).tolist()


@pytest.mark.parametrize("dtype", ["bool", "complex64", "complex128", "float8_e4m3fn", "float8_e5m2"])
def test_types_that_are_no_plain_numbers_are_told(dtype):
    found = read_torch(saved({"t": torch.ones(2).to(getattr(torch, dtype)), "u": torch.ones(1)}), "q.pt")
    assert list(found.arrays) == ["u"]
    assert "save floats or integers" in found.unusable["t"]


MODULES = {
    "rnn": lambda: torch.nn.RNN(3, 4, num_layers=2, bidirectional=True),
    "lstm": lambda: torch.nn.LSTM(3, 4, proj_size=2),
    "gru": lambda: torch.nn.GRU(2, 2),
    "linear": lambda: torch.nn.Linear(3, 2),
    "sequential": lambda: torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Tanh(), torch.nn.BatchNorm1d(2)),
    "nested": lambda: torch.nn.ModuleDict({"a": torch.nn.ModuleList([torch.nn.RNNCell(2, 2)]), "b": torch.nn.Embedding(3, 2)}),
    "tied": lambda: tied(),
}  # fmt: skip


def tied():
    module = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2))
    module[1].weight = module[0].weight
    return module


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("protocol", [2, 4])
def test_the_state_of_every_module_is_read(name, protocol):
    module = MODULES[name]()
    optimizer = torch.optim.Adam(module.parameters())
    for parameter in module.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimizer.step()
    wanted = {key: value.tolist() for key, value in module.state_dict().items()}
    for tree in (
        module.state_dict(),
        {"epoch": 3, "model_state_dict": module.state_dict(), "optimizer_state_dict": optimizer.state_dict()},
        dict(module.named_parameters()) | dict(module.named_buffers()),
    ):
        found = read_torch(saved(tree, pickle_protocol=protocol), "q.pt")
        assert {key: array.tolist() for key, array in found.arrays.items()} == {
            key: wanted[key] for key in found.arrays
        }
        assert set(found.arrays) >= set(dict(module.named_parameters()))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of TorchScript, in which people still save
def test_whole_models_and_programs_are_refused_by_name():
    assert "torch.nn.modules.rnn.LSTM" in rejected_for({"q.pt": saved(torch.nn.LSTM(1, 1))}, OWN)
    out = io.BytesIO()
    torch.jit.save(torch.jit.script(torch.nn.Linear(1, 1)), out)
    assert "is a TorchScript archive" in rejected_for({"q.pt": out.getvalue()}, OWN)
    old = saved({"W": torch.ones(1)}, _use_new_zipfile_serialization=False)
    assert "the format of PyTorch before 1.6" in rejected_for({"q.pt": old}, OWN)


class Calls:
    def __reduce__(self):
        return (os.system, ("touch /tmp/was_run",))


def test_what_a_pickle_would_call_is_not_called(monkeypatch):
    monkeypatch.setattr(os, "system", pytest.fail)
    assert "which is neither read nor run" in rejected_for({"q.pt": saved({"W": Calls()})}, OWN)


def right_rnn():
    """An RNN whose weights are right, in two halves of its bias."""
    module = torch.nn.Module()
    module.rnn, module.out = torch.nn.RNN(2, 2), torch.nn.Linear(2, 1)
    with torch.no_grad():
        module.rnn.weight_ih_l0.copy_(torch.tensor(PARAMETERS["W"]))
        module.rnn.bias_ih_l0.copy_(torch.tensor([1.5, 0.25]))
        module.rnn.bias_hh_l0.copy_(torch.tensor([0.5, 0.75]))
        module.out.bias.copy_(torch.tensor([1.0]))
    return module


def test_a_trained_module_earns_its_marks():
    module = right_rnn()
    assert earned({"q.pt": saved(module.state_dict())}, NAMED)[:2] == ("graded", 7)
    with torch.no_grad():
        module.rnn.bias_hh_l0[1] += 2**-20
    assert earned({"q.pt": saved(module.state_dict())}, NAMED)[:2] == ("graded", 0)
    wrapped = torch.nn.DataParallel(right_rnn())
    assert "save model.module.state_dict()" in rejected_for({"q.pt": saved(wrapped.state_dict())}, NAMED)


def test_the_gates_of_an_lstm_lie_as_pytorch_computes_them():
    """The cell of PyTorch gives what the specification's own equations give with the weights that were read."""
    lstm = torch.nn.LSTM(1, 1, dtype=torch.float64)
    with torch.no_grad():
        lstm.weight_ih_l0.copy_(torch.tensor([[1.0], [2], [3], [4]]))
        lstm.weight_hh_l0.zero_()
        lstm.bias_ih_l0.zero_()
        lstm.bias_hh_l0.zero_()
        x = torch.ones(1, 1)
        _, (h, c) = lstm(x.double())
    i, _, g, o = torch.sigmoid(torch.tensor(1.0)), None, torch.tanh(torch.tensor(3.0)), torch.sigmoid(torch.tensor(4.0))
    assert abs(c.item() - (i * g).item()) < 1e-6
    assert abs(h.item() - (o * torch.tanh(i * g)).item()) < 1e-6
    assert earned({"q.pt": saved(lstm.state_dict())}, LSTM_QUESTION)[:2] == ("graded", 3)


def test_a_tensor_alone_is_the_one_parameter():
    question = matrix_question(right="W[0][1] == 2")
    assert earned({"q.pt": saved(torch.tensor(PARAMETERS["W"]))}, question)[:2] == ("graded", 3)
    assert read_torch(saved(torch.ones(2)), "q.pt").arrays[UNNAMED_ARRAY].tolist() == [1, 1]


def names_in(data):
    """The names of Python in the pickle of a file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("data.pkl")]
        return {argument for opcode, argument, _ in pickletools.genops(archive.read(name)) if opcode.name == "GLOBAL"}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("parameter", [False, True])
def test_the_writer_of_the_tests_writes_what_pytorch_does(dtype, parameter):
    """PyTorch reads its files, with the same values; and both need the same names of Python."""
    values = np.array([[1, 2, 3], [4, 5, 6]])
    kind = getattr(torch, dtype)
    tensor = torch.tensor(values, dtype=kind)
    if parameter:
        tensor = torch.nn.Parameter(tensor, requires_grad=kind.is_floating_point)
    theirs = saved({"W": tensor, "W.T": tensor.T, "n": 1, "l": [0.5, "a"]})
    own = Tensor(values, dtype, parameter=parameter)
    turned = Tensor([], dtype, own.storage, size=(3, 2), stride=(1, 3))
    ours = torch_file({"W": own, "W.T": turned, "n": 1, "l": [0.5, "a"]})
    read = torch.load(io.BytesIO(ours), weights_only=True)
    assert read["W"].dtype == kind
    assert read["W"].tolist() == values.tolist()
    assert read["W.T"].tolist() == values.T.tolist()
    assert (read["n"], read["l"]) == (1, [0.5, "a"])
    assert names_in(ours) == names_in(theirs)


def test_the_writer_of_the_tests_writes_state_dicts():
    module = right_rnn()
    metadata = {"_metadata": Ordered({"": {"version": 1}})}
    ours = torch_file(Ordered({key: Tensor(value) for key, value in module.state_dict().items()}, metadata))
    module.load_state_dict(torch.load(io.BytesIO(ours), weights_only=True))
    assert names_in(ours) == names_in(saved(module.state_dict()))
    assert earned(
        {"q.pt": ours},
        weights_question("from: {W: rnn.weight_ih_l0, b: [rnn.bias_ih_l0, rnn.bias_hh_l0], s: out.bias}"),
    )[:2] == ("graded", 7)
