"""`probe`: what of the sandbox works on this machine, mechanism by mechanism, for `grader doctor`."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from dataclasses import dataclass

from grader.errors import HarnessError

from .installation import ENVIRONMENT, Installation, installation
from .tiers import PROBE_TEXTS, Mechanism, Tier, best, mechanism
from .zygote import Zygote, bubblewrap_command

ALL_PROBES_TIMEOUT_S = 60  # seconds for all probes


@dataclass(frozen=True)
class Probe:
    """The mechanisms in the order of `tiers.PROBE_TEXTS`, and the tier that they make."""

    tier: Tier
    mechanisms: tuple[Mechanism, ...]

    @property
    def missing(self) -> tuple[Mechanism, ...]:
        return tuple(mechanism for mechanism in self.mechanisms if not mechanism.works)


def probe() -> Probe:
    """Try every mechanism, each whole and in a process of its own."""
    has_numpy = importlib.util.find_spec("numpy") is not None
    here = installation(("numpy",) if has_numpy else ())
    seen: dict[str, tuple[bool, str]] = dict.fromkeys(PROBE_TEXTS, (False, "only Linux has it"))
    if sys.platform == "linux":
        seen.update(_tried(here))
        seen["bubblewrap"] = _bubblewrap(here)
    seen["numpy"] = (has_numpy, "" if has_numpy else "not installed")
    mechanisms = tuple(mechanism(name, *seen[name]) for name in PROBE_TEXTS)
    return Probe(best(mechanisms), mechanisms)


def _tried(here: Installation) -> dict[str, tuple[bool, str]]:
    settings = {"listable": here.listable, "readable": here.readable, "folders": here.folders}
    try:
        done = subprocess.run(
            here.command("probe"),
            input=json.dumps(settings),
            capture_output=True,
            text=True,
            env=ENVIRONMENT,
            cwd="/",
            timeout=ALL_PROBES_TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise HarnessError(f"the sandbox's interpreter does not start: {error}") from None
    return {name: (works, detail) for name, (works, detail) in json.loads(done.stdout).items()}


def _bubblewrap(here: Installation) -> tuple[bool, str]:
    """Does a zygote start inside, and do the mechanisms that tier B needs work there too?"""
    if not bubblewrap_command(here):
        return False, "bwrap is not installed"
    try:
        zygote = Zygote(here, bubblewrap=True, probe=True)
    except HarnessError as error:
        return False, str(error)
    zygote.close()
    inside = [mechanism(name, *seen) for name, seen in zygote.probes.items()]
    return best([*inside, mechanism("bubblewrap", True, "")]).name == "A", ""
