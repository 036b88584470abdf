"""The sandbox: students' Python runs in a confined child; values go in, values come out, nothing is judged there."""

from .batch import Batch
from .box import Sandbox
from .limits import Limits
from .observation import Observation
from .probe import Probe, probe
from .program import Program
from .replies import (
    BadValue,
    Died,
    Load,
    Loaded,
    Missing,
    Observed,
    Protocol,
    Raised,
    Refused,
    Reply,
    Returned,
    Skipped,
    TimedOut,
)
from .round import Rest, all_of_them
from .session import Session
from .tiers import Mechanism, Requirement, Tier
from .values import Call, Generator, TableFunction, Value

__all__ = [
    "BadValue",
    "Batch",
    "Call",
    "Died",
    "Generator",
    "Limits",
    "Load",
    "Loaded",
    "Mechanism",
    "Missing",
    "Observation",
    "Observed",
    "Probe",
    "Program",
    "Protocol",
    "Raised",
    "Refused",
    "Reply",
    "Requirement",
    "Rest",
    "Returned",
    "Sandbox",
    "Session",
    "Skipped",
    "TableFunction",
    "Tier",
    "TimedOut",
    "Value",
    "all_of_them",
    "probe",
]
