"""What a report, an output or a surroundings shows of an attack that has won."""

from __future__ import annotations

import os
import re
import resource
import signal
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from .hand_in import HostileSubmission
from .surroundings import SECRETS, Surroundings
from .tally import Fault

MAX_SECONDS = 200
"""No verdict rests on it: it stops what would never end (most attacks take less than one second)."""

MAX_MEMORY_BYTES = 2 << 30
"""What grading one attack may take on top of what the tests have taken before."""

MAX_REPORT_CHARACTERS = 40_000
"""Of the JSON of one submission, which has five questions at most."""


class HangError(BaseException):
    """It was not done in time; no handler of errors in the grader takes it for one of its own."""


@contextmanager
def bounded(seconds: int = MAX_SECONDS) -> Iterator[None]:
    """Stops what takes too long, and refuses memory that no honest grading needs."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise HangError

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    before = resource.getrlimit(resource.RLIMIT_AS)
    handler = signal.signal(signal.SIGALRM, stop)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MAX_MEMORY_BYTES, before[1]))
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        resource.setrlimit(resource.RLIMIT_AS, before)
        signal.signal(signal.SIGALRM, handler)


def in_report(hand_in: HostileSubmission, report: Mapping[str, Any], where: str) -> Iterator[Fault]:
    """Marks that are not the ones wanted, and questions that are held though it is the answer's doing."""
    for question in report["questions"]:
        name, earned = question["id"], question["points"]
        if earned not in hand_in.may_earn(name):
            yield Fault("wrong marks", f"{name} earns {earned}, not {hand_in.may_earn(name)} ({where})")
        if question["status"] == "held" and where not in hand_in.held:
            yield Fault("lost results", f"{name} is held ({where}): {question.get('messages')}")
    if missing := hand_in.marks.keys() - {question["id"] for question in report["questions"]}:
        yield Fault("lost results", f"there are no marks of {sorted(missing)} ({where})")


def in_text(hand_in: HostileSubmission, surroundings: Surroundings, text: str) -> Iterator[Fault]:
    """Secrets of the course in what is shown to a student."""
    if surroundings.canary in text:
        yield Fault("leaks", "the canary of the reference is shown")
    mine = [hand_in.answers, hand_in.solution, *hand_in.files.values()]
    for secret in SECRETS:
        if secret in text and not any(secret in given for given in mine):
            yield Fault("leaks", f"{secret} is shown")


def in_length(text: str) -> Iterator[Fault]:
    """A report that an attacker has made too long to read."""
    if len(text) > MAX_REPORT_CHARACTERS:
        yield Fault("other harm", f"the report has {len(text)} characters")


def in_saying(hand_in: HostileSubmission, text: str) -> Iterator[Fault]:
    """Where the report must say something, and does not."""
    if hand_in.says and not re.search(hand_in.says, text):
        yield Fault("wrong marks", f"nothing says {hand_in.says!r}: {text[:600]}")


def in_surroundings(surroundings: Surroundings, before: Mapping[str, object], but: str = "") -> Iterator[Fault]:
    """Files that were changed, made or removed (but for those in one folder), and code that ran where it must not."""
    if surroundings.mark.exists():
        yield Fault("other harm", "code of the submission ran outside of the sandbox")
        surroundings.mark.unlink()
    after = surroundings.snapshot()
    allowed = f"{surroundings.folder}/{but}" if but else "\0"
    paths = {path for path in before.keys() | after.keys() if not path.startswith(allowed)}
    changed = sorted(path for path in paths if before.get(path) != after.get(path))
    if changed:
        yield Fault("other harm", f"changed: {', '.join(Path(path).name for path in changed[:5])}")


def session_of(session: int) -> Iterable[int]:
    """The processes of a session that have not ended."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, in_session = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(in_session) == session and state != "Z":
            yield int(folder.name)


def end(pids: Iterable[int]) -> None:
    """Ends processes that an attack has left."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
