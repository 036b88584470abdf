"""`.pt` files: right weights earn their marks in every form that PyTorch saves, wrong ones do not, and nothing is run."""

import io
import pickle
import struct
import zipfile

import numpy as np
import pytest

from grader.answers.arrays import Numbers
from grader.answers.submission import Submission
from grader.answers.torch_file import read_torch
from grader.errors import SubmissionError
from grader.grading import grade

from ..conftest import RUN
from ..counting import peak_bytes_of
from .torch_writer import Call, Opcodes, Ordered, Storage, Tensor, raw_pickle, torch_file, zipped
from .weights_course import ELMAN, PARAMETERS, assignment_of, earned, matrix_question, rejected_for, weights_question

OWN, NAMED = weights_question(), weights_question(ELMAN)


def state(dtype="float32", wrap=lambda tensor: tensor, **changed):
    """The right weights by the parameters' own names."""
    values = {**PARAMETERS, **changed}
    return {name: wrap(Tensor(value, dtype)) for name, value in values.items()}


def elman(**changed):
    """The right weights as a module of PyTorch has them, the bias in two halves."""
    arrays = {
        "rnn.weight_ih_l0": PARAMETERS["W"],
        "rnn.weight_hh_l0": np.eye(2),
        "rnn.bias_ih_l0": np.array([1.5, 0.25]),
        "rnn.bias_hh_l0": np.array([0.5, 0.75]),
        "out.bias": np.array([1]),
        **{name.replace("__", "."): value for name, value in changed.items()},
    }
    metadata = {"_metadata": Ordered({"": {"version": 1}, "rnn": {"version": 1}})}
    return Ordered({name: Tensor(value) for name, value in arrays.items()}, metadata)


SHARED = Storage([9, 1, 2, -3, 0.5, 2, 1, 1, 9], "float64")
TRANSPOSED = Storage([1, -3, 2, 0.5])
RIGHT = {
    **{f"{dtype}": state(dtype) for dtype in ("float64", "float32", "float16", "bfloat16")},
    "parameters": state(wrap=lambda tensor: Tensor(tensor.values, parameter=True)),
    "an ordered mapping": Ordered(state()),
    "one number in brackets": state(s=[[1]]),
    "a bias as a column": state(b=[[2], [1]]),
    "views of one storage": {
        "W": Tensor([], storage=SHARED, offset=1, size=(2, 2), stride=(2, 1)),
        "b": Tensor([], storage=SHARED, offset=5, size=(2,), stride=(1,)),
        "s": Tensor([], storage=SHARED, offset=7, size=(), stride=()),
    },
    "a transposed view": {**state(), "W": Tensor([], storage=TRANSPOSED, size=(2, 2), stride=(1, 2))},
    "an expanded view": {**state(), "s": Tensor([], storage=Storage([1]), size=(1, 1), stride=(0, 0))},
    "negatives of what is stored": {**state(), "s": Tensor(-1, metadata={"neg": True, "conj": True})},
    "marks that are not set": {**state(), "b": Tensor([2, 1], metadata={"neg": False})},
    "numbers and lists": {"W": [[1, 2], [-3, 0.5]], "b": [2, 1], "s": 1},
    "tensors and numbers": {**state(), "s": 1, "b": (2.0, 1.0)},
    "an epoch and a name beside": {**state(), "epoch": 5, "name": "alice", "loss": 0.25, "best": None, "done": True},
    "a checkpoint": {"epoch": 5, "model_state_dict": Ordered(state()), "loss": 0.5},
    "a checkpoint with an optimizer": {
        "model": state(),
        "optimizer": {"state": {0: {"step": Tensor(5), "exp_avg": Tensor([1, 2])}}, "param_groups": [{"lr": 0.1}]},
        "scheduler": {"last_epoch": 4, "factors": [0.1, 0.2]},
    },
    "a checkpoint with the loss as a tensor": {"epoch": 5, "model_state_dict": state(), "loss": Tensor(0.25)},
    "a checkpoint with losses": {"losses": Tensor([3, 2, 1]), "model": state(), "best": {"accuracy": Tensor(1)}},
    "parts of a model": {"first": {"W": state()["W"]}, "last": {"b": state()["b"], "s": state()["s"]}},
    "a checkpoint in a mapping": {"best": {"epoch": 2, "state_dict": state()}},
    "keys beside in other mappings": {**state(), "config": {"hidden": 2, "layers": [2, 1]}},
}  # fmt: skip


