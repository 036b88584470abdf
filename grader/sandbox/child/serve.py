"""The child's conversation: a frame with the program, then frames with calls; each answer leaves at once.

What is sent: `["confined"]`; `["loaded", names]`, `["raised", type, message, lines]` or `["refused", message]`;
then for the n-th call since the start `[n, "returned", value]`, `[n, "returned", value, extras]`, `[n, "raised", ...]`,
`[n, "bad", type, message]` or `[n, "missing", names]`, and after each batch `[n, "end"]`.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from . import frames
from .codec import Codec, NotPlainError, dumps
from .failures import described
from .observe import observe
from .program import ExecutedProgram, RefusedError, seed
from .supplied import SuppliedFunction, key_of

LARGEST_ANSWER = 126 * 1024  # bytes of JSON; a frame may have 128 KiB


def serve(codec: Codec) -> None:
    """Load the program that the grader sends and answer its calls until it closes its end."""
    frames.send('["confined"]')
    request = frames.receive_program()
    program = ExecutedProgram(request["cells"])
    seed(request["seed"], codec.numpy)
    if "observe" in request:
        made = Server(program, codec, deque(maxlen=0))
        observe(request, program, codec, [made.table(*table) for table in request["observe"]["tables"]])
        return
    try:
        program.run()
    except RefusedError as problem:
        frames.send(dumps(["refused", str(problem)]))
        return
    except BaseException as error:
        frames.send(dumps(["raised", *described(error, program.sources)]))
        return
    frames.send(dumps(["loaded", program.functions()]))
    server = Server(program, codec)
    while True:
        server.batch(frames.receive())


class Server:
    def __init__(self, program: ExecutedProgram, codec: Codec, observed: Any = None) -> None:
        """`observed`: where calls of supplied functions are appended, if not to a list of its own."""
        self.program = program
        self.codec = codec
        self.answered = 0
        self.observed: Any = [] if observed is None else observed

    def batch(self, request: dict[str, Any]) -> None:
        tables = [self.table(*table) for table in request["tables"]]
        send, answer = frames.send, self.answer
        for call in request["calls"]:
            send(answer(call, tables))
            self.answered += 1
        send(f'[{self.answered},"end"]')

    def answer(self, call: Sequence[Any], tables: Sequence[SuppliedFunction]) -> str:
        """The frame that answers `call`, which is [name, arguments, tagged] or [name, arguments, keywords, watch]."""
        function = self.program.module.__dict__.get(call[0])
        if not callable(function):
            return self._frame("missing", self.program.functions())
        try:
            if len(call) == 3:
                _name, arguments, tagged = call
                if tagged:
                    arguments = [self.codec.value(argument, tables) for argument in arguments]
                body = self.codec.text(function(*arguments))
            else:
                body = self._full(function, call, tables)
        except NotPlainError as problem:
            return self._frame("bad", problem.type_name, problem.message)
        except BaseException as error:
            return self._frame("raised", *described(error, self.program.sources))
        if len(body) > LARGEST_ANSWER:
            return self._frame("bad", "large value", f"more than {LARGEST_ANSWER // 1024} KiB when written down")
        return f'[{self.answered},"returned",{body}]'

    def _full(self, function: Callable[..., Any], call: Sequence[Any], tables: Sequence[SuppliedFunction]) -> str:
        _name, sent, keywords, watch = call
        self.observed.clear()
        arguments = [self.codec.value(argument, tables) for argument in sent]
        named = {name: self.codec.value(argument, tables) for name, argument in keywords.items()}
        given = list(arguments)
        generators = [value for value in (*arguments, *named.values()) if self._is_generator(value)]
        before = [_state(generator) for generator in generators]
        value = self.codec.plain(function(*arguments, **named), 0)
        extras = {
            "after": [self._after(argument) for argument in given] if watch else None,
            "observed": [[name, self._arguments(used), self.codec.plain(got, 0)] for name, used, got in self.observed],
            "generators": [[old, _state(generator)] for old, generator in zip(before, generators, strict=True)],
        }
        return f"{self.codec.text_of(value)},{self.codec.text_of(extras)}"

    def _arguments(self, used: Sequence[Any]) -> list[Any]:
        return [self.codec.plain(argument, 0) for argument in used]

    def _after(self, argument: Any) -> Any:
        supplied = type(argument) is SuppliedFunction or self._is_generator(argument)
        return None if supplied else self.codec.plain(argument, 0)

    def _is_generator(self, value: Any) -> bool:
        numpy = self.codec.numpy
        return numpy is not None and type(value) is numpy.random.Generator

    def table(self, name: str, arity: int, rows: Sequence[Any]) -> SuppliedFunction:
        made = {}
        for arguments, result in rows:
            key = key_of(tuple(self.codec.value(argument, ()) for argument in arguments))
            made[key] = lambda result=result: self.codec.value(result, ())
        return SuppliedFunction(name, arity, made, self.observed)

    def _frame(self, *parts: Any) -> str:
        return dumps([self.answered, *parts])


def _state(generator: Any) -> str:
    """A fingerprint of where a generator stands: the same for two that will draw the same numbers."""
    state = generator.bit_generator.state
    return hashlib.sha256(repr(sorted(state.items(), key=repr)).encode()).hexdigest()[:16]
