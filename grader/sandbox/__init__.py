"""The sandbox: students' Python runs in a confined child; values go in, values come out, nothing is judged there.

| file | owns |
| --- | --- |
| `box`, `tiers`, `probe` | the sandbox as a whole; how strong it is here; what works on this machine |
| `session`, `round`, `batch` | one submission's children; one batch on its way through them; calls as they are sent |
| `process`, `connection` | one child, and what the grader holds of it |
| `zygote`, `single` | children that a zygote forks; those that are started one by one |
| `framing`, `known` | what a child sends, cut into frames; answers that have come before, recognised in blocks |
| `child` | what runs on the student's side |
| `codec`, `compact`, `answers`, `observation`, `record` | what a child sends, decoded and never trusted |
| `replies`, `endings` | what became of a call; how a child ended |
| `values`, `program` | the values that go in; a submission's source |
| `loading` | a program on its way into children: which statements stopped, and which are left out |
| `installation`, `installed` | the interpreter and files that code may read; where packages lie |
| `limits`, `timing` | what it may use up; its own time |
"""

from .answers import bad_part, failed_step
from .batch import Batch
from .box import Sandbox
from .limits import Limits
from .loading import Loading
from .observation import Observation
from .probe import Probe, probe
from .program import NotRunnableError, StudentProgram, python_text
from .replies import (
    BadValue,
    Died,
    Load,
    LoadedProgram,
    LoadLoss,
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
from .values import (
    NOT_SENT,
    AttributePath,
    AttributeStep,
    FailedStep,
    FunctionCall,
    ObjectScript,
    Parts,
    PlainValue,
    ScriptArgument,
    ScriptStep,
    TableFunction,
    UnreadablePart,
)

__all__ = [
    "NOT_SENT",
    "AttributePath",
    "AttributeStep",
    "BadValue",
    "Batch",
    "Died",
    "FailedStep",
    "FunctionCall",
    "Limits",
    "Load",
    "LoadLoss",
    "LoadedProgram",
    "Loading",
    "Mechanism",
    "MissingFunction",
    "NotRunnableError",
    "ObjectScript",
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
    "ScriptArgument",
    "ScriptStep",
    "Session",
    "Skipped",
    "StudentProgram",
    "TableFunction",
    "Tier",
    "TimedOut",
    "UnreadablePart",
    "bad_part",
    "failed_step",
    "probe",
    "python_text",
    "retry_all",
]