@pytest.mark.parametrize("tree", RIGHT.values(), ids=RIGHT)
def test_right_weights_earn_everything_in_each_form(tree):
    status, points, messages = earned({"q.pt": torch_file(tree)}, OWN)
    assert (status, points) == ("graded", 7), messages


@pytest.mark.parametrize("dtype", ["int64", "int32", "int16", "int8", "uint8", "uint16", "uint32", "uint64"])
def test_whole_numbers_of_every_type_are_read(dtype):
    question = matrix_question(right="W[0][0] == 1 and W[0][1] == 2 and W[1][0] == 3 and W[1][1] == 100")
    for order in ("little", "big"):
        for values, points in (([[1, 2], [3, 100]], 3), ([[1, 3], [2, 100]], 0)):
            data = torch_file({"W": Tensor(values, dtype)}, order)
            assert earned({"q.pth": data}, question)[:2] == ("graded", points)


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
def test_the_order_of_bytes_is_the_one_that_the_file_names(dtype):
    assert earned({"q.pt": torch_file(state(dtype), "big", prefix="q")}, OWN)[:2] == ("graded", 7)


WRONG = {
    "one weight": state(W=[[1, 2], [-3, 0.25]]),
    "transposed": state(W=[[1, -3], [2, 0.5]]),
    "a transposed view of the right one": {**state(), "W": Tensor([], storage=Storage([1, 2, -3, 0.5]), size=(2, 2), stride=(1, 2))},
    "the negatives of the right ones": {**state(), "s": Tensor(1, metadata={"neg": True})},
    "turned round": state(b=[1, 2]),
    "a view one further on": {**state(), "b": Tensor([], storage=SHARED, offset=6, size=(2,), stride=(1,))},
    "rounded": state("float16", s=1.0001),
}  # fmt: skip


@pytest.mark.parametrize("tree", WRONG.values(), ids=WRONG)
def test_wrong_weights_earn_nothing(tree):
    status, points, messages = earned({"q.pt": torch_file(tree)}, weights_question(s="scalar"))
    assert (status, points) == ("graded", 7 if tree is WRONG["rounded"] else 0), messages


def test_a_float_counts_at_its_exact_value():
    """The float32 nearest to 0.1 is no tenth; the report says so where it costs points, and only there."""
    exact = matrix_question("scalar", "W == 13421773/134217728")
    tenth = matrix_question("scalar", "W == 1/10")
    data = {"q.pt": torch_file({"W": Tensor(0.1)})}
    said = "what is stored counts exactly: W is printed as 0.1, and its float32 value is 13421773/134217728"
    assert earned(data, exact) == ("graded", 3, "")
    assert earned(data, tenth) == ("graded", 0, said)
    assert (
        earned({"q.pt": torch_file({"W": Tensor(0.1, "bfloat16")})}, matrix_question("scalar", "W == 205/2048"))[1] == 3
    )


def test_a_module_is_read_under_the_names_of_the_spec():
    status, points, messages = earned({"q.pt": torch_file(elman())}, NAMED)
    assert (status, points) == ("graded", 7)
    assert messages == "not used: rnn.weight_hh_l0\ns came as a number in brackets: read as the number"
    assert earned({"q.pt": torch_file(elman(rnn__bias_hh_l0=np.array([0.5, 0.5])))}, NAMED)[:2] == ("graded", 0)


def test_the_rest_of_a_checkpoint_is_named():
    _, _, messages = earned({"q.pt": torch_file(RIGHT["a checkpoint with an optimizer"])}, OWN)
    assert messages == "read from 'model', the state dict in a checkpoint\nleft aside: optimizer and scheduler"


def test_a_mark_of_a_tensor_that_is_not_known_is_refused():
    tree = {**state(), "b": Tensor([2, 1], metadata={"half": True})}
    assert "b is marked 'half', which is not read: save a clone()" in rejected_for({"q.pt": torch_file(tree)}, OWN)


def test_of_two_state_dicts_with_the_same_names_none_is_chosen():
    message = rejected_for({"q.pt": torch_file({"model": state(), "ema": state()})}, OWN)
    assert "s is there as model.s and ema.s; b is there as model.b and ema.b" in message
    assert message.endswith(": hand in one of them")
    named = {"model": elman(), "best": elman()}
    assert "rnn.weight_ih_l0 is there as model.rnn.weight_ih_l0 and best.rnn" in rejected_for(
        {"q.pt": torch_file(named)}, NAMED
    )


