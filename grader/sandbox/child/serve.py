"""The child's conversation: a frame with the program, then frames with calls, which are answered one after the other.

What is sent: `["confined"]`; before each step of loading `[cell, number, line]` (see `program`); then
`["loaded", names, number of losses, [losses]]` or `["raised", type, its ancestors, message, lines]`; then for the n-th
call since the start
`[n, "returned", value]` (of a number or a small array as bytes, see `compact`),
`[n, "returned", value, arguments afterwards]`,
`[n, "raised", type, its ancestors, message, lines]`, `[n, "bad", type, message, where, [parts] or []]` or
`[n, "missing", names, why]`, and after each batch `[n, "end"]`.
Steps of loading and answers to short calls leave many at a time, unless the grader asks for each at once (see
`frames.OutgoingFrames`).
Before the answer to a call come the questions of supplied functions (see `supplied`), each of which is replied to.
A call that took longer than it may is answered with `["slow", wall seconds, processor seconds, answer]`: its own time
runs from when it has its arguments until it has its value, without the waiting for supplied functions; whether it was
the program that was slow or the machine, the grader decides.
"""

from __future__ import annotations

import contextlib
import time
from binascii import a2b_base64
from collections.abc import Callable, Sequence
from typing import Any

from . import frames
from .codec import Codec, dumps, is_supplied
from .failures import described
from .objects import ObjectCalls, ObjectError, classes_in
from .observe import observe
from .plain import NotPlainError
from .program import Announce, ExecutedProgram, Seeds
from .supplied import Waited, supplied

_wall, _processor = time.perf_counter, time.process_time

MAX_UNSENT_S = 0.02  # seconds after which what waits leaves, if a call or step is over: the grader times the next by it
PROCESSOR_READING_S = 0.001  # seconds after which the processor's clock is read again before a call
MAX_ANSWER_FRAME_BYTES = 126 * 1024  # bytes of JSON; a frame may have 128 KiB
MAX_SAID_BYTES = 8 * 1024  # bytes of what is said of a value that cannot be written down


def serve(codec: Codec, seeds: Seeds) -> None:
    """Load the program that the grader sends and answer its calls until it closes its end."""
    frames.send('["confined"]')
    request = frames.receive_program()
    program = ExecutedProgram.of(request)
    seeds.start_from(request["seed"])
    if "observe" in request:
        asked = frames.CallRequest.read(a2b_base64(request.pop("observe")))
        observe(asked, request.pop("word"), program, codec, functions_of(asked.tables, codec))
        return
    try:
        program.run(announcing() if request["together"] else frames.send)
    except BaseException as error:
        frames.send(dumps(["raised", *described(error, program.sources)]))
        return
    frames.send(dumps(["loaded", program.functions(), *program.losses.sent()]))
    server = Server(program, codec, request["call_seconds"])
    while True:
        server.batch(frames.receive_body())


def announcing() -> Announce:
    """What announces steps of loading, several of which leave at once: where one never ends, the others were short."""
    flushed_at = _wall()

    def announce(step: str) -> None:
        nonlocal flushed_at
        frames.OUTGOING.add(frames.framed(step))
        if (now := _wall()) - flushed_at > MAX_UNSENT_S:
            frames.OUTGOING.flush()
            flushed_at = now

    return announce


def functions_of(
    tables: Sequence[Sequence[Any]], codec: Codec, waited: Waited | None = None
) -> list[Callable[..., Any]]:
    """The supplied functions that a batch speaks of."""
    waited = waited or Waited()
    return [supplied(number, name, arity, names, codec, waited) for number, (name, arity, names) in enumerate(tables)]


