"""Arrays in binary files: every honest way to save them, and what is refused before it is believed or unpacked."""

import io
import json
import pickle
import struct
import zipfile

import numpy as np
import pytest

from ..counting import peak_bytes_of
from .helpers import Q5, Q6, full_marks, question, rejected

Q5_VALUES = {"W1": 1, "W2": 1, "b2": -1.5, "W3": 1, "b3": 0}
Q6_VALUES = {"W": [[-1, -1], [1, 1]], "b": [0.5, -1.5], "v": [1, 1], "r": 1, "c": -1.5, "c0": -0.5}


def npy(array):
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def npz(values, dtype="f8", save=np.savez):
    out = io.BytesIO()
    save(out, **{name: np.asarray(value, dtype) for name, value in values.items()})
    return out.getvalue()


def npz_with(array, name="W1"):
    """The right answer, but for one array."""
    out = io.BytesIO()
    np.savez(out, **({name: np.float64(value) for name, value in Q5_VALUES.items()} | {name: array}))
    return out.getvalue()


def raw_npy(header, body=b"", version=(1, 0)):
    """NumPy's format with a header of one's own."""
    text = header.encode("latin-1") + b"\n"
    length = struct.pack("<H" if version == (1, 0) else "<I", len(text))
    return b"\x93NUMPY" + bytes(version) + length + text + body


def header(shape, descr="'<f8'", fortran="False"):
    return f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}"