def test_what_stands_beside_the_weights_is_unknown_and_what_stands_elsewhere_is_not_used():
    tree = {"model": {**state(), "W3": Tensor(1)}, "log": {"a": Tensor(1)}}
    assert "'model.W3' is not a parameter" in rejected_for({"q.pt": torch_file(tree)}, OWN)
    tree = {"model": state(), "log": {"a": Tensor(1)}}
    status, points, messages = earned({"q.pt": torch_file(tree)}, OWN)
    assert (status, points) == ("graded", 7)
    assert messages.endswith("not used: log.a")


def test_names_may_have_the_mapping_before_them():
    parts = {"rnn": {k.removeprefix("rnn."): v for k, v in elman().items.items() if k.startswith("rnn.")}}
    two = {**parts, "out": {"bias": Tensor([1])}}
    assert earned({"q.pt": torch_file(two)}, NAMED)[:2] == ("graded", 7)
    question = matrix_question("[2, 2]", "W[0][1] == 2", "from: {W: rnn.weight_ih_l0}")
    assert earned({"q.pt": torch_file({**parts, "epoch": 3})}, question)[:2] == ("graded", 3)


WRAPPED = {
    "module.": "save model.module.state_dict()",
    "_orig_mod.": "save model._orig_mod.state_dict()",
    "net.": "save the state dict of net alone",
}


@pytest.mark.parametrize(("prefix", "advice"), WRAPPED.items())
def test_a_prefix_of_every_name_is_named(prefix, advice):
    tree = {prefix + name: tensor for name, tensor in elman().items.items()}
    message = rejected_for({"q.pt": torch_file(tree)}, NAMED)
    assert f"the names begin with {prefix!r}" in message
    assert advice in message
    own = rejected_for({"q.pt": torch_file({prefix + name: tensor for name, tensor in state().items()})}, OWN)
    assert f"W, b and s are missing: the names begin with {prefix!r}" in own.replace("s, b and W", "W, b and s")


def test_a_missing_name_is_told_with_the_closest_one():
    tree = elman().items
    tree = {name.replace("rnn.weight_ih", "cell.weight_ih"): tensor for name, tensor in tree.items()}
    message = rejected_for({"q.pt": torch_file(tree)}, NAMED)
    assert "rnn.weight_ih_l0 (did you mean 'cell.weight_ih_l0'?) is missing; the file holds" in message


NOT_READ = {
    "a whole model": (Call("torch.nn.modules.linear.Linear"), "holds a whole model (torch.nn.modules.linear.Linear)"),
    "a model of a script": (Call("__main__.Net"), "holds a whole model (__main__.Net)"),
    "a system call": ({"W": Call("os.system", ("echo",))}, "holds os.system, which is neither read nor run"),
    "the same by its other name": (Call("posix.system", ("echo",)), "holds posix.system"),
    "eval": (Call("builtins.eval", ("1",)), "holds builtins.eval"),
    "getattr": (Call("builtins.getattr", ("", "join")), "holds builtins.getattr"),
    "an array of NumPy": (Call("numpy._core.multiarray._reconstruct"), "torch.from_numpy makes a tensor"),
    "a function of PyTorch": (Call("torch.load", ("x",)), "holds torch.load"),
    "a type as a call": (Call("torch.FloatStorage", (2,)), "asks for a call of torch.FloatStorage"),
    "a hidden module": (Call("collections.abc.OrderedDict"), "holds collections.abc.OrderedDict"),
    "a sparse tensor": (Call("torch._utils._rebuild_sparse_tensor"), "holds torch._utils._rebuild_sparse_tensor"),
    "a name with control characters": (Call("o\x1b[2Js.x"), r"holds 'o\x1b[2Js.x'"),
    "a list": ([Tensor(1)], "holds a list of 1, which has no names"),
    "a number": (5, "holds one value, which has no names"),
    "text": ("W", "holds one value, which has no names"),
    "nothing": ({}, "holds no tensors"),
    "an epoch alone": ({"state": {"epoch": 3}}, "holds no tensors"),
    "a name that is empty": ({"": Tensor(1)}, "holds an array without a name"),
    "a mapping by tuples": ({(1, 2): Tensor(1)}, "has a mapping by tuple"),
    "bytes": (Opcodes(b"C\x01a"), "(a pickle's SHORT_BINBYTES)"),
    "an instance": (Opcodes(b"(ios\nsystem\n"), "(a pickle's INST)"),
    "an object": (Opcodes(b"(cos\nsystem\no"), "holds os.system"),
    "a new object": (Opcodes(b"ccollections\nOrderedDict\n)\x81"), "(a pickle's NEWOBJ)"),
    "an extension": (Opcodes(b"\x82\x01"), "(a pickle's EXT1)"),
    "a persistent name": (Opcodes(b"Pstorage\n"), "(a pickle's PERSID)"),
    "a storage that is text": (Opcodes(b"X\x01\x00\x00\x00aQ"), "is damaged: it names no storage where one should stand"),
    "a storage of a type that is text": (
        Opcodes(b"(" + b"".join(b"X" + struct.pack("<I", len(t)) + t for t in (b"storage", b"float", b"0", b"cpu")) + b"K\x01tQ"),
        "is damaged: it names no storage where one should stand",
    ),
    "a state for a list": (Opcodes(b"]}b"), "holds an object with attributes of its own"),
    "a call of text": (Opcodes(b"X\x01\x00\x00\x00a)R"), "asks for a call of str"),
    "items for a mapping": (Opcodes(b"}K\x01a"), "adds items to something that is no list"),
    "entries for a list": (Opcodes(b"]K\x01K\x02s"), "adds entries to something that is no mapping"),
    "a number without end": (Opcodes(b"\x8b" + struct.pack("<i", 3000) + b"\x7f" * 3000), "more than 64 bits"),
}  # fmt: skip


