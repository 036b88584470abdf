"""Weights in every other format, made by the libraries themselves: the marks that each must earn, and what is refused."""

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import h5py
import numpy as np
import pytest
import safetensors.numpy
import scipy.io
import scipy.sparse

from grader.answers import hdf5, matlab
from grader.answers.hdf5 import read_hdf5
from grader.answers.matlab import read_matlab
from grader.errors import SubmissionError
from grader.sandbox.child import landlock

from ..answers.test_arrays import npy, npz, raw_npy
from ..counting import peak_bytes_of
from .torch_writer import zipped
from .weights_course import ELMAN, PARAMETERS, earned, matrix_question, rejected_for, weights_question

OWN, NAMED = weights_question(), weights_question(ELMAN)
SCIPY = "packages: [scipy]\n"
WRONG = PARAMETERS | {"W": PARAMETERS["W"] + [[0, 0], [0, 0.25]]}
TRANSPOSED = PARAMETERS | {"W": PARAMETERS["W"].T}


def hdf5_file(arrays, make=None, **options):
    """A file of HDF5 with these arrays at their paths; `make` adds something else."""
    out = io.BytesIO()
    with h5py.File(out, "w") as file:
        for name, array in arrays.items():
            file.create_dataset(name, data=array, **options)
        if make is not None:
            make(file)
    return out.getvalue()


def mat_file(arrays, **options):
    out = io.BytesIO()
    scipy.io.savemat(out, arrays, **options)
    return out.getvalue()


def floats(values, dtype="f8"):
    return {name: np.array(value, dtype, order="C") for name, value in values.items()}


SAVERS = {
    "safetensors, float32": ("q.safetensors", lambda values: safetensors.numpy.save(floats(values, "f4"))),
    "safetensors, float16": ("q.safetensors", lambda values: safetensors.numpy.save(floats(values, "f2"))),
    "NumPy, big-endian": ("q.npz", lambda values: npz(values, ">f4")),
    "NumPy, by columns": ("q.npz", lambda values: npz({k: np.asfortranarray(v) for k, v in floats(values).items()}, None)),
    "HDF5": ("q.h5", lambda values: hdf5_file(floats(values))),
    "HDF5, float32, big-endian": ("q.hdf5", lambda values: hdf5_file(floats(values, ">f4"))),
    "HDF5, float16": ("q.h5", lambda values: hdf5_file(floats(values, "f2"))),
    "Keras": ("q.weights.h5", lambda values: hdf5_file(floats(values, "f4"))),
    "a Keras archive": (
        "q.keras",
        lambda values: zipped({"config.json": b"{}", "metadata.json": b"{}", "model.weights.h5": hdf5_file(floats(values))}),
    ),
    "MATLAB 5": ("q.mat", lambda values: mat_file(floats(values))),
    "MATLAB 5, packed": ("q.mat", lambda values: mat_file(floats(values), do_compression=True)),
    "MATLAB 5, columns": ("q.mat", lambda values: mat_file(floats(values), oned_as="column")),
    "MATLAB 5, float32": ("q.mat", lambda values: mat_file(floats(values, "f4"))),
    "MATLAB 4": ("q.mat", lambda values: mat_file(floats(values), format="4")),
    "capitals in its name": ("Q.NPZ", lambda values: npz(values)),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize(("name", "save"), SAVERS.values(), ids=SAVERS)
@pytest.mark.sampled(2)
def test_right_weights_earn_everything_and_wrong_ones_nothing(name, save):
    for values, points in ((PARAMETERS, 7), (WRONG, 0), (TRANSPOSED, 0))[: 2 if "h5" in name or "keras" in name else 3]:
        status, got, messages = earned({name: save(values)}, OWN, SCIPY)
        assert (status, got) == ("graded", points), messages


KERAS = "from: {W: {name: layers/simple_rnn/cell/vars/0, transpose: true}, b: layers/simple_rnn/cell/vars/2, s: layers/dense/vars/1}"


def test_the_paths_of_keras_are_names():
    rnn = "layers/simple_rnn/cell/vars/"
    arrays = {
        f"{rnn}0": PARAMETERS["W"].T,
        f"{rnn}1": np.eye(2),
        f"{rnn}2": PARAMETERS["b"],
        "layers/dense/vars/0": np.ones((2, 1)),
        "layers/dense/vars/1": [1],
        "optimizer/vars/0": [7],
    }
    status, points, messages = earned({"q.weights.h5": hdf5_file(arrays)}, weights_question(KERAS))
    assert (status, points) == ("graded", 7)
    assert f"not used: layers/dense/vars/0, {rnn}1 and optimizer/vars/0" in messages
    wrong = arrays | {f"{rnn}0": PARAMETERS["W"]}
    assert earned({"q.weights.h5": hdf5_file(wrong)}, weights_question(KERAS))[:2] == ("graded", 0)
    named = {name: value for name, value in arrays.items() if name != f"{rnn}2"}
    assert f"{rnn}2 (did you mean '{rnn}1'?) is missing" in rejected_for(
        {"q.h5": hdf5_file(named)}, weights_question(KERAS)
    )


def test_mat_files_are_read_where_the_course_allows_scipy():
    data = mat_file(floats(PARAMETERS))
    assert earned({"q.mat": data}, OWN, SCIPY)[:2] == ("graded", 7)
    message = rejected_for({"q.mat": data}, OWN)
    assert message.startswith("q.mat: is read only where the course allows scipy (`packages` in assignment.yaml)")


BAD_MATLAB = {
    "text": ({"s": "one"}, "s is text: save a matrix of numbers"),
    "a cell array": ({"s": np.array([1, "a"], object)}, "s is a cell array: save a matrix of numbers"),
    "a struct": ({"s": {"a": 1}}, "s is a struct: save a matrix of numbers"),
    "complex": ({"s": 1j}, "s holds complex values: save floats or integers"),
    "logical": ({"s": True}, "s holds logical values: save floats or integers"),
    "sparse": (
        {"s": scipy.sparse.csc_matrix(np.eye(2))},
        "s is a sparse matrix: save a matrix of numbers",
    ),
    "NaN": ({"s": np.nan}, "s: nan is not a finite number"),
    "another shape": ({"s": [1.0, 2.0]}, "s must be a number, not a 1 x 2 matrix"),
    "a matrix for a matrix": ({"W": np.ones((2, 3))}, "W must be a 2 x 2 matrix, not a 2 x 3 matrix"),
}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("change", "said"), BAD_MATLAB.values(), ids=BAD_MATLAB)
def test_matlab_variables_that_are_no_plain_arrays_are_refused(change, said, packed):
    data = mat_file({**floats(PARAMETERS), **change}, do_compression=packed)
    assert rejected_for({"q.mat": data}, OWN, SCIPY) == f"q.mat: {said}"