def archive(members, compression=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as file:
        for name, content in members:
            file.writestr(name, content)
    return out.getvalue()


def safetensors(entries, body=b"", length=None):
    text = entries if isinstance(entries, bytes) else json.dumps(entries).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + body


def tensors(values, kind="F64", dtype="<f8"):
    entries, body = {"__metadata__": {"format": "np"}}, b""
    for name, value in values.items():
        data = np.asarray(value, dtype)
        entries[name] = {"dtype": kind, "shape": list(data.shape), "data_offsets": [len(body), len(body) + data.nbytes]}
        body += data.tobytes()
    return safetensors(entries, body)


def tensors_with(name, kind, data):
    """The right answer of q5, but for one tensor."""
    entries, body = {}, b""
    for key, value in Q5_VALUES.items():
        array, of = (data, kind) if key == name else (np.asarray(value, "<f8"), "F64")
        span = [len(body), len(body) + array.nbytes]
        entries[key] = {"dtype": of, "shape": list(array.shape), "data_offsets": span}
        body += array.tobytes()
    return safetensors(entries, body)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("dtype", ["f8", "f4", "f2", ">f8", ">f4", "<f8"])
def test_floats_of_every_size_and_order_are_read(graded, save, dtype):
    full_marks(graded({"q5.npz": npz(Q5_VALUES, dtype, save), "q6.npz": npz(Q6_VALUES, dtype, save)}), "q5", "q6")


@pytest.mark.parametrize("dtype", ["i1", "i2", "i4", "i8", ">i8", "u1", "u8"])
def test_integers_of_every_size_are_read(graded, dtype):
    values = {"W1": 2, "W2": 2, "b2": 0, "W3": 1, "b3": 0}
    report = graded({"q5.npz": npz(values, dtype)})
    assert question(report, "q5").status == "graded"
    assert question(report, "q5").points == 20  # h never falls, as b2 is 0


@pytest.mark.parametrize("shape", [(), (1,), (1, 1), (1, 1, 1)])
def test_one_number_in_any_brackets_is_a_number(graded, shape):
    full_marks(graded({"q5.npz": npz({name: np.reshape(v, shape) for name, v in Q5_VALUES.items()})}), "q5")


def test_the_order_in_memory_does_not_matter(graded):
    """The matrix of this answer is no longer right when it is transposed."""
    values = {name: np.asarray(value, float) for name, value in Q6_VALUES.items()}
    for order in ("C", "F"):
        arranged = {name: np.array(value, order=order) for name, value in values.items()}
        full_marks(graded({"q6.npz": npz(arranged, None)}), "q6")
    transposed = values | {"W": values["W"].T}
    assert question(graded({"q6.npz": npz(transposed, None)}), "q6").points < 70


@pytest.mark.parametrize(("kind", "dtype"), [("F64", "<f8"), ("F32", "<f4"), ("F16", "<f2")])
def test_safetensors_are_read(graded, kind, dtype):
    full_marks(
        graded({"q5.safetensors": tensors(Q5_VALUES, kind, dtype), "q6.safetensors": tensors(Q6_VALUES)}), "q5", "q6"
    )


@pytest.mark.parametrize(
    ("kind", "dtype"), [("I64", "<i8"), ("I32", "<i4"), ("I16", "<i2"), ("I8", "i1"), ("U8", "u1")]
)
def test_safetensors_of_integers_are_read(graded, kind, dtype):
    values = {"W1": 2, "W2": 2, "b2": 0, "W3": 1, "b3": 0}
    assert question(graded({"q5.safetensors": tensors(values, kind, dtype)}), "q5").points == 20


def test_a_header_from_python_2_is_read_without_a_word(graded, capfd):
    members = [(f"{name}.npy", npy(np.float64(value))) for name, value in Q5_VALUES.items() if name != "W1"]
    members.append(("W1.npy", raw_npy(header("(1L,)"), struct.pack("<d", 1))))
    full_marks(graded({"q5.npz": archive(members)}), "q5")
    assert capfd.readouterr().err == ""


class Exploding:
    def __reduce__(self):
        return (pytest.fail, ("the answer was unpickled",))


OBJECTS = "W1 holds Python objects, which are never unpickled: save plain numbers"
BAD_ARRAYS = {
    "objects": (np.array([Exploding()], dtype=object), OBJECTS),
    "a record with objects": (np.zeros(1, [("a", object)]), OBJECTS),
    "a record": (np.zeros(1, [("a", "f8")]), "W1 holds void64 values: save floats or integers"),
    "booleans": (np.array(True), "W1 holds bool values: save floats or integers"),
    "complex": (np.array(1j), "W1 holds complex128 values: save floats or integers"),
    "text": (np.array("1"), "W1 holds str32 values: save floats or integers"),
    "bytes": (np.array(b"1"), "W1 holds bytes8 values: save floats or integers"),
    "a date": (np.array("2001-01-01", "M8[D]"), "W1 holds datetime64[D] values: save floats or integers"),
    "NaN": (np.nan, "W1: nan is not a finite number"),
    "infinity": (np.inf, "W1: inf is not a finite number"),
    "minus infinity, small": (np.float16(-np.inf), "W1: -inf is not a finite number"),
    "a vector": (np.ones(2), "W1 must be a number, not a vector of 2"),
    "nothing": (np.ones(0), "W1 must be a number, not a vector of 0"),
    "a matrix": (np.ones((2, 3)), "W1 must be a number, not a 2 x 3 matrix"),
    "a cube": (np.ones((2, 2, 2)), "W1 must be a number, not an array of shape (2, 2, 2)"),
}


@pytest.mark.parametrize(("array", "message"), BAD_ARRAYS.values(), ids=BAD_ARRAYS)
def test_arrays_that_are_no_plain_numbers_are_refused(graded, array, message):
    report = graded({"answers.yaml": Q6, "q5.npz": npz_with(array)})
    assert rejected(report) == (f"q5.npz: {message}",)
    full_marks(report, "q6")


@pytest.mark.skipif(np.dtype(np.longdouble).itemsize == 8, reason="no longer floats here")
def test_longer_floats_are_refused(graded):
    (message,) = rejected(graded({"q5.npz": npz_with(np.longdouble(1))}))
    assert message == f"q5.npz: W1 holds {np.dtype(np.longdouble).name} values: save floats or integers"


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("W", np.ones(4), "W must be a 2 x 2 matrix, not a vector of 4"),
        ("W", np.ones((2, 3)), "W must be a 2 x 2 matrix, not a 2 x 3 matrix"),
        ("W", np.ones((2, 2, 2)), "W must be a 2 x 2 matrix, not an array of shape (2, 2, 2)"),
        ("b", np.ones((2, 2)), "b must be a vector of 2, not a 2 x 2 matrix"),
        ("b", np.float64(1), "b must be a vector of 2, not a number"),
        ("b", np.array([1, np.nan]), "b[1]: nan is not a finite number"),
    ],
)
def test_arrays_of_the_wrong_shape_are_refused(graded, name, array, message):
    report = graded({"answers.yaml": Q5, "q6.npz": npz(Q6_VALUES | {name: array}, None)})
    assert rejected(report, "q6") == (f"q6.npz: {message}",)
    full_marks(report, "q5")


def test_a_path_in_an_archive_is_a_name_and_nothing_is_written(graded, tmp_path):
    members = [(f"{name}.npy", npy(np.float64(value))) for name, value in Q5_VALUES.items()]
    report = graded({"q5.npz": archive([*members, ("../../W4.npy", npy(np.ones(())))])})
    assert rejected(report) == ("q5.npz: '../../W4' is not a parameter (W1, W2, b2, W3 and b3 are)",)
    assert [path.name for path in tmp_path.rglob("*")] == ["alice", "q5.npz"]


