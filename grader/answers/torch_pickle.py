"""The pickle of a PyTorch file as a tree of tensors, numbers, texts, lists and mappings: nothing is imported or called.

A pickle is a program for a stack machine. Here it runs on a machine of our own that knows the few instructions that
`torch.save` writes for such trees. A name of Python (`GLOBAL`) only ever stands for one of the rows of `torch_names`,
which make tensors and mappings of what is on the stack; any other name ends the reading, whatever it would have done.
Steps, depth and sizes are bounded.
"""

from __future__ import annotations

import io
import pickletools
import warnings
from collections.abc import Callable
from typing import Any

from grader.answers.torch_names import PythonName, UnreadablePickleError, known_name, not_state_dict
from grader.answers.torch_tensors import Storages, TensorError

MAX_PICKLE_BYTES = 4 << 20
"""Bytes of the pickle in a PyTorch file; the tensors lie beside it."""

MAX_PICKLE_STEPS = 200_000
"""Instructions of one pickle; a tensor takes about forty."""

MAX_WHOLE_NUMBER_BITS = 64
MAX_PICKLED_NAME_CHARACTERS = 1_000


class _StackMark:
    """Where on the stack the items of a list, tuple or mapping begin."""


_STACK_MARK = _StackMark()


def read_pickle(data: bytes, storages: Storages) -> Any:
    """What a pickle describes: numbers, texts, None, lists, tuples, mappings and `Tensor`s.

    Raises:
        UnreadablePickleError: for every other instruction or name, for damage, and for too much of anything.
    """
    if len(data) > MAX_PICKLE_BYTES:
        raise UnreadablePickleError(f"describes its contents in more than {MAX_PICKLE_BYTES} bytes")
    machine = _Machine(storages)
    with warnings.catch_warnings():  # of escapes in old kinds of text, which cost nothing
        warnings.simplefilter("ignore")
        _run(machine, data)
    return machine.result()


def _run(machine: _Machine, data: bytes) -> None:
    try:
        for step, (opcode, argument, _) in enumerate(pickletools.genops(io.BytesIO(data))):
            if step >= MAX_PICKLE_STEPS:
                raise UnreadablePickleError(f"takes more than {MAX_PICKLE_STEPS} steps to read")
            machine.run(opcode.name, argument)
    except TensorError as error:
        raise UnreadablePickleError(str(error)) from None
    except (ValueError, IndexError, KeyError, TypeError, OverflowError, UnicodeError):
        raise UnreadablePickleError("is damaged: its contents cannot be followed") from None


def _constant(value: Any) -> Any:
    """Text or a number; long numbers take long to work with, and no tensor needs one."""
    if isinstance(value, int) and value.bit_length() > MAX_WHOLE_NUMBER_BITS:
        raise UnreadablePickleError(f"holds a whole number of more than {MAX_WHOLE_NUMBER_BITS} bits")
    return value


def _key(key: Any) -> Any:
    """A key of a mapping: text or a whole number; others could take long to compare."""
    if isinstance(key, str) and len(key) > MAX_PICKLED_NAME_CHARACTERS:
        raise UnreadablePickleError(f"has a name of more than {MAX_PICKLED_NAME_CHARACTERS} characters")
    if not isinstance(key, str | int):
        raise UnreadablePickleError(f"has a mapping by {type(key).__name__}, not by name: save a dictionary by name")
    return key


