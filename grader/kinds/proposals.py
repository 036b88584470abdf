"""A question with more in its YAML mapping, loaded as a spec is: so that no proposal is made that was not tried."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from grader.documents import MappingNode, SequenceNode, read_yaml
from grader.kinds.kind import KindTable

EXTENDED_LISTS = ("near",)
"""Lists to which a proposal adds entries; any other list stands in place of the question's own."""


class QuestionWithSource(Protocol):
    """A question that knows the mapping that it was read from."""

    @property
    def kind(self) -> Any: ...
    @property
    def source(self) -> MappingNode: ...


LoadedQuestion = TypeVar("LoadedQuestion", bound=QuestionWithSource)


def loaded_with(question: LoadedQuestion, yaml: str, path: Path) -> LoadedQuestion | None:
    """The question with what a YAML mapping adds to it; None where it has problems then. `path` is its own file.

    Mappings are added to the question's own, and so are the entries of `EXTENDED_LISTS`.
    """
    added = read_yaml(yaml.encode(), "the proposal")
    assert isinstance(added, MappingNode)
    root = MappingNode(question.source.place, question.source)
    for key, value in added.items():
        old = root.lookup(key)
        if isinstance(old, MappingNode) and isinstance(value, MappingNode):
            root[key] = MappingNode(old.place, old | value)
        elif key in EXTENDED_LISTS and old is not None:
            root[key] = SequenceNode(old.place, (*old, *value))
        else:
            root[key] = value
    loaded, problems = question.kind.load(root, path, KindTable({}))
    return None if problems else cast(LoadedQuestion, loaded)
