"""The schemas that a course keeps for editors, and how its files name them.

Source: yaml-language-server, "Using inlined schema" (github.com/redhat-developer/yaml-language-server): a path in
`# yaml-language-server: $schema=` is taken from where the file lies.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import PurePosixPath

from grader.classroom.schemas import SCHEMA_SORTS, schema_of_course, schema_of_file

SCHEMA_FOLDER = ".schema"
"""The folder of a course that holds what editors check its files against."""


@cache
def schema_files() -> Mapping[str, str]:
    """The schemas of all sorts of files by their paths in a course, and one for all files that name none themselves."""
    schemas = {sort: schema_of_file(sort) for sort in SCHEMA_SORTS} | {"course": schema_of_course()}
    return {f"{SCHEMA_FOLDER}/{name}.json": schema for name, schema in schemas.items()}


def schema_comment_path(sort: str, folder: str) -> str:
    """The path of a schema from a folder of the course (`specs/hw1`)."""
    return "../" * len(PurePosixPath(folder).parts) + f"{SCHEMA_FOLDER}/{sort}.json"
