"""Drawn inputs kept on disk, so that a class meets the same ones whichever process grades it, and draws them once.

They lie in the user's cache folder, each corpus in a file of its own, named by everything that decides what is drawn:
the sets, the seed, how many, the version of Hypothesis and the code that draws. Only inputs are there, never what is
right for them. A file that is missing, damaged or cannot be written costs the time to draw again and nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from grader import hypothesis_corpus
from grader.atomic import write_file
from grader.inputs.drawn_values import Case, Seed, Table
from grader.language.arrays import Array
from grader.user_cache import user_folder

STORE_FOLDER = "inputs"


def stored(what: Sequence[object], drawn: Callable[[], list[Case]]) -> list[Case]:
    """The cases that `what` decides: those on disk, else what `drawn` gives, which is kept."""
    path = _path(what)
    if path is None:
        return drawn()
    if (found := _read(path)) is not None:
        return found
    cases = drawn()
    _keep(path, cases)
    return cases


def _path(what: Sequence[object]) -> Path | None:
    """The file of a corpus; None where this user has no folder for such files."""
    folder = user_folder()
    if folder is None:
        return None
    name = hashlib.sha256(repr((*_drawn_by(), *what)).encode()).hexdigest()
    return folder / STORE_FOLDER / f"{name[:32]}.json"


@cache
def _drawn_by() -> tuple[str, ...]:
    """What decides besides the question: the version of Hypothesis, and the text of the code that draws with it."""
    drawing = [Path(hypothesis_corpus.__file__), *sorted(Path(__file__).parent.glob("*.py"))]
    texts = [path.read_bytes() for path in drawing]
    return version("hypothesis"), hashlib.sha256(b"\0".join(texts)).hexdigest()


def _read(path: Path) -> list[Case] | None:
    """What a file holds; None unless it is whole."""
    try:
        digest, _, text = path.read_text("utf-8").partition("\n")
        if hashlib.sha256(text.encode()).hexdigest() != digest:
            return None
        return [{str(name): value_from(sent) for name, sent in case.items()} for case in json.loads(text)]
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return None


def _keep(path: Path, cases: Sequence[Case]) -> None:
    """Keeps the cases in a file; where it cannot be written, nothing is kept."""
    text = json.dumps([{name: written(value) for name, value in case.items()} for case in cases])
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_file(path, f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}".encode())


def written(value: Any) -> Any:
    """A drawn value as JSON can say it: numbers, text and lists as they are, anything else an object with one key."""
    match value:
        case Array():
            return {"array": [value.shape, [written(entry) for entry in value.entries]]}
        case Table():
            rows = [[[written(part) for part in key], written(result)] for key, result in value.rows.items()]
            return {"table": [value.parameters, rows]}
        case Seed():
            return {"seed": value.seed}
        case tuple():
            return {"tuple": [written(item) for item in value]}
        case dict():
            return {"dictionary": [[key, written(item)] for key, item in value.items()]}
        case list():
            return [written(item) for item in value]
    return value


def value_from(sent: Any) -> Any:
    """The value that `written` wrote.

    Raises:
        ValueError, TypeError: for anything else.
    """
    if isinstance(sent, list):
        return [value_from(item) for item in sent]
    if not isinstance(sent, dict):
        return sent
    ((tag, content),) = sent.items()
    match tag, content:
        case "array", [shape, entries]:
            return Array(tuple(shape), map(value_from, entries))
        case "table", [parameters, rows]:
            made = {tuple(map(value_from, key)): value_from(result) for key, result in rows}
            return Table(tuple(parameters), made)
        case "seed", int(seed):
            return Seed(seed)
        case "dictionary", list(pairs):
            return {str(key): value_from(item) for key, item in pairs}
        case "tuple", list(items):
            return tuple(map(value_from, items))
    raise ValueError(f"{tag!r} is no kind of value")
