"""What a student hands in for one question."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from grader.deferred import dataclass
from grader.documents import MappingNode, Node, ScalarNode, shortened
from grader.errors import SourceLocation

if TYPE_CHECKING:
    from grader.answers.formats import ArrayFile


@dataclass(frozen=True)
class DocumentFile:
    """A document of a word processor or a PDF, as it was handed in; `problem` says why its bytes could not be read."""

    file: str
    suffix: str
    data: bytes
    problem: str = ""


class PlacedComment(NamedTuple):
    """What YAML takes for a comment, from its # on."""

    text: str
    place: SourceLocation

    def __str__(self) -> str:
        return f"{shortened(self.text)!r} on line {self.place.line}"


@dataclass(frozen=True)
class Answer:
    """What a student hands in for one question: a node of a document, arrays, or a document.

    `comments` are what YAML takes for comments beside the text of the answer, or at its blanks; `uncut` is the text
    with them. `notes` say how it was read. `beside` is what answers.yaml says of a question whose file it names. `text`
    is that of the whole file, where the answer is a file of its own.
    """

    file: str
    content: Node | ArrayFile | DocumentFile
    comments: tuple[PlacedComment, ...] = ()
    uncut: ScalarNode | None = None
    notes: tuple[str, ...] = ()
    beside: MappingNode | None = None
    text: str | None = None


def is_blank(node: Node) -> bool:
    """Nothing filled in: blank text, also in quotes, or a mapping or list of blanks.

    Names in braces without colons are something.
    """
    if isinstance(node, ScalarNode):
        return node.blank or not node.strip()
    if isinstance(node, MappingNode) and node.without_colon:
        return False
    values = node.values() if isinstance(node, MappingNode) else node
    return all(is_blank(value) for value in values)
