"""Grading where a submission is pushed: what a workflow of GitHub and a pipeline of GitLab have in common.

The grader is installed as it was released (or from a wheel beside the workflow). The course is checked out beside the
submission, or lies there as a student's copy. The submission is data: no part of it, of a branch's name or of a message
is ever put into a script, and what is named in settings reaches the scripts as variables.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import yaml

from grader.deferred import dataclass
from grader.errors import SpecError
from grader.export.files import spec_path
from grader.export.platform_export import CommandOption, Exported
from grader.export.student import students_copy
from grader.fingerprint import DISTRIBUTION, released_version
from grader.new_files import write_new_files
from grader.shared_options import FILLED_TEXT, SANDBOX_OPTION
from grader.spec.assignment import Assignment
from grader.spec.packages import DEFAULT_PACKAGES, distribution_of

if TYPE_CHECKING:
    from grader.sandbox import Requirement

PUSHED_COURSE_FOLDER = ".grader-course"
"""Where the course lies in the repository of a submission: a hidden name, so that it is no part of what is graded."""

WHEEL_FOLDER = ".grader"
"""Where a wheel of the grader lies there."""

COURSE_REPOSITORY_VARIABLE = "GRADER_COURSE"
"""The variable of a platform that names the course, where the written file does not."""


@dataclass(frozen=True)
class CourseCheckout:
    """The repository of the course (None: what `GRADER_COURSE` names), and what of it ("": its default branch)."""

    repository: str | None = None
    ref: str = ""


@dataclass(frozen=True)
class GradingOnPush:
    """How submissions to an assignment are graded when they are pushed, and what lies in their repositories for it."""

    spec: str
    source: str
    packages: str
    sandbox: Requirement
    course: CourseCheckout | None
    """None where a student's copy lies among the files."""
    files: Mapping[str, bytes]
    notes: tuple[str, ...] = ()

    @property
    def variables(self) -> dict[str, str]:
        """What the scripts read."""
        return {"GRADER_SPEC": self.spec, "GRADER_SANDBOX": self.sandbox}

    @property
    def installed(self) -> dict[str, str]:
        """What the script that installs reads."""
        return {"GRADER_SOURCE": self.source, "GRADER_PACKAGES": self.packages}


def grading_on_push(
    assignment: Assignment,
    *,
    course: CourseCheckout | None = None,
    copy: bool = False,
    wheel: Path | None = None,
    require_sandbox: Requirement = "strict",
) -> GradingOnPush:
    """What is said of an assignment in a workflow or a pipeline; the same assignment gives the same.

    Raises:
        SpecError: if what was asked for does not go together, or cannot be used.
        HarnessError: if the version of the grader that runs is not known.
    """
    if copy and course is not None:
        raise SpecError("--copy puts the assignment beside the submission, so no course is checked out: leave one out")
    path = spec_path(assignment)
    if "$" in path or not path.isprintable():
        raise SpecError(f"{path!r}: a workflow cannot name a folder with a dollar sign or a hidden character in it")
    files: dict[str, bytes] = {}
    notes: tuple[str, ...] = ()
    if copy:
        files, notes = _students_copy(assignment, path)
    source = f"{DISTRIBUTION}=={released_version()}"
    if wheel is not None:
        source = f"{WHEEL_FOLDER}/{wheel.name}"
        files[source] = _wheel(wheel)
    return GradingOnPush(
        spec=f"{PUSHED_COURSE_FOLDER}/{path}",
        source=source,
        packages=" ".join(distribution_of(name) for name in assignment.packages if name not in DEFAULT_PACKAGES),
        sandbox=require_sandbox,
        course=None if copy else course or CourseCheckout(),
        files=files,
        notes=notes,
    )


def _students_copy(assignment: Assignment, path: str) -> tuple[dict[str, bytes], tuple[str, ...]]:
    if not assignment.path.is_dir():
        raise SpecError("a student's copy is made of a whole assignment: name its folder")
    copied = students_copy(assignment)
    return {f"{PUSHED_COURSE_FOLDER}/{path}/{name}": text.encode() for name, text in copied.files.items()}, copied.notes


