"""PyTorch's tensors in a submission's process: read and made where the course allows torch, which is never loaded here.

Only exact tensors and parameters are read, by torch's own functions in C as they were before any code of the student's
ran: no `__torch_function__` and no method of the student's is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

WIDENED_DTYPES = ("bfloat16", "float8_e4m3fn", "float8_e5m2")  # those that NumPy lacks are sent in float32, exactly


class UnreadableTensorError(Exception):
    """A tensor whose numbers cannot be read; the message says why, and what to return instead."""


class Tensors:
    """`torch` is the module, with what it is made of while nobody else has changed it."""

    def __init__(self, torch: Any) -> None:
        base = torch._C.TensorBase
        self.tensor: type = torch.Tensor
        self.kinds = (torch.Tensor, torch.nn.Parameter)
        self._parameter = torch.nn.Parameter
        self._undisturbed = torch._C.DisableTorchFunction
        self._strided, self._float32 = torch.strided, torch.float32
        self._dtypes = {getattr(torch, name): name for name in DTYPES if hasattr(torch, name)}
        self._widened = {dtype for dtype, name in self._dtypes.items() if name in WIDENED_DTYPES}
        self._by_name = {name: dtype for dtype, name in self._dtypes.items()}
        self._from_numpy = torch.from_numpy
        self._detach, self._numpy, self._to, self._clone = base.detach, base.numpy, base.to, base.clone
        self._resolved, self._track = base.resolve_neg, base.requires_grad_
        self._pointer, self._stride = base.data_ptr, base.stride
        self._layout, self._dtype, self._device = base.layout.__get__, base.dtype.__get__, base.device.__get__
        self._requires_grad, self._shape, self._nested = (
            base.requires_grad.__get__,
            base.shape.__get__,
            base.is_nested.__get__,
        )

    def shape(self, value: Any) -> tuple[int, ...]:
        """The shape of a tensor that is strided.

        Raises:
            UnreadableTensorError: for one that is not.
        """
        layout, device = self._layout(value), self._device(value).type
        if layout is not self._strided or self._nested(value):
            name = "a nested" if self._nested(value) else f"a {str(layout).removeprefix('torch.')}"
            raise UnreadableTensorError(f"{name} tensor; return a dense one (.to_dense())")
        if device != "cpu":
            what = ", which holds no numbers" if device == "meta" else "; return it with .cpu()"
            raise UnreadableTensorError(f"a tensor on the device {device!r}{what}")
        return tuple(self._shape(value))

    def array(self, value: Any) -> Any:
        """The numbers of a strided tensor as a NumPy array.

        Raises:
            UnreadableTensorError: for numbers of another kind.
        """
        dtype = self._dtype(value)
        if dtype not in self._dtypes:
            name = str(dtype).removeprefix("torch.")
            raise UnreadableTensorError(f"a tensor of {name}; tensors of booleans, integers and floats are taken")
        try:
            with self._undisturbed():
                plain = self._resolved(self._detach(value))
                return self._numpy(self._to(plain, self._float32) if dtype in self._widened else plain)
        except (RuntimeError, TypeError, ValueError) as error:
            raise UnreadableTensorError(f"a tensor that cannot be read ({str(error)[:200]})") from None

    def kind(self, value: Any) -> tuple[str, bool]:
        """The name of the type of a tensor's numbers, and whether its gradient is tracked."""
        return self._dtypes[self._dtype(value)], bool(self._requires_grad(value))

    def made(self, array: Any, dtype: str, requires_grad: bool) -> Any:
        """A new tensor with the numbers of an array, in memory of its own."""
        with self._undisturbed():
            tensor = self._to(self._clone(self._from_numpy(array)), self._by_name[dtype])
            return self._track(tensor) if requires_grad else tensor

    def as_parameter(self, value: Any, present: Any) -> Any:
        """A tensor for an attribute that holds `present`: a parameter where that is one."""
        if type(present) is not self._parameter or type(value) is not self.tensor:
            return value
        return self._parameter(self._detach(value), requires_grad=self.kind(value)[0].startswith(("float", "bfloat")))

    def states(self, arguments: Any) -> dict[int, Callable[[], Any]]:
        """What tells the state of each tensor in some arguments, by the number of the object.

        It looks up no name but its own variables, and calls nothing that is not written in C.
        """
        return {id(tensor): self._state(tensor) for tensor in self._found(arguments)}

    def _found(self, value: Any) -> Iterator[Any]:
        if type(value) is self.tensor:
            yield value
        elif type(value) in (list, tuple, dict):
            for entry in value.values() if type(value) is dict else value:
                yield from self._found(entry)

    def _state(self, tensor: Any) -> Callable[[], Any]:
        shape_of, tracked, pointer_of, stride_of, dtype_of = (
            self._shape,
            self._requires_grad,
            self._pointer,
            self._stride,
            self._dtype,
        )
        numbers, dtype, name = self.array(tensor), self._dtype(tensor), self.kind(tensor)[0]
        pointer, stride, fixed = pointer_of(tensor), stride_of(tensor), tuple

        def state() -> Any:
            there = pointer_of(tensor) == pointer and stride_of(tensor) == stride and dtype_of(tensor) is dtype
            return "tensor", fixed(shape_of(tensor)), name if there else "", tracked(tensor), numbers

        return state


DTYPES = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64", *WIDENED_DTYPES),
)
