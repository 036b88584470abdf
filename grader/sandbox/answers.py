"""Frames of a child, as replies; whatever is not exactly what an honest child sends is `UndecodableError`."""

from __future__ import annotations

import re
from typing import Any, Protocol

from .codec import UndecodableError, decode, decode_part, parse, text_of
from .compact import compact_reply, is_compact
from .replies import BadValue, LoadedProgram, LoadLoss, MissingFunction, Raised, Reply, Returned, SlowReply
from .values import FailedStep, UnreadablePart

MALFORMED_REPLY = "it sent something that is not an answer"
UNREQUESTED_REPLY = "it sent an answer that nobody had asked for"
# What differs from run to run or machine to machine in a message: addresses, and where Python is installed.
ADDRESS_PATTERN = re.compile(r"\b0x[0-9a-fA-F]{6,}")
PATH_PATTERN = re.compile(r"/[^\s'\"(),:]*+")  # possessive: linear in the text
INSTALLED_PATTERN = re.compile(r"/(?=(?:site-packages|python3\.\d+)/)")

MAX_REPLY_NAME_CHARACTERS = 80  # of a function, a type or a table
MAX_MESSAGE_CHARACTERS = 1_000  # of an exception
MAX_LINE_CHARACTERS = 300  # of a traceback
MAX_TRACEBACK_LINES = 16  # of a traceback
MAX_REPLY_NAMES = 100  # of functions
MAX_REPORTED_LOSSES = 40  # of statements that stopped while a program was loaded
MAX_REPORTED_LOSS_CHARACTERS = 300  # of the message of one


def stable(text: str) -> str:
    """`text` without what differs between two runs of the same code."""
    return PATH_PATTERN.sub(_relative, ADDRESS_PATTERN.sub("0x…", text)) if "/" in text or "0x" in text else text


def _relative(found: re.Match[str]) -> str:
    """A path without the folders that Python is installed in."""
    path = found.group()
    start = max((folder.start() for folder in INSTALLED_PATTERN.finditer(path)), default=0)
    return f"…{path[start:]}" if start else path


def cut(text: str, most: int) -> str:
    """At most so many characters of a child's text, and how many more there were; what is not printable is escaped."""
    shown = text[:most]
    if not shown.isprintable():
        shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in shown)
    return f"{shown}... ({len(text) - most} more characters)" if len(text) > most else shown


def name_of(sent: Any) -> str:
    """A name that a child sent, cut and escaped."""
    return cut(text_of(sent), MAX_REPLY_NAME_CHARACTERS)


def message_of(sent: Any) -> str:
    """A message that a child sent, cut and escaped, without what differs between two runs."""
    return stable(cut(text_of(sent), MAX_MESSAGE_CHARACTERS))


class CellNames(Protocol):
    """How the cells of a program are called."""

    def has(self, cell: int) -> bool: ...
    def place(self, cell: int) -> str: ...


def load_of(body: bytes, cells: CellNames) -> LoadedProgram | Raised:
    """How loading went, from the frame that ends it."""
    match parse(body):
        case ["loaded", list() as names, int() as lost, list() as losses]:
            found = tuple(_loss(loss, number, cells) for number, loss in enumerate(losses[:MAX_REPORTED_LOSSES]))
            return LoadedProgram(tuple(map(name_of, names[:MAX_REPLY_NAMES])), found, max(lost, len(found)))
        case ["raised", *parts]:
            return _raised(parts)
    raise UndecodableError(MALFORMED_REPLY)


def _loss(sent: Any, number: int, cells: CellNames) -> LoadLoss:
    match sent:
        case [int() as cell, int() as line, kind, message, int() as root] if cells.has(cell) and 0 <= root <= number:
            text = cut(text_of(message), MAX_REPORTED_LOSS_CHARACTERS)
            return LoadLoss(cells.place(cell), max(int(line), 0), name_of(kind), stable(text), root)
    raise UndecodableError(MALFORMED_REPLY)


def is_end(body: bytes, number: int) -> bool:
    """True if it is the frame that ends a batch after which `number` calls have been answered."""
    return not is_compact(body) and parse(body) == [number, "end"]


def reply_of(body: bytes, number: int, function: str) -> Reply | SlowReply:
    """The reply to the child's call `number`, which was of `function`."""
    if is_compact(body):
        answered, reply = compact_reply(body)
        if answered != number:
            raise UndecodableError(UNREQUESTED_REPLY)
        return reply
    frame = parse(body)
    if frame and frame[0] == "slow":
        match frame:
            case [_, float() as wall, float() as processor, list() as answer]:
                return SlowReply(_reply(answer, body, number, function), wall, processor)
        raise UndecodableError(MALFORMED_REPLY)
    return _reply(frame, body, number, function)


def _reply(frame: list[Any], body: bytes, number: int, function: str) -> Reply:
    if len(frame) == 3 and frame[0] == number and type(frame[0]) is int and frame[1] == "returned":
        return Returned(decode(frame[2]), size=len(body))  # nearly all are
    if len(frame) < 3 or type(frame[0]) is not int:
        raise UndecodableError(UNREQUESTED_REPLY if frame[1:] == ["end"] else MALFORMED_REPLY)
    if frame[0] != number:
        raise UndecodableError(UNREQUESTED_REPLY)
    kind, parts = frame[1], frame[2:]
    if kind == "returned" and len(parts) == 2:
        return _returned(parts[0], parts[1], len(body))
    if kind == "raised":
        return _raised(parts)
    if kind == "bad" and len(parts) == 4:
        return _bad_value(parts, len(body))
    if kind == "missing" and len(parts) == 2 and type(parts[0]) is list:
        return MissingFunction(function, tuple(map(name_of, parts[0][:MAX_REPLY_NAMES])), message_of(parts[1]))
    raise UndecodableError(MALFORMED_REPLY)


def _raised(parts: list[Any]) -> Raised:
    match parts:
        case [kind, list() as ancestors, message, list() as sent]:
            lines = tuple(cut(text_of(line), MAX_LINE_CHARACTERS) for line in sent[-MAX_TRACEBACK_LINES:])
            return Raised(name_of(kind), message_of(message), lines, tuple(map(name_of, ancestors[:MAX_REPLY_NAMES])))
    raise UndecodableError(MALFORMED_REPLY)


def bad_part(part: UnreadablePart) -> BadValue:
    """What a reply is for whoever needs a part that could not be written down."""
    where = cut(part.where, MAX_MESSAGE_CHARACTERS)
    return BadValue(stable(name_of(part.type_name)), message_of(part.message), where)


def failed_step(step: FailedStep) -> Raised:
    """What a reply is for whoever needs the value of a step that raised."""
    return _raised([step.type_name, list(step.ancestors), step.message, list(step.lines)])


def _bad_value(parts: list[Any], size: int) -> BadValue:
    kind, message, where, sent = parts
    if type(sent) is not list or len(sent) > 1:
        raise UndecodableError(MALFORMED_REPLY)
    there = Returned(decode(sent[0]), size=size) if sent else None
    return BadValue(stable(name_of(kind)), message_of(message), cut(text_of(where), MAX_MESSAGE_CHARACTERS), there)


def _returned(value: Any, after: Any, size: int) -> Returned:
    if after is not None and type(after) is not list:
        raise UndecodableError(MALFORMED_REPLY)
    return Returned(decode(value), None if after is None else tuple(map(decode_part, after)), size=size)