def test_whole_numbers_of_matlab_are_read():
    for dtype in ("i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"):
        data = mat_file({"W": np.array([[1, 2], [3, 100]], dtype)})
        assert earned({"q.mat": data}, matrix_question(right="W[0][1] == 2 and W[1][1] == 100"), SCIPY)[:2] == (
            "graded",
            3,
        )


def element(kind, data, length=None):
    """A part of a `.mat` file of version 5, with the length that it claims."""
    return struct.pack("<II", kind, len(data) if length is None else length) + data + bytes(-len(data) % 8)


def matrix_element(shape, contents, kind=9, size=None, flags=6, name=b"W"):
    """A variable of a `.mat` file of version 5, with what it claims."""
    parts = element(6, struct.pack("<II", flags, 0)) + element(5, struct.pack(f"<{len(shape)}i", *shape))
    return element(14, parts + element(1, name) + element(kind, contents, size))


HEADER = b"MATLAB 5.0 MAT-file".ljust(124, b" ") + struct.pack("<H", 0x0100) + b"IM"


def packed_zeros():
    """A packed variable that is 32 MiB of zeros when it is unpacked."""
    packed = zlib.compress(bytes(32 << 20), 9)
    return HEADER + struct.pack("<II", 15, len(packed)) + packed


NO_PARTS = "is damaged: a variable has no type, lengths and name"
HOSTILE_MATLAB = {
    "empty": (b"", "is not a readable .mat file"),
    "a header alone": (HEADER, "are missing"),
    "text": (b"W = [1 2; 3 4]", "is not a readable .mat file"),
    "7.3": (HEADER.ljust(512, b"\0") + b"\x89HDF\r\n\x1a\n", "is in MATLAB's format 7.3, which is HDF5"),
    "HDF5": (b"\x89HDF\r\n\x1a\n", "is in MATLAB's format 7.3, which is HDF5"),
    "more entries than there are": (HEADER + matrix_element((1000, 1000), bytes(8)), "has more or fewer entries than it says"),
    "a length beyond the file": (HEADER + matrix_element((1, 1), bytes(8), size=2**31), "ends within a variable"),
    "a negative length": (HEADER + matrix_element((-1, -1), bytes(8)), "has no entries"),
    "no such type of numbers": (HEADER + matrix_element((1, 1), bytes(8), kind=99), "has no entries"),
    "a type alone": (HEADER + element(14, element(6, bytes(8))), NO_PARTS),
    "lengths before the type": (HEADER + element(14, element(5, bytes(8)) + element(6, bytes(8)) + element(1, b"W")), NO_PARTS),
    "half a type": (HEADER + element(14, element(6, bytes(4)) + element(5, bytes(8)) + element(1, b"W")), NO_PARTS),
    "half a length": (HEADER + element(14, element(6, bytes(8)) + element(5, bytes(6)) + element(1, b"W")), NO_PARTS),
    "no name": (HEADER + matrix_element((1, 1), bytes(8), name=b""), "holds a variable without a name"),
    "a bomb": (packed_zeros, "unpacks to more than 16777216 bytes"),
    "no zlib data": (HEADER + struct.pack("<II", 15, 4) + b"abcd", "cannot be unpacked"),
    "nothing packed": (HEADER + struct.pack("<II", 15, 8) + zlib.compress(b""), "is damaged"),
    "an object": (HEADER + matrix_element((1, 1), bytes(8), flags=3), "W is an object: save a matrix of numbers"),
    "an endless matrix of version 4": (struct.pack("<5i", 0, 2**30, 2**30, 0, 2) + b"W\0", "is not a readable .mat file"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "said"), HOSTILE_MATLAB.values(), ids=HOSTILE_MATLAB)
