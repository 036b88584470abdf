"""The schemas that a course keeps for editors, and the first line by which a file names its own.

Source: yaml-language-server, "Using inlined schema" (github.com/redhat-developer/yaml-language-server): a path in
`# yaml-language-server: $schema=` is taken from where the file lies.
"""

from __future__ import annotations

import os
from pathlib import Path

from grader.spec.course import course_of

SCHEMA_FOLDER = ".schema"
"""The folder of a course that holds what editors check its files against."""


def schema_comment(file: Path, sort: str) -> str:
    """The first line of a new file of a sort (`marks`), where its course has such a schema; else empty."""
    course = course_of(file)
    schema = course / SCHEMA_FOLDER / f"{sort}.json" if course is not None else None
    if schema is None or not schema.is_file():
        return ""
    path = Path(os.path.relpath(schema, file.resolve().parent)).as_posix()
    return f"# yaml-language-server: $schema={path}\n"
