"""`grader spec check` on faulty specs, one a file, each with what must be said and where; and on sound ones beside them.

The first two lines of a file in `faults/` are its expectations: the level and a part of the message (`load`: the spec
cannot even be read), and the line and column. A file in `sound/` looks like a faulty one and has nothing to be found.
"""

import re
from pathlib import Path

import pytest

from .messages_page import EXPECTATION, FAULTS, PAGE, findings, row_of

SOUND = sorted((Path(__file__).parent / "sound").glob("*.yaml"))
MESSAGES = PAGE.read_text(encoding="utf-8")


def test_there_are_enough_of_them():
    assert len(FAULTS) >= 40
    assert len(SOUND) >= 15


@pytest.mark.long
@pytest.mark.parametrize("path", FAULTS, ids=lambda path: path.stem)
def test_a_faulty_spec_is_noticed_at_its_place(path):
    level, said, line, column = EXPECTATION.match(path.read_text(encoding="utf-8")).groups()
    found = findings(path)
    matching = [text for of_level, text in found if of_level == level and said in text]
    assert any(text.startswith(f"{path.name}:{line}:{column}: ") for text in matching), found
    assert f"\n{row_of(path, matching[0])}" in MESSAGES, "python -m tests.spec.messages_page writes the page anew"


def test_the_page_of_messages_shows_lines_of_these_specs_alone():
    sources = "\n".join(path.read_text(encoding="utf-8") for path in FAULTS)
    shown = re.findall(r"^- `(.*)`$", MESSAGES, re.MULTILINE)
    assert len(shown) >= len(FAULTS) - 5  # some are told the same of the same line
    assert [line for line in shown if line not in sources] == []


@pytest.mark.long
@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.stem)
def test_a_sound_spec_that_looks_alike_is_left_alone(path):
    assert [(level, text) for level, text in findings(path) if level != "ok"] == []