def test_what_a_mat_file_claims_is_not_believed(data, said):
    data = data() if callable(data) else data
    message, held = peak_bytes_of(lambda: rejected_for({"q.mat": data}, OWN, SCIPY))
    assert said in message
    assert held < 40 << 20


@pytest.mark.parametrize("options", [{}, {"do_compression": True}, {"format": "4"}])
def test_no_damage_to_a_mat_file_is_a_fault_of_ours(options):
    whole, seen = mat_file({"W": PARAMETERS["W"]}, **options), set()
    for at in range(len(whole)):
        damaged = bytearray(whole)
        damaged[at] ^= 0xFF
        try:
            seen.add(type(read_matlab(bytes(damaged), "q.mat")).__name__)
        except SubmissionError:
            seen.add("refused")
    assert seen == {"Numbers", "refused"}


def soft_link(file):
    file["s2"] = h5py.SoftLink("/s")


def external_link(file):
    file["s2"] = h5py.ExternalLink("other.h5", "/s")


def virtual(file):
    layout = h5py.VirtualLayout((1,), "f8")
    layout[:] = h5py.VirtualSource("other.h5", "s", (1,))
    file.create_virtual_dataset("s2", layout)


def external_storage(file):
    file.create_dataset("s2", (1,), "f8", external=[("/etc/hostname", 0, 8)])


def circle(file):
    group = file.create_group("g")
    group["again"] = group


def deep(file):
    file.create_dataset("/".join("g" * 40), data=1.0)


def many(file):
    for i in range(4001):
        file.create_group(f"g{i}")


def large(file):
    file.create_dataset("s2", (10_000, 10_000), "f8", chunks=(10, 10))


HOSTILE_HDF5 = {
    "a soft link": (
        soft_link,
        "q.h5: has a link to another place ('s2'), which is not followed: save it without links",
    ),
    "an external link": (external_link, "q.h5: has a link to another place ('s2'), which is not followed"),
    "a virtual array": (virtual, "q.h5: has an array in another file ('s2'), which is not opened: save it whole"),
    "storage elsewhere": (external_storage, "q.h5: has an array in another file ('s2'), which is not opened"),
    "a circle": (circle, "q.h5: has groups within groups, more than 20 deep"),
    "groups in groups": (deep, "q.h5: has groups within groups, more than 20 deep"),
    "many groups": (many, "q.h5: holds more than 4000 groups and arrays"),
    "a large array": (large, "q.h5: holds arrays of more than 16777216 bytes"),
}


