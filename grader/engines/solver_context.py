"""New contexts of z3, and the memory that one leaves for the next."""

from __future__ import annotations

from functools import cache

import z3

LARGEST_FREED_BYTES = 31 * 2**20
"""A block just below 32 MiB, the largest whose size glibc takes into account when it is freed."""


def new_context() -> z3.Context:
    """A context with nothing in it, in which an interrupt is Python's to raise."""
    _keep_freed_memory()
    context = z3.Context()
    z3.Z3_set_error_handler(context.ref(), 0)  # its own handler does nothing, but an interrupt would be lost in it
    return context


@cache
def _keep_freed_memory() -> None:
    """Has the C library keep what a context gives back, once in each process.

    A context has two tables of 8 MiB. Where these lie at the end of the heap, which is chance, glibc hands their pages
    back to the system at the end of each context and asks for them anew, at the price of a proof: it keeps no more
    there than twice the largest block that was freed before. So a larger one is freed first. No other library minds.
    """
    bytearray(LARGEST_FREED_BYTES)
