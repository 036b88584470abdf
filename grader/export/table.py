"""The platforms that an assignment is written for: each is a module of this package with a `PLATFORM_EXPORT`.

A new platform is a module and a row here: `grader export NAME` has its command from it.
"""

from __future__ import annotations

from collections.abc import Mapping

PLATFORM_EXPORTS: Mapping[str, str] = {
    "gradescope": "grader.export.gradescope",
    "github": "grader.export.github",
    "gitlab": "grader.export.gitlab",
    "student": "grader.export.student",
    "prairielearn": "grader.export.prairielearn",
    "autolab": "grader.export.autolab",
    "artemis": "grader.export.artemis",
    "submitty": "grader.export.submitty",
    "nbgrader": "grader.export.nbgrader",
    "otter": "grader.export.otter",
    "container": "grader.export.container",
}
"""The module of each platform by the name of its command."""