@pytest.mark.long
@pytest.mark.parametrize(("make", "said"), HOSTILE_HDF5.values(), ids=HOSTILE_HDF5)
@pytest.mark.sampled(2)
def test_an_hdf5_file_that_leads_elsewhere_or_never_ends_is_refused(make, said):
    assert said in rejected_for({"q.h5": hdf5_file(floats(PARAMETERS), make)}, OWN)


UNUSABLE_HDF5 = {
    "text": {"data": "one"},
    "complex": {"data": 1j},
    "a record": {"data": np.zeros(1, [("a", "f8")])},
    "nothing": {"data": h5py.Empty("f8")},
    "packed": {"data": [1.0], "compression": "gzip"},
    "shuffled": {"data": [1.0], "shuffle": True, "chunks": (1,)},
    "with checksums": {"data": [1.0], "fletcher32": True},
}


def test_arrays_of_hdf5_that_are_no_plain_numbers_are_refused_where_they_are_needed():
    def make(file):
        for name, options in UNUSABLE_HDF5.items():
            file.create_dataset(name, **options)

    found = read_hdf5(hdf5_file({"W": PARAMETERS["W"]}, make), "q.h5")
    assert list(found.arrays) == ["W"]
    packed = dict.fromkeys(["packed", "shuffled", "with checksums"], "is compressed or filtered: save it without")
    others = dict.fromkeys(UNUSABLE_HDF5, "holds no plain numbers: save floats or integers")
    assert found.unusable == others | packed
    rest = {name: value for name, value in floats(PARAMETERS).items() if name != "s"}
    data = hdf5_file(rest, lambda file: file.create_dataset("s", data=[1.0], compression="gzip"))
    assert rejected_for({"q.h5": data}, OWN) == "q.h5: s is compressed or filtered: save it without"


@pytest.mark.long
def test_damage_to_an_hdf5_file_is_no_fault_of_ours():
    whole = hdf5_file({"W": PARAMETERS["W"]})
    damaged = [whole[:300], whole[:1000] + bytes(len(whole) - 1000)]
    for data in damaged:
        assert rejected_for({"q.h5": data}, matrix_question()) == "q.h5: is not a readable HDF5 file"
    turned = [bytes(byte ^ 0xFF if i % 97 == k else byte for i, byte in enumerate(whole)) for k in range(9, 11)]
    assert {earned({"q.h5": data}, matrix_question())[0] for data in turned} <= {"graded", "rejected"}


def test_what_the_process_says_is_not_believed(monkeypatch):
    for said in (
        b"",
        b"[]\n",
        b'{"refused": 3}\n',
        b'{"unusable": {"a": 1}}\n',
        b"\x80\x04N.",
        b'{"unusable": {}}\nxx',
    ):
        monkeypatch.setattr(hdf5, "_answer", lambda data, file, said=said: said)
        with pytest.raises(SubmissionError, match="is not a readable"):
            read_hdf5(b"", "q.h5")
    monkeypatch.setattr(hdf5, "_answer", lambda data, file: b'{"refused": "\\u001b[2J"}\n')
    with pytest.raises(SubmissionError, match=r"\\x1b\[2J"):
        read_hdf5(b"", "q.h5")


@pytest.mark.parametrize(("module", "name", "library"), [(hdf5, "q.h5", "h5py"), (matlab, "q.mat", "SciPy")])
def test_a_library_that_is_not_installed_costs_nobody_marks(monkeypatch, module, name, library):
    data = hdf5_file({}) if name == "q.h5" else mat_file(floats(PARAMETERS))
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    monkeypatch.setitem(sys.modules, "scipy.io", None)
    status, points, messages = earned({name: data}, OWN, SCIPY)
    assert (status, points) == ("held", 0)
    assert f"with {library}" in messages
    assert "pip install" in messages


CONFINED = """
import importlib.util, socket, sys
sys.path.insert(0, "")
spec = importlib.util.spec_from_file_location("child", sys.argv[1] + "/__init__.py", submodule_search_locations=[sys.argv[1]])
sys.modules["child"] = importlib.util.module_from_spec(spec)
from child import alone
alone.give_up_the_rest(1 << 30, 20)
for attempt in (lambda: open("/etc/hostname"), lambda: open("/tmp/written", "w"), socket.socket):
    try:
        attempt()
    except OSError:
        continue
    sys.exit(f"{attempt} succeeded")
print("nothing is left")
"""


