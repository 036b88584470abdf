"""What of a function question travels in a student's copy: its inputs, and the lines that do not say the answer."""

from __future__ import annotations

from grader.kinds.copies import COMMON_KEYS, PlainDocument, kept
from grader.kinds.function.aims.table import AIMS, aims_of_parts

COPIED_FUNCTION_KEYS = (
    *("signature", "class", "inputs", "returns", "assume", "network"),
    *("credit", "cases", "seed", "call_seconds"),
)
COPIED_FUNCTION_LINE_KEYS = ("inputs", "exhaustive", "cases", "rtol", "atol", "nan")


def copied_function(root: PlainDocument) -> PlainDocument:
    """The part of a question's mapping that travels."""
    name = root.get("signature", "").partition("(")[0].strip()  # nothing calls a class in a property
    checks = [_check(check, name, number) for number, check in enumerate(root["checks"], start=1)]
    return {**kept(root, COMMON_KEYS), **kept(root, COPIED_FUNCTION_KEYS), "checks": checks}


def _check(check: PlainDocument, function: str, number: int) -> PlainDocument:
    """A line of a function as it travels; what is hidden, or knows the right answer, waits for the course.

    Such a line goes without its name, which may say what the line knows.
    """
    if check.get("hidden") == "true" or _knows(check, function):
        return {"name": f"line {number}, which waits for the course", "points": check["points"], "waits": "true"}
    of_parts = (*(aim.key() for aim in aims_of_parts()), "points", "rtol", "atol")
    partly = [kept(part, of_parts) for part in check.get("partly", []) if not _knows(part, function)]
    sorts = {name: key.sort for aim in AIMS for name, key in aim.keys.items()}
    stated, words = ([name for name, sort in sorts.items() if (sort == "words") is last] for last in (False, True))
    keys = ("name", "points", "when", *stated, *COPIED_FUNCTION_LINE_KEYS, *words)
    return {**kept(check, keys), **({"partly": partly} if partly else {})}


def _knows(written: PlainDocument, function: str) -> bool:
    """Whether a line or a part of one has the right answer in it, or names Python that has."""
    return any(aim.tells_answer(written[aim.key()], function) for aim in AIMS if aim.key() in written)
