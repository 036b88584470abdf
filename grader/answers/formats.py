"""Files of weights by their endings: what reads each, and what is said of those that are not read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from grader.deferred import dataclass

if TYPE_CHECKING:
    from grader.answers.arrays import Numbers
    from grader.answers.csv_matrix import TextRows


@dataclass(frozen=True)
class ArrayReader:
    """What makes arrays, or rows, of a file: a function of a module in `grader.answers`, imported when it is called."""

    module: str
    name: str

    def __call__(self, data: bytes, file: str) -> Numbers | TextRows:
        read: Callable[[bytes, str], Numbers | TextRows]
        read = getattr(import_module(f"grader.answers.{self.module}"), self.name)
        return read(data, file)


ARRAY_READERS: Mapping[str, ArrayReader] = {
    ".npz": ArrayReader("arrays", "read_npz"),
    ".npy": ArrayReader("arrays", "read_npy"),
    ".safetensors": ArrayReader("safetensors", "read_safetensors"),
    ".pt": ArrayReader("torch_file", "read_torch"),
    ".pth": ArrayReader("torch_file", "read_torch"),
    ".h5": ArrayReader("hdf5", "read_hdf5"),
    ".hdf5": ArrayReader("hdf5", "read_hdf5"),
    ".keras": ArrayReader("hdf5", "read_keras"),
    ".mat": ArrayReader("matlab", "read_matlab"),
    ".csv": ArrayReader("csv_matrix", "read_csv"),
    ".tsv": ArrayReader("csv_matrix", "read_csv"),
}
"""What reads a file with an ending."""

COURSE_PACKAGES: Mapping[str, str] = {".mat": "scipy"}
"""The packages without which a format cannot be read, and which a course has to allow for that."""

_WITH_PICKLE = "is a pickle, which is a program and never run here"
_SAVE_TORCH = "save the weights as .pt with torch.save(model.state_dict(), ...), or as .npz with numpy.savez"
REFUSED_FORMATS: Mapping[str, str] = {
    **dict.fromkeys((".pkl", ".pickle", ".p", ".dill", ".joblib"), f"{_WITH_PICKLE}: save .npz with numpy.savez"),
    ".ckpt": f"is a checkpoint of a trainer, which is not read: {_SAVE_TORCH}",
    ".bin": f"does not say by its name what it is: {_SAVE_TORCH}",
    ".tar": f"does not say by its name what it is: {_SAVE_TORCH}",
    ".onnx": f"is a whole model, which is not read: {_SAVE_TORCH}",
    **dict.fromkeys(
        (".pb", ".tflite", ".index", ".meta"), f"is a file of TensorFlow, which is not read: {_SAVE_TORCH}"
    ),
    **dict.fromkeys((".ptl", ".jit", ".torchscript"), f"is a program of TorchScript, which is not read: {_SAVE_TORCH}"),
    **dict.fromkeys((".gguf", ".ggml", ".msgpack", ".eqx", ".orbax"), f"is not read: {_SAVE_TORCH}"),
    **dict.fromkeys((".xlsx", ".xls", ".ods", ".numbers"), "is a workbook, which is not read: save a sheet as .csv"),
    **dict.fromkeys((".rds", ".rda", ".rdata"), "is a file of R, which is not read: write the matrix as .csv"),
    **dict.fromkeys((".jld", ".jld2"), "is a file of Julia, which is not read: write the matrix as .csv"),
}
"""What is said of files of weights that are not read, by their endings."""

_GIT_LFS = b"version https://git-lfs.github.com/spec/"

_BEGINNINGS: Mapping[bytes, str] = {
    b"\x93NUMPY": ".npy",
    b"\x89HDF\r\n\x1a\n": ".h5",
    b"PK\x03\x04": ".npz or .pt",
    b"MATLAB 5.0": ".mat",
}
"""How files of some formats begin, by the ending that would be right."""


@dataclass(frozen=True)
class ArrayFile:
    """A file of weights as its bytes; read where arrays are wanted."""

    file: str
    suffix: str
    data: bytes


def read_arrays(answer: ArrayFile, packages: Collection[str] = ()) -> Numbers | TextRows:
    """The arrays of a file, or its rows; `packages` are those that the course allows.

    Raises:
        SubmissionError: if it is not read, damaged, or too large.
    """
    from grader.answers.arrays import refused_file

    wanted = COURSE_PACKAGES.get(answer.suffix)
    if wanted is not None and wanted not in packages:
        raise refused_file(
            answer.file,
            f"is read only where the course allows {wanted} (`packages` in assignment.yaml), and it does not: save the "
            "arrays as .npz, or write them into answers.yaml",
        )
    if answer.data.startswith(_GIT_LFS):
        raise refused_file(answer.file, "is only a pointer of Git LFS to the file: hand in the file itself")
    found = next((right for start, right in _BEGINNINGS.items() if answer.data.startswith(start)), answer.suffix)
    if answer.suffix not in _SHARED_BEGINNINGS.get(found, (found,)):
        raise refused_file(answer.file, f"is no {answer.suffix} file by its contents: its name should end in {found}")
    return ARRAY_READERS[answer.suffix](answer.data, answer.file)


_SHARED_BEGINNINGS: Mapping[str, tuple[str, ...]] = {
    ".npz or .pt": (".npz", ".pt", ".pth", ".keras"),
    ".h5": (".h5", ".hdf5", ".mat"),
}
"""The endings of several formats that begin alike."""