_WHEEL_NAME = re.compile(rf"{DISTRIBUTION}-[\w.+!]+(-[\w.]+){{3,4}}\.whl", re.ASCII)
"""PyPA, "Binary distribution format": name, version, perhaps a build, and three tags."""


def _wheel(file: Path) -> bytes:
    """The bytes of a wheel of the grader.

    Raises:
        SpecError: if it is none, or cannot be read.
    """
    if _WHEEL_NAME.fullmatch(file.name) is None:
        raise SpecError(f"{file} is no wheel of {DISTRIBUTION}: its name is {DISTRIBUTION}-VERSION-py3-none-any.whl")
    try:
        data = file.read_bytes()
        with zipfile.ZipFile(file) as opened:
            opened.getinfo("grader/__init__.py")
    except (zipfile.BadZipFile, KeyError):
        raise SpecError(f"{file} is no wheel of {DISTRIBUTION}: it does not hold the grader") from None
    except OSError as error:
        raise SpecError(f"{file}: cannot be read: {error.strerror}") from None
    return data


@dataclass(frozen=True)
class PushPlatform:
    """What differs between the platforms: the file that says what to do, and how a course is named.

    `form` is how a course's repository is written, `pattern` what it matches, `noun` its name in messages; `refs` are
    what may be checked out of it, `ref_pattern` what their names match.
    """

    file: str
    written: Callable[[GradingOnPush], str]
    form: str
    pattern: str
    noun: str
    refs: str
    ref_pattern: str = ".*"

    def export(
        self,
        assignment: Assignment,
        *,
        output: Path,
        course: str | None,
        ref: str,
        copy: bool,
        wheel: Path | None,
        require_sandbox: Requirement,
    ) -> Exported:
        """Writes the file and what it needs into the repository of submissions at `output`.

        Raises:
            SpecError: as `grading_on_push` and `write_into_repository` do, and for a course that is not written so.
        """
        if course is not None and not re.fullmatch(self.pattern, course, re.ASCII):
            raise SpecError(f"a {self.noun} is written {self.form}, not {course!r}")
        if not re.fullmatch(self.ref_pattern, ref, re.DOTALL):
            raise SpecError(f"a branch or a tag is wanted, not {ref!r}")
        checkout = CourseCheckout(course, ref) if course is not None or ref else None
        grading = grading_on_push(assignment, course=checkout, copy=copy, wheel=wheel, require_sandbox=require_sandbox)
        write_into_repository(output, {self.file: self.written(grading).encode(), **grading.files})
        done = f"{output / self.file} grades every push; what it needs stands at its top"
        return Exported(done, grading.notes)

    @property
    def options(self) -> tuple[CommandOption, ...]:
        """The options of the command, but for where the file is written."""
        course = f"The course's {self.noun} (default: the variable {COURSE_REPOSITORY_VARIABLE})."
        ref = f"{self.refs} of it (default: its default branch)."
        return (
            click.option("--course", metavar=self.form, help=course),
            click.option("--ref", default="", metavar="REF", type=FILLED_TEXT, help=ref),
            *_shared_options(),
            SANDBOX_OPTION,
        )


def _shared_options() -> tuple[CommandOption, ...]:
    return (
        click.option("--copy", is_flag=True, help="Put a student's copy of SPEC beside it, and check out no course."),
        click.option(
            "--wheel",
            metavar="FILE",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="Install this wheel of the grader, which is copied, and not the released version.",
        ),
    )


def write_into_repository(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes files into a repository that may be there; those that stand there as they should stay.

    Raises:
        SpecError: if one is there with other content, or cannot be written; then nothing is.
    """
    missing = {name: data for name, data in files.items() if _content(folder / name) != data}
    write_new_files(folder, missing)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def script_of(name: str) -> str:
    """A script that becomes a step, as it lies in `scripts/`."""
    return (resources.files("grader.export") / "scripts" / name).read_text(encoding="utf-8")


class _WorkflowDumper(yaml.SafeDumper):
    """Writes scripts line by line."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_WorkflowDumper.add_representer(str, _text)


def as_yaml(data: Mapping[str, Any]) -> str:
    """A workflow or a pipeline as YAML, in the order that it is given in."""
    return yaml.dump(data, Dumper=_WorkflowDumper, sort_keys=False, allow_unicode=True, width=120)
