"""`python -m tests.spec.messages_page` writes the page of help on messages from the table of faulty specs in `faults/`.

`test_faults.py` compares: a message that changes, and a new faulty spec, ask for the page to be written again.
"""

from __future__ import annotations

import re
from pathlib import Path

from grader.errors import SpecError
from grader.kinds.table import load_assignment
from grader.selfcheck import check_question

from ..conftest import RUN

PAGE = Path(__file__).parents[2] / "grader" / "help" / "messages.md"
FAULTS = sorted((Path(__file__).parent / "faults").glob("*.yaml"))
EXPECTATION = re.compile(r"# (fail|warn|load): (.+)\n# at: (\d+):(\d+)\n")

HEAD = """\
# Messages about specs, and what causes them

Each message names its place (`q5.yaml:14:9`) and says what to do. Below stand the kinds of messages, each with a line that
caused it. A spec of the first kind cannot be read, and `grader grade` refuses it; one of the second kind is marked
`FAIL`, and `grader spec check` ends with 2; one of the third is marked `warn`: look at it.
How a spec is put to the test: [`grader help teaching`](teaching.md).
"""
_DRAWN = re.compile(r" \((?:\w+, then \w+|\w+=\[[\d, ]+\])\)")
"""Where references that draw give different values: other ones in each run."""

TITLES = {"load": "It cannot be read", "fail": "It fails", "warn": "To look at"}


def findings(path: Path) -> list[tuple[str, str]]:
    """Level and text of everything that is said of a spec; `load` for what keeps it from being read."""
    try:
        assignment = load_assignment(path)
    except SpecError as error:
        return [("load", str(problem)) for problem in error.problems]
    return [(f.level, str(f.problem)) for question in assignment.questions for f in check_question(question, RUN)]


def row_of(path: Path, text: str) -> str:
    """The entry of a message: the line of the spec that it points at, and what it says."""
    source = path.read_text(encoding="utf-8")
    number = int(EXPECTATION.match(source)[3])
    line = source.splitlines()[number - 1].strip().removeprefix("- ")
    said = re.sub(rf"^{re.escape(path.name)}:\d+:\d+: ", "", text).replace(path.name, "the file")
    said = _DRAWN.sub("", said)
    return f"- `{line}`\n  - {' '.join(said.split())}\n"


def page_text() -> str:
    rows: dict[str, list[str]] = {level: [] for level in TITLES}
    for path in FAULTS:
        level, said, *_ = EXPECTATION.match(path.read_text(encoding="utf-8")).groups()
        text = next(text for of_level, text in findings(path) if of_level == level and said in text)
        rows[level].append(row_of(path, text))
    return HEAD + "".join(f"\n## {TITLES[level]}\n\n{''.join(dict.fromkeys(rows[level]))}" for level in TITLES)


if __name__ == "__main__":
    PAGE.write_text(page_text(), encoding="utf-8")
    RUN.close()