@pytest.mark.skipif(sys.platform != "linux" or not landlock.abi(), reason="this system has no Landlock")
def test_the_process_that_reads_hdf5_has_no_files_and_no_network():
    child = Path(hdf5.__file__).parents[1] / "sandbox" / "child"
    done = subprocess.run([sys.executable, "-c", CONFINED, child], capture_output=True, text=True, timeout=300)
    assert done.stdout == "nothing is left\n", done.stderr


def test_keras_archives_without_weights_are_refused():
    message = rejected_for({"q.keras": zipped({"config.json": b"{}"})}, OWN)
    assert message == "q.keras: holds no model.weights.h5: save the weights with model.save_weights(...)"


REFUSED = {
    "pkl": "is a pickle, which is a program and never run here",
    "pickle": "is a pickle",
    "joblib": "is a pickle",
    "onnx": "is a whole model, which is not read",
    "ckpt": "is a checkpoint of a trainer",
    "bin": "does not say by its name what it is",
    "tflite": "is a file of TensorFlow",
    "xlsx": "is a workbook",
    "rds": "is a file of R",
}


@pytest.mark.parametrize(("ending", "said"), REFUSED.items())
def test_formats_that_are_not_read_are_named_with_what_to_do(ending, said):
    message = rejected_for({f"q.{ending}": b"\x80\x04N."}, OWN)
    assert message.startswith(f"q.{ending}: {said}")
    assert ": " in message.removeprefix(f"q.{ending}: {said}")


MISNAMED = {
    "an array of NumPy as .npz": ("q.npz", npy(np.ones(2)), "its name should end in .npy"),
    "an archive as .npy": ("q.npy", npz({"a": 1}), "its name should end in .npz or .pt"),
    "HDF5 as .safetensors": ("q.safetensors", hdf5_file({}), "its name should end in .h5"),
    "NumPy as .h5": ("q.h5", npy(np.ones(2)), "its name should end in .npy"),
    "MATLAB as .npz": ("q.npz", mat_file({"a": 1.0}), "its name should end in .mat"),
}


@pytest.mark.parametrize(("name", "data", "said"), MISNAMED.values(), ids=MISNAMED)
def test_a_wrong_ending_is_named(name, data, said):
    assert said in rejected_for({name: data}, OWN)


def test_the_answers_may_name_the_file():
    right, wrong = npz(PARAMETERS), npz(WRONG)
    named = "assignment: hw\nq: {}\n"
    assert earned({"answers.yaml": named.format("q.npz"), "q.npz": right}, OWN)[:2] == ("graded", 7)
    assert earned({"answers.yaml": named.format("weights.npz"), "weights.npz": right}, OWN)[:2] == ("graded", 7)
    assert earned({"answers.yaml": named.format("'weights.npz'"), "weights.npz": wrong}, OWN)[:2] == ("graded", 0)
    twice = {"answers.yaml": named.format("weights.npz"), "weights.npz": right, "q.npz": right}
    assert rejected_for(twice, OWN) == "q is answered twice, in answers.yaml and q.npz: keep one"
    absent = rejected_for({"answers.yaml": named.format("weights.npz"), "Weights.npz": right}, OWN)
    assert "answers.yaml:2:4: there is no file 'weights.npz' in what was handed in" in absent


def test_a_pointer_of_git_lfs_is_no_file():
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 9\n"
    for name in ("q.pt", "q.npz", "q.h5", "q.csv"):
        assert (
            rejected_for({name: pointer}, OWN)
            == f"{name}: is only a pointer of Git LFS to the file: hand in the file itself"
        )


def test_two_files_of_one_question_are_refused_by_name():
    message = rejected_for({"q.npz": npz(PARAMETERS), "q.safetensors": b"x"}, OWN)
    assert message == "q is answered twice, in q.npz and q.safetensors: keep one"


def test_structured_and_object_arrays_of_numpy_are_refused_with_advice():
    assert "never unpickled" in rejected_for({"q.npy": npy(np.array([{}], object))}, matrix_question())
    record = raw_npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }", bytes(8))
    assert "save floats or integers" in rejected_for({"q.npy": record}, matrix_question())
