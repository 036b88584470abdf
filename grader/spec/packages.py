"""The packages that a course allows beside the standard library: read from `assignment.yaml`, and looked for here."""

from __future__ import annotations

import difflib
import importlib.util
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import WithJsonSchema

from grader.documents import ScalarNode, describe_node, shortened
from grader.errors import Problem, SpecError, listed
from grader.spec.fields import FieldError, ReadBy, text_of

DEFAULT_PACKAGES: tuple[str, ...] = ("numpy",)
"""Arguments that are arrays are NumPy's, so it is always among them."""

KNOWN_PACKAGES: Mapping[str, str] = {
    **{name: name for name in ("einops", "h5py", "jax", "keras", "matplotlib", "networkx", "numba", "numpy", "pandas")},
    **{name: name for name in ("plotly", "scipy", "seaborn", "statsmodels", "sympy", "tensorflow", "torch")},
    **{name: name for name in ("torchaudio", "torchvision", "tqdm", "transformers")},
    "IPython": "ipython",
    "PIL": "pillow",
    "cv2": "opencv-python-headless",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
"""What homework uses, by the name that is imported: the name to install it by. Others may be allowed as well."""

OTHER_PACKAGE_NAMES: Mapping[str, str] = {
    **{install: name for name, install in KNOWN_PACKAGES.items()},
    **dict.fromkeys(("opencv", "opencv-python"), "cv2"),
    "np": "numpy",
    "plt": "matplotlib",
    "pytorch": "torch",
    "sp": "scipy",
}
"""What is written for a package that is imported under another name."""

CLOSE_NAMES = 0.75  # as difflib measures it: above this an unknown name that is not installed is a misspelt one


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
    close = difflib.get_close_matches(name.lower(), small, n=1, cutoff=CLOSE_NAMES)
    return small[close[0]] if close else None


PackageName = Annotated[
    ScalarNode,
    ReadBy(read_package),
    WithJsonSchema({"type": "string", "description": "a package, by the name that is imported"}),
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


def with_default(packages: Iterable[ScalarNode] | None) -> tuple[str, ...]:
    """The packages of an assignment, NumPy first; nodes know their places."""
    listed_there = packages or ()
    return (*DEFAULT_PACKAGES, *(name for name in listed_there if name not in DEFAULT_PACKAGES))


def is_installed(package: str) -> bool:
    """Whether this interpreter could import it; it is not imported."""
    try:
        return importlib.util.find_spec(package) is not None
    except (ImportError, ValueError):  # what stands in its place is broken
        return False


def distribution_of(package: str) -> str:
    """What to install for a package."""
    return KNOWN_PACKAGES.get(package, package)


def missing_packages(packages: Iterable[str]) -> list[Problem]:
    """A problem for each package that is not installed here, with what to do about it."""
    return [
        Problem(
            f"packages: this machine lacks {str(name)!r}, which the assignment allows; run: pip install "
            f"{distribution_of(name)}",
            name.place if isinstance(name, ScalarNode) else None,
        )
        for name in packages
        if not is_installed(name)
    ]


def refuse_missing(packages: Iterable[str]) -> None:
    """Raises `SpecError` where code cannot be run as the course wants it: nobody gets a mark, or loses one."""
    if problems := missing_packages(packages):
        raise SpecError(*problems)


def allowed(packages: Iterable[str]) -> str:
    """What code may import, in words."""
    return listed(["the standard library", *packages])
