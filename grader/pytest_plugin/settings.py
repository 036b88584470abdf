"""What the plugin asks for before it runs: that pytest's settings were read without those of a submission."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from grader.startup.handed_in import HandedIn

HANDED_IN_MODULE = "handed_in_for_grading"
"""The attribute of pytest's plugin manager that `grader.startup` sets before settings are read."""


def handed_in_for(config: pytest.Config) -> HandedIn:
    """What was handed in, as far as `grader.startup` knows it.

    Raises:
        pytest.UsageError: if `grader.startup` was not there when pytest read its settings, which may be a student's.
    """
    handed_in: HandedIn | None = getattr(config.pluginmanager, HANDED_IN_MODULE, None)
    if handed_in is None:
        raise pytest.UsageError(
            "pytest has read its settings, and perhaps a submission's, before the grader could look: install the grader"
            f" (pip install proofgrade; this is pytest {pytest.__version__}, 8 and 9 are known), or run `grader check`"
        )
    return handed_in