class Server:
    def __init__(self, program: ExecutedProgram, codec: Codec, call_seconds: float) -> None:
        self.program = program
        self.codec = codec
        self.call_seconds = call_seconds
        self.answered = 0
        self.waited = Waited()
        self.value: Any = None  # of the call at hand, where parts of it are wanted
        self.slow: tuple[float, float] | None = None  # seconds of the wall and the processor, of the call at hand
        self._read_at, self._read = _wall(), _processor()  # when the processor's clock was read last, and what it said

    def batch(self, sent: bytes) -> None:
        """Answer the calls of a request. Nearly all are plain ones, which go the short way, written out here."""
        request = frames.CallRequest.read(sent)
        tables = functions_of(request.tables, self.codec, self.waited)
        outgoing, common, names = frames.OUTGOING, self.codec.common(request.values), self.program.module.__dict__
        together, flushed_at, now = request.together and not tables, _wall(), 0.0
        value, text, waited, limit = self.codec.value, self.codec.text, self.waited, self.call_seconds
        compact = self.codec.compact.of
        for call in request.calls():
            function, frame = names.get(call[0]), None
            if len(call) == 3 and callable(function):
                try:
                    _name, arguments, tagged = call
                    if tagged:
                        arguments = [value(argument, tables, common) for argument in arguments]
                    waited.seconds, began = 0.0, _wall()
                    if began - self._read_at > PROCESSOR_READING_S:
                        self._read_at, self._read = began, _processor()
                    try:
                        result = function(*arguments)
                    finally:
                        if (now := _wall()) - began - waited.seconds > limit:
                            self._note_slow(began)
                    if self.slow is not None or (frame := compact(self.answered, result)) is None:
                        body = self._returned(text(result), None)
                except NotPlainError as problem:
                    body = self._bad(problem, None)
                except BaseException as error:
                    body = self._raised(error)
                result = arguments = None  # how they end is of this call's time
            else:
                body, now = self.answer(call, function, tables, common), _wall()
            if self.slow is not None:
                body = f'["slow",{self.slow[0]!r},{self.slow[1]!r},{body}]'
                self.slow = None
            outgoing.add(frame or frames.framed(body))
            self.answered += 1
            if not together or now - flushed_at > MAX_UNSENT_S:
                outgoing.flush()
                flushed_at = now
        frames.send(f'[{self.answered},"end"]')

    def answer(
        self,
        call: Sequence[Any],
        function: Any,
        tables: Sequence[Callable[..., Any]],
        common: Sequence[Callable[[], Any]],
    ) -> str:
        """The frame that answers a call: [name, arguments, tagged], or [name, arguments, tagged, watch, parts, whole].

        With a seventh part, which says what is done with an object, the name is that of a class. `function` has the
        name in the program, if anything has.

        `parts` are those of the value that are wanted (null: all of it); `whole`: they are wanted only where the whole
        cannot be written down.
        """
        parts = call[4] if len(call) > 3 else None
        if len(call) > 6 and callable(function):
            function = ObjectCalls(call[0], call[6], self.program, self.codec, parts, call[5])
        elif len(call) > 6:
            classes = classes_in(self.program.module.__dict__, self.program.module_name)
            return self._frame("missing", classes, self.program.why_missing(call[0]))
        if not callable(function):
            return self._frame("missing", self.program.functions(), self.program.why_missing(call[0]))
        try:
            return self._returned(self._full(function, call, tables, common), parts)
        except NotPlainError as problem:
            return self._bad(problem, parts)
        except ObjectError as error:
            return self._frame("raised", *error.failure)
        except BaseException as error:
            return self._raised(error)

    def _returned(self, body: str, parts: Sequence[Any] | None) -> str:
        if len(body) > MAX_ANSWER_FRAME_BYTES:
            return self._bad(None, parts)
        return f'[{self.answered},"returned",{body}]'

    def _raised(self, error: BaseException) -> str:
        kind, ancestors, message, lines = described(error, self.program.sources)
        return self._frame("raised", kind, ancestors, self.program.losses.explained(error, str(message)), lines)

    def _note_slow(self, began: float) -> None:
        """Note of a call that took longer than it may how long it took; of the processor, what is surely its own."""
        took, before = _wall() - began - self.waited.seconds, began - self._read_at
        self.slow = took, max(_processor() - self._read - before, 0.0)

    def timed(self, function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
        """What the student's function gives; `slow` says of a call that took longer than it may how long it took."""
        self.waited.seconds, began = 0.0, _wall()
        if began - self._read_at > PROCESSOR_READING_S:
            self._read_at, self._read = began, _processor()
        try:
            return function(*arguments)
        finally:
            if _wall() - began - self.waited.seconds > self.call_seconds:
                self._note_slow(began)

    def _full(
        self,
        function: Callable[..., Any],
        call: Sequence[Any],
        tables: Sequence[Callable[..., Any]],
        common: Sequence[Callable[[], Any]],
    ) -> str:
        _name, sent, _tagged, watch, parts, whole = call[:6]
        arguments = [self.codec.value(argument, tables, common) for argument in sent]
        given = list(arguments)
        self.value = self.timed(function, arguments)
        text = self.codec.text(self.value, None if whole else parts)
        after = [self._after(*pair) for pair in zip(sent, given, strict=True)] if watch else None
        return f"{text},{self.codec.text_of(after)}"

    def _bad(self, problem: NotPlainError | None, parts: Sequence[Any] | None) -> str:
        """The frame for a value that cannot be written down (None: it is too long), with the parts that can be."""
        kind, message, where = "large value", f"more than {MAX_ANSWER_FRAME_BYTES // 1024} KiB when written down", ""
        if problem is not None:
            kind, message, where = problem.type_name, problem.message, problem.where
        sent = "[]"
        if parts is not None:
            with contextlib.suppress(NotPlainError):
                text = self.codec.text(self.value, parts)
                sent = f"[{text}]" if len(text) <= MAX_ANSWER_FRAME_BYTES - MAX_SAID_BYTES else "[]"
        return f"{self._frame('bad', kind, message, where)[:-1]},{sent}]"

    def _after(self, sent: Any, argument: Any) -> Any:
        """An argument after the call; what cannot be written down is another than was given."""
        return None if is_supplied(sent) else self.codec.part(argument, None, -1, "")

    def _frame(self, *parts: Any) -> str:
        return dumps([self.answered, *parts])
