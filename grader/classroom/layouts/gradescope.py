"""Gradescope, "Export Submissions": a folder `submission_<number>` each; `submission_metadata.yml` says whose it is.

```yaml
submission_104:
  :submitters:
  - {:name: Ada Lovelace, :sid: '1001', :email: ada@example.edu}
  :created_at: 2026-01-31 23:59:01 Z
  :history:
  - {:id: 98, ...}
```

Several submitters are a group. The folder holds the submission that is active on Gradescope; `:history:` names earlier
ones, whose files are not in the export. All else (results with their outputs) is passed over, however long it is.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from grader.classroom.found_paths import FoundPath
from grader.classroom.layouts.layout import HandIn, LayoutReading, SubmissionPart
from grader.classroom.people import IdKind, Person
from grader.classroom.platform_times import platform_time
from grader.deferred import dataclass
from grader.documents import DocumentError, decoded, shortened
from grader.errors import Problem, SourceLocation, SpecError

METADATA_FILES = ("submission_metadata.yml", "submission_metadata.yaml")
MAX_EXPORT_LIST_BYTES = 256 << 20
"""Of Gradescope's list of submissions, which holds the outputs of all tests, too."""

ID_KEYS: Mapping[str, IdKind] = {"sid": "id", "email": "email"}
MAX_METADATA_DEPTH = 60


@dataclass
class _Listed:
    """What the list says of one submission."""

    submitters: list[dict[str, str]] = field(default_factory=list)
    created_at: str = ""
    history: list[str] = field(default_factory=list)


class GradescopeLayout:
    """Gradescope's export."""

    title = "Gradescope export"
    is_unmistakable = True

    def read(self, folder: Path, paths: Sequence[FoundPath]) -> LayoutReading:
        """The folders that the list names; one that it does not name is another's.

        Raises:
            SpecError: if the list cannot be read.
        """
        lists = [path for path in paths if path.name in METADATA_FILES and path.is_file]
        if not lists:
            return LayoutReading((), tuple(paths))
        listed = _read_list(lists[0].path)
        there = {path.name: path.path for path in paths if path.is_folder}
        hand_ins = tuple(_hand_in(there[name], said) for name, said in sorted(listed.items()) if name in there)
        gone = [name for name in listed if name not in there]
        notes = tuple(f"{lists[0].name} names {shortened(name)}, which is not there" for name in gone)
        named = {hand_in.parts[0].path for hand_in in hand_ins}
        others = tuple(path for path in paths if path.path not in named and path not in lists)
        return LayoutReading(hand_ins, others, tuple(lists), notes)


def _hand_in(folder: Path, said: _Listed) -> HandIn:
    students = tuple(map(_person, said.submitters))
    alone = students[0] if len(students) == 1 else None
    earlier = tuple(
        f"submission {number}" for number in said.history if number not in ("", folder.name.rpartition("_")[2])
    )
    return HandIn(
        name=(alone.name if alone else "") or folder.name,
        unique=f"{alone.name} ({folder.name})" if alone and alone.name else folder.name,
        parts=(SubmissionPart("", folder),),
        students=students,
        earlier=earlier,
        handed_in=platform_time(said.created_at),
    )


def _person(said: Mapping[str, str]) -> Person:
    ids = tuple((kind, said[key]) for key, kind in ID_KEYS.items() if said.get(key, "") not in ("", "~", "null"))
    return Person(said.get("name", ""), ids)


def _read_list(path: Path) -> dict[str, _Listed]:
    """What the list says of each submission.

    Raises:
        SpecError: with the place where it is no such list.
    """
    import yaml  # here, for most classes have no such list

    place = SourceLocation(path.name)
    try:
        status = os.stat(path, follow_symlinks=False)
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_EXPORT_LIST_BYTES:
            raise SpecError(Problem(f"is no plain file of at most {MAX_EXPORT_LIST_BYTES >> 20} MiB", place))
        text = decoded(path.read_bytes(), path.name)
        found: dict[str, _Listed] = {}
        for keys, value in _values(text):
            _take(found, keys, value)
        return found
    except OSError as error:
        raise SpecError(Problem(f"cannot be read: {error.strerror}", place)) from None
    except DocumentError as error:
        raise SpecError(*error.problems) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = SourceLocation(path.name, mark.line + 1, mark.column + 1) if mark else place
        raise SpecError(Problem(f"is not YAML: {getattr(error, 'problem', None) or 'broken'}", at)) from None


def _take(found: dict[str, _Listed], keys: tuple[str | int, ...], value: str) -> None:
    """Keeps what is used: `submission_104`, `submitters`, a number, `name`; `history`, a number, `id`; `created_at`."""
    said = found.setdefault(str(keys[0]), _Listed()) if keys else _Listed()
    if keys[1:] == ("created_at",):
        said.created_at = value
    if len(keys) != 4 or not isinstance(keys[2], int):
        return
    if keys[1] == "submitters":
        while len(said.submitters) <= keys[2]:
            said.submitters.append({})
        said.submitters[keys[2]][str(keys[3])] = value
    elif keys[1:4:2] == ("history", "id"):
        said.history.append(value)


def _values(text: str) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every scalar of a document with the keys and numbers that lead to it; Ruby's tags and anchors are passed over.

    One after the other and without following aliases, so a list of any length takes little memory.
    """
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    path: list[
        str | int | None
    ] = []  # of each open mapping the present key (None: a key comes next), of a list a number
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionEndEvent):
            path.pop()
            _advance(path)
        elif isinstance(event, yaml.CollectionStartEvent):
            if path and path[-1] is None:
                path[-1] = ""  # a key that is no text
            if len(path) >= MAX_METADATA_DEPTH:
                raise yaml.YAMLError("nested too deep")
            path.append(None if isinstance(event, yaml.MappingStartEvent) else 0)
        elif isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
            value = event.value if isinstance(event, yaml.ScalarEvent) else ""
            if path and path[-1] is None:
                path[-1] = value.removeprefix(":")
                continue
            yield tuple(key for key in path if key is not None), value
            _advance(path)


def _advance(path: list[str | int | None]) -> None:
    """Goes on behind a value: to the next key of a mapping, to the next number of a list."""
    if path:
        path[-1] = path[-1] + 1 if isinstance(path[-1], int) else None
