import shutil

import pytest

from grader.authoring.new_course import NewCourse, write_course
from grader.authoring.new_question import find_assignment_folder

from ..answers.helpers import run

__all__ = ["begun", "hw1", "run"]


@pytest.fixture(scope="session")
def begun(tmp_path_factory):
    """A course as `grader new course` writes it, which no test changes."""
    folder = tmp_path_factory.mktemp("begun") / "course"
    write_course(folder, NewCourse("A course"))
    return folder


@pytest.fixture
def course(begun, tmp_path, monkeypatch):
    """A copy of it, as the present folder."""
    folder = shutil.copytree(begun, tmp_path / "course")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def hw1(course):
    return find_assignment_folder("specs/hw1", course)