@pytest.mark.parametrize(("tree", "said"), NOT_READ.values(), ids=NOT_READ)
def test_whatever_is_no_state_dict_is_refused_by_its_name(tree, said):
    message = rejected_for({"q.pt": torch_file(tree)}, OWN)
    assert message.startswith("q.pt: ")
    assert said in message


def storage_of(*persistent):
    """A tensor whose storage is described by these values."""
    return Opcodes(b"".join([b"ctorch._utils\n_rebuild_tensor_v2\n((", *persistent, b"tQK\x00))\x89}tR"]))


TEXT = b"X\x07\x00\x00\x00storage"
BAD_TENSORS = {
    "beyond its storage": Tensor([], storage=Storage([1, 2, 3]), size=(4,), stride=(1,)),
    "one beyond": Tensor([], storage=Storage([1, 2, 3]), offset=2, size=(2,), stride=(1,)),
    "a long way off": Tensor([], storage=Storage([1, 2, 3]), size=(2,), stride=(1_000_000,)),
    "before it": Tensor([], storage=Storage([1, 2, 3]), offset=-1, size=(1,), stride=(1,)),
    "backwards": Tensor([], storage=Storage([1, 2, 3]), offset=2, size=(2,), stride=(-1,)),
    "endless": Tensor([], storage=Storage([1]), size=(10**6, 10**6), stride=(0, 0)),
    "long in one direction": Tensor([], storage=Storage([1]), size=(10**15,), stride=(0,)),
    "of a negative size": Tensor([], storage=Storage([1]), size=(-1,), stride=(1,)),
    "of fewer strides": Tensor([], storage=Storage([1]), size=(1, 1), stride=(1,)),
    "of many dimensions": Tensor([], storage=Storage([1]), size=(1,) * 60, stride=(1,) * 60),
    "of a storage that claims more": Tensor([], storage=Storage([1, 2], count=4), size=(2,), stride=(1,)),
    "of a storage that claims less": Tensor([], storage=Storage([1, 2], count=1), size=(1,), stride=(1,)),
    "of an untyped storage that claims more": Tensor([], storage=Storage([1], "uint16", 9), size=(9,), stride=(1,)),
    "of no storage": storage_of(TEXT, b"ctorch\nFloatStorage\nX\x01\x00\x00\x009X\x03\x00\x00\x00cpuK\x01"),
    "of something else": storage_of(TEXT, b"K\x01K\x01K\x01K\x01"),
    "of nothing": Opcodes(b"ctorch._utils\n_rebuild_tensor_v2\n)R"),
    "of a text": Opcodes(b"ctorch._utils\n_rebuild_tensor_v2\n(X\x01\x00\x00\x00aK\x00))\x89}tR"),
}  # fmt: skip


@pytest.mark.parametrize("tensor", BAD_TENSORS.values(), ids=BAD_TENSORS)
def test_no_tensor_reaches_outside_of_its_storage(tensor):
    message, held = peak_bytes_of(lambda: rejected_for({"q.pt": torch_file({"W": tensor})}, OWN))
    assert message.startswith("q.pt: ")
    assert any(word in message for word in ("reaches outside", "no possible", "damaged", "has no shape", "numbers (at"))
    assert held < 4 << 20


