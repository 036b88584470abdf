"""`grader spec check` on faulty specs, one a file, each with what must be said and where; and on sound ones beside them.

The first two lines of a file in `faults/` are its expectations: the level and a part of the message (`load`: the spec
cannot even be read), and the line and column. A file in `sound/` looks like a faulty one and has nothing to be found.
"""

import re
from pathlib import Path

import pytest

from grader.errors import SpecError
from grader.kinds.table import load_assignment
from grader.selfcheck import check_question

from ..conftest import RUN

FAULTS = sorted((Path(__file__).parent / "faults").glob("*.yaml"))
SOUND = sorted((Path(__file__).parent / "sound").glob("*.yaml"))
EXPECTATION = re.compile(r"# (fail|warn|load): (.+)\n# at: (\d+:\d+)\n")


def findings(path):
    """Level and text of everything that is said of a spec; `load` for what keeps it from being read."""
    try:
        assignment = load_assignment(path)
    except SpecError as error:
        return [("load", str(problem)) for problem in error.problems]
    return [(f.level, str(f.problem)) for question in assignment.questions for f in check_question(question, RUN)]


def test_there_are_enough_of_them():
    assert len(FAULTS) >= 40
    assert len(SOUND) >= 15


@pytest.mark.parametrize("path", FAULTS, ids=lambda path: path.stem)
def test_a_faulty_spec_is_noticed_at_its_place(path):
    level, said, at = EXPECTATION.match(path.read_text(encoding="utf-8")).groups()
    found = findings(path)
    matching = [text for of_level, text in found if of_level == level and said in text]
    assert any(text.startswith(f"{path.name}:{at}: ") for text in matching), found


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.stem)
def test_a_sound_spec_that_looks_alike_is_left_alone(path):
    assert [(level, text) for level, text in findings(path) if level != "ok"] == []
