"""What this machine offers to keep students' code in its place, and what to do about what is missing."""

from __future__ import annotations

import textwrap

from grader.sandbox import Probe, probe

DOCTOR_COLUMNS = 80


def report() -> str:
    """Every mechanism with the result of trying it, and the tier that they make together."""
    return render(probe())


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
    return "\n".join(lines) + "\n"


def _wrapped(text: str) -> list[str]:
    indent = " " * (len(text) - len(text.lstrip()) + 6)
    return textwrap.wrap(text, DOCTOR_COLUMNS, subsequent_indent=indent, break_on_hyphens=False, drop_whitespace=True)
