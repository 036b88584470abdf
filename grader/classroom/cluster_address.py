"""How a cluster is named on the command line; without Dask, which may not be installed."""

from __future__ import annotations

import importlib.util
import re

from grader.errors import GraderError

SCHEDULER_ADDRESS = re.compile(r"(tcp|tls)://[^/\s]+:\d{1,5}")

LOCAL_CLUSTER = "local"
"""In place of a scheduler's address: a cluster of one's own on this machine."""


class ClusterError(GraderError):
    """The cluster that was named cannot be used: for whoever gave the command."""


def refuse_no_cluster(named: str, jobs: int | None = None) -> None:
    """Refuses what names no cluster, `jobs` for one that has processes of its own, and any where Dask is not installed.

    Raises:
        ClusterError: which says what can be named.
    """
    if named != LOCAL_CLUSTER and not SCHEDULER_ADDRESS.fullmatch(named):
        raise ClusterError(
            f"--cluster {named}: name a scheduler of Dask as tcp://HOST:PORT (or tls://HOST:PORT), or say "
            f"{LOCAL_CLUSTER} for a cluster on this machine"
        )
    if jobs is not None and named != LOCAL_CLUSTER:
        raise ClusterError("--jobs counts processes on this machine, and a cluster has its own: leave it out")
    if importlib.util.find_spec("distributed") is None:
        raise ClusterError("--cluster needs Dask, which is not installed: pip install 'proofgrade[cluster]'")
