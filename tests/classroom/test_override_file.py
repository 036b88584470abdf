"""Decisions that a program adds to `overrides.yaml`: read back as they were meant, beside bytes that stay."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from grader.classroom.override_file import PointsDecision, add_decision
from grader.classroom.overrides import load_overrides
from grader.errors import SpecError

NEW = PointsDecision("kim", "q5", Fraction(7), "the sheet was wrong", "N. Neumann")
OTHER = "- {submission: lea, question: q5, points: 1, reason: r, by: b}"


@pytest.mark.parametrize(
    "before",
    ["", "\n\n", "# a comment alone", "# a comment\n", f"{OTHER}\n", OTHER, f"{OTHER}  # tail\n\n\n", f"---\n{OTHER}\n",
     f"{OTHER}\n# the end", "  - submission: lea\n    excused: true\n", "-\n  submission: lea\n  excused: true\n",
     f"\ufeff{OTHER}\n", "- submission: lea\r\n  excused: true\r\n", f"{OTHER}\n# - {{submission: kim}}\n",
     "- submission: [lea, mia]\n  reason: |\n    - not an entry\n  excused: true\n", f"# \u00fc\n{OTHER}\n"],
)  # fmt: skip
def test_what_stands_in_the_file_keeps_its_bytes(assignment, tmp_path, before):
    file = tmp_path / "overrides.yaml"
    if before:
        file.write_bytes(before.encode())
    earlier = load_overrides(file) if before else ()
    place = add_decision(file, NEW, assignment)
    data = file.read_bytes()
    assert data.startswith(before.encode())
    *kept, added = load_overrides(file)
    assert tuple(kept) == earlier
    said = (added.submissions, added.question, added.points, added.reason, added.by, added.line)
    assert said == (("kim",), "q5", 7, "the sheet was wrong", "N. Neumann", None)
    assert data.decode("utf-8-sig").splitlines()[place.line - 1].strip() == "- submission: kim"


@pytest.mark.parametrize("before", ["[]", "[{submission: lea, excused: true}]\n", f"{OTHER}\n...\n"])
def test_a_file_that_no_entry_can_be_added_to_is_left_and_the_entry_told(assignment, tmp_path, before):
    file = tmp_path / "overrides.yaml"
    file.write_text(before)
    with pytest.raises(SpecError, match=r"add this to it by hand:\n- submission: kim\n  question: q5\n  points: 7\n"):
        add_decision(file, NEW, assignment)
    assert file.read_text() == before


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (PointsDecision("kim", "q5", Fraction(71), "r", "b"), "71 points are more than q5 is worth: 70"),
        (PointsDecision("kim", "q7", Fraction(1), "r", "b"), "'q7' is not a question"),
        (PointsDecision("kim", "q5", Fraction(1), "r", "b", line="nothing"), "'nothing' is not a line of q5"),
        (PointsDecision("lea", "q5", Fraction(2), "r", "b"), "overrides.yaml:1:3: q5 was decided before by b"),
        (PointsDecision("mia", "q5", Fraction(2), "r", "b", student="lea"), "q5 was decided before"),
    ],
)
def test_a_decision_that_cannot_be_is_not_kept(assignment, tmp_path, decision, said):
    file = tmp_path / "overrides.yaml"
    file.write_text(f"{OTHER}\n")
    with pytest.raises(SpecError) as caught:
        add_decision(file, decision, assignment)
    assert said in str(caught.value)
    assert file.read_text() == f"{OTHER}\n"


@pytest.mark.parametrize("text", ["true", "null", "1001", "1e3", "a: b", "- x", "# no", "'q'", '"', "a\\nb", "ü \u202e", "{x}", "[x]", "*x", "&x", "!x", "%x", "@x", "`x", "|", ">", "~", "2026-01-01", "\x07"])  # fmt: skip
def test_texts_are_read_back_as_they_were(assignment, tmp_path, text):
    file = tmp_path / "overrides.yaml"
    for student in ("", text):
        file.unlink(missing_ok=True)
        add_decision(file, PointsDecision(text, "q5", Fraction(1, 3), text, text, student=student), assignment)
        (added,) = load_overrides(file)
        names = added.students if student else added.submissions
        assert (names, added.reason, added.by, added.points) == ((text,), text, text, Fraction(1, 3))


def test_a_file_that_is_changed_meanwhile_is_not_overwritten(assignment, tmp_path, monkeypatch):
    file = tmp_path / "overrides.yaml"
    file.write_text(f"{OTHER}\n")
    real, reads = Path.read_bytes, []

    def read(path: Path) -> bytes:
        data = real(path)
        if path == file and not reads:
            reads.append(1)
            file.write_text("# changed\n")
        return data

    monkeypatch.setattr(Path, "read_bytes", read)
    with pytest.raises(SpecError, match="was changed just now"):
        add_decision(file, NEW, assignment)
    assert file.read_text() == "# changed\n"


def test_a_folder_that_cannot_be_written_is_said(assignment, tmp_path):
    with pytest.raises(SpecError, match="cannot be"):
        add_decision(tmp_path / "missing" / "overrides.yaml", NEW, assignment)
    with pytest.raises(SpecError, match="cannot be read: Is a directory"):
        add_decision(tmp_path, NEW, assignment)
