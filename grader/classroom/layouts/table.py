"""The layouts of platforms, and which of them a folder has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from grader.answers.names import submission_stem
from grader.classroom.found_paths import FoundPath
from grader.classroom.layouts.blackboard import BlackboardLayout
from grader.classroom.layouts.canvas import CanvasLayout
from grader.classroom.layouts.github import GithubLayout
from grader.classroom.layouts.gradescope import GradescopeLayout
from grader.classroom.layouts.layout import LayoutReading, PlatformLayout
from grader.classroom.layouts.moodle import MoodleLayout
from grader.documents import shortened
from grader.errors import SpecError, reason_of

LAYOUTS: Mapping[str, PlatformLayout] = {
    "gradescope": GradescopeLayout(),
    "moodle": MoodleLayout(),
    "blackboard": BlackboardLayout(),
    "canvas": CanvasLayout(),
    "github": GithubLayout(),
}
"""In the order in which they are tried: the plainest marks first."""

AUTO, FOLDERS, FILES = "auto", "folders", "files"
LAYOUT_NAMES = (AUTO, *LAYOUTS, FOLDERS, FILES)
"""What `--layout` takes: `folders` and `files` are no platform's, a submission is a folder or a file."""


def could_be_submission(path: FoundPath) -> bool:
    """Whether a path in a folder of no platform is a submission: a folder, a file of answers, code, an archive.

    Links, pipes and devices are taken for ones, so that it is said of each that it cannot be used; and so is what
    cannot be looked at, which is held where it is read.
    """
    return path.is_link or not path.is_file or submission_stem(path.name) is not None


def recognised(
    folder: Path, paths: Sequence[FoundPath], is_submission: Callable[[FoundPath], bool]
) -> tuple[str, LayoutReading] | str:
    """The layout that a folder has and what it makes of it; else what is to be said ("": nothing).

    A layout that fewer than most submissions fit, or that something speaks against, is named and not used: read in it,
    files of two students could be taken for one's.
    """
    said = ""
    for name, layout in LAYOUTS.items():
        try:
            reading = layout.read(folder, paths)
        except SpecError as error:
            said = said or f"this may be a {layout.title}, but {error}; it is read as it is"
            continue
        except Exception as error:  # a fault of the grader at the names of one platform
            said = (
                said or f"this may be a {layout.title}, but the grader failed: {reason_of(error)}; it is read as it is"
            )
            continue
        if not reading.hand_ins:
            continue
        strange = [path.name for path in reading.others if is_submission(path)]
        fitting = sum(len(hand_in.parts) + len(hand_in.earlier) for hand_in in reading.hand_ins)
        if not reading.doubt and (layout.is_unmistakable or fitting > len(strange)):
            return name, reading
        why = reading.doubt or f"{shortened(strange[0])} does not fit"
        said = said or f"this may be a {layout.title}, but {why}: it is read as it is (--layout {name} reads it as one)"
    return said
