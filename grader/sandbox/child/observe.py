"""What calls do to their arguments, seen from where the student's code does not reach.

The grader sends the calls together with the program, so all arguments are made before a line of the student's runs. The
student's code runs in threads of its own, whose stacks begin with `run` and hold nothing of this module. The main
thread, between the calls, uses C functions and its own local variables alone: nothing that could be replaced. Each
frame carries a random word of the grader's, which is in no object that can be looked up, so no frame can be forged
(but by code that reads the raw memory of its process).
What would show another thread's variables, or run code in it, is refused by an audit hook, which nobody can remove.
"""

from __future__ import annotations

import _imp
import _thread
import contextlib
import gc
import hashlib
import importlib
import marshal
import os
import struct
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .codec import Codec, is_supplied
from .frames import ANSWERS_DESCRIPTOR, CallRequest
from .objects import ObjectCalls
from .program import ExecutedProgram

MAX_OBSERVED_BYTES = 126 * 1024  # bytes of JSON; a frame may have 128 KiB
MARSHAL_VERSION = 0  # of marshal: the same bytes for equal values, whether or not their parts are shared or interned
REFUSED_EVENTS = frozenset({
    "gc.get_objects", "gc.get_referents", "gc.get_referrers", "sys._current_exceptions", "sys._current_frames",
    "sys.addaudithook", "sys.monitoring.register_callback", "sys.setprofile", "sys.settrace",
})  # fmt: skip

# Runs in a thread of its own, with neither globals nor built-in functions that would lead further.
TRAMPOLINE = """
def run(text, parts, whole, names, name, arguments, box, done):
    try:
        box.append(text(names[name](*arguments), parts, whole))
    except:
        box.append(None)
    finally:
        done.release()
"""


def observe(
    asked: CallRequest, word: str, program: ExecutedProgram, codec: Codec, tables: Sequence[Callable[..., Any]]
) -> None:
    """Answer every call with a frame [word, number, [value] or [], digest of the arguments afterwards]."""
    common = codec.common(asked.values)
    calls = tuple(_made(call, program, codec, tables, common) for call in asked.calls())
    run = _trampoline()
    _shut()
    _answer_all(calls, program, codec.text_or_parts, run, word)


def _made(
    call: Sequence[Any],
    program: ExecutedProgram,
    codec: Codec,
    tables: Sequence[Callable[..., Any]],
    common: Sequence[Callable[[], Any]],
) -> tuple[Any, ...]:
    """Where the function is found and its name, its arguments, those that are looked at, and what tells what they hold.

    Then what of the value is wanted: parts, and whether the whole is. A function is found among the names of the
    program, which has not run yet; what makes an object and calls it is one of its own.
    """
    arguments = tuple(codec.value(argument, tables, common) for argument in call[1])
    looked_at = [argument for sent, argument in zip(call[1], arguments, strict=True) if not is_supplied(sent)]
    _watch, parts, whole, *script = call[3:] or (False, None, True)
    names = program.module.__dict__
    if script:
        names = {call[0]: ObjectCalls(call[0], script[0], program, codec, parts, whole)}
    return names, call[0], arguments, looked_at, _holder(codec.array, codec.tensor_states(looked_at)), parts, whole


def _holder(array: type | None, tensors: Mapping[int, Callable[[], Any]]) -> Callable[[Any], Any]:
    """What tells, as marshal can write it, what an argument holds, down to the arrays and tensors inside it.

    It looks up no name but its own variables, and calls nothing that is not written in C. What is no longer of a type
    that the grader sends is left as it is, for marshal to refuse.
    """
    kind_of, number_of, dictionary, sequence, fixed = type, id, dict, list, tuple

    def held(value: Any) -> Any:
        kind = kind_of(value)
        if kind is array:
            return "array", value.shape, value.dtype.str, value
        if kind is dictionary:
            return "dictionary", [(key, held(entry)) for key, entry in value.items()]
        if kind is sequence or kind is fixed:
            return kind is sequence, [held(entry) for entry in value]
        tensor = tensors.get(number_of(value))
        return value if tensor is None else tensor()

    return held


def _trampoline() -> Callable[..., None]:
    names: dict[str, Any] = {"__builtins__": {}}
    exec(TRAMPOLINE, names)  # noqa: S102  # so that its frame leads to no module of the grader's
    return names["run"]  # type: ignore[no-any-return]  # what TRAMPOLINE defines


def _shut() -> None:
    """No way to another thread's variables, and no finalizer of the student's in the main thread."""
    for name in sys.builtin_module_names:  # a second copy of one would bring back what is taken away here
        if name not in sys.modules:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
    del _imp.create_builtin
    gc.disable()
    del gc.enable

    def refuse(event: str, _details: Any, refused: Any = REFUSED_EVENTS, error: Any = RuntimeError) -> None:
        if event in refused or event[:7] == "ctypes.":
            raise error

    sys.addaudithook(refuse)


def _answer_all(
    calls: Sequence[tuple[Any, ...]],
    program: ExecutedProgram,
    text: Callable[..., str],
    run: Callable[..., None],
    word: str,
) -> None:
    """Load the program and make the calls; from the first thread on, no name is looked up but local ones."""
    start, lock, dumps, digest = _thread.start_new_thread, _thread.allocate_lock, marshal.dumps, hashlib.sha256
    write, pack, kind, size, string, version, end = (
        os.write,
        struct.pack,
        type,
        len,
        str,
        MARSHAL_VERSION,
        ANSWERS_DESCRIPTOR,
    )
    most = MAX_OBSERVED_BYTES
    broken = (ValueError, TypeError, MemoryError, RuntimeError, RecursionError, BufferError)
    kept: list[Any] = []  # what threads leave behind is not freed here, where its finalizers would run
    loading: tuple[Any, ...] = ({"": program.run}, "", (), [], _holder(None, {}), None, True)
    number = -1
    for names, name, arguments, looked_at, held, parts, whole in (loading, *calls):
        box: list[Any] = []
        done = lock()
        done.acquire()
        start(run, (text, parts, whole, names, name, arguments, box, done))
        done.acquire()
        kept += (box, done)
        try:
            seen = digest(dumps(held(looked_at), version)).hexdigest()
        except broken:
            seen = ""  # it holds something now that was never sent
        value: Any = box[0] if box else None
        plain = kind(value) is string and value.isascii() and size(value) <= most
        body = f'["{word}",{number},[{value if plain else ""}],"{seen}"]'.encode("ascii")
        data = pack("<I", size(body)) + body
        while data:
            data = data[write(end, data) :]
        number += 1
