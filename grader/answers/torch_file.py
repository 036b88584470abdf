"""State dicts from `.pt` and `.pth` files as PyTorch 1.6 and newer save them: a pickle and data in a zip archive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from grader.answers.arrays import MAX_WEIGHTS_FILE_BYTES, Numbers, refused_file
from grader.answers.state_dicts import StateDictError, arrays_of
from grader.answers.torch_names import STATE_DICT_ADVICE, UnreadablePickleError
from grader.answers.torch_pickle import read_pickle
from grader.answers.torch_tensors import Storages
from grader.answers.zipped import unzipped

MAX_TORCH_MEMBERS = 4_000
"""Files in the archive: one for each tensor, and a few more."""

_PICKLE, _CODE, _BYTE_ORDER, _DATA = "data.pkl", "code/", "byteorder", "data/"
_ZIP_MAGIC = b"PK"
_OLD_FORMATS = (b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.", b"\x80\x02}q")
"""How files of PyTorch's formats before the zip begin: a magic number as a pickle; a pickled mapping within a tar."""


def read_torch(data: bytes, file: str) -> Numbers:
    """The tensors of a state dict, of a checkpoint with one inside, or a tensor alone.

    Nothing of the pickle is run: see `torch_pickle`.

    Raises:
        SubmissionError: for the older formats, TorchScript, whole models, and whatever is damaged or too large.
    """
    if not data.startswith(_ZIP_MAGIC):
        raise refused_file(file, _not_zipped(data))
    members = unzipped(data, file, "file of PyTorch", MAX_WEIGHTS_FILE_BYTES, MAX_TORCH_MEMBERS)
    try:
        prefix = _prefix(members)
        storages = Storages(_data(members, prefix), _order(members, prefix))
        return arrays_of(read_pickle(members[prefix + _PICKLE], storages), file)
    except (UnreadablePickleError, StateDictError) as error:
        raise refused_file(file, str(error)) from None


def _not_zipped(data: bytes) -> str:
    if data.startswith(_OLD_FORMATS[0]):
        return (
            "is in the format of PyTorch before 1.6, which is a pickle and never run: load it yourself and save the "
            "state dict with torch.save of a newer version"
        )
    return f"is not a file of PyTorch's zip format: {STATE_DICT_ADVICE} with torch.save"


def _prefix(members: Mapping[str, bytes]) -> str:
    """The folder in which everything lies; it is called after the file, or `archive`."""
    found = [name.removesuffix(_PICKLE) for name in members if name.split("/")[-1] == _PICKLE]
    if len(found) != 1:
        raise UnreadablePickleError("is a zip archive, but not one of torch.save, which has one data.pkl inside")
    if any(name.startswith(found[0] + _CODE) for name in members):
        raise UnreadablePickleError(
            f"is a TorchScript archive, which holds a program: {STATE_DICT_ADVICE} with torch.save"
        )
    return found[0]


def _order(members: Mapping[str, bytes], prefix: str) -> Literal["<", ">"]:
    """The order of bytes: little where nothing is said, as in files before PyTorch 2.1."""
    said = members.get(prefix + _BYTE_ORDER, b"little").strip()
    if said not in (b"little", b"big"):
        raise UnreadablePickleError("says an order of bytes that there is not")
    return ">" if said == b"big" else "<"


def _data(members: Mapping[str, bytes], prefix: str) -> dict[str, bytes]:
    """The storages by key."""
    start = prefix + _DATA
    return {name.removeprefix(start): content for name, content in members.items() if name.startswith(start)}
