"""What this machine offers to keep students' code in its place, and what to do about what is missing."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.errors import SpecError, listed
from grader.own_code import requirement_for_own_code
from grader.sandbox import Probe, probe
from grader.spec.assignment_files import packages_beside
from grader.spec.course import assignments_in
from grader.spec.packages import DEFAULT_PACKAGES, distribution_of, is_installed

DOCTOR_COLUMNS = 80


def report(course: Path | None = None) -> str:
    """Every mechanism with the result of trying it, the tier that they make together, and the packages of a course."""
    return render(probe()) + packages_report(packages_of(course) if course is not None else {})


def packages_of(course: Path) -> dict[str, list[str]]:
    """The packages that a course allows beside NumPy, each with the assignments that allow it; one unread has none."""
    allowed: dict[str, list[str]] = {}
    for assignment in assignments_in(course):
        try:
            packages = packages_beside(course / "specs" / assignment)
        except SpecError:  # `grader spec check` says what is wrong
            continue
        for package in packages[len(DEFAULT_PACKAGES) :]:
            allowed.setdefault(str(package), []).append(assignment)
    return allowed


def packages_report(allowed: Mapping[str, list[str]]) -> str:
    """Which of the packages that assignments allow this machine has, a line each."""
    return "".join(f"{line}\n" for line in ["", *_packages_lines(allowed)]) if allowed else ""


def _packages_lines(allowed: Mapping[str, list[str]]) -> Iterator[str]:
    for package, assignments in sorted(allowed.items()):
        there = is_installed(package)
        verb = "allows" if len(assignments) == 1 else "allow"
        yield from _wrapped(f"{'ok  ' if there else 'no  '}{package}: {listed(assignments)} {verb} it")
        if not there:
            yield from _wrapped(f"      to have it: run: pip install {distribution_of(package)}")


def render(found: Probe) -> str:
    """The probe in words."""
    lines = []
    for mechanism in found.mechanisms:
        mark = "ok  " if mechanism.works else "no  "
        detail = f" ({mechanism.detail})" if mechanism.detail else ""
        lines += _wrapped(f"{mark}{mechanism.name.replace('_', ' ')}: {mechanism.purpose}{detail}")
        if not mechanism.works and mechanism.fix:
            lines += _wrapped(f"      to have it: {mechanism.fix}")
    lines += ["", *_wrapped(f"tier {found.tier.name}: {found.tier.holds}")]
    lines += _wrapped("students' code runs with `--require-sandbox strict` (the default) on tiers A and B")
    if requirement_for_own_code(None) != "strict":
        lines += _wrapped("your own code runs here with `grader check` all the same; `grader grade` refuses it")
    return "\n".join(lines) + "\n"


def _wrapped(text: str) -> list[str]:
    indent = " " * (len(text) - len(text.lstrip()) + 6)
    return textwrap.wrap(text, DOCTOR_COLUMNS, subsequent_indent=indent, break_on_hyphens=False, drop_whitespace=True)
