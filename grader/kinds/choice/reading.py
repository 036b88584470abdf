"""Choices as people write them: `a, b`, `[a b]` and `(a)` where nothing else can be meant."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from grader.documents import ScalarNode, shortened

_BETWEEN_CHOICES = re.compile(r"\s*[,;&+]\s*|\s+(?:and\s+)?")
_AROUND = " \t().:[]{}'\"`“”‘’„"


def options_meant(chosen: Sequence[ScalarNode], options: Mapping[str, str], notes: list[str]) -> list[ScalarNode]:
    """The choices, one that is no option by itself being read as the options that all of its words are.

    The rule: a word is the option of that name, else the only one whose name differs in capitals alone; else a choice
    is the only option whose text it is, word for word. `notes` get a sentence for each that is read so.
    """
    names_in_any_case: dict[str, list[str]] = {}
    for option in options:
        names_in_any_case.setdefault(option.casefold(), []).append(option)
    found: list[ScalarNode] = []
    for choice in chosen:
        names = _names(choice) if choice not in options else []
        names = [name if name in options else _only(names_in_any_case.get(name.casefold()), name) for name in names]
        if choice not in options and not all(name in options for name in names):
            names = _with_text(choice, options)
        if names and all(name in options for name in names):
            notes.append(f"{shortened(choice)!r} was read as {shortened(', '.join(names))}")
            found += [ScalarNode(name, choice.place) for name in names]
        else:
            found.append(choice)
    return found


def _with_text(choice: str, options: Mapping[str, str]) -> list[str]:
    """The only option with a text, in any capitals and with any blanks; none where several have it."""
    found = [name for name, text in options.items() if _in_one_form(text) == _in_one_form(choice)]
    return found if len(found) == 1 else []


def _in_one_form(text: str) -> str:
    return " ".join(text.casefold().split())


def _only(found: Sequence[str] | None, name: str) -> str:
    return found[0] if found is not None and len(found) == 1 else name


def _names(text: str) -> list[str]:
    words = (word.strip(_AROUND) for word in _BETWEEN_CHOICES.split(text.strip(_AROUND)))
    return [word for word in words if word]
