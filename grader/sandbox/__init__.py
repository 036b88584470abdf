"""The sandbox: students' Python runs in a confined child; values go in, values come out, nothing is judged there."""

from .batch import Batch
from .box import Sandbox
from .limits import Limits
from .observation import Observation
from .probe import Probe, probe
from .program import StudentProgram
from .replies import (
    BadValue,
    Died,
    Load,
    LoadedProgram,
    MissingFunction,
    ObservedCall,
    Protocol,
    Raised,
    Refused,
    Reply,
    Returned,
    Skipped,
    TimedOut,
)
from .round import RetryPolicy, retry_all
from .session import Session
from .tiers import Mechanism, Requirement, Tier
from .values import NOT_SENT, FunctionCall, GeneratorArgument, Parts, PlainValue, TableFunction

__all__ = [
    "NOT_SENT",
    "BadValue",
    "Batch",
    "Died",
    "FunctionCall",
    "GeneratorArgument",
    "Limits",
    "Load",
    "LoadedProgram",
    "Mechanism",
    "MissingFunction",
    "Observation",
    "ObservedCall",
    "Parts",
    "PlainValue",
    "Probe",
    "Protocol",
    "Raised",
    "Refused",
    "Reply",
    "Requirement",
    "RetryPolicy",
    "Returned",
    "Sandbox",
    "Session",
    "Skipped",
    "StudentProgram",
    "TableFunction",
    "Tier",
    "TimedOut",
    "probe",
    "retry_all",
]
