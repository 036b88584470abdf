"""The names of packages as `assignment.yaml` has them."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterable
from typing import Annotated

from grader.documents import FieldError, ScalarNode, describe_node, shortened, text_of
from grader.errors import Problem
from grader.spec.field_schemas import field_schema
from grader.spec.fields import ReadBy
from grader.spec.packages import KNOWN_PACKAGES, OTHER_PACKAGE_NAMES, is_installed

MIN_NAME_SIMILARITY = 0.75  # as difflib measures it: above this an unknown name that is not installed is a misspelt one


def read_package(node: object) -> ScalarNode:
    """The name that a package is imported by."""
    name = text_of(node)  # type: ignore[arg-type]  # whatever stands in the list
    if not name.isidentifier():
        head = re.match(r"[^\W\d]\w*", name)
        meant = OTHER_PACKAGE_NAMES.get(name.strip().lower()) or (head[0] if head else None)
        advice = f" (did you mean {meant!r}?)" if meant else ""
        raise FieldError(f"a package is named as it is imported, not {describe_node(name)}{advice}", name.place)
    if name in sys.stdlib_module_names:
        raise FieldError(f"{str(name)!r} is part of Python, which is always allowed: leave it out", name.place)
    if name not in KNOWN_PACKAGES and not is_installed(name) and (meant := _meant(name)):
        raise FieldError(f"there is no package {shortened(name)!r} (did you mean {meant!r}?)", name.place)
    return name


def _meant(name: str) -> str | None:
    small = {**{known.lower(): known for known in KNOWN_PACKAGES}, **OTHER_PACKAGE_NAMES}
    close = difflib.get_close_matches(name.lower(), small, n=1, cutoff=MIN_NAME_SIMILARITY)
    return small[close[0]] if close else None


PackageName = Annotated[
    ScalarNode,
    ReadBy(read_package),
    field_schema("a package, by the name that is imported", "string", "boolean", "null", pattern=r"^[^\W\d]\w*$"),
]


def repeated(packages: Iterable[ScalarNode]) -> list[Problem]:
    """A problem for each package that stands there a second time."""
    seen: set[str] = set()
    problems = []
    for name in packages:
        if name in seen:
            problems.append(Problem(f"packages: {str(name)!r} is listed twice", name.place))
        seen.add(name)
    return problems
