"""An autograder.zip for Gradescope: the scripts that the platform calls, the spec, its reference, and the grader.

Source: Gradescope autograder documentation, "Autograder Specifications" and "Code Autograder Best Practices"
(gradescope-autograders.readthedocs.io/en/latest/specs, .../best_practices): `setup.sh` and an executable
`run_autograder` lie in the root of the archive, which is unpacked as /autograder/source; `run_autograder` is copied to
/autograder, reads /autograder/submission and leaves /autograder/results/results.json, whatever happens.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import HarnessError
from grader.export.files import course_files, package_files, read, spec_path, write_whole
from grader.export.platform_export import Exported, PlatformExport, output_option
from grader.fingerprint import DISTRIBUTION
from grader.reports.gradescope import not_marked
from grader.shared_options import SANDBOX_OPTION, SHOW_EXPECTED_OPTION
from grader.spec.assignment import Assignment
from grader.spec.packages import distribution_of
from grader.visible import one_line

if TYPE_CHECKING:
    from grader.sandbox import Requirement

EARLIEST_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""The first time that a zip can hold: the same course gives the same archive on every day."""

EXECUTABLE_FILES = frozenset({"setup.sh", "run_autograder"})


def write_autograder(
    assignment: Assignment, path: Path, require_sandbox: Requirement = "strict", *, show_expected: bool = False
) -> None:
    """Writes the archive.

    Raises:
        SpecError: if a file of the course cannot be read.
        HarnessError: if the archive cannot be written.
    """
    write_whole(path, archive(autograder_files(assignment, require_sandbox, show_expected=show_expected)))


def _export(assignment: Assignment, *, output: Path, require_sandbox: Requirement, show_expected: bool) -> Exported:
    write_autograder(assignment, output, require_sandbox, show_expected=show_expected)
    return Exported(f"{one_line(str(output))} is ready to be uploaded (Configure Autograder, zip file upload)")


PLATFORM_EXPORT = PlatformExport(
    summary="Write the autograder.zip of a SPEC for Gradescope.",
    write=_export,
    options=(output_option("autograder.zip"), SHOW_EXPECTED_OPTION, SANDBOX_OPTION),
)


def autograder_files(
    assignment: Assignment, require_sandbox: Requirement, *, show_expected: bool
) -> Mapping[str, bytes]:
    """The content of the archive by name."""
    options = ["--require-sandbox", require_sandbox, *(["--show-expected"] if show_expected else [])]
    scripts = resources.files("grader.export") / "scripts"
    files = {name: read(file) for name, file in (course_files(assignment) | package_files()).items()}
    files |= {name: (scripts / name).read_bytes() for name in EXECUTABLE_FILES}
    files["spec"] = f"{spec_path(assignment)}\n".encode()
    files["options"] = "".join(f"{option}\n" for option in options).encode()
    files["requirements.txt"] = requirements(assignment.packages).encode()
    files["not_marked.json"] = not_marked().encode()
    return files


def requirements(packages: Iterable[str] = ()) -> str:
    """What the grader needs from the package index, as its own metadata says it, and `packages` that code may import.

    Raises:
        HarnessError: if the grader runs without having been installed.
    """
    try:
        needed = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        raise HarnessError(f"{DISTRIBUTION} is not installed, so what it needs is not known: pip install it") from None
    own = [name for name in needed if not re.search(r";.*\bextra\b", name)]
    there = {re.split(r"[^\w.-]", name, maxsplit=1)[0].lower() for name in own}
    more = [name for package in packages if (name := distribution_of(package)).lower() not in there]
    return "".join(f"{name}\n" for name in sorted({*own, *more}))


def archive(files: Mapping[str, bytes]) -> bytes:
    """A zip with fixed times and order; stored, since no two versions of a compressor need to agree."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, EARLIEST_ZIP_TIME)
            entry.create_system = 3  # Unix: so that the mode below is read as one
            entry.external_attr = (0o100755 if name in EXECUTABLE_FILES else 0o100644) << 16
            packed.writestr(entry, data)
    return out.getvalue()
