"""The names of Python that may stand in the pickle of a PyTorch file, and what is made where the pickle calls them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grader.answers.torch_tensors import rebuilt_tensor

STATE_DICT_ADVICE = "save model.state_dict(), or a dictionary of tensors by name"


class UnreadablePickleError(Exception):
    """A pickle that is not as `torch.save` writes state dicts; says why, as the end of a sentence about the file."""


@dataclass(frozen=True)
class PythonName:
    """A name of Python that may stand in a pickle, and what is made where the pickle calls it."""

    name: str
    call: Callable[..., Any] | None = None


def not_state_dict(what: str) -> UnreadablePickleError:
    """What is said of a file with more in it than tensors, numbers and text."""
    return UnreadablePickleError(f"{what}: {STATE_DICT_ADVICE}")


def _empty_mapping(*items: Any) -> dict[Any, Any]:
    """An `OrderedDict` or `defaultdict` as it is pickled: made empty, and filled by later instructions."""
    if any(isinstance(item, list | dict) for item in items):
        raise not_state_dict("holds a mapping that is made of another one")
    return {}


def _first(*items: Any) -> Any:
    """A parameter as its tensor, a `torch.Size` as its tuple."""
    if not items:
        raise ValueError("a call without what it needs")
    return items[0]


_CALLABLE_NAMES: dict[str, Callable[..., Any]] = {
    "collections.OrderedDict": _empty_mapping,
    "collections.defaultdict": _empty_mapping,
    "torch.Size": _first,
    "torch._utils._rebuild_parameter": _first,
    "torch._utils._rebuild_parameter_with_state": _first,
    "torch._utils._rebuild_tensor": rebuilt_tensor,
    "torch._utils._rebuild_tensor_v2": rebuilt_tensor,
    "torch._utils._rebuild_tensor_v3": rebuilt_tensor,
}

_DTYPE_NAMES = (
    *("float64", "float32", "float16", "bfloat16", "double", "float", "half", "complex32", "complex64", "complex128"),
    *("int64", "int32", "int16", "int8", "uint64", "uint32", "uint16", "uint8", "bool"),
    *("float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz"),
)
_STORAGE_NAMES = (
    *("Double", "Float", "Half", "BFloat16", "Long", "Int", "Short", "Char", "Byte", "Bool"),
    *("ComplexDouble", "ComplexFloat", "QInt8", "QUInt8", "QInt32"),
)
_NAMES = {
    **{name: PythonName(name, call) for name, call in _CALLABLE_NAMES.items()},
    **{name: PythonName(name) for name in (f"torch.{dtype}" for dtype in _DTYPE_NAMES)},
    **{name: PythonName(name) for name in (f"torch.{kind}Storage" for kind in _STORAGE_NAMES)},
    "torch.storage.UntypedStorage": PythonName("torch.storage.UntypedStorage"),
}
"""Every name of Python that may stand in a pickle."""


def known_name(module: str, name: str) -> PythonName:
    """The row of a name; any other ends the reading, by its name."""
    full = f"{module}.{name}"
    if full in _NAMES:
        return _NAMES[full]
    shown = full if full.isprintable() and len(full) <= 100 else ascii(full)[:100]
    if module == "__main__" or module.startswith("torch.nn.modules"):
        raise not_state_dict(f"holds a whole model ({shown}), which is never made here")
    if module.split(".")[0] == "numpy":
        raise not_state_dict(f"holds an object of NumPy ({shown}), of which torch.from_numpy makes a tensor")
    raise not_state_dict(f"holds {shown}, which is neither read nor run")
