"""What grading one question leaves behind in the open submission: what the report as a whole says rests on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from grader.answers.read_record import ReadRecord
from grader.deferred import dataclass
from grader.kinds.open_submission import OpenSubmission
from grader.verdict import CodeDigest


@dataclass(frozen=True)
class Effects:
    """What was read and said; `tier` and `ran` are those of the open submission afterwards."""

    read_record: ReadRecord = field(default_factory=ReadRecord)
    said: tuple[str, ...] = ()
    tier: str = ""
    ran: CodeDigest | None = None

    def since(self, before: Effects) -> Effects:
        """What came after that; code that had run by then is no effect of what came after."""
        tier, ran = (self.tier, self.ran) if self.ran != before.ran else ("", None)
        return Effects(self.read_record.since(before.read_record), self.said[len(before.said) :], tier, ran)


def effects_so_far(opened: OpenSubmission) -> Effects:
    """All that grading has left behind so far."""
    return Effects(opened.submission.read_record, tuple(opened.notes), opened.tier, opened.ran)


def take_effects(opened: OpenSubmission, effects: Effects) -> None:
    """Leaves behind what grading a question has left behind before, so that it need not be graded again."""
    opened.submission.take_as_read(effects.read_record)
    opened.notes += effects.said
    if effects.ran is not None:
        opened.tier, opened.ran = effects.tier, effects.ran


def effects_data(effects: Effects) -> dict[str, Any]:
    """As JSON has it; without what is empty."""
    read_record = effects.read_record
    data = {
        "files": sorted(read_record.files),
        "keys": sorted(read_record.keys),
        "notes": list(read_record.notes),
        "passed_over": dict(read_record.passed_over),
        "said": list(effects.said),
        "ran": [effects.tier, _code_data(effects.ran)] if effects.ran else None,
    }
    return {name: value for name, value in data.items() if value}


def effects_from(data: Mapping[str, Any]) -> Effects:
    """What `effects_data` has written."""
    read_record = ReadRecord(
        frozenset(data.get("files", ())),
        frozenset(data.get("keys", ())),
        tuple(data.get("notes", ())),
        data.get("passed_over", {}),
    )
    tier, ran = data.get("ran", ("", None))
    return Effects(read_record, tuple(data.get("said", ())), tier, _code_from(ran) if ran else None)


def _code_data(code: CodeDigest) -> list[Any]:
    return [code.file, code.sha256, [_code_data(module) for module in code.modules]]


def _code_from(data: list[Any]) -> CodeDigest:
    file, sha256, modules = data
    return CodeDigest(file, sha256, tuple(_code_from(module) for module in modules))
