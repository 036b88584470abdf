"""How an answer is typed at a prompt: what is asked for, and in how many lines."""

from __future__ import annotations

from typing import Literal

from grader.deferred import dataclass

TypedForm = Literal["line", "values", "code", "text"]
"""One line; a value for each of several names; Python in several lines; prose in several lines."""


@dataclass(frozen=True)
class AskedValue:
    """A name that gets a value; `optional`: it may be left out."""

    name: str
    what: str
    optional: bool = False


@dataclass(frozen=True)
class AskedAnswer:
    """What is typed to answer a question.

    `what` says it in words. Of code, `defines` is the name that it must define. `shown` are lines to read before.
    """

    form: TypedForm
    what: str
    values: tuple[AskedValue, ...] = ()
    defines: str = ""
    shown: tuple[str, ...] = ()
