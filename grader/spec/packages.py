"""The packages that a course allows beside the standard library: looked for here."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Mapping

from grader.documents import ScalarNode
from grader.errors import Problem, SpecError, listed

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
