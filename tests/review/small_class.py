"""A course with two written questions and a small class, as readers find it, graded in this process."""

import shutil
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from grader.cli import main
from grader.review.marks_store import MarkChange, mark_version
from grader.review.pending import open_review

from ..answers.helpers import write

SPECS = {
    "assignment.yaml": "assignment: hw\nquestions: [essay, cell, sizes]\n",
    "essay.yaml": (
        "question: essay\ntitle: An essay\npoints: 10\nprompt: Say why.\nanswer: written\n"
        "rubric:\n"
        "- {name: says why, points: 6, keywords: [because, since]}\n"
        "- {name: gives an example, points: 4, keywords: [for instance]}\n"
    ),
    "cell.yaml": (
        "question: cell\ntitle: A cell\npoints: 5\nanswer: written\n"
        "rubric: [{name: the gate, points: 3}, {name: the state, points: 3}]\nat most: 5\n"
    ),
    "sizes.yaml": "question: sizes\ntitle: Sizes\npoints: 3\nanswer: number\nvalue: 4\n",
}

ANSWERS = {
    "alice": "essay: Because it forgets.\ncell: The gate opens.\nsizes: 4\n",
    "bob": "essay: because  IT forgets.\ncell: No idea.\n",
    "carol": "essay: Because it does not forget.\ncell: 'The gate, and the state.'\n",
    "dan": "essay: |\n  It keeps what it has read,\n  for instance the first letter.\n",
    "eve": "sizes: 4\n",
}


class SmallClass:
    """The folders of a course, a class and its results; `grade` runs the command in this process."""

    def __init__(self, folder: Path, run) -> None:
        self.folder, self._run = folder, run
        self.specs, self.submissions, self.results = folder / "specs" / "hw", folder / "class", folder / "results"

    def grade(self, *options):
        return self._run("grade", self.submissions, "--out", self.results, "--jobs", 1, *options)

    def review(self, **options):
        return open_review(self.results, start=self.folder, **options)

    @property
    def marks_file(self) -> Path:
        return self.specs / "marks.yaml"

    def hand_in(self, name: str, answers: str) -> None:
        write(self.submissions / name, {"answers.yaml": answers})

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.specs / name).read_text()
        assert old in text
        (self.specs / name).write_text(text.replace(old, new))

    def grades(self) -> dict[str, list[str]]:
        header, *lines = (self.results / "grades.csv").read_text().splitlines()
        assert header.startswith("submission,essay,cell,sizes,total,max,status")
        return {line.split(",")[0]: line.split(",")[1:7] for line in lines}


def made(folder: Path, run) -> SmallClass:
    """The class, handed in and not graded."""
    write(folder / "specs" / "hw", SPECS)
    found = SmallClass(folder, run)
    for name, answers in ANSWERS.items():
        found.hand_in(name, answers)
    return found


@pytest.fixture
def small_class(tmp_path, run, monkeypatch):
    """A class of the test's own, graded once, which it may grade again."""
    monkeypatch.chdir(tmp_path)
    found = made(tmp_path, run)
    assert found.grade().code == 0
    return found


@pytest.fixture(scope="session")
def graded_folder(tmp_path_factory):
    """The class as it was graded for all tests that do not grade again."""
    folder = tmp_path_factory.mktemp("small")

    def quietly(*arguments):
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            patch.chdir(folder)
            patch.setattr(sys, "argv", ["grader", *map(str, arguments)])
            with pytest.raises(SystemExit) as stop:
                main()
        return stop.value.code

    assert made(folder, quietly).grade() == 0
    return folder


@pytest.fixture
def marked_class(graded_folder, tmp_path, run, monkeypatch):
    """A copy of it, in which the test may mark and change the course, and not grade again."""
    for name in ("specs", "results"):
        shutil.copytree(graded_folder / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return SmallClass(tmp_path, run)


@pytest.fixture
def one_class(request):
    """The class that the test has already, else one that is not graded again."""
    return request.getfixturevalue("small_class" if "small_class" in request.fixturenames else "marked_class")


def give(review, submission, question, mark, second=""):
    """Saves a mark of a reader who has read the answer as it is now."""
    answer = review.answer(submission, question)
    seen = next((m for m in answer.second if m.reader == second), None) if second else answer.mark
    review.store.save([MarkChange(submission, question, mark, mark_version(seen), second)])


def read_now(review, submission, question, *met, **said):
    """A mark for the answer as it is now."""
    from grader.kinds.written.marks import Mark

    answer = review.answer(submission, question)
    said = {"note": "", "reader": "", **said}
    fingerprints = {"rubric": review.question(question).fingerprint, "answer": answer.answer.fingerprint}
    return Mark(tuple(met), **said, **fingerprints)
