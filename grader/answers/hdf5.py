"""Arrays from HDF5 files, such as Keras's `.weights.h5`, read with h5py in a confined process of its own."""

from __future__ import annotations

import importlib.util
import json
from typing import Any

from grader.answers.arrays import MAX_ARRAYS, MAX_WEIGHTS_FILE_BYTES, Numbers, refused_file
from grader.answers.reader_process import ReaderProcessError, answer_of_reader
from grader.answers.safetensors import read_safetensors
from grader.answers.zipped import unzipped
from grader.errors import HarnessError
from grader.startup import ONE_THREAD_SETTINGS

KERAS_WEIGHTS = "model.weights.h5"
"""The file in a `.keras` archive that holds the weights."""

_HDF5_ENVIRONMENT = {**ONE_THREAD_SETTINGS, "HDF5_PLUGIN_PRELOAD": "::"}
"""No plugins: a file cannot ask for a library to be loaded."""

MAX_REASON_CHARACTERS = 300


def read_keras(data: bytes, file: str) -> Numbers:
    """The weights in a `.keras` archive; the rest of it (the model's description) is not looked at.

    Raises:
        SubmissionError: as `read_hdf5` does, and where it has no weights.
    """
    members = unzipped(data, file, ".keras archive", MAX_WEIGHTS_FILE_BYTES, MAX_ARRAYS)
    if KERAS_WEIGHTS not in members:
        raise refused_file(file, f"holds no {KERAS_WEIGHTS}: save the weights with model.save_weights(...)")
    return read_hdf5(members[KERAS_WEIGHTS], file)


def read_hdf5(data: bytes, file: str) -> Numbers:
    """The arrays of an HDF5 file by their paths (`layers/dense/vars/0`).

    Links of any kind but hard ones, and arrays that lie in other files, are refused and nothing is opened for them.

    Raises:
        SubmissionError: for these, for damage, and for too much of anything.
        HarnessError: if h5py is not installed, or its process cannot be started.
    """
    if importlib.util.find_spec("h5py") is None:
        raise HarnessError(f"{file}: HDF5 is read with h5py, which is not installed: pip install proofgrade[hdf5]")
    head, _, tensors = _answer(data, file).partition(b"\n")
    try:
        answer = json.loads(head)
    except ValueError:
        answer = None
    match answer:
        case {"refused": str(reason)}:
            raise refused_file(file, _plain(reason))
        case {"unusable": dict(unusable)} if all(isinstance(reason, str) for reason in unusable.values()):
            found = read_safetensors(tensors, file)
            return Numbers(file, found.arrays, {name: _plain(reason) for name, reason in unusable.items()})
    raise refused_file(file, "is not a readable HDF5 file")


def _answer(data: bytes, file: str) -> bytes:
    """What the process says; nothing where it came to an end of its own over the file."""
    try:
        return answer_of_reader("hdf5", data, _HDF5_ENVIRONMENT)
    except ReaderProcessError as error:
        raise HarnessError(f"{file}: h5py could not read it: {error}") from None


def _plain(reason: Any) -> str:
    text = str(reason)[:MAX_REASON_CHARACTERS]
    return text if text.isprintable() else ascii(text)
