"""Blackboard, "Download Assignment Files": flat files `<assignment>_<user>_attempt_<time>_<file name>`, and receipts.

A receipt is `<assignment>_<user>_attempt_<time>.txt`; it begins with `Name: Ada Lovelace (alovelace)`. All attempts may
be there: the last one that has files counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from pathlib import Path

from grader.answers.files import read_file
from grader.classroom.found_paths import FoundPath
from grader.classroom.layouts.common_start import common_start
from grader.classroom.layouts.layout import HandIn, LayoutReading, SubmissionPart
from grader.classroom.people import Person
from grader.deferred import dataclass
from grader.errors import HarnessError, SubmissionError

BLACKBOARD_NAME = re.compile(
    r"(?P<who>.+?)_attempt_(?P<time>[0-9]{4}(?:-[0-9]{2}){5})(?:_(?P<original>.+)|(?P<receipt>\.txt))", re.DOTALL
)
RECEIPT_NAME = re.compile(r"\s*Name: *(?P<name>[^\r\n]*?) *\((?P<user>[^()\r\n]+)\) *(?:[\r\n]|$)")
TYPED_TEXT = re.compile(r"^Submission Field:\s*(?P<text>.*?)\s*(?:^Comments:|\Z)", re.DOTALL | re.MULTILINE)
NOTHING_TYPED = "There is no student submission text data for this assignment."


@dataclass
class _BlackboardAttempt:
    """What was handed in at one time; `receipt` is None where there is none."""

    parts: list[SubmissionPart] = field(default_factory=list)
    receipt: Path | None = None


class BlackboardLayout:
    """Blackboard's flat download."""

    title = "Blackboard download"
    is_unmistakable = True

    def read(self, folder: Path, paths: Sequence[FoundPath]) -> LayoutReading:
        """The students are told apart by all that stands before the attempt, wherever the user's name begins in it."""
        students: dict[str, dict[str, _BlackboardAttempt]] = {}
        others = []
        for path in paths:
            found = None if path.is_folder else BLACKBOARD_NAME.fullmatch(path.name)
            if found is None:
                others.append(path)
                continue
            attempt = students.setdefault(found["who"], {}).setdefault(found["time"], _BlackboardAttempt())
            if found["receipt"]:
                attempt.receipt = path.path
            else:
                attempt.parts.append(SubmissionPart(found["original"], path.path))
        start = common_start(students, "_")
        hand_ins = tuple(_hand_in(who, who[len(start) :], attempts) for who, attempts in sorted(students.items()))
        return LayoutReading(hand_ins, tuple(others))


def _hand_in(who: str, user: str, attempts: Mapping[str, _BlackboardAttempt]) -> HandIn:
    times = sorted(attempts)
    last = next((time for time in reversed(times) if attempts[time].parts), times[-1])
    receipts = {time: _text(attempts[time].receipt) for time in times}
    named = next((found for text in receipts.values() if (found := RECEIPT_NAME.match(text))), None)
    name = ""
    if named and who.endswith(f"_{named['user']}"):
        name, user = named["name"], named["user"]
    typed = TYPED_TEXT.search(receipts[last])
    notes = []
    if typed and typed["text"] not in ("", NOTHING_TYPED):
        notes.append(f"text was typed in at Blackboard, which is not read: it is in {who}_attempt_{last}.txt")
    if last != times[-1]:
        notes.append(f"the attempt of {times[-1]} has no files: that of {last} counts")
    earlier = tuple(part.path.name for time in times if time != last for part in attempts[time].parts)
    receipt = attempts[last].receipt
    alone = (
        [SubmissionPart(receipt.name, receipt)] if receipt is not None else []
    )  # nothing but text can have been handed in
    return HandIn(
        name=user,
        unique=who,
        parts=tuple(attempts[last].parts or alone),
        students=(Person(name, (("login", user),)),),
        earlier=earlier,
        notes=tuple(notes),
        handed_in=_time(last),
    )


def _time(attempt: str) -> datetime | None:
    """The time in the name of an attempt, `2026-01-31-23-59-01`, by the platform's clock; None where it is none."""
    try:
        return datetime.strptime(attempt, "%Y-%m-%d-%H-%M-%S")  # the name says no zone
    except ValueError:
        return None


def _text(receipt: Path | None) -> str:
    """What a receipt says; nothing where it cannot be read, since names alone suffice."""
    try:
        return read_file(receipt).decode("utf-8-sig", "replace") if receipt is not None else ""
    except (SubmissionError, HarnessError):
        return ""
