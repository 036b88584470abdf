"""Names that Windows has no files for (Microsoft, "Naming Files, Paths, and Namespaces")."""

from __future__ import annotations

DEVICE_NAMES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{i}" for port in ("com", "lpt") for i in "0123456789¹²³"}
)
"""Names that are kept for devices, with any ending."""

_REFUSED_SIGNS = str.maketrans(dict.fromkeys('<>:"/\\|?*', "_"))


def is_device_name(name: str) -> bool:
    """Whether Windows takes a name for a device: `aux`, `AUX`, `aux.yaml`, `aux `."""
    return name.partition(".")[0].rstrip(" ").lower() in DEVICE_NAMES


def without_refused_signs(name: str) -> str:
    """A name with `_` for signs that no file's name has there, or that lead elsewhere: `C:x` is on another drive."""
    return name.translate(_REFUSED_SIGNS)
