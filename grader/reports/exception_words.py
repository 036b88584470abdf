"""Faults of the grader in words of people who do not write Python: no name of an exception class is left in them."""

from __future__ import annotations

import re
from collections.abc import Mapping

EXCEPTION_WORDS: Mapping[str, str] = {
    "AssertionError": "something that must hold does not",
    "AttributeError": "a part that is asked for is not there",
    "EOFError": "the data ends too soon",
    "FileNotFoundError": "a file is not there",
    "HarnessError": "the grader could not go on",
    "ImportError": "a module cannot be loaded",
    "IndexError": "a position that is asked for is not there",
    "JSONDecodeError": "it is not JSON",
    "KeyError": "a name that is asked for is not there",
    "MemoryError": "the memory was not enough",
    "ModuleNotFoundError": "a module is not there",
    "NameError": "a name is used that is not defined",
    "NotImplementedError": "a part of it is not written",
    "OSError": "the system refused something",
    "OverflowError": "a number is too large",
    "PermissionError": "the system does not allow it",
    "RecursionError": "something is nested too deeply",
    "SpecError": "the spec cannot be used",
    "SubmissionError": "the submission cannot be used",
    "TimeoutError": "it took too long",
    "TypeError": "a value is of another kind than is wanted",
    "UnicodeDecodeError": "a text is not UTF-8",
    "ValueError": "a value cannot be used",
    "ZeroDivisionError": "a number was divided by zero",
}
"""What an exception says, where its name stands before its text."""

UNFORESEEN_FAULT = "a fault that nobody foresaw"
"""Of every other exception."""

_ENDINGS = "Error|Exception|Interrupt|Iteration|Warning"
EXCEPTION_NAME = re.compile(rf"\b(?:[a-z_]\w*\.)*([A-Z]\w*(?:{_ENDINGS})|BadZipFile)\b(\(\))?")


def in_readers_words(text: str) -> str:
    """The text with each name of an exception written as what it means."""
    return EXCEPTION_NAME.sub(lambda found: EXCEPTION_WORDS.get(found[1], UNFORESEEN_FAULT), text)
