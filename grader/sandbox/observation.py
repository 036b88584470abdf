"""What calls did to their arguments, as reported by a child that observes them, against what the grader has sent."""

from __future__ import annotations

import hashlib
import marshal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grader.inputs.argument_types import GeneratorArgument, TorchTensor

from .codec import UndecodableError, decode, parse
from .values import FunctionCall, PlainValue, TableFunction

OBSERVED_MARSHAL_VERSION = 0
"""Of marshal, as in `child/observe.py`."""


@dataclass(frozen=True)
class Observation:
    """One call: whether a value came back and which, and whether the arguments are what was sent."""

    returned: bool
    value: PlainValue
    unchanged: bool


def digest_of(arguments: Sequence[PlainValue]) -> str:
    """What a child must find in the arguments where nothing was written into them."""
    looked_at = [argument for argument in arguments if not isinstance(argument, GeneratorArgument | TableFunction)]
    return hashlib.sha256(marshal.dumps(_held(looked_at), OBSERVED_MARSHAL_VERSION)).hexdigest()


def _held(value: PlainValue) -> Any:
    """What an argument holds, in the form in which `child/observe.py` tells it."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and type(value) is numpy.ndarray:
        return "array", value.shape, value.dtype.str, value
    if isinstance(value, TorchTensor):
        return "tensor", value.array.shape, value.dtype, value.requires_grad, value.array
    if isinstance(value, dict):
        return "dictionary", [(key, _held(entry)) for key, entry in value.items()]
    if isinstance(value, list | tuple):
        return isinstance(value, list), [_held(entry) for entry in value]
    return value


def observations(frames: Sequence[bytes], calls: Sequence[FunctionCall], word: str) -> list[Observation]:
    """One for each call that was answered with the grader's word; the first frame reports loading.

    Raises:
        UndecodableError: for a frame that no child of ours has written.
    """
    found: list[Observation] = []
    for number, frame in enumerate(frames, -1):
        body: list[Any] = parse(frame)
        if len(body) != 4 or body[:2] != [word, number] or type(body[1]) is not int:
            raise UndecodableError("it sent something that is not an answer")
        if number >= 0:
            value = body[2]
            if type(value) is not list or len(value) > 1:
                raise UndecodableError("it sent something that is not an answer")
            unchanged = body[3] == digest_of(calls[number].args)
            found.append(Observation(bool(value), decode(value[0]) if value else None, unchanged))
    return found