UNUSABLE = {
    "complex": (Tensor([1], "complex64"), "s holds complexfloat values: save floats or integers"),
    "booleans": (Tensor([True], "bool"), "s holds bool values: save floats or integers"),
    "NaN": (Tensor([np.nan]), "s: nan is not a finite number"),
    "text": ("1", "s is text: save a tensor"),
    "True": (True, "s is True or False: save a tensor"),
    "rows of different lengths": ([[1], [2, 3]], "s holds rows of different lengths"),
    "a number that no float holds": ([0.5, 2**60 + 1], "s holds rows of different lengths, or numbers that no float holds"),
    "a vector": (Tensor([1, 2]), "s must be a number, not a vector of 2"),
}  # fmt: skip


@pytest.mark.parametrize(("value", "said"), UNUSABLE.values(), ids=UNUSABLE)
def test_an_entry_that_is_no_number_is_refused_where_it_is_needed(value, said):
    assert said in rejected_for({"q.pt": torch_file({**state(), "s": value})}, OWN)
    beside = {**elman().items, "buffer": value}
    status, points, messages = earned({"q.pt": torch_file(beside)}, NAMED)
    assert (status, points) == ("graded", 7)
    assert "not used: rnn.weight_hh_l0 and buffer" in messages


def test_the_place_of_an_infinite_entry_is_told():
    message = rejected_for({"q.pt": torch_file(state(W=[[1, 2], [np.inf, 0.5]]))}, OWN)
    assert message == "q.pt: W[1][0]: inf is not a finite number"
    infinite = torch_file(elman(rnn__bias_hh_l0=np.array([1, -np.inf])))
    assert "b[1] (rnn.bias_hh_l0): -inf is not" in rejected_for({"q.pt": infinite}, NAMED)


def nested(depth):
    tree = {"W": Tensor(1)}
    for _ in range(depth):
        tree = {"a": tree}
    return tree


LAUGHS = b"".join(
    [
        b"](K\x01eq\x000",
        *(b"](" + bytes([ord("h"), i]) * 8 + b"eq" + bytes([i + 1]) + b"0" for i in range(40)),
        b"h\x28",
    ]
)
"""Lists of eight times the list before, which are 8^40 numbers when they are written out."""

