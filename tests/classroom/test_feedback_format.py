"""Feedback: a file a student, where the platform looks for it, with what a platform's students may see and no more."""

import hashlib
import io
import re
import zipfile
from dataclasses import replace
from fractions import Fraction

import pytest

from grader.classroom.graded import TextsInMemory
from grader.classroom.platforms.feedback import FeedbackFormat, code_block
from grader.classroom.platforms.platform import PlatformRequest
from grader.errors import SubmissionError
from grader.evidence import CheckFault, Counterexample, Invariant, Proved
from grader.reports.json import render
from grader.verdict import HELD_BECAUSE, CheckResult, QuestionResult, Report
from grader.windows_names import is_device_name

from ..reports.format_samples import SAID, WRONG
from .class_rows import nothing, row


def written(rows, source=None, **options):
    file = FeedbackFormat().write(PlatformRequest(rows, source, **options))
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}, file


def with_report(name, *checks, status="graded", messages=(), said=()):
    worth = sum((check.max_points for check in checks), Fraction(0))
    report = Report("hw3", name, (QuestionResult("q5", "T", status, worth, checks, messages),) if checks else (), said)
    found = row(name, 7)
    return replace(found, graded=replace(found.graded, texts=TextsInMemory(render(report))))


def check(outcome, evidence, message=""):
    return CheckResult("a line", Fraction(0), Fraction(5), outcome, evidence, message)


def download(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("q5: 1\n")
    return folder


# ------------------------------------------------------------- names
def test_without_a_platform_a_file_is_named_as_the_submission():
    files, file = written([row("ada", 7), row("Ada", 8), row("a/b", 9), nothing("bob")])
    assert len(files) == 3
    assert len({name.lower() for name in files}) == 3
    assert all(name.endswith(".html") and "/" not in name for name in files)
    assert "no report and so no feedback, since nothing was handed in: bob" in file.said
    assert written([row("ada", 7)], markup="markdown")[0].keys() == {"ada.md"}


def test_names_that_windows_has_no_files_for_are_others_in_the_zip():
    names = ["C:evil", "C_evil", "C|evil", "a<b>", 'q"?*', "A<B>", "con", "aux.x", "plain"]
    files, _ = written([row(name, i) for i, name in enumerate(names)])
    assert len({name.lower() for name in files}) == len(names)
    assert not any(set('<>:"|?*') & set(name) or is_device_name(name) for name in files)
    assert {"plain.html", "C_evil.html"} < set(files)
    (evil,) = (name for name in files if name.startswith(f"C_evil-{hashlib.sha256(b'C:evil').hexdigest()[:12]}"))
    assert "C:evil" in files[evil]


def test_moodle_gets_its_own_folders_back(tmp_path):
    folder = download(
        tmp_path,
        "Ada Lovelace_123_assignsubmission_file_/answers.yaml",
        "王 伟_124_assignsubmission_file/answers.yaml",
        "Cy_125_assignsubmission_file_/answers.yaml",
    )
    files, file = written([row("Ada Lovelace", 7), row("王 伟", 8), row("elsewhere", 9)], folder)
    assert set(files) == {
        "Ada Lovelace_123_assignsubmission_file_/feedback.html",
        "王 伟_124_assignsubmission_file/feedback.html",
    }
    assert "no file of theirs in the download, so no place for their feedback: elsewhere" in file.said
    assert "in the download and not in the results: Cy" in file.said


def test_a_download_of_which_nothing_was_graded_is_no_zip_without_files(tmp_path):
    folder = download(tmp_path, "Ada_123_assignsubmission_file_/answers.yaml")
    with pytest.raises(SubmissionError, match="nothing in it is in the results: it has Ada, the results bob and cy:"):
        written([row("bob", 7), row("cy", 7)], folder)


def test_flat_downloads_of_moodle_keep_their_prefix(tmp_path):
    folder = download(
        tmp_path, "Ada_123_assignsubmission_file_answers.yaml", "Ada_123_assignsubmission_file_solution.py"
    )
    files, _ = written([row("Ada", 7)], folder, markup="markdown")
    assert set(files) == {"Ada_123_assignsubmission_file_feedback.md"}


def test_canvas_gets_the_names_of_its_files_back(tmp_path):
    folder = download(
        tmp_path,
        "lovelaceada_101_5001_solution.zip",
        "lovelaceada_101_5002_answers.yaml",
        "boylerobert_LATE_102_5003_answers.yaml",
        "typed_103_text.html",
    )
    files, file = written([row("lovelaceada", 7), row("boylerobert", 8), row("typed", 9)], folder)
    assert set(files) == {"lovelaceada_101_5002_answers.yaml", "boylerobert_LATE_102_5003_answers.yaml"}
    assert files["lovelaceada_101_5002_answers.yaml"].startswith("```text\nlovelaceada")
    assert "no file of theirs in the download, so no place for their feedback: typed" in file.said


def test_a_download_may_still_be_zipped(tmp_path):
    path = tmp_path / "download.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Ada_123_assignsubmission_file_/answers.yaml", "q5: 1\n")
        archive.writestr("Bob_124_assignsubmission_file_/answers.yaml", "q5: 1\n")
    assert set(written([row("Ada", 7)], path)[0]) == {"Ada_123_assignsubmission_file_/feedback.html"}


