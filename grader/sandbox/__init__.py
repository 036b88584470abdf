"""The sandbox: students' Python runs in a confined child; values go in, values come out, nothing is judged there."""

from .box import Sandbox
from .codec import Batch
from .limits import Limits
from .probe import Probe, probe
from .program import Program, read_program
from .replies import (
    BadValue,
    Died,
    GeneratorUse,
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
from .session import Session
from .tiers import Mechanism, Requirement, Tier
from .values import Call, Generator, TableFunction, Value

__all__ = [
    "BadValue",
    "Batch",
    "Call",
    "Died",
    "Generator",
    "GeneratorUse",
    "Limits",
    "Load",
    "Loaded",
    "Mechanism",
    "Missing",
    "Observed",
    "Probe",
    "Program",
    "Protocol",
    "Raised",
    "Refused",
    "Reply",
    "Requirement",
    "Returned",
    "Sandbox",
    "Session",
    "Skipped",
    "TableFunction",
    "Tier",
    "TimedOut",
    "Value",
    "probe",
    "read_program",
]
