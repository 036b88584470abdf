"""People as platforms, rosters and students themselves name them, and when two names may be the same person's."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from grader.deferred import dataclass
from grader.spec.student_ids import id_key

IdKind = Literal["id", "platform", "login", "email", "any"]
"""What an id is: the university's, one that only the platform uses, a user name, an e-mail; `any`: not said."""

FEWEST_ID_CHARACTERS = 4
"""Of an id that is looked for among other words."""

WORD_BREAK = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)  # a class has many
class Person:
    """Someone, as far as is said: a name ("" where none is), and ids with their kinds."""

    name: str = ""
    ids: tuple[tuple[IdKind, str], ...] = ()

    def id_of(self, *kinds: IdKind) -> str:
        """The first id of the first of these kinds that there is one of; "" where there is none."""
        return next((value for kind in kinds for own, value in self.ids if own == kind and value), "")

    @property
    def best_id(self) -> str:
        """The university's id, else another one that tells people apart."""
        return self.id_of("id", "login", "platform")

    def __str__(self) -> str:
        """The name and the first id, for messages."""
        first = next((value for _, value in self.ids if value), "")
        return f"{self.name} ({first})" if self.name and first and first != self.name else self.name or first


def as_written(text: str) -> Person:
    """Someone whom a text names by an id, a name or an e-mail; which of them is not said."""
    return Person(text, (("any", text),))


def named_by_folder(name: str) -> Person:
    """Someone whom the name of a folder or file names: `ada`, `1001`, `Lovelace_Ada_1001`.

    A word with a digit may be an id if it is not as short as the number of a group.
    """
    words = [word for word in re.split(r"[\s_]+", name) if word]
    numbered = [word for word in words if any(letter.isdigit() for letter in word)]
    ids = dict.fromkeys([name, *(word for word in numbered if len(word) >= FEWEST_ID_CHARACTERS)])
    return Person(" ".join(word for word in words if word not in numbered), tuple(("any", text) for text in ids))


def name_keys(name: str) -> frozenset[str]:
    """The words of a name run together, from each word on: `Ada King`, `King, Ada` and `kingada` have a key in common.

    Platforms write last names first or last, and Canvas leaves out spaces; so the words may begin anywhere.
    """
    words = [word for word in WORD_BREAK.split(id_key(name)) if word]
    return frozenset("".join(words[start:] + words[:start]) for start in range(len(words)))


def plain_name_keys(name: str) -> frozenset[str]:
    """The same without accents and umlauts, for platforms that leave them out."""
    letters = unicodedata.normalize("NFKD", name)
    return name_keys("".join(letter for letter in letters if not unicodedata.combining(letter)))