def test_a_folder_of_no_platform_is_refused(tmp_path):
    download(tmp_path, "ada/answers.yaml", "bob/answers.yaml")
    with pytest.raises(SubmissionError, match="is no download of Moodle or Canvas: leave --from out"):
        written([row("ada", 7)], tmp_path)


def test_members_of_a_group_share_one_file_of_their_submission(tmp_path):
    folder = download(
        tmp_path, "Ada_123_assignsubmission_file_/answers.yaml", "Cy_125_assignsubmission_file_/answers.yaml"
    )
    member = row("Bob", 7, submission="Ada")
    files, _ = written([member, row("Ada", 8), row("Cy", 9)], folder)
    assert "<title>Ada -" in files["Ada_123_assignsubmission_file_/feedback.html"]


def test_whose_own_hand_in_does_not_count_is_said_with_the_one_that_does(tmp_path):
    names = [f"{name}_{i}_assignsubmission_file_/answers.yaml" for i, name in enumerate(("Ada", "Bob", "Cy"), 123)]
    folder = download(tmp_path, *names)
    files, file = written([row("Ada", 7), row("Bob", 7, submission="Ada")], folder)
    assert set(files) == {"Ada_123_assignsubmission_file_/feedback.html"}
    assert "no feedback, as their own hand-in does not count but another: Bob (Ada)" in file.said
    assert "in the download and not in the results: Cy" in file.said


def test_the_same_marks_give_the_same_bytes():
    rows = [row("ada", 7), row("bob", 8)]
    assert written(rows)[1].data == written(rows)[1].data


# ------------------------------------------------------------- what students see
SECRETS = {
    "what is wanted": check("failed", WRONG, SAID),
    "what a proof rests on": check("passed", Proved(None, None, Invariant(("secret == 1",)))),
    "why the grader failed": check("held", CheckFault("secret"), "secret"),
    "a condition": check("failed", Counterexample("1", "secret", "0", condition="y > secret")),
}


@pytest.mark.parametrize("markup", ["html", "markdown"])
@pytest.mark.parametrize("secret", SECRETS)
def test_nothing_leaks(secret, markup):
    status = "held" if "grader" in secret else "graded"
    rows = [with_report("ada", SECRETS[secret], status=status, messages=["secret"] if status == "held" else [])]
    (text,) = written(rows, markup=markup)[0].values()
    text = re.sub('<style>.*?</style>|<svg class="bar".*?</svg>', "", text, flags=re.DOTALL)
    assert "q5" in text
    for hidden in ("secret", "wanted", "00"):
        assert hidden not in text.replace("is not wanted", "")


@pytest.mark.parametrize("text", ["plain", "a ``` b", "`" * 9, "```\n# no heading"])
def test_a_block_of_markdown_ends_where_its_text_does(text):
    first, *inside, last = code_block(text).splitlines()
    assert "\n".join(inside) == text
    assert first == f"{last}text"
    assert last not in text


def test_what_is_expected_is_shown_where_the_course_says_so():
    (text,) = written([with_report("ada", SECRETS["what is wanted"])], show_expected=True)[0].values()
    assert "but 00 is wanted" in text


def test_why_a_whole_submission_is_held_is_not_for_students():
    held = with_report("ada", said=[f"{HELD_BECAUSE}: secret"])
    (text,) = written([held], show_expected=True)[0].values()
    assert HELD_BECAUSE in text
    assert "secret" not in text


def test_one_report_that_cannot_be_read_is_held_alone():
    bad = replace(row("ada", 7), graded=replace(row("ada", 7).graded, texts=TextsInMemory("{")))
    files, file = written([bad, row("bob", 8)])
    assert set(files) == {"bob.html"}
    assert file.faults[0].startswith("ada: held, because the grader failed: ")
    assert "1 file of feedback" in file.said


def test_a_name_that_no_zip_can_hold_is_held_alone():
    files, file = written([row("bad\ud800", 7), row("bob", 8)])
    assert set(files) == {"bob.html"}
    assert file.faults[0].startswith("bad\ud800: held, because the grader failed: UnicodeEncodeError")
