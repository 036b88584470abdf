"""A small program of ours, loaded and called in the zygote, so that its children do nothing for the first time.

What the interpreter keeps of a first time (where a type has an attribute, how an instruction is best run, where a
library has a function) is written all over its memory, and a forked child has each page copied that it writes to.
Nothing else of the program is left: no child can tell that there was one.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import json
import linecache
import marshal
import mmap
import os
import sys

from . import frames
from .codec import Codec
from .interactive import display
from .program import STUDENT_MODULE, USUAL_SEED, Seeds
from .serve import serve

WARM_UP_NAME = "<warm-up>"
WARM_UP_SOURCE = '''\
"""Weights and functions as homework has them."""
import math
import numpy as np
from math import exp

LIMIT, RATE = 3, -0.5
weights = [0.1 * i for i in range(3)]

class WarmUpNet:
    """One layer."""
    def __init__(self, w: float = 1.0, *, b=0):
        self.w, self.b = w, b

    def forward(self, x):
        return self.w * x + self.b

def clip(g, c):
    norm = np.linalg.norm(g)
    if norm > c and not c == 0:
        g = g * (c / norm)
    return g

def total(values, start=None):
    """The sum."""
    out = start or 0
    for i, value in enumerate(values):
        out += value ** 2 % 7 if i <= LIMIT else value
    while out < 0:
        out = out + 1
    return out

def described(x):
    try:
        return {"x": [x, math.tanh(x)], f"{x:.2f}": (x, None, True)}[str(x)]
    except KeyError:
        return max((v for v in (x, 1.0)), key=lambda v: -v)

def failing(x):
    raise ValueError(x[0:1])

net = WarmUpNet(2.0, b=1)
assert net.forward(1) == 3
'''
WARM_UP_ARRAY = {"a": ["float64", [1], "AAAAAAAA8D8="]}
WARM_UP_CALLS = [
    ["clip", [{"a": ["float64", [2], "AAAAAAAA8D8AAAAAAADwPw=="]}, 1.0], True],
    ["clip", [{"v": 0}, 0.5], True],
    ["total", [[1, 2.5, -3]], False],
    ["total", [{"t": [1, 2]}, 1], True],
    ["described", [0.25], False],
    ["failing", ["text"], False],
]
POOL_BYTES = 1 << 14  # of memory for objects of one size, as CPython's allocator of small ones takes it (obmalloc.c)
POOL_HEADER_BYTES = 48
SMALL_OBJECT_BYTES = range(16, 513, 16)  # for each of which there are pools
NEW_POOL_ROW = 4  # objects side by side from the start of a pool: it is a new one, as the others are full
MAX_POOL_FILLERS = 4000  # of one size, where the allocator is another one
WARM_UP_ROUNDS = 12  # after 8 times an instruction is run in the way that suits what it has met


def warm_up(codec: Codec, seeds: Seeds) -> None:
    """Load and call it as a child does, on descriptors of a child's, which are closed afterwards."""
    program = {"cells": [[WARM_UP_NAME, WARM_UP_SOURCE]], "notebook": False, "left_out": {}, "late": None}
    settings = {"path": WARM_UP_NAME, "modules": [], "seed": USUAL_SEED, "call_seconds": 1.0, "together": True}
    batch = marshal.dumps([[], [WARM_UP_ARRAY], True, [marshal.dumps(WARM_UP_CALLS)] * WARM_UP_ROUNDS])
    _place(os.memfd_create("program"), frames.PROGRAM_DESCRIPTOR)
    os.write(frames.PROGRAM_DESCRIPTOR, json.dumps(program | settings).encode("ascii"))
    reading, writing = os.pipe()
    for body in (frames.SEALED_FRAME_MARK, batch):
        os.write(writing, frames.FRAME_LENGTH.pack(len(body)) + body)
    os.close(writing)
    _place(reading, frames.REQUESTS_DESCRIPTOR)
    _place(os.open(os.devnull, os.O_WRONLY), frames.ANSWERS_DESCRIPTOR)
    private = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS  # else each child would have it with all others
    frames.OUTGOING.share(mmap.mmap(-1, frames.UNSENT_MEMORY_BYTES, private))
    finders = list(sys.meta_path)
    with contextlib.suppress(frames.ClosedError):
        serve(codec, seeds)
    os.closerange(frames.REQUESTS_DESCRIPTOR, frames.PROGRAM_DESCRIPTOR + 1)
    # Leave nothing of the program behind but names in `builtins`, to which each program gives a value of its own.
    del sys.modules[STUDENT_MODULE]
    sys.modules["builtins"] = builtins
    sys.meta_path[:] = finders
    builtins.get_ipython = display  # type: ignore[attr-defined]  # what stands there knows the program
    linecache.cache.pop(WARM_UP_NAME)
    gc.collect()


def fill_pools() -> list[object]:
    """Objects that take up what is free in the pools in which others lie; they are to be kept.

    What a child makes lies in pools of its own then, side by side. In the gaps between what the zygote has made it
    would write to a page of the zygote's for each few objects, and have each of these pages copied.
    """
    fillers: list[object] = []
    for size in SMALL_OBJECT_BYTES:
        row = following = 0
        for number in range(MAX_POOL_FILLERS):
            fillers.append(_filler(size, number))
            at = id(fillers[-1])
            row = row + 1 if row and at == following else int(at % POOL_BYTES == POOL_HEADER_BYTES)
            following = at + size
            if row == NEW_POOL_ROW:
                break
    return fillers


def _filler(size: int, number: int) -> object:
    """An object of so many bytes, or of a few less, that nothing shares and no collector of garbage walks over."""
    if size <= sys.getsizeof(object()):
        return object()
    empty = sys.getsizeof(b"")
    return bytes(size - empty) if size > empty + 1 else float(number)


def _place(descriptor: int, number: int) -> None:
    os.dup2(descriptor, number)
    os.close(descriptor)