class _Machine:
    """The stack and the memo; `run` does one instruction."""

    def __init__(self, storages: Storages) -> None:
        self._storages = storages
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}
        self._plain: dict[str, Callable[[], Any]] = {
            "EMPTY_DICT": dict,
            "EMPTY_LIST": list,
            "EMPTY_TUPLE": tuple,
            "NEWTRUE": lambda: True,
            "NEWFALSE": lambda: False,
            "NONE": lambda: None,
            "MARK": lambda: _STACK_MARK,
        }

    def result(self) -> Any:
        """What is left when the pickle has ended."""
        if len(self._stack) != 1:
            raise UnreadablePickleError("is damaged: its contents cannot be followed")
        return self._stack[0]

    def run(self, opcode: str, argument: Any) -> None:
        """One instruction; the stack and the memo are all that it changes."""
        if opcode in self._plain:
            self._stack.append(self._plain[opcode]())
        elif opcode in _CONSTANTS:
            self._stack.append(_constant(argument))
        elif opcode in _WITHOUT_EFFECT:
            pass
        elif opcode in _METHODS:
            getattr(self, _METHODS[opcode])(argument)
        else:
            raise not_state_dict(f"holds more than tensors, numbers and text (a pickle's {opcode})")

    def _popped(self) -> Any:
        item = self._stack.pop()
        if item is _STACK_MARK:
            raise ValueError("an instruction takes what is not there")
        return item

    def _since_mark(self) -> list[Any]:
        at = len(self._stack) - 1
        while self._stack[at] is not _STACK_MARK:  # IndexError where there is none
            at -= 1
        items = self._stack[at + 1 :]
        del self._stack[at:]
        return items

    def _global(self, argument: str) -> None:
        module, _, name = argument.partition(" ")
        self._stack.append(known_name(module, name))

    def _stack_global(self, _: Any) -> None:
        name, module = self._popped(), self._popped()
        self._stack.append(known_name(str(module), str(name)))

    def _call(self, _: Any) -> None:
        arguments, called = self._popped(), self._popped()
        if not isinstance(called, PythonName) or called.call is None or not isinstance(arguments, tuple):
            name = called.name if isinstance(called, PythonName) else type(called).__name__
            raise not_state_dict(f"asks for a call of {name}, which is never done")
        self._stack.append(called.call(*arguments))

    def _set_state(self, _: Any) -> None:
        """What `BUILD` adds to an object: to a mapping the attributes that PyTorch keeps with it, left aside."""
        self._popped()
        if not isinstance(self._stack[-1], dict):
            raise not_state_dict("holds an object with attributes of its own")

    def _storage(self, _: Any) -> None:
        """A storage by what `torch.save` says of it: `("storage", type, key, device, count)`."""
        match self._popped():
            case ("storage", PythonName(name=kind), str(key), str(), int(count)):
                self._stack.append(self._storages.storage(kind, key, count))
            case _:
                raise UnreadablePickleError("is damaged: it names no storage where one should stand")

    def _put(self, argument: int | None) -> None:
        self._memo[len(self._memo) if argument is None else argument] = self._stack[-1]

    def _get(self, argument: int) -> None:
        self._stack.append(self._memo[argument])

    def _pop(self, _: Any) -> None:
        self._stack.pop()

    def _append(self, _: Any) -> None:
        item = self._popped()
        self._list().append(item)

    def _appends(self, _: Any) -> None:
        items = self._since_mark()
        self._list().extend(items)

    def _list(self) -> list[Any]:
        if not isinstance(self._stack[-1], list):
            raise not_state_dict("adds items to something that is no list")
        return self._stack[-1]

    def _set_item(self, _: Any) -> None:
        value, key = self._popped(), self._popped()
        self._set([key, value])

    def _set_items(self, _: Any) -> None:
        self._set(self._since_mark())

    def _set(self, items: list[Any]) -> None:
        mapping = self._stack[-1]
        if not isinstance(mapping, dict) or len(items) % 2:
            raise not_state_dict("adds entries to something that is no mapping")
        for key, value in zip(items[::2], items[1::2], strict=True):
            mapping[_key(key)] = value

    def _tuple(self, count: int) -> None:
        items = [self._popped() for _ in range(count)]
        self._stack.append(tuple(reversed(items)))

    def _tuple1(self, _: Any) -> None:
        self._tuple(1)

    def _tuple2(self, _: Any) -> None:
        self._tuple(2)

    def _tuple3(self, _: Any) -> None:
        self._tuple(3)

    def _tuple_since_mark(self, _: Any) -> None:
        self._stack.append(tuple(self._since_mark()))

    def _list_since_mark(self, _: Any) -> None:
        self._stack.append(self._since_mark())

    def _mapping_since_mark(self, _: Any) -> None:
        items = self._since_mark()
        self._stack.append({})
        self._set(items)


_CONSTANTS = frozenset(
    {
        *("BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "STRING"),
        *("BININT", "BININT1", "BININT2", "LONG1", "LONG4", "BINFLOAT", "INT", "LONG", "FLOAT"),
    }
)
"""Instructions that put what they carry on the stack: text or a number."""
_WITHOUT_EFFECT = frozenset({"PROTO", "FRAME", "STOP"})
_METHODS = {
    "GLOBAL": "_global",
    "STACK_GLOBAL": "_stack_global",
    "REDUCE": "_call",
    "BUILD": "_set_state",
    "BINPERSID": "_storage",
    "BINPUT": "_put",
    "LONG_BINPUT": "_put",
    "PUT": "_put",
    "MEMOIZE": "_put",
    "BINGET": "_get",
    "LONG_BINGET": "_get",
    "GET": "_get",
    "POP": "_pop",
    "APPEND": "_append",
    "APPENDS": "_appends",
    "SETITEM": "_set_item",
    "SETITEMS": "_set_items",
    "TUPLE": "_tuple_since_mark",
    "TUPLE1": "_tuple1",
    "TUPLE2": "_tuple2",
    "TUPLE3": "_tuple3",
    "LIST": "_list_since_mark",
    "DICT": "_mapping_since_mark",
}
