"""What is raised where something that was kept of a row is not what was written."""

from __future__ import annotations


class DamagedRowError(Exception):
    """What was kept of a row is not what was written."""
