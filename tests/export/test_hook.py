"""The hook for pre-commit: what it says of itself, and that it warns and blocks nothing unless it is asked to."""

import re
import shlex

import pytest
import yaml

from ..answers.helpers import Q5, Q6, ROOT, write

(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
KEYS = {
    "id", "name", "entry", "language", "files", "exclude", "types", "types_or", "exclude_types", "always_run",
    "fail_fast", "verbose", "pass_filenames", "require_serial", "description", "language_version",
    "minimum_pre_commit_version", "args", "stages",
}  # fmt: skip
"""pre-commit.com, "Creating new hooks"."""

LOST = "q5: {W1: 1, W2: 0, b2: 0, W3: 1, b3: 0}\n" + Q6
BROKEN = "q5: {W1: [\n"


@pytest.fixture
def commit(run, shared_course, tmp_path, monkeypatch):
    """What becomes of a commit: the hook run where the answers lie, with more arguments of the repository's own."""

    def commit(answers, *arguments):
        monkeypatch.chdir(write(tmp_path / "alice", {"answers.yaml": answers} if answers else {}))
        program, *words = shlex.split(HOOK["entry"])
        assert program == "grader"
        spec = ("--spec", shared_course / "specs" / "assignment3")
        return run(*words, *HOOK["args"], *(arguments if "--spec" in arguments else (*spec, *arguments)))

    return commit


def test_it_has_the_keys_that_pre_commit_knows():
    assert set(HOOK) <= KEYS
    assert {"id", "name", "entry", "language"} <= set(HOOK)
    assert HOOK["pass_filenames"] is False
    assert HOOK["verbose"] is True  # else nobody reads what a hook says that ends with 0
    for name in ("answers.yaml", "answers.json", "q6.npz", "q6.npy", "q6.safetensors", "solution.py", "hw.ipynb"):
        assert re.search(HOOK["files"], name)
    assert not re.search(HOOK["files"], "Makefile")


@pytest.mark.parametrize(
    ("answers", "strict", "said"),
    [
        (Q5 + Q6, 0, "140 / 140"),
        (LOST, 1, "stays 0 ever after"),
        (BROKEN, 2, "answers.yaml:"),
        ("", 1, "no answer was handed in"),
    ],
)
def test_it_says_what_it_finds_and_blocks_only_if_it_is_asked_to(commit, answers, strict, said):
    warned = commit(answers)
    assert warned.code == 0
    assert said in warned.out + warned.err
    assert commit(answers, "--strict").code == strict
    assert commit(answers, "--strict", "--exit-zero").code == 0  # the last one counts


def test_settings_that_cannot_be_used_are_said_and_block_nothing(commit):
    warned = commit(Q5, "--spec", "nowhere")
    assert (warned.code, "no spec 'nowhere'" in warned.err) == (0, True)
    assert commit(Q5, "--strict", "--spec", "nowhere").code == 2


def test_a_fault_of_the_grader_blocks_nothing(commit, monkeypatch):
    def fails(*_, **__):
        raise RuntimeError("no more")

    monkeypatch.setattr("grader.grading.grade", fails)
    warned = commit(Q5)
    assert (warned.code, "a fault of the grader itself: RuntimeError: no more" in warned.err) == (0, True)
    assert commit(Q5, "--strict").code == 3


def test_an_interruption_ends_it(commit, monkeypatch):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("grader.grading.grade", stopped)
    assert commit(Q5).code == 130
