"""The schemas that a course keeps for editors, and how its templates name them (see `grader.spec.schema_comment`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import PurePosixPath

from grader.classroom.schemas import SCHEMA_SORTS, schema_of_course, schema_of_file
from grader.spec.schema_comment import SCHEMA_FOLDER


@cache
def schema_files() -> Mapping[str, str]:
    """The schemas of all sorts of files by their paths in a course, and one for all files that name none themselves."""
    schemas = {sort: schema_of_file(sort) for sort in SCHEMA_SORTS} | {"course": schema_of_course()}
    return {f"{SCHEMA_FOLDER}/{name}.json": schema for name, schema in schemas.items()}


def schema_comment_path(sort: str, folder: str) -> str:
    """The path of a schema from a folder of the course (`specs/hw1`)."""
    return "../" * len(PurePosixPath(folder).parts) + f"{SCHEMA_FOLDER}/{sort}.json"