TOO_MUCH = {
    "steps": (lambda: raw_pickle(b"\x80\x02" + b"]0" * 150_000 + b"N."), "takes more than 200000 steps"),
    "bytes of description": (lambda: raw_pickle(b"\x80\x02" + b" " * (5 << 20)), "in more than 4194304 bytes"),
    "depth": (lambda: torch_file(nested(40)), "more than 6 deep"),
    "lists in lists": (lambda: torch_file({"W": Opcodes(b"](" * 50_000 + b"e" * 50_000)}), "holds lists that are too long or too deep"),
    "references": (lambda: torch_file({"W": Opcodes(LAUGHS)}), "holds lists that are too long or too deep"),
    "entries": (lambda: torch_file({f"w{i}": Tensor(1) for i in range(1001)}), "holds more than 1000 entries"),
    "numbers": (lambda: torch_file({"W": [0] * 10_001}), "holds lists that are too long or too deep"),
    "characters of a name": (lambda: torch_file({f"m{i}": {"n" * 100_000: Tensor(1)} for i in range(20)}), "a name of more than 1000 characters"),
    "files of nothing": (lambda: zipped({f"{i}": b"" for i in range(20_000)}), "holds about 20000 files (at most 4000)"),
    "files": (lambda: torch_file({"W": Tensor(1)}, more={f"x{i}": b"" for i in range(4000)}), "files (at most 4000)"),
    "unpacked": (lambda: zipped({"archive/data.pkl": bytes(32 << 20)}, zipfile.ZIP_DEFLATED), "unpacks to more than 16777216 bytes"),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize(("make", "said"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_too_much_of_anything_is_refused(make, said):
    assert said in rejected_for({"q.pt": make()}, OWN)


@pytest.mark.long
@pytest.mark.parametrize("name", ["references", "numbers", "unpacked", "depth", "files of nothing"])
def test_it_is_refused_in_little_memory(name):
    data = TOO_MUCH[name][0]()
    _, held = peak_bytes_of(lambda: rejected_for({"q.pt": data}, OWN))
    assert held < 4 << 20


def test_a_mapping_within_itself_ends():
    """`}` is put into itself under `a`."""
    assert "more than 6 deep" in rejected_for({"q.pt": torch_file(Opcodes(b"}q\x00X\x01\x00\x00\x00ah\x00s"))}, OWN)


OTHER_FILES = {
    "PyTorch before 1.6": (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19." + b"\x80\x02M\xe9\x03.", "the format of PyTorch before 1.6"),
    "a plain pickle": (pickle.dumps({"W": 1}), "is not a file of PyTorch's zip format"),
    "nothing": (b"", "is not a file of PyTorch's zip format"),
    "text": (b"W: 1\n", "is not a file of PyTorch's zip format"),
    "half a zip": (torch_file({"W": Tensor(1)})[:200], "is not a readable file of PyTorch"),
    "TorchScript": (torch_file({"W": Tensor(1)}, more={"code/__torch__.py": b"x", "constants.pkl": b""}), "is a TorchScript archive"),
    "a zip of something else": (zipped({"a.txt": b"1"}), "is a zip archive, but not one of torch.save"),
    "two of them": (zipped({"a/data.pkl": b"N.", "b/data.pkl": b"N."}), "is a zip archive, but not one of torch.save"),
    "an order of bytes that is none": (torch_file({"W": Tensor(1)}, more={"byteorder": b"pdp"}), "says an order of bytes"),
    "an array of NumPy": (b"\x93NUMPY\x01\x00", "is no .pt file by its contents: its name should end in .npy"),
    "HDF5": (b"\x89HDF\r\n\x1a\n", "is no .pt file by its contents: its name should end in .h5"),
    "an unfinished pickle": (raw_pickle(b"\x80\x02}"), "is damaged"),
    "an empty pickle": (raw_pickle(b""), "is damaged"),
    "what is left over": (raw_pickle(b"\x80\x02NN."), "is damaged"),
    "an empty stack": (raw_pickle(b"\x80\x02s."), "is damaged"),
    "no mark": (raw_pickle(b"\x80\x02Nt."), "is damaged"),
    "a memory that is empty": (raw_pickle(b"\x80\x02h\x05."), "is damaged"),
    "text with an escape that is none": (raw_pickle(b"\x80\x02S'\\e'\n."), "holds one value, which has no names"),
    "no such instruction": (raw_pickle(b"\x80\x02\xff."), "is damaged"),
    "no text": (raw_pickle(b"\x80\x02X\xff\xff\xff\xffa."), "is damaged"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "said"), OTHER_FILES.values(), ids=OTHER_FILES)
def test_other_files_are_refused_with_advice(data, said):
    assert said in rejected_for({"q.pt": data}, OWN)


def what_comes(data):
    try:
        return type(read_torch(data, "q.pt"))
    except SubmissionError:
        return SubmissionError


def test_no_damage_to_a_file_is_a_fault_of_ours():
    """Each third byte in turn is turned over: the file is read or refused, and nothing else is raised."""
    whole, seen = torch_file(state()), set()
    for at in range(0, len(whole), 3):
        damaged = bytearray(whole)
        damaged[at] ^= 0xFF
        seen.add(what_comes(bytes(damaged)))
    assert seen == {Numbers, SubmissionError}


@pytest.mark.long
def test_no_damage_to_a_pickle_is_a_fault_of_ours():
    """The same behind the checksum of the archive, and with instructions in any order."""
    with zipfile.ZipFile(io.BytesIO(torch_file(state()))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    pickled, seen = members["archive/data.pkl"], set()
    for at in range(2, len(pickled), 3):
        for piece in (bytes([pickled[at] ^ 1]), bytes([pickled[at] ^ 0xFF]), b"", b"(", b"}", b"0", b"R", b"b", b"u"):
            seen.add(what_comes(zipped(members | {"archive/data.pkl": pickled[:at] + piece + pickled[at + 1 :]})))
    assert seen == {Numbers, SubmissionError}


@pytest.mark.parametrize("name", ["q.pth.tar", "q.pt.tar", "Q.PTH", "q (1).pt", "hw5/q.pt"])
def test_a_file_may_be_called_as_examples_and_browsers_do(name, tmp_path):
    data = torch_file(state())
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(data)
    (result,) = grade(Submission(tmp_path), assignment_of(OWN), run=RUN).questions
    assert (result.status, result.points) == ("graded", 7), result.messages


def test_two_files_for_one_answer_are_refused_by_name():
    message = rejected_for({"q.pt": torch_file(state()), "q.npz": b"x"}, OWN)
    assert message == "q is answered twice, in q.npz and q.pt: keep one"
