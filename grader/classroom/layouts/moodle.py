"""Moodle, "Download all submissions": a folder a student, `<name>_<participant>_assignsubmission_file_`, or flat files.

Flat, the name of the file follows: `<name>_<participant>_assignsubmission_file_answers.yaml`. Text that was typed in is
`..._assignsubmission_onlinetext_` with `onlinetext.html`. Names keep their spaces and letters and have no underscore.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from grader.classroom.found_paths import FoundPath
from grader.classroom.layouts.layout import HandIn, LayoutReading, SubmissionPart
from grader.classroom.people import Person

MOODLE_NAME = re.compile(
    r"(?P<name>.*?)_(?P<participant>[0-9]+)_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<original>.*))?", re.DOTALL
)
MOODLE_FEEDBACK = re.compile(r".*_[0-9]+_assignfeedback_[a-z]+(_.*)?", re.DOTALL)


class MoodleLayout:
    """Moodle's download, in folders or flat."""

    title = "Moodle download"
    is_unmistakable = True

    def read(self, folder: Path, paths: Sequence[FoundPath]) -> LayoutReading:
        """The students are told apart by name and participant; feedback of teachers is Moodle's own."""
        parts: dict[tuple[str, str], list[SubmissionPart]] = {}
        others: list[FoundPath] = []
        own: list[FoundPath] = []
        for path in paths:
            found = MOODLE_NAME.fullmatch(path.name)
            if found and (path.is_folder or found["original"]):
                parts.setdefault((found["name"], found["participant"]), []).append(
                    SubmissionPart(found["original"] or "", path.path)
                )
            else:
                (own if MOODLE_FEEDBACK.fullmatch(path.name) else others).append(path)
        hand_ins = tuple(
            HandIn(
                name=name or participant,
                unique=f"{name}_{participant}",
                parts=tuple(theirs),
                students=(Person(name, (("platform", participant),)),),
            )
            for (name, participant), theirs in sorted(parts.items())
        )
        return LayoutReading(hand_ins, tuple(others), tuple(own))
