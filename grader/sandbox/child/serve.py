"""The child's conversation: a frame with the program, then frames with calls; each answer leaves at once.

What is sent: `["confined"]`; `["loaded", names]`, `["raised", type, message, lines]` or `["refused", message]`;
then for the n-th call since the start `[n, "returned", value]`, `[n, "returned", value, arguments afterwards]`,
`[n, "raised", ...]`, `[n, "bad", type, message]` or `[n, "missing", names]`, and after each batch `[n, "end"]`.
Before the answer to a call come the questions of supplied functions (see `supplied`), each of which is replied to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from . import frames
from .codec import Codec, NotPlainError, dumps, is_supplied
from .failures import described
from .observe import observe
from .program import ExecutedProgram, RefusedError, seed
from .supplied import supplied

MAX_ANSWER_FRAME_BYTES = 126 * 1024  # bytes of JSON; a frame may have 128 KiB


def serve(codec: Codec) -> None:
    """Load the program that the grader sends and answer its calls until it closes its end."""
    frames.send('["confined"]')
    request = frames.receive_program()
    program = ExecutedProgram(request["cells"])
    seed(request["seed"], codec.numpy)
    if "observe" in request:
        observe(request, program, codec, functions_of(request["observe"]["tables"], codec))
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


def functions_of(tables: Sequence[Sequence[Any]], codec: Codec) -> list[Callable[..., Any]]:
    """The supplied functions that a batch speaks of, each each a name, how many arguments it takes, and their names."""
    return [supplied(number, name, arity, parameters, codec) for number, (name, arity, parameters) in enumerate(tables)]


class Server:
    def __init__(self, program: ExecutedProgram, codec: Codec) -> None:
        self.program = program
        self.codec = codec
        self.answered = 0

    def batch(self, request: dict[str, Any]) -> None:
        tables = functions_of(request["tables"], self.codec)
        send, answer = frames.send, self.answer
        for call in request["calls"]:
            send(answer(call, tables))
            self.answered += 1
        send(f'[{self.answered},"end"]')

    def answer(self, call: Sequence[Any], tables: Sequence[Callable[..., Any]]) -> str:
        """The frame that answers `call`, which is [name, arguments, tagged] or [name, arguments, tagged, watch]."""
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
        if len(body) > MAX_ANSWER_FRAME_BYTES:
            return self._frame(
                "bad", "large value", f"more than {MAX_ANSWER_FRAME_BYTES // 1024} KiB when written down"
            )
        return f'[{self.answered},"returned",{body}]'

    def _full(self, function: Callable[..., Any], call: Sequence[Any], tables: Sequence[Callable[..., Any]]) -> str:
        _name, sent, _tagged, watch = call
        arguments = [self.codec.value(argument, tables) for argument in sent]
        given = list(arguments)
        value = self.codec.plain(function(*arguments), 0)
        after = [self._after(*pair) for pair in zip(sent, given, strict=True)] if watch else None
        return f"{self.codec.text_of(value)},{self.codec.text_of(after)}"

    def _after(self, sent: Any, argument: Any) -> Any:
        return None if is_supplied(sent) else self.codec.plain(argument, 0)

    def _frame(self, *parts: Any) -> str:
        return dumps([self.answered, *parts])