def test_every_problem_of_the_names_is_told(graded):
    values = {"W1": 1, "W2": 1, "b_2": -1.5, "arr_0": 1, "W3": 1}
    assert rejected(graded({"q5.npz": npz(values)})) == (
        "q5.npz: 'b_2' is not a parameter (did you mean 'b2'?)",
        "q5.npz: 'arr_0' is not a parameter (W1, W2, b2, W3 and b3 are)",
        "q5.npz: b2 and b3 are missing",
    )


def test_one_array_alone_is_not_five_numbers(graded):
    assert rejected(graded({"q5.npy": npy(np.array([1, 1, -1.5, 1, 0]))})) == (
        "q5.npy: holds one array, but W1, W2, b2, W3 and b3 are wanted: save them by name in an .npz file",
    )


GOOD = npz(Q5_VALUES)
BAD_ARCHIVES = {
    "empty": (b"", "is not a readable .npz archive (File is not a zip file)"),
    "binary garbage": (bytes(range(256)) * 9, "is not a readable .npz archive (File is not a zip file)"),
    "cut at its end": (GOOD[:-30], "is not a readable .npz archive (File is not a zip file)"),
    "cut in half": (GOOD[: len(GOOD) // 2], "is not a readable .npz archive (File is not a zip file)"),
    "a pickle": (pickle.dumps(Q5_VALUES), "is not a readable .npz archive (File is not a zip file)"),
    "no members": (archive([]), "W1, W2, b2, W3 and b3 are missing"),
    "text in it": (archive([("W1.npy", b"1")]), "W1 is not an array in NumPy's format"),
    "a pickle in it": (archive([("W1.npy", pickle.dumps(1))]), "W1 is not an array in NumPy's format"),
    "an archive in it": (archive([("W1.npy", GOOD)]), "W1 is not an array in NumPy's format"),
    "a folder in it": (archive([("W1/", b"")]), "W1/ is not an array in NumPy's format"),
    "no name": (archive([(".npy", npy(np.ones(())))]), "holds an array without a name"),
    "twice": (archive([("W1", npy(np.ones(()))), ("W1.npy", npy(np.ones(())))]), "holds 'W1' twice"),
    "too many members": (archive([(str(i), b"") for i in range(1001)]), "holds 1001 files (at most 1000)"),
    "a bomb": (lambda: archive([("W1.npy", bytes(200 << 20))], zipfile.ZIP_DEFLATED), "unpacks to more than 16777216 bytes"),
    "many small bombs": (
        lambda: archive([(f"{i}.npy", bytes(300_000)) for i in range(100)], zipfile.ZIP_DEFLATED),
        "unpacks to more than 16777216 bytes",
    ),
    "LZMA": (
        archive([("W1.npy", npy(np.ones(())))], zipfile.ZIP_LZMA),
        "W1 is compressed in a way that NumPy does not use: save it with NumPy",
    ),
    "bzip2": (
        archive([("W1.npy", npy(np.ones(())))], zipfile.ZIP_BZIP2),
        "W1 is compressed in a way that NumPy does not use: save it with NumPy",
    ),
}  # fmt: skip


MAX_PEAK_BYTES = 4 << 20


@pytest.mark.parametrize(("data", "message"), BAD_ARCHIVES.values(), ids=BAD_ARCHIVES)
def test_archives_that_are_broken_or_too_large_are_refused(graded, data, message):
    content = data() if callable(data) else data  # large ones are made here, not wherever tests are only listed
    report, held = peak_bytes_of(lambda: graded({"answers.yaml": Q6, "q5.npz": content}))
    assert held < MAX_PEAK_BYTES
    assert rejected(report) == (f"q5.npz: {message}",)
    full_marks(report, "q6")


def test_an_archive_that_lies_about_its_size_is_still_not_unpacked(graded):
    data = bytearray(archive([("W1.npy", bytes(50 << 20))], zipfile.ZIP_DEFLATED))
    size = struct.pack("<I", 50 << 20)
    assert data.count(size) == 2
    lie = bytes(data).replace(size, struct.pack("<I", 100))
    (message,) = rejected(graded({"q5.npz": lie}))
    assert message == "q5.npz: is not a readable .npz archive (Bad CRC-32 for file 'W1.npy')"


def test_an_encrypted_archive_is_refused(graded):
    data = bytearray(archive([("W1.npy", npy(np.ones(())))]))
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + at] |= 1
    assert rejected(graded({"q5.npz": bytes(data)})) == ("q5.npz: W1 is locked with a password: save it without one",)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_no_damage_to_an_archive_is_a_fault_of_ours(graded, save):
    """Each byte in turn is turned over: the answer is right, refused or wrong, never held."""
    whole = npz(Q5_VALUES, save=save)
    seen = set()
    for at in range(0, len(whole), 5):
        damaged = bytearray(whole)
        damaged[at] ^= 0xFF
        seen.add(question(graded({"q5.npz": bytes(damaged)}), "q5").status)
    assert seen == {"graded", "rejected"}


def test_no_cut_of_an_archive_is_a_fault_of_ours(graded):
    for at in range(0, len(GOOD) - 1, 17):
        assert rejected(graded({"q5.npz": GOOD[:at]}))


NONE_CAME = "numbers of 8 bytes, but 0 bytes came"
NOT_NUMPY, NO_SHAPE = "is not an array in NumPy's format", "has no usable shape"
PAIRS = "holds void128 values: save floats or integers"
NINES = "9" * 4000
BAD_HEADERS = {
    "huge": (raw_npy(header("(1000000000,)")), NO_SHAPE),
    "huge in all": (raw_npy(header("(1000000, 1000000, 1000000)")), f"should hold {10**18} {NONE_CAME}"),
    "endless": (raw_npy(header(f"({NINES}, {NINES})")), NO_SHAPE),
    "empty and endless": (raw_npy(header(f"(0, {NINES})")), NO_SHAPE),
    "too many dimensions": (raw_npy(header("(" + "0, " * 100 + ")")), NO_SHAPE),
    "negative": (raw_npy(header("(-1,)"), bytes(8)), NO_SHAPE),
    "boolean": (raw_npy(header("(True,)"), bytes(8)), NO_SHAPE),
    "text": (raw_npy(header("('a',)"), bytes(8)), NOT_NUMPY),
    "computed": (raw_npy(header("(10**9,)"), bytes(8)), NOT_NUMPY),
    "no tuple": (raw_npy(header("1"), bytes(8)), NOT_NUMPY),
    "nested": (raw_npy(header("(" * 4000 + ")" * 4000)), NOT_NUMPY),
    "long": (raw_npy(header("(" + " " * 40_000 + ")"), bytes(8)), NOT_NUMPY),
    "minuses": (raw_npy("-" * 9000 + "1"), NOT_NUMPY),
    "braces": (raw_npy("{" * 9000), NOT_NUMPY),
    "no such type": (raw_npy(header("()", "'<f99'")), NOT_NUMPY),
    "objects": (raw_npy(header("()", "'|O'"), b"x"), OBJECTS.removeprefix("W1 ")),
    "a type of pairs": (raw_npy(header("()", "('<f8', (2,))"), bytes(16)), PAIRS),
    "too short": (raw_npy(header("(2,)"), bytes(15)), "should hold 2 numbers of 8 bytes, but 15 bytes came"),
    "too long": (raw_npy(header("()"), bytes(9)), "should hold 1 numbers of 8 bytes, but 9 bytes came"),
    "cut": (raw_npy(header("()"))[:20], NOT_NUMPY),
    "magic alone": (b"\x93NUMPY", NOT_NUMPY),
    "a longer header than there is": (b"\x93NUMPY\2\0\xff\xff\xff\xff{}", NOT_NUMPY),
}  # fmt: skip


@pytest.mark.parametrize(("data", "message"), BAD_HEADERS.values(), ids=BAD_HEADERS)
def test_what_a_header_claims_is_not_believed(graded, data, message):
    report = graded({"answers.yaml": Q6, "q5.npy": data})
    assert rejected(report) == (f"q5.npy: it {message}",)
    full_marks(report, "q6")


@pytest.mark.parametrize(("data", "message"), BAD_HEADERS.values(), ids=BAD_HEADERS)
def test_nor_within_an_archive(graded, data, message):
    assert f"q5.npz: W1 {message}" in rejected(graded({"q5.npz": archive([("W1.npy", data)])}))


ONE = {"dtype": "F64", "shape": [], "data_offsets": [0, 8]}
BROKEN, ENTRY = "is not a readable .safetensors file", "the entry 'W1' of its header is not as the format has it"
BAD_TENSORS = {
    "empty": (b"", BROKEN),
    "seven bytes": (bytes(7), BROKEN),
    "no header": (bytes(8), BROKEN),
    "endless header": (safetensors(b"{}", length=2**63), BROKEN),
    "cut header": (safetensors({"W1": ONE}, bytes(8))[:40], BROKEN),
    "a list": (safetensors(b"[]"), BROKEN),
    "deep": (safetensors(b"[" * 100_000), BROKEN),
    "no JSON": (safetensors(b"{W1}"), BROKEN),
    "endless number": (safetensors(b'{"W1": ' + b"9" * 9000 + b"}"), BROKEN),
    "twice": (safetensors(b'{"W1": 1, "W1": 2}'), BROKEN),
    "too many": (safetensors({str(i): ONE for i in range(1001)}, bytes(8)), BROKEN),
    "no name": (safetensors({"": ONE}, bytes(8)), "holds an array without a name"),
    "cut data": (safetensors({"W1": ONE}, bytes(7)), ENTRY),
    "no entry": (safetensors({"W1": 3}), ENTRY),
    "backwards": (safetensors({"W1": ONE | {"data_offsets": [8, 0]}}, bytes(8)), ENTRY),
    "before the start": (safetensors({"W1": ONE | {"data_offsets": [-8, 0]}}, bytes(8)), ENTRY),
    "fractions": (safetensors({"W1": ONE | {"data_offsets": [0, 8.0]}}, bytes(8)), ENTRY),
    "eight bits": (
        tensors_with("W1", "F8_E4M3", np.zeros(1, "u1")),
        "W1 holds F8_E4M3 values: save float32, float64 or integers",
    ),
    "shared bytes": (
        safetensors({"W1": ONE, "W2": ONE}, bytes(8)),
        "W2 shares bytes with the one before it: save it with the safetensors library",
    ),
    "shared in part": (
        safetensors({"W1": ONE, "W2": ONE | {"data_offsets": [4, 12]}}, bytes(12)),
        "W2 shares bytes with the one before it: save it with the safetensors library",
    ),
    "a gap": (
        safetensors({"W1": ONE, "W2": ONE | {"data_offsets": [9, 17]}}, bytes(17)),
        "W2 leaves bytes before it to no tensor: save it with the safetensors library",
    ),
    "more data": (safetensors({"W1": ONE}, bytes(12)), "4 bytes behind the tensors belong to none"),
    "booleans": (
        tensors_with("W1", "BOOL", np.ones(1, "?")),
        "W1 holds BOOL values: save float32, float64 or integers",
    ),
    "short": (
        safetensors({"W1": ONE | {"shape": [2]}}, bytes(8)),
        "W1 should hold 2 numbers of 8 bytes, but 8 bytes came",
    ),
    "huge": (safetensors({"W1": ONE | {"shape": [10**30]}}, bytes(8)), f"W1 {NO_SHAPE}"),
    "endless": (safetensors({"W1": ONE | {"shape": [10**4000, 10**4000]}}, bytes(8)), f"W1 {NO_SHAPE}"),
    "too many dimensions": (safetensors({"W1": ONE | {"shape": [1] * 100}}, bytes(8)), f"W1 {NO_SHAPE}"),
    "negative": (safetensors({"W1": ONE | {"shape": [-1, -1]}}, bytes(8)), f"W1 {NO_SHAPE}"),
    "boolean shape": (safetensors({"W1": ONE | {"shape": [True]}}, bytes(8)), f"W1 {NO_SHAPE}"),
    "text as shape": (safetensors({"W1": ONE | {"shape": ["1"]}}, bytes(8)), f"W1 {NO_SHAPE}"),
    "NaN": (tensors(Q5_VALUES | {"W1": np.nan}), "W1: nan is not a finite number"),
}


@pytest.mark.parametrize(("data", "message"), BAD_TENSORS.values(), ids=BAD_TENSORS)
def test_broken_safetensors_are_refused(graded, data, message):
    report = graded({"answers.yaml": Q6, "q5.safetensors": data})
    assert rejected(report) == (f"q5.safetensors: {message}",)
    full_marks(report, "q6")


def test_names_of_arrays_are_shown_escaped(graded):
    named = {"\x1b[2J\u202e\ud800": 1, **Q5_VALUES}
    (message,) = rejected(graded({"q5.safetensors": tensors(named)}))
    assert message == r"q5.safetensors: '\x1b[2J\u202e\ud800' is not a parameter (W1, W2, b2, W3 and b3 are)"
